//! Messages: names that are looked up in the type of the actor they are sent to.

use crate::actors::ActorId;
use crate::body::*;
use crate::check::FnCtxt;
use crate::codes;
use crate::program::*;
use crate::suggest;
use crate::ty::{Ty, TyKind, TyRow};
use smallvec::SmallVec;
use syntax::ast::{self, Ident};
use syntax::{Diagnostic, Span, Symbol};

/// A message on its way, without its `Reply`.
pub(super) struct Letter {
    pub actor: ActorId,
    /// The arguments of the actor's type.
    pub args: TyRow,
    pub variant: VariantIdx,
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
        let actor = self.ck.actor_of_ty(ty);
        let (Some(actor), TyKind::Adt(_, args)) = (actor, self.kind(ty)) else {
            self.report_not_an_actor(&to, ty, form);
            self.check_payload(message);
            self.has_errors = true;
            return None;
        };
        let args = TyRow::from_slice(args);
        let mut lets = Vec::new();
        let to = self.bind_value(to, &mut lets);
        let letter = self.letter(actor, args, message)?;
        Some(Addressed { lets, to, letter })
    }

    fn report_not_an_actor(&mut self, to: &Expr, ty: Ty, form: &str) {
        if ty == Ty::ERROR {
            return;
        }
        if self.is_open(ty) {
            return self.report_unknown_type(ty, to.span);
        }
        if self.has_message_trait(ty) {
            return;
        }
        let name = self.ty_name(ty);
        let message = format!("`{form}` needs an actor, this is `{name}`");
        let diag = Diagnostic::error(codes::NOT_AN_ACTOR, to.span, message);
        self.report(match self.kind(ty) {
            TyKind::Param(..) => diag.note("a type parameter may be any type; write the actor's type"),
            _ => diag.note("only actors get messages; methods of values are called: `x.f()`"),
        });
    }

    /// Whether all that is known of a type is a trait with messages, which was reported.
    fn has_message_trait(&self, ty: Ty) -> bool {
        let is_one = |trait_: &TraitId| self.ck.decls.message_traits.contains(trait_);
        match self.kind(ty) {
            TyKind::Dyn { trait_, .. } => is_one(trait_),
            TyKind::Param(..) => self.cx.generics.bounds.iter().any(|bound| match &bound.kind {
                BoundKind::Trait { trait_, .. } => bound.ty == ty && is_one(trait_),
                BoundKind::Fn { .. } => false,
            }),
            _ => false,
        }
    }

    /// Checks the values of a message that cannot be sent, for the mistakes in them.
    fn check_payload(&mut self, message: &mut ast::Expr) {
        if let ast::ExprKind::Call { args, .. } = &mut message.kind {
            self.check_loose(args);
        }
    }

    fn letter(&mut self, actor: ActorId, args: TyRow, message: &mut ast::Expr) -> Option<Letter> {
        let span = message.span;
        let Some((name, given)) = message_parts(message) else {
            self.report_not_a_message(actor, message);
            return None;
        };
        let name = *name;
        let Some(variant) = self.ck.actor(actor).handler(name.name) else {
            if given.is_empty() && self.scope.get(name.name).is_some() {
                self.report_message_variable(actor, name);
                return None;
            }
            self.report_unknown_message(actor, name);
            self.check_loose(given);
            return None;
        };
        let values = self.payload(actor, &args, variant, given, span)?;
        let reply = self.ck.reply_ty(actor, variant, span);
        let reply = reply.map(|ty| self.instantiate(ty, &args, span));
        self.has_errors |= reply.is_some_and(|ty| self.ck.program.types.flags(ty).has_error);
        Some(Letter { actor, args, variant, values, reply, name, span })
    }

    /// The values of a message, or of a constructor, which is one.
    pub(super) fn payload(
        &mut self,
        actor: ActorId,
        actor_args: &[Ty],
        variant: VariantIdx,
        given: &mut [ast::Arg],
        span: Span,
    ) -> Option<Vec<Expr>> {
        let decl = self.ck.actor(actor);
        let skip = if variant.0 < decl.n_constructors as u32 { 1 } else { 2 };
        let (adt, fn_) = (decl.message, decl.messages[variant].fn_);
        let n = self.written_params(fn_, skip);
        let tys: TyRow = self.ck.program.fns[fn_].params.iter().skip(skip).take(n).map(|p| p.ty).collect();
        let params: SmallVec<[(Ty, ParamMode); 6]> =
            tys.into_iter().map(|ty| (self.instantiate(ty, actor_args, span), ParamMode::Value)).collect();
        self.has_errors |= params.iter().any(|p| self.ck.program.types.flags(p.0).has_error);
        if params.len() != given.len() {
            self.report_payload_count(actor, variant, skip, n, given.len(), span);
            self.check_loose(given);
            return None;
        }
        let info = crate::check::args::CalleeInfo { fn_: None, variant: Some((adt, variant)), span };
        let values = self.check_args(&params, None, given, info);
        if values.len() != params.len() {
            self.has_errors = true;
            return None;
        }
        // What the declaration says has been looked at; what the actor's type arguments make of it has not.
        for value in values.iter().filter(|_| !actor_args.is_empty()) {
            let ty = self.resolve_now(value.expr.ty);
            self.has_errors |= self.ck.report_unsendable(ty, value.expr.span);
        }
        Some(values.into_iter().zip(params).map(|(arg, (ty, _))| Expr { ty, ..arg.expr }).collect())
    }

    fn report_payload_count(
        &mut self,
        actor: ActorId,
        variant: VariantIdx,
        skip: usize,
        want: usize,
        given: usize,
        span: Span,
    ) {
        let decl = self.ck.actor(actor);
        let message = &decl.messages[variant];
        let (fn_, declared, actor_span) = (message.fn_, message.span, self.ck.program.adts[decl.adt].span);
        let own = self.ck.program.name(message.name);
        let of = self.ck.program.name(decl.name);
        let text = match (skip, own) {
            (1, "new") => of.to_string(),
            (1, _) => format!("{of}.{own}"),
            _ => own.to_string(),
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
        } else if declared == actor_span {
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

    /// The message as a value of the hidden enum.
    pub(super) fn message_value(&mut self, letter: Letter, reply: Option<Expr>) -> Expr {
        let adt = self.ck.actor(letter.actor).message;
        let ty = self.ck.actor_part(adt, &letter.args);
        let fields: Vec<Option<Expr>> = letter.values.into_iter().chain(reply).map(Some).collect();
        let order = (0..fields.len() as u32).collect();
        let kind = ExprKind::Adt { variant: letter.variant, fields, order, base: None };
        Expr { kind, ty, span: letter.span }
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

    fn report_not_a_message(&mut self, actor: ActorId, message: &mut ast::Expr) {
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
        let list = self.list_messages(actor);
        self.report(if list.is_empty() { diag } else { diag.note(list) });
    }

    fn report_message_variable(&mut self, actor: ActorId, name: Ident) {
        let text = self.ck.program.name(name.name);
        let message = format!("expected a message, found the variable `{text}`");
        let diag = Diagnostic::error(codes::MESSAGE_AS_VALUE, name.span, message).note(
            "a message is not a value: it is written where it is sent, or in a closure, `|| send(a, M)`",
        );
        let list = self.list_messages(actor);
        self.report(if list.is_empty() { diag } else { diag.note(list) });
    }

    fn report_unknown_message(&mut self, actor: ActorId, name: Ident) {
        self.has_errors = true;
        let text = self.ck.program.name(name.name).to_string();
        if text.is_empty() {
            return;
        }
        let decl = self.ck.actor(actor);
        let of = self.ck.program.name(decl.name).to_string();
        let is_private = decl.helper(name.name).is_some() || decl.state_index(name.name).is_some();
        let is_constructor = decl.constructors().any(|(_, m)| m.name == name.name);
        let names: Vec<Symbol> = decl.handlers().map(|(_, m)| m.name).collect();
        let message = format!("`{of}` has no message `{text}`");
        let diag = Diagnostic::error(codes::UNKNOWN_MESSAGE, name.span, message);
        self.report(if is_private {
            diag.note("only messages are reachable from outside, never states or functions")
        } else if is_constructor {
            diag.note(format!("a constructor runs once, when the actor starts: `spawn {of}(…)`"))
        } else if let Some(found) = suggest::closest(&self.ck.program.interner, &text, names) {
            diag.fix_likely(format!("did you mean `{found}`?"), name.span, found)
        } else {
            match self.list_messages(actor) {
                list if list.is_empty() => diag.note("it has no messages at all"),
                list => diag.note(list),
            }
        });
    }

    fn list_messages(&self, actor: ActorId) -> String {
        let names: Vec<String> = self
            .ck
            .actor(actor)
            .handlers()
            .take(8)
            .map(|(_, m)| format!("`{}`", self.ck.program.name(m.name)))
            .collect();
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
