//! JSON for tools: each message is one object on one line, with `version` and `type` first.
//!
//! The version is raised when a field is removed or changes its meaning; new fields and types do not raise it.
//! The format is described in `docs/galc.md`, which must match.

use std::fmt::Write;
use syntax::diag::{Applicability, Fix, Label};
use syntax::{Diagnostic, Severity, SourceMap, Span};

/// The version of the message format.
pub const VERSION: u32 = 1;

/// Builds an object, field by field.
pub struct Object {
    text: String,
}

impl Object {
    /// An object inside a message.
    pub fn nested() -> Object {
        Object { text: "{".to_string() }
    }

    /// A message.
    pub fn message(kind: &str) -> Object {
        Object::nested().number("version", VERSION).string("type", kind)
    }

    pub fn string(self, key: &str, value: &str) -> Object {
        self.raw(key, &escape(value))
    }

    pub fn number(self, key: &str, value: impl Into<u64>) -> Object {
        self.raw(key, &value.into().to_string())
    }

    pub fn boolean(self, key: &str, value: bool) -> Object {
        self.raw(key, if value { "true" } else { "false" })
    }

    /// A value that is JSON already.
    pub fn raw(mut self, key: &str, json: &str) -> Object {
        if self.text.len() > 1 {
            self.text.push(',');
        }
        self.text.push_str(&escape(key));
        self.text.push(':');
        self.text.push_str(json);
        self
    }

    pub fn finish(mut self) -> String {
        self.text.push('}');
        self.text
    }
}

pub fn array(items: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<_>>().join(","))
}

/// A JSON string with its quotes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' || c == '\u{7f}' => {
                // Writing to a string does not fail.
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The message for a diagnostic, without the line's end.
pub fn diagnostic_object(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let labels = diagnostic.labels.iter().enumerate();
    Object::message("diagnostic")
        .string("code", diagnostic.code)
        .string("severity", severity)
        .string("message", &diagnostic.message)
        .raw("labels", &array(labels.map(|(index, label)| label_object(label, index == 0, sources))))
        .raw("notes", &array(diagnostic.notes.iter().map(|note| escape(note))))
        .raw("fixes", &array(diagnostic.fixes.iter().map(|fix| fix_object(fix, sources))))
        .finish()
}

fn label_object(label: &Label, is_primary: bool, sources: &SourceMap) -> String {
    Object::nested()
        .boolean("primary", is_primary)
        .raw("span", &span_object(label.span, sources))
        .string("text", &label.text)
        .finish()
}

fn fix_object(fix: &Fix, sources: &SourceMap) -> String {
    let applicability = match fix.applicability {
        Applicability::Certain => "certain",
        Applicability::Likely => "likely",
    };
    let edit = |(span, replacement): &(Span, String)| {
        Object::nested().raw("span", &span_object(*span, sources)).string("replacement", replacement).finish()
    };
    Object::nested()
        .string("title", &fix.title)
        .string("applicability", applicability)
        .raw("edits", &array(fix.edits.iter().map(edit)))
        .finish()
}

/// File, byte range, and lines and columns of its ends; `null` where the span belongs to no file.
pub fn span_object(span: Span, sources: &SourceMap) -> String {
    if span.is_dummy() {
        return "null".to_string();
    }
    let Some((file, range)) = sources.locate(span) else { return "null".to_string() };
    let (Some((_, start)), Some((_, end))) = (sources.line_col(span.lo), sources.line_col(span.hi)) else {
        return "null".to_string();
    };
    let file = sources.file(file);
    Object::nested()
        .string("file", &file.name)
        .boolean("library", file.is_library)
        .number("byte_start", range.start as u64)
        .number("byte_end", range.end as u64)
        .number("line_start", start.line)
        .number("column_start", start.column)
        .number("line_end", end.line)
        .number("column_end", end.column)
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped() {
        assert_eq!(escape("a\"b\\c\nd\te\u{1}ü"), r#""a\"b\\c\nd\te\u0001ü""#);
    }

    #[test]
    fn diagnostic_is_one_line_with_spans_and_fixes() {
        let mut sources = SourceMap::default();
        sources.add("a.gal".into(), "let ü = 1\nlet y = zz\n".into(), false);
        let span = Span::new(20, 22);
        let diagnostic = Diagnostic::error("unknown-name", span, "`zz` is not known")
            .label("not found")
            .note("names are looked up in scope")
            .fix("use `y`", span, "y");
        let at = r#"{"file":"a.gal","library":false,"byte_start":19,"byte_end":21,"line_start":2,"column_start":9,"line_end":2,"column_end":11}"#;
        let expected = format!(
            r#"{{"version":1,"type":"diagnostic","code":"unknown-name","severity":"error","message":"`zz` is not known","labels":[{{"primary":true,"span":{at},"text":"not found"}}],"notes":["names are looked up in scope"],"fixes":[{{"title":"use `y`","applicability":"certain","edits":[{{"span":{at},"replacement":"y"}}]}}]}}"#
        );
        assert_eq!(diagnostic_object(&diagnostic, &sources), expected);
    }

    #[test]
    fn span_without_file_is_null() {
        assert_eq!(span_object(Span::DUMMY, &SourceMap::default()), "null");
    }
}
