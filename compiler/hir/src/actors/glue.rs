//! The functions behind message traits: what sends an actor's message for a trait's, and what compares, hashes and
//! prints `dyn` references.

use super::synth::{Synth, place, value};
use super::{ActorId, Glue, Policy};
use crate::body::*;
use crate::checker::Checker;
use crate::program::*;
use crate::ty::{Ty, TyKind};

/// The parameters of the functions.
const SELF: LocalId = LocalId(0);
const SECOND: LocalId = LocalId(1);

impl Checker {
    pub(crate) fn glue_body(&mut self, id: FnId, glue: Glue) -> Body {
        let fits = match glue {
            Glue::Deliver(actor, variant) => self.deliver_fits(id, actor, variant),
            _ => true,
        };
        let mut b = Synth::new(self, id);
        let value = match glue {
            _ if !fits => None,
            Glue::Deliver(actor, variant) => b.deliver(actor, variant),
            Glue::Handle(actor) => b.handle(actor),
            Glue::Show(_) => b.show(),
            Glue::DynEq(of) => b.dyn_eq(of),
            Glue::DynHash(of) => b.dyn_hash(of),
            Glue::DynShow(of) => b.dyn_show(of),
            Glue::Room(of) => b.room(of),
            Glue::IsReentrant(actor) => Some(b.is_reentrant(actor)),
        };
        b.finish(id, value)
    }

    /// Whether an actor that implements the trait makes its senders wait. Known when all bodies have been checked.
    fn waits_behind(&self, of: TraitId) -> bool {
        let mut all = self.decls.actors.all.iter();
        all.any(|a| {
            a.bound.is_some_and(|b| b.policy == Policy::Wait) && a.traits.iter().any(|t| t.trait_ == of)
        })
    }

    /// Whether the body of a function is made when it is asked for, and not before.
    pub(crate) fn is_made_late(&self, id: FnId) -> bool {
        matches!(self.decls.actors.glue.get(&id), Some(Glue::Room(_)))
    }

    /// An answer whose type the handler's body tells is compared with the trait's here.
    fn deliver_fits(&mut self, id: FnId, actor: ActorId, variant: VariantIdx) -> bool {
        let message = &self.actor(actor).messages[variant];
        let (name, handler) = (message.name, message.fn_);
        let span = self.program.fns[handler].span;
        let Some(found) = self.reply_ty(actor, variant, span) else { return true };
        let Container::Impl(impl_) = self.program.fns[id].container else { return false };
        let Some((trait_, args)) = self.program.impls[impl_].trait_.clone() else { return false };
        let own = self.actor_types(actor)[0];
        let full: Vec<Ty> = std::iter::once(own).chain(args).collect();
        let decl = self.decls.message_traits.get(&trait_).and_then(|t| t.message(name)).map(|m| m.fn_);
        let Some(decl) = decl else { return false };
        let text = self.program.name(name).to_string();
        self.reply_fits(found, decl, &text, trait_, &full, span)
    }
}

impl Synth<'_> {
    /// A call of a function of the runtime that takes the library's reference, which is in the first parameter.
    fn cell_call(&mut self, name: &str, actor: ActorId, message: Option<Expr>, ty: Ty) -> Option<Expr> {
        let adt = self.ck.actor(actor).adt;
        let cell_ty = self.ck.program.adts[adt].variants[VariantIdx(0)].fields[0].ty;
        let [_, state, messages] = self.ck.actor_types(actor);
        // What is for managed actors alone is generic over what is managed.
        let parts = match self.ck.program.types.kind(cell_ty) {
            TyKind::Adt(_, args) if args.len() == 2 && !name.starts_with("mailbox") => [args[0], args[1]],
            _ => [state, messages],
        };
        let cell = self.field(self.local(SELF), 0, cell_ty);
        let values = std::iter::once(cell).chain(message).map(value).collect();
        self.lang_call(name, &parts, values, ty)
    }

    /// `actor_send(self, Message.Notify(…))`. Behind a table nobody can wait: that follows, see `room`.
    fn deliver(&mut self, actor: ActorId, variant: VariantIdx) -> Option<Expr> {
        let messages = self.ck.actor_types(actor)[2];
        let fields = self.locals.indices().skip(1).map(|l| self.local(l)).collect();
        let message = self.adt(variant, fields, messages);
        let send = match self.ck.actor(actor).bound.map(|b| b.policy) {
            None => "actor_send",
            Some(Policy::Wait) => "mailbox_put",
            Some(policy) => policy.sender(),
        };
        self.cell_call(send, actor, Some(message), Ty::UNIT)
    }

    fn handle(&mut self, actor: ActorId) -> Option<Expr> {
        let ty = self.ck.runtime_ty("ActorHandle", &[]);
        let waits = self.ck.actor(actor).bound.is_some_and(|b| b.policy == Policy::Wait);
        let name = if waits { "mailbox_handle" } else { "actor_handle" };
        self.cell_call(name, actor, None, ty)
    }

    /// Nothing, unless an actor that implements the trait makes its senders wait.
    fn room(&mut self, of: TraitId) -> Option<Expr> {
        if !self.ck.waits_behind(of) {
            let block = Block { stmts: Vec::new(), tail: None };
            return Some(self.expr(ExprKind::Block(block), Ty::UNIT));
        }
        let method = self.ck.decls.message_traits.get(&of)?.handle;
        let ty = self.ck.runtime_ty("ActorHandle", &[]);
        let args = crate::env::identity_args(&mut self.ck.program, of);
        let callee = Callee::TraitMethod { trait_: of, method, args };
        let own = self.local(SELF);
        let kind = ExprKind::Call { callee, args: vec![value(self.local(SELF))] };
        let handle = self.expr(kind, ty);
        let own_ty = own.ty;
        self.lang_call("mailbox_wait_for", &[own_ty], vec![value(own), value(handle)], Ty::UNIT)
    }

    /// `match message.* { Notify(..) => true, … _ => false }`
    fn is_reentrant(&mut self, actor: ActorId) -> Expr {
        let messages = self.ck.actor_types(actor)[2];
        let all = self.ck.actor(actor).messages.iter_enumerated();
        let reentrant: Vec<VariantIdx> =
            all.filter(|(_, m)| self.ck.program.reentrant.contains(&m.fn_)).map(|(i, _)| i).collect();
        let arm = |kind: PatKind, is: bool| {
            let pat = Pat { kind, ty: messages, span: self.span };
            let body = self.expr(ExprKind::Lit(Lit::Bool(is)), Ty::BOOL);
            Arm { pat, guard: None, body, span: self.span }
        };
        let mut arms: Vec<Arm> = reentrant
            .into_iter()
            .map(|variant| arm(PatKind::Adt { variant, fields: Vec::new() }, true))
            .collect();
        arms.push(arm(PatKind::Wild, false));
        let place = ExprKind::Deref(Box::new(self.local(SELF)));
        let scrutinee = Box::new(self.expr(place, messages));
        self.expr(ExprKind::Match { scrutinee, arms }, Ty::BOOL)
    }

    /// As the reference of the actor's own type prints.
    fn show(&mut self) -> Option<Expr> {
        let trait_ = self.ck.known.show?;
        let method = self.ck.program.traits[trait_].methods.first().copied()?;
        let args = Box::new([self.locals[SELF].ty]);
        let callee = Callee::TraitMethod { trait_, method, args };
        let args = vec![value(self.local(SELF)), place(self.local(SECOND))];
        Some(self.expr(ExprKind::Call { callee, args }, Ty::UNIT))
    }

    /// A call of one of the trait's own methods on a `dyn` value.
    fn dyn_call(&self, of: TraitId, method: FnId, args: Vec<Arg>, ty: Ty) -> Option<Expr> {
        let index = self.ck.program.traits[of].methods.iter().position(|m| *m == method)?;
        let callee = Callee::Dyn { trait_: of, method_idx: index as u32 };
        Some(self.expr(ExprKind::Call { callee, args }, ty))
    }

    fn handle_of(&mut self, of: TraitId, local: LocalId) -> Option<Expr> {
        let method = self.ck.decls.message_traits.get(&of)?.handle;
        let ty = self.ck.runtime_ty("ActorHandle", &[]);
        self.dyn_call(of, method, vec![value(self.local(local))], ty)
    }

    fn dyn_eq(&mut self, of: TraitId) -> Option<Expr> {
        let both = vec![value(self.handle_of(of, SELF)?), value(self.handle_of(of, SECOND)?)];
        self.lang_call("actor_same", &[], both, Ty::BOOL)
    }

    fn dyn_hash(&mut self, of: TraitId) -> Option<Expr> {
        let args = vec![value(self.handle_of(of, SELF)?), place(self.local(SECOND))];
        self.lang_call("actor_hash", &[], args, Ty::UNIT)
    }

    fn dyn_show(&mut self, of: TraitId) -> Option<Expr> {
        let method = self.ck.decls.message_traits.get(&of)?.show;
        let args = vec![value(self.local(SELF)), place(self.local(SECOND))];
        self.dyn_call(of, method, args, Ty::UNIT)
    }
}
