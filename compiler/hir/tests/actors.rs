//! What actors become: types, functions, and bodies without anything that only actors have.

mod common;

use common::{check, render_all};
use hir::program::{FnId, FnKind};
use hir::{BodyOwner, Checker};

const COUNTER: &str = "
actor Counter {
    state count: Int = 0
    state limit: Int
    new(limit: Int) { self.limit = limit }
    on Add(n: Int) { count += n }
    on Get -> Int { count }
    on Early(n: Int) { if n > 0 { reply(n) } else { let r = defer_reply(); r.reply(count) } }
    fn is_full(self) -> Bool { count >= limit }
}
fn main() {
    let c = spawn Counter(10)
    send(c, Add(1))
    println(ask(c, Get))
}
";

fn function(checker: &Checker, path: &str) -> FnId {
    let found = checker.program.fns.iter_enumerated().find(|(_, f)| f.path == path && f.kind == FnKind::Body);
    found.unwrap_or_else(|| panic!("no function `{path}`")).0
}

/// The body of a function as text, with single spaces.
fn body(checker: &mut Checker, path: &str) -> String {
    let id = function(checker, path);
    let body = checker.body(BodyOwner::Fn(id));
    assert!(!body.has_errors, "{path}");
    let text = hir::print::print_body(&checker.program, &body);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn signature(checker: &Checker, path: &str) -> String {
    let function = &checker.program.fns[function(checker, path)];
    let params: Vec<String> = function
        .params
        .iter()
        .map(|p| {
            let mode = if p.mode == hir::program::ParamMode::Mut { "mut " } else { "" };
            format!("{mode}{}: {}", checker.program.name(p.name), checker.program.ty_name(p.ty))
        })
        .collect();
    format!("({}) -> {}", params.join(", "), checker.program.ty_name(function.ret))
}

#[test]
fn an_actor_becomes_types_and_functions() {
    let checker = check(COUNTER);
    assert!(!checker.has_errors(), "{}", render_all(&checker));
    let signatures = [
        ("Counter.new", "(self: Counter, limit: Int) -> Counter.State"),
        ("Counter.Add", "(self: Counter, mut state: Counter.State, n: Int) -> ()"),
        ("Counter.Get", "(self: Counter, mut state: Counter.State) -> Int"),
        ("Counter.Early", "(self: Counter, mut state: Counter.State, n: Int, reply: Reply<Int>) -> ()"),
        ("Counter.is_full", "(self: Counter, state: Counter.State) -> Bool"),
        ("Counter.count", "() -> Int"),
    ];
    for (path, want) in signatures {
        assert_eq!(signature(&checker, path), want, "{path}");
    }
    let messages = checker.program.adts.iter().find(|a| checker.program.name(a.name) == "Counter.Message");
    let messages = messages.expect("the enum of messages");
    let variants: Vec<String> = messages
        .variants
        .iter()
        .map(|v| {
            let fields: Vec<String> = v.fields.iter().map(|f| checker.program.ty_name(f.ty)).collect();
            format!("{}({})", checker.program.name(v.name), fields.join(", "))
        })
        .collect();
    assert_eq!(variants, ["new(Int)", "Add(Int)", "Get(Reply<Int>)", "Early(Int, Reply<Int>)"]);
}

#[test]
fn states_are_places_in_the_parameter() {
    let mut checker = check(COUNTER);
    let text = body(&mut checker, "Counter.Add");
    assert!(text.contains("state.1.count"), "{text}");
}

#[test]
fn dispatch_runs_the_function_of_each_message() {
    let mut checker = check(COUNTER);
    let text = body(&mut checker, "Counter.dispatch");
    for part in ["ptr_init", "Counter.new(", "Counter.Add(", "Counter.Get(", "Counter.Early(", "reply_send"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn generic_actors_pass_their_parameters_on() {
    let checker = check(
        "actor Cell<T: Show> {
            state value: T
            new(value: T) { self.value = value }
            on Set(value: T) { self.value = value }
            on Get -> T { value }
            on Text { reply(\"{value}\") }
        }
        fn main() {
            let a = spawn Cell(1)
            let b = spawn Cell(\"x\")
            send(a, Set(2))
            send(b, Set(\"y\"))
            let n: Int = ask(a, Get)
            let t: String = ask(b, Text)
            println(\"{n} {t}\")
        }",
    );
    assert!(!checker.has_errors(), "{}", render_all(&checker));
    assert_eq!(
        signature(&checker, "Cell.Text"),
        "(self: Cell<T>, mut state: Cell.State<T>, reply: Reply<String>) -> ()"
    );
}

#[test]
fn actor_main_is_the_entry() {
    let checker = check("actor Main { new() { println(\"hello\") } }");
    assert!(!checker.has_errors(), "{}", render_all(&checker));
    assert!(checker.program.main.is_some());
}
