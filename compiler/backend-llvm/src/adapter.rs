//! This backend behind the contract of all backends: each artifact is a longer part of one way.

use crate::link::{self, Linking};
use crate::machine::Machine;
use crate::{conversions, module, wide};
use backend::{
    Artifact, ArtifactKind, Backend, BackendError, BackendKind, Capabilities, CompileOptions, OptLevel,
};
use inkwell::context::Context;
use inkwell::targets::FileType;
use lir::{Op, TargetInfo, Term};

/// LIR through LLVM 22.
#[derive(Clone, Copy, Debug, Default)]
pub struct LlvmBackend;

const CAPABILITIES: Capabilities = Capabilities {
    artifacts: &[
        ArtifactKind::WasmModule,
        ArtifactKind::Object,
        ArtifactKind::Asm,
        ArtifactKind::LlvmIr,
        ArtifactKind::Bitcode,
    ],
    levels: &OptLevel::ALL,
    debug_info: false,
    unwinding: true,
    // See `calls_with_several_results`.
    max_results: 1,
};

impl Backend for LlvmBackend {
    fn kind(&self) -> BackendKind {
        BackendKind::Llvm
    }

    fn capabilities(&self, target: &TargetInfo) -> Option<Capabilities> {
        target.families.contains(&"wasm32").then_some(CAPABILITIES)
    }

    fn compile(&self, module: &lir::Module, options: &CompileOptions<'_>) -> Result<Artifact, BackendError> {
        if options.debug_info.is_some() {
            return Err(BackendError::Unsupported("the llvm backend has no debug information yet".into()));
        }
        if !CAPABILITIES.artifacts.contains(&options.artifact) {
            let what = options.artifact.description();
            return Err(BackendError::Unsupported(format!("the llvm backend does not make {what}")));
        }
        if module.target.pointer_bytes != 4 {
            let target = &module.target.name;
            return Err(BackendError::Unsupported(format!(
                "the llvm backend does not have the target `{target}`"
            )));
        }
        if calls_with_several_results(module) {
            let what = "the llvm backend does not have calls with several results";
            return Err(BackendError::Unsupported(what.into()));
        }
        let context = Context::create();
        let machine = Machine::new(module, options.level)?;
        let ir = module::translate(&context, module, &machine, options.level)?;
        machine.optimize(&ir)?;
        wide::expand_wide_products(&context, &ir)?;
        conversions::prefer_signed_conversions(&context, &ir)?;
        let bytes = match options.artifact {
            ArtifactKind::LlvmIr => ir.print_to_string().to_string().into_bytes(),
            ArtifactKind::Bitcode => ir.write_bitcode_to_memory().as_slice().to_vec(),
            ArtifactKind::Asm => machine.emit(&ir, FileType::Assembly)?,
            ArtifactKind::Object => machine.emit(&ir, FileType::Object)?,
            _ => {
                let linking = Linking {
                    stack_bytes: module.target.stack_bytes,
                    names: options.names,
                    for_size: options.level.is_for_size(),
                };
                link::wasm(&machine.emit(&ir, FileType::Object)?, &linking)?
            }
        };
        Ok(Artifact { kind: options.artifact, bytes })
    }
}

/// LLVM 22 can return several results (`experimental-mv`), but reads a second result before the call that gives it where
/// both are operands of one expression. Functions that only the host calls are not concerned.
fn calls_with_several_results(module: &lir::Module) -> bool {
    let blocks = module.funcs.iter().filter_map(lir::Function::body).flat_map(|body| &body.blocks);
    blocks.into_iter().any(|block| {
        let has_several = |dsts: &[lir::Reg]| dsts.len() > 1;
        matches!(&block.term, Term::Invoke { dsts, .. } if has_several(dsts))
            || block.insts.iter().any(|inst| matches!(&inst.op, Op::Call { dsts, .. } if has_several(dsts)))
    })
}
