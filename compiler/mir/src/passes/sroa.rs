//! Scalar replacement of aggregates: a local struct, tuple or inline enum becomes a local for each field (and one for the
//! variant), where it is only ever taken apart and put together.
//!
//! In and out: the built stage, in which a `Drop` of what is not there does nothing: the drop of an enum is that of the fields
//! of all its variants. An enum may be read, as a whole or in part, only where the variant that was written is known, which
//! jump threading sees to.
//! A pointer among the fields rests on the field that owns memory, if there is one.

use crate::analysis::bitset::BitSet;
use crate::analysis::variants::{Follow, Variants};
use crate::facts::{TypeFacts, lone_part};
use crate::ir::*;
use crate::visit::Access;
use entity::{Arrange, Idx, IndexVec};
use syntax::Span;

/// Larger values stay together.
const FIELDS_MAX: usize = 16;

pub fn run(types: &mut Types, facts: &TypeFacts, body: &mut Body) {
    // Fields that are aggregates themselves are replaced in the next round.
    for _ in 0..4 {
        let chosen = choose(types, facts, body);
        if chosen.is_empty() {
            return;
        }
        let int = types.intern(TyKind::Int(IntTy::I32));
        let known = known_variants(types, body, &chosen);
        let tys = body.locals.iter().map(|l| l.ty).collect();
        let parts = make_parts(types, facts, body, &chosen, int);
        let mut owning = BitSet::new(body.locals.len());
        for (local, decl) in body.locals.iter_enumerated().filter(|(_, d)| facts.needs_drop(d.ty)) {
            owning.set(local.index(), decl.loan_of.is_none());
        }
        Splitter { parts, known, out: Vec::new(), span: Span::DUMMY, tys, owning }.run(body);
    }
}

// ---------------------------------------------------------------- choice

fn choose(types: &Types, facts: &TypeFacts, body: &Body) -> BitSet {
    let mut set = BitSet::new(body.locals.len());
    let worthwhile = worthwhile(types, facts, body);
    for (local, decl) in body.locals.iter_enumerated().filter(|(local, _)| worthwhile.contains(local.index()))
    {
        if local != RETURN
            && body.param_mode(local).is_none()
            && !decl.is_borrow
            && fits(types, facts, decl.ty)
        {
            set.insert(local.index());
        }
    }
    for decl in &body.locals {
        if let Some(owner) =
            decl.loan_of.filter(|owner| lone_part(types, facts, body.locals[*owner].ty).is_none())
        {
            set.remove(owner.index());
        }
    }
    if set.is_empty() {
        return set;
    }
    let variants = Variants::new(types, body, Follow::Written);
    loop {
        let before = set.clone();
        let mut chooser = Chooser { types, facts, body, set: &mut set };
        for (block, data) in body.blocks.iter_enumerated() {
            let mut state = variants.at_entry(block);
            for stmt in &data.stmts {
                chooser.stmt(&stmt.kind, |place| variants.known(&state, place));
                variants.step(&mut state, &stmt.kind);
            }
            chooser.term(&data.term, |place| variants.known(&state, place));
        }
        if set == before {
            return set;
        }
    }
}

/// Locals that are written in some other way than by the result of a call, which would only be taken apart, and of which
/// a part is named somewhere, be it under the name of another local that the whole is copied from or to; or that are copied into another
/// value where the one part that owns something will do.
fn worthwhile(types: &Types, facts: &TypeFacts, body: &Body) -> BitSet {
    let mut written = BitSet::new(body.locals.len());
    let mut named = written.clone();
    let mut same: Vec<(Local, Local)> = Vec::new();
    let one = |place: &Place| lone_part(types, facts, body.locals[place.local].ty).is_some();
    for stmt in body.blocks.iter().flat_map(|data| &data.stmts) {
        if let StmtKind::Assign(_, Rvalue::Aggregate { fields, .. }) = &stmt.kind {
            let copied = fields.iter().filter_map(|op| match op {
                Operand::Copy(place) if place.proj.is_empty() && one(place) => Some(place.local.index()),
                _ => None,
            });
            copied.for_each(|local| {
                named.insert(local);
            });
        }
    }
    let mut note = |place: &Place, access: Access| {
        let part = !place.proj.is_empty() && !place.is_indirect();
        if access == Access::Write || part && matches!(access, Access::CallWrite | Access::Mut) {
            written.insert(place.local.index());
        }
        // What a pointer in a field leads to names the field.
        if place.proj.first().is_some_and(|step| *step != Proj::Deref) || access == Access::Discriminant {
            named.insert(place.local.index());
        }
    };
    for data in &body.blocks {
        for stmt in &data.stmts {
            stmt.kind.for_each_access(&mut note);
            if let StmtKind::Assign(to, Rvalue::Use(Operand::Copy(from) | Operand::Move(from))) = &stmt.kind
                && to.proj.is_empty()
                && from.proj.is_empty()
            {
                same.push((to.local, from.local));
            }
        }
        data.term.for_each_access(&mut note);
    }
    loop {
        let mut changed = false;
        for (a, b) in &same {
            changed |= named.contains(a.index()) && named.insert(b.index());
            changed |= named.contains(b.index()) && named.insert(a.index());
        }
        if !changed {
            written.intersect(&named);
            return written;
        }
    }
}

fn fits(types: &Types, facts: &TypeFacts, ty: Ty) -> bool {
    let def = &types.defs[ty];
    let n: usize = def.variants.iter().map(|v| v.fields.len()).sum();
    let is_aggregate = matches!(def.kind, TyKind::Struct | TyKind::Enum) && !def.is_boxed;
    is_aggregate && n > 0 && n <= FIELDS_MAX && !facts.runs_user_drop(ty) && lone_owner(facts, def)
}

/// Pointers among the fields need to know the one field they may lead into.
fn lone_owner(facts: &TypeFacts, def: &TyDef) -> bool {
    def.variants.iter().all(|v| {
        let owners = v.fields.iter().filter(|f| facts.needs_drop(f.ty)).count();
        let pointers = v.fields.iter().any(|f| facts.has_ptr(f.ty) && !facts.needs_drop(f.ty));
        !pointers || owners <= 1
    })
}

struct Chooser<'a> {
    types: &'a Types,
    facts: &'a TypeFacts,
    body: &'a Body,
    set: &'a mut BitSet,
}

impl Chooser<'_> {
    fn is_chosen(&self, place: &Place) -> bool {
        self.set.contains(place.local.index())
    }

    fn is_enum(&self, local: Local) -> bool {
        *self.types.kind(self.body.locals[local].ty) == TyKind::Enum
    }

    fn stmt(&mut self, stmt: &StmtKind, known: impl Fn(&Place) -> Option<u32>) {
        let StmtKind::Assign(dest, rvalue) = stmt else {
            if let StmtKind::DropReuse { place, .. } = stmt {
                self.set.remove(place.local.index());
            }
            return;
        };
        if dest.proj.is_empty() && self.is_chosen(dest) && !self.can_write(dest.local, rvalue, &known) {
            self.set.remove(dest.local.index());
        }
        let into_place = matches!(rvalue, Rvalue::Use(_));
        // A part of another value counts then, whole or in fields: with one that owns something, once.
        let into_value = matches!(rvalue, Rvalue::Aggregate { .. });
        rvalue.for_each_access(&mut |place, access| {
            let one = || lone_part(self.types, self.facts, self.body.locals[place.local].ty).is_some();
            let fine = match access {
                Access::Discriminant => place.proj.is_empty(),
                _ => self.is_readable(place, access, into_place || into_value && one(), &known),
            };
            self.note(place, access, fine, &known);
        });
    }

    /// A use of a whole that is not fine keeps it together, and so does one of a field that may not be there.
    fn note(&mut self, place: &Place, access: Access, fine: bool, known: &impl Fn(&Place) -> Option<u32>) {
        let fine = match place.proj[..] {
            [Proj::Field(_), ..] => true,
            [Proj::Variant(v), Proj::Field(_), ..] => {
                access == Access::Drop || known(&place.local.into()) == Some(v)
            }
            _ => fine,
        };
        if self.is_chosen(place) && !fine {
            self.set.remove(place.local.index());
        }
    }

    /// Putting the value together again must be possible, and cost no more than the value itself: copies that only lend
    /// would count every field.
    fn is_readable(
        &self,
        place: &Place,
        access: Access,
        free: bool,
        known: &impl Fn(&Place) -> Option<u32>,
    ) -> bool {
        let counts = self.facts.needs_drop(self.body.locals[place.local].ty);
        let cheap = match access {
            Access::Copy => free || !counts,
            Access::Move => true,
            _ => false,
        };
        place.proj.is_empty() && cheap && (!self.is_enum(place.local) || known(place).is_some())
    }

    fn can_write(&self, dest: Local, rvalue: &Rvalue, known: &impl Fn(&Place) -> Option<u32>) -> bool {
        match rvalue {
            Rvalue::Aggregate { .. } | Rvalue::Use(Operand::Const(Const::Empty(..))) => true,
            Rvalue::Use(Operand::Copy(from) | Operand::Move(from)) => {
                let taken_apart = from.local != dest && from.indices().next().is_none();
                taken_apart && (!self.is_enum(dest) || known(from).is_some())
            }
            _ => false,
        }
    }

    fn term(&mut self, term: &Term, known: impl Fn(&Place) -> Option<u32>) {
        term.for_each_access(|place, access| {
            let fine = match access {
                Access::CallWrite => place.proj.is_empty() && !self.is_enum(place.local),
                _ => self.is_readable(place, access, false, &known),
            };
            self.note(place, access, fine, &known);
        });
    }
}

/// The variants of places that are read as a whole: by block and number of the statement, `TERM` for the terminator.
type Known = Vec<(Block, usize, Place, u32)>;

const TERM: usize = usize::MAX;

fn known_variants(types: &Types, body: &Body, chosen: &BitSet) -> Known {
    let variants = Variants::new(types, body, Follow::Written);
    let mut known = Vec::new();
    for (block, data) in body.blocks.iter_enumerated() {
        let mut state = variants.at_entry(block);
        if state == BitSet::default() {
            continue;
        }
        for (i, stmt) in data.stmts.iter().enumerate() {
            let into = match &stmt.kind {
                StmtKind::Assign(dest, _) => dest.proj.is_empty() && chosen.contains(dest.local.index()),
                _ => false,
            };
            stmt.kind.for_each_operand(|op| {
                if let Some(place) = op.place().filter(|p| into || chosen.contains(p.local.index()))
                    && let Some(v) = variants.known(&state, place)
                {
                    known.push((block, i, place.clone(), v));
                }
            });
            variants.step(&mut state, &stmt.kind);
        }
        data.term.for_each_operand(|op| {
            if let Some(place) = op.place().filter(|p| chosen.contains(p.local.index()))
                && let Some(v) = variants.known(&state, place)
            {
                known.push((block, TERM, place.clone(), v));
            }
        });
    }
    known
}

// ---------------------------------------------------------------- replacement

/// The locals that a chosen one becomes.
#[derive(Clone)]
struct Parts {
    /// Holds the variant, of an enum.
    tag: Option<Local>,
    /// By variant and field.
    fields: Vec<Vec<Local>>,
}

fn make_parts(
    types: &Types,
    facts: &TypeFacts,
    body: &mut Body,
    chosen: &BitSet,
    int: Ty,
) -> IndexVec<Local, Option<Parts>> {
    let tys: IndexVec<Local, Ty> = body.locals.iter().map(|l| l.ty).collect();
    let mut parts: IndexVec<Local, Option<Parts>> = IndexVec::from_elem(None, body.locals.len());
    for local in chosen.iter().map(Local::new) {
        let decl = body.locals[local].clone();
        let def = &types.defs[decl.ty];
        let tag = (def.kind == TyKind::Enum).then(|| body.new_local(int, decl.span));
        let mut fields = Vec::new();
        for variant in &def.variants {
            let list: Vec<Local> = variant.fields.iter().map(|f| body.new_local(f.ty, decl.span)).collect();
            let owner =
                list.iter().zip(&variant.fields).find(|(_, f)| facts.needs_drop(f.ty)).map(|(l, _)| *l);
            for (part, field) in list.iter().zip(&variant.fields) {
                let new = &mut body.locals[*part];
                new.name = decl.name.as_ref().map(|name| format!("{name}.{}", field.name));
                if facts.has_ptr(field.ty) && !facts.needs_drop(field.ty) {
                    new.loan_of = owner;
                }
            }
            fields.push(list);
        }
        parts[local] = Some(Parts { tag, fields });
    }
    for decl in body.locals.iter_mut() {
        if let Some(owner) = decl.loan_of
            && let Some(Some(Parts { fields, .. })) = parts.get(owner)
            && let Some(i) = lone_part(types, facts, tys[owner])
        {
            decl.loan_of = Some(fields[0][i as usize]);
        }
    }
    parts
}

struct Splitter {
    parts: IndexVec<Local, Option<Parts>>,
    known: Known,
    /// The statements of the block being rewritten.
    out: Vec<Stmt>,
    span: Span,
    tys: IndexVec<Local, Ty>,
    /// Locals with something to drop.
    owning: BitSet,
}

type At = (Block, usize);

impl Splitter {
    fn run(mut self, body: &mut Body) {
        for block in body.blocks.indices() {
            let stmts = std::mem::take(&mut body.blocks[block].stmts);
            for (i, stmt) in stmts.into_iter().enumerate() {
                self.span = stmt.span;
                self.stmt(body, (block, i), stmt.kind);
            }
            self.span = body.blocks[block].term_span;
            let mut term = std::mem::replace(&mut body.blocks[block].term, Term::Unreachable);
            self.term(body, block, &mut term);
            body.blocks[block].term = term;
            body.blocks[block].stmts = std::mem::take(&mut self.out);
        }
    }

    fn whole(&self, place: &Place) -> Option<Parts> {
        self.parts.get(place.local)?.as_ref().filter(|_| place.proj.is_empty()).cloned()
    }

    fn push(&mut self, kind: StmtKind) {
        self.out.push(Stmt { kind, span: self.span });
    }

    fn assign(&mut self, dest: Place, rvalue: Rvalue) {
        self.push(StmtKind::Assign(dest, rvalue));
    }

    /// A part of a chosen local is the part's local.
    fn map_place(&self, place: &mut Place) {
        let Some(Some(parts)) = self.parts.get(place.local) else { return };
        let (variant, field, used) = match place.proj[..] {
            [Proj::Field(i), ..] => (0, i, 1),
            [Proj::Variant(v), Proj::Field(i), ..] => (v, i, 2),
            _ => return,
        };
        place.local = parts.fields[variant as usize][field as usize];
        place.proj.drain(..used);
    }

    fn map_operand(&self, op: &mut Operand) {
        if let Operand::Copy(p) | Operand::Move(p) | Operand::Borrow(p) = op {
            self.map_place(p);
        }
    }

    fn variant_at(&self, at: At, place: &Place) -> u32 {
        let found = self.known.iter().find(|(b, i, p, _)| (*b, *i) == at && p == place);
        found.map_or(0, |(.., v)| *v)
    }

    fn stmt(&mut self, body: &mut Body, at: At, mut kind: StmtKind) {
        match &kind {
            StmtKind::Drop(place) => {
                if let Some(parts) = self.whole(place) {
                    return parts
                        .fields
                        .iter()
                        .flatten()
                        .for_each(|part| self.push(StmtKind::Drop((*part).into())));
                }
            }
            StmtKind::Assign(dest, rvalue) => {
                if let Some(parts) = self.whole(dest) {
                    return self.write_parts(body, at, &parts, rvalue.clone());
                }
                if let Some(value) = self.read_whole(at, rvalue) {
                    let mut dest = dest.clone();
                    self.map_place(&mut dest);
                    return self.assign(dest, value);
                }
            }
            _ => {}
        }
        kind.for_each_operand_mut(|op| self.put_together(body, at, op));
        kind.for_each_place_mut(&mut |place| self.map_place(place));
        self.push(kind);
    }

    /// What reading a chosen local as a whole, or its variant, becomes.
    fn read_whole(&self, at: At, rvalue: &Rvalue) -> Option<Rvalue> {
        match rvalue {
            Rvalue::Use(Operand::Copy(from)) => Some(self.gather(at, from, &self.whole(from)?, false)),
            Rvalue::Use(Operand::Move(from)) => Some(self.gather(at, from, &self.whole(from)?, true)),
            Rvalue::Discriminant(place) => Some(Rvalue::Use(Operand::Copy(self.whole(place)?.tag?.into()))),
            _ => None,
        }
    }

    fn gather(&self, at: At, from: &Place, parts: &Parts, takes: bool) -> Rvalue {
        let ty = self.tys[from.local];
        let variant = if parts.tag.is_some() { self.variant_at(at, from) } else { 0 };
        let list = &parts.fields[variant as usize];
        if list.is_empty() {
            return Rvalue::Use(Operand::Const(Const::Empty(ty, variant)));
        }
        let read = |local: &Local| {
            if takes { Operand::Move((*local).into()) } else { Operand::Copy((*local).into()) }
        };
        Rvalue::Aggregate { ty, variant, fields: list.iter().map(read).collect(), reuse: None }
    }

    /// A whole value among other operands is put together before.
    fn put_together(&mut self, body: &mut Body, at: At, op: &mut Operand) {
        let takes = matches!(op, Operand::Move(_));
        let (Operand::Copy(place) | Operand::Move(place)) = op else { return };
        let Some(parts) = self.whole(place) else { return };
        let value = self.gather(at, place, &parts, takes);
        let temp = body.new_local(self.tys[place.local], self.span);
        self.assign(temp.into(), value);
        *op = Operand::Move(temp.into());
    }

    fn write_parts(&mut self, body: &mut Body, at: At, parts: &Parts, rvalue: Rvalue) {
        let variant = match rvalue {
            Rvalue::Aggregate { variant, mut fields, .. } => {
                fields.iter_mut().for_each(|op| {
                    self.put_together(body, at, op);
                    self.map_operand(op);
                });
                self.write_fields(body, &parts.fields[variant as usize], fields);
                variant
            }
            Rvalue::Use(Operand::Const(Const::Empty(_, variant))) => variant,
            Rvalue::Use(Operand::Copy(from)) => self.copy_parts(at, parts, &from, Operand::Copy),
            Rvalue::Use(Operand::Move(from)) => self.copy_parts(at, parts, &from, Operand::Move),
            _ => 0,
        };
        if let Some(tag) = parts.tag {
            let value = Const::Int(i128::from(variant), IntTy::I32);
            self.assign(tag.into(), Rvalue::Use(Operand::Const(value)));
        }
    }

    /// Where the operands are parts of the same value, all are read before the first is written.
    fn write_fields(&mut self, body: &mut Body, targets: &[Local], mut fields: Vec<Operand>) {
        let reads = |op: &Operand, target: &Local| {
            op.place().is_some_and(|p| p.local == *target || p.indices().any(|l| l == *target))
        };
        let clash = fields.iter().enumerate().any(|(i, op)| targets[..i].iter().any(|t| reads(op, t)));
        if clash {
            for op in &mut fields {
                let Some(place) = op.place().filter(|p| targets.contains(&p.local)) else { continue };
                let temp = body.new_local(body.locals[place.local].ty, self.span);
                self.assign(temp.into(), Rvalue::Use(op.clone()));
                *op = Operand::Move(temp.into());
            }
        }
        for i in self.pointers_first(targets) {
            self.assign(targets[i].into(), Rvalue::Use(fields[i].clone()));
        }
    }

    /// The order in which fields are given on: what owns memory comes after the pointers into it.
    fn pointers_first(&self, targets: &[Local]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..targets.len()).collect();
        order.arrange_by_key(|i| self.owning.contains(targets[*i].index()));
        order
    }

    fn copy_parts(&mut self, at: At, parts: &Parts, from: &Place, take: fn(Place) -> Operand) -> u32 {
        let variant = if parts.tag.is_some() { self.variant_at(at, from) } else { 0 };
        let targets = &parts.fields[variant as usize];
        for i in self.pointers_first(targets) {
            let mut place = from.clone();
            if parts.tag.is_some() {
                place.proj.push(Proj::Variant(variant));
            }
            place.proj.push(Proj::Field(i as u32));
            self.map_place(&mut place);
            self.assign(targets[i].into(), Rvalue::Use(take(place)));
        }
        variant
    }

    fn term(&mut self, body: &mut Body, block: Block, term: &mut Term) {
        term.for_each_operand_mut(|op| self.put_together(body, (block, TERM), op));
        if let Term::Call { dest, target, .. } = term
            && let Some(parts) = self.whole(dest)
        {
            let temp = body.new_local(self.tys[dest.local], self.span);
            *dest = temp.into();
            if let Some(target) = target {
                *target = self.unpack(body, *target, temp, &parts);
            }
        }
        term.for_each_place_mut(&mut |place| self.map_place(place));
    }

    /// A block on the way from the call that takes the result apart.
    fn unpack(&mut self, body: &mut Body, target: Block, temp: Local, parts: &Parts) -> Block {
        let mut stmts = Vec::new();
        for i in self.pointers_first(&parts.fields[0]) {
            let part = &parts.fields[0][i];
            let from = Place { local: temp, proj: vec![Proj::Field(i as u32)] };
            let kind = StmtKind::Assign((*part).into(), Rvalue::Use(Operand::Move(from)));
            stmts.push(Stmt { kind, span: self.span });
        }
        let is_cleanup = body.blocks[target].is_cleanup;
        body.blocks.push(BlockData { stmts, term: Term::Goto(target), term_span: self.span, is_cleanup })
    }
}
