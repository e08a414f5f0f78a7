//! Turns pieces of the stack frame into registers.
//!
//! A slot becomes registers if its address goes nowhere but into plain loads and stores, and if these agree about its
//! parts: any two accesses have the same place and width, or do not overlap. A narrow part keeps what was stored and
//! extends it when it is read, as memory would. Memory may be read before it is written, registers may not: each new
//! register starts as zero, which goes again where it is not needed.

use super::edit::for_each_body;
use super::loads::{escaped_slots, slot_registers};
use crate::debug::VariablePlace;
use crate::ir::*;
use entity::IndexVec;
use std::collections::BTreeMap;
use syntax::Span;

/// A slot in more parts than this is an array that happens to be accessed in constant places.
const PARTS_MAX: usize = 16;

pub fn promote_slots(module: &mut Module) {
    for_each_body(module, |module, _, body| promote(body, module.target.pointer_bytes));
}

/// By offset: how the part is accessed. Extensions differ, widths and kinds do not.
type Parts = BTreeMap<u32, MemTy>;

pub(crate) fn promote(body: &mut Body, pointer_bytes: u32) {
    if body.slots.is_empty() {
        return;
    }
    let slot_of = slot_registers(body);
    let parts = find_parts(body, &slot_of, pointer_bytes);
    if parts.iter().all(Option::is_none) {
        return;
    }
    let mut regs: IndexVec<Slot, Option<BTreeMap<u32, Reg>>> = IndexVec::new();
    let mut starts = Vec::new();
    for parts in &parts {
        let mut own = BTreeMap::new();
        for (&offset, ty) in parts.iter().flatten() {
            let dst = body.regs.push(ty.reg_ty());
            starts.push(Inst { op: Op::Const { dst, value: zero(ty.reg_ty()) }, span: Span::DUMMY });
            own.insert(offset, dst);
        }
        regs.push(parts.is_some().then_some(own));
    }
    for block in body.blocks.indices() {
        let mut insts = std::mem::take(&mut body.blocks[block].insts);
        let mut out = Vec::with_capacity(insts.len());
        for inst in insts.drain(..) {
            rewrite(body, &slot_of, &regs, inst, &mut out);
        }
        body.blocks[block].insts = out;
    }
    body.blocks[Body::ENTRY].insts.splice(0..0, starts);
    // Nothing is written to the memory any more.
    let stays = |place: &VariablePlace| !matches!(place, VariablePlace::Slot(slot) if parts[*slot].is_some());
    body.variables.retain(|variable| stays(&variable.place));
}

/// The parts of each slot that can be promoted.
fn find_parts(
    body: &Body,
    slot_of: &IndexVec<Reg, Option<Slot>>,
    pointer_bytes: u32,
) -> IndexVec<Slot, Option<Parts>> {
    let escaped = escaped_slots(body, slot_of);
    let mut parts: IndexVec<Slot, Option<Parts>> =
        escaped.iter().map(|escaped| (!escaped).then(Parts::new)).collect();
    for inst in body.blocks.iter().flat_map(|block| &block.insts) {
        if let Op::Load { ty, addr, offset, .. } | Op::Store { ty, addr, offset, .. } = inst.op
            && let Some(slot) = slot_of[addr]
            && let Some(own) = &mut parts[slot]
            && (!add_part(own, offset, ty, pointer_bytes) || own.len() > PARTS_MAX)
        {
            parts[slot] = None;
        }
    }
    parts
}

/// Whether the access agrees with those before it.
fn add_part(parts: &mut Parts, offset: u32, ty: MemTy, pointer_bytes: u32) -> bool {
    if let Some(known) = parts.get(&offset) {
        return known.store_name() == ty.store_name();
    }
    let end = |at: u32, ty: MemTy| u64::from(at) + u64::from(ty.bytes(pointer_bytes));
    let before = parts.range(..offset).next_back().is_none_or(|(&at, &ty)| end(at, ty) <= offset.into());
    let behind = parts.range(offset..).next().is_none_or(|(&at, _)| end(offset, ty) <= at.into());
    parts.insert(offset, ty);
    before && behind
}

fn zero(ty: Ty) -> Imm {
    crate::eval::bits_imm(ty, 0)
}

fn rewrite(
    body: &mut Body,
    slot_of: &IndexVec<Reg, Option<Slot>>,
    regs: &IndexVec<Slot, Option<BTreeMap<u32, Reg>>>,
    inst: Inst,
    out: &mut Vec<Inst>,
) {
    let part = |addr: Reg, offset: u32| {
        let slot = slot_of.get(addr).copied().flatten()?;
        regs[slot].as_ref()?.get(&offset).copied()
    };
    let span = inst.span;
    let mut emit = |op: Op| out.push(Inst { op, span });
    match inst.op {
        Op::SlotAddr { slot, .. } if regs[slot].is_some() => {}
        Op::Store { addr, offset, value, .. } if part(addr, offset).is_some() => {
            let dst = part(addr, offset).unwrap_or(value);
            emit(Op::Copy { dst, src: value });
        }
        Op::Load { ty, dst, addr, offset, .. } if part(addr, offset).is_some() => {
            let src = part(addr, offset).unwrap_or(dst);
            match ty {
                MemTy::I8 { signed: true } => emit(Op::Un { op: UnOp::Extend8S, ty: Ty::I32, dst, a: src }),
                MemTy::I16 { signed: true } => emit(Op::Un { op: UnOp::Extend16S, ty: Ty::I32, dst, a: src }),
                MemTy::I8 { .. } | MemTy::I16 { .. } => {
                    let b = body.regs.push(Ty::I32);
                    let low = if matches!(ty, MemTy::I8 { .. }) { 0xff } else { 0xffff };
                    emit(Op::Const { dst: b, value: Imm::I32(low) });
                    emit(Op::Bin { op: BinOp::And, ty: Ty::I32, dst, a: src, b });
                }
                _ => emit(Op::Copy { dst, src }),
            }
        }
        op => emit(op),
    }
}
