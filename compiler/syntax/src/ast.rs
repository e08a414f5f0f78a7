//! The syntax tree that the parser hands over: what was written, nothing resolved.
//!
//! Every node carries its span. Nothing is desugared here (the formatter works from this tree and the
//! list of comments). After a syntax error the tree holds `Error` nodes and later phases stay silent about them.

use crate::intern::Symbol;
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
    Fn(FnDecl),
    Struct(StructDecl),
    Enum(EnumDecl),
    Trait(TraitDecl),
    Impl(ImplDecl),
    Const(ConstDecl),
    Type(TypeAlias),
    Test(TestDecl),
    Extern(ExternBlock),
    /// Parsed completely, not supported yet beyond its syntax: the checker reports it.
    Actor(ActorDecl),
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
    /// Skipped by a lazy parse: the text of the body, from `{` or `=>`. See `parser::parse_body`.
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
    Tuple(Vec<Type>),
    Named(Vec<FieldDecl>),
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

// ---------------------------------------------------------------- types

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
    pub segments: Vec<PathSegment>,
    pub span: Span,
}

#[derive(Debug)]
pub struct PathSegment {
    pub ident: Ident,
    /// Positional arguments, and `Item = T` bindings.
    pub args: Option<GenericArgs>,
}

#[derive(Debug)]
pub struct GenericArgs {
    pub args: Vec<Type>,
    pub bindings: Vec<(Ident, Type)>,
    pub span: Span,
}

// ---------------------------------------------------------------- patterns

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

// ---------------------------------------------------------------- expressions

#[derive(Debug)]
pub struct Block {
    pub stmts: Vec<Stmt>,
    /// The value: the last expression, when it is not followed by `;`.
    pub tail: Option<Box<Expr>>,
    pub span: Span,
}

#[derive(Debug)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
}

#[derive(Debug)]
pub enum StmtKind {
    Let {
        pat: Pat,
        ty: Option<Type>,
        init: Option<Expr>,
        else_: Option<Block>,
    },
    Expr(Expr),
    /// `place = value`, `place += value`.
    Assign {
        op: Option<BinOp>,
        place: Expr,
        value: Expr,
    },
    /// A local `const`, `fn`, `struct`, `enum`, `impl`, `use`.
    Item(Box<Item>),
    Error,
}

#[derive(Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum BinOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Pow,
    WrapAdd,
    WrapSub,
    WrapMul,
    Shl,
    Shr,
    BitAnd,
    BitXor,
    BitOr,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    And,
    Or,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum UnOp {
    Neg,
    Not,
    /// `~`
    BitNot,
}

#[derive(Debug)]
pub enum ExprKind {
    /// The value and, if written, the type suffix (`255u8`: `UInt8`).
    Int {
        value: u128,
        suffix: Option<Symbol>,
    },
    /// The text of the number without `_` and suffix.
    Float {
        text: Box<str>,
        suffix: Option<Symbol>,
    },
    Char(char),
    Bool(bool),
    /// In nanoseconds.
    Duration(i64),
    Str(Box<str>),
    Interp(Vec<InterpPart>),
    /// A name or path, perhaps with explicit type arguments on segments: `f.<T>`. The parser makes a path
    /// of one segment and leaves the rest to `Field`; the checker resolves `a.b.c` to modules, types and variants.
    Name {
        ident: Ident,
        args: Option<GenericArgs>,
    },
    /// `self`
    SelfValue,
    /// `Self` in an expression.
    SelfType,
    /// `.name` or `.name.<T>`: a field, a method value, a module member, a variant.
    Field {
        base: Box<Expr>,
        name: Ident,
        args: Option<GenericArgs>,
    },
    /// `.0`
    TupleField {
        base: Box<Expr>,
        index: u32,
        index_span: Span,
    },
    /// `p.*` in unsafe modules.
    Deref(Box<Expr>),
    Index {
        base: Box<Expr>,
        index: Box<Expr>,
    },
    Call {
        callee: Box<Expr>,
        args: Vec<Arg>,
    },
    /// `Path { a: 1, b, ..base }`; the path as an expression of names and fields.
    StructLit {
        path: Box<Expr>,
        fields: Vec<FieldInit>,
        base: Option<Box<Expr>>,
    },
    /// `(a, b)`; `()`.
    Tuple(Vec<Expr>),
    /// `(e)`, kept for the formatter.
    Paren(Box<Expr>),
    /// `[a, b]`
    Array(Vec<Expr>),
    /// `[value; count]`
    ArrayRepeat {
        value: Box<Expr>,
        count: Box<Expr>,
    },
    Unary {
        op: UnOp,
        operand: Box<Expr>,
    },
    Binary {
        op: BinOp,
        op_span: Span,
        lhs: Box<Expr>,
        rhs: Box<Expr>,
    },
    /// `a..b`, `a..=b`, `a..`, `..b`, `..`
    Range {
        lo: Option<Box<Expr>>,
        hi: Option<Box<Expr>>,
        inclusive: bool,
    },
    /// `e as T`
    Cast {
        expr: Box<Expr>,
        ty: Type,
    },
    /// `e is pattern`
    Is {
        expr: Box<Expr>,
        pat: Box<Pat>,
    },
    /// `e?`
    Try(Box<Expr>),
    Block(Block),
    If {
        cond: Box<Cond>,
        then: Block,
        else_: Option<Box<Expr>>,
    },
    Match {
        scrutinee: Box<Expr>,
        arms: Vec<Arm>,
    },
    While {
        label: Option<Ident>,
        cond: Box<Cond>,
        body: Block,
    },
    For {
        label: Option<Ident>,
        pat: Pat,
        iter: Box<Expr>,
        body: Block,
    },
    Loop {
        label: Option<Ident>,
        body: Block,
    },
    Break {
        label: Option<Ident>,
        value: Option<Box<Expr>>,
    },
    Continue {
        label: Option<Ident>,
    },
    Return(Option<Box<Expr>>),
    /// `|x, mut y: Int| -> T body`
    Closure {
        params: Vec<ClosureParam>,
        ret: Option<Type>,
        body: Box<Expr>,
    },
    /// `try { … } catch { pat => … }`, perhaps with the error type: `try: E { … }`.
    TryCatch {
        error_ty: Option<Type>,
        body: Block,
        arms: Vec<Arm>,
    },
    /// Forms of actors, parsed completely; the checker reports that they are not supported yet.
    Spawn {
        ctor: Box<Expr>,
        args: Vec<Arg>,
    },
    Send {
        target: Box<Expr>,
        message: Box<Expr>,
    },
    /// `ask(target, message) timeout t`; `is_try` for `try ask(…)`.
    Ask {
        target: Box<Expr>,
        message: Box<Expr>,
        timeout: Option<Box<Expr>>,
        is_try: bool,
    },
    Async(Box<Expr>),
    Await(Box<Expr>),
    Select {
        arms: Vec<SelectArm>,
        timeout: Option<(Box<Expr>, Box<Expr>)>,
    },
    Reply(Box<Expr>),
    Yield(Box<Expr>),
    Error,
}

#[derive(Debug)]
pub enum InterpPart {
    Str(Box<str>),
    Expr { expr: Expr, spec: Option<FormatSpec> },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Align {
    Left,
    Center,
    Right,
}

/// `[[fill]align][sign][#][0][width][.precision][type]`, as in Rust and Python.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FormatSpec {
    pub fill: char,
    pub align: Option<Align>,
    /// `+`: print the sign of positive numbers too.
    pub plus: bool,
    /// `#`: prefix `0x`, `0o`, `0b`.
    pub alternate: bool,
    /// `0`: pad with zeros between sign and digits.
    pub zero: bool,
    pub width: Option<u32>,
    pub precision: Option<u32>,
    /// `x X o b e`, or none.
    pub ty: Option<char>,
    pub span: Span,
}

#[derive(Debug)]
pub struct Arg {
    /// The span of `mut` where the argument is in-out.
    pub mut_span: Option<Span>,
    pub expr: Expr,
}

#[derive(Debug)]
pub struct FieldInit {
    pub name: Ident,
    /// `None`: shorthand for a variable of the field's name.
    pub value: Option<Expr>,
    pub span: Span,
}

/// What stands behind `if` and `while`.
#[derive(Debug)]
pub enum Cond {
    Expr(Expr),
    /// `let pat = e`
    Let {
        pat: Pat,
        expr: Expr,
        span: Span,
    },
}

#[derive(Debug)]
pub struct Arm {
    pub pat: Pat,
    /// `when cond`
    pub guard: Option<Expr>,
    pub body: Expr,
    pub span: Span,
}

#[derive(Debug)]
pub struct ClosureParam {
    pub pat: Pat,
    pub is_mut: bool,
    pub ty: Option<Type>,
}

#[derive(Debug)]
pub struct SelectArm {
    pub pat: Pat,
    pub future: Expr,
    pub body: Expr,
    pub span: Span,
}
