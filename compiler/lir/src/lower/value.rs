//! What loading, storing, retaining and dropping mean for the scalars of a value.

use super::Cx;
use super::builder::Builder;
use super::glue::Glue;
use super::layout::{FIRST_ADDRESS, Layout, Scalar};
use crate::ir::*;
use mir::ir as m;
use std::rc::Rc;

/// A function under construction together with the program around it.
pub(crate) struct Emit<'c, 'a> {
    pub cx: &'c mut Cx<'a>,
    pub b: Builder,
    /// In glue that drops: whether a user's `drop` has panicked. What is left is dropped all the same, and the panic goes on at
    /// the end; a second one ends the process.
    pub panicked: Option<Reg>,
}

/// Values with more counted pointers than this are retained and dropped out of line.
const INLINE_LEAVES: usize = 2;

impl<'a> Emit<'_, 'a> {
    pub fn layout(&mut self, ty: m::Ty) -> Rc<Layout> {
        self.cx.layouts.get(ty)
    }

    pub fn types(&self) -> &'a m::Types {
        &self.cx.program.types
    }

    pub fn word(&self) -> u32 {
        self.cx.layouts.pointer_bytes
    }

    pub fn load_scalars(&mut self, scalars: &[Scalar], addr: Reg, offset: u32) -> Vec<Reg> {
        scalars.iter().map(|s| self.b.load_scalar(*s, addr, offset)).collect()
    }

    pub fn store_scalars(&mut self, scalars: &[Scalar], addr: Reg, offset: u32, regs: &[Reg]) {
        for (s, reg) in scalars.iter().zip(regs) {
            self.b.store_scalar(*s, addr, offset, *reg);
        }
    }

    pub fn copy_bytes(&mut self, dst: Reg, src: Reg, bytes: u32) {
        if bytes > 0 && dst != src {
            let len = self.b.ptr(bytes as i64);
            self.b.push(Op::MemCopy { dst, src, len });
        }
    }

    // ------------------------------------------------------------ retain

    /// Makes the value in `regs` owned twice.
    pub fn retain(&mut self, ty: m::Ty, regs: &[Reg]) {
        let layout = self.layout(ty);
        if !layout.is_counted || !self.cx.allocates {
            return;
        }
        if self.is_pointer(ty) {
            return self.retain_pointer(ty, regs[0]);
        }
        if self.leaves(ty) > INLINE_LEAVES {
            let f = self.cx.glue_fn(Glue::Retain(ty));
            self.b.call(f, regs.to_vec(), &[]);
            return;
        }
        self.for_each_field(ty, regs, &layout, |this, field, regs| this.retain(field, regs));
    }

    fn retain_pointer(&mut self, ty: m::Ty, p: Reg) {
        if !self.cx.opts.counts {
            return;
        }
        let join = self.skip_numbers(ty, p);
        let count = self.b.load_count(p);
        let more = self.b.bin_imm(BinOp::Add, count, 1);
        self.b.store_header(p, 0, more);
        if let Some(join) = join {
            self.b.end_if(join);
        }
    }

    /// For a boxed enum that has variants without fields: goes on only if `p` is an address.
    pub fn skip_numbers(&mut self, ty: m::Ty, p: Reg) -> Option<Block> {
        let def = &self.types().defs[ty];
        (def.is_boxed && def.variants.iter().any(|v| v.fields.is_empty())).then(|| {
            let is_address = self.b.cmp_imm(CmpOp::GeU, p, FIRST_ADDRESS);
            self.b.begin_if(is_address)
        })
    }

    /// Retains a value that lies in memory.
    pub fn retain_at(&mut self, ty: m::Ty, addr: Reg, offset: u32) {
        let layout = self.layout(ty);
        if !layout.is_counted || !self.cx.allocates {
            return;
        }
        if let Some(flat) = &layout.flat {
            let regs = self.load_scalars(flat, addr, offset);
            return self.retain(ty, &regs);
        }
        let addr = self.b.offset(addr, offset);
        let f = self.cx.glue_fn(Glue::Retain(ty));
        self.b.call(f, vec![addr], &[]);
    }

    // ------------------------------------------------------------ drop

    /// Whether dropping values of this type generates any code.
    pub fn drops(&mut self, ty: m::Ty) -> bool {
        let layout = self.layout(ty);
        layout.needs_drop && (self.cx.allocates || layout.has_user_drop)
    }

    /// Ends the life of the value in `regs`.
    pub fn drop_value(&mut self, ty: m::Ty, regs: &[Reg]) {
        if !self.drops(ty) {
            return;
        }
        let layout = self.layout(ty);
        let has_own_drop = self.types().defs[ty].user_drop.is_some();
        let is_inline = if self.is_pointer(ty) { !self.cx.opts.for_size } else { self.drops_inline(ty) };
        if has_own_drop || !is_inline {
            let f = self.cx.glue_fn(Glue::Drop(ty));
            self.drop_call(f, regs.to_vec());
        } else if self.is_pointer(ty) {
            self.release(ty, regs[0]);
        } else {
            self.for_each_field(ty, regs, &layout, |this, field, regs| this.drop_value(field, regs));
        }
    }

    /// Whether a value is dropped part by part where it stands. What may panic in between takes glue.
    fn drops_inline(&mut self, ty: m::Ty) -> bool {
        let is_calm = self.panicked.is_some() || !self.cx.program.drop_may_unwind(ty);
        is_calm && self.leaves(ty) <= INLINE_LEAVES
    }

    /// Calls what drops something.
    pub fn drop_call(&mut self, func: FuncId, args: Vec<Reg>) {
        let unwinds = self.cx.module.funcs[func].may_unwind;
        self.drop_call_to(Callee::Direct(func), args, unwinds);
    }

    pub fn drop_call_to(&mut self, callee: Callee, args: Vec<Reg>, unwinds: bool) {
        let dsts = Vec::new();
        let Some(panicked) = self.panicked.filter(|_| unwinds) else {
            return self.b.push(Op::Call { dsts, callee, args });
        };
        let (normal, landing) = (self.b.new_block(), self.b.new_landing());
        self.b.end(Term::Invoke { dsts, callee, args, normal, landing });
        self.b.switch_to(landing);
        let yes = self.b.i32(1);
        self.b.copy(panicked, yes);
        self.b.end(Term::Jump(normal));
        self.b.switch_to(normal);
    }

    /// The end of glue that drops.
    pub fn end_drop(&mut self) {
        if let Some(panicked) = self.panicked {
            let (goes_on, done) = (self.b.new_block(), self.b.new_block());
            self.b.end(Term::Branch { cond: panicked, then: goes_on, else_: done });
            self.b.switch_to(goes_on);
            self.b.end(Term::Throw);
            self.b.switch_to(done);
        }
        self.b.end(Term::Return(Vec::new()));
    }

    /// One owner less of a cell; the last one drops it.
    pub fn release(&mut self, ty: m::Ty, p: Reg) {
        if !self.cx.opts.counts {
            return;
        }
        let join = self.skip_numbers(ty, p);
        let count = self.b.load_count(p);
        let (last, more, done) = (self.b.new_block(), self.b.new_block(), self.b.new_block());
        let is_last = self.b.cmp_imm(CmpOp::Eq, count, 1);
        self.b.end(Term::Branch { cond: is_last, then: last, else_: more });
        self.b.switch_to(last);
        let f = self.cx.glue_fn(Glue::DropCell(ty));
        self.drop_call(f, vec![p]);
        self.b.end(Term::Jump(done));
        self.b.switch_to(more);
        let less = self.b.bin_imm(BinOp::Sub, count, 1);
        self.b.store_header(p, 0, less);
        self.b.end(Term::Jump(done));
        self.b.switch_to(done);
        if let Some(join) = join {
            self.b.end_if(join);
        }
    }

    pub fn drop_at(&mut self, ty: m::Ty, addr: Reg, offset: u32) {
        if !self.drops(ty) {
            return;
        }
        let layout = self.layout(ty);
        if let Some(flat) = &layout.flat {
            let regs = self.load_scalars(flat, addr, offset);
            return self.drop_value(ty, &regs);
        }
        let addr = self.b.offset(addr, offset);
        let f = self.cx.glue_fn(Glue::Drop(ty));
        self.drop_call(f, vec![addr]);
    }

    // ------------------------------------------------------------ structure

    /// Whether the value is one pointer to a cell (or a small number).
    pub fn is_pointer(&self, ty: m::Ty) -> bool {
        let def = &self.types().defs[ty];
        def.is_boxed
            || matches!(def.kind, m::TyKind::Buffer(_) | m::TyKind::FnBox { .. } | m::TyKind::Dyn { .. })
    }

    /// How many counted pointers a value has at most, over all variants.
    fn leaves(&mut self, ty: m::Ty) -> usize {
        if self.is_pointer(ty) {
            return 1;
        }
        let types = self.types();
        let mut n = 0;
        for variant in &types.defs[ty].variants {
            for field in &variant.fields {
                if self.layout(field.ty).needs_drop {
                    n += self.leaves(field.ty);
                }
            }
        }
        n
    }

    /// Calls `f` for each field that needs care, on the path of its variant.
    pub fn for_each_field(
        &mut self,
        ty: m::Ty,
        regs: &[Reg],
        layout: &Layout,
        mut f: impl FnMut(&mut Self, m::Ty, &[Reg]),
    ) {
        let def = &self.types().defs[ty];
        let join = self.b.new_block();
        for (v, variant) in def.variants.iter().enumerate() {
            let fields: Vec<usize> =
                (0..variant.fields.len()).filter(|i| self.layout(variant.fields[*i].ty).needs_drop).collect();
            if fields.is_empty() {
                continue;
            }
            let next = if layout.has_tag {
                let is_variant = self.b.cmp_imm(CmpOp::Eq, regs[0], v as i64);
                let (then, next) = (self.b.new_block(), self.b.new_block());
                self.b.end(Term::Branch { cond: is_variant, then, else_: next });
                self.b.switch_to(then);
                Some(next)
            } else {
                None
            };
            for i in fields {
                let of_field: Vec<Reg> = layout.variants[v].slots[i].iter().map(|s| regs[*s]).collect();
                f(self, variant.fields[i].ty, &of_field);
            }
            if let Some(next) = next {
                self.b.end(Term::Jump(join));
                self.b.switch_to(next);
            }
        }
        self.b.end(Term::Jump(join));
        self.b.switch_to(join);
    }
}
