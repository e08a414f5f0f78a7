//! The formatter: one layout for every program.
//!
//! It walks the tree and the tokens side by side: the tree says how lines may break, the tokens are printed one
//! after the other with the comments before them, so nothing is lost or reordered. Only commas and `;` that
//! mean nothing come and go. Lines hold up to 100 columns and indent by 4; at most one blank line is kept.
//! What the author wrote on one line in braces stays on one line while it fits.
//! Entry point: [`format_file`].

mod chains;
mod doc;
mod exprs;
mod items;
mod stmts;
mod tokens;

use crate::ast::Comment;
use crate::codes;
use crate::diag::Diagnostic;
use crate::intern::Interner;
use crate::lexer::{Lexed, lex};
use crate::parser::{Bodies, parse_file};
use crate::span::{FileId, SourceMap, Span};
use crate::token::{T, Token};
use doc::print;

/// The canonical text of a file. Errors are those of parsing; warnings do not hinder.
pub fn format_file(
    map: &SourceMap,
    file: FileId,
    interner: &mut Interner,
) -> Result<String, Vec<Diagnostic>> {
    let (tree, diags) = parse_file(map, file, interner, Bodies::Parse);
    if diags.iter().any(Diagnostic::is_error) {
        return Err(diags);
    }
    let source = map.file(file);
    let Lexed { tokens, comments, .. } = lex(&source.text, source.start);
    let mut fmt = Fmt { src: &source.text, base: source.start, tokens, pos: 0, comments, n_comments: 0 };
    let out = print(&fmt.file(&tree));
    match first_difference(&source.text, &out) {
        None => Ok(out),
        Some(at) => {
            let span = Span::new(source.start + at, source.start + at);
            let message = "formatting would change this program; it is left as it is";
            let diag = Diagnostic::error(codes::FORMAT_FAILED, span, message);
            Err(vec![diag.label("from here on").note("this is a mistake of the formatter")])
        }
    }
}

/// Where the first token or comment of `before` stands that `after` has not in its place. Commas and `;` do not
/// count, and `>>` is two tokens.
fn first_difference(before: &str, after: &str) -> Option<u32> {
    let (old, new) = (lex(before, 0), lex(after, 0));
    let comments = |lexed: &Lexed, text: &str| -> Vec<(u32, String)> {
        let text_of = |c: &Comment| text[c.span.lo as usize..c.span.hi as usize].trim_end().to_string();
        lexed.comments.iter().map(|c| (c.span.lo, text_of(c))).collect()
    };
    differs(&pieces(&old, before), &pieces(&new, after))
        .or_else(|| differs(&comments(&old, before), &comments(&new, after)))
}

fn differs<P: PartialEq>(old: &[(u32, P)], new: &[(u32, P)]) -> Option<u32> {
    let end = old.last().map_or(0, |piece| piece.0);
    let place = old.iter().zip(new).find(|(a, b)| a.1 != b.1).map(|(a, _)| a.0);
    place.or_else(|| (old.len() != new.len()).then(|| old.get(new.len()).map_or(end, |piece| piece.0)))
}

fn pieces<'t>(lexed: &Lexed, text: &'t str) -> Vec<(u32, &'t str)> {
    let mut pieces = Vec::with_capacity(lexed.tokens.len());
    for token in &lexed.tokens {
        let found = &text[token.lo as usize..token.hi as usize];
        match token.kind {
            T::Comma | T::Semi | T::Eof => {}
            T::Shr | T::GtEq | T::ShrEq => pieces.extend((0..found.len()).map(|i| (token.lo, &found[i..=i]))),
            _ => pieces.push((token.lo, found)),
        }
    }
    pieces
}

struct Fmt<'a> {
    src: &'a str,
    base: u32,
    tokens: Vec<Token>,
    /// The next token to print.
    pos: usize,
    comments: Vec<Comment>,
    /// The next comment to print.
    n_comments: usize,
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn what_formatting_may_not_change_is_found() {
        let same = |before, after| assert_eq!(first_difference(before, after), None, "{before} | {after}");
        same("fn f() { a ; b }", "fn f() {\n    a\n    b\n}\n");
        same("f(a, b,)", "f(a, b)");
        same("x: A<B<C>>", "x: A < B < C > >");
        let differs =
            |before, after, at| assert_eq!(first_difference(before, after), Some(at), "{before} | {after}");
        differs("fn f() { 1 }", "fn f() { 2 }", 9);
        differs("f(a b)", "f(a)", 4);
        differs("f(a)", "f(a b)", 3);
        differs("a // one", "a", 2);
        differs("a // one", "a // two", 2);
        differs("a b", "a", 2);
    }
}
