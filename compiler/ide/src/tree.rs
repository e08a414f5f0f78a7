//! One file by itself: its text, tokens, tree, and the declarations in it.
//!
//! Trees are made for questions that need no types, and for how declarations are written. Their spans are their own, not
//! those of a program: the text begins at position 1.

use crate::lines::Lines;
use crate::outline::{Decl, outline};
use crate::results::TextRange;
use syntax::ast;
use syntax::lexer::{Lexed, lex};
use syntax::{Bodies, Interner, SourceMap, Span, Symbol};

/// The position of the first byte.
const BASE: u32 = 1;

pub struct Tree {
    pub text: String,
    pub lines: Lines,
    pub lexed: Lexed,
    pub file: ast::File,
    pub interner: Interner,
    /// In the order of the text, those inside others behind them.
    pub decls: Vec<Decl>,
}

impl Tree {
    pub fn parse(text: &str) -> Tree {
        let mut map = SourceMap::default();
        let mut interner = Interner::default();
        let file = match map.add(String::new(), text.to_string(), false) {
            Some(id) => syntax::parse_file(&map, id, &mut interner, Bodies::Parse).0,
            None => ast::File::default(),
        };
        let mut tree = Tree {
            text: text.to_string(),
            lines: Lines::new(text),
            lexed: lex(text, BASE),
            file,
            interner,
            decls: Vec::new(),
        };
        tree.decls = outline(&tree);
        tree
    }

    pub fn name(&self, symbol: Symbol) -> &str {
        self.interner.name(symbol)
    }

    pub fn range(&self, span: Span) -> TextRange {
        let end = self.text.len() as u32;
        let start = span.lo.saturating_sub(BASE).min(end);
        TextRange::new(start, span.hi.saturating_sub(BASE).clamp(start, end))
    }

    /// The span of an offset of the text.
    pub fn pos(&self, offset: u32) -> u32 {
        offset.saturating_add(BASE)
    }

    pub fn slice(&self, range: TextRange) -> &str {
        self.text.get(range.start as usize..range.end as usize).unwrap_or("")
    }

    pub fn source(&self, span: Span) -> &str {
        self.slice(self.range(span))
    }

    /// The declaration whose name is at an offset.
    pub fn decl_at(&self, offset: u32) -> Option<&Decl> {
        self.decls.iter().find(|decl| decl.name_range.start == offset)
    }

    /// The text of the lines `///` right above a line.
    pub fn docs_above(&self, offset: u32) -> Option<String> {
        syntax::docs_above(&self.text, offset as usize)
    }

    /// The index of the first token that ends behind an offset.
    pub fn token_at(&self, offset: u32) -> usize {
        let pos = self.pos(offset);
        self.lexed.tokens.partition_point(|token| token.hi <= pos)
    }

    /// Whether an offset lies in a comment. The end of a line comment belongs to it.
    pub fn in_comment(&self, offset: u32) -> bool {
        let pos = self.pos(offset);
        let comments = &self.lexed.comments;
        let Some(comment) = comments[..comments.partition_point(|c| c.span.lo < pos)].last() else {
            return false;
        };
        match comment.kind {
            ast::CommentKind::Block => pos < comment.span.hi,
            _ => pos <= comment.span.hi,
        }
    }
}
