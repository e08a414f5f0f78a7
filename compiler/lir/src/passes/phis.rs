//! Where registers of several definitions get a new value because paths meet: at these blocks SSA form has its phis.
//!
//! Cytron et al.: Efficiently Computing Static Single Assignment Form. All such registers get their phis, whether they
//! are live there or not: a pass that finds an old value in a register may read it where nothing read it before.

use crate::cfg::{Doms, Preds};
use crate::ir::*;
use entity::IndexVec;

use super::edit::Defs;

/// For each block the registers whose value depends on the way by which it was entered.
pub(crate) fn phi_places(body: &Body, doms: &Doms, preds: &Preds, defs: &Defs) -> IndexVec<Block, Vec<Reg>> {
    let mut places = IndexVec::from_elem(Vec::new(), body.blocks.len());
    let mut def_blocks: Vec<(Reg, Vec<Block>)> = Vec::new();
    let mut index = IndexVec::<Reg, Option<usize>>::from_elem(None, body.regs.len());
    for &block in &doms.order {
        let mut note = |reg: Reg| {
            if !defs.is_single(reg) {
                let i = *index[reg].get_or_insert_with(|| {
                    def_blocks.push((reg, Vec::new()));
                    def_blocks.len() - 1
                });
                if def_blocks[i].1.last() != Some(&block) {
                    def_blocks[i].1.push(block);
                }
            }
        };
        if block == Body::ENTRY {
            body.params.iter().for_each(|&reg| note(reg));
        }
        body.blocks[block].insts.iter().for_each(|inst| inst.op.for_each_write(&mut note));
        body.blocks[block].term.for_each_write(&mut note);
    }
    if def_blocks.is_empty() {
        return places;
    }
    let frontiers = frontiers(body, doms, preds);
    let mut seen = IndexVec::<Block, u32>::from_elem(u32::MAX, body.blocks.len());
    for (i, (reg, mut work)) in def_blocks.into_iter().enumerate() {
        while let Some(block) = work.pop() {
            for &join in &frontiers[block] {
                if seen[join] != i as u32 {
                    seen[join] = i as u32;
                    places[join].push(reg);
                    work.push(join);
                }
            }
        }
    }
    places
}

/// For each block those that it does not dominate but of which it dominates a predecessor.
fn frontiers(body: &Body, doms: &Doms, preds: &Preds) -> IndexVec<Block, Vec<Block>> {
    let mut frontiers = IndexVec::<Block, Vec<Block>>::from_elem(Vec::new(), body.blocks.len());
    for &block in &doms.order {
        let preds = preds.of(block);
        if preds.len() < 2 {
            continue;
        }
        for &pred in preds.iter().filter(|pred| doms.is_reachable(**pred)) {
            let mut runner = pred;
            while Some(runner) != doms.idom(block) {
                if frontiers[runner].last() != Some(&block) {
                    frontiers[runner].push(block);
                }
                match doms.idom(runner) {
                    Some(up) => runner = up,
                    None => break,
                }
            }
        }
    }
    frontiers
}
