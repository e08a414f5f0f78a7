//! `galc check`: looks for errors, those that only show in instances of generic functions too, and emits nothing.

use crate::cli::CheckArgs;
use crate::compile::{target, with_session};
use crate::exit::{Exit, Failure};
use crate::package::Unit;
use crate::shell::Shell;
use driver::Options;

pub fn check(args: &CheckArgs, shell: &Shell) -> Result<Exit, Failure> {
    let unit = Unit::find(args.path.as_deref())?;
    super::watched(&args.watch, &unit, shell, || once(args, &unit, shell))
}

fn once(args: &CheckArgs, unit: &Unit, shell: &Shell) -> Result<Exit, Failure> {
    let options = Options { target: target(args.target.as_deref())?, ..Options::default() };
    let checked =
        with_session(unit, options, shell, |session| driver::check_instances(session, &unit.entry))?;
    shell.diagnostics(&checked);
    Ok(if checked.has_errors() { Exit::Diagnostics } else { Exit::Success })
}
