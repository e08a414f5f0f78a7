//! Go, as the Python package index has it: Debian's may be too old for WASI.

use super::{Contender, Goal, Job, Language, Platform};
use crate::{Result, tools};
use std::path::PathBuf;
use std::process::Command;

pub struct Go;

impl Contender for Go {
    fn name(&self) -> &'static str {
        "Go"
    }

    fn language(&self) -> Language {
        Language { folder: "go", extension: "go" }
    }

    fn platforms(&self) -> &'static [Platform] {
        &Platform::ALL
    }

    fn version(&self, _platform: Platform) -> Result<String> {
        tools::version(&compiler(), "version")
    }

    fn command(&self, job: &Job) -> Command {
        let mut command = Command::new(compiler());
        command.arg("build");
        if job.goal == Goal::Smallness {
            command.arg("-ldflags=-s -w");
        }
        command.arg("-o").arg(&job.output).arg(&job.source).arg(job.folder().join("rt.go"));
        // The version that is installed, and files instead of a module.
        command.env("GOTOOLCHAIN", "local").env("GO111MODULE", "off");
        command.env("GOCACHE", tools::folder().join("go-cache"));
        match job.platform {
            Platform::Wasm => command.env("GOOS", "wasip1").env("GOARCH", "wasm"),
            Platform::Native => command.env("GOAMD64", "v2"),
        };
        command
    }
}

fn compiler() -> PathBuf {
    tools::find_of_python("go/bin/go", "go")
}
