//! The tokens of bodies that are parsed later, in a third of the room that the parser's take.
//!
//! A program's bodies are most of its tokens, and all of them are there at once; what they lie in has to be touched
//! twice. A token is kept as its kind, its distance from the token before and its length. A body in which one of these
//! does not fit is read from its text again.

use crate::span::Span;
use crate::token::{T, Token};

/// A token, relative to the one before it.
#[derive(Clone, Copy, Debug)]
struct KeptToken {
    kind: T,
    /// From the end of the token before, or from the start of the body.
    gap: u8,
    /// The length; the highest bit says whether a newline stands before the token.
    len_nl: u16,
}

const NEWLINE: u16 = 1 << 15;

impl KeptToken {
    /// Without what does not fit.
    fn new(token: Token, before: u32) -> KeptToken {
        let len = (token.hi - token.lo) as u16 & !NEWLINE;
        let nl = if token.nl { NEWLINE } else { 0 };
        KeptToken { kind: token.kind, gap: token.lo.wrapping_sub(before) as u8, len_nl: len | nl }
    }

    fn token(self, before: u32) -> Token {
        let lo = before + u32::from(self.gap);
        let len = u32::from(self.len_nl & !NEWLINE);
        Token { kind: self.kind, nl: self.len_nl & NEWLINE != 0, lo, hi: lo + len }
    }
}

/// The bodies of a file that are still to be parsed, with [`parse_kept`](super::parse_kept), in the order of the text.
#[derive(Debug, Default)]
pub struct KeptBodies {
    bodies: Vec<KeptBody>,
    tokens: Vec<KeptToken>,
}

#[derive(Clone, Debug)]
struct KeptBody {
    span: Span,
    /// Of its tokens in [`KeptBodies::tokens`], none if they do not fit.
    first: u32,
    count: u32,
    taken: bool,
}

impl KeptBodies {
    /// Keeps the body with these tokens, from `{` to `}`.
    pub(super) fn add(&mut self, span: Span, body: &[Token]) {
        let first = self.tokens.len();
        // One loop without a way out: there are millions of tokens, and hardly one that does not fit.
        let (mut before, mut too_large) = (span.lo, 0);
        self.tokens.extend(body.iter().map(|token| {
            let (gap, len) = (token.lo.wrapping_sub(before), token.hi - token.lo);
            too_large |= gap >> u8::BITS | len >> (u16::BITS - 1);
            let kept = KeptToken::new(*token, before);
            before = token.hi;
            kept
        }));
        if too_large != 0 {
            self.tokens.truncate(first);
        }
        let count = (self.tokens.len() - first) as u32;
        self.bodies.push(KeptBody { span, first: first as u32, count, taken: false });
    }

    /// Gives away a copy of just the size that is needed, and keeps the room.
    pub(super) fn move_out(&mut self) -> KeptBodies {
        let kept = KeptBodies { bodies: self.bodies.clone(), tokens: self.tokens.clone() };
        self.clear();
        kept
    }

    pub(super) fn clear(&mut self) {
        self.bodies.clear();
        self.tokens.clear();
    }

    /// Whether this body is one of them, and was not taken. From now on it was.
    pub(super) fn take(&mut self, span: Span) -> Option<usize> {
        let at = self.bodies.binary_search_by_key(&span.lo, |body| body.span.lo).ok()?;
        let body = &mut self.bodies[at];
        (!std::mem::replace(&mut body.taken, true)).then_some(at)
    }

    /// Writes the tokens of a body to `tokens`, and its end. False: they were not kept.
    pub(super) fn restore(&self, at: usize, tokens: &mut Vec<Token>) -> bool {
        let KeptBody { span, first, count, .. } = self.bodies[at];
        tokens.clear();
        tokens.reserve(count as usize + 1);
        let mut before = span.lo;
        tokens.extend(self.tokens[first as usize..(first + count) as usize].iter().map(|kept| {
            let token = kept.token(before);
            before = token.hi;
            token
        }));
        tokens.push(Token { kind: T::Eof, nl: true, lo: span.hi, hi: span.hi });
        count > 0
    }

    /// The bodies that nobody took.
    pub fn rest(&self) -> impl Iterator<Item = Span> {
        self.bodies.iter().filter(|body| !body.taken).map(|body| body.span)
    }
}
