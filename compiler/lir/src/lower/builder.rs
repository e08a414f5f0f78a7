//! Builds the body of one LIR function, block by block.

use super::layout::Scalar;
use crate::ir::*;
use syntax::Span;

pub struct Builder {
    pub body: Body,
    pub block: Block,
    pub span: Span,
    pointer_bytes: u32,
    /// What the scalars that are read and written belong to.
    pub region: Region,
}

impl Builder {
    /// A builder whose entry block is open.
    pub fn new(pointer_bytes: u32, span: Span) -> Builder {
        let mut this =
            Builder { body: Body::default(), block: Block(0), span, pointer_bytes, region: Region::Anywhere };
        this.block = this.new_block();
        this
    }

    pub fn new_block(&mut self) -> Block {
        self.body.blocks.push(BlockData {
            is_landing: false,
            insts: Vec::new(),
            term: Term::Unreachable,
            term_span: self.span,
        })
    }

    pub fn new_landing(&mut self) -> Block {
        let block = self.new_block();
        self.body.blocks[block].is_landing = true;
        block
    }

    pub fn switch_to(&mut self, block: Block) {
        self.block = block;
    }

    pub fn reg(&mut self, ty: Ty) -> Reg {
        self.body.regs.push(ty)
    }

    /// A register for values of which so many bytes may be read.
    pub fn reg_readable(&mut self, ty: Ty, readable: u32) -> Reg {
        let reg = self.reg(ty);
        self.set_readable(reg, readable);
        reg
    }

    pub fn set_readable(&mut self, reg: Reg, readable: u32) {
        if readable > 0 {
            self.body.readable.push((reg, readable));
        }
    }

    pub fn ty(&self, reg: Reg) -> Ty {
        self.body.regs[reg]
    }

    pub fn param(&mut self, ty: Ty) -> Reg {
        let reg = self.reg(ty);
        self.body.params.push(reg);
        reg
    }

    pub fn slot(&mut self, size: u32, align: u32) -> Slot {
        self.body.slots.push(SlotData { size, align: align.clamp(1, 16) })
    }

    pub fn push(&mut self, op: Op) {
        let span = self.span;
        self.body.blocks[self.block].insts.push(Inst { op, span });
    }

    /// Ends the open block. Nothing may be pushed before the next `switch_to`.
    pub fn end(&mut self, term: Term) {
        let span = self.span;
        let block = &mut self.body.blocks[self.block];
        block.term = term;
        block.term_span = span;
    }

    pub fn constant(&mut self, value: Imm) -> Reg {
        let ty = match value {
            Imm::I32(_) => Ty::I32,
            Imm::I64(_) => Ty::I64,
            Imm::F32(_) => Ty::F32,
            Imm::F64(_) => Ty::F64,
            Imm::V128(_) => Ty::V128,
            Imm::Ptr(_) => Ty::Ptr,
        };
        let dst = self.reg(ty);
        self.push(Op::Const { dst, value });
        dst
    }

    pub fn i32(&mut self, value: i32) -> Reg {
        self.constant(Imm::I32(value))
    }

    pub fn ptr(&mut self, value: i64) -> Reg {
        self.constant(Imm::Ptr(value))
    }

    /// A constant of the given register type; floats get the number's value.
    pub fn int(&mut self, ty: Ty, value: i64) -> Reg {
        self.constant(match ty {
            Ty::I32 => Imm::I32(value as i32),
            Ty::I64 => Imm::I64(value),
            Ty::F32 => Imm::F32((value as f32).to_bits()),
            Ty::F64 => Imm::F64((value as f64).to_bits()),
            Ty::V128 => Imm::V128(value as u128),
            Ty::Ptr => Imm::Ptr(value),
        })
    }

    pub fn copy(&mut self, dst: Reg, src: Reg) {
        if dst != src {
            self.push(Op::Copy { dst, src });
        }
    }

    pub fn bin(&mut self, op: BinOp, a: Reg, b: Reg) -> Reg {
        let ty = self.ty(a);
        let dst = self.reg(ty);
        self.push(Op::Bin { op, ty, dst, a, b });
        dst
    }

    pub fn bin_imm(&mut self, op: BinOp, a: Reg, imm: i64) -> Reg {
        let b = self.int(self.ty(a), imm);
        self.bin(op, a, b)
    }

    pub fn un(&mut self, op: UnOp, a: Reg) -> Reg {
        let ty = self.ty(a);
        let dst = self.reg(ty);
        self.push(Op::Un { op, ty, dst, a });
        dst
    }

    pub fn cmp(&mut self, op: CmpOp, a: Reg, b: Reg) -> Reg {
        let ty = self.ty(a);
        let dst = self.reg(Ty::I32);
        self.push(Op::Cmp { op, ty, dst, a, b });
        dst
    }

    pub fn cmp_imm(&mut self, op: CmpOp, a: Reg, imm: i64) -> Reg {
        let b = self.int(self.ty(a), imm);
        self.cmp(op, a, b)
    }

    pub fn conv(&mut self, op: ConvOp, to: Ty, src: Reg) -> Reg {
        let dst = self.reg(to);
        self.push(Op::Conv { op, dst, src });
        dst
    }

    pub fn select(&mut self, cond: Reg, a: Reg, b: Reg) -> Reg {
        let ty = self.ty(a);
        let dst = self.reg(ty);
        self.push(Op::Select { ty, dst, cond, a, b });
        dst
    }

    pub fn load(&mut self, ty: MemTy, addr: Reg, offset: u32) -> Reg {
        let dst = self.reg(reg_ty(ty));
        self.push(Op::Load { ty, dst, addr, offset, is_word: false, region: Region::Anywhere });
        dst
    }

    /// Reads the count of a cell.
    pub fn load_count(&mut self, cell: Reg) -> Reg {
        let dst = self.reg(Ty::Ptr);
        let region = Region::Header;
        self.push(Op::Load { ty: MemTy::Ptr, dst, addr: cell, offset: 0, is_word: false, region });
        dst
    }

    /// Writes a word of a cell's header.
    pub fn store_header(&mut self, cell: Reg, offset: u32, value: Reg) {
        let region = Region::Header;
        self.push(Op::Store { ty: MemTy::Ptr, addr: cell, offset, value, is_data: false, region });
    }

    pub fn store(&mut self, ty: MemTy, addr: Reg, offset: u32, value: Reg) {
        self.push(Op::Store { ty, addr, offset, value, is_data: false, region: Region::Anywhere });
    }

    /// Reads a scalar of a value of the program.
    pub fn load_scalar(&mut self, scalar: Scalar, addr: Reg, offset: u32) -> Reg {
        let dst = self.reg_readable(reg_ty(scalar.mem), scalar.readable);
        let (ty, offset) = (scalar.mem, offset + scalar.offset);
        self.push(Op::Load { ty, dst, addr, offset, is_word: scalar.is_word, region: self.region });
        dst
    }

    /// Writes a scalar of a value of the program. The library's unsafe modules reach lengths and pointers through `USize`
    /// and pointers only, so other wide numbers never are such.
    pub fn store_scalar(&mut self, scalar: Scalar, addr: Reg, offset: u32, value: Reg) {
        let (ty, offset) = (scalar.mem, offset + scalar.offset);
        let is_data = !scalar.is_word && matches!(ty, MemTy::I64 | MemTy::F64 | MemTy::F32);
        self.push(Op::Store { ty, addr, offset, value, is_data, region: self.region });
    }

    pub fn slot_addr(&mut self, slot: Slot) -> Reg {
        let dst = self.reg(Ty::Ptr);
        self.push(Op::SlotAddr { dst, slot });
        dst
    }

    pub fn data_addr(&mut self, data: DataId, offset: u32) -> Reg {
        let dst = self.reg(Ty::Ptr);
        self.push(Op::DataAddr { dst, data, offset });
        dst
    }

    pub fn func_addr(&mut self, func: FuncId) -> Reg {
        let dst = self.reg(Ty::Ptr);
        self.push(Op::FuncAddr { dst, func });
        dst
    }

    /// `addr + offset` as a pointer.
    pub fn offset(&mut self, addr: Reg, offset: u32) -> Reg {
        if offset == 0 { addr } else { self.bin_imm(BinOp::Add, addr, offset as i64) }
    }

    pub fn call(&mut self, func: FuncId, args: Vec<Reg>, results: &[Ty]) -> Vec<Reg> {
        let dsts: Vec<Reg> = results.iter().map(|t| self.reg(*t)).collect();
        self.push(Op::Call { dsts: dsts.clone(), callee: Callee::Direct(func), args });
        dsts
    }

    /// The register type of pointer-sized integers.
    pub fn usize_ty(&self) -> Ty {
        if self.pointer_bytes == 4 { Ty::I32 } else { Ty::I64 }
    }

    pub fn ptr_to_usize(&mut self, p: Reg) -> Reg {
        let (op, ty) =
            if self.pointer_bytes == 4 { (ConvOp::PtrToI32, Ty::I32) } else { (ConvOp::PtrToI64, Ty::I64) };
        self.conv(op, ty, p)
    }

    /// An I32 or I64 register as a pointer (or offset).
    pub fn int_to_ptr(&mut self, r: Reg) -> Reg {
        match self.ty(r) {
            Ty::I32 => self.conv(ConvOp::I32ToPtr, Ty::Ptr, r),
            Ty::I64 => self.conv(ConvOp::I64ToPtr, Ty::Ptr, r),
            _ => r,
        }
    }

    /// Branches on `cond`; afterwards the `then` block is open, and the join block is returned for a later `end`.
    pub fn begin_if(&mut self, cond: Reg) -> Block {
        let (then, join) = (self.new_block(), self.new_block());
        self.end(Term::Branch { cond, then, else_: join });
        self.switch_to(then);
        join
    }

    pub fn end_if(&mut self, join: Block) {
        self.end(Term::Jump(join));
        self.switch_to(join);
    }
}

pub fn reg_ty(ty: MemTy) -> Ty {
    match ty {
        MemTy::I8 { .. } | MemTy::I16 { .. } | MemTy::I32 => Ty::I32,
        MemTy::I64 => Ty::I64,
        MemTy::F32 => Ty::F32,
        MemTy::F64 => Ty::F64,
        MemTy::V128 => Ty::V128,
        MemTy::Ptr => Ty::Ptr,
    }
}
