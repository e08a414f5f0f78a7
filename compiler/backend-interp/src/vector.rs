//! Vector instructions: operands and immediates as `extra` holds them. `lir::eval_vector` says what they compute.

use crate::insn::Place;
use lir::eval_vector::vector;
use lir::simd::{Form, Imm, Op};

/// The words that follow the operands' places.
pub(crate) fn immediate(imm: Imm) -> Vec<u32> {
    match imm {
        Imm::None => Vec::new(),
        Imm::Lane(lane) => vec![lane.into()],
        Imm::Bytes(bytes) => {
            bytes.as_chunks::<4>().0.iter().map(|chunk| u32::from_le_bytes(*chunk)).collect()
        }
    }
}

fn read_immediate(op: Op, words: &[u32]) -> Imm {
    match op.form() {
        Form::Extract | Form::Replace => Imm::Lane(words[0] as u8),
        Form::Shuffle => {
            let mut bytes = [0; 16];
            for (chunk, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(words) {
                *chunk = word.to_le_bytes();
            }
            Imm::Bytes(bytes)
        }
        _ => Imm::None,
    }
}

/// `extra` begins with the operands' places.
pub(crate) fn execute(frame: &mut [u64], op: Op, dst: Place, extra: &[u32]) {
    let (places, rest) = extra.split_at(op.arity());
    let mut args = [0; 3];
    for (i, (arg, &place)) in args.iter_mut().zip(places).enumerate() {
        let at = place as usize;
        *arg = frame[at].into();
        if op.operand(i).is_none() {
            *arg |= u128::from(frame[at + 1]) << 64;
        }
    }
    let value = vector(op, read_immediate(op, rest), &args);
    frame[dst as usize] = value as u64;
    if op.result().is_none() {
        frame[dst as usize + 1] = (value >> 64) as u64;
    }
}
