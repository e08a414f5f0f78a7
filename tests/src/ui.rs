//! Programs with mistakes: the whole report is compared, and the folder's name must be among the codes.
//!
//! What lies in folders below is a module of a program there. Where checking does not find what the folder promises, the program is compiled: some mistakes show only when it is
//! put together.

use crate::files;
use crate::loader::Disk;
use driver::{Options, Session};
use std::path::{Path, PathBuf};

/// The programs, without the modules that they use.
pub fn programs(root: &Path) -> Vec<PathBuf> {
    let folder = root.join("tests/ui");
    let is_program = |path: &PathBuf| path.parent().and_then(Path::parent) == Some(&folder);
    files(&folder, "gal").into_iter().filter(is_program).collect()
}

pub fn check(root: &Path, path: &Path) -> Vec<String> {
    let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    let mut loader = Disk { root: root.to_path_buf() };
    let mut session = Session::new(&mut loader, Options::default());
    let checked = match driver::check(&mut session, &name) {
        Ok(checked) => checked,
        Err(e) => return vec![format!("{name}: {e}")],
    };
    let code =
        path.parent().and_then(Path::file_name).map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let has_code = |checked: &driver::Checked| checked.diagnostics.iter().any(|d| d.code == code);
    let checked = match has_code(&checked) || checked.has_errors() {
        true => checked,
        false => match driver::compile(&mut session, &name) {
            Ok(compiled) => compiled.checked,
            Err(e) => return vec![format!("{name}: {e}")],
        },
    };
    let mut text = String::new();
    for diagnostic in &checked.diagnostics {
        text.push_str(&report::human(diagnostic, &checked.source_map, report::Style::Plain));
        text.push('\n');
    }
    let mut failures = Vec::new();
    if !has_code(&checked) {
        failures.push(format!("{name}: no diagnostic has the code `{code}`:\n{text}"));
    }
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
