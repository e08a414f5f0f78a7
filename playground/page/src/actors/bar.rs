//! The frame of the view, which is made once: what starts and stops runs, the steps, and the places that the other parts fill.

use super::{diagram, is_live, list, seek, step, view};
use crate::app::app;
use crate::dom::{self, by_id};
use crate::{actors, panels};
use playground_model::limits;
use playground_model::run::{Outcome, State, duration, grouped};
use playground_model::telling::brief;
use std::cell::{Cell, RefCell};
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent};

/// What was drawn last, so that nothing is drawn twice.
pub struct Parts {
    is_built: Cell<bool>,
    /// Whether the position is to be brought into sight.
    reveals: Cell<bool>,
    pub listed: Cell<usize>,
    pub chips: RefCell<String>,
    pub inspector: RefCell<String>,
}

impl Default for Parts {
    fn default() -> Parts {
        Parts {
            is_built: Cell::new(false),
            reveals: Cell::new(true),
            listed: Cell::new(0),
            chips: RefCell::default(),
            inspector: RefCell::default(),
        }
    }
}

impl Parts {
    /// The trace is another one.
    pub fn forget(&self) {
        if self.is_built.get() {
            list::clear();
        }
        self.listed.set(0);
        self.reveals.set(true);
    }

    pub fn reveal(&self) {
        self.reveals.set(true);
    }

    /// Once after each time that it was asked for, and always while the view follows.
    pub fn takes_reveal(&self) -> bool {
        self.reveals.replace(false) || view().follows.get()
    }
}

/// Characters of the event that the position is at.
const EVENT: usize = 300;

/// The steps: what they are called, what they show, and what they do.
const STEPS: &[(&str, &str, &str)] = &[
    ("To the beginning", "M5 5v10M16 5 8 10l8 5z", "first"),
    ("Back to the message before", "M10 5 4 10l6 5zM17 5l-6 5 6 5z", "message-back"),
    ("Back by an event", "M14 5 6 10l8 5z", "back"),
    ("Forwards by an event", "M6 5l8 5-8 5z", "next"),
    ("Forwards to the next message", "M3 5l6 5-6 5zM10 5l6 5-6 5z", "message-next"),
    ("To the end", "M4 5l8 5-8 5zM15 5v10", "last"),
];

const FRAME: &str = "<div class=\"actors-bar\">\
    <button type=\"button\" class=\"main\" id=\"trace-run\"></button>\
    <button type=\"button\" id=\"trace-on\" data-do=\"trace-on\" hidden>Continue</button>\
    <label class=\"seed\" for=\"trace-seed\">Seed</label>\
    <input type=\"number\" id=\"trace-seed\" min=\"0\" max=\"4294967295\" step=\"1\" placeholder=\"seed\" title=\"Chooses the order in which green threads run\" aria-label=\"Seed\">\
    <button type=\"button\" data-do=\"trace-seed\" title=\"Runs in another order\">Another seed</button>\
    <span class=\"space\"></span>\
    <button type=\"button\" id=\"trace-list\" data-do=\"trace-list\" aria-pressed=\"false\" title=\"The events as a list\">List</button></div>\
    <div class=\"about-run\"><p id=\"trace-note\" class=\"note\"></p><div id=\"trace-faults\" class=\"faults\"></div><details class=\"legend\"><summary>Legend</summary><ul id=\"trace-legend\"></ul></details></div>\
    <div id=\"trace-shown\" class=\"shown\" hidden>\
    <div class=\"steps\" role=\"group\" aria-label=\"Steps\"><span id=\"trace-steps\"></span>\
    <input type=\"range\" id=\"trace-position\" min=\"0\" value=\"0\" step=\"1\" aria-label=\"Events that have happened\">\
    <output for=\"trace-position\"><span id=\"trace-count\"></span><span id=\"trace-time\" class=\"time\"></span></output></div>\
    <p id=\"trace-event\" class=\"event\" role=\"status\"></p>\
    <div class=\"moment\">\
    <div id=\"trace-diagram\" class=\"diagram\" tabindex=\"0\" role=\"application\" \
    aria-label=\"Sequence of messages. Up and down go by events, left and right by messages, Enter to the source; List has the same as text\">\
    <div id=\"trace-heads\" class=\"heads\"></div><div id=\"trace-space\" class=\"expanse\"></div><div id=\"trace-svg\" class=\"picture\"></div></div>\
    <div id=\"trace-table\" class=\"events\" tabindex=\"0\" role=\"region\" aria-label=\"Events\" hidden><table class=\"trace\"><tbody id=\"trace-rows\"></tbody></table></div>\
    <div id=\"trace-inspector\" class=\"inspector\" role=\"region\" aria-label=\"At this moment\" tabindex=\"0\"></div></div></div>";

/// What the signs of the diagram mean, each as it is drawn there.
const LEGEND: &[(&str, &str)] = &[
    (
        "<g class=\"send\"><path class=\"arrow\" d=\"M1 8H35\" marker-end=\"url(#head-send)\"/></g>",
        "a message",
    ),
    (
        "<g class=\"send ask\"><path class=\"arrow\" d=\"M1 8H35\" marker-end=\"url(#head-send)\"/></g>",
        "a question",
    ),
    (
        "<g class=\"answer\"><path class=\"arrow\" d=\"M1 8H35\" marker-end=\"url(#head-answer)\"/></g>",
        "its answer",
    ),
    (
        "<g class=\"send lost\"><path class=\"arrow\" d=\"M1 8H29\"/><path class=\"cross\" d=\"M25 3l10 10m0-10l-10 10\"/></g>",
        "a lost message",
    ),
    (
        "<g class=\"send held\"><path class=\"arrow\" d=\"M1 8H35\" marker-end=\"url(#head-send)\"/></g>",
        "one that is held back",
    ),
    (
        "<g class=\"send\"><path class=\"arrow\" d=\"M1 8H28\"/><circle class=\"open\" cx=\"31\" cy=\"8\" r=\"3.5\"/></g>",
        "one that is not taken yet",
    ),
    (
        "<g class=\"spawn\"><path class=\"arrow\" d=\"M1 8H31\"/><circle cx=\"31\" cy=\"8\" r=\"4\"/></g>",
        "spawns an actor",
    ),
    ("<rect class=\"bar\" x=\"13\" y=\"1\" width=\"10\" height=\"14\" rx=\"2\"/>", "a handler runs"),
    ("<rect class=\"bar waits\" x=\"13\" y=\"1\" width=\"10\" height=\"14\" rx=\"2\"/>", "a handler waits"),
    ("<path class=\"cross\" d=\"M12 2l12 12m0-12l-12 12\"/>", "a crash"),
    ("<path class=\"end\" d=\"M12 8h12\"/>", "the end of an actor"),
];

fn build() {
    panels::panel("actors").set_inner_html(FRAME);
    let steps: String = STEPS
        .iter()
        .map(|(label, path, how)| {
            format!(
                "<button type=\"button\" class=\"icon\" data-do=\"trace-step:{how}\" aria-label=\"{label}\" title=\"{label}\">\
                 <svg viewBox=\"0 0 20 20\" width=\"16\" height=\"16\" aria-hidden=\"true\"><path d=\"{path}\" fill=\"currentColor\" stroke=\"currentColor\" stroke-width=\"1.4\" stroke-linejoin=\"round\"/></svg></button>"
            )
        })
        .collect();
    by_id::<Element>("trace-steps").set_inner_html(&steps);
    let legend = LEGEND.iter().map(|(sign, text)| {
        format!(
            "<li><svg class=\"sequence\" viewBox=\"0 0 36 16\" aria-hidden=\"true\">{sign}</svg>{text}</li>"
        )
    });
    by_id::<Element>("trace-legend").set_inner_html(&legend.collect::<String>());
    let slider = by_id::<HtmlInputElement>("trace-position");
    let moved = slider.clone();
    dom::on(&slider, "input", move |_: Event| {
        seek(moved.value().parse().unwrap_or(0));
    });
    dom::on(&by_id::<Element>("trace-diagram"), "keydown", key);
    dom::on(&by_id::<Element>("trace-table"), "keydown", key);
    let seed = by_id::<Element>("trace-seed");
    dom::on(&seed, "input", |_: Event| actors::seed_typed());
    dom::on(&seed, "keydown", |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.ctrl_key() && !event.meta_key() {
            event.prevent_default();
            actors::change_seed();
        }
    });
    diagram::build();
}

/// Of the diagram and the list.
fn key(event: KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    // A button in the list is pressed by Enter.
    let is_on_button = event.target() != event.current_target();
    match event.key().as_str() {
        "ArrowDown" => step("next"),
        "ArrowUp" => step("back"),
        "ArrowRight" => step("message-next"),
        "ArrowLeft" => step("message-back"),
        "Home" => step("first"),
        "End" => step("last"),
        "Enter" if !is_on_button => actors::source_here(),
        _ => return,
    }
    event.prevent_default();
}

/// What is there without a trace, too.
pub fn draw() {
    if !view().parts.is_built.replace(true) {
        build();
    }
    let is_live = is_live();
    let run = by_id::<HtmlElement>("trace-run");
    let label = match (is_live, view().timeline.borrow().is_empty()) {
        (true, _) => "Pause",
        (false, true) => "Run with a trace",
        (false, false) => "Run again",
    };
    if run.text_content().as_deref() != Some(label) {
        run.set_text_content(Some(label));
    }
    run.set_class_name(if is_live { "main busy" } else { "main" });
    dom::set(&run, "data-do", if is_live { "trace-pause" } else { "trace" });
    show_seed();
    let state = app().runs.borrow().state().clone();
    let goes_on =
        app().is_traced.get() && matches!(state, State::Ended(Outcome::Stopped | Outcome::TraceFull));
    dom::show(&by_id::<Element>("trace-on"), goes_on);
    let note = note(&state);
    let element = by_id::<Element>("trace-note");
    if element.text_content().as_deref() != Some(note.as_str()) {
        element.set_text_content(Some(&note));
        if view().timeline.borrow().first > 0 {
            let button = dom::button("link", "From the beginning", "trace-first");
            dom::append(&element, &[&button]);
        }
    }
    let has_trace = !view().timeline.borrow().is_empty();
    for shown in ["trace-shown", "trace-list"] {
        dom::show(&by_id::<Element>(shown), has_trace);
    }
    if let Ok(Some(legend)) = panels::panel("actors").query_selector(".legend") {
        dom::show(&legend, has_trace && !view().is_list.get());
    }
}

/// The document's, unless somebody types.
fn show_seed() {
    let field = by_id::<HtmlInputElement>("trace-seed");
    if dom::document().active_element().as_ref() != Some(field.as_ref()) {
        let seed = app().document.borrow().options.seed;
        field.set_value(&seed.map_or(String::new(), |seed| seed.to_string()));
    }
}

fn note(state: &State) -> String {
    let timeline = view().timeline.borrow();
    let summary = match (timeline.len(), timeline.first) {
        (0, _) => String::new(),
        (events, first) => {
            let actors = timeline.lanes().len();
            let actors = format!("{actors} actor{}", if actors == 1 { "" } else { "s" });
            let from = if first == 0 { String::new() } else { format!(" from message {first} on") };
            format!("{} events of {actors}{from}. ", grouped(events))
        }
    };
    let shown = app().document.borrow().moment.as_ref().map(|moment| grouped(moment.position));
    let rest = match state {
        _ if !app().is_traced.get() && timeline.is_empty() && shown.is_some() => {
            format!(
                "The link shows the moment after {} events: run it to see that.",
                shown.unwrap_or_default()
            )
        }
        _ if !app().is_traced.get() && timeline.is_empty() => {
            "A trace shows every message that actors send, take and answer, and what they are at each moment."
                .to_string()
        }
        _ if !app().is_traced.get() => String::new(),
        State::Idle => String::new(),
        State::Compiling { .. } => "Compiling …".to_string(),
        State::Running { .. } => "Running …".to_string(),
        State::Ended(Outcome::Exited { status: 102, .. }) if complaint().is_some() => {
            complaint().unwrap_or_default()
        }
        State::Ended(Outcome::Stopped) => "Paused. Continue runs the same once more, and on.".to_string(),
        State::Ended(Outcome::TraceFull) => format!(
            "Paused: {} events are kept. Continue runs the same once more, and keeps what follows.",
            grouped(limits::EVENTS)
        ),
        State::Ended(outcome) => outcome.text(),
    };
    if timeline.first > 0 { format!("{summary}{rest} ") } else { summary + &rest }
}

/// What the runtime says of a command that it does not understand.
fn complaint() -> Option<String> {
    let output = by_id::<Element>("output").text_content()?;
    let at = output.find("trace command in line")?;
    output[at..].lines().next().map(|line| format!("The program has not begun: {line}."))
}

/// Where the position is.
pub fn draw_steps() {
    let timeline = view().timeline.borrow();
    let (position, len) = (view().position.get(), timeline.len());
    let slider = by_id::<HtmlInputElement>("trace-position");
    slider.set_max(&len.to_string());
    slider.set_value(&position.to_string());
    let time = duration(timeline.event_at(position).map_or(0.0, |event| event.nanoseconds as f64 / 1e6));
    let text = format!("{} of {}", grouped(position), grouped(len));
    dom::set(&slider, "aria-valuetext", &text);
    by_id::<Element>("trace-count").set_text_content(Some(&text));
    by_id::<Element>("trace-time").set_text_content(Some(&format!(", {time}")));
    let event = match position {
        0 if timeline.first == 0 => "Nothing has happened yet.".to_string(),
        0 => format!("Before message {} is sent.", timeline.first),
        n => {
            let (actor, text) = timeline.told(n - 1);
            let message = timeline.event_at(n).and_then(|event| event.kind.message());
            let message = message.map_or(String::new(), |message| format!(" (message {message})"));
            format!("{actor} {}{message}", brief(&text, EVENT)).trim().to_string()
        }
    };
    drop(timeline);
    let element = by_id::<Element>("trace-event");
    if element.text_content().as_deref() != Some(event.as_str()) {
        element.set_text_content(Some(&event));
    }
    let is_list = view().is_list.get();
    let toggle = by_id::<Element>("trace-list");
    dom::set(&toggle, "aria-pressed", if is_list { "true" } else { "false" });
    dom::show(&by_id::<Element>("trace-table"), is_list);
    dom::show(&by_id::<Element>("trace-diagram"), !is_list);
}
