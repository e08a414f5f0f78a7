//! Whether a handler answers by `reply(…)` or `defer_reply()`, which its signature depends on.

use crate::checker::Checker;
use syntax::ast::visit::{each_expr, each_expr_in_block};
use syntax::ast::{Expr, ExprKind, FnBody};

impl Checker {
    /// Parses a body that was left for later, if its text may hold a `reply`.
    pub(super) fn parse_if_replying(&mut self, body: FnBody) -> FnBody {
        let may_reply = |text: &str| memchr::memmem::find(text.as_bytes(), b"reply").is_some();
        match body {
            FnBody::Deferred(span) if may_reply(self.map.text(span)) => self.parse_deferred(body),
            other => other,
        }
    }

    pub(super) fn replies_by_call(&self, body: &FnBody) -> bool {
        any_expr(body, |e| matches!(e.kind, ExprKind::Reply(_)) || self.is_deferral(e))
    }

    pub(super) fn defers_reply(&self, body: &FnBody) -> bool {
        any_expr(body, |e| self.is_deferral(e))
    }

    fn is_deferral(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Call { callee, args } if args.is_empty() => {
                matches!(&callee.kind, ExprKind::Name { ident, args: None }
                    if self.program.name(ident.name) == "defer_reply")
            }
            _ => false,
        }
    }
}

fn any_expr(body: &FnBody, is_wanted: impl Fn(&Expr) -> bool) -> bool {
    let mut found = false;
    let mut look = |e: &Expr| found |= is_wanted(e);
    match body {
        FnBody::Block(block) => each_expr_in_block(block, &mut look),
        FnBody::Expr(expr) => each_expr(expr, &mut look),
        FnBody::Deferred(_) => {}
    }
    found
}
