//! Who calls whom: strongly connected components, callees before callers (Tarjan 1972, without recursion).

use crate::ir::*;
use entity::{Arrange, Idx, IndexVec};

/// Functions that a body calls directly, in order, each as often as it is called.
pub fn direct_callees(body: &Body) -> impl Iterator<Item = FuncId> + '_ {
    body.blocks.iter().filter_map(|data| match &data.term {
        Term::Call { callee: Callee::Func(func), .. } => Some(*func),
        _ => None,
    })
}

/// The components; those of one function alone too.
pub fn components(program: &Program) -> Vec<Vec<FuncId>> {
    let n = program.funcs.len();
    let callees: IndexVec<FuncId, Vec<FuncId>> = program
        .funcs
        .iter()
        .map(|f| f.body().map_or(Vec::new(), |body| direct_callees(body).collect()))
        .collect();
    let mut tarjan = Tarjan {
        index: IndexVec::from_elem(u32::MAX, n),
        low: IndexVec::from_elem(u32::MAX, n),
        on_stack: IndexVec::from_elem(false, n),
        stack: Vec::new(),
        next: 0,
        out: Vec::new(),
    };
    for func in program.funcs.indices() {
        if tarjan.index[func] == u32::MAX {
            tarjan.visit(func, &callees);
        }
    }
    tarjan.out
}

struct Tarjan {
    index: IndexVec<FuncId, u32>,
    low: IndexVec<FuncId, u32>,
    on_stack: IndexVec<FuncId, bool>,
    stack: Vec<FuncId>,
    next: u32,
    out: Vec<Vec<FuncId>>,
}

impl Tarjan {
    fn enter(&mut self, func: FuncId) {
        self.index[func] = self.next;
        self.low[func] = self.next;
        self.next += 1;
        self.stack.push(func);
        self.on_stack[func] = true;
    }

    fn visit(&mut self, root: FuncId, callees: &IndexVec<FuncId, Vec<FuncId>>) {
        let mut work = vec![(root, 0)];
        self.enter(root);
        while let Some((func, i)) = work.last_mut() {
            let func = *func;
            if let Some(next) = callees[func].get(*i).copied() {
                *i += 1;
                if self.index[next] == u32::MAX {
                    self.enter(next);
                    work.push((next, 0));
                } else if self.on_stack[next] {
                    self.low[func] = self.low[func].min(self.index[next]);
                }
                continue;
            }
            work.pop();
            if let Some((parent, _)) = work.last() {
                self.low[*parent] = self.low[*parent].min(self.low[func]);
            }
            if self.low[func] == self.index[func] {
                self.pop_component(func);
            }
        }
    }

    fn pop_component(&mut self, root: FuncId) {
        let mut component = Vec::new();
        while let Some(func) = self.stack.pop() {
            self.on_stack[func] = false;
            component.push(func);
            if func == root {
                break;
            }
        }
        component.arrange_by_key(|f| f.index());
        self.out.push(component);
    }
}
