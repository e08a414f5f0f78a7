//! `cargo xtask check-wasm`: builds the crates that also run in a browser for wasm32-unknown-unknown.
//!
//! With the target of rustup, where it is installed; else with Debian's compiler, which has no such target but the
//! sources of the standard library, so that cargo builds that too (`-Zbuild-std`, unlocked by `RUSTC_BOOTSTRAP`).

use crate::process::{cargo, command, output, run};
use crate::{PURE_CRATES, Result};
use std::fmt;
use std::path::Path;
use std::process::Command;

pub const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's packages for the second way. The plain `rustc` of a stable release is too old; these follow upstream.
pub const DEBIAN_PACKAGES: &[&str] = &["rustc-web", "cargo-web", "rust-web-src"];

/// Where Debian puts the sources of the standard library, relative to the compiler's root.
const STD_SOURCES: &str = "lib/rustlib/src/rust/library/std/Cargo.toml";

/// Nobody runs what is built here.
const FAST_PROFILE: &[&str] =
    &["profile.dev.debug=false", "profile.dev.opt-level=0", "profile.dev.package.\"*\".opt-level=0"];

/// A way to build for the target.
pub enum Toolchain {
    Installed,
    /// Root of a compiler that comes with the sources of the standard library.
    BuildStd(&'static str),
}

impl fmt::Display for Toolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Toolchain::Installed => f.write_str("the installed target"),
            Toolchain::BuildStd(root) => write!(f, "{root}/bin/cargo, which builds the standard library"),
        }
    }
}

pub fn toolchain() -> Option<Toolchain> {
    if output(command("rustc", &["--print", "target-libdir", "--target", TARGET]))
        .is_some_and(|dir| Path::new(dir.trim()).exists())
    {
        return Some(Toolchain::Installed);
    }
    ["/usr"].into_iter().find(|root| is_complete(Path::new(root))).map(Toolchain::BuildStd)
}

fn is_complete(root: &Path) -> bool {
    [STD_SOURCES, "bin/cargo", "bin/rustc"].into_iter().all(|file| root.join(file).exists())
}

pub fn check_wasm() -> Result {
    let toolchain =
        toolchain().ok_or(format!("the target {TARGET} is missing; `cargo xtask setup` adds it"))?;
    println!("check-wasm: {} by {toolchain}", PURE_CRATES.join(" "));
    let mut args = vec!["build", "--target", TARGET];
    args.extend(FAST_PROFILE.iter().flat_map(|setting| ["--config", setting]));
    args.extend(PURE_CRATES.iter().flat_map(|name| ["--package", name]));
    match toolchain {
        Toolchain::Installed => run(cargo(&args)),
        Toolchain::BuildStd(root) => {
            let mut command = build_std(root, &args);
            // The two compilers must not share results.
            command.args(["--target-dir", "target/build-std"]);
            run(command)
        }
    }
}

/// Cargo of a compiler that comes with the sources of the standard library. It needs a target folder of its own.
pub fn build_std(root: &str, args: &[&str]) -> Command {
    let mut command = command(&format!("{root}/bin/cargo"), args);
    command.arg("-Zbuild-std=std,panic_abort");
    command.env("RUSTC_BOOTSTRAP", "1").env("RUSTC", format!("{root}/bin/rustc"));
    for variable in ["CARGO", "RUSTUP_TOOLCHAIN", "RUSTC_WRAPPER", "RUSTDOC"] {
        command.env_remove(variable);
    }
    command
}
