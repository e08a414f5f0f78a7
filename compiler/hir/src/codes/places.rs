//! Variables and places: what can be changed, moved, read.

super::codes! { PLACES:
ASSIGNED_TWICE = "assigned-twice", "A variable that is not `mut` gets a second value.",
"A variable declared without a value is assigned once on each way. Only a `mut` variable changes.

```gal-fail
fn main() { let x: Int; x = 1; x = 2; println(x) }
```
```gal
fn main() { let mut x: Int; x = 1; x += 1; println(x) }
```";

ASSIGN_CAPTURED = "assign-captured", "A closure changes a variable from around it.",
"A closure holds copies of the variables that it mentions, made when the closure is made. A change of the copy would
be lost, so it is an error. `fold` passes a value from step to step, and in a `for` loop the variable is the variable.

```gal-fail
fn main() { let mut sum = 0; [1, 2].for_each(|x| sum += x); println(sum) }
```
```gal
fn main() { let mut sum = 0; for x in [1, 2] { sum += x }; println(sum) }
```";

ISO_COPY = "iso-copy", "A value that can only be moved would be copied.",
"Values of an `iso struct`, and of types that contain one, have one owner. Reading an element or a field as a value
would make a second one.

```gal-fail
iso struct File { fd: Int }
fn main() { let files = [File { fd: 1 }]; let f = files[0]; println(f.fd) }
```
```gal
iso struct File { fd: Int }
fn main() { let files = [File { fd: 1 }]; println(files[0].fd) }
```";

MISSING_MUT = "missing-mut", "An argument that the call changes is not marked `mut`.",
"A `mut` parameter changes the caller's variable. The call shows it, so that a reader sees what may change. A receiver
needs no mark.

```gal-fail
fn main() { let mut a = 1; let mut b = 2; swap(a, b); println(a - b) }
```
```gal
fn main() { let mut a = 1; let mut b = 2; swap(mut a, mut b); println(a - b) }
```";

MOVED_MUT_PARAM = "moved-mut-param", "A `mut` parameter is moved away and not given back.",
"A `mut` parameter belongs to the caller, who finds a value in it when the call returns.

```gal-fail
iso struct File { fd: Int }
fn close(f: File) -> Int { let g = f; g.fd }
fn end(mut f: File) { println(close(f)) }
fn main() { let mut f = File { fd: 1 }; end(mut f) }
```
```gal
iso struct File { fd: Int }
fn close(f: File) -> Int { let g = f; g.fd }
fn end(mut f: File) { println(close(f)); f = File { fd: 0 } }
fn main() { let mut f = File { fd: 1 }; end(mut f) }
```";

NOT_A_PLACE = "not-a-place", "A value is changed that nobody could see.",
"Variables, their fields and their elements are places. The result of a call is a value: a change of it would be lost.

```gal-fail
fn make() -> Int { 1 }
fn main() { make() = 2 }
```
```gal
fn make() -> Int { 1 }
fn main() { let mut x = make(); x += 1; println(x) }
```";

NOT_MUTABLE = "not-mutable", "Something is changed that is not `mut`.",
"Variables change only if they are declared `let mut`, parameters if they are `mut`; those change the caller's
variable.

```gal-fail
fn main() { let x = 1; x = 2; println(x) }
```
```gal
fn main() { let mut x = 1; println(x); x = 2; println(x) }
```";

OVERLAPPING_MUT = "overlapping-mut", "A call changes a place that it is also given in another way.",
"The places of a call's `mut` arguments belong to the call until it returns, so they must not overlap with each other
or with what else is lent to it. Two elements of one array count as overlapping.

```gal-fail
fn main() { let mut xs = [1, 2]; swap(mut xs[0], mut xs[1]); println(xs) }
```
```gal
fn main() { let mut xs = [1, 2]; xs.swap(0, 1); println(xs) }
```";

UNASSIGNED = "unassigned", "A variable is read that may have no value.",
"A variable declared without a value must be assigned on every way that leads to its use.

```gal-fail
fn f(b: Bool) -> Int { let x: Int; if b { x = 1 }; x }
fn main() { println(f(true)) }
```
```gal
fn f(b: Bool) -> Int { let x: Int; if b { x = 1 } else { x = 2 }; x }
fn main() { println(f(true)) }
```";

UNEXPECTED_MUT = "unexpected-mut", "`mut` stands where nothing can be changed by it.",
"`mut` at an argument says that the call changes it; one whose parameter is not `mut` is not changed. A parameter that is `mut` has one
name: a pattern would bind copies of its parts, and what is done to copies is lost.

```gal-fail
fn double(x: Int) -> Int { x * 2 }
fn main() { let mut a = 1; a += 1; println(double(mut a)) }
```
```gal
fn double(x: Int) -> Int { x * 2 }
fn main() { let mut a = 1; a += 1; println(double(a)) }
```";

USE_AFTER_MOVE = "use-after-move", "A value is used after it was moved away.",
"A value that can only be moved has one owner. After it was passed to a function that keeps it, assigned to another
variable or captured, the variable is empty. A function that only reads its parameter does not move it.

```gal-fail
iso struct File { fd: Int }
fn main() { let f = File { fd: 1 }; let g = f; println(f.fd + g.fd) }
```
```gal
iso struct File { fd: Int }
fn main() { let f = File { fd: 1 }; let g = f; println(g.fd) }
```";
}
