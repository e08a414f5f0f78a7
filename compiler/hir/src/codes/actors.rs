//! Actors: messages, replies, states, green threads.

super::codes! { ACTORS:
ASK_WITHOUT_REPLY = "ask-without-reply", "`ask` is used for a message that has no reply.",
"A handler with `->`, or one that calls `reply`, answers. A message to one that does not is sent.

```gal-fail
actor Counter { state count: Int = 0
    on Add(n: Int) { count += n }
}
fn main() { ask(spawn Counter(), Add(1)) }
```
```gal
actor Counter { state count: Int = 0
    on Add(n: Int) { count += n }
}
fn main() { send(spawn Counter(), Add(1)) }
```";

BAD_MAILBOX = "bad-mailbox", "The bound of a mailbox is not said as it should be.",
"`@mailbox(capacity: 100, policy: wait)` before an actor says how many messages may wait, at least one, and what becomes
of those beyond: `wait`, `drop_new`, `drop_old` or `fail`.

```gal-fail
@mailbox(capacity: 10)
actor Printer { on Print(text: String) { println(text) } }
fn main() { send(spawn Printer(), Print(\"a\")) }
```
```gal
@mailbox(capacity: 10, policy: wait)
actor Printer { on Print(text: String) { println(text) } }
fn main() { send(spawn Printer(), Print(\"a\")) }
```";

MESSAGE_AS_VALUE = "message-as-value", "Something stands for a message that is none.",
"A message is written where it is sent: its name, which is looked up in the actor's type, and its values in parentheses.
It is not a value, so it cannot be in a variable.

```gal-fail
actor Counter { state count: Int = 0
    on Add(n: Int) { count += n }
}
fn main() { send(spawn Counter(), Counter.Add(1)) }
```
```gal
actor Counter { state count: Int = 0
    on Add(n: Int) { count += n }
}
fn main() { send(spawn Counter(), Add(1)) }
```";

NOT_AN_ACTOR = "not-an-actor", "An actor is needed, and this is something else.",
"`spawn` starts actors, `send` and `ask` reach them. Values are made without `spawn`, and their methods are called.

```gal-fail
struct Point { x: Int }
fn main() { let p = spawn Point(1); println(p.x) }
```
```gal
struct Point { x: Int }
fn main() { let p = Point { x: 1 }; println(p.x) }
```";

NOT_A_FUTURE = "not-a-future", "`await` or `select` gets something that is no future.",
"`async f(x)` and `async ask(a, M)` give a future, which `await` and `select` wait for. Calls and `ask` without `async`
wait by themselves.

```gal-fail
fn slow(n: Int) -> Int { n * 2 }
fn main() { println(await slow(1)) }
```
```gal
fn slow(n: Int) -> Int { n * 2 }
fn main() { let later = async slow(1); println(await later) }
```";

NO_REPLY = "no-reply", "A handler can end without a reply.",
"A handler that answers by `reply(x)` or `defer_reply()` does one of them, once, on every path: whoever asked waits
for it.

```gal-fail
actor Cell { state value: Int? = None
    on Get -> Int { if value is Some(v) { reply(v) } }
}
fn main() { println(ask(spawn Cell(), Get)) }
```
```gal
actor Cell { state value: Int? = None
    on Get -> Int { if value is Some(v) { reply(v) } else { reply(0) } }
}
fn main() { println(ask(spawn Cell(), Get)) }
```";

NOT_SENDABLE = "not-sendable", "A future would be sent to another actor or captured by a closure.",
"A future belongs to the green thread that made it, which waits for it once. What others need is its value.

```gal-fail
fn slow(n: Int) -> Int { n * 2 }
actor Sink { on Take(f: Future<Int>) { println(await f) } }
fn main() { send(spawn Sink(), Take(async slow(1))) }
```
```gal
fn slow(n: Int) -> Int { n * 2 }
actor Sink { on Take(n: Int) { println(n) } }
fn main() { let later = async slow(1); send(spawn Sink(), Take(await later)) }
```";

REPLY_CIRCLE = "reply-circle", "The types of replies follow from each other in a circle.",
"A handler without `->` replies what its `reply(x)` gives. Where `x` is the answer of a handler that does the same, and
so on back to the first, nothing says what the type is: one of them must be written.

```gal-fail
actor A { state other: B
    new(other: B) { self.other = other }
    on Get(n: Int) { reply(ask(other, Of(n))) }
}
actor B { state other: A? = None
    on Of(n: Int) { if other is Some(a) { reply(ask(a, Get(n - 1))) } else { reply(n) } }
}
fn main() { println(ask(spawn A(spawn B()), Get(1))) }
```
```gal
actor A { state other: B
    new(other: B) { self.other = other }
    on Get(n: Int) -> Int { ask(other, Of(n)) }
}
actor B { state other: A? = None
    on Of(n: Int) { if other is Some(a) { reply(ask(a, Get(n - 1))) } else { reply(n) } }
}
fn main() { println(ask(spawn A(spawn B()), Get(1))) }
```";

REPLY_OUTSIDE_HANDLER = "reply-outside-handler", "`reply` or `defer_reply` stands where no message is answered.",
"`reply(x)` answers the message whose handler it stands in. A closure may run any number of times, and a function knows
of no message. `defer_reply()` in the handler gives a value of type `Reply<T>` that others can answer by.

```gal-fail
actor Cell { state value: Int = 1
    on Get -> Int { self.answer(); value }
    fn answer(self) { reply(value) }
}
fn main() { println(ask(spawn Cell(), Get)) }
```
```gal
actor Cell { state value: Int = 1
    on Get -> Int { self.answer(defer_reply()) }
    fn answer(self, r: Reply<Int>) { r.reply(value) }
}
fn main() { println(ask(spawn Cell(), Get)) }
```";

REPLY_TWICE = "reply-twice", "A handler may reply twice.",
"A handler that answers by `reply(x)` or `defer_reply()` does one of them, once, on every path.

```gal-fail
actor Cell { state value: Int = 1
    on Get -> Int { if value > 0 { reply(value) }; reply(0) }
}
fn main() { println(ask(spawn Cell(), Get)) }
```
```gal
actor Cell { state value: Int = 1
    on Get -> Int { if value > 0 { reply(value) } else { reply(0) } }
}
fn main() { println(ask(spawn Cell(), Get)) }
```";

STATE_IN_ASYNC = "state-in-async", "Code that `async` starts mentions the actor's states.",
"What `async` starts runs beside the handlers, which may change the states meanwhile. It gets values, and may send to
the actor. The arguments of `async f(x)` are worked out before, so states may stand there.

```gal-fail
fn twice(n: Int) -> Int { n * 2 }
actor Cell { state value: Int = 1
    on Twice -> Int { let later = async { twice(value) }; await later }
}
fn main() { println(ask(spawn Cell(), Twice)) }
```
```gal
fn twice(n: Int) -> Int { n * 2 }
actor Cell { state value: Int = 1
    on Twice -> Int { let later = async twice(value); await later }
}
fn main() { println(ask(spawn Cell(), Twice)) }
```";

UNKNOWN_MESSAGE = "unknown-message", "An actor has no message of this name.",
"The name of a message is looked up in the type of the actor that it goes to.

```gal-fail
actor Counter { state count: Int = 0
    on Increment { count += 1 }
}
fn main() { send(spawn Counter(), Incremnt) }
```
```gal
actor Counter { state count: Int = 0
    on Increment { count += 1 }
}
fn main() { send(spawn Counter(), Increment) }
```";

UNSET_STATE = "unset-state", "A state may have no value.",
"Every state has an initial value or is set by each constructor, on every path, and before `self` is passed on or a
function is called that takes it.

```gal-fail
actor Counter { state count: Int
    new(n: Int) { if n > 0 { self.count = n } }
    on Get -> Int { count }
}
fn main() { println(ask(spawn Counter(1), Get)) }
```
```gal
actor Counter { state count: Int
    new(n: Int) { self.count = max(n, 0) }
    on Get -> Int { count }
}
fn main() { println(ask(spawn Counter(1), Get)) }
```";
}
