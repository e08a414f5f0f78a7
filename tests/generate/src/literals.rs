//! Random types and literals: the leaves of programs.

use crate::choices::Kind;
use crate::generator::{Generator, Need, Row, Var};
use crate::types::{Bound, INTS, Ty};

/// What an expression can be at any depth.
pub const ROWS: &[Row] = &[
    Row { name: "literal", weight: 4, fits: |_, _| true, make: |g, ty, _| Some(g.leaf(ty)) },
    Row { name: "variable", weight: 12, fits: |_, _| true, make: |g, ty, _| variable(g, ty) },
    Row { name: "use of a constant", weight: 2, fits: has_constant, make: |g, ty, _| constant(g, ty) },
    Row {
        name: "converted variable",
        weight: 6,
        fits: |_, ty| matches!(ty, Ty::Int(_)),
        make: |g, ty, _| converted(g, ty),
    },
    Row { name: "compared variable", weight: 12, fits: |_, ty| *ty == Ty::Bool, make: |g, _, _| compared(g) },
    Row { name: "shown variable", weight: 4, fits: |_, ty| *ty == Ty::Str, make: |g, _, _| shown(g) },
];

fn variable(g: &mut Generator, ty: &Ty) -> Option<String> {
    let paths = g.paths_of(ty);
    g.pick(&paths).cloned()
}

fn converted(g: &mut Generator, ty: &Ty) -> Option<String> {
    let paths = g.paths().into_iter().filter(|path| matches!(path.ty, Ty::Int(_)) && path.ty != *ty);
    let names: Vec<String> = paths.map(|path| path.name).collect();
    let name = g.pick(&names).cloned()?;
    Some(format!("({name} as {})", g.show(ty)))
}

/// What a condition is made of where there is no room for more.
fn compared(g: &mut Generator) -> Option<String> {
    let paths = g.paths().into_iter().filter(|path| {
        matches!(path.ty, Ty::Int(_) | Ty::Char | Ty::Float | Ty::Str | Ty::Array(_) | Ty::Option(_))
    });
    let paths: Vec<Var> = paths.collect();
    let path = g.pick(&paths).cloned()?;
    let operator = ["<", ">=", "!="][g.choices.index(3)];
    Some(match &path.ty {
        Ty::Array(_) => format!("({}.len() {operator} {})", path.name, g.choices.below(4)),
        Ty::Option(_) => format!("{}.is_some()", path.name),
        ty => format!("({} {operator} {})", path.name, g.leaf(ty)),
    })
}

fn shown(g: &mut Generator) -> Option<String> {
    let paths = g.paths().into_iter().filter(|path| g.can(&path.ty, Need::Shown));
    let names: Vec<String> = paths.map(|path| path.name).collect();
    let name = g.pick(&names).cloned()?;
    g.spend(30);
    Some(format!("clip(\"{{{name}}}\")"))
}

fn has_constant(g: &Generator, ty: &Ty) -> bool {
    g.consts.iter().any(|c| c.ty == *ty)
}

fn constant(g: &mut Generator, ty: &Ty) -> Option<String> {
    let names: Vec<String> = g.consts.iter().filter(|c| c.ty == *ty).map(|c| c.name.clone()).collect();
    g.pick(&names).cloned()
}

/// How many types a program uses over and over.
const TYPES_MAX: usize = 10;

const WORDS: [&str; 12] =
    ["", "a", "gal", "ab,c", "x y z", "ñandú", "日本語", "q{{r}}", "\\n\\t", "0123456789", "-7", "αβγ"];
const CHARS: [&str; 10] = ["a", "Z", "0", " ", "ñ", "日", "\\n", "\\u{1F600}", "\\'", "z"];
const FLOATS: [&str; 16] = [
    "0.0",
    "1.0",
    "0.5",
    "(-2.25)",
    "0.1",
    "3.75",
    "1e10",
    "(-0.0)",
    "1e300",
    "1.5e-7",
    "100.0",
    "(-1e16)",
    "123456.789",
    "7.0",
    "NAN",
    "INFINITY",
];
const FLOATS32: [&str; 10] =
    ["0.0", "1.0", "0.5", "(-2.25)", "0.1", "1e10", "3.0", "1e38", "NAN", "INFINITY"];

impl Generator {
    /// A value written out, without regard to what is in scope.
    pub fn leaf(&mut self, ty: &Ty) -> String {
        match ty {
            Ty::Int(int) => self.int_literal(*int),
            Ty::Float => float(self.choices.index(FLOATS.len()), &FLOATS, "Float", ""),
            Ty::Float32 => float(self.choices.index(FLOATS32.len()), &FLOATS32, "Float32", "f32"),
            Ty::Bool => ["false", "true"][self.choices.index(2)].to_string(),
            Ty::Char => format!("'{}'", CHARS[self.choices.index(CHARS.len())]),
            Ty::Str => format!("\"{}\"", WORDS[self.choices.index(WORDS.len())]),
            Ty::Array(of) => format!("[{}]", self.leaves(of)),
            Ty::Fixed(of, n) => {
                let parts: Vec<String> = (0..*n).map(|_| self.leaf(of)).collect();
                format!("[{}]", parts.join(", "))
            }
            Ty::Map(k, v) => {
                let pair = Ty::Tuple(vec![(**k).clone(), (**v).clone()]);
                format!("Map.from([{}])", self.leaves(&pair))
            }
            Ty::Set(of) => format!("Set.from([{}])", self.leaves(of)),
            Ty::Tuple(parts) => {
                let parts: Vec<String> = parts.iter().map(|ty| self.leaf(ty)).collect();
                format!("({})", parts.join(", "))
            }
            Ty::Option(of) if self.choices.chance(2, 3) => format!("Some({})", self.leaf(of)),
            Ty::Option(_) => "None".to_string(),
            Ty::Result(ok, _) => format!("Ok({})", self.leaf(ok)),
            Ty::Adt(id, args) => {
                let parts: Vec<String> =
                    self.adts[*id].fields(0, args).iter().map(|field| self.leaf(&field.ty)).collect();
                self.build(*id, 0, &parts)
            }
            Ty::Fn(params, result) => {
                let names = vec!["_"; params.len()].join(", ");
                // The simplest value of a parameter's type may be a variable: it is captured.
                format!("|{names}| {}", self.leaf(result))
            }
            Ty::Dyn(id) => {
                let implementor = self.traits[*id].implementors.first().cloned().unwrap_or(Ty::int());
                self.leaf(&implementor)
            }
            Ty::Param(_) => {
                let known = self.paths_of(ty).into_iter().next();
                known.unwrap_or_else(|| "panic(\"there is no value\")".to_string())
            }
        }
    }

    /// Up to three values, separated.
    fn leaves(&mut self, ty: &Ty) -> String {
        let count = self.choices.index(4);
        (0..count).map(|_| self.leaf(ty)).collect::<Vec<_>>().join(", ")
    }

    fn int_literal(&mut self, int: crate::types::IntTy) -> String {
        let value = match self.choices.weighted(&[8, 3, 2, 2]) {
            0 => i128::from(self.choices.below(20)),
            1 if int.signed => -i128::from(self.choices.below(20)),
            2 => {
                let edge = [int.max(), int.min(), int.max() - 1, int.min() + 1, int.max() / 2];
                edge[self.choices.index(edge.len())]
            }
            _ => i128::from(self.choices.number()) & int.max(),
        };
        int.literal(value)
    }

    /// A value of a variant, of its parts in the order of its fields.
    pub fn build(&mut self, id: usize, variant: usize, parts: &[String]) -> String {
        let adt = &self.adts[id];
        let variant = &adt.variants[variant];
        let name = if adt.is_enum { format!("{}.{}", adt.name, variant.name) } else { variant.name.clone() };
        if variant.fields.is_empty() {
            return name;
        }
        if variant.fields[0].name.is_none() {
            return format!("{name}({})", parts.join(", "));
        }
        let fields = variant.fields.iter().zip(parts);
        let fields = fields.map(|(f, part)| format!("{}: {part}", f.name.as_deref().unwrap_or_default()));
        // Parenthesised, since it may stand in front of a body.
        format!("({name} {{ {} }})", fields.collect::<Vec<_>>().join(", "))
    }

    // ---- Types

    pub fn ty(&mut self, depth: usize, need: Need) -> Ty {
        let start = self.choices.open();
        let ty = match self.choices.chance(3, 4) {
            true => self.known_ty(depth, need),
            false => None,
        };
        let ty = ty.unwrap_or_else(|| self.new_ty(depth, need));
        self.choices.close(Kind::Type, start);
        ty
    }

    fn known_ty(&mut self, depth: usize, need: Need) -> Option<Ty> {
        let fits = |ty: &&Ty| (depth > 0 || ty.parts().is_empty()) && self.can(ty, need);
        let fitting: Vec<Ty> = self.types.iter().filter(fits).cloned().collect();
        self.pick(&fitting).cloned()
    }

    fn new_ty(&mut self, depth: usize, need: Need) -> Ty {
        let ty = self.any_ty(depth, need);
        // What a struct or a parameter can do is known only when it is chosen.
        let ty = if self.can(&ty, need) { ty } else { Ty::int() };
        if self.types.len() < TYPES_MAX && !mentions_param(&ty) && !self.types.contains(&ty) {
            self.types.push(ty.clone());
        }
        ty
    }

    fn any_ty(&mut self, depth: usize, need: Need) -> Ty {
        let free = u64::from(need == Need::Anything);
        let maps = u64::from(matches!(need, Need::Anything | Need::Shown));
        let deep = u64::from(depth > 0);
        // Whatever there is: what is chosen must not depend on it.
        let weights = [
            8,
            2,
            1,
            2,
            2,
            5,
            5 * deep,
            deep,
            2 * deep * maps,
            deep * maps,
            3 * deep,
            3 * deep,
            deep,
            10 * deep,
            5 * deep * free,
            4 * free,
            4,
            12,
        ];
        match self.choices.weighted(&weights) {
            0 => Ty::Int(INTS[self.choices.weighted(&[8, 2, 2, 2, 2, 1, 1, 1])]),
            1 => Ty::Float,
            2 => Ty::Float32,
            3 => Ty::Bool,
            4 => Ty::Char,
            5 => Ty::Str,
            6 => Ty::array(self.ty(depth - 1, need)),
            7 => Ty::Fixed(Box::new(self.ty(depth - 1, need)), 1 + self.choices.index(4)),
            8 => Ty::Map(Box::new(self.ty(depth - 1, Need::Key)), Box::new(self.ty(depth - 1, need))),
            9 => Ty::Set(Box::new(self.ty(depth - 1, Need::Key))),
            10 => Ty::Tuple((0..2 + self.choices.index(2)).map(|_| self.ty(depth - 1, need)).collect()),
            11 => Ty::option(self.ty(depth - 1, need)),
            12 => Ty::Result(Box::new(self.ty(depth - 1, need)), Box::new(self.error_ty())),
            13 => self.adt_ty(depth, need),
            14 => self.fn_ty(depth),
            15 => {
                let ids: Vec<usize> = (0..self.traits.len()).collect();
                self.pick(&ids).map_or(Ty::int(), |id| Ty::Dyn(*id))
            }
            16 => self.param_in_scope().unwrap_or(Ty::int()),
            _ => {
                let known: Vec<Ty> = self.paths().into_iter().map(|path| path.ty).collect();
                self.pick(&known).cloned().unwrap_or(Ty::int())
            }
        }
    }

    /// A type parameter of which there is a value.
    fn param_in_scope(&self) -> Option<Ty> {
        let params = (0..self.cx.bounds.len()).map(Ty::Param);
        params.rev().find(|param| self.cx.vars.iter().any(|var| var.ty == *param))
    }

    fn adt_ty(&mut self, depth: usize, need: Need) -> Ty {
        let id = self.pick_adt(0);
        let args = (0..self.adts[id].params).map(|_| self.ty(depth - 1, need)).collect();
        Ty::Adt(id, args)
    }

    /// The place of a struct or enum, without the first few.
    pub fn pick_adt(&mut self, first: usize) -> usize {
        let names: Vec<String> = self.adts.iter().skip(first).map(|adt| adt.name.clone()).collect();
        let name = self.pick(&names).cloned().unwrap_or_default();
        self.adts.iter().position(|adt| adt.name == name).unwrap_or(0)
    }

    /// Often that of a function, so that it can be a value.
    fn fn_ty(&mut self, depth: usize) -> Ty {
        let known: Vec<Ty> = self.functions.iter().filter_map(|function| function.value_ty()).collect();
        match self.pick(&known).cloned() {
            Some(ty) if self.choices.chance(1, 2) => ty,
            _ => {
                let params = (0..1 + self.choices.index(2)).map(|_| self.ty(0, Need::Anything)).collect();
                Ty::Fn(params, Box::new(self.ty(depth - 1, Need::Anything)))
            }
        }
    }

    /// What goes into `Err`: types between which `?` converts.
    pub fn error_ty(&mut self) -> Ty {
        [Ty::Str, Ty::int(), Ty::Adt(0, Vec::new())][self.choices.index(3)].clone()
    }

    /// A type that a parameter with a bound takes.
    pub fn ty_within(&mut self, bound: Bound, depth: usize) -> Ty {
        match bound {
            Bound::Nothing => self.ty(depth, Need::Anything),
            Bound::Shown => self.ty(depth, Need::Shown),
            Bound::Ordered => self.ty(depth, Need::Ordered),
            Bound::Trait(id) => {
                let implementors = self.traits[id].implementors.clone();
                self.pick(&implementors).cloned().unwrap_or(Ty::int())
            }
        }
    }
}

fn mentions_param(ty: &Ty) -> bool {
    matches!(ty, Ty::Param(_)) || ty.parts().into_iter().any(mentions_param)
}

fn float(index: usize, table: &[&str], ty: &str, suffix: &str) -> String {
    match table[index] {
        name @ ("NAN" | "INFINITY") => format!("{ty}.{name}"),
        number => match number.strip_suffix(')') {
            Some(negative) => format!("{negative}{suffix})"),
            None => format!("{number}{suffix}"),
        },
    }
}
