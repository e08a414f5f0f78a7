//! Messages for imports that nothing resolves, with what may have been meant.
//!
//! One mistake gives one message: an import of what another import should have brought in is silent, and imports that
//! only hand on each other's name are reported as one circle.

use crate::checker::{Checker, ModuleSource};
use crate::codes;
use crate::imports::{PendingImport, Place};
use crate::program::ModuleId;
use crate::scope::{Def, Entry, Ns, SeenModules};
use crate::std_names::STD_NAMES;
use crate::suggest;
use syntax::ast::Ident;
use syntax::{Diagnostic, Span, Symbol};

type Source<'a> = Option<&'a mut dyn ModuleSource>;

/// Where a path ends in nothing.
struct Fault {
    /// The segment that could not be followed, and what it was looked for in; `None` at the head of the path.
    at: usize,
    place: Option<Place>,
}

impl Checker {
    pub(crate) fn report_imports(&mut self, pending: &[PendingImport], mut source: Source<'_>) {
        let faults: Vec<Fault> = pending.iter().map(|import| self.import_fault(import)).collect();
        let causes: Vec<Option<usize>> = (0..pending.len()).map(|i| cause(pending, &faults[i], i)).collect();
        for (i, import) in pending.iter().enumerate() {
            if causes[i].is_none() {
                self.report_import(import, &faults[i], &mut source);
            } else if let Some(circle) = circle(&causes, i) {
                self.report_import_circle(circle.iter().map(|i| &pending[*i]));
            }
        }
        for import in pending {
            self.give_up_import(import);
        }
    }

    fn import_fault(&mut self, import: &PendingImport) -> Fault {
        let at = match self.follow(import.module, &import.path) {
            Err(at) => at,
            Ok(_) => import.path.len() - 1,
        };
        let parent = &import.path[..at];
        let place = if at == 0 { None } else { self.follow(import.module, parent).ok() };
        Fault { at, place }
    }

    fn report_import(&mut self, import: &PendingImport, fault: &Fault, source: &mut Source<'_>) {
        let ident = import.path[fault.at];
        let path: Vec<Symbol> = import.path.iter().map(|ident| ident.name).collect();
        if self.is_missing_web_module(&path) {
            let module = self.program.name(path[1]);
            let message = format!("`std.{module}` is for JavaScript, which this target does not have");
            let diag = Diagnostic::error(codes::EXTERN_OF_ANOTHER_TARGET, ident.span, message);
            return self.report(diag.note("`--target wasm32-web` and `wasm64-web` have; `@target(web)` leaves out what only they can have"));
        }
        let diag = match fault.place {
            Some(Place::Module(m)) if self.exists_privately(m, ident.name) => self.private_import(m, ident),
            _ => self.unknown_import(import, fault, source),
        };
        self.report(diag);
    }

    fn private_import(&mut self, owner: ModuleId, ident: Ident) -> Diagnostic {
        let text = self.program.name(ident.name).to_string();
        let entry = self.scopes[owner].names.get(&ident.name).and_then(|names| names.iter().next());
        let imported = entry.filter(|e| e.import.is_some() && self.is_user(owner));
        let Some((entry, home)) = imported.and_then(|e| Some((e, self.declared_in(e.def)?))) else {
            return self.private_name("", ident, owner);
        };
        let (owner, home) = (self.module_path(owner), self.module_path(home));
        let message = format!("`{owner}` imports `{text}` for itself only");
        Diagnostic::error(codes::PRIVATE, ident.span, message)
            .also(entry.span, "`pub use` would hand it on")
            .note(format!("import it from where it is declared: `use {home}.{text}`"))
    }

    /// The module of a declaration.
    fn declared_in(&self, def: Def) -> Option<ModuleId> {
        Some(match def {
            Def::Fn(id) => self.program.fns[id].module,
            Def::Adt(id) => self.program.adts[id].module,
            Def::Trait(id) => self.program.traits[id].module,
            Def::Const(id) => self.program.consts[id].module,
            _ => return None,
        })
    }

    fn unknown_import(
        &mut self,
        import: &PendingImport,
        fault: &Fault,
        source: &mut Source<'_>,
    ) -> Diagnostic {
        let (parent, ident) = (&import.path[..fault.at], import.path[fault.at]);
        let folder = match fault.place {
            None => Some(Vec::new()),
            Some(Place::Module(m)) if self.is_user(m) => Some(self.program.modules[m].path.clone()),
            Some(_) => None,
        };
        let is_last = fault.at + 1 == import.path.len();
        let wants_module = fault.place.is_none() || !is_last && matches!(fault.place, Some(Place::Module(_)));
        let text = self.program.name(ident.name).to_string();
        let file = self.path_text(folder.iter().flatten().copied().chain([ident.name]), "/");
        let unreadable = folder.as_ref().and_then(|_| source.as_mut()?.unreadable(&components(&file)));
        if let Some(name) = unreadable {
            let message = format!("the module `{text}` cannot be read");
            return Diagnostic::error(codes::UNKNOWN_MODULE, ident.span, message)
                .note(format!("`{name}` is there, but cannot be read"));
        }
        let (code, what) = match wants_module {
            true => (codes::UNKNOWN_MODULE, "no module"),
            false => (codes::UNKNOWN_NAME, "no"),
        };
        let place = match parent {
            [] => String::new(),
            _ => format!(" in `{}`", self.path_text(parent.iter().map(|i| i.name), ".")),
        };
        let diag = Diagnostic::error(code, ident.span, format!("there is {what} `{text}`{place}"));
        let mut names = self.import_candidates(fault.place);
        if let (Some(folder), Some(source)) = (&folder, source) {
            let folder = self.path_text(folder.iter().copied(), "/");
            let below = source.modules_below(&components(&folder));
            names.extend(below.iter().map(|name| self.program.interner.intern(name)));
        }
        if let Some(found) = suggest::closest(&self.program.interner, &text, names) {
            return diag.fix_likely(format!("did you mean `{found}`?"), ident.span, found);
        }
        let of_library = matches!(fault.place, Some(Place::Module(m)) if !self.is_user(m));
        if is_last && of_library && self.is_of_prelude(ident.name) {
            return diag.note(format!("`{text}` is known without an import"));
        }
        match wants_module && folder.is_some() {
            true if self.is_root_file(&file) => diag.note(format!(
                "`{file}.gal` is the program's root: what several modules use stands in a module of its own"
            )),
            true => diag.note(format!("a module is a file: `{file}.gal` or `{file}/mod.gal`")),
            false => diag,
        }
    }

    /// Whether `core` exports a type of this name, which is known everywhere then. The prelude is made of it later.
    fn is_of_prelude(&mut self, name: Symbol) -> bool {
        let Some(Def::Module(core)) = self.package_root(syntax::sym::core) else { return false };
        self.lookup_in(core, name, Ns::Type, core, &mut SeenModules::new()).is_some()
    }

    /// Whether the program's root is the file that a module of this name would be.
    fn is_root_file(&self, name: &str) -> bool {
        let file = self.program.modules[self.root].file;
        let stem = file.and_then(|f| self.map.file(f).name.rsplit('/').next()?.strip_suffix(".gal"));
        stem == Some(name)
    }

    /// What could have stood in a path behind a place, or at its head.
    fn import_candidates(&mut self, place: Option<Place>) -> Vec<Symbol> {
        match place {
            Some(Place::Module(m)) => {
                let mut names = self.exported_names(m);
                if self.package_root(syntax::sym::std) == Some(Def::Module(m)) {
                    // Modules that nobody uses have not been loaded.
                    names.extend(STD_NAMES.iter().map(|m| self.program.interner.intern(m.0)));
                }
                names
            }
            Some(Place::Adt(adt)) => self.program.adts[adt].variants.iter().map(|v| v.name).collect(),
            Some(Place::Error) | None => {
                let children = self.scopes[self.root].children.keys().copied();
                children.chain(self.packages.iter().map(|p| p.0)).collect()
            }
        }
    }

    fn report_import_circle<'a>(&mut self, circle: impl Iterator<Item = &'a PendingImport>) {
        let mut spans = circle.filter_map(|import| import.path.last().copied());
        let Some(first) = spans.next() else { return };
        let text = self.program.name(first.name);
        let message = format!("`{text}` is only handed round by imports, and declared by no module");
        let diag = Diagnostic::error(codes::UNKNOWN_NAME, first.span, message);
        let diag = spans.fold(diag, |diag, next| diag.also(next.span, "which has it from here"));
        self.report(diag);
    }

    /// Nothing more is said of a name whose import has failed.
    fn give_up_import(&mut self, import: &PendingImport) {
        self.imports[import.import].is_used = true;
        let Some(name) = import.name else { return };
        for ns in [Ns::Type, Ns::Value] {
            let names = self.scopes[import.module].names.entry(name.name).or_default();
            if names.get(ns).is_none() {
                names.set(
                    ns,
                    Entry { def: Def::Error, is_pub: true, span: Span::DUMMY, import: Some(import.import) },
                );
            }
        }
    }

    fn path_text(&self, path: impl Iterator<Item = Symbol>, separator: &str) -> String {
        path.map(|name| self.program.name(name)).collect::<Vec<_>>().join(separator)
    }
}

fn components(path: &str) -> Vec<&str> {
    path.split('/').filter(|name| !name.is_empty()).collect()
}

/// The import that should have brought in what import number `i` looks for.
fn cause(pending: &[PendingImport], fault: &Fault, i: usize) -> Option<usize> {
    let module = match fault.place {
        Some(Place::Module(module)) => module,
        None => pending[i].module,
        Some(_) => return None,
    };
    let name = pending[i].path[fault.at].name;
    let brings_in = |other: &PendingImport| match other.name {
        Some(brought) => brought.name == name,
        None => other.is_pub || fault.place.is_none(),
    };
    let mut others = pending.iter().enumerate().filter(|(j, other)| *j != i && other.module == module);
    others.find(|(_, other)| brings_in(other)).map(|found| found.0)
}

/// The circle of causes that begins at an import, if that is the first one in it.
fn circle(causes: &[Option<usize>], first: usize) -> Option<Vec<usize>> {
    let mut circle = vec![first];
    let mut at = causes[first]?;
    while at != first {
        // An earlier one begins the circle, or this one only leads into it.
        if at < first || circle.contains(&at) {
            return None;
        }
        circle.push(at);
        at = causes[at]?;
    }
    Some(circle)
}
