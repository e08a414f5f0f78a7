//! `send_after` and `every`: messages that a timer sends.

use super::message::{Addressed, Letter, Recipient};
use crate::body::*;
use crate::check::expr::value_arg;
use crate::check::{FnCtxt, with_lets};
use crate::codes;
use crate::resolve::is_iso_for;
use syntax::ast;
use syntax::{Diagnostic, Span};

/// How often a timer sends its message.
#[derive(Clone, Copy)]
enum Until {
    Once,
    /// Until the actor takes no messages any more.
    Lost,
}

impl FnCtxt<'_> {
    /// `send_after(actor, Message(…), delay)`
    pub(super) fn send_after(&mut self, args: &mut [ast::Arg], span: Span) -> Expr {
        let [target, message, delay] = args else {
            return self.report_timer_form("send_after(counter, Add(1), 1s)", args, span);
        };
        self.refuse_mut(&[target.mut_span, message.mut_span, delay.mut_span], "send_after");
        let addressed = self.addressed(&mut target.expr, &mut message.expr, "send_after");
        let delay = self.duration(&mut delay.expr);
        let Some(Addressed { mut lets, to, letter }) = addressed else { return self.error_expr(span) };
        let send = self.sending_closure(to, letter, &mut lets, Until::Once, span);
        let call = self.runtime_call("timer_send", &[], vec![send, delay], span);
        with_lets(lets, call)
    }

    /// `every(period, actor, Message(…))`: the values of the message are copied for each time.
    pub(super) fn every(&mut self, args: &mut [ast::Arg], span: Span) -> Expr {
        let [period, target, message] = args else {
            return self.report_timer_form("every(1s, clock, Tick)", args, span);
        };
        self.refuse_mut(&[period.mut_span, target.mut_span, message.mut_span], "every");
        let period = self.duration(&mut period.expr);
        let mut lets = Vec::new();
        let period = self.variable(period, &mut lets);
        let addressed = self.addressed(&mut target.expr, &mut message.expr, "every");
        let Some(addressed) = addressed else { return self.error_expr(span) };
        let (to, letter) = (addressed.to, addressed.letter);
        lets.extend(addressed.lets);
        if self.refuse_iso(&letter.values) {
            return self.error_expr(span);
        }
        let send = self.sending_closure(to, letter, &mut lets, Until::Lost, span);
        let call = self.runtime_call("timer_every", &[], vec![period, send], span);
        with_lets(lets, call)
    }

    /// A closure that sends the message, of which the values are worked out before; and tells whether the actor is lost, if it
    /// is to be called until that is so.
    fn sending_closure(
        &mut self,
        to: LocalId,
        mut letter: Letter,
        lets: &mut Vec<Stmt>,
        until: Until,
        span: Span,
    ) -> Expr {
        let values = std::mem::take(&mut letter.values);
        let mut outer = vec![to];
        outer.extend(values.into_iter().map(|value| self.bind_value(value, lets)).collect::<Vec<_>>());
        self.task_closure(&outer, span, |this, inner| {
            letter.values = inner[1..].iter().map(|local| this.local(*local, span)).collect();
            match until {
                Until::Once => this.unasked(inner[0], letter, span),
                Until::Lost => {
                    let lost = this.is_lost(inner[0], &letter.to, span);
                    let sent = this.unasked(inner[0], letter, span);
                    with_lets(vec![Stmt::Expr(sent)], lost)
                }
            }
        })
    }

    /// Whether an actor takes no messages any more.
    fn is_lost(&mut self, of: LocalId, kind: &Recipient, span: Span) -> Expr {
        let handle = match kind {
            Recipient::Actor { actor, args, .. } => {
                let cell = self.cell_of(of, *actor, args, span);
                self.runtime_call("actor_handle", &[], vec![cell], span)
            }
            Recipient::Trait { trait_, args, .. } => {
                let Some(method) = self.ck.decls.message_traits.get(trait_).map(|t| t.handle) else {
                    return self.error_expr(span);
                };
                let callee = self.trait_callee(*trait_, method, args.clone());
                let args = vec![value_arg(self.local(of, span))];
                let ty = self.ck.runtime_ty("ActorHandle", &[]);
                Expr { kind: ExprKind::Call { callee, args }, ty, span }
            }
        };
        self.runtime_call("actor_lost", &[], vec![handle], span)
    }

    fn refuse_iso(&mut self, values: &[Expr]) -> bool {
        for value in values {
            let ty = self.resolve_now(value.ty);
            if is_iso_for(&mut self.ck.program, ty, &self.cx.generics) {
                let name = self.ty_name(ty);
                let message = format!("`{name}` can only be moved, `every` would send it many times");
                let diag = Diagnostic::error(codes::ISO_ARGUMENT, value.span, message);
                self.report(diag.note("`send_after` sends a message once"));
                return true;
            }
        }
        false
    }

    fn refuse_mut(&mut self, spans: &[Option<Span>], form: &str) {
        if let Some(span) = spans.iter().flatten().next() {
            let message = format!("the arguments of `{form}` are values, never `mut`");
            self.error(codes::UNEXPECTED_MUT, *span, message);
        }
    }

    fn report_timer_form(&mut self, form: &str, args: &mut [ast::Arg], span: Span) -> Expr {
        let name = form.split('(').next().unwrap_or(form);
        let message = format!("`{name}` takes an actor, a message and a time");
        let diag = Diagnostic::error(codes::WRONG_ARG_COUNT, span, message);
        self.report(diag.note(format!("write `{form}`")));
        self.check_loose(args);
        self.error_expr(span)
    }
}
