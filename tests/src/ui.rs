//! Programs with mistakes: the whole report is compared, and the folder's name must be among the codes.
//!
//! * `tests/ui/<code>/<name>.gal` is a program of one file.
//! * `tests/ui/<code>/<folder>/` holds programs of several modules: the files of the folder itself with a `main` are
//!   programs, all others, and what is in folders below, are modules that they may share.
//!
//! `// target: NAME` in the first line chooses a target.
//!
//! The report stands beside the program, in `<name>.txt`. Where checking does not find what the folder promises, the program
//! is compiled: some mistakes show only when it is put together.

use crate::loader::Disk;
use driver::{Options, Session};
use std::path::{Path, PathBuf};

/// A program and the code that its report must have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Case {
    pub code: String,
    pub path: PathBuf,
}

/// Codes without a folder: what has them is as large as a limit, so that other tests make it, or is not known.
const WITHOUT_PROGRAMS: [&str; 4] =
    ["file-too-large", "format-failed", "sources-too-large", "too-many-errors"];

/// The codes of which `tests/ui` should show programs, but has no folder.
pub fn missing(ui: &Path) -> Vec<String> {
    let has_programs = |code: &str| WITHOUT_PROGRAMS.contains(&code) || ui.join(code).is_dir();
    let missing = driver::codes().into_iter().filter(|info| !has_programs(info.code));
    missing.map(|info| format!("tests/ui has no programs with the code `{}`", info.code)).collect()
}

/// All programs below `tests/ui`, sorted; and the folders in which there should be some, but are none.
pub fn cases(ui: &Path) -> (Vec<Case>, Vec<String>) {
    let (mut cases, mut empty) = (Vec::new(), Vec::new());
    for folder in folders(ui) {
        let code = name(&folder);
        let mut found = sources(&folder);
        for modules in folders(&folder) {
            let programs: Vec<PathBuf> =
                sources(&modules).into_iter().filter(|path| has_main(path)).collect();
            if programs.is_empty() {
                empty.push(format!("{}: no file in this folder has a `main`", modules.display()));
            }
            found.extend(programs);
        }
        if found.is_empty() {
            empty.push(format!("{}: there are no programs", folder.display()));
        }
        cases.extend(found.into_iter().map(|path| Case { code: code.clone(), path }));
    }
    (cases, empty)
}

fn has_main(path: &Path) -> bool {
    std::fs::read_to_string(path).is_ok_and(|text| text.lines().any(|line| line.starts_with("fn main(")))
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    entries(folder).into_iter().filter(|path| path.is_dir()).collect()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    entries(folder).into_iter().filter(|path| path.extension().is_some_and(|e| e == "gal")).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

pub fn check(root: &Path, case: &Case) -> Vec<String> {
    let Case { code, path } = case;
    let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    let checked = match report_on(root, &name, code) {
        Ok(checked) => checked,
        Err(e) => return vec![format!("{name}: {e}")],
    };
    let mut text = String::new();
    for diagnostic in &checked.diagnostics {
        text.push_str(&report::human(diagnostic, &checked.source_map, report::Style::Plain));
        text.push('\n');
    }
    let mut failures = Vec::new();
    if !has_code(&checked, code) {
        failures.push(format!("{name}: no diagnostic has the code `{code}`:\n{text}"));
    }
    failures.extend(differs_in_instances(root, &name, code, &checked));
    let expected_path = path.with_extension("txt");
    if std::env::var_os("BLESS").is_some() {
        if let Err(e) = std::fs::write(&expected_path, &text) {
            failures.push(format!("{name}: {e}"));
        }
        return failures;
    }
    let expected = std::fs::read_to_string(&expected_path).unwrap_or_default();
    if expected != text {
        failures.push(format!("{name}: expected\n{expected}\nfound\n{text}"));
    }
    failures
}

/// What only building finds: it depends on what optimising leaves, and on what the result is for.
const FOUND_BY_BUILDING: [&str; 2] = ["frame-too-large", "missing-main"];

/// Whether `galc check` tells what building does.
fn differs_in_instances(root: &Path, entry: &str, code: &str, built: &driver::Checked) -> Option<String> {
    if FOUND_BY_BUILDING.contains(&code) || !built.has_errors() {
        return None;
    }
    let mut loader = Disk { root: root.to_path_buf() };
    match driver::check_instances(&mut Session::new(&mut loader, options(root, entry)), entry) {
        Ok(checked) if checked.diagnostics == built.diagnostics => None,
        Ok(checked) => {
            let told: Vec<&str> = checked.diagnostics.iter().map(|d| d.message.as_str()).collect();
            Some(format!("{entry}: building finds other things than checking does, which finds {told:?}"))
        }
        Err(error) => Some(format!("{entry}: checking fails: {error}")),
    }
}

/// For the target that the program names. One that cannot be read is what the driver reports.
fn options(root: &Path, entry: &str) -> Options {
    let text = std::fs::read_to_string(root.join(entry)).unwrap_or_default();
    Options { target: crate::run::target_of(&text), ..Options::default() }
}

fn has_code(checked: &driver::Checked, code: &str) -> bool {
    checked.diagnostics.iter().any(|d| d.code == code)
}

fn report_on(root: &Path, entry: &str, code: &str) -> Result<driver::Checked, driver::DriverError> {
    let mut loader = Disk { root: root.to_path_buf() };
    let mut session = Session::new(&mut loader, options(root, entry));
    let checked = driver::check(&mut session, entry)?;
    if has_code(&checked, code) || checked.has_errors() {
        return Ok(checked);
    }
    driver::compile(&mut session, entry).map(|compiled| compiled.checked)
}
