//! Facts about a function's graph: predecessors, orders, dominators, strongly connected components.
//!
//! All walks keep their own stacks: graphs come from generated code too, and may be deep.

use entity::{Arrange, IndexVec};
use rustc_hash::FxHashMap;

use crate::wir::{B, Block, ENTRY, Func};

/// A graph as successor lists without repetitions.
pub type Succs = IndexVec<B, Vec<B>>;

pub fn succs(func: &Func) -> Succs {
    func.blocks.iter().map(succs_of).collect()
}

fn succs_of(block: &Block) -> Vec<B> {
    let mut list = Vec::new();
    block.for_each_succ(|to| list.push(to));
    list.arrange();
    list.dedup();
    list
}

/// The same graph with its edges reversed.
pub fn reverse(succs: &Succs) -> Succs {
    let mut preds = IndexVec::from_elem(Vec::new(), succs.len());
    for (from, list) in succs.iter_enumerated() {
        list.iter().for_each(|&to| preds[to].push(from));
    }
    preds
}

/// Blocks in postorder of a depth-first walk from the entry. Earlier successors are finished last, so that in reverse
/// postorder they come first.
pub fn postorder(func: &Func) -> Vec<B> {
    let mut seen = IndexVec::from_elem(false, func.blocks.len());
    let mut order = Vec::with_capacity(func.blocks.len());
    let mut stack = vec![(ENTRY, walk_order(&func.blocks[ENTRY]))];
    seen[ENTRY] = true;
    while let Some((block, rest)) = stack.last_mut() {
        match rest.pop() {
            Some(next) if seen[next] => {}
            Some(next) => {
                seen[next] = true;
                stack.push((next, walk_order(&func.blocks[next])));
            }
            None => {
                order.push(*block);
                stack.pop();
            }
        }
    }
    order
}

/// Successors from the first to walk, at the end of the list, to the last: landings first, so that they end up behind
/// the normal path, then the terminator's targets from the last to the first.
fn walk_order(block: &Block) -> Vec<B> {
    let mut targets = Vec::new();
    block.for_each_succ(|to| targets.push(to));
    let n_landings = block.insts.iter().filter(|inst| inst.throws.landing().is_some()).count();
    let landings: Vec<B> = targets.drain(..n_landings).collect();
    targets.extend(landings);
    targets
}

/// Positions in reverse postorder of a walk from `root` that stays among `members`, which are sorted.
pub fn order_inside(succs: &Succs, root: B, members: &[B]) -> FxHashMap<B, u32> {
    let mut order = FxHashMap::default();
    order.insert(root, 0);
    let mut next = members.len() as u32;
    let mut stack = vec![(root, 0)];
    while let Some((block, at)) = stack.last_mut() {
        match succs[*block].get(*at) {
            Some(&to) => {
                *at += 1;
                if members.binary_search(&to).is_ok() && !order.contains_key(&to) {
                    order.insert(to, 0);
                    stack.push((to, 0));
                }
            }
            None => {
                next -= 1;
                order.insert(*block, next);
                stack.pop();
            }
        }
    }
    order
}

/// Whether each block can reach one for which `is_goal` holds.
pub fn reaching(func: &Func, is_goal: impl Fn(&Block) -> bool) -> IndexVec<B, bool> {
    let preds = reverse(&succs(func));
    let mut found: IndexVec<B, bool> = func.blocks.iter().map(&is_goal).collect();
    let mut work: Vec<B> = func.blocks.indices().filter(|&b| found[b]).collect();
    while let Some(block) = work.pop() {
        for &pred in &preds[block] {
            if !std::mem::replace(&mut found[pred], true) {
                work.push(pred);
            }
        }
    }
    found
}

/// Whether each block lies on a cycle.
pub fn in_cycles(func: &Func) -> IndexVec<B, bool> {
    let succs = succs(func);
    let mut result = IndexVec::from_elem(false, func.blocks.len());
    let all: Vec<B> = func.blocks.indices().collect();
    for component in components(&succs, &all, &IndexVec::from_elem(true, succs.len())) {
        component.iter().for_each(|&b| result[b] = true);
    }
    result
}

/// The strongly connected components that contain a cycle, in the graph that `members` and its edges inside make up.
/// (Tarjan 1972, without recursion.) `is_member` must hold for `members` only.
pub fn components(succs: &Succs, members: &[B], is_member: &IndexVec<B, bool>) -> Vec<Vec<B>> {
    let mut tarjan =
        Tarjan { succs, is_member, number: Default::default(), stack: Vec::new(), found: Vec::new() };
    for &block in members {
        if !tarjan.number.contains_key(&block) {
            tarjan.visit(block);
        }
    }
    tarjan.found
}

struct Tarjan<'a> {
    succs: &'a Succs,
    is_member: &'a IndexVec<B, bool>,
    /// Order of discovery; `DONE` once the component is complete. Sparse, because regions are small parts of graphs.
    number: FxHashMap<B, u32>,
    stack: Vec<B>,
    found: Vec<Vec<B>>,
}

const DONE: u32 = u32::MAX;

impl Tarjan<'_> {
    fn visit(&mut self, root: B) {
        // Block, position in its successors, lowest number reached.
        let mut path: Vec<(B, usize, u32)> = Vec::new();
        self.enter(root, &mut path);
        while let Some(&mut (block, ref mut at, ref mut low)) = path.last_mut() {
            let Some(&next) = self.succs[block].get(*at) else {
                let low = *low;
                path.pop();
                self.leave(block, low);
                if let Some((_, _, parent_low)) = path.last_mut() {
                    *parent_low = low.min(*parent_low);
                }
                continue;
            };
            *at += 1;
            match self.number.get(&next) {
                _ if !self.is_member[next] => {}
                Some(&DONE) => {}
                Some(&number) => *low = number.min(*low),
                None => self.enter(next, &mut path),
            }
        }
    }

    fn enter(&mut self, block: B, path: &mut Vec<(B, usize, u32)>) {
        let number = self.number.len() as u32;
        self.number.insert(block, number);
        self.stack.push(block);
        path.push((block, 0, number));
    }

    fn leave(&mut self, block: B, low: u32) {
        if self.number[&block] != low {
            return;
        }
        let start = self.stack.iter().rposition(|&b| b == block).expect("a root is on the stack");
        let component = self.stack.split_off(start);
        component.iter().for_each(|b| {
            self.number.insert(*b, DONE);
        });
        if component.len() > 1 || self.succs[block].contains(&block) {
            self.found.push(component);
        }
    }
}

/// Orders and dominators of a graph without unreachable blocks.
#[derive(Debug)]
pub struct Cfg {
    pub preds: IndexVec<B, Vec<B>>,
    /// The position in reverse postorder.
    order: IndexVec<B, u32>,
    /// Children in the dominator tree, in reverse postorder.
    pub children: IndexVec<B, Vec<B>>,
    /// First and last number in a preorder of the dominator tree.
    span: IndexVec<B, (u32, u32)>,
}

impl Cfg {
    pub fn new(func: &Func) -> Cfg {
        let preds = reverse(&succs(func));
        let mut rpo = postorder(func);
        rpo.reverse();
        let mut order = IndexVec::from_elem(0, func.blocks.len());
        rpo.iter().enumerate().for_each(|(n, &b)| order[b] = n as u32);
        let idom = dominators(&preds, &rpo, &order);
        let mut children = IndexVec::from_elem(Vec::new(), func.blocks.len());
        rpo[1..].iter().for_each(|&b| children[idom[b]].push(b));
        let span = tree_spans(&children);
        Cfg { preds, order, children, span }
    }

    /// Whether an edge goes back to a loop's header (in a reducible graph).
    pub fn is_back_edge(&self, from: B, to: B) -> bool {
        self.order[to] <= self.order[from]
    }

    /// The position in a preorder of the dominator tree, and that of the last block below.
    pub fn tree_span(&self, block: B) -> (u32, u32) {
        self.span[block]
    }
}

/// Cooper, Harvey, Kennedy: "A Simple, Fast Dominance Algorithm".
fn dominators(preds: &IndexVec<B, Vec<B>>, rpo: &[B], order: &IndexVec<B, u32>) -> IndexVec<B, B> {
    const NONE: B = B(u32::MAX);
    let mut idom = IndexVec::from_elem(NONE, preds.len());
    idom[ENTRY] = ENTRY;
    let mut changed = true;
    while changed {
        changed = false;
        for &block in &rpo[1..] {
            let mut known = preds[block].iter().copied().filter(|&pred| idom[pred] != NONE);
            let first = known.next().expect("reverse postorder visits a predecessor first");
            let new = known.fold(first, |a, b| intersect(&idom, order, a, b));
            changed |= idom[block] != new;
            idom[block] = new;
        }
    }
    idom
}

fn intersect(idom: &IndexVec<B, B>, order: &IndexVec<B, u32>, mut a: B, mut b: B) -> B {
    while a != b {
        while order[a] > order[b] {
            a = idom[a];
        }
        while order[b] > order[a] {
            b = idom[b];
        }
    }
    a
}

fn tree_spans(children: &IndexVec<B, Vec<B>>) -> IndexVec<B, (u32, u32)> {
    let mut span = IndexVec::from_elem((0, 0), children.len());
    let mut next = 0;
    let mut stack = vec![(ENTRY, 0)];
    while let Some((block, at)) = stack.last_mut() {
        let block = *block;
        if *at == 0 {
            span[block].0 = next;
            next += 1;
        }
        match children[block].get(*at) {
            Some(&child) => {
                *at += 1;
                stack.push((child, 0));
            }
            None => {
                span[block].1 = next - 1;
                stack.pop();
            }
        }
    }
    span
}
