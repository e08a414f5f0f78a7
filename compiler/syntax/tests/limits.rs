//! The documented limits: each has its message, and no input overflows the stack.

mod common;

use common::parse;
use syntax::parser::{MAX_DEPTH, MAX_DIAGNOSTICS, MAX_HEIGHT};
use syntax::{BadByte, Bodies, Interner, SourceMap, format_file, parse_file};

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
fn a_file_is_utf_8() {
    for (bytes, at) in [
        (&b"fn f() { g(\"\xE9\") }"[..], 12),
        (b"\xFF\xFEf\0n\0", 0),
        (b"// \xC3\xA9\n// \xC3", 9),
        (b"fn caf\xE9() { x = } \xFF", 6),
        (b"fn f() { } // \xED\xA0\x80", 14),
    ] {
        let (mut map, mut interner) = (SourceMap::default(), Interner::default());
        let text = String::from_utf8_lossy(bytes).into_owned();
        let file = map.add("test.gal".into(), text, false).expect("the text is small");
        map.set_bad_byte(file, BadByte::find(bytes));
        let (_, diags) = parse_file(&map, file, &mut interner, Bodies::Keep);
        let found: Vec<(&str, u32)> = diags.iter().map(|d| (d.code, d.span().lo - 1)).collect();
        assert_eq!(found, [("not-utf-8", at)], "for {bytes:?}");
        assert_eq!(map.text(diags[0].span()), "\u{FFFD}");
        assert!(format_file(&map, file, &mut interner).is_err_and(|diags| diags.len() == 1));
    }
    assert_eq!(BadByte::find("fn é() { }".as_bytes()), None);
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
