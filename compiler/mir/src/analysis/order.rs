//! Orders of blocks.

use crate::analysis::bitset::BitSet;
use crate::ir::*;
use entity::Idx;

/// Reachable blocks, each after those it comes from, back edges aside.
pub fn reverse_postorder(body: &Body) -> Vec<Block> {
    let mut order = postorder(body);
    order.reverse();
    order
}

/// Reachable blocks, each after those it goes to, back edges aside. Without recursion: bodies may be long.
pub fn postorder(body: &Body) -> Vec<Block> {
    let mut seen = BitSet::new(body.blocks.len());
    let mut order = Vec::with_capacity(body.blocks.len());
    let mut stack: Vec<(Block, Vec<Block>)> = Vec::new();
    let enter = |block: Block| -> (Block, Vec<Block>) {
        // Popped from the end, so that the first successor is visited last and comes first in the reversed order.
        (block, body.successors(block).collect())
    };
    seen.insert(0);
    stack.push(enter(Block(0)));
    while let Some((block, rest)) = stack.last_mut() {
        match rest.pop() {
            Some(next) => {
                if seen.insert(next.index()) {
                    stack.push(enter(next));
                }
            }
            None => {
                order.push(*block);
                stack.pop();
            }
        }
    }
    order
}

/// Blocks that the entry can come to.
pub fn reachable(body: &Body) -> BitSet {
    let mut seen = BitSet::new(body.blocks.len());
    let mut work = vec![Block(0)];
    seen.insert(0);
    while let Some(block) = work.pop() {
        for next in body.successors(block) {
            if seen.insert(next.index()) {
                work.push(next);
            }
        }
    }
    seen
}
