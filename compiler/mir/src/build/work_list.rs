//! The list of what [`super::flat`] has still to do: entries in memory, linked from the last to the first. Three
//! functions serve all lists of a program.

use super::Cx;
use super::func::Builder;
use crate::ir::*;
use hir::program::Inline;
use syntax::Span;

/// Fields of an entry.
pub(super) const NEXT: u32 = 0;
pub(super) const STATE: u32 = 1;
pub(super) const INDEX: u32 = 2;
pub(super) const A: u32 = 3;
pub(super) const B: u32 = 4;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum WorkFn {
    /// `(head, state, a, b) -> head`
    Push,
    /// `(head) -> head`, of a list that is not empty.
    Pop,
    /// `(head)`
    Free,
}

impl Cx<'_> {
    /// The type of an entry of work lists.
    pub(super) fn work_entry(&mut self) -> Ty {
        if let Some(ty) = self.types.work_entry {
            return ty;
        }
        let (state, index) = (self.int_ty(IntTy::I32), self.int_ty(IntTy::I64));
        let address = self.location_ty();
        let name = self.unique_name("WorkEntry".to_string());
        let entry = self.program.types.declare(TyKind::Struct, name);
        let next = self.ptr_ty(entry);
        let field = |(name, ty): (&str, Ty)| Field { name: name.to_string(), ty };
        let fields = [("next", next), ("state", state), ("index", index), ("a", address), ("b", address)];
        let fields = fields.into_iter().map(field).collect();
        self.program.types.defs[entry].variants = vec![Variant { name: String::new(), fields }];
        self.types.work_entry = Some(entry);
        entry
    }

    pub(super) fn declare_work(&mut self, work: WorkFn) -> Function {
        let entry = self.work_entry();
        let head = self.ptr_ty(entry);
        let (state, address) = (self.int_ty(IntTy::I32), self.location_ty());
        let (name, tys, ret) = match work {
            WorkFn::Push => ("work_push", vec![head, state, address, address], head),
            WorkFn::Pop => ("work_pop", vec![head], head),
            WorkFn::Free => ("work_free", vec![head], self.unit_ty()),
        };
        let params = tys.into_iter().map(|t| (t, ParamMode::Owned)).collect();
        let name = self.unique_name(name.to_string());
        let mut func = self.new_func(name, params, ret, Span::DUMMY);
        func.inline = Inline::Never;
        func
    }

    pub(super) fn build_work(&mut self, id: FuncId, work: WorkFn) -> Body {
        let entry = self.work_entry();
        let n = self.program.funcs[id].params.len();
        let mut b = Builder::new(self, id, Box::new([]), None);
        let params: Vec<Local> = (0..n).map(|i| b.param(format!("p{i}"), Span::DUMMY)).collect();
        match work {
            WorkFn::Push => b.work_push(entry, &params),
            WorkFn::Pop => {
                b.set(
                    RETURN,
                    Operand::Copy(Place::from(params[0]).with(Proj::Deref).with(Proj::Field(NEXT))),
                );
                b.free_entry(entry, params[0]);
            }
            WorkFn::Free => b.work_free(entry, params[0]),
        }
        b.finish()
    }
}

impl Builder<'_, '_> {
    fn entry_size(&mut self, entry: Ty) -> Arg {
        let usize_ty = self.cx.int_ty(IntTy::USize);
        let size = self.assign_temp(usize_ty, Rvalue::Intrinsic(Intrinsic::SizeOf(entry), vec![]));
        Arg::Value(Operand::Copy(size.into()))
    }

    fn work_push(&mut self, entry: Ty, params: &[Local]) {
        let size = self.entry_size(entry);
        let span = self.span;
        let Some(memory) = self.call_lang_temp("alloc", vec![size], span) else { return };
        self.assign(RETURN, Rvalue::Cast(Operand::Copy(memory.into())));
        let zero = Builder::const_int(0, IntTy::I64);
        let copy = |i: usize| Operand::Copy(params[i].into());
        let values = [(NEXT, copy(0)), (STATE, copy(1)), (INDEX, zero), (A, copy(2)), (B, copy(3))];
        for (field, value) in values {
            self.set(Place::from(RETURN).with(Proj::Deref).with(Proj::Field(field)), value);
        }
    }

    fn free_entry(&mut self, entry: Ty, pointer: Local) {
        let address = self.cx.location_ty();
        let memory = self.assign_temp(address, Rvalue::Cast(Operand::Copy(pointer.into())));
        let size = self.entry_size(entry);
        let span = self.span;
        self.call_lang("free", &[], vec![Arg::Value(Operand::Copy(memory.into())), size], None, span);
    }

    fn work_free(&mut self, entry: Ty, head: Local) {
        let pointer_ty = self.local_ty(head);
        let rest = self.assign_temp(pointer_ty, Rvalue::Use(Operand::Copy(head.into())));
        let test = self.new_block(false);
        self.terminate(Term::Goto(test));
        self.block = Some(test);
        let null = Operand::Const(Const::Null(pointer_ty));
        let empty = self.compare(BinOp::Eq, Operand::Copy(rest.into()), null);
        let (done, more) = self.branch(empty);
        self.block = Some(more);
        let first = self.assign_temp(pointer_ty, Rvalue::Use(Operand::Copy(rest.into())));
        self.set(rest, Operand::Copy(Place::from(rest).with(Proj::Deref).with(Proj::Field(NEXT))));
        self.free_entry(entry, first);
        self.terminate(Term::Goto(test));
        self.block = Some(done);
    }
}
