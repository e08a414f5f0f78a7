//! Going on after a fault: lists, balanced skipping, and where a bracket that is missing was meant to stand.

use super::Parser;
use crate::codes;
use crate::diag::Diagnostic;
use crate::span::Span;
use crate::token::{T, Token};

/// How far a search for the bracket that closes a list looks.
const LOOK_AHEAD: usize = 4096;

/// Where a statement, arm, member or declaration began, and after how many faults.
#[derive(Clone, Copy)]
pub(super) struct Part {
    start: u32,
    faults: usize,
}

impl Parser<'_> {
    /// Elements separated by commas up to `close`; the opening bracket has been consumed, its span is `open`.
    /// `element` returns false when it could not even begin.
    pub(super) fn list(&mut self, open: Span, close: T, mut element: impl FnMut(&mut Self) -> bool) {
        loop {
            if self.eat(close) {
                return;
            }
            let (pos, faults) = (self.pos, self.faults);
            let ok = element(self);
            if self.eat(T::Comma) {
                if self.pos == pos + 1 {
                    continue; // A lone comma has been reported by the element.
                }
            } else if !self.at(close)
                && !self.list_gap(open, close, ok && self.pos > pos, self.faults > faults)
            {
                return;
            }
        }
    }

    /// Adds an element to a list. Room for four, as a vector makes it, is too much for one: most lists have no more.
    #[inline]
    pub(super) fn add<E>(&self, elements: &mut Vec<E>, element: E) {
        if elements.capacity() == 0 {
            *elements = Vec::with_capacity(if self.at(T::Comma) { 3 } else { 1 });
        }
        elements.push(element);
    }

    /// Neither a comma nor the end follows an element. True: go on with the list.
    pub(super) fn list_gap(&mut self, open: Span, close: T, parsed: bool, faulty: bool) -> bool {
        let closed = self.closes_later(close);
        if !closed {
            if !faulty {
                self.unclosed(open, close);
            } else if !self.tok().nl {
                self.skip_line_in_list(close);
                return self.eat(T::Comma) || self.at(close);
            }
            return false;
        }
        if !faulty && parsed && self.can_start_element() {
            let gap = self.prev().span().after();
            let message = format!("expected `,` or `{}`, found {}", close.text(), self.found());
            let diag = Diagnostic::error(codes::MISSING_COMMA, gap, message);
            let diag = diag.label("a comma is missing here");
            // What touches belongs together: something else was meant.
            self.aside(match self.tok().lo > gap.lo {
                true => diag.fix_likely("insert a comma", gap, ","),
                false => diag,
            });
            return true;
        }
        if !faulty {
            self.expected(codes::UNEXPECTED_TOKEN, &format!("`,` or `{}`", close.text()));
        }
        self.skip_to_comma(close);
        self.eat(T::Comma) || self.at(close)
    }

    fn can_start_element(&self) -> bool {
        self.kind().starts_expr() || matches!(self.kind(), T::KwMut | T::KwConst)
    }

    /// Reports a bracket without its partner.
    pub(super) fn unclosed(&mut self, open: Span, close: T) {
        let text = close.text();
        let message = format!("`{}` has no closing `{text}`", opening(close));
        if let Some((open, end)) = self.badly_indented_bracket(open, close) {
            let diag = Diagnostic::error(codes::UNCLOSED_BRACKET, open, message).label("opened here");
            let note = format!("the indentation suggests that `{text}` is missing before this");
            return self.fault(diag.also(end, note));
        }
        let end = self.fault_span();
        let diag = Diagnostic::error(codes::UNCLOSED_BRACKET, open, message).label("opened here");
        self.fault(diag.also(end, format!("expected `{text}` here, found {}", self.found())));
    }

    /// Whether the bracket that closes the current list follows, before a brace or a statement that shows
    /// that it was forgotten.
    pub(super) fn closes_later(&self, close: T) -> bool {
        let mut depth = 0usize;
        for token in self.tokens[self.pos..].iter().take(LOOK_AHEAD) {
            match token.kind {
                kind if depth == 0 && kind == close => return true,
                T::LParen | T::LBracket | T::LBrace | T::HoleOpen => depth += 1,
                T::RParen | T::RBracket | T::RBrace | T::HoleClose if depth == 0 => return false,
                T::RParen | T::RBracket | T::RBrace | T::HoleClose => depth -= 1,
                T::Eof => return false,
                kind if depth == 0
                    && token.nl
                    && (kind.starts_item() || matches!(kind, T::KwLet | T::KwReturn)) =>
                {
                    return false;
                }
                _ => {}
            }
        }
        false
    }

    fn skip_to_comma(&mut self, close: T) {
        while !matches!(self.kind(), T::Comma | T::Eof | T::RBrace | T::HoleClose) && !self.at(close) {
            self.skip_tree();
        }
    }

    fn skip_line_in_list(&mut self, close: T) {
        while !self.at(close)
            && !matches!(self.kind(), T::Comma | T::Eof | T::RBrace | T::Semi | T::HoleClose)
        {
            self.skip_tree();
            if self.tok().nl {
                return;
            }
        }
    }

    /// Skips one token, or a bracketed group as a whole.
    pub(super) fn skip_tree(&mut self) {
        let mut depth = 0usize;
        loop {
            match self.kind() {
                T::LParen | T::LBracket | T::LBrace | T::HoleOpen | T::StrOpen | T::MultiStrOpen => {
                    depth += 1
                }
                T::RBrace if depth > 0 => depth -= 1,
                T::RParen | T::RBracket | T::HoleClose | T::StrClose => depth = depth.saturating_sub(1),
                T::Eof => return,
                _ => {}
            }
            self.bump();
            // A brace that closes nothing here ends the group: its partner stands further out.
            if depth == 0 || self.at(T::Eof) {
                return;
            }
        }
    }

    /// Skips to the end of the statement: a newline, `;` or `}`.
    pub(super) fn skip_statement(&mut self) {
        while !matches!(self.kind(), T::Eof | T::RBrace | T::Semi | T::HoleClose) {
            self.skip_tree();
            let arm = self.ctx.in_select && self.at(T::KwTimeout);
            if self.tok().nl && (arm || !self.kind().continues_line()) {
                return;
            }
        }
    }

    /// Skips to where the next item can start, or to the `}` around.
    pub(super) fn skip_item(&mut self) {
        while !matches!(self.kind(), T::Eof | T::RBrace) {
            self.skip_tree();
            let kind = self.kind();
            let starts =
                kind.starts_item() || kind.is_soft_keyword() || matches!(kind, T::KwAsync | T::KwLet);
            if self.tok().nl && (starts || self.at_foreign_item()) {
                return;
            }
        }
    }

    /// Skips the braces that the current token opens. False: they are not closed; then nothing is skipped.
    pub(super) fn skip_braces(&mut self) -> bool {
        let mut depth = 0usize;
        for (idx, token) in self.tokens[self.pos..].iter().enumerate() {
            match token.kind {
                T::LBrace => depth += 1,
                T::RBrace => {
                    depth -= 1;
                    if depth == 0 {
                        self.end = token.hi;
                        self.go_to(self.pos + idx + 1);
                        return true;
                    }
                }
                _ => {}
            }
        }
        false
    }

    /// A statement, arm, member or declaration begins here. `joined`: what stands before it on its line.
    pub(super) fn part(&self, joined: Option<Part>) -> Part {
        joined.unwrap_or(Part { start: self.tok().lo, faults: self.faults })
    }

    /// Keeps the place of a part that ends here, if a fault was found in it. What follows on its line may belong to it.
    pub(super) fn note_part(&mut self, part: Part) -> Option<Part> {
        if self.faults > part.faults {
            // It has grown by what follows on its line.
            if self.parts.last().is_some_and(|last| last.lo == part.start) {
                self.parts.pop();
            }
            self.parts.push(Span::new(part.start, self.end.max(part.start)));
        }
        let ends = self.tok().nl || self.at(T::RBrace) || self.prev().kind == T::Comma;
        (!ends).then_some(part)
    }

    /// Reports a `{` that the file does not close, where the indentation shows it.
    pub(super) fn unclosed_brace(&mut self, open: Span) {
        if self.stopped || self.last_fault == Some(self.pos) || (self.at(T::Eof) && self.unbalanced) {
            return;
        }
        self.unbalanced = true;
        if self.is_brace_in_string(open) {
            return;
        }
        let (open, close) = self.badly_indented_pair().unwrap_or((open, self.prev().span().after()));
        let diag =
            Diagnostic::error(codes::UNCLOSED_BRACKET, open, "`{` has no closing `}`").label("opened here");
        let diag = match close.lo == close.hi {
            true => diag.also(close, "`}` is missing before the end of the file"),
            false => diag.also(close, "the indentation suggests that `}` is missing before this"),
        };
        // What the parser reported behind this brace took declarations for statements.
        let parsed = self.diags.split_off(self.n_lexical);
        self.diags.extend(parsed.into_iter().filter(|d| d.span().lo < open.lo));
        self.last_fault = Some(self.pos);
        self.report(diag);
    }

    /// Whether a string behind the brace, which is not closed on its line, has taken in what closes the brace.
    fn is_brace_in_string(&self, open: Span) -> bool {
        let is_cut = |d: &&Diagnostic| d.code == codes::UNTERMINATED_STRING && d.span().lo > open.lo;
        let cut = self.diags.iter().take(self.n_lexical).filter(is_cut);
        cut.into_iter().any(|diag| {
            let text = &self.src[(diag.span().lo - self.base) as usize..];
            text.lines().next().is_some_and(|line| line.contains('}'))
        })
    }

    /// The first brace whose partner at the start of a line is indented less than the line of the brace, or in
    /// which an item is not indented.
    fn badly_indented_pair(&self) -> Option<(Span, Span)> {
        let mut open: Vec<Token> = Vec::new();
        for (idx, token) in self.tokens.iter().enumerate() {
            match token.kind {
                T::LBrace => open.push(*token),
                T::RBrace => {
                    let partner = open.pop()?;
                    let starts_line = token.nl || idx == 0;
                    if starts_line && self.indent(token.lo) < self.indent(partner.lo) {
                        return Some((partner.span(), token.span()));
                    }
                }
                kind if token.nl && kind.starts_item() => {
                    let Some(outer) = open.last() else { continue };
                    if !matches!(kind, T::KwConst | T::KwUse | T::At)
                        && self.indent(token.lo) <= self.indent(outer.lo)
                    {
                        return Some((outer.span(), token.span()));
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// Inside of the bracket at `outer`, one whose partner at the start of a line is indented less than its own line.
    fn badly_indented_bracket(&self, outer: Span, close: T) -> Option<(Span, Span)> {
        let start = self.tokens.partition_point(|t| t.lo < outer.lo);
        let kind = self.tokens.get(start)?.kind;
        let mut open: Vec<Token> = Vec::new();
        for token in self.tokens[start..].iter().take(LOOK_AHEAD) {
            if token.kind == kind {
                open.push(*token);
            } else if token.kind == close {
                let partner = open.pop()?;
                if token.nl && self.indent(token.lo) < self.indent(partner.lo) {
                    return Some((partner.span(), token.span()));
                }
            }
        }
        None
    }

    /// The white space at the start of the line in which a position lies, in bytes.
    pub(super) fn indent(&self, pos: u32) -> usize {
        let before = &self.src[..(pos - self.base) as usize];
        let line = before.rfind('\n').map_or(0, |i| i + 1);
        self.src[line..].bytes().take_while(|b| matches!(b, b' ' | b'\t')).count()
    }
}

fn opening(close: T) -> &'static str {
    match close {
        T::RParen => "(",
        T::RBracket => "[",
        T::Gt => "<",
        T::Or => "|",
        _ => "{",
    }
}
