//! Methods of traits that types must not have that can only be moved, asked when all bodies have been checked.
//!
//! A default method is checked once, with a `Self` that can be copied. It is there for `iso` types as far as its body
//! only moves: whether it copies follows from the walk of `flow` with an `iso` `Self`, from what its calls ask of types
//! (`check/receivers.rs` notes both), and from the default methods that it calls in turn. Where the impl is not known,
//! the default method stands for all of them.
//!
//! What the syntax of comparing, printing, hashing and `a[i]` calls is lent its operands whatever it does, so it must
//! not take them.

use crate::checker::Checker;
use crate::codes;
use crate::program::*;
use crate::resolve::{Resolved, is_iso_for, resolve_method};
use crate::ty::{Ty, TyKind};
use rustc_hash::FxHashSet;
use syntax::{Diagnostic, Span};

/// A default method that runs for a type that can only be moved.
pub(crate) struct DefaultUse {
    pub method: FnId,
    pub self_ty: Ty,
    pub span: Span,
}

/// What the body of a default method asks of an `iso` `Self`.
#[derive(Default)]
pub(crate) struct SelfFacts {
    /// Where a type with `Self` must be one that can be copied.
    pub copies: Option<Span>,
    /// The default methods that it calls for `Self` (`true`), or for what has `Self` inside.
    pub calls: Vec<(FnId, bool)>,
}

impl Checker {
    pub(crate) fn check_iso_methods(&mut self, library: bool) {
        let mut refused = Vec::new();
        for DefaultUse { method, self_ty, span } in std::mem::take(&mut self.default_uses) {
            if let Some((by, place)) = self.copies_self(method, self_ty) {
                self.report_default(method, self_ty, span, by, place);
                refused.push(span);
            }
        }
        self.withdraw_moves_in(&refused);
        for id in self.program.impls.indices() {
            if library || self.is_user(self.program.impls[id].module) {
                self.check_lent(id);
            }
        }
    }

    /// A call that must not be made is at fault, not what is done with its arguments behind it.
    fn withdraw_moves_in(&mut self, calls: &[Span]) {
        let lies_in = |span: Span| calls.iter().any(|call| call.lo <= span.lo && span.hi <= call.hi);
        self.diags.retain(|diag| {
            diag.code != codes::USE_AFTER_MOVE || !diag.labels.iter().skip(1).any(|label| lies_in(label.span))
        });
    }

    /// Which method copies a value of `Self` when a default method runs, and where: this one, or one that it calls.
    fn copies_self(&mut self, method: FnId, self_ty: Ty) -> Option<(FnId, Span)> {
        let (mut seen, mut work) = (FxHashSet::default(), std::collections::VecDeque::from([method]));
        while let Some(id) = work.pop_front() {
            if !seen.insert(id) {
                continue;
            }
            self.body(BodyOwner::Fn(id));
            let noted = self.self_facts.get(&id).and_then(|facts| facts.copies);
            if let Some(place) = noted.or_else(|| self.walk_of(id, true).copies) {
                return Some((id, place));
            }
            let calls = self.self_facts.get(&id).map_or(Vec::new(), |facts| facts.calls.clone());
            let runs =
                calls.into_iter().filter(|(called, of_self)| !of_self || !self.has_own(*called, self_ty));
            work.extend(runs.map(|(called, _)| called).collect::<Vec<_>>());
        }
        None
    }

    /// Whether a type is known to have a version of its own of a default method.
    fn has_own(&mut self, method: FnId, self_ty: Ty) -> bool {
        let Container::Trait(trait_) = self.program.fns[method].container else { return false };
        let is_known = self.program.types.is_concrete(self_ty)
            && self.program.traits[trait_].generics.params.len() == 1
            && self.program.fns[method].generics.params.len() == 1;
        is_known
            && matches!(
                resolve_method(&mut self.program, trait_, method, &[self_ty]),
                Some(Resolved::Fn { id, .. }) if id != method
            )
    }

    fn report_default(&mut self, method: FnId, self_ty: Ty, span: Span, by: FnId, place: Span) {
        let (path, ty) = (self.program.fns[method].path.clone(), self.program.ty_name(self_ty));
        let message = format!("`{path}` copies a `Self`, and `{ty}` can only be moved");
        let label = match by == method {
            true => "copied here".to_string(),
            false => format!("copied here, by `{}`", self.program.fns[by].path),
        };
        let diag = Diagnostic::error(codes::ISO_COPY, span, message).also(place, label);
        let name = self.program.name(self.program.fns[method].name);
        let note = match self.program.types.kind(self_ty) {
            TyKind::Param(..) => {
                format!("which `impl` runs is not known here: a `{name}` declared without a body only moves")
            }
            _ => format!("an `impl` may define `{name}` itself, so that it only moves"),
        };
        self.report(diag.note(note));
    }

    /// The methods of an impl that must only look at what they get.
    fn check_lent(&mut self, id: ImplId) {
        let Some((trait_, _)) = self.program.impls[id].trait_ else { return };
        let is_index = Some(trait_) == self.known.index || Some(trait_) == self.known.index_place;
        let methods = self.program.traits[trait_].methods.clone();
        for (i, method) in methods.into_iter().enumerate() {
            let Some(own) = self.program.impls[id].methods.get(i).copied().flatten() else { continue };
            let n = match is_index {
                true => 1,
                false if self.program.only_looks(trait_, method) => self.program.fns[own].params.len(),
                false => continue,
            };
            self.check_looks(own, n);
        }
    }

    /// The first `n` parameters of a function are lent to it.
    fn check_looks(&mut self, id: FnId, n: usize) {
        let generics = self.program.fns[id].generics.clone();
        let tys: Vec<Ty> = self.program.fns[id].params.iter().take(n).map(|p| p.ty).collect();
        if !tys.into_iter().any(|ty| is_iso_for(&mut self.program, ty, &generics)) {
            return;
        }
        let found = self.walk_of(id, false);
        for (param, span) in found.moved_at.into_iter().filter(|(param, _)| *param < n) {
            let (f, ty) = (&self.program.fns[id], self.program.fns[id].params[param].ty);
            if f.params[param].mode == ParamMode::Mut {
                continue;
            }
            let name = match f.has_self && param == 0 {
                true => "self".to_string(),
                false => self.program.name(f.params[param].name).to_string(),
            };
            let (method, ty) = (self.program.name(f.name).to_string(), self.program.ty_name(ty));
            let message = format!("`{method}` is only lent `{name}`, and this moves it");
            let diag = Diagnostic::error(codes::ISO_COPY, span, message);
            self.report(diag.note(format!(
                "operators, `a[i]` and `\"{{x}}\"` leave their operands where they are, and `{ty}` can only be moved: look at its parts, or call what looks at it"
            )));
        }
    }
}

impl Program {
    /// Whether it is a method of `Eq`, `Ord`, `Hash` or `Show` that gives no `Self`: these compare, hash and print, and never
    /// take what they get. `max` and its like do.
    pub fn only_looks(&self, trait_: TraitId, method: FnId) -> bool {
        self.index.builtin(trait_).is_some_and(|b| b.lends_operands())
            && !crate::resolve::mentions_self(self, self.fns[method].ret)
    }

    /// The same of a function, which may be an impl's.
    pub fn is_only_looking(&self, id: FnId) -> bool {
        match self.fns[id].container {
            Container::Trait(trait_) => self.only_looks(trait_, id),
            Container::Impl(of) => {
                let Some((trait_, _)) = self.impls[of].trait_ else { return false };
                let index = self.impls[of].methods.iter().position(|own| *own == Some(id));
                index.is_some_and(|i| self.only_looks(trait_, self.traits[trait_].methods[i]))
            }
            Container::Module => false,
        }
    }
}
