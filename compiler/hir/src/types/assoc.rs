//! Associated types: `T.Output`, and where they are looked for.

use super::{Seg, TyCx};
use crate::checker::Checker;
use crate::codes;
use crate::infer::VarKind;
use crate::program::*;
use crate::record::Target;
use crate::ty::{Args, Ty, TyKind};
use syntax::ast;
use syntax::{Diagnostic, Span, Symbol};

impl Checker {
    /// `.Item` behind a type.
    pub(super) fn lower_assoc_rest(&mut self, mut ty: Ty, rest: &[ast::PathSegment], cx: &TyCx) -> Ty {
        for segment in rest {
            if ty == Ty::ERROR {
                return ty;
            }
            self.no_args(Seg::of(segment), "an associated type");
            ty = self.lower_assoc(ty, segment.ident, cx);
        }
        ty
    }

    fn lower_assoc(&mut self, ty: Ty, ident: ast::Ident, cx: &TyCx) -> Ty {
        if let Some(found) = self.find_assoc(ty, ident, cx) {
            return found;
        }
        let (owner, name) = (self.program.ty_name(ty), self.program.name(ident.name));
        if let TyKind::Adt(adt, _) = *self.program.types.kind(ty)
            && self.variant_named(adt, ident.name).is_some()
        {
            let message = format!("`{name}` is a variant, the type is `{owner}`");
            self.report(Diagnostic::error(codes::NOT_A_TYPE, ident.span, message));
            return Ty::ERROR;
        }
        let message = format!("`{owner}` has no associated type `{name}`");
        let diag = Diagnostic::error(codes::UNKNOWN_TYPE, ident.span, message)
            .note("associated types come from the traits that are bounds of the type");
        self.report(diag);
        Ty::ERROR
    }

    /// The associated type of this name, by the bounds of the type.
    pub(crate) fn find_assoc(&mut self, ty: Ty, ident: ast::Ident, cx: &TyCx) -> Option<Ty> {
        let mut found: Vec<(TraitId, Args)> = Vec::new();
        if cx.self_ty == Some(ty) {
            if let Some(id) = cx.self_trait {
                let args = crate::env::identity_args(&mut self.program, id);
                found.push((id, args));
                found.extend(self.supertraits_of(id, ty));
            }
            if let Some((id, args)) = &cx.impl_trait {
                found.push((*id, std::iter::once(ty).chain(args.iter().copied()).collect()));
            }
        }
        for bound in &cx.generics.bounds {
            if let BoundKind::Trait { trait_, args, .. } = &bound.kind
                && bound.ty == ty
            {
                let full: Args = std::iter::once(ty).chain(args.iter().copied()).collect();
                let above: Vec<_> = self.super_bounds_of(*trait_, &full);
                found.push((*trait_, full));
                found.extend(above);
            }
        }
        if found.is_empty() {
            found.extend(self.bounds_of_assoc(ty));
        }
        found.retain(|(id, _)| self.has_assoc(*id, ident.name));
        // It may come by several bounds.
        let mut seen: Vec<(TraitId, Args)> = Vec::new();
        found.retain(|one| {
            !seen.contains(one) && {
                seen.push(one.clone());
                true
            }
        });
        let is_own =
            cx.self_ty == Some(ty) && found.first().is_some_and(|(id, _)| cx.self_trait == Some(*id));
        if found.len() > 1 && !is_own {
            self.ambiguous_assoc(ty, ident, &found);
            return Some(Ty::ERROR);
        }
        if found.is_empty() && !matches!(self.program.types.kind(ty), TyKind::Param(..)) {
            found.extend(self.impls_with_assoc(ty, ident.name));
        }
        let (trait_, args) = found.into_iter().next()?;
        self.note(ident.span, Target::AssocTy(trait_, ident.name));
        Some(self.program.types.intern(TyKind::Assoc { trait_, args, name: ident.name }))
    }

    fn ambiguous_assoc(&mut self, ty: Ty, ident: ast::Ident, found: &[(TraitId, Args)]) {
        let (owner, name) = (self.program.ty_name(ty), self.program.name(ident.name));
        let [first, second] = [0, 1].map(|n| self.program.trait_ref_name(found[n].0, &found[n].1[1..]));
        let message = format!("`{owner}.{name}` may be that of `{first}` or that of `{second}`");
        self.report(Diagnostic::error(codes::AMBIGUOUS_TYPE, ident.span, message));
    }

    pub(super) fn has_assoc(&self, id: TraitId, name: Symbol) -> bool {
        let declared = self.decls.traits[id].as_ref();
        self.program.traits[id].assoc_types.iter().any(|a| a.name == name)
            || declared.is_some_and(|d| d.assoc_types.iter().any(|a| a.name.name == name))
    }

    fn supertraits_of(&mut self, id: TraitId, _self_ty: Ty) -> Vec<(TraitId, Args)> {
        let args = crate::env::identity_args(&mut self.program, id);
        self.super_bounds_of(id, &args)
    }

    fn super_bounds_of(&mut self, id: TraitId, args: &[Ty]) -> Vec<(TraitId, Args)> {
        self.ensure_trait_header(id);
        let all = self.program.super_closure(id);
        all.into_iter()
            .skip(1)
            .map(|b| (b.trait_, b.args.iter().map(|t| self.program.types.subst(*t, args)).collect()))
            .collect()
    }

    /// The traits that the declaration of an associated type says it has.
    fn bounds_of_assoc(&mut self, ty: Ty) -> Vec<(TraitId, Args)> {
        let TyKind::Assoc { trait_, args, name } = self.program.types.kind(ty).clone() else {
            return Vec::new();
        };
        let decl = self.program.traits[trait_].assoc_types.iter().find(|a| a.name == name);
        let bounds = decl.map(|d| d.bounds.clone()).unwrap_or_default();
        let mut found = Vec::new();
        for bound in bounds {
            if let BoundKind::Trait { trait_, args: bound_args, .. } = bound.kind {
                let own = bound_args.iter().map(|t| self.program.types.subst(*t, &args));
                let full: Args = std::iter::once(ty).chain(own).collect();
                found.push((trait_, full.clone()));
                found.extend(self.super_bounds_of(trait_, &full));
            }
        }
        found
    }

    /// Traits with such an associated type that a concrete type implements.
    fn impls_with_assoc(&mut self, ty: Ty, name: Symbol) -> Vec<(TraitId, Args)> {
        let traits = self.program.index.traits_with_assoc(name).to_vec();
        let mut found = Vec::new();
        for id in traits {
            let n = self.program.traits[id].generics.params.len();
            let args: Vec<Ty> = std::iter::once(ty)
                .chain(
                    (1..n).map(|_| self.infer.fresh(&mut self.program.types, VarKind::General, Span::DUMMY)),
                )
                .collect();
            let env = crate::env::ParamEnv::default();
            let mut solver = crate::solve::Solver::new(&mut self.program, &mut self.infer, &env, Span::DUMMY);
            if let crate::solve::Sel::Impl(..) = solver.select(id, &args) {
                let args: Args = args.iter().map(|t| solver.deep(*t)).collect();
                if !args.iter().any(|t| self.program.types.flags(*t).has_infer) {
                    found.push((id, args));
                }
            }
        }
        found
    }
}
