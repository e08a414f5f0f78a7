//! Which move paths may be initialised and which may not be, at every point: two bits a path, joined by union.
//!
//! Moving or dropping a path clears it and what is below; writing sets them. Moving a part leaves the bits of the whole
//! alone: those speak for the fields that have no path of their own.

use crate::analysis::bitset::BitSet;
use crate::analysis::flow::{Forward, forward};
use crate::analysis::move_paths::{Lookup, MovePaths, Path};
use crate::ir::*;
use crate::visit::Access;
use entity::IndexVec;

pub struct Init<'a> {
    pub types: &'a Types,
    pub body: &'a Body,
    pub paths: &'a MovePaths,
}

/// What is known of one path at one point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    Init,
    Uninit,
    /// Depends on the path taken.
    Maybe,
    /// The point is not reached.
    Unreached,
}

impl Init<'_> {
    /// States at the entries of blocks.
    pub fn compute(&self) -> IndexVec<Block, BitSet> {
        forward(self.body, self)
    }

    pub fn status(&self, state: &BitSet, path: Path) -> Status {
        let (init, uninit) = (state.contains(path.bit()), state.contains(path.bit() + self.paths.len()));
        match (init, uninit) {
            (true, false) => Status::Init,
            (false, true) => Status::Uninit,
            (true, true) => Status::Maybe,
            (false, false) => Status::Unreached,
        }
    }

    pub fn set(&self, state: &mut BitSet, path: Path, init: bool) {
        self.paths.for_each_below(path, &mut |p| {
            state.set(p.bit(), init);
            state.set(p.bit() + self.paths.len(), !init);
        });
    }

    /// From behind a terminator to where unwinding from it has come when it has written what it writes first.
    pub fn unwinding(&self, state: &mut BitSet, term: &Term) {
        let landing = term.unwind().map(|block| &self.body.blocks[block]);
        for stmt in landing.into_iter().flat_map(|data| &data.stmts) {
            let StmtKind::Assign(place, Rvalue::Use(_)) = &stmt.kind else { return };
            self.access(state, place, Access::Write);
        }
    }

    pub fn access(&self, state: &mut BitSet, place: &Place, access: Access) {
        let init = match access {
            Access::Move | Access::Drop => false,
            Access::Write => true,
            _ => return,
        };
        if let Lookup::Exact(path) = self.paths.lookup(self.types, place) {
            self.set(state, path, init);
        }
    }
}

impl Forward for Init<'_> {
    fn bits(&self) -> usize {
        self.paths.len() * 2
    }

    fn entry(&self, state: &mut BitSet) {
        for (local, path) in self.paths.of_local.iter_enumerated() {
            if let Some(path) = path {
                self.set(state, *path, self.body.param_mode(local).is_some());
            }
        }
    }

    fn stmt(&self, state: &mut BitSet, stmt: &StmtKind) {
        stmt.for_each_access(|place, access| self.access(state, place, access));
    }

    fn term(&self, state: &mut BitSet, term: &Term) {
        term.for_each_access(|place, access| self.access(state, place, access));
    }

    fn normal_edge(&self, state: &mut BitSet, term: &Term) {
        if let Term::Call { dest, .. } = term {
            self.access(state, dest, Access::Write);
        }
    }
}
