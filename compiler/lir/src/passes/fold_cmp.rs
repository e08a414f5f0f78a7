//! Rules for comparisons, selections and conversions.

use super::fold::Fold;
use super::fold_int::power_of_two;
use super::range::Range;
use crate::eval;
use crate::ir::*;
use std::cmp::Ordering;

pub(crate) fn cmp(cx: &mut Fold<'_>, op: CmpOp, ty: Ty, dst: Reg, a: Reg, b: Reg) -> Option<Op> {
    let is_int = matches!(ty, Ty::I32 | Ty::I64 | Ty::Ptr);
    match (cx.known.bits(a), cx.known.bits(b)) {
        (Some(x), Some(y)) => {
            let holds = eval::cmp(op, cx.scalar(ty), x, y);
            return Some(cx.const_op(Ty::I32, dst, holds.into()));
        }
        (Some(_), None) => return Some(Op::Cmp { op: op.swapped(), ty, dst, a: b, b: a }),
        _ if a == b && is_int => {
            let holds = matches!(op, CmpOp::Eq | CmpOp::LeS | CmpOp::LeU | CmpOp::GeS | CmpOp::GeU);
            return Some(cx.const_op(Ty::I32, dst, holds.into()));
        }
        _ => {}
    }
    if let Some(holds) = cx.known.decided(op, a, b) {
        return Some(cx.const_op(Ty::I32, dst, holds.into()));
    }
    if ty == Ty::Ptr || !is_int {
        return match cx.int(b) {
            Some(c) => by_constant(cx, op, ty, dst, a, c),
            None => None,
        };
    }
    if let Some(holds) = by_range(op, cx.known.range(a), cx.known.range(b)) {
        return Some(cx.const_op(Ty::I32, dst, holds.into()));
    }
    if let Some(holds) = by_distance(cx, op, ty, a, b).or_else(|| by_distance(cx, op.swapped(), ty, b, a)) {
        return Some(cx.const_op(Ty::I32, dst, holds.into()));
    }
    if let Some(c) = cx.int(b)
        && let Some(simpler) = by_constant(cx, op, ty, dst, a, c)
    {
        return Some(simpler);
    }
    let op = signed_form(op, cx.known.range(a), cx.known.range(b))?;
    Some(Op::Cmp { op, ty, dst, a, b })
}

/// Numbers that are not negative compare alike as signed and as unsigned ones; one form finds the other's result.
pub(crate) fn signed_form(op: CmpOp, a: Range, b: Range) -> Option<CmpOp> {
    if a.lo < 0 || b.lo < 0 {
        return None;
    }
    match op {
        CmpOp::LtU => Some(CmpOp::LtS),
        CmpOp::LeU => Some(CmpOp::LeS),
        CmpOp::GtU => Some(CmpOp::GtS),
        CmpOp::GeU => Some(CmpOp::GeS),
        _ => None,
    }
}

fn by_range(op: CmpOp, a: Range, b: Range) -> Option<bool> {
    let decide = |below: bool, not_below: bool| if below { Some(true) } else { not_below.then_some(false) };
    let same_order = a.lo >= 0 && b.lo >= 0;
    match op {
        CmpOp::Eq => (a.hi < b.lo || b.hi < a.lo).then_some(false),
        CmpOp::Ne => (a.hi < b.lo || b.hi < a.lo).then_some(true),
        CmpOp::LtS => decide(a.hi < b.lo, a.lo >= b.hi),
        CmpOp::LeS => decide(a.hi <= b.lo, a.lo > b.hi),
        CmpOp::GtS => decide(a.lo > b.hi, a.hi <= b.lo),
        CmpOp::GeS => decide(a.lo >= b.hi, a.hi < b.lo),
        CmpOp::LtU if same_order => decide(a.hi < b.lo, a.lo >= b.hi),
        CmpOp::LeU if same_order => decide(a.hi <= b.lo, a.lo > b.hi),
        CmpOp::GtU if same_order => decide(a.lo > b.hi, a.hi <= b.lo),
        CmpOp::GeU if same_order => decide(a.lo >= b.hi, a.hi < b.lo),
        _ => None,
    }
}

/// `x + c` and something that `x` has been compared with, or `x` itself, where the sum does not wrap around.
fn by_distance(cx: &Fold<'_>, op: CmpOp, ty: Ty, a: Reg, b: Reg) -> Option<bool> {
    let (x, c) = cx.known.sum(a)?;
    let (Range { lo, hi }, all) = (cx.known.range_of_value(x), Range::of(ty));
    if lo.checked_add(c)? < all.lo || hi.checked_add(c)? > all.hi {
        return None;
    }
    let b = cx.known.value(b);
    if x == b {
        return eval_order(op, c.cmp(&0));
    }
    let knows = |op| cx.known.decided_of_values(op, x, b) == Some(true);
    // Of whole numbers, `x < b` is `x + 1 <= b`.
    if c < 0 && knows(CmpOp::LeS) {
        eval_order(op, Ordering::Less)
    } else if c > 0 && knows(CmpOp::GeS) {
        eval_order(op, Ordering::Greater)
    } else if c == 1 && knows(CmpOp::LtS) || c == -1 && knows(CmpOp::GtS) {
        match (op, c) {
            (CmpOp::LeS, 1) | (CmpOp::GeS, -1) => Some(true),
            (CmpOp::GtS, 1) | (CmpOp::LtS, -1) => Some(false),
            _ => None,
        }
    } else {
        None
    }
}

/// The answer to a comparison of signed numbers in this order.
fn eval_order(op: CmpOp, order: Ordering) -> Option<bool> {
    match op {
        CmpOp::Eq => Some(order.is_eq()),
        CmpOp::Ne => Some(order.is_ne()),
        CmpOp::LtS => Some(order.is_lt()),
        CmpOp::LeS => Some(order.is_le()),
        CmpOp::GtS => Some(order.is_gt()),
        CmpOp::GeS => Some(order.is_ge()),
        _ => None,
    }
}

fn by_constant(cx: &mut Fold<'_>, op: CmpOp, ty: Ty, dst: Reg, a: Reg, c: i64) -> Option<Op> {
    match (op, c) {
        (CmpOp::LtU, 0) => return Some(cx.const_op(Ty::I32, dst, 0)),
        (CmpOp::GeU, 0) => return Some(cx.const_op(Ty::I32, dst, 1)),
        (CmpOp::LtU, 1) | (CmpOp::LeU, 0) => return Some(against(cx, CmpOp::Eq, ty, dst, a, 0)),
        (CmpOp::GeU, 1) | (CmpOp::GtU, 0) => return Some(against(cx, CmpOp::Ne, ty, dst, a, 0)),
        _ => {}
    }
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return None;
    }
    if ty == Ty::I32 && cx.known.range(a).is_within(Range { lo: 0, hi: 1 }) && (c == 0 || c == 1) {
        return match (op, c) {
            (CmpOp::Ne, 0) | (CmpOp::Eq, 1) => Some(Op::Copy { dst, src: a }),
            _ => negate(cx, dst, a).or_else(|| (c == 1).then(|| against(cx, CmpOp::Eq, ty, dst, a, 0))),
        };
    }
    equality(cx, op, ty, dst, a, c)
}

fn against(cx: &mut Fold<'_>, op: CmpOp, ty: Ty, dst: Reg, a: Reg, c: i64) -> Op {
    let b = cx.constant(ty, c);
    Op::Cmp { op, ty, dst, a, b }
}

/// `x + k == c`, `x - y == 0`, `x % 2^n == 0`, and equality of extended numbers.
fn equality(cx: &mut Fold<'_>, op: CmpOp, ty: Ty, dst: Reg, a: Reg, c: i64) -> Option<Op> {
    let width = if cx.scalar(ty) == Ty::I32 { 32 } else { 64 };
    match *cx.def(a)? {
        Op::Bin { op: BinOp::Add, a: x, b: k, .. } => {
            let k = cx.int(k)?;
            Some(against(cx, op, ty, dst, x, c.wrapping_sub(k)))
        }
        Op::Bin { op: BinOp::Sub | BinOp::Xor, a: x, b: y, .. } if c == 0 => {
            Some(Op::Cmp { op, ty, dst, a: x, b: y })
        }
        Op::Bin { op: BinOp::RemS, a: x, b: y, .. } if c == 0 => {
            let log = power_of_two(cx.int(y)?, width)?;
            let mask = cx.constant(ty, (1i64 << log).wrapping_sub(1));
            let low = cx.bin(BinOp::And, ty, x, mask);
            Some(against(cx, op, ty, dst, low, 0))
        }
        Op::Conv { op: ConvOp::I32ToI64S, src, .. } if i32::try_from(c).is_ok() => {
            Some(against(cx, op, Ty::I32, dst, src, c))
        }
        Op::Conv { op: ConvOp::I32ToI64U, src, .. } if u32::try_from(c).is_ok() => {
            Some(against(cx, op, Ty::I32, dst, src, i64::from(c as i32)))
        }
        Op::Conv { op: ConvOp::I32ToPtr, src, .. } if c == 0 => Some(against(cx, op, Ty::I32, dst, src, 0)),
        _ => None,
    }
}

/// The opposite of a comparison that `a` holds.
pub(crate) fn negate(cx: &Fold<'_>, dst: Reg, a: Reg) -> Option<Op> {
    match *cx.def(a)? {
        Op::Cmp { op, ty, a, b, .. } => Some(Op::Cmp { op: op.negated()?, ty, dst, a, b }),
        _ => None,
    }
}

/// What a condition tests: the register, and whether it must be zero. `x != 0` and `x == 0` are looked through.
pub(crate) fn condition(cx: &Fold<'_>, cond: Reg) -> (Reg, bool) {
    let (mut cond, mut inverted) = (cond, false);
    for _ in 0..4 {
        match cx.def(cond) {
            Some(Op::Cmp { op: op @ (CmpOp::Eq | CmpOp::Ne), ty: Ty::I32, a, b, .. })
                if cx.int(*b) == Some(0) =>
            {
                inverted ^= *op == CmpOp::Eq;
                cond = *a;
            }
            _ => break,
        }
    }
    (cond, inverted)
}

pub(crate) fn select(cx: &mut Fold<'_>, ty: Ty, dst: Reg, cond: Reg, a: Reg, b: Reg) -> Option<Op> {
    if a == b {
        return Some(Op::Copy { dst, src: a });
    }
    if let Some(c) = cx.int(cond) {
        return Some(Op::Copy { dst, src: if c != 0 { a } else { b } });
    }
    let (tested, inverted) = condition(cx, cond);
    if tested != cond {
        let (a, b) = if inverted { (b, a) } else { (a, b) };
        return Some(Op::Select { ty, dst, cond: tested, a, b });
    }
    if ty != Ty::I32 {
        return None;
    }
    match (cx.int(a)?, cx.int(b)?) {
        (1, 0) if cx.known.range(cond).is_within(Range { lo: 0, hi: 1 }) => Some(Op::Copy { dst, src: cond }),
        (1, 0) => Some(Op::Cmp { op: CmpOp::Ne, ty, dst, a: cond, b }),
        (0, 1) => Some(Op::Cmp { op: CmpOp::Eq, ty, dst, a: cond, b: a }),
        (x, y) if x == y => Some(cx.const_op(ty, dst, x)),
        _ => None,
    }
}

pub(crate) fn conv(cx: &Fold<'_>, op: ConvOp, dst: Reg, src: Reg) -> Option<Op> {
    use ConvOp::*;
    if let Some(bits) = cx.known.bits(src) {
        let bits = eval::conv(op, bits, cx.known.pointer_bytes);
        return Some(Op::Const { dst, value: eval::bits_imm(op.row().to, bits) });
    }
    let narrow = cx.known.pointer_bytes == 4;
    if op == I32ToI64S && cx.known.range(src).lo >= 0 {
        return Some(Op::Conv { op: I32ToI64U, dst, src });
    }
    let (inner, x) = match *cx.def(src)? {
        Op::Conv { op, src, .. } => (op, src),
        _ => return None,
    };
    let copy = Some(Op::Copy { dst, src: x });
    let instead = |op| Some(Op::Conv { op, dst, src: x });
    match (op, inner) {
        (I64ToI32, I32ToI64S | I32ToI64U) | (PtrToI32, I32ToPtr) => copy,
        (I32ToPtr, PtrToI32) if narrow => copy,
        (I64ToPtr, PtrToI64) => copy,
        (I64ToPtr, I32ToI64U) => instead(I32ToPtr),
        (I64ToPtr, I32ToI64S) if narrow => instead(I32ToPtr),
        (I64ToI32, PtrToI64) => instead(PtrToI32),
        (PtrToI32, I64ToPtr) => instead(I64ToI32),
        (PtrToI64, I32ToPtr) => instead(I32ToI64U),
        (BitsI32ToF32, BitsF32ToI32) | (BitsF32ToI32, BitsI32ToF32) => copy,
        (BitsI64ToF64, BitsF64ToI64) | (BitsF64ToI64, BitsI64ToF64) => copy,
        _ => None,
    }
}
