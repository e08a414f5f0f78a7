//! `reply(x)` and `defer_reply()`: the two ways to part with the duty to answer. That every path does so once is
//! checked by `flow`.

use crate::actors::ActorRole;
use crate::body::*;
use crate::check::{FnCtxt, with_lets};
use crate::codes;
use crate::ty::{Ty, TyKind};
use syntax::ast;
use syntax::{Diagnostic, Span};

impl FnCtxt<'_> {
    pub(crate) fn reply(&mut self, value: &mut ast::Expr, span: Span) -> Expr {
        let Some((reply, answer)) = self.duty("reply", span) else {
            self.expr(value, None);
            return Expr { ty: Ty::UNIT, ..self.error_expr(span) };
        };
        let mark = self.ck.diags.len();
        let value = self.expr_as(value, answer);
        if self.reported_since(mark) {
            self.explain_reply(mark);
        }
        if let Some(body) = &mut self.actor {
            body.first_reply.get_or_insert(span);
        }
        let mut lets = Vec::new();
        let value = self.variable(value, &mut lets);
        let taken = self.take_duty(reply, span);
        let call = self.runtime_call("reply_send", &[answer], vec![taken, value], span);
        with_lets(lets, call)
    }

    /// Says where the type of the reply comes from.
    fn explain_reply(&mut self, mark: usize) {
        if self.has_written_ret {
            let declared = self.frames[0].ret_span;
            return self.explain_mismatch(mark, declared, "the reply is declared here");
        }
        if let Some(first) = self.actor.as_ref().and_then(|a| a.first_reply) {
            self.explain_mismatch(mark, first, "the first reply decides the type");
        }
    }

    pub(super) fn defer_reply(&mut self, args: &mut [ast::Arg], span: Span) -> Expr {
        if !args.is_empty() {
            let diag = Diagnostic::error(codes::WRONG_ARG_COUNT, span, "`defer_reply` takes no arguments");
            self.report(diag.note("`let r = defer_reply()`, and later `r.reply(x)`"));
            self.check_loose(args);
            return self.error_expr(span);
        }
        match self.duty("defer_reply", span) {
            Some((reply, _)) => {
                let taken = self.take_duty(reply, span);
                self.runtime_call("reply_deferred", &[], vec![taken], span)
            }
            None => self.error_expr(span),
        }
    }

    /// Moves the `Reply` out of its variable, whatever is done with it then: `flow` counts on that.
    fn take_duty(&mut self, reply: LocalId, span: Span) -> Expr {
        let mut lets = Vec::new();
        let duty = self.local(reply, span);
        let taken = self.bind_value(duty, &mut lets);
        with_lets(lets, self.local(taken, span))
    }

    /// The variable with the `Reply`, and what it takes.
    fn duty(&mut self, form: &str, span: Span) -> Option<(LocalId, Ty)> {
        let body = self.actor.as_ref();
        let is_handler = matches!(body.map(|a| a.role), Some(ActorRole::Handler(_)));
        let reply = body.and_then(|a| a.reply);
        let (message, note) = match (is_handler, reply) {
            (true, Some(reply)) if self.frames.len() == 1 => {
                let TyKind::Adt(_, args) = self.kind(self.locals[reply].ty) else { return None };
                let answer = args.first().copied().unwrap_or(Ty::ERROR);
                return Some((reply, answer));
            }
            (true, _) => (
                format!("`{form}` stands in the handler itself, not in code that runs another time"),
                "`let r = defer_reply()` takes the duty to answer along; `r.reply(x)` answers",
            ),
            _ => (
                format!("there is no message to answer here, so no `{form}`"),
                "only handlers answer; `let r = defer_reply()` there gives a value that others can answer by: `r.reply(x)`",
            ),
        };
        self.report(Diagnostic::error(codes::REPLY_OUTSIDE_HANDLER, span, message).note(note));
        None
    }
}
