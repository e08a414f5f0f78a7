//! Programs for JavaScript, built by galc with what it writes beside them, and used from JavaScript: tests/web/apps. Each is a folder with
//! `app.gal` and a `test.mjs` whose output is in `expected.txt`; some have a `use.ts` that the types must fit.
#![allow(clippy::disallowed_methods, reason = "tests run processes and read files")]

mod common;

use common::{Scratch, status, stderr, stdout};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace is there")
}

/// Node with exceptions, which `cargo xtask setup` installs; `GAL_NODE` names another.
fn node() -> Result<PathBuf, &'static str> {
    let node = match std::env::var_os("GAL_NODE") {
        Some(path) => PathBuf::from(path),
        None => root().join("tests/web/node_modules/.bin/node"),
    };
    if !node.is_file() {
        return Err("there is no Node for programs: `cargo xtask setup` installs one");
    }
    if !root().join("runtime-wasm/dist/node.js").is_file() {
        return Err("the npm package is not built: `cargo xtask web` does that");
    }
    Ok(node)
}

/// Whether a check is to be left out: if it is, for lack of Node, that is said; where everything is to be tested, it fails.
fn node_for(check: &str) -> Option<PathBuf> {
    node().map_err(|why| leave_out(check, why)).ok()
}

fn leave_out(check: &str, why: &str) {
    let is_full = std::env::var("GAL_TEST_SIZE").is_ok_and(|size| size == "full");
    assert!(!is_full, "{check}: {why}");
    // Past the capture of `println!`, so that it is seen when the test passes.
    let _ = writeln!(std::io::stderr(), "skipped: {check}: {why}");
}

/// A copy of an app in a folder of its own, with the npm package.
fn copy_of(app: &str, purpose: &str) -> Scratch {
    let scratch = Scratch::new(&format!("web-{app}-{purpose}"));
    let folder = root().join("tests/web/apps").join(app);
    for entry in fs::read_dir(&folder).expect("the app is there").flatten() {
        let text = fs::read_to_string(entry.path()).expect("its files are texts");
        scratch.write(&entry.file_name().to_string_lossy(), &text);
    }
    install_runtime(&scratch);
    scratch
}

fn install_runtime(scratch: &Scratch) {
    scratch.write("package.json", r#"{ "type": "module" }"#);
    let link = scratch.0.join("node_modules/@gal-lang/runtime");
    fs::create_dir_all(link.parent().expect("it is in a folder")).expect("folders can be made");
    #[cfg(unix)]
    std::os::unix::fs::symlink(root().join("runtime-wasm"), link).expect("links can be made");
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
    let Some(node) = node_for(app) else { return };
    let scratch = copy_of(app, "run");
    build(&scratch, options);
    let output = run(&node, &scratch);
    assert_eq!(status(&output), 0, "{app} {options:?}: {}", stderr(&output));
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
fn panics_leave_the_instance_usable() {
    WAYS.iter().for_each(|way| check("panics", way));
}

#[test]
fn panics_are_nobodys_who_waits_or_runs() {
    WAYS.iter().for_each(|way| check("waits", way));
}

#[test]
fn values_that_nobody_reads_are_given_back() {
    WAYS.iter().for_each(|way| check("handles", way));
}

#[test]
fn types_fit() {
    let compiler = root().join("runtime-wasm/node_modules/typescript/bin/tsc");
    let Some(node) = node_for("types") else { return };
    if !compiler.exists() {
        return leave_out("types", "there is no TypeScript: `cargo xtask web` installs it");
    }
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
fn without_node_the_full_tests_fail() {
    let run = |size: &str| {
        let mut command = Command::new(std::env::current_exe().expect("this program has a file"));
        command.args(["--exact", "values_cross", "--nocapture"]).env("GAL_NODE", "/nowhere/node");
        command.env("GAL_TEST_SIZE", size).output().expect("it runs")
    };
    let full = run("full");
    assert_eq!(status(&full), 101, "{}", stderr(&full));
    assert!(stderr(&full).contains("values: there is no Node for programs"), "{}", stderr(&full));
    let quick = run("");
    assert_eq!(status(&quick), 0, "{}", stderr(&quick));
    assert!(stderr(&quick).contains("skipped: values: there is no Node"), "{}", stderr(&quick));
}

#[test]
fn modules_of_javascript_belong_to_the_file_that_names_them() {
    let Some(node) = node_for("modules of two folders") else { return };
    let scratch = Scratch::new("web-folders");
    install_runtime(&scratch);
    scratch.write("gal.toml", "[package]\nname = \"folders\"\n");
    scratch.write(
        "src/main.gal",
        "use ui.view.shown\n\nextern \"js\" module \"./view.js\" {\n    fn name() -> String\n}\n\n\
         export fn all() -> String { \"{name()} {shown()}\" }\n",
    );
    scratch.write(
        "src/ui/view.gal",
        "extern \"js\" module \"./view.js\" {\n    fn name() -> String\n}\n\n\
         extern \"js\" module \"../shared.js\" {\n    fn shared() -> String\n}\n\n\
         pub fn shown() -> String { \"{name()} {shared()}\" }\n",
    );
    scratch.write("src/view.js", "export const name = () => \"main\";\n");
    scratch.write("src/ui/view.js", "export const name = () => \"ui\";\n");
    scratch.write("src/shared.js", "export const shared = () => \"shared\";\n");
    scratch.write(
        "test.mjs",
        "import { instantiate } from \"./build/folders.js\";\nconsole.log((await instantiate()).all());\n",
    );
    let output = scratch.galc(&["build", "-q", "--target", "wasm32-web"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let output = run(&node, &scratch);
    assert_eq!(stdout(&output), "main ui shared\n", "{}", stderr(&output));
}

#[test]
fn the_folder_of_a_result_is_made() {
    let scratch = Scratch::new("web-output");
    scratch.write("app.gal", "export fn one() -> Int { 1 }\n");
    let output =
        scratch.galc(&["build", "-q", "--target", "wasm32-web", "-o", "out/dir/app.wasm", "app.gal"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    for name in ["app.wasm", "app.js", "app.d.ts"] {
        assert!(scratch.0.join("out/dir").join(name).is_file(), "{name}");
    }
    let output = scratch.galc(&["build", "-q", "--emit", "wat", "-o", "texts/app.wat", "app.gal"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert!(scratch.0.join("texts/app.wat").is_file());
    // A file where the folder would be.
    let output = scratch.galc(&["build", "-q", "-o", "app.gal/app.wasm", "app.gal"]);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("cannot make `app.gal`"), "{}", stderr(&output));
}

/// galc with the Node of the tests and the npm package as it is here.
fn in_node(scratch: &Scratch, node: &Path, args: &[&str]) -> Command {
    let mut command = scratch.command(args);
    command.env("GALC_NODE", node).env("GALC_WEB_RUNTIME", root().join("runtime-wasm"));
    command
}

fn ended(mut command: Command, input: &str) -> (i32, String, String) {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("galc can be run");
    // A program may end before it has read all.
    let _ = child.stdin.take().expect("there is a pipe").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("galc ends");
    (status(&output), stdout(&output), stderr(&output))
}

const TALK: &str = r#"use std.env
use std.io

fn main() {
    println("{env.args()} {env.var("NAME")}")
    print("Who? ")
    while let Some(line) = io.read_line() { println("Hello {line}") }
    eprintln("bad")
    env.exit(7)
}
"#;

#[test]
fn programs_run_in_node_as_elsewhere() {
    let Some(node) = node_for("galc run") else { return };
    let scratch = Scratch::new("web-run");
    scratch.write("talk.gal", TALK);
    let args = ["run", "-q", "--env", "NAME=me", "talk.gal", "a b", "--c"];
    let wasi = ended(scratch.command(&args), "Gallus\nthe last");
    assert_eq!((wasi.0, wasi.2.as_str()), (7, "bad\n"), "{wasi:?}");
    for target in ["wasm32-web", "wasm64-web"] {
        let args = [&["run", "-q", "--target", target], &args[2..]].concat();
        assert_eq!(ended(in_node(&scratch, &node, &args), "Gallus\nthe last"), wasi, "{target}");
    }
    let run = |text: &str, options: &[&str]| {
        scratch.write("main.gal", text);
        let args = [&["run", "-q", "--target", "wasm32-web"], options, &["main.gal"]].concat();
        ended(in_node(&scratch, &node, &args), "")
    };
    assert_eq!(run("fn main() { println(1) }\n", &[]), (0, "1\n".to_string(), String::new()));
    let (status, _, err) = run("fn main() { panic(\"no\") }\n", &[]);
    assert_eq!((status, err.as_str()), (101, "panic at main.gal:1:13: no\n"));
    let (status, _, err) = run("fn main() { panic(\"no\") }\n", &["--panic", "abort"]);
    assert_eq!(status, 102, "{err}");
    assert!(err.contains("panic at main.gal:1:13: no\nfatal: unreachable"), "{err}");
    let (status, _, err) = run("fn main() { loop {} }\n", &["--timeout", "1s"]);
    assert_eq!((status, err.as_str()), (124, "timeout: the program ran longer than 1s\n"));
    let slept = run("use std.time.sleep\n\nfn main() {\n    sleep(10ms)\n    println(2)\n}\n", &[]);
    assert_eq!(slept, (0, "2\n".to_string(), String::new()));
}

#[test]
fn programs_run_in_node_with_modules_of_their_own() {
    let Some(node) = node_for("galc run with JavaScript") else { return };
    let scratch = Scratch::new("web-run-js");
    scratch.write("gal.toml", "[package]\nname = \"js\"\n");
    scratch.write(
        "src/main.gal",
        "use std.js.Js\n\nextern \"js\" module \"./a b.js\" {\n    fn name() -> String\n}\n\n\
         extern \"js\" module \"other\" {\n    fn other() -> String\n}\n\n\
         fn main() { println(\"{name()} {other()} {Js.from_text(\"js\")}\") }\n",
    );
    scratch.write("src/a b.js", "export const name = () => \"own\";\n");
    scratch.write("package.json", r#"{ "type": "module" }"#);
    scratch.write("node_modules/other/package.json", r#"{ "type": "module", "exports": "./main.js" }"#);
    scratch.write("node_modules/other/main.js", "export const other = () => \"other\";\n");
    let run = || ended(in_node(&scratch, &node, &["run", "-q", "--target", "wasm32-web"]), "");
    assert_eq!(run(), (0, "own other js\n".to_string(), String::new()));
    scratch.write("src/a b.js", "export const age = 5;\n");
    let (status, _, err) = run();
    assert_eq!((status, err.as_str()), (2, "error: ./a b.js: there is no `name`\n"));
    fs::remove_file(scratch.0.join("src/a b.js")).expect("it is there");
    let (status, _, err) = run();
    assert_eq!(status, 2, "{err}");
    assert!(err.starts_with("error: Cannot find module"), "{err}");
}

#[test]
fn a_program_that_only_javascript_could_continue_ends() {
    let Some(node) = node_for("a program that waits for ever") else { return };
    let scratch = Scratch::new("web-run-waits");
    scratch.write(
        "main.gal",
        "use std.js.Js\n\nfn main() -> Result<(), Js> {\n    let nothing = Js.global().get(\"Array\").construct([])?\n    \
         let never = Js.global().get(\"Promise\").call(\"race\", [nothing])?\n    never.settled()?\n    Ok(())\n}\n",
    );
    let (status, _, err) =
        ended(in_node(&scratch, &node, &["run", "-q", "--target", "wasm32-web", "main.gal"]), "");
    assert_eq!(status, 102, "{err}");
    assert!(err.contains("fatal: the program waits for JavaScript"), "{err}");
}

#[test]
fn what_is_missing_to_run_programs_in_node_is_told() {
    let scratch = Scratch::new("web-run-missing");
    scratch.write("main.gal", "fn main() { println(1) }\n\ntest \"one\" { assert(true) }\n");
    let run = |name: &str, value: &str, options: &[&str]| {
        let mut command = scratch.command(&[options, &["--target", "wasm32-web", "main.gal"]].concat());
        command.env_remove("GALC_NODE").env_remove("GALC_WEB_RUNTIME").env(name, value);
        let output = command.output().expect("galc can be run");
        assert_eq!(status(&output), 2, "{options:?} {name}={value}: {}", stderr(&output));
        stderr(&output)
    };
    for command in ["run", "test"] {
        let err = run("PATH", "", &[command]);
        assert!(err.contains("there is no `node` on the path"), "{err}");
        let err = run("GALC_NODE", "/nowhere/node", &[command]);
        assert!(err.contains("GALC_NODE names `/nowhere/node`, which is no file"), "{err}");
        for option in [["--dir", "."], ["--max-memory", "64MiB"], ["--trace", "actors=file"]] {
            let err = run("NO", "", &[command, option[0], option[1]]);
            assert!(err.contains("wasm32-web"), "{err}");
        }
    }
    let Some(node) = node_for("galc run without the npm package") else { return };
    let node = node.to_string_lossy().into_owned();
    let err = run("GALC_NODE", &node, &["run"]);
    assert!(err.contains("`npm install @gal-lang/runtime`"), "{err}");
    let mut command = in_node(&scratch, Path::new(&node), &["run", "--target", "wasm32-web", "main.gal"]);
    let output = command.env("GALC_WEB_RUNTIME", "/nowhere").output().expect("galc can be run");
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("has no `dist/node.js`"), "{}", stderr(&output));
}

#[test]
fn tests_run_in_node() {
    let Some(node) = node_for("galc test") else { return };
    let scratch = Scratch::new("web-test");
    scratch.write(
        "main.gal",
        "use std.js.Js\nuse std.time.sleep\n\ntest \"right\" { assert(Js.from_float(1.0).as_float() == Some(1.0)) }\n\n\
         test \"wrong\" {\n    println(\"seen\")\n    assert(1 == 2)\n}\n\ntest \"waits\" { sleep(1ms) }\n\n\
         test \"endless\" { loop {} }\n",
    );
    let args = ["test", "--target", "wasm32-web", "--timeout", "2s", "main.gal"];
    let (status, out, err) = ended(in_node(&scratch, &node, &args), "");
    assert_eq!(status, 1, "{err}");
    for text in
        ["passed right", "failed wrong", "| seen", "passed waits", "timed-out endless", "2 passed, 2 failed"]
    {
        assert!(out.contains(text), "{text}: {out}{err}");
    }
}

const TRACED: &str = "use std.time.sleep\n\nactor Counter {\n    on Add(n: Int) {}\n}\n\nfn main() {\n    \
                      let counter = spawn Counter()\n    send(counter, Add(1))\n    sleep(1ms)\n}\n";

/// The names of the events on standard error.
fn events(text: &str) -> Vec<String> {
    let events = text.lines().filter_map(|line| line.strip_prefix("{\"event\":\"")?.split('"').next());
    events.map(str::to_string).collect()
}

#[test]
fn the_trace_of_a_program_without_exports_has_its_end() {
    let Some(node) = node_for("traces") else { return };
    let scratch = Scratch::new("web-trace");
    scratch.write("main.gal", TRACED);
    let run = |options: &[&str]| {
        let args = [&["run", "-q", "--trace", "actors"], options, &["main.gal"]].concat();
        ended(in_node(&scratch, &node, &args), "")
    };
    let (status, _, web) = run(&["--target", "wasm32-web"]);
    assert_eq!(status, 0, "{web}");
    let (_, _, wasi) = run(&[]);
    assert_eq!(events(&web).last().map(String::as_str), Some("finish"), "{web}");
    assert_eq!(events(&web), events(&wasi));
    // A crash that nobody is told of is the status all the same.
    scratch.write("main.gal", TRACED.replace("{}\n}", "{ panic(\"no\") }\n}"));
    let (status, _, web) = run(&["--target", "wasm32-web"]);
    assert_eq!((status, events(&web).last().map(String::as_str)), (101, Some("finish")), "{web}");
}

#[test]
fn the_trace_of_a_program_with_exports_ends_when_that_is_closed() {
    let Some(node) = node_for("traces of programs with exports") else { return };
    let scratch = Scratch::new("web-trace-close");
    install_runtime(&scratch);
    scratch.write("app.gal", format!("{TRACED}\nexport actor Counter\n"));
    build(&scratch, &["--target", "wasm32-web", "--trace", "actors"]);
    scratch.write(
        "test.mjs",
        "import { instantiate } from \"./build/app.js\";\n\
         const app = await instantiate();\nawait app.start();\nconst counter = new app.Counter();\ncounter.add(1);\n\
         setTimeout(() => {\n    console.log(app.exited);\n    app.close();\n    console.log(app.exited);\n}, 5);\n",
    );
    let output = run(&node, &scratch);
    assert_eq!(stdout(&output), "undefined\n0\n", "{}", stderr(&output));
    let events = events(&stderr(&output));
    assert_eq!(events.iter().filter(|event| *event == "finish").count(), 1, "{events:?}");
    assert_eq!(events.last().map(String::as_str), Some("finish"));
    assert_eq!(events.iter().filter(|event| *event == "receive").count(), 4, "{events:?}");
}

/// What docs of each kind become, without the bodies.
#[test]
fn types_have_the_docs_of_all_parts() {
    let scratch = Scratch::new("web-docs");
    scratch.write("app.gal", DOCUMENTED);
    build(&scratch, &["--target", "wasm32-web", "-o", "app.wasm"]);
    let types = fs::read_to_string(scratch.0.join("app.d.ts")).expect("the types are written");
    for part in [
        "/** A place. */\nexport interface Place {\n    /** To the right. */\n    x: number;\n    y: number;\n",
        "    /**\n     * A name,\n     * if it has one.\n     */\n    name?: string | undefined;\n}\n",
        "export type Outcome =\n    /** It went well. */\n    | { tag: \"Good\"; amount: number }\n    | { tag: \"Bad\"; value: string };\n",
        "export type Colour =\n    /** Like blood. */\n    | \"Red\"\n    | \"Green\";\n",
        "export type Side = \"Left\" | \"Right\";\n",
        "    /** Adds. */\n    add(n: number): void;\n    get(): Promise<Side>;\n",
        "    /** Where, and of which colour. */\n    where(c: Colour): Promise<Place>;\n",
        "        /** Starts at a number. */\n        new (n: number): Counter;\n",
        "        /** Starts at zero. */\n        zero(): Counter;\n",
    ] {
        assert!(types.contains(part), "{part}\nis not in\n{types}");
    }
}

const DOCUMENTED: &str = r#"
/// A place.
pub struct Place {
    /// To the right.
    x: Int,
    y: Int,
    /// A name,
    /// if it has one.
    pub name: String?,
}

pub enum Outcome {
    /// It went well.
    Good { amount: Int },
    Bad(String),
}

pub enum Colour {
    /// Like blood.
    Red,
    Green,
}

/// Which side.
pub enum Side { Left, Right }

actor Counter {
    state n: Int = 0

    /// Starts at a number.
    new(n: Int) { self.n = n }

    /// Starts at zero.
    new zero() { self.n = 0 }

    /// Adds.
    on Add(n: Int) { self.n += n }
    on Get() -> Side { if n < 0 { Left } else { Right } }
    /// Where, and of which colour.
    @reentrant
    on Where(c: Colour) -> Place { Place { x: n, y: n, name: Some("{c is Red}") } }
}

export actor Counter

export fn tell(p: Place) -> Outcome { if p.x < 0 { Bad("left") } else { Good { amount: p.x } } }

fn main() {}
"#;
