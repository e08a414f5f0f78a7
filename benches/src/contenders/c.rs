//! C through clang: freestanding for wasm32, with the features that wasmtime has by default; hosted as an executable.

use super::{Contender, Goal, Job, Language, Platform};
use crate::{Result, clang};
use std::path::Path;
use std::process::Command;

pub struct C;

impl Contender for C {
    fn name(&self) -> &'static str {
        "C"
    }

    fn language(&self) -> Language {
        Language { folder: "c", extension: "c" }
    }

    fn platforms(&self) -> &'static [Platform] {
        &Platform::ALL
    }

    fn version(&self, _platform: Platform) -> Result<String> {
        clang::find().map(|(_, version)| version)
    }

    fn command(&self, job: &Job) -> Command {
        let mut command = Command::new(clang::name());
        command.arg(match job.goal {
            Goal::Speed => "-O3",
            Goal::Smallness => "-Oz",
        });
        match job.platform {
            Platform::Wasm => command.args(clang::WASM_FLAGS).args(["-msimd128", "-Wl,--strip-all"]),
            Platform::Native => command.args(["-march=x86-64-v2", "-fno-math-errno"]),
        };
        command.arg(&job.source).arg("-o").arg(&job.output);
        if job.platform == Platform::Native {
            command.arg("-lm");
        }
        command
    }
}

/// Compiles the program that measures executables.
pub fn measure_command(source: &Path, output: &Path) -> Command {
    let mut command = Command::new(clang::name());
    command.arg("-O2").arg(source).arg("-o").arg(output);
    command
}
