//! Damages programs: pieces put in, taken out, doubled and swapped, by a generator with a seed, so that a failure
//! repeats. Entry point: [`mutate`]. Shared by the tests of the parser alone and of the whole compiler.
//!
//! A seed stands for the same text only as long as this file does not change; a text that once failed is kept as a
//! file.

/// A generator of numbers: Marsaglia's xorshift64.
pub struct Rng(u64);

impl Rng {
    /// Any seed will do, 0 too: the generator's state must not be 0.
    pub fn new(seed: u64) -> Rng {
        Rng(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `n`, or 0 if there is none.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() >> 11) as usize % n.max(1)
    }
}

/// What is put in: pieces that meet rarely, and some that mean much.
pub const PIECES: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    "\"",
    "{{",
    "}}",
    "'",
    "\\",
    "\n",
    ";",
    ",",
    ".",
    "..",
    "..=",
    "=>",
    "->",
    "=",
    "|",
    "||",
    "&&",
    "?",
    "@",
    ":",
    "!",
    "-",
    "**",
    "+",
    "%",
    " as ",
    " is ",
    "if ",
    "else ",
    "match ",
    "fn ",
    "impl ",
    "struct ",
    "enum ",
    "trait ",
    "let ",
    "let mut ",
    "mut ",
    "try ",
    "catch ",
    "when ",
    "use ",
    "unsafe\n",
    "r#\"",
    "\"\"\"",
    "/*",
    "*/",
    "//",
    "0x",
    "1e",
    "9223372036854775808",
    "-1",
    "0",
    "1.5f32",
    "5s",
    "é",
    "\u{1F600}",
    "\u{0}",
    "\r\n",
    "self",
    "Self",
    ".<",
    " in ",
    "loop ",
    "while ",
    "for ",
    "return ",
    "break ",
    "continue ",
    "where ",
    "iso ",
    "const ",
    "test \"x\" ",
    "pub ",
    "dyn ",
    "None",
    "Some(",
    "Ok(",
    "Int",
    "String",
    "Array<",
    "Map<",
    "T",
    "_",
    "true",
    "()",
    "|x| x",
    "actor ",
    "async ",
    "spawn ",
    "export ",
    ">>",
    "'a",
    "&",
    "::",
    "select {",
    "timeout ",
    "ask(",
    "///",
    "1.",
    "\u{FEFF}",
    "on ",
    "new(",
    "state ",
    "extern ",
    "yield ",
    "await ",
];

/// The text with up to six changes, or cut off.
pub fn mutate(text: &str, rng: &mut Rng) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=rng.below(6) {
        let at = rng.below(chars.len());
        match rng.below(8) {
            0 => chars.truncate(at),
            1 => drop(chars.drain(at..(at + rng.below(12)).min(chars.len()))),
            2 | 3 => drop(chars.splice(at..at, PIECES[rng.below(PIECES.len())].chars())),
            4 => {
                let from = rng.below(chars.len());
                let piece: Vec<char> = chars[from..(from + rng.below(80)).min(chars.len())].to_vec();
                chars.splice(at..at, piece);
            }
            5 => swap_words(&mut chars, rng),
            6 if !chars.is_empty() => chars[at] = char::from(32 + rng.below(95) as u8),
            _ => drop(chars.splice(at..(at + 1).min(chars.len()), PIECES[rng.below(PIECES.len())].chars())),
        }
    }
    chars.into_iter().collect()
}

/// The text with up to three bytes that UTF-8 does not have there; where it was cut, it may end within a character.
pub fn break_bytes(text: String, rng: &mut Rng) -> Vec<u8> {
    let mut bytes = text.into_bytes();
    for _ in 0..=rng.below(3) {
        let at = rng.below(bytes.len());
        let byte = 0x80 + rng.below(0x80) as u8;
        match rng.below(3) {
            0 => bytes.insert(at, byte),
            1 if at < bytes.len() => bytes[at] = byte,
            _ => bytes.extend([byte]),
        }
    }
    bytes
}

/// Puts a name of the text where another one stands: such texts get past the parser.
fn swap_words(chars: &mut Vec<char>, rng: &mut Rng) {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let word_at = |chars: &[char], at: usize| {
        let from = chars[..at].iter().rposition(|c| !is_word(*c)).map_or(0, |i| i + 1);
        let to = chars[at..].iter().position(|c| !is_word(*c)).map_or(chars.len(), |i| at + i);
        from..to
    };
    let mut pick = || {
        let start = rng.below(chars.len());
        (start..chars.len()).find(|i| is_word(chars[*i])).map(|at| word_at(chars, at))
    };
    if let (Some(from), Some(to)) = (pick(), pick()) {
        let word: Vec<char> = chars[from].to_vec();
        chars.splice(to, word);
    }
}
