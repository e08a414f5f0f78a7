//! Instructions, those that only compute left to `arith.rs` and `overflow.rs`.

use crate::bug::{Result, bug};
use crate::function::Cx;
use inkwell::types::{AsTypeRef, BasicTypeEnum};
use inkwell::values::{AsValueRef, BasicValue, BasicValueEnum, InstructionValue, IntValue, PointerValue};
use inkwell::{AtomicOrdering, AtomicRMWBinOp};
use lir::{AtomicRmw, MemTy, MemoryOrder, Op, Reg, Region};

/// LIR asks for no alignment, and neither do WebAssembly and x86.
const ANY_ALIGNMENT: u32 = 1;

impl<'ctx> Cx<'_, 'ctx, '_> {
    pub fn op(&self, op: &Op) -> Result {
        let b = &self.m.builder;
        match *op {
            Op::Const { dst, value } => self.write(dst, self.m.constant(value)),
            Op::Copy { dst, src } => self.write(dst, self.read(src)?),
            Op::Bin { op, ty, dst, a, b } => self.bin(op, ty, dst, a, b),
            Op::BinOvf { op, ty, dst, overflow, a, b } => self.bin_ovf(op, ty, [dst, overflow], [a, b]),
            Op::Un { op, ty, dst, a } => self.un(op, ty, dst, a),
            Op::Cmp { op, ty, dst, a, b } => self.cmp(op, ty, dst, a, b),
            Op::Conv { op, dst, src } => self.conv(op, dst, src),
            Op::Select { dst, cond, a, b: other, .. } => {
                let value = b.build_select(self.is_true(cond)?, self.passed(a)?, self.passed(other)?, "")?;
                self.write(dst, value)
            }
            Op::Load { ty, dst, addr, offset, region, .. } => self.load(ty, dst, addr, offset, region),
            Op::Store { ty, addr, offset, value, region, .. } => self.store(ty, addr, offset, value, region),
            Op::SlotAddr { dst, slot } => self.write(dst, self.slots[slot]),
            Op::DataAddr { dst, data, offset } => self.write(dst, self.m.data_address(data, offset)),
            Op::FuncAddr { dst, func } => {
                self.write(dst, self.m.funcs[func].as_global_value().as_pointer_value())
            }
            Op::GlobalGet { dst, global } => {
                let ty = self.m.ty(self.m.lir.globals[global].ty);
                self.write(dst, b.build_load(ty, self.m.globals[global].as_pointer_value(), "")?)
            }
            Op::GlobalSet { global, src } => {
                b.build_store(self.m.globals[global].as_pointer_value(), self.passed(src)?)?;
                Ok(())
            }
            Op::MemCopy { dst, src, len } => {
                let (to, from, len) = (self.pointer(dst)?, self.pointer(src)?, self.int(len)?);
                b.build_memmove(to, ANY_ALIGNMENT, from, ANY_ALIGNMENT, len).map_err(bug)?;
                Ok(())
            }
            Op::MemFill { dst, value, len } => {
                let (to, len) = (self.pointer(dst)?, self.int(len)?);
                let byte = b.build_int_truncate(self.int(value)?, self.m.context.i8_type(), "")?;
                b.build_memset(to, ANY_ALIGNMENT, byte, len).map_err(bug)?;
                Ok(())
            }
            Op::MemBarrier => {
                // For the compiler only: no instruction comes of it.
                b.build_fence(AtomicOrdering::SequentiallyConsistent, true, "")?;
                Ok(())
            }
            Op::MemSize { .. } | Op::MemGrow { .. } if self.m.platform.is_native() => {
                Err(bug("the memory of a process has no pages to count"))
            }
            Op::MemSize { dst } => {
                let memory = self.m.context.i32_type().const_zero();
                let word = self.m.word_type().into();
                self.write(dst, self.computed("llvm.wasm.memory.size", &[word], &[memory.into()])?)
            }
            Op::MemGrow { dst, pages } => {
                let (memory, pages) = (self.m.context.i32_type().const_zero(), self.int(pages)?);
                let word = self.m.word_type().into();
                let args = [memory.into(), pages.into()];
                self.write(dst, self.computed("llvm.wasm.memory.grow", &[word], &args)?)
            }
            Op::Call { ref dsts, ref callee, ref args } => self.call(dsts, callee, args),
            Op::Vector { op, imm, dst, ref args } => self.vector(op, imm, dst, args),
            Op::AtomicLoad { .. }
            | Op::AtomicStore { .. }
            | Op::AtomicRmw { .. }
            | Op::AtomicCas { .. }
            | Op::AtomicFence { .. } => self.atomic(op),
        }
    }

    fn mem_type(&self, ty: MemTy) -> BasicTypeEnum<'ctx> {
        match ty {
            MemTy::I8 { .. } => self.m.context.i8_type().into(),
            MemTy::I16 { .. } => self.m.context.i16_type().into(),
            ty => self.m.ty(ty.reg_ty()),
        }
    }

    /// An address with an offset. WebAssembly adds them without wrapping, and traps where the sum is no address; so does
    /// this in a valid program, and a wrapped address is out of bounds of what it was made from.
    fn place(&self, addr: Reg, offset: u32) -> Result<PointerValue<'ctx>> {
        let base = self.pointer(addr)?;
        if offset == 0 {
            return Ok(base);
        }
        let offset = self.m.word_type().const_int(offset.into(), false);
        self.offset(base, offset, NoWrap::Unsigned)
    }

    pub fn offset(
        &self,
        base: PointerValue<'ctx>,
        offset: IntValue<'ctx>,
        wraps: NoWrap,
    ) -> Result<PointerValue<'ctx>> {
        let flags = match wraps {
            NoWrap::Unsigned => llvm_sys::LLVMGEPFlagNUW,
            NoWrap::Nothing => 0,
        };
        let mut indices = [offset.as_value_ref()];
        // SAFETY: all values belong to this context, the array has one index as is said, and the result of a GEP of a
        // scalar pointer is a pointer.
        Ok(unsafe {
            PointerValue::new(llvm_sys::core::LLVMBuildGEPWithNoWrapFlags(
                self.m.builder.as_mut_ptr(),
                self.m.context.i8_type().as_type_ref(),
                base.as_value_ref(),
                indices.as_mut_ptr(),
                1,
                c"".as_ptr(),
                flags,
            ))
        })
    }

    fn load(&self, ty: MemTy, dst: Reg, addr: Reg, offset: u32, region: Region) -> Result {
        let b = &self.m.builder;
        let value = b.build_load(self.mem_type(ty), self.place(addr, offset)?, "")?;
        align(value.as_instruction_value(), ANY_ALIGNMENT)?;
        self.m.regions.mark(value.as_instruction_value(), region)?;
        if ty == MemTy::Ptr && region == Region::Header && offset == 0 {
            self.m.regions.mark_count(value.as_instruction_value())?;
        }
        let i32 = self.m.context.i32_type();
        match (value, ty) {
            (BasicValueEnum::IntValue(value), MemTy::I8 { signed: true } | MemTy::I16 { signed: true }) => {
                self.write(dst, b.build_int_s_extend(value, i32, "")?)
            }
            (BasicValueEnum::IntValue(value), MemTy::I8 { .. } | MemTy::I16 { .. }) => {
                self.write(dst, b.build_int_z_extend(value, i32, "")?)
            }
            _ => self.write(dst, value),
        }
    }

    fn store(&self, ty: MemTy, addr: Reg, offset: u32, value: Reg, region: Region) -> Result {
        let b = &self.m.builder;
        let value: BasicValueEnum = match self.mem_type(ty) {
            BasicTypeEnum::IntType(narrow) if narrow.get_bit_width() < 32 => {
                b.build_int_truncate(self.int(value)?, narrow, "")?.into()
            }
            _ => self.passed(value)?,
        };
        let store = b.build_store(self.place(addr, offset)?, value)?;
        align(Some(store), ANY_ALIGNMENT)?;
        self.m.regions.mark(Some(store), region)
    }

    fn atomic(&self, op: &Op) -> Result {
        let b = &self.m.builder;
        match *op {
            Op::AtomicLoad { ty, order, dst, addr, offset } => {
                let value = b.build_load(self.mem_type(ty), self.place(addr, offset)?, "")?;
                make_atomic(value.as_instruction_value(), ty, order)?;
                self.write(dst, value)
            }
            Op::AtomicStore { ty, order, addr, offset, value } => {
                let store = b.build_store(self.place(addr, offset)?, self.int(value)?)?;
                make_atomic(Some(store), ty, order)
            }
            Op::AtomicRmw { op, order, dst, addr, offset, value, .. } => {
                let place = self.place(addr, offset)?;
                self.write(dst, b.build_atomicrmw(rmw(op), place, self.int(value)?, ordering(order))?)
            }
            Op::AtomicCas { order, dst, addr, offset, expected, new, .. } => {
                let place = self.place(addr, offset)?;
                let (expected, new) = (self.int(expected)?, self.int(new)?);
                let pair =
                    b.build_cmpxchg(place, expected, new, ordering(order), ordering(of_failure(order)))?;
                self.write(dst, b.build_extract_value(pair, 0, "")?)
            }
            Op::AtomicFence { order } => {
                b.build_fence(ordering(order), false, "")?;
                Ok(())
            }
            _ => Err(bug("this is no atomic access")),
        }
    }
}

/// What an address with an offset is known not to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoWrap {
    Unsigned,
    Nothing,
}

fn align(inst: Option<InstructionValue<'_>>, bytes: u32) -> Result {
    // A load of what was just stored is an instruction too: the builder folds none.
    inst.ok_or_else(|| bug("an access is an instruction"))?.set_alignment(bytes).map_err(bug)
}

fn make_atomic(inst: Option<InstructionValue<'_>>, ty: MemTy, order: MemoryOrder) -> Result {
    align(inst, if ty == MemTy::I64 { 8 } else { 4 })?;
    inst.ok_or_else(|| bug("an access is an instruction"))?.set_atomic_ordering(ordering(order)).map_err(bug)
}

fn ordering(order: MemoryOrder) -> AtomicOrdering {
    match order {
        MemoryOrder::Relaxed => AtomicOrdering::Monotonic,
        MemoryOrder::Acquire => AtomicOrdering::Acquire,
        MemoryOrder::Release => AtomicOrdering::Release,
        MemoryOrder::AcqRel => AtomicOrdering::AcquireRelease,
        MemoryOrder::SeqCst => AtomicOrdering::SequentiallyConsistent,
    }
}

/// What is left of an order where nothing is stored: the load's part.
fn of_failure(order: MemoryOrder) -> MemoryOrder {
    match order {
        MemoryOrder::Release => MemoryOrder::Relaxed,
        MemoryOrder::AcqRel => MemoryOrder::Acquire,
        other => other,
    }
}

fn rmw(op: AtomicRmw) -> AtomicRMWBinOp {
    match op {
        AtomicRmw::Add => AtomicRMWBinOp::Add,
        AtomicRmw::Sub => AtomicRMWBinOp::Sub,
        AtomicRmw::And => AtomicRMWBinOp::And,
        AtomicRmw::Or => AtomicRMWBinOp::Or,
        AtomicRmw::Xor => AtomicRMWBinOp::Xor,
        AtomicRmw::Xchg => AtomicRMWBinOp::Xchg,
    }
}
