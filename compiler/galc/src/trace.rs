//! What a program with a trace is told by its environment: where the trace goes, what it looks like, and what is to be done.

use crate::cli::{TraceArgs, TraceTarget};
use crate::exit::{Failure, io_failure};
use driver::{Platform, TRACE, TRACE_COMMANDS, TRACE_FD, TRACE_FORMAT, TargetInfo};
use std::path::Path;
use wasi::RunOptions;

/// Whether a program for the target can write its trace where it is asked to.
pub fn check(args: &TraceArgs, target: &TargetInfo) -> Result<(), Failure> {
    match args.target {
        Some(TraceTarget::File(_)) if target.is_web() => Err(Failure::Usage(format!(
            "programs for `{}` have no files: `--trace actors` alone writes to standard error, which a shell redirects",
            target.name
        ))),
        _ => Ok(()),
    }
}

/// Adds to what a program is given what its trace needs.
pub fn with_trace(
    args: &TraceArgs,
    target: &TargetInfo,
    mut host: RunOptions,
) -> Result<RunOptions, Failure> {
    host.env.retain(|(name, _)| ![TRACE, TRACE_FD, TRACE_FORMAT, TRACE_COMMANDS].contains(&name.as_str()));
    if let Some(format) = args.format {
        host.env.push((TRACE_FORMAT.to_string(), format.name().to_string()));
    }
    if let Some(path) = &args.commands {
        let text = std::fs::read_to_string(path)
            .map_err(|error| io_failure("read the trace commands", path, &error))?;
        if text.contains('\0') {
            return Err(Failure::Usage(format!(
                "`{}` has a zero byte, which no command has",
                path.display()
            )));
        }
        host.env.push((TRACE_COMMANDS.to_string(), text));
    }
    if let Some(TraceTarget::File(path)) = &args.target {
        write_to(path, target, &mut host)?;
    }
    Ok(host)
}

/// A module is handed the open file, so that it needs no folder for it; a process opens it.
fn write_to(path: &Path, target: &TargetInfo, host: &mut RunOptions) -> Result<(), Failure> {
    if path.extension().is_some_and(|extension| extension == "gal") && path.exists() {
        let what = format!("`{}` is a source; give `--trace` another name", path.display());
        return Err(Failure::Usage(what));
    }
    let failure = |error: &std::io::Error| io_failure("write the trace", path, error);
    std::fs::File::create(path).map_err(|error| failure(&error))?;
    if target.platform == Platform::Wasm {
        host.output = Some(path.to_path_buf());
        host.env.push((TRACE_FD.to_string(), host.output_fd().to_string()));
    } else {
        let full = path.canonicalize().map_err(|error| failure(&error))?;
        let text = full.into_os_string().into_string();
        let text = text.map_err(|_| Failure::Usage(format!("`{}` is no Unicode text", path.display())))?;
        host.env.push((TRACE.to_string(), text));
    }
    Ok(())
}

/// What is for the run of a program alone says where it may stand.
pub fn refuse_host_options(args: &TraceArgs) -> Result<(), Failure> {
    let file = matches!(args.target, Some(TraceTarget::File(_))).then_some(("a file of `--trace`", TRACE));
    let format = args.format.map(|_| ("`--trace-format`", TRACE_FORMAT));
    let commands = args.commands.as_ref().map(|_| ("`--trace-commands`", TRACE_COMMANDS));
    match file.or(format).or(commands) {
        None => Ok(()),
        Some((what, variable)) => Err(Failure::Usage(format!(
            "{what} is for `galc run` and `galc test`: a program that was built finds it in the variable `{variable}` when it runs"
        ))),
    }
}
