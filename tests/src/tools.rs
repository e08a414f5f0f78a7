//! Programs of the machine that some checks need: a JavaScript engine, a browser, a debugger.
//!
//! Whoever works on the compiler may not have them. The quick tier then leaves such checks out and says so in a line that
//! begins with `skipped: `; the full tier fails. `cargo xtask setup --full` installs what it looks for here.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tool {
    Node,
    Browser,
    Debugger,
}

impl Tool {
    fn name(self) -> &'static str {
        match self {
            Tool::Node => "node",
            Tool::Browser => "a browser (chromium or chrome)",
            Tool::Debugger => "gdb",
        }
    }

    fn programs(self) -> &'static [&'static str] {
        match self {
            Tool::Node => &["node", "nodejs"],
            Tool::Browser => &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
            Tool::Debugger => &["gdb"],
        }
    }

    /// The tool, for the check that is named. `None` where the check is to be left out.
    pub fn find(self, check: &str) -> Option<PathBuf> {
        let found = self.programs().iter().find_map(|name| on_path(name));
        if found.is_none() {
            let missing = format!("{} is not installed", self.name());
            assert!(!crate::is_full(), "{check}: {missing}; `cargo xtask setup --full` does it");
            // Past the capture of `println!`, so that it is seen when the test passes.
            let _ = writeln!(std::io::stderr(), "skipped: {check}: {missing}");
        }
        found
    }
}

/// Where a program lies.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&folders).map(|folder| folder.join(&name)).find(|path| path.is_file())
}

/// A process that ends with its handle.
pub struct Running(std::process::Child);

impl Running {
    pub fn start(command: &mut Command) -> Result<Running, String> {
        let child = command.stdin(Stdio::null()).spawn();
        child.map(Running).map_err(|error| format!("{command:?} cannot be started: {error}"))
    }

    /// The status, once the process has ended by itself.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().ok().flatten()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended if these fail.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a program that prints little; an error if it takes longer than `limit`.
pub fn output(command: &mut Command, limit: Duration) -> Result<Output, String> {
    let shown = format!("{command:?}");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("{shown} cannot be started: {error}"))?;
    let begin = Instant::now();
    while matches!(child.try_wait(), Ok(None)) {
        if begin.elapsed() > limit {
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!("{shown} takes longer than {limit:?}"));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().map_err(|error| format!("{shown}: {error}"))
}
