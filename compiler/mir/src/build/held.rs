//! A reentrant handler holds no state while it waits: others may change them meanwhile. A place is held by a call that waits if the
//! call changes it, or is lent it because it can only be moved; and by an expression that has the address of an element,
//! and goes on to use it, while an operand in between waits. Places without an address are read behind all operands.
//!
//! Asked of the program as it is built: later, addresses are no longer told from others.

use super::Cx;
use super::instances::Key;
use crate::analysis::bitset::BitSet;
use crate::analysis::flow::{Backward, backward, before_edges};
use crate::ir::*;
use crate::passes::coroutine::{callee_that_suspends, suspending};
use crate::visit::Access;
use entity::{Arrange, Idx, IndexVec};
use syntax::{Diagnostic, Span};

/// A state that is held.
#[derive(PartialEq, Eq)]
struct Held {
    span: Span,
    /// The call that waits.
    call: Span,
    /// What it calls, if that is known.
    callee: Option<FuncId>,
}

impl Cx<'_> {
    pub(super) fn check_held_states(&mut self) {
        let reentrant = &self.front.program().reentrant;
        let is_handler = |key: &Key| matches!(key, Key::Fn(id, _) if reentrant.contains(id));
        let mut handlers: Vec<FuncId> =
            self.instances.iter().filter(|(key, _)| is_handler(key)).map(|(_, func)| *func).collect();
        if handlers.is_empty() {
            return;
        }
        handlers.arrange();
        let suspends = suspending(&self.program, None);
        let mut found: Vec<Held> = Vec::new();
        for handler in handlers {
            let Some(body) = self.program.funcs[handler].body() else { continue };
            // The second parameter has the address of the states.
            let Some(states) = body.params.get(1).map(|param| param.local) else { continue };
            let handler = Handler { program: &self.program, suspends: &suspends, body, states };
            handler.collect(&mut found);
        }
        for held in found {
            self.report_held(&held);
        }
    }

    fn report_held(&mut self, held: &Held) {
        let message = "a state is held while a reentrant handler may wait";
        let mut diag = Diagnostic::error(hir::codes::MUT_ACROSS_SUSPENSION, held.span, message);
        if held.span != held.call {
            diag = diag.also(held.call, "this may suspend, and the state is needed behind it");
            self.errors.push(diag.note(
                "other messages may change the states meanwhile: put what waits in a variable before, in a statement of its own",
            ));
            return;
        }
        match held.callee.map(|callee| self.program.funcs[callee].span) {
            Some(callee) if !callee.is_dummy() && callee != held.span => {
                diag = diag.also(callee, "this may suspend");
            }
            Some(_) => {}
            None => {
                diag = diag.note("`async fn` in the trait, or `async Fn` as the type of what is called, says that it may suspend");
            }
        }
        self.errors.push(diag.note(
            "other messages may change the states meanwhile: let the call change a variable, and set the state behind it",
        ));
    }
}

/// A reentrant handler.
struct Handler<'a> {
    program: &'a Program,
    suspends: &'a IndexVec<FuncId, bool>,
    body: &'a Body,
    states: Local,
}

impl Handler<'_> {
    fn collect(&self, found: &mut Vec<Held>) {
        let needed = backward(self.body, &Needed { body: self.body });
        let mut behind = BitSet::new(self.body.locals.len());
        for (block, data) in self.body.blocks.iter_enumerated() {
            let Some(callee) = callee_that_suspends(self.program, self.suspends, self.body, block) else {
                continue;
            };
            let call = data.term_span;
            let mut add = |span: Span| {
                if !found.iter().any(|held| held.span == span) {
                    found.push(Held { span, call, callee });
                }
            };
            if self.is_given_state(&data.term) {
                add(call);
            }
            before_edges(self.body, &Needed { body: self.body }, &needed, block, &mut behind);
            for (local, decl) in self.body.locals.iter_enumerated() {
                if behind.contains(local.index()) && local != self.states && self.is_in_states(local) {
                    add(decl.span);
                }
            }
        }
    }

    /// Whether a call has a place in the states as its receiver or as an argument, to change it or to look at it.
    fn is_given_state(&self, term: &Term) -> bool {
        let Term::Call { callee, args, .. } = term else { return false };
        let object = match callee {
            Callee::FnBox(object) | Callee::Dyn { object, .. } => Some(object),
            _ => None,
        };
        let lent = args.iter().filter_map(|arg| match arg {
            Arg::Mut(place) | Arg::Value(Operand::Borrow(place)) => Some(place),
            Arg::Value(_) => None,
        });
        lent.chain(object).any(|place| self.is_in_states(place.local))
    }

    /// Whether a local leads into the states.
    fn is_in_states(&self, mut local: Local) -> bool {
        while local != self.states {
            match self.body.locals[local].loan_of {
                Some(of) => local = of,
                None => return false,
            }
        }
        true
    }
}

/// Which locals are used later, before they get another value.
struct Needed<'a> {
    body: &'a Body,
}

impl Needed<'_> {
    fn write(state: &mut BitSet, place: &Place) {
        if place.proj.is_empty() {
            state.remove(place.local.index());
        }
    }

    fn access(state: &mut BitSet, place: &Place, access: Access) {
        let is_whole = matches!(access, Access::Write | Access::CallWrite) && place.proj.is_empty();
        if !is_whole {
            state.insert(place.local.index());
        }
    }
}

impl Backward for Needed<'_> {
    fn bits(&self) -> usize {
        self.body.locals.len()
    }

    fn stmt(&self, state: &mut BitSet, stmt: &StmtKind) {
        if let StmtKind::Assign(place, _) = stmt {
            Self::write(state, place);
        }
        stmt.for_each_access(|place, access| Self::access(state, place, access));
    }

    fn term(&self, state: &mut BitSet, term: &Term) {
        term.for_each_access(|place, access| Self::access(state, place, access));
    }

    fn normal_edge(&self, state: &mut BitSet, term: &Term) {
        if let Term::Call { dest, .. } = term {
            Self::write(state, dest);
        }
    }
}
