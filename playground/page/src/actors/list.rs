//! The events as text, a row each, for those who read better than they see. Rows are added as events come.

use super::view;
use crate::dom::{self, by_id};
use crate::markdown::escape;
use playground_model::run::duration;
use playground_model::telling::brief;
use web_sys::{Element, HtmlElement};

/// Characters of a row's text.
const TEXT: usize = 300;

fn rows() -> HtmlElement {
    by_id("trace-rows")
}

pub fn clear() {
    dom::clear(&rows());
}

pub fn draw() {
    let timeline = view().timeline.borrow();
    let listed = view().parts.listed.replace(timeline.len());
    let mut html = String::new();
    for index in listed..timeline.len() {
        let event = &timeline.events()[index];
        let (actor, text) = timeline.told(index);
        let message = event
            .kind
            .message()
            .map_or(String::new(), |number| format!(" <span class=\"note\">message {number}</span>"));
        html += &format!(
            "<tr class=\"{}\" data-do=\"seek:{position}\"><td class=\"number\"><button type=\"button\" tabindex=\"-1\" data-do=\"seek:{position}\" \
             aria-label=\"To event {position}\">{position}</button></td><td class=\"number time\">{}</td><th scope=\"row\">{}</th><td>{}{message}</td></tr>",
            escape(event.kind.name()),
            duration(event.nanoseconds as f64 / 1e6),
            escape(&actor),
            escape(&brief(&text, TEXT)),
            position = index + 1,
        );
    }
    drop(timeline);
    let rows = rows();
    rows.insert_adjacent_html("beforeend", &html).expect("a table takes rows");
    mark(&rows);
}

/// The row of the position, whose button alone is a stop for the Tab key.
fn mark(rows: &Element) {
    if let Ok(Some(before)) = rows.query_selector("[aria-current]") {
        before.remove_attribute("aria-current").expect("the name is one of HTML");
        set_stop(&before, "-1");
    }
    let Some(index) = view().position.get().checked_sub(1) else { return };
    if let Some(row) = rows.children().item(index as u32) {
        dom::set(&row, "aria-current", "true");
        set_stop(&row, "0");
        if view().parts.takes_reveal() {
            dom::scroll_to(&by_id::<Element>("trace-table"), &row);
        }
    }
}

fn set_stop(row: &Element, stop: &str) {
    if let Ok(Some(button)) = row.query_selector("button") {
        dom::set(&button, "tabindex", stop);
    }
}
