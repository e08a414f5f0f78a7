//! The host's side of one run: what the functions of preview 1 work on, and the errors that end a run.

use crate::files::Files;
use crate::limits::Limiter;
use crate::options::RunOptions;
use crate::outcome::RunError;
use crate::streams::{HostStream, Sink, Source};
use std::fmt;
use std::time::{Duration, Instant};
use wasmtime::{Global, Memory};

pub(crate) struct Context {
    /// Arguments and `NAME=value` pairs, without the closing zero byte.
    pub args: Vec<Vec<u8>>,
    pub env: Vec<Vec<u8>>,
    pub stdin: Source,
    pub stdout: Sink,
    pub stderr: Sink,
    pub files: Files,
    pub random: Random,
    pub limiter: Limiter,
    pub deadline: Option<Deadline>,
    /// The zero of the monotonic clock.
    pub start: Instant,
    /// The export `memory`, looked up at the first call that needs it.
    pub memory: Option<Memory>,
    /// The export of this name, which tells of a stack overflow in a 64-bit memory.
    pub stack_pointer: Option<Global>,
}

impl Context {
    pub fn new(options: &RunOptions, deadline: Option<Deadline>) -> Result<Context, RunError> {
        let pair = |(name, value): &(String, String)| format!("{name}={value}").into_bytes();
        Ok(Context {
            args: options.args.iter().map(|arg| arg.clone().into_bytes()).collect(),
            env: options.env.iter().map(pair).collect(),
            stdin: Source::new(&options.stdin),
            stdout: Sink::new(options.stdout, options.faults, HostStream::Stdout),
            stderr: Sink::new(options.stderr, options.faults, HostStream::Stderr),
            files: Files::new(&options.dirs, options.output.as_deref())?,
            random: Random { state: options.random_seed },
            limiter: Limiter::new(options.max_memory),
            deadline,
            start: Instant::now(),
            memory: None,
            stack_pointer: None,
        })
    }
}

/// When a run has to end, and after which time that is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    pub at: Instant,
    pub limit: Duration,
}

impl Deadline {
    pub fn after(limit: Duration) -> Option<Deadline> {
        Some(Deadline { at: Instant::now().checked_add(limit)?, limit })
    }

    pub fn remaining(self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    pub fn has_passed(self) -> bool {
        self.remaining().is_zero()
    }
}

/// Ends the run with a status; what `proc_exit` throws.
#[derive(Debug)]
pub(crate) struct Exit(pub i32);

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit with status {}", self.0)
    }
}

impl std::error::Error for Exit {}

/// Ends the run because its time is up.
#[derive(Debug)]
pub(crate) struct TimedOut(pub Duration);

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "timed out after {:?}", self.0)
    }
}

impl std::error::Error for TimedOut {}

/// Random bytes: of the operating system, or with a seed those of SplitMix64 (Steele, Lea, Flood: "Fast splittable
/// pseudorandom number generators", 2014).
pub(crate) struct Random {
    state: Option<u64>,
}

impl Random {
    /// False when the operating system has none to give.
    pub fn fill(&mut self, bytes: &mut [u8]) -> bool {
        let Some(state) = &mut self.state else { return getrandom::fill(bytes).is_ok() };
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
        true
    }
}
