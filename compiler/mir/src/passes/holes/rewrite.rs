//! Calls of copies that tell of holes, and what owners do then.

use super::calls::{Given, Roots, Site};
use super::{Holes, Known, Table, changed_params};
use crate::facts::{TypeFacts, place_ty};
use crate::ir::*;
use rustc_hash::{FxHashMap, FxHashSet};
use syntax::Span;

pub(super) struct Rewriter<'a> {
    program: &'a mut Program,
    facts: &'a TypeFacts,
    known: FxHashMap<FuncId, Known>,
    holes: Holes,
    table: Table,
    bool_ty: Ty,
    unit_ty: Ty,
    /// Bodies as they were.
    before: FxHashMap<FuncId, Body>,
    /// The copies that tell, by what they are copies of.
    copies: FxHashMap<FuncId, FuncId>,
    /// Copies whose calls are still those of the original.
    work: Vec<(FuncId, FuncId)>,
    /// Parameters of functions that leave no holes.
    observed: Vec<(FuncId, usize)>,
}

impl<'a> Rewriter<'a> {
    pub fn new(
        program: &'a mut Program,
        facts: &'a TypeFacts,
        known: FxHashMap<FuncId, Known>,
        holes: Holes,
        table: Table,
    ) -> Self {
        let bool_ty = program.types.intern(TyKind::Bool);
        let is_unit = |(_, def): &(Ty, &TyDef)| def.kind == TyKind::Struct && def.name == "()";
        let unit_ty = program.types.defs.iter_enumerated().find(is_unit).map(|(ty, _)| ty);
        let unit_ty = unit_ty.unwrap_or_else(|| program.types.declare(TyKind::Struct, "()".to_string()));
        let before =
            known.keys().filter_map(|func| Some((*func, program.funcs[*func].body()?.clone()))).collect();
        Rewriter {
            program,
            facts,
            known,
            holes,
            table,
            bool_ty,
            unit_ty,
            before,
            copies: FxHashMap::default(),
            work: Vec::new(),
            observed: Vec::new(),
        }
    }

    /// A function that gives parts of what has a `drop` of its own.
    pub fn owner(&mut self, func: FuncId) {
        self.calls(func, func, None);
    }

    pub fn finish(mut self) {
        while let Some((of, copy)) = self.work.pop() {
            let hole = self.program.funcs[copy].body().and_then(|body| body.hole);
            self.calls(of, copy, hole);
        }
        self.observe();
    }

    /// The calls of `of`, in its copy or in itself.
    fn calls(&mut self, of: FuncId, func: FuncId, hole: Option<Local>) {
        let Some(known) = self.known.remove(&of) else { return };
        for site in &known.sites {
            self.call(func, site, hole);
        }
        self.known.insert(of, known);
    }

    fn call(&mut self, func: FuncId, site: &Site, hole: Option<Local>) {
        let counts =
            |given: &&Given| !given.owners.is_empty() || hole.is_some() && given.roots != Roots::None;
        let (left, kept): (Vec<&Given>, Vec<&Given>) = site
            .given
            .iter()
            .filter(counts)
            .partition(|given| self.holes.at(self.program, &self.table, &site.callee, given));
        let is_direct = matches!(site.callee, Callee::Func(_));
        // A copy observes all its parameters.
        kept.iter().for_each(|given| self.note(&site.callee, given));
        left.iter().filter(|_| !is_direct).for_each(|given| self.note(&site.callee, given));
        if left.is_empty() {
            return;
        }
        let mut owners: Vec<Place> = Vec::new();
        left.iter().flat_map(|given| &given.owners).for_each(|owner| {
            if !owners.contains(owner) {
                owners.push(owner.clone());
            }
        });
        let hole = hole.filter(|_| left.iter().any(|given| given.roots != Roots::None));
        match &site.callee {
            Callee::Func(callee) => {
                let copy = self.copy(*callee);
                self.direct(func, site.block, copy, &owners, hole);
            }
            _ => self.landing(func, site.block, None, &owners, hole),
        }
    }

    fn direct(&mut self, func: FuncId, block: Block, copy: FuncId, owners: &[Place], hole: Option<Local>) {
        let bool_ty = self.bool_ty;
        let Some(body) = self.program.funcs[func].body_mut() else { return };
        let span = body.blocks[block].term_span;
        let flag = match hole {
            Some(hole) if owners.is_empty() => hole,
            _ => {
                let flag = body.new_local(bool_ty, span);
                let clear = StmtKind::Assign(flag.into(), Rvalue::Use(Operand::Const(Const::Bool(false))));
                body.blocks[block].stmts.push(Stmt { kind: clear, span });
                flag
            }
        };
        if let Term::Call { callee, args, .. } = &mut body.blocks[block].term {
            *callee = Callee::Func(copy);
            args.push(Arg::Mut(flag.into()));
        }
        if hole != Some(flag) {
            self.landing(func, block, Some(flag), owners, hole);
        }
    }

    /// Where unwinding comes back from the call, if the flag is set: the owners lose their `drop`, the caller is told.
    fn landing(
        &mut self,
        func: FuncId,
        block: Block,
        flag: Option<Local>,
        owners: &[Place],
        hole: Option<Local>,
    ) {
        let unit_ty = self.unit_ty;
        let Program { types, funcs, .. } = &mut *self.program;
        let Some(body) = funcs[func].body_mut() else { return };
        let span = body.blocks[block].term_span;
        let next = body.blocks[block].term.unwind();
        let on = next.map_or(Term::Resume, Term::Goto);
        let mut stmts = Vec::new();
        for owner in owners {
            let ty = place_ty(types, body, owner);
            let pointer = body.new_local(types.intern(TyKind::Ptr(ty)), span);
            body.locals[pointer].loan_of = Some(owner.local);
            let unit = body.new_local(unit_ty, span);
            let disarm = Rvalue::Intrinsic(Intrinsic::Disarm(ty), vec![Operand::Copy(pointer.into())]);
            stmts.push(StmtKind::Assign(pointer.into(), Rvalue::AddrOf(owner.clone())));
            stmts.push(StmtKind::Assign(unit.into(), disarm));
        }
        if let Some(hole) = hole {
            stmts.push(StmtKind::Assign(hole.into(), Rvalue::Use(Operand::Const(Const::Bool(true)))));
        }
        let stmts = stmts.into_iter().map(|kind| Stmt { kind, span }).collect();
        let mut landing = cleanup(body, stmts, on.clone(), span);
        if let Some(flag) = flag {
            let else_ = match next {
                Some(next) => next,
                None => cleanup(body, Vec::new(), on, span),
            };
            let ask = Term::If { cond: Operand::Copy(flag.into()), then: landing, else_ };
            landing = cleanup(body, Vec::new(), ask, span);
        }
        if let Some(unwind) = body.blocks[block].term.unwind_mut() {
            *unwind = Some(landing);
        }
    }

    /// The copy of a function that tells of holes, made if need be.
    fn copy(&mut self, func: FuncId) -> FuncId {
        if let Some(copy) = self.copies.get(&func) {
            return *copy;
        }
        let mut copy = self.program.funcs[func].clone();
        copy.name = format!("{} telling of holes", copy.name);
        copy.export = None;
        copy.params.push((self.bool_ty, ParamMode::Mut));
        if let (Some(body), Some(before)) = (copy.body_mut(), self.before.get(&func)) {
            *body = before.clone();
            body.observed = changed_params(self.facts, before).collect();
            let hole = body.new_local(self.bool_ty, Span::DUMMY);
            body.params.push(Param { local: hole, mode: ParamMode::Mut });
            body.hole = Some(hole);
        }
        let id = self.program.funcs.push(copy);
        self.copies.insert(func, id);
        self.work.push((func, id));
        id
    }

    // ------------------------------------------------------------ what is observed

    fn note(&mut self, callee: &Callee, given: &Given) {
        match (callee, given.arg) {
            (Callee::Func(func), Some(arg)) => self.observed.push((*func, arg)),
            (Callee::Dyn { .. }, None) => {
                self.observed.extend(self.table.methods.iter().map(|func| (*func, 0)))
            }
            _ => {
                for func in &self.table.funcs {
                    let params = self.program.funcs[*func].params.iter().enumerate().skip(1);
                    let same = params.filter(|(_, (ty, mode))| *mode == ParamMode::Mut && *ty == given.ty);
                    self.observed.extend(same.map(|(i, _)| (*func, i)));
                }
            }
        }
    }

    /// Marks the parameters, and those that they are handed on to.
    fn observe(mut self) {
        let mut seen: FxHashSet<(FuncId, usize)> = FxHashSet::default();
        while let Some((func, param)) = self.observed.pop() {
            if !seen.insert((func, param)) {
                continue;
            }
            let Some(body) = self.program.funcs[func].body_mut() else { continue };
            let changed = body.params.get(param).filter(|param| param.mode == ParamMode::Mut);
            let Some(local) = changed.map(|param| param.local) else { continue };
            if !body.observed.contains(&local) {
                body.observed.push(local);
            }
            let Some(known) = self.known.remove(&func) else { continue };
            for site in &known.sites {
                let on = |given: &&Given| given.roots == Roots::Param(param) || given.roots == Roots::Any;
                site.given.iter().filter(on).for_each(|given| self.note(&site.callee, given));
            }
            self.known.insert(func, known);
        }
    }
}

fn cleanup(body: &mut Body, stmts: Vec<Stmt>, term: Term, span: Span) -> Block {
    body.blocks.push(BlockData { stmts, term, term_span: span, is_cleanup: true })
}
