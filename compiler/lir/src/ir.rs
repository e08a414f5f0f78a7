//! LIR: registers (not SSA), basic blocks, scalars and memory. All meaning is lowered before this point:
//! a backend translates these instructions and nothing else.
//!
//! Invariants, checked by the verifier: every register has one type; operands have the types that
//! the instruction asks for; narrow integers (8 and 16 bits) live in `I32` registers and are kept extended
//! (sign or zero, as their GAL type says) by explicit instructions; every block ends in one terminator; only an
//! `Invoke` leads to a landing block, and a landing block is entered by nothing else; a register may be read only
//! where every path has written it.

use crate::debug::{Debug, Variable};
use entity::{IndexVec, entity};
pub use mir::ir::{AtomicOp, MemoryOrder};
use syntax::Span;

entity! {
    /// A virtual register of a function.
    pub struct Reg = "%";
    pub struct Block = "b";
    pub struct FuncId = "f";
    pub struct DataId = "d";
    pub struct GlobalId = "g";
    /// A piece of the function's stack frame in memory.
    pub struct Slot = "slot";
}

/// The type of a register.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ty {
    I32,
    I64,
    F32,
    F64,
    V128,
    /// An address or an offset of the target's pointer width.
    Ptr,
}

/// The type of a value in memory.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MemTy {
    /// `signed`: how a load extends to the `I32` register; stores ignore it.
    I8 {
        signed: bool,
    },
    I16 {
        signed: bool,
    },
    I32,
    I64,
    F32,
    F64,
    V128,
    Ptr,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Imm {
    I32(i32),
    I64(i64),
    /// The bits, so that NaNs survive.
    F32(u32),
    F64(u64),
    V128(u128),
    /// A plain number as a pointer (null, small tags).
    Ptr(i64),
}

/// Operations on two registers of one type with a result of that type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[rustfmt::skip]
pub enum BinOp {
    // I32 I64 Ptr (Ptr: Add Sub And Or Xor Mul only)
    Add, Sub, Mul, And, Or, Xor,
    // I32 I64. Division by zero and MIN / -1 must have been excluded: they are undefined here (wasm traps).
    DivS, DivU, RemS, RemU,
    // The count is taken modulo the width.
    Shl, ShrS, ShrU, Rotl, Rotr,
    // F32 F64, IEEE; FMin and FMax as wasm's.
    FAdd, FSub, FMul, FDiv, FMin, FMax, FCopysign,
}

/// Arithmetic that also tells overflow of the type's width (I32, I64).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[rustfmt::skip]
pub enum OvfOp {
    AddS, AddU, SubS, SubU, MulS, MulU,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[rustfmt::skip]
pub enum UnOp {
    // I32 I64
    Clz, Ctz, Popcnt, Extend8S, Extend16S,
    // I64
    Extend32S,
    // F32 F64
    FNeg, FAbs, FSqrt, FCeil, FFloor, FTrunc, FNearest,
}

/// Comparisons; the result is an `I32` of 0 or 1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[rustfmt::skip]
pub enum CmpOp {
    // I32 I64 Ptr (Ptr: Eq Ne and the unsigned ones)
    Eq, Ne, LtS, LtU, LeS, LeU, GtS, GtU, GeS, GeU,
    // F32 F64, IEEE: false where an operand is NaN, except FNe.
    FEq, FNe, FLt, FLe, FGt, FGe,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[rustfmt::skip]
pub enum ConvOp {
    I32ToI64S, I32ToI64U, I64ToI32,
    I32ToF32S, I32ToF32U, I64ToF32S, I64ToF32U,
    I32ToF64S, I32ToF64U, I64ToF64S, I64ToF64U,
    // Saturating; NaN gives 0.
    F32ToI32S, F32ToI32U, F32ToI64S, F32ToI64U,
    F64ToI32S, F64ToI32U, F64ToI64S, F64ToI64U,
    F32ToF64, F64ToF32,
    BitsI32ToF32, BitsF32ToI32, BitsI64ToF64, BitsF64ToI64,
    // Zero-extending or truncating as the pointer width asks.
    I32ToPtr, I64ToPtr, PtrToI32, PtrToI64,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[rustfmt::skip]
pub enum AtomicRmw {
    Add, Sub, And, Or, Xor, Xchg,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Signature {
    pub params: Vec<Ty>,
    pub results: Vec<Ty>,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Callee {
    Direct(FuncId),
    /// The register holds what `FuncAddr` gave.
    Indirect {
        sig: Signature,
        func: Reg,
    },
}

#[derive(Clone, PartialEq, Debug)]
#[rustfmt::skip]
pub enum Op {
    Const { dst: Reg, value: Imm },
    Copy { dst: Reg, src: Reg },
    Bin { op: BinOp, ty: Ty, dst: Reg, a: Reg, b: Reg },
    /// `overflow` is an `I32` of 0 or 1; `dst` holds the wrapped result.
    BinOvf { op: OvfOp, ty: Ty, dst: Reg, overflow: Reg, a: Reg, b: Reg },
    Un { op: UnOp, ty: Ty, dst: Reg, a: Reg },
    Cmp { op: CmpOp, ty: Ty, dst: Reg, a: Reg, b: Reg },
    Conv { op: ConvOp, dst: Reg, src: Reg },
    /// `cond` is an `I32`; both values are evaluated already.
    Select { ty: Ty, dst: Reg, cond: Reg, a: Reg, b: Reg },
    /// `is_word`: a pointer or a length is read, which no store that `is_data` ever writes (the producer's promise).
    Load { ty: MemTy, dst: Reg, addr: Reg, offset: u32, is_word: bool, region: Region },
    Store { ty: MemTy, addr: Reg, offset: u32, value: Reg, is_data: bool, region: Region },
    SlotAddr { dst: Reg, slot: Slot },
    DataAddr { dst: Reg, data: DataId, offset: u32 },
    /// A `Ptr` that `Callee::Indirect` accepts (on wasm the index in the table).
    FuncAddr { dst: Reg, func: FuncId },
    GlobalGet { dst: Reg, global: GlobalId },
    GlobalSet { global: GlobalId, src: Reg },
    /// `len` is a `Ptr`; the ranges may overlap.
    MemCopy { dst: Reg, src: Reg, len: Reg },
    /// The low byte of `value` (`I32`).
    MemFill { dst: Reg, value: Reg, len: Reg },
    /// Does nothing; no access of memory is moved over it. Stands where memory is given back: what [`Region`] says holds
    /// between two of these.
    MemBarrier,
    /// Size of the memory in pages of 64 KiB, as a `Ptr`.
    MemSize { dst: Reg },
    /// The old size in pages, or -1; both `Ptr`.
    MemGrow { dst: Reg, pages: Reg },
    Call { dsts: Vec<Reg>, callee: Callee, args: Vec<Reg> },
    /// `ty` is `I32` or `I64` memory. A target without an order has a stronger one.
    AtomicLoad { ty: MemTy, order: MemoryOrder, dst: Reg, addr: Reg, offset: u32 },
    AtomicStore { ty: MemTy, order: MemoryOrder, addr: Reg, offset: u32, value: Reg },
    AtomicRmw { op: AtomicRmw, ty: MemTy, order: MemoryOrder, dst: Reg, addr: Reg, offset: u32, value: Reg },
    AtomicCas { ty: MemTy, order: MemoryOrder, dst: Reg, addr: Reg, offset: u32, expected: Reg, new: Reg },
    AtomicFence { order: MemoryOrder },
    /// Operands and result as [`simd::Op`] says, `imm` as it takes.
    Vector { op: simd::Op, imm: simd::Imm, dst: Reg, args: Vec<Reg> },
}

/// What an access is to, as the producer promises: a header never overlaps elements, as long as memory has one owner.
/// Either may overlap what is anywhere.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Region {
    #[default]
    Anywhere,
    /// The words of a cell before its payload: count, capacity, length. As a `ptr` only the count is read, of a cell that is there: it is
    /// at least 1.
    Header,
    /// Elements of a buffer.
    Elements,
}

impl Region {
    /// What the text form says.
    pub fn name(self) -> &'static str {
        match self {
            Region::Anywhere => "",
            Region::Header => "header",
            Region::Elements => "elements",
        }
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct Inst {
    pub op: Op,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
#[rustfmt::skip]
pub enum Term {
    Jump(Block),
    /// `cond` is an `I32`; non-zero takes `then`.
    Branch { cond: Reg, then: Block, else_: Block },
    /// `value` is an `I32` or `I64`; the cases are distinct.
    Switch { value: Reg, cases: Vec<(i64, Block)>, default: Block },
    Return(Vec<Reg>),
    /// A call that may unwind into `landing`; `dsts` are written on the normal edge only.
    Invoke { dsts: Vec<Reg>, callee: Callee, args: Vec<Reg>, normal: Block, landing: Block },
    /// Starts or goes on unwinding. A panic's message lies in memory, so there is no payload.
    Throw,
    /// Traps: never reached in a correct program, or a fatal error whose message has been written.
    Unreachable,
}

#[derive(Clone, PartialEq, Debug)]
pub struct BlockData {
    /// Entered by unwinding. The shadow-stack pointer has been restored when it starts.
    pub is_landing: bool,
    pub insts: Vec<Inst>,
    pub term: Term,
    pub term_span: Span,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SlotData {
    pub size: u32,
    /// A power of two, at most 16.
    pub align: u32,
}

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Body {
    pub regs: IndexVec<Reg, Ty>,
    pub slots: IndexVec<Slot, SlotData>,
    /// The first block is the entry and is no jump's target.
    pub blocks: IndexVec<Block, BlockData>,
    /// The parameters' registers, in order.
    pub params: Vec<Reg>,
    /// Names of registers, for `-g` and text.
    pub reg_names: Vec<(Reg, String)>,
    /// How many bytes may be read at the pointers in some registers, whenever and wherever these have been written: values that
    /// always point at memory which has been in use, and memory that has been in use stays.
    pub readable: Vec<(Reg, u32)>,
    /// The variables of the source, for `-g`; the text form leaves them out.
    pub variables: Vec<Variable>,
}

#[derive(Clone, PartialEq, Debug)]
pub enum FuncKind {
    Import { module: String, name: String },
    Defined(Body),
}

#[derive(Clone, PartialEq, Debug)]
pub struct Function {
    pub name: String,
    pub sig: Signature,
    pub kind: FuncKind,
    /// Whether a panic can leave it; calls of functions that cannot unwind need no `Invoke`.
    pub may_unwind: bool,
    /// Calls of it stay calls.
    pub is_noinline: bool,
    /// The place of its declaration.
    pub span: Span,
}

/// Something in a data segment that only the backend knows the address of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reloc {
    Data { data: DataId, offset: u32 },
    Func(FuncId),
}

/// Static memory. Relocations are pointer-sized words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Data {
    pub name: String,
    pub bytes: Vec<u8>,
    pub align: u32,
    pub relocs: Vec<(u32, Reloc)>,
    pub is_mutable: bool,
    /// Zeroed bytes behind `bytes` that need no room in the artifact.
    pub zeroed: u32,
}

/// A scalar that lives outside memory where the target has such (a wasm global).
#[derive(Clone, PartialEq, Debug)]
pub struct Global {
    pub name: String,
    pub ty: Ty,
    pub init: Imm,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Export {
    pub name: String,
    pub func: FuncId,
}

/// One target's facts, as far as LIR and the backends need them; [`crate::targets`] has those of each.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    pub name: String,
    /// 4 or 8.
    pub pointer_bytes: u32,
    /// Results of one function beyond this number go through a slot of the caller.
    pub max_results: u32,
    /// Bytes of the stack that slots are on: a shadow stack, whose overflow `wasi` tells by it, or the only one.
    /// docs/language.md says the same.
    pub stack_bytes: u32,
    pub panic_unwinds: bool,
    pub vectors: Vectors,
}

/// What a target has for vectors of 128 bits.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Vectors {
    /// None: the pass `expand-vectors` makes numbers of them.
    Absent,
    /// All but the relaxed operations, whose results may differ from target to target.
    #[default]
    Fixed,
    Relaxed,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Module {
    pub target: Target,
    pub funcs: IndexVec<FuncId, Function>,
    pub datas: IndexVec<DataId, Data>,
    pub globals: IndexVec<GlobalId, Global>,
    pub exports: Vec<Export>,
    /// Set by the backend's layout: the first address behind static data is stored into this datum's
    /// first word (pointer-sized) so that the allocator knows where the heap begins.
    pub heap_base: Option<DataId>,
    /// For `-g`; the text form leaves it out.
    pub debug: Option<Box<Debug>>,
}
