//! From a file or a body to its tree.

use super::{KeptBodies, MAX_DIAGNOSTICS, MAX_FILE_BYTES, Parser};
use crate::ast::{Faults, File, FnBody, Item, Unread};
use crate::codes;
use crate::diag::{Applicability, Diagnostic};
use crate::intern::Interner;
use crate::lexer::{Lexed, lex, lex_into};
use crate::span::{BadByte, FileId, SourceMap, Span};
use crate::token::Token;
use entity::Arrange;

/// What [`parse_file`] does with bodies in braces.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bodies {
    Parse,
    /// They become [`FnBody::Deferred`]: they cost their tokens only, and faults in them show when [`parse_body`]
    /// reaches them.
    Skip,
    /// The same, and their tokens are kept in [`File::kept`], for [`parse_kept`]. Of a file with a fault outside
    /// of them nothing is skipped: it may be theirs.
    Keep,
}

/// Parses a file of the session.
pub fn parse_file(
    map: &SourceMap,
    file: FileId,
    interner: &mut Interner,
    bodies: Bodies,
) -> (File, Vec<Diagnostic>) {
    parse_file_in(map, file, interner, bodies, &mut Room::default())
}

/// Memory that serves one file or body after the other.
#[derive(Default)]
pub struct Room {
    tokens: Vec<Token>,
    items: Vec<Item>,
    kept: KeptBodies,
}

impl Room {
    /// Takes back the memory of [`File::items`].
    pub fn reuse_items(&mut self, mut items: Vec<Item>) {
        items.clear();
        self.items = items;
    }
}

/// The same, with `room` for tokens and items: whoever parses many files clears memory once.
pub fn parse_file_in(
    map: &SourceMap,
    file: FileId,
    interner: &mut Interner,
    bodies: Bodies,
    room: &mut Room,
) -> (File, Vec<Diagnostic>) {
    let source = map.file(file);
    match source.bad_byte {
        None => parse_text(map, file, interner, bodies, room),
        Some(bad_byte) => {
            // What else is wrong with the text may come from the bytes that are missing in it.
            let (tree, _) = parse_text(map, file, interner, Bodies::Parse, room);
            (tree, vec![not_utf_8(source.start, bad_byte)])
        }
    }
}

fn parse_text(
    map: &SourceMap,
    file: FileId,
    interner: &mut Interner,
    bodies: Bodies,
    room: &mut Room,
) -> (File, Vec<Diagnostic>) {
    let source = map.file(file);
    if source.text.len() > MAX_FILE_BYTES {
        let span = Span::new(source.start, source.start);
        let message = format!("this file is larger than {} MiB", MAX_FILE_BYTES >> 20);
        return (File::default(), vec![Diagnostic::error(codes::FILE_TOO_LARGE, span, message)]);
    }
    let lexed = lex_into(&source.text, source.start, std::mem::take(&mut room.tokens));
    let mut parser = Parser::new(&source.text, source.start, interner, bodies, lexed);
    if bodies == Bodies::Keep && !parser.diags.is_empty() {
        parser.skipping = Bodies::Parse;
    }
    parser.kept = std::mem::take(&mut room.kept);
    let mut tree = parser.file(std::mem::take(&mut room.items));
    room.kept = std::mem::take(&mut parser.kept);
    if parser.skipping == Bodies::Keep && !parser.diags.is_empty() {
        room.tokens = std::mem::take(&mut parser.tokens);
        room.kept.clear();
        return parse_text(map, file, interner, Bodies::Parse, room);
    }
    tree.kept = room.kept.move_out();
    room.tokens = std::mem::take(&mut parser.tokens);
    let (bodies, parts) = (std::mem::take(&mut parser.bodies), std::mem::take(&mut parser.parts));
    let (stopped, unbalanced) = (parser.stopped, parser.unbalanced);
    let diags = parser.finish();
    let places = Places { src: &source.text, base: source.start, bodies, parts };
    tree.faults = faults(&diags, &places, stopped);
    if unbalanced {
        tree.faults.unread.extend(places.cut(&diags));
    }
    (tree, diags)
}

fn not_utf_8(start: u32, bad_byte: BadByte) -> Diagnostic {
    let BadByte { at, value } = bad_byte;
    let span = Span::new(start + at, start + at + char::REPLACEMENT_CHARACTER.len_utf8() as u32);
    let message = format!("the file is not UTF-8: the byte 0x{value:02X} is no part of a character here");
    let diag = Diagnostic::error(codes::NOT_UTF_8, span, message);
    match (at, value) {
        (0, 0xFE | 0xFF) => diag.note("it begins as files in UTF-16 do; save it in UTF-8"),
        // The characters of Latin-1 have the numbers of their bytes.
        (_, 0xA0..) => diag.note(format!(
            "in Latin-1 the byte is `{}`; if that is meant, save the file in UTF-8",
            char::from(value)
        )),
        _ => diag.note("save the file in UTF-8"),
    }
}

/// Parses a body that [`Bodies::Skip`] left out.
pub fn parse_body(map: &SourceMap, body_span: Span, interner: &mut Interner) -> (FnBody, Vec<Diagnostic>) {
    let text = map.text(body_span);
    let mut parser = Parser::new(text, body_span.lo, interner, Bodies::Parse, lex(text, body_span.lo));
    let body = parser.body_alone();
    (body, parser.finish())
}

/// Parses a body of `file` that was kept, once; `None` if it was not kept, or is taken.
pub fn parse_kept(
    map: &SourceMap,
    file: FileId,
    kept: &mut KeptBodies,
    span: Span,
    interner: &mut Interner,
    room: &mut Room,
) -> Option<(FnBody, Vec<Diagnostic>)> {
    let at = kept.take(span)?;
    if !kept.restore(at, &mut room.tokens) {
        return Some(parse_body(map, span, interner));
    }
    let file = map.file(file);
    let text = &file.text[(span.lo - file.start) as usize..(span.hi - file.start) as usize];
    let tokens = std::mem::take(&mut room.tokens);
    let lexed = Lexed { tokens, comments: Vec::new(), diags: Vec::new(), stopped: false, cut: false };
    let mut parser = Parser::new(text, span.lo, interner, Bodies::Parse, lexed);
    let body = parser.body_alone();
    room.tokens = std::mem::take(&mut parser.tokens);
    Some((body, parser.finish()))
}

/// Where faults can be. Bodies are in ascending order and disjoint.
struct Places<'a> {
    src: &'a str,
    base: u32,
    bodies: Vec<Span>,
    parts: Vec<Span>,
}

/// Sorts errors by the parts in which they are. `lost`: the rest of the file was not looked at.
fn faults(diags: &[Diagnostic], places: &Places<'_>, lost: bool) -> Faults {
    let mut faults = Faults { lost, ..Faults::default() };
    for diag in diags.iter().filter(|d| d.is_error()) {
        faults.any = true;
        // With a missing type, the declaration is there, and its type gets along with all others.
        if !is_mended(diag) && diag.code != codes::MISSING_TYPE {
            faults.unread.push(places.unread(diag));
        }
    }
    let skipped = places.skipped(diags);
    faults.lost |= skipped.len() > MAX_DIAGNOSTICS;
    faults.unread.extend(skipped);
    faults
}

impl Places<'_> {
    fn unread(&self, diag: &Diagnostic) -> Unread {
        let pos = diag.span().lo;
        // What is reported at a `{` was expected before it.
        let after = self.bodies.partition_point(|b| b.lo < pos);
        let body = self.bodies[..after].last().copied().filter(|b| b.contains(pos));
        let around = self.parts.iter().copied().filter(|p| p.contains(pos) || p.hi == pos);
        let inside = around.clone().filter(|p| body.is_none_or(|body| body.contains(p.lo)));
        let part = inside.min_by_key(|p| p.hi - p.lo).or(body);
        let item = around.max_by_key(|p| p.hi - p.lo);
        let is_nameless = match diag.code {
            // With words of another language, `end` is one, too.
            codes::EXPECTED_PATTERN | codes::FOREIGN_KEYWORD => body.is_some(),
            // Another declaration has ended too early.
            codes::EXTRA_BRACKET => body.is_none(),
            codes::EXPECTED_NAME => !self.is_behind_dot(pos),
            _ => false,
        };
        Unread { at: diag.span(), part, body, item, is_nameless }
    }

    /// Whether the name of a member is missing here.
    fn is_behind_dot(&self, pos: u32) -> bool {
        self.src[..(pos - self.base) as usize].trim_end().ends_with('.')
    }

    /// The declarations of the file with faults, in ascending order.
    fn items(&self) -> Vec<Span> {
        let mut parts = self.parts.clone();
        parts.arrange_by_key(|part| (part.lo, std::cmp::Reverse(part.hi)));
        let mut end = 0;
        parts.retain(|part| {
            let is_outer = part.lo >= end;
            end = end.max(part.hi);
            is_outer
        });
        parts
    }

    /// Declarations that were skipped without a word, since an error was reported before them.
    fn skipped(&self, diags: &[Diagnostic]) -> Vec<Unread> {
        let is_silent = |part: &Span| {
            let after = diags.partition_point(|d| d.span().lo < part.lo);
            diags.get(after).is_none_or(|d| d.span().lo > part.hi)
        };
        let silent = self.items().into_iter().filter(is_silent);
        silent
            .map(|at| Unread { at, part: Some(at), body: None, item: Some(at), is_nameless: false })
            .collect()
    }

    /// From the first error on, it is not known what belongs to what.
    fn cut(&self, diags: &[Diagnostic]) -> Option<Unread> {
        let at = diags.iter().find(|d| d.is_error())?.span();
        let start = self.items().iter().rfind(|part| part.lo <= at.lo).map_or(self.base, |part| part.lo);
        let part = Some(Span::new(start, self.base + self.src.len() as u32));
        Some(Unread { at, part, body: None, item: part, is_nameless: true })
    }
}

/// Whether the tree is what was meant in spite of this error.
pub(super) fn is_mended(diag: &Diagnostic) -> bool {
    diag.fixes.iter().any(|f| f.applicability == Applicability::Certain)
}
