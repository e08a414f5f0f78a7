//! What the scalar operations compute, on the bits of their operands: constant folding and the interpreter share it.
//!
//! A value is a `u64`: narrower ones are zero-extended, floats are their bits. `ty` is never `Ptr` or `V128`; callers
//! turn pointers into integers with [`Ty::scalar`]. NaNs that arithmetic makes are the canonical ones (positive,
//! quiet, no payload), which the IEEE standard and WebAssembly allow, so that results do not depend on the host.
//! Everything is `inline` because the interpreter calls it with constant operations.

use crate::ir::*;

/// `None` where the operation is undefined: division by zero, and the quotient that overflows.
#[inline(always)]
pub fn bin(op: BinOp, ty: Ty, a: u64, b: u64) -> Option<u64> {
    match ty {
        Ty::I32 => bin_i32(op, a as i32, b as i32).map(|v| u64::from(v as u32)),
        Ty::I64 => bin_i64(op, a as i64, b as i64).map(|v| v as u64),
        Ty::F32 => Some(u64::from(bin_f32(op, f32::from_bits(a as u32), f32::from_bits(b as u32)))),
        Ty::F64 => Some(bin_f64(op, f64::from_bits(a), f64::from_bits(b))),
        Ty::V128 | Ty::Ptr => None,
    }
}

macro_rules! int_bin {
    ($name:ident, $int:ty, $uint:ty) => {
        #[inline(always)]
        fn $name(op: BinOp, a: $int, b: $int) -> Option<$int> {
            let (ua, ub) = (a as $uint, b as $uint);
            Some(match op {
                BinOp::Add => a.wrapping_add(b),
                BinOp::Sub => a.wrapping_sub(b),
                BinOp::Mul => a.wrapping_mul(b),
                BinOp::And => a & b,
                BinOp::Or => a | b,
                BinOp::Xor => a ^ b,
                BinOp::DivS => return a.checked_div(b),
                BinOp::DivU => return ua.checked_div(ub).map(|v| v as $int),
                BinOp::RemS if b == 0 => return None,
                // Like WebAssembly: the remainder of MIN and -1 is 0, though the quotient overflows.
                BinOp::RemS => a.wrapping_rem(b),
                BinOp::RemU => return ua.checked_rem(ub).map(|v| v as $int),
                BinOp::Shl => a.wrapping_shl(b as u32),
                BinOp::ShrS => a.wrapping_shr(b as u32),
                BinOp::ShrU => ua.wrapping_shr(b as u32) as $int,
                BinOp::Rotl => a.rotate_left(b as u32 % <$int>::BITS),
                BinOp::Rotr => a.rotate_right(b as u32 % <$int>::BITS),
                _ => return None,
            })
        }
    };
}

int_bin!(bin_i32, i32, u32);
int_bin!(bin_i64, i64, u64);

macro_rules! float_ops {
    ($bin:ident, $un:ident, $canonical:ident, $float:ty, $bits:ty) => {
        #[inline(always)]
        fn $canonical(value: $float) -> $bits {
            if value.is_nan() { <$float>::NAN.to_bits() & (<$bits>::MAX >> 1) } else { value.to_bits() }
        }

        #[inline(always)]
        fn $bin(op: BinOp, a: $float, b: $float) -> $bits {
            match op {
                BinOp::FAdd => $canonical(a + b),
                BinOp::FSub => $canonical(a - b),
                BinOp::FMul => $canonical(a * b),
                BinOp::FDiv => $canonical(a / b),
                BinOp::FMin if a.is_nan() || b.is_nan() => $canonical(<$float>::NAN),
                BinOp::FMin if a == b => a.to_bits() | b.to_bits(),
                BinOp::FMin => (if a < b { a } else { b }).to_bits(),
                BinOp::FMax if a.is_nan() || b.is_nan() => $canonical(<$float>::NAN),
                BinOp::FMax if a == b => a.to_bits() & b.to_bits(),
                BinOp::FMax => (if a > b { a } else { b }).to_bits(),
                _ => {
                    let sign = <$bits>::MAX ^ (<$bits>::MAX >> 1);
                    a.to_bits() & !sign | b.to_bits() & sign
                }
            }
        }

        #[inline(always)]
        fn $un(op: UnOp, a: $float) -> $bits {
            let sign = <$bits>::MAX ^ (<$bits>::MAX >> 1);
            match op {
                UnOp::FNeg => a.to_bits() ^ sign,
                UnOp::FAbs => a.to_bits() & !sign,
                UnOp::FSqrt => $canonical(a.sqrt()),
                UnOp::FCeil => $canonical(a.ceil()),
                UnOp::FFloor => $canonical(a.floor()),
                UnOp::FTrunc => $canonical(a.trunc()),
                _ => $canonical(a.round_ties_even()),
            }
        }
    };
}

float_ops!(bin_f32, un_f32, canonical_f32, f32, u32);
float_ops!(bin_f64, un_f64, canonical_f64, f64, u64);

#[inline(always)]
pub fn un(op: UnOp, ty: Ty, a: u64) -> u64 {
    match ty {
        Ty::I32 => {
            let v = a as u32;
            u64::from(match op {
                UnOp::Clz => v.leading_zeros(),
                UnOp::Ctz => v.trailing_zeros(),
                UnOp::Popcnt => v.count_ones(),
                UnOp::Extend8S => v as i8 as u32,
                UnOp::Extend16S => v as i16 as u32,
                _ => v,
            })
        }
        Ty::F32 => u64::from(un_f32(op, f32::from_bits(a as u32))),
        Ty::F64 => un_f64(op, f64::from_bits(a)),
        Ty::I64 | Ty::V128 | Ty::Ptr => match op {
            UnOp::Clz => u64::from(a.leading_zeros()),
            UnOp::Ctz => u64::from(a.trailing_zeros()),
            UnOp::Popcnt => u64::from(a.count_ones()),
            UnOp::Extend8S => a as i8 as u64,
            UnOp::Extend16S => a as i16 as u64,
            UnOp::Extend32S => a as i32 as u64,
            _ => a,
        },
    }
}

#[inline(always)]
pub fn cmp(op: CmpOp, ty: Ty, a: u64, b: u64) -> bool {
    match ty {
        Ty::I32 => int_cmp(op, i64::from(a as i32), i64::from(b as i32), a, b),
        Ty::F32 => float_cmp(op, f64::from(f32::from_bits(a as u32)), f64::from(f32::from_bits(b as u32))),
        Ty::F64 => float_cmp(op, f64::from_bits(a), f64::from_bits(b)),
        Ty::I64 | Ty::V128 | Ty::Ptr => int_cmp(op, a as i64, b as i64, a, b),
    }
}

#[inline(always)]
fn int_cmp(op: CmpOp, a: i64, b: i64, ua: u64, ub: u64) -> bool {
    match op {
        CmpOp::Eq => a == b,
        CmpOp::LtS => a < b,
        CmpOp::LtU => ua < ub,
        CmpOp::LeS => a <= b,
        CmpOp::LeU => ua <= ub,
        CmpOp::GtS => a > b,
        CmpOp::GtU => ua > ub,
        CmpOp::GeS => a >= b,
        CmpOp::GeU => ua >= ub,
        _ => a != b,
    }
}

#[inline(always)]
fn float_cmp(op: CmpOp, a: f64, b: f64) -> bool {
    match op {
        CmpOp::FEq => a == b,
        CmpOp::FLt => a < b,
        CmpOp::FLe => a <= b,
        CmpOp::FGt => a > b,
        CmpOp::FGe => a >= b,
        _ => a != b,
    }
}

/// `pointer_bytes` says what pointers are extended from and truncated to.
#[inline(always)]
pub fn conv(op: ConvOp, a: u64, pointer_bytes: u32) -> u64 {
    use ConvOp::*;
    let narrow = a as u32;
    let (single, double) = (f32::from_bits(narrow), f64::from_bits(a));
    match op {
        I32ToI64S => narrow as i32 as i64 as u64,
        I32ToI64U | PtrToI64 => a,
        I64ToI32 | PtrToI32 => u64::from(narrow),
        I32ToPtr => a,
        I64ToPtr if pointer_bytes == 8 => a,
        I64ToPtr => u64::from(narrow),
        I32ToF32S => u64::from((narrow as i32 as f32).to_bits()),
        I32ToF32U => u64::from((narrow as f32).to_bits()),
        I64ToF32S => u64::from((a as i64 as f32).to_bits()),
        I64ToF32U => u64::from((a as f32).to_bits()),
        I32ToF64S => (narrow as i32 as f64).to_bits(),
        I32ToF64U => (narrow as f64).to_bits(),
        I64ToF64S => (a as i64 as f64).to_bits(),
        I64ToF64U => (a as f64).to_bits(),
        F32ToI32S => u64::from(single as i32 as u32),
        F32ToI32U => u64::from(single as u32),
        F32ToI64S => single as i64 as u64,
        F32ToI64U => single as u64,
        F64ToI32S => u64::from(double as i32 as u32),
        F64ToI32U => u64::from(double as u32),
        F64ToI64S => double as i64 as u64,
        F64ToI64U => double as u64,
        F32ToF64 => canonical_f64(f64::from(single)),
        F64ToF32 => u64::from(canonical_f32(double as f32)),
        BitsI32ToF32 | BitsF32ToI32 | BitsI64ToF64 | BitsF64ToI64 => a,
    }
}

/// The wrapped result, and whether it overflowed.
#[inline(always)]
pub fn ovf(op: OvfOp, ty: Ty, a: u64, b: u64) -> (u64, bool) {
    if ty == Ty::I32 {
        let (sa, sb, ua, ub) = (a as i32, b as i32, a as u32, b as u32);
        let (value, overflow) = match op {
            OvfOp::AddS => signed(sa.overflowing_add(sb)),
            OvfOp::AddU => ua.overflowing_add(ub),
            OvfOp::SubS => signed(sa.overflowing_sub(sb)),
            OvfOp::SubU => ua.overflowing_sub(ub),
            OvfOp::MulS => signed(sa.overflowing_mul(sb)),
            OvfOp::MulU => ua.overflowing_mul(ub),
        };
        return (u64::from(value), overflow);
    }
    let (sa, sb) = (a as i64, b as i64);
    let wide = |(value, overflow): (i64, bool)| (value as u64, overflow);
    match op {
        OvfOp::AddS => wide(sa.overflowing_add(sb)),
        OvfOp::AddU => a.overflowing_add(b),
        OvfOp::SubS => wide(sa.overflowing_sub(sb)),
        OvfOp::SubU => a.overflowing_sub(b),
        OvfOp::MulS => wide(sa.overflowing_mul(sb)),
        OvfOp::MulU => a.overflowing_mul(b),
    }
}

#[inline(always)]
fn signed((value, overflow): (i32, bool)) -> (u32, bool) {
    (value as u32, overflow)
}

/// The value in memory after a read-modify-write.
#[inline(always)]
pub fn rmw(op: AtomicRmw, old: u64, value: u64) -> u64 {
    match op {
        AtomicRmw::Add => old.wrapping_add(value),
        AtomicRmw::Sub => old.wrapping_sub(value),
        AtomicRmw::And => old & value,
        AtomicRmw::Or => old | value,
        AtomicRmw::Xor => old ^ value,
        AtomicRmw::Xchg => value,
    }
}

/// The bits of a constant; `None` for a vector.
pub fn imm_bits(value: Imm, pointer_bytes: u32) -> Option<u64> {
    Some(match value {
        Imm::I32(v) => u64::from(v as u32),
        Imm::I64(v) => v as u64,
        Imm::F32(bits) => u64::from(bits),
        Imm::F64(bits) => bits,
        Imm::Ptr(v) if pointer_bytes == 8 => v as u64,
        Imm::Ptr(v) => u64::from(v as u32),
        Imm::V128(_) => return None,
    })
}

/// The constant of type `ty` with these bits; pointers are zero-extended.
pub fn bits_imm(ty: Ty, bits: u64) -> Imm {
    match ty {
        Ty::I32 => Imm::I32(bits as i32),
        Ty::I64 => Imm::I64(bits as i64),
        Ty::F32 => Imm::F32(bits as u32),
        Ty::F64 => Imm::F64(bits),
        Ty::V128 => Imm::V128(u128::from(bits)),
        Ty::Ptr => Imm::Ptr(bits as i64),
    }
}
