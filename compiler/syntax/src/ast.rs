//! The syntax tree that the parser hands over: what was written, nothing resolved.
//!
//! Every node carries its span. Nothing is desugared here (the formatter works from this tree and the
//! list of comments). After a syntax error the tree holds `Error` nodes and later phases stay silent about them.

mod exprs;
mod types;
pub mod visit;

pub use exprs::*;
pub use types::*;

use crate::intern::Symbol;
use crate::parser::KeptBodies;
use crate::span::Span;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Ident {
    pub name: Symbol,
    pub span: Span,
}

/// One parsed file.
#[derive(Debug, Default)]
pub struct File {
    /// `unsafe` on a line of its own before any declaration: `Ptr`, `Buffer` and intrinsics may be used.
    pub is_unsafe: bool,
    pub items: Vec<Item>,
    /// All comments in source order; docs are here too.
    pub comments: Vec<Comment>,
    /// The text of `//!` lines at the head.
    pub docs: Option<String>,
    pub faults: Faults,
    /// The bodies that were left for later, if they were to be kept.
    pub kept: KeptBodies,
}

/// What the parser did not understand. Whatever later phases find there comes from the syntax error, so they do
/// not speak of it.
#[derive(Debug, Default)]
pub struct Faults {
    /// The file has an error: names may be used in what was skipped.
    pub any: bool,
    /// The rest of the file was not looked at.
    pub lost: bool,
    pub unread: Vec<Unread>,
}

/// One error, and what it may have spoilt.
#[derive(Clone, Copy, Debug)]
pub struct Unread {
    pub at: Span,
    /// The smallest statement, arm, member or declaration around it.
    pub part: Option<Span>,
    /// The body of the function or test that it is in; without one, declarations may be missing.
    pub body: Option<Span>,
    /// The declaration of the file that it is in.
    pub item: Option<Span>,
    /// What it declares may have a name that was not read.
    pub is_nameless: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CommentKind {
    Line,
    Block,
    /// `///`
    Doc,
    /// `//!`
    InnerDoc,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Comment {
    pub kind: CommentKind,
    pub span: Span,
    /// Whether nothing but white space stands before it on its line.
    pub own_line: bool,
}

/// `@name` or `@name(args)`.
#[derive(Clone, Debug)]
pub struct Attribute {
    pub name: Ident,
    pub args: Vec<AttrArg>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum AttrArg {
    Name(Ident),
    Str(String, Span),
    Int(u128, Span),
    /// `capacity: 10`
    Named(Ident, Box<AttrArg>),
}

#[derive(Debug)]
pub struct Item {
    pub attrs: Vec<Attribute>,
    /// The joined text of the `///` lines before the item.
    pub docs: Option<String>,
    /// The span of `pub`.
    pub vis: Option<Span>,
    pub kind: ItemKind,
    pub span: Span,
}

#[derive(Debug)]
pub enum ItemKind {
    Use(UseTree),
    Fn(Box<FnDecl>),
    Struct(StructDecl),
    Enum(EnumDecl),
    Trait(Box<TraitDecl>),
    Impl(Box<ImplDecl>),
    Const(ConstDecl),
    Type(TypeAlias),
    Test(TestDecl),
    Extern(ExternBlock),
    Actor(Box<ActorDecl>),
    /// `export actor Name`
    ExportActor(Ident),
    /// The parser has reported it.
    Error,
}

/// `use a.b.c`, `use a.b.{C, d as e}`, `use a.b as c`, `use a.*`.
#[derive(Debug)]
pub struct UseTree {
    pub path: Vec<Ident>,
    pub kind: UseKind,
    pub span: Span,
}

#[derive(Debug)]
pub enum UseKind {
    Single { rename: Option<Ident> },
    Group(Vec<UseTree>),
    All,
}

#[derive(Debug)]
pub struct FnDecl {
    pub name: Ident,
    pub generics: Generics,
    /// The receiver, if any, is the first parameter with [`ParamKind::SelfParam`].
    pub params: Vec<Param>,
    pub ret: Option<Type>,
    /// `None`: a declaration without a body (trait, extern, intrinsic).
    pub body: Option<FnBody>,
    pub is_async: bool,
    /// `export fn`
    pub is_export: bool,
    /// `unsafe fn`
    pub is_unsafe: bool,
    /// From `fn` to the end of the signature.
    pub sig_span: Span,
}

#[derive(Debug)]
pub enum FnBody {
    Block(Block),
    /// `=> expr`
    Expr(Box<Expr>),
    /// Left for later: the text of the body, from `{` to `}`. See `parser::Bodies`.
    Deferred(Span),
}

#[derive(Debug)]
pub struct Param {
    pub kind: ParamKind,
    pub is_mut: bool,
    pub span: Span,
}

#[derive(Debug)]
pub enum ParamKind {
    /// `self`, `mut self`
    SelfParam,
    Normal {
        pat: Pat,
        ty: Type,
    },
}

#[derive(Debug, Default)]
pub struct Generics {
    pub params: Vec<GenericParam>,
    pub where_clauses: Vec<WherePredicate>,
    pub span: Span,
}

#[derive(Debug)]
pub struct GenericParam {
    pub name: Ident,
    pub kind: GenericParamKind,
    pub span: Span,
}

#[derive(Debug)]
pub enum GenericParamKind {
    /// `T: A + B`, `iso T`
    Type { is_iso: bool, bounds: Vec<Type> },
    /// `const N: Int`
    Const { ty: Type },
}

#[derive(Debug)]
pub struct WherePredicate {
    pub ty: Type,
    pub bounds: Vec<Type>,
    pub span: Span,
}

#[derive(Debug)]
pub struct StructDecl {
    pub name: Ident,
    pub is_iso: bool,
    pub generics: Generics,
    pub body: VariantBody,
}

#[derive(Debug)]
pub struct FieldDecl {
    pub attrs: Vec<Attribute>,
    pub docs: Option<String>,
    pub vis: Option<Span>,
    pub name: Ident,
    pub ty: Type,
    pub span: Span,
}

#[derive(Debug)]
pub struct EnumDecl {
    pub name: Ident,
    pub is_iso: bool,
    pub generics: Generics,
    pub variants: Vec<VariantDecl>,
}

#[derive(Debug)]
pub struct VariantDecl {
    pub docs: Option<String>,
    pub name: Ident,
    pub body: VariantBody,
    pub span: Span,
}

#[derive(Debug)]
pub enum VariantBody {
    Unit,
    Tuple(Vec<TupleFieldDecl>),
    Named(Vec<FieldDecl>),
}

/// A field without a name: `pub Float` in `struct Meters(pub Float)`.
#[derive(Debug)]
pub struct TupleFieldDecl {
    pub vis: Option<Span>,
    pub ty: Type,
}

#[derive(Debug)]
pub struct TraitDecl {
    pub name: Ident,
    pub generics: Generics,
    /// `trait A: B + C`
    pub supertraits: Vec<Type>,
    pub items: Vec<Item>,
    /// `type Item: Bound` members.
    pub assoc_types: Vec<AssocTypeDecl>,
    /// `on Msg(…)` members of a message trait.
    pub handlers: Vec<HandlerDecl>,
}

#[derive(Debug)]
pub struct AssocTypeDecl {
    pub name: Ident,
    pub bounds: Vec<Type>,
    pub default: Option<Type>,
    pub docs: Option<String>,
    pub span: Span,
}

#[derive(Debug)]
pub struct ImplDecl {
    pub generics: Generics,
    /// `None` for an inherent impl.
    pub trait_: Option<Type>,
    pub self_ty: Type,
    pub items: Vec<Item>,
}

#[derive(Debug)]
pub struct ConstDecl {
    pub name: Ident,
    pub ty: Option<Type>,
    pub value: Option<Expr>,
}

/// `type Name<T> = …`, also in impls for associated types.
#[derive(Debug)]
pub struct TypeAlias {
    pub name: Ident,
    pub generics: Generics,
    pub ty: Type,
}

#[derive(Debug)]
pub struct TestDecl {
    pub name: String,
    pub name_span: Span,
    pub body: FnBody,
}

/// `extern "wasm" module "env" { fn … }`
#[derive(Debug)]
pub struct ExternBlock {
    pub abi: (String, Span),
    pub module: Option<(String, Span)>,
    pub items: Vec<Item>,
}

#[derive(Debug)]
pub struct ActorDecl {
    pub name: Ident,
    pub generics: Generics,
    pub traits: Vec<Type>,
    pub states: Vec<StateDecl>,
    pub constructors: Vec<FnDecl>,
    pub handlers: Vec<HandlerDecl>,
    pub items: Vec<Item>,
}

#[derive(Debug)]
pub struct StateDecl {
    pub name: Ident,
    pub ty: Type,
    pub init: Option<Expr>,
    pub span: Span,
}

#[derive(Debug)]
pub struct HandlerDecl {
    pub attrs: Vec<Attribute>,
    pub docs: Option<String>,
    pub name: Ident,
    pub params: Vec<Param>,
    pub ret: Option<Type>,
    pub body: Option<FnBody>,
    pub span: Span,
}
