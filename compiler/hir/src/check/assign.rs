//! Assignments, plain and compound.

use super::FnCtxt;
use super::index::clone_callee;
use crate::body::*;
use crate::codes;
use crate::program::BodyOwner;
use crate::ty::Ty;
use syntax::ast::{self, BinOp};
use syntax::{Diagnostic, Span, sym};

impl FnCtxt<'_> {
    pub(crate) fn assign(
        &mut self,
        op: Option<BinOp>,
        place: &mut ast::Expr,
        value: &mut ast::Expr,
        span: Span,
    ) -> Expr {
        match op {
            None => self.plain_assign(place, value, span),
            Some(op) => self.compound_assign(op, place, value, span),
        }
    }

    fn plain_assign(&mut self, place: &mut ast::Expr, value: &mut ast::Expr, span: Span) -> Expr {
        if let ast::ExprKind::Name { ident, args: None } = &place.kind
            && ident.name == sym::underscore
        {
            // `_ = e` drops a value on purpose.
            let value = self.expr(value, None);
            let block = Block { stmts: vec![Stmt::Expr(value)], tail: None };
            return Expr { kind: ExprKind::Block(block), ty: Ty::UNIT, span };
        }
        if let ast::ExprKind::Tuple(elems) = &place.kind {
            self.report_tuple_target(elems, place.span);
            self.expr(value, None);
            return Expr { ty: Ty::UNIT, ..self.error_expr(span) };
        }
        let target = self.target(place);
        if !super::place::may_be_place(&target) {
            self.require_mut_place(&target, place.span);
            self.expr(value, None);
            return Expr { ty: Ty::UNIT, ..self.error_expr(span) };
        }
        let ty = target.ty;
        let value = self.expr_as(value, ty);
        if matches!(target.kind, ExprKind::Error) {
            return Expr { ty: Ty::UNIT, ..self.error_expr(span) };
        }
        self.require_assignable(&target, place.span);
        let kind = ExprKind::Assign { place: Box::new(target), value: Box::new(value) };
        Expr { kind, ty: Ty::UNIT, span }
    }

    /// `(a, b) = …`: one message, also where the names are meant to be new.
    fn report_tuple_target(&mut self, elems: &[ast::Expr], span: Span) {
        let mut known = 0;
        for elem in elems {
            if let ast::ExprKind::Name { ident, .. } = &elem.kind
                && let Some(local) = self.scope.get(ident.name)
            {
                (self.info[local].is_used, self.info[local].is_mutated) = (true, true);
                known += 1;
            }
        }
        let names = elems.iter().all(|elem| matches!(elem.kind, ast::ExprKind::Name { .. }));
        let message = "a tuple is no place: its parts are assigned one by one";
        let diag = Diagnostic::error(codes::NOT_A_PLACE, span, message);
        self.report(match known {
            0 if names => diag.fix_likely("declare new variables", span.before(), "let "),
            _ => diag
                .note("`let (x, y) = …` takes a tuple apart, and `swap(mut a, mut b)` exchanges two values"),
        });
    }

    /// The left side of an assignment. Being assigned is no use of a variable.
    fn target(&mut self, place: &mut ast::Expr) -> Expr {
        match &mut place.kind {
            ast::ExprKind::Name { ident, args: None } => {
                let known = self.scope.get(ident.name).map(|l| (l, self.info[l].is_used));
                let expr = self.expr(place, None);
                if let Some((local, was_used)) = known {
                    self.info[local].is_used = was_used;
                }
                expr
            }
            ast::ExprKind::Index { base, index } => {
                let span = place.span;
                self.index_target(base, index, span)
            }
            ast::ExprKind::Paren(inner) => self.target(inner),
            _ => self.expr(place, None),
        }
    }

    /// Whether a place can be assigned; a variable declared without a value can, for its first time.
    fn require_assignable(&mut self, target: &Expr, span: Span) {
        self.refuse_new_self_in_drop(target, span);
        match &target.kind {
            ExprKind::Local(local) if self.info[*local].is_late && !self.info[*local].is_capture => {
                // The order of its assignments is checked when the body is complete.
                let info = &mut self.info[*local];
                info.is_mutated |= info.is_assigned;
                info.is_assigned = true;
            }
            ExprKind::IndexValue { base, set: Some(_), .. } => {
                self.require_mut_place(base, span);
            }
            _ => {
                self.require_mut_place(target, span);
            }
        }
    }

    /// `self = …` in a `drop` would drop what is being dropped.
    fn refuse_new_self_in_drop(&mut self, target: &Expr, span: Span) {
        let BodyOwner::Fn(id) = self.owner else { return };
        let ExprKind::Local(local) = target.kind else { return };
        if self.scope.get(sym::self_) == Some(local) && self.ck.is_drop(id) {
            let message = "`drop` cannot give `self` another value: the old one would be dropped for it, by this `drop`";
            let note = "its fields may be changed; they are dropped when it is done";
            self.report(Diagnostic::error(codes::BAD_DROP, span, message).note(note));
        }
    }

    // ------------------------------------------------------------ compound

    fn compound_assign(
        &mut self,
        op: BinOp,
        place: &mut ast::Expr,
        value: &mut ast::Expr,
        span: Span,
    ) -> Expr {
        let target = self.expr(place, None);
        let ty = self.settle_unless_number(target.ty);
        if ty == Ty::ERROR || matches!(target.kind, ExprKind::Error) {
            self.expr(value, None);
            return Expr { ty: Ty::UNIT, ..self.error_expr(span) };
        }
        let is_set = matches!(&target.kind, ExprKind::IndexValue { set: Some(_), .. });
        match &target.kind {
            ExprKind::IndexValue { base, .. } if is_set => {
                self.require_mut_place(base, place.span);
            }
            _ => {
                self.require_mut_place(&target, place.span);
            }
        }
        // The value is worked out first; then the place is opened once, though it is read and written.
        let mut lets = Vec::new();
        let read = Expr { kind: ExprKind::Error, ty, span: target.span };
        let op_span = self.trimmed(Span::new(place.span.hi, value.span.lo));
        let whole = self.arith_with(op, op_span, read, value, span);
        match whole.kind {
            ExprKind::Binary { rhs, .. } if !is_set => {
                let kind = ExprKind::AssignOp { op, place: Box::new(target), value: rhs };
                Expr { kind, ty: Ty::UNIT, span }
            }
            ExprKind::Binary { lhs: _, rhs, op } => {
                let rhs = self.hoist(*rhs, &mut lets);
                let target = self.hoist_place(target, &mut lets);
                let lhs = Box::new(duplicate(&target));
                let value = Expr { kind: ExprKind::Binary { op, lhs, rhs: Box::new(rhs) }, ty, span };
                self.assign_with(lets, target, value, span)
            }
            ExprKind::Call { callee, args } => {
                let result = whole.ty;
                let mut args = args.into_iter();
                let (_, rhs) = (args.next(), args.next());
                let Some(rhs) = rhs else { return self.error_expr(span) };
                let is_first = has_steps(&target) || may_write(&rhs.expr);
                let rhs = if is_first { self.hoist(rhs.expr, &mut lets) } else { rhs.expr };
                let target = self.hoist_place(target, &mut lets);
                let values = vec![super::expr::value_arg(duplicate(&target)), super::expr::value_arg(rhs)];
                let value = Expr { kind: ExprKind::Call { callee, args: values }, ty: result, span };
                let value = self.coerce(value, ty);
                self.assign_with(lets, target, value, span)
            }
            _ => Expr { ty: Ty::UNIT, ..self.error_expr(span) },
        }
    }

    /// The span without the white space around what it holds.
    fn trimmed(&self, span: Span) -> Span {
        let text = self.ck.map.text(span);
        let lo = span.lo + (text.len() - text.trim_start().len()) as u32;
        Span::new(lo, lo + text.trim().len() as u32)
    }

    fn settle_unless_number(&mut self, ty: Ty) -> Ty {
        let ty = self.resolve_now(ty);
        if self.is_number_var(ty) { ty } else { self.settle(ty) }
    }

    fn assign_with(&mut self, lets: Vec<Stmt>, target: Expr, value: Expr, span: Span) -> Expr {
        let kind = ExprKind::Assign { place: Box::new(target), value: Box::new(value) };
        let assign = Expr { kind, ty: Ty::UNIT, span };
        super::with_lets(lets, assign)
    }

    /// Puts a value into a variable, unless it is as good as one.
    fn hoist(&mut self, expr: Expr, lets: &mut Vec<Stmt>) -> Expr {
        if matches!(expr.kind, ExprKind::Lit(_)) {
            return expr;
        }
        let (ty, span) = (expr.ty, expr.span);
        let local = self.temp(ty, span);
        let pat = Pat { kind: PatKind::Binding { local, sub: None }, ty, span };
        lets.push(Stmt::Let { pat, init: Some(expr), else_: None, span });
        Expr { kind: ExprKind::Local(local), ty, span }
    }

    /// The place with its indexes and addresses in variables, so that it can stand twice.
    fn hoist_place(&mut self, place: Expr, lets: &mut Vec<Stmt>) -> Expr {
        let Expr { kind, ty, span } = place;
        let kind = match kind {
            ExprKind::Field { base, index } => {
                ExprKind::Field { base: Box::new(self.hoist_place(*base, lets)), index }
            }
            ExprKind::FixedIndex { base, index } => {
                let base = Box::new(self.hoist_place(*base, lets));
                ExprKind::FixedIndex { base, index: Box::new(self.hoist(*index, lets)) }
            }
            ExprKind::IndexPlace { base, index, place, place_mut } => {
                let base = Box::new(self.hoist_place(*base, lets));
                ExprKind::IndexPlace { base, index: Box::new(self.hoist(*index, lets)), place, place_mut }
            }
            ExprKind::IndexValue { base, index, get, set } => {
                let base = Box::new(self.hoist_place(*base, lets));
                ExprKind::IndexValue { base, index: Box::new(self.hoist(*index, lets)), get, set }
            }
            ExprKind::Deref(base) => ExprKind::Deref(Box::new(self.hoist(*base, lets))),
            other => other,
        };
        Expr { kind, ty, span }
    }
}

/// Whether opening a place runs code.
fn has_steps(place: &Expr) -> bool {
    match &place.kind {
        ExprKind::Local(_) => false,
        ExprKind::Field { base, .. } => has_steps(base),
        _ => true,
    }
}

/// Whether evaluating an expression may change a variable; `false` only where that is plain.
fn may_write(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Lit(_) | ExprKind::Local(_) | ExprKind::Const(..) | ExprKind::ConstParam(_) => false,
        ExprKind::Closure(_) | ExprKind::FnItem => false,
        ExprKind::Field { base: e, .. } | ExprKind::Unary { operand: e, .. } | ExprKind::Cast(e) => {
            may_write(e)
        }
        ExprKind::Coerce { expr, .. } => may_write(expr),
        ExprKind::Binary { lhs, rhs, .. } => may_write(lhs) || may_write(rhs),
        ExprKind::IndexPlace { base, index, .. } | ExprKind::FixedIndex { base, index } => {
            may_write(base) || may_write(index)
        }
        ExprKind::Tuple(elems) | ExprKind::Array(elems) => elems.iter().any(may_write),
        ExprKind::Interp(parts) => parts.iter().any(|part| match part {
            InterpPart::Expr { expr, .. } => may_write(expr),
            InterpPart::Str(_) => false,
        }),
        ExprKind::Call { callee: Callee::Fn { .. } | Callee::TraitMethod { .. }, args } => {
            args.iter().any(|arg| arg.mode == ArgMode::Mut || may_write(&arg.expr))
        }
        _ => true,
    }
}

/// A second copy of a place whose indexes are variables or literals.
fn duplicate(e: &Expr) -> Expr {
    let kind = match &e.kind {
        ExprKind::Local(local) => ExprKind::Local(*local),
        ExprKind::Lit(lit) => ExprKind::Lit(lit.clone()),
        ExprKind::Field { base, index } => ExprKind::Field { base: Box::new(duplicate(base)), index: *index },
        ExprKind::FixedIndex { base, index } => {
            ExprKind::FixedIndex { base: Box::new(duplicate(base)), index: Box::new(duplicate(index)) }
        }
        ExprKind::IndexPlace { base, index, place, place_mut } => ExprKind::IndexPlace {
            base: Box::new(duplicate(base)),
            index: Box::new(duplicate(index)),
            place: Box::new(clone_callee(place)),
            place_mut: Box::new(clone_callee(place_mut)),
        },
        ExprKind::IndexValue { base, index, get, set } => ExprKind::IndexValue {
            base: Box::new(duplicate(base)),
            index: Box::new(duplicate(index)),
            get: Box::new(clone_callee(get)),
            set: set.as_ref().map(|set| Box::new(clone_callee(set))),
        },
        ExprKind::Deref(base) => ExprKind::Deref(Box::new(duplicate(base))),
        _ => ExprKind::Error,
    };
    Expr { kind, ty: e.ty, span: e.span }
}
