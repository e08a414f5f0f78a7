//! Rust through rustc, with its target for WASI preview 1.

use super::{Contender, Goal, Job, Language, Platform};
use crate::{Result, tools};
use std::path::Path;
use std::process::Command;

/// Must match xtask/src/peers.rs.
const TARGET: &str = "wasm32-wasip1";

pub struct Rust;

impl Contender for Rust {
    fn name(&self) -> &'static str {
        "Rust"
    }

    fn language(&self) -> Language {
        Language { folder: "rust", extension: "rs" }
    }

    fn platforms(&self) -> &'static [Platform] {
        &Platform::ALL
    }

    fn version(&self, platform: Platform) -> Result<String> {
        let version = tools::version(Path::new("rustc"), "--version")?;
        if platform == Platform::Wasm && !has_target() {
            return Err(format!("rustc has no target {TARGET}; `cargo xtask setup --full` adds it"));
        }
        Ok(version)
    }

    fn command(&self, job: &Job) -> Command {
        let mut command = Command::new("rustc");
        command.args(["--edition", "2024", "-C", "panic=abort", "-C", "codegen-units=1"]);
        match job.goal {
            Goal::Speed => command.args(["-C", "opt-level=3"]),
            Goal::Smallness => command.args(["-C", "opt-level=z", "-C", "lto=fat", "-C", "strip=symbols"]),
        };
        match job.platform {
            Platform::Wasm => command.args(["--target", TARGET, "-C", "target-feature=+simd128"]),
            Platform::Native => command.args(["-C", "target-cpu=x86-64-v2"]),
        };
        command.arg("-o").arg(&job.output).arg(&job.source);
        command
    }
}

fn has_target() -> bool {
    let mut command = Command::new("rustc");
    command.args(["--print", "target-libdir", "--target", TARGET]);
    let output = command.output().ok();
    output.is_some_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).exists())
}
