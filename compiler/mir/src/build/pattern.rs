//! `match`, `is`, `let` with patterns: what stands around the decision trees of [`super::decision`].

use super::decision::{Bind, Decision, Occ, OccId, Row};
use super::effects::{Effects, is_place, place_root};
use super::func::{Builder, Label};
use super::place::Access;
use super::scope::Exit;
use crate::ir::*;
use hir::body::{Arm, Expr, ExprKind, LocalId, Pat, PatKind};
use syntax::Diagnostic;

/// Where the leaves of a decision tree meet: nothing is spent on a meeting of one.
#[derive(Default, Debug)]
pub(super) struct Meeting {
    open: Option<Block>,
    label: Label,
}

impl Builder<'_, '_> {
    pub fn arrive(&mut self, at: &mut Meeting) {
        let Some(block) = self.block.take() else { return };
        if at.label.0.is_none() && at.open.is_none() {
            at.open = Some(block);
            return;
        }
        let target = self.label_block(&mut at.label);
        if let Some(first) = at.open.take() {
            self.set_term(first, Term::Goto(target));
        }
        self.set_term(block, Term::Goto(target));
    }

    pub fn depart(&mut self, at: &Meeting) {
        self.block = at.open.or(at.label.0);
    }

    // ------------------------------------------------------------ match

    pub fn match_(&mut self, dest: Option<&Place>, scrutinee: &Expr, arms: &[Arm]) {
        let depth = self.drops.len();
        let mut decision = Decision::default();
        let root = self.scrutinee(&mut decision, scrutinee, arms);
        let rows = arms.iter().enumerate().map(|(i, arm)| Row::new(root, &arm.pat, i)).collect();
        decision.set_guards(arms.iter().map(|a| a.guard.as_ref()));
        self.decide(&mut decision, rows, None);
        let early = self.early_drops(depth);
        let mut end = Label::default();
        for (arm, state) in arms.iter().zip(std::mem::take(&mut decision.arms)) {
            self.depart(&state.entry);
            if !self.is_reachable() {
                continue;
            }
            let in_arm = self.drops.len();
            self.span = arm.span;
            state.bound.iter().for_each(|local| self.schedule(*local));
            early.iter().for_each(|local| self.drop_place((*local).into(), None));
            self.eval_scoped(dest, &arm.body);
            self.pop_drops(in_arm, dest.cloned());
            self.goto(&mut end);
        }
        self.bind(end);
        self.pop_drops(depth, dest.cloned());
    }

    /// Takes temporaries off the stack that may be dropped as soon as a pattern has matched: nobody can notice when.
    /// Values whose drop runs the user's code stay until the end.
    fn early_drops(&mut self, depth: usize) -> Vec<Local> {
        let mut early = Vec::new();
        for i in (depth..self.drops.len()).rev() {
            let local = self.drops[i].local;
            let ty = self.local_ty(local);
            let facts = self.facts(ty);
            if !facts.user_drop && !facts.iso {
                self.unschedule(local);
                early.push(local);
            }
        }
        early
    }

    /// The place that is matched on.
    fn scrutinee<'p>(&mut self, decision: &mut Decision<'p>, e: &Expr, arms: &'p [Arm]) -> OccId {
        let written = writes_of(arms.iter().filter_map(|a| a.guard.as_ref()));
        let may_change = self.may_change_under(e, arms) || self.may_go_under(e, arms);
        let written = Effects { memory: written.memory || may_change, ..written };
        if let ExprKind::Tuple(elems) = &e.kind
            && !elems.is_empty()
            && !arms.iter().any(|a| names_whole(&a.pat))
        {
            let kids =
                elems.iter().map(|elem| self.scrutinee_part(decision, elem, elems, &written)).collect();
            let ty = self.mono(e.ty);
            return decision.occ(Occ { place: None, ty, kids, array: None });
        }
        self.scrutinee_part(decision, e, &[], &written)
    }

    /// Whether a guard may wait while others change what is matched: the states of a reentrant handler. What can only be
    /// moved cannot be copied before.
    fn may_change_under(&mut self, e: &Expr, arms: &[Arm]) -> bool {
        let Some(guard) = arms.iter().find_map(|arm| arm.guard.as_ref()) else { return false };
        if self.shared_states().is_none_or(|states| place_root(e) != Some(states)) {
            return false;
        }
        let ty = self.ty(e.ty);
        if self.facts(ty).iso {
            let message = "a guard may wait while a reentrant handler holds a state";
            let error = Diagnostic::error(hir::codes::MUT_ACROSS_SUSPENSION, guard.span, message)
                .also(e.span, "this can only be moved, so it is not copied for the `match`")
                .note("write the condition as an `if` in the arm");
            self.cx.errors.push(error);
        }
        true
    }

    /// Whether a guard may move what the place is a part of.
    fn may_go_under(&mut self, e: &Expr, arms: &[Arm]) -> bool {
        let guards = || arms.iter().filter_map(|arm| arm.guard.as_ref());
        match &e.kind {
            ExprKind::Tuple(elems) => elems.iter().any(|elem| self.may_lose(elem, guards())),
            _ => self.may_lose(e, guards()),
        }
    }

    fn scrutinee_part(
        &mut self,
        decision: &mut Decision<'_>,
        e: &Expr,
        siblings: &[Expr],
        written: &Effects,
    ) -> OccId {
        let ty = self.ty(e.ty);
        // The parts of a tuple that can only be moved are moved into it, whatever its patterns look at.
        let goes = !siblings.is_empty() && self.facts(ty).iso;
        let others = || siblings.iter().filter(|s| !std::ptr::eq(*s, e));
        let is_stable = is_place(e)
            && !goes
            && !self.may_go_with(e, others())
            && !written.memory
            && place_root(e).is_none_or(|root| !written.written.contains(&root))
            && !super::effects::is_disturbed(e, others(), self.shared_states());
        let place = if is_stable { self.place(e, Access::Read) } else { self.value_in_temp(e).into() };
        let ty = self.mono(e.ty);
        decision.occ(Occ { place: Some(place), ty, kids: Vec::new(), array: None })
    }

    // ------------------------------------------------------------ single patterns

    /// Goes on where the value matches, with the bindings scheduled; leaves for `fail` otherwise.
    pub fn test_pattern(&mut self, e: &Expr, pat: &Pat, fail: &mut Exit) {
        if !self.is_reachable() {
            return;
        }
        let depth = self.drops.len();
        let mut decision = Decision::default();
        let root = self.scrutinee_for(&mut decision, e, pat);
        let temps = self.temps_above(depth);
        self.decide_one(&mut decision, root, pat, Some(fail));
        self.drop_below(&temps);
    }

    fn scrutinee_for<'p>(&mut self, decision: &mut Decision<'p>, e: &Expr, pat: &'p Pat) -> OccId {
        if let ExprKind::Tuple(elems) = &e.kind
            && !elems.is_empty()
            && !names_whole(pat)
        {
            let none = Effects::default();
            let kids = elems.iter().map(|elem| self.scrutinee_part(decision, elem, elems, &none)).collect();
            let ty = self.mono(e.ty);
            return decision.occ(Occ { place: None, ty, kids, array: None });
        }
        self.scrutinee_part(decision, e, &[], &Effects::default())
    }

    fn decide_one<'p>(
        &mut self,
        decision: &mut Decision<'p>,
        root: OccId,
        pat: &'p Pat,
        fail: Option<&mut Exit>,
    ) {
        decision.set_guards(std::iter::once(None));
        self.decide(decision, vec![Row::new(root, pat, 0)], fail);
        let state = decision.arms.remove(0);
        self.depart(&state.entry);
        state.bound.iter().for_each(|local| self.schedule(*local));
    }

    fn temps_above(&self, depth: usize) -> Vec<Local> {
        self.drops[depth..].iter().filter(|s| !s.survives).map(|s| s.local).collect()
    }

    /// Drops temporaries that lie on the stack below bindings.
    pub fn drop_below(&mut self, temps: &[Local]) {
        for temp in temps.iter().rev() {
            if self.drops.iter().any(|s| s.local == *temp) {
                self.unschedule(*temp);
                self.drop_place((*temp).into(), None);
            }
        }
    }

    pub fn let_pattern(&mut self, pat: &Pat, init: &Expr) {
        let depth = self.drops.len();
        let mut decision = Decision::default();
        let root = self.scrutinee_for(&mut decision, init, pat);
        let temps = self.temps_above(depth);
        self.decide_one(&mut decision, root, pat, None);
        self.drop_below(&temps);
    }

    pub fn let_else(&mut self, pat: &Pat, init: &Expr, else_: &Expr) {
        let depth = self.drops.len();
        let mut fail = self.new_exit();
        self.test_pattern(init, pat, &mut fail);
        let bound = self.drops.split_off(depth);
        let matched = self.block.take();
        self.bind(fail.label);
        self.eval_scoped(None, else_);
        self.terminate(Term::Unreachable);
        self.drops.extend(bound);
        self.block = matched;
    }

    /// Binds a pattern that always matches to the parts of a place.
    pub fn bind_irrefutable(&mut self, pat: &Pat, place: Place) {
        let mut decision = Decision::default();
        let ty = self.mono(pat.ty);
        let root = decision.occ(Occ { place: Some(place), ty, kids: Vec::new(), array: None });
        self.decide_one(&mut decision, root, pat, None);
    }

    /// Declares the variables of a `let` without initial value.
    pub fn declare_pattern(&mut self, pat: &Pat) {
        for id in bindings(pat) {
            let local = self.declare_var(id);
            self.schedule(local);
        }
    }

    /// Assigns a variable of a pattern. A variable has one local, however many leaves assign it.
    pub fn bind_var(&mut self, decision: &mut Decision<'_>, arm: usize, id: LocalId, bind: &Bind) -> Local {
        let local = match self.bound.get(&id) {
            Some(local) => *local,
            None => {
                let local = self.declare_var(id);
                self.bound.insert(id, local);
                local
            }
        };
        self.vars.insert(id, local.into());
        match bind {
            Bind::Place(place) => {
                let ty = self.local_ty(local);
                if !self.is_unit(ty) {
                    let value = self.read(place.clone());
                    self.set(local, value);
                }
            }
            Bind::Rest { array, from, behind } => self.bind_rest(local, id, array, *from, *behind),
        }
        let bound = &mut decision.arms[arm].bound;
        if !bound.contains(&local) {
            bound.push(local);
        }
        local
    }
}

fn writes_of<'e>(guards: impl Iterator<Item = &'e Expr>) -> Effects {
    let mut effects = Effects::default();
    guards.for_each(|g| effects.add(g));
    // Calls in guards write no memory that a pattern looks at, except through `mut` arguments, which are listed.
    effects.memory = false;
    effects
}

/// Whether a pattern on a tuple binds the tuple itself.
fn names_whole(pat: &Pat) -> bool {
    match &pat.kind {
        PatKind::Binding { .. } => true,
        PatKind::Or(alternatives) => alternatives.iter().any(names_whole),
        PatKind::Tuple(_) | PatKind::Wild => false,
        _ => true,
    }
}

/// The variables of a pattern in source order, each once.
pub(super) fn bindings(pat: &Pat) -> Vec<LocalId> {
    fn walk(pat: &Pat, out: &mut Vec<LocalId>) {
        let mut add = |id: LocalId| {
            if !out.contains(&id) {
                out.push(id);
            }
        };
        match &pat.kind {
            PatKind::Binding { local, sub } => {
                add(*local);
                sub.iter().for_each(|p| walk(p, out));
            }
            PatKind::Or(pats) | PatKind::Tuple(pats) => pats.iter().for_each(|p| walk(p, out)),
            PatKind::Adt { fields, .. } => fields.iter().for_each(|(_, p)| walk(p, out)),
            PatKind::Array { prefix, rest, suffix } => {
                prefix.iter().for_each(|p| walk(p, out));
                if let Some(Some(rest)) = rest
                    && !out.contains(rest)
                {
                    out.push(*rest);
                }
                suffix.iter().for_each(|p| walk(p, out));
            }
            _ => {}
        }
    }
    let mut out = Vec::new();
    walk(pat, &mut out);
    out
}
