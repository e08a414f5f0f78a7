//! Literals: numbers take the type that their place has, `Int` and `Float` otherwise.

use super::FnCtxt;
use super::expr::lit;
use crate::body::*;
use crate::codes;
use crate::consts::{int_fits, negated};
use crate::infer::VarKind;
use crate::ty::{Ty, TyKind};
use syntax::{Diagnostic, Span, Symbol};

impl FnCtxt<'_> {
    pub(crate) fn int_lit(
        &mut self,
        value: u128,
        suffix: Option<Symbol>,
        want: Option<Ty>,
        span: Span,
    ) -> Expr {
        let value = i128::try_from(value).unwrap_or(i128::MAX);
        self.signed_lit(value, suffix, want, span)
    }

    /// A literal with the sign before it taken in, so that the smallest value of a type can be written.
    pub(crate) fn signed_lit(
        &mut self,
        value: i128,
        suffix: Option<Symbol>,
        want: Option<Ty>,
        span: Span,
    ) -> Expr {
        if let Some(ty) = suffix.and_then(|s| self.ck.suffix_ty(s)) {
            if matches!(self.kind(ty), TyKind::F32 | TyKind::F64) {
                return lit(Lit::Float(value.to_string().into()), ty, span);
            }
            return lit(Lit::int(value), ty, span);
        }
        let ty = match want.map(|w| self.shallow(w)) {
            Some(w) if matches!(self.kind(w), TyKind::Int(_)) => w,
            Some(w) if self.var_kind(w) == Some(VarKind::Int) => w,
            _ => self.ck.fresh_var(VarKind::Int, span),
        };
        lit(Lit::int(value), ty, span)
    }

    pub(crate) fn float_lit(
        &mut self,
        text: Box<str>,
        suffix: Option<Symbol>,
        want: Option<Ty>,
        span: Span,
    ) -> Expr {
        let ty = match (suffix.and_then(|s| self.ck.suffix_ty(s)), want.map(|w| self.shallow(w))) {
            (Some(ty), _) => ty,
            (None, Some(w)) if w == Ty::F32 || w == Ty::F64 => w,
            (None, Some(w)) if self.var_kind(w) == Some(VarKind::Float) => w,
            _ => self.ck.fresh_var(VarKind::Float, span),
        };
        lit(Lit::Float(text), ty, span)
    }

    pub(crate) fn duration_lit(&mut self, nanos: i64, span: Span) -> Expr {
        let ty = self.ck.lang_adt_ty(self.ck.known.duration, &[]);
        if ty == Ty::ERROR {
            self.error(codes::UNSUPPORTED_FEATURE, span, "this library has no `Duration`");
            return self.error_expr(span);
        }
        lit(Lit::Duration(nanos), ty, span)
    }

    /// `-literal` as a literal; `None` for other operands.
    pub(crate) fn negative_lit(
        &mut self,
        operand: &mut syntax::ast::Expr,
        want: Option<Ty>,
        span: Span,
    ) -> Option<Expr> {
        use syntax::ast::ExprKind as E;
        match &mut operand.kind {
            E::Int { value, suffix } => {
                let (value, suffix) = (value.get(), *suffix);
                let value = i128::try_from(value).ok()?;
                Some(self.signed_lit(-value, suffix, want, span))
            }
            E::Float { text, suffix } => {
                let (text, suffix) = (negated(text), *suffix);
                Some(self.float_lit(text, suffix, want, span))
            }
            E::Duration(nanos) => {
                let nanos = *nanos;
                Some(self.duration_lit(-nanos, span))
            }
            _ => None,
        }
    }

    /// Reports a literal that its type rounds to infinity.
    pub(crate) fn check_float_range(&mut self, text: &str, ty: Ty, span: Span) {
        let (is_infinite, greatest) = match self.kind(ty) {
            TyKind::F32 => (text.parse::<f32>().is_ok_and(f32::is_infinite), "3.4028235e38"),
            TyKind::F64 => (text.parse::<f64>().is_ok_and(f64::is_infinite), "1.7976931348623157e308"),
            _ => return,
        };
        if is_infinite {
            let name = self.ty_name(ty);
            let message = format!("this number is out of range for `{name}`");
            let diag = Diagnostic::error(codes::LITERAL_OUT_OF_RANGE, span, message)
                .note(format!("the greatest is {greatest}; `{name}.INFINITY` is written out"));
            self.report(diag);
        }
    }

    /// Reports a literal that its type cannot hold, and returns whether it did.
    pub(crate) fn check_lit_range(&mut self, value: i128, ty: Ty, span: Span) -> bool {
        let TyKind::Int(int) = *self.kind(ty) else { return false };
        if int_fits(value, int) {
            return false;
        }
        let bits = int.bits(8);
        let (lo, hi) = match int.is_signed() {
            true if bits <= 32 => ((-1i64 << (bits - 1)).to_string(), ((1i64 << (bits - 1)) - 1).to_string()),
            false if bits <= 32 => ("0".to_string(), ((1i64 << bits) - 1).to_string()),
            true => (format!("-2^{}", bits - 1), format!("2^{} - 1", bits - 1)),
            false => ("0".to_string(), format!("2^{bits} - 1")),
        };
        let name = self.ty_name(ty);
        let shown = if value == i128::MAX { "this number".to_string() } else { format!("`{value}`") };
        let message = format!("{shown} is out of range for `{name}`");
        let diag = Diagnostic::error(codes::LITERAL_OUT_OF_RANGE, span, message)
            .note(format!("`{name}` goes from {lo} to {hi}"));
        self.report(diag);
        true
    }
}
