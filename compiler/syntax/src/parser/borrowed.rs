//! Conditions as other languages write them, taken for what was meant. See also `hints` and `habits`.

use super::control::first_operand;
use super::{Parser, is_upper};
use crate::ast::*;
use crate::codes;
use crate::diag::Diagnostic;
use crate::span::Span;
use crate::token::T;

/// How far the end of a pattern without `let` is looked for.
const MAX_PATTERN: usize = 64;

impl Parser<'_> {
    // ------------------------------------------------------------ conditions and loops

    /// Whether a pattern that binds names and a `=` stand here: `if Some(x) = e`.
    pub(super) fn at_pattern_of_let(&self) -> bool {
        let (token, mut idx) = (self.tok(), 0);
        if token.kind.is_name() && is_upper(self.text(token)) {
            while self.nth(idx + 1) == T::Dot && self.nth(idx + 2).is_word() {
                idx += 2;
            }
            idx += 1;
        }
        if self.nth(idx) != T::LParen {
            return false;
        }
        let (mut depth, mut binds) = (0usize, false);
        for idx in idx..idx + MAX_PATTERN {
            let (token, next) = (self.nth_tok(idx), self.nth_tok(idx + 1));
            match token.kind {
                T::LParen => depth += 1,
                T::RParen if depth == 1 => return binds && next.kind == T::Eq && !next.nl,
                T::RParen => depth -= 1,
                T::Comma | T::Dot | T::DotDot | T::Or | T::Int | T::Minus | T::Str | T::Char | T::KwMut => {}
                kind if kind.is_name() => binds |= !is_upper(self.text(token)) && next.kind != T::Dot,
                _ => return false,
            }
        }
        false
    }

    /// `if p = e`, perhaps with `&& c` behind it.
    pub(super) fn missing_let(&mut self, pat: &Pat, expr: &Expr, start: Span) {
        let sign = Span::new(pat.span.hi, expr.span.lo);
        let lo = sign.lo + self.source(sign).find('=').unwrap_or(0) as u32;
        let message = "a pattern in a condition stands behind `let`";
        let diag = Diagnostic::error(codes::ASSIGNMENT_AS_VALUE, Span::new(lo, lo + 1), message);
        let first = first_operand(expr);
        self.report(match first.span == expr.span {
            true => diag.fix_likely("write `let`", start.before(), "let "),
            false => self.test_with_is(diag, pat, first, start),
        });
    }
}

/// Whether what stands before a `=` ends in what could be a pattern with names: `a && Some(x) = e`.
pub(super) fn may_bind(expr: &Expr) -> bool {
    let mut last = expr;
    while let ExprKind::Binary { op: BinOp::And | BinOp::Or, rhs, .. } = &last.kind {
        last = rhs;
    }
    let ExprKind::Call { callee, args } = &last.kind else { return false };
    let is_name = |arg: &Arg| matches!(arg.expr.kind, ExprKind::Name { .. });
    matches!(callee.kind, ExprKind::Name { .. } | ExprKind::Field { .. }) && args.iter().any(is_name)
}
