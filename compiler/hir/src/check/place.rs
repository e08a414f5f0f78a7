//! Places: what can be assigned and passed as `mut`, and which places lie in each other.

use super::FnCtxt;
use crate::body::*;
use crate::codes;
use crate::ty::Ty;
use syntax::{Diagnostic, Span, sym};

/// A step from a place to one inside it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Field(u32),
    /// Any element.
    Element,
}

impl FnCtxt<'_> {
    /// Reports what cannot be changed: an argument marked `mut`, or the left side of an assignment.
    pub(crate) fn require_mut_place(&mut self, e: &Expr, span: Span) -> bool {
        match &e.kind {
            ExprKind::Local(local) => self.require_mut_local(*local, span),
            ExprKind::Field { base, .. }
            | ExprKind::IndexPlace { base, .. }
            | ExprKind::FixedIndex { base, .. } => self.require_mut_place(base, span),
            ExprKind::Deref(_) => true,
            ExprKind::Error => false,
            ExprKind::IndexValue { base, set, .. } => {
                let (name, of) = (self.ty_name(e.ty), self.ty_name(base.ty));
                let (message, note) = match set {
                    Some(_) => (
                        format!("this `{name}` can be replaced, but not changed in place"),
                        "the type implements `Index`, which gives a copy; `x[i] = value` replaces the element",
                    ),
                    None => (
                        format!("elements of `{of}` cannot be changed by `x[i]`"),
                        "the type implements `Index`, which gives a copy, and not `IndexSet`, which replaces an element",
                    ),
                };
                self.report(Diagnostic::error(codes::NOT_A_PLACE, span, message).note(note));
                false
            }
            ExprKind::Const(id, ..) => {
                // As it is written, with what it is reached by.
                let text = match self.ck.map.text(e.span) {
                    path if path.contains('\n') => self.ck.program.name(self.ck.program.consts[*id].name),
                    path => path,
                };
                let diag = Diagnostic::error(codes::NOT_MUTABLE, span, "a constant cannot be changed")
                    .note(format!("`let mut x = {text}` makes a copy that can be changed"));
                self.report(diag);
                false
            }
            _ => {
                let diag = Diagnostic::error(
                    codes::NOT_A_PLACE,
                    span,
                    "this is a value, not a place that can be changed",
                )
                .note("places are variables, their fields and elements: put it into one, `let mut x = …`");
                self.report(diag);
                false
            }
        }
    }

    /// The receiver of a `mut self` method: a temporary value will do, since nobody else sees it.
    pub(crate) fn require_mut_receiver(&mut self, e: &Expr, _span: Span) {
        let mut at = e;
        loop {
            match &at.kind {
                ExprKind::Field { base, .. }
                | ExprKind::IndexPlace { base, .. }
                | ExprKind::FixedIndex { base, .. } => at = base,
                ExprKind::Local(_) | ExprKind::IndexValue { .. } | ExprKind::Const(..) => break,
                _ => return,
            }
        }
        self.require_mut_place(e, e.span);
    }

    /// Takes a variable as changed in which a place lies.
    pub(crate) fn note_mutated(&mut self, e: &Expr) {
        if let Some((local, _)) = place_of(e) {
            self.info[local].is_mutated = true;
        }
    }

    fn require_mut_local(&mut self, local: LocalId, span: Span) -> bool {
        if self.actor.as_ref().is_some_and(|a| a.state == Some(local)) && !self.locals[local].is_mut {
            self.report_fixed_state(span);
            return false;
        }
        let info = self.info[local];
        let decl = &self.locals[local];
        if decl.is_mut && !info.is_capture {
            self.info[local].is_mutated = true;
            return true;
        }
        let name = decl.name;
        let text = self.ck.program.name(name).to_string();
        if info.is_capture {
            let diag = Diagnostic::error(
                codes::ASSIGN_CAPTURED,
                span,
                format!("`{text}` is a copy that the closure holds"),
            )
            .note("a closure captures values when it is made, so a change would be lost")
            .note("use a `for` loop, or `fold`, which passes a value from step to step");
            let diag = diag.also(self.locals[local].span, "the variable is declared here");
            self.report(diag);
            return false;
        }
        self.info[local].is_mutated = true;
        let decl_span = self.locals[local].span;
        let mut diag = Diagnostic::error(codes::NOT_MUTABLE, span, format!("`{text}` is not `mut`"));
        if name == sym::self_ {
            diag = diag.also(decl_span, "declared here").fix(
                "let the method change it",
                decl_span.before(),
                "mut ",
            );
        } else if info.is_param && self.is_state_name(name) {
            diag = diag.also(decl_span, "a parameter has the name of the state").fix_likely(
                "change the state",
                span.before(),
                "self.",
            );
        } else if info.is_param {
            let is_message = self.is_message_body();
            diag = diag.also(decl_span, "declared here").note(if is_message {
                format!("values of a message are parameters: `let mut {text} = {text}` makes a copy that can be changed")
            } else {
                format!("`mut {text}` as a parameter changes the caller's variable; `let mut {text} = {text}` makes a copy")
            });
        } else if info.is_element {
            let note = format!(
                "`xs.update_each(|mut {text}| …)` or `xs[i]` changes the elements; `mut {text}` only the copy"
            );
            diag = diag.also(decl_span, format!("`{text}` is a copy of the element")).note(note).fix_likely(
                "change the copy",
                decl_span.before(),
                "mut ",
            );
        } else if !info.is_hidden {
            let names = self.names_in_pattern(local);
            let edits = names.iter().map(|name| (name.before(), "mut ".to_string())).collect();
            diag = diag.also(decl_span, "declared here").fix_edits("make it `mut`", edits);
        }
        self.report(diag);
        // One message for each variable.
        self.locals[local].is_mut = true;
        false
    }

    // ------------------------------------------------------------ disjointness

    /// The places of one call's `mut` arguments must not overlap with each other.
    pub(crate) fn check_disjoint(&mut self, args: &[Arg]) {
        for (i, arg) in args.iter().enumerate() {
            if arg.mode != ArgMode::Mut {
                continue;
            }
            let Some(place) = place_of(&arg.expr) else { continue };
            for (j, other) in args.iter().enumerate() {
                // A value that lies in the place is copied before the call; see `flow/calls.rs` for those that cannot be.
                if j <= i || other.mode == ArgMode::Value {
                    continue;
                }
                let Some(other_place) = place_of(&other.expr) else { continue };
                if overlaps(&place, &other_place) {
                    self.report_overlap(&arg.expr, &other.expr, place.0);
                    return;
                }
            }
        }
    }

    fn report_overlap(&mut self, first: &Expr, second: &Expr, root: LocalId) {
        let text = self.ck.program.name(self.locals[root].name).to_string();
        let message = format!("the call would change `{text}` through two arguments at once");
        let is_element = |e: &Expr| place_of(e).is_some_and(|(_, steps)| steps.contains(&Step::Element));
        let note = match is_element(first) && is_element(second) {
            true => "two elements of one array count as one place; `xs.swap(i, j)` exchanges them",
            false => "each `mut` argument needs a place of its own",
        };
        let diag = Diagnostic::error(codes::OVERLAPPING_MUT, second.span, message)
            .also(first.span, "changed here")
            .note(note);
        self.report(diag);
    }

    /// Whether the type of a place is known to be an error.
    pub(crate) fn is_error(&self, ty: Ty) -> bool {
        self.shallow(ty) == Ty::ERROR
    }
}

/// Whether an expression is a place, or something that is reported in its own way.
pub(crate) fn may_be_place(e: &Expr) -> bool {
    matches!(
        e.kind,
        ExprKind::Local(_)
            | ExprKind::Field { .. }
            | ExprKind::IndexPlace { .. }
            | ExprKind::FixedIndex { .. }
            | ExprKind::IndexValue { .. }
            | ExprKind::Deref(_)
            | ExprKind::Const(..)
            | ExprKind::Error
    )
}

/// The variable that a place is in.
pub(crate) fn root(e: &Expr) -> Option<LocalId> {
    place_of(e).map(|place| place.0)
}

/// The variable and the way from it to a place. Behind a raw pointer nothing is known.
fn place_of(e: &Expr) -> Option<(LocalId, Vec<Step>)> {
    match &e.kind {
        ExprKind::Local(local) => Some((*local, Vec::new())),
        ExprKind::Field { base, index } => {
            let (root, mut steps) = place_of(base)?;
            steps.push(Step::Field(*index));
            Some((root, steps))
        }
        ExprKind::IndexPlace { base, .. } | ExprKind::FixedIndex { base, .. } => {
            let (root, mut steps) = place_of(base)?;
            steps.push(Step::Element);
            Some((root, steps))
        }
        _ => None,
    }
}

fn overlaps(a: &(LocalId, Vec<Step>), b: &(LocalId, Vec<Step>)) -> bool {
    a.0 == b.0 && a.1.iter().zip(&b.1).all(|(x, y)| x == y)
}
