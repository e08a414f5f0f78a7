//! What compiling and running a program does without, as a module of its own that the compiler's worker loads when somebody first
//! asks for it: the text and the sizes of modules, archives, and the pages of the compiler's codes.
//!
//! The compiler's module begins an answer and leaves the rest of it to this one: a [`Rest`] in JSON, and bytes, as
//! [`playground_model::protocol`] describes it. Start reading at [`finish`].

mod npm;
mod sizes;

use playground_model::own::own;
use playground_model::protocol::{Answer, Page, Rest, Stage};
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// Of the worker's script.
    #[wasm_bindgen(js_name = gal_playground_panic)]
    fn report_panic(text: &str);
}

#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| report_panic(&panic.to_string())));
}

/// The one door.
#[wasm_bindgen]
#[derive(Default)]
pub struct Extra {
    bytes: Vec<u8>,
}

#[wasm_bindgen]
impl Extra {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Extra {
        Extra::default()
    }

    /// An [`Answer`] in JSON, for what is left of one in JSON.
    pub fn finish(&mut self, rest: &str, bytes: &[u8]) -> String {
        let (answer, bytes) = match serde_json::from_str(rest) {
            Ok(rest) => finish(rest, bytes),
            Err(error) => {
                let message = format!(
                    "what the compiler leaves to be done is not understood: {error}; load the page again if there is a newer one"
                );
                (Answer::Failed { message }, Vec::new())
            }
        };
        self.bytes = bytes;
        serde_json::to_string(&answer).expect("answers are trees of strings and numbers")
    }

    /// The bytes that belong to the last answer, once.
    pub fn take_bytes(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}

/// The answer, and the bytes that go with it. `bytes`: the program's module.
pub fn finish(rest: Rest, bytes: &[u8]) -> (Answer, Vec<u8>) {
    let broken = |why: String| Answer::Failed { message: format!("internal compiler error: {why}") };
    match rest {
        Rest::Pages => (Answer::Pages { pages: pages() }, Vec::new()),
        Rest::Wat { problems, names, whole } => {
            let answer = wasmprinter::print_bytes(bytes).map(|text| {
                let (own, shown, all) = own(&text, Stage::Wat, &names);
                let (text, shown) = if whole { (text, all) } else { (own, shown) };
                Answer::Emitted { problems, text: Some(text), shown, all }
            });
            (answer.unwrap_or_else(|error| broken(error.to_string())), Vec::new())
        }
        Rest::Sizes { problems, actors } => {
            let sizes = sizes::sizes(bytes, &actors);
            let answer = sizes.map(|sizes| Answer::Sized { problems, sizes: Some(sizes) });
            (answer.unwrap_or_else(|error| broken(format!("the module is broken: {error}"))), Vec::new())
        }
        Rest::Project { problems, files, module } => match npm::archive(&files, &module, bytes) {
            Ok(archive) => (Answer::Project { problems, has_file: true }, archive),
            Err(why) => (broken(why), Vec::new()),
        },
    }
}

/// What `galc explain` knows, by code.
fn pages() -> Vec<Page> {
    let page = |info: &hir::codes::CodeInfo| Page {
        code: info.code.to_string(),
        title: info.title.to_string(),
        text: info.explanation.trim().to_string(),
    };
    hir::codes::all().into_iter().map(page).collect()
}
