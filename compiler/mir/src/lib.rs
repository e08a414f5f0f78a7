//! Typed programs in, optimised control-flow graphs with explicit ownership out.
//!
//! Start reading at [`ir`]. [`build`] makes it from the checker's program. [`print`] and [`parse`] are the text form,
//! [`verify`] checks types and shape, [`facts`] and [`visit`] are what analyses and passes are built from.

pub mod analysis;
mod atomic;
pub mod build;
pub mod certify;
pub mod debug;
pub mod explain;
pub mod facts;
pub mod ir;
mod names;
pub mod parse;
mod parse_body;
mod parse_error;
pub mod passes;
pub mod print;
pub mod verify;
mod verify_body;
mod verify_tables;
mod verify_tokens;
pub mod visit;

pub use certify::certify;
pub use facts::{PlaceTy, TypeFacts, place_ty};
pub use ir::*;
pub use parse::{ParseError, parse_program};
pub use passes::coroutine::{Misuse, Why};
pub use passes::{PASSES, PassInfo, PassOptions, Report, optimize, optimize_suspiciously, run_pass};
pub use print::{print_function, print_program, print_program_with_spans, print_ty};
pub use verify::{VerifyError, verify};
