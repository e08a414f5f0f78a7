//! Syntax trees in, a typed program out.
pub mod body;
pub mod program;
pub mod ty;
