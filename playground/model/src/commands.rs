//! Commands to a program that runs with a trace: faults on demand, and whatever else docs/galc.md has under "Commands".
//!
//! They are kept as they are written, so that the program's own runtime judges them. What is known of them here serves to show them in
//! the trace, and to write those that buttons make.

use crate::trace::Number;
use std::collections::BTreeMap;
use std::fmt;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Command {
    Drop { message: Number },
    Delay { message: Number, messages: Number },
    Kill { at: Number, actor: Number },
}

impl Command {
    /// `None` for other commands, and for what is none.
    pub fn parse(line: &str) -> Option<Command> {
        let line = line.split("//").next()?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |word: &str| word.strip_prefix('#').unwrap_or(word).parse().ok();
        Some(match words.as_slice() {
            ["drop", message] => Command::Drop { message: number(message)? },
            ["delay", message, messages] => {
                Command::Delay { message: number(message)?, messages: number(messages)? }
            }
            ["at", at, "kill", actor] => Command::Kill { at: number(at)?, actor: number(actor)? },
            _ => return None,
        })
    }

    /// What it does, for readers.
    pub fn text(self) -> String {
        match self {
            Command::Drop { message } => format!("message {message} is dropped"),
            Command::Delay { message, messages } => {
                format!("message {message} is held back until so many others have been sent: {messages}")
            }
            Command::Kill { at: 0, actor } => format!("actor #{actor} is ended at the beginning"),
            Command::Kill { at, actor } => format!("actor #{actor} is ended when message {at} has been sent"),
        }
    }

    /// Whether both say what becomes of the same message: the later one counts.
    fn is_instead_of(self, other: Command) -> bool {
        let message = |command| match command {
            Command::Drop { message } | Command::Delay { message, .. } => Some(message),
            Command::Kill { .. } => None,
        };
        message(self).is_some() && message(self) == message(other)
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Command::Drop { message } => write!(f, "drop {message}"),
            Command::Delay { message, messages } => write!(f, "delay {message} {messages}"),
            Command::Kill { at, actor } => write!(f, "at {at} kill {actor}"),
        }
    }
}

/// Adds a command, in the place of one about the same message.
pub fn add(commands: &mut Vec<String>, line: &str) {
    if let Some(new) = Command::parse(line) {
        commands.retain(|old| Command::parse(old).is_none_or(|old| !new.is_instead_of(old)));
    }
    if !commands.iter().any(|old| old == line) {
        commands.push(line.to_string());
    }
}

/// Which messages are held back, and for how many others.
pub fn delays(commands: &[String]) -> BTreeMap<Number, Number> {
    let of = |line: &String| match Command::parse(line)? {
        Command::Delay { message, messages } => Some((message, messages)),
        _ => None,
    };
    commands.iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_written_as_they_are_read() {
        for line in ["drop 3", "delay 3 2", "at 5 kill 2"] {
            assert_eq!(Command::parse(line).map(|it| it.to_string()).as_deref(), Some(line));
        }
        assert_eq!(Command::parse(" at 5  kill #2 // why"), Some(Command::Kill { at: 5, actor: 2 }));
        for line in ["", "drop", "drop x", "delay 3", "run 5", "at 5 pause", "// drop 3"] {
            assert_eq!(Command::parse(line), None, "{line}");
        }
    }

    #[test]
    fn commands_are_told() {
        let told = |line: &str| Command::parse(line).map(Command::text).unwrap_or_default();
        assert_eq!(told("drop 3"), "message 3 is dropped");
        assert!(told("delay 3 2").ends_with("have been sent: 2"));
        assert_eq!(told("at 5 kill 2"), "actor #2 is ended when message 5 has been sent");
        assert_eq!(told("at 0 kill 2"), "actor #2 is ended at the beginning");
    }

    #[test]
    fn a_message_has_one_fault() {
        let mut commands = vec!["run 9".to_string()];
        for line in ["drop 3", "delay 4 1", "delay 3 2", "at 3 kill 1", "at 3 kill 1", "nonsense"] {
            add(&mut commands, line);
        }
        assert_eq!(commands, ["run 9", "delay 4 1", "delay 3 2", "at 3 kill 1", "nonsense"]);
        assert_eq!(delays(&commands), BTreeMap::from([(3, 2), (4, 1)]));
    }
}
