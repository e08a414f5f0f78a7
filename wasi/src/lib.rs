//! A host for WebAssembly command modules on WASI preview 1: a module in, its exit status and output out.
//!
//! In: the bytes of a module and [`RunOptions`]. Out: an [`Outcome`], or a [`RunError`] where the module could not be
//! started at all. A program that traps, runs out of time or of memory is an outcome, not an error. The module runs on
//! wasmtime, on a thread of its own with [`MAX_WASM_STACK`] bytes of stack. It reaches nothing of the machine but what
//! the options give it: arguments, environment, streams, clocks, random bytes, and the directories in
//! [`RunOptions::dirs`], out of which neither `..` nor a symbolic link leads.
//!
//! Limits: preview 1 only, one thread, no sockets. Functions of preview 1 that this host does not serve answer `nosys`.
//! Start reading at [`Program::run`]; `preview1` holds the functions that a module imports.
//!
//! ```
//! let module = br#"(module (memory (export "memory") 1) (func (export "_start")))"#;
//! # let module = &wat::parse_bytes(module).unwrap();
//! let outcome = wasi::run(module, &wasi::RunOptions::default()).unwrap();
//! assert_eq!(outcome.status, 0);
//! ```

mod backtrace;
mod context;
mod engine;
mod files;
mod host_file;
mod limits;
mod options;
mod outcome;
mod preview1;
mod run;
mod streams;

pub use engine::{Engine, MAX_WASM_STACK, Program};
pub use options::{Entry, Faults, Input, Output, Preopen, RunOptions, Value};
pub use outcome::{End, Fatal, Frame, Outcome, RunError, STATUS_FATAL, STATUS_TIMEOUT};

/// Compiles a module and runs it once. To run many modules, keep one [`Engine`]; to run one often, a [`Program`].
pub fn run(wasm: &[u8], options: &RunOptions) -> Result<Outcome, RunError> {
    Engine::new().load(wasm)?.run(options)
}
