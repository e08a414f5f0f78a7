//! Expressions that any type may have: calls, conditions, blocks, and the values that the program's own types have.

use crate::generator::{Generator, Loop, Need, Row, Var, braces};
use crate::types::{Function, Ty};

pub const ROWS: &[Row] = &[
    Row { name: "if expression", weight: 4, fits: |_, _| true, make: |g, ty, d| Some(condition(g, ty, d)) },
    Row {
        name: "match expression",
        weight: 5,
        fits: |_, _| true,
        make: |g, ty, d| Some(g.match_value(ty, d)),
    },
    Row { name: "if let expression", weight: 3, fits: |_, _| true, make: |g, ty, d| if_let(g, ty, d) },
    Row {
        name: "block expression",
        weight: 3,
        fits: |_, _| true,
        make: |g, ty, d| Some(format!("({})", g.block_value(ty, d, 3))),
    },
    Row { name: "loop expression", weight: 2, fits: |_, _| true, make: |g, ty, d| loop_value(g, ty, d) },
    Row { name: "call of a function", weight: 10, fits: has_function, make: |g, ty, d| call(g, ty, d) },
    Row { name: "call of itself", weight: 6, fits: is_own_result, make: |g, ty, d| recursion(g, ty, d) },
    Row { name: "call of a closure", weight: 6, fits: |_, _| true, make: |g, ty, d| closure_call(g, ty, d) },
    Row {
        name: "call of the library's generics",
        weight: 2,
        fits: |_, _| true,
        make: |g, ty, d| generic(g, ty, d),
    },
    Row { name: "replace in place", weight: 2, fits: |_, _| true, make: |g, ty, d| replace(g, ty, d) },
    Row {
        name: "tuple",
        weight: 12,
        fits: |_, ty| matches!(ty, Ty::Tuple(_)),
        make: |g, ty, d| tuple(g, ty, d),
    },
    Row {
        name: "struct or variant",
        weight: 12,
        fits: |_, ty| matches!(ty, Ty::Adt(..)),
        make: |g, ty, d| adt(g, ty, d),
    },
    Row { name: "struct update", weight: 3, fits: is_record, make: |g, ty, d| update(g, ty, d) },
    Row { name: "own operator", weight: 8, fits: adds, make: |g, ty, d| own_operator(g, ty, d) },
    Row {
        name: "closure",
        weight: 14,
        fits: |_, ty| matches!(ty, Ty::Fn(..)),
        make: |g, ty, d| closure(g, ty, d),
    },
    Row {
        name: "function as a value",
        weight: 10,
        fits: |_, ty| matches!(ty, Ty::Fn(..)),
        make: |g, ty, _| function_value(g, ty),
    },
    Row {
        name: "dyn value",
        weight: 12,
        fits: |_, ty| matches!(ty, Ty::Dyn(_)),
        make: |g, ty, d| dyn_value(g, ty, d),
    },
    Row {
        name: "call through dyn",
        weight: 4,
        fits: |_, ty| is_method_result(ty),
        make: |g, ty, d| dyn_call(g, ty, d),
    },
    Row {
        name: "trait method",
        weight: 4,
        fits: |_, ty| is_method_result(ty),
        make: |g, ty, d| trait_call(g, ty, d),
    },
    Row { name: "ok and err", weight: 10, fits: is_result, make: |g, ty, d| result(g, ty, d) },
    Row { name: "result: method", weight: 3, fits: is_result, make: |g, ty, d| result_method(g, ty, d) },
    Row { name: "result: taken out", weight: 2, fits: |_, _| true, make: |g, ty, d| unwrapped(g, ty, d) },
    Row { name: "question mark", weight: 4, fits: |_, _| true, make: |g, ty, d| question(g, ty, d) },
    Row { name: "try expression", weight: 3, fits: |_, _| true, make: |g, ty, d| Some(catching(g, ty, d)) },
    Row {
        name: "is expression",
        weight: 5,
        fits: |_, ty| *ty == Ty::Bool,
        make: |g, _, d| Some(g.is_pattern(d)),
    },
    Row { name: "range", weight: 2, fits: |_, ty| *ty == Ty::Bool, make: |g, _, d| range(g, d) },
];

fn is_result(_: &Generator, ty: &Ty) -> bool {
    matches!(ty, Ty::Result(..))
}

fn condition(g: &mut Generator, ty: &Ty, depth: usize) -> String {
    let condition = g.expr(&Ty::Bool, depth);
    let yes = g.block_value(ty, depth, 1);
    if g.choices.chance(1, 4) {
        let other = g.expr(&Ty::Bool, depth);
        let middle = g.block_value(ty, depth, 1);
        let no = g.block_value(ty, depth, 1);
        return format!("(if {condition} {yes} else if {other} {middle} else {no})");
    }
    let no = g.block_value(ty, depth, 1);
    format!("(if {condition} {yes} else {no})")
}

fn if_let(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let (scrutinee, of) = g.scrutinee(depth);
    let no = g.block_value(ty, depth, 1);
    Some(g.scoped(|g| {
        let pattern = g.refutable(&of);
        let yes = g.block_value(ty, depth, 1);
        format!("(if let {pattern} = {scrutinee} {yes} else {no})")
    }))
}

fn loop_value(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let turns = 1 + g.choices.below(4);
    if !g.affords(turns * 20) {
        return None;
    }
    let (counter, label) = (g.fresh("n"), g.fresh("'l"));
    let last = g.expr(ty, depth);
    g.cx.loops.push(Loop { label: label.clone(), result: Some(ty.clone()) });
    let body = g.repeated(turns, |g| g.statements(depth, 3));
    g.cx.loops.pop();
    let mut lines =
        vec![format!("{counter} += 1"), format!("if {counter} > {turns} {{ break {label} {last} }}")];
    lines.extend(body);
    let lines = [format!("let mut {counter} = 0"), format!("{label}: loop {}", braces(&lines))];
    Some(format!("({})", braces(&lines)))
}

/// Functions of a result type, with type arguments as far as it gives them.
fn fitting(g: &Generator, ty: &Ty) -> Vec<(Function, Vec<Option<Ty>>)> {
    let unified = g.functions.iter().filter(|f| can_call(g, f)).filter_map(|f| {
        let mut args = vec![None; f.bounds.len()];
        unify(&f.result, ty, &mut args).then(|| (f.clone(), args))
    });
    unified.collect()
}

fn can_call(g: &Generator, function: &Function) -> bool {
    g.affords(function.cost) && (g.cx.notes || !function.notes) && (!g.cx.is_safe || !g.panics)
}

/// Finds the parameters for which a type becomes another one.
pub fn unify(pattern: &Ty, ty: &Ty, args: &mut [Option<Ty>]) -> bool {
    match (pattern, ty) {
        (Ty::Param(index), _) => match &args[*index] {
            Some(known) => known == ty,
            None => {
                args[*index] = Some(ty.clone());
                true
            }
        },
        (Ty::Fixed(a, n), Ty::Fixed(b, m)) => n == m && unify(a, b, args),
        (Ty::Adt(a, _), Ty::Adt(b, _)) if a != b => false,
        _ if std::mem::discriminant(pattern) != std::mem::discriminant(ty) => false,
        _ if pattern.parts().is_empty() => pattern == ty,
        _ => {
            let (a, b) = (pattern.parts(), ty.parts());
            a.len() == b.len() && a.into_iter().zip(b).all(|(a, b)| unify(a, b, args))
        }
    }
}

fn has_function(g: &Generator, ty: &Ty) -> bool {
    // Cheap, since it is asked for every expression: whether it is affordable is seen later.
    !g.cx.is_method
        && g.functions.iter().any(|f| {
            std::mem::discriminant(&f.result) == std::mem::discriminant(ty)
                || matches!(f.result, Ty::Param(_))
        })
}

fn call(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let found = fitting(g, ty);
    let (function, known) = g.pick(&found).cloned()?;
    let mut args = Vec::new();
    for (bound, known) in function.bounds.iter().zip(known) {
        args.push(match known {
            Some(ty) => ty,
            None => g.ty_within(*bound, 1),
        });
    }
    let fits = function.bounds.iter().zip(&args).all(|(bound, ty)| g.meets(ty, *bound));
    let fuel = if function.has_fuel { g.choices.below(4).to_string() } else { String::new() };
    fits.then(|| g.call_of(&function, &args, &fuel, depth))
}

impl Generator {
    pub fn affordable_function(&mut self) -> Option<Function> {
        let callable: Vec<Function> = self.functions.iter().filter(|f| can_call(self, f)).cloned().collect();
        self.pick(&callable).cloned()
    }

    /// A call with arguments for the type parameters and for how deep it may go.
    pub fn call_of(&mut self, function: &Function, args: &[Ty], fuel: &str, depth: usize) -> String {
        self.spend(function.cost);
        let (mut before, mut used, mut values) = (Vec::new(), Vec::new(), Vec::new());
        let receiver = match &function.receiver {
            Some((ty, true)) => Some(self.place_for(&ty.with(args), depth, &mut used, &mut before)),
            Some((ty, false)) => Some(self.receiver(&ty.with(args), depth)),
            None => None,
        };
        if function.notes {
            values.push("mut h".to_string());
        }
        for param in &function.params {
            let ty = param.ty.with(args);
            values.push(match param.is_mut {
                true => format!("mut {}", self.place_for(&ty, depth, &mut used, &mut before)),
                false => self.argument(&ty, depth),
            });
        }
        if function.has_fuel {
            values.push(fuel.to_string());
        }
        let shown: Vec<String> = args.iter().map(|ty| self.show(ty)).collect();
        let explicit = match function.receiver.is_none() && !args.is_empty() {
            true => format!(".<{}>", shown.join(", ")),
            false => String::new(),
        };
        let name = receiver.map_or(function.name.clone(), |r| format!("{r}.{}", function.name));
        let call = format!("{name}{explicit}({})", values.join(", "));
        if before.is_empty() {
            return call;
        }
        before.push(call);
        format!("({})", braces(&before))
    }

    /// A parameter of a function type takes one closure; what chooses between several has to say that they are boxed.
    pub fn argument(&mut self, ty: &Ty, depth: usize) -> String {
        let text = self.expr(ty, depth);
        let is_choice = matches!(ty, Ty::Fn(..)) && text.starts_with('(');
        if is_choice { format!("id.<{}>({text})", self.show(ty)) } else { text }
    }

    /// A variable to be changed by a call, or one declared for it. No two of a call may be the same.
    fn place_for(
        &mut self,
        ty: &Ty,
        depth: usize,
        used: &mut Vec<String>,
        before: &mut Vec<String>,
    ) -> String {
        let vars = self.visible().into_iter();
        let free = vars.filter(|v| v.is_mut && v.ty == *ty && v.name != "self" && !used.contains(&v.name));
        let free: Vec<Var> = free.collect();
        if let Some(var) = self.pick(&free).cloned() {
            used.push(var.name.clone());
            return var.name;
        }
        let (name, value) = (self.fresh("t"), self.expr(ty, depth));
        before.push(format!("let mut {name}: {} = {value}", self.show(ty)));
        name
    }
}

fn is_own_result(g: &Generator, ty: &Ty) -> bool {
    g.cx.recursion.as_ref().is_some_and(|(f, left)| *left > 0 && f.result == *ty)
        && g.cx.times == 1
        && g.cx.closure_calls_left.is_none()
}

fn recursion(g: &mut Generator, _ty: &Ty, depth: usize) -> Option<String> {
    let (function, left) = g.cx.recursion.as_mut()?;
    *left -= 1;
    let function = Function { cost: 0, ..function.clone() };
    let params: Vec<Ty> = (0..function.bounds.len()).map(Ty::Param).collect();
    Some(g.call_of(&function, &params, "fuel - 1", depth.min(2)))
}

fn closure_call(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let closures = g.paths().into_iter().filter_map(|path| match path.ty {
        Ty::Fn(params, result) if *result == *ty => Some((path.name, params)),
        _ => None,
    });
    let closures: Vec<(String, Vec<Ty>)> = closures.collect();
    let (name, params) = g.pick(&closures).cloned()?;
    if g.cx.is_method || !g.may_call_closure() {
        return None;
    }
    let args: Vec<String> = params.iter().map(|ty| g.expr(ty, depth)).collect();
    let callee = if name.contains('.') { format!("({name})") } else { name };
    Some(format!("{callee}({})", args.join(", ")))
}

fn generic(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let name = g.show(ty);
    let (a, b) = (g.expr(ty, depth), g.expr(ty, depth));
    Some(match g.choices.index(3) {
        0 => format!("id.<{name}>({a})"),
        1 => format!("pick.<{name}>({}, {a}, {b})", g.expr(&Ty::Bool, depth)),
        _ => format!("twice.<{name}>({a}, {})", g.lambda(ty, ty, depth)),
    })
}

fn replace(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let places: Vec<String> =
        g.visible().into_iter().filter(|var| var.is_mut && var.ty == *ty).map(|var| var.name).collect();
    let value = g.expr(ty, depth);
    let place = g.pick(&places).cloned()?;
    (place != "self").then(|| format!("replace(mut {place}, {value})"))
}

fn tuple(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let parts: Vec<String> = ty.parts().iter().map(|ty| g.expr(ty, depth)).collect();
    Some(format!("({})", parts.join(", ")))
}

fn adt(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let Ty::Adt(id, args) = ty else { return None };
    let variant = g.choices.index(g.adts[*id].variants.len());
    let fields = g.adts[*id].fields(variant, args);
    let parts: Vec<String> = fields.iter().map(|field| g.expr(&field.ty, depth)).collect();
    let built = g.build(*id, variant, &parts);
    let (is_deep, name) = (g.adts[*id].is_recursive, g.adts[*id].name.clone());
    if !is_deep {
        return Some(built);
    }
    g.spend(60);
    let args: Vec<String> = args.iter().map(|ty| g.show(ty)).collect();
    let args = if args.is_empty() { String::new() } else { format!(".<{}>", args.join(", ")) };
    Some(format!("trim_{}{args}({built}, 3)", name.to_lowercase()))
}

fn is_record(g: &Generator, ty: &Ty) -> bool {
    matches!(ty, Ty::Adt(id, _) if !g.adts[*id].is_enum && g.adts[*id].variants[0].fields.iter().filter(|f| f.name.is_some()).count() > 1)
}

fn update(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let Ty::Adt(id, args) = ty else { return None };
    let fields = g.adts[*id].fields(0, args);
    let base = g.receiver(ty, depth);
    let field = &fields[g.choices.index(fields.len())];
    let value = g.expr(&field.ty, depth);
    let name = field.name.clone()?;
    Some(format!("({} {{ {name}: {value}, ..{base} }})", g.adts[*id].name))
}

fn adds(g: &Generator, ty: &Ty) -> bool {
    matches!(ty, Ty::Adt(id, _) if g.adts[*id].adds)
}

fn own_operator(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let (a, b) = (g.receiver(ty, depth), g.receiver(ty, depth));
    g.spend(40);
    Some(format!("({a} + {b})"))
}

fn closure(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let Ty::Fn(params, result) = ty else { return None };
    let vars: Vec<Var> =
        params.iter().map(|ty| Var { name: g.fresh("x"), ty: ty.clone(), is_mut: false }).collect();
    let names: Vec<String> = vars.iter().map(|var| var.name.clone()).collect();
    let typed: Vec<String> = vars.iter().map(|var| format!("{}: {}", var.name, g.show(&var.ty))).collect();
    let is_typed = g.choices.chance(1, 3);
    let body = g.in_closure(vars, |g| match is_typed || g.choices.chance(1, 3) {
        true => g.block_value(result, depth, 3),
        false => g.expr(result, depth),
    });
    Some(match is_typed {
        true => format!("|{}| -> {} {body}", typed.join(", "), g.show(result)),
        false => format!("|{}| {body}", names.join(", ")),
    })
}

fn function_value(g: &mut Generator, ty: &Ty) -> Option<String> {
    let fitting = g.functions.iter().filter(|function| function.value_ty().as_ref() == Some(ty));
    let names: Vec<String> = fitting.map(|function| function.name.clone()).collect();
    g.pick(&names).cloned()
}

fn dyn_value(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let Ty::Dyn(id) = ty else { return None };
    let implementors = g.traits[*id].implementors.clone();
    let implementor = g.pick(&implementors).cloned()?;
    Some(g.receiver(&implementor, depth))
}

fn is_method_result(ty: &Ty) -> bool {
    *ty == Ty::int() || *ty == Ty::Str
}

fn method(g: &mut Generator, id: usize, receiver: &str, ty: &Ty, depth: usize) -> String {
    let name = g.traits[id].name.to_lowercase();
    g.spend(crate::items::METHOD_COST);
    match *ty == Ty::Str {
        true => format!("{receiver}.{name}_text()"),
        false => format!("{receiver}.{name}_get({})", g.expr(&Ty::int(), depth)),
    }
}

fn dyn_call(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    if g.traits.is_empty() || g.cx.is_method || !g.affords(crate::items::METHOD_COST) {
        return None;
    }
    let id = g.choices.index(g.traits.len());
    let receiver = g.receiver(&Ty::Dyn(id), depth);
    Some(method(g, id, &receiver, ty, depth))
}

fn trait_call(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    if g.traits.is_empty() || g.cx.is_method || !g.affords(crate::items::METHOD_COST) {
        return None;
    }
    let id = g.choices.index(g.traits.len());
    let mut types = g.traits[id].implementors.clone();
    let params = (0..g.cx.bounds.len()).filter(|index| g.cx.bounds[*index] == crate::types::Bound::Trait(id));
    types.extend(params.map(Ty::Param).filter(|param| !g.paths_of(param).is_empty()));
    let of = g.pick(&types).cloned()?;
    let receiver = g.receiver(&of, depth);
    Some(method(g, id, &receiver, ty, depth))
}

fn result(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let Ty::Result(ok, err) = ty else { return None };
    Some(match g.choices.chance(1, 3) {
        true => format!("Err({})", g.expr(err, depth)),
        false => format!("Ok({})", g.expr(ok, depth)),
    })
}

fn result_method(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let Ty::Result(ok, err) = ty else { return None };
    Some(match g.choices.index(4) {
        0 => format!("{}.ok_or({})", g.receiver(&Ty::option((**ok).clone()), depth), g.expr(err, depth)),
        1 => {
            let from = g.ty(1, Need::Anything);
            let a = g.receiver(&Ty::Result(Box::new(from.clone()), err.clone()), depth);
            format!("{a}.map({})", g.lambda(&from, ok, depth))
        }
        2 => {
            let from = g.error_ty();
            let a = g.receiver(&Ty::Result(ok.clone(), Box::new(from.clone())), depth);
            format!("{a}.map_err({})", g.lambda(&from, err, depth))
        }
        _ => {
            let a = g.receiver(ty, depth);
            format!("{a}.and_then({})", g.lambda(ok, ty, depth))
        }
    })
}

fn unwrapped(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let error = g.error_ty();
    let a = g.receiver(&Ty::Result(Box::new(ty.clone()), Box::new(error)), depth);
    if g.is_reckless() {
        return Some(format!("{a}.unwrap()"));
    }
    Some(format!("{a}.unwrap_or({})", g.expr(ty, depth)))
}

fn question(g: &mut Generator, ty: &Ty, depth: usize) -> Option<String> {
    let from = match (&g.cx.catches, &g.cx.result) {
        (Some(error), _) => Ty::Result(Box::new(ty.clone()), Box::new(converting(g.choices.index(3), error))),
        (None, Some(Ty::Option(_))) => Ty::option(ty.clone()),
        (None, Some(Ty::Result(_, error))) => {
            let error = converting(g.choices.index(3), error);
            Ty::Result(Box::new(ty.clone()), Box::new(error))
        }
        _ => return None,
    };
    Some(format!("{}?", g.receiver(&from, depth)))
}

/// An error type that becomes another one by `From`: everything becomes a `Fault`.
fn converting(choice: usize, error: &Ty) -> Ty {
    match (error, choice) {
        (Ty::Adt(0, _), 1) => Ty::int(),
        (Ty::Adt(0, _), 2) => Ty::Str,
        _ => error.clone(),
    }
}

fn catching(g: &mut Generator, ty: &Ty, depth: usize) -> String {
    let error = g.error_ty();
    let outer = g.cx.catches.replace(error.clone());
    let body = g.block_value(ty, depth, 2);
    g.cx.catches = outer;
    let arms = g.arms(&error, ty, depth);
    format!("(try: {} {body} catch {})", g.show(&error), braces(&arms))
}

fn range(g: &mut Generator, depth: usize) -> Option<String> {
    let ty = if g.choices.chance(1, 3) { Ty::Char } else { Ty::int() };
    let (a, b, c) = (g.receiver(&ty, depth), g.receiver(&ty, depth), g.receiver(&ty, depth));
    let dots = ["..", "..="][g.choices.index(2)];
    Some(format!("({a}{dots}{b}).contains({c})"))
}
