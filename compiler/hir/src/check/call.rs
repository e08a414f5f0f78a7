//! Calls of functions, constructors and values.

use super::expr::value_arg;
use super::path::Res;
use super::{Cause, FnCtxt};
use crate::body::*;
use crate::codes;
use crate::impls::Head;
use crate::program::*;
use crate::resolve::{boxed_closure, is_in_vtable, own_params};
use crate::ty::{Args, Ty, TyKind, TyRow};
use smallvec::SmallVec;
use syntax::ast;
use syntax::{Diagnostic, Span, sym};

impl FnCtxt<'_> {
    pub(crate) fn call(
        &mut self,
        callee: &mut ast::Expr,
        args: &mut [ast::Arg],
        want: Option<Ty>,
        span: Span,
    ) -> Expr {
        if let Some(expr) = self.actor_call(callee, args, want, span) {
            return expr;
        }
        match &callee.kind {
            ast::ExprKind::Name { .. } | ast::ExprKind::SelfType | ast::ExprKind::Field { .. } => {}
            _ => return self.call_value(callee, args, span),
        }
        match self.resolve_path(callee, want) {
            Some(res) => self.call_res(res, callee.span, args, want, span),
            None if matches!(callee.kind, ast::ExprKind::Field { .. }) => {
                self.method_call(callee, args, want, span)
            }
            None => self.call_value(callee, args, span),
        }
    }

    fn call_res(
        &mut self,
        res: Res,
        callee_span: Span,
        args: &mut [ast::Arg],
        want: Option<Ty>,
        span: Span,
    ) -> Expr {
        match res {
            Res::Fn { id, container, own } => {
                let all = self.fn_args(id, container, own, callee_span);
                self.call_fn(id, all, None, args, want, span)
            }
            Res::TraitFn { trait_, id, args: trait_args, own } => {
                let all = self.fn_args(id, trait_args, own, callee_span);
                self.call_trait_fn(trait_, id, all, None, args, want, span)
            }
            Res::Variant(adt, variant, adt_args) => {
                self.call_variant(adt, variant, adt_args, args, want, span)
            }
            Res::Ty(ty) => match self.kind(ty) {
                TyKind::Adt(adt, adt_args) if !self.ck.program.adts[*adt].is_enum => {
                    let (adt, adt_args) = (*adt, TyRow::from_slice(adt_args));
                    if self.report_actor_call(adt, callee_span) {
                        self.check_loose(args);
                        return self.error_expr(span);
                    }
                    self.call_variant(adt, VariantIdx(0), adt_args, args, want, span)
                }
                TyKind::Int(_) | TyKind::F64 | TyKind::F32 => {
                    let name = self.ty_name(ty);
                    let is_text = match args {
                        [arg] => {
                            let arg = self.expr(&mut arg.expr, None);
                            self.settle(arg.ty) == self.ck.string_ty()
                        }
                        _ => {
                            self.check_loose(args);
                            false
                        }
                    };
                    let message = match is_text {
                        true => format!("`{name}.parse(x)` reads a number from text"),
                        false => format!("numbers are converted by `as`: `x as {name}`"),
                    };
                    self.error(codes::NOT_CALLABLE, span, message);
                    self.error_expr(span)
                }
                _ => {
                    let name = self.ty_name(ty);
                    self.error(
                        codes::NOT_CALLABLE,
                        callee_span,
                        format!("`{name}` is a type, not a function"),
                    );
                    self.check_loose(args);
                    self.error_expr(span)
                }
            },
            Res::Error => {
                self.check_loose(args);
                self.error_expr(span)
            }
            res @ (Res::Const(..) | Res::ConstParam(..)) => {
                let callee = self.res_value(res, None, callee_span);
                self.call_expr(callee, args, span)
            }
            res => {
                self.res_value(res, None, callee_span);
                self.check_loose(args);
                self.error_expr(span)
            }
        }
    }

    /// Checks arguments of something that cannot be called, for the mistakes in them.
    pub(crate) fn check_loose(&mut self, args: &mut [ast::Arg]) {
        for arg in args {
            // Nothing is expected of a closure's parameters, so they would only give more messages.
            if !matches!(arg.expr.kind, ast::ExprKind::Closure { .. }) {
                self.expr(&mut arg.expr, None);
            } else if self.ck.record.is_some() {
                self.note_loose_closure(&mut arg.expr);
            }
        }
    }

    /// Arguments for all generics of a function: those of what contains it, its own (written or new variables),
    /// and variables for its closures.
    pub(crate) fn fn_args(&mut self, id: FnId, container: TyRow, own: TyRow, span: Span) -> TyRow {
        let total = self.ck.program.fns[id].generics.params.len();
        let mut all = container;
        if !own.is_empty() {
            all.extend_from_slice(&own);
        }
        while all.len() < total {
            all.push(self.fresh(span));
        }
        all
    }

    /// Functions that only some places may use.
    pub(crate) fn check_used_fn(&mut self, id: FnId, span: Span) {
        let function = &self.ck.program.fns[id];
        let is_raw = matches!(function.kind, FnKind::Intrinsic(_)) && !self.is_shuffle(id);
        if is_raw || self.ck.decls.unsafe_fns.contains(&id) {
            let what = format!("`{}`", function.path);
            if !self.ck.need_unsafe(self.module, span, &what) {
                self.has_errors = true;
            }
        }
        if self.ck.is_drop(id) {
            let message =
                "`drop` is not called by hand: it runs when the value's life ends, and would run twice";
            let diag = Diagnostic::error(codes::BAD_DROP, span, message).note(
                "`{ let _x = value }` ends it early; work that can be done before belongs into a method of its own",
            );
            self.report(diag);
        }
    }

    /// A call of a known function; `recv` is the receiver of a method call.
    pub(crate) fn call_fn(
        &mut self,
        id: FnId,
        all: TyRow,
        recv: Option<Expr>,
        args: &mut [ast::Arg],
        want: Option<Ty>,
        span: Span,
    ) -> Expr {
        self.check_used_fn(id, span);
        if recv.is_some() && self.warns() {
            self.ck.note_fn_use(self.owner, id, span);
        }
        let mark = self.ck.diags.len();
        if !all.is_empty() {
            self.require_fn_bounds(id, &all, span);
        }
        let failed = self.reported_since(mark);
        let lanes = self.shuffled_lanes(id, args);
        let (values, ty) = self.signature_args(id, &all, recv, args, want, span);
        if failed {
            return self.error_expr(span);
        }
        if let Some(lanes) = lanes.filter(|_| !self.reported_since(mark)) {
            self.check_shuffle(&all, &lanes, &values);
        }
        let callee = Callee::Fn { id, args: all[..].into() };
        Expr { kind: ExprKind::Call { callee, args: values }, ty, span }
    }

    /// A call of a trait's method for some `Self`.
    pub(crate) fn call_trait_fn(
        &mut self,
        trait_: TraitId,
        id: FnId,
        all: TyRow,
        recv: Option<Expr>,
        args: &mut [ast::Arg],
        want: Option<Ty>,
        span: Span,
    ) -> Expr {
        let is_static = recv.is_none();
        let mark = self.ck.diags.len();
        if !is_static {
            self.require_own_trait(trait_, &all, span);
        }
        let through_vtable = self.box_closures(trait_, id, &all, span);
        self.require_fn_bounds(id, &all, span);
        let failed = self.reported_since(mark);
        let (values, ty) = self.signature_args(id, &all, recv, args, want, span);
        if is_static {
            // `Trait.f(x)`: what `Self` is follows from the arguments.
            self.require_own_trait(trait_, &all, span);
        }
        if failed {
            return self.error_expr(span);
        }
        let callee = through_vtable.unwrap_or_else(|| self.trait_callee(trait_, id, all));
        Expr { kind: ExprKind::Call { callee, args: values }, ty, span }
    }

    /// What stands behind a `dyn` gets the closures boxed. The callee, if it is known that the receiver is a `dyn`.
    fn box_closures(&mut self, trait_: TraitId, id: FnId, all: &[Ty], span: Span) -> Option<Callee> {
        let callee = self.vtable_callee(trait_, id, all[0])?;
        for (index, arg) in all.iter().enumerate() {
            let program = &self.ck.program;
            if let Some(shape) = boxed_closure(&program.types, &program.fns[id].generics, index) {
                let shape = self.intern(shape);
                let boxed = self.instantiate(shape, all, span);
                self.unify(*arg, boxed);
            }
        }
        Some(callee)
    }

    /// The callee of a trait's method.
    pub(crate) fn trait_callee(&mut self, trait_: TraitId, method: FnId, all: TyRow) -> Callee {
        let through_vtable = self.through_vtable(trait_, method, all[0]);
        through_vtable.unwrap_or_else(|| Callee::TraitMethod { trait_, method, args: all[..].into() })
    }

    /// The callee if the receiver is a `dyn`. Where its method gets closures that were not boxed for it, that is left to
    /// those who know all types.
    pub(crate) fn through_vtable(&mut self, trait_: TraitId, method: FnId, self_ty: Ty) -> Option<Callee> {
        let takes_closures = !own_params(&self.ck.program.fns[method]).is_empty();
        if takes_closures { None } else { self.vtable_callee(trait_, method, self_ty) }
    }

    fn vtable_callee(&mut self, trait_: TraitId, method: FnId, self_ty: Ty) -> Option<Callee> {
        let self_ty = self.shallow(self_ty);
        if !self.ck.dyn_has(self_ty, trait_) || !is_in_vtable(&self.ck.program, method) {
            return None;
        }
        let index = self.ck.program.traits[trait_].methods.iter().position(|m| *m == method)?;
        Some(Callee::Dyn { trait_, method_idx: index as u32 })
    }

    /// Asks that the type implements the trait whose method is called.
    pub(crate) fn require_own_trait(&mut self, trait_: TraitId, all: &[Ty], span: Span) {
        let n = self.ck.program.traits[trait_].generics.params.len();
        self.require_trait(trait_, TyRow::from_slice(&all[..n]), span, Cause::Method);
    }

    /// Checks arguments against a signature: the values, and the type of the result.
    fn signature_args(
        &mut self,
        id: FnId,
        all: &[Ty],
        recv: Option<Expr>,
        args: &mut [ast::Arg],
        want: Option<Ty>,
        span: Span,
    ) -> (Vec<Arg>, Ty) {
        let ret = self.ck.program.fns[id].ret;
        let ret = self.instantiate(ret, all, span);
        self.hint_result(ret, want);
        let n = self.ck.program.fns[id].params.len();
        let mut params: SmallVec<[(Ty, ParamMode); 6]> = SmallVec::with_capacity(n);
        for i in 0..n {
            let param = &self.ck.program.fns[id].params[i];
            let (ty, mode) = (param.ty, param.mode);
            params.push((self.instantiate(ty, all, span), mode));
        }
        // What a faulty signature leaves open is no news.
        let types = &self.ck.program.types;
        self.has_errors |= types.flags(ret).has_error || params.iter().any(|p| types.flags(p.0).has_error);
        let callee = super::args::CalleeInfo { fn_: Some(id), variant: None, span };
        let values = self.check_args(&params, recv, args, callee);
        let is_unknown = ret == Ty::UNIT && self.ck.decls.lacking_results.contains(&id);
        (values, if is_unknown { Ty::ERROR } else { ret })
    }

    /// Lets the expected type decide what is open in the result's type.
    pub(crate) fn hint_result(&mut self, ret: Ty, want: Option<Ty>) {
        let Some(want) = want else { return };
        if !self.ck.program.types.flags(ret).has_infer {
            return;
        }
        let (ret, want) = (self.shallow(ret), self.shallow(want));
        if self.is_open(want) || want == Ty::NEVER || want == Ty::UNIT {
            return;
        }
        // A bare variable may become a type that is converted to the expected one.
        let converts = matches!(self.kind(want), TyKind::Dyn { .. } | TyKind::Fn { .. });
        if converts && self.is_open(ret) {
            return;
        }
        if self.would_unify(ret, want) {
            self.unify(ret, want);
        }
    }

    // ------------------------------------------------------------ constructors

    fn call_variant(
        &mut self,
        adt: AdtId,
        variant: VariantIdx,
        adt_args: TyRow,
        args: &mut [ast::Arg],
        want: Option<Ty>,
        span: Span,
    ) -> Expr {
        let ty = self.intern_row(TyKind::Adt(adt, Args::default()), &adt_args);
        let decl = &self.ck.program.adts[adt].variants[variant];
        if decl.shape != VariantShape::Tuple {
            self.report_call_of_fields(adt, variant, args, span);
            self.check_loose(args);
            return self.error_expr(span);
        }
        self.require_adt_bounds(adt, &adt_args, span);
        self.check_constructor(adt, variant, span);
        self.hint_result(ty, want);
        let fields: TyRow = self.ck.program.adts[adt].variants[variant].fields.iter().map(|f| f.ty).collect();
        let params: Vec<(Ty, ParamMode)> =
            fields.into_iter().map(|t| (self.instantiate(t, &adt_args, span), ParamMode::Value)).collect();
        let callee = super::args::CalleeInfo { fn_: None, variant: Some((adt, variant)), span };
        let values = self.check_args(&params, None, args, callee);
        if values.len() != params.len() {
            return Expr { kind: ExprKind::Error, ty, span };
        }
        let order = (0..values.len() as u32).collect();
        let fields =
            values.into_iter().zip(&params).map(|(a, (ty, _))| Some(Expr { ty: *ty, ..a.expr })).collect();
        Expr { kind: ExprKind::Adt { variant, fields, order, base: None }, ty, span }
    }

    /// Reports `Point(1, 2)` of a struct or variant whose fields have names, or that has none.
    fn report_call_of_fields(&mut self, adt: AdtId, variant: VariantIdx, args: &[ast::Arg], span: Span) {
        let decl = &self.ck.program.adts[adt].variants[variant];
        let text = self.ck.program.name(decl.name).to_string();
        if decl.shape == VariantShape::Unit {
            return self.error(codes::NOT_CALLABLE, span, format!("`{text}` has no fields"));
        }
        let module = self.ck.program.adts[adt].module;
        if decl.fields.iter().any(|field| !field.is_pub) && !self.ck.sees_private(self.module, module) {
            let diag =
                Diagnostic::error(codes::NOT_CALLABLE, span, format!("`{text}` is a type, not a function"));
            let has_new = !self.ck.program.index.methods(Head::Adt(adt), sym::new).is_empty();
            let is_string =
                matches!(self.kind(self.ck.string_ty()), TyKind::Adt(string, _) if *string == adt);
            return self.report(match is_string {
                true => diag.note("`x.show()` and `\"{x}\"` make text of a value"),
                false if has_new => diag.note(format!("`{text}.new(…)` makes a value of it")),
                _ => diag,
            });
        }
        let message = format!("`{text}` has named fields: write `{text} {{ … }}`");
        let diag = Diagnostic::error(codes::NOT_CALLABLE, span, message);
        let edits = self.named_fields(adt, variant, args, span);
        self.report(match edits {
            Some(edits) => diag.fix_edits_likely("write the names", edits),
            None => diag,
        });
    }

    /// `Point(1, 2)` as `Point { x: 1, y: 2 }`, where there is an argument for each field.
    fn named_fields(
        &self,
        adt: AdtId,
        variant: VariantIdx,
        args: &[ast::Arg],
        span: Span,
    ) -> Option<Vec<(Span, String)>> {
        let fields = &self.ck.program.adts[adt].variants[variant].fields;
        let (first, last) = (args.first()?.expr.span, args.last()?.expr.span);
        let before = self.ck.map.text(Span::new(span.lo, first.lo));
        let open = span.lo + before.rfind('(')? as u32;
        let is_plain = self.ck.map.text(Span::new(open, first.lo)).trim() == "("
            && self.ck.map.text(Span::new(last.hi, span.hi)).trim() == ")";
        if args.len() != fields.len() || !is_plain || args.iter().any(|arg| arg.mut_span.is_some()) {
            return None;
        }
        // A variable of the field's name stands for both.
        let name = |i: usize| match self.ck.program.name(fields[i].name) {
            name if self.ck.map.text(args[i].expr.span) == name => String::new(),
            name => format!("{name}: "),
        };
        let mut edits = vec![(Span::new(open, first.lo), format!(" {{ {}", name(0)))];
        for (i, arg) in args.iter().enumerate().skip(1) {
            edits.push((arg.expr.span.before(), name(i)));
        }
        edits.push((Span::new(last.hi, span.hi), " }".to_string()));
        Some(edits)
    }

    // ------------------------------------------------------------ values

    fn call_value(&mut self, callee: &mut ast::Expr, args: &mut [ast::Arg], span: Span) -> Expr {
        let callee = self.expr(callee, None);
        self.call_expr(callee, args, span)
    }

    pub(crate) fn call_expr(&mut self, callee: Expr, args: &mut [ast::Arg], span: Span) -> Expr {
        let ty = self.resolve_now(callee.ty);
        if ty == Ty::ERROR {
            self.check_loose(args);
            return self.error_expr(span);
        }
        if self.is_open(ty) {
            self.report_unknown_type(ty, callee.span);
            self.check_loose(args);
            return self.error_expr(span);
        }
        let Some((params, ret)) = self.solve(span, |s| s.callable(ty)) else {
            let name = self.ty_name(ty);
            let message = format!("`{name}` cannot be called");
            let diag = Diagnostic::error(codes::NOT_CALLABLE, callee.span, message);
            self.report(diag.label("this is no function"));
            self.check_loose(args);
            return self.error_expr(span);
        };
        let params: Vec<(Ty, ParamMode)> =
            params.into_iter().map(|(t, m)| (t, if m { ParamMode::Mut } else { ParamMode::Value })).collect();
        let info = super::args::CalleeInfo { fn_: None, variant: None, span };
        let values = self.check_args(&params, None, args, info);
        let callee = Callee::Value(Box::new(callee));
        Expr { kind: ExprKind::Call { callee, args: values }, ty: ret, span }
    }

    /// A call of a trait's operator method on two values.
    pub(crate) fn operator_call(
        &mut self,
        trait_: TraitId,
        method: FnId,
        args: TyRow,
        operands: Vec<Expr>,
        span: Span,
    ) -> Expr {
        let ret = self.ck.program.fns[method].ret;
        self.require_trait(trait_, args.clone(), span, Cause::Operator);
        let ty = self.instantiate(ret, &args, span);
        let values = operands.into_iter().map(value_arg).collect();
        self.trait_call(trait_, method, args, values, ty, span)
    }
}
