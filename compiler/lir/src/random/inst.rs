//! Random straight-line code: a [`Code`] holds the body that grows and knows which registers may be read.

use super::{MEMORY_BYTES, RandomOptions, Rng, Shared};
use crate::ir::*;
use syntax::Span;

pub(super) struct Code<'a> {
    pub module: &'a Module,
    pub rng: &'a mut Rng,
    pub opts: &'a RandomOptions,
    pub shared: Shared,
    /// This function; calls go to later ones.
    pub func: FuncId,
    pub body: Body,
    /// Instructions of the block that is being made.
    pub insts: Vec<Inst>,
    /// Registers that are written again and again, assigned from the entry on.
    pub vars: Vec<Reg>,
    /// Registers written once, readable here.
    pub temps: Vec<Reg>,
    pub slot: Option<Slot>,
}

impl Code<'_> {
    pub fn reg(&mut self, ty: Ty) -> Reg {
        self.body.regs.push(ty)
    }

    pub fn emit(&mut self, op: Op) {
        self.insts.push(Inst { op, span: Span::DUMMY });
    }

    /// Ends the block under construction.
    pub fn end_block(&mut self, block: Block, term: Term) {
        let insts = std::mem::take(&mut self.insts);
        let data = &mut self.body.blocks[block];
        data.insts = insts;
        data.term = term;
    }

    pub fn new_block(&mut self, is_landing: bool) -> Block {
        let data =
            BlockData { is_landing, insts: Vec::new(), term: Term::Unreachable, term_span: Span::DUMMY };
        self.body.blocks.push(data)
    }

    pub fn constant(&mut self, value: Imm) -> Reg {
        let dst = self.reg(value.ty());
        self.emit(Op::Const { dst, value });
        dst
    }

    /// A readable register, made if there is none.
    pub fn read(&mut self, ty: Ty) -> Reg {
        let of_ty = |regs: &[Reg], body: &Body| -> Vec<Reg> {
            regs.iter().copied().filter(|&r| body.regs[r] == ty).collect()
        };
        let (temps, vars) = (of_ty(&self.temps, &self.body), of_ty(&self.vars, &self.body));
        if !temps.is_empty() && (vars.is_empty() || self.rng.chance(60)) {
            // Recent ones are more interesting.
            let recent = temps.len().saturating_sub(6);
            return if self.rng.chance(70) { self.rng.pick(&temps[recent..]) } else { self.rng.pick(&temps) };
        }
        if !vars.is_empty() {
            return self.rng.pick(&vars);
        }
        let value = self.random_imm(ty);
        let reg = self.constant(value);
        self.temps.push(reg);
        reg
    }

    /// A register for a result: a new one, or a variable.
    pub fn write(&mut self, ty: Ty) -> Reg {
        let vars: Vec<Reg> = self.vars.iter().copied().filter(|&r| self.body.regs[r] == ty).collect();
        if vars.is_empty() || self.rng.chance(65) { self.reg(ty) } else { self.rng.pick(&vars) }
    }

    /// Makes a register that has just been written readable.
    pub fn wrote(&mut self, reg: Reg) {
        if !self.vars.contains(&reg) {
            self.temps.push(reg);
        }
    }

    pub fn random_imm(&mut self, ty: Ty) -> Imm {
        let bits = self.rng.next_u64();
        match ty {
            Ty::I32 => Imm::I32(self.random_int(32) as i32),
            Ty::I64 => Imm::I64(self.random_int(64)),
            Ty::Ptr => Imm::Ptr(i64::from(self.random_int(32) as u32)),
            Ty::F32 => Imm::F32(match self.rng.below(4) {
                0 => bits as u32,
                1 => (bits as i32 as f32 / 256.0).to_bits(),
                _ => (self.random_float() as f32).to_bits(),
            }),
            Ty::F64 => Imm::F64(match self.rng.below(4) {
                0 => bits,
                1 => (bits as i64 as f64 / 65536.0).to_bits(),
                _ => self.random_float().to_bits(),
            }),
            Ty::V128 => Imm::V128(u128::from(bits) << 64 | u128::from(self.rng.next_u64())),
        }
    }

    fn random_int(&mut self, bits: u32) -> i64 {
        let min = if bits == 32 { i64::from(i32::MIN) } else { i64::MIN };
        match self.rng.below(8) {
            0 => self.rng.pick(&[0, 1, -1, 2, 3, 7, 10, 255, 256, 65535]),
            1 => self.rng.pick(&[min, min + 1, !min, !min - 1]),
            2 | 3 => 1 << self.rng.below(bits as usize - 1),
            4 => self.rng.below(100) as i64 - 50,
            5 => self.rng.below(1 << 20) as i64,
            _ => self.rng.next_u64() as i64,
        }
    }

    fn random_float(&mut self) -> f64 {
        const VALUES: &[f64] = &[
            0.0,
            -0.0,
            0.5,
            1.0,
            -1.5,
            2.5,
            1e10,
            -1e20,
            1e300,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
            2147483647.0,
            -2147483648.5,
            4294967295.5,
            9223372036854775808.0,
            1e-310,
        ];
        self.rng.pick(VALUES)
    }

    fn int_ty(&mut self) -> Ty {
        self.rng.pick(&[Ty::I32, Ty::I64])
    }

    fn float_ty(&mut self) -> Ty {
        self.rng.pick(&[Ty::F32, Ty::F64])
    }

    pub fn any_ty(&mut self) -> Ty {
        let tys = super::usable_tys(self.opts);
        self.rng.pick(&tys)
    }

    /// A few instructions that compute something.
    pub fn random_inst(&mut self) {
        let opts = self.opts;
        match self.rng.below(if opts.vectors { 29 } else { 26 }) {
            0..=5 => self.int_bin(),
            6 | 7 => self.int_cmp(),
            8 => self.int_un(),
            9 | 10 => self.constant_or_copy(),
            11 => self.select(),
            12 => self.overflow(),
            13 => self.int_conv(),
            14 => self.ptr_op(),
            15 | 16 if opts.floats => self.float_op(),
            17 if opts.floats => self.float_conv(),
            18 | 19 if opts.memory => self.load(),
            20 | 21 if opts.memory => self.store(),
            22 if opts.memory => self.bulk(),
            23 => self.global(),
            24 if opts.atomics => self.atomic(),
            25 if opts.calls => self.call(),
            26.. => self.vector(),
            _ => self.int_bin(),
        }
    }

    fn int_bin(&mut self) {
        let ty = self.int_ty();
        let ops: Vec<BinOp> = BinOp::ALL.iter().copied().filter(|op| op.row().tys.contains(&ty)).collect();
        let op = self.rng.pick(&ops);
        let (a, mut b) = (self.read(ty), self.read(ty));
        if self.rng.chance(25) {
            let value = self.random_imm(ty);
            b = self.constant(value);
        }
        if op.is_partial() {
            b = self.divisor(op, ty, b);
        }
        let dst = self.write(ty);
        self.emit(Op::Bin { op, ty, dst, a, b });
        self.wrote(dst);
    }

    /// Odd, so not zero; not negative where the quotient could overflow.
    fn divisor(&mut self, op: BinOp, ty: Ty, b: Reg) -> Reg {
        let (max, one) = match ty {
            Ty::I32 => (Imm::I32(i32::MAX), Imm::I32(1)),
            _ => (Imm::I64(i64::MAX), Imm::I64(1)),
        };
        if self.rng.chance(40) {
            let shift = self.rng.below(20);
            return self.constant(if ty == Ty::I32 { Imm::I32(1 << shift) } else { Imm::I64(1 << shift) });
        }
        let mut divisor = b;
        if matches!(op, BinOp::DivS | BinOp::RemS) {
            let (mask, dst) = (self.constant(max), self.reg(ty));
            self.emit(Op::Bin { op: BinOp::And, ty, dst, a: divisor, b: mask });
            divisor = dst;
        }
        let (one, dst) = (self.constant(one), self.reg(ty));
        self.emit(Op::Bin { op: BinOp::Or, ty, dst, a: divisor, b: one });
        dst
    }

    fn int_cmp(&mut self) {
        let ty = if self.opts.floats && self.rng.chance(20) { self.float_ty() } else { self.int_ty() };
        let ops: Vec<CmpOp> = CmpOp::ALL.iter().copied().filter(|op| op.row().tys.contains(&ty)).collect();
        let op = self.rng.pick(&ops);
        let (a, b, dst) = (self.read(ty), self.read(ty), self.write(Ty::I32));
        self.emit(Op::Cmp { op, ty, dst, a, b });
        self.wrote(dst);
    }

    fn int_un(&mut self) {
        let ty = self.int_ty();
        let ops: Vec<UnOp> = UnOp::ALL.iter().copied().filter(|op| op.row().tys.contains(&ty)).collect();
        let op = self.rng.pick(&ops);
        let (a, dst) = (self.read(ty), self.write(ty));
        self.emit(Op::Un { op, ty, dst, a });
        self.wrote(dst);
    }

    fn constant_or_copy(&mut self) {
        let ty = self.any_ty();
        let op = if self.rng.chance(60) {
            let value = self.random_imm(ty);
            Op::Const { dst: self.write(ty), value }
        } else {
            let src = self.read(ty);
            Op::Copy { dst: self.write(ty), src }
        };
        self.emit(op.clone());
        op.for_each_write(|dst| self.wrote(dst));
    }

    fn select(&mut self) {
        let ty = self.any_ty();
        let (cond, a, b) = (self.read(Ty::I32), self.read(ty), self.read(ty));
        let dst = self.write(ty);
        self.emit(Op::Select { ty, dst, cond, a, b });
        self.wrote(dst);
    }

    fn overflow(&mut self) {
        let ty = self.int_ty();
        let op = self.rng.pick(OvfOp::ALL);
        let (a, b) = (self.read(ty), self.read(ty));
        let (dst, overflow) = (self.write(ty), self.reg(Ty::I32));
        self.emit(Op::BinOvf { op, ty, dst, overflow, a, b });
        self.wrote(dst);
        self.wrote(overflow);
    }

    fn conv(&mut self, ops: &[ConvOp]) {
        let op = self.rng.pick(ops);
        let src = self.read(op.row().from);
        let dst = self.write(op.row().to);
        self.emit(Op::Conv { op, dst, src });
        if matches!(op, ConvOp::F32ToF64 | ConvOp::F64ToF32) {
            self.canonical(dst, op.row().to);
        }
        self.wrote(dst);
    }

    fn int_conv(&mut self) {
        use ConvOp::*;
        self.conv(&[I32ToI64S, I32ToI64U, I64ToI32, I32ToPtr, I64ToPtr, PtrToI32, PtrToI64]);
    }

    fn float_conv(&mut self) {
        let is_float = |ty| matches!(ty, Ty::F32 | Ty::F64);
        let has_float = |op: &ConvOp| is_float(op.row().from) || is_float(op.row().to);
        let ops: Vec<ConvOp> = ConvOp::ALL.iter().copied().filter(has_float).collect();
        self.conv(&ops);
    }

    fn ptr_op(&mut self) {
        let (a, b) = (self.read(Ty::Ptr), self.read(Ty::Ptr));
        if self.rng.chance(30) {
            let ops: Vec<CmpOp> =
                CmpOp::ALL.iter().copied().filter(|op| op.row().tys.contains(&Ty::Ptr)).collect();
            let (op, dst) = (self.rng.pick(&ops), self.write(Ty::I32));
            self.emit(Op::Cmp { op, ty: Ty::Ptr, dst, a, b });
            return self.wrote(dst);
        }
        let ops: Vec<BinOp> =
            BinOp::ALL.iter().copied().filter(|op| op.row().tys.contains(&Ty::Ptr)).collect();
        let (op, dst) = (self.rng.pick(&ops), self.write(Ty::Ptr));
        self.emit(Op::Bin { op, ty: Ty::Ptr, dst, a, b });
        self.wrote(dst);
    }

    fn float_op(&mut self) {
        let ty = self.float_ty();
        let (a, b) = (self.read(ty), self.read(ty));
        let dst = self.write(ty);
        let deterministic = if self.rng.chance(60) {
            let ops: Vec<BinOp> =
                BinOp::ALL.iter().copied().filter(|op| op.row().tys.contains(&ty)).collect();
            let op = self.rng.pick(&ops);
            self.emit(Op::Bin { op, ty, dst, a, b });
            op == BinOp::FCopysign
        } else {
            let ops: Vec<UnOp> = UnOp::ALL.iter().copied().filter(|op| op.row().tys.contains(&ty)).collect();
            let op = self.rng.pick(&ops);
            self.emit(Op::Un { op, ty, dst, a });
            matches!(op, UnOp::FNeg | UnOp::FAbs)
        };
        if !deterministic {
            self.canonical(dst, ty);
        }
        self.wrote(dst);
    }

    /// Sign and payload of a NaN that arithmetic makes are up to the engine.
    fn canonical(&mut self, reg: Reg, ty: Ty) {
        let value = if ty == Ty::F32 { Imm::F32(f32::NAN.to_bits()) } else { Imm::F64(f64::NAN.to_bits()) };
        let nan = self.constant(value);
        let cond = self.reg(Ty::I32);
        self.emit(Op::Cmp { op: CmpOp::FNe, ty, dst: cond, a: reg, b: reg });
        self.emit(Op::Select { ty, dst: reg, cond, a: nan, b: reg });
    }

    fn vector(&mut self) {
        let ops: Vec<simd::Op> = simd::Op::all().filter(|op| !op.kind.is_relaxed()).collect();
        let op = self.rng.pick(&ops);
        let imm = match op.form() {
            simd::Form::Extract | simd::Form::Replace => {
                simd::Imm::Lane(self.rng.below(op.shape.lanes() as usize) as u8)
            }
            simd::Form::Shuffle => simd::Imm::Bytes(std::array::from_fn(|_| self.rng.below(32) as u8)),
            _ => simd::Imm::None,
        };
        let args = (0..op.arity()).map(|i| self.read(Ty::from(op.operand(i)))).collect();
        let dst = self.write(Ty::from(op.result()));
        self.emit(Op::Vector { op, imm, dst, args });
        if op.shape.is_float() && op.result().is_none() {
            self.canonical_lanes(dst, op.shape);
        }
        self.wrote(dst);
    }

    /// As `canonical`, in every lane.
    fn canonical_lanes(&mut self, reg: Reg, shape: simd::Shape) {
        let nan = self.constant(Imm::V128(super::vector::canonical(shape)));
        let is_nan = self.reg(Ty::V128);
        let op = |kind, shape| simd::Op { kind, shape };
        let ne = op(simd::Kind::Ne, shape);
        let select = op(simd::Kind::Bitselect, simd::Shape::V128);
        let imm = simd::Imm::None;
        self.emit(Op::Vector { op: ne, imm, dst: is_nan, args: vec![reg, reg] });
        self.emit(Op::Vector { op: select, imm, dst: reg, args: vec![nan, reg, is_nan] });
    }

    /// `ptr & mask` for some pointer.
    fn masked(&mut self, mask: i64) -> Reg {
        let (a, b, dst) = (self.read(Ty::Ptr), self.constant(Imm::Ptr(mask)), self.reg(Ty::Ptr));
        self.emit(Op::Bin { op: BinOp::And, ty: Ty::Ptr, dst, a, b });
        dst
    }

    /// An address with at least half the memory behind it, aligned to 8 if asked.
    fn address(&mut self, to_write: bool, aligned: bool) -> Reg {
        let base = self.reg(Ty::Ptr);
        let op = match (self.slot, self.rng.below(4)) {
            (Some(slot), 0 | 1) => Op::SlotAddr { dst: base, slot },
            (_, 2) if !to_write => Op::DataAddr { dst: base, data: self.shared.constants, offset: 0 },
            _ => Op::DataAddr { dst: base, data: self.shared.memory, offset: 0 },
        };
        self.emit(op);
        if self.rng.chance(50) {
            return base;
        }
        let offset = self.masked(i64::from(MEMORY_BYTES / 2 - if aligned { 8 } else { 1 }));
        let dst = self.reg(Ty::Ptr);
        self.emit(Op::Bin { op: BinOp::Add, ty: Ty::Ptr, dst, a: base, b: offset });
        dst
    }

    fn offset(&mut self) -> u32 {
        self.rng.below(MEMORY_BYTES as usize / 2 - 16) as u32
    }

    fn mem_ty(&mut self) -> MemTy {
        loop {
            let ty = self.rng.pick(MemTy::ALL);
            let wanted = match ty {
                MemTy::F32 | MemTy::F64 => self.opts.floats,
                MemTy::V128 => self.opts.vectors,
                _ => true,
            };
            if wanted {
                return ty;
            }
        }
    }

    fn load(&mut self) {
        let (ty, offset) = (self.mem_ty(), self.offset());
        let addr = self.address(false, false);
        let dst = self.write(ty.reg_ty());
        self.emit(Op::Load { ty, dst, addr, offset, is_word: false, region: Region::Anywhere });
        self.wrote(dst);
    }

    fn store(&mut self) {
        let (ty, offset) = (self.mem_ty(), self.offset());
        let addr = self.address(true, false);
        let value = self.read(ty.reg_ty());
        self.emit(Op::Store { ty, addr, offset, value, is_data: false, region: Region::Anywhere });
    }

    fn bulk(&mut self) {
        let (dst, len) = (self.address(true, false), self.masked(63));
        let op = if self.rng.chance(50) {
            Op::MemCopy { dst, src: self.address(false, false), len }
        } else {
            Op::MemFill { dst, value: self.read(Ty::I32), len }
        };
        self.emit(op);
    }

    fn global(&mut self) {
        let (global, ty) = self.rng.pick(&self.shared.globals);
        if self.rng.chance(50) {
            let dst = self.write(ty);
            self.emit(Op::GlobalGet { dst, global });
            self.wrote(dst);
        } else {
            let src = self.read(ty);
            self.emit(Op::GlobalSet { global, src });
        }
    }

    /// One of the orders that the operation has.
    fn order(&mut self, op: AtomicOp) -> MemoryOrder {
        let orders: Vec<MemoryOrder> =
            MemoryOrder::ALL.into_iter().filter(|order| op.takes(*order)).collect();
        self.rng.pick(&orders)
    }

    fn atomic(&mut self) {
        let addr = self.address(true, true);
        let offset = 8 * self.rng.below(8) as u32;
        let ty = self.rng.pick(&[MemTy::I32, MemTy::I64]);
        let reg_ty = ty.reg_ty();
        let (value, other, dst) = (self.read(reg_ty), self.read(reg_ty), self.write(reg_ty));
        let op = match self.rng.below(5) {
            0 => Op::AtomicLoad { ty, order: self.order(AtomicOp::Load), dst, addr, offset },
            1 => Op::AtomicStore { ty, order: self.order(AtomicOp::Store), addr, offset, value },
            2 => {
                let order = self.order(AtomicOp::Cas);
                Op::AtomicCas { ty, order, dst, addr, offset, expected: other, new: value }
            }
            3 if self.rng.chance(50) => Op::MemBarrier,
            3 => Op::AtomicFence { order: self.order(AtomicOp::Fence) },
            _ => {
                let (op, order) = (self.rng.pick(AtomicRmw::ALL), self.order(AtomicOp::Swap));
                Op::AtomicRmw { op, ty, order, dst, addr, offset, value }
            }
        };
        self.emit(op.clone());
        op.for_each_write(|reg| self.wrote(reg));
    }

    fn call(&mut self) {
        if let Some((callee, dsts, args)) = self.call_parts() {
            self.emit(Op::Call { dsts: dsts.clone(), callee, args });
            dsts.into_iter().for_each(|dst| self.wrote(dst));
        }
    }

    /// Callee, results and arguments of a call to a later function. The results are not readable yet.
    pub fn call_parts(&mut self) -> Option<(Callee, Vec<Reg>, Vec<Reg>)> {
        let later = self.opts.funcs.saturating_sub(self.func.0 as usize + 1);
        if later == 0 || !self.opts.calls {
            return None;
        }
        let func = FuncId(self.func.0 + 1 + self.rng.below(later) as u32);
        let sig = self.module.funcs[func].sig.clone();
        let args = sig.params.iter().map(|ty| self.read(*ty)).collect();
        let dsts = sig.results.iter().map(|ty| self.reg(*ty)).collect();
        let callee = if self.rng.chance(70) { Callee::Direct(func) } else { self.indirect(func, sig) };
        Some((callee, dsts, args))
    }

    fn indirect(&mut self, func: FuncId, sig: Signature) -> Callee {
        let dst = self.reg(Ty::Ptr);
        if self.rng.chance(50) {
            self.emit(Op::FuncAddr { dst, func });
        } else {
            let addr = self.reg(Ty::Ptr);
            self.emit(Op::DataAddr { dst: addr, data: self.shared.table, offset: 0 });
            let offset = func.0 * self.opts.target.pointer_bytes;
            self.emit(Op::Load {
                ty: MemTy::Ptr,
                dst,
                addr,
                offset,
                is_word: false,
                region: Region::Anywhere,
            });
        }
        Callee::Indirect { sig, func: dst }
    }
}
