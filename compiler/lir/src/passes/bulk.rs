//! Small copies and fills of memory whose length is known become loads and stores: the bulk instructions of engines
//! cost a call. Everything is loaded before anything is stored, so that ranges may overlap.

use super::fold::Fold;
use crate::ir::*;

/// About where a call is as cheap as the accesses.
const BYTES_MAX: i64 = 32;
/// What one access does.
const BYTES_MAX_FOR_SIZE: i64 = 8;

/// Whether the instruction has been replaced.
pub(crate) fn expand(cx: &mut Fold<'_>, op: &Op) -> bool {
    let most = if cx.for_size { BYTES_MAX_FOR_SIZE } else { BYTES_MAX };
    match *op {
        Op::MemCopy { dst, src, len } => {
            let Some(len) = cx.int(len).filter(|len| (0..=most).contains(len)) else { return false };
            let loaded: Vec<(MemTy, u32, Reg)> = pieces(len as u32)
                .map(|(ty, offset)| {
                    let value = cx.new_reg(ty.reg_ty());
                    cx.emit(Op::Load {
                        ty,
                        dst: value,
                        addr: src,
                        offset,
                        is_word: false,
                        region: Region::Anywhere,
                    });
                    (ty, offset, value)
                })
                .collect();
            for (ty, offset, value) in loaded {
                cx.emit(Op::Store { ty, addr: dst, offset, value, is_data: false, region: Region::Anywhere });
            }
            true
        }
        Op::MemFill { dst, value, len } => {
            let Some(len) = cx.int(len).filter(|len| (0..=most).contains(len)) else { return false };
            let Some(byte) = cx.int(value) else { return false };
            let pattern = i64::from_le_bytes([byte as u8; 8]);
            for (ty, offset) in pieces(len as u32) {
                let value =
                    cx.constant(ty.reg_ty(), if ty == MemTy::I64 { pattern } else { pattern as i32 as i64 });
                cx.emit(Op::Store { ty, addr: dst, offset, value, is_data: false, region: Region::Anywhere });
            }
            true
        }
        _ => false,
    }
}

/// Widths and offsets that cover `len` bytes, widest first.
fn pieces(len: u32) -> impl Iterator<Item = (MemTy, u32)> {
    let tys = [MemTy::I64, MemTy::I32, MemTy::I16 { signed: false }, MemTy::I8 { signed: false }];
    let mut offset = 0;
    std::iter::from_fn(move || {
        let ty = tys.into_iter().find(|ty| offset + ty.bytes(8) <= len)?;
        offset += ty.bytes(8);
        Some((ty, offset - ty.bytes(8)))
    })
}
