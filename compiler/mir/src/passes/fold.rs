//! Folding of operations on constants, and algebraic identities.
//!
//! `USize` is 32 or 64 bits wide: on it only what is the same for both is folded.

use crate::ir::*;

/// What an operation on these operands is, if it is something simpler.
pub(crate) fn fold(rvalue: &Rvalue, dest: &TyKind) -> Option<Rvalue> {
    match rvalue {
        Rvalue::Binary(op, Operand::Const(a), Operand::Const(b)) => fold_binary(*op, a, b).map(constant),
        Rvalue::Binary(op, a, b) => identity(*op, a, b),
        Rvalue::Unary(op, Operand::Const(a)) => fold_unary(*op, a).map(constant),
        Rvalue::Cast(Operand::Const(a)) => fold_cast(a, dest).map(constant),
        _ => None,
    }
}

fn constant(value: Const) -> Rvalue {
    Rvalue::Use(Operand::Const(value))
}

/// The result of a checked operation and whether it overflows.
pub(crate) fn fold_checked(op: BinOp, a: &Operand, b: &Operand) -> Option<(Operand, Const)> {
    let no = Const::Bool(false);
    match (op, a, b) {
        (_, Operand::Const(Const::Int(x, ty)), Operand::Const(Const::Int(y, _))) => {
            let exact = exact(op, *x, *y)?;
            let wrapped = wrap(exact, *ty)?;
            Some((Operand::Const(Const::Int(wrapped, *ty)), Const::Bool(wrapped != exact)))
        }
        (BinOp::Add | BinOp::Sub, x, Operand::Const(Const::Int(0, _))) => Some((x.clone(), no)),
        (BinOp::Mul, x, Operand::Const(Const::Int(1, _))) => Some((x.clone(), no)),
        (BinOp::Add, Operand::Const(Const::Int(0, _)), x) => Some((x.clone(), no)),
        (BinOp::Mul, Operand::Const(Const::Int(1, _)), x) => Some((x.clone(), no)),
        _ => None,
    }
}

fn exact(op: BinOp, x: i128, y: i128) -> Option<i128> {
    match op {
        BinOp::Add | BinOp::WrapAdd => x.checked_add(y),
        BinOp::Sub | BinOp::WrapSub => x.checked_sub(y),
        BinOp::Mul | BinOp::WrapMul => x.checked_mul(y),
        _ => None,
    }
}

/// The value brought into the range of the type; `None` for `USize` where the width decides.
pub(crate) fn wrap(value: i128, ty: IntTy) -> Option<i128> {
    if ty == IntTy::USize {
        return (0..1 << 31).contains(&value).then_some(value);
    }
    let bits = ty.bits(0);
    let low = value & ((1 << bits) - 1);
    Some(if ty.is_signed() && low >> (bits - 1) != 0 { low - (1 << bits) } else { low })
}

fn fold_binary(op: BinOp, a: &Const, b: &Const) -> Option<Const> {
    match (a, b) {
        (Const::Int(x, ty), Const::Int(y, other)) => fold_ints(op, *x, *y, *ty, *other),
        (Const::Bool(x), Const::Bool(y)) => {
            let value = match op {
                BinOp::BitAnd => x & y,
                BinOp::BitOr => x | y,
                BinOp::BitXor | BinOp::Ne => x != y,
                _ => return compare(op, x.cmp(y)),
            };
            Some(Const::Bool(value))
        }
        (Const::Char(x), Const::Char(y)) => compare(op, x.cmp(y)),
        (Const::F64(x), Const::F64(y)) => fold_floats(op, f64::from_bits(*x), f64::from_bits(*y)),
        _ => None,
    }
}

fn fold_ints(op: BinOp, x: i128, y: i128, ty: IntTy, other: IntTy) -> Option<Const> {
    if let Some(result) = compare(op, x.cmp(&y)) {
        return Some(result);
    }
    let value = match op {
        BinOp::Add | BinOp::Sub | BinOp::Mul | BinOp::WrapAdd | BinOp::WrapSub | BinOp::WrapMul => {
            exact(op, x, y)?
        }
        // The one quotient that does not fit wraps to itself.
        BinOp::Div if y != 0 => x.checked_div(y)?,
        BinOp::Rem if y != 0 => x.checked_rem(y)?,
        BinOp::BitAnd => x & y,
        BinOp::BitOr => x | y,
        BinOp::BitXor => x ^ y,
        BinOp::Shl | BinOp::Shr => {
            if ty == IntTy::USize || other == IntTy::USize {
                return None;
            }
            let count = (y & i128::from(ty.bits(0) - 1)) as u32;
            if op == BinOp::Shl { x << count } else { x >> count }
        }
        _ => return None,
    };
    Some(Const::Int(wrap(value, ty)?, ty))
}

fn compare(op: BinOp, order: std::cmp::Ordering) -> Option<Const> {
    Some(Const::Bool(match op {
        BinOp::Eq => order.is_eq(),
        BinOp::Ne => order.is_ne(),
        BinOp::Lt => order.is_lt(),
        BinOp::Le => order.is_le(),
        BinOp::Gt => order.is_gt(),
        BinOp::Ge => order.is_ge(),
        _ => return None,
    }))
}

/// Results that are not numbers are left to the target, whose bits they have.
fn fold_floats(op: BinOp, x: f64, y: f64) -> Option<Const> {
    let value = match op {
        BinOp::Add => x + y,
        BinOp::Sub => x - y,
        BinOp::Mul => x * y,
        BinOp::Div => x / y,
        BinOp::Eq => return Some(Const::Bool(x == y)),
        BinOp::Ne => return Some(Const::Bool(x != y)),
        BinOp::Lt => return Some(Const::Bool(x < y)),
        BinOp::Le => return Some(Const::Bool(x <= y)),
        BinOp::Gt => return Some(Const::Bool(x > y)),
        BinOp::Ge => return Some(Const::Bool(x >= y)),
        _ => return None,
    };
    (!value.is_nan()).then_some(Const::F64(value.to_bits()))
}

fn fold_unary(op: UnOp, a: &Const) -> Option<Const> {
    match (op, a) {
        (UnOp::Not, Const::Bool(v)) => Some(Const::Bool(!v)),
        (UnOp::Neg, Const::Int(v, ty)) => Some(Const::Int(wrap(-v, *ty)?, *ty)),
        (UnOp::BitNot, Const::Int(v, ty)) => Some(Const::Int(wrap(!v, *ty)?, *ty)),
        (UnOp::Neg, Const::F64(bits)) => Some(Const::F64(bits ^ 1 << 63)),
        (UnOp::Neg, Const::F32(bits)) => Some(Const::F32(bits ^ 1 << 31)),
        _ => None,
    }
}

fn fold_cast(a: &Const, dest: &TyKind) -> Option<Const> {
    let value = match a {
        Const::Int(v, _) => *v,
        Const::Bool(v) => i128::from(*v),
        Const::Char(c) => i128::from(u32::from(*c)),
        _ => return None,
    };
    match dest {
        TyKind::Int(ty) => Some(Const::Int(wrap(value, *ty)?, *ty)),
        TyKind::F64 if value.unsigned_abs() < 1 << 53 => Some(Const::F64((value as f64).to_bits())),
        TyKind::Char => u32::try_from(value).ok().and_then(char::from_u32).map(Const::Char),
        _ => None,
    }
}

/// `x + 0` and the like; nothing on floats.
fn identity(op: BinOp, a: &Operand, b: &Operand) -> Option<Rvalue> {
    let keep = |x: &Operand| Some(Rvalue::Use(x.clone()));
    match (op, a, b) {
        (
            BinOp::Add
            | BinOp::Sub
            | BinOp::WrapAdd
            | BinOp::WrapSub
            | BinOp::BitOr
            | BinOp::BitXor
            | BinOp::Shl
            | BinOp::Shr,
            x,
            Operand::Const(Const::Int(0, _)),
        ) => keep(x),
        (BinOp::Add | BinOp::WrapAdd | BinOp::BitOr | BinOp::BitXor, Operand::Const(Const::Int(0, _)), x) => {
            keep(x)
        }
        (BinOp::Mul | BinOp::WrapMul | BinOp::Div, x, Operand::Const(Const::Int(1, _))) => keep(x),
        (BinOp::Mul | BinOp::WrapMul, Operand::Const(Const::Int(1, _)), x) => keep(x),
        (BinOp::Mul | BinOp::WrapMul | BinOp::BitAnd, _, zero @ Operand::Const(Const::Int(0, _))) => {
            keep(zero)
        }
        (BinOp::Eq, x, Operand::Const(Const::Bool(true)))
        | (BinOp::Ne, x, Operand::Const(Const::Bool(false))) => keep(x),
        (BinOp::Eq, x, Operand::Const(Const::Bool(false)))
        | (BinOp::Ne, x, Operand::Const(Const::Bool(true))) => Some(Rvalue::Unary(UnOp::Not, x.clone())),
        (BinOp::BitAnd, x, Operand::Const(Const::Bool(true)))
        | (BinOp::BitOr, x, Operand::Const(Const::Bool(false))) => keep(x),
        (BinOp::BitAnd, _, no @ Operand::Const(Const::Bool(false))) => keep(no),
        (BinOp::BitOr, _, yes @ Operand::Const(Const::Bool(true))) => keep(yes),
        _ => None,
    }
}
