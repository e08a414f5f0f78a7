//! Random graphs, irreducible ones and landings anywhere included, go through the same blocks on the interpreter and as
//! WebAssembly. Every block reports its number; a linear congruential generator in a register decides where to go.

mod common;

use std::fmt::Write;

use backend_interp::{Interp, Limits, Memory, Stop, Value};
use backend_wasm::EmitOptions;
use common::{Host, Outcome, Runner, compile};
use lir::random::Rng;
use lir::{Imm, Module, parse_module};

/// Blocks that one run may enter.
const FUEL: usize = 150;

struct Graph {
    blocks: usize,
    /// Percentages.
    backwards: usize,
    invokes: usize,
    slots: bool,
}

/// A module with `run(seed) -> (result, difference of stack addresses before and after)`.
fn module(seed: u64, graph: &Graph) -> Module {
    let mut rng = Rng::new(seed);
    let mut text = String::from(
        "import @trace = \"test\" \"trace\" (i32)
        export \"run\" @run
        func @sp() -> (ptr) {
          slot s: 16 align 16
        b: %a = slot.addr s
          return %a
        }
        func @may(%x: i32) -> (i32) unwinds {
          slot s: 32 align 8
        b: %a = slot.addr s
          store.i32 %a+4, %x
          %three = i32.const 3
          %c = i32.and %x, %three
          br_if %c, ok, bad
        bad: throw
        ok: %r = load.i32 %a+4
          return %r
        }
        func @run(%seed: i32) -> (i32, ptr) {
        b: %before = call @sp()
          %r = invoke @graph(%seed) to ok unwind panic
        ok: br out
        landing panic: %r = i32.const -77
          br out
        out: %after = call @sp()
          %d = ptr.sub %after, %before
          return %r, %d
        }
        func @graph(%s: i32) -> (i32) unwinds {\n",
    );
    if graph.slots {
        text.push_str("slot keep: 24 align 8\n");
    }
    let is_landing: Vec<bool> = (0..graph.blocks).map(|n| n > 1 && rng.chance(graph.invokes / 2)).collect();
    for n in 0..graph.blocks {
        block(&mut text, &mut rng, graph, &is_landing, n);
    }
    text.push_str("}\n");
    parse_module(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn block(text: &mut String, rng: &mut Rng, graph: &Graph, is_landing: &[bool], n: usize) {
    let landing = if is_landing[n] { "landing " } else { "" };
    writeln!(text, "{landing}b{n}: %n{n} = i32.const {n}").unwrap();
    if rng.chance(20) {
        return empty_block(text, rng, graph, is_landing, n);
    }
    writeln!(text, " call @trace(%n{n})").unwrap();
    writeln!(text, "%m{n} = i32.const 1103515245\n %p{n} = i32.mul %s, %m{n}\n %i{n} = i32.const 12345")
        .unwrap();
    writeln!(text, "%s = i32.add %p{n}, %i{n}\n %sh{n} = i32.const 16\n %h{n} = i32.shr_u %s, %sh{n}")
        .unwrap();
    if graph.slots && rng.chance(30) {
        writeln!(text, "%a{n} = slot.addr keep\n store.i32 %a{n}+8, %s\n %l{n} = load.i32 %a{n}+8").unwrap();
        writeln!(text, "%s = i32.add %s, %l{n}").unwrap();
    }
    let blocks: Vec<usize> = (1..graph.blocks).filter(|&to| !is_landing[to]).collect();
    let landings: Vec<usize> = (1..graph.blocks).filter(|&to| is_landing[to]).collect();
    let pick = |rng: &mut Rng, list: &[usize]| pick(rng, graph, n, list);
    if !landings.is_empty() && rng.chance(graph.invokes) {
        let (to, landing) = (pick(rng, &blocks), pick(rng, &landings));
        writeln!(text, "%s = invoke @may(%h{n}) to b{to} unwind b{landing}").unwrap();
        return;
    }
    match rng.below(20) {
        0 => text.push_str("throw\n"),
        1 => text.push_str("unreachable\n"),
        2..4 => text.push_str("return %s\n"),
        4..8 => writeln!(text, "br b{}", pick(rng, &blocks)).unwrap(),
        8..16 => {
            writeln!(text, "%o{n} = i32.const 1\n %c{n} = i32.and %h{n}, %o{n}").unwrap();
            writeln!(text, "br_if %c{n}, b{}, b{}", pick(rng, &blocks), pick(rng, &blocks)).unwrap();
        }
        _ => {
            let cases = 1 + rng.below(9);
            writeln!(text, "%o{n} = i32.const 15\n %c{n} = i32.and %h{n}, %o{n}").unwrap();
            let cases: Vec<String> =
                (0..cases).map(|case| format!("{case}: b{}", pick(rng, &blocks))).collect();
            writeln!(text, "switch %c{n} [{}], b{}", cases.join(", "), pick(rng, &blocks)).unwrap();
        }
    }
}

/// A block that does nothing but lead on, forwards so that no run is endless without a trace.
fn empty_block(text: &mut String, rng: &mut Rng, graph: &Graph, is_landing: &[bool], n: usize) {
    let next: Vec<usize> = (n + 1..graph.blocks).filter(|&to| !is_landing[to]).collect();
    match rng.below(6) {
        0..3 if !next.is_empty() => writeln!(text, "br b{}", pick(rng, graph, n, &next)).unwrap(),
        3 if !next.is_empty() => {
            writeln!(text, "br_if %s, b{}, b{}", pick(rng, graph, n, &next), pick(rng, graph, n, &next))
                .unwrap();
        }
        4 => text.push_str("return %s\n"),
        _ => text.push_str("throw\n"),
    }
}

fn pick(rng: &mut Rng, graph: &Graph, from: usize, list: &[usize]) -> usize {
    let forward: Vec<usize> = list.iter().copied().filter(|&to| to > from).collect();
    let list = if forward.is_empty() || rng.chance(graph.backwards) { list } else { &forward };
    list[rng.below(list.len())]
}

#[derive(Default)]
struct Tracer {
    trace: Vec<i32>,
}

impl backend_interp::Host for Tracer {
    fn call(&mut self, _: &str, _: &str, args: &[Value], _: &mut Memory) -> Result<Vec<Value>, Stop> {
        if let [Imm::I32(n)] = *args {
            self.trace.push(n);
        }
        if self.trace.len() > FUEL { Err(Stop::Exit(-1)) } else { Ok(Vec::new()) }
    }
}

fn reference(module: &Module, seed: i32) -> (Vec<i32>, Outcome) {
    let mut host = Tracer::default();
    let mut interp = Interp::new(module, Limits::default()).expect("a module that fits");
    let outcome = match interp.call("run", &[Imm::I32(seed)], &mut host).expect("an outcome") {
        backend_interp::Outcome::Returned(values) => Outcome::Returned(values),
        backend_interp::Outcome::Exited(status) => Outcome::Exited(status),
        backend_interp::Outcome::Threw => Outcome::Threw,
        backend_interp::Outcome::Trapped(_) => Outcome::Trapped(String::new()),
    };
    (host.trace, outcome)
}

fn found(runner: &Runner, wasm: &[u8], seed: i32) -> (Vec<i32>, Outcome) {
    let mut host = Host { fuel: Some(FUEL), ..Host::default() };
    let outcome = match runner.call(wasm, "run", &[Imm::I32(seed)], false, &mut host) {
        Outcome::Returned(values) => Outcome::Returned(common::typed(values, &[lir::Ty::I32, lir::Ty::Ptr])),
        Outcome::Trapped(_) => Outcome::Trapped(String::new()),
        other => other,
    };
    (host.trace, outcome)
}

fn check(seeds: std::ops::Range<u64>, graph: &Graph) {
    let runner = Runner::new();
    for seed in seeds {
        let module = module(seed, graph);
        lir::assert_valid(&module, "the generator");
        let wasm = compile(&module, &EmitOptions::release());
        for arg in 0..4 {
            let (expected, found) = (reference(&module, arg), found(&runner, &wasm, arg));
            if expected != found {
                let text = backend_wasm::to_wat(&wasm).unwrap_or_default();
                panic!(
                    "{seed}({arg}): expected {expected:?}, found {found:?}\n{}\n{text}",
                    lir::print_module(&module)
                );
            }
        }
    }
}

#[test]
fn reducible_mostly() {
    check(0..60, &Graph { blocks: 12, backwards: 10, invokes: 0, slots: false });
}

#[test]
fn irreducible() {
    check(0..100, &Graph { blocks: 10, backwards: 60, invokes: 0, slots: false });
    check(100..110, &Graph { blocks: 80, backwards: 50, invokes: 0, slots: false });
}

#[test]
fn landings() {
    check(0..100, &Graph { blocks: 12, backwards: 10, invokes: 50, slots: false });
    check(100..200, &Graph { blocks: 12, backwards: 20, invokes: 70, slots: true });
}

#[test]
fn irreducible_with_landings() {
    check(0..150, &Graph { blocks: 12, backwards: 60, invokes: 50, slots: true });
    check(200..215, &Graph { blocks: 60, backwards: 40, invokes: 50, slots: true });
}
