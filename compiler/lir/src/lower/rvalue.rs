//! Operands and right-hand sides.

use super::arith::Kind;
use super::func::FuncLower;
use super::layout::FIRST_ADDRESS;
use super::place::Loc;
use crate::ir::*;
use mir::ir as m;

impl FuncLower<'_, '_, '_> {
    /// What arithmetic has to know of an operand's type.
    pub fn operand_kind(&self, operand: &m::Operand) -> Kind {
        match operand {
            m::Operand::Copy(p) | m::Operand::Move(p) | m::Operand::Borrow(p) => {
                self.e.kind(self.place_ty(p))
            }
            m::Operand::Const(m::Const::Int(_, int)) => Kind::Int(*int),
            m::Operand::Const(m::Const::F32(_) | m::Const::F64(_)) => Kind::Float,
            m::Operand::Const(m::Const::Bool(_)) => Kind::Bool,
            m::Operand::Const(_) => Kind::Other,
        }
    }

    /// The registers of an operand, owned as it says; for a type in memory the address (of the place itself: only for reading).
    pub fn operand(&mut self, operand: &m::Operand) -> Vec<Reg> {
        match operand {
            m::Operand::Const(c) => self.e.const_regs(c),
            m::Operand::Move(place) | m::Operand::Borrow(place) => self.read_place(place),
            m::Operand::Copy(place) => {
                let ty = self.place_ty(place);
                let regs = self.read_place(place);
                match self.e.layout(ty).in_memory() {
                    true => self.e.retain_at(ty, regs[0], 0),
                    false => self.e.retain(ty, &regs),
                }
                regs
            }
        }
    }

    fn read_place(&mut self, place: &m::Place) -> Vec<Reg> {
        let ty = self.place_ty(place);
        let loc = self.loc(place);
        self.read_regs(ty, &loc)
    }

    /// Writes an operand to memory, owned as it says.
    pub fn operand_to_memory(&mut self, operand: &m::Operand, ty: m::Ty, addr: Reg, offset: u32) {
        if let m::Operand::Const(c) = operand
            && self.e.layout(ty).in_memory()
        {
            return self.const_to_memory(c, ty, addr, offset);
        }
        let regs = self.operand(operand);
        self.e.store_value(ty, addr, offset, &regs);
    }

    pub fn assign(&mut self, place: &m::Place, rvalue: &m::Rvalue) {
        let ty = self.place_ty(place);
        if self.e.layout(ty).in_memory() {
            return self.assign_in_memory(place, ty, rvalue);
        }
        let regs = self.rvalue(rvalue, ty);
        // The place is opened after the right side has been evaluated.
        let loc = self.loc(place);
        self.write_regs(ty, &loc, &regs);
    }

    fn assign_in_memory(&mut self, place: &m::Place, ty: m::Ty, rvalue: &m::Rvalue) {
        let Loc::Mem { addr, offset, .. } = self.loc(place) else {
            unreachable!("a type in memory has its place there");
        };
        match rvalue {
            m::Rvalue::Use(operand) => self.operand_to_memory(operand, ty, addr, offset),
            m::Rvalue::Aggregate { variant, fields, .. } => {
                self.build_in_memory(
                    place,
                    addr,
                    offset,
                    |this, to, at| this.aggregate_at(ty, *variant, fields, to, at),
                    fields,
                    ty,
                );
            }
            m::Rvalue::FixedArray(_, elems) => {
                self.build_in_memory(
                    place,
                    addr,
                    offset,
                    |this, to, at| this.elements_at(ty, elems, to, at),
                    elems,
                    ty,
                );
            }
            m::Rvalue::FixedRepeat(_, elem) => {
                self.build_in_memory(
                    place,
                    addr,
                    offset,
                    |this, to, at| this.repeat_at(ty, elem, to, at),
                    std::slice::from_ref(elem),
                    ty,
                );
            }
            m::Rvalue::Intrinsic(op, args) => {
                let regs = self.intrinsic(*op, args, ty);
                self.e.store_value(ty, addr, offset, &regs);
            }
            other => unreachable!("{other:?} has a scalar type: the verifier excludes it"),
        }
    }

    /// Builds in place, or in a slot where an operand lies in the destination itself.
    fn build_in_memory(
        &mut self,
        place: &m::Place,
        addr: Reg,
        offset: u32,
        build: impl FnOnce(&mut Self, Reg, u32),
        operands: &[m::Operand],
        ty: m::Ty,
    ) {
        let aliases = operands.iter().any(|o| match o {
            m::Operand::Copy(p) | m::Operand::Move(p) | m::Operand::Borrow(p) => p.local == place.local,
            m::Operand::Const(_) => false,
        });
        if !aliases {
            return build(self, addr, offset);
        }
        let layout = self.e.layout(ty);
        let slot = self.e.b.slot(layout.size.max(1), layout.align);
        let temp = self.e.b.slot_addr(slot);
        build(self, temp, 0);
        self.e.store_value(ty, addr, offset, &[temp]);
    }

    fn aggregate_at(&mut self, ty: m::Ty, variant: u32, fields: &[m::Operand], addr: Reg, offset: u32) {
        let layout = self.e.layout(ty);
        if layout.has_tag {
            let tag = self.e.b.i32(variant as i32);
            self.e.b.store(MemTy::I8 { signed: false }, addr, offset, tag);
        }
        let offsets = &layout.variants[variant as usize].offsets;
        for (i, operand) in fields.iter().enumerate() {
            let field = self.e.types().field(ty, variant, i as u32);
            self.operand_to_memory(operand, field, addr, offset + offsets[i]);
        }
        self.e.store_live(&layout, addr, offset, true);
    }

    fn elements_at(&mut self, ty: m::Ty, elems: &[m::Operand], addr: Reg, offset: u32) {
        let m::TyKind::FixedArray(elem, _) = *self.e.types().kind(ty) else { return };
        let stride = self.e.layout(elem).stride();
        for (i, operand) in elems.iter().enumerate() {
            self.operand_to_memory(operand, elem, addr, offset + i as u32 * stride);
        }
    }

    /// The first element is the operand; the others are copies of it.
    fn repeat_at(&mut self, ty: m::Ty, elem: &m::Operand, addr: Reg, offset: u32) {
        let m::TyKind::FixedArray(elem_ty, n) = *self.e.types().kind(ty) else { return };
        let layout = self.e.layout(elem_ty);
        self.operand_to_memory(elem, elem_ty, addr, offset);
        let first = self.e.b.offset(addr, offset);
        let regs = match &layout.flat {
            Some(flat) => self.e.load_scalars(flat, first, 0),
            None => vec![first],
        };
        let second = self.e.b.offset(first, layout.stride());
        let others = self.e.b.ptr(n as i64 - 1);
        self.e.each_element(second, others, layout.stride(), |e, at| {
            match layout.in_memory() {
                true => e.retain_at(elem_ty, first, 0),
                false => e.retain(elem_ty, &regs),
            }
            e.store_value(elem_ty, at, 0, &regs);
        });
    }

    /// The registers of a right-hand side of a type with a flat form.
    fn rvalue(&mut self, rvalue: &m::Rvalue, ty: m::Ty) -> Vec<Reg> {
        match rvalue {
            m::Rvalue::Use(operand) => self.operand(operand),
            m::Rvalue::Binary(op, a, b) => {
                let kind = self.operand_kind(a);
                let (a, b) = (self.operand(a), self.operand(b));
                vec![self.e.binary(*op, kind, a[0], b[0])]
            }
            m::Rvalue::Checked(op, a, b) => {
                let kind = self.operand_kind(a);
                let (a, b) = (self.operand(a)[0], self.operand(b)[0]);
                let (value, overflow) = self.e.checked(*op, kind, a, b);
                vec![value, overflow]
            }
            m::Rvalue::Unary(op, a) => {
                let kind = self.operand_kind(a);
                let a = self.operand(a)[0];
                vec![self.e.unary(*op, kind, a)]
            }
            m::Rvalue::Cast(a) => {
                let kind = self.operand_kind(a);
                let a = self.operand(a)[0];
                vec![self.e.cast(kind, ty, a)]
            }
            m::Rvalue::Aggregate { ty, variant, fields, reuse } => {
                self.aggregate(*ty, *variant, fields, *reuse)
            }
            m::Rvalue::FixedArray(..) | m::Rvalue::FixedRepeat(..) => {
                unreachable!("fixed arrays live in memory")
            }
            m::Rvalue::Discriminant(place) => vec![self.discriminant(place)],
            m::Rvalue::MakeFnBox { env, func, .. } => {
                let env_ty = self.e.cx.program.funcs[*func].params[0].0;
                let env = self.operand_for_memory(env, env_ty);
                vec![self.e.make_fn_box(env_ty, &env, *func)]
            }
            m::Rvalue::MakeDyn { value, methods, .. } => {
                let value_ty = match (methods.first(), value) {
                    (Some(f), _) => self.e.cx.program.funcs[*f].params[0].0,
                    (None, m::Operand::Copy(p) | m::Operand::Move(p) | m::Operand::Borrow(p)) => {
                        self.place_ty(p)
                    }
                    (None, m::Operand::Const(c)) => unreachable!("a dyn without methods from constant {c:?}"),
                };
                let value = self.operand_for_memory(value, value_ty);
                vec![self.e.make_dyn(value_ty, &value, methods)]
            }
            m::Rvalue::AddrOf(place) => match self.loc(place) {
                Loc::Mem { addr, offset, .. } => vec![self.e.b.offset(addr, offset)],
                loc => unreachable!("the address of {loc:?}"),
            },
            m::Rvalue::Intrinsic(op, args) => self.intrinsic(*op, args, ty),
        }
    }

    /// The registers for `store_value`: constants of types in memory get a slot.
    pub fn operand_for_memory(&mut self, operand: &m::Operand, ty: m::Ty) -> Vec<Reg> {
        let layout = self.e.layout(ty);
        if matches!(operand, m::Operand::Const(_)) && layout.in_memory() {
            let slot = self.e.b.slot(layout.size.max(1), layout.align);
            let addr = self.e.b.slot_addr(slot);
            self.operand_to_memory(operand, ty, addr, 0);
            return vec![addr];
        }
        self.operand(operand)
    }

    fn aggregate(
        &mut self,
        ty: m::Ty,
        variant: u32,
        fields: &[m::Operand],
        reuse: Option<m::Local>,
    ) -> Vec<Reg> {
        let types = self.e.types();
        if !types.defs[ty].is_boxed {
            let fields: Vec<Vec<Reg>> = fields.iter().map(|o| self.operand(o)).collect();
            return self.e.variant_regs(ty, variant, &fields);
        }
        if types.defs[ty].variants[variant as usize].fields.is_empty() {
            return vec![self.e.b.ptr(variant as i64)];
        }
        let tys: Vec<m::Ty> = types.defs[ty].variants[variant as usize].fields.iter().map(|f| f.ty).collect();
        let values: Vec<Vec<Reg>> =
            fields.iter().zip(&tys).map(|(o, t)| self.operand_for_memory(o, *t)).collect();
        let token = reuse.map(|token| {
            let loc = self.local_loc(token);
            self.read_regs(self.body.locals[token].ty, &loc)[0]
        });
        let p = self.e.boxed_cell(ty, variant, token);
        let layout = self.e.layout(ty);
        let header = self.e.cx.layouts.cell_header();
        for ((field, value), offset) in
            tys.iter().zip(&values).zip(&layout.variants[variant as usize].offsets)
        {
            self.e.store_value(*field, p, header + offset, value);
        }
        vec![p]
    }

    fn discriminant(&mut self, place: &m::Place) -> Reg {
        let ty = self.place_ty(place);
        let layout = self.e.layout(ty);
        let loc = self.loc(place);
        let def = &self.e.types().defs[ty];
        if def.is_boxed {
            let p = self.read_regs(ty, &loc)[0];
            return self.boxed_discriminant(ty, p);
        }
        if !layout.has_tag {
            return self.e.b.i32(0);
        }
        match (&layout.flat, loc) {
            (_, Loc::Regs(regs)) => regs[0],
            (Some(flat), Loc::Mem { addr, offset, .. }) => {
                self.e.b.load(flat[0].mem, addr, offset + flat[0].offset)
            }
            (None, Loc::Mem { addr, offset, .. }) => self.e.b.load(MemTy::I8 { signed: false }, addr, offset),
        }
    }

    fn boxed_discriminant(&mut self, ty: m::Ty, p: Reg) -> Reg {
        let def = &self.e.types().defs[ty];
        let with_fields: Vec<usize> =
            (0..def.variants.len()).filter(|v| !def.variants[*v].fields.is_empty()).collect();
        let has_numbers = with_fields.len() < def.variants.len();
        let tag = self.e.b.reg(Ty::I32);
        let number = self.e.b.conv(ConvOp::PtrToI32, Ty::I32, p);
        if !has_numbers && with_fields.len() == 1 {
            return self.e.b.i32(with_fields[0] as i32);
        }
        if !has_numbers {
            return self.cell_tag(p);
        }
        if let [only] = with_fields[..] {
            let is_number = self.e.b.cmp_imm(CmpOp::LtU, p, FIRST_ADDRESS);
            let only = self.e.b.i32(only as i32);
            return self.e.b.select(is_number, number, only);
        }
        self.e.b.copy(tag, number);
        let is_address = self.e.b.cmp_imm(CmpOp::GeU, p, FIRST_ADDRESS);
        let join = self.e.b.begin_if(is_address);
        let stored = self.cell_tag(p);
        self.e.b.copy(tag, stored);
        self.e.b.end_if(join);
        tag
    }

    fn cell_tag(&mut self, p: Reg) -> Reg {
        let w = self.e.word();
        let aux = self.e.b.load(MemTy::Ptr, p, w);
        self.e.b.conv(ConvOp::PtrToI32, Ty::I32, aux)
    }
}
