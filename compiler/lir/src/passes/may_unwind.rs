//! Finds the functions that no panic leaves. Invokes of them become calls, and landing blocks that nothing enters go.
//!
//! A function unwinds if it can reach a `throw` or a call of a function that unwinds. An indirect call reaches every
//! function of its signature whose address is taken. Landing blocks are entered only where the invoked function
//! unwinds, so the facts are found together, from below: each block is looked at once, and each call once more when
//! its callee turns out to unwind. What a function's `may_unwind` denies already is believed.

use super::edit::remove_unreachable_blocks;
use super::simplify_cfg::invoke_to_call;
use crate::ir::*;
use entity::{Idx, IndexVec};
use rustc_hash::FxHashMap;

pub fn may_unwind(module: &mut Module) {
    let unwinds = Analysis::new(module).run();
    let facts = Facts::new(module, unwinds);
    for func in module.funcs.indices() {
        if module.funcs[func].body().is_none() {
            continue;
        }
        module.funcs[func].may_unwind = facts.unwinds[facts.node(func)];
        let Some(body) = module.funcs[func].body_mut() else { continue };
        let mut changed = false;
        for data in body.blocks.iter_mut() {
            if data.term.callee().is_some_and(|callee| !facts.callee_unwinds(callee)) {
                invoke_to_call(data);
                changed = true;
            }
        }
        if changed {
            remove_unreachable_blocks(body);
        }
    }
}

/// Functions first, then one node per signature that is called indirectly.
type Node = usize;

struct Facts {
    unwinds: Vec<bool>,
    sigs: FxHashMap<Signature, Node>,
}

impl Facts {
    fn new(module: &Module, unwinds: Vec<bool>) -> Facts {
        Facts { unwinds, sigs: signature_nodes(module) }
    }

    fn node(&self, func: FuncId) -> Node {
        func.index()
    }

    fn callee_unwinds(&self, callee: &Callee) -> bool {
        match callee {
            Callee::Direct(func) => self.unwinds[self.node(*func)],
            Callee::Indirect { sig, .. } => self.unwinds[self.sigs[sig]],
        }
    }
}

fn signature_nodes(module: &Module) -> FxHashMap<Signature, Node> {
    let mut nodes = FxHashMap::default();
    for func in &module.funcs {
        let next = module.funcs.len() + nodes.len();
        nodes.entry(func.sig.clone()).or_insert(next);
    }
    // A signature that no function has may be called all the same: the call traps.
    for body in module.funcs.iter().filter_map(Function::body) {
        for block in &body.blocks {
            let callees = block.insts.iter().filter_map(|inst| inst.op.callee()).chain(block.term.callee());
            for callee in callees {
                if let Callee::Indirect { sig, .. } = callee {
                    let next = module.funcs.len() + nodes.len();
                    nodes.entry(sig.clone()).or_insert(next);
                }
            }
        }
    }
    nodes
}

/// Functions whose address some instruction or datum holds.
pub(crate) fn address_taken(module: &Module) -> IndexVec<FuncId, bool> {
    let mut taken = IndexVec::<FuncId, bool>::from_elem(false, module.funcs.len());
    for data in &module.datas {
        for (_, reloc) in &data.relocs {
            if let Reloc::Func(func) = reloc {
                taken[*func] = true;
            }
        }
    }
    for body in module.funcs.iter().filter_map(Function::body) {
        for inst in body.blocks.iter().flat_map(|block| &block.insts) {
            if let Op::FuncAddr { func, .. } = inst.op {
                taken[func] = true;
            }
        }
    }
    taken
}

/// A call that waits for news of its callee: the caller, and the landing block of an invoke.
type Waiting = (FuncId, Option<Block>);

struct Analysis<'a> {
    module: &'a Module,
    unwinds: Vec<bool>,
    waiting: Vec<Vec<Waiting>>,
    /// The node of each function's signature, if its address is taken.
    class: Vec<Option<Node>>,
    sigs: FxHashMap<Signature, Node>,
    seen: IndexVec<FuncId, Vec<bool>>,
    /// Blocks to look at, and nodes that have turned out to unwind.
    blocks: Vec<(FuncId, Block)>,
    found: Vec<Node>,
}

impl<'a> Analysis<'a> {
    fn new(module: &'a Module) -> Analysis<'a> {
        let sigs = signature_nodes(module);
        let taken = address_taken(module);
        let class = module.funcs.iter_enumerated().map(|(id, f)| taken[id].then(|| sigs[&f.sig])).collect();
        let n = module.funcs.len() + sigs.len();
        let seen = module.funcs.iter().map(|f| vec![false; f.body().map_or(0, |b| b.blocks.len())]);
        Analysis {
            module,
            unwinds: vec![false; n],
            waiting: vec![Vec::new(); n],
            class,
            sigs,
            seen: seen.collect(),
            blocks: Vec::new(),
            found: Vec::new(),
        }
    }

    fn run(mut self) -> Vec<bool> {
        for (id, func) in self.module.funcs.iter_enumerated() {
            match func.kind {
                FuncKind::Import { .. } => self.mark(id),
                FuncKind::Defined(_) => self.reach(id, Body::ENTRY),
            }
        }
        loop {
            if let Some((func, block)) = self.blocks.pop() {
                self.look_at(func, block);
            } else if let Some(node) = self.found.pop() {
                for (caller, landing) in std::mem::take(&mut self.waiting[node]) {
                    self.called(caller, landing);
                }
            } else {
                return self.unwinds;
            }
        }
    }

    /// Notes that a panic leaves `func`, unless that is denied.
    fn mark(&mut self, func: FuncId) {
        if !self.module.funcs[func].may_unwind {
            return;
        }
        for node in [Some(func.index()), self.class[func.index()]].into_iter().flatten() {
            if !std::mem::replace(&mut self.unwinds[node], true) {
                self.found.push(node);
            }
        }
    }

    fn reach(&mut self, func: FuncId, block: Block) {
        if !std::mem::replace(&mut self.seen[func][block.index()], true) {
            self.blocks.push((func, block));
        }
    }

    /// A call of something that unwinds goes on at its landing, or leaves the caller.
    fn called(&mut self, caller: FuncId, landing: Option<Block>) {
        match landing {
            Some(block) => self.reach(caller, block),
            None => self.mark(caller),
        }
    }

    fn call(&mut self, caller: FuncId, callee: &Callee, landing: Option<Block>) {
        let node = match callee {
            Callee::Direct(func) => func.index(),
            Callee::Indirect { sig, .. } => self.sigs[sig],
        };
        if self.unwinds[node] {
            self.called(caller, landing);
        } else {
            self.waiting[node].push((caller, landing));
        }
    }

    fn look_at(&mut self, func: FuncId, block: Block) {
        let module = self.module;
        let Some(body) = module.funcs[func].body() else { return };
        let data = &body.blocks[block];
        for callee in data.insts.iter().filter_map(|inst| inst.op.callee()) {
            self.call(func, callee, None);
        }
        match &data.term {
            Term::Throw => self.mark(func),
            Term::Invoke { callee, normal, landing, .. } => {
                self.reach(func, *normal);
                self.call(func, callee, Some(*landing));
            }
            term => term.for_each_succ(|to| self.reach(func, to)),
        }
    }
}
