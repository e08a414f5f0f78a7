//! Checks of declarations against each other: where impls may stand, that no two overlap, that each has what its
//! trait asks for.

use crate::checker::Checker;
use crate::codes;
use crate::env::ParamEnv;
use crate::impls::Head;
use crate::infer::VarKind;
use crate::program::*;
use crate::solve::{Solver, Tri};
use crate::ty::{Ty, TyKind};
use entity::Idx;
use syntax::{Diagnostic, Span, Symbol, sym};

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
        for id in fns {
            if self.wants_check(self.program.fns[id].module) {
                self.check_fn_decl(id);
            }
        }
        self.check_exports();
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
                if !self.check_orphan(id, trait_) {
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
        true
    }

    fn check_inherent(&mut self, id: ImplId) {
        let decl = &self.program.impls[id];
        let head = Head::of(&self.program.types, decl.self_ty);
        let ty = self.program.ty_name(decl.self_ty);
        if head.is_none() || (self.is_user(decl.module) && self.is_library_ty(decl.self_ty)) {
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
        let decl = &self.program.adts[*adt];
        let generic = args.iter().any(|t| !matches!(self.program.types.kind(*t), TyKind::Param(..)));
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
            let diag = Diagnostic::error(codes::BAD_DROP, function.span, message);
            let receiver = function.params.first().filter(|p| p.mode != ParamMode::Mut);
            let diag = match receiver.filter(|_| function.params.len() == 1) {
                _ if !decl.is_iso => {
                    let kind = if decl.is_enum { "enum" } else { "struct" };
                    diag.note(format!("write `iso {kind} {}`", self.program.name(decl.name)))
                }
                Some(param) => diag.fix("mark it", param.span, "mut self"),
                None => diag,
            };
            self.report(diag);
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
                    BoundKind::Fn { params, ret } => {
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

    fn check_overlap(&mut self, id: ImplId, trait_: TraitId) {
        let Some(head) = Head::of_impl(&self.program.types, self.program.impls[id].self_ty) else { return };
        let others: Vec<ImplId> = if head == Head::Any {
            (0..self.program.impls.len()).map(ImplId::new).collect()
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

    // ------------------------------------------------------------ members

    fn check_impl_members(&mut self, id: ImplId, trait_: TraitId, args: &[Ty]) {
        let missing: Vec<String> = self.missing_members(id, trait_);
        if !missing.is_empty() {
            let of = self.program.name(self.program.traits[trait_].name).to_string();
            let message = format!("this `impl` of `{of}` lacks {}", missing.join(", "));
            let diag = Diagnostic::error(codes::MISSING_MEMBER, self.program.impls[id].span, message)
                .also(self.program.traits[trait_].span, "the trait is declared here");
            self.report(diag);
        }
        self.check_supertraits(id, trait_, args);
        let pairs: Vec<(FnId, FnId)> = self.program.impls[id]
            .methods
            .iter()
            .zip(&self.program.traits[trait_].methods)
            .filter_map(|(own, decl)| Some(((*own)?, *decl)))
            .collect();
        for (own, decl) in pairs {
            self.check_impl_method(id, own, decl);
        }
        self.check_impl_types(id, trait_, args);
    }

    fn missing_members(&self, id: ImplId, trait_: TraitId) -> Vec<String> {
        let decl = &self.program.impls[id];
        let mut missing = Vec::new();
        for (method, own) in self.program.traits[trait_].methods.iter().zip(&decl.methods) {
            let misspelt = self.decls.misspelt.contains(&(id, self.program.fns[*method].name));
            if own.is_none() && !misspelt && self.program.fns[*method].kind == FnKind::Required {
                missing.push(format!("`fn {}`", self.program.name(self.program.fns[*method].name)));
            }
        }
        for assoc in &self.program.traits[trait_].assoc_types {
            if assoc.default.is_none() && !decl.assoc_types.iter().any(|a| a.0 == assoc.name) {
                missing.push(format!("`type {}`", self.program.name(assoc.name)));
            }
        }
        missing
    }

    fn check_supertraits(&mut self, id: ImplId, trait_: TraitId, args: &[Ty]) {
        let decl = &self.program.impls[id];
        let (self_ty, generics) = (decl.self_ty, decl.generics.clone());
        let env = ParamEnv::new(&mut self.program, &generics, Container::Module);
        let full: Vec<Ty> = std::iter::once(self_ty).chain(args.iter().copied()).collect();
        for i in 0..self.program.traits[trait_].supertraits.len() {
            let Some(bound) = self.program.super_bound(trait_, i) else { continue };
            let row: Vec<Ty> = bound.args.iter().map(|t| self.program.types.subst(*t, &full)).collect();
            let mut solver = Solver::new(&mut self.program, &mut self.infer, &env, Span::DUMMY);
            if solver.holds(bound.trait_, &row) == Tri::No {
                let of = self.program.name(self.program.traits[trait_].name);
                let above = self.program.trait_ref_name(bound.trait_, &row[1..]);
                let ty = self.program.ty_name(self_ty);
                let message = format!("`{of}` needs `{above}`, which `{ty}` does not implement");
                let diag = Diagnostic::error(codes::NOT_IMPLEMENTED, self.program.impls[id].span, message);
                self.report(diag);
            }
        }
    }

    fn check_impl_types(&mut self, id: ImplId, trait_: TraitId, args: &[Ty]) {
        let decl = &self.program.impls[id];
        let (self_ty, generics) = (decl.self_ty, decl.generics.clone());
        let full: Vec<Ty> = std::iter::once(self_ty).chain(args.iter().copied()).collect();
        let env = ParamEnv::new(&mut self.program, &generics, Container::Module);
        for i in 0..self.program.traits[trait_].assoc_types.len() {
            let assoc = &self.program.traits[trait_].assoc_types[i];
            let (name, bounds) = (assoc.name, assoc.bounds.clone());
            let Some((_, ty)) = self.program.impls[id].assoc_types.iter().find(|a| a.0 == name).copied()
            else {
                continue;
            };
            for bound in bounds {
                let BoundKind::Trait { trait_: wanted, args: bound_args, .. } = &bound.kind else { continue };
                let mut solver = Solver::new(&mut self.program, &mut self.infer, &env, Span::DUMMY);
                let mut row = vec![ty];
                for arg in bound_args {
                    let arg = solver.instantiate(*arg, &full);
                    row.push(arg);
                }
                if solver.holds(*wanted, &row) == Tri::No {
                    let text = self.program.name(name);
                    let (ty, of) =
                        (self.program.ty_name(ty), self.program.trait_ref_name(*wanted, &row[1..]));
                    let message = format!("`{text}` is `{ty}`, which does not implement `{of}`");
                    let diag =
                        Diagnostic::error(codes::NOT_IMPLEMENTED, self.program.impls[id].span, message)
                            .also(bound.span, "the trait asks for it here");
                    self.report(diag);
                }
            }
        }
    }

    /// A method of an impl must take and give what the trait says.
    fn check_impl_method(&mut self, id: ImplId, own: FnId, decl: FnId) {
        if let Some((code, message, label)) = self.method_difference(id, own, decl) {
            let diag = Diagnostic::error(code, self.program.fns[own].span, message);
            self.report(diag.also(self.program.fns[decl].span, label));
        }
    }

    fn method_difference(
        &mut self,
        id: ImplId,
        own: FnId,
        decl: FnId,
    ) -> Option<(&'static str, String, &'static str)> {
        const HERE: &str = "the trait declares it here";
        let (a, b) = (&self.program.fns[own], &self.program.fns[decl]);
        let name = self.program.name(a.name).to_string();
        let wrong = |text: String| Some((codes::SIGNATURE_MISMATCH, text, HERE));
        if a.has_self != b.has_self {
            let (takes, own) = if b.has_self { ("`self`", "does not") } else { ("no `self`", "does") };
            return wrong(format!("the trait's `{name}` takes {takes}, this one {own}"));
        }
        if a.params.len() != b.params.len() {
            return wrong(format!(
                "`{name}` takes {} in the trait, {} here",
                count(b.params.len(), "parameter"),
                a.params.len()
            ));
        }
        let own_generics = |f: &Function| {
            f.generics.params[f.generics.n_parent as usize..].iter().map(|p| p.kind).collect::<Vec<_>>()
        };
        let (ga, gb) = (own_generics(a), own_generics(b));
        let plain = |k: &GenericParamKind| std::mem::discriminant(k);
        let iso = GenericParamKind::Type { is_iso: true };
        if let Some(i) = ga
            .iter()
            .zip(&gb)
            .position(|(x, y)| *y == iso && *x == (GenericParamKind::Type { is_iso: false }))
        {
            let text = self.program.name(a.generics.params[a.generics.n_parent as usize + i].name);
            return wrong(format!("`{text}` of `{name}` must be copyable here, the trait says `iso {text}`"));
        }
        if ga.len() != gb.len() || ga.iter().zip(&gb).any(|(x, y)| plain(x) != plain(y)) {
            return wrong(format!("`{name}` has other type parameters than in the trait"));
        }
        for (x, y) in a.params.iter().zip(&b.params) {
            if x.mode != y.mode {
                let text = if y.mode == ParamMode::Mut {
                    "`mut` in the trait, but not here"
                } else {
                    "`mut` here, but not in the trait"
                };
                let param = self.program.name(y.name).to_string();
                return wrong(format!("the parameter `{param}` of `{name}` is {text}"));
            }
        }
        self.type_difference(id, own, decl, &name)
    }

    fn type_difference(
        &mut self,
        id: ImplId,
        own: FnId,
        decl: FnId,
        name: &str,
    ) -> Option<(&'static str, String, &'static str)> {
        let (_, trait_args) = self.program.impls[id].trait_.clone()?;
        let generics = self.program.fns[own].generics.clone();
        let own_args = self.identity(&generics)[generics.n_parent as usize..].to_vec();
        let mut sub = vec![self.program.impls[id].self_ty];
        sub.extend(trait_args.iter().copied().chain(own_args));
        let env = ParamEnv::new(&mut self.program, &generics, Container::Module);
        let n = self.program.fns[own].params.len();
        for i in 0..=n {
            let (found, wanted, what) = if i == n {
                (self.program.fns[own].ret, self.program.fns[decl].ret, "returns".to_string())
            } else {
                let param = self.program.name(self.program.fns[own].params[i].name).to_string();
                let found = self.program.fns[own].params[i].ty;
                (found, self.program.fns[decl].params[i].ty, format!("takes `{param}` of type"))
            };
            let mut solver = Solver::new(&mut self.program, &mut self.infer, &env, Span::DUMMY);
            let wanted = solver.instantiate(wanted, &sub);
            let found = solver.normalize(found);
            if !solver.unify(found, wanted) {
                let (found, wanted) = (self.program.ty_name(found), self.program.ty_name(wanted));
                let text = if i == n {
                    format!("`{name}` returns `{found}`, the trait says `{wanted}`")
                } else {
                    format!("`{name}` {what} `{found}`, the trait says `{wanted}`")
                };
                return Some((codes::SIGNATURE_MISMATCH, text, "the trait declares it here"));
            }
        }
        self.bounds_difference(own, decl, name, &sub)
    }

    /// A method may not ask more of its parameters than the trait promises.
    fn bounds_difference(
        &mut self,
        own: FnId,
        decl: FnId,
        name: &str,
        sub: &[Ty],
    ) -> Option<(&'static str, String, &'static str)> {
        let generics = self.program.fns[own].generics.clone();
        let Container::Impl(id) = self.program.fns[own].container else { return None };
        let from_impl = self.program.impls[id].generics.clone();
        let mut env = ParamEnv::new(&mut self.program, &from_impl, Container::Module);
        for bound in self.program.fns[decl].generics.bounds.clone() {
            let mut bound = self.subst_bound(&bound, sub);
            self.normalize_bound(&mut bound, &env);
            env.add(&mut self.program, &bound);
        }
        let own_params = self.identity(&generics);
        for bound in generics.bounds.iter().skip(from_impl.bounds.len()) {
            let mut solver = Solver::new(&mut self.program, &mut self.infer, &env, Span::DUMMY);
            if solver.bound_holds(bound, &own_params) != Tri::Yes {
                let text = self.bound_difference_text(own, bound, name);
                return Some((codes::SIGNATURE_MISMATCH, text, "the trait declares it here"));
            }
        }
        None
    }

    fn bound_difference_text(&mut self, own: FnId, bound: &Bound, name: &str) -> String {
        match &bound.kind {
            BoundKind::Trait { trait_, args, .. } => {
                let (ty, what) = (self.program.ty_name(bound.ty), self.program.trait_ref_name(*trait_, args));
                format!("`{name}` asks for `{ty}: {what}`, which the trait does not")
            }
            BoundKind::Fn { params, ret } => {
                let kind = TyKind::Fn { params: params.clone().into(), ret: *ret };
                let closure = self.program.types.intern(kind);
                let text = self.program.ty_name(closure);
                let param = self.program.fns[own].params.iter().find(|p| p.ty == bound.ty).map(|p| p.name);
                match param {
                    Some(param) => {
                        let param = self.program.name(param);
                        format!("`{name}` takes `{param}` of type `{text}`, the trait takes another closure")
                    }
                    None => format!("`{name}` takes a closure `{text}`, the trait takes another one"),
                }
            }
        }
    }

    /// Reduces the projections in a bound.
    fn normalize_bound(&mut self, bound: &mut Bound, env: &ParamEnv) {
        let mut solver = Solver::new(&mut self.program, &mut self.infer, env, Span::DUMMY);
        bound.ty = solver.normalize(bound.ty);
        match &mut bound.kind {
            BoundKind::Trait { args, assoc, .. } => {
                args.iter_mut().for_each(|t| *t = solver.normalize(*t));
                assoc.iter_mut().for_each(|(_, t)| *t = solver.normalize(*t));
            }
            BoundKind::Fn { params, ret } => {
                params.iter_mut().for_each(|(t, _)| *t = solver.normalize(*t));
                *ret = solver.normalize(*ret);
            }
        }
    }

    pub(crate) fn subst_bound(&mut self, bound: &Bound, sub: &[Ty]) -> Bound {
        let types = &mut self.program.types;
        let ty = types.subst(bound.ty, sub);
        let kind = match &bound.kind {
            BoundKind::Trait { trait_, args, assoc } => BoundKind::Trait {
                trait_: *trait_,
                args: args.iter().map(|t| types.subst(*t, sub)).collect(),
                assoc: assoc.iter().map(|(n, t)| (*n, types.subst(*t, sub))).collect::<Vec<(Symbol, Ty)>>(),
            },
            BoundKind::Fn { params, ret } => BoundKind::Fn {
                params: params.iter().map(|(t, m)| (types.subst(*t, sub), *m)).collect(),
                ret: types.subst(*ret, sub),
            },
        };
        Bound { ty, kind, span: bound.span }
    }
}

/// `1 parameter`, `2 parameters`.
pub(crate) fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}
