//! Warnings about items and imports that nobody uses.

use crate::checker::Checker;
use crate::codes;
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
            let message = if import.is_glob {
                format!("nobody uses what `{name}.*` imports")
            } else {
                format!("nobody uses the import `{name}`")
            };
            let diag = Diagnostic::warning(codes::UNUSED_IMPORT, import.span, message);
            self.report(diag);
        }
    }
}
