//! Message traits: `trait Observer { on Notify(e: Event) }`, and the actors that implement them.
//!
//! A trait's message is a method that puts it into the mailbox, with a `Reply` as the last parameter where there is an
//! answer. Nobody can name these methods; `send` and its like call them. So a `dyn Observer` is what any `dyn` value is:
//! a cell with the actor's reference, and a table of functions that make the actor's own message and send it. Two more
//! methods tell who the actor is and print it, which is what `==`, hashing and printing of `dyn Observer` are made of.

use super::{ActorId, Glue, ReplyKind};
use crate::checker::Checker;
use crate::codes;
use crate::collect::member_path;
use crate::program::*;
use crate::ty::{Args, Ty, TyKind};
use crate::types::TyCx;
use std::rc::Rc;
use syntax::ast::{self, ParamKind};
use syntax::{Diagnostic, Span, Symbol, sym};

/// What a trait with handlers lists.
pub(crate) struct MessageTrait {
    pub messages: Vec<TraitMessage>,
    /// Who the actor is, and how it prints.
    pub handle: FnId,
    pub show: FnId,
    /// Waits for room, after a message was sent.
    pub room: FnId,
    /// The impls for its `dyn` type are there.
    is_complete: bool,
}

pub(crate) struct TraitMessage {
    pub name: Symbol,
    pub span: Span,
    pub fn_: FnId,
    pub has_reply: bool,
}

/// A message trait of an actor, as its declaration says or as one below it asks.
pub(crate) struct ActorTrait {
    pub(super) trait_: TraitId,
    /// Without `Self`.
    args: Args,
    impl_: ImplId,
    span: Span,
}

impl ActorTrait {
    pub fn trait_id(&self) -> TraitId {
        self.trait_
    }
}

impl MessageTrait {
    pub fn message(&self, name: Symbol) -> Option<&TraitMessage> {
        self.messages.iter().find(|m| m.name == name)
    }
}

// ---------------------------------------------------------------- the trait

impl Checker {
    pub(crate) fn is_message_trait(&self, id: TraitId) -> bool {
        self.decls.message_traits.contains_key(&id)
    }

    pub(crate) fn collect_trait_handlers(
        &mut self,
        id: TraitId,
        owner: &str,
        handlers: Vec<ast::HandlerDecl>,
    ) {
        let decl = &self.program.traits[id];
        let (module, span) = (decl.module, decl.span);
        let hidden = |this: &mut Checker, name: &str| {
            let path = member_path(owner, name);
            let fn_ = this.add_hidden_fn(module, path, Container::Trait(id), span, None);
            this.add_trait_method(id, fn_);
            fn_
        };
        let (handle, show) = (hidden(self, "self"), hidden(self, "show"));
        let room = self.add_hidden_fn(module, member_path(owner, "room"), Container::Module, span, None);
        self.decls.actors.glue.insert(room, Glue::Room(id));
        let mut messages: Vec<TraitMessage> = Vec::with_capacity(handlers.len());
        for handler in handlers {
            let ast::HandlerDecl { attrs, docs: _, name, mut params, ret, body, span } = handler;
            for attr in &attrs {
                self.refuse_attr(attr, "a message of a trait");
            }
            self.check_message_params(&params, "message");
            if body.is_some() {
                let text = self.program.name(name.name);
                let message = format!("the message `{text}` of a trait has no body");
                let diag = Diagnostic::error(syntax::codes::WRONG_FORM, name.span, message);
                self.report(diag.note("each actor has its own handler for it"));
            }
            if let Some(first) = messages.iter().find(|m| m.name == name.name && name.name != sym::empty) {
                let first = first.span;
                self.report_member_twice("message", name, first);
                continue;
            }
            params.retain(|p| !matches!(p.kind, ParamKind::SelfParam));
            params.insert(0, ast::Param { kind: ParamKind::SelfParam, is_mut: false, span: name.span });
            let has_reply = ret.is_some();
            let decl = super::collect::fn_decl(name, params, ret, None, span);
            let path = member_path(owner, self.program.name(name.name));
            let fn_ = self.add_hidden_fn(module, path, Container::Trait(id), name.span, Some(decl));
            self.add_trait_method(id, fn_);
            messages.push(TraitMessage { name: name.name, span: name.span, fn_, has_reply });
        }
        let trait_ = MessageTrait { messages, handle, show, room, is_complete: false };
        self.decls.message_traits.insert(id, trait_);
    }

    /// A method under a name that nobody can write.
    fn add_trait_method(&mut self, id: TraitId, fn_: FnId) {
        let name = format!("on {}", self.program.name(self.program.fns[fn_].name));
        let function = &mut self.program.fns[fn_];
        function.name = self.program.interner.intern(&name);
        function.has_self = true;
        function.kind = FnKind::Required;
        function.is_pub = true;
        self.program.traits[id].methods.push(fn_);
    }

    /// Whatever implements a message trait is an actor.
    pub(crate) fn add_actor_supertrait(&mut self, id: TraitId) {
        let Some(trait_) = self.program.lang_trait("Actor").filter(|_| self.is_message_trait(id)) else {
            return;
        };
        let ty = self.program.types.intern(TyKind::Param(0, sym::Self_));
        let kind = BoundKind::Trait { trait_, args: Box::new([]), assoc: Vec::new() };
        let span = self.program.traits[id].span;
        self.program.traits[id].supertraits.push(Bound { ty, kind, span });
    }

    /// A message trait lists messages alone.
    pub(crate) fn check_message_trait(&mut self, decl: &ast::TraitDecl) {
        let method = decl.items.iter().find(|i| !matches!(i.kind, ast::ItemKind::Error));
        let spans = method.map(|i| i.span).into_iter().chain(decl.assoc_types.first().map(|a| a.span));
        let text = self.program.name(decl.name.name).to_string();
        for span in spans.take(1).collect::<Vec<_>>() {
            let message = format!("the trait `{text}` lists messages, so it has nothing else");
            let diag = Diagnostic::error(codes::MISPLACED_ITEM, span, message);
            self.report(diag.note("methods and types belong to a trait of their own"));
        }
    }

    /// What the methods get besides what was written; makes `dyn` values of the trait comparable and printable.
    pub(crate) fn complete_message_trait(&mut self, id: TraitId) {
        let Some(decl) = self.decls.message_traits.get_mut(&id) else { return };
        if std::mem::replace(&mut decl.is_complete, true) {
            return;
        }
        let (handle, show, room) = (decl.handle, decl.show, decl.room);
        let messages: Vec<(FnId, bool)> = decl.messages.iter().map(|m| (m.fn_, m.has_reply)).collect();
        let self_ty = self.program.types.intern(TyKind::Param(0, sym::Self_));
        let mut generics = self.program.traits[id].generics.clone();
        generics.n_parent = generics.params.len() as u32;
        let span = self.program.traits[id].span;
        let own = Param { name: sym::self_, ty: self_ty, mode: ParamMode::Value, span };
        let handle_ty = self.runtime_ty("ActorHandle", &[]);
        let shown = self.known.show.and_then(|t| self.program.traits[t].methods.first().copied());
        let formatter = shown.and_then(|f| self.program.fns[f].params.get(1)).map(|p| (p.name, p.ty));
        for fn_ in [handle, show] {
            self.program.fns[fn_].generics = generics.clone();
            self.program.fns[fn_].params = vec![Param { ..own }];
        }
        self.program.fns[handle].ret = handle_ty;
        self.program.fns[show].ret = Ty::UNIT;
        if let Some((name, ty)) = formatter {
            self.program.fns[show].params.push(Param { name, ty, mode: ParamMode::Mut, span });
        }
        let args = self.identity(&generics)[1..].into();
        let kind = BoundKind::Trait { trait_: id, args, assoc: Vec::new() };
        let function = &mut self.program.fns[room];
        function.params = vec![Param { ..own }];
        function.ret = Ty::UNIT;
        function.generics = generics;
        function.generics.n_parent = 0;
        function.generics.bounds.push(Rc::new(Bound { ty: self_ty, kind, span }));
        for (fn_, has_reply) in messages {
            self.complete_trait_message(fn_, has_reply);
        }
        for (lang, method) in [("Eq", "eq"), ("Hash", "hash"), ("Show", "show")] {
            self.implement_for_dyn(id, lang, method);
        }
    }

    fn complete_trait_message(&mut self, fn_: FnId, has_reply: bool) {
        let function = &self.program.fns[fn_];
        let tys: Vec<(Ty, Span)> = function.params.iter().skip(1).map(|p| (p.ty, p.span)).collect();
        let (ret, span) = (function.ret, function.span);
        self.check_sendable(fn_, &tys);
        if has_reply {
            let ty = self.runtime_ty("Reply", &[ret]);
            let name = self.program.interner.intern("reply");
            let function = &mut self.program.fns[fn_];
            function.params.push(Param { name, ty, mode: ParamMode::Value, span });
            function.ret = Ty::UNIT;
        }
    }

    /// `impl Eq for dyn Observer` and its like.
    fn implement_for_dyn(&mut self, id: TraitId, lang: &str, method: &str) {
        let Some(trait_) = self.program.lang_trait(lang) else { return };
        if self.program.super_closure(id).iter().any(|b| b.trait_ == trait_) {
            return;
        }
        let of = &self.program.traits[id];
        let (module, span, generics) = (of.module, of.span, of.generics.clone());
        let mut own = Generics { params: generics.params[1..].to_vec(), ..Generics::default() };
        let args = self.identity(&own);
        let self_ty = TyKind::Dyn { trait_: id, args: args.clone().into(), assoc: Vec::new().into() };
        let self_ty = self.program.types.intern(self_ty);
        let full: Vec<Ty> = std::iter::once(self_ty).chain(args).collect();
        own.bounds = generics.bounds.iter().map(|b| Rc::new(self.subst_bound(b, &full))).collect();
        let impl_ = self.add_hidden_impl(module, span);
        self.set_impl_head(impl_, own.clone(), self_ty, trait_, Box::new([]));
        let methods = self.program.traits[trait_].methods.clone();
        let Some(index) = methods.iter().position(|m| self.program.name(self.program.fns[*m].name) == method)
        else {
            return;
        };
        let path = format!("{}.{method}", self.program.name(self.program.traits[id].name));
        let fn_ = self.add_hidden_fn(module, path, Container::Impl(impl_), span, None);
        self.copy_signature(fn_, methods[index], own, &[self_ty]);
        self.program.impls[impl_].methods = vec![None; methods.len()];
        self.program.impls[impl_].methods[index] = Some(fn_);
        let glue = match lang {
            "Eq" => Glue::DynEq(id),
            "Hash" => Glue::DynHash(id),
            _ => Glue::DynShow(id),
        };
        self.decls.actors.glue.insert(fn_, glue);
    }

    /// Gives a function the signature of a trait's method, for these arguments of the trait.
    fn copy_signature(&mut self, fn_: FnId, of: FnId, mut generics: Generics, args: &[Ty]) {
        generics.n_parent = generics.params.len() as u32;
        let decl = &self.program.fns[of];
        let ret = decl.ret;
        let span = self.program.fns[fn_].span;
        let params: Vec<(Symbol, Ty, ParamMode)> =
            decl.params.iter().map(|p| (p.name, p.ty, p.mode)).collect();
        let params = params
            .into_iter()
            .map(|(name, ty, mode)| Param { name, ty: self.program.types.subst(ty, args), mode, span })
            .collect();
        let ret = self.program.types.subst(ret, args);
        let function = &mut self.program.fns[fn_];
        (function.params, function.ret, function.generics) = (params, ret, generics);
        function.has_self = true;
    }

    pub(super) fn add_hidden_impl(&mut self, module: ModuleId, span: Span) -> ImplId {
        self.decls.impls.push(crate::collect::ImplSource {
            decl: None,
            fns: Vec::new(),
            consts: Vec::new(),
            types: Vec::new(),
        });
        self.new_impl(module, span)
    }

    fn set_impl_head(&mut self, id: ImplId, generics: Generics, self_ty: Ty, trait_: TraitId, args: Args) {
        let slot = &mut self.program.impls[id];
        slot.generics = generics;
        slot.self_ty = self_ty;
        slot.trait_ = Some((trait_, args));
        if let Some(head) = crate::impls::Head::of_impl(&self.program.types, self_ty) {
            self.program.index.add_trait_impl(trait_, head, id);
            self.program.caches.holds.clear();
        }
    }

    /// Reports an `impl` of a message trait. Only the declaration of an actor implements one.
    pub(crate) fn refuse_impl_of_messages(&mut self, trait_: TraitId, self_ty: Ty, span: Span) -> bool {
        if !self.is_message_trait(trait_) {
            return false;
        }
        let of = self.program.name(self.program.traits[trait_].name).to_string();
        let message = format!("`{of}` lists messages, so only actors implement it, where they are declared");
        let diag = Diagnostic::error(codes::MISPLACED_ITEM, span, message);
        self.report(match self.actor_of_ty(self_ty) {
            Some(actor) => {
                let name = self.program.name(self.actor(actor).name);
                diag.note(format!("write `actor {name}: {of}`, with a handler for each message"))
            }
            None => diag.note(format!("write `actor Name: {of}`, with a handler for each message")),
        });
        true
    }
}

// ---------------------------------------------------------------- the actor

impl Checker {
    /// Enters that an actor implements the traits of its declaration, and those above them.
    pub(crate) fn declare_actor_traits(&mut self, id: ActorId, written: &[ast::Type]) {
        let actor = self.actor(id);
        let (adt, module) = (actor.adt, actor.module);
        let generics = self.program.adts[adt].generics.clone();
        let own = self.actor_types(id)[0];
        let mut cx = TyCx::new(module);
        cx.generics = generics.clone();
        cx.self_ty = Some(own);
        let mut seen: Vec<(TraitId, Args)> = Vec::new();
        let mut found = Vec::new();
        for ty in written {
            let Some((trait_, args)) = self.written_message_trait(ty, &cx, id) else { continue };
            if seen.contains(&(trait_, args.clone())) {
                let text = self.program.trait_ref_name(trait_, &args);
                let message = format!("the trait `{text}` is listed twice");
                self.report(Diagnostic::error(codes::DUPLICATE_NAME, ty.span, message));
                continue;
            }
            seen.push((trait_, args.clone()));
            found.push((trait_, args, ty.span));
        }
        for (trait_, args, span) in found.clone() {
            let full: Vec<Ty> = std::iter::once(own).chain(args.iter().copied()).collect();
            for above in self.program.super_closure(trait_) {
                let row: Args = above.args[1..].iter().map(|t| self.program.types.subst(*t, &full)).collect();
                if self.is_message_trait(above.trait_) && !seen.contains(&(above.trait_, row.clone())) {
                    seen.push((above.trait_, row.clone()));
                    found.push((above.trait_, row, span));
                }
            }
        }
        if let Some(trait_) = self.program.lang_trait("Actor") {
            found.push((trait_, Box::new([]), self.program.adts[adt].span));
        }
        for (trait_, args, span) in found {
            let impl_ = self.add_hidden_impl(module, span);
            self.set_impl_head(impl_, generics.clone(), own, trait_, args.clone());
            let n = self.program.traits[trait_].methods.len();
            self.program.impls[impl_].methods = vec![None; n];
            self.decls.actors.all[id].traits.push(ActorTrait { trait_, args, impl_, span });
        }
    }

    fn written_message_trait(&mut self, ty: &ast::Type, cx: &TyCx, id: ActorId) -> Option<(TraitId, Args)> {
        let mark = self.diags.len();
        let bound = self.lower_bound(ty, cx);
        if let Some(diag) = self.diags.get_mut(mark).filter(|d| d.code == codes::EXPECTED_TRAIT) {
            diag.notes.clear();
            diag.notes.push("actors do not inherit; they implement message traits".to_string());
        }
        let BoundKind::Trait { trait_, args, .. } = bound? else {
            let diag = Diagnostic::error(codes::EXPECTED_TRAIT, ty.span, "expected a message trait");
            self.report(diag);
            return None;
        };
        if self.is_message_trait(trait_) {
            return Some((trait_, args));
        }
        let of = self.program.name(self.program.traits[trait_].name);
        let name = self.program.name(self.actor(id).name);
        let message = format!("expected a message trait, and `{of}` has no messages");
        let diag = Diagnostic::error(codes::EXPECTED_TRAIT, ty.span, message)
            .note(format!("`impl {of} for {name} {{ … }}` gives the actor's reference methods"));
        self.report(diag);
        None
    }

    /// Compares the handlers of an actor with the messages of its traits, and makes what sends them.
    pub(crate) fn fill_actor_traits(&mut self, id: ActorId) {
        for i in 0..self.actor(id).traits.len() {
            let own = self.actor_types(id)[0];
            let ActorTrait { trait_, args, impl_, span } = &self.actor(id).traits[i];
            let (trait_, impl_, span) = (*trait_, *impl_, *span);
            let full: Vec<Ty> = std::iter::once(own).chain(args.iter().copied()).collect();
            if Some(trait_) == self.program.lang_trait("Actor") {
                let handle = self.program.traits[trait_].methods[0];
                self.add_actor_glue(id, impl_, handle, &full, Glue::Handle(id));
            }
            let Some(decl) = self.decls.message_traits.get(&trait_) else { continue };
            let (handle, show) = (decl.handle, decl.show);
            let messages: Vec<(Symbol, FnId, bool)> =
                decl.messages.iter().map(|m| (m.name, m.fn_, m.has_reply)).collect();
            self.add_actor_glue(id, impl_, handle, &full, Glue::Handle(id));
            self.add_actor_glue(id, impl_, show, &full, Glue::Show(id));
            let mut missing = Vec::new();
            for (name, fn_, has_reply) in messages {
                let Some(variant) = self.actor(id).handler(name) else {
                    missing.push((name, fn_));
                    continue;
                };
                if self.handler_fits(id, variant, fn_, has_reply, trait_, &full) {
                    self.add_actor_glue(id, impl_, fn_, &full, Glue::Deliver(id, variant));
                }
            }
            self.report_missing_handlers(id, trait_, &full[1..], &missing, span);
        }
    }

    fn add_actor_glue(&mut self, id: ActorId, impl_: ImplId, of: FnId, args: &[Ty], glue: Glue) {
        let generics = self.program.impls[impl_].generics.clone();
        let Some((trait_, _)) = self.program.impls[impl_].trait_ else { return };
        let Some(index) = self.program.traits[trait_].methods.iter().position(|m| *m == of) else { return };
        let actor = self.actor(id);
        let name = self.program.name(self.program.fns[of].name).replace("on ", "send ");
        let path = member_path(self.program.name(actor.name), &name);
        let (module, span) = (actor.module, self.program.adts[actor.adt].span);
        let fn_ = self.add_hidden_fn(module, path, Container::Impl(impl_), span, None);
        self.copy_signature(fn_, of, generics, args);
        self.program.impls[impl_].methods[index] = Some(fn_);
        self.decls.actors.glue.insert(fn_, glue);
    }

    fn report_missing_handlers(
        &mut self,
        id: ActorId,
        trait_: TraitId,
        args: &[Ty],
        missing: &[(Symbol, FnId)],
        span: Span,
    ) {
        let Some((_, first)) = missing.first() else { return };
        let names: Vec<String> =
            missing.iter().map(|(name, _)| format!("`on {}`", self.program.name(*name))).collect();
        let of = self.program.name(self.program.traits[trait_].name);
        let actor = self.program.name(self.actor(id).name);
        let message = format!("the actor `{actor}` lacks {} of `{of}`", names.join(", "));
        let mut diag = Diagnostic::error(codes::MISSING_MEMBER, span, message)
            .also(self.program.fns[*first].span, "the trait lists it here");
        for (_, fn_) in missing.iter().take(4) {
            let text = self.method_head(*fn_, args);
            diag = diag.note(format!("add `{text} {{ … }}`"));
        }
        self.report(diag);
    }

    /// Whether a handler takes and answers what the trait says; reports where it does not.
    fn handler_fits(
        &mut self,
        id: ActorId,
        variant: VariantIdx,
        decl: FnId,
        has_reply: bool,
        trait_: TraitId,
        args: &[Ty],
    ) -> bool {
        let message = &self.actor(id).messages[variant];
        let (own, reply, name) = (message.fn_, message.reply, message.name);
        let text = self.program.name(name).to_string();
        let of = self.program.name(self.program.traits[trait_].name).to_string();
        let declared = self.program.fns[decl].span;
        let n_own = self.payload_of(own, reply);
        let own_tys: Vec<(Ty, Span)> =
            self.program.fns[own].params[2..2 + n_own].iter().map(|p| (p.ty, p.span)).collect();
        let n = self.program.fns[decl].params.len() - 1 - usize::from(has_reply);
        let tys: Vec<Ty> = self.program.fns[decl].params[1..1 + n].iter().map(|p| p.ty).collect();
        let tys: Vec<Ty> = tys.into_iter().map(|ty| self.program.types.subst(ty, args)).collect();
        let span = self.program.fns[own].span;
        let wrong = |this: &mut Checker, span: Span, message: String| {
            let diag = Diagnostic::error(codes::SIGNATURE_MISMATCH, span, message);
            this.report(diag.also(declared, "the trait lists it here"));
            false
        };
        if own_tys.len() != tys.len() {
            let noun = crate::coherence::count(own_tys.len(), "value");
            let message = format!("`{text}` carries {noun} here, {} in `{of}`", tys.len());
            return wrong(self, span, message);
        }
        for ((own, span), ty) in own_tys.into_iter().zip(tys) {
            if own == ty || self.has_error(own) || self.has_error(ty) {
                continue;
            }
            let (own, ty) = (self.program.ty_name(own), self.program.ty_name(ty));
            return wrong(self, span, format!("`{text}` carries `{own}` here, `{ty}` in `{of}`"));
        }
        let span = self.result_span(own).unwrap_or(span);
        match (reply, has_reply) {
            (ReplyKind::Never, false) => true,
            (ReplyKind::Never, true) => {
                let wanted = self.trait_reply(decl, args);
                let wanted = self.program.ty_name(wanted);
                wrong(self, span, format!("`{text}` has no reply here, `{of}` says `-> {wanted}`"))
            }
            (_, false) => wrong(self, span, format!("`{text}` has a reply here, and none in `{of}`")),
            // The body tells, see `glue.rs`.
            (ReplyKind::Inferred, true) => true,
            (ReplyKind::ByResult | ReplyKind::ByCall, true) => match self.reply_ty(id, variant, span) {
                Some(found) => self.reply_fits(found, decl, &text, trait_, args, span),
                None => true,
            },
        }
    }

    /// Whether the type of a handler's answer is that of the trait's message; reports where it is not.
    pub(super) fn reply_fits(
        &mut self,
        found: Ty,
        decl: FnId,
        text: &str,
        trait_: TraitId,
        args: &[Ty],
        span: Span,
    ) -> bool {
        let wanted = self.trait_reply(decl, args);
        if found == wanted || self.has_error(found) || self.has_error(wanted) {
            return found == wanted;
        }
        let of = self.program.name(self.program.traits[trait_].name).to_string();
        let (found, wanted) = (self.program.ty_name(found), self.program.ty_name(wanted));
        let message = format!("`{text}` replies `{found}` here, `{wanted}` in `{of}`");
        let diag = Diagnostic::error(codes::SIGNATURE_MISMATCH, span, message);
        self.report(diag.also(self.program.fns[decl].span, "the trait lists it here"));
        false
    }

    /// What a message of a trait is answered with, for these arguments of the trait.
    pub(crate) fn trait_reply(&mut self, message: FnId, args: &[Ty]) -> Ty {
        let reply = self.program.fns[message].params.last().map(|p| p.ty);
        let answer = match reply.map(|ty| self.program.types.kind(ty)) {
            Some(TyKind::Adt(_, args)) => args.first().copied().unwrap_or(Ty::ERROR),
            _ => Ty::ERROR,
        };
        self.program.types.subst(answer, args)
    }

    fn payload_of(&self, handler: FnId, reply: ReplyKind) -> usize {
        let n = self.program.fns[handler].params.len() - 2;
        n - usize::from(matches!(reply, ReplyKind::ByCall | ReplyKind::Inferred))
    }

    fn has_error(&self, ty: Ty) -> bool {
        self.program.types.flags(ty).has_error
    }
}
