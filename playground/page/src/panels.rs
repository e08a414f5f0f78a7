//! The tabs of results. A view is a row of [`VIEWS`]; what it shows is asked for when it is opened, and again when the
//! document has changed. `playground/README.md` says how to add one.

use crate::app::app;
use crate::dom::{self, by_id};
use crate::editor::Viewer;
use crate::{actors, layout, problems, sizes};
use playground_model::protocol::{Answer, Request, Stage};
use playground_model::run::Outcome;
use std::cell::{Cell, OnceCell, RefCell};
use web_sys::{Element, HtmlElement};

struct View {
    name: &'static str,
    title: &'static str,
    /// What fills it when it is opened, or when the document has changed while it is open.
    fill: fn(),
}

const VIEWS: &[View] = &[
    View { name: "output", title: "Output", fill: || {} },
    View { name: "problems", title: "Problems", fill: problems::draw },
    View { name: "mir", title: "MIR", fill: || emit(Stage::Mir) },
    View { name: "lir", title: "LIR", fill: || emit(Stage::Lir) },
    View { name: "wat", title: "WAT", fill: || emit(Stage::Wat) },
    View { name: "size", title: "Size", fill: sizes::fill },
    View { name: "actors", title: "Actors", fill: actors::draw },
];

/// How long the document rests before a view that costs a compilation follows it.
const FOLLOW_MS: u32 = 400;

#[derive(Default)]
pub struct Panels {
    open: RefCell<String>,
    viewers: [OnceCell<Viewer>; 3],
    follows: Cell<u32>,
    /// Whether the stages show the library's functions, too.
    is_whole: Cell<bool>,
}

pub fn build() {
    let (tabs, panels) = (by_id::<Element>("tabs"), by_id::<Element>("panels"));
    for view in VIEWS {
        let tab = dom::button("tab", view.title, &format!("tab:{}", view.name));
        tab.set_id(&format!("tab-{}", view.name));
        dom::set(&tab, "role", "tab");
        dom::set(&tab, "aria-controls", &panel_id(view.name));
        let panel = dom::element("div", "panel");
        panel.set_id(&panel_id(view.name));
        dom::set(&panel, "role", "tabpanel");
        dom::set(&panel, "aria-labelledby", &tab.id());
        dom::append(&tabs, &[&tab]);
        dom::append(&panels, &[&panel]);
    }
    build_output();
    select("output");
}

pub fn panel_id(name: &str) -> String {
    format!("panel-{name}")
}

pub fn panel(name: &str) -> HtmlElement {
    by_id(&panel_id(name))
}

pub fn is_open(name: &str) -> bool {
    *app().panels.open.borrow() == name
}

/// Shows a view.
pub fn open(name: &str) {
    if !is_open(name) {
        select(name);
        *app().panels.open.borrow_mut() = name.to_string();
    }
    fill(name);
}

fn fill(name: &str) {
    if let Some(view) = VIEWS.iter().find(|view| view.name == name) {
        (view.fill)();
    }
}

fn select(name: &str) {
    for view in VIEWS {
        let tab = by_id::<HtmlElement>(&format!("tab-{}", view.name));
        let is_open = view.name == name;
        dom::set(&tab, "aria-selected", if is_open { "true" } else { "false" });
        dom::set(&tab, "tabindex", if is_open { "0" } else { "-1" });
        dom::show(&panel(view.name), is_open);
    }
}

/// The view beside the open one, around the ends; for the arrow keys.
pub fn open_beside(step: isize) {
    let open_name = app().panels.open.borrow().clone();
    let at = VIEWS.iter().position(|view| view.name == open_name).unwrap_or(0);
    let next = VIEWS[(at as isize + step).rem_euclid(VIEWS.len() as isize) as usize].name;
    open(next);
    // A tab can be focused as long as it is there.
    let _ = by_id::<HtmlElement>(&format!("tab-{next}")).focus();
}

/// What is open follows once the document rests; problems come by themselves.
pub fn document_changed() {
    let panels = &app().panels;
    panels.follows.set(panels.follows.get() + 1);
    let edition = panels.follows.get();
    dom::after(FOLLOW_MS, move || {
        let open = app().panels.open.borrow().clone();
        if app().panels.follows.get() == edition && open != "problems" && open != "output" {
            fill(&open);
        }
    });
}

// Output.

fn build_output() {
    let text = dom::element("pre", "output");
    text.set_id("output");
    dom::set(&text, "tabindex", "0");
    dom::set(&text, "role", "log");
    dom::set(&text, "aria-label", "Output");
    let state = dom::element("p", "outcome");
    state.set_id("outcome");
    dom::set(&state, "role", "status");
    let verdict = dom::element("div", "verdict");
    verdict.set_id("verdict");
    dom::set(&verdict, "role", "status");
    dom::append(&panel("output"), &[&verdict, &text, &state]);
}

pub fn clear_output() {
    dom::clear(&by_id::<Element>("output"));
    dom::clear(&by_id::<Element>("verdict"));
}

/// Adds text; what follows text of the same stream joins its element.
pub fn write(is_err: bool, text: &str) {
    if text.is_empty() {
        return;
    }
    let output = by_id::<HtmlElement>("output");
    let is_at_end = output.scroll_top() + output.client_height() >= output.scroll_height() - 4;
    let class = if is_err { "err" } else { "out" };
    let last = output.last_element_child().filter(|last| last.class_name() == class);
    let part = last.unwrap_or_else(|| {
        let part = dom::element("span", class);
        dom::append(&output, &[&part]);
        part.into()
    });
    part.append_child(&dom::document().create_text_node(text)).expect("an element takes text");
    if is_at_end {
        output.set_scroll_top(output.scroll_height());
    }
}

pub fn status(text: &str) {
    show_outcome("outcome", text);
}

pub fn empty_output() {
    let keys = layout::command_key();
    show_outcome(
        "outcome empty",
        &format!("Press Run, or {keys}+Enter. What the program prints appears here."),
    );
}

pub fn outcome(outcome: &Outcome) {
    let class = match outcome {
        outcome if outcome.is_success() => "outcome good",
        Outcome::Stopped => "outcome",
        _ => "outcome bad",
    };
    show_outcome(class, &outcome.text());
    if let (Outcome::Exited { status: 101, .. }, Some(place)) = (outcome, place_of_panic()) {
        let button = dom::button("place", &format!("Show {place}"), &format!("place:{place}"));
        dom::append(&by_id::<Element>("outcome"), &[&button]);
    }
}

/// Where the last panic was, if that is in a file of the program's own.
fn place_of_panic() -> Option<String> {
    let output = by_id::<Element>("output").text_content()?;
    let (_, rest) = output.rsplit_once("panic at ")?;
    let place = rest.split(": ").next()?;
    let file = place.split(':').next()?;
    app().document.borrow().text(file)?;
    Some(place.to_string())
}

fn show_outcome(class: &str, text: &str) {
    let element = by_id::<HtmlElement>("outcome");
    element.set_class_name(class);
    element.set_text_content(Some(text));
}

// The compiler's stages.

fn stage_name(stage: Stage) -> (usize, &'static str) {
    match stage {
        Stage::Mir => (0, "mir"),
        Stage::Lir => (1, "lir"),
        Stage::Wat => (2, "wat"),
    }
}

fn emit(stage: Stage) {
    let app = app();
    let release = app.document.borrow().options.release;
    let whole = app.panels.is_whole.get();
    let request = Request::Emit { files: app.files(), stage, release, whole };
    app.compiler.ask(request, move |answer, _| match answer {
        Answer::Emitted { text: Some(text), shown, all, .. } => show_text(stage, &text, shown, all),
        Answer::Emitted { problems, text: None, .. } => {
            show_message(stage_name(stage).1, &no_result(&problems.summary))
        }
        Answer::Failed { message } => show_message(stage_name(stage).1, &message),
        _ => {}
    });
}

/// Shows the library's functions in the stages, or leaves them out.
pub fn toggle_library() {
    let panels = &app().panels;
    panels.is_whole.set(!panels.is_whole.get());
    let open = panels.open.borrow().clone();
    fill(&open);
}

/// What a view says that needs a program without errors.
pub fn no_result(summary: &str) -> String {
    format!("The program has {summary}: there is nothing to show until that is mended.")
}

fn show_text(stage: Stage, text: &str, shown: usize, all: usize) {
    let (index, name) = stage_name(stage);
    let panel = panel(name);
    let viewer = app().panels.viewers[index].get_or_init(|| {
        let place = dom::element("div", "viewer");
        let head = dom::element("div", "viewer-head");
        let text = dom::element("div", "viewer-text");
        let toggle = dom::button("", "", "whole");
        dom::append(&head, &[&dom::element("span", "note"), &toggle]);
        dom::append(&place, &[&head, &text]);
        dom::append(&panel, &[&place]);
        Viewer::new(&text, &format!("{}, which the compiler makes of the program", name.to_uppercase()))
    });
    if let Ok(Some(message)) = panel.query_selector(".empty") {
        message.remove();
    }
    viewer.set(text);
    let find = |selector: &str| panel.query_selector(selector).ok().flatten();
    if let (Some(note), Some(toggle)) = (find(".viewer-head .note"), find(".viewer-head button")) {
        let whole = app().panels.is_whole.get();
        let what = if whole { format!("All {all} functions") } else { format!("{shown} of {all} functions") };
        note.set_text_content(Some(&what));
        toggle.set_text_content(Some(if whole { "Leave out the library" } else { "Show the library, too" }));
    }
    show_viewer(&panel, true);
}

fn show_viewer(panel: &Element, is_shown: bool) {
    if let Ok(Some(viewer)) = panel.query_selector(".viewer") {
        dom::show(&viewer, is_shown);
    }
}

pub fn show_message(name: &str, text: &str) {
    let panel = panel(name);
    show_viewer(&panel, false);
    match panel.query_selector(".empty") {
        Ok(Some(message)) => message.set_text_content(Some(text)),
        _ => dom::append(&panel, &[&dom::with_text("p", "empty", text)]),
    }
}
