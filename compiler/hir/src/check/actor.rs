//! Bodies of actors: states as places, `self` as the reference, calls of helpers.
//!
//! The functions of an actor get the states as a struct. A state's name is a variable for the tables of names, which
//! stands for a field of that struct; a closure that mentions it holds a copy of the field. In a constructor the
//! states are variables that are assigned late, and the struct is made of them at the end.

mod constructor;
mod forms;
pub(crate) mod habits;
mod message;
mod private;
mod reply;
mod select;
mod tasks;
mod timers;

use super::FnCtxt;
use super::expr::{mut_arg, value_arg};
use crate::actors::{ActorFn, ActorId, ActorRole, ReplyKind};
use crate::body::*;
use crate::codes;
use crate::program::*;
use crate::record::Target;
use crate::ty::{Ty, TyRow};
use smallvec::SmallVec;
use syntax::ast::{self, Ident};
use syntax::{Diagnostic, Span, Symbol, sym};

/// What the body of an actor's function knows.
pub(crate) struct ActorBody {
    pub id: ActorId,
    pub role: ActorRole,
    /// The reference.
    pub reference: Option<LocalId>,
    /// The parameter with the states.
    pub state: Option<LocalId>,
    /// By number of the state: what its name stands for.
    pub states: Vec<LocalId>,
    /// The duty to answer, where the handler answers itself.
    pub reply: Option<LocalId>,
    /// The first `reply(x)`, which decides the type where it is not written.
    pub first_reply: Option<Span>,
}

impl FnCtxt<'_> {
    /// Enters what the function of an actor gets besides the parameters that are written.
    pub(crate) fn declare_actor_params(
        &mut self,
        id: FnId,
        of: ActorFn,
        decl: &mut ast::FnDecl,
        params: &mut Vec<LocalId>,
        lets: &mut Vec<Stmt>,
    ) {
        let mut body = ActorBody {
            id: of.actor,
            role: of.role,
            reference: None,
            state: None,
            states: Vec::new(),
            reply: None,
            first_reply: None,
        };
        let n_given = match of.role {
            ActorRole::Constructor(_) => 1,
            ActorRole::Handler(_) | ActorRole::Helper { has_self: true } => 2,
            _ => 0,
        };
        if n_given > 0 {
            let local = self.given_param(id, 0);
            self.scope.push(sym::self_, local);
            body.reference = Some(local);
            params.push(local);
        }
        if n_given > 1 {
            let local = self.given_param(id, 1);
            body.state = Some(local);
            params.push(local);
        }
        if n_given > 0 {
            body.states = self.state_names(of.actor, n_given == 1, lets);
        }
        let n_written = usize::from(matches!(of.role, ActorRole::Helper { has_self: true }));
        self.declare_written_params(id, decl, n_written, n_given - n_written.min(n_given), params, lets);
        if let ActorRole::Handler(variant) = of.role {
            let kind = self.ck.actor(of.actor).messages[variant].reply;
            let index = self.ck.program.fns[id].params.len() - 1;
            if matches!(kind, ReplyKind::ByCall | ReplyKind::Inferred) {
                let local = self.given_param(id, index);
                if kind == ReplyKind::Inferred {
                    let answer = self.fresh(self.locals[local].span);
                    self.locals[local].ty = self.ck.runtime_ty("Reply", &[answer]);
                }
                params.push(local);
                body.reply = Some(local);
            }
        }
        self.actor = Some(body);
    }

    fn given_param(&mut self, id: FnId, index: usize) -> LocalId {
        let param = &self.ck.program.fns[id].params[index];
        let (name, ty, span, is_mut) = (param.name, param.ty, param.span, param.mode == ParamMode::Mut);
        let local = self.new_local(name, ty, is_mut, span);
        self.info[local].is_param = true;
        self.info[local].is_hidden = true;
        local
    }

    fn state_names(&mut self, id: ActorId, is_constructor: bool, lets: &mut Vec<Stmt>) -> Vec<LocalId> {
        let adt = self.ck.actor(id).state;
        let n = self.ck.actor(id).states.len();
        let mut locals = Vec::with_capacity(n);
        for i in 0..n {
            let state = &self.ck.actor(id).states[i];
            let (name, span, init) = (state.name, state.span, state.init);
            let ty = self.ck.program.adts[adt].variants[VariantIdx(0)].fields[i].ty;
            self.has_errors |= self.ck.program.types.flags(ty).has_error;
            let local = self.new_local(name, ty, is_constructor, span);
            self.info[local].is_hidden = true;
            self.scope.push(name, local);
            if is_constructor {
                let stmt = self.state_variable(id, local, init);
                lets.push(stmt);
            } else {
                self.info[local].state = Some(i as u32);
            }
            locals.push(local);
        }
        locals
    }

    // ------------------------------------------------------------ names

    /// `self.name` for a state.
    pub(crate) fn own_state(&mut self, base: &ast::Expr, name: Ident, span: Span) -> Option<Expr> {
        if !matches!(base.kind, ast::ExprKind::SelfValue) {
            return None;
        }
        let body = self.actor.as_ref()?;
        let index = self.ck.actor(body.id).state_index(name.name)?;
        let local = *body.states.get(index)?;
        self.ck.note(base.span, Target::Local(self.self_span()));
        self.ck.note(name.span, Target::Local(self.locals[local].span));
        let local = self.reach(local, span);
        Some(self.local(local, span))
    }

    /// Reports a state, or `self`, in code that `async` starts.
    pub(crate) fn check_task_access(&mut self, local: LocalId, span: Span) {
        let Some(body) = &self.actor else { return };
        let is_self = body.reference == Some(local);
        if !is_self && body.state != Some(local) && !body.states.contains(&local) {
            return;
        }
        let message = match is_self || body.state == Some(local) {
            true => "`self` is not known in code that `async` starts".to_string(),
            false => {
                let text = self.ck.program.name(self.locals[local].name);
                format!("the state `{text}` is not known in code that `async` starts")
            }
        };
        let diag = Diagnostic::error(codes::STATE_IN_ASYNC, span, message).note(
            "it runs beside the handlers, which may change the states meanwhile: put what it needs into variables before",
        );
        self.report(diag);
    }

    /// Where a variable stands for a state: the field.
    pub(crate) fn state_place(&self, index: u32, ty: Ty, span: Span) -> Expr {
        match self.actor.as_ref().and_then(|a| a.state) {
            Some(state) => {
                let base = Expr { kind: ExprKind::Local(state), ty: self.locals[state].ty, span };
                Expr { kind: ExprKind::Field { base: Box::new(base), index }, ty, span }
            }
            None => Expr { kind: ExprKind::Error, ty: Ty::ERROR, span },
        }
    }

    /// What a closure captures of states becomes variables that are made before it.
    pub(crate) fn settle_captures(&mut self, captures: &mut [(LocalId, LocalId)], span: Span) -> Vec<Stmt> {
        let mut lets = Vec::new();
        let reference = self.actor.as_ref().filter(|a| a.state.is_none()).and_then(|a| a.reference);
        for (_, outer) in captures {
            if Some(*outer) == reference {
                lets.extend(self.demand_states(span));
            }
            if self.info[*outer].state.is_none() {
                continue;
            }
            let value = self.local(*outer, span);
            *outer = self.bind_value(value, &mut lets);
        }
        lets
    }

    /// Puts a value into a new variable.
    pub(crate) fn bind_value(&mut self, value: Expr, lets: &mut Vec<Stmt>) -> LocalId {
        let (ty, span) = (value.ty, value.span);
        let local = self.temp(ty, span);
        let pat = Pat { kind: PatKind::Binding { local, sub: None }, ty, span };
        lets.push(Stmt::Let { pat, init: Some(value), else_: None, span });
        local
    }

    /// Reports a change of a state in a function that gets `self`, not `mut self`.
    pub(crate) fn report_fixed_state(&mut self, span: Span) {
        let Some(state) = self.actor.as_ref().and_then(|a| a.state) else { return };
        let decl = self.locals[state].span;
        let diag = Diagnostic::error(codes::NOT_MUTABLE, span, "this function cannot change the states")
            .also(decl, "it takes `self`, not `mut self`")
            .fix("let it change them", decl.before(), "mut ");
        self.report(diag);
        self.locals[state].is_mut = true;
    }

    /// Whether the actor whose function this is has a state of that name.
    pub(crate) fn is_state_name(&self, name: Symbol) -> bool {
        self.actor.as_ref().is_some_and(|body| self.ck.actor(body.id).states.iter().any(|s| s.name == name))
    }

    /// Whether the parameters are the values of a message.
    pub(crate) fn is_message_body(&self) -> bool {
        let role = self.actor.as_ref().map(|a| a.role);
        matches!(role, Some(ActorRole::Constructor(_) | ActorRole::Handler(_)))
    }

    // ------------------------------------------------------------ helpers

    /// Calls that mean something of their own: of the actor's functions, and forms that look like calls.
    pub(crate) fn actor_call(
        &mut self,
        callee: &mut ast::Expr,
        args: &mut [ast::Arg],
        want: Option<Ty>,
        span: Span,
    ) -> Option<Expr> {
        match &mut callee.kind {
            ast::ExprKind::Name { ident, .. } => {
                if self.scope.get(ident.name).is_some() {
                    return None;
                }
                self.call_like_form(*ident, args, span)
            }
            ast::ExprKind::Field { base, name, args: own } => {
                let is_type = self.is_own_type(base);
                if !is_type && !matches!(base.kind, ast::ExprKind::SelfValue) {
                    return None;
                }
                if self.ck.is_probe(name.name) && !is_type {
                    self.probe_own_members();
                }
                let id = self.helper_named(name.name)?;
                self.ck.note(name.span, Target::Fn(id));
                if is_type && self.helper_has_self(id) {
                    let text = self.ck.program.name(name.name);
                    let message = format!("`{text}` takes `self`, so it is called by `self.{text}(…)`");
                    let diag = Diagnostic::error(codes::NOT_A_METHOD, name.span, message);
                    self.report(diag.fix_likely("call it so", base.span, "self"));
                    self.check_loose(args);
                    return Some(self.error_expr(span));
                }
                Some(self.call_helper(id, own.as_deref(), args, want, span))
            }
            _ => None,
        }
    }

    fn helper_named(&self, name: Symbol) -> Option<FnId> {
        self.ck.actor(self.actor.as_ref()?.id).helper(name)
    }

    pub(super) fn is_helper(&self, name: Symbol) -> bool {
        self.helper_named(name).is_some()
    }

    /// How a function of the actor is written out, if it can be called here.
    pub(super) fn path_of_helper(&self, name: Symbol) -> Option<String> {
        let has_self = self.helper_has_self(self.helper_named(name)?);
        if has_self && self.actor.as_ref()?.reference.is_none() {
            return None;
        }
        let text = self.ck.program.name(name);
        Some(if has_self { format!("self.{text}") } else { format!("Self.{text}") })
    }

    fn helper_has_self(&self, id: FnId) -> bool {
        matches!(self.ck.actor_fn(id), Some(ActorFn { role: ActorRole::Helper { has_self: true }, .. }))
    }

    /// `Self`, or the name of the actor itself.
    fn is_own_type(&self, e: &ast::Expr) -> bool {
        let Some(body) = &self.actor else { return false };
        match &e.kind {
            ast::ExprKind::SelfType => true,
            ast::ExprKind::Name { ident, .. } => ident.name == self.ck.actor(body.id).name,
            _ => false,
        }
    }

    fn call_helper(
        &mut self,
        id: FnId,
        own: Option<&ast::GenericArgs>,
        args: &mut [ast::Arg],
        want: Option<Ty>,
        span: Span,
    ) -> Expr {
        let given = if self.helper_has_self(id) { 2 } else { 0 };
        if given > 0 && self.actor.as_ref().is_none_or(|a| a.reference.is_none()) {
            let name = self.ck.program.name(self.ck.program.fns[id].name);
            let message = format!("`{name}` takes `self`, and there is none here");
            let diag = Diagnostic::error(codes::UNKNOWN_NAME, span, message);
            self.report(diag.note("a function of an actor declares it: `fn f(self)`"));
            self.check_loose(args);
            return self.error_expr(span);
        }
        self.check_used_fn(id, span);
        let n_parent = self.ck.program.fns[id].generics.n_parent as usize;
        let generics = self.cx.generics.clone();
        let container: TyRow = self.ck.identity(&generics).into_iter().take(n_parent).collect();
        let own = self.own_args(id, own);
        let all = self.fn_args(id, container, own, span);
        self.require_fn_bounds(id, &all, span);
        let ret = self.ck.program.fns[id].ret;
        let ret = self.instantiate(ret, &all, span);
        self.hint_result(ret, want);
        let sig: SmallVec<[(Ty, ParamMode); 6]> =
            self.ck.program.fns[id].params.iter().skip(given).map(|p| (p.ty, p.mode)).collect();
        let params: SmallVec<[(Ty, ParamMode); 6]> =
            sig.into_iter().map(|(ty, mode)| (self.instantiate(ty, &all, span), mode)).collect();
        let info = super::args::CalleeInfo { fn_: Some(id), variant: None, span };
        let values = self.check_args(&params, None, args, info);
        if values.len() != params.len() {
            return self.error_expr(span);
        }
        let callee = Callee::Fn { id, args: all[..].into() };
        if given == 0 {
            return Expr { kind: ExprKind::Call { callee, args: values }, ty: ret, span };
        }
        let changes = self.ck.program.fns[id].params[1].mode == ParamMode::Mut;
        self.call_with_states(callee, changes, values, ret, span)
    }

    fn call_with_states(
        &mut self,
        callee: Callee,
        changes: bool,
        values: Vec<Arg>,
        ret: Ty,
        span: Span,
    ) -> Expr {
        let Some(body) = &self.actor else { return self.error_expr(span) };
        let (Some(state), Some(reference)) = (body.state, body.reference) else {
            return self.call_in_constructor(callee, changes, values, ret, span);
        };
        let reference = self.reach(reference, span);
        let place = self.reach(state, span);
        let (reference, place_expr) = (self.local(reference, span), self.local(place, span));
        let state_arg = match changes {
            true if place != state => {
                let message = "the function would change the states, and a closure holds copies of them";
                let diag = Diagnostic::error(codes::ASSIGN_CAPTURED, span, message);
                self.report(diag.note("use a `for` loop, in which the states are the states"));
                return self.error_expr(span);
            }
            true => {
                if !self.locals[state].is_mut {
                    self.report_fixed_state(span);
                }
                mut_arg(place_expr)
            }
            false => value_arg(place_expr),
        };
        let mut all = vec![value_arg(reference), state_arg];
        all.extend(values);
        if changes {
            self.check_disjoint(&all);
        }
        Expr { kind: ExprKind::Call { callee, args: all }, ty: ret, span }
    }

    /// `defer_reply()`, `send_after(…)`, `every(…)`, where nothing else has the name.
    fn call_like_form(&mut self, ident: Ident, args: &mut [ast::Arg], span: Span) -> Option<Expr> {
        let text = self.ck.program.name(ident.name);
        if !matches!(text, "defer_reply" | "send_after" | "every") {
            return None;
        }
        let form = text.to_string();
        if self.ck.lookup(self.module, ident.name, crate::scope::Ns::Value).is_some() {
            return None;
        }
        Some(match form.as_str() {
            "defer_reply" => self.defer_reply(args, span),
            "send_after" => self.send_after(args, span),
            _ => self.every(args, span),
        })
    }
}
