//! Strings with holes.

use super::{Cause, FnCtxt};
use crate::body::*;
use crate::impls::Head;
use crate::program::ImplId;
use crate::ty::{Ty, TyKind};
use syntax::ast;
use syntax::codes::BAD_FORMAT;
use syntax::{Diagnostic, Span};

impl FnCtxt<'_> {
    pub(crate) fn interp(&mut self, parts: &mut [ast::InterpPart], span: Span) -> Expr {
        let mut out = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                ast::InterpPart::Str(text) => out.push(InterpPart::Str(std::mem::take(text))),
                ast::InterpPart::Expr { expr, spec } => {
                    let expr = self.expr(expr, None);
                    let spec = spec.take();
                    let ty = expr.ty;
                    let Some(callee) = self.show_callee(ty, spec.is_some(), expr.span) else {
                        return self.error_expr(span);
                    };
                    out.push(InterpPart::Expr { expr, callee, spec });
                }
            }
        }
        Expr { kind: ExprKind::Interp(out), ty: self.ck.string_ty(), span }
    }

    /// Reports what a format asks of a type that has nothing of the kind. A type of the program's own may know more.
    pub(crate) fn check_format(&mut self, spec: &ast::FormatSpec, ty: Ty) {
        let ty = self.shallow(ty);
        let (letters, has_precision) = match self.kind(ty) {
            TyKind::Int(_) => ("xXob", false),
            TyKind::F32 | TyKind::F64 => ("e", true),
            TyKind::Bool | TyKind::Char => ("", false),
            _ if ty == self.ck.string_ty() => ("", true),
            _ => match self.may_know_formats(ty) {
                true => return,
                false => ("", false),
            },
        };
        let name = self.ty_name(ty);
        let message = match spec.ty {
            Some(letter) if !letters.contains(letter) => format!("`{name}` has no format `{letter}`"),
            _ if spec.precision.is_some() && !has_precision => format!("`{name}` has no precision"),
            _ => return,
        };
        let diag = Diagnostic::error(BAD_FORMAT, spec.span, message)
            .note("integers have `x X o b`, floats `e`; a precision is for floats, and cuts text");
        let is_whole = matches!(self.kind(ty), TyKind::Adt(..) | TyKind::Tuple(_) | TyKind::FixedArray(..))
            && ty != self.ck.string_ty();
        self.report(match is_whole {
            true => diag.note("a format is not passed on to parts: give each a hole of its own, as in `xs.map(|x| \"{x:.1}\")`"),
            false => diag,
        });
    }

    /// Whether the type has a `show_with` of its own, or it is not known which it is.
    fn may_know_formats(&mut self, ty: Ty) -> bool {
        let head = match self.kind(ty) {
            TyKind::Tuple(_) | TyKind::FixedArray(..) => return false,
            TyKind::Adt(..) => Head::of(&self.ck.program.types, ty),
            _ => None,
        };
        let (Some(head), Some(show)) = (head, self.ck.known.show) else { return true };
        let name = self.ck.known.show_with_name.0;
        let methods = &self.ck.program.traits[show].methods;
        let at = methods.iter().position(|method| self.ck.program.fns[*method].name == name);
        let impls = self.ck.program.index.trait_impls(show, head);
        let own = |id: &ImplId| {
            at.is_some_and(|at| self.ck.program.impls[*id].methods.get(at).is_some_and(Option::is_some))
        };
        impls.iter().any(own)
    }

    fn show_callee(&mut self, ty: Ty, with_spec: bool, span: Span) -> Option<Callee> {
        let show = self.ck.known.show?;
        let known = &self.ck.known;
        let name = if with_spec { known.show_with_name.0 } else { known.show_name.0 };
        let method = self.ck.method_named(show, name)?;
        self.require_simple(show, ty, span, Cause::Interp);
        Some(Callee::TraitMethod { trait_: show, method, args: [ty].into() })
    }
}
