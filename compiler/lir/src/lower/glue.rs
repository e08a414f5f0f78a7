//! Functions that lowering adds: retaining and dropping out of line, and dropping cells.
//!
//! A cell whose type can nest without bound (through itself, a closure or a `dyn`) is not dropped at once: it
//! goes onto a list, linked through its own header, that the outermost such drop works off. So dropping needs no
//! stack in proportion to the depth of the value. Within recursive types, boxed enums always
//! go through the list; buffers only where a circle of types passes through no boxed enum.

use super::Cx;
use super::builder::Builder;
use super::value::Emit;
use crate::ir::*;
use mir::ir as m;
use rustc_hash::FxHashSet;
use syntax::Span;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Glue {
    /// Retains a value given as its scalars, or by address where it lives in memory.
    Retain(m::Ty),
    /// Drops a value given likewise, the user's `drop` first.
    Drop(m::Ty),
    /// Drops what a pointer of this type refers to: it was the last owner.
    DropCell(m::Ty),
    /// Drops the fields in the cell of one variant of a boxed enum, and frees the cell.
    DropVariant(m::Ty, u32),
    /// Drops the elements of a buffer, and frees it; its capacity is in the fourth word.
    DropPendingBuffer(m::Ty),
    /// Puts a cell on the list with the routine that drops it; works the list off unless that is going on.
    DropLater,
    /// Drops the environment of a closure of this type, and frees the cell.
    DropEnv(m::Ty),
    /// A new cell with a copy of the value of this type, for a `dyn`.
    CloneDyn(m::Ty),
    /// Finds the references to actors: in a value at an address, in a buffer's or boxed enum's cell, in the cell of a closure or
    /// `dyn` with such a value in it.
    Visit(m::Ty),
    VisitCell(m::Ty),
    VisitEnv(m::Ty),
    /// From the calling convention of boxed closures to that of an instance.
    FnBoxAdapter(m::FuncId),
    /// From the calling convention of a `dyn`'s methods to that of an instance.
    DynAdapter(m::FuncId),
}

impl Cx<'_> {
    pub fn glue_fn(&mut self, glue: Glue) -> FuncId {
        if let Some(id) = self.glue.get(&glue) {
            return *id;
        }
        let (name, sig, may_unwind) = self.describe(glue);
        let id = self.declare_glue(name, sig, may_unwind);
        // Actors end once, but references to them are dropped all over the place.
        self.module.funcs[id].is_noinline = matches!(glue, Glue::DropCell(ty) if self.holds_shared(ty));
        self.glue.insert(glue, id);
        self.queue.push((glue, id));
        id
    }

    fn describe(&mut self, glue: Glue) -> (String, Signature, bool) {
        let one = Signature { params: vec![Ty::Ptr], results: Vec::new() };
        match glue {
            Glue::Retain(ty) | Glue::Drop(ty) => {
                let params = self.param_tys(ty, m::ParamMode::Owned);
                let word = if matches!(glue, Glue::Drop(_)) { "drop" } else { "retain" };
                let may_unwind = word == "drop" && self.program.drop_may_unwind(ty);
                (
                    format!("{word} {}", self.ty_name(ty)),
                    Signature { params, results: Vec::new() },
                    may_unwind,
                )
            }
            Glue::DropCell(ty) => (format!("drop cell {}", self.ty_name(ty)), one, self.cell_may_unwind(ty)),
            Glue::DropVariant(ty, v) => {
                (format!("drop {}.{v}", self.ty_name(ty)), one, self.cell_may_unwind(ty))
            }
            Glue::DropPendingBuffer(ty) => {
                (format!("drop pending {}", self.ty_name(ty)), one, self.cell_may_unwind(ty))
            }
            Glue::DropLater => {
                let sig = Signature { params: vec![Ty::Ptr, Ty::Ptr], results: Vec::new() };
                ("drop later".into(), sig, self.any_drop_unwinds())
            }
            Glue::Visit(ty) => (format!("visit {}", self.ty_name(ty)), one, false),
            Glue::VisitCell(ty) => (format!("visit cell {}", self.ty_name(ty)), one, false),
            Glue::VisitEnv(ty) => (format!("visit env {}", self.ty_name(ty)), one, false),
            Glue::DropEnv(ty) => (format!("drop env {}", self.ty_name(ty)), one, self.cell_may_unwind(ty)),
            Glue::CloneDyn(ty) => {
                let sig = Signature { params: vec![Ty::Ptr], results: vec![Ty::Ptr] };
                (format!("clone dyn {}", self.ty_name(ty)), sig, false)
            }
            Glue::FnBoxAdapter(f) | Glue::DynAdapter(f) => {
                let func = &self.program.funcs[f];
                let sig = self.boxed_signature(&func.params[1..], func.ret);
                (format!("boxed {}", func.name), sig, func.may_unwind)
            }
        }
    }

    /// Whether dropping a cell of this type can run a `drop` of the user's, the only thing in glue that can panic.
    fn cell_may_unwind(&mut self, ty: m::Ty) -> bool {
        match *self.program.types.kind(ty) {
            m::TyKind::FnBox { .. } | m::TyKind::Dyn { .. } => self.any_drop_unwinds(),
            _ => self.program.drop_may_unwind(ty),
        }
    }

    /// Whether a buffer is an actor's, or that of a value of the host's: it has one element.
    fn holds_shared(&self, ty: m::Ty) -> bool {
        let types = &self.program.types;
        matches!(*types.kind(ty), m::TyKind::Buffer(elem) if types.defs[elem].shared != m::Shared::No)
    }

    fn any_drop_unwinds(&self) -> bool {
        let mut hooks = self.program.types.defs.iter().filter_map(|d| d.user_drop);
        hooks.any(|func| self.program.funcs[func].may_unwind)
    }

    pub fn ty_name(&self, ty: m::Ty) -> String {
        let def = &self.program.types.defs[ty];
        if def.name.is_empty() { format!("{ty}") } else { def.name.clone() }
    }
}

pub(crate) fn build(cx: &mut Cx<'_>, glue: Glue) -> Body {
    let b = Builder::new(cx.layouts.pointer_bytes, Span::DUMMY);
    let mut e = Emit { cx, b, panicked: None };
    match glue {
        Glue::Retain(ty) => e.build_retain(ty),
        Glue::Drop(ty) => e.build_drop(ty),
        Glue::DropCell(ty) => e.build_drop_cell(ty),
        Glue::DropVariant(ty, v) => e.build_drop_variant(ty, v),
        Glue::DropPendingBuffer(ty) => {
            let p = e.b.param(Ty::Ptr);
            e.watch_panics(glue);
            let capacity = e.b.load(MemTy::Ptr, p, 3 * e.word());
            e.drop_buffer(ty, p, capacity);
        }
        Glue::DropLater => e.build_drop_later(),
        Glue::DropEnv(ty) => e.build_drop_env(ty),
        Glue::CloneDyn(ty) => e.build_clone_dyn(ty),
        Glue::Visit(ty) => e.build_visit(ty),
        Glue::VisitCell(ty) => e.build_visit_cell(ty),
        Glue::VisitEnv(ty) => e.build_visit_env(ty),
        Glue::FnBoxAdapter(f) => e.build_fn_box_adapter(f),
        Glue::DynAdapter(f) => e.build_dyn_adapter(f),
    }
    e.b.body
}

impl Emit<'_, '_> {
    fn value_params(&mut self, ty: m::Ty) -> Vec<Reg> {
        let tys = self.cx.param_tys(ty, m::ParamMode::Owned);
        tys.into_iter().map(|t| self.b.param(t)).collect()
    }

    fn build_retain(&mut self, ty: m::Ty) {
        let regs = self.value_params(ty);
        let layout = self.layout(ty);
        if layout.in_memory() {
            self.each_part_at(ty, regs[0], |this, ty, addr, offset| this.retain_at(ty, addr, offset));
        } else {
            self.for_each_field(ty, &regs, &layout, |this, ty, regs| this.retain(ty, regs));
        }
        self.b.end(Term::Return(Vec::new()));
    }

    /// From here on panics of what is dropped are put off, if there can be any.
    pub fn watch_panics(&mut self, glue: Glue) {
        let id = self.cx.glue_fn(glue);
        if self.cx.module.funcs[id].may_unwind {
            self.panicked = Some(self.b.i32(0));
        }
    }

    fn build_drop(&mut self, ty: m::Ty) {
        let mut regs = self.value_params(ty);
        self.watch_panics(Glue::Drop(ty));
        let layout = self.layout(ty);
        let join = self.begin_if_live(ty, &regs);
        if let Some(user) = self.types().defs[ty].user_drop {
            let join = self.begin_if_armed(ty, &regs);
            let mut after = regs.clone();
            self.call_user_drop(ty, FuncId(user.0), &mut after);
            match join {
                None => regs = after,
                Some(join) => {
                    regs.iter().zip(after).for_each(|(reg, after)| self.b.copy(*reg, after));
                    self.b.end_if(join);
                }
            }
        }
        if layout.in_memory() {
            self.each_part_at(ty, regs[0], |this, ty, addr, offset| this.drop_at(ty, addr, offset));
        } else if self.is_pointer(ty) {
            self.release(ty, regs[0]);
        } else {
            self.for_each_field(ty, &regs, &layout, |this, ty, regs| this.drop_value(ty, regs));
        }
        if let Some(join) = join {
            self.b.end_if(join);
        }
        self.end_drop();
    }

    /// Runs the user's `drop(mut self)` with its own list of pending cells, so that what it drops is gone when it returns. The
    /// value is there afterwards even if it has panicked.
    fn call_user_drop(&mut self, ty: m::Ty, user: FuncId, regs: &mut [Reg]) {
        let list = self.cx.drop_list();
        let state = self.b.data_addr(list, 0);
        let w = self.word();
        let saved = [self.b.load(MemTy::Ptr, state, 0), self.b.load(MemTy::Ptr, state, w)];
        let zero = self.b.ptr(0);
        self.b.store(MemTy::Ptr, state, 0, zero);
        self.b.store(MemTy::Ptr, state, w, zero);
        let layout = self.layout(ty);
        match &layout.flat {
            None => {
                self.drop_call(user, vec![regs[0]]);
            }
            Some(flat) => {
                let slot = self.b.slot(layout.size, layout.align);
                let addr = self.b.slot_addr(slot);
                self.store_scalars(flat, addr, 0, regs);
                self.drop_call(user, vec![addr]);
                regs.copy_from_slice(&self.load_scalars(flat, addr, 0));
            }
        }
        self.b.store(MemTy::Ptr, state, 0, saved[0]);
        self.b.store(MemTy::Ptr, state, w, saved[1]);
    }

    /// Calls `f` for the fields (of the variant that is there) or the elements of a value that lives in memory.
    pub fn each_part_at(&mut self, ty: m::Ty, addr: Reg, mut f: impl FnMut(&mut Self, m::Ty, Reg, u32)) {
        if let m::TyKind::FixedArray(elem, n) = *self.types().kind(ty) {
            let stride = self.layout(elem).stride();
            let count = self.b.ptr(n as i64);
            self.each_element(addr, count, stride, |this, at| f(this, elem, at, 0));
            return;
        }
        let layout = self.layout(ty);
        let def = &self.types().defs[ty];
        let tag = layout.has_tag.then(|| self.b.load(MemTy::I8 { signed: false }, addr, 0));
        let join = self.b.new_block();
        for (v, variant) in def.variants.iter().enumerate() {
            let next = tag.map(|tag| {
                let is_variant = self.b.cmp_imm(CmpOp::Eq, tag, v as i64);
                let (then, next) = (self.b.new_block(), self.b.new_block());
                self.b.end(Term::Branch { cond: is_variant, then, else_: next });
                self.b.switch_to(then);
                next
            });
            for (i, field) in variant.fields.iter().enumerate() {
                f(self, field.ty, addr, layout.variants[v].offsets[i]);
            }
            if let Some(next) = next {
                self.b.end(Term::Jump(join));
                self.b.switch_to(next);
            }
        }
        self.b.end(Term::Jump(join));
        self.b.switch_to(join);
    }

    /// A loop over `count` (a `Ptr`) elements from `base` on.
    pub fn each_element(&mut self, base: Reg, count: Reg, stride: u32, f: impl FnOnce(&mut Self, Reg)) {
        let at = self.b.reg(Ty::Ptr);
        self.b.copy(at, base);
        let bytes = self.b.bin_imm(BinOp::Mul, count, stride as i64);
        let end = self.b.bin(BinOp::Add, base, bytes);
        let (head, body, done) = (self.b.new_block(), self.b.new_block(), self.b.new_block());
        self.b.end(Term::Jump(head));
        self.b.switch_to(head);
        let more = self.b.cmp(CmpOp::LtU, at, end);
        self.b.end(Term::Branch { cond: more, then: body, else_: done });
        self.b.switch_to(body);
        f(self, at);
        let next = self.b.bin_imm(BinOp::Add, at, stride as i64);
        self.b.copy(at, next);
        self.b.end(Term::Jump(head));
        self.b.switch_to(done);
    }

    fn build_drop_cell(&mut self, ty: m::Ty) {
        let p = self.b.param(Ty::Ptr);
        self.watch_panics(Glue::DropCell(ty));
        let w = self.word();
        match self.types().kind(ty) {
            m::TyKind::Buffer(_) => {
                let capacity = self.b.load(MemTy::Ptr, p, w);
                if self.cx.recursive.contains(&ty) {
                    self.b.store(MemTy::Ptr, p, 3 * w, capacity);
                    self.drop_later(p, Glue::DropPendingBuffer(ty));
                } else {
                    self.drop_buffer(ty, p, capacity);
                    return;
                }
            }
            m::TyKind::FnBox { .. } => {
                let routine = self.b.load(MemTy::Ptr, p, 2 * w);
                self.call_drop_later(p, routine);
            }
            m::TyKind::Dyn { .. } => {
                let vtable = self.b.load(MemTy::Ptr, p, w);
                let routine = self.b.load(MemTy::Ptr, vtable, 0);
                self.call_drop_later(p, routine);
            }
            _ => self.drop_boxed_enum(ty, p),
        }
        self.end_drop();
    }

    fn drop_boxed_enum(&mut self, ty: m::Ty, p: Reg) {
        let recursive = self.cx.recursive.contains(&ty);
        self.each_boxed_variant(ty, p, |this, v| {
            if recursive {
                this.drop_later(p, Glue::DropVariant(ty, v));
            } else {
                let f = this.cx.glue_fn(Glue::DropVariant(ty, v));
                this.drop_call(f, vec![p]);
            }
        });
    }

    /// Calls `f` for each variant that has a cell, where that is the one at `p`.
    pub fn each_boxed_variant(&mut self, ty: m::Ty, p: Reg, mut f: impl FnMut(&mut Self, u32)) {
        let def = &self.types().defs[ty];
        let with_fields: Vec<u32> =
            (0..def.variants.len() as u32).filter(|v| !def.variants[*v as usize].fields.is_empty()).collect();
        let join = self.b.new_block();
        let tag = (with_fields.len() > 1).then(|| self.b.load(MemTy::Ptr, p, self.cx.layouts.pointer_bytes));
        for v in &with_fields {
            let next = self.b.new_block();
            if let (Some(tag), false) = (tag, v == with_fields.last().unwrap_or(v)) {
                let is_variant = self.b.cmp_imm(CmpOp::Eq, tag, *v as i64);
                let then = self.b.new_block();
                self.b.end(Term::Branch { cond: is_variant, then, else_: next });
                self.b.switch_to(then);
            }
            f(self, *v);
            self.b.end(Term::Jump(join));
            self.b.switch_to(next);
        }
        self.b.end(Term::Jump(join));
        self.b.switch_to(join);
    }

    fn build_drop_variant(&mut self, ty: m::Ty, v: u32) {
        let p = self.b.param(Ty::Ptr);
        self.watch_panics(Glue::DropVariant(ty, v));
        let layout = self.layout(ty);
        let def = &self.types().defs[ty];
        let header = self.cx.layouts.cell_header();
        let variant = &layout.variants[v as usize];
        for (field, offset) in def.variants[v as usize].fields.iter().zip(&variant.offsets) {
            self.drop_at(field.ty, p, header + offset);
        }
        let size = self.b.int(self.b.usize_ty(), variant.cell_size as i64);
        self.free(p, size);
        self.end_drop();
    }

    fn drop_buffer(&mut self, ty: m::Ty, p: Reg, capacity: Reg) {
        let m::TyKind::Buffer(elem) = *self.types().kind(ty) else { return };
        let (stride, header) = (self.layout(elem).stride(), self.cx.layouts.buffer_header());
        if self.cx.holds_shared(ty) {
            self.drop_at(elem, p, header);
        } else if self.drops(elem) {
            let len = self.b.load(MemTy::Ptr, p, 2 * self.word());
            let base = self.b.offset(p, header);
            self.each_element(base, len, stride, |this, at| this.drop_at(elem, at, 0));
        }
        let bytes = self.b.bin_imm(BinOp::Mul, capacity, stride as i64);
        let all = self.b.bin_imm(BinOp::Add, bytes, header as i64);
        let size = self.b.ptr_to_usize(all);
        self.free(p, size);
        self.end_drop();
    }

    /// Frees a cell. Without an allocator in the program there is nothing that could be freed.
    pub fn free(&mut self, p: Reg, size: Reg) {
        if let Some(free) = self.cx.lang("free") {
            self.b.call(free, vec![p, size], &[]);
        }
    }

    pub fn drop_later(&mut self, p: Reg, routine: Glue) {
        let f = self.cx.glue_fn(routine);
        let routine = self.b.func_addr(f);
        self.call_drop_later(p, routine);
    }

    fn call_drop_later(&mut self, p: Reg, routine: Reg) {
        let f = self.cx.glue_fn(Glue::DropLater);
        self.drop_call(f, vec![p, routine]);
    }

    /// `fn(cell, routine)`: the list's state is two words, its head and whether it is being worked off.
    fn build_drop_later(&mut self) {
        let w = self.word();
        let (p, routine) = (self.b.param(Ty::Ptr), self.b.param(Ty::Ptr));
        self.watch_panics(Glue::DropLater);
        let list = self.cx.drop_list();
        let state = self.b.data_addr(list, 0);
        self.b.store(MemTy::Ptr, p, w, routine);
        let head = self.b.load(MemTy::Ptr, state, 0);
        self.b.store(MemTy::Ptr, p, 0, head);
        self.b.store(MemTy::Ptr, state, 0, p);
        let busy = self.b.load(MemTy::Ptr, state, w);
        let (start, next, run, done, out) = (
            self.b.new_block(),
            self.b.new_block(),
            self.b.new_block(),
            self.b.new_block(),
            self.b.new_block(),
        );
        let is_busy = self.b.cmp_imm(CmpOp::Ne, busy, 0);
        self.b.end(Term::Branch { cond: is_busy, then: out, else_: start });
        self.b.switch_to(start);
        let one = self.b.ptr(1);
        self.b.store(MemTy::Ptr, state, w, one);
        self.b.end(Term::Jump(next));
        self.b.switch_to(next);
        let cell = self.b.load(MemTy::Ptr, state, 0);
        let more = self.b.cmp_imm(CmpOp::Ne, cell, 0);
        self.b.end(Term::Branch { cond: more, then: run, else_: done });
        self.b.switch_to(run);
        let link = self.b.load(MemTy::Ptr, cell, 0);
        self.b.store(MemTy::Ptr, state, 0, link);
        let func = self.b.load(MemTy::Ptr, cell, w);
        let sig = Signature { params: vec![Ty::Ptr], results: Vec::new() };
        self.drop_call_to(Callee::Indirect { sig, func }, vec![cell], true);
        self.b.end(Term::Jump(next));
        self.b.switch_to(done);
        let zero = self.b.ptr(0);
        self.b.store(MemTy::Ptr, state, w, zero);
        self.b.end(Term::Jump(out));
        self.b.switch_to(out);
        self.end_drop();
    }
}

impl Cx<'_> {
    pub fn drop_list(&mut self) -> DataId {
        if let Some(id) = self.drop_list {
            return id;
        }
        let size = 2 * self.layouts.pointer_bytes;
        let id = self.zeroed_data("drop list", size);
        self.drop_list = Some(id);
        id
    }
}

/// Boxed enums that contain themselves at any distance, and buffers on circles without a boxed enum.
/// Closures and `dyn` values always go through the list and end the search.
pub(crate) fn recursive_types(types: &m::Types) -> FxHashSet<m::Ty> {
    let mut found = FxHashSet::default();
    for (ty, def) in types.defs.iter_enumerated() {
        let is_buffer = matches!(def.kind, m::TyKind::Buffer(_));
        if (def.is_boxed && reaches(types, ty, ty, false)) || (is_buffer && reaches(types, ty, ty, true)) {
            found.insert(ty);
        }
    }
    found
}

/// Whether a value of `from` can own one of `to` somewhere inside, perhaps only on ways around boxed enums.
fn reaches(types: &m::Types, from: m::Ty, to: m::Ty, avoid_boxed: bool) -> bool {
    let mut seen = FxHashSet::default();
    let mut work = vec![from];
    while let Some(ty) = work.pop() {
        let def = &types.defs[ty];
        let mut parts: Vec<m::Ty> = def.variants.iter().flat_map(|v| v.fields.iter().map(|f| f.ty)).collect();
        match def.kind {
            m::TyKind::Buffer(elem) | m::TyKind::FixedArray(elem, _) => parts.push(elem),
            _ => {}
        }
        for part in parts {
            if part == to {
                return true;
            }
            if !(avoid_boxed && types.defs[part].is_boxed) && seen.insert(part) {
                work.push(part);
            }
        }
    }
    false
}
