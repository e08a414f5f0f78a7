//! Strings: their text with escapes replaced, the indentation of `"""` removed, and the expressions in holes.

use super::Parser;
use crate::ast::*;
use crate::codes;
use crate::diag::Diagnostic;
use crate::literal;
use crate::span::Span;
use crate::token::T;

impl Parser<'_> {
    /// Any string; the current token is one or starts one.
    pub(super) fn string(&mut self) -> Expr {
        let token = self.tok();
        let span = token.span();
        let text = match token.kind {
            T::StrOpen | T::MultiStrOpen => return self.string_with_holes(),
            T::RawStr => {
                let raw = self.text(token);
                let hashes = raw[1..].bytes().take_while(|b| *b == b'#').count();
                raw[hashes + 2..raw.len() - hashes - 1].replace("\r\n", "\n")
            }
            T::MultiStr => {
                let inner = Span::new(span.lo + 3, span.hi - 3);
                let mut lines = Lines::new(self.source(inner));
                self.multi_line(inner, &mut lines, true, true)
            }
            _ => {
                let inner = Span::new(span.lo + 1, span.hi - 1);
                let text = self.plain(inner).unwrap_or_else(|| self.unescaped(inner));
                self.bump();
                return Expr { kind: ExprKind::Str(text), span };
            }
        };
        self.bump();
        Expr { kind: ExprKind::Str(text.into()), span }
    }

    /// The value of a plain string token, for names of tests and modules.
    pub(super) fn string_value(&mut self, what: &str) -> Option<(String, Span)> {
        if !matches!(self.kind(), T::Str | T::RawStr | T::MultiStr | T::StrOpen | T::MultiStrOpen) {
            self.expected(codes::UNEXPECTED_TOKEN, what);
            return None;
        }
        let expr = self.string();
        match expr.kind {
            ExprKind::Str(text) => Some((text.into(), expr.span)),
            _ => {
                let diag = Diagnostic::error(
                    codes::UNEXPECTED_TOKEN,
                    expr.span,
                    "holes are not possible in this string",
                );
                self.report(diag.note("write `{{` for a brace"));
                Some((String::new(), expr.span))
            }
        }
    }

    /// The text at `span`, when nothing in it is to be replaced.
    fn plain(&self, span: Span) -> Option<Box<str>> {
        let text = self.source(span);
        literal::is_plain(text).then(|| text.into())
    }

    fn unescaped(&mut self, span: Span) -> Box<str> {
        let text = self.source(span);
        let mut out = String::with_capacity(text.len());
        literal::unescape(text, span.lo, true, &mut out, &mut self.diags);
        out.into()
    }

    fn string_with_holes(&mut self) -> Expr {
        let open = self.bump();
        let multi = open.kind == T::MultiStrOpen;
        // Mostly texts around one or two holes.
        let mut parts = Vec::with_capacity(5);
        // The texts that are still missing, with their places: faults in them come behind those in holes.
        let mut texts = Vec::new();
        loop {
            match self.kind() {
                T::StrText => {
                    let span = self.bump().span();
                    let plain = if multi { None } else { self.plain(span) };
                    if plain.is_none() {
                        texts.push((parts.len(), span));
                    }
                    parts.push(InterpPart::Str(plain.unwrap_or_default()));
                }
                T::HoleOpen => parts.push(self.hole()),
                T::StrClose | T::Eof => break,
                _ => self.skip_tree(), // Only after a fault that has been reported.
            }
        }
        let close = self.bump().span();
        let span = Span::new(open.lo, close.hi.max(open.hi));
        if multi {
            self.multi_line_parts(&mut parts, texts);
        } else {
            for (idx, span) in texts {
                parts[idx] = InterpPart::Str(self.unescaped(span));
            }
        }
        Expr { kind: ExprKind::Interp(parts), span }
    }

    fn hole(&mut self) -> InterpPart {
        let open = self.bump().span();
        let outer = self.lost.take();
        if matches!(self.kind(), T::HoleClose | T::HoleSpec) {
            let span = open.to(self.span());
            let diag = Diagnostic::error(codes::EMPTY_HOLE, span, "nothing stands in this hole")
                .note("write the value between the braces");
            let mut edits = vec![(open, "{{".to_string())];
            let close = self.nth_tok(usize::from(self.at(T::HoleSpec)));
            if close.kind == T::HoleClose {
                edits.push((close.span(), "}}".to_string()));
            }
            let title = "write `{{` and `}}` for braces in the text";
            if !self.is_told_of_holes() {
                match self.values_behind() {
                    Some(fix) => self.value_into_hole(span, fix),
                    None => self.fault(diag.fix_edits_likely(title, edits)),
                }
            }
        }
        let faults = self.faults;
        let expr = match self.kind() {
            T::HoleClose | T::HoleSpec => super::exprs::error_expr(open),
            _ => self.nested(false, Self::expr),
        };
        let mut spec = None;
        if !matches!(self.kind(), T::HoleClose | T::HoleSpec) {
            if self.faults == faults && !self.extra_bracket() {
                self.expected(codes::UNEXPECTED_TOKEN, "`}` or a format");
            }
            while !matches!(self.kind(), T::HoleClose | T::HoleSpec | T::StrClose | T::Eof) {
                self.skip_tree();
            }
        }
        if self.at(T::HoleSpec) {
            let spoiled = self.is_lost();
            let token = self.bump();
            let text = self.text(token);
            spec = (!spoiled).then(|| literal::format_spec(text, token.span(), &mut self.diags));
        }
        if self.eat(T::HoleClose) {
            self.lost = outer; // The brace shows where the text goes on.
        }
        InterpPart::Expr { expr, spec }
    }

    /// Works out the texts, which are at these places.
    fn multi_line_parts(&mut self, parts: &mut Vec<InterpPart>, texts: Vec<(usize, Span)>) {
        // The last text decides what indentation is removed; without one there is none.
        let last = parts.len().wrapping_sub(1);
        let tail = match texts.last() {
            Some((idx, span)) if *idx == last => self.source(*span),
            _ => "",
        };
        let mut lines = Lines::new(tail);
        for (idx, span) in texts {
            let text = self.multi_line(span, &mut lines, idx == 0, idx == last);
            parts[idx] = InterpPart::Str(text.into());
        }
        parts.retain(|part| !matches!(part, InterpPart::Str(text) if text.is_empty()));
    }

    /// One text part of a `"""` string: without the newline behind the opening quotes if it is the `first`,
    /// without the newline before the closing quotes if it is the `last`, without indentation throughout.
    fn multi_line(&mut self, span: Span, lines: &mut Lines, first: bool, last: bool) -> String {
        let text = self.source(span);
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        let mut at = span.lo;
        let mut line_start = false;
        let mut drop_newline = first;
        loop {
            let (line, more) = match rest.find('\n') {
                Some(end) => (&rest[..end], Some(&rest[end + 1..])),
                None => (rest, None),
            };
            let closing = more.is_none() && last && line_start && lines.closes_alone;
            if !closing {
                if drop_newline && more.is_some() && line.trim_end().is_empty() {
                    drop_newline = false;
                } else {
                    let blank = more.is_some() || last;
                    self.multi_line_text(line, at, line_start.then_some(&mut *lines), blank, &mut out);
                    drop_newline = false;
                    if more.is_some() {
                        out.push('\n');
                    }
                }
            }
            let Some(more) = more else { break };
            at += line.len() as u32 + 1;
            rest = more;
            line_start = true;
        }
        if last && lines.closes_alone && out.ends_with('\n') {
            out.pop();
        }
        out
    }

    /// One line; `blank`: nothing but white space may stand in it, however little.
    fn multi_line_text(
        &mut self,
        line: &str,
        at: u32,
        lines: Option<&mut Lines>,
        blank: bool,
        out: &mut String,
    ) {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let indent = lines.as_ref().map_or("", |l| l.indent.as_str());
        let text = match (line.strip_prefix(indent), lines) {
            (Some(text), _) => text,
            (None, _) if blank && line.trim().is_empty() => "",
            (None, None) => line,
            (None, Some(lines)) => {
                let found = line.len() - line.trim_start_matches([' ', '\t']).len();
                let first = line.chars().next().map_or(0, char::len_utf8);
                let span = Span::new(at, at + found.max(first) as u32);
                if !std::mem::replace(&mut lines.faulty, true) {
                    self.bad_indentation(span, lines.indent.starts_with(&line[..found]));
                }
                line.trim_start_matches([' ', '\t'])
            }
        };
        let skipped = (line.len() - text.len()) as u32;
        literal::unescape(text, at + skipped, true, out, &mut self.diags);
    }
}

impl Parser<'_> {
    fn bad_indentation(&mut self, span: Span, less: bool) {
        let message = match less {
            true => "this line is indented less than the closing quotes",
            false => "this line is indented with other white space than the closing quotes",
        };
        let diag = Diagnostic::error(codes::BAD_INDENTATION, span, message);
        let diag = diag.note("the indentation of the closing quotes is removed from every line");
        self.report(match less {
            true => diag,
            false => diag.note("tabs and spaces are different"),
        });
    }
}

/// What the last line of a `"""` string says about the others.
struct Lines {
    /// The white space before the closing quotes, when nothing else stands there.
    indent: String,
    closes_alone: bool,
    /// A line with too little indentation has been reported.
    faulty: bool,
}

impl Lines {
    fn new(tail: &str) -> Lines {
        let last_line = tail.rfind('\n').map(|i| &tail[i + 1..]);
        match last_line {
            Some(line) if line.trim_matches([' ', '\t']).is_empty() => {
                Lines { indent: line.to_string(), closes_alone: true, faulty: false }
            }
            _ => Lines { indent: String::new(), closes_alone: false, faulty: false },
        }
    }
}
