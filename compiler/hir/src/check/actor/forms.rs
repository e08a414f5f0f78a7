//! `spawn`, `send` and `ask`, as calls of the library's runtime.

use super::message::{Addressed, Letter, Recipient};
use crate::actors::ActorId;
use crate::body::*;
use crate::check::path::Res;
use crate::check::{FnCtxt, with_lets};
use crate::codes;
use crate::program::VariantIdx;
use crate::record::{Probe, Target};
use crate::suggest;
use crate::ty::{Args, Ty, TyKind, TyRow};
use syntax::ast::{self, Ident};
use syntax::codes::WRONG_FORM;
use syntax::{Diagnostic, Span, Symbol};

/// How an answer is waited for.
pub(super) enum Wait {
    /// An actor that cannot answer makes the asker panic.
    Plain,
    Try,
    Within(Expr),
    /// Later, by its `Future`.
    Later,
}

impl FnCtxt<'_> {
    /// A call of a function of the library's runtime. `own`: what is known of its type arguments.
    pub(super) fn runtime_call(&mut self, name: &str, own: &[Ty], args: Vec<Expr>, span: Span) -> Expr {
        let Some(id) = self.ck.program.lang_fn(name) else {
            self.ck.unsupported(span, "actors with this library");
            return self.error_expr(span);
        };
        if matches!(self.owner, crate::program::BodyOwner::Const(_)) {
            let message = "actors and green threads cannot be part of a constant";
            self.error(codes::NOT_CONSTANT, span, message);
        }
        let all = self.fn_args(id, TyRow::new(), TyRow::from_slice(own), span);
        let mut values = Vec::with_capacity(args.len());
        for (i, arg) in args.into_iter().enumerate() {
            let param = &self.ck.program.fns[id].params[i];
            let (ty, is_mut) = (param.ty, param.mode == crate::program::ParamMode::Mut);
            let ty = self.instantiate(ty, &all, span);
            if !self.unify(ty, arg.ty) {
                self.report_mismatch(ty, arg.ty, arg.span);
            }
            let mode = if is_mut { ArgMode::Mut } else { ArgMode::Value };
            values.push(Arg { mode, expr: arg });
        }
        self.require_fn_bounds(id, &all, span);
        let ret = self.ck.program.fns[id].ret;
        let ty = self.instantiate(ret, &all, span);
        let callee = Callee::Fn { id, args: all[..].into() };
        Expr { kind: ExprKind::Call { callee, args: values }, ty, span }
    }

    // ------------------------------------------------------------ spawn

    /// `spawn Counter(10)`: the reference is there at once, the constructor is the actor's first message.
    pub(crate) fn spawn(&mut self, ctor: &mut ast::Expr, given: &mut [ast::Arg], span: Span) -> Expr {
        let Some((actor, args, variant)) = self.constructor(ctor) else {
            self.check_loose(given);
            return self.error_expr(span);
        };
        self.require_actor_bounds(actor, &args, span);
        let to = Recipient::Actor { actor, args: args.clone(), variant };
        let Some(values) = self.payload(&to, given, span) else {
            // What it would be is known, so that what is wrong with its use is found, too.
            let ty = self.ck.actor_part(self.ck.actor(actor).adt, &args);
            return Expr { ty, ..self.error_expr(span) };
        };
        let mut lets = Vec::new();
        let name = Ident { name: self.ck.actor(actor).name, span };
        let mut letter = Letter { to, values, reply: None, name, span };
        self.bind_values(&mut letter, &mut lets);
        let cell = self.spawned_cell(actor, &args, span);
        let adt = self.ck.actor(actor).adt;
        let ty = self.ck.actor_part(adt, &args);
        let kind =
            ExprKind::Adt { variant: VariantIdx(0), fields: vec![Some(cell)], order: vec![0], base: None };
        let reference = self.bind_value(Expr { kind, ty, span }, &mut lets);
        lets.push(Stmt::Expr(self.delivery(reference, letter, None, false, span)));
        with_lets(lets, self.local(reference, span))
    }

    fn spawned_cell(&mut self, actor: ActorId, args: &[Ty], span: Span) -> Expr {
        let decl = self.ck.actor(actor);
        let (dispatch, state, message) = (decl.dispatch, decl.state, decl.message);
        let ty = self.intern_row(TyKind::FnDef(dispatch, Args::default()), args);
        let dispatch = Expr { kind: ExprKind::FnItem, ty, span };
        let parts = [self.ck.actor_part(state, args), self.ck.actor_part(message, args)];
        if !self.ck.actor(actor).is_managed() {
            return self.runtime_call("actor_spawn", &parts, vec![dispatch], span);
        }
        let capacity = self.ck.actor(actor).bound.map_or(0, |b| b.capacity);
        let capacity = Expr { kind: ExprKind::Lit(Lit::int(capacity.into())), ty: Ty::I64, span };
        match self.ck.actor(actor).reentrant_test {
            Some(test) => {
                let ty = self.intern_row(TyKind::FnDef(test, Args::default()), args);
                let test = Expr { kind: ExprKind::FnItem, ty, span };
                self.runtime_call("reentrant_spawn", &parts, vec![dispatch, test, capacity], span)
            }
            None => self.runtime_call("managed_spawn", &parts, vec![dispatch, capacity], span),
        }
    }

    fn require_actor_bounds(&mut self, actor: ActorId, args: &[Ty], span: Span) {
        let adt = self.ck.actor(actor).adt;
        self.require_adt_bounds(adt, args, span);
    }

    /// The actor, the arguments of its type, and the constructor that `spawn` names.
    fn constructor(&mut self, ctor: &mut ast::Expr) -> Option<(ActorId, TyRow, VariantIdx)> {
        let new = self.ck.program.interner.intern("new");
        if let ast::ExprKind::Field { base, name, args: None } = &mut ctor.kind {
            let name = *name;
            if let Some((actor, args)) = self.spawned_type(base) {
                return self.constructor_named(actor, args, name);
            }
        }
        let span = ctor.span;
        let res = self.resolve_path(ctor, None);
        let Some(Res::Ty(ty)) = res else {
            return self.report_not_spawnable(res, span);
        };
        let (Some(actor), TyKind::Adt(_, args)) = (self.ck.actor_of_ty(ty), self.kind(ty)) else {
            return self.report_not_spawnable(Some(Res::Ty(ty)), span);
        };
        let args = TyRow::from_slice(args);
        self.constructor_named(actor, args, Ident { name: new, span })
    }

    /// The actor that stands before the name of a constructor, if it is one that stands there.
    fn spawned_type(&mut self, base: &mut ast::Expr) -> Option<(ActorId, TyRow)> {
        if !self.names_actor(base) {
            return None;
        }
        let Some(Res::Ty(ty)) = self.resolve_path(base, None) else { return None };
        let actor = self.ck.actor_of_ty(ty)?;
        match self.kind(ty) {
            TyKind::Adt(_, args) => Some((actor, TyRow::from_slice(args))),
            _ => None,
        }
    }

    /// Whether a path ends in the name of an actor. Looks at the last name only, and reports nothing.
    fn names_actor(&mut self, e: &ast::Expr) -> bool {
        match &e.kind {
            ast::ExprKind::SelfType => true,
            ast::ExprKind::Name { ident, .. } => {
                let entry = self.ck.lookup(self.module, ident.name, crate::scope::Ns::Type);
                !matches!(entry.map(|e| e.def), None | Some(crate::scope::Def::Trait(_)))
            }
            ast::ExprKind::Field { name, .. } => {
                self.ck.program.name(name.name).starts_with(char::is_uppercase)
            }
            _ => false,
        }
    }

    fn constructor_named(
        &mut self,
        actor: ActorId,
        args: TyRow,
        name: Ident,
    ) -> Option<(ActorId, TyRow, VariantIdx)> {
        if self.ck.is_probe(name.name) {
            let actor = self.ck.actor(actor).adt;
            self.ck.found_probe(Probe::Constructors { actor });
        }
        let decl = self.ck.actor(actor);
        let found = decl.constructors().find(|(_, m)| m.name == name.name);
        if let Some((variant, fn_)) = found.map(|(variant, m)| (variant, m.fn_)) {
            self.ck.note(name.span, Target::Fn(fn_));
            return Some((actor, args, variant));
        }
        let decl = self.ck.actor(actor);
        let of = self.ck.program.name(decl.name).to_string();
        let text = self.ck.program.name(name.name).to_string();
        let names: Vec<Symbol> = decl.constructors().map(|(_, m)| m.name).collect();
        let list: Vec<String> =
            names.iter().take(8).map(|n| format!("`{of}.{}`", self.ck.program.name(*n))).collect();
        let message = match text.as_str() {
            "new" => format!("all constructors of `{of}` have names"),
            _ => format!("`{of}` has no constructor `{text}`"),
        };
        let diag = Diagnostic::error(codes::UNKNOWN_MEMBER, name.span, message);
        self.report(match suggest::closest(&self.ck.program.interner, &text, names) {
            Some(found) if text != "new" => {
                diag.fix_likely(format!("did you mean `{found}`?"), name.span, found)
            }
            _ => diag.note(format!("there is {}", list.join(", "))),
        });
        None
    }

    fn report_not_spawnable<T>(&mut self, res: Option<Res>, span: Span) -> Option<T> {
        self.has_errors = true;
        if matches!(res, Some(Res::Error)) {
            return None;
        }
        let (what, note) = match res {
            Some(Res::Ty(ty)) => (
                format!("`{}` is no actor", self.ty_name(ty)),
                "values are made by their constructors, without `spawn`".to_string(),
            ),
            Some(Res::Fn { .. }) => (
                "a function is no actor".to_string(),
                "`async f(x)` runs a call as a green thread".to_string(),
            ),
            _ => ("this is no actor".to_string(), "write `spawn Actor(…)`".to_string()),
        };
        self.report(Diagnostic::error(codes::NOT_AN_ACTOR, span, what).note(note));
        None
    }

    // ------------------------------------------------------------ send

    pub(crate) fn send(&mut self, target: &mut ast::Expr, message: &mut ast::Expr, span: Span) -> Expr {
        let Some(Addressed { lets, to, letter }) = self.addressed(target, message, "send") else {
            return Expr { ty: Ty::UNIT, ..self.error_expr(span) };
        };
        let call = self.unasked(to, letter, span);
        with_lets(lets, call)
    }

    /// Sends a message where nobody waits for an answer.
    pub(super) fn unasked(&mut self, to: LocalId, letter: Letter, span: Span) -> Expr {
        let reply = letter.reply.map(|ty| self.runtime_call("reply_none", &[ty], Vec::new(), span));
        self.delivery(to, letter, reply, true, span)
    }

    // ------------------------------------------------------------ ask

    pub(crate) fn ask(&mut self, e: &mut ast::Expr) -> Expr {
        let span = e.span;
        let ast::ExprKind::Ask { target, message, timeout, is_try } = &mut e.kind else {
            return self.error_expr(span);
        };
        let is_try = *is_try;
        if is_try && timeout.is_some() {
            let diag =
                Diagnostic::error(WRONG_FORM, span, "an `ask` with `timeout` gives a `Result` already");
            self.report(diag.note("leave out `try`"));
        }
        let addressed = self.addressed(target, message, "ask");
        let limit = timeout.as_deref_mut().map(|limit| self.duration(limit));
        let Some(addressed) = addressed else { return self.error_expr(span) };
        let wait = match limit {
            Some(limit) => Wait::Within(limit),
            None if is_try => Wait::Try,
            None => Wait::Plain,
        };
        let (lets, answer) = self.ask_with(addressed, wait, span);
        with_lets(lets, answer)
    }

    pub(super) fn duration(&mut self, e: &mut ast::Expr) -> Expr {
        let ty = self.ck.lang_adt_ty(self.ck.known.duration, &[]);
        self.expr_as(e, ty)
    }

    /// The statements that send the question, and the expression that waits for the answer.
    pub(super) fn ask_with(&mut self, addressed: Addressed, wait: Wait, span: Span) -> (Vec<Stmt>, Expr) {
        let (lets, waiting, limit) = self.sent_question(addressed, wait, span);
        let Some(waiting) = waiting else { return (lets, self.error_expr(span)) };
        let (name, args) = match limit {
            Wait::Plain => ("ask_wait", vec![waiting]),
            Wait::Try => ("ask_try", vec![waiting]),
            Wait::Later => ("ask_later", vec![waiting]),
            Wait::Within(limit) => ("ask_within", vec![waiting, limit]),
        };
        let answer = self.runtime_call(name, &[], args, span);
        (lets, answer)
    }

    /// Sends the question; the asker's side of it, if the message has an answer.
    pub(super) fn sent_question(
        &mut self,
        addressed: Addressed,
        wait: Wait,
        span: Span,
    ) -> (Vec<Stmt>, Option<Expr>, Wait) {
        let Addressed { mut lets, to, mut letter } = addressed;
        let Some(reply) = letter.reply else {
            self.report_no_reply(&letter);
            return (lets, None, wait);
        };
        self.bind_values(&mut letter, &mut lets);
        let wait = match wait {
            Wait::Within(limit) => Wait::Within(self.variable(limit, &mut lets)),
            other => other,
        };
        let pair = self.runtime_call("reply_pair", &[reply], Vec::new(), span);
        let pair = self.bind_value(pair, &mut lets);
        let [answer, waiting] = ["Reply", "Waiting"].map(|name| self.ck.runtime_ty(name, &[reply]));
        let part = |this: &Self, index, ty| {
            let base = Box::new(this.local(pair, span));
            Expr { kind: ExprKind::Field { base, index }, ty, span }
        };
        let (answer, waiting) = (part(self, 0, answer), part(self, 1, waiting));
        lets.push(Stmt::Expr(self.delivery(to, letter, Some(answer), false, span)));
        (lets, Some(waiting), wait)
    }

    fn report_no_reply(&mut self, letter: &Letter) {
        let text = self.ck.program.name(letter.name.name).to_string();
        let declared = match &letter.to {
            Recipient::Actor { actor, variant, .. } => self.ck.actor(*actor).messages[*variant].span,
            Recipient::Trait { method, .. } => self.ck.program.fns[*method].span,
        };
        let message = format!("`{text}` has no reply, so nothing can be asked by it");
        let diag = Diagnostic::error(codes::ASK_WITHOUT_REPLY, letter.name.span, message)
            .also(declared, "this handler gives none")
            .note(format!("`send` does not wait; `on {text} -> T {{ … }}` has a reply"));
        self.report(diag);
    }
}
