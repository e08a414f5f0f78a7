//! Actors used like the objects of other languages: `c.send(Add(1))`, `c.Add(1)`, `Counter()`, `Counter.new()`.

use crate::check::FnCtxt;
use crate::codes;
use crate::program::AdtId;
use crate::ty::Ty;
use syntax::ast::{self, Ident};
use syntax::{Diagnostic, Span, sym};

/// What sending and asking are called elsewhere, where they are methods.
const SENDERS: &[&str] = &["send", "tell", "cast", "post", "emit", "notify"];
const ASKERS: &[&str] = &["ask", "call", "request", "query"];

/// A call that is written as that of a method.
#[derive(Clone, Copy)]
pub(crate) struct MethodCall {
    pub receiver: Span,
    pub whole: Span,
}

impl FnCtxt<'_> {
    /// Reports `c.send(…)` and the like of an actor. What is in the parentheses is a message, and no value.
    pub(crate) fn report_sending_method(
        &mut self,
        ty: Ty,
        name: Ident,
        call: MethodCall,
        args: &mut [ast::Arg],
    ) -> bool {
        let text = self.ck.program.name(name.name).to_string();
        let form = match text.as_str() {
            text if SENDERS.contains(&text) => "send",
            text if ASKERS.contains(&text) => "ask",
            _ => return false,
        };
        if self.ck.actor_of_ty(ty).is_none() && self.message_traits_of(ty).is_empty() {
            return false;
        }
        let owner = self.ty_name(ty);
        let message = format!("`{owner}` has no method `{text}`: messages are sent by a function");
        let diag = Diagnostic::error(codes::UNKNOWN_METHOD, name.span, message);
        let edits = args.first().and_then(|arg| self.call_as_function(form, name, call, arg.expr.span));
        self.report(match edits {
            Some(edits) => diag.fix_edits_likely(format!("write `{form}(…)`"), edits),
            None => diag.note(format!("write `{form}(x, Message)`")),
        });
        for arg in args {
            match &mut arg.expr.kind {
                ast::ExprKind::Call { args, .. } => self.check_loose(args),
                ast::ExprKind::Name { .. } => {}
                _ => self.check_loose(std::slice::from_mut(arg)),
            }
        }
        true
    }

    /// `c.send(x)` as `send(c, x)`, where nothing but that is written there.
    fn call_as_function(
        &self,
        form: &str,
        name: Ident,
        call: MethodCall,
        arg: Span,
    ) -> Option<Vec<(Span, String)>> {
        let opened = self.ck.map.text(Span::new(name.span.hi, arg.lo)).trim() == "(";
        let rest = (Span::new(call.receiver.hi, arg.lo), ", ".to_string());
        (opened && self.is_dot_between(call.receiver, name.span))
            .then(|| vec![(call.receiver.before(), format!("{form}(")), rest])
    }

    /// `c.Add(1)` as `send(c, Add(1))`.
    pub(super) fn message_as_argument(
        &self,
        form: &str,
        name: Ident,
        call: MethodCall,
    ) -> Option<Vec<(Span, String)>> {
        self.is_dot_between(call.receiver, name.span).then(|| {
            let comma = (Span::new(call.receiver.hi, name.span.lo), ", ".to_string());
            let args = Span::new(name.span.hi, call.whole.hi);
            // A message without values is written without parentheses.
            let end = if self.ck.map.text(args).trim() == "()" { args } else { call.whole.after() };
            vec![(call.receiver.before(), format!("{form}(")), comma, (end, ")".to_string())]
        })
    }

    fn is_dot_between(&self, receiver: Span, name: Span) -> bool {
        receiver.hi <= name.lo && self.ck.map.text(Span::new(receiver.hi, name.lo)).trim() == "."
    }

    /// Reports `Counter(…)` where `spawn Counter(…)` is meant.
    pub(crate) fn report_actor_call(&mut self, adt: AdtId, callee: Span) -> bool {
        let Some(id) = self.ck.decls.actors.by_adt.get(&adt) else { return false };
        let name = self.ck.program.name(self.ck.actor(*id).name).to_string();
        let message = format!("`{name}` is an actor, which is started by `spawn`");
        let diag = Diagnostic::error(codes::NOT_CALLABLE, callee, message);
        self.report(diag.fix_likely("write `spawn`", callee.before(), "spawn "));
        true
    }

    /// Reports `Counter.new(…)`, and other constructors that are called without `spawn`.
    pub(crate) fn report_constructor_call(&mut self, ty: Ty, name: Ident, actor: Span) -> bool {
        let Some(id) = self.ck.actor_of_ty(ty) else { return false };
        let is_new = name.name == sym::new;
        if !is_new && !self.ck.actor(id).constructors().any(|(_, m)| m.name == name.name) {
            return false;
        }
        let text = self.ck.program.name(self.ck.actor(id).name).to_string();
        let message = format!("`{text}` is an actor, which is started by `spawn`");
        let diag = Diagnostic::error(codes::UNKNOWN_MEMBER, name.span, message);
        if !self.is_dot_between(actor, name.span) {
            self.report(diag.note(format!("write `spawn {text}(…)`")));
            return true;
        }
        let mut edits = vec![(actor.before(), "spawn ".to_string())];
        if is_new {
            edits.push((Span::new(actor.hi, name.span.hi), String::new()));
        }
        self.report(diag.fix_edits_likely("write `spawn`", edits));
        true
    }
}
