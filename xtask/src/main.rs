//! `cargo xtask`: setting up, testing, checking and measuring; what README and CI call.
//!
//! One module per command. Commands are lists of steps, each a program with its output passed through (see
//! [`process`]). No dependencies, so that the first `cargo xtask` in a fresh clone starts in seconds.

mod bench;
mod binaryen;
mod check_wasm;
mod editors;
mod llvm;
mod peers;
mod playground;
mod process;
mod release;
mod setup;
mod suites;
mod test;
mod tidy;
mod web;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask setup [--full]          check the toolchain and add what is missing; --full also for `bench` and `test --full`
cargo xtask test [--full] [STEP…]   format, tidy, lints, all tests, wasm; --full with the large sizes and nothing skipped
cargo xtask check-wasm              build the compiler's core for wasm32-unknown-unknown
cargo xtask web [--full]            type-check, build and test the npm package in runtime-wasm; --full in all browsers, versions of Node and bundlers
cargo xtask editors [--full]        test what is in editors: grammars and the extension for Visual Studio Code
cargo xtask playground [--test]     build the playground and serve it on loopback; --test (--full: and solve all lessons) in Chromium, --shots for pictures of its views
cargo xtask release [--llvm]        build galc as it is published, with a profile of its own work, into `published` in cargo's target folder
cargo xtask dist                    write the playground's site to playground/dist
cargo xtask tidy                    rules that no lint knows
cargo xtask bench [ARGS…]           compare the compute programs with C and other languages; `bench --help` lists the arguments";

/// Crates that also run in a browser: they build for wasm32 and touch no file, clock or thread.
/// Each has a `clippy.toml` that forbids the latter.
const PURE_CRATES: &[&str] = &[
    "entity",
    "simd",
    "syntax",
    "hir",
    "mir",
    "lir",
    "backend",
    "backend-wasm",
    "backend-interp",
    "report",
    "driver",
    "ide",
];

/// What a command ends with; the text says what failed.
type Result<T = ()> = std::result::Result<T, String>;

fn main() -> ExitCode {
    if let Some(option) = std::env::var_os(release::RUSTC_OPTION) {
        return release::as_rustc(option);
    }
    let args: Vec<String> = std::env::args().skip(1).collect();
    let rest = args.get(1..).unwrap_or_default();
    let result = match args.first().map(String::as_str) {
        Some("setup") => setup::setup(rest),
        Some("test") => test::test(rest),
        Some("check-wasm") => check_wasm::check_wasm(),
        Some("web") => web::web(rest),
        Some("editors") => editors::editors(rest),
        Some("playground") => playground::playground(rest),
        Some("release") => release::release(rest),
        Some("dist") => playground::dist(rest),
        Some("tidy") => tidy::tidy(),
        Some("bench") => bench::bench(rest),
        Some("help" | "-h" | "--help") => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(format!("expected a command\n{USAGE}")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The workspace's root. Cargo tells where it is when it runs us; a checkout may have been moved since it was built.
fn root() -> PathBuf {
    let manifest =
        std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_string());
    Path::new(&manifest).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Cargo's target folder: this program lies in a profile's folder there.
fn target_dir() -> Result<PathBuf> {
    let here = std::env::current_exe().map_err(|error| error.to_string())?;
    here.parent()
        .and_then(Path::parent)
        .map(Path::to_path_buf)
        .ok_or("cargo's target folder is not known".to_string())
}
