//! Items of a file (or of a block) become entries of the program's tables, their names become known. Types are
//! resolved later, see `signatures.rs`.

mod externs;

use crate::attrs::FnAttrs;
use crate::checker::Checker;
use crate::codes;
use crate::imports::PendingImport;
use crate::program::*;
use crate::scope::{Alias, AliasId, AliasState, Def, Entry};
use crate::ty::Ty;
use entity::IndexVec;
use rustc_hash::{FxHashMap, FxHashSet};
use syntax::ast::{self, Ident, ItemKind};
use syntax::{Diagnostic, Span, Symbol, sym};

/// What was written for each declaration, until its signature or body has been checked.
#[derive(Default)]
pub(crate) struct Decls {
    pub fns: IndexVec<FnId, Option<Box<ast::FnDecl>>>,
    pub adts: IndexVec<AdtId, Option<AdtDecl>>,
    pub traits: IndexVec<TraitId, Option<Box<ast::TraitDecl>>>,
    pub impls: IndexVec<ImplId, ImplSource>,
    pub consts: IndexVec<ConstId, ConstSource>,
    pub tests: IndexVec<TestId, Option<ast::FnBody>>,
    /// `dyn` types met before it was known which traits can be that.
    pub dyn_uses: Vec<(TraitId, Span)>,
    /// Parameters with a bound that was reported: they may implement anything.
    pub faulty_params: FxHashSet<Span>,
    /// Functions that return values without saying so: what their calls give is not known.
    pub lacking_results: Vec<FnId>,
    /// Types that may not be the arguments of these parameters, as was said of a declaration: uses need not say it again.
    pub faulty_trait_args: Vec<(Ty, Symbol)>,
    /// Where `dyn` was offered for a trait that stands for a type.
    pub dyn_offers: Vec<(Span, TraitId)>,
    /// The types with such arguments.
    pub faulty_types: Vec<Ty>,
    /// Functions whose signature breaks a bound; their bodies need not say it again.
    pub faulty_signatures: Vec<FnId>,
    /// Types that were reported as a part of an infinite circle.
    pub infinite: Vec<AdtId>,
    /// Traits with impls that overlap: which of them is meant is no question.
    pub overlapping: Vec<TraitId>,
    /// Members of impls whose name was reported as misspelt: they are not missing too.
    pub misspelt: Vec<(ImplId, Symbol)>,
    /// Unknown types that were reported, by file.
    pub unknown_types: FxHashSet<(ModuleId, Symbol)>,
    /// Names of constants that were reported in traits: what gives or uses their values is not at fault.
    pub misplaced_consts: FxHashSet<Symbol>,
    pub actors: crate::actors::Actors,
    /// Traits with handlers.
    pub message_traits: FxHashMap<TraitId, crate::actors::MessageTrait>,
    /// `unsafe fn`s: only unsafe modules call them.
    pub unsafe_fns: FxHashSet<FnId>,
    /// The functions that the host calls, by the names that it knows.
    pub exports: FxHashMap<String, Span>,
    /// How many of each have been resolved.
    pub done: Done,
}

#[derive(Clone, Copy, Default)]
pub(crate) struct Done {
    pub fns: usize,
    pub adts: usize,
    pub traits: usize,
    pub impls: usize,
    pub consts: usize,
    pub aliases: usize,
    pub actors: usize,
}

pub(crate) enum AdtDecl {
    Struct(ast::StructDecl),
    Enum(ast::EnumDecl),
    /// The reference to an actor.
    ActorRef(crate::actors::ActorId),
    /// Its states, or its messages.
    ActorPart(crate::actors::ActorId),
}

pub(crate) struct ImplSource {
    pub decl: Option<Box<ast::ImplDecl>>,
    pub fns: Vec<FnId>,
    pub consts: Vec<ConstId>,
    /// `type Name = …` members.
    pub types: Vec<ast::TypeAlias>,
}

pub(crate) struct ConstSource {
    pub decl: Option<Box<ast::ConstDecl>>,
    pub container: Container,
    pub value: ConstState,
}

/// The value of a constant that types and patterns need, see `consts.rs`.
#[derive(Clone, PartialEq)]
pub(crate) enum ConstState {
    New,
    Open,
    Known(crate::consts::ConstValue),
    /// Not a value that can be worked out here.
    Opaque,
}

impl Checker {
    pub(crate) fn collect_items(
        &mut self,
        module: ModuleId,
        items: std::vec::Drain<'_, ast::Item>,
        imports: &mut Vec<PendingImport>,
    ) {
        for item in items {
            self.collect_item(module, item, imports);
        }
    }

    fn collect_item(&mut self, module: ModuleId, item: ast::Item, imports: &mut Vec<PendingImport>) {
        if !self.is_for_target(&item.attrs) {
            return;
        }
        let ast::Item { attrs, docs, vis, kind, span } = item;
        let is_pub = vis.is_some();
        if !matches!(kind, ItemKind::Fn(_)) {
            self.check_item_attrs(&attrs, &kind);
        }
        match kind {
            ItemKind::Use(tree) => self.collect_use(module, tree, is_pub, imports),
            ItemKind::Fn(decl) => {
                let name = decl.name;
                if let Some(id) = self.collect_fn(module, decl, attrs, docs, is_pub, Container::Module, None)
                {
                    self.declare_item(module, name, Def::Fn(id), is_pub);
                }
            }
            ItemKind::Struct(decl) => self.collect_struct(module, decl, &attrs, docs, is_pub),
            ItemKind::Enum(decl) => self.collect_enum(module, decl, &attrs, docs, is_pub),
            ItemKind::Trait(decl) => self.collect_trait(module, decl, &attrs, docs, is_pub),
            ItemKind::Impl(decl) => self.collect_impl(module, decl, span),
            ItemKind::Const(decl) => {
                let name = decl.name;
                let id = self.collect_const(module, decl, is_pub, Container::Module);
                self.declare_item(module, name, Def::Const(id), is_pub);
            }
            ItemKind::Type(decl) => self.collect_alias(module, decl, is_pub),
            ItemKind::Test(decl) => {
                self.program.tests.push(Test { name: decl.name, module, span: decl.name_span });
                self.decls.tests.push(Some(decl.body));
            }
            ItemKind::Extern(block) => self.collect_extern(module, block),
            ItemKind::Actor(decl) => self.collect_actor(module, *decl, &attrs, docs, is_pub),
            ItemKind::ExportActor(name) => self.decls.actors.exports.push((module, name)),
            ItemKind::Error => {}
        }
    }

    pub(crate) fn declare_item(&mut self, module: ModuleId, name: Ident, def: Def, is_pub: bool) {
        self.declare(module, name.name, Entry { def, is_pub, span: name.span, import: None });
    }

    // ------------------------------------------------------------ functions, constants

    /// A function that only its module knows is called by its bare name, which must not mean something else there.
    fn check_fn_name(&mut self, name: Ident) {
        let text = self.program.name(name.name);
        let keyword = syntax::token::T::keyword(text).filter(|k| !k.is_soft_keyword());
        let Some(keyword) = keyword else { return };
        let what = if keyword == syntax::token::T::Reserved { "is reserved" } else { "is a keyword" };
        let message = format!("`{text}` {what}, so no function can be called by this name alone");
        let diag = Diagnostic::error(syntax::codes::KEYWORD_AS_NAME, name.span, message)
            .note("methods can have it, and functions that other modules call: `module.name()`")
            .fix_likely("choose another name", name.span, format!("{text}_"));
        self.report(diag);
    }

    /// Enters a function. `None` for what is not supported at all.
    pub(crate) fn collect_fn(
        &mut self,
        module: ModuleId,
        decl: Box<ast::FnDecl>,
        attrs: Vec<ast::Attribute>,
        docs: Option<String>,
        is_pub: bool,
        container: Container,
        owner: Option<&str>,
    ) -> Option<FnId> {
        let attrs = self.fn_attrs(module, &attrs, &decl);
        if matches!(container, Container::Module) && !is_pub && !decl.is_export && self.is_user(module) {
            self.check_fn_name(decl.name);
        }
        let kind = self.fn_kind(&decl, &attrs, container);
        let name = self.program.name(decl.name.name);
        let prefix = &self.scopes[module].prefix;
        let path = match owner {
            Some(owner) => member_path(owner, name),
            None if prefix.is_empty() => name.to_string(),
            None => [prefix, name].concat(),
        };
        let export = attrs.export.or_else(|| decl.is_export.then(|| name.to_string()));
        let has_self =
            matches!(decl.params.first(), Some(ast::Param { kind: ast::ParamKind::SelfParam, .. }));
        let span = decl.name.span;
        let FnAttrs { inline, track_caller, lang, .. } = attrs;
        let id = self.program.fns.push(Function {
            name: decl.name.name,
            path,
            module,
            container,
            generics: Generics::default(),
            params: Vec::new(),
            has_self,
            ret: Ty::ERROR,
            kind,
            generator: None,
            is_async: decl.is_async,
            inline,
            is_pub,
            track_caller,
            export,
            docs,
            span,
        });
        if let Some(lang) = lang {
            self.program.lang.fns.insert(lang, id);
        }
        if has_self && container == Container::Module {
            self.report_self(decl.params[0].span, !self.scopes[module].is_block);
        }
        if decl.is_unsafe {
            self.decls.unsafe_fns.insert(id);
        }
        self.decls.fns.push(Some(decl));
        Some(id)
    }

    /// Reports a `self` of what is no method, but could be one in an `impl`.
    fn report_self(&mut self, span: Span, could_be_method: bool) {
        let message = "only methods, in an `impl` or a trait, take `self`";
        let diag = Diagnostic::error(codes::SELF_OUTSIDE_METHOD, span, message);
        self.report(diag.note(match could_be_method {
            false => "give the parameter a name and a type",
            true => "write `impl Type { fn … }`, or give the parameter a name and a type",
        }));
    }

    fn fn_kind(&mut self, decl: &ast::FnDecl, attrs: &FnAttrs, container: Container) -> FnKind {
        if let Some(intrinsic) = attrs.intrinsic {
            return FnKind::Intrinsic(intrinsic);
        }
        if decl.body.is_some() {
            return FnKind::Body;
        }
        if attrs.is_refused {
            return FnKind::Required;
        }
        if !matches!(container, Container::Trait(_)) && decl.name.name != sym::empty {
            let message = format!("the function `{}` has no body", self.program.name(decl.name.name));
            let diag = Diagnostic::error(codes::MISSING_BODY, decl.sig_span, message)
                .note("only methods of traits and functions of `extern` blocks stand without a body");
            if !self.fault_behind(decl.sig_span) {
                self.report(diag);
            }
        }
        FnKind::Required
    }

    /// Whether a fault was reported on the rest of the line behind a span.
    fn fault_behind(&self, span: Span) -> bool {
        self.syntax_diags.iter().rev().any(|d| {
            let at = d.span().lo;
            at >= span.hi && at < span.hi + 200 && !self.map.text(Span::new(span.hi, at)).contains('\n')
        })
    }

    fn collect_const(
        &mut self,
        module: ModuleId,
        decl: ast::ConstDecl,
        is_pub: bool,
        container: Container,
    ) -> ConstId {
        let name = decl.name;
        self.decls.consts.push(ConstSource { decl: Some(Box::new(decl)), container, value: ConstState::New });
        self.program.consts.push(Const {
            name: name.name,
            module,
            generics: Generics::default(),
            ty: Ty::ERROR,
            is_pub,
            span: name.span,
        })
    }

    fn collect_alias(&mut self, module: ModuleId, decl: ast::TypeAlias, is_pub: bool) {
        let name = decl.name;
        let id: AliasId = self.aliases.push(Alias {
            name: name.name,
            module,
            decl: Some(Box::new(decl)),
            generics: Generics::default(),
            ty: Ty::ERROR,
            state: AliasState::New,
            span: name.span,
        });
        self.declare_item(module, name, Def::Alias(id), is_pub);
    }

    // ------------------------------------------------------------ types

    fn add_adt(
        &mut self,
        module: ModuleId,
        name: Ident,
        is_iso: bool,
        decl: AdtDecl,
        variants: IndexVec<VariantIdx, Variant>,
        attrs: &[ast::Attribute],
        docs: Option<String>,
        is_pub: bool,
    ) {
        let id = self.program.adts.push(Adt {
            name: name.name,
            module,
            generics: Generics::default(),
            is_enum: matches!(decl, AdtDecl::Enum(_)),
            is_iso,
            is_pub,
            variants,
            drop_fn: None,
            docs,
            span: name.span,
        });
        self.decls.adts.push(Some(decl));
        if let Some(lang) = self.lang_attr(module, attrs) {
            self.program.lang.adts.insert(lang, id);
        }
        self.declare_item(module, name, Def::Adt(id), is_pub);
    }

    fn collect_struct(
        &mut self,
        module: ModuleId,
        decl: ast::StructDecl,
        attrs: &[ast::Attribute],
        docs: Option<String>,
        is_pub: bool,
    ) {
        let (name, is_iso) = (decl.name, decl.is_iso);
        let variants = IndexVec::from_raw(vec![empty_variant(name.name, &decl.body, name.span)]);
        self.add_adt(module, name, is_iso, AdtDecl::Struct(decl), variants, attrs, docs, is_pub);
    }

    fn collect_enum(
        &mut self,
        module: ModuleId,
        decl: ast::EnumDecl,
        attrs: &[ast::Attribute],
        docs: Option<String>,
        is_pub: bool,
    ) {
        let (name, is_iso) = (decl.name, decl.is_iso);
        let variants =
            decl.variants.iter().map(|v| empty_variant(v.name.name, &v.body, v.name.span)).collect();
        let mut seen: Vec<(Symbol, Span)> = Vec::new();
        for variant in &decl.variants {
            if let Some(first) = seen.iter().find(|s| s.0 == variant.name.name) {
                let text = self.program.name(variant.name.name);
                let diag = Diagnostic::error(
                    codes::DUPLICATE_NAME,
                    variant.name.span,
                    format!("two variants are called `{text}`"),
                );
                let diag = diag.label("declared again here").also(first.1, "first declared here");
                self.report(diag);
            }
            seen.push((variant.name.name, variant.name.span));
        }
        self.add_adt(module, name, is_iso, AdtDecl::Enum(decl), variants, attrs, docs, is_pub);
    }

    fn collect_trait(
        &mut self,
        module: ModuleId,
        mut decl: Box<ast::TraitDecl>,
        attrs: &[ast::Attribute],
        docs: Option<String>,
        is_pub: bool,
    ) {
        let name = decl.name;
        let id = self.program.traits.push(Trait {
            name: name.name,
            module,
            generics: Generics::default(),
            methods: Vec::new(),
            assoc_types: Vec::new(),
            supertraits: Vec::new(),
            dyn_safe: Ok(()),
            is_pub,
            docs,
            span: name.span,
        });
        if let Some(lang) = self.lang_attr(module, attrs) {
            self.program.lang.traits.insert(lang, id);
        }
        for assoc in &decl.assoc_types {
            self.program.index.add_assoc_type(assoc.name.name, id);
        }
        let owner = self.program.name(name.name).to_string();
        let handlers = std::mem::take(&mut decl.handlers);
        if !handlers.is_empty() {
            self.check_message_trait(&decl);
            decl.items.clear();
            self.collect_trait_handlers(id, &owner, handlers);
        }
        let items = std::mem::take(&mut decl.items);
        self.decls.traits.push(Some(decl));
        for item in items {
            self.collect_trait_member(module, id, &owner, item);
        }
        self.declare_item(module, name, Def::Trait(id), is_pub);
    }

    fn collect_trait_member(&mut self, module: ModuleId, id: TraitId, owner: &str, item: ast::Item) {
        if !self.is_for_target(&item.attrs) {
            return;
        }
        match item.kind {
            ItemKind::Fn(fn_decl) => {
                let name = fn_decl.name;
                let known = self.method_named(id, name.name);
                let container = Container::Trait(id);
                let (attrs, docs) = (item.attrs, item.docs);
                let Some(fn_) = self.collect_fn(module, fn_decl, attrs, docs, true, container, Some(owner))
                else {
                    return;
                };
                match known {
                    Some(first) => self.duplicate_method(name, self.program.fns[first].span),
                    None => {
                        self.program.traits[id].methods.push(fn_);
                        self.program.index.add_trait_method(name.name, id, fn_);
                    }
                }
            }
            ItemKind::Error => {}
            kind => {
                let message = "a trait holds functions and associated types";
                let diag = Diagnostic::error(codes::MISPLACED_ITEM, item.span, message);
                let diag = match kind {
                    ItemKind::Const(decl) => {
                        self.decls.misplaced_consts.insert(decl.name.name);
                        diag.note("a function without `self` can give the value")
                    }
                    _ => diag,
                };
                self.report(diag);
            }
        }
    }

    fn duplicate_method(&mut self, name: Ident, first: Span) {
        let text = self.program.name(name.name);
        let message = format!("the method `{text}` is declared twice");
        let diag = Diagnostic::error(codes::DUPLICATE_NAME, name.span, message)
            .label("declared again here")
            .also(first, "first declared here");
        self.report(diag);
    }

    fn misplaced_member(&mut self, span: Span, message: &str) {
        self.report(Diagnostic::error(codes::MISPLACED_ITEM, span, message));
    }

    /// An `impl` of which nothing is known yet.
    pub(crate) fn new_impl(&mut self, module: ModuleId, span: Span) -> ImplId {
        self.program.impls.push(Impl {
            module,
            generics: Generics::default(),
            self_ty: Ty::ERROR,
            trait_: None,
            methods: Vec::new(),
            assoc_types: Vec::new(),
            consts: Vec::new(),
            span,
        })
    }

    fn collect_impl(&mut self, module: ModuleId, mut decl: Box<ast::ImplDecl>, span: Span) {
        let owner = self.type_head(&decl.self_ty);
        let head_span = decl.trait_.as_ref().map_or(decl.self_ty.span, |t| t.span.to(decl.self_ty.span));
        let is_trait = decl.trait_.is_some();
        let id = self.new_impl(module, if head_span.is_dummy() { span } else { head_span });
        let items = std::mem::take(&mut decl.items);
        let mut source =
            ImplSource { decl: Some(decl), fns: Vec::new(), consts: Vec::new(), types: Vec::new() };
        for item in items {
            if !self.is_for_target(&item.attrs) {
                continue;
            }
            let is_pub = item.vis.is_some() || is_trait;
            if is_trait && let Some(vis) = item.vis {
                let diag = Diagnostic::warning(
                    codes::UNNEEDED_PUB,
                    vis,
                    "`pub` has no meaning here: a trait's methods are as public as the trait",
                );
                let behind = self.map.text(Span::new(vis.hi, vis.hi + 1));
                let whole = Span::new(vis.lo, vis.hi + u32::from(behind == " "));
                self.report(diag.fix("remove it", whole, ""));
            }
            match item.kind {
                ItemKind::Fn(fn_decl) => {
                    let container = Container::Impl(id);
                    let id = self.collect_fn(
                        module,
                        fn_decl,
                        item.attrs,
                        item.docs,
                        is_pub,
                        container,
                        Some(&owner),
                    );
                    source.fns.extend(id);
                }
                ItemKind::Const(const_decl) => {
                    source.consts.push(self.collect_const(module, const_decl, is_pub, Container::Impl(id)));
                }
                ItemKind::Type(alias) => source.types.push(alias),
                ItemKind::Error => {}
                _ => self.misplaced_member(item.span, "an `impl` holds functions, constants and types"),
            }
        }
        self.decls.impls.push(source);
    }

    /// The name that a type starts with, for the paths of its methods.
    fn type_head(&self, ty: &ast::Type) -> String {
        match &ty.kind {
            ast::TypeKind::Path(path) => match path.segments.last() {
                Some(segment) => self.program.name(segment.ident.name).to_string(),
                None => "_".to_string(),
            },
            _ => self.map.text(ty.span).to_string(),
        }
    }
}

fn empty_variant(name: Symbol, body: &ast::VariantBody, span: Span) -> Variant {
    let shape = match body {
        ast::VariantBody::Unit => VariantShape::Unit,
        ast::VariantBody::Tuple(_) => VariantShape::Tuple,
        ast::VariantBody::Named(_) => VariantShape::Named,
    };
    Variant { name, fields: Vec::new(), shape, span }
}

/// What messages call a member. Put together by hand, for `format` takes ten times as long, and each function has one.
pub(crate) fn member_path(owner: &str, name: &str) -> String {
    [owner, ".", name].concat()
}
