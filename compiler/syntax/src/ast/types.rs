//! Types, paths and patterns.

use super::{Expr, Ident};
use crate::span::Span;
use smallvec::SmallVec;

/// The span of a type or pattern includes the parentheses that group it.
#[derive(Debug)]
pub struct Type {
    pub kind: TypeKind,
    pub span: Span,
}

#[derive(Debug)]
pub enum TypeKind {
    /// `a.b.C<T, 3>`; also `Self`, `Self.Item`, `T.Item`.
    Path(Path),
    /// `(A, B)`; `()` is the unit type; `(A)` is only grouping and does not appear.
    Tuple(Vec<Type>),
    /// `[T; N]`
    FixedArray(Box<Type>, Box<Expr>),
    /// `T?`
    Optional(Box<Type>),
    /// `Fn(A, mut B) -> C`, `async Fn(A)`
    Fn {
        params: Vec<FnTypeParam>,
        ret: Option<Box<Type>>,
        is_async: bool,
    },
    /// `dyn Trait<A>`
    Dyn(Box<Type>),
    /// A literal or a `-` literal as the argument for a const parameter.
    Const(Box<Expr>),
    /// `_`
    Infer,
    Error,
}

#[derive(Debug)]
pub struct FnTypeParam {
    pub is_mut: bool,
    pub ty: Type,
}

/// `seg.seg<args>`. In expressions explicit arguments are written `seg.<args>`.
#[derive(Debug)]
pub struct Path {
    /// Mostly there is one.
    pub segments: SmallVec<[PathSegment; 1]>,
    pub span: Span,
}

#[derive(Debug)]
pub struct PathSegment {
    pub ident: Ident,
    /// Positional arguments, and `Item = T` bindings.
    pub args: Option<Box<GenericArgs>>,
}

#[derive(Debug)]
pub struct GenericArgs {
    pub args: Vec<Type>,
    pub bindings: Vec<(Ident, Type)>,
    pub span: Span,
}

#[derive(Debug)]
pub struct Pat {
    pub kind: PatKind,
    pub span: Span,
}

#[derive(Debug)]
pub enum PatKind {
    Wild,
    /// `x`, `mut x`, `x @ p`. A lower-case name.
    Binding {
        name: Ident,
        is_mut: bool,
        sub: Option<Box<Pat>>,
    },
    Literal(Box<Expr>),
    /// `a..b`, `a..=b`, `a..`, `..=b`; ends are literals, `-` literals or constants.
    Range {
        lo: Option<Box<Expr>>,
        hi: Option<Box<Expr>>,
        inclusive: bool,
    },
    /// `A | B`
    Or(Vec<Pat>),
    Tuple(Vec<Pat>),
    /// `Path`: a variant, unit struct or constant.
    Path(Path),
    /// `Path(p, q, ..)`
    TupleStruct {
        path: Path,
        elems: Vec<Pat>,
    },
    /// `Path { a, b: p, .. }`
    Struct {
        path: Path,
        fields: Vec<FieldPat>,
        rest: Option<Span>,
    },
    /// `[a, ..rest, b]`
    Array(Vec<Pat>),
    /// `..` or `..name` inside an array, tuple or tuple-struct pattern.
    Rest(Option<Ident>),
    Error,
}

#[derive(Debug)]
pub struct FieldPat {
    pub name: Ident,
    /// `None`: shorthand, binds the field's name.
    pub pat: Option<Pat>,
    /// `mut` before a shorthand.
    pub is_mut: bool,
    pub span: Span,
}
