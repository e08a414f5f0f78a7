//! What a program that was built with a trace writes of its actors, as lines for readers; docs/galc.md has the format.

use serde_json::Value;
use std::collections::BTreeMap;

/// What is kept; later events are counted.
pub const EVENTS: usize = 5_000;

#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    pub nanoseconds: u64,
    /// The actor that does it: `Counter #1`, or `main`.
    pub actor: String,
    /// What the format calls it.
    pub kind: String,
    pub text: String,
}

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Trace {
    pub events: Vec<Event>,
    /// How many more there were than [`EVENTS`].
    pub left_out: usize,
    names: BTreeMap<u64, String>,
}

impl Trace {
    /// Takes a line of standard error; whether it is one of the trace, and not the program's own.
    pub fn take(&mut self, line: &str) -> bool {
        if !line.starts_with("{\"event\":") {
            return false;
        }
        let Ok(value) = serde_json::from_str::<Value>(line) else { return false };
        let Some(kind) = value["event"].as_str() else { return false };
        if kind == "spawn"
            && let (Some(to), Some(name)) = (value["to"].as_u64(), value["name"].as_str())
        {
            self.names.insert(to, name.to_string());
        }
        if kind == "begin" {
            return true;
        }
        if self.events.len() >= EVENTS {
            self.left_out += 1;
            return true;
        }
        let event = Event {
            nanoseconds: value["time"].as_u64().unwrap_or_default(),
            actor: self.name(&value["actor"]),
            kind: kind.to_string(),
            text: self.text(kind, &value),
        };
        self.events.push(event);
        true
    }

    pub fn actors(&self) -> usize {
        self.names.len()
    }

    fn name(&self, number: &Value) -> String {
        match number.as_u64() {
            None => String::new(),
            Some(0) => "main".to_string(),
            Some(number) => match self.names.get(&number) {
                Some(name) => format!("{name} #{number}"),
                None => format!("#{number}"),
            },
        }
    }

    fn text(&self, kind: &str, value: &Value) -> String {
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_string();
        match kind {
            "spawn" => format!("spawns {}", self.name(&value["to"])),
            "send" => {
                let verb = if value["asks"] == true { "asks" } else { "sends to" };
                format!("{verb} {}: {}{}", self.name(&value["to"]), text("name"), values(&value["values"]))
            }
            "receive" => format!("takes {}", text("name")),
            "state" => format!("has now {}", states(&value["states"])),
            "done" => "is done with it".to_string(),
            "reply" => match (value["status"].as_str(), value["value"].as_str()) {
                (Some("answered"), Some(answer)) => format!("answers {answer}"),
                (Some("answered"), None) => "answers".to_string(),
                (status, _) => format!("does not answer: {}", status.unwrap_or_default()),
            },
            "suspend" => "waits".to_string(),
            "resume" => "goes on".to_string(),
            "crash" => format!("crashes: {}", text("why")),
            "lost" => "loses a message".to_string(),
            "end" => "ends".to_string(),
            "finish" => "nothing can happen any more".to_string(),
            other => other.to_string(),
        }
    }
}

/// `(2, "a")`; nothing for a message without values. What prints no text is `…`.
fn values(values: &Value) -> String {
    let texts: Vec<&str> =
        values.as_array().into_iter().flatten().map(|it| it.as_str().unwrap_or("…")).collect();
    if texts.is_empty() { String::new() } else { format!("({})", texts.join(", ")) }
}

fn states(states: &Value) -> String {
    let texts = states.as_object().into_iter().flatten();
    let texts = texts.map(|(name, value)| format!("{name} = {}", value.as_str().unwrap_or("…")));
    texts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &[&str] = &[
        r#"{"event":"begin","version":1,"clock":"virtual"}"#,
        r#"{"event":"spawn","time":0,"actor":0,"to":1,"name":"Counter"}"#,
        r#"{"event":"send","time":5,"actor":0,"message":2,"to":1,"name":"Get","asks":true,"values":["1","\"a\"",null]}"#,
        r#"{"event":"receive","time":5,"actor":1,"message":2,"name":"Get"}"#,
        r#"{"event":"state","time":5,"actor":1,"message":2,"states":{"count":"10"}}"#,
        r#"{"event":"reply","time":5,"actor":1,"message":2,"status":"answered","value":"10"}"#,
        r#"{"event":"reply","time":5,"actor":1,"message":3,"status":"dead"}"#,
        r#"{"event":"crash","time":6,"actor":1,"why":"panic","message":2}"#,
        r#"{"event":"finish","time":7}"#,
        r#"{"event":"novelty","time":7,"actor":2}"#,
    ];

    #[test]
    fn events_are_told_with_the_names_of_actors() {
        let mut trace = Trace::default();
        assert!(LINES.iter().all(|line| trace.take(line)));
        let told: Vec<String> =
            trace.events.iter().map(|event| format!("{} {}", event.actor, event.text)).collect();
        let expected = [
            "main spawns Counter #1",
            "main asks Counter #1: Get(1, \"a\", …)",
            "Counter #1 takes Get",
            "Counter #1 has now count = 10",
            "Counter #1 answers 10",
            "Counter #1 does not answer: dead",
            "Counter #1 crashes: panic",
            " nothing can happen any more",
            "#2 novelty",
        ];
        assert_eq!(told, expected);
        assert_eq!((trace.actors(), trace.events[1].nanoseconds), (1, 5));
    }

    #[test]
    fn what_the_program_writes_itself_is_no_trace() {
        let mut trace = Trace::default();
        for line in ["panic at a.gal:1:1: x", "", "{\"event\":", "{\"event\":1}", "{}"] {
            assert!(!trace.take(line), "{line}");
        }
        assert_eq!(trace, Trace::default());
    }

    #[test]
    fn there_is_an_end_to_what_is_kept() {
        let mut trace = Trace::default();
        (0..EVENTS + 3).for_each(|_| assert!(trace.take(LINES[8])));
        assert_eq!((trace.events.len(), trace.left_out), (EVENTS, 3));
    }
}
