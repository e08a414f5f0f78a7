//! LIR in, what the program does out: the reference that the other backends are compared with.
//!
//! [`Program::new`] turns a module into a flat form, [`Interp::of`] gives it a memory, and [`Interp::call`] runs an exported
//! function; [`Interp::new`] does the first two.
//! What the program does wrong is an [`Outcome`]; what keeps the interpreter from going on is a [`Failure`].
//! Memory begins with the shadow stack (which grows down), then come static data and the heap. The address of a
//! function is its index plus one. Modules must have passed `lir::verify`.

mod c_library;
mod decode;
mod exec;
mod host;
mod insn;
mod linux;
mod memory;
mod preview1;
mod program;
mod vector;

pub use c_library::CLibrary;
pub use exec::Interp;
pub use host::{Host, NoHost, Stop, Value};
pub use linux::Linux;
pub use memory::{Memory, OutOfBounds, PAGE_BYTES};
pub use preview1::Preview1;
pub use program::Program;

use lir::FuncId;
use std::fmt;
use syntax::Span;

/// How far a run may go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Instructions over all calls of one [`Interp`]; bulk operations count one per 64 bytes. More is a [`Failure`].
    pub steps: u64,
    /// Beyond this, memory does not grow.
    pub memory_bytes: u64,
    /// Calls that are active at once; more is a trap.
    pub depth: u32,
}

impl Default for Limits {
    /// A few seconds, a quarter of what wasm32 can address, and about what engines allow.
    fn default() -> Limits {
        Limits { steps: 1_000_000_000, memory_bytes: 1 << 30, depth: 20_000 }
    }
}

/// How a call ended. All of these are the program's doing.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    Returned(Vec<Value>),
    /// The program asked its host to end it.
    Exited(i32),
    Trapped(Trap),
    /// A panic left the function.
    Threw,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trap {
    Unreachable,
    /// Division by zero, or a quotient that overflows.
    Division,
    OutOfBounds,
    /// The shadow stack is full.
    StackOverflow,
    /// Too many calls are active.
    CallDepth,
    /// An indirect call of what is no function.
    NoFunction,
    /// An indirect call of a function with another signature.
    WrongSignature,
    UnalignedAtomic,
    Host(String),
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Trap::Unreachable => "unreachable",
            Trap::Division => "division",
            Trap::OutOfBounds => "out of bounds",
            Trap::StackOverflow => "stack overflow",
            Trap::CallDepth => "call depth",
            Trap::NoFunction => "no function",
            Trap::WrongSignature => "wrong signature",
            Trap::UnalignedAtomic => "unaligned atomic",
            Trap::Host(message) => message,
        })
    }
}

impl From<OutOfBounds> for Trap {
    fn from(_: OutOfBounds) -> Trap {
        Trap::OutOfBounds
    }
}

/// Why the interpreter could not run the program to an outcome.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Failure {
    /// [`Limits::steps`] are used up.
    OutOfSteps,
    /// The host cannot answer an import.
    Host(String),
    /// The module or the request is not what the interpreter takes.
    Invalid(String),
}

impl Failure {
    pub(crate) fn invalid(message: impl Into<String>) -> Failure {
        Failure::Invalid(message.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::OutOfSteps => write!(f, "the limit of steps is reached"),
            Failure::Host(message) | Failure::Invalid(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Failure {}

/// An active call, for reports.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Site {
    pub func: FuncId,
    pub span: Span,
}
