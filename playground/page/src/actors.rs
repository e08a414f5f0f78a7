//! What actors do: runs the program with a trace, and lists its events.

use crate::app::{App, app};
use crate::dom;
use crate::{panels, runs};
use playground_model::run::duration;
use playground_model::trace::Trace;
use web_sys::Element;

pub fn draw() {
    let panel = panels::panel("actors");
    dom::clear(&panel);
    let trace = app().trace.borrow();
    let head = dom::element("div", "viewer-head");
    let is_busy = app().runs.borrow().is_busy();
    let note = match trace.events.len() {
        0 if is_busy => "The program runs …".to_string(),
        0 => "A trace tells which messages actors send, take and answer.".to_string(),
        n => summary(n, &trace),
    };
    dom::append(
        &head,
        &[&dom::with_text("span", "note", &note), &dom::button("", "Run with a trace", "trace")],
    );
    dom::append(&panel, &[&head]);
    if !trace.events.is_empty() {
        dom::append(&panel, &[&table(&trace)]);
    }
}

fn summary(events: usize, trace: &Trace) -> String {
    let rest = match trace.left_out {
        0 => String::new(),
        n => format!(" (and {n} more)"),
    };
    let actors = trace.actors();
    format!("{events} events{rest} of {actors} actor{}", if actors == 1 { "" } else { "s" })
}

fn table(trace: &Trace) -> Element {
    let table = dom::element("table", "trace");
    let body = dom::element("tbody", "");
    for event in &trace.events {
        let row = dom::element("tr", &event.kind);
        let time = dom::with_text("td", "number", &duration(event.nanoseconds as f64 / 1e6));
        let actor = dom::with_text("th", "", &event.actor);
        dom::set(&actor, "scope", "row");
        dom::append(&row, &[&time, &actor, &dom::with_text("td", "", &event.text)]);
        dom::append(&body, &[&row]);
    }
    dom::append(&table, &[&body]);
    table.into()
}

/// Runs the program with a trace, and stays in this view.
pub fn run() {
    runs::run_traced();
    draw();
}

impl App {
    /// Takes the trace out of what has come to standard error: the rest. Text comes by whole lines.
    pub fn take_trace(&self, text: &str) -> String {
        if !self.is_traced.get() {
            return text.to_string();
        }
        let mut trace = self.trace.borrow_mut();
        text.split_inclusive('\n').filter(|line| !trace.take(line.trim_end())).collect()
    }
}
