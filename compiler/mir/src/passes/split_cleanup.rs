//! Gives each way into cleanup blocks of its own where it finds other values to drop, so that cleanup needs no drop flags,
//! which the ordinary way would have to keep.
//!
//! Cleanup is walked with the state of initialisation on each unwinding edge; a block is copied for each different state
//! (restricted to what is dropped from there on, so that tails are shared). In and out: the built stage.

use crate::analysis::bitset::BitSet;
use crate::analysis::flow::Forward;
use crate::analysis::init::Init;
use crate::analysis::move_paths::{Detail, MovePaths};
use crate::facts::TypeFacts;
use crate::ir::*;
use crate::visit::Access;
use entity::{Idx, IndexVec};
use rustc_hash::FxHashMap;

/// Beyond this many blocks of cleanup for each one there was, flags are better.
const GROWTH_MAX: usize = 6;

pub fn run(types: &Types, facts: &TypeFacts, body: &mut Body) {
    if !body.blocks.iter().any(|data| data.is_cleanup) {
        return;
    }
    let paths = MovePaths::new(types, facts, body, Detail::Moves);
    if paths.is_empty() {
        return;
    }
    let init = Init { types, body, paths: &paths };
    let entry = init.compute();
    let relevant = relevant_bits(&init);
    let n_cleanup = body.blocks.iter().filter(|data| data.is_cleanup).count();
    let mut splitter = Splitter {
        init: &init,
        relevant,
        copies: FxHashMap::default(),
        new: Vec::new(),
        limit: n_cleanup * GROWTH_MAX + 16,
    };
    let mut edges = Vec::new();
    for (block, data) in body.blocks.iter_enumerated() {
        let Some(landing) = data.term.unwind().filter(|_| !data.is_cleanup) else { continue };
        let mut state = entry[block].clone();
        data.stmts.iter().for_each(|stmt| init.stmt(&mut state, &stmt.kind));
        init.term(&mut state, &data.term);
        edges.push((block, splitter.copy(landing, state)));
    }
    if splitter.new.len() > splitter.limit {
        return;
    }
    let new = splitter.new;
    new.into_iter().for_each(|data| {
        body.blocks.push(data.expect("each copy has been filled in"));
    });
    for (block, landing) in edges {
        if let Some(unwind) = body.blocks[block].term.unwind_mut() {
            *unwind = Some(landing);
        }
    }
}

/// Per block, the bits that it and what follows ask about.
fn relevant_bits(init: &Init) -> IndexVec<Block, BitSet> {
    let body = init.body;
    let n = init.paths.len();
    let mut bits = IndexVec::from_elem(BitSet::packed(n * 2), body.blocks.len());
    let note = |set: &mut BitSet, place: &Place, access: Access| {
        if matches!(access, Access::Drop | Access::Move | Access::Write | Access::CallWrite)
            && let Some(path) = init.paths.covering(init.types, place)
        {
            init.paths.for_each_below(path, &mut |p| {
                set.insert(p.bit());
                set.insert(p.bit() + n);
            });
        }
    };
    for (block, data) in body.blocks.iter_enumerated().filter(|(_, d)| d.is_cleanup) {
        let mut set = BitSet::new(n * 2);
        data.stmts.iter().for_each(|s| s.kind.for_each_access(|p, a| note(&mut set, p, a)));
        data.term.for_each_access(|p, a| note(&mut set, p, a));
        bits[block] = set;
    }
    loop {
        let mut changed = false;
        for (block, data) in body.blocks.iter_enumerated().filter(|(_, d)| d.is_cleanup) {
            for next in data.term.successors() {
                let more = bits[next].clone();
                changed |= bits[block].union(&more);
            }
        }
        if !changed {
            return bits;
        }
    }
}

struct Splitter<'a> {
    init: &'a Init<'a>,
    relevant: IndexVec<Block, BitSet>,
    copies: FxHashMap<(Block, BitSet), Block>,
    new: Vec<Option<BlockData>>,
    limit: usize,
}

impl Splitter<'_> {
    /// The copy of a cleanup block for a state at its entry. Depth is bounded by the chain of cleanup.
    fn copy(&mut self, block: Block, mut state: BitSet) -> Block {
        state.intersect(&self.relevant[block]);
        if let Some(copy) = self.copies.get(&(block, state.clone())) {
            return *copy;
        }
        let id = Block::new(self.init.body.blocks.len() + self.new.len());
        self.copies.insert((block, state.clone()), id);
        self.new.push(None);
        if self.new.len() > self.limit {
            return id;
        }
        let mut data = self.init.body.blocks[block].clone();
        data.stmts.iter().for_each(|stmt| self.init.stmt(&mut state, &stmt.kind));
        self.init.term(&mut state, &data.term);
        let normal = data.term.clone();
        data.term.for_each_successor_mut(|next| {
            let mut edge = state.clone();
            self.init.normal_edge(&mut edge, &normal);
            *next = self.copy(*next, edge);
        });
        let at = id.index() - self.init.body.blocks.len();
        self.new[at] = Some(data);
        id
    }
}
