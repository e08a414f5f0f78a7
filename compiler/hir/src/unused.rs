//! Warnings about items and imports that nobody uses.

use crate::checker::Checker;
use crate::codes;
use rustc_hash::FxHashSet;
use syntax::{Diagnostic, Span};

impl Checker {
    pub(crate) fn warn_unused(&mut self, _library: bool) {
        let unused: Vec<usize> = self
            .imports
            .iter()
            .enumerate()
            .filter(|(_, i)| !i.is_used && !i.is_pub && self.is_user(i.module))
            .map(|(i, _)| i)
            .collect();
        if unused.is_empty() || self.has_errors() {
            return;
        }
        let used = self.imports.iter().filter(|other| other.is_used && !other.is_glob);
        let used: FxHashSet<_> = used.map(|other| (other.module, other.name)).collect();
        for i in unused {
            let import = &self.imports.as_slice()[i];
            let name = self.program.name(import.name);
            let message = if import.is_glob {
                format!("nobody uses what `{name}.*` imports")
            } else if used.contains(&(import.module, import.name)) {
                format!("`{name}` is imported twice")
            } else {
                format!("nobody uses the import `{name}`")
            };
            let diag = Diagnostic::warning(codes::UNUSED_IMPORT, import.span, message);
            let diag = match self.without_import(import.span) {
                Some(rest) => diag.fix_likely("remove it", rest, ""),
                None => diag,
            };
            self.report(diag);
        }
    }

    /// What goes with an import: its line, or within braces the comma that parts it from its neighbour. `None` where
    /// it stands with something else on a line.
    fn without_import(&self, import: Span) -> Option<Span> {
        let source = self.map.file(self.map.file_at(import.lo)?);
        let (lo, hi) = ((import.lo - source.start) as usize, (import.hi - source.start) as usize);
        let (before, after) = (&source.text[..lo], &source.text[hi..]);
        let span = |lo: usize, hi: usize| Some(Span::new(source.start + lo as u32, source.start + hi as u32));
        if before.trim_end().ends_with(',') {
            return span(before.trim_end().len() - 1, hi);
        }
        if before.trim_end().ends_with('{') && after.trim_start().starts_with(',') {
            let behind = after.trim_start()[1..].trim_start();
            return span(lo, source.text.len() - behind.len());
        }
        let start = before.rfind('\n').map_or(0, |i| i + 1);
        let end = after.find('\n').map_or(source.text.len(), |i| hi + i + 1);
        let alone = before[start..].trim() == "use" && source.text[hi..end].trim().is_empty();
        // An empty line behind the only import goes too.
        let is_only =
            before[..start].trim_end().rsplit('\n').next().is_none_or(|line| !line.starts_with("use "));
        let empty = is_only && source.text[end..].starts_with('\n');
        if alone { span(start, end + usize::from(empty)) } else { None }
    }
}
