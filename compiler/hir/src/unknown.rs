//! Names of types and traits that do not exist: what was probably meant.

use crate::checker::Checker;
use crate::codes;
use crate::program::ModuleId;
use crate::scope::{Def, Ns};
use crate::suggest;
use syntax::{Diagnostic, Symbol, ast, sym};

impl Checker {
    pub(crate) fn unknown_type(&mut self, at: ModuleId, viewer: ModuleId, ident: ast::Ident) {
        if ident.name == sym::empty {
            return;
        }
        let text = self.program.name(ident.name).to_string();
        if at != viewer && self.exists_privately(at, ident.name) {
            let message = format!("the type `{text}` is private to its module");
            let diag = Diagnostic::error(codes::PRIVATE, ident.span, message);
            return self.report(diag.note("mark it `pub` to use it in other modules"));
        }
        if let Some(diag) = self.value_for_type(at, viewer, ident) {
            return self.report(diag);
        }
        let mut diag =
            Diagnostic::error(codes::UNKNOWN_TYPE, ident.span, format!("there is no type `{text}`"));
        let foreign = foreign_type(&text);
        if let Some(found) = foreign {
            diag = diag.fix_likely(format!("the type is called `{found}` here"), ident.span, found);
        } else if let Some(note) = self.library_note(ident.name) {
            diag = diag.note(note);
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
            false => self.lookup_in(at, ident.name, Ns::Value, viewer, &mut Vec::new()),
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

    /// Where the library has a type or trait of this name that is not in scope.
    pub(crate) fn library_note(&self, name: Symbol) -> Option<String> {
        let (path, text) = (self.library_module_of(name)?, self.program.name(name));
        Some(format!("`{text}` is in `{path}`: `use {path}.{text}`"))
    }

    /// The module of the library that declares a public type or trait of this name.
    pub(crate) fn library_module_of(&self, name: Symbol) -> Option<String> {
        let of_trait = self.program.traits.iter().find(|t| t.name == name && t.is_pub).map(|t| t.module);
        let of_adt = || self.program.adts.iter().find(|a| a.name == name && a.is_pub).map(|a| a.module);
        let module = &self.program.modules[of_trait.or_else(of_adt)?];
        let path: Vec<&str> = module.path.iter().map(|s| self.program.name(*s)).collect();
        let is_open = matches!(path.first(), Some(&("core" | "std")));
        (module.is_library && is_open).then(|| path.join("."))
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
}

/// What a type of another language is called here.
fn foreign_type(name: &str) -> Option<&'static str> {
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
