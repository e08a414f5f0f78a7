//! Heads of impls, and what stands in them: which method is which of the trait's.

use crate::checker::Checker;
use crate::codes;
use crate::program::*;
use crate::record::Target;
use crate::ty::{Ty, TyKind};
use crate::types::TyCx;
use syntax::ast;
use syntax::{Diagnostic, Symbol, sym};

impl Checker {
    pub(super) fn resolve_impl_head(&mut self, id: ImplId) {
        let Some(decl) = self.decls.impls[id].decl.take() else { return };
        let mut cx = TyCx::new(self.program.impls[id].module);
        self.declare_params(&decl.generics, &mut cx);
        self.resolve_bounds(&decl.generics, &mut cx);
        let self_ty = self.lower_ty(&decl.self_ty, &cx);
        cx.self_ty = Some(self_ty);
        let trait_ = decl.trait_.as_ref().and_then(|t| match self.lower_bound(t, &cx)? {
            BoundKind::Trait { trait_, args, assoc } => {
                if let Some((name, _)) = assoc.first() {
                    let text = self.program.name(*name);
                    let message = format!("associated types are set inside the `impl`: `type {text} = …`");
                    self.report(Diagnostic::error(codes::WRONG_TYPE_ARGS, t.span, message));
                }
                Some((trait_, args))
            }
            BoundKind::Fn { .. } => {
                self.report(Diagnostic::error(codes::EXPECTED_TRAIT, t.span, "expected a trait"));
                None
            }
        });
        let trait_ = trait_.filter(|(t, _)| !self.refuse_impl_of_messages(*t, self_ty, decl.self_ty.span));
        let failed = decl.trait_.is_some() && trait_.is_none();
        let slot = &mut self.program.impls[id];
        slot.generics = cx.generics;
        slot.self_ty = if failed { Ty::ERROR } else { self_ty };
        slot.trait_ = trait_.clone();
        if let Some((trait_, _)) = trait_
            && let Some(head) = crate::impls::Head::of_impl(&self.program.types, self_ty)
        {
            self.program.index.add_trait_impl(trait_, head, id);
            self.program.caches.holds.clear();
        }
        self.decls.impls[id].decl = Some(decl);
    }

    pub(crate) fn impl_cx(&mut self, id: ImplId) -> TyCx {
        let decl = &self.program.impls[id];
        let mut cx = TyCx::new(decl.module);
        cx.generics = decl.generics.clone();
        cx.self_ty = Some(decl.self_ty);
        cx.impl_trait = decl.trait_.clone();
        cx
    }

    pub(super) fn resolve_impl_types(&mut self, id: ImplId) {
        let types = std::mem::take(&mut self.decls.impls[id].types);
        let cx = self.impl_cx(id);
        for alias in types {
            let ty = self.lower_ty(&alias.ty, &cx);
            self.add_impl_type(id, alias.name, ty);
        }
    }

    fn add_impl_type(&mut self, id: ImplId, name: ast::Ident, ty: Ty) {
        let Some((trait_, _)) = self.program.impls[id].trait_ else {
            if self.program.impls[id].self_ty != Ty::ERROR {
                let message = "only impls of traits set associated types";
                let diag = Diagnostic::error(codes::MISPLACED_ITEM, name.span, message);
                self.report(diag.note("write the alias outside the `impl`"));
            }
            return;
        };
        if !self.program.traits[trait_].assoc_types.iter().any(|a| a.name == name.name) {
            let (text, of) =
                (self.program.name(name.name), self.program.name(self.program.traits[trait_].name));
            let message = format!("the trait `{of}` has no associated type `{text}`");
            return self.report(Diagnostic::error(codes::NOT_IN_TRAIT, name.span, message));
        }
        if self.program.impls[id].assoc_types.iter().any(|a| a.0 == name.name) {
            let text = self.program.name(name.name);
            let message = format!("the associated type `{text}` is set twice");
            return self.report(Diagnostic::error(codes::DUPLICATE_NAME, name.span, message));
        }
        self.note(name.span, Target::AssocTy(trait_, name.name));
        self.program.impls[id].assoc_types.push((name.name, ty));
    }

    /// Puts the members of an impl where they are looked for.
    pub(super) fn fill_impl(&mut self, id: ImplId) {
        let fns = std::mem::take(&mut self.decls.impls[id].fns);
        let consts = std::mem::take(&mut self.decls.impls[id].consts);
        match self.program.impls[id].trait_ {
            Some((trait_, _)) => {
                self.report_consts_of_impl(trait_, &consts);
                self.fill_trait_impl(id, trait_, fns);
            }
            None => self.fill_inherent_impl(id, fns),
        }
        let head = crate::impls::Head::of_impl(&self.program.types, self.program.impls[id].self_ty);
        for const_ in consts {
            let name = self.program.consts[const_].name;
            self.program.impls[id].consts.push((name, const_));
            if let Some(head) = head {
                self.program.index.add_const(head, name, id, const_);
            }
        }
        self.decls.impls[id].decl = None;
    }

    fn fill_trait_impl(&mut self, id: ImplId, trait_: TraitId, fns: Vec<FnId>) {
        let n = self.program.traits[trait_].methods.len();
        let mut methods: Vec<Option<FnId>> = vec![None; n];
        for fn_ in fns {
            let name = self.program.fns[fn_].name;
            let methods_of = &self.program.traits[trait_].methods;
            let index = methods_of.iter().position(|m| self.program.fns[*m].name == name);
            match index {
                None => {
                    if let Some(meant) = self.report_not_in_trait(trait_, fn_) {
                        self.decls.misspelt.push((id, meant));
                    }
                    // Calls of it are no news.
                    if let Some(head) =
                        crate::impls::Head::of(&self.program.types, self.program.impls[id].self_ty)
                    {
                        self.program.index.add_method(head, name, fn_);
                    }
                }
                Some(i) => match methods[i] {
                    None => methods[i] = Some(fn_),
                    Some(first) => self.report_duplicate_fn(fn_, first),
                },
            }
        }
        self.program.impls[id].methods = methods;
    }

    /// Traits have no constants, so their impls have none.
    fn report_consts_of_impl(&mut self, trait_: TraitId, consts: &[ConstId]) {
        let of = self.program.name(self.program.traits[trait_].name).to_string();
        for id in consts {
            let decl = &self.program.consts[*id];
            if self.decls.misplaced_consts.contains(&decl.name) {
                continue;
            }
            let message = format!("the trait `{of}` has no constant `{}`", self.program.name(decl.name));
            let diag = Diagnostic::error(codes::NOT_IN_TRAIT, decl.span, message)
                .note(format!("constants stand in an `impl` of the type itself, without `{of} for`"));
            self.report(diag);
        }
    }

    /// Reports a method that the trait does not have; returns the name that was probably meant.
    fn report_not_in_trait(&mut self, trait_: TraitId, fn_: FnId) -> Option<Symbol> {
        let name = self.program.name(self.program.fns[fn_].name).to_string();
        let of = self.program.name(self.program.traits[trait_].name).to_string();
        let span = self.program.fns[fn_].span;
        let message = format!("the trait `{of}` has no method `{name}`");
        let mut diag = Diagnostic::error(codes::NOT_IN_TRAIT, span, message)
            .note(format!("other functions stand in an `impl` of the type itself, without `{of} for`"));
        // A method that the `impl` has is not meant.
        let container = self.program.fns[fn_].container;
        let fns = self.program.fns.iter().filter(|f| f.container == container);
        let there: Vec<Symbol> = fns.map(|f| f.name).collect();
        let methods = self.program.traits[trait_].methods.iter().map(|m| self.program.fns[*m].name);
        let names: Vec<Symbol> = methods.filter(|name| !there.contains(name)).collect();
        let found = crate::suggest::closest(&self.program.interner, &name, names);
        let meant = found.as_ref().and_then(|f| self.program.interner.get(f));
        if let Some(found) = found {
            diag = diag.fix_likely(format!("did you mean `{found}`?"), span, found);
        }
        self.report(diag);
        meant
    }

    pub(crate) fn report_duplicate_fn(&mut self, second: FnId, first: FnId) {
        let text = self.program.name(self.program.fns[second].name);
        let message = format!("the method `{text}` is declared twice");
        let diag = Diagnostic::error(codes::DUPLICATE_NAME, self.program.fns[second].span, message)
            .label("declared again here")
            .also(self.program.fns[first].span, "first declared here");
        self.report(diag);
    }

    fn fill_inherent_impl(&mut self, id: ImplId, fns: Vec<FnId>) {
        let self_ty = self.program.impls[id].self_ty;
        self.program.impls[id].methods = fns.iter().copied().map(Some).collect();
        let Some(head) = crate::impls::Head::of(&self.program.types, self_ty) else { return };
        for fn_ in fns {
            let name = self.program.fns[fn_].name;
            self.program.index.add_method(head, name, fn_);
            if name == sym::drop
                && let TyKind::Adt(adt, _) = *self.program.types.kind(self_ty)
                && self.program.adts[adt].is_iso
            {
                self.program.adts[adt].drop_fn = Some(fn_);
            }
        }
    }
}
