//! Programs for JavaScript, built by galc with what it writes beside them, and used from JavaScript: tests/web/apps. Each is a folder with
//! `app.gal`, a `test.mjs` whose output is in `expected.txt`, and a `use.ts` that the types must fit.
#![allow(clippy::disallowed_methods, reason = "tests run processes and read files")]

mod common;

use common::{Scratch, status, stderr};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace is there")
}

/// Node with exceptions and the npm package, if `cargo xtask setup` and `cargo xtask web` have made them; else why not.
fn node() -> Result<PathBuf, &'static str> {
    let node = root().join("tests/web/node_modules/.bin/node");
    if !node.is_file() {
        return Err("there is no Node for programs: `cargo xtask setup` installs one");
    }
    if !root().join("runtime-wasm/dist/node.js").is_file() {
        return Err("the npm package is not built: `cargo xtask web` does that");
    }
    Ok(node)
}

/// A copy of an app in a folder of its own, with the npm package.
fn copy_of(app: &str, purpose: &str) -> Scratch {
    let scratch = Scratch::new(&format!("web-{app}-{purpose}"));
    let folder = root().join("tests/web/apps").join(app);
    for entry in fs::read_dir(&folder).expect("the app is there").flatten() {
        let text = fs::read_to_string(entry.path()).expect("its files are texts");
        scratch.write(&entry.file_name().to_string_lossy(), &text);
    }
    scratch.write("package.json", r#"{ "type": "module" }"#);
    let link = scratch.0.join("node_modules/@gal-lang/runtime");
    fs::create_dir_all(link.parent().expect("it is in a folder")).expect("folders can be made");
    #[cfg(unix)]
    std::os::unix::fs::symlink(root().join("runtime-wasm"), link).expect("links can be made");
    scratch
}

fn build(scratch: &Scratch, options: &[&str]) {
    let output = scratch.galc(&[&["build", "-q", "app.gal"], options].concat());
    assert_eq!(status(&output), 0, "{}", stderr(&output));
}

fn run(node: &Path, scratch: &Scratch) -> Output {
    Command::new(node).arg("test.mjs").current_dir(&scratch.0).output().expect("Node runs")
}

/// Builds an app in a way, and compares what its test prints.
fn check(app: &str, options: &[&str]) {
    let node = match node() {
        Ok(node) => node,
        Err(why) => return println!("skipped: {why}"),
    };
    let scratch = copy_of(app, "run");
    build(&scratch, options);
    let output = run(&node, &scratch);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let expected = root().join("tests/web/apps").join(app).join("expected.txt");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&expected, &text).expect("files can be written");
    }
    let expected = fs::read_to_string(&expected).unwrap_or_default();
    assert_eq!(text, expected, "{app} {options:?}: {}", stderr(&output));
}

const WAYS: &[&[&str]] = &[
    &["--target", "wasm32-web"],
    &["--target", "wasm32-web", "--release", "--backend", "wasm"],
    &["--target", "wasm64-web"],
];

#[test]
fn values_cross() {
    WAYS.iter().for_each(|way| check("values", way));
}

#[test]
fn actors_are_classes() {
    WAYS.iter().for_each(|way| check("actors", way));
}

#[test]
fn types_fit() {
    let compiler = root().join("runtime-wasm/node_modules/typescript/bin/tsc");
    let node = match node() {
        Ok(node) if compiler.exists() => node,
        Ok(_) => return println!("skipped: there is no TypeScript: `cargo xtask web` installs it"),
        Err(why) => return println!("skipped: {why}"),
    };
    for app in ["values", "actors"] {
        let scratch = copy_of(app, "types");
        build(&scratch, &["--target", "wasm32-web"]);
        let options =
            ["--noEmit", "--strict", "--module", "nodenext", "--target", "esnext", "--lib", "esnext,dom"];
        let mut command = Command::new(&node);
        command.arg(&compiler).args(options).args(["--exactOptionalPropertyTypes", "use.ts"]);
        let output = command.current_dir(&scratch.0).output().expect("tsc runs");
        assert!(output.status.success(), "{app}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn the_programs_for_the_web_do_not_run_alone() {
    let scratch = Scratch::new("web-run");
    scratch.write("main.gal", "fn main() { println(1) }\n");
    let output = scratch.galc(&["run", "--target", "wasm32-web", "main.gal"]);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("are loaded by JavaScript"), "{}", stderr(&output));
    let output = scratch.galc(&["test", "--target", "wasm64-web", "main.gal"]);
    assert_eq!(status(&output), 2, "{}", stderr(&output));
}
