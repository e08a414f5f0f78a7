//! The lanes of a shuffle are part of the instruction, so they must be known, and in range, when the program is compiled.
//!
//! A call of the intrinsic is looked at twice: at its text, for the values, before the arguments are checked, and at its
//! type, for the number of lanes, behind that.

use super::FnCtxt;
use crate::body::{Arg, Expr, ExprKind};
use crate::codes;
use crate::consts::ConstValue;
use crate::program::*;
use crate::ty::{Ty, TyKind};
use syntax::ast;
use syntax::{Diagnostic, Span};

/// The lanes that a call gives: where each is, and its value if it has one.
pub(crate) type Lanes = Vec<(Option<i128>, Span)>;

impl FnCtxt<'_> {
    pub(crate) fn is_shuffle(&self, id: FnId) -> bool {
        match self.ck.program.fns[id].kind {
            FnKind::Intrinsic(name) => self.ck.program.name(name) == "simd_shuffle",
            _ => false,
        }
    }

    /// `None` where the function is no shuffle, or its lanes are not written out, which is reported.
    pub(crate) fn shuffled_lanes(&mut self, id: FnId, args: &[ast::Arg]) -> Option<Lanes> {
        let last = args.last().filter(|_| self.is_shuffle(id))?;
        let ast::ExprKind::Array(elems) = &last.expr.kind else {
            // A wrong number of arguments is reported by itself.
            if args.len() + 1 >= self.ck.program.fns[id].params.len() {
                self.report_lanes(last.expr.span);
            }
            return None;
        };
        let cx = self.ty_cx();
        let lane = |elem: &ast::Expr, ck: &mut crate::checker::Checker| match ck.eval_const(elem, &cx) {
            Some(ConstValue::Int(n)) => Some(n),
            _ => None,
        };
        Some(elems.iter().map(|elem| (lane(elem, self.ck), elem.span)).collect())
    }

    pub(crate) fn check_shuffle(&mut self, all: &[Ty], lanes: &Lanes, values: &[Arg]) {
        let Some(ExprKind::Array(elems)) = values.last().map(|arg| &arg.expr.kind) else { return };
        let n_lanes = self.settle(all[1]);
        let n_lanes = match *self.kind(n_lanes) {
            TyKind::ConstInt(n) => Some(n),
            TyKind::Error => return,
            _ => None,
        };
        for ((value, span), elem) in lanes.iter().zip(elems) {
            match (*value, n_lanes) {
                (Some(value), Some(n)) if !(0..2 * n).contains(&value) => {
                    let message = format!("there is no lane {value} in two vectors of {n}");
                    let note = format!(
                        "0 to {} are the lanes of the first, {n} to {} of the second",
                        n - 1,
                        2 * n - 1
                    );
                    self.report(Diagnostic::error(codes::BAD_SHUFFLE, *span, message).note(note));
                }
                (Some(_), Some(_)) if is_constant(elem) => {}
                (Some(_), None) => {
                    let message = "how many lanes there are is not known here";
                    let note = "a shuffle is of a type of vectors such as `F32x4`; a trait's method can give each type its own";
                    self.report(Diagnostic::error(codes::BAD_SHUFFLE, *span, message).note(note));
                    return;
                }
                _ => self.report_lanes(*span),
            }
        }
    }

    pub(crate) fn report_lanes(&mut self, span: Span) {
        let message = "the lanes of a shuffle must be known when the program is compiled";
        let note = "they are written out, `[0, 1, 4, 5]`, as literals or constants; `swizzle` takes others";
        self.report(Diagnostic::error(codes::BAD_SHUFFLE, span, message).note(note));
    }
}

/// Whether the expression is made of literals and constants alone: what its text means where variables are not seen.
fn is_constant(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Lit(_) | ExprKind::Const(..) => true,
        ExprKind::Unary { operand, .. } => is_constant(operand),
        ExprKind::Binary { lhs, rhs, .. } => is_constant(lhs) && is_constant(rhs),
        ExprKind::Cast(inner) => is_constant(inner),
        _ => false,
    }
}
