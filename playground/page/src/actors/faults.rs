//! What changes a run: its seed, and commands to drop, delay or kill. Each change runs the program once more, and goes to where it shows.

use super::{Target, run_again, start, view};
use crate::app::app;
use crate::dom::{self, by_id};
use crate::layout;
use crate::markdown::escape;
use playground_model::commands::Command;
use web_sys::{Element, HtmlInputElement, KeyboardEvent};

/// Seeds that a button chooses are below this, so that they can be told to others.
const SURPRISES: f64 = 10_000.0;

/// The list of commands, and a field for another one.
pub fn draw() {
    let commands = app().document.borrow().options.commands.clone();
    let items: String = commands
        .iter()
        .enumerate()
        .map(|(index, line)| {
            let told = escape(&Command::parse(line).map(Command::text).unwrap_or_default());
            let line = escape(line);
            format!(
                "<li class=\"chip\" title=\"{told}\"><code>{line}</code><button type=\"button\" class=\"icon\" data-do=\"trace-remove:{index}\" aria-label=\"Remove {line}\">×</button></li>"
            )
        })
        .collect();
    let list = if items.is_empty() {
        String::new()
    } else {
        format!("<ul class=\"chips\" aria-label=\"Commands\">{items}</ul>")
    };
    let html = format!(
        "{list}<details{}><summary>{}</summary><div class=\"command\"><input type=\"text\" id=\"trace-command\" aria-label=\"Command\" autocomplete=\"off\" spellcheck=\"false\" \
         placeholder=\"drop 3, delay 3 2, at 5 kill 2, run 9\"><button type=\"button\" data-do=\"trace-command\">Add</button></div></details>",
        if is_open() { " open" } else { "" },
        "Add a command"
    );
    let element = by_id::<Element>("trace-faults");
    if dom::replace(&element, &html, &view().parts.chips) {
        dom::on(&by_id::<Element>("trace-command"), "keydown", |event: KeyboardEvent| {
            if event.key() == "Enter" && !event.ctrl_key() && !event.meta_key() {
                event.prevent_default();
                add_typed_command();
            }
        });
    }
}

fn is_open() -> bool {
    by_id::<Element>("trace-faults").query_selector("details[open]").is_ok_and(|found| found.is_some())
}

pub fn add_typed_command() {
    let field = by_id::<HtmlInputElement>("trace-command");
    let line = field.value();
    if try_to_add(&line) {
        field.set_value("");
        run_with(&line);
    }
}

/// A command that a button makes.
pub fn add_command(line: &str) {
    if try_to_add(line) {
        run_with(line);
    }
}

fn try_to_add(line: &str) -> bool {
    let added = app().document.borrow_mut().add_command(line);
    if let Err(fault) = &added {
        layout::toast(&format!("Not added: {fault}."));
    }
    added.is_ok()
}

fn run_with(line: &str) {
    app().options_changed();
    run_again(Command::parse(line).map(Target::Command));
}

/// Holds a message back for as many others as the field says.
pub fn delay(message: u64) {
    let messages: u64 = by_id::<HtmlInputElement>("trace-delay").value().trim().parse().unwrap_or(0);
    if messages == 0 {
        return layout::toast("A message is delayed by a number of others, 1 or more.");
    }
    add_command(&Command::Delay { message, messages }.to_string());
}

pub fn remove_command(index: usize) {
    let mut document = app().document.borrow_mut();
    if index >= document.options.commands.len() {
        return;
    }
    let line = document.options.commands.remove(index);
    drop(document);
    app().options_changed();
    let target = Command::parse(&line).and_then(|command| view().timeline.borrow().position_of(command));
    run_again(target.map(Target::Position));
}

// The seed.

/// What is typed is the document's seed.
pub fn seed_typed() {
    let value = by_id::<HtmlInputElement>("trace-seed").value();
    by_id::<HtmlInputElement>("seed").set_value(&value);
    layout::read_options();
}

/// Runs with the seed that was typed.
pub fn change_seed() {
    seed_typed();
    start(0, None);
}

/// Runs with a seed that nobody has chosen.
pub fn surprise() {
    let seed = (js_sys::Math::random() * SURPRISES) as u32;
    by_id::<HtmlInputElement>("trace-seed").set_value(&seed.to_string());
    seed_typed();
    start(0, None);
}
