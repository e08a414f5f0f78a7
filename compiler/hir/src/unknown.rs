//! Messages for types and traits that do not exist, with what may have been meant.

use crate::checker::Checker;
use crate::codes;
use crate::program::ModuleId;
use crate::scope::{Def, Ns, SeenModules};
use crate::suggest;
use syntax::ast;
use syntax::{Diagnostic, Span, Symbol, sym};

impl Checker {
    pub(crate) fn unknown_type(&mut self, at: ModuleId, viewer: ModuleId, ident: ast::Ident) {
        if ident.name == sym::empty {
            return;
        }
        let text = self.program.name(ident.name).to_string();
        if at != viewer && self.exists_privately(at, ident.name) {
            let diag = self.private_name("the type ", ident, at);
            return self.report(diag);
        }
        if let Some(diag) = self.value_for_type(at, viewer, ident) {
            return self.report(diag);
        }
        let file = self.file_module(viewer);
        if !self.decls.unknown_types.insert((file, ident.name)) {
            return;
        }
        let mut diag =
            Diagnostic::error(codes::UNKNOWN_TYPE, ident.span, format!("there is no type `{text}`"));
        let foreign = foreign_type(&text);
        let elsewhere = if at == viewer { self.exported_elsewhere(ident.name) } else { None };
        let own = if at == viewer { self.exported_by_user(viewer, ident.name) } else { None };
        if let Some(note) = own {
            diag = diag.note(note);
        } else if let Some(import) = elsewhere {
            diag = diag.note(format!("the library has one: `{import}`"));
        } else if let Some(edit) = self.type_param_edit(&text, ident.span) {
            let name = text.clone();
            diag = diag.fix_likely(format!("declare the type parameter `{name}`"), edit.0, edit.1);
        } else if let Some(found) = foreign {
            diag = diag.fix_likely(format!("the type is called `{found}` here"), ident.span, found);
        } else if let Some(found) = self.closest_type(at, viewer, &text) {
            diag = diag.fix_likely(format!("did you mean `{found}`?"), ident.span, found);
        }
        self.report(diag);
    }

    /// The message where a type is needed and the name of a function or constant stands.
    pub(crate) fn value_for_type(
        &mut self,
        at: ModuleId,
        viewer: ModuleId,
        ident: ast::Ident,
    ) -> Option<Diagnostic> {
        let entry = match at == viewer {
            true => self.lookup(at, ident.name, Ns::Value),
            false => self.lookup_in(at, ident.name, Ns::Value, viewer, &mut SeenModules::new()),
        };
        let text = self.program.name(ident.name);
        let (what, span, note) = match entry?.def {
            Def::Const(id) => ("constant", self.program.consts[id].span, None),
            Def::Fn(id) => {
                let note = "a parameter that takes functions has a type such as `Fn(Int) -> Int`";
                ("function", self.program.fns[id].span, Some(note))
            }
            _ => return None,
        };
        let message = format!("expected a type, found the {what} `{text}`");
        let diag = Diagnostic::error(codes::NOT_A_TYPE, ident.span, message);
        let is_library = self.map.file_at(span.lo).is_none_or(|f| self.map.file(f).is_library);
        let diag = if is_library { diag } else { diag.also(span, "declared here") };
        Some(note.into_iter().fold(diag, Diagnostic::note))
    }

    /// Where a name of one capital letter in a signature would be declared, and the text to insert.
    fn type_param_edit(&self, text: &str, used_at: Span) -> Option<(Span, String)> {
        if text.len() != 1 {
            return None;
        }
        let source = self.map.file(self.map.file_at(used_at.lo)?);
        let at = (used_at.lo - source.start) as usize;
        let start = source.text[..at].rfind('\n').map_or(0, |i| i + 1);
        let line = &source.text[start..at];
        let keyword = ["fn ", "struct ", "enum "].iter().find_map(|k| Some(line.find(k)? + k.len()))?;
        let name = line[keyword..].find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
        let (lo, added) = match line[keyword + name..].starts_with('<') {
            true => (keyword + name + 1, format!("{text}, ")),
            false => (keyword + name, format!("<{text}>")),
        };
        let pos = source.start + (start + lo) as u32;
        Some((Span::new(pos, pos), added))
    }

    pub(crate) fn closest_type(&self, at: ModuleId, viewer: ModuleId, text: &str) -> Option<String> {
        let mut names = self.names_in_scope(at, at == viewer, Ns::Type);
        if at == viewer {
            names.extend(
                [sym::Int, sym::Float, sym::Bool, sym::Char, sym::Never, sym::Int32, sym::UInt8, sym::Int64]
                    .into_iter()
                    .chain([sym::UInt64, sym::UInt32, sym::Int8, sym::Int16, sym::UInt16, sym::Float32]),
            );
        }
        suggest::closest(&self.program.interner, text, names)
    }

    /// Adds to the message for an unknown trait, which is the last one, what may have been meant.
    pub(crate) fn suggest_trait(&mut self, name: ast::Ident, module: ModuleId) {
        let text = self.program.name(name.name).to_string();
        let mut traits = self.names_in_scope(module, true, Ns::Type);
        traits.retain(|t| matches!(self.lookup(module, *t, Ns::Type).map(|e| e.def), Some(Def::Trait(_))));
        let better = foreign_trait(&text)
            .map(|found| (format!("the trait is called `{found}` here"), found.to_string()))
            .or_else(|| {
                let found = suggest::closest(&self.program.interner, &text, traits)?;
                Some((format!("did you mean `{found}`?"), found))
            });
        let elsewhere = self.exported_elsewhere(name.name);
        let own = self.exported_by_user(module, name.name);
        let Some(diag) = self.diags.last_mut().filter(|d| d.code == codes::UNKNOWN_TRAIT) else { return };
        let taken = diag.clone();
        *diag = match (own, elsewhere, better) {
            (Some(note), ..) => taken.note(note),
            _ if matches!(text.as_str(), "Clone" | "Copy") => taken.note("every value can be copied"),
            (_, Some(import), _) => taken.note(format!("the library has one: `{import}`")),
            (.., Some((title, found))) => taken.fix_likely(title, name.span, found),
            (None, None, None) => taken,
        };
    }

    /// How to import a module of the program that has the name, or exports it.
    pub(crate) fn exported_by_user(&self, viewer: ModuleId, name: Symbol) -> Option<String> {
        let text = self.program.name(name);
        if self.scopes[self.root].children.contains_key(&name) {
            return Some(format!("a module of this program is called so: `use {text}`"));
        }
        let viewer = self.file_module(viewer);
        let exports = |m: &ModuleId| {
            let own = self.scopes[*m].names.get(&name);
            let is_public = own.is_some_and(|names| names.iter().any(|e| e.is_pub && e.import.is_none()));
            is_public && *m != viewer && *m != self.root && self.is_user(*m) && !self.scopes[*m].is_block
        };
        let found = self.program.modules.indices().find(exports)?;
        Some(format!("a module of this program has one: `use {}.{text}`", self.module_path(found)))
    }

    /// How to import what a module of the library exports under this name, among types and traits.
    fn exported_elsewhere(&self, name: Symbol) -> Option<String> {
        let mut found = self.program.modules.indices().filter(|m| {
            let own = self.scopes[*m].names.get(&name).and_then(|n| n.get(Ns::Type));
            let public = own.is_some_and(|e| e.is_pub && e.import.is_none());
            public
                && !self.is_user(*m)
                && matches!(self.program.modules[*m].path.first(), Some(p)
                if matches!(self.program.name(*p), "core" | "std"))
        });
        let text = self.program.name(name);
        match found.next() {
            Some(module) => Some(format!("use {}.{text}", self.module_path(module))),
            None => crate::std_names::import_of(text).filter(|_| text.starts_with(char::is_uppercase)),
        }
    }
}

/// What a trait of another language is called here.
fn foreign_trait(name: &str) -> Option<&'static str> {
    Some(match name {
        "Comparable" | "PartialOrd" | "Ordered" => "Ord",
        "Printable" | "Display" | "Debug" | "ToString" => "Show",
        "Equatable" | "PartialEq" => "Eq",
        "Hashable" => "Hash",
        "Iterable" => "IntoIterator",
        _ => return None,
    })
}

/// What a type of another language is called here.
pub(crate) fn foreign_type(name: &str) -> Option<&'static str> {
    Some(match name {
        "int" | "i64" | "isize" | "integer" | "Integer" | "Long" | "long" | "number" => "Int",
        "i32" => "Int32",
        "i16" => "Int16",
        "i8" => "Int8",
        "u8" | "byte" | "Byte" => "UInt8",
        "u16" => "UInt16",
        "u32" => "UInt32",
        "u64" => "UInt64",
        "usize" => "Int",
        "float" | "f64" | "double" | "Double" => "Float",
        "f32" => "Float32",
        "bool" | "boolean" | "Boolean" => "Bool",
        "char" => "Char",
        "str" | "string" | "Str" | "&str" => "String",
        "Vec" | "List" | "list" | "vector" => "Array",
        "HashMap" | "Dict" | "dict" | "Dictionary" => "Map",
        "HashSet" => "Set",
        "void" | "Void" | "Unit" => "()",
        "Maybe" | "Optional" => "Option",
        _ => return None,
    })
}
