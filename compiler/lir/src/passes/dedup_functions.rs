//! Keeps one of several functions that do the same; generic code makes many of them.
//!
//! Two functions are the same if they differ in names, spans and calls to themselves at most. Addresses of merged
//! functions become equal: GAL never compares them. A round may make callers equal, so a few rounds are made.

use super::edit::for_each_body;
use crate::ir::*;
use crate::ops::OpKind;
use entity::IndexVec;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

const ROUNDS_MAX: usize = 3;

pub fn dedup_functions(module: &mut Module) {
    for _ in 0..ROUNDS_MAX {
        let same = find_same(module);
        if same.iter_enumerated().all(|(id, to)| id == *to) {
            return;
        }
        redirect(module, &same);
    }
}

/// For each function the first that is the same.
fn find_same(module: &Module) -> IndexVec<FuncId, FuncId> {
    let mut firsts: FxHashMap<u64, Vec<FuncId>> = FxHashMap::default();
    let mut same: IndexVec<FuncId, FuncId> = module.funcs.indices().collect();
    for (id, func) in module.funcs.iter_enumerated() {
        let Some(body) = func.body() else { continue };
        let others = firsts.entry(hash(func, body)).or_default();
        match others.iter().find(|other| is_same(module, **other, id)) {
            Some(first) => same[id] = *first,
            None => others.push(id),
        }
    }
    same
}

/// Equal for functions that are the same, different for most others.
fn hash(func: &Function, body: &Body) -> u64 {
    let mut hasher = FxHasher::default();
    func.sig.hash(&mut hasher);
    body.blocks.len().hash(&mut hasher);
    for block in &body.blocks {
        block.insts.len().hash(&mut hasher);
        for inst in &block.insts {
            OpKind::of(&inst.op).hash(&mut hasher);
            inst.op.for_each_read(|reg| reg.hash(&mut hasher));
            inst.op.for_each_write(|reg| reg.hash(&mut hasher));
            match inst.op {
                Op::Const { value, .. } => crate::eval::imm_bits(value, 8).hash(&mut hasher),
                Op::Load { offset, .. } | Op::Store { offset, .. } => offset.hash(&mut hasher),
                Op::DataAddr { data, offset, .. } => (data, offset).hash(&mut hasher),
                _ => {}
            }
        }
        block.term.for_each_read(|reg| reg.hash(&mut hasher));
        block.term.for_each_succ(|to| to.hash(&mut hasher));
    }
    hasher.finish()
}

fn is_same(module: &Module, a: FuncId, b: FuncId) -> bool {
    let (f, g) = (&module.funcs[a], &module.funcs[b]);
    let (Some(x), Some(y)) = (f.body(), g.body()) else { return false };
    f.sig == g.sig
        && f.may_unwind == g.may_unwind
        && x.params == y.params
        && x.regs == y.regs
        && x.slots == y.slots
        && x.blocks.len() == y.blocks.len()
        && x.blocks.iter().zip(&y.blocks).all(|(p, q)| same_blocks(p, q, a, b))
}

fn same_blocks(p: &BlockData, q: &BlockData, a: FuncId, b: FuncId) -> bool {
    p.is_landing == q.is_landing
        && p.insts.len() == q.insts.len()
        && p.insts.iter().zip(&q.insts).all(|(x, y)| same_ops(&x.op, &y.op, a, b))
        && same_terms(&p.term, &q.term, a, b)
}

fn same_ops(x: &Op, y: &Op, a: FuncId, b: FuncId) -> bool {
    match (x, y) {
        (Op::Call { dsts, callee, args }, Op::Call { dsts: d, callee: c, args: r }) => {
            dsts == d && args == r && same_callees(callee, c, a, b)
        }
        _ => x == y,
    }
}

fn same_terms(x: &Term, y: &Term, a: FuncId, b: FuncId) -> bool {
    match (x, y) {
        (
            Term::Invoke { dsts, callee, args, normal, landing },
            Term::Invoke { dsts: d, callee: c, args: r, normal: n, landing: l },
        ) => dsts == d && args == r && normal == n && landing == l && same_callees(callee, c, a, b),
        _ => x == y,
    }
}

/// A call of the one by itself is like a call of the other by itself.
fn same_callees(x: &Callee, y: &Callee, a: FuncId, b: FuncId) -> bool {
    x == y || (*x == Callee::Direct(a) && *y == Callee::Direct(b))
}

fn redirect(module: &mut Module, same: &IndexVec<FuncId, FuncId>) {
    for export in &mut module.exports {
        export.func = same[export.func];
    }
    for data in module.datas.iter_mut() {
        for (_, reloc) in &mut data.relocs {
            if let Reloc::Func(func) = reloc {
                *func = same[*func];
            }
        }
    }
    for_each_body(module, |_, _, body| {
        for block in body.blocks.iter_mut() {
            for inst in &mut block.insts {
                if let Op::FuncAddr { func, .. } | Op::Call { callee: Callee::Direct(func), .. } =
                    &mut inst.op
                {
                    *func = same[*func];
                }
            }
            if let Term::Invoke { callee: Callee::Direct(func), .. } = &mut block.term {
                *func = same[*func];
            }
        }
    });
}
