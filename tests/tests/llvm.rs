//! What the LLVM backend's modules have in common with the wasm backend's: the same face to the host, and panics that
//! release what they pass.

#![cfg(feature = "llvm")]

use corpus_tests::loader::{Disk, Memory};
use corpus_tests::module::Contents;
use corpus_tests::{root, run};
use driver::{BackendKind, OptLevel, Options, Profile};

const LEVELS: [OptLevel; 4] = [OptLevel::O0, OptLevel::O2, OptLevel::O3, OptLevel::Oz];

fn options(backend: BackendKind, level: OptLevel) -> Options {
    Options {
        profile: Profile::Release,
        backend: Some(backend),
        opt_level: Some(level),
        check_leaks: true,
        ..Options::default()
    }
}

fn compile_text(text: &str, options: Options) -> Vec<u8> {
    let mut loader = Memory { name: "example.gal".to_string(), text: text.into() };
    run::compile(&mut loader, "example.gal", options).unwrap_or_else(|problem| panic!("{problem}\n{text}"))
}

/// Each frame holds a value whose `drop` prints; the panic comes from a function that LLVM may inline.
const UNWINDING: &str = "
    iso struct Guard { name: Int }
    impl Guard {
        fn drop(mut self) { println(\"drop {self.name}\") }
    }
    fn down(xs: Array<Int>, n: Int) -> Int {
        let guard = Guard { name: n }
        if n == 0 { return xs[n + 7] + guard.name }
        down(xs, n - 1) + guard.name
    }
    fn main() {
        println(\"start\")
        println(down([1, 2, 3], 3))
    }";

/// Through the C API alone, LLVM would drop every handler in silence.
#[test]
fn a_panic_releases_what_it_passes() {
    for level in LEVELS {
        let wasm = compile_text(UNWINDING, options(BackendKind::Llvm, level));
        let contents = Contents::read(&wasm).expect("the module was validated");
        assert!(contents.has_unwinding(), "-O{}: {contents:?}", level.name());
        let outcome = wasi::run(&wasm, &wasi::RunOptions::default()).expect("the module can be run");
        let (stdout, stderr) = (outcome.stdout_text(), outcome.stderr_text());
        assert_eq!(stdout, "start\ndrop 0\ndrop 1\ndrop 2\ndrop 3\n", "-O{}\n{stderr}", level.name());
        assert!(outcome.status == 101 && !stderr.contains("leak"), "-O{}\n{stderr}", level.name());
    }
}

/// The lanes of `a` and `b` are zeros of either sign, all equal: those of `a` are taken. Bit by bit, the signs of what was taken.
const ZEROS: &str = "
    fn pick(a: Array<Float>, b: Array<Float>, mut out: Array<Float>) {
        for i in 0..out.len() {
            let x = a[i]
            let y = b[i]
            out[i] = if x <= y { x } else { y }
        }
    }

    fn pick_max(a: Array<Float>, b: Array<Float>, mut out: Array<Float>) {
        for i in 0..out.len() {
            let x = a[i]
            let y = b[i]
            out[i] = if x >= y { x } else { y }
        }
    }

    fn main() {
        let n = 64
        let mut a = [0.0; n]
        let mut b = [0.0; n]
        for i in 0..n {
            a[i] = if i % 3 == 0 { -0.0 } else { 0.0 }
            b[i] = if i % 2 == 0 { -0.0 } else { 0.0 }
        }
        let mut out = [1.0; n]
        pick(a, b, mut out)
        let mut bits = 0
        for x in out { bits = (bits << 1) | (if 1.0 / x < 0.0 { 1 } else { 0 }) }
        println(bits)
        pick_max(a, b, mut out)
        bits = 0
        for x in out { bits = (bits << 1) | (if 1.0 / x < 0.0 { 1 } else { 0 }) }
        println(bits)
    }";

/// WebAssembly's `pmin` and `pmax`, which LLVM would make of the two loops, take the other one of two zeros.
#[test]
fn selections_in_loops_keep_the_sign_of_zeros() {
    for level in LEVELS {
        let options = Options { bounds_checks: false, ..options(BackendKind::Llvm, level) };
        let wasm = compile_text(ZEROS, options);
        let outcome = wasi::run(&wasm, &wasi::RunOptions::default()).expect("the module can be run");
        let expected = "-7905747460161236407\n-7905747460161236407\n";
        assert_eq!(outcome.stdout_text(), expected, "-O{}", level.name());
    }
}

#[test]
fn both_backends_import_and_export_the_same() {
    for program in
        ["examples/hello.gal", "tests/run/library/env_module.gal", "tests/run/library/map_methods.gal"]
    {
        let face = |backend| {
            let mut loader = Disk { root: root() };
            let wasm = run::compile(&mut loader, program, options(backend, OptLevel::O2))
                .unwrap_or_else(|problem| panic!("{program}: {problem}"));
            let mut contents = Contents::read(&wasm).expect("the module was validated");
            contents.imports.sort();
            contents.exports.sort();
            (contents.imports, contents.exports)
        };
        let (wasm, llvm) = (face(BackendKind::Wasm), face(BackendKind::Llvm));
        assert!(llvm.0.iter().all(|import| wasm.0.contains(import)), "{program}: {:?} {:?}", llvm.0, wasm.0);
        assert_eq!(llvm.1, wasm.1, "{program}");
    }
}
