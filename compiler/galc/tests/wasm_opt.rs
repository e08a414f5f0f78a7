//! `galc build` and Binaryen's wasm-opt: what happens with it, without it, and with one that fails.

mod common;

use common::{Scratch, status, stderr, stdout};
use std::process::{Command, Output, Stdio};

const HELLO: &str = "fn main() {\n    println(\"hello\")\n}\n";
const VARIABLE: &str = "GALC_WASM_OPT";

/// galc in a folder of its own and with no other path, so that it finds no wasm-opt.
fn alone(scratch: &Scratch, args: &[&str]) -> Output {
    let galc = scratch.0.join("bin/galc");
    if !galc.exists() {
        std::fs::create_dir_all(galc.parent().expect("it has a folder")).expect("the folder can be made");
        std::fs::hard_link(env!("CARGO_BIN_EXE_galc"), &galc)
            .or_else(|_| std::fs::copy(env!("CARGO_BIN_EXE_galc"), &galc).map(drop))
            .expect("galc can be copied");
    }
    let mut command = Command::new(galc);
    command.args(args).current_dir(&scratch.0).env("PATH", "").env_remove(VARIABLE).stdin(Stdio::null());
    command.output().expect("galc can be run")
}

fn with_variable(scratch: &Scratch, value: &str, args: &[&str]) -> Output {
    let mut command = scratch.command(args);
    command.env(VARIABLE, value).stdin(Stdio::null()).output().expect("galc can be run")
}

#[test]
fn a_release_build_without_it_says_so() {
    let scratch = Scratch::new("no-wasm-opt");
    scratch.write("hello.gal", HELLO);
    let build = ["build", "--release", "--backend", "wasm", "hello.gal"];
    let output = alone(&scratch, &build);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let note = "note: the module is as the backend made it: no wasm-opt of version 132 or later is beside galc or on the path";
    assert!(stderr(&output).starts_with(note), "{}", stderr(&output));
    let json = alone(&scratch, &[&build[..], &["--message-format", "json"]].concat());
    assert!(stdout(&json).contains(r#""type":"note","message":"the module is"#), "{}", stdout(&json));
    for quiet in [&["--wasm-opt", "off", "--release"][..], &[], &["-g", "--release"], &["-O", "2"]] {
        let output = alone(&scratch, &[&["build", "--backend", "wasm", "hello.gal"], quiet].concat());
        assert_eq!(status(&output), 0, "{}", stderr(&output));
        assert!(!stderr(&output).contains("note:"), "{quiet:?}: {}", stderr(&output));
    }
    let small = alone(&scratch, &["build", "-O", "z", "hello.gal"]);
    assert!(stderr(&small).starts_with(note), "{}", stderr(&small));
}

#[test]
fn without_it_there_is_no_module_that_asks_for_it() {
    let scratch = Scratch::new("wasm-opt-asked");
    scratch.write("hello.gal", HELLO);
    let output = alone(&scratch, &["build", "--wasm-opt", "2", "hello.gal"]);
    assert_eq!(status(&output), 2, "{}", stderr(&output));
    assert!(stderr(&output).contains("`cargo xtask setup` installs it"), "{}", stderr(&output));
    assert!(!scratch.0.join("build/hello.wasm").exists());
    let named = with_variable(&scratch, "nowhere", &["build", "--release", "hello.gal"]);
    assert_eq!(status(&named), 2);
    let expected = "GALC_WASM_OPT names `nowhere`, which is no file";
    assert!(stderr(&named).contains(expected), "{}", stderr(&named));
    let native = ["build", "--target", "x86_64-linux", "--wasm-opt", "z", "hello.gal"];
    let output = scratch.galc(&native);
    assert_eq!(status(&output), 2, "{}", stderr(&output));
    let expected = "`--wasm-opt` is for WebAssembly modules, and an executable is made";
    assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    let output = scratch.galc(&["build", "--wasm-opt", "z", "--emit", "wat", "hello.gal"]);
    assert_eq!((status(&output), stdout(&output).as_str()), (2, ""), "{}", stderr(&output));
}

/// Writes a wasm-opt that says it is of a version, and fails.
#[cfg(unix)]
fn failing(scratch: &Scratch, version: u32) -> String {
    use std::os::unix::fs::PermissionsExt;
    let name = format!("wasm-opt-{version}");
    let text = format!(
        "#!/bin/sh\ncase $1 in\n--version) echo \"wasm-opt version {version}\";;\n*) echo \"what is that\" >&2; exit 1;;\nesac\n"
    );
    scratch.write(&name, text);
    let path = scratch.0.join(name);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))
        .expect("it can be made executable");
    path.display().to_string()
}

#[cfg(unix)]
#[test]
fn what_it_fails_with_is_shown() {
    let scratch = Scratch::new("wasm-opt-fails");
    scratch.write("hello.gal", HELLO);
    let build = ["build", "--release", "hello.gal"];
    let old = with_variable(&scratch, &failing(&scratch, 108), &build);
    assert_eq!(status(&old), 2);
    let expected = "is version 108, and galc needs 132 or later";
    assert!(stderr(&old).contains(expected), "{}", stderr(&old));
    let new = with_variable(&scratch, &failing(&scratch, 140), &build);
    assert_eq!(status(&new), 2);
    let said = stderr(&new);
    assert!(said.contains("what is that; `--wasm-opt off` does without"), "{said}");
    assert!(!scratch.0.join("build/hello.wasm").exists());
}
