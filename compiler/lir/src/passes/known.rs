//! What is known about registers at a point of a walk down the dominator tree.
//!
//! A register holds a *value*: a number that is equal for two registers, or for one at two points, only if they hold
//! the same bits. A write gives a register a new value, a copy that of its source, a constant always the same one; so
//! does the start of a block where different values meet. About a value it is known which operation gave it and where
//! it lies as a signed number; branches narrow that for the blocks behind them. [`Known::enter`] and [`Known::leave`]
//! bracket the subtree of a block: what was learnt in it is undone.
//!
//! Where a branch gives a register the smaller of two values, it is at most both of them, and so is what is compared with it.
//!
//! Results of an invoke count as written on both edges. On the unwinding one the register holds its old bits under the
//! new value, about which nothing is known.

use super::choices::{Choice, find_choices};
use super::edit::Defs;
use super::phis::phi_places;
use super::range::{Range, range_of};
use crate::cfg::{Doms, Preds};
use crate::eval;
use crate::ir::*;
use entity::{IndexVec, entity};
use rustc_hash::FxHashMap;

entity! {
    /// What a register holds.
    pub struct Val = "v";
}

struct Value {
    /// A pure operation, with the values of its operands in the order of `for_each_read`.
    op: Option<(Op, [Val; 3])>,
    range: Range,
    /// A register that held it; others may.
    leader: Reg,
}

/// A comparison of two values.
type Question = (CmpOp, Val, Val);

enum Undo {
    Holds(Reg, Val),
    Range(Val, Range),
    Decided(Question, Option<bool>),
}

pub(crate) struct Known {
    pub pointer_bytes: u32,
    tys: IndexVec<Reg, Ty>,
    holds: IndexVec<Reg, Val>,
    values: IndexVec<Val, Value>,
    constants: FxHashMap<(Ty, u128), Val>,
    phis: IndexVec<Block, Vec<Reg>>,
    choices: IndexVec<Block, Vec<Choice>>,
    /// What a value is at most, which holds wherever there is the value.
    at_most: FxHashMap<Val, Vec<Val>>,
    /// Comparisons whose answer branches have told.
    decided: FxHashMap<Question, bool>,
    log: Vec<Undo>,
}

/// The state to return to.
pub(crate) struct Mark(usize);

impl Known {
    pub fn new(body: &Body, doms: &Doms, preds: &Preds, pointer_bytes: u32) -> Known {
        let defs = Defs::new(body);
        let phis = phi_places(body, doms, preds, &defs);
        let choices = find_choices(body, doms, preds, &defs, &phis);
        let mut known = Known {
            pointer_bytes,
            tys: IndexVec::new(),
            holds: IndexVec::new(),
            values: IndexVec::new(),
            constants: FxHashMap::default(),
            phis,
            choices,
            at_most: FxHashMap::default(),
            decided: FxHashMap::default(),
            log: Vec::new(),
        };
        body.regs.iter().for_each(|ty| known.add_reg(*ty));
        known
    }

    /// Makes room for a register that the pass has added.
    pub fn add_reg(&mut self, ty: Ty) {
        let leader = self.tys.push(ty);
        let value = self.values.push(Value { op: None, range: Range::of(ty), leader });
        self.holds.push(value);
    }

    pub fn enter(&mut self, block: Block) -> Mark {
        let mark = Mark(self.log.len());
        let choices = std::mem::take(&mut self.choices[block]);
        let bounds: Vec<(Reg, Vec<Val>)> =
            choices.iter().map(|choice| (choice.dst, self.bounds(choice))).collect();
        for reg in std::mem::take(&mut self.phis[block]) {
            self.write(reg);
        }
        for (reg, bounds) in bounds.into_iter().filter(|(_, bounds)| !bounds.is_empty()) {
            let value = self.holds[reg];
            bounds.iter().for_each(|bound| self.decide_values(CmpOp::LeS, value, *bound));
            self.at_most.insert(value, bounds);
        }
        mark
    }

    /// The values that the result of a choice is at most, whichever way was taken.
    fn bounds(&self, choice: &Choice) -> Vec<Val> {
        let Some((Op::Cmp { op, .. }, [x, y, _])) = &self.values[self.holds[choice.cond]].op else {
            return Vec::new();
        };
        let Some(opposite) = op.negated() else { return Vec::new() };
        let is_at_most = |op: CmpOp, a: Val, b: Val| {
            let knows = |op: CmpOp| implied(op).contains(&(CmpOp::LeS, true));
            a == b || (a, b) == (*x, *y) && knows(op) || (a, b) == (*y, *x) && knows(op.swapped())
        };
        let (then, else_) = (self.holds[choice.then], self.holds[choice.else_]);
        let both = [then, else_].into_iter();
        both.filter(|to| is_at_most(*op, then, *to) && is_at_most(opposite, else_, *to)).collect()
    }

    pub fn leave(&mut self, mark: &Mark) {
        for undo in self.log.drain(mark.0..).rev() {
            match undo {
                Undo::Holds(reg, value) => self.holds[reg] = value,
                Undo::Range(value, range) => self.values[value].range = range,
                Undo::Decided(question, Some(answer)) => {
                    self.decided.insert(question, answer);
                }
                Undo::Decided(question, None) => {
                    self.decided.remove(&question);
                }
            }
        }
    }

    pub fn value(&self, reg: Reg) -> Val {
        self.holds[reg]
    }

    fn hold(&mut self, reg: Reg, value: Val) {
        let old = std::mem::replace(&mut self.holds[reg], value);
        self.log.push(Undo::Holds(reg, old));
    }

    /// Gives a register a value that nothing is known about.
    pub fn write(&mut self, reg: Reg) {
        let value = self.values.push(Value { op: None, range: Range::of(self.tys[reg]), leader: reg });
        self.hold(reg, value);
    }

    /// Performs an instruction: its results get their values.
    pub fn perform(&mut self, op: &Op) {
        match *op {
            Op::Copy { dst, src } => self.hold(dst, self.holds[src]),
            Op::Const { dst, value } => {
                let value = self.constant_value(dst, value);
                self.hold(dst, value);
            }
            ref op => {
                let operands = self.operands(op);
                let range = range_of(op, self.pointer_bytes, |reg| self.range(reg));
                op.for_each_write(|dst| self.write(dst));
                if let Some(dst) = op.single_write().filter(|_| is_learnable(op)) {
                    let value = &mut self.values[self.holds[dst]];
                    value.op = Some((op.clone(), operands));
                    value.range = range.meet(value.range);
                }
            }
        }
    }

    /// Says that `reg` holds what the pure operation `op` gives as well, which is easier to reason about.
    pub fn describe(&mut self, reg: Reg, op: Op, operands: [Val; 3]) {
        self.values[self.holds[reg]].op = Some((op, operands));
    }

    pub fn operands(&self, op: &Op) -> [Val; 3] {
        let (mut values, mut n) = ([Val(0); 3], 0);
        op.for_each_read(|reg| {
            if n < 3 {
                values[n] = self.holds[reg];
            }
            n += 1;
        });
        values
    }

    fn constant_value(&mut self, leader: Reg, imm: Imm) -> Val {
        let bits = match imm {
            Imm::V128(bits) => bits,
            other => eval::imm_bits(other, self.pointer_bytes).unwrap_or(0).into(),
        };
        if let Some(value) = self.constants.get(&(imm.ty(), bits)) {
            return *value;
        }
        let op = Op::Const { dst: leader, value: imm };
        let range = range_of(&op, self.pointer_bytes, |_| Range::of(Ty::I64));
        let value = self.values.push(Value { op: Some((op, [Val(0); 3])), range, leader });
        self.constants.insert((imm.ty(), bits), value);
        value
    }

    /// A number lies in `range` from here on.
    pub fn learn_range(&mut self, reg: Reg, range: Range) {
        let value = self.holds[reg];
        let old = self.values[value].range;
        let new = old.meet(range);
        // An empty range says that this cannot be reached; nothing needs to be known then.
        if new.lo <= new.hi && new != old {
            self.values[value].range = new;
            self.log.push(Undo::Range(value, old));
        }
    }

    /// `a op b` is true from here on, and what follows from that.
    pub fn decide(&mut self, op: CmpOp, a: Reg, b: Reg) {
        let (a, b) = (self.holds[a], self.holds[b]);
        self.decide_values(op, a, b);
        let (less, a, b) = match op {
            CmpOp::GtS | CmpOp::GeS => (op.swapped(), b, a),
            op => (op, a, b),
        };
        if matches!(less, CmpOp::LtS | CmpOp::LeS) {
            let bounds = self.at_most.get(&b).cloned().unwrap_or_default();
            bounds.into_iter().for_each(|bound| self.decide_values(less, a, bound));
        }
    }

    fn decide_values(&mut self, op: CmpOp, a: Val, b: Val) {
        for &(other, answer) in implied(op) {
            for question in [(other, a, b), (other.swapped(), b, a)] {
                let old = self.decided.insert(question, answer);
                self.log.push(Undo::Decided(question, old));
            }
        }
    }

    /// Whether `a op b`, if a branch has told.
    pub fn decided(&self, op: CmpOp, a: Reg, b: Reg) -> Option<bool> {
        self.decided_of_values(op, self.holds[a], self.holds[b])
    }

    pub fn decided_of_values(&self, op: CmpOp, a: Val, b: Val) -> Option<bool> {
        self.decided.get(&(op, a, b)).copied()
    }

    /// Where an `I32` or `I64` lies, as a signed number.
    pub fn range(&self, reg: Reg) -> Range {
        self.range_of_value(self.holds[reg])
    }

    pub fn range_of_value(&self, value: Val) -> Range {
        self.values[value].range
    }

    /// The value and the constant whose sum a register holds, whether or not a register still holds the value.
    pub fn sum(&self, reg: Reg) -> Option<(Val, i64)> {
        match &self.values[self.holds[reg]].op {
            Some((Op::Bin { op: BinOp::Add, .. }, [x, c, _])) => Some((*x, self.int_of(*c)?)),
            _ => None,
        }
    }

    /// The operation that gave the value of `reg`, if its operands still hold what they held.
    pub fn def(&self, reg: Reg) -> Option<&Op> {
        let (op, operands) = self.values[self.holds[reg]].op.as_ref()?;
        (self.operands(op) == *operands).then_some(op)
    }

    /// A register that holds `value`, other than as a constant, which is made anew instead.
    pub fn holder(&self, value: Val) -> Option<Reg> {
        let leader = self.values[value].leader;
        (self.holds[leader] == value && !self.is_constant(value)).then_some(leader)
    }

    fn is_constant(&self, value: Val) -> bool {
        matches!(self.values[value].op, Some((Op::Const { .. }, _)))
    }

    /// The register to read instead of `reg`: always the same one for a value, as long as that holds it.
    pub fn root(&mut self, reg: Reg) -> Reg {
        let value = self.holds[reg];
        if self.is_constant(value) {
            return reg;
        }
        let leader = self.values[value].leader;
        if self.holds[leader] == value {
            return leader;
        }
        self.values[value].leader = reg;
        reg
    }

    pub fn constant(&self, reg: Reg) -> Option<Imm> {
        self.constant_of(self.holds[reg])
    }

    pub fn constant_of(&self, value: Val) -> Option<Imm> {
        match self.values[value].op {
            Some((Op::Const { value, .. }, _)) => Some(value),
            _ => None,
        }
    }

    pub fn bits(&self, reg: Reg) -> Option<u64> {
        eval::imm_bits(self.constant(reg)?, self.pointer_bytes)
    }

    /// An integer or pointer constant, sign-extended from its width.
    pub fn int(&self, reg: Reg) -> Option<i64> {
        self.int_of(self.holds[reg])
    }

    fn int_of(&self, value: Val) -> Option<i64> {
        match self.constant_of(value)? {
            Imm::I32(v) => Some(v.into()),
            Imm::I64(v) => Some(v),
            Imm::Ptr(v) if self.pointer_bytes == 8 => Some(v),
            Imm::Ptr(v) => Some((v as i32).into()),
            _ => None,
        }
    }
}

/// Operations that say what their result is as long as their operands hold what they held. Of a narrow load this is
/// at least how large its result is, which stays true when memory changes.
fn is_learnable(op: &Op) -> bool {
    match op {
        Op::Load { ty, .. } => matches!(ty, MemTy::I8 { .. } | MemTy::I16 { .. }),
        Op::Call { .. } | Op::BinOvf { .. } => false,
        op => matches!(op.effect(), crate::ops::Effect::Pure | crate::ops::Effect::Partial),
    }
}

/// Answers that follow from an integer comparison that is true.
fn implied(op: CmpOp) -> &'static [(CmpOp, bool)] {
    use CmpOp::*;
    match op {
        Eq => &[
            (Eq, true),
            (Ne, false),
            (LtS, false),
            (LtU, false),
            (LeS, true),
            (LeU, true),
            (GtS, false),
            (GtU, false),
            (GeS, true),
            (GeU, true),
        ],
        Ne => &[(Ne, true), (Eq, false)],
        LtS => &[(LtS, true), (LeS, true), (Ne, true), (GeS, false), (GtS, false), (Eq, false)],
        LtU => &[(LtU, true), (LeU, true), (Ne, true), (GeU, false), (GtU, false), (Eq, false)],
        GtS => &[(GtS, true), (GeS, true), (Ne, true), (LeS, false), (LtS, false), (Eq, false)],
        GtU => &[(GtU, true), (GeU, true), (Ne, true), (LeU, false), (LtU, false), (Eq, false)],
        LeS => &[(LeS, true), (GtS, false)],
        LeU => &[(LeU, true), (GtU, false)],
        GeS => &[(GeS, true), (LtS, false)],
        GeU => &[(GeU, true), (LtU, false)],
        FEq | FNe | FLt | FLe | FGt | FGe => &[],
    }
}
