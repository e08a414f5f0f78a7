//! The contract between the compiler and its backends: LIR in, an artifact out. This crate knows no backend.
//!
//! ```text
//! lir::Module + CompileOptions ──Backend::compile──▶ Artifact, or BackendError
//! ```
//!
//! Start reading at [`Backend`]. The driver picks one, a host hands in those that it was built with. A backend is asked
//! only for what its [`Capabilities`] promise; a backend that is asked for more answers [`BackendError::Unsupported`].

mod features;
mod profiling;

use std::fmt;

pub use features::WasmFeature;
pub use profiling::{ProfileFile, Profiling};

use lir::TargetInfo;
use syntax::{FileId, SourceMap, Span};

/// The backends that there are; a galc may be built without some of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BackendKind {
    /// Fast, in process, without other tools; also in a browser.
    Wasm,
    /// Optimising, slower, needs LLVM.
    Llvm,
}

impl BackendKind {
    pub const ALL: [BackendKind; 2] = [BackendKind::Wasm, BackendKind::Llvm];

    /// What `--backend` takes.
    pub fn name(self) -> &'static str {
        match self {
            BackendKind::Wasm => "wasm",
            BackendKind::Llvm => "llvm",
        }
    }

    /// How to get a galc that has it.
    pub fn how_to_get(self) -> &'static str {
        match self {
            BackendKind::Wasm => "every galc has it",
            BackendKind::Llvm => {
                "`cargo xtask setup`, then `cargo build --release --features llvm` makes a galc that has it"
            }
        }
    }
}

/// What a backend makes of a program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum ArtifactKind {
    /// A linked WebAssembly module.
    #[default]
    WasmModule,
    /// An object file for a linker.
    Object,
    /// The text of an object file.
    Asm,
    /// LLVM's intermediate form after its passes, as text.
    LlvmIr,
    /// The same in binary.
    Bitcode,
    /// A program of the target's operating system.
    Executable,
}

impl ArtifactKind {
    pub const ALL: [ArtifactKind; 6] = [
        ArtifactKind::WasmModule,
        ArtifactKind::Object,
        ArtifactKind::Asm,
        ArtifactKind::LlvmIr,
        ArtifactKind::Bitcode,
        ArtifactKind::Executable,
    ];

    /// What `--emit` takes.
    pub fn name(self) -> &'static str {
        match self {
            ArtifactKind::WasmModule => "wasm",
            ArtifactKind::Object => "obj",
            ArtifactKind::Asm => "asm",
            ArtifactKind::LlvmIr => "llvm-ir",
            ArtifactKind::Bitcode => "bitcode",
            ArtifactKind::Executable => "exe",
        }
    }

    /// For messages, with its article.
    pub fn description(self) -> &'static str {
        match self {
            ArtifactKind::WasmModule => "a WebAssembly module",
            ArtifactKind::Object => "an object file",
            ArtifactKind::Asm => "assembly text",
            ArtifactKind::LlvmIr => "LLVM IR",
            ArtifactKind::Bitcode => "LLVM bitcode",
            ArtifactKind::Executable => "an executable",
        }
    }

    /// The ending of its files, without the dot; none for executables.
    pub fn extension(self) -> &'static str {
        match self {
            ArtifactKind::WasmModule => "wasm",
            ArtifactKind::Object => "o",
            ArtifactKind::Asm => "s",
            ArtifactKind::LlvmIr => "ll",
            ArtifactKind::Bitcode => "bc",
            ArtifactKind::Executable => "",
        }
    }

    pub fn is_text(self) -> bool {
        matches!(self, ArtifactKind::Asm | ArtifactKind::LlvmIr)
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Artifact {
    pub kind: ArtifactKind,
    pub bytes: Vec<u8>,
    /// What a module uses; none in what is not for WebAssembly.
    pub features: Vec<WasmFeature>,
    /// What people should know of how it was made.
    pub warnings: Vec<String>,
}

/// How much work goes into the code. A backend may do the same at neighbouring levels.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OptLevel {
    /// Compiles fastest.
    O0,
    O1,
    O2,
    O3,
    /// Small, as far as it stays fast.
    Os,
    /// Smallest.
    Oz,
}

impl OptLevel {
    pub const ALL: [OptLevel; 6] =
        [OptLevel::O0, OptLevel::O1, OptLevel::O2, OptLevel::O3, OptLevel::Os, OptLevel::Oz];

    /// What stands behind `-O`.
    pub fn name(self) -> &'static str {
        match self {
            OptLevel::O0 => "0",
            OptLevel::O1 => "1",
            OptLevel::O2 => "2",
            OptLevel::O3 => "3",
            OptLevel::Os => "s",
            OptLevel::Oz => "z",
        }
    }

    pub fn is_for_size(self) -> bool {
        matches!(self, OptLevel::Os | OptLevel::Oz)
    }

    /// Whether a longer module is worth its speed.
    pub fn is_for_speed(self) -> bool {
        matches!(self, OptLevel::O2 | OptLevel::O3)
    }
}

/// What a backend can do for one target.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Capabilities {
    pub artifacts: &'static [ArtifactKind],
    pub levels: &'static [OptLevel],
    /// Lines and functions for debuggers and backtraces.
    pub debug_info: bool,
    /// Panics that release what they pass.
    pub unwinding: bool,
    /// Programs that write a profile of their run.
    pub writes_profiles: bool,
    /// Code that is made by a profile.
    pub uses_profiles: bool,
    /// Numbers in place of vectors, of which functions then give back more than otherwise.
    pub without_vectors: bool,
    /// Results of one function, where that is less than the target has; more go through a slot of the caller.
    pub max_results: u32,
}

/// Where a span lies in the sources. Lines and columns count from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Position {
    /// What [`Positions::file_name`] takes.
    pub file: u32,
    pub line: u32,
    pub column: u32,
}

/// The host's knowledge of sources.
pub trait Positions {
    /// The span's beginning, or none if the span is made up.
    fn position(&self, span: Span) -> Option<Position>;

    fn file_name(&self, file: u32) -> &str;
}

impl Positions for SourceMap {
    fn position(&self, span: Span) -> Option<Position> {
        let (file, at) = self.line_col(span.lo).filter(|_| !span.is_dummy())?;
        Some(Position { file: file.0, line: at.line, column: at.column })
    }

    fn file_name(&self, file: u32) -> &str {
        &self.file(FileId(file)).name
    }
}

/// What is wanted of one module.
#[derive(Clone, Copy)]
pub struct CompileOptions<'a> {
    pub artifact: ArtifactKind,
    pub level: OptLevel,
    /// Passes of the backend itself to leave out, by their names in its list; a backend without one has no use for it.
    pub passes_off: &'a [String],
    /// Names of functions, for backtraces.
    pub names: bool,
    /// Debug information, for which this knows the lines.
    pub debug_info: Option<&'a dyn Positions>,
    pub profiling: &'a Profiling,
}

/// Why a backend made nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BackendError {
    /// The program exceeds a limit of the target.
    InvalidProgram(String),
    /// The backend does not have this target or feature.
    Unsupported(String),
    /// A profile that the backend was handed is none, or none that it can use.
    Profile(String),
    /// Another program that the backend needs is missing or failed; the text says what to do.
    Tool(String),
    /// A bug of the backend.
    Internal(String),
}

impl fmt::Display for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BackendError::InvalidProgram(what)
            | BackendError::Unsupported(what)
            | BackendError::Profile(what)
            | BackendError::Tool(what)
            | BackendError::Internal(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for BackendError {}

/// Translates LIR. A backend has no state: the same module and options give the same artifact.
pub trait Backend: Sync {
    fn kind(&self) -> BackendKind;

    /// What it can do for a target here; none where it does not know the target.
    fn capabilities(&self, target: &TargetInfo) -> Option<Capabilities>;

    /// Compiles a module, which must have passed LIR's verifier.
    fn compile(&self, module: &lir::Module, options: &CompileOptions<'_>) -> Result<Artifact, BackendError>;
}
