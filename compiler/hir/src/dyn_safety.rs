//! Which traits can be used as `dyn`.

use crate::checker::Checker;
use crate::codes;
use crate::program::*;
use crate::resolve::{has_own_bounds, is_generic_over_closures, is_in_vtable, mentions_self};
use crate::ty::TyKind;
use syntax::{Diagnostic, Span};

impl Checker {
    pub(crate) fn decide_dyn_safety(&mut self, id: TraitId) {
        self.program.traits[id].dyn_safe = self.dyn_safety(id);
        if self.program.traits[id].dyn_safe.is_err() {
            self.withdraw_dyn(id);
        }
    }

    /// Where the trait stands for a type, `dyn` was offered before it was known that it cannot be.
    fn withdraw_dyn(&mut self, id: TraitId) {
        let offers = self.decls.dyn_offers.iter().filter(|offer| offer.1 == id);
        let places: Vec<Span> = offers.map(|offer| offer.0).collect();
        for diag in &mut self.diags {
            if diag.code == codes::NOT_A_TYPE && places.contains(&diag.span()) {
                diag.fixes.clear();
            }
        }
    }

    /// Looks at the traits above too, which need not have been decided.
    fn dyn_safety(&mut self, id: TraitId) -> Result<(), String> {
        for above in self.program.super_closure(id) {
            if let Some(method) = self.method_without_vtable(above.trait_) {
                return Err(self.why_not_in_vtable(method));
            }
            if above.trait_ == id {
                continue;
            }
            if above.args[1..].iter().any(|t| mentions_self(&self.program, *t)) {
                return Err("a supertrait mentions `Self` in its arguments".to_string());
            }
            // `Self.Own` is known for a `dyn` type.
            if above.assoc.iter().any(|(_, ty)| mentions_self(&self.program, *ty)) {
                return Err("a supertrait mentions `Self` in its associated types".to_string());
            }
            let assoc = &self.program.traits[above.trait_].assoc_types;
            if let Some(open) = assoc.iter().find(|one| !above.assoc.iter().any(|said| said.0 == one.name)) {
                let (name, of) =
                    (self.program.name(open.name), self.program.name(self.program.traits[above.trait_].name));
                let own = self.program.name(self.program.traits[id].name);
                return Err(format!(
                    "`{name}` of the supertrait `{of}` is open: `trait {own}: {of}<{name} = …>` says what it is"
                ));
            }
        }
        Ok(())
    }

    fn why_not_in_vtable(&self, method: FnId) -> String {
        let fn_ = &self.program.fns[method];
        let name = self.program.name(fn_.name);
        if !fn_.has_self {
            format!("`{name}` has no `self`, so there is no value whose vtable could be used")
        } else if !is_generic_over_closures(fn_) {
            format!("`{name}` is generic: a vtable cannot hold all its instances")
        } else if has_own_bounds(&self.program, method) {
            format!("`{name}` asks more of the trait's parameters than the trait does")
        } else {
            format!("`{name}` mentions `Self` beyond the receiver, and a `dyn` value does not know its type")
        }
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
