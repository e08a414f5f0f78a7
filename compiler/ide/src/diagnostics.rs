//! The compiler's diagnostics as data of single files.

use crate::analysis::{Analysis, location};
use crate::completion::imports::{importable, use_edit};
use crate::describe::Cx;
use crate::results::*;
use crate::tree::Tree;
use syntax::diag::Applicability;
use syntax::{SourceMap, Span};

/// The findings of each file of the user's, in the order in which the files were read.
pub fn diagnostics(map: &SourceMap, found: &[syntax::Diagnostic]) -> Vec<FileDiagnostics> {
    let files = map.files().filter(|(_, file)| !file.is_library);
    let mut all: Vec<FileDiagnostics> =
        files.map(|(_, file)| FileDiagnostics { path: file.name.clone(), diagnostics: Vec::new() }).collect();
    for found in found {
        // What has no place, as a limit on all sources, is said at the head of the root file.
        let place = location(map, found.span()).filter(|at| all.iter().any(|file| file.path == at.path));
        let (path, range) = match place {
            Some(at) => (at.path, at.range),
            None => (all.first().map(|file| file.path.clone()).unwrap_or_default(), TextRange::default()),
        };
        if let Some(file) = all.iter_mut().find(|file| file.path == path) {
            file.diagnostics.push(convert(map, found, range));
        }
    }
    all
}

fn convert(map: &SourceMap, found: &syntax::Diagnostic, range: TextRange) -> Diagnostic {
    let related = found.labels.iter().skip(1).filter_map(|label| {
        Some(Related { location: location(map, label.span)?, message: label.text.clone() })
    });
    let fixes = found.fixes.iter().map(|fix| Fix {
        title: fix.title.clone(),
        is_certain: fix.applicability == Applicability::Certain,
        change: change(map, &fix.edits),
    });
    Diagnostic {
        code: found.code.to_string(),
        severity: if found.is_error() { Severity::Error } else { Severity::Warning },
        message: found.message.clone(),
        range,
        label: found.labels.first().map(|label| label.text.clone()).unwrap_or_default(),
        related: related.collect(),
        notes: found.notes.clone(),
        // A fix that reaches into the library cannot be applied.
        fixes: fixes
            .filter(|fix| !fix.change.files.iter().any(|f| crate::files::is_library(&f.path)))
            .collect(),
        is_unnecessary: found.code.starts_with("unused") || found.code.starts_with("unreachable"),
    }
}

fn change(map: &SourceMap, edits: &[(Span, String)]) -> SourceChange {
    let mut files: Vec<FileEdits> = Vec::new();
    for (span, text) in edits {
        let Some(Location { path, range }) = location(map, *span) else { continue };
        let edit = TextEdit { range, text: text.clone() };
        match files.iter_mut().find(|file| file.path == path) {
            Some(file) => file.edits.push(edit),
            None => files.push(FileEdits { path, edits: vec![edit] }),
        }
    }
    SourceChange { files }
}

/// The findings in a file that touch a range.
pub fn touched(analysis: &Analysis, path: &str, range: TextRange) -> Vec<Diagnostic> {
    let all = diagnostics(&analysis.checker.map, &analysis.diagnostics)
        .into_iter()
        .filter(|file| file.path == path);
    let touched = all.flat_map(|file| file.diagnostics);
    touched.filter(|d| d.range.start <= range.end && range.start <= d.range.end).collect()
}

/// The fixes of findings.
pub fn actions(found: &[Diagnostic]) -> Vec<Action> {
    let all = found.iter().flat_map(|d| d.fixes.iter().map(move |fix| (d, fix)));
    all.map(|(d, fix)| Action {
        title: sentence(&fix.title),
        code: d.code.clone(),
        range: d.range,
        is_preferred: fix.is_certain || d.fixes.len() == 1,
        change: fix.change.clone(),
    })
    .collect()
}

/// A `use` for each unknown name that another module exports.
pub fn imports(cx: &mut Cx<'_>, tree: &Tree, path: &str, found: &[Diagnostic]) -> Vec<Action> {
    let unknown = found.iter().filter(|d| {
        matches!(d.code.as_str(), "unknown-name" | "unknown-type" | "unknown-trait" | "unknown-variant")
    });
    let mut actions = Vec::new();
    for d in unknown {
        for name in importable(cx, path, tree.slice(d.range)) {
            let edits = vec![use_edit(tree, &name)];
            actions.push(Action {
                title: format!("Add `use {name}`"),
                code: d.code.clone(),
                range: d.range,
                is_preferred: false,
                change: SourceChange { files: vec![FileEdits { path: path.to_string(), edits }] },
            });
        }
    }
    actions
}

/// Titles begin with a capital in the menus of editors.
fn sentence(title: &str) -> String {
    let mut chars = title.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
