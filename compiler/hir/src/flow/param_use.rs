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
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use syntax::Span;

/// A function; `true`: a trait's default method, with `Self` as a type that can only be moved.
pub(crate) type Key = (FnId, bool);

/// What has been found out about functions.
#[derive(Default)]
pub(crate) struct ParamUses {
    lending: Lending<Key>,
    /// Of bodies that have been walked, or are.
    summaries: FxHashMap<Key, Summary<Key>>,
    found: FxHashMap<Key, Found>,
}

/// What the walk of a body found out besides.
#[derive(Clone, Default)]
pub(crate) struct Found {
    /// Where each parameter that is moved is moved first.
    pub moved_at: SmallVec<[(usize, Span); 2]>,
    /// Where it copies a value of a type that can only be moved, if that is not reported: in a trait's default
    /// method, `Self` may be copied, and then the method is not for `iso` types.
    pub copies: Option<Span>,
}

impl Found {
    pub(super) fn note_copy(&mut self, span: Span) {
        self.copies.get_or_insert(span);
    }
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

    /// What a walk of a function's body finds that reports nothing; `self_iso`: with `Self` as a type that can only be moved.
    pub(crate) fn walk_of(&mut self, id: FnId, self_iso: bool) -> Found {
        if let Some(known) = self.param_uses.found.get(&(id, self_iso)) {
            return known.clone();
        }
        let body = self.body(BodyOwner::Fn(id));
        let generics = self.program.fns[id].generics.clone();
        let found = Flow::new(self, &body, generics, self_iso, true).run();
        self.param_uses.found.insert((id, self_iso), found.clone());
        found
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
        if self.program.only_looks(trait_, method) {
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
