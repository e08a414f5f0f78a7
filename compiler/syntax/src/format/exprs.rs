//! Expressions.

use super::Fmt;
use super::doc::{Doc, concat};
use super::tokens::{ListKind, list_doc};
use crate::ast::*;
use crate::token::T;

impl<'a> Fmt<'a> {
    /// An expression. Comments before it stand outside of its groups, which they do not break.
    pub(super) fn expr(&mut self, expr: &Expr) -> Doc<'a> {
        if !self.has_comments() {
            return self.expr_alone(expr);
        }
        let mut docs = Vec::new();
        self.lead(&mut docs);
        docs.push(self.expr_alone(expr));
        concat(docs)
    }

    fn expr_alone(&mut self, expr: &Expr) -> Doc<'a> {
        match &expr.kind {
            ExprKind::Str(_) | ExprKind::Interp(_) => self.verbatim(expr.span),
            ExprKind::Name { .. } => self.name(expr),
            ExprKind::Field { .. }
            | ExprKind::TupleField { .. }
            | ExprKind::Deref(_)
            | ExprKind::Index { .. }
            | ExprKind::Call { .. }
            | ExprKind::Try(_) => self.chain(expr),
            ExprKind::StructLit { path, fields, base } => self.struct_lit(path, fields, base.as_deref()),
            ExprKind::Binary { op, lhs, rhs, .. } => self.binary(*op, lhs, rhs),
            ExprKind::Closure { .. } => self.closure(expr),
            _ => self.expr_of_parts(expr),
        }
    }

    /// Apart from [`Fmt::expr_alone`], whose stack frame each level of nesting needs.
    fn expr_of_parts(&mut self, expr: &Expr) -> Doc<'a> {
        match &expr.kind {
            ExprKind::Tuple(elems) => {
                let kind = ListKind { comma_alone: false, ..ListKind::PARENS };
                self.elements(kind, elems)
            }
            ExprKind::Paren(inner) => {
                let (open, inner) = (self.t(), self.expr(inner));
                let inner = concat([Doc::SoftLine, inner, self.closing_comments()]).indent();
                concat([open, inner, Doc::SoftLine, self.t()]).group()
            }
            ExprKind::Array(elems) => {
                let fill = elems.iter().all(is_short);
                self.elements(ListKind { fill, ..ListKind::BRACKETS }, elems)
            }
            ExprKind::ArrayRepeat { value, count } => {
                let docs = [self.t(), self.expr(value), self.t(), Doc::Space, self.expr(count), self.t()];
                concat(docs)
            }
            ExprKind::Unary { operand, .. } => concat([self.t(), self.expr(operand)]),
            ExprKind::Range { lo, hi, .. } => {
                let lo = lo.as_ref().map_or(Doc::Nil, |e| self.expr(e));
                let sign = self.t();
                concat([lo, sign, hi.as_ref().map_or(Doc::Nil, |e| self.expr(e))])
            }
            ExprKind::Cast { expr, ty } => {
                let docs = [self.expr(expr), Doc::Space, self.t(), Doc::Space, self.range_to(ty.span.hi)];
                concat(docs)
            }
            ExprKind::Is { expr, pat } => {
                let docs = [self.expr(expr), Doc::Space, self.t(), Doc::Space, self.range_to(pat.span.hi)];
                concat(docs)
            }
            _ => self.control(expr).unwrap_or_else(|| self.t()),
        }
    }

    /// A name with its type arguments.
    fn name(&mut self, expr: &Expr) -> Doc<'a> {
        self.range_to(expr.span.hi)
    }

    /// The elements of a tuple or array.
    fn elements(&mut self, kind: ListKind, elems: &[Expr]) -> Doc<'a> {
        let mut elems = elems.iter();
        self.list(kind, |f| elems.next().map_or(Doc::Nil, |e| f.expr(e)))
    }

    fn struct_lit(&mut self, path: &Expr, fields: &[FieldInit], base: Option<&Expr>) -> Doc<'a> {
        let path = self.expr(path);
        concat([path, Doc::Space, self.struct_fields(fields, base)])
    }

    fn struct_fields(&mut self, fields: &[FieldInit], base: Option<&Expr>) -> Doc<'a> {
        let mut fields = fields.iter().peekable();
        self.list(ListKind::BRACES, |f| {
            // The base stands where it was written, usually last.
            if f.at(T::DotDot) {
                let sign = f.t();
                return concat([sign, base.map_or(Doc::Nil, |e| f.expr(e))]);
            }
            let Some(field) = fields.next() else { return Doc::Nil };
            let name = f.t();
            match &field.value {
                Some(value) => {
                    let colon = f.t();
                    concat([name, colon, f.after_sign(value)])
                }
                None => name,
            }
        })
    }

    /// A chain of operators of one precedence; it breaks behind the operators.
    fn binary(&mut self, op: BinOp, lhs: &Expr, rhs: &Expr) -> Doc<'a> {
        if op == BinOp::Pow {
            let docs = [self.expr(lhs), Doc::Space, self.t(), Doc::Space, self.expr(rhs)];
            return concat(docs);
        }
        let mut operands = vec![rhs];
        let mut first = lhs;
        while let ExprKind::Binary { op: inner, lhs, rhs, .. } = &first.kind {
            if level(*inner) != level(op) {
                break;
            }
            operands.push(rhs);
            first = lhs;
        }
        let first = self.expr(first);
        let mut rest = Vec::new();
        for operand in operands.into_iter().rev() {
            rest.extend([Doc::Space, self.t(), Doc::Line, self.expr(operand)]);
        }
        concat([first, concat(rest).indent()]).group()
    }

    /// What stands behind `=`, `:` or `=>`: on the same line if it can break inside, else on the next.
    pub(super) fn after_sign(&mut self, expr: &Expr) -> Doc<'a> {
        let commented = self.has_comments();
        let doc = self.expr(expr);
        if breaks_inside(expr) && !commented {
            return concat([Doc::Space, doc]);
        }
        concat([Doc::Line, doc]).indent().group()
    }

    fn closure(&mut self, expr: &Expr) -> Doc<'a> {
        let (head, body) = self.closure_parts(expr);
        concat([head, body])
    }

    /// The parameters of a closure with the space behind them, and its body.
    fn closure_parts(&mut self, expr: &Expr) -> (Doc<'a>, Doc<'a>) {
        let ExprKind::Closure { ret, body, .. } = &expr.kind else { return (Doc::Nil, self.expr(expr)) };
        let mut docs = Vec::new();
        if self.at(T::OrOr) {
            docs.push(self.t());
        } else {
            docs.push(self.t());
            let mut depth = 0usize;
            let close = self.tokens[self.pos..].iter().find(|token| {
                match token.kind {
                    T::LParen | T::LBracket | T::LBrace | T::Lt => depth += 1,
                    T::RParen | T::RBracket | T::RBrace | T::Gt => depth = depth.saturating_sub(1),
                    T::Shr => depth = depth.saturating_sub(2),
                    T::Or if depth == 0 => return true,
                    _ => {}
                }
                false
            });
            let end = close.map_or(expr.span.hi, |t| t.lo);
            docs.push(self.closure_params(end));
            docs.push(self.t());
        }
        if let Some(ty) = ret {
            docs.extend([Doc::Space, self.t(), Doc::Space, self.range_to(ty.span.hi)]);
        }
        docs.push(Doc::Space);
        let (head, body) = match body.kind {
            ExprKind::Match { .. } => self.match_parts(body),
            _ => (Doc::Nil, self.arm_value(body)),
        };
        docs.push(head);
        (concat(docs), body)
    }

    /// What stands before the arms of a `match`, and the arms, which may break on their own.
    fn match_parts(&mut self, expr: &Expr) -> (Doc<'a>, Doc<'a>) {
        let ExprKind::Match { scrutinee, arms } = &expr.kind else { return (Doc::Nil, self.expr(expr)) };
        let mut docs = Vec::new();
        self.lead(&mut docs);
        docs.extend([self.t(), Doc::Space, self.expr(scrutinee), Doc::Space]);
        (concat(docs), self.arms(arms))
    }

    /// Parameters up to `|`, without a comma behind the last.
    fn closure_params(&mut self, end: u32) -> Doc<'a> {
        let last = self.tokens[self.pos..].iter().take_while(|t| t.lo < end).last();
        match last {
            Some(token) if token.kind == T::Comma => {
                let (lo, params) = (token.lo, Vec::new());
                let mut docs: Vec<Doc<'a>> = params;
                docs.push(self.range_to(lo));
                docs.push(self.drop_token());
                concat(docs)
            }
            _ => self.range_to(end),
        }
    }

    /// The arguments of a call. A block at the end of the last one hugs the parentheses.
    pub(super) fn call_args(&mut self, args: &[Arg]) -> Doc<'a> {
        let mut args = args.iter().peekable();
        let mut hug = None;
        let kind = ListKind::PARENS;
        let mut n_comments = None;
        let (items, close, comma) = self.list_items(kind, &mut |f| {
            let Some(arg) = args.next() else { return Doc::Nil };
            let commented = f.has_comments() || n_comments.is_some_and(|n| n < f.n_comments);
            let mark = match arg.mut_span {
                Some(_) => concat([f.t(), Doc::Space]),
                None => Doc::Nil,
            };
            let alone = f.tokens[f.pos - 1].kind == T::LParen;
            if args.peek().is_none() && !commented && can_hug(&arg.expr, alone) {
                let (head, body) = f.hugging(&arg.expr);
                let head = concat([mark, head]);
                hug = Some((head.clone(), body.clone()));
                return concat([head, body]);
            }
            let doc = concat([mark, f.expr(&arg.expr)]);
            n_comments = Some(f.n_comments);
            doc
        });
        match hug {
            Some((head, body)) => hugging_call(items, close, comma, head, body),
            None => list_doc(kind, items, close, comma),
        }
    }

    /// A last argument as what stands on the line of the call, and the group that may break.
    fn hugging(&mut self, expr: &Expr) -> (Doc<'a>, Doc<'a>) {
        match &expr.kind {
            ExprKind::Closure { .. } => self.closure_parts(expr),
            ExprKind::Match { .. } => self.match_parts(expr),
            ExprKind::StructLit { path, fields, base } => {
                let path = self.expr(path);
                (concat([path, Doc::Space]), self.struct_fields(fields, base.as_deref()))
            }
            _ => (Doc::Nil, self.expr(expr)),
        }
    }
}

/// A call whose last argument is `head` and the group `body`: flat, with that group broken, or one argument a line.
fn hugging_call<'a>(
    items: Vec<Doc<'a>>,
    close: Doc<'a>,
    comma: bool,
    head: Doc<'a>,
    body: Doc<'a>,
) -> Doc<'a> {
    let commented = matches!(items.as_slice(), [.., Doc::Nil, _]);
    let others = &items[1..items.len().saturating_sub(1)];
    if commented || head.is_hard() || others.iter().any(Doc::is_hard) {
        return list_doc(ListKind::PARENS, items, close, comma);
    }
    let mut front = vec![items[0].clone()];
    for other in others {
        front.extend([other.clone(), Doc::Text(","), Doc::Space]);
    }
    front.push(head);
    let front = concat(front);
    let flat = concat([front.clone(), body.clone(), close.clone()]);
    let forced = match body {
        Doc::Group(inner, _) => Doc::Group(inner, true),
        other => hugged_at_end(&other).unwrap_or(other),
    };
    let hugged = concat([front, forced, close.clone()]);
    Doc::Choice([flat, hugged, list_doc(ListKind::PARENS, items, close, comma)].into())
}

/// A call, or a chain that ends with one, with the last argument of that call broken, if it hugs its parentheses.
fn hugged_at_end<'a>(doc: &Doc<'a>) -> Option<Doc<'a>> {
    match doc {
        Doc::Choice(docs) => match &**docs {
            [_, hugged, _] => Some(hugged.clone()),
            [flat, _] => hugged_at_end(flat),
            _ => None,
        },
        Doc::Concat(docs, _) => {
            let (last, front) = docs.split_last()?;
            let last = hugged_at_end(last)?;
            Some(concat(front.iter().cloned().chain([last]).collect::<Vec<_>>()))
        }
        _ => None,
    }
}

/// Whether the last argument of a call may start on the line of the call and end on that of its `)`.
fn can_hug(expr: &Expr, alone: bool) -> bool {
    match &expr.kind {
        ExprKind::Closure { body, .. } => matches!(body.kind, ExprKind::Block(_) | ExprKind::Match { .. }),
        // Only what breaks at its end: else it would depend on line ends inside of it, which a second look finds.
        ExprKind::Call { args, .. } => {
            alone && args.last().is_some_and(|arg| can_hug(&arg.expr, args.len() == 1))
        }
        ExprKind::StructLit { .. } | ExprKind::Array(_) | ExprKind::Block(_) | ExprKind::Match { .. } => true,
        _ => false,
    }
}

/// Elements of which several share a line.
fn is_short(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Unary { operand, .. } => is_short(operand),
        ExprKind::Str(_) => expr.span.hi - expr.span.lo <= 20,
        ExprKind::Int { .. } | ExprKind::Float { .. } | ExprKind::Char(_) | ExprKind::Bool(_) => true,
        _ => false,
    }
}

/// Whether an expression has lines of its own to break, so that it starts on the line of its sign.
fn breaks_inside(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Binary { .. }
        | ExprKind::Range { .. }
        | ExprKind::Cast { .. }
        | ExprKind::Is { .. }
        | ExprKind::Name { .. }
        | ExprKind::Str(_)
        | ExprKind::Int { .. }
        | ExprKind::Float { .. }
        | ExprKind::SelfValue
        | ExprKind::SelfType => false,
        ExprKind::Interp(_) => true,
        ExprKind::Field { base, .. } | ExprKind::TupleField { base, .. } | ExprKind::Deref(base) => {
            breaks_inside(base)
        }
        ExprKind::Unary { operand, .. } => breaks_inside(operand),
        _ => true,
    }
}

/// Operators of one level form one chain.
fn level(op: BinOp) -> u8 {
    match op {
        BinOp::Or => 0,
        BinOp::And => 1,
        BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => 2,
        BinOp::BitOr => 3,
        BinOp::BitXor => 4,
        BinOp::BitAnd => 5,
        BinOp::Shl | BinOp::Shr => 6,
        BinOp::Add | BinOp::Sub | BinOp::WrapAdd | BinOp::WrapSub => 7,
        BinOp::Mul | BinOp::Div | BinOp::Rem | BinOp::WrapMul => 8,
        BinOp::Pow => 9,
    }
}
