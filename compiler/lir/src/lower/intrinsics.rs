//! Intrinsic operations of the library's unsafe modules.

use super::arith::Kind;
use super::func::FuncLower;
use super::glue::Glue;
use crate::ir::*;
use mir::ir as m;
use mir::ir::Intrinsic as I;

impl FuncLower<'_, '_, '_> {
    /// The registers of the result (none for operations without one).
    pub fn intrinsic(&mut self, op: I, operands: &[m::Operand], ty: m::Ty) -> Vec<Reg> {
        let kind = operands.first().map_or(Kind::Other, |o| self.operand_kind(o));
        let args: Vec<Reg> = operands.iter().flat_map(|o| self.operand(o)).collect();
        match op {
            I::PtrOffset(elem) => vec![self.ptr_offset(elem, args[0], args[1])],
            I::SizeOf(ty) => vec![self.usize_const(|l| l.stride(), ty)],
            I::AlignOf(ty) => vec![self.usize_const(|l| l.align, ty)],
            I::NeedsDrop(ty) => {
                let needs = self.e.drops(ty);
                vec![self.e.b.i32(needs as i32)]
            }
            I::BufferPtr | I::BufferFromPtr(_) | I::BufferIntoPtr => vec![args[0]],
            I::IsUnique => {
                let count = self.e.b.load_count(args[0]);
                vec![self.e.b.cmp_imm(CmpOp::Eq, count, 1)]
            }
            I::PtrRetain(ty) => {
                self.e.retain_at(ty, args[0], 0);
                Vec::new()
            }
            I::Disarm(ty) => {
                self.e.disarm(ty, args[0]);
                Vec::new()
            }
            I::VisitRoutine(ty) => {
                let routine = self.e.cx.glue_fn(Glue::Visit(ty));
                let addr = self.e.b.func_addr(routine);
                vec![self.e.b.ptr_to_usize(addr)]
            }
            I::Visit => {
                let func = self.e.b.int_to_ptr(args[0]);
                let at = self.e.b.int_to_ptr(args[1]);
                let sig = Signature { params: vec![Ty::Ptr], results: Vec::new() };
                let callee = Callee::Indirect { sig, func };
                self.effect(Op::Call { dsts: Vec::new(), callee, args: vec![at] })
            }
            I::MemCopy => {
                let len = self.e.b.int_to_ptr(args[2]);
                self.effect(Op::MemCopy { dst: args[0], src: args[1], len })
            }
            I::MemFill => {
                let len = self.e.b.int_to_ptr(args[2]);
                self.effect(Op::MemFill { dst: args[0], value: args[1], len })
            }
            I::MemoryBarrier => self.effect(Op::MemBarrier),
            I::MemorySize => {
                let dst = self.e.b.reg(Ty::Ptr);
                self.e.b.push(Op::MemSize { dst });
                vec![self.e.b.ptr_to_usize(dst)]
            }
            I::MemoryGrow => {
                let pages = self.e.b.int_to_ptr(args[0]);
                let dst = self.e.b.reg(Ty::Ptr);
                self.e.b.push(Op::MemGrow { dst, pages });
                vec![self.e.b.ptr_to_usize(dst)]
            }
            I::HeapBase => {
                let base = self.heap_base();
                let is_ptr = matches!(self.e.types().kind(ty), m::TyKind::Ptr(_));
                vec![if is_ptr { base } else { self.e.b.ptr_to_usize(base) }]
            }
            I::StaticAddr(n) => vec![self.static_addr(n)],
            I::Trap => {
                self.e.b.end(Term::Unreachable);
                let rest = self.e.b.new_block();
                self.e.b.switch_to(rest);
                Vec::new()
            }
            I::Vector(op, imm) => vec![self.vector(op, imm, operands, args)],
            I::Atomic(op, order) => self.atomic(op, order, &args, ty),
            _ => self.numeric(op, kind, &args),
        }
    }

    fn effect(&mut self, op: Op) -> Vec<Reg> {
        self.e.b.push(op);
        Vec::new()
    }

    fn usize_const(&mut self, f: impl FnOnce(&super::layout::Layout) -> u32, ty: m::Ty) -> Reg {
        let layout = self.e.layout(ty);
        self.e.b.int(self.e.b.usize_ty(), f(&layout) as i64)
    }

    fn ptr_offset(&mut self, elem: m::Ty, p: Reg, n: Reg) -> Reg {
        let stride = self.e.layout(elem).stride() as i64;
        let n = self.e.b.int_to_ptr(n);
        let bytes = if stride == 1 { n } else { self.e.b.bin_imm(BinOp::Mul, n, stride) };
        self.e.b.bin(BinOp::Add, p, bytes)
    }

    fn heap_base(&mut self) -> Reg {
        let data = match self.e.cx.module.heap_base {
            Some(data) => data,
            None => {
                let w = self.e.word();
                let data = self.e.cx.module.datas.push(Data {
                    name: "heap base".into(),
                    bytes: vec![0; w as usize],
                    align: w,
                    relocs: Vec::new(),
                    is_mutable: false,
                    zeroed: 0,
                });
                self.e.cx.module.heap_base = Some(data);
                data
            }
        };
        let addr = self.e.b.data_addr(data, 0);
        self.e.b.load(MemTy::Ptr, addr, 0)
    }

    fn static_addr(&mut self, n: u32) -> Reg {
        let data = match self.e.cx.statics.get(&n) {
            Some(data) => *data,
            None => {
                let data = self.e.cx.zeroed_data(&format!("static {n}"), 16);
                self.e.cx.statics.insert(n, data);
                data
            }
        };
        self.e.b.data_addr(data, 0)
    }

    fn atomic(&mut self, op: AtomicOp, order: MemoryOrder, args: &[Reg], result: m::Ty) -> Vec<Reg> {
        let (addr, offset) = (args.first().copied(), 0);
        let Some(addr) = addr else { return self.effect(Op::AtomicFence { order }) };
        let reg_ty = match args.get(1) {
            Some(value) => self.e.b.ty(*value),
            None => self.e.layout(result).flat.as_ref().map_or(Ty::I32, |flat| flat[0].reg),
        };
        let ty = if reg_ty == Ty::I64 { MemTy::I64 } else { MemTy::I32 };
        if op == AtomicOp::Store {
            return self.effect(Op::AtomicStore { ty, order, addr, offset, value: args[1] });
        }
        let dst = self.e.b.reg(reg_ty);
        let rmw = |op| Op::AtomicRmw { op, ty, order, dst, addr, offset, value: args[1] };
        self.e.b.push(match op {
            AtomicOp::Load => Op::AtomicLoad { ty, order, dst, addr, offset },
            AtomicOp::Add => rmw(AtomicRmw::Add),
            AtomicOp::Sub => rmw(AtomicRmw::Sub),
            AtomicOp::And => rmw(AtomicRmw::And),
            AtomicOp::Or => rmw(AtomicRmw::Or),
            AtomicOp::Xor => rmw(AtomicRmw::Xor),
            AtomicOp::Swap => rmw(AtomicRmw::Xchg),
            AtomicOp::Cas => Op::AtomicCas { ty, order, dst, addr, offset, expected: args[1], new: args[2] },
            AtomicOp::Store | AtomicOp::Fence => unreachable!("they have been lowered"),
        });
        vec![dst]
    }

    fn numeric(&mut self, op: I, kind: Kind, args: &[Reg]) -> Vec<Reg> {
        let a = args[0];
        let r = match op {
            I::Clz => self.narrow_clz(kind, a),
            I::Ctz => self.narrow_ctz(kind, a),
            I::Popcnt => {
                let bits = self.zero_extended(kind, a);
                self.e.b.un(UnOp::Popcnt, bits)
            }
            I::Rotl | I::Rotr => self.rotate(op, kind, a, args[1]),
            I::MulHigh => self.mul_high(a, args[1]),
            I::Sqrt => self.e.b.un(UnOp::FSqrt, a),
            I::Floor => self.e.b.un(UnOp::FFloor, a),
            I::Ceil => self.e.b.un(UnOp::FCeil, a),
            I::Trunc => self.e.b.un(UnOp::FTrunc, a),
            I::Nearest => self.e.b.un(UnOp::FNearest, a),
            I::Fabs => self.e.b.un(UnOp::FAbs, a),
            I::Copysign => self.e.b.bin(BinOp::FCopysign, a, args[1]),
            I::FMin => self.e.b.bin(BinOp::FMin, a, args[1]),
            I::FMax => self.e.b.bin(BinOp::FMax, a, args[1]),
            I::BitsOf | I::FromBits => {
                let (op, to) = match self.e.b.ty(a) {
                    Ty::F32 => (ConvOp::BitsF32ToI32, Ty::I32),
                    Ty::F64 => (ConvOp::BitsF64ToI64, Ty::I64),
                    Ty::I32 => (ConvOp::BitsI32ToF32, Ty::F32),
                    _ => (ConvOp::BitsI64ToF64, Ty::F64),
                };
                self.e.b.conv(op, to, a)
            }
            other => unreachable!("{other:?} is handled elsewhere"),
        };
        vec![r]
    }

    fn narrow_bits(&self, kind: Kind) -> Option<u32> {
        match kind {
            Kind::Int(int) if int.bits(self.e.word()) < 32 => Some(int.bits(self.e.word())),
            _ => None,
        }
    }

    fn zero_extended(&mut self, ty: Kind, a: Reg) -> Reg {
        match self.narrow_bits(ty) {
            Some(bits) => self.e.b.bin_imm(BinOp::And, a, (1 << bits) - 1),
            None => a,
        }
    }

    fn narrow_clz(&mut self, ty: Kind, a: Reg) -> Reg {
        let bits = self.zero_extended(ty, a);
        let r = self.e.b.un(UnOp::Clz, bits);
        match self.narrow_bits(ty) {
            Some(width) => self.e.b.bin_imm(BinOp::Sub, r, 32 - width as i64),
            None => r,
        }
    }

    fn narrow_ctz(&mut self, ty: Kind, a: Reg) -> Reg {
        // A bit behind the number stops the count at its width.
        let a = match self.narrow_bits(ty) {
            Some(width) => self.e.b.bin_imm(BinOp::Or, a, 1 << width),
            None => a,
        };
        self.e.b.un(UnOp::Ctz, a)
    }

    fn rotate(&mut self, op: I, ty: Kind, a: Reg, n: Reg) -> Reg {
        let Some(width) = self.narrow_bits(ty) else {
            return self.e.b.bin(if op == I::Rotl { BinOp::Rotl } else { BinOp::Rotr }, a, n);
        };
        let bits = self.zero_extended(ty, a);
        let n = self.e.b.bin_imm(BinOp::And, n, width as i64 - 1);
        let full = self.e.b.i32(width as i32);
        let back = self.e.b.bin(BinOp::Sub, full, n);
        let back = self.e.b.bin_imm(BinOp::And, back, width as i64 - 1);
        let (left, right) = if op == I::Rotl { (n, back) } else { (back, n) };
        let high = self.e.b.bin(BinOp::Shl, bits, left);
        let low = self.e.b.bin(BinOp::ShrU, bits, right);
        let r = self.e.b.bin(BinOp::Or, high, low);
        self.e.normalize(ty, r)
    }

    /// The high half of a 64 by 64 bit product from four 32-bit ones.
    fn mul_high(&mut self, a: Reg, b: Reg) -> Reg {
        let e = &mut self.e.b;
        let (a_lo, a_hi) = (e.bin_imm(BinOp::And, a, 0xFFFF_FFFF), e.bin_imm(BinOp::ShrU, a, 32));
        let (b_lo, b_hi) = (e.bin_imm(BinOp::And, b, 0xFFFF_FFFF), e.bin_imm(BinOp::ShrU, b, 32));
        let low = e.bin(BinOp::Mul, a_lo, b_lo);
        let low_high = e.bin_imm(BinOp::ShrU, low, 32);
        let cross = e.bin(BinOp::Mul, a_hi, b_lo);
        let cross = e.bin(BinOp::Add, cross, low_high);
        let cross_low = e.bin_imm(BinOp::And, cross, 0xFFFF_FFFF);
        let cross_high = e.bin_imm(BinOp::ShrU, cross, 32);
        let other = e.bin(BinOp::Mul, a_lo, b_hi);
        let other = e.bin(BinOp::Add, other, cross_low);
        let other_high = e.bin_imm(BinOp::ShrU, other, 32);
        let high = e.bin(BinOp::Mul, a_hi, b_hi);
        let high = e.bin(BinOp::Add, high, cross_high);
        e.bin(BinOp::Add, high, other_high)
    }
}
