//! What the tests of this crate share: parsing a text, diagnostics as text, the cases of a fixture file.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(clippy::disallowed_methods, reason = "tests read the programs of the project")]

use std::path::{Path, PathBuf};
use syntax::ast::{File, FnBody};
use syntax::diag::Applicability;
use syntax::{Bodies, Diagnostic, FileId, Interner, SourceMap, Span, parse_file};

/// A parsed text with everything needed to look into it.
pub struct Parsed {
    pub map: SourceMap,
    pub id: FileId,
    pub interner: Interner,
    pub file: File,
    pub diags: Vec<Diagnostic>,
}

pub fn parse(text: &str, bodies: Bodies) -> Parsed {
    let mut map = SourceMap::default();
    let mut interner = Interner::default();
    let id = map.add("test.gal".into(), text.into(), false).expect("the text is small");
    let (file, diags) = parse_file(&map, id, &mut interner, bodies);
    Parsed { map, id, interner, file, diags }
}

impl Parsed {
    pub fn dump(&self) -> String {
        syntax::pretty::dump_file(&self.file, &self.interner)
    }

    fn place(&self, span: Span) -> String {
        let at = |pos| match self.map.line_col(pos) {
            Some((_, lc)) => format!("{}:{}", lc.line, lc.column),
            None => "?".to_string(),
        };
        if span.lo == span.hi { at(span.lo) } else { format!("{}-{}", at(span.lo), at(span.hi)) }
    }

    /// One paragraph for each diagnostic.
    pub fn describe(&self) -> String {
        let mut out = String::new();
        for diag in &self.diags {
            let level = if diag.is_error() { "error" } else { "warning" };
            out += &format!("{} {level}({}): {}\n", self.place(diag.span()), diag.code, diag.message);
            for (idx, label) in diag.labels.iter().enumerate() {
                if idx > 0 {
                    out += &format!("    {}: {}\n", self.place(label.span), label.text);
                } else if !label.text.is_empty() {
                    out += &format!("    here: {}\n", label.text);
                }
            }
            for note in &diag.notes {
                out += &format!("    note: {note}\n");
            }
            for fix in &diag.fixes {
                let sure = if fix.applicability == Applicability::Certain { "fix" } else { "maybe" };
                out += &format!("    {sure}: {}", fix.title);
                for (span, text) in &fix.edits {
                    out += &format!(" [{} {text:?}]", self.place(*span));
                }
                out.push('\n');
            }
        }
        out
    }

    /// The text with all fixes applied that are certain; `None` if a diagnostic has none.
    pub fn mended(&self) -> Option<String> {
        let source = self.map.file(self.id);
        let mut edits: Vec<&(Span, String)> = Vec::new();
        for diag in &self.diags {
            let fix = diag.fixes.iter().find(|f| f.applicability == Applicability::Certain)?;
            edits.extend(&fix.edits);
        }
        edits.sort_by_key(|e| e.0);
        let mut out = source.text.clone();
        for (span, text) in edits.into_iter().rev() {
            out.replace_range((span.lo - source.start) as usize..(span.hi - source.start) as usize, text);
        }
        Some(out)
    }
}

/// One case of a fixture file: `=== title`, the source, `--- section` with what is expected.
pub struct Case {
    pub title: String,
    pub source: String,
    pub sections: Vec<(String, String)>,
}

pub fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("=== ") {
            cases.push(Case { title: title.into(), source: String::new(), sections: Vec::new() });
        } else if let (Some(section), Some(case)) = (line.strip_prefix("--- "), cases.last_mut()) {
            case.sections.push((section.into(), String::new()));
        } else if let Some(case) = cases.last_mut() {
            let target = case.sections.last_mut().map_or(&mut case.source, |s| &mut s.1);
            target.push_str(line);
            target.push('\n');
        }
    }
    for case in &mut cases {
        for (_, text) in &mut case.sections {
            *text = text.trim_end().to_string();
        }
    }
    cases
}

/// How many bodies of a file were left for later.
pub fn deferred(file: &File) -> usize {
    format!("{file:?}").matches("Deferred(").count()
}

pub fn is_deferred(body: &FnBody) -> bool {
    matches!(body, FnBody::Deferred(_))
}

/// The `.gal` files of the library, of the tests that run, and of the examples, without what npm has installed there.
pub fn programs() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders: Vec<PathBuf> =
        ["library", "tests/run", "examples"].iter().map(|f| root.join(f)).collect();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            if path.ends_with("node_modules") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "gal") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
