//! Warnings: what was written in vain.

super::codes! { LINTS:
UNNEEDED_ASYNC = "unneeded-async", "`async fn` where any function may suspend.",
"Functions suspend without saying so: whoever calls `ask`, `await` or `sleep` does. Only a method of a trait that may suspend where it is called
through `dyn` is declared `async fn`, for there it is not known what is called.

```gal-fail
use std.time.sleep
async fn twice(n: Int) -> Int { sleep(1ms); n * 2 }
fn main() { println(twice(2)) }
```
```gal
use std.time.sleep
fn twice(n: Int) -> Int { sleep(1ms); n * 2 }
fn main() { println(twice(2)) }
```";

UNNEEDED_PUB = "unneeded-pub", "`pub` has no meaning here.",
"The methods of a trait's `impl` are as public as the trait.

```gal-fail
struct Point { x: Int }
impl Eq for Point { pub fn eq(self, other: Point) -> Bool { self.x == other.x } }
fn main() { println(Point { x: 1 } == Point { x: 1 }) }
```
```gal
struct Point { x: Int }
impl Eq for Point { fn eq(self, other: Point) -> Bool { self.x == other.x } }
fn main() { println(Point { x: 1 } == Point { x: 1 }) }
```";

UNREACHABLE_ARM = "unreachable-arm", "An arm is never reached.",
"The arms before it match every value that it would match; arms are tried from the first to the last.

```gal-fail
fn f(x: Int) -> Int { match x { _ => 1, 0 => 2 } }
fn main() { println(f(0)) }
```
```gal
fn f(x: Int) -> Int { match x { 0 => 2, _ => 1 } }
fn main() { println(f(0)) }
```";

UNREACHABLE_CODE = "unreachable-code", "Code stands behind something that never comes to an end.",
"Behind `return`, `break`, `continue`, a panic or an endless loop nothing runs.

```gal-fail
fn main() { return; println(1) }
```
```gal
fn main() { println(1) }
```";

UNUSED_IMPORT = "unused-import", "Nothing uses an import.",
"The `use` can be removed.

```gal-fail
use std.time.Instant
fn main() {}
```
```gal
use std.time.Instant
fn main() { println(Instant.now().elapsed() >= 0s) }
```";

UNUSED_MUT = "unused-mut", "A `mut` variable is never changed.",
"`mut` tells a reader to watch out; here nothing changes.

```gal-fail
fn main() { let mut x = 1; println(x) }
```
```gal
fn main() { let x = 1; println(x) }
```";

UNUSED_RESULT = "unused-result", "A `Result` is dropped without being looked at.",
"The call may have failed. `?` passes the error on, `match` and `try … catch` handle it, `_ = …` drops it on purpose.

```gal-fail
fn main() { Int.parse(\"x\") }
```
```gal
fn main() { _ = Int.parse(\"x\") }
```";

UNUSED_VALUE = "unused-value", "A line is a value that nobody uses.",
"Evaluating it has no effect. Often an operator has slipped to the next line: a line that goes on ends with its
operator. In a function without `-> T` the last line's value is not returned.

```gal-fail
fn main() {
    let a = 1
        - 2
    println(a)
}
```
```gal
fn main() {
    let a = 1 -
        2
    println(a)
}
```";

UNUSED_VARIABLE = "unused-variable", "Nothing reads a variable.",
"A name that starts with `_` says that this is meant.

```gal-fail
fn main() { let x = 1 }
```
```gal
fn main() { let _x = 1 }
```";
}
