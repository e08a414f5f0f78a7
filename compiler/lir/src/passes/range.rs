//! Ranges of signed integers, and how operations map them.

use crate::ir::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub lo: i64,
    pub hi: i64,
}

impl Range {
    /// All values of an `I32`; of anything else, all there are.
    pub fn of(ty: Ty) -> Range {
        if ty == Ty::I32 {
            Range { lo: i32::MIN.into(), hi: i32::MAX.into() }
        } else {
            Range { lo: i64::MIN, hi: i64::MAX }
        }
    }

    pub fn new(lo: i64, hi: i64) -> Range {
        Range { lo, hi }
    }

    pub fn meet(self, other: Range) -> Range {
        Range { lo: self.lo.max(other.lo), hi: self.hi.min(other.hi) }
    }

    pub fn join(self, other: Range) -> Range {
        Range { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    pub fn is_within(self, other: Range) -> bool {
        other.lo <= self.lo && self.hi <= other.hi
    }
}

/// The range of what `op` gives, from those of its operands.
pub(crate) fn range_of(op: &Op, pointer_bytes: u32, range: impl Fn(Reg) -> Range) -> Range {
    match *op {
        Op::Const { value: Imm::I32(v), .. } => Range::new(v.into(), v.into()),
        Op::Const { value: Imm::I64(v), .. } => Range::new(v, v),
        Op::Cmp { .. } => Range::new(0, 1),
        Op::Load { ty, .. } => match ty {
            MemTy::I8 { signed: true } => Range::new(-0x80, 0x7f),
            MemTy::I8 { signed: false } => Range::new(0, 0xff),
            MemTy::I16 { signed: true } => Range::new(-0x8000, 0x7fff),
            MemTy::I16 { signed: false } => Range::new(0, 0xffff),
            ty => Range::of(ty.reg_ty()),
        },
        Op::Conv { op, src, .. } => conv_range(op, pointer_bytes, range(src)),
        Op::Un { op, ty, .. } => match op {
            UnOp::Clz | UnOp::Ctz | UnOp::Popcnt => Range::new(0, if ty == Ty::I32 { 32 } else { 64 }),
            UnOp::Extend8S => Range::new(-0x80, 0x7f),
            UnOp::Extend16S => Range::new(-0x8000, 0x7fff),
            UnOp::Extend32S => Range::of(Ty::I32),
            _ => Range::of(ty),
        },
        Op::Select { a, b, .. } => range(a).join(range(b)),
        Op::Bin { op, ty: ty @ (Ty::I32 | Ty::I64), a, b, .. } => bin_range(op, ty, range(a), range(b)),
        _ => Range::of(Ty::I64),
    }
}

fn conv_range(op: ConvOp, pointer_bytes: u32, from: Range) -> Range {
    let narrow = Range::of(Ty::I32);
    match op {
        ConvOp::I32ToI64S => from,
        ConvOp::I32ToI64U if from.lo >= 0 => from,
        ConvOp::I32ToI64U => Range::new(0, u32::MAX.into()),
        ConvOp::PtrToI64 if pointer_bytes == 4 => Range::new(0, u32::MAX.into()),
        ConvOp::I64ToI32 if from.is_within(narrow) => from,
        _ => Range::of(op.row().to),
    }
}

fn bin_range(op: BinOp, ty: Ty, a: Range, b: Range) -> Range {
    let full = Range::of(ty);
    let width = if ty == Ty::I32 { 32 } else { 64 };
    let exact = match op {
        BinOp::Add | BinOp::Sub | BinOp::Mul => wide_range(op, a, b),
        BinOp::And if b.lo >= 0 => Some((0, b.hi.into())),
        BinOp::And if a.lo >= 0 => Some((0, a.hi.into())),
        BinOp::RemU if b.lo > 0 => Some((0, i128::from(b.hi) - 1)),
        BinOp::RemS if b.lo > 0 => {
            let max = i128::from(b.hi) - 1;
            Some((if a.lo >= 0 { 0 } else { -max }, max))
        }
        BinOp::DivU if a.lo >= 0 && b.lo > 0 => Some((0, a.hi.into())),
        BinOp::ShrU if b.lo == b.hi && (1..width).contains(&b.lo) => {
            let max = if a.lo >= 0 { i128::from(a.hi) } else { (1i128 << width) - 1 };
            Some((0, max >> b.lo))
        }
        BinOp::ShrS if b.lo == b.hi && (0..width).contains(&b.lo) => {
            Some(((a.lo >> b.lo).into(), (a.hi >> b.lo).into()))
        }
        BinOp::Shl if b.lo == b.hi && (0..width).contains(&b.lo) => {
            Some((i128::from(a.lo) << b.lo, i128::from(a.hi) << b.lo))
        }
        _ => None,
    };
    match exact {
        Some((lo, hi)) if i128::from(full.lo) <= lo && hi <= i128::from(full.hi) => {
            Range::new(lo as i64, hi as i64)
        }
        _ => full,
    }
}

/// The exact range of a sum, difference or product, in wider arithmetic.
pub(crate) fn wide_range(op: BinOp, a: Range, b: Range) -> Option<(i128, i128)> {
    let [al, ah, bl, bh] = [a.lo, a.hi, b.lo, b.hi].map(i128::from);
    Some(match op {
        BinOp::Add => (al + bl, ah + bh),
        BinOp::Sub => (al - bh, ah - bl),
        BinOp::Mul => {
            let products = [al * bl, al * bh, ah * bl, ah * bh];
            let lo = products.iter().copied().min()?;
            (lo, products.iter().copied().max()?)
        }
        _ => return None,
    })
}
