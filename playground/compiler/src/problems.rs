//! Diagnostics as the page shows them: places as plain numbers, and the text of the command line.

use driver::Checked;
use playground_model::protocol::{Edit, Fix, Place, Problem, Problems};
use report::{Counts, Style};
use syntax::{Diagnostic, SourceMap, Span};

pub fn problems(checked: &Checked) -> Problems {
    let list =
        checked.diagnostics.iter().map(|diagnostic| problem(diagnostic, &checked.source_map)).collect();
    Problems { list, summary: Counts::of(&checked.diagnostics).summary().unwrap_or_default() }
}

fn problem(diagnostic: &Diagnostic, sources: &SourceMap) -> Problem {
    let primary = diagnostic.labels.first();
    Problem {
        is_error: diagnostic.is_error(),
        code: diagnostic.code.to_string(),
        message: diagnostic.message.clone(),
        label: primary.map_or_else(String::new, |label| label.text.clone()),
        place: primary.and_then(|label| place(label.span, sources)),
        notes: diagnostic.notes.clone(),
        fixes: diagnostic.fixes.iter().filter_map(|it| fix(it, sources)).collect(),
        rendered: report::human(diagnostic, sources, Style::Plain),
    }
}

pub fn place(span: Span, sources: &SourceMap) -> Option<Place> {
    if span.is_dummy() {
        return None;
    }
    let (file, range) = sources.locate(span)?;
    let (_, start) = sources.line_col(span.lo)?;
    let file = sources.file(file);
    Some(Place {
        file: file.name.clone(),
        library: file.is_library,
        from: range.start,
        to: range.end,
        line: start.line,
        column: start.column,
    })
}

/// `None` if a part of it is nowhere: then it cannot be made.
fn fix(fix: &syntax::diag::Fix, sources: &SourceMap) -> Option<Fix> {
    let edit =
        |(span, text): &(Span, String)| Some(Edit { place: place(*span, sources)?, text: text.clone() });
    let edits: Option<Vec<Edit>> = fix.edits.iter().map(edit).collect();
    Some(Fix { title: fix.title.clone(), edits: edits? })
}
