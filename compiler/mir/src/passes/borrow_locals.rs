//! Locals that only read what they copy become borrows: `match self { Node(l, r) => … }` over a borrowed tree and `for x in xs` count
//! nothing.
//!
//! In and out: the built stage, after `borrow_params`. A copy whose original is not needed afterwards is left to `last_use`, which
//! moves it; one that is given away in more than one place, too, as each would count.

use crate::analysis::alias::stable_copies;
use crate::analysis::bitset::BitSet;
use crate::analysis::flow::{Backward, before_edges};
use crate::analysis::liveness::Liveness;
use crate::analysis::move_paths::{Detail, Lookup, MovePaths};
use crate::analysis::provenance::Provenance;
use crate::facts::TypeFacts;
use crate::ir::*;
use crate::visit::Access;
use entity::{Idx, IndexVec};

pub fn run(types: &Types, facts: &TypeFacts, body: &mut Body) {
    let candidates = candidates(types, facts, body);
    if candidates.is_empty() {
        return;
    }
    let stable = stable_copies(types, facts, body, &candidates);
    if stable.is_empty() {
        return;
    }
    let provenance = Provenance::new(types, facts, body, &stable);
    for local in stable.iter().map(Local::new) {
        let owner = provenance.owners(local).first().map(|p| p.local);
        let decl = &mut body.locals[local];
        decl.is_borrow = true;
        decl.loan_of = owner;
    }
    for data in body.blocks.iter_mut() {
        for stmt in &mut data.stmts {
            match &mut stmt.kind {
                StmtKind::Assign(dest, Rvalue::Use(op)) if stable.contains(dest.local.index()) => {
                    if let Operand::Copy(place) = op {
                        *op = Operand::Borrow(place.clone());
                    }
                }
                StmtKind::Drop(place) if !place.is_indirect() && stable.contains(place.local.index()) => {
                    stmt.kind = StmtKind::Nop;
                }
                _ => {}
            }
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Use {
    defs: u32,
    /// It is changed, moved, or not made by copying a place.
    spoiled: bool,
    /// Places where it is given away.
    given: u32,
    /// Some original is not needed afterwards.
    movable: bool,
}

fn candidates(types: &Types, facts: &TypeFacts, body: &Body) -> BitSet {
    let mut uses = IndexVec::<Local, Use>::from_elem(Use::default(), body.locals.len());
    for (local, decl) in body.locals.iter_enumerated() {
        let fit = facts.needs_drop(decl.ty) && !facts.is_iso(decl.ty) && !decl.is_borrow && local != RETURN;
        uses[local].spoiled = !fit || body.param_mode(local).is_some();
    }
    note_movable(types, facts, body, &mut uses);
    for data in &body.blocks {
        for stmt in &data.stmts {
            note_stmt(&stmt.kind, &mut uses);
        }
        data.term.for_each_access(|place, access| note_access(place, access, &mut uses));
        note_arguments(&data.term, &mut uses);
    }
    let mut set = BitSet::new(body.locals.len());
    for (local, of) in uses.iter_enumerated() {
        if !of.spoiled && of.defs > 0 && of.given <= 1 && !of.movable {
            set.insert(local.index());
        }
    }
    set
}

fn note_stmt(stmt: &StmtKind, uses: &mut IndexVec<Local, Use>) {
    if let StmtKind::Assign(dest, rvalue) = stmt {
        if dest.proj.is_empty() {
            let made = match rvalue {
                Rvalue::Use(Operand::Copy(place)) => place.local != dest.local && place.local != RETURN,
                Rvalue::Use(Operand::Const(value)) => !matches!(value, Const::Poison(_)),
                _ => false,
            };
            uses[dest.local].defs += 1;
            uses[dest.local].spoiled |= !made;
        }
        // A copy of the whole into another local is looked at with that local.
        let into_local = dest.proj.is_empty() && dest.local != RETURN && matches!(rvalue, Rvalue::Use(_));
        rvalue.for_each_operand(|op| {
            if let Operand::Copy(place) = op
                && place.proj.is_empty()
                && !into_local
            {
                uses[place.local].given += 1;
            }
        });
    }
    stmt.for_each_access(|place, access| {
        if !(access == Access::Write && place.proj.is_empty()) {
            note_access(place, access, uses);
        }
    });
}

fn note_access(place: &Place, access: Access, uses: &mut IndexVec<Local, Use>) {
    if place.is_indirect() {
        return;
    }
    if matches!(access, Access::Write | Access::CallWrite | Access::Mut | Access::AddrOf | Access::Move) {
        uses[place.local].spoiled = true;
    }
}

fn note_arguments(term: &Term, uses: &mut IndexVec<Local, Use>) {
    term.for_each_operand(|op| {
        if let Operand::Copy(place) = op
            && place.proj.is_empty()
        {
            uses[place.local].given += 1;
        }
    });
}

/// Marks the locals that copy something out of a place nobody needs afterwards: a move is better.
fn note_movable(types: &Types, facts: &TypeFacts, body: &Body, uses: &mut IndexVec<Local, Use>) {
    let paths = MovePaths::new(types, facts, body, Detail::Reads);
    let provenance = Provenance::new(types, facts, body, &BitSet::new(body.locals.len()));
    let live = Liveness { types, facts, body, paths: &paths, provenance: &provenance };
    let entry = live.compute();
    let mut state = BitSet::new(live.bits());
    for (block, data) in body.blocks.iter_enumerated() {
        before_edges(body, &live, &entry, block, &mut state);
        live.term(&mut state, &data.term);
        for stmt in data.stmts.iter().rev() {
            if let StmtKind::Assign(dest, Rvalue::Use(Operand::Copy(place))) = &stmt.kind
                && dest.proj.is_empty()
                && let Lookup::Exact(path) = paths.lookup(types, place)
                && !live.is_live(&state, path)
            {
                uses[dest.local].movable = true;
            }
            live.stmt(&mut state, &stmt.kind);
        }
    }
}
