//! Tokens with their comments, lists in brackets, and text without expressions: types, patterns, signatures.

use super::Fmt;
use super::doc::{Doc, concat};
use crate::span::Span;
use crate::token::{T, Token};

impl<'a> Fmt<'a> {
    pub(super) fn tok(&self) -> Token {
        self.tokens[self.pos]
    }

    pub(super) fn at(&self, kind: T) -> bool {
        self.tok().kind == kind
    }

    pub(super) fn text_of(&self, lo: u32, hi: u32) -> &'a str {
        self.src.get((lo - self.base) as usize..(hi - self.base) as usize).unwrap_or("")
    }

    /// A blank line, if one stands directly before a position.
    fn blank_at(&self, pos: u32) -> Doc<'a> {
        let before = &self.src.as_bytes()[..(pos - self.base) as usize];
        let space = before.iter().rev().take_while(|b| b.is_ascii_whitespace());
        if space.filter(|b| **b == b'\n').count() > 1 { Doc::Blank } else { Doc::Nil }
    }

    /// Where the comments before the current token begin, or that token.
    fn next_lo(&self) -> u32 {
        match self.comments.get(self.n_comments) {
            Some(comment) if comment.span.lo < self.tok().lo => comment.span.lo,
            _ => self.tok().lo,
        }
    }

    pub(super) fn has_comments(&self) -> bool {
        self.next_lo() < self.tok().lo
    }

    /// A blank line, if one stands before the next comment or token.
    pub(super) fn blank(&self) -> Doc<'a> {
        self.blank_at(self.next_lo())
    }

    /// The comments before the current token.
    pub(super) fn lead(&mut self, docs: &mut Vec<Doc<'a>>) {
        let end = self.tok().lo;
        let mut any = false;
        while let Some(comment) = self.comments.get(self.n_comments).copied().filter(|c| c.span.lo < end) {
            any = true;
            let hi = self.line_of_comments();
            let text = self.text_of(comment.span.lo, hi).trim_end();
            let rest = self.text_of(hi, self.base + self.src.len() as u32);
            let rest = rest.trim_start_matches([' ', '\t', '\r']);
            if !rest.starts_with('\n') && !rest.is_empty() && !text.contains('\n') {
                docs.push(self.blank_at(comment.span.lo));
                docs.push(Doc::Inline(text));
            } else if comment.own_line {
                docs.push(self.blank_at(comment.span.lo));
                docs.push(Doc::Own(text));
            } else {
                let last = self.comments[self.n_comments - 1].span;
                let is_block = self.text_of(last.lo, last.hi).starts_with("/*") && !text.contains('\n');
                docs.push(if is_block { Doc::BlockSuffix(text) } else { Doc::Suffix(text) });
            }
        }
        if any {
            docs.push(self.blank_at(end));
        }
    }

    /// Takes the next comment and those that follow it on its line; where they end.
    fn line_of_comments(&mut self) -> u32 {
        let mut hi = self.comments[self.n_comments].span.hi;
        self.n_comments += 1;
        while let Some(next) = self.comments.get(self.n_comments) {
            if !self.text_of(hi, next.span.lo).bytes().all(|b| matches!(b, b' ' | b'\t')) {
                break;
            }
            hi = next.span.hi;
            self.n_comments += 1;
        }
        hi
    }

    /// The current token with the comments before it.
    pub(super) fn t(&mut self) -> Doc<'a> {
        let token = self.tok();
        let text = Doc::Text(self.text_of(token.lo, token.hi));
        if !self.has_comments() {
            self.pos += 1;
            return text;
        }
        let mut docs = Vec::new();
        self.lead(&mut docs);
        self.pos += 1;
        docs.push(text);
        concat(docs)
    }

    /// Drops the current token, not its comments.
    pub(super) fn drop_token(&mut self) -> Doc<'a> {
        let mut docs = Vec::new();
        self.lead(&mut docs);
        self.pos += 1;
        concat(docs)
    }

    /// Drops a separator at the end of a line; the comments before it end the line.
    pub(super) fn drop_separator(&mut self) -> Doc<'a> {
        let mut docs = Vec::new();
        self.lead(&mut docs);
        self.pos += 1;
        for doc in &mut docs {
            if let Doc::Inline(text) = *doc {
                *doc = Doc::Suffix(text);
            }
        }
        concat(docs)
    }

    /// The text of a literal that may span lines and tokens, up to the end of `span`.
    pub(super) fn verbatim(&mut self, span: Span) -> Doc<'a> {
        let mut docs = Vec::new();
        self.lead(&mut docs);
        docs.push(Doc::Verbatim(self.text_of(span.lo, span.hi)));
        while self.tok().hi <= span.hi && !self.at(T::Eof) {
            self.pos += 1;
        }
        while self.comments.get(self.n_comments).is_some_and(|c| c.span.lo < span.hi) {
            self.n_comments += 1;
        }
        concat(docs)
    }

    /// Whether what the bracket at the current token opens stands on one line in the source.
    pub(super) fn on_one_line(&self) -> bool {
        if self.tokens.get(self.pos + 1).is_none_or(|t| t.nl) {
            return false;
        }
        let mut depth = 0usize;
        for token in &self.tokens[self.pos..] {
            match token.kind {
                T::LBrace | T::LParen | T::LBracket => depth += 1,
                T::RBrace | T::RParen | T::RBracket => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return !token.nl;
            }
        }
        false
    }

    /// A list in brackets: `open`, the elements with their separators, `close`.
    pub(super) fn list(&mut self, kind: ListKind, mut element: impl FnMut(&mut Self) -> Doc<'a>) -> Doc<'a> {
        let (items, close, comma) = self.list_items(kind, &mut element);
        list_doc(kind, items, close, comma)
    }

    /// The opening bracket and elements of a list; the last is followed by the comments before the closing
    /// bracket. Then the closing bracket, and whether a comma stood before it.
    pub(super) fn list_items(
        &mut self,
        kind: ListKind,
        element: &mut dyn FnMut(&mut Self) -> Doc<'a>,
    ) -> (Vec<Doc<'a>>, Doc<'a>, bool) {
        let mut items = vec![self.t()];
        let mut comma = false;
        // Comments before a comma go behind it.
        let mut carried = Doc::Nil;
        while !self.at_close(kind) && !self.at(T::Eof) {
            let blank = self.blank();
            let before = self.pos;
            let mut docs = vec![blank, std::mem::replace(&mut carried, Doc::Nil), element(self)];
            comma = self.at(T::Comma);
            if comma {
                carried = self.drop_token();
            }
            if self.pos == before {
                docs.push(self.t()); // Never stand still, whatever the element did.
            }
            items.push(concat(docs));
        }
        let mut dangling = Vec::new();
        if let Doc::Concat(docs, _) = carried {
            dangling.extend(docs.iter().cloned());
        }
        self.lead(&mut dangling);
        if !dangling.is_empty() {
            items.push(Doc::Nil);
            items.push(before_close(dangling));
        }
        let close = self.close(kind);
        (items, close, comma)
    }

    /// The comments before a closing bracket.
    pub(super) fn closing_comments(&mut self) -> Doc<'a> {
        let mut docs = Vec::new();
        self.lead(&mut docs);
        if docs.is_empty() { Doc::Nil } else { before_close(docs) }
    }

    fn at_close(&self, kind: ListKind) -> bool {
        match kind.close {
            T::Gt => matches!(self.tok().kind, T::Gt | T::Shr | T::GtEq | T::ShrEq),
            close => self.at(close),
        }
    }

    /// The closing bracket, perhaps the first half of `>>`.
    fn close(&mut self, kind: ListKind) -> Doc<'a> {
        let rest = match (kind.close, self.tok().kind) {
            (T::Gt, T::Shr) => T::Gt,
            (T::Gt, T::GtEq) => T::Eq,
            (T::Gt, T::ShrEq) => T::GtEq,
            _ => return self.t(),
        };
        let token = &mut self.tokens[self.pos];
        token.kind = rest;
        token.lo += 1;
        Doc::Text(">")
    }

    /// The alternatives of an arm's pattern, which may stand on lines of their own.
    pub(super) fn arm_pattern(&mut self, end: u32) -> Doc<'a> {
        self.range(end, Doc::Line).group()
    }

    /// The tokens up to a position, with the spaces of types, patterns and signatures.
    pub(super) fn range_to(&mut self, end: u32) -> Doc<'a> {
        self.range(end, Doc::Space)
    }

    fn range(&mut self, end: u32, before_or: Doc<'a>) -> Doc<'a> {
        let mut docs = Vec::new();
        let mut prev = None;
        while self.tok().lo < end && !self.at(T::Eof) {
            let token = self.tok();
            if prev.is_some_and(|p| space_between(p, token.kind)) {
                docs.push(if token.kind == T::Or { before_or.clone() } else { Doc::Space });
            }
            self.lead(&mut docs);
            let open = match token.kind {
                T::LParen => Some(ListKind { comma_alone: prev.is_some_and(is_callee), ..ListKind::PARENS }),
                T::LBracket => Some(ListKind { comma_alone: !self.at_array_type(), ..ListKind::BRACKETS }),
                T::LBrace => Some(ListKind { spaces: prev != Some(T::Dot), ..ListKind::BRACES }),
                T::Lt => Some(ListKind::ANGLES),
                _ => None,
            };
            let kind = match open {
                Some(kind) => {
                    docs.push(self.list(kind, |f| f.element(kind)));
                    kind.close
                }
                None => {
                    docs.push(self.t());
                    token.kind
                }
            };
            prev = Some(match prev {
                // Any word names a function, a field or a module.
                Some(T::KwFn | T::Dot) if kind.is_word() => T::Ident,
                // A minus behind a value subtracts, any other is a sign, behind which no space stands.
                _ if kind == T::Minus && !prev.is_some_and(is_operand) => T::Tilde,
                _ => kind,
            });
        }
        concat(docs)
    }

    /// Whether `[T; N]` starts here, which takes no comma.
    fn at_array_type(&self) -> bool {
        let mut depth = 0usize;
        for token in &self.tokens[self.pos..] {
            match token.kind {
                T::LBracket => depth += 1,
                T::RBracket if depth <= 1 => return false,
                T::RBracket => depth -= 1,
                T::Semi if depth == 1 => return true,
                _ => {}
            }
        }
        false
    }

    /// One element of a list of tokens.
    pub(super) fn element(&mut self, kind: ListKind) -> Doc<'a> {
        let mut depth = 0usize;
        for idx in self.pos..self.tokens.len() {
            let token = self.tokens[idx];
            let closes_angle =
                kind.close == T::Gt && depth == 0 && matches!(token.kind, T::Shr | T::GtEq | T::ShrEq);
            match token.kind {
                T::LParen | T::LBracket | T::LBrace => depth += 1,
                // Angles count only among themselves: `->` is a token of its own.
                T::Lt => depth += 1,
                T::Comma if depth == 0 => return self.range_to(token.lo),
                T::Gt if depth > 0 => depth -= 1,
                T::Shr if depth > 1 => depth -= 2,
                T::Shr | T::ShrEq if depth == 1 => return self.range_to(token.lo + 1),
                T::GtEq if depth > 0 => depth -= 1,
                T::RParen | T::RBracket | T::RBrace | T::Gt if depth == 0 => return self.range_to(token.lo),
                _ if closes_angle => return self.range_to(token.lo),
                T::RParen | T::RBracket | T::RBrace => depth -= 1,
                T::Eof => return self.range_to(token.lo),
                _ => {}
            }
        }
        Doc::Nil
    }
}

/// How a list is laid out.
#[derive(Clone, Copy)]
pub(super) struct ListKind {
    pub close: T,
    /// Spaces inside of the brackets when the list stands on one line.
    pub spaces: bool,
    /// One element with a comma means the same as without.
    pub comma_alone: bool,
    /// As many elements on a line as fit.
    pub fill: bool,
}

impl ListKind {
    pub const PARENS: ListKind = ListKind { close: T::RParen, spaces: false, comma_alone: true, fill: false };
    pub const BRACKETS: ListKind =
        ListKind { close: T::RBracket, spaces: false, comma_alone: true, fill: false };
    pub const BRACES: ListKind = ListKind { close: T::RBrace, spaces: true, comma_alone: true, fill: false };
    pub const ANGLES: ListKind = ListKind { close: T::Gt, spaces: false, comma_alone: true, fill: false };
}

/// Comments before a closing bracket: behind a space or newline, without a space before the bracket.
fn before_close(comments: Vec<Doc<'_>>) -> Doc<'_> {
    let texts = comments.into_iter().map(|doc| match doc {
        // Whether the bracket stands on the next line depends on what fits, here and when this is formatted again.
        Doc::Inline(text) | Doc::BlockSuffix(text) => Doc::Last(text),
        doc => doc,
    });
    let texts: Vec<Doc<'_>> = texts.collect();
    let edge = if texts.iter().any(Doc::is_hard) { Doc::SoftLine } else { Doc::Space };
    concat(std::iter::once(edge).chain(texts).collect::<Vec<_>>())
}

/// Puts a list together from what [`Fmt::list_items`] returns.
pub(super) fn list_doc<'a>(kind: ListKind, mut items: Vec<Doc<'a>>, close: Doc<'a>, comma: bool) -> Doc<'a> {
    let open = items.remove(0);
    if items.is_empty() {
        return concat([open, close]);
    }
    // A `Nil` marks that what follows are comments, not an element.
    let dangling = match items.as_slice() {
        [.., Doc::Nil, _] => {
            let comments = items.pop().unwrap_or(Doc::Nil);
            items.pop();
            comments
        }
        _ => Doc::Nil,
    };
    let edge = if kind.spaces { Doc::Line } else { Doc::SoftLine };
    let mut docs = vec![edge.clone()];
    let n_items = items.len();
    let plain = matches!(dangling, Doc::Nil) && !items.iter().any(Doc::is_hard);
    if kind.fill && n_items > 1 && plain {
        let flat = items.iter().enumerate().flat_map(|(i, d)| match i {
            0 => vec![d.clone()],
            _ => vec![Doc::Text(","), Doc::Space, d.clone()],
        });
        let flat = concat(flat.collect::<Vec<_>>());
        let inner = concat([Doc::SoftLine, Doc::Fill(items.into())]).indent();
        let broken = concat([open.clone(), inner, Doc::SoftLine, close.clone()]).group_forced(true);
        return Doc::Choice([concat([open, flat, close]), broken].into());
    }
    for (idx, item) in items.into_iter().enumerate() {
        if idx > 0 {
            docs.extend([Doc::Text(","), Doc::Line]);
        }
        docs.push(item);
    }
    if n_items == 1 && !kind.comma_alone {
        docs.push(Doc::Text(if comma { "," } else { "" }));
    } else if n_items > 0 && !ends_with_rest(&docs) {
        docs.push(Doc::IfBreak(",", ""));
    }
    docs.push(dangling);
    concat([open, concat(docs).indent(), edge, close]).group()
}

/// Whether the last element of a list is `..` or starts so: a comma behind it would look odd.
fn ends_with_rest(docs: &[Doc<'_>]) -> bool {
    fn starts_with_rest(doc: &Doc<'_>) -> bool {
        match doc {
            Doc::Text(text) => *text == "..",
            Doc::Concat(docs, _) => {
                docs.iter().find(|d| !matches!(d, Doc::Nil | Doc::Blank)).is_some_and(starts_with_rest)
            }
            _ => false,
        }
    }
    docs.last().is_some_and(starts_with_rest)
}

/// Whether a `(` behind this token holds arguments rather than grouping.
fn is_callee(prev: T) -> bool {
    prev.is_name() || matches!(prev, T::Gt | T::KwSelfType)
}

/// Whether a value can end with this token.
fn is_operand(kind: T) -> bool {
    is_literal(kind) || is_callee(kind) || matches!(kind, T::RParen | T::RBracket)
}

/// Whether a space separates two tokens outside of expressions.
fn space_between(prev: T, next: T) -> bool {
    use T::*;
    if matches!(next, RParen | RBracket | Gt | Shr | Comma | Colon | Dot | Question | Semi | DotStar | Lt)
        || matches!(prev, LParen | LBracket | Lt | Dot | Tilde | Not)
    {
        return false;
    }
    match (prev, next) {
        (_, LParen) => !is_callee(prev),
        (_, LBracket) => !is_operand(prev),
        (DotDot | DotDotEq, _) => !(next.is_word() || next == Minus || is_literal(next)),
        (_, DotDot | DotDotEq) => !(prev.is_word() || is_literal(prev)),
        _ => true,
    }
}

fn is_literal(kind: T) -> bool {
    use T::*;
    matches!(kind, Int | Float | Duration | Char | Str | RawStr | MultiStr | KwTrue | KwFalse)
}
