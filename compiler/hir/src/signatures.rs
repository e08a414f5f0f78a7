//! Signatures of all declarations that were collected: generics with bounds, fields, parameters and results.
//!
//! Works in steps over everything that is new, because declarations refer to each other in any order: first how
//! many parameters each type has, then traits and what is above them, then fields, heads of impls, and functions.

mod impls;

use crate::actors::{ActorId, ActorRole};
use crate::checker::Checker;
use crate::codes;
use crate::collect::AdtDecl;
use crate::env::ParamEnv;
use crate::program::*;
use crate::scope::{AliasId, Def};
use crate::solve::Solver;
use crate::ty::{Ty, TyKind};
use crate::types::TyCx;
use entity::Idx;
use std::rc::Rc;
use syntax::ast::{self, ParamKind, PatKind, TypeKind};
use syntax::{Diagnostic, Span, Symbol, sym};

impl Checker {
    /// Resolves everything that was collected since the last call.
    pub(crate) fn resolve_new_items(&mut self) {
        let from = self.decls.done;
        let adts = (from.adts..self.program.adts.len()).map(AdtId::new);
        let traits = (from.traits..self.program.traits.len()).map(TraitId::new);
        let impls = (from.impls..self.program.impls.len()).map(ImplId::new);
        let fns = (from.fns..self.program.fns.len()).map(FnId::new);
        let consts = (from.consts..self.program.consts.len()).map(ConstId::new);
        let aliases = (from.aliases..self.aliases.len()).map(AliasId::new);
        let actors = (from.actors..self.decls.actors.all.len()).map(ActorId::new);
        adts.clone().for_each(|id| self.declare_adt(id));
        traits.clone().for_each(|id| self.declare_trait(id));
        traits.clone().for_each(|id| self.ensure_trait_header(id));
        traits.clone().for_each(|id| self.resolve_assoc_decls(id));
        aliases.for_each(|id| {
            self.alias_ty(id, Span::DUMMY);
        });
        adts.clone().for_each(|id| self.resolve_adt(id));
        actors.clone().for_each(|id| self.resolve_actor_impl(id));
        impls.clone().for_each(|id| self.resolve_impl_head(id));
        impls.clone().for_each(|id| self.resolve_impl_types(id));
        fns.clone().for_each(|id| self.resolve_fn(id));
        traits.clone().for_each(|id| self.complete_message_trait(id));
        consts.for_each(|id| self.resolve_const(id));
        impls.clone().for_each(|id| self.fill_impl(id));
        traits.clone().for_each(|id| self.decide_dyn_safety(id));
        self.decls.done = crate::collect::Done {
            fns: self.program.fns.len(),
            adts: self.program.adts.len(),
            traits: self.program.traits.len(),
            impls: self.program.impls.len(),
            consts: self.program.consts.len(),
            aliases: self.aliases.len(),
            actors: self.decls.actors.all.len(),
        };
        fns.clone().for_each(|id| self.normalize_fn(id));
        actors.clone().for_each(|id| self.fill_messages(id));
        actors.for_each(|id| self.fill_actor_traits(id));
        self.export_actors();
        // Those that this has made are resolved already.
        self.decls.done.fns = self.program.fns.len();
        let fns = (from.fns..self.program.fns.len()).map(FnId::new);
        self.check_dyn_uses();
        self.check_declarations(adts, traits, impls, fns);
        self.infer.clear();
    }

    // ------------------------------------------------------------ generics

    /// Enters the parameters of a declaration, without their bounds.
    pub(crate) fn declare_params(&mut self, generics: &ast::Generics, cx: &mut TyCx) {
        for param in &generics.params {
            if let Some(first) = cx.generics.params.iter().find(|p| p.name == param.name.name) {
                let text = self.program.name(param.name.name);
                let message = format!("the parameter `{text}` is declared twice");
                let diag = Diagnostic::error(codes::DUPLICATE_NAME, param.name.span, message)
                    .label("declared again here")
                    .also(first.span, "first declared here");
                self.report(diag);
            }
            let kind = match &param.kind {
                ast::GenericParamKind::Type { is_iso, .. } => GenericParamKind::Type { is_iso: *is_iso },
                ast::GenericParamKind::Const { ty } => GenericParamKind::Const(self.const_param_ty(ty, cx)),
            };
            cx.generics.params.push(GenericParam { name: param.name.name, kind, span: param.name.span });
        }
    }

    fn const_param_ty(&mut self, ty: &ast::Type, cx: &TyCx) -> Ty {
        let lowered = self.lower_ty(ty, cx);
        if matches!(self.program.types.kind(lowered), TyKind::Int(_) | TyKind::Error) {
            return lowered;
        }
        let message = "constant parameters are integers";
        self.report(Diagnostic::error(codes::BAD_CONST_PARAM, ty.span, message));
        Ty::ERROR
    }

    /// Resolves the bounds of the parameters, in the order in which they are written.
    pub(crate) fn resolve_bounds(&mut self, generics: &ast::Generics, cx: &mut TyCx) {
        for param in &generics.params {
            let ast::GenericParamKind::Type { bounds, .. } = &param.kind else { continue };
            if bounds.is_empty() {
                continue;
            }
            let Some(index) = cx.param(param.name.name) else { continue };
            let ty = self.program.types.intern(TyKind::Param(index, param.name.name));
            for bound in bounds {
                self.push_bound(ty, bound, cx);
            }
        }
        for clause in &generics.where_clauses {
            let ty = self.lower_ty(&clause.ty, cx);
            for bound in &clause.bounds {
                self.push_bound(ty, bound, cx);
            }
        }
    }

    fn push_bound(&mut self, ty: Ty, bound: &ast::Type, cx: &mut TyCx) {
        match self.lower_bound(bound, cx) {
            Some(kind) if ty != Ty::ERROR => {
                cx.generics.bounds.push(Rc::new(Bound { ty, kind, span: bound.span }));
            }
            None => {
                if let TyKind::Param(i, _) = *self.program.types.kind(ty) {
                    let param = cx.generics.params[i as usize].span;
                    self.decls.faulty_params.insert(param);
                }
            }
            _ => {}
        }
    }

    // ------------------------------------------------------------ structs and enums

    fn declare_adt(&mut self, id: AdtId) {
        let Some(decl) = self.decls.adts[id].take() else { return };
        let mut cx = TyCx::new(self.program.adts[id].module);
        let generics = match &decl {
            AdtDecl::Struct(d) => &d.generics,
            AdtDecl::Enum(d) => &d.generics,
            AdtDecl::ActorRef(actor) | AdtDecl::ActorPart(actor) => {
                self.declare_actor_params(id, *actor);
                self.decls.adts[id] = Some(decl);
                return;
            }
        };
        self.declare_params(generics, &mut cx);
        self.program.adts[id].generics = cx.generics;
        self.decls.adts[id] = Some(decl);
    }

    fn resolve_adt(&mut self, id: AdtId) {
        let Some(decl) = self.decls.adts[id].take() else { return };
        if let AdtDecl::ActorRef(actor) | AdtDecl::ActorPart(actor) = decl {
            return self.resolve_actor_type(id, actor);
        }
        let mut cx = TyCx::new(self.program.adts[id].module);
        cx.generics = std::mem::take(&mut self.program.adts[id].generics);
        let own = self.identity(&cx.generics);
        cx.self_ty = Some(self.program.types.intern(TyKind::Adt(id, own.into())));
        // The parameters must be known while the bounds and fields are resolved: they may mention the type.
        self.program.adts[id].generics.params = cx.generics.params.clone();
        match &decl {
            AdtDecl::Struct(d) => {
                self.resolve_bounds(&d.generics, &mut cx);
                self.resolve_variant(id, VariantIdx(0), &d.body, &cx, None);
            }
            AdtDecl::Enum(d) => {
                self.resolve_bounds(&d.generics, &mut cx);
                for (i, variant) in d.variants.iter().enumerate() {
                    self.resolve_variant(id, VariantIdx::new(i), &variant.body, &cx, Some(()));
                }
            }
            AdtDecl::ActorRef(_) | AdtDecl::ActorPart(_) => {}
        }
        self.program.adts[id].generics = cx.generics;
    }

    fn resolve_variant(
        &mut self,
        id: AdtId,
        variant: VariantIdx,
        body: &ast::VariantBody,
        cx: &TyCx,
        all_pub: Option<()>,
    ) {
        let mut fields: Vec<Field> = Vec::new();
        match body {
            ast::VariantBody::Unit => {}
            ast::VariantBody::Tuple(decls) => {
                for (i, decl) in decls.iter().enumerate() {
                    let name = self.program.interner.intern(&i.to_string());
                    let is_pub = decl.vis.is_some() || all_pub.is_some();
                    let (ty, span) = (self.lower_ty(&decl.ty, cx), decl.ty.span);
                    fields.push(Field { name, ty, is_pub, span });
                }
            }
            ast::VariantBody::Named(decls) => {
                for decl in decls {
                    if let Some(first) = fields.iter().find(|f| f.name == decl.name.name) {
                        let text = self.program.name(decl.name.name);
                        let message = format!("the field `{text}` is declared twice");
                        let diag = Diagnostic::error(codes::DUPLICATE_NAME, decl.name.span, message)
                            .label("declared again here")
                            .also(first.span, "first declared here");
                        self.report(diag);
                    }
                    let is_pub = decl.vis.is_some() || all_pub.is_some();
                    let ty = self.lower_ty(&decl.ty, cx);
                    fields.push(Field { name: decl.name.name, ty, is_pub, span: decl.name.span });
                }
            }
        }
        self.program.adts[id].variants[variant].fields = fields;
    }

    /// Each parameter as a type argument for itself.
    pub(crate) fn identity(&mut self, generics: &Generics) -> Vec<Ty> {
        let params = generics.params.iter().enumerate();
        params.map(|(i, p)| self.program.types.intern(TyKind::Param(i as u32, p.name))).collect()
    }

    // ------------------------------------------------------------ traits

    fn declare_trait(&mut self, id: TraitId) {
        let Some(decl) = self.decls.traits[id].take() else { return };
        let mut cx = TyCx::new(self.program.traits[id].module);
        // Bodies of defaults may copy `Self`; an `iso` type gets only those that do not, see `moves.rs`.
        let kind = GenericParamKind::Type { is_iso: false };
        cx.generics.params.push(GenericParam { name: sym::Self_, kind, span: decl.name.span });
        self.declare_params(&decl.generics, &mut cx);
        self.program.traits[id].generics = cx.generics;
        self.decls.traits[id] = Some(decl);
    }

    /// Resolves the supertraits and bounds of a trait; others may ask for it early.
    pub(crate) fn ensure_trait_header(&mut self, id: TraitId) {
        let Some(mut decl) = self.decls.traits[id].take() else { return };
        let supers = std::mem::take(&mut decl.supertraits);
        let generics = std::mem::take(&mut decl.generics);
        self.decls.traits[id] = Some(decl);
        self.add_actor_supertrait(id);
        if supers.is_empty() && generics.params.is_empty() && generics.where_clauses.is_empty() {
            return;
        }
        let mut cx = self.trait_cx(id);
        let self_ty = cx.self_ty.unwrap_or(Ty::ERROR);
        for super_ in &supers {
            match self.lower_bound(super_, &cx) {
                Some(kind @ BoundKind::Trait { .. }) => {
                    let bound = Bound { ty: self_ty, kind, span: super_.span };
                    self.program.traits[id].supertraits.push(bound);
                }
                Some(BoundKind::Fn { .. }) => {
                    self.report(Diagnostic::error(codes::EXPECTED_TRAIT, super_.span, "expected a trait"));
                }
                None => {}
            }
        }
        self.resolve_bounds(&generics, &mut cx);
        self.program.traits[id].generics = cx.generics;
        self.check_supertrait_cycle(id);
    }

    fn check_supertrait_cycle(&mut self, id: TraitId) {
        let mut open: Vec<TraitId> = self.direct_supers(id);
        let mut seen = Vec::new();
        while let Some(next) = open.pop() {
            if next == id {
                let text = self.program.name(self.program.traits[id].name);
                let message = format!("the trait `{text}` is above itself");
                let mut diag =
                    Diagnostic::error(codes::SUPERTRAIT_CYCLE, self.program.traits[id].span, message);
                for other in seen.iter().filter(|t| self.direct_supers(**t).contains(&id)) {
                    let text = self.program.name(self.program.traits[id].name);
                    diag = diag.also(self.program.traits[*other].span, format!("this asks for `{text}`"));
                }
                self.report(diag.note("a trait above another cannot ask for it"));
                self.program.traits[id].supertraits.clear();
                return;
            }
            if !seen.contains(&next) {
                seen.push(next);
                open.extend(self.direct_supers(next));
            }
        }
    }

    fn direct_supers(&self, id: TraitId) -> Vec<TraitId> {
        let supers = self.program.traits[id].supertraits.iter();
        supers
            .filter_map(|b| match b.kind {
                BoundKind::Trait { trait_, .. } => Some(trait_),
                BoundKind::Fn { .. } => None,
            })
            .collect()
    }

    pub(crate) fn trait_cx(&mut self, id: TraitId) -> TyCx {
        let mut cx = TyCx::new(self.program.traits[id].module);
        cx.generics = self.program.traits[id].generics.clone();
        cx.self_ty = Some(self.program.types.intern(TyKind::Param(0, sym::Self_)));
        cx.self_trait = Some(id);
        cx
    }

    fn resolve_assoc_decls(&mut self, id: TraitId) {
        let Some(mut decl) = self.decls.traits[id].take() else { return };
        let assoc = std::mem::take(&mut decl.assoc_types);
        let cx = self.trait_cx(id);
        // The names come first: bounds and defaults may mention the others.
        for member in &assoc {
            if self.program.traits[id].assoc_types.iter().any(|a| a.name == member.name.name) {
                let text = self.program.name(member.name.name);
                let message = format!("the associated type `{text}` is declared twice");
                self.report(Diagnostic::error(codes::DUPLICATE_NAME, member.name.span, message));
            }
            self.program.traits[id].assoc_types.push(AssocTy {
                name: member.name.name,
                bounds: Vec::new(),
                default: None,
                span: member.name.span,
            });
        }
        for (i, member) in assoc.iter().enumerate() {
            let args = crate::env::identity_args(&mut self.program, id);
            let ty = self.program.types.intern(TyKind::Assoc { trait_: id, args, name: member.name.name });
            let mut bounds = Vec::new();
            for bound in &member.bounds {
                if let Some(kind) = self.lower_bound(bound, &cx) {
                    bounds.push(Bound { ty, kind, span: bound.span });
                }
            }
            let default = member.default.as_ref().map(|d| self.lower_ty(d, &cx));
            let slot = &mut self.program.traits[id].assoc_types[i];
            slot.bounds = bounds;
            slot.default = default;
        }
        self.decls.traits[id] = Some(decl);
    }

    // ------------------------------------------------------------ functions and constants

    pub(crate) fn container_cx(&mut self, container: Container, module: ModuleId) -> TyCx {
        match container {
            Container::Module => TyCx::new(module),
            Container::Impl(id) => self.impl_cx(id),
            Container::Trait(id) => self.trait_cx(id),
        }
    }

    fn resolve_fn(&mut self, id: FnId) {
        let Some(mut decl) = self.decls.fns[id].take() else { return };
        let function = &self.program.fns[id];
        let (container, module) = (function.container, function.module);
        let actor = self.actor_fn(id);
        let is_message =
            actor.is_some_and(|f| matches!(f.role, ActorRole::Constructor(_) | ActorRole::Handler(_)));
        let boxed = function.export.is_some() || matches!(function.kind, FnKind::Extern { .. }) || is_message;
        let mut cx = self.container_cx(container, module);
        cx.generics.n_parent = cx.generics.params.len() as u32;
        self.declare_params(&decl.generics, &mut cx);
        self.resolve_bounds(&decl.generics, &mut cx);
        let mut params = Vec::with_capacity(decl.params.len());
        for param in &decl.params {
            params.push(self.resolve_param(param, &mut cx, boxed));
        }
        if !matches!(self.program.fns[id].kind, FnKind::Extern { .. }) || !self.program.fns[id].is_async {
            self.check_async_fn(&decl, container);
        }
        let generated = if is_message { None } else { self.generated(&mut decl, &cx) };
        let mut ret = match generated {
            Some(_) => Ty::ERROR,
            None => decl.ret.as_ref().map_or(Ty::UNIT, |r| self.lower_ty(r, &cx)),
        };
        if self.program.types.flags(ret).has_error {
            ret = Ty::ERROR;
        }
        let function = &mut self.program.fns[id];
        function.generics = cx.generics;
        function.params = params;
        function.ret = ret;
        self.decls.fns[id] = Some(decl);
        if let Some(actor) = actor {
            self.complete_actor_signature(id, actor);
        }
        if let Some(item) = generated {
            self.complete_generator(id, item);
        }
    }

    fn resolve_param(&mut self, param: &ast::Param, cx: &mut TyCx, boxed: bool) -> Param {
        let mode = if param.is_mut { ParamMode::Mut } else { ParamMode::Value };
        match &param.kind {
            ParamKind::SelfParam => {
                let ty = cx.self_ty.unwrap_or(Ty::ERROR);
                Param { name: sym::self_, ty, mode, span: param.span }
            }
            ParamKind::Normal { pat, ty } => {
                let (name, is_mut, span) = match &pat.kind {
                    PatKind::Binding { name, is_mut, sub: None } => (name.name, *is_mut, name.span),
                    _ => (sym::empty, false, pat.span),
                };
                let mode = if is_mut { ParamMode::Mut } else { mode };
                let hidden = matches!(ty.kind, TypeKind::Fn { .. }) && mode == ParamMode::Value && !boxed;
                let ty = if hidden { self.hidden_closure(ty, name, cx) } else { self.lower_ty(ty, cx) };
                Param { name, ty, mode, span }
            }
        }
    }

    /// A parameter of type `Fn(…)` is generic over the closure: the hidden parameter's type.
    fn hidden_closure(&mut self, ty: &ast::Type, name: Symbol, cx: &mut TyCx) -> Ty {
        let Some(kind @ BoundKind::Fn { .. }) = self.lower_bound(ty, cx) else { return Ty::ERROR };
        let index = cx.generics.params.len() as u32;
        let param = self.program.types.intern(TyKind::Param(index, name));
        cx.generics.params.push(GenericParam { name, kind: GenericParamKind::Closure, span: ty.span });
        cx.generics.bounds.push(Rc::new(Bound { ty: param, kind, span: ty.span }));
        param
    }

    /// Reduces the projections in a signature once, where they can be.
    fn normalize_fn(&mut self, id: FnId) {
        let function = &self.program.fns[id];
        let types = &self.program.types;
        if !function.params.iter().map(|p| p.ty).chain([function.ret]).any(|t| types.flags(t).has_assoc) {
            return;
        }
        let generics = function.generics.clone();
        let container = function.container;
        let env = ParamEnv::new(&mut self.program, &generics, container);
        for i in 0..self.program.fns[id].params.len() {
            let ty = self.program.fns[id].params[i].ty;
            self.program.fns[id].params[i].ty = self.normalize_in(ty, &env);
        }
        let ret = self.program.fns[id].ret;
        self.program.fns[id].ret = self.normalize_in(ret, &env);
    }

    pub(crate) fn normalize_in(&mut self, ty: Ty, env: &ParamEnv) -> Ty {
        if !self.program.types.flags(ty).has_assoc {
            return ty;
        }
        let mut solver = Solver::new(&mut self.program, &mut self.infer, env, Span::DUMMY);
        let reduced = solver.normalize(ty);
        let reduced = solver.deep(reduced);
        if self.program.types.flags(reduced).has_infer { ty } else { reduced }
    }

    pub(crate) fn const_cx(&mut self, id: ConstId) -> TyCx {
        let module = self.program.consts[id].module;
        self.container_cx(self.decls.consts[id].container, module)
    }

    fn resolve_const(&mut self, id: ConstId) {
        let Some(decl) = self.decls.consts[id].decl.take() else { return };
        let cx = self.const_cx(id);
        let ty = match &decl.ty {
            Some(ty) => self.lower_ty(ty, &cx),
            None => self.missing_const_ty(&decl),
        };
        if decl.value.is_none() && decl.name.name != sym::empty {
            let message = "a constant needs a value";
            let diag = Diagnostic::error(codes::MISSING_BODY, decl.name.span, message);
            self.report(diag.note("write `const NAME: Type = value`"));
        }
        self.program.consts[id].ty = ty;
        self.program.consts[id].generics = cx.generics;
        self.decls.consts[id].decl = Some(decl);
    }

    fn missing_const_ty(&mut self, decl: &ast::ConstDecl) -> Ty {
        if decl.name.name == sym::empty
            || decl.value.as_ref().is_some_and(|v| matches!(v.kind, ast::ExprKind::Error))
        {
            return Ty::ERROR;
        }
        let ty = decl.value.as_ref().and_then(|value| self.literal_ty(value));
        let text = self.program.name(decl.name.name);
        let message = format!("the constant `{text}` needs a type");
        let mut diag = Diagnostic::error(codes::MISSING_CONST_TYPE, decl.name.span, message)
            .note("signatures are written out, bodies are inferred");
        if let Some(ty) = ty {
            let name = self.program.ty_name(ty);
            diag = diag.fix("write the type", decl.name.span.after(), format!(": {name}"));
        }
        self.report(diag);
        ty.unwrap_or(Ty::ERROR)
    }

    /// The type of a literal, with or without a suffix.
    fn literal_ty(&self, value: &ast::Expr) -> Option<Ty> {
        Some(match &value.kind {
            ast::ExprKind::Int { suffix: None, .. } => Ty::I64,
            ast::ExprKind::Float { suffix: None, .. } => Ty::F64,
            ast::ExprKind::Int { suffix: Some(suffix), .. }
            | ast::ExprKind::Float { suffix: Some(suffix), .. } => return self.suffix_ty(*suffix),
            ast::ExprKind::Str(_) => self.string_ty(),
            ast::ExprKind::Bool(_) => Ty::BOOL,
            ast::ExprKind::Char(_) => Ty::CHAR,
            _ => return None,
        })
    }

    /// The type behind a number: `5u8`.
    pub(crate) fn suffix_ty(&self, suffix: Symbol) -> Option<Ty> {
        match self.builtin_type(suffix)? {
            Def::Prim(ty) => Some(ty),
            _ => None,
        }
    }

    // ------------------------------------------------------------ main

    /// Where a function's result type is written, as long as its body has not been checked.
    pub(crate) fn result_span(&self, id: FnId) -> Option<Span> {
        let decl = self.decls.fns[id].as_ref()?;
        decl.ret.as_ref().map(|ty| ty.span)
    }

    pub(crate) fn find_main(&mut self) {
        let entry = self.scopes[self.root].names.get(&sym::main).and_then(|n| n.get(crate::scope::Ns::Value));
        let Some(crate::scope::Entry { def: Def::Fn(id), .. }) = entry else {
            self.program.main = self.main_of_actor();
            return;
        };
        self.program.main = Some(id);
        self.check_second_main(id);
        let function = &self.program.fns[id];
        let span = function.span;
        let params = function.params.first().zip(function.params.last());
        let params = params.map(|(first, last)| first.span.to(last.span));
        if !function.params.is_empty() || !function.generics.params.is_empty() {
            let generics = function.generics.params.iter().find(|p| p.kind != GenericParamKind::Closure);
            let diag = match generics.filter(|_| function.params.is_empty()) {
                Some(param) => {
                    Diagnostic::error(codes::BAD_MAIN, param.span, "`main` takes no type parameters")
                }
                None => {
                    Diagnostic::error(codes::BAD_MAIN, params.unwrap_or(span), "`main` takes no parameters")
                        .note("the arguments of the program are in `std.env`")
                }
            };
            self.report(diag);
            return;
        }
        let ok = match self.program.types.kind(function.ret) {
            TyKind::Error | TyKind::Never => true,
            TyKind::Tuple(args) => args.is_empty(),
            TyKind::Adt(adt, args) => Some(*adt) == self.known.result && args[0] == Ty::UNIT,
            _ => false,
        };
        if !ok {
            let message = "`main` returns nothing, or `Result<(), E>`";
            let result = self.result_span(id).unwrap_or(span);
            let diag = Diagnostic::error(codes::BAD_MAIN, result, message);
            self.report(diag.note("`std.env.exit(status)` ends the program with a status"));
        }
    }
}
