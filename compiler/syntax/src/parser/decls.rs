//! Structs, enums, traits, impls and `extern` blocks.

use super::Parser;
use super::items::Place;
use crate::ast::*;
use crate::codes;
use crate::diag::Diagnostic;
use crate::span::Span;
use crate::token::T;

impl Parser<'_> {
    /// `struct`, `enum`, perhaps behind `iso`.
    pub(super) fn data_item(&mut self) -> ItemKind {
        let is_iso = self.eat(T::KwIso);
        match self.kind() {
            T::KwStruct => self.struct_item(is_iso),
            T::KwEnum => self.enum_item(is_iso),
            _ => {
                self.expected(codes::UNEXPECTED_TOKEN, "`struct` or `enum`");
                ItemKind::Error
            }
        }
    }

    fn struct_item(&mut self, is_iso: bool) -> ItemKind {
        self.bump();
        let name = self.name_or_missing("a struct");
        let mut generics = self.generics();
        self.where_clauses(&mut generics);
        let body = self.variant_body(true);
        self.where_clauses(&mut generics);
        ItemKind::Struct(StructDecl { name, is_iso, generics, body })
    }

    /// What follows the name of a struct or variant: fields in braces, types in parentheses, or nothing.
    fn variant_body(&mut self, is_struct: bool) -> VariantBody {
        let open = self.span();
        match self.kind() {
            T::LBrace if is_struct || !self.tok().nl => {
                if self.tok().nl {
                    self.brace_on_next_line();
                }
                self.bump();
                VariantBody::Named(self.nested(true, |p| p.field_decls(open)))
            }
            T::LParen if !self.tok().nl => {
                self.bump();
                let mut fields = Vec::new();
                self.nested(false, |p| {
                    p.list(open, T::RParen, |p| {
                        let before = p.pos;
                        let vis = p.at(T::KwPub).then(|| p.bump().span());
                        fields.push(TupleFieldDecl { vis, ty: p.ty() });
                        p.pos > before
                    });
                });
                VariantBody::Tuple(fields)
            }
            _ => VariantBody::Unit,
        }
    }

    fn field_decls(&mut self, open: Span) -> Vec<FieldDecl> {
        let mut fields = Vec::new();
        self.separated_lines(open, |p| {
            let field = p.field_decl();
            fields.extend(field);
        });
        fields
    }

    fn field_decl(&mut self) -> Option<FieldDecl> {
        let start = self.span();
        let docs = self.docs();
        let attrs = self.attributes();
        let vis = (self.at(T::KwPub) && self.nth(1) != T::Colon).then(|| self.bump().span());
        if self.at(T::KwFn) && self.nth(1) != T::Colon {
            let diag = Diagnostic::error(
                codes::EXPECTED_NAME,
                self.span(),
                "functions do not stand among the fields",
            );
            self.aside(diag.note("write them in an `impl` of the type"));
            self.item_at(Place::Members);
            return None;
        }
        if self.at(T::KwMut) && self.nth(1) != T::Colon {
            let span = self.span();
            let diag = Diagnostic::error(codes::FOREIGN_KEYWORD, span, "fields are not marked `mut`");
            self.fault(diag.note("a field can be changed where its variable is `mut`").fix(
                "remove it",
                span,
                "",
            ));
            self.bump();
        }
        let name = self.word("a field")?;
        let ty = self.ty_annotation("this field");
        if self.at(T::Eq) {
            let message = "fields have no default values";
            self.aside(Diagnostic::error(codes::UNEXPECTED_TOKEN, self.span(), message));
            self.bump();
            self.expr();
        }
        Some(FieldDecl { attrs, docs, vis, name, ty, span: self.since(start) })
    }

    fn enum_item(&mut self, is_iso: bool) -> ItemKind {
        self.bump();
        let name = self.name_or_missing("an enum");
        let mut generics = self.generics();
        self.where_clauses(&mut generics);
        let mut variants = Vec::new();
        if self.at(T::LBrace) && self.tok().nl {
            self.brace_on_next_line();
        }
        let open = self.span();
        if self.expect(T::LBrace) {
            self.nested(true, |p| {
                p.separated_lines(open, |p| {
                    let variant = p.variant();
                    variants.extend(variant);
                });
            });
        }
        ItemKind::Enum(EnumDecl { name, is_iso, generics, variants })
    }

    fn variant(&mut self) -> Option<VariantDecl> {
        let start = self.span();
        let docs = self.docs();
        if self.at(T::At) {
            self.report(Diagnostic::error(codes::UNEXPECTED_TOKEN, start, "variants have no attributes"));
            self.attributes();
        }
        if self.at(T::KwFn) && self.nth(1) != T::Colon {
            let diag = Diagnostic::error(
                codes::EXPECTED_NAME,
                self.span(),
                "functions do not stand among the variants",
            );
            self.aside(diag.note("write them in an `impl` of the type"));
            self.item_at(Place::Members);
            return None;
        }
        let name = self.word("a variant")?;
        let body = self.variant_body(false);
        if self.at(T::Eq) && !self.tok().nl {
            let diag = Diagnostic::error(
                codes::UNEXPECTED_TOKEN,
                self.span(),
                "variants have no numbers of their own",
            );
            self.aside(diag.note("map them with a `match`"));
            self.bump();
            self.expr();
        }
        Some(VariantDecl { docs, name, body, span: self.since(start) })
    }

    pub(super) fn trait_item(&mut self) -> ItemKind {
        self.bump();
        let name = self.name_or_missing("a trait");
        let mut generics = self.generics();
        let supertraits = self.bounds_after_colon();
        self.where_clauses(&mut generics);
        let mut decl = TraitDecl {
            name,
            generics,
            supertraits,
            items: Vec::new(),
            assoc_types: Vec::new(),
            handlers: Vec::new(),
        };
        self.members(|p| {
            if p.at_member(T::KwType) {
                let member = p.assoc_type();
                decl.assoc_types.push(member);
            } else if p.at_member(T::KwOn) {
                let handler = p.handler();
                decl.handlers.push(handler);
            } else {
                let item = p.item_at(Place::Members);
                decl.items.push(item);
            }
        });
        ItemKind::Trait(Box::new(decl))
    }

    /// Whether a member with this keyword starts here, behind its attributes.
    pub(super) fn at_member(&self, keyword: T) -> bool {
        let mut idx = 0;
        while self.nth(idx) == T::At {
            idx += 2;
            if self.nth(idx) == T::LParen {
                let mut depth = 0u32;
                loop {
                    match self.nth(idx) {
                        T::LParen => depth += 1,
                        T::RParen => depth -= 1,
                        T::Eof => return false,
                        _ => {}
                    }
                    idx += 1;
                    if depth == 0 {
                        break;
                    }
                }
            }
        }
        self.nth(idx) == keyword
    }

    /// `{ members }`, each starting its own line.
    pub(super) fn members(&mut self, mut member: impl FnMut(&mut Self)) {
        if self.at(T::LBrace) && self.tok().nl {
            self.brace_on_next_line();
        }
        let open = self.span();
        if !self.expect(T::LBrace) {
            return;
        }
        self.nested(true, |p| {
            let mut joined = None;
            loop {
                if p.eat(T::RBrace) {
                    return;
                }
                if p.at(T::Eof) {
                    return p.unclosed_brace(open);
                }
                let (pos, faults) = (p.pos, p.faults);
                let part = p.part(joined);
                p.start_of = pos;
                match p.enter() {
                    true => member(p),
                    false => p.skip_item(),
                }
                p.leave();
                p.end_item(pos, p.faults > faults);
                joined = p.note_part(part);
            }
        });
    }

    /// `type Item: Bound = Default`
    fn assoc_type(&mut self) -> AssocTypeDecl {
        let start = self.span();
        let docs = self.docs();
        self.attributes();
        self.bump();
        let name = self.name_or_missing("an associated type");
        let bounds = self.bounds_after_colon();
        let default = self.eat(T::Eq).then(|| self.ty());
        AssocTypeDecl { name, bounds, default, docs, span: self.since(start) }
    }

    pub(super) fn impl_item(&mut self) -> ItemKind {
        self.bump();
        let mut generics = self.generics();
        let first = self.ty();
        let (trait_, self_ty) = match self.eat(T::KwFor) {
            true => (Some(first), self.ty()),
            false => (None, first),
        };
        self.where_clauses(&mut generics);
        let mut items = Vec::new();
        self.members(|p| {
            let item = p.item_at(Place::Members);
            items.push(item);
        });
        ItemKind::Impl(Box::new(ImplDecl { generics, trait_, self_ty, items }))
    }

    /// `extern "wasm" module "env" { fn … }`
    pub(super) fn extern_item(&mut self) -> ItemKind {
        let start = self.bump().span();
        let abi = self
            .string_value("the kind of host: `\"C\"`, `\"js\"` or `\"wasm\"`")
            .unwrap_or((String::new(), start));
        let module = if self.at_text("module") {
            self.bump();
            self.string_value("the name of the module")
        } else {
            None
        };
        let mut items = Vec::new();
        if self.at(T::KwFn) {
            let diag = Diagnostic::error(
                codes::UNEXPECTED_TOKEN,
                self.span(),
                "functions of a host stand in braces",
            );
            self.fault(diag.note(format!("write `extern \"{}\" {{ fn f() }}`", abi.0)));
            items.push(self.item_at(Place::Members));
        } else {
            self.members(|p| {
                let item = p.item_at(Place::Members);
                items.push(item);
            });
        }
        ItemKind::Extern(ExternBlock { abi, module, items })
    }
}
