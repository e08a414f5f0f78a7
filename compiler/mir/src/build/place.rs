//! Places: first planned (operands of indices are evaluated, in order), then opened (bounds are checked, shared values
//! made unique) right before the use, so that nothing evaluated in between can invalidate them.

use super::effects::{is_disturbed, is_place};
use super::func::Builder;
use crate::ir::*;
use hir::body::{Callee as HirCallee, Expr, ExprKind};
use hir::ty::TyKind as H;
use syntax::Span;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Access {
    Read,
    Write,
}

/// A place whose operands are evaluated.
pub(super) struct Plan<'e> {
    pub root: Place,
    pub steps: Vec<Step<'e>>,
}

pub(super) enum Step<'e> {
    Proj(Proj),
    /// Through the library's `IndexPlace`.
    Index {
        index: Operand,
        callees: IndexCallees<'e>,
        span: Span,
    },
    /// An element of a fixed array of this length.
    Fixed {
        index: Operand,
        len: u64,
        span: Span,
    },
}

/// The functions behind `base[index]`, and the type of the base.
#[derive(Clone, Copy)]
pub(super) struct IndexCallees<'e> {
    read: &'e HirCallee,
    write: &'e HirCallee,
    base: hir::ty::Ty,
}

impl<'e> Plan<'e> {
    pub fn of(root: Place) -> Plan<'e> {
        Plan { root, steps: Vec::new() }
    }

    fn push(&mut self, proj: Proj) {
        match self.steps.is_empty() {
            true => self.root.proj.push(proj),
            false => self.steps.push(Step::Proj(proj)),
        }
    }

    /// Whether opening it runs code.
    pub fn opens(&self) -> bool {
        !self.steps.is_empty()
    }
}

impl Builder<'_, '_> {
    /// The place that an expression denotes, or a temporary with its value.
    pub fn place(&mut self, e: &Expr, access: Access) -> Place {
        if !self.is_reachable() {
            return RETURN.into();
        }
        let plan = self.plan(e, access);
        self.open(plan, access)
    }

    /// Evaluates the operands of a place.
    pub fn plan<'e>(&mut self, e: &'e Expr, access: Access) -> Plan<'e> {
        if !self.is_reachable() {
            return Plan::of(RETURN.into());
        }
        match &e.kind {
            ExprKind::Local(id) => Plan::of(self.var(*id, e.span)),
            ExprKind::Field { base, index } => {
                let mut plan = self.plan(base, access);
                plan.push(Proj::Field(*index));
                plan
            }
            ExprKind::IndexPlace { base, index, place, place_mut } => {
                let mut plan = self.plan_base(base, index, access);
                let index = self.operand(index);
                let callees = IndexCallees { read: place, write: place_mut, base: base.ty };
                plan.steps.push(Step::Index { index, callees, span: e.span });
                plan
            }
            ExprKind::FixedIndex { base, index } => {
                let mut plan = self.plan_base(base, index, access);
                let len = self.fixed_len(base);
                let index = self.operand(index);
                plan.steps.push(Step::Fixed { index, len, span: e.span });
                plan
            }
            ExprKind::Deref(base) => Plan::of(self.deref(base)),
            _ => Plan::of(self.value_in_temp(e).into()),
        }
    }

    /// What is indexed is an operand before the index: what is read is read as it was then, and copied where the index's
    /// evaluation may change it. What is written is opened behind all operands, but its own indices are from before.
    fn plan_base<'e>(&mut self, base: &'e Expr, index: &'e Expr, access: Access) -> Plan<'e> {
        let later = || std::iter::once(index);
        let disturbed = is_place(base)
            && (is_disturbed(base, later(), self.shared_states()) || self.may_lose(base, later()));
        let ty = self.ty(base.ty);
        if disturbed && access == Access::Read && !self.facts(ty).iso {
            return Plan::of(self.value_in_temp(base).into());
        }
        let mut plan = self.plan(base, access);
        if disturbed {
            self.stabilise(&mut plan);
        }
        plan
    }

    /// Reads the indices of a place at once.
    pub fn stabilise(&mut self, plan: &mut Plan<'_>) {
        for step in &mut plan.steps {
            if let Step::Index { index, .. } | Step::Fixed { index, .. } = step {
                let operand = std::mem::replace(index, Operand::Const(Const::Unit));
                *index = self.stable(operand);
            }
        }
    }

    fn var(&mut self, id: hir::body::LocalId, span: Span) -> Place {
        match self.vars.get(&id) {
            Some(place) => place.clone(),
            None => {
                self.cx.internal(span, "a variable is used before its declaration");
                RETURN.into()
            }
        }
    }

    /// The pointer is read at once; only what it points to is the place.
    fn deref(&mut self, base: &Expr) -> Place {
        if is_place(base) {
            return self.place(base, Access::Read).with(Proj::Deref);
        }
        let temp = self.value_in_temp(base);
        Place::from(temp).with(Proj::Deref)
    }

    /// Evaluates into a temporary that lives to the end of the statement.
    pub fn value_in_temp(&mut self, e: &Expr) -> Local {
        let ty = self.ty(e.ty);
        let temp = self.temp(ty);
        self.eval(Some(&temp.into()), e);
        self.schedule(temp);
        temp
    }

    fn fixed_len(&mut self, base: &Expr) -> u64 {
        let ty = self.mono(base.ty);
        match *self.cx.front.program().types.kind(ty) {
            H::FixedArray(_, len) => self.cx.const_len(len),
            _ => 0,
        }
    }

    /// Carries the steps out.
    pub fn open(&mut self, plan: Plan<'_>, access: Access) -> Place {
        let mut place = plan.root;
        for step in plan.steps {
            match step {
                Step::Proj(proj) => place.proj.push(proj),
                Step::Fixed { index, len, span } => {
                    let index = self.checked_index(index, len, span);
                    place.proj.push(Proj::Index(index));
                }
                Step::Index { index, callees, span } => {
                    place = self.open_index(place, index, callees, access, span);
                }
            }
        }
        place
    }

    fn open_index(
        &mut self,
        base: Place,
        index: Operand,
        callees: IndexCallees<'_>,
        access: Access,
        span: Span,
    ) -> Place {
        let (callee, receiver) = match access {
            Access::Write => (callees.write, Arg::Mut(base.clone())),
            Access::Read => (callees.read, Arg::Value(Operand::Copy(base.clone()))),
        };
        let Some(resolved) = self.resolve_on(callee, callees.base, span) else { return base };
        let tracked = self.cx.front.program().fns[resolved.fn_id()].track_caller;
        let func = self.cx.instance(resolved.key(), span);
        let mut args = vec![receiver, Arg::Value(index)];
        if tracked {
            args.push(Arg::Value(self.location_arg(span)));
        }
        let pointer = self.call_temp(func, args);
        self.body.locals[pointer].loan_of = Some(base.local);
        Place::from(pointer).with(Proj::Deref)
    }

    /// The index as a `USize` that is in bounds.
    fn checked_index(&mut self, index: Operand, len: u64, span: Span) -> Local {
        let usize_ty = self.cx.int_ty(IntTy::USize);
        let known = matches!(&index, Operand::Const(Const::Int(i, _)) if *i >= 0 && (*i as u64) < len);
        if let Operand::Const(Const::Int(i, _)) = &index
            && known
        {
            let value = Builder::const_int(*i, IntTy::USize);
            return self.assign_temp(usize_ty, Rvalue::Use(value));
        }
        let index = self.stable(index);
        if self.cx.opts.bounds_checks {
            self.check_bounds(&index, len, span);
        }
        self.assign_temp(usize_ty, Rvalue::Cast(index))
    }

    /// Panics unless `index`, an `Int`, is below `len`.
    fn check_bounds(&mut self, index: &Operand, len: u64, span: Span) {
        let u64_ty = self.cx.int_ty(IntTy::U64);
        let unsigned = self.assign_temp(u64_ty, Rvalue::Cast(index.clone()));
        let len_op = Builder::const_int(len as i128, IntTy::U64);
        let ok = self.compare(BinOp::Lt, Operand::Copy(unsigned.into()), len_op);
        let (then, else_) = self.branch(ok);
        self.block = Some(else_);
        let len_op = Builder::const_int(len as i128, IntTy::I64);
        self.call_lang("panic_bounds", &[], vec![Arg::Value(index.clone()), Arg::Value(len_op)], None, span);
        self.block = Some(then);
    }

    /// An operand that does not change when variables are written: constants and values of temporaries.
    pub fn stable(&mut self, operand: Operand) -> Operand {
        match operand {
            Operand::Copy(place) if self.is_named(&place) => {
                let ty = self.place_ty(&place);
                let temp = self.assign_temp(ty, Rvalue::Use(Operand::Copy(place)));
                self.take(temp)
            }
            other => other,
        }
    }

    /// As [`Builder::stable`], of an operand that is given away: what can only be moved is moved now.
    pub fn pinned(&mut self, operand: Operand) -> Operand {
        match operand {
            Operand::Move(place) if self.is_named(&place) => {
                let ty = self.place_ty(&place);
                let temp = self.assign_temp(ty, Rvalue::Use(Operand::Move(place)));
                self.take(temp)
            }
            other => self.stable(other),
        }
    }

    /// Whether a place may be written by code other than what made it: variables, memory.
    fn is_named(&self, place: &Place) -> bool {
        !place.proj.is_empty()
            || self.variables.contains(&place.local)
            || self.body.param_mode(place.local).is_some()
    }

    /// The variable that a pointer leads into.
    pub fn root_of(&self, mut local: Local) -> Local {
        while let Some(next) = self.body.locals[local].loan_of {
            local = next;
        }
        local
    }
}
