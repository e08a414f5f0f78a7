//! Actors as declarations. An `actor` becomes what later phases know already: three types and some functions.
//!
//! The reference is a struct around the library's `ActorRef`; it has the actor's name. The states are a hidden struct,
//! the messages a hidden enum with a variant for each constructor and then for each handler. Constructors, handlers
//! and helpers are functions that get the reference and the states first; they are in no table of methods, because
//! only bodies of the actor call them. `dispatch.rs` makes the function that runs a message.

mod collect;
mod dispatch;
mod exported;
mod glue;
mod mailbox;
mod replies;
mod sendable;
mod signatures;
mod synth;
mod traits;

pub(crate) use mailbox::{Bound, Policy};
pub(crate) use traits::MessageTrait;

use crate::checker::Checker;
use crate::program::{AdtId, FnId, ImplId, ModuleId, TraitId, VariantIdx};
use crate::ty::{Ty, TyKind};
use entity::{IndexVec, entity};
use rustc_hash::FxHashMap;
pub(crate) use sendable::Unsendable;
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
    pub glue: FxHashMap<FnId, Glue>,
    /// What `export actor` names, and where.
    pub exports: Vec<(ModuleId, ast::Ident)>,
    /// The functions that were made for it.
    pub exported_fns: Vec<FnId>,
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
    pub bound: Option<Bound>,
    /// All handlers are reentrant.
    pub is_reentrant: bool,
    /// Tells which messages are for reentrant handlers, if any is.
    pub reentrant_test: Option<FnId>,
    /// The message traits that it implements.
    pub traits: Vec<traits::ActorTrait>,
    pub source: ActorSource,
}

/// What was written, until signatures are resolved.
#[derive(Default)]
pub(crate) struct ActorSource {
    pub generics: ast::Generics,
    pub states: Vec<ast::Type>,
    pub traits: Vec<ast::Type>,
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

/// A function between message traits and actors, of which there is no text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Glue {
    /// Puts a message of a trait into the actor's mailbox.
    Deliver(ActorId, VariantIdx),
    /// Tells who the actor is.
    Handle(ActorId),
    Show(ActorId),
    /// `==`, hashing and printing of a `dyn` of the trait.
    DynEq(TraitId),
    DynHash(TraitId),
    DynShow(TraitId),
    /// Whether a message is for a reentrant handler.
    IsReentrant(ActorId),
    /// Waits for room in the mailbox of some actor that implements the trait.
    Room(TraitId),
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

    /// Whether the library has more about the actor than its state, see `library/runtime/mailbox.gal`.
    pub fn is_managed(&self) -> bool {
        self.bound.is_some() || self.reentrant_test.is_some()
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
