//! Which registers are read later: a backward dataflow over blocks.
//!
//! Only registers that some block reads before it writes them are in the sets; all others live within one block.

use crate::assigned::{LOCAL, exposed};
use crate::bits::BitMatrix;
use crate::cfg::reverse_postorder;
use crate::ir::*;
use entity::{Idx, IndexVec};

pub(crate) struct Liveness {
    /// Numbers the registers in the sets; `LOCAL` for the others.
    pub index: IndexVec<Reg, u32>,
    /// The inverse of `index`.
    pub regs: Vec<Reg>,
    live_in: BitMatrix,
}

impl Liveness {
    pub fn new(body: &Body) -> Liveness {
        let order = reverse_postorder(body);
        let (index, n) = exposed(body, &order);
        let mut regs = vec![Reg(0); n];
        for (reg, &i) in index.iter_enumerated() {
            if i != LOCAL {
                regs[i as usize] = reg;
            }
        }
        let mut live = Liveness { index, regs, live_in: BitMatrix::new(body.blocks.len(), n) };
        live.solve(body, &order);
        live
    }

    fn solve(&mut self, body: &Body, order: &[Block]) {
        let n = self.regs.len();
        let mut row = BitMatrix::new(1, n);
        let mut changed = n > 0;
        while changed {
            changed = false;
            for &block in order.iter().rev() {
                self.live_out(body, block, &mut row);
                let data = &body.blocks[block];
                data.term.for_each_read(|reg| self.set(&mut row, reg));
                for inst in data.insts.iter().rev() {
                    inst.op.for_each_write(|reg| self.unset(&mut row, reg));
                    inst.op.for_each_read(|reg| self.set(&mut row, reg));
                }
                changed |= self.live_in.union_row_with(block.index(), &row, 0);
            }
        }
    }

    /// Fills `row` with what is live behind the terminator's own reads: what the successors need.
    pub fn live_out(&self, body: &Body, block: Block, row: &mut BitMatrix) {
        row.clear(0);
        let term = &body.blocks[block].term;
        if let Term::Invoke { normal, landing, .. } = term {
            row.union_row_with(0, &self.live_in, normal.index());
            term.for_each_write(|reg| self.unset(row, reg));
            row.union_row_with(0, &self.live_in, landing.index());
            return;
        }
        term.for_each_succ(|to| {
            row.union_row_with(0, &self.live_in, to.index());
        });
    }

    /// The registers that are live at the start of a block.
    pub fn live_in(&self, block: Block) -> impl Iterator<Item = Reg> + '_ {
        self.live_in.iter(block.index()).map(|i| self.regs[i])
    }

    pub fn set(&self, row: &mut BitMatrix, reg: Reg) {
        if self.index[reg] != LOCAL {
            row.insert(0, self.index[reg] as usize);
        }
    }

    pub fn unset(&self, row: &mut BitMatrix, reg: Reg) {
        if self.index[reg] != LOCAL {
            row.remove(0, self.index[reg] as usize);
        }
    }

    pub fn n_regs(&self) -> usize {
        self.regs.len()
    }
}
