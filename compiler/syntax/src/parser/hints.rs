//! What people bring along from other languages: recognised, named, and taken for what was meant.

use super::Parser;
use super::exprs::{error_expr, prec};
use crate::ast::*;
use crate::codes;
use crate::diag::Diagnostic;
use crate::span::Span;
use crate::token::T;

/// How far the `=>` of an arm is looked for.
const MAX_ARM: usize = 64;

/// The same for the arms of a `catch`, whose guards have lines of their own.
const MAX_GUARD: usize = 4096;

impl Parser<'_> {
    /// `a::b`: reported, and the token becomes a `.`.
    pub(super) fn colon_colon(&mut self) {
        let span = self.span();
        let turbofish = self.nth(1) == T::Lt;
        let diag =
            Diagnostic::error(codes::FOREIGN_OPERATOR, span, "the parts of a path are separated by `.`");
        let diag = if turbofish { diag.note("type arguments: `f.<T>(x)`") } else { diag };
        let mut edits = vec![(span, ".".to_string())];
        // Those behind it are no further mistakes.
        let mut ahead = 2;
        while self.nth(ahead - 1).is_word() && self.nth(ahead) == T::ColonColon {
            edits.push((self.nth_tok(ahead).span(), ".".to_string()));
            self.tokens[self.pos + ahead].kind = T::Dot;
            ahead += 2;
        }
        self.fault(diag.fix_edits("write `.`", edits));
        self.retag(T::Dot);
    }

    /// `println!(…)`: a name that touches `!` and `(`.
    pub(super) fn at_macro_call(&self, callee: &Expr) -> bool {
        let next = self.nth_tok(1);
        matches!(callee.kind, ExprKind::Name { .. }) && next.kind == T::LParen && next.lo == self.tok().hi
    }

    pub(super) fn macro_call(&mut self) {
        let span = self.span();
        let diag = Diagnostic::error(codes::FOREIGN_OPERATOR, span, "there are no macros");
        let diag = diag.note("`println`, `assert` and `panic` are functions");
        match self.has_empty_hole() {
            true => {
                // The string is no news.
                self.fault(diag.note("values stand in the holes of a string: `println(\"{x}\")`"));
                self.bump();
                self.skip_tree();
            }
            false => {
                let title = "remove the `!`";
                self.fault(match self.is_function_with_args() {
                    true => diag.fix(title, span, ""),
                    false => diag.fix_likely(title, span, ""),
                });
                self.bump();
            }
        }
    }

    /// Whether the name before the `!` here is that of a function, and as many arguments as it takes stand behind.
    fn is_function_with_args(&self) -> bool {
        let takes = match self.text(self.prev()) {
            "println" | "print" | "eprintln" | "eprint" | "assert" | "panic" => 1,
            "assert_eq" | "assert_ne" => 2,
            "todo" | "unreachable" => 0,
            _ => return false,
        };
        self.n_arguments() == Some(takes)
    }

    /// `not a`, and the signs that are prefixes elsewhere.
    pub(super) fn foreign_prefix(&mut self) -> Expr {
        let token = self.tok();
        let span = token.span();
        if token.kind.is_punctuation() && !self.nth(1).starts_expr() {
            self.expected(codes::EXPECTED_EXPRESSION, "an expression");
            self.bump();
            return error_expr(span);
        }
        let continues = token.nl && !matches!(self.prev().kind, T::LBrace | T::Semi | T::FatArrow);
        let diag = match token.kind {
            T::And | T::Star if continues => operator_at_line_start(span),
            T::And | T::AndAnd => Diagnostic::error(codes::FOREIGN_OPERATOR, span, "there are no references to values")
                .note("pass the value: copying is cheap; a parameter that is changed is `mut`, its argument `mut x`")
                .fix("remove it", span, ""),
            T::Star => Diagnostic::error(codes::FOREIGN_OPERATOR, span, "there is no prefix `*`")
                .note("a `Ptr` is followed with `p.*`; a line that starts with `*` does not continue the one before"),
            T::Plus => Diagnostic::error(codes::FOREIGN_OPERATOR, span, "there is no prefix `+`").fix("remove it", span, ""),
            _ => return self.word_not(span),
        };
        self.fault(diag);
        self.bump();
        if token.kind == T::And {
            self.eat(T::KwMut);
        }
        self.prefixed(span)
    }

    /// `not a == b`, which elsewhere negates the whole comparison.
    fn word_not(&mut self, word: Span) -> Expr {
        let prefix = Span::new(word.lo, self.nth_tok(1).lo);
        self.bump();
        let operand = Box::new(self.expr_above(prec::COMPARE));
        let diag = Diagnostic::error(codes::FOREIGN_OPERATOR, word, "negation is written `!`");
        self.report(match operand.kind {
            ExprKind::Binary { .. } | ExprKind::Is { .. } => {
                let edits = vec![(prefix, "!(".to_string()), (operand.span.after(), ")".to_string())];
                diag.fix_edits("write `!` and parentheses", edits)
            }
            _ => diag.fix("write `!`", prefix, "!"),
        });
        Expr { span: self.since(word), kind: ExprKind::Unary { op: UnOp::Not, operand } }
    }

    /// Whether a prefix of another language starts here, which [`Parser::foreign_prefix`] reports.
    pub(super) fn at_foreign_prefix(&self) -> bool {
        matches!(self.kind(), T::And | T::Star) && !self.tok().nl
    }

    /// Keywords where an expression was expected; `None` when there is nothing special to say.
    pub(super) fn foreign_expression(&mut self) -> Option<Expr> {
        let span = self.span();
        let (code, message, note) = match self.kind() {
            T::KwFn if self.nth(1) == T::LParen => (
                codes::FOREIGN_KEYWORD,
                "a function value is a closure: `|x| x + 1`",
                "its body may be a block: `|x| { … }`",
            ),
            T::KwElse => {
                (codes::UNEXPECTED_TOKEN, "this `else` belongs to no `if`", "the `if` before it has ended")
            }
            T::KwCatch => {
                (codes::UNEXPECTED_TOKEN, "this `catch` belongs to no `try`", "the `try` before it has ended")
            }
            T::PlusPercent | T::StarPercent | T::MinusPercent | T::Shl | T::Shr if self.tok().nl => {
                self.fault(operator_at_line_start(span));
                self.bump();
                return Some(if self.kind().starts_expr() { self.prefixed(span) } else { error_expr(span) });
            }
            _ => return None,
        };
        self.fault(Diagnostic::error(code, span, message).note(note));
        self.bump();
        if self.at(T::LParen) {
            self.skip_tree();
        }
        if self.at(T::LBrace) {
            self.skip_tree();
        }
        Some(error_expr(span))
    }

    /// Whether the first line behind the `{` here is an arm of a `match`.
    pub(super) fn at_arms(&self) -> bool {
        let line = (2..).map(|idx| self.nth_tok(idx)).take_while(|t| !t.nl && t.kind != T::Eof);
        line.take(MAX_ARM).any(|t| t.kind == T::FatArrow)
    }

    /// Whether the line from here on is an arm: no statement has a `=>` before what stands in braces.
    pub(super) fn at_first_arm(&self) -> bool {
        let line = (0..MAX_ARM).map(|idx| self.nth_tok(idx));
        let line = line.enumerate().take_while(|(i, t)| *i == 0 || !t.nl).map(|(_, t)| t.kind);
        line.take_while(|kind| !matches!(kind, T::LBrace | T::RBrace | T::Eof))
            .any(|kind| kind == T::FatArrow)
    }

    /// Whether an arm stands between the braces here, or too much for this to tell. No block has a `=>` of its own,
    /// and every arm has one, behind a guard of as many lines as it likes.
    pub(super) fn has_arms(&self) -> bool {
        let mut depth = 0usize;
        for idx in 0..MAX_GUARD {
            match self.nth(idx) {
                T::LParen | T::LBracket | T::LBrace | T::HoleOpen => depth += 1,
                T::RParen | T::RBracket | T::RBrace | T::HoleClose => depth = depth.saturating_sub(1),
                T::FatArrow if depth == 1 => return true,
                T::Eof => return true,
                _ => {}
            }
            if depth == 0 {
                return false;
            }
        }
        true
    }

    /// A statement is followed by something else on its line: says more where the cause is known.
    pub(super) fn separator_hint(&self) -> Option<Diagnostic> {
        let (prev, token) = (self.prev(), self.tok());
        let text = self.text(token);
        if self.pos == self.start_of + 1
            && let Some((message, note)) = foreign_statement(self.text(prev))
        {
            return Some(Diagnostic::error(codes::FOREIGN_KEYWORD, prev.span(), message).note(note));
        }
        if token.kind == T::Colon && matches!(prev.kind, T::Str | T::Int | T::Char | T::StrClose) {
            let message = "there are no literals for maps";
            let diag = Diagnostic::error(codes::UNEXPECTED_TOKEN, token.span(), message);
            return Some(diag.note("`[(\"Ann\", 30), (\"Bob\", 40)].iter().to_map()` makes one"));
        }
        if token.kind == T::Colon && prev.kind.is_name() {
            let message = "a variable with a type is declared with `let`";
            return Some(
                Diagnostic::error(codes::MISSING_SEPARATOR, token.span(), message)
                    .note("write `let x: Int = …`"),
            );
        }
        if token.kind == T::Not && !token.nl && self.nth(1).is_name() && !self.nth_tok(1).nl {
            let message = "there is no operator `!` between an actor and a message";
            let diag = Diagnostic::error(codes::FOREIGN_OPERATOR, token.span(), message);
            return Some(diag.note("write `send(actor, Message)`"));
        }
        let opened = self.pos.checked_sub(2).is_some_and(|at| self.tokens[at].kind == T::LBrace);
        if token.kind == T::Comma && opened {
            let message = format!("expected a newline or `;`, found {}", self.found());
            let diag = Diagnostic::error(codes::MISSING_SEPARATOR, token.span(), message);
            return Some(
                diag.note("values stand in brackets: `[1, 2]`; `[1, 2].to_set()` makes a set of them"),
            );
        }
        if matches!(token.kind, T::Plus | T::Minus) && token.nl {
            return None;
        }
        if token.kind == T::LBrace && self.at_arms() {
            let message = "a value with arms begins with `match`";
            let diag = Diagnostic::error(codes::UNEXPECTED_TOKEN, token.span(), message);
            return Some(diag.note("write `match x { … }`"));
        }
        if token.kind == T::StarStar {
            let message = "`**` cannot follow `as`";
            return Some(
                Diagnostic::error(codes::UNEXPECTED_TOKEN, token.span(), message)
                    .note("put the cast in parentheses"),
            );
        }
        if token.kind == T::FatArrow {
            let message =
                "`=>` stands between a pattern and its value in `match`, or before the body of a function";
            return Some(Diagnostic::error(codes::UNEXPECTED_TOKEN, token.span(), message));
        }
        if matches!(text, "xor" | "mod" | "rem" | "div") && self.nth(1).starts_expr() {
            let sign = match text {
                "xor" => "^",
                "mod" | "rem" => "%",
                _ => "/",
            };
            let message = format!("the operator is written `{sign}`");
            return Some(Diagnostic::error(codes::FOREIGN_OPERATOR, token.span(), message));
        }
        None
    }

    /// Whether a declaration of another language starts here.
    pub(super) fn at_foreign_item(&self) -> bool {
        let next = self.nth(1);
        self.kind() == T::Ident
            && next.is_word()
            && !matches!(next, T::KwIs | T::KwAs)
            && foreign_item(self.text(self.tok())).is_some()
    }

    /// What stands where an item should, with the word of this language where another one's is known; then
    /// the token becomes that word, so that what follows is still checked. True: go on with it.
    pub(super) fn no_item(&mut self) -> bool {
        let (span, token) = (self.span(), self.tok());
        let text = self.text(token);
        if let Some(keyword) = self.slipped_item().filter(|_| !self.at_foreign_item()) {
            let instead = keyword.text();
            let message = format!("expected a declaration, found `{text}`");
            let diag = Diagnostic::error(codes::EXPECTED_ITEM, span, message);
            self.fault(diag.fix_likely(format!("did you mean `{instead}`?"), span, instead));
            self.retag(keyword);
            return true;
        }
        if text == "static" && matches!(self.nth(1), T::KwFn | T::KwAsync) {
            let word = Span::new(span.lo, self.nth_tok(1).lo);
            let diag = Diagnostic::error(
                codes::FOREIGN_KEYWORD,
                span,
                "a function without `self` needs no `static`",
            );
            self.fault(diag.fix("remove it", word, ""));
            self.bump();
            return true;
        }
        if self.at_indented_fn() {
            self.indented_fn();
            return false;
        }
        let Some(meant) = foreign_item(text).filter(|_| self.at_foreign_item()) else {
            // Members are read one level deeper.
            let at_top = self.depth == 1;
            if self.astray && at_top {
                self.faults += 1;
            } else if token.kind == T::KwLet || token.kind.starts_expr() && !token.kind.is_soft_keyword() {
                let message = format!("expected a declaration, found {}", self.found());
                let diag = Diagnostic::error(codes::EXPECTED_ITEM, span, message);
                let note = "statements stand in functions: `fn main() { … }`; constants are `const X = …`";
                self.fault(diag.note(note));
            } else {
                self.expected(codes::EXPECTED_ITEM, "a declaration");
            }
            self.astray |= at_top;
            return false;
        };
        if meant == T::Error {
            let diag = Diagnostic::error(codes::FOREIGN_KEYWORD, span, "modules are not declared");
            self.fault(diag.note("each file is a module; `use` names what another one exports"));
            self.skip_statement();
            return false;
        }
        // What has fields is a struct.
        let has_fields = self.nth(2) == T::LBrace && self.nth(3).is_word() && self.nth(4) == T::Colon;
        let meant = if has_fields && meant == T::KwTrait { T::KwStruct } else { meant };
        let instead = meant.text();
        let message = format!("`{text}` is written `{instead}`");
        let diag = Diagnostic::error(codes::FOREIGN_KEYWORD, span, message);
        self.fault(diag.fix(format!("write `{instead}`"), span, instead));
        self.retag(meant);
        true
    }
}

pub(super) fn operator_at_line_start(span: Span) -> Diagnostic {
    let message = "a line cannot continue the one before with this operator";
    let diag = Diagnostic::error(codes::OPERATOR_AT_LINE_START, span, message);
    diag.note("put the operator at the end of the line before")
}

/// What begins a statement elsewhere that is none here, and how it is written.
fn foreign_statement(word: &str) -> Option<(&'static str, &'static str)> {
    Some(match word {
        "go" => {
            ("green threads are started by `async`", "`let f = async work()`, and `await f` for its result")
        }
        "defer" => (
            "there is no `defer`",
            "a value with a `drop` cleans up at the end of its scope: `iso struct Guard { … }`",
        ),
        "guard" => ("there is no `guard`", "`let Some(x) = e else { return }` binds, or leaves"),
        "case" | "cond" => ("this is written `match`", "`match x { 1 => …, _ => … }`"),
        "del" | "delete" => (
            "there is no `delete`",
            "values go at the end of their scope; `xs.remove(0)` and `m.remove(key)` take one out",
        ),
        "assert" => ("`assert` is a function", "write `assert(x == y)`"),
        "print" | "println" | "echo" | "puts" => ("printing is a function", "write `println(x)`"),
        _ => return None,
    })
}

/// What introduces a declaration elsewhere, and the keyword for it here; `Error` where there is none.
fn foreign_item(text: &str) -> Option<T> {
    Some(match text {
        "function" | "def" | "func" | "fun" | "proc" | "void" => T::KwFn,
        "class" | "record" | "object" => T::KwStruct,
        "interface" | "protocol" => T::KwTrait,
        "import" | "include" | "require" | "using" => T::KwUse,
        "public" => T::KwPub,
        "union" => T::KwEnum,
        "typedef" => T::KwType,
        "extension" | "implement" => T::KwImpl,
        "mod" | "module" | "namespace" | "package" => T::Error,
        _ => return None,
    })
}
