//! Runs modules for the web in Node, through `@gal-lang/runtime`: `run.mjs` with the module and what `galc build` writes beside one, in a
//! folder of their own.

use crate::exit::{Failure, io_failure};
use crate::native;
use crate::package::Unit;
use crate::web;
use driver::{TargetInfo, WebInterface};
use report::{Object, array, escape};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use wasi::{Entry, Outcome, RunError, RunOptions};

/// The Node that runs programs, in place of the one on the path.
const NODE: &str = "GALC_NODE";
/// The folder of the npm package, in place of the one that Node would find from the program's folder.
const RUNTIME: &str = "GALC_WEB_RUNTIME";

const SCRIPT: &str = include_str!("run.mjs");

/// What runs programs, and what they are loaded by.
pub struct Node {
    program: PathBuf,
    runtime: PathBuf,
}

impl Node {
    /// What is needed for a program of `unit`; the error says what is missing.
    pub fn find(unit: &Unit) -> Result<Node, Failure> {
        Ok(Node { program: node()?, runtime: runtime(unit)? })
    }

    /// Writes all files of a program.
    pub fn load(
        self,
        interface: &WebInterface,
        unit: &Unit,
        target: &TargetInfo,
        module: &[u8],
    ) -> Result<Loaded, Failure> {
        let folder = tempfile::tempdir()
            .map_err(|error| Failure::Usage(format!("cannot make a temporary folder: {error}")))?;
        let js = web::module_text(interface, unit, target, "program.wasm", module, &self.dist())?;
        for (name, bytes) in [
            ("program.wasm", module),
            ("program.js", js.as_bytes()),
            ("run.mjs", SCRIPT.as_bytes()),
            ("package.json", br#"{ "type": "module" }"#),
        ] {
            let path = folder.path().join(name);
            fs::write(&path, bytes).map_err(|error| io_failure("write", &path, &error))?;
        }
        // Packages that the program names are found as from its own folder.
        if let Some(packages) = above(unit, Path::new("node_modules")) {
            let link = folder.path().join("node_modules");
            link_folder(&packages, &link).map_err(|error| io_failure("link", &packages, &error))?;
        }
        Ok(Loaded { node: self.program, folder })
    }

    fn dist(&self) -> PathBuf {
        self.runtime.join("dist")
    }
}

/// A program that can be run, each time in a process of its own.
pub struct Loaded {
    node: PathBuf,
    folder: tempfile::TempDir,
}

impl Loaded {
    /// Runs it with galc's streams. Returns its status: 124 if its time was up.
    pub fn run(&self, options: &RunOptions) -> Result<i32, Failure> {
        let given = self.given(options).map_err(|error| io_failure("write", self.folder.path(), &error))?;
        native::run_process(self.command(given.path()), options)
    }

    /// Runs the entry that the options name, and keeps what it writes.
    pub fn outcome(&self, options: &RunOptions) -> Result<Outcome, RunError> {
        let failure = |error: io::Error| RunError::Setup(format!("cannot run Node: {error}"));
        let given = self.given(options).map_err(failure)?;
        native::capture(self.command(given.path()), options).map_err(failure)
    }

    fn command(&self, given: &Path) -> Command {
        let mut command = Command::new(&self.node);
        command.arg(self.folder.path().join("run.mjs")).arg(given);
        command
    }

    /// What a run is given, as a file: an argument may not be as long.
    fn given(&self, options: &RunOptions) -> io::Result<tempfile::NamedTempFile> {
        let args = array(options.args.iter().skip(1).map(|arg| escape(arg)));
        let env =
            options.env.iter().fold(Object::nested(), |object, (name, value)| object.string(name, value));
        let given = Object::nested().raw("args", &args).raw("env", &env.finish());
        let given = match &options.entry {
            Entry::Export { name, .. } => given.string("entry", name),
            Entry::Start => given,
        };
        let file = tempfile::NamedTempFile::new_in(self.folder.path())?;
        fs::write(file.path(), given.finish())?;
        Ok(file)
    }
}

/// Programs of the web have no files, and Node's memory has no limit that galc could set.
pub fn check(host: &RunOptions, target: &TargetInfo) -> Result<(), Failure> {
    let name = target.name;
    if !host.dirs.is_empty() {
        return Err(Failure::Usage(format!("`--dir` is for WASI: programs for `{name}` have no files")));
    }
    if host.max_memory.is_some() {
        return Err(Failure::Usage(format!(
            "`--max-memory` is for WASI: Node sets no limit to a program for `{name}`"
        )));
    }
    Ok(())
}

fn node() -> Result<PathBuf, Failure> {
    if let Some(named) = std::env::var_os(NODE).filter(|value| !value.is_empty()) {
        let path = PathBuf::from(named);
        return match path.is_file() {
            true => Ok(path),
            false => Err(Failure::Usage(format!("{NODE} names `{}`, which is no file", path.display()))),
        };
    }
    let name = format!("node{}", std::env::consts::EXE_SUFFIX);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(&name)).find(|path| path.is_file());
    found.ok_or_else(|| {
        Failure::Usage(format!(
            "programs for the web run in Node, and there is no `node` on the path: install it, or name it in the variable {NODE}; \
             `galc build` makes the module for browsers"
        ))
    })
}

fn runtime(unit: &Unit) -> Result<PathBuf, Failure> {
    let is_package = |path: &Path| path.join("dist/node.js").is_file();
    if let Some(named) = std::env::var_os(RUNTIME).filter(|value| !value.is_empty()) {
        let path = PathBuf::from(named);
        return match is_package(&path) {
            true => path.canonicalize().map_err(|error| io_failure("find", &path, &error)),
            false => Err(Failure::Usage(format!(
                "{RUNTIME} names `{}`, which has no `dist/node.js`: the folder of the npm package `{}` is expected",
                path.display(),
                web::RUNTIME
            ))),
        };
    }
    let below = Path::new("node_modules").join(web::RUNTIME);
    let file = above(unit, &below.join("dist/node.js"));
    file.and_then(|file| Some(file.parent()?.parent()?.to_path_buf())).ok_or_else(|| {
        Failure::Usage(format!(
            "programs for the web are loaded by the npm package `{}`, which is not there: `npm install {0}` beside the program, or \
             the variable {RUNTIME} names its folder",
            web::RUNTIME
        ))
    })
}

/// What Node would find from the folder of the program: there, or in a folder above.
fn above(unit: &Unit, below: &Path) -> Option<PathBuf> {
    let folder = web::folder(Path::new(&unit.entry)).ok()?;
    folder.ancestors().map(|folder| folder.join(below)).find(|path| path.exists())
}

#[cfg(unix)]
fn link_folder(to: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(to, link)
}

#[cfg(windows)]
fn link_folder(to: &Path, link: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_dir(to, link)
}

#[cfg(not(any(unix, windows)))]
fn link_folder(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
