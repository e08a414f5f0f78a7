//! Blocks, statements and control flow.

use super::Fmt;
use super::doc::{Doc, concat};
use crate::ast::*;
use crate::token::T;

impl<'a> Fmt<'a> {
    /// `{ … }` as a group of its own.
    pub(super) fn block(&mut self, block: &Block) -> Doc<'a> {
        let (doc, forced) = self.block_open(block);
        doc.group_forced(forced)
    }

    /// `{ … }` for the group around, and whether that has to break.
    fn block_open(&mut self, block: &Block) -> (Doc<'a>, bool) {
        let forced = !self.on_one_line();
        let open = self.t();
        let mut docs = Vec::new();
        while self.at(T::Semi) {
            docs.push(self.drop_separator());
        }
        for stmt in &block.stmts {
            let blank = self.blank();
            docs.extend([Doc::Line, blank]);
            docs.push(self.stmt(stmt));
            docs.push(self.separator(matches!(stmt.kind, StmtKind::Expr(_))));
        }
        if let Some(tail) = &block.tail {
            let blank = self.blank();
            docs.extend([Doc::Line, blank]);
            docs.push(self.expr(tail));
        }
        self.braces(open, docs, forced)
    }

    /// Puts braces around lines; the current token is the closing one.
    pub(super) fn braces(&mut self, open: Doc<'a>, mut docs: Vec<Doc<'a>>, forced: bool) -> (Doc<'a>, bool) {
        docs.retain(|doc| !matches!(doc, Doc::Concat(inner, _) if inner.is_empty()));
        let mut dangling = Vec::new();
        self.lead(&mut dangling);
        let empty = docs.is_empty() && dangling.is_empty();
        if !dangling.is_empty() {
            docs.push(Doc::Line);
            docs.extend(dangling);
        }
        let close = self.t();
        if empty {
            return (concat([open, close]), false);
        }
        let doc = concat([open, concat(docs).indent(), Doc::Line, close]);
        let forced = forced || doc.is_hard();
        (doc, forced)
    }

    /// What follows a statement: `;` only where it means something or the block stays on one line.
    fn separator(&mut self, is_value: bool) -> Doc<'a> {
        let prev = self.tokens[self.pos - 1].kind;
        let mut docs = Vec::new();
        let semi = self.at(T::Semi);
        while self.at(T::Semi) {
            docs.push(self.drop_separator());
        }
        let last = self.at(T::RBrace);
        // A newline would join what follows: the end of `a..`, a closure as `||`, a name as the `timeout` of an `ask`.
        let joins = prev == T::DotDot || matches!(self.tok().kind, T::OrOr | T::KwTimeout);
        let sign = match last {
            true if semi && is_value => Doc::Text(";"), // Drops the value.
            true => Doc::Nil,
            false if semi && joins => Doc::Text(";"),
            false => Doc::IfBreak("", ";"),
        };
        docs.insert(0, sign);
        concat(docs)
    }

    fn stmt(&mut self, stmt: &Stmt) -> Doc<'a> {
        match &stmt.kind {
            StmtKind::Let(stmt) => {
                let Let { pat, ty, init, else_ } = &**stmt;
                let mut docs = vec![self.t(), Doc::Space, self.range_to(pat.span.hi)];
                if let Some(ty) = ty {
                    docs.extend([self.t(), Doc::Space, self.range_to(ty.span.hi)]);
                }
                if let Some(init) = init {
                    docs.extend([Doc::Space, self.t(), self.after_sign(init)]);
                }
                if let Some(block) = else_ {
                    docs.extend([Doc::Space, self.t(), Doc::Space, self.block(block)]);
                }
                concat(docs)
            }
            StmtKind::Expr(expr) => self.expr(expr),
            StmtKind::Assign { place, value, .. } => {
                let docs = [self.expr(place), Doc::Space, self.t(), self.after_sign(value)];
                concat(docs)
            }
            StmtKind::Item(item) => self.item(item),
            StmtKind::Error => Doc::Nil,
        }
    }

    /// The body of an arm or closure, which may be an assignment without braces.
    pub(super) fn arm_value(&mut self, body: &Expr) -> Doc<'a> {
        match bare_assignment(body) {
            Some(stmt) => self.stmt(stmt),
            None => self.expr(body),
        }
    }

    /// What stands behind `=>`.
    pub(super) fn after_arrow(&mut self, body: &Expr) -> Doc<'a> {
        match bare_assignment(body) {
            Some(stmt) => concat([Doc::Space, self.stmt(stmt)]),
            None => self.after_sign(body),
        }
    }

    /// Control flow and the forms of actors; `None` for what is one token.
    pub(super) fn control(&mut self, expr: &Expr) -> Option<Doc<'a>> {
        let kind = &expr.kind;
        Some(match kind {
            ExprKind::Block(block) => self.block(block),
            ExprKind::If { .. } => self.if_chain(kind),
            ExprKind::Match { scrutinee, arms } => {
                let head = [self.t(), Doc::Space, self.expr(scrutinee), Doc::Space];
                concat([concat(head), self.arms(arms)])
            }
            ExprKind::While { label, cond, body } => {
                let label = self.label(*label);
                let docs = [label, self.t(), Doc::Space, self.cond(cond), Doc::Space, self.block(body)];
                concat(docs)
            }
            ExprKind::For { label, pat, iter, body } => {
                let label = self.label(*label);
                let head = [label, self.t(), Doc::Space, self.range_to(pat.span.hi), Doc::Space];
                let docs =
                    [concat(head), self.t(), Doc::Space, self.expr(iter), Doc::Space, self.block(body)];
                concat(docs)
            }
            ExprKind::Loop { label, body } => {
                let label = self.label(*label);
                concat([label, self.t(), Doc::Space, self.block(body)])
            }
            ExprKind::Break { label, value } => {
                let word = self.t();
                let label = if label.is_some() { concat([Doc::Space, self.t()]) } else { Doc::Nil };
                concat([word, label, self.operand(value.as_deref())])
            }
            ExprKind::Continue { label } => {
                let word = self.t();
                concat([word, if label.is_some() { concat([Doc::Space, self.t()]) } else { Doc::Nil }])
            }
            ExprKind::Return(value) => concat([self.t(), self.operand(value.as_deref())]),
            ExprKind::TryCatch { error_ty, body, arms } => {
                let mut docs = vec![self.t()];
                if let Some(ty) = error_ty {
                    docs.extend([self.t(), Doc::Space, self.range_to(ty.span.hi)]);
                }
                docs.extend([
                    Doc::Space,
                    self.block(body),
                    Doc::Space,
                    self.t(),
                    Doc::Space,
                    self.arms(arms),
                ]);
                concat(docs)
            }
            _ => return self.form(expr),
        })
    }

    /// The forms of actors.
    fn form(&mut self, expr: &Expr) -> Option<Doc<'a>> {
        Some(match &expr.kind {
            ExprKind::Spawn { ctor, args } => {
                let head = concat([self.t(), Doc::Space, self.expr(ctor)]);
                let called = self.at(T::LParen) && self.tok().lo < expr.span.hi;
                if called { concat([head, self.call_args(args)]) } else { head }
            }
            ExprKind::Send { target, message } => concat([self.t(), self.two_args(target, message)]),
            ExprKind::Ask { target, message, timeout, is_try } => {
                let prefix = if *is_try { concat([self.t(), Doc::Space]) } else { Doc::Nil };
                let mut docs = vec![prefix, self.t(), self.two_args(target, message)];
                if let Some(timeout) = timeout {
                    docs.extend([Doc::Space, self.t(), Doc::Space, self.expr(timeout)]);
                }
                concat(docs)
            }
            ExprKind::Reply(value) => {
                let word = self.t();
                let unit = matches!(&value.kind, ExprKind::Tuple(elems) if elems.is_empty());
                // `reply()` and `reply(())` have the same tree.
                let empty = unit && self.tokens[self.pos + 1].kind == T::RParen;
                let mut value = Some(&**value).filter(|_| !empty);
                let args = self
                    .list(super::tokens::ListKind::PARENS, |f| value.take().map_or(Doc::Nil, |e| f.expr(e)));
                concat([word, args])
            }
            ExprKind::Async(inner) | ExprKind::Await(inner) | ExprKind::Yield(inner) => {
                concat([self.t(), Doc::Space, self.expr(inner)])
            }
            ExprKind::Select { arms, timeout } => self.select(arms, timeout.as_ref()),
            _ => return None,
        })
    }

    fn two_args(&mut self, target: &Expr, message: &Expr) -> Doc<'a> {
        let mut args = [target, message].into_iter();
        self.list(super::tokens::ListKind::PARENS, |f| args.next().map_or(Doc::Nil, |e| f.expr(e)))
    }

    fn label(&mut self, label: Option<Ident>) -> Doc<'a> {
        if label.is_some() { concat([self.t(), self.t(), Doc::Space]) } else { Doc::Nil }
    }

    fn operand(&mut self, value: Option<&Expr>) -> Doc<'a> {
        value.map_or(Doc::Nil, |e| concat([Doc::Space, self.expr(e)]))
    }

    fn cond(&mut self, cond: &Cond) -> Doc<'a> {
        match cond {
            Cond::Expr(expr) => self.expr(expr),
            Cond::Let { pat, expr, .. } => {
                let docs = [
                    self.t(),
                    Doc::Space,
                    self.range_to(pat.span.hi),
                    Doc::Space,
                    self.t(),
                    self.after_sign(expr),
                ];
                concat(docs)
            }
        }
    }

    /// All branches of an `if` break, or none.
    fn if_chain(&mut self, kind: &ExprKind) -> Doc<'a> {
        let mut docs = Vec::new();
        let mut forced = false;
        let mut next = Some(kind);
        while let Some(ExprKind::If { cond, then, else_ }) = next.take() {
            docs.extend([self.t(), Doc::Space, self.cond(cond), Doc::Space]);
            let (block, force) = self.block_open(then);
            docs.push(block);
            forced |= force;
            let Some(branch) = else_ else { break };
            docs.extend([Doc::Space, self.t(), Doc::Space]);
            match &branch.kind {
                ExprKind::Block(block) => {
                    let (block, force) = self.block_open(block);
                    docs.push(block);
                    forced |= force;
                }
                kind => next = Some(kind),
            }
        }
        concat(docs).group_forced(forced)
    }

    /// Arms on lines of their own without commas, or on one line with them.
    pub(super) fn arms(&mut self, arms: &[Arm]) -> Doc<'a> {
        let forced = !self.on_one_line();
        let open = self.t();
        let mut docs = Vec::new();
        for arm in arms {
            let blank = self.blank();
            docs.extend([Doc::Line, blank, self.arm_pattern(arm.pat.span.hi), Doc::Space]);
            if let Some(guard) = &arm.guard {
                docs.extend([self.t(), Doc::Space, self.expr(guard), Doc::Space]);
            }
            docs.extend([self.t(), self.after_arrow(&arm.body)]);
            docs.push(self.arm_separator());
        }
        let (doc, forced) = self.braces(open, docs, forced);
        doc.group_forced(forced)
    }

    /// A comma only where the arms share a line, or where the next would be taken for the end of a range.
    fn arm_separator(&mut self) -> Doc<'a> {
        let prev = self.tokens[self.pos - 1].kind;
        let comma = self.at(T::Comma);
        let dropped = if comma { self.drop_separator() } else { Doc::Nil };
        let sign = match prev {
            T::DotDot if comma => Doc::Text(","),
            _ if self.at(T::RBrace) => Doc::Nil,
            _ => Doc::IfBreak("", ","),
        };
        concat([sign, dropped])
    }

    fn select(&mut self, arms: &[SelectArm], timeout: Option<&(Box<Expr>, Box<Expr>)>) -> Doc<'a> {
        let word = self.t();
        let forced = !self.on_one_line();
        let open = self.t();
        let mut docs = Vec::new();
        let mut arms = arms.iter().peekable();
        let mut timeout = timeout;
        while !self.at(T::RBrace) && !self.at(T::Eof) {
            let blank = self.blank();
            docs.extend([Doc::Line, blank]);
            let lo = self.tok().lo;
            if let Some(arm) = arms.next_if(|arm| arm.span.lo == lo) {
                docs.extend([
                    self.range_to(arm.pat.span.hi),
                    Doc::Space,
                    self.t(),
                    Doc::Space,
                    self.expr(&arm.future),
                ]);
                docs.extend([Doc::Space, self.t(), self.after_arrow(&arm.body)]);
            } else if let Some((time, body)) = timeout.take() {
                docs.extend([
                    self.t(),
                    Doc::Space,
                    self.expr(time),
                    Doc::Space,
                    self.t(),
                    self.after_arrow(body),
                ]);
            } else {
                docs.push(self.t());
            }
            docs.push(self.arm_separator());
        }
        let (doc, forced) = self.braces(open, docs, forced);
        concat([word, Doc::Space, doc.group_forced(forced)])
    }
}

/// The assignment that the parser has put into a block without braces.
fn bare_assignment(body: &Expr) -> Option<&Stmt> {
    match &body.kind {
        ExprKind::Block(block) if block.tail.is_none() => match block.stmts.as_slice() {
            [stmt @ Stmt { kind: StmtKind::Assign { .. }, .. }] if stmt.span == block.span => Some(stmt),
            _ => None,
        },
        _ => None,
    }
}
