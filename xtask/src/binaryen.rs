//! Binaryen's `wasm-opt`, which `galc build --release` passes modules through. Without it modules stay as the backend
//! made them, and galc says so.

use crate::process::{command, output, run};
use crate::setup::{apt_install, can_apt};
use crate::{Result, suites, target_dir};
use std::path::{Path, PathBuf};

/// The package of npm; its `wasm-opt` is a script for Node.
const PACKAGE: &str = "binaryen@132.0.0";
/// Must match compiler/binaryen/src/lib.rs, like the names.
const OLDEST: u32 = 132;
const VARIABLE: &str = "GALC_WASM_OPT";
const NAME: &str = "wasm-opt";
const DEBIAN_PACKAGES: &[&str] = &["nodejs", "npm"];

/// Installs it where that can be done without asking; says how to get it where not.
pub fn setup() {
    if let Some(path) = find() {
        println!("setup: {NAME} is there: {}", path.display());
        return;
    }
    let has_npm = || output(command("npm", &["--version"])).is_some();
    if !has_npm() && can_apt() {
        // What it says stands above; what follows says what is missing.
        let _ = apt_install(DEBIAN_PACKAGES);
    }
    let installed = if has_npm() { install() } else { Err("npm is missing".to_string()) };
    if let Err(error) = installed {
        println!(
            "setup: no {NAME} of version {OLDEST} or later: {error}. `galc build --release` does without."
        );
        println!("setup:   To have it: npm install -g {PACKAGE}, or set {VARIABLE} to where it is");
    }
}

/// One that is new enough: the variable's, on the path, or beside each galc.
fn find() -> Option<PathBuf> {
    let named = std::env::var_os(VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|folder| folder.join(NAME));
    let beside: Vec<PathBuf> = profiles().iter().map(|folder| folder.join(NAME)).collect();
    // One that is missing has to be made.
    let is_everywhere = beside.iter().all(|path| path.is_file());
    let beside = is_everywhere.then_some(beside).into_iter().flatten();
    named.into_iter().chain(on_path).chain(beside).find(|path| is_new(path))
}

fn is_new(path: &Path) -> bool {
    path.is_file() && version(path).is_some_and(|version| version >= OLDEST)
}

fn version(program: &Path) -> Option<u32> {
    let text = output(command(&program.to_string_lossy(), &["--version"]))?;
    text.split_whitespace().find_map(|word| word.parse().ok())
}

/// Where galc is built to.
fn profiles() -> Vec<PathBuf> {
    let target = target_dir().ok();
    target
        .into_iter()
        .flat_map(|target| {
            ["debug", suites::FULL_PROFILE, "release", "published"].map(|profile| target.join(profile))
        })
        .collect()
}

/// Puts the package into the target folder, and links to its program beside galc.
fn install() -> Result {
    let folder = target_dir()?.join("binaryen");
    let prefix = folder.to_string_lossy();
    if !is_new(&folder.join("node_modules/binaryen/bin").join(NAME)) {
        run(command(
            "npm",
            &["install", "--silent", "--no-audit", "--no-fund", "--prefix", &prefix, PACKAGE],
        ))?;
    }
    for profile in profiles() {
        std::fs::create_dir_all(&profile)
            .map_err(|error| format!("cannot make `{}`: {error}", profile.display()))?;
        link(Path::new("../binaryen/node_modules/binaryen/bin").join(NAME), &profile.join(NAME))?;
    }
    println!("setup: {NAME} is now beside galc");
    Ok(())
}

#[cfg(unix)]
fn link(to: PathBuf, at: &Path) -> Result {
    // An old one may point nowhere.
    let _ = std::fs::remove_file(at);
    std::os::unix::fs::symlink(to, at).map_err(|error| format!("cannot make `{}`: {error}", at.display()))
}

#[cfg(not(unix))]
fn link(_: PathBuf, at: &Path) -> Result {
    Err(format!("`{}` cannot be linked to on this system", at.display()))
}
