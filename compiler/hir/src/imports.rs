//! `use`: what the paths stand for, and the prelude.

use crate::checker::{Checker, ModuleSource};
use crate::codes;
use crate::program::{AdtId, ModuleId};
use crate::record::Target;
use crate::scope::{Def, Entry, Glob, GlobSource, Import, ImportId, Names, Ns, SeenModules};
use entity::Arrange;
use smallvec::SmallVec;
use syntax::ast::{Ident, UseKind, UseTree};
use syntax::{Diagnostic, Span, Symbol};

/// One name of a `use`, or one `.*`, to be resolved when all modules are known.
pub(crate) struct PendingImport {
    pub module: ModuleId,
    pub path: Vec<Ident>,
    /// The name it gets here; `None` for `.*`.
    pub name: Option<Ident>,
    pub is_pub: bool,
    pub import: ImportId,
}

/// How far a path could be followed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Module(ModuleId),
    Adt(AdtId),
    Error,
}

/// What a name stands for: one thing, as a rule.
type Defs = SmallVec<[Def; 2]>;

impl Checker {
    /// Flattens a `use` into single names.
    pub(crate) fn collect_use(
        &mut self,
        module: ModuleId,
        tree: UseTree,
        is_pub: bool,
        out: &mut Vec<PendingImport>,
    ) {
        self.flatten_use(module, &[], tree, is_pub, out);
    }

    fn flatten_use(
        &mut self,
        module: ModuleId,
        prefix: &[Ident],
        tree: UseTree,
        is_pub: bool,
        out: &mut Vec<PendingImport>,
    ) {
        let path: Vec<Ident> = prefix.iter().copied().chain(tree.path).collect();
        let Some(last) = path.last().copied() else { return };
        let name = match tree.kind {
            UseKind::Group(trees) => {
                for tree in trees {
                    self.flatten_use(module, &path, tree, is_pub, out);
                }
                return;
            }
            UseKind::Single { rename } => Some(rename.unwrap_or(last)),
            UseKind::All => None,
        };
        let import = self.imports.push(Import {
            name: name.unwrap_or(last).name,
            span: tree.span,
            module,
            is_pub,
            is_used: false,
            is_glob: name.is_none(),
        });
        out.push(PendingImport { module, path, name, is_pub, import });
    }

    /// Resolves imports until nothing changes: one may bring in what another one exports. A name that is only a module's so far waits until
    /// nothing else can be resolved, for its parent may yet get something else of that name. `source` is asked when something is not
    /// found, for what may have been meant.
    pub(crate) fn resolve_imports(
        &mut self,
        mut pending: Vec<PendingImport>,
        source: Option<&mut dyn ModuleSource>,
    ) {
        loop {
            let before = pending.len();
            pending.retain(|import| !self.resolve_noted(import, false));
            if pending.len() < before {
                continue;
            }
            pending.retain(|import| !self.resolve_noted(import, true));
            if pending.len() == before {
                break;
            }
        }
        self.report_imports(&pending, source);
    }

    fn resolve_noted(&mut self, import: &PendingImport, takes_modules: bool) -> bool {
        let is_done = self.resolve_import(import, takes_modules);
        if is_done && self.record.is_some() {
            self.note_import(import);
        }
        is_done
    }

    /// Notes what the names of a path stand for.
    fn note_import(&mut self, import: &PendingImport) {
        for end in 1..=import.path.len() {
            let span = import.path[end - 1].span;
            match self.follow(import.module, &import.path[..end]) {
                Ok(Place::Module(id)) => self.note(span, Target::Module(id)),
                Ok(Place::Adt(id)) => self.note(span, Target::Adt(id)),
                _ => {}
            }
        }
        let (Some(name), Some(last)) = (import.name, import.path.last()) else { return };
        let Some(names) = self.scopes[import.module].names.get(&name.name).copied() else { return };
        for entry in names.iter().filter(|entry| entry.import == Some(import.import)) {
            self.note_def(last.span, entry.def);
            self.note_def(name.span, entry.def);
        }
    }

    fn resolve_import(&mut self, import: &PendingImport, takes_modules: bool) -> bool {
        match import.name {
            None => match self.follow(import.module, &import.path) {
                Ok(Place::Error) => true,
                Ok(Place::Module(from)) => {
                    self.add_glob(import, GlobSource::Module(from));
                    true
                }
                Ok(Place::Adt(adt)) => {
                    self.add_glob(import, GlobSource::Variants(adt));
                    true
                }
                Err(_) => false,
            },
            Some(name) => self.resolve_single(import, name, takes_modules),
        }
    }

    fn add_glob(&mut self, import: &PendingImport, from: GlobSource) {
        self.scopes[import.module].globs.push(Glob { from, is_pub: import.is_pub, import: import.import });
    }

    fn resolve_single(&mut self, import: &PendingImport, name: Ident, takes_modules: bool) -> bool {
        let Some((last, head)) = import.path.split_last() else { return true };
        let entries = match head {
            [] => self.head_entry(last.name).into_iter().collect(),
            _ => match self.follow(import.module, head) {
                Ok(Place::Module(m)) => self.module_entries(m, last.name, import.module),
                Ok(Place::Adt(adt)) => self.variant_entries(adt, last.name),
                Ok(Place::Error) => Defs::from_slice(&[Def::Error]),
                Err(_) => return false,
            },
        };
        if entries.is_empty() {
            // The library exports built-in types beside their methods: `pub use core.int.Int`.
            return !self.is_user(import.module) && self.builtin_type(last.name).is_some();
        }
        if !takes_modules && entries.iter().all(|def| matches!(def, Def::Module(_))) {
            return false;
        }
        for def in entries {
            let entry = Entry { def, is_pub: import.is_pub, span: name.span, import: Some(import.import) };
            self.declare(import.module, name.name, entry);
        }
        true
    }

    /// What a name at the head of a path may be: a package, or a module below the user's root.
    fn head_entry(&self, name: Symbol) -> Option<Def> {
        let child = self.scopes[self.root].children.get(&name).map(|m| Def::Module(*m));
        child.or_else(|| self.package_root(name))
    }

    fn module_entries(&self, module: ModuleId, name: Symbol, viewer: ModuleId) -> Defs {
        [Ns::Type, Ns::Value, Ns::Module]
            .into_iter()
            .filter_map(|ns| self.lookup_in(module, name, ns, viewer, &mut SeenModules::new()))
            .map(|e| e.def)
            .chain(self.scopes[module].children.get(&name).map(|m| Def::Module(*m)))
            .collect()
    }

    fn variant_entries(&self, adt: AdtId, name: Symbol) -> Defs {
        self.variant_named(adt, name).map(|v| Def::Variant(adt, v)).into_iter().collect()
    }

    /// Follows a path; the error is the number of segments that could be followed.
    pub(crate) fn follow(&mut self, from: ModuleId, path: &[Ident]) -> Result<Place, usize> {
        let first = path[0].name;
        let mut at = match self.head_entry(first) {
            Some(Def::Module(m)) => Place::Module(m),
            _ => self.follow_local(from, first).ok_or(0usize)?,
        };
        for (i, ident) in path.iter().enumerate().skip(1) {
            let Place::Module(module) = at else { return Err(i) };
            let defs = self.module_entries(module, ident.name, from);
            at = defs.into_iter().find_map(place_of).ok_or(i)?;
        }
        Ok(at)
    }

    /// A type or imported module of the module itself at the head of a path: `use Shape.*`.
    fn follow_local(&mut self, from: ModuleId, name: Symbol) -> Option<Place> {
        let ty = self.lookup(from, name, Ns::Type).and_then(|e| place_of(e.def));
        ty.or_else(|| self.lookup(from, name, Ns::Module).and_then(|e| place_of(e.def)))
    }

    /// Marks a private declaration in a module of the user.
    fn show_private(&self, diag: Diagnostic, module: ModuleId, name: Symbol) -> Diagnostic {
        let entry = self.scopes[module].names.get(&name).and_then(|n| n.iter().next());
        match entry.filter(|e| self.is_user(module) && !e.span.is_dummy()) {
            Some(entry) => diag.also(entry.span, "private here"),
            None => diag,
        }
    }

    /// The way out where something of a module is private.
    pub(crate) fn private_note(&self, owner: ModuleId) -> &'static str {
        match self.is_user(owner) {
            true => "mark it `pub` to use it in other modules",
            false => "it is a part of the library's inner workings",
        }
    }

    /// The error for a name that a module has, but not for others.
    pub(crate) fn private_name(&self, what: &str, ident: Ident, owner: ModuleId) -> Diagnostic {
        let text = self.program.name(ident.name);
        let mut names = self.scopes[owner].names.get(&ident.name).into_iter().flat_map(|names| names.iter());
        if !self.is_user(owner) && names.any(|entry| entry.is_pub) {
            let message =
                format!("{what}`{text}` of `{}` is for the library itself", self.module_path(owner));
            let note = "safe programs cannot use it; a file that starts with a line `unsafe` may";
            return Diagnostic::error(codes::PRIVATE, ident.span, message).note(note);
        }
        let message = format!("{what}`{text}` is private to the module `{}`", self.module_path(owner));
        let diag = Diagnostic::error(codes::PRIVATE, ident.span, message).note(self.private_note(owner));
        self.show_private(diag, owner, ident.name)
    }

    /// Whether a module has the name but does not export it.
    pub(crate) fn exists_privately(&self, module: ModuleId, name: Symbol) -> bool {
        self.scopes[module].names.get(&name).is_some_and(|n| !n.is_empty())
    }

    /// The names that a module exports, sorted by their text.
    pub(crate) fn exported_names(&self, module: ModuleId) -> Vec<Symbol> {
        let scope = &self.scopes[module];
        let mut names: Vec<Symbol> = scope
            .names
            .iter()
            .filter(|(_, n)| n.iter().any(|e| e.is_pub))
            .map(|(s, _)| *s)
            .chain(scope.children.keys().copied())
            .collect();
        names.arrange_by(|a, b| self.program.name(*a).cmp(self.program.name(*b)));
        names.dedup();
        names
    }

    /// The prelude: what `core/mod.gal` exports, and the variants of `Option` and `Result`.
    pub(crate) fn build_prelude(&mut self) {
        let Some(Def::Module(core)) = self.package_root(syntax::sym::core) else { return };
        let mut modules = vec![core];
        let mut seen = Vec::new();
        while let Some(module) = modules.pop() {
            if seen.contains(&module) {
                continue;
            }
            seen.push(module);
            let mut names: Vec<(Symbol, Names)> =
                self.scopes[module].names.iter().map(|(s, n)| (*s, *n)).collect();
            names.arrange_by_key(|n| n.0);
            for (name, entries) in names {
                for entry in entries.iter().filter(|e| e.is_pub) {
                    let slot = self.prelude.entry(name).or_default();
                    if slot.get(entry.def.ns()).is_none() {
                        slot.set(entry.def.ns(), Entry { import: None, ..entry });
                    }
                }
            }
            for glob in self.scopes[module].globs.iter().filter(|g| g.is_pub) {
                if let GlobSource::Module(from) = glob.from {
                    modules.push(from);
                }
            }
        }
        for name in ["Option", "Result"] {
            if let Some(adt) = self.program.lang_adt(name) {
                self.add_variants_to_prelude(adt);
            }
        }
    }

    fn add_variants_to_prelude(&mut self, adt: AdtId) {
        let variants: Vec<(Symbol, Span)> =
            self.program.adts[adt].variants.iter().map(|v| (v.name, v.span)).collect();
        for (i, (name, span)) in variants.into_iter().enumerate() {
            let def = Def::Variant(adt, crate::program::VariantIdx(i as u32));
            let slot = self.prelude.entry(name).or_default();
            if slot.get(Ns::Value).is_none() {
                slot.set(Ns::Value, Entry { def, is_pub: true, span, import: None });
            }
        }
    }
}

fn place_of(def: Def) -> Option<Place> {
    match def {
        Def::Module(m) => Some(Place::Module(m)),
        Def::Adt(adt) => Some(Place::Adt(adt)),
        Def::Error => Some(Place::Error),
        _ => None,
    }
}
