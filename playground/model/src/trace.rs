//! What a program that was built with a trace writes of its actors: an event a line, as docs/galc.md describes.
//!
//! Actors and messages are numbers here, as in the format; [`crate::world`] says what they are at a moment, and
//! [`crate::telling`] puts an event into words. Texts are shared, as the world's snapshots keep them.

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use std::fmt;
use std::rc::Rc;

/// Of an actor, where 0 is `main` and what it has started, or of a message.
pub type Number = u64;

/// Texts of values; what prints none has none.
pub type Shown = Option<String>;

/// The states of an actor by their names, in the order of their declaration.
pub type States = Rc<[(String, Shown)]>;

#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    pub nanoseconds: u64,
    /// The actor that does it. Commands and the end of all are done by none.
    pub actor: Option<Number>,
    pub kind: Kind,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Kind {
    Spawn {
        to: Number,
        name: Rc<str>,
    },
    Send(Rc<Letter>),
    Receive {
        message: Number,
        name: Rc<str>,
    },
    State {
        message: Number,
        states: States,
    },
    Done {
        message: Number,
    },
    Reply {
        message: Number,
        status: Rc<str>,
        value: Option<Rc<str>>,
    },
    Suspend {
        message: Option<Number>,
    },
    Resume {
        message: Option<Number>,
    },
    Crash {
        why: Rc<str>,
        message: Option<Number>,
    },
    Lost {
        message: Number,
    },
    End,
    Kill {
        actor: Number,
    },
    Pause {
        message: Number,
    },
    Finish,
    /// Of a later version of the format.
    Other(String),
}

/// A message as it was sent.
#[derive(Clone, PartialEq, Debug)]
pub struct Letter {
    pub number: Number,
    pub from: Number,
    pub to: Number,
    pub name: String,
    pub asks: bool,
    pub values: Vec<Shown>,
}

/// What a line of standard error is.
#[derive(Clone, PartialEq, Debug)]
pub enum Line {
    /// The program's own.
    Text,
    Begin,
    Event(Event),
}

const BEGINNING: &str = "{\"event\":";

/// Takes a line without its end.
pub fn read(line: &str) -> Line {
    if !line.starts_with(BEGINNING) {
        return Line::Text;
    }
    let Ok(fields) = serde_json::from_str::<Fields>(line) else { return Line::Text };
    if fields.event == "begin" {
        return Line::Begin;
    }
    match event(fields) {
        Some(event) => Line::Event(event),
        None => Line::Text,
    }
}

/// Whether a line was cut off in the middle of an event, as at a limit.
pub fn is_cut_off(line: &str) -> bool {
    line.starts_with(BEGINNING) && !line.ends_with('}')
}

#[derive(Deserialize)]
struct Fields {
    event: String,
    #[serde(default)]
    time: u64,
    actor: Option<Number>,
    to: Option<Number>,
    message: Option<Number>,
    name: Option<String>,
    #[serde(default)]
    asks: bool,
    #[serde(default)]
    values: Vec<Shown>,
    #[serde(default)]
    states: Pairs,
    status: Option<String>,
    value: Option<String>,
    why: Option<String>,
}

/// An object whose fields stay in their order.
#[derive(Default)]
struct Pairs(Vec<(String, Shown)>);

impl<'a> Deserialize<'a> for Pairs {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Pairs, D::Error> {
        struct Reader;
        impl<'a> Visitor<'a> for Reader {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of states")
            }

            fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<Pairs, M::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// `None` if a field is missing that the format promises.
fn event(fields: Fields) -> Option<Event> {
    let Fields { event, time, actor, to, message, name, asks, values, states, status, value, why } = fields;
    let text = |text: Option<String>| text.map(Rc::from);
    let kind = match event.as_str() {
        "spawn" => Kind::Spawn { to: to?, name: text(name)? },
        "send" => {
            let letter = Letter { number: message?, from: actor?, to: to?, name: name?, asks, values };
            Kind::Send(Rc::new(letter))
        }
        "receive" => Kind::Receive { message: message?, name: text(name)? },
        "state" => Kind::State { message: message?, states: states.0.into() },
        "done" => Kind::Done { message: message? },
        "reply" => Kind::Reply { message: message?, status: text(status)?, value: text(value) },
        "suspend" => Kind::Suspend { message },
        "resume" => Kind::Resume { message },
        "crash" => Kind::Crash { why: text(why)?, message },
        "lost" => Kind::Lost { message: message? },
        "end" => Kind::End,
        // The actor is whom it happens to.
        "kill" => return Some(Event { nanoseconds: time, actor: None, kind: Kind::Kill { actor: actor? } }),
        "pause" => Kind::Pause { message: message? },
        "finish" => Kind::Finish,
        _ => Kind::Other(event),
    };
    Some(Event { nanoseconds: time, actor, kind })
}

impl Kind {
    /// The message that it is about.
    pub fn message(&self) -> Option<Number> {
        match self {
            Kind::Send(letter) => Some(letter.number),
            Kind::Receive { message, .. }
            | Kind::State { message, .. }
            | Kind::Done { message }
            | Kind::Reply { message, .. }
            | Kind::Lost { message }
            | Kind::Pause { message } => Some(*message),
            Kind::Suspend { message } | Kind::Resume { message } | Kind::Crash { message, .. } => *message,
            Kind::Spawn { .. } | Kind::End | Kind::Kill { .. } | Kind::Finish | Kind::Other(_) => None,
        }
    }

    /// What the format calls it.
    pub fn name(&self) -> &str {
        match self {
            Kind::Spawn { .. } => "spawn",
            Kind::Send(_) => "send",
            Kind::Receive { .. } => "receive",
            Kind::State { .. } => "state",
            Kind::Done { .. } => "done",
            Kind::Reply { .. } => "reply",
            Kind::Suspend { .. } => "suspend",
            Kind::Resume { .. } => "resume",
            Kind::Crash { .. } => "crash",
            Kind::Lost { .. } => "lost",
            Kind::End => "end",
            Kind::Kill { .. } => "kill",
            Kind::Pause { .. } => "pause",
            Kind::Finish => "finish",
            Kind::Other(name) => name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_have_their_fields() {
        let line = r#"{"event":"send","time":5,"actor":0,"message":2,"to":1,"name":"Get","asks":true,"values":["1",null]}"#;
        let Line::Event(Event { nanoseconds: 5, actor: Some(0), kind: Kind::Send(letter) }) = read(line)
        else {
            panic!("it is a message")
        };
        assert_eq!((letter.number, letter.to, letter.asks), (2, 1, true));
        assert_eq!(letter.values, [Some("1".to_string()), None]);
        let line = r#"{"event":"state","time":5,"actor":1,"message":2,"states":{"z":"1","a":null}}"#;
        let Line::Event(Event { kind: Kind::State { states, .. }, .. }) = read(line) else {
            panic!("it is a state")
        };
        assert_eq!(*states, [("z".to_string(), Some("1".to_string())), ("a".to_string(), None)], "in order");
        let line = r#"{"event":"novelty","time":7,"actor":2,"more":{}}"#;
        assert!(
            matches!(read(line), Line::Event(Event { kind: Kind::Other(name), .. }) if name == "novelty")
        );
        assert_eq!(read(r#"{"event":"begin","version":1,"clock":"virtual"}"#), Line::Begin);
    }

    #[test]
    fn what_the_program_writes_itself_is_no_trace() {
        let lines =
            ["panic at a.gal:1:1: x", "", "{\"event\":", "{\"event\":1}", "{}", "{\"event\":\"send\"}"];
        for line in lines {
            assert_eq!(read(line), Line::Text, "{line}");
        }
    }

    #[test]
    fn lines_that_a_limit_has_cut_off_are_known() {
        assert!(is_cut_off("{\"event\":\"send\",\"ti"));
        assert!(!is_cut_off("{\"event\":\"end\",\"actor\":1}") && !is_cut_off("text"));
    }

    #[test]
    fn every_kind_has_the_name_that_the_format_gives_it() {
        for line in include_str!("../../../compiler/galc/tests/trace_events.jsonl").lines().skip(1) {
            let Line::Event(event) = read(line) else { panic!("{line}") };
            assert!(line.contains(&format!("\"event\":\"{}\"", event.kind.name())), "{line}");
            let message = event.kind.message();
            assert_eq!(message.is_some(), line.contains("\"message\":"), "{line}");
            assert!(!matches!(event.kind, Kind::Other(_)), "{line}");
        }
    }
}
