//! What the page asks the compiler's worker, and what that answers; both as JSON. `playground/README.md` describes it.

use crate::document::File;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "lowercase")]
pub enum Request {
    /// The compiler's version.
    About,
    /// The pages of its diagnostics.
    Pages,
    Check {
        files: Vec<File>,
    },
    /// The answer has the module as bytes.
    Compile {
        files: Vec<File>,
        options: CompileOptions,
    },
    /// The text of a stage; `whole`: with the functions of the library.
    Emit {
        files: Vec<File>,
        stage: Stage,
        release: bool,
        whole: bool,
    },
    Format {
        name: String,
        text: String,
    },
    /// Which function and actor takes how much of the module.
    Sizes {
        files: Vec<File>,
        release: bool,
    },
    /// What the editor core knows of a place in a file.
    Ask {
        files: Vec<File>,
        file: String,
        offset: u32,
        query: Query,
    },
    /// Where an actor is declared, or its handler or constructor of this name; `main` without an actor.
    Declaration {
        files: Vec<File>,
        actor: Option<String>,
        handler: Option<String>,
    },
    /// An npm project; the answer has a ZIP file as bytes.
    Project {
        files: Vec<File>,
        options: CompileOptions,
    },
}

/// What an editor asks about a place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "query", rename_all = "lowercase")]
pub enum Query {
    Completion,
    Hover,
    Signature,
    Definition,
    /// What would be renamed: its name.
    Target,
    Rename {
        name: String,
    },
}

impl crate::queue::Kind for Request {
    /// Of questions about places, those of a kind replace each other.
    type Kind = (std::mem::Discriminant<Request>, Option<std::mem::Discriminant<Query>>);

    fn kind(&self) -> Self::Kind {
        let query = match self {
            Request::Ask { query, .. } => Some(std::mem::discriminant(query)),
            _ => None,
        };
        (std::mem::discriminant(self), query)
    }
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CompileOptions {
    pub release: bool,
    /// Whether a seed chooses the order of green threads.
    pub schedules: bool,
    /// Whether the program writes what its actors do, by a clock that stands still while anything can run.
    pub trace: bool,
    /// Whether the memory has the playground's limit.
    pub limited: bool,
    /// Where the modules of `@gal-lang/runtime` are, by what they are imported as.
    pub modules: Vec<(String, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    Mir,
    Lir,
    Wat,
}

/// A place in a document: bytes from, to (half open) and line and column of its beginning, from 1.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Place {
    pub file: String,
    /// Of the library, which cannot be opened here.
    pub library: bool,
    pub from: usize,
    pub to: usize,
    pub line: u32,
    pub column: u32,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Edit {
    pub place: Place,
    pub text: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Fix {
    pub title: String,
    pub edits: Vec<Edit>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Problem {
    pub is_error: bool,
    pub code: String,
    pub message: String,
    /// What stands at the primary mark.
    pub label: String,
    pub place: Option<Place>,
    pub notes: Vec<String>,
    pub fixes: Vec<Fix>,
    /// The text that `galc` prints.
    pub rendered: String,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Problems {
    pub list: Vec<Problem>,
    /// `2 errors and 1 warning`, as `galc` says it; empty if there are none.
    pub summary: String,
}

impl Problems {
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|problem| problem.is_error)
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Page {
    pub code: String,
    pub title: String,
    /// Markdown.
    pub text: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FunctionSize {
    pub name: String,
    /// The actor whose code it is.
    pub actor: Option<String>,
    pub bytes: usize,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Sizes {
    pub module: usize,
    /// Sections by name, in order.
    pub sections: Vec<(String, usize)>,
    /// Largest first.
    pub functions: Vec<FunctionSize>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "lowercase")]
pub enum Answer {
    About {
        version: String,
    },
    Pages {
        pages: Vec<Page>,
    },
    Checked {
        problems: Problems,
    },
    Compiled {
        problems: Problems,
        module: Option<Module>,
    },
    /// `shown` of `all` functions are in the text.
    Emitted {
        problems: Problems,
        text: Option<String>,
        shown: usize,
        all: usize,
    },
    Formatted {
        problems: Problems,
        text: Option<String>,
    },
    Sized {
        problems: Problems,
        sizes: Option<Sizes>,
    },
    Project {
        problems: Problems,
        has_file: bool,
    },
    /// `None`: it is none of the program's own files'.
    Declared {
        place: Option<Place>,
    },
    /// A result of the editor core (`compiler/ide/src/results.rs`), or `null`; or why there is none, for readers.
    Asked {
        result: serde_json::Value,
        refused: Option<String>,
    },
    /// The compiler gave no result, and that is not the program's fault.
    Failed {
        message: String,
    },
}

/// A module whose bytes come beside the answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Module {
    /// The ES module that loads it, and its types.
    pub js: String,
    pub types: String,
    /// Whether it works on a page's elements, which programs do not have here.
    pub uses_dom: bool,
    /// What of WebAssembly it uses, by the names of the tool conventions.
    pub features: Vec<String>,
    pub bytes: usize,
}

/// What the compiler's module leaves of an answer to the module that is loaded on first use (`playground/extra`). But for
/// [`Rest::Pages`] the program's module comes beside it as bytes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "rest", rename_all = "lowercase")]
pub enum Rest {
    Pages,
    /// [`Answer::Emitted`]; `names`: those of the functions and types that the files declare.
    Wat {
        problems: Problems,
        names: BTreeSet<String>,
        whole: bool,
    },
    /// [`Answer::Sized`]; `actors`: the names of the program's.
    Sizes {
        problems: Problems,
        actors: Vec<String>,
    },
    /// [`Answer::Project`].
    Project {
        problems: Problems,
        files: Vec<File>,
        module: Module,
    },
}
