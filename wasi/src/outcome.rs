//! How a run ended, told as data: exit status, fatal error with backtrace, timeout.

use crate::context::{Exit, TimedOut};
use crate::limits::Refusal;
use crate::options::Value;
use std::fmt::{self, Write};
use std::time::Duration;
use wasmtime::{ThrownException, Trap, WasmBacktrace};

/// The exit status of a program that ended in a trap.
pub const STATUS_FATAL: i32 = 102;
/// The exit status of a program that ran out of time or fuel.
pub const STATUS_TIMEOUT: i32 = 124;

/// A run that took place.
#[derive(Debug)]
pub struct Outcome {
    pub end: End,
    /// The status that a process with this end has.
    pub status: i32,
    /// Captured output. The report of an end other than [`End::Exited`] is the last thing on standard error.
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    /// What the called export returned.
    pub results: Vec<Value>,
    /// The time between the call of the entry and its end.
    pub elapsed: Duration,
    /// The most bytes that linear memories took together.
    pub peak_memory: u64,
    /// With [`crate::RunOptions::fuel`]: how much of it was used.
    pub fuel_used: Option<u64>,
}

impl Outcome {
    pub fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    pub fn stderr_text(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }
}

/// How a run ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum End {
    /// The entry returned, or the program called `proc_exit`.
    Exited(i32),
    Fatal(Fatal),
    TimedOut(Duration),
    OutOfFuel,
}

impl End {
    pub fn status(&self) -> i32 {
        match self {
            End::Exited(status) => *status,
            End::Fatal(_) => STATUS_FATAL,
            End::TimedOut(_) | End::OutOfFuel => STATUS_TIMEOUT,
        }
    }

    /// The lines that the host adds to standard error; empty for an exit.
    pub fn report(&self) -> String {
        match self {
            End::Exited(_) => String::new(),
            End::Fatal(fatal) => fatal.to_string(),
            End::TimedOut(limit) => format!("timeout: the program ran longer than {limit:?}\n"),
            End::OutOfFuel => "timeout: the program used up its fuel\n".to_string(),
        }
    }
}

/// A trap or an exception that nothing caught.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fatal {
    /// What follows `fatal: `.
    pub message: String,
    /// The calls that led there, innermost first, at most 20.
    pub backtrace: Vec<Frame>,
}

impl fmt::Display for Fatal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "fatal: {}", self.message)?;
        // A recursion that ran out of stack is told once.
        self.backtrace.chunk_by(|a, b| a == b).try_for_each(|same| match same.len() {
            1 => writeln!(f, "    at {}", same[0]),
            n => writeln!(f, "    at {}, {n} times", same[0]),
        })
    }
}

/// A function on the stack.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    /// From the name section; `function N` without one.
    pub function: String,
    /// `file:line:column`, where the module carries line information.
    pub location: Option<String>,
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.function)?;
        self.location.as_ref().map_or(Ok(()), |location| write!(f, " ({location})"))
    }
}

/// Why a module was not run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RunError {
    /// Not a module, not valid, or using a feature that this host lacks.
    Invalid(String),
    /// The module imports what this host does not provide, or lacks the export that is to be called.
    Link(String),
    /// A directory or another resource of the options is not there.
    Setup(String),
    /// A bug in this host.
    Host(String),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RunError::Invalid(what) => write!(f, "invalid module: {what}"),
            RunError::Link(what) | RunError::Setup(what) => f.write_str(what),
            RunError::Host(what) => write!(f, "internal error of the WASI host: {what}"),
        }
    }
}

impl std::error::Error for RunError {}

/// Tells what an error out of wasmtime means for the program that ran.
pub(crate) fn classify(
    error: &wasmtime::Error,
    refusal: Option<Refusal>,
    stack_pointer: Option<i64>,
) -> Result<End, RunError> {
    if let Some(Exit(status)) = error.downcast_ref() {
        return Ok(End::Exited(*status));
    }
    if let Some(TimedOut(limit)) = error.downcast_ref() {
        return Ok(End::TimedOut(*limit));
    }
    let backtrace = error.downcast_ref::<WasmBacktrace>().map(frames).unwrap_or_default();
    if error.is::<ThrownException>() {
        let message = "an exception was not caught".to_string();
        return Ok(End::Fatal(Fatal { message, backtrace }));
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => Ok(End::OutOfFuel),
        Some(Trap::MemoryOutOfBounds)
            if is_below_stack(error, backtrace.len()) || stack_pointer.is_some_and(has_overflowed) =>
        {
            Ok(End::Fatal(Fatal { message: "stack overflow".to_string(), backtrace }))
        }
        Some(trap) => Ok(End::Fatal(Fatal { message: trap_message(*trap, refusal), backtrace })),
        None => Err(RunError::Host(chain(error))),
    }
}

/// The most frames that are told of, which a deep recursion has.
const DEEP: usize = 20;

/// Whether the access that trapped was below the stack of slots. It comes first in memory, so its overflow gives addresses
/// that have wrapped around to the end of the address space, of a 32-bit memory here, where nothing else is ever accessed. A frame is at most as
/// large as the stack, 1 MiB (`lir::Target`, must match), so they are in the last MiB.
/// wasmtime tells the address in the error's text only.
/// A few frames overflow it only if they are large; then an address that is just below zero says something else.
fn is_below_stack(error: &wasmtime::Error, frames: usize) -> bool {
    let end = if frames >= DEEP { 0x1_0000_0000 } else { 0xFFFF_0000 };
    let address = error.chain().find_map(|cause| {
        let text = cause.to_string();
        let digits = text.strip_prefix("memory fault at wasm address 0x")?.split(' ').next()?;
        u64::from_str_radix(digits, 16).ok()
    });
    address.is_some_and(|address| (0xFFF0_0000..end).contains(&address))
}

/// The export that tells of the stack of slots in a 64-bit memory, where wasmtime knows no address of a trap. Must match
/// `lir::STACK_POINTER`.
pub(crate) const STACK_POINTER: &str = "__stack_pointer";

/// Frames below this need not move the pointer. Must match compiler/backend-wasm/src/ctx.rs.
const SMALL_FRAME: i64 = 4096;

fn has_overflowed(stack_pointer: i64) -> bool {
    stack_pointer < SMALL_FRAME
}

fn trap_message(trap: Trap, refusal: Option<Refusal>) -> String {
    match (trap, refusal) {
        (Trap::StackOverflow, _) => "stack overflow".to_string(),
        (Trap::UnreachableCodeReached, Some(refusal)) => format!("out of memory ({refusal})"),
        (Trap::UnreachableCodeReached, None) => "unreachable code was reached".to_string(),
        (Trap::MemoryOutOfBounds, _) => "memory access out of bounds".to_string(),
        _ => trap.to_string().trim_start_matches("wasm trap: ").to_string(),
    }
}

fn frames(backtrace: &WasmBacktrace) -> Vec<Frame> {
    backtrace.frames().iter().take(DEEP).map(frame).collect()
}

fn frame(info: &wasmtime::FrameInfo) -> Frame {
    let function = info.func_name().map_or_else(|| format!("function {}", info.func_index()), str::to_string);
    let location = info.symbols().first().and_then(location);
    Frame { function, location }
}

fn location(symbol: &wasmtime::FrameSymbol) -> Option<String> {
    let mut text = symbol.file()?.to_string();
    // Column 0 is that of no column.
    let column = symbol.column().filter(|&column| column > 0);
    for number in [symbol.line(), column].into_iter().flatten() {
        let _ = write!(text, ":{number}");
    }
    Some(text)
}

/// An error with its causes on one line.
pub(crate) fn chain(error: &wasmtime::Error) -> String {
    error.chain().map(|cause| cause.to_string()).collect::<Vec<_>>().join(": ")
}
