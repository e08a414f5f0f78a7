//! MIR in, LIR out: scalars, memory and blocks, as every backend takes them; also the passes over it.
//!
//! Start reading at [`ir`], the contract with the backends. [`ops`] says what each instruction is called and takes;
//! [`print`] and [`parse`] are the text form, [`verify`] checks the invariants, [`visit`] and [`cfg`] are what passes
//! are built from, and [`passes::optimize`] runs them.

mod assigned;
pub mod bits;
pub mod c_targets;
pub mod cfg;
pub mod debug;
pub mod eval;
pub mod eval_vector;
pub mod ir;
mod lex;
pub mod lower;
pub mod ops;
pub mod parse;
mod parse_body;
pub mod passes;
pub mod print;
pub mod random;
pub mod script;
pub mod targets;
pub mod verify;
mod verify_body;
pub mod visit;
pub use ::simd;
pub use c_targets::{Arch, CSystem, Os, X86_64_LINUX_SYSTEM};
pub use ir::*;
pub use lex::ParseError;
pub use parse::parse_module;
pub use print::{print_function, print_module};
pub use targets::{Platform, STACK_POINTER, TARGETS, TargetInfo};
pub use verify::{VerifyError, assert_valid, verify};
