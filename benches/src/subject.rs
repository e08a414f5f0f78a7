//! A program that is run and timed: a module in this process, or an executable as a process of its own.

use crate::contenders::{Platform, measure_command};
use crate::{Result, root, target, tools};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use wasi::{End, Engine, RunOptions};

/// What programs run on.
pub struct Host {
    engine: Engine,
    /// The program that measures executables; missing where none are run.
    measure: Option<PathBuf>,
}

impl Host {
    pub fn new(platform: Platform) -> Result<Host> {
        let measure = match platform {
            Platform::Wasm => None,
            Platform::Native => Some(compile_measure()?),
        };
        Ok(Host { engine: Engine::new(), measure })
    }

    /// Takes a compiled program. A module is compiled to machine code here, which is no part of its time.
    pub fn load(&self, file: &Path) -> Result<Subject> {
        if self.measure.is_some() {
            return Ok(Subject::Executable(file.to_path_buf()));
        }
        let wasm =
            std::fs::read(file).map_err(|error| format!("cannot read `{}`: {error}", file.display()))?;
        self.load_module(wasm)
    }

    pub fn load_module(&self, wasm: Vec<u8>) -> Result<Subject> {
        let program = self.engine.load(wasm).map_err(|error| error.to_string())?;
        program.compile().map_err(|error| error.to_string())?;
        Ok(Subject::Module(program))
    }

    pub fn run(&self, subject: &Subject) -> Result<Run> {
        match (subject, &self.measure) {
            (Subject::Module(program), _) => run_module(program),
            (Subject::Executable(file), Some(measure)) => run_executable(file, measure),
            (Subject::Executable(file), None) => Err(format!("`{}` is no module", file.display())),
        }
    }
}

pub enum Subject {
    Module(wasi::Program),
    Executable(PathBuf),
}

/// One run.
#[derive(Debug)]
pub struct Run {
    pub time: Duration,
    /// Bytes: the largest linear memory, or what the system gave at most.
    pub memory: u64,
    pub output: String,
}

fn run_module(program: &wasi::Program) -> Result<Run> {
    let outcome = program.run(&RunOptions::default()).map_err(|error| error.to_string())?;
    if outcome.end != End::Exited(0) {
        return Err(format!("it ended with status {}: {}", outcome.status, outcome.stderr_text().trim()));
    }
    Ok(Run { time: outcome.elapsed, memory: outcome.peak_memory, output: outcome.stdout_text() })
}

fn run_executable(file: &Path, measure: &Path) -> Result<Run> {
    let report = file.with_extension("measured");
    let output = Command::new(measure).arg(&report).arg(file).output();
    let output = output.map_err(|error| format!("`{}` cannot be started: {error}", file.display()))?;
    if !output.status.success() {
        return Err(format!(
            "it ended with {}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        ));
    }
    let text = std::fs::read_to_string(&report)
        .map_err(|error| format!("cannot read `{}`: {error}", report.display()))?;
    let (time, memory) = parse_report(&text).ok_or(format!("`{text}` is no measurement"))?;
    Ok(Run { time, memory, output: String::from_utf8_lossy(&output.stdout).into_owned() })
}

/// Nanoseconds and kibibytes, as benches/c/measure.c writes them.
fn parse_report(text: &str) -> Option<(Duration, u64)> {
    let (nanos, kibibytes) = text.trim().split_once(' ')?;
    Some((Duration::from_nanos(nanos.parse().ok()?), kibibytes.parse::<u64>().ok()? << 10))
}

fn compile_measure() -> Result<PathBuf> {
    let folder = target().join("bench");
    std::fs::create_dir_all(&folder)
        .map_err(|error| format!("cannot make `{}`: {error}", folder.display()))?;
    let output = folder.join("measure");
    tools::run(measure_command(&root().join("benches/c/measure.c"), &output))?;
    Ok(output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_read() {
        assert_eq!(parse_report("1500 3\n"), Some((Duration::from_nanos(1500), 3072)));
        assert_eq!(parse_report("1500\n"), None);
    }

    #[test]
    fn a_module_that_fails_is_an_error() {
        let host = Host::new(Platform::Wasm).expect("nothing is needed");
        assert!(host.load_module(b"nothing".to_vec()).is_err());
        let trap = br#"(module (memory (export "memory") 1) (func (export "_start") unreachable))"#;
        let subject = host.load_module(wat::parse_bytes(trap).expect("it is right").into_owned());
        let error = host.run(&subject.expect("it is valid")).expect_err("it traps");
        assert!(error.starts_with("it ended with status 102"), "{error}");
    }
}
