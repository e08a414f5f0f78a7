//! A document: GAL files, and how they are run.

use crate::trace::Number;
use crate::{commands, limits};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The file that a program starts in. It is always the first and keeps its name.
pub const ENTRY: &str = "main.gal";

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct File {
    pub name: String,
    pub text: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RunOptions {
    pub release: bool,
    /// As typed; see [`crate::arguments::split`].
    pub arguments: String,
    pub stdin: String,
    /// Which order green threads run in. With a seed waiting takes no time.
    pub seed: Option<u32>,
    /// Whether the program may run for [`limits::RUN_MS_LONG`].
    pub long: bool,
    /// What a run with a trace is told to do, as docs/galc.md has it under "Commands".
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
}

/// What of a trace a link shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Moment {
    /// How many events of the window have happened.
    pub position: usize,
    /// The message that the window begins with; 0: the beginning of the program.
    #[serde(default)]
    pub first: Number,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Document {
    pub files: Vec<File>,
    #[serde(default)]
    pub options: RunOptions,
    /// Of links: that the actors are shown, and at which moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moment: Option<Moment>,
}

/// Why a document, or a change of it, is refused. The text is for readers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    BadName(String),
    NameTaken(String),
    IsEntry,
    NoSuchFile(String),
    NoEntry,
    TooManyFiles,
    TooLarge,
    NoCommand,
    LongCommand,
    TooManyCommands,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::BadName(name) => write!(
                f,
                "`{name}` cannot name a module: small letters, digits and `_`, beginning with a letter, then `.gal`; `/` makes a folder"
            ),
            Fault::NameTaken(name) => write!(f, "there is a file `{name}` already"),
            Fault::IsEntry => write!(f, "`{ENTRY}` is where the program starts: it stays"),
            Fault::NoSuchFile(name) => write!(f, "there is no file `{name}`"),
            Fault::NoEntry => write!(f, "the first file of a program is `{ENTRY}`"),
            Fault::TooManyFiles => write!(f, "a program has at most {} files here", limits::FILES),
            Fault::TooLarge => {
                write!(
                    f,
                    "the files of a program have at most {} KiB together here",
                    limits::DOCUMENT_BYTES >> 10
                )
            }
            Fault::NoCommand => write!(f, "a command for actors is one line, such as `drop 3`"),
            Fault::LongCommand => {
                write!(f, "a command for actors has at most {} characters here", limits::COMMAND_CHARS)
            }
            Fault::TooManyCommands => {
                write!(f, "a run has at most {} commands for actors here: remove some", limits::COMMANDS)
            }
        }
    }
}

impl Document {
    pub fn single(text: impl Into<String>) -> Document {
        let file = File { name: ENTRY.to_string(), text: text.into() };
        Document { files: vec![file], options: RunOptions::default(), moment: None }
    }

    /// What comes from outside, a link or storage, is looked at before it is used.
    pub fn check(&self) -> Result<(), Fault> {
        if self.files.first().is_none_or(|file| file.name != ENTRY) {
            return Err(Fault::NoEntry);
        }
        for (index, file) in self.files.iter().enumerate() {
            check_name(&file.name)?;
            if self.files[..index].iter().any(|other| other.name == file.name) {
                return Err(Fault::NameTaken(file.name.clone()));
            }
        }
        self.options.commands.iter().try_for_each(|command| check_command(command))?;
        if self.options.commands.len() > limits::COMMANDS {
            return Err(Fault::TooManyCommands);
        }
        self.check_size()
    }

    fn check_size(&self) -> Result<(), Fault> {
        if self.files.len() > limits::FILES {
            return Err(Fault::TooManyFiles);
        }
        let bytes: usize = self.files.iter().map(|file| file.text.len()).sum();
        if bytes > limits::DOCUMENT_BYTES { Err(Fault::TooLarge) } else { Ok(()) }
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.files.iter().find(|file| file.name == name).map(|file| file.text.as_str())
    }

    pub fn set_text(&mut self, name: &str, text: String) -> Result<(), Fault> {
        let file = self.files.iter_mut().find(|file| file.name == name);
        file.ok_or_else(|| Fault::NoSuchFile(name.to_string()))?.text = text;
        self.check_size()
    }

    /// Adds an empty file: its name, which `.gal` is added to if need be.
    pub fn add(&mut self, name: &str) -> Result<String, Fault> {
        let name = self.free_name(name)?;
        if self.files.len() >= limits::FILES {
            return Err(Fault::TooManyFiles);
        }
        self.files.push(File { name: name.clone(), text: String::new() });
        Ok(name)
    }

    pub fn rename(&mut self, from: &str, to: &str) -> Result<String, Fault> {
        if from == ENTRY {
            return Err(Fault::IsEntry);
        }
        if complete(to) == from {
            return Ok(from.to_string());
        }
        let to = self.free_name(to)?;
        let file = self.files.iter_mut().find(|file| file.name == from);
        file.ok_or_else(|| Fault::NoSuchFile(from.to_string()))?.name = to.clone();
        Ok(to)
    }

    pub fn remove(&mut self, name: &str) -> Result<(), Fault> {
        if name == ENTRY {
            return Err(Fault::IsEntry);
        }
        let at = self.files.iter().position(|file| file.name == name);
        self.files.remove(at.ok_or_else(|| Fault::NoSuchFile(name.to_string()))?);
        Ok(())
    }

    /// Adds a command, in the place of one about the same message.
    pub fn add_command(&mut self, line: &str) -> Result<(), Fault> {
        let line = line.trim();
        check_command(line)?;
        let mut all = self.options.commands.clone();
        commands::add(&mut all, line);
        if all.len() > limits::COMMANDS {
            return Err(Fault::TooManyCommands);
        }
        self.options.commands = all;
        Ok(())
    }

    fn free_name(&self, name: &str) -> Result<String, Fault> {
        let name = complete(name);
        check_name(&name)?;
        if self.text(&name).is_some() { Err(Fault::NameTaken(name)) } else { Ok(name) }
    }
}

fn complete(name: &str) -> String {
    let name = name.trim();
    if name.ends_with(".gal") { name.to_string() } else { format!("{name}.gal") }
}

/// Whether it is one line; what it says is for the program's runtime to judge.
fn check_command(line: &str) -> Result<(), Fault> {
    match () {
        () if line.is_empty() || line.chars().any(char::is_control) => Err(Fault::NoCommand),
        () if line.chars().count() > limits::COMMAND_CHARS => Err(Fault::LongCommand),
        () => Ok(()),
    }
}

fn check_name(name: &str) -> Result<(), Fault> {
    let bad = || Fault::BadName(name.to_string());
    let stem = name.strip_suffix(".gal").ok_or_else(bad)?;
    let is_part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    if name.len() <= limits::NAME_CHARS && stem.split('/').all(is_part) { Ok(()) } else { Err(bad()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(document: &Document) -> Vec<&str> {
        document.files.iter().map(|file| file.name.as_str()).collect()
    }

    #[test]
    fn files_are_added_renamed_and_removed() {
        let mut document = Document::single("fn main() {}");
        assert_eq!(document.add("shapes"), Ok("shapes.gal".to_string()));
        assert_eq!(document.add(" net/http.gal "), Ok("net/http.gal".to_string()));
        assert_eq!(document.rename("shapes.gal", "forms"), Ok("forms.gal".to_string()));
        assert_eq!(document.rename("forms.gal", "forms"), Ok("forms.gal".to_string()));
        assert_eq!(names(&document), ["main.gal", "forms.gal", "net/http.gal"]);
        assert_eq!(document.remove("forms.gal"), Ok(()));
        assert_eq!(document.set_text("net/http.gal", "// x".into()), Ok(()));
        assert_eq!(document.text("net/http.gal"), Some("// x"));
        assert_eq!(document.check(), Ok(()));
    }

    #[test]
    fn names_that_cannot_be_modules_are_refused() {
        let mut document = Document::single("");
        for name in ["", "A", "1a", "a b", "../a", "a/", "/a", "a//b", "a.b", &"a".repeat(limits::NAME_CHARS)]
        {
            assert!(matches!(document.add(name), Err(Fault::BadName(_))), "{name}");
        }
        assert_eq!(document.add("main"), Err(Fault::NameTaken("main.gal".into())));
        assert_eq!(document.rename("none.gal", "b"), Err(Fault::NoSuchFile("none.gal".into())));
        assert_eq!(document.remove("none.gal"), Err(Fault::NoSuchFile("none.gal".into())));
        assert_eq!(document.set_text("none.gal", String::new()), Err(Fault::NoSuchFile("none.gal".into())));
        assert_eq!(document.remove(ENTRY), Err(Fault::IsEntry));
        assert_eq!(document.rename(ENTRY, "other"), Err(Fault::IsEntry));
    }

    #[test]
    fn documents_from_outside_are_checked() {
        let none = Document { files: Vec::new(), options: RunOptions::default(), moment: None };
        assert_eq!(none.check(), Err(Fault::NoEntry));
        let mut twice = Document::single("");
        twice.files.push(File { name: ENTRY.into(), text: String::new() });
        assert_eq!(twice.check(), Err(Fault::NameTaken(ENTRY.into())));
        let large = Document::single("x".repeat(limits::DOCUMENT_BYTES + 1));
        assert_eq!(large.check(), Err(Fault::TooLarge));
        let mut many = Document::single("");
        for n in 1..limits::FILES {
            many.add(&format!("f{n}")).expect("there is room");
        }
        assert_eq!(many.add("more"), Err(Fault::TooManyFiles));
        many.files.push(File { name: "more.gal".into(), text: String::new() });
        assert_eq!(many.check(), Err(Fault::TooManyFiles));
    }

    #[test]
    fn commands_are_lines_and_not_too_many() {
        let mut document = Document::single("");
        for n in 1..=limits::COMMANDS {
            assert_eq!(document.add_command(&format!(" drop {n} ")), Ok(()));
        }
        assert_eq!(document.add_command("drop 1"), Ok(()), "it is there already");
        assert_eq!(document.add_command("drop 999"), Err(Fault::TooManyCommands));
        assert_eq!(document.add_command(" "), Err(Fault::NoCommand));
        assert_eq!(document.add_command("drop 1\ndrop 2"), Err(Fault::NoCommand));
        assert_eq!(document.add_command(&"x".repeat(limits::COMMAND_CHARS + 1)), Err(Fault::LongCommand));
        assert_eq!(document.check(), Ok(()));
        document.options.commands.push("drop 999".into());
        assert_eq!(document.check(), Err(Fault::TooManyCommands));
        document.options.commands = vec!["drop 1\ndrop 2".into()];
        assert_eq!(document.check(), Err(Fault::NoCommand));
    }

    #[test]
    fn faults_say_what_to_do() {
        assert!(Fault::BadName("A".into()).to_string().contains("small letters"));
        assert!(Fault::TooLarge.to_string().contains("1024 KiB"));
        assert!(Fault::TooManyFiles.to_string().contains("32 files"));
        assert!(Fault::TooManyCommands.to_string().contains("64 commands"));
        assert!(Fault::LongCommand.to_string().contains("80 characters"));
        assert!(Fault::NoCommand.to_string().contains("`drop 3`"));
        assert!(Fault::IsEntry.to_string().contains("it stays"));
    }
}
