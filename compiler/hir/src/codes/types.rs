//! Types that do not fit, are not known, or make no sense.

super::codes! { TYPES:
ALIAS_CYCLE = "alias-cycle", "A type alias is defined by itself.",
"An alias is another name for a type and disappears. Structs and enums may contain themselves.

```gal-fail
type Tree = (Int, Tree)
fn main() {}
```
```gal
struct Tree { value: Int, rest: Tree? }
fn main() { println(Tree { value: 1, rest: None }) }
```";

BAD_ARRAY_LENGTH = "bad-array-length", "An array cannot have this length.",
"The length of `[T; N]` is a number from 0 up to 2^32 - 1.

```gal-fail
fn f(x: [Int; -1]) {}
fn main() {}
```
```gal
fn f(x: [Int; 3]) -> Int { x[0] }
fn main() { println(f([1, 2, 3])) }
```";

BAD_CAST = "bad-cast", "`as` does not convert between these types.",
"`as` converts between numbers, and `Char` or `Bool` to integers. Text is made by `\"{x}\"` and read by `Int.parse(s)`.

```gal-fail
fn main() { println(\"12\" as Int) }
```
```gal
fn main() { println(Int.parse(\"12\")) }
```";

BAD_CONST_PARAM = "bad-const-param", "A constant parameter is no integer.",
"Constants that types depend on are integers, such as lengths.

```gal-fail
struct Named<const NAME: String> { x: Int }
fn main() {}
```
```gal
struct Grid<const N: Int> { cells: [Int; N] }
fn main() { println((Grid { cells: [1, 2] }).cells[0]) }
```";

BAD_HOST_TYPE = "bad-host-type", "A function that crosses to the host cannot have this signature.",
"Functions that the host calls (`export fn`) or provides (`extern`) are not generic and change no arguments in place. Numbers, `Bool` and `Char`
cross to every host, all values to JavaScript, which `wasm32-web` and `wasm64-web` have: all but what can only be moved, functions and futures.

```gal-fail
export fn first<T>(x: T) -> Int { 1 }
fn main() {}
```
```gal
export fn first(x: Int) -> Int { x }
fn main() {}
```";

BAD_OPERANDS = "bad-operands", "The operator is not defined for these types.",
"Operators on numbers have two operands of one type; numbers are converted by `as`, never silently. For other types
an operator is a trait: `+` is `Add`.

```gal-fail
fn mean(sum: Int, n: Int) -> Float { (sum as Float) / n }
fn main() { println(mean(3, 2)) }
```
```gal
fn mean(sum: Int, n: Int) -> Float { (sum as Float) / (n as Float) }
fn main() { println(mean(3, 2)) }
```";

CANNOT_INFER = "cannot-infer", "Nothing says what type something has.",
"Types in bodies are inferred from values and uses. Where neither decides, the type is written.

```gal-fail
fn main() { let xs = []; println(xs.len()) }
```
```gal
fn main() { let xs: Array<Int> = []; println(xs.len()) }
```";

INFINITE_TYPE = "infinite-type", "Each value of the type would contain another one, without an end.",
"A type may contain itself, but some value must do without: an `Option`, an `Array`, or another variant.

```gal-fail
struct Node { value: Int, next: Node }
fn main() {}
```
```gal
struct Node { value: Int, next: Node? }
fn main() { println(Node { value: 1, next: None }) }
```";

ISO_ARGUMENT = "iso-argument", "A type that can only be moved is used where copies may be made.",
"A type parameter is copyable unless it is written `iso T`. Values of an `iso struct` are moved, never copied, so
they fit `iso` parameters only.

```gal-fail
iso struct File { fd: Int }
fn keep<T>(x: T) -> T { x }
fn main() { let f = keep(File { fd: 1 }); println(f.fd) }
```
```gal
iso struct File { fd: Int }
fn keep<iso T>(x: T) -> T { x }
fn main() { let f = keep(File { fd: 1 }); println(f.fd) }
```";

LITERAL_OUT_OF_RANGE = "literal-out-of-range", "A number does not fit its type.",
"Integer types have a fixed width: `Int` and `Int64` 64 bits, `UInt8` 0 to 255, and so on.

```gal-fail
fn main() { let x: UInt8 = 300; println(x) }
```
```gal
fn main() { let x: UInt16 = 300; println(x) }
```";

NOT_CALLABLE = "not-callable", "Something is called that is no function.",
"Functions, closures, tuple structs and variants can be called.

```gal-fail
fn main() { let n = 5; println(n(1)) }
```
```gal
fn main() { let n = |x: Int| x + 5; println(n(1)) }
```";

NOT_CONSTANT = "not-constant", "A value must be known when the program is compiled.",
"Lengths of arrays, arguments for constant parameters and the ends of ranges in patterns are literals, constants made
of literals, or operators on these.

```gal-fail
fn size() -> Int { 3 }
fn f(x: [Int; size()]) {}
fn main() {}
```
```gal
const SIZE: Int = 3
fn f(x: [Int; SIZE]) -> Int { x[0] }
fn main() { println(f([1, 2, 3])) }
```";

NOT_A_TYPE = "not-a-type", "Something else stands where a type is needed.",
"A trait, a module or a value is no type. A value of any type with a trait is `dyn Trait`, or a parameter `T: Trait`.

```gal-fail
fn show(x: Show) -> String { \"{x}\" }
fn main() {}
```
```gal
fn show<T: Show>(x: T) -> String { \"{x}\" }
fn main() { println(show(1)) }
```";

NOT_INDEXABLE = "not-indexable", "The type cannot be indexed like this.",
"Arrays are indexed by `Int` or by ranges, maps by their keys, strings by ranges of bytes. A type of your own
implements `Index`.

```gal-fail
fn main() { let t = (1, 2); println(t[0]) }
```
```gal
fn main() { let t = (1, 2); println(t.0) }
```";

TYPE_MISMATCH = "type-mismatch", "A value has another type than its place.",
"There are no silent conversions, except of a closure to a boxed `Fn`, of a value to `dyn Trait`, and of `Never` to
anything. Numbers are converted by `as`, printable values become text by `\"{x}\"`, a value becomes an optional one
by `Some(x)`.

```gal-fail
fn name() -> String { 5 }
fn main() { println(name()) }
```
```gal
fn name() -> String { \"{5}\" }
fn main() { println(name()) }
```";

TYPE_TOO_LARGE = "type-too-large", "A type is made of too many parts.",
"A type may consist of at most 60000 parts when it is written out. Tuples of tuples of tuples double with each level;
a struct gives them a name.

```gal-fail
fn main() {
    let a = (1, 1, 1, 1, 1, 1, 1, 1)
    let b = (a, a, a, a, a, a, a, a)
    let c = (b, b, b, b, b, b, b, b)
    let d = (c, c, c, c, c, c, c, c)
    let e = (d, d, d, d, d, d, d, d)
    let f = (e, e, e, e, e, e, e, e)
    println(f.0.0.0.0.0.0)
}
```
```gal
fn main() {
    let a = [1, 1, 1, 1, 1, 1, 1, 1]
    let b = [a, a, a, a, a, a, a, a]
    println(b[0][0])
}
```";

WRONG_ARG_COUNT = "wrong-arg-count", "A call has too many or too few arguments.",
"Arguments are passed by position, one for each parameter. A closure takes as many parameters as its caller passes.

```gal-fail
fn area(w: Int, h: Int) -> Int { w * h }
fn main() { println(area(2)) }
```
```gal
fn area(w: Int, h: Int) -> Int { w * h }
fn main() { println(area(2, 3)) }
```";

WRONG_TYPE_ARGS = "wrong-type-args", "Type arguments are missing, too many, or of the wrong kind.",
"A generic type is written with an argument for each of its parameters: `Map<String, Int>`. In a body they may be left
out where they can be inferred.

```gal-fail
fn f(m: Map<String>) {}
fn main() {}
```
```gal
fn f(m: Map<String, Int>) -> Int { m.len() }
fn main() { println(f(Map.new())) }
```";
}
