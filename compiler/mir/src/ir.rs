//! MIR: one control-flow graph per function instance, with concrete types and explicit ownership.
//!
//! MIR knows nothing of HIR: its types are its own, so a text file alone is a program. Values are owned by
//! places. An operand says what happens to ownership:
//!
//! * `copy p` makes a second owner (retains what is counted; a plain copy for numbers),
//! * `move p` takes the value out of `p`, which is uninitialised afterwards,
//! * `borrow p` lends the value for the duration of the statement; only arguments for borrowed parameters,
//!   operands of comparisons and intrinsics that do not consume may be borrows.
//!
//! Invariants (the verifier checks types and shape, the certifier checks ownership on every path):
//! each owned place is initialised before use and is consumed (moved or dropped) exactly once on every path,
//! unwinding included; a `mut` parameter is initialised at entry and at every exit; a borrowed
//! parameter is never moved from nor dropped.
//!
//! Two stages share these types:
//!
//! * *built*, as lowering makes it: what reads a value says `copy` (or `move` for `iso` values), parameters are `Owned` or
//!   `Mut` (`Borrowed` only where a convention fixes it: environments of boxed closures, receivers of `dyn` methods),
//!   and a `Drop` at the end of a scope may name a place that is moved out or was never written on some or all
//!   paths, where it does nothing;
//! * *owned*, after `passes::optimize`: every `Drop` is unconditional, and the certifier accepts the body.
//!
//! Places behind `Deref` and `Index` are memory whose initialisation is the library's affair in both stages: a `Drop`
//! of one always drops, and what replaces an element writes it at once after the `Drop`.
//!
//! Pointers: a local of type `Ptr` or `USize` computed from a value (by `AddrOf`, `BufferPtr`, a field, a call that
//! borrows) keeps that value alive as long as it is used. `loan_of` says so explicitly and then alone counts; without
//! it the passes follow the computation.

pub use crate::atomic::{AtomicOp, MemoryOrder};
use entity::{IndexVec, entity};
pub use hir::ty::IntTy;
use rustc_hash::FxHashMap;
pub use syntax::ast::{BinOp, UnOp};
use syntax::{InlineTable, Span};

entity! {
    /// An interned MIR type.
    pub struct Ty = "t";
    pub struct FuncId = "fn";
    pub struct Local = "_";
    pub struct Block = "bb";
    pub struct DataId = "data";
}

// ---------------------------------------------------------------- types

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TyKind {
    Int(IntTy),
    F32,
    F64,
    Bool,
    Char,
    /// Has no values.
    Never,
    /// 128 bits in a vector register.
    V128,
    /// A raw address, unowned.
    Ptr(Ty),
    /// Structs, tuples (`()` has no fields), the environment of a closure. Nominal: equal only by index; see `TyDef`.
    Struct,
    Enum,
    /// `[T; n]`, inline.
    FixedArray(Ty, u64),
    /// A counted cell with elements; never null (the empty one is static).
    Buffer(Ty),
    /// A counted cell with a code pointer and captured values, callable with this signature.
    FnBox {
        params: Box<[(Ty, ParamMode)]>,
        ret: Ty,
        /// It may suspend its caller. Behind `passes::coroutine` the signature is that of the function that makes a frame.
        suspends: bool,
    },
    /// A counted cell with a vtable of `n_methods` and one value; `trait_` is for people. Methods with the numbers in `suspending` may
    /// suspend their callers.
    Dyn {
        trait_name: Box<str>,
        n_methods: u32,
        suspending: Box<[u32]>,
    },
}

#[derive(Clone, PartialEq, Debug)]
pub struct TyDef {
    pub kind: TyKind,
    /// For structs and enums: unique in the program, printable (`Array<Int>`); empty for the others.
    pub name: String,
    /// One for a struct; all for an enum; empty for the others.
    pub variants: Vec<Variant>,
    /// An enum that contains itself: the value is a pointer to a counted cell with the variant's fields, or the small
    /// number of a variant without fields.
    pub is_boxed: bool,
    /// The user's `drop(mut self)` of an `iso` struct or enum, run before the fields are dropped.
    pub user_drop: Option<FuncId>,
    pub is_iso: bool,
    /// The lang item `CellWord`: behind a pointer it is a word of a cell's header.
    pub is_cell_word: bool,
    pub shared: Shared,
}

/// Types of which a buffer can be copied, whatever they are themselves, and of which dropping one runs their `drop`, which never
/// unwinds.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Shared {
    #[default]
    No,
    /// The lang item `ActorBody`: the buffer is an actor's cell.
    Actor,
    /// The lang item `JsBody`: a value of JavaScript.
    Handle,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Variant {
    pub name: String,
    pub fields: Vec<Field>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    pub name: String,
    pub ty: Ty,
}

/// Types by index. Structural kinds are interned; structs and enums are declared once each.
#[derive(Default, Clone, Debug)]
pub struct Types {
    pub defs: IndexVec<Ty, TyDef>,
    map: FxHashMap<TyKind, Ty>,
}

impl Types {
    /// The type of a structural kind (not `Struct` or `Enum`).
    pub fn intern(&mut self, kind: TyKind) -> Ty {
        debug_assert!(!matches!(kind, TyKind::Struct | TyKind::Enum));
        if let Some(ty) = self.map.get(&kind) {
            return *ty;
        }
        let def = TyDef {
            kind: kind.clone(),
            name: String::new(),
            variants: Vec::new(),
            is_boxed: false,
            user_drop: None,
            is_iso: false,
            is_cell_word: false,
            shared: Shared::No,
        };
        let ty = self.defs.push(def);
        self.map.insert(kind, ty);
        ty
    }

    /// Declares a struct or enum; its fields may be filled in later (`defs[ty].variants`), as types may be recursive.
    pub fn declare(&mut self, kind: TyKind, name: String) -> Ty {
        self.defs.push(TyDef {
            kind,
            name,
            variants: Vec::new(),
            is_boxed: false,
            user_drop: None,
            is_iso: false,
            is_cell_word: false,
            shared: Shared::No,
        })
    }

    pub fn kind(&self, ty: Ty) -> &TyKind {
        &self.defs[ty].kind
    }

    pub fn field(&self, ty: Ty, variant: u32, field: u32) -> Ty {
        self.defs[ty].variants[variant as usize].fields[field as usize].ty
    }
}

// ---------------------------------------------------------------- functions

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ParamMode {
    /// The callee becomes the owner.
    Owned,
    /// The caller stays the owner; the callee may only read (and `copy` from) it.
    Borrowed,
    /// The address of a place of the caller: initialised at entry and at every exit.
    Mut,
    /// A `USize`, the memory of a cell of this variant or null, as `DropReuse` makes it; the callee uses or frees it. Only in
    /// the owned stage.
    Token { ty: Ty, variant: u32 },
}

#[derive(Clone, PartialEq, Debug)]
pub struct Param {
    pub local: Local,
    pub mode: ParamMode,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Function {
    /// Unique in the program: `Array<Int>.push`.
    pub name: String,
    /// Parameter types and modes, also for functions without a body.
    pub params: Vec<(Ty, ParamMode)>,
    pub ret: Ty,
    pub kind: FuncKind,
    pub inline: hir::program::Inline,
    /// The name under which the artifact exports it.
    pub export: Option<String>,
    /// Whether a panic may leave it. Before inference: true.
    pub may_unwind: bool,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub enum FuncKind {
    Body(Body),
    /// An import of the host.
    Extern {
        module: String,
        name: String,
    },
    /// The function that suspends whoever calls it, see `passes::coroutine`. Whoever is resumed in order to end unwinds from it.
    Suspend,
    /// The function that hands its argument to whoever has asked a generator for its next value, and suspends the generator. Whoever is
    /// resumed in order to end unwinds from it.
    Yield,
}

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Body {
    pub params: Vec<Param>,
    /// `_0` is the return place.
    pub locals: IndexVec<Local, LocalDecl>,
    /// `bb0` is the entry and is no jump's target.
    pub blocks: IndexVec<Block, BlockData>,
    /// `mut` parameters that may be given a part of a value with a `drop` of its own, which sees them when a panic passes: values
    /// that can be copied stay in them. See `passes::holes`. Only in the built stage.
    pub observed: Vec<Local>,
    /// A `mut` parameter, a `Bool`, that is set where unwinding leaves another one without its value. Only in the built stage.
    pub hole: Option<Local>,
}

pub const RETURN: Local = Local(0);

#[derive(Clone, PartialEq, Debug)]
pub struct LocalDecl {
    pub ty: Ty,
    /// The variable's name, if it is one of the source.
    pub name: Option<String>,
    /// This local is a pointer into (or a borrow out of) the value of another one, which must stay alive and in
    /// place as long as this one is used.
    pub loan_of: Option<Local>,
    /// The local holds a borrowed value: it is never dropped nor moved from.
    pub is_borrow: bool,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub struct BlockData {
    pub stmts: Vec<Stmt>,
    pub term: Term,
    pub term_span: Span,
    /// Reached by unwinding (directly, or from such a block): ends in `Resume`, or joins nothing else.
    pub is_cleanup: bool,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Place {
    pub local: Local,
    pub proj: Vec<Proj>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Proj {
    /// A field of a struct, or of the variant that stands before it.
    Field(u32),
    /// The value of an enum seen as this variant (known to be it). Goes through the pointer of a boxed enum.
    Variant(u32),
    /// An element of a `FixedArray`, in bounds (checked before); the local is a `USize`.
    Index(Local),
    /// Behind a `Ptr<T>`.
    Deref,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Operand {
    Copy(Place),
    Move(Place),
    Borrow(Place),
    Const(Const),
}

#[derive(Clone, PartialEq, Debug)]
pub enum Const {
    /// The value as the type's bits, sign-extended for signed types.
    Int(i128, IntTy),
    F32(u32),
    F64(u64),
    Bool(bool),
    Char(char),
    Unit,
    /// A string literal of the library's `String` type, with the type.
    Str(Box<str>, Ty),
    /// The address of static bytes.
    DataAddr(DataId),
    /// The address of a function's code as a `USize`, as frames and tasks have it: of a coroutine behind `passes::coroutine`, or of a function
    /// that takes the same and never unwinds (`turn_code`).
    FuncAddr(FuncId),
    /// With the type of the pointer, `Ptr<T>` or `USize`.
    Null(Ty),
    /// A variant without fields, or a struct without fields.
    Empty(Ty, u32),
    /// A value of the type that may be dropped at no effect; only in cleanup blocks.
    Poison(Ty),
    /// The shared static buffer of length 0, with the type of the buffer.
    EmptyBuffer(Ty),
}

/// An argument of a call, by the mode of the parameter.
#[derive(Clone, PartialEq, Debug)]
pub enum Arg {
    /// For an owned parameter (`copy`, `move`, a constant), a borrowed one (`borrow`, a constant) or a token (`move`).
    Value(Operand),
    /// For a `mut` parameter.
    Mut(Place),
}

#[derive(Clone, PartialEq, Debug)]
pub enum Rvalue {
    /// With `borrow` only into a local that `is_borrow`.
    Use(Operand),
    /// On numbers, `Bool`, `Char`, `Ptr`: wrapping arithmetic (checks have been lowered), IEEE floats. Both operands
    /// have the type; a shift's count is of any integer type and taken modulo the width. No `And`, `Or`, `Pow`.
    Binary(BinOp, Operand, Operand),
    /// `(result, overflowed: Bool)` of `Add Sub Mul` on integers: a tuple type's value.
    Checked(BinOp, Operand, Operand),
    Unary(UnOp, Operand),
    /// Between numbers, `Char`, `Bool`, pointers, to the type of the destination.
    Cast(Operand),
    /// A struct or tuple value, or a variant of an enum; takes ownership of the fields. For a boxed enum, allocates, or uses
    /// the memory of `reuse` (a local of type `USize` made by `DropReuse`, or a parameter that is a token; null where nothing is to
    /// be had).
    Aggregate {
        ty: Ty,
        variant: u32,
        fields: Vec<Operand>,
        reuse: Option<Local>,
    },
    /// `[T; N]` from its elements, with the type of the array.
    FixedArray(Ty, Vec<Operand>),
    /// `[T; N]`, with `N` at least 1, of copies of one element: takes ownership of that one.
    FixedRepeat(Ty, Operand),
    /// The variant's index as an `Int32`; reads, does not consume.
    Discriminant(Place),
    /// A boxed `Fn` from a closure's environment and the instance that takes it as a borrowed first parameter.
    MakeFnBox {
        ty: Ty,
        env: Operand,
        func: FuncId,
    },
    /// A `dyn` value: the methods' instances in vtable order, each taking the value by its own mode first.
    MakeDyn {
        ty: Ty,
        value: Operand,
        methods: Vec<FuncId>,
    },
    /// The address of a place, as a `Ptr`; the destination's declaration has the loan.
    AddrOf(Place),
    Intrinsic(Intrinsic, Vec<Operand>),
}

/// Operations that only the library's unsafe modules use, and what optimisation needs. They never panic and never
/// unwind. `docs/architecture.md` has the table with the names in GAL and the contracts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Intrinsic {
    /// `Ptr<T>` moved by so many elements (`Int` or `USize`, signed).
    PtrOffset(Ty),
    /// Bytes of a `T` in memory, and its alignment.
    SizeOf(Ty),
    AlignOf(Ty),
    /// Whether dropping a `T` does anything.
    NeedsDrop(Ty),
    /// The address of a buffer's cell, without change of counts; the operand is a borrow.
    BufferPtr,
    /// A buffer of these elements from the address of a cell whose count is the new owner's.
    BufferFromPtr(Ty),
    /// The address of a buffer's cell; the operand is consumed: the count is the caller's now.
    BufferIntoPtr,
    /// Whether the (borrowed) buffer, boxed enum, or closure has one owner only.
    IsUnique,
    /// Behind this pointer is a value of a type with a `drop` of its own of which a part is missing: only its parts are dropped.
    Disarm(Ty),
    /// One owner more of what the value of this type behind a pointer counts: its bytes have been copied.
    PtrRetain(Ty),
    /// The address of the routine that finds the references to actors in a `T` in memory.
    VisitRoutine(Ty),
    /// Calls such a routine, `(routine, address)`; it tells the library of what it finds.
    Visit,
    /// memcpy and memset: `(dst, src, bytes)` may overlap, `(dst, byte, bytes)`.
    MemCopy,
    MemFill,
    /// No access of memory is moved over it: memory changes its owner here.
    MemoryBarrier,
    MemorySize,
    /// Pages to add; the old size or -1.
    MemoryGrow,
    /// The first address behind static data.
    HeapBase,
    /// The address of a mutable static word of this number (allocator state and the like); zero at start, 16 bytes each.
    StaticAddr(u32),
    // Bits of integers.
    Clz,
    Ctz,
    Popcnt,
    Rotl,
    Rotr,
    /// High half of the 128-bit product of two `UInt64`.
    MulHigh,
    // Floats of the operand's type.
    Sqrt,
    Floor,
    Ceil,
    Trunc,
    Nearest,
    Fabs,
    Copysign,
    FMin,
    FMax,
    /// Between a float and the integer of its bits.
    BitsOf,
    FromBits,
    /// An operation on vectors. The number of a lane to extract or replace is the last operand, below the number of lanes; a shuffle has
    /// its immediate.
    Vector(simd::Op, simd::Imm),
    /// Ends the program at once by a trap.
    Trap,
    /// An access that no other tears, at its natural alignment: `(address)`, `(address, value)`, for `Cas` `(address, expected, new)`,
    /// for `Fence` nothing. Values are integers of four or eight bytes. All but `Store` and `Fence` give what was there.
    Atomic(AtomicOp, MemoryOrder),
}

#[derive(Clone, PartialEq, Debug)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub enum StmtKind {
    /// Writes to an uninitialised (or trivially droppable) place: what it held before is not dropped.
    Assign(Place, Rvalue),
    /// Drops the value of a place whose type's drop cannot panic. Before drop elaboration the place may be moved
    /// out on some or all paths: then it is a no-op there.
    Drop(Place),
    /// Consumes a boxed enum value in `place`, known to be `variant`, whose fields have been copied into locals by
    /// the statements that the pass names: if the cell was unique its memory is kept in `token` (`USize` local) and the fields that were
    /// `taken` are not dropped; otherwise the taken fields are retained, the count goes down, and `token` becomes 0.
    DropReuse {
        place: Place,
        variant: u32,
        taken: Vec<u32>,
        token: Local,
    },
    /// Frees the memory of a token that was not used.
    FreeToken {
        token: Local,
        ty: Ty,
    },
    Nop,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Callee {
    Func(FuncId),
    /// A boxed `Fn` in this place (borrowed for the call).
    FnBox(Place),
    /// Method number of the `dyn` value in this place; its receiver is not repeated in the arguments.
    /// The first mode says how the method takes its receiver: `Borrowed` for every `self` of values that can be copied,
    /// `Mut` for `mut self`; `Owned` consumes the object.
    Dyn {
        object: Place,
        method: u32,
        receiver: ParamMode,
        params: Vec<(Ty, ParamMode)>,
        ret: Ty,
    },
    /// Makes a frame of the function, a `USize`, in which it has not begun yet. The arguments are the address for its result, and
    /// those of the function. Only before `passes::coroutine`.
    Start(FuncId),
    /// Goes on with the frame, its first argument, a `USize`; the second says how, the result how that ended: the numbers of
    /// `passes::coroutine`. Never unwinds.
    Resume,
    /// Goes on with the frame of this generator, its only argument, up to its next value; the result is what the function returns or
    /// yields. Unwinds as the generator does. Only before `passes::coroutine`.
    Next(FuncId),
    /// Unwinds the frame of this generator, its only argument, from where it is. Never unwinds itself. Only before `passes::coroutine`.
    End(FuncId),
}

#[derive(Clone, PartialEq, Debug)]
pub enum Term {
    Goto(Block),
    /// On a `Bool` operand.
    If {
        cond: Operand,
        then: Block,
        else_: Block,
    },
    /// On an integer, `Char` or discriminant.
    Switch {
        value: Operand,
        cases: Vec<(i128, Block)>,
        default: Block,
    },
    Return,
    Unreachable,
    /// `dest` is uninitialised before and initialised on the normal edge. `target` is `None` for callees that never return.
    /// `unwind` is `None` where nothing needs cleaning up or the callee cannot panic.
    Call {
        callee: Callee,
        args: Vec<Arg>,
        dest: Place,
        target: Option<Block>,
        unwind: Option<Block>,
    },
    /// Drops a place whose type has a user's `drop` somewhere inside.
    Drop {
        place: Place,
        target: Block,
        unwind: Option<Block>,
    },
    /// Goes on unwinding; the end of cleanup.
    Resume,
    /// Ends unwinding: from cleanup, which does nothing else, to a block that is none.
    Caught(Block),
    /// Starts unwinding (the library's panic entry uses it after it has stored the message).
    Throw,
}

/// Static memory, read-only.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Data {
    Bytes(Vec<u8>),
    /// Values of the library's `String`, one behind the other.
    Strings(Vec<Box<str>>),
}

/// A function, or one call in it, that must not suspend its caller.
#[derive(Clone, PartialEq, Debug)]
pub struct MustNotSuspend {
    pub func: FuncId,
    pub block: Option<Block>,
    pub why: crate::passes::coroutine::Why,
}

/// A function that JavaScript can call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WebExport {
    pub function: hir::program::FnId,
    pub call: WebCall,
}

/// How a call crosses from JavaScript, see docs/web-abi.md.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WebCall {
    /// As numbers.
    Plain,
    /// By the exchange buffer.
    Buffer,
    /// By the buffer, and the answer comes later.
    Async,
}

/// A whole program of instances.
#[derive(Clone, Debug, Default)]
pub struct Program {
    pub types: Types,
    pub funcs: IndexVec<FuncId, Function>,
    pub datas: IndexVec<DataId, Data>,
    /// What the generated code calls, by the name of the lang item (`alloc`, `free`, `panic`, …).
    pub lang: FxHashMap<&'static str, FuncId>,
    /// The library's `String`, if reached.
    pub string_ty: Option<Ty>,
    /// A panic ends the program at once: nothing unwinds, calls through boxes included.
    pub panics_abort: bool,
    /// Where nobody may be suspended, for reasons that the program itself does not show. Known until passes run.
    pub must_not_suspend: Vec<MustNotSuspend>,
    /// For the web: what JavaScript can call, in the order of declaration.
    pub web_exports: Vec<WebExport>,
    /// The functions of `extern "js"` that it calls.
    pub web_imports: Vec<hir::program::FnId>,
    /// `passes::coroutine` has made frames: what is lent may lie in one.
    pub has_frames: bool,
    /// For `-g`: where inlined code comes from. Spans of its statements are marks of this table.
    pub inlined: Option<Box<InlineTable>>,
}
