//! Methods of traits that types must not have that can only be moved, asked when all bodies have been checked.
//!
//! A default method is checked once, with a `Self` that can be copied. It is there for `iso` types as far as its body
//! only moves: whether it copies follows from the walk of `flow` with an `iso` `Self`, from what its calls ask of types
//! (`check/receivers.rs` notes both), and from the default methods that it calls in turn. Where the impl is not known,
//! the default method stands for all of them.

use crate::checker::Checker;
use crate::codes;
use crate::program::*;
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
    /// The default methods that it calls for `Self`, or for what has `Self` inside.
    pub calls: Vec<FnId>,
}

impl Checker {
    pub(crate) fn check_iso_methods(&mut self) {
        for DefaultUse { method, self_ty, span } in std::mem::take(&mut self.default_uses) {
            if let Some((by, place)) = self.copies_self(method) {
                self.report_default(method, self_ty, span, by, place);
            }
        }
    }

    /// Which method copies a value of `Self` when a default method runs, and where: this one, or one that it calls.
    fn copies_self(&mut self, method: FnId) -> Option<(FnId, Span)> {
        let (mut seen, mut work) = (FxHashSet::default(), std::collections::VecDeque::from([method]));
        while let Some(id) = work.pop_front() {
            if !seen.insert(id) {
                continue;
            }
            self.body(BodyOwner::Fn(id));
            let noted = self.self_facts.get(&id).and_then(|facts| facts.copies);
            if let Some(place) = noted.or_else(|| self.param_use(id, true).copies) {
                return Some((id, place));
            }
            work.extend(self.self_facts.get(&id).into_iter().flat_map(|facts| &facts.calls));
        }
        None
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
}
