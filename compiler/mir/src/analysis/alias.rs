//! Copies that nobody can tell from the original: `x = copy place`, where what the place holds stays alive, in place and
//! unchanged as long as `x` is needed. Such an `x` may be a borrow, or be replaced by the place.
//!
//! Optimistic: all candidates are taken for borrows, what each rests on (`analysis::provenance`) is followed through the others, and those that
//! meet a change while they are needed are taken out, until none is. Writes through a pointer count as changes of what it points
//! into; through one of which nothing is known, as changes of everything.

use crate::analysis::bitset::BitSet;
use crate::analysis::flow::{Backward, before_edges};
use crate::analysis::liveness::Liveness;
use crate::analysis::move_paths::{Detail, MovePaths};
use crate::analysis::provenance::{Provenance, carries_address};
use crate::facts::TypeFacts;
use crate::ir::*;
use crate::visit::Access;
use entity::{Arrange, Idx, IndexVec};

/// The candidates that stay; each is a local whose every assignment is `copy` of a place (or a constant).
pub fn stable_copies(types: &Types, facts: &TypeFacts, body: &Body, candidates: &BitSet) -> BitSet {
    let mut left = candidates.clone();
    while !left.is_empty() {
        let paths = MovePaths::new(types, facts, body, Detail::Reads);
        let provenance = Provenance::new(types, facts, body, &left);
        let live = Liveness { types, facts, body, paths: &paths, provenance: &provenance, scopes: true };
        let mut checker = Checker {
            live: &live,
            left: &left,
            by_root: roots(body, &provenance, &left),
            pointed_to: body.pointed_to(),
            lost: Vec::new(),
        };
        checker.run();
        if checker.lost.is_empty() {
            break;
        }
        let lost = checker.lost;
        lost.iter().for_each(|local| left.remove(local.index()));
    }
    left
}

/// By local, the candidates that rest on something in it. Those that rest on what is not known are under `_0`, as
/// nothing can rest on the result.
fn roots(body: &Body, provenance: &Provenance, left: &BitSet) -> IndexVec<Local, Vec<Local>> {
    let mut by_root = IndexVec::from_elem(Vec::new(), body.locals.len());
    for local in left.iter().map(Local::new) {
        let mut list: Vec<Local> = provenance.owners(local).iter().map(|p| p.local).collect();
        list.arrange();
        list.dedup();
        list.into_iter().for_each(|root| by_root[root].push(local));
    }
    by_root
}

struct Checker<'a> {
    live: &'a Liveness<'a>,
    left: &'a BitSet,
    by_root: IndexVec<Local, Vec<Local>>,
    pointed_to: BitSet,
    lost: Vec<Local>,
}

impl Checker<'_> {
    fn run(&mut self) {
        let live = self.live;
        for local in self.left.iter().map(Local::new) {
            if live.provenance.is_unknown(local)
                || live.provenance.owners(local).iter().any(|p| p.local == RETURN)
            {
                self.lost.push(local);
            }
        }
        let entry = live.compute();
        let mut state = BitSet::new(live.bits());
        for (block, data) in live.body.blocks.iter_enumerated() {
            before_edges(live.body, live, &entry, block, &mut state);
            self.term(&data.term, &state);
            live.term(&mut state, &data.term);
            for stmt in data.stmts.iter().rev() {
                self.stmt(&stmt.kind, &state);
                live.stmt(&mut state, &stmt.kind);
            }
        }
        self.lost.arrange();
        self.lost.dedup();
    }

    fn stmt(&mut self, stmt: &StmtKind, after: &BitSet) {
        stmt.for_each_access(|place, access| self.access(place, access, after, None));
        if let StmtKind::DropReuse { place, .. } = stmt {
            self.consumed(place);
        }
        // A copy is a second owner, which the answer depends on.
        if let StmtKind::Assign(_, Rvalue::Intrinsic(Intrinsic::IsUnique, list)) = stmt
            && let Some(place) = list[0].place()
            && self.left.contains(place.local.index())
        {
            self.lost.push(place.local);
        }
        if let StmtKind::Assign(_, Rvalue::Intrinsic(op, list)) = stmt {
            match op {
                // Others may have written what is read behind it, or write it as soon as they see what is stored.
                Intrinsic::Atomic(_, order) if *order != MemoryOrder::Relaxed => self.anywhere(after, None),
                Intrinsic::PtrRetain(_)
                | Intrinsic::Disarm(_)
                | Intrinsic::MemCopy
                | Intrinsic::MemFill
                | Intrinsic::Atomic(..) => {
                    if let Some(place) = list.first().and_then(Operand::place) {
                        self.behind(place, after, None);
                    }
                }
                _ => {}
            }
        }
    }

    fn term(&mut self, term: &Term, after: &BitSet) {
        term.for_each_access(|place, access| self.access(place, access, after, Some(term)));
        if let Term::Call { callee: Callee::Dyn { object, receiver: ParamMode::Owned, .. }, .. } = term {
            self.consumed(object);
        }
        // What is given a pointer may write through it.
        if let Term::Call { args, .. } = term {
            for arg in args {
                if let Arg::Value(Operand::Copy(place) | Operand::Move(place)) = arg
                    && self.is_pointer(place)
                {
                    self.behind(place, after, Some(term));
                }
            }
        }
    }

    /// The place is consumed where no operand could say `copy` instead: a borrow will not do.
    fn consumed(&mut self, place: &Place) {
        if !place.is_indirect() && self.left.contains(place.local.index()) {
            self.lost.push(place.local);
        }
    }

    fn is_pointer(&self, place: &Place) -> bool {
        let ty = self.live.body.locals[place.local].ty;
        place.proj.is_empty()
            && *self.live.types.kind(ty) != TyKind::Int(IntTy::USize)
            && carries_address(self.live.types, self.live.facts, ty)
    }

    fn access(&mut self, place: &Place, access: Access, after: &BitSet, term: Option<&Term>) {
        if !matches!(access, Access::Write | Access::CallWrite | Access::Mut | Access::Move | Access::Drop) {
            return;
        }
        if place.is_indirect() {
            return self.behind(place, after, term);
        }
        // Dropping or moving a candidate that turns out to be a borrow is nothing.
        let taken = matches!(access, Access::Move | Access::Drop);
        if !(taken && self.left.contains(place.local.index())) {
            self.change(place, after, term);
        }
    }

    /// Something in this place changes: candidates that rest on it are lost if they are still needed.
    fn change(&mut self, place: &Place, after: &BitSet, term: Option<&Term>) {
        let lost = self.resting_on(place, after, term);
        self.lost.extend(lost);
    }

    /// Candidates that rest on something in this place and are still needed.
    fn resting_on(&self, place: &Place, after: &BitSet, term: Option<&Term>) -> Vec<Local> {
        let rests = |local: &&Local| {
            self.live.provenance.owners(**local).iter().any(|owner| owner.overlaps(place))
                && self.is_needed(**local, after, term)
        };
        self.by_root[place.local].iter().filter(rests).copied().collect()
    }

    /// Whether no pointer can change what the local rests on: references in locals whose addresses nobody has.
    fn is_out_of_reach(&self, local: Local) -> bool {
        let live = self.live;
        let owners = live.provenance.owners(local);
        live.facts.is_reference(live.body.locals[local].ty)
            && owners
                .iter()
                .all(|owner| !owner.is_indirect() && !self.pointed_to.contains(owner.local.index()))
    }

    /// Needed afterwards, or by the same call.
    fn is_needed(&self, local: Local, after: &BitSet, term: Option<&Term>) -> bool {
        let mut needed = self.live.is_local_live(after, local);
        if let Some(term) = term {
            term.for_each_access(|place, access| {
                let rests = self.live.provenance.owners(place.local).iter().any(|p| p.local == local);
                needed |= (place.local == local || rests) && access != Access::Drop;
            });
        }
        needed
    }

    /// Memory behind any pointer changes.
    fn anywhere(&mut self, after: &BitSet, term: Option<&Term>) {
        for local in self.left.iter().map(Local::new) {
            if self.is_needed(local, after, term) && !self.is_out_of_reach(local) {
                self.lost.push(local);
            }
        }
    }

    /// Memory behind a pointer changes.
    fn behind(&mut self, place: &Place, after: &BitSet, term: Option<&Term>) {
        let live = self.live;
        let pointer = place.local;
        let owners = live.provenance.owners(pointer).to_vec();
        if live.provenance.is_unknown(pointer) || owners.is_empty() {
            return self.anywhere(after, term);
        }
        for owner in &owners {
            for local in self.resting_on(owner, after, term) {
                if !self.is_out_of_reach(local) {
                    self.lost.push(local);
                }
            }
        }
    }
}
