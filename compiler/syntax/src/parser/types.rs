//! Types, generic parameters and arguments, `where` clauses.

use super::Parser;
use crate::ast::*;
use crate::codes;
use crate::diag::Diagnostic;
use crate::span::Span;
use crate::token::T;
use smallvec::{SmallVec, smallvec};

impl Parser<'_> {
    /// A type, with its `?`.
    pub(super) fn ty(&mut self) -> Type {
        let start = self.span();
        let mut ty = self.ty_without_optional();
        let mut levels = 0;
        while self.at(T::Question) && !self.stopped {
            self.bump();
            ty = Type { kind: TypeKind::Optional(Box::new(ty)), span: self.since(start) };
            levels += 1;
            if levels > 8 {
                self.stop(Diagnostic::error(
                    codes::NESTING_TOO_DEEP,
                    self.prev().span(),
                    "a type with so many `?`",
                ));
            }
        }
        if self.at_or_null() {
            ty = self.or_null(ty);
        }
        ty
    }

    fn ty_without_optional(&mut self) -> Type {
        let start = self.span();
        let ty = if self.enter() { self.ty_base() } else { error_type(start) };
        self.leave();
        ty
    }

    fn ty_base(&mut self) -> Type {
        let start = self.span();
        let kind = match self.kind() {
            T::LParen => return self.ty_parens(),
            T::LBracket => self.ty_array(),
            T::KwAsync => {
                self.bump();
                self.ty_fn(true)
            }
            T::KwDyn if self.nth(1).is_name() || self.nth(1) == T::LParen => {
                self.bump();
                TypeKind::Dyn(Box::new(self.ty_without_optional()))
            }
            T::Int | T::Float | T::Char | T::Str | T::KwTrue | T::KwFalse | T::Minus => {
                TypeKind::Const(Box::new(self.literal_or_negative()))
            }
            T::Ident if self.at_text("_") => {
                self.bump();
                TypeKind::Infer
            }
            T::Ident if self.nth(1) == T::LParen && self.at_text("Fn") => self.ty_fn(false),
            kind if kind == T::KwSelfType || kind.is_name() => {
                let path = self.ty_path();
                match self.at(T::LBracket) && self.tok().lo == path.span.hi {
                    true => TypeKind::Path(self.bracketed_args(path)),
                    false => TypeKind::Path(path),
                }
            }
            _ => return self.no_type(),
        };
        Type { kind, span: self.since(start) }
    }

    /// Reports that no type is here, with hints for the notations of other languages.
    fn no_type(&mut self) -> Type {
        let start = self.span();
        match self.kind() {
            T::And | T::Star => {
                let sign = self.bump();
                let text = sign.kind.text();
                let message = format!("there is no type `{text}T`: every type is a value");
                let diag = Diagnostic::error(codes::EXPECTED_TYPE, start, message);
                self.report(
                    diag.note("write the type itself; copying a value is cheap, `mut` parameters are in-out"),
                );
                self.eat(T::KwMut);
                self.ty_without_optional()
            }
            T::Question => {
                self.bump();
                let inner = self.ty_without_optional();
                let message = "`?` stands behind the type: `T?`";
                let edits = vec![(start, String::new()), (inner.span.after(), "?".to_string())];
                let diag = Diagnostic::error(codes::EXPECTED_TYPE, start, message);
                self.report(diag.fix_edits("move it", edits));
                let span = start.to(inner.span);
                Type { kind: TypeKind::Optional(Box::new(inner)), span }
            }
            T::KwFn => {
                let diag = Diagnostic::error(
                    codes::EXPECTED_TYPE,
                    start,
                    "the type of a function is written `Fn(A) -> B`",
                );
                self.report(diag.fix("write `Fn`", start, "Fn"));
                let kind = self.ty_fn(false);
                Type { kind, span: self.since(start) }
            }
            _ => {
                self.expected(codes::EXPECTED_TYPE, "a type");
                error_type(start)
            }
        }
    }

    /// `()`, `(A)`, `(A, B)`.
    fn ty_parens(&mut self) -> Type {
        let open = self.bump().span();
        let mut elems = Vec::new();
        let comma = self.nested(false, |p| {
            p.list(open, T::RParen, |p| {
                let before = p.pos;
                let ty = p.ty();
                p.add(&mut elems, ty);
                p.pos > before
            });
            p.tokens[p.pos.saturating_sub(2)].kind == T::Comma
        });
        let span = self.since(open);
        match elems.len() {
            1 if !comma => Type { span, ..elems.pop().unwrap_or(error_type(span)) },
            _ => Type { kind: TypeKind::Tuple(elems), span },
        }
    }

    /// `[T; N]`
    fn ty_array(&mut self) -> TypeKind {
        let open = self.bump().span();
        if self.at(T::RBracket) {
            return self.array_of_brackets(open);
        }
        self.nested(false, |p| {
            let elem = p.ty();
            if p.at(T::RBracket) {
                let span = p.since(open).to(p.span());
                let text = p.source(elem.span).to_string();
                let diag =
                    Diagnostic::error(codes::EXPECTED_TYPE, span, "the length of this array type is missing");
                p.report(
                    diag.note("`[T; N]` has a fixed length; an array that grows is `Array<T>`").fix_likely(
                        "write `Array`",
                        span,
                        format!("Array<{text}>"),
                    ),
                );
                p.bump();
                return TypeKind::Error;
            }
            if !p.expect(T::Semi) {
                return TypeKind::Error;
            }
            let len = p.expr();
            if !p.eat(T::RBracket) {
                p.unclosed(open, T::RBracket);
            }
            TypeKind::FixedArray(Box::new(elem), Box::new(len))
        })
    }

    /// `Fn(A, mut B) -> C`
    fn ty_fn(&mut self, is_async: bool) -> TypeKind {
        self.bump(); // `Fn`, or what stands in its place
        let open = self.span();
        let mut params = Vec::new();
        if !self.expect(T::LParen) {
            return TypeKind::Error;
        }
        self.nested(false, |p| {
            p.list(open, T::RParen, |p| {
                let before = p.pos;
                let is_mut = p.eat(T::KwMut);
                params.push(FnTypeParam { is_mut, ty: p.ty() });
                p.pos > before
            });
        });
        let ret = self.eat(T::Arrow).then(|| Box::new(self.ty()));
        TypeKind::Fn { params, ret, is_async }
    }

    /// `a.b.C<T>`, `Self.Item`
    fn ty_path(&mut self) -> Path {
        let start = self.span();
        let mut segments = SmallVec::new();
        loop {
            let ident = self.bump_ident();
            let args = (self.at(T::Lt) && !self.tok().nl).then(|| Box::new(self.generic_args()));
            segments.push(PathSegment { ident, args });
            if self.at(T::ColonColon) {
                self.colon_colon();
            }
            if !(self.at(T::Dot) && self.nth(1).is_word()) {
                return Path { segments, span: self.since(start) };
            }
            self.bump();
        }
    }

    /// `<T, 3, Item = U>`; the current token is `<`.
    pub(super) fn generic_args(&mut self) -> GenericArgs {
        let open = self.bump().span();
        let mut args = Vec::new();
        let mut bindings = Vec::new();
        self.angle_list(open, |p| {
            let before = p.pos;
            if p.kind().is_name() && p.nth(1) == T::Eq {
                let name = p.bump_ident();
                p.bump();
                bindings.push((name, p.ty()));
            } else {
                let ty = p.ty();
                p.add(&mut args, ty);
            }
            p.pos > before
        });
        GenericArgs { args, bindings, span: self.since(open) }
    }

    /// Elements up to `>`, which may be the first half of `>>`, `>=` or `>>=`.
    fn angle_list(&mut self, open: Span, mut element: impl FnMut(&mut Self) -> bool) {
        let outer = std::mem::replace(&mut self.ctx.newlines, false);
        // Without its end, what was taken for arguments is something else.
        let (diags, lost) = (self.diags.len(), self.lost);
        loop {
            if self.close_angle() {
                break;
            }
            let first = self.pos;
            let started = element(self);
            if self.eat(T::Comma) {
                continue;
            }
            if !matches!(self.kind(), T::Gt | T::Shr | T::GtEq | T::ShrEq) {
                if started && !self.stopped {
                    self.diags.truncate(diags);
                    self.last_fault = None;
                    self.lost = lost;
                    match self.at(T::Colon) && self.tokens[first].nl {
                        true => self.unclosed_angle(open, first),
                        false => self.unclosed(open, T::Gt),
                    }
                }
                break;
            }
        }
        self.ctx.newlines = outer;
    }

    /// What was taken for an element, from token `next` on, is the field or parameter of the next line.
    fn unclosed_angle(&mut self, open: Span, next: usize) {
        let comma = self.tokens[next - 1].kind == T::Comma;
        let last = self.tokens[next - 1 - usize::from(comma)].span();
        let diag = Diagnostic::error(codes::UNCLOSED_BRACKET, open, "`<` has no closing `>`");
        self.fault(diag.label("opened here").also(last.after(), "`>` is missing here"));
    }

    fn close_angle(&mut self) -> bool {
        match self.kind() {
            T::Gt => {
                self.bump();
                return true;
            }
            T::Shr => self.split(T::Gt, T::Gt),
            T::GtEq => self.split(T::Gt, T::Eq),
            T::ShrEq => self.split(T::Gt, T::GtEq),
            _ => return false,
        };
        true
    }

    /// `<T: A + B, iso U, const N: Int>`, if there.
    pub(super) fn generics(&mut self) -> Generics {
        let open = self.span();
        let mut generics = Generics { span: open.after(), ..Generics::default() };
        if !self.eat(T::Lt) {
            return generics;
        }
        self.angle_list(open, |p| match p.generic_param() {
            Some(param) => {
                generics.params.push(param);
                true
            }
            None => false,
        });
        generics.span = self.since(open);
        generics
    }

    fn generic_param(&mut self) -> Option<GenericParam> {
        let start = self.span();
        if self.eat(T::KwConst) {
            let name = self.name("a constant parameter")?;
            let ty = self.ty_annotation("this constant parameter");
            return Some(GenericParam {
                name,
                kind: GenericParamKind::Const { ty },
                span: self.since(start),
            });
        }
        let is_iso = self.eat(T::KwIso);
        let name = self.name("a type parameter")?;
        let bounds = self.bounds_after_colon();
        Some(GenericParam { name, kind: GenericParamKind::Type { is_iso, bounds }, span: self.since(start) })
    }

    /// `: T`, required.
    pub(super) fn ty_annotation(&mut self, what: &str) -> Type {
        if self.eat(T::Colon) {
            return self.ty();
        }
        let span = self.prev().span().after();
        let message = format!("{what} needs a type");
        if self.at(T::Ident) && !self.line_break() && super::is_upper(self.text(self.tok())) {
            let diag = Diagnostic::error(codes::MISSING_TYPE, span, message);
            self.fault(diag.note("the type stands behind `:`").fix("write `:`", span, ":"));
            return self.ty();
        }
        let diag = Diagnostic::error(codes::MISSING_TYPE, span, message);
        self.aside(diag.label("write `: T` here").note("signatures are written out, bodies are inferred"));
        error_type(span)
    }

    /// `: A + B`, if there.
    pub(super) fn bounds_after_colon(&mut self) -> Vec<Type> {
        if self.eat(T::Colon) { self.bounds() } else { Vec::new() }
    }

    pub(super) fn bounds(&mut self) -> Vec<Type> {
        let mut bounds = vec![self.ty()];
        while self.eat(T::Plus) {
            bounds.push(self.ty());
        }
        bounds
    }

    /// `where T: A, U: B`, if there, also on the next line.
    pub(super) fn where_clauses(&mut self, generics: &mut Generics) {
        if !self.eat(T::KwWhere) {
            return;
        }
        loop {
            if !self.kind().is_name() && !matches!(self.kind(), T::KwSelfType | T::LParen | T::LBracket) {
                if self.at(T::LBrace) && !generics.where_clauses.is_empty() {
                    return; // A comma before the body.
                }
                return self.expected(codes::EXPECTED_TYPE, "a type with its bounds");
            }
            let start = self.span();
            let ty = self.ty();
            if !self.expect(T::Colon) {
                return;
            }
            let bounds = self.bounds();
            generics.where_clauses.push(WherePredicate { ty, bounds, span: self.since(start) });
            if !self.eat(T::Comma) {
                return;
            }
        }
    }

    /// The type behind `as`: `a as Int < b` compares, `p as Ptr<Int>` has an argument.
    pub(super) fn cast_type(&mut self) -> Type {
        if self.at(T::Question) && self.tok().lo == self.prev().hi {
            let span = Span::new(self.prev().lo, self.tok().hi);
            let diag =
                Diagnostic::error(codes::FOREIGN_OPERATOR, span, "`as` never fails, so there is no `as?`");
            self.fault(diag.note("`Int8.checked_from(x)` is `None` where the value does not fit"));
            self.bump();
        }
        if self.kind().is_name() && self.nth(1) == T::Lt && !self.angles_match_from(1) {
            let start = self.span();
            let ident = self.bump_ident();
            let segments = smallvec![PathSegment { ident, args: None }];
            let path = Path { segments, span: self.since(start) };
            return Type { kind: TypeKind::Path(path), span: self.since(start) };
        }
        self.ty()
    }

    /// Whether the `<` so many tokens ahead has its `>` after nothing but tokens of types, and no operand behind.
    pub(super) fn angles_match_from(&self, ahead: usize) -> bool {
        let mut depth = 0i32;
        for idx in ahead..ahead + 64 {
            match self.nth(idx) {
                T::Lt => depth += 1,
                T::Gt => depth -= 1,
                T::Shr => depth -= 2,
                T::GtEq | T::ShrEq => return false,
                T::Comma
                | T::Dot
                | T::Question
                | T::LParen
                | T::RParen
                | T::LBracket
                | T::RBracket
                | T::Semi
                | T::Arrow
                | T::Int
                | T::KwSelfType
                | T::KwMut
                | T::Eq => {}
                kind if kind.is_name() => {}
                _ => return false,
            }
            if depth <= 0 {
                let next = self.nth_tok(idx + 1);
                let operand = next.kind.starts_expr() && !matches!(next.kind, T::LBrace | T::LBracket);
                return depth == 0 && ((self.ctx.newlines && next.nl) || !operand);
            }
        }
        false
    }
}

pub(super) fn error_type(span: Span) -> Type {
    Type { kind: TypeKind::Error, span }
}
