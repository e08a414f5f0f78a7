//! What is known about a body's graph: predecessors, orders, dominators and loops.
//!
//! All of it is computed once per call and goes stale when the graph changes. Everything costs time linear in the
//! graph, dominators nearly so.

use crate::ir::*;
use entity::{Idx, IndexVec};

/// Predecessors of every block, one entry per edge: a branch with equal targets counts twice.
pub struct Preds {
    starts: Vec<u32>,
    edges: Vec<Block>,
}

impl Preds {
    pub fn new(body: &Body) -> Preds {
        let mut starts = vec![0u32; body.blocks.len() + 1];
        for data in &body.blocks {
            data.term.for_each_succ(|to| starts[to.index() + 1] += 1);
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut next = starts.clone();
        let mut edges = vec![Block(0); starts[body.blocks.len()] as usize];
        for (from, data) in body.blocks.iter_enumerated() {
            data.term.for_each_succ(|to| {
                edges[next[to.index()] as usize] = from;
                next[to.index()] += 1;
            });
        }
        Preds { starts, edges }
    }

    pub fn of(&self, block: Block) -> &[Block] {
        let i = block.index();
        &self.edges[self.starts[i] as usize..self.starts[i + 1] as usize]
    }
}

/// The reachable blocks, each before its successors except along back edges.
pub fn reverse_postorder(body: &Body) -> Vec<Block> {
    let mut seen = IndexVec::<Block, bool>::from_elem(false, body.blocks.len());
    let mut order = Vec::with_capacity(body.blocks.len());
    let mut stack = vec![(Body::ENTRY, successors(body, Body::ENTRY))];
    seen[Body::ENTRY] = true;
    while let Some((block, succs)) = stack.last_mut() {
        match succs.pop() {
            Some(to) if seen[to] => {}
            Some(to) => {
                seen[to] = true;
                stack.push((to, successors(body, to)));
            }
            None => {
                order.push(*block);
                stack.pop();
            }
        }
    }
    order.reverse();
    order
}

fn successors(body: &Body, block: Block) -> Vec<Block> {
    let mut succs = Vec::new();
    body.blocks[block].term.for_each_succ(|to| succs.push(to));
    succs
}

/// The dominator tree of the reachable blocks (Cooper, Harvey and Kennedy: A Simple, Fast Dominance Algorithm).
pub struct Doms {
    pub order: Vec<Block>,
    /// The place in `order`; `u32::MAX` for a block that cannot be reached.
    rank: IndexVec<Block, u32>,
    idom: IndexVec<Block, Block>,
    /// When a walk of the tree enters and leaves each block.
    span: IndexVec<Block, (u32, u32)>,
    children: IndexVec<Block, Vec<Block>>,
}

impl Doms {
    pub fn new(body: &Body, preds: &Preds) -> Doms {
        let order = reverse_postorder(body);
        let n = body.blocks.len();
        let mut rank = IndexVec::from_elem(u32::MAX, n);
        for (i, &block) in order.iter().enumerate() {
            rank[block] = i as u32;
        }
        let idom = immediate_dominators(&order, &rank, preds);
        let mut children = IndexVec::from_elem(Vec::new(), n);
        for &block in &order[1..] {
            let parent: Block = idom[block];
            children[parent].push(block);
        }
        let mut doms = Doms { order, rank, idom, span: IndexVec::from_elem((0, 0), n), children };
        doms.number();
        doms
    }

    fn number(&mut self) {
        let mut clock = 0;
        let mut stack = vec![(Body::ENTRY, 0)];
        while let Some((block, next)) = stack.pop() {
            clock += 1;
            if next == 0 {
                self.span[block].0 = clock;
            }
            match self.children[block].get(next) {
                Some(&child) => {
                    stack.push((block, next + 1));
                    stack.push((child, 0));
                }
                None => self.span[block].1 = clock,
            }
        }
    }

    pub fn is_reachable(&self, block: Block) -> bool {
        self.rank[block] != u32::MAX
    }

    /// The place of a reachable block in `order`: dominators come first.
    pub fn rank(&self, block: Block) -> u32 {
        self.rank[block]
    }

    /// Whether every path to `b` leads through `a`; both must be reachable.
    pub fn dominates(&self, a: Block, b: Block) -> bool {
        self.span[a].0 <= self.span[b].0 && self.span[b].1 <= self.span[a].1
    }

    pub fn idom(&self, block: Block) -> Option<Block> {
        (block != Body::ENTRY && self.is_reachable(block)).then(|| self.idom[block])
    }

    pub fn children(&self, block: Block) -> &[Block] {
        &self.children[block]
    }
}

fn immediate_dominators(
    order: &[Block],
    rank: &IndexVec<Block, u32>,
    preds: &Preds,
) -> IndexVec<Block, Block> {
    const NONE: Block = Block(u32::MAX);
    let mut idom = IndexVec::from_elem(NONE, rank.len());
    idom[Body::ENTRY] = Body::ENTRY;
    let mut changed = true;
    while changed {
        changed = false;
        for &block in &order[1..] {
            let mut new = NONE;
            for &pred in preds.of(block) {
                if idom[pred] == NONE {
                    continue;
                }
                new = if new == NONE { pred } else { meet(new, pred, rank, &idom) };
            }
            if new != idom[block] {
                idom[block] = new;
                changed = true;
            }
        }
    }
    idom
}

fn meet(mut a: Block, mut b: Block, rank: &IndexVec<Block, u32>, idom: &IndexVec<Block, Block>) -> Block {
    while a != b {
        while rank[a] > rank[b] {
            a = idom[a];
        }
        while rank[b] > rank[a] {
            b = idom[b];
        }
    }
    a
}

/// A natural loop: its header dominates all of it.
pub struct Loop {
    pub header: Block,
    /// All blocks, those of inner loops included, the header first.
    pub blocks: Vec<Block>,
}

/// The natural loops, inner ones before those around them. Cycles with several entries are not among them.
pub fn natural_loops(doms: &Doms, preds: &Preds) -> Vec<Loop> {
    let mut loops = Vec::new();
    let mut mark = IndexVec::<Block, u32>::from_elem(0, doms.rank.len());
    for (n, &header) in doms.order.iter().enumerate().rev() {
        let is_latch = |p: &&Block| doms.is_reachable(**p) && doms.dominates(header, **p);
        let mut work: Vec<Block> = preds.of(header).iter().filter(is_latch).copied().collect();
        if work.is_empty() {
            continue;
        }
        let stamp = n as u32 + 1;
        mark[header] = stamp;
        let mut blocks = vec![header];
        while let Some(block) = work.pop() {
            if mark[block] == stamp {
                continue;
            }
            mark[block] = stamp;
            blocks.push(block);
            work.extend(preds.of(block).iter().copied().filter(|&p| doms.is_reachable(p)));
        }
        loops.push(Loop { header, blocks });
    }
    loops
}
