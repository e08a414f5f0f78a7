//! From arguments to a compiled program: what `build`, `run` and `test` share.

use crate::cli::{BackendChoice, CompileArgs, HostArgs, LevelChoice, PanicChoice, SimdChoice};
use crate::exit::{Failure, io_failure};
use crate::loader::DiskLoader;
use crate::package::Unit;
use crate::shell::{Shell, Timer};
use backends::BACKENDS;
use driver::{
    BackendKind, CompileOutput, Compiled, DriverError, OptLevel, Options, Panics, Profile, ProfileFile,
    Profiling, Purpose, Session, TargetInfo, Trace, Vectors,
};
use std::env::VarError;
use std::path::PathBuf;
use wasi::{Preopen, RunOptions};

/// The target of this name, or the usual one.
pub fn target(name: Option<&str>) -> Result<&'static TargetInfo, Failure> {
    let Some(name) = name else { return Ok(&driver::targets()[0]) };
    let found = driver::targets().iter().find(|target| target.name == name);
    found.ok_or_else(|| Failure::Usage(format!("there is no target `{name}`; see `galc targets`")))
}

/// The driver's options for arguments, with the names in them checked.
pub fn options(args: &CompileArgs, purpose: Purpose) -> Result<Options, Failure> {
    let target = target(args.target.as_deref())?;
    let off = if args.no_opt { &["all".to_string()][..] } else { &args.passes_off };
    let passes_off = driver::resolve_passes_off(off).map_err(|unknown| {
        let known: Vec<String> = driver::passes().iter().map(driver::PassInfo::full_name).collect();
        Failure::Usage(format!("there is no pass `{}`; there are: all {}", unknown.name, known.join(" ")))
    })?;
    Ok(Options {
        target,
        profile: if args.release { Profile::Release } else { Profile::Debug },
        backend: args.backend.map(|backend| match backend {
            BackendChoice::Wasm => BackendKind::Wasm,
            BackendChoice::Llvm => BackendKind::Llvm,
        }),
        opt_level: args.opt_level.map(level),
        artifact: driver::usual_artifact(target),
        purpose,
        panics: match args.panic {
            PanicChoice::Unwind => Panics::Unwind,
            PanicChoice::Abort => Panics::Abort,
        },
        vectors: match args.simd {
            SimdChoice::Off => Vectors::Absent,
            SimdChoice::On => Vectors::Fixed,
            SimdChoice::Relaxed => Vectors::Relaxed,
        },
        overflow_checks: args.overflow_checks,
        bounds_checks: !args.unchecked_bounds,
        counts: !args.uncounted,
        debug_info: args.debug_info,
        profiling: profiling(args)?,
        passes_off,
        check_leaks: args.check_leaks,
        virtual_clock: args.virtual_clock,
        schedules: false,
        trace: args
            .trace
            .target
            .is_some()
            .then_some(Trace { values: args.trace.values, states: args.trace.states }),
        explain_copies: args.explain_copies,
        verify: args.verify,
    })
}

/// Profiles are read here, whatever their form; the backend knows that.
fn profiling(args: &CompileArgs) -> Result<Profiling, Failure> {
    if let Some(file) = &args.profile_generate {
        return Ok(Profiling::Write(file.clone()));
    }
    if args.profile_use.is_empty() {
        return Ok(Profiling::Off);
    }
    let read = |path: &PathBuf| {
        let bytes = std::fs::read(path).map_err(|error| io_failure("read the profile", path, &error))?;
        Ok(ProfileFile { name: path.display().to_string(), bytes })
    };
    Ok(Profiling::Use(args.profile_use.iter().map(read).collect::<Result<_, Failure>>()?))
}

fn level(choice: LevelChoice) -> OptLevel {
    match choice {
        LevelChoice::O0 => OptLevel::O0,
        LevelChoice::O1 => OptLevel::O1,
        LevelChoice::O2 => OptLevel::O2,
        LevelChoice::O3 => OptLevel::O3,
        LevelChoice::Os => OptLevel::Os,
        LevelChoice::Oz => OptLevel::Oz,
    }
}

/// Calls the driver with a session that reads from the disk, and prints the times that were asked for.
pub fn with_session<T>(
    unit: &Unit,
    options: Options,
    shell: &Shell,
    work: impl FnOnce(&mut Session<'_>) -> Result<T, DriverError>,
) -> Result<T, Failure> {
    let mut loader = DiskLoader::default();
    let mut timer = Timer::new(shell);
    let result = work(&mut Session::new(&mut loader, options).with_backends(BACKENDS).observe(&mut timer));
    shell.times(&timer);
    result.map_err(|error| match error {
        DriverError::MissingEntry(path) if path == unit.entry => {
            unit.missing_entry(&format!("cannot read `{path}`: {}", loader.explain(&path)))
        }
        other => other.into(),
    })
}

/// Compiles, and prints what the compiler found; `None` if there are errors.
pub fn compile(
    unit: &Unit,
    options: Options,
    shell: &Shell,
) -> Result<Option<(Compiled, CompileOutput)>, Failure> {
    let mut compiled = with_session(unit, options, shell, |session| driver::compile(session, &unit.entry))?;
    shell.diagnostics(&compiled.checked);
    let output = compiled.output.take();
    if let Some(output) = &output {
        shell.copies(&output.copies, &compiled.checked.source_map);
        shell.fallback(output.fallback.as_ref());
        output.artifact.warnings.iter().for_each(|warning| shell.warning(warning));
    }
    Ok(output.map(|output| (compiled, output)))
}

/// Tells of the variables that `--inherit-env` leaves out.
pub fn tell_of_environment(args: &HostArgs, shell: &Shell) {
    let ours = args.inherit_env.then(std::env::vars_os).into_iter().flatten();
    for (name, value) in ours {
        if name.to_str().is_none() || value.to_str().is_none() {
            let name = name.to_string_lossy();
            shell.warning(&format!("the variable `{name}` is not passed on, because it is not UTF-8"));
        }
    }
}

/// The host's options for arguments; streams are left at their defaults.
pub fn host_options(args: &HostArgs) -> Result<RunOptions, Failure> {
    let mut env = Vec::new();
    if args.inherit_env {
        // Variables that are not Unicode cannot be passed to preview 1: see `tell_of_environment`.
        let ours = std::env::vars_os().filter(|(name, _)| name != crate::watch::WATCHER);
        env.extend(ours.filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))));
    }
    for variable in &args.env {
        let (name, value) = match variable.split_once('=') {
            Some((name, value)) => (name, value.to_string()),
            None if variable.is_empty() => ("", String::new()),
            None => {
                let value = std::env::var(variable).map_err(|error| {
                    Failure::Usage(match error {
                        VarError::NotPresent => {
                            format!("the environment has no variable `{variable}` to pass on")
                        }
                        VarError::NotUnicode(_) => format!(
                            "the variable `{variable}` cannot be passed on, because its value is not UTF-8"
                        ),
                    })
                })?;
                (variable.as_str(), value)
            }
        };
        if name.is_empty() {
            return Err(Failure::Usage(format!("`--env {variable}` does not name a variable: `NAME=VALUE`")));
        }
        env.retain(|(known, _)| known != name);
        env.push((name.to_string(), value));
    }
    Ok(RunOptions {
        env,
        dirs: args.dir.iter().map(|dir| Preopen::parse(dir)).collect(),
        timeout: args.timeout,
        max_memory: args.max_memory,
        ..RunOptions::default()
    })
}

/// Gives a program the seed of the order in which its green threads run.
pub fn with_seed(seed: u32, mut host: RunOptions) -> RunOptions {
    host.env.retain(|(name, _)| name != driver::SCHEDULE_SEED);
    host.env.push((driver::SCHEDULE_SEED.to_string(), seed.to_string()));
    host
}
