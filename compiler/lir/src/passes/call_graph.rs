//! The order of functions in which callees come before their callers.

use super::inline::for_each_callee;
use crate::ir::*;
use entity::{Idx, IndexVec};

pub(crate) struct BottomUp {
    pub funcs: Vec<FuncId>,
    /// Functions that can call each other in a circle have the same number.
    pub component: IndexVec<FuncId, u32>,
}

const UNSEEN: u32 = u32::MAX;

/// Tarjan's strongly connected components, without recursion: call chains may be long.
struct Tarjan {
    callees: IndexVec<FuncId, Vec<FuncId>>,
    index: IndexVec<FuncId, u32>,
    low: IndexVec<FuncId, u32>,
    on_stack: IndexVec<FuncId, bool>,
    stack: Vec<FuncId>,
    /// Functions being visited, with their next callee.
    path: Vec<(FuncId, usize)>,
    next: u32,
    out: BottomUp,
}

pub(crate) fn bottom_up(module: &Module) -> BottomUp {
    let n = module.funcs.len();
    let callees = module.funcs.iter().map(|func| {
        let mut callees = Vec::new();
        if let Some(body) = func.body() {
            for_each_callee(body, |callee| callees.push(callee));
        }
        callees
    });
    let mut tarjan = Tarjan {
        callees: callees.collect(),
        index: IndexVec::from_elem(UNSEEN, n),
        low: IndexVec::from_elem(0, n),
        on_stack: IndexVec::from_elem(false, n),
        stack: Vec::new(),
        path: Vec::new(),
        next: 0,
        out: BottomUp { funcs: Vec::new(), component: IndexVec::from_elem(0, n) },
    };
    for func in module.funcs.indices() {
        if tarjan.index[func] == UNSEEN {
            tarjan.visit(func);
        }
    }
    tarjan.out
}

impl Tarjan {
    fn enter(&mut self, func: FuncId) {
        self.index[func] = self.next;
        self.low[func] = self.next;
        self.next += 1;
        self.on_stack[func] = true;
        self.stack.push(func);
        self.path.push((func, 0));
    }

    fn visit(&mut self, root: FuncId) {
        self.enter(root);
        while let Some(&mut (func, ref mut next)) = self.path.last_mut() {
            if let Some(&callee) = self.callees[func].get(*next) {
                *next += 1;
                if self.index[callee] == UNSEEN {
                    self.enter(callee);
                } else if self.on_stack[callee] {
                    self.low[func] = self.low[func].min(self.index[callee]);
                }
                continue;
            }
            self.path.pop();
            if let Some(&(caller, _)) = self.path.last() {
                self.low[caller] = self.low[caller].min(self.low[func]);
            }
            if self.low[func] == self.index[func] {
                self.close(func);
            }
        }
    }

    /// All above `root` on the stack is one component.
    fn close(&mut self, root: FuncId) {
        let number = root.index() as u32;
        while let Some(func) = self.stack.pop() {
            self.on_stack[func] = false;
            self.out.component[func] = number;
            self.out.funcs.push(func);
            if func == root {
                return;
            }
        }
    }
}
