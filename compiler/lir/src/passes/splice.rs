//! Copies a function's body into a caller, in place of one call.
//!
//! Registers, slots and blocks of the callee are appended to the caller's. Parameters are copied in before the body,
//! results behind each return. Below an invoke, what the callee throws goes to the invoke's landing block: its `throw`
//! jumps there, and its calls that may unwind become invokes. As nothing but invokes may enter a landing block, the
//! landing block is split: it keeps its place and jumps to a block with what it did, which the jumps enter too.

use super::edit::empty_block;
use crate::debug::VariablePlace;
use crate::ir::*;
use entity::Idx;
use syntax::{InlineTable, Span};

/// Where in a block the call is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Site {
    Inst(usize),
    /// The invoke at the block's end.
    Term,
}

pub(crate) struct Spliced {
    /// The block that has taken what stood behind a call; none behind an invoke.
    pub block: Option<Block>,
    /// Whether a panic of the callee now leaves the caller.
    pub unwinds: bool,
}

/// Replaces the call of `callee` at `site` in `block`. `callee` is another function, whose body is in `module`.
///
/// `table`, for `-g`: what is copied is marked as the callee's.
pub(crate) fn splice(
    module: &Module,
    table: Option<&mut InlineTable>,
    body: &mut Body,
    block: Block,
    site: Site,
    callee: FuncId,
) -> Spliced {
    let function = &module.funcs[callee];
    let Some(inner) = function.body() else { return Spliced { block: None, unwinds: false } };
    let data = &mut body.blocks[block];
    let (call, span, rest) = match site {
        Site::Inst(at) => {
            let behind = data.insts.split_off(at + 1);
            let span = data.insts[at].span;
            let term = std::mem::replace(&mut data.term, Term::Unreachable);
            let rest = BlockData { is_landing: false, insts: behind, term, term_span: data.term_span };
            (data.insts.pop().map(|inst| inst.op), span, Some(rest))
        }
        Site::Term => (None, data.term_span, None),
    };
    let (dsts, args, to, landing) = match (call, &mut data.term, rest) {
        (Some(Op::Call { dsts, args, .. }), _, Some(rest)) => (dsts, args, body.blocks.push(rest), None),
        (_, Term::Invoke { dsts, args, normal, landing, .. }, _) => {
            let (dsts, args) = (std::mem::take(dsts), std::mem::take(args));
            (dsts, args, *normal, Some(*landing))
        }
        _ => return Spliced { block: None, unwinds: false },
    };
    let landing = landing.map(|landing| (landing, split_landing(body, landing)));
    let marks = table.map(|table| Marks { func: table.func(&function.name, function.span), table, at: span });
    let mut copy = Copier::new(module, marks, body, inner, &dsts, to, landing);
    copy.params(block, inner, &args, span);
    copy.blocks(inner);
    let unwinds = landing.is_none() && function.may_unwind;
    Spliced { block: matches!(site, Site::Inst(_)).then_some(to), unwinds }
}

/// Moves what a landing block does to a block that jumps may enter, if that has not been done before.
fn split_landing(body: &mut Body, landing: Block) -> Block {
    let data = &mut body.blocks[landing];
    if let (true, Term::Jump(to)) = (data.insts.is_empty(), &data.term) {
        return *to;
    }
    let span = data.term_span;
    let mut inner = std::mem::replace(data, empty_block(Term::Unreachable, span));
    inner.is_landing = false;
    let to = body.blocks.push(inner);
    body.blocks[landing].is_landing = true;
    body.blocks[landing].term = Term::Jump(to);
    to
}

/// Marks spans as copied from a function.
struct Marks<'a> {
    table: &'a mut InlineTable,
    func: u32,
    at: Span,
}

struct Copier<'a> {
    module: &'a Module,
    marks: Option<Marks<'a>>,
    body: &'a mut Body,
    /// What is added to the callee's indices.
    first_reg: usize,
    first_slot: usize,
    first_block: usize,
    dsts: &'a [Reg],
    /// Where returns go.
    to: Block,
    /// The landing block for invokes, and the block behind it for jumps.
    landing: Option<(Block, Block)>,
}

impl<'a> Copier<'a> {
    fn new(
        module: &'a Module,
        marks: Option<Marks<'a>>,
        body: &'a mut Body,
        inner: &Body,
        dsts: &'a [Reg],
        to: Block,
        landing: Option<(Block, Block)>,
    ) -> Copier<'a> {
        let (first_reg, first_slot) = (body.regs.len(), body.slots.len());
        for ty in &inner.regs {
            body.regs.push(*ty);
        }
        for slot in &inner.slots {
            body.slots.push(slot.clone());
        }
        let names = inner.reg_names.iter();
        body.reg_names.extend(names.map(|(reg, name)| (Reg::new(reg.index() + first_reg), name.clone())));
        let readable = inner.readable.iter();
        body.readable.extend(readable.map(|(reg, bytes)| (Reg::new(reg.index() + first_reg), *bytes)));
        // Room for the copies; calls that become invokes add blocks behind them.
        let first_block = body.blocks.len();
        for data in &inner.blocks {
            body.blocks.push(empty_block(Term::Unreachable, data.term_span));
        }
        let mut copier =
            Copier { module, marks, body, first_reg, first_slot, first_block, dsts, to, landing };
        copier.variables(inner);
        copier
    }

    fn variables(&mut self, inner: &Body) {
        for variable in &inner.variables {
            let mut copy = variable.clone();
            copy.span = self.span(copy.span);
            copy.place.for_each_reg_mut(|reg| *reg = self.reg(*reg));
            if let VariablePlace::Slot(slot) = &mut copy.place {
                *slot = self.slot(*slot);
            }
            self.body.variables.push(copy);
        }
    }

    /// The span of a copy.
    fn span(&mut self, span: Span) -> Span {
        self.marks.as_mut().map_or(span, |marks| marks.table.mark(span, marks.func, marks.at))
    }

    fn slot(&self, slot: Slot) -> Slot {
        Slot::new(slot.index() + self.first_slot)
    }

    fn reg(&self, reg: Reg) -> Reg {
        Reg::new(reg.index() + self.first_reg)
    }

    fn block(&self, block: Block) -> Block {
        Block::new(block.index() + self.first_block)
    }

    fn params(&mut self, block: Block, inner: &Body, args: &[Reg], span: Span) {
        let entry = self.block(Body::ENTRY);
        for (param, src) in inner.params.iter().zip(args) {
            let op = Op::Copy { dst: self.reg(*param), src: *src };
            self.body.blocks[block].insts.push(Inst { op, span });
        }
        self.body.blocks[block].term = Term::Jump(entry);
    }

    fn blocks(&mut self, inner: &Body) {
        for (block, data) in inner.blocks.iter_enumerated() {
            let mut at = self.block(block);
            self.body.blocks[at].is_landing = data.is_landing;
            for inst in &data.insts {
                at = self.inst(at, inst);
            }
            self.term(at, &data.term, data.term_span);
        }
    }

    /// Appends a copy of an instruction; gives the block where things go on.
    fn inst(&mut self, at: Block, inst: &Inst) -> Block {
        let mut op = inst.op.clone();
        op.for_each_read_mut(|reg| *reg = self.reg(*reg));
        op.for_each_write_mut(|reg| *reg = self.reg(*reg));
        if let Op::SlotAddr { slot, .. } = &mut op {
            *slot = self.slot(*slot);
        }
        let span = self.span(inst.span);
        match (op, self.landing) {
            (Op::Call { dsts, callee, args }, Some((landing, _))) if self.may_unwind(&callee) => {
                let normal = self.body.blocks.push(empty_block(Term::Unreachable, span));
                self.body.blocks[at].term = Term::Invoke { dsts, callee, args, normal, landing };
                self.body.blocks[at].term_span = span;
                normal
            }
            (op, _) => {
                self.body.blocks[at].insts.push(Inst { op, span });
                at
            }
        }
    }

    fn may_unwind(&self, callee: &Callee) -> bool {
        match callee {
            Callee::Direct(func) => self.module.funcs[*func].may_unwind,
            Callee::Indirect { .. } => true,
        }
    }

    fn term(&mut self, at: Block, term: &Term, span: Span) {
        let span = self.span(span);
        let mut term = term.clone();
        term.for_each_read_mut(|reg| *reg = self.reg(*reg));
        term.for_each_write_mut(|reg| *reg = self.reg(*reg));
        term.for_each_succ_mut(|to| *to = self.block(*to));
        let term = match (term, self.landing) {
            (Term::Return(values), _) => {
                for (dst, src) in self.dsts.iter().zip(values) {
                    let op = Op::Copy { dst: *dst, src };
                    self.body.blocks[at].insts.push(Inst { op, span });
                }
                Term::Jump(self.to)
            }
            (Term::Throw, Some((_, to))) => Term::Jump(to),
            (term, _) => term,
        };
        self.body.blocks[at].term = term;
        self.body.blocks[at].term_span = span;
    }
}
