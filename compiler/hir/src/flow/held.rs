//! Places that an expression goes on to need while its later operands are evaluated. A value that can be copied is, where a
//! later operand changes it or moves what it is a part of (`mir::build::effects`). What can only be moved stays where it
//! is, and so do the places that a call changes, which are opened behind all arguments.

use super::Flow;
use super::state::Path;
use super::walk::path_of;
use crate::body::*;
use crate::codes;
use syntax::{Diagnostic, Span};

/// What must not happen to a place meanwhile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Hold {
    /// It is lent: it must be neither moved nor changed.
    Lent,
    /// It is changed afterwards, and must still be there.
    Kept,
    /// A guard looks at a variable of its pattern, which is still a part of what is matched.
    Bound,
}

#[derive(Debug)]
pub(super) struct Held {
    local: LocalId,
    path: Path,
    span: Span,
    hold: Hold,
}

impl Held {
    fn overlaps(&self, local: LocalId, path: &[u32]) -> bool {
        self.local == local && self.path.iter().zip(path).all(|(a, b)| a == b)
    }
}

/// The smallest part of a variable that a place lies in: elements lie in what they are elements of.
pub(super) fn root_of(e: &Expr) -> Option<(LocalId, Path)> {
    if let Some(exact) = path_of(e) {
        return Some(exact);
    }
    match &e.kind {
        ExprKind::Field { base, .. }
        | ExprKind::IndexPlace { base, .. }
        | ExprKind::FixedIndex { base, .. } => root_of(base),
        _ => None,
    }
}

impl<'a> Flow<'a> {
    /// Holds the place of an operand that has been evaluated until `held` is cut back.
    pub(super) fn hold(&mut self, e: &Expr, hold: Hold) {
        let Some((local, path)) = root_of(e) else { return };
        let can_go = match hold {
            Hold::Lent | Hold::Bound => self.is_iso(e.ty),
            Hold::Kept => self.is_iso(self.body.locals[local].ty),
        };
        if can_go {
            self.held.push(Held { local, path, span: e.span, hold });
        }
    }

    pub(super) fn hold_bound(&mut self, local: LocalId) {
        let decl = &self.body.locals[local];
        let (ty, span) = (decl.ty, decl.span);
        if !self.is_iso(ty) {
            return;
        }
        self.held.push(Held { local, path: Path::new(), span, hold: Hold::Bound });
    }

    /// Whether the place is needed by an expression around; reported then.
    pub(super) fn is_held_from_move(&mut self, local: LocalId, path: &[u32], span: Span) -> bool {
        let held = self.held.iter().find(|h| h.hold != Hold::Bound && h.overlaps(local, path));
        let Some(&Held { span: needed, .. }) = held else { return false };
        if self.is_new(local, needed) {
            let (text, ty) = self.part_name(local, path);
            let message = format!("`{text}` is moved while the expression around still needs it");
            let diag = Diagnostic::error(codes::USE_AFTER_MOVE, span, message)
                .also(needed, "needed for this, behind all operands")
                .note(format!("`{ty}` can only be moved, not copied"))
                .note("what moves it may stand in a statement of its own");
            self.report(diag);
        }
        true
    }

    pub(super) fn check_change(&mut self, local: LocalId, path: &[u32], span: Span) {
        let held = self.held.iter().find(|h| h.hold != Hold::Kept && h.overlaps(local, path));
        let Some(&Held { span: needed, hold, .. }) = held else { return };
        if !self.is_new(local, needed) {
            return;
        }
        if hold == Hold::Bound {
            let ty = self.body.locals[local].ty;
            return self.report_copy(ty, span, "a guard cannot change what the arm takes if it says yes");
        }
        let text = self.part_name(local, path).0;
        let message = format!("`{text}` is changed while the expression around still needs it");
        let diag = Diagnostic::error(codes::OVERLAPPING_MUT, span, message)
            .also(needed, "needed for this, and can only be moved, not copied")
            .note("what changes it may stand in a statement of its own");
        self.report(diag);
    }

    /// Whether nothing was said of a place that is needed.
    fn is_new(&mut self, local: LocalId, needed: Span) -> bool {
        self.params.copies = true;
        let is_new = !self.reported.contains(&(local, needed));
        self.reported.push((local, needed));
        is_new
    }

    /// What is lent to a call must not lie in a place that the call changes. Values that can be copied are.
    pub(super) fn check_lent(&mut self, args: &[Arg], moved: &[bool]) {
        for (i, arg) in args.iter().enumerate() {
            let lent = arg.mode == ArgMode::Value && moved.get(i) == Some(&false) && self.is_iso(arg.expr.ty);
            let Some((local, path)) = lent.then(|| root_of(&arg.expr)).flatten() else { continue };
            let changed = args.iter().filter(|a| a.mode == ArgMode::Mut).find(|a| {
                root_of(&a.expr).is_some_and(|(l, p)| l == local && p.iter().zip(&path).all(|(x, y)| x == y))
            });
            if let Some(changed) = changed
                && self.is_new(local, arg.expr.span)
            {
                let text = self.name(local);
                let message =
                    format!("`{text}` is changed by the call, so it cannot be lent to it at the same time");
                let diag = Diagnostic::error(codes::OVERLAPPING_MUT, arg.expr.span, message);
                self.report(diag.also(changed.expr.span, "changed here"));
            }
        }
    }
}
