//! Random modules on the interpreter: they run to an end, and passes do not change what comes out.

use backend_interp::{Interp, Limits, NoHost, Outcome};
use lir::passes::{PASSES, PassOptions, TARGET_PASSES, optimize};
use lir::random::{RandomOptions, Shape, random_module};
use lir::{Imm, Module, Target, assert_valid, print_module};

const ARGS: [Imm; 4] = [Imm::I32(7), Imm::I64(-3), Imm::F32(0x3fc0_0000), Imm::F64(0x4059_0000_0000_0000)];

fn run(module: &Module) -> Outcome {
    let limits = Limits { steps: 50_000_000, ..Limits::default() };
    let mut interp = Interp::new(module, limits).expect("a module that fits");
    interp.call("run", &ARGS, &mut NoHost).expect("an outcome")
}

#[test]
fn random_modules_return() {
    for &shape in Shape::ALL {
        for seed in 0..100 {
            let opts = RandomOptions { atomics: true, vectors: true, ..RandomOptions::new(shape) };
            let outcome = run(&random_module(seed, &opts));
            assert!(matches!(outcome, Outcome::Returned(_)), "{shape:?} {seed}: {outcome:?}");
        }
    }
}

#[test]
fn random_modules_return_with_wide_pointers() {
    let target =
        Target { name: "wasm64".into(), pointer_bytes: 8, stack_bytes: 1 << 16, ..Target::wasm32_wasi() };
    for &shape in Shape::ALL {
        for seed in 0..50 {
            let opts = RandomOptions { target: target.clone(), ..RandomOptions::new(shape) };
            let outcome = run(&random_module(seed, &opts));
            assert!(matches!(outcome, Outcome::Returned(_)), "{shape:?} {seed}: {outcome:?}");
        }
    }
}

/// Compares runs with and without `change` over random modules; a name for it goes into the messages.
fn compare(what: &str, seeds: std::ops::Range<u64>, change: impl Fn(&mut Module)) {
    for &shape in Shape::ALL {
        for seed in seeds.clone() {
            let opts = RandomOptions { vectors: seed % 2 == 0, ..RandomOptions::new(shape) };
            let before = random_module(seed, &opts);
            let mut after = before.clone();
            change(&mut after);
            assert_valid(&after, what);
            let (expected, found) = (run(&before), run(&after));
            assert_eq!(expected, found, "{what} changes {shape:?} {seed}:\n{}", print_module(&before));
        }
    }
}

#[test]
fn each_pass_keeps_results() {
    for pass in PASSES.iter().chain(TARGET_PASSES) {
        compare(pass.name, 0..60, |module| (pass.run)(module, &PassOptions::default()));
    }
}

#[test]
fn all_passes_together_keep_results() {
    let opts = PassOptions { optimize: true, ..PassOptions::default() };
    compare("optimize", 1000..1150, |module| optimize(module, &opts));
}
