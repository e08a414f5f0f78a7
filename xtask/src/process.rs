//! Programs that are run from the workspace's root.

use crate::{Result, root};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A program to be run in the workspace's root.
pub fn command(program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(root());
    command
}

/// What cargo runs in place of rustc for `cargo clippy`.
const LINTING_RUSTC: &str = "clippy-driver";

static IS_LINTING: AtomicBool = AtomicBool::new(false);

/// From here on the crates of the workspace are linted as they are compiled. `cargo clippy` reads all that they depend on for itself,
/// which takes minutes.
pub fn lint_while_compiling() {
    IS_LINTING.store(true, Ordering::Relaxed);
}

pub fn is_linting() -> bool {
    IS_LINTING.load(Ordering::Relaxed)
}

/// The cargo that runs us.
pub fn cargo(args: &[&str]) -> Command {
    let mut cargo = command(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_string()), args);
    if is_linting() {
        cargo.env("RUSTC_WORKSPACE_WRAPPER", LINTING_RUSTC);
    }
    cargo
}

/// Runs a program with its output passed through; an error unless it succeeds.
pub fn run(mut command: Command) -> Result {
    let shown = show(&command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{shown}` failed: {status}")),
        Err(error) => Err(format!("`{shown}` cannot be started: {error}")),
    }
}

/// The standard output of a program that succeeds.
pub fn output(mut command: Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The command as it could be typed.
pub fn show(command: &Command) -> String {
    let parts = std::iter::once(command.get_program()).chain(command.get_args());
    parts.map(|part| part.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// `1:02` or `3.4 s`
pub fn show_time(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds >= 60 {
        format!("{}:{:02} min", seconds / 60, seconds % 60)
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}
