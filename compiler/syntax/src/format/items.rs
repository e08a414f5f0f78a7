//! Items.

use super::Fmt;
use super::doc::{Doc, concat};
use super::tokens::{ListKind, list_doc};
use crate::ast::*;
use crate::span::Span;
use crate::token::T;
use entity::Arrange;

impl<'a> Fmt<'a> {
    pub(super) fn file(&mut self, file: &File) -> Doc<'a> {
        let mut docs = Vec::new();
        if file.is_unsafe {
            docs.extend([self.t(), Doc::HardLine]);
        }
        for item in &file.items {
            docs.push(self.blank());
            docs.push(self.item(item));
            docs.push(self.semicolons());
            docs.push(Doc::HardLine);
        }
        self.lead(&mut docs);
        concat(docs)
    }

    /// Drops `;` behind an item, unless the next one would be taken for the end of a range.
    fn semicolons(&mut self) -> Doc<'a> {
        let open_range = self.tokens[self.pos.saturating_sub(1)].kind == T::DotDot && self.at(T::Semi);
        let mut docs = vec![Doc::Text(if open_range { ";" } else { "" })];
        while self.at(T::Semi) {
            docs.push(self.drop_separator());
        }
        concat(docs)
    }

    pub(super) fn item(&mut self, item: &Item) -> Doc<'a> {
        let attrs = self.attrs(&item.attrs);
        let vis = match item.vis {
            Some(_) => concat([self.t(), Doc::Space]),
            None => Doc::Nil,
        };
        concat([attrs, vis, self.item_kind(item)])
    }

    /// Attributes, each on the line where it was written.
    fn attrs(&mut self, attrs: &[Attribute]) -> Doc<'a> {
        let mut docs = Vec::new();
        for attr in attrs {
            docs.push(self.t());
            docs.push(self.t());
            if self.tok().lo < attr.span.hi {
                docs.push(self.list(ListKind::PARENS, |f| f.attr_arg()));
            }
            docs.push(if self.tok().nl { Doc::HardLine } else { Doc::Space });
        }
        concat(docs)
    }

    fn attr_arg(&mut self) -> Doc<'a> {
        let mut docs = Vec::new();
        while !matches!(self.tok().kind, T::Comma | T::RParen | T::Eof) {
            let token = self.tok();
            docs.push(match token.kind {
                T::MultiStr | T::RawStr => self.verbatim(token.span()),
                _ => self.t(),
            });
            if token.kind == T::Colon {
                docs.push(Doc::Space);
            }
        }
        concat(docs)
    }

    fn item_kind(&mut self, item: &Item) -> Doc<'a> {
        match &item.kind {
            ItemKind::Fn(decl) => self.fn_decl(decl.body.as_ref(), decl.sig_span),
            ItemKind::Struct(decl) => self.struct_decl(decl, item.span),
            ItemKind::Enum(decl) => self.enum_decl(decl),
            ItemKind::Trait(decl) => {
                let mut members: Vec<Member<'_>> = decl.items.iter().map(Member::Item).collect();
                members.extend(decl.assoc_types.iter().map(Member::AssocType));
                members.extend(decl.handlers.iter().map(Member::Handler));
                self.with_members(members)
            }
            ItemKind::Impl(decl) => self.with_members(decl.items.iter().map(Member::Item).collect()),
            ItemKind::Extern(block) => self.with_members(block.items.iter().map(Member::Item).collect()),
            ItemKind::Actor(actor) => {
                let mut members: Vec<Member<'_>> = actor.items.iter().map(Member::Item).collect();
                members.extend(actor.states.iter().map(Member::State));
                members.extend(actor.constructors.iter().map(Member::New));
                members.extend(actor.handlers.iter().map(Member::Handler));
                self.with_members(members)
            }
            ItemKind::Const(decl) => match &decl.value {
                Some(value) => {
                    let sign = self.sign_before(value.span.lo);
                    let head = self.range_to(sign);
                    concat([head, Doc::Space, self.t(), self.after_sign(value)])
                }
                None => self.range_to(item.span.hi),
            },
            ItemKind::Test(test) => {
                let head = [self.t(), Doc::Space, self.verbatim(test.name_span), Doc::Space];
                concat([concat(head), self.fn_body(&test.body)])
            }
            _ => self.range_to(item.span.hi),
        }
    }

    /// Where the token before a position starts.
    fn sign_before(&self, pos: u32) -> u32 {
        let next = self.tokens.partition_point(|t| t.lo < pos);
        self.tokens.get(next.wrapping_sub(1)).map_or(pos, |t| t.lo)
    }

    fn fn_decl(&mut self, body: Option<&FnBody>, sig: Span) -> Doc<'a> {
        let head = self.header(sig.hi, Behind::of(body));
        concat([head, body.map_or(Doc::Nil, |b| self.fn_body(b))])
    }

    fn fn_body(&mut self, body: &FnBody) -> Doc<'a> {
        match body {
            FnBody::Block(block) => self.block(block),
            FnBody::Expr(expr) => concat([self.t(), self.after_arrow(expr)]),
            FnBody::Deferred(span) => self.verbatim(*span),
        }
    }

    /// A signature up to a position, with the space behind it; a `where` clause may have lines of its own, and
    /// then the brace stands alone.
    fn header(&mut self, end: u32, behind: Behind) -> Doc<'a> {
        let space = if behind == Behind::Nothing { Doc::Nil } else { Doc::Space };
        let first = self.pos;
        let clause =
            self.tokens[first..].iter().take_while(|t| t.lo < end).find(|t| t.kind == T::KwWhere).copied();
        let Some(clause) = clause else { return concat([self.range_to(end), space]) };
        let head = self.range_to(clause.lo);
        let word = self.t();
        let mut predicates = Vec::new();
        while self.tok().lo < end && !self.at(T::Eof) {
            let predicate = self.predicate(end);
            let comma = if self.at(T::Comma) && self.tok().lo < end { self.drop_token() } else { Doc::Nil };
            predicates.push(concat([predicate, comma]));
        }
        let mut docs = Vec::new();
        let last = predicates.len().saturating_sub(1);
        for (idx, predicate) in predicates.into_iter().enumerate() {
            let comma = if behind == Behind::Block { Doc::IfBreak(",", "") } else { Doc::Nil };
            docs.extend([Doc::Line, predicate, if idx < last { Doc::Text(",") } else { comma }]);
        }
        let space = if behind == Behind::Block { Doc::Line } else { space };
        if behind == Behind::Block {
            self.lead(&mut docs);
        }
        concat([head, Doc::Line, word, concat(docs).indent(), space]).group()
    }

    /// One predicate of a `where` clause, up to its comma.
    fn predicate(&mut self, end: u32) -> Doc<'a> {
        let mut depth = 0usize;
        let comma = self.tokens[self.pos..].iter().take_while(|t| t.lo < end).find(|token| {
            match token.kind {
                T::LParen | T::LBracket | T::Lt => depth += 1,
                T::RParen | T::RBracket | T::Gt => depth = depth.saturating_sub(1),
                T::Shr => depth = depth.saturating_sub(2),
                T::Comma if depth == 0 => return true,
                _ => {}
            }
            false
        });
        let end = comma.map_or(end, |t| t.lo);
        self.range_to(end)
    }

    fn struct_decl(&mut self, decl: &StructDecl, span: Span) -> Doc<'a> {
        let VariantBody::Named(fields) = &decl.body else { return self.header(span.hi, Behind::Nothing) };
        let brace = self.next_brace();
        let head = self.header(brace, Behind::Block);
        concat([head, self.fields(fields)])
    }

    /// Where the `{` of a declaration's body starts.
    fn next_brace(&self) -> u32 {
        self.tokens[self.pos..].iter().find(|t| matches!(t.kind, T::LBrace | T::Eof)).map_or(0, |t| t.lo)
    }

    /// The fields of a struct or variant.
    fn fields(&mut self, fields: &[FieldDecl]) -> Doc<'a> {
        let forced = !self.on_one_line();
        let mut fields = fields.iter();
        let kind = ListKind::BRACES;
        let (items, close, comma) = self.list_items(kind, &mut |f| match fields.next() {
            Some(field) => f.field(field),
            None => Doc::Nil,
        });
        let n_items = items.len();
        match list_doc(kind, items, close, comma) {
            Doc::Group(inner, _) if forced && n_items > 1 => Doc::Group(inner, true),
            doc => doc,
        }
    }

    fn field(&mut self, field: &FieldDecl) -> Doc<'a> {
        let attrs = self.attrs(&field.attrs);
        let vis = match field.vis {
            Some(_) => concat([self.t(), Doc::Space]),
            None => Doc::Nil,
        };
        concat([attrs, vis, self.t(), self.t(), Doc::Space, self.range_to(field.ty.span.hi)])
    }

    /// Variants on lines of their own without commas, or on one line with them.
    fn enum_decl(&mut self, decl: &EnumDecl) -> Doc<'a> {
        let brace = self.next_brace();
        let head = self.header(brace, Behind::Block);
        let forced = !self.on_one_line();
        let open = self.t();
        let mut docs = Vec::new();
        for variant in &decl.variants {
            let blank = self.blank();
            docs.extend([Doc::Line, blank, self.t()]);
            match &variant.body {
                VariantBody::Unit => {}
                VariantBody::Tuple(_) => {
                    docs.push(self.list(ListKind::PARENS, |f| f.element(ListKind::PARENS)))
                }
                VariantBody::Named(fields) => docs.extend([Doc::Space, self.fields(fields)]),
            }
            let comma = if self.at(T::Comma) { self.drop_separator() } else { Doc::Nil };
            docs.push(if self.at(T::RBrace) { Doc::Nil } else { Doc::IfBreak("", ",") });
            docs.push(comma);
        }
        let (doc, forced) = self.braces(open, docs, forced);
        concat([head, doc.group_forced(forced)])
    }

    /// A header and members in braces, in the order of the text.
    fn with_members(&mut self, mut members: Vec<Member<'_>>) -> Doc<'a> {
        members.arrange_by_key(|m| m.span().lo);
        let brace = self.next_brace();
        let head = self.header(brace, Behind::Block);
        let forced = !self.on_one_line() || members.len() > 1;
        let open = self.t();
        let mut docs = Vec::new();
        let mut members = members.into_iter().peekable();
        while let Some(member) = members.next() {
            let blank = self.blank();
            docs.extend([Doc::Line, blank]);
            let doc = match member {
                Member::State(first) if self.tokens[self.pos + 1].kind == T::LBrace => {
                    let mut group = vec![first];
                    let end = self.closing_brace();
                    while let Some(Member::State(next)) = members.next_if(|m| m.span().lo < end) {
                        group.push(next);
                    }
                    self.states(&group)
                }
                member => self.member(&member),
            };
            docs.push(doc);
            docs.push(self.semicolons());
        }
        let (doc, forced) = self.braces(open, docs, forced);
        concat([head, doc.group_forced(forced)])
    }

    fn member(&mut self, member: &Member<'_>) -> Doc<'a> {
        match member {
            Member::Item(item) => self.item(item),
            Member::AssocType(decl) => {
                let mut docs = Vec::new();
                while self.at(T::At) {
                    docs.push(self.t()); // Attributes of an associated type are not in the tree.
                }
                docs.push(self.range_to(decl.span.hi));
                concat(docs)
            }
            Member::State(state) => {
                let word = self.t();
                concat([word, Doc::Space, self.state(state)])
            }
            Member::New(decl) => self.fn_decl(decl.body.as_ref(), decl.sig_span),
            Member::Handler(handler) => {
                let attrs = self.attrs(&handler.attrs);
                let end = match &handler.body {
                    Some(FnBody::Block(block)) => block.span.lo,
                    Some(FnBody::Expr(expr)) => self.sign_before(expr.span.lo),
                    _ => handler.span.hi,
                };
                let head = self.header(end, Behind::of(handler.body.as_ref()));
                concat([attrs, head, handler.body.as_ref().map_or(Doc::Nil, |b| self.fn_body(b))])
            }
        }
    }

    fn state(&mut self, state: &StateDecl) -> Doc<'a> {
        let mut docs = vec![self.t(), self.t(), Doc::Space, self.range_to(state.ty.span.hi)];
        if let Some(init) = &state.init {
            docs.extend([Doc::Space, self.t(), self.after_sign(init)]);
        }
        concat(docs)
    }

    /// `state { a: Int, b: String }`
    fn states(&mut self, states: &[&StateDecl]) -> Doc<'a> {
        let word = self.t();
        let forced = !self.on_one_line();
        let mut states = states.iter();
        let (items, close, comma) =
            self.list_items(ListKind::BRACES, &mut |f| states.next().map_or(Doc::Nil, |s| f.state(s)));
        let list = match list_doc(ListKind::BRACES, items, close, comma) {
            Doc::Group(inner, hard) => Doc::Group(inner, hard || forced),
            doc => doc,
        };
        concat([word, Doc::Space, list])
    }

    /// Where the brace group behind the current token ends.
    fn closing_brace(&self) -> u32 {
        let mut depth = 0usize;
        for token in &self.tokens[self.pos..] {
            match token.kind {
                T::LBrace => depth += 1,
                T::RBrace if depth <= 1 => return token.lo,
                T::RBrace => depth -= 1,
                _ => {}
            }
        }
        self.tok().lo
    }
}

/// What follows a signature.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Behind {
    Nothing,
    Block,
    Arrow,
}

impl Behind {
    fn of(body: Option<&FnBody>) -> Behind {
        match body {
            None => Behind::Nothing,
            Some(FnBody::Expr(_)) => Behind::Arrow,
            Some(_) => Behind::Block,
        }
    }
}

/// What stands in the braces of a trait, impl, actor or `extern` block.
enum Member<'t> {
    Item(&'t Item),
    AssocType(&'t AssocTypeDecl),
    State(&'t StateDecl),
    New(&'t FnDecl),
    Handler(&'t HandlerDecl),
}

impl Member<'_> {
    fn span(&self) -> Span {
        match self {
            Member::Item(item) => item.span,
            Member::AssocType(decl) => decl.span,
            Member::State(state) => state.span,
            Member::New(decl) => decl.sig_span,
            Member::Handler(handler) => handler.span,
        }
    }
}
