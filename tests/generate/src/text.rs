//! Expressions of strings. `clip` of the generated program's own keeps them short, so that no loop makes them grow without
//! bound.

use crate::generator::{Generator, Need, Row};
use crate::types::Ty;

pub const ROWS: &[Row] = &[
    Row { name: "string: interpolation", weight: 5, fits: is_str, make: |g, _, d| interpolation(g, d) },
    Row { name: "string: format", weight: 3, fits: is_str, make: |g, _, _| format_spec(g) },
    Row { name: "string: concatenation", weight: 3, fits: is_str, make: |g, _, d| concatenation(g, d) },
    Row { name: "string: slice", weight: 3, fits: is_str, make: |g, _, d| slice(g, d) },
    Row { name: "string: method", weight: 3, fits: is_str, make: |g, _, d| method(g, d) },
    Row { name: "string: pieces", weight: 2, fits: is_str, make: |g, _, d| pieces(g, d) },
    Row { name: "string: of characters", weight: 2, fits: is_str, make: |g, _, d| of_chars(g, d) },
    Row { name: "string: measure", weight: 3, fits: |_, ty| *ty == Ty::int(), make: |g, _, d| measure(g, d) },
    Row { name: "string: query", weight: 2, fits: |_, ty| *ty == Ty::Bool, make: |g, _, d| query(g, d) },
    Row {
        name: "char: of a string",
        weight: 2,
        fits: |_, ty| *ty == Ty::Char,
        make: |g, _, d| char_of(g, d),
    },
];

fn is_str(_: &Generator, ty: &Ty) -> bool {
    *ty == Ty::Str
}

/// What can stand in a hole: a path, since quotes and braces in a hole are hard to read.
fn hole(g: &mut Generator) -> Option<String> {
    let shown: Vec<String> =
        g.paths().into_iter().filter(|p| g.can(&p.ty, Need::Shown)).map(|p| p.name).collect();
    g.pick(&shown).cloned()
}

fn interpolation(g: &mut Generator, depth: usize) -> Option<String> {
    g.spend(30);
    let name = hole(g)?;
    let second = match hole(g) {
        Some(name) if g.choices.chance(1, 2) => format!(":{{{name}}}"),
        _ => {
            let number = g.receiver(&Ty::int(), depth.min(1));
            if number.contains('"') || number.contains('\n') {
                String::new()
            } else {
                format!(" {{{number}}}")
            }
        }
    };
    Some(format!("clip(\"{{{name}}}{second}\")"))
}

fn format_spec(g: &mut Generator) -> Option<String> {
    let paths: Vec<_> = g.paths().into_iter().filter(|path| !specs(&path.ty).is_empty()).collect();
    let path = g.pick(&paths).cloned()?;
    let spec = *g.pick(specs(&path.ty))?;
    Some(format!("clip(\"[{{{}:{spec}}}]\")", path.name))
}

/// What may stand behind the colon of a hole.
fn specs(ty: &Ty) -> &'static [&'static str] {
    match ty {
        Ty::Int(_) => &[">6", "<6", "^7", "+", "06", "x", "#X", "b", "#o", "*>9", "+08"],
        Ty::Float | Ty::Float32 => &[".2", "9.1", "e", "+.3", "<8", "08.2", ".0"],
        Ty::Str => &[">8", "-<8", "^9", ".2", "*^7.3"],
        Ty::Set(of) if matches!(**of, Ty::Int(_)) => &[">30", "*<30"],
        _ => &[],
    }
}

fn concatenation(g: &mut Generator, depth: usize) -> Option<String> {
    let with = match g.choices.index(3) {
        0 | 1 => Ty::Str,
        _ => g.ty(1, Need::Shown),
    };
    let (a, b) = (g.receiver(&Ty::Str, depth), g.receiver(&with, depth));
    g.spend(20);
    Some(format!("clip({a} + {b})"))
}

fn slice(g: &mut Generator, depth: usize) -> Option<String> {
    let a = g.receiver(&Ty::Str, depth);
    let (from, to) = (g.choices.below(6), g.choices.below(9));
    if g.is_reckless() {
        return Some(format!("{a}[{from}..{to}]"));
    }
    Some(match g.choices.index(6) {
        0 => format!("{a}.take_chars({to})"),
        1 => format!("{a}.skip_chars({from})"),
        2 => format!("{a}.get({from}, {to}).unwrap_or(\"-\")"),
        3 => format!("{a}[..0]"),
        4 => format!("{a}.trim()"),
        _ => {
            let names = g.paths_of(&Ty::Str);
            let name = g.pick(&names).cloned()?;
            let i = g.expr(&Ty::int(), depth.min(1));
            // The empty text where the index is inside a character.
            format!("{name}.get(({i}).rem_euclid({name}.len() + 1), {name}.len()).unwrap_or(\"\")")
        }
    })
}

fn method(g: &mut Generator, depth: usize) -> Option<String> {
    let a = g.receiver(&Ty::Str, depth);
    g.spend(20);
    Some(match g.choices.index(8) {
        0 => format!("{a}.to_upper()"),
        1 => format!("{a}.reversed()"),
        2 => format!("clip({a}.repeat(2))"),
        3 => format!("clip({a}.replace(\"a\", {}))", g.receiver(&Ty::Str, depth.min(1))),
        4 => format!("clip({a}.pad_start(7, {}))", g.expr(&Ty::Char, depth.min(1))),
        5 => format!("{a}.copied()"),
        6 => {
            let of = g.ty(1, Need::Shown);
            format!("clip({}.to_string())", g.receiver(&of, depth.min(1)))
        }
        _ => format!("{a}.to_lower()"),
    })
}

fn pieces(g: &mut Generator, depth: usize) -> Option<String> {
    let a = g.receiver(&Ty::Str, depth);
    g.spend(60);
    Some(match g.choices.index(4) {
        0 => format!("{a}.split(\",\").collect().join(\"-\")"),
        1 => format!("{a}.split_whitespace().map(|w| w.to_upper()).join(\"_\")"),
        2 => format!("{a}.split_once(\" \").map_or(\"none\", |(l, r)| r + l)"),
        _ => format!("{a}.strip_prefix(\"a\").unwrap_or({})", g.expr(&Ty::Str, depth.min(1))),
    })
}

fn of_chars(g: &mut Generator, depth: usize) -> Option<String> {
    g.spend(60);
    let a = g.receiver(&Ty::Str, depth);
    Some(match g.choices.index(3) {
        0 => format!("String.from_chars({a}.chars().rev())"),
        1 => format!("{a}.map_chars(|c| c.to_ascii_uppercase())"),
        _ => {
            let least = g.in_closure(Vec::new(), |g| g.expr(&Ty::Char, 1));
            format!("String.from_chars({a}.chars().filter(|c| c > {least}))")
        }
    })
}

fn measure(g: &mut Generator, depth: usize) -> Option<String> {
    let a = g.receiver(&Ty::Str, depth);
    g.spend(20);
    Some(match g.choices.index(5) {
        0 => format!("{a}.len()"),
        1 => format!("{a}.char_count()"),
        2 => format!("{a}.find(\"a\").unwrap_or(-1)"),
        3 => format!("{a}.chars().fold(7, |n, c| n *% 31 +% c.code())"),
        _ => format!("{a}.parse_int().unwrap_or({})", g.expr(&Ty::int(), depth.min(1))),
    })
}

fn query(g: &mut Generator, depth: usize) -> Option<String> {
    let a = g.receiver(&Ty::Str, depth);
    Some(match g.choices.index(4) {
        0 => format!("{a}.is_empty()"),
        1 => format!("{a}.contains({})", g.receiver(&Ty::Char, depth.min(1))),
        2 => format!("{a}.starts_with({})", g.receiver(&Ty::Str, depth.min(1))),
        _ => format!("{a}.any(|c| c.is_digit())"),
    })
}

fn char_of(g: &mut Generator, depth: usize) -> Option<String> {
    let a = g.receiver(&Ty::Str, depth);
    Some(match g.choices.index(3) {
        0 => format!("{a}.first_char().unwrap_or('-')"),
        1 => format!("{a}.chars().last().unwrap_or('+')"),
        _ => format!("{a}.chars().max().unwrap_or('*')"),
    })
}
