//! Operators: on numbers, `Bool` and `Char` directly, on other types through their traits.

use super::{Cause, FnCtxt};
use crate::body::*;
use crate::codes;
use crate::infer::VarKind;
use crate::program::TraitId;
use crate::ty::{Ty, TyKind};
use smallvec::smallvec;
use syntax::ast::{self, BinOp, UnOp};
use syntax::{Diagnostic, Span};

impl FnCtxt<'_> {
    pub(crate) fn binary(&mut self, e: &mut ast::Expr, want: Option<Ty>) -> Expr {
        let span = e.span;
        let ast::ExprKind::Binary { op, op_span, lhs, rhs } = &mut e.kind else {
            return self.error_expr(span);
        };
        let (op, op_span) = (*op, *op_span);
        if matches!(op, BinOp::Or | BinOp::BitOr)
            && let Some(word) = self.word_move(lhs)
        {
            return self.report_word_move(word, span);
        }
        match op {
            BinOp::And | BinOp::Or => self.condition_value(e),
            BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => {
                self.comparison(op, op_span, lhs, rhs, span)
            }
            _ => {
                let hint = want.filter(|w| self.is_number(*w));
                let lhs = self.expr(lhs, hint);
                self.arith_with(op, op_span, lhs, rhs, span)
            }
        }
    }

    /// The `move` of `move || e` and `move |x| e`, which are read as operators, where no variable has this name.
    fn word_move(&self, mut lhs: &ast::Expr) -> Option<Span> {
        while let ast::ExprKind::Binary { op: BinOp::Or | BinOp::BitOr, lhs: inner, .. } = &lhs.kind {
            lhs = inner;
        }
        let ast::ExprKind::Name { ident, args: None } = &lhs.kind else { return None };
        let is_word = self.ck.program.name(ident.name) == "move" && self.scope.get(ident.name).is_none();
        is_word.then_some(ident.span)
    }

    fn report_word_move(&mut self, word: Span, span: Span) -> Expr {
        let message = "a closure holds copies of what it uses, so there is no `move`";
        let diag = Diagnostic::error(codes::UNKNOWN_NAME, word, message);
        let gap = self.ck.map.text(span).find('|').map_or(word.hi, |at| span.lo + at as u32);
        self.report(diag.fix_likely("remove it", Span::new(word.lo, gap), ""));
        self.error_expr(span)
    }

    fn is_number(&self, ty: Ty) -> bool {
        let ty = self.shallow(ty);
        matches!(self.kind(ty), TyKind::Int(_) | TyKind::F32 | TyKind::F64) || self.is_number_var(ty)
    }

    /// Whether an operator works on values of the type without a trait.
    fn is_direct(&self, op: BinOp, ty: Ty) -> bool {
        use BinOp::*;
        let var = self.var_kind(ty);
        let is_int = matches!(self.kind(ty), TyKind::Int(_)) || var == Some(VarKind::Int);
        let is_float = matches!(self.kind(ty), TyKind::F32 | TyKind::F64) || var == Some(VarKind::Float);
        match op {
            Add | Sub | Mul | Div | Rem | Pow => is_int || is_float,
            WrapAdd | WrapSub | WrapMul | Shl | Shr => is_int,
            BitAnd | BitOr | BitXor => is_int || ty == Ty::BOOL,
            _ => false,
        }
    }

    pub(crate) fn arith_with(
        &mut self,
        op: BinOp,
        op_span: Span,
        lhs: Expr,
        rhs: &mut ast::Expr,
        span: Span,
    ) -> Expr {
        let mut left = self.resolve_now(lhs.ty);
        let hint = if self.is_number(left) { Some(left) } else { None };
        let rhs = self.expr(rhs, hint);
        let mut right = self.resolve_now(rhs.ty);
        if left == Ty::ERROR || right == Ty::ERROR {
            return self.error_expr(span);
        }
        if left == Ty::NEVER || right == Ty::NEVER {
            let ty = Ty::NEVER;
            return Expr { kind: ExprKind::Binary { op, lhs: Box::new(lhs), rhs: Box::new(rhs) }, ty, span };
        }
        if self.is_open(left) {
            left = self.resolve_now(left);
        }
        if self.is_open(right) {
            right = self.resolve_now(right);
        }
        if self.is_open(left) && self.is_direct(op, right) {
            // Nothing is known of the left side: operators on numbers have two operands of one type.
            self.unify(left, right);
            left = self.shallow(left);
        }
        if self.is_direct(op, left) {
            if matches!(op, BinOp::Shl | BinOp::Shr) && self.is_direct(op, right) {
                if self.is_number_var(right) && !self.unify(left, right) {
                    self.settle(right);
                }
                return Expr {
                    kind: ExprKind::Binary { op, lhs: Box::new(lhs), rhs: Box::new(rhs) },
                    ty: left,
                    span,
                };
            }
            if self.is_open(right) || self.is_direct(op, right) {
                if self.unify(left, right) {
                    return Expr {
                        kind: ExprKind::Binary { op, lhs: Box::new(lhs), rhs: Box::new(rhs) },
                        ty: left,
                        span,
                    };
                }
                self.report_operands(op, op_span, &lhs, &rhs);
                return self.error_expr(span);
            }
            left = self.settle(left);
        }
        if self.is_open(left) {
            self.report_unknown_type(left, lhs.span);
            return self.error_expr(span);
        }
        self.operator_trait_call(op, op_span, lhs, rhs, left, right, span)
    }

    fn operator_trait_call(
        &mut self,
        op: BinOp,
        op_span: Span,
        lhs: Expr,
        rhs: Expr,
        left: Ty,
        right: Ty,
        span: Span,
    ) -> Expr {
        let Some((trait_, method)) = self.ck.operator_trait(op) else { return self.error_expr(span) };
        if !self.has_operator(trait_, left, right, span) {
            self.report_operands(op, op_span, &lhs, &rhs);
            return self.error_expr(span);
        }
        self.operator_call(trait_, method, smallvec![left, right], vec![lhs, rhs], span)
    }

    fn has_operator(&mut self, trait_: TraitId, left: Ty, right: Ty, span: Span) -> bool {
        use crate::solve::Sel;
        self.solve(span, |s| s.probe(|s| s.select(trait_, &[left, right]) != Sel::No))
    }

    fn report_operands(&mut self, op: BinOp, op_span: Span, lhs: &Expr, rhs: &Expr) {
        let (l, r) = (self.ty_name(lhs.ty), self.ty_name(rhs.ty));
        let sign = sign(op);
        // The arrow of a function's type would take the operator in.
        let part = |name: &str| if name.contains("->") { format!("({name})") } else { name.to_string() };
        let message = format!("`{} {sign} {}` is not defined", part(&l), part(&r));
        let mut diag = Diagnostic::error(codes::BAD_OPERANDS, op_span, message)
            .also(lhs.span, format!("this is `{l}`"))
            .also(rhs.span, format!("this is `{r}`"));
        diag = self.suggest_operands(diag, op, lhs, rhs);
        self.report(diag);
    }

    fn suggest_operands(&mut self, diag: Diagnostic, op: BinOp, lhs: &Expr, rhs: &Expr) -> Diagnostic {
        let (left, right) = (self.settle(lhs.ty), self.settle(rhs.ty));
        let is_float = |k: &TyKind| matches!(k, TyKind::F32 | TyKind::F64);
        let literal = |e: &Expr| self.is_plain_int(e);
        if (is_float(self.kind(left)) || is_float(self.kind(right))) && !has_floats(op) {
            return match op {
                BinOp::BitXor => diag.note("a power is written `x ** 2.0`"),
                _ => diag.note("floats have no bits; `x.to_bits()` are those of one"),
            };
        }
        if is_float(self.kind(left)) && literal(rhs) {
            return diag.fix("write a float", rhs.span.after(), ".0");
        }
        if is_float(self.kind(right)) && literal(lhs) {
            return diag.fix("write a float", lhs.span.after(), ".0");
        }
        if self.is_number(left) && self.is_number(right) {
            // The narrower side is converted: an integer to a float, else to what is on the left. What a compound
            // assignment changes stays what it is.
            let is_place = matches!(lhs.kind, ExprKind::Error);
            let (e, to) = match is_float(self.kind(right)) && !is_float(self.kind(left)) && !is_place {
                true => (lhs, right),
                false => (rhs, left),
            };
            let name = self.ty_name(to);
            let new = self.cast_text(e, &name);
            return diag.note("numbers are converted by `as`, never silently").fix_likely(
                format!("convert to `{name}`"),
                e.span,
                new,
            );
        }
        let string = self.ck.string_ty();
        if op == BinOp::Mul && left == string && self.is_number(right) {
            return diag.note("`text.repeat(n)` repeats text");
        }
        if op == BinOp::Sub && left == string && right == string {
            return diag.note("`replace`, `strip_prefix` and `strip_suffix` take text away");
        }
        if let TyKind::Adt(id, args) = self.kind(left).clone() {
            if Some(id) == self.ck.known.option && args.first().is_some_and(|t| self.would_unify(*t, right)) {
                return diag.note("the left side may be `None`: `unwrap_or` gives a value for that case");
            }
            if self.ck.is_user(self.ck.program.adts[id].module)
                && let Some((trait_, _)) = self.ck.operator_trait(op)
            {
                let of = self.ck.program.name(self.ck.program.traits[trait_].name).to_string();
                let (l, r) = (self.ty_name(left), self.ty_name(right));
                return diag
                    .note(format!("an operator of your own type is a trait: `impl {of}<{r}> for {l}`"));
            }
        }
        if op == BinOp::Add && right == string {
            return diag.note("text is joined by `\"{a}{b}\"`, or by `+` with a string on the left");
        }
        if let Some(name) = self.written_param(left)
            && let Some((trait_, _)) = self.ck.operator_trait(op)
        {
            let text = self.ck.program.name(name);
            let of = self.ck.program.name(self.ck.program.traits[trait_].name);
            return diag.note(format!("write a bound, such as `{text}: {of}<{text}, Output = {text}>`"));
        }
        diag
    }

    // ------------------------------------------------------------ comparison

    fn comparison(
        &mut self,
        op: BinOp,
        op_span: Span,
        lhs: &mut ast::Expr,
        rhs: &mut ast::Expr,
        span: Span,
    ) -> Expr {
        // A bare variant on the left takes its meaning from the right side.
        let (lhs, rhs) = if self.is_bare_variant(lhs) && !self.is_bare_variant(rhs) {
            let rhs = self.expr(rhs, None);
            let lhs = self.expr(lhs, Some(rhs.ty));
            (lhs, rhs)
        } else {
            let lhs = self.expr(lhs, None);
            let rhs = self.expr(rhs, Some(lhs.ty));
            (lhs, rhs)
        };
        let (left, right) = (self.resolve_now(lhs.ty), self.resolve_now(rhs.ty));
        let kind = |lhs: Expr, rhs: Expr| ExprKind::Binary { op, lhs: Box::new(lhs), rhs: Box::new(rhs) };
        if left == Ty::ERROR || right == Ty::ERROR {
            self.has_errors = true;
            return Expr { kind: kind(lhs, rhs), ty: Ty::BOOL, span };
        }
        if left == Ty::NEVER || right == Ty::NEVER {
            return Expr { kind: kind(lhs, rhs), ty: Ty::NEVER, span };
        }
        if !self.unify(left, right) {
            self.report_comparison(op, op_span, &lhs, &rhs);
            return Expr { kind: ExprKind::Error, ty: Ty::BOOL, span };
        }
        let ty = self.resolve_now(left);
        let direct = matches!(
            self.kind(ty),
            TyKind::Int(_) | TyKind::F32 | TyKind::F64 | TyKind::Bool | TyKind::Char | TyKind::Ptr(_)
        ) || self.is_number_var(ty);
        if direct {
            return Expr { kind: kind(lhs, rhs), ty: Ty::BOOL, span };
        }
        if self.is_open(ty) {
            self.report_unknown_type(ty, lhs.span);
            return Expr { kind: ExprKind::Error, ty: Ty::BOOL, span };
        }
        self.comparison_call(op, op_span, lhs, rhs, ty, span)
    }

    fn is_bare_variant(&self, e: &ast::Expr) -> bool {
        match &e.kind {
            ast::ExprKind::Name { ident, args: None } => {
                self.scope.get(ident.name).is_none()
                    && self.ck.program.name(ident.name).starts_with(char::is_uppercase)
            }
            ast::ExprKind::Paren(inner) => self.is_bare_variant(inner),
            _ => false,
        }
    }

    fn comparison_call(
        &mut self,
        op: BinOp,
        op_span: Span,
        lhs: Expr,
        rhs: Expr,
        ty: Ty,
        span: Span,
    ) -> Expr {
        let (trait_, name) = match op {
            BinOp::Eq | BinOp::Ne => (self.ck.known.eq, "eq"),
            BinOp::Lt => (self.ck.known.ord, "lt"),
            BinOp::Le => (self.ck.known.ord, "le"),
            BinOp::Gt => (self.ck.known.ord, "gt"),
            _ => (self.ck.known.ord, "ge"),
        };
        let Some((trait_, method)) = trait_.and_then(|t| Some((t, self.ck.method_of(t, name)?))) else {
            return self.error_expr(span);
        };
        self.require_simple(trait_, ty, op_span, Cause::Operator);
        let values = vec![super::expr::value_arg(lhs), super::expr::value_arg(rhs)];
        let call = self.trait_call(trait_, method, smallvec![ty], values, Ty::BOOL, span);
        if op != BinOp::Ne {
            return call;
        }
        Expr { kind: ExprKind::Unary { op: UnOp::Not, operand: Box::new(call) }, ty: Ty::BOOL, span }
    }

    fn report_comparison(&mut self, op: BinOp, op_span: Span, lhs: &Expr, rhs: &Expr) {
        let (l, r) = (self.ty_name(lhs.ty), self.ty_name(rhs.ty));
        let message = format!("`{l}` and `{r}` cannot be compared");
        let diag = Diagnostic::error(codes::BAD_OPERANDS, op_span, message)
            .also(lhs.span, format!("this is `{l}`"))
            .also(rhs.span, format!("this is `{r}`"));
        let diag = self.suggest_operands(diag, op, lhs, rhs);
        self.report(diag);
    }

    // ------------------------------------------------------------ unary

    pub(crate) fn unary(&mut self, op: UnOp, operand: &mut ast::Expr, want: Option<Ty>, span: Span) -> Expr {
        if op == UnOp::Neg
            && let Some(lit) = self.negative_lit(operand, want, span)
        {
            return lit;
        }
        let hint = match op {
            UnOp::Not => Some(Ty::BOOL),
            _ => want.filter(|w| self.is_number(*w)),
        };
        let operand = self.expr(operand, hint);
        let ty = self.resolve_now(operand.ty);
        if ty == Ty::ERROR {
            return self.error_expr(span);
        }
        if ty == Ty::NEVER || self.is_direct_unary(op, ty) {
            return Expr { kind: ExprKind::Unary { op, operand: Box::new(operand) }, ty, span };
        }
        if self.is_open(ty) {
            if op == UnOp::Not {
                self.unify(ty, Ty::BOOL);
                return Expr { kind: ExprKind::Unary { op, operand: Box::new(operand) }, ty: Ty::BOOL, span };
            }
            self.report_unknown_type(ty, operand.span);
            return self.error_expr(span);
        }
        let ty = self.settle(ty);
        let (trait_, sign) = match op {
            UnOp::Neg => (self.ck.known.neg, "-"),
            UnOp::Not => (self.ck.known.not, "!"),
            UnOp::BitNot => (self.ck.known.bit_not, "~"),
        };
        let found = trait_.and_then(|t| Some((t, *self.ck.program.traits[t].methods.first()?)));
        let implemented = trait_
            .is_some_and(|t| self.solve(span, |s| s.probe(|s| s.select(t, &[ty]) != crate::solve::Sel::No)));
        match found {
            Some((trait_, method)) if implemented => {
                self.operator_call(trait_, method, smallvec![ty], vec![operand], span)
            }
            _ => {
                let name = self.ty_name(ty);
                let mut diag = Diagnostic::error(
                    codes::BAD_OPERANDS,
                    span,
                    format!("`{sign}` is not defined for `{name}`"),
                );
                if op == UnOp::Not && self.is_number(ty) {
                    diag = diag.note("`!` is for `Bool`; the bits of an integer are turned over by `~`");
                }
                self.report(diag);
                self.error_expr(span)
            }
        }
    }

    fn is_direct_unary(&self, op: UnOp, ty: Ty) -> bool {
        match op {
            UnOp::Neg => self.is_number(ty),
            UnOp::Not => ty == Ty::BOOL,
            UnOp::BitNot => self.is_direct(BinOp::Shl, ty),
        }
    }
}

/// Whether the operator is one of numbers with a fraction, too.
fn has_floats(op: BinOp) -> bool {
    use BinOp::{BitAnd, BitOr, BitXor, Shl, Shr};
    !matches!(op, BitAnd | BitOr | BitXor | Shl | Shr)
}

pub(crate) fn sign(op: BinOp) -> &'static str {
    use BinOp::*;
    match op {
        Add => "+",
        Sub => "-",
        Mul => "*",
        Div => "/",
        Rem => "%",
        Pow => "**",
        WrapAdd => "+%",
        WrapSub => "-%",
        WrapMul => "*%",
        Shl => "<<",
        Shr => ">>",
        BitAnd => "&",
        BitXor => "^",
        BitOr => "|",
        Eq => "==",
        Ne => "!=",
        Lt => "<",
        Le => "<=",
        Gt => ">",
        Ge => ">=",
        And => "&&",
        Or => "||",
    }
}
