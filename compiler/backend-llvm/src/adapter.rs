//! This backend behind the contract of all backends: each artifact is a longer part of one way.

use crate::line_table::{SYMBOL, line_table};
use crate::link::{self, NativeLinking, WasmLinking};
use crate::machine::Machine;
use crate::profiles::Profile;
use crate::{conversions, module, native, profile_runtime, selections, wide};
use backend::{
    Artifact, ArtifactKind, Backend, BackendError, BackendKind, Capabilities, CompileOptions, OptLevel,
    Profiling,
};
use inkwell::context::Context;
use inkwell::module::Module;
use inkwell::targets::FileType;
use lir::passes::unwind_by_result::unwind_by_result;
use lir::{Op, Platform, TargetInfo, Term};

/// LIR through LLVM 22.
#[derive(Clone, Copy, Debug, Default)]
pub struct LlvmBackend;

const WASM: Capabilities = Capabilities {
    artifacts: &[
        ArtifactKind::WasmModule,
        ArtifactKind::Object,
        ArtifactKind::Asm,
        ArtifactKind::LlvmIr,
        ArtifactKind::Bitcode,
    ],
    levels: &OptLevel::ALL,
    debug_info: true,
    unwinding: true,
    writes_profiles: false,
    uses_profiles: false,
    without_vectors: false,
    // See `calls_with_several_results`.
    max_results: 1,
};

const NATIVE: Capabilities = Capabilities {
    artifacts: &[
        ArtifactKind::Executable,
        ArtifactKind::Object,
        ArtifactKind::Asm,
        ArtifactKind::LlvmIr,
        ArtifactKind::Bitcode,
    ],
    writes_profiles: true,
    uses_profiles: true,
    max_results: u32::MAX,
    ..WASM
};

/// An executable of the objects is made by a C compiler of the target's system.
const C: Capabilities = Capabilities {
    artifacts: &[ArtifactKind::Object, ArtifactKind::Asm, ArtifactKind::LlvmIr, ArtifactKind::Bitcode],
    writes_profiles: false,
    ..NATIVE
};

fn capabilities(platform: Platform) -> Capabilities {
    match platform {
        Platform::Wasm => WASM,
        Platform::X86_64Linux => NATIVE,
        Platform::C(_) => C,
    }
}

impl Backend for LlvmBackend {
    fn kind(&self) -> BackendKind {
        BackendKind::Llvm
    }

    fn capabilities(&self, target: &TargetInfo) -> Option<Capabilities> {
        Some(capabilities(target.platform))
    }

    fn compile(&self, module: &lir::Module, options: &CompileOptions<'_>) -> Result<Artifact, BackendError> {
        let platform = module.target.platform();
        let (able, target) = (capabilities(platform), &module.target.name);
        if !able.artifacts.contains(&options.artifact) {
            let what = options.artifact.description();
            return Err(BackendError::Unsupported(format!(
                "the llvm backend does not make {what} for the target `{target}`"
            )));
        }
        if let Some(what) = options.profiling.lacking(able.writes_profiles, able.uses_profiles) {
            let what = format!("the llvm backend does not have {what} for the target `{target}`");
            return Err(BackendError::Unsupported(what));
        }
        match platform {
            Platform::Wasm => wasm(module, options),
            Platform::X86_64Linux | Platform::C(_) => native(module, options),
        }
    }
}

fn wasm(module: &lir::Module, options: &CompileOptions<'_>) -> Result<Artifact, BackendError> {
    if calls_with_several_results(module) {
        let what = "the llvm backend does not have calls with several results";
        return Err(BackendError::Unsupported(what.into()));
    }
    let context = Context::create();
    let machine = Machine::new(module, options.level)?;
    let ir = module::translate(&context, module, None, &machine, options)?;
    machine.optimize(&ir, &Profile::Off)?;
    wide::expand_wide_products(&context, &ir)?;
    selections::keep_zeros(&context, &ir)?;
    conversions::prefer_signed_conversions(&context, &ir)?;
    let bytes = emit(&ir, &machine, options.artifact, |object| {
        let linking = WasmLinking {
            stack_bytes: module.target.stack_bytes,
            is_64_bit: module.target.pointer_bytes == 8,
            names: options.names,
            debug_info: options.debug_info.is_some(),
            for_size: options.level.is_for_size(),
        };
        link::wasm(object, &linking)
    })?;
    Ok(Artifact { kind: options.artifact, bytes, features: machine.wasm_features, warnings: Vec::new() })
}

fn native(module: &lir::Module, options: &CompileOptions<'_>) -> Result<Artifact, BackendError> {
    native::check(module, options.artifact)?;
    let profile = Profile::new(options.profiling)?;
    let linking = linking(options)?;
    // There are no exceptions without a library that walks the stack.
    let mut module = module.clone();
    let told = module.target.panic_unwinds.then(|| unwind_by_result(&mut module));
    module.target.panic_unwinds = false;
    let context = Context::create();
    let machine = Machine::new(&module, options.level)?;
    let ir = module::translate(&context, &module, told.as_ref(), &machine, options)?;
    let complaint = machine.optimize(&ir, &profile)?;
    conversions::prefer_signed_conversions(&context, &ir)?;
    let bytes = emit(&ir, &machine, options.artifact, |object| match options.debug_info {
        Some(_) => with_line_table(object, &machine, &linking),
        None => link::executable(&[object], &linking),
    })?;
    let warnings = complaint.into_iter().collect();
    Ok(Artifact { kind: options.artifact, bytes, features: Vec::new(), warnings })
}

/// How an executable is linked, if that is wanted. What is missing for it is told before the work of the passes.
fn linking(options: &CompileOptions<'_>) -> Result<NativeLinking, BackendError> {
    let is_linked = options.artifact == ArtifactKind::Executable;
    let profile_runtime = match options.profiling {
        Profiling::Write(_) if is_linked => Some(profile_runtime::find()?),
        _ => None,
    };
    Ok(NativeLinking { names: options.names || options.debug_info.is_some(), profile_runtime })
}

/// An executable that can print backtraces. The table of its lines is known when it is linked, and then linked to it.
fn with_line_table(
    object: &[u8],
    machine: &Machine,
    linking: &NativeLinking,
) -> Result<Vec<u8>, BackendError> {
    let first = link::executable(&[object], linking)?;
    let table = line_table(&first)?;
    let context = Context::create();
    let ir = context.create_module("lines");
    machine.prepare(&ir);
    let bytes = context.const_string(&table, false);
    let global = ir.add_global(bytes.get_type(), None, SYMBOL);
    global.set_initializer(&bytes);
    // Behind the code whatever the linker is; aligned as its numbers.
    global.set_section(Some(".data.gal_lines"));
    global.set_alignment(4);
    let lines = machine.emit(&ir, FileType::Object)?;
    let executable = link::executable(&[object, &lines], linking)?;
    if line_table(&executable)? != table {
        return Err(BackendError::Internal("code has moved while its line table was linked to it".into()));
    }
    Ok(executable)
}

/// What is asked for, on the way to what is linked.
fn emit(
    ir: &Module<'_>,
    machine: &Machine,
    artifact: ArtifactKind,
    link: impl FnOnce(&[u8]) -> Result<Vec<u8>, BackendError>,
) -> Result<Vec<u8>, BackendError> {
    Ok(match artifact {
        ArtifactKind::LlvmIr => ir.print_to_string().to_string().into_bytes(),
        ArtifactKind::Bitcode => ir.write_bitcode_to_memory().as_slice().to_vec(),
        ArtifactKind::Asm => machine.emit(ir, FileType::Assembly)?,
        ArtifactKind::Object => machine.emit(ir, FileType::Object)?,
        ArtifactKind::WasmModule | ArtifactKind::Executable => link(&machine.emit(ir, FileType::Object)?)?,
    })
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
