//! Diagnostics in, text for people or JSON for tools out.
//!
//! In: [`syntax::Diagnostic`]s and the [`syntax::SourceMap`] their spans belong to. Out: strings; printing them, and
//! deciding about colour, is the caller's. Nothing is sorted or left out here. Start reading at [`human`].

pub mod human;
pub mod json;

pub use human::{Style, human, human_note};
pub use json::{Object, array, diagnostic_object, escape, span_object};

use syntax::Diagnostic;

/// How many errors and warnings there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    pub errors: usize,
    pub warnings: usize,
}

impl Counts {
    pub fn of(diagnostics: &[Diagnostic]) -> Counts {
        let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
        Counts { errors, warnings: diagnostics.len() - errors }
    }

    /// `2 errors and 1 warning`; `None` when there is neither.
    pub fn summary(self) -> Option<String> {
        let parts: Vec<String> = [(self.errors, "error"), (self.warnings, "warning")]
            .into_iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, word)| format!("{n} {word}{}", if n == 1 { "" } else { "s" }))
            .collect();
        (!parts.is_empty()).then(|| parts.join(" and "))
    }
}
