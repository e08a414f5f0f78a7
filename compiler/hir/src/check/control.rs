//! `if`, `match`, conditions and what is known where they hold, `return`.

use super::FnCtxt;
use super::coerce::Join;
use super::pattern::{Binds, BoundNames};
use crate::body::*;
use crate::codes;
use crate::ty::{Ty, TyKind};
use syntax::ast::{self, BinOp, UnOp};
use syntax::{Diagnostic, Span, Symbol};

/// A condition with the variables that exist where it is true, and where it is false.
pub(crate) struct CondOut {
    pub expr: Expr,
    pub yes: BoundNames,
    pub no: BoundNames,
}

impl FnCtxt<'_> {
    /// What stands behind `if` or `while`.
    pub(crate) fn cond(&mut self, cond: &mut ast::Cond) -> CondOut {
        match cond {
            ast::Cond::Expr(expr) => self.condition(expr),
            ast::Cond::Let { pat, expr, span } => {
                let span = *span;
                self.is_test(expr, pat, span)
            }
        }
    }

    pub(crate) fn condition(&mut self, e: &mut ast::Expr) -> CondOut {
        let span = e.span;
        match &mut e.kind {
            ast::ExprKind::Paren(inner) => self.condition(inner),
            ast::ExprKind::Is { expr, pat } => self.is_test(expr, pat, span),
            ast::ExprKind::Unary { op: UnOp::Not, operand } if tests_pattern(operand) => {
                let inner = self.condition(operand);
                let kind = ExprKind::Unary { op: UnOp::Not, operand: Box::new(inner.expr) };
                CondOut { expr: Expr { kind, ty: Ty::BOOL, span }, yes: inner.no, no: inner.yes }
            }
            ast::ExprKind::Binary { op: op @ (BinOp::And | BinOp::Or), lhs, rhs, .. } => {
                let op = *op;
                self.both(op, lhs, rhs, span)
            }
            _ => CondOut { expr: self.expr_as(e, Ty::BOOL), yes: BoundNames::new(), no: BoundNames::new() },
        }
    }

    /// `a && b`, `a || b`: the right side is reached where the left one decides nothing.
    fn both(&mut self, op: BinOp, lhs: &mut ast::Expr, rhs: &mut ast::Expr, span: Span) -> CondOut {
        let left = self.condition(lhs);
        let mark = self.scope.mark();
        let known = if op == BinOp::And { &left.yes } else { &left.no };
        for (name, local) in known {
            self.scope.push(*name, *local);
        }
        let diverges = self.diverges;
        let right = match self.report_bare_alternative(op, lhs, rhs) {
            true => {
                let expr = self.error_expr(rhs.span);
                CondOut { expr, yes: BoundNames::new(), no: BoundNames::new() }
            }
            false => self.condition(rhs),
        };
        self.diverges = diverges;
        self.scope.pop_to(mark);
        let kind = ExprKind::Binary { op, lhs: Box::new(left.expr), rhs: Box::new(right.expr) };
        let expr = Expr { kind, ty: Ty::BOOL, span };
        let concat = |a: BoundNames, b: BoundNames| a.into_iter().chain(b).collect();
        match op {
            BinOp::And => CondOut { expr, yes: concat(left.yes, right.yes), no: BoundNames::new() },
            _ => CondOut { expr, yes: BoundNames::new(), no: concat(left.no, right.no) },
        }
    }

    /// `x == 1 || 2`, where what is compared has to be said again.
    fn report_bare_alternative(&mut self, op: BinOp, lhs: &ast::Expr, rhs: &ast::Expr) -> bool {
        if !is_value_literal(rhs) {
            return false;
        }
        let mut compared = lhs;
        while let ast::ExprKind::Binary { op: BinOp::And | BinOp::Or, lhs, rhs, .. } = &compared.kind {
            compared = if is_value_literal(rhs) { lhs } else { rhs };
        }
        let ast::ExprKind::Binary { op: sign @ (BinOp::Eq | BinOp::Ne), lhs: value, .. } = &compared.kind
        else {
            return false;
        };
        let text = |span| self.ck.map.text(span).to_string();
        let fixed = format!("{} {} {}", text(value.span), super::ops::sign(*sign), text(rhs.span));
        let message = format!("`{}` joins conditions, and this is none", super::ops::sign(op));
        let diag = Diagnostic::error(codes::TYPE_MISMATCH, rhs.span, message);
        self.report(diag.fix_likely("write the whole comparison", rhs.span, fixed));
        true
    }

    fn is_test(&mut self, expr: &mut ast::Expr, pat: &mut ast::Pat, span: Span) -> CondOut {
        let expr = self.expr(expr, None);
        let mut binds = Binds::default();
        let pat = self.pat(pat, expr.ty, &mut binds);
        let kind = ExprKind::Is { expr: Box::new(expr), pat: Box::new(pat) };
        CondOut { expr: Expr { kind, ty: Ty::BOOL, span }, yes: binds.names, no: BoundNames::new() }
    }

    /// A condition as a value: its variables end with it.
    pub(crate) fn condition_value(&mut self, e: &mut ast::Expr) -> Expr {
        self.condition(e).expr
    }

    pub(crate) fn push_all(&mut self, binds: &[(Symbol, LocalId)]) {
        for (name, local) in binds {
            self.scope.push(*name, *local);
        }
    }

    // ------------------------------------------------------------ if

    pub(crate) fn if_expr(
        &mut self,
        cond: &mut ast::Cond,
        then: &mut ast::Block,
        else_: Option<&mut ast::Expr>,
        want: Option<Ty>,
        span: Span,
    ) -> Expr {
        let cond = self.cond(cond);
        let before = self.diverges;
        let mark = self.scope.mark();
        self.push_all(&cond.yes);
        let Some(else_) = else_ else {
            return self.if_without_else(cond, then, want, span, mark);
        };
        let mut join = Join::new(want);
        let then = self.block(then, want);
        let then = self.join(&mut join, then);
        let then_diverges = std::mem::replace(&mut self.diverges, before);
        self.scope.pop_to(mark);
        self.push_all(&cond.no);
        let else_ = self.expr(else_, want.or(self.join_hint(&join)));
        let else_ = self.join(&mut join, else_);
        let else_diverges = self.diverges;
        self.diverges = before || (then_diverges && else_diverges);
        self.scope.pop_to(mark);
        match (then_diverges, else_diverges) {
            (true, false) => self.push_all(&cond.no),
            (false, true) => self.push_all(&cond.yes),
            _ => {}
        }
        let ty = self.joined(&join);
        let then = Box::new(self.level(then, ty));
        let else_ = Some(Box::new(self.level(else_, ty)));
        Expr { kind: ExprKind::If { cond: Box::new(cond.expr), then, else_ }, ty, span }
    }

    fn if_without_else(
        &mut self,
        cond: CondOut,
        then: &mut ast::Block,
        want: Option<Ty>,
        span: Span,
        mark: usize,
    ) -> Expr {
        let before = self.diverges;
        let wanted = want.map(|w| self.shallow(w));
        let open = wanted.is_none_or(|w| self.is_open(w));
        let as_value = !open && wanted.is_some_and(|w| w != Ty::UNIT && w != Ty::ERROR);
        let tail = then.tail.as_ref().map(|t| t.span);
        let then_want = if open {
            None
        } else if as_value {
            want
        } else {
            Some(Ty::UNIT)
        };
        let then_expr = self.block(then, then_want);
        let diverges = std::mem::replace(&mut self.diverges, before);
        self.scope.pop_to(mark);
        let ty = self.resolve_now(then_expr.ty);
        // A call whose value nobody asks for may stand at the end of a closure.
        let is_asked = as_value || (open && (want.is_none() || !super::usage::ends_with_effect(&then_expr)));
        let is_open = !as_value && self.is_open(ty);
        let valued = is_asked && ty != Ty::UNIT && !is_open && !(ty == Ty::NEVER && (open || tail.is_none()));
        let then_expr = if valued {
            self.report_if_without_else(wanted.filter(|_| as_value), ty, span);
            Expr { kind: ExprKind::Error, ty: Ty::ERROR, span }
        } else {
            self.discard(then_expr)
        };
        if diverges {
            self.push_all(&cond.no);
        }
        let ty = if valued { Ty::ERROR } else { Ty::UNIT };
        Expr {
            kind: ExprKind::If { cond: Box::new(cond.expr), then: Box::new(then_expr), else_: None },
            ty,
            span,
        }
    }

    fn report_if_without_else(&mut self, wanted: Option<Ty>, found: Ty, span: Span) {
        if found == Ty::ERROR {
            self.has_errors = true;
            return;
        }
        let name = self.ty_name(wanted.unwrap_or(found));
        let message = match wanted {
            Some(_) => format!("this `if` must give a value of type `{name}`, but has no `else`"),
            None => format!("this `if` is used as a value of type `{name}`, but has no `else`"),
        };
        let diag = Diagnostic::error(codes::IF_WITHOUT_ELSE, span, message);
        self.report(diag.note("without `else` an `if` has no value"));
    }

    // ------------------------------------------------------------ match

    pub(crate) fn match_expr(
        &mut self,
        scrutinee: &mut ast::Expr,
        arms: &mut [ast::Arm],
        want: Option<Ty>,
        span: Span,
    ) -> Expr {
        let scrutinee = self.expr(scrutinee, None);
        let ty = scrutinee.ty;
        let (arms, ty) = self.arms(arms, ty, want);
        Expr { kind: ExprKind::Match { scrutinee: Box::new(scrutinee), arms }, ty, span }
    }

    /// Arms of `match` and `catch`.
    pub(crate) fn arms(&mut self, arms: &mut [ast::Arm], scrutinee: Ty, want: Option<Ty>) -> (Vec<Arm>, Ty) {
        let before = self.diverges;
        let mut all_diverge = true;
        let mut join = Join::new(want);
        let mut out = Vec::with_capacity(arms.len());
        for arm in arms.iter_mut() {
            self.diverges = before;
            let mark = self.scope.mark();
            let mut binds = Binds::default();
            let pat = self.pat(&mut arm.pat, scrutinee, &mut binds);
            self.declare_binds(&binds);
            let guard = arm.guard.as_mut().map(|g| {
                let cond = self.condition(g);
                self.push_all(&cond.yes);
                cond.expr
            });
            let body = self.expr(&mut arm.body, want.or(self.join_hint(&join)));
            let body = self.join(&mut join, body);
            self.scope.pop_to(mark);
            all_diverge &= self.diverges;
            out.push(Arm { pat, guard, body, span: arm.span });
        }
        self.diverges = before || all_diverge;
        let ty = self.joined(&join);
        let ty = if out.is_empty() { Ty::NEVER } else { ty };
        for arm in &mut out {
            let body = std::mem::replace(
                &mut arm.body,
                Expr { kind: ExprKind::Error, ty: Ty::ERROR, span: arm.span },
            );
            arm.body = self.level(body, ty);
        }
        (out, ty)
    }

    // ------------------------------------------------------------ return

    pub(crate) fn return_expr(&mut self, mut value: Option<&mut ast::Expr>, span: Span) -> Expr {
        if let Some(expr) = self.actor_return(value.as_deref_mut(), span) {
            return expr;
        }
        let Some(frame) = self.frames.last() else { return self.error_expr(span) };
        let (ret, ret_span) = (frame.ret, frame.ret_span);
        let frame_is_declared = !frame.is_closure && self.has_written_ret;
        if !frame.is_closure && matches!(self.owner, crate::program::BodyOwner::Const(_)) {
            self.error(codes::RETURN_OUTSIDE_FN, span, "there is no function to return from");
        }
        let value = match value {
            Some(value) if self.lacks_result(ret) => {
                let value = self.expr(value, None);
                self.report_lacking_result(&value);
                Some(Box::new(value))
            }
            Some(value) if self.generated().is_some() => {
                let value = self.expr(value, None);
                self.report_generator_result(&value, span);
                None
            }
            Some(value) => {
                let mark = self.ck.diags.len();
                let is_declared = frame_is_declared;
                let value = self.expr_as(value, ret);
                if is_declared && matches!(value.kind, ExprKind::Error) {
                    self.explain_mismatch(mark, ret_span, "the result is declared here");
                }
                Some(Box::new(value))
            }
            None => {
                if !self.unify(ret, Ty::UNIT) {
                    let name = self.ty_name(ret);
                    let message = format!("this `return` must give a `{name}`");
                    let diag = Diagnostic::error(codes::TYPE_MISMATCH, span, message);
                    self.report(diag.also(ret_span, "the result is declared here"));
                }
                None
            }
        };
        Expr { kind: ExprKind::Return(value), ty: Ty::NEVER, span }
    }
}

impl FnCtxt<'_> {
    /// Whether this is the body of a function that does not say what it returns.
    fn lacks_result(&self, ret: Ty) -> bool {
        let is_fn = matches!(self.owner, crate::program::BodyOwner::Fn(_));
        is_fn && ret == Ty::UNIT && self.frames.len() == 1 && !self.has_written_ret
    }

    /// A value is returned where no result is declared: said once, and calls then give nothing that is known.
    fn report_lacking_result(&mut self, value: &Expr) {
        let crate::program::BodyOwner::Fn(id) = self.owner else { return };
        let ty = self.settle(value.ty);
        if ty == Ty::UNIT || ty == Ty::NEVER {
            return;
        }
        if ty == Ty::ERROR || self.ck.decls.lacking_results.contains(&id) {
            self.has_errors = true;
            return;
        }
        self.ck.decls.lacking_results.push(id);
        let (name, found) =
            (self.ck.program.name(self.ck.program.fns[id].name).to_string(), self.ty_name(ty));
        let message = format!("`{name}` returns a value of type `{found}`, but declares no result");
        let end = self.frames[0].ret_span.after();
        let diag = Diagnostic::error(codes::TYPE_MISMATCH, value.span, message)
            .label(format!("this is `{found}`"))
            .also(self.ck.program.fns[id].span, "no result is declared here");
        let fixed = diag.clone().fix_likely("declare the result", end, format!(" -> {found}"));
        let is_status = match self.kind(ty) {
            TyKind::Adt(adt, args) => Some(*adt) != self.ck.known.result || args[0] != Ty::UNIT,
            _ => true,
        };
        self.report(match self.ck.program.main == Some(id) && is_status {
            true => diag
                .note("`main` returns nothing or `Result<(), E>`; `exit(5)` of `std.env` ends with a status"),
            false => fixed,
        });
    }
}

/// Whether an expression may declare variables by `is`.
fn tests_pattern(e: &ast::Expr) -> bool {
    match &e.kind {
        ast::ExprKind::Paren(inner) => tests_pattern(inner),
        ast::ExprKind::Is { .. } => true,
        ast::ExprKind::Unary { op: UnOp::Not, operand } => tests_pattern(operand),
        ast::ExprKind::Binary { op: BinOp::And | BinOp::Or, lhs, rhs, .. } => {
            tests_pattern(lhs) || tests_pattern(rhs)
        }
        _ => false,
    }
}

/// A literal that is no `Bool`.
fn is_value_literal(e: &ast::Expr) -> bool {
    use ast::ExprKind::{Char, Float, Int, Str};
    matches!(e.kind, Int { .. } | Float { .. } | Char(_) | Str(_))
}
