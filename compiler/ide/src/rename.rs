//! Renaming. The changed program is checked once more: where a name would then mean something else, or mistakes come up
//! that were not there, nothing is changed.

use crate::analysis::Analysis;
use crate::describe::Cx;
use crate::navigate;
use crate::results::{FileEdits, RenameTarget, SourceChange, TextEdit, TextRange};
use crate::workspace::Error;
use entity::Arrange;
use hir::record::Target;
use syntax::Span;
use syntax::token::T;

fn refused<R>(text: impl Into<String>) -> Result<R, Error> {
    Err(Error::Refused(text.into()))
}

/// What a renaming changes, and where the new name stands then: file and offset.
pub struct Change {
    pub source: SourceChange,
    pub places: Vec<(String, u32)>,
}

/// A name that is to be changed, and everything that mentions it.
pub struct Renaming {
    pub span: Span,
    pub old: String,
    targets: Vec<Target>,
    /// Of the user's files.
    pub places: Vec<Span>,
}

/// Finds what is renamed at a position, or why it cannot be.
pub fn prepare(cx: &Cx<'_>, pos: u32) -> Result<Renaming, Error> {
    let analysis = cx.analysis;
    let Some((span, mut targets)) = analysis.targets_at(pos) else {
        return refused("there is no name here that could be changed");
    };
    let old = analysis.text(span).to_string();
    if matches!(old.as_str(), "self" | "Self") {
        return refused(format!("`{old}` is a keyword"));
    }
    targets.retain(|target| is_named(analysis, *target, &old));
    // At `Point { x }` the variable is what is meant; the field is renamed where it stands alone.
    if targets.len() > 1 {
        targets.truncate(1);
    }
    match targets.first() {
        None => return refused(format!("`{old}` stands for something that has another name")),
        Some(Target::Module(_)) => return refused("a module has the name of its file: rename the file"),
        Some(Target::Builtin(_) | Target::Raw(_)) => return refused(format!("`{old}` is built in")),
        Some(_) => {}
    }
    let mentions = navigate::mentions(cx, &targets);
    if mentions.iter().any(|(span, is_declaration)| *is_declaration && analysis.is_library(*span)) {
        return refused(format!("`{old}` belongs to the library"));
    }
    let places = mentions
        .into_iter()
        .map(|(span, _)| span)
        .filter(|span| !analysis.is_library(*span) && analysis.text(*span) == old)
        .collect();
    Ok(Renaming { span, old, targets, places })
}

/// Whether the declaration of a target has this name, and not only an import of it.
fn is_named(analysis: &Analysis, target: Target, name: &str) -> bool {
    match analysis.checker.target_span(target) {
        Some(span) => analysis.text(span) == name,
        None => true,
    }
}

impl Renaming {
    pub fn target(&self, analysis: &Analysis) -> RenameTarget {
        let range = analysis.location(self.span).map(|at| at.range).unwrap_or_default();
        RenameTarget { range, name: self.old.clone() }
    }

    /// The changes for a new name, before anything is known of what they do, and where it stands after them.
    pub fn change(&self, analysis: &Analysis, new: &str) -> Result<Change, Error> {
        check_name(&self.old, new)?;
        let mut files: Vec<FileEdits> = Vec::new();
        let mut places = Vec::new();
        // Places are in the order of the text, file by file.
        let mut shift = 0;
        for span in &self.places {
            let Some(at) = analysis.location(*span) else { continue };
            let (edit, inside) = self.edit(analysis, *span, at.range, new);
            if files.last().is_none_or(|file| file.path != at.path) {
                files.push(FileEdits { path: at.path.clone(), edits: Vec::new() });
                shift = 0;
            }
            places.push((at.path, (i64::from(edit.range.start) + shift) as u32 + inside));
            shift += edit.text.len() as i64 - i64::from(edit.range.end - edit.range.start);
            files.last_mut().into_iter().for_each(|file| file.edits.push(edit.clone()));
        }
        Ok(Change { source: SourceChange { files }, places })
    }

    /// One place, and where in its new text the new name stands. In the short form `Point { x }` the name is that of a field
    /// and of a variable, of which one stays.
    fn edit(&self, analysis: &Analysis, span: Span, range: TextRange, new: &str) -> (TextEdit, u32) {
        let others: Vec<Target> = analysis
            .targets_of(span)
            .chain(analysis.declared(span))
            .filter(|target| !self.is_renamed(analysis, *target))
            .collect();
        let renames_field = self.targets.iter().any(|target| matches!(target, Target::Field(..)));
        let is_field = others.iter().any(|target| matches!(target, Target::Field(..)));
        let is_variable = others.iter().any(|target| matches!(target, Target::Local(_)));
        let old = &self.old;
        if renames_field && is_variable {
            let source = analysis.checker.map.file_at(span.lo).map(|id| analysis.checker.map.file(id));
            let before = source.and_then(|file| file.text.get(..range.start as usize)).unwrap_or("");
            if before.ends_with("mut ") {
                let range = TextRange::new(range.start - 4, range.end);
                return (TextEdit { range, text: format!("{new}: mut {old}") }, 0);
            }
            return (TextEdit { range, text: format!("{new}: {old}") }, 0);
        }
        if !renames_field && is_field {
            return (TextEdit { range, text: format!("{old}: {new}") }, old.len() as u32 + 2);
        }
        (TextEdit { range, text: new.to_string() }, 0)
    }

    fn is_renamed(&self, analysis: &Analysis, target: Target) -> bool {
        let span = analysis.checker.target_span(target);
        self.targets
            .iter()
            .any(|t| *t == target || span.is_some() && analysis.checker.target_span(*t) == span)
    }
}

/// Whether the new name can stand where the old one does.
fn check_name(old: &str, new: &str) -> Result<(), Error> {
    let lexed = syntax::lexer::lex(new, 1);
    let is_word = matches!(lexed.tokens.as_slice(), [word, end] if word.kind.is_word() && end.kind == T::Eof
        && word.lo == 1 && word.hi as usize == new.len() + 1);
    if !is_word || !lexed.diags.is_empty() {
        return refused(format!(
            "`{new}` is no name: a name has letters, digits and `_`, and begins with no digit"
        ));
    }
    if let Some(kind) = T::keyword(new).filter(|kind| !kind.is_soft_keyword()) {
        let what = if kind == T::Reserved { "reserved" } else { "a keyword" };
        return refused(format!("`{new}` is {what}"));
    }
    let is_upper = |name: &str| name.starts_with(char::is_uppercase);
    if is_upper(old) != is_upper(new) {
        let kind = if is_upper(old) { "a capital" } else { "a small" };
        return refused(format!(
            "`{new}` has to begin with {kind} letter, as `{old}` does: names of types and variants begin with a capital one"
        ));
    }
    Ok(())
}

/// Compares the program before and after: the same names must stand for what was renamed, and no new errors come up.
pub fn verify(
    before: &Analysis,
    after: &Cx<'_>,
    renaming: &Renaming,
    change: &Change,
    new: &str,
) -> Result<(), Error> {
    let old = &renaming.old;
    let errors = |analysis: &Analysis| {
        let errors = analysis.diagnostics.iter().filter(|d| d.is_error());
        errors.map(|d| d.message.clone()).collect::<Vec<_>>()
    };
    let (had, has) = (errors(before), errors(after.analysis));
    if has.len() > had.len() {
        let news = has.iter().find(|message| !had.contains(message)).map(String::as_str);
        let reason = news.unwrap_or("the program would have another error");
        return refused(format!("`{old}` cannot be called `{new}`: {reason}"));
    }
    let Some((path, offset)) = change.places.first() else { return Ok(()) };
    let kind = renaming.targets.first().map(std::mem::discriminant);
    let pos = after.analysis.pos(path, *offset);
    let mut targets = pos.and_then(|pos| after.analysis.targets_at(pos)).map(|at| at.1).unwrap_or_default();
    targets.retain(|target| {
        Some(std::mem::discriminant(target)) == kind && is_named(after.analysis, *target, new)
    });
    targets.truncate(1);
    let mut found: Vec<(String, u32)> = navigate::mentions(after, &targets)
        .into_iter()
        .filter(|(span, _)| !after.analysis.is_library(*span) && after.analysis.text(*span) == new)
        .filter_map(|(span, _)| after.analysis.location(span))
        .map(|at| (at.path, at.range.start))
        .collect();
    let mut expected = change.places.clone();
    expected.arrange();
    found.arrange();
    if expected == found {
        return Ok(());
    }
    refused(format!(
        "`{old}` cannot be called `{new}`: there is something else of this name, and one would be taken for the other"
    ))
}

/// A text with edits applied.
pub fn apply(text: &str, edits: &[TextEdit]) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for edit in edits {
        out.push_str(text.get(at..edit.range.start as usize).unwrap_or(""));
        out.push_str(&edit.text);
        at = edit.range.end as usize;
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}
