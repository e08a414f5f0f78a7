//! GAL to WebAssembly through the driver, in this process, with the time of each stage.

use crate::{Result, root};
use backends::BACKENDS;
use driver::{BackendKind, Checked, Observer, Options, Profile, Session, SourceLoader, Stage, TargetInfo};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The target whose programs are executables.
pub const NATIVE_TARGET: &str = "x86_64-linux";

/// The galc that was built with this program, and lies beside it.
pub fn galc() -> Result<PathBuf> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    Ok(this.with_file_name("galc"))
}

pub fn has_llvm() -> bool {
    driver::find_backend(BackendKind::Llvm, BACKENDS).is_some()
}

/// Reads files below the root.
pub struct RootLoader;

impl SourceLoader for RootLoader {
    fn load(&mut self, path: &str) -> Option<String> {
        std::fs::read_to_string(root().join(path)).ok()
    }

    fn exists(&mut self, path: &str) -> bool {
        root().join(path).is_file()
    }
}

/// The time of each stage, in order of the stages.
#[derive(Clone, Default)]
pub struct Times {
    begun: Option<Instant>,
    pub stages: [Duration; Stage::ALL.len()],
}

impl Times {
    pub fn add(&mut self, other: &Times) {
        self.stages.iter_mut().zip(&other.stages).for_each(|(sum, time)| *sum += *time);
    }

    pub fn total(&self) -> Duration {
        self.stages.iter().sum()
    }
}

impl Observer for Times {
    fn begin(&mut self, _stage: Stage) {
        self.begun = Some(Instant::now());
    }

    fn end(&mut self, stage: Stage) {
        if let Some(begun) = self.begun.take() {
            self.stages[stage as usize] += begun.elapsed();
        }
    }
}

/// Stack for the compiler, as galc gives it.
const STACK: usize = 64 << 20;

/// How programs are compiled.
#[derive(Clone, Copy)]
pub struct Build {
    pub backend: BackendKind,
    /// Without the optional passes.
    pub no_opt: bool,
    /// An executable instead of a module.
    pub is_native: bool,
}

/// Compiles with the release profile. A panic of the compiler is an error, too, so that the other programs go on.
pub fn compile(source: &str, build: Build) -> Result<(Vec<u8>, Times)> {
    std::thread::scope(|scope| {
        let work = move || compile_here(source, build);
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        let thread = thread.map_err(|error| format!("cannot start a thread: {error}"))?;
        thread.join().unwrap_or_else(|_| Err("the compiler panicked".to_string()))
    })
}

fn compile_here(source: &str, build: Build) -> Result<(Vec<u8>, Times)> {
    let all = ["all".to_string()];
    let off: &[String] = if build.no_opt { &all } else { &[] };
    let passes_off = driver::resolve_passes_off(off).map_err(|unknown| unknown.name)?;
    let target = target(build.is_native)?;
    let options = Options {
        target,
        artifact: driver::usual_artifact(target),
        profile: Profile::Release,
        backend: Some(build.backend),
        passes_off,
        ..Options::default()
    };
    let mut times = Times::default();
    let mut loader = RootLoader;
    let mut session = Session::new(&mut loader, options).with_backends(BACKENDS).observe(&mut times);
    let compiled = driver::compile(&mut session, source).map_err(|error| error.to_string())?;
    let output = compiled.output.ok_or_else(|| first_error(&compiled.checked))?;
    Ok((output.artifact.bytes, times))
}

fn target(is_native: bool) -> Result<&'static TargetInfo> {
    let mut targets = driver::targets().iter();
    if !is_native {
        return targets.next().ok_or("there is no target".to_string());
    }
    targets.find(|target| target.name == NATIVE_TARGET).ok_or(format!("there is no target `{NATIVE_TARGET}`"))
}

pub fn first_error(checked: &Checked) -> String {
    match checked.diagnostics.iter().find(|diagnostic| diagnostic.is_error()) {
        Some(error) => format!("{}: {}", checked.source_map.describe(error.span()), error.message),
        None => "there is no output".to_string(),
    }
}
