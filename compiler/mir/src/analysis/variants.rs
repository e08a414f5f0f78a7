//! Which variants the enums of a body can be, at every point: known behind a switch on a discriminant and behind the
//! write of a variant. One bit for each variant of each place asked about, set while the place may be that variant.

use crate::analysis::bitset::BitSet;
use crate::analysis::flow::{Forward, forward};
use crate::facts::try_place_ty;
use crate::ir::*;
use crate::visit::Access;
use entity::IndexVec;
use rustc_hash::FxHashMap;

pub struct Variants<'a> {
    body: &'a Body,
    /// Places with their first bit and their number of variants, by local.
    places: FxHashMap<Local, Vec<(Place, usize, usize)>>,
    n_bits: usize,
    /// Per block that switches on a discriminant read in it: of which place.
    switched: IndexVec<Block, Option<Place>>,
    entry: IndexVec<Block, BitSet>,
}

impl<'a> Variants<'a> {
    /// Follows the places whose discriminants are read.
    pub fn new(types: &Types, body: &'a Body) -> Variants<'a> {
        let switched = body.blocks.iter().map(switched_place).collect();
        let mut this =
            Variants { body, places: FxHashMap::default(), n_bits: 0, switched, entry: IndexVec::new() };
        for data in &body.blocks {
            for stmt in &data.stmts {
                if let StmtKind::Assign(_, Rvalue::Discriminant(place)) = &stmt.kind {
                    this.add(types, place);
                }
            }
        }
        if this.n_bits > 0 {
            this.entry = forward(body, &this);
        }
        this
    }

    fn add(&mut self, types: &Types, place: &Place) {
        let simple = place.proj.iter().all(|p| matches!(p, Proj::Field(_) | Proj::Variant(_)));
        let Some(ty) = try_place_ty(types, self.body, place).filter(|_| simple) else { return };
        let n = types.defs[ty].variants.len();
        let list = self.places.entry(place.local).or_default();
        if n > 0 && n <= 64 && !list.iter().any(|(p, ..)| p == place) {
            list.push((place.clone(), self.n_bits, n));
            self.n_bits += n;
        }
    }

    /// Whether there is anything to know.
    pub fn is_empty(&self) -> bool {
        self.n_bits == 0
    }

    /// The state at the entry of a block.
    pub fn at_entry(&self, block: Block) -> BitSet {
        self.entry.get(block).cloned().unwrap_or_default()
    }

    /// Takes a state over a statement.
    pub fn step(&self, state: &mut BitSet, stmt: &StmtKind) {
        if self.n_bits > 0 {
            self.stmt(state, stmt);
        }
    }

    /// The one variant that the place can be here.
    pub fn known(&self, state: &BitSet, place: &Place) -> Option<u32> {
        let (_, first, n) = self.places.get(&place.local)?.iter().find(|(p, ..)| p == place)?;
        let mut possible = (0..*n).filter(|v| state.contains(first + v));
        let one = possible.next()?;
        possible.next().is_none().then_some(one as u32)
    }

    fn forget(&self, state: &mut BitSet, place: &Place) {
        for (p, first, n) in self.places.get(&place.local).into_iter().flatten() {
            if p.overlaps(place) {
                (*first..first + n).for_each(|bit| {
                    state.insert(bit);
                });
            }
        }
    }

    fn learn(&self, state: &mut BitSet, place: &Place, possible: impl Fn(u32) -> bool) {
        let found = self.places.get(&place.local).and_then(|list| list.iter().find(|(p, ..)| p == place));
        if let Some((_, first, n)) = found {
            (0..*n).filter(|v| !possible(*v as u32)).for_each(|v| state.remove(first + v));
        }
    }

    fn written_variant(&self, rvalue: &Rvalue) -> Option<u32> {
        match rvalue {
            Rvalue::Aggregate { variant, .. } | Rvalue::Use(Operand::Const(Const::Empty(_, variant))) => {
                Some(*variant)
            }
            _ => None,
        }
    }
}

/// The place whose discriminant decides the switch at the end of the block, if it was read in the block and neither has changed since.
pub fn switched_place(data: &BlockData) -> Option<Place> {
    let Term::Switch { value, .. } = &data.term else { return None };
    let value = value.place().filter(|p| p.proj.is_empty())?;
    for (i, stmt) in data.stmts.iter().enumerate().rev() {
        let StmtKind::Assign(dest, rvalue) = &stmt.kind else { continue };
        if dest.local != value.local {
            continue;
        }
        let Rvalue::Discriminant(place) = rvalue else { return None };
        let mut changed = false;
        for later in &data.stmts[i + 1..] {
            later.kind.for_each_access(|p, access| {
                let writes = matches!(access, Access::Write | Access::Move | Access::Drop | Access::AddrOf);
                changed |= writes && p.overlaps(place);
            });
        }
        return (!changed).then(|| place.clone());
    }
    None
}

impl Forward for Variants<'_> {
    fn bits(&self) -> usize {
        self.n_bits
    }

    fn entry(&self, state: &mut BitSet) {
        (0..self.n_bits).for_each(|bit| {
            state.insert(bit);
        });
    }

    fn stmt(&self, state: &mut BitSet, stmt: &StmtKind) {
        stmt.for_each_access(|place, access| {
            // A value moved out or dropped is no longer there to be asked; what is written next is new.
            if matches!(access, Access::Write | Access::AddrOf) {
                self.forget(state, place);
            }
        });
        if let StmtKind::Assign(place, rvalue) = stmt
            && let Some(variant) = self.written_variant(rvalue)
        {
            self.learn(state, place, |v| v == variant);
        }
    }

    fn term(&self, state: &mut BitSet, term: &Term) {
        term.for_each_access(|place, access| {
            if matches!(access, Access::Mut | Access::CallWrite) {
                self.forget(state, place);
            }
        });
    }

    fn normal_edge(&self, _state: &mut BitSet, _term: &Term) {}

    fn edge(&self, state: &mut BitSet, from: Block, to: Block) {
        let Some(place) = &self.switched[from] else { return };
        let Term::Switch { cases, default, .. } = &self.body.blocks[from].term else { return };
        let cased = |v: u32| cases.iter().any(|c| c.0 == i128::from(v));
        let leads =
            |v: u32| cases.iter().any(|c| c.0 == i128::from(v) && c.1 == to) || *default == to && !cased(v);
        self.learn(state, place, leads);
    }
}
