//! Expressions of arrays, maps, sets and options, and what is read out of them.

use crate::generator::{Generator, LEN_MAX, Need, Row, Var};
use crate::types::{INT, Ty};

pub const ROWS: &[Row] = &[
    Row {
        name: "array: literal",
        weight: 10,
        fits: is_array,
        make: |g, ty, d| Some(list(g, element(ty), d)),
    },
    Row {
        name: "array: generated",
        weight: 2,
        fits: is_array,
        make: |g, ty, d| generated(g, element(ty), d),
    },
    Row { name: "array: concatenation", weight: 2, fits: is_array, make: |g, ty, d| concatenation(g, ty, d) },
    Row { name: "array: slice", weight: 3, fits: is_array, make: |g, ty, d| slice(g, ty, d) },
    Row { name: "array: whole-array method", weight: 3, fits: is_array, make: |g, ty, d| whole(g, ty, d) },
    Row { name: "array: eager adaptor", weight: 4, fits: is_array, make: |g, ty, d| eager(g, ty, d) },
    Row { name: "array: iterator chain", weight: 5, fits: is_array, make: |g, ty, d| chain(g, ty, d) },
    Row {
        name: "array: of an own iterator",
        weight: 2,
        fits: is_array,
        make: |g, ty, d| own_iterator(g, element(ty), d),
    },
    Row {
        name: "fixed array of a constant parameter",
        weight: 3,
        fits: is_fixed,
        make: |g, ty, d| spread(g, ty, d),
    },
    Row { name: "array: of pairs", weight: 4, fits: is_pairs, make: |g, ty, d| pairs(g, ty, d) },
    Row { name: "array: of arrays", weight: 3, fits: is_nested, make: |g, ty, d| nested(g, ty, d) },
    Row { name: "element of an array", weight: 4, fits: |_, _| true, make: |g, ty, d| element_of(g, ty, d) },
    Row {
        name: "element of a fixed array",
        weight: 5,
        fits: |_, _| true,
        make: |g, ty, d| fixed_element(g, ty, d),
    },
    Row { name: "fixed array", weight: 6, fits: is_fixed, make: |g, ty, d| fixed(g, ty, d) },
    Row { name: "value of a map", weight: 2, fits: |_, _| true, make: |g, ty, d| map_value(g, ty, d) },
    Row { name: "fold", weight: 3, fits: |_, _| true, make: |g, ty, d| fold(g, ty, d) },
    Row { name: "sum and count", weight: 3, fits: |_, ty| *ty == Ty::int(), make: |g, _, d| sum(g, d) },
    Row {
        name: "query of a collection",
        weight: 4,
        fits: |_, ty| *ty == Ty::Bool,
        make: |g, _, d| query(g, d),
    },
    Row { name: "map: literal", weight: 6, fits: is_map, make: |g, ty, d| map(g, ty, d) },
    Row { name: "map: method", weight: 3, fits: is_map, make: |g, ty, d| map_method(g, ty, d) },
    Row { name: "set: literal", weight: 6, fits: is_set, make: |g, ty, d| set(g, ty, d) },
    Row { name: "set: method", weight: 3, fits: is_set, make: |g, ty, d| set_method(g, ty, d) },
    Row {
        name: "option: some",
        weight: 8,
        fits: is_option,
        make: |g, ty, d| Some(format!("Some({})", g.expr(element(ty), d))),
    },
    Row {
        name: "option: of a collection",
        weight: 4,
        fits: is_option,
        make: |g, ty, d| option_of(g, element(ty), d),
    },
    Row { name: "option: method", weight: 3, fits: is_option, make: |g, ty, d| option_method(g, ty, d) },
    Row { name: "option: taken out", weight: 2, fits: |_, _| true, make: |g, ty, d| unwrapped(g, ty, d) },
];

fn is_array(_: &Generator, ty: &Ty) -> bool {
    matches!(ty, Ty::Array(_))
}

fn is_fixed(_: &Generator, ty: &Ty) -> bool {
    matches!(ty, Ty::Fixed(..))
}

fn is_pairs(_: &Generator, ty: &Ty) -> bool {
    matches!(ty, Ty::Array(of) if matches!(&**of, Ty::Tuple(parts) if parts.len() == 2))
}

fn is_nested(_: &Generator, ty: &Ty) -> bool {
    matches!(ty, Ty::Array(of) if matches!(**of, Ty::Array(_)))
}

fn is_map(_: &Generator, ty: &Ty) -> bool {
    matches!(ty, Ty::Map(..))
}

fn is_set(_: &Generator, ty: &Ty) -> bool {
    matches!(ty, Ty::Set(_))
}

fn is_option(_: &Generator, ty: &Ty) -> bool {
    matches!(ty, Ty::Option(_))
}

/// The first type inside.
fn element(ty: &Ty) -> &Ty {
    ty.parts().first().copied().unwrap_or(&Ty::Int(INT))
}

fn list(g: &mut Generator, of: &Ty, depth: usize) -> String {
    let mut parts = Vec::new();
    loop {
        let start = g.choices.open();
        let is_last = parts.len() >= 6 || !g.choices.chance(2, 3);
        if is_last {
            return format!("[{}]", parts.join(", "));
        }
        parts.push(g.expr(of, depth));
        g.choices.close(crate::choices::Kind::Element, start);
    }
}

impl Generator {
    /// `|x| …` with a parameter, whose body is an expression.
    pub fn lambda(&mut self, param: &Ty, result: &Ty, depth: usize) -> String {
        let name = self.fresh("x");
        let var = Var { name: name.clone(), ty: param.clone(), is_mut: false };
        let body = self.in_closure(vec![var], |g| g.expr(result, depth));
        format!("|{name}| {body}")
    }

    /// Like [`Generator::lambda`], where nothing but the body says what type it has.
    fn typed_lambda(&mut self, param: &Ty, result: &Ty, depth: usize) -> String {
        let text = self.lambda(param, result, depth);
        match text.split_once("| ") {
            Some((head, body)) if !self.is_plain(result) => {
                format!("{head}| id.<{}>({body})", self.show(result))
            }
            _ => text,
        }
    }

    /// An array of some type that is there, or any.
    fn some_array(&mut self, depth: usize) -> (String, Ty) {
        let found: Vec<Var> =
            self.paths().into_iter().filter(|path| matches!(path.ty, Ty::Array(_))).collect();
        if let Some(var) = self.pick(&found).cloned()
            && self.choices.chance(3, 4)
        {
            return (var.name, element(&var.ty).clone());
        }
        let of = self.ty(1, Need::Anything);
        let text = self.receiver(&Ty::array(of.clone()), depth);
        (text, of)
    }
}

fn generated(g: &mut Generator, of: &Ty, depth: usize) -> Option<String> {
    let n = g.choices.below(LEN_MAX);
    if g.choices.chance(1, 3) {
        return Some(format!("[{}; {n}]", g.expr(of, depth)));
    }
    let make = g.typed_lambda(&Ty::int(), of, depth);
    Some(match g.choices.index(2) {
        0 => format!("Array.generate({n}, {make})"),
        _ => format!("(0..{n}).map({make}).collect()"),
    })
}

fn concatenation(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let (a, b) = (g.receiver(ty, depth), g.receiver(ty, depth));
    Some(format!("({a} + {b}).take({})", LEN_MAX - 2))
}

fn slice(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let (i, j) = (g.expr(&Ty::int(), depth.min(1)), g.choices.below(4));
    let names = g.paths_of(ty);
    let name = g.pick(&names).cloned()?;
    if g.is_reckless() {
        return Some(format!("{name}[{j}..]"));
    }
    Some(match g.choices.index(4) {
        0 => format!("{name}[({i}).rem_euclid({name}.len() + 1)..]"),
        1 => format!("{name}[..({i}).rem_euclid({name}.len() + 1)]"),
        2 => format!("{name}.split_at(({i}).rem_euclid({name}.len() + 1)).{}", j % 2),
        _ => format!("{name}[..]"),
    })
}

fn whole(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let a = g.receiver(ty, depth);
    let of = element(ty);
    let n = g.choices.below(5);
    g.spend(LEN_MAX);
    Some(match g.choices.index(7) {
        0 => format!("{a}.reversed()"),
        1 => format!("{a}.take({n})"),
        2 => format!("{a}.skip({n})"),
        3 if g.can(of, Need::Ordered) => format!("{a}.sorted()"),
        4 => {
            let key = g.lambda(of, &Ty::int(), depth);
            format!("{a}.sorted_by_key({key})")
        }
        5 if g.can(of, Need::Key) => format!("{a}.to_set().to_array()"),
        _ => format!("{a}.iter().rev().collect()"),
    })
}

fn eager(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let of = element(ty).clone();
    g.spend(LEN_MAX);
    match g.choices.index(5) {
        0 => {
            let a = g.receiver(ty, depth);
            Some(format!("{a}.filter({})", g.lambda(&of, &Ty::Bool, depth)))
        }
        1 => {
            let (a, from) = g.some_array(depth);
            Some(format!("{a}.filter_map({})", g.lambda(&from, &Ty::option(of), depth)))
        }
        2 => {
            let (a, from) = g.some_array(depth);
            Some(format!("{a}.flat_map({}).take({LEN_MAX})", g.typed_lambda(&from, ty, depth.min(1))))
        }
        3 => {
            let a = g.receiver(ty, depth);
            let keep = g.lambda(&of, &Ty::Bool, depth);
            Some(format!("{a}.partition({keep}).{}", g.choices.below(2)))
        }
        _ => {
            let (a, from) = g.some_array(depth);
            Some(format!("{a}.map({})", g.lambda(&from, &of, depth)))
        }
    }
}

/// Adaptors one behind the other; the element's type changes at most once, at the end.
fn chain(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let of = element(ty).clone();
    let (a, from) = g.some_array(depth);
    g.spend(3 * LEN_MAX);
    let mut text = format!("{a}.iter()");
    for _ in 0..1 + g.choices.below(3) {
        text += &link(g, &from, depth.min(1));
    }
    let map = g.typed_lambda(&from, &of, depth);
    text += &format!(".map({map})");
    Some(match g.choices.index(4) {
        0 => format!("{text}.take_while({}).collect()", g.lambda(&of, &Ty::Bool, 1)),
        1 => format!("{text}.chain({}).take({LEN_MAX}).collect()", g.receiver(ty, depth.min(1))),
        2 => {
            let name = g.fresh("s");
            let state = Var { name: name.clone(), ty: of.clone(), is_mut: false };
            let item = g.fresh("x");
            let params = vec![state, Var { name: item.clone(), ty: of.clone(), is_mut: false }];
            let start = g.receiver(&of, 1);
            let body = g.in_closure(params, |g| g.expr(&of, 1));
            format!("{text}.scan({start}, |{name}, {item}| {body}).collect()")
        }
        _ => format!("{text}.collect()"),
    })
}

fn link(g: &mut Generator, of: &Ty, depth: usize) -> String {
    let n = g.choices.below(4);
    match g.choices.index(7) {
        0 => format!(".filter({})", g.lambda(of, &Ty::Bool, depth)),
        1 => format!(".skip({n})"),
        2 => format!(".step_by({})", n + 1),
        3 => format!(".take({})", n + 3),
        4 => format!(".map({})", g.typed_lambda(of, of, depth)),
        5 => format!(".skip_while({})", g.lambda(of, &Ty::Bool, depth)),
        _ => format!(".cycle().take({})", n + 5),
    }
}

fn own_iterator(g: &mut Generator, of: &Ty, depth: usize) -> Option<String> {
    let (start, end) = (g.expr(&Ty::int(), depth.min(1)), g.choices.below(LEN_MAX));
    let steps = format!("(Steps {{ at: ({start}) & 3, end: {end} }})");
    let make = g.typed_lambda(&Ty::int(), of, depth);
    Some(format!("{steps}.map({make}).collect()"))
}

fn spread(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let Ty::Fixed(of, n) = ty else { return None };
    let value = g.expr(of, depth);
    Some(format!("spread.<{}, {n}>({value})", g.show(of)))
}

fn pairs(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let Ty::Tuple(parts) = element(ty).clone() else { return None };
    let (a, b) = (&parts[0], &parts[1]);
    let right = g.receiver(&Ty::array(b.clone()), depth);
    if *a == Ty::int() && g.choices.chance(1, 2) {
        return Some(format!("{right}.enumerate()"));
    }
    if g.can(a, Need::Key) && g.choices.chance(1, 3) {
        let map = g.receiver(&Ty::Map(Box::new(a.clone()), Box::new(b.clone())), depth);
        return Some(format!("{map}.to_array()"));
    }
    Some(format!("{}.zip({right})", g.receiver(&Ty::array(a.clone()), depth)))
}

fn nested(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let inner = element(ty).clone();
    let a = g.receiver(&inner, depth);
    let n = 1 + g.choices.below(4);
    Some(match g.choices.index(2) {
        0 => format!("{a}.chunks({n}).collect()"),
        _ => format!("{a}.windows({n}).collect()"),
    })
}

fn element_of(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let names = g.paths_of(&Ty::array(ty.clone()));
    let name = g.pick(&names).cloned()?;
    let i = g.expr(&Ty::int(), depth.min(1));
    if g.is_reckless() {
        return Some(format!("{name}[{i}]"));
    }
    let otherwise = g.expr(ty, depth);
    Some(match g.choices.index(3) {
        0 => format!("{name}.get_or({i}, {otherwise})"),
        1 => format!(
            "(if {name}.is_empty() {{ {otherwise} }} else {{ {name}[({i}).rem_euclid({name}.len())] }})"
        ),
        _ => format!("{name}.get(({i}) & 7).unwrap_or({otherwise})"),
    })
}

fn fixed_element(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let arrays = g.paths().into_iter().filter_map(|path| match path.ty {
        Ty::Fixed(of, n) if *of == *ty => Some((path.name, n)),
        _ => None,
    });
    let arrays: Vec<(String, usize)> = arrays.collect();
    let (name, n) = g.pick(&arrays).cloned()?;
    let i = g.expr(&Ty::int(), depth.min(1));
    Some(if g.is_reckless() { format!("{name}[{i}]") } else { format!("{name}[({i}).rem_euclid({n})]") })
}

fn fixed(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let Ty::Fixed(of, n) = ty else { return None };
    if g.choices.chance(1, 3) {
        return Some(format!("[{}; {n}]", g.expr(of, depth)));
    }
    let parts: Vec<String> = (0..*n).map(|_| g.expr(of, depth.min(1))).collect();
    Some(format!("[{}]", parts.join(", ")))
}

fn map_value(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let maps = g.paths().into_iter().filter_map(|path| match path.ty {
        Ty::Map(k, v) if *v == *ty => Some((path.name, *k)),
        _ => None,
    });
    let maps: Vec<(String, Ty)> = maps.collect();
    let (name, key) = g.pick(&maps).cloned()?;
    let k = g.expr(&key, depth.min(1));
    g.spend(10);
    if g.is_reckless() && g.can(&key, Need::Shown) {
        return Some(format!("{name}[id.<{}>({k})]", g.show(&key)));
    }
    Some(format!("{name}.get_or({k}, {})", g.expr(ty, depth)))
}

fn fold(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let (a, of) = g.some_array(depth);
    let (acc, item) = (g.fresh("s"), g.fresh("x"));
    let params = vec![
        Var { name: item.clone(), ty: of, is_mut: false },
        Var { name: acc.clone(), ty: ty.clone(), is_mut: false },
    ];
    let start = g.receiver(ty, depth);
    g.spend(LEN_MAX);
    let body = g.in_closure(params, |g| g.expr(ty, depth));
    Some(format!("{a}.fold({start}, |{acc}, {item}| {body})"))
}

fn sum(g: &mut Generator, depth: usize) -> Option<String> {
    let (a, of) = g.some_array(depth);
    g.spend(LEN_MAX);
    let number = |g: &mut Generator| {
        let text = g.lambda(&of, &Ty::int(), depth);
        text.split_once("| ").map_or(text.clone(), |(head, body)| format!("{head}| ({body}) & 1023"))
    };
    Some(match g.choices.index(6) {
        0 => format!("{a}.len()"),
        1 => format!("{a}.map({}).sum()", number(g)),
        2 => format!("{a}.count({})", g.lambda(&of, &Ty::Bool, depth)),
        3 => format!("{a}.map({}).iter().max().unwrap_or(-1)", number(g)),
        4 => format!("{a}.position({}).unwrap_or(-1)", g.lambda(&of, &Ty::Bool, depth)),
        _ => format!("{a}.iter().filter({}).count()", g.lambda(&of, &Ty::Bool, depth)),
    })
}

fn query(g: &mut Generator, depth: usize) -> Option<String> {
    let (a, of) = g.some_array(depth);
    g.spend(LEN_MAX);
    Some(match g.choices.index(6) {
        0 => format!("{a}.is_empty()"),
        1 => format!("{a}.any({})", g.lambda(&of, &Ty::Bool, depth)),
        2 => format!("{a}.all({})", g.lambda(&of, &Ty::Bool, depth)),
        3 if g.can(&of, Need::Shown) => format!("{a}.contains({})", g.receiver(&of, depth)),
        4 => {
            let key = g.ty(1, Need::Key);
            let set = g.receiver(&Ty::Set(Box::new(key.clone())), depth);
            format!("{set}.contains({})", g.receiver(&key, depth))
        }
        _ => {
            let key = g.ty(1, Need::Key);
            let map = g.receiver(&Ty::Map(Box::new(key.clone()), Box::new(Ty::int())), depth);
            format!("{map}.contains_key({})", g.receiver(&key, depth))
        }
    })
}

fn map(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let Ty::Map(k, v) = ty else { return None };
    g.spend(40);
    let pair = Ty::Tuple(vec![(**k).clone(), (**v).clone()]);
    Some(format!("Map.from({})", list(g, &pair, depth)))
}

fn map_method(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let Ty::Map(k, v) = ty else { return None };
    g.spend(100);
    Some(match g.choices.index(4) {
        0 => {
            let from = g.ty(1, Need::Anything);
            let a = g.receiver(&Ty::Map(k.clone(), Box::new(from.clone())), depth);
            format!("{a}.map_values({})", g.lambda(&from, v, depth))
        }
        1 => {
            let a = g.receiver(ty, depth);
            let (key, value) = (g.fresh("k"), g.fresh("x"));
            let params = vec![
                Var { name: key.clone(), ty: (**k).clone(), is_mut: false },
                Var { name: value.clone(), ty: (**v).clone(), is_mut: false },
            ];
            let keep = g.in_closure(params, |g| g.expr(&Ty::Bool, depth));
            format!("{a}.filter(|{key}, {value}| {keep})")
        }
        2 if matches!(**v, Ty::Array(_)) => {
            let of = element(v).clone();
            let a = g.receiver(v, depth);
            format!("{a}.group_by({})", g.lambda(&of, k, depth))
        }
        _ => {
            let keys = g.receiver(&Ty::array((**k).clone()), depth);
            let values = g.receiver(&Ty::array((**v).clone()), depth);
            format!("{keys}.zip({values}).to_map()")
        }
    })
}

fn set(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    g.spend(40);
    Some(format!("Set.from({})", list(g, element(ty), depth)))
}

fn set_method(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let a = g.receiver(ty, depth);
    g.spend(60);
    Some(match g.choices.index(4) {
        0 => format!("{a}.union({})", g.receiver(ty, depth)),
        1 => format!("{a}.intersection({})", g.receiver(ty, depth)),
        2 => format!("{a}.difference({})", g.receiver(ty, depth)),
        _ => format!("{a}.filter({})", g.lambda(element(ty), &Ty::Bool, depth)),
    })
}

fn option_of(g: &mut Generator, of: &Ty, depth: usize) -> Option<String> {
    let array = g.receiver(&Ty::array(of.clone()), depth);
    Some(match g.choices.index(6) {
        0 => format!("{array}.first()"),
        1 => format!("{array}.last()"),
        2 => format!("{array}.get({})", g.expr(&Ty::int(), depth.min(1))),
        3 => format!("{array}.find({})", g.lambda(of, &Ty::Bool, depth)),
        4 if g.can(of, Need::Ordered) => format!("{array}.max()"),
        _ => {
            let key = g.lambda(of, &Ty::int(), depth);
            format!("{array}.iter().min_by_key({key})")
        }
    })
}

fn option_method(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let of = element(ty).clone();
    let from = g.ty(1, Need::Anything);
    Some(match g.choices.index(6) {
        0 => {
            let a = g.receiver(&Ty::option(from.clone()), depth);
            format!("{a}.map({})", g.lambda(&from, &of, depth))
        }
        1 => {
            let a = g.receiver(&Ty::option(from.clone()), depth);
            format!("{a}.and_then({})", g.lambda(&from, ty, depth))
        }
        2 => {
            let a = g.receiver(ty, depth);
            format!("{a}.filter({})", g.lambda(&of, &Ty::Bool, depth))
        }
        3 => format!("{}.or({})", g.receiver(ty, depth), g.expr(ty, depth)),
        4 => format!("{}.then_some({})", g.receiver(&Ty::Bool, depth), g.expr(&of, depth)),
        _ => {
            let error = g.error_ty();
            format!("{}.ok()", g.receiver(&Ty::Result(Box::new(of), Box::new(error)), depth))
        }
    })
}

fn unwrapped(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let a = g.receiver(&Ty::option(ty.clone()), depth);
    if g.is_reckless() {
        return Some(format!("{a}.unwrap()"));
    }
    Some(format!("{a}.unwrap_or({})", g.expr(ty, depth)))
}
