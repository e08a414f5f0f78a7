//! Syntax trees in, a typed program out.

pub mod body;
mod builtin;
mod env;
mod impls;
mod infer;
mod names;
pub mod program;
pub mod resolve;
mod solve;
pub mod ty;
