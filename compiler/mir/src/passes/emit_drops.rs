//! The second half of drop elaboration: writes the blocks anew by the plans of `elaborate`.
//!
//! Blocks keep their numbers; what a conditional drop splits off gets new ones at the end. A flag is set where its path is
//! written and cleared before what consumes it, so that it is right on the unwinding edge too.

use crate::analysis::move_paths::{Lookup, Path};
use crate::facts::{TypeFacts, place_ty};
use crate::ir::*;
use crate::passes::elaborate::{Elaboration, Plan, Poison};
use crate::passes::nounwind::Unwinds;
use crate::visit::Access;
use entity::IndexVec;
use syntax::Span;

pub(crate) struct Emitter<'a> {
    types: &'a mut Types,
    facts: &'a TypeFacts,
    unwinds: &'a Unwinds,
    body: &'a mut Body,
    elaboration: Elaboration,
    flags: IndexVec<Path, Option<Local>>,
    /// Where statements go now.
    cur: Block,
    span: Span,
    /// Blocks that nothing else unwinds into, to write poison in, by their landing.
    poison_blocks: Vec<(Option<Block>, Vec<Poison>, Block)>,
}

impl<'a> Emitter<'a> {
    pub fn new(
        types: &'a mut Types,
        facts: &'a TypeFacts,
        unwinds: &'a Unwinds,
        body: &'a mut Body,
        elaboration: Elaboration,
    ) -> Self {
        Emitter {
            types,
            facts,
            unwinds,
            body,
            flags: IndexVec::from_elem(None, elaboration.paths.len()),
            elaboration,
            cur: Block(0),
            span: Span::DUMMY,
            poison_blocks: Vec::new(),
        }
    }

    pub fn run(mut self) {
        self.make_flags();
        let mut plans = std::mem::take(&mut self.elaboration.plans).into_iter();
        for block in self.body.blocks.indices() {
            let data = &mut self.body.blocks[block];
            let stmts = std::mem::take(&mut data.stmts);
            let term = std::mem::replace(&mut data.term, Term::Unreachable);
            self.cur = block;
            if block == Block(0) {
                self.init_flags();
            }
            for stmt in stmts {
                self.stmt(stmt, &mut plans);
            }
            self.span = self.body.blocks[block].term_span;
            let poison = std::mem::take(&mut self.elaboration.poison[block]);
            self.term(term, &poison, &mut plans);
        }
    }

    fn make_flags(&mut self) {
        let bool_ty = self.types.intern(TyKind::Bool);
        for bit in self.elaboration.flagged.iter() {
            let path = Path(bit as u32);
            self.flags[path] = Some(self.body.new_local(bool_ty, Span::DUMMY));
        }
    }

    fn init_flags(&mut self) {
        for bit in self.elaboration.flagged.clone().iter() {
            let path = Path(bit as u32);
            let local = self.elaboration.paths.paths[path].place.local;
            self.set_flag(path, self.body.param_mode(local).is_some());
        }
    }

    fn set_flag(&mut self, path: Path, value: bool) {
        if let Some(flag) = self.flags[path] {
            self.push(StmtKind::Assign(flag.into(), Rvalue::Use(Operand::Const(Const::Bool(value)))));
        }
    }

    fn set_flags_below(&mut self, path: Path, value: bool) {
        let mut list = Vec::new();
        self.elaboration.paths.for_each_below(path, &mut |p| list.push(p));
        list.into_iter().for_each(|p| self.set_flag(p, value));
    }

    fn push(&mut self, kind: StmtKind) {
        let span = self.span;
        self.body.blocks[self.cur].stmts.push(Stmt { kind, span });
    }

    fn new_block(&mut self, is_cleanup: bool) -> Block {
        let term_span = self.span;
        self.body.blocks.push(BlockData { stmts: Vec::new(), term: Term::Unreachable, term_span, is_cleanup })
    }

    fn is_cleanup(&self) -> bool {
        self.body.blocks[self.cur].is_cleanup
    }

    fn end(&mut self, term: Term) {
        let span = self.span;
        let data = &mut self.body.blocks[self.cur];
        (data.term, data.term_span) = (term, span);
    }

    /// Paths that a statement or terminator writes or moves, for their flags.
    fn exact(&self, place: &Place) -> Option<Path> {
        match self.elaboration.paths.lookup(self.types, place) {
            Lookup::Exact(path) => Some(path),
            _ => None,
        }
    }

    fn stmt(&mut self, stmt: Stmt, plans: &mut impl Iterator<Item = Plan>) {
        self.span = stmt.span;
        if let StmtKind::Drop(_) = stmt.kind {
            let plan = plans.next().expect("there is a plan for each drop");
            return self.plan(plan, None);
        }
        let mut changes = Vec::new();
        if !self.elaboration.flagged.is_empty() {
            stmt.kind.for_each_access(|place, access| match access {
                Access::Move | Access::Drop => changes.extend(self.exact(place).map(|p| (p, false))),
                Access::Write => changes.extend(self.exact(place).map(|p| (p, true))),
                _ => {}
            });
        }
        self.push(stmt.kind);
        changes.into_iter().for_each(|(path, value)| self.set_flags_below(path, value));
    }

    fn term(&mut self, mut term: Term, poison: &[Poison], plans: &mut impl Iterator<Item = Plan>) {
        if let Some(unwind) = term.unwind_mut()
            && !poison.is_empty()
        {
            *unwind = Some(self.poison_block(*unwind, poison));
        }
        if let Term::Drop { target, unwind, .. } = term {
            let plan = plans.next().expect("there is a plan for each drop");
            self.plan(plan, unwind);
            return self.end(Term::Goto(target));
        }
        if !self.elaboration.flagged.is_empty() {
            let mut moved = Vec::new();
            term.for_each_access(|place, access| {
                if access == Access::Move {
                    moved.extend(self.exact(place));
                }
            });
            moved.into_iter().for_each(|path| self.set_flags_below(path, false));
            self.flag_result(&mut term);
        }
        self.end(term);
    }

    /// A call's result sets the flags of its place on the normal edge.
    fn flag_result(&mut self, term: &mut Term) {
        let Term::Call { dest, target: Some(target), .. } = term else { return };
        let Some(path) = self.exact(dest) else { return };
        let flags = &self.flags;
        if !self.elaboration.paths.any_below(path, &mut |p| flags[p].is_some()) {
            return;
        }
        let edge = self.new_block(self.is_cleanup());
        let cur = std::mem::replace(&mut self.cur, edge);
        self.set_flags_below(path, true);
        self.end(Term::Goto(*target));
        self.cur = cur;
        *target = edge;
    }

    fn poison_block(&mut self, landing: Option<Block>, poison: &[Poison]) -> Block {
        if let Some((.., block)) =
            self.poison_blocks.iter().find(|(to, list, _)| *to == landing && list == poison)
        {
            return *block;
        }
        let entry = self.new_block(true);
        let cur = std::mem::replace(&mut self.cur, entry);
        self.write_poison(poison);
        self.end(landing.map_or(Term::Resume, Term::Goto));
        self.cur = cur;
        self.poison_blocks.push((landing, poison.to_vec(), entry));
        entry
    }

    fn write_poison(&mut self, list: &[Poison]) {
        for Poison { place, ty, path, parts } in list {
            let write = StmtKind::Assign(place.clone(), Rvalue::Use(Operand::Const(Const::Poison(*ty))));
            let Some(flag) = path.and_then(|p| self.flags[p]) else {
                self.poison(write);
                continue;
            };
            let (absent, next) = (self.new_block(true), self.new_block(true));
            let present = if parts.is_empty() { next } else { self.new_block(true) };
            self.end(Term::If { cond: Operand::Copy(flag.into()), then: present, else_: absent });
            self.cur = absent;
            self.poison(write);
            self.end(Term::Goto(next));
            if present != next {
                self.cur = present;
                self.write_poison(parts);
                self.end(Term::Goto(next));
            }
            self.cur = next;
        }
    }

    /// Writes it, and tells the caller, if it has to know.
    fn poison(&mut self, write: StmtKind) {
        self.push(write);
        if let Some(hole) = self.body.hole {
            self.push(StmtKind::Assign(hole.into(), Rvalue::Use(Operand::Const(Const::Bool(true)))));
        }
    }

    // ------------------------------------------------------------ plans

    fn plan(&mut self, plan: Plan, unwind: Option<Block>) {
        match plan {
            Plan::Nothing => {}
            Plan::Whole(place, path) => self.whole(place, path, unwind),
            Plan::Flagged { path, inner, is_asked_again } => {
                let (then, next) = (self.new_block(self.is_cleanup()), self.new_block(self.is_cleanup()));
                let flag = self.flags[path].expect("the plan has noted its flags");
                self.end(Term::If { cond: Operand::Copy(flag.into()), then, else_: next });
                self.cur = then;
                // A drop of the path itself clears the flag.
                if !is_asked_again && !matches!(*inner, Plan::Whole(_, Some(p)) if p == path) {
                    self.set_flag(path, false);
                }
                self.plan(*inner, unwind);
                self.end(Term::Goto(next));
                self.cur = next;
            }
            Plan::Seq(path, list) => {
                path.into_iter().for_each(|path| self.set_flag(path, false));
                self.seq(list, unwind);
            }
            Plan::Switch { place, cases, path } => self.switch(place, cases, path, unwind),
            Plan::Free { place, variant } => self.free(place, variant),
        }
    }

    /// The fields are gone, as if whoever takes them had taken the cell apart.
    fn free(&mut self, place: Place, variant: u32) {
        let ty = place_ty(self.types, self.body, &place);
        let fields = &self.types.defs[ty].variants[variant as usize].fields;
        let taken = (0..).zip(fields).filter(|(_, field)| self.facts.needs_drop(field.ty));
        let taken: Vec<u32> = taken.map(|(i, _)| i).collect();
        let word = self.types.intern(TyKind::Int(IntTy::USize));
        let token = self.body.new_local(word, self.span);
        self.push(StmtKind::DropReuse { place, variant, taken, token });
        self.push(StmtKind::FreeToken { token, ty });
    }

    fn runs_user_drop(&self, place: &Place) -> bool {
        self.facts.runs_user_drop(place_ty(self.types, self.body, place))
    }

    fn whole(&mut self, place: Place, path: Option<Path>, unwind: Option<Block>) {
        if let Some(path) = path {
            self.set_flags_below(path, false);
        }
        if !self.runs_user_drop(&place) {
            return self.push(StmtKind::Drop(place));
        }
        let unwind = if self.is_cleanup() { None } else { unwind };
        let next = self.new_block(self.is_cleanup());
        self.end(Term::Drop { place, target: next, unwind });
        self.cur = next;
    }

    fn may_unwind(&self, plan: &Plan) -> bool {
        match plan {
            Plan::Nothing | Plan::Free { .. } => false,
            Plan::Whole(place, _) | Plan::Switch { place, .. } => {
                self.unwinds.drop(self.types, place_ty(self.types, self.body, place))
            }
            Plan::Flagged { inner, .. } => self.may_unwind(inner),
            Plan::Seq(_, list) => list.iter().any(|p| self.may_unwind(p)),
        }
    }

    /// Where one part's `drop` panics, the parts after it are dropped on the way out.
    fn seq(&mut self, list: Vec<Plan>, unwind: Option<Block>) {
        let mut ladder = vec![unwind];
        if !self.is_cleanup() && list.iter().any(|p| self.may_unwind(p)) {
            for plan in list.iter().skip(1).rev() {
                let below = ladder.last().copied().flatten();
                let rung = self.rung(plan.clone(), below);
                ladder.push(rung);
            }
        }
        for plan in list {
            let unwind = if ladder.len() > 1 { ladder.pop().flatten() } else { ladder[0] };
            self.plan(plan, unwind);
        }
    }

    /// A cleanup block that carries out the plan and goes on below.
    fn rung(&mut self, plan: Plan, below: Option<Block>) -> Option<Block> {
        let block = self.new_block(true);
        let cur = std::mem::replace(&mut self.cur, block);
        self.plan(plan, None);
        self.end(match below {
            Some(below) => Term::Goto(below),
            None => Term::Resume,
        });
        self.cur = cur;
        Some(block)
    }

    fn switch(&mut self, place: Place, cases: Vec<(u32, Plan)>, path: Path, unwind: Option<Block>) {
        let is_cleanup = self.is_cleanup();
        let int = self.types.intern(TyKind::Int(IntTy::I32));
        let value = self.body.new_local(int, self.span);
        self.push(StmtKind::Assign(value.into(), Rvalue::Discriminant(place.clone())));
        let blocks: Vec<Block> = cases.iter().map(|_| self.new_block(is_cleanup)).collect();
        let (default, next) = (self.new_block(is_cleanup), self.new_block(is_cleanup));
        let targets = cases.iter().zip(&blocks).map(|((v, _), block)| (i128::from(*v), *block)).collect();
        self.end(Term::Switch { value: Operand::Copy(value.into()), cases: targets, default });
        for ((_, plan), block) in cases.into_iter().zip(blocks) {
            self.cur = block;
            self.plan(plan, unwind);
            self.end(Term::Goto(next));
        }
        self.cur = default;
        self.whole(place, Some(path), unwind);
        self.end(Term::Goto(next));
        self.cur = next;
    }
}
