//! What the parser did not understand, and which findings may only follow from that.
//!
//! An error spoils the statement, arm, member or declaration that it is in, see `syntax::ast::Unread`. A finding is told all
//! the same if it is elsewhere, and is not about a name that may be declared or decided there.

use crate::codes;
use crate::program::{Container, Program};
use rustc_hash::FxHashSet;
use syntax::ast::{Faults, Unread as Fault};
use syntax::token::T;
use syntax::{Diagnostic, FileId, SourceMap, Span};

/// With more faults than that, nothing else is told: to ask for each finding what it may follow from takes time.
const MAX_FAULTS: usize = 100;

#[derive(Default)]
pub(crate) struct Unread {
    /// The rest of a file was not looked at.
    lost: bool,
    faults: Vec<Fault>,
    /// Files in which names may be used where nobody saw it.
    files: Vec<Span>,
}

impl Unread {
    pub fn add(&mut self, map: &SourceMap, file: FileId, faults: &Faults) {
        self.lost |= faults.lost;
        self.faults.extend_from_slice(&faults.unread);
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
        if self.lost || self.faults.len() > MAX_FAULTS {
            return Vec::new();
        }
        let doubts = Doubts::new(&self.faults, map, program);
        let is_known = |diag: &Diagnostic| match diag.is_error() {
            true => !doubts.is_about(diag),
            // Nothing is said against what may be for the sake of what was not read.
            false => !doubts.has_declarations && !self.is_in_faulty_file(diag),
        };
        diags.iter().filter(|diag| is_known(diag)).collect()
    }

    fn is_in_faulty_file(&self, diag: &Diagnostic) -> bool {
        let pos = diag.span().lo;
        self.files.iter().any(|file| file.contains(pos) || file.hi == pos)
    }
}

/// What is found where nothing says something of a name, as a part that was not read may.
const UNSAID: [&str; 3] = [codes::CANNOT_INFER, codes::UNASSIGNED, codes::UNSET_STATE];

/// What is found where nothing declares something.
const MISSING: [&str; 3] = [codes::MISSING_FIELD, codes::MISSING_MAIN, codes::MISSING_MEMBER];

/// What is found of a declaration that has lost its body, or what is around it.
const OF_DECLARATIONS: [&str; 2] = [codes::MISSING_BODY, codes::SELF_OUTSIDE_METHOD];

/// What may follow from the parts that were not read.
struct Doubts<'a> {
    map: &'a SourceMap,
    list: Vec<Doubt<'a>>,
    has_declarations: bool,
}

/// What may follow from one of them.
#[derive(Default)]
struct Doubt<'a> {
    /// Where nothing is told.
    part: Span,
    /// The body, outside of which nothing follows.
    body: Option<Span>,
    /// What may be declared here: what is said of lines with one of these may be wrong.
    declared: FxHashSet<&'a str>,
    /// The names of all else here.
    names: FxHashSet<&'a str>,
    /// Something may be declared here whose name was not read.
    is_nameless: bool,
    /// The names in the head of the declaration, of which members may be missing.
    head: FxHashSet<&'a str>,
    is_impl: bool,
}

/// One finding.
struct Finding<'a> {
    diag: &'a Diagnostic,
    /// The names that its texts quote.
    quoted: Vec<&'a str>,
    /// The lines that it marks.
    text: &'a str,
}

impl<'a> Doubts<'a> {
    fn new(faults: &[Fault], map: &'a SourceMap, program: &Program) -> Doubts<'a> {
        let has_declarations = faults.iter().any(|fault| fault.body.is_none());
        let mut doubts = Doubts { map, list: Vec::new(), has_declarations };
        if faults.is_empty() {
            return doubts;
        }
        let library = names_of_library(program);
        for fault in faults {
            doubts.list.extend(Doubt::new(fault, map, &library));
        }
        doubts
    }

    fn is_about(&self, diag: &Diagnostic) -> bool {
        if self.list.is_empty() {
            return false;
        }
        let texts = std::iter::once(&diag.message)
            .chain(diag.labels.iter().map(|label| &label.text))
            .chain(&diag.notes);
        let quoted = texts.flat_map(|text| text.split('`').skip(1).step_by(2).flat_map(words)).collect();
        let finding = Finding { diag, quoted, text: lines(self.map, diag.span()) };
        self.list.iter().any(|doubt| doubt.is_about(&finding))
    }
}

impl<'a> Doubt<'a> {
    fn new(fault: &Fault, map: &'a SourceMap, library: &FxHashSet<&str>) -> Option<Doubt<'a>> {
        let part = fault.part?;
        let text = map.text(part);
        let is_word = |name: &&str| T::keyword(name).is_none();
        let is_name = |name: &&str| is_word(name) && !library.contains(name);
        let names: FxHashSet<&str> = words(text).filter(is_name).collect();
        let is_nameless = fault.is_nameless;
        let mut doubt = Doubt { part, body: fault.body, names, is_nameless, ..Doubt::default() };
        match fault.body {
            Some(body) => {
                doubt.declared = declared_in_body(map, part, body, is_name);
                // A keyword that was taken for a name.
                doubt.declared.extend(words(map.text(fault.at)).next());
            }
            None => {
                doubt.declared = declared(text).chain(words(text).take(3).filter(is_word)).collect();
                doubt.is_nameless |= words(text).take(2).any(|word| word == "use");
                doubt.add_head(map.text(fault.item.unwrap_or(part)));
            }
        }
        Some(doubt)
    }

    /// `item`: the declaration around. Of a function nothing is missing.
    fn add_head(&mut self, item: &'a str) {
        let head = item.split('{').next().unwrap_or(item);
        if words(head).all(|word| word != "fn") {
            self.head = words(head).filter(|word| T::keyword(word).is_none()).collect();
            self.is_impl = words(head).next() == Some("impl");
        }
    }

    fn is_about(&self, finding: &Finding) -> bool {
        let (pos, code) = (finding.diag.span().lo, finding.diag.code);
        if self.part.contains(pos) || self.part.hi == pos {
            return true;
        }
        match self.body {
            Some(body) if !body.contains(pos) => return false,
            Some(_) if self.spoils_in_body(finding) => return true,
            None if self.spoils_outside(finding) => return true,
            _ => {}
        }
        // What is not there may be what was not read, whose name may be what is wrong with it.
        self.is_nameless && (code.starts_with("unknown-") || MISSING.contains(&code))
            || finding.quoted.iter().any(|word| self.names.contains(word) || self.declared.contains(word))
            || words(finding.text).any(|word| self.declared.contains(word))
    }

    fn spoils_in_body(&self, finding: &Finding) -> bool {
        let (pos, code) = (finding.diag.span().lo, finding.diag.code);
        match code {
            // The arm, or the loop, may be the part.
            codes::NOT_EXHAUSTIVE => pos < self.part.lo,
            codes::REPLY_CIRCLE => true,
            codes::BREAK_OUTSIDE_LOOP => self.part.lo < pos,
            _ => UNSAID.contains(&code) && words(finding.text).any(|word| self.names.contains(word)),
        }
    }

    fn spoils_outside(&self, finding: &Finding) -> bool {
        let code = finding.diag.code;
        OF_DECLARATIONS.contains(&code)
            || self.is_impl && code == codes::NOT_IMPLEMENTED
            || (self.is_impl || code != codes::TYPE_MISMATCH)
                && finding.quoted.iter().any(|word| self.head.contains(word))
    }
}

/// The names that come first in `part`, or behind it in lines with such a name: they may stand for what was not read.
fn declared_in_body(
    map: &SourceMap,
    part: Span,
    body: Span,
    is_name: impl Fn(&&str) -> bool,
) -> FxHashSet<&str> {
    let mut before: FxHashSet<&str> = words(map.text(Span::new(body.lo, part.lo.max(body.lo)))).collect();
    let mut declared = FxHashSet::default();
    let behind = map.text(Span::new(part.hi.min(body.hi), body.hi));
    for (idx, line) in std::iter::once(map.text(part)).chain(behind.lines()).enumerate() {
        let is_doubted = idx == 0 || words(line).any(|word| declared.contains(word));
        for word in words(line).filter(&is_name) {
            if before.insert(word) && is_doubted {
                declared.insert(word);
            }
        }
    }
    declared
}

/// The lines in which a place is.
fn lines(map: &SourceMap, span: Span) -> &str {
    let Some(file) = map.file_at(span.lo) else { return "" };
    let file = map.file(file);
    let (lo, hi) = ((span.lo - file.start) as usize, (span.hi - file.start) as usize);
    let start = file.text[..lo].rfind('\n').map_or(0, |at| at + 1);
    let end = file.text[hi..].find('\n').map_or(file.text.len(), |at| hi + at);
    &file.text[start..end]
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
    let fns = program
        .fns
        .iter()
        .filter(|f| is_library(f.module) && f.is_pub && f.container == Container::Module)
        .map(|f| f.name);
    let traits = program.traits.iter().filter(|t| is_library(t.module)).map(|t| t.name);
    let adts = program.adts.iter().filter(|adt| is_library(adt.module));
    let of_adts = adts.flat_map(|adt| std::iter::once(adt.name).chain(adt.variants.iter().map(|v| v.name)));
    let builtin =
        syntax::intern::known_names().iter().copied().filter(|name| name.starts_with(char::is_uppercase));
    fns.chain(traits).chain(of_adts).map(|name| program.name(name)).chain(builtin).collect()
}
