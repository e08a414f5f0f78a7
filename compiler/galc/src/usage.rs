//! Wrong usage: told as clap tells it, or as JSON to tools that ask for that, though the line as a whole is not understood.

use crate::cli::Cli;
use crate::exit::Exit;
use crate::shell::complain;
use clap::{Arg, Command, CommandFactory};
use report::Object;
use std::ffi::OsString;
use std::io::Write;

/// Ends galc with what clap found: a mistake, or a wish for help.
pub fn end(error: &clap::Error, args: &[OsString]) -> ! {
    let wish = Wish::of(args);
    if !error.use_stderr() || !wish.json {
        error.exit()
    }
    let line = Object::message("failure").string("message", &message(error)).finish() + "\n";
    if wish.on_stderr {
        complain(&line);
    } else {
        // Nobody is left to be told that standard output is closed.
        let _ = std::io::stdout().write_all(line.as_bytes());
    }
    std::process::exit(Exit::Usage.status())
}

/// What is wrong and what would be right; the usage and the way to more help are for people.
fn message(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let end = ["\n\nUsage: ", "\n\nFor more information"].iter().filter_map(|part| text.find(part)).min();
    text[..end.unwrap_or(text.len())].trim_end().to_string()
}

/// What a line asks for that clap does not understand as a whole.
#[derive(Default, PartialEq, Eq, Debug)]
struct Wish {
    json: bool,
    /// Standard output is the program's.
    on_stderr: bool,
}

impl Wish {
    /// Reads options up to where the arguments of a program begin.
    fn of(args: &[OsString]) -> Wish {
        let root = Cli::command();
        let mut wish = Wish::default();
        let mut command: Option<&Command> = None;
        let mut args = args.iter().skip(1).map(|arg| arg.to_string_lossy());
        while let Some(arg) = args.next() {
            if arg == "--" {
                break;
            }
            if let Some(format) = arg.strip_prefix("--message-format=") {
                wish.json = format == "json";
            } else if arg == "--message-format" {
                wish.json = args.next().is_some_and(|format| format == "json");
            } else if arg.starts_with('-') {
                let known = command.into_iter().chain([&root]).flat_map(Command::get_arguments);
                if known.into_iter().any(|option| takes_next(option, &arg)) {
                    args.next();
                }
            } else if command.is_none() {
                command = root.find_subcommand(arg.as_ref());
                wish.on_stderr = ["run", "lsp"].contains(&arg.as_ref());
            } else if arg_ends_options(command) {
                break;
            }
        }
        wish
    }
}

/// Whether an option is the one that is written so, and what stands behind it is its value.
fn takes_next(option: &Arg, written: &str) -> bool {
    let is_it = match written.strip_prefix("--") {
        Some(long) => option.get_long() == Some(long),
        None => written.chars().count() == 2 && option.get_short() == written.chars().nth(1),
    };
    is_it && option.get_action().takes_values() && !option.is_require_equals_set()
}

/// Whether what stands behind the first argument is the program's.
fn arg_ends_options(command: Option<&Command>) -> bool {
    command.is_some_and(|command| command.get_name() == "run")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(line: &str) -> (bool, bool) {
        let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let Wish { json, on_stderr } = Wish::of(&args);
        (json, on_stderr)
    }

    #[test]
    fn json_is_asked_for_by_galcs_own_options_alone() {
        assert_eq!(wish("galc --message-format json build --bogus"), (true, false));
        assert_eq!(wish("galc build --bogus --message-format=json a.gal"), (true, false));
        assert_eq!(wish("galc build a.gal b.gal --message-format json"), (true, false));
        assert_eq!(wish("galc run --timeout soon --message-format json a.gal"), (true, true));
        assert_eq!(wish("galc run -O 9 --message-format json a.gal"), (true, true));
        assert_eq!(wish("galc run --bogus a.gal --message-format json"), (false, true));
        assert_eq!(wish("galc run --overflow-checks a.gal --message-format json"), (false, true));
        assert_eq!(wish("galc run --bogus -- --message-format json"), (false, true));
        assert_eq!(wish("galc build --message-format human --bogus"), (false, false));
        assert_eq!(wish("galc frobnicate --message-format json"), (true, false));
        assert_eq!(wish("galc build --env --message-format"), (false, false));
    }
}
