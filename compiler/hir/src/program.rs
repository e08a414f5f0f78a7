//! What the checker hands over: every declaration with resolved names and types, and typed bodies on demand.

use crate::body::Body;
use crate::impls::{Caches, ImplIndex};
use crate::ty::{Args, Ty, TyTable};
use entity::{IndexVec, entity};
use std::rc::Rc;
use syntax::{FileId, Interner, Span, Symbol};

entity! {
    pub struct ModuleId = "mod";
    pub struct AdtId = "adt";
    pub struct TraitId = "trait";
    pub struct ImplId = "impl";
    pub struct FnId = "fn";
    pub struct ConstId = "const";
    pub struct ClosureId = "closure";
    pub struct TestId = "test";
    /// The index of a variant in its enum; 0 for a struct.
    pub struct VariantIdx = "v";
}

/// A checked program. Bodies of the user's functions are all checked; library bodies when first asked for
/// (`crate::Checker::body`).
pub struct Program {
    pub interner: Interner,
    pub types: TyTable,
    pub modules: IndexVec<ModuleId, Module>,
    pub adts: IndexVec<AdtId, Adt>,
    pub traits: IndexVec<TraitId, Trait>,
    pub impls: IndexVec<ImplId, Impl>,
    pub fns: IndexVec<FnId, Function>,
    pub consts: IndexVec<ConstId, Const>,
    pub closures: IndexVec<ClosureId, ClosureDecl>,
    pub tests: IndexVec<TestId, Test>,
    pub lang: LangItems,
    /// A module that was loaded declares an actor.
    pub has_actors: bool,
    /// The types of references to actors that JavaScript gets, in order.
    pub exported_actors: Vec<AdtId>,
    /// A handler in a module that was loaded says `defer_reply()`.
    pub defers_replies: bool,
    /// Handlers of actors that others may change the states under: what is behind their second parameter, the states, is
    /// no place of their own. They get its address.
    pub reentrant: rustc_hash::FxHashSet<FnId>,
    /// Calls in constructors of actors before all states are set, each with one that is not: they may not suspend. Known
    /// of bodies that have been checked.
    pub early_calls: rustc_hash::FxHashMap<FnId, Vec<(Span, Symbol)>>,
    /// `fn main` of the root module.
    pub main: Option<FnId>,
    /// Where to look for implementations and methods.
    pub(crate) index: ImplIndex,
    /// Answers about concrete types that have been worked out before.
    pub(crate) caches: Caches,
}

pub struct Module {
    /// `["core", "string"]`; the user's package has its root as `[]`.
    pub path: Vec<Symbol>,
    pub file: Option<FileId>,
    pub parent: Option<ModuleId>,
    pub is_unsafe: bool,
    pub is_library: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Generics {
    /// Parameters of the container (impl or trait, with `Self` first for a trait), then the item's own, then
    /// one hidden type parameter for each parameter of type `Fn(…)`.
    pub params: Vec<GenericParam>,
    /// How many come from the container.
    pub n_parent: u32,
    /// All bounds, of `where` clauses too, and for each hidden closure parameter its `Fn` bound.
    pub bounds: Vec<Rc<Bound>>,
}

#[derive(Clone, Debug)]
pub struct GenericParam {
    pub name: Symbol,
    pub kind: GenericParamKind,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GenericParamKind {
    Type {
        is_iso: bool,
    },
    /// A constant of this integer type.
    Const(Ty),
    /// The closure passed for a parameter of type `Fn(…)`.
    Closure,
}

/// `ty: trait_<args>` with bindings of associated types, or the shape of a closure.
#[derive(Clone, Debug)]
pub struct Bound {
    pub ty: Ty,
    pub kind: BoundKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum BoundKind {
    Trait {
        trait_: TraitId,
        args: Args,
        assoc: Vec<(Symbol, Ty)>,
    },
    /// `is_async`: where the closure must be boxed, it is as `async Fn`. It may suspend in any case.
    Fn {
        params: Vec<(Ty, bool)>,
        ret: Ty,
        is_async: bool,
    },
}

pub struct Adt {
    pub name: Symbol,
    pub module: ModuleId,
    pub generics: Generics,
    pub is_enum: bool,
    pub is_iso: bool,
    pub is_pub: bool,
    /// One for a struct.
    pub variants: IndexVec<VariantIdx, Variant>,
    /// The type's own `fn drop(mut self)`, from its inherent impl (iso types only).
    pub drop_fn: Option<FnId>,
    pub docs: Option<String>,
    pub span: Span,
}

pub struct Variant {
    pub name: Symbol,
    pub fields: Vec<Field>,
    pub shape: VariantShape,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VariantShape {
    Unit,
    Tuple,
    Named,
}

pub struct Field {
    /// `0`, `1`, … for tuple variants.
    pub name: Symbol,
    pub ty: Ty,
    pub is_pub: bool,
    pub span: Span,
}

pub struct Trait {
    pub name: Symbol,
    pub module: ModuleId,
    /// Parameter 0 is `Self`.
    pub generics: Generics,
    /// In declaration order, with defaults' bodies in the functions.
    pub methods: Vec<FnId>,
    pub assoc_types: Vec<AssocTy>,
    pub supertraits: Vec<Bound>,
    /// Usable as `dyn`; else the reason.
    pub dyn_safe: Result<(), String>,
    pub is_pub: bool,
    pub docs: Option<String>,
    pub span: Span,
}

pub struct AssocTy {
    pub name: Symbol,
    pub bounds: Vec<Bound>,
    pub default: Option<Ty>,
    pub span: Span,
}

pub struct Impl {
    pub module: ModuleId,
    pub generics: Generics,
    pub self_ty: Ty,
    /// `None`: inherent. The arguments are without `Self`.
    pub trait_: Option<(TraitId, Args)>,
    /// For a trait impl in the order of the trait's methods; `None` where the default serves.
    pub methods: Vec<Option<FnId>>,
    pub assoc_types: Vec<(Symbol, Ty)>,
    /// `const` members of an inherent impl: `Int.MAX`.
    pub consts: Vec<(Symbol, ConstId)>,
    pub span: Span,
}

impl Impl {
    /// What a trait's arguments, `Self` first, are compared with.
    pub(crate) fn pattern(&self, index: usize) -> Option<Ty> {
        match index.checked_sub(1) {
            None => Some(self.self_ty),
            Some(index) => self.trait_.as_ref()?.1.get(index).copied(),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParamMode {
    /// The callee gets a value; whether it is lent or given is inferred later.
    Value,
    /// In-out: `mut` at the parameter, and `mut` at the argument (or a receiver).
    Mut,
}

pub struct Param {
    pub name: Symbol,
    pub ty: Ty,
    pub mode: ParamMode,
    pub span: Span,
}

pub struct Function {
    pub name: Symbol,
    /// The name for people and for symbols: `Shape.area`, `sort.merge`.
    pub path: String,
    pub module: ModuleId,
    pub container: Container,
    pub generics: Generics,
    /// Including the receiver, first.
    pub params: Vec<Param>,
    pub has_self: bool,
    pub ret: Ty,
    pub kind: FnKind,
    /// What a generator, a function with `yield`, yields; its result is then the type that goes through the values.
    pub generator: Option<Ty>,
    /// `async fn` of a trait or of its impl: called through `dyn` it may suspend.
    pub is_async: bool,
    pub inline: Inline,
    pub is_pub: bool,
    /// `@track_caller`: `caller_location()` in it is the place of the call. MIR passes it as a hidden last parameter.
    pub track_caller: bool,
    /// The name in the module's exports: `export fn`, `@export("name")`.
    pub export: Option<String>,
    pub docs: Option<String>,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Container {
    Module,
    Impl(ImplId),
    Trait(TraitId),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Inline {
    #[default]
    Auto,
    Always,
    Never,
    /// `@cold`: rarely run, never inlined.
    Cold,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FnKind {
    /// Has a body in GAL.
    Body,
    /// A trait's method without default.
    Required,
    /// `@intrinsic("name")`: known to MIR lowering.
    Intrinsic(Symbol),
    /// `extern "wasm" module "m" { fn f(…) }`
    Extern { abi: String, module: String, name: String },
}

pub struct Const {
    pub name: Symbol,
    pub module: ModuleId,
    pub generics: Generics,
    pub ty: Ty,
    pub is_pub: bool,
    pub span: Span,
}

/// A closure expression: its captures are copies made when it is evaluated, in this order.
pub struct ClosureDecl {
    /// The function, constant or test in whose body it stands.
    pub owner: BodyOwner,
    /// Types are over the owner's generics.
    pub params: Vec<(Ty, ParamMode)>,
    pub ret: Ty,
    pub captures: Vec<Ty>,
    /// Captures an `iso` value: callable once.
    pub is_once: bool,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BodyOwner {
    Fn(FnId),
    Const(ConstId),
    Test(TestId),
}

pub struct Test {
    pub name: String,
    pub module: ModuleId,
    pub span: Span,
}

impl Default for Program {
    fn default() -> Program {
        Program::new(Interner::default())
    }
}

impl Program {
    /// A program without any declaration.
    pub fn new(interner: Interner) -> Program {
        Program {
            interner,
            types: TyTable::default(),
            modules: IndexVec::new(),
            adts: IndexVec::new(),
            traits: IndexVec::new(),
            impls: IndexVec::new(),
            fns: IndexVec::new(),
            consts: IndexVec::new(),
            closures: IndexVec::new(),
            tests: IndexVec::new(),
            lang: LangItems::default(),
            reentrant: Default::default(),
            has_actors: false,
            exported_actors: Vec::new(),
            defers_replies: false,
            early_calls: Default::default(),
            main: None,
            index: ImplIndex::default(),
            caches: Caches::default(),
        }
    }
}

/// Declarations that the compiler itself refers to, marked `@lang("name")` in the library.
/// See `docs/architecture.md` for the list with contracts.
#[derive(Default)]
pub struct LangItems {
    pub adts: rustc_hash::FxHashMap<Symbol, AdtId>,
    pub traits: rustc_hash::FxHashMap<Symbol, TraitId>,
    pub fns: rustc_hash::FxHashMap<Symbol, FnId>,
}

/// A body shared between the checker's cache and its readers.
pub type BodyRef = Rc<Body>;
