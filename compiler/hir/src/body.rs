//! Typed bodies: names resolved, types inferred, sugar that needs types resolved; control flow still as written.

use crate::program::{BodyOwner, ClosureId, ConstId, FnId, TraitId, VariantIdx};
use crate::ty::{Args, Ty};
use entity::{IndexVec, entity};
use syntax::ast::FormatSpec;
pub use syntax::ast::{BinOp, UnOp};
use syntax::{Span, Symbol};

entity! {
    /// A variable of a body: parameter, `let`, pattern binding, closure parameter or capture.
    pub struct LocalId = "x";
    /// A loop, or a block that `break` leaves (the body of a `try`), of one body.
    pub struct LoopId = "loop";
}

pub struct Body {
    pub owner: BodyOwner,
    /// Parameters' locals, in order (of the function; empty for constants and tests).
    pub params: Vec<LocalId>,
    /// Variables of the body and of all closures in it.
    pub locals: IndexVec<LocalId, LocalDecl>,
    pub value: Expr,
    /// The bodies of the closures that stand in it, at any depth.
    pub closures: Vec<(ClosureId, ClosureBody)>,
    /// Variables are declared without a value somewhere.
    pub has_late_lets: bool,
    /// Errors were reported in it: nothing may be lowered from it.
    pub has_errors: bool,
}

pub struct ClosureBody {
    pub params: Vec<LocalId>,
    /// The variable inside the closure, and what it is a copy of outside.
    pub captures: Vec<(LocalId, LocalId)>,
    pub value: Expr,
}

#[derive(Clone, Debug)]
pub struct LocalDecl {
    pub name: Symbol,
    pub ty: Ty,
    pub is_mut: bool,
    pub span: Span,
}

/// There are very many of these, so large parts that are rare stand in boxes.
#[derive(Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub ty: Ty,
    pub span: Span,
}

const _: () = assert!(size_of::<Expr>() <= 80);

/// A function with its type arguments.
#[derive(Debug)]
pub enum Callee {
    /// A function or inherent or statically known method; the arguments cover all of its generics.
    Fn { id: FnId, args: Args },
    /// A trait's method whose implementation depends on parameters still: `args` covers the trait's generics
    /// (`Self` first) and then the method's own. Resolved per instance by `crate::resolve_method`.
    TraitMethod { trait_: TraitId, method: FnId, args: Args },
    /// A method of a `dyn` value, which is the first argument: the trait's method index.
    Dyn { trait_: TraitId, method_idx: u32 },
    /// A closure, a boxed `Fn`, a function item's value, or a hidden closure parameter: what it is follows from its type.
    Value(Box<Expr>),
}

#[derive(Debug)]
pub struct Arg {
    pub mode: ArgMode,
    pub expr: Expr,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArgMode {
    Value,
    /// The expression is a place (or a temporary, for receivers that nobody can observe).
    Mut,
}

/// The value of an integer. Aligned like a word, which keeps [`Expr`] small.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(Rust, packed(8))]
pub struct IntLit(i128);

impl IntLit {
    pub fn get(self) -> i128 {
        self.0
    }
}

impl Lit {
    pub fn int(value: i128) -> Lit {
        Lit::Int(IntLit(value))
    }
}

#[derive(Clone, PartialEq, Debug)]
pub enum Lit {
    /// Of the expression's integer type.
    Int(IntLit),
    /// The exact text; rounded to the expression's type.
    Float(Box<str>),
    Bool(bool),
    Char(char),
    Str(Box<str>),
    Unit,
    /// Nanoseconds; the type is the library's `Duration`.
    Duration(i64),
}

#[derive(Debug)]
pub enum ExprKind {
    Lit(Lit),
    /// A place.
    Local(LocalId),
    Const(ConstId, Args),
    /// The value of a const parameter, which is a `Param` here and a `ConstInt` in an instance.
    ConstParam(Ty),
    /// A function's name as a value; the type is a `FnDef`.
    FnItem,
    /// `base.field`: a place if `base` is one. Struct fields and tuple elements.
    Field {
        base: Box<Expr>,
        index: u32,
    },
    /// `base[index]` through the library's place functions (`IndexPlace.place` and `place_mut`): a place inside `base`.
    /// `place` serves reading, `place_mut` writing; both return `Ptr<T>` into `base`, which stays borrowed while the place is used.
    IndexPlace {
        base: Box<Expr>,
        index: Box<Expr>,
        place: Box<Callee>,
        place_mut: Box<Callee>,
    },
    /// `array[index]` of a fixed array `[T; N]`: a place; MIR makes the bounds check.
    FixedIndex {
        base: Box<Expr>,
        index: Box<Expr>,
    },
    /// `base[index]` where the type implements only `Index`/`IndexSet` (user's types): not a place;
    /// `set` is the callee for assignment, if the trait is implemented.
    IndexValue {
        base: Box<Expr>,
        index: Box<Expr>,
        get: Box<Callee>,
        set: Option<Box<Callee>>,
    },
    /// `p.*`: a place behind a raw pointer.
    Deref(Box<Expr>),
    Call {
        callee: Callee,
        args: Vec<Arg>,
    },
    /// Operators on primitive numbers, `Bool`, `Char`, `Ptr` only; both sides have one type (shifts: the count's may differ).
    /// On other types operators have become calls. `And` and `Or` are short-circuit.
    Binary {
        op: BinOp,
        lhs: Box<Expr>,
        rhs: Box<Expr>,
    },
    Unary {
        op: UnOp,
        operand: Box<Expr>,
    },
    /// `as` between numbers, `Char`, `Bool` and, in unsafe modules, `Ptr` and `USize`.
    Cast(Box<Expr>),
    /// Coercions that the checker inserts.
    Coerce {
        kind: Coercion,
        expr: Box<Expr>,
    },
    Tuple(Vec<Expr>),
    /// Fields in declaration order, each with its position in source order of evaluation.
    /// `base`: the struct that `..base` copies the absent fields (`None`) from.
    Adt {
        variant: VariantIdx,
        fields: Vec<Option<Expr>>,
        order: Vec<u32>,
        base: Option<Box<Expr>>,
    },
    /// `[a, b]`: `Array<T>` or `[T; N]`, by the expression's type.
    Array(Vec<Expr>),
    /// `[value; count]`; for a fixed array the count is in the type and `count` is `None`.
    ArrayRepeat {
        value: Box<Expr>,
        count: Option<Box<Expr>>,
    },
    /// The parts of an interpolated string; `show` is the `Show` implementation's method of each part.
    Interp(Vec<InterpPart>),
    Block(Block),
    If {
        cond: Box<Expr>,
        then: Box<Expr>,
        else_: Option<Box<Expr>>,
    },
    /// `e is pattern`, `if let`, `while let`: a `Bool` whose bindings are assigned where it is true.
    Is {
        expr: Box<Expr>,
        pat: Box<Pat>,
    },
    Match {
        scrutinee: Box<Expr>,
        arms: Vec<Arm>,
    },
    /// Runs until a `break` with this id. `while` has become `loop { if cond { body } else { break } }`.
    Loop {
        id: LoopId,
        body: Box<Expr>,
    },
    /// `for pat in iter { body }`: `iter` is the value after `into_iter` (the `IntoIterator` callee is applied already) and `next` the `Iterator.next`
    /// callee for its type; `item` the element's type. `continue` goes to the next element.
    For {
        id: LoopId,
        pat: Box<Pat>,
        iter: Box<Expr>,
        next: Callee,
        body: Box<Expr>,
    },
    /// `for x in a..b` over integers: counted without an iterator.
    ForRange {
        id: LoopId,
        pat: Box<Pat>,
        lo: Box<Expr>,
        hi: Box<Expr>,
        inclusive: bool,
        body: Box<Expr>,
    },
    Break {
        id: LoopId,
        value: Option<Box<Expr>>,
    },
    Continue {
        id: LoopId,
    },
    Return(Option<Box<Expr>>),
    /// A value that `break id value` can leave early; the body's own value otherwise.
    BreakBlock {
        id: LoopId,
        body: Box<Expr>,
    },
    /// `place = value`. The right side is evaluated first.
    Assign {
        place: Box<Expr>,
        value: Box<Expr>,
    },
    /// `place op= value` on primitives.
    AssignOp {
        op: BinOp,
        place: Box<Expr>,
        value: Box<Expr>,
    },
    /// The captures are read from the body's `closures` entry.
    Closure(ClosureId),
    /// `e?` is desugared by the checker into `Match` and `Return` or `Break`.
    /// `unreachable`: the place after an expression of type `Never`.
    Error,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Coercion {
    /// A value of type `Never` to any type.
    NeverToAny,
    /// A closure or function item to a boxed `Fn`.
    BoxFn,
    /// A value to `dyn Trait`.
    ToDyn,
}

#[derive(Debug)]
pub enum InterpPart {
    Str(Box<str>),
    /// `callee`: `Show.show` without a spec, `Show.show_with` with one, for the expression's type.
    Expr {
        expr: Expr,
        callee: Callee,
        spec: Option<FormatSpec>,
    },
}

#[derive(Debug)]
pub struct Block {
    pub stmts: Vec<Stmt>,
    pub tail: Option<Box<Expr>>,
}

#[derive(Debug)]
pub enum Stmt {
    /// `else_` has type `Never`. Without `init` the variable is assigned once before each use (checked).
    Let {
        pat: Pat,
        init: Option<Expr>,
        else_: Option<Box<Expr>>,
        span: Span,
    },
    Expr(Expr),
}

#[derive(Debug)]
pub struct Arm {
    pub pat: Pat,
    pub guard: Option<Expr>,
    pub body: Expr,
    pub span: Span,
}

#[derive(Debug)]
pub struct Pat {
    pub kind: PatKind,
    pub ty: Ty,
    pub span: Span,
}

#[derive(Debug)]
pub enum PatKind {
    Wild,
    Binding {
        local: LocalId,
        sub: Option<Box<Pat>>,
    },
    /// Compared by `==` of the type; strings too.
    Lit(Lit),
    /// Integers, floats and chars; ends have been evaluated.
    Range {
        lo: Option<Lit>,
        hi: Option<Lit>,
        inclusive: bool,
    },
    Or(Vec<Pat>),
    Tuple(Vec<Pat>),
    /// A struct or a variant; absent fields are wild.
    Adt {
        variant: VariantIdx,
        fields: Vec<(u32, Pat)>,
    },
    /// `Array<T>` or `[T; N]`. `rest` is the position of `..`; a named rest binds an `Array<T>` with the elements between.
    /// `len`, `place` and `slice` are the library's functions on the array type (for `Array<T>`).
    Array {
        prefix: Vec<Pat>,
        rest: Option<Option<LocalId>>,
        suffix: Vec<Pat>,
    },
    /// A constant that is no literal: compared by the callee (`Eq.eq`).
    Const {
        value: Box<Expr>,
        eq: Callee,
    },
    Error,
}

/// Whether the expression denotes a place: something that can be named and read later.
pub fn is_place(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Local(_)
        | ExprKind::IndexPlace { .. }
        | ExprKind::FixedIndex { .. }
        | ExprKind::Deref(_) => true,
        ExprKind::Field { base, .. } => is_place(base),
        _ => false,
    }
}

/// Calls `f` for each expression directly inside `e`; bodies of closures are not inside.
pub fn for_each_child(e: &Expr, f: &mut dyn FnMut(&Expr)) {
    match &e.kind {
        ExprKind::Lit(_)
        | ExprKind::Local(_)
        | ExprKind::Const(..)
        | ExprKind::ConstParam(_)
        | ExprKind::FnItem
        | ExprKind::Continue { .. }
        | ExprKind::Closure(_)
        | ExprKind::Error => {}
        ExprKind::Field { base: a, .. }
        | ExprKind::Deref(a)
        | ExprKind::Unary { operand: a, .. }
        | ExprKind::Cast(a)
        | ExprKind::Coerce { expr: a, .. }
        | ExprKind::Is { expr: a, .. }
        | ExprKind::Loop { body: a, .. }
        | ExprKind::BreakBlock { body: a, .. } => f(a),
        ExprKind::IndexPlace { base: a, index: b, .. }
        | ExprKind::FixedIndex { base: a, index: b }
        | ExprKind::IndexValue { base: a, index: b, .. }
        | ExprKind::Binary { lhs: a, rhs: b, .. }
        | ExprKind::Assign { place: a, value: b }
        | ExprKind::AssignOp { place: a, value: b, .. }
        | ExprKind::For { iter: a, body: b, .. } => {
            f(a);
            f(b);
        }
        ExprKind::ForRange { lo, hi, body, .. } => [lo, hi, body].into_iter().for_each(|e| f(e)),
        ExprKind::Call { callee, args } => {
            if let Callee::Value(callee) = callee {
                f(callee);
            }
            args.iter().for_each(|a| f(&a.expr));
        }
        ExprKind::Tuple(elems) | ExprKind::Array(elems) => elems.iter().for_each(f),
        ExprKind::Adt { fields, base, .. } => {
            fields.iter().flatten().for_each(&mut *f);
            base.iter().for_each(|e| f(e));
        }
        ExprKind::ArrayRepeat { value, count } => {
            f(value);
            count.iter().for_each(|e| f(e));
        }
        ExprKind::Interp(parts) => {
            for part in parts {
                if let InterpPart::Expr { expr, .. } = part {
                    f(expr);
                }
            }
        }
        ExprKind::Block(block) => for_each_in_block(block, f),
        ExprKind::If { cond, then, else_ } => {
            f(cond);
            f(then);
            else_.iter().for_each(|e| f(e));
        }
        ExprKind::Match { scrutinee, arms } => {
            f(scrutinee);
            for arm in arms {
                arm.guard.iter().for_each(&mut *f);
                f(&arm.body);
            }
        }
        ExprKind::Break { value, .. } | ExprKind::Return(value) => value.iter().for_each(|e| f(e)),
    }
}

fn for_each_in_block(block: &Block, f: &mut dyn FnMut(&Expr)) {
    for stmt in &block.stmts {
        match stmt {
            Stmt::Let { init, else_, .. } => {
                init.iter().for_each(&mut *f);
                else_.iter().for_each(|e| f(e));
            }
            Stmt::Expr(e) => f(e),
        }
    }
    block.tail.iter().for_each(|e| f(e));
}
