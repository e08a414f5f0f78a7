//! Generators: a function with `yield` makes a frame of its body, which is a function of its own. See `crate::passes::coroutine`.

use super::Cx;
use super::func::Builder;
use super::instances::Key;
use super::types::mode_of;
use crate::ir::*;
use hir::body;
use hir::program::FnId;
use hir::ty::{Args, Ty as HTy, TyKind as H};
use syntax::Span;

impl Cx<'_> {
    /// The body as a function that yields, and returns `None`.
    pub(super) fn declare_generator(&mut self, id: FnId, args: &[HTy]) -> Function {
        let function = &self.front.program().fns[id];
        let (span, item) = (function.span, function.generator.unwrap_or(HTy::ERROR));
        let tracked = function.track_caller;
        let sig = self.fn_sig(id, args);
        let mut params: Vec<(Ty, ParamMode)> =
            sig.params.iter().map(|(ty, is_mut)| (self.mir_ty(*ty), mode_of(*is_mut))).collect();
        if tracked {
            params.push((self.location_ty(), ParamMode::Owned));
        }
        let item = self.mono(item, args);
        let ret = self.option_ty(item);
        let text = self.fn_text(id, args);
        let name = self.unique_name(format!("{text}.generator"));
        self.new_func(name, params, ret, span)
    }

    fn option_ty(&mut self, of: HTy) -> Ty {
        let Some(option) = self.lang_adt("Option") else {
            self.internal(Span::DUMMY, "the lang type `Option` is missing");
            return self.unit_ty();
        };
        let ty = self.front.program_mut().types.intern(H::Adt(option, [of].into()));
        self.mir_ty(ty)
    }

    /// The function as it is called: it makes a frame, in which the body has not begun.
    pub(super) fn build_generator_start(&mut self, id: FuncId, f: FnId, args: Args) -> Body {
        self.require_lang("alloc");
        self.require_lang("free");
        let mut builder = Builder::new(self, id, args.clone(), None);
        let span = builder.span;
        let func = builder.cx.instance(Key::Generator(f, args), span);
        let word = builder.cx.int_ty(IntTy::USize);
        // Where the result goes is said whenever it is asked for.
        let mut start = vec![Arg::Value(Builder::const_int(0, IntTy::USize))];
        while builder.body.params.len() < builder.cx.program.funcs[id].params.len() {
            let local = builder.param(format!("a{}", builder.body.params.len()), span);
            start.push(Arg::Value(builder.take(local)));
        }
        let frame = builder.temp(word);
        builder.emit_call(Callee::Start(func), start, frame.into());
        let ty = builder.local_ty(RETURN);
        let fields = vec![Operand::Copy(frame.into())];
        builder.assign(RETURN, Rvalue::Aggregate { ty, variant: 0, fields, reuse: None });
        builder.finish()
    }

    /// The function that hands over values of this `Option`.
    fn yield_fn(&mut self, option: Ty) -> FuncId {
        if let Some(id) = self.yields.get(&option) {
            return *id;
        }
        let unit = self.unit_ty();
        let name = self.unique_name("yield".to_string());
        let mut func = self.new_func(name, vec![(option, ParamMode::Owned)], unit, Span::DUMMY);
        func.kind = FuncKind::Yield;
        func.may_unwind = true;
        let id = self.program.funcs.push(func);
        self.yields.insert(option, id);
        id
    }

    /// The body behind the type of a generator's function.
    fn generator_of(&mut self, ty: HTy, span: Span) -> Option<FuncId> {
        match self.front.program().types.kind(ty).clone() {
            H::FnDef(id, args) => Some(self.instance(Key::Generator(id, args), span)),
            _ => {
                self.internal(span, "the function of a generator is not known");
                None
            }
        }
    }
}

impl Builder<'_, '_> {
    pub(super) fn lower_generator(mut self) -> Body {
        let Some(hir) = self.hir.clone() else { return self.finish() };
        // What is returned is put there at the very end.
        self.return_.live = None;
        self.is_generator = true;
        self.enter_params(&hir.params);
        self.span = hir.value.span;
        self.eval(None, &hir.value);
        self.finish_generator()
    }

    /// `generator_yield(value)` in the body of a generator.
    pub(super) fn yield_intrinsic(&mut self, name: &str, types: &[Ty], args: &[Arg]) -> bool {
        let ("generator_yield", [Arg::Value(value)]) = (name, args) else { return false };
        let option = self.local_ty(RETURN);
        debug_assert_eq!(self.cx.program.types.defs[option].variants[SOME as usize].fields[0].ty, types[0]);
        let fields = vec![value.clone()];
        let some =
            self.assign_temp(option, Rvalue::Aggregate { ty: option, variant: SOME, fields, reuse: None });
        let func = self.cx.yield_fn(option);
        let some = self.take(some);
        self.call_func(func, vec![Arg::Value(some)], None);
        true
    }

    /// `generator_next.<T, G>(frame)` and `generator_end.<G>(frame)`, of which the last type is that of the generator's function.
    pub(super) fn generator_intrinsic(
        &mut self,
        dest: Option<&Place>,
        span: Span,
        name: &str,
        types: &[HTy],
        args: &[body::Arg],
    ) {
        let plans = self.plan_args(args);
        let args = self.finish_args(plans);
        let Some(func) = types.last().and_then(|ty| self.cx.generator_of(*ty, span)) else { return };
        if name == "generator_end" {
            let unit = self.cx.unit_ty();
            let dest = self.scratch(unit);
            return self.emit_call(Callee::End(func), args, dest);
        }
        let ret = self.cx.program.funcs[func].ret;
        match dest {
            Some(dest) => self.emit_call(Callee::Next(func), args, dest.clone()),
            None => {
                let temp = self.temp(ret);
                self.emit_call(Callee::Next(func), args, temp.into());
                self.schedule_temp(temp);
            }
        }
    }
}

/// The variants of `Option`, see docs/contracts.md.
pub(super) const NONE: u32 = 0;
const SOME: u32 = 1;
