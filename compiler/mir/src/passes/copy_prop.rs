//! Replaces copies by what they copy: where `x = copy place` for good (see `analysis::alias`), reads of `x` become reads of
//! the place. Also sees through pointers to locals: `p = addr_of place` makes `p.*` that place.
//!
//! In and out: the built stage. Places behind pointers and in cells are left to `borrow_locals`: reading them again costs.

use crate::analysis::alias::stable_copies;
use crate::analysis::bitset::BitSet;
use crate::analysis::defs::{LocalInfo, local_infos, single_defs};
use crate::facts::{TypeFacts, lone_part, place_ty};
use crate::ir::*;
use entity::{Idx, IndexVec};

pub fn run(types: &Types, facts: &TypeFacts, body: &mut Body) {
    replace_addresses(body);
    let infos = local_infos(body);
    let sources = sources(types, facts, body, &infos);
    let mut candidates = BitSet::new(body.locals.len());
    for (local, source) in sources.iter_enumerated() {
        if source.is_some() {
            candidates.insert(local.index());
        }
    }
    let stable = stable_copies(types, facts, body, &candidates);
    if !stable.is_empty() {
        Replacer { sources: &sources, stable: &stable }.run(body);
    }
}

/// Per local, the place it is a copy of.
fn sources(
    types: &Types,
    facts: &TypeFacts,
    body: &Body,
    infos: &IndexVec<Local, LocalInfo>,
) -> IndexVec<Local, Option<Place>> {
    let mut sources = IndexVec::from_elem(None, body.locals.len());
    let mut lends = BitSet::new(body.locals.len());
    for owner in body.locals.iter().filter_map(|decl| decl.loan_of) {
        lends.insert(owner.index());
    }
    for (local, at) in single_defs(body, infos).iter_enumerated() {
        let Some((block, i)) = *at else { continue };
        let StmtKind::Assign(_, Rvalue::Use(Operand::Copy(place))) = &body.blocks[block].stmts[i].kind else {
            continue;
        };
        let decl = &body.locals[local];
        if local == RETURN || decl.is_borrow || decl.loan_of.is_some() || place.local == RETURN {
            continue;
        }
        if facts.stays(decl.ty) || !is_direct(types, body, place) {
            continue;
        }
        // A loan names a local: with the whole in its place, the pointer would rest on all that the whole owns.
        if lends.contains(local.index()) && !is_all_that_owns(types, facts, body, place) {
            continue;
        }
        // A number read out of a value that is owned would keep the value from being given away before the number's use.
        let owner = body.locals[place.local].ty;
        if !place.proj.is_empty() && !facts.needs_drop(decl.ty) && facts.needs_drop(owner) {
            continue;
        }
        sources[local] = Some(place.clone());
    }
    sources
}

/// Whether the rest of the local owns nothing.
fn is_all_that_owns(types: &Types, facts: &TypeFacts, body: &Body, place: &Place) -> bool {
    (0..place.proj.len()).all(|n| {
        let whole = Place { local: place.local, proj: place.proj[..n].to_vec() };
        matches!(place.proj[n], Proj::Field(field) if lone_part(types, facts, place_ty(types, body, &whole)) == Some(field))
    })
}

/// Fields of structs and of inline enums, in a local.
fn is_direct(types: &Types, body: &Body, place: &Place) -> bool {
    let mut prefix = Place::from(place.local);
    for proj in &place.proj {
        let ok = match proj {
            Proj::Field(_) => true,
            Proj::Variant(_) => !types.defs[place_ty(types, body, &prefix)].is_boxed,
            Proj::Index(_) | Proj::Deref => false,
        };
        if !ok {
            return false;
        }
        prefix.proj.push(*proj);
    }
    true
}

struct Replacer<'a> {
    sources: &'a IndexVec<Local, Option<Place>>,
    stable: &'a BitSet,
}

impl Replacer<'_> {
    fn run(&self, body: &mut Body) {
        for data in body.blocks.iter_mut() {
            for stmt in &mut data.stmts {
                self.stmt(&mut stmt.kind);
            }
            // A borrow has nothing to drop.
            if let Term::Drop { place, target, .. } = &data.term
                && self.is_stable(place.local)
            {
                data.term = Term::Goto(*target);
            }
            data.term.for_each_operand_mut(operand_as_copy(self));
            data.term.for_each_place_mut(&mut |place| self.place(place));
        }
        for decl in body.locals.iter_mut() {
            while let Some(owner) = decl.loan_of.filter(|owner| self.is_stable(*owner)) {
                decl.loan_of = self.sources[owner].as_ref().map(|p| p.local);
            }
        }
    }

    fn is_stable(&self, local: Local) -> bool {
        self.stable.contains(local.index())
    }

    fn stmt(&self, stmt: &mut StmtKind) {
        let gone = match stmt {
            StmtKind::Assign(place, _) => place.proj.is_empty() && self.is_stable(place.local),
            StmtKind::Drop(place) => !place.is_indirect() && self.is_stable(place.local),
            _ => false,
        };
        if gone {
            *stmt = StmtKind::Nop;
        }
        stmt.for_each_operand_mut(operand_as_copy(self));
        stmt.for_each_place_mut(&mut |place| self.place(place));
    }

    fn place(&self, place: &mut Place) {
        while self.is_stable(place.local)
            && let Some(source) = &self.sources[place.local]
        {
            let mut proj = source.proj.clone();
            proj.append(&mut place.proj);
            *place = Place { local: source.local, proj };
        }
        for proj in &mut place.proj {
            while let Proj::Index(local) = proj
                && self.is_stable(*local)
                && let Some(source) = self.sources[*local].as_ref().filter(|p| p.proj.is_empty())
            {
                *local = source.local;
            }
        }
    }
}

/// What is moved out of a copy is copied out of the original.
fn operand_as_copy(replacer: &Replacer) -> impl Fn(&mut Operand) {
    |op| {
        if let Operand::Move(place) = op
            && !place.is_indirect()
            && replacer.is_stable(place.local)
        {
            *op = Operand::Copy(place.clone());
        }
    }
}

/// `p.*` where `p` is the address of a place that is always the same one.
fn replace_addresses(body: &mut Body) {
    let infos = local_infos(body);
    let mut targets: IndexVec<Local, Option<Place>> = IndexVec::from_elem(None, body.locals.len());
    let mut any = false;
    for (local, at) in single_defs(body, &infos).iter_enumerated() {
        let Some((block, i)) = *at else { continue };
        if let StmtKind::Assign(_, Rvalue::AddrOf(place)) = &body.blocks[block].stmts[i].kind
            && !place.is_indirect()
            && place.indices().next().is_none()
        {
            targets[local] = Some(place.clone());
            any = true;
        }
    }
    if !any {
        return;
    }
    let mut replace = |place: &mut Place| {
        if place.proj.first() == Some(&Proj::Deref)
            && let Some(target) = &targets[place.local]
        {
            let mut proj = target.proj.clone();
            proj.extend_from_slice(&place.proj[1..]);
            *place = Place { local: target.local, proj };
        }
    };
    for data in body.blocks.iter_mut() {
        data.stmts.iter_mut().for_each(|stmt| stmt.kind.for_each_place_mut(&mut replace));
        data.term.for_each_place_mut(&mut replace);
    }
}
