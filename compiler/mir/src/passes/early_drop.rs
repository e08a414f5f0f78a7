//! Drops values as soon as nobody needs them (Reinking, Xie, de Moura, Leijen, "Perceus", 2021), so that what they share
//! becomes unique early. `iso` values stay until the end of their scope, and so does what lies in `mut` parameters.
//!
//! In and out: the built stage. New `Drop`s are put behind last uses, behind writes nobody reads, and on edges to where the
//! value is not needed; those that stand already remain where the value is dead, and elaboration removes what
//! has become redundant. Edges that unwind are left alone, as cleanup drops what it finds; only where a standing drop is put
//! off (`postpone`) cleanup gets a drop of what it did not find before.

use crate::analysis::bitset::BitSet;
use crate::analysis::flow::{Backward, before_edges};
use crate::analysis::liveness::Liveness;
use crate::analysis::move_paths::{Detail, Lookup, MovePaths, Path, Step};
use crate::analysis::provenance::Provenance;
use crate::facts::TypeFacts;
use crate::ir::*;
use crate::passes::cleanup_edges::split_edge;
use crate::passes::nounwind::Unwinds;
use crate::passes::postpone::{Postponer, drop_on_unwinding};
use crate::visit::Access;
use entity::{Arrange, Idx, IndexVec};
use syntax::Span;

/// With more drops on edges for each block than this, all values stay until the end of their scope, whose cleanup the ways
/// out share: in a function of n values that it leaves at n places, each place would drop nearly all of them.
const EDGE_DROPS_MAX: usize = 2;
/// What small functions may have in any case.
const EDGE_DROPS_FREE: usize = 128;

pub fn run(types: &Types, facts: &TypeFacts, unwinds: &Unwinds, body: &mut Body) {
    let paths = MovePaths::new(types, facts, body, Detail::Reads);
    if paths.is_empty() {
        return;
    }
    let provenance = Provenance::new(types, facts, body, &BitSet::new(body.locals.len()));
    let live = Liveness { types, facts, body, paths: &paths, provenance: &provenance, scopes: false };
    let mut finder = Finder {
        live: &live,
        unwinds,
        entry: live.compute(),
        preds: body.predecessors(),
        droppable: droppable(facts, body, &paths),
        edits: Vec::new(),
        postponed: Vec::new(),
        before_term: IndexVec::from_elem(BitSet::new(0), body.blocks.len()),
    };
    finder.blocks();
    if !finder.edges() {
        return;
    }
    let (edits, postponed, entry) = (finder.edits, finder.postponed, finder.entry);
    let places: Vec<_> = postponed
        .into_iter()
        .map(|(path, blocks)| {
            let live_at: Vec<bool> = entry.iter().map(|state| live.is_live(state, path)).collect();
            (paths.paths[path].place.clone(), blocks, live_at)
        })
        .collect();
    for (place, blocks, live_at) in places {
        drop_on_unwinding(body, &blocks, &place, |landing| live_at.get(landing.index()) == Some(&true));
    }
    apply(body, edits);
}

/// Paths that may be dropped early: those of owned locals, and fields of structs below them.
fn droppable(facts: &TypeFacts, body: &Body, paths: &MovePaths) -> BitSet {
    let mut list = BitSet::new(paths.len());
    for (local, path) in paths.of_local.iter_enumerated() {
        if let Some(path) = *path
            && body.param_mode(local) != Some(ParamMode::Mut)
            && local != RETURN
            && !facts.stays(paths.paths[path].ty)
        {
            add_fields(paths, path, &mut list);
        }
    }
    list
}

fn add_fields(paths: &MovePaths, path: Path, list: &mut BitSet) {
    list.insert(path.bit());
    for (step, child) in &paths.paths[path].children {
        if matches!(step, Step::Field(_)) {
            add_fields(paths, *child, list);
        }
    }
}

enum Edit {
    /// Before the statement of this number.
    Insert(Block, usize, Place, Span),
    /// A drop of what is still needed by a borrow.
    Remove(Block, usize),
    /// On the edge; to be split if asked for.
    Edge(Block, Block, Place, bool),
}

struct Finder<'a> {
    live: &'a Liveness<'a>,
    unwinds: &'a Unwinds,
    entry: IndexVec<Block, BitSet>,
    preds: IndexVec<Block, Vec<Block>>,
    droppable: BitSet,
    edits: Vec<Edit>,
    /// Paths of which a standing drop is put off, with the blocks that may unwind in the meantime.
    postponed: Vec<(Path, Vec<Block>)>,
    /// What is needed by a terminator or behind it.
    before_term: IndexVec<Block, BitSet>,
}

impl Finder<'_> {
    fn blocks(&mut self) {
        let body = self.live.body;
        for (block, data) in body.blocks.iter_enumerated() {
            let mut state = BitSet::new(self.live.bits());
            before_edges(body, self.live, &self.entry, block, &mut state);
            self.live.term(&mut state, &data.term);
            self.before_term[block] = state.clone();
            for (i, stmt) in data.stmts.iter().enumerate().rev() {
                let after = state.clone();
                self.live.stmt(&mut state, &stmt.kind);
                if data.is_cleanup {
                    continue;
                }
                if let StmtKind::Drop(place) = &stmt.kind {
                    self.standing_drop(block, i, place, &after);
                } else {
                    self.deaths(block, i, stmt, &state, &after);
                }
            }
        }
    }

    /// Puts the drop off if something that rests on the value is used behind it. A place in an array or behind a pointer
    /// has no path of its own, and its drop is never in vain.
    fn standing_drop(&mut self, block: Block, i: usize, place: &Place, after: &BitSet) {
        let live = self.live;
        let Lookup::Exact(path) = live.paths.lookup(live.types, place) else { return };
        if !live.is_live(after, path) || !self.droppable.contains(path.bit()) {
            return;
        }
        let postponer = Postponer { live, entry: &self.entry };
        if let Some(mut ends) = postponer.unwinding(path, block, i + 1) {
            // Where nothing unwinds there may be no landing, and a new one would not drop what others own.
            ends.retain(|end| self.unwinds.term(live.types, live.body, &live.body.blocks[*end].term));
            self.edits.push(Edit::Remove(block, i));
            match self.postponed.iter_mut().find(|p| p.0 == path) {
                Some((_, all)) => {
                    all.extend(ends.into_iter().filter(|end| !all.contains(end)).collect::<Vec<_>>())
                }
                None => self.postponed.push((path, ends)),
            }
        }
    }

    /// What the statement uses or writes last.
    fn deaths(&mut self, block: Block, i: usize, stmt: &Stmt, before: &BitSet, after: &BitSet) {
        let (live, mut moved, mut written) = (self.live, Vec::new(), Vec::new());
        stmt.kind.for_each_access(|place, access| match access {
            Access::Move => moved.extend(live.paths.covering(live.types, place)),
            Access::Write => written.extend(live.paths.covering(live.types, place)),
            _ => {}
        });
        for path in self.candidates(before, after, &written) {
            if !live.is_live(after, path) && !moved.contains(&path) && !self.parent_dies(path, before, after)
            {
                self.edits.push(Edit::Insert(block, i + 1, live.paths.paths[path].place.clone(), stmt.span));
            }
        }
    }

    /// Droppable paths of which something is in the first set and not in the second, or that are listed.
    fn candidates(&self, before: &BitSet, after: &BitSet, written: &[Path]) -> Vec<Path> {
        let first = self.live.body.locals.len();
        let mut list = written.to_vec();
        for bit in before.iter_difference(after).filter(|bit| *bit >= first) {
            let mut path = Some(Path((bit - first) as u32));
            while let Some(p) = path {
                list.push(p);
                path = self.live.paths.paths[p].parent;
            }
        }
        list.retain(|p| self.droppable.contains(p.bit()));
        list.arrange();
        list.dedup();
        list
    }

    /// Whether what the path is part of dies with it, and is dropped as a whole.
    fn parent_dies(&self, path: Path, before: &BitSet, after: &BitSet) -> bool {
        let parent = self.live.paths.paths[path].parent;
        parent.is_some_and(|parent| self.live.is_live(before, parent) && !self.live.is_live(after, parent))
    }

    /// Whether there are not too many.
    fn edges(&mut self) -> bool {
        let body = self.live.body;
        for path in self.droppable.iter().map(|bit| Path(bit as u32)).collect::<Vec<_>>() {
            let local = self.live.paths.paths[path].place.local;
            let is_param = body.param_mode(local).is_some();
            if is_param && !self.live.is_live(&self.entry[Block(0)], path) {
                let parent = self.live.paths.paths[path].parent;
                if parent.is_none_or(|p| self.live.is_live(&self.entry[Block(0)], p)) {
                    let place = self.live.paths.paths[path].place.clone();
                    self.edits.push(Edit::Insert(Block(0), 0, place, body.locals[local].span));
                }
            }
        }
        let most = self.edits.len() + body.blocks.len() * EDGE_DROPS_MAX + EDGE_DROPS_FREE;
        for (to, data) in body.blocks.iter_enumerated() {
            if !data.is_cleanup && to != Block(0) {
                self.edges_to(to);
            }
            if self.edits.len() > most {
                return false;
            }
        }
        true
    }

    fn edges_to(&mut self, to: Block) {
        let live = self.live;
        let preds = self.preds[to].clone();
        // Only what some predecessor still has can die here.
        let mut fresh = BitSet::new(live.bits());
        preds.iter().for_each(|p| {
            fresh.union(&self.before_term[*p]);
        });
        let written: Vec<Path> = preds.iter().filter_map(|p| self.result(*p)).collect();
        for path in self.candidates(&fresh, &self.entry[to], &written) {
            if live.is_live(&self.entry[to], path) {
                continue;
            }
            let dying: Vec<Block> = preds.iter().copied().filter(|p| self.dies_behind(*p, path)).collect();
            let parent = live.paths.paths[path].parent;
            if dying.is_empty() || parent.is_some_and(|p| !live.is_live(&self.entry[to], p)) {
                continue;
            }
            let place = &live.paths.paths[path].place;
            let split = dying.len() < preds.len();
            if split {
                self.edits.extend(dying.iter().map(|from| Edit::Edge(*from, to, place.clone(), true)));
            } else {
                self.edits.push(Edit::Edge(preds[0], to, place.clone(), false));
            }
        }
    }

    /// What a call at the end of the block writes.
    fn result(&self, block: Block) -> Option<Path> {
        match &self.live.body.blocks[block].term {
            Term::Call { dest, .. } => self.live.paths.covering(self.live.types, dest),
            _ => None,
        }
    }

    /// Whether the path has a value at the end of the block, which the terminator does not take.
    fn dies_behind(&self, block: Block, path: Path) -> bool {
        let live = self.live;
        let (mut moved, mut written) = (false, false);
        live.body.blocks[block].term.for_each_access(|place, access| {
            let same = live.paths.covering(live.types, place) == Some(path);
            moved |= same && matches!(access, Access::Move | Access::Drop);
            written |= same && access == Access::CallWrite;
        });
        written || !moved && live.is_live(&self.before_term[block], path)
    }
}

/// A drop to insert, or the one there to remove.
type Inside = (Block, usize, Option<(Place, Span)>);

fn apply(body: &mut Body, edits: Vec<Edit>) {
    let mut splits: Vec<(Block, Block, Block)> = Vec::new();
    let mut at_start: Vec<(Block, Place)> = Vec::new();
    let mut inside: Vec<Inside> = Vec::new();
    for edit in edits {
        match edit {
            Edit::Insert(block, i, place, span) => inside.push((block, i, Some((place, span)))),
            Edit::Remove(block, i) => inside.push((block, i, None)),
            Edit::Edge(_, to, place, false) => at_start.push((to, place)),
            Edit::Edge(from, to, place, true) => {
                let known = splits.iter().find(|s| s.0 == from && s.1 == to).map(|s| s.2);
                let middle = known.unwrap_or_else(|| split_edge(body, from, to));
                if known.is_none() {
                    splits.push((from, to, middle));
                }
                at_start.push((middle, place));
            }
        }
    }
    // From the back, so that numbers stay right; a removal comes before an insertion at the same place.
    inside.arrange_by_key(|(block, i, edit)| (*block, std::cmp::Reverse(*i), edit.is_some()));
    for (block, i, edit) in inside {
        let stmts = &mut body.blocks[block].stmts;
        match edit {
            Some((place, span)) => stmts.insert(i, Stmt { kind: StmtKind::Drop(place), span }),
            None => stmts[i].kind = StmtKind::Nop,
        }
    }
    for (block, place) in at_start {
        let span = body.blocks[block].term_span;
        body.blocks[block].stmts.insert(0, Stmt { kind: StmtKind::Drop(place), span });
    }
}
