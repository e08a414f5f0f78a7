//! What a module uses, found in one walk before anything is numbered: only what is listed here is emitted.

use entity::IndexVec;
use lir::{Callee, DataId, FuncId, FuncKind, GlobalId, Module, Op, Reloc, Term};

#[derive(Debug, Default)]
pub struct Usage {
    /// Static references by calls, which decide over the order of functions.
    pub calls: IndexVec<FuncId, u32>,
    /// Functions whose address is taken, by code or by data that is reached.
    pub in_table: IndexVec<FuncId, bool>,
    pub datas: IndexVec<DataId, bool>,
    pub globals: IndexVec<GlobalId, bool>,
    /// Some function has stack slots.
    pub slots: bool,
    /// Some instruction accesses memory or its size.
    pub memory: bool,
    /// Something raises the exception tag.
    pub throws: bool,
    pub indirect_calls: bool,
}

impl Usage {
    pub fn of(module: &Module) -> Usage {
        let mut usage = Usage {
            calls: IndexVec::from_elem(0, module.funcs.len()),
            in_table: IndexVec::from_elem(false, module.funcs.len()),
            datas: IndexVec::from_elem(false, module.datas.len()),
            globals: IndexVec::from_elem(false, module.globals.len()),
            ..Usage::default()
        };
        for func in &module.funcs {
            if let FuncKind::Defined(body) = &func.kind {
                usage.slots |= !body.slots.is_empty();
                for block in &body.blocks {
                    block.insts.iter().for_each(|inst| usage.op(&inst.op));
                    usage.term(&block.term);
                }
            }
        }
        usage.datas_reached(module);
        for (id, func) in module.funcs.iter_enumerated() {
            let is_import = matches!(func.kind, FuncKind::Import { .. });
            let used = usage.calls[id] > 0 || usage.in_table[id];
            usage.throws |= is_import && used && func.may_unwind;
        }
        usage.throws &= module.target.panic_unwinds;
        usage
    }

    /// Whether code, data or an export refers to the function.
    pub fn is_func_used(&self, func: FuncId) -> bool {
        self.calls[func] > 0 || self.in_table[func]
    }

    fn op(&mut self, op: &Op) {
        match op {
            Op::Load { .. }
            | Op::Store { .. }
            | Op::MemCopy { .. }
            | Op::MemFill { .. }
            | Op::MemSize { .. }
            | Op::MemGrow { .. }
            | Op::AtomicLoad { .. }
            | Op::AtomicStore { .. }
            | Op::AtomicRmw { .. }
            | Op::AtomicCas { .. } => self.memory = true,
            Op::SlotAddr { .. } => self.slots = true,
            Op::DataAddr { data, .. } => self.datas[*data] = true,
            Op::FuncAddr { func, .. } => self.in_table[*func] = true,
            Op::GlobalGet { global, .. } | Op::GlobalSet { global, .. } => self.globals[*global] = true,
            Op::Call { callee, .. } => self.callee(callee),
            Op::Const { .. }
            | Op::Copy { .. }
            | Op::Bin { .. }
            | Op::BinOvf { .. }
            | Op::Un { .. }
            | Op::Cmp { .. }
            | Op::Conv { .. }
            | Op::Select { .. }
            | Op::AtomicFence { .. }
            | Op::Vector { .. }
            | Op::MemBarrier => {}
        }
    }

    fn term(&mut self, term: &Term) {
        match term {
            Term::Invoke { callee, .. } => self.callee(callee),
            Term::Throw => self.throws = true,
            _ => {}
        }
    }

    fn callee(&mut self, callee: &Callee) {
        match callee {
            Callee::Direct(func) => self.calls[*func] += 1,
            Callee::Indirect { .. } => self.indirect_calls = true,
        }
    }

    /// Follows relocations from the data that code refers to.
    fn datas_reached(&mut self, module: &Module) {
        if let Some(data) = module.heap_base {
            self.datas[data] = true;
        }
        let mut work: Vec<DataId> = module.datas.indices().filter(|&data| self.datas[data]).collect();
        while let Some(data) = work.pop() {
            for (_, reloc) in &module.datas[data].relocs {
                match reloc {
                    Reloc::Func(func) => self.in_table[*func] = true,
                    Reloc::Data { data, .. } if !self.datas[*data] => {
                        self.datas[*data] = true;
                        work.push(*data);
                    }
                    Reloc::Data { .. } => {}
                }
            }
        }
    }
}
