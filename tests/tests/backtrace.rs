//! What programs built with `-g` say of the calls that led to a panic or a trap: the same on all backends and targets.

use corpus_tests::loader::Memory;
use corpus_tests::run;
use driver::{BackendKind, OptLevel, Options, Panics, Profile, TargetInfo, WASM32_WASI, WASM64_WASI};

const NAME: &str = "example.gal";

/// Calls through a trait, a recursion, a closure and the library; `n` is known to nobody before the program runs.
const PANICS: &str = r#"use std.env

trait Shape { fn area(self, xs: Array<Int>) -> Int }

struct Square { side: Int }

impl Shape for Square {
    fn area(self, xs: Array<Int>) -> Int {
        xs[self.side]
    }
}

fn down(n: Int, shape: Square, xs: Array<Int>) -> Int {
    if n == 0 {
        return shape.area(xs)
    }
    let below = down(n - 1, shape, xs)
    below + n
}

fn main() {
    let n = env.args().len() + 1
    let xs = [1, 2, 3]
    let each = [n, n + 1].map(|k| down(k, Square { side: 7 }, xs))
    println(each.len())
}
"#;

const SAID: &str = "panic at example.gal:9:9: index 7 is out of bounds for length 3
    at Array<Int>.place (library/core/array.gal:LINE)
    at Square.area (example.gal:9:9)
    at down (example.gal:15:16)
    at down (example.gal:17:17)
    at main.closure (example.gal:24:35)
    at Array<Int>.map<Int, Fn(Int) -> Int> (library/core/array_ops.gal:LINE)
    at main (example.gal:24:16)
";

/// Those of modules.
const TARGETS: [&TargetInfo; 2] = [&WASM32_WASI, &WASM64_WASI];

/// Runs until its stack is used up.
const OVERFLOWS: &str = "fn deeper(n: Int) -> Int {
    let below = deeper(n + 1)
    below + n
}

fn main() {
    println(deeper(0))
}
";

fn compile(text: &str, options: Options) -> Vec<u8> {
    let mut loader = Memory { name: NAME.to_string(), text: text.into() };
    run::compile(&mut loader, NAME, options).unwrap_or_else(|problem| panic!("{problem}"))
}

fn options(backend: BackendKind, level: OptLevel) -> Options {
    Options {
        profile: if level == OptLevel::O0 { Profile::Debug } else { Profile::Release },
        backend: Some(backend),
        opt_level: Some(level),
        debug_info: true,
        verify: true,
        ..Options::default()
    }
}

fn run(wasm: &[u8]) -> (i32, String) {
    let outcome = wasi::run(wasm, &wasi::RunOptions::default()).expect("the module can be run");
    (outcome.status, outcome.stderr_text())
}

/// Without the lines in the library, which change with it.
fn plain(said: &str) -> String {
    let place = |line: &str| match line.split_once(".gal:") {
        Some((before, _)) if line.contains("(library/") => format!("{before}.gal:LINE)\n"),
        _ => format!("{line}\n"),
    };
    said.lines().map(place).collect()
}

fn check(backend: BackendKind, level: OptLevel) {
    for target in TARGETS {
        let (status, said) = run(&compile(PANICS, Options { target, ..options(backend, level) }));
        let what = format!("{} -O{} {}", backend.name(), level.name(), target.name);
        assert_eq!((status, plain(&said).as_str()), (101, SAID), "{what}");
    }
}

#[test]
fn a_panic_tells_of_its_calls() {
    for level in [OptLevel::O0, OptLevel::O1, OptLevel::O3, OptLevel::Oz] {
        check(BackendKind::Wasm, level);
    }
}

/// Through a generator, and a box that may suspend, though nothing in the program does.
#[test]
fn a_panic_in_a_generator_tells_of_its_calls() {
    let text = "fn elements(xs: Array<Int>) -> Iterator<Int> {
    for i in 0..9 {
        yield xs[i]
    }
}

fn total(xs: Array<Int>) -> Int {
    elements(xs).sum()
}

fn main() {
    let boxed: async Fn(Array<Int>) -> Int = total
    println(boxed([1, 2]))
}
";
    for level in [OptLevel::O0, OptLevel::O1, OptLevel::O3] {
        let (status, said) = run(&compile(text, options(BackendKind::Wasm, level)));
        let expected =
            ["example.gal:3:15: index 2 is out of bounds", "at elements.generator (example.gal:3:15)"];
        assert!(status == 101 && expected.iter().all(|part| said.contains(part)), "{}: {said}", level.name());
    }
}

#[test]
fn without_debug_information_a_panic_says_where_it_is() {
    let options = Options { debug_info: false, ..options(BackendKind::Wasm, OptLevel::O0) };
    let (status, said) = run(&compile(PANICS, options));
    let first = SAID.lines().next().expect("it has lines");
    assert_eq!((status, said.trim_end()), (101, first));
}

#[test]
fn a_panic_that_aborts_tells_of_its_calls_first() {
    let options = Options { panics: Panics::Abort, ..options(BackendKind::Wasm, OptLevel::O0) };
    let (status, said) = run(&compile(PANICS, options));
    assert!(status == 102 && plain(&said).starts_with(SAID), "{status}: {said}");
    assert!(said.contains("fatal: unreachable code was reached"), "{said}");
}

/// Of a deep recursion the innermost calls.
#[test]
fn backtraces_have_an_end() {
    let text = PANICS.replace("let n = env.args().len() + 1", "let n = env.args().len() + 1000");
    let (_, said) = run(&compile(&text, options(BackendKind::Wasm, OptLevel::O0)));
    let calls = said.lines().filter(|line| line.starts_with("    at ")).count();
    assert!((50..=100).contains(&calls), "{calls} calls:\n{said}");
}

fn check_trap(backend: BackendKind, level: OptLevel) {
    for target in TARGETS {
        let (status, said) = run(&compile(OVERFLOWS, Options { target, ..options(backend, level) }));
        assert_eq!(status, 102, "{said}");
        let calls = "    at deeper (example.gal:2:17), 19 times\n";
        let is_told = said.starts_with("fatal: stack overflow\n    at deeper") && said.contains(calls);
        assert!(is_told, "-O{} {}: {said}", level.name(), target.name);
    }
}

#[test]
fn a_trap_tells_of_its_calls() {
    check_trap(BackendKind::Wasm, OptLevel::O0);
}

#[cfg(feature = "llvm")]
mod llvm {
    use super::*;
    use corpus_tests::native;
    use std::process::Command;
    use std::time::Duration;

    const LEVELS: [OptLevel; 6] = OptLevel::ALL;

    #[test]
    fn a_panic_tells_of_its_calls_through_llvm() {
        for level in LEVELS {
            check(BackendKind::Llvm, level);
        }
    }

    #[test]
    fn a_trap_tells_of_its_calls_through_llvm() {
        [OptLevel::O0, OptLevel::Oz].into_iter().for_each(|level| check_trap(BackendKind::Llvm, level));
    }

    #[test]
    fn a_process_tells_of_its_calls() {
        if !native::IS_HERE {
            println!("skipped: backtraces of processes: this machine is no x86_64-linux");
            return;
        }
        for level in LEVELS {
            let target = run::native_target();
            let artifact = driver::usual_artifact(target);
            let bytes = compile(PANICS, Options { target, artifact, ..options(BackendKind::Llvm, level) });
            let folder = tempfile::tempdir().expect("a folder can be made");
            let path = native::write(folder.path(), &bytes).expect("it can be written");
            // The table is in memory: nothing is read from the file.
            let mut command = Command::new(path);
            let outcome = native::run_command(&mut command, b"", Duration::from_secs(60)).expect("it runs");
            assert_eq!((outcome.status, plain(&outcome.stderr).as_str()), (101, SAID), "-O{}", level.name());
        }
    }
}
