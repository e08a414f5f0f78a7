//! Who takes part: the languages, and the ways to compile them. One module for each compiler, one table of all.

mod assemblyscript;
mod c;
mod erlang;
mod gal;
mod go;
mod rust;
mod zig;

pub use c::{C, measure_command};
pub use gal::Gal;

use crate::programs::Program;
use crate::sources::{self, Size};
use crate::{Result, root, tools};
use driver::BackendKind;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Platform {
    /// A WASI module, run by wasmtime.
    Wasm,
    /// An executable of x86-64 Linux.
    Native,
}

impl Platform {
    pub const ALL: [Platform; 2] = [Platform::Wasm, Platform::Native];

    pub fn name(self) -> &'static str {
        match self {
            Platform::Wasm => "wasm32",
            Platform::Native => "x86-64 Linux",
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Platform::Wasm => "wasm",
            Platform::Native => "exe",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Goal {
    Speed,
    Smallness,
}

/// Where a language's programs are.
#[derive(Clone, Copy, Debug)]
pub struct Language {
    /// Below `benches`.
    pub folder: &'static str,
    pub extension: &'static str,
}

/// What a compiler is asked for.
pub struct Job {
    pub source: PathBuf,
    pub output: PathBuf,
    pub platform: Platform,
    pub goal: Goal,
}

impl Job {
    /// The folder of the source, where a compiler may leave what it likes.
    pub fn folder(&self) -> &Path {
        self.source.parent().unwrap_or(Path::new("."))
    }
}

/// A language and a way to compile it.
pub trait Contender: Sync {
    /// What heads its column.
    fn name(&self) -> &'static str;
    fn language(&self) -> Language;
    fn platforms(&self) -> &'static [Platform];
    /// The compiler and its version; an error says why it does not take part on this platform.
    fn version(&self, platform: Platform) -> Result<String>;
    fn command(&self, job: &Job) -> Command;

    fn is_gal(&self) -> bool {
        false
    }
}

/// The first is what all are compared with.
pub const ALL: &[&dyn Contender] = &[
    &C,
    &Gal::checked("GAL", BackendKind::Wasm),
    &Gal::checked("GAL (LLVM)", BackendKind::Llvm),
    &rust::Rust,
    &zig::Zig,
    &go::Go,
    &assemblyscript::AssemblyScript { is_checked: true },
    &assemblyscript::AssemblyScript { is_checked: false },
];

/// Those of the programs with actors; the first is what all are compared with.
pub const ACTORS: &[&dyn Contender] = &[
    &C,
    &Gal::checked("GAL", BackendKind::Wasm),
    &Gal::checked("GAL (LLVM)", BackendKind::Llvm),
    &go::Go,
    &erlang::Erlang,
];

/// A program that is compiled.
pub struct Built {
    pub file: PathBuf,
    pub size: u64,
    /// How long the compiler took, as a process.
    pub time: Duration,
}

/// Compiles a program of the list.
pub fn build(
    contender: &dyn Contender,
    program: &Program,
    platform: Platform,
    goal: Goal,
    size: Size,
) -> Result<Built> {
    let language = contender.language();
    let folder = root().join("benches").join(language.folder);
    let key = key(contender, platform);
    let source = sources::prepare(&folder, language.extension, &key, program, size)?;
    compile(contender, source, platform, goal)
}

/// Compiles a source file, with the result beside it.
pub fn compile(contender: &dyn Contender, source: PathBuf, platform: Platform, goal: Goal) -> Result<Built> {
    let output = source.with_extension(platform.extension());
    let job = Job { source, output, platform, goal };
    let command = contender.command(&job);
    let begin = Instant::now();
    tools::run(command)?;
    let time = begin.elapsed();
    let size = std::fs::metadata(&job.output)
        .map_err(|error| format!("cannot read `{}`: {error}", job.output.display()))?
        .len();
    Ok(Built { file: job.output, size, time })
}

/// The command that compiles hello world, to be shown.
pub fn shown_command(contender: &dyn Contender, platform: Platform, goal: Goal) -> String {
    let source = PathBuf::from(format!("/hello.{}", contender.language().extension));
    let output = source.with_extension(platform.extension());
    tools::show(&contender.command(&Job { source, output, platform, goal }))
}

/// A folder's name.
fn key(contender: &dyn Contender, platform: Platform) -> String {
    let name: String = contender.name().chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{}-{}", name.to_lowercase(), platform.extension())
}
