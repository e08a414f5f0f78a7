//! `async` and `await`.

use super::forms::Wait;
use crate::actors::Unsendable;
use crate::body::*;
use crate::check::expr::value_arg;
use crate::check::{FnCtxt, with_lets};
use crate::codes;
use crate::program::ClosureDecl;
use crate::ty::{Ty, TyKind};
use syntax::ast;
use syntax::{Diagnostic, Span};

impl FnCtxt<'_> {
    /// `async e`: of a call, the arguments are worked out at once, and the call runs as a green thread.
    pub(crate) fn async_expr(&mut self, inner: &mut ast::Expr, span: Span) -> Expr {
        let runs = runs_code(inner);
        match &mut inner.kind {
            ast::ExprKind::Paren(inner) => self.async_expr(inner, span),
            ast::ExprKind::Ask { .. } => self.async_ask(inner, span),
            ast::ExprKind::Call { callee, .. } => {
                if self.needs_states(callee) {
                    return self.report_states_needed(inner, span);
                }
                let call = self.expr(inner, None);
                self.task_of_call(call, span)
            }
            _ if !runs => {
                self.expr(inner, None);
                self.report_no_code(inner.span);
                self.error_expr(span)
            }
            _ => {
                self.next_is_task = true;
                let body = self.closure(&mut [], None, inner, None, span);
                self.runtime_call("task_start", &[], vec![body], span)
            }
        }
    }

    /// A plain question needs no green thread: its answer is the future.
    fn async_ask(&mut self, inner: &mut ast::Expr, span: Span) -> Expr {
        let ast::ExprKind::Ask { target, message, timeout, is_try } = &mut inner.kind else {
            return self.error_expr(span);
        };
        let is_try = *is_try;
        let addressed = self.addressed(target, message, "ask");
        let limit = timeout.as_deref_mut().map(|limit| self.duration(limit));
        let Some(addressed) = addressed else { return self.error_expr(span) };
        if limit.is_none() && !is_try {
            let (lets, answer) = self.ask_with(addressed, Wait::Later, span);
            return with_lets(lets, answer);
        }
        let wait = limit.map_or(Wait::Try, Wait::Within);
        let (mut lets, waiting, wait) = self.sent_question(addressed, wait, span);
        let Some(waiting) = waiting else { return self.error_expr(span) };
        let waiting = self.runtime_call("ask_sent", &[], vec![waiting], span);
        let waiting = self.bind_value(waiting, &mut lets);
        let mut outer = vec![waiting];
        if let Wait::Within(limit) = wait {
            outer.push(self.bind_value(limit, &mut lets));
        }
        let body = self.task_closure(&outer, span, |this, inner| {
            let name = if inner.len() > 1 { "ask_within" } else { "ask_try" };
            let args = inner.iter().map(|local| this.local(*local, span)).collect();
            this.runtime_call(name, &[], args, span)
        });
        let start = self.runtime_call("task_start", &[], vec![body], span);
        with_lets(lets, start)
    }

    /// Whether what is called is a function of the actor that takes `self`.
    fn needs_states(&self, callee: &ast::Expr) -> bool {
        let Some(body) = &self.actor else { return false };
        let name = match &callee.kind {
            ast::ExprKind::Field { base, name, .. } if matches!(base.kind, ast::ExprKind::SelfValue) => {
                name.name
            }
            _ => return false,
        };
        let helper = self.ck.actor(body.id).helper(name);
        let has_self = crate::actors::ActorRole::Helper { has_self: true };
        helper.and_then(|id| self.ck.actor_fn(id)).is_some_and(|of| of.role == has_self)
    }

    fn report_states_needed(&mut self, call: &mut ast::Expr, span: Span) -> Expr {
        if let ast::ExprKind::Call { args, .. } = &mut call.kind {
            self.check_loose(args);
        }
        let message = "the function takes `self`, which is not known in code that `async` starts";
        let diag = Diagnostic::error(codes::STATE_IN_ASYNC, span, message);
        self.report(
            diag.note("a function without `self`, or one of the module, can run beside the handlers"),
        );
        self.error_expr(span)
    }

    fn task_of_call(&mut self, call: Expr, span: Span) -> Expr {
        let Expr { kind, ty, span: call_span } = call;
        let (callee, args) = match kind {
            ExprKind::Call { callee, args } => (callee, args),
            ExprKind::Error => return self.error_expr(span),
            _ => {
                self.report_no_code(call_span);
                return self.error_expr(span);
            }
        };
        if let Some(arg) = args.iter().find(|a| a.mode == ArgMode::Mut) {
            let message = "the call runs later, so it cannot change a variable here";
            let diag = Diagnostic::error(syntax::codes::WRONG_FORM, arg.expr.span, message);
            self.report(diag.note("pass a value, and take the changed one from the result"));
            return self.error_expr(span);
        }
        let mut lets = Vec::new();
        let mut outer = Vec::new();
        let callee = match callee {
            Callee::Value(value) => {
                outer.push(self.bind_value(*value, &mut lets));
                None
            }
            other => Some(other),
        };
        outer.extend(args.into_iter().map(|arg| self.bind_value(arg.expr, &mut lets)).collect::<Vec<_>>());
        let body = self.task_closure(&outer, span, |this, inner| {
            let mut values = inner.iter().map(|local| this.local(*local, call_span));
            let callee = match callee {
                Some(callee) => callee,
                None => Callee::Value(Box::new(values.next().unwrap_or_else(|| this.unit(call_span)))),
            };
            let args = values.map(value_arg).collect();
            Expr { kind: ExprKind::Call { callee, args }, ty, span: call_span }
        });
        let start = self.runtime_call("task_start", &[], vec![body], span);
        with_lets(lets, start)
    }

    fn report_no_code(&mut self, span: Span) {
        let message = "`async` runs a call or a block";
        let diag = Diagnostic::error(syntax::codes::WRONG_FORM, span, message);
        self.report(diag.note("a value takes no time: write `async f(…)`, `async ask(…)` or `async { … }`"));
    }

    /// A closure without parameters that holds these variables, with a body that is made of them.
    pub(super) fn task_closure(
        &mut self,
        outer: &[LocalId],
        span: Span,
        body: impl FnOnce(&mut Self, &[LocalId]) -> Expr,
    ) -> Expr {
        let frame = self.frames.len() as u32;
        let mut inner = Vec::with_capacity(outer.len());
        for local in outer {
            let decl = self.locals[*local].clone();
            let copy = self.new_local(decl.name, decl.ty, false, decl.span);
            let info = &mut self.info[copy];
            (info.frame, info.is_capture, info.is_used, info.is_hidden) = (frame, true, true, true);
            inner.push(copy);
        }
        let ret = self.fresh(span);
        let id = self.ck.program.closures.push(ClosureDecl {
            owner: self.owner,
            params: Vec::new(),
            ret,
            captures: Vec::new(),
            is_once: false,
            span,
        });
        let value = body(self, &inner);
        self.unify(ret, value.ty);
        let captures = inner.into_iter().zip(outer.iter().copied()).collect();
        self.closures.push((id, ClosureBody { params: Vec::new(), captures, value }));
        let args = self.ck.identity(&self.cx.generics).into();
        let ty = self.intern(TyKind::Closure(id, args));
        Expr { kind: ExprKind::Closure(id), ty, span }
    }

    /// Reports a closure as written that holds a future or a generator.
    pub(crate) fn check_captured_futures(&mut self, closure: usize) {
        // The library's own threads wait for futures that others have started.
        let module = &self.ck.program.modules[self.ck.file_module(self.module)];
        if module.is_unsafe && module.is_library {
            return;
        }
        for i in 0..self.closures[closure].1.captures.len() {
            let inner = self.closures[closure].1.captures[i].0;
            let (ty, is_hidden) = (self.locals[inner].ty, self.info[inner].is_hidden);
            if is_hidden || self.ck.program.is_known_copyable(ty) {
                continue;
            }
            let Some(bound) = self.ck.program.holds_unsendable(ty, &mut Vec::new()) else { continue };
            let text = self.ck.program.name(self.locals[inner].name).to_string();
            let span = self.ck.program.closures[self.closures[closure].0].span;
            let message = format!("the closure would hold `{text}`, which is, or holds, {}", bound.text());
            let diag = Diagnostic::error(codes::NOT_SENDABLE, span, message)
                .also(self.locals[inner].span, "declared here");
            self.report(diag.note(match bound {
                Unsendable::Future => {
                    "a future is awaited once, by the code that started it: `let value = await …` before"
                }
                Unsendable::Generator => {
                    "a generator is gone through once, by the code that made it: make it in the closure"
                }
            }));
        }
    }

    // ------------------------------------------------------------ await

    pub(crate) fn await_expr(&mut self, inner: &mut ast::Expr, span: Span) -> Expr {
        let future = self.expr(inner, None);
        match self.future_value(&future, inner, "await") {
            Some(value) => {
                // Moved here, whatever the library does with it: a future is awaited once.
                let mut lets = Vec::new();
                let future = self.bind_value(future, &mut lets);
                let future = self.local(future, span);
                let value = self.runtime_call("future_await", &[value], vec![future], span);
                with_lets(lets, value)
            }
            None => self.error_expr(span),
        }
    }

    /// Warns about a future that nobody keeps, which ends its green thread.
    pub(crate) fn warn_dropped_future(&mut self, expr: &Expr, ty: Ty) {
        let TyKind::Adt(adt, _) = self.kind(ty) else { return };
        let is_future = Some(*adt) == self.ck.program.lang_adt("Future");
        if !is_future || !self.warns() || self.has_errors {
            return;
        }
        let message = "the future is dropped at once, which ends what it stands for";
        let diag = Diagnostic::warning(codes::UNUSED_RESULT, expr.span, message);
        self.report(diag.note("`await` it, or keep it in a variable; a call without `async` just runs"));
    }

    /// The type of the value that a future gives; reports what is none.
    pub(super) fn future_value(&mut self, future: &Expr, written: &ast::Expr, form: &str) -> Option<Ty> {
        let ty = self.settle(future.ty);
        if ty == Ty::ERROR {
            self.has_errors = true;
            return None;
        }
        if self.is_open(ty) {
            self.report_unknown_type(ty, future.span);
            return None;
        }
        if let TyKind::Adt(adt, args) = self.kind(ty)
            && Some(*adt) == self.ck.program.lang_adt("Future")
        {
            return args.first().copied();
        }
        let name = self.ty_name(ty);
        let message = format!("`{form}` needs a future, this is `{name}`");
        let diag = Diagnostic::error(codes::NOT_A_FUTURE, future.span, message);
        let is_call = matches!(written.kind, ast::ExprKind::Call { .. } | ast::ExprKind::Ask { .. });
        let before = future.span.before();
        self.report(match (is_call, form) {
            (true, "select") => diag.fix_likely("let it run meanwhile", before, "async "),
            (true, _) => diag.note("calls and `ask` wait by themselves: `await` is for what `async` gave"),
            _ => diag.note("`async f(x)` and `async ask(a, M)` give futures"),
        });
        None
    }
}

/// Whether an expression may stand behind `async`.
fn runs_code(e: &ast::Expr) -> bool {
    use ast::ExprKind as E;
    matches!(
        e.kind,
        E::Block(_)
            | E::If { .. }
            | E::Match { .. }
            | E::TryCatch { .. }
            | E::Await(_)
            | E::Select { .. }
            | E::Error
    )
}
