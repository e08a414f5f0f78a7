//! What is found behind the checker, when a program is put together: not while single bodies are checked.

super::codes! { LOWERING:
CONST_PANICS = "const-panics", "Evaluating a constant ended in a panic.",
"Constants are evaluated when the program is compiled. An index out of bounds, a division by zero, an overflow, `unwrap` of
`None` and `panic` have no value, so there is none for the constant either. What a constant prints or asks its host
for would be lost, so it may not do that.

```gal-fail
const PRIMES: Array<Int> = [2, 3, 5]
const FOURTH: Int = PRIMES[3]
fn main() { println(FOURTH) }
```
```gal
const PRIMES: Array<Int> = [2, 3, 5, 7]
const FOURTH: Int = PRIMES[3]
fn main() { println(FOURTH) }
```";

CONST_TOO_LONG = "const-too-long", "Evaluating a constant takes too many steps.",
"Constants are evaluated when the program is compiled, in at most 100 million steps, 256 MiB of memory and 10,000 calls that are
active at once, so that compiling ends. A value that takes longer to work out is worked out when the program runs.

```gal-fail
fn spin(from: Int) -> Int {
    let mut i = from
    while i >= 0 { i = (i + 1) % 1000 }
    i
}
const LAST: Int = spin(7)
fn main() { println(LAST) }
```
```gal
fn steps(n: Int) -> Int {
    let mut i = n
    let mut count = 0
    while i != 1 {
        i = if i % 2 == 0 { i / 2 } else { 3 * i + 1 }
        count += 1
    }
    count
}
const LAST: Int = steps(7)
fn main() { println(LAST) }
```";

INSTANCE_NESTING_TOO_DEEP = "instance-nesting-too-deep", "A generic item asks for larger and larger types.",
"A generic function or type is compiled once for each combination of types that the program uses it with. If it uses
itself with a type that is built around its own parameter, each of these asks for another one, without an end. What
decides at run time when to stop cannot help: the types are all needed before.

```gal-fail
fn nest<T>(value: T, depth: Int) -> Int {
    if depth == 0 { return 1 }
    nest((value, value), depth - 1)
}
fn main() { println(nest(1, 3)) }
```
```gal
fn nest<T>(values: Array<T>, depth: Int) -> Int {
    if depth == 0 { return values.len() }
    nest(values + values, depth - 1)
}
fn main() { println(nest([1], 3)) }
```";

MISSING_MAIN = "missing-main", "The program has no `main`.",
"A program starts at `fn main()` in the file that the compiler is given. A library for a host has functions that are
declared `export` in its place.

```gal-fail
fn greet() { println(\"hello\") }
```
```gal
fn greet() { println(\"hello\") }
fn main() { greet() }
```";
}
