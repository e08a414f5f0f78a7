//! What actors do: a traced run, and any moment of it. The view has a position in the trace, which counts events; whatever is shown is
//! that of the position. [`playground_model::timeline`] knows what that is, [`diagram`], [`inspector`] and [`list`] show it.
//!
//! A run is a function of the program, its input, the seed and the commands: to go back is a matter of the trace that is kept, and whatever
//! changes the run runs it once more. While a program runs, its trace grows, and the view follows its end until somebody steps away from there.

mod bar;
mod diagram;
mod faults;
mod inspector;
mod list;

pub use faults::{add_command, add_typed_command, change_seed, delay, remove_command, seed_typed, surprise};

use crate::app::{App, app};
use crate::dom;
use crate::{layout, panels, problems, runs};
use playground_model::commands::Command;
use playground_model::document::Moment;
use playground_model::protocol::{Answer, Request};
use playground_model::timeline::Timeline;
use playground_model::trace::{Kind, Number};
use playground_model::world::MAIN;
use std::cell::{Cell, RefCell};

pub struct Actors {
    timeline: RefCell<Timeline>,
    position: Cell<usize>,
    /// Whether the position is the end, whatever comes.
    follows: Cell<bool>,
    /// Where the position goes as soon as that has happened.
    target: Cell<Option<Target>>,
    actor: Cell<Option<Number>>,
    /// Of the actor that is chosen: another program has another one of this number.
    actor_name: RefCell<String>,
    message: Cell<Option<Number>>,
    is_list: Cell<bool>,
    is_asked_for: Cell<bool>,
    /// How many characters the traced program has written itself.
    own_output: Cell<usize>,
    parts: bar::Parts,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Target {
    Position(usize),
    Command(Command),
}

impl Default for Actors {
    fn default() -> Actors {
        Actors {
            timeline: RefCell::new(Timeline::new(0, &[])),
            position: Cell::new(0),
            follows: Cell::new(true),
            target: Cell::new(None),
            actor: Cell::new(None),
            actor_name: RefCell::default(),
            message: Cell::new(None),
            is_list: Cell::new(false),
            is_asked_for: Cell::new(false),
            own_output: Cell::new(0),
            parts: bar::Parts::default(),
        }
    }
}

fn view() -> &'static Actors {
    &app().actors
}

/// Whether the program that runs is traced.
pub fn is_live() -> bool {
    app().is_traced.get() && app().runs.borrow().is_busy()
}

// Runs.

/// Runs the program from its beginning, and follows.
pub fn run() {
    let target = app().document.borrow_mut().moment.take();
    match target {
        // A link shows a moment.
        Some(Moment { position, first }) => start(first, Some(Target::Position(position))),
        None => start(0, None),
    }
}

fn start(first: Number, target: Option<Target>) {
    let view = view();
    view.target.set(target);
    view.follows.set(true);
    panels::open("actors");
    runs::run_traced(first);
    draw();
}

/// Runs it once more in the same window.
fn run_again(target: Option<Target>) {
    let first = view().timeline.borrow().first;
    start(first, target);
}

/// A traced run begins: its trace takes the place of the one before.
pub fn begin(first: Number, commands: &[String]) {
    let view = view();
    *view.timeline.borrow_mut() = Timeline::new(first, commands);
    view.position.set(0);
    view.own_output.set(0);
    view.message.set(None);
    view.parts.forget();
    draw();
}

/// Another program: nothing of this one is shown.
pub fn forget() {
    let view = view();
    view.target.set(None);
    view.actor.set(None);
    view.follows.set(true);
    begin(0, &[]);
}

/// A link's document opens the view, and the run that a reader asks for goes to its moment.
pub fn show_moment() {
    if app().document.borrow().moment.is_some() {
        panels::open("actors");
    }
}

/// What a link is to show; nothing if the actors are not in sight.
pub fn moment() -> Option<Moment> {
    if !panels::is_open("actors") {
        return None;
    }
    let timeline = view().timeline.borrow();
    let is_empty = timeline.is_empty();
    let before = app().document.borrow().moment.clone();
    before.or_else(|| (!is_empty).then(|| Moment { position: view().position.get(), first: timeline.first }))
}

/// Ends the run, and stays where it is.
pub fn pause() {
    runs::stop();
    view().follows.set(false);
    draw();
}

/// Goes on behind what is kept; or once more, if the run was stopped before the trace was full.
pub fn go_on() {
    let (first, is_full) = {
        let timeline = view().timeline.borrow();
        let next = timeline.last_message().filter(|next| *next > timeline.first);
        (next.unwrap_or(timeline.first), timeline.is_full())
    };
    if is_full { start(first, None) } else { run_again(None) }
}

/// Back to the first window.
pub fn from_the_beginning() {
    start(0, Some(Target::Position(0)));
}

impl App {
    /// Takes the trace out of what has come to standard error: the rest. Text comes by whole lines.
    pub fn take_trace(&'static self, run: u32, text: &str) -> String {
        let mut timeline = self.actors.timeline.borrow_mut();
        let is_own = |line: &&str| {
            let line = line.trim_end();
            !timeline.take(line) && !playground_model::trace::is_cut_off(line)
        };
        let rest = text.split_inclusive('\n').filter(is_own).collect();
        let is_full = timeline.left_out > 0;
        drop(timeline);
        draw();
        if is_full {
            self.runner.stop(run);
            self.run_event(run, playground_model::run::Event::TraceFull);
        }
        rest
    }

    /// Whether what a traced program has written itself is within the limit; with its trace it may write more.
    pub fn is_within_limit(&self, text: &str) -> bool {
        let written = self.actors.own_output.get() + text.len();
        self.actors.own_output.set(written);
        written <= playground_model::limits::OUTPUT_BYTES as usize
    }
}

/// The run has ended: what it was to go to will not come any more.
pub fn ended() {
    draw();
    let Some(target) = view().target.get() else { return };
    if find(target).is_none()
        && let Target::Command(command) = target
    {
        layout::toast(&format!("`{command}` has had no effect in this part of the run."));
    }
}

// The position.

fn find(target: Target) -> Option<usize> {
    let timeline = view().timeline.borrow();
    match target {
        Target::Position(position) => (timeline.len() >= position).then_some(position),
        Target::Command(command) => timeline.position_of(command),
    }
}

/// Goes to the target if it is there, and with the end as long as nobody has stepped away.
fn follow() {
    let view = view();
    if let Some(found) = view.target.get().and_then(find) {
        view.target.set(None);
        view.follows.set(false);
        view.position.set(found);
    }
    if view.follows.get() {
        view.position.set(view.timeline.borrow().len());
    }
}

pub fn seek(position: usize) {
    let view = view();
    let len = view.timeline.borrow().len();
    view.position.set(position.min(len));
    view.follows.set(position >= len && is_live());
    view.target.set(None);
    view.message.set(None);
    view.parts.reveal();
    draw();
}

/// What a button or a key does to the position.
pub fn step(how: &str) {
    let view = view();
    let at = view.position.get();
    let to = {
        let timeline = view.timeline.borrow();
        match how {
            "first" => 0,
            "message-back" => timeline.previous_message(at),
            "back" => at.saturating_sub(1),
            "next" => at + 1,
            "message-next" => timeline.next_message(at),
            _ => timeline.len(),
        }
    };
    seek(to);
}

// What is chosen.

/// The actor that somebody has chosen, or the one of the event at the position.
fn shown_actor() -> Option<Number> {
    let timeline = view().timeline.borrow();
    let event = timeline.event_at(view().position.get());
    let by_event = event.and_then(|event| match &event.kind {
        Kind::Kill { actor } => Some(*actor),
        _ => event.actor,
    });
    view().actor.get().or(by_event)
}

/// The message that somebody has chosen, or the one of the event at the position.
fn shown_message() -> Option<Number> {
    let timeline = view().timeline.borrow();
    let event = timeline.event_at(view().position.get());
    view().message.get().or_else(|| event?.kind.message())
}

/// Chooses an actor, or no longer.
pub fn choose_actor(number: Number) {
    let view = view();
    view.actor.set(if view.actor.get() == Some(number) { None } else { Some(number) });
    *view.actor_name.borrow_mut() = view.timeline.borrow().now().title(number);
    draw();
}

pub fn choose_message(number: Number) {
    view().message.set(Some(number));
    draw();
}

pub fn toggle_list() {
    let view = view();
    view.is_list.set(!view.is_list.get());
    view.parts.reveal();
    draw();
}

// Sources.

/// Shows where the handler of a message is declared, or the constructor.
pub fn message_source(number: Number) {
    let timeline = view().timeline.borrow();
    let Some(letter) = timeline.flight(number).map(|flight| flight.letter.clone()) else { return };
    let actor = timeline.now().actor(letter.to).map(|actor| actor.name.to_string());
    drop(timeline);
    if let Some(actor) = actor {
        show_declaration(Some(actor), Some(letter.name.clone()));
    }
}

pub fn actor_source(number: Number) {
    let name = view().timeline.borrow().now().actor(number).map(|actor| actor.name.to_string());
    show_declaration(name.filter(|_| number != MAIN), None);
}

/// Of what the position is at.
pub fn source_here() {
    match (shown_message(), shown_actor()) {
        (Some(message), _) => message_source(message),
        (None, Some(actor)) => actor_source(actor),
        (None, None) => {}
    }
}

fn show_declaration(actor: Option<String>, handler: Option<String>) {
    let what = actor.clone().unwrap_or("main".to_string());
    let request = Request::Declaration { files: app().files(), actor, handler };
    app().compiler.ask(request, move |answer, _| match answer {
        Answer::Declared { place: Some(place) } => {
            problems::show_place(&place);
            app().editor.focus();
        }
        Answer::Declared { place: None } => {
            layout::toast(&format!(
                "`{what}` is none of this program's files': it is of the library, or gone."
            ));
        }
        Answer::Failed { message } => layout::toast(&message),
        _ => {}
    });
}

// Drawing.

/// Draws the view before the next frame, however often it is asked for.
pub fn draw() {
    if !panels::is_open("actors") || view().is_asked_for.replace(true) {
        return;
    }
    dom::next_frame(|| {
        view().is_asked_for.set(false);
        if panels::is_open("actors") {
            draw_now();
        }
    });
}

/// Chooses no longer an actor that is another one.
fn check_choice() {
    let view = view();
    let Some(number) = view.actor.get() else { return };
    let timeline = view.timeline.borrow();
    if timeline.now().actor(number).is_some_and(|actor| actor.title() != *view.actor_name.borrow()) {
        view.actor.set(None);
    }
}

fn draw_now() {
    follow();
    check_choice();
    bar::draw();
    faults::draw();
    if view().timeline.borrow().is_empty() {
        return;
    }
    bar::draw_steps();
    if view().is_list.get() {
        list::draw();
    } else {
        diagram::draw();
    }
    inspector::draw();
}
