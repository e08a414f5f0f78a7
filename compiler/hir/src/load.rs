//! Loading modules: the root, the library's core and runtime, and whatever those `use`, transitively.

use crate::checker::{Checker, ModuleSource, Package, SourceText};
use crate::codes;
use crate::imports::PendingImport;
use crate::program::{Module, ModuleId};
use crate::scope::ModuleScope;
use rustc_hash::FxHashSet;

use syntax::{Bodies, Diagnostic, FileId, Span, Symbol, sym};

/// Limit on the modules of a program, against sources that make up a file for every name.
const MAX_MODULES: usize = 20_000;

/// In the order of [`Checker::packages`].
const LIBRARY: [Package; 4] = [Package::Core, Package::Std, Package::Runtime, Package::Sys];

struct Loader<'a> {
    source: &'a mut dyn ModuleSource,
    /// Paths for which there is no file.
    missing: FxHashSet<(Package, Vec<Symbol>)>,
    /// Paths still to be looked for, and where they are imported, if that is known.
    queue: Vec<(Package, Vec<Symbol>, Span)>,
    imports: Vec<PendingImport>,
}

impl Checker {
    pub(crate) fn load_all(&mut self, source: &mut dyn ModuleSource, root: FileId) -> Vec<PendingImport> {
        let mut loader =
            Loader { source, missing: FxHashSet::default(), queue: Vec::new(), imports: Vec::new() };
        self.root = self.add_module(Vec::new(), None, false);
        for package in LIBRARY {
            let name = self.program.interner.intern(package.name());
            let id = self.add_module(vec![name], None, true);
            self.packages.push((name, id));
        }
        self.parse_module(&mut loader, self.root, root);
        for package in [Package::Core, Package::Runtime, Package::Sys] {
            if let Some(text) = loader.source.load(package, &[]) {
                let id = self.package_module(package);
                self.add_file(&mut loader, id, text, Span::DUMMY);
            }
        }
        while let Some((package, path, span)) = loader.queue.pop() {
            self.ensure(&mut loader, package, &path, span);
        }
        loader.imports
    }

    fn add_module(&mut self, path: Vec<Symbol>, parent: Option<ModuleId>, is_library: bool) -> ModuleId {
        self.scopes.push(ModuleScope::default());
        self.program.modules.push(Module { path, file: None, parent, is_unsafe: false, is_library })
    }

    fn package_module(&self, package: Package) -> ModuleId {
        match LIBRARY.iter().position(|p| *p == package) {
            Some(index) => self.packages[index].1,
            None => self.root,
        }
    }

    fn add_file(&mut self, loader: &mut Loader, module: ModuleId, source: SourceText, import: Span) {
        let library = self.program.modules[module].is_library;
        match self.map.add(source.name.clone(), source.text, library) {
            Some(file) => {
                self.map.set_bad_byte(file, source.bad_byte);
                self.parse_module(loader, module, file);
            }
            None => {
                let message = format!("the sources are too large: `{}` was not read", source.name);
                // What is missing without the file is told of when it has been read.
                self.unread.give_up();
                self.syntax_diags.push(Diagnostic::error(codes::SOURCES_TOO_LARGE, import, message));
            }
        }
    }

    fn parse_module(&mut self, loader: &mut Loader, module: ModuleId, file: FileId) {
        let library = self.program.modules[module].is_library;
        let bodies = match library {
            true => Bodies::Skip,
            false if self.options.bodies_later => Bodies::Keep,
            false => Bodies::Parse,
        };
        let interner = &mut self.program.interner;
        let (ast, diags) = syntax::parse_file_in(&self.map, file, interner, bodies, &mut self.room);
        if bodies == Bodies::Keep {
            self.kept.push((file, ast.kept));
        }
        self.syntax_diags.extend(diags);
        self.unread.add(&self.map, file, &ast.faults);
        self.program.modules[module].file = Some(file);
        self.program.modules[module].is_unsafe = ast.is_unsafe;
        let first = loader.imports.len();
        let mut items = ast.items;
        self.collect_items(module, items.drain(..), &mut loader.imports);
        self.room.reuse_items(items);
        for i in first..loader.imports.len() {
            let import = &loader.imports[i];
            let path: Vec<Symbol> = import.path.iter().map(|p| p.name).collect();
            let span = import.path.iter().fold(Span::DUMMY, |all, name| all.to(name.span));
            self.request(loader, module, &path, span);
        }
        if !library {
            for (path, span) in self.local_uses(file) {
                self.request(loader, module, &path, span);
            }
        }
    }

    /// Asks for all modules that a path may mention.
    fn request(&mut self, loader: &mut Loader, from: ModuleId, path: &[Symbol], span: Span) {
        if self.is_missing_web_module(path) {
            return;
        }
        let Some((package, path)) = self.split_package(from, path) else { return };
        loader.queue.push((package, path.to_vec(), span));
    }

    /// The package that a path starts in, and the rest of the path.
    fn split_package<'p>(&self, from: ModuleId, path: &'p [Symbol]) -> Option<(Package, &'p [Symbol])> {
        let first = *path.first()?;
        match self.packages.iter().position(|p| p.0 == first) {
            Some(index) => Some((LIBRARY[index], &path[1..])),
            None if self.is_user(from) => Some((Package::User, path)),
            None => None,
        }
    }

    /// Loads each module along a path, as far as there are files.
    fn ensure(&mut self, loader: &mut Loader, package: Package, path: &[Symbol], span: Span) {
        for end in 1..=path.len() {
            let name = path[end - 1];
            // Modules have lower-case names; what is upper-case is a type or a constant in one.
            if name == sym::empty || self.program.name(name).starts_with(char::is_uppercase) {
                return;
            }
            self.load_one(loader, package, &path[..end], span);
        }
    }

    fn load_one(&mut self, loader: &mut Loader, package: Package, path: &[Symbol], span: Span) {
        if self.module_at(package, path).is_some_and(|m| self.program.modules[m].file.is_some()) {
            return;
        }
        let key = (package, path.to_vec());
        if loader.missing.contains(&key) || self.program.modules.len() > MAX_MODULES {
            return;
        }
        let names: Vec<&str> = path.iter().map(|s| self.program.interner.name(*s)).collect();
        match loader.source.load(package, &names) {
            Some(text) if !self.is_root(&text) => {
                let id = self.make_module(package, path);
                let (name, rival) = (text.name.clone(), text.rival.clone());
                self.add_file(loader, id, text, span);
                if self.program.modules[id].file.is_none() {
                    // Reported once, and not read again.
                    loader.missing.insert(key);
                    return;
                }
                if let Some(rival) = rival {
                    self.report_two_files(id, &name, &rival);
                }
            }
            _ => {
                loader.missing.insert(key);
            }
        }
    }

    /// The root is no module below itself: its items would exist twice.
    fn is_root(&self, source: &SourceText) -> bool {
        self.program.modules[self.root].file.is_some_and(|f| self.map.file(f).name == source.name)
    }

    fn report_two_files(&mut self, module: ModuleId, name: &str, rival: &str) {
        let Some(file) = self.program.modules[module].file else { return };
        let start = self.map.file(file).start;
        let message = format!("one module has two files: `{name}` and `{rival}`");
        let diag = Diagnostic::error(codes::DUPLICATE_NAME, Span::new(start, start), message)
            .note("the parts of a module that is a folder are modules of their own, beside its `mod.gal`");
        self.report(diag);
    }

    fn module_at(&self, package: Package, path: &[Symbol]) -> Option<ModuleId> {
        let root = self.package_module(package);
        path.iter().try_fold(root, |at, name| self.scopes[at].children.get(name).copied())
    }

    /// The module at a path, with those around it; modules that are only folders have no file.
    fn make_module(&mut self, package: Package, path: &[Symbol]) -> ModuleId {
        let mut at = self.package_module(package);
        for name in path {
            at = match self.scopes[at].children.get(name) {
                Some(child) => *child,
                None => {
                    let mut full = self.program.modules[at].path.clone();
                    full.push(*name);
                    let child = self.add_module(full, Some(at), package != Package::User);
                    self.scopes[at].children.insert(*name, child);
                    child
                }
            };
        }
        at
    }

    /// Paths of `use` lines inside bodies. Found by their text, since bodies are not looked at yet; a line of a
    /// comment or string that looks like one costs no more than a question for a file.
    fn local_uses(&mut self, file: FileId) -> Vec<(Vec<Symbol>, Span)> {
        let start = self.map.file(file).start;
        let text = &self.map.file(file).text;
        let mut found = Vec::new();
        for at in memchr::memmem::find_iter(text.as_bytes(), b"use ") {
            let line = text[..at].trim_end_matches([' ', '\t']);
            if !line.is_empty() && !line.ends_with(['\n', '{', '}', ';', '|', '>']) {
                continue;
            }
            let rest = &text[at + "use ".len()..];
            let end = rest.find(['{', ';', '\n']).unwrap_or(rest.len());
            let (head, group) = rest.split_at(end);
            let lo = start + (at + "use ".len()) as u32;
            let span = Span::new(lo, lo + head.trim_end().len() as u32);
            let group = group.strip_prefix('{').and_then(|group| group.split('}').next()).unwrap_or("");
            let head: Vec<&str> = head.split('.').map(word).filter(|w| !w.is_empty()).collect();
            let path = head.iter().map(|w| self.program.interner.intern(w)).collect::<Vec<Symbol>>();
            found.push((path, span));
            for leaf in group.split(',').map(word).filter(|w| !w.is_empty()) {
                let path = head.iter().chain([&leaf]).map(|w| self.program.interner.intern(w)).collect();
                found.push((path, span));
            }
        }
        found
    }
}

/// The identifier at the start of a text.
fn word(text: &str) -> &str {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    &text[..end]
}

impl Package {
    pub fn name(self) -> &'static str {
        match self {
            Package::User => "",
            Package::Core => "core",
            Package::Std => "std",
            Package::Runtime => "runtime",
            Package::Sys => "sys",
        }
    }
}
