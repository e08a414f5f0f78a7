//! The walk over expressions.

use super::held::Hold;
use super::state::{Moved, Path, State};
use super::{Flow, LoopFrame, Use};
use crate::body::*;
use crate::codes;
use crate::ty::{Ty, TyKind};
use syntax::{Diagnostic, Span};

/// Why a part of a value cannot be moved out of it.
pub(super) const NEEDS_WHOLE: &str = "the type has a `drop`, which needs the whole value";

impl<'a> Flow<'a> {
    pub(super) fn expr(&mut self, e: &'a Expr, st: &mut State, mode: Use) {
        if e.ty == Ty::ERROR {
            self.unknown.push(e.span);
        }
        match &e.kind {
            ExprKind::Local(_) | ExprKind::Field { .. } => self.place(e, st, mode),
            ExprKind::IndexPlace { base, index, .. } | ExprKind::FixedIndex { base, index } => {
                self.base_and_index(base, index, st, mode, Hold::Kept);
                if mode.moves() && self.is_iso(e.ty) {
                    let why = match e.kind {
                        ExprKind::FixedIndex { .. } => {
                            "a `[T; N]` has all of its elements as long as it is there; an `Array` gives them up, e.g. by `pop`"
                        }
                        _ => "take the element out of the collection, e.g. by `pop` or `remove`",
                    };
                    self.report_copy(e.ty, e.span, why);
                }
            }
            ExprKind::IndexValue { base, index, .. } => {
                self.base_and_index(base, index, st, mode, Hold::Lent);
            }
            ExprKind::Deref(base) => {
                self.expr(base, st, Use::Lend);
                if mode.moves() && self.is_iso(e.ty) {
                    self.report_copy(e.ty, e.span, "`ptr_take` moves the value out");
                }
            }
            ExprKind::Call { callee, args } => self.call(callee, args, st, e.span),
            ExprKind::Binary { op: BinOp::And | BinOp::Or, .. } | ExprKind::Is { .. } => {
                let fails = self.cond(e, st);
                st.join(&fails);
            }
            ExprKind::Binary { lhs, rhs, .. } => {
                self.expr(lhs, st, Use::Lend);
                let depth = self.held.len();
                self.hold(lhs, Hold::Lent, st);
                self.expr(rhs, st, Use::Lend);
                self.release(depth, st);
            }
            ExprKind::Unary { operand, .. } => self.expr(operand, st, Use::Lend),
            ExprKind::Cast(inner) => self.expr(inner, st, Use::Lend),
            ExprKind::Coerce { kind, expr } => {
                self.expr(expr, st, mode.of_a_part());
                self.check_boxing(*kind == Coercion::NeverToAny, expr, e.ty);
            }
            ExprKind::Tuple(elems) | ExprKind::Array(elems) => {
                elems.iter().for_each(|e| self.expr(e, st, Use::Move));
            }
            ExprKind::Adt { fields, order, base, .. } => self.adt(e.ty, fields, order, base.as_deref(), st),
            ExprKind::ArrayRepeat { value, count } => {
                self.expr(value, st, Use::Move);
                if let Some(count) = count {
                    self.expr(count, st, Use::Move);
                }
                if self.is_iso(value.ty) {
                    self.report_copy(
                        value.ty,
                        value.span,
                        "each element would be a copy; `push` in a loop gives an array ones of their own",
                    );
                }
            }
            ExprKind::Interp(parts) => {
                for part in parts {
                    if let InterpPart::Expr { expr, .. } = part {
                        self.expr(expr, st, Use::Lend);
                    }
                }
            }
            ExprKind::Closure(id) => {
                let Some(closure) = self.closure_of(*id) else { return };
                for (_, outer) in &closure.captures {
                    let ty = self.body.locals[*outer].ty;
                    self.use_path(*outer, &[], ty, st, Use::Move, e.span);
                }
            }
            ExprKind::Assign { place, value } => {
                self.expr(value, st, Use::Move);
                self.assign(place, st);
            }
            ExprKind::AssignOp { place, value, .. } => {
                self.expr(value, st, Use::Move);
                self.expr(place, st, Use::Place);
            }
            ExprKind::Lit(_)
            | ExprKind::Const(..)
            | ExprKind::ConstParam(_)
            | ExprKind::FnItem
            | ExprKind::Error => {}
            _ => self.control(e, st, mode.of_a_part()),
        }
        if e.ty == Ty::NEVER {
            st.dead = true;
        }
    }

    fn adt(
        &mut self,
        ty: Ty,
        fields: &'a [Option<Expr>],
        order: &[u32],
        base: Option<&'a Expr>,
        st: &mut State,
    ) {
        for index in order {
            if let Some(Some(value)) = fields.get(*index as usize) {
                self.expr(value, st, Use::Move);
            }
        }
        if let Some(base) = base {
            if self.has_own_drop(ty) {
                self.report_copy(ty, base.span, NEEDS_WHOLE);
            }
            let mode = if self.is_iso(ty) { Use::Move } else { Use::Lend };
            self.expr(base, st, mode);
        }
    }

    pub(super) fn has_own_drop(&self, ty: Ty) -> bool {
        matches!(self.ck.program.types.kind(ty), TyKind::Adt(adt, _) if self.ck.program.adts[*adt].drop_fn.is_some())
    }

    /// A boxed value is copied by its count, so what can only be moved cannot be boxed.
    fn check_boxing(&mut self, is_never: bool, inner: &Expr, boxed: Ty) {
        if !is_never && self.is_iso(inner.ty) {
            let (from, to) = (self.ck.program.ty_name(inner.ty), self.ck.program.ty_name(boxed));
            self.found.note_copy(inner.span);
            if let Some(diag) = self.boxed_closure(inner) {
                return self.report(diag);
            }
            let message = match self.ck.program.types.kind(inner.ty) {
                TyKind::Closure { .. } => {
                    format!("this closure can only be moved, so it cannot be boxed as `{to}`")
                }
                _ => format!("`{from}` can only be moved, `{to}` could be copied"),
            };
            let diag = Diagnostic::error(codes::ISO_COPY, inner.span, message);
            self.report(diag.note("pass it where its own type stays known"));
        }
    }

    /// The message for a closure that holds what can only be moved, where it would be boxed.
    fn boxed_closure(&mut self, e: &Expr) -> Option<Diagnostic> {
        let ExprKind::Closure(id) = e.kind else { return None };
        let captures = &self.closure_of(id)?.captures;
        let held = captures.iter().map(|c| c.1).find(|local| self.is_iso(self.body.locals[*local].ty))?;
        let text = self.name(held);
        let message = format!("the closure holds `{text}`, which can only be moved, so it cannot be boxed");
        let diag = Diagnostic::error(codes::ISO_COPY, e.span, message);
        let diag = diag.also(self.body.locals[held].span, format!("`{text}` is declared here"));
        Some(diag.note("without a type, `let f = || …`, it stays what it is"))
    }

    // ------------------------------------------------------------ places

    /// The place is found behind its index, which is a value.
    fn base_and_index(&mut self, base: &'a Expr, index: &'a Expr, st: &mut State, mode: Use, hold: Hold) {
        self.expr(base, st, if mode == Use::Place { Use::Place } else { Use::Lend });
        let depth = self.held.len();
        self.hold(base, Hold::Kept, st);
        if hold == Hold::Lent {
            self.hold(base, hold, st);
        }
        self.expr(index, st, Use::Move);
        self.release(depth, st);
    }

    /// A variable or a field: looked at, changed or moved.
    fn place(&mut self, e: &'a Expr, st: &mut State, mode: Use) {
        if let Some((local, path)) = path_of(e) {
            return self.use_path(local, &path, e.ty, st, mode, e.span);
        }
        let ExprKind::Field { base, .. } = &e.kind else { return };
        let moves = mode.moves() && self.is_iso(e.ty);
        if !moves {
            return self.expr(base, st, if mode == Use::Place { Use::Place } else { Use::Lend });
        }
        let mut root = &**base;
        while let ExprKind::Field { base, .. } = &root.kind {
            root = base;
        }
        match root.kind {
            ExprKind::Deref(_) | ExprKind::IndexPlace { .. } | ExprKind::FixedIndex { .. } => {
                self.expr(root, st, Use::Lend);
                self.report_copy(e.ty, e.span, "the value stays a part of what it is in");
            }
            _ => self.expr(root, st, mode),
        }
    }

    pub(super) fn use_path(
        &mut self,
        local: LocalId,
        path: &[u32],
        ty: Ty,
        st: &mut State,
        mode: Use,
        span: Span,
    ) {
        if st.dead {
            return;
        }
        if st.unset.contains(&local) {
            let note = match mode {
                Use::Place => "a change reads the value first: give it one to start with",
                _ => "it must be assigned on every way that leads here",
            };
            self.report_unset(local, span, note);
            st.unset.retain(|l| *l != local);
        }
        if mode == Use::Place {
            self.note_change(local, path, span, st);
        }
        if let Some(moved) = st.moved_part(local, path).cloned() {
            self.report_moved(local, span, &moved);
            st.revive(local, path);
            st.owes_reply &= self.reply != Some(local);
            return;
        }
        if !mode.moves() || !self.is_iso(ty) {
            return;
        }
        if mode == Use::HandOut {
            self.handed_out.push(span);
        }
        if !path.is_empty() && self.has_drop(local, path) {
            return self.report_copy(ty, span, NEEDS_WHOLE);
        }
        if self.is_shared_state(local) {
            let why = "other messages may be handled meanwhile: `take()` or `replace()` leave something in its place";
            return self.report_copy(ty, span, why);
        }
        self.note_param(local, span);
        if self.reply == Some(local) {
            st.owes_reply = false;
        }
        st.moved.push(Moved { local, path: Path::from_slice(path), span });
    }

    fn note_param(&mut self, local: LocalId, span: Span) {
        if let Some(index) = self.body.params.iter().position(|p| *p == local)
            && !self.found.moved_at.iter().any(|known| known.0 == index)
        {
            self.found.moved_at.push((index, span));
        }
    }

    /// Whether a type on the way to a part of a variable has a `drop` of its own.
    fn has_drop(&mut self, local: LocalId, path: &[u32]) -> bool {
        let mut ty = self.body.locals[local].ty;
        for index in path {
            let args = self.ck.program.types.children(ty);
            let part = match *self.ck.program.types.kind(ty) {
                TyKind::Adt(adt, _) => {
                    if self.ck.program.adts[adt].drop_fn.is_some() {
                        return true;
                    }
                    let fields = &self.ck.program.adts[adt].variants.as_slice().first();
                    let field = fields.and_then(|v| v.fields.get(*index as usize)).map(|f| f.ty);
                    field.map(|field| self.ck.program.types.subst(field, &args))
                }
                TyKind::Tuple(_) => args.get(*index as usize).copied(),
                _ => None,
            };
            let Some(part) = part else { return false };
            ty = part;
        }
        false
    }

    fn assign(&mut self, place: &'a Expr, st: &mut State) {
        if let Some((local, path)) = path_of(place) {
            self.note_change(local, &path, place.span, st);
        }
        match path_of(place) {
            Some((local, path)) if path.is_empty() => {
                self.assign_local(local, st, place.span);
                st.revive(local, &[]);
            }
            Some((local, path)) => {
                // The parts around the place must be there; the place itself need not.
                if st.unset.contains(&local) {
                    self.report_unset(local, place.span, "it must be assigned on every way that leads here");
                }
                st.revive(local, &path);
                if let Some(moved) = st.moved_part(local, &path).cloned() {
                    self.report_moved(local, place.span, &moved);
                }
            }
            None => self.expr(place, st, Use::Place),
        }
    }

    fn assign_local(&mut self, local: LocalId, st: &mut State, span: Span) {
        let known = st.unset.contains(&local) || st.set.contains(&local);
        if !known || st.dead {
            return;
        }
        let decl = self.body.locals[local].span;
        if st.set.contains(&local) && !self.body.locals[local].is_mut && !self.is_doubtful(decl, span) {
            let text = self.name(local);
            let diag =
                Diagnostic::error(codes::ASSIGNED_TWICE, span, format!("`{text}` may have a value already"))
                    .also(decl, "declared here")
                    .note("a variable declared without a value is assigned once, unless it is `mut`")
                    .fix("make it `mut`", decl.before(), "mut ");
            self.report(diag);
        }
        st.unset.retain(|l| *l != local);
        if !st.set.contains(&local) {
            st.set.push(local);
        }
    }

    fn report_unset(&mut self, local: LocalId, span: Span, note: &str) {
        // One message for each variable: a loop, or the way around it, leads to the next.
        if self.unset_reported.contains(&local) {
            return;
        }
        self.unset_reported.push(local);
        let decl = self.body.locals[local].span;
        if self.body.locals[local].ty == Ty::ERROR || self.is_doubtful(decl, span) {
            return;
        }
        if let Some(diag) = self.unset_state(local, span) {
            // What was to set it may be what is wrong.
            if !self.body.has_errors {
                self.report(diag);
            }
            return;
        }
        let text = self.name(local);
        let diag = Diagnostic::error(codes::UNASSIGNED, span, format!("`{text}` may have no value here"))
            .also(decl, "declared here without one")
            .note(note);
        self.report(diag);
    }

    // ------------------------------------------------------------ control flow

    fn control(&mut self, e: &'a Expr, st: &mut State, mode: Use) {
        match &e.kind {
            ExprKind::Block(block) => self.block(block, st, mode),
            ExprKind::If { cond, then, else_ } => {
                let mut other = self.cond(cond, st);
                self.expr(then, st, mode);
                if let Some(else_) = else_ {
                    self.expr(else_, &mut other, mode);
                }
                st.join(&other);
            }
            ExprKind::Match { scrutinee, arms } => self.match_expr(scrutinee, arms, st, mode),
            ExprKind::Loop { id, body } => {
                self.loop_body(*id, st, true, |this, st| this.expr(body, st, Use::Move))
            }
            ExprKind::For { id, pat, iter, body, .. } => {
                self.expr(iter, st, Use::Move);
                self.loop_body(*id, st, false, |this, st| {
                    this.declare(pat, st);
                    this.expr(body, st, Use::Move);
                });
            }
            ExprKind::ForRange { id, pat, lo, hi, body, .. } => {
                self.expr(lo, st, Use::Move);
                self.expr(hi, st, Use::Move);
                self.loop_body(*id, st, false, |this, st| {
                    this.declare(pat, st);
                    this.expr(body, st, Use::Move);
                });
            }
            ExprKind::BreakBlock { id, body } => {
                self.loops.push(LoopFrame { id: *id, breaks: State::dead(), continues: State::dead() });
                self.expr(body, st, mode);
                if let Some(frame) = self.loops.pop() {
                    st.join(&frame.breaks);
                }
            }
            ExprKind::Break { id, value } => {
                if let Some(value) = value {
                    self.expr(value, st, Use::Move);
                }
                if let Some(frame) = self.loops.iter_mut().rev().find(|f| f.id == *id) {
                    frame.breaks.join(st);
                }
                st.dead = true;
            }
            ExprKind::Continue { id } => {
                if let Some(frame) = self.loops.iter_mut().rev().find(|f| f.id == *id) {
                    frame.continues.join(st);
                }
                st.dead = true;
            }
            ExprKind::Return(value) => {
                if let Some(value) = value {
                    self.expr(value, st, Use::Move);
                }
                self.check_exit(st, e.span);
                st.dead = true;
            }
            _ => {}
        }
    }

    fn block(&mut self, block: &'a Block, st: &mut State, mode: Use) {
        for stmt in &block.stmts {
            match stmt {
                Stmt::Expr(expr) => {
                    let place = path_of(expr).is_some();
                    self.expr(expr, st, if place { Use::Lend } else { Use::Move });
                }
                Stmt::Let { pat, init: None, .. } => {
                    if let PatKind::Binding { local, .. } = pat.kind {
                        st.set.retain(|l| *l != local);
                        st.revive(local, &[]);
                        st.unset.push(local);
                    }
                }
                Stmt::Let { pat, init: Some(init), else_, .. } => {
                    let mut failed = st.clone();
                    self.matched(init, &[pat], st);
                    if let Some(else_) = else_ {
                        // Without a match nothing was moved out of a place; a value is gone either way.
                        if path_of(init).is_none() {
                            failed = st.clone();
                        }
                        self.expr(else_, &mut failed, Use::Move);
                        st.join(&failed);
                    }
                }
            }
        }
        if let Some(tail) = &block.tail {
            self.expr(tail, st, mode);
        }
    }

    /// Walks a loop until what is known at its head stays the same: each round adds facts, of which there are so many.
    /// In the next round of a loop around it, it begins with what it came to in this one, as no less holds there; else the
    /// rounds would multiply. `endless`: left by `break` only.
    fn loop_body(
        &mut self,
        id: LoopId,
        st: &mut State,
        endless: bool,
        mut body: impl FnMut(&mut Flow<'a>, &mut State),
    ) {
        let mut head = st.clone();
        if let Some(known) = self.loop_heads.get(&id).filter(|_| !st.dead) {
            head.join(known);
        }
        let mut exits;
        loop {
            self.loops.push(LoopFrame { id, breaks: State::dead(), continues: State::dead() });
            let mut end = head.clone();
            body(self, &mut end);
            let Some(frame) = self.loops.pop() else { return };
            end.join(&frame.continues);
            exits = frame.breaks;
            if head.includes(&end) {
                break;
            }
            head.join(&end);
        }
        if !head.dead {
            self.loop_heads.insert(id, head.clone());
        }
        if !endless {
            exits.join(&head);
        }
        *st = exits;
    }
}

/// A variable and the fields that lead to a part of it.
pub(super) fn path_of(e: &Expr) -> Option<(LocalId, Path)> {
    match &e.kind {
        ExprKind::Local(local) => Some((*local, Path::new())),
        ExprKind::Field { base, index } => {
            let (local, mut path) = path_of(base)?;
            path.push(*index);
            Some((local, path))
        }
        _ => None,
    }
}
