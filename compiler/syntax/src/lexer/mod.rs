//! Source text to a flat list of tokens.
//!
//! The lexer works on bytes and decodes UTF-8 only where a byte is not ASCII. It finds where tokens begin and
//! end; what literals mean is worked out by [`crate::literal`] when the parser reaches them, and names are
//! interned there too, so that text which nobody parses costs little. It never fails: a fault becomes a
//! diagnostic, and strings and comments that are not closed end where the damage is smallest.
//! Entry point: [`lex`].

mod classes;
mod punctuation;
mod strings;

use crate::ast::{Comment, CommentKind};
use crate::codes;
use crate::diag::Diagnostic;
use crate::parser::MAX_DIAGNOSTICS;
use crate::span::Span;
use crate::token::{T, Token};
use classes::{CLASSES, CONTINUES_WORD, Class, spaces, word_len};
use punctuation::{lone, punctuation};

/// What [`lex`] returns. The last token is always [`T::Eof`].
#[derive(Debug)]
pub struct Lexed {
    /// The limit of diagnostics was reached, and the tokens end there.
    pub stopped: bool,
    pub tokens: Vec<Token>,
    pub comments: Vec<Comment>,
    pub diags: Vec<Diagnostic>,
    /// A comment or string that is not closed took the rest of the text.
    pub cut: bool,
}

/// Lexes `text`, whose first byte has the global position `base`.
pub fn lex(text: &str, base: u32) -> Lexed {
    lex_into(text, base, Vec::new())
}

/// The same, with the tokens in the memory of `tokens`.
pub(crate) fn lex_into(text: &str, base: u32, mut tokens: Vec<Token>) -> Lexed {
    tokens.clear();
    // Measured over the library: about one token for five bytes. Growth would cost more than room for dense text.
    tokens.reserve(text.len() / 2 + 16);
    let mut lexer = Lexer {
        src: text.as_bytes(),
        text,
        base,
        pos: 0,
        end: text.len(),
        nl: true,
        line_empty: true,
        modes: Vec::new(),
        tokens,
        comments: Vec::new(),
        diags: Vec::new(),
        cut: false,
    };
    lexer.run();
    Lexed {
        stopped: lexer.end < text.len(),
        tokens: lexer.tokens,
        comments: lexer.comments,
        diags: lexer.diags,
        cut: lexer.cut,
    }
}

/// A string in one of whose holes the lexer is.
struct Mode {
    multi: bool,
    /// Open braces inside the hole.
    braces: u32,
    /// Open parentheses and brackets inside the hole.
    brackets: u32,
    /// Offset of the opening quotes.
    open: usize,
    /// Offset of the hole's `{`.
    hole: usize,
}

struct Lexer<'a> {
    src: &'a [u8],
    text: &'a str,
    base: u32,
    pos: usize,
    /// Where lexing ends.
    end: usize,
    /// A newline stands before the next token.
    nl: bool,
    /// Nothing but white space was seen on this line so far.
    line_empty: bool,
    modes: Vec<Mode>,
    tokens: Vec<Token>,
    comments: Vec<Comment>,
    diags: Vec<Diagnostic>,
    cut: bool,
}

impl Lexer<'_> {
    fn run(&mut self) {
        if self.text.starts_with('\u{FEFF}') {
            self.pos = 3;
        }
        if self.text[self.pos..].starts_with("#!") {
            self.line_comment();
        }
        while self.pos < self.end {
            self.next_token();
        }
        self.close_all_strings();
        self.push(T::Eof, self.pos);
        if !self.text.is_ascii() {
            self.direction_characters();
        }
    }

    /// After [`MAX_DIAGNOSTICS`] the rest of the text is not looked at.
    fn report(&mut self, diag: Diagnostic) {
        if self.diags.len() >= MAX_DIAGNOSTICS {
            return;
        }
        let span = diag.span();
        self.diags.push(diag);
        if self.diags.len() == MAX_DIAGNOSTICS {
            let message = format!("{MAX_DIAGNOSTICS} mistakes found; the rest of the file was not read");
            self.diags.push(Diagnostic::error(codes::TOO_MANY_ERRORS, span.after(), message));
            self.end = self.pos;
        }
    }

    /// Reports the characters that reorder text on the screen, wherever they stand: with them a program can look
    /// like another one (CVE-2021-42574).
    fn direction_characters(&mut self) {
        let src = self.src;
        for start in memchr::memchr_iter(0xE2, &src[..self.end.saturating_sub(2)]) {
            if !matches!(src[start + 1..start + 3], [0x80, 0xAA..=0xAE] | [0x81, 0xA6..=0xA9]) {
                continue;
            }
            let span = self.span(start, start + 3);
            let code = self.char_at(start).map_or(0, u32::from);
            let message = format!("U+{code:04X} changes the order in which text is shown");
            let diag = Diagnostic::error(codes::DIRECTION_CHARACTER, span, message);
            let after = self.comments.partition_point(|c| c.span.lo <= span.lo);
            let commented = self.comments[..after].last().is_some_and(|c| c.span.contains(span.lo));
            self.report(match commented {
                true => diag.fix("remove it", span, ""),
                false => diag.note(format!("in a string it can be written `\\u{{{code:X}}}`")),
            });
        }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.src.get(self.pos + ahead).copied().unwrap_or(0)
    }

    fn span(&self, lo: usize, hi: usize) -> Span {
        Span::new(self.base + lo as u32, self.base + hi as u32)
    }

    /// Adds the token from `start` to the current position.
    fn push(&mut self, kind: T, start: usize) {
        let (lo, hi) = (self.base + start as u32, self.base + self.pos as u32);
        self.tokens.push(Token { kind, nl: self.nl, lo, hi });
        self.nl = false;
        self.line_empty = false;
    }

    fn next_token(&mut self) {
        if self.src[self.pos] == b' ' {
            self.pos += 1;
        }
        let start = self.pos;
        let Some(&byte) = self.src.get(start) else { return };
        let class = CLASSES[byte as usize];
        // Branches are foreseen far more often than a jump through a table, and these are four of five tokens.
        if matches!(class, Class::Word) {
            return self.word(start);
        }
        if matches!(class, Class::Other) {
            return self.punctuation(start, byte);
        }
        match class {
            Class::Space => self.pos += spaces(&self.src[start..]),
            Class::Blank => self.pos += 1,
            Class::Newline => self.newline(),
            Class::Digit => self.number(start),
            Class::Quote => self.string(start),
            Class::Apostrophe => self.quote(start),
            Class::Slash if self.peek(1) == b'/' => self.line_comment(),
            Class::Slash if self.peek(1) == b'*' => self.block_comment(),
            Class::Unicode => self.unicode(start),
            Class::Slash => self.punctuation(start, byte),
            Class::Word | Class::Other => unreachable!("these are told before"),
        }
    }

    fn newline(&mut self) {
        if self.modes.last().is_some_and(|m| !m.multi || (m.braces == 0 && m.brackets == 0)) {
            let at = self.pos;
            self.hole_at_line_end();
            if self.pos > at {
                return; // The text of the string around went on.
            }
        }
        self.pos += 1;
        self.nl = true;
        self.line_empty = true;
        self.pos += spaces(&self.src[self.pos..]);
    }

    #[inline(always)] // Most tokens are words.
    fn word(&mut self, start: usize) {
        let rest = &self.src[start..];
        self.pos = start + word_len(rest);
        if self.peek(0) >= 0x80 {
            self.scan_word();
        }
        let len = self.pos - start;
        if len == 1 && rest[0] == b'r' && matches!(self.peek(0), b'"' | b'#') && self.raw_string(start) {
            return;
        }
        self.push(T::of_word(rest, len), start);
    }

    #[cold]
    fn unicode_word(&mut self, start: usize) {
        self.word(start);
    }

    /// Moves over the characters that can continue an identifier.
    fn scan_word(&mut self) {
        while let Some(byte) = self.src.get(self.pos) {
            if CONTINUES_WORD[*byte as usize] {
                self.pos += 1;
            } else if *byte < 0x80 || !self.unicode_continues_word() {
                return;
            }
        }
    }

    #[cold]
    fn unicode_continues_word(&mut self) -> bool {
        let next = self.char_at(self.pos).filter(|c| unicode_ident::is_xid_continue(*c));
        self.pos += next.map_or(0, char::len_utf8);
        next.is_some()
    }

    fn char_at(&self, pos: usize) -> Option<char> {
        self.text.get(pos..)?.chars().next()
    }

    /// A number with its suffix. Behind `.` only digits: `t.0.1` has two fields.
    fn number(&mut self, start: usize) {
        if self.tokens.last().is_some_and(|t| t.kind == T::Dot && t.hi == self.base + start as u32) {
            while self.peek(0).is_ascii_digit() {
                self.pos += 1;
            }
            return self.push(T::Int, start);
        }
        if self.src[start] == b'0' && matches!(self.peek(1), b'x' | b'o' | b'b' | b'X' | b'O' | b'B') {
            self.scan_word();
            return self.push(T::Int, start);
        }
        self.digits();
        let mut kind = T::Int;
        if self.peek(0) == b'.' && self.peek(1).is_ascii_digit() {
            self.pos += 1;
            self.digits();
            kind = T::Float;
        }
        if matches!(self.peek(0), b'e' | b'E')
            && (self.peek(1).is_ascii_digit()
                || (matches!(self.peek(1), b'+' | b'-') && self.peek(2).is_ascii_digit()))
        {
            self.pos += 2;
            self.digits();
            kind = T::Float;
        }
        let suffix = self.pos;
        self.scan_word();
        match &self.src[suffix..self.pos] {
            b"f32" | b"f64" => kind = T::Float,
            b"ns" | b"us" | b"ms" | b"s" | b"m" | b"h" => kind = T::Duration,
            _ => {}
        }
        self.push(kind, start);
    }

    fn digits(&mut self) {
        while matches!(self.peek(0), b'0'..=b'9' | b'_') {
            self.pos += 1;
        }
    }

    /// A character literal or a label: `'a'`, `'\n'`, `'outer`.
    fn quote(&mut self, start: usize) {
        self.pos += 1;
        if self.peek(0) == b'\\' {
            return self.escaped_char(start);
        }
        let Some(c) = self.char_at(self.pos).filter(|c| !matches!(c, '\n' | '\r')) else {
            return self.bad_char(start, "this quote starts a character, but the line ends");
        };
        if c == '\'' {
            return self.quotes(start);
        }
        let len = c.len_utf8();
        if self.src.get(self.pos + len) == Some(&b'\'') {
            self.pos += len + 1;
            return self.push(T::Char, start);
        }
        if unicode_ident::is_xid_start(c) || c == '_' {
            self.scan_word();
            if self.peek(0) != b'\'' {
                return self.push(T::Label, start);
            }
            self.apostrophe();
            self.pos += 1;
            return self.long_char(start);
        }
        self.recover_char(start);
    }

    /// `''` or `'''`, at the second quote.
    fn quotes(&mut self, start: usize) {
        self.pos += 1;
        if self.peek(0) == b'\'' {
            self.pos += 1;
            if self.text_in_quotes(start) {
                return;
            }
            let span = self.span(start, self.pos);
            let message = "the quote in a character literal needs a backslash";
            let diag = Diagnostic::error(codes::BAD_CHAR, span, message);
            self.report(diag.fix("write a backslash", span, "'\\''"));
        } else {
            let span = self.span(start, self.pos);
            let diag = Diagnostic::error(codes::BAD_CHAR, span, "a character literal needs one character");
            let note = "an empty text is a string: `\"\"`; a character that may be missing is a `Char?`";
            self.report(diag.note(note));
        }
        self.push(T::Error, start);
    }

    /// `'''…'''`, which elsewhere is text: behind the first three quotes.
    fn text_in_quotes(&mut self, start: usize) -> bool {
        let is_text = |text: &str| !text.contains('"') && text.lines().count() <= strings::MAX_LINES;
        let rest = &self.text[self.pos..];
        let Some(len) = rest.find("'''").filter(|len| *len > 0 && is_text(&rest[..*len])) else {
            return false;
        };
        let quotes = if rest[..len].contains('\n') { "\"\"\"" } else { "\"" };
        let (open, close) = (self.span(start, self.pos), self.span(self.pos + len, self.pos + len + 3));
        let edits = vec![(open, quotes.to_string()), (close, quotes.to_string())];
        let message = "text stands in double quotes";
        let diag = Diagnostic::error(codes::BAD_CHAR, open, message);
        self.report(diag.also(close, "it ends here").fix_edits_likely("write double quotes", edits));
        self.pos += len + 3;
        self.push(T::Error, start);
        true
    }

    /// At a quote directly behind a word: in `'don't'` it belongs to the text, when another one closes it.
    fn apostrophe(&mut self) {
        let at = self.pos;
        self.pos += 1;
        self.scan_word();
        if self.pos == at + 1 || self.peek(0) != b'\'' {
            self.pos = at;
        }
    }

    fn escaped_char(&mut self, start: usize) {
        self.pos += 1;
        if !matches!(self.peek(0), 0 | b'\n') {
            self.pos += self.char_at(self.pos).map_or(1, char::len_utf8);
        }
        while !matches!(self.peek(0), 0 | b'\'' | b'\n' | b' ') {
            self.pos += 1;
        }
        if self.peek(0) != b'\'' {
            return self.bad_char(start, "this character literal has no closing quote");
        }
        self.pos += 1;
        self.push(T::Char, start);
    }

    /// `'+abc` or `'12'`: up to the closing quote if there is one on the line, else one character.
    fn recover_char(&mut self, start: usize) {
        let rest = &self.src[self.pos..];
        let line = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
        match rest[..line].iter().position(|b| *b == b'\'') {
            Some(len) if len <= 40 => {
                self.pos += len + 1;
                self.long_char(start);
            }
            _ => {
                self.pos += self.char_at(self.pos).map_or(1, char::len_utf8);
                self.bad_char(start, "this character literal has no closing quote");
            }
        }
    }

    fn long_char(&mut self, start: usize) {
        let inner = &self.text[start + 1..self.pos - 1];
        let fix = format!("\"{}\"", inner.replace('\\', "\\\\").replace('"', "\\\""));
        let span = self.span(start, self.pos);
        let message = "a character literal holds exactly one character";
        let diag = Diagnostic::error(codes::BAD_CHAR, span, message).label("more than one character");
        let diag = match combining(inner) {
            Some(note) => diag.note(note),
            None => diag,
        };
        self.report(diag.fix_likely("write a string", span, fix));
        self.push(T::Error, start);
    }

    fn bad_char(&mut self, start: usize, message: &str) {
        self.report(Diagnostic::error(codes::BAD_CHAR, self.span(start, self.pos), message));
        self.push(T::Error, start);
    }

    fn unicode(&mut self, start: usize) {
        let c = self.char_at(start).unwrap_or(char::REPLACEMENT_CHARACTER);
        if unicode_ident::is_xid_start(c) {
            return self.unicode_word(start);
        }
        if c.is_whitespace() || c == '\u{FEFF}' || c == '\u{200B}' {
            self.pos += c.len_utf8();
            let message = format!("U+{:04X} is not white space of the language", c as u32);
            let span = self.span(start, self.pos);
            let diag =
                Diagnostic::error(codes::UNKNOWN_CHARACTER, span, message).fix("write a space", span, " ");
            return self.report(diag);
        }
        self.unknown(start);
    }

    /// A run of characters that no token starts with gives one message.
    fn unknown(&mut self, start: usize) {
        self.skip_foreign_quotes();
        while let Some(c) = self.char_at(self.pos) {
            let known = (c.is_ascii() && !matches!(c, '#' | '$' | '`' | '\\') && !c.is_ascii_control())
                || c.is_whitespace()
                || unicode_ident::is_xid_start(c);
            if self.pos > start && (known || self.src[start] != self.src[self.pos]) {
                break;
            }
            self.pos += c.len_utf8();
        }
        let found = &self.text[start..self.pos];
        let shown: String = found.chars().take(8).flat_map(char::escape_debug).collect();
        let span = self.span(start, self.pos);
        let diag =
            Diagnostic::error(codes::UNKNOWN_CHARACTER, span, format!("no token starts with `{shown}`"));
        self.report(match found.chars().next() {
            Some('\u{201C}' | '\u{201D}' | '\u{201E}') => {
                let diag = diag.note("strings are written with straight quotes: `\"`");
                match foreign_string(found) {
                    Some(text) => diag.fix_likely("write straight quotes", span, format!("\"{text}\"")),
                    None => diag,
                }
            }
            Some('#') => diag.note("comments start with `//`, attributes with `@`").fix_likely(
                "write `//`",
                span,
                "//",
            ),
            Some('$') if self.peek(0).is_ascii_alphabetic() || self.peek(0) == b'_' => {
                diag.note("names have no sign in front").fix_likely("remove it", span, "")
            }
            Some('\\') if !self.modes.is_empty() => {
                diag.note("`{` in a string starts a hole; a brace of the text is written `{{`")
            }
            Some('\\') => diag.note("a closure is written `|x| x + 1`"),
            Some('`' | '\u{2018}' | '\u{2019}') => diag.note("strings are written `\"…\"`, characters `'c'`"),
            _ => diag,
        });
        self.push(T::Error, start);
    }

    /// Text in the quotes of other languages or of a word processor is one mistake.
    fn skip_foreign_quotes(&mut self) {
        let closing = match self.char_at(self.pos) {
            Some('`') => '`',
            Some('\u{201C}' | '\u{201E}') => '\u{201D}',
            Some('\u{2018}') => '\u{2019}',
            _ => return,
        };
        let rest = &self.text[self.pos..];
        let line = rest.find('\n').unwrap_or(rest.len());
        if let Some(end) = rest[..line].char_indices().skip(1).find(|(_, c)| *c == closing) {
            self.pos += end.0 + closing.len_utf8();
        }
    }

    fn line_comment(&mut self) {
        let start = self.pos;
        let rest = &self.src[start..];
        let len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let text = rest[..len].strip_suffix(b"\r").unwrap_or(&rest[..len]);
        let kind = match text {
            [b'/', b'/', b'/', b'/', ..] => CommentKind::Line,
            [b'/', b'/', b'/', ..] => CommentKind::Doc,
            [b'/', b'/', b'!', ..] => CommentKind::InnerDoc,
            _ => CommentKind::Line,
        };
        self.pos += text.len();
        self.comment(kind, start);
    }

    fn block_comment(&mut self) {
        let start = self.pos;
        let mut depth = 1u32;
        let mut lines = false;
        self.pos += 2;
        while depth > 0 {
            match (self.peek(0), self.peek(1)) {
                (b'/', b'*') => (depth, self.pos) = (depth + 1, self.pos + 2),
                (b'*', b'/') => (depth, self.pos) = (depth - 1, self.pos + 2),
                _ if self.pos >= self.src.len() => {
                    let diag = Diagnostic::error(
                        codes::UNTERMINATED_COMMENT,
                        self.span(start, start + 2),
                        "this comment is not closed",
                    );
                    self.report(diag.note("block comments nest: each `/*` needs its own `*/`"));
                    self.cut = true;
                    break;
                }
                (byte, _) => {
                    lines |= byte == b'\n';
                    self.pos += 1;
                }
            }
        }
        self.comment(CommentKind::Block, start);
        self.nl |= lines;
    }

    fn comment(&mut self, kind: CommentKind, start: usize) {
        let span = self.span(start, self.pos);
        if self.comments.capacity() == 0 {
            self.comments.reserve_exact(16);
        }
        self.comments.push(Comment { kind, span, own_line: self.line_empty });
        self.line_empty = false;
    }

    #[inline(always)] // It and `word` are the loop of the lexer.
    fn punctuation(&mut self, start: usize, byte: u8) {
        if !self.modes.is_empty() && self.hole_bracket(byte) {
            return;
        }
        let next = self.peek(1);
        let (kind, len) = match lone(byte, next) {
            Some(kind) => (kind, 1),
            None => match punctuation(byte, next, self.peek(2)) {
                Some(found) => found,
                None => return self.unknown(start),
            },
        };
        self.pos += len;
        self.push(kind, start);
    }
}

/// What a letter with combining marks consists of, which look like one character.
fn combining(text: &str) -> Option<String> {
    let mut chars = text.chars();
    let letter = chars.next()?;
    let marks: Vec<char> = chars.collect();
    let is_mark =
        |c: &char| matches!(*c, '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{20D0}'..='\u{20FF}');
    if marks.is_empty() || !marks.iter().all(is_mark) {
        return None;
    }
    let shown: Vec<String> = marks.iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect();
    Some(format!("this is {} characters: `{letter}` and {}", marks.len() + 1, shown.join(", ")))
}

/// The text between the quotes of a word processor.
fn foreign_string(found: &str) -> Option<&str> {
    let text = found.strip_prefix(['\u{201C}', '\u{201E}'])?.strip_suffix(['\u{201C}', '\u{201D}'])?;
    (!text.contains('"')).then_some(text)
}
