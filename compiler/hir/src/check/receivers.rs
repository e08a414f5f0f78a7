//! Which default methods run for types that can only be moved, and what those ask of their own `Self`: noted at the end
//! of a body, when all types are known, for [`crate::iso_methods`].

use super::FnCtxt;
use crate::iso_methods::{DefaultUse, SelfFacts};
use crate::program::{BodyOwner, Container, FnId, FnKind, TraitId};
use crate::resolve::is_iso_in;
use crate::solve::{Sel, Solver};
use crate::ty::{Ty, TyKind, TyRow};
use crate::wellformed::is_iso_param;
use syntax::Span;

/// A use of a trait's method with a body, for `args[0]`.
pub(crate) struct Receiver {
    trait_: TraitId,
    method: FnId,
    args: TyRow,
    span: Span,
}

impl FnCtxt<'_> {
    pub(super) fn note_receiver(&mut self, method: FnId, args: &[Ty], span: Span) {
        let function = &self.ck.program.fns[method];
        let Container::Trait(trait_) = function.container else { return };
        if function.kind == FnKind::Body && !self.ck.program.is_known_copyable(args[0]) {
            self.receivers.push(Receiver { trait_, method, args: TyRow::from_slice(args), span });
        }
    }

    pub(super) fn check_receivers(&mut self) {
        let mut receivers = std::mem::take(&mut self.receivers);
        for Receiver { trait_, method, args, span } in receivers.drain(..) {
            let self_ty = self.deep(args[0]);
            let is_iso = self.is_iso(self_ty);
            if !is_iso && !self.is_iso_of_default(self_ty) || self.has_own_version(trait_, method, &args) {
                continue;
            }
            match is_iso {
                true => self.ck.default_uses.push(DefaultUse { method, self_ty, span }),
                false => {
                    let of_self = matches!(self.kind(self_ty), TyKind::Param(0, _));
                    self.self_facts().into_iter().for_each(|facts| facts.calls.push((method, of_self)));
                }
            }
        }
        self.receivers = receivers;
    }

    /// The default method that this body is of.
    pub(super) fn default_method(&self) -> Option<FnId> {
        let BodyOwner::Fn(id) = self.owner else { return None };
        matches!(self.ck.program.fns[id].container, Container::Trait(_)).then_some(id)
    }

    fn self_facts(&mut self) -> Option<&mut SelfFacts> {
        let id = self.default_method()?;
        Some(self.ck.self_facts.entry(id).or_default())
    }

    /// Notes that `ty` must be one that can be copied, which it is not where a default method's `Self` is not.
    pub(super) fn note_copied_self(&mut self, ty: Ty, span: Span) {
        if self.is_iso_of_default(ty)
            && let Some(facts) = self.self_facts()
        {
            facts.copies.get_or_insert(span);
        }
    }

    /// Whether values of a type can only be moved where those of the default method's `Self` can.
    pub(super) fn is_iso_of_default(&mut self, ty: Ty) -> bool {
        let generics = &self.cx.generics;
        self.default_method().is_some()
            && is_iso_in(&mut self.ck.program, ty, &|i| i == 0 || is_iso_param(generics, i))
    }

    /// Whether an impl is known that has the method itself.
    fn has_own_version(&mut self, trait_: TraitId, method: FnId, args: &[Ty]) -> bool {
        let n = self.ck.program.traits[trait_].generics.params.len();
        let Some(index) = self.ck.program.traits[trait_].methods.iter().position(|m| *m == method) else {
            return false;
        };
        let args: TyRow = args.iter().take(n).map(|t| self.deep(*t)).collect();
        let env = std::rc::Rc::clone(&self.env);
        let mut solver = Solver::new(&mut self.ck.program, &mut self.ck.infer, &env, Span::DUMMY);
        match solver.select(trait_, &args) {
            Sel::Impl(id, _) => self.ck.program.impls[id].methods.get(index).copied().flatten().is_some(),
            _ => false,
        }
    }
}
