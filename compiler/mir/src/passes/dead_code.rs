//! Removes assignments whose result nobody needs. What they would have moved is dropped instead.
//!
//! In and out: either stage, but in the owned one only what owns nothing.

use crate::analysis::bitset::BitSet;
use crate::analysis::flow::{Backward, before_edges};
use crate::analysis::liveness::Liveness;
use crate::analysis::move_paths::{Detail, MovePaths};
use crate::analysis::provenance::Provenance;
use crate::facts::{TypeFacts, place_ty};
use crate::ir::*;
use crate::visit::Access;
use entity::IndexVec;

pub fn run(types: &Types, facts: &TypeFacts, body: &mut Body) {
    while sweep(types, facts, body) {}
}

fn sweep(types: &Types, facts: &TypeFacts, body: &mut Body) -> bool {
    let mut dead: IndexVec<Block, Vec<(usize, Vec<Place>)>> =
        IndexVec::from_elem(Vec::new(), body.blocks.len());
    let mut any = false;
    {
        let paths = MovePaths::new(types, facts, body, Detail::Moves);
        let provenance = Provenance::new(types, facts, body, &BitSet::new(body.locals.len()));
        let live = Liveness { types, facts, body, paths: &paths, provenance: &provenance, scopes: false };
        let entry = live.compute();
        let mut state = BitSet::new(live.bits());
        for (block, data) in body.blocks.iter_enumerated() {
            before_edges(body, &live, &entry, block, &mut state);
            live.term(&mut state, &data.term);
            for (i, stmt) in data.stmts.iter().enumerate().rev() {
                match dead_assignment(&live, &state, &stmt.kind) {
                    Some(moved) => {
                        moved.iter().for_each(|place| live.use_access(&mut state, place, Access::Drop));
                        dead[block].push((i, moved));
                        any = true;
                    }
                    None => live.stmt(&mut state, &stmt.kind),
                }
            }
        }
    }
    // Another round finds only what moved values kept.
    let mut again = false;
    for (block, list) in dead.iter_enumerated() {
        for (i, moved) in list {
            let stmts = &mut body.blocks[block].stmts;
            let span = stmts[*i].span;
            stmts[*i].kind = StmtKind::Nop;
            again |= !moved.is_empty();
            for place in moved {
                stmts.insert(i + 1, Stmt { kind: StmtKind::Drop(place.clone()), span });
            }
        }
    }
    if any {
        crate::passes::simplify::remove_nops(body);
    }
    again
}

/// What a dead assignment moves; `None` if it is not dead.
fn dead_assignment(live: &Liveness, after: &BitSet, stmt: &StmtKind) -> Option<Vec<Place>> {
    let StmtKind::Assign(dest, rvalue) = stmt else { return None };
    let ty = live.body.locals[dest.local].ty;
    let is_mut = live.body.param_mode(dest.local) == Some(ParamMode::Mut);
    if dest.is_indirect() || is_mut || live.facts.runs_user_drop(ty) || live.is_local_live(after, dest.local)
    {
        return None;
    }
    // A part of what is dropped later must be there.
    if !dest.proj.is_empty() && live.facts.needs_drop(ty) || !is_pure(rvalue) {
        return None;
    }
    let mut moved = Vec::new();
    rvalue.for_each_operand(|op| {
        if let Operand::Move(place) = op
            && live.facts.needs_drop(place_ty(live.types, live.body, place))
        {
            moved.push(place.clone());
        }
    });
    Some(moved)
}

fn is_pure(rvalue: &Rvalue) -> bool {
    match rvalue {
        Rvalue::Intrinsic(op, _) => !matches!(
            op,
            Intrinsic::BufferIntoPtr
                | Intrinsic::BufferFromPtr(_)
                | Intrinsic::PtrRetain(_)
                | Intrinsic::Disarm(_)
                | Intrinsic::Visit
                | Intrinsic::MemCopy
                | Intrinsic::MemFill
                | Intrinsic::MemoryBarrier
                | Intrinsic::MemoryGrow
                | Intrinsic::Trap
                | Intrinsic::Atomic(..)
        ),
        Rvalue::Aggregate { reuse, .. } => reuse.is_none(),
        _ => true,
    }
}
