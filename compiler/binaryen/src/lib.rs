//! Binaryen's `wasm-opt`, an optimiser of modules that runs after the backends: where it is found, and how it is called.

use backend::{OptLevel, WasmFeature};
use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Names the program.
pub const VARIABLE: &str = "GALC_WASM_OPT";
pub const NAME: &str = "wasm-opt";
/// The oldest that is tested; older ones lack exceptions with `exnref`, or have faults in them.
pub const OLDEST: u32 = 132;
const HOW_TO_GET: &str = "`cargo xtask setup` installs it (npm: binaryen)";

/// What Node is called with. The `wasm-opt` of npm is itself a module of 12 MB, which ends before it gains from what V8's
/// optimising compiler does on other cores: without, modules of 1 KB to 1 MB take 12 to 70 % less processor time. Measured in
/// Node 20, 24 and 26.
const NODE_OPTIONS: [&str; 2] = ["--no-wasm-tier-up", "--no-wasm-dynamic-tiering"];

/// Bytes that are read of a file's first line.
const FIRST_LINE_MAX: u64 = 256;

/// A `wasm-opt`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WasmOpt {
    path: PathBuf,
    /// A script for Node, as npm's is.
    is_script: bool,
}

impl WasmOpt {
    /// The one that the variable names, or the first in the given folders or on the path that is new enough. `Ok(None)` if
    /// there is none.
    pub fn find(folders: impl IntoIterator<Item = PathBuf>) -> Result<Option<WasmOpt>, String> {
        if let Some(named) = std::env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
            return match PathBuf::from(&named) {
                path if path.is_file() => WasmOpt::at(path).checked().map(Some),
                path => Err(format!("{VARIABLE} names `{}`, which is no file", path.display())),
            };
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut folders = folders.into_iter().chain(std::env::split_paths(&path));
        Ok(folders.find_map(|folder| {
            let found = names().map(|name| folder.join(name)).find(|path| path.is_file())?;
            WasmOpt::at(found).checked().ok()
        }))
    }

    fn at(path: PathBuf) -> WasmOpt {
        let is_script = is_for_node(&path);
        WasmOpt { path, is_script }
    }

    fn command(&self) -> Command {
        if !self.is_script {
            return Command::new(&self.path);
        }
        let mut command = Command::new("node");
        command.args(NODE_OPTIONS).arg(&self.path);
        command
    }

    /// An error if it is too old for what galc emits.
    fn checked(self) -> Result<WasmOpt, String> {
        match self.version() {
            Some(version) if version < OLDEST => Err(format!(
                "`{}` is version {version}, and galc needs {OLDEST} or later; {HOW_TO_GET}",
                self.path.display()
            )),
            _ => Ok(self),
        }
    }

    /// For messages: that there is none, and what to do.
    pub fn missing() -> String {
        format!(
            "no {NAME} of version {OLDEST} or later is beside galc or on the path; {HOW_TO_GET}, or {VARIABLE} says where it is"
        )
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it says of itself; none if it cannot be run.
    pub fn version(&self) -> Option<u32> {
        let output = self.command().arg("--version").stdin(Stdio::null()).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        text.split_whitespace().find_map(|word| word.parse().ok())
    }

    /// Optimises a module. The result uses no feature that is not given; functions keep their names with `names`.
    pub fn run(
        &self,
        module: &[u8],
        level: OptLevel,
        features: &[WasmFeature],
        names: bool,
    ) -> Result<Vec<u8>, String> {
        let folder =
            tempfile::tempdir().map_err(|error| format!("cannot make a temporary folder: {error}"))?;
        let (from, to) = (folder.path().join("from.wasm"), folder.path().join("to.wasm"));
        std::fs::write(&from, module)
            .map_err(|error| format!("cannot write `{}`: {error}", from.display()))?;
        let output = self
            .command()
            .args(arguments(level, features, names))
            .arg(&from)
            .arg("-o")
            .arg(&to)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| self.cannot_be_run(&error))?;
        if !output.status.success() {
            return Err(self.failed(&output));
        }
        std::fs::read(&to).map_err(|error| format!("`{}` wrote nothing: {error}", self.path.display()))
    }

    fn cannot_be_run(&self, error: &std::io::Error) -> String {
        let name = self.path.display();
        // The one of npm is a script.
        let hint = if error.kind() == ErrorKind::NotFound { "; the one of npm needs Node" } else { "" };
        format!("cannot run `{name}`: {error}{hint}")
    }

    fn failed(&self, output: &Output) -> String {
        let (name, status) = (self.path.display(), output.status);
        format!("`{name}` failed ({status}): {}", String::from_utf8_lossy(&output.stderr).trim())
    }
}

/// Whether the first line of a file says so.
fn is_for_node(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let mut line = Vec::new();
    // A program has no lines.
    let read = BufReader::new(file.take(FIRST_LINE_MAX)).read_until(b'\n', &mut line);
    let name = line.trim_ascii_end().rsplit(|byte| matches!(byte, b' ' | b'/')).next();
    read.is_ok() && line.starts_with(b"#!") && name == Some(b"node")
}

fn names() -> impl Iterator<Item = OsString> {
    let endings: &[&str] = if cfg!(windows) { &[".exe", ".cmd"] } else { &[""] };
    endings.iter().map(|ending| OsString::from(format!("{NAME}{ending}")))
}

/// What makes modules smaller behind all passes of `-Oz`: the address of static data takes four or five bytes wherever it
/// stands, and two out of a local. Speed does not gain.
const SMALLEST: [&str; 4] = ["--const-hoisting", "--coalesce-locals", "--reorder-locals", "--vacuum"];

fn arguments(level: OptLevel, features: &[WasmFeature], names: bool) -> Vec<String> {
    // Exactly what the module may use, or it would be given what its engine perhaps does not have.
    let mut args = vec!["--mvp-features".to_string()];
    args.extend(features.iter().map(|feature| format!("--enable-{}", binaryen_name(*feature))));
    args.push(format!("-O{}", level.name()));
    if level == OptLevel::Oz {
        args.extend(SMALLEST.map(str::to_string));
    }
    if names {
        args.push("--debuginfo".to_string());
    }
    args
}

/// Binaryen has names of its own for some.
fn binaryen_name(feature: WasmFeature) -> &'static str {
    match feature {
        WasmFeature::Atomics => "threads",
        WasmFeature::NontrappingFptoint => "nontrapping-float-to-int",
        WasmFeature::Simd128 => "simd",
        other => other.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_given_by_binaryens_names() {
        let features = [WasmFeature::Simd128, WasmFeature::SignExt, WasmFeature::Atomics];
        assert_eq!(
            arguments(OptLevel::Oz, &features, true),
            [
                "--mvp-features",
                "--enable-simd",
                "--enable-sign-ext",
                "--enable-threads",
                "-Oz",
                "--const-hoisting",
                "--coalesce-locals",
                "--reorder-locals",
                "--vacuum",
                "--debuginfo"
            ]
        );
        assert_eq!(arguments(OptLevel::O3, &[], false), ["--mvp-features", "-O3"]);
    }

    #[test]
    fn scripts_for_node_are_told_by_their_first_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let is_script = |text: &[u8]| {
            let path = folder.path().join(NAME);
            std::fs::write(&path, text).expect("a file");
            let found = WasmOpt::at(path);
            (found.is_script, found.command().get_program() == "node")
        };
        assert_eq!(is_script(b"#!/usr/bin/env node\nvar Module={}"), (true, true));
        assert_eq!(is_script(b"#!/usr/bin/node\r\n"), (true, true));
        assert_eq!(is_script(b"#!/usr/bin/env ts-node\n"), (false, false));
        assert_eq!(is_script(b"#!/bin/sh\nexec node"), (false, false));
        assert_eq!(is_script(b"\x7fELF\x02\x01\x01 node"), (false, false));
        assert_eq!(is_script(b""), (false, false));
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let none = WasmOpt::at(PathBuf::from("/nowhere/wasm-opt"));
        assert_eq!(none.version(), None);
        let said = none.run(b"\0asm\x01\0\0\0", OptLevel::O3, &[], false).expect_err("it is nowhere");
        assert!(said.contains("`/nowhere/wasm-opt`") && said.contains("needs Node"), "{said}");
    }
}
