//! Declarations of types, traits and constants.

use crate::generator::{Context, Generator, Need, Var, braces, indent};
use crate::types::{Adt, Const, Field, Trait, Ty, Variant};

/// What a method of a trait may cost, so that a call of one that is not known can be counted.
pub const METHOD_COST: u64 = 300;

/// Constructs that are declarations.
pub const ITEMS: &[&str] = &[
    "struct",
    "tuple struct",
    "generic struct",
    "enum",
    "generic enum",
    "recursive enum",
    "recursive function over an enum",
    "trait",
    "trait implementation",
    "overridden default method",
    "own Show",
    "own Eq, Ord and Hash",
    "own Add",
    "constant",
    "function",
    "function of mut parameters",
    "generic function",
    "recursive function",
    "method",
    "method that changes its receiver",
];

impl Generator {
    pub fn structure(&mut self) {
        let name = self.fresh("S");
        let params = usize::from(self.choices.chance(1, 3));
        let is_tuple = self.choices.chance(1, 4);
        let fields = self.fields(1 + params, params, is_tuple);
        self.cover(if params > 0 { "generic struct" } else { "struct" });
        if is_tuple {
            self.cover("tuple struct");
        }
        let head = format!("struct {name}{}", generics(params));
        self.items.push(match is_tuple {
            true => format!("{head}({})", self.field_list(&fields)),
            false => format!("{head} {{ {} }}", self.field_list(&fields)),
        });
        let variants = vec![Variant { name: name.clone(), fields }];
        let is_plain = params == 0 && !is_tuple;
        self.adts.push(Adt { name, params, is_enum: false, is_recursive: false, variants, adds: false });
        if is_plain {
            self.own_traits(self.adts.len() - 1);
        }
    }

    fn fields(&mut self, least: usize, params: usize, unnamed: bool) -> Vec<Field> {
        let count = least + self.choices.index(3);
        let field = |g: &mut Generator, index: usize| {
            let ty = if index < params { g.param_field(index) } else { g.field_ty() };
            Field { name: if unnamed { None } else { Some(g.fresh("a")) }, ty }
        };
        (0..count).map(|index| field(self, index)).collect()
    }

    fn field_ty(&mut self) -> Ty {
        let need = if self.choices.chance(1, 6) { Need::Anything } else { Need::Shown };
        self.ty(2, need)
    }

    fn param_field(&mut self, index: usize) -> Ty {
        let param = Ty::Param(index);
        match self.choices.index(4) {
            0 => Ty::array(param),
            1 => Ty::option(param),
            _ => param,
        }
    }

    fn field_list(&self, fields: &[Field]) -> String {
        let list = fields.iter().map(|field| match &field.name {
            Some(name) => format!("{name}: {}", self.show(&field.ty)),
            None => self.show(&field.ty),
        });
        list.collect::<Vec<_>>().join(", ")
    }

    pub fn enumeration(&mut self) {
        let name = self.fresh("E");
        let params = usize::from(self.choices.chance(1, 3));
        let is_recursive = self.choices.chance(1, 2);
        let id = self.adts.len();
        let mut variants = vec![self.first_variant()];
        for _ in 0..1 + self.choices.below(3) {
            let (variant, unnamed) = (self.fresh("V"), self.choices.chance(2, 3));
            let mut fields = self.fields(usize::from(params > 0), params, unnamed);
            if is_recursive && variants.len() < 3 {
                fields.extend(self.recursive_fields(id, params, unnamed));
            }
            variants.push(Variant { name: variant, fields });
        }
        self.cover(match (is_recursive, params) {
            (true, _) => "recursive enum",
            (_, 0) => "enum",
            _ => "generic enum",
        });
        let adt = Adt { name, params, is_enum: true, is_recursive, variants, adds: false };
        self.adts.push(adt.clone());
        let lines: Vec<String> = adt.variants.iter().map(|variant| self.variant_text(variant)).collect();
        self.items.push(format!("enum {}{} {}", adt.name, generics(params), braces(&lines)));
        if is_recursive {
            self.trimming(id);
            if params == 0 {
                self.walker(id);
            }
        }
    }

    /// One that can be written out without values of type parameters.
    fn first_variant(&mut self) -> Variant {
        let name = self.fresh("V");
        let fields = match self.choices.chance(1, 2) {
            true => vec![Field { name: None, ty: self.ty(0, Need::Shown) }],
            false => Vec::new(),
        };
        Variant { name, fields }
    }

    fn recursive_fields(&mut self, id: usize, params: usize, unnamed: bool) -> Vec<Field> {
        let own = Ty::Adt(id, (0..params).map(Ty::Param).collect());
        let count = 1 + self.choices.index(2);
        let field = |g: &mut Generator| {
            let ty = match g.choices.index(5) {
                0 => Ty::array(own.clone()),
                1 => Ty::option(own.clone()),
                _ => own.clone(),
            };
            Field { name: if unnamed { None } else { Some(g.fresh("a")) }, ty }
        };
        (0..count).map(|_| field(self)).collect()
    }

    fn variant_text(&self, variant: &Variant) -> String {
        let list = self.field_list(&variant.fields);
        match variant.fields.first() {
            None => variant.name.clone(),
            Some(Field { name: None, .. }) => format!("{}({list})", variant.name),
            Some(_) => format!("{} {{ {list} }}", variant.name),
        }
    }

    /// A function that cuts values of a recursive enum off at a depth, without which loops would make them grow beyond
    /// all bounds.
    fn trimming(&mut self, id: usize) {
        let adt = self.adts[id].clone();
        let name = format!("trim_{}", adt.name.to_lowercase());
        let own = self.show(&Ty::Adt(id, (0..adt.params).map(Ty::Param).collect()));
        let base = self.leaf(&Ty::Adt(id, vec![Ty::int(); adt.params]));
        let mut arms = Vec::new();
        for index in 0..adt.variants.len() {
            let is_deep = adt.variants[index].fields.iter().any(|field| mentions(&field.ty, id));
            let value = self.rebuilt(id, index, |field, name_of_field| match recursive_kind(&field.ty, id) {
                Recursive::No => name_of_field.to_string(),
                Recursive::Direct => format!("{name}({name_of_field}, d - 1)"),
                Recursive::InArray => format!("{name_of_field}.take(3).map(|y| {name}(y, d - 1))"),
                Recursive::InOption => format!("{name_of_field}.map(|y| {name}(y, d - 1))"),
            });
            let pattern = self.plain_pattern(id, index);
            arms.push(match is_deep {
                true => format!("{pattern} => if d <= 0 {{ {base} }} else {{ {value} }}"),
                false => format!("{pattern} => {value}"),
            });
        }
        let text = format!(
            "fn {name}{}(t: {own}, d: Int) -> {own} {{\n    match t {}\n}}",
            generics(adt.params),
            indent(&braces(&arms)).trim_start()
        );
        self.items.push(text);
    }

    /// A function that makes a value of the same shape, where cells can be used again.
    fn walker(&mut self, id: usize) {
        let adt = self.adts[id].clone();
        let name = format!("walk_{}", adt.name.to_lowercase());
        let own = Ty::Adt(id, Vec::new());
        let outer = std::mem::replace(
            &mut self.cx,
            Context { times: 1, cost_max: METHOD_COST, is_method: true, ..Context::default() },
        );
        self.nodes_left = 60;
        self.cx.vars.push(Var { name: "k".to_string(), ty: Ty::int(), is_mut: false });
        let mut arms = Vec::new();
        for index in 0..adt.variants.len() {
            let count = self.cx.vars.len();
            for (field, place) in adt.variants[index].fields.iter().zip(0..) {
                if !mentions(&field.ty, id) {
                    self.cx.vars.push(Var { name: format!("x{place}"), ty: field.ty.clone(), is_mut: false });
                }
            }
            let mut values = Vec::new();
            for (field, place) in adt.variants[index].fields.iter().zip(0..) {
                values.push(match recursive_kind(&field.ty, id) {
                    Recursive::No => self.expr(&field.ty, 2),
                    Recursive::Direct => format!("{name}(x{place}, k +% {place})"),
                    _ => format!("x{place}.map(|y| {name}(y, k +% {place}))"),
                });
            }
            self.cx.vars.truncate(count);
            let built = self.build(id, index, &values);
            arms.push(format!("{} => {built}", self.plain_pattern(id, index)));
        }
        self.cx = outer;
        self.cover("recursive function over an enum");
        let shown = self.show(&own);
        let body = indent(&braces(&arms));
        self.items.push(format!(
            "fn {name}(t: {shown}, k: Int) -> {shown} {{\n    match t {}\n}}",
            body.trim_start()
        ));
        let param = |name: &str, ty: Ty| crate::types::Param { name: name.to_string(), ty, is_mut: false };
        self.functions.push(crate::types::Function {
            name,
            bounds: Vec::new(),
            receiver: None,
            params: vec![param("t", own.clone()), param("k", Ty::int())],
            result: own,
            notes: false,
            has_fuel: false,
            cost: METHOD_COST,
        });
    }

    /// A pattern of a variant that names its fields `x0`, `x1`…
    fn plain_pattern(&mut self, id: usize, variant: usize) -> String {
        self.rebuilt(id, variant, |_, name| name.to_string()).replace(&format!("{}.", self.adts[id].name), "")
    }

    fn rebuilt(&mut self, id: usize, variant: usize, part: impl Fn(&Field, &str) -> String) -> String {
        let fields = self.adts[id].variants[variant].fields.clone();
        let parts: Vec<String> =
            fields.iter().zip(0..).map(|(field, place)| part(field, &format!("x{place}"))).collect();
        self.build(id, variant, &parts)
    }

    // ---- What a struct implements itself

    fn own_traits(&mut self, id: usize) {
        let (name, fields) = (self.adts[id].name.clone(), self.adts[id].variants[0].fields.clone());
        let Some(first) = fields[0].name.clone() else { return };
        if self.choices.chance(1, 4) && self.can(&fields[0].ty, Need::Shown) {
            self.cover("own Show");
            self.items.push(format!(
                "impl Show for {name} {{\n    fn show(self, mut f: Formatter) {{\n        f.push_str(\"{name}<\")\n        f.write(self.{first})\n        f.push('>')\n    }}\n}}"
            ));
        }
        if self.choices.chance(1, 4) && self.can(&fields[0].ty, Need::Ordered) {
            self.cover("own Eq, Ord and Hash");
            self.items.push(format!(
                "impl Eq for {name} {{\n    fn eq(self, other: {name}) -> Bool {{ self.{first} == other.{first} }}\n}}\n\nimpl Ord for {name} {{\n    fn cmp(self, other: {name}) -> Ordering {{ other.{first}.cmp(self.{first}) }}\n}}\n\nimpl Hash for {name} {{\n    fn hash(self, mut h: Hasher) {{ self.{first}.hash(mut h) }}\n}}"
            ));
        }
        if self.choices.chance(1, 4) {
            self.own_add(id, &name);
        }
    }

    fn own_add(&mut self, id: usize, name: &str) {
        self.cover("own Add");
        let own = Ty::Adt(id, Vec::new());
        let vars =
            ["self", "other"].map(|name| Var { name: name.to_string(), ty: own.clone(), is_mut: false });
        let outer = std::mem::replace(
            &mut self.cx,
            Context { vars: vars.to_vec(), times: 1, cost_max: 100, is_method: true, ..Context::default() },
        );
        self.nodes_left = 30;
        let parts: Vec<String> =
            self.adts[id].fields(0, &[]).iter().map(|field| self.expr(&field.ty, 2)).collect();
        let value = self.build(id, 0, &parts);
        self.cx = outer;
        self.adts[id].adds = true;
        self.items.push(format!(
            "impl Add<{name}> for {name} {{\n    type Output = {name}\n    fn add(self, other: {name}) -> {name} {{\n{}\n    }}\n}}",
            indent(&indent(&value))
        ));
    }

    // ---- Traits

    /// A trait that `Int` implements; others may do later.
    pub fn declare_trait(&mut self) {
        let name = self.fresh("Tr");
        let low = name.to_lowercase();
        self.cover("trait");
        self.items.push(format!(
            "trait {name} {{\n    fn {low}_get(self, x: Int) -> Int\n    fn {low}_text(self) -> String {{ \"<{{self.{low}_get(1)}}>\" }}\n    fn {low}_poke(mut self, x: Int) {{}}\n}}"
        ));
        self.traits.push(Trait { name, implementors: Vec::new() });
        self.implement(self.traits.len() - 1, Ty::int());
    }

    /// An implementation of some trait for some type.
    pub fn implementation(&mut self) {
        if self.traits.is_empty() {
            return;
        }
        let id = self.choices.index(self.traits.len());
        let ty = self.ty(2, Need::Shown);
        // A type with a float inside is fine; one that is implemented already is not.
        if !self.traits[id].implementors.contains(&ty) && !matches!(ty, Ty::Fixed(..)) {
            self.implement(id, ty);
        }
    }

    fn implement(&mut self, id: usize, ty: Ty) {
        let low = self.traits[id].name.to_lowercase();
        let shown = self.show(&ty);
        let mut methods = Vec::new();
        let x = Var { name: "x".to_string(), ty: Ty::int(), is_mut: false };
        let own = |is_mut| Var { name: "self".to_string(), ty: ty.clone(), is_mut };
        let (body, _) =
            self.body(method_context(vec![own(false), x.clone()], Some(Ty::int())), 40, 2, Some(Ty::int()));
        methods.push(format!("fn {low}_get(self, x: Int) -> Int {body}"));
        if self.choices.chance(1, 2) {
            self.cover("overridden default method");
            let (body, _) = self.body(method_context(vec![own(false)], Some(Ty::Str)), 30, 1, Some(Ty::Str));
            methods.push(format!("fn {low}_text(self) -> String {body}"));
        }
        if self.choices.chance(2, 3) {
            let (body, _) = self.body(method_context(vec![own(true), x], None), 40, 4, None);
            methods.push(format!("fn {low}_poke(mut self, x: Int) {body}"));
        }
        self.cover("trait implementation");
        self.items.push(format!("impl {} for {shown} {}", self.traits[id].name, braces(&methods)));
        self.traits[id].implementors.push(ty);
    }

    // ---- Constants

    pub fn constant(&mut self) {
        let ty = self.ty(2, Need::Shown);
        let outer = std::mem::replace(
            &mut self.cx,
            Context { times: 1, cost_max: 4000, is_safe: true, ..Context::default() },
        );
        self.nodes_left = 40;
        let value = self.expr(&ty, 3);
        self.cx = outer;
        let name = self.fresh("K");
        self.cover("constant");
        self.items.push(format!("const {name}: {} = {value}", self.show(&ty)));
        self.consts.push(Const { name, ty });
    }
}

fn method_context(vars: Vec<Var>, result: Option<Ty>) -> Context {
    Context { vars, result, times: 1, cost_max: METHOD_COST, is_method: true, ..Context::default() }
}

fn generics(params: usize) -> String {
    if params == 0 { String::new() } else { "<T0>".to_string() }
}

fn mentions(ty: &Ty, id: usize) -> bool {
    matches!(ty, Ty::Adt(other, _) if *other == id) || ty.parts().into_iter().any(|part| mentions(part, id))
}

enum Recursive {
    No,
    Direct,
    InArray,
    InOption,
}

fn recursive_kind(ty: &Ty, id: usize) -> Recursive {
    match ty {
        Ty::Adt(other, _) if *other == id => Recursive::Direct,
        Ty::Array(of) if mentions(of, id) => Recursive::InArray,
        Ty::Option(of) if mentions(of, id) => Recursive::InOption,
        _ => Recursive::No,
    }
}
