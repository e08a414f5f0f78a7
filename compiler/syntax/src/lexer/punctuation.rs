//! Operators, brackets and separators: which bytes are which.

use crate::token::T;

/// What each byte is where the next one does not belong to it; `Error` is none.
static LONE: [T; 256] = {
    let mut table = [T::Error; 256];
    let mut byte = 0;
    while byte < 128 {
        if let Some((kind, _)) = punctuation(byte, 0, 0) {
            table[byte as usize] = kind;
        }
        byte += 1;
    }
    table
};

/// The bytes that can be the second of punctuation.
static SECOND: [bool; 256] = {
    let mut table = [false; 256];
    let mut n = 0;
    while n < b":.=*><%&|".len() {
        table[b":.=*><%&|"[n] as usize] = true;
        n += 1;
    }
    table
};

/// The punctuation `byte`, if it is clear that `next` does not belong to it.
#[inline(always)]
pub(super) fn lone(byte: u8, next: u8) -> Option<T> {
    let kind = LONE[byte as usize];
    (!SECOND[next as usize] && kind != T::Error).then_some(kind)
}

/// The longest punctuation that starts with these bytes, and its length.
pub(super) const fn punctuation(a: u8, b: u8, c: u8) -> Option<(T, usize)> {
    use T::*;
    Some(match (a, b, c) {
        (b'(', ..) => (LParen, 1),
        (b')', ..) => (RParen, 1),
        (b'[', ..) => (LBracket, 1),
        (b']', ..) => (RBracket, 1),
        (b',', ..) => (Comma, 1),
        (b'{', ..) => (LBrace, 1),
        (b'}', ..) => (RBrace, 1),
        (b';', ..) => (Semi, 1),
        (b'?', ..) => (Question, 1),
        (b'@', ..) => (At, 1),
        (b'~', ..) => (Tilde, 1),
        (b':', b':', _) => (ColonColon, 2),
        (b':', ..) => (Colon, 1),
        (b'.', b'.', b'=') => (DotDotEq, 3),
        (b'.', b'.', _) => (DotDot, 2),
        (b'.', b'*', _) => (DotStar, 2),
        (b'.', ..) => (Dot, 1),
        (b'=', b'=', _) => (EqEq, 2),
        (b'=', b'>', _) => (FatArrow, 2),
        (b'=', ..) => (Eq, 1),
        (b'!', b'=', _) => (NotEq, 2),
        (b'!', ..) => (Not, 1),
        (b'<', b'<', b'=') => (ShlEq, 3),
        (b'<', b'<', _) => (Shl, 2),
        (b'<', b'=', _) => (LtEq, 2),
        (b'<', ..) => (Lt, 1),
        (b'>', b'>', b'=') => (ShrEq, 3),
        (b'>', b'>', _) => (Shr, 2),
        (b'>', b'=', _) => (GtEq, 2),
        (b'>', ..) => (Gt, 1),
        (b'&', b'&', _) => (AndAnd, 2),
        (b'&', b'=', _) => (AndEq, 2),
        (b'&', ..) => (And, 1),
        (b'|', b'|', _) => (OrOr, 2),
        (b'|', b'=', _) => (OrEq, 2),
        (b'|', ..) => (Or, 1),
        (b'^', b'=', _) => (CaretEq, 2),
        (b'^', ..) => (Caret, 1),
        _ => return arithmetic(a, b, c),
    })
}

const fn arithmetic(a: u8, b: u8, c: u8) -> Option<(T, usize)> {
    use T::*;
    Some(match (a, b, c) {
        (b'+', b'%', b'=') => (PlusPercentEq, 3),
        (b'+', b'%', _) => (PlusPercent, 2),
        (b'+', b'=', _) => (PlusEq, 2),
        (b'+', ..) => (Plus, 1),
        (b'-', b'>', _) => (Arrow, 2),
        (b'-', b'%', b'=') => (MinusPercentEq, 3),
        (b'-', b'%', _) => (MinusPercent, 2),
        (b'-', b'=', _) => (MinusEq, 2),
        (b'-', ..) => (Minus, 1),
        (b'*', b'*', b'=') => (StarStarEq, 3),
        (b'*', b'*', _) => (StarStar, 2),
        (b'*', b'%', b'=') => (StarPercentEq, 3),
        (b'*', b'%', _) => (StarPercent, 2),
        (b'*', b'=', _) => (StarEq, 2),
        (b'*', ..) => (Star, 1),
        (b'/', b'=', _) => (SlashEq, 2),
        (b'/', ..) => (Slash, 1),
        (b'%', b'=', _) => (PercentEq, 2),
        (b'%', ..) => (Percent, 1),
        _ => return None,
    })
}
