//! Moves at last use: a `copy` of a value that nobody needs afterwards (but its `Drop`) becomes a `move`.
//!
//! That includes a place of a `mut` parameter that is overwritten before it is read: it is moved out for a while, and elaboration
//! sees to it that unwinding finds poison there.

use crate::analysis::bitset::BitSet;
use crate::analysis::flow::{Backward, before_edges};
use crate::analysis::liveness::Liveness;
use crate::analysis::move_paths::{Detail, Lookup, MovePaths};
use crate::analysis::provenance::Provenance;
use crate::facts::TypeFacts;
use crate::ir::*;
use crate::passes::moved_params;
use crate::passes::nounwind::Unwinds;
use crate::passes::unique_facts::buffers_in;
use crate::visit::Access;

pub fn run(types: &Types, facts: &TypeFacts, body: &mut Body) {
    run_on(types, facts, body, &|_, _| true);
}

/// The same, where nothing is moved out of an observed parameter if a panic could find it so.
pub(crate) fn run_observed(types: &Types, facts: &TypeFacts, unwinds: &Unwinds, body: &mut Body) {
    if body.observed.is_empty() {
        return run(types, facts, body);
    }
    let before = body.clone();
    run(types, facts, body);
    let may_unwind = |body: &Body, term: &Term| unwinds.term(types, body, term);
    let fits = moved_params::settle(types, facts, &mut body.clone(), &may_unwind);
    let mut params = body.params.iter().zip(fits);
    if params.any(|(param, fits)| !fits && body.observed.contains(&param.local)) {
        *body = before;
        run_on(types, facts, body, &|body, place| !body.observed.contains(&place.local));
    }
}

/// The same for whole locals that hold a buffer, which as parameters are not: what is known of new buffers goes on with
/// a move only, and whether parameters become borrows is decided before they are moved.
pub(crate) fn run_on_buffers(types: &Types, facts: &TypeFacts, body: &mut Body) {
    run_on(types, facts, body, &|body, place| {
        place.proj.is_empty()
            && body.param_mode(place.local).is_none()
            && !buffers_in(types, body.locals[place.local].ty).is_empty()
    });
}

/// Which places are considered.
type Chosen<'a> = dyn Fn(&Body, &Place) -> bool + 'a;

fn run_on(types: &Types, facts: &TypeFacts, body: &mut Body, chosen: &Chosen) {
    let paths = MovePaths::new(types, facts, body, Detail::Reads);
    if paths.is_empty() {
        return;
    }
    let provenance = Provenance::new(types, facts, body, &BitSet::new(body.locals.len()));
    let live = Liveness { types, facts, body, paths: &paths, provenance: &provenance, scopes: true };
    let entry = live.compute();
    let mut moves: Vec<(Block, usize, Vec<usize>)> = Vec::new();
    let mut state = BitSet::new(live.bits());
    for (block, data) in body.blocks.iter_enumerated() {
        before_edges(body, &live, &entry, block, &mut state);
        let list = last_uses(&live, chosen, &mut state, Part::Term(&data.term));
        if !list.is_empty() {
            moves.push((block, data.stmts.len(), list));
        }
        for (i, stmt) in data.stmts.iter().enumerate().rev() {
            let list = last_uses(&live, chosen, &mut state, Part::Stmt(&stmt.kind));
            if !list.is_empty() {
                moves.push((block, i, list));
            }
        }
    }
    for (block, i, list) in moves {
        apply(body, block, i, &list);
    }
}

#[derive(Clone, Copy)]
enum Part<'a> {
    Stmt(&'a StmtKind),
    Term(&'a Term),
}

/// The operands, by number, that can be moves; the state goes from behind the part to before it.
fn last_uses(live: &Liveness, chosen: &Chosen, state: &mut BitSet, part: Part) -> Vec<usize> {
    let mut operands: Vec<&Operand> = Vec::new();
    let mut candidates = false;
    let mut add = |op| {
        operands.push(op);
        candidates |= matches!(op, Operand::Copy(place) if live.paths.of_local[place.local].is_some() && chosen(live.body, place));
    };
    match part {
        Part::Stmt(stmt) => stmt.for_each_operand(&mut add),
        Part::Term(term) => term.for_each_operand(&mut add),
    }
    let mut list = Vec::new();
    if candidates {
        let mut after = state.clone();
        keep_for_operands(live, &mut after, part);
        for (i, op) in operands.iter().enumerate().rev() {
            let Some(place) = op.place() else { continue };
            if matches!(op, Operand::Copy(_)) && chosen(live.body, place) && can_move(live, &after, place) {
                list.push(i);
            }
            live.use_place(&mut after, place);
        }
    }
    match part {
        Part::Stmt(stmt) => live.stmt(state, stmt),
        Part::Term(term) => live.term(state, term),
    }
    list
}

/// What is still needed when the operands have been read: what is needed behind, less what is written, and what is lent.
fn keep_for_operands(live: &Liveness, after: &mut BitSet, part: Part) {
    let lend = |after: &mut BitSet, place: &Place, access: Access| {
        if !matches!(access, Access::Copy | Access::Move) {
            live.use_access(after, place, access);
        }
    };
    match part {
        Part::Stmt(stmt) => {
            if let StmtKind::Assign(place, _) = stmt {
                live.write(after, place);
            }
            stmt.for_each_access(|place, access| lend(after, place, access));
        }
        Part::Term(term) => {
            // What is called drops what it is given before other things, and they are dropped behind it else.
            if let Term::Call { .. } = term {
                live.seen(after);
            }
            term.for_each_access(|place, access| lend(after, place, access));
        }
    }
}

fn can_move(live: &Liveness, after: &BitSet, place: &Place) -> bool {
    match live.paths.lookup(live.types, place) {
        Lookup::Exact(path) => {
            let ty = live.paths.paths[path].ty;
            !live.facts.is_iso(ty) && !live.is_live(after, path)
        }
        _ => false,
    }
}

fn apply(body: &mut Body, block: Block, i: usize, list: &[usize]) {
    let data = &mut body.blocks[block];
    let mut n = 0;
    let change = |op: &mut Operand| {
        if list.contains(&n)
            && let Operand::Copy(place) = op
        {
            *op = Operand::Move(place.clone());
        }
        n += 1;
    };
    match data.stmts.get_mut(i) {
        Some(stmt) => stmt.kind.for_each_operand_mut(change),
        None => data.term.for_each_operand_mut(change),
    }
}
