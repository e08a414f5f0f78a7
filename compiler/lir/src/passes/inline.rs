//! Puts the bodies of small functions, and of functions that are called once, in place of their calls.
//!
//! Functions are taken callees first, so that a body is final when it is copied; functions that call each other in a
//! circle stay calls. After its calls are replaced a function is cleaned up, which tells its true size to its callers.
//! `splice` does the copying.

use super::call_graph::bottom_up;
use super::edit::{body_size, put_body, remove_unused_regs, take_body};
use super::may_unwind::address_taken;
use super::splice::{Site, splice};
use super::{PassOptions, copy_prop, dead_code, local_cse, simplify_cfg};
use crate::ir::*;
use entity::IndexVec;

/// Instructions and ends of blocks up to which a body is copied to every call: about what the call costs.
const SMALL_MAX: usize = 12;
/// The same where size counts more than speed: what takes no more room than the call.
const SMALL_MAX_FOR_SIZE: usize = 4;

/// A function that is called once is moved whatever its size, until its caller has grown to this.
const CALLER_MAX: usize = 6000;

pub fn inline(module: &mut Module, opts: &PassOptions) {
    let order = bottom_up(module);
    let mut inliner = Inliner::new(module, order.component, opts.for_size);
    for func in order.funcs {
        inliner.run(module, opts, func);
    }
}

struct Inliner {
    /// Functions of one component may call each other in a circle.
    component: IndexVec<FuncId, u32>,
    /// Reached from outside or through addresses: its body is needed whatever happens to the calls.
    is_root: IndexVec<FuncId, bool>,
    n_calls: IndexVec<FuncId, u32>,
    sizes: IndexVec<FuncId, usize>,
    small_max: usize,
}

impl Inliner {
    fn new(module: &Module, component: IndexVec<FuncId, u32>, for_size: bool) -> Inliner {
        let mut is_root = address_taken(module);
        for export in &module.exports {
            is_root[export.func] = true;
        }
        let mut n_calls = IndexVec::from_elem(0, module.funcs.len());
        for body in module.funcs.iter().filter_map(Function::body) {
            for_each_callee(body, |func| n_calls[func] += 1);
        }
        let sizes = module.funcs.iter().map(|f| f.body().map_or(usize::MAX, body_size)).collect();
        let small_max = if for_size { SMALL_MAX_FOR_SIZE } else { SMALL_MAX };
        Inliner { component, is_root, n_calls, sizes, small_max }
    }

    fn run(&mut self, module: &mut Module, opts: &PassOptions, func: FuncId) {
        let Some(mut body) = take_body(module, func) else { return };
        let mut debug = module.debug.take();
        let mut changed = false;
        // Blocks that are added hold the callee's code, except what stood behind a call.
        for first in body.blocks.indices() {
            let mut block = first;
            while let Some((site, callee)) = self.find_site(module, func, &body, block) {
                let is_last = self.is_last_call(callee);
                let table = debug.as_mut().map(|debug| &mut debug.inlined);
                let rest = splice(module, table, &mut body, block, site, callee);
                self.sizes[func] += self.sizes[callee];
                module.funcs[func].may_unwind |= rest.unwinds;
                self.count(module, callee, is_last);
                changed = true;
                match rest.block {
                    Some(rest) => block = rest,
                    None => break,
                }
            }
        }
        module.debug = debug;
        if changed {
            clean(module, opts, &mut body);
        }
        self.sizes[func] = body_size(&body);
        put_body(module, func, body);
    }

    /// The first call in a block that is worth replacing.
    fn find_site(&self, module: &Module, func: FuncId, body: &Body, block: Block) -> Option<(Site, FuncId)> {
        let data = &body.blocks[block];
        let is_cold = matches!(data.term, Term::Throw | Term::Unreachable);
        let wanted = |callee: &Callee| match callee {
            Callee::Direct(callee) if self.is_wanted(module, func, *callee, is_cold) => Some(*callee),
            _ => None,
        };
        for (i, inst) in data.insts.iter().enumerate() {
            if let Some(callee) = inst.op.callee().and_then(wanted) {
                return Some((Site::Inst(i), callee));
            }
        }
        data.term.callee().and_then(wanted).map(|callee| (Site::Term, callee))
    }

    fn is_wanted(&self, module: &Module, func: FuncId, callee: FuncId, is_cold: bool) -> bool {
        let target = &module.funcs[callee];
        if self.component[callee] == self.component[func] || target.is_noinline || target.body().is_none() {
            return false;
        }
        let size = self.sizes[callee];
        // What runs once at most gains nothing from being copied.
        (size <= self.small_max && !is_cold)
            || (self.is_last_call(callee) && self.sizes[func] + size <= CALLER_MAX)
    }

    /// Whether nothing else needs the body of `callee`.
    fn is_last_call(&self, callee: FuncId) -> bool {
        self.n_calls[callee] == 1 && !self.is_root[callee]
    }

    /// One call of `callee` has been replaced by its body, calls included; a body that was moved has no calls.
    fn count(&mut self, module: &Module, callee: FuncId, is_moved: bool) {
        self.n_calls[callee] -= 1;
        if is_moved {
            return;
        }
        if let Some(body) = module.funcs[callee].body() {
            for_each_callee(body, |func| self.n_calls[func] += 1);
        }
    }
}

/// Tells how large a body really is, to those that call it.
fn clean(module: &Module, opts: &PassOptions, body: &mut Body) {
    for _ in 0..2 {
        if opts.is_on("simplify-cfg") {
            simplify_cfg::simplify_body(body);
        }
        if opts.is_on("copy-prop") {
            copy_prop::propagate(module, opts, body);
        }
        if opts.is_on("local-cse") {
            local_cse::eliminate(module, body);
        }
    }
    if opts.is_on("dead-code") {
        dead_code::remove_dead(body);
    }
    remove_unused_regs(body);
}

/// Every direct call.
pub(crate) fn for_each_callee(body: &Body, mut f: impl FnMut(FuncId)) {
    for block in &body.blocks {
        let callees = block.insts.iter().filter_map(|inst| inst.op.callee()).chain(block.term.callee());
        for callee in callees {
            if let Callee::Direct(func) = callee {
                f(*func);
            }
        }
    }
}
