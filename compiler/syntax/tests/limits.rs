//! The documented limits: each has its message, and no input overflows the stack.

mod common;

use common::parse;
use syntax::Bodies;
use syntax::parser::{MAX_DEPTH, MAX_DIAGNOSTICS, MAX_HEIGHT};

const MANY: usize = 100_000;

fn codes(text: &str) -> Vec<&'static str> {
    let parsed = parse(text, Bodies::Parse);
    drop(parsed.dump());
    parsed.diags.iter().map(|d| d.code).collect()
}

fn is_too_deep(text: &str) {
    let found = codes(text);
    assert_eq!(found, ["nesting-too-deep"], "for {}…", text.chars().take(60).collect::<String>());
}

#[test]
fn brackets_nest_so_deep() {
    for (open, close) in
        [("(", ")"), ("[", "]"), ("f(", ")"), ("{ ", " }"), ("if a { ", " }"), ("|x| (", ")"), ("\"{", "}\"")]
    {
        is_too_deep(&format!("fn f() {{ {}1{} }}", open.repeat(MANY), close.repeat(MANY)));
    }
    is_too_deep(&format!("fn f() {{ {}", "(".repeat(MANY)));
}

#[test]
fn prefixes_nest_so_deep() {
    for prefix in [
        "-",
        "!",
        "await ",
        "|x| ",
        "return ",
        "1 ** ",
        "match a { _ => ",
        "loop { ",
        "if a { } else ",
        "1 + (",
        "..",
    ] {
        is_too_deep(&format!("fn f() {{ {}1", prefix.repeat(MANY)));
    }
}

#[test]
fn types_nest_so_deep() {
    for (open, close) in
        [("Array<", ">"), ("(", ",)"), ("Fn(", ")"), ("[", "; 1]"), ("Fn() -> ", ""), ("dyn ", "")]
    {
        is_too_deep(&format!("fn f(x: {}A{}) {{ }}", open.repeat(MANY), close.repeat(MANY)));
    }
    is_too_deep(&format!("fn f(x: A{}) {{ }}", "?".repeat(MANY)));
}

#[test]
fn patterns_nest_so_deep() {
    for (open, close) in [("(", ",)"), ("[", "]"), ("A(", ")"), ("A { b: ", " }"), ("x @ ", "")] {
        is_too_deep(&format!("fn f() {{ let {}a{} = 1 }}", open.repeat(MANY), close.repeat(MANY)));
    }
}

#[test]
fn items_nest_so_deep() {
    is_too_deep(&"fn f() { ".repeat(MANY));
    is_too_deep(&"impl A { fn f() { ".repeat(MANY));
    is_too_deep(&format!("use {}", "a.{".repeat(MANY)));
}

#[test]
fn chains_have_so_many_links() {
    for link in [" + 1", ".a", "(1)", "[1]", "?", " && a", " as Int", ".*", ".0", "\n.a()"] {
        is_too_deep(&format!("fn f() {{ a{} }}", link.repeat(MANY)));
    }
}

#[test]
fn up_to_the_limits_all_is_well() {
    let depth = MAX_DEPTH as usize - 4;
    assert_eq!(codes(&format!("fn f() {{ {}1{} }}", "(".repeat(depth), ")".repeat(depth))), [""; 0]);
    let links = MAX_HEIGHT as usize - 1;
    assert_eq!(codes(&format!("fn f() {{ a{} }}", " + 1".repeat(links))), [""; 0]);
    let statements = "    a + 1\n".repeat(MANY);
    assert_eq!(codes(&format!("fn f() {{\n{statements}}}")), [""; 0]);
    let elements = "1, ".repeat(MANY);
    assert_eq!(codes(&format!("const A: X = [{elements}]")), [""; 0]);
}

#[test]
fn a_file_has_so_many_mistakes() {
    let found = codes(&"fn f(x) { }\n".repeat(MANY));
    assert_eq!(found.len(), MAX_DIAGNOSTICS + 1);
    assert_eq!(found.last(), Some(&"too-many-errors"));
}

#[test]
fn a_file_has_so_many_bytes() {
    let text = " ".repeat(syntax::parser::MAX_FILE_BYTES + 1);
    assert_eq!(codes(&text), ["file-too-large"]);
}

#[test]
fn faults_cost_no_more_than_linear_time() {
    // Each of these made a parser with unbounded look-ahead quadratic.
    for piece in
        ["g(\n", "g(a b\n", "x as A < b, ", "{ (", "fn f() {\n", "'", "\"{", "r#\"", "@a(", "f(1 2) "]
    {
        let text = format!("fn f() {{ {}", piece.repeat(MANY));
        assert!(!codes(&text).is_empty());
    }
}
