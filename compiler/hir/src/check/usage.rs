//! Warnings about what was written in vain: values, variables, `mut`.

use super::FnCtxt;
use crate::body::*;
use crate::codes;
use crate::ty::TyKind;
use syntax::ast::BinOp;
use syntax::{Diagnostic, Span, sym};

impl FnCtxt<'_> {
    /// Warns about an expression on its own whose only effect would be its value.
    pub(crate) fn warn_unused_value(&mut self, expr: &Expr) {
        if !self.warns() || self.has_errors || self.is_error(expr.ty) {
            return;
        }
        let ty = self.shallow(expr.ty);
        if let TyKind::Adt(adt, _) = self.kind(ty)
            && Some(*adt) == self.ck.known.result
            && !matches!(expr.kind, ExprKind::Adt { .. })
        {
            let diag = Diagnostic::warning(
                codes::UNUSED_RESULT,
                expr.span,
                "this may have failed, and nobody looks",
            )
            .note("pass the error on with `?`, handle it, or drop it on purpose: `_ = …`");
            return self.report(diag);
        }
        self.warn_dropped_future(expr, ty);
        if has_effect(expr) {
            return;
        }
        if let TyKind::FnDef(id, _) = *self.kind(ty) {
            let diag = Diagnostic::warning(codes::UNUSED_VALUE, expr.span, "the function is not called");
            let diag = match self.ck.program.fns[id].params.is_empty() {
                true => diag.fix_likely("call it", expr.span.after(), "()"),
                false => diag,
            };
            return self.report(diag);
        }
        let name = self.ty_name(ty);
        let message = format!("nobody uses this value of type `{name}`");
        let diag = Diagnostic::warning(codes::UNUSED_VALUE, expr.span, message);
        let assigned = self.equal_sign(expr);
        let diag = match assigned {
            Some((local, sign)) if self.locals[local].is_mut => {
                // It is meant to be changed.
                self.info[local].is_mutated = true;
                diag.fix_likely("this compares; `=` assigns", sign, "=")
            }
            Some(_) if !self.ends_block(expr) => {
                diag.note("`==` compares; a variable that is assigned with `=` is `mut`")
            }
            _ => self.explain_unused_value(diag, expr),
        };
        self.report(diag);
    }

    /// What was probably meant by an expression whose value nobody uses.
    fn explain_unused_value(&self, diag: Diagnostic, expr: &Expr) -> Diagnostic {
        let text = self.ck.map.text(expr.span);
        if text.starts_with(['-', '*', '&', '|', '^', '/', '%', '<', '>', '+', '!', '~']) {
            return diag.note("a line that goes on ends with its operator");
        }
        if self.frames.len() == 1
            && !self.has_written_ret
            && matches!(self.owner, crate::program::BodyOwner::Fn(_))
        {
            return diag.note("a function's result needs its type: `-> T`");
        }
        diag
    }

    /// Whether nothing but the brace follows, so that the result of a function may be meant.
    fn ends_block(&self, expr: &Expr) -> bool {
        let Some(file) = self.ck.map.file_at(expr.span.lo) else { return false };
        let source = self.ck.map.file(file);
        source.text[(expr.span.hi - source.start) as usize..].trim_start().starts_with('}')
    }

    /// The variable before a `==`, perhaps with fields, and the sign.
    fn equal_sign(&self, expr: &Expr) -> Option<(LocalId, Span)> {
        let (lhs, rhs) = match &expr.kind {
            ExprKind::Binary { op: BinOp::Eq, lhs, rhs } => (&**lhs, &**rhs),
            ExprKind::Call { callee: Callee::TraitMethod { trait_, .. }, args }
                if Some(*trait_) == self.ck.known.eq =>
            {
                match args.as_slice() {
                    [lhs, rhs] => (&lhs.expr, &rhs.expr),
                    _ => return None,
                }
            }
            _ => return None,
        };
        let local = super::place::root(lhs)?;
        let between = Span::new(lhs.span.hi, rhs.span.lo);
        let at = self.ck.map.text(between).find("==")? as u32;
        Some((local, Span::new(between.lo + at, between.lo + at + 2)))
    }

    /// Warns about variables that nobody reads and `mut` that nobody needs.
    pub(crate) fn warn_unused_locals(&mut self) {
        if !self.warns() || self.has_errors {
            return;
        }
        for local in self.locals.indices() {
            let (info, decl) = (self.info[local], &self.locals[local]);
            let (name, span, is_mut) = (decl.name, decl.span, decl.is_mut);
            let is_fine = info.is_param || info.is_used && (!is_mut || info.is_mutated);
            if is_fine
                || info.is_capture
                || info.is_hidden
                || name == sym::empty
                || name == sym::self_
                || self.ck.program.name(name).starts_with('_')
            {
                continue;
            }
            let text = self.ck.program.name(name).to_string();
            if !info.is_used {
                self.warn_unused_variable(&text, local);
            } else {
                let message = format!("`{text}` is never changed, so it need not be `mut`");
                let diag = Diagnostic::warning(codes::UNUSED_MUT, span, message);
                let names = self.names_in_pattern(local);
                let words = names.iter().map(|name| Some((self.mut_before(*name)?, String::new())));
                self.report(match words.collect() {
                    Some(edits) => diag.fix_edits("remove `mut`", edits),
                    None => diag,
                });
            }
        }
    }

    fn warn_unused_variable(&mut self, text: &str, local: LocalId) {
        let (info, span) = (self.info[local], self.locals[local].span);
        if info.is_mutated || info.is_assigned {
            // Its assignments name it too, so that another name at the declaration would not do.
            let message = format!("the variable `{text}` is assigned, but never read");
            let diag = Diagnostic::warning(codes::UNUSED_VARIABLE, span, message)
                .note("remove the variable and what is assigned to it");
            return self.report(diag);
        }
        if self.warn_binding_in_place(local) {
            return;
        }
        let message = format!("nobody uses the variable `{text}`");
        let diag = Diagnostic::warning(codes::UNUSED_VARIABLE, span, message);
        let names = self.names_in_pattern(local);
        let diag = match info.is_shorthand {
            // Another name in each alternative; one of them may be that of a field.
            _ if names.len() > 1 => diag.note("`_` binds nothing"),
            true => {
                let start = self.mut_before(span).map_or(span.lo, |m| m.lo);
                let whole = Span::new(start, span.hi);
                diag.fix_likely("leave the field out of the variables", whole, format!("{text}: _"))
            }
            false => diag.fix_likely("mark it as unused", span, format!("_{text}")),
        };
        self.report(diag);
    }

    /// The `mut` before a variable's name.
    fn mut_before(&self, span: Span) -> Option<Span> {
        let file = self.ck.map.file_at(span.lo)?;
        let start = self.ck.map.file(file).start;
        let before = self.ck.map.text(Span::new(start, span.lo));
        let trimmed = before.trim_end();
        let rest = trimmed.strip_suffix("mut")?;
        Some(Span::new(start + rest.len() as u32, span.lo))
    }
}

/// Whether evaluating an expression can do anything besides giving its value.
fn has_effect(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Call { callee: Callee::TraitMethod { .. }, args } => !is_operator_call(e, args),
        ExprKind::Call { .. }
        | ExprKind::Block(_)
        | ExprKind::If { .. }
        | ExprKind::Match { .. }
        | ExprKind::Loop { .. }
        | ExprKind::For { .. }
        | ExprKind::ForRange { .. }
        | ExprKind::BreakBlock { .. }
        | ExprKind::Assign { .. }
        | ExprKind::AssignOp { .. }
        | ExprKind::Break { .. }
        | ExprKind::Continue { .. }
        | ExprKind::Return(_)
        | ExprKind::Error => true,
        ExprKind::Coerce { expr, .. } => has_effect(expr),
        _ => false,
    }
}

/// Whether the value of a block is that of a call or the like.
pub(crate) fn ends_with_effect(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Block(Block { tail: Some(tail), .. }) => ends_with_effect(tail),
        _ => has_effect(e),
    }
}

/// Whether a call was written as an operator: the operands enclose the sign, nothing follows them.
fn is_operator_call(e: &Expr, args: &[Arg]) -> bool {
    match args {
        [a, b] => a.expr.span.lo == e.span.lo && b.expr.span.hi == e.span.hi && b.mode == ArgMode::Value,
        [a] => a.expr.span.hi == e.span.hi && a.expr.span.lo > e.span.lo,
        _ => false,
    }
}
