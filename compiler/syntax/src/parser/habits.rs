//! Operators, closures and bindings as other languages write them, inside of expressions. See also `hints`.

use super::Parser;
use super::exprs::{error_expr, prec};
use crate::ast::*;
use crate::codes;
use crate::diag::Diagnostic;
use crate::span::Span;
use crate::token::T;
use smallvec::smallvec;

/// How far the end of a closure's parameters is looked for.
const MAX_PARAMS: usize = 1024;

/// How far the `:` of `c ? a : b` is looked for.
const MAX_CONDITIONAL: usize = 64;

const ORDER_OF_ARGUMENTS: &str = "they stand in the order of the parameters";

impl Parser<'_> {
    /// `===`, `!==`, `<>`, `=<` and `<<<`: reported, then taken for the operator that is meant.
    pub(super) fn foreign_comparison(&mut self) {
        let next = self.nth_tok(1);
        let (kind, says) = match (self.kind(), next.kind) {
            (T::EqEq, T::Eq) => (T::EqEq, "the operator is written `==`"),
            (T::NotEq, T::Eq) => (T::NotEq, "the operator is written `!=`"),
            (T::Lt, T::Gt) => (T::NotEq, "unequal is written `!=`"),
            (T::Eq, T::Lt) => (T::LtEq, "the operator is written `<=`"),
            (T::Shl, T::Lt) => (T::Shl, "the operator is written `<<`"),
            _ => return,
        };
        if next.lo != self.tok().hi {
            return;
        }
        let span = Span::new(self.tok().lo, next.hi);
        let diag = Diagnostic::error(codes::FOREIGN_OPERATOR, span, says);
        self.fault(diag.fix(format!("write `{}`", kind.text()), span, kind.text()));
        self.bump();
        self.retag(kind);
    }

    pub(super) fn at_string(&self) -> bool {
        use T::{MultiStr, MultiStrOpen, RawStr, Str, StrOpen};
        matches!(self.kind(), Str | StrOpen | RawStr | MultiStr | MultiStrOpen)
    }

    /// `f"…"`, behind the letter: reported, then taken for the string.
    pub(super) fn prefixed_string(&mut self, letter: Span) -> Expr {
        let text = self.source(letter);
        let message = format!("strings have no prefix `{text}`");
        let note = match text {
            "b" | "c" => "`\"…\".bytes()` gives the bytes of a string",
            _ => "every string may have holes: `\"{x}\"`",
        };
        let diag = Diagnostic::error(codes::UNEXPECTED_TOKEN, letter, message);
        self.fault(diag.note(note).fix("remove it", letter, ""));
        self.primary()
    }

    /// `[h | t]`, which would be two names for one element: reported.
    pub(super) fn head_and_tail(&mut self, elems: &[Pat]) -> bool {
        let [Pat { kind: PatKind::Or(alternatives), span }] = elems else { return false };
        let [
            Pat { kind: PatKind::Binding { .. }, span: head },
            Pat { kind: PatKind::Binding { .. }, span: tail },
        ] = alternatives.as_slice()
        else {
            return false;
        };
        let (head, tail) = (self.source(*head), self.source(*tail));
        if head == tail {
            return false;
        }
        let fixed = format!("{head}, ..{tail}");
        let message = "`|` stands between alternatives; the rest of an array is bound behind `..`";
        let diag = Diagnostic::error(codes::EXPECTED_PATTERN, *span, message);
        self.report(diag.fix_likely(format!("write `[{fixed}]`"), *span, fixed));
        true
    }

    /// `for k, v in …`, behind the first pattern.
    pub(super) fn bare_tuple(&mut self, first: Pat) -> Pat {
        let start = first.span;
        let mut pats = vec![first];
        while self.eat(T::Comma) {
            pats.push(self.pat(false));
        }
        let span = self.since(start);
        let diag =
            Diagnostic::error(codes::UNEXPECTED_TOKEN, span, "the pattern of a tuple stands in parentheses");
        let edits = vec![(start.before(), "(".to_string()), (span.after(), ")".to_string())];
        self.report(diag.fix_edits("write the parentheses", edits));
        Pat { kind: PatKind::Tuple(pats), span }
    }

    /// `Array[T]` and `T[]`, behind the name: reported, then taken for `Array<T>`.
    pub(super) fn bracketed_args(&mut self, mut path: Path) -> Path {
        let open = self.bump().span();
        let name = self.source(path.span).to_string();
        let mut args = Vec::new();
        self.nested(false, |p| {
            p.list(open, T::RBracket, |p| {
                let before = p.pos;
                args.push(p.ty());
                p.pos > before
            });
        });
        let (span, whole) = (self.since(open), self.since(path.span));
        let close = self.prev().span();
        if args.len() == 1 && name.eq_ignore_ascii_case("map") && self.at_value_of_map(close) {
            return self.map_of_brackets(path, args, open);
        }
        let (fixed, edits) = match args.is_empty() {
            true => {
                let before = (path.span.before(), "Array<".to_string());
                (format!("Array<{name}>"), vec![before, (span, ">".to_string())])
            }
            false => {
                let texts: Vec<&str> = args.iter().map(|arg| self.source(arg.span)).collect();
                let edits = vec![(open, "<".to_string()), (close, ">".to_string())];
                (format!("{name}<{}>", texts.join(", ")), edits)
            }
        };
        let message = "the arguments of a type stand in `<` and `>`";
        let diag = Diagnostic::error(codes::EXPECTED_TYPE, span, message);
        self.report(diag.fix_edits_likely(format!("write `{fixed}`"), edits));
        if args.is_empty() {
            args.push(Type { span: path.span, kind: TypeKind::Path(path) });
            let ident = Ident { name: self.interner.intern("Array"), span };
            path = Path { segments: smallvec![PathSegment { ident, args: None }], span: whole };
        }
        if let Some(last) = path.segments.last_mut() {
            last.args = Some(Box::new(GenericArgs { args, bindings: Vec::new(), span }));
        }
        Path { span: whole, ..path }
    }

    /// `let p = e` behind `&&`, as a test with `is`.
    pub(super) fn let_operand(&mut self) -> Expr {
        let start = self.bump().span();
        let pat = Box::new(self.pat(false));
        if !self.eat(T::Eq) {
            self.expected(codes::UNEXPECTED_TOKEN, "`=` and the value to match");
            return error_expr(start);
        }
        let expr = Box::new(self.expr_above(prec::COMPARE + 1));
        let span = self.since(start);
        let fixed = format!("{} is {}", self.source(expr.span), self.source(pat.span));
        let diag = Diagnostic::error(codes::LET_CHAIN, span, "`let` in a condition stands alone")
            .note("`is` tests and binds: `e is Some(x) && x > 1`");
        self.report(diag.fix_likely("test with `is`", span, fixed));
        Expr { kind: ExprKind::Is { expr, pat }, span }
    }

    /// Whether `??` with a value behind it starts here. Two `?` alone pass on two errors.
    pub(super) fn at_coalescing(&self) -> bool {
        let (second, value) = (self.nth_tok(1), self.nth_tok(2));
        second.kind == T::Question
            && second.lo == self.tok().hi
            && !value.nl
            && (starts_operand(value.kind) || value.kind == T::LBracket && value.lo > second.hi)
    }

    pub(super) fn coalescing(&mut self, expr: &mut Expr) {
        let start = expr.span;
        let op = Span::new(self.tok().lo, self.nth_tok(1).hi);
        self.bump();
        self.bump();
        let rhs = self.expr_above(prec::OR);
        let gap = Span::new(start.hi, rhs.span.lo);
        let diag = Diagnostic::error(codes::FOREIGN_OPERATOR, op, "`x ?? y` is written `x.unwrap_or(y)`");
        let edits = vec![(gap, ".unwrap_or(".to_string()), (rhs.span.after(), ")".to_string())];
        self.fault(diag.fix_edits_likely("write `unwrap_or`", edits));
        *expr = error_expr(start.to(rhs.span));
    }

    /// Whether a `?` starts `? a : b`.
    pub(super) fn at_conditional(&self) -> bool {
        let value = self.nth_tok(1);
        if value.nl || !starts_operand(value.kind) && value.kind != T::Minus {
            return false;
        }
        let mut depth = 0usize;
        for idx in 1..MAX_CONDITIONAL {
            let token = self.nth_tok(idx);
            match token.kind {
                _ if token.nl => return false,
                T::LParen | T::LBracket | T::LBrace | T::HoleOpen => depth += 1,
                T::RParen | T::RBracket | T::RBrace | T::HoleClose if depth == 0 => return false,
                T::RParen | T::RBracket | T::RBrace | T::HoleClose => depth -= 1,
                T::Colon if depth == 0 => return true,
                T::Comma | T::Semi | T::Eof if depth == 0 => return false,
                _ => {}
            }
        }
        false
    }

    pub(super) fn conditional(&mut self, expr: &mut Expr) {
        let span = self.bump().span();
        let diag = Diagnostic::error(
            codes::FOREIGN_OPERATOR,
            span,
            "`c ? a : b` is written `if c { a } else { b }`",
        );
        self.report(diag);
        self.expr();
        if self.eat(T::Colon) {
            self.expr();
        }
        *expr = error_expr(self.since(expr.span));
    }

    /// `node->value`: the token becomes a `.`.
    pub(super) fn member_arrow(&mut self) {
        let span = self.span();
        let diag = Diagnostic::error(codes::FOREIGN_OPERATOR, span, "members are reached by `.`");
        self.fault(diag.fix("write `.`", span, "."));
        self.retag(T::Dot);
    }

    pub(super) fn at_named_argument(&self, ahead: usize) -> bool {
        let name = self.nth_tok(ahead);
        name.kind.is_word() && self.nth(ahead + 1) == T::Colon && !super::is_upper(self.text(name))
    }

    /// `f(x: 1, y: 2)`, at the parenthesis: the names are reported once, and go. Whether they are those of the parameters,
    /// in their order, is not known here. What begins with a capital may be a struct, whose value is written in another way.
    pub(super) fn named_arguments(&mut self) -> bool {
        let (mut depth, mut starts, mut names) = (0usize, true, Vec::new());
        for idx in 1.. {
            let token = self.nth_tok(idx);
            if depth == 0 && starts && self.at_named_argument(idx) {
                names.push(Span::new(token.lo, self.nth_tok(idx + 2).lo));
            }
            starts = depth == 0 && token.kind == T::Comma;
            match token.kind {
                T::LParen | T::LBracket | T::LBrace | T::HoleOpen => depth += 1,
                T::RParen | T::RBracket | T::RBrace | T::HoleClose if depth == 0 => break,
                T::RParen | T::RBracket | T::RBrace | T::HoleClose => depth -= 1,
                T::Eof => break,
                _ => {}
            }
        }
        let callee = self.prev();
        let span = Span::new(self.nth_tok(1).lo, self.nth_tok(2).hi);
        let diag = Diagnostic::error(codes::NAMED_ARGUMENT, span, "arguments are passed by position");
        let edits = names.into_iter().map(|name| (name, String::new())).collect();
        let note = match super::is_upper(self.text(callee)) {
            true => format!("a value of a struct is written `{} {{ x: 1, y: 2 }}`", self.text(callee)),
            false => ORDER_OF_ARGUMENTS.to_string(),
        };
        self.aside(diag.note(note).fix_edits_likely("leave out the names", edits));
        true
    }

    /// `f(1, x: 2)`, at the name.
    pub(super) fn named_argument(&mut self) {
        let span = Span::new(self.span().lo, self.nth_tok(1).hi);
        let diag = Diagnostic::error(codes::NAMED_ARGUMENT, span, "arguments are passed by position");
        let name = Span::new(span.lo, self.nth_tok(2).lo);
        self.aside(diag.note(ORDER_OF_ARGUMENTS).fix_likely("leave out the name", name, ""));
    }

    /// `f(x: T)` where `x` is a value, at the `:`: reported and passed over.
    pub(super) fn type_of_argument(&mut self) {
        let message = "an argument is written without its type";
        let diag = Diagnostic::error(codes::UNEXPECTED_TOKEN, self.span(), message);
        self.fault(diag.note("`let x: T = …` before the call gives a value its type"));
        self.bump();
        self.ty();
    }

    /// `x = value` as an argument: the name goes.
    pub(super) fn assigned_argument(&mut self) {
        let span = Span::new(self.span().lo, self.nth_tok(1).hi);
        let diag = Diagnostic::error(codes::NAMED_ARGUMENT, span, "arguments are passed by position");
        let name = Span::new(span.lo, self.nth_tok(2).lo);
        self.fault(
            diag.fix_likely("leave out the name", name, "")
                .note("an assignment is a statement; comparing is written `==`"),
        );
        self.bump();
        self.bump();
    }

    /// `x => e`, `x -> e`, `(x, y) => e` and `lambda x: e`: reported, then taken for a closure.
    pub(super) fn foreign_closure(&mut self) -> Option<Expr> {
        let start = self.span();
        let (first, last, sign) = self.foreign_closure_head()?;
        let names = match last >= first {
            true => self.source(Span::new(self.nth_tok(first).lo, self.nth_tok(last).hi)),
            false => "",
        };
        let head = Span::new(start.lo, self.nth_tok(sign).hi);
        let fixed = format!("|{names}|");
        let code = match self.at_text("lambda") {
            true => codes::FOREIGN_KEYWORD,
            false => codes::FOREIGN_OPERATOR,
        };
        let diag = Diagnostic::error(code, head, format!("a closure is written `{fixed} …`"));
        self.fault(diag.fix(format!("write `{fixed}`"), head, fixed));
        let mut params = Vec::new();
        for idx in 0..=sign {
            let is_param = (first..=last).contains(&idx) && last >= first && self.kind().is_name();
            match is_param {
                true => {
                    let pat = self.pat_single();
                    params.push(ClosureParam { pat, is_mut: false, ty: None });
                }
                false => {
                    self.bump();
                }
            }
        }
        let body = Box::new(self.arm_body());
        Some(Expr { kind: ExprKind::Closure { params, ret: None, body }, span: self.since(start) })
    }

    /// How far ahead the first and last name of such a closure stand, and the sign behind them.
    fn foreign_closure_head(&self) -> Option<(usize, usize, usize)> {
        let arrow = |idx: usize| matches!(self.nth(idx), T::FatArrow | T::Arrow) && !self.nth_tok(idx).nl;
        if self.kind() == T::Ident && arrow(1) && self.nth_tok(1).lo > self.tok().hi {
            return Some((0, 0, 1));
        }
        let lambda = self.at_text("lambda");
        if !lambda && !self.at(T::LParen) {
            return None;
        }
        let mut idx = 1;
        while self.nth(idx) == T::Ident && self.nth(idx + 1) == T::Comma {
            idx += 2;
        }
        if self.nth(idx) == T::Ident {
            idx += 1;
        }
        match lambda {
            true => (self.nth(idx) == T::Colon).then_some((1, idx - 1, idx)),
            false => (self.nth(idx) == T::RParen && arrow(idx + 1)).then_some((1, idx - 1, idx + 1)),
        }
    }

    /// Whether a keyword stands here that was reported as the name of a variable, or that names a function, and can only
    /// be that.
    #[inline]
    pub(super) fn at_keyword_name(&self) -> bool {
        (self.at(T::Reserved) || !self.keyword_names.is_empty()) && self.is_keyword_name()
    }

    fn is_keyword_name(&self) -> bool {
        let next = self.nth_tok(1);
        if self.at(T::Reserved) && next.kind == T::LParen {
            return self.reserved_fn;
        }
        self.keyword_names.contains(&self.kind())
            && (next.nl
                || matches!(next.kind, T::Dot | T::Comma | T::RParen | T::RBracket | T::HoleClose | T::Eof)
                || matches!(next.kind, T::RBrace | T::EqEq | T::Eq | T::Plus | T::PlusEq))
    }

    /// Whether a `|` at the start of a line has no partner, on it or behind what goes on in the next lines.
    pub(super) fn at_lone_bar(&self) -> bool {
        if !self.tok().nl || self.pos != self.start_of || matches!(self.prev().kind, T::LBrace | T::Semi) {
            return false;
        }
        let mut depth = 0usize;
        for idx in 1..MAX_PARAMS {
            let token = self.nth_tok(idx);
            if token.nl && depth == 0 && self.nth(idx - 1) != T::Comma {
                return true;
            }
            match token.kind {
                T::Or | T::OrOr if depth == 0 => return false,
                T::LParen | T::LBracket | T::LBrace => depth += 1,
                T::RParen | T::RBracket | T::RBrace if depth == 0 => return true,
                T::RParen | T::RBracket | T::RBrace => depth -= 1,
                T::Eof => return true,
                _ => {}
            }
        }
        false
    }

    pub(super) fn lone_bar(&mut self) -> Expr {
        let span = self.span();
        self.fault(super::hints::operator_at_line_start(span));
        self.bump();
        if self.kind().starts_expr() { self.prefixed(span) } else { error_expr(span) }
    }

    /// `[e for x in xs]`; behind the first element.
    pub(super) fn comprehension(&mut self, open: Span) -> bool {
        if !self.at(T::KwFor) || self.tok().nl {
            return false;
        }
        let span = self.span();
        let diag = Diagnostic::error(codes::UNEXPECTED_TOKEN, span, "an array has no `for` inside");
        self.fault(
            diag.note(
                "write `xs.map(|x| …)` and collect, or push in a loop: `(1..4).map(|n| n * n).collect()`",
            ),
        );
        while !matches!(self.kind(), T::RBracket | T::Eof | T::RBrace | T::HoleClose) {
            self.skip_tree();
        }
        if !self.eat(T::RBracket) {
            self.unclosed(open, T::RBracket);
        }
        true
    }
}

/// Whether an operand starts with this token that nothing before it can take in.
fn starts_operand(kind: T) -> bool {
    kind.starts_expr()
        && !matches!(
            kind,
            T::LParen
                | T::LBracket
                | T::LBrace
                | T::Minus
                | T::Not
                | T::Or
                | T::OrOr
                | T::DotDot
                | T::DotDotEq
        )
        && !matches!(kind, T::Error | T::KwAsync | T::KwAwait | T::Tilde)
}
