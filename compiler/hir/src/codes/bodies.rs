//! Expressions, patterns, control flow.

super::codes! { BODIES:
BAD_GENERATOR = "bad-generator", "A function cannot be a generator.",
"The body of a generator runs whenever a value is asked for, long after the call. So it gets values, and no `mut` parameters, and has no
access to an actor's states.

```gal-fail
fn drain(mut xs: Array<Int>) -> Iterator<Int> { while let Some(x) = xs.pop() { yield x } }
fn main() { let mut xs = [1, 2]; for x in drain(mut xs) { println(x) } }
```
```gal
fn backwards(xs: Array<Int>) -> Iterator<Int> { for x in xs.iter().rev() { yield x } }
fn main() { for x in backwards([1, 2]) { println(x) } }
```";

BAD_QUESTION = "bad-question", "`?` does not fit here.",
"`x?` passes `None` or an error on, so the function around returns an `Option` or a `Result`, or a `try` block stands
around it.

```gal-fail
fn double(s: String) -> Int { Int.parse(s)? * 2 }
fn main() { println(double(\"1\")) }
```
```gal
fn double(s: String) -> Result<Int, ParseError> { Ok(Int.parse(s)? * 2) }
fn main() { println(double(\"1\")) }
```";

BAD_SHUFFLE = "bad-shuffle", "The lanes of a shuffle are not known, or not there.",
"Which lanes a shuffle takes is part of the instruction. They are literals or constants, in an array that is written out: 0 is the first
lane of the first vector, and the lanes of the second follow those of the first. Which lanes `swizzle` takes may be decided at run time.

```gal-fail
use std.simd.I32x4
fn main() { println(I32x4.splat(1).shuffle(I32x4.splat(2), [0, 1, 2, 8])) }
```
```gal
use std.simd.I32x4
fn main() { println(I32x4.splat(1).shuffle(I32x4.splat(2), [0, 1, 2, 7])) }
```";

BREAK_OUTSIDE_LOOP = "break-outside-loop", "`break` or `continue` stands outside of a loop.",
"They leave or continue the loop around them. A closure is a function of its own: a loop around it cannot be left.

```gal-fail
fn main() { [1, 2].for_each(|x| if x == 2 { break }) }
```
```gal
fn main() { for x in [1, 2] { if x == 2 { break } } }
```";

BREAK_WITH_VALUE = "break-with-value", "A `break` of `while` or `for` has a value.",
"Only `loop` is left by `break` alone, so only `loop` has a value.

```gal-fail
fn main() { let x = while true { break 5 }; println(x) }
```
```gal
fn main() { let x = loop { break 5 }; println(x) }
```";

EMPTY_RANGE = "empty-range", "The range of a pattern holds no value.",
"The start of a range lies below its end.

```gal-fail
fn f(x: Int) -> Bool { match x { 9..1 => true, _ => false } }
fn main() { println(f(1)) }
```
```gal
fn f(x: Int) -> Bool { match x { 1..9 => true, _ => false } }
fn main() { println(f(1)) }
```";

IF_WITHOUT_ELSE = "if-without-else", "An `if` must have a value, but has no `else`.",
"If the condition is false there would be no value.

```gal-fail
fn sign(x: Int) -> Int { if x < 0 { -1 } }
fn main() { println(sign(1)) }
```
```gal
fn sign(x: Int) -> Int { if x < 0 { -1 } else { 1 } }
fn main() { println(sign(1)) }
```";

LET_ELSE_FALLS_THROUGH = "let-else-falls-through", "The `else` of a `let` comes to an end.",
"It runs when the pattern does not match. Then the variables do not exist, so it must leave: `return`, `break`,
`continue` or a panic.

```gal-fail
fn f(x: Int?) -> Int { let Some(n) = x else { println(\"none\") }; n }
fn main() { println(f(None)) }
```
```gal
fn f(x: Int?) -> Int { let Some(n) = x else { return 0 }; n }
fn main() { println(f(None)) }
```";

LET_WITHOUT_VALUE = "let-without-value", "A pattern is declared without a value.",
"A single variable may get its value later; a pattern takes a value apart and needs it at once.

```gal-fail
fn main() { let (a, b): (Int, Int) }
```
```gal
fn main() { let a: Int; a = 1; println(a) }
```";

MATCH_TOO_COMPLEX = "match-too-complex", "A `match` has too many combinations to be checked.",
"Whether arms cover all values is worked out by combining them; with many columns of many cases that may take too
long; the limit is 50,000 steps. Match the parts one after the other.

```text
match row { // of 16 seats, by 60 rules that look at four of them
    [_, _, _, _, _, Old, _, _, Young, _, _, Young | Old, Young, _, _, _] => true
    [_, _, _, Young | Old, _, Young, _, Old, _, _, _, _, _, _, _, Young] => true
    …
}
```
```gal
fn f(a: Int, b: Int) -> Int { match a { 0 => match b { 0 => 1, _ => 2 }, _ => 3 } }
fn main() { println(f(0, 0)) }
```";

MISPLACED_REST = "misplaced-rest", "`..` stands where a pattern cannot have it.",
"In the pattern of an array, a tuple or a variant `..` stands once for all elements that are not mentioned; in an
array it may be named: `[first, ..rest]`.

```gal-fail
fn main() { let (a, .., b, ..) = (1, 2, 3); println(a + b) }
```
```gal
fn main() { let (a, .., b) = (1, 2, 3); println(a + b) }
```";

MISSING_FIELD = "missing-field", "A literal leaves fields out.",
"A literal gives all fields, or takes those left out from another value: `Point { x: 1, ..p }`.

```gal-fail
struct Point { x: Int, y: Int }
fn main() { println(Point { x: 1 }) }
```
```gal
struct Point { x: Int, y: Int }
fn main() { println(Point { x: 1, y: 2 }) }
```";

NOT_EXHAUSTIVE = "not-exhaustive", "A `match` or `catch` does not cover all values.",
"Each value must have an arm; the message names values that have none. An arm with a guard does not count, since the
guard may be false.

```gal-fail
fn f(x: Int?) -> Int { match x { Some(n) => n } }
fn main() { println(f(None)) }
```
```gal
fn f(x: Int?) -> Int { match x { Some(n) => n, None => 0 } }
fn main() { println(f(None)) }
```";

OR_PATTERN_BINDINGS = "or-pattern-bindings", "The alternatives of a pattern bind different variables.",
"After `A | B` nobody knows which of them matched, so both bind the same variables.

```gal-fail
enum Shape { Circle(Int), Square(Int), Empty }
fn size(s: Shape) -> Int { match s { Circle(r) | Empty => 1, Square(a) => a } }
fn main() { println(size(Shape.Empty)) }
```
```gal
enum Shape { Circle(Int), Square(Int), Empty }
fn size(s: Shape) -> Int { match s { Circle(r) | Square(r) => r, Empty => 0 } }
fn main() { println(size(Shape.Empty)) }
```";

PATTERN_SHAPE = "pattern-shape", "A pattern has another shape than what it names.",
"A variant is matched as it was declared: `Empty`, `Circle(r)`, `Rect { w, h }`. Fields are left out by `..` or `_`.

```gal-fail
enum Shape { Circle(Int), Empty }
fn f(s: Shape) -> Bool { match s { Circle => true, Empty => false } }
fn main() { println(f(Shape.Empty)) }
```
```gal
enum Shape { Circle(Int), Empty }
fn f(s: Shape) -> Bool { match s { Circle(_) => true, Empty => false } }
fn main() { println(f(Shape.Empty)) }
```";

REFUTABLE_PATTERN = "refutable-pattern", "A pattern that must match may not.",
"The patterns of `let`, `for` and parameters have no other way to go on. `let … else { … }` has one.

```gal-fail
fn main() { let Some(x) = [1].get(0); println(x) }
```
```gal
fn main() { let Some(x) = [1].get(0) else { return }; println(x) }
```";

RETURN_OUTSIDE_FN = "return-outside-fn", "`return` stands outside of a function.",
"A constant's value is an expression; there is nothing to return from.

```gal-fail
const A: Int = return 1
fn main() { println(A) }
```
```gal
const A: Int = 1
fn main() { println(A) }
```";

TRY_WITHOUT_QUESTION = "try-without-question", "Nothing in a `try` block can fail.",
"`try { … } catch { … }` handles the errors that `?` passes on in the block. Without a `?` there are none.

```gal-fail
fn main() { let x = try { 1 + 1 } catch { e => 0 }; println(x) }
```
```gal
fn main() { let x = try { Int.parse(\"1\")? } catch { e => 0 }; println(x) }
```";

UNNEEDED_BASE = "unneeded-base", "`..base` in a literal has nothing to copy.",
"`..base` copies the fields that are not given from another value of the struct.

```gal-fail
struct Point { x: Int, y: Int }
fn main() { let p = Point { x: 1, y: 2 }; println(Point { x: 3, y: 4, ..p }) }
```
```gal
struct Point { x: Int, y: Int }
fn main() { let p = Point { x: 1, y: 2 }; println(Point { x: 3, ..p }) }
```";

YIELD_OUTSIDE_GENERATOR = "yield-outside-generator", "`yield` stands outside of a generator.",
"A function whose type is `Iterator<T>` and whose body has `yield` is a generator: it goes through values. `yield` stands in its own body,
not in a closure in it, and not in functions of other types, handlers, constants and tests.

```gal-fail
fn upto(n: Int) { for i in 0..n { yield i } }
fn main() { upto(3) }
```
```gal
fn upto(n: Int) -> Iterator<Int> { for i in 0..n { yield i } }
fn main() { for x in upto(3) { println(x) } }
```";
}
