//! Local rewriting to shorter instructions: comparisons with zero, negated conditions, offsets of memory accesses,
//! copies; then what nobody uses is removed.
//!
//! A rule may look through the definition of an operand if that has only one, and if the operands found there still have
//! the same value: they do if they are fixed, or in the same block with no definition in between.
//!
//! Moving an addition into an access' offset is not the same when the sum wraps around. It is done for the frame's
//! address, and for additions of less than the null guard: had such a sum wrapped, the access would have been to an
//! invalid address. That also holds for `(p + c) + i`, which becomes `p + i` with offset `c`.

use entity::IndexVec;

use crate::code::Code;
use crate::defs::Defs;
use crate::layout::NULL_GUARD;
use crate::wir::{B, Const, ENTRY, Func, Inst, List, MemArg, Op, Term, Throws, V, Vt};

pub fn simplify(func: &mut Func, ptr: Vt) {
    let zero = make_zero(func, ptr);
    // Copies that the first round looked through count as uses until they are removed.
    for _ in 0..2 {
        let defs = Defs::of(func);
        let written = IndexVec::from_elem((u32::MAX, 0), func.vals.len());
        let postponed = IndexVec::from_elem(0, func.vals.len());
        let in_addresses = uses_in_addresses(func, &defs);
        let mut cx = Simplify { func, defs, written, postponed, in_addresses, block: ENTRY, at: 0, zero };
        for block in cx.func.blocks.indices() {
            cx.block(block);
        }
        cx.add_postponed();
        remove_unused(func, Some(zero));
    }
    remove_unused(func, None);
}

fn uses_in_addresses(func: &Func, defs: &Defs) -> IndexVec<V, u32> {
    let mut uses = defs.n_addr_uses.clone();
    for inst in func.blocks.iter().flat_map(|block| &block.insts) {
        if !matches!(inst.op, Op::Num(Code::I32Add | Code::I64Add)) {
            continue;
        }
        let sum = func.item(inst.dsts, 0);
        if defs.is_fixed(sum) && defs.n_addr_uses[sum] == defs.n_uses[sum] {
            func.get(inst.args).iter().for_each(|&arg| uses[arg] += 1);
        }
    }
    uses
}

/// A zero of the pointer's type at the function's start; removed in the end if nobody wants it.
fn make_zero(func: &mut Func, ptr: Vt) -> V {
    let zero = func.new_val(ptr);
    let dsts = func.list([zero]);
    let (op, args) = (Op::Const(Const::of_int(ptr, 0)), List::default());
    let inst = Inst { op, args, dsts, throws: Throws::Never, span: syntax::Span::DUMMY };
    func.blocks[ENTRY].insts.insert(0, inst);
    zero
}

struct Simplify<'f> {
    func: &'f mut Func,
    defs: Defs,
    /// Block and position behind the last definition seen in that block.
    written: IndexVec<V, (u32, u32)>,
    /// What is no longer part of an address but has to be added by all accesses that use it.
    postponed: IndexVec<V, u64>,
    /// How many of a value's uses are in addresses, as one or as a part of a sum that is nothing else: where these are all, what
    /// the value adds to another can be added by the accesses.
    in_addresses: IndexVec<V, u32>,
    block: B,
    at: u32,
    /// The constant zero of the pointer's type.
    zero: V,
}

impl Simplify<'_> {
    fn block(&mut self, id: B) {
        self.block = id;
        for at in 0..self.func.blocks[id].insts.len() {
            self.at = at as u32;
            let inst = self.func.blocks[id].insts[at];
            self.forward_copies(inst.args);
            let inst = self.inst(inst);
            self.func.blocks[id].insts[at] = inst;
            for item in inst.dsts.range() {
                self.written[self.func.pool[item]] = (id.0, at as u32);
            }
        }
        self.at = self.func.blocks[id].insts.len() as u32;
        self.forward_copies(self.func.term_args(id));
        self.branch(id);
    }

    /// The instruction that defines `value`, if what it computed from can be read here too.
    fn source(&self, value: V) -> Option<Inst> {
        let site = self.defs.site[value]?;
        let inst = self.func.blocks[site.0].insts[site.1 as usize];
        let same = |&arg: &V| self.defs.is_fixed(arg) || self.is_unwritten_since(arg, site);
        self.func.get(inst.args).iter().all(same).then_some(inst)
    }

    fn is_unwritten_since(&self, value: V, (block, at): (B, u32)) -> bool {
        let (last_block, last_at) = self.written[value];
        block == self.block && at < self.at && (last_block != block.0 || last_at < at)
    }

    fn source_code(&self, value: V) -> Option<(Code, Inst)> {
        let inst = self.source(value)?;
        match inst.op {
            Op::Num(code) => Some((code, inst)),
            _ => None,
        }
    }

    fn constant(&self, value: V) -> Option<Const> {
        self.defs.constant(self.func, value)
    }

    fn int(&self, value: V) -> Option<i64> {
        self.constant(value).and_then(Const::int)
    }

    fn arg(&self, inst: Inst, n: u32) -> V {
        self.func.item(inst.args, n)
    }

    /// Changes what an operand reads, and the counts.
    fn set_arg(&mut self, list: List, n: u32, value: V) {
        let item = &mut self.func.pool[(list.start + n) as usize];
        self.defs.n_uses[*item] -= 1;
        self.defs.n_uses[value] += 1;
        *item = value;
    }

    /// Reads what a copy reads in place of the copy.
    fn forward_copies(&mut self, list: List) {
        for n in 0..list.len {
            while let Some(inst) = self.source(self.func.item(list, n)) {
                if inst.op != Op::Copy || inst.args == list {
                    break;
                }
                self.set_arg(list, n, self.arg(inst, 0));
            }
        }
    }

    fn inst(&mut self, inst: Inst) -> Inst {
        match inst.op {
            Op::Num(code) => self.num(inst, code),
            Op::Select => self.select(inst),
            Op::Load(code, arg) => self.access(inst, arg, |arg| Op::Load(code, arg)),
            Op::Store(code, arg) => self.access(inst, arg, |arg| Op::Store(code, arg)),
            Op::Atomic(code, arg) => self.access(inst, arg, |arg| Op::Atomic(code, arg)),
            _ => inst,
        }
    }

    fn num(&mut self, inst: Inst, code: Code) -> Inst {
        match code {
            Code::I32Eq => self.eqz(inst, Code::I32Eqz),
            Code::I64Eq => self.eqz(inst, Code::I64Eqz),
            Code::I32Add | Code::I64Add => {
                let inst = self.add_zero(inst, code);
                self.postpone_constant(inst);
                inst
            }
            Code::I32Sub | Code::I64Sub => self.add_zero(inst, code),
            Code::I32WrapI64 => self.wrap(inst),
            Code::I32Ne => self.test_of_test(inst),
            _ => inst,
        }
    }

    /// Drops all operands but the `n`th.
    fn keep_arg(&mut self, inst: Inst, op: Op, n: u32) -> Inst {
        for other in (0..inst.args.len).filter(|&other| other != n) {
            let dropped = self.arg(inst, other);
            self.defs.n_uses[dropped] -= 1;
        }
        Inst { op, args: List { start: inst.args.start + n, len: 1 }, ..inst }
    }

    fn eqz(&mut self, inst: Inst, eqz: Code) -> Inst {
        let zero = (0..2).find(|&n| self.int(self.arg(inst, n)) == Some(0));
        let Some(zero) = zero else { return inst };
        let inst = self.keep_arg(inst, Op::Num(eqz), 1 - zero);
        self.negate_comparison(inst).unwrap_or(inst)
    }

    /// `eqz` of a comparison that nobody else wants is the opposite comparison.
    fn negate_comparison(&mut self, inst: Inst) -> Option<Inst> {
        let cond = self.arg(inst, 0);
        let (code, source) = self.source_code(cond)?;
        let negated = code.negated()?;
        if self.defs.n_uses[cond] != 1 {
            return None;
        }
        let args = self.func.get(source.args).to_vec();
        args.iter().for_each(|&arg| self.defs.n_uses[arg] += 1);
        self.defs.n_uses[cond] -= 1;
        Some(Inst { op: Op::Num(negated), args: self.func.list(args), ..inst })
    }

    fn add_zero(&mut self, inst: Inst, code: Code) -> Inst {
        let commutes = matches!(code, Code::I32Add | Code::I64Add);
        if self.int(self.arg(inst, 1)) == Some(0) {
            self.keep_arg(inst, Op::Copy, 0)
        } else if commutes && self.int(self.arg(inst, 0)) == Some(0) {
            self.keep_arg(inst, Op::Copy, 1)
        } else {
            inst
        }
    }

    /// `(p + c) + i`, if it is an address and nothing else: leaves out `c`.
    fn postpone_constant(&mut self, inst: Inst) {
        let dst = self.func.item(inst.dsts, 0);
        let only_addresses = self.defs.n_addr_uses[dst] == self.defs.n_uses[dst] && self.defs.is_fixed(dst);
        if !only_addresses || inst.args.len != 2 || self.postponed[dst] != 0 {
            return;
        }
        for n in 0..2 {
            let (sum, other) = (self.arg(inst, n), self.arg(inst, 1 - n));
            if !self.is_in_addresses_only(sum) || self.int(other).is_some() {
                continue;
            }
            if let Some((base, more)) = self.sum_with_constant(sum).filter(|&(_, more)| more < NULL_GUARD) {
                self.set_arg(inst.args, n, base);
                self.postponed[dst] = more;
                return;
            }
        }
    }

    /// As many as there were when the round began: those that were rewritten since do not read the value any more.
    fn is_in_addresses_only(&self, value: V) -> bool {
        self.in_addresses[value] >= self.defs.n_uses[value]
    }

    fn add_postponed(&mut self) {
        let (pool, postponed) = (&self.func.pool, &self.postponed);
        for inst in self.func.blocks.iter_mut().flat_map(|block| &mut block.insts) {
            if let Op::Load(_, arg) | Op::Store(_, arg) | Op::Atomic(_, arg) = &mut inst.op {
                arg.offset += postponed[pool[inst.args.start as usize]];
            }
        }
    }

    fn wrap(&mut self, inst: Inst) -> Inst {
        match self.source_code(self.arg(inst, 0)) {
            Some((Code::I64ExtendI32S | Code::I64ExtendI32U, source)) => {
                self.set_arg(inst.args, 0, self.arg(source, 0));
                Inst { op: Op::Copy, ..inst }
            }
            _ => inst,
        }
    }

    /// A comparison's result is 0 or 1, so that testing it against zero changes nothing.
    fn test_of_test(&mut self, inst: Inst) -> Inst {
        let is_test = self.source_code(self.arg(inst, 0)).is_some_and(|(code, _)| code.is_test());
        if is_test && self.int(self.arg(inst, 1)) == Some(0) {
            self.keep_arg(inst, Op::Copy, 0)
        } else {
            inst
        }
    }

    fn select(&mut self, inst: Inst) -> Inst {
        let cond = List { start: inst.args.start + 2, len: 1 };
        if self.condition(cond) {
            self.func.pool.swap(inst.args.start as usize, inst.args.start as usize + 1);
        }
        inst
    }

    fn branch(&mut self, id: B) {
        let Term::Branch { cond, .. } = self.func.blocks[id].term else { return };
        if self.condition(cond)
            && let Term::Branch { then, else_, .. } = &mut self.func.blocks[id].term
        {
            std::mem::swap(then, else_);
        }
    }

    /// Strips tests that the consumer of a condition makes anyway. Returns whether the condition is now the opposite.
    fn condition(&mut self, cond: List) -> bool {
        let mut is_opposite = false;
        while let Some((code, source)) = self.source_code(self.func.item(cond, 0)) {
            match code {
                Code::I32Eqz => is_opposite = !is_opposite,
                Code::I32Ne if self.int(self.arg(source, 1)) == Some(0) => {}
                _ => break,
            }
            self.set_arg(cond, 0, self.arg(source, 0));
        }
        is_opposite ^ self.test_wide(cond)
    }

    /// `x != 0` of 64 bits, wanted by one consumer, becomes `eqz x` and the opposite.
    fn test_wide(&mut self, cond: List) -> bool {
        let value = self.func.item(cond, 0);
        let Some((Code::I64Ne, source)) = self.source_code(value) else { return false };
        if self.defs.n_uses[value] != 1 || self.int(self.arg(source, 1)) != Some(0) {
            return false;
        }
        let (block, at) = self.defs.site[value].expect("a source has a site");
        let eqz = self.keep_arg(source, Op::Num(Code::I64Eqz), 0);
        self.func.blocks[block].insts[at as usize] = eqz;
        true
    }

    fn access(&mut self, inst: Inst, mut arg: MemArg, op: impl Fn(MemArg) -> Op) -> Inst {
        while let Some((base, more)) = self.split_address(self.arg(inst, 0)) {
            let Some(offset) = arg.offset.checked_add(more).filter(|&it| self.fits_offset(it)) else { break };
            arg.offset = offset;
            let addr = self.arg(inst, 0);
            self.defs.n_addr_uses[addr] = self.defs.n_addr_uses[addr].saturating_sub(1);
            self.defs.n_addr_uses[base] += 1;
            self.set_arg(inst.args, 0, base);
            self.forward_copies(List { len: 1, ..inst.args });
        }
        Inst { op: op(arg), ..inst }
    }

    fn fits_offset(&self, offset: u64) -> bool {
        self.func.vals[self.zero] == Vt::I64 || offset <= u32::MAX.into()
    }

    /// An address as another one and a constant, where that is no less.
    fn split_address(&self, addr: V) -> Option<(V, u64)> {
        match self.constant(addr) {
            Some(Const::I32(n)) => return (n != 0).then_some((self.zero, u64::from(n as u32))),
            Some(Const::I64(n)) => return (n != 0).then_some((self.zero, n as u64)),
            _ => {}
        }
        let (base, constant) = self.sum_with_constant(addr)?;
        // What is no longer part of the sum goes along with the rest of it.
        let more = constant.checked_add(self.postponed[addr])?;
        let is_frame = self.func.frame.is_some_and(|frame| self.func.item(frame.base, 0) == base);
        (is_frame || (more < NULL_GUARD && self.is_in_addresses_only(addr))).then_some((base, more))
    }

    fn sum_with_constant(&self, value: V) -> Option<(V, u64)> {
        let (Code::I32Add | Code::I64Add, source) = self.source_code(value)? else { return None };
        let known = (0..2).find(|&n| self.int(self.arg(source, n)).is_some())?;
        let more = u64::try_from(self.int(self.arg(source, known))?).ok()?;
        Some((self.arg(source, 1 - known), more))
    }
}

/// Removes instructions without effect whose results nobody reads, but for the one that defines `kept`.
fn remove_unused(func: &mut Func, kept: Option<V>) {
    let mut n_uses = Defs::of(func).n_uses;
    if let Some(kept) = kept {
        n_uses[kept] += 1;
    }
    let mut changed = true;
    while changed {
        changed = false;
        let pool = &func.pool;
        for block in func.blocks.iter_mut().rev() {
            let before = block.insts.len();
            let mut kept: Vec<Inst> = Vec::with_capacity(before);
            for &inst in block.insts.iter().rev() {
                let wanted = pool[inst.dsts.range()].iter().any(|&dst| n_uses[dst] > 0);
                if wanted || inst.op.effects().needed {
                    kept.push(inst);
                } else {
                    pool[inst.args.range()].iter().for_each(|&arg| n_uses[arg] -= 1);
                }
            }
            kept.reverse();
            changed |= kept.len() != before;
            block.insts = kept;
        }
    }
}
