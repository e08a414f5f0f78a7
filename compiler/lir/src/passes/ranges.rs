//! Live ranges as pieces of a numbering of instructions, in the order of the blocks.
//!
//! An instruction at number `n` reads at `n` and writes at `n + 1`; a piece is half-open, so that a register that ends
//! where another begins may share its place. Results that nobody reads are live for one number all the same.
//! All blocks must be reachable.

use super::liveness::Liveness;
use crate::bits::BitMatrix;
use crate::ir::*;
use entity::IndexVec;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Piece {
    pub start: u32,
    pub end: u32,
}

pub struct LiveRanges {
    pieces: IndexVec<Reg, Vec<Piece>>,
    copies: IndexVec<Reg, Vec<Reg>>,
    is_local: IndexVec<Reg, bool>,
    pub n_reads: IndexVec<Reg, u32>,
    pub n_writes: IndexVec<Reg, u32>,
}

impl LiveRanges {
    pub fn new(body: &Body) -> LiveRanges {
        let live = Liveness::new(body);
        let n = body.regs.len();
        let mut builder = Builder {
            ranges: LiveRanges {
                pieces: IndexVec::from_elem(Vec::new(), n),
                copies: IndexVec::from_elem(Vec::new(), n),
                is_local: live.index.iter().map(|&i| i == crate::assigned::LOCAL).collect(),
                n_reads: IndexVec::from_elem(0, n),
                n_writes: IndexVec::from_elem(0, n),
            },
            ends: IndexVec::from_elem(None, n),
        };
        builder.run(body, &live);
        builder.ranges
    }

    /// Ascending, without overlaps.
    pub fn pieces(&self, reg: Reg) -> &[Piece] {
        &self.pieces[reg]
    }

    /// Registers that this one is copied to or from.
    pub fn copies(&self, reg: Reg) -> &[Reg] {
        &self.copies[reg]
    }

    /// Whether no block reads it before writing it.
    pub fn is_local(&self, reg: Reg) -> bool {
        self.is_local[reg]
    }
}

struct Builder {
    ranges: LiveRanges,
    /// Walking backward: where the current piece of each live register ends.
    ends: IndexVec<Reg, Option<u32>>,
}

impl Builder {
    /// Blocks and instructions are walked backward, so that pieces come out in descending order.
    fn run(&mut self, body: &Body, live: &Liveness) {
        let mut end: u32 = body.blocks.iter().map(|block| 2 * (block.insts.len() as u32 + 2)).sum();
        let mut row = BitMatrix::new(1, live.n_regs());
        for (block, data) in body.blocks.iter_enumerated().rev() {
            let start = end - 2 * (data.insts.len() as u32 + 2);
            live.live_out(body, block, &mut row);
            let out: Vec<Reg> = row.iter(0).map(|i| live.regs[i]).collect();
            out.iter().for_each(|&reg| self.ends[reg] = Some(end));
            self.block(data, end);
            // What is still live is live at the start.
            for reg in live.live_in(block).chain(out) {
                self.finish(reg, start);
            }
            if block == Body::ENTRY {
                for &param in &body.params {
                    self.ranges.n_writes[param] += 1;
                    self.define(param, start);
                }
            }
            end = start;
        }
        for pieces in self.ranges.pieces.iter_mut() {
            pieces.reverse();
            join_adjacent(pieces);
        }
    }

    fn block(&mut self, data: &BlockData, end: u32) {
        let mut at = end - 2;
        data.term.for_each_write(|reg| {
            self.ranges.n_writes[reg] += 1;
            // Written on the normal edge only: what is live already is the old value, which the landing needs.
            if self.ends[reg].is_none() {
                self.ends[reg] = Some(end);
                self.finish(reg, at + 1);
            }
        });
        data.term.for_each_read(|reg| self.read(reg, at));
        for inst in data.insts.iter().rev() {
            at -= 2;
            inst.op.for_each_write(|reg| {
                self.ranges.n_writes[reg] += 1;
                self.define(reg, at + 1);
            });
            inst.op.for_each_read(|reg| self.read(reg, at));
            if let Op::Copy { dst, src } = inst.op {
                self.ranges.copies[dst].push(src);
                self.ranges.copies[src].push(dst);
            }
        }
    }

    fn read(&mut self, reg: Reg, at: u32) {
        self.ranges.n_reads[reg] += 1;
        self.ends[reg].get_or_insert(at + 1);
    }

    /// A write at `start` begins the piece; one that nobody reads is live for a moment.
    fn define(&mut self, reg: Reg, start: u32) {
        self.ends[reg].get_or_insert(start + 1);
        self.finish(reg, start);
    }

    fn finish(&mut self, reg: Reg, start: u32) {
        if let Some(end) = self.ends[reg].take() {
            self.ranges.pieces[reg].push(Piece { start, end });
        }
    }
}

fn join_adjacent(pieces: &mut Vec<Piece>) {
    pieces.dedup_by(|next, last| {
        let joined = next.start <= last.end;
        if joined {
            last.end = last.end.max(next.end);
        }
        joined
    });
}
