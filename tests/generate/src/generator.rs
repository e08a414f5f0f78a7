//! The state of one run of the generator: what is declared, what is in scope, what may still be spent.
//!
//! Two measures keep programs finite. `nodes_left` bounds the text. `Context::cost` estimates the steps that a function
//! takes, where everything counts as often as the loops around it turn; calls and loops that would exceed the function's
//! share are not made. Collections and texts are bounded by what is generated around their growth.

use crate::choices::{Choices, Kind};
use crate::types::{Adt, Bound, Const, Field, Function, Trait, Ty};
use std::collections::{BTreeMap, BTreeSet};

/// The longest that a collection is let grow.
pub const LEN_MAX: u64 = 12;
/// What calling a value of a function type is taken to cost.
const CLOSURE_COST: u64 = 300;

#[derive(Clone)]
pub struct Var {
    pub name: String,
    pub ty: Ty,
    pub is_mut: bool,
}

/// By its name, for [`Generator::pick`].
impl std::fmt::Debug for Var {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

#[derive(Clone, Debug)]
pub struct Loop {
    pub label: String,
    /// Of a `loop` that has a value.
    pub result: Option<Ty>,
}

/// What holds in the body that is being generated.
#[derive(Clone, Debug, Default)]
pub struct Context {
    pub vars: Vec<Var>,
    /// What each type parameter can do.
    pub bounds: Vec<Bound>,
    /// Whether `h`, the sum of what was noted, is in scope.
    pub notes: bool,
    /// What `return` gives; None where there is none, as in closures and constants.
    pub result: Option<Ty>,
    /// The error type of the `try` block around.
    pub catches: Option<Ty>,
    pub loops: Vec<Loop>,
    /// How often this place is passed in one call of the function.
    pub times: u64,
    pub cost: u64,
    pub cost_max: u64,
    /// Nothing here may panic, as in constants.
    pub is_safe: bool,
    /// Code that is itself part of what `dyn` values do cannot call them, or it might call itself.
    pub is_method: bool,
    /// In a closure: how many more closures it may call.
    pub closure_calls_left: Option<usize>,
    /// The function itself with the number of calls that its body may still have.
    pub recursion: Option<(Function, usize)>,
}

pub struct Generator {
    pub choices: Choices,
    /// Names of constructs with how often each was made.
    pub covered: BTreeMap<&'static str, usize>,
    pub adts: Vec<Adt>,
    pub traits: Vec<Trait>,
    pub functions: Vec<Function>,
    pub consts: Vec<Const>,
    pub cx: Context,
    pub nodes_left: usize,
    /// Overflow is checked, in all configurations.
    pub checks: bool,
    /// The program may panic.
    pub panics: bool,
    /// The types that are used again: each other one costs instances of the library's functions.
    pub types: Vec<Ty>,
    /// The declarations made so far.
    pub items: Vec<String>,
    /// The numbers of names.
    names: BTreeSet<u64>,
}

/// A way to make an expression of some type. Not all that fit succeed; then there is a literal.
pub struct Row {
    pub name: &'static str,
    pub weight: u64,
    pub fits: fn(&Generator, &Ty) -> bool,
    pub make: fn(&mut Generator, &Ty, usize) -> Option<String>,
}

/// What a type must be able to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    Anything,
    Shown,
    Ordered,
    Key,
}

impl Generator {
    pub fn new(choices: Choices) -> Generator {
        Generator {
            choices,
            covered: BTreeMap::new(),
            adts: Vec::new(),
            traits: Vec::new(),
            functions: Vec::new(),
            consts: Vec::new(),
            cx: Context::default(),
            nodes_left: 0,
            checks: false,
            panics: false,
            types: Vec::new(),
            items: Vec::new(),
            names: BTreeSet::new(),
        }
    }

    /// A new name. Its number is chosen, so that names stay what they are where other parts of a program are left out.
    pub fn fresh(&mut self, prefix: &str) -> String {
        let mut number = self.choices.below(1000);
        while !self.names.insert(number) {
            number += 1;
        }
        format!("{prefix}{number}")
    }

    pub fn cover(&mut self, name: &'static str) {
        debug_assert!(crate::coverage::is_known(name), "`{name}` is in no table");
        *self.covered.entry(name).or_default() += 1;
    }

    /// One of several. Which one does not depend on how many there are, nor on their order, so that a choice falls on
    /// the same one where others are left out (rendezvous hashing, after Thaler and Ravishankar).
    pub fn pick<'a, T: std::fmt::Debug>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let number = self.choices.below(1 << 16);
        items.iter().max_by_key(|item| {
            let mut key = Key(0xCBF2_9CE4_8422_2325 ^ number);
            // Writing to a key cannot fail.
            let _ = std::fmt::write(&mut key, format_args!("{item:?}"));
            crate::choices::Rng::new(key.0).next()
        })
    }

    // ---- Expressions

    pub fn expr(&mut self, ty: &Ty, depth: usize) -> String {
        let start = self.choices.open();
        let text = self.any_expr(ty, depth);
        self.choices.close(Kind::Expression, start);
        text
    }

    fn any_expr(&mut self, ty: &Ty, depth: usize) -> String {
        self.cx.cost += self.cx.times;
        let tables = if depth == 0 || self.nodes_left == 0 { &crate::tables()[..1] } else { crate::tables() };
        self.nodes_left = self.nodes_left.saturating_sub(1);
        let rows: Vec<&Row> =
            tables.iter().flat_map(|table| table.iter()).filter(|row| (row.fits)(self, ty)).collect();
        let weights: Vec<u64> = rows.iter().map(|row| row.weight).collect();
        // What is chosen may need something that is not there, as a closure to be called.
        for _ in 0..3 {
            if let Some(row) = rows.get(self.choices.weighted(&weights))
                && let Some(text) = (row.make)(self, ty, depth.saturating_sub(1))
            {
                self.cover(row.name);
                return text;
            }
        }
        self.leaf(ty)
    }

    /// An expression whose type is known without its surroundings, so that a method can be called on it.
    pub fn receiver(&mut self, ty: &Ty, depth: usize) -> String {
        let paths = self.paths_of(ty);
        // A parameter of a function type has a type of its own, of the one closure.
        if !paths.is_empty() && !matches!(ty, Ty::Fn(..)) && self.choices.chance(4, 5) {
            return self.pick(&paths).cloned().unwrap_or_default();
        }
        let text = self.expr(ty, depth);
        format!("id.<{}>({text})", self.show(ty))
    }

    /// The variables that are not hidden, those declared last first.
    pub fn visible(&self) -> Vec<Var> {
        let mut seen = BTreeSet::new();
        self.cx.vars.iter().rev().filter(|var| seen.insert(var.name.clone())).cloned().collect()
    }

    /// Variables, and fields of them, with their types.
    pub fn paths(&self) -> Vec<Var> {
        let mut found = Vec::new();
        for var in self.visible() {
            self.add_paths(var, 2, &mut found);
        }
        found
    }

    fn add_paths(&self, var: Var, depth: usize, found: &mut Vec<Var>) {
        if depth > 0 {
            for (index, field) in self.fields_of(&var.ty).into_iter().enumerate() {
                let name = field.name.unwrap_or_else(|| index.to_string());
                let part = Var { name: format!("{}.{name}", var.name), ty: field.ty, is_mut: var.is_mut };
                self.add_paths(part, depth - 1, found);
            }
        }
        found.push(var);
    }

    /// The fields of a struct or tuple.
    pub fn fields_of(&self, ty: &Ty) -> Vec<Field> {
        match ty {
            Ty::Tuple(parts) => parts.iter().map(|ty| Field { name: None, ty: ty.clone() }).collect(),
            Ty::Adt(id, args) if !self.adts[*id].is_enum => self.adts[*id].fields(0, args),
            _ => Vec::new(),
        }
    }

    pub fn paths_of(&self, ty: &Ty) -> Vec<String> {
        self.paths().into_iter().filter(|path| path.ty == *ty).map(|path| path.name).collect()
    }

    // ---- Costs

    /// Whether something that takes so many steps may stand here.
    pub fn affords(&self, steps: u64) -> bool {
        self.cx.cost.saturating_add(steps.saturating_mul(self.cx.times)) <= self.cx.cost_max
    }

    pub fn spend(&mut self, steps: u64) {
        self.cx.cost = self.cx.cost.saturating_add(steps.saturating_mul(self.cx.times));
    }

    /// Generates what is passed up to `times` times for each time that it is reached.
    pub fn repeated<T>(&mut self, times: u64, make: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.cx.times;
        self.cx.times = outer.saturating_mul(times);
        let result = make(self);
        self.cx.times = outer;
        result
    }

    /// Generates with variables that are gone afterwards.
    pub fn scoped<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> T {
        let count = self.cx.vars.len();
        let result = make(self);
        self.cx.vars.truncate(count);
        result
    }

    /// Takes the right to call a value of a function type.
    pub fn may_call_closure(&mut self) -> bool {
        if !self.affords(CLOSURE_COST) {
            return false;
        }
        match &mut self.cx.closure_calls_left {
            Some(0) => return false,
            Some(left) => *left -= 1,
            None => {}
        }
        self.spend(CLOSURE_COST);
        true
    }

    /// Generates the body of a closure, with parameters in scope: it can change nothing around it, and not leave it.
    pub fn in_closure<T>(&mut self, params: Vec<Var>, make: impl FnOnce(&mut Self) -> T) -> T {
        let inner = Context {
            vars: self.cx.vars.iter().map(|var| Var { is_mut: false, ..var.clone() }).chain(params).collect(),
            bounds: self.cx.bounds.clone(),
            times: self.cx.times.saturating_mul(LEN_MAX),
            closure_calls_left: Some(self.cx.closure_calls_left.map_or(1, |left| left.min(1))),
            is_safe: self.cx.is_safe,
            is_method: self.cx.is_method,
            cost: self.cx.cost,
            cost_max: self.cx.cost_max,
            ..Context::default()
        };
        let outer = std::mem::replace(&mut self.cx, inner);
        let result = make(self);
        let inner = std::mem::replace(&mut self.cx, outer);
        self.cx.cost = inner.cost;
        if let (Some(left), Some(0)) = (&mut self.cx.closure_calls_left, inner.closure_calls_left) {
            *left = 0;
        }
        result
    }

    /// One time out of three in programs that may panic.
    pub fn is_reckless(&mut self) -> bool {
        self.panics && !self.cx.is_safe && self.choices.chance(1, 3)
    }

    // ---- Types

    pub fn show(&self, ty: &Ty) -> String {
        let list = |tys: &[Ty]| tys.iter().map(|ty| self.show(ty)).collect::<Vec<_>>().join(", ");
        match ty {
            Ty::Int(int) => int.name().to_string(),
            Ty::Float => "Float".to_string(),
            Ty::Float32 => "Float32".to_string(),
            Ty::Bool => "Bool".to_string(),
            Ty::Char => "Char".to_string(),
            Ty::Str => "String".to_string(),
            Ty::Array(of) => format!("Array<{}>", self.show(of)),
            Ty::Fixed(of, n) => format!("[{}; {n}]", self.show(of)),
            Ty::Map(k, v) => format!("Map<{}, {}>", self.show(k), self.show(v)),
            Ty::Set(of) => format!("Set<{}>", self.show(of)),
            Ty::Tuple(parts) => format!("({})", list(parts)),
            Ty::Option(of) => format!("Option<{}>", self.show(of)),
            Ty::Result(a, b) => format!("Result<{}, {}>", self.show(a), self.show(b)),
            Ty::Adt(id, args) if args.is_empty() => self.adts[*id].name.clone(),
            Ty::Adt(id, args) => format!("{}<{}>", self.adts[*id].name, list(args)),
            Ty::Fn(params, result) => format!("Fn({}) -> {}", list(params), self.show(result)),
            Ty::Dyn(id) => format!("dyn {}", self.traits[*id].name),
            Ty::Param(index) => format!("T{index}"),
        }
    }

    /// Whether a literal of the type says what type it is.
    pub fn is_plain(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Int(_) | Ty::Float | Ty::Float32 | Ty::Bool | Ty::Char | Ty::Str => true,
            Ty::Tuple(parts) => parts.iter().all(|ty| self.is_plain(ty)),
            Ty::Adt(_, args) => args.is_empty(),
            _ => false,
        }
    }

    pub fn can(&self, ty: &Ty, need: Need) -> bool {
        need == Need::Anything || self.can_inside(ty, need, &mut Vec::new())
    }

    fn can_inside(&self, ty: &Ty, need: Need, around: &mut Vec<usize>) -> bool {
        let own = match ty {
            Ty::Fn(..) | Ty::Dyn(_) => false,
            Ty::Map(..) | Ty::Set(_) => need == Need::Shown,
            Ty::Param(index) => match self.cx.bounds.get(*index) {
                Some(Bound::Shown) => need == Need::Shown,
                Some(Bound::Ordered) => true,
                _ => false,
            },
            Ty::Adt(id, _) => need != Need::Key || !self.adts[*id].is_recursive,
            _ => true,
        };
        own && self.fields_can(ty, need, around)
            && ty.parts().iter().all(|part| self.can_inside(part, need, around))
    }

    fn fields_can(&self, ty: &Ty, need: Need, around: &mut Vec<usize>) -> bool {
        let Ty::Adt(id, args) = ty else { return true };
        if around.contains(id) {
            return true;
        }
        around.push(*id);
        let adt = &self.adts[*id];
        let can = (0..adt.variants.len())
            .flat_map(|variant| adt.fields(variant, args))
            .all(|field| self.can_inside(&field.ty, need, around));
        around.pop();
        can
    }

    pub fn meets(&self, ty: &Ty, bound: Bound) -> bool {
        match bound {
            Bound::Nothing => true,
            Bound::Shown => self.can(ty, Need::Shown),
            Bound::Ordered => self.can(ty, Need::Ordered),
            Bound::Trait(id) => self.traits[id].implementors.contains(ty),
        }
    }
}

/// Hashes what is written to it: Fowler, Noll and Vo's FNV-1a.
struct Key(u64);

impl std::fmt::Write for Key {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        for byte in text.bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3);
        }
        Ok(())
    }
}

/// Indents all lines but those that are empty.
pub fn indent(text: &str) -> String {
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!("    {line}") });
    lines.collect::<Vec<_>>().join("\n")
}

/// A block of lines.
pub fn braces(lines: &[String]) -> String {
    if lines.is_empty() { "{}".to_string() } else { format!("{{\n{}\n}}", indent(&lines.join("\n"))) }
}
