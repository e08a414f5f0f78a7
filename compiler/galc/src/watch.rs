//! `--watch`: runs galc again, without `--watch`, whenever a source file changes.
//!
//! Each round is a process of its own, so that a program that still runs can be ended. Files are compared by time and
//! size, five times a second: no system service, the same on every platform.

use crate::exit::{Exit, Failure};
use crate::package::is_source_dir;
use crate::shell::Shell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, SystemTime};

const INTERVAL: Duration = Duration::from_millis(200);

/// The variable with the process that watches.
pub const WATCHER: &str = "GALC_WATCHER";

/// At most this many files are looked at.
const MAX_FILES: usize = 20_000;

type Snapshot = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// Watches the sources below a folder until it is interrupted.
pub fn watch(root: &Path, shell: &Shell) -> Result<Exit, Failure> {
    loop {
        let before = snapshot(root);
        let mut child = start()?;
        let mut is_running = true;
        while snapshot(root) == before {
            if is_running && has_ended(&mut child)? {
                is_running = false;
                shell.progress("watching for changes");
            }
            std::thread::sleep(INTERVAL);
        }
        if is_running {
            // It may have ended by now, which is as good.
            let _ = child.kill();
            child.wait().map_err(|error| child_failure(&error))?;
        }
        shell.status("sources changed");
    }
}

fn start() -> Result<Child, Failure> {
    let galc = std::env::current_exe().map_err(|error| child_failure(&error))?;
    let mut command = Command::new(galc);
    command.args(arguments()).env(WATCHER, std::process::id().to_string());
    command.spawn().map_err(|error| child_failure(&error))
}

/// Ends this process when the one that watches for it does, by whatever means: else a program that still runs would be
/// nobody's.
pub fn end_with_watcher() {
    #[cfg(unix)]
    if let Some(watcher) = std::env::var(WATCHER).ok().and_then(|id| id.parse::<u32>().ok()) {
        std::thread::spawn(move || {
            while std::os::unix::process::parent_id() == watcher {
                std::thread::sleep(INTERVAL);
            }
            std::process::exit(Exit::Usage.status());
        });
    }
}

/// The arguments of this process without `--watch`; what stands behind `--` belongs to the program.
fn arguments() -> Vec<std::ffi::OsString> {
    let mut is_ours = true;
    let keep = |argument: &std::ffi::OsString| {
        is_ours &= argument != "--";
        !(is_ours && argument == "--watch")
    };
    std::env::args_os().skip(1).filter(keep).collect()
}

fn has_ended(child: &mut Child) -> Result<bool, Failure> {
    child.try_wait().map(|status| status.is_some()).map_err(|error| child_failure(&error))
}

fn child_failure(error: &std::io::Error) -> Failure {
    Failure::Usage(format!("cannot run galc again: {error}"))
}

fn snapshot(root: &Path) -> Snapshot {
    let mut files = Snapshot::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_dir() {
                if is_source_dir(&path) {
                    folders.push(path);
                }
            } else if is_watched(&path) && files.len() < MAX_FILES {
                files.insert(path, (metadata.modified().ok(), metadata.len()));
            }
        }
    }
    files
}

fn is_watched(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "gal") || path.ends_with(crate::package::MANIFEST)
}
