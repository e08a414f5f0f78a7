//! Runs executables: programs of targets that are this machine.

use crate::exit::{Failure, io_failure};
use crate::node;
use crate::shell::complain;
use driver::{Platform, TargetInfo};
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use wasi::{End, Entry, Outcome, RunError, RunOptions};

/// How long galc sleeps before it looks again whether a program with a time limit has ended.
const POLL: Duration = Duration::from_millis(2);
/// What shells add to the number of the signal that ended a program.
const SIGNAL_STATUS: i32 = 128;

/// Whether programs of the target run here, and with what was asked for; the error says what is missing.
pub fn check(target: &TargetInfo, host: &RunOptions) -> Result<(), Failure> {
    let name = target.name;
    let is_here = match target.platform {
        Platform::Wasm if target.is_web() => return node::check(host, target),
        Platform::Wasm => return Ok(()),
        Platform::X86_64Linux => cfg!(all(target_os = "linux", target_arch = "x86_64")),
        Platform::C(_) => {
            return Err(Failure::Usage(format!(
                "programs for `{name}` are object files, which do not run: `galc build` makes one, and a C compiler for that \
                 system an executable of it"
            )));
        }
    };
    if !is_here {
        return Err(Failure::Usage(format!(
            "this machine does not run programs for `{name}`; `galc build` makes them"
        )));
    }
    if !host.dirs.is_empty() {
        let what = format!(
            "`--dir` is for WebAssembly: a program for `{name}` reaches all files that its user may use"
        );
        return Err(Failure::Usage(what));
    }
    if host.max_memory.is_some() {
        let what = format!(
            "`--max-memory` is for WebAssembly: a shell limits a program for `{name}` by `ulimit -v`"
        );
        return Err(Failure::Usage(what));
    }
    Ok(())
}

/// An executable in a folder of its own, which goes with this.
pub struct Executable {
    folder: tempfile::TempDir,
    path: PathBuf,
}

impl Executable {
    pub fn new(bytes: &[u8]) -> Result<Executable, Failure> {
        let folder = tempfile::tempdir()
            .map_err(|error| Failure::Usage(format!("cannot make a temporary folder: {error}")))?;
        let path = folder.path().join("program");
        std::fs::write(&path, bytes).map_err(|error| io_failure("write", &path, &error))?;
        make_executable(&path).map_err(|error| io_failure("make executable", &path, &error))?;
        Ok(Executable { folder, path })
    }

    /// Runs the test that `options` have as their entry, in a process of its own.
    pub fn outcome(&self, options: &RunOptions) -> Result<Outcome, RunError> {
        let mut command = Command::new(&self.path);
        command.args(options.args.iter().skip(1)).env_clear().envs(options.env.iter().cloned());
        if let Entry::Export { name, .. } = &options.entry {
            command.env(TEST, name.trim_start_matches(|c: char| !c.is_ascii_digit()));
        }
        end_with_galc(&mut command);
        capture(command, options)
            .map_err(|error| RunError::Setup(format!("cannot run `{}`: {error}", self.path.display())))
    }
}

/// Says which of its tests an executable is to run. Must match library/sys/linux/process.gal.
const TEST: &str = "GAL_TEST";

/// Runs a process and keeps what it writes.
pub fn capture(mut command: Command, options: &RunOptions) -> io::Result<Outcome> {
    let (mut out, mut err) = (tempfile::tempfile()?, tempfile::tempfile()?);
    command.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(err.try_clone()?);
    let begin = Instant::now();
    let mut child = command.spawn()?;
    let ended = wait(&mut child, options.timeout)?;
    let elapsed = begin.elapsed();
    let end = match ended {
        Some(status) => End::Exited(status_of(status)),
        None => End::TimedOut(options.timeout.unwrap_or_default()),
    };
    let mut stderr = contents(&mut err)?;
    stderr.extend_from_slice(ended.map_or_else(|| end.report(), told).as_bytes());
    Ok(Outcome {
        status: end.status(),
        stdout: contents(&mut out)?,
        stderr,
        results: Vec::new(),
        elapsed,
        peak_memory: 0,
        fuel_used: None,
        end,
    })
}

/// What a file has in it that others have written to.
fn contents(file: &mut File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Runs an executable with galc's streams. Returns its status: 124 if its time was up.
pub fn run(executable: &[u8], options: &RunOptions) -> Result<i32, Failure> {
    let Executable { folder, path } = Executable::new(executable)?;
    let mut command = Command::new(&path);
    command.args(options.args.iter().skip(1)).env_clear().envs(options.env.iter().cloned());
    if let Some(name) = options.args.first() {
        set_name(&mut command, name);
    }
    end_with_galc(&mut command);
    let child = command.spawn().map_err(|error| io_failure("run", &path, &error))?;
    if cfg!(unix) {
        // It runs, so its file may go: nothing is left behind if galc is killed.
        drop(folder);
    }
    status(child, &path, options)
}

/// Runs a process that galc ends with itself. Returns its status: 124 if its time was up.
pub fn run_process(mut command: Command, options: &RunOptions) -> Result<i32, Failure> {
    end_with_galc(&mut command);
    let path = PathBuf::from(command.get_program());
    let child = command.spawn().map_err(|error| io_failure("run", &path, &error))?;
    status(child, &path, options)
}

fn status(mut child: Child, path: &Path, options: &RunOptions) -> Result<i32, Failure> {
    let ended = wait(&mut child, options.timeout).map_err(|error| io_failure("wait for", path, &error))?;
    let Some(status) = ended else {
        let end = End::TimedOut(options.timeout.unwrap_or_default());
        complain(&end.report());
        return Ok(end.status());
    };
    Ok(code(status))
}

/// The status of a program that has ended; one that a signal has ended is told of, and has the status that shells give it.
pub fn code(status: ExitStatus) -> i32 {
    complain(&told(status));
    status_of(status)
}

fn status_of(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| SIGNAL_STATUS + signal(status))
}

/// What is told of a program that did not end by itself.
fn told(status: ExitStatus) -> String {
    match status.code() {
        Some(_) => String::new(),
        None => format!("fatal: the program was ended by {status}\n"),
    }
}

/// Waits for the end of a program; `None` if its time was up first, and it was ended.
pub fn wait(child: &mut Child, timeout: Option<Duration>) -> io::Result<Option<ExitStatus>> {
    let Some(timeout) = timeout else { return child.wait().map(Some) };
    let begin = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        let left = timeout.saturating_sub(begin.elapsed());
        if left.is_zero() {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(left.min(POLL));
    }
}

#[cfg(unix)]
pub fn make_executable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mut permissions = std::fs::metadata(path)?.permissions();
    // Who may read it may run it.
    permissions.set_mode(permissions.mode() | (permissions.mode() & 0o444) >> 2);
    std::fs::set_permissions(path, permissions)
}

#[cfg(not(unix))]
pub fn make_executable(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A galc that is killed, as by `--watch`, takes the program with it.
#[cfg(target_os = "linux")]
fn end_with_galc(command: &mut Command) {
    use rustix::process::{Signal, set_parent_process_death_signal};
    use std::os::unix::process::CommandExt;
    // SAFETY: between fork and exec the closure makes one system call, and touches no memory of others.
    unsafe {
        command.pre_exec(|| Ok(set_parent_process_death_signal(Some(Signal::KILL))?));
    }
}

#[cfg(not(target_os = "linux"))]
fn end_with_galc(_: &mut Command) {}

/// The name that the program sees itself called by.
#[cfg(unix)]
fn set_name(command: &mut Command, name: &str) {
    std::os::unix::process::CommandExt::arg0(command, name);
}

#[cfg(not(unix))]
fn set_name(_: &mut Command, _: &str) {}

#[cfg(unix)]
fn signal(status: ExitStatus) -> i32 {
    std::os::unix::process::ExitStatusExt::signal(&status).unwrap_or(0)
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> i32 {
    0
}
