//! Lets registers that are never needed at the same time share one, so that a function has fewer locals.
//!
//! Live ranges are lists of pieces of a numbering of all instructions. Registers are taken in the order in which they
//! become live, and get the first register of their type whose pieces do not overlap theirs; one that they are copied
//! from or to is tried first, which makes the copy disappear. Registers that are written and read once within a block,
//! and not copied, are left alone: a stack machine needs no local for most of them.

use super::edit::{for_each_body, for_each_reg_mut, remove_unreachable_blocks, remove_unused_regs};
use super::ranges::{LiveRanges, Piece};
use crate::ir::*;
use entity::{Arrange, IndexVec};
use std::collections::BTreeMap;

/// Candidates that are tried for one register: bounds the work where nothing fits.
const TRIES_MAX: usize = 48;

pub fn coalesce(module: &mut Module) {
    for_each_body(module, |_, _, body| {
        remove_unreachable_blocks(body);
        let shared = share_registers(body, |ranges, reg| !is_temporary(ranges, reg));
        apply(body, &shared);
    });
}

/// Written once and read once, in the same block: no local is needed where instructions nest.
fn is_temporary(ranges: &LiveRanges, reg: Reg) -> bool {
    let is_once = ranges.n_writes[reg] == 1 && ranges.n_reads[reg] <= 1;
    is_once && ranges.is_local(reg) && ranges.copies(reg).is_empty()
}

/// For each register the one that it may share. `wanted` tells the registers that need a place at all; a backend that
/// keeps others on a stack asks for its own. All blocks must be reachable.
pub fn share_registers(body: &Body, wanted: impl Fn(&LiveRanges, Reg) -> bool) -> IndexVec<Reg, Reg> {
    let ranges = LiveRanges::new(body);
    let mut order: Vec<Reg> = body.regs.indices().filter(|&reg| wanted(&ranges, reg)).collect();
    order.arrange_by_key(|&reg| (ranges.pieces(reg).first().map_or(u32::MAX, |piece| piece.start), reg));
    let mut sharing = Sharing {
        body,
        ranges: &ranges,
        to: body.regs.indices().collect(),
        is_placed: IndexVec::from_elem(false, body.regs.len()),
        hosts: Vec::new(),
        of_ty: Default::default(),
        host_of: IndexVec::from_elem(None, body.regs.len()),
    };
    // Parameters are places from the start, all of them live together.
    for &param in &body.params {
        sharing.place(param, None);
    }
    for reg in order {
        if !sharing.is_placed[reg] {
            let host = sharing.find_host(reg);
            sharing.place(reg, host);
        }
    }
    sharing.to
}

/// A register that others may share, with the pieces that are taken.
struct Host {
    reg: Reg,
    taken: BTreeMap<u32, u32>,
}

struct Sharing<'a> {
    body: &'a Body,
    ranges: &'a LiveRanges,
    to: IndexVec<Reg, Reg>,
    is_placed: IndexVec<Reg, bool>,
    hosts: Vec<Host>,
    /// Hosts by their type.
    of_ty: [Vec<usize>; Ty::ALL.len()],
    /// The index of the host of each placed register.
    host_of: IndexVec<Reg, Option<usize>>,
}

impl Sharing<'_> {
    fn find_host(&self, reg: Reg) -> Option<usize> {
        let pieces = self.ranges.pieces(reg);
        let copies = self.ranges.copies(reg).iter().filter_map(|&other| self.host_of[other]);
        // The latest hosts are the likeliest to be near.
        let others = self.of_ty[self.body.regs[reg] as usize].iter().rev().copied();
        copies.chain(others).take(TRIES_MAX).find(|&i| self.hosts[i].is_free(pieces))
    }

    fn place(&mut self, reg: Reg, host: Option<usize>) {
        let host = host.unwrap_or_else(|| {
            self.hosts.push(Host { reg, taken: BTreeMap::new() });
            self.of_ty[self.body.regs[reg] as usize].push(self.hosts.len() - 1);
            self.hosts.len() - 1
        });
        for piece in self.ranges.pieces(reg) {
            self.hosts[host].take(*piece);
        }
        self.host_of[reg] = Some(host);
        self.is_placed[reg] = true;
        self.to[reg] = self.hosts[host].reg;
    }
}

impl Host {
    fn is_free(&self, pieces: &[Piece]) -> bool {
        pieces.iter().all(|piece| {
            // The last taken piece that begins before this one ends must end before it begins.
            self.taken.range(..piece.end).next_back().is_none_or(|(_, &end)| end <= piece.start)
        })
    }

    fn take(&mut self, piece: Piece) {
        let end = self.taken.entry(piece.start).or_insert(piece.end);
        *end = (*end).max(piece.end);
    }
}

fn apply(body: &mut Body, to: &IndexVec<Reg, Reg>) {
    for_each_reg_mut(body, |reg| *reg = to[*reg]);
    for block in body.blocks.iter_mut() {
        block.insts.retain(|inst| !matches!(inst.op, Op::Copy { dst, src } if dst == src));
    }
    // What holds of one guest need not hold of the others.
    body.readable.clear();
    // A shared register has no one name.
    body.reg_names.retain(|(reg, _)| to[*reg] == *reg);
    let mut n_guests = IndexVec::<Reg, u32>::from_elem(0, body.regs.len());
    to.iter().for_each(|&host| n_guests[host] += 1);
    body.keep_variables_of(|reg| n_guests[to[reg]] == 1);
    remove_unused_regs(body);
}
