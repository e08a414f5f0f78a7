//! Which values are needed later: one bit for each local without a move path, one for each move path.
//!
//! A `Drop` needs what the addresses in the value lead to, where its `drop` may use them. Where it is asked for (`scopes`)
//! that of a watched value is a use of it at the call or drop before, from which on one can see whether it was the last
//! owner: up to there another owner may go in its place. The bit of a path speaks for its value as a whole and for the
//! parts without a path of their own: using a whole sets the bits of all its parts, using a part that owns nothing and is no
//! address sets the bit of the whole alone. Using a borrow or a pointer
//! uses what it rests on. `mut` parameters are needed at `return`, not where unwinding leaves: there `Const::Poison` serves.

use crate::analysis::bitset::BitSet;
use crate::analysis::flow::{Backward, backward};
use crate::analysis::move_paths::{Lookup, MovePaths, Path};
use crate::analysis::provenance::Provenance;
use crate::facts::{TypeFacts, try_place_ty};
use crate::ir::*;
use crate::visit::Access;
use entity::{Idx, IndexVec};

pub struct Liveness<'a> {
    pub types: &'a Types,
    pub facts: &'a TypeFacts,
    pub body: &'a Body,
    pub paths: &'a MovePaths,
    pub provenance: &'a Provenance,
    /// Whether watched values are needed as long as one can see where they are dropped.
    pub scopes: bool,
}

impl Liveness<'_> {
    /// States at the entries of blocks.
    pub fn compute(&self) -> IndexVec<Block, BitSet> {
        backward(self.body, self)
    }

    pub fn path_bit(&self, path: Path) -> usize {
        self.body.locals.len() + path.bit()
    }

    /// Whether the value of the path or any part of it is needed.
    pub fn is_live(&self, state: &BitSet, path: Path) -> bool {
        self.paths.any_below(path, &mut |p| state.contains(self.path_bit(p)))
    }

    /// Whether anything of the local is needed.
    pub fn is_local_live(&self, state: &BitSet, local: Local) -> bool {
        match self.paths.of_local[local] {
            Some(path) => self.is_live(state, path),
            None => state.contains(local.index()),
        }
    }

    /// Something of the place is read, written in part, or lent.
    pub fn use_place(&self, state: &mut BitSet, place: &Place) {
        for index in place.indices() {
            self.use_local(state, index);
        }
        self.use_owners(state, place.local);
        self.use_value(state, place);
    }

    fn use_local(&self, state: &mut BitSet, local: Local) {
        match self.paths.of_local[local] {
            Some(path) => self.use_path(state, path),
            None => {
                state.insert(local.index());
            }
        }
        self.use_owners(state, local);
    }

    fn use_owners(&self, state: &mut BitSet, local: Local) {
        for owner in self.provenance.owners(local) {
            self.use_value(state, owner);
        }
        for borrow in self.provenance.through(local) {
            self.use_value(state, &(*borrow).into());
        }
    }

    fn use_path(&self, state: &mut BitSet, path: Path) {
        self.paths.for_each_below(path, &mut |p| {
            state.insert(self.path_bit(p));
        });
    }

    fn use_value(&self, state: &mut BitSet, place: &Place) {
        // Of what lies behind a pointer only the pointer is read.
        let end = place.proj.iter().position(|p| *p == Proj::Deref).unwrap_or(place.proj.len());
        let direct = Place { local: place.local, proj: place.proj[..end].to_vec() };
        match self.paths.lookup(self.types, &direct) {
            Lookup::Exact(path) => self.use_path(state, path),
            Lookup::Within { path, inside } => {
                let ty = try_place_ty(self.types, self.body, &direct);
                // An address is read to get at what another part owns.
                let is_plain = |ty: Ty| !self.facts.needs_drop(ty) && !self.facts.has_ptr(ty);
                if !inside && ty.is_some_and(is_plain) {
                    state.insert(self.path_bit(path));
                } else {
                    self.use_path(state, path);
                }
            }
            Lookup::Untracked => {
                state.insert(place.local.index());
            }
        }
    }

    /// The place is overwritten.
    pub fn write(&self, state: &mut BitSet, place: &Place) {
        match self.paths.lookup(self.types, place) {
            Lookup::Exact(path) => {
                self.paths.for_each_below(path, &mut |p| state.remove(self.path_bit(p)));
                self.not_dropped(state, path);
            }
            Lookup::Untracked if place.proj.is_empty() => state.remove(place.local.index()),
            // What is left of the whole is needed around the part that changes.
            _ => {}
        }
    }

    /// What finding the place to be written needs, and the whole of which only a part is written.
    fn use_dest(&self, state: &mut BitSet, place: &Place) {
        match self.paths.lookup(self.types, place) {
            Lookup::Exact(_) => {}
            _ if place.proj.is_empty() => {}
            _ => self.use_place(state, place),
        }
    }

    // ------------------------------------------------------------ scopes

    /// The bit of a path that is dropped before anything happens that can be seen.
    fn drop_bit(&self, path: Path) -> usize {
        self.path_bit(path) + self.paths.len()
    }

    /// Something happens that can be seen: what is dropped behind it is needed.
    pub fn seen(&self, state: &mut BitSet) {
        if !self.scopes {
            return;
        }
        let first = self.drop_bit(Path(0));
        while let Some(bit) = state.next_from(first) {
            state.remove(bit);
            let path = Path((bit - first) as u32);
            self.use_owners(state, self.paths.paths[path].place.local);
            self.use_path(state, path);
        }
    }

    fn dropped(&self, state: &mut BitSet, place: &Place) {
        let Some(ty) = try_place_ty(self.types, self.body, place) else { return };
        if !self.scopes || !self.facts.stays(ty) && !self.facts.runs_user_drop(ty) {
            return;
        }
        self.seen(state);
        if place.is_indirect() || !self.facts.is_watched(ty) {
            return;
        }
        match self.paths.lookup(self.types, place) {
            Lookup::Exact(path) => {
                state.insert(self.drop_bit(path));
            }
            _ => self.use_place(state, place),
        }
    }

    fn not_dropped(&self, state: &mut BitSet, path: Path) {
        if self.scopes {
            self.paths.for_each_below(path, &mut |p| state.remove(self.drop_bit(p)));
        }
    }

    /// The places a statement reads, all but what is written.
    pub fn use_access(&self, state: &mut BitSet, place: &Place, access: Access) {
        match access {
            Access::Write | Access::CallWrite => self.use_dest(state, place),
            // A drop behind a pointer needs the pointer.
            Access::Drop if !place.is_indirect() => {
                if self.facts.drop_uses_ptr(self.body.locals[place.local].ty) {
                    self.use_owners(state, place.local);
                }
            }
            _ => self.use_place(state, place),
        }
    }
}

impl Backward for Liveness<'_> {
    fn bits(&self) -> usize {
        self.body.locals.len() + self.paths.len() * (1 + usize::from(self.scopes))
    }

    fn stmt(&self, state: &mut BitSet, stmt: &StmtKind) {
        stmt.for_each_access(|place, access| match access {
            Access::Write => self.write(state, place),
            Access::Drop => self.dropped(state, place),
            _ => {}
        });
        stmt.for_each_access(|place, access| self.use_access(state, place, access));
    }

    fn term(&self, state: &mut BitSet, term: &Term) {
        match term {
            Term::Call { .. } => self.seen(state),
            Term::Drop { place, .. } => self.dropped(state, place),
            _ => {}
        }
        term.for_each_access(|place, access| self.use_access(state, place, access));
        let returns = matches!(term, Term::Return);
        if returns {
            // An address that is returned leads into what outlives the call: nothing of this body is kept for it.
            match self.paths.of_local[RETURN] {
                Some(path) => self.use_path(state, path),
                None => {
                    state.insert(RETURN.index());
                }
            }
        }
        if returns || matches!(term, Term::Throw) {
            for param in self.body.params.iter().filter(|p| p.mode == ParamMode::Mut) {
                self.use_local(state, param.local);
            }
        }
    }

    fn normal_edge(&self, state: &mut BitSet, term: &Term) {
        if let Term::Call { dest, .. } = term {
            self.write(state, dest);
        }
    }
}
