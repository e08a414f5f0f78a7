//! `galc run`: compiles a program and runs it, with galc's own input and output.

use crate::cli::RunArgs;
use crate::compile::{compile, host_options, options};
use crate::exit::{Exit, Failure, io_failure};
use crate::package::Unit;
use crate::shell::Shell;
use driver::Purpose;
use std::path::{Path, PathBuf};
use wasi::{Engine, Input, Output, RunOptions};

pub fn run(args: RunArgs, shell: &Shell) -> Result<Exit, Failure> {
    if let Some(module) = args.path().filter(|path| path.extension().is_some_and(|ext| ext == "wasm")) {
        let wasm = std::fs::read(module).map_err(|error| io_failure("read", module, &error))?;
        return execute(wasm, &program_name(module), &args, shell);
    }
    let unit = Unit::find(args.path())?;
    super::watched(&args.watch, &unit, shell, || once(&args, &unit, shell))
}

fn program_name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn once(args: &RunArgs, unit: &Unit, shell: &Shell) -> Result<Exit, Failure> {
    let options = options(&args.compile, Purpose::Program)?;
    let Some((_, output)) = compile(unit, options, shell)? else { return Ok(Exit::Diagnostics) };
    execute(output.artifact.bytes, &program_name(&PathBuf::from(&unit.name)), args, shell)
}

fn execute(wasm: Vec<u8>, name: &str, args: &RunArgs, shell: &Shell) -> Result<Exit, Failure> {
    let given = args.program_args().iter().map(|arg| arg.to_string_lossy().into_owned());
    let options = RunOptions {
        args: std::iter::once(name.to_string()).chain(given).collect(),
        stdin: Input::Inherit,
        stdout: Output::Inherit,
        stderr: Output::Inherit,
        ..host_options(&args.host)?
    };
    let program = Engine::new().load(wasm)?;
    shell.clear_progress();
    Ok(Exit::Program(program.run(&options)?.status))
}
