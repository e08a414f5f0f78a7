//! What the language has and this version does not: it is reported as such, so that its use is not taken for a mistake.

use crate::checker::Checker;
use crate::codes;
use crate::program::ModuleId;
use crate::scope::{Def, Entry, Ns};
use syntax::ast::{self, ItemKind};
use syntax::{Diagnostic, Span};

/// The modules of `std` that need JavaScript.
const WEB_MODULES: [&str; 3] = ["dom", "fetch", "js"];

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

    /// Whether a path leads into a module of `std` that only programs for JavaScript have, and this is none.
    pub(crate) fn is_missing_web_module(&self, path: &[syntax::Symbol]) -> bool {
        let text = |i: usize| path.get(i).map_or("", |name| self.program.name(*name));
        !self.is_web() && text(0) == "std" && WEB_MODULES.contains(&text(1))
    }
}
