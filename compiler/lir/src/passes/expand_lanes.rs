//! Operations on vectors, done on numbers: the lanes are taken out of two 64-bit halves, worked on, and put together again.
//! `eval_vector` says what each operation gives.

use super::expand_vectors::Code;
use crate::ir::*;
use entity::IndexVec;
use simd::{Form, Imm as VecImm, Kind, Op as VecOp, Shape};
use std::ops::{Deref, DerefMut};

/// The two halves of a vector.
type Pair = [Reg; 2];

pub(super) struct Lanes<'a>(Code<'a>);

impl<'a> Deref for Lanes<'a> {
    type Target = Code<'a>;

    fn deref(&self) -> &Code<'a> {
        &self.0
    }
}

impl<'a> DerefMut for Lanes<'a> {
    fn deref_mut(&mut self) -> &mut Code<'a> {
        &mut self.0
    }
}

impl<'a> Lanes<'a> {
    pub fn new(regs: &'a mut IndexVec<Reg, Ty>) -> Lanes<'a> {
        Lanes(Code::new(regs))
    }

    /// The register of the result, or two of them for a vector. A scalar operand is the first of its pair.
    pub fn vector(&mut self, op: VecOp, imm: VecImm, args: &[Pair]) -> Vec<Reg> {
        let a = args[0];
        let pair = match (op.form(), imm) {
            (Form::Extract, VecImm::Lane(lane)) => return vec![self.extract(op, a, lane.into())],
            (Form::Test, _) => return vec![self.test(op, a)],
            (Form::Splat, _) => self.splat(op.shape, a[0]),
            (Form::Replace, VecImm::Lane(lane)) => self.replace(op.shape, a, lane.into(), args[1][0]),
            (Form::Shuffle, VecImm::Bytes(bytes)) => self.shuffle(bytes, a, args[1]),
            (Form::Shift, _) => self.shift(op, a, args[1][0]),
            _ if op.shape == Shape::V128 => [0, 1].map(|i| self.bits(op.kind, i, args)),
            _ if op.shape.is_float() => self.floats(op, args),
            _ => self.ints(op, args),
        };
        pair.to_vec()
    }

    // ------------------------------------------------------------ lanes

    /// A lane as an unsigned number: an `I32`, or the `I64` that it is.
    fn unsigned(&mut self, shape: Shape, v: Pair, lane: u32) -> Reg {
        let bits = shape.bits();
        let half = v[(lane * bits / 64) as usize];
        if bits == 64 {
            return half;
        }
        let shift = lane * bits % 64;
        let moved = if shift == 0 { half } else { self.bin_imm(BinOp::ShrU, half, shift.into()) };
        let low = self.conv(ConvOp::I64ToI32, moved);
        self.truncated(bits, low)
    }

    fn truncated(&mut self, bits: u32, x: Reg) -> Reg {
        if bits < 32 { self.bin_imm(BinOp::And, x, (1 << bits) - 1) } else { x }
    }

    /// A lane as a signed number.
    fn signed(&mut self, shape: Shape, v: Pair, lane: u32) -> Reg {
        let x = self.unsigned(shape, v, lane);
        match shape.bits() {
            8 => self.un(UnOp::Extend8S, x),
            16 => self.un(UnOp::Extend16S, x),
            _ => x,
        }
    }

    fn float(&mut self, shape: Shape, v: Pair, lane: u32) -> Reg {
        let bits = self.unsigned(shape, v, lane);
        self.conv(if shape == Shape::F32x4 { ConvOp::BitsI32ToF32 } else { ConvOp::BitsI64ToF64 }, bits)
    }

    /// A lane of the type that the shape has.
    fn lane(&mut self, shape: Shape, v: Pair, lane: u32) -> Reg {
        if shape.is_float() { self.float(shape, v, lane) } else { self.unsigned(shape, v, lane) }
    }

    /// A lane as 64 bits that are 0 above it.
    fn wide(&mut self, shape: Shape, x: Reg) -> Reg {
        let x = match self.ty(x) {
            Ty::F32 => self.conv(ConvOp::BitsF32ToI32, x),
            Ty::F64 => self.conv(ConvOp::BitsF64ToI64, x),
            _ => x,
        };
        if shape.bits() == 64 {
            return x;
        }
        let x = self.truncated(shape.bits(), x);
        self.conv(ConvOp::I32ToI64U, x)
    }

    /// A vector of lanes, of which only the low bits count.
    fn build(&mut self, shape: Shape, mut lane: impl FnMut(&mut Self, u32) -> Reg) -> Pair {
        let n = shape.lanes() / 2;
        [0, 1].map(|half| {
            let mut sum = None;
            for i in 0..n {
                let x = lane(self, half * n + i);
                let x = self.wide(shape, x);
                sum = Some(match sum {
                    None => x,
                    Some(sum) => {
                        let moved = self.bin_imm(BinOp::Shl, x, (i * shape.bits()).into());
                        self.bin(BinOp::Or, sum, moved)
                    }
                });
            }
            sum.expect("a half has lanes")
        })
    }

    /// 0 of the type of a register.
    fn zero(&mut self, like: Reg) -> Reg {
        let ty = self.ty(like);
        self.constant(ty, 0)
    }

    fn extract(&mut self, op: VecOp, v: Pair, lane: u32) -> Reg {
        match op.kind {
            Kind::ExtractLaneS => self.signed(op.shape, v, lane),
            _ => self.lane(op.shape, v, lane),
        }
    }

    fn splat(&mut self, shape: Shape, x: Reg) -> Pair {
        let mut half = self.wide(shape, x);
        let mut bits = shape.bits();
        while bits < 64 {
            let moved = self.bin_imm(BinOp::Shl, half, bits.into());
            half = self.bin(BinOp::Or, half, moved);
            bits *= 2;
        }
        [half, half]
    }

    fn replace(&mut self, shape: Shape, v: Pair, lane: u32, x: Reg) -> Pair {
        let bits = shape.bits();
        let (half, shift) = ((lane * bits / 64) as usize, lane * bits % 64);
        let x = self.wide(shape, x);
        let mut pair = v;
        pair[half] = if bits == 64 {
            x
        } else {
            let hole = !(((1i64 << bits) - 1) << shift);
            let rest = self.bin_imm(BinOp::And, v[half], hole);
            let moved = self.bin_imm(BinOp::Shl, x, shift.into());
            self.bin(BinOp::Or, rest, moved)
        };
        pair
    }

    fn shuffle(&mut self, bytes: [u8; 16], a: Pair, b: Pair) -> Pair {
        self.build(Shape::I8x16, |this, i| {
            let from = u32::from(bytes[i as usize]);
            this.unsigned(Shape::I8x16, if from < 16 { a } else { b }, from % 16)
        })
    }

    // ------------------------------------------------------------ numbers

    fn bits(&mut self, kind: Kind, half: usize, args: &[Pair]) -> Reg {
        let arg = |i: usize| args[i][half];
        match kind {
            Kind::Not => self.bin_imm(BinOp::Xor, arg(0), -1),
            Kind::And => self.bin(BinOp::And, arg(0), arg(1)),
            Kind::Or => self.bin(BinOp::Or, arg(0), arg(1)),
            Kind::Xor => self.bin(BinOp::Xor, arg(0), arg(1)),
            Kind::Andnot => {
                let not = self.bin_imm(BinOp::Xor, arg(1), -1);
                self.bin(BinOp::And, arg(0), not)
            }
            _ => {
                // The bits that differ, where the first is to be taken.
                let differ = self.bin(BinOp::Xor, arg(0), arg(1));
                let taken = self.bin(BinOp::And, differ, arg(2));
                self.bin(BinOp::Xor, arg(1), taken)
            }
        }
    }

    fn test(&mut self, op: VecOp, v: Pair) -> Reg {
        if op.kind == Kind::AnyTrue {
            let any = self.bin(BinOp::Or, v[0], v[1]);
            let zero = self.constant(Ty::I64, 0);
            return self.cmp(CmpOp::Ne, any, zero);
        }
        let mut sum = self.constant(Ty::I32, i64::from(op.kind == Kind::AllTrue));
        for i in 0..op.shape.lanes() {
            let lane = self.signed(op.shape, v, i);
            let zero = self.zero(lane);
            sum = if op.kind == Kind::AllTrue {
                let holds = self.cmp(CmpOp::Ne, lane, zero);
                self.bin(BinOp::And, sum, holds)
            } else {
                let is_negative = self.cmp(CmpOp::LtS, lane, zero);
                let bit = self.bin_imm(BinOp::Shl, is_negative, i.into());
                self.bin(BinOp::Or, sum, bit)
            };
        }
        sum
    }

    fn shift(&mut self, op: VecOp, v: Pair, count: Reg) -> Pair {
        let bits = op.shape.bits();
        let count = self.bin_imm(BinOp::And, count, i64::from(bits) - 1);
        let count = if bits == 64 { self.conv(ConvOp::I32ToI64U, count) } else { count };
        self.build(op.shape, |this, i| match op.kind {
            Kind::ShrS => {
                let lane = this.signed(op.shape, v, i);
                this.bin(BinOp::ShrS, lane, count)
            }
            kind => {
                let lane = this.unsigned(op.shape, v, i);
                this.bin(if kind == Kind::Shl { BinOp::Shl } else { BinOp::ShrU }, lane, count)
            }
        })
    }

    /// All ones for 1, zeros for 0, in the width of a lane's register.
    fn mask(&mut self, shape: Shape, holds: Reg) -> Reg {
        let holds = if shape.bits() == 64 { self.conv(ConvOp::I32ToI64U, holds) } else { holds };
        let zero = self.zero(holds);
        self.bin(BinOp::Sub, zero, holds)
    }

    /// `a` where the comparison holds, else `b`.
    fn chosen(&mut self, op: CmpOp, a: Reg, b: Reg) -> Reg {
        let holds = self.cmp(op, a, b);
        self.select(holds, a, b)
    }

    /// A signed number in a range.
    fn clamped(&mut self, x: Reg, low: i64, high: i64) -> Reg {
        let (low, high) = (self.constant(Ty::I32, low), self.constant(Ty::I32, high));
        let x = self.chosen(CmpOp::GtS, x, low);
        self.chosen(CmpOp::LtS, x, high)
    }

    fn ints(&mut self, op: VecOp, args: &[Pair]) -> Pair {
        let shape = op.shape;
        let a = args[0];
        match op.kind {
            Kind::Swizzle => self.build(shape, |this, i| this.swizzled(a, args[1], i)),
            Kind::NarrowS | Kind::NarrowU => self.narrow(op, a, args[1]),
            Kind::TruncSatS => self.converted(shape, Shape::F32x4, ConvOp::F32ToI32S, a),
            Kind::TruncSatU => self.converted(shape, Shape::F32x4, ConvOp::F32ToI32U, a),
            Kind::TruncSatZeroS => self.converted(shape, Shape::F64x2, ConvOp::F64ToI32S, a),
            Kind::TruncSatZeroU => self.converted(shape, Shape::F64x2, ConvOp::F64ToI32U, a),
            _ if is_widening(op.kind) => self.build(shape, |this, i| this.widened(op, args, i)),
            _ => self.build(shape, |this, i| {
                let b = args.get(1).copied().unwrap_or(a);
                this.int(op, [a, b], i)
            }),
        }
    }

    /// One lane of an operation whose operands and result have one width.
    fn int(&mut self, op: VecOp, [a, b]: [Pair; 2], i: u32) -> Reg {
        let shape = op.shape;
        if let Some((cmp, is_signed)) = int_compare(op.kind) {
            let [x, y] =
                [a, b].map(|v| if is_signed { self.signed(shape, v, i) } else { self.unsigned(shape, v, i) });
            let holds = self.cmp(cmp, x, y);
            return self.mask(shape, holds);
        }
        let is_signed = matches!(
            op.kind,
            Kind::Abs | Kind::AddSatS | Kind::SubSatS | Kind::MinS | Kind::MaxS | Kind::Q15mulrSatS
        );
        let [x, y] =
            [a, b].map(|v| if is_signed { self.signed(shape, v, i) } else { self.unsigned(shape, v, i) });
        let bits = shape.bits();
        let (low, high) = (i64::MIN >> (64 - bits), i64::MAX >> (64 - bits));
        match op.kind {
            Kind::Add => self.bin(BinOp::Add, x, y),
            Kind::Sub => self.bin(BinOp::Sub, x, y),
            Kind::Mul => self.bin(BinOp::Mul, x, y),
            Kind::Neg | Kind::Abs => {
                let zero = self.zero(x);
                let less = self.bin(BinOp::Sub, zero, x);
                if op.kind == Kind::Neg {
                    return less;
                }
                let is_negative = self.cmp(CmpOp::LtS, x, zero);
                self.select(is_negative, less, x)
            }
            Kind::AddSatS | Kind::SubSatS => {
                let exact = self.bin(if op.kind == Kind::AddSatS { BinOp::Add } else { BinOp::Sub }, x, y);
                self.clamped(exact, low, high)
            }
            Kind::AddSatU => {
                let exact = self.bin(BinOp::Add, x, y);
                let most = self.constant(Ty::I32, (1 << bits) - 1);
                self.chosen(CmpOp::LtU, exact, most)
            }
            Kind::SubSatU => {
                let greater = self.chosen(CmpOp::GtU, x, y);
                self.bin(BinOp::Sub, greater, y)
            }
            Kind::MinS => self.chosen(CmpOp::LtS, x, y),
            Kind::MinU => self.chosen(CmpOp::LtU, x, y),
            Kind::MaxS => self.chosen(CmpOp::GtS, x, y),
            Kind::MaxU => self.chosen(CmpOp::GtU, x, y),
            Kind::AvgrU => {
                let sum = self.bin(BinOp::Add, x, y);
                let sum = self.bin_imm(BinOp::Add, sum, 1);
                self.bin_imm(BinOp::ShrU, sum, 1)
            }
            Kind::Popcnt => self.un(UnOp::Popcnt, x),
            Kind::Q15mulrSatS => {
                let product = self.bin(BinOp::Mul, x, y);
                let rounded = self.bin_imm(BinOp::Add, product, 0x4000);
                let product = self.bin_imm(BinOp::ShrS, rounded, 15);
                self.clamped(product, low, high)
            }
            kind => unreachable!("{kind:?} on integers: the table has no such row"),
        }
    }

    fn swizzled(&mut self, v: Pair, numbers: Pair, i: u32) -> Reg {
        let number = self.unsigned(Shape::I8x16, numbers, i);
        let (eight, sixteen) = (self.constant(Ty::I32, 8), self.constant(Ty::I32, 16));
        let is_low = self.cmp(CmpOp::LtU, number, eight);
        let half = self.select(is_low, v[0], v[1]);
        let bit = self.bin_imm(BinOp::Mul, number, 8);
        let bit = self.conv(ConvOp::I32ToI64U, bit);
        let moved = self.bin(BinOp::ShrU, half, bit);
        let byte = self.conv(ConvOp::I64ToI32, moved);
        let is_there = self.cmp(CmpOp::LtU, number, sixteen);
        let zero = self.constant(Ty::I32, 0);
        self.select(is_there, byte, zero)
    }

    fn narrow(&mut self, op: VecOp, a: Pair, b: Pair) -> Pair {
        let from = if op.shape == Shape::I8x16 { Shape::I16x8 } else { Shape::I32x4 };
        let bits = op.shape.bits();
        let (low, high) = match op.kind {
            Kind::NarrowS => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
            _ => (0, (1 << bits) - 1),
        };
        self.build(op.shape, |this, i| {
            let n = from.lanes();
            let lane = this.signed(from, if i < n { a } else { b }, i % n);
            this.clamped(lane, low, high)
        })
    }

    /// Lanes converted one by one; those behind the last one of `from` are 0.
    fn converted(&mut self, to: Shape, from: Shape, op: ConvOp, v: Pair) -> Pair {
        self.build(to, |this, i| {
            if i >= from.lanes() {
                return this.constant(Ty::I32, 0);
            }
            let lane = this.lane(from, v, i);
            this.conv(op, lane)
        })
    }

    /// One lane of an operation on lanes of half the width.
    fn widened(&mut self, op: VecOp, args: &[Pair], i: u32) -> Reg {
        let from = match op.shape {
            Shape::I64x2 => Shape::I32x4,
            Shape::I32x4 => Shape::I16x8,
            _ => Shape::I8x16,
        };
        let is_signed = op.kind.name().ends_with("_s");
        let wide = |this: &mut Self, arg: usize, lane: u32| {
            if !is_signed {
                let x = this.unsigned(from, args[arg], lane);
                return if op.shape == Shape::I64x2 { this.conv(ConvOp::I32ToI64U, x) } else { x };
            }
            let x = this.signed(from, args[arg], lane);
            if op.shape == Shape::I64x2 { this.conv(ConvOp::I32ToI64S, x) } else { x }
        };
        let product = |this: &mut Self, lane: u32| {
            let (x, y) = (wide(this, 0, lane), wide(this, 1, lane));
            this.bin(BinOp::Mul, x, y)
        };
        let high = op.shape.lanes() + i;
        match op.kind {
            Kind::ExtendLowS | Kind::ExtendLowU => wide(self, 0, i),
            Kind::ExtendHighS | Kind::ExtendHighU => wide(self, 0, high),
            Kind::ExtmulLowS | Kind::ExtmulLowU => product(self, i),
            Kind::ExtmulHighS | Kind::ExtmulHighU => product(self, high),
            Kind::DotS => {
                let (x, y) = (product(self, 2 * i), product(self, 2 * i + 1));
                self.bin(BinOp::Add, x, y)
            }
            _ => {
                let (x, y) = (wide(self, 0, 2 * i), wide(self, 0, 2 * i + 1));
                self.bin(BinOp::Add, x, y)
            }
        }
    }

    fn floats(&mut self, op: VecOp, args: &[Pair]) -> Pair {
        let shape = op.shape;
        let conversion = match op.kind {
            Kind::ConvertS => Some((Shape::I32x4, ConvOp::I32ToF32S)),
            Kind::ConvertU => Some((Shape::I32x4, ConvOp::I32ToF32U)),
            Kind::ConvertLowS => Some((Shape::I32x4, ConvOp::I32ToF64S)),
            Kind::ConvertLowU => Some((Shape::I32x4, ConvOp::I32ToF64U)),
            Kind::DemoteZero => Some((Shape::F64x2, ConvOp::F64ToF32)),
            Kind::PromoteLow => Some((Shape::F32x4, ConvOp::F32ToF64)),
            _ => None,
        };
        if let Some((from, conv)) = conversion {
            return self.converted(shape, from, conv, args[0]);
        }
        self.build(shape, |this, i| {
            let lanes: Vec<Reg> = args.iter().map(|&arg| this.float(shape, arg, i)).collect();
            this.float_lane(op, &lanes)
        })
    }

    fn float_lane(&mut self, op: VecOp, x: &[Reg]) -> Reg {
        if let Some(cmp) = float_compare(op.kind) {
            let holds = self.cmp(cmp, x[0], x[1]);
            return self.mask(op.shape, holds);
        }
        match op.kind {
            Kind::Add => self.bin(BinOp::FAdd, x[0], x[1]),
            Kind::Sub => self.bin(BinOp::FSub, x[0], x[1]),
            Kind::Mul => self.bin(BinOp::FMul, x[0], x[1]),
            Kind::Div => self.bin(BinOp::FDiv, x[0], x[1]),
            Kind::Min => self.bin(BinOp::FMin, x[0], x[1]),
            Kind::Max => self.bin(BinOp::FMax, x[0], x[1]),
            Kind::Neg => self.un(UnOp::FNeg, x[0]),
            Kind::Abs => self.un(UnOp::FAbs, x[0]),
            Kind::Sqrt => self.un(UnOp::FSqrt, x[0]),
            Kind::Ceil => self.un(UnOp::FCeil, x[0]),
            Kind::Floor => self.un(UnOp::FFloor, x[0]),
            Kind::Trunc => self.un(UnOp::FTrunc, x[0]),
            Kind::Nearest => self.un(UnOp::FNearest, x[0]),
            Kind::RelaxedMadd | Kind::RelaxedNmadd => {
                let product = self.bin(BinOp::FMul, x[0], x[1]);
                match op.kind {
                    Kind::RelaxedMadd => self.bin(BinOp::FAdd, product, x[2]),
                    _ => self.bin(BinOp::FSub, x[2], product),
                }
            }
            kind => unreachable!("{kind:?} on floats: the table has no such row"),
        }
    }
}

fn is_widening(kind: Kind) -> bool {
    use Kind::*;
    matches!(
        kind,
        ExtendLowS
            | ExtendLowU
            | ExtendHighS
            | ExtendHighU
            | ExtmulLowS
            | ExtmulLowU
            | ExtmulHighS
            | ExtmulHighU
            | ExtaddPairwiseS
            | ExtaddPairwiseU
            | DotS
    )
}

/// The comparison, and whether it is of signed numbers.
fn int_compare(kind: Kind) -> Option<(CmpOp, bool)> {
    Some(match kind {
        Kind::Eq => (CmpOp::Eq, false),
        Kind::Ne => (CmpOp::Ne, false),
        Kind::LtS => (CmpOp::LtS, true),
        Kind::LtU => (CmpOp::LtU, false),
        Kind::LeS => (CmpOp::LeS, true),
        Kind::LeU => (CmpOp::LeU, false),
        Kind::GtS => (CmpOp::GtS, true),
        Kind::GtU => (CmpOp::GtU, false),
        Kind::GeS => (CmpOp::GeS, true),
        Kind::GeU => (CmpOp::GeU, false),
        _ => return None,
    })
}

fn float_compare(kind: Kind) -> Option<CmpOp> {
    Some(match kind {
        Kind::Eq => CmpOp::FEq,
        Kind::Ne => CmpOp::FNe,
        Kind::Lt => CmpOp::FLt,
        Kind::Le => CmpOp::FLe,
        Kind::Gt => CmpOp::FGt,
        Kind::Ge => CmpOp::FGe,
        _ => return None,
    })
}
