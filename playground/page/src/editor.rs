//! The editor, which is JavaScript: `js/editor.ts`. Offsets are bytes.

use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = GalEditor)]
    pub type Editor;

    #[wasm_bindgen(constructor, js_class = "GalEditor")]
    pub fn new(parent: &HtmlElement, host: &JsValue, service: &JsValue) -> Editor;

    #[wasm_bindgen(method)]
    pub fn open(this: &Editor, file: &str, text: &str);

    #[wasm_bindgen(method)]
    pub fn reset(this: &Editor);

    #[wasm_bindgen(method)]
    pub fn forget(this: &Editor, file: &str);

    #[wasm_bindgen(method)]
    pub fn replace(this: &Editor, text: &str);

    #[wasm_bindgen(method, js_name = setProblems)]
    pub fn set_problems(this: &Editor, json: &str);

    #[wasm_bindgen(method)]
    pub fn select(this: &Editor, from: u32, to: u32);

    #[wasm_bindgen(method)]
    pub fn focus(this: &Editor);

    /// Text as HTML with the editor's colours.
    #[wasm_bindgen(static_method_of = Editor, js_class = "GalEditor")]
    pub fn highlight(text: &str) -> String;

    #[wasm_bindgen(js_name = GalViewer)]
    pub type Viewer;

    #[wasm_bindgen(constructor, js_class = "GalViewer")]
    pub fn new(parent: &HtmlElement, label: &str) -> Viewer;

    #[wasm_bindgen(method)]
    pub fn set(this: &Viewer, text: &str);
}
