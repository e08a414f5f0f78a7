//! Operators and what follows an operand: precedence climbing, prefixes, `**`, calls, fields, indexes.

use super::Parser;
use crate::ast::*;
use crate::codes;
use crate::diag::Diagnostic;
use crate::span::Span;
use crate::token::T;

/// Precedences of binary operators, loosest first. `**` and prefixes bind tighter, see [`Parser::unary`].
pub(super) mod prec {
    pub const OR: u8 = 1;
    pub const AND: u8 = 2;
    pub const COMPARE: u8 = 3;
    pub const RANGE: u8 = 4;
    pub const BIT_OR: u8 = 5;
    pub const BIT_XOR: u8 = 6;
    pub const BIT_AND: u8 = 7;
    pub const SHIFT: u8 = 8;
    pub const SUM: u8 = 9;
    pub const PRODUCT: u8 = 10;
    pub const CAST: u8 = 11;
}

/// What an operator between two operands makes.
#[derive(Clone, Copy)]
enum Infix {
    Binary(BinOp),
    Range { inclusive: bool },
    Cast,
    Is,
}

fn infix(kind: T) -> Option<(u8, Infix)> {
    use Infix::*;
    Some(match kind {
        T::OrOr => (prec::OR, Binary(BinOp::Or)),
        T::AndAnd => (prec::AND, Binary(BinOp::And)),
        T::EqEq => (prec::COMPARE, Binary(BinOp::Eq)),
        T::NotEq => (prec::COMPARE, Binary(BinOp::Ne)),
        T::Lt => (prec::COMPARE, Binary(BinOp::Lt)),
        T::LtEq => (prec::COMPARE, Binary(BinOp::Le)),
        T::Gt => (prec::COMPARE, Binary(BinOp::Gt)),
        T::GtEq => (prec::COMPARE, Binary(BinOp::Ge)),
        T::KwIs => (prec::COMPARE, Is),
        T::DotDot => (prec::RANGE, Range { inclusive: false }),
        T::DotDotEq => (prec::RANGE, Range { inclusive: true }),
        T::Or => (prec::BIT_OR, Binary(BinOp::BitOr)),
        T::Caret => (prec::BIT_XOR, Binary(BinOp::BitXor)),
        T::And => (prec::BIT_AND, Binary(BinOp::BitAnd)),
        T::Shl => (prec::SHIFT, Binary(BinOp::Shl)),
        T::Shr => (prec::SHIFT, Binary(BinOp::Shr)),
        T::Plus => (prec::SUM, Binary(BinOp::Add)),
        T::Minus => (prec::SUM, Binary(BinOp::Sub)),
        T::PlusPercent => (prec::SUM, Binary(BinOp::WrapAdd)),
        T::MinusPercent => (prec::SUM, Binary(BinOp::WrapSub)),
        T::Star => (prec::PRODUCT, Binary(BinOp::Mul)),
        T::Slash => (prec::PRODUCT, Binary(BinOp::Div)),
        T::Percent => (prec::PRODUCT, Binary(BinOp::Rem)),
        T::StarPercent => (prec::PRODUCT, Binary(BinOp::WrapMul)),
        T::KwAs => (prec::CAST, Cast),
        _ => return None,
    })
}

/// The operation of `op=`; `None` inside for plain `=`.
pub(super) fn assignment(kind: T) -> Option<Option<BinOp>> {
    Some(match kind {
        T::Eq => None,
        T::PlusEq => Some(BinOp::Add),
        T::MinusEq => Some(BinOp::Sub),
        T::StarEq => Some(BinOp::Mul),
        T::SlashEq => Some(BinOp::Div),
        T::PercentEq => Some(BinOp::Rem),
        T::StarStarEq => Some(BinOp::Pow),
        T::PlusPercentEq => Some(BinOp::WrapAdd),
        T::MinusPercentEq => Some(BinOp::WrapSub),
        T::StarPercentEq => Some(BinOp::WrapMul),
        T::ShlEq => Some(BinOp::Shl),
        T::ShrEq => Some(BinOp::Shr),
        T::AndEq => Some(BinOp::BitAnd),
        T::OrEq => Some(BinOp::BitOr),
        T::CaretEq => Some(BinOp::BitXor),
        _ => return None,
    })
}

impl Parser<'_> {
    pub(super) fn expr(&mut self) -> Expr {
        self.expr_above(0)
    }

    /// An expression of operators that bind at least as tight as `min`.
    pub(super) fn expr_above(&mut self, min: u8) -> Expr {
        let outer = std::mem::replace(&mut self.height, 0);
        let start = self.span();
        // The steps change the expression in place: moving it through every function and arm would cost time, and
        // the stack of a recursion several hundred bytes a level.
        let mut expr = error_expr(start);
        if self.enter() {
            if matches!(self.kind(), T::DotDot | T::DotDotEq) {
                expr = self.range_without_start();
            } else {
                self.unary(&mut expr);
            }
            self.infix_chain(&mut expr, min, start);
        }
        self.leave();
        self.height = self.height.max(outer);
        expr
    }

    fn infix_chain(&mut self, expr: &mut Expr, min: u8, start: Span) {
        while let Some((prec, infix)) = infix(self.kind()).or_else(|| self.foreign_infix()) {
            if prec < min || self.stopped || (self.line_break() && !self.kind().continues_line()) {
                break;
            }
            self.foreign_comparison();
            self.infix_step(expr, infix, prec);
            expr.span = self.since(start);
            self.grow();
        }
    }

    /// Makes `expr` the left side of the operator at the current token.
    fn infix_step(&mut self, expr: &mut Expr, infix: Infix, prec: u8) {
        if prec == prec::COMPARE {
            self.no_chain(expr);
        }
        let op_span = self.bump().span();
        match infix {
            Infix::Binary(op) => {
                let rhs = Box::new(self.operand(op_span, prec + 1));
                put(expr, |lhs| ExprKind::Binary { op, op_span, lhs, rhs });
            }
            Infix::Range { inclusive } => {
                let hi = self.range_end(inclusive, op_span);
                put(expr, |lo| ExprKind::Range { lo: Some(lo), hi, inclusive });
            }
            Infix::Cast => {
                let ty = Box::new(self.cast_type());
                put(expr, |expr| ExprKind::Cast { expr, ty });
            }
            Infix::Is => {
                let pat = Box::new(self.pat(false));
                put(expr, |expr| ExprKind::Is { expr, pat });
            }
        }
    }

    /// The operand behind an operator; its lack is reported with the operator.
    fn operand(&mut self, op_span: Span, min: u8) -> Expr {
        if self.at(T::KwLet) && self.source(op_span) == "&&" && !self.tok().nl {
            return self.let_operand();
        }
        if !self.kind().starts_expr() && !self.at_foreign_prefix() {
            let text = self.source(op_span).to_string();
            let message = format!("expected a value behind `{text}`, found {}", self.found());
            let mut diag = Diagnostic::error(codes::EXPECTED_EXPRESSION, self.fault_span(), message);
            let twice = self.kind().text() == text && self.joined();
            if twice && matches!(self.kind(), T::Plus | T::Minus) {
                diag = diag.note(format!("there is no `{text}{text}`; write `{text}= 1`"));
            } else if self.kind() == T::Eq && self.joined() {
                diag = diag.note(format!("there is no `{text}=`"));
            }
            self.fault(diag);
            if twice {
                self.bump();
            }
            return error_expr(op_span.after());
        }
        self.expr_above(min)
    }

    fn range_without_start(&mut self) -> Expr {
        let token = self.bump();
        let inclusive = token.kind == T::DotDotEq;
        let hi = self.range_end(inclusive, token.span());
        let kind = ExprKind::Range { lo: None, hi, inclusive };
        Expr { kind, span: self.since(token.span()) }
    }

    fn range_end(&mut self, inclusive: bool, op_span: Span) -> Option<Box<Expr>> {
        self.foreign_range(op_span);
        let body = self.at(T::LBrace) && self.ctx.no_struct;
        // Without an end it ends the line more often than an end is written on the next.
        let is_open = !inclusive && self.line_break();
        if self.kind().starts_expr() && !body && !is_open {
            return Some(Box::new(self.expr_above(prec::RANGE + 1)));
        }
        if inclusive {
            let message = "`..=` needs an end";
            let diag = Diagnostic::error(codes::EXPECTED_EXPRESSION, op_span, message);
            self.fault(diag.fix("write `..` for a range without end", op_span, ".."));
        }
        None
    }

    /// Comparisons do not chain: `a < b < c` would compare a Bool.
    fn no_chain(&mut self, lhs: &Expr) {
        let (op_span, middle) = match &lhs.kind {
            ExprKind::Binary { op, op_span, rhs, .. } if is_comparison(*op) => (*op_span, rhs.span),
            _ => return,
        };
        let span = self.span();
        let mut diag = Diagnostic::error(codes::CHAINED_COMPARISON, span, "comparisons do not chain")
            .label("the left side is already a comparison")
            .also(op_span, "the first comparison");
        let middle = self.source(middle).to_string();
        if self.source(op_span) == "<" && self.at(T::Gt) {
            let before = op_span.before();
            diag = diag.note("type arguments of a function are written `f.<T>(x)`").fix_likely(
                "write a dot before type arguments",
                before,
                ".",
            );
        } else if !middle.contains('\n') {
            let at = self.prev().span().after();
            diag = diag.fix_likely("compare twice", at, format!(" && {middle}"));
        }
        self.fault(diag);
    }

    /// Operators of other languages that begin with what is none here.
    fn foreign_infix(&mut self) -> Option<(u8, Infix)> {
        match self.kind() {
            T::Ident => self.word_operator(),
            T::Eq => {
                let next = self.nth_tok(1);
                let is_split = next.kind == T::Lt && next.lo == self.tok().hi && !self.line_break();
                is_split.then(|| self.foreign_comparison()).and_then(|()| infix(self.kind()))
            }
            _ => None,
        }
    }

    /// `and` and `or` of other languages: reported, then taken for the operator.
    fn word_operator(&mut self) -> Option<(u8, Infix)> {
        if self.line_break() || !self.nth(1).starts_expr() || self.nth_tok(1).nl {
            return None;
        }
        let (text, prec, op) = match self.text(self.tok()) {
            "and" => ("&&", prec::AND, BinOp::And),
            "or" => ("||", prec::OR, BinOp::Or),
            _ => return None,
        };
        let span = self.span();
        let message = format!("the operator is written `{text}`");
        self.fault(Diagnostic::error(codes::FOREIGN_OPERATOR, span, message).fix(
            format!("write `{text}`"),
            span,
            text,
        ));
        Some((prec, Infix::Binary(op)))
    }

    /// Prefixes. `**` binds tighter: `-2 ** 2` is `-(2 ** 2)`. The place holds `Error`.
    fn unary(&mut self, place: &mut Expr) {
        let op = match self.kind() {
            T::Minus => UnOp::Neg,
            T::Not => UnOp::Not,
            T::Tilde => UnOp::BitNot,
            T::KwAwait | T::KwAsync => return fill(place, self.async_prefix()),
            T::And | T::Star | T::AndAnd | T::Plus => return fill(place, self.foreign_prefix()),
            T::Ident
                if self.at_text("not") && super::starts::starts_word(self.nth(1)) && !self.nth_tok(1).nl =>
            {
                return fill(place, self.foreign_prefix());
            }
            _ => {
                let start = self.span();
                fill(place, self.primary());
                return self.power(place, start);
            }
        };
        let op_span = self.bump().span();
        let operand = Box::new(self.prefixed(op_span));
        fill(place, Expr { kind: ExprKind::Unary { op, operand }, span: self.since(op_span) });
    }

    /// The operand of a prefix.
    pub(super) fn prefixed(&mut self, op_span: Span) -> Expr {
        if !self.kind().starts_expr() {
            let what = format!("a value behind `{}`", self.source(op_span));
            self.expected(codes::EXPECTED_EXPRESSION, &what);
            return error_expr(op_span.after());
        }
        let mut operand = error_expr(op_span);
        if self.enter() {
            self.unary(&mut operand);
        }
        self.leave();
        self.grow();
        operand
    }

    /// What stands behind the operand `expr`: calls, fields, indexes and `?`, then perhaps `** exponent`; the exponent
    /// may have a prefix and groups to the right.
    fn power(&mut self, expr: &mut Expr, start: Span) {
        let operand = expr.span;
        while !self.stopped && self.postfix_step(expr) {
            expr.span = self.since(operand);
            self.grow();
        }
        if !self.at(T::StarStar) {
            return;
        }
        let op_span = self.bump().span();
        let rhs = Box::new(self.prefixed(op_span));
        put(expr, |lhs| ExprKind::Binary { op: BinOp::Pow, op_span, lhs, rhs });
        expr.span = self.since(start);
    }

    /// Takes what stands directly behind `expr` into it. False: nothing does.
    fn postfix_step(&mut self, expr: &mut Expr) -> bool {
        match self.kind() {
            T::LParen if !self.line_break() => {
                let args = self.call_args();
                put(expr, |callee| ExprKind::Call { callee, args });
            }
            T::LBracket if !self.line_break() => {
                let index = self.index();
                put(expr, |base| ExprKind::Index { base, index });
            }
            T::Dot => self.field(expr),
            T::DotStar if !self.line_break() => {
                self.bump();
                put(expr, ExprKind::Deref);
            }
            T::Question if self.at_coalescing() => self.coalescing(expr),
            T::Question if self.at_conditional() => self.conditional(expr),
            T::Question => {
                self.bump();
                put(expr, ExprKind::Try);
            }
            T::Arrow if self.joined() && self.nth(1).is_word() => self.member_arrow(),
            T::LBrace if self.at_struct_literal(expr) => self.struct_literal(expr),
            T::ColonColon if self.joined() => self.colon_colon(),
            T::Not if self.joined() && self.at_macro_call(expr) => self.macro_call(),
            T::Not if self.joined() && self.at_unwrapping() => self.unwrapping(),
            _ => return false,
        }
        true
    }

    /// `[index]`; the current token is `[`.
    fn index(&mut self) -> Box<Expr> {
        let open = self.bump().span();
        self.nested(false, |p| {
            let index = p.expr();
            if !p.eat(T::RBracket) {
                p.unclosed_after(open, T::RBracket);
            }
            Box::new(index)
        })
    }

    /// One expression stands between the brackets; reports and skips what follows it.
    pub(super) fn unclosed_after(&mut self, open: Span, close: T) {
        if !self.closes_later(close) {
            return self.unclosed(open, close);
        }
        self.expected(codes::UNEXPECTED_TOKEN, &format!("`{}`", close.text()));
        while !self.at(close) && !self.at(T::Eof) {
            self.skip_tree();
        }
        self.eat(close);
    }

    /// Takes `.name`, `.0` or `.<T>` into `base`; the current token is `.`.
    pub(super) fn field(&mut self, base: &mut Expr) {
        let start = base.span;
        let dot = self.bump();
        let token = self.tok();
        match token.kind {
            T::Lt => {
                let args = self.generic_args();
                self.attach_type_args(base, args);
            }
            T::Int if self.joined() => {
                self.bump();
                let index = self.text(token).parse::<u32>().unwrap_or_else(|_| {
                    let message = "the index of a tuple's field is a small decimal number";
                    self.report(Diagnostic::error(codes::BAD_NUMBER, token.span(), message));
                    u32::MAX
                });
                put(base, |base| ExprKind::TupleField { base, index, index_span: token.span() });
            }
            kind if kind.is_word() && !(token.nl && kind.starts_item()) => {
                let name = self.bump_ident();
                put(base, |base| ExprKind::Field { base, name, args: None });
            }
            _ => {
                self.expected(codes::EXPECTED_NAME, "a name behind `.`");
                let name = Ident { name: crate::intern::sym::empty, span: dot.span().after() };
                put(base, |base| ExprKind::Field { base, name, args: None });
            }
        }
        base.span = self.since(start);
    }

    fn attach_type_args(&mut self, base: &mut Expr, found: GenericArgs) {
        if let ExprKind::Name { args, .. } | ExprKind::Field { args, .. } = &mut base.kind
            && args.is_none()
        {
            *args = Some(Box::new(found));
            return;
        }
        let message = "type arguments stand behind a name: `f.<T>(x)`";
        self.report(Diagnostic::error(codes::MISPLACED_TYPE_ARGS, found.span, message));
    }

    /// `(a, mut b)`; the current token is `(`.
    pub(super) fn call_args(&mut self) -> Vec<Arg> {
        let is_told = self.at_named_argument(1) && self.named_arguments();
        let open = self.bump().span();
        let mut args = Vec::new();
        self.nested(false, |p| {
            p.list(open, T::RParen, |p| {
                let before = p.pos;
                let arg = p.arg(is_told);
                p.add(&mut args, arg);
                p.pos > before
            });
        });
        args
    }

    /// `is_told`: that arguments of the call have names.
    fn arg(&mut self, is_told: bool) -> Arg {
        if self.at_named_argument(0) {
            if !is_told {
                self.named_argument();
            }
            self.bump();
            self.bump();
        }
        if self.kind().is_name() && self.nth(1) == T::Eq && self.nth(2).starts_expr() {
            self.assigned_argument();
        }
        if let Some(expr) = self.foreign_closure() {
            return Arg { mut_span: None, expr };
        }
        if self.at(T::And) && self.nth(1) == T::KwMut {
            self.reference_argument();
        }
        let mut_span = self.at(T::KwMut).then(|| self.bump().span());
        let expr = self.expr_or_assignment_fault();
        if self.at(T::Colon) && !self.line_break() {
            self.type_of_argument();
        }
        Arg { mut_span, expr }
    }

    /// An expression where an assignment can only be a slip.
    pub(super) fn expr_or_assignment_fault(&mut self) -> Expr {
        let expr = self.expr();
        if assignment(self.kind()).is_some() && !self.line_break() {
            let span = self.span();
            let message = "an assignment is a statement, not a value";
            let diag = Diagnostic::error(codes::ASSIGNMENT_AS_VALUE, span, message);
            let diag = diag.note("assign in a statement of its own");
            self.fault(match self.at(T::Eq) {
                true => diag.fix_likely("compare with `==`", span, "=="),
                false => diag,
            });
            self.bump();
            self.expr();
        }
        expr
    }
}

fn is_comparison(op: BinOp) -> bool {
    matches!(op, BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge)
}

/// Puts an expression into a place that holds `Error`: it owns nothing that an assignment would have to drop.
fn fill(place: &mut Expr, expr: Expr) {
    std::mem::forget(std::mem::replace(place, expr));
}

/// Moves an expression into a box, and makes its place the node above it.
#[inline]
pub(super) fn put(place: &mut Expr, node: impl FnOnce(Box<Expr>) -> ExprKind) {
    let span = place.span;
    let expr = Box::new(std::mem::replace(place, error_expr(span)));
    fill(place, Expr { kind: node(expr), span });
}

pub(super) fn error_expr(span: Span) -> Expr {
    Expr { kind: ExprKind::Error, span }
}
