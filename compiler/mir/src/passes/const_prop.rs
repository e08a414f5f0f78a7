//! Propagates constants and copies of scalars, and folds what they make constant: operations, branches, switches,
//! checked arithmetic, questions about types.
//!
//! What a local written once is equal to holds wherever it is read (its definition dominates its uses, and that of what it
//! copies dominates it in turn). What the others are equal to is followed through extended basic blocks: a block
//! with one way in starts from what its predecessor ended with, and from what the edge tells.

use crate::analysis::defs::{LocalInfo, is_scalar, local_infos, single_defs};
use crate::analysis::order::reverse_postorder;
use crate::facts::TypeFacts;
use crate::ir::*;
use crate::passes::fold::{fold, fold_checked};
use crate::visit::Access;
use entity::IndexVec;
use rustc_hash::FxHashMap;

pub fn run(types: &Types, facts: &TypeFacts, body: &mut Body) {
    let infos = local_infos(body);
    let (global, negations) = globals(types, body, &infos);
    let tys = body.locals.iter().map(|l| l.ty).collect();
    let loans = body.locals.iter().map(|l| l.loan_of).collect();
    let pass = Pass { types, facts, infos, global, negations, tys, loans };
    let preds = body.predecessors();
    // What is known at the end of a block, and how many blocks still ask for it: the last one takes it.
    let mut ends: IndexVec<Block, Option<State>> = IndexVec::from_elem(None, body.blocks.len());
    let mut asking = IndexVec::<Block, u32>::from_elem(0, body.blocks.len());
    for pred in preds.iter().filter_map(|preds| <[Block; 1]>::try_from(&preds[..]).ok()) {
        asking[pred[0]] += 1;
    }
    for block in reverse_postorder(body) {
        let mut state = State::default();
        if let [pred] = preds[block][..] {
            asking[pred] -= 1;
            let end = if asking[pred] == 0 { ends[pred].take() } else { ends[pred].clone() };
            if let Some(end) = end {
                state = end;
                pass.learn(&mut state, &body.blocks[pred].term, block);
            }
        }
        pass.block(&mut body.blocks[block], &mut state);
        ends[block] = Some(state).filter(|_| asking[block] > 0);
    }
}

/// What a local is equal to.
#[derive(Clone, PartialEq, Debug)]
enum Val {
    Const(Const),
    Copy(Local),
}

/// What locals are equal to at one point, besides what holds everywhere.
#[derive(Clone, Default)]
struct State {
    vals: FxHashMap<Local, Val>,
    /// How many of them are copies of a local.
    copies: FxHashMap<Local, u32>,
}

impl State {
    fn insert(&mut self, local: Local, val: Val) {
        self.remove(local);
        if let Val::Copy(from) = val {
            *self.copies.entry(from).or_insert(0) += 1;
        }
        self.vals.insert(local, val);
    }

    fn remove(&mut self, local: Local) {
        if let Some(Val::Copy(from)) = self.vals.remove(&local)
            && let Some(count) = self.copies.get_mut(&from)
        {
            *count -= 1;
            if *count == 0 {
                self.copies.remove(&from);
            }
        }
    }

    /// The local gets another value.
    fn forget(&mut self, local: Local) {
        self.remove(local);
        if self.copies.remove(&local).is_some() {
            self.vals.retain(|_, val| *val != Val::Copy(local));
        }
    }
}

struct Pass<'a> {
    types: &'a Types,
    facts: &'a TypeFacts,
    infos: IndexVec<Local, LocalInfo>,
    /// What locals written once are equal to everywhere.
    global: IndexVec<Local, Option<Val>>,
    /// Truth values written once that are the opposite of another one.
    negations: IndexVec<Local, Option<Local>>,
    tys: IndexVec<Local, Ty>,
    loans: IndexVec<Local, Option<Local>>,
}

type Globals = (IndexVec<Local, Option<Val>>, IndexVec<Local, Option<Local>>);

fn globals(types: &Types, body: &Body, infos: &IndexVec<Local, LocalInfo>) -> Globals {
    let mut global = IndexVec::from_elem(None, body.locals.len());
    let mut negations = IndexVec::from_elem(None, body.locals.len());
    for (local, at) in single_defs(body, infos).iter_enumerated() {
        let Some((block, i)) = *at else { continue };
        if !is_scalar(types, body.locals[local].ty) {
            continue;
        }
        let stands_for = |from: Local| {
            let (to, from_loan) = (body.locals[local].loan_of, body.locals[from].loan_of);
            infos[from].is_single() && (to.is_none() || to == from_loan)
        };
        match &body.blocks[block].stmts[i].kind {
            StmtKind::Assign(_, Rvalue::Use(Operand::Const(value))) if is_small(value) => {
                global[local] = Some(Val::Const(value.clone()));
            }
            StmtKind::Assign(_, Rvalue::Use(Operand::Copy(p) | Operand::Move(p)))
                if p.proj.is_empty() && stands_for(p.local) =>
            {
                global[local] = Some(Val::Copy(p.local));
            }
            StmtKind::Assign(_, Rvalue::Unary(UnOp::Not, Operand::Copy(p)))
                if p.proj.is_empty() && infos[p.local].is_single() =>
            {
                negations[local] = Some(p.local);
            }
            _ => {}
        }
    }
    (global, negations)
}

fn is_small(value: &Const) -> bool {
    !matches!(value, Const::Str(..) | Const::Poison(_))
}

impl Pass<'_> {
    fn is_scalar(&self, local: Local) -> bool {
        is_scalar(self.types, self.tys[local])
    }

    /// What the local is equal to here, followed to the end.
    fn resolve(&self, state: &State, local: Local) -> Option<Val> {
        let mut found = None;
        let mut at = local;
        for _ in 0..16 {
            match state.vals.get(&at).or(self.global[at].as_ref()) {
                Some(Val::Copy(next)) => {
                    at = *next;
                    found = Some(Val::Copy(at));
                }
                Some(value) => return Some(value.clone()),
                None => break,
            }
        }
        found.filter(|v| *v != Val::Copy(local))
    }

    /// What taking the edge tells.
    fn learn(&self, state: &mut State, term: &Term, to: Block) {
        match term {
            Term::If { cond: Operand::Copy(p), then, else_ } if p.proj.is_empty() && then != else_ => {
                self.know(state, p.local, Const::Bool(*then == to));
            }
            Term::Switch { value: Operand::Copy(p), cases, default }
                if p.proj.is_empty() && *default != to =>
            {
                let mut leading = cases.iter().filter(|c| c.1 == to);
                if let (Some((case, _)), None) = (leading.next(), leading.next())
                    && let TyKind::Int(ty) = self.types.kind(self.tys[p.local])
                {
                    self.know(state, p.local, Const::Int(*case, *ty));
                }
            }
            Term::Call { dest, .. } => state.forget(dest.local),
            _ => {}
        }
    }

    fn know(&self, state: &mut State, local: Local, value: Const) {
        if self.infos[local].is_plain() && self.is_scalar(local) {
            state.insert(local, Val::Const(value));
        }
    }

    fn block(&self, data: &mut BlockData, state: &mut State) {
        for stmt in &mut data.stmts {
            stmt.kind.for_each_place_mut(&mut |place| self.place(state, place));
            stmt.kind.for_each_operand_mut(|op| self.operand(state, op));
            let StmtKind::Assign(place, rvalue) = &mut stmt.kind else { continue };
            if place.proj.is_empty() {
                self.fold(rvalue, self.tys[place.local]);
            }
            let new = self.equal_to(state, place, rvalue);
            if !place.is_indirect() {
                state.forget(place.local);
            }
            if let Some(value) = new.filter(|_| self.global[place.local].is_none()) {
                state.insert(place.local, value);
            }
        }
        let term = &mut data.term;
        term.for_each_place_mut(&mut |place| self.place(state, place));
        term.for_each_operand_mut(|op| self.operand(state, op));
        term.for_each_access(|place, access| {
            if access == Access::Mut {
                state.forget(place.local);
            }
        });
        self.negated(term);
    }

    /// Pointers and indices inside of a place.
    fn place(&self, state: &State, place: &mut Place) {
        if place.proj.first() == Some(&Proj::Deref)
            && let Some(Val::Copy(from)) = self.resolve(state, place.local)
            && self.may_replace(place.local, from)
        {
            place.local = from;
        }
        for proj in &mut place.proj {
            if let Proj::Index(local) = proj
                && let Some(Val::Copy(from)) = self.resolve(state, *local)
            {
                *local = from;
            }
        }
    }

    fn may_replace(&self, to: Local, from: Local) -> bool {
        self.tys[to] == self.tys[from] && (self.loans[to].is_none() || self.loans[to] == self.loans[from])
    }

    fn operand(&self, state: &State, op: &mut Operand) {
        let (Operand::Copy(place) | Operand::Move(place) | Operand::Borrow(place)) = op else { return };
        if !place.proj.is_empty() || !self.is_scalar(place.local) {
            return;
        }
        match self.resolve(state, place.local) {
            Some(Val::Const(value)) => *op = Operand::Const(value),
            Some(Val::Copy(from)) if self.may_replace(place.local, from) => place.local = from,
            _ => {}
        }
    }

    fn fold(&self, rvalue: &mut Rvalue, ty: Ty) {
        match rvalue {
            Rvalue::Checked(op, a, b) => {
                if let Some((result, overflowed)) = fold_checked(*op, a, b) {
                    let fields = vec![result, Operand::Const(overflowed)];
                    *rvalue = Rvalue::Aggregate { ty, variant: 0, fields, reuse: None };
                }
            }
            Rvalue::Intrinsic(Intrinsic::NeedsDrop(of), _) => {
                *rvalue = Rvalue::Use(Operand::Const(Const::Bool(self.facts.needs_drop(*of))));
            }
            _ => {
                if let Some(simpler) = fold(rvalue, self.types.kind(ty)) {
                    *rvalue = simpler;
                }
            }
        }
    }

    /// What the destination is equal to after the assignment, if it may change later; the others are in `global`.
    fn equal_to(&self, state: &State, place: &Place, rvalue: &Rvalue) -> Option<Val> {
        let local = place.local;
        if !place.proj.is_empty() || !self.infos[local].is_plain() || !self.is_scalar(local) {
            return None;
        }
        match rvalue {
            Rvalue::Use(Operand::Const(value)) if is_small(value) => Some(Val::Const(value.clone())),
            Rvalue::Use(Operand::Copy(p) | Operand::Move(p)) if p.proj.is_empty() && p.local != local => {
                let plain = self.infos[p.local].is_plain() && self.may_replace(local, p.local);
                let end = self.resolve(state, p.local);
                end.filter(|end| *end != Val::Copy(local)).or(plain.then_some(Val::Copy(p.local)))
            }
            _ => None,
        }
    }

    /// `if !x then a else b` is `if x then b else a`.
    fn negated(&self, term: &mut Term) {
        while let Term::If { cond: Operand::Copy(place) | Operand::Move(place), then, else_ } = term
            && place.proj.is_empty()
            && let Some(opposite) = self.negations[place.local]
        {
            place.local = opposite;
            std::mem::swap(then, else_);
        }
    }
}
