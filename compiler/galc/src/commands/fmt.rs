//! `galc fmt`: rewrites source files in the canonical layout. A file with syntax errors is reported and left alone.

use crate::cli::FmtArgs;
use crate::exit::{Exit, Failure, io_failure};
use crate::package::{Unit, is_source_dir};
use crate::shell::Shell;
use report::Object;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

pub fn fmt(args: &FmtArgs, shell: &Shell) -> Result<Exit, Failure> {
    if args.paths.iter().any(|path| path == Path::new("-")) {
        return standard_input(args, shell);
    }
    let roots =
        if args.paths.is_empty() { vec![Unit::find(None)?.source_root()] } else { args.paths.clone() };
    let (mut exit, mut unread) = (Exit::Success, None);
    for root in roots {
        for file in sources(&root)? {
            // One that cannot be read or written keeps nobody from the others.
            match file_in_place(&file, args, shell) {
                Ok(true) => {}
                Ok(false) if unread.is_none() => exit = Exit::Diagnostics,
                Ok(false) => {}
                Err(failure) => {
                    if let Some(before) = unread.replace(failure) {
                        shell.failure(&before);
                    }
                }
            }
        }
    }
    unread.map_or(Ok(exit), Err)
}

fn standard_input(args: &FmtArgs, shell: &Shell) -> Result<Exit, Failure> {
    if args.paths.len() > 1 {
        return Err(Failure::Usage("`-` stands alone".to_string()));
    }
    let mut text = Vec::new();
    let read = std::io::stdin().read_to_end(&mut text);
    read.map_err(|error| Failure::Usage(format!("cannot read standard input: {error}")))?;
    let formatted = driver::format("<stdin>", &text)?;
    shell.diagnostics(&formatted.checked);
    let Some(new) = formatted.text else { return Ok(Exit::Diagnostics) };
    if args.check {
        return Ok(if new.as_bytes() == text { Exit::Success } else { Exit::Diagnostics });
    }
    shell.output(new.as_bytes());
    Ok(Exit::Success)
}

/// Formats one file; whether it was, with `--check`, or now is as it should be.
fn file_in_place(path: &Path, args: &FmtArgs, shell: &Shell) -> Result<bool, Failure> {
    let text = fs::read(path).map_err(|error| io_failure("read", path, &error))?;
    let name = path.display().to_string();
    let formatted = driver::format(&name, &text)?;
    if !formatted.checked.diagnostics.is_empty() {
        shell.diagnostics(&formatted.checked);
    }
    let Some(new) = formatted.text else { return Ok(false) };
    if new.as_bytes() == text {
        return Ok(true);
    }
    shell.message(|| Object::message("format").string("path", &name).boolean("written", !args.check));
    if args.check {
        shell.line(&name);
        return Ok(false);
    }
    fs::write(path, new).map_err(|error| io_failure("write", path, &error))?;
    shell.status(&format!("formatted {name}"));
    Ok(true)
}

/// The source files at or below a path, sorted.
fn sources(root: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !root.is_dir() {
        return Ok(vec![root.to_path_buf()]);
    }
    let mut files = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| io_failure("list", &folder, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| io_failure("list", &folder, &error))?;
            let path = entry.path();
            // Links are not followed: they may lead out of the package, or round in circles.
            let is_dir = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_dir && is_source_dir(&path) {
                folders.push(path);
            } else if !is_dir && path.extension().is_some_and(|extension| extension == "gal") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}
