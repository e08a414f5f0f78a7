//! Actors as declarations. An `actor` becomes what later phases know already: three types and some functions.
//!
//! The reference is a struct around the library's `ActorRef`; it has the actor's name. The states are a hidden struct,
//! the messages a hidden enum with a variant for each constructor and then for each handler. Constructors, handlers
//! and helpers are functions that get the reference and the states first; they are in no table of methods, because
//! only bodies of the actor call them. `dispatch.rs` makes the function that runs a message.

mod collect;
mod dispatch;
mod replies;
mod sendable;
mod signatures;

use crate::checker::Checker;
use crate::program::{AdtId, FnId, ImplId, ModuleId, VariantIdx};
use crate::ty::{Ty, TyKind};
use entity::{IndexVec, entity};
use rustc_hash::FxHashMap;
pub(crate) use sendable::Bound;
use syntax::ast;
use syntax::{Span, Symbol};

entity! {
    pub struct ActorId = "actor";
}

#[derive(Default)]
pub(crate) struct Actors {
    pub all: IndexVec<ActorId, Actor>,
    pub by_adt: FxHashMap<AdtId, ActorId>,
    pub fns: FxHashMap<FnId, ActorFn>,
}

pub(crate) struct Actor {
    pub name: Symbol,
    pub module: ModuleId,
    /// The reference; the two types that nobody can name.
    pub adt: AdtId,
    pub state: AdtId,
    pub message: AdtId,
    /// What gives the functions their type parameters and `Self`.
    pub impl_: ImplId,
    pub dispatch: FnId,
    pub states: Vec<StateVar>,
    /// By variant of the enum of messages: the constructors, then the handlers.
    pub messages: IndexVec<VariantIdx, Message>,
    pub n_constructors: usize,
    pub helpers: Vec<(Symbol, FnId)>,
    pub source: ActorSource,
}

/// What was written, until signatures are resolved.
#[derive(Default)]
pub(crate) struct ActorSource {
    pub generics: ast::Generics,
    pub states: Vec<ast::Type>,
}

pub(crate) struct StateVar {
    pub name: Symbol,
    pub span: Span,
    /// The function that gives the initial value.
    pub init: Option<FnId>,
}

pub(crate) struct Message {
    pub name: Symbol,
    pub span: Span,
    /// The constructor or handler.
    pub fn_: FnId,
    pub reply: ReplyKind,
}

/// How a message is answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ReplyKind {
    Never,
    /// The result of the handler is the answer.
    ByResult,
    /// The handler gets the `Reply` and answers, or passes it on.
    ByCall,
    /// The same, and nobody has written the type of the answer: the body tells, when it has been checked.
    Inferred,
}

/// A function of an actor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ActorFn {
    pub actor: ActorId,
    pub role: ActorRole,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ActorRole {
    /// The number of its state.
    StateInit(usize),
    Constructor(VariantIdx),
    Handler(VariantIdx),
    /// With `self`, or without.
    Helper {
        has_self: bool,
    },
    Dispatch,
}

impl Actor {
    pub fn constructors(&self) -> impl Iterator<Item = (VariantIdx, &Message)> {
        self.messages.iter_enumerated().take(self.n_constructors)
    }

    pub fn handlers(&self) -> impl Iterator<Item = (VariantIdx, &Message)> {
        self.messages.iter_enumerated().skip(self.n_constructors)
    }

    pub fn handler(&self, name: Symbol) -> Option<VariantIdx> {
        self.handlers().find(|(_, m)| m.name == name).map(|(i, _)| i)
    }

    pub fn helper(&self, name: Symbol) -> Option<FnId> {
        self.helpers.iter().find(|h| h.0 == name).map(|h| h.1)
    }

    pub fn state_index(&self, name: Symbol) -> Option<usize> {
        self.states.iter().position(|s| s.name == name)
    }
}

impl Checker {
    pub(crate) fn actor(&self, id: ActorId) -> &Actor {
        &self.decls.actors.all[id]
    }

    pub(crate) fn actor_fn(&self, id: FnId) -> Option<ActorFn> {
        self.decls.actors.fns.get(&id).copied()
    }

    /// The actor that values of a type refer to.
    pub(crate) fn actor_of_ty(&self, ty: Ty) -> Option<ActorId> {
        let TyKind::Adt(adt, _) = self.program.types.kind(ty) else { return None };
        self.decls.actors.by_adt.get(adt).copied()
    }

    /// One of the three types of an actor, for the arguments of the reference.
    pub(crate) fn actor_part(&mut self, adt: AdtId, args: &[Ty]) -> Ty {
        self.program.types.intern_row(TyKind::Adt(adt, Box::new([])), args)
    }

    /// A type of the library's runtime with these arguments; the error type where the library has none.
    pub(crate) fn runtime_ty(&mut self, name: &str, args: &[Ty]) -> Ty {
        let adt = self.program.lang_adt(name);
        self.lang_adt_ty(adt, args)
    }
}
