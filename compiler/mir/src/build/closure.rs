//! Closures: an environment struct per closure expression, and a function that takes it first. Boxing, and values
//! behind `dyn`.

use super::Cx;
use super::func::Builder;
use super::instances::{Key, ResolvedFn};
use crate::ir::*;
use crate::passes::coroutine::Why;
use hir::body::Expr;
use hir::program::{BoundKind, ClosureId, FnId, GenericParamKind};
use hir::resolve::{callable, vtable_args};
use hir::ty::{Ty as HTy, TyKind as H, TyTable};
use syntax::Span;

/// Types of closures nest at most so deep in the arguments of static calls.
const MAX_STATIC_NESTING: u16 = 8;

impl Cx<'_> {
    /// Whether the parameter of the closure's type is declared as `async Fn`.
    fn is_async_param(&self, id: FnId, index: u32) -> bool {
        let program = self.front.program();
        let is_param = |ty: HTy| matches!(program.types.kind(ty), H::Param(i, _) if *i == index);
        let mut bounds = program.fns[id].generics.bounds.iter();
        bounds.any(|bound| is_param(bound.ty) && matches!(bound.kind, BoundKind::Fn { is_async: true, .. }))
    }

    /// The parameter whose type is this type parameter of a function, if the type occurs nowhere else.
    fn only_param_of(&self, id: FnId, index: u32) -> Option<usize> {
        let program = self.front.program();
        let f = &program.fns[id];
        if f.generics.params.get(index as usize)?.kind != GenericParamKind::Closure {
            return None;
        }
        let mentions = |ty: HTy| mentions_param(&program.types, ty, index);
        let mut users = (0..f.params.len()).filter(|i| mentions(f.params[*i].ty));
        let user = users.next()?;
        let is_whole = matches!(program.types.kind(f.params[user].ty), H::Param(i, _) if *i == index);
        (is_whole && users.next().is_none() && !mentions(f.ret)).then_some(user)
    }
}

fn mentions_param(types: &TyTable, ty: HTy, index: u32) -> bool {
    let mut found = matches!(types.kind(ty), H::Param(i, _) if *i == index);
    TyTable::for_each_child(types.kind(ty), |t| found = found || mentions_param(types, t, index));
    found
}

impl Builder<'_, '_> {
    /// Makes the environment: copies of what the closure captures, in the declared order.
    pub fn closure(&mut self, dest: Option<&Place>, e: &Expr, id: ClosureId) {
        let Some(hir) = self.hir.clone() else { return };
        let Some((_, body)) = hir.closures.iter().find(|(c, _)| *c == id) else {
            return self.cx.internal(e.span, "a closure without body");
        };
        let mut fields = Vec::with_capacity(body.captures.len());
        for (_, outer) in &body.captures {
            let place = match self.vars.get(outer) {
                Some(place) => place.clone(),
                None => return self.cx.internal(e.span, "a captured variable is not in scope"),
            };
            let ty = self.place_ty(&place);
            fields.push(if self.is_unit(ty) { Operand::Const(Const::Unit) } else { self.read(place) });
        }
        self.aggregate(dest, e, 0, fields);
    }

    /// Lowers the body of a closure: captured variables are the fields of the environment.
    pub fn lower_closure_body(mut self, id: ClosureId) -> Body {
        let Some(hir) = self.hir.clone() else { return self.finish() };
        let Some((_, closure)) = hir.closures.iter().find(|(c, _)| *c == id) else {
            self.cx.internal(self.span, "a closure without body");
            return self.finish();
        };
        let span = self.span;
        let env = self.param("env".to_string(), span);
        if self.body.param_mode(env) == Some(ParamMode::Owned) {
            // Called once: the captured values move into variables of their own.
            self.schedule(env);
            for (i, (inner, _)) in closure.captures.iter().enumerate() {
                let local = self.declare_var(*inner);
                let ty = self.local_ty(local);
                if !self.is_unit(ty) {
                    let value = self.take_place(Place::from(env).with(Proj::Field(i as u32)));
                    self.set(local, value);
                    self.schedule(local);
                }
            }
        } else {
            for (i, (inner, _)) in closure.captures.iter().enumerate() {
                self.vars.insert(*inner, Place::from(env).with(Proj::Field(i as u32)));
            }
        }
        self.enter_params(&closure.params);
        self.span = closure.value.span;
        self.eval(Some(&RETURN.into()), &closure.value);
        self.finish()
    }

    /// A closure or function as a boxed `Fn`.
    pub fn box_fn(&mut self, dest: Option<&Place>, e: &Expr, inner: &Expr) {
        let from = self.mono(inner.ty);
        let to = self.mono(e.ty);
        let env = self.operand(inner);
        if from == to {
            // A parameter of type `Fn` may be given a value that is boxed already.
            return dest.into_iter().for_each(|dest| self.set(dest.clone(), env.clone()));
        }
        let ty = self.cx.mir_ty(to);
        if let (Some(func), Some(dest)) = (self.boxed_func(from, to, e.span), dest) {
            self.assign(dest.clone(), Rvalue::MakeFnBox { ty, env, func });
        }
    }

    /// What a box of type `to` calls, made from a value of another type that can be called.
    fn boxed_func(&mut self, from: HTy, to: HTy, span: Span) -> Option<FuncId> {
        let func = match self.cx.front.program().types.kind(from).clone() {
            H::Fn { .. } => self.cx.instance(Key::CallBox(from), span),
            H::Closure(id, _) if self.cx.front.program().closures[id].is_once => {
                self.cx.internal(span, "a closure that can be called once only is boxed");
                return None;
            }
            H::Closure(id, args) => self.cx.instance(Key::Closure(id, args), span),
            H::FnDef(id, args) => {
                let target = self.cx.fn_def_target(id, args);
                let func = self.cx.instance(target.key(), span);
                self.cx.instance(Key::FnBox(func), span)
            }
            _ => {
                self.cx.internal(span, "what is boxed is no function");
                return None;
            }
        };
        Some(match self.cx.front.program().types.kind(to) {
            H::Fn { is_async: true, .. } => self.cx.instance(Key::AsyncBox(func), span),
            _ => func,
        })
    }

    /// A generic function's closures for a method of what turned out to be a `dyn`, whose vtable takes boxes.
    pub fn box_closures(&mut self, method: FnId, types: &[HTy], args: &mut [Arg], span: Span) {
        let n_parent = self.cx.front.program().fns[method].generics.n_parent as usize;
        let boxes = vtable_args(self.cx.front.program_mut(), method, &types[..n_parent]);
        for (index, (from, to)) in
            types.iter().zip(&boxes).enumerate().skip(n_parent).filter(|(_, (a, b))| a != b)
        {
            let Some(at) = self.cx.only_param_of(method, index as u32) else { continue };
            let Some(Arg::Value(env)) = args.get(at).cloned() else { continue };
            let Some(func) = self.boxed_func(*from, *to, span) else { continue };
            let ty = self.cx.mir_ty(*to);
            let value = self.assign_temp(ty, Rvalue::MakeFnBox { ty, env, func });
            args[at] = Arg::Value(self.take(value));
        }
    }

    /// A function that calls itself with a closure around its own closure would have instances without end. Beyond a
    /// few levels the closure is passed boxed, wherever its type shows in nothing else.
    pub fn box_nested_closures(&mut self, target: ResolvedFn, args: &mut [Arg], span: Span) -> ResolvedFn {
        let ResolvedFn::Fn(id, mut types) = target else { return target };
        for i in 0..types.len() {
            let H::Closure(closure, captured) = self.cx.front.program().types.kind(types[i]).clone() else {
                continue;
            };
            let nests = self.cx.ty_depth(types[i]) > MAX_STATIC_NESTING;
            let is_once = self.cx.is_once(closure, &captured);
            let Some(arg) = self.cx.only_param_of(id, i as u32).filter(|_| nests && !is_once) else {
                continue;
            };
            let Some((params, ret)) = callable(self.cx.front.program_mut(), types[i]) else { continue };
            let is_async = self.cx.is_async_param(id, i as u32);
            let boxed = H::Fn { params: params.into(), ret, is_async };
            let boxed = self.cx.front.program_mut().types.intern(boxed);
            let Some(Arg::Value(env)) = args.get(arg).cloned() else { continue };
            let mut func = self.cx.instance(Key::Closure(closure, captured), span);
            if is_async {
                func = self.cx.instance(Key::AsyncBox(func), span);
            } else {
                self.cx.must_not_suspend(func, None, Why::Nested);
            }
            let ty = self.cx.mir_ty(boxed);
            let value = self.assign_temp(ty, Rvalue::MakeFnBox { ty, env, func });
            args[arg] = Arg::Value(self.take(value));
            types[i] = boxed;
        }
        ResolvedFn::Fn(id, types)
    }

    /// A value as a `dyn`.
    pub fn box_dyn(&mut self, dest: Option<&Place>, e: &Expr, inner: &Expr) {
        let (from, to) = (self.mono(inner.ty), self.mono(e.ty));
        let value = self.operand(inner);
        let ty = self.cx.mir_ty(to);
        if from == to {
            // Generic code on a type that is a `dyn` already.
            return dest.into_iter().for_each(|dest| self.set(dest.clone(), value.clone()));
        }
        let methods = self.cx.vtable(from, to, e.span);
        if let Some(dest) = dest {
            self.assign(dest.clone(), Rvalue::MakeDyn { ty, value, methods });
        }
    }
}
