//! Constants as scalars.

use super::func::FuncLower;
use super::layout::{FIRST_ADDRESS, Layout};
use super::value::Emit;
use crate::ir::*;
use mir::ir as m;

/// Stands for the pointer of a boxed enum that is not there: no address, and no variant's number.
const NOT_THERE: i64 = FIRST_ADDRESS - 1;

/// What the byte says, which is 1 of values that are there and 0 of others, where only the parts of a value are to be dropped.
const DISARMED: i32 = 2;

impl Emit<'_, '_> {
    /// The registers of a constant whose type has a flat form.
    pub fn const_regs(&mut self, value: &m::Const) -> Vec<Reg> {
        match value {
            m::Const::Int(value, int) => {
                let narrow = int.bits(self.word()) <= 32;
                vec![self.b.int(if narrow { Ty::I32 } else { Ty::I64 }, *value as i64)]
            }
            m::Const::F32(bits) => vec![self.b.constant(Imm::F32(*bits))],
            m::Const::F64(bits) => vec![self.b.constant(Imm::F64(*bits))],
            m::Const::Bool(value) => vec![self.b.i32(*value as i32)],
            m::Const::Char(c) => vec![self.b.i32(*c as i32)],
            m::Const::Unit => Vec::new(),
            m::Const::Str(text, ty) => self.string(text, *ty),
            m::Const::DataAddr(data) => vec![self.data(*data)],
            m::Const::FuncAddr(func) => {
                let code = self.b.func_addr(FuncId(func.0));
                vec![self.b.ptr_to_usize(code)]
            }
            m::Const::Null(ty) => {
                let reg = self.layout(*ty).flat.iter().flatten().next().map_or(Ty::Ptr, |s| s.reg);
                vec![self.b.int(reg, 0)]
            }
            m::Const::Empty(ty, variant) => self.empty_variant(*ty, *variant),
            m::Const::Poison(ty) => self.poison(*ty),
            m::Const::EmptyBuffer(_) => vec![self.immortal_pointer()],
        }
    }

    fn data(&mut self, data: m::DataId) -> Reg {
        let id = match self.cx.datas.get(&data) {
            Some(id) => *id,
            None => {
                let id = match &self.cx.program.datas[data] {
                    m::Data::Bytes(bytes) => self.cx.bytes(bytes),
                    m::Data::Strings(texts) => self.cx.strings(texts),
                };
                self.cx.datas.insert(data, id);
                id
            }
        };
        self.b.data_addr(id, 0)
    }

    /// `String { buf, data, len }`, see `docs/contracts.md`.
    fn string(&mut self, text: &str, _ty: m::Ty) -> Vec<Reg> {
        let buf = self.immortal_pointer();
        let id = self.cx.text(text);
        let data = self.b.data_addr(id, 0);
        let len = self.b.int(self.b.usize_ty(), text.len() as i64);
        vec![buf, data, len]
    }

    /// A variant without fields: its number, or its tag before slots that nobody reads.
    fn empty_variant(&mut self, ty: m::Ty, variant: u32) -> Vec<Reg> {
        if self.types().defs[ty].is_boxed {
            return vec![self.b.ptr(variant as i64)];
        }
        self.variant_regs(ty, variant, &[])
    }

    /// The flat form of an enum's or struct's value from its fields' registers; absent slots are zero.
    pub fn variant_regs(&mut self, ty: m::Ty, variant: u32, fields: &[Vec<Reg>]) -> Vec<Reg> {
        self.variant_or_poison(ty, variant, fields, true)
    }

    fn variant_or_poison(&mut self, ty: m::Ty, variant: u32, fields: &[Vec<Reg>], is_live: bool) -> Vec<Reg> {
        let layout = self.layout(ty);
        let flat = layout.flat.as_deref().unwrap_or_default();
        let mut regs: Vec<Option<Reg>> = vec![None; flat.len()];
        if layout.has_tag {
            regs[0] = Some(self.b.i32(variant as i32));
        }
        if let Some(of_variant) = layout.variants.get(variant as usize) {
            for (slots, field) in of_variant.slots.iter().zip(fields) {
                for (slot, reg) in slots.iter().zip(field) {
                    regs[*slot] = Some(*reg);
                }
            }
        }
        if let (Some(_), Some(last)) = (layout.live, regs.last_mut()) {
            *last = Some(self.b.i32(is_live.into()));
        }
        let mut out = Vec::with_capacity(flat.len());
        for (reg, scalar) in regs.into_iter().zip(flat) {
            out.push(match reg {
                Some(reg) => reg,
                None => self.b.int(scalar.reg, 0),
            });
        }
        out
    }

    /// The flat form of a value that may be dropped at no effect.
    pub fn poison(&mut self, ty: m::Ty) -> Vec<Reg> {
        let types = self.types();
        let def = &types.defs[ty];
        if def.is_boxed && self.cx.layouts.is_perishable(ty) {
            return vec![self.b.ptr(NOT_THERE)];
        }
        if def.is_boxed
            && let Some(v) = def.variants.iter().position(|v| v.fields.is_empty())
        {
            return vec![self.b.ptr(v as i64)];
        }
        if self.is_pointer(ty) {
            return vec![self.immortal_pointer()];
        }
        if def.variants.is_empty() {
            let layout = self.layout(ty);
            return layout.flat.iter().flatten().map(|s| self.b.int(s.reg, 0)).collect();
        }
        let variant = def.variants.iter().position(|v| v.fields.is_empty()).unwrap_or(0);
        let fields: Vec<Vec<Reg>> = def.variants[variant].fields.iter().map(|f| self.poison(f.ty)).collect();
        self.variant_or_poison(ty, variant as u32, &fields, false)
    }

    /// Writes such a value over memory.
    pub fn poison_at(&mut self, ty: m::Ty, addr: Reg, offset: u32) {
        let layout = self.layout(ty);
        if let Some(flat) = &layout.flat {
            let regs = self.poison(ty);
            return self.store_scalars(flat, addr, offset, &regs);
        }
        let types = self.types();
        if let m::TyKind::FixedArray(elem, n) = *types.kind(ty) {
            let stride = self.layout(elem).stride();
            let base = self.b.offset(addr, offset);
            let count = self.b.ptr(n as i64);
            self.each_element(base, count, stride, |this, at| this.poison_at(elem, at, 0));
            return;
        }
        let def = &types.defs[ty];
        let variant = def.variants.iter().position(|v| v.fields.is_empty()).unwrap_or(0);
        if layout.has_tag {
            let tag = self.b.i32(variant as i32);
            self.b.store(MemTy::I8 { signed: false }, addr, offset, tag);
        }
        for (i, field) in def.variants[variant].fields.iter().enumerate() {
            self.poison_at(field.ty, addr, offset + layout.variants[variant].offsets[i]);
        }
        self.store_live(&layout, addr, offset, false);
    }

    /// Says of a value in memory whether it is there, if its type has to say.
    pub fn store_live(&mut self, layout: &Layout, addr: Reg, offset: u32, is_live: bool) {
        if let Some(live) = layout.live {
            let flag = self.b.i32(is_live.into());
            self.b.store(MemTy::I8 { signed: false }, addr, offset + live, flag);
        }
    }

    /// Leaves of a value behind a pointer its parts, without its `drop`.
    pub fn disarm(&mut self, ty: m::Ty, addr: Reg) {
        let layout = self.layout(ty);
        if let Some(live) = layout.live {
            let flag = self.b.i32(DISARMED);
            self.b.store(MemTy::I8 { signed: false }, addr, live, flag);
        }
    }

    /// What the byte says that tells whether a value is there; given as its scalars or by its address.
    fn live_flag(&mut self, ty: m::Ty, regs: &[Reg]) -> Option<Reg> {
        let layout = self.layout(ty);
        let live = layout.live?;
        match &layout.flat {
            Some(_) => regs.last().copied(),
            None => Some(self.b.load(MemTy::I8 { signed: false }, regs[0], live)),
        }
    }

    /// Goes on only if a value, of which something is there, has its `drop` still.
    pub fn begin_if_armed(&mut self, ty: m::Ty, regs: &[Reg]) -> Option<Block> {
        let flag = self.live_flag(ty, regs).filter(|_| self.cx.layouts.is_disarmed(ty))?;
        let is_armed = self.b.cmp_imm(CmpOp::Ne, flag, DISARMED as i64);
        Some(self.b.begin_if(is_armed))
    }

    /// Goes on only if a value, given as its scalars or by its address, is there.
    pub fn begin_if_live(&mut self, ty: m::Ty, regs: &[Reg]) -> Option<Block> {
        if self.types().defs[ty].is_boxed && self.cx.layouts.is_perishable(ty) {
            let is_there = self.b.cmp_imm(CmpOp::Ne, regs[0], NOT_THERE);
            return Some(self.b.begin_if(is_there));
        }
        let flag = self.live_flag(ty, regs)?;
        Some(self.b.begin_if(flag))
    }
}

impl FuncLower<'_, '_, '_> {
    /// Writes a constant of a type that lives in memory.
    pub fn const_to_memory(&mut self, value: &m::Const, ty: m::Ty, addr: Reg, offset: u32) {
        match value {
            m::Const::Empty(_, variant) => {
                let layout = self.e.layout(ty);
                if layout.has_tag {
                    let tag = self.e.b.i32(*variant as i32);
                    self.e.b.store(MemTy::I8 { signed: false }, addr, offset, tag);
                }
                self.e.store_live(&layout, addr, offset, true);
            }
            m::Const::Poison(_) => self.e.poison_at(ty, addr, offset),
            other => unreachable!("constant {other:?} of a type in memory: the verifier excludes it"),
        }
    }
}
