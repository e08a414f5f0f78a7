//! One function: an entry block with an `alloca` for each register and slot, then LIR's blocks one to one.

use crate::bug::{Result, bug};
use crate::debug::{Homes, Scopes};
use crate::module::Ctx;
use crate::pointers::{Held, Pointers};
use entity::IndexVec;
use inkwell::basic_block::BasicBlock;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{
    BasicValue, BasicValueEnum, FloatValue, FunctionValue, InstructionValue, IntValue, PointerValue,
    StructValue,
};
use inkwell::{IntPredicate, values::AggregateValueEnum};
use lir::{Block, BlockData, Body, Callee, FuncId, Op, Reg, Slot, Term, Ty};
use syntax::Span;

pub struct Cx<'f, 'ctx, 'm> {
    pub m: &'f Ctx<'ctx, 'm>,
    pub body: &'f Body,
    pub func: FunctionValue<'ctx>,
    pub blocks: IndexVec<Block, BasicBlock<'ctx>>,
    /// Where unwinding enters, for each landing that has been asked for.
    pub landings: IndexVec<Block, Option<BasicBlock<'ctx>>>,
    /// Whether a block can come back to itself, where that was asked.
    pub is_in_cycle: IndexVec<Block, Option<bool>>,
    pub regs: IndexVec<Reg, PointerValue<'ctx>>,
    held: IndexVec<Reg, Held>,
    /// Uses that say which operand of a sum is the address.
    pub is_address: IndexVec<Reg, bool>,
    pub slots: IndexVec<Slot, PointerValue<'ctx>>,
    /// Registers that are written once, with a constant.
    pub consts: IndexVec<Reg, Option<i64>>,
    /// For `-g`.
    pub scopes: Option<Scopes<'ctx>>,
    pub homes: Homes<'ctx>,
}

pub fn translate<'ctx>(ctx: &Ctx<'ctx, '_>, id: FuncId, body: &Body) -> Result {
    let func = ctx.funcs[id];
    let entry = ctx.context.append_basic_block(func, "entry");
    let blocks =
        body.blocks.indices().map(|block| ctx.context.append_basic_block(func, &format!("b{}", block.0)));
    let mut pointers = Pointers::of(body);
    let mut cx = Cx {
        m: ctx,
        body,
        func,
        blocks: blocks.collect(),
        landings: IndexVec::from_elem(None, body.blocks.len()),
        is_in_cycle: IndexVec::from_elem(None, body.blocks.len()),
        regs: IndexVec::new(),
        held: body.regs.indices().map(|reg| pointers.held(reg)).collect(),
        is_address: body.regs.indices().map(|reg| pointers.is_address(reg)).collect(),
        slots: IndexVec::new(),
        consts: constants(body),
        scopes: ctx.debug.as_ref().map(|debug| debug.define(func, &ctx.lir.funcs[id])),
        homes: Homes::new(),
    };
    ctx.builder.position_at_end(entry);
    cx.prologue()?;
    for (block, data) in body.blocks.iter_enumerated() {
        ctx.builder.position_at_end(cx.blocks[block]);
        for inst in &data.insts {
            cx.locate(inst.span);
            cx.op(&inst.op)?;
        }
        match data.term {
            Term::Jump(_) if block == Body::ENTRY && data.insts.is_empty() => cx.locate(first_span(body)),
            _ => cx.locate(data.term_span),
        }
        cx.term(&data.term, tells_panic(ctx, data))?;
    }
    cx.leave();
    Ok(())
}

/// The place of the first instruction of a source: that is where debuggers stop at a function, whose arguments are in place then.
fn first_span(body: &Body) -> Span {
    let mut block = Body::ENTRY;
    for _ in body.blocks.indices() {
        let data = &body.blocks[block];
        if let Some(inst) = data.insts.iter().find(|inst| !inst.span.is_dummy()) {
            return inst.span;
        }
        match data.term {
            Term::Jump(to) => block = to,
            _ => return data.term_span,
        }
    }
    Span::DUMMY
}

/// Whether a block ends by asking whether its last call panicked.
fn tells_panic(ctx: &Ctx<'_, '_>, data: &BlockData) -> bool {
    let (Some(told), Term::Branch { cond, .. }) = (ctx.told, &data.term) else { return false };
    match data.insts.last().map(|inst| &inst.op) {
        Some(Op::Call { dsts, callee, .. }) if dsts.first() == Some(cond) => match callee {
            Callee::Direct(func) => told.tells[*func],
            Callee::Indirect { .. } => true,
        },
        _ => false,
    }
}

fn constants(body: &Body) -> IndexVec<Reg, Option<i64>> {
    let mut consts = IndexVec::from_elem(None, body.regs.len());
    let mut is_written = IndexVec::from_elem(false, body.regs.len());
    body.params.iter().for_each(|&reg| is_written[reg] = true);
    for block in &body.blocks {
        for inst in &block.insts {
            inst.op.for_each_write(|dst| {
                consts[dst] = match inst.op {
                    Op::Const { value: lir::Imm::I32(n), .. } if !is_written[dst] => Some(i64::from(n)),
                    Op::Const { value: lir::Imm::I64(n), .. } if !is_written[dst] => Some(n),
                    _ => None,
                };
                is_written[dst] = true;
            });
        }
        block.term.for_each_write(|dst| {
            consts[dst] = None;
            is_written[dst] = true;
        });
    }
    consts
}

impl<'ctx> Cx<'_, 'ctx, '_> {
    fn prologue(&mut self) -> Result {
        let b = &self.m.builder;
        for reg in self.body.regs.indices() {
            let place = b.build_alloca(self.held_type(reg), "")?;
            self.regs.push(place);
        }
        for slot in &self.body.slots {
            let place = b.build_alloca(self.m.context.i8_type().array_type(slot.size), "slot")?;
            place
                .as_instruction()
                .ok_or_else(|| bug("an alloca is an instruction"))?
                .set_alignment(slot.align.max(1))
                .map_err(bug)?;
            self.slots.push(place);
        }
        self.describe_variables()?;
        for (index, &reg) in self.body.params.iter().enumerate() {
            let value = self.func.get_nth_param(index as u32).ok_or_else(|| bug("a parameter is missing"))?;
            self.write(reg, value)?;
        }
        self.locate(first_span(self.body));
        b.build_unconditional_branch(self.blocks[Body::ENTRY])?;
        Ok(())
    }

    /// The type of a register's value as it is held.
    fn held_type(&self, reg: Reg) -> BasicTypeEnum<'ctx> {
        match (self.body.regs[reg], self.held[reg]) {
            (Ty::Ptr, Held::Integer) => self.m.word_type().into(),
            (ty, _) => self.m.ty(ty),
        }
    }

    pub fn read(&self, reg: Reg) -> Result<BasicValueEnum<'ctx>> {
        Ok(self.m.builder.build_load(self.held_type(reg), self.regs[reg], "")?)
    }

    /// The value as an integer, also of a pointer.
    pub fn int(&self, reg: Reg) -> Result<IntValue<'ctx>> {
        match self.read(reg)? {
            BasicValueEnum::IntValue(value) => Ok(value),
            BasicValueEnum::PointerValue(value) => {
                Ok(self.m.builder.build_ptr_to_int(value, self.m.word_type(), "")?)
            }
            _ => Err(bug(format!("{reg:?} is no integer"))),
        }
    }

    pub fn float(&self, reg: Reg) -> Result<FloatValue<'ctx>> {
        match self.read(reg)? {
            BasicValueEnum::FloatValue(value) => Ok(value),
            _ => Err(bug(format!("{reg:?} is no float"))),
        }
    }

    /// The value as a pointer, also where it is held as an integer.
    pub fn pointer(&self, reg: Reg) -> Result<PointerValue<'ctx>> {
        match self.read(reg)? {
            BasicValueEnum::PointerValue(value) => Ok(value),
            BasicValueEnum::IntValue(value) => {
                Ok(self.m.builder.build_int_to_ptr(value, self.m.pointer_type(), "")?)
            }
            _ => Err(bug(format!("{reg:?} is no pointer"))),
        }
    }

    /// The value as functions pass it: pointers as `ptr`.
    pub fn passed(&self, reg: Reg) -> Result<BasicValueEnum<'ctx>> {
        if self.body.regs[reg] == Ty::Ptr { Ok(self.pointer(reg)?.into()) } else { self.read(reg) }
    }

    /// Whether an `I32` is not zero.
    pub fn is_true(&self, reg: Reg) -> Result<IntValue<'ctx>> {
        let value = self.int(reg)?;
        let zero = value.get_type().const_zero();
        Ok(self.m.builder.build_int_compare(IntPredicate::NE, value, zero, "")?)
    }

    /// Writes a value; pointers and words as the register holds them.
    pub fn write(&self, reg: Reg, value: impl BasicValue<'ctx>) -> Result {
        let b = &self.m.builder;
        let value: BasicValueEnum = match (value.as_basic_value_enum(), self.held_type(reg)) {
            (BasicValueEnum::PointerValue(value), BasicTypeEnum::IntType(ty)) => {
                b.build_ptr_to_int(value, ty, "")?.into()
            }
            (BasicValueEnum::IntValue(value), BasicTypeEnum::PointerType(ty)) => {
                b.build_int_to_ptr(value, ty, "")?.into()
            }
            (value, _) => value,
        };
        b.build_store(self.regs[reg], value)?;
        self.write_home(reg, value)
    }

    /// What is built from now on has no place.
    fn leave(&self) {
        if let Some(debug) = &self.m.debug {
            debug.leave(&self.m.builder);
        }
    }

    fn locate(&self, span: Span) {
        if let (Some(debug), Some(scopes)) = (&self.m.debug, &self.scopes) {
            debug.locate(&self.m.builder, span, scopes);
        }
    }

    /// Writes the results of a call.
    pub fn write_results(&self, dsts: &[Reg], value: Option<BasicValueEnum<'ctx>>) -> Result {
        match (dsts, value) {
            ([], _) => Ok(()),
            ([dst], Some(value)) => self.write(*dst, value),
            (dsts, Some(BasicValueEnum::StructValue(value))) => {
                for (index, &dst) in dsts.iter().enumerate() {
                    let part = self.m.builder.build_extract_value(value, index as u32, "")?;
                    self.write(dst, part)?;
                }
                Ok(())
            }
            _ => Err(bug("a call gives other results than LIR says")),
        }
    }

    fn term(&mut self, term: &Term, tells_panic: bool) -> Result {
        let b = &self.m.builder;
        match term {
            Term::Jump(to) => {
                b.build_unconditional_branch(self.blocks[*to])?;
            }
            Term::Branch { cond, then, else_ } => {
                let cond = self.is_true(*cond)?;
                let branch = b.build_conditional_branch(cond, self.blocks[*then], self.blocks[*else_])?;
                if tells_panic {
                    self.make_unlikely(branch)?;
                }
            }
            Term::Switch { value, cases, default } => {
                let value = self.int(*value)?;
                let cases: Vec<_> = cases
                    .iter()
                    .map(|&(case, to)| (value.get_type().const_int(case as u64, true), self.blocks[to]))
                    .collect();
                b.build_switch(value, self.blocks[*default], &cases)?;
            }
            Term::Return(values) => self.return_(values)?,
            Term::Invoke { dsts, callee, args, normal, landing } => {
                self.invoke(dsts, callee, args, *normal, *landing)?;
            }
            Term::Throw if self.m.lir.target.panic_unwinds => self.throw()?,
            Term::Throw | Term::Unreachable => self.trap()?,
        }
        Ok(())
    }

    /// Says that a branch hardly ever goes to its first block.
    fn make_unlikely(&self, branch: InstructionValue<'ctx>) -> Result {
        let context = self.m.context;
        let weight = |n: u64| context.i32_type().const_int(n, false).into();
        let name = context.metadata_string("branch_weights").into();
        let weights = context.metadata_node(&[name, weight(1), weight(1 << 20)]);
        branch.set_metadata(weights, context.get_kind_id("prof")).map_err(bug)
    }

    fn return_(&self, values: &[Reg]) -> Result {
        let b = &self.m.builder;
        match values {
            [] => b.build_return(None)?,
            [value] => b.build_return(Some(&self.passed(*value)?))?,
            values => {
                let Some(BasicTypeEnum::StructType(ty)) = self.func.get_type().get_return_type() else {
                    return Err(bug("several results need a structure"));
                };
                let mut all: StructValue = ty.get_undef();
                for (index, &value) in values.iter().enumerate() {
                    let with = b.build_insert_value(all, self.passed(value)?, index as u32, "")?;
                    let AggregateValueEnum::StructValue(with) = with else {
                        return Err(bug("a structure stays one"));
                    };
                    all = with;
                }
                b.build_return(Some(&all))?
            }
        };
        Ok(())
    }

    fn trap(&self) -> Result {
        self.intrinsic("llvm.trap", &[], &[])?;
        self.m.builder.build_unreachable()?;
        Ok(())
    }
}
