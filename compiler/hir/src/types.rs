//! Types as written become interned types; bounds become trait references.

mod args;
mod assoc;
mod no_trait;

use crate::checker::Checker;
use crate::codes;
use crate::infer::VarKind;
use crate::program::*;
use crate::record::{Probe, Target};
use crate::scope::{AliasId, AliasState, Def, Ns, SeenModules};
use crate::ty::{Args, Ty, TyKind};
use entity::Arrange;
use syntax::ast::{self, TypeKind};
use syntax::{Diagnostic, Span, Symbol, sym};

/// Limit on the parts of a type when it is written out.
pub(crate) const MAX_SIZE: u32 = 60_000;

/// Where a type stands: which names and parameters it may mention.
#[derive(Clone, Default)]
pub(crate) struct TyCx {
    pub module: ModuleId0,
    /// Parameters, and those bounds that are known so far.
    pub generics: Generics,
    /// What `Self` stands for.
    pub self_ty: Option<Ty>,
    /// Inside a trait: `Self.Item` is one of its associated types.
    pub self_trait: Option<TraitId>,
    /// Inside the impl of a trait.
    pub impl_trait: Option<(TraitId, Args)>,
    /// Inside a body: `_` and left-out arguments are inferred.
    pub in_body: bool,
}

/// A name of a path with its type arguments.
#[derive(Clone, Copy)]
pub(crate) struct Seg<'a> {
    pub ident: ast::Ident,
    pub args: Option<&'a ast::GenericArgs>,
}

impl<'a> Seg<'a> {
    fn of(segment: &'a ast::PathSegment) -> Seg<'a> {
        Seg { ident: segment.ident, args: segment.args.as_deref() }
    }
}

/// A module id that has a default, for [`TyCx`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct ModuleId0(pub ModuleId);

impl Default for ModuleId0 {
    fn default() -> Self {
        ModuleId0(ModuleId(0))
    }
}

impl TyCx {
    pub fn new(module: ModuleId) -> TyCx {
        TyCx { module: ModuleId0(module), ..TyCx::default() }
    }

    pub fn param(&self, name: Symbol) -> Option<u32> {
        self.generics.params.iter().rposition(|p| p.name == name).map(|i| i as u32)
    }
}

/// A bound as written: a trait with arguments, or the shape of a closure.
pub(crate) type BoundRef = BoundKind;

impl Checker {
    pub(crate) fn lower_ty(&mut self, ty: &ast::Type, cx: &TyCx) -> Ty {
        let lowered = self.lower_ty_kind(ty, cx);
        self.limit_size(lowered, ty.span)
    }

    /// Types with too many parts are errors: everything that walks over them would take too long.
    pub(crate) fn limit_size(&mut self, ty: Ty, span: Span) -> Ty {
        if self.program.types.size(ty) <= MAX_SIZE {
            return ty;
        }
        let message = format!("this type has more than {MAX_SIZE} parts");
        let diag = Diagnostic::error(codes::TYPE_TOO_LARGE, span, message);
        self.report(diag.note("a struct or enum gives a part a name, which counts as one"));
        Ty::ERROR
    }

    fn lower_ty_kind(&mut self, ty: &ast::Type, cx: &TyCx) -> Ty {
        match &ty.kind {
            TypeKind::Path(path) => self.lower_path(path, cx),
            TypeKind::Tuple(elems) => {
                let elems = elems.iter().map(|t| self.lower_ty(t, cx)).collect();
                self.program.types.intern(TyKind::Tuple(elems))
            }
            TypeKind::FixedArray(elem, len) => {
                let elem = self.lower_ty(elem, cx);
                let len_span = len.span;
                let len = self.lower_const_arg(len, Ty::I64, cx);
                if let TyKind::ConstInt(n) = self.program.types.kind(len)
                    && !(0..=u32::MAX as i128).contains(n)
                {
                    let message = format!("an array cannot have {n} elements");
                    let diag = Diagnostic::error(codes::BAD_ARRAY_LENGTH, len_span, message)
                        .note(format!("a length is from 0 to {}", u32::MAX));
                    self.report(diag);
                    return Ty::ERROR;
                }
                self.program.types.intern(TyKind::FixedArray(elem, len))
            }
            TypeKind::Optional(inner) => {
                let inner = self.lower_ty(inner, cx);
                self.option_of(inner)
            }
            TypeKind::Fn { params, ret, is_async } => {
                let is_async = *is_async;
                let params = params.iter().map(|p| (self.lower_ty(&p.ty, cx), p.is_mut)).collect();
                let ret = ret.as_ref().map_or(Ty::UNIT, |r| self.lower_ty(r, cx));
                self.program.types.intern(TyKind::Fn { params, ret, is_async })
            }
            TypeKind::Dyn(inner) => self.lower_dyn(inner, cx),
            TypeKind::Const(value) => {
                let diag = Diagnostic::error(codes::NOT_A_TYPE, value.span, "expected a type, found a value");
                self.report(diag);
                Ty::ERROR
            }
            TypeKind::Infer if cx.in_body => self.fresh_var(VarKind::General, ty.span),
            TypeKind::Infer => {
                let message = "signatures are written out: `_` is not inferred here";
                self.report(Diagnostic::error(codes::NOT_A_TYPE, ty.span, message));
                Ty::ERROR
            }
            TypeKind::Error => Ty::ERROR,
        }
    }

    pub(crate) fn fresh_var(&mut self, kind: VarKind, span: Span) -> Ty {
        self.infer.fresh(&mut self.program.types, kind, span)
    }

    // ------------------------------------------------------------ paths

    fn lower_path(&mut self, path: &ast::Path, cx: &TyCx) -> Ty {
        let segments = &path.segments;
        let first = &segments[0];
        if first.ident.name == sym::empty {
            return Ty::ERROR;
        }
        self.probe_type_path(segments, cx);
        if first.ident.name == sym::Self_ {
            return self.lower_self_path(path, cx);
        }
        if let Some(index) = cx.param(first.ident.name) {
            self.no_args(Seg::of(first), "a type parameter");
            if let GenericParamKind::Const(_) = cx.generics.params[index as usize].kind {
                let text = self.program.name(first.ident.name);
                let message = format!("expected a type, found the constant parameter `{text}`");
                self.report(Diagnostic::error(codes::NOT_A_TYPE, first.ident.span, message));
                return Ty::ERROR;
            }
            self.note(
                first.ident.span,
                Target::TypeParam(cx.generics.params[index as usize].span, first.ident.name),
            );
            let ty = self.program.types.intern(TyKind::Param(index, first.ident.name));
            return self.lower_assoc_rest(ty, &segments[1..], cx);
        }
        let Some((def, used)) = self.resolve_type_path(segments, cx.module.0) else { return Ty::ERROR };
        let ty = self.lower_def(def, Seg::of(&segments[used - 1]), cx);
        self.lower_assoc_rest(ty, &segments[used..], cx)
    }

    /// Notes what is known where the name that is asked about stands first in a type.
    fn probe_type_path(&mut self, segments: &[ast::PathSegment], cx: &TyCx) {
        if !self.is_probe(segments[0].ident.name) {
            return;
        }
        let params = cx.generics.params.iter().map(|p| (p.name, p.span)).collect();
        self.found_probe(Probe::TypeName { module: cx.module.0, params, self_ty: cx.self_ty });
    }

    fn lower_self_path(&mut self, path: &ast::Path, cx: &TyCx) -> Ty {
        let span = path.segments[0].ident.span;
        let Some(ty) = cx.self_ty else {
            let message = "there is no `Self` here: it stands for the type of an `impl` or trait";
            self.report(Diagnostic::error(codes::UNKNOWN_NAME, span, message));
            return Ty::ERROR;
        };
        self.note(span, Target::SelfTy(ty));
        self.no_args(Seg::of(&path.segments[0]), "`Self`");
        self.lower_assoc_rest(ty, &path.segments[1..], cx)
    }

    fn no_args(&mut self, segment: Seg<'_>, what: &str) {
        if let Some(args) = segment.args {
            let message = format!("{what} takes no type arguments");
            let diag = Diagnostic::error(codes::WRONG_TYPE_ARGS, args.span, message);
            self.report(diag.fix_likely("remove them", args.span, ""));
        }
    }

    /// Follows a path through modules to a type or trait: what it is and how many segments that took.
    pub(crate) fn resolve_type_path(
        &mut self,
        segments: &[ast::PathSegment],
        module: ModuleId,
    ) -> Option<(Def, usize)> {
        let first = segments[0].ident;
        if let Some(entry) = self.lookup(module, first.name, Ns::Type) {
            self.note_def(first.span, entry.def);
            return Some((entry.def, 1));
        }
        let mut at = match self.lookup(module, first.name, Ns::Module) {
            Some(entry) => match entry.def {
                Def::Module(m) => {
                    self.note(first.span, Target::Module(m));
                    m
                }
                _ => return None,
            },
            None => {
                self.unknown_type(module, module, first);
                return None;
            }
        };
        for (i, segment) in segments.iter().enumerate().skip(1) {
            let name = segment.ident.name;
            if let Some(entry) = self.lookup_in(at, name, Ns::Type, module, &mut SeenModules::new()) {
                self.mark_used(entry);
                self.note_def(segment.ident.span, entry.def);
                return Some((entry.def, i + 1));
            }
            if self.is_probe(name) {
                self.found_probe(Probe::Module { module: at, viewer: module });
            }
            match self.child_module(at, name, module) {
                Some(child) => {
                    self.note(segment.ident.span, Target::Module(child));
                    at = child;
                }
                None => {
                    self.unknown_type(at, module, segment.ident);
                    return None;
                }
            }
        }
        let text = self.program.name(first.name);
        let message = format!("expected a type, found the module `{text}`");
        let span = segments[0].ident.span.to(segments[segments.len() - 1].ident.span);
        self.report(Diagnostic::error(codes::NOT_A_TYPE, span, message));
        None
    }

    pub(crate) fn child_module(&self, at: ModuleId, name: Symbol, viewer: ModuleId) -> Option<ModuleId> {
        if let Some(child) = self.scopes[at].children.get(&name) {
            return Some(*child);
        }
        match self.lookup_in(at, name, Ns::Module, viewer, &mut SeenModules::new())?.def {
            Def::Module(m) => Some(m),
            _ => None,
        }
    }

    /// The names of a kind that can be written in a module, or those that it exports.
    pub(crate) fn names_in_scope(&self, module: ModuleId, inside: bool, ns: Ns) -> Vec<Symbol> {
        let mut names = Vec::new();
        let mut at = module;
        loop {
            self.own_names(at, inside, ns, &mut names);
            for glob in &self.scopes[at].globs {
                match glob.from {
                    crate::scope::GlobSource::Module(m) if inside || glob.is_pub => {
                        self.own_names(m, false, ns, &mut names);
                    }
                    crate::scope::GlobSource::Variants(adt) if ns == Ns::Value => {
                        names.extend(self.program.adts[adt].variants.iter().map(|v| v.name));
                    }
                    _ => {}
                }
            }
            match self.program.modules[at].parent {
                Some(parent) if self.scopes[at].is_block => at = parent,
                _ => break,
            }
        }
        if inside {
            let prelude = self.prelude.iter().filter(|(_, n)| n.get(ns).is_some());
            names.extend(prelude.map(|(s, _)| *s));
        }
        names.arrange();
        names.dedup();
        names
    }

    fn own_names(&self, module: ModuleId, inside: bool, ns: Ns, names: &mut Vec<Symbol>) {
        let own = self.scopes[module].names.iter();
        let visible = own.filter(|(_, n)| n.get(ns).is_some_and(|e| inside || e.is_pub));
        names.extend(visible.map(|(s, _)| *s));
    }

    pub(crate) fn lower_def(&mut self, def: Def, segment: Seg<'_>, cx: &TyCx) -> Ty {
        match def {
            Def::Prim(ty) => {
                self.no_args(segment, "this type");
                if matches!(ty, Ty::USIZE | Ty::V128) {
                    let what = if ty == Ty::USIZE { "`USize`" } else { "`V128`" };
                    self.need_unsafe(cx.module.0, segment.ident.span, what);
                }
                ty
            }
            Def::Ptr | Def::Buffer => self.lower_raw(def, segment, cx),
            Def::Adt(adt) => {
                let args = self.lower_adt_args(adt, segment, cx);
                self.program.types.intern(TyKind::Adt(adt, args))
            }
            Def::Alias(alias) => self.lower_alias_use(alias, segment, cx),
            Def::Trait(id) => {
                let at = segment.ident.span;
                let is_told = |diag: &Diagnostic| {
                    let mut edits = diag.fixes.iter().flat_map(|fix| &fix.edits);
                    diag.code == codes::EXPECTED_TRAIT && edits.any(|edit| edit.0 == at)
                };
                if self.diags.iter().any(is_told) {
                    return Ty::ERROR;
                }
                let text = self.program.name(self.program.traits[id].name).to_string();
                let message = format!("expected a type, found the trait `{text}`");
                let diag = Diagnostic::error(codes::NOT_A_TYPE, segment.ident.span, message)
                    .note("a parameter of any type with the trait is generic: `fn f<T: Trait>(x: T)`");
                self.decls.dyn_offers.push((at, id));
                let title = "a boxed value of any such type";
                let diag = match self.program.traits[id].dyn_safe.is_ok() {
                    true => diag.fix_likely(title, at, format!("dyn {text}")),
                    false => diag,
                };
                let diag = match self.program.lang_trait("Iterator") == Some(id) {
                    true => {
                        diag.note("as the type of a function it means a generator, whose body has `yield`")
                    }
                    false => diag,
                };
                self.report(diag);
                Ty::ERROR
            }
            _ => Ty::ERROR,
        }
    }

    pub(crate) fn need_unsafe(&mut self, module: ModuleId, span: Span, what: &str) -> bool {
        if self.program.modules[self.file_module(module)].is_unsafe {
            return true;
        }
        let message = format!("{what} may be used in `unsafe` modules only");
        let diag = Diagnostic::error(codes::UNSAFE_ONLY, span, message)
            .note("a file that starts with a line `unsafe` is one; such code can corrupt memory");
        self.report(diag);
        false
    }

    fn lower_raw(&mut self, def: Def, segment: Seg<'_>, cx: &TyCx) -> Ty {
        let is_ptr = def == Def::Ptr;
        let what = if is_ptr { "`Ptr`" } else { "`Buffer`" };
        if !self.need_unsafe(cx.module.0, segment.ident.span, what) {
            return Ty::ERROR;
        }
        let inner = match segment.args {
            Some(args) if args.args.len() == 1 && args.bindings.is_empty() => {
                self.lower_ty(&args.args[0], cx)
            }
            None if cx.in_body => self.fresh_var(VarKind::General, segment.ident.span),
            _ => {
                let message = format!("{what} takes one type argument");
                self.report(Diagnostic::error(codes::WRONG_TYPE_ARGS, segment.ident.span, message));
                Ty::ERROR
            }
        };
        self.program.types.intern(if is_ptr { TyKind::Ptr(inner) } else { TyKind::Buffer(inner) })
    }

    // ------------------------------------------------------------ aliases

    fn lower_alias_use(&mut self, alias: AliasId, segment: Seg<'_>, cx: &TyCx) -> Ty {
        let ty = self.alias_ty(alias, segment.ident.span);
        let params: Vec<GenericParamKind> =
            self.aliases[alias].generics.params.iter().map(|p| p.kind).collect();
        let (name, span) = (self.aliases[alias].name, self.aliases[alias].span);
        let args = self.lower_args(&params, segment, name, span, cx);
        self.program.types.subst(ty, &args)
    }

    /// What an alias stands for, over its own parameters; circles are reported once.
    pub(crate) fn alias_ty(&mut self, id: AliasId, used_at: Span) -> Ty {
        match self.aliases[id].state {
            AliasState::Done => return self.aliases[id].ty,
            AliasState::Open => {
                let text = self.program.name(self.aliases[id].name);
                let message = format!("the type `{text}` is defined by itself");
                let diag = Diagnostic::error(codes::ALIAS_CYCLE, self.aliases[id].span, message)
                    .note("a `struct` or `enum` may contain itself, an alias is only another name");
                let diag = diag.also(used_at, "used here while it is being defined");
                self.report(diag);
                self.aliases[id].state = AliasState::Done;
                return Ty::ERROR;
            }
            AliasState::New => {}
        }
        let Some(decl) = self.aliases[id].decl.take() else { return Ty::ERROR };
        self.aliases[id].state = AliasState::Open;
        let mut cx = TyCx::new(self.aliases[id].module);
        self.declare_params(&decl.generics, &mut cx);
        self.resolve_bounds(&decl.generics, &mut cx);
        self.aliases[id].generics = cx.generics.clone();
        let ty = self.lower_ty(&decl.ty, &cx);
        let cyclic = self.aliases[id].state == AliasState::Done;
        self.aliases[id].state = AliasState::Done;
        self.aliases[id].ty = if cyclic { Ty::ERROR } else { ty };
        self.aliases[id].ty
    }

    // ------------------------------------------------------------ traits

    fn lower_dyn(&mut self, inner: &ast::Type, cx: &TyCx) -> Ty {
        let Some(BoundKind::Trait { trait_, args, mut assoc }) = self.lower_bound(inner, cx) else {
            return Ty::ERROR;
        };
        if let Some(reason) = self.dyn_problem(trait_) {
            self.report_not_dyn(trait_, inner.span, reason);
            return Ty::ERROR;
        }
        if trait_.0 as usize >= self.decls.done.traits {
            self.decls.dyn_uses.push((trait_, inner.span));
        }
        let order: Vec<Symbol> = self.program.traits[trait_].assoc_types.iter().map(|a| a.name).collect();
        for name in &order {
            if !assoc.iter().any(|a| a.0 == *name) {
                let (text, of) =
                    (self.program.name(*name), self.program.name(self.program.traits[trait_].name));
                let message = format!("`dyn {of}` must say what `{text}` is");
                let diag = Diagnostic::error(codes::WRONG_TYPE_ARGS, inner.span, message)
                    .note(format!("write `dyn {of}<{text} = …>`"));
                self.report(diag);
                return Ty::ERROR;
            }
        }
        assoc.arrange_by_key(|a| order.iter().position(|n| *n == a.0));
        self.program.types.intern(TyKind::Dyn { trait_, args, assoc: assoc.into() })
    }

    /// A bound: `Trait<A, Item = B>` or `Fn(A) -> B`.
    pub(crate) fn lower_bound(&mut self, ty: &ast::Type, cx: &TyCx) -> Option<BoundRef> {
        match &ty.kind {
            TypeKind::Fn { params, ret, is_async } => {
                let params = params.iter().map(|p| (self.lower_ty(&p.ty, cx), p.is_mut)).collect();
                let ret = ret.as_ref().map_or(Ty::UNIT, |r| self.lower_ty(r, cx));
                Some(BoundKind::Fn { params, ret, is_async: *is_async })
            }
            TypeKind::Path(path) => self.lower_trait_path(path, cx),
            TypeKind::Error => None,
            _ => {
                self.expected_trait(ty.span, "expected a trait".to_string());
                None
            }
        }
    }

    fn lower_trait_path(&mut self, path: &ast::Path, cx: &TyCx) -> Option<BoundRef> {
        let first = path.segments[0].ident;
        if first.name == sym::empty {
            return None;
        }
        self.probe_type_path(&path.segments, cx);
        let known = cx.param(first.name).is_none() && first.name != sym::Self_;
        let found = if known { self.resolve_trait_path(&path.segments, cx.module.0) } else { None };
        let Some((def, used)) = found else {
            if !known {
                self.expected_trait(path.span, "expected a trait, found a type parameter".to_string());
            }
            return None;
        };
        let segment = Seg::of(&path.segments[used - 1]);
        match def {
            Def::Trait(trait_) if used == path.segments.len() => {
                let (args, assoc) = self.lower_trait_args(trait_, segment, cx);
                Some(BoundKind::Trait { trait_, args, assoc })
            }
            Def::Error => None,
            _ => {
                let text = self.program.name(segment.ident.name).to_string();
                let message = format!("expected a trait, found the type `{text}`");
                match self.swapped_impl(path.span, cx) {
                    Some((of, trait_)) => self.report_swapped_impl(path.span, &text, of, trait_),
                    None => self.expected_trait(path.span, message),
                }
                None
            }
        }
    }

    fn resolve_trait_path(
        &mut self,
        segments: &[ast::PathSegment],
        module: ModuleId,
    ) -> Option<(Def, usize)> {
        let before = self.diags.len();
        let found = self.resolve_type_path(segments, module);
        // The message for an unknown name speaks of types.
        for diag in &mut self.diags[before..] {
            if diag.code == codes::UNKNOWN_TYPE {
                diag.code = codes::UNKNOWN_TRAIT;
                diag.message = diag.message.replace("no type", "no trait");
                diag.fixes.clear();
                diag.notes.clear();
            }
        }
        let last = segments.last().map(|s| s.ident);
        if let Some(name) = last.filter(|_| self.diags.len() == before + 1) {
            self.suggest_trait(name, module);
        }
        found
    }

    pub(crate) fn lower_trait_args(
        &mut self,
        trait_: TraitId,
        segment: Seg<'_>,
        cx: &TyCx,
    ) -> (Args, Vec<(Symbol, Ty)>) {
        let kinds: Vec<GenericParamKind> =
            self.program.traits[trait_].generics.params.iter().skip(1).map(|p| p.kind).collect();
        let (name, span) = (self.program.traits[trait_].name, self.program.traits[trait_].span);
        let Some(given) = segment.args else {
            let args = self.lower_args(&kinds, segment, name, span, cx);
            return (args, Vec::new());
        };
        let args: Args = if given.args.len() == kinds.len() {
            given.args.iter().zip(&kinds).map(|(a, k)| self.lower_arg(a, *k, cx)).collect()
        } else if given.args.is_empty() && cx.in_body {
            kinds.iter().map(|_| self.fresh_var(VarKind::General, given.span)).collect()
        } else {
            self.wrong_arg_count(name, span, kinds.len(), given.args.len(), given.span);
            kinds.iter().map(|_| Ty::ERROR).collect()
        };
        let mut assoc = Vec::new();
        for (ident, ty) in &given.bindings {
            let ty = self.lower_ty(ty, cx);
            if self.has_assoc(trait_, ident.name) {
                self.note(ident.span, Target::AssocTy(trait_, ident.name));
                assoc.push((ident.name, ty));
            } else {
                let (of, text) = (self.program.name(name), self.program.name(ident.name));
                let message = format!("the trait `{of}` has no associated type `{text}`");
                self.report(Diagnostic::error(codes::UNKNOWN_TYPE, ident.span, message));
            }
        }
        (args, assoc)
    }
}
