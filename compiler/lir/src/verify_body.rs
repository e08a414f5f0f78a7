//! The checks of [`crate::verify`] that look at one instruction or edge at a time.

use crate::debug::VariablePlace;
use crate::ir::*;
use crate::verify::{Found, NOWHERE, Place, size_of_data};
use entity::IndexVec;
use rustc_hash::FxHashSet;

pub(crate) struct BodyVerifier<'a> {
    module: &'a Module,
    func: &'a Function,
    body: &'a Body,
    place: Place,
    found: Found,
}

impl<'a> BodyVerifier<'a> {
    pub fn new(module: &'a Module, func: &'a Function, body: &'a Body) -> BodyVerifier<'a> {
        BodyVerifier { module, func, body, place: NOWHERE, found: Vec::new() }
    }

    pub fn run(mut self) -> Found {
        self.head();
        for (block, data) in self.body.blocks.iter_enumerated() {
            for (i, inst) in data.insts.iter().enumerate() {
                self.place = Place { block: Some(block), inst: Some(i) };
                self.op(&inst.op);
            }
            self.place = Place { block: Some(block), inst: Some(data.insts.len()) };
            self.term(&data.term);
        }
        if self.found.is_empty() {
            self.place = NOWHERE;
            self.landings();
            self.throws();
        }
        self.found
    }

    fn error(&mut self, message: impl Into<String>) {
        self.found.push((self.place, message.into()));
    }

    fn head(&mut self) {
        let params = &self.body.params;
        if params.len() != self.func.sig.params.len() {
            self.error("the parameters' registers and the signature differ in number");
        }
        let mut seen = FxHashSet::default();
        for (&reg, &ty) in params.iter().zip(&self.func.sig.params) {
            self.reg(reg, ty, "parameter");
            if !seen.insert(reg) {
                self.error(format!("{reg} is two parameters"));
            }
        }
        if self.body.blocks.is_empty() {
            self.error("there is no entry block");
        }
        for (slot, data) in self.body.slots.iter_enumerated() {
            if !data.align.is_power_of_two() || data.align > 16 {
                self.error(format!("{slot} has alignment {}", data.align));
            }
        }
        for (reg, _) in &self.body.reg_names {
            if self.body.regs.get(*reg).is_none() {
                self.error(format!("there is no {reg}, which has a name"));
            }
        }
        for &(reg, bytes) in &self.body.readable {
            if self.body.regs.get(reg) != Some(&Ty::Ptr) || bytes == 0 {
                self.error(format!("{bytes} bytes can be read at {reg}, which is no pointer"));
            }
        }
        for variable in &self.body.variables {
            let mut place = variable.place.clone();
            let has_slot = !matches!(place, VariablePlace::Slot(slot) if self.body.slots.get(slot).is_none());
            let mut has_regs = true;
            place.for_each_reg_mut(|reg| has_regs &= self.body.regs.get(*reg).is_some());
            if !(has_slot && has_regs) {
                self.error(format!("the variable `{}` is nowhere", variable.name));
            }
        }
    }

    fn reg(&mut self, reg: Reg, ty: Ty, what: &str) {
        match self.body.regs.get(reg) {
            Some(found) if *found == ty => {}
            Some(found) => {
                self.error(format!("{what} {reg} is {}, expected {}", found.name(), ty.name()));
            }
            None => self.error(format!("there is no {reg}")),
        }
    }

    fn regs(&mut self, regs: &[Reg], tys: &[Ty], what: &str) {
        if regs.len() != tys.len() {
            self.error(format!("{} {what}s, expected {}", regs.len(), tys.len()));
        }
        for (reg, ty) in regs.iter().zip(tys) {
            self.reg(*reg, *ty, what);
        }
    }

    fn allow(&mut self, tys: &[Ty], ty: Ty) {
        if !tys.contains(&ty) {
            self.error(format!("there is no such operation on {}", ty.name()));
        }
    }

    fn op(&mut self, op: &Op) {
        match op {
            Op::Const { dst, value } => self.reg(*dst, value.ty(), "result"),
            Op::Copy { dst, src } => self.copy(*dst, *src),
            Op::Bin { op, ty, dst, a, b } => {
                self.allow(op.row().tys, *ty);
                self.binary(*ty, *ty, *dst, *a, *b);
            }
            Op::BinOvf { op, ty, dst, overflow, a, b } => {
                self.allow(op.row().tys, *ty);
                self.binary(*ty, *ty, *dst, *a, *b);
                self.reg(*overflow, Ty::I32, "result");
                if dst == overflow {
                    self.error(format!("{dst} is both results"));
                }
            }
            Op::Un { op, ty, dst, a } => {
                self.allow(op.row().tys, *ty);
                self.reg(*a, *ty, "operand");
                self.reg(*dst, *ty, "result");
            }
            Op::Cmp { op, ty, dst, a, b } => {
                self.allow(op.row().tys, *ty);
                self.binary(*ty, Ty::I32, *dst, *a, *b);
            }
            Op::Conv { op, dst, src } => {
                self.reg(*src, op.row().from, "operand");
                self.reg(*dst, op.row().to, "result");
            }
            Op::Select { ty, dst, cond, a, b } => {
                self.reg(*cond, Ty::I32, "condition");
                self.binary(*ty, *ty, *dst, *a, *b);
            }
            Op::SlotAddr { dst, slot } => {
                self.reg(*dst, Ty::Ptr, "result");
                if self.body.slots.get(*slot).is_none() {
                    self.error(format!("there is no {slot}"));
                }
            }
            Op::DataAddr { dst, data, offset } => self.data_addr(*dst, *data, *offset),
            Op::FuncAddr { dst, func } => {
                self.reg(*dst, Ty::Ptr, "result");
                if self.module.funcs.get(*func).is_none() {
                    self.error(format!("there is no {func}"));
                }
            }
            Op::GlobalGet { dst, global } => self.global(*global, *dst, "result"),
            Op::GlobalSet { global, src } => self.global(*global, *src, "operand"),
            Op::Call { dsts, callee, args } => self.call(dsts, callee, args),
            Op::Vector { op, imm, dst, args } => self.vector(*op, *imm, *dst, args),
            _ => self.memory_op(op),
        }
    }

    fn vector(&mut self, op: simd::Op, imm: simd::Imm, dst: Reg, args: &[Reg]) {
        if !op.kind.shapes().contains(&op.shape) {
            self.error(format!("there is no {op}"));
        }
        if !op.takes(imm) {
            self.error(format!("{op} does not take this immediate"));
        }
        let tys: Vec<Ty> = (0..op.arity()).map(|i| Ty::from(op.operand(i))).collect();
        self.regs(args, &tys, "operand");
        self.reg(dst, Ty::from(op.result()), "result");
    }

    fn memory_op(&mut self, op: &Op) {
        match op {
            Op::Load { ty, dst, addr, .. } => self.load(*ty, *dst, *addr),
            Op::AtomicLoad { ty, order, dst, addr, .. } => {
                self.atomic(*ty);
                self.order(AtomicOp::Load, *order);
                self.load(*ty, *dst, *addr);
            }
            Op::Store { ty, addr, value, .. } => self.store(*ty, *addr, *value),
            Op::AtomicStore { ty, order, addr, value, .. } => {
                self.atomic(*ty);
                self.order(AtomicOp::Store, *order);
                self.store(*ty, *addr, *value);
            }
            Op::AtomicRmw { ty, dst, addr, value, .. } => {
                self.atomic(*ty);
                self.load(*ty, *dst, *addr);
                self.reg(*value, ty.reg_ty(), "operand");
            }
            Op::AtomicCas { ty, dst, addr, expected, new, .. } => {
                self.atomic(*ty);
                self.load(*ty, *dst, *addr);
                self.reg(*expected, ty.reg_ty(), "operand");
                self.reg(*new, ty.reg_ty(), "operand");
            }
            Op::MemCopy { dst, src, len } => {
                for reg in [dst, src, len] {
                    self.reg(*reg, Ty::Ptr, "operand");
                }
            }
            Op::MemFill { dst, value, len } => {
                self.reg(*dst, Ty::Ptr, "operand");
                self.reg(*value, Ty::I32, "operand");
                self.reg(*len, Ty::Ptr, "operand");
            }
            Op::MemSize { dst } => self.reg(*dst, Ty::Ptr, "result"),
            Op::MemGrow { dst, pages } => {
                self.reg(*pages, Ty::Ptr, "operand");
                self.reg(*dst, Ty::Ptr, "result");
            }
            Op::AtomicFence { order } => self.order(AtomicOp::Fence, *order),
            Op::MemBarrier => {}
            _ => unreachable!("`op` has checked the others"),
        }
    }

    fn order(&mut self, op: AtomicOp, order: MemoryOrder) {
        if !op.takes(order) {
            self.error(format!("an atomic {} is not {}", op.name(), order.name()));
        }
    }

    fn copy(&mut self, dst: Reg, src: Reg) {
        match self.body.regs.get(dst) {
            Some(ty) => self.reg(src, *ty, "operand"),
            None => self.error(format!("there is no {dst}")),
        }
    }

    fn binary(&mut self, ty: Ty, result: Ty, dst: Reg, a: Reg, b: Reg) {
        self.reg(a, ty, "operand");
        self.reg(b, ty, "operand");
        self.reg(dst, result, "result");
    }

    fn load(&mut self, ty: MemTy, dst: Reg, addr: Reg) {
        self.reg(addr, Ty::Ptr, "address");
        self.reg(dst, ty.reg_ty(), "result");
    }

    fn store(&mut self, ty: MemTy, addr: Reg, value: Reg) {
        self.reg(addr, Ty::Ptr, "address");
        self.reg(value, ty.reg_ty(), "operand");
    }

    fn atomic(&mut self, ty: MemTy) {
        if !matches!(ty, MemTy::I32 | MemTy::I64) {
            self.error(format!("there are no atomics on {}", ty.name()));
        }
    }

    fn data_addr(&mut self, dst: Reg, data: DataId, offset: u32) {
        self.reg(dst, Ty::Ptr, "result");
        match self.module.datas.get(data) {
            Some(data) if u64::from(offset) <= size_of_data(data) => {}
            Some(_) => self.error("the offset lies behind the end of the datum"),
            None => self.error(format!("there is no {data}")),
        }
    }

    fn global(&mut self, global: GlobalId, reg: Reg, what: &str) {
        match self.module.globals.get(global) {
            Some(data) => self.reg(reg, data.ty, what),
            None => self.error(format!("there is no {global}")),
        }
    }

    fn call(&mut self, dsts: &[Reg], callee: &Callee, args: &[Reg]) {
        if let Callee::Indirect { func, .. } = callee {
            self.reg(*func, Ty::Ptr, "callee");
        }
        let module = self.module;
        let Some(sig) = callee.sig(module) else { return self.error("there is no such function") };
        self.regs(args, &sig.params, "argument");
        self.regs(dsts, &sig.results, "result");
        if dsts.iter().enumerate().any(|(i, dst)| dsts[..i].contains(dst)) {
            self.error("a register is two results");
        }
    }

    fn term(&mut self, term: &Term) {
        match term {
            Term::Branch { cond, .. } => self.reg(*cond, Ty::I32, "condition"),
            Term::Switch { value, cases, .. } => self.switch(*value, cases),
            Term::Return(values) => self.regs(values, &self.func.sig.results, "returned value"),
            Term::Invoke { dsts, callee, args, .. } => self.call(dsts, callee, args),
            Term::Jump(_) | Term::Throw | Term::Unreachable => {}
        }
        term.for_each_succ(|to| {
            if self.body.blocks.get(to).is_none() {
                self.error(format!("there is no {to}"));
            } else if to == Body::ENTRY {
                self.error("the entry block is a target");
            }
        });
    }

    fn switch(&mut self, value: Reg, cases: &[(i64, Block)]) {
        let narrow = match self.body.regs.get(value) {
            Some(Ty::I32) => true,
            Some(Ty::I64) => false,
            Some(ty) => return self.error(format!("a switch on {}", ty.name())),
            None => return self.error(format!("there is no {value}")),
        };
        let mut seen = FxHashSet::default();
        for (case, _) in cases {
            if !seen.insert(case) {
                self.error(format!("two cases are {case}"));
            }
            if narrow && i32::try_from(*case).is_err() {
                self.error(format!("case {case} does not fit i32"));
            }
        }
    }

    fn landings(&mut self) {
        let is_landing: IndexVec<Block, bool> = self.body.blocks.iter().map(|b| b.is_landing).collect();
        if is_landing[Body::ENTRY] {
            self.error("the entry is a landing block");
        }
        for (block, data) in self.body.blocks.iter_enumerated() {
            self.place = Place { block: Some(block), inst: Some(data.insts.len()) };
            if let Term::Invoke { normal, landing, .. } = data.term {
                if is_landing[normal] {
                    self.error(format!("{normal} is a landing block"));
                }
                if !is_landing[landing] {
                    self.error(format!("{landing} is no landing block"));
                }
            } else {
                data.term.for_each_succ(|to| {
                    if is_landing[to] {
                        self.error(format!("{to} is a landing block"));
                    }
                });
            }
        }
    }

    fn throws(&mut self) {
        if self.func.may_unwind {
            return;
        }
        for block in crate::cfg::reverse_postorder(self.body) {
            if self.body.blocks[block].term == Term::Throw {
                let inst = Some(self.body.blocks[block].insts.len());
                self.place = Place { block: Some(block), inst };
                self.error("a function that may not unwind throws");
            }
        }
    }
}
