//! 128-bit products, which LLVM's passes make of 64-bit ones where they find the upper half computed, become 64-bit ones
//! again, as do products that tell overflow: the code generator would call a function. This comes after the passes, or they would do it once more.

use crate::bug::{Result, bug};
use inkwell::IntPredicate;
use inkwell::builder::Builder;
use inkwell::context::Context;
use inkwell::module::Module;
use inkwell::values::{
    BasicValue, BasicValueEnum, CallSiteValue, FunctionValue, InstructionOpcode, InstructionValue, IntValue,
};

pub fn expand_wide_products<'ctx>(context: &'ctx Context, module: &Module<'ctx>) -> Result {
    let builder = context.create_builder();
    let blocks = module.get_functions().flat_map(|func| func.get_basic_block_iter());
    let products: Vec<InstructionValue> =
        blocks.flat_map(|block| block.get_instructions()).filter(is_wide_product).collect();
    for product in products {
        builder.position_before(&product);
        let expansion = Expansion { context, b: &builder };
        let (a, b) = (operand(product, 0)?, operand(product, 1)?);
        let value = expansion.product(a, b)?;
        let old = IntValue::try_from(product).map_err(|()| bug("a product is an integer"))?;
        old.replace_all_uses_with(value);
        product.erase_from_basic_block();
    }
    for (name, signed) in [("llvm.smul.with.overflow.i64", true), ("llvm.umul.with.overflow.i64", false)] {
        let Some(intrinsic) = module.get_function(name) else { continue };
        let blocks = module.get_functions().flat_map(|func| func.get_basic_block_iter());
        let calls: Vec<InstructionValue> =
            blocks.flat_map(|block| block.get_instructions()).filter(|inst| calls(inst, intrinsic)).collect();
        for call in calls {
            builder.position_before(&call);
            let expansion = Expansion { context, b: &builder };
            let pair = expansion.with_overflow(operand(call, 0)?, operand(call, 1)?, signed)?;
            call.replace_all_uses_with(&pair);
            call.erase_from_basic_block();
        }
    }
    Ok(())
}

fn calls(inst: &InstructionValue<'_>, func: FunctionValue<'_>) -> bool {
    inst.get_opcode() == InstructionOpcode::Call
        && CallSiteValue::try_from(*inst).is_ok_and(|call| call.get_called_fn_value() == Some(func))
}

fn is_wide_product(inst: &InstructionValue<'_>) -> bool {
    inst.get_opcode() == InstructionOpcode::Mul
        && inst.get_type().is_int_type()
        && inst.get_type().into_int_type().get_bit_width() == 128
}

fn operand<'ctx>(inst: InstructionValue<'ctx>, index: u32) -> Result<IntValue<'ctx>> {
    match inst.get_operand(index).and_then(|operand| operand.value()) {
        Some(BasicValueEnum::IntValue(value)) => Ok(value),
        _ => Err(bug("a product of integers has integers as factors")),
    }
}

struct Expansion<'b, 'ctx> {
    context: &'ctx Context,
    b: &'b Builder<'ctx>,
}

impl<'ctx> Expansion<'_, 'ctx> {
    /// By the halves of both factors; those that are known to be zero are left out.
    fn product(&self, a: IntValue<'ctx>, b: IntValue<'ctx>) -> Result<IntValue<'ctx>> {
        let ((a_low, a_high), (b_low, b_high)) = (self.halves(a)?, self.halves(b)?);
        let (low, mut high) = self.full(a_low, b_low)?;
        for cross in
            [b_high.map(|half| (a_low, half)), a_high.map(|half| (half, b_low))].into_iter().flatten()
        {
            let product = self.b.build_int_mul(cross.0, cross.1, "")?;
            high = self.b.build_int_add(high, product, "")?;
        }
        let wide = self.context.i128_type();
        let high = self.b.build_int_z_extend(high, wide, "")?;
        let high = self.b.build_left_shift(high, wide.const_int(64, false), "")?;
        Ok(self.b.build_or(high, self.b.build_int_z_extend(low, wide, "")?, "")?)
    }

    /// What the intrinsic gives: the product, and whether its upper half says something else than the sign of the lower.
    fn with_overflow(
        &self,
        a: IntValue<'ctx>,
        b: IntValue<'ctx>,
        signed: bool,
    ) -> Result<InstructionValue<'ctx>> {
        let (low, mut high) = self.full(a, b)?;
        let sign = |value: IntValue<'ctx>| {
            self.b.build_right_shift(value, value.get_type().const_int(63, false), true, "")
        };
        let mut expected = low.get_type().const_zero();
        if signed {
            // Two's complement counts a negative factor as 2^64 more than it is.
            high = self.b.build_int_sub(high, self.b.build_and(sign(a)?, b, "")?, "")?;
            high = self.b.build_int_sub(high, self.b.build_and(sign(b)?, a, "")?, "")?;
            expected = sign(low)?;
        }
        let flag = self.b.build_int_compare(IntPredicate::NE, high, expected, "")?;
        let ty = self.context.struct_type(&[low.get_type().into(), flag.get_type().into()], false);
        let with_low = self.b.build_insert_value(ty.get_poison(), low, 0, "")?;
        let pair = self.b.build_insert_value(with_low, flag, 1, "")?;
        pair.as_instruction_value().ok_or_else(|| bug("a structure that is computed is an instruction"))
    }

    fn halves(&self, value: IntValue<'ctx>) -> Result<(IntValue<'ctx>, Option<IntValue<'ctx>>)> {
        let narrow = self.context.i64_type();
        let low = self.b.build_int_truncate(value, narrow, "")?;
        if let Some(extension) =
            value.as_instruction().filter(|inst| inst.get_opcode() == InstructionOpcode::ZExt)
        {
            let source = operand(extension, 0)?;
            if source.get_type().get_bit_width() <= 64 {
                return Ok((low, None));
            }
        }
        let shifted = self.b.build_right_shift(value, value.get_type().const_int(64, false), false, "")?;
        Ok((low, Some(self.b.build_int_truncate(shifted, narrow, "")?)))
    }

    /// Both halves of the product of two 64-bit numbers, by schoolbook in base 2^32; no sum overflows.
    fn full(&self, a: IntValue<'ctx>, b: IntValue<'ctx>) -> Result<(IntValue<'ctx>, IntValue<'ctx>)> {
        let (a0, a1) = self.digits(a)?;
        let (b0, b1) = self.digits(b)?;
        let (p00_low, p00_high) = self.digits(self.b.build_int_mul(a0, b0, "")?)?;
        let middle = self.b.build_int_add(self.b.build_int_mul(a1, b0, "")?, p00_high, "")?;
        let (middle_low, middle_high) = self.digits(middle)?;
        let upper = self.b.build_int_add(self.b.build_int_mul(a0, b1, "")?, middle_low, "")?;
        let (_, upper_high) = self.digits(upper)?;
        let shifted = self.b.build_left_shift(upper, upper.get_type().const_int(32, false), "")?;
        let low = self.b.build_or(shifted, p00_low, "")?;
        let square = self.b.build_int_mul(a1, b1, "")?;
        let high = self.b.build_int_add(self.b.build_int_add(square, middle_high, "")?, upper_high, "")?;
        Ok((low, high))
    }

    fn digits(&self, value: IntValue<'ctx>) -> Result<(IntValue<'ctx>, IntValue<'ctx>)> {
        let ty = value.get_type();
        let low = self.b.build_and(value, ty.const_int(u32::MAX.into(), false), "")?;
        Ok((low, self.b.build_right_shift(value, ty.const_int(32, false), false, "")?))
    }
}
