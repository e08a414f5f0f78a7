//! Any text and any offset: programs of the corpus cut off and damaged at seeded places, every request at seeded
//! offsets. Nothing may panic, and every range that comes back lies in its text.
//!
//! `GAL_TEST_SIZE=full` takes every file; without it, one of some.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "tests run on the host, and read the corpus from the disk"
)]

mod support;

use damage::{Rng, mutate};
use driver::Options;
use ide::{NoFiles, TextRange, Workspace};
use std::path::{Path, PathBuf};

/// Of the quick tier: every so many files, and damaged texts of each.
const STRIDE: usize = 41;
const TEXTS: usize = 3;

fn corpus() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
    let (mut found, mut folders) = (Vec::new(), vec![root.join("run"), root.join("ui")]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the corpus is there").flatten() {
            let path = entry.path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|extension| extension == "gal") => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    found
}

#[test]
fn no_text_and_no_offset_makes_a_request_panic() {
    let is_full = std::env::var("GAL_TEST_SIZE").is_ok_and(|size| size == "full");
    let stride = if is_full { 1 } else { STRIDE };
    let files = corpus();
    assert!(files.len() > 200, "the corpus is there");
    let mut asked = 0;
    for (seed, path) in files.iter().enumerate().step_by(stride) {
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        let mut rng = Rng::new(seed as u64);
        for n in 0..TEXTS {
            let damaged = match n {
                0 => text.clone(),
                1 => cut(&text, &mut rng),
                _ => mutate(&text, &mut rng),
            };
            eprintln!("{} seed {seed} text {n}", path.display());
            asked += ask_everything(&damaged, &mut rng);
        }
    }
    assert!(asked > 100, "something was asked");
}

fn cut(text: &str, rng: &mut Rng) -> String {
    let at = ide::floor(text, rng.below(text.len() + 1) as u32);
    text[..at as usize].to_string()
}

fn check_range(text: &str, range: TextRange) {
    assert!(range.start <= range.end && range.end as usize <= text.len(), "{range:?} of {}", text.len());
    assert!(text.is_char_boundary(range.start as usize) && text.is_char_boundary(range.end as usize));
}

/// Asks every request of a text; gives how many there were.
fn ask_everything(text: &str, rng: &mut Rng) -> usize {
    const PATH: &str = "main.gal";
    let mut workspace = Workspace::new(Box::new(NoFiles), Options::default());
    workspace.set_text(PATH, text.to_string());
    let files = workspace.diagnostics(PATH).expect("there is an answer");
    for found in files.iter().flat_map(|file| &file.diagnostics) {
        check_range(text, found.range);
    }
    for token in workspace.semantic_tokens(PATH, PATH).expect("there is an answer") {
        check_range(text, token.range);
    }
    for fold in workspace.folds(PATH).expect("there is an answer") {
        check_range(text, fold.range);
    }
    for edit in workspace.format(PATH).expect("there is an answer") {
        check_range(text, edit.range);
    }
    workspace.symbols(PATH).expect("there is an answer");
    let hints = workspace.inlay_hints(PATH, PATH, TextRange::new(0, u32::MAX)).expect("there is an answer");
    hints.iter().for_each(|hint| check_range(text, TextRange::empty(hint.offset)));
    let mut asked = 6;
    for i in 0..6 {
        // The last ones are out of range.
        let offset = if i == 5 { u32::MAX - rng.below(9) as u32 } else { rng.below(text.len() + 2) as u32 };
        asked += ask_at(&mut workspace, PATH, text, offset);
    }
    asked
}

fn ask_at(workspace: &mut Workspace, path: &str, text: &str, offset: u32) -> usize {
    let hover = workspace.hover(path, path, offset).expect("there is an answer");
    hover.iter().for_each(|hover| check_range(text, hover.range));
    let list = workspace.completion(path, path, offset).expect("there is an answer");
    check_range(text, list.replace);
    for edit in list.items.iter().flat_map(|item| &item.more) {
        check_range(text, edit.range);
    }
    workspace.signature_help(path, path, offset).expect("there is an answer");
    for location in workspace.definition(path, path, offset).expect("there is an answer") {
        let text = workspace.text(&location.path).expect("the file is known");
        check_range(&text, location.range);
    }
    workspace.type_definition(path, path, offset).expect("there is an answer");
    workspace.implementations(path, path, offset).expect("there is an answer");
    for reference in workspace.references(path, path, offset).expect("there is an answer") {
        check_range(text, reference.location.range);
    }
    let actions = workspace.actions(path, path, TextRange::empty(offset)).expect("there is an answer");
    actions.iter().for_each(|action| check_range(text, action.range));
    if let Ok(target) = workspace.prepare_rename(path, path, offset) {
        check_range(text, target.range);
        let new = if target.name.starts_with(char::is_uppercase) { "Renamed" } else { "renamed" };
        match workspace.rename(path, path, offset, new) {
            Ok(change) => {
                change.files.iter().flat_map(|file| &file.edits).for_each(|e| check_range(text, e.range))
            }
            Err(ide::Error::Refused(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
    9
}
