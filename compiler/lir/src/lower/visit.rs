//! Routines that find the references to actors in values, for the library's `runtime.circles`.
//!
//! What a value has in place is gone through; of what it shares with others, cells, the library is told with the routine that goes
//! through them, so that it sees how many owners a cell has, and needs no stack in proportion to the depth of a value.

use super::Cx;
use super::glue::Glue;
use super::value::Emit;
use crate::ir::*;
use mir::TypeFacts;
use mir::ir as m;

impl Cx<'_> {
    /// Whether the program looks for actors that nobody can reach.
    pub fn traces_actors(&self) -> bool {
        self.program.lang.contains_key("trace_actor")
    }

    pub fn may_hold_actors(&mut self, ty: m::Ty) -> bool {
        let program = self.program;
        self.type_facts.get_or_insert_with(|| TypeFacts::new(&program.types)).may_hold_actors(ty)
    }

    /// The routine for the cell of a closure or `dyn` with such a value in it, if there may be references.
    pub fn visit_env(&mut self, ty: m::Ty) -> Option<FuncId> {
        (self.traces_actors() && self.may_hold_actors(ty)).then(|| self.glue_fn(Glue::VisitEnv(ty)))
    }
}

impl Emit<'_, '_> {
    /// The address of a routine, or null.
    pub fn routine_addr(&mut self, routine: Option<FuncId>) -> Reg {
        match routine {
            Some(func) => self.b.func_addr(func),
            None => self.b.ptr(0),
        }
    }

    /// `fn(address)`: the value there.
    pub fn build_visit(&mut self, ty: m::Ty) {
        let addr = self.b.param(Ty::Ptr);
        self.visit_parts(ty, addr, 0);
        self.b.end(Term::Return(Vec::new()));
    }

    /// `fn(cell)`: the elements of a buffer, the fields of a boxed enum.
    pub fn build_visit_cell(&mut self, ty: m::Ty) {
        let p = self.b.param(Ty::Ptr);
        if let m::TyKind::Buffer(elem) = *self.types().kind(ty) {
            let (stride, header) = (self.layout(elem).stride(), self.cx.layouts.buffer_header());
            let len = self.b.load(MemTy::Ptr, p, 2 * self.word());
            let base = self.b.offset(p, header);
            self.each_element(base, len, stride, |this, at| this.visit_at(elem, at, 0));
        } else {
            self.visit_boxed(ty, p);
        }
        self.b.end(Term::Return(Vec::new()));
    }

    /// `fn(cell)`: what a closure has captured, the value of a `dyn`.
    pub fn build_visit_env(&mut self, ty: m::Ty) {
        let p = self.b.param(Ty::Ptr);
        let header = self.cx.layouts.buffer_header();
        self.visit_at(ty, p, header);
        self.b.end(Term::Return(Vec::new()));
    }

    fn visit_boxed(&mut self, ty: m::Ty, p: Reg) {
        let layout = self.layout(ty);
        let header = self.cx.layouts.cell_header();
        self.each_boxed_variant(ty, p, |this, v| {
            let variant = &layout.variants[v as usize];
            let fields = &this.types().defs[ty].variants[v as usize].fields;
            for (field, offset) in fields.iter().zip(&variant.offsets) {
                this.visit_at(field.ty, p, header + offset);
            }
        });
    }

    /// Values that are large enough for a routine of their own are gone through there.
    fn visit_at(&mut self, ty: m::Ty, addr: Reg, offset: u32) {
        if !self.cx.may_hold_actors(ty) {
            return;
        }
        if self.layout(ty).in_memory() {
            let f = self.cx.glue_fn(Glue::Visit(ty));
            let addr = self.b.offset(addr, offset);
            self.b.call(f, vec![addr], &[]);
        } else {
            self.visit_parts(ty, addr, offset);
        }
    }

    fn visit_parts(&mut self, ty: m::Ty, addr: Reg, offset: u32) {
        let layout = self.layout(ty);
        match &layout.flat {
            Some(flat) => {
                let regs = self.load_scalars(flat, addr, offset);
                self.visit_value(ty, &regs);
            }
            None => self.each_part_at(ty, addr, |this, ty, addr, offset| this.visit_at(ty, addr, offset)),
        }
    }

    fn visit_value(&mut self, ty: m::Ty, regs: &[Reg]) {
        if !self.cx.may_hold_actors(ty) {
            return;
        }
        if self.is_pointer(ty) {
            return self.visit_pointer(ty, regs[0]);
        }
        let layout = self.layout(ty);
        self.for_each_field(ty, regs, &layout, |this, field, regs| this.visit_value(field, regs));
    }

    fn visit_pointer(&mut self, ty: m::Ty, p: Reg) {
        let types = self.types();
        if let m::TyKind::Buffer(elem) = *types.kind(ty)
            && types.defs[elem].shared == m::Shared::Actor
        {
            return self.trace("trace_actor", vec![p]);
        }
        let join = self.skip_numbers(ty, p);
        let routine = self.cell_routine(ty, p);
        self.trace("trace_cell", vec![p, routine]);
        if let Some(join) = join {
            self.b.end_if(join);
        }
    }

    fn cell_routine(&mut self, ty: m::Ty, p: Reg) -> Reg {
        let w = self.word();
        match self.types().kind(ty) {
            m::TyKind::FnBox { .. } => self.b.load(MemTy::Ptr, p, 3 * w),
            m::TyKind::Dyn { .. } => {
                let vtable = self.b.load(MemTy::Ptr, p, w);
                self.b.load(MemTy::Ptr, vtable, 2 * w)
            }
            _ => {
                let f = self.cx.glue_fn(Glue::VisitCell(ty));
                self.b.func_addr(f)
            }
        }
    }

    fn trace(&mut self, name: &str, args: Vec<Reg>) {
        // The library's routines take addresses as numbers.
        let args = args.into_iter().map(|p| self.b.ptr_to_usize(p)).collect();
        if let Some(func) = self.cx.lang(name) {
            self.b.call(func, args, &[]);
        }
    }
}
