//! Declarations, types, conditions and arms as other languages write them: named, and taken for what was meant or
//! passed over. See also `hints` and `habits`.

use super::control::first_operand;
use super::exprs::error_expr;
use super::{Parser, is_upper};
use crate::ast::*;
use crate::codes;
use crate::diag::Diagnostic;
use crate::span::Span;
use crate::token::T;
use smallvec::smallvec;

/// How far the end of a pattern without `let` is looked for.
const MAX_PATTERN: usize = 64;

/// How far the end of a macro's or function's arguments is looked for.
const MAX_ARGS: usize = 256;

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

    /// `for i, v := range xs`
    pub(super) fn at_range_loop(&self) -> bool {
        let mut idx = 0;
        while self.nth(idx).is_name() && self.nth(idx + 1) == T::Comma {
            idx += 2;
        }
        let range = self.nth_tok(idx + 3);
        let is_range = range.kind == T::Ident && self.text(range) == "range";
        self.nth(idx).is_name() && self.nth(idx + 1) == T::Colon && self.nth(idx + 2) == T::Eq && is_range
    }

    pub(super) fn range_loop(&mut self) -> (Pat, Expr) {
        let start = self.span();
        let first = self.pat(false);
        let mut pats = vec![first];
        while self.eat(T::Comma) {
            pats.push(self.pat(false));
        }
        let sign = self.span();
        for _ in 0..3 {
            self.bump();
        }
        let pat_span = start.to(pats.last().map_or(start, |pat| pat.span));
        let names = self.source(pat_span).to_string();
        let xs = self.expr();
        let text = self.source(xs.span);
        let simple = matches!(xs.kind, ExprKind::Name { .. } | ExprKind::Field { .. } | ExprKind::Array(_));
        let diag = Diagnostic::error(codes::UNEXPECTED_TOKEN, sign, "a loop is written `for x in xs`");
        let diag = diag.note("`xs.iter().enumerate()` counts the elements: `for (i, x) in …`");
        self.report(match pats.len() {
            2 if simple => {
                let fixed = format!("({names}) in {text}.iter().enumerate()");
                diag.fix_likely("count the elements", start.to(xs.span), fixed)
            }
            _ => diag,
        });
        let span = self.since(start);
        (Pat { kind: PatKind::Error, span: pat_span }, error_expr(span))
    }

    /// `outer: for …`
    pub(super) fn at_bare_label(&self) -> bool {
        self.nth(1) == T::Colon
            && matches!(self.nth(2), T::KwFor | T::KwWhile | T::KwLoop)
            && !self.nth_tok(1).nl
    }

    pub(super) fn bare_label(&mut self) -> Expr {
        let name = self.bump().span();
        let text = self.source(name).to_string();
        let diag = Diagnostic::error(codes::UNEXPECTED_TOKEN, name, "a label begins with `'`");
        let note = format!("`break '{text}` leaves the loop");
        self.fault(diag.note(note).fix_likely("write the `'`", name.before(), "'"));
        self.bump();
        self.control()
    }

    /// `case 1 => …`
    pub(super) fn at_case(&self) -> bool {
        let next = self.nth_tok(1);
        let goes_on =
            next.kind.is_word() || matches!(next.kind, T::Int | T::Str | T::Char | T::Float | T::Minus);
        self.at_text("case") && goes_on && !next.nl && next.kind != T::KwWhen && next.kind != T::KwIf
    }

    /// Reported for all arms of the `match` at once.
    pub(super) fn case(&mut self) {
        if self.pos >= self.told_until {
            let (mut depth, mut edits, mut ahead) = (0usize, Vec::new(), 0);
            loop {
                let token = self.nth_tok(ahead);
                match token.kind {
                    T::LParen | T::LBracket | T::LBrace | T::HoleOpen => depth += 1,
                    T::RParen | T::RBracket | T::RBrace | T::HoleClose if depth == 0 => break,
                    T::RParen | T::RBracket | T::RBrace | T::HoleClose => depth -= 1,
                    T::Eof => break,
                    _ if (token.nl || ahead == 0) && self.text(token) == "case" => {
                        edits.push((Span::new(token.lo, self.nth_tok(ahead + 1).lo), String::new()));
                    }
                    _ => {}
                }
                ahead += 1;
            }
            let message = "an arm begins with its pattern, without `case`";
            let diag = Diagnostic::error(codes::FOREIGN_KEYWORD, self.span(), message);
            self.fault(diag.fix_edits("remove it", edits));
            self.told_until = self.pos + ahead;
        }
        self.bump();
    }

    // ------------------------------------------------------------ declarations

    /// `Int x` where a parameter should be, so many tokens ahead.
    pub(super) fn at_typed_param(&self, ahead: usize) -> bool {
        self.typed_param_name(ahead).is_some()
    }

    /// Where the name stands behind its type.
    fn typed_param_name(&self, ahead: usize) -> Option<usize> {
        let at = self.behind_type(ahead)?;
        let name = self.nth_tok(at);
        let ends = matches!(self.nth(at + 1), T::Comma | T::RParen);
        (name.kind.is_name() && !is_upper(self.text(name)) && ends).then_some(at)
    }

    /// What follows `T`, `T?` or `T<A, B>`.
    fn behind_type(&self, ahead: usize) -> Option<usize> {
        let name = self.nth_tok(ahead);
        if name.kind != T::Ident || !is_upper(self.text(name)) {
            return None;
        }
        let (mut at, mut depth) = (ahead + 1, 0);
        while at < ahead + MAX_ARGS {
            match self.nth(at) {
                T::Lt => depth += 1,
                T::Gt if depth > 0 => depth -= 1,
                T::Shr if depth > 1 => depth -= 2,
                T::Question => {}
                T::Ident | T::Comma | T::Dot if depth > 0 => {}
                _ if depth == 0 => return Some(at),
                _ => return None,
            }
            at += 1;
        }
        None
    }

    /// Reported for all parameters that follow at once.
    pub(super) fn typed_param(&mut self, is_mut: bool) -> Param {
        let start = self.span();
        if self.pos >= self.told_until {
            let (mut edits, mut ahead, mut first) = (Vec::new(), 0, start);
            while let Some(at) = self.typed_param_name(ahead) {
                let (from, to, name) =
                    (self.nth_tok(ahead).span(), self.nth_tok(at - 1).span(), self.nth_tok(at));
                let fixed = format!("{}: {}", self.text(name), self.source(from.to(to)));
                edits.push((from.to(name.span()), fixed));
                if ahead == 0 {
                    first = from.to(name.span());
                }
                ahead = at + 2;
            }
            let message = "the type of a parameter stands behind its name: `x: T`";
            self.fault(
                Diagnostic::error(codes::MISSING_TYPE, first, message).fix_edits("turn them around", edits),
            );
            self.told_until = self.pos + ahead;
        }
        let ty = self.ty();
        let name = self.bump_ident();
        let pat = Pat { kind: PatKind::Binding { name, is_mut: false, sub: None }, span: name.span };
        Param { kind: ParamKind::Normal { pat, ty }, is_mut, span: self.since(start) }
    }

    /// `x?: T`
    pub(super) fn optional_param(&mut self, is_mut: bool) -> Param {
        let start = self.span();
        let pat = self.pat_single();
        let sign = self.bump().span();
        self.bump();
        let ty = self.ty();
        let diag =
            Diagnostic::error(codes::UNEXPECTED_TOKEN, sign, "a value that may be missing has a type `T?`");
        let edits = vec![(sign, String::new()), (ty.span.after(), "?".to_string())];
        self.report(
            diag.note("its argument is written: `Some(x)` or `None`").fix_edits_likely("move it", edits),
        );
        Param { kind: ParamKind::Normal { pat, ty }, is_mut, span: self.since(start) }
    }

    /// `let Int x = …`, behind the `let`.
    pub(super) fn at_type_before_name(&self) -> bool {
        let (ty, name) = (self.tok(), self.nth_tok(1));
        let is_type = ty.kind == T::Ident && is_upper(self.text(ty));
        let is_name = name.kind.is_name() && !is_upper(self.text(name)) && !name.nl;
        is_type && is_name && self.nth(2) == T::Eq
    }

    pub(super) fn typed_name(&mut self) -> Pat {
        let ty = self.bump().span();
        let name = self.bump_ident();
        let span = ty.to(name.span);
        let fixed = format!("{}: {}", self.source(name.span), self.source(ty));
        let message = "the type of a variable stands behind its name: `let x: T = …`";
        let diag = Diagnostic::error(codes::UNEXPECTED_TOKEN, span, message);
        self.report(diag.fix_likely("turn them around", span, fixed));
        Pat { kind: PatKind::Binding { name, is_mut: false, sub: None }, span: name.span }
    }

    /// `def f(x):` with a body that is indented.
    pub(super) fn at_indented_fn(&self) -> bool {
        if !matches!(self.text(self.tok()), "def" | "fun" | "func" | "function")
            || !self.nth(1).is_word()
            || self.nth(2) != T::LParen
        {
            return false;
        }
        let line = (3..MAX_ARGS).take_while(|idx| !self.nth_tok(*idx).nl && self.nth(*idx) != T::Eof);
        line.last().is_some_and(|last| self.nth(last) == T::Colon)
    }

    pub(super) fn indented_fn(&mut self) {
        let start = self.tok();
        let message = "a function begins with `fn`, and its body stands in braces";
        let diag = Diagnostic::error(codes::FOREIGN_KEYWORD, start.span(), message);
        self.fault(diag.note("write `fn f(x: T) -> R { … }`; the types are part of it"));
        self.bump();
        let outer = self.indent(start.lo);
        while !self.at(T::Eof) {
            if self.tok().nl && self.indent(self.tok().lo) <= outer {
                break;
            }
            self.bump();
        }
    }

    // ------------------------------------------------------------ types

    /// `[]T`, behind the `[`.
    pub(super) fn array_of_brackets(&mut self, open: Span) -> TypeKind {
        self.bump();
        let gap = open.to(self.prev().span());
        let elem = self.ty();
        let fixed = format!("Array<{}>", self.source(elem.span));
        let diag = Diagnostic::error(codes::EXPECTED_TYPE, gap, "the type of an array is `Array<T>`");
        let span = gap.to(elem.span);
        self.report(diag.fix_likely(format!("write `{fixed}`"), span, fixed));
        TypeKind::Error
    }

    /// Whether the type of a map's values follows `map[K]`.
    pub(super) fn at_value_of_map(&self, close: Span) -> bool {
        self.kind().is_name() && self.tok().lo == close.hi
    }

    /// `map[K]V`, behind the bracket.
    pub(super) fn map_of_brackets(&mut self, path: Path, args: Vec<Type>, open: Span) -> Path {
        let value = self.ty();
        let key = args.first().map_or("", |key| self.source(key.span));
        let fixed = format!("Map<{key}, {}>", self.source(value.span));
        let span = path.span.to(value.span);
        let message = "the arguments of a type stand in `<` and `>`";
        let diag = Diagnostic::error(codes::EXPECTED_TYPE, open, message);
        self.report(diag.fix_likely(format!("write `{fixed}`"), span, fixed));
        let ident = Ident { name: self.interner.intern("Map"), span: path.span };
        let args = args.into_iter().chain([value]).collect();
        let args = Some(Box::new(GenericArgs { args, bindings: Vec::new(), span }));
        Path { segments: smallvec![PathSegment { ident, args }], span }
    }

    /// `T | null`, behind the type.
    pub(super) fn at_or_null(&self) -> bool {
        let word = self.nth_tok(1);
        let is_null = matches!(self.text(word), "null" | "nil" | "undefined");
        let ends = matches!(self.nth(2), T::RParen | T::Comma | T::Eq | T::LBrace | T::RBrace | T::Gt);
        self.at(T::Or) && word.kind == T::Ident && is_null && (ends || self.nth_tok(2).nl)
    }

    pub(super) fn or_null(&mut self, ty: Type) -> Type {
        let sign = self.bump().span();
        let word = self.bump().span();
        let diag =
            Diagnostic::error(codes::NULL, sign.to(word), "a value that may be missing has a type `T?`");
        let gap = Span::new(ty.span.hi, word.hi);
        self.report(diag.note("its values are `Some(x)` and `None`").fix_likely("write `?`", gap, "?"));
        let span = ty.span.to(word);
        Type { kind: TypeKind::Optional(Box::new(ty)), span }
    }

    // ------------------------------------------------------------ values

    /// Signs behind the `..` of a range: `0..<5`, `0...5`.
    pub(super) fn foreign_range(&mut self, op_span: Span) {
        let sign = self.tok();
        if sign.lo != op_span.hi || self.source(op_span) != ".." {
            return;
        }
        let both = op_span.to(sign.span());
        let diag = match sign.kind {
            T::Lt if self.nth(1).starts_expr() => {
                let message = "a range is without its end: `0..5`";
                Diagnostic::error(codes::FOREIGN_OPERATOR, both, message).fix("write `..`", both, "..")
            }
            T::Dot if self.nth(1).starts_expr() => {
                let message = "a range is written `0..5`, or `0..=5` with its end";
                Diagnostic::error(codes::FOREIGN_OPERATOR, both, message).fix_likely(
                    "write `..=`",
                    both,
                    "..=",
                )
            }
            _ => return,
        };
        self.fault(diag);
        self.bump();
    }

    /// `f(&mut x)`: the sign goes.
    pub(super) fn reference_argument(&mut self) {
        let span = self.span();
        let message = "an argument that is changed is marked `mut`, without `&`";
        let diag = Diagnostic::error(codes::FOREIGN_OPERATOR, span, message);
        self.fault(diag.fix("remove it", Span::new(span.lo, self.nth_tok(1).lo), ""));
        self.bump();
    }

    pub(super) fn at_vec(&self) -> bool {
        let (sign, open) = (self.nth_tok(1), self.nth_tok(2));
        let touch = sign.lo == self.tok().hi && open.lo == sign.hi;
        self.at_text("vec") && sign.kind == T::Not && open.kind == T::LBracket && touch
    }

    /// `vec![1, 2]`
    pub(super) fn vec_literal(&mut self) -> Expr {
        let span = self.span().to(self.nth_tok(1).span());
        let diag = Diagnostic::error(codes::FOREIGN_OPERATOR, span, "an array is written `[1, 2]`");
        self.fault(diag.fix("leave out `vec!`", span, ""));
        self.bump();
        self.bump();
        self.primary()
    }

    /// `x!` behind a value, with nothing that it could negate.
    pub(super) fn at_unwrapping(&self) -> bool {
        let next = self.nth_tok(1);
        next.nl || !next.kind.starts_expr()
    }

    pub(super) fn unwrapping(&mut self) {
        let span = self.bump().span();
        let message = "there is no `!` behind a value";
        let diag = Diagnostic::error(codes::FOREIGN_OPERATOR, span, message)
            .note("`unwrap()` takes what is there, or panics; `unwrap_or(x)` has another value for `None`");
        self.report(diag.fix_likely("write `.unwrap()`", span, ".unwrap()"));
    }

    /// Whether a string with an empty hole stands in the parentheses behind the next token.
    pub(super) fn has_empty_hole(&self) -> bool {
        let mut depth = 0usize;
        for idx in 1..MAX_ARGS {
            match self.nth(idx) {
                T::LParen | T::LBracket | T::LBrace => depth += 1,
                T::RParen | T::RBracket | T::RBrace if depth <= 1 => return false,
                T::RParen | T::RBracket | T::RBrace => depth -= 1,
                T::HoleOpen if matches!(self.nth(idx + 1), T::HoleClose | T::HoleSpec) => return true,
                T::Eof => return false,
                _ => {}
            }
        }
        false
    }

    /// How many arguments stand in the parentheses behind the next token, as far as they are looked at.
    pub(super) fn n_arguments(&self) -> Option<usize> {
        let (mut depth, mut n) = (0usize, 0);
        for idx in 2..MAX_ARGS {
            match self.nth(idx) {
                T::RParen if depth == 0 => return Some(n + usize::from(self.nth(idx - 1) != T::LParen)),
                T::LParen | T::LBracket | T::LBrace | T::HoleOpen => depth += 1,
                T::RParen | T::RBracket | T::RBrace | T::HoleClose => depth = depth.checked_sub(1)?,
                // One at the end separates nothing.
                T::Comma if depth == 0 && self.nth(idx + 1) != T::RParen => n += 1,
                T::Eof => return None,
                _ => {}
            }
        }
        None
    }

    /// `"… {}", value)`, in the only hole of a string: how the value gets into the hole, if it is simple.
    pub(super) fn values_behind(&self) -> Option<Option<Vec<(Span, String)>>> {
        let mut idx = usize::from(self.at(T::HoleSpec)) + 1;
        while !matches!(self.nth(idx), T::StrClose | T::Eof) {
            idx += 1;
        }
        if self.nth(idx) != T::StrClose || self.nth(idx + 1) != T::Comma {
            return None;
        }
        let (close, value) = (self.nth_tok(idx), self.nth_tok(idx + 2));
        let first = self.pos.checked_sub(2).map(|at| self.tokens[at].kind);
        let second = self.pos.checked_sub(3).map(|at| self.tokens[at].kind);
        let is_first = first == Some(T::StrOpen) || first == Some(T::StrText) && second == Some(T::StrOpen);
        let is_only = !(1..idx).any(|at| self.nth(at) == T::HoleOpen);
        let is_simple = matches!(value.kind, T::Int | T::Float) || value.kind.is_name();
        if !is_first || !is_only || !is_simple || self.nth(idx + 3) != T::RParen {
            return Some(None);
        }
        let rest = Span::new(close.hi, self.nth_tok(idx + 3).lo);
        Some(Some(vec![(self.span().before(), self.text(value).to_string()), (rest, String::new())]))
    }

    /// Whether it was said of this string that its values stand behind it.
    pub(super) fn is_told_of_holes(&mut self) -> bool {
        let is_told = self.pos < self.told_holes;
        self.faults += usize::from(is_told);
        is_told
    }

    pub(super) fn value_into_hole(&mut self, hole: Span, fix: Option<Vec<(Span, String)>>) {
        self.told_holes = (self.pos..).find(|at| self.tokens[*at].kind == T::StrClose).unwrap_or(self.pos);
        let message = "a value stands in its hole, not behind the text";
        let diag = Diagnostic::error(codes::EMPTY_HOLE, hole, message).note("write `\"{x}\"`");
        self.fault(match fix {
            Some(edits) => diag.fix_edits_likely("put it there", edits),
            None => diag,
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
