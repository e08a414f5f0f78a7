//! The diagnostic codes of lexer and parser.

/// One code with what `galc explain` shows for it.
#[derive(Clone, Copy, Debug)]
pub struct CodeInfo {
    pub code: &'static str,
    pub title: &'static str,
    /// Markdown with a failing program (fenced as `gal-fail`) and a mended one (`gal`).
    pub explanation: &'static str,
}

macro_rules! codes {
    ($($name:ident = $code:literal, $title:literal, $explanation:literal;)*) => {
        $(#[doc = $title] pub const $name: &str = $code;)*
        /// All codes of this phase.
        pub const CODES: &[CodeInfo] = &[$(CodeInfo { code: $code, title: $title, explanation: $explanation }),*];
    };
}

codes! {
    ASSIGNMENT_AS_VALUE = "assignment-as-value", "", "";
    BAD_CHAR = "bad-char", "", "";
    BAD_ESCAPE = "bad-escape", "", "";
    BAD_FORMAT = "bad-format", "", "";
    BAD_INDENTATION = "bad-indentation", "", "";
    BAD_NUMBER = "bad-number", "", "";
    BRACE_ON_NEXT_LINE = "brace-on-next-line", "", "";
    CHAINED_COMPARISON = "chained-comparison", "", "";
    EMPTY_HOLE = "empty-hole", "", "";
    EXPECTED_EXPRESSION = "expected-expression", "", "";
    EXPECTED_ITEM = "expected-item", "", "";
    EXPECTED_NAME = "expected-name", "", "";
    EXPECTED_PATTERN = "expected-pattern", "", "";
    EXPECTED_TYPE = "expected-type", "", "";
    EXTRA_BRACKET = "extra-bracket", "", "";
    FILE_TOO_LARGE = "file-too-large", "", "";
    FOREIGN_KEYWORD = "foreign-keyword", "", "";
    FOREIGN_OPERATOR = "foreign-operator", "", "";
    KEYWORD_AS_NAME = "keyword-as-name", "", "";
    LET_CHAIN = "let-chain", "", "";
    LONE_BRACE = "lone-brace", "", "";
    MISPLACED_TYPE_ARGS = "misplaced-type-args", "", "";
    MISSING_COMMA = "missing-comma", "", "";
    MISSING_SEPARATOR = "missing-separator", "", "";
    MISSING_TYPE = "missing-type", "", "";
    NAMED_ARGUMENT = "named-argument", "", "";
    NESTING_TOO_DEEP = "nesting-too-deep", "", "";
    NULL = "null", "", "";
    NUMBER_TOO_LARGE = "number-too-large", "", "";
    OPERATOR_AT_LINE_START = "operator-at-line-start", "", "";
    STRUCT_IN_CONDITION = "struct-in-condition", "", "";
    TOO_MANY_ERRORS = "too-many-errors", "", "";
    UNCLOSED_BRACKET = "unclosed-bracket", "", "";
    UNCLOSED_HOLE = "unclosed-hole", "", "";
    UNEXPECTED_TOKEN = "unexpected-token", "", "";
    UNKNOWN_CHARACTER = "unknown-character", "", "";
    UNNEEDED_SEMICOLON = "unneeded-semicolon", "", "";
    UNTERMINATED_COMMENT = "unterminated-comment", "", "";
    UNTERMINATED_STRING = "unterminated-string", "", "";
    WRONG_FORM = "wrong-form", "", "";
}
