//! Arithmetic, comparisons and casts on scalars. Integers narrower than 32 bits are kept extended.

use super::value::Emit;
use crate::ir::*;
use mir::ir as m;
use mir::ir::IntTy;

/// What a scalar type means to arithmetic.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Int(IntTy),
    Float,
    Bool,
    /// `Char` and pointers: unsigned.
    Other,
}

impl Kind {
    pub fn is_signed(self) -> bool {
        matches!(self, Kind::Int(int) if int.is_signed())
    }
}

impl Emit<'_, '_> {
    pub fn kind(&self, ty: m::Ty) -> Kind {
        match self.types().kind(ty) {
            m::TyKind::Int(int) => Kind::Int(*int),
            m::TyKind::F32 | m::TyKind::F64 => Kind::Float,
            m::TyKind::Bool => Kind::Bool,
            _ => Kind::Other,
        }
    }

    /// Brings the result of 32-bit arithmetic back into a narrow type's range.
    pub fn normalize(&mut self, kind: Kind, r: Reg) -> Reg {
        match kind {
            Kind::Int(IntTy::I8) => self.b.un(UnOp::Extend8S, r),
            Kind::Int(IntTy::I16) => self.b.un(UnOp::Extend16S, r),
            Kind::Int(IntTy::U8) => self.b.bin_imm(BinOp::And, r, 0xFF),
            Kind::Int(IntTy::U16) => self.b.bin_imm(BinOp::And, r, 0xFFFF),
            _ => r,
        }
    }

    fn int_bits(&self, kind: Kind) -> u32 {
        match kind {
            Kind::Int(int) => int.bits(self.word()),
            _ => 32,
        }
    }

    pub fn binary(&mut self, op: m::BinOp, ty: Kind, a: Reg, b: Reg) -> Reg {
        use m::BinOp as B;
        if ty == Kind::Float {
            return self.float_binary(op, a, b);
        }
        let signed = ty.is_signed();
        let plain = |op| match op {
            B::Add | B::WrapAdd => Some(BinOp::Add),
            B::Sub | B::WrapSub => Some(BinOp::Sub),
            B::Mul | B::WrapMul => Some(BinOp::Mul),
            B::Div => Some(if signed { BinOp::DivS } else { BinOp::DivU }),
            B::Rem => Some(if signed { BinOp::RemS } else { BinOp::RemU }),
            B::BitAnd | B::And => Some(BinOp::And),
            B::BitOr | B::Or => Some(BinOp::Or),
            B::BitXor => Some(BinOp::Xor),
            _ => None,
        };
        if let Some(op) = plain(op) {
            let r = self.b.bin(op, a, b);
            return self.normalize(ty, r);
        }
        match op {
            B::Shl | B::Shr => self.shift(op, ty, a, b),
            _ => self.b.cmp(compare_op(op, signed), a, b),
        }
    }

    fn shift(&mut self, op: m::BinOp, ty: Kind, a: Reg, count: Reg) -> Reg {
        let bits = self.int_bits(ty);
        let mut count = match (self.b.ty(a), self.b.ty(count)) {
            (Ty::I64, Ty::I32) => self.b.conv(ConvOp::I32ToI64U, Ty::I64, count),
            (Ty::I32, Ty::I64) => self.b.conv(ConvOp::I64ToI32, Ty::I32, count),
            _ => count,
        };
        if bits < 32 {
            count = self.b.bin_imm(BinOp::And, count, bits as i64 - 1);
        }
        let op = match (op, ty.is_signed()) {
            (m::BinOp::Shl, _) => BinOp::Shl,
            (_, true) => BinOp::ShrS,
            (_, false) => BinOp::ShrU,
        };
        let r = self.b.bin(op, a, count);
        self.normalize(ty, r)
    }

    fn float_binary(&mut self, op: m::BinOp, a: Reg, b: Reg) -> Reg {
        use m::BinOp as B;
        match op {
            B::Add => self.b.bin(BinOp::FAdd, a, b),
            B::Sub => self.b.bin(BinOp::FSub, a, b),
            B::Mul => self.b.bin(BinOp::FMul, a, b),
            B::Div => self.b.bin(BinOp::FDiv, a, b),
            B::Rem => self.float_rem(a, b),
            B::Eq => self.b.cmp(CmpOp::FEq, a, b),
            B::Ne => self.b.cmp(CmpOp::FNe, a, b),
            B::Lt => self.b.cmp(CmpOp::FLt, a, b),
            B::Le => self.b.cmp(CmpOp::FLe, a, b),
            B::Gt => self.b.cmp(CmpOp::FGt, a, b),
            B::Ge => self.b.cmp(CmpOp::FGe, a, b),
            other => unreachable!("{other:?} on floats: the verifier excludes it"),
        }
    }

    /// The exact remainder is a function of the library.
    fn float_rem(&mut self, a: Reg, b: Reg) -> Reg {
        let is_32 = self.b.ty(a) == Ty::F32;
        let f =
            self.cx.lang("float_rem").expect("MIR lowering reaches float_rem where floats have a remainder");
        let wide = |this: &mut Self, r| if is_32 { this.b.conv(ConvOp::F32ToF64, Ty::F64, r) } else { r };
        let (a, b) = (wide(self, a), wide(self, b));
        let r = self.b.call(f, vec![a, b], &[Ty::F64])[0];
        if is_32 { self.b.conv(ConvOp::F64ToF32, Ty::F32, r) } else { r }
    }

    /// The wrapped result and whether it is not the true one.
    pub fn checked(&mut self, op: m::BinOp, ty: Kind, a: Reg, b: Reg) -> (Reg, Reg) {
        let signed = ty.is_signed();
        if self.int_bits(ty) < 32 {
            // The true result fits 32 bits.
            let op = match op {
                m::BinOp::Add => BinOp::Add,
                m::BinOp::Sub => BinOp::Sub,
                _ => BinOp::Mul,
            };
            let wide = self.b.bin(op, a, b);
            let narrow = self.normalize(ty, wide);
            let overflow = self.b.cmp(CmpOp::Ne, wide, narrow);
            return (narrow, overflow);
        }
        let op = match (op, signed) {
            (m::BinOp::Add, true) => OvfOp::AddS,
            (m::BinOp::Add, false) => OvfOp::AddU,
            (m::BinOp::Sub, true) => OvfOp::SubS,
            (m::BinOp::Sub, false) => OvfOp::SubU,
            (_, true) => OvfOp::MulS,
            (_, false) => OvfOp::MulU,
        };
        let ty = self.b.ty(a);
        let (dst, overflow) = (self.b.reg(ty), self.b.reg(Ty::I32));
        self.b.push(Op::BinOvf { op, ty, dst, overflow, a, b });
        (dst, overflow)
    }

    pub fn unary(&mut self, op: m::UnOp, ty: Kind, a: Reg) -> Reg {
        match (op, self.b.ty(a)) {
            (m::UnOp::Neg, Ty::F32 | Ty::F64) => self.b.un(UnOp::FNeg, a),
            (m::UnOp::Neg, reg) => {
                let zero = self.b.int(reg, 0);
                let r = self.b.bin(BinOp::Sub, zero, a);
                self.normalize(ty, r)
            }
            (m::UnOp::Not, reg) if ty == Kind::Bool => {
                let zero = self.b.int(reg, 0);
                self.b.cmp(CmpOp::Eq, a, zero)
            }
            (m::UnOp::BitNot | m::UnOp::Not, _) => {
                let r = self.b.bin_imm(BinOp::Xor, a, -1);
                self.normalize(ty, r)
            }
        }
    }

    /// `as`: truncating between integers, saturating from floats.
    pub fn cast(&mut self, from: Kind, to_ty: m::Ty, a: Reg) -> Reg {
        let to = self.kind(to_ty);
        let (from_signed, to_signed) = (from.is_signed(), to.is_signed());
        let to_reg = self.layout(to_ty).flat.iter().flatten().next().map_or(Ty::I32, |s| s.reg);
        let from_reg = self.b.ty(a);
        match (from_reg, to_reg) {
            (Ty::F32 | Ty::F64, Ty::I32 | Ty::I64) => self.float_to_int(to, to_signed, a, to_reg),
            (Ty::F32, Ty::F64) => self.b.conv(ConvOp::F32ToF64, Ty::F64, a),
            (Ty::F64, Ty::F32) => self.b.conv(ConvOp::F64ToF32, Ty::F32, a),
            (Ty::F32, Ty::F32) | (Ty::F64, Ty::F64) | (Ty::Ptr, Ty::Ptr) => a,
            (Ty::I32 | Ty::I64, Ty::F32 | Ty::F64) => {
                self.b.conv(int_to_float(from_reg, to_reg, from_signed), to_reg, a)
            }
            (Ty::I32, Ty::I64) => {
                let op = if from_signed { ConvOp::I32ToI64S } else { ConvOp::I32ToI64U };
                self.b.conv(op, Ty::I64, a)
            }
            (Ty::I64, Ty::I32) => {
                let r = self.b.conv(ConvOp::I64ToI32, Ty::I32, a);
                self.normalize(to, r)
            }
            (Ty::I32, Ty::I32) => self.normalize(to, a),
            (Ty::I64, Ty::I64) => a,
            (Ty::Ptr, Ty::I32) => {
                let r = self.b.conv(ConvOp::PtrToI32, Ty::I32, a);
                self.normalize(to, r)
            }
            (Ty::Ptr, _) => self.b.conv(ConvOp::PtrToI64, Ty::I64, a),
            (_, Ty::Ptr) => self.b.int_to_ptr(a),
            (from, to) => unreachable!("a cast from {from:?} to {to:?}: the verifier excludes it"),
        }
    }

    fn float_to_int(&mut self, to: Kind, signed: bool, a: Reg, to_reg: Ty) -> Reg {
        let from = self.b.ty(a);
        let bits = self.int_bits(to);
        let op = match (from, to_reg, signed) {
            (Ty::F32, Ty::I32, true) => ConvOp::F32ToI32S,
            (Ty::F32, Ty::I32, false) => ConvOp::F32ToI32U,
            (Ty::F32, _, true) => ConvOp::F32ToI64S,
            (Ty::F32, _, false) => ConvOp::F32ToI64U,
            (_, Ty::I32, true) => ConvOp::F64ToI32S,
            (_, Ty::I32, false) => ConvOp::F64ToI32U,
            (_, _, true) => ConvOp::F64ToI64S,
            (_, _, false) => ConvOp::F64ToI64U,
        };
        let wide = self.b.conv(op, to_reg, a);
        if bits >= 32 {
            return wide;
        }
        let (lo, hi) =
            if signed { (-(1i64 << (bits - 1)), (1i64 << (bits - 1)) - 1) } else { (0, (1i64 << bits) - 1) };
        let max = self.b.i32(hi as i32);
        let above = self.b.cmp(if signed { CmpOp::GtS } else { CmpOp::GtU }, wide, max);
        let r = self.b.select(above, max, wide);
        if !signed {
            return r;
        }
        let min = self.b.i32(lo as i32);
        let below = self.b.cmp(CmpOp::LtS, r, min);
        self.b.select(below, min, r)
    }
}

fn int_to_float(from: Ty, to: Ty, signed: bool) -> ConvOp {
    match (from, to, signed) {
        (Ty::I32, Ty::F32, true) => ConvOp::I32ToF32S,
        (Ty::I32, Ty::F32, false) => ConvOp::I32ToF32U,
        (Ty::I32, _, true) => ConvOp::I32ToF64S,
        (Ty::I32, _, false) => ConvOp::I32ToF64U,
        (_, Ty::F32, true) => ConvOp::I64ToF32S,
        (_, Ty::F32, false) => ConvOp::I64ToF32U,
        (_, _, true) => ConvOp::I64ToF64S,
        (_, _, false) => ConvOp::I64ToF64U,
    }
}

fn compare_op(op: m::BinOp, signed: bool) -> CmpOp {
    use m::BinOp as B;
    match (op, signed) {
        (B::Eq, _) => CmpOp::Eq,
        (B::Ne, _) => CmpOp::Ne,
        (B::Lt, true) => CmpOp::LtS,
        (B::Lt, false) => CmpOp::LtU,
        (B::Le, true) => CmpOp::LeS,
        (B::Le, false) => CmpOp::LeU,
        (B::Gt, true) => CmpOp::GtS,
        (B::Gt, false) => CmpOp::GtU,
        (B::Ge, true) => CmpOp::GeS,
        (B::Ge, false) => CmpOp::GeU,
        (op, _) => unreachable!("{op:?} is no comparison"),
    }
}
