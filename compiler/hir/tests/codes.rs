//! Every code has an explanation whose programs do what it says.

mod common;

use std::collections::BTreeSet;

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

/// These take more than a page has room for, or several files.
const NOT_SHOWN: [&str; 4] = ["file-too-large", "format-failed", "nesting-too-deep", "too-many-errors"];

#[test]
fn failing_programs_fail_with_their_code_alone() {
    let mut wrong = Vec::new();
    let behind = |code: &str| hir::codes::BEHIND_THE_CHECKER.iter().any(|c| c.code == code);
    let codes = hir::codes::CODES.iter().chain(syntax::codes::CODES);
    for info in codes.filter(|c| !behind(c.code) && !NOT_SHOWN.contains(&c.code)) {
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
    for info in codes.filter(|c| !NOT_SHOWN.contains(&c.code)) {
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
        assert!(info.title.ends_with('.'), "{}: {}", info.code, info.title);
    }
}
