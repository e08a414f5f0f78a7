//! An `actor` and its members become entries of the program's tables.

use super::{Actor, ActorFn, ActorId, ActorRole, ActorSource, Message, ReplyKind, StateVar};
use crate::checker::Checker;
use crate::codes;
use crate::collect::{AdtDecl, member_path};
use crate::program::*;
use crate::scope::Def;
use crate::ty::Ty;
use entity::{Idx, IndexVec};
use syntax::ast::{self, FnBody, Ident, ItemKind, ParamKind, PatKind};
use syntax::{Diagnostic, Span, Symbol, sym};

impl Checker {
    pub(crate) fn collect_actor(
        &mut self,
        module: ModuleId,
        decl: ast::ActorDecl,
        attrs: &[ast::Attribute],
        docs: Option<String>,
        is_pub: bool,
    ) {
        let (bound, is_reentrant) = self.actor_attrs(attrs);
        self.program.has_actors = true;
        let name = decl.name;
        let id = ActorId::new(self.decls.actors.all.len());
        let text = self.program.name(name.name).to_string();
        let [adt, state, message] = self.add_actor_types(module, id, name, &text, docs, is_pub);
        self.declare_item(module, name, Def::Adt(adt), is_pub);
        self.decls.actors.by_adt.insert(adt, id);
        let impl_ = self.add_hidden_impl(module, name.span);
        let own = Container::Impl(impl_);
        let dispatch = self.add_hidden_fn(module, member_path(&text, "dispatch"), own, name.span, None);
        self.decls.actors.fns.insert(dispatch, ActorFn { actor: id, role: ActorRole::Dispatch });
        let mut actor = Actor {
            name: name.name,
            module,
            adt,
            state,
            message,
            impl_,
            dispatch,
            states: Vec::new(),
            messages: IndexVec::new(),
            n_constructors: 0,
            helpers: Vec::new(),
            bound,
            is_reentrant,
            reentrant_test: None,
            traits: Vec::new(),
            source: ActorSource { generics: decl.generics, states: Vec::new(), traits: decl.traits },
        };
        self.collect_states(&mut actor, id, &text, decl.states);
        self.collect_constructors(&mut actor, id, &text, decl.constructors, name.span);
        for handler in decl.handlers {
            self.collect_handler(&mut actor, id, &text, handler);
        }
        for item in decl.items {
            self.collect_helper(&mut actor, id, &text, item);
        }
        self.fill_hidden_types(&actor);
        self.decls.actors.all.push(actor);
    }

    fn actor_attrs(&mut self, attrs: &[ast::Attribute]) -> (Option<super::Bound>, bool) {
        let (mut bound, mut is_reentrant) = (None, false);
        for attr in attrs {
            match self.program.name(attr.name.name) {
                "mailbox" => bound = self.mailbox_bound(attr),
                "reentrant" => is_reentrant = true,
                _ => {}
            }
        }
        (bound, is_reentrant)
    }

    // ------------------------------------------------------------ tables

    fn add_actor_types(
        &mut self,
        module: ModuleId,
        id: ActorId,
        name: Ident,
        text: &str,
        docs: Option<String>,
        is_pub: bool,
    ) -> [AdtId; 3] {
        let mut docs = Some(docs);
        let rows = [
            (text.to_string(), AdtDecl::ActorRef(id), VariantShape::Tuple),
            (member_path(text, "State"), AdtDecl::ActorPart(id), VariantShape::Named),
            (member_path(text, "Message"), AdtDecl::ActorPart(id), VariantShape::Tuple),
        ];
        let mut n = 0;
        rows.map(|(text, decl, shape)| {
            n += 1;
            let own = self.program.interner.intern(&text);
            let variant = Variant { name: own, fields: Vec::new(), shape, span: name.span };
            let is_enum = n == 3;
            let variants = if is_enum { IndexVec::new() } else { IndexVec::from_raw(vec![variant]) };
            self.decls.adts.push(Some(decl));
            self.program.adts.push(Adt {
                name: own,
                module,
                generics: Generics::default(),
                is_enum,
                is_iso: false,
                is_pub,
                variants,
                drop_fn: None,
                docs: docs.take().flatten(),
                span: name.span,
            })
        })
    }

    /// A function that nobody has declared as one.
    pub(super) fn add_hidden_fn(
        &mut self,
        module: ModuleId,
        path: String,
        container: Container,
        span: Span,
        decl: Option<Box<ast::FnDecl>>,
    ) -> FnId {
        let name = self.program.interner.intern(path.rsplit('.').next().unwrap_or_default());
        self.decls.fns.push(decl);
        self.program.fns.push(Function {
            name,
            path,
            module,
            container,
            generics: Generics::default(),
            params: Vec::new(),
            has_self: false,
            ret: Ty::UNIT,
            kind: FnKind::Body,
            inline: Inline::Auto,
            is_pub: false,
            generator: None,
            is_async: false,
            track_caller: false,
            export: None,
            docs: None,
            span,
        })
    }

    /// The names of states and messages; their types come later.
    fn fill_hidden_types(&mut self, actor: &Actor) {
        let fields =
            actor.states.iter().map(|s| Field { name: s.name, ty: Ty::ERROR, is_pub: false, span: s.span });
        self.program.adts[actor.state].variants[VariantIdx(0)].fields = fields.collect();
        let variants = actor.messages.iter().map(|m| Variant {
            name: m.name,
            fields: Vec::new(),
            shape: VariantShape::Tuple,
            span: m.span,
        });
        self.program.adts[actor.message].variants = variants.collect();
    }

    // ------------------------------------------------------------ members

    fn collect_states(&mut self, actor: &mut Actor, id: ActorId, owner: &str, states: Vec<ast::StateDecl>) {
        for state in states {
            let ast::StateDecl { name, ty, init, .. } = state;
            if let Some(first) = actor.states.iter().find(|s| s.name == name.name).map(|s| s.span) {
                self.report_member_twice("state", name, first);
                continue;
            }
            let init = init.map(|value| {
                let path = member_path(owner, self.program.name(name.name));
                let decl = fn_decl(name, Vec::new(), None, Some(FnBody::Expr(Box::new(value))), name.span);
                let fn_ = self.add_hidden_fn(
                    actor.module,
                    path,
                    Container::Impl(actor.impl_),
                    name.span,
                    Some(decl),
                );
                let role = ActorRole::StateInit(actor.states.len());
                self.decls.actors.fns.insert(fn_, ActorFn { actor: id, role });
                fn_
            });
            actor.states.push(StateVar { name: name.name, span: name.span, init });
            actor.source.states.push(ty);
        }
    }

    fn collect_constructors(
        &mut self,
        actor: &mut Actor,
        id: ActorId,
        owner: &str,
        mut constructors: Vec<ast::FnDecl>,
        span: Span,
    ) {
        if constructors.is_empty() {
            let is_complete = self.report_states_without_value(actor);
            let name = Ident { name: self.program.interner.intern("new"), span };
            let block = ast::Block { stmts: Vec::new(), tail: None, span };
            let body = is_complete.then_some(FnBody::Block(block));
            constructors.push(*fn_decl(name, Vec::new(), None, body, span));
        }
        for decl in constructors {
            let name = decl.name;
            if let Some(ret) = &decl.ret {
                let message = "a constructor has no result: it sets the states";
                let diag = Diagnostic::error(syntax::codes::WRONG_FORM, ret.span, message);
                self.report(diag.note("`spawn` gives the reference to the actor"));
            }
            self.check_message_params(&decl.params, "constructor");
            let path = member_path(owner, self.program.name(name.name));
            self.add_message(actor, id, name, path, Box::new(decl), ReplyKind::Never, "constructor");
        }
        actor.n_constructors = actor.messages.len();
    }

    /// Whether all states have an initial value, where no constructor sets them.
    fn report_states_without_value(&mut self, actor: &Actor) -> bool {
        let Some(state) = actor.states.iter().find(|s| s.init.is_none()) else { return true };
        let text = self.program.name(state.name);
        let message = format!("nothing gives the state `{text}` a value");
        let diag = Diagnostic::error(codes::UNSET_STATE, state.span, message);
        self.report(diag.note(format!(
            "write an initial value, `= …`, or a constructor: `new({text}: …) {{ self.{text} = {text} }}`"
        )));
        false
    }

    fn collect_handler(&mut self, actor: &mut Actor, id: ActorId, owner: &str, handler: ast::HandlerDecl) {
        let ast::HandlerDecl { attrs, docs: _, name, params, ret, body, span } = handler;
        let is_reentrant = self.handler_attrs(&attrs) || actor.is_reentrant;
        self.check_message_params(&params, "message");
        let body = body.map(|body| self.parse_if_replying(body));
        if body.is_none() && name.name != sym::empty {
            let text = self.program.name(name.name);
            let message = format!("the handler of `{text}` has no body");
            self.report(Diagnostic::error(codes::MISSING_BODY, name.span, message));
        }
        let replies = body.as_ref().is_some_and(|body| self.replies_by_call(body));
        self.program.defers_replies |= body.as_ref().is_some_and(|body| self.defers_reply(body));
        let reply = match (&ret, replies) {
            (None, false) => ReplyKind::Never,
            (None, true) => ReplyKind::Inferred,
            (Some(_), false) => ReplyKind::ByResult,
            (Some(_), true) => ReplyKind::ByCall,
        };
        let decl = fn_decl(name, params, ret, body, span);
        let path = member_path(owner, self.program.name(name.name));
        let known = actor.messages.len();
        self.add_message(actor, id, name, path, decl, reply, "message");
        let added = actor.messages.as_slice().get(known).map(|m| m.fn_);
        if let Some(fn_) = added.filter(|_| is_reentrant) {
            self.program.reentrant.insert(fn_);
            self.add_reentrant_test(actor, id, owner);
        }
    }

    fn add_reentrant_test(&mut self, actor: &mut Actor, id: ActorId, owner: &str) {
        if actor.reentrant_test.is_some() {
            return;
        }
        let own = Container::Impl(actor.impl_);
        let span = self.program.fns[actor.dispatch].span;
        let fn_ = self.add_hidden_fn(actor.module, member_path(owner, "is_reentrant"), own, span, None);
        self.decls.actors.glue.insert(fn_, super::Glue::IsReentrant(id));
        actor.reentrant_test = Some(fn_);
    }

    /// Whether they say `@reentrant`.
    fn handler_attrs(&mut self, attrs: &[ast::Attribute]) -> bool {
        let mut is_reentrant = false;
        for attr in attrs {
            match self.program.name(attr.name.name) {
                "reentrant" => is_reentrant = true,
                _ => self.refuse_attr(attr, "a handler"),
            }
        }
        is_reentrant
    }

    /// Values of messages travel: nothing is handed back.
    pub(super) fn check_message_params(&mut self, params: &[ast::Param], of: &str) {
        for param in params {
            let is_self = matches!(param.kind, ParamKind::SelfParam);
            let is_mut = param.is_mut
                || matches!(&param.kind, ParamKind::Normal { pat, .. }
                    if matches!(pat.kind, PatKind::Binding { is_mut: true, .. }));
            let (message, note) = match (is_self, is_mut) {
                (true, _) => (
                    format!("a {of} lists only the values that it carries"),
                    "`self` and the states are known in the body",
                ),
                (false, true) => (
                    format!("the values of a {of} cannot be `mut`: they are not handed back"),
                    "`let mut x = x` in the body makes a copy that can be changed",
                ),
                _ => continue,
            };
            self.report(Diagnostic::error(syntax::codes::WRONG_FORM, param.span, message).note(note));
        }
    }

    fn add_message(
        &mut self,
        actor: &mut Actor,
        id: ActorId,
        name: Ident,
        path: String,
        mut decl: Box<ast::FnDecl>,
        reply: ReplyKind,
        what: &str,
    ) {
        let known = |m: &&Message| m.name == name.name && name.name != sym::empty;
        if let Some(first) = actor.messages.iter().find(known).map(|m| m.span) {
            return self.report_member_twice(what, name, first);
        }
        decl.params.retain(|p| !matches!(p.kind, ParamKind::SelfParam));
        let own = Container::Impl(actor.impl_);
        let fn_ = self.add_hidden_fn(actor.module, path, own, name.span, Some(decl));
        let variant = VariantIdx::new(actor.messages.len());
        let role = match what {
            "constructor" => ActorRole::Constructor(variant),
            _ => ActorRole::Handler(variant),
        };
        self.decls.actors.fns.insert(fn_, ActorFn { actor: id, role });
        actor.messages.push(Message { name: name.name, span: name.span, fn_, reply });
    }

    fn collect_helper(&mut self, actor: &mut Actor, id: ActorId, owner: &str, item: ast::Item) {
        if !self.is_for_target(&item.attrs) {
            return;
        }
        let ItemKind::Fn(decl) = item.kind else {
            if !matches!(item.kind, ItemKind::Error) {
                let message = "an actor holds states, constructors, handlers and functions";
                self.report(Diagnostic::error(codes::MISPLACED_ITEM, item.span, message));
            }
            return;
        };
        if let Some(vis) = item.vis {
            let message = "a function of an actor is never public: only messages are reachable from outside";
            let diag = Diagnostic::warning(codes::UNNEEDED_PUB, vis, message);
            let behind = self.map.text(Span::new(vis.hi, vis.hi + 1));
            let whole = Span::new(vis.lo, vis.hi + u32::from(behind == " "));
            self.report(diag.fix("remove it", whole, ""));
        }
        let name = decl.name;
        let has_self = matches!(decl.params.first().map(|p| &p.kind), Some(ParamKind::SelfParam));
        let container = Container::Impl(actor.impl_);
        let fn_ = self.collect_fn(actor.module, decl, item.attrs, item.docs, false, container, Some(owner));
        let Some(fn_) = fn_ else { return };
        self.program.fns[fn_].has_self = false;
        self.decls.actors.fns.insert(fn_, ActorFn { actor: id, role: ActorRole::Helper { has_self } });
        let first = match actor.helper(name.name) {
            Some(first) => Some(self.program.fns[first].span),
            None => actor.states.iter().find(|s| s.name == name.name).map(|s| s.span),
        };
        match first {
            Some(first) => self.report_member_twice("function", name, first),
            None => actor.helpers.push((name.name, fn_)),
        }
    }

    pub(super) fn report_member_twice(&mut self, what: &str, name: Ident, first: Span) {
        let text = self.program.name(name.name);
        let message = match what {
            "constructor" if text == "new" => "two constructors have no name of their own".to_string(),
            "function" => format!("two members of the actor are called `{text}`"),
            _ => format!("the {what} `{text}` is declared twice"),
        };
        let diag = Diagnostic::error(codes::DUPLICATE_NAME, name.span, message)
            .label("declared again here")
            .also(first, "first declared here");
        self.report(match what {
            "constructor" if text == "new" => {
                diag.note("`new named(…)` gives one a name: `spawn Actor.named(…)`")
            }
            _ => diag,
        });
    }

    // ------------------------------------------------------------ the entry

    /// A program has one entry.
    pub(crate) fn check_second_main(&mut self, main: FnId) {
        let Some(actor) = self.actor_called_main() else { return };
        let span = self.program.adts[self.actor(actor).adt].span;
        let diag = Diagnostic::error(
            codes::BAD_MAIN,
            span,
            "both `fn main` and `actor Main` would start the program",
        )
        .also(self.program.fns[main].span, "the other is here")
        .note("give the actor another name");
        self.report(diag);
    }

    fn actor_called_main(&self) -> Option<ActorId> {
        let name = self.program.interner.get("Main")?;
        let entry = self.scopes[self.root].names.get(&name)?.get(crate::scope::Ns::Type)?;
        match entry.def {
            Def::Adt(adt) if entry.import.is_none() => self.decls.actors.by_adt.get(&adt).copied(),
            _ => None,
        }
    }

    /// `actor Main` with a `new` that takes nothing: the function that spawns it, where there is no `fn main`.
    pub(crate) fn main_of_actor(&mut self) -> Option<FnId> {
        let actor = self.actor(self.actor_called_main()?);
        let (module, name, adt) = (actor.module, actor.name, actor.adt);
        let span = self.program.adts[adt].span;
        let new: Option<Symbol> = self.program.interner.get("new");
        let constructor = actor.constructors().find(|(_, m)| Some(m.name) == new).map(|(_, m)| m.fn_);
        let n_params = constructor.map(|fn_| self.program.fns[fn_].params.len());
        let is_generic = !self.program.adts[adt].generics.params.is_empty();
        if n_params != Some(1) || is_generic {
            let message = "`actor Main` starts the program, so it needs a `new` that takes nothing";
            let at = constructor.map_or(span, |fn_| self.program.fns[fn_].span);
            let diag = Diagnostic::error(codes::BAD_MAIN, at, message);
            self.report(diag.note("write `new() { … }`, or a `fn main` that spawns the actor"));
            return None;
        }
        let spawn = ast::ExprKind::Spawn {
            ctor: Box::new(ast::Expr {
                kind: ast::ExprKind::Name { ident: Ident { name, span }, args: None },
                span,
            }),
            args: Vec::new(),
        };
        let stmt = ast::Stmt { kind: ast::StmtKind::Expr(ast::Expr { kind: spawn, span }), span };
        let body = FnBody::Block(ast::Block { stmts: vec![stmt], tail: None, span });
        let main = Ident { name: sym::main, span };
        let decl = fn_decl(main, Vec::new(), None, Some(body), span);
        Some(self.add_hidden_fn(module, "main".to_string(), Container::Module, span, Some(decl)))
    }
}

pub(super) fn fn_decl(
    name: Ident,
    params: Vec<ast::Param>,
    ret: Option<ast::Type>,
    body: Option<FnBody>,
    span: Span,
) -> Box<ast::FnDecl> {
    Box::new(ast::FnDecl {
        name,
        generics: ast::Generics::default(),
        params,
        ret,
        body,
        is_async: false,
        is_export: false,
        is_unsafe: false,
        sig_span: span,
    })
}
