//! Replaces one instruction by a cheaper one that gives the same, from what is known about its operands.
//!
//! [`simplify`] applies one rule; the caller repeats it until none fits. Rules are in three files: arithmetic in
//! `fold_int`, comparisons, selections and conversions in `fold_cmp`, addresses and memory in `fold_mem`.
//! Every rule makes the instruction strictly simpler (fewer operands that vary, a cheaper operation, a longer offset),
//! so that they come to an end.

use super::known::Known;
use super::{fold_cmp, fold_int, fold_mem};
use crate::eval;
use crate::ir::*;
use syntax::Span;

/// Where new instructions go, and what is known before them.
pub(crate) struct Fold<'a> {
    pub module: &'a Module,
    pub known: Known,
    pub body: &'a mut Body,
    /// The block so far.
    pub out: Vec<Inst>,
    pub span: Span,
    /// Whether size counts more than speed.
    pub for_size: bool,
}

impl Fold<'_> {
    pub fn scalar(&self, ty: Ty) -> Ty {
        ty.scalar(self.known.pointer_bytes)
    }

    pub fn int(&self, reg: Reg) -> Option<i64> {
        self.known.int(reg)
    }

    pub fn def(&self, reg: Reg) -> Option<&Op> {
        self.known.def(reg)
    }

    /// Emits an instruction before the one at hand and remembers what it gives.
    pub fn emit(&mut self, op: Op) {
        self.known.perform(&op);
        self.out.push(Inst { op, span: self.span });
    }

    pub fn new_reg(&mut self, ty: Ty) -> Reg {
        self.known.add_reg(ty);
        self.body.regs.push(ty)
    }

    /// A new register that holds an integer or pointer constant.
    pub fn constant(&mut self, ty: Ty, value: i64) -> Reg {
        let dst = self.new_reg(ty);
        self.emit(self.const_op(ty, dst, value));
        dst
    }

    pub fn const_op(&self, ty: Ty, dst: Reg, value: i64) -> Op {
        let value = match ty {
            Ty::I32 => Imm::I32(value as i32),
            Ty::Ptr if self.known.pointer_bytes == 4 => Imm::Ptr((value as u32).into()),
            Ty::Ptr => Imm::Ptr(value),
            _ => Imm::I64(value),
        };
        Op::Const { dst, value }
    }

    /// `a op b` in a new register.
    pub fn bin(&mut self, op: BinOp, ty: Ty, a: Reg, b: Reg) -> Reg {
        let dst = self.new_reg(ty);
        self.emit(Op::Bin { op, ty, dst, a, b });
        dst
    }
}

/// A simpler instruction for `op`, if a rule knows one.
pub(crate) fn simplify(cx: &mut Fold<'_>, op: &Op) -> Option<Op> {
    match op {
        Op::Bin { op, ty: ty @ (Ty::F32 | Ty::F64), dst, a, b } => float_bin(cx, *op, *ty, *dst, *a, *b),
        Op::Bin { op, ty, dst, a, b } => fold_int::bin(cx, *op, *ty, *dst, *a, *b),
        Op::BinOvf { op, ty, dst, overflow, a, b } => fold_int::ovf(cx, *op, *ty, *dst, *overflow, *a, *b),
        Op::Un { op, ty, dst, a } => un(cx, *op, *ty, *dst, *a),
        Op::Cmp { op, ty, dst, a, b } => fold_cmp::cmp(cx, *op, *ty, *dst, *a, *b),
        Op::Conv { op, dst, src } => fold_cmp::conv(cx, *op, *dst, *src),
        Op::Select { ty, dst, cond, a, b } => fold_cmp::select(cx, *ty, *dst, *cond, *a, *b),
        Op::Copy { dst, src } => {
            let value = cx.known.constant(*src)?;
            Some(Op::Const { dst: *dst, value })
        }
        Op::Vector { op, imm, dst, args } => vector(cx, *op, *imm, *dst, args),
        _ => fold_mem::simplify(cx, op),
    }
}

/// What constants give; relaxed operations are left to the target.
fn vector(cx: &Fold<'_>, op: simd::Op, imm: simd::Imm, dst: Reg, args: &[Reg]) -> Option<Op> {
    if op.kind.is_relaxed() {
        return None;
    }
    let bits = |reg: &Reg| match cx.known.constant(*reg)? {
        Imm::V128(bits) => Some(bits),
        scalar => eval::imm_bits(scalar, cx.known.pointer_bytes).map(u128::from),
    };
    let args: Vec<u128> = args.iter().map(bits).collect::<Option<_>>()?;
    let result = crate::eval_vector::vector(op, imm, &args);
    let value = match Ty::from(op.result()) {
        Ty::V128 => Imm::V128(result),
        ty => eval::bits_imm(ty, result as u64),
    };
    Some(Op::Const { dst, value })
}

fn float_bin(cx: &Fold<'_>, op: BinOp, ty: Ty, dst: Reg, a: Reg, b: Reg) -> Option<Op> {
    let b_bits = cx.known.bits(b)?;
    if let Some(a_bits) = cx.known.bits(a) {
        let bits = eval::bin(op, ty, a_bits, b_bits)?;
        return Some(Op::Const { dst, value: eval::bits_imm(ty, bits) });
    }
    None
}

fn un(cx: &Fold<'_>, op: UnOp, ty: Ty, dst: Reg, a: Reg) -> Option<Op> {
    if let Some(bits) = cx.known.bits(a) {
        return Some(Op::Const { dst, value: eval::bits_imm(ty, eval::un(op, ty, bits)) });
    }
    if matches!(ty, Ty::I32 | Ty::I64) {
        return fold_int::extend(cx, op, ty, dst, a);
    }
    match (op, cx.def(a)) {
        (UnOp::FNeg, Some(Op::Un { op: UnOp::FNeg, a, .. })) => Some(Op::Copy { dst, src: *a }),
        (UnOp::FAbs, Some(Op::Un { op: UnOp::FNeg | UnOp::FAbs, a, .. })) => {
            Some(Op::Un { op, ty, dst, a: *a })
        }
        _ => None,
    }
}
