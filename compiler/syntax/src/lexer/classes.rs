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
