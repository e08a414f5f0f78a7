//! Every program of the project that is meant to work parses without a finding.
#![allow(clippy::disallowed_methods, reason = "tests read the programs of the project")]

mod common;

use common::{parse, programs};
use syntax::Bodies;

#[test]
fn programs_of_the_project_parse() {
    let mut found = String::new();
    for path in programs() {
        let text = std::fs::read_to_string(&path).expect("a readable program");
        let parsed = parse(&text, Bodies::Parse);
        if !parsed.diags.is_empty() {
            found += &format!("{}\n{}\n", path.display(), parsed.describe());
        }
    }
    assert!(found.is_empty(), "{found}");
}
