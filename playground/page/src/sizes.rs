//! How large the module is, and what of: by actor, by function, by section.

use crate::app::app;
use crate::dom;
use crate::panels::{self, no_result, panel};
use playground_model::protocol::{Answer, FunctionSize, Request, Sizes};
use playground_model::run::grouped;
use web_sys::Element;

/// Functions that are listed; the others are one row.
const LISTED: usize = 200;

pub fn fill() {
    let app = app();
    let release = app.document.borrow().options.release;
    app.compiler.ask(Request::Sizes { files: app.files(), release }, |answer, _| match answer {
        Answer::Sized { sizes: Some(sizes), .. } => draw(&sizes),
        Answer::Sized { problems, sizes: None } => message(&no_result(&problems.summary)),
        Answer::Failed { message: text } => message(&text),
        _ => {}
    });
}

fn message(text: &str) {
    dom::clear(&panel("size"));
    panels::show_message("size", text);
}

fn draw(sizes: &Sizes) {
    let panel = panel("size");
    dom::clear(&panel);
    let summary = format!("{} with the names of its functions, before wasm-opt.", bytes(sizes.module));
    let lead = dom::with_text("p", "lead", &summary);
    dom::append(&panel, &[&lead]);
    let actors = by_actor(&sizes.functions);
    if actors.len() > 1 {
        dom::append(&panel, &[&table("By actor", &actors)]);
    }
    let mut functions: Vec<(String, usize)> =
        sizes.functions.iter().take(LISTED).map(|function| (function.name.clone(), function.bytes)).collect();
    let rest = &sizes.functions[functions.len()..];
    if !rest.is_empty() {
        let bytes = rest.iter().map(|function| function.bytes).sum();
        functions.push((format!("{} others", rest.len()), bytes));
    }
    dom::append(&panel, &[&table("By function", &functions), &table("By section", &sizes.sections)]);
}

/// Largest first; what belongs to none at the end.
fn by_actor(functions: &[FunctionSize]) -> Vec<(String, usize)> {
    let mut actors: Vec<(String, usize)> = Vec::new();
    let mut none = 0;
    for function in functions {
        match &function.actor {
            Some(name) => match actors.iter_mut().find(|(known, _)| known == name) {
                Some((_, bytes)) => *bytes += function.bytes,
                None => actors.push((name.clone(), function.bytes)),
            },
            None => none += function.bytes,
        }
    }
    actors.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    actors.push(("the rest of the program, and the library".to_string(), none));
    actors
}

fn table(title: &str, rows: &[(String, usize)]) -> Element {
    let most = rows.iter().map(|(_, bytes)| *bytes).max().unwrap_or(1).max(1);
    let table = dom::element("table", "sizes");
    dom::append(&table, &[&dom::with_text("caption", "", title)]);
    let body = dom::element("tbody", "");
    for (name, size) in rows {
        let row = dom::element("tr", "");
        let head = dom::with_text("th", "", name);
        dom::set(&head, "scope", "row");
        let bar = dom::element("td", "bar");
        let fill = dom::element("span", "");
        // A style that only the page itself sets.
        let share = format!("{:.1}%", *size as f64 * 100.0 / most as f64);
        fill.style().set_property("width", &share).expect("it is a width");
        dom::append(&bar, &[&fill]);
        dom::append(&row, &[&head, &dom::with_text("td", "number", &bytes(*size)), &bar]);
        dom::append(&body, &[&row]);
    }
    dom::append(&table, &[&body]);
    table.into()
}

/// `12,345 B`
pub fn bytes(n: usize) -> String {
    grouped(n) + " B"
}
