//! The special forms of actors, whose keywords are names anywhere else.

use super::Parser;
use super::exprs::{error_expr, prec};
use crate::ast::*;
use crate::codes;
use crate::diag::Diagnostic;
use crate::span::Span;
use crate::token::T;

impl Parser<'_> {
    /// An expression that starts with a contextual keyword: its form if that can start here, else a name.
    pub(super) fn special_form(&mut self) -> Expr {
        let next = self.nth_tok(1);
        let same_line = !(self.ctx.newlines && next.nl);
        let call = next.kind == T::LParen && same_line;
        match self.kind() {
            T::KwSpawn if same_line && (next.kind.is_name() || next.kind == T::KwSelfType) => self.spawn(),
            T::KwSend if call => self.send(),
            T::KwAsk if call => self.ask(),
            T::KwReply if call => self.reply(),
            T::KwSelect if next.kind == T::LBrace && same_line && !self.ctx.no_struct => self.select(),
            T::KwYield if same_line && next.kind.starts_expr() && next.kind != T::LBrace => {
                let start = self.bump().span();
                let value = Box::new(self.expr());
                Expr { kind: ExprKind::Yield(value), span: self.since(start) }
            }
            T::KwNew if same_line && next.kind.is_name() => self.foreign_new(),
            _ => self.name_expr(),
        }
    }

    /// `spawn Counter(10)`, `spawn Counter.named(…)`
    fn spawn(&mut self) -> Expr {
        let start = self.bump().span();
        let mut ctor = self.path_start();
        while self.at(T::Dot) && (self.nth(1).is_word() || self.nth(1) == T::Lt) && !self.stopped {
            self.field(&mut ctor);
            self.grow();
        }
        let args = if self.at(T::LParen) && !self.line_break() { self.call_args() } else { Vec::new() };
        Expr { kind: ExprKind::Spawn { ctor: Box::new(ctor), args }, span: self.since(start) }
    }

    /// The arguments of a form that takes a target and a message.
    fn target_and_message(&mut self, form: &str, start: Span) -> Option<(Box<Expr>, Box<Expr>)> {
        let (faults, open) = (self.faults, self.span());
        let mut args = self.call_args();
        if let Some(span) = args.iter().find_map(|arg| arg.mut_span) {
            let message = format!("the arguments of `{form}` are values, never `mut`");
            self.report(Diagnostic::error(codes::WRONG_FORM, span, message));
        }
        match (args.pop(), args.pop()) {
            (Some(message), Some(target)) if args.is_empty() => {
                Some((Box::new(target.expr), Box::new(message.expr)))
            }
            _ => {
                if self.faults == faults {
                    let message = format!("`{form}` takes an actor and a message");
                    let diag = Diagnostic::error(codes::WRONG_FORM, self.since(open), message);
                    self.report(diag.note(format!("write `{form}(counter, Add(1))`")));
                }
                let _ = start;
                None
            }
        }
    }

    fn send(&mut self) -> Expr {
        let start = self.bump().span();
        match self.target_and_message("send", start) {
            Some((target, message)) => {
                Expr { kind: ExprKind::Send { target, message }, span: self.since(start) }
            }
            None => error_expr(self.since(start)),
        }
    }

    /// `ask(target, message) timeout t`
    fn ask(&mut self) -> Expr {
        let start = self.bump().span();
        let parts = self.target_and_message("ask", start);
        // In the arms of a `select`, a line that starts with `timeout` is an arm.
        let timeout = (self.at(T::KwTimeout) && !(self.ctx.in_select && self.tok().nl)).then(|| {
            self.bump();
            // A comparison behind it is one of the answer: `ask(c, Get) timeout 1s is Ok(x)`.
            Box::new(self.expr_above(prec::COMPARE + 1))
        });
        match parts {
            Some((target, message)) => {
                let kind = ExprKind::Ask { target, message, timeout, is_try: false };
                Expr { kind, span: self.since(start) }
            }
            None => error_expr(self.since(start)),
        }
    }

    /// `reply(x)`, `reply()`
    fn reply(&mut self) -> Expr {
        let start = self.bump().span();
        let (faults, open) = (self.faults, self.span());
        let mut args = self.call_args();
        let value = match args.len() {
            0 => Expr { kind: ExprKind::Tuple(Vec::new()), span: self.since(open) },
            1 => args.remove(0).expr,
            _ => {
                if self.faults == faults {
                    let message = "`reply` takes one value";
                    self.report(Diagnostic::error(codes::WRONG_FORM, self.since(open), message));
                }
                return error_expr(self.since(start));
            }
        };
        Expr { kind: ExprKind::Reply(Box::new(value)), span: self.since(start) }
    }

    /// `await e`, `async e`
    pub(super) fn async_prefix(&mut self) -> Expr {
        let token = self.bump();
        let operand = Box::new(self.prefixed(token.span()));
        let kind = match token.kind {
            T::KwAwait => ExprKind::Await(operand),
            _ => ExprKind::Async(operand),
        };
        Expr { kind, span: self.since(token.span()) }
    }

    /// `select { v = future => body … timeout t => body }`
    fn select(&mut self) -> Expr {
        let start = self.bump().span();
        let open = self.bump().span();
        let mut arms = Vec::new();
        let mut timeout = None;
        let faults = self.faults;
        self.nested(true, |p| {
            p.nested_lines(open, |p| {
                p.ctx.in_select = true;
                if p.at(T::KwTimeout) && p.nth(1) != T::Eq {
                    let arm = p.timeout_arm(timeout.is_some());
                    timeout = timeout.take().or(arm);
                } else {
                    arms.extend(p.select_arm());
                }
            });
        });
        if self.faults > faults {
            return error_expr(self.since(start));
        }
        Expr { kind: ExprKind::Select { arms, timeout }, span: self.since(start) }
    }

    fn timeout_arm(&mut self, again: bool) -> Option<(Box<Expr>, Box<Expr>)> {
        let span = self.bump().span();
        if again {
            self.report(Diagnostic::error(codes::WRONG_FORM, span, "a `select` has one `timeout`"));
        }
        let time = Box::new(self.expr());
        if !self.expect(T::FatArrow) {
            return None;
        }
        Some((time, Box::new(self.arm_body())))
    }

    fn select_arm(&mut self) -> Option<SelectArm> {
        let start = self.span();
        let faults = self.faults;
        let pat = self.pat(false);
        if !self.at(T::Eq) {
            if self.faults == faults {
                self.expected(codes::UNEXPECTED_TOKEN, "`=` and a future");
            }
            return None;
        }
        self.bump();
        let future = self.expr();
        if !self.expect(T::FatArrow) {
            return None;
        }
        let body = self.arm_body();
        Some(SelectArm { pat, future, body, span: self.since(start) })
    }
}
