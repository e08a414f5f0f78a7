//! What the vector operations compute: the reference that the interpreter runs.
//!
//! A vector is a `u128` with lane 0 in its lowest bits, a scalar is zero-extended. Lanes of floats are computed by [`eval`], so that
//! NaNs that arithmetic makes are the canonical ones there as here. What a relaxed operation leaves open is decided as if the target had
//! none of it: products are rounded.

use crate::eval;
use crate::ir::{BinOp, CmpOp, ConvOp, Ty, UnOp};
use simd::{Form, Imm, Kind, Op, Shape};

/// The result of an operation with valid operands; operands that are missing count as 0.
pub fn vector(op: Op, imm: Imm, args: &[u128]) -> u128 {
    let arg = |i: usize| args.get(i).copied().unwrap_or(0);
    let [a, b, c] = [arg(0), arg(1), arg(2)];
    match (op.form(), imm) {
        (Form::Splat, _) => build(op.shape, |_| a as u64),
        (Form::Extract, Imm::Lane(lane)) => extract(op, a, lane.into()),
        (Form::Replace, Imm::Lane(lane)) => {
            build(op.shape, |i| if i == u32::from(lane) { b as u64 } else { get(op.shape, a, i) })
        }
        (Form::Shuffle, Imm::Bytes(bytes)) => shuffle(bytes, a, b),
        (Form::Test, _) => test(op, a),
        (Form::Shift, _) => shift(op, a, b as u32),
        _ if op.shape == Shape::V128 => bits(op.kind, [a, b, c]),
        _ => lanes(op, [a, b, c]),
    }
}

/// The bits of a lane, zero-extended.
fn get(shape: Shape, v: u128, lane: u32) -> u64 {
    let width = shape.bits();
    let bits = v >> (lane * width);
    if width >= 64 { bits as u64 } else { bits as u64 & ((1 << width) - 1) }
}

/// The value of a lane as a signed integer.
fn get_s(shape: Shape, v: u128, lane: u32) -> i64 {
    sign_extend(get(shape, v, lane), shape.bits())
}

fn sign_extend(value: u64, bits: u32) -> i64 {
    (value << (64 - bits)) as i64 >> (64 - bits)
}

/// A vector from the low bits of what `lane` gives.
fn build(shape: Shape, lane: impl Fn(u32) -> u64) -> u128 {
    let width = shape.bits();
    let mask = if width >= 64 { u64::MAX } else { (1 << width) - 1 };
    (0..shape.lanes()).fold(0, |acc, i| acc | u128::from(lane(i) & mask) << (i * width))
}

fn extract(op: Op, v: u128, lane: u32) -> u128 {
    match op.kind {
        Kind::ExtractLaneS => u128::from(get_s(op.shape, v, lane) as u32),
        _ => get(op.shape, v, lane).into(),
    }
}

fn shuffle(bytes: [u8; 16], a: u128, b: u128) -> u128 {
    build(Shape::I8x16, |i| {
        let from = u32::from(bytes[i as usize]);
        if from < 16 { get(Shape::I8x16, a, from) } else { get(Shape::I8x16, b, from % 16) }
    })
}

fn test(op: Op, v: u128) -> u128 {
    let lanes = op.shape.lanes();
    match op.kind {
        Kind::AnyTrue => u128::from(v != 0),
        Kind::AllTrue => u128::from((0..lanes).all(|i| get(op.shape, v, i) != 0)),
        _ => (0..lanes).fold(0, |acc, i| acc | u128::from(get_s(op.shape, v, i) < 0) << i),
    }
}

fn shift(op: Op, v: u128, count: u32) -> u128 {
    let count = count % op.shape.bits();
    build(op.shape, |i| match op.kind {
        Kind::Shl => get(op.shape, v, i) << count,
        Kind::ShrS => (get_s(op.shape, v, i) >> count) as u64,
        _ => get(op.shape, v, i) >> count,
    })
}

fn bits(kind: Kind, [a, b, c]: [u128; 3]) -> u128 {
    match kind {
        Kind::Not => !a,
        Kind::And => a & b,
        Kind::Or => a | b,
        Kind::Xor => a ^ b,
        Kind::Andnot => a & !b,
        _ => a & c | b & !c,
    }
}

fn lanes(op: Op, args: [u128; 3]) -> u128 {
    if op.shape.is_float() {
        return float_lanes(op, args);
    }
    let shape = op.shape;
    let [a, b, _] = args;
    match op.kind {
        Kind::Swizzle => build(shape, |i| match get(shape, b, i) {
            from @ 0..16 => get(shape, a, from as u32),
            _ => 0,
        }),
        Kind::NarrowS | Kind::NarrowU => narrow(op, a, b),
        Kind::TruncSatS => from_floats(ConvOp::F32ToI32S, a),
        Kind::TruncSatU => from_floats(ConvOp::F32ToI32U, a),
        Kind::TruncSatZeroS => from_floats(ConvOp::F64ToI32S, a),
        Kind::TruncSatZeroU => from_floats(ConvOp::F64ToI32U, a),
        _ => match widening(op, a, b) {
            Some(result) => result,
            None => build(shape, |i| int_lane(op, get(shape, a, i), get(shape, b, i))),
        },
    }
}

fn all_ones(holds: bool) -> u64 {
    if holds { u64::MAX } else { 0 }
}

/// One lane of an operation whose operands and result have one width.
fn int_lane(op: Op, ua: u64, ub: u64) -> u64 {
    let bits = op.shape.bits();
    let (sa, sb) = (sign_extend(ua, bits), sign_extend(ub, bits));
    let max = u64::MAX >> (64 - bits);
    let (low, high) = (i64::MIN >> (64 - bits), i64::MAX >> (64 - bits));
    match op.kind {
        Kind::Eq => all_ones(ua == ub),
        Kind::Ne => all_ones(ua != ub),
        Kind::LtS => all_ones(sa < sb),
        Kind::LtU => all_ones(ua < ub),
        Kind::LeS => all_ones(sa <= sb),
        Kind::LeU => all_ones(ua <= ub),
        Kind::GtS => all_ones(sa > sb),
        Kind::GtU => all_ones(ua > ub),
        Kind::GeS => all_ones(sa >= sb),
        Kind::GeU => all_ones(ua >= ub),
        Kind::Add => ua.wrapping_add(ub),
        Kind::Sub => ua.wrapping_sub(ub),
        Kind::Mul => ua.wrapping_mul(ub),
        Kind::Neg => ua.wrapping_neg(),
        Kind::Abs => sa.wrapping_abs() as u64,
        Kind::AddSatS => (sa + sb).clamp(low, high) as u64,
        Kind::AddSatU => (ua + ub).min(max),
        Kind::SubSatS => (sa - sb).clamp(low, high) as u64,
        Kind::SubSatU => ua.saturating_sub(ub),
        Kind::MinS => sa.min(sb) as u64,
        Kind::MinU => ua.min(ub),
        Kind::MaxS => sa.max(sb) as u64,
        Kind::MaxU => ua.max(ub),
        Kind::AvgrU => (ua + ub).div_ceil(2),
        Kind::Popcnt => ua.count_ones().into(),
        Kind::Q15mulrSatS => (((sa * sb + 0x4000) >> 15).min(high)) as u64,
        _ => 0,
    }
}

/// The shape with lanes of half the width.
fn half(shape: Shape) -> Shape {
    match shape {
        Shape::I64x2 => Shape::I32x4,
        Shape::I32x4 => Shape::I16x8,
        _ => Shape::I8x16,
    }
}

fn narrow(op: Op, a: u128, b: u128) -> u128 {
    let from = if op.shape == Shape::I8x16 { Shape::I16x8 } else { Shape::I32x4 };
    let bits = op.shape.bits();
    let (low, high) = match op.kind {
        Kind::NarrowS => (-(1i64 << (bits - 1)), (1i64 << (bits - 1)) - 1),
        _ => (0, (1i64 << bits) - 1),
    };
    build(op.shape, |i| {
        let (v, lane) = if i < from.lanes() { (a, i) } else { (b, i - from.lanes()) };
        get_s(from, v, lane).clamp(low, high) as u64
    })
}

/// Operations on lanes of half the width.
fn widening(op: Op, a: u128, b: u128) -> Option<u128> {
    let (shape, from) = (op.shape, half(op.shape));
    let high = shape.lanes();
    let signed = |v: u128, lane: u32| get_s(from, v, lane) as u64;
    let unsigned = |v: u128, lane: u32| get(from, v, lane);
    Some(match op.kind {
        Kind::ExtendLowS => build(shape, |i| signed(a, i)),
        Kind::ExtendLowU => build(shape, |i| unsigned(a, i)),
        Kind::ExtendHighS => build(shape, |i| signed(a, high + i)),
        Kind::ExtendHighU => build(shape, |i| unsigned(a, high + i)),
        Kind::ExtmulLowS => build(shape, |i| signed(a, i).wrapping_mul(signed(b, i))),
        Kind::ExtmulLowU => build(shape, |i| unsigned(a, i).wrapping_mul(unsigned(b, i))),
        Kind::ExtmulHighS => build(shape, |i| signed(a, high + i).wrapping_mul(signed(b, high + i))),
        Kind::ExtmulHighU => build(shape, |i| unsigned(a, high + i).wrapping_mul(unsigned(b, high + i))),
        Kind::ExtaddPairwiseS => build(shape, |i| signed(a, 2 * i).wrapping_add(signed(a, 2 * i + 1))),
        Kind::ExtaddPairwiseU => build(shape, |i| unsigned(a, 2 * i) + unsigned(a, 2 * i + 1)),
        Kind::DotS => build(shape, |i| {
            let product = |lane| signed(a, lane).wrapping_mul(signed(b, lane));
            product(2 * i).wrapping_add(product(2 * i + 1))
        }),
        _ => return None,
    })
}

/// 32-bit integers from floats; lanes that have no float are 0.
fn from_floats(op: ConvOp, a: u128) -> u128 {
    let from = if op.row().from == Ty::F32 { Shape::F32x4 } else { Shape::F64x2 };
    build(Shape::I32x4, |i| if i < from.lanes() { eval::conv(op, get(from, a, i), 8) } else { 0 })
}

fn float_lanes(op: Op, [a, b, c]: [u128; 3]) -> u128 {
    let shape = op.shape;
    let each = |op: ConvOp, from: Shape| {
        build(shape, |i| if i < from.lanes() { eval::conv(op, get(from, a, i), 8) } else { 0 })
    };
    match op.kind {
        Kind::ConvertS => each(ConvOp::I32ToF32S, Shape::I32x4),
        Kind::ConvertU => each(ConvOp::I32ToF32U, Shape::I32x4),
        Kind::ConvertLowS => each(ConvOp::I32ToF64S, Shape::I32x4),
        Kind::ConvertLowU => each(ConvOp::I32ToF64U, Shape::I32x4),
        Kind::DemoteZero => each(ConvOp::F64ToF32, Shape::F64x2),
        Kind::PromoteLow => each(ConvOp::F32ToF64, Shape::F32x4),
        _ => build(shape, |i| float_lane(op, [get(shape, a, i), get(shape, b, i), get(shape, c, i)])),
    }
}

fn float_lane(op: Op, [a, b, c]: [u64; 3]) -> u64 {
    let ty = if op.shape == Shape::F32x4 { Ty::F32 } else { Ty::F64 };
    let bin = |op, a, b| eval::bin(op, ty, a, b).unwrap_or(0);
    let un = |op| eval::un(op, ty, a);
    let cmp = |op| all_ones(eval::cmp(op, ty, a, b));
    match op.kind {
        Kind::Eq => cmp(CmpOp::FEq),
        Kind::Ne => cmp(CmpOp::FNe),
        Kind::Lt => cmp(CmpOp::FLt),
        Kind::Le => cmp(CmpOp::FLe),
        Kind::Gt => cmp(CmpOp::FGt),
        Kind::Ge => cmp(CmpOp::FGe),
        Kind::Add => bin(BinOp::FAdd, a, b),
        Kind::Sub => bin(BinOp::FSub, a, b),
        Kind::Mul => bin(BinOp::FMul, a, b),
        Kind::Div => bin(BinOp::FDiv, a, b),
        Kind::Min => bin(BinOp::FMin, a, b),
        Kind::Max => bin(BinOp::FMax, a, b),
        Kind::Neg => un(UnOp::FNeg),
        Kind::Abs => un(UnOp::FAbs),
        Kind::Sqrt => un(UnOp::FSqrt),
        Kind::Ceil => un(UnOp::FCeil),
        Kind::Floor => un(UnOp::FFloor),
        Kind::Trunc => un(UnOp::FTrunc),
        Kind::Nearest => un(UnOp::FNearest),
        Kind::RelaxedMadd => bin(BinOp::FAdd, bin(BinOp::FMul, a, b), c),
        Kind::RelaxedNmadd => bin(BinOp::FSub, c, bin(BinOp::FMul, a, b)),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eval(name: &str, imm: Imm, args: &[u128]) -> u128 {
        vector(Op::find(name).expect("a row of the table"), imm, args)
    }

    #[test]
    fn lanes_wrap_and_saturate() {
        let (max, one) = (u128::from_le_bytes([0x7f; 16]), u128::from_le_bytes([1; 16]));
        assert_eq!(eval("i8x16.add", Imm::None, &[max, one]), u128::from_le_bytes([0x80; 16]));
        assert_eq!(eval("i8x16.add_sat_s", Imm::None, &[max, one]), max);
        assert_eq!(eval("i8x16.add_sat_u", Imm::None, &[u128::MAX, one]), u128::MAX);
        assert_eq!(eval("i16x8.sub_sat_u", Imm::None, &[one, max]), 0);
        let least = u128::from(0x8000_u16);
        assert_eq!(eval("i16x8.q15mulr_sat_s", Imm::None, &[least, least]), 0x7fff);
        assert_eq!(eval("i64x2.abs", Imm::None, &[u128::from(1_u64 << 63)]), 1 << 63);
    }

    #[test]
    fn halves_are_widened_and_narrowed() {
        let bytes =
            u128::from_le_bytes([0, 1, 2, 3, 4, 5, 6, 7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff]);
        let low = eval("i16x8.extend_low_s", Imm::None, &[bytes]);
        let high = eval("i16x8.extend_high_s", Imm::None, &[bytes]);
        assert_eq!(eval("i8x16.narrow_s", Imm::None, &[low, high]), bytes);
        assert_eq!(eval("i8x16.narrow_u", Imm::None, &[low, high]), bytes & u128::from(u64::MAX));
        assert_eq!(
            eval("i32x4.extract_lane", Imm::Lane(1), &[eval("i32x4.dot_s", Imm::None, &[low, low])]),
            4 + 9
        );
    }

    #[test]
    fn bytes_are_chosen() {
        let bytes = u128::from_le_bytes(std::array::from_fn(|i| i as u8 + 100));
        let numbers: [u8; 16] = std::array::from_fn(|i| 17 - i as u8);
        let swizzled = eval("i8x16.swizzle", Imm::None, &[bytes, u128::from_le_bytes(numbers)]);
        let expected: [u8; 16] = std::array::from_fn(|i| if numbers[i] < 16 { numbers[i] + 100 } else { 0 });
        assert_eq!(swizzled.to_le_bytes(), expected);
        let shuffled = eval("i8x16.shuffle", Imm::Bytes(numbers), &[bytes, 7]);
        assert_eq!(shuffled.to_le_bytes()[..3], [0, 7, 115]);
    }
}
