//! Typed programs in, optimised control-flow graphs with explicit ownership out.
pub mod ir;
pub use ir::*;
