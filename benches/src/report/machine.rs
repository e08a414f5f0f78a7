//! Where and with what was measured.

use std::path::Path;
use std::process::Command;

/// Lines of name and value.
pub fn facts() -> Vec<(&'static str, String)> {
    let cpuinfo = read("/proc/cpuinfo");
    let memory = field(&read("/proc/meminfo"), "MemTotal").and_then(|text| gibibytes(&text));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let facts = [
        ("date", said("date", &["-u", "+%Y-%m-%d %H:%M UTC"])),
        ("revision", revision()),
        ("processor", field(&cpuinfo, "model name")),
        ("cores", Some(cores.to_string())),
        ("memory", memory),
        ("system", field_of_release(&read("/etc/os-release"))),
        ("kernel", said("uname", &["-sr"])),
        ("load before", read("/proc/loadavg").split(' ').next().map(str::to_string)),
    ];
    facts.map(|(name, value)| (name, value.unwrap_or("unknown".to_string()))).to_vec()
}

/// The release of a crate in the lock file.
pub fn locked_version(lock: &str, name: &str) -> Option<String> {
    let rest = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?.1;
    Some(rest.split_once('"')?.0.to_string())
}

fn revision() -> Option<String> {
    let revision = said("git", &["rev-parse", "--short=12", "HEAD"])?;
    let changes = said("git", &["status", "--porcelain", "--untracked-files=no"]);
    let mark = if changes.is_some_and(|text| !text.is_empty()) { ", with changes" } else { "" };
    Some(revision + mark)
}

/// What a program prints, in the root.
fn said(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).current_dir(crate::root()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_string())
}

fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// The first value of a name in lines `name: value`.
fn field(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_string())
    })
}

fn field_of_release(text: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(line.trim_matches('"').to_string())
}

fn gibibytes(text: &str) -> Option<String> {
    let kibibytes: f64 = text.split(' ').next()?.parse().ok()?;
    Some(format!("{:.1} GiB", kibibytes / f64::from(1 << 20)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_system_are_read() {
        assert_eq!(field("a\t: 1\nmodel name\t: X 2\n", "model name").as_deref(), Some("X 2"));
        assert_eq!(gibibytes("2097152 kB").as_deref(), Some("2.0 GiB"));
        assert_eq!(field_of_release("NAME=a\nPRETTY_NAME=\"An OS 1\"\n").as_deref(), Some("An OS 1"));
        let lock = "[[package]]\nname = \"wasmtime\"\nversion = \"48.0.8\"\n";
        assert_eq!(locked_version(lock, "wasmtime").as_deref(), Some("48.0.8"));
        assert_eq!(locked_version(lock, "other"), None);
    }
}
