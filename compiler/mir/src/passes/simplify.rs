//! Tidies the graph: jumps to jumps, blocks with one way in, branches whose way is known, cleanup that does nothing, and
//! blocks and locals that nothing reaches.

use crate::analysis::order::{reachable, reverse_postorder};
use crate::ir::*;
use entity::{Arrange, Idx, IndexVec};

pub fn run(body: &mut Body) {
    remove_nops(body);
    fold_branches(body);
    thread_jumps(body);
    // What led to different empty blocks may lead to one now.
    fold_branches(body);
    drop_empty_landings(body);
    merge_blocks(body);
    compact_blocks(body);
}

pub(crate) fn remove_nops(body: &mut Body) {
    for data in body.blocks.iter_mut() {
        data.stmts.retain(|stmt| stmt.kind != StmtKind::Nop);
    }
}

/// Branches on constants, and such whose ways are one.
fn fold_branches(body: &mut Body) {
    for data in body.blocks.iter_mut() {
        if let Some(to) = only_way(&data.term) {
            data.term = Term::Goto(to);
        }
    }
}

fn only_way(term: &Term) -> Option<Block> {
    match term {
        Term::If { cond: Operand::Const(Const::Bool(value)), then, else_ } => {
            Some(if *value { *then } else { *else_ })
        }
        Term::If { then, else_, .. } if then == else_ => Some(*then),
        Term::Switch { value: Operand::Const(value), cases, default } => {
            let bits = match value {
                Const::Int(v, _) => *v,
                Const::Char(c) => i128::from(u32::from(*c)),
                Const::Bool(v) => i128::from(*v),
                _ => return None,
            };
            Some(cases.iter().find(|c| c.0 == bits).map_or(*default, |c| c.1))
        }
        Term::Switch { cases, default, .. } if cases.iter().all(|c| c.1 == *default) => Some(*default),
        _ => None,
    }
}

/// Jumps to blocks that only jump on go where those go.
fn thread_jumps(body: &mut Body) {
    let mut target: IndexVec<Block, Block> = body.blocks.indices().collect();
    for block in body.blocks.indices() {
        let mut at = block;
        // A circle of empty blocks has no end; any block of it does.
        for _ in 0..body.blocks.len() {
            match &body.blocks[at] {
                BlockData { stmts, term: Term::Goto(next), .. } if stmts.is_empty() && *next != block => {
                    at = *next
                }
                _ => break,
            }
        }
        target[block] = at;
    }
    for data in body.blocks.iter_mut() {
        data.term.for_each_successor_mut(|next| *next = target[*next]);
        if let Term::Switch { cases, default, .. } = &mut data.term {
            cases.retain(|c| c.1 != *default);
        }
    }
}

/// Landing on a block that only goes on unwinding is not landing.
fn drop_empty_landings(body: &mut Body) {
    let empty: Vec<bool> =
        body.blocks.iter().map(|data| data.stmts.is_empty() && data.term == Term::Resume).collect();
    for data in body.blocks.iter_mut() {
        if let Some(unwind) = data.term.unwind_mut()
            && unwind.is_some_and(|to| empty[to.index()])
        {
            *unwind = None;
        }
    }
}

/// A block that is entered only by one jump becomes part of the block that jumps.
fn merge_blocks(body: &mut Body) {
    let seen = reachable(body);
    let mut n_preds = IndexVec::<Block, u32>::from_elem(0, body.blocks.len());
    for block in seen.iter().map(Block::new) {
        body.blocks[block].term.successors().for_each(|next| n_preds[next] += 1);
    }
    n_preds[Block(0)] += 1;
    for block in seen.iter().map(Block::new) {
        // What has been merged into another block is no block any more.
        if n_preds[block] == 0 {
            continue;
        }
        while let Term::Goto(next) = body.blocks[block].term
            && next != block
            && n_preds[next] == 1
            && body.blocks[next].is_cleanup == body.blocks[block].is_cleanup
        {
            let data = &mut body.blocks[next];
            let mut stmts = std::mem::take(&mut data.stmts);
            let term = std::mem::replace(&mut data.term, Term::Unreachable);
            let term_span = data.term_span;
            n_preds[next] = 0;
            let data = &mut body.blocks[block];
            data.stmts.append(&mut stmts);
            (data.term, data.term_span) = (term, term_span);
        }
    }
}

/// Leaves out what is not reached, and puts the rest in the order in which it runs, cleanup at the end.
pub(crate) fn compact_blocks(body: &mut Body) {
    let mut order = reverse_postorder(body);
    order.arrange_by_key(|block| body.blocks[*block].is_cleanup);
    let mut new = IndexVec::<Block, Block>::from_elem(Block(u32::MAX), body.blocks.len());
    for (i, block) in order.iter().enumerate() {
        new[*block] = Block::new(i);
    }
    let mut blocks: Vec<Option<BlockData>> =
        std::mem::take(&mut body.blocks).into_raw().into_iter().map(Some).collect();
    for block in order {
        let mut data = blocks[block.index()].take().expect("each block stands in the order once");
        data.term.for_each_successor_mut(|next| *next = new[*next]);
        body.blocks.push(data);
    }
}

/// Leaves out locals that nothing mentions.
pub(crate) fn compact_locals(body: &mut Body) {
    let mut used = IndexVec::<Local, bool>::from_elem(false, body.locals.len());
    used[RETURN] = true;
    body.params.iter().for_each(|p| used[p.local] = true);
    for_each_local(body, &mut |local| used[*local] = true);
    // What a used local rests on stays named.
    for local in body.locals.indices() {
        let mut at = local;
        while let Some(owner) = body.locals[at].loan_of.filter(|owner| used[at] && !used[*owner]) {
            used[owner] = true;
            at = owner;
        }
    }
    let mut new = IndexVec::<Local, Local>::from_elem(RETURN, body.locals.len());
    let mut locals = IndexVec::new();
    for (local, decl) in std::mem::take(&mut body.locals).into_raw().into_iter().enumerate() {
        if used[Local::new(local)] {
            new[Local::new(local)] = locals.push(decl);
        }
    }
    body.locals = locals;
    for decl in body.locals.iter_mut() {
        decl.loan_of = decl.loan_of.map(|owner| new[owner]);
    }
    body.params.iter_mut().for_each(|p| p.local = new[p.local]);
    body.observed.iter_mut().chain(&mut body.hole).for_each(|local| *local = new[*local]);
    for_each_local(body, &mut |local| *local = new[*local]);
}

fn for_each_local(body: &mut Body, f: &mut impl FnMut(&mut Local)) {
    for data in body.blocks.iter_mut() {
        data.stmts.iter_mut().for_each(|stmt| stmt.kind.for_each_local_mut(f));
        data.term.for_each_local_mut(f);
    }
}
