//! The requests, one function for each: parameters to a question of the editor core, its result to the protocol's.

use super::capabilities::MODIFIERS;
use super::documents::{Documents, Text};
use super::{Server, convert};
use gen_lsp_types as lsp;
use ide::TokenKind;
use lsp_server::{ErrorCode, Request};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why a request fails: what the client is told.
type Failed = (ErrorCode, String);

fn failed(error: ide::Error) -> Failed {
    match error {
        ide::Error::Compiler(_) => (ErrorCode::InternalError, error.to_string()),
        ide::Error::NoFile(_) | ide::Error::Refused(_) => (ErrorCode::RequestFailed, error.to_string()),
    }
}

pub fn dispatch(server: &mut Server, request: Request) {
    match request.method.as_str() {
        "textDocument/hover" => run(server, request, hover),
        "textDocument/completion" => run(server, request, completion),
        "textDocument/signatureHelp" => run(server, request, signature_help),
        "textDocument/definition" | "textDocument/declaration" => run(server, request, definition),
        "textDocument/typeDefinition" => run(server, request, type_definition),
        "textDocument/implementation" => run(server, request, implementation),
        "textDocument/references" => run(server, request, references),
        "textDocument/documentHighlight" => run(server, request, highlights),
        "textDocument/prepareRename" => run(server, request, prepare_rename),
        "textDocument/rename" => run(server, request, rename),
        "textDocument/codeAction" => run(server, request, code_actions),
        "textDocument/formatting" => run(server, request, formatting),
        "textDocument/inlayHint" => run(server, request, inlay_hints),
        "textDocument/semanticTokens/full" => run(server, request, semantic_tokens),
        "textDocument/documentSymbol" => run(server, request, symbols),
        "textDocument/foldingRange" => run(server, request, folds),
        other => {
            let text = format!("`{other}` is not supported");
            server.refuse(request.id, ErrorCode::MethodNotFound, &text);
        }
    }
}

fn run<P: DeserializeOwned, R: Serialize>(
    server: &mut Server,
    request: Request,
    f: fn(&mut Documents, P) -> Result<R, Failed>,
) {
    let params = match serde_json::from_value(request.params) {
        Ok(params) => params,
        Err(error) => return server.refuse(request.id, ErrorCode::InvalidParams, &error.to_string()),
    };
    match f(&mut server.documents, params) {
        Ok(result) => server.answer(request.id, result),
        Err((code, text)) => server.refuse(request.id, code, &text),
    }
}

/// A document that is asked about.
struct Asked {
    path: String,
    entry: String,
    text: Text,
}

impl Asked {
    fn new(documents: &mut Documents, uri: &lsp::Uri) -> Result<Asked, Failed> {
        let path = documents.path(uri);
        let entry = documents.entry(&path);
        let missing = || (ErrorCode::RequestFailed, format!("cannot read `{path}`"));
        let text = documents.text(&path).ok_or_else(missing)?;
        Ok(Asked { path, entry, text })
    }
}

/// A place that is asked about.
struct Place {
    asked: Asked,
    offset: u32,
}

impl Place {
    fn new(documents: &mut Documents, params: &lsp::TextDocumentPositionParams) -> Result<Place, Failed> {
        let asked = Asked::new(documents, &params.text_document.uri)?;
        let offset = convert::offset(&asked.text, params.position, documents.agreed.encoding);
        Ok(Place { asked, offset })
    }
}

// ---------------------------------------------------------------- reading

fn hover(documents: &mut Documents, params: lsp::HoverParams) -> Result<Option<lsp::Hover>, Failed> {
    let at = Place::new(documents, &params.text_document_position_params)?;
    let found = documents.workspace.hover(&at.asked.entry, &at.asked.path, at.offset).map_err(failed)?;
    Ok(found.map(|hover| lsp::Hover {
        contents: convert::markdown(&hover.markdown).into(),
        range: Some(convert::range(&at.asked.text, hover.range, documents.agreed.encoding)),
    }))
}

type Find = fn(&mut ide::Workspace, &str, &str, u32) -> Result<Vec<ide::Location>, ide::Error>;

fn locations(
    documents: &mut Documents,
    params: &lsp::TextDocumentPositionParams,
    find: Find,
) -> Result<Vec<lsp::Location>, Failed> {
    let at = Place::new(documents, params)?;
    let found = find(&mut documents.workspace, &at.asked.entry, &at.asked.path, at.offset).map_err(failed)?;
    Ok(found.iter().filter_map(|location| documents.location(location)).collect())
}

fn definition(
    documents: &mut Documents,
    params: lsp::DefinitionParams,
) -> Result<Vec<lsp::Location>, Failed> {
    locations(documents, &params.text_document_position_params, ide::Workspace::definition)
}

fn type_definition(
    documents: &mut Documents,
    params: lsp::TypeDefinitionParams,
) -> Result<Vec<lsp::Location>, Failed> {
    locations(documents, &params.text_document_position_params, ide::Workspace::type_definition)
}

fn implementation(
    documents: &mut Documents,
    params: lsp::ImplementationParams,
) -> Result<Vec<lsp::Location>, Failed> {
    locations(documents, &params.text_document_position_params, ide::Workspace::implementations)
}

fn references(documents: &mut Documents, params: lsp::ReferenceParams) -> Result<Vec<lsp::Location>, Failed> {
    let at = Place::new(documents, &params.text_document_position_params)?;
    let mut found =
        documents.workspace.references(&at.asked.entry, &at.asked.path, at.offset).map_err(failed)?;
    if !params.context.include_declaration {
        found.retain(|reference| !reference.is_declaration);
    }
    Ok(found.iter().filter_map(|reference| documents.location(&reference.location)).collect())
}

fn highlights(
    documents: &mut Documents,
    params: lsp::DocumentHighlightParams,
) -> Result<Vec<lsp::DocumentHighlight>, Failed> {
    let at = Place::new(documents, &params.text_document_position_params)?;
    let found = documents.workspace.references(&at.asked.entry, &at.asked.path, at.offset).map_err(failed)?;
    let own = found.into_iter().filter(|reference| reference.location.path == at.asked.path);
    let encoding = documents.agreed.encoding;
    Ok(own
        .map(|reference| lsp::DocumentHighlight {
            range: convert::range(&at.asked.text, reference.location.range, encoding),
            kind: None,
        })
        .collect())
}

fn signature_help(
    documents: &mut Documents,
    params: lsp::SignatureHelpParams,
) -> Result<Option<lsp::SignatureHelp>, Failed> {
    let at = Place::new(documents, &params.text_document_position_params)?;
    let found =
        documents.workspace.signature_help(&at.asked.entry, &at.asked.path, at.offset).map_err(failed)?;
    Ok(found.map(|help| {
        // Ranges in labels are in UTF-16, whatever was agreed on for texts.
        let lines = ide::Lines::new(&help.label);
        let units = |offset| lines.units(&help.label, offset, documents.agreed.encoding);
        let params = help.params.iter().map(|param| lsp::ParameterInformation {
            label: lsp::ParameterInformationLabel::Tuple((units(param.range.start), units(param.range.end))),
            documentation: None,
        });
        let signature = lsp::SignatureInformation {
            label: help.label.clone(),
            documentation: (!help.docs.is_empty()).then(|| convert::markdown(&help.docs).into()),
            parameters: Some(params.collect()),
            active_parameter: help.active.map(Into::into),
        };
        let active_parameter = help.active.map(Into::into);
        lsp::SignatureHelp { signatures: vec![signature], active_signature: Some(0), active_parameter }
    }))
}

// ---------------------------------------------------------------- writing

fn completion(
    documents: &mut Documents,
    params: lsp::CompletionParams,
) -> Result<lsp::CompletionList, Failed> {
    let at = Place::new(documents, &params.text_document_position_params)?;
    let list = documents.workspace.completion(&at.asked.entry, &at.asked.path, at.offset).map_err(failed)?;
    let range = convert::range(&at.asked.text, list.replace, documents.agreed.encoding);
    // Names that need a `use` depend on the first letter.
    let is_incomplete = list.replace.start == at.offset;
    let items =
        list.items.iter().map(|item| completion_item(documents, &at.asked.text, range, item)).collect();
    Ok(lsp::CompletionList { is_incomplete, items, ..Default::default() })
}

fn completion_item(
    documents: &Documents,
    text: &Text,
    range: lsp::Range,
    item: &ide::Completion,
) -> lsp::CompletionItem {
    let is_snippet = item.is_snippet && documents.agreed.has_snippets;
    let new_text = match item.is_snippet && !is_snippet {
        true => convert::without_places(&item.insert),
        false => item.insert.clone(),
    };
    let more = item.more.iter().map(|edit| convert::text_edit(text, edit, documents.agreed.encoding));
    let non_empty = |text: &str| (!text.is_empty()).then(|| text.to_string());
    lsp::CompletionItem {
        label: item.label.clone(),
        label_details: Some(lsp::CompletionItemLabelDetails {
            detail: non_empty(&item.signature),
            description: non_empty(&item.detail),
        }),
        kind: Some(convert::completion_kind(item.kind)),
        detail: non_empty(&item.detail),
        documentation: (!item.docs.is_empty()).then(|| convert::markdown(&item.docs).into()),
        sort_text: Some(format!("{:03}{}", item.rank, item.label)),
        text_edit: Some(lsp::TextEdit { range, new_text }.into()),
        insert_text_format: Some(match is_snippet {
            true => lsp::InsertTextFormat::Snippet,
            false => lsp::InsertTextFormat::PlainText,
        }),
        additional_text_edits: (!item.more.is_empty()).then(|| more.collect()),
        ..Default::default()
    }
}

fn prepare_rename(
    documents: &mut Documents,
    params: lsp::PrepareRenameParams,
) -> Result<lsp::PrepareRenameResult, Failed> {
    let at = Place::new(documents, &params.text_document_position_params)?;
    let target =
        documents.workspace.prepare_rename(&at.asked.entry, &at.asked.path, at.offset).map_err(failed)?;
    let range = convert::range(&at.asked.text, target.range, documents.agreed.encoding);
    Ok(lsp::PrepareRenamePlaceholder { range, placeholder: target.name }.into())
}

fn rename(
    documents: &mut Documents,
    params: lsp::RenameParams,
) -> Result<Option<lsp::WorkspaceEdit>, Failed> {
    let at = Place::new(documents, &params.text_document_position_params)?;
    let (entry, path) = (&at.asked.entry, &at.asked.path);
    let change = documents.workspace.rename(entry, path, at.offset, &params.new_name).map_err(failed)?;
    Ok(convert::workspace_edit(documents, &change))
}

fn code_actions(
    documents: &mut Documents,
    params: lsp::CodeActionParams,
) -> Result<Vec<lsp::CodeAction>, Failed> {
    let asked = Asked::new(documents, &params.text_document.uri)?;
    let range = convert::range_from(&asked.text, params.range, documents.agreed.encoding);
    let found = documents.workspace.actions(&asked.entry, &asked.path, range).map_err(failed)?;
    let action = |documents: &mut Documents, action: &ide::Action| {
        let at = convert::range(&asked.text, action.range, documents.agreed.encoding);
        let mended = params.context.diagnostics.iter().find(|d| {
            d.range == at && matches!(&d.code, Some(lsp::Code::String(code)) if *code == action.code)
        });
        Some(lsp::CodeAction {
            title: action.title.clone(),
            kind: Some(lsp::CodeActionKind::QuickFix),
            diagnostics: mended.map(|diagnostic| vec![diagnostic.clone()]),
            is_preferred: Some(action.is_preferred),
            edit: Some(convert::workspace_edit(documents, &action.change)?),
            ..Default::default()
        })
    };
    Ok(found.iter().filter_map(|found| action(documents, found)).collect())
}

fn formatting(
    documents: &mut Documents,
    params: lsp::DocumentFormattingParams,
) -> Result<Vec<lsp::TextEdit>, Failed> {
    let asked = Asked::new(documents, &params.text_document.uri)?;
    let edits = documents.workspace.format(&asked.path).map_err(failed)?;
    Ok(edits.iter().map(|edit| convert::text_edit(&asked.text, edit, documents.agreed.encoding)).collect())
}

// ---------------------------------------------------------------- whole documents

fn inlay_hints(
    documents: &mut Documents,
    params: lsp::InlayHintParams,
) -> Result<Vec<lsp::InlayHint>, Failed> {
    let asked = Asked::new(documents, &params.text_document.uri)?;
    let encoding = documents.agreed.encoding;
    let range = convert::range_from(&asked.text, params.range, encoding);
    let found = documents.workspace.inlay_hints(&asked.entry, &asked.path, range).map_err(failed)?;
    Ok(found
        .into_iter()
        .map(|hint| {
            let is_param = hint.kind == ide::InlayKind::Param;
            lsp::InlayHint {
                position: convert::position(&asked.text, hint.offset, encoding),
                label: hint.label.into(),
                kind: Some(if is_param { lsp::InlayHintKind::Parameter } else { lsp::InlayHintKind::Type }),
                text_edits: None,
                tooltip: None,
                padding_left: None,
                padding_right: is_param.then_some(true),
                data: None,
            }
        })
        .collect())
}

fn semantic_tokens(
    documents: &mut Documents,
    params: lsp::SemanticTokensParams,
) -> Result<lsp::SemanticTokens, Failed> {
    let asked = Asked::new(documents, &params.text_document.uri)?;
    let found = documents.workspace.semantic_tokens(&asked.entry, &asked.path).map_err(failed)?;
    let encoding = documents.agreed.encoding;
    let (mut data, mut last) = (Vec::with_capacity(found.len()), lsp::Position { line: 0, character: 0 });
    for token in found {
        let token_type = TokenKind::ALL.iter().position(|kind| *kind == token.kind).unwrap_or(0) as u32;
        let bits = [token.is_declaration, token.is_mutable, token.is_library, token.is_documentation];
        debug_assert_eq!(bits.len(), MODIFIERS.len());
        let modifiers = bits.iter().enumerate().map(|(i, bit)| u32::from(*bit) << i).sum();
        for part in lines_of(&asked.text, token.range) {
            let (start, end) = (
                convert::position(&asked.text, part.start, encoding),
                convert::position(&asked.text, part.end, encoding),
            );
            let same_line = start.line == last.line;
            data.push(lsp::SemanticToken {
                delta_line: start.line - last.line,
                delta_start: if same_line { start.character - last.character } else { start.character },
                length: end.character - start.character,
                token_type,
                token_modifiers_bitset: modifiers,
            });
            last = start;
        }
    }
    Ok(lsp::SemanticTokens { result_id: None, data })
}

/// A token's parts on single lines, which is what all clients understand.
fn lines_of(text: &Text, range: ide::TextRange) -> Vec<ide::TextRange> {
    let (first, last) = (text.lines.line_of(range.start), text.lines.line_of(range.end));
    let parts = (first..=last).map(|line| {
        let (start, end) = text.lines.range_of(&text.text, line);
        ide::TextRange::new(range.start.max(start), range.end.min(end))
    });
    parts.filter(|part| part.start < part.end).collect()
}

fn symbols(
    documents: &mut Documents,
    params: lsp::DocumentSymbolParams,
) -> Result<Vec<lsp::DocumentSymbol>, Failed> {
    let asked = Asked::new(documents, &params.text_document.uri)?;
    let found = documents.workspace.symbols(&asked.path).map_err(failed)?;
    Ok(found.iter().map(|symbol| document_symbol(documents, &asked.text, symbol)).collect())
}

fn document_symbol(documents: &Documents, text: &Text, symbol: &ide::DocumentSymbol) -> lsp::DocumentSymbol {
    let encoding = documents.agreed.encoding;
    let children = symbol.children.iter().map(|child| document_symbol(documents, text, child)).collect();
    #[allow(deprecated, reason = "the type has the field")]
    lsp::DocumentSymbol {
        name: symbol.name.clone(),
        detail: (!symbol.detail.is_empty()).then(|| symbol.detail.clone()),
        kind: convert::symbol_kind(symbol.kind),
        tags: None,
        deprecated: None,
        range: convert::range(text, symbol.range, encoding),
        selection_range: convert::range(text, symbol.selection, encoding),
        children: Some(children),
    }
}

fn folds(
    documents: &mut Documents,
    params: lsp::FoldingRangeParams,
) -> Result<Vec<lsp::FoldingRange>, Failed> {
    let asked = Asked::new(documents, &params.text_document.uri)?;
    let found = documents.workspace.folds(&asked.path).map_err(failed)?;
    let encoding = documents.agreed.encoding;
    Ok(found
        .into_iter()
        .map(|fold| {
            let range = convert::range(&asked.text, fold.range, encoding);
            lsp::FoldingRange {
                start_line: range.start.line,
                start_character: Some(range.start.character),
                end_line: range.end.line,
                end_character: Some(range.end.character),
                kind: match fold.kind {
                    ide::FoldKind::Code => None,
                    ide::FoldKind::Comment => Some(lsp::FoldingRangeKind::Comment),
                    ide::FoldKind::Imports => Some(lsp::FoldingRangeKind::Imports),
                },
                collapsed_text: None,
            }
        })
        .collect())
}
