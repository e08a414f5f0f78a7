//! Operations on vectors. A lane whose number is not known is accessed in memory.

use super::func::FuncLower;
use crate::ir::*;
use mir::ir as m;
use simd::{Form, Imm as VecImm, Kind, Shape};

const BYTES: u32 = 16;

impl FuncLower<'_, '_, '_> {
    pub(super) fn vector(
        &mut self,
        op: simd::Op,
        imm: VecImm,
        operands: &[m::Operand],
        mut args: Vec<Reg>,
    ) -> Reg {
        if !matches!(op.form(), Form::Extract | Form::Replace) {
            return self.vector_op(op, imm, args);
        }
        let index = args.pop().expect("the verifier of MIR has counted the operands");
        match operands.last() {
            // Where the number is out of range, this is never reached: the library has checked it.
            Some(m::Operand::Const(m::Const::Int(lane, _))) => {
                let lane = lane.rem_euclid(i128::from(op.shape.lanes())) as u8;
                self.vector_op(op, VecImm::Lane(lane), args)
            }
            _ => self.lane_in_memory(op, &args, index),
        }
    }

    fn vector_op(&mut self, op: simd::Op, imm: VecImm, args: Vec<Reg>) -> Reg {
        let dst = self.e.b.reg(Ty::from(op.result()));
        self.e.b.push(Op::Vector { op, imm, dst, args });
        dst
    }

    fn lane_in_memory(&mut self, op: simd::Op, args: &[Reg], index: Reg) -> Reg {
        let slot = self.e.b.slot(BYTES, BYTES);
        let start = self.e.b.slot_addr(slot);
        self.e.b.store(MemTy::V128, start, 0, args[0]);
        let index = self.e.b.int_to_ptr(index);
        let lane = self.e.b.bin_imm(BinOp::And, index, i64::from(op.shape.lanes()) - 1);
        let offset = self.e.b.bin_imm(BinOp::Mul, lane, i64::from(op.shape.bits() / 8));
        let at = self.e.b.bin(BinOp::Add, start, offset);
        let ty = lane_in_memory(op);
        match args.get(1) {
            Some(&value) => {
                self.e.b.store(ty, at, 0, value);
                self.e.b.load(MemTy::V128, start, 0)
            }
            None => self.e.b.load(ty, at, 0),
        }
    }
}

/// A lane as it lies in memory; how it is extended, as the operation says.
fn lane_in_memory(op: simd::Op) -> MemTy {
    let signed = op.kind == Kind::ExtractLaneS;
    match op.shape {
        Shape::I8x16 => MemTy::I8 { signed },
        Shape::I16x8 => MemTy::I16 { signed },
        Shape::I32x4 => MemTy::I32,
        Shape::I64x2 => MemTy::I64,
        Shape::F32x4 => MemTy::F32,
        Shape::F64x2 => MemTy::F64,
        Shape::V128 => MemTy::V128,
    }
}
