//! What only computes.

use crate::bug::{Result, bug};
use crate::function::Cx;
use crate::inst::NoWrap;
use inkwell::values::{BasicValueEnum, IntValue};
use inkwell::{FloatPredicate, IntPredicate};
use lir::{BinOp, CmpOp, ConvOp, Reg, Ty, UnOp};

impl<'ctx> Cx<'_, 'ctx, '_> {
    pub fn bin(&self, op: BinOp, ty: Ty, dst: Reg, a: Reg, b: Reg) -> Result {
        match ty {
            Ty::F32 | Ty::F64 => self.float_bin(op, dst, a, b),
            Ty::Ptr
                if op == BinOp::Add && (self.is_address[dst] || self.is_address[a] || self.is_address[b]) =>
            {
                self.address_sum(dst, a, b)
            }
            Ty::Ptr if op == BinOp::Sub && self.is_address[a] && self.is_address[dst] => {
                let less = self.m.builder.build_int_neg(self.int(b)?, "")?;
                self.write(dst, self.offset(self.pointer(a)?, less, NoWrap::Nothing)?)
            }
            _ => {
                let value = self.int_bin(op, self.int(a)?, self.int(b)?, self.consts[b])?;
                self.write(dst, value)
            }
        }
    }

    /// The operand that is used as an address, or else the first, is what LLVM takes the sum to point into.
    fn address_sum(&self, dst: Reg, a: Reg, b: Reg) -> Result {
        let (base, offset) = if self.is_address[b] && !self.is_address[a] { (b, a) } else { (a, b) };
        self.write(dst, self.offset(self.pointer(base)?, self.int(offset)?, NoWrap::Nothing)?)
    }

    fn int_bin(
        &self,
        op: BinOp,
        x: IntValue<'ctx>,
        y: IntValue<'ctx>,
        known: Option<i64>,
    ) -> Result<IntValue<'ctx>> {
        let b = &self.m.builder;
        Ok(match op {
            BinOp::Add => b.build_int_add(x, y, "")?,
            BinOp::Sub => b.build_int_sub(x, y, "")?,
            BinOp::Mul => b.build_int_mul(x, y, "")?,
            BinOp::And => b.build_and(x, y, "")?,
            BinOp::Or => b.build_or(x, y, "")?,
            BinOp::Xor => b.build_xor(x, y, "")?,
            BinOp::DivS => b.build_int_signed_div(x, y, "")?,
            BinOp::DivU => b.build_int_unsigned_div(x, y, "")?,
            BinOp::RemS if known.is_some_and(|n| n != -1) => b.build_int_signed_rem(x, y, "")?,
            BinOp::RemS => self.signed_rem(x, y)?,
            BinOp::RemU => b.build_int_unsigned_rem(x, y, "")?,
            BinOp::Shl => b.build_left_shift(x, self.count(y)?, "")?,
            BinOp::ShrS => b.build_right_shift(x, self.count(y)?, true, "")?,
            BinOp::ShrU => b.build_right_shift(x, self.count(y)?, false, "")?,
            BinOp::Rotl | BinOp::Rotr => {
                let name = if op == BinOp::Rotl { "llvm.fshl" } else { "llvm.fshr" };
                self.computed(name, &[x.get_type().into()], &[x.into(), x.into(), y.into()])?.into_int_value()
            }
            _ => return Err(bug(format!("{op:?} on integers"))),
        })
    }

    /// The remainder of the least number and -1 is 0 in WebAssembly and undefined in LLVM.
    fn signed_rem(&self, x: IntValue<'ctx>, y: IntValue<'ctx>) -> Result<IntValue<'ctx>> {
        let b = &self.m.builder;
        let ty = y.get_type();
        let is_minus = b.build_int_compare(IntPredicate::EQ, y, ty.const_all_ones(), "")?;
        let divisor = b.build_select(is_minus, ty.const_int(1, false), y, "")?.into_int_value();
        Ok(b.build_int_signed_rem(x, divisor, "")?)
    }

    /// A count of a shift, modulo the width.
    fn count(&self, count: IntValue<'ctx>) -> Result<IntValue<'ctx>> {
        let ty = count.get_type();
        let mask = ty.const_int(u64::from(ty.get_bit_width()) - 1, false);
        Ok(self.m.builder.build_and(count, mask, "")?)
    }

    fn float_bin(&self, op: BinOp, dst: Reg, a: Reg, b: Reg) -> Result {
        let (x, y) = (self.float(a)?, self.float(b)?);
        let b = &self.m.builder;
        let call = |name: &str| {
            self.computed(name, &[x.get_type().into()], &[x.into(), y.into()])
                .map(BasicValueEnum::into_float_value)
        };
        let value = match op {
            BinOp::FAdd => b.build_float_add(x, y, "")?,
            BinOp::FSub => b.build_float_sub(x, y, "")?,
            BinOp::FMul => b.build_float_mul(x, y, "")?,
            BinOp::FDiv => b.build_float_div(x, y, "")?,
            BinOp::FMin => call("llvm.minimum")?,
            BinOp::FMax => call("llvm.maximum")?,
            BinOp::FCopysign => call("llvm.copysign")?,
            _ => return Err(bug(format!("{op:?} on floats"))),
        };
        self.write(dst, value)
    }

    pub fn un(&self, op: UnOp, ty: Ty, dst: Reg, a: Reg) -> Result {
        if matches!(ty, Ty::F32 | Ty::F64) {
            return self.float_un(op, dst, a);
        }
        let x = self.int(a)?;
        let ty = x.get_type();
        let zero_is_defined = self.m.context.bool_type().const_zero();
        let count = |name: &str| self.computed(name, &[ty.into()], &[x.into(), zero_is_defined.into()]);
        let value = match op {
            UnOp::Clz => count("llvm.ctlz")?.into_int_value(),
            UnOp::Ctz => count("llvm.cttz")?.into_int_value(),
            UnOp::Popcnt => self.computed("llvm.ctpop", &[ty.into()], &[x.into()])?.into_int_value(),
            UnOp::Extend8S => self.extend(x, 8)?,
            UnOp::Extend16S => self.extend(x, 16)?,
            UnOp::Extend32S => self.extend(x, 32)?,
            _ => return Err(bug(format!("{op:?} on integers"))),
        };
        self.write(dst, value)
    }

    fn extend(&self, x: IntValue<'ctx>, bits: u32) -> Result<IntValue<'ctx>> {
        let narrow = match bits {
            8 => self.m.context.i8_type(),
            16 => self.m.context.i16_type(),
            _ => self.m.context.i32_type(),
        };
        let low = self.m.builder.build_int_truncate(x, narrow, "")?;
        Ok(self.m.builder.build_int_s_extend(low, x.get_type(), "")?)
    }

    fn float_un(&self, op: UnOp, dst: Reg, a: Reg) -> Result {
        let x = self.float(a)?;
        let name = match op {
            UnOp::FNeg => return self.write(dst, self.m.builder.build_float_neg(x, "")?),
            UnOp::FAbs => "llvm.fabs",
            UnOp::FSqrt => "llvm.sqrt",
            UnOp::FCeil => "llvm.ceil",
            UnOp::FFloor => "llvm.floor",
            UnOp::FTrunc => "llvm.trunc",
            UnOp::FNearest => self.m.nearest(),
            _ => return Err(bug(format!("{op:?} on floats"))),
        };
        self.write(dst, self.computed(name, &[x.get_type().into()], &[x.into()])?)
    }

    pub fn cmp(&self, op: CmpOp, ty: Ty, dst: Reg, a: Reg, b: Reg) -> Result {
        let builder = &self.m.builder;
        let bit = match (ty, float_predicate(op), int_predicate(op)) {
            (Ty::F32 | Ty::F64, Some(op), _) => {
                builder.build_float_compare(op, self.float(a)?, self.float(b)?, "")?
            }
            (Ty::Ptr, _, Some(op)) if self.is_address[a] || self.is_address[b] => {
                builder.build_int_compare(op, self.pointer(a)?, self.pointer(b)?, "")?
            }
            (_, _, Some(op)) => builder.build_int_compare(op, self.int(a)?, self.int(b)?, "")?,
            _ => return Err(bug(format!("{op:?} on {ty:?}"))),
        };
        self.write(dst, builder.build_int_z_extend(bit, self.m.context.i32_type(), "")?)
    }

    pub fn conv(&self, op: ConvOp, dst: Reg, src: Reg) -> Result {
        use ConvOp::*;
        let b = &self.m.builder;
        let (i32, i64) = (self.m.context.i32_type(), self.m.context.i64_type());
        let (f32, f64) = (self.m.context.f32_type(), self.m.context.f64_type());
        let value: BasicValueEnum = match op {
            I32ToI64S => b.build_int_s_extend(self.int(src)?, i64, "")?.into(),
            I32ToI64U => b.build_int_z_extend(self.int(src)?, i64, "")?.into(),
            I64ToI32 => b.build_int_truncate(self.int(src)?, i32, "")?.into(),
            I32ToF32S | I64ToF32S => b.build_signed_int_to_float(self.int(src)?, f32, "")?.into(),
            I32ToF32U | I64ToF32U => b.build_unsigned_int_to_float(self.int(src)?, f32, "")?.into(),
            I32ToF64S | I64ToF64S => b.build_signed_int_to_float(self.int(src)?, f64, "")?.into(),
            I32ToF64U | I64ToF64U => b.build_unsigned_int_to_float(self.int(src)?, f64, "")?.into(),
            F32ToI32S | F64ToI32S => self.saturate("llvm.fptosi.sat", i32.into(), src)?,
            F32ToI32U | F64ToI32U => self.saturate("llvm.fptoui.sat", i32.into(), src)?,
            F32ToI64S | F64ToI64S => self.saturate("llvm.fptosi.sat", i64.into(), src)?,
            F32ToI64U | F64ToI64U => self.saturate("llvm.fptoui.sat", i64.into(), src)?,
            F32ToF64 => b.build_float_ext(self.float(src)?, f64, "")?.into(),
            F64ToF32 => b.build_float_trunc(self.float(src)?, f32, "")?.into(),
            BitsI32ToF32 => b.build_bit_cast(self.int(src)?, f32, "")?,
            BitsF32ToI32 => b.build_bit_cast(self.float(src)?, i32, "")?,
            BitsI64ToF64 => b.build_bit_cast(self.int(src)?, f64, "")?,
            BitsF64ToI64 => b.build_bit_cast(self.float(src)?, i64, "")?,
            I32ToPtr | I64ToPtr => {
                b.build_int_cast_sign_flag(self.int(src)?, self.m.word_type(), false, "")?.into()
            }
            PtrToI32 => b.build_int_cast_sign_flag(self.int(src)?, i32, false, "")?.into(),
            PtrToI64 => b.build_int_cast_sign_flag(self.int(src)?, i64, false, "")?.into(),
        };
        self.write(dst, value)
    }

    fn saturate(
        &self,
        name: &str,
        to: inkwell::types::BasicTypeEnum<'ctx>,
        src: Reg,
    ) -> Result<BasicValueEnum<'ctx>> {
        let x = self.float(src)?;
        self.computed(name, &[to, x.get_type().into()], &[x.into()])
    }
}

fn int_predicate(op: CmpOp) -> Option<IntPredicate> {
    Some(match op {
        CmpOp::Eq => IntPredicate::EQ,
        CmpOp::Ne => IntPredicate::NE,
        CmpOp::LtS => IntPredicate::SLT,
        CmpOp::LtU => IntPredicate::ULT,
        CmpOp::LeS => IntPredicate::SLE,
        CmpOp::LeU => IntPredicate::ULE,
        CmpOp::GtS => IntPredicate::SGT,
        CmpOp::GtU => IntPredicate::UGT,
        CmpOp::GeS => IntPredicate::SGE,
        CmpOp::GeU => IntPredicate::UGE,
        _ => return None,
    })
}

/// Ordered but for `FNe`, which holds where an operand is NaN.
fn float_predicate(op: CmpOp) -> Option<FloatPredicate> {
    Some(match op {
        CmpOp::FEq => FloatPredicate::OEQ,
        CmpOp::FNe => FloatPredicate::UNE,
        CmpOp::FLt => FloatPredicate::OLT,
        CmpOp::FLe => FloatPredicate::OLE,
        CmpOp::FGt => FloatPredicate::OGT,
        CmpOp::FGe => FloatPredicate::OGE,
        _ => return None,
    })
}
