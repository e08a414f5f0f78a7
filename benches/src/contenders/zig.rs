//! Zig, as the Python package index has it, without a libc.

use super::{Contender, Goal, Job, Language, Platform};
use crate::{Result, tools};
use std::path::PathBuf;
use std::process::Command;

pub struct Zig;

impl Contender for Zig {
    fn name(&self) -> &'static str {
        "Zig"
    }

    fn language(&self) -> Language {
        Language { folder: "zig", extension: "zig" }
    }

    fn platforms(&self) -> &'static [Platform] {
        &Platform::ALL
    }

    fn version(&self, _platform: Platform) -> Result<String> {
        tools::version(&compiler(), "version").map(|version| format!("Zig {version}"))
    }

    fn command(&self, job: &Job) -> Command {
        let mut command = Command::new(compiler());
        command.arg("build-exe").arg(&job.source).arg("-fstrip");
        command.args(match job.goal {
            Goal::Speed => ["-O", "ReleaseFast"],
            Goal::Smallness => ["-O", "ReleaseSmall"],
        });
        // Not this machine's, which zig takes by itself.
        command.args(match job.platform {
            Platform::Wasm => [
                "-target",
                "wasm32-wasi",
                "-mcpu",
                "generic+simd128+bulk_memory+sign_ext+nontrapping_fptoint+multivalue",
            ],
            Platform::Native => ["-target", "x86_64-linux", "-mcpu", "x86_64_v2"],
        });
        command.arg(format!("-femit-bin={}", job.output.display()));
        command.env("ZIG_GLOBAL_CACHE_DIR", tools::folder().join("zig-cache"));
        command.env("ZIG_LOCAL_CACHE_DIR", job.folder().join("zig-cache"));
        command
    }
}

fn compiler() -> PathBuf {
    tools::find_of_python("ziglang/zig", "zig")
}
