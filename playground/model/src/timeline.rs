//! The events of a traced run that are kept, and what they say of every moment. A position counts events: at 0 none has
//! happened, and at [`Timeline::len`] all have.
//!
//! A long run is looked at through a window: up to the message that the window begins with, events change the world at its beginning
//! and are not kept, and once [`limits::EVENTS`] are kept, later ones are counted. A copy of the world is kept each
//! [`SNAPSHOT`] events, so that any moment is at most so many events from one.

use crate::commands::{Command, delays};
use crate::limits;
use crate::telling;
use crate::trace::{Event, Kind, Letter, Line, Number, read};
use crate::world::{MAIN, Status, World};
use std::collections::BTreeMap;
use std::rc::Rc;

/// How many events lie between two copies of the world.
const SNAPSHOT: usize = 256;

pub struct Timeline {
    events: Vec<Event>,
    snapshots: Vec<World>,
    /// After all events.
    now: World,
    /// The message that the window begins with; 0: the beginning of the program.
    pub first: Number,
    is_open: bool,
    /// How many events came after those that are kept.
    pub left_out: usize,
    lanes: Vec<Lane>,
    flights: Vec<Flight>,
    by_message: BTreeMap<Number, usize>,
    bars: Vec<Bar>,
}

/// An actor in the window: from which to which event it lives, as far as that is in the window.
#[derive(Clone, PartialEq, Debug)]
pub struct Lane {
    pub actor: Number,
    pub begin: usize,
    pub end: Option<usize>,
    pub crash: Option<usize>,
}

/// A message, and the events that tell what becomes of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Flight {
    pub letter: Rc<Letter>,
    /// `None`: before the window.
    pub sent: Option<usize>,
    pub taken: Option<usize>,
    pub done: Option<usize>,
    pub lost: Option<usize>,
    pub reply: Option<usize>,
    /// Whether a command holds it back.
    pub is_delayed: bool,
}

/// A stretch of time in which a handler, or `main`, runs or waits.
#[derive(Clone, PartialEq, Debug)]
pub struct Bar {
    pub actor: Number,
    /// What the handler has in hand; `main` has nothing.
    pub message: Option<Number>,
    pub waits: bool,
    /// How many other handlers of the actor have begun and not ended.
    pub depth: usize,
    pub begin: usize,
    pub end: Option<usize>,
}

impl Timeline {
    /// `first`: the message that the window begins with, or 0. `commands`: what the program is told.
    pub fn new(first: Number, commands: &[String]) -> Timeline {
        let mut timeline = Timeline {
            events: Vec::new(),
            snapshots: Vec::new(),
            now: World::new(delays(commands)),
            first,
            is_open: false,
            left_out: 0,
            lanes: Vec::new(),
            flights: Vec::new(),
            by_message: BTreeMap::new(),
            bars: Vec::new(),
        };
        if first == 0 {
            timeline.open();
        }
        timeline
    }

    /// Takes a line of standard error; whether it is one of the trace, and not the program's own.
    pub fn take(&mut self, line: &str) -> bool {
        match read(line) {
            Line::Text => return false,
            Line::Begin => {}
            Line::Event(event) => self.push(event),
        }
        true
    }

    fn push(&mut self, event: Event) {
        if !self.is_open {
            if !matches!(&event.kind, Kind::Send(letter) if letter.number >= self.first) {
                return self.now.apply(&event);
            }
            self.open();
        }
        if self.is_full() {
            self.left_out += 1;
            return;
        }
        let at = self.events.len();
        if at.is_multiple_of(SNAPSHOT) {
            self.snapshots.push(self.now.clone());
        }
        let main_before = self.main_status();
        self.now.apply(&event);
        self.note(at, &event);
        self.note_main(at, main_before);
        self.events.push(event);
    }

    /// The window begins: what is there already has no beginning in it.
    fn open(&mut self) {
        self.is_open = true;
        let alive = self.now.actors().filter(|actor| !actor.is_gone());
        self.lanes = alive.map(|actor| Lane::new(actor.number, 0)).collect();
        for letter in self.now.letters() {
            self.by_message.insert(letter.number, self.flights.len());
            self.flights.push(Flight::new(letter.clone(), None, &self.now));
        }
        let hands = self.now.actors().flat_map(|actor| actor.hands.iter().map(|hand| (actor.number, *hand)));
        self.bars = hands.map(|(actor, hand)| Bar::new(actor, Some(hand.message), hand.waits, 0)).collect();
        match self.main_status() {
            Some(Status::Runs) => self.bars.push(Bar::new(MAIN, None, false, 0)),
            Some(Status::Waits) => self.bars.push(Bar::new(MAIN, None, true, 0)),
            _ => {}
        }
    }

    fn main_status(&self) -> Option<Status> {
        self.now.actor(MAIN).map(|main| main.status())
    }

    fn note(&mut self, at: usize, event: &Event) {
        let by = event.actor.unwrap_or(MAIN);
        match &event.kind {
            Kind::Spawn { to, .. } => self.lanes.push(Lane::new(*to, at)),
            Kind::Send(letter) => {
                self.by_message.insert(letter.number, self.flights.len());
                self.flights.push(Flight::new(letter.clone(), Some(at), &self.now));
            }
            Kind::Receive { message, .. } => {
                self.note_flight(*message, |flight| flight.taken = Some(at));
                let depth = self.now.actor(by).map_or(0, |actor| actor.hands.len().saturating_sub(1));
                self.bars.push(Bar { depth, ..Bar::new(by, Some(*message), false, at) });
            }
            Kind::Done { message } => {
                self.note_flight(*message, |flight| flight.done = Some(at));
                self.close_bar(by, Some(*message), at);
            }
            Kind::Reply { message, .. } => self.note_flight(*message, |flight| flight.reply = Some(at)),
            Kind::Lost { message } => self.note_flight(*message, |flight| flight.lost = Some(at)),
            Kind::Suspend { message: Some(message) } => self.turn_bar(by, *message, true, at),
            Kind::Resume { message: Some(message) } => self.turn_bar(by, *message, false, at),
            Kind::Crash { .. } => {
                self.close_bars(by, at);
                self.note_lane(by, |lane| lane.crash = Some(at));
            }
            Kind::End => self.note_lane(by, |lane| lane.end = Some(at)),
            Kind::Finish => self.note_lane(MAIN, |lane| lane.end = Some(at)),
            _ => {}
        }
    }

    /// Nothing tells when `main` begins and ends: the world knows what it does.
    fn note_main(&mut self, at: usize, before: Option<Status>) {
        let now = self.main_status();
        if now == before {
            return;
        }
        self.close_bar(MAIN, None, at);
        match now {
            Some(Status::Runs) => self.bars.push(Bar::new(MAIN, None, false, at)),
            Some(Status::Waits) => self.bars.push(Bar::new(MAIN, None, true, at)),
            _ => {}
        }
    }

    fn note_flight(&mut self, message: Number, note: impl FnOnce(&mut Flight)) {
        if let Some(at) = self.by_message.get(&message) {
            note(&mut self.flights[*at]);
        }
    }

    fn note_lane(&mut self, actor: Number, note: impl FnOnce(&mut Lane)) {
        if let Some(lane) = self.lanes.iter_mut().find(|lane| lane.actor == actor) {
            note(lane);
        }
    }

    /// The depth of the bar that ends.
    fn close_bar(&mut self, actor: Number, message: Option<Number>, at: usize) -> usize {
        let is_it = |bar: &&mut Bar| bar.end.is_none() && bar.actor == actor && bar.message == message;
        match self.bars.iter_mut().rev().find(is_it) {
            Some(bar) => {
                bar.end = Some(at);
                bar.depth
            }
            None => 0,
        }
    }

    fn close_bars(&mut self, actor: Number, at: usize) {
        let open = self.bars.iter_mut().filter(|bar| bar.end.is_none() && bar.actor == actor);
        open.for_each(|bar| bar.end = Some(at));
    }

    fn turn_bar(&mut self, actor: Number, message: Number, waits: bool, at: usize) {
        let depth = self.close_bar(actor, Some(message), at);
        self.bars.push(Bar { depth, ..Bar::new(actor, Some(message), waits, at) });
    }

    pub fn len(&self) -> usize {
        self.events.len()
    }

    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Whether later events are only counted.
    pub fn is_full(&self) -> bool {
        self.events.len() >= limits::EVENTS
    }

    pub fn events(&self) -> &[Event] {
        &self.events
    }

    pub fn lanes(&self) -> &[Lane] {
        &self.lanes
    }

    pub fn flights(&self) -> &[Flight] {
        &self.flights
    }

    pub fn bars(&self) -> &[Bar] {
        &self.bars
    }

    pub fn flight(&self, message: Number) -> Option<&Flight> {
        self.by_message.get(&message).map(|at| &self.flights[*at])
    }

    /// After all events that are kept. It knows the names of all actors.
    pub fn now(&self) -> &World {
        &self.now
    }

    /// What is when so many events have happened; all, if there are not so many.
    pub fn world(&self, position: usize) -> World {
        if position >= self.len() {
            return self.now.clone();
        }
        let begin = position / SNAPSHOT;
        let mut world = self.snapshots[begin].clone();
        self.events[begin * SNAPSHOT..position].iter().for_each(|event| world.apply(event));
        world
    }

    /// The event that has led to a position.
    pub fn event_at(&self, position: usize) -> Option<&Event> {
        self.events.get(position.checked_sub(1)?)
    }

    /// Who does it and what, for an event by its index.
    pub fn told(&self, index: usize) -> (String, String) {
        let event = &self.events[index];
        (telling::actor(event, &self.now), telling::text(event, &self.now))
    }

    fn is_sending(&self, position: usize) -> bool {
        self.event_at(position).is_some_and(|event| matches!(event.kind, Kind::Send(_)))
    }

    /// Where the next message has been sent; the end, if there is none.
    pub fn next_message(&self, position: usize) -> usize {
        (position + 1..=self.len()).find(|at| self.is_sending(*at)).unwrap_or(self.len())
    }

    /// Where the message before has been sent; the beginning, if there is none.
    pub fn previous_message(&self, position: usize) -> usize {
        (1..position.min(self.len() + 1)).rev().find(|at| self.is_sending(*at)).unwrap_or(0)
    }

    /// The last message that was sent in the window, for another window that goes on with it.
    pub fn last_message(&self) -> Option<Number> {
        self.flights.last().filter(|flight| flight.sent.is_some()).map(|flight| flight.letter.number)
    }

    /// Whether it is an actor's first message, which its constructor takes: it is sent as soon as the actor is spawned.
    pub fn is_constructor(&self, flight: &Flight) -> bool {
        let before =
            flight.sent.and_then(|sent| sent.checked_sub(1)).and_then(|index| self.events.get(index));
        let is_spawn = |event: &Event| matches!(event.kind, Kind::Spawn { to, .. } if to == flight.letter.to);
        before.map_or(flight.letter.name == "new", is_spawn)
    }

    /// At which message an actor is to be ended to be so at a position: the last one that was sent by then; or its
    /// own first one, if it is younger.
    pub fn kill_point(&self, position: usize, actor: Number) -> Option<Number> {
        let world = self.world(position);
        world.actor(actor).filter(|actor| !actor.is_gone() && actor.number != MAIN)?;
        let spawned = self.lanes.iter().find(|lane| lane.actor == actor)?.begin;
        let is_younger = match self.flight(world.sent).and_then(|flight| flight.sent) {
            Some(sent) => spawned > sent,
            None => {
                matches!(self.events.get(spawned), Some(Event { kind: Kind::Spawn { to, .. }, .. }) if *to == actor)
            }
        };
        Some(if is_younger { world.sent + 1 } else { world.sent })
    }

    /// The position at which a command has been carried out, if it has.
    pub fn position_of(&self, command: Command) -> Option<usize> {
        let index = match command {
            Command::Drop { message } => self.flight(message)?.lost?,
            Command::Delay { message, .. } => self.flight(message)?.sent?,
            Command::Kill { at, actor } => {
                let from = self.flight(at).and_then(|flight| flight.sent).unwrap_or(0);
                let is_it = |event: &Event| event.kind == Kind::Kill { actor };
                from + self.events[from..].iter().position(is_it)?
            }
        };
        Some(index + 1)
    }
}

impl Lane {
    fn new(actor: Number, begin: usize) -> Lane {
        Lane { actor, begin, end: None, crash: None }
    }
}

impl Flight {
    fn new(letter: Rc<Letter>, sent: Option<usize>, world: &World) -> Flight {
        let is_delayed = world.is_delayed(letter.number);
        Flight { letter, sent, taken: None, done: None, lost: None, reply: None, is_delayed }
    }
}

impl Bar {
    fn new(actor: Number, message: Option<Number>, waits: bool, begin: usize) -> Bar {
        Bar { actor, message, waits, depth: 0, begin, end: None }
    }
}
