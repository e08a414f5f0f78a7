//! `cargo xtask playground` and `dist`: builds, serves and tests the site in `playground/`.
//!
//! Trunk builds what is served and what is published. The tests do without it, as building Trunk takes minutes: they build the
//! modules with the same profile, and finish the site by the same script, `playground/build.mjs`. Both take wasm-bindgen of the very
//! version that the crates use.

use crate::check_wasm::{TARGET, Toolchain, build_std, toolchain};
use crate::process::{cargo, command, output, run, show_time};
use crate::setup::has;
use crate::suites::SIZE_VARIABLE;
use crate::web::{check_node, install, npm};
use crate::{Result, root, target_dir};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

const FOLDER: &str = "playground";
const TRUNK: &str = "0.21.14";
/// Must match the dependencies in the Cargo.toml of playground/page, playground/compiler and playground/extra.
const BINDGEN: &str = "0.2.130";
/// Of Cargo.toml.
const PROFILE: &str = "site";
/// The modules: their package, whose name Trunk gives the site's files, and the file that cargo makes.
const MODULES: &[(&str, &str)] = &[
    ("playground-page", "playground-page"),
    ("playground-compiler", "playground_compiler"),
    ("playground-extra", "playground_extra"),
];

pub fn playground(args: &[String]) -> Result {
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => trunk(&["serve"]),
        ["--test"] => test(false),
        ["--test", "--full"] => test(true),
        ["--shots"] => {
            let site = site()?;
            step("pictures", in_site(npm(FOLDER, &["run", "--silent", "shots"]), &site))
        }
        _ => Err("`playground` takes `--test [--full]` or `--shots`".to_string()),
    }
}

/// Writes the site to `playground/dist`.
pub fn dist(args: &[String]) -> Result {
    if !args.is_empty() {
        return Err("`dist` takes no arguments".to_string());
    }
    trunk(&["build", "--release"])?;
    println!("dist: {}", root().join(FOLDER).join("dist").display());
    Ok(())
}

/// A step of `cargo xtask test`. Without what it needs nothing of it can be tested, which the full tests do not take.
pub fn in_test(is_full: bool) -> Result {
    match missing_for_tests() {
        Some(why) if is_full => Err(why),
        Some(why) => {
            println!("skipped: {why}");
            Ok(())
        }
        None => test(is_full),
    }
}

fn missing_for_tests() -> Option<String> {
    check_node().err().or_else(|| bindgen().err()).or_else(|| toolchain().is_none().then(no_target))
}

fn no_target() -> String {
    format!("the target {TARGET} is missing; `cargo xtask setup` adds it")
}

/// With `is_full` all lessons are solved, too.
fn test(is_full: bool) -> Result {
    let site = site()?;
    step("check", npm(FOLDER, &["run", "--silent", "check"]))?;
    let mut tests = in_site(npm(FOLDER, &["run", "--silent", "test"]), &site);
    if is_full {
        tests.env(SIZE_VARIABLE, "full");
    }
    step("test", tests)
}

/// Tells what npm runs where the site is.
fn in_site(mut command: Command, site: &Path) -> Command {
    command.env("GAL_SITE", site);
    command
}

/// Builds the site without Trunk: where it is.
fn site() -> Result<PathBuf> {
    check_node()?;
    let bindgen = bindgen()?;
    install(FOLDER)?;
    let target = target_dir()?;
    let site = target.join("playground-site");
    step("scripts", node(&["build.mjs", "before"]))?;
    step("modules", modules()?)?;
    let _ = std::fs::remove_dir_all(&site);
    let io = |error: std::io::Error| format!("cannot make `{}`: {error}", site.display());
    std::fs::create_dir_all(&site).map_err(io)?;
    for (package, file) in MODULES {
        let module = target.join(module_dir()).join(format!("{file}.wasm"));
        let (module, site) = (module.to_string_lossy(), site.to_string_lossy());
        let name = ["--out-name", package];
        let args =
            [&["--target", "web", "--no-typescript", "--out-dir", &site], &name[..], &[&module]].concat();
        run(command(&bindgen.to_string_lossy(), &args))?;
    }
    copy_page(&site).map_err(io)?;
    run(node(&["build.mjs", "after", &site.to_string_lossy()]))?;
    Ok(site)
}

/// What Trunk would do: the page without what is for Trunk, and the files that the scripts have made.
fn copy_page(site: &Path) -> std::io::Result<()> {
    let folder = root().join(FOLDER);
    let page = std::fs::read_to_string(folder.join("index.html"))?;
    let lines: Vec<&str> = page.lines().filter(|line| !line.contains("data-trunk")).collect();
    std::fs::write(site.join("index.html"), lines.join("\n"))?;
    for entry in std::fs::read_dir(folder.join("generated"))? {
        let entry = entry?;
        std::fs::copy(entry.path(), site.join(entry.file_name()))?;
    }
    Ok(())
}

fn modules() -> Result<Command> {
    let mut args = vec!["build", "--profile", PROFILE, "--target", TARGET];
    MODULES.iter().for_each(|(package, _)| args.extend(["--package", package]));
    match toolchain().ok_or_else(no_target)? {
        Toolchain::Installed => Ok(cargo(&args)),
        Toolchain::BuildStd(root) => {
            let mut command = build_std(root, &args);
            command.args(["--target-dir"]).arg(target_dir()?.join("build-std"));
            Ok(command)
        }
    }
}

/// Below cargo's target folder. The two compilers do not share one.
fn module_dir() -> PathBuf {
    let base = match toolchain() {
        Some(Toolchain::BuildStd(_)) => PathBuf::from("build-std"),
        _ => PathBuf::new(),
    };
    base.join(TARGET).join(PROFILE)
}

fn trunk(args: &[&str]) -> Result {
    check_node()?;
    let (trunk, bindgen) = (tool("trunk", TRUNK)?, bindgen()?);
    install(FOLDER)?;
    let mut command = command(&trunk.to_string_lossy(), args);
    command.current_dir(root().join(FOLDER));
    let folders = bindgen.parent().map(Path::to_path_buf).into_iter();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let (mut folders, mut rest) =
        (folders.collect::<Vec<_>>(), std::env::split_paths(&path).collect::<Vec<_>>());
    if let Toolchain::BuildStd(root) = toolchain().ok_or_else(no_target)? {
        // Trunk calls the first cargo on the path.
        folders.insert(0, Path::new(root).join("bin"));
        command.env("RUSTC_BOOTSTRAP", "1").env("RUSTC", format!("{root}/bin/rustc"));
        command.env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort");
        command.env("CARGO_TARGET_DIR", target_dir()?.join("build-std"));
        for variable in ["CARGO", "RUSTUP_TOOLCHAIN", "RUSTC_WRAPPER"] {
            command.env_remove(variable);
        }
    }
    folders.append(&mut rest);
    command.env("PATH", std::env::join_paths(folders).map_err(|error| error.to_string())?);
    // Trunk takes `1` for a value that it does not know.
    command.env_remove("NO_COLOR");
    run(command)
}

fn node(args: &[&str]) -> Command {
    let mut command = command("node", args);
    command.current_dir(root().join(FOLDER));
    command
}

fn step(name: &str, command: Command) -> Result {
    println!("\n== {name}");
    let begin = Instant::now();
    run(command)?;
    println!("{name}: {}", show_time(begin.elapsed()));
    Ok(())
}

// Tools.

fn tools() -> Result<PathBuf> {
    Ok(target_dir()?.join("tools"))
}

fn bindgen() -> Result<PathBuf> {
    tool("wasm-bindgen", BINDGEN)
}

/// The program of this very version: the one that `setup --full` has installed, or one on the path.
fn tool(name: &str, version: &str) -> Result<PathBuf> {
    let own = tools()?.join("bin").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let is_right = |program: &Path| {
        let said = output(command(&program.to_string_lossy(), &["--version"])).unwrap_or_default();
        said.split_whitespace().any(|word| word == version)
    };
    let found = [own, PathBuf::from(name)].into_iter().find(|program| is_right(program));
    found.ok_or_else(|| format!("there is no {name} {version}; `cargo xtask setup --full` installs it"))
}

/// Installs Trunk and wasm-bindgen, unless they are there; some minutes each. It is no failure if that cannot be done: nothing
/// else needs them.
pub fn setup() {
    // Trunk needs not be fast, wasm-bindgen goes through megabytes.
    let wanted =
        [("wasm-bindgen", "wasm-bindgen-cli", BINDGEN, "1", &[][..]), ("trunk", "trunk", TRUNK, "0", SMALL)];
    for (name, package, version, level, features) in wanted {
        match tool(name, version).or_else(|_| install_tool(package, version, level, features)) {
            Ok(_) => println!("setup: {name} {version} is there"),
            Err(error) => println!("setup: no {name} {version}: {error}; `playground` and `dist` need it"),
        }
    }
    match check_node().and_then(|()| install(FOLDER)) {
        Ok(()) => println!("setup: npm's packages for `playground` are there"),
        Err(error) => println!("setup: no npm's packages for `playground`: {error}"),
    }
    if !has("node") {
        println!("setup: `playground` needs node");
    }
}

/// Trunk without its search for newer versions.
const SMALL: &[&str] = &["--no-default-features", "--features", "rustls"];

/// By the package's lock file; if that names a version that cannot be had any more, by the newest that fit.
fn install_tool(package: &str, version: &str, level: &str, features: &[&str]) -> Result<PathBuf> {
    let root = tools()?;
    let build = root.join("build");
    let (level, at, folder) =
        (format!("profile.dev.opt-level={level}"), root.to_string_lossy(), build.to_string_lossy());
    let args = [
        "install",
        package,
        "--version",
        version,
        "--root",
        &at,
        "--target-dir",
        &folder,
        "--debug",
        "--config",
        "profile.dev.debug=false",
        "--config",
        &level,
    ];
    let args = [&args[..], features].concat();
    run(cargo(&[&args[..], &["--locked"]].concat())).or_else(|_| run(cargo(&args)))?;
    Ok(root.join("bin"))
}
