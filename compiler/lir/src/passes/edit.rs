//! What passes share for changing bodies: removing blocks and registers, counting definitions, making instructions.

use crate::cfg::reverse_postorder;
use crate::ir::*;
use entity::{Idx, IndexVec};
use syntax::Span;

/// How often each register is written, parameters once more.
pub(crate) struct Defs {
    counts: IndexVec<Reg, u8>,
}

impl Defs {
    pub fn new(body: &Body) -> Defs {
        let mut counts = IndexVec::<Reg, u8>::from_elem(0, body.regs.len());
        let mut count = |reg: Reg| counts[reg] = counts[reg].saturating_add(1);
        body.params.iter().for_each(|&reg| count(reg));
        for block in &body.blocks {
            block.insts.iter().for_each(|inst| inst.op.for_each_write(&mut count));
            block.term.for_each_write(&mut count);
        }
        Defs { counts }
    }

    /// Whether one definition reaches all reads. Such a register behaves as in SSA: because a read needs a write on
    /// every path, the definition dominates every read. Registers added later are single too.
    pub fn is_single(&self, reg: Reg) -> bool {
        self.counts.get(reg).is_none_or(|&n| n <= 1)
    }
}

/// Removes the blocks that cannot be reached, and numbers the others anew in their old order.
pub(crate) fn remove_unreachable_blocks(body: &mut Body) -> bool {
    let order = reverse_postorder(body);
    if order.len() == body.blocks.len() {
        return false;
    }
    let mut keep = IndexVec::<Block, bool>::from_elem(false, body.blocks.len());
    for block in order {
        keep[block] = true;
    }
    let mut new = IndexVec::<Block, Block>::from_elem(Block(0), keep.len());
    let mut next = 0;
    for block in keep.indices() {
        if keep[block] {
            new[block] = Block::new(next);
            next += 1;
        }
    }
    let blocks = std::mem::take(&mut body.blocks).into_raw().into_iter().zip(keep.iter());
    body.blocks = blocks.filter(|(_, keep)| **keep).map(|(block, _)| block).collect();
    for data in body.blocks.iter_mut() {
        data.term.for_each_succ_mut(|to| *to = new[*to]);
    }
    true
}

/// Removes the registers that nothing mentions.
pub(crate) fn remove_unused_regs(body: &mut Body) {
    let mut used = IndexVec::<Reg, bool>::from_elem(false, body.regs.len());
    for_each_reg_mut(body, |reg| used[*reg] = true);
    if used.iter().all(|used| *used) {
        return;
    }
    let mut new = IndexVec::<Reg, Reg>::from_elem(Reg(0), used.len());
    let mut regs = IndexVec::new();
    for reg in used.indices() {
        if used[reg] {
            new[reg] = regs.push(body.regs[reg]);
        }
    }
    body.regs = regs;
    body.keep_variables_of(|reg| used[reg]);
    body.reg_names.retain(|(reg, _)| used[*reg]);
    for (reg, _) in &mut body.reg_names {
        *reg = new[*reg];
    }
    body.readable.retain(|(reg, _)| used[*reg]);
    for (reg, _) in &mut body.readable {
        *reg = new[*reg];
    }
    for variable in &mut body.variables {
        variable.place.for_each_reg_mut(|reg| *reg = new[*reg]);
    }
    for_each_reg_mut(body, |reg| *reg = new[*reg]);
}

/// Lets variables be in the registers that theirs are copies of, before those copies go: both hold the same wherever the copy has
/// been made, and are written once.
pub(crate) fn forward_variables(body: &mut Body) {
    if body.variables.is_empty() {
        return;
    }
    let defs = Defs::new(body);
    let mut from: IndexVec<Reg, Reg> = body.regs.indices().collect();
    for inst in body.blocks.iter().flat_map(|block| &block.insts) {
        if let Op::Copy { dst, src } = inst.op
            && defs.is_single(dst)
            && defs.is_single(src)
        {
            from[dst] = src;
        }
    }
    for variable in &mut body.variables {
        variable.place.for_each_reg_mut(|reg| {
            // In code that nothing reaches, copies may go round in a circle.
            for _ in from.indices() {
                if from[*reg] == *reg {
                    break;
                }
                *reg = from[*reg];
            }
        });
    }
}

/// Every mention of a register by a parameter, an instruction or a terminator.
pub(crate) fn for_each_reg_mut(body: &mut Body, mut f: impl FnMut(&mut Reg)) {
    body.params.iter_mut().for_each(&mut f);
    for block in body.blocks.iter_mut() {
        for inst in &mut block.insts {
            inst.op.for_each_read_mut(&mut f);
            inst.op.for_each_write_mut(&mut f);
        }
        block.term.for_each_read_mut(&mut f);
        block.term.for_each_write_mut(&mut f);
    }
}

/// A block that is filled by whoever asks for it.
pub(crate) fn empty_block(term: Term, term_span: Span) -> BlockData {
    BlockData { is_landing: false, insts: Vec::new(), term, term_span }
}

/// The size of a body as passes weigh it: instructions and terminators.
pub(crate) fn body_size(body: &Body) -> usize {
    body.blocks.iter().map(|block| block.insts.len() + 1).sum()
}

/// Takes a body out of its function, so that it can change while the module is read.
pub(crate) fn take_body(module: &mut Module, func: FuncId) -> Option<Body> {
    module.funcs[func].body_mut().map(std::mem::take)
}

pub(crate) fn put_body(module: &mut Module, func: FuncId, body: Body) {
    module.funcs[func].kind = FuncKind::Defined(body);
}

/// Runs `pass` on each function's body, with the rest of the module at hand.
pub(crate) fn for_each_body(module: &mut Module, mut pass: impl FnMut(&Module, FuncId, &mut Body)) {
    for func in module.funcs.indices() {
        if let Some(mut body) = take_body(module, func) {
            pass(module, func, &mut body);
            put_body(module, func, body);
        }
    }
}
