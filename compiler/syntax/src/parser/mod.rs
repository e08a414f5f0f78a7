//! Tokens to a syntax tree, by recursive descent.
//!
//! Parsing never fails. A fault is reported where it is found, the construct becomes an `Error` node or does
//! without the missing part, and parsing goes on at the end of the statement, the list element or the item.
//! Three rules keep one mistake to one message: no two faults are reported at the same token; what the lexer
//! has reported (a token of kind `Error`) is silent here; and once the parser has lost its way, it is silent up
//! to the end of the line.
//!
//! The stack is bounded: [`MAX_DEPTH`] counts nested constructs and [`MAX_HEIGHT`] the height of the tree,
//! which chains of operators and calls raise without recursion here but not in later phases.
//! Entry points: [`parse_file`], [`parse_kept`], [`parse_body`].

mod actors;
mod borrowed;
mod control;
mod decls;
mod entry;
mod exprs;
mod forms;
mod habits;
mod hints;
mod items;
mod kept;
mod patterns;
mod primary;
mod recover;
mod starts;
mod stmts;
mod strings;
mod types;

pub use entry::{Bodies, Room, parse_body, parse_file, parse_file_in, parse_kept};
pub use kept::KeptBodies;

use crate::ast::{Comment, Ident};
use crate::codes;
use crate::diag::Diagnostic;
use crate::intern::{Interner, Symbol};
use crate::lexer::Lexed;
use crate::span::Span;
use crate::token::{T, Token};
use entity::Arrange;
use entry::is_mended;

/// Limit on the bytes of one source file.
pub const MAX_FILE_BYTES: usize = 64 << 20;

/// Limit on how deep constructs nest in the text. The body of an expression such as `if` counts as one more.
pub const MAX_DEPTH: u32 = 256;

/// Limit on the height of an expression, chains of operators, fields and calls included.
pub const MAX_HEIGHT: u32 = 500;

/// After so many diagnostics the rest of a file is not looked at.
pub const MAX_DIAGNOSTICS: usize = 500;

/// What an open bracket changes, see [`Parser::nested`].
#[derive(Clone, Copy)]
struct Context {
    /// A newline ends a statement here: not inside `(` and `[`.
    newlines: bool,
    /// `{` starts a body, not a struct literal: behind `if`, `while`, `match`, `for`.
    no_struct: bool,
    /// `timeout` at the start of a line belongs to the `select` around.
    in_select: bool,
}

struct Parser<'a> {
    src: &'a str,
    base: u32,
    tokens: Vec<Token>,
    pos: usize,
    /// The token at `pos`, which is looked at all the time.
    current: Token,
    /// The end of what was consumed last, which may be half a token.
    end: u32,
    interner: &'a mut Interner,
    comments: Vec<Comment>,
    diags: Vec<Diagnostic>,
    ctx: Context,
    skipping: Bodies,
    depth: u32,
    /// The height of the expression parsed last, or of the highest one since an enclosing one began.
    height: u32,
    /// Index of the token at which the last fault was reported.
    last_fault: Option<usize>,
    /// Index of the token at which the parser lost its way: nothing is said about the rest of its line.
    lost: Option<usize>,
    /// Lines with errors of the lexer, in ascending order.
    spoiled: Vec<Spoiled>,
    /// Where the current body starts or the last one ends: errors before do not spoil what follows.
    fresh_from: u32,
    /// The declaration before was not understood: what stands between declarations may belong to it.
    astray: bool,
    /// A `{` has no partner.
    unbalanced: bool,
    /// Bodies of functions and tests, without those inside others.
    bodies: Vec<Span>,
    /// Statements, arms, members and declarations in which faults were found, those inside before those around.
    parts: Vec<Span>,
    /// Keywords that were reported as names of variables; their uses are not reported again.
    keyword_names: Vec<T>,
    /// A function has been declared that a reserved word names. The checker reports it, and not its calls.
    reserved_fn: bool,
    /// Up to this token, a mistake that many lines or parameters share was reported.
    told_until: usize,
    /// The same of the holes of a string.
    told_holes: usize,
    /// Counts faults, also those that are silent because the lexer has reported them.
    faults: usize,
    /// Index of the first token of the current statement, arm or item.
    start_of: usize,
    /// A limit was exceeded; the rest of the input is ignored silently.
    stopped: bool,
    /// How many of the diagnostics are the lexer's.
    n_lexical: usize,
    /// Bodies skipped, and the tokens of those to be kept.
    deferred: Vec<Span>,
    kept: KeptBodies,
}

impl<'a> Parser<'a> {
    fn new(
        src: &'a str,
        base: u32,
        interner: &'a mut Interner,
        skipping: Bodies,
        lexed: Lexed,
    ) -> Parser<'a> {
        let Lexed { tokens, comments, diags, stopped, cut } = lexed;
        let n_lexical = diags.len();
        let spoiled = spoiled_lines(src, base, &diags);
        let current = tokens[0];
        let ctx = Context { newlines: true, no_struct: false, in_select: false };
        Parser {
            src,
            base,
            tokens,
            pos: 0,
            current,
            end: base,
            interner,
            comments,
            diags,
            ctx,
            skipping,
            depth: 0,
            height: 0,
            last_fault: None,
            lost: None,
            spoiled,
            fresh_from: base,
            astray: false,
            unbalanced: cut,
            bodies: Vec::new(),
            parts: Vec::new(),
            keyword_names: Vec::new(),
            reserved_fn: false,
            told_until: 0,
            told_holes: 0,
            faults: 0,
            start_of: 0,
            stopped,
            n_lexical,
            deferred: Vec::with_capacity(if skipping == Bodies::Parse { 0 } else { 16 }),
            kept: KeptBodies::default(),
        }
    }

    /// The diagnostics in the order of the text. Those of the lexer inside a skipped body come with the body.
    fn finish(mut self) -> Vec<Diagnostic> {
        if !self.deferred.is_empty() {
            let parsed = self.diags.split_off(self.n_lexical);
            // Bodies are in ascending order and disjoint.
            let deferred = &self.deferred;
            self.diags.retain(|diag| {
                let pos = diag.span().lo;
                let after = deferred.partition_point(|s| s.lo <= pos);
                after == 0 || !deferred[after - 1].contains(pos)
            });
            self.diags.extend(parsed);
        }
        self.diags.arrange_by_key(|d| d.span().lo);
        self.diags
    }

    fn tok(&self) -> Token {
        self.current
    }

    fn kind(&self) -> T {
        self.current.kind
    }

    /// The kind of a token further on; beyond the end it is `Eof`.
    fn nth(&self, ahead: usize) -> T {
        self.tokens.get(self.pos + ahead).map_or(T::Eof, |t| t.kind)
    }

    fn nth_tok(&self, ahead: usize) -> Token {
        self.tokens[(self.pos + ahead).min(self.tokens.len() - 1)]
    }

    fn span(&self) -> Span {
        self.tok().span()
    }

    /// The token before the current one.
    fn prev(&self) -> Token {
        match self.pos {
            0 => Token { kind: T::Eof, nl: true, lo: self.base, hi: self.base },
            pos => self.tokens[pos - 1],
        }
    }

    /// From the start of a node to the end of the token consumed last.
    fn since(&self, start: Span) -> Span {
        Span::new(start.lo, self.end.max(start.lo))
    }

    fn at(&self, kind: T) -> bool {
        self.kind() == kind
    }

    /// Consumes the current token; the last one, `Eof`, stays.
    fn bump(&mut self) -> Token {
        let token = self.current;
        if let Some(next) = self.tokens.get(self.pos + 1) {
            self.pos += 1;
            self.current = *next;
            self.end = token.hi;
        }
        token
    }

    /// Makes the token with this index the current one.
    fn go_to(&mut self, pos: usize) {
        self.pos = pos;
        self.current = self.tokens[pos];
    }

    fn eat(&mut self, kind: T) -> bool {
        let found = self.at(kind);
        if found {
            self.bump();
        }
        found
    }

    /// Whether the current token starts a new line where that matters.
    fn line_break(&self) -> bool {
        self.ctx.newlines && self.tok().nl
    }

    /// Whether the current token touches the one before it.
    fn joined(&self) -> bool {
        self.tok().lo == self.prev().hi
    }

    fn text(&self, token: Token) -> &'a str {
        &self.src[(token.lo - self.base) as usize..(token.hi - self.base) as usize]
    }

    fn source(&self, span: Span) -> &'a str {
        self.src.get((span.lo - self.base) as usize..(span.hi - self.base) as usize).unwrap_or("")
    }

    fn at_text(&self, text: &str) -> bool {
        let token = self.current;
        let start = (token.lo - self.base) as usize;
        token.kind == T::Ident
            && (token.hi - token.lo) as usize == text.len()
            && self.src.as_bytes()[start..].starts_with(text.as_bytes())
    }

    #[inline]
    fn symbol(&mut self, token: Token) -> Symbol {
        self.interner.intern_part(self.src, (token.lo - self.base) as usize, (token.hi - self.base) as usize)
    }

    /// Consumes the current token as a name.
    fn bump_ident(&mut self) -> Ident {
        let token = self.bump();
        Ident { name: self.symbol(token), span: token.span() }
    }

    /// Makes the current token one of another kind.
    fn retag(&mut self, kind: T) {
        self.current.kind = kind;
        self.tokens[self.pos].kind = kind;
    }

    /// Splits a token that starts with `first` into that and the rest: `>>` closes two lists.
    fn split(&mut self, first: T, rest: T) -> Span {
        let token = &mut self.current;
        let span = Span::new(token.lo, token.lo + first.text().len() as u32);
        token.lo = span.hi;
        token.kind = rest;
        token.nl = false;
        self.tokens[self.pos] = *token;
        self.end = span.hi;
        span
    }

    /// Runs `parse` inside brackets, where newlines matter or not, and restores the context.
    fn nested<R>(&mut self, newlines: bool, parse: impl FnOnce(&mut Self) -> R) -> R {
        let outer =
            std::mem::replace(&mut self.ctx, Context { newlines, no_struct: false, in_select: false });
        let result = parse(self);
        self.ctx = outer;
        result
    }

    /// Runs `parse` where `{` starts a body.
    fn without_struct<R>(&mut self, parse: impl FnOnce(&mut Self) -> R) -> R {
        let outer = std::mem::replace(&mut self.ctx.no_struct, true);
        let result = parse(self);
        self.ctx.no_struct = outer;
        result
    }

    /// Counts one level of nesting; false when there are too many. Each call needs its [`Parser::leave`].
    #[inline]
    fn enter(&mut self) -> bool {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.too_deep();
        }
        !self.stopped
    }

    #[cold]
    fn too_deep(&mut self) {
        let message = format!("constructs nest more than {MAX_DEPTH} levels deep here");
        let diag = Diagnostic::error(codes::NESTING_TOO_DEEP, self.span(), message);
        self.stop(diag.note("give a part a name, with `let` or as a function or type of its own"));
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Counts one more node on top of the expression parsed last.
    #[inline]
    fn grow(&mut self) {
        self.height += 1;
        if self.height > MAX_HEIGHT {
            self.too_high();
        }
    }

    #[cold]
    fn too_high(&mut self) {
        let message = format!("this chain of operators or calls has more than {MAX_HEIGHT} links");
        let diag = Diagnostic::error(codes::NESTING_TOO_DEEP, self.prev().span(), message);
        self.stop(diag.note("name parts of it with `let`, or build the value in a loop"));
    }

    /// Reports that a limit is exceeded and skips to the end: whatever followed would be noise.
    fn stop(&mut self, diag: Diagnostic) {
        if !self.stopped {
            self.diags.push(diag);
            self.stopped = true;
            self.go_to(self.tokens.len() - 1);
        }
    }

    /// Reports a fault found at the current token, at most one for a token.
    fn fault(&mut self, diag: Diagnostic) {
        let silent = self.at(T::Error) || self.last_fault == Some(self.pos) || self.is_lost();
        self.last_fault = Some(self.pos);
        if silent || !is_mended(&diag) {
            self.lose();
        }
        self.faults += usize::from(silent);
        if !silent {
            self.report(diag);
        }
    }

    /// Reports a fault that changes nothing in how the rest is read.
    fn aside(&mut self, diag: Diagnostic) {
        let outer = self.lost;
        self.fault(diag);
        self.lost = outer;
    }

    /// From here to the end of the line, what is found comes from what has been reported.
    fn lose(&mut self) {
        let at_end = self.tok().nl && self.pos != self.start_of;
        self.lost = Some(if at_end { self.pos.saturating_sub(1) } else { self.pos });
    }

    fn is_lost(&self) -> bool {
        let pos = self.fault_span().lo;
        let after = self.spoiled.partition_point(|line| line.part.lo <= pos);
        let line = self.spoiled[..after].last();
        let spoiled = line.is_some_and(|line| pos <= line.part.hi && line.fault >= self.fresh_from);
        // Behind a comment or a string that takes the rest of the file.
        let cut = self.at(T::Eof) && self.unbalanced;
        let lost = self.lost.is_some_and(|at| {
            at <= self.pos && !self.tokens[(at + 1).min(self.pos + 1)..=self.pos].iter().any(|t| t.nl)
        });
        spoiled || cut || lost
    }

    /// Reports a fault that does not depend on the current token.
    fn report(&mut self, diag: Diagnostic) {
        self.faults += 1;
        if self.stopped {
            return;
        }
        self.diags.push(diag);
        if self.diags.len() >= MAX_DIAGNOSTICS {
            let message = format!("{MAX_DIAGNOSTICS} mistakes found; the rest of the file was not read");
            self.stop(Diagnostic::error(codes::TOO_MANY_ERRORS, self.span(), message));
        }
    }

    /// What stands at the current place, for a message.
    fn found(&self) -> String {
        let token = self.tok();
        if token.kind != T::Eof && self.line_break() && self.pos != self.start_of {
            return "the end of the line".to_string();
        }
        match token.kind {
            T::Ident | T::Label | T::Int | T::Float | T::Duration => {
                let text: String = self.text(token).chars().take(40).collect();
                format!("`{text}`")
            }
            kind if kind.is_punctuation() || kind.is_soft_keyword() => format!("`{}`", kind.text()),
            kind if kind.is_hard_keyword() => format!("the keyword `{}`", kind.text()),
            kind => kind.text().to_string(),
        }
    }

    /// Where to mark what is missing: behind the last token when the line ends there.
    fn fault_span(&self) -> Span {
        let token = self.tok();
        if self.pos != self.start_of && (token.nl || token.kind == T::Eof) {
            self.prev().span().after()
        } else {
            token.span()
        }
    }

    /// Reports that something else was expected here.
    fn expected(&mut self, code: &'static str, what: &str) {
        let message = format!("expected {what}, found {}", self.found());
        let diag = Diagnostic::error(code, self.fault_span(), message);
        self.fault(diag);
    }

    /// Consumes the token, or reports that it is missing.
    fn expect(&mut self, kind: T) -> bool {
        if self.eat(kind) {
            return true;
        }
        self.expected(codes::UNEXPECTED_TOKEN, &format!("`{}`", kind.text()));
        false
    }

    /// A name where keywords are not names; `None` after reporting what is there instead.
    fn name(&mut self, what: &str) -> Option<Ident> {
        let token = self.tok();
        if token.kind.is_name() {
            return Some(self.bump_ident());
        }
        if token.kind.is_word() && !self.line_break() && !matches!(token.kind, T::KwFn | T::KwSelf) {
            let text = self.text(token);
            let message = match token.kind {
                T::Reserved => format!("`{text}` is reserved and cannot name {what}"),
                _ => format!("`{text}` is a keyword and cannot name {what}"),
            };
            let diag = Diagnostic::error(codes::KEYWORD_AS_NAME, token.span(), message);
            self.fault(diag.fix_likely("choose another name", token.span(), format!("{text}_")));
            self.keyword_names.push(token.kind);
            return Some(self.bump_ident());
        }
        self.expected(codes::EXPECTED_NAME, &format!("the name of {what}"));
        None
    }

    /// A name where every word is one.
    fn word(&mut self, what: &str) -> Option<Ident> {
        let next_item = self.line_break() && self.kind().starts_item() && self.nth(1) != T::Colon;
        if self.kind().is_word() && !next_item {
            return Some(self.bump_ident());
        }
        self.expected(codes::EXPECTED_NAME, &format!("the name of {what}"));
        None
    }

    /// Stands in for a name that is missing; [`Symbol`] of the empty string.
    fn missing_name(&self) -> Ident {
        Ident { name: crate::intern::sym::empty, span: self.fault_span() }
    }

    fn name_or_missing(&mut self, what: &str) -> Ident {
        self.name(what).unwrap_or_else(|| self.missing_name())
    }
}

/// A part of a line that cannot be understood because of an error of the lexer.
struct Spoiled {
    part: Span,
    fault: u32,
}

/// What errors of the lexer spoil: the rest of their lines. The quote that a string lacks may be missing anywhere on
/// the line.
fn spoiled_lines(src: &str, base: u32, diags: &[Diagnostic]) -> Vec<Spoiled> {
    let mut lines: Vec<Spoiled> = Vec::new();
    for diag in diags.iter().filter(|d| !is_mended(d)) {
        let fault = diag.span().lo;
        let at = (fault - base) as usize;
        if lines.last().is_some_and(|line| line.part.contains(fault)) {
            continue;
        }
        let end = src[at..].find('\n').map_or(src.len(), |i| at + i);
        let start = match diag.code == codes::UNTERMINATED_STRING {
            true => src[..at].rfind('\n').map_or(0, |i| i + 1),
            false => at,
        };
        lines.push(Spoiled { part: Span::new(base + start as u32, base + end as u32), fault });
    }
    lines.arrange_by_key(|line| line.part.lo);
    lines
}

/// Whether a name is that of a type, variant or constant rather than of a variable.
fn is_upper(text: &str) -> bool {
    text.trim_start_matches('_').chars().next().is_some_and(char::is_uppercase)
}
