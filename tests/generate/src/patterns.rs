//! Patterns of a type, with what they bind, and the expressions that are made of them.

use crate::generator::{Generator, Var, braces};
use crate::types::{Field, Ty};

/// What a pattern is to do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Aim {
    /// Match everything.
    All,
    /// Anything.
    Some,
}

impl Generator {
    // ---- Expressions made of patterns

    /// Something to match on: mostly a variable.
    pub fn scrutinee(&mut self, depth: usize) -> (String, Ty) {
        let paths = self.paths();
        if let Some(var) = self.pick(&paths).cloned()
            && self.choices.chance(4, 5)
        {
            return (var.name, var.ty);
        }
        let ty = self.ty(2, crate::generator::Need::Anything);
        (self.receiver(&ty, depth), ty)
    }

    pub fn match_value(&mut self, ty: &Ty, depth: usize) -> String {
        let (scrutinee, of) = self.scrutinee(depth);
        let arms = self.arms(&of, ty, depth);
        format!("(match {scrutinee} {})", braces(&arms))
    }

    /// Arms that cover a type, with values of another.
    pub fn arms(&mut self, of: &Ty, ty: &Ty, depth: usize) -> Vec<String> {
        let mut arms = Vec::new();
        for pattern in self.arm_plan(of) {
            arms.push(self.scoped(|g| {
                let head = g.arm_head(of, &pattern);
                let value = match g.choices.chance(1, 3) {
                    true => g.block_value(ty, depth, 2),
                    false => g.expr(ty, depth),
                };
                format!("{head} => {value}")
            }));
        }
        arms
    }

    /// Like [`Generator::arms`], with statements.
    pub fn arm_statements(&mut self, of: &Ty, depth: usize) -> Vec<String> {
        let mut arms = Vec::new();
        for pattern in self.arm_plan(of) {
            arms.push(self.scoped(|g| {
                let head = g.arm_head(of, &pattern);
                format!("{head} => {}", braces(&g.statements(depth, 3)))
            }));
        }
        arms
    }

    /// Which arms a match has; together they cover the type.
    fn arm_plan(&mut self, of: &Ty) -> Vec<Arm> {
        let mut plan = Vec::new();
        let variants = self.variants(of);
        if variants > 1 && self.choices.chance(2, 3) {
            self.cover("pattern: all variants");
            for variant in 0..variants {
                if self.choices.chance(1, 4) {
                    plan.push(Arm::Guarded);
                }
                plan.push(Arm::Variant(variant));
            }
            return plan;
        }
        for _ in 0..self.choices.below(4) {
            plan.push(if self.choices.chance(1, 3) { Arm::Guarded } else { Arm::Any });
        }
        plan.push(Arm::All);
        plan
    }

    fn arm_head(&mut self, of: &Ty, arm: &Arm) -> String {
        match arm {
            Arm::All => self.pattern(of, Aim::All, 1),
            Arm::Any => self.pattern(of, Aim::Some, 3),
            Arm::Variant(variant) => self.variant_pattern(of, *variant, Aim::All, 2),
            Arm::Guarded => {
                let pattern = self.pattern(of, Aim::Some, 2);
                self.cover("pattern: guard");
                // A guard changes nothing, as if it were a closure.
                let guard = self.in_closure(Vec::new(), |g| g.expr(&Ty::Bool, 1));
                format!("{pattern} when {guard}")
            }
        }
    }

    pub fn is_pattern(&mut self, depth: usize) -> String {
        let (scrutinee, of) = self.scrutinee(depth);
        self.scoped(|g| {
            let pattern = g.refutable(&of);
            match g.choices.chance(1, 2) {
                true => format!("({scrutinee} is {pattern} && {})", g.expr(&Ty::Bool, depth)),
                false => format!("({scrutinee} is {pattern})"),
            }
        })
    }

    /// A pattern that may fail to match, as far as the type has one. What it binds is in scope afterwards.
    pub fn refutable(&mut self, ty: &Ty) -> String {
        match self.variants(ty) {
            0 | 1 => self.pattern(ty, Aim::Some, 2),
            n => {
                let variant = self.choices.index(n);
                self.variant_pattern(ty, variant, Aim::Some, 2)
            }
        }
    }

    /// A pattern that takes everything apart.
    pub fn irrefutable(&mut self, ty: &Ty) -> String {
        self.pattern(ty, Aim::All, 2)
    }

    // ---- Patterns

    fn pattern(&mut self, ty: &Ty, aim: Aim, depth: usize) -> String {
        match self.choices.weighted(&[2, 4, 9 * u64::from(depth > 0)]) {
            0 => "_".to_string(),
            1 => self.binding(ty),
            _ => self.deep_pattern(ty, aim, depth - 1),
        }
    }

    fn binding(&mut self, ty: &Ty) -> String {
        let name = self.fresh("p");
        self.cx.vars.push(Var { name: name.clone(), ty: ty.clone(), is_mut: false });
        name
    }

    fn deep_pattern(&mut self, ty: &Ty, aim: Aim, depth: usize) -> String {
        if aim == Aim::Some && self.choices.chance(1, 8) {
            self.cover("pattern: named whole");
            let name = self.binding(ty);
            return format!("{name} @ {}", self.grouped(ty, aim, depth));
        }
        match ty {
            Ty::Tuple(parts) => {
                self.cover("pattern: tuple");
                let parts: Vec<String> = parts.iter().map(|ty| self.pattern(ty, aim, depth)).collect();
                format!("({})", parts.join(", "))
            }
            Ty::Adt(id, _) if !self.adts[*id].is_enum => self.variant_pattern(ty, 0, aim, depth),
            _ if aim == Aim::All => self.binding(ty),
            Ty::Int(_) | Ty::Bool | Ty::Char | Ty::Str => self.scalar_pattern(ty),
            Ty::Array(of) => self.array_pattern(of, depth),
            _ => match self.variants(ty) {
                0 => self.binding(ty),
                n => self.enum_pattern(ty, n, depth),
            },
        }
    }

    fn grouped(&mut self, ty: &Ty, aim: Aim, depth: usize) -> String {
        let pattern = self.deep_pattern(ty, aim, depth);
        if pattern.contains('|') { format!("({pattern})") } else { pattern }
    }

    fn scalar_pattern(&mut self, ty: &Ty) -> String {
        match ty {
            Ty::Bool => ["false", "true"][self.choices.index(2)].to_string(),
            Ty::Str => {
                self.cover("pattern: text");
                "\"gal\" | \"a\" | \"\"".to_string()
            }
            Ty::Char => {
                self.cover("pattern: range of characters");
                ["'a'..='z'", "'a' | 'Z'", "'\\u{80}'..", "..'A'"][self.choices.index(4)].to_string()
            }
            _ => {
                let n = self.choices.below(50);
                let constants = self.consts.iter().filter(|c| c.ty == *ty).map(|c| c.name.clone());
                let constants: Vec<String> = constants.collect();
                match self.choices.index(6) {
                    5 if !constants.is_empty() => {
                        self.cover("pattern: constant");
                        constants[n as usize % constants.len()].clone()
                    }
                    0 => n.to_string(),
                    1 => {
                        self.cover("pattern: range of integers");
                        format!("{n}..={}", n + self.choices.below(40))
                    }
                    2 => {
                        self.cover("pattern: half-open range");
                        if n.is_multiple_of(2) { format!("{n}..") } else { format!("..{n}") }
                    }
                    _ => {
                        self.cover("pattern: alternatives");
                        format!("{n} | {} | {}..{}", n + 1, n + 3, n + 9)
                    }
                }
            }
        }
    }

    fn array_pattern(&mut self, of: &Ty, depth: usize) -> String {
        self.cover("pattern: array");
        let mut parts: Vec<String> =
            (0..self.choices.below(3)).map(|_| self.pattern(of, Aim::Some, depth)).collect();
        match self.choices.index(3) {
            0 => {}
            1 => parts.push("..".to_string()),
            _ => {
                self.cover("pattern: rest of an array");
                let name = self.binding(&Ty::array(of.clone()));
                parts.push(format!("..{name}"));
            }
        }
        if parts.last().is_some_and(|part| part.starts_with("..")) && self.choices.chance(1, 2) {
            parts.push(self.pattern(of, Aim::Some, depth));
        }
        format!("[{}]", parts.join(", "))
    }

    /// How many variants a type has; 0 if it is no enum.
    fn variants(&self, ty: &Ty) -> usize {
        match ty {
            Ty::Option(_) | Ty::Result(..) => 2,
            Ty::Adt(id, _) if self.adts[*id].is_enum => self.adts[*id].variants.len(),
            _ => 0,
        }
    }

    fn enum_pattern(&mut self, ty: &Ty, variants: usize, depth: usize) -> String {
        let first = self.choices.index(variants);
        if self.choices.chance(1, 4) {
            let second = self.choices.index(variants);
            if let Some(pattern) = self.either(ty, first, second) {
                return pattern;
            }
        }
        self.variant_pattern(ty, first, Aim::Some, depth)
    }

    /// Two variants, of both of which a part of the same type is bound to one name, if there is such a part.
    fn either(&mut self, ty: &Ty, first: usize, second: usize) -> Option<String> {
        if first == second {
            return None;
        }
        let (name_a, a) = self.variant(ty, first);
        let (name_b, b) = self.variant(ty, second);
        let places: Vec<(usize, usize)> = (0..a.len())
            .flat_map(|i| (0..b.len()).map(move |j| (i, j)))
            .filter(|(i, j)| a[*i].ty == b[*j].ty)
            .collect();
        let written = |this: &mut Self, name: &str, fields: &[Field], at: Option<(usize, &str)>| {
            let parts: Vec<String> = (0..fields.len())
                .map(|i| at.filter(|(place, _)| *place == i).map_or("_".to_string(), |(_, n)| n.to_string()))
                .collect();
            this.assembled(name, fields, &parts)
        };
        self.cover("pattern: alternatives that bind");
        let Some((i, j)) = self.pick(&places).copied() else {
            let (a, b) = (written(self, &name_a, &a, None), written(self, &name_b, &b, None));
            return Some(format!("{a} | {b}"));
        };
        let bound = self.binding(&a[i].ty);
        let left = written(self, &name_a, &a, Some((i, &bound)));
        Some(format!("{left} | {}", written(self, &name_b, &b, Some((j, &bound)))))
    }

    fn variant(&self, ty: &Ty, variant: usize) -> (String, Vec<Field>) {
        let unnamed = |ty: &Ty| vec![Field { name: None, ty: ty.clone() }];
        match (ty, variant) {
            (Ty::Option(_), 0) => ("None".to_string(), Vec::new()),
            (Ty::Option(of), _) => ("Some".to_string(), unnamed(of)),
            (Ty::Result(ok, _), 0) => ("Ok".to_string(), unnamed(ok)),
            (Ty::Result(_, err), _) => ("Err".to_string(), unnamed(err)),
            (Ty::Adt(id, args), _) => {
                (self.adts[*id].variants[variant].name.clone(), self.adts[*id].fields(variant, args))
            }
            _ => ("_".to_string(), Vec::new()),
        }
    }

    fn variant_pattern(&mut self, ty: &Ty, variant: usize, aim: Aim, depth: usize) -> String {
        let (name, fields) = self.variant(ty, variant);
        let parts: Vec<String> = fields
            .iter()
            .map(|field| {
                let part = self.pattern(&field.ty, aim, depth);
                if part.contains('|') { format!("({part})") } else { part }
            })
            .collect();
        self.assembled(&name, &fields, &parts)
    }

    fn assembled(&mut self, name: &str, fields: &[Field], parts: &[String]) -> String {
        if fields.is_empty() {
            return name.to_string();
        }
        if fields[0].name.is_none() {
            self.cover("pattern: variant");
            return format!("{name}({})", parts.join(", "));
        }
        self.cover("pattern: fields");
        let named = fields.iter().zip(parts).filter(|(_, part)| *part != "_");
        let mut named: Vec<String> = named
            .map(|(field, part)| format!("{}: {part}", field.name.as_deref().unwrap_or_default()))
            .collect();
        if named.len() < fields.len() {
            named.push("..".to_string());
        }
        format!("({name} {{ {} }})", named.join(", "))
    }
}

enum Arm {
    Any,
    Guarded,
    Variant(usize),
    All,
}
