//! GAL to WebAssembly through the driver, in this process, with the time of each stage.

use crate::{Result, root};
use driver::{Backend, BackendKind, Checked, Observer, Options, Profile, Session, SourceLoader, Stage};
use std::time::{Duration, Instant};

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

#[cfg(feature = "llvm")]
const BACKENDS: &[&dyn Backend] = &[&backend_llvm::LlvmBackend];
#[cfg(not(feature = "llvm"))]
const BACKENDS: &[&dyn Backend] = &[];

/// How programs are compiled.
#[derive(Clone, Copy)]
pub struct Build {
    pub backend: BackendKind,
    /// Without the optional passes.
    pub no_opt: bool,
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
    let options =
        Options { profile: Profile::Release, backend: Some(build.backend), passes_off, ..Options::default() };
    let mut times = Times::default();
    let mut loader = RootLoader;
    let mut session = Session::new(&mut loader, options).with_backends(BACKENDS).observe(&mut times);
    let compiled = driver::compile(&mut session, source).map_err(|error| error.to_string())?;
    let output = compiled.output.ok_or_else(|| first_error(&compiled.checked))?;
    Ok((output.artifact.bytes, times))
}

pub fn first_error(checked: &Checked) -> String {
    match checked.diagnostics.iter().find(|diagnostic| diagnostic.is_error()) {
        Some(error) => format!("{}: {}", checked.source_map.describe(error.span()), error.message),
        None => "there is no output".to_string(),
    }
}
