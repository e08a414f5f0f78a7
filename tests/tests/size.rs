//! How large modules are that are built for the smallest size, by each backend that is built in, behind wasm-opt.

use corpus_tests::loader::Disk;
use corpus_tests::{root, run, wasm_opt};
use driver::{BackendKind, OptLevel, Options, Profile};

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
