//! Removes instructions whose results are never read and that do nothing else.
//!
//! First what no effect depends on, however it depends on itself (a counter that is only counted); then writes that
//! are overwritten before they are read, and slots that nothing mentions any more. Divisions and loads go too: their failures are undefined, not behaviour.

use super::edit::{for_each_body, remove_unused_regs};
use super::liveness::Liveness;
use crate::assigned::LOCAL;
use crate::bits::BitMatrix;
use crate::debug::VariablePlace;
use crate::ir::*;
use crate::ops::Effect;
use entity::{Arrange, IndexVec};

pub fn dead_code(module: &mut Module) {
    for_each_body(module, |_, _, body| {
        remove_dead(body);
        remove_unused_slots(body);
        remove_unused_regs(body);
    });
}

pub(crate) fn remove_dead(body: &mut Body) {
    remove_unneeded(body);
    remove_overwritten(body);
}

fn remove_unused_slots(body: &mut Body) {
    let mut used = IndexVec::<Slot, bool>::from_elem(false, body.slots.len());
    for inst in body.blocks.iter().flat_map(|block| &block.insts) {
        if let Op::SlotAddr { slot, .. } = inst.op {
            used[slot] = true;
        }
    }
    if used.iter().all(|used| *used) {
        return;
    }
    let mut new = IndexVec::<Slot, Slot>::from_elem(Slot(0), used.len());
    let mut slots = IndexVec::new();
    for slot in used.indices().filter(|slot| used[*slot]) {
        new[slot] = slots.push(body.slots[slot].clone());
    }
    body.slots = slots;
    for inst in body.blocks.iter_mut().flat_map(|block| &mut block.insts) {
        if let Op::SlotAddr { slot, .. } = &mut inst.op {
            *slot = new[*slot];
        }
    }
    body.variables.retain_mut(|variable| match &mut variable.place {
        VariablePlace::Slot(slot) => {
            let is_used = used[*slot];
            *slot = new[*slot];
            is_used
        }
        _ => true,
    });
}

/// Whether an instruction may go when nobody reads its results.
fn is_removable(op: &Op) -> bool {
    match op.effect() {
        Effect::Pure | Effect::Partial | Effect::ReadMemory | Effect::ReadGlobal => true,
        Effect::WriteMemory | Effect::WriteGlobal | Effect::Call => false,
    }
}

fn remove_unneeded(body: &mut Body) {
    let needed = needed_regs(body);
    for block in body.blocks.iter_mut() {
        block.insts.retain(|inst| {
            let mut keep = !is_removable(&inst.op);
            inst.op.for_each_write(|reg| keep |= needed[reg]);
            keep && !matches!(inst.op, Op::Copy { dst, src } if dst == src)
        });
    }
}

/// Registers that something with an effect reads, directly or through other instructions.
fn needed_regs(body: &Body) -> IndexVec<Reg, bool> {
    let mut needed = IndexVec::<Reg, bool>::from_elem(false, body.regs.len());
    let mut work = Vec::new();
    let mut need = |reg: Reg, work: &mut Vec<Reg>| {
        if !std::mem::replace(&mut needed[reg], true) {
            work.push(reg);
        }
    };
    let sources = sources(body);
    for block in &body.blocks {
        for inst in block.insts.iter().filter(|inst| !is_removable(&inst.op)) {
            inst.op.for_each_read(|reg| need(reg, &mut work));
        }
        block.term.for_each_read(|reg| need(reg, &mut work));
    }
    while let Some(reg) = work.pop() {
        for &(_, source) in sources_of(&sources, reg) {
            need(source, &mut work);
        }
    }
    needed
}

/// For each result of a removable instruction, what that instruction reads; sorted by result.
fn sources(body: &Body) -> Vec<(Reg, Reg)> {
    let mut sources = Vec::new();
    for inst in body.blocks.iter().flat_map(|block| &block.insts).filter(|inst| is_removable(&inst.op)) {
        inst.op.for_each_write(|dst| inst.op.for_each_read(|src| sources.push((dst, src))));
    }
    sources.arrange();
    sources.dedup();
    sources
}

fn sources_of(sources: &[(Reg, Reg)], reg: Reg) -> &[(Reg, Reg)] {
    let start = sources.partition_point(|&(dst, _)| dst < reg);
    let len = sources[start..].partition_point(|&(dst, _)| dst == reg);
    &sources[start..start + len]
}

fn remove_overwritten(body: &mut Body) {
    let live = Liveness::new(body);
    let mut row = BitMatrix::new(1, live.n_regs());
    // Registers of one block only: when they were last read, counted in blocks.
    let mut read_in = IndexVec::<Reg, u32>::from_elem(0, body.regs.len());
    for (n, block) in body.blocks.indices().enumerate() {
        let stamp = n as u32 + 1;
        live.live_out(body, block, &mut row);
        let data = &mut body.blocks[block];
        data.term.for_each_read(|reg| {
            live.set(&mut row, reg);
            read_in[reg] = stamp;
        });
        let mut insts = std::mem::take(&mut data.insts);
        insts.reverse();
        insts.retain(|inst| {
            let mut is_read = false;
            inst.op.for_each_write(|reg| is_read |= is_live(&live, &row, &read_in, reg, stamp));
            if !is_read && is_removable(&inst.op) {
                return false;
            }
            inst.op.for_each_write(|reg| {
                live.unset(&mut row, reg);
                read_in[reg] = 0;
            });
            inst.op.for_each_read(|reg| {
                live.set(&mut row, reg);
                read_in[reg] = stamp;
            });
            true
        });
        insts.reverse();
        data.insts = insts;
    }
}

fn is_live(live: &Liveness, row: &BitMatrix, read_in: &IndexVec<Reg, u32>, reg: Reg, stamp: u32) -> bool {
    match live.index[reg] {
        LOCAL => read_in[reg] == stamp,
        i => row.contains(0, i as usize),
    }
}
