//! Which traits can be used as `dyn`.

use crate::checker::Checker;
use crate::codes;
use crate::program::*;
use crate::resolve::{has_own_bounds, is_in_vtable, mentions_self};
use crate::ty::TyKind;
use syntax::{Diagnostic, Span};

impl Checker {
    pub(crate) fn decide_dyn_safety(&mut self, id: TraitId) {
        self.program.traits[id].dyn_safe = self.dyn_safety(id);
    }

    fn dyn_safety(&mut self, id: TraitId) -> Result<(), String> {
        if let Some(method) = self.method_without_vtable(id) {
            let fn_ = &self.program.fns[method];
            let name = self.program.name(fn_.name);
            return Err(if !fn_.has_self {
                format!("`{name}` has no `self`, so there is no value whose vtable could be used")
            } else if fn_.generics.params.len() as u32 > fn_.generics.n_parent {
                format!("`{name}` is generic: a vtable cannot hold all its instances")
            } else if has_own_bounds(&self.program, method) {
                format!("`{name}` asks more of the trait's parameters than the trait does")
            } else {
                format!(
                    "`{name}` mentions `Self` beyond the receiver, and a `dyn` value does not know its type"
                )
            });
        }
        for super_ in &self.program.traits[id].supertraits {
            if let BoundKind::Trait { trait_, args, .. } = &super_.kind {
                if args.iter().any(|t| mentions_self(&self.program, *t)) {
                    return Err("a supertrait mentions `Self` in its arguments".to_string());
                }
                if *trait_ != id
                    && let Err(reason) = &self.program.traits[*trait_].dyn_safe
                {
                    return Err(reason.clone());
                }
            }
        }
        Ok(())
    }

    /// The first method of a trait that a vtable cannot hold, and that has no body which would do instead.
    fn method_without_vtable(&self, id: TraitId) -> Option<FnId> {
        let mut methods = self.program.traits[id].methods.iter().copied();
        methods.find(|m| !is_in_vtable(&self.program, *m) && self.program.fns[*m].kind != FnKind::Body)
    }

    /// Why a trait cannot be `dyn`; while signatures are being resolved the question is put off.
    pub(crate) fn dyn_problem(&mut self, id: TraitId) -> Option<String> {
        if (id.0 as usize) >= self.decls.done.traits {
            return None;
        }
        self.program.traits[id].dyn_safe.clone().err()
    }

    /// Checks the `dyn` types in signatures, once all traits are known.
    pub(crate) fn check_dyn_uses(&mut self) {
        for (id, span) in std::mem::take(&mut self.decls.dyn_uses) {
            if let Err(reason) = self.program.traits[id].dyn_safe.clone() {
                self.report_not_dyn(id, span, reason);
            }
        }
    }

    pub(crate) fn report_not_dyn(&mut self, id: TraitId, span: Span, reason: String) {
        let text = self.program.name(self.program.traits[id].name);
        let message = format!("the trait `{text}` cannot be used as `dyn`");
        let diag = Diagnostic::error(codes::NOT_DYN_SAFE, span, message).note(reason);
        let mut traits = vec![id];
        traits.extend(self.program.super_closure(id).iter().map(|bound| bound.trait_));
        let culprit = traits.into_iter().find_map(|id| self.method_without_vtable(id));
        self.report(match culprit {
            Some(method) if self.is_user(self.program.fns[method].module) => diag
                .also(self.program.fns[method].span, "because of this")
                .note("give it a body in the trait, or move it to a trait of its own"),
            _ => diag,
        });
    }

    /// Whether a type is `dyn` of a trait or of one below it: then the vtable has the trait's methods. `dyn Iterator` is
    /// also an `IntoIterator`, by the library's impl for all iterators.
    pub(crate) fn dyn_has(&mut self, ty: crate::ty::Ty, trait_: TraitId) -> bool {
        let TyKind::Dyn { trait_: of, .. } = *self.program.types.kind(ty) else { return false };
        of == trait_ || self.program.super_closure(of).iter().any(|bound| bound.trait_ == trait_)
    }
}
