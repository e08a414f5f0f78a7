//! Checking of one body: names, types, places. Out comes a typed [`Body`].
//!
//! Inference is local and bidirectional: expected types flow in, found types flow out, variables stand for what is
//! not known yet. `finish.rs` puts in what was found out at the end; the analyses that follow (moves, assignment,
//! exhaustiveness) see types without variables.

mod access;
mod actor;
mod analyse;
mod args;
mod assign;
mod block;
mod call;
mod closure;
mod coerce;
mod control;
mod copyable;
mod expr;
mod finish;
mod generator;
mod index;
mod interp;
mod literal;
mod loops;
mod method;
mod obligations;
mod ops;
mod params;
mod path;
mod pattern;
mod pattern_fields;
mod pattern_path;
mod patterns_cover;
mod place;
mod receivers;
mod record;
mod scope;
mod shuffle;
mod spare;
mod structs;
mod tries;
mod unknown;
mod usage;

use crate::actors::{ActorFn, ActorRole};
use crate::body::*;
use crate::checker::Checker;
use crate::env::ParamEnv;
use crate::infer::VarKind;
use crate::program::*;
use crate::solve::Solver;
use crate::ty::{Ty, TyKind};
use crate::types::TyCx;
use entity::IndexVec;
pub(crate) use obligations::{Cause, CopyReason, Copyable, Obligation, Waiting};
pub(crate) use ops::sign;
use scope::Scope;
pub(crate) use spare::Spares;
use std::rc::Rc;
use syntax::ast;
use syntax::{Diagnostic, Span, Symbol, sym};

/// What is known of a variable besides its declaration.
#[derive(Clone, Copy)]
pub(crate) struct LocalInfo {
    /// How many closures stand around its declaration.
    pub frame: u32,
    pub is_used: bool,
    /// Assigned, or passed as `mut`, after it was initialised.
    pub is_mutated: bool,
    /// A copy that a closure holds.
    pub is_capture: bool,
    /// Declared without a value.
    pub is_late: bool,
    /// Declared without a value, and assigned.
    pub is_assigned: bool,
    /// Bound by the name of a field alone: `Point { x }`.
    pub is_shorthand: bool,
    /// Goes through the elements of something, in a `for`.
    pub is_element: bool,
    pub is_param: bool,
    /// Made by the checker.
    pub is_hidden: bool,
    /// Stands for a state of the actor, by its number.
    pub state: Option<u32>,
}

/// A function or closure around the current place.
pub(crate) struct Frame {
    pub ret: Ty,
    /// Variables inside, and what they are copies of outside.
    pub captures: Vec<(LocalId, LocalId)>,
    /// Where the result type comes from, for messages.
    pub ret_span: Span,
    /// For `?` in a closure without an expected result: its result became known by it.
    pub is_closure: bool,
    /// The `?` that decided what kind of result a closure has.
    pub question: Option<Span>,
    /// Code that `async` starts.
    pub is_task: bool,
}

pub(crate) struct LoopCtx {
    /// A `break` gave a value that the loop cannot have.
    pub is_faulty: bool,
    /// A `break` leads out of it.
    pub has_break: bool,
    pub label: Option<ast::Ident>,
    pub id: LoopId,
    /// For `loop`: the type of its `break` values. `while` and `for` have none.
    pub value: Option<loops::BreakType>,
}

/// A `try` around the current place: `break id error` leads to its `catch`.
pub(crate) struct TryCtx {
    pub id: LoopId,
    pub err: Ty,
}

pub(crate) struct FnCtxt<'c> {
    pub ck: &'c mut Checker,
    pub owner: BodyOwner,
    /// The module, or the block with items of its own, at the current place.
    pub module: ModuleId,
    pub cx: TyCx,
    pub env: Rc<ParamEnv>,
    pub pending: Vec<Waiting>,
    /// Of `pending`, what is asked at the end only.
    pub structural: Vec<Waiting>,
    pub copyables: Vec<Copyable>,
    /// What implements what, to be asked for copies that the impls make, see `copyable.rs`.
    pub proofs: Vec<copyable::Proof>,
    /// Uses of default methods, see `receivers.rs`.
    pub receivers: Vec<receivers::Receiver>,
    pub locals: IndexVec<LocalId, LocalDecl>,
    pub info: IndexVec<LocalId, LocalInfo>,
    pub scope: Scope,
    pub frames: Vec<Frame>,
    pub loops: Vec<LoopCtx>,
    /// The labels of all loops so far, also of those that have ended: for messages.
    pub labels: Vec<Symbol>,
    pub tries: Vec<TryCtx>,
    pub n_loops: u32,
    /// Nothing that follows can be reached.
    pub diverges: bool,
    /// Unreachable code was reported on the way that diverges.
    pub told_unreachable: bool,
    pub closures: Vec<(ClosureId, ClosureBody)>,
    pub has_errors: bool,
    /// Names that nothing has, each reported once.
    pub told_unknown: Vec<Symbol>,
    /// Bounds that parameters lack, each reported once.
    pub told_bounds: Vec<(Symbol, TraitId)>,
    /// The types of the signature break bounds, which is not said again of the same types in the body.
    pub has_faulty_signature: bool,
    /// The function says `-> T`.
    pub has_written_ret: bool,
    /// Values of type `Never` that stand where a type was not known.
    pub never_vars: Vec<Ty>,
    /// Numbers in patterns, to be compared with the range of their type.
    pub lit_pats: Vec<(i128, Ty, Span)>,
    /// Those that are out of range.
    pub bad_pats: Vec<Span>,
    /// The further names of variables in patterns with alternatives.
    pub alternatives: Vec<(LocalId, Span)>,
    /// Patterns of tuples whose types were not known: nothing is said of their parts.
    pub open_pats: Vec<Span>,
    /// In the functions of an actor.
    pub actor: Option<actor::ActorBody>,
    /// The closure that is checked next is the code of an `async`.
    pub next_is_task: bool,
}

impl Checker {
    /// The checked body of a function, constant or test; checks it when first asked for.
    pub fn body(&mut self, owner: BodyOwner) -> BodyRef {
        if let Some(body) = self.bodies.get(&owner) {
            return body.clone();
        }
        if self.open_bodies.contains(&owner) {
            // Asked for while being checked, by an analysis: nothing is known of it yet.
            return Rc::new(empty_body(owner));
        }
        let body = Rc::new(self.new_body(owner));
        self.bodies.insert(owner, body.clone());
        body
    }

    /// Checks a body, which must not be open.
    pub(crate) fn new_body(&mut self, owner: BodyOwner) -> Body {
        debug_assert!(!self.open_bodies.contains(&owner), "a body is checked within itself");
        self.open_bodies.push(owner);
        let fresh = self.spares.infer.pop().unwrap_or_default();
        let outer_infer = std::mem::replace(&mut self.infer, fresh);
        let outer = std::mem::replace(&mut self.program.caches.in_body, true);
        let body = self.check_body(owner);
        let mut infer = std::mem::replace(&mut self.infer, outer_infer);
        infer.clear();
        self.spares.infer.push(infer);
        self.program.caches.in_body = outer;
        self.open_bodies.pop();
        body
    }

    fn check_body(&mut self, owner: BodyOwner) -> Body {
        match owner {
            BodyOwner::Fn(id) => self.check_fn_body(id),
            BodyOwner::Const(id) => self.check_const_body(id),
            BodyOwner::Test(id) => self.check_test_body(id),
        }
    }

    fn check_fn_body(&mut self, id: FnId) -> Body {
        let actor = self.actor_fn(id);
        if let Some(ActorFn { actor, role: ActorRole::Dispatch }) = actor {
            return self.dispatch_body(id, actor);
        }
        if let Some(glue) = self.decls.actors.glue.get(&id).copied() {
            return self.glue_body(id, glue);
        }
        let Some(mut decl) = self.decls.fns[id].take() else { return empty_body(BodyOwner::Fn(id)) };
        let Some(body) = decl.body.take() else { return empty_body(BodyOwner::Fn(id)) };
        let body = self.parse_deferred(body);
        let function = &self.program.fns[id];
        let (module, container, ret) = (function.module, function.container, function.ret);
        let generics = function.generics.clone();
        let mut cx = self.container_cx(container, module);
        let env = ParamEnv::new(&mut self.program, &generics, container);
        cx.generics = generics;
        let ret_span = decl.ret.as_ref().map_or(decl.sig_span, |r| r.span);
        // A constructor's body has no result; what the function returns is made of the states.
        let is_constructor = actor.is_some_and(|of| matches!(of.role, ActorRole::Constructor(_)));
        let is_generator = self.program.fns[id].generator.is_some();
        let ret = if is_constructor || is_generator { Ty::UNIT } else { ret };
        let mut fcx = FnCtxt::new(self, BodyOwner::Fn(id), module, cx, env, ret, ret_span);
        fcx.has_written_ret = decl.ret.is_some();
        fcx.has_faulty_signature = fcx.ck.decls.faulty_signatures.contains(&id);
        let body = fcx.run(Some((id, &mut decl)), body, ret);
        if let Some(of) = actor {
            self.learn_reply_ty(id, of, &body);
        }
        body
    }

    fn check_const_body(&mut self, id: ConstId) -> Body {
        self.const_value(id, Span::DUMMY);
        let decl = self.decls.consts[id].decl.take();
        let Some(value) = decl.and_then(|d| d.value) else { return empty_body(BodyOwner::Const(id)) };
        let (module, ty) = (self.program.consts[id].module, self.program.consts[id].ty);
        let container = self.decls.consts[id].container;
        let generics = self.program.consts[id].generics.clone();
        let mut cx = self.container_cx(container, module);
        let env = ParamEnv::new(&mut self.program, &generics, container);
        cx.generics = generics;
        let span = self.program.consts[id].span;
        let mut fcx = FnCtxt::new(self, BodyOwner::Const(id), module, cx, env, ty, span);
        fcx.run(None, ast::FnBody::Expr(Box::new(value)), ty)
    }

    fn check_test_body(&mut self, id: TestId) -> Body {
        let Some(body) = self.decls.tests[id].take() else { return empty_body(BodyOwner::Test(id)) };
        let body = self.parse_deferred(body);
        let (module, span) = (self.program.tests[id].module, self.program.tests[id].span);
        let cx = TyCx::new(module);
        let env = ParamEnv::default();
        let mut fcx = FnCtxt::new(self, BodyOwner::Test(id), module, cx, env, Ty::UNIT, span);
        fcx.run(None, body, Ty::UNIT)
    }
}

fn empty_body(owner: BodyOwner) -> Body {
    let value = Expr { kind: ExprKind::Error, ty: Ty::ERROR, span: Span::DUMMY };
    Body {
        owner,
        params: Vec::new(),
        locals: IndexVec::new(),
        value,
        closures: Vec::new(),
        has_late_lets: false,
        has_errors: true,
    }
}

impl<'c> FnCtxt<'c> {
    fn new(
        ck: &'c mut Checker,
        owner: BodyOwner,
        module: ModuleId,
        mut cx: TyCx,
        env: ParamEnv,
        ret: Ty,
        ret_span: Span,
    ) -> FnCtxt<'c> {
        cx.in_body = true;
        let spare = ck.spares.bodies.pop().unwrap_or_default();
        let mut frames = spare.frames;
        frames.push(Frame {
            ret,
            captures: Vec::new(),
            ret_span,
            is_closure: false,
            question: None,
            is_task: false,
        });
        FnCtxt {
            owner,
            module,
            cx,
            env: if env.is_empty() { Rc::clone(&ck.no_env) } else { Rc::new(env) },
            pending: spare.pending,
            structural: spare.structural,
            copyables: spare.copyables,
            proofs: spare.proofs,
            receivers: spare.receivers,
            locals: spare.locals,
            info: spare.info,
            scope: spare.scope,
            frames,
            loops: Vec::new(),
            labels: Vec::new(),
            tries: Vec::new(),
            n_loops: 0,
            diverges: false,
            told_unreachable: false,
            closures: Vec::new(),
            has_errors: false,
            told_unknown: Vec::new(),
            told_bounds: Vec::new(),
            has_written_ret: false,
            has_faulty_signature: false,
            never_vars: Vec::new(),
            lit_pats: Vec::new(),
            bad_pats: Vec::new(),
            alternatives: Vec::new(),
            open_pats: Vec::new(),
            actor: None,
            next_is_task: false,
            ck,
        }
    }

    fn run(&mut self, decl: Option<(FnId, &mut ast::FnDecl)>, body: ast::FnBody, ret: Ty) -> Body {
        let mark = self.ck.diags.len();
        let noted = self.ck.record.as_ref().map(|record| record.types.len());
        let mut params = Vec::new();
        let mut lets = Vec::new();
        if let Some((id, decl)) = decl {
            match self.ck.actor_fn(id) {
                Some(of) => self.declare_actor_params(id, of, decl, &mut params, &mut lets),
                None => self.declare_written_params(id, decl, 0, 0, &mut params, &mut lets),
            }
        }
        let value = match body {
            ast::FnBody::Block(mut block) => {
                let value = self.block(&mut block, Some(ret));
                self.fn_result(value, ret)
            }
            ast::FnBody::Expr(mut expr) => {
                let value = self.expr(&mut expr, Some(ret));
                self.fn_result(value, ret)
            }
            ast::FnBody::Deferred(span) => Expr { kind: ExprKind::Error, ty: Ty::ERROR, span },
        };
        let value = if self.is_constructor() { self.constructor_value(value) } else { value };
        let value = with_lets(lets, value);
        self.scope.pop_to(0);
        let mut body = Body {
            owner: self.owner,
            params,
            locals: IndexVec::new(),
            value,
            closures: Vec::new(),
            has_late_lets: false,
            has_errors: false,
        };
        self.finish(&mut body);
        if let Some(types) = noted {
            self.complete_record(types, &body);
        }
        self.keep_tables();
        let reported = self.ck.diags[mark..].iter().any(Diagnostic::is_error);
        body.has_errors |= self.has_errors || reported;
        body
    }

    /// The value of a function's body; a mismatch says where the type comes from that it does not have.
    fn fn_result(&mut self, value: Expr, ret: Ty) -> Expr {
        let mark = self.ck.diags.len();
        let is_unit = self.shallow(value.ty) == Ty::UNIT;
        let value = self.coerce_result(value, ret);
        if self.has_written_ret && self.reported_since(mark) {
            let span = self.frames[0].ret_span;
            self.explain_mismatch(mark, span, "the result is declared here");
            if let Some(diag) = self.ck.diags.last_mut().filter(|diag| is_unit && diag.notes.is_empty()) {
                diag.notes.push("the last line of a function is its value".to_string());
            }
        }
        value
    }

    // ------------------------------------------------------------ helpers

    pub(crate) fn report(&mut self, diag: Diagnostic) {
        self.has_errors |= diag.is_error();
        self.ck.report(diag);
    }

    pub(crate) fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.report(Diagnostic::error(code, span, message));
    }

    /// Whether errors were reported since the list of diagnostics was `mark` long.
    pub(crate) fn reported_since(&self, mark: usize) -> bool {
        self.ck.diags[mark..].iter().any(Diagnostic::is_error)
    }

    /// Says more about the first mismatch of types reported since the list was `mark` long.
    pub(crate) fn explain_mismatch(&mut self, mark: usize, span: Span, text: &str) {
        let found = self.ck.diags[mark..].iter_mut().find(|d| d.code == crate::codes::TYPE_MISMATCH);
        if let Some(diag) = found
            && !span.is_dummy()
            && !diag.labels.iter().any(|l| l.span == span)
        {
            diag.labels.push(syntax::diag::Label { span, text: text.to_string() });
        }
    }

    /// Whether warnings are given here.
    pub(crate) fn warns(&self) -> bool {
        self.ck.is_user(self.module)
    }

    pub(crate) fn new_local(&mut self, name: Symbol, ty: Ty, is_mut: bool, span: Span) -> LocalId {
        self.info.push(LocalInfo {
            frame: self.frames.len() as u32 - 1,
            is_used: false,
            is_mutated: false,
            is_capture: false,
            is_late: false,
            is_assigned: false,
            is_shorthand: false,
            is_element: false,
            is_param: false,
            is_hidden: false,
            state: None,
        });
        self.locals.push(LocalDecl { name, ty, is_mut, span })
    }

    /// A variable that the checker makes.
    pub(crate) fn temp(&mut self, ty: Ty, span: Span) -> LocalId {
        let local = self.new_local(sym::empty, ty, false, span);
        self.info[local].is_hidden = true;
        local
    }

    pub(crate) fn kind(&self, ty: Ty) -> &TyKind {
        self.ck.program.types.kind(ty)
    }

    pub(crate) fn intern(&mut self, kind: TyKind) -> Ty {
        self.ck.program.types.intern(kind)
    }

    pub(crate) fn intern_row(&mut self, like: TyKind, args: &[Ty]) -> Ty {
        self.ck.program.types.intern_row(like, args)
    }

    pub(crate) fn ty_name(&mut self, ty: Ty) -> String {
        let ty = self.describe(ty);
        self.ck.program.ty_name(ty)
    }

    /// The type with what is known put in; number literals show as the type they will have.
    pub(crate) fn describe(&mut self, ty: Ty) -> Ty {
        let ty = self.deep(ty);
        let ty = self.declared_closures(ty);
        if let TyKind::Closure(id, _) = *self.kind(ty) {
            let decl = &self.ck.program.closures[id];
            let params: Vec<(Ty, bool)> =
                decl.params.iter().map(|(t, m)| (*t, *m == ParamMode::Mut)).collect();
            let ret = decl.ret;
            let whole = self.intern(TyKind::Fn { params: params.into(), ret, is_async: false });
            let whole = self.deep(whole);
            return self.default_numbers(whole);
        }
        if matches!(self.kind(ty), TyKind::FnDef(..))
            && let Some((params, ret)) = self.solve(Span::DUMMY, |s| s.callable(ty))
        {
            let whole = self.intern(TyKind::Fn { params: params.into(), ret, is_async: false });
            return self.default_numbers(whole);
        }
        self.default_numbers(ty)
    }

    fn default_numbers(&mut self, ty: Ty) -> Ty {
        let types = &self.ck.program.types;
        if !types.flags(ty).has_infer || types.size(ty) > crate::types::MAX_SIZE {
            return ty;
        }
        match self.ck.infer.kind_of(&self.ck.program.types, ty) {
            Some(VarKind::Int) => return Ty::I64,
            Some(VarKind::Float) => return Ty::F64,
            Some(VarKind::General) => return ty,
            None => {}
        }
        let mut children = Vec::new();
        crate::ty::TyTable::for_each_child(self.kind(ty), |t| children.push(t));
        let children: Vec<Ty> = children.into_iter().map(|t| self.default_numbers(t)).collect();
        let mut next = children.into_iter();
        self.ck.program.types.map_children(ty, &mut |_, t| next.next().unwrap_or(t))
    }

    #[inline]
    pub(crate) fn shallow(&self, ty: Ty) -> Ty {
        self.ck.infer.shallow(&self.ck.program.types, ty)
    }

    pub(crate) fn deep(&mut self, ty: Ty) -> Ty {
        self.ck.infer.deep(&mut self.ck.program.types, ty)
    }

    #[inline]
    pub(crate) fn unify(&mut self, a: Ty, b: Ty) -> bool {
        a == b || self.ck.infer.unify(&self.ck.program.types, a, b)
    }

    pub(crate) fn fresh(&mut self, span: Span) -> Ty {
        self.ck.fresh_var(VarKind::General, span)
    }

    pub(crate) fn var_kind(&self, ty: Ty) -> Option<VarKind> {
        self.ck.infer.kind_of(&self.ck.program.types, ty)
    }

    /// Whether nothing is known of a type yet.
    #[inline]
    pub(crate) fn is_open(&self, ty: Ty) -> bool {
        matches!(self.kind(ty), TyKind::Infer(_)) && self.is_open_var(ty)
    }

    fn is_open_var(&self, ty: Ty) -> bool {
        self.var_kind(self.shallow(ty)) == Some(VarKind::General)
    }

    /// Runs a question to the solver and keeps the projections that wait.
    pub(crate) fn solve<R>(&mut self, span: Span, f: impl FnOnce(&mut Solver<'_>) -> R) -> R {
        let env = Rc::clone(&self.env);
        let mut solver = Solver::new(&mut self.ck.program, &mut self.ck.infer, &env, span);
        let result = f(&mut solver);
        let deferred = std::mem::take(&mut solver.deferred);
        for deferred in deferred {
            self.wait(Obligation::projection(deferred, span));
        }
        result
    }

    /// Puts arguments in for the parameters of a signature's type.
    #[inline]
    pub(crate) fn instantiate(&mut self, ty: Ty, args: &[Ty], span: Span) -> Ty {
        match ty.is_fixed() {
            true => ty,
            false => self.instantiate_open(ty, args, span),
        }
    }

    fn instantiate_open(&mut self, ty: Ty, args: &[Ty], span: Span) -> Ty {
        let flags = self.ck.program.types.flags(ty);
        if !flags.has_param && !flags.has_assoc {
            return ty;
        }
        if !flags.has_assoc {
            return self.ck.program.types.subst(ty, args);
        }
        self.solve(span, |s| s.instantiate(ty, args))
    }

    pub(crate) fn error_expr(&mut self, span: Span) -> Expr {
        self.has_errors = true;
        Expr { kind: ExprKind::Error, ty: Ty::ERROR, span }
    }

    pub(crate) fn unit(&self, span: Span) -> Expr {
        Expr { kind: ExprKind::Lit(Lit::Unit), ty: Ty::UNIT, span }
    }

    pub(crate) fn next_loop(&mut self) -> LoopId {
        self.n_loops += 1;
        LoopId(self.n_loops - 1)
    }
}

/// A block of statements around a value.
pub(crate) fn with_lets(lets: Vec<Stmt>, value: Expr) -> Expr {
    if lets.is_empty() {
        return value;
    }
    let (ty, span) = (value.ty, value.span);
    Expr { kind: ExprKind::Block(Block { stmts: lets, tail: Some(Box::new(value)) }), ty, span }
}
