//! The kinds of tokens, and what a message calls them.
//!
//! A token is its kind, its place and whether a newline stands before it; the text is looked up in the source.
//! A string without holes is one token. A string with holes is a bracketed run of tokens:
//! `StrOpen (StrText | HoleOpen … HoleSpec? HoleClose)* StrClose`, so that nesting needs no second lexer.

use crate::span::Span;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    pub kind: T,
    /// Whether a newline stands between this token and the one before.
    pub nl: bool,
    pub lo: u32,
    pub hi: u32,
}

impl Token {
    pub fn span(self) -> Span {
        Span::new(self.lo, self.hi)
    }
}

macro_rules! tokens {
    (
        classes { $($class:ident = $class_text:literal),* $(,)? }
        punctuation { $($punct:ident = $punct_text:literal),* $(,)? }
        hard { $($hard:ident = $hard_text:literal),* $(,)? }
        soft { $($soft:ident = $soft_text:literal),* $(,)? }
    ) => {
        /// The kind of a token.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum T { $($class,)* $($punct,)* $($hard,)* $($soft,)* }

        impl T {
            /// The spelling of punctuation and keywords; of the others a description.
            pub fn text(self) -> &'static str {
                match self {
                    $(T::$class => $class_text,)* $(T::$punct => $punct_text,)*
                    $(T::$hard => $hard_text,)* $(T::$soft => $soft_text,)*
                }
            }

            /// A keyword everywhere except where any word is a name.
            pub fn is_hard_keyword(self) -> bool {
                matches!(self, $(T::$hard)|*)
            }

            /// A keyword only where its construct can start.
            pub fn is_soft_keyword(self) -> bool {
                matches!(self, $(T::$soft)|*)
            }

            pub fn is_punctuation(self) -> bool {
                matches!(self, $(T::$punct)|*)
            }

        }

        const SHORT_KEYWORDS: &[(&str, T)] = &[
            $(($hard_text, T::$hard),)* $(($soft_text, T::$soft),)*
            ("requires", T::Reserved), ("ensures", T::Reserved),
        ];
    };
}

/// The words of up to eight bytes that are no names, by a perfect hash: nearly half of all words in a text are keywords,
/// and each word asks.
struct Keywords {
    words: [u64; 256],
    kinds: [T; 256],
}

static KEYWORDS: Keywords = Keywords::new();

impl Keywords {
    const fn new() -> Keywords {
        let mut table = Keywords { words: [0; 256], kinds: [T::Ident; 256] };
        let mut n = 0;
        while n < SHORT_KEYWORDS.len() {
            let (text, kind) = SHORT_KEYWORDS[n];
            let mut bytes = [0; 8];
            bytes.split_at_mut(text.len()).0.copy_from_slice(text.as_bytes());
            let word = u64::from_le_bytes(bytes);
            let slot = Keywords::slot(word);
            assert!(table.words[slot] == 0, "two keywords meet: another factor is needed");
            (table.words[slot], table.kinds[slot]) = (word, kind);
            n += 1;
        }
        table
    }

    const fn slot(word: u64) -> usize {
        // Found by trial.
        (word.wrapping_mul(0xA531_9F47_82FE_3A4B) >> 56) as usize
    }
}

tokens! {
    classes {
        Eof = "the end of the file", Error = "an unknown character",
        Ident = "a name", Reserved = "a reserved word",
        Int = "a number", Float = "a number", Duration = "a duration", Char = "a character",
        Str = "a string", RawStr = "a string", MultiStr = "a string",
        StrOpen = "a string", MultiStrOpen = "a string", StrText = "the text of a string",
        HoleOpen = "the `{` of a hole", HoleSpec = "a format", HoleClose = "the `}` of a hole",
        StrClose = "the end of the string", Label = "a label",
    }
    punctuation {
        LParen = "(", RParen = ")", LBracket = "[", RBracket = "]", LBrace = "{", RBrace = "}",
        Comma = ",", Semi = ";", Colon = ":", ColonColon = "::", Dot = ".", DotDot = "..", DotDotEq = "..=",
        DotStar = ".*", Question = "?", At = "@", Arrow = "->", FatArrow = "=>",
        Eq = "=", EqEq = "==", Not = "!", NotEq = "!=", Lt = "<", LtEq = "<=", Gt = ">", GtEq = ">=",
        Plus = "+", Minus = "-", Star = "*", Slash = "/", Percent = "%", StarStar = "**",
        PlusPercent = "+%", MinusPercent = "-%", StarPercent = "*%", Shl = "<<", Shr = ">>",
        And = "&", Or = "|", Caret = "^", Tilde = "~", AndAnd = "&&", OrOr = "||",
        PlusEq = "+=", MinusEq = "-=", StarEq = "*=", SlashEq = "/=", PercentEq = "%=", StarStarEq = "**=",
        PlusPercentEq = "+%=", MinusPercentEq = "-%=", StarPercentEq = "*%=", ShlEq = "<<=", ShrEq = ">>=",
        AndEq = "&=", OrEq = "|=", CaretEq = "^=",
    }
    hard {
        KwActor = "actor", KwAs = "as", KwAsync = "async", KwAwait = "await", KwBreak = "break", KwConst = "const",
        KwContinue = "continue", KwElse = "else", KwEnum = "enum", KwExport = "export", KwExtern = "extern",
        KwFalse = "false", KwFn = "fn", KwFor = "for", KwIf = "if", KwImpl = "impl", KwIn = "in", KwIs = "is",
        KwIso = "iso", KwLet = "let", KwLoop = "loop", KwMatch = "match", KwMut = "mut", KwPub = "pub",
        KwReturn = "return", KwSelf = "self", KwSelfType = "Self", KwStruct = "struct", KwTrait = "trait",
        KwTrue = "true", KwTry = "try", KwType = "type", KwUnsafe = "unsafe", KwUse = "use", KwWhere = "where",
        KwWhile = "while",
    }
    soft {
        KwAsk = "ask", KwCatch = "catch", KwDyn = "dyn", KwNew = "new", KwOn = "on", KwReply = "reply",
        KwSelect = "select", KwSend = "send", KwSpawn = "spawn", KwState = "state", KwTest = "test",
        KwTimeout = "timeout", KwWhen = "when", KwYield = "yield",
    }
}

impl T {
    /// The keyword spelled so.
    pub fn keyword(text: &str) -> Option<T> {
        Some(T::of_word(text.as_bytes(), text.len())).filter(|kind| *kind != T::Ident)
    }

    /// The kind of the word in the first `len` bytes of `text`.
    #[inline(always)]
    pub(crate) fn of_word(text: &[u8], len: usize) -> T {
        let word = match text.first_chunk() {
            _ if len > 8 => {
                // Kept for contracts and supervision trees, as are two shorter ones.
                let reserved = len == 9 && matches!(&text[..len], b"invariant" | b"supervise");
                return if reserved { T::Reserved } else { T::Ident };
            }
            Some(bytes) => u64::from_le_bytes(*bytes) & (u64::MAX >> (64 - 8 * len)),
            None => text[..len].iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        };
        let slot = Keywords::slot(word);
        if KEYWORDS.words[slot] == word { KEYWORDS.kinds[slot] } else { T::Ident }
    }

    /// A name where only names may stand: an identifier or a keyword that is one only in context.
    pub fn is_name(self) -> bool {
        self == T::Ident || self.is_soft_keyword()
    }

    /// A name where every word is one: behind `.`, in `use` paths, as the name of a field or function.
    pub fn is_word(self) -> bool {
        self == T::Ident || self >= T::KwActor || self == T::Reserved
    }

    /// Whether an expression can start with this token.
    pub fn starts_expr(self) -> bool {
        use T::*;
        self.is_name()
            || matches!(
                self,
                Int | Float
                    | Duration
                    | Char
                    | Str
                    | RawStr
                    | MultiStr
                    | StrOpen
                    | MultiStrOpen
                    | Label
                    | LParen
                    | LBracket
                    | LBrace
                    | Minus
                    | Not
                    | Tilde
                    | Or
                    | OrOr
                    | DotDot
                    | DotDotEq
                    | KwTrue
                    | KwFalse
                    | KwSelf
                    | KwSelfType
                    | KwIf
                    | KwMatch
                    | KwWhile
                    | KwFor
                    | KwLoop
                    | KwBreak
                    | KwContinue
                    | KwReturn
                    | KwTry
                    | KwAsync
                    | KwAwait
                    | Error
            )
    }

    /// Whether only an item can start with this token, wherever it stands at the start of a line.
    pub fn starts_item(self) -> bool {
        use T::*;
        matches!(
            self,
            KwFn | KwStruct
                | KwEnum
                | KwTrait
                | KwImpl
                | KwUse
                | KwConst
                | KwType
                | KwExtern
                | KwExport
                | KwActor
                | KwPub
                | KwIso
                | KwUnsafe
                | At
        )
    }

    /// Whether a line that starts with this token continues the statement of the line before.
    pub fn continues_line(self) -> bool {
        use T::*;
        matches!(
            self,
            Dot | Question
                | KwElse
                | KwCatch
                | KwTimeout
                | KwWhere
                | Plus
                | Slash
                | Percent
                | StarStar
                | EqEq
                | NotEq
                | Lt
                | LtEq
                | Gt
                | GtEq
                | AndAnd
                | OrOr
                | Caret
                | KwIs
                | KwAs
        )
    }
}
