//! AssemblyScript, with its collector; and once more without checks of array bounds.

use super::{Contender, Goal, Job, Language, Platform};
use crate::{Result, tools};
use std::path::PathBuf;
use std::process::Command;

pub struct AssemblyScript {
    pub is_checked: bool,
}

impl Contender for AssemblyScript {
    fn name(&self) -> &'static str {
        if self.is_checked { "AS" } else { "AS unchecked" }
    }

    fn language(&self) -> Language {
        Language { folder: "as", extension: "ts" }
    }

    fn platforms(&self) -> &'static [Platform] {
        &[Platform::Wasm]
    }

    fn version(&self, _platform: Platform) -> Result<String> {
        let version = tools::version(&compiler(), "--version")?;
        Ok(format!("AssemblyScript {}", version.trim_start_matches("Version ")))
    }

    fn command(&self, job: &Job) -> Command {
        let mut command = Command::new(compiler());
        command.arg(&job.source).arg("-o").arg(&job.output);
        command.arg(match job.goal {
            Goal::Speed => "-O3",
            Goal::Smallness => "-Oz",
        });
        command.args(["--enable", "simd", "--runtime", "incremental"]);
        // A failure traps, as it is not imported; the statements of the file are `_start`.
        command.args(["--use", "abort=", "--exportStart", "_start"]);
        if !self.is_checked {
            command.args(["--uncheckedBehavior", "always"]);
        }
        command
    }
}

fn compiler() -> PathBuf {
    tools::find("node/node_modules/.bin/asc", "asc")
}
