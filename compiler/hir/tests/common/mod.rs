//! Shared by the tests: checks a program against the library on disk, or against modules given as text.

#![allow(dead_code, reason = "each test uses a part")]
#![allow(clippy::disallowed_methods, reason = "tests read the library from disk")]

use hir::{CheckOptions, Checker, ModuleSource, Package, SourceText};
use std::path::{Path, PathBuf};
use syntax::{Diagnostic, Interner, SourceMap};

/// The library below `library/`, and the user's modules as text.
#[derive(Default)]
pub struct Sources {
    /// `a/b` for module `a.b`, with its text.
    pub modules: Vec<(String, String)>,
    /// Instead of the library on disk: `core/mod`, `core/option`, … with their texts.
    pub library: Option<Vec<(String, String)>>,
}

pub fn library_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../library")
}

impl ModuleSource for Sources {
    fn load(&mut self, package: Package, path: &[&str]) -> Option<SourceText> {
        let path = path.join("/");
        let find = |all: &[(String, String)], key: &str| {
            let text = all.iter().find(|m| m.0 == key)?.1.clone();
            Some(SourceText { name: format!("{key}.gal"), text, bad_byte: None, rival: None })
        };
        if package == Package::User {
            return find(&self.modules, &path);
        }
        let below = |name: &str| match path.is_empty() {
            true => format!("{name}/mod"),
            false => format!("{name}/{path}"),
        };
        if let Some(library) = &self.library {
            return find(library, &below(package.name()));
        }
        let folder = match package {
            Package::Sys => "sys/wasi".to_string(),
            _ => package.name().to_string(),
        };
        let path = below(&folder);
        [format!("{path}.gal"), format!("{path}/mod.gal")].into_iter().find_map(|file| {
            let text = std::fs::read_to_string(library_root().join(&file)).ok()?;
            Some(SourceText { name: format!("library/{file}"), text, bad_byte: None, rival: None })
        })
    }
}

pub fn options() -> CheckOptions {
    CheckOptions { targets: vec!["wasi".to_string(), "wasm32".to_string()], ..CheckOptions::default() }
}

/// A program against some sources; bodies are not checked yet.
pub fn load(text: &str, mut sources: Sources, options: CheckOptions) -> Checker {
    let mut map = SourceMap::default();
    let root = map.add("main.gal".to_string(), text.to_string(), false).expect("small");
    Checker::new(map, Interner::default(), options, &mut sources, root)
}

/// The user's bodies checked against the library on disk.
pub fn check(text: &str) -> Checker {
    let mut checker = load(text, Sources::default(), options());
    checker.check_all_user_bodies();
    checker
}

/// `main.gal:3:5 error(code): message` and what belongs to it.
pub fn render(checker: &Checker, diag: &Diagnostic) -> String {
    let level = if diag.is_error() { "error" } else { "warning" };
    let mut out = format!("{} {level}({}): {}", checker.map.describe(diag.span()), diag.code, diag.message);
    for label in diag.labels.iter().skip(1) {
        out.push_str(&format!("\n    {}: {}", checker.map.describe(label.span), label.text));
    }
    for note in &diag.notes {
        out.push_str(&format!("\n    note: {note}"));
    }
    for fix in &diag.fixes {
        let edits: Vec<String> =
            fix.edits.iter().map(|e| format!("{:?} -> {:?}", checker.map.text(e.0), e.1)).collect();
        out.push_str(&format!("\n    fix: {}: {}", fix.title, edits.join(", ")));
    }
    out
}

pub fn render_all(checker: &Checker) -> String {
    let all: Vec<String> = checker.diagnostics().iter().map(|d| render(checker, d)).collect();
    all.join("\n")
}
