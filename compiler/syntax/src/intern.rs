//! Interned names.

use rustc_hash::FxHasher;
use std::fmt;
use std::hash::Hasher;

/// An interned string; equal names have equal symbols within one session.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(pub u32);

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sym{}", self.0)
    }
}

/// Names that the compiler itself refers to are interned first, in this order, so their symbols are constants.
macro_rules! known_symbols {
    ($($name:ident = $text:expr),* $(,)?) => {
        /// Symbols with fixed numbers.
        #[allow(non_upper_case_globals, reason = "the constants are spelled as the names they stand for")]
        pub mod sym {
            use super::Symbol;
            #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "only counts the names")]
            enum Index { $($name),* }
            $(pub const $name: Symbol = Symbol(Index::$name as u32);)*
        }
        const KNOWN: &[&str] = &[$($text),*];
    };
}

known_symbols! {
    empty = "", underscore = "_", self_ = "self", Self_ = "Self", main = "main", new = "new", drop = "drop",
    inline = "inline", noinline = "noinline", export = "export", target = "target", repr = "repr", lang = "lang", intrinsic = "intrinsic",
    cold = "cold", allow = "allow",
    Int = "Int", Int8 = "Int8", Int16 = "Int16", Int32 = "Int32", Int64 = "Int64", UInt8 = "UInt8", UInt16 = "UInt16", UInt32 = "UInt32", UInt64 = "UInt64", USize = "USize", V128 = "V128",
    Float = "Float", Float32 = "Float32", Float64 = "Float64", Bool = "Bool", Char = "Char", Never = "Never", String = "String",
    Array = "Array", Map = "Map", Set = "Set", Range = "Range", Option = "Option", Result = "Result", Fn = "Fn", Ptr = "Ptr", Buffer = "Buffer",
    Some = "Some", None = "None", Ok = "Ok", Err = "Err", Iterator = "Iterator", Item = "Item", Output = "Output",
    Eq = "Eq", Ord = "Ord", Hash = "Hash", Show = "Show",
    core = "core", std = "std", runtime = "runtime", sys = "sys", prelude = "prelude",
}

/// The names of [`sym`]: those that the compiler itself knows.
pub fn known_names() -> &'static [&'static str] {
    KNOWN
}

/// Maps names to [`Symbol`]s and back.
///
/// An open-addressing table of its own instead of a map from strings: most names are short enough for two numbers to
/// tell them apart, so that finding one compares no text, and each is stored once.
pub struct Interner {
    /// A power of two of them, at least twice as many as there are names. With the keys in them, so that to find a name
    /// touches memory in one place.
    slots: Vec<Slot>,
    /// Where each name begins in the text, and the end of the last one.
    starts: Vec<usize>,
    /// The text of all names.
    text: String,
}

#[derive(Clone, Copy)]
struct Slot {
    key: Key,
    symbol: u32,
}

impl Slot {
    /// No name is so long.
    const FREE: Slot = Slot { key: Key { head: 0, tail: 0, len: u32::MAX }, symbol: 0 };

    fn is_free(&self) -> bool {
        self.key.len == u32::MAX
    }
}

/// With the length, the whole of a name up to [`Key::COMPLETE`] bytes; of a longer one the ends.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    head: u64,
    tail: u64,
    len: u32,
}

impl Key {
    const COMPLETE: u32 = 16;

    #[inline]
    fn of(name: &[u8]) -> Key {
        let len = name.len();
        let (head, tail) = if let (Some(head), Some(tail)) = (name.first_chunk(), name.last_chunk()) {
            (u64::from_le_bytes(*head), u64::from_le_bytes(*tail))
        } else if let (Some(head), Some(tail)) = (name.first_chunk(), name.last_chunk()) {
            (u64::from(u32::from_le_bytes(*head)), u64::from(u32::from_le_bytes(*tail)))
        } else if let (Some(first), Some(last)) = (name.first(), name.last()) {
            (u64::from(*first) << 8 | u64::from(name[len / 2]), u64::from(*last))
        } else {
            (0, 0)
        };
        Key { head, tail, len: len as u32 }
    }

    /// Of a name that the key tells completely.
    #[inline]
    fn hash(self) -> usize {
        let mixed = (self.head ^ u64::from(self.len)).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ self.tail;
        (mixed.wrapping_mul(0xF135_7AEA_2E62_A9C5) >> 32) as usize
    }

    fn long_hash(name: &[u8]) -> usize {
        let mut hasher = FxHasher::default();
        hasher.write(name);
        hasher.finish() as usize
    }
}

impl Default for Interner {
    fn default() -> Self {
        let mut this = Interner { slots: vec![Slot::FREE; 1 << 12], starts: vec![0], text: String::new() };
        for name in KNOWN {
            this.intern(name);
        }
        this
    }
}

impl Interner {
    pub fn intern(&mut self, name: &str) -> Symbol {
        self.intern_part(name, 0, name.len())
    }

    /// Interns `text[start..end]`.
    #[inline]
    pub(crate) fn intern_part(&mut self, text: &str, start: usize, end: usize) -> Symbol {
        // Bytes need no test that characters end here.
        match self.find(&text.as_bytes()[start..end]) {
            Ok(symbol) => symbol,
            Err(slot) => self.insert(&text[start..end], slot),
        }
    }

    pub fn get(&self, name: &str) -> Option<Symbol> {
        self.find(name.as_bytes()).ok()
    }

    pub fn name(&self, symbol: Symbol) -> &str {
        let index = symbol.0 as usize;
        &self.text[self.starts[index]..self.starts[index + 1]]
    }

    /// The symbol, or the slot in which it would be.
    #[inline]
    fn find(&self, name: &[u8]) -> Result<Symbol, usize> {
        let key = Key::of(name);
        if key.len > Key::COMPLETE {
            return self.find_long(key, name);
        }
        self.probe(key.hash(), |slot| slot.key == key)
    }

    #[cold]
    fn find_long(&self, key: Key, name: &[u8]) -> Result<Symbol, usize> {
        let is_it = |slot: &Slot| slot.key == key && self.name(Symbol(slot.symbol)).as_bytes() == name;
        self.probe(Key::long_hash(name), is_it)
    }

    #[inline(always)] // Nearly all of what `find` does.
    fn probe(&self, hash: usize, is_it: impl Fn(&Slot) -> bool) -> Result<Symbol, usize> {
        let mask = self.slots.len() - 1;
        let mut at = hash & mask;
        loop {
            let slot = &self.slots[at];
            if is_it(slot) {
                return Ok(Symbol(slot.symbol));
            }
            if slot.is_free() {
                return Err(at);
            }
            at = (at + 1) & mask;
        }
    }

    #[cold]
    fn insert(&mut self, name: &str, slot: usize) -> Symbol {
        let key = Key::of(name.as_bytes());
        let symbol = self.starts.len() as u32 - 1;
        self.text.push_str(name);
        self.starts.push(self.text.len());
        self.slots[slot] = Slot { key, symbol };
        if self.starts.len() * 2 > self.slots.len() {
            self.grow();
        }
        Symbol(symbol)
    }

    fn grow(&mut self) {
        let mask = self.slots.len() * 4 - 1;
        let old = std::mem::replace(&mut self.slots, vec![Slot::FREE; mask + 1]);
        for slot in old.into_iter().filter(|slot| !slot.is_free()) {
            let hash = match slot.key.len > Key::COMPLETE {
                true => Key::long_hash(self.name(Symbol(slot.symbol)).as_bytes()),
                false => slot.key.hash(),
            };
            let mut at = hash & mask;
            while !self.slots[at].is_free() {
                at = (at + 1) & mask;
            }
            self.slots[at] = slot;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Interner, Symbol};

    #[test]
    fn names_of_all_lengths_keep_apart() {
        let mut interner = Interner::default();
        // Enough for the table to grow.
        let names: Vec<String> = (0..60)
            .flat_map(|len| (0..=len).map(move |at| (len, at)))
            .flat_map(|(len, at)| {
                ["b", "ä", ""].map(|c| format!("{}{c}{}", "a".repeat(at), "a".repeat(len - at)))
            })
            .collect();
        let symbols: Vec<Symbol> = names.iter().map(|name| interner.intern(name)).collect();
        for (name, symbol) in names.iter().zip(&symbols) {
            assert_eq!(interner.name(*symbol), name);
            assert_eq!(interner.intern(name), *symbol);
            assert_eq!(interner.get(name), Some(*symbol));
        }
        assert_eq!(interner.get("ab c"), None);
    }
}
