//! Runs all test binaries through `cargo test`, and prints one line for each: its size and its time. The output of a
//! suite is shown only when it fails.

use crate::Result;
use crate::llvm;
use crate::process::{cargo, show, show_time};
use std::io::{BufRead, BufReader};
use std::time::{Duration, Instant};

/// The variable that tells suites with a size how long they may take; `full` or nothing.
pub const SIZE_VARIABLE: &str = "GAL_TEST_SIZE";
/// What suites are compiled with at full size: it takes longer to compile, and minutes of it save hours.
pub const FULL_PROFILE: &str = "checked";

pub fn run_all(is_full: bool) -> Result {
    run(is_full, &["--workspace"], &[])
}

/// The suites that need LLVM or do more with it.
pub fn run_llvm(is_full: bool) -> Result {
    let mut args = vec!["--workspace", "--features", llvm::FEATURES];
    llvm::TESTS.iter().for_each(|test| args.extend(["--test", test]));
    let same: Vec<&str> = llvm::SAME_WITHOUT.iter().flat_map(|test| ["--skip", test]).collect();
    run(is_full, &args, &same)
}

fn run(is_full: bool, which: &[&str], skip: &[&str]) -> Result {
    let (reader, writer) = std::io::pipe().map_err(|error| format!("cannot make a pipe: {error}"))?;
    let mut command = cargo(&["test", "--no-fail-fast"]);
    command.args(which);
    if is_full {
        command.args(["--profile", FULL_PROFILE]).env(SIZE_VARIABLE, "full");
    }
    command.args(["--", "--show-output"]).args(skip);
    let also = writer.try_clone().map_err(|error| format!("cannot copy a pipe: {error}"))?;
    command.env("CARGO_TERM_COLOR", "never").stdout(writer).stderr(also);
    let shown = show(&command);
    let mut child = command.spawn().map_err(|error| format!("`{shown}` cannot be started: {error}"))?;
    // Our ends of the pipe live in the command; the reader ends when the last of them is closed.
    drop(command);
    let mut log = Log::default();
    for line in BufReader::new(reader).lines() {
        log.line(&line.map_err(|error| format!("the output of `{shown}` cannot be read: {error}"))?);
    }
    log.finish();
    println!("{} tests in {} suites", log.tests, log.suites);
    let lints = match log.linted.as_slice() {
        [] => Ok(()),
        crates => Err(format!("the lints have warnings: {}", crates.join(", "))),
    };
    let tests = match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{shown}` failed: {status}")),
        Err(error) => Err(format!("`{shown}` was lost: {error}")),
    };
    tests.and(lints)
}

/// Follows the output of `cargo test`.
#[derive(Default)]
struct Log {
    suite: Option<Suite>,
    suites: usize,
    tests: usize,
    /// Crates of which the compiler has warned.
    linted: Vec<String>,
}

struct Suite {
    name: String,
    begin: Instant,
    output: Vec<String>,
    passed: usize,
    failed: usize,
    /// It has said how it went: one that is ended by a signal does not.
    has_ended: bool,
    /// What suites say of themselves: `run: 250 cases (quick), 0 failures`, `skipped: …: node is not installed`.
    notes: Vec<String>,
}

impl Log {
    fn line(&mut self, line: &str) {
        if let Some(name) = suite_name(line) {
            self.finish();
            self.suite = Some(Suite::new(name));
            return;
        }
        match &mut self.suite {
            Some(suite) if !line.starts_with("error") => suite.line(line),
            _ => {
                self.linted.extend(warned_of(line).map(str::to_string));
                println!("{line}");
            }
        }
    }

    /// Prints the suite that has ended. Suites without tests are left out.
    fn finish(&mut self) {
        let Some(suite) = self.suite.take() else { return };
        let tests = suite.passed + suite.failed;
        let is_bad = suite.failed > 0
            || !suite.has_ended
            || suite.output.iter().any(|line| line.contains("panicked at"));
        if is_bad {
            suite.output.iter().for_each(|line| println!("{line}"));
        }
        if tests > 0 || is_bad {
            println!("{}", suite.summary(suite.begin.elapsed()));
            self.suites += 1;
            self.tests += tests;
        }
    }
}

impl Suite {
    fn new(name: String) -> Suite {
        let (output, notes) = (Vec::new(), Vec::new());
        Suite { name, begin: Instant::now(), output, passed: 0, failed: 0, has_ended: false, notes }
    }

    fn line(&mut self, line: &str) {
        if let Some((passed, failed)) = parse_result(line) {
            self.passed += passed;
            self.failed += failed;
            self.has_ended = true;
        }
        if let Some(note) = note(line) {
            self.notes.push(note.to_string());
        }
        self.output.push(line.to_string());
    }

    fn summary(&self, time: Duration) -> String {
        let state = match self.failed {
            _ if !self.has_ended => "CRASHED",
            0 => "ok",
            _ => "FAILED",
        };
        let tests = self.passed + self.failed;
        let mut text = format!("{:<28} {tests:>5} tests {:>9}  {state}", self.name, show_time(time));
        self.notes.iter().for_each(|note| text.push_str(&format!("\n    {note}")));
        text
    }
}

/// The suite that a line announces: `Running unittests src/lib.rs (target/debug/deps/wasi-0123abc)`, `Doc-tests wasi`.
fn suite_name(line: &str) -> Option<String> {
    let line = line.trim();
    if let Some(name) = line.strip_prefix("Doc-tests ") {
        return Some(format!("{name} (documents)"));
    }
    let what = line.strip_prefix("Running ")?;
    let (what, file) = what.rsplit_once(" (")?;
    let file = file.strip_suffix(')')?.rsplit(['/', '\\']).next()?;
    let name = file.rsplit_once('-').map_or(file, |(name, _)| name);
    let kind = if what.starts_with("unittests") { " (units)" } else { "" };
    Some(format!("{name}{kind}"))
}

/// The crate of which there were warnings: ``warning: `hir` (lib) generated 2 warnings``.
fn warned_of(line: &str) -> Option<&str> {
    let (name, rest) = line.strip_prefix("warning: `")?.split_once("` (")?;
    rest.contains(") generated ").then_some(name)
}

/// What is shown of a suite that passes. The line may begin with the test's name.
fn note(line: &str) -> Option<&str> {
    match line.find("skipped: ") {
        Some(start) => Some(line[start..].trim_end()),
        None => line.contains(" cases (").then(|| line.trim()),
    }
}

/// Passed and failed, out of `test result: ok. 22 passed; 0 failed; …`.
fn parse_result(line: &str) -> Option<(usize, usize)> {
    let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    let mut numbers = counts.split("; ").map(|part| part.split(' ').next().and_then(|n| n.parse().ok()));
    Some((numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_without_a_result_have_crashed() {
        let mut suite = Suite::new("fuzz".to_string());
        suite.line("running 2 tests");
        assert!(suite.summary(Duration::ZERO).ends_with("CRASHED"));
        suite.line("test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; finished in 0.71s");
        assert!(suite.summary(Duration::ZERO).ends_with("ok"));
    }

    #[test]
    fn lines_of_cargo_are_understood() {
        let running = "     Running unittests src/lib.rs (target/debug/deps/backend_wasm-a4f0d01bca2a23a8)";
        assert_eq!(suite_name(running).as_deref(), Some("backend_wasm (units)"));
        let running = "     Running tests/cli.rs (target/debug/deps/cli-cc46602821d77c32)";
        assert_eq!(suite_name(running).as_deref(), Some("cli"));
        assert_eq!(suite_name("   Doc-tests wasi").as_deref(), Some("wasi (documents)"));
        assert_eq!(suite_name("test a ... ok"), None);
        let result = "test result: FAILED. 9 passed; 1 failed; 0 ignored; 0 measured; finished in 0.71s";
        assert_eq!(parse_result(result), Some((9, 1)));
        assert_eq!(note("run: 250 cases (quick), 0 failures"), Some("run: 250 cases (quick), 0 failures"));
        let skipped = "test a ... skipped: hello in node: node is not installed";
        assert_eq!(note(skipped), Some("skipped: hello in node: node is not installed"));
        assert_eq!(note("test a ... ok"), None);
        assert_eq!(
            warned_of("warning: `hir` (lib test) generated 2 warnings (run `cargo fix`)"),
            Some("hir")
        );
        assert_eq!(warned_of("warning: unused variable: `x`"), None);
    }
}
