//! Hover: what the name under the cursor is.

use crate::describe::Cx;
use crate::keywords;
use crate::results::{Hover, TextRange};
use crate::tree::Tree;
use hir::record::Target;
use hir::ty::TyKind;
use syntax::token::T;
use syntax::{FileId, Span};

pub fn hover(cx: &mut Cx<'_>, file: FileId, tree: &Tree, offset: u32) -> Option<Hover> {
    if tree.in_comment(offset) {
        return None;
    }
    let start = cx.analysis.checker.map.file(file).start;
    let range = |span: Span| TextRange::new(span.lo - start, span.hi - start);
    if let Some((span, targets)) = cx.analysis.targets_at(start + offset) {
        let markdown = describe_all(cx, span, &targets)?;
        return Some(Hover { range: range(span), markdown });
    }
    keyword(tree, offset)
}

fn describe_all(cx: &mut Cx<'_>, span: Span, targets: &[Target]) -> Option<String> {
    let mut parts = Vec::new();
    // One name is a type and a function of its methods only where it constructs: that says both.
    for target in targets.iter().take(2) {
        let Some(mut found) = cx.describe(*target) else { continue };
        if found.note.is_empty() {
            found.note = instance(cx, span, *target).unwrap_or_default();
        }
        let text = found.markdown();
        if !parts.contains(&text) {
            parts.push(text);
        }
    }
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}

/// For a field of a generic type: its type here.
fn instance(cx: &Cx<'_>, span: Span, target: Target) -> Option<String> {
    let Target::Field(adt, variant, index) = target else { return None };
    let program = &cx.analysis.checker.program;
    let declared = program.adts[adt].variants[variant].fields.get(index as usize)?.ty;
    if !program.types.flags(declared).has_param {
        return None;
    }
    let ty = cx.analysis.type_ending_at(span)?;
    (ty != declared && !matches!(program.types.kind(ty), TyKind::Error))
        .then(|| format!("Here: `{}`", cx.analysis.ty_name(ty)))
}

fn keyword(tree: &Tree, offset: u32) -> Option<Hover> {
    let pos = tree.pos(offset);
    let token = *tree.lexed.tokens.get(tree.token_at(offset))?;
    if token.lo > pos || token.kind < T::KwActor {
        return None;
    }
    let text = tree.source(token.span());
    if text == "for" && is_in_impl_head(tree, token.span()) {
        return None;
    }
    let docs = keywords::docs(text)?;
    Some(Hover { range: tree.range(token.span()), markdown: format!("```gal\n{text}\n```\n\n---\n\n{docs}") })
}

/// Whether `impl` stands before a word on its line.
fn is_in_impl_head(tree: &Tree, word: Span) -> bool {
    let at = tree.range(word).start;
    let (start, _) = tree.lines.range_of(&tree.text, tree.lines.line_of(at));
    tree.slice(TextRange::new(start, at)).trim_start().starts_with("impl")
}
