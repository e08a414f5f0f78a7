//! LIR to the backend's form, one function at a time: indices and addresses for names, wasm's instructions for LIR's.
//!
//! Values keep the numbers of LIR's registers; temporaries follow them. Blocks keep theirs; the trees of comparisons that
//! sparse switches become follow them. Peculiarities of LIR end here: `Ptr`, overflow arithmetic, stack slots, `Switch`.

use entity::{Idx, IndexVec};
use lir::{Body, Callee, FuncKind, Function, Imm, MemTy, Reg, Slot};
use syntax::Span;

use crate::code::{self, Code};
use crate::ctx::Ctx;
use crate::frame;
use crate::wir::{B, Block, Const, ENTRY, Func, Inst, List, MemArg, Op, Term, Throws, V, Vt};

pub struct Lowering<'c, 'm> {
    pub ctx: &'c mut Ctx<'m>,
    pub func: Func,
    body: &'m Body,
    slots: IndexVec<Slot, u32>,
    /// The address of the frame, in functions with slots.
    base: Option<V>,
    /// Registers that are written once, with a constant.
    consts: IndexVec<Reg, Option<Const>>,
    /// The block under construction and its instructions so far.
    block: B,
    insts: Vec<Inst>,
    span: Span,
}

/// Lowers a defined function; none for an import.
pub fn lower<'m>(ctx: &mut Ctx<'m>, function: &'m Function) -> Option<Func> {
    let FuncKind::Defined(body) = &function.kind else { return None };
    let mut func = Func {
        vals: body.regs.iter().map(|&ty| code::scalar(ty, ctx.ptr)).collect(),
        blocks: IndexVec::new(),
        pool: Vec::new(),
        params: List::default(),
        results: ctx.vts(&function.sig.results),
        frame: None,
        names: body.reg_names.iter().map(|(reg, name)| (V(reg.0), name.clone())).collect(),
    };
    func.params = func.list(body.params.iter().map(|reg| V(reg.0)));
    let (slots, frame_size) = frame::place_slots(body);
    let consts = constants(body, ctx.ptr);
    let base = (!body.slots.is_empty()).then(|| func.new_val(ctx.ptr));
    let mut cx =
        Lowering { ctx, func, body, slots, base, consts, block: ENTRY, insts: Vec::new(), span: Span::DUMMY };
    cx.blocks();
    let Lowering { mut func, ctx, .. } = cx;
    frame::set_up(&mut func, ctx, base, frame_size);
    Some(func)
}

fn constants(body: &Body, ptr: Vt) -> IndexVec<Reg, Option<Const>> {
    let mut consts: IndexVec<Reg, Option<Const>> = IndexVec::from_elem(None, body.regs.len());
    let mut written = vec![false; body.regs.len()];
    body.params.iter().for_each(|reg| written[reg.index()] = true);
    for block in &body.blocks {
        for inst in &block.insts {
            inst.op.for_each_write(|dst| {
                consts[dst] = match &inst.op {
                    lir::Op::Const { value, .. } if !written[dst.index()] => Some(constant(*value, ptr)),
                    _ => None,
                };
                written[dst.index()] = true;
            });
        }
        block.term.for_each_write(|dst| {
            consts[dst] = None;
            written[dst.index()] = true;
        });
    }
    consts
}

pub fn constant(imm: Imm, ptr: Vt) -> Const {
    match imm {
        Imm::I32(n) => Const::I32(n),
        Imm::I64(n) => Const::I64(n),
        Imm::F32(bits) => Const::F32(bits),
        Imm::F64(bits) => Const::F64(bits),
        Imm::V128(bits) => Const::V128(bits),
        Imm::Ptr(n) => Const::of_int(ptr, n),
    }
}

impl Lowering<'_, '_> {
    fn blocks(&mut self) {
        let body = self.body;
        for block in &body.blocks {
            let (insts, term) = (Vec::new(), Term::Unreachable);
            self.func.blocks.push(Block { insts, term, term_span: block.term_span });
        }
        for (id, block) in body.blocks.iter_enumerated() {
            self.block = B(id.0);
            for inst in &block.insts {
                self.span = inst.span;
                self.op(&inst.op);
            }
            self.span = block.term_span;
            let term = self.term(&block.term);
            self.close(term, block.term_span);
        }
    }

    fn close(&mut self, term: Term, term_span: Span) {
        let block = &mut self.func.blocks[self.block];
        block.insts = std::mem::take(&mut self.insts);
        block.term = term;
        block.term_span = term_span;
    }

    /// Ends the block under construction and goes on in a new one, which is returned.
    pub fn split_block(&mut self, term: Term) -> B {
        self.close(term, self.span);
        self.block = self.new_block(|_| Term::Unreachable);
        self.block
    }

    pub fn ty(&self, ty: lir::Ty) -> Vt {
        code::scalar(ty, self.ctx.ptr)
    }

    pub fn const_of(&self, reg: Reg) -> Option<Const> {
        self.consts[reg]
    }

    pub fn emit(&mut self, op: Op, args: &[V], dsts: &[V]) {
        self.emit_call(op, args, dsts, Throws::Never);
    }

    fn emit_call(&mut self, op: Op, args: &[V], dsts: &[V], throws: Throws) {
        let (args, dsts) = (self.func.list(args.iter().copied()), self.func.list(dsts.iter().copied()));
        self.insts.push(Inst { op, args, dsts, throws, span: self.span });
    }

    /// An instruction with a new value as its result.
    pub fn value(&mut self, ty: Vt, op: Op, args: &[V]) -> V {
        let dst = self.func.new_val(ty);
        self.emit(op, args, &[dst]);
        dst
    }

    pub fn constant(&mut self, value: Const) -> V {
        let ty = match value {
            Const::I32(_) => Vt::I32,
            Const::I64(_) => Vt::I64,
            Const::F32(_) => Vt::F32,
            Const::F64(_) => Vt::F64,
            Const::V128(_) => Vt::V128,
        };
        self.value(ty, Op::Const(value), &[])
    }

    fn ptr_const(&mut self, dst: Reg, n: i64) {
        self.emit(Op::Const(Const::of_int(self.ctx.ptr, n)), &[], &[v(dst)]);
    }

    fn op(&mut self, op: &lir::Op) {
        use lir::Op as L;
        let ptr = self.ctx.ptr;
        match *op {
            L::Const { dst, value } => self.emit(Op::Const(constant(value, ptr)), &[], &[v(dst)]),
            L::Copy { dst, src } => self.emit(Op::Copy, &[v(src)], &[v(dst)]),
            L::Bin { op, ty, dst, a, b } => self.num(code::bin(op, self.ty(ty)), dst, &[a, b]),
            L::BinOvf { op, ty, dst, overflow, a, b } => self.overflow(op, ty, [dst, overflow], [a, b]),
            L::Un { op, ty, dst, a } => self.num(code::un(op, self.ty(ty)), dst, &[a]),
            L::Cmp { op, ty, dst, a, b } => self.num(code::cmp(op, self.ty(ty)), dst, &[a, b]),
            L::Conv { op, dst, src } => self.num(code::conv(op, ptr), dst, &[src]),
            L::Select { dst, cond, a, b, .. } => self.emit(Op::Select, &[v(a), v(b), v(cond)], &[v(dst)]),
            L::Load { ty, dst, addr, offset, .. } => {
                let (row, arg) = self.access(ty, offset);
                self.emit(Op::Load(row.load, arg), &[v(addr)], &[v(dst)]);
            }
            L::Store { ty, addr, offset, value, .. } => {
                let (row, arg) = self.access(ty, offset);
                self.emit(Op::Store(row.store, arg), &[v(addr), v(value)], &[]);
            }
            L::SlotAddr { dst, slot } => self.slot_addr(dst, slot),
            L::DataAddr { dst, data, offset } => self.ptr_const(dst, self.ctx.data_addr(data, offset)),
            L::FuncAddr { dst, func } => self.ptr_const(dst, self.ctx.table_index[func].into()),
            L::GlobalGet { dst, global } => {
                self.emit(Op::GlobalGet(self.ctx.global_index[global]), &[], &[v(dst)]);
            }
            L::GlobalSet { global, src } => {
                self.emit(Op::GlobalSet(self.ctx.global_index[global]), &[v(src)], &[]);
            }
            L::MemCopy { dst, src, len } => self.emit(Op::MemCopy, &[v(dst), v(src), v(len)], &[]),
            L::MemFill { dst, value, len } => self.emit(Op::MemFill, &[v(dst), v(value), v(len)], &[]),
            // Instructions keep their order.
            L::MemBarrier => {}
            L::MemSize { dst } => self.emit(Op::MemSize, &[], &[v(dst)]),
            L::MemGrow { dst, pages } => self.emit(Op::MemGrow, &[v(pages)], &[v(dst)]),
            L::Call { ref dsts, ref callee, ref args } => self.call(dsts, callee, args, None),
            L::Vector { op, imm, dst, ref args } => {
                let args: Vec<V> = args.iter().map(|&reg| v(reg)).collect();
                self.emit(Op::Vector(op, imm), &args, &[v(dst)]);
            }
            L::AtomicLoad { .. }
            | L::AtomicStore { .. }
            | L::AtomicRmw { .. }
            | L::AtomicCas { .. }
            | L::AtomicFence { .. } => self.atomic(op),
        }
    }

    /// All of them are sequentially consistent here, which is what every weaker order allows.
    fn atomic(&mut self, op: &lir::Op) {
        use lir::Op as L;
        match *op {
            L::AtomicLoad { ty, dst, addr, offset, .. } => {
                let (row, arg) = self.access(ty, offset);
                let (load, _) = row.atomic.expect("atomic types are checked by the verifier");
                self.emit(Op::Atomic(load, arg), &[v(addr)], &[v(dst)]);
            }
            L::AtomicStore { ty, addr, offset, value, .. } => {
                let (row, arg) = self.access(ty, offset);
                let (_, store) = row.atomic.expect("atomic types are checked by the verifier");
                self.emit(Op::Atomic(store, arg), &[v(addr), v(value)], &[]);
            }
            L::AtomicRmw { op, ty, dst, addr, offset, value, .. } => {
                let (row, arg) = self.access(ty, offset);
                let code = code::rmw(op, row.vt).expect("atomic types are checked by the verifier");
                self.emit(Op::Atomic(code, arg), &[v(addr), v(value)], &[v(dst)]);
            }
            L::AtomicCas { ty, dst, addr, offset, expected, new, .. } => {
                let (row, arg) = self.access(ty, offset);
                let code = row.cas.expect("atomic types are checked by the verifier");
                self.emit(Op::Atomic(code, arg), &[v(addr), v(expected), v(new)], &[v(dst)]);
            }
            _ => self.emit(Op::Fence, &[], &[]),
        }
    }

    /// A numeric instruction, or a copy where the target needs none.
    fn num(&mut self, code: Option<Code>, dst: Reg, args: &[Reg]) {
        let args: Vec<V> = args.iter().map(|&reg| v(reg)).collect();
        debug_assert!(code.is_some() || args.len() == 1, "the verifier admits no other type");
        self.emit(code.map_or(Op::Copy, Op::Num), &args, &[v(dst)]);
    }

    fn access(&self, ty: MemTy, offset: u32) -> (code::MemRow, MemArg) {
        let row = code::mem(ty, self.ctx.ptr);
        let arg = MemArg { offset: offset.into(), align: row.align };
        (row, arg)
    }

    fn slot_addr(&mut self, dst: Reg, slot: Slot) {
        let base = self.base.expect("a function with slots has a frame");
        let offset = self.constant(Const::of_int(self.ctx.ptr, self.slots[slot].into()));
        self.emit(Op::Num(frame::ptr_add(self.ctx.ptr)), &[base, offset], &[v(dst)]);
    }

    fn call(&mut self, dsts: &[Reg], callee: &Callee, args: &[Reg], landing: Option<lir::Block>) {
        let mut args: Vec<V> = args.iter().map(|&reg| v(reg)).collect();
        let dsts: Vec<V> = dsts.iter().map(|&reg| v(reg)).collect();
        let (op, may_unwind) = match callee {
            Callee::Direct(func) => {
                (Op::Call(self.ctx.func_index[*func]), self.ctx.module.funcs[*func].may_unwind)
            }
            Callee::Indirect { sig, func } => {
                args.push(self.table_index(*func));
                (Op::CallIndirect(self.ctx.sig_type(sig)), true)
            }
        };
        let throws = match landing {
            _ if !may_unwind || !self.ctx.usage.throws => Throws::Never,
            Some(landing) => Throws::To(B(landing.0)),
            None => Throws::Out,
        };
        self.emit_call(op, &args, &dsts, throws);
    }

    /// Tables have 32-bit indices also in 64-bit memories, because not every engine knows the others.
    fn table_index(&mut self, func: Reg) -> V {
        match self.ctx.ptr {
            Vt::I64 => self.value(Vt::I32, Op::Num(Code::I32WrapI64), &[v(func)]),
            _ => v(func),
        }
    }

    fn term(&mut self, term: &lir::Term) -> Term {
        match term {
            lir::Term::Jump(block) => Term::Jump(B(block.0)),
            lir::Term::Branch { cond, then, else_ } => self.branch(v(*cond), B(then.0), B(else_.0)),
            lir::Term::Switch { value, cases, default } => self.switch(*value, cases, *default),
            lir::Term::Return(values) => Term::Return(self.func.list(values.iter().map(|&reg| v(reg)))),
            lir::Term::Invoke { dsts, callee, args, normal, landing } => {
                self.call(dsts, callee, args, Some(*landing));
                Term::Jump(B(normal.0))
            }
            lir::Term::Throw if self.ctx.usage.throws => Term::Throw,
            lir::Term::Throw | lir::Term::Unreachable => Term::Unreachable,
        }
    }

    pub fn branch(&mut self, cond: V, then: B, else_: B) -> Term {
        Term::Branch { cond: self.func.list([cond]), then, else_ }
    }

    /// A new block beside the one under construction; `fill` adds its instructions and gives its end.
    pub fn new_block(&mut self, fill: impl FnOnce(&mut Self) -> Term) -> B {
        let outer = std::mem::take(&mut self.insts);
        let term = fill(self);
        let insts = std::mem::replace(&mut self.insts, outer);
        self.func.blocks.push(Block { insts, term, term_span: self.span })
    }
}

pub fn v(reg: Reg) -> V {
    V(reg.0)
}
