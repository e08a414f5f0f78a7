//! The memory of bodies that are done, for the next ones.
//!
//! A body may be checked in the middle of another one, so there may be several of each: a table that has a slot for each
//! type or name of the program must not be made anew for every such body.

use super::scope::Scope;
use super::{Copyable, FnCtxt, Frame, LocalInfo, Waiting, copyable, receivers};
use crate::body::{LocalDecl, LocalId};
use crate::infer::InferTable;
use crate::ty::{Ty, TyMap};
use entity::IndexVec;

/// Tables that nobody uses at the moment, all empty.
#[derive(Default)]
pub(crate) struct Spares {
    pub(super) bodies: Vec<Spare>,
    pub(super) infer: Vec<InferTable>,
    /// Those of `finish.rs`.
    pub(super) zonk: Vec<(TyMap, TyMap, Vec<Ty>)>,
}

/// The tables of one body.
#[derive(Default)]
pub(crate) struct Spare {
    pub(super) scope: Scope,
    pub(super) locals: IndexVec<LocalId, LocalDecl>,
    pub(super) info: IndexVec<LocalId, LocalInfo>,
    pub(super) frames: Vec<Frame>,
    pub(super) pending: Vec<Waiting>,
    pub(super) structural: Vec<Waiting>,
    pub(super) copyables: Vec<Copyable>,
    pub(super) proofs: Vec<copyable::Proof>,
    pub(super) receivers: Vec<receivers::Receiver>,
}

impl FnCtxt<'_> {
    pub(super) fn keep_tables(&mut self) {
        let waiting = self.pending.len()
            + self.structural.len()
            + self.copyables.len()
            + self.proofs.len()
            + self.receivers.len();
        debug_assert_eq!(waiting, 0, "the end of a body has answered everything");
        self.locals.truncate(0);
        self.info.truncate(0);
        self.frames.clear();
        self.ck.spares.bodies.push(Spare {
            scope: std::mem::take(&mut self.scope),
            locals: std::mem::take(&mut self.locals),
            info: std::mem::take(&mut self.info),
            frames: std::mem::take(&mut self.frames),
            pending: std::mem::take(&mut self.pending),
            structural: std::mem::take(&mut self.structural),
            copyables: std::mem::take(&mut self.copyables),
            proofs: std::mem::take(&mut self.proofs),
            receivers: std::mem::take(&mut self.receivers),
        });
    }
}
