//! What is found behind the checker, when a program is put together: not while single bodies are checked.

super::codes! { LOWERING:
CONST_ASKS_HOST = "const-asks-host", "A constant asks for what only the host of the program knows.",
"Constants are evaluated when the program is compiled, by a compiler that has no clock, arguments, environment, input, files or
random numbers for them: these are of the machine and the moment that the program runs in. A function asks for them then.

```gal-fail
use std.env.args
const COUNT: Int = args().len()
fn main() { println(COUNT) }
```
```gal
use std.env.args
fn count() -> Int { args().len() }
fn main() { println(count()) }
```";

CONST_PANICS = "const-panics", "Evaluating a constant ended in a panic.",
"Constants are evaluated when the program is compiled. An index out of bounds, a division by zero, an overflow, `unwrap` of
`None` and `panic` have no value, so there is none for the constant either. What a constant prints would be lost, so it
may not do that.

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

MUT_ACROSS_SUSPENSION = "mut-across-suspension", "A reentrant handler holds a state while it waits.",
"While a `@reentrant` handler waits, its actor takes other messages, which may change the states. So nothing that waits may
have a state as a `mut` argument, or be lent one that can only be moved; nor may an operand wait behind an element that can
only be moved, as in `look(xs[0], wait())`. A variable takes the place of the state meanwhile, or of what waits.

```gal-fail
actor Source { on Next -> Int { 4 } }
fn fill(mut xs: Array<Int>, s: Source) { xs.push(ask(s, Next)) }
actor Store { state items: Array<Int> = []
    @reentrant
    on Fill(s: Source) -> Int { fill(mut items, s); items.len() }
}
fn main() { println(ask(spawn Store(), Fill(spawn Source()))) }
```
```gal
actor Source { on Next -> Int { 4 } }
fn fill(mut xs: Array<Int>, s: Source) { xs.push(ask(s, Next)) }
actor Store { state items: Array<Int> = []
    @reentrant
    on Fill(s: Source) -> Int { let mut new = []; fill(mut new, s); items.extend(new); items.len() }
}
fn main() { println(ask(spawn Store(), Fill(spawn Source()))) }
```";

SUSPENDS_HERE = "suspends-here", "A function suspends where none may.",
"`ask`, `await`, `sleep` and whatever calls them leave a function for a while. Where nobody can wait they may not stand: in a `drop`, which
runs wherever a value goes, in a constant, in a closure that is boxed (in a field, an array, a result) as `Fn`, in a method that is called
through `dyn`, in an exported function.

```gal-fail
use std.time.sleep

const LATE: Int = wait()
fn wait() -> Int { sleep(1s); 1 }
fn main() { println(LATE) }
```
```gal
use std.time.sleep

fn wait() -> Int { sleep(1ms); 1 }
fn main() { println(wait()) }
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

FRAME_TOO_LARGE = "frame-too-large", "The values in one function need more stack than there is.",
"Structs and fixed arrays lie in the frame of the function whose variables they are, and all frames together have one
MiB. The elements of an `Array` are on the heap, where there is more room.

```gal-fail
fn main() {
    let mut seen: [Int; 200000] = [0; 200000]
    seen[4] = 1
    println(seen[4])
}
```
```gal
fn main() {
    let mut seen = [0; 200000]
    seen[4] = 1
    println(seen[4])
}
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

TOO_MANY_INSTANCES = "too-many-instances", "The program needs too many instances of generic functions.",
"A generic function is compiled once for each type it is used with. One that calls the next with two types of its own making, which
calls the next one so, needs twice as many each time. A program has at most 30000 instances.

```gal-fail
fn f0<T: Show>(t: T) -> String { \"{t}\" }
fn f1<T: Show>(t: T) -> String { f0((t, 1)) + f0(Some(t)) }
fn f2<T: Show>(t: T) -> String { f1((t, 1)) + f1(Some(t)) }
fn f3<T: Show>(t: T) -> String { f2((t, 1)) + f2(Some(t)) }
fn f4<T: Show>(t: T) -> String { f3((t, 1)) + f3(Some(t)) }
fn f5<T: Show>(t: T) -> String { f4((t, 1)) + f4(Some(t)) }
fn f6<T: Show>(t: T) -> String { f5((t, 1)) + f5(Some(t)) }
fn f7<T: Show>(t: T) -> String { f6((t, 1)) + f6(Some(t)) }
fn f8<T: Show>(t: T) -> String { f7((t, 1)) + f7(Some(t)) }
fn f9<T: Show>(t: T) -> String { f8((t, 1)) + f8(Some(t)) }
fn f10<T: Show>(t: T) -> String { f9((t, 1)) + f9(Some(t)) }
fn f11<T: Show>(t: T) -> String { f10((t, 1)) + f10(Some(t)) }
fn f12<T: Show>(t: T) -> String { f11((t, 1)) + f11(Some(t)) }
fn f13<T: Show>(t: T) -> String { f12((t, 1)) + f12(Some(t)) }
fn f14<T: Show>(t: T) -> String { f13((t, 1)) + f13(Some(t)) }
fn f15<T: Show>(t: T) -> String { f14((t, 1)) + f14(Some(t)) }
fn main() { println(f15(1).len()) }
```
```gal
fn f0(t: dyn Show) -> String { \"{t}\" }
fn f1(t: dyn Show) -> String { f0(t) + f0(\"again {t}\") }
fn f2(t: dyn Show) -> String { f1(t) + f1(\"again {t}\") }
fn main() { println(f2(1).len()) }
```";

VALUE_TOO_LARGE = "value-too-large", "A value of this type would not fit into memory.",
"Fixed arrays lie inline: in the struct that has them, in the frame of the function. A value is at most 1 GiB, 1073741824 bytes,
with all that is inline in it. An `Array` is a few bytes whose elements are elsewhere.

```gal-fail
struct Board { cells: [[Int; 100000]; 100000] }
fn main() {
    let board: Board? = None
    println(board is None)
}
```
```gal
struct Board { rows: Array<Array<Int>> }
fn main() {
    let board: Board? = None
    println(board is None)
}
```";
}
