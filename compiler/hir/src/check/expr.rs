//! Expressions: the dispatch, and forms that need no file of their own.

use super::{Cause, FnCtxt};
use crate::body::*;
use crate::codes;
use crate::infer::VarKind;
use crate::program::{BodyOwner, Container};
use crate::ty::{Ty, TyKind, TyRow};
use syntax::ast;
use syntax::{Diagnostic, Span};

impl FnCtxt<'_> {
    /// Checks an expression. `want` is the type that its place has: it helps inference; the caller still coerces.
    pub(crate) fn expr(&mut self, e: &mut ast::Expr, want: Option<Ty>) -> Expr {
        let expr = self.expr_kind(e, want);
        if expr.ty == Ty::NEVER {
            self.diverges = true;
        }
        if self.ck.record.is_some() {
            self.note_expr(e.span, expr.ty);
        }
        expr
    }

    /// Checks an expression that must have a type.
    pub(crate) fn expr_as(&mut self, e: &mut ast::Expr, want: Ty) -> Expr {
        let expr = self.expr(e, Some(want));
        self.coerce(expr, want)
    }

    fn expr_kind(&mut self, e: &mut ast::Expr, want: Option<Ty>) -> Expr {
        use ast::ExprKind as E;
        let span = e.span;
        match &mut e.kind {
            E::Int { value, suffix } => {
                let (value, suffix) = (value.get(), *suffix);
                self.int_lit(value, suffix, want, span)
            }
            E::Float { text, suffix } => {
                let (text, suffix) = (std::mem::take(text), *suffix);
                self.float_lit(text, suffix, want, span)
            }
            E::Char(c) => lit(Lit::Char(*c), Ty::CHAR, span),
            E::Bool(b) => lit(Lit::Bool(*b), Ty::BOOL, span),
            E::Duration(nanos) => {
                let nanos = *nanos;
                self.duration_lit(nanos, span)
            }
            E::Str(text) => lit(Lit::Str(std::mem::take(text)), self.ck.string_ty(), span),
            E::Interp(parts) => self.interp(parts, span),
            E::Name { .. } | E::SelfType | E::Field { .. } => self.path_or_field(e, want),
            E::SelfValue => self.self_value(span),
            E::TupleField { base, index, index_span } => {
                let (index, index_span) = (*index, *index_span);
                self.tuple_field(base, index, index_span, span)
            }
            E::Deref(base) => self.deref(base, span),
            E::Index { base, index } => self.index(base, index, span),
            E::Call { callee, args } => self.call(callee, args, want, span),
            E::StructLit { path, fields, base } => {
                self.struct_lit(path, fields, base.as_deref_mut(), want, span)
            }
            E::Tuple(elems) => self.tuple(elems, want, span),
            E::Paren(inner) => self.expr(inner, want),
            E::Array(elems) => self.array(elems, want, span),
            E::ArrayRepeat { value, count } => self.array_repeat(value, count, want, span),
            E::Unary { op, operand } => {
                let op = *op;
                self.unary(op, operand, want, span)
            }
            E::Binary { .. } => self.binary(e, want),
            E::Range { lo, hi, inclusive } => {
                let inclusive = *inclusive;
                self.range(lo.as_deref_mut(), hi.as_deref_mut(), inclusive, want, span)
            }
            E::Cast { expr, ty } => self.cast(expr, ty, span),
            E::Is { .. } => self.condition_value(e),
            E::Try(inner) => self.question(inner, span),
            E::Block(block) => self.block(block, want),
            E::If { cond, then, else_ } => self.if_expr(cond, then, else_.as_deref_mut(), want, span),
            E::Match { scrutinee, arms } => self.match_expr(scrutinee, arms, want, span),
            E::While { label, cond, body } => {
                let label = *label;
                self.while_loop(label, cond, body, span)
            }
            E::For { label, pat, iter, body } => {
                let label = *label;
                self.for_loop(label, pat, iter, body, span)
            }
            E::Loop { label, body } => {
                let label = *label;
                self.loop_expr(label, body, want, span)
            }
            E::Break { label, value } => {
                let label = *label;
                self.break_expr(label, value.as_deref_mut(), span)
            }
            E::Continue { label } => {
                let label = *label;
                self.continue_expr(label, span)
            }
            E::Return(value) => self.return_expr(value.as_deref_mut(), span),
            E::Closure { params, ret, body } => self.closure(params, ret.as_deref(), body, want, span),
            E::TryCatch { error_ty, body, arms } => {
                self.try_catch(error_ty.as_deref(), body, arms, want, span)
            }
            E::Spawn { ctor, args } => self.spawn(ctor, args, span),
            E::Send { target, message } => self.send(target, message, span),
            E::Ask { .. } => self.ask(e),
            E::Async(inner) => self.async_expr(inner, span),
            E::Await(inner) => self.await_expr(inner, span),
            E::Select { arms, timeout } => self.select(arms, timeout.as_mut(), want, span),
            E::Reply(value) => self.reply(value, span),
            E::Yield(value) => self.yield_expr(value, span),
            E::Error => self.error_expr(span),
        }
    }

    /// Whether this is a method of an `impl` whose trait has it with `self`, which was said of it.
    fn lacks_self_of_trait(&self) -> bool {
        let BodyOwner::Fn(id) = self.owner else { return false };
        let function = &self.ck.program.fns[id];
        let Container::Impl(impl_) = function.container else { return false };
        let Some((trait_, _)) = self.ck.program.impls[impl_].trait_ else { return false };
        let method = self.ck.method_named(trait_, function.name);
        method.is_some_and(|method| self.ck.program.fns[method].has_self)
    }

    fn self_value(&mut self, span: Span) -> Expr {
        match self.lookup_local(syntax::sym::self_, span) {
            Some(local) if self.is_constructor() && self.frames.len() == 1 => self.self_of_new(local, span),
            Some(local) => self.local(local, span),
            None => {
                if self.lacks_self_of_trait() {
                    return self.error_expr(span);
                }
                let diag = Diagnostic::error(codes::UNKNOWN_NAME, span, "there is no `self` here")
                    .note("methods declare it: `fn f(self)`");
                self.report(diag);
                self.error_expr(span)
            }
        }
    }

    fn deref(&mut self, base: &mut ast::Expr, span: Span) -> Expr {
        let base = self.expr(base, None);
        let ty = self.resolve_now(base.ty);
        let inner = match self.kind(ty) {
            TyKind::Ptr(inner) => *inner,
            TyKind::Error => return self.error_expr(span),
            _ => {
                let name = self.ty_name(ty);
                let message = format!("`.*` follows a `Ptr`, this is `{name}`");
                self.error(codes::TYPE_MISMATCH, span, message);
                return self.error_expr(span);
            }
        };
        self.ck.need_unsafe(self.module, span, "`.*`");
        Expr { kind: ExprKind::Deref(Box::new(base)), ty: inner, span }
    }

    fn tuple(&mut self, elems: &mut [ast::Expr], want: Option<Ty>, span: Span) -> Expr {
        if elems.is_empty() {
            return self.unit(span);
        }
        let wants = match want.map(|w| self.kind(self.shallow(w))) {
            Some(TyKind::Tuple(args)) if args.len() == elems.len() => args.to_vec(),
            _ => Vec::new(),
        };
        let mut out = Vec::with_capacity(elems.len());
        for (i, elem) in elems.iter_mut().enumerate() {
            out.push(match wants.get(i) {
                Some(want) => self.expr_as(elem, *want),
                None => self.expr(elem, None),
            });
        }
        let tys = out.iter().map(|e| e.ty).collect();
        let ty = self.intern(TyKind::Tuple(tys));
        let ty = self.limit_size(ty, span);
        Expr { kind: ExprKind::Tuple(out), ty, span }
    }

    pub(crate) fn limit_size(&mut self, ty: Ty, span: Span) -> Ty {
        let limited = self.ck.limit_size(ty, span);
        self.has_errors |= limited != ty;
        limited
    }

    /// The element type that an array literal's place gives, and the length if it is a fixed array.
    fn wanted_elem(&self, want: Option<Ty>) -> (Option<Ty>, Option<Ty>) {
        match want.map(|w| self.kind(self.shallow(w))) {
            Some(TyKind::FixedArray(elem, len)) => (Some(*elem), Some(*len)),
            Some(TyKind::Adt(id, args)) if Some(*id) == self.ck.known.array => (args.first().copied(), None),
            _ => (None, None),
        }
    }

    fn array(&mut self, elems: &mut [ast::Expr], want: Option<Ty>, span: Span) -> Expr {
        let (elem_want, len) = self.wanted_elem(want);
        let mut join = super::coerce::Join::new(elem_want);
        let mut out = Vec::with_capacity(elems.len());
        for elem in elems.iter_mut() {
            let expr = self.expr(elem, elem_want.or(self.join_hint(&join)));
            let expr = self.join(&mut join, expr);
            out.push(expr);
        }
        let mut elem = match self.joined(&join) {
            Ty::NEVER => elem_want.unwrap_or_else(|| self.fresh(span)),
            ty => ty,
        };
        if let Some(want) = elem_want {
            self.unify(want, elem);
            elem = want;
        }
        let out: Vec<Expr> = out.into_iter().map(|e| self.level(e, elem)).collect();
        let ty = match len {
            Some(len) => {
                let n = self.intern(TyKind::ConstInt(out.len() as i128));
                if !self.unify(len, n) {
                    let want = self.ty_name(len);
                    let message = format!("expected {want} elements, found {}", out.len());
                    self.error(codes::TYPE_MISMATCH, span, message);
                }
                self.intern(TyKind::FixedArray(elem, len))
            }
            None => self.array_of(elem),
        };
        Expr { kind: ExprKind::Array(out), ty, span }
    }

    pub(crate) fn array_of(&mut self, elem: Ty) -> Ty {
        self.ck.lang_adt_ty(self.ck.known.array, &[elem])
    }

    fn array_repeat(
        &mut self,
        value: &mut ast::Expr,
        count: &mut ast::Expr,
        want: Option<Ty>,
        span: Span,
    ) -> Expr {
        let (elem_want, len) = self.wanted_elem(want);
        let value = match elem_want {
            Some(want) => self.expr_as(value, want),
            None => self.expr(value, None),
        };
        let elem = elem_want.unwrap_or(value.ty);
        let value = Box::new(value);
        if let Some(len) = len {
            let cx = self.ty_cx();
            let found = self.ck.lower_const_arg(count, Ty::I64, &cx);
            if !self.unify(len, found) {
                let (want, found) = (self.ty_name(len), self.ty_name(found));
                let message = format!("expected {want} elements, found {found}");
                self.error(codes::TYPE_MISMATCH, count.span, message);
            }
            let ty = self.intern(TyKind::FixedArray(elem, len));
            return Expr { kind: ExprKind::ArrayRepeat { value, count: None }, ty, span };
        }
        let count = self.expr_as(count, Ty::I64);
        let ty = self.array_of(elem);
        Expr { kind: ExprKind::ArrayRepeat { value, count: Some(Box::new(count)) }, ty, span }
    }

    /// The context for types that are written in the body.
    pub(crate) fn ty_cx(&mut self) -> crate::types::TyCx {
        let mut cx = self.cx.clone();
        cx.module = crate::types::ModuleId0(self.module);
        cx
    }

    pub(crate) fn lower_ty(&mut self, ty: &ast::Type) -> Ty {
        let cx = self.ty_cx();
        let mark = self.ck.diags.len();
        let lowered = self.ck.lower_ty(ty, &cx);
        self.has_errors |= self.ck.diags.len() > mark;
        let written = self.solve(ty.span, |s| s.normalize(lowered));
        self.require_copyable_args(written, ty.span);
        written
    }

    fn range(
        &mut self,
        lo: Option<&mut ast::Expr>,
        hi: Option<&mut ast::Expr>,
        inclusive: bool,
        want: Option<Ty>,
        span: Span,
    ) -> Expr {
        let elem_want = match want.map(|w| self.kind(self.shallow(w))) {
            Some(TyKind::Adt(_, args)) => args.first().copied(),
            _ => None,
        };
        let known = &self.ck.known;
        let adt = match (lo.is_some(), hi.is_some(), inclusive) {
            (true, true, false) => known.range,
            (true, true, true) => known.range_inclusive,
            (true, false, _) => known.range_from,
            (false, true, false) => known.range_to,
            (false, true, true) => known.range_to_inclusive,
            (false, false, _) => known.range_full,
        };
        let (lo, hi, elem) = self.range_ends(lo, hi, elem_want);
        let mut fields: Vec<Option<Expr>> = lo.into_iter().chain(hi).map(Some).collect();
        if adt == self.ck.known.range_from {
            // Its `is_given`: see the library.
            fields.push(Some(lit(Lit::Bool(false), Ty::BOOL, span)));
        }
        let args: Vec<Ty> = elem.into_iter().collect();
        let ty = self.ck.lang_adt_ty(adt, &args);
        if ty == Ty::ERROR {
            return self.error_expr(span);
        }
        let order = (0..fields.len() as u32).collect();
        Expr {
            kind: ExprKind::Adt { variant: crate::program::VariantIdx(0), fields, order, base: None },
            ty,
            span,
        }
    }

    /// Both ends of a range with one type.
    pub(crate) fn range_ends(
        &mut self,
        lo: Option<&mut ast::Expr>,
        hi: Option<&mut ast::Expr>,
        want: Option<Ty>,
    ) -> (Option<Expr>, Option<Expr>, Option<Ty>) {
        let lo = lo.map(|e| self.expr(e, want));
        let elem = lo.as_ref().map(|e| e.ty).or(want);
        let hi = hi.map(|e| match lo.as_ref() {
            Some(lo) => {
                let hi = self.expr(e, Some(lo.ty));
                self.coerce(hi, lo.ty)
            }
            None => self.expr(e, elem),
        });
        let elem = lo.as_ref().or(hi.as_ref()).map(|e| e.ty);
        (lo, hi, elem)
    }

    // ------------------------------------------------------------ casts

    fn cast(&mut self, inner: &mut ast::Expr, ty: &ast::Type, span: Span) -> Expr {
        let target = self.lower_ty(ty);
        let want = self.cast_hint(inner, target);
        let expr = self.expr(inner, want);
        let from = self.settle(expr.ty);
        let to = self.shallow(target);
        if from == Ty::ERROR || to == Ty::ERROR {
            return Expr { kind: ExprKind::Error, ty: target, span };
        }
        if self.is_unsafe_cast(from, to, expr.span, span) {
            return Expr { kind: ExprKind::Error, ty: target, span };
        }
        if !self.can_cast(from, to) {
            let (f, t) = (self.ty_name(from), self.ty_name(to));
            let mut diag = Diagnostic::error(
                codes::BAD_CAST,
                span,
                format!("`{f}` cannot be converted to `{t}` by `as`"),
            )
            .note("`as` converts between numbers, and `Char` or `Bool` to integers");
            if let Some(note) = self.explain_cast(from, to) {
                diag = diag.note(note);
            }
            self.report(diag);
            return Expr { kind: ExprKind::Error, ty: target, span };
        }
        Expr { kind: ExprKind::Cast(Box::new(expr)), ty: target, span }
    }

    /// What does what `as` cannot do.
    fn explain_cast(&self, from: Ty, to: Ty) -> Option<String> {
        let string = self.ck.string_ty();
        let is_number = |ty: Ty| matches!(self.kind(ty), TyKind::Int(_) | TyKind::F32 | TyKind::F64);
        let opened =
            |id: crate::program::AdtId| Some(id) == self.ck.known.option || Some(id) == self.ck.known.result;
        Some(match (self.kind(from), self.kind(to)) {
            (_, TyKind::Dyn { .. }) => {
                "a value becomes a `dyn` value by itself where that type is expected".to_string()
            }
            (TyKind::Adt(id, _), _) if opened(*id) && is_number(to) => {
                "take the value out first: `match`, `unwrap_or`".to_string()
            }
            (TyKind::Param(..), _) => {
                "a type parameter may be any type; `as` needs that of a number".to_string()
            }
            (_, TyKind::Bool) if is_number(from) => "`x != 0` compares".to_string(),
            (_, TyKind::Char) if is_number(from) => {
                "`Char.from_code(n)` gives the character, if there is one with that code".to_string()
            }
            _ if from == string && is_number(to) => {
                format!("`{}.parse(text)` reads a number", self.ck.program.ty_name(to))
            }
            _ if to == string => "any printable value becomes text by `\"{x}\"`".to_string(),
            _ => return None,
        })
    }

    /// A literal that `Int` cannot hold has the type it is converted to.
    fn cast_hint(&self, inner: &ast::Expr, target: Ty) -> Option<Ty> {
        let mut inner = inner;
        while let ast::ExprKind::Paren(next) = &inner.kind {
            inner = next;
        }
        match inner.kind {
            ast::ExprKind::Int { value, suffix: None } if value.get() > i64::MAX as u128 => Some(target),
            _ => None,
        }
    }

    /// Reports a cast of a `Ptr` in a safe module, unless `inner` is not allowed there already.
    fn is_unsafe_cast(&mut self, from: Ty, to: Ty, inner: Span, span: Span) -> bool {
        let is_raw = |ty| matches!(self.kind(ty), TyKind::Ptr(_));
        if !is_raw(from) && !is_raw(to) || self.ck.program.modules[self.ck.file_module(self.module)].is_unsafe
        {
            return false;
        }
        let mut told = self.ck.diags.iter().filter(|d| d.code == codes::UNSAFE_ONLY).map(Diagnostic::span);
        if !told.any(|told| inner.lo <= told.lo && told.hi <= inner.hi) {
            self.ck.need_unsafe(self.module, span, "casts of `Ptr`");
        }
        true
    }

    fn can_cast(&mut self, from: Ty, to: Ty) -> bool {
        use TyKind::*;
        let raw = |k: &TyKind| matches!(k, Ptr(_));
        match (self.kind(from), self.kind(to)) {
            (Int(_) | F32 | F64, Int(_) | F32 | F64) => true,
            (Char | Bool, Int(_)) => true,
            (Int(crate::ty::IntTy::U8), Char) => true,
            // The library makes characters from numbers that it has checked.
            (Int(_), Char) => {
                let module = &self.ck.program.modules[self.ck.file_module(self.module)];
                module.is_unsafe || module.is_library
            }
            (a, Int(_)) | (Int(_), a) if raw(a) => true,
            (a, b) if raw(a) && raw(b) => true,
            _ => from == to,
        }
    }

    // ------------------------------------------------------------ small helpers

    /// A call of a trait's method with these arguments for the trait's parameters.
    pub(crate) fn trait_call(
        &mut self,
        trait_: crate::program::TraitId,
        method: crate::program::FnId,
        args: TyRow,
        values: Vec<Arg>,
        ty: Ty,
        span: Span,
    ) -> Expr {
        let callee = Callee::TraitMethod { trait_, method, args: args[..].into() };
        Expr { kind: ExprKind::Call { callee, args: values }, ty, span }
    }

    /// Asks for `ty: Trait`, for traits without parameters.
    pub(crate) fn require_simple(
        &mut self,
        trait_: crate::program::TraitId,
        ty: Ty,
        span: Span,
        cause: Cause,
    ) {
        self.require_trait(trait_, vec![ty], span, cause);
    }

    pub(crate) fn is_number_var(&self, ty: Ty) -> bool {
        matches!(self.var_kind(ty), Some(VarKind::Int | VarKind::Float))
    }
}

pub(crate) fn lit(lit: Lit, ty: Ty, span: Span) -> Expr {
    Expr { kind: ExprKind::Lit(lit), ty, span }
}

pub(crate) fn value_arg(expr: Expr) -> Arg {
    Arg { mode: ArgMode::Value, expr }
}

pub(crate) fn mut_arg(expr: Expr) -> Arg {
    Arg { mode: ArgMode::Mut, expr }
}
