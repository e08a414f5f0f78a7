//! Strings with holes.

use super::{Cause, FnCtxt};
use crate::body::*;
use crate::ty::Ty;
use syntax::Span;
use syntax::ast;

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

    fn show_callee(&mut self, ty: Ty, with_spec: bool, span: Span) -> Option<Callee> {
        let show = self.ck.known.show?;
        let method = self.ck.method_of(show, if with_spec { "show_with" } else { "show" })?;
        self.require_simple(show, ty, span, Cause::Interp);
        Some(Callee::TraitMethod { trait_: show, method, args: [ty].into() })
    }
}
