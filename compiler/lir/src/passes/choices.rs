//! Registers that a branch gives one of two values, as `if a < b { a } else { b }` does: the comparison tells how the
//! result lies to both.

use super::edit::Defs;
use crate::cfg::{Doms, Preds};
use crate::ir::*;
use entity::IndexVec;

/// Where two ways of a branch meet: what `dst` holds behind it, by registers as they are before the branch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice {
    pub cond: Reg,
    pub dst: Reg,
    pub then: Reg,
    pub else_: Reg,
}

/// A way with more instructions than this is no mere choice.
const INSTS_MAX: usize = 4;

/// The choices of whole numbers at each block where ways meet.
pub(crate) fn find_choices(
    body: &Body,
    doms: &Doms,
    preds: &Preds,
    defs: &Defs,
    phis: &IndexVec<Block, Vec<Reg>>,
) -> IndexVec<Block, Vec<Choice>> {
    let mut choices = IndexVec::from_elem(Vec::new(), body.blocks.len());
    for (join, regs) in phis.iter_enumerated().filter(|(_, regs)| !regs.is_empty()) {
        let Some(fork) = doms.idom(join).filter(|_| preds.of(join).len() == 2) else { continue };
        let Term::Branch { cond, then, else_ } = body.blocks[fork].term else { continue };
        if then == else_ || !defs.is_single(cond) {
            continue;
        }
        let finder = Finder { body, preds, fork, join };
        let is_number = |reg: &&Reg| matches!(body.regs[**reg], Ty::I32 | Ty::I64);
        for &dst in regs.iter().filter(is_number) {
            if let (Some(then), Some(else_)) = (finder.source(then, dst), finder.source(else_, dst)) {
                choices[join].push(Choice { cond, dst, then, else_ });
            }
        }
    }
    choices
}

struct Finder<'a> {
    body: &'a Body,
    preds: &'a Preds,
    fork: Block,
    join: Block,
}

impl Finder<'_> {
    /// The register that holds, before the branch, what `dst` holds behind the way that begins with `way`.
    fn source(&self, way: Block, dst: Reg) -> Option<Reg> {
        if way == self.join {
            return Some(dst);
        }
        let data = &self.body.blocks[way];
        let is_way =
            *self.preds.of(way) == [self.fork] && matches!(data.term, Term::Jump(to) if to == self.join);
        if !is_way || data.insts.len() > INSTS_MAX {
            return None;
        }
        let mut source = dst;
        for (at, inst) in data.insts.iter().enumerate() {
            match inst.op {
                Op::Copy { dst: to, src } if to == dst => {
                    let mut is_new = false;
                    data.insts[..at].iter().for_each(|i| i.op.for_each_write(|reg| is_new |= reg == src));
                    source = src;
                    if is_new {
                        return None;
                    }
                }
                ref op => {
                    let mut is_other = false;
                    op.for_each_write(|reg| is_other |= reg == dst);
                    if is_other {
                        return None;
                    }
                }
            }
        }
        Some(source)
    }
}
