//! Signatures: the types of references, states and messages, and what the functions of an actor get besides what
//! their declarations say.

use super::{ActorFn, ActorId, ActorRole, ReplyKind};
use crate::checker::Checker;
use crate::codes;
use crate::program::*;
use crate::ty::{Ty, TyKind};
use crate::types::TyCx;
use entity::Idx;
use syntax::{Diagnostic, Span, sym};

impl Checker {
    /// The type parameters, which all three types of an actor have.
    pub(crate) fn declare_actor_params(&mut self, adt: AdtId, id: ActorId) {
        let actor = &mut self.decls.actors.all[id];
        if adt != actor.adt {
            let generics = self.program.adts[actor.adt].generics.clone();
            self.program.adts[adt].generics = generics;
            return;
        }
        let generics = std::mem::take(&mut actor.source.generics);
        let mut cx = TyCx::new(self.program.adts[adt].module);
        self.declare_params(&generics, &mut cx);
        self.program.adts[adt].generics = cx.generics;
        self.decls.actors.all[id].source.generics = generics;
    }

    /// The bounds of the parameters, and what the reference and the struct of states consist of.
    pub(crate) fn resolve_actor_type(&mut self, adt: AdtId, id: ActorId) {
        let actor = self.actor(id);
        let (ref_adt, state, message) = (actor.adt, actor.state, actor.message);
        let mut cx = TyCx::new(self.program.adts[adt].module);
        cx.generics = self.program.adts[ref_adt].generics.clone();
        let own = self.identity(&cx.generics);
        cx.self_ty = Some(self.actor_part(ref_adt, &own));
        if adt == ref_adt {
            let generics = std::mem::take(&mut self.decls.actors.all[id].source.generics);
            self.resolve_bounds(&generics, &mut cx);
            self.program.adts[adt].generics = cx.generics;
            let mut parts = [self.actor_part(state, &own), self.actor_part(message, &own)];
            if self.actor(id).is_managed() {
                parts[0] = self.runtime_ty("Managed", &[parts[0]]);
            }
            let ty = self.runtime_ty("ActorRef", &parts);
            let (name, span) = (self.program.interner.intern("0"), self.program.adts[adt].span);
            let field = Field { name, ty, is_pub: true, span };
            self.program.adts[adt].variants[VariantIdx(0)].fields = vec![field];
            return;
        }
        if adt == state {
            let types = std::mem::take(&mut self.decls.actors.all[id].source.states);
            for (i, ty) in types.iter().enumerate() {
                let ty = self.lower_ty(ty, &cx);
                self.program.adts[adt].variants[VariantIdx(0)].fields[i].ty = ty;
            }
        }
        self.program.adts[adt].generics = cx.generics;
    }

    /// What gives an actor's functions their type parameters, and the signature of `dispatch`.
    pub(crate) fn resolve_actor_impl(&mut self, id: ActorId) {
        let actor = self.actor(id);
        let (adt, impl_, dispatch) = (actor.adt, actor.impl_, actor.dispatch);
        let mut generics = self.program.adts[adt].generics.clone();
        let [own, state, message] = self.actor_types(id);
        let traits = std::mem::take(&mut self.decls.actors.all[id].source.traits);
        self.declare_actor_traits(id, &traits);
        self.program.impls[impl_].generics = generics.clone();
        self.program.impls[impl_].self_ty = own;
        generics.n_parent = generics.params.len() as u32;
        let span = self.program.adts[adt].span;
        let cell = self.program.adts[adt].variants[VariantIdx(0)].fields[0].ty;
        let place = self.program.types.intern(TyKind::Ptr(state));
        let names = ["state", "message"].map(|name| self.program.interner.intern(name));
        let params = [(sym::self_, cell), (names[0], place), (names[1], message)];
        if let Some(test) = self.actor(id).reentrant_test {
            let ty = self.program.types.intern(TyKind::Ptr(message));
            let function = &mut self.program.fns[test];
            function.params = vec![Param { name: names[1], ty, mode: ParamMode::Value, span }];
            function.ret = Ty::BOOL;
            function.generics = generics.clone();
        }
        let function = &mut self.program.fns[dispatch];
        function.params =
            params.map(|(name, ty)| Param { name, ty, mode: ParamMode::Value, span }).into_iter().collect();
        function.generics = generics;
    }

    /// The reference, the states and the messages, with the actor's own parameters as arguments.
    pub(crate) fn actor_types(&mut self, id: ActorId) -> [Ty; 3] {
        let actor = self.actor(id);
        let adts = [actor.adt, actor.state, actor.message];
        let generics = self.program.adts[adts[0]].generics.clone();
        let own = self.identity(&generics);
        adts.map(|adt| self.actor_part(adt, &own))
    }

    /// Adds to a signature what its function gets besides what was written: the reference, the states, the `Reply`.
    pub(crate) fn complete_actor_signature(&mut self, id: FnId, of: ActorFn) {
        let span = self.program.fns[id].span;
        let [own, state, _] = self.actor_types(of.actor);
        let state_name = self.program.interner.intern("state");
        let param = |name, ty, mode| Param { name, ty, mode, span };
        let reference = param(sym::self_, own, ParamMode::Value);
        match of.role {
            ActorRole::StateInit(index) => {
                let adt = self.actor(of.actor).state;
                let ty = self.program.adts[adt].variants[VariantIdx(0)].fields[index].ty;
                self.program.fns[id].ret = ty;
            }
            ActorRole::Constructor(_) => {
                let function = &mut self.program.fns[id];
                function.params.insert(0, reference);
                function.ret = state;
            }
            ActorRole::Handler(variant) => {
                let kind = self.actor(of.actor).messages[variant].reply;
                let ret = self.program.fns[id].ret;
                let answer = if kind == ReplyKind::Inferred { Ty::ERROR } else { ret };
                let reply = self.runtime_ty("Reply", &[answer]);
                let name = self.program.interner.intern("reply");
                let function = &mut self.program.fns[id];
                let states = param(state_name, state, ParamMode::Mut);
                function.params.splice(0..0, [reference, states]);
                if matches!(kind, ReplyKind::ByCall | ReplyKind::Inferred) {
                    function.params.push(param(name, reply, ParamMode::Value));
                    function.ret = Ty::UNIT;
                }
            }
            ActorRole::Helper { has_self: true } => {
                let function = &mut self.program.fns[id];
                let Some(first) = function.params.first_mut() else { return };
                let mode = std::mem::replace(&mut first.mode, ParamMode::Value);
                let states = Param { name: state_name, ty: state, mode, span: first.span };
                function.params.insert(1, states);
            }
            ActorRole::Helper { has_self: false } | ActorRole::Dispatch => {}
        }
    }

    /// The values that messages carry, when the signatures of the handlers are known.
    pub(crate) fn fill_messages(&mut self, id: ActorId) {
        for i in 0..self.actor(id).messages.len() {
            let actor = self.actor(id);
            let message = &actor.messages[VariantIdx::new(i)];
            let (adt, fn_, reply) = (actor.message, message.fn_, message.reply);
            let skip = if i < actor.n_constructors { 1 } else { 2 };
            let function = &self.program.fns[fn_];
            let mut tys: Vec<(Ty, Span)> =
                function.params.iter().skip(skip).map(|p| (p.ty, p.span)).collect();
            let (ret, span) = (function.ret, function.span);
            self.check_sendable(fn_, &tys);
            if reply == ReplyKind::ByResult {
                tys.push((self.runtime_ty("Reply", &[ret]), span));
            }
            let mut fields = Vec::with_capacity(tys.len());
            for (n, (ty, span)) in tys.into_iter().enumerate() {
                let name = self.program.interner.intern(&n.to_string());
                fields.push(Field { name, ty, is_pub: true, span });
            }
            self.program.adts[adt].variants[VariantIdx::new(i)].fields = fields;
        }
    }

    // ------------------------------------------------------------ replies

    /// The type of a message's answer, over the actor's parameters; `None` for a message without one. Where it is
    /// not written, the body of the handler is checked first; `from` is where the question stands.
    pub(crate) fn reply_ty(&mut self, id: ActorId, variant: VariantIdx, from: Span) -> Option<Ty> {
        let message = &self.actor(id).messages[variant];
        let (fn_, name) = (message.fn_, message.name);
        match message.reply {
            ReplyKind::Never => None,
            ReplyKind::ByResult => Some(self.program.fns[fn_].ret),
            ReplyKind::ByCall => Some(self.answer_of(id, variant)),
            ReplyKind::Inferred => {
                let owner = BodyOwner::Fn(fn_);
                if self.open_bodies.contains(&owner) {
                    self.report_reply_circle(name, fn_, from);
                    return Some(Ty::ERROR);
                }
                self.body(owner);
                Some(self.answer_of(id, variant))
            }
        }
    }

    /// What the `Reply` takes that stands last in a message.
    fn answer_of(&self, id: ActorId, variant: VariantIdx) -> Ty {
        let fields = &self.program.adts[self.actor(id).message].variants[variant].fields;
        match fields.last().map(|f| self.program.types.kind(f.ty)) {
            Some(TyKind::Adt(_, args)) => args.first().copied().unwrap_or(Ty::ERROR),
            _ => Ty::ERROR,
        }
    }

    fn report_reply_circle(&mut self, name: syntax::Symbol, fn_: FnId, from: Span) {
        let text = self.program.name(name).to_string();
        let message = format!("the type of the reply to `{text}` follows from itself");
        let diag = Diagnostic::error(codes::REPLY_CIRCLE, from, message)
            .also(self.program.fns[fn_].span, "this handler does not say what it replies")
            .note(format!("write the type: `on {text}(…) -> T`"));
        self.report(diag);
    }

    /// Where the body of a handler tells what it replies, takes over what it told.
    pub(crate) fn learn_reply_ty(&mut self, id: FnId, of: ActorFn, body: &crate::body::Body) {
        let ActorRole::Handler(variant) = of.role else { return };
        let last = body
            .params
            .last()
            .filter(|_| self.actor(of.actor).messages[variant].reply == ReplyKind::Inferred);
        let Some(reply) = last else { return };
        let ty = body.locals[*reply].ty;
        let has_closure = self.program.types.flags(ty).has_closure;
        if has_closure {
            let message = "the type of this reply has no name: write it, `-> Fn(…)`";
            let diag = Diagnostic::error(codes::CANNOT_INFER, self.program.fns[id].span, message);
            self.report(diag);
        }
        self.set_reply_ty(id, of, if has_closure { Ty::ERROR } else { ty });
    }

    /// Puts the type of an answer that a body told into the signature and the message.
    fn set_reply_ty(&mut self, id: FnId, of: ActorFn, reply: Ty) {
        let ActorRole::Handler(variant) = of.role else { return };
        if let Some(param) = self.program.fns[id].params.last_mut() {
            param.ty = reply;
        }
        let adt = self.actor(of.actor).message;
        if let Some(field) = self.program.adts[adt].variants[variant].fields.last_mut() {
            field.ty = reply;
        }
    }
}
