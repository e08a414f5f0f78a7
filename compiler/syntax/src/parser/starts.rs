//! Statements that start as in other languages, and keywords with a slip: named, and taken for what was meant.

use super::exprs::{error_expr, put};
use super::{Parser, is_upper};
use crate::ast::*;
use crate::codes;
use crate::diag::Diagnostic;
use crate::span::Span;
use crate::token::T;

/// How far the `{` behind `switch (…)` and its like is looked for.
const MAX_HEAD: usize = 64;

/// A declaration of a variable that does not start with `let`.
#[derive(Clone, Copy)]
pub(super) struct Foreign {
    /// How many tokens stand in the place of `let`.
    skip: usize,
    pub is_mut: bool,
}

impl Parser<'_> {
    /// `var x = …`, `Int x = …`, `x: Int = …`, `x := …`: reported; the caller goes on behind the `let`.
    pub(super) fn foreign_let(&mut self) -> Option<Foreign> {
        if self.kind() != T::Ident || self.nth_tok(1).nl {
            return None;
        }
        let foreign = match self.nth(1) {
            T::Colon => self.let_without_keyword()?,
            next if next.is_name() && matches!(self.nth(2), T::Eq | T::Colon) => {
                self.let_of_another_word()?
            }
            _ => return None,
        };
        for _ in 0..foreign.skip {
            self.bump();
        }
        Some(foreign)
    }

    fn let_of_another_word(&mut self) -> Option<Foreign> {
        let (span, text) = (self.span(), self.text(self.tok()));
        let instead = match text {
            "var" | "mut" => "let mut",
            "val" | "auto" | "local" | "final" => "let",
            _ if is_upper(text) && self.nth(2) == T::Eq => return Some(self.type_before_name()),
            _ => return None,
        };
        let message = format!("variables are declared with `{instead}`");
        let diag = Diagnostic::error(codes::FOREIGN_KEYWORD, span, message);
        self.fault(diag.fix(format!("write `{instead}`"), span, instead));
        Some(Foreign { skip: 1, is_mut: instead != "let" })
    }

    /// `Int x = …`
    fn type_before_name(&mut self) -> Foreign {
        let name = self.nth_tok(1);
        let span = Span::new(self.span().lo, name.hi);
        let fixed = format!("let {}: {}", self.text(name), self.text(self.tok()));
        let message = "a variable is declared with `let`";
        let diag = Diagnostic::error(codes::MISSING_SEPARATOR, span, message);
        self.fault(diag.note("`let mut` if it is changed later").fix_likely("write `let`", span, fixed));
        Foreign { skip: 1, is_mut: true }
    }

    /// `x: Int = …` or `x := …`
    fn let_without_keyword(&mut self) -> Option<Foreign> {
        let (name, sign, next) = (self.tok(), self.nth_tok(1), self.nth_tok(2));
        let before = Span::new(name.lo, name.lo);
        if next.kind == T::Eq && next.lo == sign.hi {
            return Some(Foreign { skip: 0, is_mut: true }); // The sign is reported behind the name.
        }
        let is_type = next.kind.is_name() && is_upper(self.text(next)) || matches!(next.kind, T::LBracket);
        if !is_type || next.nl {
            return None;
        }
        let message = "a variable with a type is declared with `let`";
        let diag = Diagnostic::error(codes::MISSING_SEPARATOR, Span::new(name.lo, sign.hi), message);
        self.fault(diag.note("`let mut` if it is changed later").fix_likely("write `let`", before, "let "));
        Some(Foreign { skip: 0, is_mut: true })
    }

    /// `:=` behind the name of a variable; `lone`: nothing stands before the name.
    pub(super) fn colon_equals(&mut self, name: Span, lone: bool) {
        let span = Span::new(self.span().lo, self.nth_tok(1).hi);
        let diag = match lone {
            true => {
                let before = (Span::new(name.lo, name.lo), "let ".to_string());
                let message = "a variable is declared with `let`";
                Diagnostic::error(codes::FOREIGN_OPERATOR, span, message)
                    .fix_edits_likely("write `let`", vec![before, (span, "=".to_string())])
            }
            false => Diagnostic::error(codes::FOREIGN_OPERATOR, span, "`let` takes `=`, not `:=`").fix(
                "write `=`",
                span,
                "=",
            ),
        };
        self.report(diag);
        self.bump();
    }

    /// A statement that starts with a word of another language, or with a keyword that has a slip.
    pub(super) fn foreign_start(&mut self) -> Option<StmtKind> {
        let next = self.nth_tok(1);
        if self.kind() != T::Ident || next.nl {
            return None;
        }
        let span = self.span();
        let operand = starts_word(next.kind);
        match self.text(self.tok()) {
            "switch" if (operand || self.at_head()) && self.at_labelled_arms() => {
                let diag = Diagnostic::error(codes::FOREIGN_KEYWORD, span, "`switch` is written `match`");
                self.report(diag.note("an arm is `1 => …`, several values are `1 | 2`, the rest is `_ => …`; no arm falls through to the next"));
                return Some(self.skipped());
            }
            "switch" if operand => self.meant(T::KwMatch),
            "foreach" if operand || self.at_head() => self.meant(T::KwFor),
            "throw" | "raise" if operand => {
                let message = "errors are returned: `return Err(…)`";
                self.report(Diagnostic::error(codes::FOREIGN_KEYWORD, span, message));
                return Some(self.skipped());
            }
            "do" if next.kind == T::LBrace && self.at_catch_behind() => {
                self.meant(T::KwTry);
                return Some(StmtKind::Expr(self.expr()));
            }
            "do" if next.kind == T::LBrace => {
                let diag = Diagnostic::error(codes::FOREIGN_KEYWORD, span, "there is no `do`");
                self.report(diag.note("write `loop { … if !c { break } }`"));
                return Some(self.skipped());
            }
            word @ ("unless" | "until") if operand || self.at_head() => {
                let instead = if word == "unless" { "if !(…)" } else { "while !(…)" };
                let message = format!("this is written `{instead}`");
                self.report(Diagnostic::error(codes::FOREIGN_KEYWORD, span, message));
                return Some(self.skipped());
            }
            text if operand => {
                let keyword = meant_keyword(text, STATEMENTS)?;
                self.slip(keyword);
            }
            _ => return None,
        }
        Some(StmtKind::Expr(self.expr()))
    }

    /// Reports a keyword with a slip, which the token becomes.
    fn slip(&mut self, keyword: T) {
        let (span, text) = (self.span(), self.text(self.tok()));
        let instead = keyword.text();
        let message = format!("`{text}` does not start a statement");
        let diag = Diagnostic::error(codes::UNEXPECTED_TOKEN, span, message);
        self.fault(diag.fix_likely(format!("did you mean `{instead}`?"), span, instead));
        self.retag(keyword);
    }

    /// The token is the word of another language for a keyword, which it becomes.
    fn meant(&mut self, keyword: T) {
        let (span, text) = (self.span(), self.text(self.tok()));
        let instead = keyword.text();
        let diag =
            Diagnostic::error(codes::FOREIGN_KEYWORD, span, format!("`{text}` is written `{instead}`"));
        self.fault(diag.fix(format!("write `{instead}`"), span, instead));
        self.retag(keyword);
    }

    fn skipped(&mut self) -> StmtKind {
        self.lose();
        self.skip_statement();
        StmtKind::Error
    }

    /// `new Point(…)`: the word goes.
    pub(super) fn foreign_new(&mut self) -> Expr {
        let span = self.span();
        let word = Span::new(span.lo, self.nth_tok(1).lo);
        let diag = Diagnostic::error(codes::FOREIGN_KEYWORD, span, "a value is made without `new`");
        self.fault(diag.fix("remove it", word, ""));
        self.bump();
        self.name_expr()
    }

    /// `f "text"`: a call without parentheses, as a statement of its own.
    pub(super) fn bare_call(&mut self, callee: &mut Expr) {
        use T::{Char, Duration, Float, Ident, Int, MultiStr, MultiStrOpen, RawStr, Str, StrOpen};
        let literal = matches!(
            self.kind(),
            Int | Float | Duration | Char | Str | RawStr | MultiStr | StrOpen | MultiStrOpen
        );
        let name = self.kind() == Ident && self.nth_tok(1).nl;
        if self.line_break() || !(literal || name) || !self.is_lower_path(callee) {
            return;
        }
        let start = callee.span;
        let gap = Span::new(start.hi, self.span().lo);
        let arg = self.expr();
        let message = "the arguments of a call stand in parentheses";
        let diag = Diagnostic::error(codes::MISSING_SEPARATOR, arg.span, message);
        let edits = vec![(gap, "(".to_string()), (arg.span.after(), ")".to_string())];
        self.report(diag.fix_edits_likely("write the parentheses", edits));
        let args = vec![Arg { mut_span: None, expr: arg }];
        put(callee, |callee| ExprKind::Call { callee, args });
        callee.span = self.since(start);
    }

    fn is_lower_path(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Name { ident, .. } => !is_upper(self.source(ident.span)),
            ExprKind::Field { base, name, .. } => {
                !is_upper(self.source(name.span)) && self.is_lower_path(base)
            }
            ExprKind::SelfValue => true,
            _ => false,
        }
    }

    /// `for (let i = 0; …) {` and `for i := 0; … {`: the head is skipped.
    pub(super) fn at_counting_loop(&self) -> bool {
        let second = self.nth(1);
        let assigns = second == T::Eq || second == T::Colon && self.nth(2) == T::Eq;
        if self.at(T::KwLet) || self.at(T::Ident) && (assigns || second == T::Ident && self.nth(2) == T::Eq) {
            return true;
        }
        self.at(T::LParen) && (second == T::KwLet || second == T::Ident && self.nth(2).is_name())
            || self.at(T::LParen) && second == T::Ident && self.nth(2) == T::Eq
    }

    pub(super) fn counting_loop(&mut self) -> Expr {
        let start = self.span();
        match self.at(T::LParen) {
            true => self.skip_tree(),
            false => self.skip_loop_head(),
        }
        let span = self.since(start);
        let message = "a loop goes through what stands behind `in`";
        let diag = Diagnostic::error(codes::UNEXPECTED_TOKEN, span, message);
        self.report(diag.note("`for i in 0..10` counts"));
        self.lose();
        error_expr(span)
    }

    /// Up to the `{` of the body.
    fn skip_loop_head(&mut self) {
        self.bump();
        while !matches!(self.kind(), T::LBrace | T::RBrace | T::Eof) && !self.tok().nl {
            self.skip_tree();
        }
    }

    /// Whether a `catch` follows the block behind the word here.
    fn at_catch_behind(&self) -> bool {
        let mut depth = 0usize;
        for idx in 1.. {
            match self.nth(idx) {
                T::LBrace | T::HoleOpen => depth += 1,
                T::RBrace | T::HoleClose if depth <= 1 => return self.nth(idx + 1) == T::KwCatch,
                T::RBrace | T::HoleClose => depth -= 1,
                T::Eof => return false,
                _ => {}
            }
        }
        false
    }

    /// Whether `(…) {` or `(…) statement` follows the word here, which makes it no call.
    fn at_head(&self) -> bool {
        if self.nth(1) != T::LParen {
            return false;
        }
        let mut depth = 0usize;
        for idx in 1..MAX_HEAD {
            match self.nth(idx) {
                T::LParen | T::LBracket | T::LBrace | T::HoleOpen => depth += 1,
                T::RParen | T::RBracket | T::RBrace | T::HoleClose => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                let behind = self.nth_tok(idx + 1);
                return !behind.nl && (behind.kind == T::LBrace || starts_word(behind.kind));
            }
        }
        false
    }

    /// `switch x { case 1: …`, whose arms nothing here looks like.
    fn at_labelled_arms(&self) -> bool {
        let mut tokens = (1..MAX_HEAD).map(|idx| self.nth_tok(idx)).skip_while(|t| t.kind != T::LBrace);
        tokens.next().is_some() && tokens.next().is_some_and(|t| matches!(self.text(t), "case" | "default"))
    }

    /// The keyword that a word at the start of a declaration has a slip of.
    pub(super) fn slipped_item(&self) -> Option<T> {
        if self.kind() != T::Ident || !self.nth(1).is_word() || self.nth_tok(1).nl {
            return None;
        }
        meant_keyword(self.text(self.tok()), ITEMS)
    }
}

/// Whether a word or literal starts here, which cannot follow the name of a variable.
pub(super) fn starts_word(kind: T) -> bool {
    use T::{Char, Float, Int, MultiStr, MultiStrOpen, Not, RawStr, Str, StrOpen};
    kind.is_word() && !matches!(kind, T::KwIs | T::KwAs | T::KwElse | T::KwIn)
        || matches!(kind, Int | Float | Char | Str | RawStr | MultiStr | StrOpen | MultiStrOpen | Not)
}

const STATEMENTS: &[T] =
    &[T::KwReturn, T::KwFor, T::KwWhile, T::KwMatch, T::KwLoop, T::KwLet, T::KwBreak, T::KwIf, T::KwContinue];

const ITEMS: &[T] = &[
    T::KwFn,
    T::KwStruct,
    T::KwEnum,
    T::KwTrait,
    T::KwImpl,
    T::KwConst,
    T::KwType,
    T::KwUse,
    T::KwExtern,
    T::KwExport,
    T::KwPub,
    T::KwIso,
];

fn meant_keyword(text: &str, keywords: &[T]) -> Option<T> {
    keywords.iter().copied().find(|k| is_slip(text, k.text()))
}

/// Whether one letter too many, too few, changed, or exchanged with its neighbour makes one word of the other. Words
/// of two letters have too many neighbours.
fn is_slip(word: &str, keyword: &str) -> bool {
    let (a, b) = (word.as_bytes(), keyword.as_bytes());
    if b.len() < 3 || a.len() < 3 || a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let front = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let back = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a_rest, b_rest) = (a.len().saturating_sub(front + back), b.len().saturating_sub(front + back));
    let exchanged = a.len() == b.len()
        && a_rest == 2
        && front + 1 < a.len()
        && a[front] == b[front + 1]
        && a[front + 1] == b[front];
    a != b && (a_rest.max(b_rest) <= 1 || exchanged)
}

#[cfg(test)]
mod tests {
    use super::is_slip;

    #[test]
    fn slips_of_keywords() {
        assert!(is_slip("retrun", "return") && is_slip("fro", "for") && is_slip("struc", "struct"));
        assert!(is_slip("whille", "while") && is_slip("enun", "enum"));
        assert!(!is_slip("for", "for") && !is_slip("is", "if") && !is_slip("value", "while"));
    }
}
