//! Measures GAL against C and its peers, and the compiler's own speed. Called by `cargo xtask bench`.
//!
//! Without a command the programs listed in `benches/programs.toml` are run, GAL's with the release profile and C's, in this
//! process by the same wasmtime, in turns. What counts is the time of the call of `_start`, the median of some runs.
//! `--write` does so with all languages and as executables, too, and writes the page. `compiler` measures stages, the
//! front end, and galc as a process. Start reading at `measure.rs`.

mod actors;
mod check;
mod clang;
mod compiler;
mod compute;
mod contenders;
mod costs;
mod gal;
mod limits;
mod measure;
mod programs;
mod report;
mod sources;
mod stats;
mod subject;
mod tools;
mod work;

use driver::BackendKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask bench [compute] [--runs N] [--only NAME,NAME] [--c-only] [--no-opt] [--backend wasm|llvm]
cargo xtask bench --write [--runs N] [--only NAME,NAME]
cargo xtask bench --check [--only NAME,NAME]
cargo xtask bench actors [--check|--write] [--runs N] [--only NAME,NAME]
cargo xtask bench compiler [--lines N]
With --published, what is measured is built as `cargo xtask release` does.";

type Result<T = ()> = std::result::Result<T, String>;

/// That of galc, whose speed is measured here.
#[global_allocator]
static ALLOCATOR: allocator::Mimalloc = allocator::Mimalloc;

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("bench: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut args: Vec<String>) -> Result {
    let command = match args.first().map(String::as_str) {
        Some(
            "compute" | "actors" | "compiler" | "--write" | "--check" | compiler::FRONT_END | work::WORK,
        ) => args.remove(0),
        _ => "compute".to_string(),
    };
    let mut options = Options::default();
    let mut rest = args.into_iter();
    while let Some(arg) = rest.next() {
        let mut value = || rest.next().ok_or(format!("`{arg}` needs a value"));
        match arg.as_str() {
            "--runs" => options.runs = number(&value()?)?.max(1),
            "--only" => options.only = value()?.split(',').map(str::to_string).collect(),
            "--lines" => options.lines = number(&value()?)?,
            "--c-only" => options.c_only = true,
            "--check" if command == "actors" => options.is_check = true,
            "--write" if command == "actors" => options.is_write = true,
            "--backend" => {
                let name = value()?;
                let found = BackendKind::ALL.into_iter().find(|kind| kind.name() == name);
                options.backend = found.ok_or(format!("there is no backend `{name}`"))?;
            }
            "--no-opt" => options.no_opt = true,
            "-h" | "--help" => {
                println!("{USAGE}");
                return Ok(());
            }
            _ => return Err(format!("`{arg}` is not known\n{USAGE}")),
        }
    }
    match command.as_str() {
        "compiler" => compiler::compiler(&options),
        "--write" => report::write(&options),
        "--check" => check::check(&options),
        "actors" if options.is_check => check::check_actors(&options),
        "actors" => actors::actors(&options),
        compiler::FRONT_END => compiler::front_end_once(&options),
        work::WORK => work::work(),
        _ => compute::compute(&options),
    }
}

fn number(text: &str) -> Result<usize> {
    text.parse().map_err(|_| format!("`{text}` is not a number"))
}

/// What the arguments say.
pub struct Options {
    /// Runs of each program, of which the median counts.
    pub runs: usize,
    /// Names of programs; none for all.
    pub only: Vec<String>,
    /// Lines of source for the front end.
    pub lines: usize,
    pub c_only: bool,
    /// Compares what programs print, and measures nothing.
    pub is_check: bool,
    /// Writes the part of the page about actors, instead of printing it.
    pub is_write: bool,
    /// Leaves out GAL's optional passes.
    pub no_opt: bool,
    pub backend: BackendKind,
}

impl Options {
    /// LLVM makes vectors of loops by itself, in C and in GAL.
    pub fn has_simd(&self) -> bool {
        self.backend == BackendKind::Llvm
    }
}

impl Default for Options {
    fn default() -> Options {
        Options {
            runs: 5,
            only: Vec::new(),
            lines: 200_000,
            c_only: false,
            is_check: false,
            is_write: false,
            no_opt: false,
            backend: BackendKind::Wasm,
        }
    }
}

/// The workspace's root. Cargo tells where it is when it runs us; a checkout may have been moved since it was built.
pub fn root() -> PathBuf {
    let manifest =
        std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_string());
    Path::new(&manifest).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Cargo's folder for what is built.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}
