//! LIR crate: to be filled in.
pub mod ir;
pub use ir::*;
