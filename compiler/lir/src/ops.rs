//! The table of instructions: what each is called in text, which types it takes and what it may do besides.
//!
//! Printer, parser, verifier and passes derive from these rows, so that they cannot disagree. Every row is an arm of a
//! `match` without a wildcard: an operation that is missing here does not compile.

use crate::ir::*;

pub const INT: &[Ty] = &[Ty::I32, Ty::I64];
pub const INT_PTR: &[Ty] = &[Ty::I32, Ty::I64, Ty::Ptr];
pub const I64_ONLY: &[Ty] = &[Ty::I64];
pub const FLOAT: &[Ty] = &[Ty::F32, Ty::F64];

/// One operation on registers of one type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row<T: 'static> {
    pub op: T,
    /// The mnemonic behind the type: `add` of `i32.add`.
    pub name: &'static str,
    pub tys: &'static [Ty],
}

/// A conversion; its mnemonic names both types.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ConvRow {
    pub op: ConvOp,
    pub name: &'static str,
    pub from: Ty,
    pub to: Ty,
}

/// What an instruction does besides writing its results. Passes must know nothing else about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Depends on nothing but its operands, and has a result for all of them.
    Pure,
    /// As `Pure`, but undefined for some operands: it may be removed, not executed where it was not.
    Partial,
    /// Reads memory (or its size); undefined for a bad address.
    ReadMemory,
    ReadGlobal,
    /// Changes memory, or orders accesses of other threads.
    WriteMemory,
    WriteGlobal,
    /// Anything, not returning included.
    Call,
}

macro_rules! op_table {
    ($op:ident, $($variant:ident $name:literal $tys:ident;)*) => {
        impl $op {
            pub const ALL: &'static [$op] = &[$($op::$variant),*];

            pub fn row(self) -> &'static Row<$op> {
                match self {
                    $($op::$variant => &Row { op: $op::$variant, name: $name, tys: $tys },)*
                }
            }

            /// The operation called `name` on registers of type `ty`.
            pub fn find(name: &str, ty: Ty) -> Option<$op> {
                Self::ALL.iter().copied().find(|op| op.row().name == name && op.row().tys.contains(&ty))
            }
        }
    };
}

op_table! { BinOp,
    Add "add" INT_PTR;
    Sub "sub" INT_PTR;
    Mul "mul" INT_PTR;
    And "and" INT_PTR;
    Or "or" INT_PTR;
    Xor "xor" INT_PTR;
    DivS "div_s" INT;
    DivU "div_u" INT;
    RemS "rem_s" INT;
    RemU "rem_u" INT;
    Shl "shl" INT;
    ShrS "shr_s" INT;
    ShrU "shr_u" INT;
    Rotl "rotl" INT;
    Rotr "rotr" INT;
    FAdd "add" FLOAT;
    FSub "sub" FLOAT;
    FMul "mul" FLOAT;
    FDiv "div" FLOAT;
    FMin "min" FLOAT;
    FMax "max" FLOAT;
    FCopysign "copysign" FLOAT;
}

op_table! { OvfOp,
    AddS "add_ovf_s" INT;
    AddU "add_ovf_u" INT;
    SubS "sub_ovf_s" INT;
    SubU "sub_ovf_u" INT;
    MulS "mul_ovf_s" INT;
    MulU "mul_ovf_u" INT;
}

op_table! { UnOp,
    Clz "clz" INT;
    Ctz "ctz" INT;
    Popcnt "popcnt" INT;
    Extend8S "extend8_s" INT;
    Extend16S "extend16_s" INT;
    Extend32S "extend32_s" I64_ONLY;
    FNeg "neg" FLOAT;
    FAbs "abs" FLOAT;
    FSqrt "sqrt" FLOAT;
    FCeil "ceil" FLOAT;
    FFloor "floor" FLOAT;
    FTrunc "trunc" FLOAT;
    FNearest "nearest" FLOAT;
}

op_table! { CmpOp,
    Eq "eq" INT_PTR;
    Ne "ne" INT_PTR;
    LtS "lt_s" INT;
    LtU "lt_u" INT_PTR;
    LeS "le_s" INT;
    LeU "le_u" INT_PTR;
    GtS "gt_s" INT;
    GtU "gt_u" INT_PTR;
    GeS "ge_s" INT;
    GeU "ge_u" INT_PTR;
    FEq "eq" FLOAT;
    FNe "ne" FLOAT;
    FLt "lt" FLOAT;
    FLe "le" FLOAT;
    FGt "gt" FLOAT;
    FGe "ge" FLOAT;
}

op_table! { AtomicRmw,
    Add "add" INT;
    Sub "sub" INT;
    And "and" INT;
    Or "or" INT;
    Xor "xor" INT;
    Xchg "xchg" INT;
}

macro_rules! conv_table {
    ($($variant:ident $name:literal $from:ident $to:ident;)*) => {
        impl ConvOp {
            pub const ALL: &'static [ConvOp] = &[$(ConvOp::$variant),*];

            pub fn row(self) -> &'static ConvRow {
                match self {
                    $(ConvOp::$variant => {
                        &ConvRow { op: ConvOp::$variant, name: $name, from: Ty::$from, to: Ty::$to }
                    })*
                }
            }

            pub fn find(name: &str) -> Option<ConvOp> {
                Self::ALL.iter().copied().find(|op| op.row().name == name)
            }
        }
    };
}

conv_table! {
    I32ToI64S "i64.extend_i32_s" I32 I64;
    I32ToI64U "i64.extend_i32_u" I32 I64;
    I64ToI32 "i32.wrap_i64" I64 I32;
    I32ToF32S "f32.convert_i32_s" I32 F32;
    I32ToF32U "f32.convert_i32_u" I32 F32;
    I64ToF32S "f32.convert_i64_s" I64 F32;
    I64ToF32U "f32.convert_i64_u" I64 F32;
    I32ToF64S "f64.convert_i32_s" I32 F64;
    I32ToF64U "f64.convert_i32_u" I32 F64;
    I64ToF64S "f64.convert_i64_s" I64 F64;
    I64ToF64U "f64.convert_i64_u" I64 F64;
    F32ToI32S "i32.trunc_sat_f32_s" F32 I32;
    F32ToI32U "i32.trunc_sat_f32_u" F32 I32;
    F32ToI64S "i64.trunc_sat_f32_s" F32 I64;
    F32ToI64U "i64.trunc_sat_f32_u" F32 I64;
    F64ToI32S "i32.trunc_sat_f64_s" F64 I32;
    F64ToI32U "i32.trunc_sat_f64_u" F64 I32;
    F64ToI64S "i64.trunc_sat_f64_s" F64 I64;
    F64ToI64U "i64.trunc_sat_f64_u" F64 I64;
    F32ToF64 "f64.promote_f32" F32 F64;
    F64ToF32 "f32.demote_f64" F64 F32;
    BitsI32ToF32 "f32.reinterpret_i32" I32 F32;
    BitsF32ToI32 "i32.reinterpret_f32" F32 I32;
    BitsI64ToF64 "f64.reinterpret_i64" I64 F64;
    BitsF64ToI64 "i64.reinterpret_f64" F64 I64;
    I32ToPtr "ptr.from_i32" I32 Ptr;
    I64ToPtr "ptr.from_i64" I64 Ptr;
    PtrToI32 "i32.from_ptr" Ptr I32;
    PtrToI64 "i64.from_ptr" Ptr I64;
}

macro_rules! kind_table {
    ($($variant:ident $name:literal $effect:ident;)*) => {
        /// The variants of [`Op`] without their operands.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum OpKind { $($variant),* }

        impl OpKind {
            pub const ALL: &'static [OpKind] = &[$(OpKind::$variant),*];

            pub fn of(op: &Op) -> OpKind {
                match op {
                    $(Op::$variant { .. } => OpKind::$variant,)*
                }
            }

            /// The part of the mnemonic that does not depend on a type; empty where a table above has it.
            pub fn name(self) -> &'static str {
                match self {
                    $(OpKind::$variant => $name,)*
                }
            }

            /// The worst that an instruction of this kind does; [`Op::effect`] is precise.
            pub fn effect(self) -> Effect {
                match self {
                    $(OpKind::$variant => Effect::$effect,)*
                }
            }
        }
    };
}

kind_table! {
    Const "const" Pure;
    Copy "copy" Pure;
    Bin "" Partial;
    BinOvf "" Pure;
    Un "" Pure;
    Cmp "" Pure;
    Conv "" Pure;
    Select "select" Pure;
    Load "load" ReadMemory;
    Store "store" WriteMemory;
    SlotAddr "slot.addr" Pure;
    DataAddr "data.addr" Pure;
    FuncAddr "func.addr" Pure;
    GlobalGet "global.get" ReadGlobal;
    GlobalSet "global.set" WriteGlobal;
    MemCopy "mem.copy" WriteMemory;
    MemFill "mem.fill" WriteMemory;
    MemBarrier "mem.barrier" WriteMemory;
    MemSize "mem.size" ReadMemory;
    MemGrow "mem.grow" WriteMemory;
    Call "call" Call;
    AtomicLoad "atomic.load" WriteMemory;
    AtomicStore "atomic.store" WriteMemory;
    AtomicRmw "atomic.rmw" WriteMemory;
    AtomicCas "atomic.cas" WriteMemory;
    AtomicFence "atomic.fence" WriteMemory;
    Vector "" Pure;
}

impl BinOp {
    /// Whether some operands have no result.
    pub fn is_partial(self) -> bool {
        matches!(self, BinOp::DivS | BinOp::DivU | BinOp::RemS | BinOp::RemU)
    }

    pub fn is_commutative(self) -> bool {
        use BinOp::*;
        matches!(self, Add | Mul | And | Or | Xor | FAdd | FMul | FMin | FMax)
    }
}

impl CmpOp {
    /// The operation that gives the same with the operands exchanged.
    pub fn swapped(self) -> CmpOp {
        use CmpOp::*;
        match self {
            Eq | Ne | FEq | FNe => self,
            LtS => GtS,
            LtU => GtU,
            LeS => GeS,
            LeU => GeU,
            GtS => LtS,
            GtU => LtU,
            GeS => LeS,
            GeU => LeU,
            FLt => FGt,
            FLe => FGe,
            FGt => FLt,
            FGe => FLe,
        }
    }

    /// The operation that gives the opposite; none for the ordered comparisons of floats, because of NaN.
    pub fn negated(self) -> Option<CmpOp> {
        use CmpOp::*;
        Some(match self {
            Eq => Ne,
            Ne => Eq,
            LtS => GeS,
            LtU => GeU,
            LeS => GtS,
            LeU => GtU,
            GtS => LeS,
            GtU => LeU,
            GeS => LtS,
            GeU => LtU,
            FEq => FNe,
            FNe => FEq,
            FLt | FLe | FGt | FGe => return None,
        })
    }
}

impl Op {
    pub fn effect(&self) -> Effect {
        match self {
            Op::Bin { op, .. } if !op.is_partial() => Effect::Pure,
            op => OpKind::of(op).effect(),
        }
    }
}

impl Ty {
    pub const ALL: &'static [Ty] = &[Ty::I32, Ty::I64, Ty::F32, Ty::F64, Ty::V128, Ty::Ptr];

    pub fn name(self) -> &'static str {
        match self {
            Ty::I32 => "i32",
            Ty::I64 => "i64",
            Ty::F32 => "f32",
            Ty::F64 => "f64",
            Ty::V128 => "v128",
            Ty::Ptr => "ptr",
        }
    }

    pub fn find(name: &str) -> Option<Ty> {
        Ty::ALL.iter().copied().find(|ty| ty.name() == name)
    }

    /// `Ptr` as the integer that has its width on a target with pointers of `pointer_bytes`.
    pub fn scalar(self, pointer_bytes: u32) -> Ty {
        match self {
            Ty::Ptr if pointer_bytes == 8 => Ty::I64,
            Ty::Ptr => Ty::I32,
            ty => ty,
        }
    }
}

impl MemTy {
    pub const ALL: &'static [MemTy] = &[
        MemTy::I8 { signed: true },
        MemTy::I8 { signed: false },
        MemTy::I16 { signed: true },
        MemTy::I16 { signed: false },
        MemTy::I32,
        MemTy::I64,
        MemTy::F32,
        MemTy::F64,
        MemTy::V128,
        MemTy::Ptr,
    ];

    pub fn name(self) -> &'static str {
        match self {
            MemTy::I8 { signed: true } => "i8_s",
            MemTy::I8 { signed: false } => "i8_u",
            MemTy::I16 { signed: true } => "i16_s",
            MemTy::I16 { signed: false } => "i16_u",
            MemTy::I32 => "i32",
            MemTy::I64 => "i64",
            MemTy::F32 => "f32",
            MemTy::F64 => "f64",
            MemTy::V128 => "v128",
            MemTy::Ptr => "ptr",
        }
    }

    /// The name behind `store`, where the extension says nothing.
    pub fn store_name(self) -> &'static str {
        match self {
            MemTy::I8 { .. } => "i8",
            MemTy::I16 { .. } => "i16",
            ty => ty.name(),
        }
    }

    /// A name of either kind; without an extension a narrow integer is unsigned.
    pub fn find(name: &str) -> Option<MemTy> {
        match name {
            "i8" => Some(MemTy::I8 { signed: false }),
            "i16" => Some(MemTy::I16 { signed: false }),
            _ => MemTy::ALL.iter().copied().find(|ty| ty.name() == name),
        }
    }

    /// The type of the register that is loaded or stored.
    pub fn reg_ty(self) -> Ty {
        match self {
            MemTy::I8 { .. } | MemTy::I16 { .. } | MemTy::I32 => Ty::I32,
            MemTy::I64 => Ty::I64,
            MemTy::F32 => Ty::F32,
            MemTy::F64 => Ty::F64,
            MemTy::V128 => Ty::V128,
            MemTy::Ptr => Ty::Ptr,
        }
    }

    pub fn bytes(self, pointer_bytes: u32) -> u32 {
        match self {
            MemTy::I8 { .. } => 1,
            MemTy::I16 { .. } => 2,
            MemTy::I32 | MemTy::F32 => 4,
            MemTy::I64 | MemTy::F64 => 8,
            MemTy::V128 => 16,
            MemTy::Ptr => pointer_bytes,
        }
    }
}

impl From<Option<simd::Scalar>> for Ty {
    /// The register of an operand or result of a vector operation.
    fn from(scalar: Option<simd::Scalar>) -> Ty {
        match scalar {
            None => Ty::V128,
            Some(simd::Scalar::I32) => Ty::I32,
            Some(simd::Scalar::I64) => Ty::I64,
            Some(simd::Scalar::F32) => Ty::F32,
            Some(simd::Scalar::F64) => Ty::F64,
        }
    }
}

impl Imm {
    pub fn ty(self) -> Ty {
        match self {
            Imm::I32(_) => Ty::I32,
            Imm::I64(_) => Ty::I64,
            Imm::F32(_) => Ty::F32,
            Imm::F64(_) => Ty::F64,
            Imm::V128(_) => Ty::V128,
            Imm::Ptr(_) => Ty::Ptr,
        }
    }
}
