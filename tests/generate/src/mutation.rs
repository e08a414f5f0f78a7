//! Changes in place: of variables, fields, elements, entries of maps, and of what lies inside of those.

use crate::generator::{Generator, LEN_MAX, Need, Var, braces};
use crate::types::Ty;

/// A place that can be changed, and what has to hold before it is there.
struct Place {
    text: String,
    ty: Ty,
    /// Conditions, outermost first, each with a line that may follow it.
    guards: Vec<(String, Option<String>)>,
}

/// A kind of change.
pub struct Change {
    pub name: &'static str,
    weight: u64,
    fits: fn(&Generator, &Ty) -> bool,
    make: fn(&mut Generator, &str, &Ty, usize) -> Option<String>,
}

pub const CHANGES: &[Change] = &[
    Change {
        name: "assignment",
        weight: 6,
        fits: |_, _| true,
        make: |g, p, ty, d| Some(format!("{p} = {}", g.expr(ty, d))),
    },
    Change { name: "compound assignment", weight: 8, fits: is_number, make: compound },
    Change { name: "string: push", weight: 10, fits: |_, ty| *ty == Ty::Str, make: string_change },
    Change { name: "array: push", weight: 12, fits: is_array, make: push },
    Change { name: "array: shorter", weight: 6, fits: is_array, make: shorter },
    Change { name: "array: rearranged", weight: 6, fits: is_array, make: rearranged },
    Change { name: "array: filled", weight: 5, fits: is_array, make: filled },
    Change { name: "array: update_each", weight: 4, fits: is_array, make: update_each },
    Change { name: "map: insert", weight: 10, fits: is_map, make: map_insert },
    Change { name: "map: update", weight: 6, fits: is_map, make: map_update },
    Change { name: "map: remove", weight: 5, fits: is_map, make: map_remove },
    Change { name: "set: change", weight: 10, fits: |_, ty| matches!(ty, Ty::Set(_)), make: set_change },
    Change {
        name: "option: change",
        weight: 10,
        fits: |_, ty| matches!(ty, Ty::Option(_)),
        make: option_change,
    },
    Change {
        name: "dyn: changed through its trait",
        weight: 10,
        fits: |g, ty| matches!(ty, Ty::Dyn(_)) && !g.cx.is_method,
        make: dyn_change,
    },
    Change {
        name: "struct: method that changes it",
        weight: 8,
        fits: |_, ty| matches!(ty, Ty::Adt(..)),
        make: method_call,
    },
    Change { name: "replace", weight: 3, fits: |_, _| true, make: replaced },
    Change { name: "mut argument", weight: 6, fits: |_, _| true, make: mut_argument },
];

fn is_number(_: &Generator, ty: &Ty) -> bool {
    matches!(ty, Ty::Int(_) | Ty::Float | Ty::Float32)
}

fn is_array(_: &Generator, ty: &Ty) -> bool {
    matches!(ty, Ty::Array(_))
}

fn is_map(_: &Generator, ty: &Ty) -> bool {
    matches!(ty, Ty::Map(..))
}

impl Generator {
    /// A change of something that is in scope.
    pub fn mutation(&mut self, depth: usize) -> Option<Vec<String>> {
        let paths: Vec<Var> = self.paths().into_iter().filter(|path| path.is_mut).collect();
        let path = self.pick(&paths).cloned()?;
        self.change(path, depth)
    }

    /// A change of a path, or of something inside of it.
    pub fn change(&mut self, path: Var, depth: usize) -> Option<Vec<String>> {
        let mut place = Place { text: path.name, ty: path.ty, guards: Vec::new() };
        for _ in 0..3 {
            if !self.choices.chance(1, 2) || !self.go_inside(&mut place) {
                break;
            }
        }
        if place.text == "self" && !place.guards.is_empty() {
            return None;
        }
        let changes: Vec<&Change> = CHANGES.iter().filter(|change| (change.fits)(self, &place.ty)).collect();
        let weights: Vec<u64> = changes.iter().map(|change| change.weight).collect();
        let change = changes[self.choices.weighted(&weights)];
        let statement = (change.make)(self, &place.text, &place.ty, depth)?;
        self.cover(change.name);
        if place.guards.len() > 1 {
            self.cover("change of what is nested in collections");
        }
        Some(vec![guarded(&place.guards, statement)])
    }

    /// Goes to an element, entry or field of a place.
    fn go_inside(&mut self, place: &mut Place) -> bool {
        let (text, ty) = (place.text.clone(), place.ty.clone());
        match &ty {
            Ty::Array(of) => {
                let index = self.fresh("i");
                let value = self.expr(&Ty::int(), 1);
                let line = format!("let {index} = ({value}).rem_euclid({text}.len())");
                place.guards.push((format!("!{text}.is_empty()"), Some(line)));
                *place =
                    Place { text: format!("{text}[{index}]"), ty: (**of).clone(), ..std::mem::take(place) };
            }
            Ty::Fixed(of, n) => {
                let value = self.expr(&Ty::int(), 1);
                // A literal index now and then, which the compiler can see.
                let index = match self.choices.chance(1, 2) {
                    true => self.choices.below(*n as u64).to_string(),
                    false => format!("({value}).rem_euclid({n})"),
                };
                *place =
                    Place { text: format!("{text}[{index}]"), ty: (**of).clone(), ..std::mem::take(place) };
            }
            Ty::Map(key, of) if self.can(key, Need::Shown) => {
                let name = self.fresh("k");
                let value = self.expr(key, 1);
                let line = format!("let {name}: {} = {value}", self.show(key));
                place.guards.push(("true".to_string(), Some(line)));
                place.guards.push((format!("{text}.contains_key({name})"), None));
                *place =
                    Place { text: format!("{text}[{name}]"), ty: (**of).clone(), ..std::mem::take(place) };
            }
            Ty::Tuple(_) | Ty::Adt(..) => {
                let fields = self.fields_of(&ty);
                let index = self.choices.index(fields.len().max(1));
                let Some(field) = fields.get(index) else { return false };
                let name = field.name.clone().unwrap_or_else(|| index.to_string());
                *place =
                    Place { text: format!("{text}.{name}"), ty: field.ty.clone(), ..std::mem::take(place) };
            }
            _ => return false,
        }
        true
    }
}

impl Default for Place {
    fn default() -> Place {
        Place { text: String::new(), ty: Ty::Bool, guards: Vec::new() }
    }
}

fn guarded(guards: &[(String, Option<String>)], statement: String) -> String {
    let Some(((condition, line), rest)) = guards.split_first() else { return statement };
    let lines: Vec<String> = line.iter().cloned().chain([guarded(rest, statement)]).collect();
    match condition == "true" {
        true => braces(&lines),
        false => format!("if {condition} {}", braces(&lines)),
    }
}

fn element(ty: &Ty) -> Ty {
    ty.parts().first().copied().cloned().unwrap_or(Ty::int())
}

fn compound(g: &mut Generator, place: &str, ty: &Ty, depth: usize) -> Option<String> {
    let value = g.expr(ty, depth);
    let Ty::Int(int) = ty else {
        let operator = ["+=", "-=", "*=", "/="][g.choices.index(4)];
        return Some(format!("{place} {operator} {value}"));
    };
    if !g.checks || g.is_reckless() {
        let operator = ["+=", "-=", "*=", "^=", "|=", "&=", "<<=", ">>="][g.choices.index(8)];
        return Some(format!("{place} {operator} {value}"));
    }
    Some(match g.choices.index(5) {
        0 => format!("{place} = {place} +% {value}"),
        1 => format!("{place} ^= {value}"),
        2 => format!("{place} >>= {value}"),
        3 => format!("{place} /= ({value} & {}) | {}", int.literal(7), int.literal(1)),
        _ => format!("{place} = ({place} & {}) + ({value} & {})", int.literal(31), int.literal(15)),
    })
}

fn string_change(g: &mut Generator, place: &str, _: &Ty, depth: usize) -> Option<String> {
    let text = g.receiver(&Ty::Str, depth);
    let change = match g.choices.index(7) {
        0 => format!("{place}.push({})", g.expr(&Ty::Char, depth)),
        1 => format!("{place}.push_str({text})"),
        2 => format!("{place} += {text}"),
        3 => format!("{place}.insert(0, {text})"),
        4 => return Some(format!("{place}.clear()")),
        5 => return Some(format!("{place}.truncate(0)")),
        _ => return Some(format!("let _ = {place}.pop()")),
    };
    Some(format!("if {place}.len() < 60 {{ {change} }}"))
}

fn push(g: &mut Generator, place: &str, ty: &Ty, depth: usize) -> Option<String> {
    let of = element(ty);
    let value = g.expr(&of, depth);
    let change = match g.choices.index(4) {
        0 | 1 => format!("{place}.push({value})"),
        2 => format!("{place}.insert({place}.len() / 2, {value})"),
        _ => format!("{place}.extend({}.take(4))", g.receiver(ty, depth)),
    };
    Some(format!("if {place}.len() < {LEN_MAX} {{ {change} }}"))
}

fn shorter(g: &mut Generator, place: &str, ty: &Ty, depth: usize) -> Option<String> {
    let of = element(ty);
    Some(match g.choices.index(7) {
        0 => format!("let _ = {place}.pop()"),
        1 => format!("if {place}.len() > 1 {{ let _ = {place}.remove({place}.len() / 2) }}"),
        2 => format!("if {place}.len() > 1 {{ let _ = {place}.swap_remove(0) }}"),
        3 => format!("{place}.truncate({})", g.choices.below(5)),
        4 => format!("{place}.retain({})", g.lambda(&of, &Ty::Bool, depth)),
        5 => format!("if {place}.len() > 2 {{ let _ = {place}.drain(1, 2) }}"),
        _ => format!("{place}.clear()"),
    })
}

fn rearranged(g: &mut Generator, place: &str, ty: &Ty, depth: usize) -> Option<String> {
    let of = element(ty);
    g.spend(4 * LEN_MAX);
    Some(match g.choices.index(7) {
        0 => format!("{place}.reverse()"),
        6 if g.can(&of, Need::Ordered) => format!("{place}.sort_by(|x, y| y.cmp(x))"),
        1 if g.can(&of, Need::Ordered) => format!("{place}.sort()"),
        2 if g.can(&of, Need::Shown) => format!("{place}.dedup()"),
        3 => format!("if {place}.len() > 1 {{ {place}.swap(0, {place}.len() - 1) }}"),
        4 => format!("if !{place}.is_empty() {{ {place}.rotate_left(1) }}"),
        _ => format!("{place}.sort_by_key({})", g.lambda(&of, &Ty::int(), depth)),
    })
}

fn filled(g: &mut Generator, place: &str, ty: &Ty, depth: usize) -> Option<String> {
    let value = g.expr(&element(ty), depth);
    let n = g.choices.below(6);
    Some(match g.choices.index(3) {
        0 => format!("{place}.fill({value})"),
        1 => format!("{place}.resize({n}, {value})"),
        _ => format!("let _ = {place}.set({n}, {value})"),
    })
}

/// The closure's parameter is a place of its own.
fn update_each(g: &mut Generator, place: &str, ty: &Ty, depth: usize) -> Option<String> {
    let name = g.fresh("x");
    let var = Var { name: name.clone(), ty: element(ty), is_mut: true };
    let change = g.in_closure(vec![var.clone()], |g| g.change(var, depth.min(2)))?;
    Some(format!("{place}.update_each(|mut {name}| {})", braces(&change)))
}

fn map_insert(g: &mut Generator, place: &str, ty: &Ty, depth: usize) -> Option<String> {
    let Ty::Map(k, v) = ty else { return None };
    let (key, value) = (g.expr(k, depth), g.expr(v, depth));
    g.spend(40);
    let change = match g.choices.index(3) {
        0 => format!("let _ = {place}.insert({key}, {value})"),
        1 => format!(
            "{place}.extend({}.take(3))",
            g.receiver(&Ty::array(Ty::Tuple(vec![(**k).clone(), (**v).clone()])), depth)
        ),
        _ => format!("{place}[id.<{}>({key})] = {value}", g.show(k)),
    };
    Some(format!("if {place}.len() < {LEN_MAX} {{ {change} }}"))
}

fn map_update(g: &mut Generator, place: &str, ty: &Ty, depth: usize) -> Option<String> {
    let Ty::Map(k, v) = ty else { return None };
    let (key, default) = (g.expr(k, depth), g.expr(v, depth));
    let name = g.fresh("x");
    let var = Var { name: name.clone(), ty: (**v).clone(), is_mut: true };
    let change = g.in_closure(vec![var.clone()], |g| g.change(var, depth.min(2)))?;
    g.spend(40);
    let update = format!("{place}.update({key}, {default}, |mut {name}| {})", braces(&change));
    Some(format!("if {place}.len() < {LEN_MAX} {{ {update} }}"))
}

fn map_remove(g: &mut Generator, place: &str, ty: &Ty, depth: usize) -> Option<String> {
    let Ty::Map(k, v) = ty else { return None };
    let key = g.expr(k, depth);
    g.spend(40);
    Some(match g.choices.index(4) {
        0 => format!("let _ = {place}.remove({key})"),
        1 => format!("let _ = {place}.pop_first()"),
        2 => format!("{place}.clear()"),
        _ => {
            let (key, value) = (g.fresh("k"), g.fresh("x"));
            let params = vec![
                Var { name: key.clone(), ty: (**k).clone(), is_mut: false },
                Var { name: value.clone(), ty: (**v).clone(), is_mut: false },
            ];
            let keep = g.in_closure(params, |g| g.expr(&Ty::Bool, depth.min(2)));
            format!("{place}.retain(|{key}, {value}| {keep})")
        }
    })
}

fn set_change(g: &mut Generator, place: &str, ty: &Ty, depth: usize) -> Option<String> {
    let of = element(ty);
    let value = g.expr(&of, depth);
    g.spend(40);
    Some(match g.choices.index(6) {
        0..=2 => format!("if {place}.len() < {LEN_MAX} {{ let _ = {place}.insert({value}) }}"),
        3 => format!("let _ = {place}.remove({value})"),
        4 => format!("let _ = {place}.pop()"),
        _ => format!("{place}.retain({})", g.lambda(&of, &Ty::Bool, depth)),
    })
}

fn option_change(g: &mut Generator, place: &str, ty: &Ty, depth: usize) -> Option<String> {
    if g.choices.chance(1, 4) {
        let value = g.in_closure(Vec::new(), |g| g.expr(&element(ty), depth));
        return Some(format!("let _ = {place}.get_or_insert_with(|| {value})"));
    }
    let value = g.expr(&element(ty), depth);
    Some(match g.choices.index(3) {
        0 => format!("let _ = {place}.take()"),
        1 => format!("let _ = {place}.replace({value})"),
        _ => format!("{place} = Some({value})"),
    })
}

fn dyn_change(g: &mut Generator, place: &str, ty: &Ty, depth: usize) -> Option<String> {
    let Ty::Dyn(id) = ty else { return None };
    let name = g.traits[*id].name.to_lowercase();
    g.spend(crate::items::METHOD_COST);
    Some(format!("{place}.{name}_poke({})", g.expr(&Ty::int(), depth)))
}

fn method_call(g: &mut Generator, place: &str, ty: &Ty, depth: usize) -> Option<String> {
    let Ty::Adt(_, args) = ty else { return None };
    let fitting = g.functions.iter().filter(|f| {
        matches!(&f.receiver, Some((of, true)) if of.with(args) == *ty)
            && (g.cx.notes || !f.notes)
            && g.affords(f.cost)
    });
    let fitting: Vec<_> = fitting.cloned().collect();
    let method = g.pick(&fitting).cloned()?;
    if g.cx.is_method || method.bounds.iter().zip(args).any(|(bound, ty)| !g.meets(ty, *bound)) {
        return None;
    }
    g.spend(method.cost);
    // Its other parameters are ordinary ones: places are kept apart.
    let mut values: Vec<String> = if method.notes { vec!["mut h".to_string()] } else { Vec::new() };
    for param in &method.params {
        if param.is_mut {
            return None;
        }
        values.push(g.argument(&param.ty.with(args), depth));
    }
    Some(format!("let _ = {place}.{}({})", method.name, values.join(", ")))
}

fn replaced(g: &mut Generator, place: &str, ty: &Ty, depth: usize) -> Option<String> {
    if place == "self" {
        return None;
    }
    let value = g.expr(ty, depth);
    let old = g.fresh("v");
    let mut lines = vec![format!("let {old} = replace(mut {place}, {value})")];
    if g.cx.notes {
        lines.extend(g.note_of(&old, ty));
    }
    Some(braces(&lines))
}

/// A place given to a function that changes it; the other argument may be read from the same variable.
fn mut_argument(g: &mut Generator, place: &str, ty: &Ty, depth: usize) -> Option<String> {
    if place == "self" {
        return None;
    }
    let name = g.show(ty);
    let value = g.expr(ty, depth);
    Some(match g.choices.index(2) {
        0 => format!("set.<{name}>(mut {place}, {value})"),
        _ => format!("let _ = exchange.<{name}>(mut {place}, {value}, {})", g.expr(&Ty::Bool, depth)),
    })
}
