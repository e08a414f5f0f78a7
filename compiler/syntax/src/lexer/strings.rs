//! Strings: where they end, and where their holes are.
//!
//! The stack of modes says in which holes of which strings the lexer is. A string on one line never reaches
//! beyond it, nor does a hole in it; so a forgotten quote spoils one line only.

use super::{Lexer, Mode};
use crate::codes;
use crate::diag::Diagnostic;
use crate::token::T;

/// How many lines are looked at for the quote that may close a string over several lines.
pub(super) const MAX_LINES: usize = 20;

impl Lexer<'_> {
    /// A string from its opening quotes on.
    pub(super) fn string(&mut self, start: usize) {
        let multi = self.peek(1) == b'"' && self.peek(2) == b'"';
        self.pos += if multi { 3 } else { 1 };
        let text = self.pos;
        match self.string_text(multi) {
            Stop::Hole if !multi && self.peek(1) == b'\\' && self.braces_of_text(start) => {}
            Stop::Hole if !multi && self.modes.is_empty() && self.ends_line(self.pos + 1) => {
                self.no_closing_quote(start);
            }
            Stop::Hole => {
                let text_end = self.pos;
                self.pos = text;
                self.push(if multi { T::MultiStrOpen } else { T::StrOpen }, start);
                self.pos = text_end;
                self.text_part(text);
                self.open_hole(multi, start);
            }
            Stop::Quote => {
                self.pos += if multi { 3 } else { 1 };
                self.push(if multi { T::MultiStr } else { T::Str }, start);
            }
            Stop::End if !multi && self.modes.last().is_some_and(|m| !m.multi) => {
                // The quote was meant to close the string around: it is the hole that is not closed.
                self.pos = start;
                self.unclosed_hole();
                self.pos = start + 1;
                self.push(T::StrClose, start);
            }
            Stop::End => {
                let lines = !multi && self.over_lines();
                self.push(T::Error, start);
                match lines {
                    true => self.string_over_lines(start),
                    false => self.unterminated(start, multi),
                }
            }
        }
    }

    /// At a `{` before an escaped quote, as in JSON: the braces of the string belong to its text. Passes over it.
    fn braces_of_text(&mut self, start: usize) -> bool {
        let hole = self.pos;
        let (mut at, mut edits) = (start + 1, Vec::new());
        loop {
            match self.src.get(at) {
                None | Some(b'\n') => return false,
                Some(b'"') => break,
                // The braces of `\u{e9}`.
                Some(b'\\') if self.src[at..].starts_with(b"\\u{") => {
                    let rest = &self.src[at..];
                    at += rest.iter().position(|b| matches!(b, b'}' | b'"' | b'\n')).unwrap_or(rest.len());
                    at += usize::from(self.src.get(at) == Some(&b'}'));
                    continue;
                }
                Some(b'\\') => at += 1,
                Some(brace @ (b'{' | b'}')) => {
                    let span = self.span(at, at + 1);
                    edits.push((span, char::from(*brace).to_string().repeat(2)));
                }
                Some(_) => {}
            }
            at += 1;
        }
        let span = self.span(hole, hole + 1);
        let message = "`{` starts a hole in a string; a brace of the text is written `{{`";
        let diag = Diagnostic::error(codes::UNCLOSED_HOLE, span, message);
        self.report(
            diag.note("a raw string has no holes: `r#\"{\"a\": 1}\"#`")
                .fix_edits_likely("write them twice", edits),
        );
        self.pos = at + 1;
        self.push(T::Error, start);
        true
    }

    /// Whether nothing stands on the line from `pos` on.
    fn ends_line(&self, pos: usize) -> bool {
        let rest = &self.src[pos..];
        rest.iter().take_while(|b| **b != b'\n').all(u8::is_ascii_whitespace)
    }

    /// At a `{` at the end of the line: it starts a body, so the string has no closing quote.
    fn no_closing_quote(&mut self, start: usize) {
        let text = self.text[start..self.pos].trim_end().len();
        let (brace, end) = (self.pos, start + text);
        let open = self.span(start, start + 1);
        let diag = Diagnostic::error(codes::UNTERMINATED_STRING, open, "this string is not closed");
        let diag =
            diag.label("opened here").fix_likely("close it before the brace", self.span(end, end), "\"");
        self.report(diag);
        self.pos = end;
        self.push(T::Error, start);
        self.pos = brace;
    }

    /// A string on one line is not closed there. Moves behind the only quote of the paragraph, which then closes
    /// a string over several lines.
    fn over_lines(&mut self) -> bool {
        let rest = &self.text[self.pos..];
        let mut at = self.pos;
        for (n, line) in rest.split_inclusive('\n').enumerate().take(MAX_LINES) {
            if n > 0 && line.trim().is_empty() {
                return false;
            }
            if let Some(quote) = line.find('"') {
                let only = line.matches('"').count() == 1;
                self.pos = if only { at + quote + 1 } else { self.pos };
                return only;
            }
            at += line.len();
        }
        false
    }

    /// `r"""…"""`, which would be an empty text and what is behind it.
    fn raw_over_lines(&mut self, start: usize) {
        let quotes = "\"\"\"";
        let open = self.pos;
        let body = open + quotes.len();
        let close = self.text[body..].find(quotes).map(|at| body + at);
        self.pos = close.map_or(self.src.len(), |close| close + quotes.len());
        let message = "raw text over several lines is written `r#\"…\"#`";
        let diag = Diagnostic::error(codes::UNTERMINATED_STRING, self.span(start, body), message);
        self.report(match close {
            Some(close) => {
                let edits = vec![
                    (self.span(open, body), "#\"".to_string()),
                    (self.span(close, self.pos), "\"#".to_string()),
                ];
                diag.fix_edits_likely("write it so", edits)
            }
            None => diag,
        });
        self.push(T::Error, start);
    }

    fn string_over_lines(&mut self, start: usize) {
        let (open, close) = (self.span(start, start + 1), self.span(self.pos - 1, self.pos));
        let diag =
            Diagnostic::error(codes::UNTERMINATED_STRING, open, "this string does not end on its line");
        let note = "text over several lines is written `\"\"\"…\"\"\"`; a newline in a string `\\n`";
        self.report(diag.label("opened here").also(close, "it seems to end here").note(note));
    }

    fn text_part(&mut self, start: usize) {
        if self.pos > start {
            self.push(T::StrText, start);
        }
    }

    fn open_hole(&mut self, multi: bool, open: usize) {
        let hole = self.pos;
        self.pos += 1;
        self.push(T::HoleOpen, hole);
        self.modes.push(Mode { multi, braces: 0, brackets: 0, open, hole });
    }

    /// Goes on with the text of a string behind the `}` of a hole, which has been consumed.
    fn after_hole(&mut self, mode: Mode) {
        let text = self.pos;
        let stop = self.string_text(mode.multi);
        self.text_part(text);
        match stop {
            Stop::Hole => self.open_hole(mode.multi, mode.open),
            Stop::Quote => {
                let quote = self.pos;
                self.pos += if mode.multi { 3 } else { 1 };
                self.push(T::StrClose, quote);
            }
            Stop::End => {
                self.push(T::StrClose, self.pos);
                self.unterminated(mode.open, mode.multi);
            }
        }
    }

    /// Moves over text up to a hole, the closing quotes, or the place where an unclosed string ends.
    fn string_text(&mut self, multi: bool) -> Stop {
        while let Some(&byte) = self.src.get(self.pos) {
            match byte {
                b'\\' => {
                    let next = self.char_at(self.pos + 1);
                    let skipped =
                        next.filter(|c| multi || !matches!(c, '\n' | '\r')).map_or(0, char::len_utf8);
                    self.pos += 1 + skipped;
                    // The braces of `\u{…}` open no hole.
                    if next == Some('u') && self.peek(0) == b'{' {
                        self.pos += 1;
                    }
                }
                b'{' if self.peek(1) == b'{' => self.pos += 2,
                b'{' => return Stop::Hole,
                b'"' if !multi => return Stop::Quote,
                b'"' if self.peek(1) == b'"' && self.peek(2) == b'"' => return Stop::Quote,
                b'\n' if !multi => return Stop::End,
                _ => self.pos += 1,
            }
        }
        Stop::End
    }

    /// `r"…"` or `r#"…"#`, after the `r`. False: it is the name `r`.
    pub(super) fn raw_string(&mut self, start: usize) -> bool {
        let hashes = self.src[self.pos..].iter().take_while(|b| **b == b'#').count();
        if self.peek(hashes) != b'"' {
            return false;
        }
        if hashes == 0 && self.src[self.pos..].starts_with(b"\"\"\"") {
            self.raw_over_lines(start);
            return true;
        }
        self.pos += hashes + 1;
        let closing: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
        let rest = &self.src[self.pos..];
        let mut from = 0;
        while let Some(quote) = rest[from..].iter().position(|b| *b == b'"') {
            if rest[from + quote..].starts_with(&closing) {
                self.pos += from + quote + closing.len();
                self.push(T::RawStr, start);
                return true;
            }
            from += quote + 1;
        }
        let span = self.span(start, start + hashes + 2);
        let diag = Diagnostic::error(codes::UNTERMINATED_STRING, span, "this raw string is not closed");
        let closing = String::from_utf8_lossy(&closing).into_owned();
        self.report(diag.note(format!("it ends at `{closing}`, which does not follow")));
        // Only the line is lost: what follows is more likely code than text.
        let line = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
        self.pos += line;
        self.push(T::Error, start);
        true
    }

    /// Counts brackets inside a hole. True when the byte ended the hole or began its format.
    pub(super) fn hole_bracket(&mut self, byte: u8) -> bool {
        let Some(mode) = self.modes.last_mut() else { return false };
        match byte {
            b'{' => mode.braces += 1,
            b'(' | b'[' => mode.brackets += 1,
            b')' | b']' => mode.brackets = mode.brackets.saturating_sub(1),
            b'}' if mode.braces > 0 => mode.braces -= 1,
            b'}' => {
                self.close_hole();
                return true;
            }
            b':' if mode.braces == 0 && mode.brackets == 0 => {
                self.hole_spec();
                return true;
            }
            _ => {}
        }
        false
    }

    fn close_hole(&mut self) {
        let brace = self.pos;
        self.pos += 1;
        self.push(T::HoleClose, brace);
        if let Some(mode) = self.modes.pop() {
            self.after_hole(mode);
        }
    }

    /// The format behind `:`, up to the `}` of the hole.
    fn hole_spec(&mut self) {
        let start = self.pos;
        self.pos += 1;
        // A brace may fill up to the width: `{x:{>5}`.
        if self.peek(0) == b'{' && matches!(self.peek(1), b'<' | b'^' | b'>') {
            self.pos += 1;
        }
        let mut braces = 0;
        while !matches!(self.peek(0), b'\n' | b'"') && self.pos < self.src.len() {
            match self.peek(0) {
                b'{' => braces += 1,
                b'}' if braces == 0 => break,
                b'}' => braces -= 1,
                _ => {}
            }
            self.pos += 1;
        }
        self.push(T::HoleSpec, start);
    }

    fn unterminated(&mut self, start: usize, multi: bool) {
        let quotes = if multi { "\"\"\"" } else { "\"" };
        let span = self.span(start, start + quotes.len());
        let diag = Diagnostic::error(codes::UNTERMINATED_STRING, span, "this string is not closed");
        let end = self.span(self.pos, self.pos);
        self.cut |= multi;
        let hole = self.diags.pop_if(|d| multi && d.code == codes::UNCLOSED_HOLE && d.span().lo > span.lo);
        self.report(if let Some(hole) = hole {
            diag.label("opened here").also(hole.span(), "and this hole neither")
        } else if multi {
            diag.label("opened here")
        } else {
            diag.label("opened here")
                .also(end, format!("`{quotes}` is missing at the end of the line"))
                .note("a string ends on its line; text over several lines is written `\"\"\"…\"\"\"`")
        });
    }

    /// Reports the innermost hole and closes it here. The token `Error` keeps the parser silent about it.
    fn unclosed_hole(&mut self) {
        let Some(mode) = self.modes.pop() else { return };
        let span = self.span(mode.hole, mode.hole + 1);
        let diag = Diagnostic::error(codes::UNCLOSED_HOLE, span, "this hole in a string is not closed")
            .label("`}` is missing");
        let value = value_len(&self.text[mode.hole + 1..self.pos]);
        let end = self.span(mode.hole + 1 + value, mode.hole + 1 + value);
        self.report(match value {
            0 => diag.fix_likely("write `{{` for a brace in the text", span, "{{"),
            _ => diag.fix_likely("write `}` behind the value", end, "}"),
        });
        self.push(T::Error, self.pos);
        self.push(T::HoleClose, self.pos);
    }

    /// The line ends in a hole without open brackets: one message, and all strings on one line end.
    pub(super) fn hole_at_line_end(&mut self) {
        if let Some(mode) = self.modes.last().filter(|m| m.multi) {
            let mode = Mode { ..*mode };
            self.unclosed_hole();
            return self.after_hole(mode);
        }
        if !self.hole_over_lines() {
            self.unclosed_hole();
            self.push(T::StrClose, self.pos);
        }
        while self.modes.last().is_some_and(|m| !m.multi) {
            self.close_mode();
        }
    }

    /// A hole of a string on one line goes on in the next lines, where it and the string are closed: passes over both.
    fn hole_over_lines(&mut self) -> bool {
        let Some(mode) = self.modes.last() else { return false };
        let rest = &self.text[self.pos..];
        let Some(len) = rest.find(['"', '{', '}']).filter(|at| rest[*at..].starts_with('}')) else {
            return false;
        };
        let behind = rest[len..].lines().next().and_then(|line| line.find('"'));
        let Some(quote) = behind.filter(|_| rest[..len].lines().count() <= MAX_LINES) else { return false };
        let (hole, brace) = (self.span(mode.hole, mode.hole + 1), self.pos + len);
        let message = "a hole in a string ends on the line where it begins";
        let diag = Diagnostic::error(codes::UNCLOSED_HOLE, hole, message)
            .also(self.span(brace, brace + 1), "it seems to end here")
            .note("give the value a name before: `let x = …`, and `\"{x}\"`");
        self.report(diag);
        self.modes.pop();
        self.push(T::Error, self.pos);
        self.push(T::HoleClose, self.pos);
        self.pos = brace + quote;
        self.push(T::StrClose, self.pos);
        self.pos += 1;
        true
    }

    fn close_mode(&mut self) {
        self.modes.pop();
        self.push(T::Error, self.pos);
        self.push(T::HoleClose, self.pos);
        self.push(T::StrClose, self.pos);
    }

    /// At the end of the file.
    pub(super) fn close_all_strings(&mut self) {
        match self.modes.last() {
            Some(mode) if mode.multi => {
                let span = self.span(mode.open, mode.open + 3);
                let diag = Diagnostic::error(codes::UNTERMINATED_STRING, span, "this string is not closed")
                    .label("opened here")
                    .also(self.span(mode.hole, mode.hole + 1), "the file ends in this hole");
                self.report(diag);
                self.cut = true;
            }
            Some(_) => self.hole_at_line_end(),
            None => {}
        }
        while !self.modes.is_empty() {
            self.close_mode();
        }
    }
}

/// The length of the value at the start of an unclosed hole, with its format: a name with fields and calls. 0 where
/// text seems to follow the brace.
fn value_len(hole: &str) -> usize {
    if !hole.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return 0;
    }
    let mut depth = 0usize;
    let mut len = hole.len();
    for (at, c) in hole.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' if depth > 0 => depth -= 1,
            ':' if depth == 0 => {
                let spec = &hole[at..];
                return at + spec.find(char::is_whitespace).unwrap_or(spec.len());
            }
            _ if depth > 0 || c.is_alphanumeric() || matches!(c, '_' | '.') => {}
            _ => {
                len = at;
                break;
            }
        }
    }
    // A dot at the end is that of the sentence.
    hole[..len].trim_end_matches(['.', ' ']).len()
}

/// Why the text of a string stopped.
enum Stop {
    Hole,
    Quote,
    /// The line or the file ended.
    End,
}
