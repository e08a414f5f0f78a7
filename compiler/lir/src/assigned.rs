//! Definite assignment: which registers every path to a point has written.
//!
//! A forward dataflow over the reachable blocks. Only registers that some block reads before it writes them take part,
//! so the sets stay small even where a body has many temporaries.

use crate::bits::BitMatrix;
use crate::cfg::reverse_postorder;
use crate::ir::*;
use crate::verify::{Found, Place};
use entity::{Arrange, Idx, IndexVec};

/// The number of a register that is not [`exposed`].
pub(crate) const LOCAL: u32 = u32::MAX;

/// Reads of registers that are not written on every path.
pub(crate) fn check_assigned(body: &Body) -> Found {
    let mut found = Vec::new();
    for_each_unassigned(body, |reg, place| {
        found.push((place, format!("{reg} is read, but not written on every path")));
    });
    found
}

/// The registers that are read where some path has not written them, each once.
pub(crate) fn unassigned_registers(body: &Body) -> Vec<Reg> {
    let mut regs = Vec::new();
    for_each_unassigned(body, |reg, _| regs.push(reg));
    regs.arrange();
    regs.dedup();
    regs
}

fn for_each_unassigned(body: &Body, mut found: impl FnMut(Reg, Place)) {
    let order = reverse_postorder(body);
    let (index, n) = exposed(body, &order);
    if n == 0 {
        return;
    }
    let flow = solve(body, &order, &index, n);
    for &block in &order {
        report(body, block, &index, &flow, &mut found);
    }
}

/// Numbers the registers that are read in some block before it writes them.
pub(crate) fn exposed(body: &Body, order: &[Block]) -> (IndexVec<Reg, u32>, usize) {
    let mut index = IndexVec::from_elem(LOCAL, body.regs.len());
    let mut written = IndexVec::<Reg, u32>::from_elem(0, body.regs.len());
    let mut n = 0;
    for (i, &block) in order.iter().enumerate() {
        let stamp = i as u32 + 1;
        let mut read = |reg: Reg, written: &IndexVec<Reg, u32>| {
            if written[reg] != stamp && index[reg] == LOCAL {
                index[reg] = n;
                n += 1;
            }
        };
        for inst in &body.blocks[block].insts {
            inst.op.for_each_read(|reg| read(reg, &written));
            inst.op.for_each_write(|reg| written[reg] = stamp);
        }
        body.blocks[block].term.for_each_read(|reg| read(reg, &written));
    }
    (index, n as usize)
}

/// What is written at each block's start, as far as `index` numbers it.
fn solve(body: &Body, order: &[Block], index: &IndexVec<Reg, u32>, n: usize) -> BitMatrix {
    let mut entry = BitMatrix::new(body.blocks.len(), n);
    for &block in order {
        entry.fill(block.index());
    }
    entry.clear(Body::ENTRY.index());
    for &reg in &body.params {
        set(&mut entry, Body::ENTRY, index[reg]);
    }
    let mut row = BitMatrix::new(1, n);
    let mut changed = true;
    while changed {
        changed = false;
        for &block in order {
            let data = &body.blocks[block];
            row.copy_row_from(0, &entry, block.index());
            for inst in &data.insts {
                inst.op.for_each_write(|reg| set(&mut row, Block(0), index[reg]));
            }
            if let Term::Invoke { landing, .. } = data.term {
                changed |= entry.intersect_row_with(landing.index(), &row, 0);
            }
            data.term.for_each_write(|reg| set(&mut row, Block(0), index[reg]));
            let unwinding = if let Term::Invoke { landing, .. } = data.term { Some(landing) } else { None };
            data.term.for_each_succ(|to| {
                if Some(to) != unwinding {
                    changed |= entry.intersect_row_with(to.index(), &row, 0);
                }
            });
        }
    }
    entry
}

fn set(rows: &mut BitMatrix, block: Block, index: u32) {
    if index != LOCAL {
        rows.insert(block.index(), index as usize);
    }
}

fn report(
    body: &Body,
    block: Block,
    index: &IndexVec<Reg, u32>,
    flow: &BitMatrix,
    found: &mut impl FnMut(Reg, Place),
) {
    let data = &body.blocks[block];
    let mut row = BitMatrix::new(1, flow.columns());
    row.copy_row_from(0, flow, block.index());
    let mut read = |reg: Reg, at: usize, row: &BitMatrix| {
        if index[reg] != LOCAL && !row.contains(0, index[reg] as usize) {
            found(reg, Place { block: Some(block), inst: Some(at) });
        }
    };
    for (i, inst) in data.insts.iter().enumerate() {
        inst.op.for_each_read(|reg| read(reg, i, &row));
        inst.op.for_each_write(|reg| set(&mut row, Block(0), index[reg]));
    }
    data.term.for_each_read(|reg| read(reg, data.insts.len(), &row));
}
