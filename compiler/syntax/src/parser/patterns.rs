//! Patterns.
//!
//! A name that starts with an upper-case letter is a variant, struct or constant; any other is a binding.

use super::{Parser, is_upper};
use crate::ast::*;
use crate::codes;
use crate::diag::Diagnostic;
use crate::span::Span;
use crate::token::T;
use smallvec::{SmallVec, smallvec};

impl Parser<'_> {
    /// A pattern with its alternatives. `across_lines`: `|` may start the next line, as between match arms.
    pub(super) fn pat(&mut self, across_lines: bool) -> Pat {
        let start = self.span();
        self.eat(T::Or);
        let first = self.pat_single();
        if !self.at_alternative(across_lines) {
            return first;
        }
        let mut alternatives = vec![first];
        while self.at_alternative(across_lines) {
            if self.at(T::OrOr) {
                let span = self.span();
                let diag =
                    Diagnostic::error(codes::EXPECTED_PATTERN, span, "alternatives are separated by one `|`");
                self.report(diag.fix("write `|`", span, "|"));
            }
            self.bump();
            alternatives.push(self.pat_single());
        }
        Pat { kind: PatKind::Or(alternatives), span: self.since(start) }
    }

    fn at_alternative(&self, across_lines: bool) -> bool {
        // `is A || b` is a test and a condition, `A || B =>` a slip.
        let sign = self.at(T::Or) || (self.at(T::OrOr) && across_lines);
        sign && (across_lines || !self.line_break())
    }

    /// A pattern without alternatives, as for the parameters of closures.
    pub(super) fn pat_single(&mut self) -> Pat {
        let start = self.span();
        let pat = if self.enter() { self.pat_base() } else { error_pat(start) };
        self.leave();
        pat
    }

    fn pat_base(&mut self) -> Pat {
        let start = self.span();
        let kind = match self.kind() {
            T::Ident if self.at_text("_") => {
                self.bump();
                PatKind::Wild
            }
            T::Ident if self.at_null() => self.pat_null(),
            T::KwMut => {
                self.bump();
                self.pat_binding(true)
            }
            T::LParen => return self.pat_parens(),
            T::LBracket => self.pat_array(),
            T::DotDot | T::DotDotEq => self.pat_rest(),
            T::KwSelfType => self.pat_path(),
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
            | T::KwFalse
            | T::Minus => self.pat_literal(),
            kind if kind.is_name() => {
                if is_upper(self.text(self.tok())) || (self.nth(1) == T::Dot && self.nth(2).is_word()) {
                    self.pat_path()
                } else if self.nth(1) == T::LParen && self.nth_tok(1).lo == self.tok().hi {
                    self.small_variant()
                } else {
                    self.pat_binding(false)
                }
            }
            T::Error => {
                self.faults += 1;
                self.bump();
                PatKind::Error
            }
            _ => {
                self.no_pattern();
                PatKind::Error
            }
        };
        Pat { kind, span: self.since(start) }
    }

    /// `some(x)`: a variable has no fields.
    fn small_variant(&mut self) -> PatKind {
        let span = self.span();
        let words = self.text(self.tok()).split('_').filter(|word| !word.is_empty());
        let name: String = words.map(capitalised).collect();
        let message = "the name of a variant or struct begins with a capital letter";
        let diag = Diagnostic::error(codes::EXPECTED_PATTERN, span, message);
        self.fault(match name.is_empty() {
            true => diag,
            false => diag.fix_likely(format!("write `{name}`"), span, name),
        });
        self.pat_path()
    }

    fn no_pattern(&mut self) {
        let span = self.span();
        if self.at(T::KwElse) {
            let diag =
                Diagnostic::error(codes::EXPECTED_PATTERN, span, "the arm for everything else is `_ => …`");
            self.fault(diag.fix("write `_`", span, "_"));
            self.bump();
        } else if self.kind().is_word() && !self.line_break() {
            self.name("a variable");
        } else if matches!(self.kind(), T::Lt | T::LtEq | T::Gt | T::GtEq | T::EqEq | T::NotEq) {
            let message = format!("expected a pattern, found {}", self.found());
            let diag = Diagnostic::error(codes::EXPECTED_PATTERN, span, message);
            self.fault(
                diag.note("a comparison stands behind `when`: `n when n > 90`; a range is written `91..`"),
            );
        } else {
            self.expected(codes::EXPECTED_PATTERN, "a pattern");
        }
    }

    fn at_null(&self) -> bool {
        // They may name parameters and variables, but for the first; where values are told apart, they are meant otherwise.
        let declares = matches!(self.nth(1), T::Colon | T::Eq | T::KwIn);
        match self.text(self.tok()) {
            "null" => self.nth(1) != T::Dot,
            "nil" | "undefined" | "nullptr" => self.nth(1) != T::Dot && !declares,
            _ => false,
        }
    }

    fn pat_null(&mut self) -> PatKind {
        let token = self.bump();
        let (span, text) = (token.span(), self.text(token));
        let diag = Diagnostic::error(codes::NULL, span, format!("there is no `{text}`"));
        let diag = diag.note("a value that may be missing has type `T?`: `Some(x)` or `None`");
        self.report(diag.fix_likely("write `None`", span, "None"));
        PatKind::Error
    }

    fn pat_binding(&mut self, is_mut: bool) -> PatKind {
        let Some(name) = self.name("a variable") else { return PatKind::Error };
        if is_mut && is_upper(self.source(name.span)) {
            let message = "a variable starts with a lower-case letter";
            self.report(Diagnostic::error(codes::EXPECTED_PATTERN, name.span, message));
        }
        let sub = (self.at(T::At) && !self.line_break()).then(|| {
            self.bump();
            Box::new(self.pat_single())
        });
        PatKind::Binding { name, is_mut, sub }
    }

    /// `(p)` is `p`; `(a, b)` a tuple.
    fn pat_parens(&mut self) -> Pat {
        let open = self.bump().span();
        let mut elems = Vec::new();
        let comma = self.nested(false, |p| {
            p.pat_list(open, T::RParen, &mut elems);
            p.tokens[p.pos.saturating_sub(2)].kind == T::Comma
        });
        let span = self.since(open);
        let rest = matches!(elems.first(), Some(Pat { kind: PatKind::Rest(_), .. }));
        match elems.len() {
            1 if !comma && !rest => Pat { span, ..elems.pop().unwrap_or(error_pat(span)) },
            _ => Pat { kind: PatKind::Tuple(elems), span },
        }
    }

    fn pat_list(&mut self, open: Span, close: T, elems: &mut Vec<Pat>) {
        self.list(open, close, |p| {
            let before = p.pos;
            elems.push(p.pat(true));
            p.pos > before
        });
    }

    fn pat_array(&mut self) -> PatKind {
        let open = self.bump().span();
        let mut elems = Vec::new();
        self.nested(false, |p| p.pat_list(open, T::RBracket, &mut elems));
        match self.head_and_tail(&elems) {
            true => PatKind::Error,
            false => PatKind::Array(elems),
        }
    }

    /// `..`, `..rest`, or a range without lower end.
    fn pat_rest(&mut self) -> PatKind {
        let token = self.bump();
        let inclusive = token.kind == T::DotDotEq;
        let name = self.kind().is_name() && !is_upper(self.text(self.tok())) && self.nth(1) != T::Dot;
        if !inclusive && name && !self.line_break() {
            return PatKind::Rest(Some(self.bump_ident()));
        }
        if inclusive || self.at_range_end() {
            let hi = self.pat_range_end();
            return PatKind::Range { lo: None, hi, inclusive };
        }
        PatKind::Rest(None)
    }

    fn at_range_end(&self) -> bool {
        let end = match self.kind() {
            T::Int | T::Float | T::Duration | T::Char | T::Minus | T::KwSelfType => true,
            kind if kind.is_name() => {
                is_upper(self.text(self.tok())) || (self.nth(1) == T::Dot && self.nth(2).is_word())
            }
            _ => false,
        };
        end && !self.line_break()
    }

    fn pat_range_end(&mut self) -> Option<Box<Expr>> {
        if !self.at_range_end() {
            let sign = self.prev();
            let message = format!("expected the end of the range, found {}", self.found());
            let diag = Diagnostic::error(codes::EXPECTED_PATTERN, self.fault_span(), message);
            self.fault(match sign.kind {
                T::DotDotEq => diag.fix("write `..` for a range without end", sign.span(), ".."),
                _ => diag,
            });
            return None;
        }
        Some(Box::new(self.pat_value()))
    }

    /// A literal, or the path of a constant as an expression.
    fn pat_value(&mut self) -> Expr {
        if !self.kind().is_name() && !self.at(T::KwSelfType) {
            return self.literal_or_negative();
        }
        let mut value = self.path_start();
        while self.at(T::Dot) && self.nth(1).is_word() {
            self.field(&mut value);
        }
        value
    }

    fn pat_literal(&mut self) -> PatKind {
        let value = self.literal_or_negative();
        if let ExprKind::Interp(_) = value.kind {
            let message = "a string with holes is no pattern";
            self.report(
                Diagnostic::error(codes::EXPECTED_PATTERN, value.span, message)
                    .note("compare in a guard: `s when s == …`"),
            );
            return PatKind::Error;
        }
        let value = Box::new(value);
        if self.at_range_sign() { self.pat_range(value) } else { PatKind::Literal(value) }
    }

    fn at_range_sign(&self) -> bool {
        matches!(self.kind(), T::DotDot | T::DotDotEq) && !self.line_break()
    }

    /// The range that starts with `value`; the current token is its sign.
    fn pat_range(&mut self, value: Box<Expr>) -> PatKind {
        let inclusive = self.bump().kind == T::DotDotEq;
        // A variable is no end of a range, which the checker says better than what would be said of what follows.
        let at_variable = self.at(T::Ident) && !self.line_break();
        let hi = if at_variable {
            Some(Box::new(self.pat_value()))
        } else if self.at_range_end() || inclusive {
            self.pat_range_end()
        } else {
            None
        };
        PatKind::Range { lo: Some(value), hi, inclusive }
    }

    /// `Path`, `Path(…)`, `Path { … }`, or a range of constants.
    fn pat_path(&mut self) -> PatKind {
        let start = self.span();
        let mut segments: SmallVec<[PathSegment; 1]> =
            smallvec![PathSegment { ident: self.bump_ident(), args: None }];
        loop {
            if self.at(T::ColonColon) {
                self.colon_colon();
            }
            if !(self.at(T::Dot) && self.nth(1).is_word()) {
                break;
            }
            self.bump();
            segments.push(PathSegment { ident: self.bump_ident(), args: None });
        }
        let path = Path { segments, span: self.since(start) };
        match self.kind() {
            T::LParen if !self.line_break() => {
                let open = self.bump().span();
                let mut elems = Vec::new();
                self.nested(false, |p| p.pat_list(open, T::RParen, &mut elems));
                PatKind::TupleStruct { path, elems }
            }
            T::LBrace if !self.line_break() && !self.ctx.no_struct => self.pat_struct(path),
            T::LBrace if !self.line_break() && self.at_fields() => self.struct_in_condition(path),
            _ if self.at_range_sign() => self.pat_range(Box::new(path_expr(&path))),
            _ => PatKind::Path(path),
        }
    }

    /// Whether the `{` here starts the fields of a pattern; a body cannot start so.
    fn at_fields(&self) -> bool {
        self.nth(1).is_word() && matches!(self.nth(2), T::Colon | T::Comma)
            || self.nth(1) == T::DotDot && self.nth(2) == T::RBrace
    }

    fn struct_in_condition(&mut self, path: Path) -> PatKind {
        let start = path.span;
        let kind = self.pat_struct(path);
        let span = self.since(start);
        let message = "a struct pattern needs parentheses here";
        let edits = vec![(span.before(), "(".to_string()), (span.after(), ")".to_string())];
        let diag = Diagnostic::error(codes::STRUCT_IN_CONDITION, span, message);
        let note = "between `if`, `while`, `match`, `for`, `is` and the body, `{` starts the body";
        self.report(diag.note(note).fix_edits("add parentheses", edits));
        kind
    }

    fn pat_struct(&mut self, path: Path) -> PatKind {
        let open = self.bump().span();
        let mut fields = Vec::new();
        let mut rest = None;
        self.nested(false, |p| {
            p.list(open, T::RBrace, |p| {
                if p.at(T::DotDot) {
                    rest = Some(p.bump().span());
                    return true;
                }
                let field = p.field_pat();
                let ok = field.is_some();
                fields.extend(field);
                ok
            });
        });
        PatKind::Struct { path, fields, rest }
    }

    fn field_pat(&mut self) -> Option<FieldPat> {
        let start = self.span();
        let is_mut = self.at(T::KwMut) && self.nth(1) != T::Colon && self.eat(T::KwMut);
        let token = self.tok();
        if self.nth(1) != T::Colon && token.kind.is_hard_keyword() {
            let text = self.text(token);
            let message = format!("`{text}` is a keyword and cannot name a variable");
            let diag = Diagnostic::error(codes::KEYWORD_AS_NAME, token.span(), message);
            self.fault(diag.fix_likely("name the variable", token.span(), format!("{text}: {text}_")));
            let name = self.bump_ident();
            let pat = Some(error_pat(name.span));
            return Some(FieldPat { name, pat, is_mut, span: self.since(start) });
        }
        let name = if self.nth(1) == T::Colon { self.word("a field")? } else { self.name("a field")? };
        let pat = self.eat(T::Colon).then(|| self.pat(true));
        Some(FieldPat { name, pat, is_mut, span: self.since(start) })
    }
}

/// A path of names as the expression that the ends of ranges are.
fn path_expr(path: &Path) -> Expr {
    let mut segments = path.segments.iter();
    let first =
        segments.next().map_or(Ident { name: crate::intern::sym::empty, span: path.span }, |s| s.ident);
    let kind = match first.name == crate::intern::sym::Self_ {
        true => ExprKind::SelfType,
        false => ExprKind::Name { ident: first, args: None },
    };
    segments.fold(Expr { kind, span: first.span }, |base, segment| {
        let span = base.span.to(segment.ident.span);
        Expr { kind: ExprKind::Field { base: Box::new(base), name: segment.ident, args: None }, span }
    })
}

fn error_pat(span: Span) -> Pat {
    Pat { kind: PatKind::Error, span }
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
}
