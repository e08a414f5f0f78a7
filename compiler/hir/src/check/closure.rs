//! Closures.

use super::{FnCtxt, Frame};
use crate::body::*;
use crate::codes;
use crate::program::{ClosureDecl, ParamMode};
use crate::ty::{Ty, TyKind};
use syntax::ast;
use syntax::{Diagnostic, Span, sym};

impl FnCtxt<'_> {
    pub(crate) fn closure(
        &mut self,
        params: &mut [ast::ClosureParam],
        ret: Option<&ast::Type>,
        body: &mut ast::Expr,
        want: Option<Ty>,
        span: Span,
    ) -> Expr {
        let mut faulty = false;
        let expected = want.and_then(|w| self.wanted_shape(w));
        let expected = match expected {
            Some((wanted, _)) if wanted.len() != params.len() => {
                self.report_closure_params(wanted.len(), params.len(), span);
                faulty = true;
                None
            }
            other => other,
        };
        let mut types = Vec::with_capacity(params.len());
        let mark = self.ck.diags.len();
        for (i, param) in params.iter().enumerate() {
            types.push(self.closure_param(param, expected.as_ref().map(|e| e.0[i])));
        }
        faulty |= self.reported_since(mark);
        let wanted_ret = expected.map(|e| e.1);
        let ret_span = ret.map_or(span, |r| r.span);
        let ret_ty = match ret {
            Some(ret) => {
                let ty = self.lower_ty(ret);
                if let Some(wanted) = wanted_ret
                    && !self.unify(wanted, ty)
                {
                    self.report_mismatch(wanted, ty, ret.span);
                }
                ty
            }
            // The place learns of the result when the body is known to give one.
            None => wanted_ret.filter(|w| !self.is_open(*w)).unwrap_or_else(|| self.fresh(span)),
        };
        let id = self.ck.program.closures.push(ClosureDecl {
            owner: self.owner,
            params: types.clone(),
            ret: ret_ty,
            captures: Vec::new(),
            is_once: false,
            span,
        });
        let lacks_params = faulty && params.is_empty();
        let mark = self.ck.diags.len();
        let mut body = self.closure_body(params, &types, ret_ty, ret_span, body, &mut faulty);
        if lacks_params {
            // These may be the parameters that are missing.
            self.drop_unknown_names(mark);
        }
        let lets = match self.actor {
            Some(_) if self.frames.len() == 1 => self.settle_captures(&mut body.captures, span),
            _ => Vec::new(),
        };
        self.closures.push((id, body));
        if let Some(wanted) = wanted_ret.filter(|w| self.is_open(*w)) {
            self.unify(wanted, if faulty { Ty::ERROR } else { ret_ty });
        }
        let args = self.ck.identity(&self.cx.generics).into();
        let ty = self.intern(TyKind::Closure(id, args));
        if faulty {
            return self.error_expr(span);
        }
        super::with_lets(lets, Expr { kind: ExprKind::Closure(id), ty, span })
    }

    /// The parameters and the result that the place of a closure asks for.
    fn wanted_shape(&mut self, want: Ty) -> Option<(Vec<(Ty, bool)>, Ty)> {
        let want = self.shallow(want);
        if let Some(found) = self.expected_closure(want) {
            return Some(found);
        }
        match self.kind(want) {
            TyKind::Fn { params, ret, .. } => Some((params.to_vec(), *ret)),
            _ => None,
        }
    }

    /// Takes back what was said since `mark` of names that nothing has.
    fn drop_unknown_names(&mut self, mark: usize) {
        let found = self.ck.diags.split_off(mark);
        self.ck.diags.extend(found.into_iter().filter(|diag| diag.code != codes::UNKNOWN_NAME));
    }

    fn report_closure_params(&mut self, want: usize, found: usize, span: Span) {
        let noun = crate::coherence::count(want, "parameter");
        let message = format!("this closure must take {noun}, it takes {found}");
        let diag = Diagnostic::error(codes::WRONG_ARG_COUNT, span, message);
        let diag = if want == 1 && found > 1 {
            diag.note("the elements of a tuple are taken apart by `|(a, b)| …`")
        } else {
            diag
        };
        self.report(diag);
    }

    fn closure_param(&mut self, param: &ast::ClosureParam, wanted: Option<(Ty, bool)>) -> (Ty, ParamMode) {
        let written = param.ty.as_ref().map(|t| self.lower_ty(t));
        let is_mut =
            param.is_mut || matches!(param.pat.kind, ast::PatKind::Binding { is_mut: true, sub: None, .. });
        let mode = if is_mut { ParamMode::Mut } else { ParamMode::Value };
        let Some((want, want_mut)) = wanted else {
            return (written.unwrap_or_else(|| self.fresh(param.pat.span)), mode);
        };
        // A pattern that binds is reported where it is taken apart.
        if want_mut != is_mut && !(want_mut && binds(&param.pat)) {
            let message = match want_mut {
                true => "the closure changes this parameter for its caller, so it must be `mut`",
                false => "the closure's caller passes a value here: the parameter cannot be `mut`",
            };
            let diag = Diagnostic::error(codes::TYPE_MISMATCH, param.pat.span, message);
            let diag = match want_mut {
                true => diag.fix("mark it", param.pat.span.before(), "mut "),
                false => diag.note("`let mut copy = x` makes a copy to change"),
            };
            self.report(diag);
        }
        if let Some(written) = written
            && !self.unify(want, written)
        {
            self.report_mismatch(want, written, param.pat.span);
            return (written, mode);
        }
        (want, if want_mut { ParamMode::Mut } else { ParamMode::Value })
    }

    fn closure_body(
        &mut self,
        params: &mut [ast::ClosureParam],
        types: &[(Ty, ParamMode)],
        ret: Ty,
        ret_span: Span,
        body: &mut ast::Expr,
        faulty: &mut bool,
    ) -> ClosureBody {
        let is_task = std::mem::take(&mut self.next_is_task);
        let captures = Vec::new();
        self.frames.push(Frame { ret, captures, ret_span, is_closure: true, question: None, is_task });
        let loops = std::mem::take(&mut self.loops);
        let tries = std::mem::take(&mut self.tries);
        let diverges = std::mem::replace(&mut self.diverges, false);
        let told = std::mem::replace(&mut self.told_unreachable, false);
        let mark = self.scope.mark();
        let mut locals = Vec::with_capacity(params.len());
        let mut lets = Vec::new();
        for (param, (ty, mode)) in params.iter_mut().zip(types) {
            let simple = match &param.pat.kind {
                ast::PatKind::Binding { name, sub: None, .. } => Some((name.name, name.span)),
                ast::PatKind::Wild => Some((sym::empty, param.pat.span)),
                _ => None,
            };
            let (name, span) = simple.unwrap_or((sym::empty, param.pat.span));
            let local = self.new_local(name, *ty, *mode == ParamMode::Mut, span);
            self.info[local].is_param = true;
            locals.push(local);
            if simple.is_none() {
                self.info[local].is_hidden = true;
                let is_mut = *mode == ParamMode::Mut;
                lets.push(self.destructure_param(&mut param.pat, local, *ty, is_mut));
            } else if name != sym::empty {
                let twice = locals.iter().find(|l| **l != local && self.locals[**l].name == name);
                if let Some(first) = twice.map(|l| self.locals[*l].span) {
                    self.report_two_params(name, first, span);
                }
                self.scope.push(name, local);
            } else {
                self.info[local].is_hidden = true;
            }
        }
        let value = self.expr(body, Some(ret));
        let before = self.ck.diags.len();
        let value = self.closure_result(value, ret);
        if let Some(question) = self.frames.last().and_then(|f| f.question)
            && self.reported_since(before)
        {
            self.explain_mismatch(
                before,
                question,
                "because of this `?` the closure returns a `Result` or `Option`",
            );
            if let Some(diag) = self.ck.diags.last_mut() {
                diag.notes.push("a `?` in a closure leaves the closure only".to_string());
            }
            *faulty = true;
        }
        let value = super::with_lets(lets, value);
        self.scope.pop_to(mark);
        self.loops = loops;
        self.tries = tries;
        self.diverges = diverges;
        self.told_unreachable = told;
        let captures = self.frames.pop().map(|f| f.captures).unwrap_or_default();
        ClosureBody { params: locals, captures, value }
    }

    fn closure_result(&mut self, value: Expr, ret: Ty) -> Expr {
        let open = self.is_open(ret);
        let value = self.coerce_result(value, ret);
        if open && self.shallow(value.ty) == Ty::NEVER {
            self.never_vars.push(ret);
        }
        value
    }

    /// A closure with these parameters whose body the checker makes.
    pub(crate) fn forwarding_closure(
        &mut self,
        params: Vec<(Ty, ParamMode)>,
        ret: Ty,
        span: Span,
        body: impl FnOnce(&mut Self, Vec<Arg>) -> ExprKind,
    ) -> Expr {
        let id = self.ck.program.closures.push(ClosureDecl {
            owner: self.owner,
            params: params.clone(),
            ret,
            captures: Vec::new(),
            is_once: false,
            span,
        });
        let locals: Vec<LocalId> = params.iter().map(|(t, _)| self.temp(*t, span)).collect();
        let values = locals
            .iter()
            .zip(&params)
            .map(|(local, (ty, mode))| Arg {
                mode: if *mode == ParamMode::Mut { ArgMode::Mut } else { ArgMode::Value },
                expr: Expr { kind: ExprKind::Local(*local), ty: *ty, span },
            })
            .collect();
        let kind = body(self, values);
        let value = Expr { kind, ty: ret, span };
        self.closures.push((id, ClosureBody { params: locals, captures: Vec::new(), value }));
        let args = self.ck.identity(&self.cx.generics).into();
        let ty = self.intern(TyKind::Closure(id, args));
        Expr { kind: ExprKind::Closure(id), ty, span }
    }
}

/// Whether a pattern takes a value apart and gives its parts names.
fn binds(pat: &ast::Pat) -> bool {
    use ast::PatKind as P;
    let names = |pat: &ast::Pat| matches!(pat.kind, P::Binding { .. } | P::Rest(Some(_))) || binds(pat);
    match &pat.kind {
        P::Binding { sub, .. } => sub.is_some(),
        P::Tuple(pats) | P::Array(pats) | P::Or(pats) | P::TupleStruct { elems: pats, .. } => {
            pats.iter().any(names)
        }
        P::Struct { fields, .. } => fields.iter().any(|field| field.pat.as_ref().is_none_or(names)),
        _ => false,
    }
}
