//! What a module uses of WebAssembly beyond its first version.

use lir::{Body, Op, Ty};

/// One of WebAssembly's later features.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum WasmFeature {
    Atomics,
    BulkMemory,
    ExceptionHandling,
    Memory64,
    Multivalue,
    MutableGlobals,
    NontrappingFptoint,
    ReferenceTypes,
    RelaxedSimd,
    SignExt,
    Simd128,
}

use WasmFeature as F;

/// What every engine of the last years has.
const ALWAYS: [F; 5] = [F::BulkMemory, F::Multivalue, F::MutableGlobals, F::NontrappingFptoint, F::SignExt];

impl WasmFeature {
    /// The name in the tool conventions, which LLVM knows it by, too.
    pub fn name(self) -> &'static str {
        match self {
            F::Atomics => "atomics",
            F::BulkMemory => "bulk-memory",
            F::ExceptionHandling => "exception-handling",
            F::Memory64 => "memory64",
            F::Multivalue => "multivalue",
            F::MutableGlobals => "mutable-globals",
            F::NontrappingFptoint => "nontrapping-fptoint",
            F::ReferenceTypes => "reference-types",
            F::RelaxedSimd => "relaxed-simd",
            F::SignExt => "sign-ext",
            F::Simd128 => "simd128",
        }
    }

    /// What code for a module needs or may use. A backend may add to it.
    pub fn of_module(module: &lir::Module) -> Vec<WasmFeature> {
        let mut features = ALWAYS.to_vec();
        if module.target.panic_unwinds {
            // What is caught is an `exnref`, a reference.
            features.extend([F::ExceptionHandling, F::ReferenceTypes]);
        }
        if module.target.pointer_bytes == 8 {
            features.push(F::Memory64);
        }
        let any = |uses: fn(&Body) -> bool| module.funcs.iter().filter_map(lir::Function::body).any(uses);
        if any(has_vectors) {
            features.push(F::Simd128);
        }
        if any(has_relaxed_vectors) {
            features.push(F::RelaxedSimd);
        }
        // Without them a backend may make ordinary accesses of atomic ones.
        if any(has_atomics) {
            features.push(F::Atomics);
        }
        features
    }
}

fn has_vectors(body: &Body) -> bool {
    body.regs.iter().any(|&ty| ty == Ty::V128)
}

fn has_relaxed_vectors(body: &Body) -> bool {
    let is_relaxed = |op: &Op| matches!(op, Op::Vector { op, .. } if op.kind.is_relaxed());
    body.blocks.iter().flat_map(|block| &block.insts).any(|inst| is_relaxed(&inst.op))
}

fn has_atomics(body: &Body) -> bool {
    let is_atomic = |op: &Op| {
        matches!(
            op,
            Op::AtomicLoad { .. }
                | Op::AtomicStore { .. }
                | Op::AtomicRmw { .. }
                | Op::AtomicCas { .. }
                | Op::AtomicFence { .. }
        )
    };
    body.blocks.iter().flat_map(|block| &block.insts).any(|inst| is_atomic(&inst.op))
}
