//! The two drivers of bit-vector dataflow, joining by union (Kildall 1973), over a worklist in (reverse) postorder.

use crate::analysis::bitset::BitSet;
use crate::analysis::order::postorder;
use crate::ir::*;
use entity::{Idx, IndexVec};

/// A forward problem. Facts start empty everywhere but at the entry.
pub trait Forward {
    fn bits(&self) -> usize;
    fn entry(&self, state: &mut BitSet);
    fn stmt(&self, state: &mut BitSet, stmt: &StmtKind);
    /// What the terminator does on every edge.
    fn term(&self, state: &mut BitSet, term: &Term);
    /// What it does besides on the edge on which it does not unwind.
    fn normal_edge(&self, state: &mut BitSet, term: &Term);
    /// What is known besides on this edge.
    fn edge(&self, _state: &mut BitSet, _from: Block, _to: Block) {}
}

/// States at the entries of blocks; those of unreachable blocks are empty.
pub fn forward(body: &Body, problem: &impl Forward) -> IndexVec<Block, BitSet> {
    let mut order = postorder(body);
    order.reverse();
    let mut entry = IndexVec::from_elem(BitSet::packed(problem.bits()), body.blocks.len());
    let mut rank = IndexVec::<Block, usize>::from_elem(usize::MAX, body.blocks.len());
    for (i, block) in order.iter().enumerate() {
        rank[*block] = i;
    }
    problem.entry(&mut entry[Block(0)]);
    let mut visited = BitSet::new(order.len());
    let mut pending = BitSet::new(order.len());
    pending.insert(0);
    let mut state = BitSet::new(problem.bits());
    let mut edge = BitSet::new(problem.bits());
    while let Some(i) = pending.pop_first() {
        visited.insert(i);
        let data = &body.blocks[order[i]];
        state.copy_from(&entry[order[i]]);
        for stmt in &data.stmts {
            problem.stmt(&mut state, &stmt.kind);
        }
        problem.term(&mut state, &data.term);
        let unwind = data.term.unwind();
        for next in data.term.successors() {
            edge.copy_from(&state);
            if unwind != Some(next) {
                problem.normal_edge(&mut edge, &data.term);
            }
            problem.edge(&mut edge, order[i], next);
            let to = rank[next];
            if entry[next].union(&edge) || !visited.contains(to) {
                pending.insert(to);
            }
        }
    }
    entry
}

/// A backward problem. Facts start empty.
pub trait Backward {
    fn bits(&self) -> usize;
    fn stmt(&self, state: &mut BitSet, stmt: &StmtKind);
    /// The state holds what the successors need, that of the normal edge after `normal_edge`.
    fn term(&self, state: &mut BitSet, term: &Term);
    fn normal_edge(&self, state: &mut BitSet, term: &Term);
}

/// The state behind the terminator's own effect on an edge: what successors need, with a call's result taken off.
pub fn before_edges(
    body: &Body,
    problem: &impl Backward,
    entry: &IndexVec<Block, BitSet>,
    block: Block,
    state: &mut BitSet,
) {
    let term = &body.blocks[block].term;
    let unwind = term.unwind();
    state.clear();
    for next in term.successors().filter(|next| unwind != Some(*next)) {
        state.union(&entry[next]);
    }
    problem.normal_edge(state, term);
    if let Some(next) = unwind {
        state.union(&entry[next]);
    }
}

/// States at the entries of blocks.
pub fn backward(body: &Body, problem: &impl Backward) -> IndexVec<Block, BitSet> {
    let order = postorder(body);
    let preds = body.predecessors();
    let mut entry = IndexVec::from_elem(BitSet::packed(problem.bits()), body.blocks.len());
    let mut rank = IndexVec::<Block, usize>::from_elem(usize::MAX, body.blocks.len());
    for (i, block) in order.iter().enumerate() {
        rank[*block] = i;
    }
    let mut pending = BitSet::new(order.len());
    for i in 0..order.len() {
        pending.insert(i);
    }
    let mut state = BitSet::new(problem.bits());
    while let Some(i) = pending.pop_first() {
        let block = order[i];
        before_edges(body, problem, &entry, block, &mut state);
        problem.term(&mut state, &body.blocks[block].term);
        for stmt in body.blocks[block].stmts.iter().rev() {
            problem.stmt(&mut state, &stmt.kind);
        }
        if entry[block].union(&state) {
            for pred in &preds[block] {
                if rank[*pred] != usize::MAX {
                    pending.insert(rank[*pred]);
                }
            }
        }
    }
    entry
}

/// The number of an index, for bits.
pub fn bit(index: impl Idx) -> usize {
    index.index()
}
