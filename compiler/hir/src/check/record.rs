//! What [`crate::record`] is told while a body is checked.

use super::FnCtxt;
use crate::actors::ActorRole;
use crate::body::*;
use crate::impls::Head;
use crate::program::*;
use crate::record::{LocalRecord, Member, Probe, Target, Visible};
use crate::resolve::boxed_closure;
use crate::ty::{Ty, TyKind, TyRow};
use syntax::ast;
use syntax::{Span, Symbol, sym};

impl FnCtxt<'_> {
    #[cold]
    pub(super) fn note_expr(&mut self, span: Span, ty: Ty) {
        if let Some(record) = &mut self.ck.record {
            record.types.push((span, ty));
        }
    }

    /// The use of a struct's field.
    pub(super) fn note_field(&mut self, ty: Ty, index: u32, span: Span) {
        if let TyKind::Adt(adt, _) = *self.kind(ty) {
            self.ck.note(span, Target::Field(adt, VariantIdx(0), index));
        }
    }

    /// A closure that is the argument of something unknown, which is looked at for what its names are only.
    pub(super) fn note_loose_closure(&mut self, e: &mut ast::Expr) {
        let (mark, had_errors) = (self.ck.diags.len(), self.has_errors);
        self.expr(e, None);
        self.ck.diags.truncate(mark);
        self.has_errors = had_errors;
    }

    /// The end of a body: types without variables are put in, and the variables noted.
    pub(super) fn complete_record(&mut self, from: usize, body: &Body) {
        let Some(mut record) = self.ck.record.take() else { return };
        for (_, ty) in &mut record.types[from..] {
            *ty = self.settled(*ty);
        }
        for (local, decl) in body.locals.iter_enumerated() {
            let info = self.info[local];
            if info.is_capture || decl.name == sym::empty || info.state.is_some() {
                continue;
            }
            if info.is_hidden && decl.name != sym::self_ {
                continue;
            }
            let ty = self.settled(decl.ty);
            let decl = LocalDecl { ty, ..decl.clone() };
            record.locals.push(LocalRecord { decl, is_param: info.is_param });
        }
        self.ck.record = Some(record);
    }

    fn settled(&mut self, ty: Ty) -> Ty {
        let ty = self.deep(ty);
        if self.ck.program.types.flags(ty).has_infer { Ty::ERROR } else { ty }
    }

    // ------------------------------------------------------------ probes

    /// The name that is asked about stands alone.
    #[cold]
    pub(super) fn probe_name(&mut self, want: Option<Ty>) {
        let want = want.map(|ty| self.describe(ty));
        let locals = self.visible();
        let params = self.cx.generics.params.iter().map(|p| (p.name, p.span)).collect();
        let actor = self.actor.as_ref().map(|of| self.ck.actor(of.id).adt);
        let (module, self_ty) = (self.module, self.cx.self_ty);
        self.ck.found_probe(Probe::Name { module, locals, params, want, self_ty, actor });
    }

    fn visible(&mut self) -> Vec<Visible> {
        let mut seen: Vec<Symbol> = Vec::new();
        let all: Vec<(Symbol, LocalId)> = self.scope.innermost().collect();
        let mut found = Vec::new();
        for (name, local) in all {
            if name == sym::empty || seen.contains(&name) {
                continue;
            }
            seen.push(name);
            let LocalDecl { ty, span, is_mut, .. } = self.locals[local];
            let ty = self.describe(ty);
            let is_param = self.info[local].is_param;
            found.push(Visible { name, ty, span, is_param, is_mut });
        }
        found
    }

    /// The name that is asked about stands behind the dot of a value.
    #[cold]
    pub(super) fn probe_members(&mut self, ty: Ty) {
        let mut members = self.visible_fields(ty);
        members.extend(self.methods_of(ty, true));
        let ty = self.describe(ty);
        self.ck.found_probe(Probe::Members { ty, members });
    }

    /// Behind `self.` in an actor: its states and functions.
    #[cold]
    pub(super) fn probe_own_members(&mut self) {
        let Some(body) = &self.actor else { return };
        let (id, states) = (body.id, body.states.clone());
        let mut members = Vec::new();
        for local in states {
            let LocalDecl { name, ty, span, .. } = self.locals[local];
            let ty = self.describe(ty);
            members.push(Member {
                target: Target::Local(span),
                name,
                ty,
                params: Vec::new(),
                of_trait: None,
            });
        }
        let helpers = self.ck.actor(id).helpers.clone();
        for (name, id) in helpers {
            let function = &self.ck.program.fns[id];
            if matches!(self.ck.actor_fn(id).map(|of| of.role), Some(ActorRole::Helper { has_self: false })) {
                continue;
            }
            let given = 2;
            let params = function.params.iter().skip(given).map(|p| (p.name, p.ty, p.mode)).collect();
            let ty = function.ret;
            members.push(Member { target: Target::Fn(id), name, ty, params, of_trait: None });
        }
        let ty = self.cx.self_ty.unwrap_or(Ty::ERROR);
        self.ck.found_probe(Probe::Members { ty, members });
    }

    /// The name that is asked about stands behind the dot of a type.
    #[cold]
    pub(super) fn probe_type(&mut self, ty: Ty) {
        let mut members = Vec::new();
        if let TyKind::Adt(adt, _) = *self.kind(ty)
            && self.ck.program.adts[adt].is_enum
        {
            let variants = self.ck.program.adts[adt].variants.iter_enumerated();
            let plain = |(variant, decl): (VariantIdx, &Variant)| Member {
                target: Target::Variant(adt, variant),
                name: decl.name,
                ty,
                params: decl.fields.iter().map(|f| (f.name, f.ty, ParamMode::Value)).collect(),
                of_trait: None,
            };
            members.extend(variants.map(plain));
        }
        members.extend(self.consts_of(ty));
        members.extend(self.methods_of(ty, false));
        let ty = self.describe(ty);
        self.ck.found_probe(Probe::Type { ty, members });
    }

    /// Notes the fields of a literal or pattern if the name that is asked about is one of those that stand there.
    pub(super) fn probe_field(&mut self, adt: AdtId, variant: VariantIdx, ty: Ty, given: Vec<Symbol>) {
        if given.iter().any(|name| self.ck.is_probe(*name)) {
            let ty = self.describe(ty);
            let viewer = self.module;
            self.ck.found_probe(Probe::Field { adt, variant, ty, given, viewer });
        }
    }

    // ------------------------------------------------------------ members

    fn visible_fields(&mut self, ty: Ty) -> Vec<Member> {
        let mut members = Vec::new();
        match self.kind(ty).clone() {
            TyKind::Adt(adt, _)
                if !self.ck.program.adts[adt].is_enum && self.ck.actor_of_ty(ty).is_none() =>
            {
                let owner = self.ck.program.adts[adt].module;
                let all_seen = self.ck.sees_private(self.module, owner);
                let fields = &self.ck.program.adts[adt].variants[VariantIdx(0)].fields;
                let seen: Vec<(u32, Symbol, Ty)> = (0..)
                    .zip(fields)
                    .filter(|(_, field)| field.is_pub || all_seen)
                    .map(|(i, field)| (i, field.name, field.ty))
                    .collect();
                for (i, name, field) in seen {
                    let field = self.adt_field_ty(ty, field);
                    let target = Target::Field(adt, VariantIdx(0), i);
                    let ty = self.describe(field);
                    members.push(Member { target, name, ty, params: Vec::new(), of_trait: None });
                }
            }
            TyKind::Tuple(elems) => {
                for (i, elem) in elems.iter().enumerate() {
                    let name = self.ck.program.interner.intern(&i.to_string());
                    let ty = self.describe(*elem);
                    let target = Target::Builtin(ty);
                    members.push(Member { target, name, ty, params: Vec::new(), of_trait: None });
                }
            }
            _ => {}
        }
        members
    }

    fn consts_of(&mut self, ty: Ty) -> Vec<Member> {
        let Some(head) = Head::of(&self.ck.program.types, ty) else { return Vec::new() };
        let mut members = Vec::new();
        for name in self.ck.program.index.const_names(head) {
            for (_, id) in self.ck.program.index.consts(head, name).to_vec() {
                let decl = &self.ck.program.consts[id];
                if decl.is_pub || self.ck.sees_private(self.module, decl.module) {
                    let ty = decl.ty;
                    members.push(Member {
                        target: Target::Const(id),
                        name,
                        ty,
                        params: Vec::new(),
                        of_trait: None,
                    });
                }
            }
        }
        members
    }

    /// What can be called on a value of a type, or through the type itself.
    fn methods_of(&mut self, ty: Ty, on_value: bool) -> Vec<Member> {
        let mut members = Vec::new();
        if let Some(head) = Head::of(&self.ck.program.types, ty) {
            for name in self.ck.program.index.method_names(head) {
                let Some((id, container)) = self.inherent_method(ty, name, Span::DUMMY) else { continue };
                if self.is_offered(id, on_value) {
                    members.push(self.method_member(id, container, None));
                }
            }
        }
        for trait_ in self.ck.program.traits.indices() {
            members.extend(self.trait_methods_of(trait_, ty, on_value));
        }
        members
    }

    fn is_offered(&self, id: FnId, on_value: bool) -> bool {
        let function = &self.ck.program.fns[id];
        let is_unsafe =
            self.ck.decls.unsafe_fns.contains(&id) || matches!(function.kind, FnKind::Intrinsic(_));
        let seen = function.is_pub || self.ck.sees_private(self.module, function.module);
        let can_be_called = !is_unsafe || self.ck.program.modules[self.ck.file_module(self.module)].is_unsafe;
        seen && can_be_called && (function.has_self || !on_value) && !self.ck.is_drop(id)
    }

    fn trait_methods_of(&mut self, trait_: TraitId, ty: Ty, on_value: bool) -> Vec<Member> {
        let decl = &self.ck.program.traits[trait_];
        let seen = decl.is_pub || self.ck.sees_private(self.module, decl.module);
        if !seen || decl.methods.is_empty() || self.ck.is_message_trait(trait_) {
            return Vec::new();
        }
        let (n_args, methods) = (decl.generics.params.len(), decl.methods.clone());
        let mut args = TyRow::from_slice(&[ty]);
        for _ in 1..n_args {
            args.push(self.fresh(Span::DUMMY));
        }
        if self.may_implement(trait_, &args, Span::DUMMY).is_none() {
            return Vec::new();
        }
        let offered: Vec<FnId> = methods
            .into_iter()
            .filter(|id| self.ck.program.fns[*id].has_self || !on_value)
            .filter(|id| !matches!(self.ck.program.fns[*id].kind, FnKind::Intrinsic(_)))
            .collect();
        offered.into_iter().map(|id| self.method_member(id, args.clone(), Some(trait_))).collect()
    }

    /// The signature of a method for what is known of the receiver. Its own parameters stay as they are.
    fn method_member(&mut self, id: FnId, container: TyRow, of_trait: Option<TraitId>) -> Member {
        let function = &self.ck.program.fns[id];
        let (name, ret, has_self) = (function.name, function.ret, function.has_self);
        let sig: Vec<(Symbol, Ty, ParamMode)> =
            function.params.iter().skip(usize::from(has_self)).map(|p| (p.name, p.ty, p.mode)).collect();
        let generics = function.generics.clone();
        let mut all = container;
        let own = self.ck.identity(&generics);
        all.extend(own.into_iter().skip(all.len()));
        self.show_closures(&generics, &mut all);
        let params = sig
            .into_iter()
            .map(|(name, ty, mode)| {
                let ty = self.instantiate(ty, &all, Span::DUMMY);
                (name, self.describe(ty), mode)
            })
            .collect();
        let ret = self.instantiate(ret, &all, Span::DUMMY);
        let ty = self.describe(ret);
        Member { target: Target::Fn(id), name, ty, params, of_trait }
    }

    /// Puts the shapes of closures in for the hidden parameters that stand for them.
    fn show_closures(&mut self, generics: &Generics, all: &mut TyRow) {
        for i in 0..all.len() {
            if let Some(shape) = boxed_closure(&self.ck.program.types, generics, i) {
                let shape = self.intern(shape);
                let args = all.clone();
                all[i] = self.instantiate(shape, &args, Span::DUMMY);
            }
        }
    }

    /// The span of the actor's name, where its reference is declared.
    pub(super) fn self_span(&self) -> Span {
        let reference = self.actor.as_ref().and_then(|of| of.reference);
        reference.map_or(Span::DUMMY, |local| self.locals[local].span)
    }
}
