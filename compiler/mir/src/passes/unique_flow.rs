//! Which buffers have one owner, on all ways to a point of a function: what [`super::unique`] acts on.
//!
//! Known is what was asked (on the way on which the answer was yes), what a buffer that has just been made is, and what holds at
//! all calls and returns of a function for its `mut` parameters and its result (`unique_facts`). It moves on with the buffer, and is known no longer
//! when that is copied, replaced, dropped, or given to a call. Only buffers that lie in a local itself are followed, of which no
//! address is taken and nothing is borrowed for longer than an instruction.

use super::unique_facts::{Facts, Way, buffers_in};
use crate::analysis::bitset::BitSet;
use crate::analysis::defs::local_infos;
use crate::analysis::order::reverse_postorder;
use crate::facts::try_place_ty;
use crate::ir::*;
use crate::visit::Access;
use entity::{Idx, IndexVec};
use rustc_hash::FxHashMap;

/// The place in `x = is_unique(borrow place)`.
pub(crate) fn question(stmt: &StmtKind) -> Option<&Place> {
    match stmt {
        StmtKind::Assign(_, Rvalue::Intrinsic(Intrinsic::IsUnique, list)) => list.first()?.place(),
        _ => None,
    }
}

pub(crate) fn asked(body: &Body) -> Vec<&Place> {
    body.blocks.iter().flat_map(|data| &data.stmts).filter_map(|stmt| question(&stmt.kind)).collect()
}

/// The places to follow: those that are asked about, and locals that new buffers come through.
pub(crate) fn tracked(types: &Types, body: &Body) -> Vec<Place> {
    let infos = local_infos(body);
    let mut lent = BitSet::new(body.locals.len());
    for stmt in body.blocks.iter().flat_map(|data| &data.stmts) {
        if let StmtKind::Assign(_, Rvalue::Use(Operand::Borrow(place))) = &stmt.kind {
            lent.insert(place.local.index());
        }
    }
    let follows = |place: &Place| {
        let decl = &body.locals[place.local];
        let direct = place.proj.iter().all(|proj| matches!(proj, Proj::Field(_)));
        direct && !decl.is_borrow && !infos[place.local].addr_taken && !lent.contains(place.local.index())
    };
    let mut found = Tracked::default();
    let mut add = |place: Place| {
        if follows(&place) {
            found.add(place);
        }
    };
    asked(body).into_iter().for_each(|place| add(place.clone()));
    for data in &body.blocks {
        let Term::Call { callee: Callee::Func(_), args, .. } = &data.term else { continue };
        for arg in args {
            let Arg::Mut(place) = arg else { continue };
            let Some(ty) = try_place_ty(types, body, place) else { continue };
            for proj in buffers_in(types, ty) {
                let mut inner = place.clone();
                inner.proj.extend(proj);
                add(inner);
            }
        }
    }
    for proj in buffers_in(types, body.locals[RETURN].ty) {
        add(Place { local: RETURN, proj });
    }
    for (local, decl) in body.locals.iter_enumerated() {
        if matches!(types.kind(decl.ty), TyKind::Buffer(_)) {
            add(local.into());
        }
    }
    follow_moves(body, &mut found, &follows);
    found.list
}

/// Places, each once, in the order in which they were found.
#[derive(Default)]
struct Tracked {
    list: Vec<Place>,
    by_local: FxHashMap<Local, Vec<usize>>,
}

impl Tracked {
    fn add(&mut self, place: Place) {
        let of_local = self.by_local.entry(place.local).or_default();
        if !of_local.iter().any(|i| self.list[*i] == place) {
            of_local.push(self.list.len());
            self.list.push(place);
        }
    }

    fn of_local(&self, local: Local) -> impl Iterator<Item = &Place> {
        self.by_local.get(&local).into_iter().flatten().map(|i| &self.list[*i])
    }
}

/// Chains of moves are followed so far back.
const MOVES_MAX: usize = 4;

/// Adds the places that those in the list are moved out of.
fn follow_moves(body: &Body, found: &mut Tracked, follows: &dyn Fn(&Place) -> bool) {
    for _ in 0..MOVES_MAX {
        let mut sources: Vec<Place> = Vec::new();
        for stmt in body.blocks.iter().flat_map(|data| &data.stmts) {
            for_each_move(&stmt.kind, |from, to| {
                for place in found.of_local(to.local) {
                    if let Some(rest) = place.proj.strip_prefix(&to.proj[..]) {
                        let mut source = from.clone();
                        source.proj.extend_from_slice(rest);
                        sources.push(source);
                    }
                }
            });
        }
        let before = found.list.len();
        sources.into_iter().filter(|source| follows(source)).for_each(|source| found.add(source));
        if found.list.len() == before {
            return;
        }
    }
}

/// From where to where a statement moves values.
fn for_each_move(stmt: &StmtKind, mut f: impl FnMut(&Place, &Place)) {
    match stmt {
        StmtKind::Assign(dest, Rvalue::Use(Operand::Move(from))) => f(from, dest),
        StmtKind::Assign(dest, Rvalue::Aggregate { fields, .. }) => {
            for (i, op) in fields.iter().enumerate() {
                if let Operand::Move(from) = op {
                    f(from, &dest.with(Proj::Field(i as u32)));
                }
            }
        }
        _ => {}
    }
}

pub(crate) struct Unique<'a> {
    pub body: &'a Body,
    known: &'a Facts,
    func: FuncId,
    pub places: Vec<Place>,
    by_local: FxHashMap<Local, Vec<usize>>,
    /// Per block that branches on an answer: the place.
    pub branches: IndexVec<Block, Option<usize>>,
}

impl<'a> Unique<'a> {
    pub(crate) fn new(body: &'a Body, known: &'a Facts, func: FuncId, places: Vec<Place>) -> Unique<'a> {
        let mut by_local: FxHashMap<Local, Vec<usize>> = FxHashMap::default();
        for (i, place) in places.iter().enumerate() {
            by_local.entry(place.local).or_default().push(i);
        }
        let mut this = Unique { body, known, func, places, by_local, branches: IndexVec::new() };
        this.branches = body.blocks.iter().map(|data| this.branch(data)).collect();
        this
    }

    pub(crate) fn bit(&self, place: &Place) -> Option<usize> {
        self.by_local.get(&place.local)?.iter().copied().find(|i| self.places[*i] == *place)
    }

    /// The place whose answer the block's branch is on, if nothing happens to it in between.
    fn branch(&self, data: &BlockData) -> Option<usize> {
        let Term::If { cond: Operand::Copy(cond) | Operand::Move(cond), .. } = &data.term else {
            return None;
        };
        let (at, bit) = data.stmts.iter().enumerate().rev().find_map(|(i, stmt)| {
            let StmtKind::Assign(dest, _) = &stmt.kind else { return None };
            let place = question(&stmt.kind).filter(|_| dest == cond)?;
            Some((i, self.bit(place)?))
        })?;
        let mut state = BitSet::new(self.places.len());
        state.insert(bit);
        for stmt in &data.stmts[at + 1..] {
            if matches!(&stmt.kind, StmtKind::Assign(dest, _) if dest == cond) {
                return None;
            }
            self.stmt(&mut state, &stmt.kind);
        }
        state.contains(bit).then_some(bit)
    }

    /// Whether a buffer in a place is known to have one owner.
    pub(crate) fn holds(&self, state: &BitSet, place: &Place, proj: &[Proj]) -> bool {
        let mut whole = place.clone();
        whole.proj.extend_from_slice(proj);
        self.bit(&whole).is_some_and(|bit| state.contains(bit))
    }

    fn forget(&self, state: &mut BitSet, place: &Place) {
        for &i in self.by_local.get(&place.local).map_or(&[][..], |list| list) {
            if self.places[i].overlaps(place) {
                state.remove(i);
            }
        }
    }

    pub(crate) fn stmt(&self, state: &mut BitSet, stmt: &StmtKind) {
        // Instructions look at what they borrow and are done with it.
        let lends = matches!(stmt, StmtKind::Assign(_, Rvalue::Intrinsic(..)));
        let gained = self.gained(state, stmt);
        stmt.for_each_access(|place, access| {
            let looks = matches!(access, Access::Discriminant) || lends && access == Access::Borrow;
            if !looks {
                self.forget(state, place);
            }
        });
        gained.into_iter().for_each(|bit| {
            state.insert(bit);
        });
    }

    /// The places that hold a buffer with one owner after an assignment: one that is made by it, or has moved.
    fn gained(&self, state: &BitSet, stmt: &StmtKind) -> Vec<usize> {
        let mut gained = Vec::new();
        if let StmtKind::Assign(dest, Rvalue::Intrinsic(Intrinsic::BufferFromPtr(_), _)) = stmt {
            gained.extend(self.bit(dest));
        }
        for_each_move(stmt, |from, to| self.moved(state, from, to, &mut gained));
        gained
    }

    /// The places in `to` whose counterparts in `from` hold a buffer with one owner.
    fn moved(&self, state: &BitSet, from: &Place, to: &Place, gained: &mut Vec<usize>) {
        for &i in self.by_local.get(&from.local).map_or(&[][..], |list| list) {
            if let Some(rest) = self.places[i].proj.strip_prefix(&from.proj[..])
                && state.contains(i)
            {
                let mut inner = to.clone();
                inner.proj.extend_from_slice(rest);
                gained.extend(self.bit(&inner));
            }
        }
    }

    /// What holds on an edge, after `state` at the end of the block's statements.
    pub(crate) fn edge(&self, state: &BitSet, block: Block, to: Block) -> BitSet {
        let mut state = state.clone();
        match &self.body.blocks[block].term {
            Term::If { then, else_, .. } if *then == to && *else_ != to => {
                if let Some(bit) = self.branches[block] {
                    state.insert(bit);
                }
            }
            Term::If { .. } | Term::Switch { .. } => {}
            term => self.call(&mut state, term, to),
        }
        state
    }

    /// What a call, or another end of a block that does something to places, leaves of `state` on the edge to `to`.
    fn call(&self, state: &mut BitSet, term: &Term, to: Block) {
        self.arguments(state, term);
        let before = state.clone();
        term.for_each_access(|place, _| self.forget(state, place));
        if let Term::Call { callee: Callee::Func(func), args, dest, target: Some(target), .. } = term
            && *target == to
        {
            for bit in self.given(&self.known.keeps, *func, args, dest).filter(|bit| before.contains(*bit)) {
                state.insert(bit);
            }
            self.leaves(state, *func, args, dest);
        }
    }

    /// What is left of `state` when the arguments of a call have been evaluated and the callee begins.
    pub(crate) fn arguments(&self, state: &mut BitSet, term: &Term) {
        term.for_each_access(|place, access| {
            if access != Access::Mut {
                self.forget(state, place);
            }
        });
    }

    /// What a call leaves behind in its `mut` arguments and its result.
    pub(crate) fn leaves(&self, state: &mut BitSet, func: FuncId, args: &[Arg], dest: &Place) {
        for bit in self.given(&self.known.exit, func, args, dest) {
            state.insert(bit);
        }
    }

    /// The places that a function's ways lead to from a call.
    fn given<'w>(
        &'w self,
        ways: &'w IndexVec<FuncId, Vec<Way>>,
        func: FuncId,
        args: &'w [Arg],
        dest: &'w Place,
    ) -> impl Iterator<Item = usize> + 'w {
        let list = ways.get(func).map_or(&[][..], |list| list);
        list.iter().filter_map(move |(source, proj)| {
            let mut outer = source.place(args, dest)?.clone();
            outer.proj.extend_from_slice(proj);
            self.bit(&outer)
        })
    }

    /// What is known at the entries of blocks, on all ways; `None` where no way leads. `given`: a block at whose entry a
    /// place is taken to be unique.
    pub(crate) fn solve(&self, given: Option<(Block, usize)>) -> IndexVec<Block, Option<BitSet>> {
        let order = reverse_postorder(self.body);
        let mut entry: IndexVec<Block, Option<BitSet>> = IndexVec::from_elem(None, self.body.blocks.len());
        let mut start = BitSet::new(self.places.len());
        for (source, proj) in &self.known.entry[self.func] {
            let place = Place { local: source.local(self.body), proj: proj.clone() };
            if let Some(bit) = self.bit(&place) {
                start.insert(bit);
            }
        }
        if let Some((_, bit)) = given.filter(|(at, _)| *at == Block(0)) {
            start.insert(bit);
        }
        entry[Block(0)] = Some(start);
        loop {
            let mut changed = false;
            for block in &order {
                let Some(mut state) = entry[*block].clone() else { continue };
                self.body.blocks[*block].stmts.iter().for_each(|stmt| self.stmt(&mut state, &stmt.kind));
                for to in self.body.successors(*block) {
                    let mut edge = self.edge(&state, *block, to);
                    if let Some((_, bit)) = given.filter(|(at, _)| *at == to) {
                        edge.insert(bit);
                    }
                    changed |= match &mut entry[to] {
                        Some(have) => have.intersect(&edge),
                        none => {
                            *none = Some(edge);
                            true
                        }
                    };
                }
            }
            if !changed {
                return entry;
            }
        }
    }
}
