//! Help inside of a call.

mod support;

use support::Fixture;

/// The signature, with the parameter at the cursor between `[` and `]`.
#[track_caller]
fn check(fixture: &str, expected: &str) {
    let mut fixture = Fixture::new(fixture);
    let (path, offset) = fixture.at();
    let help = fixture.workspace.signature_help(support::ENTRY, &path, offset).expect("there is an answer");
    let found = help.map(|help| {
        let mut label = help.label.clone();
        if let Some(active) = help.active {
            let range = help.params[active as usize].range;
            label.insert(range.end as usize, ']');
            label.insert(range.start as usize, '[');
        }
        label
    });
    assert_eq!(found.as_deref().unwrap_or("nothing"), expected);
}

const DECLS: &str = "
        fn add(a: Int, b: (Int, Int)) -> Int { a }
        struct Meters(Float)
        enum Shape { Circle(Float) }
        impl Meters {
            fn plus(self, other: Meters, times: Int) -> Meters { self }
            fn of(n: Float) -> Meters { Meters(n) }
        }
        actor Counter {
            new(start: Int, name: String) {}
            new empty() {}
            on Add(n: Int, why: String) -> Bool { true }
        }
";

#[track_caller]
fn check_call(call: &str, expected: &str) {
    check(
        &format!(
            "{DECLS}\n        fn f(c: Counter, m: Meters, g: Fn(Int, Bool) -> Char) {{\n            {call}\n        }}\n"
        ),
        expected,
    );
}

#[test]
fn the_argument_at_the_cursor_is_marked() {
    check_call("add($01, (2, 3))", "add([a: Int], b: (Int, Int)) -> Int");
    check_call("add(1$0, (2, 3))", "add([a: Int], b: (Int, Int)) -> Int");
    check_call("add(1, $0(2, 3))", "add(a: Int, [b: (Int, Int)]) -> Int");
    check_call("add(1, (2, $03))", "add(a: Int, [b: (Int, Int)]) -> Int");
    check_call("add(1, (2, 3), $04)", "add(a: Int, b: (Int, Int)) -> Int");
}

#[test]
fn methods_constructors_and_closures_have_signatures() {
    check_call("m.plus(m, $01)", "plus(other: Meters, [times: Int]) -> Meters");
    check_call("Meters.of($01.0)", "of([n: Float]) -> Meters");
    check_call("Meters($01.0)", "Meters([Float])");
    check_call("let s = Shape.Circle($0)", "Circle([Float])");
    check_call("g(1, $0)", "g(Int, [Bool]) -> Char");
    check_call("[1].map($0)", "map([f: Fn(T) -> U]) -> Array<U>");
}

#[test]
fn messages_and_actors_have_signatures() {
    check_call("send(c, Add(1, $0))", "Add(n: Int, [why: String]) -> Bool");
    check_call("ask(c, Add($0", "Add([n: Int], why: String) -> Bool");
    check_call("send($0)", "send([actor], Message)");
    check_call("send(c, $0)", "send(actor, [Message])");
    check_call("let x = spawn Counter(1, $0)", "Counter(start: Int, [name: String])");
    check_call("let x = spawn Counter.empty($0)", "empty()");
}

#[test]
fn the_innermost_call_counts_and_calls_may_be_unfinished() {
    check_call("add(add($0), (1, 2))", "add([a: Int], b: (Int, Int)) -> Int");
    check_call("add(add(1, (1, 2)), $0)", "add(a: Int, [b: (Int, Int)]) -> Int");
    check_call("add(1, $0", "add(a: Int, [b: (Int, Int)]) -> Int");
    check_call("m.plus($0", "plus([other: Meters], times: Int) -> Meters");
    check_call("println(\"{add($0)}\")", "add([a: Int], b: (Int, Int)) -> Int");
    check_call("let x = add($0\n            let y = 1", "add([a: Int], b: (Int, Int)) -> Int");
}

#[test]
fn there_is_no_help_outside_of_calls() {
    check_call("add(1, (2, 3))$0", "nothing");
    check_call("nobody($0)", "nothing");
    check_call("let x = (1, $02)", "nothing");
    check_call("// add($0", "nothing");
    check("fn f($0a: Int) {}\n", "nothing");
    check("actor A {\n    on X($0n: Int) {}\n}\n", "nothing");
}
