//! Panics without exceptions: a function that a panic can leave gives back, before its results, an `I32` of 0, or 1 if it
//! panicked; its callers test it and go on to their landing, or leave in the same way.
//!
//! All functions whose address is taken do so, and all indirect calls expect it, because the signature alone must tell. Direct
//! calls of functions that no panic leaves are not tested. Exports keep their signatures: what they throw, they throw on to the
//! outside. What is left has no `Invoke` and no landing block, and no other `Throw`.

use super::edit::{empty_block, put_body, take_body};
use super::may_unwind::address_taken;
use crate::ir::*;
use entity::{Idx, IndexVec};
use syntax::Span;

/// What is known of the functions afterwards.
#[derive(Clone, Debug)]
pub struct Told {
    /// The first result tells of a panic.
    pub tells: IndexVec<FuncId, bool>,
    /// It always tells of one: the function does nothing but panic.
    pub panics: IndexVec<FuncId, bool>,
}

pub fn unwind_by_result(module: &mut Module) -> Told {
    let inner = module.funcs.len();
    keep_outer_signatures(module);
    let taken = address_taken(module);
    let tells: IndexVec<FuncId, bool> = module
        .funcs
        .iter_enumerated()
        .map(|(id, func)| {
            let unwinds = func.may_unwind && id.index() < inner;
            func.body().is_some() && (unwinds || taken[id])
        })
        .collect();
    let unwinds: IndexVec<FuncId, bool> = module.funcs.iter().map(|func| func.may_unwind).collect();
    let panics = tells.indices().map(|id| tells[id] && unwinds[id] && never_returns(&module.funcs[id]));
    let told = Told { panics: panics.collect(), tells };
    for func in module.funcs.indices() {
        let Some(mut body) = take_body(module, func) else { continue };
        let results = module.funcs[func].sig.results.clone();
        let mut pass = Pass {
            told: &told,
            unwinds: &unwinds,
            results: told.tells[func].then_some(results),
            leaves: unwinds[func] && told.tells[func],
            is_outer: func.index() >= inner,
            panicked: None,
            body: &mut body,
        };
        pass.run();
        put_body(module, func, body);
    }
    for func in module.funcs.indices() {
        if told.tells[func] {
            module.funcs[func].sig.results.insert(0, Ty::I32);
        }
        module.funcs[func].may_unwind &= func.index() >= inner;
    }
    module.target.max_results = module.target.max_results.saturating_add(1);
    told
}

fn never_returns(func: &Function) -> bool {
    func.body().is_some_and(|body| !body.blocks.iter().any(|block| matches!(block.term, Term::Return(_))))
}

/// Puts a function between the outside and one whose signature changes: for exports, and for imports whose address is taken.
fn keep_outer_signatures(module: &mut Module) {
    let taken = address_taken(module);
    for index in 0..module.exports.len() {
        let func = module.exports[index].func;
        if module.funcs[func].body().is_some() && (module.funcs[func].may_unwind || taken[func]) {
            module.exports[index].func = forward(module, func);
        }
    }
    for func in taken.indices() {
        if taken[func] && module.funcs[func].body().is_none() {
            let inner = forward(module, func);
            replace_addresses(module, func, inner);
        }
    }
}

/// A function that calls another one. What panics is thrown on from it, for an outside that has exceptions.
fn forward(module: &mut Module, to: FuncId) -> FuncId {
    // It is of no source.
    let (sig, span) = (module.funcs[to].sig.clone(), Span::DUMMY);
    let mut body = Body::default();
    body.params = sig.params.iter().map(|&ty| body.regs.push(ty)).collect();
    let dsts: Vec<Reg> = sig.results.iter().map(|&ty| body.regs.push(ty)).collect();
    let mut entry = empty_block(Term::Return(dsts.clone()), span);
    let (callee, args) = (Callee::Direct(to), body.params.clone());
    if module.funcs[to].may_unwind {
        entry.term = Term::Invoke { dsts: dsts.clone(), callee, args, normal: Block(1), landing: Block(2) };
        body.blocks.push(entry);
        body.blocks.push(empty_block(Term::Return(dsts), span));
        body.blocks.push(BlockData { is_landing: true, ..empty_block(Term::Throw, span) });
    } else {
        entry.insts.push(Inst { op: Op::Call { dsts, callee, args }, span });
        body.blocks.push(entry);
    }
    let name = format!("outer.{}", module.funcs[to].name);
    let (may_unwind, kind) = (module.funcs[to].may_unwind, FuncKind::Defined(body));
    module.funcs.push(Function { name, sig, kind, may_unwind, is_noinline: false, span })
}

fn replace_addresses(module: &mut Module, from: FuncId, to: FuncId) {
    for func in module.funcs.indices() {
        let Some(body) = module.funcs[func].body_mut() else { continue };
        for inst in body.blocks.iter_mut().flat_map(|block| &mut block.insts) {
            if let Op::FuncAddr { func, .. } = &mut inst.op
                && *func == from
            {
                *func = to;
            }
        }
    }
    for (_, reloc) in module.datas.iter_mut().flat_map(|data| &mut data.relocs) {
        if *reloc == Reloc::Func(from) {
            *reloc = Reloc::Func(to);
        }
    }
}

struct Pass<'a> {
    told: &'a Told,
    unwinds: &'a IndexVec<FuncId, bool>,
    /// The results of the function before, if it tells of panics.
    results: Option<Vec<Ty>>,
    /// Whether a panic can leave the function. If not, no call of it that is no `Invoke` panics.
    leaves: bool,
    /// Whether the function throws to the outside.
    is_outer: bool,
    /// The block that leaves the function because of a panic.
    panicked: Option<Block>,
    body: &'a mut Body,
}

/// What a call's first result says.
enum Flag {
    /// That it panicked, if it is not 0.
    Tells(Reg),
    /// That it panicked.
    Panics,
}

impl Pass<'_> {
    fn run(&mut self) {
        for block in 0..self.body.blocks.len() {
            let block = Block::new(block);
            self.body.blocks[block].is_landing = false;
            let last = self.calls(block);
            self.terminator(last);
        }
    }

    fn reg(&mut self, ty: Ty) -> Reg {
        self.body.regs.push(ty)
    }

    /// Puts the result that tells in front of those of a call. Returns what it says, if that is not known to be nothing.
    fn told(&mut self, callee: &mut Callee, dsts: &mut Vec<Reg>) -> Option<Flag> {
        let direct = match callee {
            Callee::Direct(func) if !self.told.tells[*func] => return None,
            Callee::Direct(func) => Some(*func),
            Callee::Indirect { sig, .. } => {
                sig.results.insert(0, Ty::I32);
                None
            }
        };
        let flag = self.reg(Ty::I32);
        dsts.insert(0, flag);
        match direct {
            Some(func) if self.told.panics[func] => Some(Flag::Panics),
            Some(func) if !self.unwinds[func] => None,
            _ => Some(Flag::Tells(flag)),
        }
    }

    fn terminator(&mut self, block: Block) {
        let span = self.body.blocks[block].term_span;
        let term = std::mem::replace(&mut self.body.blocks[block].term, Term::Unreachable);
        let term = match term {
            Term::Return(mut values) => {
                if self.results.is_some() {
                    values.insert(0, self.number(block, 0, span));
                }
                Term::Return(values)
            }
            Term::Throw if self.leaves => Term::Jump(self.panicked(span)),
            Term::Throw if self.is_outer => Term::Throw,
            // Nothing reaches it: the function is known not to unwind.
            Term::Throw => Term::Unreachable,
            Term::Invoke { dsts, callee, args, normal, landing } => {
                self.invoke(block, dsts, callee, args, normal, landing)
            }
            other => other,
        };
        self.body.blocks[block].term = term;
    }

    fn number(&mut self, block: Block, n: i32, span: Span) -> Reg {
        let dst = self.reg(Ty::I32);
        let op = Op::Const { dst, value: Imm::I32(n) };
        self.body.blocks[block].insts.push(Inst { op, span });
        dst
    }

    /// The results of an invoke are written on its normal edge only, so the call writes to others.
    fn invoke(
        &mut self,
        block: Block,
        dsts: Vec<Reg>,
        mut callee: Callee,
        args: Vec<Reg>,
        normal: Block,
        landing: Block,
    ) -> Term {
        let span = self.body.blocks[block].term_span;
        let fresh: Vec<Reg> = dsts.iter().map(|&dst| self.reg(self.body.regs[dst])).collect();
        let mut written = fresh.clone();
        let flag = self.told(&mut callee, &mut written);
        let op = Op::Call { dsts: written, callee, args };
        self.body.blocks[block].insts.push(Inst { op, span });
        let mut returned = empty_block(Term::Jump(normal), span);
        returned.insts =
            dsts.iter().zip(fresh).map(|(&dst, src)| Inst { op: Op::Copy { dst, src }, span }).collect();
        let returned = self.body.blocks.push(returned);
        match flag {
            Some(Flag::Tells(cond)) => Term::Branch { cond, then: landing, else_: returned },
            Some(Flag::Panics) => Term::Jump(landing),
            None => Term::Jump(returned),
        }
    }

    /// Tests what the calls of a block tell. Returns the block where it now ends.
    fn calls(&mut self, block: Block) -> Block {
        let mut at = block;
        for Inst { op, span } in std::mem::take(&mut self.body.blocks[block].insts) {
            let Op::Call { mut dsts, mut callee, args } = op else {
                self.body.blocks[at].insts.push(Inst { op, span });
                continue;
            };
            let flag = self.told(&mut callee, &mut dsts);
            self.body.blocks[at].insts.push(Inst { op: Op::Call { dsts, callee, args }, span });
            if let Some(flag) = flag.filter(|_| self.leaves) {
                at = self.leave_if(flag, at, span);
            }
        }
        at
    }

    /// Ends a block by leaving the function if there was a panic. Returns the block with what followed.
    fn leave_if(&mut self, flag: Flag, at: Block, span: Span) -> Block {
        let then = self.panicked(span);
        let data = &self.body.blocks[at];
        let rest = empty_block(data.term.clone(), data.term_span);
        let rest = self.body.blocks.push(rest);
        let data = &mut self.body.blocks[at];
        data.term = match flag {
            Flag::Tells(cond) => Term::Branch { cond, then, else_: rest },
            Flag::Panics => Term::Jump(then),
        };
        data.term_span = span;
        rest
    }

    /// The block that tells the caller of a panic.
    fn panicked(&mut self, span: Span) -> Block {
        if let Some(block) = self.panicked {
            return block;
        }
        let block = self.body.blocks.push(empty_block(Term::Unreachable, span));
        let mut values = vec![self.number(block, 1, span)];
        for ty in self.results.clone().unwrap_or_default() {
            let dst = self.reg(ty);
            let op = Op::Const { dst, value: zero(ty) };
            self.body.blocks[block].insts.push(Inst { op, span });
            values.push(dst);
        }
        self.body.blocks[block].term = Term::Return(values);
        self.panicked = Some(block);
        block
    }
}

/// What a result is that nobody reads.
fn zero(ty: Ty) -> Imm {
    match ty {
        Ty::I32 => Imm::I32(0),
        Ty::I64 => Imm::I64(0),
        Ty::F32 => Imm::F32(0),
        Ty::F64 => Imm::F64(0),
        Ty::V128 => Imm::V128(0),
        Ty::Ptr => Imm::Ptr(0),
    }
}
