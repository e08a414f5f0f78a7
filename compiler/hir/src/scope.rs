//! Names of modules: what a name stands for, who may see it, and how paths are followed.

use crate::checker::Checker;
use crate::codes::DUPLICATE_NAME;
use crate::program::{AdtId, ConstId, FnId, FnKind, ModuleId, TraitId, VariantIdx};
use crate::ty::Ty;
use entity::{Arrange, entity};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use syntax::{Diagnostic, Span, Symbol, sym};

entity! {
    /// A `type Name = …`.
    pub struct AliasId = "alias";
    /// A name brought in by `use`.
    pub struct ImportId = "import";
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Def {
    Module(ModuleId),
    Adt(AdtId),
    Trait(TraitId),
    Alias(AliasId),
    /// A type that is built in.
    Prim(Ty),
    /// `Ptr` and `Buffer`.
    Ptr,
    Buffer,
    Fn(FnId),
    Const(ConstId),
    Variant(AdtId, VariantIdx),
    /// Reported where it was declared or imported.
    Error,
}

/// A name may stand for a type, for a value and for a module at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ns {
    Type,
    Value,
    Module,
}

impl Def {
    pub fn ns(self) -> Ns {
        match self {
            Def::Module(_) => Ns::Module,
            Def::Fn(_) | Def::Const(_) | Def::Variant(..) => Ns::Value,
            _ => Ns::Type,
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub def: Def,
    pub is_pub: bool,
    /// Where the name is declared or imported.
    pub span: Span,
    pub import: Option<ImportId>,
}

/// What one name stands for, by [`Ns`].
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Names([Option<Entry>; 3]);

impl Names {
    pub fn get(&self, ns: Ns) -> Option<Entry> {
        self.0[ns as usize]
    }

    pub fn set(&mut self, ns: Ns, entry: Entry) {
        self.0[ns as usize] = Some(entry);
    }

    pub fn iter(&self) -> impl Iterator<Item = Entry> {
        self.0.into_iter().flatten()
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }
}

/// Modules that a look-up went through, against circles.
/// By their names, the variants of the enums of a module, with what brings the enum there; nothing where several have the name.
pub(crate) type BareVariants = FxHashMap<Symbol, Option<(AdtId, VariantIdx, Entry)>>;

pub(crate) type SeenModules = SmallVec<[ModuleId; 8]>;

/// All names from `use a.b.*`.
#[derive(Clone, Copy)]
pub(crate) struct Glob {
    pub from: GlobSource,
    pub is_pub: bool,
    pub import: ImportId,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum GlobSource {
    Module(ModuleId),
    Variants(AdtId),
}

#[derive(Default)]
pub(crate) struct ModuleScope {
    pub names: FxHashMap<Symbol, Names>,
    pub globs: Vec<Glob>,
    pub children: FxHashMap<Symbol, ModuleId>,
    /// A block of a body with items of its own: names not found here are looked up in the module around.
    pub is_block: bool,
    /// What the paths of functions declared here start with: the function around a block.
    pub prefix: String,
}

/// What is known about an import, to report those that nobody uses.
pub(crate) struct Import {
    pub name: Symbol,
    pub span: Span,
    pub module: ModuleId,
    pub is_pub: bool,
    pub is_used: bool,
    pub is_glob: bool,
}

impl Checker {
    /// Whether code in `from` may see what is private to `owner`: the same module or one inside it.
    pub(crate) fn sees_private(&self, from: ModuleId, owner: ModuleId) -> bool {
        let mut at = Some(from);
        while let Some(module) = at {
            if module == owner {
                return true;
            }
            at = self.program.modules[module].parent;
        }
        false
    }

    /// The file module around a block module.
    pub(crate) fn file_module(&self, mut module: ModuleId) -> ModuleId {
        while self.scopes[module].is_block {
            match self.program.modules[module].parent {
                Some(parent) => module = parent,
                None => break,
            }
        }
        module
    }

    /// What a name means in a module: its own names, the blocks around, imports, the prelude, built-in types.
    pub(crate) fn lookup(&mut self, module: ModuleId, name: Symbol, ns: Ns) -> Option<Entry> {
        let mut at = module;
        loop {
            if let Some(entry) = self.lookup_in(at, name, ns, at, &mut SeenModules::new()) {
                self.mark_used(entry);
                return Some(entry);
            }
            match self.program.modules[at].parent {
                Some(parent) if self.scopes[at].is_block => at = parent,
                _ => break,
            }
        }
        if let Some(entry) = self.prelude.get(&name).and_then(|n| n.get(ns)) {
            return Some(entry);
        }
        match ns {
            Ns::Type => self.builtin_type(name),
            Ns::Module => self.package_root(name),
            Ns::Value => None,
        }
        .map(|def| Entry { def, is_pub: true, span: Span::DUMMY, import: None })
    }

    /// Whether a module declares or imports the trait, by its own name.
    pub(crate) fn names_trait(&self, module: ModuleId, trait_: TraitId) -> bool {
        let name = self.program.traits[trait_].name;
        let mut at = Some(module);
        while let Some(module) = at {
            let entry = self.lookup_in(module, name, Ns::Type, module, &mut SeenModules::new());
            if let Some(entry) = entry {
                return matches!(entry.def, Def::Trait(found) if found == trait_);
            }
            at = self.program.modules[module].parent.filter(|_| self.scopes[module].is_block);
        }
        false
    }

    /// The only variant with this name of the enums that a module declares or imports: what a bare variant means where
    /// no type is expected and nothing else has the name. `Err` if several enums have one.
    pub(crate) fn bare_variant(
        &mut self,
        module: ModuleId,
        name: Symbol,
    ) -> Result<Option<(AdtId, VariantIdx)>, ()> {
        let mut at = module;
        loop {
            if !self.bare_variants.contains_key(&at) {
                let table = self.variants_of_module(at);
                self.bare_variants.insert(at, table);
            }
            match self.bare_variants[&at].get(&name) {
                Some(Some((adt, variant, entry))) => {
                    let (found, entry) = ((*adt, *variant), *entry);
                    self.mark_used(entry);
                    return Ok(Some(found));
                }
                Some(None) => return Err(()),
                None => {}
            }
            match self.program.modules[at].parent {
                Some(parent) if self.scopes[at].is_block => at = parent,
                _ => return Ok(None),
            }
        }
    }

    fn variants_of_module(&self, module: ModuleId) -> BareVariants {
        let mut table = BareVariants::default();
        let mut adts: Vec<(AdtId, Entry)> = Vec::new();
        #[allow(clippy::iter_over_hash_type, reason = "what is collected is sorted")]
        for names in self.scopes[module].names.values() {
            if let Some(entry @ Entry { def: Def::Adt(adt), .. }) = names.get(Ns::Type) {
                adts.push((adt, entry));
            }
        }
        adts.arrange_by_key(|(adt, entry)| (*adt, entry.import));
        adts.dedup_by_key(|(adt, _)| *adt);
        for (adt, entry) in adts.into_iter().filter(|(adt, _)| self.program.adts[*adt].is_enum) {
            for (idx, variant) in self.program.adts[adt].variants.iter_enumerated() {
                let found = Some((adt, idx, entry));
                table.entry(variant.name).and_modify(|known| *known = None).or_insert(found);
            }
        }
        table
    }

    /// Where two `use m.*` of a user's module bring in different things under the name, reports that at its use.
    pub(crate) fn check_ambiguous_glob(
        &mut self,
        module: ModuleId,
        name: Symbol,
        entry: Entry,
        used_at: Span,
    ) {
        let Some(import) = entry.import.filter(|i| self.imports[*i].is_glob) else { return };
        let at = self.imports[import].module;
        if !self.is_user(module) || self.scopes[at].globs.len() < 2 {
            return;
        }
        let mut owners: Vec<(ModuleId, Def)> = Vec::new();
        for i in 0..self.scopes[at].globs.len() {
            let glob = self.scopes[at].globs[i];
            let GlobSource::Module(from) = glob.from else { continue };
            let found = self.lookup_in(from, name, entry.def.ns(), at, &mut SeenModules::new());
            let Some(other) = found.filter(|f| f.is_pub && !owners.iter().any(|o| o.1 == f.def)) else {
                continue;
            };
            owners.push((from, other.def));
            self.imports[glob.import].is_used = true;
        }
        if let [(first, _), (second, _), ..] = owners.as_slice() {
            let (first, second) = (self.module_path(*first), self.module_path(*second));
            let text = self.program.name(name);
            let message = format!("`{text}` is exported by `{first}` and by `{second}`");
            let diag = Diagnostic::error(DUPLICATE_NAME, used_at, message);
            self.report(diag.note(format!("import it by name: `use {first}.{text}`")));
        }
    }

    pub(crate) fn module_path(&self, module: ModuleId) -> String {
        let path = &self.program.modules[module].path;
        path.iter().map(|s| self.program.name(*s)).collect::<Vec<_>>().join(".")
    }

    pub(crate) fn mark_used(&mut self, entry: Entry) {
        if let Some(import) = entry.import {
            self.imports[import].is_used = true;
        }
    }

    /// A name of one module, as `viewer` sees it: private names only where it may.
    pub(crate) fn lookup_in(
        &self,
        module: ModuleId,
        name: Symbol,
        ns: Ns,
        viewer: ModuleId,
        seen: &mut SeenModules,
    ) -> Option<Entry> {
        if let Some(entry) = self.scopes[module].names.get(&name).and_then(|n| n.get(ns))
            && (entry.is_pub && self.is_offered(module, entry, viewer) || self.sees_private(viewer, module))
        {
            return Some(entry);
        }
        if self.scopes[module].globs.is_empty() || seen.contains(&module) {
            return None;
        }
        seen.push(module);
        let private = self.sees_private(viewer, module);
        for glob in &self.scopes[module].globs {
            if !(glob.is_pub || private) {
                continue;
            }
            let found = match glob.from {
                GlobSource::Module(from) => self.lookup_in(from, name, ns, module, seen),
                GlobSource::Variants(adt) => self.variant_entry(adt, name, ns),
            };
            if let Some(entry) = found {
                return Some(Entry { import: Some(glob.import), is_pub: glob.is_pub, ..entry });
            }
        }
        None
    }

    /// Whether what a module exports is for `viewer` too. What the library's modules share among themselves can break what
    /// safe programs rely on: those get the types and traits of `core`, what the prelude hands on, and `std`. Intrinsics have
    /// an error of their own.
    fn is_offered(&self, module: ModuleId, entry: Entry, viewer: ModuleId) -> bool {
        if !self.program.modules[module].is_library || !self.is_user(viewer) {
            return true;
        }
        let package = self.program.modules[module].path.first();
        let is_inner = match entry.def {
            Def::Fn(id) if matches!(self.program.fns[id].kind, FnKind::Intrinsic(_)) => false,
            Def::Module(_) | Def::Error => false,
            Def::Fn(_) => package != Some(&sym::std),
            _ => package.is_some_and(|name| *name == sym::runtime || *name == sym::sys),
        };
        !is_inner || self.program.modules[self.file_module(viewer)].is_unsafe || self.is_in_prelude(entry.def)
    }

    fn is_in_prelude(&self, def: Def) -> bool {
        let Some(Def::Module(core)) = self.package_root(sym::core) else { return false };
        self.scopes[core]
            .names
            .values()
            .any(|names| names.get(def.ns()).is_some_and(|entry| entry.def == def))
    }

    fn variant_entry(&self, adt: AdtId, name: Symbol, ns: Ns) -> Option<Entry> {
        if ns != Ns::Value {
            return None;
        }
        let idx = self.variant_named(adt, name)?;
        let span = self.program.adts[adt].variants[idx].span;
        Some(Entry { def: Def::Variant(adt, idx), is_pub: true, span, import: None })
    }

    /// The variant of an enum with this name.
    pub(crate) fn variant_named(&self, adt: AdtId, name: Symbol) -> Option<VariantIdx> {
        let decl = &self.program.adts[adt];
        if !decl.is_enum {
            return None;
        }
        decl.variants.iter_enumerated().find(|(_, v)| v.name == name).map(|(i, _)| i)
    }

    pub(crate) fn builtin_type(&self, name: Symbol) -> Option<Def> {
        Some(match name {
            sym::Int | sym::Int64 => Def::Prim(Ty::I64),
            sym::Int8 => Def::Prim(Ty::I8),
            sym::Int16 => Def::Prim(Ty::I16),
            sym::Int32 => Def::Prim(Ty::I32),
            sym::UInt8 => Def::Prim(Ty::U8),
            sym::UInt16 => Def::Prim(Ty::U16),
            sym::UInt32 => Def::Prim(Ty::U32),
            sym::UInt64 => Def::Prim(Ty::U64),
            sym::USize => Def::Prim(Ty::USIZE),
            sym::V128 => Def::Prim(Ty::V128),
            sym::Float | sym::Float64 => Def::Prim(Ty::F64),
            sym::Float32 => Def::Prim(Ty::F32),
            sym::Bool => Def::Prim(Ty::BOOL),
            sym::Char => Def::Prim(Ty::CHAR),
            sym::Never => Def::Prim(Ty::NEVER),
            sym::Ptr => Def::Ptr,
            sym::Buffer => Def::Buffer,
            _ => return None,
        })
    }

    /// `core`, `std`, `runtime` and `sys` at the head of a path.
    pub(crate) fn package_root(&self, name: Symbol) -> Option<Def> {
        self.packages.iter().find(|p| p.0 == name).map(|p| Def::Module(p.1))
    }

    /// Declares a name in a module; a second declaration is reported and ignored.
    pub(crate) fn declare(&mut self, module: ModuleId, name: Symbol, entry: Entry) {
        if name == sym::empty {
            return;
        }
        let ns = entry.def.ns();
        let names = self.scopes[module].names.entry(name).or_default();
        match names.get(ns) {
            None => names.set(ns, entry),
            // Once more, perhaps to pass it on: `pub use`.
            Some(first) if first.def == entry.def => {
                if entry.is_pub && !first.is_pub {
                    names.set(ns, Entry { is_pub: true, ..first });
                }
            }
            Some(first) => self.report_duplicate(module, name, first, entry),
        }
    }

    fn report_duplicate(&mut self, module: ModuleId, name: Symbol, first: Entry, second: Entry) {
        if second.def == Def::Error {
            return;
        }
        let text = self.program.name(name);
        let place = if self.scopes[module].is_block { "block" } else { "module" };
        let (declared, imported) = match (first.import, second.import) {
            (Some(_), None) => (second, first),
            (None, Some(_)) => (first, second),
            (both, _) => {
                let word = if both.is_some() { "imported" } else { "declared" };
                let message = format!("`{text}` is {word} twice in this {place}");
                let diag = Diagnostic::error(DUPLICATE_NAME, second.span, message)
                    .label(format!("{word} again here"))
                    .also(first.span, format!("first {word} here"));
                let fns = matches!((first.def, second.def), (Def::Fn(_), Def::Fn(_))) && both.is_none();
                return self.report(match fns {
                    true => diag.note("functions are not told apart by their parameters"),
                    false => diag,
                });
            }
        };
        let message = format!("`{text}` is imported and declared in this {place}");
        let diag = Diagnostic::error(DUPLICATE_NAME, declared.span, message)
            .label("declared here")
            .also(imported.span, "imported here");
        self.report(diag.note("`use … as …` gives the import another name"));
    }
}

/// A `type Name<T> = …`.
pub(crate) struct Alias {
    pub name: Symbol,
    pub module: ModuleId,
    pub decl: Option<Box<syntax::ast::TypeAlias>>,
    pub generics: crate::program::Generics,
    pub ty: Ty,
    pub state: AliasState,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum AliasState {
    New,
    Open,
    Done,
}
