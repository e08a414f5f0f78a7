//! Traces of programs with actors: the same each time, and on every backend.

use crate::loader::Disk;
#[cfg(feature = "llvm")]
use crate::native;
use crate::program::Program;
use crate::run::{self, Kept, Mode};
use driver::{Options, Trace};
use std::path::Path;

/// What a program is compared by.
struct Traced {
    events: String,
    status: i32,
    stdout: String,
    stderr: String,
}

/// Runs a program twice as a module, once in an order that a seed chooses, and on the other backends that there are.
pub fn check(root: &Path, engine: &wasi::Engine, path: &Path) -> Vec<String> {
    let program = match Program::read(root, path) {
        Ok(program) => program,
        Err(problem) => return vec![problem],
    };
    match check_program(root, engine, &program) {
        Ok(()) => Vec::new(),
        Err(problem) => vec![format!("{} [traces]: {problem}", program.name)],
    }
}

fn check_program(root: &Path, engine: &wasi::Engine, program: &Program) -> Result<(), String> {
    let debug = options(program, run::DEBUG);
    let mut kept = Kept::default();
    // Before the module, which takes the MIR that both have.
    let interpreted = match program.is_heavy {
        true => None,
        false => Some(interpret(root, program, debug.clone(), &mut kept)?),
    };
    let module = engine.load(kept.compile(&mut disk(root), &program.name, debug)?.bytes);
    let module = module.map_err(|error| error.to_string())?;
    let first = execute(&module, program, None)?;
    run::compare(program, first.status, &first.stdout, &first.stderr, true)?;
    if !first.events.starts_with("{\"event\":\"begin\",") {
        return Err(format!("no trace: {}", run::clip(&first.stderr)));
    }
    same(&first, &execute(&module, program, None)?, "again")?;
    if let Some(interpreted) = interpreted {
        same(&first, &interpreted, "interpreted")?;
    }
    #[cfg(feature = "llvm")]
    if native::IS_HERE && !program.is_for_wasi {
        let mode = run::NATIVE_MODES.iter().find(|mode| !mode.is_long).expect("there is such a mode");
        let artifact = run::compile_artifact(&mut disk(root), &program.name, options(program, *mode))?;
        let outcome = native::run(&artifact.bytes, program, run::TIMEOUT)?;
        same(&first, &traced(outcome.status, outcome.stdout, outcome.stderr), "as a process")?;
    }
    let release = run::MODES.iter().find(|mode| mode.name == "release").expect("there is such a mode");
    let release = options(program, *release);
    if crate::is_full() {
        let module = compile(root, engine, program, release.clone())?;
        same(&first, &execute(&module, program, None)?, "in release")?;
    }
    let module = compile(root, engine, program, Options { schedules: true, ..release })?;
    let seeded = execute(&module, program, Some("7"))?;
    same(&seeded, &execute(&module, program, Some("7"))?, "with the same seed")
}

fn options(program: &Program, mode: Mode) -> Options {
    Options { trace: Some(Trace { values: true, states: true }), ..run::options(program, mode) }
}

fn disk(root: &Path) -> Disk {
    Disk { root: root.to_path_buf() }
}

fn compile(
    root: &Path,
    engine: &wasi::Engine,
    program: &Program,
    options: Options,
) -> Result<wasi::Program, String> {
    let wasm = run::compile(&mut disk(root), &program.name, options)?;
    engine.load(wasm).map_err(|error| error.to_string())
}

fn execute(module: &wasi::Program, program: &Program, seed: Option<&str>) -> Result<Traced, String> {
    let env = seed.map(|seed| (driver::SCHEDULE_SEED.to_string(), seed.to_string()));
    let host = wasi::RunOptions { env: env.into_iter().collect(), ..run::host(program) };
    let outcome = module.run(&host).map_err(|error| error.to_string())?;
    Ok(traced(outcome.status, outcome.stdout_text(), outcome.stderr_text()))
}

fn interpret(root: &Path, program: &Program, options: Options, kept: &mut Kept) -> Result<Traced, String> {
    let outcome = run::interpret(&mut disk(root), program, options, kept)?;
    Ok(traced(outcome.status, outcome.stdout, outcome.stderr))
}

fn traced(status: i32, stdout: String, stderr: String) -> Traced {
    let events = stderr.lines().filter(|line| line.starts_with("{\"event\":"));
    Traced { events: events.map(|line| format!("{line}\n")).collect(), status, stdout, stderr }
}

fn same(first: &Traced, other: &Traced, how: &str) -> Result<(), String> {
    if first.events != other.events {
        return Err(format!("{how}, trace: {}", run::first_difference(&first.events, &other.events)));
    }
    if first.status != other.status {
        return Err(format!("{how}: status {} instead of {}", other.status, first.status));
    }
    if first.stdout != other.stdout {
        return Err(format!("{how}: {}", run::first_difference(&first.stdout, &other.stdout)));
    }
    Ok(())
}
