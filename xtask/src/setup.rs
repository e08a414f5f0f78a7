//! `cargo xtask setup`: checks what building and testing need, and adds what is missing where it can. Running it
//! again does nothing more.

use crate::Result;
use crate::binaryen;
use crate::check_wasm::{self, DEBIAN_PACKAGES};
use crate::editors;
use crate::llvm;
use crate::peers;
use crate::playground;
use crate::process::{cargo, command, output, run};
use crate::web;
use std::path::Path;

/// What `bench` needs beyond Rust: the C compiler and linker that GAL is compared with.
const BENCH_PACKAGES: &[&str] = &["clang-22", "lld-22"];
/// What running modules in a second engine needs.
const NODE_PACKAGES: &[&str] = &["nodejs"];
/// What stepping through executables needs.
const DEBUGGER_PACKAGES: &[&str] = &["gdb"];
/// What linking and running object files of other processors needs; must match tests/src/linked.rs.
const CROSS_PACKAGES: &[(&str, &[&str])] = &[
    ("i686-linux-gnu-gcc", &["gcc-i686-linux-gnu", "libc6-dev-i386-cross"]),
    ("aarch64-linux-gnu-gcc", &["gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"]),
    ("riscv64-linux-gnu-gcc", &["gcc-riscv64-linux-gnu", "libc6-dev-riscv64-cross"]),
    ("arm-linux-gnueabihf-gcc", &["gcc-arm-linux-gnueabihf", "libc6-dev-armhf-cross"]),
    ("qemu-aarch64-static", &["qemu-user-static"]),
];
/// What running modules in a browser needs, and the names of browsers that do; must match tests/src/tools.rs.
const BROWSER_PACKAGES: &[&str] = &["chromium"];
const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

pub fn setup(args: &[String]) -> Result {
    let is_full = match args {
        [] => false,
        [arg] if arg == "--full" => true,
        _ => return Err("`setup` takes only `--full`".to_string()),
    };
    check_rustc()?;
    component("rustfmt", "fmt")?;
    component("clippy", "clippy")?;
    wasm_target()?;
    llvm::setup();
    binaryen::setup();
    web::setup();
    editors::setup();
    if is_full {
        full_tools()?;
    }
    println!("setup: ready for `cargo xtask test`");
    Ok(())
}

fn check_rustc() -> Result {
    let version = output(command("rustc", &["--version"])).ok_or("`rustc` cannot be run")?;
    let number = version.split_whitespace().nth(1).unwrap_or_default();
    let wanted = env!("CARGO_PKG_RUST_VERSION");
    if parse_version(number) < parse_version(wanted) {
        return Err(format!(
            "rustc is {number}, but {wanted} or later is needed; `rustup update stable` gets it"
        ));
    }
    println!("setup: rustc {number}");
    Ok(())
}

fn parse_version(text: &str) -> Vec<u32> {
    text.split(['.', '-']).map_while(|part| part.parse().ok()).collect()
}

fn component(name: &str, subcommand: &str) -> Result {
    if output(cargo(&[subcommand, "--version"])).is_some() {
        println!("setup: {name} is there");
        return Ok(());
    }
    if has("rustup") {
        return run(command("rustup", &["component", "add", name]));
    }
    Err(format!("`cargo {subcommand}` is missing; install {name} as your Rust was installed"))
}

/// Whether a program is on the path.
pub fn has(program: &str) -> bool {
    output(command(program, &["--version"])).is_some()
}

fn wasm_target() -> Result {
    if let Some(how) = check_wasm::toolchain() {
        println!("setup: wasm32-unknown-unknown by {how}");
        return Ok(());
    }
    if has("rustup") && run(command("rustup", &["target", "add", check_wasm::TARGET])).is_ok() {
        return Ok(());
    }
    if can_apt() {
        apt_install(DEBIAN_PACKAGES)?;
    }
    match check_wasm::toolchain() {
        Some(how) => {
            println!("setup: wasm32-unknown-unknown by {how}");
            Ok(())
        }
        None => Err(format!(
            "the target {target} is missing; add it by `rustup target add {target}`, or on Debian install {packages}",
            target = check_wasm::TARGET,
            packages = DEBIAN_PACKAGES.join(" "),
        )),
    }
}

/// What `bench` and `test --full` need.
fn full_tools() -> Result {
    let mut missing = Vec::new();
    if !has("clang-22") || !has("wasm-ld-22") {
        missing.extend(BENCH_PACKAGES);
    }
    if !has("node") {
        missing.extend(NODE_PACKAGES);
    }
    if !BROWSERS.iter().any(|browser| has(browser)) {
        missing.extend(BROWSER_PACKAGES);
    }
    if !has("gdb") {
        missing.extend(DEBUGGER_PACKAGES);
    }
    for (_, packages) in CROSS_PACKAGES.iter().filter(|(program, _)| !has(program)) {
        missing.extend(*packages);
    }
    if missing.is_empty() {
        println!(
            "setup: clang-22, wasm-ld-22, node, gdb, a browser, and compilers and emulators for other processors are there"
        );
    } else if can_apt() {
        apt_install(&missing)?;
    } else {
        let missing = missing.join(" ");
        return Err(format!("`bench` and `test --full` need {missing}; install them as your system does it"));
    }
    peers::setup();
    web::setup_full();
    editors::setup_full();
    playground::setup();
    Ok(())
}

/// Whether packages can be installed without asking anybody: Debian or a descendant, as root.
pub fn can_apt() -> bool {
    let is_root = output(command("id", &["-u"])).is_some_and(|id| id.trim() == "0");
    is_root && Path::new("/etc/debian_version").exists() && has("apt-get")
}

pub fn apt_install(packages: &[&str]) -> Result {
    println!("setup: installing {}", packages.join(" "));
    let apt = |args: &[&str]| {
        let mut command = command("apt-get", args);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        run(command)
    };
    apt(&["update", "-q"])?;
    apt(&[&["install", "-y", "-q", "--no-install-recommends"], packages].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(parse_version("1.100.0") > parse_version("1.95"));
        assert!(parse_version("1.95.0-nightly") >= parse_version("1.95"));
        assert!(parse_version("1.94.1") < parse_version("1.95"));
    }
}
