//! What is at a moment of a trace: the actors, what each has in hand, in its mailbox and in its states, and the messages
//! under way. A [`World`] begins empty but for `main` and takes events one by one.
//!
//! The trace does not say when the code of `main` and what it has started end. It runs on the same thread as everything else, so
//! it is not running when another actor begins or goes on while `main` waits for no answer.

use crate::supervision::{Family, SUPERVISOR};
use crate::trace::{Event, Kind, Letter, Number, States};
use std::collections::BTreeMap;
use std::rc::Rc;

/// `main`, and what it has started.
pub const MAIN: Number = 0;

#[derive(Clone, PartialEq, Debug)]
pub struct World {
    actors: BTreeMap<Number, Rc<Actor>>,
    /// Messages in mailboxes, in hand, under way or without an answer.
    letters: BTreeMap<Number, Rc<Letter>>,
    /// Who waits for an answer to which message.
    questions: BTreeMap<Number, Number>,
    /// Messages that a command holds back, and how many are to be sent before.
    held: BTreeMap<Number, Number>,
    /// The messages that commands hold back, and for how many others.
    delays: BTreeMap<Number, Number>,
    /// Of the supervisors.
    families: BTreeMap<Number, Family>,
    /// The number of the last message.
    pub sent: Number,
    pub nanoseconds: u64,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Actor {
    pub number: Number,
    pub name: Rc<str>,
    pub parent: Option<Number>,
    /// The crashed child of a supervisor that it stands in for, and the one that stands in for it.
    pub replaces: Option<Number>,
    pub replaced_by: Option<Number>,
    /// Messages that wait, the oldest first.
    pub mailbox: Vec<Number>,
    /// Handlers that have begun and not ended. There is more than one only if they are reentrant.
    pub hands: Vec<Hand>,
    /// As last traced, after a handler has ended.
    pub states: States,
    pub crashed: Option<Rc<str>>,
    pub is_freed: bool,
    /// Of [`MAIN`] only.
    turn: Turn,
}

/// A handler that has begun.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Hand {
    pub message: Number,
    pub waits: bool,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Turn {
    Runs,
    Waits,
    Rests,
}

/// What an actor does.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Status {
    Runs,
    Waits,
    /// It has messages, and its turn has not come.
    Ready,
    Idle,
    /// `main` has ended, or a thread that it has started waits.
    Rests,
    Crashed,
    Ended,
}

impl Status {
    pub fn text(self) -> &'static str {
        match self {
            Status::Runs => "runs",
            Status::Waits => "waits",
            Status::Ready => "ready",
            Status::Idle => "idle",
            Status::Rests => "at rest",
            Status::Crashed => "crashed",
            Status::Ended => "ended",
        }
    }
}

impl Actor {
    fn new(number: Number, name: Rc<str>, parent: Option<Number>) -> Actor {
        Actor {
            number,
            name,
            parent,
            replaces: None,
            replaced_by: None,
            mailbox: Vec::new(),
            hands: Vec::new(),
            states: Rc::from([]),
            crashed: None,
            is_freed: false,
            turn: Turn::Runs,
        }
    }

    pub fn status(&self) -> Status {
        match () {
            () if self.crashed.is_some() => Status::Crashed,
            () if self.is_freed => Status::Ended,
            () if self.number == MAIN => match self.turn {
                Turn::Runs => Status::Runs,
                Turn::Waits => Status::Waits,
                Turn::Rests => Status::Rests,
            },
            () if self.hands.iter().any(|hand| !hand.waits) => Status::Runs,
            () if !self.hands.is_empty() => Status::Waits,
            () if !self.mailbox.is_empty() => Status::Ready,
            () => Status::Idle,
        }
    }

    /// `Counter #1`, as its references print; `main`.
    pub fn title(&self) -> String {
        title(self.number, Some(&self.name))
    }

    pub fn is_gone(&self) -> bool {
        self.crashed.is_some() || self.is_freed
    }
}

pub fn title(number: Number, name: Option<&str>) -> String {
    match name {
        _ if number == MAIN => "main".to_string(),
        Some(name) => format!("{name} #{number}"),
        None => format!("#{number}"),
    }
}

impl World {
    /// `delays`: the messages that commands hold back, and for how many others.
    pub fn new(delays: BTreeMap<Number, Number>) -> World {
        let main = Rc::new(Actor::new(MAIN, "main".into(), None));
        World {
            actors: BTreeMap::from([(MAIN, main)]),
            letters: BTreeMap::new(),
            questions: BTreeMap::new(),
            held: BTreeMap::new(),
            delays,
            families: BTreeMap::new(),
            sent: 0,
            nanoseconds: 0,
        }
    }

    /// In the order of their numbers.
    pub fn actors(&self) -> impl Iterator<Item = &Actor> {
        self.actors.values().map(|actor| &**actor)
    }

    pub fn actor(&self, number: Number) -> Option<&Actor> {
        self.actors.get(&number).map(|actor| &**actor)
    }

    pub fn letter(&self, number: Number) -> Option<&Letter> {
        self.letters.get(&number).map(|letter| &**letter)
    }

    pub fn letters(&self) -> impl Iterator<Item = &Rc<Letter>> {
        self.letters.values()
    }

    /// Whether a command holds a message back, now or at another moment.
    pub fn is_delayed(&self, message: Number) -> bool {
        self.delays.get(&message).is_some_and(|messages| *messages > 0)
    }

    /// Messages that a command holds back.
    pub fn under_way(&self) -> impl Iterator<Item = &Letter> {
        self.held.keys().filter_map(|message| self.letter(*message))
    }

    /// The questions of an actor that have no answer yet.
    pub fn questions_of(&self, actor: Number) -> impl Iterator<Item = &Letter> {
        let own = self.questions.iter().filter(move |(_, asker)| **asker == actor);
        own.filter_map(|(message, _)| self.letter(*message))
    }

    pub fn title(&self, number: Number) -> String {
        title(number, self.actor(number).map(|actor| &*actor.name))
    }

    /// The tree of who has spawned whom: each actor behind its parent, with its depth.
    pub fn tree(&self) -> Vec<(usize, &Actor)> {
        let mut children: BTreeMap<Number, Vec<&Actor>> = BTreeMap::new();
        for actor in self.actors().filter(|actor| actor.number != MAIN) {
            children.entry(actor.parent.unwrap_or(MAIN)).or_default().push(actor);
        }
        let mut rows = Vec::new();
        let mut rest: Vec<(usize, &Actor)> = self.actor(MAIN).map(|main| (0, main)).into_iter().collect();
        while let Some((depth, actor)) = rest.pop() {
            rows.push((depth, actor));
            // An actor is spawned once, so that nothing comes twice.
            let below = children.remove(&actor.number).unwrap_or_default();
            rest.extend(below.into_iter().rev().map(|child| (depth + 1, child)));
        }
        rows
    }

    fn change(&mut self, number: Number, change: impl FnOnce(&mut Actor)) {
        if let Some(actor) = self.actors.get_mut(&number) {
            change(Rc::make_mut(actor));
        }
    }

    pub fn apply(&mut self, event: &Event) {
        self.nanoseconds = event.nanoseconds;
        self.turn_main(event);
        let by = event.actor.unwrap_or(MAIN);
        match &event.kind {
            Kind::Spawn { to, name } => self.spawn(by, *to, name),
            Kind::Send(letter) => self.send(letter),
            Kind::Receive { message, .. } => {
                if let (Some(family), Some(letter)) = (self.families.get_mut(&by), self.letters.get(message))
                {
                    family.receive(letter);
                }
                self.take_out(by, *message);
                self.change(by, |actor| actor.hands.push(Hand { message: *message, waits: false }));
            }
            Kind::State { states, .. } => self.change(by, |actor| actor.states = states.clone()),
            Kind::Done { message } => {
                self.change(by, |actor| actor.hands.retain(|hand| hand.message != *message));
                self.forget(*message);
            }
            Kind::Reply { message, .. } => {
                self.questions.remove(message);
                self.forget(*message);
            }
            Kind::Suspend { message: Some(message) } => self.set_waits(by, *message, true),
            Kind::Resume { message: Some(message) } => self.set_waits(by, *message, false),
            Kind::Crash { why, .. } => self.crash(by, why),
            Kind::Lost { message } => {
                self.take_out(by, *message);
                self.forget(*message);
            }
            Kind::End => self.change(by, |actor| actor.is_freed = true),
            Kind::Finish => self.change(MAIN, |actor| actor.is_freed = true),
            Kind::Suspend { message: None }
            | Kind::Resume { message: None }
            | Kind::Kill { .. }
            | Kind::Pause { .. }
            | Kind::Other(_) => {}
        }
    }

    fn turn_main(&mut self, event: &Event) {
        let next = match (&event.kind, event.actor) {
            (Kind::Suspend { .. }, Some(MAIN)) => Turn::Waits,
            (Kind::Resume { .. } | Kind::Send(_) | Kind::Spawn { .. }, Some(MAIN)) => Turn::Runs,
            (Kind::Receive { .. } | Kind::Resume { .. }, Some(_)) => {
                let runs = self.actor(MAIN).is_some_and(|main| main.turn == Turn::Runs);
                if !runs || self.questions.values().any(|asker| *asker == MAIN) {
                    return;
                }
                Turn::Rests
            }
            _ => return,
        };
        self.change(MAIN, |main| main.turn = next);
    }

    fn spawn(&mut self, by: Number, to: Number, name: &Rc<str>) {
        let mut made = Actor::new(to, name.clone(), Some(by));
        made.replaces = self.families.get_mut(&by).and_then(|family| family.spawned(to, name));
        if &**name == SUPERVISOR {
            self.families.insert(to, Family::default());
        }
        if let Some(before) = made.replaces {
            self.change(before, |actor| actor.replaced_by = Some(to));
        }
        self.actors.insert(to, Rc::new(made));
    }

    fn send(&mut self, letter: &Rc<Letter>) {
        self.sent = letter.number;
        self.letters.insert(letter.number, letter.clone());
        if letter.asks {
            self.questions.insert(letter.number, letter.from);
        }
        match self.delays.get(&letter.number) {
            Some(messages) if *messages > 0 => {
                self.held.insert(letter.number, letter.number + messages);
            }
            _ => self.change(letter.to, |actor| actor.mailbox.push(letter.number)),
        }
        let due: Vec<Number> =
            self.held.iter().filter(|(_, until)| **until <= self.sent).map(|(message, _)| *message).collect();
        for message in due {
            self.held.remove(&message);
            if let Some(to) = self.letter(message).map(|letter| letter.to) {
                self.change(to, |actor| actor.mailbox.push(message));
            }
        }
    }

    fn take_out(&mut self, actor: Number, message: Number) {
        self.held.remove(&message);
        self.change(actor, |actor| actor.mailbox.retain(|waiting| *waiting != message));
    }

    fn set_waits(&mut self, actor: Number, message: Number, waits: bool) {
        self.change(actor, |actor| {
            if let Some(hand) = actor.hands.iter_mut().find(|hand| hand.message == message) {
                hand.waits = waits;
            }
        });
    }

    fn crash(&mut self, number: Number, why: &Rc<str>) {
        let hands = self.actor(number).map(|actor| actor.hands.clone()).unwrap_or_default();
        self.change(number, |actor| {
            actor.crashed = Some(why.clone());
            actor.hands.clear();
        });
        hands.iter().for_each(|hand| self.forget(hand.message));
    }

    /// Nothing is left of a message that is in no mailbox and no hand, and that nobody waits for.
    fn forget(&mut self, message: Number) {
        let Some(to) = self.letter(message).map(|letter| letter.to) else { return };
        let is_known = self.questions.contains_key(&message)
            || self.held.contains_key(&message)
            || self.actor(to).is_some_and(|actor| {
                actor.mailbox.contains(&message) || actor.hands.iter().any(|hand| hand.message == message)
            });
        if !is_known {
            self.letters.remove(&message);
        }
    }
}
