//! Questions about concrete types, as lowering asks them for each instance of a function.

use crate::env::ParamEnv;
use crate::infer::InferTable;
use crate::program::{
    AdtId, BoundKind, Container, FnId, FnKind, Function, GenericParam, GenericParamKind, Generics, Program,
    TraitId, VariantIdx,
};
use crate::solve::{Proj, Sel, Solver, Tri};
use crate::ty::{Args, Ty, TyKind, TyRow, TyTable};
use crate::wellformed::is_iso_param;
use rustc_hash::FxHashSet;
use syntax::{Span, Symbol};

/// What a call of a trait's method on concrete types runs.
#[derive(Clone, PartialEq, Debug)]
pub enum Resolved {
    /// A function with a body (or an intrinsic) and the arguments for all of its generics. For a default method
    /// this is the trait's function, with `Self` and the trait's arguments first.
    Fn { id: FnId, args: Args },
    /// What the compiler provides: structural `Eq.eq`, `Ord.cmp`, `Hash.hash`, `Show.show`, the operators of
    /// numbers, and `Ord.lt le gt ge` of integers, `Bool` and `Char`.
    Builtin { trait_: TraitId, method: FnId },
    /// Through the vtable of the `dyn` value that is the first argument: the index among the methods of `trait_`,
    /// which is the trait of the `dyn` type or one above it.
    Dyn { trait_: TraitId, method_idx: u32 },
}

/// Finds what runs for a trait's method. `args` covers the trait's generics, `Self` first, then the method's own.
/// `None` when the type does not implement the trait, which the checker has excluded.
pub fn resolve_method(program: &mut Program, trait_: TraitId, method: FnId, args: &[Ty]) -> Option<Resolved> {
    let row = program.row(args);
    if let Some(known) = program.caches.methods.get(&(method, row)) {
        return Some(known.clone());
    }
    let args: Vec<Ty> = args.iter().map(|t| normalize(program, *t)).collect();
    let resolved = resolve_method_now(program, trait_, method, &args)?;
    program.caches.methods.insert((method, row), resolved.clone());
    Some(resolved)
}

fn resolve_method_now(program: &mut Program, trait_: TraitId, method: FnId, args: &[Ty]) -> Option<Resolved> {
    let n_trait = program.traits[trait_].generics.params.len();
    let (trait_args, own) = args.split_at(n_trait.min(args.len()));
    let index = program.traits[trait_].methods.iter().position(|m| *m == method)?;
    let default = Resolved::Fn { id: method, args: args.into() };
    let (mut infer, env) = (InferTable::default(), ParamEnv::default());
    let mut solver = Solver::new(program, &mut infer, &env, Span::DUMMY);
    match solver.select(trait_, trait_args) {
        Sel::Impl(id, iargs) => {
            if iargs.iter().any(|t| solver.p.types.flags(*t).has_infer) {
                solver.impl_bounds_hold(id, &iargs);
            }
            let iargs: Vec<Ty> = iargs.into_iter().map(|t| solver.deep(t)).collect();
            match program.impls[id].methods.get(index).copied().flatten() {
                Some(fn_) => Some(Resolved::Fn {
                    id: fn_,
                    args: iargs.into_iter().chain(own.iter().copied()).collect(),
                }),
                None => Some(default),
            }
        }
        Sel::Builtin(builtin) => {
            let has_body = program.fns[method].kind == FnKind::Body;
            let compared = builtin == crate::builtin::Builtin::Ord
                && matches!(program.types.kind(args[0]), TyKind::Int(_) | TyKind::Bool | TyKind::Char)
                && matches!(program.name(program.fns[method].name), "lt" | "le" | "gt" | "ge");
            if has_body && !compared { Some(default) } else { Some(Resolved::Builtin { trait_, method }) }
        }
        Sel::Dyn if is_in_vtable(program, method) => Some(Resolved::Dyn { trait_, method_idx: index as u32 }),
        Sel::Dyn => Some(default),
        Sel::No | Sel::Maybe | Sel::Env(_) | Sel::AssocBound(_) | Sel::Error => None,
    }
}

/// Whether a trait's method has a place in vtables: it takes `self`, is generic over nothing but the closures of its
/// parameters, asks nothing more of the trait's parameters and mentions `Self` nowhere else. The others run with
/// `Self = dyn Trait`, and so does a method with a body that takes closures: there they need no box.
pub fn is_in_vtable(program: &Program, method: FnId) -> bool {
    let fn_ = &program.fns[method];
    let takes_boxes = own_params(fn_).is_empty() || fn_.kind != FnKind::Body && is_generic_over_closures(fn_);
    if !fn_.has_self || !takes_boxes || has_own_bounds(program, method) {
        return false;
    }
    let mentions = |ty: Ty| mentions_self(program, ty);
    let in_closures =
        closure_bounds(fn_).any(|(params, ret)| params.iter().any(|p| mentions(p.0)) || mentions(ret));
    !in_closures && !fn_.params.iter().skip(1).any(|p| mentions(p.ty)) && !mentions(fn_.ret)
}

pub(crate) fn own_params(fn_: &Function) -> &[GenericParam] {
    fn_.generics.params.get(fn_.generics.n_parent as usize..).unwrap_or_default()
}

/// Whether what a method has of generics stands for closures.
pub(crate) fn is_generic_over_closures(fn_: &Function) -> bool {
    own_params(fn_).iter().all(|param| param.kind == GenericParamKind::Closure)
}

/// Parameters and result of each closure that a function takes.
fn closure_bounds(fn_: &Function) -> impl Iterator<Item = (&[(Ty, bool)], Ty)> {
    fn_.generics.bounds.iter().filter_map(|bound| match &bound.kind {
        BoundKind::Fn { params, ret, .. } => Some((params.as_slice(), *ret)),
        BoundKind::Trait { .. } => None,
    })
}

/// Whether a trait's method has bounds beyond those of the trait and of its closures: `fn sum(self) -> T where T: Add<T>`.
pub(crate) fn has_own_bounds(program: &Program, method: FnId) -> bool {
    let fn_ = &program.fns[method];
    match fn_.container {
        Container::Trait(id) => {
            let inherited = program.traits[id].generics.bounds.len();
            fn_.generics
                .bounds
                .iter()
                .skip(inherited)
                .any(|bound| !matches!(bound.kind, BoundKind::Fn { .. }))
        }
        _ => false,
    }
}

/// The boxed type of the closures that a hidden parameter stands for, over the same generics.
pub fn boxed_closure(types: &TyTable, generics: &Generics, index: usize) -> Option<TyKind> {
    let param = generics.params.get(index).filter(|param| param.kind == GenericParamKind::Closure)?;
    let own = TyKind::Param(index as u32, param.name);
    generics.bounds.iter().find_map(|bound| match &bound.kind {
        BoundKind::Fn { params, ret, is_async } if *types.kind(bound.ty) == own => {
            Some(TyKind::Fn { params: params[..].into(), ret: *ret, is_async: *is_async })
        }
        _ => None,
    })
}

/// The arguments of a method in a vtable: those of its trait, and the boxed type for each closure that it takes.
pub fn vtable_args(program: &mut Program, method: FnId, trait_args: &[Ty]) -> Args {
    let mut args = trait_args.to_vec();
    for index in args.len()..program.fns[method].generics.params.len() {
        let shape = boxed_closure(&program.types, &program.fns[method].generics, index);
        let boxed = shape.map_or(Ty::ERROR, |shape| program.types.intern(shape));
        args.push(subst(program, boxed, &args));
    }
    args.into()
}

/// Whether a type in a trait mentions `Self`, other than in projections of the trait's own associated types.
pub(crate) fn mentions_self(program: &Program, ty: Ty) -> bool {
    if !program.types.flags(ty).has_param {
        return false;
    }
    match program.types.kind(ty) {
        TyKind::Param(index, _) => *index == 0,
        // `Self.Item` is known for a `dyn` type.
        TyKind::Assoc { args, .. } => args[1..].iter().any(|t| mentions_self(program, *t)),
        kind => {
            let mut found = false;
            TyTable::for_each_child(kind, |t| found = found || mentions_self(program, t));
            found
        }
    }
}

/// Reduces the projections in a type without parameters.
pub fn normalize(program: &mut Program, ty: Ty) -> Ty {
    if !program.types.flags(ty).has_assoc {
        return ty;
    }
    let (mut infer, env) = (InferTable::default(), ParamEnv::default());
    let mut solver = Solver::new(program, &mut infer, &env, Span::DUMMY);
    let ty = solver.normalize(ty);
    solver.deep(ty)
}

/// Puts concrete arguments in for the parameters of a type and reduces its projections.
pub fn subst(program: &mut Program, ty: Ty, args: &[Ty]) -> Ty {
    let ty = program.types.subst(ty, args);
    normalize(program, ty)
}

/// The associated type `name` of an implementation on concrete types; `args` has `Self` first.
pub fn resolve_assoc(program: &mut Program, trait_: TraitId, args: &[Ty], name: Symbol) -> Option<Ty> {
    let (mut infer, env) = (InferTable::default(), ParamEnv::default());
    let mut solver = Solver::new(program, &mut infer, &env, Span::DUMMY);
    match solver.project(trait_, args, name) {
        Proj::Ty(ty) => Some(solver.deep(ty)),
        _ => None,
    }
}

/// The types of the fields of a variant (0 of a struct), for these arguments of the struct or enum.
pub fn adt_field_tys(program: &mut Program, adt: AdtId, variant: VariantIdx, args: &[Ty]) -> Vec<Ty> {
    let fields: Vec<Ty> = program.adts[adt].variants[variant].fields.iter().map(|f| f.ty).collect();
    fields.into_iter().map(|t| subst(program, t, args)).collect()
}

/// Whether a concrete type implements a trait with these arguments (without `Self`).
pub fn implements(program: &mut Program, ty: Ty, trait_: TraitId, args: &[Ty]) -> bool {
    let full: Vec<Ty> = std::iter::once(ty).chain(args.iter().copied()).collect();
    let (mut infer, env) = (InferTable::default(), ParamEnv::default());
    Solver::new(program, &mut infer, &env, Span::DUMMY).holds(trait_, &full) == Tri::Yes
}

/// Parameters (with whether they are in-out) and result of a type that can be called, with all types concrete:
/// a closure, a boxed `Fn`, a function's name.
pub fn callable(program: &mut Program, ty: Ty) -> Option<(Vec<(Ty, bool)>, Ty)> {
    let (mut infer, env) = (InferTable::default(), ParamEnv::default());
    let mut solver = Solver::new(program, &mut infer, &env, Span::DUMMY);
    let (params, ret) = solver.callable(ty)?;
    let params = params.into_iter().map(|(t, m)| (solver.normalize(t), m)).collect();
    let ret = solver.normalize(ret);
    Some((params, ret))
}

/// The functions in the vtable of `trait_` for values of type `ty`, by the index of the trait's methods: `None` for
/// methods that are not in vtables, see [`is_in_vtable`]. `args` are the trait's arguments without `Self`.
pub fn vtable(program: &mut Program, trait_: TraitId, args: &[Ty], ty: Ty) -> Vec<Option<Resolved>> {
    let full: Vec<Ty> = std::iter::once(ty).chain(args.iter().copied()).collect();
    let methods = program.traits[trait_].methods.clone();
    methods
        .into_iter()
        .map(|m| {
            let args = is_in_vtable(program, m).then(|| vtable_args(program, m, &full))?;
            resolve_method(program, trait_, m, &args)
        })
        .collect()
}

/// The trait of a `dyn` type and those above it, with their arguments without `Self`: the traits whose methods can
/// be called on the value. The trait itself comes first.
pub fn dyn_traits(program: &mut Program, trait_: TraitId, args: &[Ty], self_ty: Ty) -> Vec<(TraitId, Args)> {
    let own: Vec<Ty> = std::iter::once(self_ty).chain(args.iter().copied()).collect();
    let all = program.super_closure(trait_);
    all.into_iter()
        .map(|b| (b.trait_, b.args[1..].iter().map(|t| subst(program, *t, &own)).collect()))
        .collect()
}

/// Whether values of the type can only be moved: an `iso` struct or enum, or something that contains one. A
/// parameter counts as `iso` if it is declared so in `iso_params`.
pub fn is_iso(program: &mut Program, ty: Ty) -> bool {
    is_iso_in(program, ty, &|_| false)
}

pub(crate) fn is_iso_in(program: &mut Program, ty: Ty, iso_param: &dyn Fn(u32) -> bool) -> bool {
    if ty.is_fixed() {
        return false;
    }
    match program.types.kind(ty) {
        TyKind::Param(index, _) => return iso_param(*index),
        TyKind::Infer(_) => return false,
        _ => {}
    }
    let concrete = program.is_settled(ty);
    if concrete && let Some(known) = program.caches.is_iso.get(ty) {
        return known;
    }
    let mut seen = Seen::default();
    let result = contains_iso(program, ty, iso_param, &mut seen);
    if concrete {
        program.caches.is_iso.set(ty, result);
        // What is inside a type without `iso` is without it too.
        if !result {
            seen.few.iter().chain(&seen.more).for_each(|part| program.caches.is_iso.set(*part, false));
        }
    }
    result
}

/// [`is_iso_in`] for the parameters of an item. Most items have none that are `iso`: then the type alone decides.
pub(crate) fn is_iso_for(program: &mut Program, ty: Ty, generics: &Generics) -> bool {
    if program.is_known_copyable(ty) {
        return false;
    }
    let flags = program.types.flags(ty);
    let changes = flags.has_infer || program.caches.in_body && flags.has_closure;
    let iso = GenericParamKind::Type { is_iso: true };
    if changes || program.types.is_concrete(ty) || generics.params.iter().any(|p| p.kind == iso) {
        return is_iso_in(program, ty, &|i| is_iso_param(generics, i));
    }
    if let Some(known) = program.caches.is_iso_open.get(ty) {
        return known;
    }
    let result = is_iso_in(program, ty, &|_| false);
    program.caches.is_iso_open.set(ty, result);
    result
}

impl Program {
    /// Whether values of a type are copied, as far as that is known already.
    pub(crate) fn is_known_copyable(&self, ty: Ty) -> bool {
        ty.is_fixed() || self.caches.is_iso.get(ty) == Some(false)
    }
}

/// The types that a walk has met. Most meet a few, for which no table is made.
#[derive(Default)]
struct Seen {
    few: TyRow,
    more: FxHashSet<Ty>,
}

impl Seen {
    const FEW: usize = 16;

    /// Whether the type is new.
    fn insert(&mut self, ty: Ty) -> bool {
        if self.few.contains(&ty) {
            return false;
        }
        if self.few.len() < Self::FEW {
            self.few.push(ty);
            return true;
        }
        self.more.insert(ty)
    }
}

/// How many parts all types that [`contains_iso`] looks at may have together.
const PARTS_MAX: u32 = 4_000_000;

/// Looks at each type that is inside once. A type beyond the limit of size has no instance, so nothing is copied of it:
/// without the limit a type that grows each time it contains itself would have no end. One that contains itself in several
/// ways, and grows in each, meets so many below that limit that it is given up, and taken for one that can only be moved.
fn contains_iso(program: &mut Program, ty: Ty, iso_param: &dyn Fn(u32) -> bool, seen: &mut Seen) -> bool {
    let mut todo = TyRow::from_slice(&[ty]);
    let mut room = PARTS_MAX;
    while let Some(ty) = todo.pop() {
        if ty.is_fixed() || program.types.size(ty) > crate::types::MAX_SIZE {
            continue;
        }
        if let Some(known) = program.caches.is_iso.get(ty) {
            if known {
                return true;
            }
            continue;
        }
        match program.types.kind(ty) {
            TyKind::Param(index, _) if iso_param(*index) => return true,
            // The library's traits give what can only be moved to types that can, see `check_impl_types`.
            TyKind::Assoc { trait_, args, .. } if program.is_of_library(*trait_) => todo.push(args[0]),
            TyKind::Closure(id, _) if program.closures[*id].is_once => return true,
            TyKind::Adt(id, _) if program.adts[*id].is_iso => return true,
            TyKind::Tuple(_)
            | TyKind::FixedArray(..)
            | TyKind::Buffer(_)
            | TyKind::Closure(..)
            | TyKind::Adt(..)
                if seen.insert(ty) =>
            {
                let Some(rest) = room.checked_sub(program.types.size(ty)) else { return true };
                room = rest;
                push_parts(program, ty, &mut todo);
            }
            _ => {}
        }
    }
    false
}

impl Program {
    fn is_of_library(&self, trait_: TraitId) -> bool {
        self.modules[self.traits[trait_].module].is_library
    }
}

fn is_shared_body(program: &Program, ty: Ty) -> bool {
    matches!(program.types.kind(ty), TyKind::Adt(id, _) if program.index.shared.contains(id))
}

/// The types of what a value holds, as far as they may matter to [`contains_iso`].
fn push_parts(program: &mut Program, ty: Ty, todo: &mut TyRow) {
    let args = program.types.children(ty);
    match *program.types.kind(ty) {
        TyKind::Tuple(_) => todo.extend_from_slice(&args),
        // A buffer owns its elements; a raw pointer does not.
        // An actor's belongs to nobody who refers to it.
        TyKind::Buffer(elem) if is_shared_body(program, elem) => {}
        TyKind::FixedArray(elem, _) | TyKind::Buffer(elem) => todo.push(elem),
        TyKind::Closure(id, _) => {
            for i in 0..program.closures[id].captures.len() {
                let capture = program.closures[id].captures[i];
                todo.push(program.types.subst(capture, &args));
            }
        }
        TyKind::Adt(id, _) => {
            let field_tys = program.adts[id].variants.iter().flat_map(|v| v.fields.iter().map(|f| f.ty));
            let fields: TyRow = field_tys.filter(|ty| !ty.is_fixed()).collect();
            for field in fields {
                let field = program.types.subst(field, &args);
                let is_concrete = program.types.is_concrete(field);
                todo.push(if is_concrete { normalize(program, field) } else { field });
            }
        }
        _ => {}
    }
}
