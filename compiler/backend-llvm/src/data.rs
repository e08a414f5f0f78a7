//! Static memory: each datum a constant or variable, relocations as pointers to others.

use crate::bug::{Result, bug};
use crate::module::Ctx;
use inkwell::module::Linkage;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{BasicValueEnum, GlobalValue, PointerValue, UnnamedAddress};
use lir::{Data, DataId, Platform, Reloc};

/// The linker's name for the first address behind a module's static data and stack; in native code the name of zeroed
/// memory, of which the runtime is promised so much.
const HEAP_BASE: &str = "__heap_base";
const HEAP_BASE_BYTES: u32 = 1024;

/// A part of a datum, in the order of addresses.
enum Piece<'d> {
    Bytes(&'d [u8]),
    Zeros(u32),
    /// A word that the linker fills in.
    Word(&'d Reloc),
    HeapBase,
}

impl<'ctx> Ctx<'ctx, '_> {
    pub fn declare_datas(&mut self) -> Result {
        let lir = self.lir;
        for (id, data) in lir.datas.iter_enumerated() {
            let fields: Vec<BasicTypeEnum> =
                self.pieces(id, data)?.iter().map(|piece| self.piece_type(piece)).collect();
            let ty = self.context.struct_type(&fields, true);
            let global = self.ir.add_global(ty, None, &format!("data.{}", data.name));
            global.set_linkage(Linkage::Internal);
            global.set_alignment(data.align.max(1));
            if !data.is_mutable && (lir.heap_base != Some(id) || self.platform != Platform::Wasm) {
                global.set_constant(true);
                // The identity of read-only data has no meaning in LIR.
                global.set_unnamed_address(UnnamedAddress::Global);
            }
            self.datas.push(global);
        }
        for global in &lir.globals {
            let value = self.ir.add_global(self.ty(global.ty), None, &format!("global.{}", global.name));
            value.set_linkage(Linkage::Internal);
            value.set_initializer(&self.constant(global.init));
            self.globals.push(value);
        }
        Ok(())
    }

    /// Gives data their contents; functions and data are all declared by now.
    pub fn define_datas(&self) -> Result {
        for (id, data) in self.lir.datas.iter_enumerated() {
            let pieces = self.pieces(id, data)?;
            let values: Vec<BasicValueEnum> = pieces.iter().map(|piece| self.piece_value(piece)).collect();
            self.datas[id].set_initializer(&self.context.const_struct(&values, true));
        }
        Ok(())
    }

    fn pieces<'d>(&self, id: DataId, data: &'d Data) -> Result<Vec<Piece<'d>>> {
        let word = self.lir.target.pointer_bytes;
        let len = data.bytes.len() as u32;
        let mut words: Vec<(u32, Piece)> =
            data.relocs.iter().map(|(at, reloc)| (*at, Piece::Word(reloc))).collect();
        if self.lir.heap_base == Some(id) {
            words.push((0, Piece::HeapBase));
        }
        words.sort_by_key(|(at, _)| *at);
        let mut pieces = Vec::new();
        let mut end = 0;
        for (at, piece) in words {
            if at < end {
                return Err(bug(format!("relocations of `{}` overlap", data.name)));
            }
            // Words may lie in the zeroed part.
            push_bytes(&mut pieces, &data.bytes, end, at);
            pieces.push(piece);
            end = at + word;
        }
        let size = (len + data.zeroed).max(end);
        push_bytes(&mut pieces, &data.bytes, end, size);
        Ok(pieces)
    }

    fn piece_type(&self, piece: &Piece<'_>) -> BasicTypeEnum<'ctx> {
        let bytes = |n: u32| self.context.i8_type().array_type(n).into();
        match piece {
            Piece::Bytes(data) => bytes(data.len() as u32),
            Piece::Zeros(n) => bytes(*n),
            Piece::Word(_) | Piece::HeapBase => self.pointer_type().into(),
        }
    }

    fn piece_value(&self, piece: &Piece<'_>) -> BasicValueEnum<'ctx> {
        match piece {
            Piece::Bytes(data) => self.context.const_string(data, false).into(),
            Piece::Zeros(n) => self.context.i8_type().array_type(*n).const_zero().into(),
            Piece::Word(Reloc::Func(func)) => self.funcs[*func].as_global_value().as_pointer_value().into(),
            Piece::Word(Reloc::Data { data, offset }) => self.data_address(*data, *offset).into(),
            Piece::HeapBase => {
                let symbol = self.ir.get_global(HEAP_BASE).unwrap_or_else(|| self.declare_heap_base());
                symbol.as_pointer_value().into()
            }
        }
    }

    fn declare_heap_base(&self) -> GlobalValue<'ctx> {
        let byte = self.context.i8_type();
        match self.platform {
            Platform::Wasm => self.ir.add_global(byte, None, HEAP_BASE),
            Platform::X86_64Linux | Platform::C(_) => {
                let bytes = byte.array_type(HEAP_BASE_BYTES);
                let global = self.ir.add_global(bytes, None, HEAP_BASE);
                global.set_linkage(Linkage::Internal);
                global.set_alignment(16);
                global.set_initializer(&bytes.const_zero());
                global
            }
        }
    }

    pub fn data_address(&self, data: DataId, offset: u32) -> PointerValue<'ctx> {
        let base = self.datas[data].as_pointer_value();
        let offset = self.word_type().const_int(offset.into(), false);
        // SAFETY: the offset is in bytes, as the element type says; LLVM asks for no more of a constant address, which is
        // not marked as being in bounds.
        unsafe { base.const_gep(self.context.i8_type(), &[offset]) }
    }
}

/// The bytes of a range, of which what lies behind the stored ones is zero.
fn push_bytes<'d>(pieces: &mut Vec<Piece<'d>>, bytes: &'d [u8], start: u32, end: u32) {
    let stored = (bytes.len() as u32).clamp(start, end.max(start));
    let part = &bytes[(start as usize).min(bytes.len())..(stored as usize).min(bytes.len())];
    if part.iter().any(|&byte| byte != 0) {
        pieces.push(Piece::Bytes(part));
    } else if !part.is_empty() {
        pieces.push(Piece::Zeros(part.len() as u32));
    }
    if end > stored {
        pieces.push(Piece::Zeros(end - stored));
    }
}
