//! Diagnostics as data. They are made where a fault is known and rendered at the edge (text, JSON, marks in a page).

use crate::span::Span;

#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

/// A span with a short text; the first label of a diagnostic is the primary one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

/// How sure we are that applying a fix gives what the author meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Applicability {
    /// A tool may apply it unasked.
    Certain,
    /// A person should look at it.
    Likely,
}

/// A change of the source that mends the fault: all edits together, or none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    pub title: String,
    /// Replacements, in ascending order and disjoint.
    pub edits: Vec<(Span, String)>,
    pub applicability: Applicability,
}

/// One finding. `code` is a stable kebab-case name listed in [`crate::codes`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    pub code: &'static str,
    pub severity: Severity,
    /// One line that stands alone.
    pub message: String,
    pub labels: Vec<Label>,
    pub notes: Vec<String>,
    pub fixes: Vec<Fix>,
}

impl Diagnostic {
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: Severity::Error,
            message: message.into(),
            labels: vec![Label { span, text: String::new() }],
            notes: Vec::new(),
            fixes: Vec::new(),
        }
    }

    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, span, message) }
    }

    /// Sets the text of the primary label.
    pub fn label(mut self, text: impl Into<String>) -> Diagnostic {
        if let Some(first) = self.labels.first_mut() {
            first.text = text.into();
        }
        self
    }

    /// Adds a secondary label.
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    pub fn note(mut self, text: impl Into<String>) -> Diagnostic {
        self.notes.push(text.into());
        self
    }

    pub fn fix(mut self, title: impl Into<String>, span: Span, replacement: impl Into<String>) -> Diagnostic {
        self.fixes.push(Fix {
            title: title.into(),
            edits: vec![(span, replacement.into())],
            applicability: Applicability::Certain,
        });
        self
    }

    /// A fix that a person should look at before it is applied.
    pub fn fix_likely(
        mut self,
        title: impl Into<String>,
        span: Span,
        replacement: impl Into<String>,
    ) -> Diagnostic {
        self = self.fix(title, span, replacement);
        if let Some(fix) = self.fixes.last_mut() {
            fix.applicability = Applicability::Likely;
        }
        self
    }

    /// A fix of several edits, in ascending order and disjoint.
    pub fn fix_edits(mut self, title: impl Into<String>, edits: Vec<(Span, String)>) -> Diagnostic {
        self.fixes.push(Fix { title: title.into(), edits, applicability: Applicability::Certain });
        self
    }

    /// A fix of several edits that a person should look at.
    pub fn fix_edits_likely(mut self, title: impl Into<String>, edits: Vec<(Span, String)>) -> Diagnostic {
        self.fixes.push(Fix { title: title.into(), edits, applicability: Applicability::Likely });
        self
    }

    pub fn span(&self) -> Span {
        self.labels.first().map_or(Span::DUMMY, |l| l.span)
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
