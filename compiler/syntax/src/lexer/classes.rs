//! What single bytes are.

/// The ASCII characters that can continue an identifier.
pub(super) static CONTINUES_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0u8;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'_';
        byte += 1;
    }
    table
};

/// What starts with a byte.
#[derive(Clone, Copy)]
pub(super) enum Class {
    Space,
    Blank,
    Newline,
    Word,
    Digit,
    Quote,
    Apostrophe,
    Slash,
    Unicode,
    Other,
}

pub(super) static CLASSES: [Class; 256] = {
    let mut table = [Class::Unicode; 256];
    let mut byte = 0u8;
    while byte < 128 {
        table[byte as usize] = match byte {
            b' ' => Class::Space,
            b'\t' | b'\r' => Class::Blank,
            b'\n' => Class::Newline,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => Class::Word,
            b'0'..=b'9' => Class::Digit,
            b'"' => Class::Quote,
            b'\'' => Class::Apostrophe,
            b'/' => Class::Slash,
            _ => Class::Other,
        };
        byte += 1;
    }
    table
};

/// The length of the run of spaces at the start of `text`: indentation is a long one.
pub(super) fn spaces(text: &[u8]) -> usize {
    let mut len = 0;
    while let Some(bytes) = text[len..].first_chunk() {
        let others = u64::from_le_bytes(*bytes) ^ u64::from_le_bytes([b' '; 8]);
        if others != 0 {
            return len + others.trailing_zeros() as usize / 8;
        }
        len += 8;
    }
    len + text[len..].iter().take_while(|b| **b == b' ').count()
}

/// The length of the run of ASCII characters of an identifier at the start of `text`.
#[inline(always)]
pub(super) fn word_len(text: &[u8]) -> usize {
    let mut len = 0;
    while let Some(bytes) = text[len..].first_chunk() {
        // Hardly a word is longer, so this branch is foreseen; the end of a loop over bytes is not.
        let others = !continuing(u64::from_le_bytes(*bytes)) & HIGH;
        if others != 0 {
            return len + others.trailing_zeros() as usize / 8;
        }
        len += 8;
    }
    len + text[len..].iter().take_while(|b| CONTINUES_WORD[**b as usize]).count()
}

/// The highest bit of each byte.
const HIGH: u64 = repeat(0x80);

const fn repeat(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Sets the highest bit of the bytes that continue a word. The others say nothing.
#[inline(always)]
fn continuing(bytes: u64) -> u64 {
    let ascii = bytes & !HIGH;
    // Of seven bits, moved up so far that all from `first` on carry into the highest bit.
    let is_from = |ascii: u64, first: u8| ascii + repeat(0x80 - first);
    let lower = ascii | repeat(0x20);
    let letters = is_from(lower, b'a') & !is_from(lower, b'z' + 1);
    let digits = is_from(ascii, b'0') & !is_from(ascii, b'9' + 1);
    let underscores = !is_from(ascii ^ repeat(b'_'), 1);
    (letters | digits | underscores) & !bytes
}

#[cfg(test)]
mod tests {
    use super::{CONTINUES_WORD, word_len};

    #[test]
    fn words_end_at_each_byte_that_does_not_continue_them() {
        for byte in 0..=u8::MAX {
            for at in 0..16 {
                let mut text = [b'a'; 24];
                text[at] = byte;
                let expected = if CONTINUES_WORD[byte as usize] { text.len() } else { at };
                assert_eq!(word_len(&text), expected, "byte {byte} at {at}");
                assert_eq!(word_len(&text[..=at]), expected.min(at + 1), "byte {byte} at the end, {at}");
            }
        }
    }
}
