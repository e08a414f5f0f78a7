//! Rules for integer and pointer arithmetic.

use super::fold::Fold;
use super::range::{Range, wide_range};
use crate::eval;
use crate::ir::*;

pub(crate) fn bin(cx: &mut Fold<'_>, op: BinOp, ty: Ty, dst: Reg, a: Reg, b: Reg) -> Option<Op> {
    match (cx.known.bits(a), cx.known.bits(b)) {
        (Some(x), Some(y)) => {
            let bits = eval::bin(op, cx.scalar(ty), x, y)?;
            Some(Op::Const { dst, value: eval::bits_imm(ty, bits) })
        }
        // Constants stand on the right, where the other rules look for them.
        (Some(_), None) if op.is_commutative() => Some(Op::Bin { op, ty, dst, a: b, b: a }),
        (_, Some(_)) => by_constant(cx, op, ty, dst, a, b),
        _ if a == b => same_operands(cx, op, ty, dst, a),
        _ => None,
    }
}

fn same_operands(cx: &Fold<'_>, op: BinOp, ty: Ty, dst: Reg, a: Reg) -> Option<Op> {
    match op {
        BinOp::And | BinOp::Or => Some(Op::Copy { dst, src: a }),
        BinOp::Sub | BinOp::Xor => Some(cx.const_op(ty, dst, 0)),
        _ => None,
    }
}

fn by_constant(cx: &mut Fold<'_>, op: BinOp, ty: Ty, dst: Reg, a: Reg, b: Reg) -> Option<Op> {
    let c = cx.int(b)?;
    let width = if cx.scalar(ty) == Ty::I32 { 32 } else { 64 };
    let copy = Some(Op::Copy { dst, src: a });
    let count = c.rem_euclid(width);
    match (op, c) {
        (BinOp::Add | BinOp::Sub | BinOp::Or | BinOp::Xor, 0) | (BinOp::And, -1) => return copy,
        (BinOp::Mul | BinOp::DivS | BinOp::DivU, 1) => return copy,
        (BinOp::Mul | BinOp::And, 0) | (BinOp::RemS | BinOp::RemU, 1) => {
            return Some(cx.const_op(ty, dst, 0));
        }
        (BinOp::Or, -1) => return Some(cx.const_op(ty, dst, -1)),
        (BinOp::Shl | BinOp::ShrS | BinOp::ShrU | BinOp::Rotl | BinOp::Rotr, _) if count == 0 => return copy,
        (BinOp::Sub, c) => {
            let b = cx.constant(ty, c.wrapping_neg());
            return Some(Op::Bin { op: BinOp::Add, ty, dst, a, b });
        }
        _ => {}
    }
    let again = match op {
        BinOp::Add | BinOp::Mul | BinOp::And | BinOp::Or | BinOp::Xor => regroup(cx, op, ty, dst, a, c),
        BinOp::Shl | BinOp::ShrU | BinOp::ShrS => join_shifts(cx, op, ty, dst, a, count, width),
        _ => None,
    };
    if again.is_some() {
        return again;
    }
    match op {
        BinOp::And => mask(cx, ty, dst, a, c),
        BinOp::Mul | BinOp::DivU | BinOp::RemU | BinOp::DivS | BinOp::RemS if ty != Ty::Ptr => {
            let log = power_of_two(c, width)?;
            by_power(cx, op, ty, dst, a, log, width)
        }
        BinOp::Xor if c == 1 && ty == Ty::I32 => super::fold_cmp::negate(cx, dst, a),
        _ => None,
    }
}

/// `(x op c1) op c2` is `x op (c1 op c2)`; a constant added to an address of static data moves into it.
fn regroup(cx: &mut Fold<'_>, op: BinOp, ty: Ty, dst: Reg, a: Reg, c: i64) -> Option<Op> {
    match *cx.def(a)? {
        Op::Bin { op: inner, a: x, b: y, .. } if inner == op => {
            let d = cx.int(y)?;
            let (scalar, mask) =
                (cx.scalar(ty), if cx.scalar(ty) == Ty::I32 { u32::MAX.into() } else { u64::MAX });
            let bits = eval::bin(op, scalar, d as u64 & mask, c as u64 & mask)?;
            let value = if scalar == Ty::I32 { i64::from(bits as i32) } else { bits as i64 };
            let b = cx.constant(ty, value);
            Some(Op::Bin { op, ty, dst, a: x, b })
        }
        Op::DataAddr { data, offset, .. } if op == BinOp::Add => {
            let offset = u32::try_from(i64::from(offset) + c).ok()?;
            let size = crate::verify::size_of_data(&cx.module.datas[data]);
            (u64::from(offset) <= size).then_some(Op::DataAddr { dst, data, offset })
        }
        _ => None,
    }
}

fn join_shifts(cx: &mut Fold<'_>, op: BinOp, ty: Ty, dst: Reg, a: Reg, count: i64, width: i64) -> Option<Op> {
    let Op::Bin { op: inner, a: x, b: y, .. } = *cx.def(a)? else { return None };
    if inner != op {
        return None;
    }
    let sum = cx.int(y)?.rem_euclid(width) + count;
    if sum >= width {
        let arithmetic = op == BinOp::ShrS;
        if !arithmetic {
            return Some(cx.const_op(ty, dst, 0));
        }
        let b = cx.constant(ty, width - 1);
        return Some(Op::Bin { op, ty, dst, a: x, b });
    }
    let b = cx.constant(ty, sum);
    Some(Op::Bin { op, ty, dst, a: x, b })
}

/// A mask of low bits does nothing to a number that has no others.
fn mask(cx: &Fold<'_>, ty: Ty, dst: Reg, a: Reg, c: i64) -> Option<Op> {
    let is_low = ty != Ty::Ptr && c > 0 && c.wrapping_add(1) & c == 0;
    (is_low && cx.known.range(a).is_within(Range { lo: 0, hi: c })).then_some(Op::Copy { dst, src: a })
}

/// The logarithm of a power of two above 1, taken as unsigned.
pub(crate) fn power_of_two(c: i64, width: i64) -> Option<i64> {
    let bits = if width == 32 { u64::from(c as u32) } else { c as u64 };
    (bits.is_power_of_two() && bits > 1).then(|| i64::from(bits.trailing_zeros()))
}

fn by_power(cx: &mut Fold<'_>, op: BinOp, ty: Ty, dst: Reg, a: Reg, log: i64, width: i64) -> Option<Op> {
    let low = if log == 63 { i64::MAX } else { (1 << log) - 1 };
    let (op, c) = match op {
        BinOp::Mul => (BinOp::Shl, log),
        BinOp::DivU => (BinOp::ShrU, log),
        BinOp::RemU => (BinOp::And, low),
        // The least number is no power of two as a signed one.
        _ if log == width - 1 => return None,
        _ => return signed_by_power(cx, op, ty, dst, a, log, width),
    };
    let b = cx.constant(ty, c);
    Some(Op::Bin { op, ty, dst, a, b })
}

/// Signed division rounds to zero, so negative numbers are raised by `2^log - 1` before they are shifted or masked.
fn signed_by_power(
    cx: &mut Fold<'_>,
    op: BinOp,
    ty: Ty,
    dst: Reg,
    a: Reg,
    log: i64,
    width: i64,
) -> Option<Op> {
    let not_negative = cx.known.range(a).lo >= 0;
    let low = cx.constant(ty, (1 << log) - 1);
    let count = cx.constant(ty, log);
    if not_negative {
        let (op, b) = if op == BinOp::DivS { (BinOp::ShrU, count) } else { (BinOp::And, low) };
        return Some(Op::Bin { op, ty, dst, a, b });
    }
    let all = cx.constant(ty, width - 1);
    let rest = cx.constant(ty, width - log);
    let sign = cx.bin(BinOp::ShrS, ty, a, all);
    let bias = cx.bin(BinOp::ShrU, ty, sign, rest);
    let raised = cx.bin(BinOp::Add, ty, a, bias);
    if op == BinOp::DivS {
        return Some(Op::Bin { op: BinOp::ShrS, ty, dst, a: raised, b: count });
    }
    let masked = cx.bin(BinOp::And, ty, raised, low);
    Some(Op::Bin { op: BinOp::Sub, ty, dst, a: masked, b: bias })
}

/// Sign extension of what is extended already, and of what a mask left enough of.
pub(crate) fn extend(cx: &Fold<'_>, op: UnOp, ty: Ty, dst: Reg, a: Reg) -> Option<Op> {
    let (low, range) = match op {
        UnOp::Extend8S => (0xff, Range { lo: -0x80, hi: 0x7f }),
        UnOp::Extend16S => (0xffff, Range { lo: -0x8000, hi: 0x7fff }),
        UnOp::Extend32S => (0xffff_ffff, Range::of(Ty::I32)),
        _ => return None,
    };
    if cx.known.range(a).is_within(range) {
        return Some(Op::Copy { dst, src: a });
    }
    match *cx.def(a)? {
        Op::Bin { op: BinOp::And, a: x, b: y, .. } if cx.int(y)? & low == low => {
            Some(Op::Un { op, ty, dst, a: x })
        }
        Op::Un { op: inner @ (UnOp::Extend8S | UnOp::Extend16S | UnOp::Extend32S), a: x, .. }
            if inner != op =>
        {
            // The wider extension inside keeps the bits that the narrower one looks at.
            Some(Op::Un { op, ty, dst, a: x })
        }
        _ => None,
    }
}

/// Overflow that is known becomes a constant; the result is then plain arithmetic.
pub(crate) fn ovf(
    cx: &mut Fold<'_>,
    op: OvfOp,
    ty: Ty,
    dst: Reg,
    overflow: Reg,
    a: Reg,
    b: Reg,
) -> Option<Op> {
    if let (Some(x), Some(y)) = (cx.known.bits(a), cx.known.bits(b)) {
        let (bits, over) = eval::ovf(op, ty, x, y);
        cx.emit(cx.const_op(Ty::I32, overflow, over.into()));
        return Some(Op::Const { dst, value: eval::bits_imm(ty, bits) });
    }
    let plain = match op {
        OvfOp::AddS | OvfOp::AddU => BinOp::Add,
        OvfOp::SubS | OvfOp::SubU => BinOp::Sub,
        OvfOp::MulS | OvfOp::MulU => BinOp::Mul,
    };
    if !fits(cx, op, plain, ty, a, b) {
        return None;
    }
    if overflow == a || overflow == b {
        return None;
    }
    cx.emit(cx.const_op(Ty::I32, overflow, 0));
    Some(Op::Bin { op: plain, ty, dst, a, b })
}

fn fits(cx: &Fold<'_>, op: OvfOp, plain: BinOp, ty: Ty, a: Reg, b: Reg) -> bool {
    let (a, b) = (cx.known.range(a), cx.known.range(b));
    let Some((lo, hi)) = wide_range(plain, a, b) else { return false };
    let full = Range::of(ty);
    match op {
        OvfOp::AddS | OvfOp::SubS | OvfOp::MulS => lo >= full.lo.into() && hi <= full.hi.into(),
        // As unsigned numbers only what is not negative is known.
        OvfOp::AddU | OvfOp::SubU | OvfOp::MulU => {
            let max = if ty == Ty::I32 { u32::MAX.into() } else { u64::MAX.into() };
            a.lo >= 0 && b.lo >= 0 && lo >= 0 && hi <= max
        }
    }
}
