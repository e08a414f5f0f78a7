//! Which types implement which traits: selection of impls, projections of associated types.
//!
//! A question is answered from the bounds in scope, then from impls, then from what the compiler provides
//! (see `builtin.rs`). An answer may be `Maybe` while inference variables are open. Where exactly one
//! candidate is left, asking binds the variables it determines.

mod holds;
mod project;

use crate::builtin::Builtin;
use crate::env::{EnvBound, ParamEnv};
use crate::impls::Head;
use crate::infer::{InferTable, VarKind};
use crate::program::{BoundKind, ImplId, Program, TraitId};
use crate::ty::{IntTy, Ty, TyKind, TyRow};
use smallvec::SmallVec;
use syntax::{Span, Symbol};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tri {
    Yes,
    Maybe,
    No,
}

impl Tri {
    pub fn and(self, other: Tri) -> Tri {
        match (self, other) {
            (Tri::No, _) | (_, Tri::No) => Tri::No,
            (Tri::Maybe, _) | (_, Tri::Maybe) => Tri::Maybe,
            _ => Tri::Yes,
        }
    }
}

/// Why a type implements a trait.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Sel {
    No,
    Maybe,
    /// The bound with this index of the environment.
    Env(usize),
    /// A bound on an associated type, declared in its trait, with what it says of the associated types of that one.
    AssocBound(Vec<(Symbol, Ty)>),
    Impl(ImplId, TyRow),
    Builtin(Builtin),
    /// A `dyn` value implements its trait and those above.
    Dyn,
    /// Something in it was reported already.
    Error,
}

pub(crate) enum Proj {
    Ty(Ty),
    /// Cannot be reduced: it stands for itself.
    Rigid,
    Maybe,
    Fail,
}

/// `args[0]: trait_<..>` whose `name` is to become `out`, once the types are known.
#[derive(Clone, Debug)]
pub(crate) struct Deferred {
    pub trait_: TraitId,
    pub args: TyRow,
    pub name: Symbol,
    pub out: Ty,
}

/// What the parameters of an impl stand for, as far as that is known.
type Binds = SmallVec<[Option<Ty>; 4]>;

/// Limit on how deep one question leads to others; the same number is in docs/language.md.
pub(crate) const MAX_DEPTH: usize = 128;

pub(crate) struct Solver<'a> {
    pub p: &'a mut Program,
    pub infer: &'a mut InferTable,
    pub env: &'a ParamEnv,
    /// Projections that wait for variables; the caller takes them over.
    pub deferred: Vec<Deferred>,
    pub span: Span,
    stack: SmallVec<[(TraitId, Ty); 8]>,
    /// An answer is `No` because of a limit.
    pub exceeded: bool,
    /// The lowest position of the stack that was taken to hold while it is still open.
    assumed: usize,
}

pub(crate) const ALL_INTS: [IntTy; 9] = [
    IntTy::I64,
    IntTy::I32,
    IntTy::U8,
    IntTy::I8,
    IntTy::I16,
    IntTy::U16,
    IntTy::U32,
    IntTy::U64,
    IntTy::USize,
];

impl<'a> Solver<'a> {
    pub fn new(p: &'a mut Program, infer: &'a mut InferTable, env: &'a ParamEnv, span: Span) -> Solver<'a> {
        Solver {
            p,
            infer,
            env,
            deferred: Vec::new(),
            span,
            stack: SmallVec::new(),
            exceeded: false,
            assumed: usize::MAX,
        }
    }

    pub fn shallow(&self, ty: Ty) -> Ty {
        self.infer.shallow(&self.p.types, ty)
    }

    pub fn deep(&mut self, ty: Ty) -> Ty {
        self.infer.deep(&mut self.p.types, ty)
    }

    pub fn unify(&mut self, a: Ty, b: Ty) -> bool {
        self.infer.unify(&self.p.types, a, b)
    }

    fn unify_all(&mut self, a: &[Ty], b: &[Ty]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(x, y)| self.unify(*x, *y))
    }

    fn fresh(&mut self) -> Ty {
        self.infer.fresh(&mut self.p.types, VarKind::General, self.span)
    }

    /// Runs a trial and forgets what it bound.
    pub fn probe<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        let snapshot = self.infer.snapshot();
        let deferred = self.deferred.len();
        let result = f(self);
        self.deferred.truncate(deferred);
        self.infer.rollback(snapshot);
        result
    }

    fn could_unify(&mut self, a: &[Ty], b: &[Ty]) -> bool {
        self.probe(|s| s.unify_all(a, b))
    }

    // ------------------------------------------------------------ selection

    pub fn select(&mut self, trait_: TraitId, args: &[Ty]) -> Sel {
        let self_ty = self.shallow(args[0]);
        if self_ty == Ty::ERROR {
            return Sel::Error;
        }
        if let Some(sel) = self.select_env(trait_, args) {
            return sel;
        }
        match self.infer.kind_of(&self.p.types, self_ty) {
            Some(VarKind::General) => return Sel::Maybe,
            Some(kind) => return self.select_number(trait_, args, kind),
            None => {}
        }
        if let Some(sel) = self.select_assoc_bound(trait_, self_ty, args) {
            return sel;
        }
        if self.may_be_builtin(trait_, self_ty, args)
            && self.probe(|s| !matches!(s.select_impl(trait_, self_ty, args), Sel::No))
        {
            return Sel::Maybe;
        }
        match self.select_impl(trait_, self_ty, args) {
            Sel::No => {}
            sel => return sel,
        }
        if self.select_dyn(trait_, self_ty, args) {
            return Sel::Dyn;
        }
        self.select_builtin(trait_, self_ty, args)
    }

    fn select_env(&mut self, trait_: TraitId, args: &[Ty]) -> Option<Sel> {
        let env = self.env;
        let mut found = None;
        for (i, bound) in env.bounds.iter().enumerate() {
            if bound.trait_ != trait_ || !self.could_unify(&bound.args, args) {
                continue;
            }
            if found.is_some() {
                // Several fit: one that says just the same decides, else more must be known.
                let exact = |s: &mut Self, args: &[Ty]| {
                    let args: Vec<Ty> = args.iter().map(|t| s.deep(*t)).collect();
                    env.bounds.iter().position(|b| b.trait_ == trait_ && *b.args == *args)
                };
                return Some(exact(self, args).map_or(Sel::Maybe, Sel::Env));
            }
            found = Some(i);
        }
        let i = found?;
        let self_ty = self.shallow(args[0]);
        if self.infer.root_of(&self.p.types, self_ty).is_some() {
            // A bound says something about one type; it does not say that an open type is this one.
            return Some(Sel::Maybe);
        }
        self.unify_all(&env.bounds[i].args, args);
        Some(Sel::Env(i))
    }

    /// A literal's type: integer or float, not yet known which.
    fn select_number(&mut self, trait_: TraitId, args: &[Ty], kind: VarKind) -> Sel {
        let builtin = self.p.index.builtin(trait_).filter(|b| b.holds_for_number(kind == VarKind::Int));
        let heads: &[Head] = match kind {
            VarKind::Float => &[Head::F64, Head::F32],
            _ => &[],
        };
        let ints = ALL_INTS.iter().filter(|_| kind == VarKind::Int).map(|i| Head::Int(*i));
        let mut heads = heads.iter().copied().chain(ints).chain([Head::Any]);
        let Some(builtin) = builtin else {
            let any = heads.any(|h| !self.p.index.trait_impls(trait_, h).is_empty());
            return if any { Sel::Maybe } else { Sel::No };
        };
        // An operator of a program's own may be meant, as long as its right side may be what that takes.
        let is_open = self.is_right_side_open(args);
        if !is_open && self.builtin_takes(builtin, args) {
            return Sel::Builtin(builtin);
        }
        let mut own: Vec<_> = heads.flat_map(|head| self.fitting_impls(trait_, head, args)).collect();
        match own.pop() {
            Some((id, binds, fits)) if own.is_empty() && !is_open => self.confirm_impl(id, binds, fits, args),
            Some(_) => Sel::Maybe,
            None if is_open && self.builtin_takes(builtin, args) => Sel::Builtin(builtin),
            None => Sel::No,
        }
    }

    /// The impls among those of a head that may be for the arguments.
    fn fitting_impls(&mut self, trait_: TraitId, head: Head, args: &[Ty]) -> Vec<(ImplId, Binds, Tri)> {
        let ids = self.p.index.trait_impls(trait_, head).to_vec();
        let fitting = ids.into_iter().filter_map(|id| {
            let mut binds = Binds::from_elem(None, self.p.impls[id].generics.params.len());
            let fits = self.match_impl(id, args, &mut binds);
            let applies = fits != Tri::No && (head != Head::Any || self.blanket_applies(id, &binds));
            applies.then_some((id, binds, fits))
        });
        fitting.collect()
    }

    /// `<I as IntoIterator<T>>::Iter` implements what the trait's declaration of `Iter` says.
    fn select_assoc_bound(&mut self, trait_: TraitId, self_ty: Ty, args: &[Ty]) -> Option<Sel> {
        let TyKind::Assoc { trait_: of, args: of_args, name } = self.p.types.kind(self_ty) else {
            return None;
        };
        let (of, of_args, name) = (*of, of_args.clone(), *name);
        let decl = self.p.traits[of].assoc_types.iter().find(|a| a.name == name)?;
        let bounds: Vec<EnvBound> = decl
            .bounds
            .iter()
            .filter_map(|b| match &b.kind {
                BoundKind::Trait { trait_, args, assoc } => {
                    Some(EnvBound { trait_: *trait_, args: args.clone(), assoc: assoc.clone() })
                }
                BoundKind::Fn { .. } => None,
            })
            .collect();
        for bound in bounds {
            let mut own = vec![self_ty];
            for arg in &bound.args {
                own.push(self.p.types.subst(*arg, &of_args));
            }
            for super_ in self.p.super_closure(bound.trait_) {
                if super_.trait_ != trait_ {
                    continue;
                }
                let full: Vec<Ty> = super_.args.iter().map(|t| self.p.types.subst(*t, &own)).collect();
                let full: Vec<Ty> = full.into_iter().map(|t| self.normalize(t)).collect();
                if self.could_unify(&full, args) {
                    self.unify_all(&full, args);
                    let said = super_.assoc.iter().map(|(name, ty)| (*name, self.p.types.subst(*ty, &own)));
                    let mut said: Vec<_> = said.collect();
                    if bound.trait_ == trait_ {
                        let direct = bound.assoc.iter();
                        said.extend(direct.map(|(name, ty)| (*name, self.p.types.subst(*ty, &of_args))));
                    }
                    return Some(Sel::AssocBound(said));
                }
            }
        }
        None
    }

    fn select_impl(&mut self, trait_: TraitId, self_ty: Ty, args: &[Ty]) -> Sel {
        let head = Head::of(&self.p.types, self_ty);
        let mut found: Option<(ImplId, Binds, Tri)> = None;
        let mut several = false;
        for head in head.into_iter().chain([Head::Any]) {
            let ids = self.p.index.trait_impls(trait_, head);
            let (n, first) = (ids.len(), ids.first().copied());
            for i in 0..n {
                // Seldom more than one, so that finding the list again costs less than a copy.
                let again = || self.p.index.trait_impls(trait_, head)[i];
                let id = first.filter(|_| i == 0).unwrap_or_else(again);
                let n = self.p.impls[id].generics.params.len();
                let mut binds = Binds::from_elem(None, n);
                let fits = self.match_impl(id, args, &mut binds);
                if fits == Tri::No || (head == Head::Any && !self.blanket_applies(id, &binds)) {
                    continue;
                }
                several |= found.is_some();
                found = Some((id, binds, fits));
            }
        }
        match found {
            None => Sel::No,
            Some(_) if several => Sel::Maybe,
            Some((id, binds, fits)) => self.confirm_impl(id, binds, fits, args),
        }
    }

    /// Whether the bounds of a blanket impl hold: other candidates must not be hidden by it.
    fn blanket_applies(&mut self, id: ImplId, binds: &[Option<Ty>]) -> bool {
        if self.stack.len() > MAX_DEPTH {
            self.exceeded = true;
            return false;
        }
        // The same impl may be asked for another type on the way: an iterator of iterators is one.
        let trait_ = self.p.impls[id].trait_.as_ref().map_or(TraitId(u32::MAX), |t| t.0);
        let number = self.p.types.intern(TyKind::ConstInt(i128::from(id.0)));
        let bound = binds.iter().map(|b| b.map_or(Ty::ERROR, |ty| self.deep(ty)));
        let bound: TyRow = std::iter::once(number).chain(bound).collect();
        let key = (trait_, self.p.row(&bound));
        if let Some(open) = self.stack.iter().position(|k| *k == key) {
            self.assumed = self.assumed.min(open);
            return false;
        }
        self.stack.push(key);
        let result = self.probe(|s| {
            let args: TyRow = binds.iter().map(|b| b.unwrap_or_else(|| s.fresh())).collect();
            s.impl_bounds_hold(id, &args)
        });
        self.stack.pop();
        result != Tri::No
    }

    fn match_impl(&mut self, id: ImplId, args: &[Ty], binds: &mut [Option<Ty>]) -> Tri {
        let mut result = Tri::Yes;
        for (i, arg) in args.iter().enumerate() {
            let Some(pattern) = self.p.impls[id].pattern(i) else { return Tri::No };
            result = result.and(self.match_ty(pattern, *arg, binds));
            if result == Tri::No {
                return Tri::No;
            }
        }
        result
    }

    fn confirm_impl(&mut self, id: ImplId, binds: Binds, fits: Tri, args: &[Ty]) -> Sel {
        let iargs: TyRow = binds.into_iter().map(|b| b.unwrap_or_else(|| self.fresh())).collect();
        if fits == Tri::Maybe {
            for (i, arg) in args.iter().enumerate() {
                let Some(pattern) = self.p.impls[id].pattern(i) else { break };
                let ty = self.instantiate(pattern, &iargs);
                if !self.unify(ty, *arg) {
                    return Sel::No;
                }
            }
        }
        Sel::Impl(id, iargs)
    }

    /// One-way matching of an impl's type, whose parameters become bound, with a type at hand.
    fn match_ty(&mut self, pattern: Ty, ty: Ty, binds: &mut [Option<Ty>]) -> Tri {
        let ty = self.shallow(ty);
        if pattern == ty && !self.p.types.flags(pattern).has_param || ty == Ty::ERROR {
            return Tri::Yes;
        }
        if let TyKind::Param(i, _) = self.p.types.kind(pattern) {
            let i = *i as usize;
            return match binds[i] {
                None => {
                    binds[i] = Some(ty);
                    Tri::Yes
                }
                Some(bound) if bound == ty => Tri::Yes,
                Some(bound) if self.could_unify(&[bound], &[ty]) => Tri::Maybe,
                Some(_) => Tri::No,
            };
        }
        if let TyKind::Assoc { .. } = self.p.types.kind(pattern) {
            return Tri::Maybe;
        }
        if let TyKind::Infer(_) = self.p.types.kind(ty) {
            return self.match_var(pattern, ty);
        }
        let flags = self.p.types.flags(ty);
        if !self.p.types.flags(pattern).has_param && !flags.has_infer && !flags.has_assoc && !flags.has_error
        {
            return if self.p.types.flags(pattern).has_assoc { Tri::Maybe } else { Tri::No };
        }
        if !self.same_constructor(pattern, ty) {
            return Tri::No;
        }
        let mut result = Tri::Yes;
        let mut i = 0;
        while let (Some(p), Some(t)) = (self.p.types.child(pattern, i), self.p.types.child(ty, i)) {
            result = result.and(self.match_ty(p, t, binds));
            if result == Tri::No {
                break;
            }
            i += 1;
        }
        result
    }

    fn match_var(&self, pattern: Ty, var: Ty) -> Tri {
        let fits = match self.infer.kind_of(&self.p.types, var) {
            Some(VarKind::Int) => matches!(self.p.types.kind(pattern), TyKind::Int(_)),
            Some(VarKind::Float) => matches!(self.p.types.kind(pattern), TyKind::F32 | TyKind::F64),
            _ => true,
        };
        if fits { Tri::Maybe } else { Tri::No }
    }

    /// Whether two types have the same outermost constructor, and so as many children.
    fn same_constructor(&self, a: Ty, b: Ty) -> bool {
        match (self.p.types.kind(a), self.p.types.kind(b)) {
            (TyKind::Tuple(x), TyKind::Tuple(y)) => x.len() == y.len(),
            (TyKind::Adt(i, _), TyKind::Adt(j, _)) => i == j,
            (TyKind::FixedArray(..), TyKind::FixedArray(..))
            | (TyKind::Ptr(_), TyKind::Ptr(_))
            | (TyKind::Buffer(_), TyKind::Buffer(_)) => true,
            (TyKind::Fn { params: p, is_async: a, .. }, TyKind::Fn { params: q, is_async: b, .. }) => {
                a == b && p.len() == q.len() && p.iter().zip(q.iter()).all(|(x, y)| x.1 == y.1)
            }
            (TyKind::Dyn { trait_: i, assoc: p, .. }, TyKind::Dyn { trait_: j, assoc: q, .. }) => {
                i == j && p.len() == q.len()
            }
            _ => false,
        }
    }

    fn select_dyn(&mut self, trait_: TraitId, self_ty: Ty, args: &[Ty]) -> bool {
        let TyKind::Dyn { trait_: of, args: of_args, .. } = self.p.types.kind(self_ty) else {
            return false;
        };
        let of = *of;
        let own: Vec<Ty> = std::iter::once(self_ty).chain(of_args.iter().copied()).collect();
        for super_ in self.p.super_closure(of) {
            if super_.trait_ == trait_ {
                let full: Vec<Ty> = super_.args.iter().map(|t| self.p.types.subst(*t, &own)).collect();
                if self.could_unify(&full, args) {
                    return self.unify_all(&full, args);
                }
            }
        }
        false
    }
}
