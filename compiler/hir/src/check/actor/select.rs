//! `select`: the first of several futures, or the end of a time.

use crate::body::*;
use crate::check::FnCtxt;
use crate::check::coerce::Join;
use crate::check::pattern::Binds;
use crate::ty::Ty;
use syntax::ast;
use syntax::{Span, Symbol};

impl FnCtxt<'_> {
    /// All futures are made, in order; then one arm runs, with the value of its future. The others end before it.
    pub(crate) fn select(
        &mut self,
        arms: &mut [ast::SelectArm],
        timeout: Option<&mut (Box<ast::Expr>, Box<ast::Expr>)>,
        want: Option<Ty>,
        span: Span,
    ) -> Expr {
        let mut stmts = Vec::new();
        let mut futures = Vec::with_capacity(arms.len());
        for arm in arms.iter_mut() {
            let future = self.expr(&mut arm.future, None);
            let value = self.future_value(&future, &arm.future, "select");
            let future_span = future.span;
            let local = self.bind_value(future, &mut stmts);
            self.locals[local].is_mut = true;
            futures.push((local, value, future_span));
        }
        let (limit, late) = match timeout {
            Some((time, body)) => (Some(self.duration(time)), Some(body)),
            None => (None, None),
        };
        let index = self.winner(&futures, limit, span);
        let index = self.bind_value(index, &mut stmts);
        let n = arms.len() + usize::from(late.is_some());
        let mut join = Join::new(want);
        let mut out = Vec::with_capacity(n);
        let diverged = self.diverges;
        let mut all_diverge = n > 0;
        for (i, arm) in arms.iter_mut().enumerate() {
            self.diverges = diverged;
            let body = self.select_arm(arm, &futures, i, want, &mut join);
            all_diverge &= self.diverges;
            out.push((self.index_pat(i, i + 1 == n, span), body, arm.span));
        }
        if let Some(body) = late {
            self.diverges = diverged;
            let hint = want.or(self.join_hint(&join));
            let value = self.expr(body, hint);
            let value = self.join(&mut join, value);
            let value = self.without_futures(value, &futures, None);
            all_diverge &= self.diverges;
            out.push((self.index_pat(arms.len(), true, span), value, body.span));
        }
        self.diverges = diverged || all_diverge;
        if out.is_empty() {
            return crate::check::with_lets(stmts, self.unit(span));
        }
        let ty = self.joined(&join);
        let arms = out
            .into_iter()
            .map(|(pat, body, span)| Arm { pat, guard: None, body: self.level(body, ty), span })
            .collect();
        let scrutinee = Box::new(self.local(index, span));
        let value = Expr { kind: ExprKind::Match { scrutinee, arms }, ty, span };
        crate::check::with_lets(stmts, value)
    }

    /// The call that waits: the number of the arm.
    fn winner(&mut self, futures: &[(LocalId, Option<Ty>, Span)], limit: Option<Expr>, span: Span) -> Expr {
        let mut handles = Vec::with_capacity(futures.len());
        for (local, value, at) in futures {
            if let Some(value) = value {
                let future = self.local(*local, *at);
                handles.push(self.runtime_call("future_handle", &[*value], vec![future], *at));
            }
        }
        let elem = self.ck.runtime_ty("FutureHandle", &[]);
        let ty = self.array_of(elem);
        let handles = Expr { kind: ExprKind::Array(handles), ty, span };
        let limit = self.optional_limit(limit, span);
        self.runtime_call("select_wait", &[], vec![handles, limit], span)
    }

    fn optional_limit(&mut self, limit: Option<Expr>, span: Span) -> Expr {
        let duration = self.ck.lang_adt_ty(self.ck.known.duration, &[]);
        let ty = self.ck.option_of(duration);
        let name: Symbol = self.ck.program.interner.intern(if limit.is_some() { "Some" } else { "None" });
        let variant = self.ck.known.option.and_then(|adt| self.ck.variant_named(adt, name));
        let Some(variant) = variant else { return self.error_expr(span) };
        let fields: Vec<Option<Expr>> = limit.into_iter().map(Some).collect();
        let order = (0..fields.len() as u32).collect();
        Expr { kind: ExprKind::Adt { variant, fields, order, base: None }, ty, span }
    }

    fn index_pat(&self, index: usize, is_last: bool, span: Span) -> Pat {
        let kind = if is_last { PatKind::Wild } else { PatKind::Lit(Lit::int(index as i128)) };
        Pat { kind, ty: Ty::I64, span }
    }

    /// `{ let _ = others; let pattern = value of the future; body }`
    fn select_arm(
        &mut self,
        arm: &mut ast::SelectArm,
        futures: &[(LocalId, Option<Ty>, Span)],
        index: usize,
        want: Option<Ty>,
        join: &mut Join,
    ) -> Expr {
        let (local, value, at) = futures[index];
        let mark = self.scope.mark();
        let ty = value.unwrap_or(Ty::ERROR);
        let future = self.local(local, at);
        let init = match value {
            Some(value) => self.runtime_call("future_await", &[value], vec![future], at),
            None => self.error_expr(at),
        };
        let mut binds = Binds::default();
        let pat = self.pat(&mut arm.pat, ty, &mut binds);
        self.declare_binds(&binds);
        let hint = want.or(self.join_hint(join));
        let body = self.expr(&mut arm.body, hint);
        let body = self.join(join, body);
        self.scope.pop_to(mark);
        let (ty, span) = (body.ty, body.span);
        let bind = Stmt::Let { pat, init: Some(init), else_: None, span: arm.pat.span };
        let block = Block { stmts: vec![bind], tail: Some(Box::new(body)) };
        let body = Expr { kind: ExprKind::Block(block), ty, span };
        self.without_futures(body, futures, Some(index))
    }

    /// Ends the futures that lost before the arm runs.
    fn without_futures(
        &mut self,
        body: Expr,
        futures: &[(LocalId, Option<Ty>, Span)],
        winner: Option<usize>,
    ) -> Expr {
        let mut stmts = Vec::new();
        for (i, (local, _, span)) in futures.iter().enumerate() {
            if Some(i) == winner {
                continue;
            }
            // Moved into a variable of a block that ends at once.
            let future = self.local(*local, *span);
            let mut inner = Vec::new();
            self.bind_value(future, &mut inner);
            let kind = ExprKind::Block(Block { stmts: inner, tail: None });
            stmts.push(Stmt::Expr(Expr { kind, ty: Ty::UNIT, span: *span }));
        }
        crate::check::with_lets(stmts, body)
    }
}
