//! Builds new cells in the memory of cells that have just been taken apart (Reinking, Xie, de Moura, Leijen, "Perceus", 2021; Ullrich
//! and de Moura, "Counting Immutable Beans", 2019).
//!
//! A `drop` of a local that is a cell, known to be of one variant, becomes a `drop_reuse` where each way on leads to building such a
//! cell or leaves the function: the fields that were copied out just before are taken from the cell, and if nobody else has it, its
//! memory is kept in a token. The first cell of the same variant on each way is built in it; on the ways on which none is built,
//! unwinding ones among them, the token is freed.
//!
//! In and out: the owned stage. [`keeps`] tells `borrow_params` which parameters are worth owning for this.

use crate::analysis::bitset::BitSet;
use crate::analysis::loops::{Doms, Loop, natural_loops};
use crate::analysis::variants::{Follow, Variants};
use crate::facts::TypeFacts;
use crate::ir::*;
use crate::passes::cleanup_edges::{new_landing, split_edge};
use crate::passes::nounwind::Unwinds;
use entity::Idx;
use syntax::Span;

/// Functions with more places are left at that.
const ROUNDS_MAX: usize = 64;

pub fn run(types: &mut Types, facts: &TypeFacts, unwinds: &Unwinds, body: &mut Body) {
    let word = types.intern(TyKind::Int(IntTy::USize));
    for _ in 0..ROUNDS_MAX {
        let Some(found) = find(types, facts, body) else { return };
        apply(unwinds, body, found, word);
    }
}

/// Whether owning the parameter lets its memory be used again: it is taken apart, and cells of its type are built.
pub fn keeps(types: &Types, facts: &TypeFacts, body: &Body, local: Local) -> bool {
    let ty = body.locals[local].ty;
    if !types.defs[ty].is_boxed || facts.is_iso(ty) || types.defs[ty].user_drop.is_some() {
        return false;
    }
    let stmts = || body.blocks.iter().filter(|data| !data.is_cleanup).flat_map(|data| &data.stmts);
    let taken = stmts().any(|stmt| match &stmt.kind {
        StmtKind::Assign(_, Rvalue::Use(Operand::Copy(place))) => {
            place.local == local && matches!(place.proj[..], [Proj::Variant(_), Proj::Field(_)])
        }
        _ => false,
    });
    taken
        && stmts().any(|stmt| match &stmt.kind {
            StmtKind::Assign(_, Rvalue::Aggregate { ty: built, fields, .. }) => {
                *built == ty && !fields.is_empty()
            }
            _ => false,
        })
}

/// A drop, and what is built behind it.
struct Found {
    block: Block,
    stmt: usize,
    local: Local,
    variant: u32,
    /// Copies of fields before the drop that become moves: statement and field.
    taken: Vec<(usize, u32)>,
    /// Where cells are built.
    targets: Vec<(Block, usize)>,
    /// Blocks whose end is reached with the memory still in the token.
    holding: BitSet,
    /// Blocks from whose start a target is still ahead.
    ahead: BitSet,
}

fn find(types: &Types, facts: &TypeFacts, body: &Body) -> Option<Found> {
    let builds = |stmt: &Stmt| {
        matches!(&stmt.kind, StmtKind::Assign(_, Rvalue::Aggregate { ty, fields, reuse: None, .. })
            if types.defs[*ty].is_boxed && !fields.is_empty())
    };
    if !body.blocks.iter().any(|data| !data.is_cleanup && data.stmts.iter().any(builds)) {
        return None;
    }
    let variants = Variants::new(types, body, Follow::Asked);
    let (doms, loops) = (Doms::new(body), natural_loops(body));
    for (block, data) in body.blocks.iter_enumerated().filter(|(_, data)| !data.is_cleanup) {
        let mut state = variants.at_entry(block);
        for (i, stmt) in data.stmts.iter().enumerate() {
            if let StmtKind::Drop(place) = &stmt.kind
                && place.proj.is_empty()
                && is_cell(types, facts, body, place.local)
                && let Some(variant) = variants.known(&state, place)
                && let Some(found) =
                    candidate(types, facts, body, (&doms, &loops), (block, i), place.local, variant)
            {
                return Some(found);
            }
            variants.step(&mut state, &stmt.kind);
        }
    }
    None
}

fn is_cell(types: &Types, facts: &TypeFacts, body: &Body, local: Local) -> bool {
    let ty = body.locals[local].ty;
    types.defs[ty].is_boxed && !facts.is_iso(ty) && types.defs[ty].user_drop.is_none()
}

fn candidate(
    types: &Types,
    facts: &TypeFacts,
    body: &Body,
    (doms, loops): (&Doms, &[Loop]),
    (block, stmt): (Block, usize),
    local: Local,
    variant: u32,
) -> Option<Found> {
    let ty = body.locals[local].ty;
    if types.defs[ty].variants[variant as usize].fields.is_empty() {
        return None;
    }
    let builds = |stmt: &Stmt| {
        matches!(&stmt.kind, StmtKind::Assign(_, Rvalue::Aggregate { ty: built, variant: v, fields, reuse: None })
            if *built == ty && *v == variant && !fields.is_empty())
    };
    let mut holding = BitSet::new(body.blocks.len());
    let mut seen = BitSet::new(body.blocks.len());
    let mut targets = Vec::new();
    let mut work = vec![(block, stmt + 1)];
    while let Some((at, from)) = work.pop() {
        let data = &body.blocks[at];
        if let Some(i) = (from..data.stmts.len()).find(|i| builds(&data.stmts[*i])) {
            targets.push((at, i));
            continue;
        }
        holding.insert(at.index());
        let next = data.term.successors().filter(|next| !body.blocks[*next].is_cleanup);
        work.extend(next.filter(|next| seen.insert(next.index())).map(|next| (next, 0)));
    }
    // A way that comes back to the drop has a token already; one that comes from elsewhere has none.
    let together = |at: Block| loops.iter().all(|l| l.blocks.contains(&at) == l.blocks.contains(&block));
    let fine = targets.iter().all(|(at, _)| doms.dominates(block, *at) && together(*at));
    if targets.is_empty() || !fine || seen.contains(block.index()) {
        return None;
    }
    let ahead = ahead(body, &targets, &holding);
    if targets.iter().any(|(at, _)| leads_to(body, *at, block, &ahead)) {
        return None;
    }
    holding.intersect(&ahead);
    let taken = taken(facts, types, body, (block, stmt), local, variant);
    Some(Found { block, stmt, local, variant, taken, targets, holding, ahead })
}

/// Whether a way on from a block that has used the token up comes to where it is still held.
fn leads_to(body: &Body, from: Block, drop: Block, ahead: &BitSet) -> bool {
    let mut seen = BitSet::new(body.blocks.len());
    let mut work: Vec<Block> = body.successors(from).collect();
    while let Some(at) = work.pop() {
        if at == drop || !seen.insert(at.index()) {
            continue;
        }
        if ahead.contains(at.index()) {
            return true;
        }
        work.extend(body.successors(at));
    }
    false
}

/// The blocks that hold the memory from whose start a target can be reached, and those of the targets.
fn ahead(body: &Body, targets: &[(Block, usize)], holding: &BitSet) -> BitSet {
    let preds = body.predecessors();
    let mut ahead = BitSet::new(body.blocks.len());
    let mut work: Vec<Block> = targets.iter().map(|(at, _)| *at).collect();
    while let Some(at) = work.pop() {
        if ahead.insert(at.index()) {
            work.extend(preds[at].iter().copied().filter(|pred| holding.contains(pred.index())));
        }
    }
    ahead
}

/// The last copies of counted fields before the drop, in its block, behind which nothing looks at the field again.
fn taken(
    facts: &TypeFacts,
    types: &Types,
    body: &Body,
    (block, stmt): (Block, usize),
    local: Local,
    variant: u32,
) -> Vec<(usize, u32)> {
    let mut taken: Vec<(usize, u32)> = Vec::new();
    let mut blocked: Vec<u32> = Vec::new();
    for i in (0..stmt).rev() {
        let kind = &body.blocks[block].stmts[i].kind;
        if let StmtKind::Assign(dest, Rvalue::Use(Operand::Copy(place))) = kind
            && dest.local != local
            && place.local == local
            && let [Proj::Variant(v), Proj::Field(field)] = place.proj[..]
            && v == variant
        {
            let counted = facts.needs_drop(types.field(body.locals[local].ty, variant, field));
            if counted && dest.proj.is_empty() && !blocked.contains(&field) {
                taken.push((i, field));
            }
            blocked.push(field);
            continue;
        }
        let mut other = false;
        kind.for_each_access(|place, _| other |= place.local == local);
        if other {
            break;
        }
    }
    taken
}

fn apply(unwinds: &Unwinds, body: &mut Body, found: Found, word: Ty) {
    let ty = body.locals[found.local].ty;
    let span = body.blocks[found.block].stmts[found.stmt].span;
    let token = body.new_local(word, span);
    for (i, _) in &found.taken {
        if let StmtKind::Assign(_, Rvalue::Use(operand)) = &mut body.blocks[found.block].stmts[*i].kind
            && let Operand::Copy(place) = operand
        {
            *operand = Operand::Move(place.clone());
        }
    }
    let mut fields: Vec<u32> = found.taken.iter().map(|(_, field)| *field).collect();
    fields.sort_unstable();
    body.blocks[found.block].stmts[found.stmt].kind =
        StmtKind::DropReuse { place: found.local.into(), variant: found.variant, taken: fields, token };
    for (at, i) in &found.targets {
        if let StmtKind::Assign(_, Rvalue::Aggregate { reuse, .. }) = &mut body.blocks[*at].stmts[*i].kind {
            *reuse = Some(token);
        }
    }
    let n_blocks = body.blocks.len();
    let free = Stmt { kind: StmtKind::FreeToken { token, ty }, span };
    let holding: Vec<Block> = found.holding.iter().map(Block::new).collect();
    for at in holding {
        free_on_edges(body, at, (&found.ahead, n_blocks), &free);
        free_on_unwinding(unwinds, body, at, &free, span);
    }
}

/// Frees the token on the edges to where nothing is built in it any more.
fn free_on_edges(body: &mut Body, at: Block, (ahead, n_blocks): (&BitSet, usize), free: &Stmt) {
    let mut next: Vec<Block> = body.blocks[at].term.successors().collect();
    next.sort_unstable();
    next.dedup();
    for to in next {
        if to.index() >= n_blocks || !ahead.contains(to.index()) {
            let middle = split_edge(body, at, to);
            body.blocks[middle].stmts.push(free.clone());
        }
    }
}

/// A call without a landing that may unwind gets one.
fn free_on_unwinding(unwinds: &Unwinds, body: &mut Body, at: Block, free: &Stmt, span: Span) {
    let needs = match &body.blocks[at].term {
        Term::Call { callee, unwind: None, .. } => unwinds.call(callee),
        _ => false,
    };
    if needs {
        let landing = new_landing(body, vec![free.clone()], span);
        if let Some(unwind) = body.blocks[at].term.unwind_mut() {
            *unwind = Some(landing);
        }
    }
}
