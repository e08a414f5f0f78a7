//! Values that meet patterns: what is moved into variables, and when.

use super::held::Hold;
use super::state::State;
use super::walk::{NEEDS_WHOLE, path_of};
use super::{Flow, Use};
use crate::body::*;

impl<'a> Flow<'a> {
    /// A value meets patterns: it is moved if one of them binds something that can only be moved.
    pub(super) fn matched(&mut self, value: &'a Expr, pats: &[&'a Pat], st: &mut State) {
        let moves = pats.iter().any(|p| self.binds_iso(p));
        let is_place = is_place(value);
        let mode = if moves || !is_place { Use::Move } else { Use::Lend };
        self.expr(value, st, mode);
        for pat in pats {
            self.declare(pat, st);
        }
    }

    pub(super) fn match_expr(&mut self, scrutinee: &'a Expr, arms: &'a [Arm], st: &mut State, mode: Use) {
        let place = is_place(scrutinee);
        if !place {
            self.expr(scrutinee, st, Use::Move);
        } else if arms.iter().all(|a| !self.binds_iso(&a.pat)) || path_of(scrutinee).is_none() {
            let moves = arms.iter().any(|a| self.binds_iso(&a.pat));
            self.expr(scrutinee, st, if moves { Use::Move } else { Use::Lend });
        } else {
            self.expr(scrutinee, st, Use::Lend);
        }
        let mut before = st.clone();
        let mut after = State::dead();
        for arm in arms {
            let mut state = before.clone();
            let moves = self.binds_iso(&arm.pat);
            self.declare(&arm.pat, &mut state);
            if let Some(guard) = &arm.guard {
                self.guard(guard, scrutinee, &arm.pat, moves, &mut state);
                self.guard_moves(&arm.pat, &mut state, &mut before);
            }
            // A guard looks at the value before it moves.
            if moves && place && path_of(scrutinee).is_some() {
                self.expr(scrutinee, &mut state, Use::Move);
            }
            self.expr(&arm.body, &mut state, mode);
            after.join(&state);
        }
        *st = after;
    }

    /// A guard leaves what can only be moved where it is until it has said yes: it must not be changed meanwhile.
    fn guard(&mut self, guard: &'a Expr, scrutinee: &Expr, pat: &Pat, moves: bool, st: &mut State) {
        let depth = self.held.len();
        self.hold(scrutinee, Hold::Lent, st);
        if moves {
            let mut own = Vec::new();
            bound(pat, &mut own);
            own.into_iter().for_each(|local| self.hold_bound(local, st));
        }
        self.expr(guard, st, Use::Move);
        self.release(depth, st);
    }

    /// What a guard has moved is gone for the arms behind, too; what the pattern binds is still in the value when it says no.
    fn guard_moves(&mut self, pat: &Pat, behind: &mut State, before: &mut State) {
        let mut own = Vec::new();
        bound(pat, &mut own);
        for moved in behind.moved.clone() {
            if own.contains(&moved.local) {
                behind.revive(moved.local, &moved.path);
                let ty = self.body.locals[moved.local].ty;
                self.report_copy(ty, moved.span, "a guard that says no leaves the value to the arms behind");
            } else if !before.has_move(&moved) {
                before.moved.push(moved);
            }
        }
    }

    /// The variables of a pattern have values now, also in the next round of a loop.
    pub(super) fn declare(&mut self, pat: &Pat, st: &mut State) {
        match &pat.kind {
            PatKind::Binding { local, sub } => {
                st.revive(*local, &[]);
                if let Some(sub) = sub {
                    if self.is_iso(pat.ty) && self.binds_iso(sub) {
                        self.report_copy(
                            pat.ty,
                            pat.span,
                            "it would be bound twice, as a whole and in parts",
                        );
                    }
                    self.declare(sub, st);
                }
            }
            PatKind::Or(pats) | PatKind::Tuple(pats) => pats.iter().for_each(|p| self.declare(p, st)),
            PatKind::Adt { fields, .. } => {
                let part = fields.iter().find(|f| self.binds_iso(&f.1)).map(|f| (f.1.ty, f.1.span));
                if let Some((ty, span)) = part.filter(|_| self.has_own_drop(pat.ty)) {
                    self.report_copy(ty, span, NEEDS_WHOLE);
                }
                fields.iter().for_each(|f| self.declare(&f.1, st));
            }
            PatKind::Array { prefix, rest, suffix } => {
                prefix.iter().chain(suffix).for_each(|p| self.declare(p, st));
                if let Some(Some(local)) = rest {
                    st.revive(*local, &[]);
                }
            }
            _ => {}
        }
    }

    fn binds_iso(&mut self, pat: &Pat) -> bool {
        match &pat.kind {
            PatKind::Binding { sub, .. } => {
                self.is_iso(pat.ty) || sub.as_ref().is_some_and(|s| self.binds_iso(s))
            }
            PatKind::Or(pats) | PatKind::Tuple(pats) => pats.iter().any(|p| self.binds_iso(p)),
            PatKind::Adt { fields, .. } => fields.iter().any(|f| self.binds_iso(&f.1)),
            PatKind::Array { prefix, rest, suffix } => {
                prefix.iter().chain(suffix).any(|p| self.binds_iso(p))
                    || (matches!(rest, Some(Some(_))) && self.is_iso(pat.ty))
            }
            _ => false,
        }
    }
}

/// Adds the variables of a pattern.
fn bound(pat: &Pat, out: &mut Vec<LocalId>) {
    match &pat.kind {
        PatKind::Binding { local, sub } => {
            out.push(*local);
            sub.iter().for_each(|sub| bound(sub, out));
        }
        PatKind::Or(pats) | PatKind::Tuple(pats) => pats.iter().for_each(|pat| bound(pat, out)),
        PatKind::Adt { fields, .. } => fields.iter().for_each(|(_, pat)| bound(pat, out)),
        PatKind::Array { prefix, rest, suffix } => {
            prefix.iter().chain(suffix).for_each(|pat| bound(pat, out));
            out.extend(rest.flatten());
        }
        _ => {}
    }
}
