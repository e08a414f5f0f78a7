//! What borrows and pointers rest on.
//!
//! A pointer that is copied out of a part of its owner rests on the smallest part around it that has something to drop: the moves of
//! other parts do not touch it.

use super::{Class, Stepper};
use crate::certify::state::{Loan, State};
use crate::ir::*;

impl Stepper<'_> {
    /// What a borrow of the place, or a pointer into it, rests on.
    pub(super) fn owners(&self, state: &State, place: &Place) -> Vec<Place> {
        if place.is_indirect() || self.body.locals[place.local].is_borrow {
            return state.owners(place.local);
        }
        if self.class(place.local) == Class::Lent {
            return Vec::new();
        }
        vec![place.clone()]
    }

    /// What a declared loan of a local rests on: a pointer's loan is that of the pointer.
    fn loan(&self, state: &State, owner: Local) -> Vec<Place> {
        if self.is_address(owner) { state.owners(owner) } else { self.owners(state, &owner.into()) }
    }

    fn operand_owners(&self, state: &State, op: &Operand) -> Vec<Place> {
        let Some(place) = op.place() else { return Vec::new() };
        let whole = place.proj.is_empty();
        match op {
            Operand::Borrow(_) => self.owners(state, place),
            _ if whole && self.is_address(place.local) => state.owners(place.local),
            _ if place.is_indirect() && self.needs_drop(&place.local.into()) => {
                self.owners(state, &place.local.into())
            }
            _ if self.needs_drop(&place.local.into()) => self.owners(state, &self.whole_around(place)),
            _ => Vec::new(),
        }
    }

    /// What a local that is assigned this rests on.
    pub(super) fn new_loan(&self, state: &State, local: Local, rvalue: &Rvalue) -> Loan {
        let decl = &self.body.locals[local];
        let mut owners = Vec::new();
        if decl.is_borrow || self.is_address(local) {
            match (rvalue, decl.loan_of) {
                (Rvalue::Use(Operand::Borrow(place)), _) => owners = self.owners(state, place),
                (Rvalue::Use(Operand::Copy(place)), Some(owner))
                    if place.local == owner && !place.proj.is_empty() && !place.is_indirect() =>
                {
                    owners = self.owners(state, &self.whole_around(place));
                }
                (_, Some(owner)) => owners = self.loan(state, owner),
                (Rvalue::AddrOf(place), None) => owners = self.owners(state, place),
                (Rvalue::Intrinsic(Intrinsic::BufferIntoPtr, _) | Rvalue::Discriminant(_), None) => {}
                // A number out of memory is a number.
                (Rvalue::Use(Operand::Copy(place) | Operand::Move(place)), None)
                    if !self.is_pointer(local) && !place.proj.is_empty() => {}
                (_, None) => rvalue.for_each_operand(|op| owners.extend(self.operand_owners(state, op))),
            }
        }
        Loan { owners, broken: false }
    }

    /// The smallest part with something to drop that a pointer is in: the pointer is of no use when that is gone, whatever becomes of
    /// other parts.
    fn whole_around(&self, pointer: &Place) -> Place {
        let prefix = |n: usize| Place { local: pointer.local, proj: pointer.proj[..n].to_vec() };
        let parts = (0..pointer.proj.len()).rev().map(prefix);
        // A variant alone is no place.
        let mut parts = parts.filter(|part| !matches!(part.proj.last(), Some(Proj::Variant(_))));
        parts.find(|part| self.needs_drop(part)).unwrap_or_else(|| pointer.local.into())
    }

    fn is_pointer(&self, local: Local) -> bool {
        matches!(self.program.types.defs[self.ty(local)].kind, TyKind::Ptr(_))
    }

    pub(super) fn call_loan(&self, state: &State, args: &[Arg], dest: Local) -> Loan {
        let mut owners = Vec::new();
        if let Some(owner) = self.body.locals[dest].loan_of {
            owners = self.loan(state, owner);
        } else if self.is_pointer(dest) {
            for arg in args {
                match arg {
                    Arg::Mut(place) => owners.extend(self.owners(state, place)),
                    Arg::Value(op @ Operand::Borrow(_)) => owners.extend(self.operand_owners(state, op)),
                    Arg::Value(op) => {
                        let pointer = op.place().filter(|p| p.proj.is_empty() && self.is_pointer(p.local));
                        owners.extend(pointer.into_iter().flat_map(|p| state.owners(p.local)));
                    }
                }
            }
        }
        Loan { owners, broken: false }
    }
}
