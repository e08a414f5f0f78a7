//! What the program's imports are answered by.

use crate::memory::{Memory, OutOfBounds};
use lir::Imm;

/// A value that crosses the program's border. Pointers are zero-extended.
pub type Value = Imm;

/// Why a host function gives no results.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stop {
    /// The program ends with this status.
    Exit(i32),
    /// The program did what it may not do.
    Trap(String),
    /// The host function throws; only imports that may unwind do.
    Throw,
    /// The host has no such function, or cannot answer: the run fails.
    Unsupported(String),
}

impl From<OutOfBounds> for Stop {
    fn from(_: OutOfBounds) -> Stop {
        Stop::Trap("a host function was given a bad address".into())
    }
}

/// The functions that a program imports.
pub trait Host {
    fn call(
        &mut self,
        module: &str,
        name: &str,
        args: &[Value],
        memory: &mut Memory,
    ) -> Result<Vec<Value>, Stop>;
}

/// A host without functions.
pub struct NoHost;

impl Host for NoHost {
    fn call(&mut self, module: &str, name: &str, _: &[Value], _: &mut Memory) -> Result<Vec<Value>, Stop> {
        Err(Stop::Unsupported(format!("there is no host function `{module}` `{name}`")))
    }
}
