//! Messages: names that are looked up in the type of the actor they are sent to.

use crate::actors::{ActorId, Policy};
use crate::body::*;
use crate::check::FnCtxt;
use crate::check::expr::value_arg;
use crate::codes;
use crate::program::*;
use crate::record::{Probe, Target};
use crate::suggest;
use crate::ty::{Ty, TyKind, TyRow};
use smallvec::SmallVec;
use syntax::ast::{self, Ident};
use syntax::{Diagnostic, Span, Symbol};

/// What gets a message.
#[derive(Clone)]
pub(super) enum Recipient {
    /// An actor of a known kind: the arguments of its type, and which of its messages it is.
    Actor { actor: ActorId, args: TyRow, variant: VariantIdx },
    /// Some actor that implements a trait: the trait's arguments, `Self` first, and the method that sends the message.
    Trait { trait_: TraitId, args: TyRow, method: FnId, has_reply: bool },
}

/// A message on its way, without its `Reply`.
pub(super) struct Letter {
    pub to: Recipient,
    pub values: Vec<Expr>,
    /// The type of its answer.
    pub reply: Option<Ty>,
    pub name: Ident,
    pub span: Span,
}

/// A message and where it goes.
pub(super) struct Addressed {
    /// Makes the variables that the others mention.
    pub lets: Vec<Stmt>,
    /// The variable with the reference.
    pub to: LocalId,
    pub letter: Letter,
}

/// Where messages of a type are looked up.
enum Names {
    Actor(ActorId, TyRow),
    /// With the arguments of each, `Self` first.
    Traits(Vec<(TraitId, TyRow)>),
}

impl FnCtxt<'_> {
    /// The target and the message of `send` and its like. `None` where a mistake was reported.
    pub(super) fn addressed(
        &mut self,
        target: &mut ast::Expr,
        message: &mut ast::Expr,
        form: &str,
    ) -> Option<Addressed> {
        let to = self.expr(target, None);
        let ty = self.settle(to.ty);
        let Some(names) = self.names_of(ty) else {
            self.report_not_an_actor(&to, ty, form);
            self.check_payload(message);
            self.has_errors = true;
            return None;
        };
        let mut lets = Vec::new();
        let to = self.bind_value(to, &mut lets);
        let letter = self.letter(&names, message)?;
        Some(Addressed { lets, to, letter })
    }

    fn names_of(&mut self, ty: Ty) -> Option<Names> {
        if let Some(actor) = self.ck.actor_of_ty(ty)
            && let TyKind::Adt(_, args) = self.kind(ty)
        {
            return Some(Names::Actor(actor, TyRow::from_slice(args)));
        }
        let traits = self.message_traits_of(ty);
        (!traits.is_empty()).then_some(Names::Traits(traits))
    }

    /// The message traits that a type is known to implement, with those above them.
    pub(super) fn message_traits_of(&mut self, ty: Ty) -> Vec<(TraitId, TyRow)> {
        let all: Vec<(TraitId, TyRow)> = match self.kind(ty).clone() {
            TyKind::Dyn { trait_, args, .. } => {
                let full: Vec<Ty> = std::iter::once(ty).chain(args).collect();
                let bounds = self.ck.program.super_closure(trait_);
                let row = |this: &mut Self, args: &[Ty]| {
                    args.iter().map(|t| this.ck.program.types.subst(*t, &full)).collect()
                };
                bounds.into_iter().map(|b| (b.trait_, row(self, &b.args))).collect()
            }
            TyKind::Param(..) | TyKind::Assoc { .. } => {
                let bounds = self.env.bounds.iter().filter(|b| b.args.first() == Some(&ty));
                bounds.map(|b| (b.trait_, TyRow::from_slice(&b.args))).collect()
            }
            _ => Vec::new(),
        };
        all.into_iter().filter(|(trait_, _)| self.ck.is_message_trait(*trait_)).collect()
    }

    fn report_not_an_actor(&mut self, to: &Expr, ty: Ty, form: &str) {
        if ty == Ty::ERROR || self.has_faulty_bound(ty) {
            return;
        }
        if self.is_open(ty) {
            return self.report_unknown_type(ty, to.span);
        }
        let name = self.ty_name(ty);
        let message = format!("`{form}` needs an actor, this is `{name}`");
        let diag = Diagnostic::error(codes::NOT_AN_ACTOR, to.span, message);
        self.report(match self.kind(ty) {
            TyKind::Param(..) => diag.note(format!(
                "a type parameter may be any type; a bound says which messages it has: `{name}: Observer`, a message trait"
            )),
            _ => diag.note("only actors get messages; methods of values are called: `x.f()`"),
        });
    }

    /// Checks the values of a message that cannot be sent, for the mistakes in them.
    fn check_payload(&mut self, message: &mut ast::Expr) {
        if let ast::ExprKind::Call { args, .. } = &mut message.kind {
            self.check_loose(args);
        }
    }

    fn letter(&mut self, names: &Names, message: &mut ast::Expr) -> Option<Letter> {
        let span = message.span;
        let Some((name, given)) = message_parts(message) else {
            self.report_not_a_message(names, message);
            return None;
        };
        let name = *name;
        if self.ck.is_probe(name.name) {
            self.probe_messages(names);
        }
        let Some(to) = self.recipient(names, name.name) else {
            if given.is_empty() && self.scope.get(name.name).is_some() {
                self.report_message_variable(names, name);
                return None;
            }
            self.report_unknown_message(names, name);
            self.check_loose(given);
            return None;
        };
        self.note_recipient(&to, name.span);
        let values = self.payload(&to, given, span)?;
        let reply = self.answer_to(&to, span);
        self.has_errors |= reply.is_some_and(|ty| self.ck.program.types.flags(ty).has_error);
        Some(Letter { to, values, reply, name, span })
    }

    pub(super) fn note_recipient(&mut self, to: &Recipient, span: Span) {
        let id = match to {
            Recipient::Actor { actor, variant, .. } => self.ck.actor(*actor).messages[*variant].fn_,
            Recipient::Trait { method, .. } => *method,
        };
        self.ck.note(span, Target::Fn(id));
    }

    fn probe_messages(&mut self, names: &Names) {
        let messages = match names {
            Names::Actor(actor, _) => {
                self.ck.actor(*actor).handlers().map(|(_, m)| (m.name, m.fn_)).collect()
            }
            Names::Traits(traits) => {
                let all = traits.iter().filter_map(|(t, _)| self.ck.decls.message_traits.get(t));
                all.flat_map(|t| &t.messages).map(|m| (m.name, m.fn_)).collect()
            }
        };
        self.ck.found_probe(Probe::Messages { messages });
    }

    /// Of several traits with the message the first: an actor has one handler for all of them.
    fn recipient(&self, names: &Names, name: Symbol) -> Option<Recipient> {
        match names {
            Names::Actor(actor, args) => {
                let variant = self.ck.actor(*actor).handler(name)?;
                Some(Recipient::Actor { actor: *actor, args: args.clone(), variant })
            }
            Names::Traits(traits) => traits.iter().find_map(|(trait_, args)| {
                let message = self.ck.decls.message_traits.get(trait_)?.message(name)?;
                let (method, has_reply) = (message.fn_, message.has_reply);
                Some(Recipient::Trait { trait_: *trait_, args: args.clone(), method, has_reply })
            }),
        }
    }

    fn answer_to(&mut self, to: &Recipient, span: Span) -> Option<Ty> {
        match to {
            Recipient::Actor { actor, args, variant } => {
                let reply = self.ck.reply_ty(*actor, *variant, span)?;
                Some(self.instantiate(reply, args, span))
            }
            Recipient::Trait { has_reply: false, .. } => None,
            Recipient::Trait { method, args, .. } => {
                let reply = self.ck.trait_reply(*method, args);
                Some(self.instantiate(reply, &[], span))
            }
        }
    }

    /// The function whose parameters are the values of a message: which, the number of those before them, and how
    /// many there are.
    fn payload_params(&self, to: &Recipient) -> (FnId, usize, usize) {
        match to {
            Recipient::Actor { actor, variant, .. } => {
                let decl = self.ck.actor(*actor);
                let skip = if variant.0 < decl.n_constructors as u32 { 1 } else { 2 };
                let fn_ = decl.messages[*variant].fn_;
                (fn_, skip, self.written_params(fn_, skip))
            }
            Recipient::Trait { method, has_reply, .. } => {
                let n = self.ck.program.fns[*method].params.len() - 1;
                (*method, 1, n - usize::from(*has_reply))
            }
        }
    }

    /// The values of a message, or of a constructor, which is one.
    pub(super) fn payload(
        &mut self,
        to: &Recipient,
        given: &mut [ast::Arg],
        span: Span,
    ) -> Option<Vec<Expr>> {
        let (fn_, skip, n) = self.payload_params(to);
        let (args, variant) = match to {
            Recipient::Actor { actor, args, variant } => {
                (args, Some((self.ck.actor(*actor).message, *variant)))
            }
            Recipient::Trait { args, .. } => (args, None),
        };
        let tys: TyRow = self.ck.program.fns[fn_].params.iter().skip(skip).take(n).map(|p| p.ty).collect();
        let params: SmallVec<[(Ty, ParamMode); 6]> =
            tys.into_iter().map(|ty| (self.instantiate(ty, args, span), ParamMode::Value)).collect();
        self.has_errors |= params.iter().any(|p| self.ck.program.types.flags(p.0).has_error);
        if params.len() != given.len() {
            self.report_payload_count(to, given.len(), span);
            self.check_loose(given);
            return None;
        }
        let info = crate::check::args::CalleeInfo { fn_: None, variant, span };
        let values = self.check_args(&params, None, given, info);
        if values.len() != params.len() {
            self.has_errors = true;
            return None;
        }
        Some(values.into_iter().zip(params).map(|(arg, (ty, _))| Expr { ty, ..arg.expr }).collect())
    }

    fn report_payload_count(&mut self, to: &Recipient, given: usize, span: Span) {
        let (fn_, skip, want) = self.payload_params(to);
        let (text, declared, has_no_new) = match to {
            Recipient::Actor { actor, variant, .. } => {
                let decl = self.ck.actor(*actor);
                let message = &decl.messages[*variant];
                let of = self.ck.program.name(decl.name);
                let text = match (skip, self.ck.program.name(message.name)) {
                    (1, "new") => of.to_string(),
                    (1, own) => format!("{of}.{own}"),
                    (_, own) => own.to_string(),
                };
                (text, message.span, message.span == self.ck.program.adts[decl.adt].span)
            }
            Recipient::Trait { method, .. } => {
                let text = self.ck.program.name(self.ck.program.fns[*method].name).replace("on ", "");
                (text, self.ck.program.fns[*method].span, false)
            }
        };
        let noun = crate::coherence::count(want, "argument");
        let diag =
            Diagnostic::error(codes::WRONG_ARG_COUNT, span, format!("`{text}` takes {noun}, {given} given"));
        let diag = diag.also(declared, "declared here");
        let missing: Vec<String> = self.ck.program.fns[fn_].params[skip..skip + want]
            .iter()
            .skip(given)
            .map(|p| format!("`{}: {}`", self.ck.program.name(p.name), self.ck.program.ty_name(p.ty)))
            .collect();
        self.report(if !missing.is_empty() {
            diag.note(format!("missing: {}", missing.join(", ")))
        } else if has_no_new {
            diag.note("it has no `new`: its states start with their initial values")
        } else {
            diag
        });
    }

    /// How many parameters of a message's function are values that it carries.
    fn written_params(&self, fn_: FnId, skip: usize) -> usize {
        use crate::actors::{ActorRole, ReplyKind};
        let n = self.ck.program.fns[fn_].params.len() - skip;
        let Some(of) = self.ck.actor_fn(fn_) else { return n };
        let ActorRole::Handler(variant) = of.role else { return n };
        let kind = self.ck.actor(of.actor).messages[variant].reply;
        n - usize::from(matches!(kind, ReplyKind::ByCall | ReplyKind::Inferred))
    }

    // ------------------------------------------------------------ making values

    /// The values of a message in variables of their own: they are worked out before anything else is made.
    pub(super) fn bind_values(&mut self, letter: &mut Letter, lets: &mut Vec<Stmt>) {
        let values = std::mem::take(&mut letter.values);
        letter.values = values.into_iter().map(|value| self.variable(value, lets)).collect();
    }

    /// A value as a variable, unless it is as good as one.
    pub(super) fn variable(&mut self, value: Expr, lets: &mut Vec<Stmt>) -> Expr {
        if matches!(value.kind, ExprKind::Lit(_) | ExprKind::FnItem) {
            return value;
        }
        let span = value.span;
        let local = self.bind_value(value, lets);
        self.local(local, span)
    }

    /// Puts a message into the mailbox of the actor that the variable refers to. `waits`: if that is bounded so, for room;
    /// who waits for an answer need not.
    pub(super) fn delivery(
        &mut self,
        to: LocalId,
        letter: Letter,
        reply: Option<Expr>,
        waits: bool,
        span: Span,
    ) -> Expr {
        let leaving = self.leaving(&letter.values, span);
        let sent = self.put(to, letter, reply, waits, span);
        if leaving.is_empty() { sent } else { crate::check::with_lets(leaving, sent) }
    }

    /// What tells the runtime of values that may have a `Reply` inside.
    fn leaving(&mut self, values: &[Expr], span: Span) -> Vec<Stmt> {
        let tys: Vec<Ty> = values.iter().map(|v| v.ty).filter(|ty| self.may_be_iso(*ty)).collect();
        let call = |ty| Stmt::Expr(self.runtime_call("value_leaves", &[ty], Vec::new(), span));
        tys.into_iter().map(call).collect()
    }

    fn put(&mut self, to: LocalId, letter: Letter, reply: Option<Expr>, waits: bool, span: Span) -> Expr {
        let Letter { to: recipient, values, span: message_span, .. } = letter;
        let values = values.into_iter().chain(reply);
        match recipient {
            Recipient::Actor { actor, args, variant } => {
                let message = self.message_value(actor, &args, variant, values.collect(), message_span);
                let cell = self.cell_of(to, actor, &args, span);
                let decl = self.ck.actor(actor);
                let send = match decl.bound.map(|b| b.policy) {
                    _ if variant.0 < decl.n_constructors as u32 => "actor_send",
                    None => "actor_send",
                    Some(Policy::Wait) if !waits => "mailbox_put",
                    Some(policy) => policy.sender(),
                };
                self.runtime_call(send, &[], vec![cell, message], span)
            }
            Recipient::Trait { trait_, args, method, .. } => {
                let callee = self.trait_callee(trait_, method, args.clone());
                let values = std::iter::once(self.local(to, span)).chain(values).map(value_arg).collect();
                let send = Expr { kind: ExprKind::Call { callee, args: values }, ty: Ty::UNIT, span };
                match self.ck.decls.message_traits.get(&trait_).filter(|_| waits).map(|t| t.room) {
                    Some(room) => {
                        let callee = Callee::Fn { id: room, args: args[..].into() };
                        let args = vec![value_arg(self.local(to, span))];
                        let wait = Expr { kind: ExprKind::Call { callee, args }, ty: Ty::UNIT, span };
                        crate::check::with_lets(vec![Stmt::Expr(send)], wait)
                    }
                    None => send,
                }
            }
        }
    }

    /// The message as a value of the hidden enum.
    fn message_value(
        &mut self,
        actor: ActorId,
        args: &[Ty],
        variant: VariantIdx,
        values: Vec<Expr>,
        span: Span,
    ) -> Expr {
        let adt = self.ck.actor(actor).message;
        let ty = self.ck.actor_part(adt, args);
        let fields: Vec<Option<Expr>> = values.into_iter().map(Some).collect();
        let order = (0..fields.len() as u32).collect();
        Expr { kind: ExprKind::Adt { variant, fields, order, base: None }, ty, span }
    }

    /// The library's reference in a variable with an actor's.
    pub(super) fn cell_of(&mut self, to: LocalId, actor: ActorId, args: &[Ty], span: Span) -> Expr {
        let adt = self.ck.actor(actor).adt;
        let field = self.ck.program.adts[adt].variants[VariantIdx(0)].fields[0].ty;
        let ty = self.instantiate(field, args, span);
        let base = Box::new(self.local(to, span));
        Expr { kind: ExprKind::Field { base, index: 0 }, ty, span }
    }

    // ------------------------------------------------------------ mistakes

    fn report_not_a_message(&mut self, names: &Names, message: &mut ast::Expr) {
        let diag = Diagnostic::error(
            codes::MESSAGE_AS_VALUE,
            message.span,
            "expected the name of a message, with its values in parentheses",
        );
        let note = match &message.kind {
            ast::ExprKind::Field { .. } | ast::ExprKind::Call { .. } => {
                "messages are looked up in the actor that they are sent to, so nothing stands before their names"
                    .to_string()
            }
            ast::ExprKind::StructLit { .. } => {
                "the values of a message have no names: write `Message(a, b)`".to_string()
            }
            _ => "a message is not a value: it cannot be kept in a variable".to_string(),
        };
        let diag = diag.note(note);
        let list = self.list_messages(names);
        self.report(if list.is_empty() { diag } else { diag.note(list) });
    }

    fn report_message_variable(&mut self, names: &Names, name: Ident) {
        let text = self.ck.program.name(name.name);
        let message = format!("expected a message, found the variable `{text}`");
        let diag = Diagnostic::error(codes::MESSAGE_AS_VALUE, name.span, message).note(
            "a message is not a value: it is written where it is sent, or in a closure, `|| send(a, M)`",
        );
        let list = self.list_messages(names);
        self.report(if list.is_empty() { diag } else { diag.note(list) });
    }

    fn report_unknown_message(&mut self, names: &Names, name: Ident) {
        self.has_errors = true;
        let text = self.ck.program.name(name.name).to_string();
        if text.is_empty() {
            return;
        }
        let of = match names {
            Names::Actor(actor, _) => self.ck.program.name(self.ck.actor(*actor).name).to_string(),
            Names::Traits(traits) => self.ty_name(traits[0].1[0]),
        };
        let message = format!("`{of}` has no message `{text}`");
        let diag = Diagnostic::error(codes::UNKNOWN_MESSAGE, name.span, message);
        if let Names::Actor(actor, _) = names {
            let decl = self.ck.actor(*actor);
            if decl.helper(name.name).is_some() || decl.state_index(name.name).is_some() {
                let note = "only messages are reachable from outside, never states or functions";
                return self.report(diag.note(note));
            }
            if decl.constructors().any(|(_, m)| m.name == name.name) {
                let note = format!("a constructor runs once, when the actor starts: `spawn {of}(…)`");
                return self.report(diag.note(note));
            }
        }
        let all = self.message_names(names);
        if let Some(found) = suggest::closest(&self.ck.program.interner, &text, all) {
            return self.report(diag.fix_likely(format!("did you mean `{found}`?"), name.span, found));
        }
        let diag = match self.list_messages(names) {
            list if list.is_empty() => diag.note("it has no messages at all"),
            list => diag.note(list),
        };
        self.report(match names {
            Names::Traits(_) => diag.note(
                "an actor may have more messages than its trait lists, which only the actor's own type knows",
            ),
            Names::Actor(..) => diag,
        });
    }

    fn message_names(&self, names: &Names) -> Vec<Symbol> {
        match names {
            Names::Actor(actor, _) => self.ck.actor(*actor).handlers().map(|(_, m)| m.name).collect(),
            Names::Traits(traits) => {
                let all = traits.iter().filter_map(|(t, _)| self.ck.decls.message_traits.get(t));
                all.flat_map(|t| &t.messages).map(|m| m.name).collect()
            }
        }
    }

    fn list_messages(&self, names: &Names) -> String {
        let all = self.message_names(names);
        let names: Vec<String> =
            all.iter().take(8).map(|name| format!("`{}`", self.ck.program.name(*name))).collect();
        if names.is_empty() { String::new() } else { format!("its messages are {}", names.join(", ")) }
    }
}

/// The name and the values of a message as written.
fn message_parts(message: &mut ast::Expr) -> Option<(&Ident, &mut [ast::Arg])> {
    match &mut message.kind {
        ast::ExprKind::Name { ident, args: None } => Some((ident, &mut [])),
        ast::ExprKind::Call { callee, args } => match &callee.kind {
            ast::ExprKind::Name { ident, args: None } => Some((ident, args)),
            _ => None,
        },
        ast::ExprKind::Paren(inner) => message_parts(inner),
        _ => None,
    }
}
