//! Arguments: number, types, `mut` marks.

use super::FnCtxt;
use super::expr::{mut_arg, value_arg};
use crate::body::*;
use crate::codes;
use crate::program::{AdtId, FnId, ParamMode, VariantIdx};
use crate::ty::{Ty, TyKind};
use syntax::ast;
use syntax::{Diagnostic, Span, sym};

/// What is called, for messages.
#[derive(Clone, Copy)]
pub(crate) struct CalleeInfo {
    pub fn_: Option<FnId>,
    pub variant: Option<(AdtId, VariantIdx)>,
    pub span: Span,
}

impl FnCtxt<'_> {
    /// Checks arguments against the types and modes of parameters. Closures come last, when more is known of the
    /// types that their parameters have; the order of evaluation stays that of the source.
    pub(crate) fn check_args(
        &mut self,
        params: &[(Ty, ParamMode)],
        recv: Option<Expr>,
        args: &mut [ast::Arg],
        callee: CalleeInfo,
    ) -> Vec<Arg> {
        let mut values: Vec<Arg> = Vec::with_capacity(params.len());
        let offset = usize::from(recv.is_some());
        if let Some(recv) = recv {
            values.push(self.receiver(recv, params.first().copied(), callee));
        }
        if args.len() + offset != params.len() {
            self.report_arg_count(params.len() - offset.min(params.len()), args, callee);
            self.check_loose(args);
            return values;
        }
        for (arg, (ty, mode)) in args.iter_mut().zip(&params[offset..]) {
            values.push(match is_closure(&arg.expr) {
                true => value_arg(Expr { kind: ExprKind::Error, ty: *ty, span: arg.expr.span }),
                false => self.arg(arg, *ty, *mode, callee),
            });
        }
        for (i, arg) in args.iter_mut().enumerate() {
            if is_closure(&arg.expr) {
                let (ty, mode) = params[i + offset];
                values[i + offset] = self.arg(arg, ty, mode, callee);
            }
        }
        let unmarked =
            |(i, a): (usize, &ast::Arg)| params[i + offset].1 == ParamMode::Mut && a.mut_span.is_none();
        if values.iter().any(|v| v.mode == ArgMode::Mut) && !args.iter().enumerate().any(unmarked) {
            self.check_disjoint(&values);
        }
        values
    }

    fn receiver(&mut self, recv: Expr, param: Option<(Ty, ParamMode)>, callee: CalleeInfo) -> Arg {
        let Some((ty, mode)) = param else { return value_arg(recv) };
        if !self.unify(recv.ty, ty) {
            self.report_mismatch(ty, recv.ty, recv.span);
        }
        match mode {
            ParamMode::Value => value_arg(recv),
            ParamMode::Mut if callee.fn_.is_some_and(|id| self.ck.is_drop(id)) => {
                // The call was refused, and `mut` would not change that.
                self.note_mutated(&recv);
                mut_arg(recv)
            }
            ParamMode::Mut => {
                self.require_mut_receiver(&recv, callee.span);
                mut_arg(recv)
            }
        }
    }

    fn arg(&mut self, arg: &mut ast::Arg, ty: Ty, mode: ParamMode, callee: CalleeInfo) -> Arg {
        match mode {
            ParamMode::Value => {
                if let Some(span) = arg.mut_span {
                    let message = "the parameter is not `mut`";
                    let diag = Diagnostic::error(codes::UNEXPECTED_MUT, span, message);
                    let to = Span::new(span.lo, arg.expr.span.lo);
                    self.report(diag.fix("remove it", to, ""));
                }
                let expr = self.closure_or_value(&mut arg.expr, ty);
                value_arg(expr)
            }
            ParamMode::Mut => {
                let expr = self.expr(&mut arg.expr, Some(ty));
                let is_value = !super::place::may_be_place(&expr);
                let lacks_mut = arg.mut_span.is_none() && !is_value;
                if lacks_mut {
                    self.report_missing_mut(arg, &expr, callee);
                }
                if !self.unify(expr.ty, ty) {
                    self.report_mut_mismatch(&expr, ty, callee);
                    return mut_arg(Expr { kind: ExprKind::Error, ty, span: expr.span });
                }
                if !lacks_mut || self.plain_fixed_root(&expr).is_none() {
                    self.require_mut_place(&expr, arg.expr.span);
                }
                mut_arg(expr)
            }
        }
    }

    /// A `mut` argument is not converted: the place would get back a value of the parameter's type.
    fn report_mut_mismatch(&mut self, expr: &Expr, ty: Ty, callee: CalleeInfo) {
        let Some(mut diag) = self.mismatch(ty, expr.ty, expr.span) else { return };
        if let Some(id) = callee.fn_
            && self.ck.is_user(self.ck.program.fns[id].module)
        {
            diag = diag.also(self.ck.program.fns[id].span, "declared here");
        }
        self.report(
            diag.note("a `mut` argument has exactly the type of the parameter, for it gets the new value"),
        );
    }

    fn closure_or_value(&mut self, e: &mut ast::Expr, ty: Ty) -> Expr {
        if is_closure(e) {
            let target = self.shallow(ty);
            if let Some((params, _)) = self.expected_closure(target)
                && params.iter().any(|(t, _)| self.has_open(*t))
            {
                self.solve_pending();
            }
        }
        let expr = self.expr(e, Some(ty));
        if let Some(expr) = self.misfit_function(&expr, ty) {
            return expr;
        }
        let expr = self.coerce(expr, ty);
        // The argument has the parameter's type from here on, also where its own is an error.
        if matches!(expr.kind, ExprKind::Error) {
            self.has_errors = true;
        }
        expr
    }

    /// A function where one with another number of parameters is wanted: reported at its name.
    fn misfit_function(&mut self, expr: &Expr, ty: Ty) -> Option<Expr> {
        let TyKind::FnDef(id, _) = *self.kind(self.shallow(expr.ty)) else { return None };
        let target = self.shallow(ty);
        let (wanted, _) = self.expected_closure(target)?;
        let function = &self.ck.program.fns[id];
        if function.params.len() == wanted.len() {
            return None;
        }
        let name = self.ck.program.name(function.name);
        let takes = crate::coherence::count(function.params.len(), "argument");
        let message = format!("`{name}` takes {takes}, here it gets {}", wanted.len());
        let mut diag = Diagnostic::error(codes::TYPE_MISMATCH, expr.span, message);
        if self.ck.is_user(function.module) {
            diag = diag.also(function.span, "declared here");
        }
        self.report(diag);
        self.unify(target, Ty::ERROR);
        Some(Expr { kind: ExprKind::Error, ty: Ty::ERROR, span: expr.span })
    }

    fn has_open(&mut self, ty: Ty) -> bool {
        let ty = self.deep(ty);
        self.ck.program.types.flags(ty).has_infer
    }

    /// The variable of a `let` that a place is in, where it is not `mut`.
    fn plain_fixed_root(&self, place: &Expr) -> Option<LocalId> {
        let local = super::place::root(place)?;
        let (info, name) = (self.info[local], self.locals[local].name);
        let is_plain = !info.is_param && !info.is_capture && !info.is_hidden && !info.is_element;
        let is_plain = is_plain && !info.is_late && info.state.is_none() && name != sym::self_;
        (is_plain && !self.locals[local].is_mut).then_some(local)
    }

    fn report_missing_mut(&mut self, arg: &ast::Arg, place: &Expr, callee: CalleeInfo) {
        let span = arg.expr.span;
        let message = "this argument is changed by the call and must be marked `mut`";
        let mut diag = Diagnostic::error(codes::MISSING_MUT, span, message);
        let mark = (span.before(), "mut ".to_string());
        diag = match self.plain_fixed_root(place) {
            Some(local) => {
                let text = self.ck.program.name(self.locals[local].name);
                let title = format!("mark it, and make `{text}` `mut`");
                let names = self.names_in_pattern(local);
                let edits = names.iter().map(|name| (name.before(), "mut ".to_string())).chain([mark]);
                diag.also(self.locals[local].span, format!("`{text}` is not `mut` either"))
                    .fix_edits(title, edits.collect())
            }
            None => diag.fix_edits("mark it", vec![mark]),
        };
        if let Some(id) = callee.fn_
            && self.ck.is_user(self.ck.program.fns[id].module)
        {
            diag = diag.also(self.ck.program.fns[id].span, "declared here");
        }
        self.report(diag);
    }

    fn report_arg_count(&mut self, want: usize, args: &[ast::Arg], callee: CalleeInfo) {
        let noun = crate::coherence::count(want, "argument");
        let given = args.len();
        let message = match callee.fn_ {
            Some(id) => {
                let name = self.ck.program.name(self.ck.program.fns[id].name);
                format!("`{name}` takes {noun}, {given} given")
            }
            None => match callee.variant {
                Some((adt, variant)) => {
                    let name = self.ck.program.name(self.ck.program.adts[adt].variants[variant].name);
                    format!("`{name}` takes {noun}, {given} given")
                }
                None => format!("this takes {noun}, {given} given"),
            },
        };
        let mut diag = Diagnostic::error(codes::WRONG_ARG_COUNT, callee.span, message);
        if let Some((adt, variant)) = callee.variant
            && self.ck.is_user(self.ck.program.adts[adt].module)
        {
            diag = diag.also(self.ck.program.adts[adt].variants[variant].span, "declared here");
        }
        if let Some(id) = callee.fn_ {
            let function = &self.ck.program.fns[id];
            let skip = usize::from(function.has_self && function.params.len() > want);
            let missing: Vec<String> = function
                .params
                .iter()
                .skip(skip + given)
                .map(|p| format!("`{}`", self.ck.program.param_text(&function.generics, p)))
                .collect();
            if function.has_self && function.params.len() == want && given + 1 == want {
                // Nothing stands before the dot but a type or trait.
                let name = self.ck.program.name(function.name);
                diag = diag
                    .note(format!("the first argument is the receiver: `T.{name}(x, …)`, or `x.{name}(…)`"));
            } else if !missing.is_empty() && given < want {
                diag = diag.note(format!("missing: {}", missing.join(", ")));
            }
            if self.ck.is_user(self.ck.program.fns[id].module) {
                diag = diag.also(self.ck.program.fns[id].span, "declared here");
            }
        }
        self.report(diag);
    }
}

fn is_closure(e: &ast::Expr) -> bool {
    match &e.kind {
        ast::ExprKind::Closure { .. } => true,
        ast::ExprKind::Paren(inner) => is_closure(inner),
        _ => false,
    }
}
