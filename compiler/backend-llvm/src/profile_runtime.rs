//! The library that writes profiles, which is linked to programs that do so: the one of compiler-rt of the same LLVM, because the
//! form of profiles changes from version to version.

use backend::BackendError;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Names the library.
const VARIABLE: &str = "GALC_PROFILE_RUNTIME";

/// Where it lies in clang's folder, with and without folders of targets.
const PLACES: [&str; 4] = [
    "lib/linux/libclang_rt.profile-x86_64.a",
    "lib/x86_64-unknown-linux-gnu/libclang_rt.profile.a",
    "lib/x86_64-pc-linux-gnu/libclang_rt.profile.a",
    "lib/x86_64-linux-gnu/libclang_rt.profile.a",
];

/// Finds it: what the variable names, or what lies in the folder that a tool of LLVM 22 tells.
pub fn find() -> Result<PathBuf, BackendError> {
    if let Some(named) = std::env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        let path = PathBuf::from(named);
        if path.is_file() {
            return Ok(path);
        }
        return Err(BackendError::Tool(format!("{VARIABLE} names `{}`, which is no file", path.display())));
    }
    let folders = [
        asked("clang-22", "-print-resource-dir"),
        asked("llvm-config-22", "--libdir").map(|folder| folder.join("clang/22")),
    ];
    in_folders(folders.into_iter().flatten()).ok_or_else(|| {
        BackendError::Tool(format!(
            "programs that write profiles are linked with LLVM 22's libclang_rt.profile, which neither clang-22 nor \
             llvm-config-22 leads to; `cargo xtask setup` installs it (Debian: libclang-rt-22-dev), or {VARIABLE} says \
             where it is"
        ))
    })
}

fn in_folders(folders: impl Iterator<Item = PathBuf>) -> Option<PathBuf> {
    folders.flat_map(|folder| PLACES.map(|place| folder.join(place))).find(|path| path.is_file())
}

/// The folder that a program prints.
fn asked(program: &str, question: &str) -> Option<PathBuf> {
    let output = Command::new(program).arg(question).stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    Some(Path::new(text.trim()).to_path_buf()).filter(|folder| folder.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_folder_that_has_it_is_taken() {
        let folder = tempfile::tempdir().expect("there is a place for temporary folders");
        let (empty, full) = (folder.path().join("empty"), folder.path().join("full"));
        for place in PLACES {
            assert_eq!(in_folders([empty.clone(), full.clone()].into_iter()), None);
            let path = full.join(place);
            std::fs::create_dir_all(path.parent().expect("it has a folder")).expect("the folder can be made");
            std::fs::write(&path, "").expect("the file can be written");
            assert_eq!(in_folders([empty.clone(), full.clone()].into_iter()), Some(path));
            std::fs::remove_dir_all(&full).expect("the folder can be removed");
        }
    }
}
