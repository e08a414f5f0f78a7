//! `?`, and `try … catch`.

use super::expr::value_arg;
use super::{Cause, FnCtxt, TryCtx};
use crate::body::*;
use crate::codes;
use crate::program::{AdtId, VariantIdx};
use crate::ty::{Ty, TyKind};
use smallvec::smallvec;
use syntax::ast;
use syntax::{Diagnostic, Span};

/// Variants of `Option` and `Result`, see docs/contracts.md.
const NONE: VariantIdx = VariantIdx(0);
const SOME: VariantIdx = VariantIdx(1);
const OK: VariantIdx = VariantIdx(0);
const ERR: VariantIdx = VariantIdx(1);

impl FnCtxt<'_> {
    pub(crate) fn question(&mut self, inner: &mut ast::Expr, span: Span) -> Expr {
        let inner = self.expr(inner, None);
        let ty = self.resolve_now(inner.ty);
        if ty == Ty::ERROR {
            return self.error_expr(span);
        }
        if self.is_open(ty) {
            self.report_unknown_type(ty, inner.span);
            return self.error_expr(span);
        }
        match self.kind(ty).clone() {
            TyKind::Adt(adt, args) if Some(adt) == self.ck.known.option => {
                self.question_option(inner, args[0], span)
            }
            TyKind::Adt(adt, args) if Some(adt) == self.ck.known.result => {
                self.question_result(inner, args[0], args[1], span)
            }
            _ => {
                let name = self.ty_name(ty);
                let message = format!("`?` works on `Option` and `Result`, this is `{name}`");
                let diag = Diagnostic::error(codes::BAD_QUESTION, span, message);
                let sign = Span::new(span.hi.saturating_sub(1), span.hi);
                self.report(diag.fix_likely("remove the `?`", sign, ""));
                self.error_expr(span)
            }
        }
    }

    fn question_option(&mut self, inner: Expr, some: Ty, span: Span) -> Expr {
        if let Some(around) = self.tries.last() {
            // What `catch` would get is not known either, and needs no second message.
            let err = around.err;
            self.unify(err, Ty::ERROR);
            let diag = Diagnostic::error(
                codes::BAD_QUESTION,
                span,
                "`?` on an `Option` inside `try`: `None` is no error",
            )
            .note("`x.ok_or(error)?` makes one of it");
            self.report(diag);
            return self.error_expr(span);
        }
        let Some(option) = self.ck.known.option else { return self.error_expr(span) };
        let out = self.fresh(span);
        let want = self.ck.option_of(out);
        if !self.returns(want, Ty::UNIT, "Option", span) {
            return self.error_expr(span);
        }
        let ret = self.passed_on();
        let none = self.variant_expr(option, NONE, Vec::new(), ret, span);
        let leave = self.pass_on(none, span);
        let none_pat = self.adt_pat(NONE, Vec::new(), inner.ty, span);
        self.unwrap_match(inner, SOME, some, none_pat, leave, span)
    }

    fn question_result(&mut self, inner: Expr, ok: Ty, err: Ty, span: Span) -> Expr {
        let Some(result) = self.ck.known.result else { return self.error_expr(span) };
        let error = self.temp(err, span);
        let value = Expr { kind: ExprKind::Local(error), ty: err, span };
        let leave = match self.tries.last() {
            Some(TryCtx { id, err: want }) => {
                let (id, want) = (*id, *want);
                let failed = self.convert_error(value, want, span);
                Expr { kind: ExprKind::Break { id, value: Some(Box::new(failed)) }, ty: Ty::NEVER, span }
            }
            None => {
                let (out, want) = (self.fresh(span), self.fresh(span));
                let ty = self.intern(TyKind::Adt(result, [out, want].into()));
                if !self.returns(ty, err, "Result", span) {
                    return self.error_expr(span);
                }
                let value = self.convert_error(value, want, span);
                let ret = self.passed_on();
                let failed = self.variant_expr(result, ERR, vec![value], ret, span);
                self.pass_on(failed, span)
            }
        };
        let sub = Pat { kind: PatKind::Binding { local: error, sub: None }, ty: err, span };
        let err_pat = self.adt_pat(ERR, vec![(0, sub)], inner.ty, span);
        self.unwrap_match(inner, OK, ok, err_pat, leave, span)
    }

    fn frame_ret(&self) -> Ty {
        self.frames.last().map_or(Ty::ERROR, |f| f.ret)
    }

    /// The type in which `?` passes on what it has: that of the result, or of a generator's values.
    fn passed_on(&self) -> Ty {
        self.generated().unwrap_or_else(|| self.frame_ret())
    }

    fn pass_on(&mut self, value: Expr, span: Span) -> Expr {
        match self.generated() {
            Some(_) => self.yield_and_leave(value, span),
            None => Expr { kind: ExprKind::Return(Some(Box::new(value))), ty: Ty::NEVER, span },
        }
    }

    /// The result that would let `?` pass on what it has, for a function that returns something else.
    fn result_to_declare(&mut self, error: Ty, name: &str) -> Option<String> {
        if !matches!(self.owner, crate::program::BodyOwner::Fn(_)) {
            return None;
        }
        let ret = self.frame_ret();
        let ret = self.shallow(ret);
        let (option, result) = (self.ck.known.option, self.ck.known.result);
        if let TyKind::Adt(id, _) = self.kind(ret)
            && (Some(*id) == option || Some(*id) == result)
        {
            return None;
        }
        let ok = self.ty_name(ret);
        if name == "Option" {
            return (ret != Ty::UNIT).then(|| format!("{ok}?"));
        }
        let error = self.ty_name(error);
        Some(format!("Result<{ok}, {error}>"))
    }

    fn has_declared_result(&self) -> bool {
        match self.owner {
            crate::program::BodyOwner::Fn(_) => self.has_written_ret,
            _ => false,
        }
    }

    /// Whether the function around can return what `?` passes on.
    fn returns(&mut self, want: Ty, error: Ty, name: &str, span: Span) -> bool {
        let ret = self.passed_on();
        let found = self.shallow(ret);
        let open = self.is_open(found);
        if self.unify(found, want) {
            if let Some(frame) = self.frames.last_mut().filter(|f| f.is_closure && open) {
                frame.question = Some(span);
            }
            return true;
        }
        if self.frames.len() == 1 && matches!(self.owner, crate::program::BodyOwner::Const(_)) {
            let diag = Diagnostic::error(
                codes::BAD_QUESTION,
                span,
                "`?` has nothing to leave here: a constant is no function",
            )
            .note("`unwrap()` or `match`: the value is worked out when the program is compiled");
            self.report(diag);
            return false;
        }
        if self.generated().is_some() {
            let found = self.ty_name(found);
            let message = format!("`?` needs the generator to yield `{name}`, it yields `{found}`");
            let diag = Diagnostic::error(codes::BAD_QUESTION, span, message)
                .also(self.frames[0].ret_span, "what is yielded is declared here")
                .note("`?` yields what it passes on as the last value; `match` or `let … else { return }` handles it here");
            self.report(diag);
            return false;
        }
        let (is_closure, ret_span) = self.frames.last().map_or((false, span), |f| (f.is_closure, f.ret_span));
        let found = self.ty_name(found);
        let what = if is_closure { "this closure" } else { "the function" };
        let message = format!("`?` needs {what} to return `{name}`, it returns `{found}`");
        let mut diag = Diagnostic::error(codes::BAD_QUESTION, span, message);
        if !is_closure {
            let label = match self.has_declared_result() {
                true => "the result is declared here",
                false => "no result is declared here",
            };
            diag = diag.also(ret_span, label);
        }
        let of = |this: &Self, adt: Option<AdtId>| matches!(this.kind(this.shallow(this.frame_ret())), TyKind::Adt(id, _) if Some(*id) == adt);
        let (option, result) = (self.ck.known.option, self.ck.known.result);
        diag = if name == "Result" && of(self, option) {
            diag.note("`x.ok()?` drops the error and passes `None` on")
        } else if name == "Option" && of(self, result) {
            diag.note("`x.ok_or(error)?` makes an error of a missing value")
        } else {
            diag.note("handle the other case here: `match`, `unwrap_or`, or `try { … } catch { … }`")
        };
        if !is_closure && let Some(written) = self.result_to_declare(error, name) {
            diag = diag.note(format!("or let the function return it: `-> {written}`"));
        }
        self.report(diag);
        false
    }

    /// The error as one of the type that is wanted, by `From` where it differs.
    fn convert_error(&mut self, value: Expr, want: Ty, span: Span) -> Expr {
        let (found, wanted) = (self.resolve_now(value.ty), self.resolve_now(want));
        if self.is_open(found) || self.is_open(wanted) || found == wanted || self.would_unify(found, wanted) {
            self.unify(found, wanted);
            return Expr { ty: want, ..value };
        }
        let Some((from, method)) =
            self.ck.known.from.and_then(|t| Some((t, *self.ck.program.traits[t].methods.first()?)))
        else {
            return value;
        };
        let no_impl =
            self.solve(span, |s| s.probe(|s| s.holds(from, &[wanted, found]) == crate::solve::Tri::No));
        if no_impl {
            let (f, w) = (self.ty_name(found), self.ty_name(wanted));
            let diag = Diagnostic::error(
                codes::NO_ERROR_CONVERSION,
                span,
                format!("the error `{f}` does not convert to `{w}`"),
            );
            let diag = match (self.is_users(found) || self.is_users(wanted), wanted == self.ck.string_ty()) {
                (true, _) => diag.note(format!(
                    "`?` converts errors by `From`: write `impl From<{f}> for {w}`, or use `map_err`"
                )),
                (false, true) => diag
                    .note("`?` converts errors by `From`; here `x.map_err(|e| \"{e}\")?` makes text of it"),
                (false, false) => diag
                    .note(format!(
                        "`?` converts errors by `From`; here `x.map_err(|e| …)?` turns it into `{w}`"
                    ))
                    .note("an error enum of your own can have `From` for both"),
            };
            self.report(diag);
            return Expr { kind: ExprKind::Error, ty: want, span };
        }
        self.require_trait(from, smallvec![wanted, found], span, Cause::Method);
        self.trait_call(from, method, smallvec![wanted, found], vec![value_arg(value)], want, span)
    }

    /// Whether a type is declared in the user's sources.
    fn is_users(&self, ty: Ty) -> bool {
        matches!(self.kind(ty), TyKind::Adt(id, _) if self.ck.is_user(self.ck.program.adts[*id].module))
    }

    fn variant_expr(
        &mut self,
        _adt: AdtId,
        variant: VariantIdx,
        values: Vec<Expr>,
        ty: Ty,
        span: Span,
    ) -> Expr {
        let order = (0..values.len() as u32).collect();
        let fields = values.into_iter().map(Some).collect();
        Expr { kind: ExprKind::Adt { variant, fields, order, base: None }, ty, span }
    }

    fn adt_pat(&self, variant: VariantIdx, fields: Vec<(u32, Pat)>, ty: Ty, span: Span) -> Pat {
        Pat { kind: PatKind::Adt { variant, fields }, ty, span }
    }

    /// `match inner { good(x) => x, bad => leave }`
    fn unwrap_match(
        &mut self,
        inner: Expr,
        good: VariantIdx,
        ty: Ty,
        bad: Pat,
        leave: Expr,
        span: Span,
    ) -> Expr {
        let local = self.temp(ty, span);
        let sub = Pat { kind: PatKind::Binding { local, sub: None }, ty, span };
        let pat = self.adt_pat(good, vec![(0, sub)], inner.ty, span);
        let value = Expr { kind: ExprKind::Local(local), ty, span };
        let leave = super::coerce::coerced(Coercion::NeverToAny, leave, ty);
        let arms = vec![
            Arm { pat, guard: None, body: value, span },
            Arm { pat: bad, guard: None, body: leave, span },
        ];
        Expr { kind: ExprKind::Match { scrutinee: Box::new(inner), arms }, ty, span }
    }

    // ------------------------------------------------------------ try and catch

    /// `try { body } catch { arms }` has a way out for each end, so that what happened on one way is not asked about
    /// on the other: `out: block match fail: block { break out body } { arms }`, where `?` is `break fail error`.
    pub(crate) fn try_catch(
        &mut self,
        error_ty: Option<&ast::Type>,
        body: &mut ast::Block,
        arms: &mut [ast::Arm],
        want: Option<Ty>,
        span: Span,
    ) -> Expr {
        let err = match error_ty {
            Some(ty) => self.lower_ty(ty),
            None => self.fresh(span),
        };
        let ok = match want {
            Some(want) if !self.is_open(want) => want,
            _ => self.fresh(span),
        };
        let (out, fail) = (self.next_loop(), self.next_loop());
        self.tries.push(TryCtx { id: fail, err });
        let before = self.diverges;
        let body_span = body.span;
        let value = self.block(body, Some(ok));
        self.tries.pop();
        self.diverges = before;
        let is_never = self.shallow(value.ty) == Ty::NEVER;
        let value = self.coerce_result(value, ok);
        if self.is_open(err) {
            self.solve_pending();
        }
        if self.is_open(err) {
            let diag = Diagnostic::error(codes::TRY_WITHOUT_QUESTION, span, "nothing in this `try` can fail")
                .note("a `?` in the block jumps to `catch`");
            self.report(diag);
            self.unify(err, Ty::ERROR);
        }
        let done = ExprKind::Break { id: out, value: Some(Box::new(value)) };
        let done = Expr { kind: done, ty: Ty::NEVER, span: body_span };
        let done = super::coerce::coerced(Coercion::NeverToAny, done, err);
        let kind = ExprKind::BreakBlock { id: fail, body: Box::new(done) };
        let tried = Expr { kind, ty: err, span: body_span };
        let caught = self.catch(tried, ok, arms, is_never, want, span);
        let ty = caught.ty;
        Expr { kind: ExprKind::BreakBlock { id: out, body: Box::new(caught) }, ty, span }
    }

    /// `is_never`: the body has no value of its own, `ok` is that of the arms.
    fn catch(
        &mut self,
        tried: Expr,
        ok: Ty,
        arms: &mut [ast::Arm],
        is_never: bool,
        want: Option<Ty>,
        span: Span,
    ) -> Expr {
        let before = self.diverges;
        let hint = match want {
            Some(want) if !self.is_open(want) => Some(want),
            _ if is_never => None,
            _ => Some(ok),
        };
        let (mut arms, ty) = self.arms(arms, tried.ty, hint);
        // The arms are those for errors: without one, what follows is reached with the value of the `try`.
        self.diverges = before || (self.diverges && is_never);
        let ty = if is_never && ty != Ty::NEVER {
            self.unify(ok, ty);
            ty
        } else {
            self.shallow(ok)
        };
        for arm in &mut arms {
            let body = std::mem::replace(&mut arm.body, Expr { kind: ExprKind::Error, ty, span: arm.span });
            arm.body = self.level(body, ty);
        }
        Expr { kind: ExprKind::Match { scrutinee: Box::new(tried), arms }, ty, span }
    }
}
