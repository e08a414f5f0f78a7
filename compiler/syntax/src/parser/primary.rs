//! Operands: literals, names, brackets, struct literals, closures.

use super::{Parser, is_upper};
use crate::ast::*;
use crate::codes;
use crate::diag::Diagnostic;
use crate::intern::sym;
use crate::literal;
use crate::span::Span;
use crate::token::T;

use super::exprs::{error_expr, put};

impl Parser<'_> {
    pub(super) fn primary(&mut self) -> Expr {
        if self.at_keyword_name() {
            return self.name_expr();
        }
        match self.kind() {
            T::Ident => self.name_expr(),
            T::Int
            | T::Float
            | T::Duration
            | T::Char
            | T::Str
            | T::RawStr
            | T::MultiStr
            | T::StrOpen
            | T::MultiStrOpen
            | T::KwTrue
            | T::KwFalse => self.literal(),
            T::KwSelf => self.keyword(ExprKind::SelfValue),
            T::KwSelfType => self.keyword(ExprKind::SelfType),
            T::LParen => self.parens(),
            T::LBracket => self.array(),
            T::LBrace => self.block_expr(),
            T::Or if self.at_lone_bar() => self.lone_bar(),
            T::Or | T::OrOr => self.closure(),
            T::KwIf | T::KwMatch | T::KwWhile | T::KwFor | T::KwLoop | T::Label | T::KwTry => self.control(),
            T::KwBreak | T::KwContinue | T::KwReturn => self.jump(),
            T::Error => {
                self.faults += 1;
                let span = self.bump().span();
                error_expr(span)
            }
            kind if kind.is_soft_keyword() => self.special_form(),
            _ => self.no_expression(),
        }
    }

    fn keyword(&mut self, kind: ExprKind) -> Expr {
        let span = self.bump().span();
        Expr { kind, span }
    }

    pub(super) fn name_expr(&mut self) -> Expr {
        if self.at_text("null") {
            let span = self.bump().span();
            let diag = Diagnostic::error(codes::NULL, span, "there is no `null`");
            let diag = diag.note("a value that may be missing has type `T?`: `Some(x)` or `None`");
            // Whether it is an option that stands there is not known.
            self.report(diag.fix_likely("write `None`", span, "None"));
            return error_expr(span);
        }
        if self.at_vec() {
            return self.vec_literal();
        }
        let ident = self.bump_ident();
        if ident.span.hi - ident.span.lo == 1 && self.tok().lo == ident.span.hi && self.at_string() {
            return self.prefixed_string(ident.span);
        }
        Expr { kind: ExprKind::Name { ident, args: None }, span: ident.span }
    }

    /// A name or `Self`, as the start of a path.
    pub(super) fn path_start(&mut self) -> Expr {
        match self.kind() {
            T::KwSelfType => self.keyword(ExprKind::SelfType),
            _ => self.name_expr(),
        }
    }

    fn block_expr(&mut self) -> Expr {
        let block = self.block();
        let span = block.span;
        Expr { kind: ExprKind::Block(Box::new(block)), span }
    }

    /// A literal; the current token is one.
    fn literal(&mut self) -> Expr {
        let token = self.tok();
        let (text, span) = (self.text(token), token.span());
        let diags = &mut self.diags;
        let kind = match token.kind {
            T::Int => {
                let (value, suffix) = literal::int(text, span, diags);
                ExprKind::Int { value: IntValue(value), suffix }
            }
            T::Float => {
                let (text, suffix) = literal::float(text, span, diags);
                ExprKind::Float { text, suffix }
            }
            T::Duration => ExprKind::Duration(literal::duration(text, span, diags)),
            T::Char => ExprKind::Char(literal::char(text, span, diags)),
            T::KwTrue => ExprKind::Bool(true),
            T::KwFalse => ExprKind::Bool(false),
            _ => return self.string(),
        };
        self.bump();
        Expr { kind, span }
    }

    /// A literal, or `-` and a number: in patterns and as the arguments of types.
    pub(super) fn literal_or_negative(&mut self) -> Expr {
        let start = self.span();
        if !self.at(T::Minus) {
            return if self.at_literal() { self.literal() } else { self.no_expression() };
        }
        self.bump();
        if !matches!(self.kind(), T::Int | T::Float | T::Duration) {
            self.expected(codes::EXPECTED_PATTERN, "a number behind `-`");
            return error_expr(start);
        }
        let operand = Box::new(self.literal());
        Expr { kind: ExprKind::Unary { op: UnOp::Neg, operand }, span: self.since(start) }
    }

    fn at_literal(&self) -> bool {
        use T::*;
        matches!(
            self.kind(),
            Int | Float
                | Duration
                | Char
                | Str
                | RawStr
                | MultiStr
                | StrOpen
                | MultiStrOpen
                | KwTrue
                | KwFalse
        )
    }

    /// `()`, `(e)`, `(a, b)`.
    fn parens(&mut self) -> Expr {
        let open = self.bump().span();
        let mut elems = Vec::new();
        let comma = self.nested(false, |p| {
            p.list(open, T::RParen, |p| {
                let before = p.pos;
                let elem = p.expr_or_assignment_fault();
                p.add(&mut elems, elem);
                p.pos > before
            });
            p.tokens[p.pos.saturating_sub(2)].kind == T::Comma
        });
        let span = self.since(open);
        let kind = match elems.len() {
            1 if !comma => ExprKind::Paren(Box::new(elems.pop().unwrap_or(error_expr(span)))),
            _ => ExprKind::Tuple(elems),
        };
        Expr { kind, span }
    }

    /// `[a, b]`, `[value; count]`.
    fn array(&mut self) -> Expr {
        let open = self.bump().span();
        let kind = self.nested(false, |p| {
            if p.eat(T::RBracket) {
                return ExprKind::Array(Vec::new());
            }
            let first = p.expr();
            if p.eat(T::Semi) {
                let count = Box::new(p.expr());
                if !p.eat(T::RBracket) {
                    p.unclosed_after(open, T::RBracket);
                }
                return ExprKind::ArrayRepeat { value: Box::new(first), count };
            }
            if p.comprehension(open) {
                return ExprKind::Error;
            }
            let parsed = !matches!(first.kind, ExprKind::Error);
            let mut elems = Vec::new();
            p.add(&mut elems, first);
            if p.eat(T::Comma) || p.at(T::RBracket) || p.list_gap(open, T::RBracket, parsed, !parsed) {
                p.list(open, T::RBracket, |p| {
                    let before = p.pos;
                    elems.push(p.expr());
                    p.pos > before
                });
            }
            ExprKind::Array(elems)
        });
        Expr { kind, span: self.since(open) }
    }

    /// Whether the `{` here starts the fields of a literal of the struct that `expr` names.
    pub(super) fn at_struct_literal(&self, expr: &Expr) -> bool {
        let upper = match &expr.kind {
            ExprKind::Name { ident, .. } => is_upper(self.source(ident.span)),
            ExprKind::Field { name, base, .. } => is_upper(self.source(name.span)) && is_path(base),
            ExprKind::SelfType => true,
            _ => false,
        };
        if self.line_break() {
            return false;
        }
        let with_field = self.nth(1).is_word() && self.nth(2) == T::Colon;
        if !upper {
            // The checker says what the name is.
            return with_field && !self.ctx.no_struct && matches!(expr.kind, ExprKind::Name { .. });
        }
        // Behind `if` the brace starts the body, unless it cannot be one.
        !self.ctx.no_struct || with_field
    }

    /// Makes `path` a literal of that struct; the current token is `{`.
    pub(super) fn struct_literal(&mut self, path: &mut Expr) {
        let start = path.span;
        let in_condition = self.ctx.no_struct;
        let open = self.bump().span();
        let mut fields = Vec::new();
        let mut base = None;
        self.nested(true, |p| {
            p.list(open, T::RBrace, |p| {
                let before = p.pos;
                if p.eat(T::DotDot) {
                    base = Some(Box::new(p.expr()));
                } else {
                    fields.extend(p.field_init());
                }
                p.pos > before
            });
        });
        let span = self.since(start);
        if in_condition {
            let message = "a struct literal needs parentheses here";
            let diag = Diagnostic::error(codes::STRUCT_IN_CONDITION, span, message);
            let edits = vec![(span.before(), "(".to_string()), (span.after(), ")".to_string())];
            let note = "between `if`, `while`, `match`, `for`, `is` and the body, `{` starts the body";
            self.report(diag.note(note).fix_edits("add parentheses", edits));
        }
        put(path, |path| ExprKind::StructLit { path, fields, base });
    }

    fn field_init(&mut self) -> Option<FieldInit> {
        let start = self.span();
        let value_follows = matches!(self.nth(1), T::Colon | T::Eq);
        let name = if value_follows { self.word("a field")? } else { self.name("a field")? };
        if self.at(T::Eq) {
            let span = self.span();
            let diag = Diagnostic::error(
                codes::UNEXPECTED_TOKEN,
                span,
                "a field and its value are separated by `:`",
            );
            self.fault(diag.fix("write `:`", Span::new(name.span.hi, span.hi), ":"));
            self.bump();
            let value = Some(self.expr());
            return Some(FieldInit { name, value, span: self.since(start) });
        }
        if !matches!(self.kind(), T::Colon | T::Comma | T::RBrace)
            && self.kind().starts_expr()
            && !self.tok().nl
        {
            let gap = self.prev().span().after();
            let message = "expected `:` behind the name of a field";
            let diag = Diagnostic::error(codes::UNEXPECTED_TOKEN, gap, message);
            self.fault(diag.fix_likely("insert it", gap, ":"));
            let value = Some(self.expr());
            return Some(FieldInit { name, value, span: self.since(start) });
        }
        let value = self.eat(T::Colon).then(|| self.expr());
        Some(FieldInit { name, value, span: self.since(start) })
    }

    /// `|x, mut y: Int| -> T body`, `|| body`.
    fn closure(&mut self) -> Expr {
        let open = self.bump();
        let mut params = Vec::new();
        if open.kind == T::Or {
            let outer = std::mem::replace(&mut self.ctx.newlines, false);
            self.list(open.span(), T::Or, |p| {
                let before = p.pos;
                let param = p.closure_param();
                p.add(&mut params, param);
                p.pos > before
            });
            self.ctx.newlines = outer;
        }
        let ret = self.eat(T::Arrow).then(|| Box::new(self.ty()));
        if ret.is_some() && !self.at(T::LBrace) {
            let message = "the body of a closure with a result type stands in braces";
            let diag = Diagnostic::error(codes::UNEXPECTED_TOKEN, self.fault_span(), message);
            self.fault(diag);
        }
        let body = Box::new(match ret {
            Some(_) if self.at(T::LBrace) => self.block_expr(),
            _ => self.arm_body(),
        });
        Expr { kind: ExprKind::Closure { params, ret, body }, span: self.since(open.span()) }
    }

    fn closure_param(&mut self) -> ClosureParam {
        let is_mut = self.eat(T::KwMut);
        let pat = self.pat_single();
        let ty = self.eat(T::Colon).then(|| self.ty());
        ClosureParam { pat, is_mut, ty }
    }

    /// Reports that no expression starts here; consumes the token only where that cannot hide a statement.
    fn no_expression(&mut self) -> Expr {
        let span = self.fault_span();
        if let Some(expr) = self.foreign_expression() {
            return expr;
        }
        if self.kind() == T::Reserved {
            let ident = self.name("a variable").unwrap_or(Ident { name: sym::empty, span });
            return Expr { kind: ExprKind::Name { ident, args: None }, span: ident.span };
        }
        self.expected(codes::EXPECTED_EXPRESSION, "an expression");
        error_expr(span)
    }
}

/// Whether an expression is a path: names and fields only.
fn is_path(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Name { .. } | ExprKind::SelfType => true,
        ExprKind::Field { base, .. } => is_path(base),
        _ => false,
    }
}
