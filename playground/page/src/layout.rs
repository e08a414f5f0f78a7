//! What is around the program and its results: the bar, the line of status, the divider, the theme, the notes that pop up.

use crate::app::{Mode, app, toggle};
use crate::dom::{self, by_id};
use crate::sizes::bytes;
use crate::storage;
use playground_model::run::duration;
use std::cell::Cell;
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent, PointerEvent};

thread_local! {
    static TOAST: Cell<u32> = const { Cell::new(0) };
    static HAS_WARNED: Cell<bool> = const { Cell::new(false) };
}

/// How long a note stays: longer if there is something to press.
const TOAST_MS: u32 = 6_000;
const TOAST_WITH_ACTION_MS: u32 = 12_000;

/// How far the divider goes, and by how much a key moves it, in parts of a hundred.
const SPLIT: (f64, f64) = (20.0, 80.0);
const SPLIT_STEP: f64 = 2.0;

pub fn start() {
    if dom::is_embedded() {
        toggle("options-toggle", false);
    }
    let key = by_id::<Element>("run").query_selector("kbd").ok().flatten();
    if let Some(key) = key {
        key.set_text_content(Some(&format!("{}↵", command_key())));
    }
    if let Some(split) = storage::text(storage::SPLIT).and_then(|text| text.parse().ok()) {
        set_split(split);
    }
    listen_to_divider();
}

/// What the shortcuts of this system begin with.
pub fn command_key() -> &'static str {
    let platform = dom::window().navigator().platform().unwrap_or_default();
    if platform.starts_with("Mac") || platform.starts_with("iP") { "⌘" } else { "Ctrl" }
}

fn listen_to_divider() {
    let divider = by_id::<HtmlElement>("divider");
    let is_dragged = std::rc::Rc::new(Cell::new(false));
    let (begins, ends) = (is_dragged.clone(), is_dragged.clone());
    let captured = divider.clone();
    dom::on(&divider, "pointerdown", move |event: PointerEvent| {
        begins.set(true);
        // Without it the divider is dragged as long as the pointer is over it.
        let _ = captured.set_pointer_capture(event.pointer_id());
        event.prevent_default();
    });
    dom::on(&divider, "pointermove", move |event: PointerEvent| {
        if is_dragged.get() {
            set_split(share_at(&event));
        }
    });
    dom::on(&divider, "pointerup", move |_: PointerEvent| {
        ends.set(false);
        keep_split();
    });
    dom::on(&divider, "keydown", |event: KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowLeft" | "ArrowUp" => -SPLIT_STEP,
            "ArrowRight" | "ArrowDown" => SPLIT_STEP,
            _ => return,
        };
        event.prevent_default();
        set_split(split() + step);
        keep_split();
    });
}

/// Where the pointer is between the two ends of what is divided.
fn share_at(event: &PointerEvent) -> f64 {
    let (code, results) = (by_id::<Element>("code"), by_id::<Element>("results"));
    let (a, b) = (code.get_bounding_client_rect(), results.get_bounding_client_rect());
    let is_column = b.top() > a.bottom() - 1.0;
    let (at, from, to) = match is_column {
        true => (f64::from(event.client_y()), a.top(), b.bottom()),
        false => (f64::from(event.client_x()), a.left(), b.right()),
    };
    (at - from) * 100.0 / (to - from).max(1.0)
}

fn split() -> f64 {
    by_id::<Element>("divider")
        .get_attribute("aria-valuenow")
        .and_then(|text| text.parse().ok())
        .unwrap_or(55.0)
}

fn set_split(share: f64) {
    let share = share.clamp(SPLIT.0, SPLIT.1);
    dom::set(&by_id::<Element>("divider"), "aria-valuenow", &format!("{share:.0}"));
    let main = by_id::<HtmlElement>("main");
    main.style().set_property("--split", &format!("{share:.1}fr")).expect("it is a length");
    main.style().set_property("--rest", &format!("{:.1}fr", 100.0 - share)).expect("it is a length");
}

fn keep_split() {
    // What is not kept is as wide as usual the next time.
    let _ = storage::write(storage::SPLIT, &format!("{:.0}", split()));
}

/// On a phone a lesson's results are below what is shown: brings them up.
pub fn show_results() {
    let results = by_id::<HtmlElement>("results");
    let height = dom::window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0);
    if results.get_bounding_client_rect().top() > height * 0.75 {
        results.scroll_into_view_with_bool(false);
    }
}

/// Shows what belongs to the mode.
pub fn show_mode() {
    let mode = app().mode.borrow().clone();
    let (name, nav) = match &mode {
        Mode::Work => ("work", "nav-home"),
        Mode::Tour(_) => ("tour", "nav-tour"),
        Mode::Errors(_) => ("errors", "nav-errors"),
    };
    dom::set(&by_id::<Element>("main"), "data-mode", name);
    for link in ["nav-home", "nav-tour", "nav-errors"] {
        let link = by_id::<Element>(link);
        match link.id() == nav {
            true => dom::set(&link, "aria-current", "page"),
            false => link.remove_attribute("aria-current").expect("the name is one of HTML"),
        }
    }
    toggle("side", mode != Mode::Work);
    toggle("check", matches!(mode, Mode::Tour(Some(_))));
    let title = match mode {
        Mode::Work => "GAL Playground",
        Mode::Tour(_) => "GAL Tour",
        Mode::Errors(_) => "GAL Errors",
    };
    dom::document().set_title(title);
    // Lessons and pages have a heading of their own.
    toggle("title", mode == Mode::Work);
}

/// Puts the document's options into their fields.
pub fn show_options() {
    let options = app().document.borrow().options.clone();
    by_id::<HtmlInputElement>("release").set_checked(options.release);
    by_id::<HtmlInputElement>("long").set_checked(options.long);
    by_id::<HtmlInputElement>("arguments").set_value(&options.arguments);
    by_id::<HtmlTextAreaElement>("stdin").set_value(&options.stdin);
    let seed = options.seed.map_or(String::new(), |seed| seed.to_string());
    by_id::<HtmlInputElement>("seed").set_value(&seed);
    mark_options();
}

/// The button tells whether there is anything.
pub fn mark_options() {
    let options = app().document.borrow().options.clone();
    let is_set =
        !options.arguments.is_empty() || !options.stdin.is_empty() || options.seed.is_some() || options.long;
    by_id::<HtmlElement>("options-toggle").set_class_name(if is_set { "marked" } else { "" });
}

/// Takes the options from their fields.
pub fn read_options() {
    let seed = by_id::<HtmlInputElement>("seed").value();
    let parsed: Option<u32> = seed.trim().parse().ok();
    let note = match parsed.is_none() && !seed.trim().is_empty() {
        true => "a whole number from 0 to 4294967295",
        false => "a number chooses the order of green threads; waiting then takes no time",
    };
    by_id::<Element>("seed-note").set_text_content(Some(note));
    let options = playground_model::document::RunOptions {
        release: by_id::<HtmlInputElement>("release").checked(),
        long: by_id::<HtmlInputElement>("long").checked(),
        arguments: by_id::<HtmlInputElement>("arguments").value(),
        stdin: by_id::<HtmlTextAreaElement>("stdin").value(),
        seed: parsed,
        commands: app().document.borrow().options.commands.clone(),
    };
    app().document.borrow_mut().options = options;
    mark_options();
    app().changed();
}

// The line of status.

fn say(id: &str, text: &str) {
    by_id::<Element>(id).set_text_content(Some(text));
}

pub fn show_cursor(line: u32, column: u32) {
    say("status-cursor", &format!("{line}:{column}"));
}

pub fn show_version(version: &str) {
    say("status-version", &format!("galc {version}"));
}

pub fn show_check(ms: f64) {
    say("status-check", &format!("checked in {}", duration(ms)));
}

pub fn show_failure(message: &str) {
    say("status-check", &format!("The compiler failed: {message}"));
}

pub fn show_compiled(ms: f64, size: usize) {
    say("status-size", &format!("{}, compiled in {}", bytes(size), duration(ms)));
}

pub fn show_optimized(from: usize, to: usize) {
    say("status-size", &format!("{}, wasm-opt: {}", bytes(from), bytes(to)));
}

pub fn show_problems(errors: usize, warnings: usize, summary: &str) {
    let element = by_id::<HtmlElement>("status-problems");
    let class = match (errors, warnings) {
        (0, 0) => "good",
        (0, _) => "warning",
        _ => "error",
    };
    element.set_class_name(class);
    element.set_text_content(Some(if summary.is_empty() { "No problems" } else { summary }));
}

// Notes.

pub fn toast(text: &str) {
    show_toast(text, None, TOAST_MS);
}

pub fn toast_with(text: &str, label: &str, action: &str) {
    show_toast(text, Some(dom::button("", label, action)), TOAST_WITH_ACTION_MS);
}

fn show_toast(text: &str, button: Option<HtmlElement>, ms: u32) {
    let toast = by_id::<Element>("toast");
    dom::clear(&toast);
    dom::append(&toast, &[&dom::with_text("span", "", text)]);
    if let Some(button) = button {
        dom::append(&toast, &[&button]);
    }
    dom::set(&toast, "class", "shown");
    let number = TOAST.get() + 1;
    TOAST.set(number);
    dom::after(ms, move || {
        if TOAST.get() == number {
            hide_toast();
        }
    });
}

pub fn hide_toast() {
    dom::set(&by_id::<Element>("toast"), "class", "");
}

/// What a reader needs to be told only once in a visit.
pub fn warn_once(text: &str) {
    if !HAS_WARNED.replace(true) {
        toast(text);
    }
}

// The theme.

pub fn theme() -> String {
    storage::text(storage::THEME).unwrap_or_else(|| "system".to_string())
}

pub fn set_theme(theme: &str) {
    let root = dom::document().document_element().expect("a document has a root");
    match theme {
        "light" | "dark" => {
            dom::set(&root, "data-theme", theme);
            if !storage::write(storage::THEME, &theme) {
                warn_once("This browser keeps nothing: the theme is that of this visit.");
            }
        }
        _ => {
            root.remove_attribute("data-theme").expect("the name is one of HTML");
            storage::remove(storage::THEME);
        }
    }
}
