//! What a small program costs: `examples/hello.gal` in release is at most [`SIZE_MAX`] bytes, runs in every engine, and
//! still takes every answer of the host. What a program does not need is not in its module.

use corpus_tests::browser::{self, File};
use corpus_tests::loader::{Disk, Memory};
use corpus_tests::module::Contents;
use corpus_tests::tools::{Tool, output};
use corpus_tests::write_host::{self, Reply};
use corpus_tests::{root, run};
use driver::{BackendKind, Options, Panics, Profile};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// A promise to users; today it is less than a third of that.
const SIZE_MAX: usize = 1000;
const GREETING: &str = "Hello from GAL!\n";
/// What the program ends with when its output cannot be written.
const STATUS_WRITE_FAILED: i32 = 1;
/// Starting node takes a fraction of a second.
const NODE_TIME_MAX: Duration = Duration::from_secs(60);

fn compile(entry: &str, options: Options) -> Vec<u8> {
    let mut loader = Disk { root: root() };
    run::compile(&mut loader, entry, options).unwrap_or_else(|problem| panic!("{entry}: {problem}"))
}

/// As `galc build --release --backend wasm` does it.
fn release() -> Options {
    Options { profile: Profile::Release, backend: Some(BackendKind::Wasm), ..Options::default() }
}

fn hello() -> Vec<u8> {
    compile("examples/hello.gal", release())
}

fn compile_text(text: &str, options: Options) -> Vec<u8> {
    let mut loader = Memory { name: "example.gal".to_string(), text: text.into() };
    run::compile(&mut loader, "example.gal", options).unwrap_or_else(|problem| panic!("{problem}\n{text}"))
}

fn contents(wasm: &[u8]) -> Contents {
    Contents::read(wasm).expect("the module was validated")
}

/// The module as a file, for programs that read it; each test has its own.
fn hello_file(test: &str) -> PathBuf {
    let path = scratch(test).join("hello.wasm");
    std::fs::write(&path, hello()).expect("the target folder can be written");
    path
}

fn scratch(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hello").join(test);
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

#[test]
fn hello_is_small() {
    let wasm = hello();
    assert!(wasm.len() <= SIZE_MAX, "{} bytes", wasm.len());
}

#[test]
fn hello_needs_no_feature_that_an_engine_may_lack() {
    let features = wasmparser::WasmFeatures::WASM1;
    wasmparser::Validator::new_with_features(features).validate_all(&hello()).expect("plain WebAssembly 1.0");
}

/// Nothing waits, so there is no scheduler; nothing panics, so there is no unwinding; nothing allocates.
#[test]
fn hello_holds_what_it_uses_and_no_more() {
    let contents = contents(&compile("examples/hello.gal", Options { debug_info: true, ..release() }));
    assert_eq!(
        contents.imports,
        ["wasi_snapshot_preview1.fd_write", "wasi_snapshot_preview1.proc_exit"],
        "imports"
    );
    assert_eq!(contents.exports, ["_start", "memory"], "exports");
    assert_eq!(contents.functions, ["fd_write", "proc_exit", "write_line", "exit", "_start"], "functions");
    assert_eq!(contents.tables, 0, "tables");
    assert!(!contents.has_unwinding(), "{contents:?}");
}

/// Who asks a generator for its values goes on with it by a call: nothing waits, so there is no scheduler.
#[test]
fn generators_need_no_scheduler() {
    let text = "fn squares(n: Int) -> Iterator<Int> { for i in 0..n { yield i * i } }\n\
                fn main() { for x in squares(3) { println(x) } }";
    let contents = contents(&compile_text(text, Options { debug_info: true, ..release() }));
    for absent in ["run_program", "run_all", "drive", "timers_fire"] {
        assert!(!contents.functions.iter().any(|name| name == absent), "{absent}: {:?}", contents.functions);
    }
    assert_eq!(contents.tables, 0, "nothing is called through a table");
}

#[test]
fn hello_writes_the_rest_after_short_writes() {
    let wasm = hello();
    let hosts: &[fn(usize) -> Reply] = &[
        |_| Reply::Take(1),
        |_| Reply::Take(3),
        // All but the newline, and then that.
        |_| Reply::Take(GREETING.len() - 1),
        |_| Reply::Take(GREETING.len()),
        |_| Reply::Take(usize::MAX),
        |call| Reply::Take(call + 1),
    ];
    for (number, host) in hosts.iter().enumerate() {
        let outcome = write_host::run(&wasm, *host).unwrap_or_else(|e| panic!("host {number}: {e}"));
        assert_eq!((outcome.status, outcome.written.as_str()), (0, GREETING), "host {number}");
    }
    let at_once = write_host::run(&wasm, |_| Reply::Take(usize::MAX)).map(|outcome| outcome.calls);
    assert_eq!(at_once, Ok(1), "text and newline go out together");
}

/// No error is worth another try: a host that is interrupted goes on by itself, and waiting for one that is busy would be
/// an endless loop.
#[test]
fn hello_fails_when_a_write_fails() {
    let wasm = hello();
    // By preview 1: again, intr, io, nospc, pipe.
    let at_once: &[fn(usize) -> Reply] = &[
        |_| Reply::Fail(6),
        |_| Reply::Fail(27),
        |_| Reply::Fail(29),
        |_| Reply::Fail(51),
        |_| Reply::Fail(64),
    ];
    for host in at_once {
        let outcome = write_host::run(&wasm, *host).expect("the program ends by itself");
        let seen = (outcome.status, outcome.written.as_str(), outcome.calls);
        assert_eq!(seen, (STATUS_WRITE_FAILED, "", 1), "{:?}", host(0));
    }
    let later = |call| if call < 2 { Reply::Take(5) } else { Reply::Fail(29) };
    let outcome = write_host::run(&wasm, later).expect("the program ends by itself");
    assert_eq!((outcome.status, outcome.written.as_str()), (STATUS_WRITE_FAILED, &GREETING[..10]));
}

/// A host that takes nothing and calls it success would be asked for ever.
#[test]
fn hello_fails_when_nothing_is_written() {
    let outcome = write_host::run(&hello(), |_| Reply::Take(0)).expect("the program ends by itself");
    assert_eq!((outcome.status, outcome.written.as_str(), outcome.calls), (STATUS_WRITE_FAILED, "", 1));
    let later = |call| Reply::Take(if call == 0 { 7 } else { 0 });
    let outcome = write_host::run(&hello(), later).expect("the program ends by itself");
    assert_eq!((outcome.status, outcome.written.as_str()), (STATUS_WRITE_FAILED, &GREETING[..7]));
}

#[test]
fn hello_runs_in_galc_s_own_engine() {
    let outcome = wasi::run(&hello(), &wasi::RunOptions::default()).expect("the module can be run");
    assert_eq!((outcome.status, outcome.stdout_text().as_str(), outcome.stderr.len()), (0, GREETING, 0));
}

#[test]
fn hello_runs_in_node() {
    let Some(node) = Tool::Node.find("hello in node") else { return };
    let wasm = hello_file("node");
    let mut command = Command::new(&node);
    command.arg("--no-warnings").arg(root().join("tests/hello/node.mjs")).arg(&wasm);
    let ran = output(&mut command, NODE_TIME_MAX).expect("node runs");
    let (stdout, stderr) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert_eq!((ran.status.code(), stdout.as_ref()), (Some(0), GREETING), "{stderr}");
}

/// The device that is always full is a Linux thing; elsewhere the test with a failing host has to do.
#[cfg(target_os = "linux")]
#[test]
fn hello_fails_in_node_when_the_disk_is_full() {
    let Some(node) = Tool::Node.find("hello in node on a full disk") else { return };
    let wasm = hello_file("node_full");
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has /dev/full");
    let mut command = Command::new(&node);
    command.arg("--no-warnings").arg(root().join("tests/hello/node.mjs")).arg(&wasm).stdout(full);
    let status = command.status().expect("node runs");
    assert_eq!(status.code(), Some(STATUS_WRITE_FAILED));
}

#[test]
fn hello_compiles_and_runs_in_a_browser() {
    let Some(browser) = Tool::Browser.find("hello in a browser") else { return };
    let page = include_bytes!("../hello/page.html");
    let wasm = hello();
    let files = [
        File { path: "/", media_type: "text/html", bytes: page },
        File { path: "/hello.wasm", media_type: "application/wasm", bytes: &wasm },
    ];
    let shown = browser::show(&browser, &scratch("browser"), &files);
    assert_eq!(shown.as_deref(), Ok(GREETING));
}

/// Programs that cannot panic in release, though they allocate, print, and use what the library does with unchecked
/// addresses.
const CALM: &[&str] = &[
    "fn main() {
        let mut sum = 0
        for n in 1..=10 { sum += n * n }
        println(\"the sum is {sum}\")
    }",
    "struct Point { x: Float, y: Float }
    fn main() {
        for p in [Point { x: 1.0, y: 2.0 }, Point { x: 3.0, y: 4.0 }] { println(p) }
    }",
    "enum Tree {
        Leaf
        Node { left: Tree, right: Tree }
    }
    fn full(depth: Int) -> Tree {
        if depth == 0 { Leaf } else { Node { left: full(depth - 1), right: full(depth - 1) } }
    }
    fn count(tree: Tree) -> Int {
        match tree {
            Leaf => 1
            Node { left, right } => count(left) + count(right)
        }
    }
    fn main() { println(count(full(5))) }",
    "fn main() {
        let mut ages: Map<String, Int> = Map.new()
        ages[\"Ada\"] = 36
        for (name, age) in ages { println(\"{name} is {age}\") }
    }",
    "use std.env.args
    fn main() {
        println([\"one\", \"two\"].join(\", \").to_upper())
        println(args().map(|word| word.len()).sorted())
    }",
];

#[test]
fn what_cannot_panic_has_no_unwinding() {
    for text in CALM {
        let contents = contents(&compile_text(text, release()));
        assert!(!contents.has_unwinding(), "{contents:?} for\n{text}");
    }
}

/// Panics in a function that is not inlined, below a text that has to be released.
const PANICKY: &str = "
    fn at(xs: Array<Int>, index: Int) -> String {
        if index == 4 { return \"\" }
        \"{xs[index]}\" + at(xs, index + 1)
    }
    fn main() { println(at([1, 2, 3], 0)) }";

#[test]
fn what_can_panic_has_unwinding() {
    let wasm = compile_text(PANICKY, Options { check_leaks: true, ..release() });
    assert!(contents(&wasm).has_unwinding());
    let outcome = wasi::run(&wasm, &wasi::RunOptions::default()).expect("the module can be run");
    let stderr = outcome.stderr_text();
    assert!(outcome.status == 101 && !stderr.contains("leak"), "status {}\n{stderr}", outcome.status);
}

/// With overflow checks a product can panic, in a function that is not inlined and below a text that has to be released.
#[test]
fn unwinding_goes_with_the_checks() {
    const PRODUCTS: &str = "
        fn at(n: Int) -> String {
            if n == 4 { return \"\" }
            \"{n * n}\" + at(n + 1)
        }
        fn main() { println(at(0)) }";
    let unchecked = compile_text(PRODUCTS, release());
    let checked = compile_text(PRODUCTS, Options { overflow_checks: Some(true), ..release() });
    assert!(!contents(&unchecked).has_unwinding() && contents(&checked).has_unwinding());
}

#[test]
fn nothing_unwinds_where_panics_abort() {
    let wasm = compile_text(PANICKY, Options { panics: Panics::Abort, ..release() });
    let contents = contents(&wasm);
    assert!(!contents.has_unwinding(), "{contents:?}");
}
