//! `galc new`: makes a package.

use crate::cli::NewArgs;
use crate::exit::{Exit, Failure, io_failure};
use crate::package::{BUILD_DIR, MANIFEST, is_package_name};
use crate::shell::Shell;
use std::fs;
use std::path::Path;

const MAIN: &str = r#"fn main() {
    println("Hello, world!")
}
"#;

pub fn new(args: &NewArgs, shell: &Shell) -> Result<Exit, Failure> {
    let name = args.name.clone().unwrap_or_else(|| folder_name(&args.path));
    if !is_package_name(&name) {
        return Err(Failure::Usage(format!(
            "`{name}` cannot be the name of a package: it begins with a small letter and has only small letters, digits, \
             `_` and `-`; give another with `--name`"
        )));
    }
    let manifest = args.path.join(MANIFEST);
    if manifest.exists() {
        return Err(Failure::Usage(format!("`{}` exists already", manifest.display())));
    }
    let src = args.path.join("src");
    fs::create_dir_all(&src).map_err(|error| io_failure("make", &src, &error))?;
    write_new(&manifest, &format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\n"))?;
    write_new(&src.join("main.gal"), MAIN)?;
    write_new(&args.path.join(".gitignore"), &format!("/{BUILD_DIR}\n"))?;
    shell.status(&format!("made package `{name}` in {}", args.path.display()));
    Ok(Exit::Success)
}

/// The last name in a path; of `.` and `..`, that of the folder which is meant.
fn folder_name(path: &Path) -> String {
    let whole = if path.file_name().is_none() { path.canonicalize().ok() } else { None };
    let name = whole.as_deref().unwrap_or(path).file_name();
    name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Writes a file unless there is one: what somebody wrote is kept.
fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    if path.exists() {
        Ok(())
    } else {
        fs::write(path, text).map_err(|error| io_failure("write", path, &error))
    }
}
