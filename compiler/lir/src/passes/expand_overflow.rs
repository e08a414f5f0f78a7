//! Arithmetic that tells overflow becomes plain arithmetic, for targets without such instructions.
//!
//! Sums and differences compare the result with an operand; 32-bit products are computed in 64 bits. A 64-bit product
//! is checked by a function that this pass adds once: it returns at once when both factors fit 32 bits, and divides
//! otherwise.

use super::edit::{put_body, take_body};
use crate::ir::*;
use crate::parse::parse_module;
use syntax::Span;

/// Both take the factors and their wrapped product.
const HELPERS: &str = "
func @lir.mul_overflows_s(%a: i64, %b: i64, %product: i64) -> i32 {
entry:
  %bias = i64.const 2147483648
  %half = i64.const 32
  %zero = i64.const 0
  %x = i64.add %a, %bias
  %y = i64.add %b, %bias
  %bits = i64.or %x, %y
  %high = i64.shr_u %bits, %half
  %wide = i64.ne %high, %zero
  br_if %wide, nonzero, no
nonzero:
  %is_zero = i64.eq %a, %zero
  br_if %is_zero, no, positive
positive:
  %minus = i64.const -1
  %is_minus = i64.eq %a, %minus
  br_if %is_minus, negate, divide
negate:
  %min = i64.const -9223372036854775808
  %r = i64.eq %b, %min
  return %r
divide:
  %q = i64.div_s %product, %a
  %r = i64.ne %q, %b
  return %r
no:
  %r = i32.const 0
  return %r
}
func @lir.mul_overflows_u(%a: i64, %b: i64, %product: i64) -> i32 {
entry:
  %half = i64.const 32
  %zero = i64.const 0
  %bits = i64.or %a, %b
  %high = i64.shr_u %bits, %half
  %wide = i64.ne %high, %zero
  br_if %wide, nonzero, no
nonzero:
  %is_zero = i64.eq %a, %zero
  br_if %is_zero, no, divide
divide:
  %q = i64.div_u %product, %a
  %r = i64.ne %q, %b
  return %r
no:
  %r = i32.const 0
  return %r
}
";

pub fn expand_overflow(module: &mut Module) {
    let mut helpers = [None; 2];
    for func in module.funcs.indices() {
        let Some(mut body) = take_body(module, func) else { continue };
        for block in body.blocks.indices() {
            let insts = std::mem::take(&mut body.blocks[block].insts);
            let mut out = Vec::with_capacity(insts.len());
            for inst in insts {
                match inst.op {
                    Op::BinOvf { .. } => {
                        let mut cx = Expand { module, body: &mut body, out: &mut out, span: inst.span };
                        cx.expand(&inst.op, &mut helpers);
                    }
                    _ => out.push(inst),
                }
            }
            body.blocks[block].insts = out;
        }
        put_body(module, func, body);
    }
}

struct Expand<'a> {
    module: &'a mut Module,
    body: &'a mut Body,
    out: &'a mut Vec<Inst>,
    span: Span,
}

impl Expand<'_> {
    fn emit(&mut self, op: Op) {
        self.out.push(Inst { op, span: self.span });
    }

    fn reg(&mut self, ty: Ty) -> Reg {
        self.body.regs.push(ty)
    }

    fn constant(&mut self, ty: Ty, value: i64) -> Reg {
        let dst = self.reg(ty);
        let value = if ty == Ty::I32 { Imm::I32(value as i32) } else { Imm::I64(value) };
        self.emit(Op::Const { dst, value });
        dst
    }

    fn bin(&mut self, op: BinOp, ty: Ty, a: Reg, b: Reg) -> Reg {
        let dst = self.reg(ty);
        self.emit(Op::Bin { op, ty, dst, a, b });
        dst
    }

    fn cmp(&mut self, op: CmpOp, ty: Ty, a: Reg, b: Reg) -> Reg {
        let dst = self.reg(Ty::I32);
        self.emit(Op::Cmp { op, ty, dst, a, b });
        dst
    }

    fn conv(&mut self, op: ConvOp, src: Reg) -> Reg {
        let dst = self.reg(op.row().to);
        self.emit(Op::Conv { op, dst, src });
        dst
    }

    /// The results go to new registers first: those of the instruction may be its operands.
    fn expand(&mut self, op: &Op, helpers: &mut [Option<FuncId>; 2]) {
        let Op::BinOvf { op, ty, dst, overflow, a, b } = *op else { return };
        let (value, over) = match op {
            OvfOp::AddS | OvfOp::AddU => self.sum(op, ty, a, b),
            OvfOp::SubS | OvfOp::SubU => self.difference(op, ty, a, b),
            OvfOp::MulS | OvfOp::MulU if ty == Ty::I32 => self.narrow_product(op == OvfOp::MulS, a, b),
            OvfOp::MulS | OvfOp::MulU => self.wide_product(op == OvfOp::MulS, a, b, helpers),
        };
        self.emit(Op::Copy { dst, src: value });
        self.emit(Op::Copy { dst: overflow, src: over });
    }

    /// A sum is below its first operand exactly if the second is negative; for unsigned numbers, if it wrapped.
    fn sum(&mut self, op: OvfOp, ty: Ty, a: Reg, b: Reg) -> (Reg, Reg) {
        let value = self.bin(BinOp::Add, ty, a, b);
        if op == OvfOp::AddU {
            return (value, self.cmp(CmpOp::LtU, ty, value, a));
        }
        let zero = self.constant(ty, 0);
        let negative = self.cmp(CmpOp::LtS, ty, b, zero);
        let below = self.cmp(CmpOp::LtS, ty, value, a);
        (value, self.bin(BinOp::Xor, Ty::I32, negative, below))
    }

    fn difference(&mut self, op: OvfOp, ty: Ty, a: Reg, b: Reg) -> (Reg, Reg) {
        let value = self.bin(BinOp::Sub, ty, a, b);
        if op == OvfOp::SubU {
            return (value, self.cmp(CmpOp::LtU, ty, a, b));
        }
        let zero = self.constant(ty, 0);
        let positive = self.cmp(CmpOp::GtS, ty, b, zero);
        let below = self.cmp(CmpOp::LtS, ty, value, a);
        (value, self.bin(BinOp::Xor, Ty::I32, positive, below))
    }

    fn narrow_product(&mut self, signed: bool, a: Reg, b: Reg) -> (Reg, Reg) {
        let extend = if signed { ConvOp::I32ToI64S } else { ConvOp::I32ToI64U };
        let (x, y) = (self.conv(extend, a), self.conv(extend, b));
        let wide = self.bin(BinOp::Mul, Ty::I64, x, y);
        let value = self.conv(ConvOp::I64ToI32, wide);
        let again = self.conv(extend, value);
        (value, self.cmp(CmpOp::Ne, Ty::I64, again, wide))
    }

    fn wide_product(
        &mut self,
        signed: bool,
        a: Reg,
        b: Reg,
        helpers: &mut [Option<FuncId>; 2],
    ) -> (Reg, Reg) {
        let helper = *helpers[usize::from(signed)].get_or_insert_with(|| add_helper(self.module, signed));
        let value = self.bin(BinOp::Mul, Ty::I64, a, b);
        let over = self.reg(Ty::I32);
        let (dsts, callee) = (vec![over], Callee::Direct(helper));
        self.emit(Op::Call { dsts, callee, args: vec![a, b, value] });
        (value, over)
    }
}

fn add_helper(module: &mut Module, signed: bool) -> FuncId {
    let helpers = parse_module(HELPERS).expect("the text above is valid").funcs;
    let helper = helpers.into_raw().swap_remove(if signed { 0 } else { 1 });
    module.funcs.push(helper)
}
