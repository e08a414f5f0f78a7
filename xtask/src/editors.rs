//! `cargo xtask editors [--full]`: what editors take is tested, each folder of `editors/` by its own `npm test`; with `--full`
//! also by `npm run test:full`, where there is one. The grammar for tree-sitter needs the command `tree-sitter`, which cargo
//! installs into the target folder; without it that folder alone is left out.

use crate::process::{cargo, command, output, run};
use crate::web::{BUILD_GALC, check_node, install, npm, step};
use crate::{Result, root};
use std::path::PathBuf;

/// Folders whose tests need what npm installs and galc.
const FOLDERS: &[&str] = &["editors/textmate", "editors/vscode"];
const TREE_SITTER_FOLDER: &str = "editors/tree-sitter-gal";

/// The crate with the command; its package of npm would download it from elsewhere. Must match editors/tree-sitter-gal/package.json.
const TREE_SITTER_CRATE: &str = "tree-sitter-cli";
const TREE_SITTER_VERSION: &str = "0.27.0";
const TREE_SITTER: &str = "tree-sitter";
/// Where the tests look for it, and for galc.
const TREE_SITTER_VARIABLE: &str = "TREE_SITTER";
const GALC_VARIABLE: &str = "GALC";

const FULL_SCRIPT: &str = "test:full";

pub fn editors(args: &[String]) -> Result {
    match args {
        [] => in_test(false),
        [full] if full == "--full" => in_test(true),
        _ => Err("`cargo xtask editors` takes `--full` alone".to_string()),
    }
}

/// A step of `cargo xtask test`; without Node nothing of it can be tested.
pub fn in_test(is_full: bool) -> Result {
    if let Err(why) = check_node() {
        println!("skipped: {why}");
        return Ok(());
    }
    step("galc", cargo(BUILD_GALC))?;
    for folder in FOLDERS {
        install(folder)?;
        test_folder(folder, is_full, &[(GALC_VARIABLE, galc()?)])?;
    }
    match tree_sitter() {
        Some(path) => {
            let variables = [(GALC_VARIABLE, galc()?), (TREE_SITTER_VARIABLE, path)];
            test_folder(TREE_SITTER_FOLDER, is_full, &variables)
        }
        None => {
            println!(
                "skipped: {TREE_SITTER_FOLDER}: there is no {TREE_SITTER} {TREE_SITTER_VERSION}; `cargo xtask setup --full` installs it"
            );
            Ok(())
        }
    }
}

fn test_folder(folder: &str, is_full: bool, variables: &[(&str, PathBuf)]) -> Result {
    let mut scripts = vec!["test"];
    if is_full && has_script(folder, FULL_SCRIPT)? {
        scripts.push(FULL_SCRIPT);
    }
    for script in scripts {
        let mut tests = npm(folder, &["run", "--silent", script]);
        tests.envs(variables.iter().map(|(name, path)| (name, path)));
        step(&format!("{folder} {script}"), tests)?;
    }
    Ok(())
}

fn has_script(folder: &str, script: &str) -> Result<bool> {
    let path = root().join(folder).join("package.json");
    let text =
        std::fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    Ok(text.contains(&format!("\"{script}\":")))
}

/// What `in_test` needs. It is no failure if that cannot be had: nothing else needs it.
pub fn setup() {
    let installed = check_node().and_then(|()| FOLDERS.iter().try_for_each(|folder| install(folder)));
    report("npm's packages for `editors`", installed);
}

/// And what compiles for minutes.
pub fn setup_full() {
    report("tree-sitter for `editors`", install_tree_sitter());
}

fn report(what: &str, result: Result) {
    match result {
        Ok(()) => println!("setup: {what} are there"),
        Err(error) => println!("setup: no {what}: {error}"),
    }
}

/// It lies where this program does.
fn galc() -> Result<PathBuf> {
    let here = std::env::current_exe().map_err(|error| error.to_string())?;
    Ok(here.with_file_name(format!("galc{}", std::env::consts::EXE_SUFFIX)))
}

/// The command of the right version: the variable's, the one that `setup` has installed, or the one in the path.
fn tree_sitter() -> Option<PathBuf> {
    let named = std::env::var_os(TREE_SITTER_VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from);
    let installed =
        tools().map(|tools| tools.join("bin").join(format!("{TREE_SITTER}{}", std::env::consts::EXE_SUFFIX)));
    let candidates = named.into_iter().chain(installed).chain([PathBuf::from(TREE_SITTER)]);
    candidates.into_iter().find(|path| {
        let version = output(command(&path.to_string_lossy(), &["--version"]));
        version.is_some_and(|text| text.split_whitespace().any(|word| word == TREE_SITTER_VERSION))
    })
}

fn install_tree_sitter() -> Result {
    if tree_sitter().is_some() {
        return Ok(());
    }
    let tools = tools().ok_or("it is not known where cargo builds to")?;
    let tools = tools.to_string_lossy();
    // Grammars are evaluated by Node, so it needs no engine for JavaScript of its own.
    run(cargo(&[
        "install",
        TREE_SITTER_CRATE,
        "--version",
        TREE_SITTER_VERSION,
        "--locked",
        "--no-default-features",
        "--root",
        &tools,
    ]))
}

/// A folder beside the profiles' in the target folder.
fn tools() -> Option<PathBuf> {
    Some(std::env::current_exe().ok()?.parent()?.parent()?.join("tools"))
}
