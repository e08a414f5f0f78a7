//! Makes the graph smaller without touching what is computed: folds branches whose way is known, follows jumps to
//! blocks that do nothing but end, joins blocks that always follow each other, and removes what cannot be reached.
//!
//! Jumps are not threaded through the head of a cycle, so that no cycle gets a second entry. Each round is linear; a
//! round is repeated while it changes something, a few times at most.

use super::edit::{for_each_body, remove_unreachable_blocks};
use crate::cfg::reverse_postorder;
use crate::ir::*;
use entity::IndexVec;

const ROUNDS_MAX: usize = 4;

/// A copied `return` of more values than this costs more than the jump to it.
const RETURN_VALUES_MAX: usize = 2;

pub fn simplify_cfg(module: &mut Module) {
    for_each_body(module, |_, _, body| simplify_body(body));
}

pub(crate) fn simplify_body(body: &mut Body) {
    remove_unreachable_blocks(body);
    for _ in 0..ROUNDS_MAX {
        let mut changed = fold_branches(body);
        changed |= skip_empty_blocks(body);
        changed |= thread_jumps(body);
        changed |= drop_empty_landings(body);
        changed |= remove_unreachable_blocks(body);
        changed |= merge_chains(body);
        if !changed {
            return;
        }
    }
}

/// The constant that a register holds at the end of a block, if the block or a single definition says so.
fn known_ends(body: &Body) -> impl Fn(&Body, Block, Reg) -> Option<i64> + use<> {
    let defs = super::edit::Defs::new(body);
    let mut constants = IndexVec::<Reg, Option<i64>>::from_elem(None, body.regs.len());
    for block in &body.blocks {
        for inst in &block.insts {
            if let Op::Const { dst, value } = inst.op
                && defs.is_single(dst)
            {
                constants[dst] = int_of(value);
            }
        }
    }
    move |body, block, reg| match body.blocks[block].insts.iter().rev().find(|inst| writes(&inst.op, reg)) {
        Some(Inst { op: Op::Const { value, .. }, .. }) => int_of(*value),
        Some(_) => None,
        None => constants[reg],
    }
}

fn writes(op: &Op, reg: Reg) -> bool {
    let mut found = false;
    op.for_each_write(|written| found |= written == reg);
    found
}

fn int_of(value: Imm) -> Option<i64> {
    match value {
        Imm::I32(v) => Some(v.into()),
        Imm::I64(v) => Some(v),
        _ => None,
    }
}

fn fold_branches(body: &mut Body) -> bool {
    let known = known_ends(body);
    let mut changed = false;
    for block in body.blocks.indices() {
        let value = match &body.blocks[block].term {
            Term::Branch { cond: reg, .. } | Term::Switch { value: reg, .. } => known(body, block, *reg),
            _ => continue,
        };
        let term = &mut body.blocks[block].term;
        if let Some(to) = folded(term, value) {
            *term = Term::Jump(to);
            changed = true;
        } else if let Term::Switch { cases, default, .. } = term {
            let before = cases.len();
            cases.retain(|(_, to)| to != default);
            changed |= cases.len() != before;
        }
    }
    changed
}

/// The only block that a branch or switch can go to.
fn folded(term: &Term, value: Option<i64>) -> Option<Block> {
    match (term, value) {
        (Term::Branch { then, else_, .. }, Some(value)) => Some(if value != 0 { *then } else { *else_ }),
        (Term::Branch { then, else_, .. }, None) => (then == else_).then_some(*then),
        (Term::Switch { cases, default, .. }, Some(value)) => {
            Some(cases.iter().find(|(case, _)| *case == value).map_or(*default, |(_, to)| *to))
        }
        (Term::Switch { cases, default, .. }, None) => {
            cases.iter().all(|(_, to)| to == default).then_some(*default)
        }
        _ => None,
    }
}

/// Blocks that an edge enters from a block that does not come before them: heads of cycles.
fn cycle_heads(body: &Body) -> IndexVec<Block, bool> {
    let order = reverse_postorder(body);
    let mut rank = IndexVec::<Block, usize>::from_elem(usize::MAX, body.blocks.len());
    for (i, &block) in order.iter().enumerate() {
        rank[block] = i;
    }
    let mut heads = IndexVec::from_elem(false, body.blocks.len());
    for &block in &order {
        body.blocks[block].term.for_each_succ(|to| heads[to] |= rank[to] <= rank[block]);
    }
    heads
}

/// Edges to blocks that only jump on lead where those jump.
pub(crate) fn skip_empty_blocks(body: &mut Body) -> bool {
    let mut changed = false;
    for block in body.blocks.indices() {
        let mut term = std::mem::replace(&mut body.blocks[block].term, Term::Unreachable);
        let landing = if let Term::Invoke { landing, .. } = term { Some(landing) } else { None };
        term.for_each_succ_mut(|to| {
            if Some(*to) != landing && *to != block {
                changed |= follow(body, to);
            }
        });
        body.blocks[block].term = term;
    }
    changed
}

fn thread_jumps(body: &mut Body) -> bool {
    let heads = cycle_heads(body);
    let known = known_ends(body);
    let mut changed = false;
    for block in body.blocks.indices() {
        let mut term = std::mem::replace(&mut body.blocks[block].term, Term::Unreachable);
        changed |= follow_decided(body, &heads, &mut term);
        if let Term::Jump(to) = term
            && to != block
            && !heads[to]
            && let Some((end, span)) = copyable_end(body, to)
        {
            term = known_end(body, &known, block, end);
            body.blocks[block].term_span = span;
            changed = true;
        }
        body.blocks[block].term = term;
    }
    changed
}

/// Follows blocks that only jump on.
fn follow(body: &Body, to: &mut Block) -> bool {
    let start = *to;
    // The bound ends the walk around an empty endless loop.
    for _ in 0..body.blocks.len().min(64) {
        match body.blocks[*to] {
            BlockData { is_landing: false, ref insts, term: Term::Jump(next), .. } if insts.is_empty() => {
                *to = next;
            }
            _ => break,
        }
    }
    *to != start
}

/// A branch on what the branch before it has just tested.
fn follow_decided(body: &Body, heads: &IndexVec<Block, bool>, term: &mut Term) -> bool {
    let Term::Branch { cond, then, else_ } = term else { return false };
    let mut changed = false;
    for (to, holds) in [(then, true), (else_, false)] {
        let target = &body.blocks[*to];
        if let Term::Branch { cond: again, then, else_ } = target.term
            && again == *cond
            && target.insts.is_empty()
            && !heads[*to]
        {
            *to = if holds { then } else { else_ };
            changed = true;
        }
    }
    changed
}

/// The end of a block that does nothing else, if it is small enough to stand in place of a jump to it.
fn copyable_end(body: &Body, block: Block) -> Option<(Term, syntax::Span)> {
    let data = &body.blocks[block];
    if !data.insts.is_empty() || data.is_landing {
        return None;
    }
    let small = match &data.term {
        Term::Branch { .. } | Term::Throw | Term::Unreachable => true,
        Term::Return(values) => values.len() <= RETURN_VALUES_MAX,
        Term::Jump(_) | Term::Switch { .. } | Term::Invoke { .. } => false,
    };
    small.then(|| (data.term.clone(), data.term_span))
}

fn known_end(
    body: &Body,
    known: &impl Fn(&Body, Block, Reg) -> Option<i64>,
    block: Block,
    end: Term,
) -> Term {
    let Term::Branch { cond, .. } = end else { return end };
    match folded(&end, known(body, block, cond)) {
        Some(to) => Term::Jump(to),
        None => end,
    }
}

/// An invoke whose landing only throws again is a call.
fn drop_empty_landings(body: &mut Body) -> bool {
    let mut changed = false;
    let throws: IndexVec<Block, bool> =
        body.blocks.iter().map(|b| b.is_landing && b.insts.is_empty() && b.term == Term::Throw).collect();
    for data in body.blocks.iter_mut() {
        if let Term::Invoke { landing, .. } = data.term
            && throws[landing]
        {
            invoke_to_call(data);
            changed = true;
        }
    }
    changed
}

/// Replaces the invoke at the end of a block by a call and a jump.
pub(crate) fn invoke_to_call(data: &mut BlockData) {
    let Term::Invoke { normal, .. } = data.term else { return };
    let term = std::mem::replace(&mut data.term, Term::Jump(normal));
    if let Term::Invoke { dsts, callee, args, .. } = term {
        data.insts.push(Inst { op: Op::Call { dsts, callee, args }, span: data.term_span });
    }
}

/// Appends each block to the only one that leads to it.
fn merge_chains(body: &mut Body) -> bool {
    let mut edges = IndexVec::<Block, u32>::from_elem(0, body.blocks.len());
    for data in &body.blocks {
        data.term.for_each_succ(|to| edges[to] += 1);
    }
    let mut changed = false;
    for block in body.blocks.indices() {
        while let Term::Jump(to) = body.blocks[block].term
            && to != block
            && edges[to] == 1
        {
            let next = &mut body.blocks[to];
            let insts = std::mem::take(&mut next.insts);
            // A block that jumps to itself is unreachable and is no chain.
            let term = std::mem::replace(&mut next.term, Term::Jump(to));
            let span = next.term_span;
            let data = &mut body.blocks[block];
            data.insts.extend(insts);
            data.term = term;
            data.term_span = span;
            changed = true;
        }
    }
    changed && {
        remove_unreachable_blocks(body);
        true
    }
}
