//! Moves out of loops what gives the same in every round.
//!
//! Loops are natural ones, taken inner before outer: an instruction moves one loop at a time, as far as it can. It goes
//! to the block from which alone the loop is entered; where there is none, one is made before all else. An instruction
//! moves if it is the only definition of its result, its operands do not change in the loop, and executing it once
//! more than before does no harm: it is pure, or a load that nothing in the loop writes to, and that every round executes
//! or that may be executed before the loop in any case: there as much of a header has been accessed on every way to it, or
//! as much may be read at all values of the register. It has one of them there: the loop does not write it and reads it.
//! Constants and addresses of data cost less in place than in a register; they move only along with what needs them.

use super::edit::{Defs, empty_block, for_each_body, remove_unreachable_blocks};
use super::loads::{Class, Written};
use super::simplify_cfg::skip_empty_blocks;
use crate::cfg::{Doms, Loop, Preds, natural_loops};
use crate::ir::*;
use crate::ops::Effect;
use entity::{Arrange, IndexVec};
use rustc_hash::FxHashMap;

pub fn licm(module: &mut Module) {
    for_each_body(module, |module, _, body| hoist(body, module.target.pointer_bytes));
}

fn hoist(body: &mut Body, pointer_bytes: u32) {
    let mut preds = Preds::new(body);
    let mut doms = Doms::new(body, &preds);
    let mut loops = natural_loops(&doms, &preds);
    if loops.is_empty() {
        return;
    }
    let added = add_preheaders(body, &loops, &doms, &preds);
    if added {
        preds = Preds::new(body);
        doms = Doms::new(body, &preds);
        loops = natural_loops(&doms, &preds);
    }
    let mut cx = Licm::new(body, &doms, pointer_bytes);
    for (i, a_loop) in loops.iter().enumerate() {
        cx.stamp = i as u32 + 1;
        if let Some(before) = preheader(body, a_loop, &doms, &preds) {
            cx.run(body, a_loop, before);
        }
    }
    if added {
        skip_empty_blocks(body);
        remove_unreachable_blocks(body);
    }
}

/// The predecessors of a loop's head that are not in the loop.
fn entries(a_loop: &Loop, doms: &Doms, preds: &Preds) -> Vec<Block> {
    let is_outside = |pred: &Block| doms.is_reachable(*pred) && !doms.dominates(a_loop.header, *pred);
    preds.of(a_loop.header).iter().copied().filter(is_outside).collect()
}

/// The only way into the loop, if it leads nowhere else.
fn preheader(body: &Body, a_loop: &Loop, doms: &Doms, preds: &Preds) -> Option<Block> {
    match entries(a_loop, doms, preds)[..] {
        [only] if body.blocks[only].term == Term::Jump(a_loop.header) => Some(only),
        _ => None,
    }
}

fn add_preheaders(body: &mut Body, loops: &[Loop], doms: &Doms, preds: &Preds) -> bool {
    let mut added = false;
    for a_loop in loops {
        let header = a_loop.header;
        if body.blocks[header].is_landing || preheader(body, a_loop, doms, preds).is_some() {
            continue;
        }
        let span = body.blocks[header].term_span;
        let before = body.blocks.push(empty_block(Term::Jump(header), span));
        for pred in entries(a_loop, doms, preds) {
            body.blocks[pred].term.for_each_succ_mut(|to| {
                if *to == header {
                    *to = before;
                }
            });
        }
        added = true;
    }
    added
}

/// A block and the index of an instruction.
type At = (Block, usize);

struct Licm<'a> {
    doms: &'a Doms,
    pointer_bytes: u32,
    defs: Defs,
    /// Where each register with one definition gets it; nowhere for parameters.
    def_block: IndexVec<Reg, Option<Block>>,
    /// Where headers at addresses with one definition are accessed, and at which offset. Memory that has been there stays.
    headers: FxHashMap<Reg, Vec<(Block, u32)>>,
    readable: FxHashMap<Reg, u32>,
    /// Distinguishes the marks of this loop from those of the loops before.
    stamp: u32,
    inside: IndexVec<Block, u32>,
    /// Registers of several definitions that the loop writes.
    changing: IndexVec<Reg, u32>,
    moved: IndexVec<Reg, u32>,
    /// Results of instructions that move only if they are needed.
    cheap: IndexVec<Reg, Option<(u32, At)>>,
}

/// What a loop does that keeps things from moving.
#[derive(Default)]
struct Facts {
    memory: Written,
    calls: bool,
    globals_written: Vec<GlobalId>,
    /// Blocks that lead out of the loop or back to its head.
    ends: Vec<Block>,
}

impl<'a> Licm<'a> {
    fn new(body: &Body, doms: &'a Doms, pointer_bytes: u32) -> Licm<'a> {
        let n = body.regs.len();
        let mut def_block = IndexVec::from_elem(None, n);
        let mut headers: FxHashMap<Reg, Vec<(Block, u32)>> = FxHashMap::default();
        for (block, data) in body.blocks.iter_enumerated() {
            for inst in &data.insts {
                if let Some((addr, offset)) = header_access(&inst.op) {
                    headers.entry(addr).or_default().push((block, offset));
                }
                inst.op.for_each_write(|reg| def_block[reg] = Some(block));
            }
            data.term.for_each_write(|reg| def_block[reg] = Some(block));
        }
        Licm {
            doms,
            pointer_bytes,
            defs: Defs::new(body),
            def_block,
            headers,
            readable: body.readable.iter().copied().collect(),
            stamp: 0,
            inside: IndexVec::from_elem(0, body.blocks.len()),
            changing: IndexVec::from_elem(0, n),
            moved: IndexVec::from_elem(0, n),
            cheap: IndexVec::from_elem(None, n),
        }
    }

    fn run(&mut self, body: &mut Body, a_loop: &Loop, before: Block) {
        let facts = self.facts(body, a_loop);
        let moved = self.movable(body, a_loop, before, &facts);
        for &(block, at) in &moved {
            let inst = body.blocks[block].insts[at].clone();
            inst.op.for_each_write(|reg| self.def_block[reg] = Some(before));
            body.blocks[before].insts.push(inst);
        }
        remove_all(body, moved);
    }

    fn facts(&mut self, body: &Body, a_loop: &Loop) -> Facts {
        let mut facts = Facts::default();
        for &block in &a_loop.blocks {
            self.inside[block] = self.stamp;
        }
        for &block in &a_loop.blocks {
            let data = &body.blocks[block];
            for inst in &data.insts {
                facts.note(&inst.op);
                inst.op.for_each_write(|reg| self.note_write(reg));
            }
            data.term.for_each_write(|reg| self.note_write(reg));
            facts.calls |= matches!(data.term, Term::Invoke { .. });
            let mut ends = matches!(data.term, Term::Return(_) | Term::Throw | Term::Unreachable);
            data.term.for_each_succ(|to| ends |= self.inside[to] != self.stamp || to == a_loop.header);
            if ends {
                facts.ends.push(block);
            }
        }
        facts
    }

    fn note_write(&mut self, reg: Reg) {
        if !self.defs.is_single(reg) {
            self.changing[reg] = self.stamp;
        }
    }

    /// Instructions to move, each behind those it needs.
    fn movable(&mut self, body: &Body, a_loop: &Loop, before: Block, facts: &Facts) -> Vec<At> {
        let mut moved = Vec::new();
        // A dominator comes before what it dominates, and so a definition before its uses.
        let mut blocks = a_loop.blocks.clone();
        blocks.arrange_by_key(|block| self.doms.rank(*block));
        for block in blocks {
            let data = &body.blocks[block];
            // What is executed once, at the end, gains nothing.
            let is_last = matches!(data.term, Term::Unreachable | Term::Throw);
            for (at, inst) in data.insts.iter().enumerate() {
                let Some(dst) = inst.op.single_write().filter(|dst| self.defs.is_single(*dst)) else {
                    continue;
                };
                if is_cheap(&inst.op) {
                    self.cheap[dst] = Some((self.stamp, (block, at)));
                } else if !is_last
                    && self.may_move(&inst.op, block, before, facts)
                    && self.operands_stay(&inst.op)
                {
                    inst.op.for_each_read(|reg| self.take_along(reg, &mut moved));
                    self.moved[dst] = self.stamp;
                    moved.push((block, at));
                }
            }
        }
        moved
    }

    fn may_move(&self, op: &Op, block: Block, before: Block, facts: &Facts) -> bool {
        match (op, op.effect()) {
            (Op::Copy { .. }, _) => false,
            (_, Effect::Pure) => true,
            (Op::GlobalGet { global, .. }, _) => !facts.calls && !facts.globals_written.contains(global),
            (Op::Load { .. }, _) => {
                let every_round = || facts.ends.iter().all(|end| self.doms.dominates(block, *end));
                !facts.calls
                    && Class::of(op).survives(facts.memory)
                    && (self.was_accessed(op, before) || self.is_readable(op) || every_round())
            }
            _ => false,
        }
    }

    /// Whether the header that is read was accessed before, up to where it is read or beyond, whichever way led there.
    fn was_accessed(&self, op: &Op, before: Block) -> bool {
        let Some((addr, offset)) = header_access(op).filter(|(addr, _)| self.defs.is_single(*addr)) else {
            return false;
        };
        let accesses = self.headers.get(&addr).into_iter().flatten();
        accesses.into_iter().any(|&(block, other)| other >= offset && self.doms.dominates(block, before))
    }

    /// Whether what is read may be read at any time, by what its address is.
    fn is_readable(&self, op: &Op) -> bool {
        let &Op::Load { ty, addr, offset, .. } = op else { return false };
        let bytes = ty.bytes(self.pointer_bytes);
        offset.checked_add(bytes).is_some_and(|end| self.readable.get(&addr).is_some_and(|have| end <= *have))
    }

    fn operands_stay(&self, op: &Op) -> bool {
        let mut stay = true;
        op.for_each_read(|reg| {
            let changes = if self.defs.is_single(reg) {
                self.def_block[reg].is_some_and(|block| self.inside[block] == self.stamp)
            } else {
                self.changing[reg] == self.stamp
            };
            stay &= !changes || self.moved[reg] == self.stamp || self.cheap_at(reg).is_some();
        });
        stay
    }

    fn cheap_at(&self, reg: Reg) -> Option<At> {
        self.cheap[reg].filter(|(stamp, _)| *stamp == self.stamp).map(|(_, at)| at)
    }

    /// Moves what makes a constant, unless that has moved already or stands outside.
    fn take_along(&mut self, reg: Reg, moved: &mut Vec<At>) {
        if self.moved[reg] == self.stamp {
            return;
        }
        if let Some(at) = self.cheap_at(reg) {
            self.moved[reg] = self.stamp;
            moved.push(at);
        }
    }
}

impl Facts {
    fn note(&mut self, op: &Op) {
        match op.effect() {
            Effect::WriteMemory => self.memory = self.memory.max(Written::by(op)),
            Effect::Call => self.calls = true,
            Effect::WriteGlobal => {
                if let Op::GlobalSet { global, .. } = op {
                    self.globals_written.push(*global);
                }
            }
            Effect::Pure | Effect::Partial | Effect::ReadMemory | Effect::ReadGlobal => {}
        }
    }
}

/// The address and the offset of an access to a cell's header.
fn header_access(op: &Op) -> Option<(Reg, u32)> {
    match *op {
        Op::Load { addr, offset, region: Region::Header, .. }
        | Op::Store { addr, offset, region: Region::Header, .. } => Some((addr, offset)),
        _ => None,
    }
}

fn is_cheap(op: &Op) -> bool {
    matches!(op, Op::Const { .. } | Op::DataAddr { .. } | Op::FuncAddr { .. } | Op::SlotAddr { .. })
}

fn remove_all(body: &mut Body, mut places: Vec<At>) {
    places.arrange();
    let mut rest = &places[..];
    while let Some(&(block, _)) = rest.first() {
        let n = rest.partition_point(|(other, _)| *other == block);
        let mut gone = rest[..n].iter().map(|(_, at)| *at).peekable();
        let mut at = 0;
        body.blocks[block].insts.retain(|_| {
            let goes = gone.next_if_eq(&at).is_some();
            at += 1;
            !goes
        });
        rest = &rest[n..];
    }
}
