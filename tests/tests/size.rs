//! How large modules are that are built for the smallest size, by each backend that is built in, behind wasm-opt; and how
//! they grow with their programs.

use corpus_tests::loader::{Disk, Memory};
use corpus_tests::{root, run, wasm_opt};
use driver::{BackendKind, OptLevel, Options, Profile};
use std::fmt::Write;

/// Bytes of hello world.
const HELLO_MAX: usize = 400;
/// Bytes of a program that counts words in a `Map<String, Int>`.
const WORD_COUNT_MAX: usize = 5_000;

fn backends() -> &'static [BackendKind] {
    if cfg!(feature = "llvm") { &[BackendKind::Wasm, BackendKind::Llvm] } else { &[BackendKind::Wasm] }
}

fn smallest(program: &str, backend: BackendKind) -> usize {
    let options = Options {
        profile: Profile::Release,
        backend: Some(backend),
        opt_level: Some(OptLevel::Oz),
        ..Options::default()
    };
    let artifact = run::compile_artifact(&mut Disk { root: root() }, program, options)
        .unwrap_or_else(|problem| panic!("{program}: {problem}"));
    wasm_opt::run(&artifact, OptLevel::Oz).unwrap_or_else(|problem| panic!("{program}: {problem}")).len()
}

#[test]
fn modules_for_the_smallest_size_are_small() {
    if wasm_opt::find("sizes of modules").is_none() {
        return;
    }
    for (program, limit) in
        [("examples/hello.gal", HELLO_MAX), ("benches/gal/word_count.gal", WORD_COUNT_MAX)]
    {
        for backend in backends() {
            let size = smallest(program, *backend);
            println!("{program}, {}: {size} bytes (at most {limit})", backend.name());
            assert!(size <= limit, "{program}, {}: {size} bytes, and not at most {limit}", backend.name());
        }
    }
}

/// How much larger a module may be whose program has four times as many values.
const GROWTH_MAX: usize = 5;

/// Many values that live at once, and as many places that may panic meanwhile.
fn program_of_values(n: usize) -> String {
    let mut text = "fn main() {\n    let mut n = 0\n".to_string();
    (0..n).for_each(|i| writeln!(text, "    let a{i} = [{i}, {i}]").expect("a string takes all"));
    (0..n).for_each(|i| writeln!(text, "    n += a{i}.len()").expect("a string takes all"));
    text + "    println(\"{n}\")\n}\n"
}

#[test]
fn modules_grow_as_their_programs_do() {
    let size = |n: usize| {
        let mut loader = Memory { name: "values.gal".to_string(), text: program_of_values(n).into() };
        let module = run::compile(&mut loader, "values.gal", Options::default());
        module.unwrap_or_else(|problem| panic!("{n} values: {problem}")).len()
    };
    let (small, large) = (size(60), size(240));
    println!("60 values: {small} bytes, 240 values: {large} bytes");
    assert!(large <= small * GROWTH_MAX, "60 values: {small} bytes, 240 values: {large} bytes");
}
