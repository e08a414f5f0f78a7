//! `galc targets`: the platforms that programs can be compiled for.

use crate::exit::{Exit, Failure};
use crate::shell::Shell;
use report::Object;

pub fn targets(shell: &Shell) -> Result<Exit, Failure> {
    for (index, target) in driver::targets().iter().enumerate() {
        let is_default = index == 0;
        let mark = if is_default { " (default)" } else { "" };
        shell.line(&format!("{:<16} {}{mark}", target.name, target.description));
        shell.message(|| {
            Object::message("target")
                .string("name", target.name)
                .string("description", target.description)
                .boolean("default", is_default)
        });
    }
    Ok(Exit::Success)
}
