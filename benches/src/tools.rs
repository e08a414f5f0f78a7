//! Compilers as programs: where they are, which version they have, and what they say when they fail.

use crate::{Result, target};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where `cargo xtask setup --full` puts what no package of the system gives. Must match xtask/src/peers.rs.
pub fn folder() -> PathBuf {
    target().join("peers")
}

/// A program in the folder of the peers, or one on the path.
pub fn find(in_folder: &str, on_path: &str) -> PathBuf {
    let installed = folder().join(in_folder);
    if installed.exists() { installed } else { PathBuf::from(on_path) }
}

/// A program out of a package of Python, or one on the path. Not by the script that such packages have for it, which
/// would start Python each time.
pub fn find_of_python(in_package: &str, on_path: &str) -> PathBuf {
    let versions = std::fs::read_dir(folder().join("venv/lib")).into_iter().flatten().flatten();
    let mut programs = versions.map(|version| version.path().join("site-packages").join(in_package));
    programs.find(|program| program.exists()).unwrap_or_else(|| PathBuf::from(on_path))
}

/// Whether a program can be started; it ends at once, as it gets nothing to do.
pub fn is_there(program: &Path) -> bool {
    Command::new(program).output().is_ok()
}

/// The first line that a program prints about its version.
pub fn version(program: &Path, argument: &str) -> Result<String> {
    let missing = || format!("`{}` is not installed; `cargo xtask setup --full` gets it", shown(program));
    let output = Command::new(program).arg(argument).output().map_err(|_| missing())?;
    let text = String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().trim().to_string();
    if output.status.success() && !text.is_empty() { Ok(text) } else { Err(missing()) }
}

/// Runs a compiler. What it prints is shown only if it fails.
pub fn run(mut command: Command) -> Result {
    let program = shown(Path::new(command.get_program()));
    let output = command.output().map_err(|error| format!("`{program}` cannot be started: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stderr, output.stdout].concat();
    Err(format!("`{program}` fails:\n{}", String::from_utf8_lossy(&said).trim_end()))
}

/// The command as one would type it, with the names of files instead of paths, and no folders of caches.
pub fn show(command: &Command) -> String {
    let parts = std::iter::once(command.get_program()).chain(command.get_args());
    let parts: Vec<String> = parts.map(|part| shown(Path::new(part))).collect();
    let variables = command.get_envs().filter_map(|(name, value)| {
        let (name, value) = (name.to_string_lossy(), value?.to_string_lossy().into_owned());
        (!value.contains('/')).then(|| format!("{name}={value}"))
    });
    variables.chain(parts).collect::<Vec<_>>().join(" ")
}

fn shown(part: &Path) -> String {
    let text = part.to_string_lossy();
    if !part.is_absolute() && !text.contains("=/") {
        return text.into_owned();
    }
    let option = text.split_once("=/").map_or(String::new(), |(option, _)| format!("{option}="));
    let name = part.file_name().unwrap_or_default().to_string_lossy();
    format!("{option}{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_shown_without_paths() {
        let mut command = Command::new("/opt/x/zig");
        command.args(["build-exe", "/tmp/a/hello.zig", "-O", "ReleaseFast", "-femit-bin=/tmp/b/hello.wasm"]);
        command.env("GOOS", "wasip1").env("CACHE", "/tmp/c");
        assert_eq!(
            show(&command),
            "GOOS=wasip1 zig build-exe hello.zig -O ReleaseFast -femit-bin=hello.wasm"
        );
    }

    #[test]
    fn what_is_missing_or_fails_is_told() {
        let missing = version(Path::new("no-such-compiler"), "--version");
        assert_eq!(
            missing,
            Err("`no-such-compiler` is not installed; `cargo xtask setup --full` gets it".to_string())
        );
        let mut command = Command::new("sh");
        command.args(["-c", "echo wrong >&2; exit 1"]);
        assert_eq!(run(command), Err("`sh` fails:\nwrong".to_string()));
    }
}
