//! What a run is given: arguments, environment, streams, directories, limits.

use std::path::PathBuf;
use std::time::Duration;

/// Everything a program gets from its host. The default gives it nothing, captures its output and sets no limit.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// All arguments, the program's own name first.
    pub args: Vec<String>,
    pub env: Vec<(String, String)>,
    pub dirs: Vec<Preopen>,
    pub stdin: Input,
    pub stdout: Output,
    pub stderr: Output,
    pub entry: Entry,
    /// Ends the run after this time with [`crate::End::TimedOut`]. Code compiled for runs with a limit polls a counter
    /// in loops and calls, so that tight loops take two to three times as long.
    pub timeout: Option<Duration>,
    /// Ends the run with [`crate::End::OutOfFuel`] after about this number of WebAssembly instructions.
    pub fuel: Option<u64>,
    /// The most bytes that all linear memories may take together; growing beyond fails in the program.
    pub max_memory: Option<u64>,
    /// Makes `random_get` repeat the same bytes in every run.
    pub random_seed: Option<u64>,
    pub faults: Faults,
    /// A file that is open for writing at its end when the program begins, under the number [`RunOptions::output_fd`].
    pub output: Option<PathBuf>,
}

impl RunOptions {
    /// The number of [`RunOptions::output`] in the program: behind the streams and the directories.
    pub fn output_fd(&self) -> usize {
        3 + self.dirs.len()
    }
}

/// A directory that the program may use, and the name under which it sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Preopen {
    pub host: PathBuf,
    pub guest: String,
}

impl Preopen {
    /// Reads `HOST::GUEST`, or `PATH` for the same name on both sides.
    pub fn parse(text: &str) -> Preopen {
        match text.split_once("::") {
            Some((host, guest)) => Preopen { host: host.into(), guest: guest.to_string() },
            None => Preopen { host: text.into(), guest: text.to_string() },
        }
    }
}

/// Where standard input comes from.
#[derive(Clone, Debug, Default)]
pub enum Input {
    /// Ends at once.
    #[default]
    Empty,
    Bytes(Vec<u8>),
    /// The host's own.
    Inherit,
}

/// Where an output stream goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Output {
    /// Into the [`crate::Outcome`], at most [`Output::CAPTURE_MAX`] bytes; then writes fail with `nospc`.
    #[default]
    Capture,
    /// The host's own.
    Inherit,
    /// Nowhere; writes succeed.
    Discard,
}

impl Output {
    pub const CAPTURE_MAX: usize = 128 << 20;
}

/// What is called. `_initialize`, if the module exports it, is called before an export.
#[derive(Clone, Debug, Default)]
pub enum Entry {
    /// `_start`.
    #[default]
    Start,
    Export {
        name: String,
        args: Vec<Value>,
    },
}

/// A number that crosses the border of a module.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Value {
    I32(i32),
    I64(i64),
    F32(f32),
    F64(f64),
}

/// Faults to inject, so that a test can see how a program takes them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    /// `fd_write` takes at most this many bytes at a time.
    pub max_write: Option<usize>,
    /// `fd_write` on the standard streams fails with `io` once this many bytes were written.
    pub fail_write_after: Option<u64>,
}
