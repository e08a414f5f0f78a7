//! Calls: arguments by mode, results, and what has to be copied back from slots afterwards.

use super::func::FuncLower;
use super::layout::Layout;
use super::place::{Loc, Reload};
use crate::ir::*;
use mir::ir as m;
use std::rc::Rc;

/// A call's parts while it is put together.
struct Prepared {
    callee: Callee,
    may_unwind: bool,
    args: Vec<Reg>,
    dsts: Vec<Reg>,
    /// What happens on the normal edge with the results, and on both edges with the slots.
    finish: Finish,
}

struct Finish {
    dest_ty: m::Ty,
    dest: Loc,
    /// Registers to write to `dest`, where the call did not do so itself.
    results: Option<Vec<Reg>>,
    /// The slot that holds the result, where it belongs elsewhere.
    result_slot: Option<Reg>,
    reloads: Vec<Reload>,
}

impl FuncLower<'_, '_, '_> {
    pub fn call(
        &mut self,
        callee: &m::Callee,
        args: &[m::Arg],
        dest: &m::Place,
        target: Option<m::Block>,
        unwind: Option<m::Block>,
    ) {
        if *callee == m::Callee::Resume {
            self.resume(args, dest);
            return self.leave(target);
        }
        let call = self.prepare(callee, args, dest);
        match unwind {
            Some(cleanup) if call.may_unwind => self.invoke(call, target, cleanup),
            _ => {
                self.e.b.push(Op::Call { dsts: call.dsts, callee: call.callee, args: call.args });
                self.finish(&call.finish);
                self.leave(target);
            }
        }
    }

    fn leave(&mut self, target: Option<m::Block>) {
        match target {
            Some(target) => self.jump(target),
            None => self.e.b.end(Term::Unreachable),
        }
    }

    fn invoke(&mut self, call: Prepared, target: Option<m::Block>, cleanup: m::Block) {
        let normal = self.e.b.new_block();
        let landing =
            if call.finish.reloads.is_empty() { self.landing(cleanup) } else { self.e.b.new_landing() };
        let Prepared { callee, args, dsts, finish, .. } = call;
        self.e.b.end(Term::Invoke { dsts, callee, args, normal, landing });
        if !finish.reloads.is_empty() {
            self.e.b.switch_to(landing);
            finish.reloads.iter().for_each(|r| self.reload(r));
            self.jump(cleanup);
        }
        self.e.b.switch_to(normal);
        self.finish(&finish);
        self.leave(target);
    }

    fn finish(&mut self, finish: &Finish) {
        finish.reloads.iter().for_each(|r| self.reload(r));
        if let Some(slot) = finish.result_slot {
            let regs = self.e.load_value(finish.dest_ty, slot, 0);
            self.write_regs(finish.dest_ty, &finish.dest, &regs);
        }
        if let Some(results) = &finish.results {
            self.write_regs(finish.dest_ty, &finish.dest, results);
        }
    }

    fn prepare(&mut self, callee: &m::Callee, args: &[m::Arg], dest: &m::Place) -> Prepared {
        let mut regs = Vec::new();
        let mut reloads = Vec::new();
        let (params, ret, may_unwind) = self.callee_shape(callee);
        let dest_ty = self.place_ty(dest);
        let dest_loc = self.loc(dest);
        // A place that is lent as `mut`, too, is written by the callee, read back, and then written with the result.
        let is_lent = args.iter().any(|arg| matches!(arg, m::Arg::Mut(place) if place.overlaps(dest)));
        let direct = (ret == dest_ty && !is_lent).then_some(&dest_loc);
        let (result_slot, dsts, results) = self.prepare_results(ret, direct, &mut regs);
        let callee = self.prepare_callee(callee, &params, ret, &mut regs, &mut reloads);
        for (arg, (ty, mode)) in args.iter().zip(&params) {
            self.argument(arg, *ty, *mode, &mut regs, &mut reloads);
        }
        let finish = Finish { dest_ty, dest: dest_loc, results, result_slot, reloads };
        Prepared { callee, may_unwind, args: regs, dsts, finish }
    }

    fn callee_shape(&self, callee: &m::Callee) -> (Vec<(m::Ty, m::ParamMode)>, m::Ty, bool) {
        let unwinds = self.e.cx.program.call_may_unwind(callee);
        match callee {
            m::Callee::Func(id) => {
                let func = &self.e.cx.program.funcs[*id];
                let may_unwind = match &func.kind {
                    m::FuncKind::Extern { module, .. } => self.e.cx.program.import_may_unwind(module),
                    _ => unwinds,
                };
                (func.params.clone(), func.ret, may_unwind)
            }
            m::Callee::FnBox(place) => match self.e.types().kind(self.place_ty(place)) {
                m::TyKind::FnBox { params, ret, .. } => (params.to_vec(), *ret, unwinds),
                kind => unreachable!("boxed call of {kind:?}: the verifier excludes it"),
            },
            m::Callee::Dyn { params, ret, .. } => (params.clone(), *ret, unwinds),
            m::Callee::Start(_) | m::Callee::Next(_) | m::Callee::End(_) | m::Callee::Resume => {
                unreachable!("a call of its own kind, or of before")
            }
        }
    }

    /// Adds the result slot to the arguments if there is one. Returns that slot's address where the result has to go
    /// elsewhere afterwards; the call's own destinations; and registers to write to the destination. `direct` is the
    /// destination if the call may write to it itself.
    fn prepare_results(
        &mut self,
        ret: m::Ty,
        direct: Option<&Loc>,
        args: &mut Vec<Reg>,
    ) -> (Option<Reg>, Vec<Reg>, Option<Vec<Reg>>) {
        let layout: Rc<Layout> = self.e.layout(ret);
        if !self.e.cx.returns_by_slot(ret) {
            if let Some(Loc::Regs(regs)) = direct {
                return (None, regs.clone(), None);
            }
            let tys = self.e.cx.result_tys(ret);
            let dsts: Vec<Reg> = tys.into_iter().map(|t| self.e.b.reg(t)).collect();
            return (None, dsts.clone(), Some(dsts));
        }
        if let (Some(Loc::Mem { addr, offset, .. }), true) = (direct, layout.in_memory()) {
            args.push(self.e.b.offset(*addr, *offset));
            return (None, Vec::new(), None);
        }
        let slot = self.e.b.slot(layout.size.max(1), layout.align);
        let addr = self.e.b.slot_addr(slot);
        args.push(addr);
        (Some(addr), Vec::new(), None)
    }

    fn prepare_callee(
        &mut self,
        callee: &m::Callee,
        params: &[(m::Ty, m::ParamMode)],
        ret: m::Ty,
        args: &mut Vec<Reg>,
        reloads: &mut Vec<Reload>,
    ) -> Callee {
        let w = self.e.word();
        match callee {
            m::Callee::Func(id) => Callee::Direct(FuncId(id.0)),
            m::Callee::FnBox(place) => {
                let ty = self.place_ty(place);
                let loc = self.loc(place);
                let cell = self.read_regs(ty, &loc)[0];
                args.push(cell);
                let func = self.e.b.load(MemTy::Ptr, cell, w);
                Callee::Indirect { sig: self.e.cx.boxed_signature(params, ret), func }
            }
            m::Callee::Dyn { object, method, receiver, .. } => {
                let cell = self.dyn_cell(object, *receiver, reloads);
                args.push(cell);
                let vtable = self.e.b.load(MemTy::Ptr, cell, w);
                let first = self.e.cx.vtable_methods();
                let func = self.e.b.load(MemTy::Ptr, vtable, (first + method) * w);
                Callee::Indirect { sig: self.e.cx.boxed_signature(params, ret), func }
            }
            m::Callee::Start(_) | m::Callee::Next(_) | m::Callee::End(_) | m::Callee::Resume => {
                unreachable!("`callee_shape` has seen to it")
            }
        }
    }

    /// The code of a frame stands in its first word.
    fn resume(&mut self, args: &[m::Arg], dest: &m::Place) {
        let word = self.e.b.usize_ty();
        let mut regs = Vec::new();
        for arg in args {
            let m::Arg::Value(operand) = arg else { unreachable!("the verifier excludes it") };
            regs.extend(self.operand(operand));
        }
        let frame = self.e.b.int_to_ptr(regs[0]);
        let func = self.e.b.load(MemTy::Ptr, frame, 0);
        let sig = Signature { params: vec![word, Ty::I32], results: vec![Ty::I32] };
        let dst = self.e.b.reg(Ty::I32);
        self.e.b.push(Op::Call { dsts: vec![dst], callee: Callee::Indirect { sig, func }, args: regs });
        let loc = self.loc(dest);
        let ty = self.place_ty(dest);
        self.write_regs(ty, &loc, &[dst]);
    }

    /// The cell of a `dyn` receiver; for `mut` receivers made unique first, in its place.
    fn dyn_cell(&mut self, object: &m::Place, receiver: m::ParamMode, _reloads: &mut Vec<Reload>) -> Reg {
        let ty = self.place_ty(object);
        let loc = self.loc(object);
        let cell = self.read_regs(ty, &loc)[0];
        if receiver != m::ParamMode::Mut {
            return cell;
        }
        let unique = self.e.unique_dyn(cell);
        self.write_regs(ty, &loc, &[unique]);
        unique
    }

    fn argument(
        &mut self,
        arg: &m::Arg,
        ty: m::Ty,
        mode: m::ParamMode,
        args: &mut Vec<Reg>,
        reloads: &mut Vec<Reload>,
    ) {
        match arg {
            m::Arg::Mut(place) => {
                let (addr, reload) = self.address_of(place);
                args.push(addr);
                reloads.extend(reload);
            }
            m::Arg::Value(operand) if self.e.layout(ty).in_memory() => {
                let addr = self.memory_argument(operand, ty, mode);
                args.push(addr);
            }
            m::Arg::Value(operand) => {
                let regs = self.operand(operand);
                args.extend(regs);
            }
        }
    }

    /// The address of a value that lives in memory: its own where it is lent or given up, a copy's otherwise.
    fn memory_argument(&mut self, operand: &m::Operand, ty: m::Ty, mode: m::ParamMode) -> Reg {
        if let m::Operand::Borrow(place) | m::Operand::Move(place) = operand {
            let own = mode == m::ParamMode::Borrowed || !place.proj.contains(&m::Proj::Deref);
            let loc = self.loc(place);
            if own && let Loc::Mem { addr, offset, .. } = loc {
                return self.e.b.offset(addr, offset);
            }
        }
        let layout = self.e.layout(ty);
        let slot = self.e.b.slot(layout.size.max(1), layout.align);
        let addr = self.e.b.slot_addr(slot);
        self.operand_to_memory(operand, ty, addr, 0);
        addr
    }
}
