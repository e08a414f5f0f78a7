//! For targets without vectors: each is two 64-bit integers from here on, in registers, parameters and results, and each operation is
//! done lane by lane on numbers. `expand_lanes` has the operations.
//!
//! What lies in memory stays as it is, so data and slots need no change. Modules without vectors are left alone.

use super::expand_lanes::Lanes;
use crate::ir::*;
use entity::IndexVec;
use syntax::Span;

pub fn expand_vectors(module: &mut Module) {
    // Results that fitted may be twice as many.
    module.target.max_results = module.target.max_results.saturating_mul(2);
    let high = split_globals(&mut module.globals);
    for func in module.funcs.iter_mut() {
        expand_signature(&mut func.sig);
        if let FuncKind::Defined(body) = &mut func.kind {
            expand_body(body, &high);
        }
    }
}

/// A vector's first half keeps its global; where the second is.
fn split_globals(globals: &mut IndexVec<GlobalId, Global>) -> IndexVec<GlobalId, Option<GlobalId>> {
    let mut high = IndexVec::from_elem(None, globals.len());
    for id in globals.indices().collect::<Vec<_>>() {
        let Imm::V128(bits) = globals[id].init else { continue };
        let name = format!("{} high", globals[id].name);
        high[id] = Some(globals.push(Global { name, ty: Ty::I64, init: Imm::I64((bits >> 64) as i64) }));
        let low = &mut globals[id];
        (low.ty, low.init) = (Ty::I64, Imm::I64(bits as i64));
    }
    high
}

fn expand_signature(sig: &mut Signature) {
    for tys in [&mut sig.params, &mut sig.results] {
        if tys.contains(&Ty::V128) {
            *tys =
                tys.iter().flat_map(|&ty| if ty == Ty::V128 { vec![Ty::I64; 2] } else { vec![ty] }).collect();
        }
    }
}

fn expand_body(body: &mut Body, global_high: &IndexVec<GlobalId, Option<GlobalId>>) {
    let indirect = |callee: Option<&Callee>| match callee {
        Some(Callee::Indirect { sig, .. }) => sig.params.iter().chain(&sig.results).any(|ty| *ty == Ty::V128),
        _ => false,
    };
    let calls_with_vectors = body.blocks.iter().any(|block| {
        indirect(block.term.callee()) || block.insts.iter().any(|inst| indirect(inst.op.callee()))
    });
    if !calls_with_vectors && !body.regs.iter().any(|ty| *ty == Ty::V128) {
        return;
    }
    let mut high = IndexVec::from_elem(None, body.regs.len());
    for reg in body.regs.indices().collect::<Vec<_>>() {
        if body.regs[reg] == Ty::V128 {
            body.regs[reg] = Ty::I64;
            high[reg] = Some(body.regs.push(Ty::I64));
        }
    }
    body.params = halves(&high, &body.params);
    let mut cx = Expand { lanes: Lanes::new(&mut body.regs), high, global_high };
    for block in body.blocks.iter_mut() {
        for inst in std::mem::take(&mut block.insts) {
            cx.lanes.span = inst.span;
            cx.inst(inst);
        }
        block.insts = cx.lanes.take();
        cx.term(&mut block.term);
    }
}

/// Registers with the second halves of vectors behind the first.
fn halves(high: &IndexVec<Reg, Option<Reg>>, regs: &[Reg]) -> Vec<Reg> {
    regs.iter().flat_map(|&reg| [Some(reg), high.get(reg).copied().flatten()]).flatten().collect()
}

struct Expand<'a> {
    lanes: Lanes<'a>,
    /// The second half of each vector.
    high: IndexVec<Reg, Option<Reg>>,
    global_high: &'a IndexVec<GlobalId, Option<GlobalId>>,
}

impl Expand<'_> {
    fn high(&self, reg: Reg) -> Option<Reg> {
        self.high.get(reg).copied().flatten()
    }

    fn pair(&self, reg: Reg) -> [Reg; 2] {
        [reg, self.high(reg).unwrap_or(reg)]
    }

    fn inst(&mut self, inst: Inst) {
        match inst.op {
            Op::Const { dst, value: Imm::V128(bits) } => {
                let [low, high] = self.pair(dst);
                self.lanes.push(Op::Const { dst: low, value: Imm::I64(bits as i64) });
                self.lanes.push(Op::Const { dst: high, value: Imm::I64((bits >> 64) as i64) });
            }
            Op::Copy { dst, src } => {
                let pairs = self.pair(dst).into_iter().zip(self.pair(src));
                for (dst, src) in pairs.take(1 + usize::from(self.high(dst).is_some())) {
                    self.lanes.push(Op::Copy { dst, src });
                }
            }
            Op::Select { ty: Ty::V128, dst, cond, a, b } => {
                self.select(dst, cond, self.pair(a), self.pair(b))
            }
            Op::Load { ty: MemTy::V128, dst, addr, offset, is_word, region } => {
                // The address may be lost by the first.
                let addr = self.lanes.copy(addr);
                for (i, dst) in self.pair(dst).into_iter().enumerate() {
                    let (addr, offset) = self.lanes.address(addr, offset, i as u32 * 8);
                    self.lanes.push(Op::Load { ty: MemTy::I64, dst, addr, offset, is_word, region });
                }
            }
            Op::Store { ty: MemTy::V128, addr, offset, value, is_data, region } => {
                for (i, value) in self.pair(value).into_iter().enumerate() {
                    let (addr, offset) = self.lanes.address(addr, offset, i as u32 * 8);
                    self.lanes.push(Op::Store { ty: MemTy::I64, addr, offset, value, is_data, region });
                }
            }
            Op::GlobalGet { dst, global } => {
                self.lanes.push(Op::GlobalGet { dst, global });
                if let (Some(dst), Some(global)) = (self.high(dst), self.global_high[global]) {
                    self.lanes.push(Op::GlobalGet { dst, global });
                }
            }
            Op::GlobalSet { global, src } => {
                self.lanes.push(Op::GlobalSet { global, src });
                if let (Some(src), Some(global)) = (self.high(src), self.global_high[global]) {
                    self.lanes.push(Op::GlobalSet { global, src });
                }
            }
            Op::Call { mut dsts, mut callee, mut args } => {
                self.call(&mut dsts, &mut callee, &mut args);
                self.lanes.push(Op::Call { dsts, callee, args });
            }
            Op::Vector { op, imm, dst, args } => {
                let args: Vec<[Reg; 2]> = args.iter().map(|&arg| self.pair(arg)).collect();
                let value = self.lanes.vector(op, imm, &args);
                for (dst, src) in self.pair(dst).into_iter().zip(value) {
                    self.lanes.push(Op::Copy { dst, src });
                }
            }
            op => self.lanes.push(op),
        }
    }

    /// Through new registers: the result may be an operand.
    fn select(&mut self, dst: Reg, cond: Reg, a: [Reg; 2], b: [Reg; 2]) {
        let value = [0, 1].map(|i| self.lanes.select(cond, a[i], b[i]));
        for (dst, src) in self.pair(dst).into_iter().zip(value) {
            self.lanes.push(Op::Copy { dst, src });
        }
    }

    fn call(&self, dsts: &mut Vec<Reg>, callee: &mut Callee, args: &mut Vec<Reg>) {
        *dsts = halves(&self.high, dsts);
        *args = halves(&self.high, args);
        if let Callee::Indirect { sig, .. } = callee {
            expand_signature(sig);
        }
    }

    fn term(&self, term: &mut Term) {
        match term {
            Term::Return(values) => *values = halves(&self.high, values),
            Term::Invoke { dsts, callee, args, .. } => self.call(dsts, callee, args),
            _ => {}
        }
    }
}

/// Instructions under construction, and new registers for their results.
pub(super) struct Code<'a> {
    regs: &'a mut IndexVec<Reg, Ty>,
    insts: Vec<Inst>,
    pub span: Span,
}

impl<'a> Code<'a> {
    pub fn new(regs: &'a mut IndexVec<Reg, Ty>) -> Code<'a> {
        Code { regs, insts: Vec::new(), span: Span::DUMMY }
    }

    pub fn take(&mut self) -> Vec<Inst> {
        std::mem::take(&mut self.insts)
    }

    pub fn push(&mut self, op: Op) {
        let span = self.span;
        self.insts.push(Inst { op, span });
    }

    pub fn ty(&self, reg: Reg) -> Ty {
        self.regs[reg]
    }

    /// An instruction with a new register for its result.
    pub fn value(&mut self, ty: Ty, op: impl FnOnce(Reg) -> Op) -> Reg {
        let dst = self.regs.push(ty);
        self.push(op(dst));
        dst
    }

    pub fn constant(&mut self, ty: Ty, n: i64) -> Reg {
        let value = if ty == Ty::I64 { Imm::I64(n) } else { Imm::I32(n as i32) };
        self.value(ty, |dst| Op::Const { dst, value })
    }

    pub fn copy(&mut self, src: Reg) -> Reg {
        self.value(self.ty(src), |dst| Op::Copy { dst, src })
    }

    pub fn bin(&mut self, op: BinOp, a: Reg, b: Reg) -> Reg {
        let ty = self.ty(a);
        self.value(ty, |dst| Op::Bin { op, ty, dst, a, b })
    }

    pub fn bin_imm(&mut self, op: BinOp, a: Reg, n: i64) -> Reg {
        let b = self.constant(self.ty(a), n);
        self.bin(op, a, b)
    }

    pub fn un(&mut self, op: UnOp, a: Reg) -> Reg {
        let ty = self.ty(a);
        self.value(ty, |dst| Op::Un { op, ty, dst, a })
    }

    pub fn cmp(&mut self, op: CmpOp, a: Reg, b: Reg) -> Reg {
        let ty = self.ty(a);
        self.value(Ty::I32, |dst| Op::Cmp { op, ty, dst, a, b })
    }

    pub fn conv(&mut self, op: ConvOp, src: Reg) -> Reg {
        self.value(op.row().to, |dst| Op::Conv { op, dst, src })
    }

    pub fn select(&mut self, cond: Reg, a: Reg, b: Reg) -> Reg {
        let ty = self.ty(a);
        self.value(ty, |dst| Op::Select { ty, dst, cond, a, b })
    }

    /// An address with an offset, some bytes further on; offsets do not wrap around.
    pub fn address(&mut self, addr: Reg, offset: u32, more: u32) -> (Reg, u32) {
        match offset.checked_add(more) {
            Some(offset) => (addr, offset),
            None => {
                let b = self.value(Ty::Ptr, |dst| Op::Const { dst, value: Imm::Ptr(more.into()) });
                (self.bin(BinOp::Add, addr, b), offset)
            }
        }
    }
}
