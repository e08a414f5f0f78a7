//! `galc completions`: a script that lets a shell complete galc's arguments.

use crate::cli::{Cli, CompletionsArgs};
use crate::exit::{Exit, Failure};
use crate::shell::Shell;
use clap::CommandFactory;

pub fn completions(args: &CompletionsArgs, shell: &Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "galc", &mut script);
    shell.output(&script);
    Ok(Exit::Success)
}
