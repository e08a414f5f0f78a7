//! Diagnostics are the same with and without what is noted for editors.
//!
//! `GAL_TEST_SIZE=full` compares all programs of the corpus; without it, one of some.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "tests run on the host, and read the corpus from the disk"
)]

use driver::{Options, Session, SourceLoader};
use std::path::{Path, PathBuf};

/// Of the quick tier: every so many programs.
const STRIDE: usize = 5;

struct Disk;

impl SourceLoader for Disk {
    fn load(&mut self, path: &str) -> Option<String> {
        std::fs::read_to_string(path).ok()
    }

    fn exists(&mut self, path: &str) -> bool {
        Path::new(path).is_file()
    }

    fn list(&mut self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }
}

fn programs(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        match path.is_dir() {
            true => programs(&path, found),
            false if path.extension().is_some_and(|extension| extension == "gal") => found.push(path),
            false => {}
        }
    }
}

#[test]
fn recording_changes_no_diagnostics() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut all = Vec::new();
    for folder in ["tests/ui", "tests/run", "examples"] {
        programs(&root.join(folder), &mut all);
    }
    assert!(all.len() > 200, "the corpus is there");
    let is_full = std::env::var("GAL_TEST_SIZE").is_ok_and(|size| size == "full");
    let mut n_findings = 0;
    for path in all.into_iter().step_by(if is_full { 1 } else { STRIDE }) {
        let entry = path.to_string_lossy().into_owned();
        let options = || Options { target: &driver::WASM32_WEB, ..Options::default() };
        let mut loader = Disk;
        let plain = driver::check(&mut Session::new(&mut loader, options()), &entry);
        let mut loader = Disk;
        let mut session = Session::new(&mut loader, options());
        let noted = driver::analyse(&mut session, &entry, Default::default(), &driver::Analysed::All);
        match (plain, noted) {
            (Ok(plain), Ok(noted)) => {
                n_findings += plain.diagnostics.len();
                assert_eq!(noted.diagnostics(), plain.diagnostics, "{entry}");
            }
            (Err(plain), Err(noted)) => assert_eq!(plain, noted, "{entry}"),
            _ => panic!("{entry}: only one of them ends in an error"),
        }
    }
    assert!(n_findings > 20, "the corpus has mistakes");
}
