//! Cells of boxed enums, closures and `dyn` values, and the adapters between their calling conventions and that
//! of the instances behind them.
//!
//! A boxed closure is called as `(result slot?, cell, arguments)`. Its cell: count, code, routine that drops the
//! environment and frees the cell, a word, environment. A `dyn`'s cell: count, vtable, two spare words,
//! value; its vtable: routine that drops the value and frees the cell, routine that makes a copy of the cell, methods. In programs
//! that trace references to actors the routine for that (or null) is in the closure's fourth word and before the methods.

use super::Cx;
use super::glue::Glue;
use super::immortal_count;
use super::value::Emit;
use crate::ir::*;
use mir::ir as m;

/// Whether any function makes cells: directly, or by calling the allocator.
pub(crate) fn program_allocates(program: &m::Program) -> bool {
    let alloc = program.lang.get("alloc").copied();
    program.funcs.iter().any(|f| match &f.kind {
        m::FuncKind::Extern { .. } | m::FuncKind::Suspend | m::FuncKind::Yield => false,
        m::FuncKind::Body(body) => body.blocks.iter().any(|b| {
            let calls =
                matches!(&b.term, m::Term::Call { callee: m::Callee::Func(f), .. } if Some(*f) == alloc);
            calls || b.stmts.iter().any(|s| makes_cell(program, &s.kind))
        }),
    })
}

fn makes_cell(program: &m::Program, stmt: &m::StmtKind) -> bool {
    match stmt {
        m::StmtKind::Assign(_, m::Rvalue::Aggregate { ty, fields, .. }) => {
            program.types.defs[*ty].is_boxed && !fields.is_empty()
        }
        m::StmtKind::Assign(_, m::Rvalue::MakeFnBox { .. } | m::Rvalue::MakeDyn { .. }) => true,
        // The call of `alloc` itself may have been inlined.
        m::StmtKind::Assign(_, m::Rvalue::Intrinsic(m::Intrinsic::BufferFromPtr(_), _)) => true,
        _ => false,
    }
}

impl Cx<'_> {
    /// The signature behind a cell: `params` without the environment or receiver.
    pub fn boxed_signature(&mut self, params: &[(m::Ty, m::ParamMode)], ret: m::Ty) -> Signature {
        let mut sig = self.signature(params, ret);
        let at = self.returns_by_slot(ret) as usize;
        sig.params.insert(at, Ty::Ptr);
        sig
    }

    /// Words in a vtable before the methods.
    pub fn vtable_methods(&self) -> u32 {
        if self.traces_actors() { 3 } else { 2 }
    }

    fn vtable(&mut self, value: m::Ty, methods: &[m::FuncId]) -> DataId {
        let w = self.layouts.pointer_bytes;
        let mut funcs =
            vec![Some(self.glue_fn(Glue::DropEnv(value))), Some(self.glue_fn(Glue::CloneDyn(value)))];
        if self.traces_actors() {
            funcs.push(self.visit_env(value));
        }
        funcs.extend(methods.iter().map(|f| Some(self.glue_fn(Glue::DynAdapter(*f)))));
        let relocs: Vec<(u32, Reloc)> =
            funcs.iter().enumerate().filter_map(|(i, f)| Some((i as u32 * w, Reloc::Func((*f)?)))).collect();
        // The same type and methods give the same table, found by its relocations.
        let same =
            self.module.datas.iter_enumerated().find(|(_, d)| d.relocs == relocs && !relocs.is_empty());
        if let Some((id, _)) = same {
            return id;
        }
        self.module.datas.push(Data {
            name: format!("vtable {}", self.ty_name(value)),
            bytes: vec![0; funcs.len() * w as usize],
            align: w,
            relocs,
            is_mutable: false,
            zeroed: 0,
        })
    }
}

impl Emit<'_, '_> {
    pub fn alloc(&mut self, size: u32) -> Reg {
        let size = self.b.int(self.b.usize_ty(), size as i64);
        let p = match self.cx.lang("alloc") {
            Some(alloc) => self.b.call(alloc, vec![size], &[Ty::Ptr])[0],
            None => self.b.ptr(0),
        };
        let one = self.b.ptr(1);
        self.b.store_header(p, 0, one);
        p
    }

    /// Bytes of the cell that holds a value of `ty` behind a closure's or `dyn`'s header.
    fn env_cell_size(&mut self, ty: m::Ty) -> u32 {
        let header = self.cx.layouts.buffer_header();
        (header + self.layout(ty).size).next_multiple_of(self.word())
    }

    pub fn store_value(&mut self, ty: m::Ty, addr: Reg, offset: u32, regs: &[Reg]) {
        let layout = self.layout(ty);
        match &layout.flat {
            Some(flat) => self.store_scalars(flat, addr, offset, regs),
            None => {
                let dst = self.b.offset(addr, offset);
                self.copy_bytes(dst, regs[0], layout.size);
            }
        }
    }

    /// The registers for passing the value at `addr + offset`: its scalars, or its address.
    pub fn load_value(&mut self, ty: m::Ty, addr: Reg, offset: u32) -> Vec<Reg> {
        let layout = self.layout(ty);
        match &layout.flat {
            Some(flat) => self.load_scalars(flat, addr, offset),
            None => vec![self.b.offset(addr, offset)],
        }
    }

    /// `env` is the environment's registers as for passing it.
    pub fn make_fn_box(&mut self, env_ty: m::Ty, env: &[Reg], func: m::FuncId) -> Reg {
        let (w, header) = (self.word(), self.cx.layouts.buffer_header());
        let code = self.cx.glue_fn(Glue::FnBoxAdapter(func));
        let routine = self.cx.glue_fn(Glue::DropEnv(env_ty));
        let size = self.env_cell_size(env_ty);
        let p = self.alloc(size);
        let code = self.b.func_addr(code);
        self.b.store(MemTy::Ptr, p, w, code);
        let routine = self.b.func_addr(routine);
        self.b.store(MemTy::Ptr, p, 2 * w, routine);
        if self.cx.traces_actors() {
            let visit = self.cx.visit_env(env_ty);
            let visit = self.routine_addr(visit);
            self.b.store(MemTy::Ptr, p, 3 * w, visit);
        }
        self.store_value(env_ty, p, header, env);
        p
    }

    pub fn make_dyn(&mut self, value_ty: m::Ty, value: &[Reg], methods: &[m::FuncId]) -> Reg {
        let (w, header) = (self.word(), self.cx.layouts.buffer_header());
        let vtable = self.cx.vtable(value_ty, methods);
        let size = self.env_cell_size(value_ty);
        let p = self.alloc(size);
        let vtable = self.b.data_addr(vtable, 0);
        self.b.store(MemTy::Ptr, p, w, vtable);
        self.store_value(value_ty, p, header, value);
        p
    }

    pub fn build_drop_env(&mut self, ty: m::Ty) {
        let p = self.b.param(Ty::Ptr);
        self.watch_panics(Glue::DropEnv(ty));
        let header = self.cx.layouts.buffer_header();
        self.drop_at(ty, p, header);
        let size = self.env_cell_size(ty);
        let size = self.b.int(self.b.usize_ty(), size as i64);
        self.free(p, size);
        self.end_drop();
    }

    pub fn build_clone_dyn(&mut self, ty: m::Ty) {
        let p = self.b.param(Ty::Ptr);
        let (w, header) = (self.word(), self.cx.layouts.buffer_header());
        let size = self.env_cell_size(ty);
        self.retain_at(ty, p, header);
        let new = self.alloc(size);
        let vtable = self.b.load(MemTy::Ptr, p, w);
        self.b.store(MemTy::Ptr, new, w, vtable);
        let bytes = self.layout(ty).size;
        let (dst, src) = (self.b.offset(new, header), self.b.offset(p, header));
        self.copy_bytes(dst, src, bytes);
        self.b.end(Term::Return(vec![new]));
    }

    /// Parameters of an adapter: the result slot if there is one, the cell, the rest.
    fn adapter_params(&mut self, func: &m::Function) -> (Vec<Reg>, Reg, Vec<Reg>) {
        let sig = self.cx.boxed_signature(&func.params[1..], func.ret);
        let regs: Vec<Reg> = sig.params.iter().map(|t| self.b.param(*t)).collect();
        let at = self.cx.returns_by_slot(func.ret) as usize;
        (regs[..at].to_vec(), regs[at], regs[at + 1..].to_vec())
    }

    fn finish_adapter(&mut self, func: m::FuncId, slot: Vec<Reg>, first: Vec<Reg>, rest: Vec<Reg>) {
        let ret = self.cx.program.funcs[func].ret;
        let results = self.cx.result_tys(ret);
        let args = slot.into_iter().chain(first).chain(rest).collect();
        let dsts = self.b.call(FuncId(func.0), args, &results);
        self.b.end(Term::Return(dsts));
    }

    pub fn build_fn_box_adapter(&mut self, id: m::FuncId) {
        let func = &self.cx.program.funcs[id];
        let (slot, cell, rest) = self.adapter_params(func);
        let (env_ty, mode) = func.params[0];
        let header = self.cx.layouts.buffer_header();
        let env = self.load_value(env_ty, cell, header);
        if mode == m::ParamMode::Owned {
            self.retain(env_ty, &env);
        }
        self.finish_adapter(id, slot, env, rest);
    }

    /// The mode of the instance's receiver tells who owns the cell: a borrowed or `mut` receiver leaves it with
    /// the caller (who has made it unique for `mut`), an owned one takes it.
    pub fn build_dyn_adapter(&mut self, id: m::FuncId) {
        let func = &self.cx.program.funcs[id];
        let (slot, cell, rest) = self.adapter_params(func);
        let (ty, mode) = func.params[0];
        let header = self.cx.layouts.buffer_header();
        let receiver = match mode {
            m::ParamMode::Mut => vec![self.b.offset(cell, header)],
            m::ParamMode::Borrowed => self.load_value(ty, cell, header),
            m::ParamMode::Owned | m::ParamMode::Token { .. } => self.take_from_dyn(ty, cell),
        };
        self.finish_adapter(id, slot, receiver, rest);
    }

    /// Moves the value out of a cell that is given up: frees a unique cell, else copies and counts down.
    fn take_from_dyn(&mut self, ty: m::Ty, cell: Reg) -> Vec<Reg> {
        let header = self.cx.layouts.buffer_header();
        let layout = self.layout(ty);
        let value = match &layout.flat {
            Some(flat) => self.load_scalars(flat, cell, header),
            None => {
                let slot = self.b.slot(layout.size, layout.align);
                let to = self.b.slot_addr(slot);
                let from = self.b.offset(cell, header);
                self.copy_bytes(to, from, layout.size);
                vec![to]
            }
        };
        let count = self.b.load_count(cell);
        let unique = self.b.cmp_imm(CmpOp::Eq, count, 1);
        let (last, shared, join) = (self.b.new_block(), self.b.new_block(), self.b.new_block());
        self.b.end(Term::Branch { cond: unique, then: last, else_: shared });
        self.b.switch_to(last);
        let size = self.env_cell_size(ty);
        let size = self.b.int(self.b.usize_ty(), size as i64);
        self.free(cell, size);
        self.b.end(Term::Jump(join));
        self.b.switch_to(shared);
        match layout.flat {
            Some(_) => self.retain(ty, &value),
            None => self.retain_at(ty, value[0], 0),
        }
        let less = self.b.bin_imm(BinOp::Sub, count, 1);
        self.b.store_header(cell, 0, less);
        self.b.end(Term::Jump(join));
        self.b.switch_to(join);
        value
    }

    /// A pointer to a copy of the `dyn` that nobody else owns; gives up the old count if it copies.
    pub fn unique_dyn(&mut self, cell: Reg) -> Reg {
        let out = self.b.reg(Ty::Ptr);
        self.b.copy(out, cell);
        let count = self.b.load_count(cell);
        let shared = self.b.cmp_imm(CmpOp::Ne, count, 1);
        let join = self.b.begin_if(shared);
        let vtable = self.b.load(MemTy::Ptr, cell, self.word());
        let func = self.b.load(MemTy::Ptr, vtable, self.word());
        let sig = Signature { params: vec![Ty::Ptr], results: vec![Ty::Ptr] };
        self.b.push(Op::Call { dsts: vec![out], callee: Callee::Indirect { sig, func }, args: vec![cell] });
        let less = self.b.bin_imm(BinOp::Sub, count, 1);
        self.b.store_header(cell, 0, less);
        self.b.end_if(join);
        out
    }

    /// Allocates the cell of a variant with fields, in the memory of `reuse` if that holds any.
    pub fn boxed_cell(&mut self, ty: m::Ty, variant: u32, reuse: Option<Reg>) -> Reg {
        let layout = self.layout(ty);
        let size = layout.variants[variant as usize].cell_size;
        let p = match reuse {
            None => self.alloc(size),
            Some(token) => self.alloc_or_reuse(size, token),
        };
        let n_with_fields = self.types().defs[ty].variants.iter().filter(|v| !v.fields.is_empty()).count();
        if n_with_fields > 1 {
            let tag = self.b.ptr(variant as i64);
            let w = self.word();
            self.b.store(MemTy::Ptr, p, w, tag);
        }
        p
    }

    fn alloc_or_reuse(&mut self, size: u32, token: Reg) -> Reg {
        let p = self.b.reg(Ty::Ptr);
        let as_ptr = self.b.int_to_ptr(token);
        self.b.copy(p, as_ptr);
        let none = self.b.cmp_imm(CmpOp::Eq, p, 0);
        let join = self.b.begin_if(none);
        let fresh = self.alloc(size);
        self.b.copy(p, fresh);
        self.b.end_if(join);
        p
    }

    /// A pointer to something that may be dropped as often as one likes.
    pub fn immortal_pointer(&mut self) -> Reg {
        debug_assert!(immortal_count(self.word()) > 0);
        let data = self.cx.immortal_cell();
        self.b.data_addr(data, 0)
    }
}
