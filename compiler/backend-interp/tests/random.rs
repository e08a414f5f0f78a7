//! Random modules run to an end on the interpreter: the generator keeps its promises.

use backend_interp::{Interp, Limits, NoHost, Outcome};
use lir::random::{RandomOptions, Shape, random_module};
use lir::{Imm, Module, Target};

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
