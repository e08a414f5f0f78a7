//! Traces of what actors do: `--trace actors` and the options that go with it.
#![allow(clippy::disallowed_methods, reason = "tests run processes and read files")]

mod common;

use common::{Scratch, status, stderr, stdout};

/// One of each kind of event but those of commands.
const PROGRAM: &str = r#"
use std.time.sleep

iso struct Key { n: Int }

actor Counter {
    state count: Int
    state name: String = "a \"b\"\u{1}"
    state keys: Array<Key> = []

    new(count: Int) { self.count = count }
    on Add(n: Int, key: Key) {
        count += n
        keys.push(key)
    }
    on Get -> Int {
        sleep(1ms)
        count
    }
    on Meet(other: Counter) -> String { "{try ask(other, Ask(self))}" }
    on Ask(back: Counter) -> Bool { (try ask(back, Get)).is_ok() }
    on Fail(why: String) { panic(why) }
}

@reentrant
actor Free {
    state n: Int = 0
    on Wait -> Int {
        n += 1
        sleep(1ms)
        n
    }
}

@mailbox(capacity: 1, policy: drop_new)
actor Small {
    on Take(n: Int) { println("took {n}") }
}

fn main() {
    let c = spawn Counter(10)
    send(c, Add(3, Key { n: 1 }))
    println(ask(c, Get))
    println(ask(c, Get) timeout 500us)
    println(ask(c, Meet(c)))
    let f = spawn Free()
    let (x, y) = (async ask(f, Wait), async ask(f, Wait))
    println("{await x} {await y}")
    let s = spawn Small()
    send(s, Take(1))
    send(s, Take(2))
    sleep(1ms)
    send(c, Fail("no \"luck\""))
    println(try ask(c, Get))
}
"#;

const EVENTS: &str = r#"{"event":"begin","version":1,"clock":"virtual"}
"#;

fn scratch(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    scratch.write("a.gal", PROGRAM);
    scratch
}

fn read(scratch: &Scratch, name: &str) -> String {
    std::fs::read_to_string(scratch.0.join(name)).unwrap_or_default()
}

/// Runs the program with a trace in `t`; the status and the trace.
fn trace(scratch: &Scratch, args: &[&str]) -> (i32, String) {
    let all = [&["run", "-q", "--virtual-clock", "--trace", "actors=t"], args, &["a.gal"]].concat();
    let output = scratch.galc(&all);
    (status(&output), read(scratch, "t"))
}

#[test]
fn each_event_has_its_line() {
    let scratch = scratch("trace-events");
    let (status, text) = trace(&scratch, &["--trace-values", "--trace-states"]);
    assert_eq!(status, 101, "an actor has crashed");
    assert_eq!(text, EVENTS);
}
