//! Rules for addresses, loads and calls.
//!
//! Constants are moved from addresses into the offset of an access. The offset does not wrap around as the addition
//! does, so only sums that cannot have wrapped may move: LIR's producers promise that a sum of a pointer and a constant
//! up to [`OFFSET_MAX`] that is used as an address does not pass the end of the address space.

use super::fold::Fold;
use crate::eval;
use crate::ir::*;

/// The largest offset that is made. Nothing lies that close to the end of a 32-bit address space.
pub(crate) const OFFSET_MAX: i64 = 1 << 24;

pub(crate) fn simplify(cx: &mut Fold<'_>, op: &Op) -> Option<Op> {
    match op {
        Op::Load { ty, dst, addr, offset, is_word, region } => {
            if let Some(op) = constant_load(cx, *ty, *dst, *addr, *offset) {
                return Some(op);
            }
            let (addr, offset) = address(cx, *addr, *offset)?;
            Some(Op::Load { ty: *ty, dst: *dst, addr, offset, is_word: *is_word, region: *region })
        }
        Op::Store { ty, addr, offset, value, is_data, region } => {
            if let Some(value) = stored(cx, *ty, *value) {
                return Some(Op::Store {
                    ty: *ty,
                    addr: *addr,
                    offset: *offset,
                    value,
                    is_data: *is_data,
                    region: *region,
                });
            }
            let (addr, offset) = address(cx, *addr, *offset)?;
            Some(Op::Store { ty: *ty, addr, offset, value: *value, is_data: *is_data, region: *region })
        }
        Op::AtomicLoad { ty, order, dst, addr, offset } => {
            let (addr, offset) = address(cx, *addr, *offset)?;
            Some(Op::AtomicLoad { ty: *ty, order: *order, dst: *dst, addr, offset })
        }
        Op::AtomicStore { ty, order, addr, offset, value } => {
            let (addr, offset) = address(cx, *addr, *offset)?;
            Some(Op::AtomicStore { ty: *ty, order: *order, addr, offset, value: *value })
        }
        Op::AtomicRmw { op, ty, order, dst, addr, offset, value } => {
            let (addr, offset) = address(cx, *addr, *offset)?;
            let (op, ty, order, dst, value) = (*op, *ty, *order, *dst, *value);
            Some(Op::AtomicRmw { op, ty, order, dst, addr, offset, value })
        }
        Op::Call { dsts, callee: callee @ Callee::Indirect { .. }, args } => {
            let callee = direct(cx, callee)?;
            Some(Op::Call { dsts: dsts.clone(), callee, args: args.clone() })
        }
        _ => None,
    }
}

/// The base and the longer offset, where the address is a sum with a constant.
fn address(cx: &Fold<'_>, addr: Reg, offset: u32) -> Option<(Reg, u32)> {
    let Op::Bin { op: BinOp::Add, a, b, .. } = *cx.def(addr)? else { return None };
    let sum = i64::from(offset) + cx.int(b).filter(|&c| c > 0)?;
    (sum <= OFFSET_MAX).then_some((a, sum as u32))
}

/// The value without the extension or mask that a narrow store drops.
fn stored(cx: &Fold<'_>, ty: MemTy, value: Reg) -> Option<Reg> {
    let low = match ty {
        MemTy::I8 { .. } => 0xff,
        MemTy::I16 { .. } => 0xffff,
        _ => return None,
    };
    match *cx.def(value)? {
        Op::Bin { op: BinOp::And, a, b, .. } if cx.int(b)? & low == low => Some(a),
        Op::Un { op: UnOp::Extend16S, a, .. } => Some(a),
        Op::Un { op: UnOp::Extend8S, a, .. } if low == 0xff => Some(a),
        _ => None,
    }
}

/// The function that an indirect callee is known to be.
pub(crate) fn direct(cx: &Fold<'_>, callee: &Callee) -> Option<Callee> {
    let Callee::Indirect { sig, func } = callee else { return None };
    match *cx.def(*func)? {
        // A wrong signature traps; that stays.
        Op::FuncAddr { func, .. } if cx.module.funcs[func].sig == *sig => Some(Callee::Direct(func)),
        _ => None,
    }
}

/// What lies in data that never changes.
fn constant_load(cx: &Fold<'_>, ty: MemTy, dst: Reg, addr: Reg, offset: u32) -> Option<Op> {
    let Op::DataAddr { data: id, offset: start, .. } = *cx.def(addr)? else { return None };
    let data = &cx.module.datas[id];
    if data.is_mutable || cx.module.heap_base == Some(id) {
        return None;
    }
    let start = start.checked_add(offset)?;
    let len = ty.bytes(cx.known.pointer_bytes);
    let end = start.checked_add(len)?;
    if u64::from(end) > crate::verify::size_of_data(data) {
        return None;
    }
    let word = cx.known.pointer_bytes;
    for (at, reloc) in &data.relocs {
        if *at == start && ty == MemTy::Ptr {
            return Some(match *reloc {
                Reloc::Data { data, offset } => Op::DataAddr { dst, data, offset },
                Reloc::Func(func) => Op::FuncAddr { dst, func },
            });
        }
        if *at < end && start < at + word {
            return None;
        }
    }
    let mut bytes = [0; 16];
    for (i, byte) in bytes[..len as usize].iter_mut().enumerate() {
        *byte = data.bytes.get(start as usize + i).copied().unwrap_or(0);
    }
    Some(Op::Const { dst, value: value_of(ty, u128::from_le_bytes(bytes)) })
}

fn value_of(ty: MemTy, bits: u128) -> Imm {
    match ty {
        MemTy::V128 => Imm::V128(bits),
        MemTy::I8 { signed: true } => Imm::I32((bits as i8).into()),
        MemTy::I16 { signed: true } => Imm::I32((bits as i16).into()),
        _ => eval::bits_imm(ty.reg_ty(), bits as u64),
    }
}
