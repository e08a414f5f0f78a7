//! Projections of associated types: what `<T as Trait>::Name` is.

use super::{Deferred, MAX_DEPTH, Proj, Sel, Solver};
use crate::program::{ImplId, TraitId};
use crate::ty::{Ty, TyKind, TyRow};
use syntax::Symbol;

impl Solver<'_> {
    /// Puts arguments in for parameters and reduces projections.
    pub fn instantiate(&mut self, ty: Ty, args: &[Ty]) -> Ty {
        let ty = self.p.types.subst(ty, args);
        self.normalize(ty)
    }

    /// Reduces all projections in a type. One that waits for a variable becomes a variable itself.
    pub fn normalize(&mut self, ty: Ty) -> Ty {
        if !self.p.types.flags(ty).has_assoc {
            return ty;
        }
        match self.p.types.kind(ty).clone() {
            TyKind::Assoc { trait_, args, name } => {
                let args: Vec<Ty> = args.iter().map(|t| self.normalize(*t)).collect();
                self.normalize_projection(trait_, args, name)
            }
            _ => {
                let mut children = TyRow::new();
                while let Some(child) = self.p.types.child(ty, children.len()) {
                    children.push(self.normalize(child));
                }
                self.p.types.with_children(ty, &children)
            }
        }
    }

    fn normalize_projection(&mut self, trait_: TraitId, args: Vec<Ty>, name: Symbol) -> Ty {
        let args: Vec<Ty> = args.into_iter().map(|t| self.deep(t)).collect();
        let whole = self.p.types.intern(TyKind::Assoc { trait_, args: args.clone().into(), name });
        if let Some(known) = self.p.caches.assoc.get(&whole) {
            return *known;
        }
        let key = (TraitId(u32::MAX), whole);
        if let Some(open) = self.stack.iter().position(|k| *k == key) {
            self.assumed = self.assumed.min(open);
            return Ty::ERROR;
        }
        if self.stack.len() > MAX_DEPTH {
            self.exceeded = true;
            return Ty::ERROR;
        }
        self.stack.push(key);
        let result = self.project(trait_, &args, name);
        self.stack.pop();
        match result {
            Proj::Ty(ty) => {
                if self.p.is_settled(ty) && args.iter().all(|t| self.p.is_settled(*t)) {
                    self.p.caches.assoc.insert(whole, ty);
                }
                ty
            }
            Proj::Rigid => whole,
            // Whoever asked for the projection asked for the trait too, and reports that it is missing.
            Proj::Fail => Ty::ERROR,
            Proj::Maybe => {
                let out = self.fresh();
                self.deferred.push(Deferred { trait_, args: args.into(), name, out });
                out
            }
        }
    }

    pub fn project(&mut self, trait_: TraitId, args: &[Ty], name: Symbol) -> Proj {
        match self.select(trait_, args) {
            Sel::No => Proj::Fail,
            Sel::Error => Proj::Ty(Ty::ERROR),
            Sel::Maybe => Proj::Maybe,
            Sel::Env(i) => {
                let env = self.env;
                match env.bounds[i].assoc.iter().find(|a| a.0 == name) {
                    Some((_, ty)) => {
                        let ty = *ty;
                        Proj::Ty(self.normalize(ty))
                    }
                    None => Proj::Rigid,
                }
            }
            Sel::AssocBound(said) => match said.into_iter().find(|a| a.0 == name) {
                Some((_, ty)) => Proj::Ty(self.normalize(ty)),
                None => Proj::Rigid,
            },
            Sel::Builtin(_) => Proj::Ty(args[0]),
            Sel::Dyn => self.project_dyn(trait_, args[0], name),
            Sel::Impl(id, iargs) => self.project_impl(trait_, id, iargs, args, name),
        }
    }

    /// What a `dyn` type says of an associated type, or the trait of it says of one of a trait above.
    fn project_dyn(&mut self, trait_: TraitId, self_ty: Ty, name: Symbol) -> Proj {
        let self_ty = self.shallow(self_ty);
        let TyKind::Dyn { trait_: of, args, assoc } = self.p.types.kind(self_ty).clone() else {
            return Proj::Fail;
        };
        if trait_ == of {
            return assoc.iter().find(|a| a.0 == name).map_or(Proj::Fail, |a| Proj::Ty(a.1));
        }
        let above = self.p.super_closure(of).into_iter().filter(|bound| bound.trait_ == trait_);
        let Some(ty) = above.flat_map(|bound| bound.assoc).find(|said| said.0 == name).map(|said| said.1)
        else {
            return Proj::Fail;
        };
        let own: Vec<Ty> = std::iter::once(self_ty).chain(args.iter().copied()).collect();
        Proj::Ty(self.instantiate(ty, &own))
    }

    fn project_impl(&mut self, trait_: TraitId, id: ImplId, iargs: TyRow, args: &[Ty], name: Symbol) -> Proj {
        // Parameters that occur in bounds only are determined by them.
        if iargs.iter().any(|t| self.p.types.flags(*t).has_infer) {
            self.impl_bounds_hold(id, &iargs);
        }
        let of_impl = self.p.impls[id].assoc_types.iter().find(|a| a.0 == name).map(|a| a.1);
        if let Some(ty) = of_impl {
            return Proj::Ty(self.instantiate(ty, &iargs));
        }
        let decl = self.p.traits[trait_].assoc_types.iter().find(|a| a.name == name);
        match decl.and_then(|d| d.default) {
            Some(ty) => {
                let args = args.to_vec();
                Proj::Ty(self.instantiate(ty, &args))
            }
            None => Proj::Fail,
        }
    }
}
