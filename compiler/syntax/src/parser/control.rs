//! `if`, `match`, loops, jumps and `try`.

use super::Parser;
use super::borrowed::may_bind;
use super::exprs::{assignment, error_expr};
use super::recover::Part;
use crate::ast::*;
use crate::codes;
use crate::diag::Diagnostic;
use crate::span::Span;
use crate::token::T;

impl Parser<'_> {
    /// An expression that starts with a keyword of control flow, or a labelled loop.
    pub(super) fn control(&mut self) -> Expr {
        match self.kind() {
            T::KwIf => self.if_expr(),
            T::KwMatch => self.match_expr(),
            T::KwTry => self.try_expr(),
            _ => self.loop_expr(),
        }
    }

    fn if_expr(&mut self) -> Expr {
        let start = self.bump().span();
        let cond = Box::new(self.cond());
        let then = Box::new(self.body());
        let else_ = self.else_branch().map(Box::new);
        Expr { kind: ExprKind::If { cond, then, else_ }, span: self.since(start) }
    }

    fn else_branch(&mut self) -> Option<Expr> {
        if self.at_foreign_else_if() {
            let span = self.span();
            let diag = Diagnostic::error(codes::FOREIGN_KEYWORD, span, "this is written `else if`");
            self.fault(diag.fix("write `else if`", span, "else if"));
            return Some(self.nested_if());
        }
        if !self.eat(T::KwElse) {
            return None;
        }
        if self.at(T::KwIf) {
            return Some(self.nested_if());
        }
        let block = self.else_body();
        let span = block.span;
        Some(Expr { kind: ExprKind::Block(Box::new(block)), span })
    }

    /// The block behind `else`; a value or jump without braces is taken for one.
    pub(super) fn else_body(&mut self) -> Block {
        let is_foreign = self.at(T::Ident) && self.at_foreign_body_start();
        let is_value = self.kind().starts_expr() && !self.at(T::LBrace) && !is_foreign;
        if !is_value || self.at_body_without_brace() && self.has_closing_brace() {
            return self.body();
        }
        let gap = Span::new(self.prev().hi, self.tok().lo);
        let faults = self.faults;
        let value = self.arm_body();
        let span = value.span;
        if self.faults == faults {
            let diag = Diagnostic::error(codes::UNEXPECTED_TOKEN, span, "a block stands behind `else`");
            let only_space = self.source(gap).bytes().all(|b| b.is_ascii_whitespace());
            // The brace stands on the line of `else`, before a comment.
            let open = if only_space { (gap, " { ") } else { (gap.before(), " {") };
            let edits = [open, (span.after(), " }")].map(|(at, text)| (at, text.to_string()));
            self.report(diag.fix_edits("put it in braces", edits.into()));
        }
        Block { stmts: Vec::new(), tail: Some(Box::new(value)), span }
    }

    fn nested_if(&mut self) -> Expr {
        let start = self.span();
        let expr = if self.enter() { self.if_expr() } else { error_expr(start) };
        self.leave();
        self.grow();
        expr
    }

    fn at_foreign_else_if(&self) -> bool {
        self.kind() == T::Ident
            && !self.tok().nl
            && matches!(self.text(self.tok()), "elif" | "elsif" | "elseif")
            && self.nth(1).starts_expr()
            && !self.nth_tok(1).nl
    }

    /// What stands between `if` or `while` and the body.
    fn cond(&mut self) -> Cond {
        self.without_struct(|p| {
            let start = p.span();
            let lacks_let = p.at_pattern_of_let();
            if !lacks_let && !p.eat(T::KwLet) {
                return Cond::Expr(p.condition());
            }
            // The `=` shows where the pattern ends, so a struct pattern needs no parentheses.
            let outer = std::mem::replace(&mut p.ctx.no_struct, false);
            let pat = p.pat(false);
            p.ctx.no_struct = outer;
            if !p.eat(T::Eq) {
                p.expected(codes::UNEXPECTED_TOKEN, "`=` and the value to match");
                return Cond::Let { pat, expr: error_expr(p.fault_span()), span: p.since(start) };
            }
            let expr = p.expr();
            match lacks_let {
                true => p.missing_let(&pat, &expr, start),
                false => p.no_let_chain(&pat, &expr, start),
            }
            Cond::Let { pat, expr, span: p.since(start) }
        })
    }

    /// A condition; `=` in it is meant as `==`.
    fn condition(&mut self) -> Expr {
        let start = self.span();
        if self.at(T::LBrace) {
            self.expected(codes::EXPECTED_EXPRESSION, "a condition");
            return error_expr(self.fault_span());
        }
        let expr = self.expr();
        if !self.at(T::Eq) {
            return expr;
        }
        let span = self.span();
        let diag = Diagnostic::error(codes::ASSIGNMENT_AS_VALUE, span, "an assignment is no condition");
        self.fault(match may_bind(&expr) {
            true => diag.note("`is` tests and binds: `e is Some(x) && x > 1`"),
            false => diag.fix("compare with `==`", span, "=="),
        });
        self.bump();
        self.expr();
        error_expr(self.since(start))
    }

    /// `if let p = e && c`: the test that `is` makes.
    fn no_let_chain(&mut self, pat: &Pat, expr: &Expr, start: Span) {
        let first = first_operand(expr);
        if first.span != expr.span {
            let span = Span::new(start.lo, first.span.hi);
            let diag = Diagnostic::error(codes::LET_CHAIN, span, "`let` in a condition stands alone");
            let diag = self.test_with_is(diag, pat, first, start);
            self.report(diag);
        }
    }

    pub(super) fn test_with_is(&self, diag: Diagnostic, pat: &Pat, value: &Expr, start: Span) -> Diagnostic {
        let fixed = format!("{} is {}", self.source(value.span), self.source(pat.span));
        diag.note("`is` tests and binds: `e is Some(x) && x > 1`").fix_likely(
            "test with `is`",
            Span::new(start.lo, value.span.hi),
            fixed,
        )
    }

    /// The block behind a header.
    pub(super) fn body(&mut self) -> Block {
        self.foreign_body_start();
        if self.at(T::LBrace) {
            if self.line_break() {
                self.brace_on_next_line();
            }
            return self.block();
        }
        if self.at_body_without_brace() {
            return self.block_without_brace("expected `{` at the end of this line");
        }
        if self.at(T::Colon) {
            let message = "expected `{`, found `:`";
            let diag = Diagnostic::error(codes::EXPECTED_EXPRESSION, self.span(), message);
            self.fault(diag.note("bodies and branches stand in braces: `if c { a } else { b }`"));
        } else {
            self.expected(codes::UNEXPECTED_TOKEN, "`{`");
        }
        Block { stmts: Vec::new(), tail: None, span: self.fault_span() }
    }

    /// `then`, `do` and `begin` before a body: reported, and left out where the body has braces.
    pub(super) fn foreign_body_start(&mut self) {
        if !self.at(T::Ident) || self.tok().nl {
            return;
        }
        if !self.at_foreign_body_start() {
            return;
        }
        let span = self.span();
        let message = format!("a body stands in braces, without `{}`", self.source(span));
        let diag = Diagnostic::error(codes::FOREIGN_KEYWORD, span, message);
        let brace = self.nth_tok(1);
        if brace.kind == T::LBrace && !brace.nl {
            self.fault(diag.fix("remove it", Span::new(span.lo, brace.lo), ""));
            self.bump();
        } else {
            self.fault(diag.note("`{` begins it, and `}` ends it"));
        }
    }

    /// Whether what is indented below the line before ends in a `}` of its own.
    fn has_closing_brace(&self) -> bool {
        let outer = self.indent(self.prev().lo);
        let mut depth = 0;
        for ahead in 0.. {
            let token = self.nth_tok(ahead);
            if depth == 0 && token.nl && self.indent(token.lo) <= outer {
                return token.kind == T::RBrace && self.indent(token.lo) == outer;
            }
            match token.kind {
                T::LBrace | T::LParen | T::LBracket => depth += 1,
                T::RBrace | T::RParen | T::RBracket => depth -= 1,
                T::Eof => break,
                _ => {}
            }
            if depth < 0 {
                break;
            }
        }
        false
    }

    fn at_foreign_body_start(&self) -> bool {
        ["then", "do", "begin"].iter().any(|word| self.at_text(word))
    }

    /// Reports a `{` that the newline rule separates from its header, and takes it nevertheless.
    pub(super) fn brace_on_next_line(&mut self) {
        if self.prev().kind == T::Comma {
            return; // A comma, as behind a `where` clause, joins the lines.
        }
        let span = self.span();
        let gap = Span::new(self.prev().hi, span.lo);
        let diag = Diagnostic::error(
            codes::BRACE_ON_NEXT_LINE,
            span,
            "`{` stands on the line of what it belongs to",
        );
        let diag = diag.note("a newline ends the statement before it");
        let only_space = self.source(gap).bytes().all(|b| b.is_ascii_whitespace());
        self.report(if only_space { diag.fix("move it up", gap, " ") } else { diag });
    }

    fn match_expr(&mut self) -> Expr {
        let start = self.bump().span();
        let scrutinee = Box::new(self.without_struct(Self::condition));
        let arms = self.arms();
        Expr { kind: ExprKind::Match { scrutinee, arms }, span: self.since(start) }
    }

    /// `{ pat when guard => body … }`, arms separated by newlines or commas.
    fn arms(&mut self) -> Vec<Arm> {
        let mut arms = Vec::new();
        if self.line_break() && self.at(T::LBrace) {
            self.brace_on_next_line();
        }
        let open = self.span();
        if self.tok().nl && self.at_first_arm() {
            let gap = self.prev().span().after();
            let message = "expected `{`, found the end of the line";
            let diag = Diagnostic::error(codes::UNEXPECTED_TOKEN, gap, message);
            self.fault(diag.fix_likely("the arms stand in braces", gap, " {"));
        } else if !self.expect(T::LBrace) {
            return arms;
        }
        self.nested(true, |p| {
            p.nested_lines(open, |p| {
                let arm = p.arm();
                arms.extend(arm);
            });
        });
        arms
    }

    /// Such elements in an expression, where they can hold each other.
    pub(super) fn nested_lines(&mut self, open: Span, element: impl FnMut(&mut Self)) {
        if self.enter() {
            self.separated_lines(open, element);
        }
        self.leave();
    }

    /// Elements that are separated by newlines or commas, up to `}`.
    pub(super) fn separated_lines(&mut self, open: Span, mut element: impl FnMut(&mut Self)) {
        let mut before: Option<Part> = None;
        loop {
            let joined = before.take().and_then(|part| self.note_part(part));
            before = Some(self.part(joined));
            if self.eat(T::RBrace) {
                return;
            }
            if self.at(T::Eof) {
                return self.unclosed_brace(open);
            }
            let (pos, faults) = (self.pos, self.faults);
            self.start_of = pos;
            element(self);
            let stuck = self.pos == pos;
            if self.eat(T::Comma) || self.at(T::RBrace) || (!stuck && self.tok().nl) {
                continue;
            }
            if self.at(T::Semi) && self.faults == faults {
                let span = self.span();
                let diag = Diagnostic::error(codes::MISSING_SEPARATOR, span, "`;` separates statements only");
                self.fault(diag.fix("write `,`", span, ","));
                self.bump();
                continue;
            }
            let named = self.kind().is_word() && !self.nth_tok(1).nl;
            if self.faults == faults && !stuck && named {
                self.missing_comma();
                continue;
            }
            if self.faults == faults {
                self.expected(codes::MISSING_SEPARATOR, "a newline, `,` or `}`");
            }
            if stuck {
                self.skip_tree();
            }
            if !self.tok().nl {
                self.skip_statement();
            }
            if !self.eat(T::Comma) {
                self.eat(T::Semi);
            }
        }
    }

    fn missing_comma(&mut self) {
        let gap = self.prev().span().after();
        let message = format!("expected a newline, `,` or `}}`, found {}", self.found());
        let diag = Diagnostic::error(codes::MISSING_SEPARATOR, self.span(), message);
        self.fault(diag.fix_likely("insert a comma", gap, ","));
    }

    fn arm(&mut self) -> Option<Arm> {
        let start = self.span();
        let faults = self.faults;
        if self.at_case() {
            self.case();
        }
        let pat = self.pat(true);
        let guard = self.guard();
        if !self.eat(T::FatArrow) && !self.arm_arrow(faults) {
            return None;
        }
        let body = self.arm_body();
        Some(Arm { pat, guard, body, span: self.since(start) })
    }

    fn guard(&mut self) -> Option<Expr> {
        if self.at(T::KwIf) {
            let span = self.span();
            let diag =
                Diagnostic::error(codes::FOREIGN_KEYWORD, span, "the guard of an arm is written with `when`");
            self.fault(diag.fix("write `when`", span, "when"));
        } else if !self.at(T::KwWhen) {
            return None;
        }
        self.bump();
        Some(self.expr())
    }

    /// The `=>` of an arm is missing: takes `->`, `:` and `=` for it.
    fn arm_arrow(&mut self, faults: usize) -> bool {
        let span = self.span();
        if matches!(self.kind(), T::Arrow | T::Colon | T::Eq) {
            let message = "a pattern and its value are separated by `=>`";
            let diag = Diagnostic::error(codes::UNEXPECTED_TOKEN, span, message);
            self.fault(diag.fix("write `=>`", span, "=>"));
            self.bump();
            return true;
        }
        if self.faults == faults {
            self.expected(codes::UNEXPECTED_TOKEN, "`=>`");
        }
        false
    }

    /// An expression or one assignment, which becomes a block.
    pub(super) fn arm_body(&mut self) -> Expr {
        let start = self.span();
        let place = self.expr();
        let Some(op) = assignment(self.kind()).filter(|_| !self.line_break()) else { return place };
        let place = Box::new(place);
        self.bump();
        let value = Box::new(self.expr());
        let span = self.since(start);
        let stmt = Stmt { kind: StmtKind::Assign { op, place, value }, span };
        Expr { kind: ExprKind::Block(Box::new(Block { stmts: vec![stmt], tail: None, span })), span }
    }

    /// `while`, `for` or `loop`, perhaps with a label.
    fn loop_expr(&mut self) -> Expr {
        let start = self.span();
        let mut label = None;
        if self.at(T::Label) {
            label = Some(self.label());
            self.expect(T::Colon);
        }
        let kind = match self.kind() {
            T::KwWhile => {
                self.bump();
                let cond = Box::new(self.cond());
                ExprKind::While { label, cond, body: Box::new(self.body()) }
            }
            T::KwFor => self.for_loop(label),
            T::KwLoop => {
                self.bump();
                ExprKind::Loop { label, body: Box::new(self.body()) }
            }
            _ => {
                self.expected(codes::UNEXPECTED_TOKEN, "`loop`, `while` or `for` behind the label");
                ExprKind::Error
            }
        };
        Expr { kind, span: self.since(start) }
    }

    fn for_loop(&mut self, label: Option<Ident>) -> ExprKind {
        self.bump();
        let (pat, iter) = self.without_struct(|p| {
            if p.at_counting_loop() {
                let head = p.counting_loop();
                return (Pat { kind: PatKind::Error, span: head.span }, head);
            }
            if p.at_range_loop() {
                return p.range_loop();
            }
            let first = p.pat(false);
            let pat = if p.at(T::Comma) { p.bare_tuple(first) } else { first };
            let of = p.at_text("of") || p.at(T::Colon);
            if of && !p.line_break() {
                let span = p.span();
                let diag =
                    Diagnostic::error(codes::UNEXPECTED_TOKEN, span, "a loop is written `for x in xs`");
                p.fault(diag.fix("write `in`", span, if p.at(T::Colon) { " in" } else { "in" }));
                p.bump();
                return (pat, p.condition());
            }
            if !p.eat(T::KwIn) {
                p.expected(codes::UNEXPECTED_TOKEN, "`in` and what to go through");
                return (pat, error_expr(p.fault_span()));
            }
            (pat, p.condition())
        });
        let body = Box::new(self.body());
        ExprKind::For { label, pat: Box::new(pat), iter: Box::new(iter), body }
    }

    /// The current token is a label; its name goes without the apostrophe.
    fn label(&mut self) -> Ident {
        let token = self.bump();
        let name = self.interner.intern(&self.text(token)[1..]);
        Ident { name, span: token.span() }
    }

    /// `break`, `continue`, `return`.
    pub(super) fn jump(&mut self) -> Expr {
        let start = self.bump();
        let label = match start.kind {
            T::KwBreak | T::KwContinue
                if self.at(T::Label) && !self.line_break() && self.nth(1) != T::Colon =>
            {
                Some(self.label())
            }
            _ => None,
        };
        let kind = match start.kind {
            T::KwBreak => ExprKind::Break { label, value: self.jump_value() },
            T::KwContinue => ExprKind::Continue { label },
            _ => ExprKind::Return(self.jump_value()),
        };
        Expr { kind, span: self.since(start.span()) }
    }

    fn jump_value(&mut self) -> Option<Box<Expr>> {
        let body = self.at(T::LBrace) && self.ctx.no_struct;
        let there = self.kind().starts_expr() && !self.line_break() && !body;
        there.then(|| Box::new(self.expr_or_assignment_fault()))
    }

    /// `try { … } catch { … }`, `try: E { … } catch { … }`, `try ask(…)`.
    fn try_expr(&mut self) -> Expr {
        let start = self.bump().span();
        if self.at(T::KwAsk) {
            let mut expr = self.special_form();
            match &mut expr.kind {
                ExprKind::Ask { is_try, .. } => *is_try = true,
                ExprKind::Error => {}
                _ => self.try_fault(start),
            }
            return Expr { span: self.since(start), ..expr };
        }
        let error_ty = self.eat(T::Colon).then(|| Box::new(self.ty()));
        if !self.at(T::LBrace) {
            self.try_fault(start);
            return if self.kind().starts_expr() { self.prefixed(start) } else { error_expr(start) };
        }
        let body = Box::new(self.block());
        if !self.eat(T::KwCatch) {
            self.expected(codes::UNEXPECTED_TOKEN, "`catch`");
            return Expr {
                kind: ExprKind::TryCatch { error_ty, body, arms: Vec::new() },
                span: self.since(start),
            };
        }
        let arms = if self.foreign_catch() { Vec::new() } else { self.arms() };
        Expr { kind: ExprKind::TryCatch { error_ty, body, arms }, span: self.since(start) }
    }

    /// `catch (e) { … }`, `catch e { … }` and `catch { statements }`: reported and passed over.
    fn foreign_catch(&mut self) -> bool {
        let names = self.at(T::LParen) || self.kind().is_name();
        let has_statements = self.at(T::LBrace) && self.nth(1) != T::RBrace && !self.has_arms();
        if self.line_break() || !names && !has_statements {
            return false;
        }
        let diag =
            Diagnostic::error(codes::UNEXPECTED_TOKEN, self.span(), "`catch` has arms, as `match` has");
        self.fault(diag.note(
            "`catch { e => … }` takes every error, `catch { NotFound => …, e => … }` tells them apart",
        ));
        while !self.at(T::LBrace) && !self.tok().nl && !self.at(T::Eof) {
            self.skip_tree();
        }
        if self.at(T::LBrace) {
            self.skip_tree();
        }
        true
    }

    fn try_fault(&mut self, start: Span) {
        let diag =
            Diagnostic::error(codes::UNEXPECTED_TOKEN, start, "`try` stands before a block or an `ask`");
        self.fault(diag.note("an error is passed on with `?` behind the call: `f(x)?`"));
    }
}

/// What stands before the first `&&`.
pub(super) fn first_operand(expr: &Expr) -> &Expr {
    let mut first = expr;
    while let ExprKind::Binary { op: BinOp::And, lhs, .. } = &first.kind {
        first = lhs;
    }
    first
}
