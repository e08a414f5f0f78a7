//! What is particular about the functions of actors: the duty to answer, which is a variable that is moved once on
//! every path, and the states in a constructor, which are variables that are assigned late.

use super::Flow;
use super::state::{Moved, State};
use crate::actors::{ActorFn, ActorRole, ReplyKind};
use crate::body::*;
use crate::checker::Checker;
use crate::codes;
use crate::program::BodyOwner;
use syntax::{Diagnostic, Span};

/// The parameter with the duty to answer.
pub(super) fn reply_of(ck: &Checker, body: &Body) -> Option<LocalId> {
    let ActorFn { actor, role: ActorRole::Handler(variant) } = actor_fn(ck, body)? else { return None };
    match ck.actor(actor).messages[variant].reply {
        ReplyKind::ByCall | ReplyKind::Inferred => body.params.last().copied(),
        ReplyKind::Never | ReplyKind::ByResult => None,
    }
}

fn actor_fn(ck: &Checker, body: &Body) -> Option<ActorFn> {
    match body.owner {
        BodyOwner::Fn(id) => ck.actor_fn(id),
        _ => None,
    }
}

impl Flow<'_> {
    pub(super) fn check_answered(&mut self, state: &State, span: Span) {
        let Some(reply) = self.reply.filter(|_| state.owes_reply && !self.body.has_errors) else { return };
        let declared = self.body.locals[reply].span;
        let at = self.end_of(span);
        let diag = Diagnostic::error(codes::NO_REPLY, at, "the handler may end here without a reply")
            .also(declared, "whoever sends this message waits for one")
            .note("`reply(x)` on every path answers; `defer_reply()` takes the duty to answer along");
        self.report(diag);
    }

    pub(super) fn report_second_reply(&mut self, span: Span, first: &Moved) {
        let in_loop = first.span == span || first.span.lo > span.lo;
        let place =
            if in_loop { "this was done in the round of the loop before" } else { "this was done here" };
        let message = "the handler may have replied already";
        let diag = Diagnostic::error(codes::REPLY_TWICE, span, message).also(first.span, place);
        self.report(diag.note("every path replies, or takes the reply by `defer_reply()`, once"));
    }

    /// Whether a variable is the parameter with the states.
    pub(super) fn is_states(&self, local: LocalId) -> bool {
        let has_states =
            |of: ActorFn| matches!(of.role, ActorRole::Handler(_) | ActorRole::Helper { has_self: true });
        actor_fn(self.ck, self.body).is_some_and(has_states) && self.body.params.get(1) == Some(&local)
    }

    /// Whether it is the states, in a handler that is reentrant.
    pub(super) fn is_shared_state(&self, local: LocalId) -> bool {
        let BodyOwner::Fn(id) = self.body.owner else { return false };
        self.ck.program.reentrant.contains(&id) && self.is_states(local)
    }

    /// Notes a call in a constructor before all states are set. Whether it suspends, lowering knows.
    pub(super) fn note_early_call(&mut self, st: &State, span: Span) {
        let BodyOwner::Fn(id) = self.body.owner else { return };
        if st.dead || st.unset.is_empty() {
            return;
        }
        let Some(ActorFn { actor, role: ActorRole::Constructor(_) }) = self.ck.actor_fn(id) else { return };
        let states = &self.ck.actor(actor).states;
        let is_state = |local: &LocalId| {
            let decl = &self.body.locals[*local];
            states.iter().any(|s| s.span == decl.span && s.name == decl.name)
        };
        let Some(state) = st.unset.iter().copied().find(is_state) else { return };
        let name = self.body.locals[state].name;
        let calls = self.ck.program.early_calls.entry(id).or_default();
        if !calls.iter().any(|c| c.0 == span) {
            calls.push((span, name));
        }
    }

    /// The message for a state that has no value, in a constructor.
    pub(super) fn unset_state(&self, local: LocalId, span: Span) -> Option<Diagnostic> {
        let ActorFn { actor, role: ActorRole::Constructor(_) } = actor_fn(self.ck, self.body)? else {
            return None;
        };
        let decl = &self.body.locals[local];
        let is_state = |s: &crate::actors::StateVar| s.span == decl.span && s.name == decl.name;
        self.ck.actor(actor).states.iter().find(|s| is_state(s))?;
        let text = self.ck.program.name(decl.name);
        let message = format!("the state `{text}` may have no value here");
        let diag =
            Diagnostic::error(codes::UNSET_STATE, span, message).also(decl.span, "declared here without one");
        Some(diag.note("all states are set before `self` is used, and when the constructor ends"))
    }
}
