//! The calls of a body that are given places to change, and whose these places are.

use crate::facts::{PlaceTy, TypeFacts, place_ty};
use crate::ir::*;
use crate::passes::nounwind::Unwinds;
use rustc_hash::FxHashMap;
use std::cell::OnceCell;

/// A call that may unwind and is given something to change.
pub(super) struct Site {
    pub block: Block,
    pub callee: Callee,
    pub given: Vec<Given>,
}

/// A place that is given to be changed, which is part of something.
pub(super) struct Given {
    /// The number of the argument; none for the receiver of a method of a `dyn`.
    pub arg: Option<usize>,
    pub ty: Ty,
    /// The values with a `drop` of their own that it is a part of.
    pub owners: Vec<Place>,
    /// The parameters that it may be a part of.
    pub roots: Roots,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Roots {
    None,
    /// The parameter of this number.
    Param(usize),
    /// Nothing tells which.
    Any,
}

impl Roots {
    fn join(self, other: Roots) -> Roots {
        match (self, other) {
            (Roots::None, one) | (one, Roots::None) => one,
            (a, b) if a == b => a,
            _ => Roots::Any,
        }
    }

    pub fn mark(self, params: &mut [bool]) {
        match self {
            Roots::None => {}
            Roots::Param(i) => params[i] = true,
            Roots::Any => params.fill(true),
        }
    }
}

pub(super) fn sites(types: &Types, facts: &TypeFacts, unwinds: &Unwinds, body: &Body) -> Vec<Site> {
    let mut found = Vec::new();
    let made = OnceCell::new();
    for (block, data) in body.blocks.iter_enumerated().filter(|(_, data)| !data.is_cleanup) {
        let Term::Call { callee, args, .. } = &data.term else { continue };
        let receiver = match callee {
            Callee::Dyn { object, receiver: ParamMode::Mut, .. } => Some((None, object)),
            _ => None,
        };
        let places = args.iter().enumerate().filter_map(|(i, arg)| match arg {
            Arg::Mut(place) => Some((Some(i), place)),
            Arg::Value(_) => None,
        });
        let given: Vec<Given> = receiver
            .into_iter()
            .chain(places)
            .filter_map(|(arg, place)| {
                let ty = place_ty(types, body, place);
                let (owners, seen) = (Vec::new(), Vec::new());
                let mut trace = Trace { types, body, made: &made, owners, roots: Roots::None, seen };
                trace.place(place, false);
                let Trace { owners, roots, .. } = trace;
                let counts = facts.needs_drop(ty) && (!owners.is_empty() || roots != Roots::None);
                counts.then_some(Given { arg, ty, owners, roots })
            })
            .collect();
        if !given.is_empty() && unwinds.term(types, body, &data.term) {
            found.push(Site { block, callee: callee.clone(), given });
        }
    }
    found
}

/// What pointers were made of: the places that calls were given first, and values.
type Made<'a> = FxHashMap<Local, Vec<Maker<'a>>>;

enum Maker<'a> {
    Call(&'a Place),
    Value(&'a Rvalue),
}

fn makers(body: &Body) -> Made<'_> {
    let mut made = Made::default();
    for data in &body.blocks {
        for stmt in &data.stmts {
            if let StmtKind::Assign(to, value) = &stmt.kind {
                made.entry(to.local).or_default().push(Maker::Value(value));
            }
        }
        if let Term::Call { dest, args, .. } = &data.term
            && let Some(Arg::Mut(base)) = args.first()
        {
            made.entry(dest.local).or_default().push(Maker::Call(base));
        }
    }
    made
}

/// Goes from a place to what it is a part of.
struct Trace<'a> {
    types: &'a Types,
    body: &'a Body,
    /// Made for the first pointer.
    made: &'a OnceCell<Made<'a>>,
    owners: Vec<Place>,
    roots: Roots,
    /// Pointers that have been followed.
    seen: Vec<Local>,
}

impl Trace<'_> {
    /// `whole`: whether the value of the place itself counts.
    fn place(&mut self, place: &Place, whole: bool) {
        let mut at = PlaceTy { ty: self.body.locals[place.local].ty, variant: None };
        for n in 0..place.proj.len() + usize::from(whole) {
            if at.variant.is_none() && self.types.defs[at.ty].user_drop.is_some() {
                let owner = Place { local: place.local, proj: place.proj[..n].to_vec() };
                if !self.owners.contains(&owner) {
                    self.owners.push(owner);
                }
            }
            if let Some(&proj) = place.proj.get(n) {
                at = at.project(self.types, proj).expect("the verifier has accepted this place");
            }
        }
        if place.is_indirect() {
            return self.pointer(place.local);
        }
        let of = |param: &Param| param.local == place.local && param.mode == ParamMode::Mut;
        if let Some(i) = self.body.params.iter().position(of) {
            self.roots = self.roots.join(Roots::Param(i));
        }
    }

    /// Into what a pointer leads: what it was made of.
    fn pointer(&mut self, pointer: Local) {
        if self.seen.contains(&pointer) {
            return;
        }
        self.seen.push(pointer);
        let (body, made) = (self.body, self.made);
        let mut is_known = false;
        for maker in made.get_or_init(|| makers(body)).get(&pointer).into_iter().flatten() {
            match maker {
                Maker::Value(value) => is_known |= self.value(value),
                Maker::Call(base) => {
                    self.place(base, true);
                    is_known = true;
                }
            }
        }
        if !is_known {
            self.roots = self.roots.join(Roots::Any);
        }
    }

    /// Whether it is known where it leads.
    fn value(&mut self, value: &Rvalue) -> bool {
        match value {
            Rvalue::AddrOf(place) => {
                self.place(place, true);
                true
            }
            Rvalue::Use(Operand::Copy(from) | Operand::Move(from)) if from.proj.is_empty() => {
                self.pointer(from.local);
                true
            }
            Rvalue::Intrinsic(Intrinsic::PtrOffset(_), list) => match list.first().and_then(Operand::place) {
                Some(from) if from.proj.is_empty() => {
                    self.pointer(from.local);
                    true
                }
                _ => false,
            },
            _ => false,
        }
    }
}
