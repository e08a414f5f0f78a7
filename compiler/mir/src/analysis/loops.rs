//! Natural loops: dominators (Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm", 2001) and what back edges enclose.

use crate::analysis::bitset::BitSet;
use crate::analysis::order::reverse_postorder;
use crate::ir::*;
use entity::{Arrange, Idx, IndexVec};

/// A loop with one head. Loops with the same head are one.
pub struct Loop {
    pub header: Block,
    /// The blocks that lead back to the head.
    pub latches: Vec<Block>,
    /// All blocks, the head among them.
    pub blocks: Vec<Block>,
    /// The blocks that each round runs through, if it comes to its end.
    pub every_round: BitSet,
}

/// Immediate dominators of reachable blocks; the entry is its own.
pub struct Doms {
    idom: IndexVec<Block, Option<Block>>,
    rank: IndexVec<Block, usize>,
}

impl Doms {
    pub fn new(body: &Body) -> Doms {
        let order = reverse_postorder(body);
        let mut rank = IndexVec::from_elem(usize::MAX, body.blocks.len());
        for (i, block) in order.iter().enumerate() {
            rank[*block] = i;
        }
        let preds = body.predecessors();
        let mut doms = Doms { idom: IndexVec::from_elem(None, body.blocks.len()), rank };
        doms.idom[Block(0)] = Some(Block(0));
        loop {
            let mut changed = false;
            for block in order.iter().skip(1) {
                let known = preds[*block].iter().copied().filter(|pred| doms.idom[*pred].is_some());
                let new = known.reduce(|a, b| doms.meet(a, b));
                changed |= doms.idom[*block] != new;
                doms.idom[*block] = new;
            }
            if !changed {
                return doms;
            }
        }
    }

    fn meet(&self, mut a: Block, mut b: Block) -> Block {
        while a != b {
            let later = if self.rank[a] > self.rank[b] { &mut a } else { &mut b };
            *later = self.idom[*later].unwrap_or(Block(0));
        }
        a
    }

    /// The immediate dominator; none of the entry and of what is not reached.
    pub fn parent(&self, block: Block) -> Option<Block> {
        self.idom[block].filter(|up| *up != block)
    }

    pub fn dominates(&self, a: Block, mut b: Block) -> bool {
        while self.rank[b] > self.rank[a] {
            let Some(up) = self.idom[b].filter(|up| *up != b) else { return false };
            b = up;
        }
        a == b
    }
}

/// The natural loops of a body, inner ones before those around them.
pub fn natural_loops(body: &Body) -> Vec<Loop> {
    let doms = Doms::new(body);
    let mut loops: Vec<Loop> = Vec::new();
    for from in body.blocks.indices().filter(|block| doms.rank[*block] != usize::MAX) {
        for header in body.successors(from).filter(|to| doms.dominates(*to, from)) {
            match loops.iter_mut().find(|l| l.header == header) {
                Some(known) => known.latches.push(from),
                None => loops.push(Loop {
                    header,
                    latches: vec![from],
                    blocks: Vec::new(),
                    every_round: BitSet::new(body.blocks.len()),
                }),
            }
        }
    }
    let preds = body.predecessors();
    for a_loop in &mut loops {
        collect(body, &doms, &preds, a_loop);
    }
    loops.arrange_by_key(|l| (l.blocks.len(), l.header));
    loops
}

fn collect(body: &Body, doms: &Doms, preds: &IndexVec<Block, Vec<Block>>, a_loop: &mut Loop) {
    let mut seen = BitSet::new(body.blocks.len());
    seen.insert(a_loop.header.index());
    let mut work = a_loop.latches.clone();
    while let Some(block) = work.pop() {
        if doms.rank[block] != usize::MAX && seen.insert(block.index()) {
            work.extend_from_slice(&preds[block]);
        }
    }
    a_loop.blocks = seen.iter().map(Block::new).collect();
    for block in &a_loop.blocks {
        if a_loop.latches.iter().all(|latch| doms.dominates(*block, *latch)) {
            a_loop.every_round.insert(block.index());
        }
    }
}
