//! Messages for names and members that do not exist, with what may have been meant.

use super::FnCtxt;
use crate::codes;
use crate::impls::Head;
use crate::program::*;
use crate::scope::{Def, Ns};
use crate::suggest;
use crate::ty::{Ty, TyKind};
use syntax::ast::Ident;
use syntax::{Diagnostic, Span, Symbol, sym};

impl FnCtxt<'_> {
    pub(crate) fn unknown_name(&mut self, ident: Ident) {
        self.has_errors = true;
        if self.told_unknown.contains(&ident.name) {
            return;
        }
        self.told_unknown.push(ident.name);
        // What is to be imported was said where it is used as a type.
        if self.ck.decls.unknown_types.contains(&(self.ck.file_module(self.module), ident.name)) {
            return;
        }
        let text = self.ck.program.name(ident.name).to_string();
        let owners = self.enums_with_variant(ident.name);
        let mut diag =
            Diagnostic::error(codes::UNKNOWN_NAME, ident.span, format!("there is no `{text}` here"));
        let ended = self.locals.iter().rev().find(|l| l.name == ident.name).map(|l| l.span);
        if let Some(declared) = ended {
            diag = diag.also(declared, "declared here, and known only up to the end of its block");
        } else if let Some(found) = foreign_name(&text) {
            diag = diag.note(found);
            if matches!(text.as_str(), "nil" | "null" | "undefined" | "nullptr") {
                diag = diag.fix_likely("write `None`", ident.span, "None");
            }
        } else if let Some(found) = crate::unknown::foreign_type(&text).filter(|_| is_type_name(&text)) {
            diag = diag.fix_likely(format!("the type is called `{found}` here"), ident.span, found);
        } else if self.is_of_outer_fn(&text) {
            diag = diag
                .note(format!("a function inside another one does not see its variables: pass `{text}` to it, or write a closure"));
        } else if self.is_first_assignment(ident.span) {
            let before = ident.span.before();
            diag = diag
                .note("a variable is declared with `let`, or with `let mut` if it is changed later")
                .fix_likely("write `let`", before, "let ");
        } else if let Some(note) = self.ck.exported_by_user(self.module, ident.name) {
            diag = diag.note(note);
        } else if let Some(import) = crate::std_names::import_of(&text) {
            diag = diag.note(format!("the library has one: `{import}`"));
        } else if let [(owner, _)] = owners.as_slice() {
            diag = diag.fix_likely(
                format!("it is a variant of `{owner}`"),
                ident.span,
                format!("{owner}.{text}"),
            );
        } else if let Some(path) = self.path_of_helper(ident.name) {
            diag = diag.fix_likely("functions of an actor are called so", ident.span, path);
        } else if self.is_helper(ident.name) {
            diag =
                diag.note(format!("the actor's `{text}` takes `self`, so what calls it declares that, too"));
        } else if let Some(note) = self.unreachable_state(ident.name) {
            diag = diag.note(note);
        } else if self.is_own_member(ident.name) {
            diag = diag.fix_likely("members are reached through `self`", ident.span, format!("self.{text}"));
        } else {
            // The name of a function elsewhere may be a slip as well.
            diag = foreign_function(&text).into_iter().fold(diag, Diagnostic::note);
            if let Some(found) = self.closest_name(&text) {
                diag = diag.fix_likely(format!("did you mean `{found}`?"), ident.span, found);
            }
        }
        self.report(diag);
    }

    /// Whether the function around the current one declares a variable of this name before it.
    fn is_of_outer_fn(&self, name: &str) -> bool {
        let BodyOwner::Fn(id) = self.owner else { return false };
        let function = &self.ck.program.fns[id];
        let Some(file) = self.ck.map.file_at(function.span.lo) else { return false };
        if !self.ck.scopes[function.module].is_block {
            return false;
        }
        let source = self.ck.map.file(file);
        let before = &source.text[..(function.span.lo - source.start) as usize];
        let own = before.rfind("fn ").unwrap_or(0);
        let outer = before[..own].rfind("fn ").unwrap_or(0);
        let words: Vec<&str> = before[outer..own].split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        let declares = |pair: &[&str]| matches!(pair[0], "let" | "mut" | "for") && pair[1] == name;
        let is_param = before[outer..own].contains(&format!("({name}:"))
            || before[outer..own].contains(&format!(" {name}:"));
        is_param || words.windows(2).any(declares)
    }

    /// Whether a name stands alone before `=` on its line.
    fn is_first_assignment(&self, name: Span) -> bool {
        let Some(file) = self.ck.map.file_at(name.lo) else { return false };
        let source = self.ck.map.file(file);
        let (before, after) = source.text.split_at((name.lo - source.start) as usize);
        let after = after[(name.hi - name.lo) as usize..].trim_start_matches(' ');
        let line = before.rfind('\n').map_or(before, |i| &before[i + 1..]);
        line.trim().is_empty() && after.starts_with('=') && !after.starts_with("==")
    }

    fn is_own_member(&mut self, name: Symbol) -> bool {
        let Some(ty) = self.cx.self_ty.filter(|_| self.scope.get(sym::self_).is_some()) else { return false };
        let TyKind::Adt(adt, _) = self.kind(ty) else { return false };
        let adt = *adt;
        let has_field = !self.ck.program.adts[adt].is_enum
            && self.ck.program.adts[adt].variants[VariantIdx(0)].fields.iter().any(|f| f.name == name);
        has_field || !self.ck.program.index.methods(Head::Adt(adt), name).is_empty()
    }

    /// The enums that can be named here and have such a variant.
    pub(crate) fn enums_with_variant(&mut self, name: Symbol) -> Vec<(String, AdtId)> {
        let mut found = Vec::new();
        for ty in self.ck.names_in_scope(self.module, true, Ns::Type) {
            if let Some(entry) = self.ck.lookup(self.module, ty, Ns::Type)
                && let Def::Adt(adt) = entry.def
                && self.ck.variant_named(adt, name).is_some()
            {
                found.push((self.ck.program.name(ty).to_string(), adt));
            }
        }
        found
    }

    fn closest_name(&mut self, text: &str) -> Option<String> {
        let mut names: Vec<Symbol> = self.scope.names().collect();
        names.extend(self.ck.names_in_scope(self.module, true, Ns::Value));
        if text.starts_with(char::is_uppercase) {
            names.extend(self.ck.names_in_scope(self.module, true, Ns::Type));
        }
        names.extend(self.ck.names_in_scope(self.module, true, Ns::Module));
        suggest::closest(&self.ck.program.interner, text, names)
    }

    pub(crate) fn unknown_member(&mut self, ty: Ty, name: Ident, base: Span) {
        let is_told = self.ck.decls.misplaced_consts.contains(&name.name);
        if name.name == sym::empty || is_told || self.shallow(ty) == Ty::ERROR {
            self.has_errors = true;
            return;
        }
        if self.report_constructor_call(ty, name, base) {
            return;
        }
        let text = self.ck.program.name(name.name).to_string();
        let owner = self.ty_name(ty);
        let message = format!("`{owner}` has no variant, function or constant `{text}`");
        let mut diag = Diagnostic::error(codes::UNKNOWN_MEMBER, name.span, message);
        let mut names = Vec::new();
        if let TyKind::Adt(adt, _) = self.kind(ty) {
            let adt = &self.ck.program.adts[*adt];
            if adt.is_enum {
                names.extend(adt.variants.iter().map(|v| v.name));
            }
        }
        let variants: Vec<String> =
            names.iter().take(8).map(|n| format!("`{}`", self.ck.program.name(*n))).collect();
        if let Some(head) = Head::of(&self.ck.program.types, ty) {
            names.extend(self.ck.program.index.method_names(head));
            names.extend(self.ck.program.index.const_names(head));
        }
        let known = foreign_constant(&text).filter(|k| names.iter().any(|n| self.ck.program.name(*n) == *k));
        if let Some(better) = known {
            diag = diag.fix_likely(format!("it is called `{better}` here"), name.span, better);
        } else if let Some(found) = suggest::closest(&self.ck.program.interner, &text, names) {
            diag = diag.fix_likely(format!("did you mean `{found}`?"), name.span, found);
        } else if !variants.is_empty() {
            diag = diag.note(format!("its variants are {}", variants.join(", ")));
        }
        self.report(diag);
    }
}

/// What constants of other languages' types are called here.
fn foreign_constant(text: &str) -> Option<&'static str> {
    Some(match text {
        "MAXIMUM" | "MAX_VALUE" | "max_value" | "maxValue" | "max" => "MAX",
        "MINIMUM" | "MIN_VALUE" | "min_value" | "minValue" | "min" => "MIN",
        "nan" | "NotANumber" => "NAN",
        "inf" | "INF" | "POSITIVE_INFINITY" => "INFINITY",
        "eps" | "EPS" => "EPSILON",
        _ => return None,
    })
}

/// Whether a name is written as types are, here and elsewhere.
fn is_type_name(text: &str) -> bool {
    text.starts_with(char::is_uppercase)
}

/// What names of other languages correspond to.
fn foreign_name(text: &str) -> Option<&'static str> {
    Some(match text {
        "nil" | "null" | "undefined" | "nullptr" => {
            "a value that may be missing has type `T?`: `Some(x)` or `None`"
        }
        "True" => "it is written `true`",
        "False" => "it is written `false`",
        "this" => "the receiver of a method is called `self`",
        "pass" => "a body that does nothing is `{}`",
        "end" => "a body stands in braces: `{ … }`",
        "printf" | "console" | "puts" | "echo" | "fmt" | "cout" | "System" => {
            "`println(\"…\")` prints a line"
        }
        _ => return None,
    })
}

/// What is written for functions of other languages.
fn foreign_function(text: &str) -> Option<String> {
    let methods = ["sum", "sorted", "enumerate", "zip", "map", "filter", "any", "all", "reduce", "join"];
    if methods.contains(&text) {
        return Some(format!("it is a method: `xs.{text}(…)`"));
    }
    let note = match text {
        "len" | "length" | "sizeof" => "the length is a method: `xs.len()`",
        "range" | "xrange" => "a range is written `0..n`, or `0..=n` with its end",
        "str" | "string" | "repr" | "sprintf" | "format" => "`\"{x}\"` or `x.to_string()` makes a string",
        "int" | "parseInt" | "atoi" | "Number" => {
            "`text.parse_int()` reads a number from text: `Some(n)` or `None`; `x.to_int()` cuts off decimals"
        }
        "float" | "parseFloat" | "atof" => {
            "`text.parse_float()` reads a number from text: `Some(x)` or `None`; `n.to_float()` converts an integer"
        }
        "input" | "readline" | "gets" | "prompt" => {
            "`use std.io`; `io.read_line()` gives the next line of the input: `Some(line)` or `None`"
        }
        "typeof" | "type_of" | "isinstance" => {
            "types are known when the program is compiled; variants are told apart by `match`"
        }
        "append" | "make" => "an array begins as `[]`, and grows by a method: `xs.push(x)`",
        "dict" | "hash" => "a map begins as `Map.new()`",
        "ord" => "the number of a character is `c as Int`",
        "chr" => "`Char.from_code(n)` makes a character of its number: `Some(c)` or `None`",
        "Math" => "functions of numbers are methods, `x.sqrt()`, or in `std.math`",
        _ => return None,
    };
    Some(note.to_string())
}
