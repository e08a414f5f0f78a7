//! What the parser did not understand, and which findings may only follow from that.
//!
//! A declaration that was not read may be missing, or be another than was meant. A finding is told all the same if neither
//! the declaration that it is in nor its message has a name of one that was not read.

use crate::program::Program;
use rustc_hash::FxHashSet;
use syntax::ast::Faults;
use syntax::{Diagnostic, FileId, SourceMap, Span};

#[derive(Default)]
pub(crate) struct Unread {
    /// It is not known where declarations end, so nothing is known for sure of the rest.
    lost: bool,
    bodies: Vec<Span>,
    /// Where errors outside of bodies were reported.
    outside: Vec<u32>,
    /// Files in which names may be used where nobody saw it.
    files: Vec<Span>,
}

impl Unread {
    pub fn add(&mut self, map: &SourceMap, file: FileId, faults: &Faults) {
        self.lost |= faults.lost;
        self.bodies.extend_from_slice(&faults.bodies);
        self.outside.extend_from_slice(&faults.outside);
        if faults.any {
            let source = map.file(file);
            self.files.push(Span::new(source.start, source.start + source.text.len() as u32));
        }
    }

    /// Notes that a file was not read at all.
    pub fn give_up(&mut self) {
        self.lost = true;
    }

    /// The findings without those that may come from what was not read.
    pub fn known<'a>(
        &self,
        map: &SourceMap,
        program: &Program,
        diags: &'a [Diagnostic],
    ) -> Vec<&'a Diagnostic> {
        let doubt = Doubt::new(self, map, program);
        diags.iter().filter(|diag| !self.hides(diag) && !doubt.is_about(diag)).collect()
    }

    fn hides(&self, diag: &Diagnostic) -> bool {
        let pos = diag.span().lo;
        let within = |spans: &[Span]| spans.iter().any(|s| s.contains(pos) || s.hi == pos);
        match diag.is_error() {
            true => self.lost || within(&self.bodies),
            false => self.lost || !self.outside.is_empty() || within(&self.files),
        }
    }
}

/// What the declarations that were not read may be about.
#[derive(Default)]
struct Doubt<'a> {
    /// The user's declarations, in order; and whether one may be about what was not read.
    chunks: Vec<(Span, bool)>,
    names: FxHashSet<&'a str>,
    /// An import was not read: any name may be missing.
    is_everything: bool,
}

impl<'a> Doubt<'a> {
    fn new(unread: &Unread, map: &'a SourceMap, program: &Program) -> Doubt<'a> {
        let mut doubt = Doubt::default();
        if unread.outside.is_empty() {
            return doubt;
        }
        let files = map.files().filter(|(_, file)| !file.is_library);
        doubt.chunks =
            files.flat_map(|(_, file)| chunks(&file.text, file.start)).map(|c| (c, false)).collect();
        let mut unsure: Vec<&str> = Vec::new();
        for pos in &unread.outside {
            // What is missing at the end of a declaration is reported at the one behind it.
            let Some(at) = doubt.chunk_at(*pos) else { continue };
            for (span, is_doubted) in &mut doubt.chunks[at.saturating_sub(1)..=at] {
                *is_doubted = true;
                unsure.push(map.text(*span));
            }
        }
        doubt.is_everything = unsure.iter().any(|text| words(text).any(|word| word == "use"));
        let library = names_of_library(program);
        let is_known = |name: &&str| syntax::token::T::keyword(name).is_some() || library.contains(name);
        for text in unsure {
            doubt.names.extend(words(text).filter(|name| !is_known(name)));
            doubt.names.extend(declared(text));
        }
        for (span, is_doubted) in &mut doubt.chunks {
            *is_doubted |= words(map.text(*span)).any(|word| doubt.names.contains(word));
        }
        doubt
    }

    fn chunk_at(&self, pos: u32) -> Option<usize> {
        self.chunks.partition_point(|(span, _)| span.lo <= pos).checked_sub(1)
    }

    fn is_about(&self, diag: &Diagnostic) -> bool {
        if self.chunks.is_empty() || !diag.is_error() {
            return false;
        }
        // Messages quote names.
        let quoted =
            |text: &str| text.split('`').skip(1).step_by(2).flat_map(words).any(|w| self.names.contains(w));
        // What is not there may be what was not read, whose name may be what is wrong with it.
        self.is_everything
            || diag.code.starts_with("unknown-")
            || self.chunk_at(diag.span().lo).is_none_or(|at| self.chunks[at].1)
            || quoted(&diag.message)
            || diag.labels.iter().any(|label| quoted(&label.text))
            || diag.notes.iter().any(|note| quoted(note))
    }
}

/// The pieces of a text that begin with a line that has a word at its very start, as declarations do. Declarations that are
/// written otherwise share one.
fn chunks(text: &str, start: u32) -> Vec<Span> {
    let begins = |line: &str| line.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let (mut list, mut lo, mut at) = (Vec::new(), 0, 0);
    for line in text.split_inclusive('\n') {
        if begins(line) && at > lo {
            list.push(Span::new(start + lo, start + at));
            lo = at;
        }
        at += line.len() as u32;
    }
    list.push(Span::new(start + lo, start + at));
    list
}

/// The words of code outside of comments.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().map(|line| line.find("//").map_or(line, |at| &line[..at]));
    lines.flat_map(words_of)
}

fn words_of(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// The names behind the words that declare.
fn declared(text: &str) -> impl Iterator<Item = &str> {
    let mut before = "";
    words(text).filter(move |word| {
        let declares = std::mem::replace(&mut before, word);
        matches!(
            declares,
            "fn" | "struct" | "enum" | "trait" | "type" | "const" | "actor" | "on" | "state" | "let"
        )
    })
}

/// What the library calls things: a declaration that was not read is not one of those.
fn names_of_library(program: &Program) -> FxHashSet<&str> {
    let is_library = |module| program.modules[module].is_library;
    let fns = program.fns.iter().filter(|f| is_library(f.module)).map(|f| f.name);
    let traits = program.traits.iter().filter(|t| is_library(t.module)).map(|t| t.name);
    let adts = program.adts.iter().filter(|adt| is_library(adt.module));
    let of_adts = adts.flat_map(|adt| std::iter::once(adt.name).chain(adt.variants.iter().map(|v| v.name)));
    let builtin = syntax::intern::known_names().iter().copied();
    fns.chain(traits).chain(of_adts).map(|name| program.name(name)).chain(builtin).collect()
}
