//! Whether types implement traits, with everything that the impls ask for in turn.

use super::{MAX_DEPTH, Proj, Sel, Solver, Tri};
use crate::infer::VarKind;
use crate::program::{BoundKind, ImplId, ParamMode, TraitId};
use crate::ty::{Ty, TyKind, TyRow};
use syntax::Symbol;

impl Solver<'_> {
    /// Whether a type implements a trait, with everything that the impl asks for in turn.
    pub fn holds(&mut self, trait_: TraitId, args: &[Ty]) -> Tri {
        if self.is_open(trait_, args[0]) {
            return Tri::Maybe;
        }
        match args {
            [ty] => {
                let ty = self.deep(*ty);
                self.holds_deep(trait_, &[ty])
            }
            _ if !args.iter().any(|t| self.p.types.flags(*t).has_infer) => self.holds_deep(trait_, args),
            _ => {
                let args: TyRow = args.iter().map(|t| self.deep(*t)).collect();
                self.holds_deep(trait_, &args)
            }
        }
    }

    /// Whether nothing is known of the type, and no bound in scope says anything of the trait.
    fn is_open(&self, trait_: TraitId, self_ty: Ty) -> bool {
        let kind = self.infer.kind_of(&self.p.types, self.shallow(self_ty));
        kind == Some(VarKind::General) && !self.env.bounds.iter().any(|b| b.trait_ == trait_)
    }

    /// [`Solver::holds`] for types in which all known variables are replaced.
    fn holds_deep(&mut self, trait_: TraitId, args: &[Ty]) -> Tri {
        let concrete = args.iter().all(|t| self.p.is_settled(*t));
        if !concrete && self.p.caches.never.contains(&(trait_, args[0])) {
            return Tri::No;
        }
        let row = self.p.row(args);
        if concrete && let Some(known) = self.p.caches.holds.get(&(trait_, row)) {
            return *known;
        }
        let key = (trait_, row);
        if let Some(open) = self.stack.iter().position(|k| *k == key) {
            self.assumed = self.assumed.min(open);
            return Tri::Yes;
        }
        if self.stack.len() > MAX_DEPTH || self.p.types.size(args[0]) > crate::types::MAX_SIZE {
            self.exceeded = true;
            return Tri::No;
        }
        let outer = std::mem::replace(&mut self.assumed, usize::MAX);
        self.stack.push(key);
        let result = self.holds_now(trait_, args);
        self.stack.pop();
        // What rests on an open question is settled with that one; all else is asked once.
        let is_final = self.assumed >= self.stack.len();
        self.assumed = if is_final { outer } else { outer.min(self.assumed) };
        // `Maybe` is final too: nothing is open in the types, so something in them was reported.
        if concrete && is_final && !self.exceeded {
            self.p.caches.holds.insert((trait_, row), result);
        } else if result == Tri::No && is_final && !self.exceeded && self.asks_of_all(args) {
            self.p.caches.never.insert((trait_, args[0]));
        }
        result
    }

    /// Whether nothing is open in the type and nothing known of the trait's other arguments.
    fn asks_of_all(&self, args: &[Ty]) -> bool {
        let is_open = |ty: Ty| {
            self.infer.shallow(&self.p.types, ty) == ty
                && self.infer.kind_of(&self.p.types, ty) == Some(VarKind::General)
        };
        let distinct = (1..args.len()).all(|i| !args[..i].contains(&args[i]));
        self.p.is_settled(args[0]) && distinct && args[1..].iter().all(|ty| is_open(*ty))
    }

    fn holds_now(&mut self, trait_: TraitId, args: &[Ty]) -> Tri {
        if let [ty] = args
            && self.infer.kind_of(&self.p.types, *ty) == Some(VarKind::Int)
            && self.p.index.all_ints_have(trait_)
        {
            // Whatever type the literal will have.
            return Tri::Yes;
        }
        match self.select(trait_, args) {
            Sel::No => Tri::No,
            Sel::Maybe => Tri::Maybe,
            Sel::Env(_) | Sel::AssocBound(_) | Sel::Dyn | Sel::Error => Tri::Yes,
            Sel::Impl(id, iargs) => self.impl_bounds_hold(id, &iargs),
            Sel::Builtin(_) => self.structural_parts_hold(trait_, args[0]),
        }
    }

    pub fn impl_bounds_hold(&mut self, id: ImplId, iargs: &[Ty]) -> Tri {
        let mut result = Tri::Yes;
        for i in 0..self.p.impls[id].generics.bounds.len() {
            let bound = self.p.impls[id].generics.bounds[i].clone();
            result = result.and(self.bound_holds(&bound, iargs));
            if result == Tri::No {
                break;
            }
        }
        result
    }

    /// A bound with arguments put in for its parameters.
    pub fn bound_holds(&mut self, bound: &crate::program::Bound, sub: &[Ty]) -> Tri {
        let ty = self.instantiate(bound.ty, sub);
        match &bound.kind {
            BoundKind::Trait { trait_, args, assoc } => {
                let mut full = TyRow::new();
                full.push(ty);
                for arg in args {
                    let arg = self.instantiate(*arg, sub);
                    full.push(arg);
                }
                let mut result = self.holds(*trait_, &full);
                for (name, want) in assoc {
                    if result == Tri::No {
                        break;
                    }
                    let want = self.instantiate(*want, sub);
                    result = result.and(self.projects_to(*trait_, &full, *name, want));
                }
                result
            }
            BoundKind::Fn { params, ret, .. } => self.fn_bound_holds(ty, params, *ret, sub),
        }
    }

    pub fn projects_to(&mut self, trait_: TraitId, args: &[Ty], name: Symbol, want: Ty) -> Tri {
        match self.project(trait_, args, name) {
            Proj::Ty(ty) if self.unify(ty, want) => Tri::Yes,
            Proj::Ty(_) | Proj::Fail => Tri::No,
            Proj::Maybe => Tri::Maybe,
            Proj::Rigid => {
                let rigid = self.rigid(trait_, args, name);
                if self.unify(rigid, want) { Tri::Yes } else { Tri::No }
            }
        }
    }

    /// An associated type as far as it is known, for messages.
    pub fn assoc_of(&mut self, trait_: TraitId, args: &[Ty], name: Symbol) -> Ty {
        match self.project(trait_, args, name) {
            Proj::Ty(ty) => self.deep(ty),
            Proj::Maybe | Proj::Fail | Proj::Rigid => self.rigid(trait_, args, name),
        }
    }

    fn rigid(&mut self, trait_: TraitId, args: &[Ty], name: Symbol) -> Ty {
        let args = args.iter().map(|t| self.deep(*t)).collect();
        self.p.types.intern(TyKind::Assoc { trait_, args, name })
    }

    fn fn_bound_holds(&mut self, ty: Ty, params: &[(Ty, bool)], ret: Ty, sub: &[Ty]) -> Tri {
        let ty = self.shallow(ty);
        if self.infer.root_of(&self.p.types, ty).is_some() {
            return Tri::Maybe;
        }
        let Some((own, own_ret)) = self.callable(ty) else {
            return if ty == Ty::ERROR { Tri::Yes } else { Tri::No };
        };
        if own.len() != params.len() {
            return Tri::No;
        }
        for ((a, a_mut), (b, b_mut)) in own.into_iter().zip(params) {
            let b = self.instantiate(*b, sub);
            if a_mut != *b_mut || !self.unify(a, b) {
                return Tri::No;
            }
        }
        let ret = self.instantiate(ret, sub);
        if self.unify(own_ret, ret) || self.shallow(own_ret) == Ty::NEVER { Tri::Yes } else { Tri::No }
    }

    /// Parameters (with whether they are `mut`) and result of something that can be called.
    pub fn callable(&mut self, ty: Ty) -> Option<(Vec<(Ty, bool)>, Ty)> {
        let ty = self.shallow(ty);
        match self.p.types.kind(ty) {
            TyKind::Fn { params, ret, .. } => Some((params.to_vec(), *ret)),
            TyKind::Closure(id, args) => {
                let (id, args) = (*id, TyRow::from_slice(args));
                let (n, ret) = (self.p.closures[id].params.len(), self.p.closures[id].ret);
                let mut params = Vec::with_capacity(n);
                for i in 0..n {
                    let (ty, mode) = self.p.closures[id].params[i];
                    params.push((self.instantiate(ty, &args), mode == ParamMode::Mut));
                }
                Some((params, self.instantiate(ret, &args)))
            }
            TyKind::FnDef(id, args) => {
                let (id, args) = (*id, TyRow::from_slice(args));
                let (n, ret) = (self.p.fns[id].params.len(), self.p.fns[id].ret);
                let mut params = Vec::with_capacity(n);
                for i in 0..n {
                    let (ty, mode) = (self.p.fns[id].params[i].ty, self.p.fns[id].params[i].mode);
                    params.push((self.instantiate(ty, &args), mode == ParamMode::Mut));
                }
                Some((params, self.instantiate(ret, &args)))
            }
            TyKind::Param(..) | TyKind::Assoc { .. } => {
                let found = self.env.fns.iter().find(|f| f.ty == ty)?;
                Some((found.params.clone(), found.ret))
            }
            _ => None,
        }
    }
}
