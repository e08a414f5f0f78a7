//! `galc run`: compiles a program and runs it, with galc's own input and output.

use crate::cli::RunArgs;
use crate::compile::{compile, host_options, options, tell_of_environment, with_seed};
use crate::exit::{Exit, Failure, io_failure};
use crate::native;
use crate::node::Node;
use crate::package::Unit;
use crate::shell::Shell;
use crate::trace::{self, with_trace};
use driver::{Platform, Purpose, TargetInfo};
use std::path::{Path, PathBuf};
use wasi::{Engine, Input, Output, RunError, RunOptions};

pub fn run(args: RunArgs, shell: &Shell) -> Result<Exit, Failure> {
    if let Some(module) = args.path().filter(|path| path.extension().is_some_and(|ext| ext == "wasm")) {
        if args.schedule_seed.is_some() {
            let what = "`--schedule-seed` is for programs that are compiled now, not for modules";
            return Err(Failure::Usage(what.to_string()));
        }
        if args.compile.trace.target.is_some() {
            let what = "`--trace` is for programs that are compiled now; a module that was built with it finds where its trace goes in \
                        the variable `GAL_TRACE` (`--env`)";
            return Err(Failure::Usage(what.to_string()));
        }
        let wasm = std::fs::read(module).map_err(|error| io_failure("read", module, &error))?;
        let options = program_options(&program_name(module), &args, &driver::targets()[0])?;
        tell_of_environment(&args.host, shell);
        // The module is the user's, so what is wrong with it is no bug of galc's.
        return execute(wasm, &options, shell).map_err(|failure| match failure {
            Failure::Run(RunError::Invalid(what)) => {
                Failure::Usage(format!("`{}` is no module: {what}", module.display()))
            }
            failure => failure,
        });
    }
    let unit = Unit::find(args.path())?;
    super::watched(&args.watch, &unit, shell, || once(&args, &unit, shell))
}

fn program_name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn once(args: &RunArgs, unit: &Unit, shell: &Shell) -> Result<Exit, Failure> {
    let schedules = args.schedule_seed.is_some();
    let options = driver::Options { schedules, ..options(&args.compile, Purpose::Program)? };
    let target = options.target;
    native::check(target, &host_options(&args.host)?)?;
    tell_of_environment(&args.host, shell);
    trace::check(&args.compile.trace, target)?;
    let node = if target.is_web() { Some(Node::find(unit)?) } else { None };
    let Some((_, output)) = compile(unit, options, shell)? else { return Ok(Exit::Diagnostics) };
    let options = program_options(&program_name(&PathBuf::from(&unit.name)), args, target)?;
    if let (Some(node), Some(interface)) = (node, &output.web) {
        let loaded = node.load(interface, unit, target, &output.artifact.bytes)?;
        shell.clear_progress();
        return loaded.run(&options).map(Exit::Program);
    }
    match target.platform {
        Platform::Wasm => execute(output.artifact.bytes, &options, shell),
        Platform::X86_64Linux | Platform::C(_) => {
            shell.clear_progress();
            native::run(&output.artifact.bytes, &options).map(Exit::Program)
        }
    }
}

fn execute(wasm: Vec<u8>, options: &RunOptions, shell: &Shell) -> Result<Exit, Failure> {
    let program = Engine::new().load(wasm)?;
    shell.clear_progress();
    Ok(Exit::Program(program.run(options)?.status))
}

fn program_options(name: &str, args: &RunArgs, target: &TargetInfo) -> Result<RunOptions, Failure> {
    let given = args.program_args().iter().map(|arg| arg.to_string_lossy().into_owned());
    let host = host_options(&args.host)?;
    let host = if args.compile.trace.target.is_some() {
        with_trace(&args.compile.trace, target, host)?
    } else {
        host
    };
    Ok(RunOptions {
        args: std::iter::once(name.to_string()).chain(given).collect(),
        stdin: Input::Inherit,
        stdout: Output::Inherit,
        stderr: Output::Inherit,
        ..match args.schedule_seed {
            Some(seed) => with_seed(seed, host),
            None => host,
        }
    })
}
