//! Removes functions that nothing reaches any more from exports, lang items and `drop` hooks.

use crate::ir::*;
use entity::{Arrange, Idx, IndexVec};

pub fn run(program: &mut Program) {
    let live = reached(program);
    if live.iter().all(|l| *l) {
        return;
    }
    let mut new = IndexVec::<FuncId, FuncId>::from_elem(FuncId(0), program.funcs.len());
    let mut funcs = IndexVec::new();
    for (i, func) in std::mem::take(&mut program.funcs).into_raw().into_iter().enumerate() {
        let id = FuncId::new(i);
        if live[id] {
            new[id] = funcs.push(func);
        }
    }
    program.funcs = funcs;
    for def in program.types.defs.iter_mut() {
        def.user_drop = def.user_drop.map(|f| new[f]);
    }
    program.lang.values_mut().for_each(|f| *f = new[*f]);
    for body in program.funcs.iter_mut().filter_map(|f| f.body_mut()) {
        for data in body.blocks.iter_mut() {
            for_each_func_mut(data, &mut |f| *f = new[*f]);
        }
    }
}

fn reached(program: &Program) -> IndexVec<FuncId, bool> {
    let mut live = IndexVec::<FuncId, bool>::from_elem(false, program.funcs.len());
    let mut work: Vec<FuncId> = Vec::new();
    let exported = program.funcs.iter_enumerated().filter(|(_, f)| f.export.is_some()).map(|(id, _)| id);
    let mut lang: Vec<FuncId> = program.lang.values().copied().collect();
    lang.arrange();
    let hooks = program.types.defs.iter().filter_map(|d| d.user_drop);
    for func in exported.chain(lang).chain(hooks) {
        if !std::mem::replace(&mut live[func], true) {
            work.push(func);
        }
    }
    while let Some(func) = work.pop() {
        let Some(body) = program.funcs[func].body() else { continue };
        for data in &body.blocks {
            for_each_func(data, &mut |f| {
                if !std::mem::replace(&mut live[f], true) {
                    work.push(f);
                }
            });
        }
    }
    live
}

fn for_each_func(data: &BlockData, f: &mut impl FnMut(FuncId)) {
    for stmt in &data.stmts {
        match &stmt.kind {
            StmtKind::Assign(_, Rvalue::MakeFnBox { func, .. }) => f(*func),
            StmtKind::Assign(_, Rvalue::MakeDyn { methods, .. }) => methods.iter().for_each(|func| f(*func)),
            _ => {}
        }
    }
    data.for_each_code(f);
    if let Term::Call { callee, .. } = &data.term {
        callee.func().into_iter().for_each(f);
    }
}

fn for_each_func_mut(data: &mut BlockData, f: &mut impl FnMut(&mut FuncId)) {
    for stmt in &mut data.stmts {
        match &mut stmt.kind {
            StmtKind::Assign(_, Rvalue::MakeFnBox { func, .. }) => f(func),
            StmtKind::Assign(_, Rvalue::MakeDyn { methods, .. }) => methods.iter_mut().for_each(&mut *f),
            _ => {}
        }
    }
    data.for_each_code_mut(f);
    if let Term::Call { callee, .. } = &mut data.term {
        callee.func_mut().into_iter().for_each(f);
    }
}
