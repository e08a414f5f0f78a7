//! Keeps one of several blocks that do the same: ends of functions and clean-up are often written many times.
//!
//! Two blocks do the same if their instructions and ends are equal up to the names of registers that live within one
//! block. Blocks are compared once, so that of a chain only the last ones are found equal; that is most of it.

use super::edit::{for_each_body, remove_unreachable_blocks};
use super::liveness::Liveness;
use crate::assigned::LOCAL;
use crate::ir::*;
use crate::ops::OpKind;
use entity::IndexVec;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

pub fn merge_blocks(module: &mut Module) {
    for_each_body(module, |_, _, body| merge(body));
}

pub(crate) fn merge(body: &mut Body) {
    remove_unreachable_blocks(body);
    let same = find_same(body);
    if same.iter_enumerated().all(|(block, to)| block == *to) {
        return;
    }
    for data in body.blocks.iter_mut() {
        data.term.for_each_succ_mut(|to| *to = same[*to]);
    }
    remove_unreachable_blocks(body);
}

/// For each block the first that does the same.
fn find_same(body: &Body) -> IndexVec<Block, Block> {
    let live = Liveness::new(body);
    let mut firsts: FxHashMap<u64, Vec<Block>> = FxHashMap::default();
    let mut same: IndexVec<Block, Block> = body.blocks.indices().collect();
    for (block, data) in body.blocks.iter_enumerated().skip(1) {
        let others = firsts.entry(hash(&live, data)).or_default();
        // Many blocks of one hash that differ would cost a quadratic search.
        match others.iter().take(8).find(|other| Comparison::new(body, &live).blocks(**other, block)) {
            Some(first) => same[block] = *first,
            None => others.push(block),
        }
    }
    same
}

/// Of what does not depend on the names of registers within the block.
fn hash(live: &Liveness, data: &BlockData) -> u64 {
    let mut hasher = FxHasher::default();
    data.is_landing.hash(&mut hasher);
    let reg = |reg: Reg, hasher: &mut FxHasher| {
        if live.index[reg] != LOCAL {
            reg.hash(hasher);
        }
    };
    for inst in &data.insts {
        OpKind::of(&inst.op).hash(&mut hasher);
        inst.op.for_each_read(|r| reg(r, &mut hasher));
        inst.op.for_each_write(|r| reg(r, &mut hasher));
        if let Op::Const { value, .. } = inst.op {
            crate::eval::imm_bits(value, 8).hash(&mut hasher);
        }
    }
    data.term.for_each_read(|r| reg(r, &mut hasher));
    data.term.for_each_succ(|to| to.hash(&mut hasher));
    hasher.finish()
}

struct Comparison<'a> {
    body: &'a Body,
    live: &'a Liveness,
    /// Registers of the second block that stand for those of the first.
    names: FxHashMap<Reg, Reg>,
    /// The other way: where a register of the second block is written again, what it stood for before has no name any more.
    stands_for: FxHashMap<Reg, Reg>,
}

impl<'a> Comparison<'a> {
    fn new(body: &'a Body, live: &'a Liveness) -> Comparison<'a> {
        Comparison { body, live, names: FxHashMap::default(), stands_for: FxHashMap::default() }
    }

    fn blocks(&mut self, a: Block, b: Block) -> bool {
        let (a, b) = (&self.body.blocks[a], &self.body.blocks[b]);
        a.is_landing == b.is_landing
            && a.insts.len() == b.insts.len()
            && a.insts.iter().zip(&b.insts).all(|(x, y)| self.ops(&x.op, &y.op))
            && self.terms(&a.term, &b.term)
    }

    /// Renames the registers of `x` and compares.
    fn ops(&mut self, x: &Op, y: &Op) -> bool {
        let mut renamed = x.clone();
        let mut named = true;
        renamed.for_each_read_mut(|reg| named &= self.rename(reg));
        if !named || !self.pair_writes(|f| x.for_each_write(f), |f| y.for_each_write(f)) {
            return false;
        }
        renamed.for_each_write_mut(|reg| named &= self.rename(reg));
        named && renamed == *y
    }

    fn terms(&mut self, x: &Term, y: &Term) -> bool {
        let mut renamed = x.clone();
        let mut named = true;
        renamed.for_each_read_mut(|reg| named &= self.rename(reg));
        if !named || !self.pair_writes(|f| x.for_each_write(f), |f| y.for_each_write(f)) {
            return false;
        }
        renamed.for_each_write_mut(|reg| named &= self.rename(reg));
        named && renamed == *y
    }

    fn is_local(&self, reg: Reg) -> bool {
        self.live.index[reg] == LOCAL
    }

    /// Puts the name in the second block for a register of the first; whether there is one.
    fn rename(&self, reg: &mut Reg) -> bool {
        if !self.is_local(*reg) {
            return true;
        }
        let name = self.names.get(reg).filter(|name| self.stands_for.get(name) == Some(reg));
        match name {
            Some(name) => {
                *reg = *name;
                true
            }
            None => false,
        }
    }

    /// Lets results that live within a block stand for each other.
    fn pair_writes(&mut self, x: impl Fn(&mut dyn FnMut(Reg)), y: impl Fn(&mut dyn FnMut(Reg))) -> bool {
        let (mut xs, mut ys) = (Vec::new(), Vec::new());
        x(&mut |reg| xs.push(reg));
        y(&mut |reg| ys.push(reg));
        if xs.len() != ys.len() {
            return false;
        }
        for (x, y) in xs.into_iter().zip(ys) {
            if self.body.regs[x] != self.body.regs[y] || self.is_local(x) != self.is_local(y) {
                return false;
            }
            if self.is_local(x) {
                self.names.insert(x, y);
                self.stands_for.insert(y, x);
            }
        }
        true
    }
}
