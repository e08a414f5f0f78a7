//! Makes every loop have one header, which structured control flow needs.
//!
//! A strongly connected region with several entries gets a dispatch block: who comes from outside sets a number and goes
//! to the dispatch block, which selects the entry. The same do edges inside that go back to an entry; which these are is
//! told by a depth-first walk from the first entry. No block is copied, so the size grows by a few instructions per
//! edge. (The method of LLVM's WebAssemblyFixIrreducibleControlFlow, which sends all edges to entries through the
//! dispatch.) All edges to the first entry go back, so it is in no cycle any more, and what remains is searched for inner
//! regions; in a loop with one entry, that takes the header's part. Coroutines' resume functions are where such graphs
//! come from: a dispatch is then executed once per iteration and nested loop.

use entity::{Arrange, IndexVec};
use rustc_hash::FxHashMap;
use syntax::Span;

use crate::cfg::{self, Succs};
use crate::wir::{B, Block, Const, ENTRY, Func, Inst, List, Op, Term, Throws, V, Vt};

/// Every block of `func` must be reachable.
pub fn make_reducible(func: &mut Func) {
    let mut work: Vec<Vec<B>> = vec![func.blocks.indices().collect()];
    let mut graph = Graph::new(func);
    while let Some(region) = work.pop() {
        let mut is_member = IndexVec::from_elem(false, func.blocks.len());
        region.iter().for_each(|&b| is_member[b] = true);
        let components = cfg::components(&graph.succs, &region, &is_member);
        for mut component in components {
            component.arrange();
            let entries = graph.entries(&component);
            let header = match entries[..] {
                [header] => header,
                _ => {
                    let order = cfg::order_inside(&graph.succs, entries[0], &component);
                    let header = dispatch(func, &mut component, &entries, &order);
                    graph = Graph::new(func);
                    header
                }
            };
            component.retain(|&b| b != header);
            if component.len() > 1 || component.iter().any(|b| graph.succs[*b].contains(b)) {
                work.push(component);
            }
        }
    }
}

struct Graph {
    succs: Succs,
    preds: IndexVec<B, Vec<B>>,
}

impl Graph {
    fn new(func: &Func) -> Graph {
        let succs = cfg::succs(func);
        Graph { preds: cfg::reverse(&succs), succs }
    }

    /// The members that are entered from outside. `component` is sorted.
    fn entries(&self, component: &[B]) -> Vec<B> {
        let inside = |b: &B| component.binary_search(b).is_ok();
        let is_entry = |b: &&B| **b == ENTRY || self.preds[**b].iter().any(|pred| !inside(pred));
        component.iter().filter(is_entry).copied().collect()
    }
}

/// Adds a dispatch block in front of `entries`. The new blocks inside the region are added to `component`. `order` is
/// the position of each member in reverse postorder.
fn dispatch(func: &mut Func, component: &mut Vec<B>, entries: &[B], order: &FxHashMap<B, u32>) -> B {
    let label = func.new_val(Vt::I32);
    let n_old = func.blocks.len();
    let index = func.list([label]);
    let [first, .., last] = *entries else { unreachable!("a region with one entry needs no dispatch") };
    let term = match entries.len() {
        2 => Term::Branch { cond: index, then: last, else_: first },
        n => Term::Table { index, targets: entries[..n - 1].to_vec(), default: last },
    };
    let header = func.blocks.push(new_block(Vec::new(), term));
    let mut setters: FxHashMap<(B, bool), B> = FxHashMap::default();
    for from in (0..n_old).map(|n| B(n as u32)) {
        let place = order.get(&from);
        let number_of = |to: B| {
            let number = entries.binary_search(&to).ok()?;
            let goes_forward = place.is_some_and(|place| *place < order[&to]);
            (!goes_forward).then_some(number)
        };
        let mut block = std::mem::replace(&mut func.blocks[from], new_block(Vec::new(), Term::Unreachable));
        if let Term::Jump(to) = block.term
            && let Some(number) = number_of(to)
        {
            let set = set_label(func, label, number);
            block.insts.push(set);
            block.term = Term::Jump(header);
        }
        block.map_succs(|to| {
            let Some(number) = number_of(to) else { return to };
            *setters.entry((to, place.is_some())).or_insert_with(|| {
                let set = set_label(func, label, number);
                let setter = func.blocks.push(new_block(vec![set], Term::Jump(header)));
                component.extend(place.map(|_| setter));
                setter
            })
        });
        func.blocks[from] = block;
    }
    header
}

fn set_label(func: &mut Func, label: V, number: usize) -> Inst {
    let dsts = func.list([label]);
    let op = Op::Const(Const::I32(number as i32));
    Inst { op, args: List::default(), dsts, throws: Throws::Never, span: Span::DUMMY }
}

fn new_block(insts: Vec<Inst>, term: Term) -> Block {
    Block { insts, term, term_span: Span::DUMMY }
}
