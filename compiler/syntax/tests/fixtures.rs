//! Runs the fixture files: sources with the trees and diagnostics they give.
//!
//! A case with a section `ast` shows its tree, any other its diagnostics only. `BLESS=1` writes what is found
//! into the files, to be read before it is committed.
#![allow(clippy::disallowed_methods, reason = "tests read their fixtures")]

mod common;

use common::{Case, cases, parse};
use std::path::{Path, PathBuf};
use syntax::Bodies;

fn fixture_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder of fixtures")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .collect();
    files.sort();
    files
}

/// The sections that a case gives now.
fn run(case: &Case) -> Vec<(String, String)> {
    let parsed = parse(&case.source, Bodies::Parse);
    let mut sections = Vec::new();
    if case.sections.iter().any(|s| s.0 == "ast") {
        sections.push(("ast".to_string(), parsed.dump().trim_end().to_string()));
    }
    let diags = parsed.describe();
    if !diags.is_empty() {
        sections.push(("diagnostics".to_string(), diags.trim_end().to_string()));
    }
    sections
}

fn written(case: &Case, sections: &[(String, String)]) -> String {
    let mut out = format!("=== {}\n{}", case.title, case.source);
    for (name, text) in sections {
        out += &format!("--- {name}\n{text}\n\n");
    }
    out
}

#[test]
fn fixtures_give_what_they_show() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut failed = Vec::new();
    for path in fixture_files() {
        let text = std::fs::read_to_string(&path).expect("a readable fixture");
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let mut out = String::new();
        for case in cases(&text) {
            let found = run(&case);
            if found != case.sections {
                failed.push(format!("{name}: {}\n{}", case.title, written(&case, &found)));
            }
            out += &written(&case, &found);
        }
        if bless && out != text {
            std::fs::write(&path, out).expect("a writable fixture");
        }
    }
    assert!(bless || failed.is_empty(), "{} cases differ:\n\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn certain_fixes_mend_the_program() {
    for path in fixture_files() {
        let text = std::fs::read_to_string(&path).expect("a readable fixture");
        for case in cases(&text) {
            let parsed = parse(&case.source, Bodies::Parse);
            if let Some(mended) = parsed.mended().filter(|_| !parsed.diags.is_empty()) {
                let again = parse(&mended, Bodies::Parse).describe();
                assert!(again.is_empty(), "{}: after its fixes\n{mended}\n{again}", case.title);
            }
        }
    }
}

/// What has them is larger than a page, or no text: it is generated, in `limits.rs`.
const GENERATED: [&str; 4] = ["file-too-large", "nesting-too-deep", "not-utf-8", "too-many-errors"];
/// No program is known to have it.
const UNKNOWN: &str = "format-failed";

#[test]
fn every_code_is_shown_by_a_fixture() {
    let mut shown = String::new();
    for path in fixture_files() {
        shown += &std::fs::read_to_string(&path).expect("a readable fixture");
    }
    for info in syntax::codes::CODES {
        let found = shown.contains(&format!("({}):", info.code));
        let is_shown = found || GENERATED.contains(&info.code) || info.code == UNKNOWN;
        assert!(is_shown, "no fixture shows {}", info.code);
    }
}

/// The programs in a fence of the explanation.
fn fenced(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    text.split(&fence).skip(1).filter_map(|rest| Some(rest.split("```").next()?.to_string())).collect()
}

#[test]
fn explanations_show_a_failing_and_a_mended_program() {
    let mut codes: Vec<&str> = Vec::new();
    for info in syntax::codes::CODES {
        codes.push(info.code);
        assert!(info.title.ends_with('.'), "{}: a title is a sentence", info.code);
        let (failing, mended) = (fenced(info.explanation, "gal-fail"), fenced(info.explanation, "gal"));
        assert!(mended.len() == 1, "{}: one mended program", info.code);
        let found = parse(&mended[0], Bodies::Parse).describe();
        assert!(found.is_empty(), "{}: the mended program has\n{found}", info.code);
        if GENERATED.contains(&info.code) || info.code == UNKNOWN {
            assert!(failing.is_empty(), "{}: a page has no room for what fails", info.code);
            continue;
        }
        assert!(failing.len() == 1, "{}: one failing program", info.code);
        let parsed = parse(&failing[0], Bodies::Parse);
        let found: Vec<&str> = parsed.diags.iter().map(|d| d.code).collect();
        assert!(found == [info.code], "{}: shows {found:?}", info.code);
    }
    assert!(codes.is_sorted(), "the table is in the order of the codes");
}
