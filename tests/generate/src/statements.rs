//! Statements, and blocks of them.

use crate::choices::Kind;
use crate::generator::{Generator, LEN_MAX, Loop, Need, Var, braces, indent};
use crate::types::Ty;

/// A kind of statement. Not all that fit succeed; then there is none.
pub struct Form {
    pub name: &'static str,
    weight: u64,
    fits: fn(&Generator) -> bool,
    make: fn(&mut Generator, usize) -> Option<Vec<String>>,
}

pub const FORMS: &[Form] = &[
    Form { name: "let", weight: 14, fits: |_| true, make: |g, d| Some(vec![g.declaration(d)]) },
    Form { name: "mutation", weight: 20, fits: has_mut, make: |g, d| g.mutation(d) },
    Form { name: "copy and change", weight: 10, fits: |_| true, make: copy_and_change },
    Form { name: "call statement", weight: 14, fits: |g| !g.cx.is_method, make: call },
    Form { name: "note", weight: 6, fits: |g| g.cx.notes, make: |g, d| Some(vec![note(g, d)]) },
    Form { name: "print", weight: 3, fits: |g| g.cx.notes && g.cx.times <= 12, make: print },
    Form { name: "destructuring let", weight: 3, fits: |_| true, make: destructuring },
    Form { name: "let else", weight: 2, fits: can_leave, make: let_else },
    Form { name: "late initialisation", weight: 2, fits: |_| true, make: late },
    Form { name: "if statement", weight: 6, fits: |_| true, make: |g, d| Some(vec![branch(g, d)]) },
    Form {
        name: "match statement",
        weight: 5,
        fits: |_| true,
        make: |g, d| Some(vec![match_statement(g, d)]),
    },
    Form { name: "for over a range", weight: 4, fits: can_loop, make: for_range },
    Form { name: "for over a collection", weight: 5, fits: can_loop, make: for_collection },
    Form { name: "while", weight: 3, fits: can_loop, make: while_loop },
    Form { name: "while let", weight: 3, fits: can_loop, make: while_let },
    Form { name: "nested loops with labels", weight: 2, fits: can_loop, make: labelled },
    Form {
        name: "break",
        weight: 4,
        fits: |g| !g.cx.loops.is_empty(),
        make: |g, d| Some(vec![leave_loop(g, d)]),
    },
    Form { name: "early return", weight: 3, fits: |g| g.cx.result.is_some(), make: early_return },
    Form {
        name: "panic",
        weight: 3,
        fits: |g| g.panics && !g.cx.is_safe,
        make: |g, d| Some(vec![panic(g, d)]),
    },
    Form { name: "iso value", weight: 2, fits: |g| g.cx.notes && g.cx.times <= 12, make: crate::iso::scene },
];

impl Generator {
    /// Statements in a scope of their own. Some of its variables are looked at once more in the end, so that copies live
    /// on after changes; the others have their last use before, where ownership moves.
    pub fn statements(&mut self, depth: usize, max: usize) -> Vec<String> {
        self.scoped(|g| {
            let first = g.cx.vars.len();
            let mut lines = g.open_statements(depth, max);
            lines.extend(g.last_notes(first));
            lines
        })
    }

    /// Statements whose variables stay in scope.
    pub fn open_statements(&mut self, depth: usize, max: usize) -> Vec<String> {
        let mut lines = Vec::new();
        for _ in 0..max {
            let start = self.choices.open();
            if self.nodes_left == 0 || !self.affords(30) || !self.choices.chance(9, 10) {
                break;
            }
            lines.extend(self.statement(depth));
            self.choices.close(Kind::Element, start);
        }
        lines
    }

    pub fn statement(&mut self, depth: usize) -> Vec<String> {
        let depth = depth.saturating_sub(1);
        let forms: Vec<&Form> = FORMS.iter().filter(|form| (form.fits)(self)).collect();
        let weights: Vec<u64> = forms.iter().map(|form| form.weight).collect();
        let form = forms[self.choices.weighted(&weights)];
        self.spend(2);
        let lines = self.with_share(|g| (form.make)(g, depth));
        if lines.is_some() {
            self.cover(form.name);
        }
        lines.unwrap_or_default()
    }

    /// Generates with a part of the nodes that are left, so that the first statement does not take them all.
    pub fn with_share<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.nodes_left;
        let share = (before / 5).max(10).min(before);
        self.nodes_left = share;
        let made = make(self);
        self.nodes_left += before - share;
        self.nodes_left = self.nodes_left.saturating_sub(1);
        made
    }

    pub fn last_notes(&mut self, first: usize) -> Vec<String> {
        let names: Vec<Var> =
            self.visible().into_iter().filter(|v| v.name != "self" && v.name != "fuel").collect();
        let own = self.cx.vars[first.min(self.cx.vars.len())..].to_vec();
        let own = own.into_iter().filter(|var| names.iter().any(|v| v.name == var.name && v.ty == var.ty));
        let own: Vec<Var> = own.collect();
        let mut lines = Vec::new();
        for var in own {
            if self.cx.notes && self.choices.chance(2, 3) {
                lines.extend(self.note_of(&var.name, &var.ty));
            }
        }
        lines
    }

    /// Takes note of a value: of what it is, or of what it does.
    pub fn note_of(&mut self, name: &str, ty: &Ty) -> Option<String> {
        if self.can(ty, Need::Shown) {
            self.spend(30);
            return Some(format!("h.note({name})"));
        }
        match ty {
            Ty::Dyn(id) if !self.cx.is_method => {
                self.spend(crate::items::METHOD_COST);
                let method = self.traits[*id].name.to_lowercase();
                Some(format!("h.note({name}.{method}_get({}))", self.choices.below(9)))
            }
            Ty::Fn(params, result) if self.can(result, Need::Shown) && !self.cx.is_method => {
                if !self.may_call_closure() {
                    return None;
                }
                let args: Vec<String> = params.iter().map(|ty| self.leaf(ty)).collect();
                let callee = if name.contains('.') { format!("({name})") } else { name.to_string() };
                Some(format!("h.note({callee}({}))", args.join(", ")))
            }
            Ty::Array(_) | Ty::Map(..) => Some(format!("h.note({name}.len())")),
            Ty::Option(_) => Some(format!("h.note({name}.is_some())")),
            _ => None,
        }
    }

    pub fn declaration(&mut self, depth: usize) -> String {
        let ty = self.ty(3, Need::Anything);
        let value = self.expr(&ty, depth);
        let is_mut = self.choices.chance(2, 3);
        declare(self, ty, &value, is_mut)
    }

    /// `{ … value }`.
    pub fn block_value(&mut self, ty: &Ty, depth: usize, max: usize) -> String {
        self.scoped(|g| {
            let first = g.cx.vars.len();
            let mut lines = if depth == 0 { Vec::new() } else { g.open_statements(depth, max) };
            if lines.is_empty() {
                return format!("{{ {} }}", g.expr(ty, depth));
            }
            let notes = g.last_notes(first);
            if g.choices.chance(1, 2) || notes.is_empty() {
                lines.extend(notes);
                lines.push(g.expr(ty, depth));
            } else {
                let name = g.fresh("r");
                lines.push(format!("let {name}: {} = {}", g.show(ty), g.expr(ty, depth)));
                lines.extend(notes);
                lines.push(name);
            }
            braces(&lines)
        })
    }
}

fn has_mut(g: &Generator) -> bool {
    g.cx.vars.iter().any(|var| var.is_mut)
}

fn can_loop(g: &Generator) -> bool {
    g.cx.times < 200 && g.affords(100)
}

fn can_leave(g: &Generator) -> bool {
    g.cx.result.is_some() || !g.cx.loops.is_empty()
}

/// A name for a variable; now and then one that hides another.
fn name(g: &mut Generator) -> String {
    let hidden: Vec<Var> = g.visible().into_iter().filter(|v| v.name.starts_with('v')).collect();
    if g.choices.chance(1, 10)
        && let Some(var) = g.pick(&hidden)
    {
        let name = var.name.clone();
        g.cover("shadowing");
        return name;
    }
    g.fresh("v")
}

fn declare(g: &mut Generator, ty: Ty, value: &str, is_mut: bool) -> String {
    let name = name(g);
    let mutable = if is_mut { "mut " } else { "" };
    let annotation = match g.is_plain(&ty) && g.choices.chance(1, 2) {
        true => String::new(),
        false => format!(": {}", g.show(&ty)),
    };
    g.cx.vars.push(Var { name: name.clone(), ty, is_mut });
    format!("let {mutable}{name}{annotation} = {value}")
}

/// The place where faults of ownership show: a copy, changes of it or of the original, and looks at both.
fn copy_and_change(g: &mut Generator, depth: usize) -> Option<Vec<String>> {
    let paths: Vec<Var> = g.paths().into_iter().filter(|path| path.name != "fuel").collect();
    let original = g.pick(&paths).cloned()?;
    let copy = Var { name: g.fresh("v"), ty: original.ty.clone(), is_mut: true };
    let mut lines = vec![format!("let mut {}: {} = {}", copy.name, g.show(&copy.ty), original.name)];
    g.cx.vars.push(copy.clone());
    for _ in 0..1 + g.choices.below(3) {
        let of_original = original.is_mut && g.choices.chance(1, 3);
        let var = if of_original { original.clone() } else { copy.clone() };
        lines.extend(g.change(var, depth).unwrap_or_default());
    }
    if g.cx.notes {
        lines.extend(g.note_of(&copy.name, &copy.ty));
        lines.extend(g.note_of(&original.name, &original.ty));
    }
    Some(lines)
}

/// A function that no expression happens to want.
fn call(g: &mut Generator, depth: usize) -> Option<Vec<String>> {
    let function = g.affordable_function()?;
    let args: Vec<Ty> = function.bounds.iter().map(|bound| g.ty_within(*bound, 1)).collect();
    if !function.bounds.iter().zip(&args).all(|(bound, ty)| g.meets(ty, *bound)) {
        return None;
    }
    let fuel = if function.has_fuel { g.choices.below(4).to_string() } else { String::new() };
    let value = g.call_of(&function, &args, &fuel, depth);
    let ty = function.result.with(&args);
    Some(vec![declare(g, ty, &value, true)])
}

fn note(g: &mut Generator, depth: usize) -> String {
    let ty = g.ty(2, Need::Shown);
    g.spend(30);
    format!("h.note({})", g.receiver(&ty, depth))
}

fn print(g: &mut Generator, _depth: usize) -> Option<Vec<String>> {
    let shown: Vec<Var> = g.paths().into_iter().filter(|p| g.can(&p.ty, Need::Shown)).collect();
    let path = g.pick(&shown).cloned()?;
    g.spend(200);
    Some(vec![format!("println(\"{0} = {{{0}}}\")", path.name)])
}

fn destructuring(g: &mut Generator, depth: usize) -> Option<Vec<String>> {
    let of: Vec<Var> = g.paths().into_iter().filter(|path| !g.fields_of(&path.ty).is_empty()).collect();
    let (value, ty) = match g.pick(&of).cloned() {
        Some(var) if g.choices.chance(2, 3) => (var.name, var.ty),
        _ => {
            let ty = Ty::Tuple(vec![g.ty(2, Need::Anything), g.ty(2, Need::Anything)]);
            (g.receiver(&ty, depth), ty)
        }
    };
    let pattern = g.irrefutable(&ty);
    Some(vec![format!("let {pattern} = {value}")])
}

/// Code that leaves the loop or the function.
fn leave(g: &mut Generator, depth: usize) -> String {
    match g.cx.result.clone() {
        Some(ty) if g.cx.loops.is_empty() || g.choices.chance(1, 2) => {
            format!("return {}", g.expr(&ty, depth.min(2)))
        }
        _ => leave_some_loop(g, depth),
    }
}

fn leave_some_loop(g: &mut Generator, depth: usize) -> String {
    let index = g.choices.index(g.cx.loops.len());
    let Loop { label, result } = g.cx.loops[index].clone();
    if g.choices.chance(1, 2) {
        return format!("continue {label}");
    }
    match result {
        Some(ty) => format!("break {label} {}", g.expr(&ty, depth.min(2))),
        None => format!("break {label}"),
    }
}

fn leave_loop(g: &mut Generator, depth: usize) -> String {
    let condition = g.expr(&Ty::Bool, depth);
    format!("if {condition} {{ {} }}", leave_some_loop(g, depth))
}

fn early_return(g: &mut Generator, depth: usize) -> Option<Vec<String>> {
    let condition = g.expr(&Ty::Bool, depth);
    let ty = g.cx.result.clone()?;
    Some(vec![format!("if {condition} {{ return {} }}", g.expr(&ty, depth.min(2)))])
}

fn let_else(g: &mut Generator, depth: usize) -> Option<Vec<String>> {
    let (scrutinee, of) = g.scrutinee(depth);
    let otherwise = leave(g, depth);
    let pattern = g.refutable(&of);
    Some(vec![format!("let {pattern} = {scrutinee} else {{ {otherwise} }}")])
}

fn late(g: &mut Generator, depth: usize) -> Option<Vec<String>> {
    let ty = g.ty(2, Need::Anything);
    let condition = g.expr(&Ty::Bool, depth);
    let (yes, no) = (g.expr(&ty, depth), g.expr(&ty, depth));
    let name = g.fresh("v");
    let lines = vec![
        format!("let {name}: {}", g.show(&ty)),
        format!("if {condition} {{ {name} = {yes} }} else {{ {name} = {no} }}"),
    ];
    g.cx.vars.push(Var { name, ty, is_mut: false });
    Some(lines)
}

fn branch(g: &mut Generator, depth: usize) -> String {
    if g.choices.chance(1, 3) {
        let (scrutinee, of) = g.scrutinee(depth);
        return g.scoped(|g| {
            let pattern = g.refutable(&of);
            format!("if let {pattern} = {scrutinee} {}", braces(&g.statements(depth, 3)))
        });
    }
    let condition = g.expr(&Ty::Bool, depth);
    let mut text = format!("if {condition} {}", braces(&g.statements(depth, 4)));
    if g.choices.chance(1, 2) {
        text += &format!(" else {}", braces(&g.statements(depth, 3)));
    }
    text
}

fn match_statement(g: &mut Generator, depth: usize) -> String {
    let (scrutinee, of) = g.scrutinee(depth);
    let arms = g.arm_statements(&of, depth);
    format!("match {scrutinee} {}", braces(&arms))
}

/// The body of a loop that turns up to `times` times. `break` and `continue` in it name the label.
fn body(g: &mut Generator, times: u64, label: &str, depth: usize) -> Vec<String> {
    g.cx.loops.push(Loop { label: label.to_string(), result: None });
    let lines = g.repeated(times, |g| g.statements(depth, 5));
    g.cx.loops.pop();
    lines
}

fn for_range(g: &mut Generator, depth: usize) -> Option<Vec<String>> {
    let (name, label) = (g.fresh("i"), g.fresh("'l"));
    let times = 1 + g.choices.below(8);
    let start = g.choices.below(5);
    let range = match g.choices.index(3) {
        0 => format!("{start}..{}", start + times),
        1 => format!("{start}..={}", start + times - 1),
        _ => format!("({start}..{}).rev()", start + times),
    };
    Some(vec![g.scoped(|g| {
        g.cx.vars.push(Var { name: name.clone(), ty: Ty::int(), is_mut: false });
        format!("{label}: for {name} in {range} {}", braces(&body(g, times, &label, depth)))
    })])
}

fn for_collection(g: &mut Generator, depth: usize) -> Option<Vec<String>> {
    let found = g.paths().into_iter().filter_map(|path| {
        let of = match &path.ty {
            Ty::Array(of) | Ty::Set(of) | Ty::Fixed(of, _) | Ty::Option(of) => (**of).clone(),
            Ty::Map(k, v) => Ty::Tuple(vec![(**k).clone(), (**v).clone()]),
            Ty::Str => Ty::Char,
            _ => return None,
        };
        Some((path, of))
    });
    let found: Vec<(Var, Ty)> = found.collect();
    let (path, of) = g.pick(&found).cloned()?;
    let label = g.fresh("'l");
    let indexed = matches!(path.ty, Ty::Array(_)) && g.choices.chance(1, 3);
    Some(vec![g.scoped(|g| {
        let mut pattern = g.irrefutable(&of);
        let mut text = if path.ty == Ty::Str { format!("{}.chars()", path.name) } else { path.name.clone() };
        if indexed {
            let name = g.fresh("i");
            g.cx.vars.push(Var { name: name.clone(), ty: Ty::int(), is_mut: false });
            (pattern, text) = (format!("({name}, {pattern})"), format!("{text}.enumerate()"));
        }
        format!("{label}: for {pattern} in {text} {}", braces(&body(g, LEN_MAX, &label, depth)))
    })])
}

fn while_loop(g: &mut Generator, depth: usize) -> Option<Vec<String>> {
    let (name, label) = (g.fresh("n"), g.fresh("'l"));
    let times = 1 + g.choices.below(7);
    let condition = g.repeated(times, |g| g.expr(&Ty::Bool, depth.min(2)));
    // Counted first, so that `continue` does not turn for ever.
    let mut lines = vec![format!("{name} += 1")];
    lines.extend(g.scoped(|g| {
        g.cx.vars.push(Var { name: name.clone(), ty: Ty::int(), is_mut: false });
        body(g, times, &label, depth)
    }));
    Some(vec![
        format!("let mut {name} = 0"),
        format!("{label}: while {name} < {times} && {condition} {}", braces(&lines)),
    ])
}

/// Takes an array or map apart, a copy of which is left.
fn while_let(g: &mut Generator, depth: usize) -> Option<Vec<String>> {
    let found: Vec<Var> =
        g.paths().into_iter().filter(|path| matches!(path.ty, Ty::Array(_) | Ty::Map(..))).collect();
    let source = g.pick(&found).cloned()?;
    let of = match &source.ty {
        Ty::Array(of) => (**of).clone(),
        Ty::Map(k, v) => Ty::Tuple(vec![(**k).clone(), (**v).clone()]),
        _ => return None,
    };
    let (rest, label) = (g.fresh("w"), g.fresh("'l"));
    let first = format!("let mut {rest} = {}", source.name);
    let text = g.scoped(|g| {
        let pattern = g.irrefutable(&of);
        format!(
            "{label}: while let Some({pattern}) = {rest}.pop() {}",
            braces(&body(g, LEN_MAX, &label, depth))
        )
    });
    Some(vec![first, text])
}

fn labelled(g: &mut Generator, depth: usize) -> Option<Vec<String>> {
    let (outer, i) = (g.fresh("'o"), g.fresh("i"));
    let times = 2 + g.choices.below(3);
    Some(vec![g.scoped(|g| {
        g.cx.vars.push(Var { name: i.clone(), ty: Ty::int(), is_mut: false });
        g.cx.loops.push(Loop { label: outer.clone(), result: None });
        let lines = g.repeated(times, |g| {
            let mut lines = g.open_statements(depth, 1);
            lines.extend(for_range(g, depth).unwrap_or_default());
            lines.extend(for_collection(g, depth).unwrap_or_default());
            lines
        });
        g.cx.loops.pop();
        format!("{outer}: for {i} in 0..{times} {{\n{}\n}}", indent(&lines.join("\n")))
    })])
}

fn panic(g: &mut Generator, depth: usize) -> String {
    let condition = g.expr(&Ty::Bool, depth);
    match g.choices.index(4) {
        0 => format!("assert({condition} || {})", g.expr(&Ty::Bool, depth)),
        1 => format!(
            "if {condition} {{ assert_eq({}, {}) }}",
            g.receiver(&Ty::int(), 1),
            g.expr(&Ty::int(), 1)
        ),
        _ => format!("if {condition} {{ panic(clip({})) }}", g.expr(&Ty::Str, depth)),
    }
}
