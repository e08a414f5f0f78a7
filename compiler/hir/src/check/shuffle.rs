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
use crate::types::TyCx;
use syntax::ast::{self, BinOp, UnOp};
use syntax::{Diagnostic, Span};

/// What a call of a shuffle gives for lanes.
pub(crate) enum Lanes {
    /// Where each is, and its value if its text has one.
    Written(Vec<(Option<i128>, Span)>),
    /// Something else than an array that is written out.
    Other(Span),
}

impl FnCtxt<'_> {
    pub(crate) fn is_shuffle(&self, id: FnId) -> bool {
        match self.ck.program.fns[id].kind {
            FnKind::Intrinsic(name) => self.ck.program.name(name) == "simd_shuffle",
            _ => false,
        }
    }

    /// `None` where the function is no shuffle.
    pub(crate) fn shuffled_lanes(&mut self, id: FnId, args: &[ast::Arg]) -> Option<Lanes> {
        let last = args.last().filter(|_| self.is_shuffle(id))?;
        let ast::ExprKind::Array(elems) = &last.expr.kind else { return Some(Lanes::Other(last.expr.span)) };
        let cx = self.ty_cx();
        let mut lanes = Vec::with_capacity(elems.len());
        for elem in elems {
            lanes.push((self.lane_value(elem, &cx), elem.span));
        }
        Some(Lanes::Written(lanes))
    }

    /// The number that literals and constants make with `+`, `-` and `*`, where lowering will find it too: no step leaves `Int`.
    fn lane_value(&mut self, e: &ast::Expr, cx: &TyCx) -> Option<i128> {
        let value = match &e.kind {
            ast::ExprKind::Paren(inner) => self.lane_value(inner, cx)?,
            ast::ExprKind::Unary { op: UnOp::Neg, operand } => -self.lane_value(operand, cx)?,
            ast::ExprKind::Binary { op, lhs, rhs, .. } => {
                let (a, b) = (self.lane_value(lhs, cx)?, self.lane_value(rhs, cx)?);
                match op {
                    BinOp::Add => a + b,
                    BinOp::Sub => a - b,
                    BinOp::Mul => a * b,
                    _ => return None,
                }
            }
            ast::ExprKind::Unary { .. } => return None,
            _ => match self.ck.eval_const(e, cx)? {
                ConstValue::Int(n) => n,
                _ => return None,
            },
        };
        i64::try_from(value).ok().map(i128::from)
    }

    /// Looks at a call whose arguments have the right types.
    pub(crate) fn check_shuffle(&mut self, all: &[Ty], lanes: &Lanes, values: &[Arg]) {
        let lanes = match lanes {
            Lanes::Other(span) => return self.report_lanes(*span),
            Lanes::Written(lanes) => lanes,
        };
        let Some(ExprKind::Array(elems)) = values.last().map(|arg| &arg.expr.kind) else { return };
        let n_lanes = self.settle(all[1]);
        let TyKind::ConstInt(n) = *self.kind(n_lanes) else {
            if let (false, Some((_, span))) = (n_lanes == Ty::ERROR, lanes.first()) {
                let message = "how many lanes there are is not known here";
                let note = "a shuffle is of a type of vectors such as `F32x4`; a trait's method can give each type its own";
                self.report(Diagnostic::error(codes::BAD_SHUFFLE, *span, message).note(note));
            }
            return;
        };
        for ((value, span), elem) in lanes.iter().zip(elems) {
            match value.filter(|_| is_constant(elem)) {
                Some(value) if !(0..2 * n).contains(&value) => {
                    let message = format!("there is no lane {value} in two vectors of {n}");
                    let (last, end) = (n - 1, 2 * n - 1);
                    let note = format!("0 to {last} are the lanes of the first, {n} to {end} of the second");
                    self.report(Diagnostic::error(codes::BAD_SHUFFLE, *span, message).note(note));
                }
                Some(_) => {}
                None => self.report_lanes(*span),
            }
        }
    }

    pub(crate) fn report_lanes(&mut self, span: Span) {
        let message = "the lanes of a shuffle must be known when the program is compiled";
        let note = "they are written out, `[0, 1, 4, 5]`, as literals or constants; `swizzle` takes others";
        self.report(Diagnostic::error(codes::BAD_SHUFFLE, span, message).note(note));
    }
}

/// Whether the expression is made of literals and constants, as its text is where variables are not seen.
fn is_constant(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Lit(_) | ExprKind::Const(..) => true,
        ExprKind::Unary { operand, .. } => is_constant(operand),
        ExprKind::Binary { lhs, rhs, .. } => is_constant(lhs) && is_constant(rhs),
        _ => false,
    }
}
