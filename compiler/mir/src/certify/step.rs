//! The certifier's transfer functions: one block at a time, from a state to the states on its edges.

mod loans;

use super::state::{Shapes, State, Val};
use crate::analysis::bitset::BitSet;
use crate::facts::try_place_ty;
use crate::ir::*;
use entity::{Arrange, Idx};
use std::rc::Rc;

pub(crate) struct Stepper<'a> {
    program: &'a Program,
    shapes: &'a Shapes<'a>,
    body: &'a Body,
    flags: &'a [Local],
    pub tokens: Vec<Local>,
    pointed_to: BitSet,
    at: usize,
    /// What may be left over, or missing, where the function is left.
    leaving: Vec<Local>,
    /// Statement and message, of the blocks stepped through since this was emptied.
    pub errors: Vec<(usize, String)>,
}

/// How a local may be treated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Owned,
    MutParam,
    /// A borrowed parameter or a borrow.
    Lent,
}

/// What happens to what borrows rest on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    /// Moved or dropped: pointers are broken too.
    Gone,
    /// Written or lent as `mut`: only borrows are.
    Changed,
}

impl<'a> Stepper<'a> {
    pub fn new(
        program: &'a Program,
        shapes: &'a Shapes<'a>,
        body: &'a Body,
        flags: &'a [Local],
    ) -> Stepper<'a> {
        let is_token = |param: &&Param| matches!(param.mode, ParamMode::Token { .. });
        let mut tokens: Vec<Local> = body.params.iter().filter(is_token).map(|param| param.local).collect();
        for stmt in body.blocks.iter().flat_map(|b| &b.stmts) {
            if let StmtKind::DropReuse { token, .. } = &stmt.kind {
                tokens.push(*token);
            }
        }
        let pointed_to = body.pointed_to();
        let leaving = Vec::new();
        let mut this =
            Stepper { program, shapes, body, flags, tokens, pointed_to, leaving, at: 0, errors: Vec::new() };
        let asked = |local: &Local| {
            let may_stay = shapes.facts.needs_drop(this.ty(*local)) || this.tokens.contains(local);
            may_stay && this.class(*local) != Class::Lent
        };
        this.leaving = body.locals.indices().filter(asked).collect();
        this
    }

    fn fail(&mut self, message: impl Into<String>) {
        self.errors.push((self.at, message.into()));
    }

    fn class(&self, local: Local) -> Class {
        match self.body.param_mode(local) {
            Some(ParamMode::Borrowed) => Class::Lent,
            Some(ParamMode::Mut) => Class::MutParam,
            _ if self.body.locals[local].is_borrow => Class::Lent,
            _ => Class::Owned,
        }
    }

    fn ty(&self, local: Local) -> Ty {
        self.body.locals[local].ty
    }

    fn is_address(&self, local: Local) -> bool {
        let kind = &self.program.types.defs[self.ty(local)].kind;
        matches!(kind, TyKind::Ptr(_) | TyKind::Int(IntTy::USize))
    }

    /// The states on the edges that can be taken.
    pub fn block(&mut self, block: Block, mut state: State) -> Vec<(Block, State)> {
        let data = &self.body.blocks[block];
        for (i, stmt) in data.stmts.iter().enumerate() {
            self.at = i;
            self.stmt(&mut state, &stmt.kind, data.is_cleanup);
        }
        self.at = data.stmts.len();
        self.term(state, &data.term, data.is_cleanup)
    }

    // ------------------------------------------------------------ places

    fn describe(&self, place: &Place) -> String {
        let name = self.body.locals[place.local].name.as_deref();
        let name = name.map_or(String::new(), |n| format!(" (`{n}`)"));
        if place.proj.is_empty() {
            format!("{}{name}", place.local)
        } else {
            format!("a part of {}{name}", place.local)
        }
    }

    /// The locals that finding the place reads: indices, the pointer it goes through.
    fn find(&mut self, state: &State, place: &Place) {
        for index in place.indices() {
            self.usable(state, index);
        }
        if state.is_broken(place.local) {
            self.fail(format!("{} is used after what it rests on is gone", self.describe(place)));
        }
        if let Some(i) = place.proj.iter().position(|p| *p == Proj::Deref) {
            let val = self.shapes.get(&state.values[place.local], self.ty(place.local), &place.proj[..i]);
            if !self.shapes.is_full(&val) {
                self.fail(format!("the pointer to {} is not initialised", self.describe(place)));
            }
        }
    }

    fn usable(&mut self, state: &State, local: Local) {
        if state.values[local] != Val::Init {
            self.fail(format!("{local} is not initialised"));
        }
        if state.is_broken(local) {
            self.fail(format!("{local} is used after what it rests on is gone"));
        }
    }

    fn get(&self, state: &State, place: &Place) -> Val {
        self.shapes.get(&state.values[place.local], self.ty(place.local), &place.proj)
    }

    fn set(&self, state: &mut State, place: &Place, val: Val) {
        if place.proj.is_empty() && state.values[place.local] == val {
            return; // What is shared with other states stays shared.
        }
        let ty = self.ty(place.local);
        self.shapes.set(&mut state.values[place.local], ty, &place.proj, val);
    }

    /// A read that leaves the value where it is.
    fn read(&mut self, state: &State, place: &Place) {
        self.find(state, place);
        if !place.is_indirect() && !self.shapes.is_full(&self.get(state, place)) {
            self.fail(format!("{} is not initialised here", self.describe(place)));
        }
    }

    /// Takes the value out, by a move or a drop.
    fn take(&mut self, state: &mut State, place: &Place, verb: &str) {
        self.read(state, place);
        if place.is_indirect() {
            return self.change_behind(state, place.local);
        }
        if self.class(place.local) == Class::Lent && self.needs_drop(place) {
            self.fail(format!("{} is lent and cannot be {verb}", self.describe(place)));
        }
        if self.needs_drop(place) {
            self.set(state, place, Val::Uninit);
            self.change(state, place, Change::Gone);
        } else if place.proj.iter().any(|proj| matches!(proj, Proj::Variant(_))) {
            // It stays, but now it is known which variant it is a part of.
            let val = self.get(state, place);
            self.set(state, place, val);
        }
    }

    fn needs_drop(&self, place: &Place) -> bool {
        let ty = try_place_ty(&self.program.types, self.body, place);
        ty.is_none_or(|ty| self.shapes.facts.needs_drop(ty)) || self.tokens.contains(&place.local)
    }

    fn lend_mut(&mut self, state: &mut State, place: &Place) {
        self.read(state, place);
        if place.is_indirect() {
            return self.change_behind(state, place.local);
        }
        if self.class(place.local) == Class::Lent {
            self.fail(format!("{} is lent and cannot be changed", self.describe(place)));
        }
        self.change(state, place, Change::Changed);
    }

    fn check_writable(&mut self, state: &State, place: &Place) {
        if !place.proj.is_empty() {
            self.find(state, place);
        }
        if place.is_indirect() {
            return;
        }
        let lent = self.class(place.local) == Class::Lent;
        if lent && (self.body.param_mode(place.local).is_some() || !place.proj.is_empty()) {
            self.fail(format!("{} is lent and cannot be changed", self.describe(place)));
        }
        let in_memory = place.proj.iter().any(|p| matches!(p, Proj::Index(_)));
        let Some(ty) = try_place_ty(&self.program.types, self.body, place) else { return };
        let val = self.get(state, place);
        let token = self.tokens.contains(&place.local) && val != Val::Uninit;
        if !lent && !in_memory && (token || self.shapes.has_leftover(&val, ty)) {
            self.fail(format!("{} is overwritten without being dropped", self.describe(place)));
        }
    }

    fn write(&mut self, state: &mut State, place: &Place) {
        self.check_writable(state, place);
        if place.is_indirect() {
            return self.change_behind(state, place.local);
        }
        if !place.proj.iter().any(|p| matches!(p, Proj::Index(_))) {
            self.set(state, place, Val::Init);
        }
        self.change(state, place, Change::Changed);
        state.loans.remove(&place.local);
        if let Some(i) = self.flags.iter().position(|f| *f == place.local) {
            state.known &= !(1 << i);
        }
    }

    // ------------------------------------------------------------ borrows

    /// Something happens to a place: what rests on it, or on part of it, or on what it is part of, is broken.
    fn change(&self, state: &mut State, place: &Place, change: Change) {
        self.change_of(state, place, change, |_| true);
    }

    fn change_of(&self, state: &mut State, place: &Place, change: Change, concerns: impl Fn(Local) -> bool) {
        state.discriminants.retain(|(local, of)| *local != place.local && !of.overlaps(place));
        for (local, loan) in state.loans.iter_mut() {
            let affected = change == Change::Gone || self.body.locals[*local].is_borrow;
            if affected
                && concerns(*local)
                && !loan.broken
                && loan.owners.iter().any(|owner| owner.overlaps(place))
            {
                Rc::make_mut(loan).broken = true;
            }
        }
    }

    /// Memory behind a pointer changes: borrows of what it points into are broken. Not those of references to actors: what an actor has is
    /// no part of them, and the address of the local they are in nobody has.
    fn change_behind(&self, state: &mut State, pointer: Local) {
        for owner in state.owners(pointer) {
            let reached = |local: Local| {
                let is_reference = self.shapes.facts.is_reference(self.ty(local));
                !is_reference || self.pointed_to.contains(owner.local.index())
            };
            self.change_of(state, &owner, Change::Changed, reached);
        }
    }

    // ------------------------------------------------------------ statements

    fn operand(&mut self, state: &mut State, op: &Operand, is_cleanup: bool) {
        match op {
            Operand::Copy(place) => {
                self.read(state, place);
                let ty = try_place_ty(&self.program.types, self.body, place);
                if ty.is_some_and(|ty| self.shapes.facts.is_iso(ty)) {
                    self.fail(format!("{} is `iso` and cannot be copied", self.describe(place)));
                }
                if self.tokens.contains(&place.local) {
                    self.fail(format!("the token {} is copied", place.local));
                }
            }
            Operand::Move(place) => self.take(state, place, "moved"),
            Operand::Borrow(place) => self.read(state, place),
            Operand::Const(Const::Poison(_)) if !is_cleanup => self.fail("poison outside of cleanup"),
            Operand::Const(_) => {}
        }
    }

    fn stmt(&mut self, state: &mut State, stmt: &StmtKind, is_cleanup: bool) {
        match stmt {
            StmtKind::Assign(place, rvalue) => self.assign(state, place, rvalue, is_cleanup),
            StmtKind::Drop(place) => self.take(state, place, "dropped"),
            StmtKind::DropReuse { place, variant, taken, token } => {
                self.drop_reuse(state, place, *variant, taken);
                self.write(state, &Place::from(*token));
            }
            StmtKind::FreeToken { token, .. } => self.token(state, *token),
            StmtKind::Nop => {}
        }
    }

    fn assign(&mut self, state: &mut State, place: &Place, rvalue: &Rvalue, is_cleanup: bool) {
        // Everything is read before anything is taken: a pointer may go with what it rests on.
        let is_move = |op: &Operand| matches!(op, Operand::Move(p) if self.needs_drop(p));
        let mut takes = Vec::new();
        rvalue.for_each_operand(|op| takes.push((is_move(op), op)));
        takes.arrange_by_key(|(is_move, _)| *is_move);
        takes.into_iter().for_each(|(_, op)| self.operand(state, op, is_cleanup));
        match rvalue {
            Rvalue::Discriminant(of) => {
                self.find(state, of);
                let val = self.get(state, of);
                let known = matches!(val, Val::Parts(..));
                if !of.is_indirect() && !known && !self.shapes.is_full(&val) {
                    self.fail(format!("{} is not initialised here", self.describe(of)));
                }
            }
            Rvalue::AddrOf(of) => self.find(state, of),
            Rvalue::Aggregate { reuse: Some(token), .. } => self.token(state, *token),
            _ => {}
        }
        let loan = self.new_loan(state, place.local, rvalue);
        self.write(state, place);
        if !place.proj.is_empty() {
            return;
        }
        state.set_loan(place.local, loan);
        match rvalue {
            Rvalue::Discriminant(of) if !of.is_indirect() => {
                state.discriminants.push((place.local, of.clone()))
            }
            Rvalue::Use(Operand::Const(Const::Bool(value))) => self.set_flag(state, place.local, *value),
            Rvalue::Aggregate { ty, variant, fields, .. }
                if self.program.types.defs[*ty].kind == TyKind::Enum =>
            {
                state.values[place.local] = Val::Parts(*variant, Rc::new(vec![Val::Init; fields.len()]));
            }
            Rvalue::Use(Operand::Const(Const::Empty(ty, variant)))
                if self.program.types.defs[*ty].kind == TyKind::Enum =>
            {
                state.values[place.local] = Val::Parts(*variant, Rc::default());
            }
            _ => {}
        }
    }

    fn set_flag(&self, state: &mut State, local: Local, value: bool) {
        if let Some(i) = self.flags.iter().position(|f| *f == local) {
            state.known |= 1 << i;
            state.flags = state.flags & !(1 << i) | u64::from(value) << i;
        }
    }

    fn token(&mut self, state: &mut State, token: Local) {
        if state.values[token] != Val::Init {
            self.fail(format!("the token {token} is not there"));
        }
        state.values[token] = Val::Uninit;
    }

    fn drop_reuse(&mut self, state: &mut State, place: &Place, variant: u32, taken: &[u32]) {
        self.find(state, place);
        let ty = try_place_ty(&self.program.types, self.body, place);
        let Some(ty) = ty.filter(|_| !place.is_indirect() && self.class(place.local) != Class::Lent) else {
            return self.fail("only an owned local can be taken apart");
        };
        let fields = self.shapes.fields(ty, variant).to_vec();
        let parts = match self.get(state, place) {
            Val::Init => Rc::new(vec![Val::Init; fields.len()]),
            Val::Parts(v, parts) if v == variant => parts,
            _ => return self.fail(format!("{} is not there to be taken apart", self.describe(place))),
        };
        for (i, (val, field)) in parts.iter().zip(&fields).enumerate() {
            let is_taken = taken.contains(&(i as u32));
            // An enum whose parts have all been moved out is still known to be this variant.
            let fits = match is_taken {
                true => !self.shapes.has_leftover(val, field.ty),
                false => self.shapes.is_full(val),
            };
            if self.shapes.facts.needs_drop(field.ty) && !fits {
                let has = if is_taken { "has not been moved out" } else { "is not there to be dropped" };
                self.fail(format!("field {i} {has}"));
            }
        }
        self.set(state, place, Val::Uninit);
        self.change(state, place, Change::Gone);
    }

    // ------------------------------------------------------------ terminators

    fn term(&mut self, mut state: State, term: &Term, is_cleanup: bool) -> Vec<(Block, State)> {
        match term {
            Term::Goto(to) | Term::Caught(to) => vec![(*to, state)],
            Term::If { cond, then, else_ } => self.branch(state, cond, *then, *else_),
            Term::Switch { value, cases, default } => self.switch(state, value, cases, *default),
            Term::Return => {
                self.leave(&state, true);
                Vec::new()
            }
            Term::Resume | Term::Throw => {
                self.leave(&state, false);
                Vec::new()
            }
            Term::Unreachable => Vec::new(),
            Term::Drop { place, target, unwind } => {
                self.take(&mut state, place, "dropped");
                let mut out = Vec::new();
                match unwind {
                    Some(unwind) => out.push((*unwind, state.clone())),
                    None if !is_cleanup && self.drop_unwinds(place) => self.leave(&state, false),
                    None => {}
                }
                out.push((*target, state));
                out
            }
            Term::Call { callee, args, dest, target, unwind } => {
                self.call(&mut state, callee, args, is_cleanup);
                let mut out = Vec::new();
                match unwind {
                    Some(unwind) => out.push((*unwind, state.clone())),
                    None if !is_cleanup && self.program.call_may_unwind(callee) => self.leave(&state, false),
                    None => {}
                }
                if let Some(target) = target {
                    let loan = self.call_loan(&state, args, dest.local);
                    self.write(&mut state, dest);
                    if dest.proj.is_empty() {
                        state.set_loan(dest.local, loan);
                    }
                    out.push((*target, state));
                }
                out
            }
        }
    }

    fn drop_unwinds(&self, place: &Place) -> bool {
        let ty = try_place_ty(&self.program.types, self.body, place);
        ty.is_some_and(|ty| self.program.drop_may_unwind(ty))
    }

    fn branch(&mut self, mut state: State, cond: &Operand, then: Block, else_: Block) -> Vec<(Block, State)> {
        self.operand(&mut state, cond, false);
        let flag = cond.place().filter(|p| p.proj.is_empty());
        let flag = flag.and_then(|p| self.flags.iter().position(|f| *f == p.local));
        match flag {
            Some(i) if state.known >> i & 1 != 0 => {
                let to = if state.flags >> i & 1 != 0 { then } else { else_ };
                vec![(to, state)]
            }
            _ => vec![(then, state.clone()), (else_, state)],
        }
    }

    /// On each edge the variant of the enum is known, if it is one that is asked.
    fn switch(
        &mut self,
        mut state: State,
        value: &Operand,
        cases: &[(i128, Block)],
        default: Block,
    ) -> Vec<(Block, State)> {
        self.operand(&mut state, value, false);
        let local = value.place().filter(|p| p.proj.is_empty()).map(|p| p.local);
        let of = state.discriminants.iter().find(|(l, _)| Some(*l) == local).map(|(_, of)| of.clone());
        let Some(of) = of else {
            let targets = cases.iter().map(|c| c.1).chain([default]);
            return targets.map(|to| (to, state.clone())).collect();
        };
        let ty = try_place_ty(&self.program.types, self.body, &of);
        let n = ty.map_or(0, |ty| self.program.types.defs[ty].variants.len());
        let mut out = Vec::new();
        for (case, to) in cases {
            out.extend(self.refine(&state, &of, *case as u32).map(|s| (*to, s)));
        }
        let rest: Vec<u32> = (0..n as u32).filter(|v| !cases.iter().any(|c| c.0 == i128::from(*v))).collect();
        match rest[..] {
            [] => {}
            [v] => out.extend(self.refine(&state, &of, v).map(|s| (default, s))),
            _ => match self.get(&state, &of) {
                Val::Parts(v, _) if !rest.contains(&v) => {}
                _ => out.push((default, state)),
            },
        }
        out
    }

    /// The state in which the place is this variant, if it can be.
    fn refine(&self, state: &State, of: &Place, variant: u32) -> Option<State> {
        let ty = try_place_ty(&self.program.types, self.body, of)?;
        let val = self.get(state, of);
        let mut state = state.clone();
        match val {
            Val::Parts(v, _) if v != variant => return None,
            Val::Init if self.class(of.local) != Class::Lent => {
                let parts = self.shapes.expand(&val, ty, variant);
                // A variant of a cell without fields holds nothing; one with fields stays a whole cell.
                let whole_cell =
                    self.program.types.defs[ty].is_boxed && parts != Val::Parts(variant, Rc::default());
                if !whole_cell {
                    self.set(&mut state, of, parts);
                }
            }
            _ => {}
        }
        Some(state)
    }

    fn call(&mut self, state: &mut State, callee: &Callee, args: &[Arg], is_cleanup: bool) {
        let mut lent: Vec<(&Place, bool)> = Vec::new();
        match callee {
            Callee::FnBox(place) => lent.push((place, false)),
            Callee::Dyn { object, receiver: ParamMode::Owned, .. } => self.take(state, object, "moved"),
            Callee::Dyn { object, receiver, .. } => lent.push((object, *receiver == ParamMode::Mut)),
            Callee::Func(_) | Callee::Start(_) | Callee::Next(_) | Callee::End(_) | Callee::Resume => {}
        }
        for arg in args {
            match arg {
                Arg::Value(op) => {
                    self.operand(state, op, is_cleanup);
                    if let Operand::Borrow(place) = op {
                        lent.push((place, false));
                    }
                }
                Arg::Mut(place) => lent.push((place, true)),
            }
        }
        // What is lent must be there when all arguments have been evaluated.
        for (i, (place, is_mut)) in lent.iter().enumerate() {
            let overlaps = |other: &(&Place, bool)| {
                (other.1 || *is_mut)
                    && !place.is_indirect()
                    && !other.0.is_indirect()
                    && place.overlaps(other.0)
            };
            if lent[..i].iter().any(overlaps) {
                self.fail(format!("{} is lent twice, once to be changed", self.describe(place)));
            }
            if !is_mut {
                self.read(state, place);
            }
        }
        let (changed, kept): (Vec<_>, Vec<_>) = lent.into_iter().partition(|(_, is_mut)| *is_mut);
        changed.iter().for_each(|(place, _)| self.lend_mut(state, place));
        // Nothing that is looked at meanwhile may rest on what is changed.
        if !changed.is_empty() {
            kept.iter().for_each(|(place, _)| self.read(state, place));
        }
    }

    /// What must hold where the function is left.
    fn leave(&mut self, state: &State, returns: bool) {
        for i in 0..self.leaving.len() {
            let local = self.leaving[i];
            let val = &state.values[local];
            let ty = self.ty(local);
            let needed = self.class(local) == Class::MutParam || local == RETURN && returns;
            if needed {
                if !self.shapes.is_full(val) && self.shapes.facts.needs_drop(ty) {
                    self.fail(format!("{} is not initialised at the exit", self.describe(&local.into())));
                }
                continue;
            }
            let token = self.tokens.contains(&local) && *val != Val::Uninit;
            if self.class(local) == Class::Owned && (token || self.shapes.has_leftover(val, ty)) {
                self.fail(format!("{} is still there at the exit", self.describe(&local.into())));
            }
        }
    }
}
