//! Which of a few values things can be, at every point: the variants of enums, `false` and `true` of `Bool` locals. Known behind
//! branches and behind writes of a variant or constant, and through copies of whole locals. One bit for each value of each place
//! followed, set while the place may have it.

use crate::analysis::bitset::BitSet;
use crate::analysis::defs::local_infos;
use crate::analysis::flow::{Forward, forward};
use crate::facts::try_place_ty;
use crate::ir::*;
use crate::visit::Access;
use entity::IndexVec;
use rustc_hash::FxHashMap;

pub struct Variants<'a> {
    body: &'a Body,
    /// Places with their first bit and their number of values, by local.
    places: FxHashMap<Local, Vec<(Place, usize, usize)>>,
    n_bits: usize,
    /// Per block that branches on a followed place: which.
    switched: IndexVec<Block, Option<Place>>,
    /// Whether branches tell something.
    learns: bool,
    entry: IndexVec<Block, BitSet>,
}

/// What is followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Follow {
    /// Places whose discriminants are read.
    Asked,
    /// Besides, all locals that are enums or `Bool`.
    All,
    /// The same, but only by what is written: where a variant is known, its fields have been written.
    Written,
}

impl<'a> Variants<'a> {
    pub fn new(types: &Types, body: &'a Body, follow: Follow) -> Variants<'a> {
        let switched = body.blocks.iter().map(switched_place).collect();
        let mut this = Variants {
            body,
            places: FxHashMap::default(),
            n_bits: 0,
            switched,
            learns: follow != Follow::Written,
            entry: IndexVec::new(),
        };
        for data in &body.blocks {
            for stmt in &data.stmts {
                if let StmtKind::Assign(_, Rvalue::Discriminant(place)) = &stmt.kind {
                    this.add(types, place);
                }
            }
        }
        if follow != Follow::Asked {
            this.add_locals(types);
        }
        if this.n_bits > 0 {
            this.entry = forward(body, &this);
        }
        this
    }

    fn add(&mut self, types: &Types, place: &Place) {
        let simple = place.proj.iter().all(|p| matches!(p, Proj::Field(_) | Proj::Variant(_)));
        let Some(ty) = try_place_ty(types, self.body, place).filter(|_| simple) else { return };
        let n = match types.kind(ty) {
            TyKind::Bool => 2,
            _ => types.defs[ty].variants.len(),
        };
        let list = self.places.entry(place.local).or_default();
        if n > 0 && n <= 64 && !list.iter().any(|(p, ..)| p == place) {
            list.push((place.clone(), self.n_bits, n));
            self.n_bits += n;
        }
    }

    fn add_locals(&mut self, types: &Types) {
        let infos = local_infos(self.body);
        for (local, decl) in self.body.locals.iter_enumerated() {
            // Truth values written once depend on the path only where they are computed.
            let follow = match types.kind(decl.ty) {
                TyKind::Enum => true,
                TyKind::Bool => infos[local].defs > 1,
                _ => false,
            };
            if follow && infos[local].is_plain() {
                self.add(types, &local.into());
            }
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

    /// The state on an edge, from the one at the end of the block's statements.
    pub fn on_edge(&self, state: &mut BitSet, from: Block, to: Block) {
        let term = &self.body.blocks[from].term;
        self.term(state, term);
        if term.unwind() != Some(to) {
            self.normal_edge(state, term);
        }
        self.edge(state, from, to);
    }

    /// Takes a state over a statement.
    pub fn step(&self, state: &mut BitSet, stmt: &StmtKind) {
        if self.n_bits > 0 {
            self.stmt(state, stmt);
        }
    }

    /// What the block branches on.
    pub fn switched(&self, block: Block) -> Option<&Place> {
        self.switched[block].as_ref()
    }

    fn find(&self, place: &Place) -> Option<(usize, usize)> {
        let list = self.places.get(&place.local)?;
        list.iter().find(|(p, ..)| p == place).map(|(_, first, n)| (*first, *n))
    }

    /// The one value that the place can have here.
    pub fn known(&self, state: &BitSet, place: &Place) -> Option<u32> {
        let (first, n) = self.find(place)?;
        let mut possible = (0..n).filter(|v| state.contains(first + v));
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
        if let Some((first, n)) = self.find(place) {
            (0..n).filter(|v| !possible(*v as u32)).for_each(|v| state.remove(first + v));
        }
    }

    fn assign(&self, state: &mut BitSet, place: &Place, rvalue: &Rvalue) {
        let one = match rvalue {
            Rvalue::Aggregate { variant, .. } | Rvalue::Use(Operand::Const(Const::Empty(_, variant))) => {
                *variant
            }
            Rvalue::Use(Operand::Const(Const::Bool(value))) => u32::from(*value),
            Rvalue::Use(Operand::Copy(from) | Operand::Move(from) | Operand::Borrow(from)) => {
                if let (Some((first, n)), Some((to, m))) = (self.find(from), self.find(place))
                    && n == m
                    && from != place
                {
                    (0..n).for_each(|v| {
                        let possible = state.contains(first + v);
                        state.set(to + v, possible);
                    });
                }
                return;
            }
            _ => return,
        };
        self.learn(state, place, |v| v == one);
    }
}

/// What decides the branch at the end of the block: the place whose discriminant it switches on, if that was read in the block and
/// neither has changed since, or the truth value.
pub fn switched_place(data: &BlockData) -> Option<Place> {
    let value = match &data.term {
        Term::Switch { value, .. } => value.place().filter(|p| p.proj.is_empty())?,
        Term::If { cond, .. } => return cond.place().cloned(),
        _ => return None,
    };
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

/// Where a branch goes for this variant or truth value.
pub fn branch_target(term: &Term, value: u32) -> Option<Block> {
    match term {
        Term::If { then, else_, .. } => Some(if value != 0 { *then } else { *else_ }),
        Term::Switch { cases, default, .. } => {
            Some(cases.iter().find(|c| c.0 == i128::from(value)).map_or(*default, |c| c.1))
        }
        _ => None,
    }
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
        if let StmtKind::Assign(place, rvalue) = stmt {
            self.assign(state, place, rvalue);
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
        if let Some(place) = self.switched[from].as_ref().filter(|_| self.learns) {
            let term = &self.body.blocks[from].term;
            self.learn(state, place, |v| branch_target(term, v) == Some(to));
        }
    }
}
