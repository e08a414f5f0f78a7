//! From the editor core's results to the protocol's, and positions both ways.

use super::documents::{Documents, Text};
use gen_lsp_types as lsp;
use ide::{Encoding, SymbolKind, TextRange};
use std::collections::HashMap;

pub fn position(text: &Text, offset: u32, encoding: Encoding) -> lsp::Position {
    let at = text.lines.position(&text.text, offset, encoding);
    lsp::Position { line: at.line, character: at.column }
}

pub fn range(text: &Text, range: TextRange, encoding: Encoding) -> lsp::Range {
    lsp::Range { start: position(text, range.start, encoding), end: position(text, range.end, encoding) }
}

pub fn offset(text: &Text, at: lsp::Position, encoding: Encoding) -> u32 {
    text.lines.offset(&text.text, ide::Position { line: at.line, column: at.character }, encoding)
}

/// A range that ends before it begins is empty.
pub fn range_from(text: &Text, range: lsp::Range, encoding: Encoding) -> TextRange {
    let (start, end) = (offset(text, range.start, encoding), offset(text, range.end, encoding));
    TextRange::new(start, end.max(start))
}

pub fn text_edit(text: &Text, edit: &ide::TextEdit, encoding: Encoding) -> lsp::TextEdit {
    lsp::TextEdit { range: range(text, edit.range, encoding), new_text: edit.text.clone() }
}

pub fn markdown(value: &str) -> lsp::MarkupContent {
    lsp::MarkupContent { kind: lsp::MarkupKind::Markdown, value: value.to_string() }
}

pub fn workspace_edit(documents: &mut Documents, change: &ide::SourceChange) -> Option<lsp::WorkspaceEdit> {
    let mut changes = HashMap::new();
    for file in &change.files {
        let (text, uri) = (documents.text(&file.path)?, documents.uri(&file.path)?);
        let encoding = documents.agreed.encoding;
        changes.insert(uri, file.edits.iter().map(|edit| text_edit(&text, edit, encoding)).collect());
    }
    Some(lsp::WorkspaceEdit { changes: Some(changes), ..Default::default() })
}

/// All that `galc check` says: the label and the notes stand below the message.
pub fn diagnostic(documents: &mut Documents, path: &str, found: &ide::Diagnostic) -> Option<lsp::Diagnostic> {
    let related = found.related.iter().filter_map(|related| {
        let location = documents.location(&related.location)?;
        Some(lsp::DiagnosticRelatedInformation { location, message: related.message.clone() })
    });
    let related: Vec<_> = related.collect();
    let notes = found.notes.iter().map(|note| format!("note: {note}"));
    let label = Some(found.label.clone()).filter(|label| !label.is_empty());
    let message: Vec<String> = std::iter::once(found.message.clone()).chain(label).chain(notes).collect();
    Some(lsp::Diagnostic {
        range: documents.range(path, found.range)?,
        severity: Some(match found.severity {
            ide::Severity::Error => lsp::DiagnosticSeverity::Error,
            ide::Severity::Warning => lsp::DiagnosticSeverity::Warning,
        }),
        code: Some(lsp::Code::String(found.code.clone())),
        source: Some("galc".to_string()),
        message: message.join("\n").into(),
        tags: found.is_unnecessary.then(|| vec![lsp::DiagnosticTag::Unnecessary]),
        related_information: (!related.is_empty()).then_some(related),
        ..Default::default()
    })
}

pub fn completion_kind(kind: SymbolKind) -> lsp::CompletionItemKind {
    use lsp::CompletionItemKind as K;
    match kind {
        SymbolKind::Module => K::Module,
        SymbolKind::Function => K::Function,
        SymbolKind::Method => K::Method,
        SymbolKind::Constructor => K::Constructor,
        SymbolKind::Struct | SymbolKind::BuiltinType | SymbolKind::TypeAlias | SymbolKind::AssocType => {
            K::Struct
        }
        SymbolKind::Enum => K::Enum,
        SymbolKind::Variant => K::EnumMember,
        SymbolKind::Trait | SymbolKind::Impl => K::Interface,
        SymbolKind::TypeParam => K::TypeParameter,
        SymbolKind::Actor => K::Class,
        SymbolKind::Message => K::Event,
        SymbolKind::State => K::Property,
        SymbolKind::Field => K::Field,
        SymbolKind::Const => K::Constant,
        SymbolKind::Variable | SymbolKind::Param | SymbolKind::SelfValue | SymbolKind::Label => K::Variable,
        SymbolKind::Test => K::Unit,
        SymbolKind::Keyword | SymbolKind::Attribute => K::Keyword,
        SymbolKind::Snippet => K::Snippet,
    }
}

pub fn symbol_kind(kind: SymbolKind) -> lsp::SymbolKind {
    use lsp::SymbolKind as K;
    match kind {
        SymbolKind::Module => K::Module,
        SymbolKind::Function | SymbolKind::Test => K::Function,
        SymbolKind::Method => K::Method,
        SymbolKind::Constructor => K::Constructor,
        SymbolKind::Struct | SymbolKind::BuiltinType | SymbolKind::TypeAlias | SymbolKind::AssocType => {
            K::Struct
        }
        SymbolKind::Enum => K::Enum,
        SymbolKind::Variant => K::EnumMember,
        SymbolKind::Trait => K::Interface,
        SymbolKind::TypeParam => K::TypeParameter,
        SymbolKind::Actor => K::Class,
        SymbolKind::Message => K::Event,
        SymbolKind::State => K::Property,
        SymbolKind::Field => K::Field,
        SymbolKind::Const => K::Constant,
        SymbolKind::Impl => K::Object,
        _ => K::Variable,
    }
}

/// What an editor without places to jump to inserts: the text up to the first of them.
pub fn without_places(snippet: &str) -> String {
    let (mut out, mut chars) = (String::new(), snippet.chars().peekable());
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            '$' if chars.peek() == Some(&'{') => {
                let place: String = chars.by_ref().skip(1).take_while(|c| *c != '}').collect();
                out.push_str(place.split_once(':').map_or("", |(_, name)| name));
            }
            '$' => while chars.next_if(char::is_ascii_digit).is_some() {},
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::without_places;

    #[test]
    fn places_are_left_out_of_plain_text() {
        assert_eq!(without_places("f($0)"), "f()");
        assert_eq!(without_places("f()$0"), "f()");
        assert_eq!(without_places("map(|${1:x}, ${2:y}| $0)"), "map(|x, y| )");
        assert_eq!(without_places("Rect { w: $1, h: $2 \\}"), "Rect { w: , h:  }");
        assert_eq!(without_places("a\\$b"), "a$b");
    }
}
