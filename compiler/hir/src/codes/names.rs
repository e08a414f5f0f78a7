//! Names that are not there, or that may not be used.

super::codes! { NAMES:
AMBIGUOUS_METHOD = "ambiguous-method", "Two traits have a method of this name.",
"A method of the type itself wins over those of traits. If two traits that the type implements have a method of the
same name, the call must say which is meant: `Trait.method(x)`.

```gal-fail
trait Left { fn side(self) -> Int }
trait Right { fn side(self) -> Int }
impl Left for Int { fn side(self) -> Int { 1 } }
impl Right for Int { fn side(self) -> Int { 2 } }
fn main() { println(5.side()) }
```
```gal
trait Left { fn side(self) -> Int }
trait Right { fn side(self) -> Int }
impl Left for Int { fn side(self) -> Int { 1 } }
impl Right for Int { fn side(self) -> Int { 2 } }
fn main() { println(Left.side(5)) }
```";

AMBIGUOUS_TYPE = "ambiguous-type", "Two bounds have an associated type of this name.",
"If two traits that are bounds of a type have an associated type of the same name, or one trait with other arguments, the name alone
does not say which is meant. An equation in a bound gives one of them a name.

```gal-fail
trait Left { type Side; fn left(self) -> Self.Side }
trait Right { type Side; fn right(self) -> Self.Side }
fn both<T: Left + Right>(x: T) -> T.Side { x.right() }
fn main() {}
```
```gal
trait Left { type Side; fn left(self) -> Self.Side }
trait Right { type Side; fn right(self) -> Self.Side }
fn both<S, T: Left + Right<Side = S>>(x: T) -> S { x.right() }
fn main() {}
```";

AMBIGUOUS_VARIANT = "ambiguous-variant", "Several enums have a variant of this name.",
"A bare variant belongs to the type that is expected at its place. Where none is expected, and several enums of the
module have a variant of the name, the enum must be written.

```gal-fail
enum Light { On, Off }
enum Door { Open, Off }
fn main() { let x = Off; println(x) }
```
```gal
enum Light { On, Off }
enum Door { Open, Off }
fn main() { let x = Light.Off; println(x) }
```";

DUPLICATE_NAME = "duplicate-name", "Two things have one name.",
"In one module, type, pattern or list of parameters each name stands for one thing.

```gal-fail
fn area(w: Int) -> Int { w * w }
fn area(w: Int, h: Int) -> Int { w * h }
fn main() { println(area(2)) }
```
```gal
fn square(w: Int) -> Int { w * w }
fn area(w: Int, h: Int) -> Int { w * h }
fn main() { println(square(2) + area(1, 2)) }
```";

METHOD_AS_VALUE = "method-as-value", "A method is used without being called.",
"A method is no field: it is called with parentheses. A function value is made by a closure.

```gal-fail
fn main() { println(\"abc\".len) }
```
```gal
fn main() { println(\"abc\".len()) }
```";

NOT_A_METHOD = "not-a-method", "A function without `self` is called on a value.",
"Functions of a type that do not take `self` are called through the type.

```gal-fail
struct Point { x: Int }
impl Point { fn origin() -> Point { Point { x: 0 } } }
fn main() { let p = Point { x: 1 }; println(p.origin()) }
```
```gal
struct Point { x: Int }
impl Point { fn origin() -> Point { Point { x: 0 } } }
fn main() { println(Point.origin()) }
```";

NOT_A_STRUCT = "not-a-struct", "A literal with fields names something that is no struct.",
"`Name { field: value }` makes a value of a struct, or of a variant with named fields.

```gal-fail
enum Shape { Circle(Float), Empty }
fn main() { let s = Shape { radius: 1.0 }; println(s) }
```
```gal
enum Shape { Circle(Float), Empty }
fn main() { let s = Shape.Circle(1.0); println(s) }
```";

NOT_A_VALUE = "not-a-value", "A type, trait or module stands where a value is needed.",
"Types, traits and modules are no values. A value of a type is made by a literal or by one of its functions.

```gal-fail
trait Area { fn area(self) -> Float }
fn main() { let x = Area }
```
```gal
trait Area { fn area(self) -> Float }
impl Area for Float { fn area(self) -> Float { self } }
fn main() { let x = 1.0; println(x.area()) }
```";

PRIVATE = "private", "Something is used that its module keeps to itself.",
"What is not marked `pub` can be used in its own module and in those inside it. This goes for items, methods and
the fields of structs.

```gal-fail
use core.string.slice_failed
fn main() { slice_failed(0, 1, \"\") }
```
```gal
fn main() { println(\"text\"[0..2]) }
```";

UNKNOWN_FIELD = "unknown-field", "The type has no such field.",
"Structs have the fields that they declare, tuples are numbered from 0. The fields of an enum's variants are reached
by `match` or `is`.

```gal-fail
struct Point { x: Int, y: Int }
fn main() { let p = Point { x: 1, y: 2 }; println(p.z) }
```
```gal
struct Point { x: Int, y: Int }
fn main() { let p = Point { x: 1, y: 2 }; println(p.x + p.y) }
```";

UNKNOWN_LABEL = "unknown-label", "No loop around has this label.",
"`break 'name` and `continue 'name` speak of a loop around them that is written `'name: loop { … }`.

```gal-fail
fn main() { 'outer: loop { break 'other } }
```
```gal
fn main() { 'outer: loop { break 'outer } }
```";

UNKNOWN_MEMBER = "unknown-member", "The type or trait has no member of this name.",
"Behind a type stand its variants, its functions and constants, and functions of the traits that it implements.

```gal-fail
fn main() { println(Int.MAXIMUM) }
```
```gal
fn main() { println(Int.MAX) }
```";

UNKNOWN_METHOD = "unknown-method", "The type has no method of this name.",
"Neither the type nor a trait that it implements has such a method. A field that holds a closure is called with
parentheses: `(x.f)(1)`.

```gal-fail
fn main() { println([1, 2].lenght()) }
```
```gal
fn main() { println([1, 2].len()) }
```";

UNKNOWN_MODULE = "unknown-module", "There is no file for this module.",
"Module `a.b` is the file `a/b.gal` or `a/b/mod.gal` beside the program's first file; those of the library start with
`core` or `std`.

```gal-fail
use no_such_module.thing
fn main() {}
```
```gal
use std.time.Instant
fn main() { println(Instant.now().elapsed() >= 0s) }
```";

UNKNOWN_NAME = "unknown-name", "Nothing has this name here.",
"Variables are known from their declaration to the end of their block, items in their whole module, those of other
modules after `use`. Members of `self` are written `self.name`.

```gal-fail
fn main() { let count = 1; println(cuont) }
```
```gal
fn main() { let count = 1; println(count) }
```";

UNKNOWN_TRAIT = "unknown-trait", "There is no trait of this name.",
"The name of a bound or of what is implemented is not known here.

```gal-fail
fn larger<T: Ordered>(a: T, b: T) -> T { if a > b { a } else { b } }
fn main() { println(larger(1, 2)) }
```
```gal
fn larger<T: Ord>(a: T, b: T) -> T { if a > b { a } else { b } }
fn main() { println(larger(1, 2)) }
```";

UNKNOWN_TYPE = "unknown-type", "There is no type of this name.",
"The name is not that of a type here. Types of other modules need `use`; some have other names than elsewhere: `Int`,
`Float`, `String`, `Array<T>`, `Map<K, V>`.

```gal-fail
fn total(xs: Vec<Int>) -> Int { xs.len() }
fn main() { println(total([1])) }
```
```gal
fn total(xs: Array<Int>) -> Int { xs.len() }
fn main() { println(total([1])) }
```";

UNKNOWN_VARIANT = "unknown-variant", "No variant, struct or constant has the name in a pattern.",
"In a pattern a name with an upper-case first letter is a variant, struct or constant; any other is a new variable.

```gal-fail
enum Light { Red, Green }
fn go(light: Light) -> Bool { match light { Gren => true, _ => false } }
fn main() { println(go(Light.Red)) }
```
```gal
enum Light { Red, Green }
fn go(light: Light) -> Bool { match light { Green => true, _ => false } }
fn main() { println(go(Light.Red)) }
```";
}
