//! Drops that stand where a borrow or a pointer still needs the value: whether one can be put off, and what unwinding
//! finds in the meantime.
//!
//! What rests on what is known without regard to order, so a value may be taken for needed until it is written again
//! (a borrow of a loop that rests on another value in the next round). Then there is no place for a later drop, and the
//! standing one stays.

use crate::analysis::bitset::BitSet;
use crate::analysis::flow::{Backward, before_edges};
use crate::analysis::liveness::Liveness;
use crate::analysis::move_paths::Path;
use crate::ir::*;
use crate::passes::cleanup_edges::new_landing;
use crate::visit::Access;
use entity::{Idx, IndexVec};

/// Follows values on the ordinary ways while they are needed.
pub(crate) struct Postponer<'a> {
    pub live: &'a Liveness<'a>,
    pub entry: &'a IndexVec<Block, BitSet>,
}

impl Postponer<'_> {
    /// The blocks at whose end control may unwind while the path is needed, from a statement on. `None` if the path is
    /// written while it is needed.
    pub fn unwinding(&self, path: Path, block: Block, from: usize) -> Option<Vec<Block>> {
        let body = self.live.body;
        let place = &self.live.paths.paths[path].place;
        let mut ends = Vec::new();
        let mut seen = BitSet::new(body.blocks.len());
        let mut work = vec![(block, from)];
        while let Some((block, from)) = work.pop() {
            let data = &body.blocks[block];
            let needed = self.needed(path, block);
            let end = (from..needed.len()).find(|i| !needed[*i]).unwrap_or(needed.len());
            if data.stmts[from..end.min(data.stmts.len())].iter().any(|s| writes_stmt(&s.kind, place)) {
                return None;
            }
            if end < needed.len() {
                continue;
            }
            if writes_result(&data.term, place) {
                return None;
            }
            let unwind = data.term.unwind();
            if matches!(data.term, Term::Call { .. } | Term::Drop { .. }) && !ends.contains(&block) {
                ends.push(block);
            }
            for next in data.term.successors().filter(|next| Some(*next) != unwind) {
                if self.live.is_live(&self.entry[next], path) && seen.insert(next.index()) {
                    work.push((next, 0));
                }
            }
        }
        Some(ends)
    }

    /// Whether the path is needed before each statement and before the terminator.
    fn needed(&self, path: Path, block: Block) -> Vec<bool> {
        let (live, body) = (self.live, self.live.body);
        let data = &body.blocks[block];
        let mut state = BitSet::new(live.bits());
        before_edges(body, live, self.entry, block, &mut state);
        live.term(&mut state, &data.term);
        let mut list = vec![live.is_live(&state, path)];
        for stmt in data.stmts.iter().rev() {
            live.stmt(&mut state, &stmt.kind);
            list.push(live.is_live(&state, path));
        }
        list.reverse();
        list
    }
}

fn writes_stmt(stmt: &StmtKind, place: &Place) -> bool {
    matches!(stmt, StmtKind::Assign(dest, _) if !dest.is_indirect() && dest.overlaps(place))
}

fn writes_result(term: &Term, place: &Place) -> bool {
    let mut found = false;
    term.for_each_access(|dest, access| {
        found |= access == Access::CallWrite && !dest.is_indirect() && dest.overlaps(place);
    });
    found
}

/// Drops the place where control unwinds from the ends of these blocks: at once, or at the end of clean-up that
/// needs it. Where the value is gone already, that does nothing.
pub(crate) fn drop_on_unwinding(
    body: &mut Body,
    blocks: &[Block],
    place: &Place,
    live_at: impl Fn(Block) -> bool,
) {
    let mut done: Vec<Block> = Vec::new();
    for block in blocks {
        let span = body.blocks[*block].term_span;
        let drop = Stmt { kind: StmtKind::Drop(place.clone()), span };
        match body.blocks[*block].term.unwind() {
            Some(landing) if live_at(landing) => {
                for end in ends_of_cleanup(body, landing) {
                    if !done.contains(&end) {
                        body.blocks[end].stmts.push(drop.clone());
                        done.push(end);
                    }
                }
            }
            Some(landing) if !done.contains(&landing) => {
                body.blocks[landing].stmts.insert(0, drop);
                done.push(landing);
            }
            Some(_) => {}
            None => {
                let landing = new_landing(body, vec![drop], span);
                if let Some(unwind) = body.blocks[*block].term.unwind_mut() {
                    *unwind = Some(landing);
                }
            }
        }
    }
}

/// The blocks behind a landing that go on unwinding.
fn ends_of_cleanup(body: &Body, landing: Block) -> Vec<Block> {
    let mut seen = BitSet::new(body.blocks.len());
    seen.insert(landing.index());
    let (mut work, mut ends) = (vec![landing], Vec::new());
    while let Some(block) = work.pop() {
        if body.blocks[block].term == Term::Resume {
            ends.push(block);
        }
        work.extend(body.successors(block).filter(|next| seen.insert(next.index())));
    }
    ends
}
