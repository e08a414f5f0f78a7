//! Expressions and statements.

use super::{GenericArgs, Ident, Item, Pat, Type};
use crate::intern::Symbol;
use crate::span::Span;

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
    Let(Box<Let>),
    Expr(Expr),
    /// `place = value`, `place += value`.
    Assign {
        op: Option<BinOp>,
        place: Box<Expr>,
        value: Box<Expr>,
    },
    /// A local `const`, `fn`, `struct`, `enum`, `impl`, `use`.
    Item(Box<Item>),
    Error,
}

#[derive(Debug)]
pub struct Let {
    pub pat: Pat,
    pub ty: Option<Type>,
    pub init: Option<Expr>,
    pub else_: Option<Block>,
}

/// There are very many of these, so large parts that are rare stand in boxes.
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

/// The value of an integer literal. Aligned like a word, which keeps [`Expr`] small.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(Rust, packed(8))]
pub struct IntValue(pub u128);

impl IntValue {
    pub fn get(self) -> u128 {
        self.0
    }
}

const _: () = assert!(size_of::<Expr>() <= 56 && size_of::<Stmt>() <= 72);

#[derive(Debug)]
pub enum ExprKind {
    /// The value and, if written, the type suffix (`255u8`: `UInt8`).
    Int {
        value: IntValue,
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
        args: Option<Box<GenericArgs>>,
    },
    /// `self`
    SelfValue,
    /// `Self` in an expression.
    SelfType,
    /// `.name` or `.name.<T>`: a field, a method value, a module member, a variant.
    Field {
        base: Box<Expr>,
        name: Ident,
        args: Option<Box<GenericArgs>>,
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
        ty: Box<Type>,
    },
    /// `e is pattern`
    Is {
        expr: Box<Expr>,
        pat: Box<Pat>,
    },
    /// `e?`
    Try(Box<Expr>),
    Block(Box<Block>),
    If {
        cond: Box<Cond>,
        then: Box<Block>,
        else_: Option<Box<Expr>>,
    },
    Match {
        scrutinee: Box<Expr>,
        arms: Vec<Arm>,
    },
    While {
        label: Option<Ident>,
        cond: Box<Cond>,
        body: Box<Block>,
    },
    For {
        label: Option<Ident>,
        pat: Box<Pat>,
        iter: Box<Expr>,
        body: Box<Block>,
    },
    Loop {
        label: Option<Ident>,
        body: Box<Block>,
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
        ret: Option<Box<Type>>,
        body: Box<Expr>,
    },
    /// `try { … } catch { pat => … }`, perhaps with the error type: `try: E { … }`.
    TryCatch {
        error_ty: Option<Box<Type>>,
        body: Box<Block>,
        arms: Vec<Arm>,
    },
    /// `spawn Counter(10)`, `spawn Counter.named(…)`
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
