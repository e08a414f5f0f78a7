//! Operations on vectors. A register holds sixteen bytes; each operation casts them to its shape and back, which costs nothing.
//!
//! Where LLVM has no operation of its own, the pattern is written that its code generators know for the instruction; the intrinsics
//! of a target are used where there is none.

use crate::bug::{Result, bug};
use crate::function::Cx;
use inkwell::types::{BasicType, BasicTypeEnum, VectorType};
use inkwell::values::{BasicMetadataValueEnum, BasicValue, BasicValueEnum, VectorValue};
use inkwell::{FloatPredicate, IntPredicate};
use lir::simd::{Form, Imm, Kind, Op, Shape};
use lir::{Arch, CSystem, Platform, Reg};

/// Which lanes of a vector one of half as many has.
#[derive(Clone, Copy)]
enum Half {
    Low,
    High,
    Even,
    Odd,
}

impl<'ctx> Cx<'_, 'ctx, '_> {
    pub fn vector(&self, op: Op, imm: Imm, dst: Reg, args: &[Reg]) -> Result {
        let value: BasicValueEnum = match (op.form(), imm) {
            (Form::Splat, _) => self.splat_lane(op.shape, args[0])?.as_basic_value_enum(),
            (Form::Extract, Imm::Lane(lane)) => self.extract(op, lane, args[0])?,
            (Form::Replace, Imm::Lane(lane)) => {
                let index = self.m.context.i32_type().const_int(lane.into(), false);
                let (v, lane) = (self.lanes(args[0], op.shape)?, self.lane(op.shape, args[1])?);
                self.m.builder.build_insert_element(v, lane, index, "")?.into()
            }
            (Form::Shuffle, Imm::Bytes(bytes)) => {
                let (a, b) = (self.lanes(args[0], op.shape)?, self.lanes(args[1], op.shape)?);
                self.shuffled(a, b, &bytes.map(u64::from))?.into()
            }
            (Form::Shift, _) => self.shift(op, args)?.into(),
            (Form::Test, _) => self.test(op, args[0])?,
            (Form::Vectors(_), _) if op.shape.is_float() => self.float_lanes(op, args)?.into(),
            (Form::Vectors(_), _) => self.int_lanes(op, args)?.into(),
            _ => return Err(bug(format!("{op} with another immediate"))),
        };
        match value {
            BasicValueEnum::VectorValue(v) => {
                let bytes = self.m.ty(lir::Ty::V128);
                self.write(dst, self.m.builder.build_bit_cast(v, bytes, "")?)
            }
            value => self.write(dst, value),
        }
    }

    /// The type of vectors of a shape; bits are two integers.
    fn shape_type(&self, shape: Shape) -> VectorType<'ctx> {
        let context = self.m.context;
        match shape {
            Shape::I8x16 => context.i8_type().vec_type(16),
            Shape::I16x8 => context.i16_type().vec_type(8),
            Shape::I32x4 => context.i32_type().vec_type(4),
            Shape::I64x2 | Shape::V128 => context.i64_type().vec_type(2),
            Shape::F32x4 => context.f32_type().vec_type(4),
            Shape::F64x2 => context.f64_type().vec_type(2),
        }
    }

    /// Integers of a width.
    fn ints(&self, bits: u32, lanes: u32) -> VectorType<'ctx> {
        let context = self.m.context;
        let ty = match bits {
            1 => context.bool_type(),
            8 => context.i8_type(),
            16 => context.i16_type(),
            32 => context.i32_type(),
            _ => context.i64_type(),
        };
        ty.vec_type(lanes)
    }

    fn lanes(&self, reg: Reg, shape: Shape) -> Result<VectorValue<'ctx>> {
        self.cast(self.passed(reg)?, self.shape_type(shape))
    }

    fn cast(&self, value: impl BasicValue<'ctx>, ty: VectorType<'ctx>) -> Result<VectorValue<'ctx>> {
        Ok(self.m.builder.build_bit_cast(value, ty, "")?.into_vector_value())
    }

    /// A scalar as a lane.
    fn lane(&self, shape: Shape, reg: Reg) -> Result<BasicValueEnum<'ctx>> {
        Ok(match shape {
            Shape::I8x16 => {
                self.m.builder.build_int_truncate(self.int(reg)?, self.m.context.i8_type(), "")?.into()
            }
            Shape::I16x8 => {
                self.m.builder.build_int_truncate(self.int(reg)?, self.m.context.i16_type(), "")?.into()
            }
            _ => self.passed(reg)?,
        })
    }

    fn splat_lane(&self, shape: Shape, reg: Reg) -> Result<VectorValue<'ctx>> {
        self.splat(self.lane(shape, reg)?, self.shape_type(shape))
    }

    fn splat(&self, lane: BasicValueEnum<'ctx>, ty: VectorType<'ctx>) -> Result<VectorValue<'ctx>> {
        let zero = self.m.context.i32_type().const_zero();
        let one = self.m.builder.build_insert_element(ty.get_poison(), lane, zero, "")?;
        self.shuffled(one, ty.get_poison(), &vec![0; ty.get_size() as usize])
    }

    /// All lanes one number.
    fn number(&self, ty: VectorType<'ctx>, n: u64) -> VectorValue<'ctx> {
        let lane = ty.get_element_type().into_int_type().const_int(n, true);
        VectorType::const_vector(&vec![lane; ty.get_size() as usize])
    }

    fn shuffled(
        &self,
        a: VectorValue<'ctx>,
        b: VectorValue<'ctx>,
        lanes: &[u64],
    ) -> Result<VectorValue<'ctx>> {
        let number = |&lane: &u64| self.m.context.i32_type().const_int(lane, false);
        let mask = VectorType::const_vector(&lanes.iter().map(number).collect::<Vec<_>>());
        Ok(self.m.builder.build_shuffle_vector(a, b, mask, "")?)
    }

    /// Half of the lanes.
    fn half(&self, v: VectorValue<'ctx>, half: Half) -> Result<VectorValue<'ctx>> {
        let n = u64::from(v.get_type().get_size() / 2);
        let lane = |i: u64| match half {
            Half::Low => i,
            Half::High => n + i,
            Half::Even => 2 * i,
            Half::Odd => 2 * i + 1,
        };
        self.shuffled(v, v.get_type().get_poison(), &(0..n).map(lane).collect::<Vec<_>>())
    }

    /// The lanes of one behind those of the other.
    fn joined(&self, a: VectorValue<'ctx>, b: VectorValue<'ctx>) -> Result<VectorValue<'ctx>> {
        let n = u64::from(a.get_type().get_size());
        self.shuffled(a, b, &(0..2 * n).collect::<Vec<_>>())
    }

    /// An intrinsic that has the type of its operands in its name, and gives that type.
    fn same(&self, name: &str, args: &[VectorValue<'ctx>]) -> Result<VectorValue<'ctx>> {
        let args: Vec<BasicMetadataValueEnum> = args.iter().map(|&arg| arg.into()).collect();
        let ty = args.first().map(|arg| arg.into_vector_value().get_type());
        let ty = ty.ok_or_else(|| bug(format!("`{name}` without operands")))?;
        Ok(self.computed(name, &[ty.as_basic_type_enum()], &args)?.into_vector_value())
    }

    fn widen(
        &self,
        v: VectorValue<'ctx>,
        to: VectorType<'ctx>,
        is_signed: bool,
    ) -> Result<VectorValue<'ctx>> {
        let b = &self.m.builder;
        Ok(if is_signed { b.build_int_s_extend(v, to, "")? } else { b.build_int_z_extend(v, to, "")? })
    }

    fn extract(&self, op: Op, lane: u8, src: Reg) -> Result<BasicValueEnum<'ctx>> {
        let index = self.m.context.i32_type().const_int(lane.into(), false);
        let value = self.m.builder.build_extract_element(self.lanes(src, op.shape)?, index, "")?;
        let i32 = self.m.context.i32_type();
        Ok(match op.kind {
            Kind::ExtractLaneS => self.m.builder.build_int_s_extend(value.into_int_value(), i32, "")?.into(),
            Kind::ExtractLaneU => self.m.builder.build_int_z_extend(value.into_int_value(), i32, "")?.into(),
            _ => value,
        })
    }

    fn shift(&self, op: Op, args: &[Reg]) -> Result<VectorValue<'ctx>> {
        let b = &self.m.builder;
        let v = self.lanes(args[0], op.shape)?;
        let lane = v.get_type().get_element_type().into_int_type();
        let mask = self.m.context.i32_type().const_int(u64::from(op.shape.bits() - 1), false);
        let count = b.build_and(self.int(args[1])?, mask, "")?;
        let count = b.build_int_cast_sign_flag(count, lane, false, "")?;
        let count = self.splat(count.into(), v.get_type())?;
        Ok(match op.kind {
            Kind::Shl => b.build_left_shift(v, count, "")?,
            kind => b.build_right_shift(v, count, kind == Kind::ShrS, "")?,
        })
    }

    fn test(&self, op: Op, src: Reg) -> Result<BasicValueEnum<'ctx>> {
        let v = self.lanes(src, op.shape)?;
        let i32 = self.m.context.i32_type();
        if self.m.platform == Platform::Wasm {
            let (name, v) = match op.kind {
                Kind::AnyTrue => ("llvm.wasm.anytrue", self.lanes(src, Shape::I8x16)?),
                Kind::AllTrue => ("llvm.wasm.alltrue", v),
                _ => ("llvm.wasm.bitmask", v),
            };
            return self.computed(name, &[v.get_type().into()], &[v.into()]);
        }
        let b = &self.m.builder;
        let zero = v.get_type().const_zero();
        let (predicate, count) = match op.kind {
            Kind::Bitmask => (IntPredicate::SLT, op.shape.lanes()),
            Kind::AnyTrue => (IntPredicate::NE, 2),
            _ => (IntPredicate::NE, op.shape.lanes()),
        };
        let bits = b.build_int_compare(predicate, v, zero, "")?;
        let width = std::num::NonZeroU32::new(count).ok_or_else(|| bug("a vector without lanes"))?;
        let bits = b.build_bit_cast(bits, self.m.context.custom_width_int_type(width).map_err(bug)?, "")?;
        let bits = bits.into_int_value();
        let ty = bits.get_type();
        Ok(match op.kind {
            Kind::Bitmask => b.build_int_z_extend(bits, i32, "")?.into(),
            Kind::AnyTrue => {
                let any = b.build_int_compare(IntPredicate::NE, bits, ty.const_zero(), "")?;
                b.build_int_z_extend(any, i32, "")?.into()
            }
            _ => {
                let all = b.build_int_compare(IntPredicate::EQ, bits, ty.const_all_ones(), "")?;
                b.build_int_z_extend(all, i32, "")?.into()
            }
        })
    }

    fn int_lanes(&self, op: Op, args: &[Reg]) -> Result<VectorValue<'ctx>> {
        if let Some(value) = self.widening(op, args)? {
            return Ok(value);
        }
        let b = &self.m.builder;
        let v = |i: usize| self.lanes(args[i], op.shape);
        if let Some(predicate) = int_predicate(op.kind) {
            let holds = b.build_int_compare(predicate, v(0)?, v(1)?, "")?;
            return self.widen(holds, self.shape_type(op.shape), true);
        }
        Ok(match op.kind {
            Kind::Not => b.build_not(v(0)?, "")?,
            Kind::And => b.build_and(v(0)?, v(1)?, "")?,
            Kind::Or => b.build_or(v(0)?, v(1)?, "")?,
            Kind::Xor => b.build_xor(v(0)?, v(1)?, "")?,
            Kind::Andnot => b.build_and(v(0)?, b.build_not(v(1)?, "")?, "")?,
            // Of a selection by `<=` LLVM 22 makes `pmin`, which takes another one of two zeros; it does not look into this.
            Kind::Bitselect if self.m.platform == Platform::Wasm => {
                self.same("llvm.wasm.bitselect", &[v(0)?, v(1)?, v(2)?])?
            }
            Kind::Bitselect => {
                let (chosen, rest) = (b.build_and(v(0)?, v(2)?, "")?, b.build_not(v(2)?, "")?);
                b.build_or(chosen, b.build_and(v(1)?, rest, "")?, "")?
            }
            Kind::Swizzle => self.swizzle(v(0)?, v(1)?)?,
            Kind::Add => b.build_int_add(v(0)?, v(1)?, "")?,
            Kind::Sub => b.build_int_sub(v(0)?, v(1)?, "")?,
            Kind::Mul => b.build_int_mul(v(0)?, v(1)?, "")?,
            Kind::Neg => b.build_int_neg(v(0)?, "")?,
            Kind::Abs => {
                let least_is_poison = self.m.context.bool_type().const_zero();
                let args = [v(0)?.into(), least_is_poison.into()];
                self.computed("llvm.abs", &[self.shape_type(op.shape).into()], &args)?.into_vector_value()
            }
            Kind::AddSatS => self.same("llvm.sadd.sat", &[v(0)?, v(1)?])?,
            Kind::AddSatU => self.same("llvm.uadd.sat", &[v(0)?, v(1)?])?,
            Kind::SubSatS => self.same("llvm.ssub.sat", &[v(0)?, v(1)?])?,
            Kind::SubSatU => self.same("llvm.usub.sat", &[v(0)?, v(1)?])?,
            Kind::MinS => self.same("llvm.smin", &[v(0)?, v(1)?])?,
            Kind::MinU => self.same("llvm.umin", &[v(0)?, v(1)?])?,
            Kind::MaxS => self.same("llvm.smax", &[v(0)?, v(1)?])?,
            Kind::MaxU => self.same("llvm.umax", &[v(0)?, v(1)?])?,
            Kind::Popcnt => self.same("llvm.ctpop", &[v(0)?])?,
            Kind::AvgrU => self.average(v(0)?, v(1)?)?,
            Kind::Q15mulrSatS => self.q15_product(v(0)?, v(1)?)?,
            Kind::NarrowS | Kind::NarrowU => self.narrow(op, args)?,
            Kind::TruncSatS => self.truncated("llvm.fptosi.sat", self.lanes(args[0], Shape::F32x4)?)?,
            Kind::TruncSatU => self.truncated("llvm.fptoui.sat", self.lanes(args[0], Shape::F32x4)?)?,
            Kind::TruncSatZeroS => self.truncated("llvm.fptosi.sat", self.lanes(args[0], Shape::F64x2)?)?,
            Kind::TruncSatZeroU => self.truncated("llvm.fptoui.sat", self.lanes(args[0], Shape::F64x2)?)?,
            _ => return Err(bug(format!("{op} of integers"))),
        })
    }

    /// Bytes by their numbers; 0 for a number above 15.
    fn swizzle(&self, v: VectorValue<'ctx>, numbers: VectorValue<'ctx>) -> Result<VectorValue<'ctx>> {
        if self.m.platform == Platform::Wasm {
            let args = [v.into(), numbers.into()];
            return Ok(self.computed("llvm.wasm.swizzle", &[], &args)?.into_vector_value());
        }
        match self.m.platform {
            Platform::C(CSystem { arch: Arch::Aarch64, .. }) => {
                let name = "llvm.aarch64.neon.tbl1";
                return Ok(self
                    .computed(name, &[v.get_type().into()], &[v.into(), numbers.into()])?
                    .into_vector_value());
            }
            Platform::C(CSystem { arch, .. }) if arch != Arch::X86_64 => {
                return self.swizzle_lanes(v, numbers);
            }
            _ => {}
        }
        // The instruction gives 0 where the highest bit is set, and looks at no other but the lowest four.
        let numbers = self.same("llvm.uadd.sat", &[numbers, self.number(numbers.get_type(), 0x70)])?;
        Ok(self.computed("llvm.x86.ssse3.pshuf.b.128", &[], &[v.into(), numbers.into()])?.into_vector_value())
    }

    /// Byte by byte.
    fn swizzle_lanes(&self, v: VectorValue<'ctx>, numbers: VectorValue<'ctx>) -> Result<VectorValue<'ctx>> {
        let (builder, byte) = (&self.m.builder, self.m.context.i8_type());
        let mut result = v.get_type().const_zero();
        for lane in 0..16 {
            let lane = byte.const_int(lane, false);
            let number = builder.build_extract_element(numbers, lane, "")?.into_int_value();
            let index = builder.build_and(number, byte.const_int(15, false), "")?;
            let found = builder.build_extract_element(v, index, "")?;
            let is_there =
                builder.build_int_compare(IntPredicate::ULE, number, byte.const_int(15, false), "")?;
            let value = builder.build_select(is_there, found, byte.const_zero().into(), "")?;
            result = builder.build_insert_element(result, value, lane, "")?;
        }
        Ok(result)
    }

    fn average(&self, a: VectorValue<'ctx>, b: VectorValue<'ctx>) -> Result<VectorValue<'ctx>> {
        let (ty, builder) = (a.get_type(), &self.m.builder);
        let wide = self.ints(2 * ty.get_element_type().into_int_type().get_bit_width(), ty.get_size());
        let sum = builder.build_int_add(self.widen(a, wide, false)?, self.widen(b, wide, false)?, "")?;
        let sum = builder.build_int_add(sum, self.number(wide, 1), "")?;
        let half = builder.build_right_shift(sum, self.number(wide, 1), false, "")?;
        Ok(builder.build_int_truncate(half, ty, "")?)
    }

    fn q15_product(&self, a: VectorValue<'ctx>, b: VectorValue<'ctx>) -> Result<VectorValue<'ctx>> {
        let (wide, builder) = (self.ints(32, 8), &self.m.builder);
        let product = builder.build_int_mul(self.widen(a, wide, true)?, self.widen(b, wide, true)?, "")?;
        let rounded = builder.build_int_add(product, self.number(wide, 0x4000), "")?;
        let shifted = builder.build_right_shift(rounded, self.number(wide, 15), true, "")?;
        let most = self.same("llvm.smin", &[shifted, self.number(wide, 0x7fff)])?;
        Ok(builder.build_int_truncate(most, a.get_type(), "")?)
    }

    fn narrow(&self, op: Op, args: &[Reg]) -> Result<VectorValue<'ctx>> {
        let from = if op.shape == Shape::I8x16 { Shape::I16x8 } else { Shape::I32x4 };
        let (a, b) = (self.lanes(args[0], from)?, self.lanes(args[1], from)?);
        let to = self.shape_type(op.shape);
        let is_signed = op.kind == Kind::NarrowS;
        if self.m.platform == Platform::Wasm {
            let name = if is_signed { "llvm.wasm.narrow.signed" } else { "llvm.wasm.narrow.unsigned" };
            let tys: [BasicTypeEnum; 2] = [to.into(), a.get_type().into()];
            return Ok(self.computed(name, &tys, &[a.into(), b.into()])?.into_vector_value());
        }
        let bits = op.shape.bits();
        let (least, most) = match is_signed {
            true => (-(1i64 << (bits - 1)), (1i64 << (bits - 1)) - 1),
            false => (0, (1i64 << bits) - 1),
        };
        let wide = self.joined(a, b)?;
        let (least, most) =
            (self.number(wide.get_type(), least as u64), self.number(wide.get_type(), most as u64));
        let bounded = self.same("llvm.smin", &[self.same("llvm.smax", &[wide, least])?, most])?;
        Ok(self.m.builder.build_int_truncate(bounded, to, "")?)
    }

    /// Saturating conversion to 32-bit integers; lanes that have no float are 0.
    fn truncated(&self, name: &str, v: VectorValue<'ctx>) -> Result<VectorValue<'ctx>> {
        let to = self.ints(32, v.get_type().get_size());
        let tys: [BasicTypeEnum; 2] = [to.into(), v.get_type().into()];
        let value = self.computed(name, &tys, &[v.into()])?.into_vector_value();
        if to.get_size() == 4 { Ok(value) } else { self.joined(value, to.const_zero()) }
    }

    /// Operations on lanes of half the width.
    fn widening(&self, op: Op, args: &[Reg]) -> Result<Option<VectorValue<'ctx>>> {
        let (half, is_signed, from) = match op.kind {
            Kind::ExtendLowS | Kind::ExtmulLowS => (Half::Low, true, op.shape),
            Kind::ExtendLowU | Kind::ExtmulLowU => (Half::Low, false, op.shape),
            Kind::ExtendHighS | Kind::ExtmulHighS => (Half::High, true, op.shape),
            Kind::ExtendHighU | Kind::ExtmulHighU => (Half::High, false, op.shape),
            Kind::ExtaddPairwiseS | Kind::DotS => (Half::Even, true, op.shape),
            Kind::ExtaddPairwiseU => (Half::Even, false, op.shape),
            _ => return Ok(None),
        };
        let from = match from {
            Shape::I64x2 => Shape::I32x4,
            Shape::I32x4 => Shape::I16x8,
            _ => Shape::I8x16,
        };
        let b = &self.m.builder;
        let to = self.shape_type(op.shape);
        let part = |arg: Reg, half| self.widen(self.half(self.lanes(arg, from)?, half)?, to, is_signed);
        let product = |half| -> Result<VectorValue<'ctx>> {
            Ok(b.build_int_mul(part(args[0], half)?, part(args[1], half)?, "")?)
        };
        Ok(Some(match op.kind {
            Kind::DotS if self.m.platform == Platform::Wasm => {
                let args = [self.lanes(args[0], from)?.into(), self.lanes(args[1], from)?.into()];
                self.computed("llvm.wasm.dot", &[], &args)?.into_vector_value()
            }
            Kind::DotS => b.build_int_add(product(Half::Even)?, product(Half::Odd)?, "")?,
            Kind::ExtaddPairwiseS | Kind::ExtaddPairwiseU => {
                b.build_int_add(part(args[0], Half::Even)?, part(args[0], Half::Odd)?, "")?
            }
            Kind::ExtendLowS | Kind::ExtendLowU | Kind::ExtendHighS | Kind::ExtendHighU => {
                part(args[0], half)?
            }
            _ => product(half)?,
        }))
    }

    fn float_lanes(&self, op: Op, args: &[Reg]) -> Result<VectorValue<'ctx>> {
        let b = &self.m.builder;
        let v = |i: usize| self.lanes(args[i], op.shape);
        let ty = self.shape_type(op.shape);
        if let Some(predicate) = float_predicate(op.kind) {
            let holds = b.build_float_compare(predicate, v(0)?, v(1)?, "")?;
            return self.widen(holds, self.ints(op.shape.bits(), op.shape.lanes()), true);
        }
        let ints = || self.lanes(args[0], Shape::I32x4);
        Ok(match op.kind {
            Kind::Add => b.build_float_add(v(0)?, v(1)?, "")?,
            Kind::Sub => b.build_float_sub(v(0)?, v(1)?, "")?,
            Kind::Mul => b.build_float_mul(v(0)?, v(1)?, "")?,
            Kind::Div => b.build_float_div(v(0)?, v(1)?, "")?,
            Kind::Neg => b.build_float_neg(v(0)?, "")?,
            Kind::Abs => self.same("llvm.fabs", &[v(0)?])?,
            Kind::Min => self.same("llvm.minimum", &[v(0)?, v(1)?])?,
            Kind::Max => self.same("llvm.maximum", &[v(0)?, v(1)?])?,
            Kind::Sqrt => self.same("llvm.sqrt", &[v(0)?])?,
            Kind::Ceil => self.same("llvm.ceil", &[v(0)?])?,
            Kind::Floor => self.same("llvm.floor", &[v(0)?])?,
            Kind::Trunc => self.same("llvm.trunc", &[v(0)?])?,
            Kind::Nearest => self.same(self.m.nearest(), &[v(0)?])?,
            Kind::ConvertS => b.build_signed_int_to_float(ints()?, ty, "")?,
            Kind::ConvertU => b.build_unsigned_int_to_float(ints()?, ty, "")?,
            Kind::ConvertLowS => b.build_signed_int_to_float(self.half(ints()?, Half::Low)?, ty, "")?,
            Kind::ConvertLowU => b.build_unsigned_int_to_float(self.half(ints()?, Half::Low)?, ty, "")?,
            Kind::DemoteZero => {
                let narrow = self.m.context.f32_type().vec_type(2);
                let low = b.build_float_trunc(self.lanes(args[0], Shape::F64x2)?, narrow, "")?;
                self.joined(low, narrow.const_zero())?
            }
            Kind::PromoteLow => {
                let low = self.half(self.lanes(args[0], Shape::F32x4)?, Half::Low)?;
                b.build_float_ext(low, ty, "")?
            }
            Kind::RelaxedMadd if self.m.platform == Platform::Wasm => {
                self.same("llvm.wasm.relaxed.madd", &[v(0)?, v(1)?, v(2)?])?
            }
            Kind::RelaxedNmadd if self.m.platform == Platform::Wasm => {
                self.same("llvm.wasm.relaxed.nmadd", &[v(0)?, v(1)?, v(2)?])?
            }
            Kind::RelaxedMadd => b.build_float_add(b.build_float_mul(v(0)?, v(1)?, "")?, v(2)?, "")?,
            Kind::RelaxedNmadd => b.build_float_sub(v(2)?, b.build_float_mul(v(0)?, v(1)?, "")?, "")?,
            _ => return Err(bug(format!("{op} of floats"))),
        })
    }
}

fn int_predicate(kind: Kind) -> Option<IntPredicate> {
    Some(match kind {
        Kind::Eq => IntPredicate::EQ,
        Kind::Ne => IntPredicate::NE,
        Kind::LtS => IntPredicate::SLT,
        Kind::LtU => IntPredicate::ULT,
        Kind::LeS => IntPredicate::SLE,
        Kind::LeU => IntPredicate::ULE,
        Kind::GtS => IntPredicate::SGT,
        Kind::GtU => IntPredicate::UGT,
        Kind::GeS => IntPredicate::SGE,
        Kind::GeU => IntPredicate::UGE,
        _ => return None,
    })
}

/// Ordered but for `Ne`, which holds where an operand is NaN.
fn float_predicate(kind: Kind) -> Option<FloatPredicate> {
    Some(match kind {
        Kind::Eq => FloatPredicate::OEQ,
        Kind::Ne => FloatPredicate::UNE,
        Kind::Lt => FloatPredicate::OLT,
        Kind::Le => FloatPredicate::OLE,
        Kind::Gt => FloatPredicate::OGT,
        Kind::Ge => FloatPredicate::OGE,
        _ => return None,
    })
}
