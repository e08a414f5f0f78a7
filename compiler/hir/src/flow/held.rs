//! Places that an expression goes on to need while its later operands are evaluated. A value that can be copied is, where a
//! later operand changes it or moves what it is a part of (`mir::build::effects`). What can only be moved stays where it
//! is, and so do the places that a call changes, which are opened behind all arguments.

use super::Flow;
use super::state::{Moved, Path, State};
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
    /// What was changed before, under an expression around.
    before: Vec<Moved>,
}

impl Held {
    fn overlaps(&self, local: LocalId, path: &[u32]) -> bool {
        self.local == local && self.path.iter().zip(path).all(|(a, b)| a == b)
    }

    /// Whether this change under it is a mistake.
    fn minds(&self, changed: &Moved) -> bool {
        self.hold != Hold::Kept
            && self.overlaps(changed.local, &changed.path)
            && !self.before.contains(changed)
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
    /// Holds the place of an operand that has been evaluated until [`Flow::release`].
    pub(super) fn hold(&mut self, e: &Expr, hold: Hold, st: &mut State) {
        let Some((local, path)) = root_of(e) else { return };
        let can_go = match hold {
            Hold::Lent | Hold::Bound => self.is_iso(e.ty),
            Hold::Kept => self.is_iso(self.body.locals[local].ty),
        };
        if can_go {
            self.push_held(local, path, e.span, hold, st);
        }
    }

    pub(super) fn hold_bound(&mut self, local: LocalId, st: &mut State) {
        let decl = &self.body.locals[local];
        let (ty, span) = (decl.ty, decl.span);
        if self.is_iso(ty) {
            self.push_held(local, Path::new(), span, Hold::Bound, st);
        }
    }

    fn push_held(&mut self, local: LocalId, path: Path, span: Span, hold: Hold, st: &mut State) {
        st.changed.retain(|c| self.held.iter().any(|h| h.minds(c)));
        let mut held = Held { local, path, span, hold, before: Vec::new() };
        held.before = st.changed.iter().filter(|c| held.overlaps(c.local, &c.path)).cloned().collect();
        self.held.push(held);
    }

    /// The expression that needed the places is over. Only what happened on the ways that lead here counts: an operand may
    /// move one and leave.
    pub(super) fn release(&mut self, depth: usize, st: &mut State) {
        let over = self.held.split_off(depth);
        if st.dead {
            return;
        }
        for held in over {
            if held.hold != Hold::Bound
                && let Some(moved) = st.moved_part(held.local, &held.path).cloned()
            {
                self.report_moved_under(&held, &moved);
                st.revive(moved.local, &moved.path);
            }
            if let Some(changed) = st.changed.iter().find(|c| held.minds(c)).cloned() {
                self.report_changed_under(&held, &changed);
            }
        }
    }

    pub(super) fn note_change(&self, local: LocalId, path: &[u32], span: Span, st: &mut State) {
        let changed = Moved { local, path: path.into(), span };
        // One for each is enough.
        let is_news = |held: &Held| held.minds(&changed) && !st.changed.iter().any(|c| held.minds(c));
        if self.held.iter().any(is_news) {
            st.changed.push(changed);
        }
    }

    fn report_moved_under(&mut self, held: &Held, moved: &Moved) {
        if !self.is_new(held.local, held.span) {
            return;
        }
        let (text, ty) = self.part_name(moved.local, &moved.path);
        let message = format!("`{text}` is moved while the expression around still needs it");
        let diag = Diagnostic::error(codes::USE_AFTER_MOVE, moved.span, message)
            .also(held.span, "needed for this, behind all operands")
            .note(format!("`{ty}` can only be moved, not copied"))
            .note("what moves it may stand in a statement of its own");
        self.report(diag);
    }

    fn report_changed_under(&mut self, held: &Held, changed: &Moved) {
        if !self.is_new(held.local, held.span) {
            return;
        }
        if held.hold == Hold::Bound {
            let ty = self.body.locals[held.local].ty;
            let why = "a guard cannot change what the arm takes if it says yes";
            return self.report_copy(ty, changed.span, why);
        }
        let text = self.part_name(changed.local, &changed.path).0;
        let message = format!("`{text}` is changed while the expression around still needs it");
        let diag = Diagnostic::error(codes::OVERLAPPING_MUT, changed.span, message)
            .also(held.span, "needed for this, and can only be moved, not copied")
            .note("what changes it may stand in a statement of its own");
        self.report(diag);
    }

    /// Whether nothing was said of a place that is needed.
    fn is_new(&mut self, local: LocalId, needed: Span) -> bool {
        self.found.note_copy(needed);
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
