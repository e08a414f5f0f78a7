//! Computes nothing twice: an operation whose result a dominating instruction has already given becomes a copy.
//!
//! Walks down the dominator tree with a table of what is available. Pure operations are available in all that their
//! block dominates; loads only as long as nothing may have written to their place, within a block and in blocks that
//! can only be entered from it. A stored value is available to later loads. Constants and addresses of data and
//! functions are left alone: a backend makes them anew for less than a register costs.

use super::edit::for_each_body;
use super::known::{Known, Mark};
use super::loads::{Loads, Place};
use crate::cfg::{Doms, Preds};
use crate::ir::*;
use crate::ops::{Effect, OpKind};
use rustc_hash::FxHashMap;

pub fn local_cse(module: &mut Module) {
    for_each_body(module, |module, _, body| eliminate(module, body));
}

/// An operation on values instead of registers. Operands are numbered by [`Cse::value`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    kind: OpKind,
    /// The operation and type, or a slot.
    detail: u32,
    operands: [u64; 3],
}

/// The register that holds a result, and its version when it did.
type Holder = (Reg, u32);

struct Cse<'a> {
    module: &'a Module,
    known: Known,
    table: FxHashMap<Key, Holder>,
    /// What the current subtree has put into the table, with what stood there before.
    log: Vec<(Key, Option<Holder>)>,
    constants: FxHashMap<(Ty, u128), u64>,
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
        known: Known::new(body, module.target.pointer_bytes),
        table: FxHashMap::default(),
        log: Vec::new(),
        constants: FxHashMap::default(),
    };
    let mut open = vec![cse.open(body, Body::ENTRY, Loads::new(body), true)];
    while let Some(top) = open.last_mut() {
        let Some(&child) = doms.children(top.block).get(top.next_child) else {
            cse.close(top);
            open.pop();
            continue;
        };
        top.next_child += 1;
        let inherits = preds.of(child).len() == 1;
        let mut loads = top.loads.clone();
        if !inherits {
            loads.forget_mutable();
        }
        open.push(cse.open(body, child, loads, inherits));
    }
}

impl Cse<'_> {
    fn open(&mut self, body: &mut Body, block: Block, mut loads: Loads, inherits: bool) -> Open {
        let open_log = self.log.len();
        let mark = self.known.enter(inherits);
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
                Some(holder) => self.table.insert(key, holder),
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
            self.wrote(op);
            return true;
        };
        if let Some(src) = self.holder(self.table.get(&key).copied()) {
            return self.replace(op, src);
        }
        self.wrote(op);
        if let Some(dst) = op.single_write() {
            let old = self.table.insert(key, (dst, self.known.version(dst)));
            self.log.push((key, old));
        }
        true
    }

    fn wrote(&mut self, op: &Op) {
        let operands = self.known.operands(op);
        op.for_each_write(|reg| self.known.write(reg));
        if let Op::Copy { dst, .. }
        | Op::Const { dst, .. }
        | Op::SlotAddr { dst, .. }
        | Op::DataAddr { dst, .. } = op
        {
            self.known.learn(*dst, op, operands);
        }
    }

    /// The register, if it still holds what it held.
    fn holder(&self, holder: Option<Holder>) -> Option<Reg> {
        holder.filter(|&(reg, version)| self.known.version(reg) == version).map(|(reg, _)| reg)
    }

    fn replace(&mut self, op: &mut Op, src: Reg) -> bool {
        let Some(dst) = op.single_write() else { return true };
        if dst == src {
            return false;
        }
        *op = Op::Copy { dst, src };
        self.wrote(op);
        true
    }

    /// A load or store, or an access of a global: a place whose contents may be known.
    fn place(&self, op: &Op) -> Option<Place> {
        let bytes = |ty: MemTy| ty.bytes(self.module.target.pointer_bytes);
        Some(match *op {
            Op::Load { ty, addr, offset, .. } | Op::Store { ty, addr, offset, .. } => {
                let base = (addr, self.known.version(addr));
                Place::memory(self.module, self.known.def(addr), base, offset, ty, bytes(ty))
            }
            Op::GlobalGet { global, .. } | Op::GlobalSet { global, .. } => Place::Global(global),
            _ => return None,
        })
    }

    fn access(&mut self, op: &mut Op, place: Place, loads: &mut Loads) -> bool {
        let held = self.holder(loads.get(place));
        match *op {
            Op::Store { value, .. } | Op::GlobalSet { src: value, .. } => {
                if held == Some(value) {
                    return false;
                }
                loads.write(place, (value, self.known.version(value)));
                true
            }
            _ => {
                if let Some(src) = held {
                    return self.replace(op, src);
                }
                // The address may be what is overwritten; then the place has changed its name.
                let single = op.single_write();
                self.wrote(op);
                if let Some(dst) = single {
                    loads.read(place, (dst, self.known.version(dst)));
                }
                true
            }
        }
    }

    /// A number that is equal for equal values: of the constant, or of the register and its version.
    fn value(&mut self, reg: Reg) -> u64 {
        let Some(value) = self.known.constant(reg) else {
            return u64::from(reg.0) << 32 | u64::from(self.known.version(reg));
        };
        let bits = match value {
            Imm::V128(bits) => bits,
            other => crate::eval::imm_bits(other, self.known.pointer_bytes).unwrap_or(0).into(),
        };
        let next = self.constants.len() as u64;
        1 << 63 | *self.constants.entry((value.ty(), bits)).or_insert(next)
    }

    fn key(&mut self, op: &Op) -> Option<Key> {
        let kind = OpKind::of(op);
        let key = |detail: u32, operands: [u64; 3]| Some(Key { kind, detail, operands });
        let pack = |op: u32, ty: Ty| op << 8 | ty as u32;
        match *op {
            Op::Bin { op, ty, a, b, .. } => {
                let (mut x, mut y) = (self.value(a), self.value(b));
                if op.is_commutative() && y < x {
                    (x, y) = (y, x);
                }
                key(pack(op as u32, ty), [x, y, 0])
            }
            Op::Cmp { mut op, ty, a, b, .. } => {
                let (mut x, mut y) = (self.value(a), self.value(b));
                if y < x {
                    (x, y, op) = (y, x, op.swapped());
                }
                key(pack(op as u32, ty), [x, y, 0])
            }
            Op::Un { op, ty, a, .. } => key(pack(op as u32, ty), [self.value(a), 0, 0]),
            Op::Conv { op, src, .. } => key(op as u32, [self.value(src), 0, 0]),
            Op::Select { ty, cond, a, b, .. } => {
                key(ty as u32, [self.value(cond), self.value(a), self.value(b)])
            }
            Op::SlotAddr { slot, .. } => key(slot.0, [0; 3]),
            _ => None,
        }
    }
}
