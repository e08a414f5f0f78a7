//! Arithmetic that tells overflow, at the edges of its types: with unknown operands, and with each edge as a constant on
//! either side, which is compiled to shorter tests.

mod common;

use std::fmt::Write;

use backend_wasm::EmitOptions;
use common::{Outcome, Runner, compile};
use lir::{Imm, OvfOp, Ty, parse_module};

const EDGES: [i64; 21] = [
    0,
    1,
    -1,
    2,
    -2,
    3,
    -3,
    10,
    -10,
    i32::MAX as i64,
    i32::MIN as i64,
    i32::MAX as i64 + 1,
    u32::MAX as i64,
    0x1_0000_0001,
    -0x1_0000_0001,
    i64::MAX,
    i64::MAX - 1,
    i64::MIN,
    i64::MIN + 1,
    i64::MAX / 3,
    i64::MIN / 3 - 1,
];

fn expected(op: OvfOp, ty: Ty, a: i64, b: i64) -> Vec<Imm> {
    macro_rules! compute {
        ($signed:ty, $unsigned:ty, $imm:path) => {{
            let (a, b) = (a as $signed, b as $signed);
            let (ua, ub) = (a as $unsigned, b as $unsigned);
            let unsigned = |(value, flag): ($unsigned, bool)| (value as $signed, flag);
            let (value, flag) = match op {
                OvfOp::AddS => a.overflowing_add(b),
                OvfOp::SubS => a.overflowing_sub(b),
                OvfOp::MulS => a.overflowing_mul(b),
                OvfOp::AddU => unsigned(ua.overflowing_add(ub)),
                OvfOp::SubU => unsigned(ua.overflowing_sub(ub)),
                OvfOp::MulU => unsigned(ua.overflowing_mul(ub)),
            };
            vec![$imm(value), Imm::I32(flag.into())]
        }};
    }
    match ty {
        Ty::I32 => compute!(i32, u32, Imm::I32),
        _ => compute!(i64, u64, Imm::I64),
    }
}

fn imm(ty: Ty, n: i64) -> Imm {
    if ty == Ty::I32 { Imm::I32(n as i32) } else { Imm::I64(n) }
}

/// Exports `f(a, b)`, and for each edge `left{n}(b)` and `right{n}(a)` with the edge as a constant.
fn text(op: OvfOp, ty: Ty) -> String {
    let name = op.row().name;
    let ty_name = if ty == Ty::I32 { "i32" } else { "i64" };
    let mut text = format!(
        "export \"f\" @f
        func @f(%a: {ty_name}, %b: {ty_name}) -> ({ty_name}, i32) {{
        e: %r, %o = {ty_name}.{name} %a, %b
          return %r, %o
        }}\n"
    );
    for (n, edge) in EDGES.iter().enumerate() {
        let edge = if ty == Ty::I32 { i64::from(*edge as i32) } else { *edge };
        for (side, args) in [("left", "%c, %x"), ("right", "%x, %c")] {
            writeln!(
                text,
                "export \"{side}{n}\" @{side}{n}
                func @{side}{n}(%x: {ty_name}) -> ({ty_name}, i32) {{
                e: %c = {ty_name}.const {edge}
                  %x, %o = {ty_name}.{name} {args}
                  return %x, %o
                }}"
            )
            .expect("a string takes all text");
        }
    }
    text
}

#[test]
fn results_and_flags_at_the_edges() {
    let runner = Runner::new();
    for optimize_size in [false, true] {
        let opts = EmitOptions { optimize_size, ..EmitOptions::release() };
        for (&op, ty) in OvfOp::ALL.iter().flat_map(|op| [Ty::I32, Ty::I64].map(|ty| (op, ty))) {
            let module = parse_module(&text(op, ty)).unwrap_or_else(|error| panic!("{error}"));
            let wasm = compile(&module, &opts);
            let mut calls = Vec::new();
            for (n, a) in EDGES.iter().enumerate() {
                for b in EDGES {
                    let (a, b) = (imm(ty, *a), imm(ty, b));
                    calls.extend([("f".into(), vec![a, b]), (format!("left{n}"), vec![b])]);
                    calls.push((format!("right{n}"), vec![b]));
                }
            }
            let mut found = runner.calls(&wasm, &calls).into_iter();
            for (a, b) in EDGES.iter().flat_map(|a| EDGES.map(|b| (*a, b))) {
                for (a, b) in [(a, b), (a, b), (b, a)] {
                    let expected = Outcome::Returned(expected(op, ty, a, b));
                    assert_eq!(found.next(), Some(expected), "{op:?} {ty:?} {a} {b}");
                }
            }
        }
    }
}
