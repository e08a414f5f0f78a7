//! The galc binary as people call it: arguments, streams, exit statuses.

mod common;

use common::{Scratch, status, stderr, stdout};
use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Prints its arguments and its environment, each closed by a zero byte, then copies its input, and ends with 7.
const TELL: &str = r#"(module
    (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "environ_sizes_get" (func $env_sizes (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "environ_get" (func $env (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 16)
    (func $print (param $at i32) (param $len i32)
        (i32.store (i32.const 0) (local.get $at))
        (i32.store (i32.const 4) (local.get $len))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
    (func (export "_start")
        (drop (call $args_sizes (i32.const 16) (i32.const 20)))
        (drop (call $args (i32.const 1024) (i32.const 65536)))
        (call $print (i32.const 65536) (i32.load (i32.const 20)))
        (drop (call $env_sizes (i32.const 16) (i32.const 20)))
        (drop (call $env (i32.const 1024) (i32.const 65536)))
        (call $print (i32.const 65536) (i32.load (i32.const 20)))
        (loop $more
            (i32.store (i32.const 32) (i32.const 65536))
            (i32.store (i32.const 36) (i32.const 65536))
            (drop (call $read (i32.const 0) (i32.const 32) (i32.const 1) (i32.const 40)))
            (if (i32.load (i32.const 40))
                (then (call $print (i32.const 65536) (i32.load (i32.const 40))) (br $more))))
        (call $exit (i32.const 7))))"#;

const LOOP: &str =
    r#"(module (memory (export "memory") 1) (func (export "_start") (loop $again (br $again))))"#;

#[test]
fn run_passes_arguments_environment_input_and_status() {
    let scratch = Scratch::new("pass");
    scratch.module("tell.wasm", TELL);
    let run = ["run", "--env", "A=1", "--env", "GALC_TEST", "tell.wasm", "one", "--two", "-v"];
    let mut command = scratch.command(&run);
    let output = command.env("GALC_TEST", "x y").stdin(Stdio::null()).output().expect("galc can be run");
    assert_eq!(stdout(&output), "tell\0one\0--two\0-v\0A=1\0GALC_TEST=x y\0");
    assert_eq!(status(&output), 7, "{}", stderr(&output));
    let output = scratch.galc_with_input(&["run", "tell.wasm", "--", "a"], "the input");
    assert_eq!(stdout(&output), "tell\0a\0the input");
}

/// Variables of programs are UTF-8.
#[test]
#[cfg(unix)]
fn variables_that_are_not_utf_8_are_told_of() {
    use std::os::unix::ffi::OsStrExt;
    let scratch = Scratch::new("variables");
    scratch.module("tell.wasm", TELL);
    scratch.write("main.gal", "use std.env\nfn main() { println(env.var(\"GALC_BAD\")) }\n");
    let bad = std::ffi::OsStr::from_bytes(b"x\xff");
    let run = |args: &[&str]| {
        let mut command = scratch.command(args);
        command.env_clear().env("GALC_BAD", bad).env("GALC_GOOD", "y");
        command.stdin(Stdio::null()).output().expect("galc can be run")
    };
    let named = run(&["run", "--env", "GALC_BAD", "tell.wasm"]);
    assert_eq!(status(&named), 2);
    let message = "the variable `GALC_BAD` cannot be passed on, because its value is not UTF-8";
    assert!(stderr(&named).contains(message), "{}", stderr(&named));
    let warning = "warning: the variable `GALC_BAD` is not passed on, because it is not UTF-8\n";
    let all = run(&["run", "--inherit-env", "tell.wasm"]);
    assert_eq!((stdout(&all).as_str(), status(&all)), ("tell\0GALC_GOOD=y\0", 7));
    assert_eq!(stderr(&all), warning);
    let compiled = run(&["run", "--inherit-env", "main.gal"]);
    assert_eq!((stdout(&compiled).as_str(), stderr(&compiled).as_str()), ("None\n", warning));
    assert_eq!(stderr(&run(&["run", "tell.wasm"])), "");
}

#[test]
fn run_limits_time_and_memory() {
    let scratch = Scratch::new("limits");
    scratch.module("loop.wasm", LOOP);
    let output = scratch.galc(&["run", "--timeout", "50ms", "loop.wasm"]);
    assert_eq!(
        (status(&output), stderr(&output).as_str()),
        (124, "timeout: the program ran longer than 50ms\n")
    );
    let grow = r#"(module (memory (export "memory") 1) (func $main (export "_start")
        (if (i32.eq (memory.grow (i32.const 100)) (i32.const -1)) (then unreachable))))"#;
    scratch.module("grow.wasm", grow);
    assert_eq!(status(&scratch.galc(&["run", "grow.wasm"])), 0);
    let output = scratch.galc(&["run", "--max-memory", "1MiB", "grow.wasm"]);
    assert_eq!(status(&output), 102);
    assert_eq!(stderr(&output), "fatal: out of memory (the limit is 1048576 bytes)\n    at main\n");
}

#[cfg(unix)]
#[test]
fn run_ends_while_it_waits_for_input() {
    let scratch = Scratch::new("input");
    scratch.module("tell.wasm", TELL);
    let begin = Instant::now();
    let mut command = scratch.command(&["run", "--timeout", "100ms", "tell.wasm"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("galc can be run");
    let open = child.stdin.take();
    assert_eq!(child.wait().expect("galc ends").code(), Some(124));
    assert!(begin.elapsed() < Duration::from_secs(4));
    drop(open);
}

#[test]
fn wrong_usage_ends_with_two() {
    let scratch = Scratch::new("usage");
    scratch.write("a.gal", "fn main() {}\n");
    scratch.write("empty/notes.txt", "");
    scratch.module("env.wasm", r#"(module (import "env" "f" (func)))"#);
    let cases: &[(&[&str], &str)] = &[
        (&["frobnicate"], "unrecognized subcommand"),
        (&["build", "--emit", "elf", "a.gal"], "possible values"),
        (&["check", "missing.gal"], "cannot read `missing.gal`"),
        (&["check"], "there is no `gal.toml` here"),
        (&["run", "empty"], "there is no `gal.toml` in the folder `empty`"),
        #[cfg(unix)]
        (&["check", "/dev/null"], "cannot read `/dev/null`: it is no ordinary file"),
        (&["build", "--target", "z80", "a.gal"], "there is no target `z80`"),
        (&["build", "--backend", "magic", "a.gal"], "possible values"),
        (&["build", "-O", "9", "a.gal"], "possible values"),
        (
            &["build", "--backend", "wasm", "--emit", "obj", "a.gal"],
            "does not have an object file for the target",
        ),
        #[cfg(not(feature = "llvm"))]
        (&["build", "--backend", "llvm", "a.gal"], "cargo build --release --features llvm"),
        #[cfg(not(feature = "llvm"))]
        (&["build", "--emit", "bitcode", "a.gal"], "cargo build --release --features llvm"),
        (&["build", "--passes-off", "magic", "a.gal"], "there is no pass `magic`"),
        (&["run", "--timeout", "soon", "a.gal"], "does not begin with a number"),
        (&["run", "--timeout", "0s", "a.gal"], "the duration is 0"),
        (&["run", "--max-memory", "17179869184GiB", "a.gal"], "more than the 16 EiB"),
        (&["run", "--env", "=x", "env.wasm"], "`--env =x` does not name a variable"),
        (&["run", "--env", "", "env.wasm"], "does not name a variable"),
        (&["run", "missing.wasm"], "cannot read `missing.wasm`"),
        (&["run", "env.wasm"], "does not provide: `env.f`"),
        (&["run", "--dir", "no-such-folder", "env.wasm"], "no-such-folder"),
        (&["run", "--env", "GALC_NO_SUCH_VARIABLE", "env.wasm"], "no variable"),
        (&["explain", "no-such-code"], "there is no diagnostic `no-such-code`"),
        (&["new", "My App"], "cannot be the name of a package"),
    ];
    for (args, message) in cases {
        let output = scratch.galc(args);
        assert_eq!(status(&output), 2, "{args:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(message), "{args:?}: {}", stderr(&output));
        assert_eq!(stdout(&output), "", "{args:?}");
    }
}

#[test]
fn failures_are_json_when_asked_for() {
    let output = Scratch::new("json").galc(&["--message-format", "json", "check", "missing.gal"]);
    let line = stdout(&output);
    assert!(
        line.starts_with(r#"{"version":1,"type":"failure","message":"cannot read `missing.gal`: "#),
        "{line}"
    );
    assert_eq!((line.lines().count(), stderr(&output).as_str(), status(&output)), (1, "", 2));
}

#[test]
fn wrong_usage_is_json_when_asked_for() {
    let scratch = Scratch::new("usage-json");
    let cases: &[(&[&str], &str)] = &[
        (&["--message-format", "json", "frobnicate"], "unrecognized subcommand 'frobnicate'"),
        (&["check", "--bogus", "a.gal", "--message-format=json"], "unexpected argument '--bogus' found"),
        (
            &["build", "--message-format", "json", "--emit", "elf"],
            r"invalid value 'elf' for '--emit <EMIT>'\n  [possible values: ast,",
        ),
        (
            &["--message-format", "json"],
            r"'galc' requires a subcommand but one was not provided\n  [subcommands: new,",
        ),
    ];
    let begin = r#"{"version":1,"type":"failure","message":""#;
    for (args, message) in cases {
        let output = scratch.galc(args);
        let line = stdout(&output);
        assert!(line.starts_with(&format!("{begin}{message}")), "{args:?}: {line}");
        assert!(!line.contains("Usage") && line.ends_with("\"}\n"), "{args:?}: {line}");
        assert_eq!((line.lines().count(), stderr(&output).as_str(), status(&output)), (1, "", 2), "{args:?}");
    }
    let output = scratch.galc(&["run", "--message-format", "json", "--timeout", "soon", "a.gal"]);
    assert!(stderr(&output).starts_with(&format!("{begin}invalid value 'soon'")), "{}", stderr(&output));
    assert_eq!((stdout(&output).as_str(), status(&output)), ("", 2), "standard output is the program's");
    // What is asked for is no mistake.
    let output = scratch.galc(&["--message-format", "json", "--help"]);
    assert!(stdout(&output).contains("Usage: galc"), "{}", stdout(&output));
    assert_eq!(status(&output), 0);
}

#[test]
fn sources_that_are_not_utf8_are_diagnostics() {
    let scratch = Scratch::new("utf8");
    scratch.write("latin.gal", b"fn main() {\n    println(\"\xE9\")\n}\n");
    scratch.write("wide.gal", b"\xFF\xFEf\0n\0");
    let place = r#""line_start":2,"column_start":14,"#;
    for command in ["check", "build", "run", "test", "fmt"] {
        let output = scratch.galc(&[command, "--message-format", "json", "latin.gal"]);
        let text = stdout(&output) + &stderr(&output);
        assert_eq!(status(&output), 1, "{command}: {text}");
        assert_eq!(text.matches(r#""code":"not-utf-8""#).count(), 1, "{command}: {text}");
        assert!(text.contains(r#""byte_start":25"#) && text.contains(place), "{command}: {text}");
    }
    let output = scratch.galc(&["check", "wide.gal"]);
    let text = stderr(&output);
    assert!(text.contains("error[not-utf-8]") && text.contains("wide.gal:1:1"), "{text}");
    assert!(text.contains("as files in UTF-16 do") && text.contains("\n1 error\n"), "{text}");
    let read = fs::read(scratch.0.join("latin.gal")).expect("the file is there");
    assert!(read.contains(&0xE9), "it is left as it is");
    let output = scratch.galc(&["explain", "not-utf-8"]);
    assert_eq!(status(&output), 0);
}

#[test]
fn sources_have_limits() {
    let scratch = Scratch::new("limits");
    scratch.write("large.gal", " ".repeat((64 << 20) + 1));
    scratch.write("wrong.gal", "fn f(x) { }\n".repeat(600));
    let output = scratch.galc(&["check", "large.gal"]);
    assert_eq!(status(&output), 1);
    let text = stderr(&output);
    assert!(
        text.starts_with("error[file-too-large]: this file is larger than 64 MiB\n --> large.gal:1:1\n"),
        "{text}"
    );
    let output = scratch.galc(&["check", "wrong.gal"]);
    assert_eq!(status(&output), 1);
    let text = stderr(&output);
    let last = "error[too-many-errors]: 500 mistakes found; the rest of the file was not read\n   --> wrong.gal:500:";
    assert!(text.contains(last) && text.ends_with("\n501 errors\n"), "{text}");
}

#[test]
fn an_entry_that_cannot_be_read_is_shown_in_the_manifest() {
    let scratch = Scratch::new("entry");
    scratch.write("src/folder.gal/x.txt", "");
    for (entry, why) in [
        ("src/folder.gal", "cannot read `src/folder.gal`: it is a folder"),
        ("src/gone.gal", "cannot read `src/gone.gal`: "),
        ("src", "the entry is a file whose name ends in `.gal`, such as `src/main.gal`"),
    ] {
        scratch.write("gal.toml", format!("[package]\nname = \"a\"\nentry = \"{entry}\"\n"));
        for command in ["check", "build", "run", "test"] {
            let output = scratch.galc(&[command]);
            let text = stderr(&output);
            assert_eq!(status(&output), 2, "{command}: {text}");
            assert!(text.contains(&format!("error[invalid-manifest]: {why}")), "{command}: {text}");
            assert!(text.contains(" gal.toml:3:9"), "{command}: {text}");
        }
    }
    scratch.write("gal.toml", "[package]\nname = \"a\"\n");
    let output = scratch.galc(&["check"]);
    assert!(stderr(&output).starts_with("galc: cannot read `src/main.gal`: "), "{}", stderr(&output));
    assert_eq!(status(&output), 2);
}

#[test]
fn new_makes_a_package_and_keeps_what_is_there() {
    let scratch = Scratch::new("new");
    scratch.write("app/src/main.gal", "// mine\n");
    let output = scratch.galc(&["new", "app"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let read = |name: &str| fs::read_to_string(scratch.0.join(name)).expect("the file is there");
    assert_eq!(read("app/gal.toml"), "[package]\nname = \"app\"\nversion = \"0.1.0\"\n");
    assert_eq!(read("app/src/main.gal"), "// mine\n");
    assert_eq!(status(&scratch.galc(&["new", "app"])), 2, "a package is not overwritten");
    scratch.write("here/src/main.gal", "// mine\n");
    assert_eq!(status(&scratch.galc(&["new", "here/src/.."])), 0);
    assert_eq!(read("here/gal.toml"), "[package]\nname = \"here\"\nversion = \"0.1.0\"\n");
}

#[test]
fn mistakes_in_a_manifest_are_shown_in_place() {
    let scratch = Scratch::new("manifest");
    scratch.write("gal.toml", "[package]\nname = \"App\"\nauthor = \"me\"\n");
    let output = scratch.galc(&["check"]);
    assert_eq!(status(&output), 2);
    let text = stderr(&output);
    assert!(text.contains(" gal.toml:2:8") && text.contains(" gal.toml:3:1"), "{text}");
    let output = scratch.galc(&["check", "--message-format", "json"]);
    let types: Vec<String> = stdout(&output).lines().map(|line| line.chars().take(50).collect()).collect();
    let is = |line: &String, ty: &str| line.starts_with(&format!(r#"{{"version":1,"type":"{ty}""#));
    assert!(is(&types[0], "diagnostic") && is(&types[1], "diagnostic"), "{types:?}");
    assert!(is(&types[2], "summary") && is(&types[3], "failure"), "{types:?}");
}

#[test]
fn clean_removes_only_what_galc_made() {
    let scratch = Scratch::new("clean");
    assert_eq!(status(&scratch.galc(&["clean"])), 0, "nothing to remove is fine");
    scratch.write("build/precious.txt", "mine");
    let output = scratch.galc(&["clean"]);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("was not made by galc"));
    scratch.write("build/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n");
    assert_eq!(status(&scratch.galc(&["clean"])), 0);
    assert!(!scratch.0.join("build").exists());
}

#[test]
fn completions_and_targets_are_printed() {
    let scratch = Scratch::new("print");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = scratch.galc(&["completions", shell]);
        assert!(status(&output) == 0 && stdout(&output).contains("message-format"), "{shell}");
    }
    let targets = stdout(&scratch.galc(&["targets"]));
    assert!(
        targets.contains("(default)") && targets.contains("--backend wasm   --emit wasm; -O 0 1"),
        "{targets}"
    );
    assert!(targets.contains("--backend llvm"), "{targets}");
    let native = targets.split_once("x86_64-linux ").map(|(_, rest)| rest).unwrap_or_default();
    assert!(native.contains("--backend wasm   does not have this target"), "{targets}");
    let llvm =
        if cfg!(feature = "llvm") { "--emit exe obj asm" } else { "not in this galc; `cargo xtask setup`" };
    assert!(native.contains(&format!("--backend llvm   {llvm}")), "{targets}");
    let json = stdout(&scratch.galc(&["targets", "--message-format", "json"]));
    let starts = ["target", "backend"].map(|kind| format!(r#"{{"version":1,"type":"{kind}","name":""#));
    assert!(json.lines().all(|line| starts.iter().any(|start| line.starts_with(start))), "{json}");
    assert!(starts.iter().all(|start| json.contains(start)), "{json}");
}

/// Reads lines until one contains a text.
fn wait_for(lines: &mut impl Iterator<Item = std::io::Result<String>>, text: &str) {
    let found = lines.any(|line| line.is_ok_and(|line| line.contains(text)));
    assert!(found, "`{text}` is printed");
}

#[test]
fn watch_runs_again_after_a_change() {
    use std::io::BufRead;
    let scratch = Scratch::new("watch");
    scratch.write("a.gal", "fn main() {}\n");
    let mut command = scratch.command(&["check", "--watch", "a.gal", "-v"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("galc can be run");
    let mut lines = std::io::BufReader::new(child.stderr.take().expect("there is a pipe")).lines();
    std::thread::sleep(Duration::from_millis(500));
    scratch.write("a.gal", "fn main() { }\n");
    wait_for(&mut lines, "sources changed");
    child.kill().expect("galc can be ended");
    child.wait().expect("galc ends");
}

/// Whatever ends the process that watches, what it has started ends too.
#[test]
#[cfg(unix)]
fn what_is_watched_ends_with_the_watcher() {
    use std::io::BufRead;
    let scratch = Scratch::new("watcher");
    let endless = "use std.time.sleep\nfn main() {\n    loop {\n        println(\"tick\")\n        sleep(20ms)\n    }\n}\n";
    scratch.write("a.gal", endless);
    let mut command = scratch.command(&["run", "--watch", "-q", "a.gal"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("galc can be run");
    let mut lines = std::io::BufReader::new(child.stdout.take().expect("there is a pipe")).lines();
    assert_eq!(lines.next().expect("it prints").expect("it is text"), "tick");
    child.kill().expect("galc can be ended");
    child.wait().expect("galc ends");
    // The pipe is closed when nobody has it any more.
    let begin = Instant::now();
    while lines.next().is_some() {
        assert!(begin.elapsed() < Duration::from_secs(20), "the program goes on");
    }
}

/// What waits where nobody can shows only when it is known who drops what, and in a `test` block too.
#[test]
fn check_finds_what_only_instances_show() {
    let scratch = Scratch::new("instances");
    let guard = "actor Log { on Add -> () { println(\"added\") } }\niso struct Guard { log: Log }\n\
        impl Guard { fn drop(mut self) { ask(self.log, Add) } }\n\
        fn guarded() { let _g = Guard { log: spawn Log() } }\n";
    for rest in ["fn main() { guarded() }", "fn main() {}\ntest \"guards\" { guarded() }"] {
        scratch.write("a.gal", format!("{guard}{rest}\n"));
        let output = scratch.galc(&["check", "a.gal"]);
        assert_eq!((status(&output), stdout(&output).as_str()), (1, ""), "{rest}");
        let told = stderr(&output);
        assert_eq!(told.matches("error[suspends-here]").count(), 1, "{told}");
    }
    // Nobody calls it, and a module for others may have no `main`.
    scratch.write("a.gal", guard);
    assert_eq!(status(&scratch.galc(&["check", "a.gal"])), 0);
}

#[test]
fn a_source_is_not_written_over_by_a_link() {
    let scratch = Scratch::new("hard-link");
    scratch.write("a.gal", "fn main() { println(1) }\n");
    fs::hard_link(scratch.0.join("a.gal"), scratch.0.join("linked.gal")).expect("links can be made");
    let output = scratch.galc(&["build", "-o", "linked.gal", "a.gal"]);
    assert_eq!(status(&output), 2, "{}", stderr(&output));
    assert!(stderr(&output).contains("`linked.gal` is a source of the program"), "{}", stderr(&output));
    assert_eq!(
        fs::read_to_string(scratch.0.join("a.gal")).expect("it is there"),
        "fn main() { println(1) }\n"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn streams_that_cannot_be_written_to_are_no_crash() {
    let scratch = Scratch::new("full");
    scratch.write("a.gal", "fn main() { let x: Int = \"a\" }\n");
    let full = || Stdio::from(fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it"));
    for args in
        [&["targets"][..], &["explain", "type-mismatch"], &["check", "--message-format", "json", "a.gal"]]
    {
        let mut command = scratch.command(args);
        let output = command.stdout(full()).stderr(full()).output().expect("galc can be run");
        assert_eq!(status(&output), 2, "{args:?}");
    }
}

#[test]
fn a_module_may_be_called_build() {
    let scratch = Scratch::new("build-module");
    scratch.write("gal.toml", "[package]\nname = \"a\"\nversion = \"0.1.0\"\n");
    scratch.write("src/main.gal", "use build.one\n\nfn main() { println(one()) }\n");
    scratch.write("src/build/mod.gal", "pub fn one()->Int { 1 }\n");
    scratch.write("build/old.gal", "fn   old() {}\n");
    assert_eq!(stdout(&scratch.galc(&["run"])), "1\n");
    let output = scratch.galc(&["fmt", "--check"]);
    assert_eq!(status(&output), 1, "{}", stderr(&output));
    // Results are left alone.
    assert!(!format!("{}{}", stdout(&output), stderr(&output)).contains("old.gal"), "{}", stderr(&output));
    assert_eq!(status(&scratch.galc(&["fmt", "."])), 0);
    assert_eq!(status(&scratch.galc(&["fmt", "--check"])), 0);
    assert_eq!(fs::read_to_string(scratch.0.join("build/old.gal")).expect("it is there"), "fn   old() {}\n");
}

#[test]
fn quiet_tests_tell_of_failures_alone() {
    let scratch = Scratch::new("quiet-tests");
    scratch.write("a.gal", "test \"good\" { assert(true) }\n\ntest \"bad\" { assert(false) }\n");
    let output = scratch.galc(&["-q", "test", "a.gal"]);
    assert_eq!(status(&output), 1);
    let text = stdout(&output);
    assert!(text.contains("failed bad") && !text.contains("good") && !text.contains(" passed, "), "{text}");
}

#[test]
fn colours_are_for_those_who_want_them() {
    let scratch = Scratch::new("colours");
    scratch.write("a.gal", "fn main() { let x: Int = \"a\" }\n");
    let coloured = |color: &str, variable: &str| {
        let mut command = scratch.command(&["check", "--color", color, "a.gal"]);
        let output = command.env("NO_COLOR", variable).output().expect("galc can be run");
        stderr(&output).contains('\u{1b}')
    };
    assert!(coloured("always", "1") && coloured("always", ""));
    assert!(!coloured("auto", "1") && !coloured("never", ""));
}
