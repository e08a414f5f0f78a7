//! The declarations of a file as they are written: names, signatures, docs, nesting.

use crate::results::{SymbolKind, TextRange};
use crate::tree::Tree;
use entity::Arrange;
use syntax::Span;
use syntax::ast::{self, FnBody, ItemKind, VariantBody};

/// A declaration that has a name, or an `impl`.
#[derive(Clone, Debug)]
pub struct Decl {
    pub name: String,
    pub name_range: TextRange,
    pub kind: SymbolKind,
    /// All of it, with docs and attributes.
    pub range: TextRange,
    /// What is written up to the body: `pub fn area(self) -> Float`.
    pub header: String,
    pub docs: Option<String>,
    /// The index of the declaration around it.
    pub parent: Option<usize>,
    /// How many declarations in functions stand around it.
    pub is_local: bool,
}

/// The longest value of a constant or state that is shown.
const MAX_VALUE: usize = 80;

pub fn outline(tree: &Tree) -> Vec<Decl> {
    let mut walk = Walk { tree, decls: Vec::new(), parent: None, depth: 0 };
    walk.items(&tree.file.items);
    walk.decls
}

struct Walk<'t> {
    tree: &'t Tree,
    decls: Vec<Decl>,
    parent: Option<usize>,
    /// Bodies around.
    depth: u32,
}

/// What all declarations have.
struct Head<'a> {
    span: Span,
    vis: Option<Span>,
    docs: Option<&'a String>,
}

impl Walk<'_> {
    fn items(&mut self, items: &[ast::Item]) {
        items.iter().for_each(|item| self.item(item));
    }

    fn add(&mut self, name: ast::Ident, kind: SymbolKind, head: &Head<'_>, header: String) -> usize {
        let text = self.tree.name(name.name).to_string();
        self.add_text(text, self.tree.range(name.span), kind, head, header)
    }

    fn add_text(
        &mut self,
        name: String,
        name_range: TextRange,
        kind: SymbolKind,
        head: &Head<'_>,
        header: String,
    ) -> usize {
        let mut range = self.tree.range(head.span);
        range = TextRange::new(range.start.min(name_range.start), range.end.max(name_range.end));
        let docs = head.docs.cloned();
        let (parent, is_local) = (self.parent, self.depth > 0);
        self.decls.push(Decl { name, name_range, kind, range, header, docs, parent, is_local });
        self.decls.len() - 1
    }

    fn within(&mut self, parent: usize, f: impl FnOnce(&mut Self)) {
        let outer = self.parent.replace(parent);
        f(self);
        self.parent = outer;
    }

    fn item(&mut self, item: &ast::Item) {
        let head = Head { span: item.span, vis: item.vis, docs: item.docs.as_ref() };
        match &item.kind {
            ItemKind::Fn(decl) => self.function(decl, &head, false),
            ItemKind::Struct(decl) => {
                let id = self.add(decl.name, SymbolKind::Struct, &head, self.data_header(&head, &decl.body));
                self.within(id, |this| this.fields(&decl.body));
            }
            ItemKind::Enum(decl) => {
                let id = self.add(decl.name, SymbolKind::Enum, &head, self.braced_header(&head));
                self.within(id, |this| decl.variants.iter().for_each(|variant| this.variant(variant)));
            }
            ItemKind::Trait(decl) => self.trait_(decl, &head),
            ItemKind::Impl(decl) => self.impl_(decl, &head),
            ItemKind::Const(decl) => {
                self.add(
                    decl.name,
                    SymbolKind::Const,
                    &head,
                    self.short(self.code_start(&head), item.span.hi),
                );
            }
            ItemKind::Type(decl) => {
                let kind = if self.is_in_impl() { SymbolKind::AssocType } else { SymbolKind::TypeAlias };
                self.add(decl.name, kind, &head, self.short(self.code_start(&head), item.span.hi));
            }
            ItemKind::Test(decl) => {
                let header = format!("test \"{}\"", decl.name);
                let range = self.tree.range(decl.name_span);
                let id = self.add_text(decl.name.clone(), range, SymbolKind::Test, &head, header);
                self.body(id, Some(&decl.body));
            }
            ItemKind::Extern(block) => self.items(&block.items),
            ItemKind::Actor(decl) => self.actor(decl, &head),
            ItemKind::Use(_) | ItemKind::ExportActor(_) | ItemKind::Error => {}
        }
    }

    fn is_in_impl(&self) -> bool {
        self.parent.is_some_and(|parent| self.decls[parent].kind == SymbolKind::Impl)
    }

    fn is_in_type(&self) -> bool {
        let kind = self.parent.map(|parent| self.decls[parent].kind);
        matches!(kind, Some(SymbolKind::Impl | SymbolKind::Trait | SymbolKind::Actor))
    }

    fn function(&mut self, decl: &ast::FnDecl, head: &Head<'_>, is_constructor: bool) {
        let kind = match self.is_in_type() {
            _ if is_constructor => SymbolKind::Constructor,
            true => SymbolKind::Method,
            false => SymbolKind::Function,
        };
        let start = head.vis.map_or(decl.sig_span.lo, |vis| vis.lo.min(decl.sig_span.lo));
        let header = dedent(self.tree.source(Span::new(start, decl.sig_span.hi)));
        let id = self.add(decl.name, kind, head, header);
        self.body(id, decl.body.as_ref());
    }

    fn fields(&mut self, body: &VariantBody) {
        let VariantBody::Named(fields) = body else { return };
        for field in fields {
            let head = Head { span: field.span, vis: field.vis, docs: field.docs.as_ref() };
            let start = field.vis.map_or(field.name.span.lo, |vis| vis.lo);
            let header = dedent(self.tree.source(Span::new(start, field.ty.span.hi)));
            self.add(field.name, SymbolKind::Field, &head, header);
        }
    }

    fn variant(&mut self, variant: &ast::VariantDecl) {
        let head = Head { span: variant.span, vis: None, docs: variant.docs.as_ref() };
        let header = dedent(self.tree.source(Span::new(variant.name.span.lo, variant.span.hi)));
        let id = self.add(variant.name, SymbolKind::Variant, &head, header);
        self.within(id, |this| this.fields(&variant.body));
    }

    fn trait_(&mut self, decl: &ast::TraitDecl, head: &Head<'_>) {
        let id = self.add(decl.name, SymbolKind::Trait, head, self.braced_header(head));
        self.within(id, |this| {
            for assoc in &decl.assoc_types {
                let head = Head { span: assoc.span, vis: None, docs: assoc.docs.as_ref() };
                let header =
                    format!("type {}", this.tree.source(Span::new(assoc.name.span.lo, assoc.span.hi)));
                this.add(assoc.name, SymbolKind::AssocType, &head, dedent(&header));
            }
            decl.handlers.iter().for_each(|handler| this.handler(handler));
            this.items(&decl.items);
        });
    }

    fn impl_(&mut self, decl: &ast::ImplDecl, head: &Head<'_>) {
        let header = self.braced_header(head);
        let name = header.strip_prefix("impl").unwrap_or(&header).trim().to_string();
        let first = decl.trait_.as_ref().map_or(decl.self_ty.span, |ty| ty.span);
        let range = self.tree.range(first.to(decl.self_ty.span));
        let id = self.add_text(name, range, SymbolKind::Impl, head, header);
        self.within(id, |this| this.items(&decl.items));
    }

    fn actor(&mut self, decl: &ast::ActorDecl, head: &Head<'_>) {
        let id = self.add(decl.name, SymbolKind::Actor, head, self.braced_header(head));
        self.within(id, |this| {
            for state in &decl.states {
                let span = Span::new(state.name.span.lo, state.span.hi);
                let docs = this.tree.docs_above(this.tree.range(span).start);
                let head = Head { span, vis: None, docs: docs.as_ref() };
                let header = format!("state {}", this.short(state.name.span.lo, state.span.hi));
                this.add(state.name, SymbolKind::State, &head, header);
            }
            for constructor in &decl.constructors {
                let start = constructor.sig_span;
                let end = constructor.body.as_ref().map_or(start, |body| start.to(body_span(body)));
                let docs = this.tree.docs_above(this.tree.range(start).start);
                this.function(constructor, &Head { span: end, vis: None, docs: docs.as_ref() }, true);
            }
            decl.handlers.iter().for_each(|handler| this.handler(handler));
            this.items(&decl.items);
        });
        // Members were added by kind.
        self.decls[id + 1..].arrange_by_key(|decl| decl.name_range.start);
        self.renumber(id);
    }

    /// Sets the parents of what was sorted: the innermost declaration around.
    fn renumber(&mut self, first: usize) {
        for i in first + 1..self.decls.len() {
            let range = self.decls[i].name_range;
            let around = (first..i).rev().find(|at| self.decls[*at].range.covers(range));
            self.decls[i].parent = around;
        }
    }

    fn handler(&mut self, handler: &ast::HandlerDecl) {
        let head = Head { span: handler.span, vis: None, docs: handler.docs.as_ref() };
        let end = handler.body.as_ref().map_or(handler.span.hi, |body| body_span(body).lo);
        let text = self.tree.source(Span::new(handler.name.span.lo, end));
        let text = text.trim_end().trim_end_matches("=>");
        let id = self.add(handler.name, SymbolKind::Message, &head, dedent(&format!("on {text}")));
        self.body(id, handler.body.as_ref());
    }

    /// Items that stand inside a body.
    fn body(&mut self, parent: usize, body: Option<&FnBody>) {
        let Some(body) = body else { return };
        let found = crate::walk::items_in_body(body);
        self.depth += 1;
        self.within(parent, |this| found.into_iter().for_each(|item| this.item(item)));
        self.depth -= 1;
    }

    // ------------------------------------------------------------ text

    /// Where the code of an item begins, behind its docs and attributes.
    fn code_start(&self, head: &Head<'_>) -> u32 {
        let tokens = &self.tree.lexed.tokens;
        let mut at = tokens.partition_point(|token| token.lo < head.span.lo);
        use syntax::token::T;
        while tokens.get(at).is_some_and(|token| token.kind == T::At) {
            at += 2;
            if tokens.get(at).is_some_and(|token| token.kind == T::LParen && !token.nl) {
                while tokens.get(at).is_some_and(|token| !matches!(token.kind, T::RParen | T::Eof)) {
                    at += 1;
                }
                at += 1;
            }
        }
        tokens.get(at).map_or(head.span.lo, |token| token.lo.min(head.span.hi))
    }

    /// Up to the `{` of the body.
    fn braced_header(&self, head: &Head<'_>) -> String {
        let start = self.code_start(head);
        let text = self.tree.source(Span::new(start, head.span.hi));
        dedent(text.split('{').next().unwrap_or(text))
    }

    /// A struct without names is short enough to be shown whole.
    fn data_header(&self, head: &Head<'_>, body: &VariantBody) -> String {
        match body {
            VariantBody::Named(_) => self.braced_header(head),
            _ => dedent(self.tree.source(Span::new(self.code_start(head), head.span.hi))),
        }
    }

    /// A declaration with its value, unless that is long.
    fn short(&self, lo: u32, hi: u32) -> String {
        let text = self.tree.source(Span::new(lo, hi)).trim_end().trim_end_matches(';');
        let text = match text.split_once('=') {
            Some((before, value)) if value.len() > MAX_VALUE || value.contains('\n') => {
                format!("{} = …", before.trim_end())
            }
            _ => text.to_string(),
        };
        dedent(&text)
    }
}

pub fn body_span(body: &FnBody) -> Span {
    match body {
        FnBody::Block(block) => block.span,
        FnBody::Expr(expr) => expr.span,
        FnBody::Deferred(span) => *span,
    }
}

/// The text with the indentation of its later lines reduced as far as all of them have it.
pub fn dedent(text: &str) -> String {
    let text = text.trim();
    let indents = text.lines().skip(1).filter(|line| !line.trim().is_empty());
    let common = indents.map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    let lines = text.lines().enumerate().map(|(i, line)| match i {
        0 => line.trim_end(),
        _ => line.get(common..).unwrap_or("").trim_end(),
    });
    lines.collect::<Vec<_>>().join("\n")
}
