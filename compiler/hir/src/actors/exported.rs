//! `export actor Counter`: a function for each constructor and each message, which JavaScript calls. What is exported as `Counter.Add` is
//! `fn (actor: Counter, n: Int) { send(actor, Add(n)) }`; a message with a reply is asked, by `try ask`.

use super::collect::fn_decl;
use super::{ActorId, ReplyKind};
use crate::checker::Checker;
use crate::codes;
use crate::program::*;
use crate::record::Target;
use crate::scope::{Def, Ns};
use crate::ty::Ty;
use syntax::ast::{self, ExprKind, FnBody, Ident};
use syntax::{Diagnostic, Span, Symbol, sym};

/// Messages whose methods the class in JavaScript has itself, or which would make a promise of its instances; runtime-wasm/test/names.test.mjs
/// compares these lists with the class.
const TAKEN_METHODS: &[&str] = &["Constructor", "Free", "Then"];
/// Constructors that a class cannot have as static methods.
const TAKEN_STATICS: &[&str] = &["prototype"];
/// The constructor without a name.
const NEW: &str = "new";

impl Checker {
    /// Makes the functions of all actors that are exported. Their signatures are known by now.
    pub(crate) fn export_actors(&mut self) {
        for (module, name) in std::mem::take(&mut self.decls.actors.exports) {
            let Some(actor) = self.exported_actor(module, name) else { continue };
            self.program.exported_actors.push(self.actor(actor).adt);
            // No function has the name of the class.
            let text = self.program.name(name.name).to_string();
            self.decls.exports.insert(text, name.span);
            let messages: Vec<VariantIdx> = self.actor(actor).messages.indices().collect();
            for variant in messages {
                self.export_message(actor, variant);
            }
        }
    }

    fn exported_actor(&mut self, module: ModuleId, name: Ident) -> Option<ActorId> {
        let entry = self.lookup(module, name.name, Ns::Type);
        let Some(Def::Adt(adt)) = entry.map(|e| e.def) else {
            let text = self.program.name(name.name);
            let message = format!("there is no actor `{text}` here");
            self.report(Diagnostic::error(codes::UNKNOWN_NAME, name.span, message));
            return None;
        };
        let Some(actor) = self.decls.actors.by_adt.get(&adt).copied() else {
            let text = self.program.name(name.name);
            let message = format!("`{text}` is no actor");
            let diag = Diagnostic::error(codes::NOT_AN_ACTOR, name.span, message);
            self.report(diag.note("functions are exported where they are declared: `export fn`"));
            return None;
        };
        self.note(name.span, Target::Adt(adt));
        if !self.is_web() {
            let diag = Diagnostic::error(
                codes::EXTERN_OF_ANOTHER_TARGET,
                name.span,
                "this target has no JavaScript to export actors to",
            );
            self.report(diag.note("`--target wasm32-web` and `wasm64-web` have; `@target(web)` leaves out what only they can have"));
            return None;
        }
        if self.program.exported_actors.contains(&adt) {
            let message = "the actor is exported already";
            self.report(Diagnostic::error(codes::DUPLICATE_NAME, name.span, message));
            return None;
        }
        if let Some(param) = self.program.adts[adt].generics.params.first() {
            let message = "an actor with type parameters cannot be exported";
            let diag = Diagnostic::error(codes::BAD_HOST_TYPE, name.span, message);
            self.report(diag.also(param.span, "JavaScript cannot say what this is"));
            return None;
        }
        Some(actor)
    }

    fn export_message(&mut self, actor: ActorId, variant: VariantIdx) {
        let decl = self.actor(actor);
        let (owner, adt, module) = (decl.name, decl.adt, decl.module);
        let is_constructor = (variant.0 as usize) < decl.n_constructors;
        let message = &decl.messages[variant];
        let (name, handler, reply) = (message.name, message.fn_, message.reply);
        let span = self.program.fns[handler].span;
        if let Some(diag) = self.unexportable(name, reply, is_constructor, span) {
            return self.report(diag);
        }
        let own = self.lang_adt_ty(Some(adt), &[]);
        let mut params = self.crossing_params(handler, reply, is_constructor);
        let names: Vec<Symbol> = params.iter().map(|p| p.name).collect();
        let export = self.export_name(owner, name, is_constructor);
        if is_constructor {
            let form = spawn(owner, name, self.program.name(name) == NEW, &names, span);
            return self.add_exported_fn(module, export, params, own, form, span);
        }
        let target = self.program.interner.intern("the actor");
        params.insert(0, Param { name: target, ty: own, mode: ParamMode::Value, span });
        let ret = self.exported_reply(actor, variant, span);
        let form = match reply {
            ReplyKind::Never => send(target, name, &names, span),
            _ => try_ask(target, name, &names, span),
        };
        self.add_exported_fn(module, export, params, ret, form, span);
    }

    /// What keeps a message from being a method of the class in JavaScript.
    fn unexportable(
        &self,
        name: Symbol,
        reply: ReplyKind,
        is_constructor: bool,
        span: Span,
    ) -> Option<Diagnostic> {
        let text = self.program.name(name);
        let taken = if is_constructor { TAKEN_STATICS } else { TAKEN_METHODS };
        if taken.contains(&text) {
            let what = if is_constructor { "constructor" } else { "message" };
            let message = format!("a {what} of an exported actor cannot be called `{text}`");
            let diag = Diagnostic::error(codes::BAD_HOST_TYPE, span, message);
            return Some(diag.note("the class in JavaScript has something of this name of its own"));
        }
        if reply == ReplyKind::Inferred {
            let message = "a message of an exported actor needs the type of its reply written";
            let diag = Diagnostic::error(codes::BAD_HOST_TYPE, span, message);
            return Some(diag.note("write `-> T` behind the message"));
        }
        None
    }

    /// By what name the loader finds the function for a message.
    fn export_name(&self, owner: Symbol, name: Symbol, is_constructor: bool) -> String {
        let (owner, name) = (self.program.name(owner), self.program.name(name));
        match (is_constructor, name) {
            (true, NEW) => format!("{owner}.{NEW}"),
            (true, _) => format!("{owner}.{NEW}.{name}"),
            (false, _) => format!("{owner}.{name}"),
        }
    }

    /// The parameters of a message that are written.
    fn crossing_params(&mut self, handler: FnId, reply: ReplyKind, is_constructor: bool) -> Vec<Param> {
        let params = &self.program.fns[handler].params;
        // The reference, and of a handler the states; last a reply, where the body answers.
        let first = if is_constructor { 1 } else { 2 };
        let last = params.len() - usize::from(reply == ReplyKind::ByCall);
        let own: Vec<Param> = params[first.min(last)..last]
            .iter()
            .map(|p| Param { name: p.name, ty: p.ty, mode: p.mode, span: p.span })
            .collect();
        own.into_iter().enumerate().map(|(i, param)| self.named(param, i)).collect()
    }

    /// A parameter that is a pattern gets a name that nothing else can have.
    fn named(&mut self, param: Param, index: usize) -> Param {
        match param.name == sym::empty {
            true => {
                Param { name: self.program.interner.intern(&format!("parameter {}", index + 1)), ..param }
            }
            false => param,
        }
    }

    /// `Result<T, AskError>` for a message with a reply of type `T`.
    fn exported_reply(&mut self, actor: ActorId, variant: VariantIdx, span: Span) -> Ty {
        match self.reply_ty(actor, variant, span) {
            Some(reply) => {
                let error = self.runtime_ty("AskError", &[]);
                self.lang_adt_ty(self.known.result, &[reply, error])
            }
            None => Ty::UNIT,
        }
    }

    fn add_exported_fn(
        &mut self,
        module: ModuleId,
        export: String,
        params: Vec<Param>,
        ret: Ty,
        body: ast::Expr,
        span: Span,
    ) {
        let written = params.iter().map(|p| ast_param(Ident { name: p.name, span: p.span })).collect();
        let name = Ident { name: self.program.interner.intern(&export), span };
        let body = Some(FnBody::Expr(Box::new(body)));
        let decl = fn_decl(name, written, None, body, span);
        let id = self.add_hidden_fn(module, export.clone(), Container::Module, span, Some(decl));
        let function = &mut self.program.fns[id];
        function.params = params;
        function.ret = ret;
        function.export = Some(export);
        self.decls.actors.exported_fns.push(id);
    }
}

/// A parameter whose type is known from elsewhere.
fn ast_param(name: Ident) -> ast::Param {
    let span = name.span;
    let pat = ast::Pat { kind: ast::PatKind::Binding { name, is_mut: false, sub: None }, span };
    let ty = ast::Type { kind: ast::TypeKind::Infer, span };
    ast::Param { kind: ast::ParamKind::Normal { pat, ty }, is_mut: false, span }
}

fn name_expr(name: Symbol, span: Span) -> ast::Expr {
    ast::Expr { kind: ExprKind::Name { ident: Ident { name, span }, args: None }, span }
}

fn arguments(names: &[Symbol], span: Span) -> Vec<ast::Arg> {
    names.iter().map(|name| ast::Arg { mut_span: None, expr: name_expr(*name, span) }).collect()
}

fn message(name: Symbol, names: &[Symbol], span: Span) -> Box<ast::Expr> {
    let callee = Box::new(name_expr(name, span));
    Box::new(match names {
        [] => *callee,
        _ => ast::Expr { kind: ExprKind::Call { callee, args: arguments(names, span) }, span },
    })
}

fn spawn(actor: Symbol, name: Symbol, is_new: bool, names: &[Symbol], span: Span) -> ast::Expr {
    let base = name_expr(actor, span);
    let ctor = match is_new {
        true => base,
        false => {
            let (base, name) = (Box::new(base), Ident { name, span });
            ast::Expr { kind: ExprKind::Field { base, name, args: None }, span }
        }
    };
    ast::Expr { kind: ExprKind::Spawn { ctor: Box::new(ctor), args: arguments(names, span) }, span }
}

fn send(target: Symbol, name: Symbol, names: &[Symbol], span: Span) -> ast::Expr {
    let target = Box::new(name_expr(target, span));
    ast::Expr { kind: ExprKind::Send { target, message: message(name, names, span) }, span }
}

fn try_ask(target: Symbol, name: Symbol, names: &[Symbol], span: Span) -> ast::Expr {
    let target = Box::new(name_expr(target, span));
    let message = message(name, names, span);
    ast::Expr { kind: ExprKind::Ask { target, message, timeout: None, is_try: true }, span }
}
