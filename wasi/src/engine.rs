//! Compilers that are set up once, and modules compiled by them.
//!
//! Checks for timeouts and fuel cost time inside the compiled code, and 64-bit memories are laid out otherwise than 32-bit ones,
//! so there is one wasmtime engine for each combination, made when it is first needed, and a program is compiled for the combinations in which it is run.

use crate::backtrace::BACKTRACE_MAX;
use crate::outcome::{RunError, chain};
use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock};
use wasmparser::{Parser, Payload};
use wasmtime::{Config, Module, OptLevel, RegallocAlgorithm, WasmBacktraceDetails};

/// Bytes of stack that WebAssembly frames may take; beyond, the program ends with `fatal: stack overflow`.
///
/// Only the part in use is backed by memory. Browsers give about one sixty-fourth of this.
pub const MAX_WASM_STACK: usize = 64 << 20;

/// Frames that the engine looks at for a backtrace; inlined calls are none of their own.
const FRAMES_MAX: Option<NonZeroUsize> = NonZeroUsize::new(BACKTRACE_MAX);

/// Addresses that are reserved for a 64-bit memory, 64 GiB: where it grows beyond them, it is copied to others, and what has
/// not been touched takes room from then on.
const WIDE_RESERVATION: u64 = 1 << 36;

/// Which checks compiled code contains.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Checks {
    pub interruptible: bool,
    pub fueled: bool,
}

/// What an engine is made for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Variant {
    checks: Checks,
    /// The memory has 64-bit addresses.
    is_wide: bool,
}

impl Variant {
    const COUNT: usize = 8;

    fn index(self) -> usize {
        let Checks { interruptible, fueled } = self.checks;
        usize::from(interruptible) + 2 * usize::from(fueled) + 4 * usize::from(self.is_wide)
    }
}

/// Compiles modules; cheap to clone, and to be shared by the threads of a process.
#[derive(Clone, Default)]
pub struct Engine {
    inner: Arc<EngineInner>,
}

#[derive(Default)]
struct EngineInner {
    fast_compile: bool,
    variants: [OnceLock<wasmtime::Engine>; Variant::COUNT],
}

impl Engine {
    pub fn new() -> Engine {
        Engine::default()
    }

    /// An engine that compiles in less than half the time to slower code: for programs that run for milliseconds.
    pub fn fast_compile() -> Engine {
        Engine { inner: Arc::new(EngineInner { fast_compile: true, ..EngineInner::default() }) }
    }

    /// Takes a module. It is compiled when it is first run, or by [`Program::compile`].
    pub fn load(&self, wasm: impl Into<Arc<[u8]>>) -> Result<Program, RunError> {
        let wasm = wasm.into();
        if !wasm.starts_with(b"\0asm") {
            return Err(RunError::Invalid(
                "it does not start with the magic bytes of WebAssembly".to_string(),
            ));
        }
        let is_wide = has_wide_memory(&wasm);
        Ok(Program { engine: self.clone(), wasm, is_wide, compiled: Default::default() })
    }

    fn variant(&self, variant: Variant) -> Result<wasmtime::Engine, RunError> {
        let slot = &self.inner.variants[variant.index()];
        if let Some(engine) = slot.get() {
            return Ok(engine.clone());
        }
        let engine = wasmtime::Engine::new(&config(variant, self.inner.fast_compile))
            .map_err(|error| RunError::Host(chain(&error)))?;
        Ok(slot.get_or_init(|| engine).clone())
    }
}

/// Whether the module has a 64-bit memory of its own. Faults are left to who compiles it.
fn has_wide_memory(wasm: &[u8]) -> bool {
    let payloads = Parser::new(0).parse_all(wasm).map_while(Result::ok);
    let mut sections = payloads.take_while(|payload| !matches!(payload, Payload::CodeSectionStart { .. }));
    sections.any(|payload| match payload {
        Payload::MemorySection(memories) => memories.into_iter().flatten().any(|memory| memory.memory64),
        _ => false,
    })
}

fn config(variant: Variant, fast_compile: bool) -> Config {
    let mut config = Config::new();
    if variant.is_wide {
        config.memory_reservation(WIDE_RESERVATION);
    }
    config
        .wasm_memory64(true)
        .wasm_exceptions(true)
        .wasm_tail_call(true)
        .wasm_multi_value(true)
        .wasm_bulk_memory(true)
        .wasm_simd(true)
        .wasm_branch_hinting(true)
        .wasm_backtrace_details(WasmBacktraceDetails::Enable)
        .wasm_backtrace_max_frames(FRAMES_MAX)
        .max_wasm_stack(MAX_WASM_STACK)
        // Unused, but the one above must not exceed it.
        .async_stack_size(MAX_WASM_STACK)
        .epoch_interruption(variant.checks.interruptible)
        .consume_fuel(variant.checks.fueled)
        .cranelift_opt_level(OptLevel::Speed);
    if fast_compile {
        config
            .cranelift_opt_level(OptLevel::None)
            .cranelift_regalloc_algorithm(RegallocAlgorithm::SinglePass);
    }
    config
}

/// A module ready to be run, any number of times and from several threads.
pub struct Program {
    engine: Engine,
    wasm: Arc<[u8]>,
    is_wide: bool,
    compiled: [OnceLock<Module>; Variant::COUNT],
}

impl Program {
    /// Compiles the module for runs without timeout and fuel, and so finds out whether it is valid.
    pub fn compile(&self) -> Result<(), RunError> {
        self.module(Checks { interruptible: false, fueled: false }).map(drop)
    }

    pub(crate) fn module(&self, checks: Checks) -> Result<Module, RunError> {
        let variant = Variant { checks, is_wide: self.is_wide };
        let slot = &self.compiled[variant.index()];
        if let Some(module) = slot.get() {
            return Ok(module.clone());
        }
        let engine = self.engine.variant(variant)?;
        let module =
            Module::from_binary(&engine, &self.wasm).map_err(|error| RunError::Invalid(chain(&error)))?;
        Ok(slot.get_or_init(|| module).clone())
    }
}
