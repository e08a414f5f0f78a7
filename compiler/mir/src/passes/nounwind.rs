//! Which functions cannot unwind, and what follows: edges for unwinding that are never taken go.
//!
//! A function unwinds if it throws, or calls, directly or by dropping, what unwinds. Boxed closures and `dyn` methods
//! may, unless panics abort; the host's functions do not, but for those of JavaScript, whose exceptions the loader turns into panics. What suspends
//! does: it may be told to end.

use crate::analysis::order::reachable;
use crate::facts::{drop_may_unwind, place_ty};
use crate::ir::*;
use entity::{Idx, IndexVec};

pub fn run(program: &mut Program) {
    infer(program);
    let unwinds = Unwinds::new(program);
    let Program { types, funcs, .. } = program;
    for func in funcs.iter_mut() {
        let Some(body) = func.body_mut() else { continue };
        for block in body.blocks.indices() {
            let never = !unwinds.term(types, body, &body.blocks[block].term);
            if let Some(unwind) = body.blocks[block].term.unwind_mut().filter(|_| never) {
                *unwind = None;
            }
        }
    }
}

/// Sets `may_unwind` of every function: the least fixpoint.
fn infer(program: &mut Program) {
    for func in program.funcs.iter_mut() {
        func.may_unwind = false;
    }
    let mut callers: IndexVec<FuncId, Vec<FuncId>> = IndexVec::from_elem(Vec::new(), program.funcs.len());
    for (id, func) in program.funcs.iter_enumerated() {
        for data in func.body().into_iter().flat_map(|b| &b.blocks) {
            if let Term::Call { callee: Callee::Func(callee) | Callee::Next(callee), .. } = &data.term {
                callers[*callee].push(id);
            }
        }
    }
    // A user's `drop` is called by every function that drops: those are looked at again until nothing changes.
    loop {
        let mut work: Vec<FuncId> = Vec::new();
        for id in program.funcs.indices() {
            if !program.funcs[id].may_unwind && unwinds(program, id) {
                program.funcs[id].may_unwind = true;
                work.push(id);
            }
        }
        if work.is_empty() {
            return;
        }
        while let Some(id) = work.pop() {
            for caller in &callers[id] {
                if !program.funcs[*caller].may_unwind && unwinds(program, *caller) {
                    program.funcs[*caller].may_unwind = true;
                    work.push(*caller);
                }
            }
        }
    }
}

fn unwinds(program: &Program, id: FuncId) -> bool {
    let body = match &program.funcs[id].kind {
        FuncKind::Body(body) => body,
        FuncKind::Suspend | FuncKind::Yield => return true,
        FuncKind::Extern { module, .. } => return program.import_may_unwind(module),
    };
    let blocks = reachable(body);
    blocks.iter().map(|b| &body.blocks[Block::new(b)]).filter(|data| !data.is_cleanup).any(|data| match &data
        .term
    {
        Term::Throw => true,
        // Whoever asks a generator for its next value does not end it.
        Term::Call { callee: Callee::Func(func), .. } if program.funcs[*func].kind == FuncKind::Yield => {
            false
        }
        Term::Call { callee, .. } => program.call_may_unwind(callee),
        Term::Drop { place, .. } => program.drop_may_unwind(place_ty(&program.types, body, place)),
        _ => false,
    })
}

/// What may unwind, taken down while bodies change.
pub(crate) struct Unwinds {
    funcs: IndexVec<FuncId, bool>,
    boxed: bool,
}

impl Unwinds {
    pub fn new(program: &Program) -> Unwinds {
        Unwinds { funcs: program.funcs.iter().map(|f| f.may_unwind).collect(), boxed: !program.panics_abort }
    }

    /// As [`Unwinds::new`], by what bodies say, whether or not that was asked for.
    pub fn inferred(program: &mut Program) -> Unwinds {
        let before: Vec<bool> = program.funcs.iter().map(|f| f.may_unwind).collect();
        infer(program);
        let inferred = Unwinds::new(program);
        program.funcs.iter_mut().zip(before).for_each(|(f, before)| f.may_unwind = before);
        inferred
    }

    /// A function that a pass has added.
    pub fn add(&mut self, may_unwind: bool) {
        self.funcs.push(may_unwind);
    }

    pub fn call(&self, callee: &Callee) -> bool {
        match callee {
            Callee::Func(func) | Callee::Next(func) => self.funcs[*func],
            Callee::FnBox(_) | Callee::Dyn { .. } => self.boxed,
            Callee::Start(_) | Callee::End(_) | Callee::Resume => false,
        }
    }

    pub fn term(&self, types: &Types, body: &Body, term: &Term) -> bool {
        match term {
            Term::Call { callee, .. } => self.call(callee),
            Term::Drop { place, .. } => self.drop(types, place_ty(types, body, place)),
            Term::Throw => true,
            _ => false,
        }
    }

    pub fn drop(&self, types: &Types, ty: Ty) -> bool {
        drop_may_unwind(types, &|func| self.funcs[func], ty)
    }
}
