//! The open files, and the requests about them.

use crate::analysis::Analysis;
use crate::completion;
use crate::describe::Cx;
use crate::files::{Overlay, Trees, is_library, library_text};
use crate::lines::floor;
use crate::results::*;
use crate::tree::Tree;
use crate::{diagnostics, hints, hover, navigate, rename, signature, symbols, tokens};
use driver::{Analysed, DriverError, Options, Session, SourceLoader};
use entity::Arrange;
use hir::record::RecordOptions;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::rc::Rc;

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
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NoFile(path) => write!(f, "cannot read `{path}`"),
            Error::Refused(text) | Error::Compiler(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Error {}

impl From<DriverError> for Error {
    fn from(error: DriverError) -> Error {
        match error {
            DriverError::MissingEntry(path) => Error::NoFile(path),
            other => Error::Compiler(other.to_string()),
        }
    }
}

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

/// How many checked programs are kept.
const MAX_PROGRAMS: usize = 8;

/// The open files, what is known of the program, and every request.
///
/// Paths are names as the loader knows them, with `/` between components; `library/…` are the files of the library,
/// which can be asked about and not changed. `entry` is the root file of a program, as for `driver::check`. Requests take
/// `entry` and the file that they are about, which may be the same; a file that the program does not reach is taken for
/// a program of its own. Offsets are bytes of the file's text, see [`crate::Lines`].
pub struct Workspace {
    loader: Box<dyn SourceLoader>,
    options: Options,
    open: FxHashMap<String, Rc<str>>,
    /// Programs as they are now, by root file and by the library's file that is looked at.
    programs: FxHashMap<(String, String), Rc<Analysis>>,
    trees: Trees,
}

/// A program, a file of it, and an offset that lies in the file.
struct At {
    analysis: Rc<Analysis>,
    tree: Rc<Tree>,
    file: syntax::FileId,
    /// Where the file begins in the program.
    start: u32,
    offset: u32,
}

impl At {
    fn pos(&self) -> u32 {
        self.start + self.offset
    }
}

impl Workspace {
    /// Files that are not open come through `loader`. Of the options only the target counts.
    pub fn new(loader: Box<dyn SourceLoader>, options: Options) -> Workspace {
        let (open, programs) = (FxHashMap::default(), FxHashMap::default());
        Workspace { loader, options, open, programs, trees: Trees::default() }
    }

    // ------------------------------------------------------------ texts

    /// Opens a file, or gives an open one another text. The library's files stay what they are.
    pub fn set_text(&mut self, path: &str, text: String) {
        if !is_library(path) && self.open.get(path).is_none_or(|old| **old != *text) {
            self.open.insert(path.to_string(), text.into());
            self.programs.clear();
        }
    }

    /// Replaces a part of an open file.
    pub fn edit(&mut self, path: &str, range: TextRange, text: &str) -> Result<(), Error> {
        let Some(old) = self.open.get(path) else { return Err(Error::NoFile(path.to_string())) };
        let start = floor(old, range.start);
        let end = floor(old, range.end).max(start);
        let edit = TextEdit { range: TextRange::new(start, end), text: text.to_string() };
        let new = rename::apply(old, &[edit]);
        self.set_text(path, new);
        Ok(())
    }

    /// From now on the loader has the file.
    pub fn close(&mut self, path: &str) {
        if self.open.remove(path).is_some() {
            self.trees.forget(path);
            self.programs.clear();
        }
    }

    /// Files of the loader may have changed.
    pub fn reload(&mut self) {
        self.programs.clear();
    }

    pub fn is_open(&self, path: &str) -> bool {
        self.open.contains_key(path)
    }

    /// The text of a file: open, of the loader, or `library/…`.
    pub fn text(&mut self, path: &str) -> Option<String> {
        if let Some(text) = library_text(path) {
            return Some(text.to_string());
        }
        self.overlay(None).load(path)
    }

    fn overlay<'a>(&'a mut self, patch: Option<(&'a str, String)>) -> Overlay<'a> {
        Overlay { open: &self.open, loader: &mut *self.loader, patch }
    }

    // ------------------------------------------------------------ programs

    fn options(&self) -> Options {
        Options { target: self.options.target, ..Options::default() }
    }

    fn check(
        &mut self,
        entry: &str,
        record: RecordOptions,
        bodies: &Analysed,
        patch: Option<(&str, String)>,
    ) -> Result<hir::Checker, Error> {
        let options = self.options();
        let mut overlay = self.overlay(patch);
        let mut session = Session::new(&mut overlay, options);
        Ok(driver::analyse(&mut session, entry, record, bodies)?)
    }

    /// The program of a root file; if a file of the library is asked about, with what stands in its bodies.
    fn program(&mut self, entry: &str, path: &str) -> Result<Rc<Analysis>, Error> {
        let looked_at = if is_library(path) { path } else { "" };
        let key = (entry.to_string(), looked_at.to_string());
        if let Some(known) = self.programs.get(&key) {
            return Ok(Rc::clone(known));
        }
        let mut checker = self.check(entry, RecordOptions::default(), &Analysed::All, None)?;
        let file = checker.map.files().find(|(_, file)| file.name == looked_at).map(|(id, _)| id);
        if let Some(file) = file {
            checker.check_bodies_of(file);
        }
        let analysis = Rc::new(Analysis::new(checker));
        if self.programs.len() >= MAX_PROGRAMS {
            self.programs.clear();
        }
        self.programs.insert(key, Rc::clone(&analysis));
        Ok(analysis)
    }

    /// Whether the program of a root file has a file, of the library's too.
    pub fn reaches(&mut self, entry: &str, path: &str) -> bool {
        self.program(entry, "").is_ok_and(|analysis| analysis.file(path).is_some())
    }

    /// The root file of the program that a file is looked at in: `entry` if that reaches it, else the file itself.
    fn root_of<'p>(&mut self, entry: &'p str, path: &'p str) -> Result<&'p str, Error> {
        let reaches = match self.program(entry, path) {
            Ok(analysis) => analysis.file(path).is_some(),
            // Without its root the program is gone, and the file stands alone.
            Err(Error::NoFile(_)) if entry != path => false,
            Err(error) => return Err(error),
        };
        Ok(if reaches || is_library(path) { entry } else { path })
    }

    fn at(&mut self, entry: &str, path: &str, offset: u32) -> Result<At, Error> {
        let root = self.root_of(entry, path)?;
        let analysis = self.program(root, path)?;
        let Some((file, source)) = analysis.file(path) else { return Err(Error::NoFile(path.to_string())) };
        let (start, offset) = (source.start, floor(&source.text, offset));
        let tree = self.trees.get(path, &source.text);
        Ok(At { analysis, tree, file, start, offset })
    }

    fn tree(&mut self, path: &str) -> Result<Rc<Tree>, Error> {
        let text = self.text(path).ok_or_else(|| Error::NoFile(path.to_string()))?;
        Ok(self.trees.get(path, &text))
    }

    // ------------------------------------------------------------ reading

    /// What is wrong, for each file of the user's that the program has, as far as it shows without instances of generic
    /// functions: fast enough for each key that is pressed.
    pub fn diagnostics(&mut self, entry: &str) -> Result<Vec<FileDiagnostics>, Error> {
        let analysis = self.program(entry, "")?;
        Ok(diagnostics::diagnostics(&analysis.checker.map, &analysis.diagnostics))
    }

    /// All that `galc check ENTRY` finds, see [`driver::check_instances`]. `None` where that is what
    /// [`Workspace::diagnostics`] finds, because there are errors.
    pub fn instance_diagnostics(&mut self, entry: &str) -> Result<Option<Vec<FileDiagnostics>>, Error> {
        if self.program(entry, "")?.diagnostics.iter().any(|found| found.is_error()) {
            return Ok(None);
        }
        let options = self.options();
        let mut overlay = self.overlay(None);
        let checked = driver::check_instances(&mut Session::new(&mut overlay, options), entry)?;
        Ok(Some(diagnostics::diagnostics(&checked.source_map, &checked.diagnostics)))
    }

    /// The declaration, type and docs of the name at an offset.
    pub fn hover(&mut self, entry: &str, path: &str, offset: u32) -> Result<Option<Hover>, Error> {
        let at = self.at(entry, path, offset)?;
        let mut cx = Cx::new(&at.analysis, &mut self.trees);
        Ok(hover::hover(&mut cx, at.file, &at.tree, at.offset))
    }

    /// Where the name at an offset is declared; of a method of a trait, in the trait.
    pub fn definition(&mut self, entry: &str, path: &str, offset: u32) -> Result<Vec<Location>, Error> {
        let at = self.at(entry, path, offset)?;
        Ok(navigate::definition(&at.analysis, at.pos()))
    }

    /// Where the type of the name at an offset is declared.
    pub fn type_definition(&mut self, entry: &str, path: &str, offset: u32) -> Result<Vec<Location>, Error> {
        let at = self.at(entry, path, offset)?;
        Ok(navigate::type_definition(&at.analysis, at.pos()))
    }

    /// The implementations of the trait, or of the trait's method or message, at an offset; of a type, its `impl`s.
    pub fn implementations(&mut self, entry: &str, path: &str, offset: u32) -> Result<Vec<Location>, Error> {
        let at = self.at(entry, path, offset)?;
        Ok(navigate::implementations(&at.analysis, at.pos()))
    }

    /// Every place in the user's files that mentions what the name at an offset stands for, its declaration too.
    pub fn references(&mut self, entry: &str, path: &str, offset: u32) -> Result<Vec<Reference>, Error> {
        let at = self.at(entry, path, offset)?;
        let cx = Cx::new(&at.analysis, &mut self.trees);
        Ok(navigate::references(&cx, at.pos()))
    }

    /// What is called at an offset between the parentheses of a call, and which argument that is.
    pub fn signature_help(
        &mut self,
        entry: &str,
        path: &str,
        offset: u32,
    ) -> Result<Option<SignatureHelp>, Error> {
        let at = self.at(entry, path, offset)?;
        let Some(call) = signature::open_call(&at.tree, at.offset) else { return Ok(None) };
        let mut cx = Cx::new(&at.analysis, &mut self.trees);
        if let Some(found) = signature::help(&mut cx, &at.tree, at.start, &call) {
            return Ok(Some(found));
        }
        // The call is not complete, and what surrounds it may have been skipped: once more with something in it.
        let Some(request) = completion::Request::new(Rc::clone(&at.tree), at.offset) else { return Ok(None) };
        let root = self.root_of(entry, path)?.to_string();
        let marked = self.marked(&root, path, &request)?;
        let Some((_, source)) = marked.file(path) else { return Ok(None) };
        let mut cx = Cx::new(&marked, &mut self.trees);
        Ok(signature::help(&mut cx, &at.tree, source.start, &call))
    }

    // ------------------------------------------------------------ writing

    /// What can stand at an offset.
    pub fn completion(&mut self, entry: &str, path: &str, offset: u32) -> Result<CompletionList, Error> {
        let tree = self.tree(path)?;
        let offset = floor(&tree.text, offset);
        let nothing = CompletionList { replace: TextRange::empty(offset), items: Vec::new() };
        if is_library(path) {
            return Ok(nothing);
        }
        let Some(request) = completion::Request::new(tree, offset) else { return Ok(nothing) };
        if let Some(list) = request.without_program() {
            return Ok(list);
        }
        let root = self.root_of(entry, path)?.to_string();
        let analysis = self.marked(&root, path, &request)?;
        let folder = root.rfind('/').map_or("", |at| &root[..=at]).to_string();
        let mut trees = std::mem::take(&mut self.trees);
        let mut modules = |below: &[String]| self.modules_below(&folder, &root, below);
        let list = completion::complete(&request, &analysis, &mut trees, path, &mut modules);
        self.trees = trees;
        Ok(list)
    }

    /// The program with the probe of a completion in a file.
    fn marked(&mut self, root: &str, path: &str, request: &completion::Request) -> Result<Analysis, Error> {
        let record = RecordOptions { probe: Some(completion::PROBE.to_string()) };
        let bodies = Analysed::At { path: path.to_string(), offset: request.replace.start };
        let checker = self.check(root, record, &bodies, Some((path, request.marked())))?;
        Ok(Analysis::new(checker))
    }

    /// The user's modules below a path of a `use`, by the names of their files.
    fn modules_below(&mut self, folder: &str, root: &str, path: &[String]) -> Vec<String> {
        let below = format!("{folder}{}", path.join("/"));
        let root_name = root.strip_prefix(folder).unwrap_or(root).trim_end_matches(".gal").to_string();
        let mut names = self.overlay(None).list(below.trim_end_matches('/'));
        names.retain_mut(|name| {
            let is_file = name.ends_with(".gal");
            *name = name.trim_end_matches(".gal").to_string();
            let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
            is_name && name != "mod" && !(path.is_empty() && is_file && *name == root_name)
        });
        names.arrange();
        names.dedup();
        names
    }

    /// Whether the name at an offset can be renamed, and what it is now.
    pub fn prepare_rename(&mut self, entry: &str, path: &str, offset: u32) -> Result<RenameTarget, Error> {
        let at = self.at(entry, path, offset)?;
        let cx = Cx::new(&at.analysis, &mut self.trees);
        Ok(rename::prepare(&cx, at.pos())?.target(&at.analysis))
    }

    /// Gives what the name at an offset stands for another name, everywhere. [`Error::Refused`] where the name would mean
    /// something else, or belongs to the library.
    pub fn rename(
        &mut self,
        entry: &str,
        path: &str,
        offset: u32,
        name: &str,
    ) -> Result<SourceChange, Error> {
        let at = self.at(entry, path, offset)?;
        let renaming = rename::prepare(&Cx::new(&at.analysis, &mut self.trees), at.pos())?;
        if renaming.old == name {
            return Ok(SourceChange::default());
        }
        let change = renaming.change(&at.analysis, name)?;
        let root = self.root_of(entry, path)?.to_string();
        let open = self.open.clone();
        for file in &change.source.files {
            let Some((_, source)) = at.analysis.file(&file.path) else { continue };
            self.open.insert(file.path.clone(), rename::apply(&source.text, &file.edits).into());
        }
        let after = self.check(&root, RecordOptions::default(), &Analysed::All, None);
        self.open = open;
        let after = Analysis::new(after?);
        rename::verify(&at.analysis, &Cx::new(&after, &mut self.trees), &renaming, &change, name)?;
        Ok(change.source)
    }

    /// The fixes of the diagnostics that touch a range, and for unknown names the `use` that makes them known.
    pub fn actions(&mut self, entry: &str, path: &str, range: TextRange) -> Result<Vec<Action>, Error> {
        let at = self.at(entry, path, 0)?;
        let touched = diagnostics::touched(&at.analysis, path, range);
        let mut found = diagnostics::actions(&touched);
        let mut cx = Cx::new(&at.analysis, &mut self.trees);
        found.extend(diagnostics::imports(&mut cx, &at.tree, path, &touched));
        Ok(found)
    }

    /// The changes that give a file the layout of `galc fmt`; none where it has syntax errors.
    pub fn format(&mut self, path: &str) -> Result<Vec<TextEdit>, Error> {
        let text = self.text(path).ok_or_else(|| Error::NoFile(path.to_string()))?;
        let formatted = driver::format(path, &text)?;
        Ok(formatted.text.map(|new| line_edits(&text, &new)).unwrap_or_default())
    }

    // ------------------------------------------------------------ whole files

    /// Types and names of parameters that are not written, in a range of a file.
    pub fn inlay_hints(
        &mut self,
        entry: &str,
        path: &str,
        range: TextRange,
    ) -> Result<Vec<InlayHint>, Error> {
        let at = self.at(entry, path, 0)?;
        let mut cx = Cx::new(&at.analysis, &mut self.trees);
        Ok(hints::hints(&mut cx, &at.tree, at.start, range))
    }

    /// All tokens of a file with what they stand for.
    pub fn semantic_tokens(&mut self, entry: &str, path: &str) -> Result<Vec<SemanticToken>, Error> {
        let at = self.at(entry, path, 0)?;
        Ok(tokens::tokens(&at.analysis, &at.tree, at.start))
    }

    /// The declarations of a file.
    pub fn symbols(&mut self, path: &str) -> Result<Vec<DocumentSymbol>, Error> {
        Ok(symbols::symbols(&*self.tree(path)?))
    }

    /// What can be folded in a file.
    pub fn folds(&mut self, path: &str) -> Result<Vec<Fold>, Error> {
        Ok(symbols::folds(&*self.tree(path)?))
    }
}

/// The edit that makes one text the other, without the lines at both ends that are the same, so that the cursor stays
/// where it is.
fn line_edits(old: &str, new: &str) -> Vec<TextEdit> {
    if old == new {
        return Vec::new();
    }
    let same = old.split_inclusive('\n').zip(new.split_inclusive('\n')).take_while(|(a, b)| a == b);
    let head: usize = same.map(|(line, _)| line.len()).sum();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let ends = |text: &'_ str| text.split_inclusive('\n').map(str::len).collect::<Vec<_>>();
    let (old_lines, new_lines) = (ends(old_rest), ends(new_rest));
    let (mut a, mut b) = (old_rest.len(), new_rest.len());
    for (x, y) in old_lines.iter().rev().zip(new_lines.iter().rev()) {
        if old_rest[a - x..a] != new_rest[b - y..b] {
            break;
        }
        (a, b) = (a - x, b - y);
    }
    let range = TextRange::new(head as u32, (head + a) as u32);
    vec![TextEdit { range, text: new_rest[..b].to_string() }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_of_lines_give_the_new_text() {
        let texts = ["", "a\n", "a\nb\nc\n", "a\nx\nc\n", "x", "a\nb", "b\nc\n", "a\na\nb\nc\nc\n"];
        for old in texts {
            for new in texts {
                let edits = line_edits(old, new);
                assert_eq!(rename::apply(old, &edits), new, "{old:?} -> {new:?}: {edits:?}");
                assert_eq!(edits.is_empty(), old == new);
            }
        }
    }
}
