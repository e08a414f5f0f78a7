//! Warnings about items and imports that nobody uses.

use crate::checker::Checker;
use crate::codes;
use crate::scope::Import;
use syntax::Diagnostic;

impl Checker {
    pub(crate) fn warn_unused(&mut self, _library: bool) {
        let unused: Vec<usize> = self
            .imports
            .iter()
            .enumerate()
            .filter(|(_, i)| !i.is_used && !i.is_pub && self.is_user(i.module))
            .map(|(i, _)| i)
            .collect();
        if self.has_errors() {
            return;
        }
        for i in unused {
            let import = &self.imports.as_slice()[i];
            let name = self.program.name(import.name);
            let is_same = |other: &Import| {
                other.is_used && !other.is_glob && (other.module, other.name) == (import.module, import.name)
            };
            let message = if import.is_glob {
                format!("nobody uses what `{name}.*` imports")
            } else if self.imports.iter().any(is_same) {
                format!("`{name}` is imported twice")
            } else {
                format!("nobody uses the import `{name}`")
            };
            let diag = Diagnostic::warning(codes::UNUSED_IMPORT, import.span, message);
            self.report(diag);
        }
    }
}
