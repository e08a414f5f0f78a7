//! Exit statuses, as documented in `docs/galc.md`, and the failures that lead to them.

use driver::{Checked, DriverError};
use std::fmt;
use wasi::RunError;

/// How galc ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    Success,
    /// The program has errors, a test failed, or a file is not formatted.
    Diagnostics,
    /// Wrong arguments, a file, package, backend or tool that is not there, a result that cannot be written.
    Usage,
    /// A bug in galc, or a part of it that is not built yet.
    Internal,
    /// The status of the program that ran: its own, 101 after a panic, 102 after a fatal error, 124 after a timeout.
    Program(i32),
}

impl Exit {
    pub fn status(self) -> i32 {
        match self {
            Exit::Success => 0,
            Exit::Diagnostics => 1,
            Exit::Usage => 2,
            Exit::Internal => 3,
            // The system keeps eight bits; no failure may look like success.
            Exit::Program(status) if status != 0 && status & 0xFF == 0 => 255,
            Exit::Program(status) => status,
        }
    }
}

/// Why a command could not do its work.
#[derive(Debug)]
pub enum Failure {
    Usage(String),
    /// Mistakes in a `gal.toml`.
    Manifest(Box<Checked>),
    Driver(DriverError),
    Run(RunError),
}

impl Failure {
    pub fn exit(&self) -> Exit {
        match self {
            Failure::Usage(_)
            | Failure::Manifest(_)
            | Failure::Driver(
                DriverError::MissingEntry(_)
                | DriverError::Unsupported(_)
                | DriverError::Profile(_)
                | DriverError::Tool(_),
            )
            | Failure::Run(RunError::Link(_) | RunError::Setup(_)) => Exit::Usage,
            Failure::Driver(DriverError::Limit(_)) => Exit::Diagnostics,
            Failure::Driver(DriverError::Unfinished(_) | DriverError::Internal(_))
            | Failure::Run(RunError::Invalid(_) | RunError::Host(_)) => Exit::Internal,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Usage(message) => f.write_str(message),
            Failure::Manifest(_) => f.write_str("the manifest is wrong"),
            Failure::Driver(error) => error.fmt(f),
            Failure::Run(error) => error.fmt(f),
        }
    }
}

impl From<DriverError> for Failure {
    fn from(error: DriverError) -> Failure {
        Failure::Driver(error)
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Failure {
        Failure::Run(error)
    }
}

/// A failure of the file system, with what was being done.
pub fn io_failure(doing: &str, path: &std::path::Path, error: &std::io::Error) -> Failure {
    Failure::Usage(format!("cannot {doing} `{}`: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_program_never_looks_successful() {
        assert_eq!(Exit::Program(256).status(), 255);
        assert_eq!(Exit::Program(0).status(), 0);
        assert_eq!(Exit::Program(101).status(), 101);
    }
}
