//! GAL through the galc that was built beside this program.

use super::{Contender, Goal, Job, Language, Platform};
use crate::{Result, gal, tools};
use driver::BackendKind;
use std::process::Command;

/// GAL by a backend.
pub struct Gal {
    name: &'static str,
    backend: BackendKind,
    checks_bounds: bool,
    counts: bool,
}

impl Gal {
    pub const fn checked(name: &'static str, backend: BackendKind) -> Gal {
        Gal { name, backend, checks_bounds: true, counts: true }
    }

    pub const fn unchecked(name: &'static str, backend: BackendKind) -> Gal {
        Gal { name, backend, checks_bounds: false, counts: true }
    }

    pub const fn uncounted(name: &'static str, backend: BackendKind) -> Gal {
        Gal { name, backend, checks_bounds: true, counts: false }
    }
}

impl Contender for Gal {
    fn name(&self) -> &'static str {
        self.name
    }

    fn language(&self) -> Language {
        Language { folder: "gal", extension: "gal" }
    }

    fn platforms(&self) -> &'static [Platform] {
        match self.backend {
            BackendKind::Llvm => &Platform::ALL,
            _ => &[Platform::Wasm],
        }
    }

    fn version(&self, _platform: Platform) -> Result<String> {
        if self.backend == BackendKind::Llvm && !gal::has_llvm() {
            return Err("this bench was built without LLVM".to_string());
        }
        let version = tools::version(&gal::galc()?, "--version")?;
        Ok(format!("{version}, backend {}", self.backend.name()))
    }

    fn command(&self, job: &Job) -> Command {
        // Without one the version has already been an error.
        let mut command = Command::new(gal::galc().unwrap_or_else(|_| "galc".into()));
        command.args(["build", "--release", "--backend", self.backend.name()]);
        if job.platform == Platform::Native {
            command.args(["--target", gal::NATIVE_TARGET]);
        }
        if job.goal == Goal::Smallness {
            command.args(["-Oz", "--panic", "abort"]);
        }
        if !self.checks_bounds {
            command.arg("--unchecked-bounds");
        }
        if !self.counts {
            command.arg("--uncounted");
        }
        command.arg("-o").arg(&job.output).arg(&job.source);
        command
    }

    fn is_gal(&self) -> bool {
        true
    }
}
