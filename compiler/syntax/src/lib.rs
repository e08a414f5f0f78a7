//! Source text in, syntax trees and diagnostics out.
//!
//! In: the text of `.gal` files, entered into a [`span::SourceMap`]. Out: [`ast::File`] per file, and
//! [`diag::Diagnostic`]s. Parsing never fails: the tree after an error holds `Error` nodes. The vocabulary
//! that all later phases share (spans, symbols, diagnostics) lives here too. The way of a file is
//! [`lexer::lex`], [`parser::parse_file`], and for bodies that were left for later [`parser::parse_kept`] and [`parser::parse_body`];
//! [`format`] prints a file in canonical layout and [`pretty`] its tree. Start reading at [`ast`].

pub mod ast;
pub mod codes;
pub mod diag;
mod docs;
pub mod format;
pub mod inlined;
pub mod intern;
pub mod lexer;
mod literal;
pub mod parser;
pub mod pretty;
pub mod span;
pub mod token;

pub use diag::{Diagnostic, Severity};
pub use docs::docs_above;
pub use format::format_file;
pub use inlined::InlineTable;
pub use intern::{Interner, Symbol, sym};
pub use parser::{Bodies, KeptBodies, Room, parse_body, parse_file, parse_file_in, parse_kept};
pub use span::{BadByte, FileId, LineCol, SourceMap, Span};
