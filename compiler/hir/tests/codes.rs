//! Every code has an explanation whose programs do what it says.

mod common;

use hir::{Checker, ModuleSource, Package, SourceText};
use std::collections::BTreeSet;
use syntax::{BadByte, Interner, SourceMap};

/// The programs in an explanation that are fenced with this word.
fn programs(explanation: &str, fence: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut current: Option<String> = None;
    for line in explanation.lines() {
        match &mut current {
            Some(text) if line == "```" => {
                found.push(std::mem::take(text));
                current = None;
            }
            Some(text) => {
                text.push_str(line);
                text.push('\n');
            }
            None if line == format!("```{fence}") => current = Some(String::new()),
            None => {}
        }
    }
    found
}

/// No program is known to have it.
const UNKNOWN: &str = "format-failed";

/// Where the failing program takes more than a page has room for, or is no text or no single file, these tests make it.
const GENERATED: [(&str, fn()); 6] = [
    ("file-too-large", a_file_of_more_than_64_mib),
    ("match-too-complex", a_match_of_many_rules),
    ("nesting-too-deep", a_sum_of_600_numbers),
    ("not-utf-8", a_file_in_latin_1),
    ("sources-too-large", files_of_more_than_1_gib),
    ("too-many-errors", a_file_with_500_mistakes),
];

#[test]
fn generated_programs_fail_with_their_code() {
    for (code, check) in GENERATED {
        let info = hir::codes::all().into_iter().find(|info| info.code == code);
        let excerpt = info.map_or(Vec::new(), |info| programs(info.explanation, "text"));
        assert_eq!(excerpt.len(), 1, "{code}: the page has an excerpt");
        check();
    }
}

fn assert_codes(checker: &Checker, wanted: &[&str]) {
    let found: Vec<&str> = checker.diagnostics().iter().map(|d| d.code).collect();
    assert_eq!(found, wanted, "{}", common::render_all(checker));
}

fn a_file_of_more_than_64_mib() {
    let numbers = "1, ".repeat(syntax::parser::MAX_FILE_BYTES / 3 + 1);
    assert_codes(
        &common::check(&format!("const PRIMES: [Int; 9] = [{numbers}]\nfn main() {{}}")),
        &["file-too-large"],
    );
}

fn a_match_of_many_rules() {
    let program = include_str!("../../../tests/ui/match-too-complex/seats_of_a_row.gal");
    assert_codes(&common::check(program), &["match-too-complex"]);
}

fn a_sum_of_600_numbers() {
    let sum: String = (1..=600).map(|n| format!(" + {n}")).collect();
    assert_codes(&common::check(&format!("fn f(a: Int) -> Int {{ a{sum} }}")), &["nesting-too-deep"]);
}

fn a_file_with_500_mistakes() {
    let text: String = (1..=600).map(|n| format!("fn f{n}(x) {{ }}\n")).collect();
    let mut wanted = vec!["missing-type"; 500];
    wanted.push("too-many-errors");
    assert_codes(&common::check(&text), &wanted);
}

fn a_file_in_latin_1() {
    let bytes = b"fn f() -> String { \"caf\xE9\" }\nfn main() { f() }\n";
    let mut map = SourceMap::default();
    let root = map.add("main.gal".to_string(), String::from_utf8_lossy(bytes).into_owned(), false);
    let root = root.expect("the text is small");
    map.set_bad_byte(root, BadByte::find(bytes));
    let mut sources = common::Sources::default();
    let mut checker = Checker::new(map, Interner::default(), common::options(), &mut sources, root);
    checker.check_all_user_bodies();
    assert_eq!(checker.map.describe(checker.diagnostics()[0].span()), "main.gal:1:24");
    assert_codes(&checker, &["not-utf-8"]);
}

/// A module of a GiB beside the library on disk.
struct Vast(common::Sources);

impl ModuleSource for Vast {
    fn load(&mut self, package: Package, path: &[&str]) -> Option<SourceText> {
        if package != Package::User {
            return self.0.load(package, path);
        }
        let text = " ".repeat(SourceMap::MAX_BYTES);
        (path == ["vast"]).then(|| SourceText {
            name: "vast.gal".to_string(),
            text,
            bad_byte: None,
            rival: None,
        })
    }
}

fn files_of_more_than_1_gib() {
    let mut map = SourceMap::default();
    let text = "use vast.primes\nfn main() { println(primes()) }\n";
    let root = map.add("main.gal".to_string(), text.to_string(), false).expect("the text is small");
    let mut sources = Vast(common::Sources::default());
    let mut checker = Checker::new(map, Interner::default(), common::options(), &mut sources, root);
    checker.check_all_user_bodies();
    assert_codes(&checker, &["sources-too-large"]);
    let rendered = common::render_all(&checker);
    assert_eq!(
        rendered,
        "main.gal:1:5 error(sources-too-large): the sources are too large: `vast.gal` was not read"
    );
}

#[test]
fn failing_programs_fail_with_their_code_alone() {
    let mut wrong = Vec::new();
    let behind = |code: &str| hir::codes::BEHIND_THE_CHECKER.iter().any(|c| c.code == code);
    let codes = hir::codes::CODES.iter().chain(syntax::codes::CODES);
    for info in codes.filter(|c| !behind(c.code)) {
        for program in programs(info.explanation, "gal-fail") {
            let checker = common::check(&program);
            let found: BTreeSet<&str> = checker.diagnostics().iter().map(|d| d.code).collect();
            if !found.contains(info.code) || (found.len() > 1 && info.code != "private") {
                wrong.push(format!("{}: found {found:?}\n{}", info.code, common::render_all(&checker)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn mended_programs_are_accepted() {
    let mut wrong = Vec::new();
    let codes = hir::codes::CODES.iter().chain(syntax::codes::CODES);
    for info in codes {
        for program in programs(info.explanation, "gal") {
            let checker = common::check(&program);
            let found = checker.diagnostics();
            if found.iter().any(|d| d.is_error() || d.code == info.code) {
                wrong.push(format!("{}:\n{}", info.code, common::render_all(&checker)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn explanations_are_complete() {
    let mut seen = BTreeSet::new();
    for info in hir::codes::CODES.iter().chain(syntax::codes::CODES) {
        assert!(seen.insert(info.code), "{} is declared twice", info.code);
        assert!(!programs(info.explanation, "gal").is_empty(), "{} has no mended program", info.code);
        let fails = !programs(info.explanation, "gal-fail").is_empty();
        let is_generated = GENERATED.iter().any(|(code, _)| *code == info.code);
        let is_unknown = info.code == UNKNOWN;
        assert!(
            [fails, is_generated, is_unknown].iter().filter(|b| **b).count() == 1,
            "{} has no failing program",
            info.code
        );
        assert!(info.title.ends_with('.'), "{}: {}", info.code, info.title);
    }
}
