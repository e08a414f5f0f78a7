//! What of an actor is not reachable from outside.

use crate::actors::{ActorId, ActorRole};
use crate::check::FnCtxt;
use crate::check::actor::habits::MethodCall;
use crate::codes;
use crate::program::AdtId;
use crate::ty::Ty;
use syntax::ast::Ident;
use syntax::{Diagnostic, Span};

impl FnCtxt<'_> {
    /// Reports the reference to an actor that is made, or taken apart, like a struct.
    pub(crate) fn refuse_actor_struct(&mut self, adt: AdtId, span: Span) -> bool {
        let Some(id) = self.ck.decls.actors.by_adt.get(&adt) else { return false };
        let name = self.ck.program.name(self.ck.actor(*id).name).to_string();
        let message = format!("`{name}` is an actor, which is no value that can be made or taken apart");
        let diag = Diagnostic::error(codes::PRIVATE, span, message);
        self.report(diag.note(format!("`spawn {name}(…)` starts one, `send` and `ask` reach it")));
        true
    }

    /// Why the name of a state means nothing here, in code of the actor that has no `self`.
    pub(crate) fn unreachable_state(&self, name: syntax::Symbol) -> Option<&'static str> {
        let body = self.actor.as_ref().filter(|a| a.reference.is_none())?;
        self.ck.actor(body.id).state_index(name)?;
        Some(match body.role {
            ActorRole::StateInit(_) => {
                "it is a state, and initial values do not know the others: `new` can set one by another"
            }
            _ => "it is a state of the actor, and this function does not take `self`",
        })
    }

    /// Reports the name of an actor where a value is needed.
    pub(crate) fn report_actor_value(&mut self, adt: AdtId, span: Span) -> bool {
        let Some(id) = self.ck.decls.actors.by_adt.get(&adt) else { return false };
        let name = self.ck.program.name(self.ck.actor(*id).name).to_string();
        let message = format!("expected a value, found the actor `{name}`");
        let diag = Diagnostic::error(codes::NOT_A_VALUE, span, message);
        self.report(diag.note(format!("messages go to an actor that was started: `spawn {name}(…)`")));
        true
    }

    /// The message for `x.name` of an actor, where `name` is something of the actor.
    pub(crate) fn report_actor_member(&mut self, ty: Ty, name: Ident, call: Option<MethodCall>) -> bool {
        let Some(id) = self.ck.actor_of_ty(ty) else { return self.report_trait_message(ty, name, call) };
        if let Some(variant) = self.ck.actor(id).handler(name.name) {
            let has_reply = self.ck.actor(id).messages[variant].reply != crate::actors::ReplyKind::Never;
            let of = self.ck.program.name(self.ck.actor(id).name).to_string();
            self.report_message_call(&format!("actor `{of}`"), name, has_reply, call);
            return true;
        }
        let Some((what, note)) = self.actor_member(id, name) else { return false };
        let of = self.ck.program.name(self.ck.actor(id).name).to_string();
        let text = self.ck.program.name(name.name).to_string();
        let message = format!("`{text}` is a {what} of the actor `{of}`");
        self.report(Diagnostic::error(codes::PRIVATE, name.span, message).note(note));
        true
    }

    /// For `x.Message` and `x.Message(…)`; what is known of an answer says how it is sent.
    fn report_message_call(&mut self, of: &str, name: Ident, has_reply: bool, call: Option<MethodCall>) {
        let form = if has_reply { "ask" } else { "send" };
        let text = self.ck.program.name(name.name).to_string();
        let message = format!("`{text}` is a message of the {of}");
        let diag = Diagnostic::error(codes::UNKNOWN_METHOD, name.span, message);
        let edits = call.and_then(|call| self.message_as_argument(form, name, call));
        self.report(match edits {
            Some(edits) => diag.fix_edits_likely("messages are sent", edits),
            None => diag.note(format!("messages are sent: `{form}(x, {text})`")),
        });
    }

    fn report_trait_message(&mut self, ty: Ty, name: Ident, call: Option<MethodCall>) -> bool {
        let traits = self.message_traits_of(ty);
        let message = traits.iter().find_map(|(t, _)| {
            let decl = self.ck.decls.message_traits.get(t)?;
            Some((*t, decl.message(name.name)?.has_reply))
        });
        let Some((trait_, has_reply)) = message else { return false };
        let of = self.ck.program.name(self.ck.program.traits[trait_].name).to_string();
        self.report_message_call(&format!("trait `{of}`"), name, has_reply, call);
        true
    }

    fn actor_member(&self, id: ActorId, name: Ident) -> Option<(&'static str, String)> {
        let actor = self.ck.actor(id);
        let text = self.ck.program.name(name.name);
        if actor.state_index(name.name).is_some() {
            let note = "only messages are reachable from outside: a handler can give the value, `on … -> T`";
            return Some(("state", note.to_string()));
        }
        if actor.helper(name.name).is_some() {
            let note = "only messages are reachable from outside: a handler can call the function";
            return Some(("function", note.to_string()));
        }
        let is_constructor = actor.constructors().any(|(_, m)| m.name == name.name);
        let of = self.ck.program.name(actor.name);
        let path = if text == "new" { of.to_string() } else { format!("{of}.{text}") };
        is_constructor.then(|| ("constructor", format!("`spawn {path}(…)` starts an actor")))
    }
}
