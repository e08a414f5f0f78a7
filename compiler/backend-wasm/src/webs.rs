//! Splits values into webs: the definitions that reach common uses, and these uses. A register that LIR uses for two
//! unrelated things becomes two values, and most values then have one definition, which is what the other passes look
//! for. (Muchnick, "Advanced Compiler Design and Implementation", 16.3.3.)
//!
//! Each definition is a node, as is each pair of a block and a value live where it begins; edges join what may be the
//! same. A value of the new function is a set of joined nodes.

use entity::IndexVec;
use rustc_hash::FxHashMap;

use crate::liveness::Liveness;
use crate::union_find::UnionFind;
use crate::wir::{B, ENTRY, Func, List, V};

pub fn split(func: &mut Func) {
    let liveness = Liveness::of(func);
    let mut webs = Webs::new(func, &liveness);
    for block in func.blocks.indices() {
        webs.block(func, block);
    }
    webs.rename(func);
}

struct Webs {
    nodes: UnionFind,
    /// The old value of each node.
    value: Vec<V>,
    /// The first node of a block's live values, which follow in the order of `Liveness::live_in`.
    live_in: IndexVec<B, Vec<(V, u32)>>,
    /// The node that each value has at this point, valid if stamped with the block.
    current: IndexVec<V, (u32, u32)>,
    /// The node of each item of the pool.
    node_of_item: Vec<u32>,
}

const NO_NODE: u32 = u32::MAX;

impl Webs {
    fn new(func: &Func, liveness: &Liveness) -> Webs {
        let mut webs = Webs {
            nodes: UnionFind::default(),
            value: Vec::new(),
            live_in: IndexVec::from_elem(Vec::new(), func.blocks.len()),
            current: IndexVec::from_elem((u32::MAX, 0), func.vals.len()),
            node_of_item: vec![NO_NODE; func.pool.len()],
        };
        for block in func.blocks.indices() {
            webs.live_in[block] = liveness.live_in(block).map(|value| (value, webs.node(value))).collect();
        }
        webs
    }

    fn node(&mut self, value: V) -> u32 {
        self.value.push(value);
        self.nodes.push()
    }

    fn block(&mut self, func: &Func, id: B) {
        for n in 0..self.live_in[id].len() {
            let (value, node) = self.live_in[id][n];
            self.current[value] = (id.0, node);
        }
        if id == ENTRY {
            self.write(func, id, func.params);
            // A parameter is one value with what a block before the entry would have left.
            for n in 0..self.live_in[id].len() {
                let (value, node) = self.live_in[id][n];
                self.nodes.union(node, self.current[value].1);
            }
        }
        for inst in &func.blocks[id].insts {
            self.read(func, id, inst.args);
            if let Some(landing) = inst.throws.landing() {
                self.flow(id, landing);
            }
            self.write(func, id, inst.dsts);
        }
        self.read(func, id, func.term_args(id));
        if let Some(frame) = func.frame.filter(|_| !func.frame_base_read(id).is_empty()) {
            self.read_again(func, id, frame.base);
        }
        func.blocks[id].term.for_each_target(|to| self.flow(id, to));
    }

    fn read(&mut self, func: &Func, block: B, list: List) {
        for item in list.range() {
            self.node_of_item[item] = self.current_node(block, func.pool[item]);
        }
    }

    /// The frame's address is one item read in many places: all of them are one web.
    fn read_again(&mut self, func: &Func, block: B, list: List) {
        for item in list.range() {
            let node = self.current_node(block, func.pool[item]);
            match self.node_of_item[item] {
                NO_NODE => self.node_of_item[item] = node,
                other => self.nodes.union(node, other),
            }
        }
    }

    fn current_node(&mut self, block: B, value: V) -> u32 {
        let (stamp, node) = self.current[value];
        if stamp == block.0 {
            return node;
        }
        // Read where nothing has written it: any value will do.
        let node = self.node(value);
        self.current[value] = (block.0, node);
        node
    }

    fn write(&mut self, func: &Func, block: B, list: List) {
        for item in list.range() {
            let node = self.node(func.pool[item]);
            self.node_of_item[item] = node;
            self.current[func.pool[item]] = (block.0, node);
        }
    }

    fn flow(&mut self, from: B, to: B) {
        for n in 0..self.live_in[to].len() {
            let (value, node) = self.live_in[to][n];
            let current = self.current_node(from, value);
            self.nodes.union(current, node);
        }
    }

    fn rename(mut self, func: &mut Func) {
        let mut new_value: Vec<Option<V>> = vec![None; self.value.len()];
        let mut taken = IndexVec::from_elem(false, func.vals.len());
        let mut names = Vec::new();
        for item in 0..func.pool.len() {
            let node = self.node_of_item[item];
            if node == NO_NODE {
                continue;
            }
            let root = self.nodes.find(node) as usize;
            func.pool[item] = *new_value[root].get_or_insert_with(|| {
                let old = self.value[root];
                if !std::mem::replace(&mut taken[old], true) {
                    return old;
                }
                let new = func.vals.push(func.vals[old]);
                names.push((new, old));
                new
            });
        }
        let old_names: FxHashMap<V, String> = func.names.iter().cloned().collect();
        let renamed = names.into_iter().filter_map(|(new, old)| Some((new, old_names.get(&old)?.clone())));
        func.names.extend(renamed);
    }
}
