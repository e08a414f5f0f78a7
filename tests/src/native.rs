//! Runs executables with the input of a corpus program, and captures what they say.

use crate::program::Program;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// As shells have it: 128 and the number of the signal, if one ended the program.
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Whether this machine runs the executables of the corpus.
pub const IS_HERE: bool = cfg!(all(target_os = "linux", target_arch = "x86_64"));

const POLL: Duration = Duration::from_millis(1);

pub fn run(executable: &[u8], program: &Program, timeout: Duration) -> Result<Outcome, String> {
    let folder = tempfile::tempdir().map_err(|e| format!("cannot make a folder: {e}"))?;
    let path = write(folder.path(), executable)?;
    run_program(called(&path, program), program, timeout)
}

/// An executable by the name of the program.
pub fn called(path: &Path, program: &Program) -> Command {
    let mut command = Command::new(path);
    name(&mut command, &program.called());
    command
}

/// Runs a command with the arguments and the input of a program behind its own.
pub fn run_program(mut command: Command, program: &Program, timeout: Duration) -> Result<Outcome, String> {
    command.args(&program.args).env_clear().current_dir(current_folder(program));
    run_command(&mut command, program.stdin.as_bytes(), timeout)
}

/// Where the folders of the program lie under their own names.
fn current_folder(program: &Program) -> PathBuf {
    let parent = program.dirs.first().and_then(|dir| Path::new(dir).parent());
    crate::root().join(parent.unwrap_or(Path::new("")))
}

/// Writes an executable into a folder.
pub fn write(folder: &Path, executable: &[u8]) -> Result<PathBuf, String> {
    let path = folder.join("program");
    std::fs::write(&path, executable).map_err(|e| format!("cannot write the program: {e}"))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let permissions = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&path, permissions)
            .map_err(|e| format!("cannot make it executable: {e}"))?;
    }
    Ok(path)
}

pub fn run_command(command: &mut Command, stdin: &[u8], timeout: Duration) -> Result<Outcome, String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = spawn(command)?;
    let (mut to, input) = (child.stdin.take(), stdin.to_vec());
    // A program that does not read its input closes the pipe: no fault.
    let writer = thread::spawn(move || to.take().map(|mut pipe| pipe.write_all(&input)));
    let (stdout, stderr) = (reader(child.stdout.take()), reader(child.stderr.take()));
    let status = wait(&mut child, timeout)?;
    let _ = writer.join();
    let text = |bytes: thread::JoinHandle<Vec<u8>>| {
        String::from_utf8_lossy(&bytes.join().unwrap_or_default()).into_owned()
    };
    Ok(Outcome { status: code(status), stdout: text(stdout), stderr: text(stderr) })
}

/// A file that was just written is busy as long as a process that another thread has started holds it open, too.
fn spawn(command: &mut Command) -> Result<Child, String> {
    for _ in 0..200 {
        match command.spawn() {
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => thread::sleep(POLL),
            result => return result.map_err(|e| format!("cannot run the program: {e}")),
        }
    }
    Err("the program stays busy".to_string())
}

fn reader(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_end(&mut bytes);
        }
        bytes
    })
}

fn wait(child: &mut Child, timeout: Duration) -> Result<ExitStatus, String> {
    let begin = Instant::now();
    while begin.elapsed() < timeout {
        if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
            return Ok(status);
        }
        thread::sleep(POLL);
    }
    let _ = child.kill();
    let _ = child.wait();
    Err(format!("ran longer than {timeout:?}"))
}

fn code(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return 128 + signal;
    }
    status.code().unwrap_or(-1)
}

fn name(command: &mut Command, name: &str) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::arg0(command, name);
    #[cfg(not(unix))]
    let _ = (command, name);
}
