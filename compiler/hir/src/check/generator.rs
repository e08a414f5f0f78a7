//! The bodies of generators: `yield`, and `?` in them.

use super::FnCtxt;
use crate::actors::ActorRole;
use crate::body::*;
use crate::codes;
use crate::program::BodyOwner;
use crate::ty::{Ty, TyKind};
use syntax::ast;
use syntax::{Diagnostic, Span};

impl FnCtxt<'_> {
    /// What the function yields whose body this is, not that of a closure in it.
    pub(crate) fn generated(&self) -> Option<Ty> {
        let BodyOwner::Fn(id) = self.owner else { return None };
        self.ck.program.fns[id].generator.filter(|_| self.frames.len() == 1)
    }

    pub(crate) fn yield_expr(&mut self, value: &mut ast::Expr, span: Span) -> Expr {
        let Some(item) = self.generated() else {
            let value = self.expr(value, None);
            return self.yield_outside(&value, span);
        };
        let mark = self.ck.diags.len();
        let value = self.expr_as(value, item);
        let declared = self.frames[0].ret_span;
        self.explain_mismatch(mark, declared, "what is yielded is declared here");
        self.yield_value(value, item, span)
    }

    /// `generator_yield(value)`
    pub(crate) fn yield_value(&mut self, value: Expr, item: Ty, span: Span) -> Expr {
        let Some(id) = self.ck.program.lang_fn("generator_yield") else {
            self.ck.unsupported(span, "generators with this library");
            return self.error_expr(span);
        };
        let callee = Callee::Fn { id, args: [item].into() };
        let args = vec![super::expr::value_arg(value)];
        Expr { kind: ExprKind::Call { callee, args }, ty: Ty::UNIT, span }
    }

    /// `?` in a generator passes on what it has as the last value: `failed`, which the values must have the type for.
    pub(crate) fn yield_and_leave(&mut self, failed: Expr, span: Span) -> Expr {
        let item = failed.ty;
        let yields = self.yield_value(failed, item, span);
        let leave = Expr { kind: ExprKind::Return(None), ty: Ty::NEVER, span };
        let block = Block { stmts: vec![Stmt::Expr(yields)], tail: Some(Box::new(leave)) };
        Expr { kind: ExprKind::Block(block), ty: Ty::NEVER, span }
    }

    /// `return value` in a generator.
    pub(crate) fn report_generator_result(&mut self, value: &Expr, span: Span) {
        if self.settle(value.ty) == Ty::ERROR {
            self.has_errors = true;
            return;
        }
        let message = "a generator has no result: `return` ends it";
        let diag = Diagnostic::error(codes::TYPE_MISMATCH, span, message);
        self.report(diag.note("`yield` hands over a value; to end with one, `yield` it and `return`"));
    }

    fn yield_outside(&mut self, value: &Expr, span: Span) -> Expr {
        let keyword = Span::new(span.lo, span.lo + "yield".len() as u32);
        let code = codes::YIELD_OUTSIDE_GENERATOR;
        if let Some(frame) = self.frames.last().filter(|_| self.frames.len() > 1) {
            let message = if frame.is_task {
                "`yield` cannot stand in code that `async` starts"
            } else {
                "`yield` cannot stand in a closure"
            };
            let diag = Diagnostic::error(code, keyword, message);
            self.report(
                diag.note("it hands a value to the caller of the function in whose body it stands itself"),
            );
            return self.error_expr(span);
        }
        let role = match self.owner {
            BodyOwner::Fn(id) => self.ck.actor_fn(id).map(|of| of.role),
            BodyOwner::Const(_) | BodyOwner::Test(_) => None,
        };
        let is_fn = matches!(self.owner, BodyOwner::Fn(_));
        let message = "`yield` stands in functions whose type is `Iterator<T>`";
        let diag = Diagnostic::error(code, keyword, message);
        let diag = match role {
            Some(ActorRole::Handler(_) | ActorRole::Constructor(_)) => {
                diag.note("a handler replies once; a function can go through many values")
            }
            _ if is_fn && self.has_written_ret => {
                diag.also(self.frames[0].ret_span, "the result is declared here")
            }
            _ if is_fn => self.suggest_iterator(diag, value),
            _ => diag.note(
                "write a function that yields the values, and go through them here: `for x in values()`",
            ),
        };
        self.report(diag);
        self.error_expr(span)
    }

    fn suggest_iterator(&mut self, diag: Diagnostic, value: &Expr) -> Diagnostic {
        let ty = self.settle(value.ty);
        if self.is_open(ty) || ty == Ty::ERROR || matches!(self.kind(ty), TyKind::Closure(..)) {
            return diag;
        }
        let name = self.ty_name(ty);
        let end = self.frames[0].ret_span.after();
        diag.fix_likely("declare what it yields", end, format!(" -> Iterator<{name}>"))
    }
}
