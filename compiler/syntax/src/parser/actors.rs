//! Actors: states, constructors, handlers, helpers.

use super::Parser;
use super::items::Place;
use crate::ast::*;
use crate::codes;
use crate::diag::Diagnostic;
use crate::token::T;

impl Parser<'_> {
    pub(super) fn actor_item(&mut self) -> ItemKind {
        self.bump();
        let name = self.name_or_missing("an actor");
        let mut generics = self.generics();
        let mut traits = Vec::new();
        if self.eat(T::Colon) {
            traits.push(self.ty());
            while self.eat(T::Comma) || self.eat(T::Plus) {
                traits.push(self.ty());
            }
        }
        self.where_clauses(&mut generics);
        let mut actor = ActorDecl {
            name,
            generics,
            traits,
            states: Vec::new(),
            constructors: Vec::new(),
            handlers: Vec::new(),
            items: Vec::new(),
        };
        self.members(|p| p.actor_member(&mut actor));
        ItemKind::Actor(Box::new(actor))
    }

    fn actor_member(&mut self, actor: &mut ActorDecl) {
        let named = self.nth(1).is_name() && !self.nth_tok(1).nl;
        if self.at(T::KwState) && (named || self.nth(1) == T::LBrace) {
            self.states(&mut actor.states);
        } else if self.at(T::KwNew) && (named || self.nth(1) == T::LParen) {
            let constructor = self.constructor();
            actor.constructors.push(constructor);
        } else if self.at_member(T::KwOn) {
            let handler = self.handler();
            actor.handlers.push(handler);
        } else if self.kind().is_name() && self.nth(1) == T::Colon {
            let span = self.span();
            let diag =
                Diagnostic::error(codes::EXPECTED_ITEM, span, "the states of an actor are marked `state`");
            self.fault(diag.fix_likely("write `state`", span.before(), "state "));
            actor.states.extend(self.state());
        } else {
            let item = self.item_at(Place::Members);
            actor.items.push(item);
        }
    }

    /// `state count: Int = 0`, or several in braces.
    fn states(&mut self, states: &mut Vec<StateDecl>) {
        let start = self.bump().span();
        if !self.at(T::LBrace) {
            states.extend(self.state());
            if let Some(last) = states.last_mut() {
                last.span = start.to(last.span);
            }
            return;
        }
        let open = self.bump().span();
        self.nested(true, |p| {
            p.separated_lines(open, |p| {
                let state = p.state();
                states.extend(state);
            })
        });
    }

    fn state(&mut self) -> Option<StateDecl> {
        let start = self.span();
        let name = self.name("a state")?;
        let ty = self.ty_annotation("this state");
        let init = self.eat(T::Eq).then(|| self.expr());
        Some(StateDecl { name, ty, init, span: self.since(start) })
    }

    /// `new(…) { … }`, `new named(…) { … }`; without a name of its own it is called `new`.
    fn constructor(&mut self) -> FnDecl {
        let start = self.span();
        let keyword = self.bump_ident();
        let name = if self.kind().is_name() { self.bump_ident() } else { keyword };
        self.fn_rest(name, start)
    }

    /// `on Message(params) -> T { … }`, with its attributes and docs.
    pub(super) fn handler(&mut self) -> HandlerDecl {
        let start = self.span();
        let mut docs = self.docs();
        let attrs = self.attributes();
        if docs.is_none() && !attrs.is_empty() {
            docs = self.docs();
        }
        self.bump();
        let name = self.name_or_missing("a message");
        let start_faults = self.faults;
        let params = if self.at(T::LParen) { self.params() } else { Vec::new() };
        let mut ret = self.ret_type();
        let faults = self.faults;
        let body = self.fn_body();
        if body.is_none() && self.faults == faults && matches!(self.kind(), T::KwWhere) {
            self.expected(codes::UNEXPECTED_TOKEN, "the body of the handler");
        }
        let is_faulty = faults > start_faults || body.is_none() && self.faults > faults;
        self.unread_result(&mut ret, is_faulty);
        HandlerDecl { attrs, docs, name, params, ret, body, span: self.since(start) }
    }
}
