//! Comes in: a verified [`lir::Module`]. Goes out: a WebAssembly module.
//!
//! ```text
//! lir::Function ─lower─▶ wir ─graph, irreducible, webs, simplify─▶ wir ─┬─structure, reshape─▶ events ─┬─tries, encode─▶ bytes
//!                                                                      └─stackify─▶ stack code, locals ┘
//! ```
//!
//! Start reading at `function.rs`, which is that line in code; `module.rs` writes the sections; `layout.rs` gives addresses.
//! The crate builds for wasm32 and does no input or output.
//!
//! What it uses of WebAssembly: multiple results, bulk memory, sign extension, saturating conversions; exceptions in
//! their final form (`try_table`) where something unwinds; 64-bit memories, shared memory, atomics and vectors if asked.

mod adapter;
mod bits;
mod cfg;
mod code;
mod ctx;
mod debug;
mod defs;
mod encode;
mod frame;
mod function;
mod graph;
mod helpers;
mod init;
mod irreducible;
mod layout;
mod liveness;
mod locals;
mod lower;
mod module;
mod overflow;
mod reshape;
mod rotate;
mod simplify;
mod stackify;
mod structure;
mod switch;
mod tries;
mod types;
mod union_find;
mod usage;
mod vector;
mod webs;
mod wir;

use std::fmt;

pub use adapter::WasmBackend;
pub use backend::{Position, Positions};

/// A pass over functions that modules are also right without.
pub struct Pass {
    pub name: &'static str,
    pub description: &'static str,
}

const ROTATE: Pass = Pass { name: "rotate", description: "test loops at their end" };
const WEBS: Pass = Pass { name: "webs", description: "split registers that serve for several values" };
const SIMPLIFY: Pass = Pass { name: "simplify", description: "shorter instructions, offsets in accesses" };
const RESHAPE: Pass = Pass { name: "reshape", description: "end loops early, drop blocks without branches" };

/// What can be switched off, in the order in which it runs.
pub const PASSES: &[Pass] = &[ROTATE, WEBS, SIMPLIFY, RESHAPE];

/// What to emit besides code, and for what kind of host.
#[derive(Clone, Default)]
pub struct EmitOptions<'a> {
    /// Prefer size to speed where they differ.
    pub optimize_size: bool,
    /// The names of passes to leave out, of [`PASSES`].
    pub passes_off: Vec<String>,
    /// The section `metadata.code.branch_hint`: which branches end in a panic.
    pub branch_hints: bool,
    /// The name section.
    pub names: bool,
    /// DWARF sections with lines and functions; needs `positions`.
    pub dwarf: bool,
    /// The program's name in DWARF, by convention its main file.
    pub unit_name: String,
    /// Makes a source map, to be found under this address; needs `positions`.
    pub source_map_url: Option<String>,
    pub positions: Option<&'a dyn Positions>,
    /// The name of the exported memory, if it is exported.
    pub export_memory: Option<String>,
    /// Module and name of the memory, if the host provides it.
    pub import_memory: Option<(String, String)>,
    /// The name of the exported stack pointer: hosts with threads give each its own stack.
    pub export_stack_pointer: Option<String>,
    pub shared_memory: bool,
    /// The memory's limit; a shared memory has one anyway.
    pub max_pages: Option<u64>,
}

impl EmitOptions<'_> {
    /// For release: nothing but what runs.
    pub fn release() -> EmitOptions<'static> {
        EmitOptions { export_memory: Some("memory".into()), ..EmitOptions::default() }
    }

    fn runs(&self, pass: &Pass) -> bool {
        !self.passes_off.iter().any(|off| off == pass.name)
    }

    fn wants_spans(&self) -> bool {
        self.positions.is_some() && (self.dwarf || self.source_map_url.is_some())
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Emitted {
    pub wasm: Vec<u8>,
    /// JSON, version 3, if asked for.
    pub source_map: Option<String>,
    /// The first address behind static data.
    pub heap_base: u64,
}

/// The program exceeds a limit of WebAssembly's engines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EmitError {
    FunctionTooLarge {
        name: String,
        bytes: usize,
    },
    /// Stack and static data do not fit the address space.
    DataTooLarge {
        bytes: u64,
    },
}

impl fmt::Display for EmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EmitError::FunctionTooLarge { name, bytes } => {
                write!(f, "function `{name}` is too large for WebAssembly engines ({bytes} bytes of code)")
            }
            EmitError::DataTooLarge { bytes } => {
                write!(f, "stack and static data need {bytes} bytes, more than the memory can have")
            }
        }
    }
}

impl std::error::Error for EmitError {}

/// Compiles a module. It must have passed LIR's verifier.
pub fn emit(module: &lir::Module, opts: &EmitOptions) -> Result<Emitted, EmitError> {
    let mut ctx = ctx::Ctx::new(module, opts);
    let end = ctx.layout.heap_base;
    // In a 64-bit memory, too: the host takes addresses of 32 bits for static data.
    if end > u64::from(u32::MAX) {
        return Err(EmitError::DataTooLarge { bytes: end });
    }
    module::emit(&mut ctx)
}

/// The text format of a module.
pub fn to_wat(wasm: &[u8]) -> Result<String, String> {
    wasmprinter::print_bytes(wasm).map_err(|error| error.to_string())
}
