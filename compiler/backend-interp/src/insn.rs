//! The flat form that the interpreter runs: instructions of all functions in one vector, registers as places in a frame.
//!
//! A place counts 64-bit words from the start of the frame; a vector takes two. Scalar instructions exist once per
//! type, so that one dispatch decides everything; `scalar_insns!` lists them, and `lir::eval` says what they compute.

use lir::{AtomicRmw, BinOp, CmpOp, ConvOp, OvfOp, Ty, UnOp};

/// Calls `$macro! { { args } bin { … } … }` with the rows `Insn = operation type`.
macro_rules! scalar_insns {
    ($macro:ident, $($args:tt)*) => {
        $macro! {
            { $($args)* }
            bin {
                I32Add = Add I32, I64Add = Add I64, I32Sub = Sub I32, I64Sub = Sub I64,
                I32Mul = Mul I32, I64Mul = Mul I64, I32And = And I32, I64And = And I64,
                I32Or = Or I32, I64Or = Or I64, I32Xor = Xor I32, I64Xor = Xor I64,
                I32DivS = DivS I32, I64DivS = DivS I64, I32DivU = DivU I32, I64DivU = DivU I64,
                I32RemS = RemS I32, I64RemS = RemS I64, I32RemU = RemU I32, I64RemU = RemU I64,
                I32Shl = Shl I32, I64Shl = Shl I64, I32ShrS = ShrS I32, I64ShrS = ShrS I64,
                I32ShrU = ShrU I32, I64ShrU = ShrU I64, I32Rotl = Rotl I32, I64Rotl = Rotl I64,
                I32Rotr = Rotr I32, I64Rotr = Rotr I64,
                F32Add = FAdd F32, F64Add = FAdd F64, F32Sub = FSub F32, F64Sub = FSub F64,
                F32Mul = FMul F32, F64Mul = FMul F64, F32Div = FDiv F32, F64Div = FDiv F64,
                F32Min = FMin F32, F64Min = FMin F64, F32Max = FMax F32, F64Max = FMax F64,
                F32Copysign = FCopysign F32, F64Copysign = FCopysign F64,
            }
            un {
                I32Clz = Clz I32, I64Clz = Clz I64, I32Ctz = Ctz I32, I64Ctz = Ctz I64,
                I32Popcnt = Popcnt I32, I64Popcnt = Popcnt I64,
                I32Extend8S = Extend8S I32, I64Extend8S = Extend8S I64,
                I32Extend16S = Extend16S I32, I64Extend16S = Extend16S I64, I64Extend32S = Extend32S I64,
                F32Neg = FNeg F32, F64Neg = FNeg F64, F32Abs = FAbs F32, F64Abs = FAbs F64,
                F32Sqrt = FSqrt F32, F64Sqrt = FSqrt F64, F32Ceil = FCeil F32, F64Ceil = FCeil F64,
                F32Floor = FFloor F32, F64Floor = FFloor F64, F32Trunc = FTrunc F32, F64Trunc = FTrunc F64,
                F32Nearest = FNearest F32, F64Nearest = FNearest F64,
            }
            cmp {
                I32Eq = Eq I32, I64Eq = Eq I64, I32Ne = Ne I32, I64Ne = Ne I64,
                I32LtS = LtS I32, I64LtS = LtS I64, I32LtU = LtU I32, I64LtU = LtU I64,
                I32LeS = LeS I32, I64LeS = LeS I64, I32LeU = LeU I32, I64LeU = LeU I64,
                I32GtS = GtS I32, I64GtS = GtS I64, I32GtU = GtU I32, I64GtU = GtU I64,
                I32GeS = GeS I32, I64GeS = GeS I64, I32GeU = GeU I32, I64GeU = GeU I64,
                F32Eq = FEq F32, F64Eq = FEq F64, F32Ne = FNe F32, F64Ne = FNe F64,
                F32Lt = FLt F32, F64Lt = FLt F64, F32Le = FLe F32, F64Le = FLe F64,
                F32Gt = FGt F32, F64Gt = FGt F64, F32Ge = FGe F32, F64Ge = FGe F64,
            }
        }
    };
}
pub(crate) use scalar_insns;

/// A word of the frame.
pub(crate) type Place = u32;

macro_rules! define_insns {
    (
        { $($rest:tt)* }
        bin { $($bin:ident = $bin_op:ident $bin_ty:ident,)* }
        un { $($un:ident = $un_op:ident $un_ty:ident,)* }
        cmp { $($cmp:ident = $cmp_op:ident $cmp_ty:ident,)* }
    ) => {
        #[derive(Clone, Copy, Debug)]
        pub(crate) enum Insn {
            $($bin { dst: Place, a: Place, b: Place },)*
            $($un { dst: Place, a: Place },)*
            $($cmp { dst: Place, a: Place, b: Place },)*
            $($rest)*
        }

        impl Insn {
            /// `ty` is no pointer; `None` for an operation that does not exist.
            pub fn bin(op: BinOp, ty: Ty, dst: Place, a: Place, b: Place) -> Option<Insn> {
                Some(match (op, ty) {
                    $((BinOp::$bin_op, Ty::$bin_ty) => Insn::$bin { dst, a, b },)*
                    _ => return None,
                })
            }

            pub fn un(op: UnOp, ty: Ty, dst: Place, a: Place) -> Option<Insn> {
                Some(match (op, ty) {
                    $((UnOp::$un_op, Ty::$un_ty) => Insn::$un { dst, a },)*
                    _ => return None,
                })
            }

            pub fn cmp(op: CmpOp, ty: Ty, dst: Place, a: Place, b: Place) -> Option<Insn> {
                Some(match (op, ty) {
                    $((CmpOp::$cmp_op, Ty::$cmp_ty) => Insn::$cmp { dst, a, b },)*
                    _ => return None,
                })
            }
        }
    };
}

scalar_insns! { define_insns,
    Conv { op: ConvOp, dst: Place, src: Place },
    I32Ovf { op: OvfOp, dst: Place, overflow: Place, a: Place, b: Place },
    I64Ovf { op: OvfOp, dst: Place, overflow: Place, a: Place, b: Place },
    /// A constant whose upper half is zero.
    Const { dst: Place, bits: u32 },
    /// A constant out of the pool.
    ConstWide { dst: Place, pool: u32 },
    Copy { dst: Place, src: Place },
    Copy2 { dst: Place, src: Place },
    Select { dst: Place, cond: Place, a: Place, b: Place },
    Select2 { dst: Place, cond: Place, a: Place, b: Place },

    Load8U { dst: Place, addr: Place, offset: u32 },
    Load8S { dst: Place, addr: Place, offset: u32 },
    Load16U { dst: Place, addr: Place, offset: u32 },
    Load16S { dst: Place, addr: Place, offset: u32 },
    Load32 { dst: Place, addr: Place, offset: u32 },
    Load64 { dst: Place, addr: Place, offset: u32 },
    Load128 { dst: Place, addr: Place, offset: u32 },
    Store8 { addr: Place, offset: u32, value: Place },
    Store16 { addr: Place, offset: u32, value: Place },
    Store32 { addr: Place, offset: u32, value: Place },
    Store64 { addr: Place, offset: u32, value: Place },
    Store128 { addr: Place, offset: u32, value: Place },
    /// Stack pointer plus offset.
    SlotAddr { dst: Place, offset: u32 },
    GlobalGet { dst: Place, global: u32 },
    GlobalGet2 { dst: Place, global: u32 },
    GlobalSet { global: u32, src: Place },
    GlobalSet2 { global: u32, src: Place },
    MemCopy { dst: Place, src: Place, len: Place },
    MemFill { dst: Place, value: Place, len: Place },
    MemSize { dst: Place },
    MemGrow { dst: Place, pages: Place },

    /// `bytes` is 4 or 8.
    AtomicLoad { bytes: u8, dst: Place, addr: Place, offset: u32 },
    AtomicStore { bytes: u8, addr: Place, offset: u32, value: Place },
    AtomicRmw { op: AtomicRmw, bytes: u8, dst: Place, addr: Place, value: Place, offset: u32 },
    /// `values`: where in `extra` the places of the expected and the new value are.
    AtomicCas { bytes: u8, dst: Place, addr: Place, offset: u32, values: u32 },

    /// `args`: where in `extra` the places of the operands are, and behind them the immediate.
    Vector { op: lir::simd::Op, dst: Place, args: u32 },

    /// `call` is an index into the call sites.
    Call { call: u32 },
    CallIndirect { call: u32, func: Place },

    Jump { to: u32 },
    Branch { cond: Place, then: u32, else_: u32 },
    /// `switch` is an index into the switches; one is for 32-bit values.
    Switch32 { value: Place, switch: u32 },
    Switch64 { value: Place, switch: u32 },
    /// `values`: where in `extra` their number and places are.
    Return { values: u32 },
    Throw,
    Unreachable,
}
