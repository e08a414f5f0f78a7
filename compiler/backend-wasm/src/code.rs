//! Wasm opcodes by their names in the specification, and the one table that maps LIR operations to them.
//!
//! Tests below check that there is a row for each type that `lir::ops` allows, of the name that LIR has for it, and that
//! each number means the mnemonic written beside it. That the instructions compute what LIR says is for `tests/lir`.

use lir::{AtomicRmw, BinOp, CmpOp, ConvOp, MemTy, Ty, UnOp};

use crate::wir::Vt;

macro_rules! codes {
    ($($name:ident = $number:literal $mnemonic:literal)*) => {
        /// An instruction without immediates, or a memory access. Prefixed opcodes carry the prefix in the high byte.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u16)]
        pub enum Code { $($name = $number),* }

        impl Code {
            #[cfg(test)]
            pub const ALL: &'static [Code] = &[$(Code::$name),*];

            /// The name in the text format.
            #[cfg(test)]
            pub fn mnemonic(self) -> &'static str {
                match self { $(Code::$name => $mnemonic),* }
            }
        }
    };
}

codes! {
    I32Load = 0x28 "i32.load"
    I64Load = 0x29 "i64.load"
    F32Load = 0x2a "f32.load"
    F64Load = 0x2b "f64.load"
    I32Load8S = 0x2c "i32.load8_s"
    I32Load8U = 0x2d "i32.load8_u"
    I32Load16S = 0x2e "i32.load16_s"
    I32Load16U = 0x2f "i32.load16_u"
    I32Store = 0x36 "i32.store"
    I64Store = 0x37 "i64.store"
    F32Store = 0x38 "f32.store"
    F64Store = 0x39 "f64.store"
    I32Store8 = 0x3a "i32.store8"
    I32Store16 = 0x3b "i32.store16"
    I32Eqz = 0x45 "i32.eqz"
    I32Eq = 0x46 "i32.eq"
    I32Ne = 0x47 "i32.ne"
    I32LtS = 0x48 "i32.lt_s"
    I32LtU = 0x49 "i32.lt_u"
    I32GtS = 0x4a "i32.gt_s"
    I32GtU = 0x4b "i32.gt_u"
    I32LeS = 0x4c "i32.le_s"
    I32LeU = 0x4d "i32.le_u"
    I32GeS = 0x4e "i32.ge_s"
    I32GeU = 0x4f "i32.ge_u"
    I64Eqz = 0x50 "i64.eqz"
    I64Eq = 0x51 "i64.eq"
    I64Ne = 0x52 "i64.ne"
    I64LtS = 0x53 "i64.lt_s"
    I64LtU = 0x54 "i64.lt_u"
    I64GtS = 0x55 "i64.gt_s"
    I64GtU = 0x56 "i64.gt_u"
    I64LeS = 0x57 "i64.le_s"
    I64LeU = 0x58 "i64.le_u"
    I64GeS = 0x59 "i64.ge_s"
    I64GeU = 0x5a "i64.ge_u"
    F32Eq = 0x5b "f32.eq"
    F32Ne = 0x5c "f32.ne"
    F32Lt = 0x5d "f32.lt"
    F32Gt = 0x5e "f32.gt"
    F32Le = 0x5f "f32.le"
    F32Ge = 0x60 "f32.ge"
    F64Eq = 0x61 "f64.eq"
    F64Ne = 0x62 "f64.ne"
    F64Lt = 0x63 "f64.lt"
    F64Gt = 0x64 "f64.gt"
    F64Le = 0x65 "f64.le"
    F64Ge = 0x66 "f64.ge"
    I32Clz = 0x67 "i32.clz"
    I32Ctz = 0x68 "i32.ctz"
    I32Popcnt = 0x69 "i32.popcnt"
    I32Add = 0x6a "i32.add"
    I32Sub = 0x6b "i32.sub"
    I32Mul = 0x6c "i32.mul"
    I32DivS = 0x6d "i32.div_s"
    I32DivU = 0x6e "i32.div_u"
    I32RemS = 0x6f "i32.rem_s"
    I32RemU = 0x70 "i32.rem_u"
    I32And = 0x71 "i32.and"
    I32Or = 0x72 "i32.or"
    I32Xor = 0x73 "i32.xor"
    I32Shl = 0x74 "i32.shl"
    I32ShrS = 0x75 "i32.shr_s"
    I32ShrU = 0x76 "i32.shr_u"
    I32Rotl = 0x77 "i32.rotl"
    I32Rotr = 0x78 "i32.rotr"
    I64Clz = 0x79 "i64.clz"
    I64Ctz = 0x7a "i64.ctz"
    I64Popcnt = 0x7b "i64.popcnt"
    I64Add = 0x7c "i64.add"
    I64Sub = 0x7d "i64.sub"
    I64Mul = 0x7e "i64.mul"
    I64DivS = 0x7f "i64.div_s"
    I64DivU = 0x80 "i64.div_u"
    I64RemS = 0x81 "i64.rem_s"
    I64RemU = 0x82 "i64.rem_u"
    I64And = 0x83 "i64.and"
    I64Or = 0x84 "i64.or"
    I64Xor = 0x85 "i64.xor"
    I64Shl = 0x86 "i64.shl"
    I64ShrS = 0x87 "i64.shr_s"
    I64ShrU = 0x88 "i64.shr_u"
    I64Rotl = 0x89 "i64.rotl"
    I64Rotr = 0x8a "i64.rotr"
    F32Abs = 0x8b "f32.abs"
    F32Neg = 0x8c "f32.neg"
    F32Ceil = 0x8d "f32.ceil"
    F32Floor = 0x8e "f32.floor"
    F32Trunc = 0x8f "f32.trunc"
    F32Nearest = 0x90 "f32.nearest"
    F32Sqrt = 0x91 "f32.sqrt"
    F32Add = 0x92 "f32.add"
    F32Sub = 0x93 "f32.sub"
    F32Mul = 0x94 "f32.mul"
    F32Div = 0x95 "f32.div"
    F32Min = 0x96 "f32.min"
    F32Max = 0x97 "f32.max"
    F32Copysign = 0x98 "f32.copysign"
    F64Abs = 0x99 "f64.abs"
    F64Neg = 0x9a "f64.neg"
    F64Ceil = 0x9b "f64.ceil"
    F64Floor = 0x9c "f64.floor"
    F64Trunc = 0x9d "f64.trunc"
    F64Nearest = 0x9e "f64.nearest"
    F64Sqrt = 0x9f "f64.sqrt"
    F64Add = 0xa0 "f64.add"
    F64Sub = 0xa1 "f64.sub"
    F64Mul = 0xa2 "f64.mul"
    F64Div = 0xa3 "f64.div"
    F64Min = 0xa4 "f64.min"
    F64Max = 0xa5 "f64.max"
    F64Copysign = 0xa6 "f64.copysign"
    I32WrapI64 = 0xa7 "i32.wrap_i64"
    I64ExtendI32S = 0xac "i64.extend_i32_s"
    I64ExtendI32U = 0xad "i64.extend_i32_u"
    F32ConvertI32S = 0xb2 "f32.convert_i32_s"
    F32ConvertI32U = 0xb3 "f32.convert_i32_u"
    F32ConvertI64S = 0xb4 "f32.convert_i64_s"
    F32ConvertI64U = 0xb5 "f32.convert_i64_u"
    F32DemoteF64 = 0xb6 "f32.demote_f64"
    F64ConvertI32S = 0xb7 "f64.convert_i32_s"
    F64ConvertI32U = 0xb8 "f64.convert_i32_u"
    F64ConvertI64S = 0xb9 "f64.convert_i64_s"
    F64ConvertI64U = 0xba "f64.convert_i64_u"
    F64PromoteF32 = 0xbb "f64.promote_f32"
    I32ReinterpretF32 = 0xbc "i32.reinterpret_f32"
    I64ReinterpretF64 = 0xbd "i64.reinterpret_f64"
    F32ReinterpretI32 = 0xbe "f32.reinterpret_i32"
    F64ReinterpretI64 = 0xbf "f64.reinterpret_i64"
    I32Extend8S = 0xc0 "i32.extend8_s"
    I32Extend16S = 0xc1 "i32.extend16_s"
    I64Extend8S = 0xc2 "i64.extend8_s"
    I64Extend16S = 0xc3 "i64.extend16_s"
    I64Extend32S = 0xc4 "i64.extend32_s"
    I32TruncSatF32S = 0xfc00 "i32.trunc_sat_f32_s"
    I32TruncSatF32U = 0xfc01 "i32.trunc_sat_f32_u"
    I32TruncSatF64S = 0xfc02 "i32.trunc_sat_f64_s"
    I32TruncSatF64U = 0xfc03 "i32.trunc_sat_f64_u"
    I64TruncSatF32S = 0xfc04 "i64.trunc_sat_f32_s"
    I64TruncSatF32U = 0xfc05 "i64.trunc_sat_f32_u"
    I64TruncSatF64S = 0xfc06 "i64.trunc_sat_f64_s"
    I64TruncSatF64U = 0xfc07 "i64.trunc_sat_f64_u"
    V128Load = 0xfd00 "v128.load"
    V128Store = 0xfd0b "v128.store"
    I32AtomicLoad = 0xfe10 "i32.atomic.load"
    I64AtomicLoad = 0xfe11 "i64.atomic.load"
    I32AtomicStore = 0xfe17 "i32.atomic.store"
    I64AtomicStore = 0xfe18 "i64.atomic.store"
    I32AtomicRmwAdd = 0xfe1e "i32.atomic.rmw.add"
    I64AtomicRmwAdd = 0xfe1f "i64.atomic.rmw.add"
    I32AtomicRmwSub = 0xfe25 "i32.atomic.rmw.sub"
    I64AtomicRmwSub = 0xfe26 "i64.atomic.rmw.sub"
    I32AtomicRmwAnd = 0xfe2c "i32.atomic.rmw.and"
    I64AtomicRmwAnd = 0xfe2d "i64.atomic.rmw.and"
    I32AtomicRmwOr = 0xfe33 "i32.atomic.rmw.or"
    I64AtomicRmwOr = 0xfe34 "i64.atomic.rmw.or"
    I32AtomicRmwXor = 0xfe3a "i32.atomic.rmw.xor"
    I64AtomicRmwXor = 0xfe3b "i64.atomic.rmw.xor"
    I32AtomicRmwXchg = 0xfe41 "i32.atomic.rmw.xchg"
    I64AtomicRmwXchg = 0xfe42 "i64.atomic.rmw.xchg"
    I32AtomicRmwCmpxchg = 0xfe48 "i32.atomic.rmw.cmpxchg"
    I64AtomicRmwCmpxchg = 0xfe49 "i64.atomic.rmw.cmpxchg"
}

use Code::*;

impl Code {
    /// Whether the result is 0 or 1.
    pub fn is_test(self) -> bool {
        (I32Eqz as u16..=F64Ge as u16).contains(&(self as u16))
    }

    /// The comparison with the opposite result, where one exists for every operand.
    pub fn negated(self) -> Option<Code> {
        const PAIRS: &[(Code, Code)] = &[
            (I32Eq, I32Ne),
            (I32LtS, I32GeS),
            (I32LtU, I32GeU),
            (I32GtS, I32LeS),
            (I32GtU, I32LeU),
            (I64Eq, I64Ne),
            (I64LtS, I64GeS),
            (I64LtU, I64GeU),
            (I64GtS, I64LeS),
            (I64GtU, I64LeU),
            (F32Eq, F32Ne),
            (F64Eq, F64Ne),
        ];
        PAIRS.iter().find_map(|&(a, b)| (a == self).then_some(b).or((b == self).then_some(a)))
    }

    /// The instruction that gives the same result with its two operands exchanged.
    pub fn swapped(self) -> Option<Code> {
        Some(match self {
            I32Add | I32Mul | I32And | I32Or | I32Xor | I32Eq | I32Ne | I64Add | I64Mul | I64And | I64Or
            | I64Xor | I64Eq | I64Ne | F32Eq | F32Ne | F64Eq | F64Ne => self,
            I32LtS => I32GtS,
            I32LtU => I32GtU,
            I32GtS => I32LtS,
            I32GtU => I32LtU,
            I32LeS => I32GeS,
            I32LeU => I32GeU,
            I32GeS => I32LeS,
            I32GeU => I32LeU,
            I64LtS => I64GtS,
            I64LtU => I64GtU,
            I64GtS => I64LtS,
            I64GtU => I64LtU,
            I64LeS => I64GeS,
            I64LeU => I64GeU,
            I64GeS => I64LeS,
            I64GeU => I64LeU,
            F32Lt => F32Gt,
            F32Gt => F32Lt,
            F32Le => F32Ge,
            F32Ge => F32Le,
            F64Lt => F64Gt,
            F64Gt => F64Lt,
            F64Le => F64Ge,
            F64Ge => F64Le,
            _ => return None,
        })
    }
}

/// `Ptr` is an integer of the target's width; all else is itself.
pub fn scalar(ty: Ty, ptr: Vt) -> Vt {
    match ty {
        Ty::I32 => Vt::I32,
        Ty::I64 => Vt::I64,
        Ty::F32 => Vt::F32,
        Ty::F64 => Vt::F64,
        Ty::V128 => Vt::V128,
        Ty::Ptr => ptr,
    }
}

/// Declares a mapping from an operation to its codes per type, `-` where there is none.
macro_rules! table {
    ($(#[$doc:meta])* $fun:ident($op:ident): $($tys:ident)*; $($row:ident [$($code:tt)*])*) => {
        $(#[$doc])*
        pub fn $fun(op: $op, ty: Vt) -> Option<Code> {
            const TYS: &[Vt] = &[$(Vt::$tys),*];
            let row: &[Option<Code>] = match op { $($op::$row => &[$(table!(@ $code)),*],)* };
            TYS.iter().position(|&it| it == ty).and_then(|column| row[column])
        }
    };
    (@ -) => { None };
    (@ $code:ident) => { Some($code) };
}

table! {
    /// Operations on two values of one type.
    bin(BinOp): I32 I64 F32 F64;
    Add [I32Add I64Add - -]
    Sub [I32Sub I64Sub - -]
    Mul [I32Mul I64Mul - -]
    And [I32And I64And - -]
    Or [I32Or I64Or - -]
    Xor [I32Xor I64Xor - -]
    DivS [I32DivS I64DivS - -]
    DivU [I32DivU I64DivU - -]
    RemS [I32RemS I64RemS - -]
    RemU [I32RemU I64RemU - -]
    Shl [I32Shl I64Shl - -]
    ShrS [I32ShrS I64ShrS - -]
    ShrU [I32ShrU I64ShrU - -]
    Rotl [I32Rotl I64Rotl - -]
    Rotr [I32Rotr I64Rotr - -]
    FAdd [- - F32Add F64Add]
    FSub [- - F32Sub F64Sub]
    FMul [- - F32Mul F64Mul]
    FDiv [- - F32Div F64Div]
    FMin [- - F32Min F64Min]
    FMax [- - F32Max F64Max]
    FCopysign [- - F32Copysign F64Copysign]
}

table! {
    /// Operations on one value with a result of its type.
    un(UnOp): I32 I64 F32 F64;
    Clz [I32Clz I64Clz - -]
    Ctz [I32Ctz I64Ctz - -]
    Popcnt [I32Popcnt I64Popcnt - -]
    Extend8S [I32Extend8S I64Extend8S - -]
    Extend16S [I32Extend16S I64Extend16S - -]
    Extend32S [- I64Extend32S - -]
    FNeg [- - F32Neg F64Neg]
    FAbs [- - F32Abs F64Abs]
    FSqrt [- - F32Sqrt F64Sqrt]
    FCeil [- - F32Ceil F64Ceil]
    FFloor [- - F32Floor F64Floor]
    FTrunc [- - F32Trunc F64Trunc]
    FNearest [- - F32Nearest F64Nearest]
}

table! {
    /// Comparisons.
    cmp(CmpOp): I32 I64 F32 F64;
    Eq [I32Eq I64Eq - -]
    Ne [I32Ne I64Ne - -]
    LtS [I32LtS I64LtS - -]
    LtU [I32LtU I64LtU - -]
    LeS [I32LeS I64LeS - -]
    LeU [I32LeU I64LeU - -]
    GtS [I32GtS I64GtS - -]
    GtU [I32GtU I64GtU - -]
    GeS [I32GeS I64GeS - -]
    GeU [I32GeU I64GeU - -]
    FEq [- - F32Eq F64Eq]
    FNe [- - F32Ne F64Ne]
    FLt [- - F32Lt F64Lt]
    FLe [- - F32Le F64Le]
    FGt [- - F32Gt F64Gt]
    FGe [- - F32Ge F64Ge]
}

table! {
    /// Atomic read-modify-write of memory.
    rmw(AtomicRmw): I32 I64;
    Add [I32AtomicRmwAdd I64AtomicRmwAdd]
    Sub [I32AtomicRmwSub I64AtomicRmwSub]
    And [I32AtomicRmwAnd I64AtomicRmwAnd]
    Or [I32AtomicRmwOr I64AtomicRmwOr]
    Xor [I32AtomicRmwXor I64AtomicRmwXor]
    Xchg [I32AtomicRmwXchg I64AtomicRmwXchg]
}

/// The conversion's instruction; none where both sides are the same integer on this target.
pub fn conv(op: ConvOp, ptr: Vt) -> Option<Code> {
    let wide = ptr == Vt::I64;
    Some(match op {
        ConvOp::I32ToI64S => I64ExtendI32S,
        ConvOp::I32ToI64U => I64ExtendI32U,
        ConvOp::I64ToI32 => I32WrapI64,
        ConvOp::I32ToF32S => F32ConvertI32S,
        ConvOp::I32ToF32U => F32ConvertI32U,
        ConvOp::I64ToF32S => F32ConvertI64S,
        ConvOp::I64ToF32U => F32ConvertI64U,
        ConvOp::I32ToF64S => F64ConvertI32S,
        ConvOp::I32ToF64U => F64ConvertI32U,
        ConvOp::I64ToF64S => F64ConvertI64S,
        ConvOp::I64ToF64U => F64ConvertI64U,
        ConvOp::F32ToI32S => I32TruncSatF32S,
        ConvOp::F32ToI32U => I32TruncSatF32U,
        ConvOp::F32ToI64S => I64TruncSatF32S,
        ConvOp::F32ToI64U => I64TruncSatF32U,
        ConvOp::F64ToI32S => I32TruncSatF64S,
        ConvOp::F64ToI32U => I32TruncSatF64U,
        ConvOp::F64ToI64S => I64TruncSatF64S,
        ConvOp::F64ToI64U => I64TruncSatF64U,
        ConvOp::F32ToF64 => F64PromoteF32,
        ConvOp::F64ToF32 => F32DemoteF64,
        ConvOp::BitsI32ToF32 => F32ReinterpretI32,
        ConvOp::BitsF32ToI32 => I32ReinterpretF32,
        ConvOp::BitsI64ToF64 => F64ReinterpretI64,
        ConvOp::BitsF64ToI64 => I64ReinterpretF64,
        ConvOp::I32ToPtr if wide => I64ExtendI32U,
        ConvOp::PtrToI32 if wide => I32WrapI64,
        ConvOp::I64ToPtr if !wide => I32WrapI64,
        ConvOp::PtrToI64 if !wide => I64ExtendI32U,
        ConvOp::I32ToPtr | ConvOp::PtrToI32 | ConvOp::I64ToPtr | ConvOp::PtrToI64 => return None,
    })
}

/// The plain and atomic instructions of one type of memory. The alignment is the binary logarithm of its size.
pub struct MemRow {
    pub load: Code,
    pub store: Code,
    pub align: u8,
    pub atomic: Option<(Code, Code)>,
    pub cas: Option<Code>,
    /// The type of the register.
    pub vt: Vt,
}

pub fn mem(ty: MemTy, ptr: Vt) -> MemRow {
    let row = |load, store, align, vt| MemRow { load, store, align, atomic: None, cas: None, vt };
    let i32_row = || MemRow {
        atomic: Some((I32AtomicLoad, I32AtomicStore)),
        cas: Some(I32AtomicRmwCmpxchg),
        ..row(I32Load, I32Store, 2, Vt::I32)
    };
    let i64_row = || MemRow {
        atomic: Some((I64AtomicLoad, I64AtomicStore)),
        cas: Some(I64AtomicRmwCmpxchg),
        ..row(I64Load, I64Store, 3, Vt::I64)
    };
    match ty {
        MemTy::I8 { signed: true } => row(I32Load8S, I32Store8, 0, Vt::I32),
        MemTy::I8 { signed: false } => row(I32Load8U, I32Store8, 0, Vt::I32),
        MemTy::I16 { signed: true } => row(I32Load16S, I32Store16, 1, Vt::I32),
        MemTy::I16 { signed: false } => row(I32Load16U, I32Store16, 1, Vt::I32),
        MemTy::I32 => i32_row(),
        MemTy::I64 => i64_row(),
        MemTy::F32 => row(F32Load, F32Store, 2, Vt::F32),
        MemTy::F64 => row(F64Load, F64Store, 3, Vt::F64),
        MemTy::V128 => row(V128Load, V128Store, 4, Vt::V128),
        MemTy::Ptr if ptr == Vt::I64 => i64_row(),
        MemTy::Ptr => i32_row(),
    }
}

#[cfg(test)]
mod tests;
