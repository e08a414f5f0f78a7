//! Blocks and statements.

use super::Parser;
use super::exprs::assignment;
use crate::ast::*;
use crate::codes;
use crate::diag::Diagnostic;
use crate::span::Span;
use crate::token::T;

impl Parser<'_> {
    /// `{ … }`; the current token is `{`, or its lack is reported.
    pub(super) fn block(&mut self) -> Block {
        let open = self.span();
        if !self.expect(T::LBrace) {
            return Block { stmts: Vec::new(), tail: None, span: self.fault_span() };
        }
        let (stmts, tail) = match self.enter() {
            true => self.nested(true, |p| p.stmts(open)),
            false => (Vec::new(), None),
        };
        self.leave();
        Block { stmts, tail, span: self.since(open) }
    }

    /// A block whose `{` is missing.
    pub(super) fn block_behind(&mut self, open: Span) -> Block {
        let (stmts, tail) = match self.enter() {
            true => self.stmts(open),
            false => (Vec::new(), None),
        };
        self.leave();
        Block { stmts, tail, span: self.since(open) }
    }

    fn stmts(&mut self, open: Span) -> (Vec<Stmt>, Option<Box<Expr>>) {
        let mut stmts = Vec::new();
        let mut joined = None;
        loop {
            while self.at(T::Semi) {
                self.lone_semicolon();
            }
            if self.eat(T::RBrace) {
                return (stmts, None);
            }
            if self.at(T::Eof) || self.at(T::HoleClose) {
                self.unclosed_brace(open);
                return (stmts, None);
            }
            let (pos, faults) = (self.pos, self.faults);
            let part = self.part(joined);
            self.start_of = pos;
            let stmt = self.stmt();
            let semi = self.end_stmt(pos, self.faults > faults);
            joined = self.note_part(part);
            match stmt {
                Stmt { kind: StmtKind::Expr(expr), .. } if !semi && self.at(T::RBrace) => {
                    self.bump();
                    return (stmts, Some(Box::new(expr)));
                }
                stmt => {
                    if stmts.capacity() == 0 {
                        stmts = Vec::with_capacity(4);
                    }
                    stmts.push(stmt);
                }
            }
        }
    }

    /// What separates a statement from the next. True: a `;`.
    fn end_stmt(&mut self, start: usize, faulty: bool) -> bool {
        if self.at(T::Semi) {
            let semi = self.bump().span();
            while self.at(T::Semi) {
                self.lone_semicolon();
            }
            // Before `}` it says that the value is dropped, so there it has a meaning.
            if !faulty && self.tok().nl && !self.at(T::RBrace) {
                self.unneeded_semicolon(semi);
            }
            return true;
        }
        let token = self.tok();
        if matches!(token.kind, T::RBrace | T::Eof) || (token.nl && self.pos > start) {
            return false;
        }
        if !faulty && self.extra_bracket() && (self.tok().nl || self.at(T::RBrace)) {
            return false;
        }
        let resume = !faulty
            && !self.at(T::Error)
            && self.missing_separator()
            && (token.kind.starts_expr() || token.kind.starts_item() || token.kind == T::KwLet);
        if self.pos == start || !resume {
            self.skip_statement();
            if self.pos == start {
                self.bump(); // A stray token that ends statements but not this block.
            }
        }
        self.eat(T::Semi)
    }

    fn lone_semicolon(&mut self) {
        let semi = self.bump().span();
        self.unneeded_semicolon(semi);
    }

    pub(super) fn unneeded_semicolon(&mut self, semi: Span) {
        let diag = Diagnostic::warning(codes::UNNEEDED_SEMICOLON, semi, "this `;` is not needed");
        self.report(diag.note("a newline ends a statement").fix("remove it", semi, ""));
    }

    /// Reports it. True: a statement may start here.
    fn missing_separator(&mut self) -> bool {
        if let Some(diag) = self.separator_hint() {
            self.fault(diag);
            return false;
        }
        let gap = self.prev().span().after();
        let message = format!("expected a newline or `;`, found {}", self.found());
        let diag = Diagnostic::error(codes::MISSING_SEPARATOR, self.span(), message);
        let starts = self.kind().starts_expr() || self.kind().starts_item() || self.at(T::KwLet);
        // What touches belongs together, and a name alone is no statement: something else was meant.
        let stands_apart = self.tok().lo > self.prev().hi;
        let is_name_alone = self.pos == self.start_of + 1 && self.prev().kind == T::Ident;
        self.fault(if starts && stands_apart && !is_name_alone {
            diag.fix_likely("separate the statements", gap, ";")
        } else {
            diag
        });
        true
    }

    fn stmt(&mut self) -> Stmt {
        let start = self.span();
        let kind = match self.kind() {
            T::KwLet => self.let_stmt(),
            T::KwUnsafe if self.nth(1) == T::LBrace => {
                self.unsafe_block();
                StmtKind::Expr(self.expr())
            }
            T::KwAsync if self.nth(1) == T::KwFn => StmtKind::Item(Box::new(self.item())),
            kind if kind.starts_item() => StmtKind::Item(Box::new(self.item())),
            T::Ident if self.at_bare_label() => StmtKind::Expr(self.bare_label()),
            T::Ident => match self.foreign_let() {
                Some(foreign) => self.let_rest(foreign.is_mut),
                None if self.at_foreign_item() && !self.nth_tok(1).nl => {
                    StmtKind::Item(Box::new(self.item()))
                }
                None => match self.foreign_start() {
                    Some(kind) => kind,
                    None => self.expr_stmt(),
                },
            },
            _ => self.expr_stmt(),
        };
        Stmt { kind, span: self.since(start) }
    }

    fn unsafe_block(&mut self) {
        let span = self.bump().span();
        let diag = Diagnostic::error(codes::FOREIGN_KEYWORD, span, "there are no `unsafe` blocks");
        self.fault(diag.note("a whole module is unsafe: `unsafe` on the first line of its file"));
    }

    /// An expression or an assignment.
    fn expr_stmt(&mut self) -> StmtKind {
        let mut place = self.expr();
        let Some(op) = assignment(self.kind()).filter(|_| !self.line_break()) else {
            self.bare_call(&mut place);
            return StmtKind::Expr(place);
        };
        self.bump();
        let place = Box::new(place);
        let value = Box::new(self.expr());
        if assignment(self.kind()).is_some() && !self.line_break() {
            let diag = Diagnostic::error(
                codes::ASSIGNMENT_AS_VALUE,
                self.span(),
                "an assignment is a statement, not a value",
            );
            self.fault(diag.note("assign in two statements"));
        }
        StmtKind::Assign { op, place, value }
    }

    /// `let pat: T = init else { … }`; the current token is `let`.
    fn let_stmt(&mut self) -> StmtKind {
        self.bump();
        self.let_rest(false)
    }

    /// A `let` behind its keyword. `may_change`: it was written as one that can be assigned.
    fn let_rest(&mut self, may_change: bool) -> StmtKind {
        let lone = self.pos == self.start_of;
        let mut pat = match self.at_type_before_name() {
            true => self.typed_name(),
            false => self.pat(false),
        };
        if let PatKind::Binding { is_mut, .. } = &mut pat.kind {
            *is_mut |= may_change;
        }
        if self.at(T::Colon) && self.nth(1) == T::Eq && self.nth_tok(1).lo == self.tok().hi {
            self.colon_equals(pat.span, lone);
        }
        let ty = self.eat(T::Colon).then(|| self.ty());
        if self.at(T::EqEq) && !self.line_break() {
            let span = self.span();
            let diag = Diagnostic::error(codes::UNEXPECTED_TOKEN, span, "`let` takes `=`, not `==`");
            self.fault(diag.fix("write `=`", span, "="));
            self.bump();
            return StmtKind::Let(Box::new(Let { pat, ty, init: Some(self.expr()), else_: None }));
        }
        let init = (self.at(T::Eq) && !self.line_break()).then(|| {
            self.bump();
            match self.foreign_closure() {
                Some(closure) => closure,
                None => self.expr_or_assignment_fault(),
            }
        });
        let else_ = (init.is_some() && self.eat(T::KwElse)).then(|| self.else_body());
        StmtKind::Let(Box::new(Let { pat, ty, init, else_ }))
    }

    /// A body that stands alone, as [`super::parse_body`] gets it.
    pub(super) fn body_alone(&mut self) -> FnBody {
        let body = match self.eat(T::FatArrow) {
            true => FnBody::Expr(Box::new(self.arm_body())),
            false => FnBody::Block(self.block()),
        };
        if !self.at(T::Eof) {
            self.expected(codes::UNEXPECTED_TOKEN, "the end of the body");
        }
        body
    }
}
