//! The compiler's diagnostics as data of single files.

use crate::analysis::Analysis;
use crate::results::*;
use syntax::Span;
use syntax::diag::Applicability;

/// The findings of each file of the user's, in the order in which the files were read.
pub fn diagnostics(analysis: &Analysis) -> Vec<FileDiagnostics> {
    let map = &analysis.checker.map;
    let files = map.files().filter(|(_, file)| !file.is_library);
    let mut all: Vec<FileDiagnostics> =
        files.map(|(_, file)| FileDiagnostics { path: file.name.clone(), diagnostics: Vec::new() }).collect();
    for found in &analysis.diagnostics {
        // What has no place, as a limit on all sources, is said at the head of the root file.
        let location =
            analysis.location(found.span()).filter(|at| all.iter().any(|file| file.path == at.path));
        let (path, range) = match location {
            Some(at) => (at.path, at.range),
            None => (all.first().map(|file| file.path.clone()).unwrap_or_default(), TextRange::default()),
        };
        if let Some(file) = all.iter_mut().find(|file| file.path == path) {
            file.diagnostics.push(convert(analysis, found, range));
        }
    }
    all
}

fn convert(analysis: &Analysis, found: &syntax::Diagnostic, range: TextRange) -> Diagnostic {
    let related = found.labels.iter().skip(1).filter_map(|label| {
        Some(Related { location: analysis.location(label.span)?, message: label.text.clone() })
    });
    let fixes = found.fixes.iter().map(|fix| Fix {
        title: fix.title.clone(),
        is_certain: fix.applicability == Applicability::Certain,
        change: change(analysis, &fix.edits),
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

fn change(analysis: &Analysis, edits: &[(Span, String)]) -> SourceChange {
    let mut files: Vec<FileEdits> = Vec::new();
    for (span, text) in edits {
        let Some(Location { path, range }) = analysis.location(*span) else { continue };
        let edit = TextEdit { range, text: text.clone() };
        match files.iter_mut().find(|file| file.path == path) {
            Some(file) => file.edits.push(edit),
            None => files.push(FileEdits { path, edits: vec![edit] }),
        }
    }
    SourceChange { files }
}

/// The fixes of what touches a range.
pub fn actions(files: &[FileDiagnostics], path: &str, range: TextRange) -> Vec<Action> {
    let file = files.iter().find(|file| file.path == path);
    let touched = file.into_iter().flat_map(|file| &file.diagnostics);
    let touched = touched.filter(|d| d.range.start <= range.end && range.start <= d.range.end);
    touched
        .flat_map(|d| d.fixes.iter().map(move |fix| (d, fix)))
        .map(|(d, fix)| Action {
            title: sentence(&fix.title),
            code: d.code.clone(),
            range: d.range,
            is_preferred: fix.is_certain || d.fixes.len() == 1,
            change: fix.change.clone(),
        })
        .collect()
}

/// Titles begin with a capital in the menus of editors.
fn sentence(title: &str) -> String {
    let mut chars = title.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
