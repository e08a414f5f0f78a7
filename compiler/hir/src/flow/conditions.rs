//! Conditions: what is known where one holds, and where it does not.

use super::state::State;
use super::walk::path_of;
use super::{Flow, Use};
use crate::body::*;
use crate::ty::Ty;

impl<'a> Flow<'a> {
    /// Walks a condition. `st` becomes what is known where it holds; the result is what is known where it does not: a value
    /// that a pattern did not match is still in its place.
    pub(super) fn cond(&mut self, e: &'a Expr, st: &mut State) -> State {
        match &e.kind {
            ExprKind::Unary { op: UnOp::Not, operand } if e.ty == Ty::BOOL => {
                let mut holds = self.cond(operand, st);
                std::mem::swap(&mut holds, st);
                holds
            }
            ExprKind::Binary { op: BinOp::And, lhs, rhs } => {
                let mut fails = self.cond(lhs, st);
                let second = self.cond(rhs, st);
                fails.join(&second);
                fails
            }
            ExprKind::Binary { op: BinOp::Or, lhs, rhs } => {
                let mut first_fails = self.cond(lhs, st);
                let fails = self.cond(rhs, &mut first_fails);
                st.join(&first_fails);
                fails
            }
            ExprKind::Is { expr, pat } => {
                let is_place = path_of(expr).is_some();
                if is_place {
                    self.expr(expr, st, Use::Lend);
                }
                let unmatched = is_place.then(|| st.clone());
                self.matched(expr, &[pat], st);
                unmatched.unwrap_or_else(|| st.clone())
            }
            _ => {
                self.expr(e, st, Use::Move);
                st.clone()
            }
        }
    }
}
