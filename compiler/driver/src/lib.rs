//! Source text in, a WebAssembly module, an executable, an intermediate text or diagnostics out: the one door to the compiler.
//!
//! In: an entry path, [`Options`], and a [`SourceLoader`] through which every file is read. Out: values; nothing is
//! printed, no file, clock or thread is touched, so that the same code runs on a command line and in a browser.
//! A host that wants times or progress passes an [`Observer`] and reads its own clock.
//!
//! A wrong program is not an error of these functions: it gives [`Checked::diagnostics`] and no output.
//! [`DriverError`] is for what is not the program's fault, or stops the compiler before it has a program.
//! Start reading at [`compile`].

mod backends;
mod constants;
mod instances;
pub mod library;
mod middle;
mod misuses;
mod options;
mod pipeline;
mod sources;
mod web;

pub use backend::{
    Artifact, ArtifactKind, Backend, BackendKind, Capabilities, OptLevel, ProfileFile, Profiling, WasmFeature,
};
pub use backends::{Fallback, find as find_backend};
pub use instances::check_instances;
pub use middle::{INTERPRETED_STEPS, Interpreted, MirProgram, interpret, to_mir};
pub use mir::build::Trace;
pub use options::{
    EmitKind, Level, Options, Panics, PassInfo, Platform, Profile, Purpose, SCHEDULE_SEED, TRACE,
    TRACE_COMMANDS, TRACE_FD, TRACE_FORMAT, TargetInfo, UnknownName, Vectors, WASM32_WASI, WASM32_WEB,
    WASM64_WASI, WASM64_WEB, passes, resolve_passes_off, targets, usual_artifact,
};
pub use web::{WEB_MARK, WebInterface, WebNames};

use std::fmt;
use syntax::codes::CodeInfo;
use syntax::{BadByte, Diagnostic, SourceMap, Span};

/// How the compiler reads source text. Paths have `/` between components.
pub trait SourceLoader {
    /// The text of a file; `None` where there is none or it is not UTF-8.
    fn load(&mut self, path: &str) -> Option<String>;
    /// The bytes of a file that has no text, so that what is wrong with them can be told; `None` also from loaders that
    /// have only text.
    fn load_bytes(&mut self, _path: &str) -> Option<Vec<u8>> {
        None
    }
    /// Whether [`SourceLoader::load`] would find a file, without reading it.
    fn exists(&mut self, path: &str) -> bool;
    /// The names in a folder (empty: where paths start), in any order. They only make messages better: a loader
    /// without folders has none.
    fn list(&mut self, _folder: &str) -> Vec<String> {
        Vec::new()
    }
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
    /// Backends that the host has besides the driver's own.
    pub backends: &'a [&'a dyn Backend],
}

impl<'a> Session<'a> {
    pub fn new(loader: &'a mut dyn SourceLoader, options: Options) -> Session<'a> {
        Session { loader, options, observer: None, backends: &[] }
    }

    pub fn with_backends(mut self, backends: &'a [&'a dyn Backend]) -> Session<'a> {
        self.backends = backends;
        self
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

/// What [`Options::artifact`] asked for, and what a host needs to know of it.
#[derive(Debug)]
pub struct CompileOutput {
    pub artifact: Artifact,
    /// Who made it.
    pub backend: BackendKind,
    /// The profile's backend was not taken: people are to be told.
    pub fallback: Option<Fallback>,
    /// With [`Purpose::Test`]: the program's tests in source order.
    pub tests: Vec<TestInfo>,
    /// For the web: what JavaScript needs to know of it.
    pub web: Option<WebInterface>,
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
    /// As in [`CompileOutput`], where a backend took part.
    pub fallback: Option<Fallback>,
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
    /// No backend can do what was asked for; the text says what is missing, and how to get it.
    Unsupported(String),
    /// A profile that the compiler was handed is none, or none that it can use.
    Profile(String),
    /// Another program that a backend needs is missing or failed.
    Tool(String),
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
            DriverError::Unsupported(what) | DriverError::Profile(what) | DriverError::Tool(what) => {
                f.write_str(what)
            }
            DriverError::Unfinished(what) => write!(f, "this compiler cannot {what} yet"),
            DriverError::Internal(what) => write!(f, "internal compiler error: {what}"),
        }
    }
}

impl std::error::Error for DriverError {}

/// Parses and checks the program that starts at the file `entry`.
pub fn check(session: &mut Session<'_>, entry: &str) -> Result<Checked, DriverError> {
    require_entry(session, entry)?;
    Ok(pipeline::checked(pipeline::only_check(session, entry)?))
}

/// Which bodies [`analyse`] checks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Analysed {
    /// The user's, as [`check`] does.
    All,
    /// Those around a byte of a file; what is found elsewhere is not complete then.
    At { path: String, offset: u32 },
}

/// Checks the program that starts at the file `entry`, and notes what its names stand for, see [`hir::record`]. With
/// [`Analysed::All`] the diagnostics are those of [`check`].
pub fn analyse(
    session: &mut Session<'_>,
    entry: &str,
    record: hir::record::RecordOptions,
    bodies: &Analysed,
) -> Result<hir::Checker, DriverError> {
    require_entry(session, entry)?;
    let options = hir::CheckOptions { only_check: true, record: Some(record), ..Default::default() };
    let mut checker = pipeline::declarations(session, entry, options)?;
    match bodies {
        Analysed::All => checker.check_all_user_bodies(),
        Analysed::At { path, offset } => {
            let file = checker.map.files().find(|(_, file)| file.name == *path);
            if let Some(start) = file.map(|(_, file)| file.start) {
                checker.check_bodies_at(start.saturating_add(*offset));
            }
        }
    }
    Ok(checker)
}

/// Compiles the program that starts at the file `entry` to what [`Options::artifact`] says.
pub fn compile(session: &mut Session<'_>, entry: &str) -> Result<Compiled, DriverError> {
    // Before any work, for what cannot be done.
    backends::choose(&session.options, session.backends)?;
    match to_mir(session, entry)? {
        Ok(program) => program.compile(session),
        Err(checked) => Ok(Compiled { checked, output: None }),
    }
}

/// A program in MIR, or why there is none: the checker's diagnostics are errors, or these are.
enum Lowered {
    Program(Box<mir::Program>),
    Diagnostics(Vec<Diagnostic>),
}

fn lower(session: &mut Session<'_>, checker: &mut hir::Checker) -> Result<Lowered, DriverError> {
    if checker.has_errors() {
        return Ok(Lowered::Diagnostics(Vec::new()));
    }
    if let Some(missing) = missing_main(&session.options, checker) {
        return Ok(Lowered::Diagnostics(vec![missing]));
    }
    let program = match pipeline::to_mir(session, checker)? {
        Ok(program) => program,
        Err(diagnostics) => return Ok(Lowered::Diagnostics(diagnostics)),
    };
    // Bodies of the library are checked when lowering reaches them.
    if checker.has_errors() {
        return Ok(Lowered::Diagnostics(Vec::new()));
    }
    Ok(Lowered::Program(Box::new(program)))
}

/// What a program without a beginning is told. Modules may have exports instead.
fn missing_main(options: &Options, checker: &hir::Checker) -> Option<Diagnostic> {
    if options.purpose != Purpose::Program || checker.program.main.is_some() {
        return None;
    }
    let note = match options.target.platform {
        Platform::Wasm if checker.program.fns.iter().any(|f| f.export.is_some()) => return None,
        Platform::Wasm => "a program starts at `fn main()` in its root module; a library has `export fn`s",
        Platform::X86_64Linux | Platform::C(_) => "a native program starts at `fn main()` in its root module",
    };
    let message = "the program has no `fn main`";
    Some(Diagnostic::error(hir::codes::MISSING_MAIN, Span::new(1, 1), message).note(note))
}

fn with(checker: hir::Checker, extra: Vec<Diagnostic>) -> Checked {
    let mut checked = pipeline::checked(checker);
    checked.diagnostics.extend(extra);
    checked
}

/// The text of an intermediate stage of the program that starts at `entry`. A host that shows few stages, and is to hold the
/// printers of no others, takes the text from [`MirProgram`].
pub fn emit(session: &mut Session<'_>, entry: &str, kind: EmitKind) -> Result<Emitted, DriverError> {
    require_entry(session, entry)?;
    match kind {
        EmitKind::Ast => return emit_ast(session, entry),
        EmitKind::Hir => return emit_hir(session, entry),
        EmitKind::Wat => session.options.artifact = ArtifactKind::WasmModule,
        EmitKind::Mir | EmitKind::Lir => {}
    }
    let program = match to_mir(session, entry)? {
        Ok(program) => program,
        Err(checked) => return Ok(Emitted { checked, ..Emitted::default() }),
    };
    match kind {
        EmitKind::Mir => Ok(program.mir_text()),
        EmitKind::Lir => program.lir_text(session),
        _ => program.wat_text(session),
    }
}

fn emit_hir(session: &mut Session<'_>, entry: &str) -> Result<Emitted, DriverError> {
    let mut checker = pipeline::front_end(session, entry)?;
    let text = hir_text(&mut checker);
    Ok(Emitted { checked: pipeline::checked(checker), text: Some(text), fallback: None })
}

/// The typed bodies of the user's functions, one after the other.
fn hir_text(checker: &mut hir::Checker) -> String {
    let program = &checker.program;
    let of_user = |f: &hir::program::Function| {
        f.kind == hir::program::FnKind::Body && !program.modules[f.module].is_library
    };
    let fns: Vec<_> = program.fns.iter_enumerated().filter(|(_, f)| of_user(f)).map(|(id, _)| id).collect();
    let mut text = String::new();
    for id in fns {
        let body = checker.body(hir::BodyOwner::Fn(id));
        text.push_str(&hir::print::print_body(&checker.program, &body));
        text.push('\n');
    }
    text
}

fn emit_ast(session: &mut Session<'_>, entry: &str) -> Result<Emitted, DriverError> {
    let mut source_map = SourceMap::default();
    let file = sources::add_entry(session.loader, entry, &mut source_map)?;
    let mut interner = syntax::Interner::default();
    let (ast, diagnostics) =
        syntax::parser::parse_file(&source_map, file, &mut interner, syntax::Bodies::Parse);
    let text = syntax::pretty::dump_file(&ast, &interner);
    Ok(Emitted { checked: Checked { diagnostics, source_map }, text: Some(text), fallback: None })
}

/// The canonical layout of one file's text, which is a mistake if it is not UTF-8. `name` is only shown in diagnostics.
pub fn format(name: &str, text: impl AsRef<[u8]>) -> Result<Formatted, DriverError> {
    let text = text.as_ref();
    let mut source_map = SourceMap::default();
    let bad_byte = BadByte::find(text);
    let file = sources::add(&mut source_map, name, String::from_utf8_lossy(text).into_owned(), bad_byte)?;
    let mut interner = syntax::Interner::default();
    match syntax::format::format_file(&source_map, file, &mut interner) {
        Ok(text) => {
            Ok(Formatted { checked: Checked { diagnostics: Vec::new(), source_map }, text: Some(text) })
        }
        Err(diagnostics) => Ok(Formatted { checked: Checked { diagnostics, source_map }, text: None }),
    }
}

/// The page about a diagnostic code, as Markdown; the code may be one of the caller's own.
pub fn page(info: &CodeInfo) -> String {
    format!("# {}\n\n{}\n\n{}\n", info.code, info.title, info.explanation.trim())
}

/// All diagnostic codes of the compiler, sorted.
pub fn codes() -> Vec<&'static CodeInfo> {
    hir::codes::all()
}

fn require_entry(session: &mut Session<'_>, entry: &str) -> Result<(), DriverError> {
    if session.loader.exists(entry) { Ok(()) } else { Err(DriverError::MissingEntry(entry.to_string())) }
}
