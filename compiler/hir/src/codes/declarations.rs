//! Items, attributes, constants.

super::codes! { DECLARATIONS:
BAD_DROP = "bad-drop", "A `drop` method that cannot be one.",
"`fn drop(mut self)` of an `iso struct` runs when a value's life ends. Other types have none: any copy is as good as
the value. It may change the fields of `self`, but neither it nor what it calls may give `self` another value.

```gal-fail
struct File { fd: Int }
impl File { fn drop(mut self) { println(self.fd) } }
fn main() {}
```
```gal
iso struct File { fd: Int }
impl File { fn drop(mut self) { println(self.fd) } }
fn main() { let f = File { fd: 1 }; println(f.fd) }
```";

BAD_MAIN = "bad-main", "`main` has parameters, or another result than it may have.",
"The program starts at `fn main()` of its first file. It returns nothing or `Result<(), E>`; arguments of the program
are in `std.env`.

```gal-fail
fn main(args: Array<String>) {}
```
```gal
fn main() -> Result<(), String> { Ok(()) }
```";

CONST_CYCLE = "const-cycle", "A constant is defined by itself.",
"The value of a constant may be made from other constants, but not from itself.

```gal-fail
const A: Int = B + 1
const B: Int = A + 1
fn main() { println(A) }
```
```gal
const A: Int = B + 1
const B: Int = 1
fn main() { println(A) }
```";

EXTERN_OF_ANOTHER_TARGET = "extern-of-another-target", "The target has no host of this kind.",
"A WebAssembly module calls functions of its host (`extern \"wasm\"`), a native program those of C (`extern \"C\"`).
Only `wasm32-web` and `wasm64-web` have JavaScript (`extern \"js\"`, `export actor`).
`@target(wasi)`, `@target(web)` and `@target(native)` leave out what the others have.

```gal-fail
extern \"C\" { fn cbrt(x: Float) -> Float }
fn main() {}
```
```gal
@target(native)
extern \"C\" { fn cbrt(x: Float) -> Float }
fn main() {}
```";

BAD_ATTRIBUTE_ARGUMENT = "bad-attribute-argument", "An attribute does not take what stands in its parentheses.",
"`@target(…)` takes names of targets and their families, `@repr(c)` nothing but `c`. `@inline`, `@noinline`, `@cold`,
`@track_caller` and `@reentrant` stand alone.

```gal-fail
@target(wsai)
fn on_wasi() -> Bool { true }
fn main() {}
```
```gal
@target(wasi)
fn on_wasi() -> Bool { true }
fn main() {}
```";

MISPLACED_ATTRIBUTE = "misplaced-attribute", "An attribute has no meaning here.",
"Each attribute belongs to certain items: `@inline` to functions, `@repr` to structs and enums.

```gal-fail
@inline
struct Point { x: Int }
fn main() {}
```
```gal
struct Point { x: Int }
@inline
fn double(p: Point) -> Int { p.x * 2 }
fn main() { println(double(Point { x: 1 })) }
```";

MISPLACED_ITEM = "misplaced-item", "A declaration does not belong here.",
"An `impl` holds functions, constants and types, a trait functions and associated types, an `extern` block functions
without bodies.

```gal-fail
struct Point { x: Int }
impl Point { type Coord = Int }
fn main() {}
```
```gal
struct Point { x: Int }
type Coord = Int
impl Point { fn get(self) -> Coord { self.x } }
fn main() { println((Point { x: 1 }).get()) }
```";

MISSING_BODY = "missing-body", "A function or constant has no value.",
"Only methods of traits and functions of `extern` blocks are declared without a body.

```gal-fail
fn double(x: Int) -> Int
fn main() {}
```
```gal
fn double(x: Int) -> Int { x * 2 }
fn main() { println(double(2)) }
```";

MISSING_CONST_TYPE = "missing-const-type", "A constant is declared without its type.",
"Signatures are written out, so that changing a value does not change what others see.

```gal-fail
const LIMIT = 100
fn main() { println(LIMIT) }
```
```gal
const LIMIT: Int = 100
fn main() { println(LIMIT) }
```";

SELF_OUTSIDE_METHOD = "self-outside-method", "A function outside of `impl` and trait takes `self`.",
"`self` is the receiver of a method.

```gal-fail
struct Point { x: Int }
fn double(self) -> Int { 1 }
fn main() {}
```
```gal
struct Point { x: Int }
impl Point { fn double(self) -> Int { self.x * 2 } }
fn main() { println((Point { x: 1 }).double()) }
```";

SOURCES_TOO_LARGE = "sources-too-large", "The sources of the program exceed a limit.",
"All files of a program together may have 1 GiB. The file that no longer finds room is named, and not read. Data of that size belongs into
files that the program reads.

```text
use tables.primes    // 600 MiB
use tables.squares   // 600 MiB
```
```gal
use std.fs
fn main() { println(fs.size(\"primes.txt\")) }
```";

UNKNOWN_ABI = "unknown-abi", "An `extern` block names no kind of host.",
"`extern \"wasm\" module \"m\"` declares functions of a WebAssembly host, `extern \"C\"` those of C.

```gal-fail
extern \"rust\" { fn now() -> Int }
fn main() {}
```
```gal
extern \"wasm\" module \"env\" { fn now() -> Int }
fn main() { println(now()) }
```";

UNKNOWN_ATTRIBUTE = "unknown-attribute", "There is no such attribute.",
"The attributes are `@inline`, `@noinline`, `@cold`, `@track_caller`, `@export(\"name\")`, `@import(\"name\")`,
`@target(name)`, `@repr`, `@allow` and `@test`. Nothing needs to be derived: all values can be compared, hashed and
printed.

```gal-fail
@inlined
fn f() -> Int { 1 }
fn main() { println(f()) }
```
```gal
@inline
fn f() -> Int { 1 }
fn main() { println(f()) }
```";

UNSAFE_ONLY = "unsafe-only", "Something is used that belongs to `unsafe` modules.",
"Raw memory, `Ptr`, `Buffer`, `USize`, intrinsics and `unsafe fn`s are for modules whose file starts with a line
`unsafe`: code there can break what the language guarantees elsewhere.

```gal-fail
fn f(p: Ptr<Int>) {}
fn main() {}
```
```gal
fn f(p: Array<Int>) -> Int { p[0] }
fn main() { println(f([1])) }
```";

UNSUPPORTED_FEATURE = "unsupported-feature", "The language has this, this version of the compiler does not.",
"Some parts of the language are parsed, but not compiled yet; the message says which.

```gal-fail
actor Sum {
    state total: Int = 0
    new(parts: Array<Int>) { parts.for_each(|part| self.add(part)) }
    fn add(mut self, n: Int) { total += n }
}
fn main() { println(\"{spawn Sum([1, 2])}\") }
```
```gal
actor Sum {
    state total: Int = 0
    new(parts: Array<Int>) {
        for part in parts { self.add(part) }
    }
    fn add(mut self, n: Int) { total += n }
}
fn main() { println(\"{spawn Sum([1, 2])}\") }
```";
}
