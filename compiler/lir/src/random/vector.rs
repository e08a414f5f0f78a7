//! A program for each row of the table of vector operations: an export for each operation and immediate, and calls of it with random
//! operands and what `eval_vector` says of them. What a backend makes of the program must do the same.

use super::Rng;
use crate::eval_vector::vector;
use crate::ir::*;
use crate::parse::parse_module;
use crate::script::{Expect, Expected, Run};
use simd::{Form, Imm as VecImm, Kind, Op as VecOp, Shape};
use std::fmt::Write;

pub struct VectorProgram {
    pub module: Module,
    pub runs: Vec<Run>,
}

/// Calls of each export.
const CALLS: usize = 24;

/// The program of one operation.
pub fn vector_program(op: VecOp, seed: u64) -> VectorProgram {
    let mut rng = Rng::new(seed ^ (op.kind as u64) << 8 ^ (op.shape as u64) << 4);
    let mut text = String::new();
    let immediates = immediates(op, &mut rng);
    for (i, imm) in immediates.iter().enumerate() {
        write_function(&mut text, op, *imm, i);
    }
    let module = parse_module(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let mut runs = Vec::new();
    for (i, imm) in immediates.iter().enumerate() {
        runs.extend((0..CALLS).map(|_| run(op, *imm, i, &mut rng)));
    }
    VectorProgram { module, runs }
}

fn immediates(op: VecOp, rng: &mut Rng) -> Vec<VecImm> {
    match op.form() {
        Form::Extract | Form::Replace => (0..op.shape.lanes()).map(|lane| VecImm::Lane(lane as u8)).collect(),
        Form::Shuffle => {
            let mut masks =
                vec![std::array::from_fn(|i| i as u8 + 16), std::array::from_fn(|i| 15 - i as u8)];
            masks.extend((0..6).map(|_| std::array::from_fn(|_| rng.below(32) as u8)));
            masks.into_iter().map(VecImm::Bytes).collect()
        }
        _ => vec![VecImm::None],
    }
}

/// Which NaN arithmetic makes is up to the engine, so the lanes of a result that are NaN are replaced by the canonical one.
fn write_function(text: &mut String, op: VecOp, imm: VecImm, index: usize) {
    let ty = |scalar| Ty::from(scalar).name();
    let params: Vec<String> = (0..op.arity()).map(|i| format!("%a{i}: {}", ty(op.operand(i)))).collect();
    let args: Vec<String> = (0..op.arity()).map(|i| format!("%a{i}")).collect();
    let imm = match imm {
        VecImm::None => String::new(),
        VecImm::Lane(lane) => format!(", {lane}"),
        VecImm::Bytes(bytes) => format!(", {bytes:?}"),
    };
    let (name, params, args, result) = (name(op, index), params.join(", "), args.join(", "), ty(op.result()));
    let _ = write!(
        text,
        "export \"{name}\" @{name}\nfunc @{name}({params}) -> {result} {{\nb0:\n  %r = {op} {args}{imm}\n"
    );
    if op.result().is_none() && op.shape.is_float() {
        let (shape, nan) = (op.shape.name(), canonical(op.shape));
        let _ = write!(text, "  %n = v128.const 0x{nan:032x}\n  %is = {shape}.ne %r, %r\n");
        let result = if is_mask(op.kind) { "%r" } else { "%c" };
        let _ = write!(text, "  %c = v128.bitselect %n, %r, %is\n  return {result}\n}}\n");
    } else {
        text.push_str("  return %r\n}\n");
    }
}

fn name(op: VecOp, index: usize) -> String {
    format!("{}.{index}", op)
}

/// All ones are a NaN.
fn is_mask(kind: Kind) -> bool {
    matches!(kind, Kind::Eq | Kind::Ne | Kind::Lt | Kind::Le | Kind::Gt | Kind::Ge)
}

/// The canonical NaN in each lane.
pub(super) fn canonical(shape: Shape) -> u128 {
    match shape {
        Shape::F32x4 => 0x7fc0_0000_7fc0_0000_7fc0_0000_7fc0_0000,
        _ => 0x7ff8_0000_0000_0000_7ff8_0000_0000_0000,
    }
}

fn canonicalized(op: VecOp, bits: u128) -> u128 {
    if !op.shape.is_float() || is_mask(op.kind) || op.result().is_some() {
        return bits;
    }
    let width = op.shape.bits();
    let is_nan = |lane: u128| match op.shape {
        Shape::F32x4 => f32::from_bits(lane as u32).is_nan(),
        _ => f64::from_bits(lane as u64).is_nan(),
    };
    let mask = (1u128 << width) - 1;
    (0..op.shape.lanes()).fold(0, |acc, i| {
        let lane = bits >> (i * width) & mask;
        let lane = if is_nan(lane) { canonical(op.shape) & mask } else { lane };
        acc | lane << (i * width)
    })
}

fn run(op: VecOp, imm: VecImm, index: usize, rng: &mut Rng) -> Run {
    let args: Vec<Imm> = (0..op.arity()).map(|i| argument(op, Ty::from(op.operand(i)), rng)).collect();
    let bits: Vec<u128> = args
        .iter()
        .map(|arg| match *arg {
            Imm::V128(bits) => bits,
            scalar => crate::eval::imm_bits(scalar, 4).unwrap_or(0).into(),
        })
        .collect();
    let result = canonicalized(op, vector(op, imm, &bits));
    let expected = match Ty::from(op.result()) {
        Ty::V128 => Expected::Exactly(Imm::V128(result)),
        Ty::F32 if f32::from_bits(result as u32).is_nan() => Expected::Nan(Ty::F32),
        Ty::F64 if f64::from_bits(result as u64).is_nan() => Expected::Nan(Ty::F64),
        ty => Expected::Exactly(crate::eval::bits_imm(ty, result as u64)),
    };
    Run {
        line: 0,
        export: name(op, index),
        args,
        expect: Expect::Returns(vec![expected]),
        stdout: None,
        stdin: Vec::new(),
        argv: Vec::new(),
    }
}

fn argument(op: VecOp, ty: Ty, rng: &mut Rng) -> Imm {
    match ty {
        Ty::V128 => Imm::V128(operand_vector(op, rng)),
        Ty::I32 => Imm::I32(int_lane(32, rng) as i32),
        Ty::F32 => Imm::F32(float_lane(op.kind, rng, false) as u32),
        Ty::F64 => Imm::F64(float_lane(op.kind, rng, true)),
        _ => Imm::I64(int_lane(64, rng) as i64),
    }
}

/// Lanes of the shape that the operation reads, which are interesting ones.
fn operand_vector(op: VecOp, rng: &mut Rng) -> u128 {
    let (bits, is_float) = match op.kind {
        Kind::ConvertS | Kind::ConvertU | Kind::ConvertLowS | Kind::ConvertLowU => (32, false),
        Kind::TruncSatS | Kind::TruncSatU | Kind::PromoteLow => (32, true),
        Kind::TruncSatZeroS | Kind::TruncSatZeroU | Kind::DemoteZero => (64, true),
        _ if op.shape == Shape::V128 => (if rng.chance(50) { 8 } else { 64 }, false),
        _ => (op.shape.bits(), op.shape.is_float()),
    };
    // A vector of one lane's value now and then, for tests of all lanes.
    let same = rng.chance(15).then(|| int_lane(bits, rng));
    (0..128 / bits).fold(0, |acc, i| {
        let lane = match same {
            Some(lane) if !is_float => lane,
            _ if is_float => float_lane(op.kind, rng, bits == 64),
            _ => int_lane(bits, rng),
        };
        let lane = if bits == 64 { lane } else { lane & ((1 << bits) - 1) };
        acc | u128::from(lane) << (i * bits)
    })
}

fn int_lane(bits: u32, rng: &mut Rng) -> u64 {
    let max = u64::MAX >> (64 - bits);
    match rng.below(4) {
        0 => rng.pick(&[0, 1, 2, max, max - 1, max >> 1, (max >> 1) + 1]),
        1 => rng.below(40) as u64,
        _ => rng.next_u64() & max,
    }
}

fn float_lane(kind: Kind, rng: &mut Rng, is_double: bool) -> u64 {
    const VALUES: &[f64] = &[
        0.0,
        -0.0,
        0.5,
        -0.5,
        1.0,
        -1.5,
        2.5,
        3.5,
        -7.0,
        1e10,
        -1e20,
        2147483648.0,
        -2147483649.0,
        4294967296.0,
        1e-40,
        1e300,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        8388609.0,
        0.1,
    ];
    // What is exact is rounded alike, once or twice.
    let value = match rng.below(3) {
        _ if kind.is_relaxed() => rng.below(200) as f64 - 100.0,
        0 => rng.next_u64() as i64 as f64 / 65536.0,
        _ => rng.pick(VALUES),
    };
    if is_double { value.to_bits() } else { u64::from((value as f32).to_bits()) }
}
