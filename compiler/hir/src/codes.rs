//! The diagnostic codes of the checker.

pub use syntax::codes::CodeInfo;

macro_rules! codes {
    ($($name:ident = $code:literal, $title:literal, $explanation:literal;)*) => {
        $(#[doc = $title] pub const $name: &str = $code;)*
        /// All codes of this phase, by name.
        pub const CODES: &[CodeInfo] = &[$(CodeInfo { code: $code, title: $title, explanation: $explanation }),*];
    };
}

codes! {
ALIAS_CYCLE = "alias-cycle", "alias cycle", "";
AMBIGUOUS_VARIANT = "ambiguous-variant", "ambiguous variant", "";
AMBIGUOUS_METHOD = "ambiguous-method", "ambiguous method", "";
ASSIGNED_TWICE = "assigned-twice", "assigned twice", "";
ASSIGN_CAPTURED = "assign-captured", "assign captured", "";
BAD_ARRAY_LENGTH = "bad-array-length", "bad array length", "";
BAD_CAST = "bad-cast", "bad cast", "";
BAD_CONST_PARAM = "bad-const-param", "bad const param", "";
BAD_DROP = "bad-drop", "bad drop", "";
BAD_HOST_TYPE = "bad-host-type", "bad host type", "";
BAD_MAIN = "bad-main", "bad main", "";
BAD_OPERANDS = "bad-operands", "bad operands", "";
BAD_QUESTION = "bad-question", "bad question", "";
BREAK_OUTSIDE_LOOP = "break-outside-loop", "break outside loop", "";
BREAK_WITH_VALUE = "break-with-value", "break with value", "";
CANNOT_INFER = "cannot-infer", "cannot infer", "";
CONST_CYCLE = "const-cycle", "const cycle", "";
DUPLICATE_NAME = "duplicate-name", "duplicate name", "";
EMPTY_RANGE = "empty-range", "empty range", "";
EXPECTED_TRAIT = "expected-trait", "expected trait", "";
EXPECTED_TYPE = "expected-type", "expected type", "";
IF_WITHOUT_ELSE = "if-without-else", "if without else", "";
INFINITE_TYPE = "infinite-type", "infinite type", "";
ISO_ARGUMENT = "iso-argument", "iso argument", "";
ISO_COPY = "iso-copy", "iso copy", "";
LET_ELSE_FALLS_THROUGH = "let-else-falls-through", "let else falls through", "";
LET_WITHOUT_VALUE = "let-without-value", "let without value", "";
LITERAL_OUT_OF_RANGE = "literal-out-of-range", "literal out of range", "";
MATCH_TOO_COMPLEX = "match-too-complex", "match too complex", "";
MOVED_MUT_PARAM = "moved-mut-param", "moved mut param", "";
METHOD_AS_VALUE = "method-as-value", "method as value", "";
MISPLACED_ATTRIBUTE = "misplaced-attribute", "misplaced attribute", "";
MISPLACED_ITEM = "misplaced-item", "misplaced item", "";
MISPLACED_REST = "misplaced-rest", "misplaced rest", "";
MISSING_BODY = "missing-body", "missing body", "";
MISSING_CONST_TYPE = "missing-const-type", "missing const type", "";
MISSING_FIELD = "missing-field", "missing field", "";
MISSING_MEMBER = "missing-member", "missing member", "";
MISSING_MUT = "missing-mut", "missing mut", "";
NOT_A_METHOD = "not-a-method", "not a method", "";
NOT_A_PLACE = "not-a-place", "not a place", "";
NOT_A_STRUCT = "not-a-struct", "not a struct", "";
NOT_A_VALUE = "not-a-value", "not a value", "";
NOT_CALLABLE = "not-callable", "not callable", "";
NOT_CONSTANT = "not-constant", "not constant", "";
NOT_DYN_SAFE = "not-dyn-safe", "not dyn safe", "";
NOT_EXHAUSTIVE = "not-exhaustive", "not exhaustive", "";
NOT_IMPLEMENTED = "not-implemented", "not implemented", "";
NOT_INDEXABLE = "not-indexable", "not indexable", "";
NOT_IN_TRAIT = "not-in-trait", "not in trait", "";
NOT_MUTABLE = "not-mutable", "not mutable", "";
NO_ERROR_CONVERSION = "no-error-conversion", "no error conversion", "";
ORPHAN_IMPL = "orphan-impl", "orphan impl", "";
OR_PATTERN_BINDINGS = "or-pattern-bindings", "or pattern bindings", "";
OVERLAPPING_IMPLS = "overlapping-impls", "overlapping impls", "";
OVERLAPPING_MUT = "overlapping-mut", "overlapping mut", "";
PATTERN_SHAPE = "pattern-shape", "pattern shape", "";
PRIVATE = "private", "private", "";
REFUTABLE_PATTERN = "refutable-pattern", "refutable pattern", "";
RETURN_OUTSIDE_FN = "return-outside-fn", "return outside fn", "";
SELF_OUTSIDE_METHOD = "self-outside-method", "self outside method", "";
SIGNATURE_MISMATCH = "signature-mismatch", "signature mismatch", "";
SOURCES_TOO_LARGE = "sources-too-large", "sources too large", "";
SUPERTRAIT_CYCLE = "supertrait-cycle", "supertrait cycle", "";
TRY_WITHOUT_QUESTION = "try-without-question", "try without question", "";
TYPE_MISMATCH = "type-mismatch", "type mismatch", "";
TYPE_TOO_LARGE = "type-too-large", "type too large", "";
UNASSIGNED = "unassigned", "unassigned", "";
UNBOUND_PARAM = "unbound-param", "unbound param", "";
UNEXPECTED_MUT = "unexpected-mut", "unexpected mut", "";
UNKNOWN_ABI = "unknown-abi", "unknown abi", "";
UNKNOWN_ATTRIBUTE = "unknown-attribute", "unknown attribute", "";
UNKNOWN_FIELD = "unknown-field", "unknown field", "";
UNKNOWN_LABEL = "unknown-label", "unknown label", "";
UNKNOWN_MEMBER = "unknown-member", "unknown member", "";
UNKNOWN_METHOD = "unknown-method", "unknown method", "";
UNKNOWN_MODULE = "unknown-module", "unknown module", "";
UNKNOWN_NAME = "unknown-name", "unknown name", "";
UNKNOWN_TRAIT = "unknown-trait", "unknown trait", "";
UNKNOWN_TYPE = "unknown-type", "unknown type", "";
UNKNOWN_VARIANT = "unknown-variant", "unknown variant", "";
UNNEEDED_BASE = "unneeded-base", "unneeded base", "";
UNNEEDED_PUB = "unneeded-pub", "unneeded pub", "";
UNREACHABLE_ARM = "unreachable-arm", "unreachable arm", "";
UNREACHABLE_CODE = "unreachable-code", "unreachable code", "";
UNSAFE_ONLY = "unsafe-only", "unsafe only", "";
UNSUPPORTED_FEATURE = "unsupported-feature", "unsupported feature", "";
UNUSED_IMPORT = "unused-import", "unused import", "";
UNUSED_ITEM = "unused-item", "unused item", "";
UNUSED_MUT = "unused-mut", "unused mut", "";
UNUSED_RESULT = "unused-result", "unused result", "";
UNUSED_VALUE = "unused-value", "unused value", "";
UNUSED_VARIABLE = "unused-variable", "unused variable", "";
USE_AFTER_MOVE = "use-after-move", "use after move", "";
WRONG_ARG_COUNT = "wrong-arg-count", "wrong arg count", "";
WRONG_TYPE_ARGS = "wrong-type-args", "wrong type args", "";
}
