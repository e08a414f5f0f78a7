//! What stands where a trait should.

use super::TyCx;
use crate::checker::Checker;
use crate::codes;
use crate::scope::{Def, Ns};
use syntax::{Diagnostic, Span};

impl Checker {
    /// Whether `impl Type for Trait` stands there, at the type.
    pub(super) fn swapped_impl(&mut self, span: Span, cx: &TyCx) -> Option<(Span, String)> {
        let source = self.map.file(self.map.file_at(span.lo)?);
        let at = |pos: u32| (pos - source.start) as usize;
        let before = source.text[..at(span.lo)].trim_end();
        let rest = &source.text[at(span.hi)..];
        let behind = rest.trim_start().strip_prefix("for")?.trim_start();
        let len = behind.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(behind.len());
        if !before.ends_with("impl") || len == 0 {
            return None;
        }
        let start = span.hi + (rest.len() - behind.len()) as u32;
        let symbol = self.program.interner.get(&behind[..len])?;
        let of = Span::new(start, start + len as u32);
        let text = behind[..len].to_string();
        let found = self.lookup(cx.module.0, symbol, Ns::Type)?;
        matches!(found.def, Def::Trait(_)).then_some((of, text))
    }

    pub(super) fn report_swapped_impl(&mut self, span: Span, text: &str, of: Span, trait_: String) {
        let message = format!("the trait stands before `for`: `impl {trait_} for {text}`");
        let diag = Diagnostic::error(codes::EXPECTED_TRAIT, span, message);
        self.diags.retain(|diag| diag.code != codes::NOT_A_TYPE || diag.span() != of);
        self.report(diag.fix_edits_likely("turn them around", vec![(span, trait_), (of, text.to_string())]));
    }

    /// Reports what stands where a trait should; the way out depends on what stands before it.
    pub(super) fn expected_trait(&mut self, span: Span, message: String) {
        let diag = Diagnostic::error(codes::EXPECTED_TRAIT, span, message);
        let Some(source) = self.map.file_at(span.lo).map(|file| self.map.file(file)) else { return };
        let before = source.text[..(span.lo - source.start) as usize].trim_end();
        let diag = if let Some(rest) = before.strip_suffix("dyn") {
            let dyn_ = Span::new(source.start + rest.len() as u32, span.lo);
            diag.fix_likely("leave out `dyn`", dyn_, "")
        } else if before.rsplit('\n').next().is_some_and(|line| line.split(' ').any(|word| word == "trait")) {
            diag.note("only traits stand above a trait; a method of it can give the value")
        } else if before.ends_with([':', '+']) {
            diag.note("a bound is a trait, such as `Show`; a type is written in place of the parameter")
        } else {
            diag
        };
        self.report(diag);
    }
}
