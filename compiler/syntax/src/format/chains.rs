//! Chains of fields, calls, indexes and `?`.
//!
//! With two or more calls of methods a chain may break before each of them.

use super::Fmt;
use super::doc::{Doc, concat};
use crate::ast::*;

impl<'a> Fmt<'a> {
    pub(super) fn chain(&mut self, expr: &Expr) -> Doc<'a> {
        let mut links = Vec::new();
        let mut base = expr;
        while let Some(inner) = base_of(base) {
            links.push(base);
            base = inner;
        }
        links.reverse();
        let upper = self.text_of(base.span.lo, base.span.hi).starts_with(char::is_uppercase);
        let mut head = vec![self.expr(base)];
        let mut segments: Vec<Vec<Doc<'a>>> = Vec::new();
        let mut calls = Vec::new();
        let mut commented = false;
        for link in links {
            let starts = matches!(link.kind, ExprKind::Field { .. } | ExprKind::TupleField { .. });
            if starts {
                commented |= self.has_comments();
                segments.push(Vec::new());
                calls.push(false);
            }
            if matches!(link.kind, ExprKind::Call { .. })
                && let Some(call) = calls.last_mut()
            {
                *call = true;
            }
            let doc = self.link(link);
            segments.last_mut().unwrap_or(&mut head).push(doc);
        }
        self.chain_doc(head, segments, &calls, upper, commented)
    }

    fn chain_doc(
        &mut self,
        mut head: Vec<Doc<'a>>,
        mut segments: Vec<Vec<Doc<'a>>>,
        calls: &[bool],
        upper: bool,
        commented: bool,
    ) -> Doc<'a> {
        // Fields stay with what they belong to, and `Type.new()` with its type.
        let fields = calls.iter().take_while(|call| !**call).count();
        let kept = if commented { 0 } else { fields + usize::from(upper && fields == 0) };
        for segment in segments.drain(..kept.min(calls.len())) {
            head.extend(segment);
        }
        let n_calls = calls.iter().skip(kept).filter(|call| **call).count();
        let segments: Vec<Doc<'a>> = segments.into_iter().map(concat).collect();
        let flat = concat(head.iter().cloned().chain(segments.iter().cloned()).collect::<Vec<_>>());
        if n_calls < 2 && !commented {
            return flat;
        }
        let lines: Vec<Doc<'a>> = segments.iter().flat_map(|s| [Doc::SoftLine, s.clone()]).collect();
        let broken = concat([concat(head), concat(lines).indent()]).group_forced(true);
        // A newline inside of the chain is fine only at its end: behind it nothing else is to be read.
        let inner_newline = segments.iter().rev().skip(1).any(Doc::is_hard);
        if commented || inner_newline { broken } else { Doc::Choice([flat, broken].into()) }
    }

    /// What a link adds to its base.
    fn link(&mut self, link: &Expr) -> Doc<'a> {
        match &link.kind {
            ExprKind::Field { args, .. } => {
                let docs = [self.t(), self.t()];
                match args {
                    Some(args) => concat([concat(docs), self.range_to(args.span.hi)]),
                    None => concat(docs),
                }
            }
            ExprKind::TupleField { .. } => concat([self.t(), self.t()]),
            ExprKind::Index { index, .. } => {
                let (open, index) = (self.t(), self.expr(index));
                let inner = concat([Doc::SoftLine, index, self.closing_comments()]).indent();
                concat([open, inner, Doc::SoftLine, self.t()]).group()
            }
            ExprKind::Call { args, .. } => self.call_args(args),
            _ => self.t(), // `.*` and `?`
        }
    }
}

/// The operand of a link of a chain.
fn base_of(expr: &Expr) -> Option<&Expr> {
    match &expr.kind {
        ExprKind::Field { base, .. } | ExprKind::TupleField { base, .. } | ExprKind::Index { base, .. } => {
            Some(base)
        }
        ExprKind::Deref(base) | ExprKind::Try(base) => Some(base),
        ExprKind::Call { callee, .. } => Some(callee),
        _ => None,
    }
}
