//! LLVM's passes make conversions of unsigned integers to floats out of signed ones where the number is not negative.
//! Processors have instructions for the signed ones alone, so they are turned back after the passes.

use crate::bug::Result;
use inkwell::context::Context;
use inkwell::module::Module;
use inkwell::values::{AsValueRef, BasicValueEnum, FloatValue, InstructionOpcode, InstructionValue};

pub fn prefer_signed_conversions<'ctx>(context: &'ctx Context, module: &Module<'ctx>) -> Result {
    let builder = context.create_builder();
    let blocks = module.get_functions().flat_map(|func| func.get_basic_block_iter());
    let conversions: Vec<InstructionValue> =
        blocks.flat_map(|block| block.get_instructions()).filter(is_of_nonnegative).collect();
    for conversion in conversions {
        let source = conversion.get_operand(0).and_then(|operand| operand.value());
        // Vectors stay as they are.
        let (Some(BasicValueEnum::IntValue(source)), Ok(old)) = (source, FloatValue::try_from(conversion))
        else {
            continue;
        };
        builder.position_before(&conversion);
        let value = builder.build_signed_int_to_float(source, old.get_type(), "")?;
        old.replace_all_uses_with(value);
        conversion.erase_from_basic_block();
    }
    Ok(())
}

fn is_of_nonnegative(inst: &InstructionValue<'_>) -> bool {
    inst.get_opcode() == InstructionOpcode::UIToFP
        && inst.get_type().is_float_type()
        // SAFETY: the instruction is live, and has the flag, as its opcode says.
        && unsafe { llvm_sys::core::LLVMGetNNeg(inst.as_value_ref()) } != 0
}
