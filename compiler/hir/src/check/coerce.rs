//! Bringing a value to the type that its place has: the few conversions that are not written, and the message when
//! none fits. Also: joining the values of branches.

use super::{Cause, FnCtxt};
use crate::body::*;
use crate::codes;
use crate::infer::VarKind;
use crate::solve::Tri;
use crate::ty::{Ty, TyKind, TyRow};
use syntax::ast::BinOp;
use syntax::{Diagnostic, Span};

/// The type that several branches have in common.
pub(crate) struct Join {
    /// What the place expects, if known.
    want: Option<Ty>,
    /// The type of the first branch that has a value.
    found: Option<Ty>,
    /// Where that branch is.
    first: Span,
    /// A branch of another type was reported.
    has_failed: bool,
}

impl Join {
    pub fn new(want: Option<Ty>) -> Join {
        Join { want, found: None, first: Span::DUMMY, has_failed: false }
    }
}

impl FnCtxt<'_> {
    /// The value as one of type `target`; a mismatch is reported.
    pub(crate) fn coerce(&mut self, expr: Expr, target: Ty) -> Expr {
        if expr.ty == target {
            return expr;
        }
        let (found, want) = (self.shallow(expr.ty), self.shallow(target));
        if found == want {
            return expr;
        }
        if found == Ty::NEVER {
            if self.is_open(want) {
                self.never_vars.push(want);
            }
            return coerced(Coercion::NeverToAny, expr, want);
        }
        let found = match self.kind(want) {
            TyKind::Dyn { .. } => self.settle(found),
            _ => found,
        };
        if self.can_become_dyn(found, want, expr.span) {
            return self.coerce_dyn(expr, found, want);
        }
        if matches!(self.kind(want), TyKind::Fn { .. }) && self.can_become_fn(found, want) {
            return self.coerce_fn(expr, found, want);
        }
        if self.unify(found, want) {
            return expr;
        }
        if let ExprKind::Block(Block { stmts, tail: Some(tail) }) = expr.kind {
            // The last line is what does not fit.
            let tail = Some(Box::new(self.coerce(*tail, want)));
            return Expr { kind: ExprKind::Block(Block { stmts, tail }), ty: want, span: expr.span };
        }
        self.report_value_mismatch(&expr, want, found);
        Expr { kind: ExprKind::Error, ty: want, span: expr.span }
    }

    /// Whether a value is boxed to become this `dyn`. One of a trait below is boxed again; references to actors are no boxes.
    fn can_become_dyn(&mut self, ty: Ty, want: Ty, span: Span) -> bool {
        let TyKind::Dyn { trait_, args, .. } = self.kind(want) else { return false };
        let TyKind::Dyn { trait_: below, .. } = *self.kind(ty) else {
            return ty != Ty::ERROR && self.var_kind(ty).is_none();
        };
        let (trait_, args) = (*trait_, args.clone());
        if below == trait_ || self.ck.is_message_trait(trait_) {
            return false;
        }
        let full: TyRow = std::iter::once(ty).chain(args.iter().copied()).collect();
        self.solve(span, |s| s.probe(|s| s.holds(trait_, &full))) == Tri::Yes
    }

    fn coerce_dyn(&mut self, expr: Expr, found: Ty, want: Ty) -> Expr {
        let TyKind::Dyn { trait_, args, assoc } = self.kind(want).clone() else { return expr };
        let span = expr.span;
        let full: TyRow = std::iter::once(found).chain(args.iter().copied()).collect();
        if self.solve(span, |s| s.probe(|s| s.holds(trait_, &full))) == Tri::No {
            self.report_missing_trait(trait_, &full, span, Cause::Method);
            return Expr { kind: ExprKind::Error, ty: want, span };
        }
        self.require_trait(trait_, full.clone(), span, Cause::Method);
        for (name, ty) in assoc {
            self.wait(super::Obligation::Assoc { trait_, args: full.clone(), name, want: ty, span });
        }
        coerced(Coercion::ToDyn, expr, want)
    }

    /// Whether a callable value is boxed to become this `Fn`: one whose type is known, or, for `async Fn`, one that does not suspend.
    fn can_become_fn(&self, ty: Ty, want: Ty) -> bool {
        match self.kind(ty) {
            TyKind::Fn { is_async: false, .. } => {
                matches!(self.kind(want), TyKind::Fn { is_async: true, .. })
            }
            _ => self.is_static_callable(ty),
        }
    }

    fn is_static_callable(&self, ty: Ty) -> bool {
        match self.kind(ty) {
            TyKind::Closure(..) | TyKind::FnDef(..) => true,
            TyKind::Param(..) => self.env.fns.iter().any(|f| f.ty == ty),
            _ => false,
        }
    }

    fn coerce_fn(&mut self, expr: Expr, found: Ty, want: Ty) -> Expr {
        let TyKind::Fn { params, ret, .. } = self.kind(want).clone() else { return expr };
        let span = expr.span;
        let Some((own, own_ret)) = self.solve(span, |s| s.callable(found)) else { return expr };
        let same = own.len() == params.len()
            && own.iter().zip(params.iter()).all(|(a, b)| a.1 == b.1 && self.unify(a.0, b.0));
        let own_ret = self.shallow(own_ret);
        if !same || !self.unify(own_ret, ret) {
            self.report_value_mismatch(&expr, want, found);
            return Expr { kind: ExprKind::Error, ty: want, span };
        }
        coerced(Coercion::BoxFn, expr, want)
    }

    /// The value of a body, or of a block in its place: where nothing is expected, a value is dropped.
    pub(crate) fn coerce_result(&mut self, expr: Expr, target: Ty) -> Expr {
        if self.shallow(target) == Ty::UNIT { self.discard(expr) } else { self.coerce(expr, target) }
    }

    /// The expression as one without a value.
    pub(crate) fn discard(&mut self, expr: Expr) -> Expr {
        let ty = self.resolve_now(expr.ty);
        if ty == Ty::UNIT {
            return expr;
        }
        if ty == Ty::NEVER {
            return coerced(Coercion::NeverToAny, expr, Ty::UNIT);
        }
        if self.is_open(ty) {
            self.unify(ty, Ty::UNIT);
            return expr;
        }
        self.warn_unused_value(&expr);
        let span = expr.span;
        let block = Block { stmts: vec![Stmt::Expr(expr)], tail: None };
        Expr { kind: ExprKind::Block(block), ty: Ty::UNIT, span }
    }

    // ------------------------------------------------------------ branches

    /// Adds a branch's value to what the branches have in common.
    pub(crate) fn join(&mut self, join: &mut Join, expr: Expr) -> Expr {
        if let Some(want) = join.want {
            let want = self.shallow(want);
            if want == Ty::UNIT {
                return self.discard(expr);
            }
            if !self.is_open(want) {
                return self.coerce(expr, want);
            }
        }
        let ty = self.shallow(expr.ty);
        if ty == Ty::NEVER {
            return expr;
        }
        match join.found {
            None => {
                join.found = Some(ty);
                join.first = value_span(&expr);
                expr
            }
            Some(found) if join.has_failed => {
                if self.unify(found, ty) {
                    expr
                } else {
                    Expr { kind: ExprKind::Error, ty: found, span: expr.span }
                }
            }
            Some(found) => {
                let mark = self.ck.diags.len();
                let expr = self.coerce_branch(expr, found);
                if self.reported_since(mark) {
                    join.has_failed = true;
                    let name = self.ty_name(found);
                    self.explain_mismatch(mark, join.first, &format!("this is `{name}`"));
                }
                expr
            }
        }
    }

    /// What the next branch is likely to be.
    pub(crate) fn join_hint(&self, join: &Join) -> Option<Ty> {
        join.found
    }

    /// As [`FnCtxt::coerce`]; two different closures or functions meet in nothing, so the message says how to go on.
    fn coerce_branch(&mut self, expr: Expr, found: Ty) -> Expr {
        let (a, b) = (self.shallow(found), self.shallow(expr.ty));
        if a != b && self.is_static_callable(a) && self.is_static_callable(b) {
            let message = "each closure and each function has a type of its own";
            let diag = Diagnostic::error(codes::TYPE_MISMATCH, expr.span, message)
                .note("write the type where the value goes, so that they are boxed: `let f: Fn(A) -> B = …`");
            self.report(diag);
            return Expr { kind: ExprKind::Error, ty: found, span: expr.span };
        }
        self.coerce(expr, found)
    }

    /// The type of the whole.
    pub(crate) fn joined(&self, join: &Join) -> Ty {
        match (join.want, join.found) {
            (Some(want), found) => {
                let want = self.shallow(want);
                if self.is_open(want) { found.unwrap_or(Ty::NEVER) } else { want }
            }
            (None, found) => found.unwrap_or(Ty::NEVER),
        }
    }

    /// Gives a branch that ends elsewhere the type of the whole.
    pub(crate) fn level(&mut self, expr: Expr, ty: Ty) -> Expr {
        if ty != Ty::NEVER && self.shallow(expr.ty) == Ty::NEVER {
            return coerced(Coercion::NeverToAny, expr, ty);
        }
        expr
    }

    // ------------------------------------------------------------ messages

    pub(crate) fn report_mismatch(&mut self, want: Ty, found: Ty, span: Span) {
        if let Some(diag) = self.mismatch(want, found, span) {
            self.report(diag);
        }
    }

    pub(crate) fn mismatch(&mut self, want: Ty, found: Ty, span: Span) -> Option<Diagnostic> {
        let (want, found) = (self.deep(want), self.deep(found));
        let types = &self.ck.program.types;
        if types.flags(want).has_error || types.flags(found).has_error {
            self.has_errors = true;
            return None;
        }
        let (w, f) = (self.ty_name(want), self.ty_name(found));
        if self.occurs_in(want, found) || self.occurs_in(found, want) {
            let message = format!("the type would contain itself: `{f}` and `{w}`");
            return Some(Diagnostic::error(codes::TYPE_MISMATCH, span, message));
        }
        if want != found && self.is_closure_ty(want) && self.is_closure_ty(found) {
            let message = "two closures have two types, even if they take and give the same";
            let diag = Diagnostic::error(codes::TYPE_MISMATCH, span, message);
            return Some(diag.note("write the type, so that they are boxed: `let f: Fn(A) -> B = …`"));
        }
        let message = format!("expected `{w}`, found `{f}`");
        Some(Diagnostic::error(codes::TYPE_MISMATCH, span, message).label(format!("this is `{f}`")))
    }

    fn occurs_in(&self, var: Ty, ty: Ty) -> bool {
        if var == ty || self.var_kind(var) != Some(VarKind::General) {
            return false;
        }
        let mut found = false;
        crate::ty::TyTable::for_each_child(self.kind(ty), |t| {
            found = found || t == var || self.occurs_in(var, t);
        });
        found
    }

    pub(crate) fn report_value_mismatch(&mut self, expr: &Expr, want: Ty, found: Ty) {
        let Some(mut diag) = self.mismatch(want, found, expr.span) else { return };
        diag = self.suggest_conversion(diag, expr, want, found);
        self.report(diag);
    }

    /// Whether an integer is written so that `.0` behind it makes a float.
    pub(super) fn is_plain_int(&self, expr: &Expr) -> bool {
        matches!(expr.kind, ExprKind::Lit(Lit::Int(_)))
            && self.ck.map.text(expr.span).bytes().all(|b| b.is_ascii_digit() || b == b'_')
    }

    /// The ways out that are known for pairs of types.
    fn suggest_conversion(&mut self, diag: Diagnostic, expr: &Expr, want: Ty, found: Ty) -> Diagnostic {
        let (want, found) = (self.deep(want), self.describe(found));
        let span = expr.span;
        let is_number = |k: &TyKind| matches!(k, TyKind::Int(_) | TyKind::F32 | TyKind::F64);
        let found_number =
            is_number(self.kind(found)) || self.var_kind(found).is_some_and(|k| k != VarKind::General);
        let wants_float = matches!(self.kind(want), TyKind::F32 | TyKind::F64);
        if wants_float && self.is_plain_int(expr) {
            return diag.fix("write a float", span.after(), ".0");
        }
        if wants_float && let ExprKind::Binary { op: BinOp::Div, lhs, rhs, .. } = &expr.kind {
            // Converting the quotient would come too late.
            let name = self.ty_name(want);
            let (lhs, rhs) = (self.cast_text(lhs, &name), self.cast_text(rhs, &name));
            return diag.note("`/` of integers leaves the fraction out").fix_likely(
                "convert before dividing",
                span,
                format!("{lhs} / {rhs}"),
            );
        }
        if want == self.ck.lang_adt_ty(self.ck.known.duration, &[]) && self.is_plain_int(expr) {
            let note = "a duration has a unit: `250ms`, `2s`, `5m`";
            return diag.note(note).fix_likely("in milliseconds", span.after(), "ms");
        }
        if is_number(self.kind(want)) && found_number {
            let name = self.ty_name(want);
            let new = self.cast_text(expr, &name);
            return diag.fix_likely("convert the number", span, new);
        }
        if found == Ty::UNIT
            && let ExprKind::Block(Block { tail: None, stmts }) = &expr.kind
            && !stmts.is_empty()
        {
            return diag
                .note("it ends with a statement; the value of a block is that of its last expression");
        }
        if found == Ty::UNIT
            && matches!(&expr.kind, ExprKind::Block(block) if block.stmts.is_empty())
            && let Some(name) = self.empty_collection(want)
        {
            return diag.fix(format!("an empty `{name}`"), span, format!("{name}.new()"));
        }
        if want == Ty::BOOL && found_number {
            let zero = if matches!(self.kind(found), TyKind::F32 | TyKind::F64) { "0.0" } else { "0" };
            return diag.fix_likely("a condition is a `Bool`", span.after(), format!(" != {zero}"));
        }
        if want == self.ck.string_ty() && self.can_show(found) {
            let text = self.ck.map.text(span).to_string();
            return match text.contains(['"', '{', '\n']) {
                true => diag.note("any printable value becomes text by `\"{x}\"`"),
                false => diag.fix_likely("print it into a string", span, format!("\"{{{text}}}\"")),
            };
        }
        self.suggest_wrapping(diag, span, want, found)
    }

    /// The text of an expression converted by `as`, in parentheses where it needs them.
    pub(crate) fn cast_text(&self, expr: &Expr, to: &str) -> String {
        let text = self.ck.map.text(expr.span);
        let simple = match &expr.kind {
            ExprKind::Local(_)
            | ExprKind::Field { .. }
            | ExprKind::Const(..)
            | ExprKind::ConstParam(_)
            | ExprKind::IndexPlace { .. }
            | ExprKind::IndexValue { .. }
            | ExprKind::FixedIndex { .. } => true,
            ExprKind::Lit(_) => !text.starts_with('-'),
            // An operator of a trait is a call, too.
            ExprKind::Call { .. } => text.ends_with(')'),
            _ => false,
        };
        if simple { format!("{text} as {to}") } else { format!("({text}) as {to}") }
    }

    /// The library's types whose values other languages write `{}` where they are empty.
    fn empty_collection(&self, ty: Ty) -> Option<&str> {
        let TyKind::Adt(id, _) = self.kind(ty) else { return None };
        let adt = &self.ck.program.adts[*id];
        let name = self.ck.program.name(adt.name);
        (!self.ck.is_user(adt.module) && matches!(name, "Map" | "Set")).then_some(name)
    }

    fn can_show(&mut self, ty: Ty) -> bool {
        let Some(show) = self.ck.known.show else { return false };
        self.solve(Span::DUMMY, |s| s.probe(|s| s.holds(show, &[ty]))) == Tri::Yes
    }

    pub(super) fn suggest_wrapping(
        &mut self,
        diag: Diagnostic,
        span: Span,
        want: Ty,
        found: Ty,
    ) -> Diagnostic {
        let text = self.ck.map.text(span).to_string();
        let known = &self.ck.known;
        let (option, result) = (known.option, known.result);
        if let TyKind::Adt(id, args) = self.kind(want).clone()
            && !text.contains('\n')
        {
            let inner = args.first().copied().unwrap_or(Ty::ERROR);
            if Some(id) == self.ck.known.array
                && let Some(collect) = self.ck.program.interner.get("collect")
                && self.has_method(found, collect)
            {
                return diag.fix_likely("collect the values", span.after(), ".collect()");
            }
            if Some(id) == option && self.would_unify(inner, found) {
                return diag.fix_likely("wrap it in `Some`", span, format!("Some({text})"));
            }
            if Some(id) == result && self.would_unify(inner, found) {
                return diag.fix_likely("wrap it in `Ok`", span, format!("Ok({text})"));
            }
        }
        if let TyKind::Adt(id, args) = self.kind(found).clone() {
            let inner = args.first().copied().unwrap_or(Ty::ERROR);
            if Some(id) == option && self.would_unify(inner, want) {
                return diag.note(
                    "the value may be missing: `x.unwrap_or(default)`, `match`, or `x?` to pass `None` on",
                );
            }
            if Some(id) == result && self.would_unify(inner, want) {
                return diag.note(
                    "it may have failed: `x?` passes the error on, `match` or `try … catch` handles it",
                );
            }
        }
        diag
    }

    pub(crate) fn would_unify(&mut self, a: Ty, b: Ty) -> bool {
        self.solve(Span::DUMMY, |s| s.probe(|s| s.unify(a, b)))
    }
}

/// Where the value of an expression is written: the last line of a block.
fn value_span(e: &Expr) -> Span {
    match &e.kind {
        ExprKind::Block(Block { tail: Some(tail), .. }) => value_span(tail),
        _ => e.span,
    }
}

pub(crate) fn coerced(kind: Coercion, expr: Expr, ty: Ty) -> Expr {
    let span = expr.span;
    Expr { kind: ExprKind::Coerce { kind, expr: Box::new(expr) }, ty, span }
}
