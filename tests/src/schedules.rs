//! Programs in many orders of their green threads, each chosen by a seed: they print the same in all of them.

use crate::loader::Disk;
use crate::program::Program;
use crate::run;
use driver::Options;
use std::path::Path;

/// How many seeds a program runs with.
pub fn seeds() -> u32 {
    if crate::is_full() { 1000 } else { 10 }
}

/// Compiles a program once, and runs it with all seeds.
pub fn check(root: &Path, engine: &wasi::Engine, path: &Path) -> Vec<String> {
    let program = match Program::read(root, path) {
        Ok(program) if program.has_one_order => return Vec::new(),
        Ok(program) => program,
        Err(problem) => return vec![problem],
    };
    match check_seeds(root, engine, &program) {
        Ok(()) => Vec::new(),
        Err(problem) => vec![format!("{} [schedules]: {problem}", program.name)],
    }
}

/// The same of a program that has been read; it lies below `root`.
pub fn check_seeds(root: &Path, engine: &wasi::Engine, program: &Program) -> Result<(), String> {
    let mut loader = Disk { root: root.to_path_buf() };
    let options = Options { schedules: true, ..run::options(program, run::DEBUG) };
    let wasm = run::compile(&mut loader, &program.name, options)?;
    let module = engine.load(wasm).map_err(|error| error.to_string())?;
    for seed in 0..seeds() {
        let env = vec![(driver::SCHEDULE_SEED.to_string(), seed.to_string())];
        let host = wasi::RunOptions { env, ..run::host(program) };
        let outcome = module.run(&host).map_err(|error| error.to_string())?;
        run::compare(program, outcome.status, &outcome.stdout_text(), &outcome.stderr_text(), true)
            .map_err(|problem| format!("with seed {seed}: {problem}"))?;
    }
    Ok(())
}
