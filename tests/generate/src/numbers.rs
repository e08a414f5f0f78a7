//! Expressions of numbers, `Bool` and `Char`.
//!
//! Where overflow is checked and the program is to go on, operands are masked so that no result overflows; where it wraps,
//! all operators take anything. Of floats there are only operations with one exact result, and nothing that shows the sign
//! of a NaN.

use crate::generator::{Generator, Need, Row};
use crate::types::{INTS, IntTy, Ty};

pub const ROWS: &[Row] = &[
    Row { name: "int: wrapping operator", weight: 5, fits: is_int, make: |g, ty, d| wrapping(g, ty, d) },
    Row { name: "int: checked operator", weight: 5, fits: is_int, make: |g, ty, d| operator(g, ty, d) },
    Row { name: "int: division", weight: 3, fits: is_int, make: |g, ty, d| division(g, ty, d) },
    Row {
        name: "int: bit operator",
        weight: 3,
        fits: is_int,
        make: |g, ty, d| infix(g, ty, d, &["^", "&", "|"]),
    },
    Row { name: "int: shift", weight: 3, fits: is_int, make: |g, ty, d| infix(g, ty, d, &["<<", ">>"]) },
    Row { name: "int: prefix operator", weight: 2, fits: is_int, make: |g, ty, d| prefix(g, ty, d) },
    Row { name: "int: saturating method", weight: 2, fits: is_int, make: |g, ty, d| saturating(g, ty, d) },
    Row { name: "int: checked method", weight: 2, fits: is_int, make: |g, ty, d| checked(g, ty, d) },
    Row { name: "int: method of one", weight: 3, fits: is_int, make: |g, ty, d| of_one(g, ty, d) },
    Row { name: "int: method of two", weight: 2, fits: is_int, make: |g, ty, d| of_two(g, ty, d) },
    Row { name: "int: conversion", weight: 4, fits: is_int, make: |g, ty, d| conversion(g, ty, d) },
    Row { name: "int: counted bits", weight: 1, fits: is_int, make: |g, ty, d| bits(g, ty, d) },
    Row { name: "int: hash", weight: 1, fits: is_int, make: |g, ty, d| hash(g, ty, d) },
    Row {
        name: "float: operator",
        weight: 6,
        fits: is_float,
        make: |g, ty, d| infix(g, ty, d, &["+", "-", "*", "/", "%"]),
    },
    Row { name: "float: method", weight: 3, fits: is_float, make: |g, ty, d| float_method(g, ty, d) },
    Row { name: "float: conversion", weight: 3, fits: is_float, make: |g, ty, d| to_float(g, ty, d) },
    Row { name: "bool: comparison", weight: 8, fits: is_bool, make: |g, _, d| comparison(g, d) },
    Row { name: "bool: equality of values", weight: 4, fits: is_bool, make: |g, _, d| equality(g, d) },
    Row { name: "bool: order of values", weight: 3, fits: is_bool, make: |g, _, d| order(g, d) },
    Row { name: "bool: operator", weight: 4, fits: is_bool, make: |g, _, d| logic(g, d) },
    Row { name: "bool: query of a number", weight: 2, fits: is_bool, make: |g, _, d| query(g, d) },
    Row { name: "char: from a code", weight: 3, fits: |_, ty| *ty == Ty::Char, make: |g, _, d| code(g, d) },
    Row { name: "char: method", weight: 2, fits: |_, ty| *ty == Ty::Char, make: |g, _, d| char_method(g, d) },
];

fn is_int(_: &Generator, ty: &Ty) -> bool {
    matches!(ty, Ty::Int(_))
}

fn is_float(_: &Generator, ty: &Ty) -> bool {
    matches!(ty, Ty::Float | Ty::Float32)
}

fn is_bool(_: &Generator, ty: &Ty) -> bool {
    *ty == Ty::Bool
}

fn int_of(ty: &Ty) -> IntTy {
    match ty {
        Ty::Int(int) => *int,
        _ => crate::types::INT,
    }
}

fn infix(g: &mut Generator, ty: &Ty, depth: usize, operators: &[&str]) -> Option<String> {
    let operator = operators[g.choices.index(operators.len())];
    let (a, b) = (g.expr(ty, depth), g.expr(ty, depth));
    Some(format!("({a} {operator} {b})"))
}

fn wrapping(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    infix(g, ty, depth, &["+%", "-%", "*%"])
}

fn operator(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    if !g.checks || g.is_reckless() {
        return infix(g, ty, depth, &["+", "-", "*"]);
    }
    let (a, b) = (g.expr(ty, depth), g.expr(ty, depth));
    let lit = |value| int_of(ty).literal(value);
    Some(match g.choices.index(4) {
        0 => format!("(({a} & {}) + ({b} & {}))", lit(31), lit(63)),
        1 => format!("(({a} | {}) - ({b} & {}))", lit(16), lit(15)),
        2 => format!("(({a} & {}) * ({b} & {}))", lit(15), lit(7)),
        _ => format!("(({a} & {}) ** ({b} & {}))", lit(3), lit(3)),
    })
}

/// By what is neither 0 nor -1, unless the program may panic.
fn division(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let (a, b) = (g.expr(ty, depth), g.expr(ty, depth));
    let lit = |value| int_of(ty).literal(value);
    let divisor = match g.is_reckless() {
        true => b,
        false => format!("(({b} & {}) | {})", lit(63), lit(1)),
    };
    Some(match g.choices.index(5) {
        0 => format!("({a} / {divisor})"),
        1 => format!("({a} % {divisor})"),
        2 => format!("{}.rem_euclid({divisor})", typed(g, ty, &a)),
        3 => format!("{}.div_euclid({divisor})", typed(g, ty, &a)),
        _ => format!("{}.div_floor({divisor})", typed(g, ty, &a)),
    })
}

/// An operand on which a method can be called, whatever it is.
fn typed(g: &Generator, ty: &Ty, text: &str) -> String {
    format!("id.<{}>({text})", g.show(ty))
}

fn prefix(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let a = g.expr(ty, depth);
    let int = int_of(ty);
    Some(match g.choices.index(2) {
        1 if int.signed && (!g.checks || g.is_reckless()) => format!("(-{a})"),
        1 if int.signed => format!("(-({a} | {}))", int.literal(1)),
        _ => format!("(~{a})"),
    })
}

fn saturating(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let name = ["saturating_add", "saturating_sub", "saturating_mul"][g.choices.index(3)];
    let (a, b) = (g.receiver(ty, depth), g.expr(ty, depth));
    Some(format!("{a}.{name}({b})"))
}

fn checked(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let names = ["checked_add", "checked_sub", "checked_mul", "checked_div", "checked_rem"];
    let name = names[g.choices.index(names.len())];
    let (a, b) = (g.receiver(ty, depth), g.expr(ty, depth));
    if g.is_reckless() {
        return Some(format!("{a}.{name}({b}).unwrap()"));
    }
    let otherwise = g.expr(ty, depth);
    Some(format!("{a}.{name}({b}).unwrap_or({otherwise})"))
}

fn of_one(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let int = int_of(ty);
    let a = g.expr(ty, depth);
    let (one, small) = (int.literal(1), int.literal(100));
    let safe = format!("id.<{}>({a} | {one})", int.name());
    let masked = format!("id.<{}>({a} & {small})", int.name());
    let n = g.choices.below(70);
    Some(match g.choices.index(7) {
        0 => format!("{}.swap_bytes()", typed(g, ty, &a)),
        1 => format!("{}.rotate_left({n})", typed(g, ty, &a)),
        2 => format!("{}.rotate_right({n})", typed(g, ty, &a)),
        3 => format!("{}.wrapping_pow({n})", typed(g, ty, &a)),
        4 => format!("{masked}.isqrt()"),
        5 if int.signed => format!("{safe}.abs()"),
        _ => format!("{}.signum()", typed(g, ty, &a)),
    })
}

fn of_two(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let (a, b) = (g.receiver(ty, depth), g.expr(ty, depth));
    let int = int_of(ty);
    let (low, high) = (int.literal(3), int.literal(90));
    Some(match g.choices.index(5) {
        0 => format!("{a}.min({b})"),
        1 => format!("{a}.max({b})"),
        2 => format!("{a}.clamp({low}, {high})"),
        3 => format!("max({a}, {b})"),
        _ => format!("id.<{}>({a} & {high}).gcd({b} & {high})", int.name()),
    })
}

fn conversion(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let from = match g.choices.index(5) {
        0 | 1 => Ty::Int(INTS[g.choices.index(INTS.len())]),
        2 => [Ty::Float, Ty::Float32][g.choices.index(2)].clone(),
        3 => Ty::Bool,
        _ => Ty::Char,
    };
    let value = g.receiver(&from, depth);
    Some(format!("({value} as {})", g.show(ty)))
}

fn bits(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let names = ["count_ones", "count_zeros", "leading_zeros", "trailing_zeros"];
    let name = names[g.choices.index(names.len())];
    let from = Ty::Int(INTS[g.choices.index(INTS.len())]);
    let value = g.receiver(&from, depth);
    Some(format!("({value}.{name}() as {})", g.show(ty)))
}

fn hash(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let of = g.ty(1, Need::Shown);
    let value = g.receiver(&of, depth);
    g.spend(20);
    Some(format!("(hash_of({value}) as {})", g.show(ty)))
}

fn float_method(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let a = g.receiver(ty, depth);
    let b = g.expr(ty, depth);
    Some(match g.choices.index(9) {
        0 => format!("{a}.abs()"),
        1 => format!("{a}.floor()"),
        2 => format!("{a}.ceil()"),
        3 => format!("{a}.trunc()"),
        4 => format!("{a}.round()"),
        5 => format!("{a}.sqrt()"),
        6 => format!("{a}.min({b})"),
        7 => format!("{a}.max({b})"),
        _ => format!("(-{a})"),
    })
}

fn to_float(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let other = if *ty == Ty::Float { Ty::Float32 } else { Ty::Float };
    let from = if g.choices.chance(1, 3) { other } else { Ty::Int(INTS[g.choices.index(INTS.len())]) };
    let value = g.receiver(&from, depth);
    Some(format!("({value} as {})", g.show(ty)))
}

fn comparison(g: &mut Generator, depth: usize) -> Option<String> {
    let ty = match g.choices.index(4) {
        0 | 1 => Ty::Int(INTS[g.choices.index(INTS.len())]),
        2 => Ty::Float,
        _ => Ty::Char,
    };
    let operator = ["<", "<=", ">", ">=", "==", "!="][g.choices.index(6)];
    let (a, b) = (g.receiver(&ty, depth), g.expr(&ty, depth));
    Some(format!("({a} {operator} {b})"))
}

fn equality(g: &mut Generator, depth: usize) -> Option<String> {
    let ty = g.ty(2, Need::Shown);
    let (a, b) = (g.receiver(&ty, depth), g.expr(&ty, depth));
    g.spend(20);
    let operator = ["==", "!="][g.choices.index(2)];
    Some(format!("({a} {operator} id.<{}>({b}))", g.show(&ty)))
}

fn order(g: &mut Generator, depth: usize) -> Option<String> {
    let ty = g.ty(2, Need::Ordered);
    let (a, b) = (g.receiver(&ty, depth), g.expr(&ty, depth));
    g.spend(20);
    let operator = ["<", "<=", ">", ">="][g.choices.index(4)];
    Some(format!("({a} {operator} id.<{}>({b}))", g.show(&ty)))
}

fn logic(g: &mut Generator, depth: usize) -> Option<String> {
    let a = g.expr(&Ty::Bool, depth);
    Some(match g.choices.index(3) {
        0 => format!("(!{a})"),
        n => format!("({a} {} {})", ["&&", "||"][n - 1], g.expr(&Ty::Bool, depth)),
    })
}

fn query(g: &mut Generator, depth: usize) -> Option<String> {
    let int = Ty::Int(INTS[g.choices.index(INTS.len())]);
    let a = g.receiver(&int, depth);
    Some(match g.choices.index(5) {
        0 => format!("{a}.is_even()"),
        1 => format!("{a}.is_odd()"),
        2 => format!("{a}.is_positive()"),
        3 => format!("{}.is_nan()", g.receiver(&Ty::Float, depth)),
        _ => format!("{}.is_alphanumeric()", g.receiver(&Ty::Char, depth)),
    })
}

fn code(g: &mut Generator, depth: usize) -> Option<String> {
    let a = g.expr(&Ty::int(), depth);
    let mask = ["127", "2047", "131071"][g.choices.index(3)];
    Some(format!("Char.from_code({a} & {mask}).unwrap_or('?')"))
}

fn char_method(g: &mut Generator, depth: usize) -> Option<String> {
    let a = g.receiver(&Ty::Char, depth);
    let name = ["to_ascii_uppercase", "to_ascii_lowercase"][g.choices.index(2)];
    Some(format!("{a}.{name}()"))
}
