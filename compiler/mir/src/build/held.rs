//! States that a reentrant handler holds while it waits: others may change them meanwhile, so that is an error.
//!
//! A place is held by a call that changes it, or that is lent what can only be moved. Asked of the program as it is built, where
//! each call still has the places that were written.

use super::Cx;
use super::instances::Key;
use crate::ir::*;
use crate::passes::coroutine::coroutines;
use syntax::{Diagnostic, Span};

impl Cx<'_> {
    pub(super) fn check_held_states(&mut self) {
        let reentrant = &self.front.program().reentrant;
        let is_handler = |key: &Key| matches!(key, Key::Fn(id, _) if reentrant.contains(id));
        let mut handlers: Vec<FuncId> =
            self.instances.iter().filter(|(key, _)| is_handler(key)).map(|(_, func)| *func).collect();
        if handlers.is_empty() {
            return;
        }
        handlers.sort_unstable();
        let suspends = coroutines(&self.program, None);
        let mut found: Vec<(Span, FuncId)> = Vec::new();
        for handler in handlers {
            let Some(body) = self.program.funcs[handler].body() else { continue };
            for data in &body.blocks {
                if let Term::Call { callee: Callee::Func(callee), args, .. } = &data.term
                    && suspends[*callee]
                    && args.iter().any(|arg| holds_state(body, arg))
                    && !found.iter().any(|f| f.0 == data.term_span)
                {
                    found.push((data.term_span, *callee));
                }
            }
        }
        for (span, callee) in found {
            self.report_held(span, callee);
        }
    }

    fn report_held(&mut self, span: Span, callee: FuncId) {
        let callee = &self.program.funcs[callee];
        let message = "a state is held while a reentrant handler may wait";
        let mut diag = Diagnostic::error(hir::codes::MUT_ACROSS_SUSPENSION, span, message);
        if !callee.span.is_dummy() && span != callee.span {
            diag = diag.also(callee.span, "this may suspend");
        }
        self.errors.push(diag.note(
            "other messages may change the states meanwhile: let the call change a variable, and set the state behind it",
        ));
    }
}

/// Whether an argument is a place in the states, or lent from there. The second parameter has their address.
fn holds_state(body: &Body, arg: &Arg) -> bool {
    let (Arg::Mut(place) | Arg::Value(Operand::Borrow(place))) = arg else { return false };
    let Some(states) = body.params.get(1).map(|param| param.local) else { return false };
    let mut local = place.local;
    while local != states {
        match body.locals[local].loan_of {
            Some(of) => local = of,
            None => return false,
        }
    }
    true
}
