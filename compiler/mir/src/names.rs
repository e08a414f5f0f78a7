//! Spellings that the printer and the parser share.

use crate::ir::*;

/// Scalar types and the suffixes of their constants.
pub(crate) const INTS: [(IntTy, &str, &str); 9] = [
    (IntTy::I8, "Int8", "i8"),
    (IntTy::I16, "Int16", "i16"),
    (IntTy::I32, "Int32", "i32"),
    (IntTy::I64, "Int", "i64"),
    (IntTy::U8, "UInt8", "u8"),
    (IntTy::U16, "UInt16", "u16"),
    (IntTy::U32, "UInt32", "u32"),
    (IntTy::U64, "UInt64", "u64"),
    (IntTy::USize, "USize", "usize"),
];

pub(crate) fn int_suffix(ty: IntTy) -> &'static str {
    INTS.iter().find(|row| row.0 == ty).map_or("?", |row| row.2)
}

pub(crate) const BIN_OPS: [(BinOp, &str); 22] = [
    (BinOp::Add, "add"),
    (BinOp::Sub, "sub"),
    (BinOp::Mul, "mul"),
    (BinOp::Div, "div"),
    (BinOp::Rem, "rem"),
    (BinOp::Pow, "pow"),
    (BinOp::WrapAdd, "wrap_add"),
    (BinOp::WrapSub, "wrap_sub"),
    (BinOp::WrapMul, "wrap_mul"),
    (BinOp::Shl, "shl"),
    (BinOp::Shr, "shr"),
    (BinOp::BitAnd, "and"),
    (BinOp::BitXor, "xor"),
    (BinOp::BitOr, "or"),
    (BinOp::Eq, "eq"),
    (BinOp::Ne, "ne"),
    (BinOp::Lt, "lt"),
    (BinOp::Le, "le"),
    (BinOp::Gt, "gt"),
    (BinOp::Ge, "ge"),
    (BinOp::And, "and_also"),
    (BinOp::Or, "or_else"),
];

pub(crate) const UN_OPS: [(UnOp, &str); 3] =
    [(UnOp::Neg, "neg"), (UnOp::Not, "not"), (UnOp::BitNot, "bit_not")];

/// Intrinsics without a parameter of their own; the others are in `intrinsic_name`.
pub(crate) const INTRINSICS: [(Intrinsic, &str); 37] = [
    (Intrinsic::BufferPtr, "buffer_ptr"),
    (Intrinsic::BufferIntoPtr, "buffer_into_ptr"),
    (Intrinsic::IsUnique, "is_unique"),
    (Intrinsic::MemCopy, "mem_copy"),
    (Intrinsic::MemFill, "mem_fill"),
    (Intrinsic::MemoryBarrier, "memory_barrier"),
    (Intrinsic::MemorySize, "memory_size"),
    (Intrinsic::MemoryGrow, "memory_grow"),
    (Intrinsic::HeapBase, "heap_base"),
    (Intrinsic::Clz, "clz"),
    (Intrinsic::Ctz, "ctz"),
    (Intrinsic::Popcnt, "popcnt"),
    (Intrinsic::Rotl, "rotl"),
    (Intrinsic::Rotr, "rotr"),
    (Intrinsic::MulHigh, "mul_high"),
    (Intrinsic::Sqrt, "sqrt"),
    (Intrinsic::Floor, "floor"),
    (Intrinsic::Ceil, "ceil"),
    (Intrinsic::Trunc, "trunc"),
    (Intrinsic::Nearest, "nearest"),
    (Intrinsic::Fabs, "fabs"),
    (Intrinsic::Copysign, "copysign"),
    (Intrinsic::FMin, "fmin"),
    (Intrinsic::FMax, "fmax"),
    (Intrinsic::BitsOf, "bits_of"),
    (Intrinsic::FromBits, "from_bits"),
    (Intrinsic::Trap, "trap"),
    (Intrinsic::Visit, "visit"),
    // With a type or a number, which `with_parameter` puts in.
    (Intrinsic::PtrOffset(Ty(0)), "ptr_offset"),
    (Intrinsic::SizeOf(Ty(0)), "size_of"),
    (Intrinsic::AlignOf(Ty(0)), "align_of"),
    (Intrinsic::NeedsDrop(Ty(0)), "needs_drop"),
    (Intrinsic::BufferFromPtr(Ty(0)), "buffer_from_ptr"),
    (Intrinsic::PtrRetain(Ty(0)), "ptr_retain"),
    (Intrinsic::Disarm(Ty(0)), "disarm"),
    (Intrinsic::VisitRoutine(Ty(0)), "visit_routine"),
    (Intrinsic::StaticAddr(0), "static_addr"),
];

pub(crate) fn intrinsic_name(op: Intrinsic) -> &'static str {
    let key = match op {
        Intrinsic::PtrOffset(_) => Intrinsic::PtrOffset(Ty(0)),
        Intrinsic::SizeOf(_) => Intrinsic::SizeOf(Ty(0)),
        Intrinsic::AlignOf(_) => Intrinsic::AlignOf(Ty(0)),
        Intrinsic::NeedsDrop(_) => Intrinsic::NeedsDrop(Ty(0)),
        Intrinsic::BufferFromPtr(_) => Intrinsic::BufferFromPtr(Ty(0)),
        Intrinsic::PtrRetain(_) => Intrinsic::PtrRetain(Ty(0)),
        Intrinsic::Disarm(_) => Intrinsic::Disarm(Ty(0)),
        Intrinsic::VisitRoutine(_) => Intrinsic::VisitRoutine(Ty(0)),
        Intrinsic::StaticAddr(_) => Intrinsic::StaticAddr(0),
        other => other,
    };
    INTRINSICS.iter().find(|row| row.0 == key).map_or("?", |row| row.1)
}

/// The type parameter of an intrinsic that has one.
pub(crate) fn intrinsic_ty(op: Intrinsic) -> Option<Ty> {
    match op {
        Intrinsic::PtrOffset(ty)
        | Intrinsic::SizeOf(ty)
        | Intrinsic::AlignOf(ty)
        | Intrinsic::NeedsDrop(ty)
        | Intrinsic::BufferFromPtr(ty)
        | Intrinsic::PtrRetain(ty)
        | Intrinsic::Disarm(ty)
        | Intrinsic::VisitRoutine(ty) => Some(ty),
        _ => None,
    }
}

/// The intrinsic of the table with its type parameter put in.
pub(crate) fn with_ty(op: Intrinsic, ty: Ty) -> Intrinsic {
    match op {
        Intrinsic::PtrOffset(_) => Intrinsic::PtrOffset(ty),
        Intrinsic::SizeOf(_) => Intrinsic::SizeOf(ty),
        Intrinsic::AlignOf(_) => Intrinsic::AlignOf(ty),
        Intrinsic::NeedsDrop(_) => Intrinsic::NeedsDrop(ty),
        Intrinsic::BufferFromPtr(_) => Intrinsic::BufferFromPtr(ty),
        Intrinsic::PtrRetain(_) => Intrinsic::PtrRetain(ty),
        Intrinsic::Disarm(_) => Intrinsic::Disarm(ty),
        Intrinsic::VisitRoutine(_) => Intrinsic::VisitRoutine(ty),
        other => other,
    }
}

/// Functions that generated code may call: must match the table in `docs/contracts.md`.
pub(crate) const LANG: [&str; 27] = [
    "alloc",
    "free",
    "panic",
    "panic_overflow",
    "panic_div_zero",
    "panic_bounds",
    "panic_unwound",
    "main_failed",
    "trace_actor",
    "trace_cell",
    "start_exit",
    "formatter_new",
    "formatter_push_str",
    "formatter_finish",
    "format_spec",
    "hash_int",
    "array_with_capacity",
    "array_push_within",
    "array_repeat",
    "array_len",
    "array_at",
    "array_slice",
    "array_from_fixed",
    "int_pow",
    "float_pow",
    "float_rem",
    "main",
];

/// The bytes of a name that needs no quotes: letters, digits and `_.:$`, and in balanced angle brackets also `, ()&`.
pub(crate) fn bare_name_len(text: &[u8]) -> usize {
    let mut depth = 0usize;
    let mut end = 0;
    for (i, &b) in text.iter().enumerate() {
        match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' | b':' | b'$' => {}
            b'<' => depth += 1,
            b'>' if depth > 0 => depth -= 1,
            b',' | b' ' | b'(' | b')' | b'&' if depth > 0 => {}
            _ => break,
        }
        if depth == 0 {
            end = i + 1;
        }
    }
    end
}
