//! Constructors: states are variables, and the result is made of them.

use crate::actors::{ActorId, ActorRole};
use crate::body::*;
use crate::check::FnCtxt;
use crate::check::expr::{mut_arg, value_arg};
use crate::codes;
use crate::program::*;
use crate::ty::Ty;
use syntax::{Diagnostic, Span};

impl FnCtxt<'_> {
    pub(crate) fn is_constructor(&self) -> bool {
        matches!(self.actor.as_ref().map(|a| a.role), Some(ActorRole::Constructor(_)))
    }

    /// The variable of a state, with its initial value if it has one.
    pub(super) fn state_variable(&mut self, actor: ActorId, local: LocalId, init: Option<FnId>) -> Stmt {
        let (ty, span) = (self.locals[local].ty, self.locals[local].span);
        let init = init.map(|id| {
            let adt = self.ck.actor(actor).adt;
            let generics = self.ck.program.adts[adt].generics.clone();
            let args = self.ck.identity(&generics).into();
            let callee = Callee::Fn { id, args };
            Expr { kind: ExprKind::Call { callee, args: Vec::new() }, ty, span }
        });
        self.info[local].is_late = init.is_none();
        let pat = Pat { kind: PatKind::Binding { local, sub: None }, ty, span };
        Stmt::Let { pat, init, else_: None, span }
    }

    /// The value of a constructor's body, after which the states must all be set.
    pub(crate) fn constructor_value(&mut self, body: Expr) -> Expr {
        let span = body.span;
        let ty = self.state_ty();
        if self.shallow(body.ty) == Ty::NEVER {
            return crate::check::coerce::coerced(Coercion::NeverToAny, body, ty);
        }
        let end = match self.ck.map.text(span).ends_with('}') {
            true => Span::new(span.hi - 1, span.hi),
            false => span,
        };
        let tail = Box::new(self.states_value(end));
        let block = Block { stmts: vec![Stmt::Expr(body)], tail: Some(tail) };
        Expr { kind: ExprKind::Block(block), ty, span }
    }

    /// `return` in the functions of an actor whose result is not what their bodies give.
    pub(crate) fn actor_return(&mut self, value: Option<&mut syntax::ast::Expr>, span: Span) -> Option<Expr> {
        let answers = self.actor.as_ref().is_some_and(|a| a.reply.is_some());
        if self.frames.len() > 1 || !(answers || self.is_constructor()) {
            return None;
        }
        if let Some(value) = value {
            let value = self.expr(value, Some(Ty::UNIT));
            let ty = self.settle(value.ty);
            if ty != Ty::UNIT && ty != Ty::NEVER && ty != Ty::ERROR {
                let message = match answers {
                    true => "this handler answers by `reply(x)`, so `return` gives no value",
                    false => "a constructor has no result, so `return` gives no value",
                };
                self.error(codes::TYPE_MISMATCH, value.span, message);
                return Some(Expr { ty: Ty::NEVER, ..self.error_expr(span) });
            }
        }
        let states = self.is_constructor().then(|| Box::new(self.states_value(span)));
        Some(Expr { kind: ExprKind::Return(states), ty: Ty::NEVER, span })
    }

    /// The struct of the states.
    fn state_ty(&mut self) -> Ty {
        match self.actor.as_ref().map(|a| a.id) {
            Some(id) => self.ck.actor_types(id)[1],
            None => Ty::ERROR,
        }
    }

    /// The struct, made of the variables.
    pub(crate) fn states_value(&mut self, span: Span) -> Expr {
        let ty = self.state_ty();
        let states = self.actor.as_ref().map(|a| a.states.clone()).unwrap_or_default();
        let fields: Vec<Option<Expr>> = states.iter().map(|s| Some(self.local(*s, span))).collect();
        let order = (0..fields.len() as u32).collect();
        Expr { kind: ExprKind::Adt { variant: VariantIdx(0), fields, order, base: None }, ty, span }
    }

    /// `self` in a constructor is the reference, and may be used when all states are set.
    pub(crate) fn self_of_new(&self, local: LocalId, span: Span) -> Expr {
        crate::check::with_lets(self.demand_states(span), self.local(local, span))
    }

    /// Reads all states that have no initial value, so that one that is not set is reported at the place.
    pub(super) fn demand_states(&self, span: Span) -> Vec<Stmt> {
        let states = self.actor.iter().flat_map(|a| &a.states);
        states.filter(|s| self.info[**s].is_late).map(|s| Stmt::Expr(self.local(*s, span))).collect()
    }

    /// A helper in a constructor works on the struct made of the variables, which get their values back.
    pub(super) fn call_in_constructor(
        &mut self,
        callee: Callee,
        changes: bool,
        values: Vec<Arg>,
        ret: Ty,
        span: Span,
    ) -> Expr {
        if self.frames.len() > 1 {
            let message = "a closure in a constructor cannot call the actor's functions that take `self`";
            let diag = Diagnostic::error(codes::UNSUPPORTED_FEATURE, span, message);
            self.report(diag.note("a `for` loop can"));
            return self.error_expr(span);
        }
        let Some(reference) = self.actor.as_ref().and_then(|a| a.reference) else {
            return self.error_expr(span);
        };
        let mut stmts = Vec::new();
        let mut args = Vec::with_capacity(values.len() + 2);
        let reference = self.local(reference, span);
        let values: Vec<Arg> = values
            .into_iter()
            .map(|arg| match arg.mode {
                ArgMode::Mut => arg,
                ArgMode::Value => {
                    let local = self.bind_value(arg.expr, &mut stmts);
                    value_arg(self.local(local, span))
                }
            })
            .collect();
        let states = self.states_value(span);
        let whole = self.bind_value(states, &mut stmts);
        self.locals[whole].is_mut = true;
        let place = self.local(whole, span);
        args.push(value_arg(reference));
        args.push(if changes { mut_arg(place) } else { value_arg(place) });
        args.extend(values);
        let call = Expr { kind: ExprKind::Call { callee, args }, ty: ret, span };
        let result = self.bind_value(call, &mut stmts);
        self.give_back(whole, &mut stmts, span);
        let tail = Box::new(self.local(result, span));
        Expr { kind: ExprKind::Block(Block { stmts, tail: Some(tail) }), ty: ret, span }
    }

    fn give_back(&mut self, whole: LocalId, stmts: &mut Vec<Stmt>, span: Span) {
        let states = self.actor.as_ref().map(|a| a.states.clone()).unwrap_or_default();
        for (i, state) in states.into_iter().enumerate() {
            let base = Box::new(self.local(whole, span));
            let ty = self.locals[state].ty;
            let value = Box::new(Expr { kind: ExprKind::Field { base, index: i as u32 }, ty, span });
            let place = Box::new(self.local(state, span));
            let kind = ExprKind::Assign { place, value };
            stmts.push(Stmt::Expr(Expr { kind, ty: Ty::UNIT, span }));
        }
    }
}
