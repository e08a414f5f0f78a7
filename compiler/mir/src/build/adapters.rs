//! Adapters between calling conventions: functions as boxed closures, methods behind vtables.

use super::Cx;
use super::func::Builder;
use super::instances::Key;
use crate::ir::*;
use hir::program::{FnId, TraitId};
use hir::resolve::{dyn_traits, is_in_vtable, vtable_args};
use hir::ty::{Args, Ty as HTy, TyKind as H};
use syntax::Span;

/// How to call one method of a `dyn`.
pub(super) struct DynMethod {
    slot: u32,
    pub suspends: bool,
    pub receiver: ParamMode,
    params: Vec<(Ty, ParamMode)>,
    pub ret: Ty,
}

impl DynMethod {
    pub fn callee(self, object: Place) -> Callee {
        Callee::Dyn { object, method: self.slot, receiver: self.receiver, params: self.params, ret: self.ret }
    }
}

impl Cx<'_> {
    /// The traits whose methods a `dyn` type has, with their arguments for a given `Self`, which comes first.
    fn dyn_traits(&mut self, dyn_ty: HTy, self_ty: HTy) -> Vec<(TraitId, Args)> {
        let H::Dyn { trait_, args, .. } = self.front.program().types.kind(dyn_ty).clone() else {
            return Vec::new();
        };
        let traits = dyn_traits(self.front.program_mut(), trait_, &args, self_ty);
        traits.into_iter().map(|(t, args)| (t, std::iter::once(self_ty).chain(args).collect())).collect()
    }

    /// The methods in the vtable of a `dyn` type: those of its trait, then of the traits above.
    pub(super) fn vtable_methods(&mut self, dyn_ty: HTy) -> Vec<(TraitId, FnId)> {
        let traits = self.dyn_traits(dyn_ty, dyn_ty);
        let program = self.front.program();
        let methods = |t: TraitId| program.traits[t].methods.iter().filter(|m| is_in_vtable(program, **m));
        traits.iter().flat_map(|(t, _)| methods(*t).map(|m| (*t, *m))).collect()
    }

    /// The arguments of a trait of a `dyn` type, with the type itself first.
    pub(super) fn dyn_args(&mut self, dyn_ty: HTy, trait_: TraitId) -> Option<Args> {
        self.dyn_traits(dyn_ty, dyn_ty).into_iter().find(|(t, _)| *t == trait_).map(|(_, args)| args)
    }

    /// How a method of `trait_` is called on a `dyn` of this type.
    pub(super) fn dyn_method(
        &mut self,
        dyn_ty: HTy,
        trait_: TraitId,
        method: FnId,
        span: Span,
    ) -> Option<DynMethod> {
        let slot = self.vtable_methods(dyn_ty).iter().position(|m| *m == (trait_, method));
        let (Some(slot), Some(args)) = (slot, self.dyn_args(dyn_ty, trait_)) else {
            self.internal(span, "a method that the `dyn` value does not have");
            return None;
        };
        let args = vtable_args(self.front.program_mut(), method, &args);
        let sig = self.fn_sig(method, &args);
        let params = self.mir_params(&sig);
        let receiver = match params.first() {
            Some((_, ParamMode::Mut)) => ParamMode::Mut,
            _ => ParamMode::Borrowed,
        };
        let ret = self.mir_ty(sig.ret);
        Some(DynMethod {
            slot: slot as u32,
            suspends: self.front.program().fns[method].is_async,
            receiver,
            params: params.get(1..).unwrap_or_default().to_vec(),
            ret,
        })
    }

    /// The functions in the vtable of `ty` as `dyn_ty`.
    pub(super) fn vtable(&mut self, ty: HTy, dyn_ty: HTy, span: Span) -> Vec<FuncId> {
        let traits = self.dyn_traits(dyn_ty, ty);
        let mut out = Vec::new();
        for (owner, method) in self.vtable_methods(dyn_ty) {
            let args =
                traits.iter().find(|(t, _)| *t == owner).map_or(Box::default(), |(_, args)| args.clone());
            let args = vtable_args(self.front.program_mut(), method, &args);
            let target = self.resolve(owner, method, args);
            let func = self.instance(target.key(), span);
            out.push(self.instance(Key::DynMethod(func), span));
        }
        out
    }

    pub(super) fn declare_fn_box(&mut self, inner: FuncId) -> Function {
        let unit = self.unit_ty();
        let func = &self.program.funcs[inner];
        let mut params = vec![(unit, ParamMode::Borrowed)];
        params.extend(self.visible_params(inner).into_iter().map(given));
        let (name, ret, span) = (format!("{}.boxed", func.name), func.ret, func.span);
        let name = self.unique_name(name);
        self.new_func(name, params, ret, span)
    }

    pub(super) fn declare_async_box(&mut self, inner: FuncId) -> Function {
        let func = &self.program.funcs[inner];
        let (params, ret, span) = (self.visible_params(inner), func.ret, func.span);
        let name = self.unique_name(format!("{}.async", func.name));
        self.new_func(name, params, ret, span)
    }

    pub(super) fn declare_call_box(&mut self, ty: HTy) -> Function {
        let env = self.mir_ty(ty);
        let name = self.unique_name(format!("{}.call", self.front.program().ty_name(ty)));
        let (mut params, mut ret) = (vec![(env, ParamMode::Borrowed)], env);
        if let TyKind::FnBox { params: own, ret: own_ret, .. } = self.program.types.kind(env) {
            params.extend(own.iter().copied());
            ret = *own_ret;
        }
        let span = self.at;
        self.new_func(name, params, ret, span)
    }

    pub(super) fn declare_dyn_method(&mut self, inner: FuncId) -> Function {
        let func = &self.program.funcs[inner];
        let mut params: Vec<_> = self.visible_params(inner).into_iter().map(given).collect();
        if let Some((_, mode @ ParamMode::Owned)) = params.first_mut() {
            *mode = ParamMode::Borrowed;
        }
        let (name, ret, span) = (format!("{}.dyn", func.name), func.ret, func.span);
        let name = self.unique_name(name);
        self.new_func(name, params, ret, span)
    }

    /// The parameters of a function without the hidden one.
    fn visible_params(&self, id: FuncId) -> Vec<(Ty, ParamMode)> {
        let mut params = self.program.funcs[id].params.clone();
        if self.is_tracked(id) {
            params.pop();
        }
        params
    }

    /// Whether an instance takes the place of its call.
    pub(super) fn is_tracked(&self, id: FuncId) -> bool {
        self.tracked.contains(&id)
    }

    pub(super) fn build_fn_box(&mut self, id: FuncId, inner: FuncId) -> Body {
        let mut builder = Builder::new(self, id, Box::new([]), None);
        let span = builder.span;
        builder.param("env".to_string(), span);
        builder.forward(inner, Vec::new())
    }

    pub(super) fn build_async_box(&mut self, id: FuncId, inner: FuncId) -> Body {
        let mut builder = Builder::new(self, id, Box::new([]), None);
        let span = builder.span;
        let env = builder.param("env".to_string(), span);
        builder.forward(inner, vec![Arg::Value(Operand::Copy(env.into()))])
    }

    pub(super) fn build_call_box(&mut self, id: FuncId) -> Body {
        let mut builder = Builder::new(self, id, Box::new([]), None);
        let span = builder.span;
        let env = builder.param("env".to_string(), span);
        let args = builder.remaining_params();
        builder.emit_call(Callee::FnBox(env.into()), args, RETURN.into());
        builder.finish()
    }

    pub(super) fn build_dyn_method(&mut self, id: FuncId, inner: FuncId) -> Body {
        let mut builder = Builder::new(self, id, Box::new([]), None);
        let (span, params) = (builder.span, &builder.cx.program.funcs[id].params);
        if params.first().is_none_or(|(_, mode)| *mode != ParamMode::Borrowed) {
            return builder.forward(inner, Vec::new());
        }
        let receiver = builder.param("self".to_string(), span);
        builder.forward(inner, vec![Arg::Value(Operand::Copy(receiver.into()))])
    }
}

/// A parameter as those know it who do not know the function: its value is given away. What `inner` is only lent, the
/// adapter drops behind the call.
fn given((ty, mode): (Ty, ParamMode)) -> (Ty, ParamMode) {
    (ty, if mode == ParamMode::Borrowed { ParamMode::Owned } else { mode })
}

impl Builder<'_, '_> {
    /// Calls `inner` with these arguments and then the remaining parameters, and returns its result.
    fn forward(mut self, inner: FuncId, mut args: Vec<Arg>) -> Body {
        let span = self.span;
        args.extend(self.remaining_params());
        if self.cx.is_tracked(inner) {
            args.push(Arg::Value(self.location_arg(span)));
        }
        let given = self.given_args(inner, &args, self.cx.methods.contains(&inner) as usize);
        let ret: Place = RETURN.into();
        self.call_func(inner, args, Some(ret.clone()));
        given.into_iter().for_each(|local| self.drop_given(local, Some(&ret)));
        self.finish()
    }

    /// The parameters that have not been declared yet, as arguments of one call.
    fn remaining_params(&mut self) -> Vec<Arg> {
        let span = self.span;
        let mut args = Vec::new();
        while self.body.params.len() < self.cx.program.funcs[self.func].params.len() {
            let local = self.param(format!("a{}", self.body.params.len()), span);
            args.push(match self.body.param_mode(local) {
                Some(ParamMode::Mut) => Arg::Mut(local.into()),
                _ => {
                    // Where it is not moved: `inner` is only lent it, or gets a copy. Passes make moves of copies, where they do not
                    // make a loan of the parameter.
                    self.schedule_temp(local);
                    Arg::Value(self.read(local.into()))
                }
            });
        }
        args
    }
}
