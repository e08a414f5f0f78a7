//! Interned names.

use rustc_hash::FxHashMap;
use std::fmt;

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
    Int = "Int", Int8 = "Int8", Int16 = "Int16", Int32 = "Int32", Int64 = "Int64", UInt8 = "UInt8", UInt16 = "UInt16", UInt32 = "UInt32", UInt64 = "UInt64", USize = "USize",
    Float = "Float", Float32 = "Float32", Float64 = "Float64", Bool = "Bool", Char = "Char", Never = "Never", String = "String",
    Array = "Array", Map = "Map", Set = "Set", Range = "Range", Option = "Option", Result = "Result", Fn = "Fn", Ptr = "Ptr", Buffer = "Buffer",
    Some = "Some", None = "None", Ok = "Ok", Err = "Err", Iterator = "Iterator", Item = "Item", Output = "Output",
    Eq = "Eq", Ord = "Ord", Hash = "Hash", Show = "Show",
    core = "core", std = "std", prelude = "prelude",
}

/// Maps names to [`Symbol`]s and back.
pub struct Interner {
    map: FxHashMap<Box<str>, Symbol>,
    names: Vec<Box<str>>,
}

impl Default for Interner {
    fn default() -> Self {
        let mut this = Interner { map: FxHashMap::default(), names: Vec::new() };
        for name in KNOWN {
            this.intern(name);
        }
        this
    }
}

impl Interner {
    pub fn intern(&mut self, name: &str) -> Symbol {
        if let Some(symbol) = self.map.get(name) {
            return *symbol;
        }
        let symbol = Symbol(self.names.len() as u32);
        self.names.push(name.into());
        self.map.insert(name.into(), symbol);
        symbol
    }

    pub fn get(&self, name: &str) -> Option<Symbol> {
        self.map.get(name).copied()
    }

    pub fn name(&self, symbol: Symbol) -> &str {
        &self.names[symbol.0 as usize]
    }
}
