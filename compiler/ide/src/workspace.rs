//! The open files, and the requests about them.

use crate::results::*;
use driver::{Options, SourceLoader};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a request has no result. None of these is a mistake in the program.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "error", content = "text")]
pub enum Error {
    /// Neither open nor known to the loader.
    NoFile(String),
    /// A change was asked for that cannot be made; the text says why.
    Refused(String),
    /// A limit or a bug of the compiler.
    Compiler(String),
    /// The named request is not there yet.
    Unfinished(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NoFile(path) => write!(f, "cannot read `{path}`"),
            Error::Refused(text) | Error::Compiler(text) => f.write_str(text),
            Error::Unfinished(what) => write!(f, "{what} is not there yet"),
        }
    }
}

impl std::error::Error for Error {}

/// A loader that knows no file: all of the program is open.
pub struct NoFiles;

impl SourceLoader for NoFiles {
    fn load(&mut self, _path: &str) -> Option<String> {
        None
    }

    fn exists(&mut self, _path: &str) -> bool {
        false
    }
}

/// The open files, what is known of the program, and every request.
///
/// Paths are names as the loader knows them, with `/` between components; `library/…` are the files of the library,
/// which can be asked about and not changed. `entry` is the root file of a program, as for `driver::check`. Requests take
/// `entry` and the file that they are about, which may be the same; a file that the program does not reach is taken for
/// a program of its own. Offsets are bytes of the file's text, see [`crate::Lines`].
pub struct Workspace {
    #[expect(dead_code, reason = "requests follow")]
    loader: Box<dyn SourceLoader>,
    #[expect(dead_code, reason = "requests follow")]
    options: Options,
}

fn unfinished<T>(what: &str) -> Result<T, Error> {
    Err(Error::Unfinished(what.to_string()))
}

impl Workspace {
    /// Files that are not open come through `loader`. Of the options only the target counts.
    pub fn new(loader: Box<dyn SourceLoader>, options: Options) -> Workspace {
        Workspace { loader, options }
    }

    // ------------------------------------------------------------ texts

    /// Opens a file, or gives an open one another text.
    pub fn set_text(&mut self, _path: &str, _text: String) {}

    /// Replaces a part of an open file.
    pub fn edit(&mut self, _path: &str, _range: TextRange, _text: &str) -> Result<(), Error> {
        unfinished("editing")
    }

    /// From now on the loader has the file.
    pub fn close(&mut self, _path: &str) {}

    /// Files of the loader may have changed.
    pub fn reload(&mut self) {}

    /// The text of a file: open, of the loader, or `library/…`.
    pub fn text(&mut self, _path: &str) -> Option<String> {
        None
    }

    // ------------------------------------------------------------ reading

    /// What `galc check ENTRY` finds, for each file of the user's that the program has.
    pub fn diagnostics(&mut self, _entry: &str) -> Result<Vec<FileDiagnostics>, Error> {
        unfinished("diagnostics")
    }

    /// The declaration, type and docs of the name at an offset.
    pub fn hover(&mut self, _entry: &str, _path: &str, _offset: u32) -> Result<Option<Hover>, Error> {
        unfinished("hover")
    }

    /// Where the name at an offset is declared; of a method of a trait, in the trait.
    pub fn definition(&mut self, _entry: &str, _path: &str, _offset: u32) -> Result<Vec<Location>, Error> {
        unfinished("definition")
    }

    /// Where the type of the name at an offset is declared.
    pub fn type_definition(
        &mut self,
        _entry: &str,
        _path: &str,
        _offset: u32,
    ) -> Result<Vec<Location>, Error> {
        unfinished("type definition")
    }

    /// The implementations of the trait, or of the trait's method or message, at an offset.
    pub fn implementations(
        &mut self,
        _entry: &str,
        _path: &str,
        _offset: u32,
    ) -> Result<Vec<Location>, Error> {
        unfinished("implementations")
    }

    /// Every place in the user's files that mentions what the name at an offset stands for, its declaration too.
    pub fn references(&mut self, _entry: &str, _path: &str, _offset: u32) -> Result<Vec<Reference>, Error> {
        unfinished("references")
    }

    /// What is called at an offset between the parentheses of a call, and which argument that is.
    pub fn signature_help(
        &mut self,
        _entry: &str,
        _path: &str,
        _offset: u32,
    ) -> Result<Option<SignatureHelp>, Error> {
        unfinished("signature help")
    }

    // ------------------------------------------------------------ writing

    /// What can stand at an offset.
    pub fn completion(&mut self, _entry: &str, _path: &str, _offset: u32) -> Result<CompletionList, Error> {
        unfinished("completion")
    }

    /// Whether the name at an offset can be renamed, and what it is now.
    pub fn prepare_rename(&mut self, _entry: &str, _path: &str, _offset: u32) -> Result<RenameTarget, Error> {
        unfinished("rename")
    }

    /// Gives what the name at an offset stands for another name, everywhere. [`Error::Refused`] where the name would mean
    /// something else, or belongs to the library.
    pub fn rename(
        &mut self,
        _entry: &str,
        _path: &str,
        _offset: u32,
        _name: &str,
    ) -> Result<SourceChange, Error> {
        unfinished("rename")
    }

    /// The fixes of the diagnostics that touch a range.
    pub fn actions(&mut self, _entry: &str, _path: &str, _range: TextRange) -> Result<Vec<Action>, Error> {
        unfinished("actions")
    }

    /// The changes that give a file the layout of `galc fmt`; none where it has syntax errors.
    pub fn format(&mut self, _path: &str) -> Result<Vec<TextEdit>, Error> {
        unfinished("formatting")
    }

    // ------------------------------------------------------------ whole files

    /// Types and names of parameters that are not written, in a range of a file.
    pub fn inlay_hints(
        &mut self,
        _entry: &str,
        _path: &str,
        _range: TextRange,
    ) -> Result<Vec<InlayHint>, Error> {
        unfinished("inlay hints")
    }

    /// All tokens of a file with what they stand for.
    pub fn semantic_tokens(&mut self, _entry: &str, _path: &str) -> Result<Vec<SemanticToken>, Error> {
        unfinished("semantic tokens")
    }

    /// The declarations of a file.
    pub fn symbols(&mut self, _path: &str) -> Result<Vec<DocumentSymbol>, Error> {
        unfinished("symbols")
    }

    /// What can be folded in a file.
    pub fn folds(&mut self, _path: &str) -> Result<Vec<Fold>, Error> {
        unfinished("folding")
    }
}
