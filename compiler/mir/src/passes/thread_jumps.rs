//! Jump threading: where a block comes from tells which way its branch goes, the way there leads past the branch. So what
//! `next` returns is taken apart where it was made, and truth values that were put together from branches vanish.
//!
//! The block's statements are copied into each such way, so only short blocks are threaded; heads of loops are not, as
//! that would give loops a second entry.

use crate::analysis::bitset::BitSet;
use crate::analysis::order::reverse_postorder;
use crate::analysis::variants::{Follow, Variants, branch_target};
use crate::facts::TypeFacts;
use crate::ir::*;
use entity::{Idx, IndexVec};

/// Longer blocks are not copied.
const STMTS_MAX: usize = 16;
/// One body is not grown by more copies than this in one round.
const COPIES_MAX: usize = 200;

pub fn run(types: &Types, _facts: &TypeFacts, body: &mut Body) {
    for _ in 0..3 {
        let list = threads(types, body);
        if list.is_empty() {
            return;
        }
        apply(body, list);
        super::simplify::run(body);
    }
}

/// From this block, past that one, to there.
struct Thread {
    from: Block,
    past: Block,
    to: Block,
}

fn threads(types: &Types, body: &Body) -> Vec<Thread> {
    let variants = Variants::new(types, body, Follow::All);
    if variants.is_empty() {
        return Vec::new();
    }
    let preds = body.predecessors();
    let heads = loop_heads(body);
    let mut list = Vec::new();
    for (past, data) in body.blocks.iter_enumerated() {
        let Some(place) = variants.switched(past) else { continue };
        if data.stmts.len() > STMTS_MAX || heads[past] || data.is_cleanup || preds[past].is_empty() {
            continue;
        }
        let mut from_list = preds[past].clone();
        from_list.dedup();
        for from in from_list {
            let mut state = variants.at_entry(from);
            if state == BitSet::default() || body.blocks[from].term.unwind() == Some(past) {
                continue;
            }
            body.blocks[from].stmts.iter().for_each(|stmt| variants.step(&mut state, &stmt.kind));
            variants.on_edge(&mut state, from, past);
            data.stmts.iter().for_each(|stmt| variants.step(&mut state, &stmt.kind));
            if let Some(to) = variants.known(&state, place).and_then(|v| branch_target(&data.term, v))
                && to != past
                && list.len() < COPIES_MAX
            {
                list.push(Thread { from, past, to });
            }
        }
    }
    list
}

/// Blocks that are entered from behind.
fn loop_heads(body: &Body) -> IndexVec<Block, bool> {
    let order = reverse_postorder(body);
    let mut rank = IndexVec::<Block, usize>::from_elem(usize::MAX, body.blocks.len());
    for (i, block) in order.iter().enumerate() {
        rank[*block] = i;
    }
    let mut heads = IndexVec::from_elem(false, body.blocks.len());
    for block in order {
        for next in body.successors(block) {
            heads[next] |= rank[next] <= rank[block];
        }
    }
    heads
}

fn apply(body: &mut Body, list: Vec<Thread>) {
    for Thread { from, past, to } in list {
        let data = &body.blocks[past];
        let copy = BlockData { stmts: data.stmts.clone(), term: Term::Goto(to), ..data.clone() };
        let new = Block::new(body.blocks.len());
        body.blocks.push(copy);
        body.blocks[from].term.for_each_successor_mut(|next| {
            if *next == past {
                *next = new;
            }
        });
    }
}
