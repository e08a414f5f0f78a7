//! Borrow inference: a parameter that its function does not consume is borrowed, so that neither side counts.
//!
//! After Ullrich and de Moura, "Counting Immutable Beans" (2019): optimistic, by a fixpoint over the call graph. A local is consumed
//! when it is stored, returned, captured, changed, or given to an owned parameter; what is consumed out of a counted
//! cell, or makes up most of an inline value, consumes the whole. What stays to the end of its scope is borrowed only if all before it is that
//! stays: parameters are dropped from the last to the first, and whoever lends one drops it behind those. Functions that others reach by address, by export or as
//! lang items keep their convention, and so do `iso` parameters.
//!
//! In: the built stage. Out: the same, with `borrow` arguments for the parameters that became borrowed.

use crate::analysis::bitset::BitSet;
use crate::analysis::provenance::Provenance;
use crate::facts::{TypeFacts, place_ty};
use crate::ir::*;
use crate::passes::cleanup_edges::drop_after_call;
use crate::passes::reuse;
use crate::visit::Access;
use entity::{Arrange, Idx, IndexVec};
use syntax::Span;

/// With `keep`, parameters whose memory can be used again stay owned.
pub fn run(program: &mut Program, facts: &TypeFacts, keep: bool) {
    let borrowed = infer(program, facts, keep);
    apply_to_params(program, &borrowed);
    for func in program.funcs.indices() {
        rewrite_calls(program, facts, func);
    }
}

// ---------------------------------------------------------------- inference

/// What one body says, once and for all.
#[derive(Default)]
struct Summary {
    /// Locals consumed whatever others do.
    seeds: Vec<Local>,
    /// If the first is consumed, so is the second.
    edges: Vec<(Local, Local)>,
    /// Arguments: consumed if the parameter is owned.
    args: Vec<(Local, FuncId, usize)>,
}

/// Per function, the parameters that are borrowed.
fn infer(program: &Program, facts: &TypeFacts, keep: bool) -> IndexVec<FuncId, BitSet> {
    let fixed = fixed_conventions(program);
    let mut borrowed: IndexVec<FuncId, BitSet> = IndexVec::new();
    let mut summaries: IndexVec<FuncId, Summary> = IndexVec::new();
    let mut callers: IndexVec<FuncId, Vec<FuncId>> = IndexVec::from_elem(Vec::new(), program.funcs.len());
    for (id, func) in program.funcs.iter_enumerated() {
        let mut set = BitSet::new(func.params.len());
        for (i, (ty, mode)) in func.params.iter().enumerate() {
            let free = *mode == ParamMode::Owned && facts.needs_drop(*ty) && !facts.is_iso(*ty);
            if *mode == ParamMode::Borrowed || free && !fixed.contains(id.index()) {
                set.insert(i);
            }
        }
        borrowed.push(set);
        let mut summary =
            func.body().map(|body| Summarizer::new(program, facts, body).run()).unwrap_or_default();
        if let Some(body) = func.body().filter(|_| keep) {
            let params = body.params.iter().map(|param| param.local);
            summary.seeds.extend(params.filter(|local| reuse::keeps(program, facts, body, *local)));
        }
        for (_, callee, _) in &summary.args {
            callers[*callee].push(id);
        }
        summaries.push(summary);
    }
    let mut pending = BitSet::new(program.funcs.len());
    program.funcs.indices().for_each(|f| {
        pending.insert(f.index());
    });
    while let Some(i) = pending.pop_first() {
        let id = FuncId::new(i);
        let Some(body) = program.funcs[id].body() else { continue };
        let consumed = consumed(&summaries[id], &borrowed, body.locals.len());
        let mut changed = false;
        let mut in_order = true;
        for (i, param) in body.params.iter().enumerate() {
            if param.mode != ParamMode::Owned {
                continue;
            }
            let stays = facts.stays(body.locals[param.local].ty);
            if borrowed[id].contains(i) && (consumed.contains(param.local.index()) || stays && !in_order) {
                borrowed[id].remove(i);
                changed = true;
            }
            in_order &= !stays || borrowed[id].contains(i);
        }
        if changed {
            callers[id].iter().for_each(|c| {
                pending.insert(c.index());
            });
        }
    }
    borrowed
}

/// Functions that are called in ways this pass does not see.
fn fixed_conventions(program: &Program) -> BitSet {
    let mut fixed = BitSet::new(program.funcs.len());
    for (id, func) in program.funcs.iter_enumerated() {
        if func.export.is_some() || func.body().is_none() {
            fixed.insert(id.index());
        }
        for data in func.body().into_iter().flat_map(|b| &b.blocks) {
            data.for_each_code(&mut |func| {
                fixed.insert(func.index());
            });
            if let Term::Call { callee: Callee::Start(func), .. } = &data.term {
                fixed.insert(func.index());
            }
        }
        for stmt in func.body().into_iter().flat_map(|b| &b.blocks).flat_map(|b| &b.stmts) {
            match &stmt.kind {
                StmtKind::Assign(_, Rvalue::MakeFnBox { func, .. }) => {
                    fixed.insert(func.index());
                }
                StmtKind::Assign(_, Rvalue::MakeDyn { methods, .. }) => methods.iter().for_each(|f| {
                    fixed.insert(f.index());
                }),
                _ => {}
            }
        }
    }
    let mut lang: Vec<FuncId> = program.lang.values().copied().collect();
    lang.extend(program.types.defs.iter().filter_map(|d| d.user_drop));
    lang.into_iter().for_each(|f| {
        fixed.insert(f.index());
    });
    fixed
}

fn consumed(summary: &Summary, borrowed: &IndexVec<FuncId, BitSet>, n: usize) -> BitSet {
    let mut set = BitSet::new(n);
    let owned_args =
        summary.args.iter().filter(|(_, callee, i)| !borrowed[*callee].contains(*i)).map(|a| a.0);
    for local in summary.seeds.iter().copied().chain(owned_args) {
        set.insert(local.index());
    }
    loop {
        let mut changed = false;
        for (from, to) in &summary.edges {
            changed |= set.contains(from.index()) && set.insert(to.index());
        }
        if !changed {
            return set;
        }
    }
}

struct Summarizer<'a> {
    program: &'a Program,
    facts: &'a TypeFacts,
    body: &'a Body,
    summary: Summary,
    /// Per local, the parts of an inline value that are consumed: variant, field, and by which local (itself: at once).
    parts: IndexVec<Local, Vec<(u32, u32, Local)>>,
}

impl<'a> Summarizer<'a> {
    fn new(program: &'a Program, facts: &'a TypeFacts, body: &'a Body) -> Summarizer<'a> {
        let parts = IndexVec::from_elem(Vec::new(), body.locals.len());
        Summarizer { program, facts, body, summary: Summary::default(), parts }
    }

    fn run(mut self) -> Summary {
        for data in &self.body.blocks {
            for stmt in &data.stmts {
                if let StmtKind::Assign(place, rvalue) = &stmt.kind {
                    self.assign(place, rvalue);
                }
            }
            if let Term::Call { callee, args, dest, .. } = &data.term {
                self.call(callee, args, dest);
            }
        }
        self.summarize_parts();
        self.summary
    }

    fn is_param(&self, local: Local) -> bool {
        self.body.param_mode(local).is_some()
    }

    fn assign(&mut self, place: &Place, rvalue: &Rvalue) {
        if !place.proj.is_empty() || self.is_param(place.local) {
            self.changed(place);
        }
        match rvalue {
            Rvalue::Use(op)
                if place.proj.is_empty() && place.local != RETURN && !self.is_param(place.local) =>
            {
                self.flows(op, place.local);
            }
            Rvalue::Intrinsic(Intrinsic::IsUnique | Intrinsic::BufferPtr, _) | Rvalue::Binary(..) => {}
            Rvalue::AddrOf(of) => self.changed(of),
            _ => rvalue.for_each_operand(|op| self.consume(op)),
        }
    }

    /// The local must have its own value.
    fn changed(&mut self, place: &Place) {
        if !place.is_indirect() {
            self.summary.seeds.push(place.local);
        }
    }

    fn source<'p>(&self, op: &'p Operand) -> Option<&'p Place> {
        let (Operand::Copy(place) | Operand::Move(place)) = op else { return None };
        let owns =
            !place.is_indirect() && self.facts.needs_drop(place_ty(&self.program.types, self.body, place));
        owns.then_some(place)
    }

    fn consume(&mut self, op: &Operand) {
        if let Some(place) = self.source(op) {
            self.link(None, place);
        }
    }

    fn flows(&mut self, op: &Operand, to: Local) {
        if let Some(place) = self.source(op) {
            self.link(Some(to), place);
        }
    }

    /// If `by` is consumed (or at once), so is the place; the whole of which it is a part may be.
    fn link(&mut self, by: Option<Local>, place: &Place) {
        let part = match place.proj[..] {
            [] => None,
            [Proj::Field(i), ..] => Some((0, i)),
            [Proj::Variant(v), Proj::Field(i), ..] => Some((v, i)),
            // Out of an array: a copy is made anyhow.
            _ => return,
        };
        let boxed = self.program.types.defs[self.body.locals[place.local].ty].is_boxed;
        match part {
            Some((v, i)) if !boxed => self.parts[place.local].push((v, i, by.unwrap_or(place.local))),
            _ => match by {
                Some(by) => self.summary.edges.push((by, place.local)),
                None => self.summary.seeds.push(place.local),
            },
        }
    }

    /// A part of an inline value consumes it if it is the most of what the value owns: then giving it away whole saves
    /// more than counting the part costs.
    fn summarize_parts(&mut self) {
        for local in self.body.locals.indices() {
            let def = &self.program.types.defs[self.body.locals[local].ty];
            for (v, variant) in def.variants.iter().enumerate() {
                let owning = variant.fields.iter().filter(|f| self.facts.needs_drop(f.ty)).count();
                let parts = self.parts[local].iter().filter(|p| p.0 == v as u32);
                let mut fields: Vec<u32> = parts.clone().map(|p| p.1).collect();
                fields.arrange();
                fields.dedup();
                if fields.len() * 2 <= owning {
                    continue;
                }
                for (_, _, by) in parts {
                    if *by == local {
                        self.summary.seeds.push(local);
                    } else {
                        self.summary.edges.push((*by, local));
                    }
                }
            }
        }
    }

    fn call(&mut self, callee: &Callee, args: &[Arg], dest: &Place) {
        if !dest.proj.is_empty() || self.is_param(dest.local) {
            self.changed(dest);
        }
        for (i, arg) in args.iter().enumerate() {
            match (arg, callee) {
                (Arg::Mut(place), _) => self.changed(place),
                (Arg::Value(op), Callee::Func(func)) => {
                    if let Some(place) = self.source(op) {
                        // A stand-in for the argument: consumed if the parameter is owned.
                        if place.proj.is_empty() {
                            self.summary.args.push((place.local, *func, i));
                        } else {
                            self.argument_part(place, *func, i);
                        }
                    }
                }
                (Arg::Value(op), _) => self.consume(op),
            }
        }
        if let Callee::Dyn { object, receiver: ParamMode::Owned | ParamMode::Mut, .. } = callee {
            self.changed(object);
        }
    }

    /// Parts given away are taken for consumed by `_0`'s stand-in: whether the parameter is owned is not known yet, and a
    /// part that is borrowed costs nothing either way.
    fn argument_part(&mut self, place: &Place, func: FuncId, i: usize) {
        let boxed = self.program.types.defs[self.body.locals[place.local].ty].is_boxed;
        if boxed {
            self.summary.args.push((place.local, func, i));
        }
    }
}

// ---------------------------------------------------------------- rewriting

fn apply_to_params(program: &mut Program, borrowed: &IndexVec<FuncId, BitSet>) {
    for (id, set) in borrowed.iter_enumerated() {
        let func = &mut program.funcs[id];
        for i in set.iter() {
            func.params[i].1 = ParamMode::Borrowed;
            if let Some(body) = func.body_mut() {
                body.params[i].mode = ParamMode::Borrowed;
            }
        }
    }
}

/// Lends what goes to borrowed parameters; through a local of its own where it could change or go during the call.
fn rewrite_calls(program: &mut Program, facts: &TypeFacts, func: FuncId) {
    let Some(body) = program.funcs[func].body() else { return };
    let provenance = Provenance::new(&program.types, facts, body, &BitSet::new(body.locals.len()));
    let mut edits: Vec<(Block, usize, bool)> = Vec::new();
    for (block, data) in body.blocks.iter_enumerated() {
        let Term::Call { callee: Callee::Func(callee), args, .. } = &data.term else { continue };
        for (i, arg) in args.iter().enumerate() {
            if program.funcs[*callee].params[i].1 != ParamMode::Borrowed {
                continue;
            }
            match arg {
                Arg::Value(Operand::Copy(place)) => {
                    edits.push((block, i, can_lend(body, &provenance, place, &data.term)));
                }
                Arg::Value(Operand::Move(_)) => edits.push((block, i, false)),
                _ => {}
            }
        }
    }
    for (block, i, lend) in edits {
        lend_argument(program, func, block, i, lend);
    }
}

/// Whether the call at the end of the block may unwind.
fn call_unwinds(program: &Program, func: FuncId, block: Block) -> bool {
    match program.funcs[func].body().map(|body| &body.blocks[block].term) {
        Some(Term::Call { callee, .. }) => program.call_may_unwind(callee),
        _ => true,
    }
}

fn lend_argument(program: &mut Program, func: FuncId, block: Block, i: usize, lend: bool) {
    let unwinds = call_unwinds(program, func, block);
    let Program { types, funcs, .. } = program;
    let Some(body) = funcs[func].body_mut() else { return };
    let Term::Call { args, dest, .. } = &body.blocks[block].term else { return };
    let Arg::Value(op) = args[i].clone() else { return };
    let Some(place) = op.place().cloned() else { return };
    // A temporary that would be given away stays, and is dropped after the call, unless the result takes its place.
    let is_temp = matches!(op, Operand::Move(_))
        && place.proj.is_empty()
        && place.local != dest.local
        && body.param_mode(place.local).is_none();
    let lent = if lend {
        place
    } else if is_temp {
        drop_after_call(body, block, place.local, unwinds);
        place
    } else {
        let ty = place_ty(types, body, &place);
        let span: Span = body.blocks[block].term_span;
        let temp = body.new_local(ty, span);
        let kind = StmtKind::Assign(temp.into(), Rvalue::Use(op));
        body.blocks[block].stmts.push(Stmt { kind, span });
        drop_after_call(body, block, temp, unwinds);
        temp.into()
    };
    if let Term::Call { args, .. } = &mut body.blocks[block].term {
        args[i] = Arg::Value(Operand::Borrow(lent));
    }
}

/// Whether the place surely stays as it is during the call.
fn can_lend(body: &Body, provenance: &Provenance, place: &Place, term: &Term) -> bool {
    let rests_on = |place: &Place| -> Option<Vec<Place>> {
        let lent =
            body.locals[place.local].is_borrow || body.param_mode(place.local) == Some(ParamMode::Borrowed);
        if !place.is_indirect() && !lent {
            return Some(vec![place.clone()]);
        }
        let known = !provenance.is_unknown(place.local) && !provenance.owners(place.local).is_empty();
        (known || lent).then(|| provenance.owners(place.local).to_vec())
    };
    let Some(mine) = rests_on(place) else { return false };
    let mut ok = true;
    term.for_each_access(|other, access| {
        if matches!(access, Access::Mut | Access::Move) {
            ok &= match rests_on(other) {
                Some(owners) => !owners.iter().any(|o| mine.iter().any(|m| m.overlaps(o))),
                None => false,
            };
        }
    });
    ok
}
