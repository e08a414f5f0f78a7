//! Waits that give way: the wait for room in a mailbox ([`YIELDING`]) is one only where its function may suspend.
//!
//! A `drop`, a boxed closure, a method in a table, and what the host calls may not suspend. Where such a function is a coroutine
//! only for the sake of that wait, the wait is left out of it, and of copies of all that it calls on the way there.

use super::Misuse;
use crate::ir::*;
use entity::IndexVec;
use rustc_hash::FxHashMap;

/// The lang function that waits so.
pub const YIELDING: &str = "mailbox_wait";

struct Cx<'a> {
    program: &'a mut Program,
    wait: FuncId,
    /// The functions that suspend for the sake of the wait alone.
    yields: &'a IndexVec<FuncId, bool>,
    /// What stands for a function where none may suspend: itself, or a copy.
    twins: FxHashMap<FuncId, FuncId>,
    work: Vec<FuncId>,
}

/// Leaves the wait out of functions that may not suspend. `yields` are those that suspend for its sake alone.
pub fn run(program: &mut Program, wait: FuncId, yields: &IndexVec<FuncId, bool>, misuses: &[Misuse]) {
    let work: Vec<FuncId> = misuses.iter().map(|m| m.func).filter(|func| yields[*func]).collect();
    let twins = work.iter().map(|func| (*func, *func)).collect();
    let mut cx = Cx { program, wait, yields, twins, work };
    while let Some(func) = cx.work.pop() {
        cx.leave_out(func);
        cx.calm(func);
    }
}

impl Cx<'_> {
    fn leave_out(&mut self, func: FuncId) {
        let Some(body) = self.program.funcs[func].body() else { return };
        for block in body.blocks.indices() {
            let body = self.program.funcs[func].body();
            let Some(Term::Call { callee: Callee::Func(callee), target, .. }) =
                body.map(|body| &body.blocks[block].term)
            else {
                continue;
            };
            let (callee, target) = (*callee, *target);
            let new = match target {
                Some(target) if callee == self.wait => Term::Goto(target),
                _ if self.yields.get(callee) == Some(&true) => {
                    let twin = self.twin(callee);
                    self.set_callee(func, block, twin);
                    continue;
                }
                _ => continue,
            };
            if let FuncKind::Body(body) = &mut self.program.funcs[func].kind {
                body.blocks[block].term = new;
            }
        }
    }

    /// Where panics abort, only what is ended while it waits unwinds.
    fn calm(&mut self, func: FuncId) {
        if !self.program.panics_abort {
            return;
        }
        let function = &mut self.program.funcs[func];
        function.may_unwind = false;
        let FuncKind::Body(body) = &mut function.kind else { return };
        for data in body.blocks.iter_mut() {
            if let Term::Call { unwind, .. } | Term::Drop { unwind, .. } = &mut data.term {
                *unwind = None;
            }
        }
    }

    fn set_callee(&mut self, func: FuncId, block: Block, to: FuncId) {
        if let FuncKind::Body(body) = &mut self.program.funcs[func].kind
            && let Term::Call { callee, .. } = &mut body.blocks[block].term
        {
            *callee = Callee::Func(to);
        }
    }

    fn twin(&mut self, func: FuncId) -> FuncId {
        if let Some(twin) = self.twins.get(&func) {
            return *twin;
        }
        let mut copy = self.program.funcs[func].clone();
        copy.name = format!("{}.unwaiting", copy.name);
        copy.export = None;
        let twin = self.program.funcs.push(copy);
        self.twins.insert(func, twin);
        self.work.push(twin);
        twin
    }
}
