//! Where variables are.
//!
//! Without optimisation a variable that is in registers has a *home*, a piece of the frame that is laid out as the type says and
//! holds what its registers hold: each write goes there, too, and nothing reads it but debuggers. So a variable is complete and in
//! memory as long as its function runs. Otherwise the registers are described, and LLVM keeps track of what becomes of them.
//!
//! A variable's scope begins at its declaration and lasts to the end of the function, so that of two of a name the later one
//! counts. Variables of inlined functions belong to those.

use super::nodes::{Decl, Node};
use super::{Debug, Function, Scopes};
use crate::bug::{Result, bug};
use crate::function::Cx;
use inkwell::values::{BasicValueEnum, PointerValue};
use lir::debug::{Piece, Variable, VariablePlace};
use lir::{MemTy, Reg};
use std::collections::{BTreeSet, HashMap};

const OP_DEREF: u64 = 0x06;
/// LLVM's own: offset and size in bits of the part of a variable that is described.
const OP_FRAGMENT: u64 = 0x1000;

/// Where else the value of a register goes when it is written.
pub type Homes<'ctx> = HashMap<Reg, Vec<Home<'ctx>>>;

#[derive(Clone, Copy)]
pub struct Home<'ctx> {
    place: PointerValue<'ctx>,
    mem: MemTy,
    offset: u32,
}

impl<'ctx> Debug<'ctx, '_> {
    /// The scopes of a function's own variables.
    pub(super) fn blocks(&self, function: Function<'ctx>, variables: &[Variable]) -> Vec<(u32, Node<'ctx>)> {
        let is_own = |variable: &&Variable| {
            let at = self.positions.position(variable.span);
            variable.param.is_none() && at.is_some_and(|at| function.file == Some(at.file))
        };
        let starts: BTreeSet<u32> =
            variables.iter().filter(is_own).map(|variable| variable.span.lo).collect();
        let mut outer = function.node;
        let mut blocks = Vec::with_capacity(starts.len());
        for start in starts {
            let Some(at) = self.positions.position(syntax::Span::new(start, start)) else { continue };
            outer = self.nodes.block(outer, self.file(at), at.line, at.column);
            blocks.push((start, outer));
        }
        blocks
    }

    fn variable(&self, variable: &Variable, scopes: &Scopes<'ctx>) -> Option<(Node<'ctx>, Node<'ctx>)> {
        let debug = self.module.debug.as_ref()?;
        let at = self.positions.position(debug.inlined.place(variable.span))?;
        let scope = match debug.inlined.get(variable.span) {
            Some(copy) => {
                let from = &debug.inlined.funcs()[copy.func as usize];
                self.function(&from.name, from.span).node
            }
            None if variable.param.is_some() => scopes.function.node,
            None => scopes.at(variable.span.lo, at.file),
        };
        let decl = Decl { name: &variable.name, file: self.file(at), line: at.line };
        let ty = self.type_of_variable(variable.ty);
        let node = match variable.param {
            Some(number) => self.nodes.parameter(scope, decl, number, ty),
            None => self.nodes.variable(scope, decl, ty),
        };
        // Its scope is that of the variable: not the part of it that is in another file.
        let call = debug.inlined.get(variable.span).map(|copy| self.location(copy.at, scopes));
        Some((node, self.nodes.location(at.line, at.column, scope, call.unwrap_or(Node::NONE))))
    }
}

impl<'ctx> Cx<'_, 'ctx, '_> {
    /// Describes the variables; the builder is in the entry block, whose `alloca`s are made.
    pub fn describe_variables(&mut self) -> Result {
        let (Some(debug), Some(scopes)) = (&self.m.debug, &self.scopes) else { return Ok(()) };
        let mut homes = Homes::new();
        let mut is_described = BTreeSet::new();
        for variable in &self.body.variables {
            let number = variable.param.unwrap_or(0);
            if !is_described.insert((variable.span, number, &variable.name)) {
                continue;
            }
            let Some((node, location)) = debug.variable(variable, scopes) else { continue };
            let places = self.places(variable, &mut homes)?;
            let block = self.m.builder.get_insert_block().ok_or_else(|| bug("the builder has a place"))?;
            for (place, ops) in places {
                debug.nodes.declare(place, node, &ops, location, block);
            }
        }
        self.homes = homes;
        Ok(())
    }

    /// The pieces of memory that a variable is in, with the expressions that go on from their addresses.
    fn places(
        &self,
        variable: &Variable,
        homes: &mut Homes<'ctx>,
    ) -> Result<Vec<(PointerValue<'ctx>, Vec<u64>)>> {
        let size = self.size_of(variable);
        let has_homes = self.m.level == backend::OptLevel::O0;
        Ok(match &variable.place {
            VariablePlace::Slot(slot) => vec![(self.slots[*slot], Vec::new())],
            VariablePlace::Behind(reg) if has_homes => {
                let piece = Piece { reg: *reg, mem: MemTy::Ptr, offset: 0 };
                let home = self.home(std::slice::from_ref(&piece), self.word_bytes(), homes)?;
                vec![(home, vec![OP_DEREF])]
            }
            VariablePlace::Behind(reg) => vec![(self.regs[*reg], vec![OP_DEREF])],
            VariablePlace::Regs(pieces) if has_homes => vec![(self.home(pieces, size, homes)?, Vec::new())],
            VariablePlace::Regs(pieces) => {
                pieces.iter().map(|piece| (self.regs[piece.reg], self.fragment(piece, size))).collect()
            }
        })
    }

    fn size_of(&self, variable: &Variable) -> u32 {
        let debug = self.m.lir.debug.as_ref();
        debug.and_then(|debug| debug.types.get(variable.ty)).map_or(0, |ty| ty.size)
    }

    fn word_bytes(&self) -> u32 {
        self.m.lir.target.pointer_bytes
    }

    fn fragment(&self, piece: &Piece, size: u32) -> Vec<u64> {
        let bytes = piece.mem.bytes(self.word_bytes());
        if piece.offset == 0 && bytes == size {
            return Vec::new();
        }
        vec![OP_FRAGMENT, u64::from(piece.offset) * 8, u64::from(bytes) * 8]
    }

    /// A home that holds zeros until it is written.
    fn home(&self, pieces: &[Piece], size: u32, homes: &mut Homes<'ctx>) -> Result<PointerValue<'ctx>> {
        let b = &self.m.builder;
        let ty = self.m.context.i8_type().array_type(size);
        let place = b.build_alloca(ty, "home")?;
        let inst = place.as_instruction().ok_or_else(|| bug("an alloca is an instruction"))?;
        inst.set_alignment(16).map_err(bug)?;
        let (zero, len) =
            (self.m.context.i8_type().const_zero(), self.m.word_type().const_int(size.into(), false));
        b.build_memset(place, 1, zero, len).map_err(bug)?;
        for piece in pieces {
            homes.entry(piece.reg).or_default().push(Home { place, mem: piece.mem, offset: piece.offset });
        }
        Ok(place)
    }

    /// Writes a register's value to its homes.
    pub fn write_home(&self, reg: Reg, value: BasicValueEnum<'ctx>) -> Result {
        for home in self.homes.get(&reg).into_iter().flatten() {
            let b = &self.m.builder;
            let offset = self.m.word_type().const_int(home.offset.into(), false);
            let place = self.offset(home.place, offset, crate::inst::NoWrap::Nothing)?;
            let value = match (value, home.mem) {
                (BasicValueEnum::IntValue(int), MemTy::I8 { .. }) => {
                    b.build_int_truncate(int, self.m.context.i8_type(), "")?.into()
                }
                (BasicValueEnum::IntValue(int), MemTy::I16 { .. }) => {
                    b.build_int_truncate(int, self.m.context.i16_type(), "")?.into()
                }
                (value, _) => value,
            };
            let store = b.build_store(place, value)?;
            store.set_alignment(1).map_err(bug)?;
        }
        Ok(())
    }
}
