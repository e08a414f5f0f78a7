//! Items: attributes, docs, `use`, functions, constants, aliases, tests. The others are in `decls` and `actors`.

use super::entry::is_mended;
use super::types::error_type;
use super::{Bodies, Parser};
use crate::ast::*;
use crate::codes;
use crate::diag::Diagnostic;
use crate::span::Span;
use crate::token::T;

/// Where an item stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    File,
    Members,
}

impl Parser<'_> {
    /// The items come into the memory of `items`.
    pub(super) fn file(&mut self, mut items: Vec<Item>) -> File {
        let is_unsafe = self.at(T::KwUnsafe) && (self.nth_tok(1).nl || self.nth(1) == T::Eof);
        if is_unsafe {
            self.bump();
        }
        let docs = self.head_docs();
        let mut joined = None;
        while !self.at(T::Eof) {
            let part = self.part(joined);
            if self.at(T::RBrace) {
                self.extra_brace();
                joined = self.note_part(part);
                continue;
            }
            let (pos, faults, diags) = (self.pos, self.faults, self.diags.len());
            let item = self.item();
            if !matches!(item.kind, ItemKind::Error) {
                let mended = self.diags.iter().skip(diags).filter(|d| is_mended(d)).count();
                self.astray = self.faults - faults > mended;
            }
            items.push(item);
            self.end_item(pos, self.faults > faults);
            joined = self.note_part(part);
        }
        File { is_unsafe, items, comments: std::mem::take(&mut self.comments), docs, ..File::default() }
    }

    /// The `//!` lines before the first item.
    fn head_docs(&self) -> Option<String> {
        let end = self.tok().lo;
        let docs = self.comments.iter().take_while(|c| c.span.lo < end);
        self.join_docs(docs.filter(|c| c.kind == CommentKind::InnerDoc).map(|c| c.span))
    }

    fn join_docs(&self, lines: impl Iterator<Item = Span>) -> Option<String> {
        let mut text: Option<String> = None;
        for span in lines {
            let line = self.source(span).get(3..).unwrap_or("");
            let line = line.strip_prefix(' ').unwrap_or(line).trim_end();
            match &mut text {
                Some(text) => {
                    text.push('\n');
                    text.push_str(line);
                }
                None => text = Some(line.to_string()),
            }
        }
        text
    }

    /// The `///` lines between the last token and the current one.
    pub(super) fn docs(&self) -> Option<String> {
        if self.comments.is_empty() {
            return None;
        }
        let (from, to) = (if self.pos == 0 { self.base } else { self.prev().hi }, self.tok().lo);
        let first = self.comments.partition_point(|c| c.span.lo < from);
        let between = self.comments[first..].iter().take_while(|c| c.span.lo < to);
        self.join_docs(between.filter(|c| c.kind == CommentKind::Doc && c.own_line).map(|c| c.span))
    }

    /// A `)` or `]` where no bracket is open. True: it was reported and skipped.
    pub(super) fn extra_bracket(&mut self) -> bool {
        if !matches!(self.kind(), T::RParen | T::RBracket) {
            return false;
        }
        let (span, text) = (self.span(), self.kind().text());
        let diag = Diagnostic::error(codes::EXTRA_BRACKET, span, format!("this `{text}` closes nothing"));
        self.fault(diag.fix_likely("remove it", span, ""));
        self.bump();
        true
    }

    fn extra_brace(&mut self) {
        if self.astray {
            self.bump();
            return;
        }
        let span = self.span();
        let diag = Diagnostic::error(codes::EXTRA_BRACKET, span, "this `}` closes nothing");
        self.fault(diag.fix_likely("remove it", span, ""));
        self.bump();
    }

    /// After an item: makes sure that parsing goes on where the next can start.
    pub(super) fn end_item(&mut self, start: usize, faulty: bool) {
        while self.at(T::Semi) {
            let semi = self.bump().span();
            if self.tok().nl && !faulty {
                self.unneeded_semicolon(semi);
            }
        }
        if self.pos == start {
            self.skip_item();
        }
    }

    pub(super) fn item(&mut self) -> Item {
        let start = self.span();
        let item = match self.enter() {
            true => self.item_at(Place::File),
            false => Item { attrs: Vec::new(), docs: None, vis: None, kind: ItemKind::Error, span: start },
        };
        self.leave();
        item
    }

    /// An item with its docs, attributes and `pub`.
    pub(super) fn item_at(&mut self, place: Place) -> Item {
        let start = self.span();
        self.start_of = self.pos;
        let mut docs = self.docs();
        let attrs = self.attributes();
        if docs.is_none() && !attrs.is_empty() {
            docs = self.docs();
        }
        if self.at_text("public") && self.nth(1).is_word() {
            self.no_item();
        }
        let vis = self.at(T::KwPub).then(|| self.bump().span());
        let faults = self.faults;
        let kind = self.item_kind(place);
        if self.faults == faults && matches!(kind, ItemKind::Use(_) | ItemKind::Const(_) | ItemKind::Type(_))
        {
            self.end_line();
        }
        Item { attrs, docs, vis, kind, span: self.since(start) }
    }

    fn item_kind(&mut self, place: Place) -> ItemKind {
        match self.kind() {
            T::KwFn | T::KwAsync | T::KwUnsafe | T::KwExport => self.fn_item(),
            T::KwStruct | T::KwEnum | T::KwIso => self.data_item(),
            T::KwConst => self.const_item(),
            T::KwType => self.type_item(),
            T::KwUse if place == Place::File => self.use_item(),
            T::KwTrait if place == Place::File => self.trait_item(),
            T::KwImpl if place == Place::File => self.impl_item(),
            T::KwExtern if place == Place::File => self.extern_item(),
            T::KwActor if place == Place::File => self.actor_item(),
            T::KwTest if matches!(self.nth(1), T::Str | T::RawStr | T::StrOpen | T::MultiStr) => {
                self.test_item()
            }
            _ => self.other_item(place),
        }
    }

    fn other_item(&mut self, place: Place) -> ItemKind {
        let start = self.pos;
        if self.no_item() {
            return if self.at(T::KwPub) { ItemKind::Error } else { self.item_kind(place) };
        }
        if self.pos > start {
            return ItemKind::Error;
        }
        if !self.kind().starts_item() || place == Place::Members {
            self.skip_item();
        }
        if self.pos == start && !matches!(self.kind(), T::Eof | T::RBrace) {
            self.bump();
        }
        ItemKind::Error
    }

    /// Reports what follows on the line of an item that ends with it.
    fn end_line(&mut self) {
        let token = self.tok();
        if token.nl || matches!(token.kind, T::Semi | T::RBrace | T::Eof) {
            return;
        }
        self.expected(codes::MISSING_SEPARATOR, "a newline");
        self.skip_statement();
    }

    /// `@name`, `@name(args)`, any number.
    pub(super) fn attributes(&mut self) -> Vec<Attribute> {
        let mut attrs = Vec::new();
        while self.at(T::At) {
            let start = self.bump().span();
            let Some(name) = self.word("an attribute") else { continue };
            let mut args = Vec::new();
            if self.at(T::LParen) && !self.tok().nl {
                let open = self.bump().span();
                self.nested(false, |p| {
                    p.list(open, T::RParen, |p| {
                        let arg = p.attr_arg();
                        let ok = arg.is_some();
                        args.extend(arg);
                        ok
                    });
                });
            }
            attrs.push(Attribute { name, args, span: self.since(start) });
        }
        attrs
    }

    fn attr_arg(&mut self) -> Option<AttrArg> {
        let token = self.tok();
        match token.kind {
            T::Str | T::RawStr | T::MultiStr | T::StrOpen | T::MultiStrOpen => {
                let (text, span) = self.string_value("a string")?;
                Some(AttrArg::Str(text, span))
            }
            T::Int => {
                self.bump();
                let (value, _) = crate::literal::int(self.text(token), token.span(), &mut self.diags);
                Some(AttrArg::Int(value, token.span()))
            }
            kind if kind.is_word() => {
                let name = self.bump_ident();
                if !self.eat(T::Colon) {
                    return Some(AttrArg::Name(name));
                }
                Some(AttrArg::Named(name, Box::new(self.attr_arg()?)))
            }
            _ => {
                self.expected(codes::UNEXPECTED_TOKEN, "a name, a string or a number");
                None
            }
        }
    }

    fn use_item(&mut self) -> ItemKind {
        self.bump();
        ItemKind::Use(self.use_tree())
    }

    fn use_tree(&mut self) -> UseTree {
        let start = self.span();
        let mut path = Vec::new();
        while let Some(ident) = self.word("a module") {
            path.push(ident);
            if self.at(T::ColonColon) {
                self.colon_colon();
            }
            if self.eat(T::DotStar) {
                return UseTree { path, kind: UseKind::All, span: self.since(start) };
            }
            if !self.eat(T::Dot) {
                break;
            }
            if self.at(T::LBrace) {
                let kind = self.use_group();
                return UseTree { path, kind, span: self.since(start) };
            }
        }
        let rename = if self.eat(T::KwAs) { self.name("the import") } else { None };
        UseTree { path, kind: UseKind::Single { rename }, span: self.since(start) }
    }

    fn use_group(&mut self) -> UseKind {
        let open = self.bump().span();
        let mut trees = Vec::new();
        if !self.enter() {
            self.leave();
            return UseKind::Group(trees);
        }
        self.nested(false, |p| {
            p.list(open, T::RBrace, |p| {
                let before = p.pos;
                let tree = p.use_tree();
                if p.pos > before {
                    trees.push(tree);
                }
                p.pos > before
            });
        });
        self.leave();
        UseKind::Group(trees)
    }

    /// `fn` with what may stand before it, or `export actor`.
    fn fn_item(&mut self) -> ItemKind {
        let start = self.span();
        let (mut is_async, mut is_export, mut is_unsafe) = (false, false, false);
        loop {
            match self.kind() {
                T::KwAsync => is_async = true,
                T::KwExport => is_export = true,
                T::KwUnsafe => is_unsafe = true,
                _ => break,
            }
            self.bump();
        }
        if is_export && self.eat(T::KwActor) {
            return match self.name("an actor") {
                Some(name) => ItemKind::ExportActor(name),
                None => ItemKind::Error,
            };
        }
        if !self.at(T::KwFn) {
            self.expected(codes::UNEXPECTED_TOKEN, "`fn`");
            return ItemKind::Error;
        }
        let decl = self.fn_decl(start);
        ItemKind::Fn(Box::new(FnDecl { is_async, is_export, is_unsafe, ..decl }))
    }

    /// A function from `fn` on.
    pub(super) fn fn_decl(&mut self, start: Span) -> FnDecl {
        self.bump();
        self.reserved_fn |= self.at(T::Reserved);
        let name = self.word("a function").unwrap_or_else(|| self.missing_name());
        self.fn_rest(name, start)
    }

    /// A function behind its name.
    pub(super) fn fn_rest(&mut self, name: Ident, start: Span) -> FnDecl {
        let faults = self.faults;
        let mut generics = self.generics();
        let params = self.params();
        let mut ret = self.ret_type();
        self.where_clauses(&mut generics);
        let sig_span = self.since(start);
        let is_faulty = self.faults > faults;
        let body = self.fn_body();
        self.unread_result(&mut ret, is_faulty || body.is_none() && self.faults > faults);
        FnDecl {
            name,
            generics,
            params,
            ret,
            body,
            is_async: false,
            is_export: false,
            is_unsafe: false,
            sig_span,
        }
    }

    /// Without a type, the result of a signature that was not understood gets along with all.
    pub(super) fn unread_result(&self, ret: &mut Option<Type>, is_faulty: bool) {
        if is_faulty && ret.is_none() {
            *ret = Some(error_type(self.fault_span()));
        }
    }

    /// `-> T`, if there.
    pub(super) fn ret_type(&mut self) -> Option<Type> {
        if self.at(T::Colon) {
            let span = self.span();
            let diag =
                Diagnostic::error(codes::FOREIGN_OPERATOR, span, "the type of the result stands behind `->`");
            self.fault(diag.fix("write `->`", span, " ->"));
            self.bump();
            return Some(self.ty());
        }
        self.eat(T::Arrow).then(|| self.ty())
    }

    /// `(self, mut x: Int)`
    pub(super) fn params(&mut self) -> Vec<Param> {
        let open = self.span();
        let mut params: Vec<Param> = Vec::new();
        if !self.expect(T::LParen) {
            return params;
        }
        if self.at(T::Arrow) {
            self.unclosed(open, T::RParen);
            return params;
        }
        self.nested(false, |p| {
            p.list(open, T::RParen, |p| {
                let before = p.pos;
                let param = p.param(params.is_empty());
                p.add(&mut params, param);
                p.pos > before
            });
        });
        params
    }

    fn param(&mut self, first: bool) -> Param {
        let start = self.span();
        if self.at(T::And) {
            let diag = Diagnostic::error(codes::FOREIGN_OPERATOR, start, "there are no references to values");
            self.fault(diag.note("write `self` or `mut self`, `x: T` or `mut x: T`").fix(
                "remove it",
                start,
                "",
            ));
            self.bump();
        }
        let is_mut = self.eat(T::KwMut);
        if self.at(T::KwSelf) {
            let span = self.bump().span();
            if !first {
                self.report(Diagnostic::error(
                    codes::UNEXPECTED_TOKEN,
                    span,
                    "`self` is the first parameter",
                ));
            }
            if self.at(T::Colon) {
                let message = "`self` has no type of its own";
                self.fault(Diagnostic::error(codes::UNEXPECTED_TOKEN, self.span(), message));
                self.bump();
                self.ty();
            }
            return Param { kind: ParamKind::SelfParam, is_mut, span: self.since(start) };
        }
        let faults = self.faults;
        if self.at_typed_param(0) {
            return self.typed_param(is_mut);
        }
        if self.kind().is_name() && self.nth(1) == T::Question && self.nth(2) == T::Colon {
            return self.optional_param(is_mut);
        }
        let pat = match self.kind().is_hard_keyword() && self.nth(1) == T::Colon {
            true => self.keyword_param(),
            false => self.pat_single(),
        };
        let ty = match self.faults == faults || self.at(T::Colon) {
            true => self.ty_annotation("this parameter"),
            false => error_type(self.fault_span()),
        };
        if self.at(T::Eq) {
            let message = "parameters have no default values";
            self.aside(Diagnostic::error(codes::UNEXPECTED_TOKEN, self.span(), message));
            self.bump();
            self.expr();
        }
        Param { kind: ParamKind::Normal { pat, ty }, is_mut, span: self.since(start) }
    }

    fn keyword_param(&mut self) -> Pat {
        let start = self.span();
        let kind = match self.name("a parameter") {
            Some(name) => PatKind::Binding { name, is_mut: false, sub: None },
            None => PatKind::Error,
        };
        Pat { kind, span: self.since(start) }
    }

    /// Whether the lines behind the head of a function are its body, whose `{` is missing: statements, then `}`.
    pub(super) fn at_body_without_brace(&self) -> bool {
        let statement = |kind: T| {
            matches!(kind, T::KwLet | T::KwReturn | T::KwIf | T::KwFor | T::KwWhile | T::KwMatch | T::KwLoop)
                || kind == T::Ident && !self.at_foreign_item()
        };
        let deeper = self.indent(self.tok().lo) > self.indent(self.prev().lo);
        self.tok().nl && deeper && statement(self.kind())
    }

    fn body_without_brace(&mut self) -> FnBody {
        let gap = self.prev().span().after();
        let block = self.block_without_brace("expected `{` behind the head of the function");
        self.note_body(gap);
        FnBody::Block(block)
    }

    pub(super) fn block_without_brace(&mut self, message: &str) -> Block {
        let gap = self.prev().span().after();
        let diag = Diagnostic::error(codes::UNEXPECTED_TOKEN, gap, message);
        self.fault(diag.fix_likely("insert it", gap, " {"));
        self.nested(true, |p| p.block_behind(gap))
    }

    /// `{ … }`, `=> expr`, or nothing.
    pub(super) fn fn_body(&mut self) -> Option<FnBody> {
        self.foreign_body_start();
        match self.kind() {
            T::LBrace => {
                if self.line_break() {
                    self.brace_on_next_line();
                }
                Some(self.braced_body())
            }
            T::FatArrow if !self.line_break() => {
                self.bump();
                Some(self.expr_body())
            }
            T::Eq if !self.line_break() => {
                let span = self.span();
                let message = "the expression of a function stands behind `=>`";
                self.fault(Diagnostic::error(codes::UNEXPECTED_TOKEN, span, message).fix(
                    "write `=>`",
                    span,
                    "=>",
                ));
                self.bump();
                Some(self.expr_body())
            }
            T::Semi | T::RBrace | T::Eof => None,
            _ if self.at_body_without_brace() => Some(self.body_without_brace()),
            _ if self.tok().nl => None,
            _ => {
                self.expected(codes::UNEXPECTED_TOKEN, "the body of the function");
                self.skip_statement();
                None
            }
        }
    }

    /// What stands behind `=>`.
    fn expr_body(&mut self) -> FnBody {
        let start = self.prev().span();
        let body = FnBody::Expr(Box::new(self.nested(true, Self::arm_body)));
        self.note_body(start);
        body
    }

    /// `{ … }`, skipped if so wanted.
    pub(super) fn braced_body(&mut self) -> FnBody {
        let (start, first) = (self.span(), self.pos);
        if self.skipping != Bodies::Parse && self.at(T::LBrace) && self.skip_braces() {
            let span = self.since(start);
            self.deferred.push(span);
            if self.skipping == Bodies::Keep {
                self.kept.add(span, &self.tokens[first..self.pos]);
            }
            self.fresh_from = span.hi;
            return FnBody::Deferred(span);
        }
        // A body is read alike when it is read alone.
        let outer = self.lost.take();
        self.fresh_from = start.lo;
        let body = FnBody::Block(self.block());
        self.fresh_from = self.end;
        self.lost = outer;
        self.note_body(start);
        body
    }

    /// Keeps the place of a body that ends here; those inside it are a part of it.
    fn note_body(&mut self, start: Span) {
        let span = self.since(start);
        let inner = self.bodies.partition_point(|b| b.lo < span.lo);
        self.bodies.truncate(inner);
        self.bodies.push(span);
        self.keyword_names.clear();
    }

    fn const_item(&mut self) -> ItemKind {
        self.bump();
        if self.at(T::KwFn) {
            let span = self.prev().span();
            let diag = Diagnostic::error(codes::FOREIGN_KEYWORD, span, "there is no `const fn`");
            self.report(diag.note("a constant may call any function that does not suspend"));
            return self.fn_item();
        }
        let name = self.name_or_missing("a constant");
        let ty = self.eat(T::Colon).then(|| self.ty());
        let value = self.eat(T::Eq).then(|| self.nested(true, Self::expr));
        ItemKind::Const(ConstDecl { name, ty, value })
    }

    fn type_item(&mut self) -> ItemKind {
        self.bump();
        let name = self.name_or_missing("a type");
        let mut generics = self.generics();
        let ty = match self.expect(T::Eq) {
            true => self.ty(),
            false => error_type(self.fault_span()),
        };
        self.where_clauses(&mut generics);
        ItemKind::Type(TypeAlias { name, generics, ty })
    }

    fn test_item(&mut self) -> ItemKind {
        self.bump();
        let Some((name, name_span)) = self.string_value("the name of the test") else {
            return ItemKind::Error;
        };
        if !self.at(T::LBrace) {
            self.expected(codes::UNEXPECTED_TOKEN, "`{`");
            return ItemKind::Error;
        }
        ItemKind::Test(TestDecl { name, name_span, body: self.braced_body() })
    }
}
