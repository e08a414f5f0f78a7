//! Passes modules through wasm-opt.

use binaryen::WasmOpt;
use driver::{Artifact, OptLevel, WasmFeature};
use std::io::Write;
use std::path::PathBuf;
use std::sync::OnceLock;
use wasmparser::{Validator, WasmFeatures};

/// The program, for the check that is named. `None` where the check is to be left out.
pub fn find(check: &str) -> Option<WasmOpt> {
    let found = program().unwrap_or_else(|error| panic!("{check}: {error}"));
    if found.is_none() {
        assert!(!crate::is_full(), "{check}: {}", WasmOpt::missing());
        // Past the capture of `println!`, so that it is seen when the test passes.
        let _ = writeln!(std::io::stderr(), "skipped: {check}: {}", WasmOpt::missing());
    }
    found
}

/// It is asked for its version once.
fn program() -> Result<Option<WasmOpt>, String> {
    static FOUND: OnceLock<Result<Option<WasmOpt>, String>> = OnceLock::new();
    FOUND.get_or_init(|| WasmOpt::find(beside())).clone()
}

/// Where cargo puts galc: this program lies in a folder there.
fn beside() -> Option<PathBuf> {
    Some(std::env::current_exe().ok()?.parent()?.parent()?.to_path_buf())
}

/// What it makes of a module, which must not use more of WebAssembly than the module did.
pub fn run(artifact: &Artifact, level: OptLevel) -> Result<Vec<u8>, String> {
    let program = program()?.ok_or_else(WasmOpt::missing)?;
    let module = program.run(&artifact.bytes, level, &artifact.features, false)?;
    let features = artifact.features.iter().fold(WasmFeatures::WASM1, |all, feature| all | flag(*feature));
    let valid = Validator::new_with_features(features).validate_all(&module);
    valid.map_err(|error| format!("wasm-opt made an invalid module, or one that uses more: {error}"))?;
    Ok(module)
}

fn flag(feature: WasmFeature) -> WasmFeatures {
    match feature {
        WasmFeature::Atomics => WasmFeatures::THREADS,
        WasmFeature::BulkMemory => WasmFeatures::BULK_MEMORY,
        WasmFeature::ExceptionHandling => WasmFeatures::EXCEPTIONS,
        WasmFeature::Memory64 => WasmFeatures::MEMORY64,
        WasmFeature::Multivalue => WasmFeatures::MULTI_VALUE,
        WasmFeature::MutableGlobals => WasmFeatures::MUTABLE_GLOBAL,
        WasmFeature::NontrappingFptoint => WasmFeatures::SATURATING_FLOAT_TO_INT,
        WasmFeature::ReferenceTypes => WasmFeatures::REFERENCE_TYPES,
        WasmFeature::RelaxedSimd => WasmFeatures::RELAXED_SIMD,
        WasmFeature::SignExt => WasmFeatures::SIGN_EXTENSION,
        WasmFeature::Simd128 => WasmFeatures::SIMD,
    }
}
