//! What actors may not do while they wait, and what they may not send. Asked of the program as it is built, where each call
//! still has the places that were written and all types are known.
//!
//! A reentrant handler holds no state while it waits (`held.rs`). A constructor waits only when all states are set. Messages hold
//! no futures.

use super::Cx;
use super::instances::Key;
use crate::ir::*;
use crate::passes::coroutine::suspending;
use entity::Arrange;
use syntax::{Diagnostic, Span};

impl Cx<'_> {
    pub(super) fn check_actors(&mut self) {
        self.check_held_states();
        self.check_early_calls();
        self.check_messages();
    }

    /// The name of the actor whose state this is.
    pub(super) fn actor_name(&self, state: Ty) -> String {
        let mut def = &self.program.types.defs[state];
        // The state of a managed actor is a field; all other states have their actor's name before a dot.
        if let [variant] = &def.variants[..]
            && let Some(field) = variant.fields.iter().find(|field| field.name == "state")
            && def.name.starts_with("Managed<")
        {
            def = &self.program.types.defs[field.ty];
        }
        def.name.replacen(".State", "", 1)
    }

    /// The instances of functions, in the order in which they were asked for.
    fn fn_instances(&self) -> Vec<(FuncId, hir::program::FnId, &[hir::ty::Ty])> {
        let instances = self.instances.iter().filter_map(|(key, func)| match key {
            Key::Fn(id, args) => Some((*func, *id, &args[..])),
            _ => None,
        });
        let mut all: Vec<_> = instances.collect();
        all.arrange_by_key(|i| i.0);
        all
    }

    /// The first suspension of each constructor before all states are set.
    fn check_early_calls(&mut self) {
        let program = self.front.program();
        let mut found: Vec<(Span, FuncId, syntax::Symbol)> = Vec::new();
        if program.early_calls.is_empty() {
            return;
        }
        let suspends = suspending(&self.program, None);
        for (func, id, _) in self.fn_instances() {
            let Some(calls) = program.early_calls.get(&id) else { continue };
            let Some(body) = self.program.funcs[func].body() else { continue };
            let first = body.blocks.iter().filter_map(|data| {
                let Term::Call { callee: Callee::Func(callee), .. } = &data.term else { return None };
                let call = calls.iter().find(|c| c.0 == data.term_span).filter(|_| suspends[*callee])?;
                Some((call.0, *callee, call.1))
            });
            found.extend(first.min_by_key(|f| f.0.lo));
        }
        found.arrange_by_key(|f| (f.0.lo, f.1));
        found.dedup_by_key(|f| f.0);
        for (span, _, state) in found {
            let text = self.front.program().interner.name(state);
            let message = format!("`new` may suspend here, before the state `{text}` is set");
            let error = Diagnostic::error(hir::codes::UNSET_STATE, span, message);
            self.errors.push(error.note(
                "all states are set before the actor waits: give it an initial value, or let a handler do this",
            ));
        }
    }

    /// Messages of generic actors; those of others the checker knows.
    fn check_messages(&mut self) {
        let senders: Vec<hir::program::FnId> =
            ["actor_send", "mailbox_put"].iter().filter_map(|name| self.lang_fn_id(name)).collect();
        let instances = self.fn_instances().into_iter();
        let sent: Vec<(FuncId, hir::ty::Ty)> = instances
            .filter(|(_, id, _)| senders.contains(id))
            .filter_map(|(func, _, args)| Some((func, *args.get(1)?)))
            .collect();
        for (func, message) in sent {
            if let Some(what) = self.front.program_mut().holds_unsendable(message, &mut Vec::new()) {
                self.report_unsendable(func, message, what.text(), what.way_out());
            }
        }
    }

    /// At the first call that is not in the library.
    fn report_unsendable(&mut self, func: FuncId, message: hir::ty::Ty, what: &str, way_out: &str) {
        let calls = |data: &BlockData| match &data.term {
            Term::Call { callee: Callee::Func(callee), .. } => *callee == func,
            _ => false,
        };
        let bodies = self.program.funcs.iter().filter_map(|f| f.body());
        let spans = bodies.flat_map(|body| &body.blocks).filter(|data| calls(data)).map(|d| d.term_span);
        let span = spans.min_by_key(|span| span.lo).unwrap_or(Span::DUMMY);
        let name = self.front.program().ty_name(message);
        let name = name.replacen(".Message", "", 1);
        let message = format!("a message to `{name}` cannot be sent: it holds {what}");
        let error = Diagnostic::error(hir::codes::NOT_SENDABLE, span, message);
        self.errors.push(error.note(way_out));
    }
}
