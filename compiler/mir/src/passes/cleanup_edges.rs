//! Edges of calls: putting statements on them.

use crate::ir::*;
use syntax::Span;

/// Drops a local when the call that ends the block has returned or unwinds. In the built stage: a `Drop` on other ways
/// into the same landing does nothing. Where control returns to a block that others enter, too, the drop gets a
/// block of its own, as it would need a flag there.
pub(crate) fn drop_after_call(body: &mut Body, block: Block, local: Local, unwinds: bool) {
    let data = &body.blocks[block];
    let (is_cleanup, span) = (data.is_cleanup, data.term_span);
    let Term::Call { target, unwind, .. } = &data.term else { return };
    let (target, unwind) = (*target, *unwind);
    let drop = Stmt { kind: StmtKind::Drop(local.into()), span };
    if let Some(target) = target {
        let entries = body.blocks.iter().flat_map(|data| data.term.successors()).filter(|to| *to == target);
        let target = if entries.count() > 1 { split_edge(body, block, target) } else { target };
        body.blocks[target].stmts.insert(0, drop.clone());
    }
    match unwind {
        Some(landing) => body.blocks[landing].stmts.insert(0, drop),
        // Without an edge, a call that unwinds has nothing else to clean up.
        None if is_cleanup || !unwinds => {}
        None => {
            let landing = new_landing(body, vec![drop], span);
            if let Term::Call { unwind, .. } = &mut body.blocks[block].term {
                *unwind = Some(landing);
            }
        }
    }
}

/// A cleanup block with these statements that goes on unwinding.
pub(crate) fn new_landing(body: &mut Body, stmts: Vec<Stmt>, span: Span) -> Block {
    body.blocks.push(BlockData { stmts, term: Term::Resume, term_span: span, is_cleanup: true })
}

/// A block of its own on the edge, to put statements in.
pub(crate) fn split_edge(body: &mut Body, from: Block, to: Block) -> Block {
    let is_cleanup = body.blocks[to].is_cleanup;
    let span = body.blocks[from].term_span;
    let data = BlockData { stmts: Vec::new(), term: Term::Goto(to), term_span: span, is_cleanup };
    let middle = body.blocks.push(data);
    body.blocks[from].term.for_each_successor_mut(|next| {
        if *next == to {
            *next = middle;
        }
    });
    middle
}
