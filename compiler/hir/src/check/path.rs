//! Names and dotted paths in expressions: variables, functions, constants, variants, members of types and modules.

use super::FnCtxt;
use crate::body::*;
use crate::codes;
use crate::impls::Head;
use crate::program::*;
use crate::record::{Probe, Target};
use crate::scope::{Def, Ns, SeenModules};
use crate::suggest;
use crate::ty::{Ty, TyKind, TyRow};
use crate::types::Seg;
use syntax::ast::{self, GenericArgs, Ident};
use syntax::{Diagnostic, Span, Symbol, sym};

/// What a path stands for, before it is known how it is used.
pub(crate) enum Res {
    Module(ModuleId),
    /// A type, with variables for arguments that are not written.
    Ty(Ty),
    /// A trait, with explicit arguments if written.
    Trait(TraitId, TyRow),
    /// A function with arguments for what contains it, and those written for its own parameters.
    Fn {
        id: FnId,
        container: TyRow,
        own: TyRow,
    },
    /// A trait's function, for `Self` and the trait's arguments.
    TraitFn {
        trait_: TraitId,
        id: FnId,
        args: TyRow,
        own: TyRow,
    },
    Const(ConstId, TyRow),
    /// A const parameter, and the type of its value.
    ConstParam(Ty, Ty),
    Variant(AdtId, VariantIdx, TyRow),
    /// Reported.
    Error,
}

impl FnCtxt<'_> {
    // ------------------------------------------------------------ variables

    /// The variable of a name, as seen from the innermost closure: captures are made on the way.
    pub(crate) fn lookup_local(&mut self, name: Symbol, span: Span) -> Option<LocalId> {
        let local = self.scope.get(name)?;
        self.ck.note(span, Target::Local(self.locals[local].span));
        Some(self.reach(local, span))
    }

    /// A variable as seen from the innermost closure.
    pub(crate) fn reach(&mut self, local: LocalId, span: Span) -> LocalId {
        self.info[local].is_used = true;
        let frame = self.info[local].frame as usize;
        if frame + 1 == self.frames.len() {
            return local;
        }
        if self.actor.is_some() && self.frames[frame + 1..].iter().any(|f| f.is_task) {
            self.check_task_access(local, span);
        }
        let mut at = local;
        for depth in frame + 1..self.frames.len() {
            at = self.capture(depth, at);
        }
        at
    }

    fn capture(&mut self, depth: usize, outer: LocalId) -> LocalId {
        if let Some((inner, _)) = self.frames[depth].captures.iter().find(|c| c.1 == outer) {
            return *inner;
        }
        let decl = self.locals[outer].clone();
        let inner = self.new_local(decl.name, decl.ty, false, decl.span);
        let info = &mut self.info[inner];
        info.frame = depth as u32;
        info.is_capture = true;
        info.is_used = true;
        self.frames[depth].captures.push((inner, outer));
        inner
    }

    pub(crate) fn local(&self, local: LocalId, span: Span) -> Expr {
        let ty = self.locals[local].ty;
        match self.info[local].state {
            Some(index) => self.state_place(index, ty, span),
            None => Expr { kind: ExprKind::Local(local), ty, span },
        }
    }

    // ------------------------------------------------------------ expressions

    /// A name, or `base.name` where it is used as a value.
    pub(crate) fn path_or_field(&mut self, e: &mut ast::Expr, want: Option<Ty>) -> Expr {
        let span = e.span;
        if let ast::ExprKind::Name { ident, args: None } = &e.kind
            && let Some(local) = self.lookup_local(ident.name, span)
        {
            return self.local(local, span);
        }
        match self.resolve_path(e, want) {
            Some(res) => self.res_value(res, want, span),
            None => self.field_expr(e, span),
        }
    }

    /// What a chain of names and dots stands for; `None` where it is a field or method of a value.
    pub(crate) fn resolve_path(&mut self, e: &mut ast::Expr, want: Option<Ty>) -> Option<Res> {
        let res = self.resolve_path_part(e, want, false);
        if self.warns() {
            match res {
                Some(Res::Const(id, _)) => self.ck.note_const_use(self.owner, id, e.span),
                Some(Res::Fn { id, .. }) => self.ck.note_fn_use(self.owner, id, e.span),
                _ => {}
            }
        }
        res
    }

    /// `is_head`: something follows behind a dot.
    fn resolve_path_part(&mut self, e: &mut ast::Expr, want: Option<Ty>, is_head: bool) -> Option<Res> {
        match &mut e.kind {
            ast::ExprKind::Name { ident, args } => {
                let ident = *ident;
                if args.is_none() && self.scope.get(ident.name).is_some() {
                    return None;
                }
                Some(self.resolve_name(ident, args.as_deref(), want, is_head))
            }
            ast::ExprKind::SelfType => Some(self.self_type(e.span)),
            ast::ExprKind::Field { base, name, args } => {
                if !self.may_be_path(base) {
                    return None;
                }
                let name = *name;
                let base_span = base.span;
                match self.resolve_path_part(base, None, true)? {
                    Res::Error => Some(Res::Error),
                    Res::Module(module) => Some(self.resolve_in_module(module, name, args.as_deref())),
                    Res::Ty(ty) => Some(self.resolve_in_type(ty, name, args.as_deref(), base_span)),
                    Res::Trait(trait_, given) => {
                        Some(self.resolve_in_trait(trait_, given, name, args.as_deref(), base_span))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Whether the head of a chain is no variable and no other value.
    fn may_be_path(&mut self, mut e: &ast::Expr) -> bool {
        loop {
            match &e.kind {
                ast::ExprKind::Name { ident, .. } => {
                    if self.scope.get(ident.name).is_some() {
                        return false;
                    }
                    // A constant's fields are those of a value.
                    let (module, name) = (self.module, ident.name);
                    return self.cx.param(name).is_some()
                        || self.ck.lookup(module, name, Ns::Type).is_some()
                        || self.ck.lookup(module, name, Ns::Module).is_some()
                        || self.ck.lookup(module, name, Ns::Value).is_none();
                }
                ast::ExprKind::SelfType => return true,
                ast::ExprKind::Field { base, .. } => e = base,
                _ => return false,
            }
        }
    }

    fn self_type(&mut self, span: Span) -> Res {
        match self.cx.self_ty {
            Some(ty) => {
                self.ck.note(span, Target::SelfTy(ty));
                Res::Ty(ty)
            }
            None => {
                let message = "there is no `Self` here: it stands for the type of an `impl` or trait";
                self.error(codes::UNKNOWN_NAME, span, message);
                Res::Error
            }
        }
    }

    // ------------------------------------------------------------ heads of paths

    fn resolve_name(
        &mut self,
        ident: Ident,
        args: Option<&GenericArgs>,
        want: Option<Ty>,
        is_head: bool,
    ) -> Res {
        let name = ident.name;
        if name == sym::empty {
            self.has_errors = true;
            return Res::Error;
        }
        if self.ck.is_probe(name) {
            self.probe_name(want);
        }
        if let Some(index) = self.cx.param(name) {
            self.ck.note(ident.span, Target::TypeParam(self.cx.generics.params[index as usize].span, name));
            return match self.cx.generics.params[index as usize].kind {
                GenericParamKind::Const(ty) => Res::ConstParam(self.intern(TyKind::Param(index, name)), ty),
                _ => Res::Ty(self.intern(TyKind::Param(index, name))),
            };
        }
        // A variant of the type that is expected wins over what else has its name.
        if let Some((adt, variant, adt_args)) = self.wanted_variant(name, want) {
            self.ck.note(ident.span, Target::Variant(adt, variant));
            self.own_variant_args(adt, &adt_args, args);
            return Res::Variant(adt, variant, adt_args);
        }
        for ns in [Ns::Value, Ns::Type, Ns::Module] {
            if let Some(entry) = self.ck.lookup(self.module, name, ns) {
                // Alone, the name of a trait means nothing, and a variant may have it.
                if matches!(entry.def, Def::Trait(_))
                    && !is_head
                    && let Ok(Some((adt, variant))) = self.ck.bare_variant(self.module, name)
                {
                    return self.variant_res(adt, variant, ident, args);
                }
                self.ck.check_ambiguous_glob(self.module, name, entry, ident.span);
                return self.res_of(entry.def, ident, args);
            }
        }
        match self.ck.bare_variant(self.module, name) {
            Ok(Some((adt, variant))) => {
                return self.variant_res(adt, variant, ident, args);
            }
            Ok(None) => self.unknown_name(ident),
            Err(()) => self.ambiguous_variant(ident),
        }
        Res::Error
    }

    fn ambiguous_variant(&mut self, ident: Ident) {
        let text = self.ck.program.name(ident.name).to_string();
        let owners: Vec<String> =
            self.enums_with_variant(ident.name).into_iter().map(|(name, _)| name).collect();
        let message = format!("`{text}` is a variant of several enums, and nothing tells which is meant");
        let note = format!(
            "write {}",
            owners.iter().map(|o| format!("`{o}.{text}`")).collect::<Vec<_>>().join(" or ")
        );
        self.report(Diagnostic::error(codes::AMBIGUOUS_VARIANT, ident.span, message).note(note));
    }

    /// The variant with this name of the enum that is expected.
    fn wanted_variant(&mut self, name: Symbol, want: Option<Ty>) -> Option<(AdtId, VariantIdx, TyRow)> {
        let want = self.shallow(want?);
        let TyKind::Adt(adt, args) = self.kind(want) else { return None };
        let (adt, args) = (*adt, TyRow::from_slice(args));
        let variant = self.ck.variant_named(adt, name)?;
        Some((adt, variant, args))
    }

    fn res_of(&mut self, def: Def, ident: Ident, args: Option<&GenericArgs>) -> Res {
        self.ck.note_def(ident.span, def);
        match def {
            Def::Module(m) => Res::Module(m),
            Def::Fn(id) => {
                let own = self.own_args(id, args);
                Res::Fn { id, container: TyRow::new(), own }
            }
            Def::Const(id) => Res::Const(id, TyRow::new()),
            Def::Variant(adt, variant) => self.variant_res(adt, variant, ident, args),
            Def::Trait(id) => {
                let given = match args {
                    Some(_) => {
                        let cx = self.ty_cx();
                        self.ck.lower_trait_args(id, Seg { ident, args }, &cx).0.to_vec().into()
                    }
                    None => TyRow::new(),
                };
                Res::Trait(id, given)
            }
            Def::Error => {
                self.has_errors = true;
                Res::Error
            }
            Def::Adt(_) | Def::Alias(_) | Def::Prim(_) | Def::Ptr | Def::Buffer => {
                let cx = self.ty_cx();
                let mark = self.ck.diags.len();
                let ty = self.ck.lower_def(def, Seg { ident, args }, &cx);
                self.has_errors |= self.ck.diags.len() > mark;
                if ty == Ty::ERROR { Res::Error } else { Res::Ty(ty) }
            }
        }
    }

    pub(crate) fn fresh_adt_args(&mut self, adt: AdtId, span: Span) -> TyRow {
        (0..self.ck.program.adts[adt].generics.params.len()).map(|_| self.fresh(span)).collect()
    }

    fn variant_res(
        &mut self,
        adt: AdtId,
        variant: VariantIdx,
        ident: Ident,
        args: Option<&GenericArgs>,
    ) -> Res {
        self.ck.note(ident.span, Target::Variant(adt, variant));
        let adt_args = self.fresh_adt_args(adt, ident.span);
        self.own_variant_args(adt, &adt_args, args);
        Res::Variant(adt, variant, adt_args)
    }

    /// Arguments written behind a variant, `None.<Int>`: those of its enum.
    fn own_variant_args(&mut self, adt: AdtId, adt_args: &[Ty], args: Option<&GenericArgs>) {
        let Some(args) = args else { return };
        let decl = &self.ck.program.adts[adt];
        let kinds: Vec<GenericParamKind> = decl.generics.params.iter().map(|p| p.kind).collect();
        let text = self.ck.program.name(decl.name).to_string();
        if self.has_named_args(args, "an enum's type arguments have no names") {
            return;
        }
        if kinds.len() != args.args.len() {
            let want = crate::coherence::count(kinds.len(), "type argument");
            let message = format!("`{text}` takes {want}, {} given", args.args.len());
            return self.error(codes::WRONG_TYPE_ARGS, args.span, message);
        }
        let cx = self.ty_cx();
        for ((arg, kind), known) in args.args.iter().zip(kinds).zip(adt_args) {
            let mark = self.ck.diags.len();
            let ty = self.ck.lower_arg(arg, kind, &cx);
            self.has_errors |= self.ck.diags.len() > mark;
            if !self.unify(*known, ty) {
                self.report_mismatch(*known, ty, arg.span);
            }
        }
    }

    fn has_named_args(&mut self, args: &GenericArgs, message: &str) -> bool {
        let Some((ident, _)) = args.bindings.first() else { return false };
        let diag = Diagnostic::error(codes::WRONG_TYPE_ARGS, ident.span, message)
            .note("they are passed by position: `.<A, B>`");
        self.report(diag);
        true
    }

    /// Explicit arguments for a function's own parameters.
    pub(crate) fn own_args(&mut self, id: FnId, args: Option<&GenericArgs>) -> TyRow {
        let Some(args) = args else { return TyRow::new() };
        let generics = &self.ck.program.fns[id].generics;
        let kinds: Vec<GenericParamKind> = generics.params[generics.n_parent as usize..]
            .iter()
            .map(|p| p.kind)
            .filter(|k| *k != GenericParamKind::Closure)
            .collect();
        if self.has_named_args(args, "a function's type arguments have no names") {
            return TyRow::new();
        }
        if kinds.len() != args.args.len() {
            let name = self.ck.program.name(self.ck.program.fns[id].name);
            let want = crate::coherence::count(kinds.len(), "type argument");
            let message = format!("`{name}` takes {want}, {} given", args.args.len());
            let diag = Diagnostic::error(codes::WRONG_TYPE_ARGS, args.span, message);
            let function = &self.ck.program.fns[id];
            let is_user = self.ck.is_user(function.module);
            let diag = if is_user { diag.also(function.span, "declared here") } else { diag };
            self.report(diag);
            return TyRow::new();
        }
        let cx = self.ty_cx();
        args.args.iter().zip(kinds).map(|(arg, kind)| self.ck.lower_arg(arg, kind, &cx)).collect()
    }

    // ------------------------------------------------------------ members of modules

    fn resolve_in_module(&mut self, module: ModuleId, name: Ident, args: Option<&GenericArgs>) -> Res {
        if self.ck.is_probe(name.name) {
            self.ck.found_probe(Probe::Module { module, viewer: self.module });
        }
        for ns in [Ns::Value, Ns::Type] {
            if let Some(entry) =
                self.ck.lookup_in(module, name.name, ns, self.module, &mut SeenModules::new())
            {
                self.ck.mark_used(entry);
                return self.res_of(entry.def, name, args);
            }
        }
        if let Some(child) = self.ck.child_module(module, name.name, self.module) {
            self.ck.note(name.span, Target::Module(child));
            return Res::Module(child);
        }
        if name.name == sym::empty {
            self.has_errors = true;
            return Res::Error;
        }
        let diag = if self.ck.exists_privately(module, name.name) {
            self.ck.private_name("", name, module)
        } else {
            let text = self.ck.program.name(name.name).to_string();
            let parent = self.ck.module_path(module);
            let is_unloaded = crate::std_names::is_module(&parent, &text);
            let message = match is_unloaded {
                true => format!("`{parent}.{text}` is not there without `use {parent}.{text}`"),
                false => format!("the module `{parent}` has no `{text}`"),
            };
            let diag = Diagnostic::error(codes::UNKNOWN_NAME, name.span, message);
            let names = self.ck.exported_names(module);
            match suggest::closest(&self.ck.program.interner, &text, names) {
                _ if is_unloaded => diag.note(format!("with it, `{text}.…` is what the module exports")),
                Some(found) => diag.fix_likely(format!("did you mean `{found}`?"), name.span, found),
                None => diag,
            }
        };
        self.report(diag);
        Res::Error
    }

    // ------------------------------------------------------------ members of types

    /// `Type.name`: a variant, an associated function or constant, a trait's function.
    fn resolve_in_type(&mut self, ty: Ty, name: Ident, args: Option<&GenericArgs>, base_span: Span) -> Res {
        if self.ck.is_probe(name.name) {
            self.probe_type(ty);
        }
        if let TyKind::Adt(adt, adt_args) = self.kind(ty)
            && let (adt, adt_args) = (*adt, TyRow::from_slice(adt_args))
            && let Some(variant) = self.ck.variant_named(adt, name.name)
        {
            self.ck.note(name.span, Target::Variant(adt, variant));
            self.own_variant_args(adt, &adt_args, args);
            return Res::Variant(adt, variant, adt_args);
        }
        if let Some(res) = self.inherent_member(ty, name, args) {
            return res;
        }
        if let Some(res) = self.trait_member(ty, name, args) {
            return res;
        }
        let cx = self.ty_cx();
        if !self.ck.program.index.traits_with_assoc(name.name).is_empty()
            && let Some(assoc) = self.ck.find_assoc(ty, name, &cx)
        {
            return Res::Ty(self.solve(name.span, |s| s.normalize(assoc)));
        }
        self.unknown_member(ty, name, base_span);
        Res::Error
    }

    fn inherent_member(&mut self, ty: Ty, name: Ident, args: Option<&GenericArgs>) -> Option<Res> {
        let head = Head::of(&self.ck.program.types, ty)?;
        let consts = self.ck.program.index.consts(head, name.name).to_vec();
        for (impl_, id) in consts {
            if let Some(container) = self.impl_args_for(impl_, ty, name.span) {
                let (is_pub, owner) = (self.ck.program.consts[id].is_pub, self.ck.program.consts[id].module);
                self.check_visible(is_pub, owner, name, "constant");
                self.ck.note(name.span, Target::Const(id));
                return Some(Res::Const(id, container));
            }
        }
        let (id, container) = self.inherent_method(ty, name.name, name.span)?;
        self.check_method_visible(id, name);
        self.ck.note(name.span, Target::Fn(id));
        let own = self.own_args(id, args);
        Some(Res::Fn { id, container, own })
    }

    /// The inherent method of a type with this name, with the arguments of its impl.
    pub(crate) fn inherent_method(&mut self, ty: Ty, name: Symbol, span: Span) -> Option<(FnId, TyRow)> {
        let head = Head::of(&self.ck.program.types, ty)?;
        let n = self.ck.program.index.methods(head, name).len();
        for i in 0..n {
            let id = self.ck.program.index.methods(head, name)[i];
            let Container::Impl(impl_) = self.ck.program.fns[id].container else { continue };
            if let Some(args) = self.impl_args_for(impl_, ty, span) {
                return Some((id, args));
            }
        }
        None
    }

    /// The arguments with which an inherent impl fits a type, if it does. The first of several wins while the type
    /// is open; impls with methods of one name do not overlap.
    fn impl_args_for(&mut self, impl_: ImplId, ty: Ty, span: Span) -> Option<TyRow> {
        let n = self.ck.program.impls[impl_].generics.params.len();
        let pattern = self.ck.program.impls[impl_].self_ty;
        if n == 0 {
            return self.unify(pattern, ty).then(TyRow::new);
        }
        if let (TyKind::Adt(_, params), TyKind::Adt(_, args)) = (self.kind(pattern), self.kind(ty))
            && params.len() == n
            && params
                .iter()
                .enumerate()
                .all(|(i, p)| *self.kind(*p) == TyKind::Param(i as u32, self.param_name(*p)))
        {
            return Some(TyRow::from_slice(args));
        }
        let args: TyRow = (0..n).map(|_| self.fresh(span)).collect();
        let snapshot = self.ck.infer.snapshot();
        let inst = self.instantiate(pattern, &args, span);
        if self.unify(inst, ty) {
            self.ck.infer.commit(snapshot);
            return Some(args);
        }
        self.ck.infer.rollback(snapshot);
        None
    }

    fn param_name(&self, ty: Ty) -> Symbol {
        match self.kind(ty) {
            TyKind::Param(_, name) => *name,
            _ => sym::empty,
        }
    }

    fn trait_member(&mut self, ty: Ty, name: Ident, args: Option<&GenericArgs>) -> Option<Res> {
        let mut found = self.trait_candidates(ty, name.name, name.span);
        self.prefer_own_trait(ty, &mut found);
        let (trait_, id, trait_args) = match found.len() {
            0 => return None,
            1 => found.into_iter().next()?,
            _ => {
                self.ambiguous_method(ty, name, &found);
                return Some(Res::Error);
            }
        };
        let decl = &self.ck.program.traits[trait_];
        let (is_pub, module) = (decl.is_pub, decl.module);
        self.check_visible(is_pub, module, name, "trait of the method");
        self.ck.note(name.span, Target::Fn(id));
        let own = self.own_args(id, args);
        Some(Res::TraitFn { trait_, id, args: trait_args, own })
    }

    // ------------------------------------------------------------ members of traits

    fn resolve_in_trait(
        &mut self,
        trait_: TraitId,
        given: TyRow,
        name: Ident,
        args: Option<&GenericArgs>,
        span: Span,
    ) -> Res {
        if self.ck.is_probe(name.name) {
            self.ck.found_probe(Probe::Trait { id: trait_ });
        }
        let Some(id) = self.ck.method_named(trait_, name.name) else {
            let text = self.ck.program.name(name.name).to_string();
            let of = self.ck.program.name(self.ck.program.traits[trait_].name).to_string();
            let message = format!("the trait `{of}` has no method `{text}`");
            let mut diag = Diagnostic::error(codes::UNKNOWN_MEMBER, name.span, message);
            let methods = &self.ck.program.traits[trait_].methods;
            let names: Vec<Symbol> = methods.iter().map(|m| self.ck.program.fns[*m].name).collect();
            let list: Vec<String> =
                names.iter().take(8).map(|n| format!("`{}`", self.ck.program.name(*n))).collect();
            if let Some(found) = suggest::closest(&self.ck.program.interner, &text, names) {
                diag = diag.fix_likely(format!("did you mean `{found}`?"), name.span, found);
            } else if !list.is_empty() {
                diag = diag.note(format!("its methods are {}", list.join(", ")));
            }
            self.report(diag);
            return Res::Error;
        };
        self.ck.note(name.span, Target::Fn(id));
        let n = self.ck.program.traits[trait_].generics.params.len();
        let mut trait_args = TyRow::from_slice(&[self.fresh(span)]);
        for i in 1..n {
            trait_args.push(match given.get(i - 1) {
                Some(ty) => *ty,
                None => self.fresh(span),
            });
        }
        let own = self.own_args(id, args);
        Res::TraitFn { trait_, id, args: trait_args, own }
    }

    // ------------------------------------------------------------ visibility

    pub(crate) fn check_method_visible(&mut self, id: FnId, name: Ident) {
        let (is_pub, owner) = (self.ck.program.fns[id].is_pub, self.ck.program.fns[id].module);
        self.check_visible(is_pub, owner, name, "method");
    }

    pub(crate) fn check_visible(&mut self, is_pub: bool, owner: ModuleId, name: Ident, what: &str) {
        if is_pub || self.ck.sees_private(self.module, owner) {
            return;
        }
        let text = self.ck.program.name(name.name);
        let message = format!("the {what} `{text}` is private to its module");
        let diag = Diagnostic::error(codes::PRIVATE, name.span, message);
        let note = match what {
            "field" if !self.ck.is_user(owner) => "the methods of the type give access",
            _ => self.ck.private_note(owner),
        };
        self.report(diag.note(note));
    }
}
