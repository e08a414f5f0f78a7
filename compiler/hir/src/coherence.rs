//! Checks of declarations against each other: where impls may stand, that no two overlap, that each has what its
//! trait asks for.

mod members;

use crate::checker::Checker;
use crate::codes;
use crate::env::ParamEnv;
use crate::impls::Head;
use crate::infer::VarKind;
use crate::program::*;
use crate::solve::{Solver, Tri};
use crate::ty::{Ty, TyKind};
use syntax::{Diagnostic, Span, sym};

impl Checker {
    pub(crate) fn check_declarations(
        &mut self,
        adts: impl Iterator<Item = AdtId> + Clone,
        traits: impl Iterator<Item = TraitId> + Clone,
        impls: impl Iterator<Item = ImplId> + Clone,
        fns: impl Iterator<Item = FnId> + Clone,
    ) {
        for id in adts {
            if self.wants_check(self.program.adts[id].module) {
                self.check_adt(id);
            }
        }
        for id in traits {
            if self.wants_check(self.program.traits[id].module) {
                self.check_trait(id);
            }
        }
        for id in impls {
            if self.wants_check(self.program.impls[id].module) {
                self.check_impl(id);
            }
        }
        for id in fns.clone() {
            if self.wants_check(self.program.fns[id].module) {
                self.check_fn_decl(id);
            }
        }
        self.check_exports(fns);
    }

    /// The library's declarations are checked by its tests, not in every run.
    fn wants_check(&self, module: ModuleId) -> bool {
        self.options.check_library || self.is_user(module)
    }

    fn check_impl(&mut self, id: ImplId) {
        if self.program.impls[id].self_ty == Ty::ERROR {
            return;
        }
        match self.program.impls[id].trait_.clone() {
            Some((trait_, args)) => {
                if !self.check_orphan(id, trait_) && !self.check_dyn_impl(id, trait_) {
                    self.check_overlap(id, trait_);
                }
                let (generics, span) = (self.program.impls[id].generics.clone(), self.program.impls[id].span);
                self.check_trait_iso_args(trait_, &args, &generics, span);
                self.check_impl_members(id, trait_, &args);
            }
            None => self.check_inherent(id),
        }
        self.check_unbound_params(id);
    }

    // ------------------------------------------------------------ where impls may stand

    fn is_library_ty(&self, ty: Ty) -> bool {
        match self.program.types.kind(ty) {
            TyKind::Adt(adt, _) => !self.is_user(self.program.adts[*adt].module),
            TyKind::Dyn { trait_, .. } => !self.is_user(self.program.traits[*trait_].module),
            _ => true,
        }
    }

    /// Reports an impl that may not stand here, and returns whether it did.
    fn check_orphan(&mut self, id: ImplId, trait_: TraitId) -> bool {
        let decl = &self.program.impls[id];
        if !self.is_user(decl.module) || self.is_user(self.program.traits[trait_].module) {
            return false;
        }
        // `impl From<Mine> for String` is fine too: the user's type tells the impl apart.
        let own_arg = decl.trait_.as_ref().is_some_and(|t| t.1.iter().any(|a| !self.is_library_ty(*a)));
        if own_arg || !self.is_library_ty(decl.self_ty) {
            return false;
        }
        let args: Vec<Ty> = decl.trait_.as_ref().map(|t| t.1.to_vec()).unwrap_or_default();
        let of = self.program.trait_ref_name(trait_, &args);
        let ty = self.program.ty_name(decl.self_ty);
        let message = format!("`{of}` for `{ty}` cannot be implemented here: both belong to the library");
        let diag = Diagnostic::error(codes::ORPHAN_IMPL, decl.span, message)
            .note("an `impl` stands in the package of its trait or of its type")
            .note("a struct of your own around the value can implement the trait");
        self.report(diag);
        // Which of this one and the library's is meant is no question.
        self.decls.overlapping.push(trait_);
        true
    }

    fn check_inherent(&mut self, id: ImplId) {
        let decl = &self.program.impls[id];
        let head = Head::of(&self.program.types, decl.self_ty);
        if head.is_none() || (self.is_user(decl.module) && self.is_library_ty(decl.self_ty)) {
            let ty = self.program.ty_name(decl.self_ty);
            let message = format!("methods cannot be added to `{ty}` here");
            let diag = Diagnostic::error(codes::ORPHAN_IMPL, decl.span, message).note(
                "methods stand in the package of their type; a trait of your own can add some to any type",
            );
            return self.report(diag);
        }
        let Some(head) = head else { return };
        let methods: Vec<FnId> = decl.methods.iter().copied().flatten().collect();
        for method in methods {
            self.check_duplicate_method(head, method);
            self.check_drop(id, method);
        }
    }

    fn check_duplicate_method(&mut self, head: Head, method: FnId) {
        let name = self.program.fns[method].name;
        let others = self.program.index.methods(head, name).to_vec();
        for other in others {
            if other >= method {
                break;
            }
            let (Container::Impl(a), Container::Impl(b)) =
                (self.program.fns[method].container, self.program.fns[other].container)
            else {
                continue;
            };
            if self.impls_overlap(a, b) {
                self.report_duplicate_fn(method, other);
                break;
            }
        }
    }

    /// Whether a function is the `drop` of a type, which only the end of a value's life calls.
    pub(crate) fn is_drop(&self, id: FnId) -> bool {
        let function = &self.program.fns[id];
        let Container::Impl(of) = function.container else { return false };
        if function.name != sym::drop {
            return false;
        }
        match self.program.types.kind(self.program.impls[of].self_ty) {
            TyKind::Adt(adt, _) => self.program.adts[*adt].drop_fn == Some(id),
            _ => false,
        }
    }

    fn check_drop(&mut self, id: ImplId, method: FnId) {
        let function = &self.program.fns[method];
        if function.name != sym::drop || !function.has_self {
            return;
        }
        let TyKind::Adt(adt, args) = self.program.types.kind(self.program.impls[id].self_ty) else { return };
        let (adt, args) = (*adt, args.clone());
        let decl = &self.program.adts[adt];
        let generic = !self.are_params(&args);
        let problem = if !decl.is_iso {
            Some("only `iso` types have a `drop`: a copy of any other value is as good as the value")
        } else if function.params.len() != 1 || function.params[0].mode != ParamMode::Mut {
            Some("`drop` is declared `fn drop(mut self)`")
        } else if function.ret != Ty::UNIT {
            Some("`drop` returns nothing")
        } else if generic {
            Some("`drop` belongs to all instances of a type")
        } else {
            None
        };
        if let Some(message) = problem {
            let result = self.result_span(method).filter(|_| decl.is_iso && function.ret != Ty::UNIT);
            let span = result.filter(|_| function.params.len() == 1).unwrap_or(function.span);
            let diag = Diagnostic::error(codes::BAD_DROP, span, message);
            let receiver = function.params.first().filter(|p| p.mode != ParamMode::Mut);
            let diag = match receiver.filter(|_| function.params.len() == 1) {
                _ if !decl.is_iso => {
                    let kind = if decl.is_enum { "enum" } else { "struct" };
                    diag.note(format!("write `iso {kind} {}`", self.program.name(decl.name)))
                }
                Some(param) => diag.fix("mark it", param.span, "mut self"),
                None => diag,
            };
            return self.report(diag);
        }
        self.check_drop_bounds(id, adt, &args);
    }

    /// Whether these are parameters, each one once.
    fn are_params(&self, args: &[Ty]) -> bool {
        let is_param = |ty: &Ty| matches!(self.program.types.kind(*ty), TyKind::Param(..));
        args.iter().enumerate().all(|(i, ty)| is_param(ty) && !args[..i].contains(ty))
    }

    /// The `impl` of a `drop` may ask nothing of its parameters that the type does not ask: every value is dropped.
    fn check_drop_bounds(&mut self, id: ImplId, adt: AdtId, args: &[Ty]) {
        let generics = self.program.impls[id].generics.clone();
        let of_type = self.program.adts[adt].generics.clone();
        // By the number of the impl's parameter, the type's.
        let mut as_of_type = vec![Ty::ERROR; generics.params.len()];
        for (i, (ty, param)) in args.iter().zip(&of_type.params).enumerate() {
            let TyKind::Param(k, _) = *self.program.types.kind(*ty) else { continue };
            as_of_type[k as usize] = self.program.types.intern(TyKind::Param(i as u32, param.name));
            let iso = GenericParamKind::Type { is_iso: true };
            let own = &generics.params[k as usize];
            if param.kind == iso && own.kind != iso {
                let message = "`drop` belongs to all instances of a type, also to those with arguments that can only be moved";
                let diag = Diagnostic::error(codes::BAD_DROP, own.span, message);
                let name = self.program.name(own.name).to_string();
                self.report(diag.fix("let it be one", own.span, format!("iso {name}")));
            }
        }
        let env = ParamEnv::new(&mut self.program, &of_type, Container::Module);
        for bound in &generics.bounds {
            let mut solver = Solver::new(&mut self.program, &mut self.infer, &env, bound.span);
            if solver.bound_holds(bound, &as_of_type) == Tri::Yes {
                continue;
            }
            let name = self.program.name(self.program.adts[adt].name).to_string();
            let message =
                format!("`drop` belongs to all instances of a type, and `{name}` does not ask for this");
            let diag = Diagnostic::error(codes::BAD_DROP, bound.span, message);
            self.report(diag.note(format!("write the bound where `{name}` is declared too")));
        }
    }

    /// Parameters of an impl must be determined by its type, its trait's arguments, or bounds on those.
    fn check_unbound_params(&mut self, id: ImplId) {
        let decl = &self.program.impls[id];
        let mut known = vec![false; decl.generics.params.len()];
        self.mark_params(decl.self_ty, &mut known);
        if let Some((_, args)) = &decl.trait_ {
            args.iter().for_each(|t| self.mark_params(*t, &mut known));
        }
        loop {
            let before = known.iter().filter(|k| **k).count();
            for bound in &decl.generics.bounds {
                let mut mentioned = vec![false; known.len()];
                self.mark_params(bound.ty, &mut mentioned);
                if !mentioned.iter().zip(&known).all(|(m, k)| !m || *k) {
                    continue;
                }
                match &bound.kind {
                    BoundKind::Trait { args, assoc, .. } => {
                        args.iter().for_each(|t| self.mark_params(*t, &mut known));
                        assoc.iter().for_each(|(_, t)| self.mark_params(*t, &mut known));
                    }
                    BoundKind::Fn { params, ret, .. } => {
                        params.iter().for_each(|(t, _)| self.mark_params(*t, &mut known));
                        self.mark_params(*ret, &mut known);
                    }
                }
            }
            if known.iter().filter(|k| **k).count() == before {
                break;
            }
        }
        let unknown =
            decl.generics.params.iter().zip(&known).find(|(_, k)| !**k).map(|(p, _)| (p.name, p.span));
        if let Some((name, span)) = unknown {
            let text = self.program.name(name);
            let message = format!("nothing determines the parameter `{text}`");
            let diag = Diagnostic::error(codes::UNBOUND_PARAM, span, message)
                .note("it must occur in the type, in the trait's arguments, or in a bound on what does");
            self.report(diag);
        }
    }

    fn mark_params(&self, ty: Ty, known: &mut [bool]) {
        if !self.program.types.flags(ty).has_param {
            return;
        }
        match self.program.types.kind(ty) {
            TyKind::Param(i, _) => {
                if let Some(slot) = known.get_mut(*i as usize) {
                    *slot = true;
                }
            }
            // A projection does not say what it is a projection of.
            TyKind::Assoc { .. } => {}
            kind => crate::ty::TyTable::for_each_child(kind, |t| self.mark_params(t, known)),
        }
    }

    // ------------------------------------------------------------ overlap

    /// Reports an impl of a trait for a `dyn` of it, and returns whether it did: the vtable gives the methods there.
    fn check_dyn_impl(&mut self, id: ImplId, trait_: TraitId) -> bool {
        let self_ty = self.program.impls[id].self_ty;
        if !self.dyn_has(self_ty, trait_) {
            return false;
        }
        let (name, ty) = (self.program.name(self.program.traits[trait_].name), self.program.ty_name(self_ty));
        let message = format!("`{ty}` has `{name}` already");
        let diag = Diagnostic::error(codes::OVERLAPPING_IMPLS, self.program.impls[id].span, message)
            .note("what a method of it does is decided by the value inside");
        self.report(diag);
        true
    }

    fn check_overlap(&mut self, id: ImplId, trait_: TraitId) {
        let Some(head) = Head::of_impl(&self.program.types, self.program.impls[id].self_ty) else { return };
        let others: Vec<ImplId> = if head == Head::Any {
            self.program.index.all_impls(trait_).to_vec()
        } else {
            let same = self.program.index.trait_impls(trait_, head).iter();
            same.chain(self.program.index.trait_impls(trait_, Head::Any)).copied().collect()
        };
        for other in others {
            let of = self.program.impls[other].trait_.as_ref().map(|t| t.0);
            // Each pair once: the later one is reported.
            let later = other > id && self.wants_check(self.program.impls[other].module);
            if other == id || later || of != Some(trait_) || !self.impls_overlap(id, other) {
                continue;
            }
            let name = self.program.name(self.program.traits[trait_].name);
            let ty = self.program.ty_name(self.program.impls[id].self_ty);
            let message = format!("`{name}` is implemented twice for `{ty}`");
            let first = self.program.impls[other].span;
            let diag = Diagnostic::error(codes::OVERLAPPING_IMPLS, self.program.impls[id].span, message)
                .also(first, "also implemented here")
                .note("there is no specialisation: at most one `impl` of a trait fits a type");
            self.report(diag);
            self.decls.overlapping.push(trait_);
            return;
        }
    }

    /// Whether there are types that both impls fit.
    fn impls_overlap(&mut self, a: ImplId, b: ImplId) -> bool {
        let env = ParamEnv::default();
        let rows: Vec<(Vec<Ty>, Vec<Ty>)> = [a, b].map(|id| self.impl_row(id)).into();
        let mut solver = Solver::new(&mut self.program, &mut self.infer, &env, Span::DUMMY);
        solver.probe(|s| {
            let (row_a, args_a) = &rows[0];
            let (row_b, args_b) = &rows[1];
            row_a.len() == row_b.len()
                && row_a.iter().zip(row_b).all(|(x, y)| s.unify(*x, *y))
                && s.impl_bounds_hold(a, args_a) != Tri::No
                && s.impl_bounds_hold(b, args_b) != Tri::No
        })
    }

    /// An impl's type and trait arguments with variables for its parameters, and the variables.
    fn impl_row(&mut self, id: ImplId) -> (Vec<Ty>, Vec<Ty>) {
        let n = self.program.impls[id].generics.params.len();
        let args: Vec<Ty> = (0..n).map(|_| self.fresh_var(VarKind::General, Span::DUMMY)).collect();
        let decl = &self.program.impls[id];
        let mut row = vec![decl.self_ty];
        row.extend(decl.trait_.iter().flat_map(|t| t.1.iter().copied()));
        let row = row.into_iter().map(|t| self.program.types.subst(t, &args)).collect();
        (row, args)
    }
}

/// `1 parameter`, `2 parameters`.
pub(crate) fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}
