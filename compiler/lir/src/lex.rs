//! Tokens of the text form. A `;` starts a comment that ends with its line.

use crate::print::is_name_byte;
use std::fmt;

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Tok<'a> {
    /// `add`, `i32.add`, `b3`, `nan`.
    Word(&'a str),
    /// `%0`, `%count`, without the sigil.
    Reg(&'a str),
    /// `@name`, `@"a name"`, `@name#3`.
    Func(Name),
    /// The same with `$`: a datum or a global.
    Data(Name),
    /// `-5`, `0x1f`, `1.5e-7`: what it means depends on where it stands.
    Number(&'a str),
    Str(Vec<u8>),
    Arrow,
    Punct(char),
    End,
}

/// A module-level name; the number tells things of one name apart.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Name {
    pub text: String,
    pub number: Option<u32>,
}

impl fmt::Display for Tok<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Tok::Word(s) | Tok::Number(s) => write!(f, "`{s}`"),
            Tok::Reg(s) => write!(f, "`%{s}`"),
            Tok::Func(name) => write!(f, "`@{}`", name.text),
            Tok::Data(name) => write!(f, "`${}`", name.text),
            Tok::Str(_) => write!(f, "a string"),
            Tok::Arrow => write!(f, "`->`"),
            Tok::Punct(c) => write!(f, "`{c}`"),
            Tok::End => write!(f, "the end of the text"),
        }
    }
}

/// What is wrong with a text, and where: lines and columns count from 1.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParseError {
    pub line: u32,
    pub column: u32,
    pub message: String,
}

impl ParseError {
    pub(crate) fn at(text: &str, offset: usize, message: String) -> ParseError {
        let before = &text.as_bytes()[..offset.min(text.len())];
        let line = before.iter().filter(|&&b| b == b'\n').count() as u32 + 1;
        let column = before.iter().rev().take_while(|&&b| b != b'\n').count() as u32 + 1;
        ParseError { line, column, message }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for ParseError {}

/// All tokens with the offsets at which they start; the last is [`Tok::End`].
pub(crate) fn lex(text: &str) -> Result<Vec<(usize, Tok<'_>)>, ParseError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut toks = Vec::new();
    loop {
        lexer.skip_blank();
        let start = lexer.at;
        let tok = lexer.tok()?;
        let end = tok == Tok::End;
        toks.push((start, tok));
        if end {
            return Ok(toks);
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn peek(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    fn error<T>(&self, message: &str) -> Result<T, ParseError> {
        Err(ParseError::at(self.text, self.at, message.to_string()))
    }

    fn skip_blank(&mut self) {
        loop {
            match self.peek(0) {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b';' => {
                    while !matches!(self.peek(0), b'\n' | 0) {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    fn take(&mut self, accept: impl Fn(u8) -> bool) -> &'a str {
        let start = self.at;
        while accept(self.peek(0)) {
            self.at += 1;
        }
        &self.text[start..self.at]
    }

    fn tok(&mut self) -> Result<Tok<'a>, ParseError> {
        let b = self.peek(0);
        Ok(match b {
            0 if self.at >= self.text.len() => Tok::End,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                Tok::Word(self.take(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.')))
            }
            b'0'..=b'9' => Tok::Number(self.number()),
            b'-' if self.peek(1).is_ascii_digit() => Tok::Number(self.number()),
            b'-' if self.peek(1) == b'>' => {
                self.at += 2;
                Tok::Arrow
            }
            b'%' => {
                self.at += 1;
                match self.take(|b| b.is_ascii_alphanumeric() || b == b'_') {
                    "" => return self.error("a register needs a number or a name"),
                    name => Tok::Reg(name),
                }
            }
            b'@' => Tok::Func(self.name()?),
            b'$' => Tok::Data(self.name()?),
            b'"' => Tok::Str(self.string()?),
            b'(' | b')' | b'[' | b']' | b'{' | b'}' | b',' | b':' | b'=' | b'+' | b'-' | b'!' => {
                self.at += 1;
                Tok::Punct(b as char)
            }
            _ => return self.error("this character starts no token"),
        })
    }

    /// A sign belongs to the number at its start and behind the `e` of a decimal exponent.
    fn number(&mut self) -> &'a str {
        let start = self.at;
        if self.peek(0) == b'-' {
            self.at += 1;
        }
        let hex = self.peek(0) == b'0' && self.peek(1) == b'x';
        loop {
            let b = self.peek(0);
            let exponent = !hex && matches!(b, b'e' | b'E') && matches!(self.peek(1), b'+' | b'-');
            match b {
                _ if exponent => self.at += 2,
                _ if b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.') => self.at += 1,
                _ => return &self.text[start..self.at],
            }
        }
    }

    fn name(&mut self) -> Result<Name, ParseError> {
        self.at += 1;
        let text = if self.peek(0) == b'"' {
            String::from_utf8(self.string()?).or_else(|_| self.error("a name must be valid UTF-8"))?
        } else {
            self.take(is_name_byte).to_string()
        };
        let mut number = None;
        if self.peek(0) == b'#' {
            self.at += 1;
            let digits = self.take(|b| b.is_ascii_digit());
            number = Some(digits.parse().or_else(|_| self.error("`#` needs a number"))?);
        }
        Ok(Name { text, number })
    }

    fn string(&mut self) -> Result<Vec<u8>, ParseError> {
        self.at += 1;
        let mut bytes = Vec::new();
        loop {
            match self.peek(0) {
                b'"' => {
                    self.at += 1;
                    return Ok(bytes);
                }
                b'\\' => bytes.push(self.escape()?),
                0 | b'\n' => return self.error("this string does not end on its line"),
                b => {
                    bytes.push(b);
                    self.at += 1;
                }
            }
        }
    }

    /// `\"`, `\\`, `\n`, `\t`, or two hexadecimal digits.
    fn escape(&mut self) -> Result<u8, ParseError> {
        let (first, second) = (self.peek(1), self.peek(2));
        let hex = |b: u8| (b as char).to_digit(16);
        let (byte, len) = match (first, hex(first), hex(second)) {
            (b'"' | b'\\', ..) => (first, 2),
            (b'n', ..) => (b'\n', 2),
            (b't', ..) => (b'\t', 2),
            (_, Some(high), Some(low)) => ((high * 16 + low) as u8, 3),
            _ => return self.error("an escape is `\\\"`, `\\\\`, `\\n`, `\\t` or two hexadecimal digits"),
        };
        self.at += len;
        Ok(byte)
    }
}
