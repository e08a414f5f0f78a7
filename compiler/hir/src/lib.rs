//! Syntax trees in, a typed program out.
//!
//! In: the user's root file and a [`ModuleSource`] for everything that it uses. Out: [`program::Program`], all
//! declarations with resolved names and types; [`body::Body`], typed bodies, each checked when first asked for; and
//! diagnostics. Lowering asks `resolve` what a method call on concrete types runs. Start reading at [`Checker`],
//! then `signatures.rs` for declarations and `check/mod.rs` for bodies.

mod actors;
mod async_fns;
mod attrs;
pub mod body;
mod builtin;
mod check;
mod checker;
pub mod codes;
mod coherence;
mod collect;
mod consts;
mod cycles;
mod dyn_safety;
mod env;
mod exhaustive;
mod flow;
mod generators;
mod impls;
mod import_errors;
mod imports;
mod infer;
mod iso_methods;
mod lang;
pub mod lending;
mod load;
mod names;
mod planned;
pub mod print;
pub mod program;
mod query;
pub mod record;
pub mod resolve;
mod scope;
mod signatures;
mod solve;
mod std_names;
mod suggest;
pub mod ty;
mod types;
mod unknown;
mod unread;
mod unused;
pub mod web_types;
mod wellformed;
mod witness;

pub use attrs::TARGETS;
pub use checker::{CheckOptions, Checker, ModuleSource, Package, SourceText};
pub use program::{BodyOwner, BodyRef, Program};
pub use query::{ActorFnKind, ActorView, NameView};
pub use resolve::{Resolved, resolve_method};
pub use scope::AliasId;
pub use std_names::STD_NAMES;
