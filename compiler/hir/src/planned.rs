//! What the language has and this version does not: it is reported as such, so that its use is not taken for a mistake.

use crate::checker::Checker;
use crate::codes;
use crate::program::ModuleId;
use crate::scope::{Def, Entry, Ns};
use syntax::ast::{self, Ident, ItemKind};
use syntax::{Diagnostic, Span};

impl Checker {
    pub(crate) fn unsupported(&mut self, span: Span, what: &str) {
        let (verb, pronoun) = if what.starts_with('`') { ("is", "it") } else { ("are", "them") };
        let message = format!("{what} {verb} not supported yet");
        let diag = Diagnostic::error(codes::UNSUPPORTED_FEATURE, span, message);
        self.report(diag.note(format!("the language has {pronoun}; this version of the compiler does not")));
    }

    /// The functions of a host that is not there yet: their uses need no message of their own.
    pub(crate) fn collect_unsupported(&mut self, module: ModuleId, items: Vec<ast::Item>) {
        for item in items {
            let ItemKind::Fn(decl) = item.kind else { continue };
            let entry = Entry { def: Def::Error, is_pub: true, span: decl.name.span, import: None };
            self.scopes[module].names.entry(decl.name.name).or_default().set(Ns::Value, entry);
        }
    }

    /// What a path into `std` would be of, if this version had it.
    pub(crate) fn planned_in_std(&self, path: &[Ident]) -> Option<&'static str> {
        let text = |i: usize| path.get(i).map_or("", |ident| self.program.name(ident.name));
        if text(0) != "std" {
            return None;
        }
        match text(1) {
            "js" => Some("`std.js`"),
            "dom" => Some("`std.dom`"),
            _ => None,
        }
    }
}
