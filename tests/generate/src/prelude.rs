//! What generated programs use of their own: declarations that are the same in all of them.

use crate::types::{Adt, Field, Ty, Variant};

/// Declarations, each with a text that occurs where it is used. Later ones are used by earlier ones.
const PIECES: &[(&str, &str)] = &[
    ("Guard", crate::iso::DECLARATIONS),
    (
        "Sum",
        "struct Sum { value: UInt64, count: Int }

impl Sum {
    fn note<T: Hash>(mut self, x: T) {
        self.value = (self.value *% 1099511628211u64) ^ hash_of(x)
        self.count += 1
    }
}",
    ),
    (
        "Fault",
        "enum Fault {
    Code(Int)
    Text(String)
}

impl From<Int> for Fault {
    fn from(value: Int) -> Fault { Code(value) }
}

impl From<String> for Fault {
    fn from(value: String) -> Fault { Text(value) }
}",
    ),
    ("id.<", "fn id<T>(x: T) -> T { x }"),
    ("pick.<", "fn pick<T>(first: Bool, a: T, b: T) -> T { if first { a } else { b } }"),
    ("twice.<", "fn twice<T>(x: T, f: Fn(T) -> T) -> T { f(f(x)) }"),
    ("set.<", "fn set<T>(mut place: T, value: T) { place = value }"),
    (
        "exchange.<",
        "fn exchange<T>(mut place: T, value: T, undo: Bool) -> T {
    let old = place
    place = value
    if undo { place = old }
    old
}",
    ),
    ("spread.<", "fn spread<T, const N: Int>(x: T) -> [T; N] { [x; N] }"),
    (
        "Steps",
        "struct Steps { at: Int, end: Int }

impl Iterator<Int> for Steps {
    fn next(mut self) -> Int? {
        if self.at >= self.end { return None }
        self.at += 1
        Some(self.at)
    }
}",
    ),
    ("clip(", "fn clip(s: String) -> String { s.take_chars(24) }"),
];

/// The enum of errors into which the others are converted.
pub fn fault() -> Adt {
    let variant =
        |name: &str, ty: Ty| Variant { name: name.to_string(), fields: vec![Field { name: None, ty }] };
    Adt {
        name: "Fault".to_string(),
        params: 0,
        is_enum: true,
        is_recursive: false,
        variants: vec![variant("Code", Ty::int()), variant("Text", Ty::Str)],
        adds: false,
    }
}

/// The program with those declarations that it uses.
pub fn with_used(items: &str) -> String {
    let mut text = format!("{items}\n");
    for (mark, piece) in PIECES {
        if text.contains(mark) {
            text = format!("{piece}\n\n{text}");
        }
    }
    text
}
