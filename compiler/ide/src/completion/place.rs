//! What kind of place the cursor is at, by the tokens before it and the declarations around it.

use crate::results::{SymbolKind, TextRange};
use crate::tree::Tree;
use syntax::token::T;

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// At the start of a line outside of declarations.
    Item,
    ActorMember,
    Member,
    /// Where a statement can begin.
    Statement,
    Expression,
    /// Behind `spawn`.
    Spawn,
    /// The pattern of an arm that has nothing behind it yet.
    Arm,
    /// Behind a dot.
    Dot,
    /// Behind `let`, `for` and their like: a new name.
    Binding,
    /// Behind the `}` of a block, on its line.
    BehindBrace,
    Attribute,
    /// In a `use`: the names before, down to the last dot.
    Use(Vec<String>),
    /// Where a new name stands, or nothing at all.
    Nothing,
}

impl Place {
    pub fn of(tree: &Tree, start: u32) -> Place {
        let tokens = &tree.lexed.tokens;
        let at = tokens.partition_point(|token| token.hi <= tree.pos(start));
        let before = |n: usize| at.checked_sub(n).map(|i| tokens[i]);
        let last = before(1).map(|token| token.kind);
        if let Some(path) = use_path(tree, at) {
            return Place::Use(path);
        }
        match last {
            Some(T::At) => return Place::Attribute,
            Some(T::Dot) => return Place::Dot,
            Some(T::KwSpawn) => return Place::Spawn,
            Some(T::KwLet | T::KwFor | T::KwMut) => return Place::Binding,
            Some(
                T::KwFn
                | T::KwStruct
                | T::KwEnum
                | T::KwTrait
                | T::KwActor
                | T::KwConst
                | T::KwType
                | T::KwTest,
            ) => {
                return Place::Nothing;
            }
            Some(T::KwOn | T::KwState) if member_of(tree, start) == Some(SymbolKind::Actor) => {
                return Place::Nothing;
            }
            _ => {}
        }
        let is_line_start = last.is_none() || starts_line(tree, start);
        if let Some(around) = member_of(tree, start) {
            return match (is_line_start || last == Some(T::LBrace) || last == Some(T::KwPub), around) {
                (true, SymbolKind::Actor) => Place::ActorMember,
                (true, _) => Place::Member,
                (false, _) => Place::Expression,
            };
        }
        if !in_declaration(tree, start) {
            return if is_line_start || last == Some(T::KwPub) { Place::Item } else { Place::Expression };
        }
        match last {
            _ if (is_line_start || last == Some(T::LBrace)) && is_arm(tree, at, start) => Place::Arm,
            Some(T::RBrace) if !is_line_start => Place::BehindBrace,
            Some(T::LBrace | T::Semi | T::FatArrow) => Place::Statement,
            _ if is_line_start => Place::Statement,
            _ => Place::Expression,
        }
    }
}

/// Whether an arm begins at a token: the braces around are those of `match`, `catch` or `select`, and no `=>` follows.
fn is_arm(tree: &Tree, at: usize, start: u32) -> bool {
    let tokens = &tree.lexed.tokens;
    let line = tree.lines.line_of(start);
    let rest =
        tokens[at..].iter().take_while(|token| tree.lines.line_of(tree.range(token.span()).start) == line);
    if rest.into_iter().any(|token| matches!(token.kind, T::FatArrow)) {
        return false;
    }
    let mut depth = 0;
    let Some(brace) = tokens[..at].iter().rposition(|token| {
        depth += match token.kind {
            T::RBrace | T::RParen | T::RBracket => 1,
            T::LBrace | T::LParen | T::LBracket => -1,
            _ => 0,
        };
        depth < 0
    }) else {
        return false;
    };
    if tokens[brace].kind != T::LBrace {
        return false;
    }
    let head = tokens[..brace].iter().rev().scan(0, |depth, token| {
        *depth += match token.kind {
            T::RParen | T::RBracket | T::RBrace => 1,
            T::LParen | T::LBracket | T::LBrace => -1,
            _ => 0,
        };
        (*depth >= 0 && !matches!(token.kind, T::Semi | T::FatArrow)).then_some(token.kind)
    });
    // The nearest word that has a body says what the braces are.
    let mut words = head.filter(|kind| {
        matches!(
            kind,
            T::KwMatch
                | T::KwCatch
                | T::KwSelect
                | T::KwIf
                | T::KwElse
                | T::KwWhile
                | T::KwFor
                | T::KwFn
                | T::KwLoop
                | T::KwTry
        )
    });
    matches!(words.next(), Some(T::KwMatch | T::KwCatch | T::KwSelect))
}

/// Whether only white space stands before an offset on its line.
fn starts_line(tree: &Tree, offset: u32) -> bool {
    let line = tree.lines.line_of(offset);
    let (start, _) = tree.lines.range_of(&tree.text, line);
    tree.slice(TextRange::new(start, offset)).trim().is_empty()
}

fn in_declaration(tree: &Tree, offset: u32) -> bool {
    tree.decls.iter().any(|decl| decl.range.start < offset && offset < decl.range.end)
}

/// The kind of the declaration whose members stand at an offset: right inside of an actor, `impl` or trait.
fn member_of(tree: &Tree, offset: u32) -> Option<SymbolKind> {
    let around = tree.decls.iter().filter(|decl| decl.range.start < offset && offset < decl.range.end);
    let innermost = around.min_by_key(|decl| decl.range.end - decl.range.start)?;
    let is_open = tree.slice(TextRange::new(innermost.range.start, offset)).contains('{');
    let holds = matches!(innermost.kind, SymbolKind::Actor | SymbolKind::Impl | SymbolKind::Trait);
    (holds && is_open).then_some(innermost.kind)
}

/// The names before the cursor if it is in a `use`.
fn use_path(tree: &Tree, at: usize) -> Option<Vec<String>> {
    let tokens = &tree.lexed.tokens[..at];
    // A `use` of one line, or with names in braces over several.
    let start = tokens.iter().rposition(|token| token.kind == T::KwUse)?;
    let behind = &tokens[start + 1..];
    let is_use = behind.iter().all(|token| {
        token.kind.is_word()
            || matches!(token.kind, T::Dot | T::DotStar | T::LBrace | T::RBrace | T::Comma | T::Star)
    });
    let depth = |token: &syntax::token::Token| match token.kind {
        T::LBrace => 1,
        T::RBrace => -1,
        _ => 0,
    };
    let open: i32 = behind.iter().map(depth).sum();
    // Outside of braces a path ends with its line, and goes on behind a dot only.
    let goes_on = open > 0 || !behind.iter().any(|token| token.nl) && ends_open(behind);
    if !is_use || open < 0 || !goes_on {
        return None;
    }
    Some(path_of(tree, behind))
}

/// Whether a path can go on: nothing is there yet, or its last token is a dot.
fn ends_open(tokens: &[syntax::token::Token]) -> bool {
    tokens.last().is_none_or(|token| token.kind == T::Dot)
}

/// The names down to the place, without those of a group that is closed, or before a comma.
fn path_of(tree: &Tree, tokens: &[syntax::token::Token]) -> Vec<String> {
    let mut stack: Vec<Vec<String>> = vec![Vec::new()];
    for token in tokens {
        let text = tree.source(token.span()).to_string();
        match token.kind {
            T::LBrace => {
                let path = stack.last().cloned().unwrap_or_default();
                stack.push(path);
            }
            T::RBrace => {
                stack.pop();
            }
            T::Comma => {
                let outer = stack.len().checked_sub(2).map(|i| stack[i].clone()).unwrap_or_default();
                if let Some(top) = stack.last_mut() {
                    *top = outer;
                }
            }
            kind if kind.is_word() => {
                if let Some(top) = stack.last_mut() {
                    top.push(text);
                }
            }
            _ => {}
        }
    }
    stack.pop().unwrap_or_default()
}

/// Whether an offset lies in the text of a string, or in a character.
pub fn in_literal(tree: &Tree, offset: u32) -> bool {
    let pos = tree.pos(offset);
    let tokens = &tree.lexed.tokens;
    let Some(token) = tokens.get(tokens.partition_point(|token| token.hi <= pos)) else { return false };
    let inside = token.lo < pos;
    match token.kind {
        T::Str | T::RawStr | T::MultiStr | T::StrOpen | T::MultiStrOpen | T::Char => inside,
        T::StrText | T::HoleSpec => token.lo <= pos,
        // Right behind the text, before a hole or the end.
        T::HoleOpen | T::StrClose => token.lo == pos,
        _ => false,
    }
}
