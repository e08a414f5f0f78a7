//! Makes every loop have one header, which structured control flow needs.
//!
//! A strongly connected region with several entries gets a dispatch block: whoever goes to an entry sets a number and
//! goes to the dispatch block, which selects the entry. No block is copied, so the size grows by a few instructions per
//! edge. (The method of LLVM's WebAssemblyFixIrreducibleControlFlow.) Regions are searched from the outside in: inside a
//! loop the header's removal leaves the inner loops. Coroutines' resume functions are where such graphs come from.

use entity::IndexVec;
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
            component.sort_unstable();
            let entries = graph.entries(&component);
            let header = match entries[..] {
                [header] => header,
                _ => {
                    let header = dispatch(func, &mut component, &entries);
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

/// Adds a dispatch block in front of `entries`. The new blocks inside the region are added to `component`.
fn dispatch(func: &mut Func, component: &mut Vec<B>, entries: &[B]) -> B {
    let label = func.new_val(Vt::I32);
    let n_old = func.blocks.len();
    let index = func.list([label]);
    let term = match entries {
        [first, second] => Term::Branch { cond: index, then: *second, else_: *first },
        _ => Term::Table { index, targets: entries.to_vec(), default: entries[entries.len() - 1] },
    };
    let header = func.blocks.push(new_block(Vec::new(), term, false));
    let members = component.clone();
    let is_landing: Vec<bool> = entries.iter().map(|&b| func.blocks[b].is_landing).collect();
    let number_of = |block: B| entries.binary_search(&block).ok();
    let mut setters: FxHashMap<(B, bool), B> = FxHashMap::default();
    for from in (0..n_old).map(|n| B(n as u32)) {
        let inside = members.binary_search(&from).is_ok();
        let mut block = std::mem::replace(&mut func.blocks[from], new_block(Vec::new(), Term::Unreachable, false));
        if let Term::Jump(to) = block.term
            && let Some(number) = number_of(to)
        {
            let set = set_label(func, label, number);
            block.insts.push(set);
            block.term = Term::Jump(header);
        }
        block.map_succs(|to| {
            let Some(number) = number_of(to) else { return to };
            *setters.entry((to, inside)).or_insert_with(|| {
                let set = set_label(func, label, number);
                let setter = func.blocks.push(new_block(vec![set], Term::Jump(header), is_landing[number]));
                if inside {
                    component.push(setter);
                }
                setter
            })
        });
        func.blocks[from] = block;
    }
    for &entry in entries {
        func.blocks[entry].is_landing = false;
    }
    header
}

fn set_label(func: &mut Func, label: V, number: usize) -> Inst {
    let dsts = func.list([label]);
    let op = Op::Const(Const::I32(number as i32));
    Inst { op, args: List::default(), dsts, throws: Throws::Never, span: Span::DUMMY }
}

fn new_block(insts: Vec<Inst>, term: Term, is_landing: bool) -> Block {
    Block { insts, term, term_span: Span::DUMMY, is_landing }
}
