//! `mut` parameters out of which values are moved, before functions are inlined where the argument lies behind a pointer.
//!
//! Of a local it is known where it is moved out, and a `Drop` there does nothing; of a place behind a pointer it is not, and each `Drop`
//! drops. So drops that do nothing are removed here, and a parameter that may be moved out where it is dropped, or where a panic
//! leaves, cannot stand for such a place.

use crate::analysis::bitset::BitSet;
use crate::analysis::flow::Forward;
use crate::analysis::init::{Init, Status};
use crate::analysis::move_paths::{Detail, Lookup, MovePaths, Path};
use crate::facts::TypeFacts;
use crate::ir::*;
use crate::visit::Access;

/// Whether each parameter may stand for a place behind a pointer. `unwinds`: whether a panic may leave a terminator.
pub fn settle(
    types: &Types,
    facts: &TypeFacts,
    body: &mut Body,
    unwinds: &dyn Fn(&Body, &Term) -> bool,
) -> Vec<bool> {
    let moved = moved(body);
    if moved.is_empty() {
        return vec![true; body.params.len()];
    }
    let (idle, unfit) = {
        let paths = MovePaths::new(types, facts, body, Detail::Opened);
        let init = Init { types, body, paths: &paths };
        Finder { init: &init, moved: &moved, idle: Vec::new(), unfit: BitSet::new(body.locals.len()) }
            .run(unwinds)
    };
    for (block, stmt) in idle {
        let data = &mut body.blocks[block];
        match (data.stmts.get_mut(stmt), &data.term) {
            (Some(stmt), _) => stmt.kind = StmtKind::Nop,
            (None, Term::Drop { target, .. }) => data.term = Term::Goto(*target),
            (None, _) => {}
        }
    }
    body.params.iter().map(|param| !unfit.contains(entity::Idx::index(param.local))).collect()
}

/// The `mut` parameters out of which something is moved, or in which something is dropped.
fn moved(body: &Body) -> Vec<Local> {
    let mut found: Vec<Local> = Vec::new();
    let mut note = |place: &Place, access: Access| {
        let is_moved = matches!(access, Access::Move | Access::Drop) && !place.is_indirect();
        if is_moved && body.param_mode(place.local) == Some(ParamMode::Mut) && !found.contains(&place.local) {
            found.push(place.local);
        }
    };
    for data in &body.blocks {
        data.stmts.iter().for_each(|stmt| stmt.kind.for_each_access(&mut note));
        data.term.for_each_access(&mut note);
    }
    found
}

struct Finder<'a> {
    init: &'a Init<'a>,
    moved: &'a [Local],
    /// Drops that do nothing: the block and the statement, the terminator's number being that of statements.
    idle: Vec<(Block, usize)>,
    unfit: BitSet,
}

impl Finder<'_> {
    fn run(mut self, unwinds: &dyn Fn(&Body, &Term) -> bool) -> (Vec<(Block, usize)>, BitSet) {
        let body = self.init.body;
        let entry = self.init.compute();
        for (block, data) in body.blocks.iter_enumerated() {
            let mut state = entry[block].clone();
            for (i, stmt) in data.stmts.iter().enumerate() {
                if let StmtKind::Drop(place) = &stmt.kind {
                    self.drop(&state, place, block, i);
                }
                self.init.stmt(&mut state, &stmt.kind);
            }
            if let Term::Drop { place, .. } = &data.term {
                self.drop(&state, place, block, data.stmts.len());
            }
            self.init.term(&mut state, &data.term);
            if unwinds(body, &data.term) {
                self.init.unwinding(&mut state, &data.term);
                self.leave(&state);
            }
        }
        (self.idle, self.unfit)
    }

    fn drop(&mut self, state: &BitSet, place: &Place, block: Block, stmt: usize) {
        if !self.moved.contains(&place.local) || place.is_indirect() {
            return;
        }
        let status = match self.init.paths.lookup(self.init.types, place) {
            Lookup::Exact(path) => self.whole(state, path),
            _ => None,
        };
        match status {
            Some(Status::Init | Status::Unreached) => {}
            Some(Status::Uninit) => self.idle.push((block, stmt)),
            _ => self.note(place.local),
        }
    }

    /// Where a panic leaves, all must be there.
    fn leave(&mut self, state: &BitSet) {
        for local in self.moved {
            let status = self.init.paths.of_local[*local].and_then(|path| self.whole(state, path));
            if !matches!(status, Some(Status::Init | Status::Unreached)) {
                self.note(*local);
            }
        }
    }

    fn note(&mut self, local: Local) {
        self.unfit.insert(entity::Idx::index(local));
    }

    /// The status of a path, if it is that of everything below.
    fn whole(&self, state: &BitSet, path: Path) -> Option<Status> {
        let status = self.init.status(state, path);
        let mut same = true;
        self.init.paths.for_each_below(path, &mut |below| same &= self.init.status(state, below) == status);
        same.then_some(status)
    }
}
