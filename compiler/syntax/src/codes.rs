//! The diagnostic codes of lexer and parser.
//!
//! One table, so that every code that is reported has a title and an explanation; a test parses the programs
//! in the explanations, and another asks for a fixture of each code.

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
        /// All codes of this phase, by name.
        pub const CODES: &[CodeInfo] = &[$(CodeInfo { code: $code, title: $title, explanation: $explanation }),*];
    };
}

codes! {
ASSIGNMENT_AS_VALUE = "assignment-as-value", "An assignment stands where a value is needed.",
"Assignments are statements. They have no value, so they cannot be a condition, an argument or part of another
assignment. Comparing is written `==`.

```gal-fail
fn f(x: Int) -> Bool { if x = 1 { true } else { false } }
```
```gal
fn f(x: Int) -> Bool { if x == 1 { true } else { false } }
```";

BAD_CHAR = "bad-char", "A character literal does not hold exactly one character.",
"A literal in single quotes is one Unicode scalar value. Text of any other length is a string in double quotes. An
apostrophe before a name without a closing one is a label of a loop.

```gal-fail
fn f() -> Char { 'ab' }
```
```gal
fn f() -> String { \"ab\" }
```";

BAD_ESCAPE = "bad-escape", "A `\\` is followed by something that is no escape.",
"The escapes are `\\n \\t \\r \\0 \\\\ \\\" \\' \\{ \\} \\xNN \\u{…}`. `\\xNN` goes up to `\\x7F`; larger code points are
written `\\u{…}`. In raw strings, `r\"…\"`, a backslash is a backslash.

```gal-fail
fn f() -> String { \"C:\\dir\" }
```
```gal
fn f() -> String { r\"C:\\dir\" }
```";

BAD_FORMAT = "bad-format", "The format in a hole of a string is not understood.",
"Behind the `:` in a hole stands `[[fill]align][+][#][0][width][.precision][type]`: align is one of `< ^ >`, type one
of `x X o b e`, width and precision are numbers up to 9999.

```gal-fail
fn f(n: Int) -> String { \"{n:right}\" }
```
```gal
fn f(n: Int) -> String { \"{n:>8}\" }
```";

BAD_INDENTATION = "bad-indentation", "A line of a `\"\"\"` string is indented less than its closing quotes.",
"The white space before the closing `\"\"\"` is removed from every line, so every line must start with it.

```gal-fail
fn f() -> String {
    \"\"\"
  text
    \"\"\"
}
```
```gal
fn f() -> String {
    \"\"\"
    text
    \"\"\"
}
```";

BAD_NUMBER = "bad-number", "A number is not written as numbers are.",
"Prefixes are `0x 0o 0b` in lower case; suffixes are the types `u8 i8 u16 i16 u32 i32 u64 i64 f32 f64` and the units
`ns us ms s m h`, the latter for whole numbers.

```gal-fail
fn f() -> Duration { 1.5s }
```
```gal
fn f() -> Duration { 1500ms }
```";

BRACE_ON_NEXT_LINE = "brace-on-next-line", "A `{` stands on the line after what it belongs to.",
"A newline ends a statement, and a line that starts with `{` starts a new one. So the brace stands on the line of the
`if`, `fn` or `struct` it belongs to. Behind a comma, as after a `where` clause, it may stand alone.

```gal-fail
fn f()
{
}
```
```gal
fn f() {
}
```";

CHAINED_COMPARISON = "chained-comparison", "A comparison is compared.",
"`a < b < c` would compare a `Bool` with `c`. Compare twice. If type arguments were meant, they are written `f.<T>(x)`.

```gal-fail
fn f(a: Int, b: Int, c: Int) -> Bool { a < b < c }
```
```gal
fn f(a: Int, b: Int, c: Int) -> Bool { a < b && b < c }
```";

DIRECTION_CHARACTER = "direction-character", "A character that reorders text on the screen.",
"With the characters U+202A to U+202E and U+2066 to U+2069 a program can look like another one to its readers. In a
string they are written as escapes; comments do without them.

```gal-fail
fn f() -> String { \"a\u{202E}b\" }
```
```gal
fn f() -> String { \"a\\u{202E}b\" }
```";

EMPTY_HOLE = "empty-hole", "A hole in a string has no expression.",
"Between `{` and `}` in a string stands the value to insert. Braces of the text are written `{{` and `}}`.

```gal-fail
fn f() -> String { \"set {}\" }
```
```gal
fn f() -> String { \"set {{}}\" }
```";

EXPECTED_EXPRESSION = "expected-expression", "A value is missing.",
"An operator, a bracket or a keyword needs a value that is not there.

```gal-fail
fn f(a: Int) -> Int { a + }
```
```gal
fn f(a: Int) -> Int { a + 1 }
```";

EXPECTED_ITEM = "expected-item", "Something that is no declaration stands outside of functions.",
"A file holds declarations: functions, types, constants, tests. Statements stand in functions; the program starts
in `main`.

```gal-fail
println(\"hello\")
```
```gal
fn main() { println(\"hello\") }
```";

EXPECTED_NAME = "expected-name", "A name is missing.",
"A declaration, a path or a `.` needs a name.

```gal-fail
fn (x: Int) -> Int { x }
```
```gal
fn same(x: Int) -> Int { x }
```";

EXPECTED_PATTERN = "expected-pattern", "A pattern is missing or malformed.",
"Patterns are literals, ranges, names, `_`, `x @ p`, `A | B`, tuples, structs, variants and arrays. The arm for
everything else is `_`.

```gal-fail
fn f(x: Int) -> Int { match x { 1 => 2, else => 3 } }
```
```gal
fn f(x: Int) -> Int { match x { 1 => 2, _ => 3 } }
```";

EXPECTED_TYPE = "expected-type", "A type is missing or malformed.",
"There are no references to values; an array that grows is `Array<T>`, a value that may be missing `T?`, a function
`Fn(A) -> B`.

```gal-fail
fn f(xs: [Int]) -> Int { 1 }
```
```gal
fn f(xs: Array<Int>) -> Int { 1 }
```";

EXTRA_BRACKET = "extra-bracket", "A closing brace has no partner.",
"Every `}` closes a `{`.

```gal-fail
fn f() { } }
```
```gal
fn f() { }
```";

FILE_TOO_LARGE = "file-too-large", "A source file exceeds the limit of 64 MiB.",
"Split the file into modules. Data of that size belongs into a file that the program reads.

```text
const PRIMES: [Int; 9_000_000] = [2, 3, 5, 7, 11, 13, …]
```
```gal
use std.fs

fn primes() -> Result<Array<Int>, fs.IoError> {
    let text = fs.read_to_string(\"primes.txt\")?
    Ok(text.lines().filter_map(|line| line.parse_int()).collect())
}
```";

FOREIGN_KEYWORD = "foreign-keyword", "A keyword of another language.",
"`else if`, not `elif`; `let mut`, not `var`; `struct`, not `class`; `when` before the guard of an arm. Files are
modules without a declaration, and `unsafe` is a property of a whole file.

```gal-fail
fn f(x: Int) -> Int { if x > 1 { 1 } elif x > 0 { 2 } else { 3 } }
```
```gal
fn f(x: Int) -> Int { if x > 1 { 1 } else if x > 0 { 2 } else { 3 } }
```";

FOREIGN_OPERATOR = "foreign-operator", "An operator of another language.",
"`&& || !`, not `and or not`; paths are separated by `.`, not `::`; there are no references and no macros.

```gal-fail
fn f(a: Bool, b: Bool) -> Bool { a and b }
```
```gal
fn f(a: Bool, b: Bool) -> Bool { a && b }
```";

FORMAT_FAILED = "format-failed", "The formatter would have changed the program.",
"After formatting, the tokens of the result are compared with those of the source. If they differ, the file stays as it
is: this is a mistake of the formatter, please report it. The program itself is fine. No program is known that shows it; this one is
formatted as all others are:

```gal
fn f() { }
```";

KEYWORD_AS_NAME = "keyword-as-name", "A keyword stands where a name is needed.",
"Keywords name nothing but fields, functions and modules, where they stand behind a `.`. The words `requires`,
`ensures`, `invariant` and `supervise` are reserved.

```gal-fail
fn f() -> Int { let match = 1; 2 }
```
```gal
fn f() -> Int { let found = 1; 2 }
```";

LET_CHAIN = "let-chain", "A `let` in a condition is joined with `&&`.",
"`if let` takes one pattern and one value. Further conditions are possible with `is`, whose bindings hold where the
test is known to be true.

```gal-fail
fn f(o: Int?) -> Int { if let Some(x) = o && true { x } else { 0 } }
```
```gal
fn f(o: Int?) -> Int { if o is Some(x) && true { x } else { 0 } }
```";

LONE_BRACE = "lone-brace", "A `}` in a string closes no hole.",
"Braces of the text are written twice.

```gal-fail
fn f() -> String { \"a } b\" }
```
```gal
fn f() -> String { \"a }} b\" }
```";

MISPLACED_TYPE_ARGS = "misplaced-type-args", "Type arguments stand behind something that is no name.",
"Explicit type arguments follow the name of a function, method or type: `f.<T>(x)`.

```gal-fail
fn g<T>() -> Int { 1 }
fn f() -> Int { g().<Int> }
```
```gal
fn g<T>() -> Int { 1 }
fn f() -> Int { g.<Int>() }
```";

MISSING_COMMA = "missing-comma", "Two elements of a list are not separated.",
"Arguments, elements and fields are separated by commas; newlines do not separate them.

```gal-fail
fn g(x: Int, y: Int) -> Int { x + y }
fn f() -> Int { g(1 2) }
```
```gal
fn g(x: Int, y: Int) -> Int { x + y }
fn f() -> Int { g(1, 2) }
```";

MISSING_SEPARATOR = "missing-separator", "Two statements on one line are not separated.",
"Statements end at the newline or at a `;`.

```gal-fail
fn g() { println(\"g\") }
fn f() { g() g() }
```
```gal
fn g() { println(\"g\") }
fn f() { g(); g() }
```";

MISSING_TYPE = "missing-type", "A declaration has no type.",
"The types of parameters, fields and states are written out. Those of variables and closures are inferred.

```gal-fail
fn f(x) -> Int { 1 }
```
```gal
fn f(x: Int) -> Int { 1 }
```";

NAMED_ARGUMENT = "named-argument", "An argument is passed by name.",
"Arguments are passed by position. A function with many parameters may take a struct.

```gal-fail
fn g(x: Int) -> Int { x }
fn f() -> Int { g(x: 1) }
```
```gal
fn g(x: Int) -> Int { x }
fn f() -> Int { g(1) }
```";

NESTING_TOO_DEEP = "nesting-too-deep", "Constructs nest more than 256 levels deep.",
"Expressions, blocks, types and patterns nest at most 256 levels; a chain of operators, fields or calls has at most 500
links. So no program makes the compiler run out of stack. Name parts with `let`, or build the value in a loop.

```text
fn f(a: Int) -> Int { a + 1 + 2 + 3 + 4 + …   // up to 600
```
```gal
fn f(a: Int) -> Int {
    let mut sum = a
    for n in 1..=600 { sum += n }
    sum
}
```";

NOT_UTF_8 = "not-utf-8", "A source file is not UTF-8.",
"Programs are text in UTF-8. The message names the first byte of the file that is none, as one of a letter with an accent is in files in
Latin-1. The rest of the file is read as well as may be, but other mistakes in its syntax are told only once it is UTF-8. An editor
saves a file in UTF-8 if it is told to; `iconv -f latin1 -t utf-8` makes a copy that is. Bytes that are no text are written as numbers
or, in strings, as escapes.

```text
fn f() -> String { \"caf\u{FFFD}\" }
```
```gal
fn f() -> String { \"caf\u{E9}, café\" }
```";

NULL = "null", "There is no `null`.",
"A value that may be missing has the type `T?`, an enum of `Some(x)` and `None`.

```gal-fail
fn f() -> Int? { null }
```
```gal
fn f() -> Int? { None }
```";

NUMBER_TOO_LARGE = "number-too-large", "A literal is too large for every type.",
"Integers have up to 64 bits; durations count nanoseconds in 64 bits, up to about 292 years.

```gal-fail
fn f() -> Duration { 9000000h }
```
```gal
fn f() -> Duration { 2000000h }
```";

OPERATOR_AT_LINE_START = "operator-at-line-start", "A line starts with an operator that cannot continue the line before.",
"A line that starts with `+ / % ** == != < <= > >= && || ^ is as` continues the one before; other operators stand at
the end of the line.

```gal-fail
fn f(a: Int, b: Int) -> Int {
    a
    << b
}
```
```gal
fn f(a: Int, b: Int) -> Int {
    a <<
    b
}
```";

STRUCT_IN_CONDITION = "struct-in-condition", "A struct literal stands before a body.",
"Between `if`, `while`, `match`, `for`, `is` and the body, `{` starts the body. A struct literal there needs
parentheses.

```gal-fail
struct Point { x: Int }
fn f(p: Point) -> Bool { if p == Point { x: 1 } { true } else { false } }
```
```gal
struct Point { x: Int }
fn f(p: Point) -> Bool { if p == (Point { x: 1 }) { true } else { false } }
```";

TOO_MANY_ERRORS = "too-many-errors", "A file has 500 mistakes.",
"The rest of the file is not read: most of what would follow comes from the mistakes before. Often the file is no program at all, or is
written in another language.

```text
fn f1(x) { }
fn f2(x) { }
…
fn f500(x) { }
```
```gal
fn f1(x: Int) { }
```";

UNCLOSED_BRACKET = "unclosed-bracket", "A bracket has no partner.",
"Every `(`, `[`, `{` and `<` of a list is closed. Where the indentation shows it, the message names the place where
the closing bracket was meant to stand.

```gal-fail
fn g(x: Int, y: Int) -> Int { x + y }
fn f() -> Int { g(1, 2 }
```
```gal
fn g(x: Int, y: Int) -> Int { x + y }
fn f() -> Int { g(1, 2) }
```";

UNCLOSED_HOLE = "unclosed-hole", "A hole in a string has no `}`.",
"`{` in a string starts an expression, which ends at `}` on the same line. A brace of the text is written `{{`.

```gal-fail
fn f() -> String { \"{\" }
```
```gal
fn f() -> String { \"{{\" }
```";

UNEXPECTED_TOKEN = "unexpected-token", "Something else is needed here.",
"The message names what was expected.

```gal-fail
fn f(x: Int) -> Int { match x { 1 -> 2, _ => 3 } }
```
```gal
fn f(x: Int) -> Int { match x { 1 => 2, _ => 3 } }
```";

UNKNOWN_CHARACTER = "unknown-character", "No token starts with this character.",
"Outside of strings and comments, names consist of letters, digits and `_` of any script; other characters are the
operators and brackets of the language.

```gal-fail
fn f() -> Int { 1 $ 2 }
```
```gal
fn f() -> Int { 1 + 2 }
```";

UNNEEDED_SEMICOLON = "unneeded-semicolon", "A `;` at the end of a line.",
"A newline ends a statement. A `;` separates statements on one line, and drops the value of the last one of a block.

```gal-fail
fn f() -> Int {
    let x = 1;
    x
}
```
```gal
fn f() -> Int {
    let x = 1
    x
}
```";

UNTERMINATED_COMMENT = "unterminated-comment", "A block comment is not closed.",
"Block comments nest: each `/*` needs its own `*/`.

```gal-fail
/* outer /* inner */
fn f() { }
```
```gal
/* outer /* inner */ */
fn f() { }
```";

UNTERMINATED_STRING = "unterminated-string", "A string is not closed.",
"A string in `\"` ends on its line. Text over several lines is written `\"\"\"…\"\"\"`.

```gal-fail
fn f() -> String {
    \"text
}
```
```gal
fn f() -> String {
    \"text\"
}
```";

WRONG_FORM = "wrong-form", "A special form of actors has the wrong parts.",
"`send(actor, Message)`, `ask(actor, Message)` and `reply(value)` are forms of the language; a `select` has at most
one `timeout`.

```gal-fail
actor Counter {
    state n: Int = 0
    on Increment { n += 1 }
}
fn f(c: Counter) { send(c) }
```
```gal
actor Counter {
    state n: Int = 0
    on Increment { n += 1 }
}
fn f(c: Counter) { send(c, Increment) }
```";
}
