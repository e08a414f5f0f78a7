//! What the editor asks about a place in the program: completion, hover, signatures, definitions, new names.

use crate::app::app;
use crate::{dom, layout, markdown, menus};
use js_sys::{Function, Promise};
use playground_model::protocol::{Answer, Query, Request};
use serde_json::Value;
use wasm_bindgen::prelude::*;

/// What the editor's script calls, see `Service` in js/intelligence.ts.
pub fn service() -> js_sys::Object {
    let ask =
        Closure::<dyn Fn(String, String, u32) -> Promise>::new(|query: String, file: String, offset: u32| {
            let query = match query.as_str() {
                "completion" => Query::Completion,
                "hover" => Query::Hover,
                _ => Query::Signature,
            };
            promise(file, offset, query)
        });
    let render = Closure::<dyn Fn(String) -> String>::new(|text: String| markdown::render(&text).html);
    let definition = Closure::<dyn Fn(String, u32)>::new(go_to_definition);
    let rename = Closure::<dyn Fn(String, u32)>::new(rename);
    dom::object(&[
        ("ask", ask.into_js_value()),
        ("render", render.into_js_value()),
        ("definition", definition.into_js_value()),
        ("rename", rename.into_js_value()),
    ])
}

fn ask(file: String, offset: u32, query: Query, then: impl FnOnce(Result<Value, String>) + 'static) {
    let request = Request::Ask { files: app().files(), file, offset, query };
    app().compiler.ask(request, move |answer, _| match answer {
        Answer::Asked { result, refused: None } => then(Ok(result)),
        Answer::Asked { refused: Some(why), .. } | Answer::Failed { message: why } => then(Err(why)),
        _ => {}
    });
}

/// Fulfils a promise with `null` when it is dropped: that is how a question ends that a newer one has replaced.
struct Fulfil(Function);

impl Fulfil {
    fn with(self, value: &JsValue) {
        // What was fulfilled is not fulfilled again by dropping it.
        let _ = self.0.call1(&JsValue::NULL, value);
    }
}

impl Drop for Fulfil {
    fn drop(&mut self) {
        let _ = self.0.call1(&JsValue::NULL, &JsValue::NULL);
    }
}

/// The result in JSON; `null` if there is none, or if nobody needs it any more.
fn promise(file: String, offset: u32, query: Query) -> Promise {
    Promise::new(&mut |resolve, _| {
        let fulfil = Fulfil(resolve);
        ask(file.clone(), offset, query.clone(), move |result| match result {
            Ok(value) if !value.is_null() => fulfil.with(&value.to_string().into()),
            _ => drop(fulfil),
        });
    })
}

fn go_to_definition(file: String, offset: u32) {
    ask(file, offset, Query::Definition, |result| {
        let first = match &result {
            Ok(Value::Array(places)) => places.first(),
            Ok(_) => None,
            Err(why) => return layout::toast(why),
        };
        let Some(place) = first else { return layout::toast("There is no definition to go to.") };
        let path = place["path"].as_str().unwrap_or_default();
        if app().document.borrow().text(path).is_none() {
            return layout::toast(&format!("It is in the library: {path}."));
        }
        let number = |name: &str| place["range"][name].as_u64().unwrap_or_default() as u32;
        if *app().file.borrow() != path {
            app().show_file(path);
        }
        app().editor.select(number("start"), number("end"));
    });
}

fn rename(file: String, offset: u32) {
    ask(file.clone(), offset, Query::Target, move |result| match result {
        Ok(target) => {
            let name = target["name"].as_str().unwrap_or_default().to_string();
            let title = format!("Rename {name}");
            menus::ask_for_name(&title, "In all files of the program.", &name, "Rename", move |new| {
                ask(file.clone(), offset, Query::Rename { name: new.to_string() }, |result| match result {
                    Ok(change) => apply(&change),
                    Err(why) => layout::toast(&why),
                });
                Ok(())
            });
        }
        Err(why) => layout::toast(&why),
    });
}

/// Makes a change of the program; that of the file which is shown can be undone.
fn apply(change: &Value) {
    let shown = app().file.borrow().clone();
    let files = change["files"].as_array().map(Vec::as_slice).unwrap_or_default();
    for file in files {
        let path = file["path"].as_str().unwrap_or_default();
        let Some(mut text) = app().document.borrow().text(path).map(str::to_string) else { continue };
        let edits = file["edits"].as_array().map(Vec::as_slice).unwrap_or_default();
        for edit in edits.iter().rev() {
            let at = |name: &str| edit["range"][name].as_u64().unwrap_or_default() as usize;
            if text.get(at("start")..at("end")).is_none() {
                return layout::toast("The program has changed since: try again.");
            }
            text.replace_range(at("start")..at("end"), edit["text"].as_str().unwrap_or_default());
        }
        if path == shown {
            app().editor.replace(&text);
        } else if let Err(fault) = app().document.borrow_mut().set_text(path, text) {
            layout::toast(&format!("{fault}."));
        }
    }
    app().changed();
    app().editor.focus();
}
