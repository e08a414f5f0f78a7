//! Locals that only read what they copy become borrows: `match self { Node(l, r) => … }` over a borrowed tree and `for x in xs` count
//! nothing.
//!
//! In and out: the built stage, after `borrow_params`. A copy whose original is not needed afterwards is left to `last_use`, which
//! moves it; one that is given away in more than one place, too, as each would count. One that is given away where what it
//! is a part of is not needed any longer stays a copy, so that the whole can be dropped before: then the part has one owner.

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
    let (mut stable, movable) = candidates(types, facts, body);
    loop {
        stable = stable_copies(types, facts, body, &stable);
        if stable.is_empty() {
            return;
        }
        let mut lost = given_away(types, facts, body, &stable);
        // Of what is a borrow itself nothing can be moved.
        let moved = movable.iter().filter(|(to, from)| is_in(&stable, *to) && !is_in(&stable, *from));
        lost.extend(moved.map(|(to, _)| *to));
        if lost.is_empty() {
            break;
        }
        lost.into_iter().for_each(|local| stable.remove(local.index()));
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

fn is_in(set: &BitSet, local: Local) -> bool {
    set.contains(local.index())
}

#[derive(Clone, Copy, Default)]
struct Use {
    defs: u32,
    /// It is changed, moved, or not made by copying a place.
    spoiled: bool,
    /// Places where it is given away.
    given: u32,
}

/// Locals that copy something out of a place nobody needs afterwards, and those places' locals: a move is better.
type Movable = Vec<(Local, Local)>;

fn candidates(types: &Types, facts: &TypeFacts, body: &Body) -> (BitSet, Movable) {
    let mut uses = IndexVec::<Local, Use>::from_elem(Use::default(), body.locals.len());
    for (local, decl) in body.locals.iter_enumerated() {
        let fit = facts.needs_drop(decl.ty) && !facts.is_iso(decl.ty) && !decl.is_borrow && local != RETURN;
        uses[local].spoiled = !fit || body.param_mode(local).is_some();
    }
    for data in &body.blocks {
        for stmt in &data.stmts {
            note_stmt(&stmt.kind, &mut uses);
        }
        data.term.for_each_access(|place, access| note_access(place, access, &mut uses));
        for_each_argument(&data.term, |local| uses[local].given += 1);
    }
    let mut set = BitSet::new(body.locals.len());
    for (local, of) in uses.iter_enumerated() {
        if !of.spoiled && of.defs > 0 && of.given <= 1 {
            set.insert(local.index());
        }
    }
    if set.is_empty() {
        return (set, Vec::new());
    }
    let movable = movable(types, facts, body);
    // As long as one is taken for a borrow, so may be what copies it.
    loop {
        let lost: Vec<Local> = movable
            .iter()
            .filter(|(to, from)| is_in(&set, *to) && !is_in(&set, *from))
            .map(|(to, _)| *to)
            .collect();
        if lost.is_empty() {
            return (set, movable);
        }
        lost.into_iter().for_each(|local| set.remove(local.index()));
    }
}

fn note_stmt(stmt: &StmtKind, uses: &mut IndexVec<Local, Use>) {
    if let StmtKind::Assign(dest, rvalue) = stmt
        && dest.proj.is_empty()
    {
        let made = match rvalue {
            Rvalue::Use(Operand::Copy(place)) => place.local != dest.local && place.local != RETURN,
            Rvalue::Use(Operand::Const(value)) => !matches!(value, Const::Poison(_)),
            _ => false,
        };
        uses[dest.local].defs += 1;
        uses[dest.local].spoiled |= !made;
    }
    for_each_given(stmt, |local| uses[local].given += 1);
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

/// The locals of which the whole goes to another owner. A copy into another local is looked at with that local.
fn for_each_given(stmt: &StmtKind, mut f: impl FnMut(Local)) {
    let StmtKind::Assign(dest, rvalue) = stmt else { return };
    if dest.proj.is_empty() && dest.local != RETURN && matches!(rvalue, Rvalue::Use(_)) {
        return;
    }
    rvalue.for_each_operand(|op| {
        if let Operand::Copy(place) = op
            && place.proj.is_empty()
        {
            f(place.local);
        }
    });
}

fn for_each_argument(term: &Term, mut f: impl FnMut(Local)) {
    term.for_each_operand(|op| {
        if let Operand::Copy(place) = op
            && place.proj.is_empty()
        {
            f(place.local);
        }
    });
}

fn movable(types: &Types, facts: &TypeFacts, body: &Body) -> Movable {
    let paths = MovePaths::new(types, facts, body, Detail::Reads);
    let provenance = Provenance::new(types, facts, body, &BitSet::new(body.locals.len()));
    let live = Liveness { types, facts, body, paths: &paths, provenance: &provenance, scopes: true };
    let mut list = Vec::new();
    each_part(&live, |part, after| {
        if let Part::Stmt(StmtKind::Assign(dest, Rvalue::Use(Operand::Copy(place)))) = part
            && dest.proj.is_empty()
            && let Lookup::Exact(path) = paths.lookup(types, place)
            && !live.is_live(after, path)
        {
            list.push((dest.local, place.local));
        }
    });
    list
}

/// The borrows that are given away where nothing else needs what they rest on, which is owned and may go early.
fn given_away(types: &Types, facts: &TypeFacts, body: &Body, borrows: &BitSet) -> Vec<Local> {
    let paths = MovePaths::new(types, facts, body, Detail::Reads);
    let provenance = Provenance::new(types, facts, body, borrows);
    let live = Liveness { types, facts, body, paths: &paths, provenance: &provenance, scopes: true };
    let goes = |after: &BitSet, owner: Local| {
        paths.of_local[owner].is_some()
            && body.param_mode(owner) != Some(ParamMode::Mut)
            && !facts.stays(body.locals[owner].ty)
            && !live.is_local_live(after, owner)
    };
    let mut list = Vec::new();
    each_part(&live, |part, after| {
        let note = |local: Local| {
            let owners = provenance.owners(local);
            let in_vain = !owners.is_empty() && owners.iter().all(|owner| goes(after, owner.local));
            if is_in(borrows, local) && in_vain {
                list.push(local);
            }
        };
        match part {
            Part::Stmt(stmt) => for_each_given(stmt, note),
            Part::Term(term) => for_each_argument(term, note),
        }
    });
    list
}

enum Part<'a> {
    Stmt(&'a StmtKind),
    Term(&'a Term),
}

/// Goes through statements and terminators with what is needed behind them.
fn each_part(live: &Liveness, mut f: impl FnMut(Part, &BitSet)) {
    let entry = live.compute();
    let mut state = BitSet::new(live.bits());
    for (block, data) in live.body.blocks.iter_enumerated() {
        before_edges(live.body, live, &entry, block, &mut state);
        f(Part::Term(&data.term), &state);
        live.term(&mut state, &data.term);
        for stmt in data.stmts.iter().rev() {
            f(Part::Stmt(&stmt.kind), &state);
            live.stmt(&mut state, &stmt.kind);
        }
    }
}
