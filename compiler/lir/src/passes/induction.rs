//! Finds registers that count up or down in a loop and cannot wrap around: they never lie below, or above, where they begin.
//!
//! The loop's head compares the register with a limit and leaves when it has reached it; the only write in the loop
//! adds a constant, behind that test and once in a round. So before the addition the register is on this side of the
//! limit, and if the limit leaves room for the step, the sum does not overflow. Where a cycle has several entries,
//! nothing is said about rounds.

use super::edit::Defs;
use crate::cfg::{Doms, Loop, Preds, natural_loops};
use crate::ir::*;
use entity::{Arrange, IndexVec};

/// A register that counts in the loop with head `header`: up where the step is positive, else down.
pub(crate) struct Counter {
    pub header: Block,
    pub reg: Reg,
    pub ty: Ty,
    pub step: i64,
    /// The register is below this before each step up, and above it before each step down.
    pub limit: Limit,
}

#[derive(Clone, Copy)]
pub(crate) enum Limit {
    /// Written before the loop.
    Reg(Reg),
    Const(i64),
}

/// All counters, sorted by the heads of their loops.
pub(crate) fn find_counters(body: &Body, doms: &Doms, preds: &Preds) -> Vec<Counter> {
    let loops = natural_loops(doms, preds);
    if loops.is_empty() || !is_reducible(body, doms) {
        return Vec::new();
    }
    let finder = Finder::new(body, doms, &loops);
    let mut counters: Vec<Counter> =
        loops.iter().filter_map(|a_loop| finder.counter(a_loop, preds)).collect();
    counters.arrange_by_key(|counter| counter.header);
    counters
}

/// Whether every edge that goes back goes to a block that dominates its start.
fn is_reducible(body: &Body, doms: &Doms) -> bool {
    let mut reducible = true;
    for &from in &doms.order {
        body.blocks[from].term.for_each_succ(|to| {
            reducible &= doms.rank(to) > doms.rank(from) || doms.dominates(to, from);
        });
    }
    reducible
}

struct Finder<'a> {
    body: &'a Body,
    doms: &'a Doms,
    defs: Defs,
    /// The definitions of each register with a few of them.
    writes: IndexVec<Reg, Vec<(Block, usize)>>,
    /// The head of the innermost loop around each block.
    innermost: IndexVec<Block, Option<Block>>,
}

/// A register that is written in more places than this is no counter.
const WRITES_MAX: usize = 4;

impl<'a> Finder<'a> {
    fn new(body: &'a Body, doms: &'a Doms, loops: &[Loop]) -> Finder<'a> {
        let mut writes = IndexVec::<Reg, Vec<(Block, usize)>>::from_elem(Vec::new(), body.regs.len());
        for &block in &doms.order {
            for (at, inst) in body.blocks[block].insts.iter().enumerate() {
                inst.op.for_each_write(|reg| {
                    if writes[reg].len() <= WRITES_MAX {
                        writes[reg].push((block, at));
                    }
                });
            }
            // An invoke's result is no sum: a place that holds no instruction.
            let end = body.blocks[block].insts.len();
            body.blocks[block].term.for_each_write(|reg| writes[reg].push((block, end)));
        }
        let mut innermost = IndexVec::from_elem(None, body.blocks.len());
        for a_loop in loops.iter().rev() {
            a_loop.blocks.iter().for_each(|&block| innermost[block] = Some(a_loop.header));
        }
        Finder { body, doms, defs: Defs::new(body), writes, innermost }
    }

    fn op(&self, (block, at): (Block, usize)) -> Option<&'a Op> {
        self.body.blocks[block].insts.get(at).map(|inst| &inst.op)
    }

    fn counter(&self, a_loop: &Loop, preds: &Preds) -> Option<Counter> {
        let header = a_loop.header;
        let Term::Branch { cond, then, else_ } = self.body.blocks[header].term else { return None };
        let test = self.body.blocks[header].insts.iter().find(|inst| inst.op.single_write() == Some(cond))?;
        let Op::Cmp { op, ty, a, b, .. } = test.op else { return None };
        let (op, stay) = match op {
            CmpOp::LtS | CmpOp::GtS => (op, then),
            CmpOp::GeS => (CmpOp::LtS, else_),
            CmpOp::LeS => (CmpOp::GtS, else_),
            _ => return None,
        };
        let enters_once = self.entry(header, preds) == self.doms.idom(header);
        if then == else_ || !enters_once || !self.defs.is_single(cond) || preds.of(stay).len() != 1 {
            return None;
        }
        // Of `a < b`, either `a` counts up or `b` down.
        let found = |reg: Reg, limit: Reg, is_up: bool| {
            let limit = self.limit(limit, header)?;
            let step = self.step(reg, header, stay).filter(|step| (*step > 0) == is_up)?;
            Some(Counter { header, reg, ty, step, limit })
        };
        let is_less = op == CmpOp::LtS;
        found(a, b, is_less).or_else(|| found(b, a, !is_less))
    }

    /// It must be what it was when the loop was entered, where its range is asked for.
    fn limit(&self, reg: Reg, header: Block) -> Option<Limit> {
        if let Some(value) = self.constant(reg) {
            return Some(Limit::Const(value));
        }
        self.is_from_outside(reg, header).then_some(Limit::Reg(reg))
    }

    fn constant(&self, reg: Reg) -> Option<i64> {
        let at = *self.writes[reg].first().filter(|_| self.defs.is_single(reg))?;
        match *self.op(at)? {
            Op::Const { value: Imm::I32(c), .. } => Some(c.into()),
            Op::Const { value: Imm::I64(c), .. } => Some(c),
            _ => None,
        }
    }

    /// The only block from which the loop is entered.
    fn entry(&self, header: Block, preds: &Preds) -> Option<Block> {
        let is_outside = |pred: &&Block| !self.doms.dominates(header, **pred);
        let mut outside =
            preds.of(header).iter().filter(|pred| self.doms.is_reachable(**pred)).filter(is_outside);
        match (outside.next(), outside.next()) {
            (Some(&only), None) => Some(only),
            _ => None,
        }
    }

    fn is_from_outside(&self, reg: Reg, header: Block) -> bool {
        self.writes[reg].len() <= WRITES_MAX
            && self.writes[reg].iter().all(|&(block, _)| !self.doms.dominates(header, block))
    }

    /// What the loop adds to `reg`, if that is all it does to it.
    fn step(&self, reg: Reg, header: Block, stay: Block) -> Option<i64> {
        if self.writes[reg].len() > WRITES_MAX {
            return None;
        }
        let mut inside = self.writes[reg].iter().filter(|(block, _)| self.doms.dominates(header, *block));
        let (Some(&at), None) = (inside.next(), inside.next()) else { return None };
        let (at, op) = match *self.op(at)? {
            Op::Copy { src, .. } if self.defs.is_single(src) => {
                let at = *self.writes[src].first()?;
                (at, self.op(at)?)
            }
            ref op => (at, op),
        };
        // The copy behind the sum is in the same round: a sum in an inner loop would be far from it.
        let once = self.innermost[at.0] == Some(header) && self.doms.dominates(stay, at.0);
        match *op {
            Op::Bin { op: BinOp::Add, a, b, .. } if a == reg && once => self.constant(b).filter(|c| *c != 0),
            _ => None,
        }
    }
}
