//! What is at the position: the message and the actor that are chosen, and the tree of all actors.

use super::{shown_actor, shown_message, view};
use crate::app::app;
use crate::dom::{self, by_id};
use crate::markdown::escape;
use playground_model::commands::Command;
use playground_model::telling::{brief, message, shown};
use playground_model::timeline::{Flight, Timeline};
use playground_model::trace::{Letter, Number};
use playground_model::world::{Actor, MAIN, Status, World};
use web_sys::{Element, HtmlInputElement};

/// Rows of the tree, and messages of a mailbox, that are listed; the others are counted.
const LISTED: usize = 200;
const LETTERS: usize = 30;
/// Characters of a value, and of a message.
const VALUE: usize = 2_000;
const MESSAGE: usize = 200;

pub fn draw() {
    let timeline = view().timeline.borrow();
    let position = view().position.get();
    let world = timeline.world(position);
    let chosen = shown_message().and_then(|number| timeline.flight(number));
    let message = chosen.map_or(String::new(), |flight| message_part(&timeline, &world, flight, position));
    let actor = shown_actor().and_then(|number| world.actor(number));
    let actor = match (actor, shown_actor()) {
        (Some(actor), _) => actor_part(&timeline, &world, actor, position),
        (None, Some(number)) => format!(
            "<section><h2>{}</h2><p>It is not spawned yet.</p></section>",
            escape(&timeline.now().title(number))
        ),
        (None, None) => String::new(),
    };
    let html = format!("{actor}{message}{}", tree_part(&world));
    drop(timeline);
    let kept = typed_delay();
    if dom::replace(&by_id::<Element>("trace-inspector"), &html, &view().parts.inspector)
        && let (Some(kept), Some(field)) = (kept, delay_field())
    {
        field.set_value(&kept);
    }
}

fn delay_field() -> Option<HtmlInputElement> {
    use wasm_bindgen::JsCast;
    dom::document().get_element_by_id("trace-delay")?.dyn_into().ok()
}

fn typed_delay() -> Option<String> {
    delay_field().map(|field| field.value())
}

fn row(name: &str, value: &str) -> String {
    format!("<dt>{}</dt><dd>{value}</dd>", escape(name))
}

/// An actor as a button that chooses it.
fn actor_link(world: &World, number: Number) -> String {
    format!(
        "<button type=\"button\" class=\"link\" data-do=\"actor:{number}\">{}</button>",
        escape(&world.title(number))
    )
}

fn letter_link(letter: &Letter) -> String {
    format!(
        "<button type=\"button\" class=\"link\" data-do=\"message:{}\">{}</button>",
        letter.number,
        escape(&brief(&message(letter), MESSAGE))
    )
}

/// An event as a button that goes there.
fn event_link(index: Option<usize>, before: &str) -> String {
    match index {
        Some(index) => format!(
            "<button type=\"button\" class=\"link\" data-do=\"seek:{0}\">event {0}</button>",
            index + 1
        ),
        None => before.to_string(),
    }
}

// The message.

fn message_part(timeline: &Timeline, world: &World, flight: &Flight, position: usize) -> String {
    let letter = &flight.letter;
    let names = timeline.now();
    let mut rows = row("from", &actor_link(names, letter.from)) + &row("to", &actor_link(names, letter.to));
    if !letter.values.is_empty() {
        let values =
            letter.values.iter().map(|value| format!("<code>{}</code>", escape(&brief(shown(value), VALUE))));
        rows += &row("values", &values.collect::<Vec<_>>().join("<br>"));
    }
    rows += &row("sent", &event_link(flight.sent, "before this part"));
    if flight.taken.is_some() {
        rows += &row("taken", &event_link(flight.taken, ""));
    }
    if flight.lost.is_some() {
        rows += &row("lost", &event_link(flight.lost, ""));
    }
    if let Some(reply) = flight.reply {
        let (_, text) = timeline.told(reply);
        rows += &row(
            "answer",
            &format!("{} <code>{}</code>", event_link(Some(reply), ""), escape(&brief(&text, VALUE))),
        );
    }
    format!(
        "<section class=\"message\"><h2>{}</h2><p class=\"note\">message {}, {}</p><dl>{rows}</dl><div class=\"do\">\
         <button type=\"button\" data-do=\"source-message:{}\">Go to source</button>{}</div></section>",
        escape(&letter.name),
        letter.number,
        where_it_is(world, flight, position),
        letter.number,
        message_faults(timeline, flight)
    )
}

fn where_it_is(world: &World, flight: &Flight, position: usize) -> &'static str {
    let is_past = |index: Option<usize>| index.is_some_and(|index| index < position);
    match flight {
        Flight { lost, .. } if is_past(*lost) => "lost",
        Flight { done, .. } if is_past(*done) => "done",
        Flight { taken, .. } if is_past(*taken) => "in hand",
        Flight { sent: Some(sent), .. } if *sent >= position => "not sent yet",
        flight if world.under_way().any(|letter| letter.number == flight.letter.number) => {
            "held back by a command"
        }
        _ => "in the mailbox",
    }
}

/// A constructor that never runs, or late, would leave the actor's states without values.
fn message_faults(timeline: &Timeline, flight: &Flight) -> String {
    let number = flight.letter.number;
    let is_told = |line: &String| matches!(Command::parse(line), Some(Command::Drop { message } | Command::Delay { message, .. }) if message == number);
    if timeline.is_constructor(flight) || flight.sent.is_none() {
        return String::new();
    }
    if app().document.borrow().options.commands.iter().any(is_told) {
        return "<span class=\"note\">changed by a command</span>".to_string();
    }
    format!(
        "<button type=\"button\" data-do=\"trace-command:drop {number}\">Drop</button>\
         <span class=\"delay\"><button type=\"button\" data-do=\"trace-delay:{number}\">Delay</button>\
         <label for=\"trace-delay\">by</label><input type=\"number\" id=\"trace-delay\" min=\"1\" max=\"999\" step=\"1\" value=\"1\" title=\"Messages\"></span>"
    )
}

// The actor.

fn actor_part(timeline: &Timeline, world: &World, actor: &Actor, position: usize) -> String {
    let kill = match timeline.kill_point(position, actor.number) {
        Some(at) => format!(
            "<button type=\"button\" data-do=\"trace-command:{0}\" title=\"{0}: when message {at} has been sent\">Kill here</button>",
            Command::Kill { at, actor: actor.number }
        ),
        None => String::new(),
    };
    let pin = if view().actor.get() == Some(actor.number) {
        format!(
            "<button type=\"button\" class=\"icon\" data-do=\"actor:{}\" aria-label=\"Follow the events again\" title=\"Follow the events again\">×</button>",
            actor.number
        )
    } else {
        String::new()
    };
    format!(
        "<section class=\"actor\"><h2>{}<span class=\"space\"></span>{pin}</h2><p class=\"status\" data-status=\"{}\"><i class=\"dot\"></i>{}</p>{}{}<div class=\"do\">\
         <button type=\"button\" data-do=\"source-actor:{}\">Go to source</button>{kill}</div></section>",
        escape(&actor.title()),
        actor.status().text(),
        status_text(world, actor),
        states(actor),
        mailbox(world, actor),
        actor.number
    )
}

fn status_text(world: &World, actor: &Actor) -> String {
    let mut parts = vec![match (actor.status(), &actor.crashed) {
        (Status::Crashed, Some(why)) => format!("crashed: {}", escape(&brief(why, VALUE))),
        (Status::Rests, _) => "at rest: it has ended, or waits".to_string(),
        (status, _) => status.text().to_string(),
    }];
    for hand in &actor.hands {
        if let Some(letter) = world.letter(hand.message) {
            let verb = if hand.waits { "waits in" } else { "in hand:" };
            parts.push(format!("{verb} {}", letter_link(letter)));
        }
    }
    for letter in world.questions_of(actor.number).take(LETTERS) {
        parts.push(format!("asks {}: {}", actor_link(world, letter.to), letter_link(letter)));
    }
    if let Some(before) = actor.replaces {
        parts.push(format!("started again, after {}", actor_link(world, before)));
    }
    if let Some(after) = actor.replaced_by {
        parts.push(format!("started again as {}", actor_link(world, after)));
    }
    parts.join("<br>")
}

fn states(actor: &Actor) -> String {
    if actor.states.is_empty() {
        return match actor.number {
            MAIN => String::new(),
            _ => "<p class=\"note\">No states that were traced so far.</p>".to_string(),
        };
    }
    let rows: String = actor
        .states
        .iter()
        .map(|(name, value)| row(name, &format!("<code>{}</code>", escape(&brief(shown(value), VALUE)))))
        .collect();
    format!("<dl class=\"states\" title=\"Its states, as they were when its last handler ended\">{rows}</dl>")
}

fn mailbox(world: &World, actor: &Actor) -> String {
    if actor.mailbox.is_empty() {
        return String::new();
    }
    let letters: String = actor
        .mailbox
        .iter()
        .take(LETTERS)
        .filter_map(|number| world.letter(*number))
        .map(|letter| {
            format!(
                "<li>{} <span class=\"note\">from {}</span></li>",
                letter_link(letter),
                escape(&world.title(letter.from))
            )
        })
        .collect();
    let rest = actor.mailbox.len().saturating_sub(LETTERS);
    let rest = if rest == 0 { String::new() } else { format!("<p class=\"note\">and {rest} more</p>") };
    format!(
        "<h3>Mailbox <b class=\"depth\">{}</b></h3><ol class=\"letters\">{letters}</ol>{rest}",
        actor.mailbox.len()
    )
}

// The tree.

fn tree_part(world: &World) -> String {
    let rows = world.tree();
    let items: String = rows.iter().take(LISTED).map(|(depth, actor)| tree_row(*depth, actor)).collect();
    let rest = rows.len().saturating_sub(LISTED);
    let rest = if rest == 0 { String::new() } else { format!("<p class=\"note\">and {rest} more</p>") };
    let under_way: Vec<String> = world.under_way().map(letter_link).collect();
    let under_way = match under_way.is_empty() {
        true => String::new(),
        false => format!("<p>Held back: {}</p>", under_way.join(", ")),
    };
    format!("<section class=\"tree\"><h2>Actors</h2>{under_way}<ul>{items}</ul>{rest}</section>")
}

fn tree_row(depth: usize, actor: &Actor) -> String {
    let status = actor.status().text();
    let again = match (actor.replaces, actor.replaced_by) {
        (Some(before), _) => format!(" <span class=\"again\">↻ after #{before}</span>"),
        (None, Some(after)) => format!(" <span class=\"again\">↻ as #{after}</span>"),
        (None, None) => String::new(),
    };
    let badge = match actor.mailbox.len() {
        0 => String::new(),
        n => format!("<b class=\"depth\" title=\"Messages in its mailbox\">{n}</b>"),
    };
    let chosen = if shown_actor() == Some(actor.number) { " aria-current=\"true\"" } else { "" };
    format!(
        "<li><button type=\"button\" data-do=\"actor:{}\" data-status=\"{status}\" style=\"--depth:{depth}\"{chosen}><i class=\"dot\"></i>\
         <span class=\"name\">{}</span>{badge}<span class=\"note\">{status}{again}</span></button></li>",
        actor.number,
        escape(&actor.title())
    )
}
