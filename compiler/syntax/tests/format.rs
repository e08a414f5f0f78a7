//! The formatter: fixtures with their layout, and what holds for every program: formatting again changes
//! nothing, tokens and comments stay.
#![allow(clippy::disallowed_methods, reason = "tests read their fixtures and the programs of the project")]

mod common;

use common::{cases, parse, programs};
use std::path::{Path, PathBuf};
use syntax::{Bodies, Diagnostic, Interner, SourceMap, format_file};

fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let mut map = SourceMap::default();
    let id = map.add("test.gal".into(), text.into(), false).expect("the text is small");
    format_file(&map, id, &mut Interner::default())
}

/// The first lines that differ, with one before.
fn difference(old: &str, new: &str) -> String {
    let place = old.lines().zip(new.lines()).take_while(|(a, b)| a == b).count();
    let part = |text: &str| text.lines().skip(place.saturating_sub(1)).take(5).collect::<Vec<_>>().join("\n");
    format!("first:\n{}\nsecond:\n{}", part(old), part(new))
}

/// Formats twice and compares; `None` if the text does not parse.
fn formatted(name: &str, text: &str) -> Option<String> {
    let once = match format(text) {
        Ok(once) => once,
        Err(diags) => {
            let failed = diags.iter().find(|d| d.code == "format-failed");
            let at = failed.map(|d| &text[d.span().lo as usize - 1..]);
            assert!(failed.is_none(), "{name}: meaning changed in\n{text}\nfrom\n{at:?}");
            return None;
        }
    };
    let twice = format(&once).unwrap_or_else(|d| panic!("{name}: the result does not parse: {d:?}\n{once}"));
    assert!(once == twice, "{name}: formatting twice differs for\n{text}\n{}", difference(&once, &twice));
    let (before, after) = (parse(text, Bodies::Parse).dump(), parse(&once, Bodies::Parse).dump());
    assert!(before == after, "{name}: the tree has changed\n{}", difference(&before, &after));
    Some(once)
}

fn fixture_files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = std::fs::read_dir(folder).expect("the folder of fixtures");
    let mut files: Vec<PathBuf> =
        files.map(|e| e.expect("an entry").path()).filter(|p| p.is_file()).collect();
    files.sort();
    files
}

#[test]
fn fixtures_have_the_layout_they_show() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut failed = String::new();
    for path in fixture_files("tests/fixtures/format") {
        let text = std::fs::read_to_string(&path).expect("a readable fixture");
        let mut out = String::new();
        for case in cases(&text) {
            let found = formatted(&case.title, &case.source)
                .unwrap_or_else(|| panic!("{} does not parse", case.title));
            if case.sections.first().is_none_or(|s| s.1 != found.trim_end()) {
                failed += &format!("=== {}\n{found}\n", case.title);
            }
            out += &format!("=== {}\n{}--- formatted\n{found}\n", case.title, case.source);
        }
        if bless {
            std::fs::write(&path, out).expect("a writable fixture");
        }
    }
    assert!(bless || failed.is_empty(), "{failed}");
}

#[test]
fn formatting_again_changes_nothing() {
    for path in fixture_files("tests/fixtures") {
        let text = std::fs::read_to_string(&path).expect("a readable fixture");
        for case in cases(&text) {
            formatted(&case.title, &case.source);
        }
    }
}

#[test]
fn programs_of_the_project_keep_their_meaning() {
    for path in programs() {
        let text = std::fs::read_to_string(&path).expect("a readable program");
        formatted(&path.display().to_string(), &text);
    }
}

/// Comments and newlines anywhere between the tokens of programs.
#[test]
fn comments_anywhere_are_kept() {
    let mut rng = damage::Rng::new(0xC0FF_EE00_1234_5678);
    let mut n_formatted = 0;
    for path in fixture_files("tests/fixtures") {
        let text = std::fs::read_to_string(&path).expect("a readable fixture");
        for case in cases(&text) {
            if !parse(&case.source, Bodies::Parse).diags.is_empty() {
                continue;
            }
            let lexed = syntax::lexer::lex(&case.source, 0);
            for _ in 0..15 {
                let mut source = case.source.clone();
                let mut places: Vec<usize> =
                    (0..1 + rng.below(4)).map(|_| rng.below(lexed.tokens.len())).collect();
                places.sort_unstable();
                for place in places.into_iter().rev() {
                    let at = lexed.tokens[place].lo as usize;
                    let comment =
                        ["/* c */", "// c\n", "\n// c\n", "\n\n/* a\n b */\n\n", "\n", " /* d */ // e\n"];
                    source.insert_str(at, comment[rng.below(comment.len())]);
                }
                n_formatted += usize::from(formatted(&case.title, &source).is_some());
            }
        }
    }
    assert!(n_formatted > 100, "most comments do no harm, but only {n_formatted} programs parse");
}

/// Programs with random changes that still parse.
/// Comments that fit into some lines or none, at every place of a text with lists in lists.
#[test]
fn long_comments_break_the_same_lines_again() {
    let text = "fn add(a: Int, b: (Int, Int), c: Array<Int>) -> Map<Int, Int> {
    f(g(a, b)[h(1, 2)], [k(3), (4, p(5))], |x, y| q(x, y), S { u: r(6), v })
    let [x, ..rest] = t(s(7), !w(8)) + [(9)]
    match x.map(f(1)).filter(g(2)) { Some(E(a, b)) when h(a) => i(j(b)), _ => k(-l(3)) }
}
";
    for times in [2, 4, 6] {
        let comment = format!(" /* {}*/ ", "a long comment ".repeat(times));
        for (at, _) in text.char_indices() {
            formatted("a long comment", &format!("{}{comment}{}", &text[..at], &text[at..]));
            formatted("at a line's end", &format!("{}{comment}\n{}", &text[..at], &text[at..]));
        }
    }
}

#[test]
fn mutated_programs_keep_their_meaning() {
    let mut rng = damage::Rng::new(0x1234_5678_9ABC_DEF1);
    let mut sources = Vec::new();
    for path in fixture_files("tests/fixtures").iter().chain(&fixture_files("tests/fixtures/format")) {
        let text = std::fs::read_to_string(path).expect("a readable fixture");
        sources.extend(cases(&text).into_iter().map(|case| case.source));
    }
    let mut n_formatted = 0;
    for _ in 0..3000 {
        let source = damage::mutate(&sources[rng.below(sources.len())], &mut rng);
        n_formatted += usize::from(formatted("a mutated program", &source).is_some());
    }
    assert!(n_formatted > 50, "only {n_formatted} programs parse");
}

#[test]
fn deep_programs_need_no_more_stack_than_there_is() {
    let (depth, links) = (200, syntax::parser::MAX_HEIGHT as usize - 1);
    for (open, close) in [("(", ")"), ("[", "]"), ("f(", ")"), ("-", ""), ("S { a: ", " }"), ("f(|| ", ")")] {
        formatted("nested", &format!("fn f() {{ {}a{} }}", open.repeat(depth), close.repeat(depth)));
    }
    for (open, close) in [("{ ", " }"), ("if a { ", " }"), ("match a { _ => ", " }"), ("loop { ", " }")] {
        formatted("nested", &format!("fn f() {{ {}a{} }}", open.repeat(depth / 2), close.repeat(depth / 2)));
    }
    for link in [" + 1", ".a", "(1)", "[1]", "?", " && a", " as Int", ".*", ".a()"] {
        formatted("a chain", &format!("fn f() {{ a{} }}", link.repeat(links)));
    }
}
