//! LIR to the flat form: places for registers, addresses for data, positions for blocks.

use crate::insn::{Insn, Place};
use crate::{Failure, Limits};
use entity::{Arrange, Idx, IndexVec};
use lir::{
    Block, Body, Callee, DataId, FuncId, FuncKind, Imm, MemTy, Module, Op, Reg, Reloc, Signature, Slot, Term,
    Ty,
};
use rustc_hash::FxHashMap;
use syntax::Span;

/// No landing block: the panic goes on to the caller.
pub(crate) const NO_LANDING: u32 = u32::MAX;

#[derive(Clone, Debug)]
pub(crate) enum FuncCode {
    Defined {
        start: u32,
        /// Words of the frame. The parameters are the first ones.
        words: u32,
        /// Bytes of shadow stack.
        stack: u32,
    },
    Import {
        module: String,
        name: String,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Func {
    pub code: FuncCode,
    pub sig: Signature,
    /// An index that is equal for equal signatures.
    pub sig_id: u32,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct CallSite {
    /// The function called, or the signature that an indirect callee must have.
    pub target: u32,
    /// Where in `extra`: the number of words and their places, for arguments and for results.
    pub args: u32,
    pub dsts: u32,
    /// Where to go on when the call throws.
    pub landing: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct SwitchTable {
    /// Sorted by value.
    pub cases: Vec<(i64, u32)>,
    pub default: u32,
}

/// A program ready to run.
#[derive(Debug, Default)]
pub(crate) struct Code {
    pub insns: Vec<Insn>,
    /// The place in the source of each instruction.
    pub spans: Vec<Span>,
    pub funcs: Vec<Func>,
    pub calls: Vec<CallSite>,
    pub switches: Vec<SwitchTable>,
    pub pool: Vec<u64>,
    pub extra: Vec<u32>,
    pub pointer_bytes: u32,
    sigs: FxHashMap<Signature, u32>,
}

pub(crate) fn decode(module: &Module, layout: &DataLayout) -> Result<Code, Failure> {
    let mut code = Code { pointer_bytes: module.target.pointer_bytes, ..Code::default() };
    for func in &module.funcs {
        let kind = match &func.kind {
            FuncKind::Import { module, name } => {
                FuncCode::Import { module: module.clone(), name: name.clone() }
            }
            FuncKind::Defined(body) => {
                let start = code.insns.len() as u32;
                let (words, stack) = BodyDecoder::new(&mut code, layout, body).run()?;
                FuncCode::Defined { start, words, stack }
            }
        };
        let sig_id = code.sig_id(&func.sig);
        code.funcs.push(Func { code: kind, sig: func.sig.clone(), sig_id });
    }
    Ok(code)
}

impl Code {
    fn sig_id(&mut self, sig: &Signature) -> u32 {
        let next = self.sigs.len() as u32;
        *self.sigs.entry(sig.clone()).or_insert(next)
    }

    /// The function that an instruction belongs to.
    pub fn func_at(&self, pc: u32) -> FuncId {
        let mut best = (0, 0);
        for (i, func) in self.funcs.iter().enumerate() {
            if let FuncCode::Defined { start, .. } = func.code
                && start <= pc
                && start >= best.1
            {
                best = (i, start);
            }
        }
        FuncId::new(best.0)
    }
}

/// Addresses of static data: behind the shadow stack, in order.
#[derive(Debug)]
pub(crate) struct DataLayout {
    pub addrs: IndexVec<DataId, u64>,
    /// The first address behind all of it.
    pub end: u64,
}

impl DataLayout {
    pub fn new(module: &Module) -> DataLayout {
        let mut end = u64::from(module.target.stack_bytes);
        let mut addrs = IndexVec::new();
        for data in &module.datas {
            end = end.next_multiple_of(u64::from(data.align));
            addrs.push(end);
            end += data.bytes.len() as u64 + u64::from(data.zeroed);
        }
        DataLayout { addrs, end: end.next_multiple_of(16) }
    }

    /// All static data with relocations applied, as pairs of an address and bytes.
    pub fn image(&self, module: &Module) -> Vec<(u64, Vec<u8>)> {
        let word = module.target.pointer_bytes as usize;
        let mut image = Vec::new();
        for (id, data) in module.datas.iter_enumerated() {
            let mut bytes = data.bytes.clone();
            for (at, reloc) in &data.relocs {
                let value = match reloc {
                    Reloc::Data { data, offset } => self.addrs[*data] + u64::from(*offset),
                    Reloc::Func(func) => func_addr(*func),
                };
                let at = *at as usize;
                bytes[at..at + word].copy_from_slice(&value.to_le_bytes()[..word]);
            }
            image.push((self.addrs[id], bytes));
        }
        if let Some(id) = module.heap_base {
            image.push((self.addrs[id], self.end.to_le_bytes()[..word].to_vec()));
        }
        image
    }
}

/// Functions count from 1, so that 0 is no function.
pub(crate) fn func_addr(func: FuncId) -> u64 {
    u64::from(func.0) + 1
}

/// Offsets of the slots in the frame, and the frame's size.
fn slot_offsets(body: &Body) -> (IndexVec<Slot, u32>, u64) {
    let mut end = 0u64;
    let mut offsets = IndexVec::new();
    for slot in &body.slots {
        end = end.next_multiple_of(u64::from(slot.align));
        offsets.push(end as u32);
        end += u64::from(slot.size);
    }
    (offsets, end.next_multiple_of(16))
}

struct BodyDecoder<'a> {
    code: &'a mut Code,
    layout: &'a DataLayout,
    body: &'a Body,
    places: IndexVec<Reg, Place>,
    words: u32,
    slots: IndexVec<Slot, u32>,
    stack: u64,
    /// Positions of blocks, known once all are placed.
    starts: IndexVec<Block, u32>,
    first: usize,
    first_call: usize,
    first_switch: usize,
    span: Span,
}

impl<'a> BodyDecoder<'a> {
    fn new(code: &'a mut Code, layout: &'a DataLayout, body: &'a Body) -> Self {
        let (places, words) = assign_places(body);
        let (slots, stack) = slot_offsets(body);
        let (first, first_call, first_switch) = (code.insns.len(), code.calls.len(), code.switches.len());
        BodyDecoder {
            code,
            layout,
            body,
            places,
            words,
            slots,
            stack,
            starts: IndexVec::from_elem(0, body.blocks.len()),
            first,
            first_call,
            first_switch,
            span: Span::DUMMY,
        }
    }

    /// Words of the frame and bytes of shadow stack.
    fn run(mut self) -> Result<(u32, u32), Failure> {
        for (block, data) in self.body.blocks.iter_enumerated() {
            self.starts[block] = self.code.insns.len() as u32;
            for inst in &data.insts {
                self.span = inst.span;
                self.op(&inst.op)?;
            }
            self.span = data.term_span;
            self.term(block, &data.term)?;
        }
        self.resolve();
        let stack = u32::try_from(self.stack).map_err(|_| Failure::invalid("a frame is too large"))?;
        Ok((self.words, stack))
    }

    /// Block numbers become positions.
    fn resolve(&mut self) {
        let starts = &self.starts;
        let at = |to: &mut u32| *to = starts[Block(*to)];
        for insn in &mut self.code.insns[self.first..] {
            match insn {
                Insn::Jump { to } => at(to),
                Insn::Branch { then, else_, .. } => {
                    at(then);
                    at(else_);
                }
                _ => {}
            }
        }
        for call in &mut self.code.calls[self.first_call..] {
            if call.landing != NO_LANDING {
                at(&mut call.landing);
            }
        }
        for switch in &mut self.code.switches[self.first_switch..] {
            switch.cases.iter_mut().for_each(|(_, to)| at(to));
            at(&mut switch.default);
        }
    }

    fn emit(&mut self, insn: Insn) {
        self.code.insns.push(insn);
        self.code.spans.push(self.span);
    }

    fn scalar(&self, ty: Ty) -> Ty {
        ty.scalar(self.code.pointer_bytes)
    }

    fn is_wide(&self, reg: Reg) -> bool {
        self.body.regs[reg] == Ty::V128
    }

    fn op(&mut self, op: &Op) -> Result<(), Failure> {
        let at = |reg: &Reg| self.places[*reg];
        let insn = match op {
            Op::Const { dst, value } => return self.constant(*dst, *value),
            Op::Copy { dst, src } if self.is_wide(*dst) => Insn::Copy2 { dst: at(dst), src: at(src) },
            Op::Copy { dst, src } => Insn::Copy { dst: at(dst), src: at(src) },
            Op::Bin { op, ty, dst, a, b } => {
                Insn::bin(*op, self.scalar(*ty), at(dst), at(a), at(b)).ok_or_else(no_such_insn)?
            }
            Op::BinOvf { op, ty: Ty::I32, dst, overflow, a, b } => {
                Insn::I32Ovf { op: *op, dst: at(dst), overflow: at(overflow), a: at(a), b: at(b) }
            }
            Op::BinOvf { op, ty: _, dst, overflow, a, b } => {
                Insn::I64Ovf { op: *op, dst: at(dst), overflow: at(overflow), a: at(a), b: at(b) }
            }
            Op::Un { op, ty, dst, a } => {
                Insn::un(*op, self.scalar(*ty), at(dst), at(a)).ok_or_else(no_such_insn)?
            }
            Op::Cmp { op, ty, dst, a, b } => {
                Insn::cmp(*op, self.scalar(*ty), at(dst), at(a), at(b)).ok_or_else(no_such_insn)?
            }
            Op::Conv { op, dst, src } => Insn::Conv { op: *op, dst: at(dst), src: at(src) },
            Op::Select { ty: Ty::V128, dst, cond, a, b } => {
                Insn::Select2 { dst: at(dst), cond: at(cond), a: at(a), b: at(b) }
            }
            Op::Select { ty: _, dst, cond, a, b } => {
                Insn::Select { dst: at(dst), cond: at(cond), a: at(a), b: at(b) }
            }
            Op::Call { dsts, callee, args } => return self.call(dsts, callee, args, NO_LANDING),
            Op::DataAddr { dst, data, offset } => {
                let addr = self.layout.addrs[*data] + u64::from(*offset);
                return self.bits(*dst, addr);
            }
            Op::FuncAddr { dst, func } => return self.bits(*dst, func_addr(*func)),
            Op::SlotAddr { dst, slot } => Insn::SlotAddr { dst: at(dst), offset: self.slots[*slot] },
            Op::GlobalGet { dst, global } if self.is_wide(*dst) => {
                Insn::GlobalGet2 { dst: at(dst), global: global.0 }
            }
            Op::GlobalGet { dst, global } => Insn::GlobalGet { dst: at(dst), global: global.0 },
            Op::GlobalSet { global, src } if self.is_wide(*src) => {
                Insn::GlobalSet2 { global: global.0, src: at(src) }
            }
            Op::GlobalSet { global, src } => Insn::GlobalSet { global: global.0, src: at(src) },
            Op::AtomicFence { .. } | Op::MemBarrier => return Ok(()),
            Op::Vector { op, imm, dst, args } => {
                let places = self.code.extra.len() as u32;
                let args: Vec<Place> = args.iter().map(at).collect();
                let imm = crate::vector::immediate(*imm);
                self.code.extra.extend(args.into_iter().chain(imm));
                Insn::Vector { op: *op, dst: self.places[*dst], args: places }
            }
            _ => return self.memory_op(op),
        };
        self.emit(insn);
        Ok(())
    }

    fn memory_op(&mut self, op: &Op) -> Result<(), Failure> {
        let at = |reg: &Reg| self.places[*reg];
        let bytes = |ty: &MemTy| ty.bytes(8) as u8;
        let insn = match op {
            Op::Load { ty, dst, addr, offset, .. } => self.load(*ty, at(dst), at(addr), *offset),
            Op::Store { ty, addr, offset, value, .. } => self.store(*ty, at(addr), *offset, at(value)),
            Op::MemCopy { dst, src, len } => Insn::MemCopy { dst: at(dst), src: at(src), len: at(len) },
            Op::MemFill { dst, value, len } => Insn::MemFill { dst: at(dst), value: at(value), len: at(len) },
            Op::MemSize { dst } => Insn::MemSize { dst: at(dst) },
            Op::MemGrow { dst, pages } => Insn::MemGrow { dst: at(dst), pages: at(pages) },
            Op::AtomicLoad { ty, dst, addr, offset, .. } => {
                Insn::AtomicLoad { bytes: bytes(ty), dst: at(dst), addr: at(addr), offset: *offset }
            }
            Op::AtomicStore { ty, addr, offset, value, .. } => {
                Insn::AtomicStore { bytes: bytes(ty), addr: at(addr), offset: *offset, value: at(value) }
            }
            Op::AtomicRmw { op, ty, dst, addr, offset, value, .. } => Insn::AtomicRmw {
                op: *op,
                bytes: bytes(ty),
                dst: at(dst),
                addr: at(addr),
                value: at(value),
                offset: *offset,
            },
            Op::AtomicCas { ty, dst, addr, offset, expected, new, .. } => {
                let values = [at(expected), at(new)];
                let (dst, addr) = (at(dst), at(addr));
                let place = self.code.extra.len() as u32;
                self.code.extra.extend(values);
                Insn::AtomicCas { bytes: bytes(ty), dst, addr, offset: *offset, values: place }
            }
            _ => return Err(no_such_insn()),
        };
        self.emit(insn);
        Ok(())
    }

    fn load(&self, ty: MemTy, dst: Place, addr: Place, offset: u32) -> Insn {
        match ty {
            MemTy::I8 { signed: false } => Insn::Load8U { dst, addr, offset },
            MemTy::I8 { signed: true } => Insn::Load8S { dst, addr, offset },
            MemTy::I16 { signed: false } => Insn::Load16U { dst, addr, offset },
            MemTy::I16 { signed: true } => Insn::Load16S { dst, addr, offset },
            MemTy::V128 => Insn::Load128 { dst, addr, offset },
            _ if ty.bytes(self.code.pointer_bytes) == 8 => Insn::Load64 { dst, addr, offset },
            _ => Insn::Load32 { dst, addr, offset },
        }
    }

    fn store(&self, ty: MemTy, addr: Place, offset: u32, value: Place) -> Insn {
        match ty {
            MemTy::I8 { .. } => Insn::Store8 { addr, offset, value },
            MemTy::I16 { .. } => Insn::Store16 { addr, offset, value },
            MemTy::V128 => Insn::Store128 { addr, offset, value },
            _ if ty.bytes(self.code.pointer_bytes) == 8 => Insn::Store64 { addr, offset, value },
            _ => Insn::Store32 { addr, offset, value },
        }
    }

    fn constant(&mut self, dst: Reg, value: Imm) -> Result<(), Failure> {
        if let Imm::V128(bits) = value {
            let place = self.places[dst];
            self.word(place, bits as u64);
            self.word(place + 1, (bits >> 64) as u64);
            return Ok(());
        }
        let bits = lir::eval::imm_bits(value, self.code.pointer_bytes).ok_or_else(no_such_insn)?;
        self.bits(dst, bits)
    }

    fn bits(&mut self, dst: Reg, bits: u64) -> Result<(), Failure> {
        self.word(self.places[dst], bits);
        Ok(())
    }

    fn word(&mut self, dst: Place, bits: u64) {
        if let Ok(bits) = u32::try_from(bits) {
            self.emit(Insn::Const { dst, bits });
        } else {
            let pool = self.code.pool.len() as u32;
            self.code.pool.push(bits);
            self.emit(Insn::ConstWide { dst, pool });
        }
    }

    /// The number of words and their places, in `extra`.
    fn places_of(&mut self, regs: &[Reg]) -> u32 {
        let start = self.code.extra.len();
        self.code.extra.push(0);
        for reg in regs {
            self.code.extra.push(self.places[*reg]);
            if self.is_wide(*reg) {
                self.code.extra.push(self.places[*reg] + 1);
            }
        }
        self.code.extra[start] = (self.code.extra.len() - start - 1) as u32;
        start as u32
    }

    fn call(&mut self, dsts: &[Reg], callee: &Callee, args: &[Reg], landing: u32) -> Result<(), Failure> {
        let (args, dsts) = (self.places_of(args), self.places_of(dsts));
        let call = self.code.calls.len() as u32;
        let (target, insn) = match callee {
            Callee::Direct(func) => (func.0, Insn::Call { call }),
            Callee::Indirect { sig, func } => {
                (self.code.sig_id(sig), Insn::CallIndirect { call, func: self.places[*func] })
            }
        };
        self.code.calls.push(CallSite { target, args, dsts, landing });
        self.emit(insn);
        Ok(())
    }

    fn term(&mut self, block: Block, term: &Term) -> Result<(), Failure> {
        match term {
            Term::Jump(to) => self.jump(block, *to),
            Term::Branch { cond, then, else_ } => {
                let cond = self.places[*cond];
                self.emit(Insn::Branch { cond, then: then.0, else_: else_.0 });
            }
            Term::Switch { value, cases, default } => {
                let mut cases: Vec<(i64, u32)> = cases.iter().map(|(case, to)| (*case, to.0)).collect();
                cases.arrange_by_key(|case| case.0);
                let switch = self.code.switches.len() as u32;
                self.code.switches.push(SwitchTable { cases, default: default.0 });
                let narrow = self.body.regs[*value] == Ty::I32;
                let value = self.places[*value];
                self.emit(if narrow {
                    Insn::Switch32 { value, switch }
                } else {
                    Insn::Switch64 { value, switch }
                });
            }
            Term::Return(values) => {
                let values = self.places_of(values);
                self.emit(Insn::Return { values });
            }
            Term::Invoke { dsts, callee, args, normal, landing } => {
                self.call(dsts, callee, args, landing.0)?;
                self.jump(block, *normal);
            }
            Term::Throw => self.emit(Insn::Throw),
            Term::Unreachable => self.emit(Insn::Unreachable),
        }
        Ok(())
    }

    /// Nothing where the target comes next.
    fn jump(&mut self, from: Block, to: Block) {
        if to.0 != from.0 + 1 {
            self.emit(Insn::Jump { to: to.0 });
        }
    }
}

fn no_such_insn() -> Failure {
    Failure::invalid("an instruction that does not exist for its type; the verifier would have told")
}

/// Parameters first, in order; then the other registers.
fn assign_places(body: &Body) -> (IndexVec<Reg, Place>, u32) {
    const NONE: Place = Place::MAX;
    let mut places = IndexVec::from_elem(NONE, body.regs.len());
    let mut words = 0;
    for reg in body.params.iter().copied().chain(body.regs.indices()) {
        if places[reg] == NONE {
            places[reg] = words;
            words += if body.regs[reg] == Ty::V128 { 2 } else { 1 };
        }
    }
    (places, words)
}

/// What a module needs beyond its limits is a failure before it starts.
pub(crate) fn check_limits(layout: &DataLayout, limits: &Limits) -> Result<(), Failure> {
    if layout.end > limits.memory_bytes {
        return Err(Failure::invalid("stack and static data exceed the limit of memory"));
    }
    Ok(())
}
