//! What requests give: plain data. Serde names the fields in camel case, kinds are small words.
//!
//! Ranges are in bytes of the text of their file; [`crate::Lines`] converts them. Paths are those of the loader, and
//! `library/…` for what comes with the compiler.

use serde::{Deserialize, Serialize};

/// Bytes `start..end` of a text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
pub struct TextRange {
    pub start: u32,
    pub end: u32,
}

impl TextRange {
    pub fn new(start: u32, end: u32) -> TextRange {
        TextRange { start, end }
    }

    pub fn empty(at: u32) -> TextRange {
        TextRange { start: at, end: at }
    }

    pub fn contains(self, offset: u32) -> bool {
        self.start <= offset && offset < self.end
    }

    /// Whether an offset lies in the range or right behind it.
    pub fn touches(self, offset: u32) -> bool {
        self.start <= offset && offset <= self.end
    }

    pub fn covers(self, other: TextRange) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    pub path: String,
    pub range: TextRange,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TextEdit {
    pub range: TextRange,
    pub text: String,
}

/// The changes of one file, in ascending order and disjoint.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileEdits {
    pub path: String,
    pub edits: Vec<TextEdit>,
}

/// All of it is to be applied, or nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceChange {
    pub files: Vec<FileEdits>,
}

// ---------------------------------------------------------------- diagnostics

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    Error,
    Warning,
}

/// One finding, as `galc check` gives it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnostic {
    /// `galc explain CODE` tells more.
    pub code: String,
    pub severity: Severity,
    /// One line that stands alone.
    pub message: String,
    pub range: TextRange,
    /// What is said at the range, if that is more than the message.
    pub label: String,
    /// Other places that have to do with it.
    pub related: Vec<Related>,
    pub notes: Vec<String>,
    pub fixes: Vec<Fix>,
    /// The name or statement is not needed: editors fade it.
    pub is_unnecessary: bool,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Related {
    pub location: Location,
    pub message: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fix {
    pub title: String,
    /// A tool may apply it unasked; else a person should look at it.
    pub is_certain: bool,
    pub change: SourceChange,
}

/// The findings in one file of the user's. Files without any are listed too, so that an editor can clear its marks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileDiagnostics {
    pub path: String,
    pub diagnostics: Vec<Diagnostic>,
}

/// A change that an editor offers at a place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Action {
    pub title: String,
    /// The code and the range of the diagnostic that it mends.
    pub code: String,
    pub range: TextRange,
    pub is_preferred: bool,
    pub change: SourceChange,
}

// ---------------------------------------------------------------- reading

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hover {
    /// The name that it is about.
    pub range: TextRange,
    pub markdown: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignatureHelp {
    /// `push(value: T)`
    pub label: String,
    pub docs: String,
    pub params: Vec<ParamLabel>,
    /// The parameter at the cursor.
    pub active: Option<u32>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ParamLabel {
    /// Bytes of the label.
    pub range: TextRange,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reference {
    pub location: Location,
    pub is_declaration: bool,
}

/// What [`crate::Workspace::prepare_rename`] finds at a place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RenameTarget {
    pub range: TextRange,
    pub name: String,
}

// ---------------------------------------------------------------- writing

/// What a completion stands for, or a symbol of a file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SymbolKind {
    Module,
    Function,
    Method,
    Constructor,
    Struct,
    Enum,
    Variant,
    Trait,
    TypeAlias,
    AssocType,
    TypeParam,
    BuiltinType,
    Actor,
    Message,
    State,
    Field,
    Const,
    Variable,
    Param,
    SelfValue,
    Label,
    Impl,
    Test,
    Keyword,
    Snippet,
    Attribute,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Completion {
    /// What is listed, and what typed text is compared with.
    pub label: String,
    pub kind: SymbolKind,
    /// Shown right behind the label: `(value: T)`.
    pub signature: String,
    /// The type, or where it comes from.
    pub detail: String,
    /// Markdown.
    pub docs: String,
    /// What replaces [`CompletionList::replace`].
    pub insert: String,
    /// `insert` has `$0` and `${1:name}` places, and `\$`, `\}`, `\\` for what they would mean, as in the language server
    /// protocol; otherwise it is plain text.
    pub is_snippet: bool,
    /// Other changes of the same file, such as a `use`.
    pub more: Vec<TextEdit>,
    /// Smaller comes first; equal ones are sorted by label.
    pub rank: u32,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CompletionList {
    /// The part of the name that is there already.
    pub replace: TextRange,
    /// By rank, then by label.
    pub items: Vec<Completion>,
}

// ---------------------------------------------------------------- whole files

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum InlayKind {
    /// `: T` behind a name.
    Type,
    /// `name:` before an argument.
    Param,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InlayHint {
    pub offset: u32,
    pub label: String,
    pub kind: InlayKind,
}

/// What a token of the text is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TokenKind {
    Comment,
    Keyword,
    String,
    Escape,
    Number,
    Operator,
    Module,
    Struct,
    Enum,
    Variant,
    Trait,
    Type,
    TypeParam,
    Actor,
    Message,
    State,
    Function,
    Method,
    Field,
    Const,
    Variable,
    Param,
    Label,
    Attribute,
}

impl TokenKind {
    pub const ALL: [TokenKind; 24] = [
        TokenKind::Comment,
        TokenKind::Keyword,
        TokenKind::String,
        TokenKind::Escape,
        TokenKind::Number,
        TokenKind::Operator,
        TokenKind::Module,
        TokenKind::Struct,
        TokenKind::Enum,
        TokenKind::Variant,
        TokenKind::Trait,
        TokenKind::Type,
        TokenKind::TypeParam,
        TokenKind::Actor,
        TokenKind::Message,
        TokenKind::State,
        TokenKind::Function,
        TokenKind::Method,
        TokenKind::Field,
        TokenKind::Const,
        TokenKind::Variable,
        TokenKind::Param,
        TokenKind::Label,
        TokenKind::Attribute,
    ];
}

/// Tokens are in ascending order and disjoint; one may span lines.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SemanticToken {
    pub range: TextRange,
    pub kind: TokenKind,
    pub is_declaration: bool,
    /// A variable, parameter, field or state that is declared to change: `mut`.
    pub is_mutable: bool,
    /// Comes with the compiler.
    pub is_library: bool,
    /// A comment that documents.
    pub is_documentation: bool,
}

/// A declaration of a file, with those inside it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentSymbol {
    pub name: String,
    /// The signature or the type.
    pub detail: String,
    pub kind: SymbolKind,
    /// All of it, with its docs and attributes.
    pub range: TextRange,
    /// Its name.
    pub selection: TextRange,
    pub children: Vec<DocumentSymbol>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FoldKind {
    Code,
    Comment,
    Imports,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fold {
    /// From the end of the first line that stays to the end of what is hidden.
    pub range: TextRange,
    pub kind: FoldKind,
}
