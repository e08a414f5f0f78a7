//! `cargo xtask tidy`: rules that rustfmt and clippy do not know, checked on the files that git tracks.
//!
//! * Every Rust file opens with `//!`.
//! * Every path that a document names exists.
//! * Every dependency has its purpose in a comment above it.
//! * Every crate that also runs in a browser forbids files, clocks and threads in a `clippy.toml`.
//! * Crates that also run in a browser sort by `entity::Arrange`.
//! * No marks of unfinished work, no paths of somebody's machine.
//! * A file of more than 600 lines is reported, but is no failure.
//!
//! Files that tools write are left out.

use crate::process::{command, output};
use crate::{PURE_CRATES, Result, root};
use std::fs;
use std::path::Path;

const MAX_LINES: usize = 600;

/// Texts that must not stand in a file; written in two parts, so that this file may have them.
const FORBIDDEN: &[(&str, &str)] = &[
    (concat!("FIX", "ME"), "finish it, or describe the limit"),
    (concat!("XX", "X"), "finish it, or describe the limit"),
    (concat!("todo", "!("), "finish it, or return an honest error"),
    (concat!("unimplemented", "!("), "finish it, or return an honest error"),
    (concat!("#[ig", "nore"), "assert what happens today, and say why"),
    (concat!("<<<<", "<<< "), "a conflict is not resolved"),
    (concat!("/wo", "rk/"), "a path of somebody's machine"),
    (concat!("/ro", "ot/"), "a path of somebody's machine"),
    (concat!("/ho", "me/"), "a path of somebody's machine"),
];

/// Files that tools write: hashes and tables have no marks to be found.
const GENERATED: &[&str] = &["package-lock.json", "tree-sitter-gal/src/parser.c"];

pub fn tidy() -> Result {
    let files = output(command("git", &["ls-files"])).ok_or("`git ls-files` failed")?;
    let mut faults = Vec::new();
    let mut long = Vec::new();
    let mut count = 0;
    for name in files.lines().filter(|name| !is_generated(name)) {
        // Files that are not text, and files that are deleted but still tracked.
        let Ok(text) = fs::read_to_string(root().join(name)) else { continue };
        count += 1;
        check_file(name, &text, &mut faults);
        let lines = text.lines().count();
        if lines > MAX_LINES && is_code(name) {
            long.push(format!("{name}: {lines} lines"));
        }
    }
    faults.extend(pure_crates_without_lint());
    long.iter().for_each(|line| println!("tidy: long file: {line}"));
    faults.iter().for_each(|fault| println!("tidy: {fault}"));
    println!(
        "tidy: {count} files, {} faults, {} files longer than {MAX_LINES} lines",
        faults.len(),
        long.len()
    );
    if faults.is_empty() { Ok(()) } else { Err(format!("{} faults", faults.len())) }
}

fn is_generated(name: &str) -> bool {
    GENERATED.iter().any(|end| Path::new(name).ends_with(end))
}

fn is_code(name: &str) -> bool {
    [".rs", ".gal", ".ts", ".c", ".h"].iter().any(|extension| name.ends_with(extension))
}

fn check_file(name: &str, text: &str, faults: &mut Vec<String>) {
    for (number, line) in text.lines().enumerate() {
        for (word, reason) in FORBIDDEN {
            if line.contains(word) {
                faults.push(format!("{name}:{}: `{word}`: {reason}", number + 1));
            }
        }
    }
    if name.ends_with(".rs") && !opens_with_header(text) {
        faults.push(format!("{name}:1: the file does not open with `//!`: its purpose, limits, entry point"));
    }
    if is_pure(name) {
        faults.extend(own_sorts(name, text));
    }
    if name.ends_with(".md") {
        faults.extend(missing_paths(name, text));
    }
    if name.ends_with("Cargo.toml") {
        faults.extend(unexplained_dependencies(name, text));
    }
}

/// Whether a file is code of a crate that also runs in a browser, but for the sort itself.
fn is_pure(name: &str) -> bool {
    const SORT: &str = "compiler/entity/src/sort.rs";
    let is_in = |krate: &&str| name.starts_with(&format!("compiler/{krate}/src/"));
    name.ends_with(".rs") && name != SORT && PURE_CRATES.iter().any(is_in)
}

/// Calls of the standard library's sorts, each of which is some kilobytes more that readers of the playground wait for.
fn own_sorts(name: &str, text: &str) -> Vec<String> {
    let is_sort = |line: &str| line.contains(".sort(") || line.contains(".sort_");
    let found = text.lines().enumerate().filter(|(_, line)| is_sort(line));
    found.map(|(number, _)| format!("{name}:{}: `sort`: use `entity::Arrange`", number + 1)).collect()
}

fn opens_with_header(text: &str) -> bool {
    // Inner attributes may stand before it.
    text.lines()
        .find(|line| !line.trim().is_empty() && !line.starts_with("#!["))
        .is_some_and(|l| l.starts_with("//!"))
}

/// Paths in links and in backticks of a document. Links are relative to it, the others to the root.
fn missing_paths(name: &str, text: &str) -> Vec<String> {
    let folder = root().join(name).parent().map(Path::to_path_buf).unwrap_or_default();
    let mut faults = Vec::new();
    let mut in_block = false;
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        }
        if in_block {
            continue;
        }
        let links = links(line).filter(|link| !folder.join(link).exists());
        let named = quoted(line).filter(|path| is_path(path) && !root().join(path).exists());
        let missing = links.chain(named);
        faults.extend(missing.map(|path| format!("{name}:{}: `{path}` does not exist", number + 1)));
    }
    faults
}

/// The targets of links to files.
fn links(line: &str) -> impl Iterator<Item = &str> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let files = targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:"));
    files.map(|target| target.split('#').next().unwrap_or_default()).filter(|target| !target.is_empty())
}

/// What stands between backticks.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// Whether a text names a file or folder of this repository: it begins with a folder at the root and has no
/// wildcards or placeholders.
fn is_path(text: &str) -> bool {
    let Some((first, _)) = text.split_once('/') else { return false };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    let generated = ["build", "target"];
    text.chars().all(is_plain)
        && !generated.contains(&first)
        && !first.is_empty()
        && root().join(first).is_dir()
}

/// Dependencies on other people's crates without a comment in the line above. Those that refer to the workspace are
/// explained there; several in a row may share a comment.
fn unexplained_dependencies(name: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut in_dependencies = false;
    let mut is_explained = false;
    for (number, line) in text.lines().enumerate() {
        if line.starts_with('[') {
            in_dependencies = line.trim_end_matches(']').ends_with("dependencies");
            is_explained = false;
        } else if line.starts_with('#') {
            is_explained = true;
        } else if line.trim().is_empty() {
            is_explained = false;
        } else if in_dependencies
            && !is_explained
            && !line.contains("workspace = true")
            && !line.contains("path = ")
        {
            faults.push(format!(
                "{name}:{}: a dependency without its purpose in a comment above it",
                number + 1
            ));
        }
    }
    faults
}

fn pure_crates_without_lint() -> impl Iterator<Item = String> {
    let missing =
        PURE_CRATES.iter().filter(|name| !root().join("compiler").join(name).join("clippy.toml").exists());
    missing.map(|name| {
        format!("compiler/{name}: there is no clippy.toml that forbids files, clocks and threads")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_may_stand_behind_attributes() {
        assert!(opens_with_header("#![allow(dead_code)]\n\n//! Purpose.\n"));
        assert!(!opens_with_header("use std::fs;\n"));
    }

    #[test]
    fn generated_files_are_known_by_the_end_of_their_path() {
        assert!(is_generated("runtime-wasm/package-lock.json") && is_generated("package-lock.json"));
        assert!(!is_generated("runtime-wasm/package.json") && !is_generated("old-package-lock.json"));
    }

    #[test]
    fn sorts_of_crates_for_browsers_are_found() {
        assert!(is_pure("compiler/hir/src/solve.rs") && !is_pure("compiler/hir/tests/codes.rs"));
        assert!(!is_pure("compiler/entity/src/sort.rs") && !is_pure("compiler/galc/src/main.rs"));
        let text = "names.sort_unstable();\nnames.arrange();\nself.sorted(names)\nnames.sort()\n";
        assert_eq!(own_sorts("a.rs", text).len(), 2);
    }

    #[test]
    fn missing_paths_are_found() {
        let text = "`xtask/src/main.rs` [x](../README.md#top) `xtask/nowhere.rs` [y](gone.md)\n```\n`xtask/gone`\n```\n`a/b`";
        let found = missing_paths("docs/page.md", text);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("gone.md") && found[1].contains("xtask/nowhere.rs"));
    }

    #[test]
    fn dependencies_are_explained() {
        let text =
            "[package]\nname = \"x\"\n[dependencies]\na.workspace = true\n# Why.\nb = \"1\"\n\nc = \"2\"\n";
        assert_eq!(unexplained_dependencies("Cargo.toml", text).len(), 1);
    }
}
