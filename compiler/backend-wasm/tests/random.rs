//! Random modules give the same results on the interpreter and as WebAssembly.

mod common;

use backend_interp::{Interp, Limits, NoHost};
use backend_wasm::{EmitOptions, PASSES};
use common::{Host, Outcome, Runner, check_vectors, compile};
use lir::passes::PassOptions;
use lir::random::vector::vector_program;
use lir::random::{RandomOptions, Shape, random_module};
use lir::{Imm, Module, Target};

const ARGS: [Imm; 4] = [Imm::I32(7), Imm::I64(-3), Imm::F32(0x3fc0_0000), Imm::F64(0x4059_0000_0000_0000)];

fn reference(module: &Module) -> Vec<Imm> {
    let limits = Limits { steps: 50_000_000, ..Limits::default() };
    let mut interp = Interp::new(module, limits).expect("a module that fits");
    match interp.call("run", &ARGS, &mut NoHost).expect("an outcome") {
        backend_interp::Outcome::Returned(values) => values,
        other => panic!("the generator promises a result, found {other:?}"),
    }
}

fn compare(runner: &Runner, name: &str, module: &Module, opts: &EmitOptions) {
    let wasm = compile(module, opts);
    let ptr64 = module.target.pointer_bytes == 8;
    let found = runner.call(&wasm, "run", &ARGS, ptr64, &mut Host::default());
    let expected = Outcome::Returned(reference(module));
    if found != expected {
        let text = backend_wasm::to_wat(&wasm).unwrap_or_default();
        panic!("{name}: expected {expected:?}, found {found:?}\n{}\n{text}", lir::print_module(module));
    }
}

fn all(name: &str, seeds: std::ops::Range<u64>, emit: &EmitOptions, opts: impl Fn(Shape) -> RandomOptions) {
    let runner = Runner::new();
    for &shape in Shape::ALL {
        for seed in seeds.clone() {
            compare(&runner, &format!("{name} {shape:?} {seed}"), &random_module(seed, &opts(shape)), emit);
        }
    }
}

#[test]
fn small_modules() {
    all("small", 0..60, &EmitOptions::release(), |shape| RandomOptions {
        atomics: true,
        vectors: true,
        ..RandomOptions::new(shape)
    });
}

#[test]
fn vector_operations() {
    let runner = Runner::new();
    let mut failures = Vec::new();
    for (op, seed) in lir::simd::Op::all().flat_map(|op| (0..2).map(move |seed| (op, seed))) {
        let program = vector_program(op, seed);
        let wasm = compile(&program.module, &EmitOptions::release());
        failures.extend(check_vectors(&runner, &wasm, &program));
    }
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn modules_for_size() {
    let emit = EmitOptions { optimize_size: true, ..EmitOptions::release() };
    all("size", 1000..1030, &emit, RandomOptions::new);
}

#[test]
fn modules_without_passes() {
    let mut sets: Vec<Vec<String>> = PASSES.iter().map(|pass| vec![pass.name.to_string()]).collect();
    sets.push(sets.concat());
    for (i, passes_off) in sets.into_iter().enumerate() {
        let first = 3000 + 10 * i as u64;
        let emit = EmitOptions { passes_off, ..EmitOptions::release() };
        all("without passes", first..first + 10, &emit, RandomOptions::new);
    }
}

#[test]
fn optimised_modules() {
    let runner = Runner::new();
    for (&shape, seed) in Shape::ALL.iter().flat_map(|shape| (2000..2040).map(move |seed| (shape, seed))) {
        let plain = random_module(seed, &RandomOptions::new(shape));
        let mut optimised = plain.clone();
        lir::passes::optimize(&mut optimised, &PassOptions { optimize: true, ..PassOptions::default() });
        let found = runner.call(
            &compile(&optimised, &EmitOptions::release()),
            "run",
            &ARGS,
            false,
            &mut Host::default(),
        );
        assert_eq!(found, Outcome::Returned(reference(&plain)), "{shape:?} {seed}");
    }
}

#[test]
fn large_functions() {
    all("large", 0..8, &EmitOptions::release(), |shape| RandomOptions {
        funcs: 2,
        blocks: 60,
        insts: 12,
        fuel: 3000,
        ..RandomOptions::new(shape)
    });
}

#[test]
fn wide_pointers() {
    let target =
        Target { name: "wasm64".into(), pointer_bytes: 8, ..RandomOptions::new(Shape::Straight).target };
    all("wide", 0..30, &EmitOptions::release(), |shape| RandomOptions {
        target: target.clone(),
        ..RandomOptions::new(shape)
    });
}
