//! Moves the test of a loop from its top to its bottom: the header is copied, edges back to the header go to the copy,
//! and the copy branches back into the body. What remains of the header guards the loop. An iteration then executes one
//! branch instead of two, which engines do not do by themselves; the test's code exists twice.

use entity::IndexVec;

use crate::cfg::Cfg;
use crate::wir::{B, Block, Func, Inst, List, Term, Throws};

/// Headers with more instructions are not copied.
const MAX_INSTS: usize = 8;
/// Bounds the work: the graph is analysed anew for each loop.
const MAX_LOOPS: usize = 64;
const MAX_BLOCKS: usize = 2000;

/// The graph must be reducible.
pub fn rotate_loops(func: &mut Func) {
    if func.blocks.len() > MAX_BLOCKS {
        return;
    }
    let headers: Vec<B> = func.blocks.indices().filter(|&b| is_small_test(&func.blocks[b])).collect();
    for header in headers.into_iter().rev().take(MAX_LOOPS) {
        rotate(func, header);
    }
}

fn is_small_test(block: &Block) -> bool {
    let is_plain = |inst: &Inst| !inst.op.effects().needed && inst.throws == Throws::Never;
    matches!(block.term, Term::Branch { .. })
        && block.insts.len() <= MAX_INSTS
        && block.insts.iter().all(is_plain)
}

fn rotate(func: &mut Func, header: B) {
    let Term::Branch { then, else_, .. } = func.blocks[header].term else { return };
    let cfg = Cfg::new(func);
    let latches: Vec<B> =
        cfg.preds[header].iter().copied().filter(|&pred| cfg.is_back_edge(pred, header)).collect();
    let body = loop_body(&cfg, header, &latches);
    // A loop of one block is rotated already.
    if latches.is_empty() || latches.contains(&header) || body[then] == body[else_] {
        return;
    }
    let copy = copy_block(func, header);
    for latch in latches {
        func.blocks[latch].map_succs(|to| if to == header { copy } else { to });
    }
}

/// The natural loop: what reaches a latch without passing the header.
fn loop_body(cfg: &Cfg, header: B, latches: &[B]) -> IndexVec<B, bool> {
    let mut body = IndexVec::from_elem(false, cfg.preds.len());
    body[header] = true;
    let mut work = latches.to_vec();
    while let Some(block) = work.pop() {
        if !std::mem::replace(&mut body[block], true) {
            work.extend(&cfg.preds[block]);
        }
    }
    body
}

fn copy_block(func: &mut Func, block: B) -> B {
    let mut copy = func.blocks[block].clone();
    for inst in &mut copy.insts {
        inst.args = copy_list(func, inst.args);
        inst.dsts = copy_list(func, inst.dsts);
    }
    if let Term::Branch { cond, .. } = &mut copy.term {
        *cond = copy_list(func, *cond);
    }
    func.blocks.push(copy)
}

fn copy_list(func: &mut Func, list: List) -> List {
    let items = func.get(list).to_vec();
    func.list(items)
}
