//! `galc targets`: the platforms that programs can be compiled for, and what each backend can do for them here.

use crate::exit::{Exit, Failure};
use crate::shell::Shell;
use backends::BACKENDS;
use driver::{BackendKind, Capabilities, TargetInfo};
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
        BackendKind::ALL.iter().for_each(|&kind| backend(kind, target, shell));
    }
    Ok(Exit::Success)
}

fn backend(kind: BackendKind, target: &TargetInfo, shell: &Shell) {
    let found = driver::find_backend(kind, BACKENDS);
    let capabilities = found.and_then(|backend| backend.capabilities(target));
    let able = match (found, &capabilities) {
        (None, _) => format!("not in this galc; {}", kind.how_to_get()),
        (Some(_), None) => "does not have this target".to_string(),
        (Some(_), Some(capabilities)) => abilities(capabilities),
    };
    shell.line(&format!("    --backend {:<6} {able}", kind.name()));
    shell.message(|| {
        let message = Object::message("backend")
            .string("name", kind.name())
            .string("target", target.name)
            .boolean("built_in", found.is_some())
            .boolean("available", capabilities.is_some());
        match &capabilities {
            None => message,
            Some(able) => message
                .string("emit", &join(able.artifacts.iter().map(|kind| kind.name())))
                .string("levels", &join(able.levels.iter().map(|level| level.name())))
                .boolean("debug_info", able.debug_info)
                .boolean("unwinding", able.unwinding)
                .boolean("profile_generate", able.writes_profiles)
                .boolean("profile_use", able.uses_profiles),
        }
    });
}

fn abilities(capabilities: &Capabilities) -> String {
    let mut text = format!("--emit {}", join(capabilities.artifacts.iter().map(|kind| kind.name())));
    text.push_str(&format!("; -O {}", join(capabilities.levels.iter().map(|level| level.name()))));
    let others = [
        (capabilities.debug_info, "-g"),
        (capabilities.unwinding, "--panic unwind"),
        (capabilities.writes_profiles, "--profile-generate"),
        (capabilities.uses_profiles, "--profile-use"),
    ];
    others.iter().filter(|(has, _)| *has).for_each(|(_, option)| text.push_str(&format!("; {option}")));
    text
}

fn join<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(" ")
}
