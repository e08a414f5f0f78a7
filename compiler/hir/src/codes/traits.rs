//! Traits and their implementations.

super::codes! { TRAITS:
EXPECTED_TRAIT = "expected-trait", "Something that is no trait stands where a trait is needed.",
"Bounds, supertraits, `dyn` and `impl … for` take traits.

```gal-fail
struct Point { x: Int }
fn f<T: Point>(p: T) {}
fn main() {}
```
```gal
struct Point { x: Int }
fn f(p: Point) -> Int { p.x }
fn main() { println(f(Point { x: 1 })) }
```";

MISSING_MEMBER = "missing-member", "An `impl` lacks something that its trait asks for.",
"An `impl` of a trait has all methods without a body in the trait, and all associated types without a default.

```gal-fail
trait Shape { fn area(self) -> Float }
struct Square { side: Float }
impl Shape for Square {}
fn main() {}
```
```gal
trait Shape { fn area(self) -> Float }
struct Square { side: Float }
impl Shape for Square { fn area(self) -> Float { self.side * self.side } }
fn main() { println((Square { side: 2.0 }).area()) }
```";

NOT_DYN_SAFE = "not-dyn-safe", "The trait cannot be used as `dyn`.",
"A `dyn` value is called through a table of functions, so each method that an `impl` must provide takes `self`, is not
generic, and mentions `Self` nowhere else. Methods with a body in the trait are no obstacle.

```gal-fail
trait Same { fn same(self, other: Self) -> Bool }
fn f(x: dyn Same) {}
fn main() {}
```
```gal
trait Named { fn name(self) -> String }
impl Named for Int { fn name(self) -> String { \"int\" } }
fn f(x: dyn Named) -> String { x.name() }
fn main() { println(f(1)) }
```";

NOT_IMPLEMENTED = "not-implemented", "A type does not implement a trait that is asked for.",
"A bound, an operator, printing or `for` asks for a trait. Comparison, hashing and printing work on structs and enums
by their fields, unless one holds a function.

```gal-fail
struct Button { label: String, click: Fn() }
fn same(a: Button, b: Button) -> Bool { a == b }
fn main() {}
```
```gal
struct Button { label: String, click: Fn() }
fn same(a: Button, b: Button) -> Bool { a.label == b.label }
fn main() { println(same(Button { label: \"a\", click: || {} }, Button { label: \"b\", click: || {} })) }
```";

NOT_IN_TRAIT = "not-in-trait", "An `impl` has something that its trait does not have.",
"An `impl` of a trait holds what the trait declares. Other functions stand in an `impl` of the type itself.

```gal-fail
struct Point { x: Int }
impl Show for Point {
    fn show(self, mut f: Formatter) { f.push_str(\"point\") }
    fn double(self) -> Int { self.x * 2 }
}
fn main() {}
```
```gal
struct Point { x: Int }
impl Show for Point {
    fn show(self, mut f: Formatter) { f.push_str(\"point\") }
}
impl Point {
    fn double(self) -> Int { self.x * 2 }
}
fn main() { println((Point { x: 1 }).double()) }
```";

NO_ERROR_CONVERSION = "no-error-conversion", "`?` cannot convert the error to the one that is returned.",
"`?` passes an error on; if its type differs from that of the function, it is converted by `From`.

```gal-fail
enum AppError { Bad(String) }
fn read(s: String) -> Result<Int, AppError> { Ok(Int.parse(s)?) }
fn main() { println(read(\"1\")) }
```
```gal
enum AppError { Bad(String) }
fn read(s: String) -> Result<Int, AppError> { Ok(Int.parse(s).map_err(|e| AppError.Bad(\"{e}\"))?) }
fn main() { println(read(\"1\")) }
```";

ORPHAN_IMPL = "orphan-impl", "An `impl` belongs to another package.",
"An `impl` stands in the package of its trait or of its type, so that two packages never disagree.

```gal-fail
impl Show for Array<Fn()> { fn show(self, mut f: Formatter) {} }
fn main() {}
```
```gal
struct Actions { all: Array<Fn()> }
impl Show for Actions { fn show(self, mut f: Formatter) { f.push_str(\"{self.all.len()} actions\") } }
fn main() { println(Actions { all: [] }) }
```";

OVERLAPPING_IMPLS = "overlapping-impls", "Two impls of a trait fit one type.",
"For each type there is at most one `impl` of a trait; a more special one does not win.

```gal-fail
trait Kind { fn kind(self) -> String }
impl<T> Kind for Array<T> { fn kind(self) -> String { \"array\" } }
impl Kind for Array<Int> { fn kind(self) -> String { \"ints\" } }
fn main() {}
```
```gal
trait Kind { fn kind(self) -> String }
impl<T> Kind for Array<T> { fn kind(self) -> String { \"array\" } }
fn main() { println([1].kind()) }
```";

SIGNATURE_MISMATCH = "signature-mismatch", "A method differs from what the trait declares.",
"A method of an `impl` has the parameters, modes, types and result of the trait, with `Self` and the trait's
parameters put in, and asks for no other bounds.

```gal-fail
trait Shape { fn area(self) -> Float }
struct Square { side: Int }
impl Shape for Square { fn area(self) -> Int { self.side * self.side } }
fn main() {}
```
```gal
trait Shape { fn area(self) -> Float }
struct Square { side: Int }
impl Shape for Square { fn area(self) -> Float { (self.side * self.side) as Float } }
fn main() { println((Square { side: 2 }).area()) }
```";

SUPERTRAIT_CYCLE = "supertrait-cycle", "A trait is above itself.",
"`trait A: B` says that whoever implements `A` implements `B`; a circle of that says nothing.

```gal-fail
trait A: B { fn a(self) -> Int }
trait B: A { fn b(self) -> Int }
fn main() {}
```
```gal
trait A: B { fn a(self) -> Int }
trait B { fn b(self) -> Int }
fn main() {}
```";

UNBOUND_PARAM = "unbound-param", "Nothing determines a parameter of an `impl`.",
"The parameters of an `impl` must occur in its type or in the trait's arguments, or in a bound on these: otherwise
nobody could say what they are.

```gal-fail
struct Box { n: Int }
impl<T> Box { fn get(self) -> Int { self.n } }
fn main() {}
```
```gal
struct Box<T> { n: T }
impl<T> Box<T> { fn get(self) -> T { self.n } }
fn main() { println((Box { n: 1 }).get()) }
```";
}
