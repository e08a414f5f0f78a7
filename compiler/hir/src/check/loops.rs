//! Loops, `break` and `continue`.

use super::control::CondOut;
use super::expr::value_arg;
use super::pattern::{Binds, BoundNames};
use super::{Cause, FnCtxt, LoopCtx};
use crate::body::*;
use crate::codes;
use crate::solve::Sel;
use crate::suggest;
use crate::ty::{Ty, TyKind};
use smallvec::smallvec;
use syntax::ast::{self, Ident};
use syntax::{Diagnostic, Span};

/// The type of a `loop`'s value.
#[derive(Clone, Copy)]
pub(crate) struct BreakType {
    pub want: Option<Ty>,
    pub found: Option<Ty>,
}

impl FnCtxt<'_> {
    fn push_loop(&mut self, label: Option<Ident>, value: Option<BreakType>) -> LoopId {
        if let Some(label) = label
            && let Some(outer) = self.loops.iter().find_map(|l| l.label.filter(|o| o.name == label.name))
        {
            let text = self.ck.program.name(label.name);
            let message = format!("a loop around this one has the label `'{text}` too");
            let diag = Diagnostic::error(codes::DUPLICATE_NAME, label.span, message);
            self.report(diag.also(outer.span, "declared here"));
        }
        let id = self.next_loop();
        self.labels.extend(label.map(|label| label.name));
        self.loops.push(LoopCtx { label, id, value, is_faulty: false, has_break: false });
        id
    }

    pub(crate) fn while_loop(
        &mut self,
        label: Option<Ident>,
        cond: &mut ast::Cond,
        body: &mut ast::Block,
        span: Span,
    ) -> Expr {
        let id = self.push_loop(label, None);
        let cond = self.cond(cond);
        let diverges = self.diverges;
        let mark = self.scope.mark();
        self.push_all(&cond.yes);
        let body = self.block(body, Some(Ty::UNIT));
        let body = self.discard(body);
        self.scope.pop_to(mark);
        self.diverges = diverges;
        let has_break = self.loops.last().is_some_and(|l| l.has_break);
        let ty = self.pop_plain_loop();
        if !cond.no.is_empty() && !has_break {
            return self.while_that_binds(id, cond, body, span);
        }
        let step = self.while_step(id, None, cond.expr, body, span);
        Expr { kind: ExprKind::Loop { id, body: Box::new(step) }, ty, span }
    }

    /// `if cond body else { break value }`
    fn while_step(&mut self, id: LoopId, value: Option<Expr>, cond: Expr, body: Expr, span: Span) -> Expr {
        let kind = ExprKind::Break { id, value: value.map(Box::new) };
        let leave = Expr { kind, ty: Ty::NEVER, span: cond.span };
        let leave = super::coerce::coerced(Coercion::NeverToAny, leave, Ty::UNIT);
        let kind = ExprKind::If { cond: Box::new(cond), then: Box::new(body), else_: Some(Box::new(leave)) };
        Expr { kind, ty: Ty::UNIT, span }
    }

    /// `while !(x is P(a, b)) { … }` that only its condition ends: behind it the test is known to be true. The values of
    /// the last test are those of the loop, `if loop { … break (a, b) } is (a, b) {}`, so that the variables end with the
    /// block around, as those of `if` do.
    fn while_that_binds(&mut self, id: LoopId, cond: CondOut, body: Expr, span: Span) -> Expr {
        let (mut values, mut pats, mut names) = (Vec::new(), Vec::new(), BoundNames::new());
        for (name, local) in cond.no {
            let decl = &self.locals[local];
            let (ty, is_mut, at) = (decl.ty, decl.is_mut, decl.span);
            let copy = self.new_local(name, ty, is_mut, at);
            self.info[copy].is_used = self.info[local].is_used;
            self.info[copy].is_mutated = self.info[local].is_mutated;
            self.info[local].is_used = true;
            self.info[local].is_mutated |= is_mut;
            values.push(Expr { kind: ExprKind::Local(local), ty, span: at });
            pats.push(Pat { kind: PatKind::Binding { local: copy, sub: None }, ty, span: at });
            names.push((name, copy));
        }
        let row: Vec<Ty> = values.iter().map(|v| v.ty).collect();
        let ty = self.intern(TyKind::Tuple(row.into()));
        let value = Expr { kind: ExprKind::Tuple(values), ty, span: cond.expr.span };
        let pat = Pat { kind: PatKind::Tuple(pats), ty, span: cond.expr.span };
        let step = self.while_step(id, Some(value), cond.expr, body, span);
        let last = Expr { kind: ExprKind::Loop { id, body: Box::new(step) }, ty, span };
        let kind = ExprKind::Is { expr: Box::new(last), pat: Box::new(pat) };
        let found = Box::new(Expr { kind, ty: Ty::BOOL, span });
        self.push_all(&names);
        let nothing = ExprKind::Block(Block { stmts: Vec::new(), tail: None });
        let then = Box::new(Expr { kind: nothing, ty: Ty::UNIT, span });
        Expr { kind: ExprKind::If { cond: found, then, else_: None }, ty: Ty::UNIT, span }
    }

    /// Ends a loop without a value; returns the type that it has as an expression.
    fn pop_plain_loop(&mut self) -> Ty {
        let faulty = self.loops.pop().is_some_and(|l| l.is_faulty);
        if faulty { Ty::ERROR } else { Ty::UNIT }
    }

    pub(crate) fn loop_expr(
        &mut self,
        label: Option<Ident>,
        body: &mut ast::Block,
        want: Option<Ty>,
        span: Span,
    ) -> Expr {
        let id = self.push_loop(label, Some(BreakType { want, found: None }));
        let outer = std::mem::replace(&mut self.diverges, false);
        let told = self.told_unreachable;
        let body = self.block(body, Some(Ty::UNIT));
        let body = self.discard(body);
        self.told_unreachable = told;
        self.diverges = outer;
        let value = self.loops.pop().and_then(|l| l.value);
        let ty = value.and_then(|v| v.found).unwrap_or(Ty::NEVER);
        Expr { kind: ExprKind::Loop { id, body: Box::new(body) }, ty, span }
    }

    fn find_loop(&mut self, label: Option<Ident>, span: Span, what: &str) -> Option<usize> {
        let found = match label {
            Some(label) => self.loops.iter().rposition(|l| l.label.is_some_and(|n| n.name == label.name)),
            None => self.loops.len().checked_sub(1),
        };
        if found.is_some() {
            return found;
        }
        let diag = match label {
            Some(label) => {
                let text = self.ck.program.name(label.name).to_string();
                let mut diag = Diagnostic::error(
                    codes::UNKNOWN_LABEL,
                    label.span,
                    format!("no loop here has the label `'{text}`"),
                );
                let known: Vec<_> = self.loops.iter().filter_map(|l| l.label.map(|n| n.name)).collect();
                if let Some(near) = suggest::closest(&self.ck.program.interner, &text, known) {
                    diag =
                        diag.fix_likely(format!("did you mean `'{near}`?"), label.span, format!("'{near}"));
                }
                if self.frames.len() > 1 {
                    diag = diag.note("a closure cannot leave or continue a loop around it; `for` can");
                } else if self.labels.contains(&label.name) {
                    diag = diag.note("the loop with this label has ended");
                }
                diag
            }
            None => {
                let message = format!("`{what}` stands outside of a loop");
                let diag = Diagnostic::error(codes::BREAK_OUTSIDE_LOOP, span, message);
                if self.frames.len() > 1 {
                    diag.note("a closure cannot leave or continue a loop around it; `for` can")
                } else {
                    diag.note("`return` leaves a function")
                }
            }
        };
        self.report(diag);
        None
    }

    pub(crate) fn break_expr(
        &mut self,
        label: Option<Ident>,
        value: Option<&mut ast::Expr>,
        span: Span,
    ) -> Expr {
        let Some(index) = self.find_loop(label, span, "break") else {
            if let Some(value) = value {
                self.expr(value, None);
            }
            return Expr { kind: ExprKind::Error, ty: Ty::NEVER, span };
        };
        let id = self.loops[index].id;
        self.loops[index].has_break = true;
        let value = self.break_value(index, value, span).map(Box::new);
        Expr { kind: ExprKind::Break { id, value }, ty: Ty::NEVER, span }
    }

    fn break_value(&mut self, index: usize, value: Option<&mut ast::Expr>, span: Span) -> Option<Expr> {
        let Some(BreakType { want, found }) = self.loops[index].value else {
            if let Some(value) = value {
                self.expr(value, None);
                let message = "only `loop` has a value: `while` and `for` may end without a `break`";
                let diag = Diagnostic::error(codes::BREAK_WITH_VALUE, value.span, message)
                    .note("assign the value to a variable declared before the loop, or `return` it");
                self.report(diag);
                self.loops[index].is_faulty = true;
            }
            return None;
        };
        let expected = found.or(want);
        let value = match value {
            Some(value) => {
                let expr = self.expr(value, expected);
                Some(match expected {
                    Some(expected) if !self.is_open(expected) => self.coerce(expr, expected),
                    Some(expected) => {
                        self.unify(expected, expr.ty);
                        expr
                    }
                    None => expr,
                })
            }
            None => {
                if let Some(expected) = expected
                    && found.is_some()
                    && !self.unify(expected, Ty::UNIT)
                {
                    let name = self.ty_name(expected);
                    let message = format!("this `break` must give a `{name}`, as another one does");
                    self.error(codes::TYPE_MISMATCH, span, message);
                }
                None
            }
        };
        let ty = value.as_ref().map_or(Ty::UNIT, |v| v.ty);
        if let Some(slot) = &mut self.loops[index].value
            && slot.found.is_none()
            && ty != Ty::NEVER
        {
            slot.found = Some(ty);
        }
        value
    }

    pub(crate) fn continue_expr(&mut self, label: Option<Ident>, span: Span) -> Expr {
        let kind = match self.find_loop(label, span, "continue") {
            Some(index) => ExprKind::Continue { id: self.loops[index].id },
            None => ExprKind::Error,
        };
        Expr { kind, ty: Ty::NEVER, span }
    }

    // ------------------------------------------------------------ for

    pub(crate) fn for_loop(
        &mut self,
        label: Option<Ident>,
        pat: &mut ast::Pat,
        iter: &mut ast::Expr,
        body: &mut ast::Block,
        span: Span,
    ) -> Expr {
        while let ast::ExprKind::Paren(inner) = &mut iter.kind {
            iter.kind = std::mem::replace(&mut inner.kind, ast::ExprKind::Error);
        }
        let range_span = iter.span;
        if let ast::ExprKind::Range { lo: Some(lo), hi: Some(hi), inclusive } = &mut iter.kind {
            let inclusive = *inclusive;
            let (lo, hi, elem) = self.range_ends(Some(lo), Some(hi), None);
            let (Some(lo), Some(hi), Some(elem)) = (lo, hi, elem) else { return self.error_expr(span) };
            let elem = if matches!(hi.kind, ExprKind::Error) { Ty::ERROR } else { elem };
            let settled = self.resolve_now(elem);
            if matches!(self.kind(settled), TyKind::Int(_) | TyKind::Error) || self.is_number_var(settled) {
                return self.for_range(label, pat, lo, hi, inclusive, elem, body, span);
            }
            let range = self.range_value(lo, hi, inclusive, elem, range_span);
            return self.for_iter(label, pat, range, body, span);
        }
        let iter = self.expr(iter, None);
        self.for_iter(label, pat, iter, body, span)
    }

    fn range_value(&mut self, lo: Expr, hi: Expr, inclusive: bool, elem: Ty, span: Span) -> Expr {
        let adt = if inclusive { self.ck.known.range_inclusive } else { self.ck.known.range };
        let ty = self.ck.lang_adt_ty(adt, &[elem]);
        let fields = vec![Some(lo), Some(hi)];
        let kind =
            ExprKind::Adt { variant: crate::program::VariantIdx(0), fields, order: vec![0, 1], base: None };
        Expr { kind, ty, span }
    }

    fn for_range(
        &mut self,
        label: Option<Ident>,
        pat: &mut ast::Pat,
        lo: Expr,
        hi: Expr,
        inclusive: bool,
        elem: Ty,
        body: &mut ast::Block,
        span: Span,
    ) -> Expr {
        let (id, pat, body, ty) = self.for_body(label, pat, elem, body, false);
        let kind = ExprKind::ForRange { id, pat, lo: Box::new(lo), hi: Box::new(hi), inclusive, body };
        Expr { kind, ty, span }
    }

    fn for_body(
        &mut self,
        label: Option<Ident>,
        pat: &mut ast::Pat,
        elem: Ty,
        body: &mut ast::Block,
        is_element: bool,
    ) -> (LoopId, Box<Pat>, Box<Expr>, Ty) {
        let diverges = self.diverges;
        let id = self.push_loop(label, None);
        let mark = self.scope.mark();
        let mut binds = Binds::default();
        let pat = self.pat(pat, elem, &mut binds);
        for (_, local) in &binds.names {
            self.info[*local].is_element = is_element;
        }
        self.declare_binds(&binds);
        let body = self.block(body, Some(Ty::UNIT));
        let body = self.discard(body);
        self.scope.pop_to(mark);
        let ty = self.pop_plain_loop();
        self.diverges = diverges;
        (id, Box::new(pat), Box::new(body), ty)
    }

    fn for_iter(
        &mut self,
        label: Option<Ident>,
        pat: &mut ast::Pat,
        iter: Expr,
        body: &mut ast::Block,
        span: Span,
    ) -> Expr {
        let ty = self.settle(iter.ty);
        let (iter, next, elem) = match self.iterate(iter, ty) {
            Some(found) => found,
            None => {
                let error = Ty::ERROR;
                self.for_body(label, pat, error, body, true);
                return Expr { kind: ExprKind::Error, ty: Ty::UNIT, span };
            }
        };
        let (id, pat, body, ty) = self.for_body(label, pat, elem, body, true);
        let kind = ExprKind::For { id, pat, iter: Box::new(iter), next, body };
        Expr { kind, ty, span }
    }

    /// The iterator for a value, the callee that steps it, and the type of its elements.
    fn iterate(&mut self, iter: Expr, ty: Ty) -> Option<(Expr, Callee, Ty)> {
        let span = iter.span;
        if ty == Ty::ERROR {
            self.has_errors = true;
            return None;
        }
        let elem = self.fresh(span);
        let iterator = self.ck.known.iterator?;
        let next = self.ck.method_named(iterator, self.ck.known.next.0)?;
        if let Some(into) = self.ck.known.into_iterator
            && self.solve(span, |s| s.probe(|s| !matches!(s.select(into, &[ty, elem]), Sel::No | Sel::Maybe)))
        {
            let method = self.ck.method_of(into, "into_iter")?;
            self.require_trait(into, smallvec![ty, elem], span, Cause::For);
            let ret = self.ck.program.fns[method].ret;
            let iter_ty = self.instantiate(ret, &[ty, elem], span);
            let call =
                self.trait_call(into, method, smallvec![ty, elem], vec![value_arg(iter)], iter_ty, span);
            let callee = Callee::TraitMethod { trait_: iterator, method: next, args: [iter_ty, elem].into() };
            return Some((call, callee, elem));
        }
        self.require_trait(iterator, smallvec![ty, elem], span, Cause::For);
        if self.has_failed_iteration(iterator, ty, span) {
            return None;
        }
        let callee = Callee::TraitMethod { trait_: iterator, method: next, args: [ty, elem].into() };
        Some((iter, callee, elem))
    }

    fn has_failed_iteration(&mut self, iterator: crate::program::TraitId, ty: Ty, span: Span) -> bool {
        let elem = self.fresh(span);
        self.solve(span, |s| s.probe(|s| s.select(iterator, &[ty, elem]) == Sel::No))
    }
}
