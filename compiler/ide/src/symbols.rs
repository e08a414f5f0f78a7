//! The outline of a file, and what can be folded in it.

use crate::outline::Decl;
use crate::results::{DocumentSymbol, Fold, FoldKind, SymbolKind, TextRange};
use crate::tree::Tree;
use entity::Arrange;
use syntax::ast::CommentKind;
use syntax::token::T;

pub fn symbols(tree: &Tree) -> Vec<DocumentSymbol> {
    below(tree, None)
}

fn below(tree: &Tree, parent: Option<usize>) -> Vec<DocumentSymbol> {
    let own = tree.decls.iter().enumerate().filter(|(_, decl)| decl.parent == parent);
    own.map(|(index, decl)| DocumentSymbol {
        name: shown_name(decl),
        detail: detail(decl),
        kind: decl.kind,
        range: decl.range,
        selection: decl.name_range,
        children: below(tree, Some(index)),
    })
    .collect()
}

fn shown_name(decl: &Decl) -> String {
    match decl.kind {
        SymbolKind::Impl => first_line(&decl.header).to_string(),
        // Editors take an empty name for a mistake.
        _ if decl.name.is_empty() => "?".to_string(),
        _ => decl.name.clone(),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or("")
}

/// What stands behind the name: parameters, type, value.
fn detail(decl: &Decl) -> String {
    if matches!(decl.kind, SymbolKind::Impl | SymbolKind::Test) {
        return String::new();
    }
    let behind = decl.header.find(&decl.name).map(|at| &decl.header[at + decl.name.len()..]).unwrap_or("");
    behind.split_whitespace().collect::<Vec<_>>().join(" ").trim_start_matches(": ").to_string()
}

pub fn folds(tree: &Tree) -> Vec<Fold> {
    let mut found = brackets(tree);
    found.extend(comments(tree));
    found.extend(imports(tree));
    found.arrange_by_key(|fold| fold.range);
    found
}

/// Ranges from the end of one line to the end of a later one.
fn lines_fold(tree: &Tree, first: u32, last: u32, kind: FoldKind) -> Option<Fold> {
    let (start, end) = (tree.lines.range_of(&tree.text, first).1, tree.lines.range_of(&tree.text, last).1);
    (last > first).then_some(Fold { range: TextRange::new(start, end), kind })
}

fn brackets(tree: &Tree) -> Vec<Fold> {
    let (mut open, mut found) = (Vec::new(), Vec::new());
    for token in &tree.lexed.tokens {
        match token.kind {
            T::LBrace | T::LParen | T::LBracket => open.push(token),
            T::RBrace | T::RParen | T::RBracket => {
                let Some(start) = open.pop() else { continue };
                let first = tree.lines.line_of(tree.range(start.span()).start);
                // The closing bracket stays where it is.
                let last = tree.lines.line_of(tree.range(token.span()).start).saturating_sub(1);
                found.extend(lines_fold(tree, first, last, FoldKind::Code));
            }
            _ => {}
        }
    }
    found
}

/// Comments of several lines, and line comments below each other.
fn comments(tree: &Tree) -> Vec<Fold> {
    let mut found = Vec::new();
    let mut run: Option<(CommentKind, u32, u32)> = None;
    for comment in &tree.lexed.comments {
        let range = tree.range(comment.span);
        let (first, last) =
            (tree.lines.line_of(range.start), tree.lines.line_of(range.end.max(range.start + 1) - 1));
        match run {
            Some((kind, start, end)) if kind == comment.kind && comment.own_line && first == end + 1 => {
                run = Some((kind, start, last));
            }
            _ => {
                found.extend(run.and_then(|(_, start, end)| lines_fold(tree, start, end, FoldKind::Comment)));
                run = Some((comment.kind, first, last));
            }
        }
    }
    found.extend(run.and_then(|(_, start, end)| lines_fold(tree, start, end, FoldKind::Comment)));
    found
}

fn imports(tree: &Tree) -> Option<Fold> {
    let uses = tree.file.items.iter().filter(|item| matches!(item.kind, syntax::ast::ItemKind::Use(_)));
    let lines: Vec<u32> = uses
        .map(|item| tree.range(item.span))
        .flat_map(|range| [tree.lines.line_of(range.start), tree.lines.line_of(range.end)])
        .collect();
    lines_fold(tree, *lines.first()?, *lines.last()?, FoldKind::Imports)
}
