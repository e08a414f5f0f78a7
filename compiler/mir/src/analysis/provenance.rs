//! What borrows and pointers rest on: for each local that holds an address or a borrowed value, the places of owned locals
//! (and parameters) that must stay alive and in place while it is used.
//!
//! Without regard to order: what any assignment gives is kept. Addresses flow through casts, arithmetic, `Use`, and
//! values that hold pointers but own nothing; as numbers of 32 bits, which hosts take, within a function and not out of
//! calls. A declared `loan_of` alone counts, where there is one.

use crate::analysis::bitset::BitSet;
use crate::facts::TypeFacts;
use crate::ir::*;
use entity::{Idx, IndexVec};

pub struct Provenance {
    owners: IndexVec<Local, Vec<Place>>,
    /// The borrows on the way to the owners.
    through: IndexVec<Local, Vec<Local>>,
    unknown: BitSet,
}

struct Builder<'a> {
    types: &'a Types,
    facts: &'a TypeFacts,
    body: &'a Body,
    borrows: &'a BitSet,
    /// Locals that are an address of 32 bits.
    narrowed: BitSet,
    owners: IndexVec<Local, Vec<Place>>,
    /// Locals whose owners this one has too.
    inherits: IndexVec<Local, Vec<Local>>,
    through: IndexVec<Local, Vec<Local>>,
    unknown: BitSet,
}

impl Provenance {
    /// `borrows` are the locals to be taken for borrows, besides those declared so.
    pub fn new(types: &Types, facts: &TypeFacts, body: &Body, borrows: &BitSet) -> Provenance {
        let n = body.locals.len();
        let mut builder = Builder {
            types,
            facts,
            body,
            borrows,
            narrowed: BitSet::new(n),
            owners: IndexVec::from_elem(Vec::new(), n),
            inherits: IndexVec::from_elem(Vec::new(), n),
            through: IndexVec::from_elem(Vec::new(), n),
            unknown: BitSet::new(n),
        };
        builder.find_narrowed();
        builder.collect();
        builder.close();
        Provenance { owners: builder.owners, through: builder.through, unknown: builder.unknown }
    }

    /// What the local rests on; nothing for locals that hold their own value.
    pub fn owners(&self, local: Local) -> &[Place] {
        self.owners.get(local).map_or(&[], |list| list)
    }

    /// The borrows that the local got its owners through: as long as it is used, so are they.
    pub fn through(&self, local: Local) -> &[Local] {
        self.through.get(local).map_or(&[], |list| list)
    }

    /// Whether the local may also hold addresses of which nothing is known.
    pub fn is_unknown(&self, local: Local) -> bool {
        self.unknown.contains(local.index())
    }
}

/// Whether values of the type carry addresses without owning anything that is counted.
pub fn carries_address(types: &Types, facts: &TypeFacts, ty: Ty) -> bool {
    let word = *types.kind(ty) == TyKind::Int(IntTy::USize);
    word || facts.has_ptr(ty) && !facts.needs_drop(ty)
        || facts.drop_uses_ptr(ty)
        || matches!(types.kind(ty), TyKind::Ptr(_))
}

impl Builder<'_> {
    fn is_borrow(&self, local: Local) -> bool {
        self.body.locals[local].is_borrow || self.borrows.contains(local.index())
    }

    fn carries(&self, local: Local) -> bool {
        self.narrowed.contains(local.index())
            || carries_address(self.types, self.facts, self.body.locals[local].ty)
    }

    /// A `UInt32` that is made of an address, or of another such number.
    fn find_narrowed(&mut self) {
        let body = self.body;
        let is_number = |local: Local| *self.types.kind(body.locals[local].ty) == TyKind::Int(IntTy::U32);
        let mut moves = Vec::new();
        for stmt in body.blocks.iter().flat_map(|block| &block.stmts) {
            if let StmtKind::Assign(to, Rvalue::Use(from) | Rvalue::Cast(from)) = &stmt.kind
                && let Operand::Copy(from) | Operand::Move(from) = from
                && to.proj.is_empty()
                && from.proj.is_empty()
                && is_number(to.local)
            {
                moves.push((to.local, from.local));
            }
        }
        loop {
            let mut changed = false;
            for &(to, from) in &moves {
                changed |= self.carries(from) && self.narrowed.insert(to.index());
            }
            if !changed {
                return;
            }
        }
    }

    fn collect(&mut self) {
        let body = self.body;
        for (local, decl) in body.locals.iter_enumerated() {
            if let Some(owner) = decl.loan_of
                && !self.is_borrow(local)
            {
                if self.carries(owner) {
                    self.inherits[local].push(owner);
                } else {
                    self.rest_on(local, &owner.into());
                }
            }
        }
        for param in &body.params {
            if self.carries(param.local) {
                self.unknown.insert(param.local.index());
            }
        }
        for data in &body.blocks {
            for stmt in &data.stmts {
                if let StmtKind::Assign(place, rvalue) = &stmt.kind {
                    self.assign(place.local, rvalue);
                }
            }
            if let Term::Call { args, dest, callee, .. } = &data.term {
                self.call(dest.local, callee, args);
            }
        }
    }

    /// The local rests on a place: on the owned value it is part of, or on what its pointer or borrow rests on.
    fn rest_on(&mut self, local: Local, place: &Place) {
        let base = place.local;
        if self.carries(base) || self.is_borrow(base) {
            self.inherits[local].push(base);
        }
        if !(place.is_indirect() && self.carries(base) || self.is_borrow(base)) {
            let end = place.proj.iter().position(|p| matches!(p, Proj::Deref | Proj::Index(_)));
            let proj = place.proj[..end.unwrap_or(place.proj.len())].to_vec();
            let owner = self.owning_part(Place { local: base, proj });
            add(&mut self.owners[local], owner);
        }
    }

    /// A pointer in a field leads into what another field of the same value owns.
    fn owning_part(&self, mut place: Place) -> Place {
        let owns = |place: &Place| {
            crate::facts::try_place_ty(self.types, self.body, place)
                .is_some_and(|ty| self.facts.needs_drop(ty))
        };
        while !place.proj.is_empty() && !owns(&place) {
            place.proj.pop();
        }
        place
    }

    fn assign(&mut self, local: Local, rvalue: &Rvalue) {
        if self.is_borrow(local) {
            if let Rvalue::Use(Operand::Borrow(place) | Operand::Copy(place)) = rvalue {
                self.rest_on(local, place);
            }
            return;
        }
        if !self.carries(local) || self.body.locals[local].loan_of.is_some() {
            return;
        }
        match rvalue {
            Rvalue::AddrOf(place) => self.rest_on(local, place),
            Rvalue::Discriminant(_) | Rvalue::Checked(..) => {}
            Rvalue::Intrinsic(Intrinsic::IsUnique | Intrinsic::BufferIntoPtr, _) => {
                self.unknown.insert(local.index());
            }
            _ => {
                let mut any = false;
                rvalue.for_each_operand(|op| any |= self.operand(local, op));
                if !any {
                    self.unknown.insert(local.index());
                }
            }
        }
    }

    /// Whether the operand may bring an address along that something is known of.
    fn operand(&mut self, local: Local, op: &Operand) -> bool {
        let place = match op {
            Operand::Borrow(place) => {
                self.rest_on(local, place);
                return true;
            }
            Operand::Copy(place) | Operand::Move(place) => place,
            Operand::Const(_) => return false,
        };
        if place.proj.is_empty() {
            let carries = self.carries(place.local);
            if carries {
                self.inherits[local].push(place.local);
            }
            return carries;
        }
        let inside = self.carries(place.local) && !place.is_indirect();
        // A number out of memory or out of a value is taken for a number. What is taken out of a value and has a `drop` is
        // a value of its own.
        let ty = self.body.locals[local].ty;
        let is_number = *self.types.kind(ty) == TyKind::Int(IntTy::USize);
        if is_number || self.facts.drop_uses_ptr(ty) && !inside {
            return false;
        }
        if inside {
            self.inherits[local].push(place.local);
            self.rest_on_dropped(local, place);
        } else {
            self.rest_on(local, place);
        }
        true
    }

    /// What the `drop` of a value frees lies behind the addresses in it, too.
    fn rest_on_dropped(&mut self, local: Local, place: &Place) {
        if self.facts.drop_uses_ptr(self.body.locals[place.local].ty) {
            let owner = self.owning_part(place.clone());
            add(&mut self.owners[local], owner);
        }
    }

    fn call(&mut self, dest: Local, callee: &Callee, args: &[Arg]) {
        let word = *self.types.kind(self.body.locals[dest].ty) == TyKind::Int(IntTy::USize);
        if self.takes_addresses(dest) && !word {
            let mut any = false;
            if let Callee::Dyn { object, .. } = callee {
                self.rest_on(dest, object);
                any = true;
            }
            for arg in args {
                any |= self.argument(dest, arg);
            }
            if !any {
                self.unknown.insert(dest.index());
            }
        }
        // The function may put addresses from one argument into another.
        for (i, arg) in args.iter().enumerate() {
            if let Arg::Mut(place) = arg
                && !place.is_indirect()
                && self.takes_addresses(place.local)
            {
                let others = args.iter().enumerate().filter(|(j, _)| *j != i);
                others.for_each(|(_, other)| _ = self.argument(place.local, other));
            }
        }
    }

    fn takes_addresses(&self, local: Local) -> bool {
        self.carries(local) && self.body.locals[local].loan_of.is_none() && !self.is_borrow(local)
    }

    /// Whether addresses in `dest` may be the argument's, or lead into it.
    fn argument(&mut self, dest: Local, arg: &Arg) -> bool {
        match arg {
            Arg::Mut(place) => {
                self.rest_on(dest, place);
                true
            }
            Arg::Value(op @ Operand::Borrow(_)) => self.operand(dest, op),
            Arg::Value(Operand::Copy(place) | Operand::Move(place)) => {
                let base = self.body.locals[place.local].ty;
                if place.proj.is_empty() && self.carries(place.local) {
                    self.inherits[dest].push(place.local);
                    self.rest_on_dropped(dest, place);
                    true
                } else if self.facts.needs_drop(base) {
                    // Before parameters are known to be borrowed, `copy` may stand for a loan.
                    self.rest_on(dest, place);
                    true
                } else {
                    false
                }
            }
            Arg::Value(Operand::Const(_)) => false,
        }
    }

    fn close(&mut self) {
        loop {
            let mut changed = false;
            for local in self.body.locals.indices() {
                let sources = std::mem::take(&mut self.inherits[local]);
                for from in sources.iter().filter(|from| **from != local) {
                    if self.unknown.contains(from.index()) {
                        changed |= self.unknown.insert(local.index());
                    }
                    for place in self.owners[*from].clone() {
                        changed |= add(&mut self.owners[local], place);
                    }
                    changed |= self.go_through(local, *from);
                }
                self.inherits[local] = sources;
            }
            if !changed {
                return;
            }
        }
    }
}

impl Builder<'_> {
    fn go_through(&mut self, local: Local, from: Local) -> bool {
        let mut more = self.through[from].clone();
        if self.is_borrow(from) {
            more.push(from);
        }
        let list = &mut self.through[local];
        more.retain(|l| !list.contains(l));
        list.extend(&more);
        !more.is_empty()
    }
}

/// Adds a place to a set of disjoint ones; whether the set has grown.
fn add(list: &mut Vec<Place>, place: Place) -> bool {
    let covers = |a: &Place, b: &Place| a.local == b.local && b.proj.starts_with(&a.proj);
    if list.iter().any(|have| covers(have, &place)) {
        return false;
    }
    list.retain(|have| !covers(&place, have));
    list.push(place);
    true
}
