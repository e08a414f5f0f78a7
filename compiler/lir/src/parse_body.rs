//! Reads what stands between the braces of a function.
//!
//! A first look over the tokens finds the labels (blocks count in the order of their labels) and the highest number of
//! a register, behind which the named ones go. The type of a register is that of the first instruction that writes it.

use crate::ir::*;
use crate::lex::{ParseError, Tok};
use crate::ops::OpKind;
use crate::parse::{Cursor, Names};
use entity::{Arrange, Idx, IndexVec};
use rustc_hash::FxHashMap;

/// Text may not ask for more registers than this: numbers are indices, so a stray digit would cost gigabytes.
const REGS_MAX: usize = 1 << 22;

pub(crate) struct BodyParser<'t, 'a> {
    cur: Cursor<'t, 'a>,
    names: &'t Names,
    module: &'t Module,
    labels: FxHashMap<&'a str, Block>,
    slots: FxHashMap<&'a str, Slot>,
    regs: FxHashMap<String, Reg>,
    tys: Vec<Option<Ty>>,
    body: Body,
}

impl<'t, 'a> BodyParser<'t, 'a> {
    pub fn new(
        cur: Cursor<'t, 'a>,
        names: &'t Names,
        module: &'t Module,
        params: Vec<(String, Ty)>,
    ) -> BodyParser<'t, 'a> {
        let mut parser = BodyParser {
            cur,
            names,
            module,
            labels: FxHashMap::default(),
            slots: FxHashMap::default(),
            regs: FxHashMap::default(),
            tys: Vec::new(),
            body: Body::default(),
        };
        let numbered = params.iter().filter_map(|p| reg_number(&p.0)).max();
        parser.look_over(numbered);
        for (name, ty) in params {
            let reg = parser.reg_named(&name);
            parser.define(reg, ty);
            parser.body.params.push(reg);
        }
        parser
    }

    /// Finds labels and reserves the numbered registers.
    fn look_over(&mut self, numbered: Option<usize>) {
        let mut highest = numbered;
        let toks = &self.cur.toks[self.cur.at..];
        let ends = toks.iter().position(|(_, tok)| *tok == Tok::Punct('}')).unwrap_or(toks.len());
        for (i, (_, tok)) in toks[..ends].iter().enumerate() {
            match *tok {
                Tok::Reg(name) => highest = highest.max(reg_number(name)),
                Tok::Word(label) if toks[i + 1].1 == Tok::Punct(':') && is_label(toks, i) => {
                    let block = Block::new(self.labels.len());
                    self.labels.entry(label).or_insert(block);
                }
                _ => {}
            }
        }
        self.tys = vec![None; highest.map_or(0, |n| n + 1)];
    }

    pub fn body(mut self) -> Result<Body, ParseError> {
        self.declarations()?;
        while !self.cur.eat('}') {
            self.block()?;
        }
        if self.body.blocks.len() != self.labels.len() {
            return self.cur.error_before("a label is declared twice");
        }
        let mut tys = IndexVec::new();
        for (i, ty) in self.tys.iter().enumerate() {
            match ty {
                Some(ty) => tys.push(*ty),
                None => {
                    let name =
                        self.regs.iter().find(|(_, reg)| reg.index() == i).map(|(name, _)| name.as_str());
                    let name = name.map_or_else(|| i.to_string(), String::from);
                    return self.cur.error_before(&format!("nothing tells the type of %{name}"));
                }
            };
        }
        self.body.regs = tys;
        self.body.reg_names.arrange_by_key(|(reg, _)| *reg);
        self.body.readable.arrange_by_key(|(reg, _)| *reg);
        Ok(self.body)
    }

    fn declarations(&mut self) -> Result<(), ParseError> {
        loop {
            if self.cur.eat_word("reg") {
                let reg = self.reg()?;
                self.cur.expect(':')?;
                let ty = self.cur.ty()?;
                self.define(reg, ty);
                if matches!(self.cur.peek(), Tok::Str(_)) {
                    let name = self.cur.text()?;
                    self.body.reg_names.push((reg, name));
                }
                if self.cur.eat_word("readable") {
                    let bytes = self.cur.u32()?;
                    self.body.readable.push((reg, bytes));
                }
            } else if self.cur.eat_word("slot") {
                let name = self.cur.word()?;
                self.cur.expect(':')?;
                let size = self.cur.u32()?;
                let align = if self.cur.eat_word("align") { self.cur.u32()? } else { 1 };
                let slot = self.body.slots.push(SlotData { size, align });
                self.slots.insert(name, slot);
            } else {
                return Ok(());
            }
        }
    }

    fn reg_named(&mut self, name: &str) -> Reg {
        if let Some(number) = reg_number(name) {
            return Reg::new(number);
        }
        if let Some(reg) = self.regs.get(name) {
            return *reg;
        }
        let reg = Reg::new(self.tys.len());
        self.tys.push(None);
        self.regs.insert(name.to_string(), reg);
        self.body.reg_names.push((reg, name.to_string()));
        reg
    }

    fn define(&mut self, reg: Reg, ty: Ty) {
        self.tys[reg.index()].get_or_insert(ty);
    }

    fn reg(&mut self) -> Result<Reg, ParseError> {
        match self.cur.next() {
            Tok::Reg(name) => Ok(self.reg_named(name)),
            _ => self.cur.error_before("expected a register"),
        }
    }

    fn region(&mut self) -> Region {
        let named = [Region::Header, Region::Elements];
        named.into_iter().find(|region| self.cur.eat_word(region.name())).unwrap_or_default()
    }

    /// The order of an atomic access; sequentially consistent if none is written.
    fn order(&mut self) -> MemoryOrder {
        let written = MemoryOrder::ALL.into_iter().find(|order| self.cur.eat_word(order.name()));
        written.unwrap_or(MemoryOrder::SeqCst)
    }

    fn next_reg(&mut self) -> Result<Reg, ParseError> {
        self.cur.expect(',')?;
        self.reg()
    }

    fn label(&mut self) -> Result<Block, ParseError> {
        let label = self.cur.word()?;
        match self.labels.get(label) {
            Some(block) => Ok(*block),
            None => self.cur.error_before(&format!("there is no block `{label}`")),
        }
    }

    fn next_label(&mut self) -> Result<Block, ParseError> {
        self.cur.expect(',')?;
        self.label()
    }

    fn block(&mut self) -> Result<(), ParseError> {
        let is_landing = self.cur.eat_word("landing");
        self.label()?;
        self.cur.expect(':')?;
        let mut insts = Vec::new();
        loop {
            let mut dsts = Vec::new();
            while matches!(self.cur.peek(), Tok::Reg(_)) {
                dsts.push(self.reg()?);
                if !self.cur.eat(',') {
                    self.cur.expect('=')?;
                    break;
                }
            }
            let word = self.cur.word()?;
            if let Some(term) = self.term(word, &dsts)? {
                let term_span = self.cur.span()?;
                self.body.blocks.push(BlockData { is_landing, insts, term, term_span });
                return Ok(());
            }
            let op = self.op(word, dsts)?;
            let span = self.cur.span()?;
            insts.push(Inst { op, span });
        }
    }

    fn term(&mut self, word: &str, dsts: &[Reg]) -> Result<Option<Term>, ParseError> {
        let term = match word {
            "br" => Term::Jump(self.label()?),
            "br_if" => {
                Term::Branch { cond: self.reg()?, then: self.next_label()?, else_: self.next_label()? }
            }
            "switch" => self.switch()?,
            "return" => {
                let mut values = Vec::new();
                if matches!(self.cur.peek(), Tok::Reg(_)) {
                    values.push(self.reg()?);
                    while self.cur.eat(',') {
                        values.push(self.reg()?);
                    }
                }
                Term::Return(values)
            }
            "invoke" | "invoke_indirect" => {
                let (callee, args) = self.call(word == "invoke_indirect", dsts)?;
                if !self.cur.eat_word("to") {
                    return self.cur.error("expected `to`");
                }
                let normal = self.label()?;
                if !self.cur.eat_word("unwind") {
                    return self.cur.error("expected `unwind`");
                }
                let landing = self.label()?;
                return Ok(Some(Term::Invoke { dsts: dsts.to_vec(), callee, args, normal, landing }));
            }
            "throw" => Term::Throw,
            "unreachable" => Term::Unreachable,
            _ => return Ok(None),
        };
        if !dsts.is_empty() {
            return self.cur.error_before("this has no result");
        }
        Ok(Some(term))
    }

    fn switch(&mut self) -> Result<Term, ParseError> {
        let value = self.reg()?;
        self.cur.expect('[')?;
        let labels = &self.labels;
        let cases = self.cur.list(']', |cur| {
            let case = cur.int_of(64)?;
            cur.expect(':')?;
            let label = cur.word()?;
            match labels.get(label) {
                Some(block) => Ok((case, *block)),
                None => cur.error_before(&format!("there is no block `{label}`")),
            }
        })?;
        Ok(Term::Switch { value, cases, default: self.next_label()? })
    }

    /// Callee and arguments; gives the results their types.
    fn call(&mut self, indirect: bool, dsts: &[Reg]) -> Result<(Callee, Vec<Reg>), ParseError> {
        let target = if indirect { Err(self.reg()?) } else { Ok(self.cur.func(self.names)?) };
        self.cur.expect('(')?;
        let mut args = Vec::new();
        while !self.cur.eat(')') {
            if !args.is_empty() {
                self.cur.expect(',')?;
            }
            args.push(self.reg()?);
        }
        let (callee, results) = match target {
            Ok(func) => (Callee::Direct(func), self.module.funcs[func].sig.results.clone()),
            Err(func) => {
                self.cur.expect(':')?;
                let sig = self.cur.sig()?;
                let results = sig.results.clone();
                (Callee::Indirect { sig, func }, results)
            }
        };
        for (dst, ty) in dsts.iter().zip(results) {
            self.define(*dst, ty);
        }
        Ok((callee, args))
    }

    fn op(&mut self, word: &str, dsts: Vec<Reg>) -> Result<Op, ParseError> {
        if matches!(word, "call" | "call_indirect") {
            let (callee, args) = self.call(word == "call_indirect", &dsts)?;
            return Ok(Op::Call { dsts, callee, args });
        }
        let start = self.cur.at;
        match self.op_with(word, &dsts)? {
            Some((op, used)) if used == dsts.len() => Ok(op),
            Some((_, used)) => {
                self.cur.at = start;
                self.cur.error_before(&format!("`{word}` has {used} results"))
            }
            None => {
                self.cur.at = start;
                self.cur.error_before(&format!("there is no instruction `{word}`"))
            }
        }
    }

    /// The instruction and how many results it has. Missing results are read as `%0`; the caller counts them.
    fn op_with(&mut self, word: &str, dsts: &[Reg]) -> Result<Option<(Op, usize)>, ParseError> {
        let dst = dsts.first().copied().unwrap_or(Reg::new(0));
        if let Some(op) = ConvOp::find(word) {
            let src = self.reg()?;
            self.define_result(dsts, op.row().to);
            return Ok(Some((Op::Conv { op, dst, src }, 1)));
        }
        if let Some(op) = simd::Op::find(word) {
            return self.vector(op, dst, dsts).map(Some);
        }
        if let Some((ty, name)) = word.split_once('.').and_then(|(ty, name)| Some((Ty::find(ty)?, name))) {
            return self.typed_op(ty, name, dst, dsts);
        }
        if let Some(kind) = OpKind::ALL.iter().copied().find(|kind| kind.name() == word) {
            return self.plain_op(kind, dst, dsts);
        }
        let Some((name, ty)) = word.rsplit_once('.') else { return Ok(None) };
        let Some(ty) = MemTy::find(ty) else { return Ok(None) };
        self.access(name, ty, dst, dsts)
    }

    fn define_result(&mut self, dsts: &[Reg], ty: Ty) {
        if let Some(dst) = dsts.first() {
            self.define(*dst, ty);
        }
    }

    /// `i32x4.add %0, %1`, `i8x16.extract_lane_u %0, 3`, `i8x16.shuffle %0, %1, [0, 17, …]`.
    fn vector(&mut self, op: simd::Op, dst: Reg, dsts: &[Reg]) -> Result<(Op, usize), ParseError> {
        let mut args = vec![self.reg()?];
        while args.len() < op.arity() {
            args.push(self.next_reg()?);
        }
        let imm = match op.form() {
            simd::Form::Extract | simd::Form::Replace => {
                self.cur.expect(',')?;
                simd::Imm::Lane(self.byte()?)
            }
            simd::Form::Shuffle => {
                self.cur.expect(',')?;
                self.cur.expect('[')?;
                let bytes = self.cur.list(']', |cur| cur.int_of(8))?;
                match <[i64; 16]>::try_from(bytes) {
                    Ok(bytes) => simd::Imm::Bytes(bytes.map(|byte| byte as u8)),
                    Err(_) => return self.cur.error_before("expected 16 numbers of bytes"),
                }
            }
            _ => simd::Imm::None,
        };
        self.define_result(dsts, Ty::from(op.result()));
        Ok((Op::Vector { op, imm, dst, args }, 1))
    }

    fn byte(&mut self) -> Result<u8, ParseError> {
        Ok(self.cur.int_of(8)? as u8)
    }

    /// `i32.add`, `f64.const`, `ptr.select`.
    fn typed_op(
        &mut self,
        ty: Ty,
        name: &str,
        dst: Reg,
        dsts: &[Reg],
    ) -> Result<Option<(Op, usize)>, ParseError> {
        let op = if name == OpKind::Const.name() {
            Op::Const { dst, value: self.cur.imm(ty)? }
        } else if name == OpKind::Copy.name() {
            Op::Copy { dst, src: self.reg()? }
        } else if name == OpKind::Select.name() {
            Op::Select { ty, dst, cond: self.reg()?, a: self.next_reg()?, b: self.next_reg()? }
        } else if let Some(op) = BinOp::find(name, ty) {
            Op::Bin { op, ty, dst, a: self.reg()?, b: self.next_reg()? }
        } else if let Some(op) = UnOp::find(name, ty) {
            Op::Un { op, ty, dst, a: self.reg()? }
        } else if let Some(op) = CmpOp::find(name, ty) {
            self.define_result(dsts, Ty::I32);
            Op::Cmp { op, ty, dst, a: self.reg()?, b: self.next_reg()? }
        } else if let Some(op) = OvfOp::find(name, ty) {
            let overflow = dsts.get(1).copied().unwrap_or(dst);
            self.define_result(dsts, ty);
            self.define_result(dsts.get(1..).unwrap_or_default(), Ty::I32);
            let op = Op::BinOvf { op, ty, dst, overflow, a: self.reg()?, b: self.next_reg()? };
            return Ok(Some((op, 2)));
        } else {
            return Ok(None);
        };
        self.define_result(dsts, ty);
        Ok(Some((op, 1)))
    }

    /// Instructions whose mnemonic has no type.
    fn plain_op(&mut self, kind: OpKind, dst: Reg, dsts: &[Reg]) -> Result<Option<(Op, usize)>, ParseError> {
        let op = match kind {
            OpKind::SlotAddr => {
                let name = self.cur.word()?;
                let Some(&slot) = self.slots.get(name) else {
                    return self.cur.error_before(&format!("there is no slot `{name}`"));
                };
                Op::SlotAddr { dst, slot }
            }
            OpKind::DataAddr => {
                let (data, offset) = self.cur.data(self.names)?;
                Op::DataAddr { dst, data, offset }
            }
            OpKind::FuncAddr => Op::FuncAddr { dst, func: self.cur.func(self.names)? },
            OpKind::GlobalGet => {
                let global = self.cur.global(self.names)?;
                self.define_result(dsts, self.module.globals[global].ty);
                Op::GlobalGet { dst, global }
            }
            OpKind::GlobalSet => {
                let global = self.cur.global(self.names)?;
                return Ok(Some((Op::GlobalSet { global, src: self.next_reg()? }, 0)));
            }
            OpKind::MemCopy => {
                let op = Op::MemCopy { dst: self.reg()?, src: self.next_reg()?, len: self.next_reg()? };
                return Ok(Some((op, 0)));
            }
            OpKind::MemFill => {
                let op = Op::MemFill { dst: self.reg()?, value: self.next_reg()?, len: self.next_reg()? };
                return Ok(Some((op, 0)));
            }
            OpKind::MemSize => Op::MemSize { dst },
            OpKind::MemGrow => Op::MemGrow { dst, pages: self.reg()? },
            OpKind::AtomicFence => return Ok(Some((Op::AtomicFence { order: self.order() }, 0))),
            OpKind::MemBarrier => return Ok(Some((Op::MemBarrier, 0))),
            _ => return Ok(None),
        };
        self.define_result(dsts, Ty::Ptr);
        Ok(Some((op, 1)))
    }

    /// `load.i32 %0+8` and its relatives.
    fn access(
        &mut self,
        name: &str,
        ty: MemTy,
        dst: Reg,
        dsts: &[Reg],
    ) -> Result<Option<(Op, usize)>, ParseError> {
        let rmw = name.strip_prefix(OpKind::AtomicRmw.name()).and_then(|rest| rest.strip_prefix('.'));
        let rmw = rmw.and_then(|rest| AtomicRmw::find(rest, ty.reg_ty()));
        let kind = OpKind::ALL.iter().copied().find(|kind| kind.name() == name);
        let (addr, offset) = (self.reg()?, self.cur.offset()?);
        let op = match (kind, rmw) {
            (_, Some(op)) => {
                let (value, order) = (self.next_reg()?, self.order());
                Op::AtomicRmw { op, ty, order, dst, addr, offset, value }
            }
            (Some(OpKind::Load), _) => {
                let (is_word, region) = (self.cur.eat_word("word"), self.region());
                Op::Load { ty, dst, addr, offset, is_word, region }
            }
            (Some(OpKind::AtomicLoad), _) => Op::AtomicLoad { ty, order: self.order(), dst, addr, offset },
            (Some(OpKind::AtomicCas), _) => {
                let (expected, new, order) = (self.next_reg()?, self.next_reg()?, self.order());
                Op::AtomicCas { ty, order, dst, addr, offset, expected, new }
            }
            (Some(OpKind::Store), _) => {
                let value = self.next_reg()?;
                let (is_data, region) = (self.cur.eat_word("data"), self.region());
                return Ok(Some((Op::Store { ty, addr, offset, value, is_data, region }, 0)));
            }
            (Some(OpKind::AtomicStore), _) => {
                let (value, order) = (self.next_reg()?, self.order());
                return Ok(Some((Op::AtomicStore { ty, order, addr, offset, value }, 0)));
            }
            _ => return Ok(None),
        };
        self.define_result(dsts, ty.reg_ty());
        Ok(Some((op, 1)))
    }
}

fn reg_number(name: &str) -> Option<usize> {
    if !name.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    name.parse().ok().filter(|&n| n < REGS_MAX)
}

/// Whether a word with a colon behind it is a label: the name of a slot and `nan:0x7fc00000` are not.
fn is_label(toks: &[(usize, Tok<'_>)], i: usize) -> bool {
    toks[i].1 != Tok::Word("nan") && (i == 0 || toks[i - 1].1 != Tok::Word("slot"))
}
