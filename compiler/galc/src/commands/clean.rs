//! `galc clean`: removes the folder with results, if galc made it.

use super::build::{CACHE_SIGNATURE, CACHE_TAG};
use crate::cli::CleanArgs;
use crate::exit::{Exit, Failure, io_failure};
use crate::package::{BUILD_DIR, package_around};
use crate::shell::Shell;
use std::fs;
use std::path::{Path, PathBuf};

pub fn clean(args: &CleanArgs, shell: &Shell) -> Result<Exit, Failure> {
    let root = match &args.path {
        // Results of a file alone are in the current folder.
        Some(path) if path.is_file() => PathBuf::new(),
        Some(path) if path.is_dir() => path.clone(),
        Some(path) => return Err(Failure::Usage(format!("there is no `{}`", path.display()))),
        None => std::env::current_dir().ok().and_then(|dir| package_around(&dir)).unwrap_or_default(),
    };
    let dir: PathBuf = root.join(BUILD_DIR);
    if !dir.exists() {
        return Ok(Exit::Success);
    }
    if !is_ours(&dir) {
        return Err(Failure::Usage(format!(
            "`{}` was not made by galc, for it has no `{CACHE_TAG}`; remove it yourself",
            dir.display()
        )));
    }
    fs::remove_dir_all(&dir).map_err(|error| io_failure("remove", &dir, &error))?;
    shell.status(&format!("removed {}", dir.display()));
    Ok(Exit::Success)
}

fn is_ours(dir: &Path) -> bool {
    fs::read_to_string(dir.join(CACHE_TAG)).is_ok_and(|text| text.starts_with(CACHE_SIGNATURE))
}
