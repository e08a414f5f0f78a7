//! One file per subcommand; each has one public function that takes its arguments and the shell.

mod build;
mod check;
mod clean;
mod completions;
mod explain;
mod fmt;
mod lsp;
mod new;
mod run;
mod targets;
mod test;

use crate::cli::{Command, WatchArgs};
use crate::exit::{Exit, Failure};
use crate::package::Unit;
use crate::shell::Shell;
use crate::watch::watch;

pub fn dispatch(command: Command, shell: &Shell) -> Result<Exit, Failure> {
    match command {
        Command::New(args) => new::new(&args, shell),
        Command::Build(args) => build::build(&args, shell),
        Command::Run(args) => run::run(args, shell),
        Command::Check(args) => check::check(&args, shell),
        Command::Test(args) => test::test(&args, shell),
        Command::Fmt(args) => fmt::fmt(&args, shell),
        Command::Explain(args) => explain::explain(&args, shell),
        Command::Targets => targets::targets(shell),
        Command::Clean(args) => clean::clean(&args, shell),
        Command::Lsp(args) => lsp::lsp(&args),
        Command::Completions(args) => completions::completions(&args, shell),
    }
}

/// Does the work once, or again and again with `--watch`.
fn watched(
    args: &WatchArgs,
    unit: &Unit,
    shell: &Shell,
    once: impl FnOnce() -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    if args.watch { watch(&unit.source_root(), shell) } else { once() }
}
