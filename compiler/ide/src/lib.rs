//! What editors ask about GAL programs: diagnostics, hover, completion, and so on.
//!
//! In: the texts of open files, other files through the driver's `SourceLoader`, and a place. Out: plain data, see
//! `results.rs`. Nothing is printed and no file is touched, so that the same code runs behind `galc lsp` and in a
//! browser. Any text is accepted, broken ones too, and any offset: one that is out of range is moved into it.
//!
//! A [`Workspace`] checks the whole program again after a change, with the checker's recording of names switched on
//! (`hir::record`), and keeps the result until the next change. Start reading at [`Workspace`], then `analysis.rs`.

mod analysis;
mod completion;
mod describe;
mod diagnostics;
mod files;
mod hints;
mod hover;
mod keywords;
mod lines;
mod navigate;
mod outline;
mod rename;
mod results;
mod signature;
mod symbols;
mod tokens;
mod tree;
mod walk;
mod workspace;

pub use lines::{Encoding, Lines, Position, floor};
pub use results::*;
pub use workspace::{Error, NoFiles, Workspace};
