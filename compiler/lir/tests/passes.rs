//! Golden tests of the passes: each `tests/lir/<pass>/*.lir` holds a module and what the pass makes of it.

#![allow(clippy::disallowed_methods, reason = "tests read files")]

use lir::passes::{PASSES, PassOptions, TARGET_PASSES, find_pass};
use lir::{parse_module, print_module, verify};
use std::path::{Path, PathBuf};

const DIVIDER: &str = ";; ----\n";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/lir")
}

fn files_of(pass: &str) -> Vec<PathBuf> {
    let folder = folder().join(pass);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

/// The text that the file should have.
fn expected_text(pass: &str, text: &str) -> Result<String, String> {
    let input = text.split(DIVIDER).next().unwrap_or_default();
    let mut module = parse_module(input).map_err(|e| e.to_string())?;
    verify(&module).map_err(|errors| errors[0].to_string())?;
    (find_pass(pass).ok_or("there is no such pass")?.run)(&mut module, &PassOptions::default());
    let output = print_module(&module);
    if let Err(errors) = verify(&module) {
        return Err(format!("the pass breaks the module: {}\n{output}", errors[0]));
    }
    Ok(format!("{}\n\n{DIVIDER}{output}", input.trim_end()))
}

#[test]
fn passes_give_what_is_written() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut failures = Vec::new();
    for pass in PASSES.iter().chain(TARGET_PASSES) {
        let files = files_of(pass.name);
        assert!(!files.is_empty(), "{} has no tests", pass.name);
        for file in files {
            let text = std::fs::read_to_string(&file).expect("a text");
            match expected_text(pass.name, &text) {
                Err(message) => failures.push(format!("{}: {message}", file.display())),
                Ok(new) if new == text => {}
                Ok(new) if bless => std::fs::write(&file, new).expect("writing"),
                Ok(new) => failures.push(format!("{} differs:\n{new}", file.display())),
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_folder_is_a_pass() {
    for entry in std::fs::read_dir(folder()).expect("tests/lir is there") {
        let entry = entry.expect("an entry");
        if entry.file_type().expect("a type").is_dir() {
            let name = entry.file_name().to_string_lossy().into_owned();
            assert!(find_pass(&name).is_some() || name == "verify", "{name} is no pass");
        }
    }
}
