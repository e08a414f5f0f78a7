//! What goes wrong while IR is built can only be a bug of this crate.

use backend::BackendError;
use inkwell::builder::BuilderError;
use std::fmt::Display;

#[derive(Debug)]
pub struct Bug(pub String);

pub type Result<T = ()> = std::result::Result<T, Bug>;

impl From<BuilderError> for Bug {
    fn from(error: BuilderError) -> Bug {
        Bug(format!("LLVM's builder: {error}"))
    }
}

impl From<Bug> for BackendError {
    fn from(Bug(what): Bug) -> BackendError {
        BackendError::Internal(format!("llvm backend: {what}"))
    }
}

pub fn bug(what: impl Display) -> Bug {
    Bug(what.to_string())
}
