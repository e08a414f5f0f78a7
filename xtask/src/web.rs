//! `cargo xtask web`: the npm package in `runtime-wasm/` is type-checked, built and tested; with `--full` in all browsers,
//! in other versions of Node, in Deno and Bun, and through bundlers. What npm installs lies in the folders `node_modules`
//! there, which are up to date if npm wrote them after the lock file.

use crate::process::{cargo, command, output, run, show_time};
use crate::setup::{apt_install, can_apt, has};
use crate::{Result, root};
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

/// The package; and what only the full tests need, which are some 700 MB.
const FOLDER: &str = "runtime-wasm";
const FULL_FOLDER: &str = "runtime-wasm/test/full";

/// The Node that programs of the tests run on, which is newer than Debian's.
const PROGRAMS_FOLDER: &str = "tests/web";

const DEBIAN_PACKAGES: &[&str] = &["nodejs", "npm"];
/// Browsers besides Chromium, which `setup` knows; must match runtime-wasm/test/page.mjs. WebKit's has no mode without a display.
const BROWSER_PACKAGES: &[(&str, &[&str])] = &[
    ("firefox-esr", &["firefox-esr"]),
    ("/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser", &["libwebkit2gtk-4.1-0"]),
    ("/usr/bin/xvfb-run", &["xvfb", "xauth"]),
];

const FULL: &str = "--full";

/// Of the whole workspace: dependencies then have the features that the tests built them with, and are not built again.
pub const BUILD_GALC: &[&str] = &["build", "--workspace", "--bin", "galc"];

pub fn web(args: &[String]) -> Result {
    let is_full = match args {
        [] => false,
        [arg] if arg == FULL => true,
        _ => return Err("`web` takes only `--full`".to_string()),
    };
    check_node()?;
    install(FOLDER)?;
    for script in ["check", "build", "test"] {
        step(script, npm(FOLDER, &["run", "--silent", script]))?;
    }
    if is_full {
        install(FULL_FOLDER)?;
        step("galc", cargo(BUILD_GALC))?;
        let mut tests = npm(FOLDER, &["run", "--silent", "test:full"]);
        // Some compile a program. It lies where this one does.
        let here = std::env::current_exe().map_err(|error| error.to_string())?;
        tests.env("GALC", here.with_file_name(format!("galc{}", std::env::consts::EXE_SUFFIX)));
        step("test:full", tests)?;
    }
    Ok(())
}

/// The same as a step of `cargo xtask test`; without Node nothing of it can be tested, which is a failure where all is to be.
pub fn in_test(is_full: bool) -> Result {
    match check_node() {
        Err(why) if !is_full => {
            println!("skipped: {why}");
            return Ok(());
        }
        checked => checked?,
    }
    web(&if is_full { vec![FULL.to_string()] } else { Vec::new() })
}

pub fn step(name: &str, command: Command) -> Result {
    println!("\n== {name}");
    let begin = Instant::now();
    run(command)?;
    println!("{name}: {}", show_time(begin.elapsed()));
    Ok(())
}

/// What `web` needs. It is no failure if that cannot be had: nothing else needs it.
pub fn setup() {
    report("npm's packages for `web`", ready(FOLDER));
    report("Node for programs of the tests", ready(PROGRAMS_FOLDER));
}

/// And `web --full`.
pub fn setup_full() {
    report("browsers for `web --full`", browsers());
    report("npm's packages for `web --full`", ready(FULL_FOLDER));
}

fn report(what: &str, result: Result) {
    match result {
        Ok(()) => println!("setup: {what} are there"),
        Err(error) => println!("setup: no {what}: {error}"),
    }
}

fn ready(folder: &str) -> Result {
    if check_node().is_err() && can_apt() {
        apt_install(DEBIAN_PACKAGES)?;
    }
    check_node()?;
    install(folder)
}

fn browsers() -> Result {
    let is_there =
        |program: &str| if program.starts_with('/') { PathBuf::from(program).exists() } else { has(program) };
    let missing = BROWSER_PACKAGES.iter().filter(|(program, _)| !is_there(program));
    let packages: Vec<&str> = missing.flat_map(|(_, packages)| packages.iter().copied()).collect();
    match packages.as_slice() {
        [] => Ok(()),
        packages if can_apt() => apt_install(packages),
        packages => Err(format!("install {} as your system does it", packages.join(" "))),
    }
}

/// The oldest Node that the package and its tools run on; must match `engines` in runtime-wasm/package.json.
const OLDEST_NODE: u32 = 20;

pub fn check_node() -> Result {
    let version = output(command("node", &["--version"]))
        .ok_or("`node` is missing; `cargo xtask setup` installs it or says how")?;
    let major =
        version.trim().trim_start_matches('v').split('.').next().and_then(|number| number.parse().ok());
    if major.is_none_or(|major: u32| major < OLDEST_NODE) {
        return Err(format!("node is {}, but {OLDEST_NODE} or later is needed", version.trim()));
    }
    if !has("npm") {
        return Err("`npm` is missing; on Debian the package `npm` has it".to_string());
    }
    Ok(())
}

/// Installs just what the lock file names, unless that has been done.
pub fn install(folder: &str) -> Result {
    let path = root().join(folder);
    let changed = |name: &str| std::fs::metadata(path.join(name)).and_then(|file| file.modified()).ok();
    let installed = changed("node_modules/.package-lock.json");
    if installed.is_some() && installed >= changed("package-lock.json") {
        return Ok(());
    }
    run(npm(folder, &["ci", "--no-audit", "--no-fund"]))
}

pub fn npm(folder: &str, args: &[&str]) -> Command {
    let mut command = command("npm", args);
    command.current_dir(root().join(folder));
    command
}
