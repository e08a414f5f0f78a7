//! Messages about functions that suspend where none may.

use mir::{Misuse, Why};
use syntax::{Diagnostic, SourceMap, Span};

/// One message for each place: a generic function may have many instances.
pub(crate) fn report(program: &mir::Program, misuses: &[Misuse], map: &SourceMap) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for misuse in misuses {
        let diag = message(program, misuse, map);
        if !found.contains(&diag) {
            found.push(diag);
        }
    }
    found
}

fn message(program: &mir::Program, misuse: &Misuse, map: &SourceMap) -> Diagnostic {
    let func = &program.funcs[misuse.func];
    let (what, way_out) = match misuse.why {
        Why::Drop => ("a `drop` may not suspend", "it runs wherever a value goes; it may `send`"),
        Why::Boxed => (
            "a boxed closure of type `Fn` may not suspend",
            "the type `async Fn` is for those that do; a parameter of type `Fn` takes both, but in a method that is called through `dyn`",
        ),
        Why::Nested => (
            "a closure that a function gives to itself around its own closure is boxed, and may not suspend",
            "declare the parameter as `async Fn`, which is boxed as a closure that may",
        ),
        Why::Method => (
            "a method that is called through `dyn` may not suspend, unless the trait says so",
            "declare it as `async fn` in the trait",
        ),
        Why::Export => ("an exported function may not suspend", "it can `send` to an actor instead"),
        Why::Const => {
            ("a constant may not suspend", "work the value out when the program runs, in a function")
        }
        Why::Structural => (
            "the methods of `Eq`, `Ord`, `Hash` and `Show` may not suspend",
            "they are called wherever values are compared, hashed and printed; a method of another name may suspend",
        ),
        Why::Guard => ("the guard of an arm may not suspend", "work the value out before the `match`"),
        Why::Lang => ("what the compiler calls may not suspend", "it is a part of the library"),
    };
    let is_user =
        |span: &Span| !span.is_dummy() && map.file_at(span.lo).is_some_and(|file| !map.file(file).is_library);
    let mut calls = misuse.calls.iter().copied().filter(is_user);
    let Some(first) = calls.next() else {
        let message = format!("{what}, and `{}` does", func.name);
        return Diagnostic::error(hir::codes::SUSPENDS_HERE, func.span, message).note(way_out);
    };
    let diag = Diagnostic::error(hir::codes::SUSPENDS_HERE, first, what);
    match calls.rfind(|span| *span != first) {
        Some(last) => diag.also(last, "this suspends").note(way_out),
        None => diag.note(way_out),
    }
}
