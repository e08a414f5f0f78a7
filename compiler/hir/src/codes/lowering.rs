//! What is found behind the checker, when a program is put together: not while single bodies are checked.

super::codes! { LOWERING:
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
