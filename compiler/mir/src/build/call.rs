//! Calls: arguments in order, places of `mut` arguments opened last.

use super::effects::{is_changed_by_call, is_disturbed, is_place};
use super::func::Builder;
use super::instances::{Key, ResolvedFn};
use super::place::{Access, Plan};
use crate::ir::*;
use hir::body::{self, ArgMode, Callee as HirCallee, Expr, ExprKind};
use hir::program::{Container, FnId, FnKind, TraitId};
use hir::ty::{Args, TyKind as H};
use syntax::{Span, Symbol};

/// An argument that is evaluated but, if it is a place to be written, not opened.
pub(super) enum ArgPlan<'e> {
    Value(Operand),
    Mut(Plan<'e>),
}

impl Builder<'_, '_> {
    pub fn call(&mut self, dest: Option<&Place>, e: &Expr, callee: &HirCallee, args: &[body::Arg]) {
        match callee {
            HirCallee::Fn { .. } | HirCallee::TraitMethod { .. } => {
                let own = self.args.clone();
                if let Some(target) = self.cx.resolve_callee(callee, &own) {
                    self.call_target(dest, e, target, args);
                }
            }
            HirCallee::Dyn { trait_, method_idx } => self.call_dyn(dest, e, *trait_, *method_idx, args),
            HirCallee::Value(callee) => self.call_value(dest, e, callee, args),
        }
    }

    fn call_target(&mut self, dest: Option<&Place>, e: &Expr, target: ResolvedFn, args: &[body::Arg]) {
        if let ResolvedFn::Fn(id, type_args) = &target
            && let FnKind::Intrinsic(name) = self.cx.front.program().fns[*id].kind
        {
            let type_args = type_args.clone();
            return self.intrinsic_call(dest, e, name, &type_args, args);
        }
        let lent = self.cx.lent_args(&target);
        let plans = self.plan_lent_args(args, &lent);
        let args = self.finish_args(plans);
        if self.is_reachable() && !self.builtin_inline(dest, &target, &args, e.span) {
            self.call_fn(target, args, dest, e.span);
        }
    }

    /// Calls a resolved function with arguments that are ready.
    pub fn call_fn(&mut self, target: ResolvedFn, mut args: Vec<Arg>, dest: Option<&Place>, span: Span) {
        if let ResolvedFn::Dyn { .. } = target {
            return self.call_through_vtable(target, args, dest, span);
        }
        let target = self.box_nested_closures(target, &mut args, span);
        if self.cx.front.program().fns[target.fn_id()].track_caller {
            args.push(Arg::Value(self.location_arg(span)));
        }
        let has_self = self.cx.front.program().fns[target.fn_id()].has_self;
        let func = self.cx.instance(target.key(), span);
        let given = self.given_args(func, &args, has_self as usize);
        self.call_func(func, args, dest.cloned());
        given.into_iter().for_each(|local| self.drop_given(local, dest));
    }

    /// Calls what a callee of HIR stands for with arguments that are ready, the first of the HIR type `receiver`.
    pub fn call_resolved(
        &mut self,
        callee: &HirCallee,
        receiver: hir::ty::Ty,
        args: Vec<Arg>,
        dest: Option<&Place>,
        span: Span,
    ) {
        if let Some(target) = self.resolve_on(callee, receiver, span)
            && !self.builtin_inline(dest, &target, &args, span)
        {
            self.call_fn(target, args, dest, span);
        }
    }

    /// As `call_resolved`, with the result in a temporary.
    pub fn call_resolved_temp(
        &mut self,
        callee: &HirCallee,
        receiver: hir::ty::Ty,
        args: Vec<Arg>,
        span: Span,
    ) -> Option<Local> {
        let target = self.resolve_on(callee, receiver, span)?;
        let sig = self.cx.fn_sig(target.fn_id(), &target.args().clone());
        let ret = self.cx.mir_ty(sig.ret);
        let temp = self.temp(ret);
        self.call_resolved(callee, receiver, args, Some(&temp.into()), span);
        self.schedule_temp(temp);
        Some(temp)
    }

    pub fn resolve_on(
        &mut self,
        callee: &HirCallee,
        receiver: hir::ty::Ty,
        span: Span,
    ) -> Option<ResolvedFn> {
        let own = self.args.clone();
        let target = self.cx.resolve_callee_on(callee, &own, receiver);
        if target.is_none() {
            self.cx.internal(span, "it is not known what is called here");
        }
        target
    }

    // ------------------------------------------------------------ arguments

    /// Arguments that are given away.
    pub fn plan_args<'e>(&mut self, args: &'e [body::Arg]) -> Vec<ArgPlan<'e>> {
        self.plan_lent_args(args, &[])
    }

    /// `lent`: those that stay the caller's if they can only be moved. The checker has seen to it that nothing happens to
    /// these meanwhile.
    fn plan_lent_args<'e>(&mut self, args: &'e [body::Arg], lent: &[bool]) -> Vec<ArgPlan<'e>> {
        let shared = self.shared_states();
        let mut plans = Vec::with_capacity(args.len());
        for (i, arg) in args.iter().enumerate() {
            let is_named = is_place(&arg.expr);
            let later = || args[i + 1..].iter().map(|a| &a.expr);
            let disturbed = is_named && is_disturbed(&arg.expr, later(), shared);
            plans.push(match arg.mode {
                ArgMode::Value => {
                    let operand = self.operand(&arg.expr);
                    let disturbed = disturbed || is_named && self.may_lose(&arg.expr, later());
                    ArgPlan::Value(match (disturbed, lent.get(i)) {
                        (false, _) => operand,
                        (true, Some(true)) => self.stable(operand),
                        (true, _) => self.pinned(operand),
                    })
                }
                ArgMode::Mut => {
                    let mut plan = self.plan(&arg.expr, Access::Write);
                    if disturbed {
                        self.stabilise(&mut plan);
                    }
                    ArgPlan::Mut(plan)
                }
            });
        }
        self.separate(&mut plans);
        plans
    }

    /// Reads values at once that lie in a variable which the call also writes.
    fn separate(&mut self, plans: &mut [ArgPlan<'_>]) {
        let written: Vec<Local> = plans
            .iter()
            .filter_map(|p| match p {
                ArgPlan::Mut(plan) => Some(self.root_of(plan.root.local)),
                ArgPlan::Value(_) => None,
            })
            .collect();
        self.separate_from(plans, &written);
    }

    fn separate_from(&mut self, plans: &mut [ArgPlan<'_>], written: &[Local]) {
        if written.is_empty() {
            return;
        }
        for plan in plans {
            if let ArgPlan::Value(operand) = plan
                && let Operand::Copy(place) = operand
                && written.contains(&self.root_of(place.local))
            {
                let value = std::mem::replace(operand, Operand::Const(Const::Unit));
                *operand = self.stable(value);
            }
        }
    }

    /// Opens the places: nothing of the caller's runs between this and the call.
    pub fn finish_args(&mut self, plans: Vec<ArgPlan<'_>>) -> Vec<Arg> {
        plans
            .into_iter()
            .map(|plan| match plan {
                ArgPlan::Value(operand) => Arg::Value(operand),
                ArgPlan::Mut(plan) => Arg::Mut(self.open(plan, Access::Write)),
            })
            .collect()
    }

    // ------------------------------------------------------------ calls of values

    fn call_value(&mut self, dest: Option<&Place>, e: &Expr, callee: &Expr, args: &[body::Arg]) {
        let ty = self.mono(callee.ty);
        match self.cx.front.program().types.kind(ty).clone() {
            H::FnDef(id, fn_args) => {
                if !matches!(callee.kind, ExprKind::FnItem | ExprKind::Local(_)) {
                    self.eval(None, callee);
                }
                let target = self.cx.fn_def_target(id, fn_args);
                self.call_target(dest, e, target, args);
            }
            H::Closure(id, closure_args) => {
                let is_once = self.cx.is_once(id, &closure_args);
                let env = self.closure_env(callee, args, is_once);
                let plans = self.plan_args(args);
                let mut all = vec![Arg::Value(env)];
                all.extend(self.finish_args(plans));
                let func = self.cx.instance(Key::Closure(id, closure_args), e.span);
                self.call_func(func, all, dest.cloned());
            }
            H::Fn { is_async, .. } => {
                // While it is suspended, others may put another closure in its place.
                let object = match is_async {
                    true => self.value_in_temp(callee).into(),
                    false => self.callee_place(callee, args),
                };
                let plans = self.plan_args(args);
                let args = self.finish_args(plans);
                self.call_indirect(Callee::FnBox(object), args, dest, e);
            }
            _ => self.cx.internal(e.span, "a call of a value that is no function"),
        }
    }

    /// Where a callee lies while it is called; a copy if the arguments' evaluation writes it, or the call itself.
    fn callee_place(&mut self, callee: &Expr, args: &[body::Arg]) -> Place {
        if is_place(callee) && self.may_be_replaced(callee, args) {
            return self.value_in_temp(callee).into();
        }
        self.place(callee, Access::Read)
    }

    /// Whether a place that a call needs to its end may be written or moved away by the evaluation of the arguments, or
    /// lies in one that the call changes.
    fn may_be_replaced(&mut self, e: &Expr, args: &[body::Arg]) -> bool {
        let later = || args.iter().map(|a| &a.expr);
        let shared = self.shared_states();
        is_place(e) && is_disturbed(e, later(), shared)
            || self.may_lose(e, later())
            || is_changed_by_call(e, args, shared)
    }

    fn closure_env(&mut self, callee: &Expr, args: &[body::Arg], is_once: bool) -> Operand {
        if is_once {
            return self.operand(callee);
        }
        Operand::Borrow(self.callee_place(callee, args))
    }

    fn call_indirect(&mut self, callee: Callee, args: Vec<Arg>, dest: Option<&Place>, e: &Expr) {
        let ret = self.ty(e.ty);
        let dest = match dest {
            Some(dest) => dest.clone(),
            None if self.needs_drop(ret) => {
                let temp = self.temp(ret);
                self.emit_call(callee, args, temp.into());
                return self.schedule_temp(temp);
            }
            None => self.scratch(ret),
        };
        self.emit_call(callee, args, dest);
    }

    // ------------------------------------------------------------ dyn

    fn call_dyn(&mut self, dest: Option<&Place>, e: &Expr, trait_: TraitId, idx: u32, args: &[body::Arg]) {
        let Some((object, rest)) = args.split_first() else {
            return self.cx.internal(e.span, "a method without receiver");
        };
        let dyn_ty = self.mono(object.expr.ty);
        let method = self.cx.front.program().traits[trait_].methods[idx as usize];
        let Some(method) = self.cx.dyn_method(dyn_ty, trait_, method, e.span) else { return };
        let is_mut = method.receiver == ParamMode::Mut;
        // While it is suspended, others may put another value in its place.
        let held = self.may_be_replaced(&object.expr, rest) || method.suspends;
        let access = if is_mut { Access::Write } else { Access::Read };
        let mut plan = match held && !is_mut {
            true => Plan::of(self.value_in_temp(&object.expr).into()),
            false => self.plan(&object.expr, access),
        };
        if held && is_mut {
            self.stabilise(&mut plan);
        }
        let mut plans = self.plan_args(rest);
        if is_mut {
            let root = self.root_of(plan.root.local);
            self.separate_from(&mut plans, &[root]);
        }
        let object = self.open(plan, access);
        let args = self.finish_args(plans);
        let callee = method.callee(object);
        self.call_indirect(callee, args, dest, e);
    }

    /// A trait's method whose self type turned out to be a `dyn`.
    fn call_through_vtable(
        &mut self,
        target: ResolvedFn,
        mut args: Vec<Arg>,
        dest: Option<&Place>,
        span: Span,
    ) {
        let ResolvedFn::Dyn { trait_, method, args: types } = target else { return };
        self.box_closures(method, &types, &mut args, span);
        let Some(method) = self.cx.dyn_method(types[0], trait_, method, span) else { return };
        let object = match args.remove(0) {
            Arg::Mut(place) | Arg::Value(Operand::Borrow(place)) => place,
            Arg::Value(Operand::Copy(place)) if !method.suspends => place,
            // While it is suspended, others may put another value in its place.
            Arg::Value(value) => {
                let ty = self.cx.mir_ty(types[0]);
                let temp = self.assign_temp(ty, Rvalue::Use(value));
                temp.into()
            }
        };
        let ret = method.ret;
        let callee = method.callee(object);
        match dest {
            Some(dest) => self.emit_call(callee, args, dest.clone()),
            None => {
                let temp = self.temp(ret);
                self.emit_call(callee, args, temp.into());
                self.schedule_temp(temp);
            }
        }
    }

    // ------------------------------------------------------------ lang functions

    /// Calls a function of the library that the compiler knows; see docs/contracts.md.
    pub fn call_lang(
        &mut self,
        name: &str,
        types: &[hir::ty::Ty],
        mut args: Vec<Arg>,
        dest: Option<Place>,
        span: Span,
    ) {
        if !self.is_reachable() {
            return;
        }
        let Some((func, tracked)) = self.cx.lang_fn(name, types, span) else { return };
        if tracked {
            args.push(Arg::Value(self.location_arg(span)));
        }
        self.call_func(func, args, dest);
    }

    pub fn call_lang_temp(&mut self, name: &str, mut args: Vec<Arg>, span: Span) -> Option<Local> {
        let (func, tracked) = self.cx.lang_fn(name, &[], span)?;
        if tracked {
            args.push(Arg::Value(self.location_arg(span)));
        }
        Some(self.call_temp(func, args))
    }
}

impl super::Cx<'_> {
    fn lang_symbol(&self, name: &str) -> Option<Symbol> {
        self.front.program().interner.get(name)
    }

    pub(super) fn lang_fn_id(&self, name: &str) -> Option<FnId> {
        let symbol = self.lang_symbol(name)?;
        self.front.program().lang.fns.get(&symbol).copied()
    }

    pub(super) fn lang_adt(&self, name: &str) -> Option<hir::program::AdtId> {
        let symbol = self.lang_symbol(name)?;
        self.front.program().lang.adts.get(&symbol).copied()
    }

    pub(super) fn lang_trait(&self, name: &str) -> Option<TraitId> {
        let symbol = self.lang_symbol(name)?;
        self.front.program().lang.traits.get(&symbol).copied()
    }

    /// The method of this name of a lang trait.
    pub(super) fn lang_method(&self, trait_: &str, method: &str) -> Option<(TraitId, FnId)> {
        let id = self.lang_trait(trait_)?;
        let program = self.front.program();
        let method = program.interner.get(method)?;
        let found = program.traits[id].methods.iter().find(|m| program.fns[**m].name == method)?;
        Some((id, *found))
    }

    /// The instance of a lang function, and whether it wants the caller's location.
    pub(super) fn lang_fn(
        &mut self,
        name: &str,
        types: &[hir::ty::Ty],
        span: Span,
    ) -> Option<(FuncId, bool)> {
        let Some(id) = self.lang_fn_id(name) else {
            self.internal(span, format!("the lang function `{name}` is missing"));
            return None;
        };
        let tracked = self.front.program().fns[id].track_caller;
        Some((self.instance(Key::Fn(id, types.into()), span), tracked))
    }

    /// What a function's name used as a value calls.
    pub(super) fn fn_def_target(&mut self, id: FnId, args: Args) -> ResolvedFn {
        match self.front.program().fns[id].container {
            Container::Trait(trait_) => self.resolve(trait_, id, args),
            _ => ResolvedFn::Fn(id, args),
        }
    }
}
