//! Source text in, a WebAssembly module, an intermediate text or diagnostics out: the one door to the compiler.
//!
//! In: an entry path, [`Options`], and a [`SourceLoader`] through which every file is read. Out: values; nothing is
//! printed, no file, clock or thread is touched, so that the same code runs on a command line and in a browser.
//! A host that wants times or progress passes an [`Observer`] and reads its own clock.
//!
//! A wrong program is not an error of these functions: it gives [`Checked::diagnostics`] and no output.
//! [`DriverError`] is for what is not the program's fault, or stops the compiler before it has a program.
//! Start reading at [`compile`].

mod options;

pub use options::{
    EmitKind, Options, Panics, PassInfo, Profile, Purpose, TargetInfo, UnknownName, passes,
    resolve_passes_off, targets,
};

use std::fmt;
use syntax::{Diagnostic, SourceMap, Span};

/// How the compiler reads source text. Paths have `/` between components.
pub trait SourceLoader {
    /// The text of a file; `None` where there is none or it is not UTF-8.
    fn load(&mut self, path: &str) -> Option<String>;
    /// Whether [`SourceLoader::load`] would find a file, without reading it.
    fn exists(&mut self, path: &str) -> bool;
}

/// The stages that an [`Observer`] hears of, in the order in which they run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub enum Stage {
    Parse,
    Check,
    LowerToMir,
    OptimizeMir,
    LowerToLir,
    Emit,
}

impl Stage {
    pub const ALL: [Stage; 6] =
        [Stage::Parse, Stage::Check, Stage::LowerToMir, Stage::OptimizeMir, Stage::LowerToLir, Stage::Emit];

    /// The name that progress and timing tables show.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Parse => "parse",
            Stage::Check => "check",
            Stage::LowerToMir => "lower-to-mir",
            Stage::OptimizeMir => "optimize-mir",
            Stage::LowerToLir => "lower-to-lir",
            Stage::Emit => "emit",
        }
    }
}

/// Hears when stages begin and end. A stage may begin more than once; stages do not nest.
pub trait Observer {
    fn begin(&mut self, stage: Stage);
    fn end(&mut self, stage: Stage);
}

/// One run of the compiler: where sources come from, what is wanted, and who listens.
pub struct Session<'a> {
    pub loader: &'a mut dyn SourceLoader,
    pub options: Options,
    pub observer: Option<&'a mut dyn Observer>,
}

impl<'a> Session<'a> {
    pub fn new(loader: &'a mut dyn SourceLoader, options: Options) -> Session<'a> {
        Session { loader, options, observer: None }
    }

    pub fn observe(mut self, observer: &'a mut dyn Observer) -> Session<'a> {
        self.observer = Some(observer);
        self
    }
}

/// What checking found. The spans of the diagnostics belong to `source_map`.
#[derive(Debug, Default)]
pub struct Checked {
    /// In source order of their primary labels, files in the order in which they were read.
    pub diagnostics: Vec<Diagnostic>,
    pub source_map: SourceMap,
}

impl Checked {
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// A module and what a host needs to know of it.
#[derive(Debug, Default)]
pub struct CompileOutput {
    pub wasm: Vec<u8>,
    /// With [`Purpose::Test`]: the program's tests in source order.
    pub tests: Vec<TestInfo>,
    /// With [`Options::explain_copies`]: where a value will or may be copied, in source order.
    pub copies: Vec<CopyReport>,
}

/// A `test` block. Calling `export`, which takes and returns nothing, in a fresh instance runs it; it passes when
/// the call returns. The instance's `_initialize`, if exported, is called first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TestInfo {
    pub name: String,
    pub span: Span,
    pub export: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CopyReport {
    pub span: Span,
    /// One line: what is copied and why it could not be moved or updated in place.
    pub reason: String,
}

/// The result of [`compile`]: `output` is `None` exactly when `checked` has errors.
#[derive(Debug, Default)]
pub struct Compiled {
    pub checked: Checked,
    pub output: Option<CompileOutput>,
}

/// The result of [`emit`]: `text` is `None` when errors stopped the compiler before the wanted stage.
#[derive(Debug, Default)]
pub struct Emitted {
    pub checked: Checked,
    pub text: Option<String>,
}

/// The result of [`format`]: `text` is `None` when the file has syntax errors; it is then left alone.
#[derive(Debug, Default)]
pub struct Formatted {
    pub checked: Checked,
    pub text: Option<String>,
}

/// Why the compiler gave no result. None of these is a mistake in the program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DriverError {
    /// The entry file cannot be read.
    MissingEntry(String),
    /// The sources exceed a limit of the compiler.
    Limit(String),
    /// The named part of the compiler is not there yet.
    Unfinished(&'static str),
    /// A bug in the compiler: the text names the entity and shows what surrounds it.
    Internal(String),
}

impl fmt::Display for DriverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DriverError::MissingEntry(path) => write!(f, "cannot read `{path}`"),
            DriverError::Limit(what) => write!(f, "the program exceeds a limit of the compiler: {what}"),
            DriverError::Unfinished(what) => write!(f, "this compiler cannot {what} yet"),
            DriverError::Internal(what) => write!(f, "internal compiler error: {what}"),
        }
    }
}

impl std::error::Error for DriverError {}

/// Parses and checks the program that starts at the file `entry`.
pub fn check(session: &mut Session<'_>, entry: &str) -> Result<Checked, DriverError> {
    require_entry(session, entry)?;
    Err(DriverError::Unfinished("check a program"))
}

/// Compiles the program that starts at the file `entry` to a WebAssembly module.
pub fn compile(session: &mut Session<'_>, entry: &str) -> Result<Compiled, DriverError> {
    require_entry(session, entry)?;
    Err(DriverError::Unfinished("compile a program"))
}

/// The text of an intermediate stage of the program that starts at `entry`.
pub fn emit(session: &mut Session<'_>, entry: &str, kind: EmitKind) -> Result<Emitted, DriverError> {
    require_entry(session, entry)?;
    Err(DriverError::Unfinished(kind.name()))
}

/// The canonical layout of one file's text. `name` is only shown in diagnostics.
pub fn format(name: &str, text: &str) -> Result<Formatted, DriverError> {
    let _ = (name, text);
    Err(DriverError::Unfinished("format a file"))
}

/// The page about a diagnostic code, as Markdown.
pub fn explain(code: &str) -> Option<String> {
    let _ = code;
    None
}

/// All diagnostic codes that [`explain`] knows, sorted.
pub fn codes() -> Vec<&'static str> {
    Vec::new()
}

fn require_entry(session: &mut Session<'_>, entry: &str) -> Result<(), DriverError> {
    if session.loader.exists(entry) { Ok(()) } else { Err(DriverError::MissingEntry(entry.to_string())) }
}
