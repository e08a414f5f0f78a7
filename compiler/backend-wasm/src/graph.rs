//! Tidies the graph before it is structured: unreachable blocks, jumps to jumps, branches whose outcome is known,
//! straight lines.

use entity::{Idx, IndexVec};

use crate::cfg;
use crate::wir::{B, Block, Const, ENTRY, Func, Op, Term, Throws, V};

pub fn tidy(func: &mut Func) {
    same_targets(func);
    thread_known_branches(func);
    contract(func);
}

/// The part that keeps a graph reducible.
pub fn contract(func: &mut Func) {
    skip_empty_blocks(func);
    drop_empty_landings(func);
    copy_short_ends(func);
    merge_lines(func);
    remove_unreachable(func);
}

/// A branch to one block from both sides is a jump.
fn same_targets(func: &mut Func) {
    for block in func.blocks.iter_mut() {
        let target = match &block.term {
            Term::Branch { then, else_, .. } if then == else_ => *then,
            Term::Table { targets, default, .. } if targets.iter().all(|it| it == default) => *default,
            _ => continue,
        };
        block.term = Term::Jump(target);
    }
}

/// Jumps past a block that only branches on a value which is constant where the jump starts. Not to be done once
/// irreducible regions have got dispatch blocks, which are such blocks.
fn thread_known_branches(func: &mut Func) {
    for id in func.blocks.indices() {
        while let Term::Jump(to) = func.blocks[id].term {
            let target = &func.blocks[to];
            let &Term::Branch { cond, then, else_ } = &target.term else { break };
            if !target.insts.is_empty() || to == id {
                break;
            }
            let Some(known) = constant_at_end(func, id, func.item(cond, 0)) else { break };
            func.blocks[id].term = Term::Jump(if known { then } else { else_ });
            if then == to || else_ == to {
                break;
            }
        }
    }
}

fn constant_at_end(func: &Func, block: B, value: V) -> Option<bool> {
    let last = func.blocks[block].insts.iter().rev().find(|inst| func.get(inst.dsts).contains(&value))?;
    match last.op {
        Op::Const(Const::I32(n)) => Some(n != 0),
        _ => None,
    }
}

fn skip_empty_blocks(func: &mut Func) {
    let final_target = |func: &Func, mut block: B| {
        // A cycle of empty blocks is an endless loop and stays one.
        for _ in 0..func.blocks.len() {
            let data = &func.blocks[block];
            match data.term {
                Term::Jump(to) if data.insts.is_empty() && to != block => block = to,
                _ => break,
            }
        }
        block
    };
    let targets: IndexVec<B, B> = func.blocks.indices().map(|id| final_target(func, id)).collect();
    for block in func.blocks.iter_mut() {
        block.map_succs(|to| targets[to]);
    }
    same_targets(func);
}

/// A landing that only unwinds further is none.
fn drop_empty_landings(func: &mut Func) {
    let only_throws = |block: &Block| block.insts.is_empty() && matches!(block.term, Term::Throw);
    let only_throws: IndexVec<B, bool> = func.blocks.iter().map(only_throws).collect();
    for inst in func.blocks.iter_mut().flat_map(|block| &mut block.insts) {
        if inst.throws.landing().is_some_and(|landing| only_throws[landing]) {
            inst.throws = Throws::Out;
        }
    }
}

/// A jump to a block that only ends the function becomes that end: not longer than a branch, and its values stay on the
/// operand stack.
fn copy_short_ends(func: &mut Func) {
    let pops = func.frame.is_some_and(|frame| frame.pop.is_some());
    for id in func.blocks.indices() {
        let Term::Jump(to) = func.blocks[id].term else { continue };
        let target = &func.blocks[to];
        if !target.insts.is_empty() {
            continue;
        }
        let end = match &target.term {
            Term::Return(values) if !pops => Term::Return(*values),
            Term::Throw => Term::Throw,
            Term::Unreachable => Term::Unreachable,
            _ => continue,
        };
        let end = match end {
            // Each block has its own list, since renaming may differ.
            Term::Return(values) => {
                let values = func.get(values).to_vec();
                Term::Return(func.list(values))
            }
            end => end,
        };
        func.blocks[id].term_span = func.blocks[to].term_span;
        func.blocks[id].term = end;
    }
}

/// Appends each block that has one way in to the block that jumps there.
fn merge_lines(func: &mut Func) {
    let mut n_preds: IndexVec<B, u32> = IndexVec::from_elem(0, func.blocks.len());
    n_preds[ENTRY] = 1;
    let live = reachable(func);
    for (_, block) in func.blocks.iter_enumerated().filter(|(id, _)| live[*id]) {
        block.for_each_succ(|to| n_preds[to] += 1);
    }
    for id in func.blocks.indices().filter(|&id| live[id]) {
        while let Term::Jump(to) = func.blocks[id].term {
            if n_preds[to] != 1 || to == id || to == ENTRY {
                break;
            }
            let next = &mut func.blocks[to];
            let insts = std::mem::take(&mut next.insts);
            // The emptied block has no way in any more; its predecessor count keeps others from merging it.
            let term = std::mem::replace(&mut next.term, Term::Unreachable);
            let term_span = next.term_span;
            n_preds[to] = 0;
            let block = &mut func.blocks[id];
            block.insts.extend(insts);
            block.term = term;
            block.term_span = term_span;
        }
    }
}

fn reachable(func: &Func) -> IndexVec<B, bool> {
    let mut live = IndexVec::from_elem(false, func.blocks.len());
    cfg::postorder(func).into_iter().for_each(|b| live[b] = true);
    live
}

fn remove_unreachable(func: &mut Func) {
    let live = reachable(func);
    if live.iter().all(|&it| it) {
        return;
    }
    let mut new_id = IndexVec::from_elem(ENTRY, func.blocks.len());
    for (next, id) in func.blocks.indices().filter(|&id| live[id]).enumerate() {
        new_id[id] = B::new(next);
    }
    let blocks = std::mem::take(&mut func.blocks).into_raw();
    let kept = blocks.into_iter().enumerate().filter(|(n, _)| live[B::new(*n)]).map(|(_, block)| block);
    func.blocks = kept.collect();
    for block in func.blocks.iter_mut() {
        block.map_succs(|to| new_id[to]);
    }
}
