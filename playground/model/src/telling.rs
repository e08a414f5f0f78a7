//! Events in words.

use crate::trace::{Event, Kind, Letter, Number, Shown};
use crate::world::World;

/// What an event is, without who does it. `world` is one that knows the actors' names.
pub fn text(event: &Event, world: &World) -> String {
    match &event.kind {
        Kind::Spawn { to, .. } => format!("spawns {}", world.title(*to)),
        Kind::Send(letter) => {
            let verb = if letter.asks { "asks" } else { "sends to" };
            format!("{verb} {}: {}", world.title(letter.to), message(letter))
        }
        Kind::Receive { name, .. } => format!("takes {name}"),
        Kind::State { states, .. } => format!("has now {}", states_text(states)),
        Kind::Done { .. } => "is done with it".to_string(),
        Kind::Reply { status, value, .. } => match (&**status, value) {
            ("answered", Some(answer)) => format!("answers {answer}"),
            ("answered", None) => "answers".to_string(),
            (status, _) => format!("does not answer: {status}"),
        },
        Kind::Suspend { .. } => "waits".to_string(),
        Kind::Resume { .. } => "goes on".to_string(),
        Kind::Crash { why, .. } => format!("crashes: {why}"),
        Kind::Lost { .. } => "loses a message".to_string(),
        Kind::End => "ends".to_string(),
        Kind::Kill { actor } => format!("a command ends {}", world.title(*actor)),
        Kind::Pause { .. } => "a command pauses the program".to_string(),
        Kind::Finish => "nothing can happen any more".to_string(),
        Kind::Other(name) => name.clone(),
    }
}

/// Who does it; nothing for what is done by none.
pub fn actor(event: &Event, world: &World) -> String {
    event.actor.map_or(String::new(), |number: Number| world.title(number))
}

/// `Add(2, "a")`; without brackets if there are no values.
pub fn message(letter: &Letter) -> String {
    match letter.values.is_empty() {
        true => letter.name.clone(),
        false => {
            let texts: Vec<&str> = letter.values.iter().map(shown).collect();
            format!("{}({})", letter.name, texts.join(", "))
        }
    }
}

/// The beginning of a text that may be as long as a program likes.
pub fn brief(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

/// What prints no text is `…`.
pub fn shown(value: &Shown) -> &str {
    value.as_deref().unwrap_or("…")
}

pub fn states_text(states: &[(String, Shown)]) -> String {
    if states.is_empty() {
        return "no states".to_string();
    }
    states.iter().map(|(name, value)| format!("{name} = {}", shown(value))).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::brief;

    #[test]
    fn long_texts_have_an_end() {
        assert_eq!((brief("grüße", 5).as_str(), brief("grüße", 3).as_str()), ("grüße", "grü…"));
        assert_eq!(brief("", 0), "");
    }
}
