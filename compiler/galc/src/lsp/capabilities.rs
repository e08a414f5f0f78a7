//! What the server can do, and what client and server agree on.

use gen_lsp_types as lsp;
use ide::{Encoding, TokenKind};

/// What the client's capabilities decide.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Agreed {
    pub encoding: Encoding,
    /// Inserted text may have places to jump to.
    pub has_snippets: bool,
}

pub fn agree(client: &lsp::ClientCapabilities) -> Agreed {
    let general = client.general.as_ref();
    let encodings = general.and_then(|general| general.position_encodings.as_deref()).unwrap_or_default();
    let has_utf8 = encodings.contains(&lsp::PositionEncodingKind::UTF8);
    let completion = client.text_document.as_ref().and_then(|text| text.completion.as_ref());
    let item = completion.and_then(|completion| completion.completion_item.as_ref());
    Agreed {
        encoding: if has_utf8 { Encoding::Utf8 } else { Encoding::Utf16 },
        has_snippets: item.and_then(|item| item.snippet_support) == Some(true),
    }
}

pub fn initialize_result(agreed: Agreed) -> lsp::InitializeResult {
    let server_info =
        lsp::ServerInfo { name: "galc".to_string(), version: Some(env!("CARGO_PKG_VERSION").to_string()) };
    lsp::InitializeResult { capabilities: server(agreed), server_info: Some(server_info) }
}

fn server(agreed: Agreed) -> lsp::ServerCapabilities {
    let sync = lsp::TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(lsp::TextDocumentSyncKind::Incremental),
        save: Some(lsp::Save::Bool(true)),
        ..Default::default()
    };
    let triggers = |all: &[&str]| Some(all.iter().map(|text| text.to_string()).collect());
    lsp::ServerCapabilities {
        position_encoding: Some(match agreed.encoding {
            Encoding::Utf8 => lsp::PositionEncodingKind::UTF8,
            _ => lsp::PositionEncodingKind::UTF16,
        }),
        text_document_sync: Some(sync.into()),
        completion_provider: Some(lsp::CompletionOptions {
            trigger_characters: triggers(&[".", "@"]),
            ..Default::default()
        }),
        signature_help_provider: Some(lsp::SignatureHelpOptions {
            trigger_characters: triggers(&["(", ","]),
            ..Default::default()
        }),
        hover_provider: Some(true.into()),
        definition_provider: Some(true.into()),
        declaration_provider: Some(true.into()),
        type_definition_provider: Some(true.into()),
        implementation_provider: Some(true.into()),
        references_provider: Some(true.into()),
        document_highlight_provider: Some(true.into()),
        document_symbol_provider: Some(true.into()),
        folding_range_provider: Some(true.into()),
        document_formatting_provider: Some(true.into()),
        inlay_hint_provider: Some(true.into()),
        code_action_provider: Some(
            lsp::CodeActionOptions {
                code_action_kinds: Some(vec![lsp::CodeActionKind::QuickFix]),
                ..Default::default()
            }
            .into(),
        ),
        rename_provider: Some(
            lsp::RenameOptions { prepare_provider: Some(true), ..Default::default() }.into(),
        ),
        semantic_tokens_provider: Some(
            lsp::SemanticTokensOptions { legend: legend(), full: Some(true.into()), ..Default::default() }
                .into(),
        ),
        ..Default::default()
    }
}

/// The names of tokens, in the order of [`TokenKind::ALL`]. Those that the protocol lists are known to every theme.
fn legend() -> lsp::SemanticTokensLegend {
    let types = TokenKind::ALL.iter().map(|kind| token_type(*kind).to_string()).collect();
    let modifiers = MODIFIERS.iter().map(|name| name.to_string()).collect();
    lsp::SemanticTokensLegend { token_types: types, token_modifiers: modifiers }
}

/// In the order of their bits.
pub const MODIFIERS: [&str; 4] = ["declaration", "mutable", "defaultLibrary", "documentation"];

fn token_type(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Comment => "comment",
        TokenKind::Keyword => "keyword",
        TokenKind::String => "string",
        TokenKind::Escape => "escapeSequence",
        TokenKind::Number => "number",
        TokenKind::Operator => "operator",
        TokenKind::Module => "namespace",
        TokenKind::Struct => "struct",
        TokenKind::Enum => "enum",
        TokenKind::Variant => "enumMember",
        TokenKind::Trait => "interface",
        TokenKind::Type => "type",
        TokenKind::TypeParam => "typeParameter",
        TokenKind::Actor => "class",
        TokenKind::Message => "event",
        TokenKind::State | TokenKind::Field => "property",
        TokenKind::Function => "function",
        TokenKind::Method => "method",
        TokenKind::Const => "constant",
        TokenKind::Variable => "variable",
        TokenKind::Param => "parameter",
        TokenKind::Label => "label",
        TokenKind::Attribute => "decorator",
    }
}
