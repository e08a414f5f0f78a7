//! Operators on primitive types: overflow and division checks, casts, and the compiler's implementations of the
//! operator traits on primitives.

use super::func::Builder;
use super::instances::ResolvedFn;
use crate::ir::*;
use hir::body::Expr;
use hir::program::Container;
use hir::ty::TyKind as H;
use syntax::Span;

impl Builder<'_, '_> {
    pub fn binary_expr(&mut self, dest: Option<&Place>, e: &Expr, op: BinOp, lhs: &Expr, rhs: &Expr) {
        if matches!(op, BinOp::And | BinOp::Or) {
            return self.truth(dest, e);
        }
        let ty = self.mono(lhs.ty);
        let operands = self.operands(&[lhs, rhs]);
        let Ok([a, b]) = <[Operand; 2]>::try_from(operands) else { return };
        self.arith(dest, op, a, b, ty, e.span);
    }

    /// `a op b` on operands of the type `ty` (comparisons give a `Bool`).
    pub fn arith(
        &mut self,
        dest: Option<&Place>,
        op: BinOp,
        a: Operand,
        b: Operand,
        ty: hir::ty::Ty,
        span: Span,
    ) {
        use BinOp as B;
        if !self.is_reachable() {
            return;
        }
        let result = self.arith_result_ty(op, ty);
        let dest = match dest {
            Some(dest) => dest.clone(),
            None => self.temp(result).into(),
        };
        let int = self.int_kind(ty);
        match (op, int) {
            (B::Add | B::Sub | B::Mul, Some(_)) if self.cx.opts.overflow_checks => {
                self.checked(dest, op, a, b, ty, span);
            }
            (B::Add | B::Sub | B::Mul, Some(_)) => self.assign(dest, Rvalue::Binary(wrapping(op), a, b)),
            (B::Div | B::Rem, Some(int)) => self.divide(dest, op, a, b, int, span),
            (B::Pow, _) => {
                let name = if int.is_some() { "int_pow" } else { "float_pow" };
                self.call_lang(name, &[ty], vec![Arg::Value(a), Arg::Value(b)], Some(dest), span);
            }
            (B::Rem, None) => {
                // Layout calls it: no target has an instruction for the exact remainder.
                self.cx.require_lang("float_rem");
                self.assign(dest, Rvalue::Binary(op, a, b));
            }
            _ => self.assign(dest, Rvalue::Binary(op, a, b)),
        }
    }

    fn arith_result_ty(&mut self, op: BinOp, ty: hir::ty::Ty) -> Ty {
        use BinOp as B;
        match op {
            B::Eq | B::Ne | B::Lt | B::Le | B::Gt | B::Ge => self.cx.bool_ty(),
            _ => self.cx.mir_ty(ty),
        }
    }

    /// Arithmetic that panics where the result does not fit.
    fn checked(&mut self, dest: Place, op: BinOp, a: Operand, b: Operand, ty: hir::ty::Ty, span: Span) {
        let pair = self.cx.front.program_mut().types.intern(H::Tuple(Box::new([ty, hir::ty::Ty::BOOL])));
        let pair = self.cx.mir_ty(pair);
        let pair = self.assign_temp(pair, Rvalue::Checked(op, a, b));
        let overflowed = Operand::Copy(Place::from(pair).with(Proj::Field(1)));
        self.panic_if(overflowed, "panic_overflow", span);
        self.set(dest, Operand::Copy(Place::from(pair).with(Proj::Field(0))));
    }

    /// Calls a lang function that panics, out of the way of what follows.
    fn panic_if(&mut self, cond: Operand, name: &str, span: Span) {
        let (then, else_) = self.branch(cond);
        self.block = Some(then);
        self.call_lang(name, &[], vec![], None, span);
        self.terminate(Term::Unreachable);
        self.block = Some(else_);
    }

    /// Integer division and remainder. The divisors 0 and -1 are kept away from the instruction.
    fn divide(&mut self, dest: Place, op: BinOp, a: Operand, b: Operand, int: IntTy, span: Span) {
        let known = match &b {
            Operand::Const(Const::Int(n, _)) => Some(*n),
            _ => None,
        };
        let (a, b) = (self.fixed(a), self.fixed(b));
        if known.is_none_or(|n| n == 0) {
            let is_zero = self.compare(BinOp::Eq, b.clone(), Builder::const_int(0, int));
            self.panic_if(is_zero, "panic_div_zero", span);
        }
        if !int.is_signed() || known.is_some_and(|n| n != -1) {
            return self.assign(dest, Rvalue::Binary(op, a, b));
        }
        let is_minus_one = self.compare(BinOp::Eq, b.clone(), Builder::const_int(-1, int));
        let (special, usual) = self.branch(is_minus_one);
        self.block = Some(usual);
        self.assign(dest.clone(), Rvalue::Binary(op, a.clone(), b));
        let mut end = super::func::Label::default();
        self.goto(&mut end);
        self.block = Some(special);
        let zero = Builder::const_int(0, int);
        if op == BinOp::Rem {
            self.set(dest, zero);
        } else {
            if self.cx.opts.overflow_checks {
                let min = Builder::const_int(self.int_min(int), int);
                let is_min = self.compare(BinOp::Eq, a.clone(), min);
                self.panic_if(is_min, "panic_overflow", span);
            }
            self.assign(dest, Rvalue::Binary(BinOp::WrapSub, zero, a));
        }
        self.join(end);
    }

    /// A scalar operand that is used several times.
    fn fixed(&mut self, operand: Operand) -> Operand {
        match self.stable(operand) {
            Operand::Move(place) => Operand::Copy(place),
            other => other,
        }
    }

    fn int_min(&self, int: IntTy) -> i128 {
        -(1i128 << (int.bits(self.cx.opts.pointer_bytes) - 1))
    }

    pub fn unary_expr(&mut self, dest: Option<&Place>, e: &Expr, op: UnOp, operand: &Expr) {
        if op == UnOp::Not && matches!(operand.kind, hir::body::ExprKind::Is { .. }) {
            return self.truth(dest, e);
        }
        let ty = self.mono(operand.ty);
        let value = self.operand(operand);
        self.unary(dest, op, value, ty, e.span);
    }

    fn unary(&mut self, dest: Option<&Place>, op: UnOp, value: Operand, ty: hir::ty::Ty, span: Span) {
        let mir_ty = self.cx.mir_ty(ty);
        let dest = match dest {
            Some(dest) => dest.clone(),
            None => self.temp(mir_ty).into(),
        };
        match (op, self.int_kind(ty)) {
            (UnOp::Neg, Some(int)) => {
                let zero = Builder::const_int(0, int);
                self.arith(Some(&dest), BinOp::Sub, zero, value, ty, span);
            }
            _ => self.assign(dest, Rvalue::Unary(op, value)),
        }
    }

    pub fn cast(&mut self, dest: Option<&Place>, e: &Expr, inner: &Expr) {
        let value = self.operand(inner);
        let (from, to) = (self.ty(inner.ty), self.ty(e.ty));
        if let Some(dest) = dest {
            let value = if from == to { Rvalue::Use(value) } else { Rvalue::Cast(value) };
            self.assign(dest.clone(), value);
        }
    }

    // ------------------------------------------------------------ operator traits on primitives

    /// Lowers a call of an operator's method on a primitive in place. `false` if it is none.
    pub fn builtin_inline(
        &mut self,
        dest: Option<&Place>,
        target: &ResolvedFn,
        args: &[Arg],
        span: Span,
    ) -> bool {
        let Some(self_ty) = target.args().first().copied() else { return false };
        if !self.is_primitive(self_ty) {
            return false;
        }
        let program = self.cx.front.program();
        let f = &program.fns[target.fn_id()];
        let Container::Trait(trait_) = f.container else { return false };
        let method = program.interner.name(f.name);
        let is_float = matches!(program.types.kind(self_ty), H::F32 | H::F64);
        let is_builtin = matches!(target, ResolvedFn::Builtin { .. });
        let op = match method {
            "eq" if is_builtin && !is_float => Op::Bin(BinOp::Eq),
            "lt" | "le" | "gt" | "ge" if !is_float && Some(trait_) == self.cx.lang_trait("Ord") => {
                Op::Bin(comparison(method))
            }
            _ if is_builtin => match operator(method) {
                Some(op) => op,
                None => return false,
            },
            _ => return false,
        };
        self.emit_operator(dest, op, args, self_ty, span)
    }

    fn emit_operator(
        &mut self,
        dest: Option<&Place>,
        op: Op,
        args: &[Arg],
        ty: hir::ty::Ty,
        span: Span,
    ) -> bool {
        match (op, args) {
            (Op::Bin(op), [Arg::Value(a), Arg::Value(b)]) => {
                self.arith(dest, op, a.clone(), b.clone(), ty, span);
            }
            (Op::Un(op), [Arg::Value(a)]) => self.unary(dest, op, a.clone(), ty, span),
            _ => return false,
        }
        true
    }

    pub fn is_primitive(&self, ty: hir::ty::Ty) -> bool {
        let kind = self.cx.front.program().types.kind(ty);
        matches!(kind, H::Int(_) | H::F32 | H::F64 | H::Bool | H::Char | H::Ptr(_))
    }
}

enum Op {
    Bin(BinOp),
    Un(UnOp),
}

fn wrapping(op: BinOp) -> BinOp {
    match op {
        BinOp::Add => BinOp::WrapAdd,
        BinOp::Sub => BinOp::WrapSub,
        BinOp::Mul => BinOp::WrapMul,
        other => other,
    }
}

fn comparison(method: &str) -> BinOp {
    match method {
        "lt" => BinOp::Lt,
        "le" => BinOp::Le,
        "gt" => BinOp::Gt,
        _ => BinOp::Ge,
    }
}

/// The operator of a lang trait's method; must match docs/contracts.md.
fn operator(method: &str) -> Option<Op> {
    Some(match method {
        "add" => Op::Bin(BinOp::Add),
        "sub" => Op::Bin(BinOp::Sub),
        "mul" => Op::Bin(BinOp::Mul),
        "div" => Op::Bin(BinOp::Div),
        "rem" => Op::Bin(BinOp::Rem),
        "pow" => Op::Bin(BinOp::Pow),
        "bit_and" => Op::Bin(BinOp::BitAnd),
        "bit_or" => Op::Bin(BinOp::BitOr),
        "bit_xor" => Op::Bin(BinOp::BitXor),
        "shl" => Op::Bin(BinOp::Shl),
        "shr" => Op::Bin(BinOp::Shr),
        "wrap_add" => Op::Bin(BinOp::WrapAdd),
        "wrap_sub" => Op::Bin(BinOp::WrapSub),
        "wrap_mul" => Op::Bin(BinOp::WrapMul),
        "neg" => Op::Un(UnOp::Neg),
        "not" => Op::Un(UnOp::Not),
        "bit_not" => Op::Un(UnOp::BitNot),
        _ => return None,
    })
}
