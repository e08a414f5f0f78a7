//! Computes nothing twice: an operation whose result a dominating instruction has already given becomes a copy.
//!
//! Walks down the dominator tree with a table of what is available. Pure operations are available in all that their
//! block dominates; loads only as long as nothing may have written to their place. Where paths meet, the blocks between
//! the dominator and the meeting point are searched for writes, a bounded number of them. A stored value is available
//! to later loads. Constants and addresses of data and functions are left alone: a backend makes them anew for less
//! than a register costs.

use super::edit::for_each_body;
use super::known::{Known, Mark, Val};
use super::loads::{Class, Loads, Place, Written};
use crate::cfg::{Doms, Preds};
use crate::ir::*;
use crate::ops::{Effect, OpKind};
use rustc_hash::FxHashMap;

pub fn local_cse(module: &mut Module) {
    for_each_body(module, |module, _, body| eliminate(module, body));
}

/// An operation on values instead of registers.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    kind: OpKind,
    /// The operation and type, or a slot.
    detail: u32,
    operands: [Val; 3],
}

struct Cse<'a> {
    module: &'a Module,
    known: Known,
    table: FxHashMap<Key, Val>,
    /// What the current subtree has put into the table, with what stood there before.
    log: Vec<(Key, Option<Val>)>,
}

/// A block on the path from the entry, whose children are being visited.
struct Open {
    block: Block,
    next_child: usize,
    mark: Mark,
    log: usize,
    loads: Loads,
}

pub(crate) fn eliminate(module: &Module, body: &mut Body) {
    let preds = Preds::new(body);
    let doms = Doms::new(body, &preds);
    let mut cse = Cse {
        module,
        known: Known::new(body, &doms, &preds, module.target.pointer_bytes),
        table: FxHashMap::default(),
        log: Vec::new(),
    };
    let mut open = vec![cse.open(body, Body::ENTRY, Loads::new(body))];
    while let Some(top) = open.last_mut() {
        let Some(&child) = doms.children(top.block).get(top.next_child) else {
            cse.close(top);
            open.pop();
            continue;
        };
        top.next_child += 1;
        let mut loads = top.loads.clone();
        if preds.of(child).len() > 1 {
            let between = effects_between(body, &preds, top.block, child);
            loads.forget(between.memory, between.writes_globals);
        }
        open.push(cse.open(body, child, loads));
    }
}

/// What may have happened since the dominator of a block.
#[derive(Clone, Copy, Default)]
struct Between {
    memory: Written,
    writes_globals: bool,
}

impl Between {
    const ANYTHING: Between = Between { memory: Written::Anything, writes_globals: true };

    fn note(&mut self, data: &BlockData) {
        for inst in &data.insts {
            match inst.op.effect() {
                Effect::WriteMemory => self.memory = self.memory.max(Written::by(&inst.op)),
                Effect::WriteGlobal => self.writes_globals = true,
                Effect::Call => *self = Between::ANYTHING,
                _ => {}
            }
        }
        if matches!(data.term, Term::Invoke { .. }) {
            *self = Between::ANYTHING;
        }
    }
}

/// Blocks that are searched for writes at a point where paths meet.
const BETWEEN_MAX: usize = 48;

/// The effects of all paths from behind `dominator` to the start of `block`, cycles through `block` included.
fn effects_between(body: &Body, preds: &Preds, dominator: Block, block: Block) -> Between {
    let mut seen = Vec::new();
    let mut work: Vec<Block> = preds.of(block).to_vec();
    let mut between = Between::default();
    while let Some(next) = work.pop() {
        if next == dominator || seen.contains(&next) {
            continue;
        }
        if seen.len() == BETWEEN_MAX {
            return Between::ANYTHING;
        }
        seen.push(next);
        between.note(&body.blocks[next]);
        work.extend_from_slice(preds.of(next));
    }
    between
}

impl Cse<'_> {
    fn open(&mut self, body: &mut Body, block: Block, mut loads: Loads) -> Open {
        let open_log = self.log.len();
        let mark = self.known.enter(block);
        let mut insts = std::mem::take(&mut body.blocks[block].insts);
        insts.retain_mut(|inst| self.inst(&mut inst.op, &mut loads));
        body.blocks[block].insts = insts;
        let term = &mut body.blocks[block].term;
        term.for_each_read_mut(|reg| *reg = self.known.root(*reg));
        if let Term::Invoke { .. } = term {
            loads.call();
        }
        term.for_each_write(|reg| self.known.write(reg));
        Open { block, next_child: 0, mark, log: open_log, loads }
    }

    fn close(&mut self, open: &Open) {
        for (key, old) in self.log.drain(open.log..).rev() {
            match old {
                Some(value) => self.table.insert(key, value),
                None => self.table.remove(&key),
            };
        }
        self.known.leave(&open.mark);
    }

    /// Whether the instruction stays; it may have become a copy.
    fn inst(&mut self, op: &mut Op, loads: &mut Loads) -> bool {
        op.for_each_read_mut(|reg| *reg = self.known.root(*reg));
        if let Some(place) = self.place(op) {
            return self.access(op, place, loads);
        }
        match op.effect() {
            Effect::Call => loads.call(),
            Effect::WriteMemory => loads.write_anywhere(op),
            _ => {}
        }
        let Some(key) = self.key(op) else {
            self.known.perform(op);
            return true;
        };
        if let Some(src) = self.table.get(&key).and_then(|value| self.known.holder(*value)) {
            return self.replace(op, src);
        }
        self.known.perform(op);
        if let Some(dst) = op.single_write() {
            let old = self.table.insert(key, self.known.value(dst));
            self.log.push((key, old));
        }
        true
    }

    fn replace(&mut self, op: &mut Op, src: Reg) -> bool {
        let Some(dst) = op.single_write() else { return true };
        if dst == src {
            return false;
        }
        *op = Op::Copy { dst, src };
        self.known.perform(op);
        true
    }

    /// A load or store, or an access of a global: a place whose contents may be known.
    fn place(&self, op: &Op) -> Option<Place> {
        let bytes = |ty: MemTy| ty.bytes(self.module.target.pointer_bytes);
        Some(match *op {
            Op::Load { ty, addr, offset, .. } | Op::Store { ty, addr, offset, .. } => {
                let base = self.known.value(addr);
                Place::memory(self.module, self.known.def(addr), base, offset, (ty, Class::of(op)), bytes(ty))
            }
            Op::GlobalGet { global, .. } | Op::GlobalSet { global, .. } => Place::Global(global),
            _ => return None,
        })
    }

    fn access(&mut self, op: &mut Op, place: Place, loads: &mut Loads) -> bool {
        let held = loads.get(place);
        match *op {
            Op::Store { value, .. } | Op::GlobalSet { src: value, .. } => {
                let value = self.known.value(value);
                if held == Some(value) {
                    return false;
                }
                loads.write(place, value);
                true
            }
            _ => {
                if let Some(value) = held {
                    if let Some(src) = self.known.holder(value) {
                        return self.replace(op, src);
                    }
                    if let (Some(value), Some(dst)) = (self.known.constant_of(value), op.single_write()) {
                        *op = Op::Const { dst, value };
                        self.known.perform(op);
                        return true;
                    }
                }
                self.known.perform(op);
                if let Some(dst) = op.single_write() {
                    loads.read(place, self.known.value(dst));
                }
                true
            }
        }
    }

    fn key(&self, op: &Op) -> Option<Key> {
        let kind = OpKind::of(op);
        let key = |detail: u32, operands: [Val; 3]| Some(Key { kind, detail, operands });
        const NONE: Val = Val(u32::MAX);
        let pack = |op: u32, ty: Ty| op << 8 | ty as u32;
        match *op {
            Op::Bin { op, ty, a, b, .. } => {
                let (mut x, mut y) = (self.known.value(a), self.known.value(b));
                if op.is_commutative() && y < x {
                    (x, y) = (y, x);
                }
                key(pack(op as u32, ty), [x, y, NONE])
            }
            Op::Cmp { mut op, ty, a, b, .. } => {
                let (mut x, mut y) = (self.known.value(a), self.known.value(b));
                if y < x {
                    (x, y, op) = (y, x, op.swapped());
                }
                key(pack(op as u32, ty), [x, y, NONE])
            }
            Op::Un { op, ty, a, .. } => key(pack(op as u32, ty), [self.known.value(a), NONE, NONE]),
            Op::Conv { op, src, .. } => key(op as u32, [self.known.value(src), NONE, NONE]),
            Op::Select { ty, cond, a, b, .. } => {
                key(ty as u32, [self.known.value(cond), self.known.value(a), self.known.value(b)])
            }
            Op::SlotAddr { slot, .. } => key(slot.0, [NONE; 3]),
            Op::Vector { op, imm, ref args, .. } => {
                let lane = match imm {
                    simd::Imm::None => 0,
                    simd::Imm::Lane(lane) => u32::from(lane),
                    // Too much for a key.
                    simd::Imm::Bytes(_) => return None,
                };
                let mut operands = [NONE; 3];
                for (operand, arg) in operands.iter_mut().zip(args) {
                    *operand = self.known.value(*arg);
                }
                if op.kind.is_commutative() && operands[1] < operands[0] {
                    operands.swap(0, 1);
                }
                key(lane << 16 | (op.kind as u32) << 8 | op.shape as u32, operands)
            }
            _ => None,
        }
    }
}
