//! LLVM 22 makes `pmin` and `pmax` of selections of lanes by `<=` and `>=`. Those take the other lane where both are equal,
//! and so another zero where one is negative. After the passes such selections become selections of bits, into
//! which it does not look.

use crate::bug::Result;
use inkwell::FloatPredicate;
use inkwell::builder::Builder;
use inkwell::context::Context;
use inkwell::intrinsics::Intrinsic;
use inkwell::module::Module;
use inkwell::types::{BasicTypeEnum, VectorType};
use inkwell::values::{AsValueRef, BasicValueEnum, InstructionOpcode, InstructionValue, VectorValue};

/// What a vector of WebAssembly has.
const BITS: u32 = 128;

pub fn keep_zeros<'ctx>(context: &'ctx Context, module: &Module<'ctx>) -> Result {
    let builder = context.create_builder();
    let blocks = module.get_functions().flat_map(|func| func.get_basic_block_iter());
    let selections: Vec<InstructionValue> =
        blocks.flat_map(|block| block.get_instructions()).filter(is_by_comparison).collect();
    for selection in selections {
        let Some(parts) = Parts::of(context, selection) else { continue };
        builder.position_before(&selection);
        let value = parts.selection_of_bits(module, &builder)?;
        parts.old.replace_all_uses_with(value);
        selection.erase_from_basic_block();
    }
    Ok(())
}

/// A selection of lanes by a comparison of floats other than `<` and `>`, of which `pmin` and `pmax` are what they should be.
fn is_by_comparison(inst: &InstructionValue<'_>) -> bool {
    let is_strict = |predicate| matches!(predicate, Some(FloatPredicate::OLT | FloatPredicate::OGT));
    inst.get_opcode() == InstructionOpcode::Select
        && inst.get_type().is_vector_type()
        && vector(inst, 0).and_then(|condition| condition.as_instruction()).is_some_and(|it| {
            it.get_opcode() == InstructionOpcode::FCmp && !is_strict(it.get_fcmp_predicate())
        })
}

fn vector<'ctx>(inst: &InstructionValue<'ctx>, operand: u32) -> Option<VectorValue<'ctx>> {
    match inst.get_operand(operand)?.value()? {
        BasicValueEnum::VectorValue(value) => Some(value),
        _ => None,
    }
}

struct Parts<'ctx> {
    old: VectorValue<'ctx>,
    condition: VectorValue<'ctx>,
    then: VectorValue<'ctx>,
    otherwise: VectorValue<'ctx>,
    /// As many integers of the same width.
    bits: VectorType<'ctx>,
    width: u32,
}

impl<'ctx> Parts<'ctx> {
    /// `None` for lanes that are not floats.
    fn of(context: &'ctx Context, inst: InstructionValue<'ctx>) -> Option<Parts<'ctx>> {
        if !inst.get_type().is_vector_type() {
            return None;
        }
        // SAFETY: the instruction is live, and its value is a vector.
        let old = unsafe { VectorValue::new(inst.as_value_ref()) };
        let BasicTypeEnum::FloatType(lane) = old.get_type().get_element_type() else { return None };
        let lane_bits = if lane == context.f64_type() { 64 } else { 32 };
        let n = old.get_type().get_size();
        let bits = context.custom_width_int_type(std::num::NonZeroU32::new(lane_bits)?).ok()?.vec_type(n);
        Some(Parts {
            old,
            condition: vector(&inst, 0)?,
            then: vector(&inst, 1)?,
            otherwise: vector(&inst, 2)?,
            bits,
            width: n * lane_bits,
        })
    }

    fn selection_of_bits(&self, module: &Module<'ctx>, builder: &Builder<'ctx>) -> Result<VectorValue<'ctx>> {
        let mask = builder.build_int_s_extend(self.condition, self.bits, "")?;
        let of_bits = |value| builder.build_bit_cast(value, self.bits, "").map(|it| it.into_vector_value());
        let (then, otherwise) = (of_bits(self.then)?, of_bits(self.otherwise)?);
        let intrinsic = Intrinsic::find("llvm.wasm.bitselect")
            .filter(|_| self.width == BITS)
            .and_then(|intrinsic| intrinsic.get_declaration(module, &[self.bits.into()]));
        let selected = match intrinsic {
            Some(intrinsic) => {
                let call =
                    builder.build_call(intrinsic, &[then.into(), otherwise.into(), mask.into()], "")?;
                call.try_as_basic_value().unwrap_basic().into_vector_value()
            }
            // Wider ones are split later, and narrower ones widened.
            None => {
                let then = builder.build_and(then, mask, "")?;
                let rest = builder.build_not(mask, "")?;
                builder.build_or(then, builder.build_and(otherwise, rest, "")?, "")?
            }
        };
        Ok(builder.build_bit_cast(selected, self.old.get_type(), "")?.into_vector_value())
    }
}
