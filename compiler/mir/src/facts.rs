//! What passes ask of types and places: whether dropping does anything, runs the user's code, whether a value may be
//! copied, what type a place has.

use crate::analysis::bitset::BitSet;
use crate::ir::*;
use entity::{Idx, IndexVec};

/// Facts about every type, found by one fixpoint, as types may be recursive.
#[derive(Clone, Debug)]
pub struct TypeFacts {
    facts: IndexVec<Ty, Fact>,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Fact {
    needs_drop: bool,
    user_drop: bool,
    iso: bool,
    has_ptr: bool,
    has_actor: bool,
    /// Likewise values of JavaScript.
    has_handle: bool,
    /// Owns a cell whose content is part of the value.
    has_cell: bool,
}

impl TypeFacts {
    pub fn new(types: &Types) -> TypeFacts {
        let mut facts = IndexVec::from_elem(Fact::default(), types.defs.len());
        loop {
            let mut changed = false;
            for ty in types.defs.indices() {
                let fact = fact(types, &facts, ty);
                changed |= fact != facts[ty];
                facts[ty] = fact;
            }
            if !changed {
                return TypeFacts { facts };
            }
        }
    }

    /// Types made after the table was are scalars and pointers.
    fn get(&self, ty: Ty) -> Fact {
        self.facts.get(ty).copied().unwrap_or_default()
    }

    /// Whether dropping a value may do anything.
    pub fn needs_drop(&self, ty: Ty) -> bool {
        self.get(ty).needs_drop
    }

    /// Whether dropping a value may run a user's `drop`, which takes a terminator.
    pub fn runs_user_drop(&self, ty: Ty) -> bool {
        self.get(ty).user_drop
    }

    /// Whether values can only be moved, and are dropped at the end of their scope.
    pub fn is_iso(&self, ty: Ty) -> bool {
        self.get(ty).iso
    }

    /// Whether a value is dropped at the end of its scope and nowhere else: where it goes can be seen, as it is a type's that can
    /// only be moved, or may be the last to refer to an actor or to a value of JavaScript.
    pub fn stays(&self, ty: Ty) -> bool {
        let fact = self.get(ty);
        fact.iso || fact.has_actor || fact.has_handle
    }

    /// Whether a value has several owners, and where the last one goes can be seen.
    pub fn is_watched(&self, ty: Ty) -> bool {
        self.stays(ty) && !self.is_iso(ty)
    }

    /// Whether all that a value owns is references to what others refer to as well: its bits are all there is of it.
    pub fn is_reference(&self, ty: Ty) -> bool {
        let fact = self.get(ty);
        self.is_watched(ty) && !fact.has_cell && !fact.user_drop
    }

    /// Whether a value may have references to actors, also behind what it shares with others.
    pub fn may_hold_actors(&self, ty: Ty) -> bool {
        self.get(ty).has_actor
    }

    /// Whether a value contains raw addresses.
    pub fn has_ptr(&self, ty: Ty) -> bool {
        self.get(ty).has_ptr
    }

    /// Whether values contain addresses that lead into nothing the value owns, and have a `drop` that may use them.
    pub fn drop_uses_ptr(&self, ty: Ty) -> bool {
        let fact = self.get(ty);
        fact.has_ptr && fact.user_drop && !fact.has_cell && !fact.has_actor && !fact.has_handle
    }
}

fn has(types: &Types, shared: Shared) -> bool {
    types.defs.iter().any(|def| def.shared == shared)
}

fn fact(types: &Types, facts: &IndexVec<Ty, Fact>, ty: Ty) -> Fact {
    let def = &types.defs[ty];
    let counted = Fact { needs_drop: true, has_cell: true, ..Fact::default() };
    match &def.kind {
        TyKind::Int(_)
        | TyKind::F32
        | TyKind::F64
        | TyKind::Bool
        | TyKind::Char
        | TyKind::Never
        | TyKind::V128 => Fact::default(),
        TyKind::Ptr(_) => Fact { has_ptr: true, ..Fact::default() },
        // It is not known what is inside.
        TyKind::FnBox { .. } | TyKind::Dyn { .. } => {
            Fact { has_actor: has(types, Shared::Actor), has_handle: has(types, Shared::Handle), ..counted }
        }
        TyKind::FixedArray(elem, n) => {
            let elem = facts[*elem];
            Fact { needs_drop: elem.needs_drop && *n > 0, ..elem }
        }
        // Its `drop` is the library's, and never unwinds.
        TyKind::Buffer(elem) if types.defs[*elem].shared != Shared::No => {
            let is_actor = types.defs[*elem].shared == Shared::Actor;
            Fact { has_actor: is_actor, has_handle: !is_actor, has_cell: false, ..counted }
        }
        TyKind::Buffer(elem) => Fact { needs_drop: true, has_ptr: false, has_cell: true, ..facts[*elem] },
        TyKind::Struct | TyKind::Enum => {
            let mut all = Fact::default();
            for field in def.variants.iter().flat_map(|v| &v.fields) {
                let field = facts[field.ty];
                all.needs_drop |= field.needs_drop || def.is_boxed;
                all.user_drop |= field.user_drop;
                all.iso |= field.iso;
                all.has_actor |= field.has_actor;
                all.has_handle |= field.has_handle;
                all.has_cell |= field.has_cell || def.is_boxed;
                all.has_ptr |= field.has_ptr && !def.is_boxed;
            }
            all.user_drop |= def.user_drop.is_some();
            all.needs_drop |= all.user_drop;
            all.iso |= def.is_iso;
            all
        }
    }
}

/// A type, or one variant of an enum behind `Proj::Variant`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PlaceTy {
    pub ty: Ty,
    pub variant: Option<u32>,
}

impl PlaceTy {
    /// `None` where the projection does not fit.
    pub fn project(self, types: &Types, proj: Proj) -> Option<PlaceTy> {
        let whole = |ty| Some(PlaceTy { ty, variant: None });
        let def = types.defs.get(self.ty)?;
        match (proj, &def.kind) {
            (Proj::Field(i), TyKind::Struct | TyKind::Enum) => {
                if def.kind == TyKind::Enum && self.variant.is_none() {
                    return None;
                }
                let variant = def.variants.get(self.variant.unwrap_or(0) as usize)?;
                whole(variant.fields.get(i as usize)?.ty)
            }
            (Proj::Variant(v), TyKind::Enum)
                if self.variant.is_none() && (v as usize) < def.variants.len() =>
            {
                Some(PlaceTy { ty: self.ty, variant: Some(v) })
            }
            (Proj::Index(_), TyKind::FixedArray(elem, _)) => whole(*elem),
            (Proj::Deref, TyKind::Ptr(to)) => whole(*to),
            _ => None,
        }
    }
}

/// The type of a place, `None` where it is malformed or ends in a variant.
pub fn try_place_ty(types: &Types, body: &Body, place: &Place) -> Option<Ty> {
    let mut at = PlaceTy { ty: body.locals.get(place.local)?.ty, variant: None };
    for &proj in &place.proj {
        at = at.project(types, proj)?;
    }
    at.variant.is_none().then_some(at.ty)
}

impl From<Local> for Place {
    fn from(local: Local) -> Place {
        Place { local, proj: Vec::new() }
    }
}

/// Whether nothing tells where the value of the place is moved out: it lies behind a pointer or in an array, or is part of a value
/// with a `drop` of its own, which needs all its parts.
pub(crate) fn is_untracked(types: &Types, body: &Body, place: &Place) -> bool {
    let mut at = PlaceTy { ty: body.locals[place.local].ty, variant: None };
    place.proj.iter().any(|proj| {
        let is_droppable = at.variant.is_none() && types.defs[at.ty].user_drop.is_some();
        at = at.project(types, *proj).expect("the verifier has accepted this place");
        is_droppable || matches!(proj, Proj::Deref | Proj::Index(_))
    })
}

/// The type of a place of a verified body.
pub fn place_ty(types: &Types, body: &Body, place: &Place) -> Ty {
    try_place_ty(types, body, place).expect("the verifier has accepted this place")
}

/// The one field of a struct that owns something: what a pointer into the struct leads into.
pub fn lone_part(types: &Types, facts: &TypeFacts, ty: Ty) -> Option<u32> {
    let def = &types.defs[ty];
    if def.kind != TyKind::Struct {
        return None;
    }
    let fields = def.variants.iter().flat_map(|v| &v.fields).enumerate();
    let mut owners = fields.filter(|(_, f)| facts.needs_drop(f.ty));
    let (one, _) = owners.next()?;
    owners.next().is_none().then_some(one as u32)
}

impl Place {
    /// This place with one more step.
    pub fn with(&self, proj: Proj) -> Place {
        let mut place = self.clone();
        place.proj.push(proj);
        place
    }

    /// Whether one of the two is part of the other (or they are the same), by their text alone.
    pub fn overlaps(&self, other: &Place) -> bool {
        self.local == other.local && self.proj.iter().zip(&other.proj).all(|(a, b)| same_step(*a, *b))
    }

    /// Whether the place lies behind a pointer.
    pub fn is_indirect(&self) -> bool {
        self.proj.contains(&Proj::Deref)
    }
}

/// Two elements of an array may be the same one.
fn same_step(a: Proj, b: Proj) -> bool {
    a == b || matches!((a, b), (Proj::Index(_), Proj::Index(_)))
}

impl Operand {
    pub fn place(&self) -> Option<&Place> {
        match self {
            Operand::Copy(p) | Operand::Move(p) | Operand::Borrow(p) => Some(p),
            Operand::Const(_) => None,
        }
    }
}

impl Program {
    /// Whether a function of the host in this module may unwind: those of JavaScript do, as the loader makes panics of their exceptions. Its own
    /// functions do not.
    pub fn import_may_unwind(&self, module: &str) -> bool {
        /// See docs/web-abi.md.
        const LOADER: &str = "gal";
        !self.panics_abort && !self.web_imports.is_empty() && module != LOADER
    }

    /// Whether a panic may leave what is called. Of what is called through a box or a table nothing is known.
    pub fn call_may_unwind(&self, callee: &Callee) -> bool {
        match callee {
            Callee::Func(func) | Callee::Next(func) => self.funcs[*func].may_unwind,
            Callee::FnBox(_) | Callee::Dyn { .. } => !self.panics_abort,
            Callee::Start(_) | Callee::End(_) | Callee::Resume => false,
        }
    }

    /// Whether dropping a value of the type may run a user's `drop` that may panic.
    pub fn drop_may_unwind(&self, ty: Ty) -> bool {
        drop_may_unwind(&self.types, &|func| self.funcs[func].may_unwind, ty)
    }
}

/// The same, where bodies are being changed.
pub(crate) fn drop_may_unwind(types: &Types, unwinds: &impl Fn(FuncId) -> bool, ty: Ty) -> bool {
    let mut seen = vec![ty];
    let mut next = 0;
    while let Some(ty) = seen.get(next).copied() {
        next += 1;
        let def = &types.defs[ty];
        if def.user_drop.is_some_and(unwinds) {
            return true;
        }
        let elem = match def.kind {
            TyKind::Buffer(elem) if types.defs[elem].shared != Shared::No => None,
            TyKind::FixedArray(elem, _) | TyKind::Buffer(elem) => Some(elem),
            _ => None,
        };
        for part in def.variants.iter().flat_map(|v| &v.fields).map(|f| f.ty).chain(elem) {
            if !seen.contains(&part) {
                seen.push(part);
            }
        }
    }
    false
}

impl Body {
    /// Locals of which a pointer may have the address.
    pub fn pointed_to(&self) -> BitSet {
        let mut set = BitSet::new(self.locals.len());
        for stmt in self.blocks.iter().flat_map(|data| &data.stmts) {
            if let StmtKind::Assign(_, Rvalue::AddrOf(place)) = &stmt.kind
                && !place.is_indirect()
            {
                set.insert(place.local.index());
            }
        }
        set
    }
}

impl Callee {
    /// The function, where it is known which one it is.
    pub fn func(&self) -> Option<FuncId> {
        match self {
            Callee::Func(func) | Callee::Start(func) | Callee::Next(func) | Callee::End(func) => Some(*func),
            Callee::FnBox(_) | Callee::Dyn { .. } | Callee::Resume => None,
        }
    }

    pub fn func_mut(&mut self) -> Option<&mut FuncId> {
        match self {
            Callee::Func(func) | Callee::Start(func) | Callee::Next(func) | Callee::End(func) => Some(func),
            Callee::FnBox(_) | Callee::Dyn { .. } | Callee::Resume => None,
        }
    }
}

impl Function {
    /// Whether it leaves whoever calls it until that is resumed.
    pub fn leaves_caller(&self) -> bool {
        matches!(self.kind, FuncKind::Suspend | FuncKind::Yield)
    }

    pub fn body(&self) -> Option<&Body> {
        match &self.kind {
            FuncKind::Body(body) => Some(body),
            FuncKind::Extern { .. } | FuncKind::Suspend | FuncKind::Yield => None,
        }
    }

    pub fn body_mut(&mut self) -> Option<&mut Body> {
        match &mut self.kind {
            FuncKind::Body(body) => Some(body),
            FuncKind::Extern { .. } | FuncKind::Suspend | FuncKind::Yield => None,
        }
    }
}

impl Body {
    /// The mode of a local that is a parameter.
    pub fn param_mode(&self, local: Local) -> Option<ParamMode> {
        self.params.iter().find(|p| p.local == local).map(|p| p.mode)
    }

    /// A new local without a name.
    pub fn new_local(&mut self, ty: Ty, span: syntax::Span) -> Local {
        self.locals.push(LocalDecl { ty, name: None, loan_of: None, is_borrow: false, span })
    }

    /// All blocks that can be entered from one, with whether the edge unwinds.
    pub fn successors(&self, block: Block) -> impl Iterator<Item = Block> + '_ {
        self.blocks[block].term.successors()
    }

    /// Predecessors of each block, in block order; an edge taken twice counts twice.
    pub fn predecessors(&self) -> IndexVec<Block, Vec<Block>> {
        let mut preds = IndexVec::from_elem(Vec::new(), self.blocks.len());
        for (block, data) in self.blocks.iter_enumerated() {
            for succ in data.term.successors() {
                if succ.index() < preds.len() {
                    preds[succ].push(block);
                }
            }
        }
        preds
    }
}
