//! Arithmetic that tells overflow, which wasm does not have: sums and differences by the sign rules of "Hacker's
//! Delight" (2nd ed., 2-13), narrow products in 64 bits, and 64-bit products by a range check where one factor is
//! known, else by a check that both factors are short before a helper function is called.

use lir::{OvfOp, Reg, Ty};

use crate::code::{self, Code};
use crate::lower::{Lowering, v};
use crate::wir::{Const, Op, Term, V, Vt};

impl Lowering<'_, '_> {
    /// `dsts` are the wrapped result and the flag. They may be operands too, hence the copies at the end.
    pub fn overflow(&mut self, op: OvfOp, ty: Ty, dsts: [Reg; 2], args: [Reg; 2]) {
        let ty = self.ty(ty);
        let [mut a, mut b] = args;
        let commutes = !matches!(op, OvfOp::SubS | OvfOp::SubU);
        if commutes && self.const_of(a).is_some() {
            (a, b) = (b, a);
        }
        let known = self.const_of(b).and_then(Const::int);
        let (a, b) = (v(a), v(b));
        if ty == Vt::I64 && matches!(op, OvfOp::MulS | OvfOp::MulU) && known.is_none() {
            return self.wide_product(op == OvfOp::MulS, a, b, dsts.map(v));
        }
        let [result, flag] = match (op, known) {
            (OvfOp::MulS | OvfOp::MulU, _) if ty == Vt::I32 => self.narrow_product(op == OvfOp::MulS, a, b),
            (OvfOp::MulS, Some(n)) => self.product_by_known(a, b, n),
            (OvfOp::MulU, Some(n)) => self.unsigned_product_by_known(a, b, n as u64),
            _ => self.sum(op, ty, a, b, known),
        };
        self.emit(Op::Copy, &[result], &[v(dsts[0])]);
        self.emit(Op::Copy, &[flag], &[v(dsts[1])]);
    }

    fn int(&mut self, op: lir::BinOp, ty: Vt, a: V, b: V) -> V {
        let code = code::bin(op, ty).expect("integers have this operation");
        self.value(ty, Op::Num(code), &[a, b])
    }

    fn test(&mut self, op: lir::CmpOp, ty: Vt, a: V, b: V) -> V {
        let code = code::cmp(op, ty).expect("integers have this comparison");
        self.value(Vt::I32, Op::Num(code), &[a, b])
    }

    fn test_const(&mut self, op: lir::CmpOp, ty: Vt, a: V, n: i64) -> V {
        let n = self.constant(Const::of_int(ty, n));
        self.test(op, ty, a, n)
    }

    fn sum(&mut self, op: OvfOp, ty: Vt, a: V, b: V, known: Option<i64>) -> [V; 2] {
        use lir::{BinOp, CmpOp};
        let is_sum = matches!(op, OvfOp::AddS | OvfOp::AddU);
        let result = self.int(if is_sum { BinOp::Add } else { BinOp::Sub }, ty, a, b);
        let flag = match (op, known) {
            (OvfOp::AddU, _) => self.test(CmpOp::LtU, ty, result, a),
            (OvfOp::SubU, _) => self.test(CmpOp::LtU, ty, a, b),
            (_, Some(n)) => {
                let falls = is_sum == (n >= 0);
                self.test(if falls { CmpOp::LtS } else { CmpOp::GtS }, ty, result, a)
            }
            (_, None) => {
                let moved = self.int(BinOp::Xor, ty, a, result);
                let other = if is_sum { result } else { a };
                let signs = self.int(BinOp::Xor, ty, b, other);
                let both = self.int(BinOp::And, ty, moved, signs);
                self.test_const(CmpOp::LtS, ty, both, 0)
            }
        };
        [result, flag]
    }

    fn narrow_product(&mut self, signed: bool, a: V, b: V) -> [V; 2] {
        let extend = Op::Num(if signed { Code::I64ExtendI32S } else { Code::I64ExtendI32U });
        let (a, b) = (self.value(Vt::I64, extend, &[a]), self.value(Vt::I64, extend, &[b]));
        let wide = self.int(lir::BinOp::Mul, Vt::I64, a, b);
        let flag = if signed {
            let low = self.value(Vt::I64, Op::Num(Code::I64Extend32S), &[wide]);
            self.test(lir::CmpOp::Ne, Vt::I64, low, wide)
        } else {
            self.test_const(lir::CmpOp::GtU, Vt::I64, wide, u32::MAX.into())
        };
        let result = self.value(Vt::I32, Op::Num(Code::I32WrapI64), &[wide]);
        [result, flag]
    }

    /// The factors whose product with `n` fits are one interval, tested by one subtraction and comparison.
    fn product_by_known(&mut self, a: V, b: V, n: i64) -> [V; 2] {
        let result = self.int(lir::BinOp::Mul, Vt::I64, a, b);
        let (low, high) = match n {
            0 | 1 => (i64::MIN, i64::MAX),
            -1 => (-i64::MAX, i64::MAX),
            2.. => (i64::MIN / n, i64::MAX / n),
            _ => (i64::MAX / n, i64::MIN / n),
        };
        let low_value = self.constant(Const::I64(low));
        let moved = self.int(lir::BinOp::Sub, Vt::I64, a, low_value);
        let flag = self.test_const(lir::CmpOp::GtU, Vt::I64, moved, high.wrapping_sub(low));
        [result, flag]
    }

    fn unsigned_product_by_known(&mut self, a: V, b: V, n: u64) -> [V; 2] {
        let result = self.int(lir::BinOp::Mul, Vt::I64, a, b);
        let high = u64::MAX.checked_div(n).unwrap_or(u64::MAX);
        let flag = self.test_const(lir::CmpOp::GtU, Vt::I64, a, high as i64);
        [result, flag]
    }

    /// Short factors, which are nearly all, need no call; `opts.optimize_size` leaves that check to the helper. The flag
    /// is written by two blocks, so that a branch on it can be threaded past its constant side.
    fn wide_product(&mut self, signed: bool, a: V, b: V, [dst, flag]: [V; 2]) {
        let is_factor = dst == a || dst == b;
        let result = if is_factor { self.func.new_val(Vt::I64) } else { dst };
        self.emit(Op::Num(Code::I64Mul), &[a, b], &[result]);
        let helper = self.ctx.helpers.mul_overflows(signed, &mut self.ctx.types);
        if self.ctx.opts.optimize_size {
            self.emit(Op::Call(helper), &[a, b], &[flag]);
        } else {
            let is_short = self.both_short(signed, a, b);
            let slow = self.new_block(|cx| cx.flag_block(Op::Call(helper), &[a, b], flag));
            let fast = self.new_block(|cx| cx.flag_block(Op::Const(Const::I32(0)), &[], flag));
            let term = self.branch(is_short, fast, slow);
            let rest = self.split_block(term);
            self.func.blocks[fast].term = Term::Jump(rest);
            self.func.blocks[slow].term = Term::Jump(rest);
        }
        if is_factor {
            self.emit(Op::Copy, &[result], &[dst]);
        }
    }

    /// A block that sets the flag; where it leads is not known yet.
    fn flag_block(&mut self, op: Op, args: &[V], flag: V) -> Term {
        self.emit(op, args, &[flag]);
        Term::Unreachable
    }

    /// Whether the product of 32-bit factors cannot overflow for their size alone.
    fn both_short(&mut self, signed: bool, a: V, b: V) -> V {
        use lir::{BinOp, CmpOp};
        if signed {
            let [a, b] = [a, b].map(|factor| {
                let low = self.value(Vt::I64, Op::Num(Code::I64Extend32S), &[factor]);
                self.test(CmpOp::Eq, Vt::I64, low, factor)
            });
            self.int(BinOp::And, Vt::I32, a, b)
        } else {
            let both = self.int(BinOp::Or, Vt::I64, a, b);
            let shift = self.constant(Const::I64(32));
            let high = self.int(BinOp::ShrU, Vt::I64, both, shift);
            self.value(Vt::I32, Op::Num(Code::I64Eqz), &[high])
        }
    }
}
