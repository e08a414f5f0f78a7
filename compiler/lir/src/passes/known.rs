//! What is known about registers at a point of a walk down the dominator tree: the operation that gave a value, and
//! the range that a number lies in.
//!
//! A register with one definition keeps its value wherever it may be read. The others have versions: a write makes a
//! new one, and so does the start of a block with several predecessors, for all of them at once. A fact names the
//! versions of its register and of its operands, and holds while they are current. [`Known::enter`] and
//! [`Known::leave`] bracket the subtree of a block; what was learnt in it is undone.

use super::edit::Defs;
use crate::eval;
use crate::ir::*;
use entity::IndexVec;

/// How far operands are followed for a range; deep chains gain little.
const RANGE_DEPTH: u32 = 4;

#[derive(Clone, Debug)]
struct Fact {
    version: u32,
    op: Op,
    /// Of the operands, in the order of `for_each_read`.
    operands: [u32; 3],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub lo: i64,
    pub hi: i64,
}

impl Range {
    pub fn of(ty: Ty) -> Range {
        if ty == Ty::I32 {
            Range { lo: i32::MIN.into(), hi: i32::MAX.into() }
        } else {
            Range { lo: i64::MIN, hi: i64::MAX }
        }
    }

    fn new(lo: i64, hi: i64) -> Range {
        Range { lo, hi }
    }

    pub fn meet(self, other: Range) -> Range {
        Range { lo: self.lo.max(other.lo), hi: self.hi.min(other.hi) }
    }

    fn join(self, other: Range) -> Range {
        Range { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    pub fn is_within(self, other: Range) -> bool {
        other.lo <= self.lo && self.hi <= other.hi
    }
}

enum Undo {
    Version(Reg, u32),
    Fact(Reg, Option<Fact>),
    Range(Reg, Option<(u32, Range)>),
}

pub(crate) struct Known {
    defs: Defs,
    pub pointer_bytes: u32,
    versions: IndexVec<Reg, u32>,
    facts: IndexVec<Reg, Option<Fact>>,
    /// What branches have told.
    ranges: IndexVec<Reg, Option<(u32, Range)>>,
    clock: u32,
    block_start: u32,
    log: Vec<Undo>,
}

/// The state to return to.
pub(crate) struct Mark {
    log: usize,
    block_start: u32,
}

impl Known {
    pub fn new(body: &Body, pointer_bytes: u32) -> Known {
        Known {
            defs: Defs::new(body),
            pointer_bytes,
            versions: IndexVec::from_elem(0, body.regs.len()),
            facts: IndexVec::from_elem(None, body.regs.len()),
            ranges: IndexVec::from_elem(None, body.regs.len()),
            clock: 1,
            block_start: 1,
            log: Vec::new(),
        }
    }

    /// `inherits`: the only way into the block is from its parent in the tree.
    pub fn enter(&mut self, inherits: bool) -> Mark {
        let mark = Mark { log: self.log.len(), block_start: self.block_start };
        if !inherits {
            self.clock += 1;
            self.block_start = self.clock;
        }
        mark
    }

    pub fn leave(&mut self, mark: &Mark) {
        for undo in self.log.drain(mark.log..).rev() {
            match undo {
                Undo::Version(reg, version) => self.versions[reg] = version,
                Undo::Fact(reg, fact) => self.facts[reg] = fact,
                Undo::Range(reg, range) => self.ranges[reg] = range,
            }
        }
        self.block_start = mark.block_start;
    }

    /// Makes room for registers that the pass has added.
    pub fn grow(&mut self, n: usize) {
        while self.facts.len() < n {
            self.versions.push(0);
            self.facts.push(None);
            self.ranges.push(None);
        }
    }

    pub fn version(&self, reg: Reg) -> u32 {
        if self.defs.is_single(reg) { 0 } else { self.versions[reg].max(self.block_start) }
    }

    pub fn write(&mut self, reg: Reg) {
        if !self.defs.is_single(reg) {
            self.clock += 1;
            self.log.push(Undo::Version(reg, self.versions[reg]));
            self.versions[reg] = self.clock;
        }
    }

    /// The versions of what an instruction reads; to be asked for before its results are written.
    pub fn operands(&self, op: &Op) -> [u32; 3] {
        let (mut versions, mut n) = ([0; 3], 0);
        op.for_each_read(|reg| {
            if n < 3 {
                versions[n] = self.version(reg);
            }
            n += 1;
        });
        versions
    }

    /// Remembers that `dst`, just written, holds what the pure operation `op` gave.
    pub fn learn(&mut self, dst: Reg, op: &Op, operands: [u32; 3]) {
        let fact = Fact { version: self.version(dst), op: op.clone(), operands };
        let old = self.facts[dst].replace(fact);
        self.log.push(Undo::Fact(dst, old));
    }

    /// Remembers that a number lies in `range` from here on.
    pub fn learn_range(&mut self, reg: Reg, ty: Ty, range: Range) {
        let range = range.meet(self.range(reg, ty));
        if range.lo > range.hi {
            return; // This cannot be reached; nothing needs to be known.
        }
        let version = self.version(reg);
        let old = self.ranges[reg].replace((version, range));
        self.log.push(Undo::Range(reg, old));
    }

    /// The operation that gave the value of `reg`, while its operands still hold what they held.
    pub fn def(&self, reg: Reg) -> Option<&Op> {
        let fact = self.facts.get(reg)?.as_ref()?;
        (fact.version == self.version(reg) && self.operands(&fact.op) == fact.operands).then_some(&fact.op)
    }

    /// What `reg` is a copy of, or itself.
    pub fn root(&self, reg: Reg) -> Reg {
        // What is learnt has roots as operands already, so that one step does for most.
        let mut root = reg;
        for _ in 0..4 {
            match self.def(root) {
                Some(Op::Copy { src, .. }) => root = *src,
                _ => break,
            }
        }
        root
    }

    pub fn constant(&self, reg: Reg) -> Option<Imm> {
        match self.def(reg)? {
            Op::Const { value, .. } => Some(*value),
            _ => None,
        }
    }

    pub fn bits(&self, reg: Reg) -> Option<u64> {
        eval::imm_bits(self.constant(reg)?, self.pointer_bytes)
    }

    /// An integer or pointer constant, sign-extended from its width.
    pub fn int(&self, reg: Reg) -> Option<i64> {
        match self.constant(reg)? {
            Imm::I32(v) => Some(v.into()),
            Imm::I64(v) => Some(v),
            Imm::Ptr(v) if self.pointer_bytes == 8 => Some(v),
            Imm::Ptr(v) => Some((v as i32).into()),
            _ => None,
        }
    }

    /// Where an `I32` or `I64` lies, as a signed number.
    pub fn range(&self, reg: Reg, ty: Ty) -> Range {
        self.range_within(reg, ty, RANGE_DEPTH)
    }

    fn range_within(&self, reg: Reg, ty: Ty, depth: u32) -> Range {
        let mut range = Range::of(ty);
        if let Some((version, told)) = self.ranges[reg]
            && version == self.version(reg)
        {
            range = range.meet(told);
        }
        match self.def(reg) {
            Some(op) if depth > 0 => range.meet(self.range_of(op, ty, depth - 1)),
            _ => range,
        }
    }

    fn range_of(&self, op: &Op, ty: Ty, depth: u32) -> Range {
        let full = Range::of(ty);
        match *op {
            Op::Const { value: Imm::I32(v), .. } => Range::new(v.into(), v.into()),
            Op::Const { value: Imm::I64(v), .. } => Range::new(v, v),
            Op::Copy { src, .. } => self.range_within(src, ty, depth),
            Op::Cmp { .. } => Range::new(0, 1),
            Op::Load { ty, .. } => match ty {
                MemTy::I8 { signed: true } => Range::new(-0x80, 0x7f),
                MemTy::I8 { signed: false } => Range::new(0, 0xff),
                MemTy::I16 { signed: true } => Range::new(-0x8000, 0x7fff),
                MemTy::I16 { signed: false } => Range::new(0, 0xffff),
                _ => full,
            },
            Op::Conv { op: ConvOp::I32ToI64S, src, .. } => self.range_within(src, Ty::I32, depth),
            Op::Conv { op: ConvOp::I32ToI64U, src, .. } => {
                let range = self.range_within(src, Ty::I32, depth);
                if range.lo >= 0 { range } else { Range::new(0, u32::MAX.into()) }
            }
            Op::Conv { op: ConvOp::I64ToI32, src, .. } => {
                let range = self.range_within(src, Ty::I64, depth);
                if range.is_within(full) { range } else { full }
            }
            Op::Un { op, .. } => match op {
                UnOp::Clz | UnOp::Ctz | UnOp::Popcnt => Range::new(0, if ty == Ty::I32 { 32 } else { 64 }),
                UnOp::Extend8S => Range::new(-0x80, 0x7f),
                UnOp::Extend16S => Range::new(-0x8000, 0x7fff),
                UnOp::Extend32S => Range::of(Ty::I32),
                _ => full,
            },
            Op::Select { a, b, .. } => self.range_within(a, ty, depth).join(self.range_within(b, ty, depth)),
            Op::Bin { op, a, b, .. } if matches!(ty, Ty::I32 | Ty::I64) => {
                let (a, b) = (self.range_within(a, ty, depth), self.range_within(b, ty, depth));
                bin_range(op, ty, a, b)
            }
            _ => full,
        }
    }
}

fn bin_range(op: BinOp, ty: Ty, a: Range, b: Range) -> Range {
    let full = Range::of(ty);
    let width = if ty == Ty::I32 { 32 } else { 64 };
    let exact = match op {
        BinOp::Add | BinOp::Sub | BinOp::Mul => wide_range(op, a, b),
        BinOp::And if b.lo >= 0 => Some((0, b.hi.into())),
        BinOp::And if a.lo >= 0 => Some((0, a.hi.into())),
        BinOp::RemU if b.lo > 0 => Some((0, i128::from(b.hi) - 1)),
        BinOp::RemS if b.lo > 0 => {
            let max = i128::from(b.hi) - 1;
            Some((if a.lo >= 0 { 0 } else { -max }, max))
        }
        BinOp::DivU if a.lo >= 0 && b.lo > 0 => Some((0, a.hi.into())),
        BinOp::ShrU if b.lo == b.hi && (1..width).contains(&b.lo) => {
            let max = if a.lo >= 0 { i128::from(a.hi) } else { (1i128 << width) - 1 };
            Some((0, max >> b.lo))
        }
        BinOp::ShrS if b.lo == b.hi && (0..width).contains(&b.lo) => {
            Some(((a.lo >> b.lo).into(), (a.hi >> b.lo).into()))
        }
        _ => None,
    };
    match exact {
        Some((lo, hi)) if i128::from(full.lo) <= lo && hi <= i128::from(full.hi) => {
            Range::new(lo as i64, hi as i64)
        }
        _ => full,
    }
}

/// The exact range of a sum, difference or product, in wider arithmetic.
pub(crate) fn wide_range(op: BinOp, a: Range, b: Range) -> Option<(i128, i128)> {
    let [al, ah, bl, bh] = [a.lo, a.hi, b.lo, b.hi].map(i128::from);
    Some(match op {
        BinOp::Add => (al + bl, ah + bh),
        BinOp::Sub => (al - bh, ah - bl),
        BinOp::Mul => {
            let products = [al * bl, al * bh, ah * bl, ah * bh];
            let lo = products.iter().copied().min()?;
            (lo, products.iter().copied().max()?)
        }
        _ => return None,
    })
}
