//! Removes functions, data and globals that no export reaches, and writes to globals that nobody reads.

use super::edit::for_each_body;
use crate::ir::*;
use entity::{Idx, IndexVec};

pub fn dead_items(module: &mut Module) {
    let mut live = Live::new(module);
    live.mark();
    let Live { funcs, datas, globals, .. } = live;
    for_each_body(module, |_, _, body| drop_writes(body, &globals));
    let funcs = compact(&mut module.funcs, &funcs);
    let datas = compact(&mut module.datas, &datas);
    let globals = compact(&mut module.globals, &globals);
    let ids = NewIds { funcs, datas, globals };
    ids.apply(module);
}

struct Live<'a> {
    module: &'a Module,
    funcs: IndexVec<FuncId, bool>,
    datas: IndexVec<DataId, bool>,
    globals: IndexVec<GlobalId, bool>,
    func_work: Vec<FuncId>,
    data_work: Vec<DataId>,
}

impl<'a> Live<'a> {
    fn new(module: &'a Module) -> Live<'a> {
        Live {
            module,
            funcs: IndexVec::from_elem(false, module.funcs.len()),
            datas: IndexVec::from_elem(false, module.datas.len()),
            globals: IndexVec::from_elem(false, module.globals.len()),
            func_work: Vec::new(),
            data_work: Vec::new(),
        }
    }

    fn mark(&mut self) {
        let module = self.module;
        module.exports.iter().for_each(|export| self.func(export.func));
        loop {
            if let Some(func) = self.func_work.pop() {
                if let Some(body) = module.funcs[func].body() {
                    self.body(body);
                }
            } else if let Some(data) = self.data_work.pop() {
                for (_, reloc) in &module.datas[data].relocs {
                    match reloc {
                        Reloc::Func(func) => self.func(*func),
                        Reloc::Data { data, .. } => self.data(*data),
                    }
                }
            } else {
                return;
            }
        }
    }

    fn func(&mut self, func: FuncId) {
        if !std::mem::replace(&mut self.funcs[func], true) {
            self.func_work.push(func);
        }
    }

    fn data(&mut self, data: DataId) {
        if !std::mem::replace(&mut self.datas[data], true) {
            self.data_work.push(data);
        }
    }

    fn callee(&mut self, callee: &Callee) {
        if let Callee::Direct(func) = callee {
            self.func(*func);
        }
    }

    fn body(&mut self, body: &Body) {
        for block in &body.blocks {
            for inst in &block.insts {
                match &inst.op {
                    Op::Call { callee, .. } => self.callee(callee),
                    Op::FuncAddr { func, .. } => self.func(*func),
                    Op::DataAddr { data, .. } => self.data(*data),
                    Op::GlobalGet { global, .. } => self.globals[*global] = true,
                    _ => {}
                }
            }
            if let Some(callee) = block.term.callee() {
                self.callee(callee);
            }
        }
    }
}

fn drop_writes(body: &mut Body, globals: &IndexVec<GlobalId, bool>) {
    for block in body.blocks.iter_mut() {
        block.insts.retain(|inst| match inst.op {
            Op::GlobalSet { global, .. } => globals[global],
            _ => true,
        });
    }
}

/// Keeps what is live; gives the new indices, which mean nothing for the rest.
fn compact<I: Idx, T>(items: &mut IndexVec<I, T>, live: &IndexVec<I, bool>) -> IndexVec<I, I> {
    let mut new = IndexVec::new();
    let mut next = 0;
    for keep in live {
        new.push(I::new(next));
        next += usize::from(*keep);
    }
    let old = std::mem::take(items).into_raw().into_iter().zip(live);
    *items = old.filter(|(_, keep)| **keep).map(|(item, _)| item).collect();
    new
}

struct NewIds {
    funcs: IndexVec<FuncId, FuncId>,
    datas: IndexVec<DataId, DataId>,
    globals: IndexVec<GlobalId, GlobalId>,
}

impl NewIds {
    fn apply(&self, module: &mut Module) {
        let n_datas = module.datas.len();
        for export in &mut module.exports {
            export.func = self.funcs[export.func];
        }
        let base = module.heap_base.map(|data| (data, self.datas[data]));
        // A datum that is gone has the index of the next one that is not.
        let kept = |(old, new): (DataId, DataId)| {
            let next = self.datas.get(DataId(old.0 + 1)).map_or(n_datas, |next| next.index());
            (next > new.index()).then_some(new)
        };
        module.heap_base = base.and_then(kept);
        for data in module.datas.iter_mut() {
            for (_, reloc) in &mut data.relocs {
                match reloc {
                    Reloc::Func(func) => *func = self.funcs[*func],
                    Reloc::Data { data, .. } => *data = self.datas[*data],
                }
            }
        }
        for_each_body(module, |_, _, body| self.apply_to_body(body));
    }

    fn apply_to_body(&self, body: &mut Body) {
        for block in body.blocks.iter_mut() {
            for inst in &mut block.insts {
                match &mut inst.op {
                    Op::FuncAddr { func, .. } | Op::Call { callee: Callee::Direct(func), .. } => {
                        *func = self.funcs[*func];
                    }
                    Op::DataAddr { data, .. } => *data = self.datas[*data],
                    Op::GlobalGet { global, .. } | Op::GlobalSet { global, .. } => {
                        *global = self.globals[*global];
                    }
                    _ => {}
                }
            }
            if let Term::Invoke { callee: Callee::Direct(func), .. } = &mut block.term {
                *func = self.funcs[*func];
            }
        }
    }
}
