//! This backend behind the contract of all backends.

use crate::{EmitError, EmitOptions, emit};
use backend::{
    Artifact, ArtifactKind, Backend, BackendError, BackendKind, Capabilities, CompileOptions, OptLevel,
    WasmFeature,
};
use lir::{Platform, STACK_POINTER, TargetInfo};

/// LIR to a WebAssembly module in process. Of the levels it tells those for size from the others.
#[derive(Clone, Copy, Debug, Default)]
pub struct WasmBackend;

const CAPABILITIES: Capabilities = Capabilities {
    artifacts: &[ArtifactKind::WasmModule],
    levels: &OptLevel::ALL,
    debug_info: crate::debug::HAS_DWARF,
    unwinding: true,
    writes_profiles: false,
    uses_profiles: false,
    without_vectors: true,
    max_results: u32::MAX,
};

impl Backend for WasmBackend {
    fn kind(&self) -> BackendKind {
        BackendKind::Wasm
    }

    fn capabilities(&self, target: &TargetInfo) -> Option<Capabilities> {
        (target.platform == Platform::Wasm).then_some(CAPABILITIES)
    }

    fn compile(&self, module: &lir::Module, options: &CompileOptions<'_>) -> Result<Artifact, BackendError> {
        if options.artifact != ArtifactKind::WasmModule {
            let what = options.artifact.description();
            return Err(BackendError::Unsupported(format!("the wasm backend does not make {what}")));
        }
        if let Some(what) = options.profiling.lacking(false, false) {
            return Err(BackendError::Unsupported(format!("the wasm backend does not have {what}")));
        }
        let emit_options = EmitOptions {
            optimize_size: options.level.is_for_size(),
            passes_off: options.passes_off.to_vec(),
            branch_hints: options.level.is_for_speed(),
            names: options.names,
            dwarf: options.debug_info.is_some(),
            positions: options.debug_info,
            export_stack_pointer: (module.target.pointer_bytes == 8).then(|| STACK_POINTER.into()),
            ..EmitOptions::release()
        };
        match emit(module, &emit_options) {
            Ok(emitted) => {
                let features = WasmFeature::of_module(module);
                Ok(Artifact {
                    kind: ArtifactKind::WasmModule,
                    bytes: emitted.wasm,
                    features,
                    warnings: Vec::new(),
                })
            }
            Err(error @ (EmitError::FunctionTooLarge { .. } | EmitError::DataTooLarge { .. })) => {
                Err(BackendError::InvalidProgram(error.to_string()))
            }
        }
    }
}
