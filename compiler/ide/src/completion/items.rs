//! Single completions: what is listed, shown and inserted.

use super::{Request, member_rank};
use crate::describe::Cx;
use crate::keywords;
use crate::results::{Completion, SymbolKind};
use hir::ActorFnKind;
use hir::program::{AdtId, Container, FnId, ModuleId, VariantIdx, VariantShape};
use hir::record::{Member, Target, Visible};
use hir::ty::{Ty, TyKind};
use syntax::Symbol;

/// The order of the list. What has the expected type comes before others of its group.
pub mod rank {
    pub const EXPECTED: u32 = 0;
    pub const LOCAL: u32 = 10;
    pub const OWN: u32 = 20;
    pub const TRAIT: u32 = 30;
    pub const COMMON: u32 = 36;
    pub const MODULE: u32 = 42;
    pub const PRELUDE: u32 = 50;
    pub const KEYWORD: u32 = 60;
    pub const IMPORT: u32 = 70;
    /// Subtracted where the type is the expected one.
    pub const FITS: u32 = 5;
}

/// Which names of a scope are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Names {
    Values,
    Types,
    Actors,
    Patterns,
}

pub struct Items<'r, 'a> {
    pub cx: &'r mut Cx<'a>,
    pub request: &'r Request,
    pub want: Option<Ty>,
    pub found: Vec<Completion>,
}

pub fn plain(label: &str, kind: SymbolKind, rank: u32) -> Completion {
    Completion {
        label: label.to_string(),
        kind,
        signature: String::new(),
        detail: String::new(),
        docs: String::new(),
        insert: label.to_string(),
        is_snippet: false,
        more: Vec::new(),
        rank,
    }
}

impl<'r, 'a> Items<'r, 'a> {
    pub fn new(cx: &'r mut Cx<'a>, request: &'r Request) -> Items<'r, 'a> {
        Items { cx, request, want: None, found: Vec::new() }
    }

    pub fn name(&self, symbol: Symbol) -> &'a str {
        self.cx.analysis.checker.program.name(symbol)
    }

    fn fits(&self, ty: Ty) -> u32 {
        if ty != Ty::ERROR && self.want == Some(ty) { rank::FITS } else { 0 }
    }

    /// Whether a call's parentheses stand behind the cursor already.
    fn has_parens(&self) -> bool {
        self.request.tree.text[self.request.replace.end as usize..].starts_with('(')
    }

    /// Gives a completion what is written behind the name of something that takes `n` values.
    fn call(&self, item: &mut Completion, n: usize) {
        if self.has_parens() {
            return;
        }
        item.is_snippet = true;
        item.insert = if n == 0 { format!("{}()$0", item.label) } else { format!("{}($0)", item.label) };
    }

    pub fn keyword(&mut self, word: &str) {
        let item = plain(word, SymbolKind::Keyword, rank::KEYWORD);
        self.found.push(Completion { docs: keywords::docs(word).unwrap_or_default().to_string(), ..item });
    }

    pub fn variable(&mut self, local: &Visible, kind: SymbolKind) {
        let name = self.name(local.name);
        let mut item = plain(name, kind, rank::LOCAL.saturating_sub(self.fits(local.ty)));
        item.detail = self.cx.analysis.ty_name(local.ty);
        if kind == SymbolKind::State {
            item.docs = self.cx.docs(Target::Local(local.span));
        }
        self.found.push(item);
    }

    // ------------------------------------------------------------ members

    pub fn members(&mut self, members: &[Member]) {
        for member in members {
            if self.name(member.name).starts_with('$') {
                continue;
            }
            let item = self.member(member);
            self.found.push(item);
        }
    }

    fn member(&mut self, member: &Member) -> Completion {
        // Elements of tuples have no declaration.
        let kind = match member.target {
            Target::Builtin(_) => SymbolKind::Field,
            target => self.kind_of(target),
        };
        let rank = member_rank(self, member) - self.fits(member.ty);
        let mut item = plain(self.name(member.name), kind, rank);
        item.docs = self.cx.docs(member.target);
        item.detail = self.cx.analysis.ty_name(member.ty);
        match member.target {
            Target::Fn(id) => {
                item.signature = self.member_signature(member);
                if member.ty == Ty::UNIT {
                    item.detail.clear();
                }
                if let Some(of) = member.of_trait {
                    let of = self.name(self.cx.analysis.checker.program.traits[of].name);
                    item.detail = format!("{} ({of})", item.detail).trim_start().to_string();
                }
                self.call_with_closure(&mut item, member);
                if self.cx.analysis.checker.actor_fn_kind(id).is_some() {
                    item.signature = crate::signature::params_text(self.cx, id);
                }
            }
            Target::Variant(adt, variant) => {
                item.detail = String::new();
                self.shape(&mut item, adt, variant);
            }
            _ => {}
        }
        item
    }

    /// A method whose only value is a closure gets its bars too.
    fn call_with_closure(&self, item: &mut Completion, member: &Member) {
        let program = &self.cx.analysis.checker.program;
        self.call(item, member.params.len());
        let [(_, ty, _)] = member.params.as_slice() else { return };
        let TyKind::Fn { params, .. } = program.types.kind(*ty) else { return };
        if item.is_snippet {
            let names: Vec<String> =
                (1..=params.len()).map(|i| format!("${{{i}:{}}}", ["x", "y", "z"][(i - 1) % 3])).collect();
            item.insert = format!("{}(|{}| $0)", item.label, names.join(", "));
        }
    }

    fn member_signature(&self, member: &Member) -> String {
        let params: Vec<String> = member
            .params
            .iter()
            .map(|(name, ty, mode)| {
                let mark = if *mode == hir::program::ParamMode::Mut { "mut " } else { "" };
                format!("{mark}{}: {}", self.name(*name), self.cx.analysis.ty_name(*ty))
            })
            .collect();
        format!("({})", params.join(", "))
    }

    // ------------------------------------------------------------ declarations

    pub fn kind_of(&self, target: Target) -> SymbolKind {
        let checker = &self.cx.analysis.checker;
        let program = &checker.program;
        match target {
            Target::Module(_) => SymbolKind::Module,
            Target::Adt(id) if checker.actor_of(id).is_some() => SymbolKind::Actor,
            Target::Adt(id) if program.adts[id].is_enum => SymbolKind::Enum,
            Target::Adt(_) => SymbolKind::Struct,
            Target::Trait(_) => SymbolKind::Trait,
            Target::Alias(_) => SymbolKind::TypeAlias,
            Target::Builtin(_) | Target::Raw(_) | Target::SelfTy(_) => SymbolKind::BuiltinType,
            Target::Fn(id) => match (checker.actor_fn_kind(id).map(|of| of.1), program.fns[id].container) {
                (Some(ActorFnKind::Constructor), _) => SymbolKind::Constructor,
                (Some(ActorFnKind::Handler), _) => SymbolKind::Message,
                (Some(_), _) => SymbolKind::Method,
                (None, Container::Module) => SymbolKind::Function,
                (None, _) => SymbolKind::Method,
            },
            Target::Const(_) => SymbolKind::Const,
            Target::Variant(..) => SymbolKind::Variant,
            Target::Field(..) => SymbolKind::Field,
            Target::TypeParam(..) => SymbolKind::TypeParam,
            Target::AssocTy(..) => SymbolKind::AssocType,
            Target::Local(span) => match self.cx.analysis.locals.get(&span) {
                Some(local) if local.is_param => SymbolKind::Param,
                Some(_) => SymbolKind::Variable,
                None => SymbolKind::State,
            },
        }
    }

    pub fn target(&mut self, name: Symbol, target: Target, rank: u32) {
        if let Target::Fn(id) = target {
            return self.function_named(self.name(name), id, rank);
        }
        let kind = self.kind_of(target);
        let text = self.name(name);
        if text.starts_with('$') {
            return;
        }
        let mut item = plain(text, kind, rank);
        item.docs = self.cx.docs(target);
        let program = &self.cx.analysis.checker.program;
        match target {
            Target::Const(id) => item.detail = self.cx.analysis.ty_name(program.consts[id].ty),
            Target::Variant(adt, variant) => {
                item.detail = self.name(program.adts[adt].name).to_string();
                self.shape(&mut item, adt, variant);
            }
            Target::Adt(id) => self.struct_shape(&mut item, id),
            _ => {}
        }
        self.found.push(item);
    }

    /// In an expression a struct is written with its values, an actor stands behind `spawn` with them.
    fn struct_shape(&mut self, item: &mut Completion, id: AdtId) {
        let checker = &self.cx.analysis.checker;
        if self.request.place == super::Place::Spawn {
            let n = checker.actor_of(id).and_then(|actor| {
                let new = actor.constructors.iter().find(|(name, _)| self.name(*name) == "new")?;
                Some(self.written_params(new.1))
            });
            if let Some(n) = n {
                self.call(item, n);
            }
        }
    }

    /// What a variant needs behind its name.
    fn shape(&self, item: &mut Completion, adt: AdtId, variant: VariantIdx) {
        let decl = &self.cx.analysis.checker.program.adts[adt].variants[variant];
        let tys: Vec<String> = decl
            .fields
            .iter()
            .map(|field| match decl.shape {
                VariantShape::Named => {
                    format!("{}: {}", self.name(field.name), self.cx.analysis.ty_name(field.ty))
                }
                _ => self.cx.analysis.ty_name(field.ty),
            })
            .collect();
        match decl.shape {
            VariantShape::Unit => {}
            VariantShape::Tuple => {
                item.signature = format!("({})", tys.join(", "));
                self.call(item, tys.len());
            }
            VariantShape::Named => {
                item.signature = format!(" {{ {} }}", tys.join(", "));
                let names = decl.fields.iter().enumerate();
                let places: Vec<String> =
                    names.map(|(i, field)| format!("{}: ${}", self.name(field.name), i + 1)).collect();
                item.insert = format!("{} {{ {} \\}}", item.label, places.join(", "));
                item.is_snippet = true;
            }
        }
    }

    pub fn variant_pattern(&mut self, adt: AdtId, variant: VariantIdx) {
        let decl = &self.cx.analysis.checker.program.adts[adt].variants[variant];
        let (name, shape) = (self.name(decl.name), decl.shape);
        let names: Vec<(usize, String)> = decl
            .fields
            .iter()
            .enumerate()
            .map(|(i, field)| {
                (i + 1, binding_name(self.name(field.name), &self.cx.analysis.ty_name(field.ty)))
            })
            .collect();
        let mut item = plain(name, SymbolKind::Variant, rank::EXPECTED);
        item.docs = self.cx.docs(Target::Variant(adt, variant));
        self.shape(&mut item, adt, variant);
        let places: Vec<String> = names.into_iter().map(|(i, name)| format!("${{{i}:{name}}}")).collect();
        match shape {
            VariantShape::Tuple if !self.has_parens() => {
                item.insert = format!("{name}({})", places.join(", "));
                item.is_snippet = true;
            }
            VariantShape::Named => {
                let fields: Vec<&str> = decl.fields.iter().map(|field| self.name(field.name)).collect();
                item.insert = format!("{name} {{ {} }}", fields.join(", "));
                item.is_snippet = false;
            }
            _ => {}
        }
        self.found.push(item);
    }

    pub fn field_init(&mut self, name: Symbol, target: Target, detail: String) {
        let mut item = plain(self.name(name), SymbolKind::Field, rank::LOCAL);
        item.docs = self.cx.docs(target);
        item.detail = detail;
        item.insert = format!("{}: $0", item.label);
        item.is_snippet = true;
        self.found.push(item);
    }

    pub fn function(&mut self, id: FnId, rank: u32) {
        let name = self.cx.analysis.checker.fn_name_text(id).to_string();
        self.function_named(&name, id, rank);
    }

    fn function_named(&mut self, name: &str, id: FnId, rank: u32) {
        let function = &self.cx.analysis.checker.program.fns[id];
        let mut item = plain(name, self.kind_of(Target::Fn(id)), rank - self.fits(function.ret));
        if function.ret != Ty::UNIT && item.kind != SymbolKind::Constructor {
            item.detail = self.cx.analysis.ty_name(function.ret);
        }
        item.docs = self.cx.docs(Target::Fn(id));
        item.signature = crate::signature::params_text(self.cx, id);
        let n = self.written_params(id);
        self.call(&mut item, n);
        self.found.push(item);
    }

    pub fn message(&mut self, name: Symbol, id: FnId) {
        let mut item = plain(self.name(name), SymbolKind::Message, rank::OWN);
        item.detail = crate::signature::reply_text(self.cx, id);
        item.docs = self.cx.docs(Target::Fn(id));
        // A message without values is written without parentheses.
        let n = self.written_params(id);
        if n > 0 {
            item.signature = crate::signature::params_text(self.cx, id);
            self.call(&mut item, n);
        }
        self.found.push(item);
    }

    /// How many values a call gives, the receiver and what an actor's functions get aside.
    fn written_params(&mut self, id: FnId) -> usize {
        crate::signature::params(self.cx, id).len()
    }

    pub fn ty_with(&mut self, ty: Ty, args: &[Ty]) -> String {
        // Types are interned, and the program is not changed here: a parameter is shown as what stands for it.
        let program = &self.cx.analysis.checker.program;
        match program.types.kind(ty) {
            TyKind::Param(index, _) => {
                args.get(*index as usize).map_or_else(|| program.ty_name(ty), |arg| program.ty_name(*arg))
            }
            _ => program.ty_name(ty),
        }
    }

    // ------------------------------------------------------------ scopes

    /// The names that a module can write alone.
    pub fn scope(&mut self, module: ModuleId, names: Names) {
        let main = self.cx.analysis.checker.program.main.map(Target::Fn);
        for view in self.cx.analysis.checker.names_at(module) {
            if self.is_wanted(view.target, names) && Some(view.target) != main {
                let rank = if view.is_prelude { rank::PRELUDE } else { rank::MODULE };
                self.target(view.name, view.target, rank);
            }
        }
        if matches!(names, Names::Values | Names::Types) {
            self.builtin_types();
        }
        if matches!(names, Names::Values | Names::Types | Names::Actors) {
            self.found.extend(["std"].map(|name| plain(name, SymbolKind::Module, rank::KEYWORD)));
        }
    }

    fn builtin_types(&mut self) {
        const NAMES: [&str; 15] = [
            "Int", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float",
            "Float32", "Float64", "Bool", "Char", "Never",
        ];
        for name in NAMES {
            let item = plain(name, SymbolKind::BuiltinType, rank::PRELUDE);
            let docs = crate::describe::builtin_docs(name).to_string();
            self.found.push(Completion { docs, ..item });
        }
    }

    pub fn is_wanted(&self, target: Target, names: Names) -> bool {
        let checker = &self.cx.analysis.checker;
        match names {
            Names::Values => {
                !matches!(target, Target::Trait(id) if checker.program.traits[id].methods.is_empty())
            }
            Names::Types => !matches!(target, Target::Fn(_) | Target::Const(_) | Target::Variant(..)),
            Names::Actors => match target {
                Target::Adt(id) => checker.actor_of(id).is_some(),
                Target::Module(_) => true,
                _ => false,
            },
            Names::Patterns => {
                matches!(target, Target::Variant(..) | Target::Const(_) | Target::Adt(_) | Target::Module(_))
            }
        }
    }
}

/// The name for a value of a variant without names.
fn binding_name(field: &str, ty: &str) -> String {
    if !field.starts_with(|c: char| c.is_ascii_digit()) {
        return field.to_string();
    }
    match ty.chars().next() {
        Some(first) if first.is_alphabetic() => first.to_lowercase().to_string(),
        _ => "x".to_string(),
    }
}
