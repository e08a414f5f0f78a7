//! What functions do with their parameters, asked by the walks of those who call them, see [`crate::lending`].
//!
//! Of a body that is being walked it is known already, as it is summed up before; of one whose types are still being
//! worked out nothing is.

use super::Flow;
use crate::body::*;
use crate::checker::Checker;
use crate::lending::{Facts, Flags, Lending, Summaries, Summary, Target, moved_params, summary};
use crate::program::*;
use crate::resolve::{Resolved, is_iso_for, is_iso_in, resolve_method};
use crate::ty::Ty;
use crate::wellformed::is_iso_param;
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

/// A function; `true`: a trait's default method, with `Self` as a type that can only be moved.
pub(crate) type Key = (FnId, bool);

/// What has been found out about functions.
#[derive(Default)]
pub(crate) struct ParamUses {
    lending: Lending<Key>,
    /// Of bodies that have been walked, or are.
    summaries: FxHashMap<Key, Summary<Key>>,
    copies: FxHashMap<FnId, Rc<Copies>>,
}

/// Whether a default method copies a `Self` that can only be moved, which is no mistake: the method is not for such types.
#[derive(Default)]
pub(super) struct Copies {
    pub itself: bool,
    /// Methods with a default that it calls on `Self`, and of which traits.
    pub calls: Vec<(TraitId, FnId)>,
}

impl Checker {
    /// Sums up a body that is about to be walked: while it is, others can ask for it.
    pub(super) fn note_param_use(&mut self, body: &Body, generics: &Generics) {
        let BodyOwner::Fn(id) = body.owner else { return };
        if body.params.iter().any(|p| is_iso_for(&mut self.program, body.locals[*p].ty, generics)) {
            let known = self.sum_up((id, false), body);
            self.param_uses.summaries.insert((id, false), known);
        }
        if matches!(self.program.fns[id].container, Container::Trait(_)) {
            let known = self.sum_up((id, true), body);
            self.param_uses.summaries.insert((id, true), known);
            let copies = self.copies_of(id, body, generics.clone());
            self.param_uses.copies.insert(id, Rc::new(copies));
        }
    }

    fn sum_up(&mut self, (id, self_iso): Key, body: &Body) -> Summary<Key> {
        let function = &self.program.fns[id];
        let n = function.params.len();
        if function.generator.is_some() {
            // It keeps what it gets.
            return Summary::default();
        }
        if body.params.len() != n {
            // It has errors, from which no others are to follow.
            return Summary::looks(n);
        }
        let generics = function.generics.clone();
        summary(&mut BodyFacts { ck: self, generics: &generics, self_iso }, body)
    }

    fn copies_of(&mut self, id: FnId, body: &Body, generics: Generics) -> Copies {
        // Of itself the method knows only what it finds out.
        self.param_uses.copies.insert(id, Rc::default());
        Flow::new(self, body, generics, true, true).run()
    }

    /// Whether a trait's default method copies its receiver, which can only be moved, itself or by another.
    pub(super) fn copies_self(&mut self, id: FnId, self_ty: Ty) -> bool {
        let mut seen = FxHashSet::default();
        let mut work = vec![id];
        while let Some(id) = work.pop() {
            if !seen.insert(id) {
                continue;
            }
            let copies = self.own_copies(id);
            if copies.itself {
                return true;
            }
            for (trait_, method) in copies.calls.iter().copied() {
                if !self.has_own(trait_, method, self_ty) {
                    work.push(method);
                }
            }
        }
        false
    }

    /// Whether a type is known to have a version of its own of a trait's method.
    fn has_own(&mut self, trait_: TraitId, method: FnId, self_ty: Ty) -> bool {
        let is_known = self.program.types.is_concrete(self_ty)
            && self.program.traits[trait_].generics.params.len() == 1
            && self.program.fns[method].generics.params.len() == 1;
        is_known
            && matches!(
                resolve_method(&mut self.program, trait_, method, &[self_ty]),
                Some(Resolved::Fn { id, .. }) if id != method
            )
    }

    /// Whether the default of a trait's method is what a type that can only be moved has.
    pub(super) fn default_serves_iso(&mut self, trait_: TraitId, method: FnId) -> bool {
        let is_default = self.program.fns[method].kind == FnKind::Body;
        let index = self.program.traits[trait_].methods.iter().position(|m| *m == method);
        let Some(index) = index.filter(|_| is_default) else { return false };
        let serves = |i: &Impl| {
            i.trait_.as_ref().is_some_and(|t| t.0 == trait_) && i.methods.get(index) == Some(&None)
        };
        let impls = self.program.impls.iter().filter(|i| serves(i));
        let types: Vec<(Ty, Generics)> = impls.map(|i| (i.self_ty, i.generics.clone())).collect();
        types.iter().any(|(ty, generics)| is_iso_for(&mut self.program, *ty, generics))
    }

    fn own_copies(&mut self, id: FnId) -> Rc<Copies> {
        if let Some(known) = self.param_uses.copies.get(&id) {
            return known.clone();
        }
        if self.open_bodies.contains(&BodyOwner::Fn(id)) {
            return Rc::new(Copies { itself: true, calls: Vec::new() });
        }
        let body = self.body(BodyOwner::Fn(id));
        if let Some(known) = self.param_uses.copies.get(&id) {
            return known.clone();
        }
        let generics = self.program.fns[id].generics.clone();
        let copies = Rc::new(self.copies_of(id, &body, generics));
        self.param_uses.copies.insert(id, copies.clone());
        copies
    }

    /// By parameter of a function: whether it is moved; `self_iso`: with `Self` as a type that can only be moved.
    pub(super) fn moved_by_fn(&mut self, id: FnId, self_iso: bool) -> Flags {
        moved_params(self, &(id, self_iso))
    }

    /// What a call calls, as far as it is known.
    pub(super) fn call_target(&mut self, callee: &Callee) -> Target<Key> {
        match callee {
            Callee::Fn { id, .. } => Target::Known((*id, false)),
            Callee::TraitMethod { trait_, method, args } => self.trait_target(*trait_, *method, args),
            Callee::Dyn { .. } | Callee::Value(_) => Target::Takes,
        }
    }

    fn trait_target(&mut self, trait_: TraitId, method: FnId, args: &[Ty]) -> Target<Key> {
        if self.program.index.builtin(trait_).is_some_and(|b| b.is_structural()) {
            // Comparing, hashing and printing never take a value.
            return Target::Looks;
        }
        if args.iter().all(|t| self.program.types.is_concrete(*t))
            && let Some(Resolved::Fn { id, .. }) = resolve_method(&mut self.program, trait_, method, args)
        {
            return Target::Known((id, id == method));
        }
        match self.program.fns[method].kind == FnKind::Body && self.only_default(trait_, method) {
            true => Target::Known((method, true)),
            false => Target::Takes,
        }
    }

    /// Whether no impl has a version of its own of a trait's method.
    fn only_default(&self, trait_: TraitId, method: FnId) -> bool {
        let Some(index) = self.program.traits[trait_].methods.iter().position(|m| *m == method) else {
            return false;
        };
        let impls = self.program.impls.iter();
        impls
            .filter(|i| i.trait_.as_ref().is_some_and(|t| t.0 == trait_))
            .all(|i| i.methods.get(index).copied().flatten().is_none())
    }
}

impl Summaries for Checker {
    type Key = Key;

    fn lending(&mut self) -> &mut Lending<Key> {
        &mut self.param_uses.lending
    }

    fn summarise(&mut self, key: &Key) -> Option<Summary<Key>> {
        let id = key.0;
        match &self.program.fns[id].kind {
            FnKind::Body => {}
            FnKind::Intrinsic(name) if matches!(self.program.name(*name), "is_unique" | "buffer_ptr") => {
                return Some(Summary::looks(self.program.fns[id].params.len()));
            }
            FnKind::Intrinsic(_) | FnKind::Required | FnKind::Extern { .. } => {
                return Some(Summary::default());
            }
        }
        if let Some(known) = self.param_uses.summaries.get(key) {
            return Some(known.clone());
        }
        if self.open_bodies.contains(&BodyOwner::Fn(id)) {
            return None;
        }
        let body = self.body(BodyOwner::Fn(id));
        match self.param_uses.summaries.get(key) {
            Some(known) => Some(known.clone()),
            None => Some(self.sum_up(*key, &body)),
        }
    }
}

struct BodyFacts<'a> {
    ck: &'a mut Checker,
    generics: &'a Generics,
    self_iso: bool,
}

impl Facts for BodyFacts<'_> {
    type Key = Key;

    fn is_iso(&mut self, ty: Ty) -> bool {
        let (generics, self_iso) = (self.generics, self.self_iso);
        is_iso_in(&mut self.ck.program, ty, &|i| is_iso_param(generics, i) || (self_iso && i == 0))
    }

    fn target(&mut self, callee: &Callee) -> Target<Key> {
        self.ck.call_target(callee)
    }
}
