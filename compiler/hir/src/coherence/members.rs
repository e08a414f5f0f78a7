//! What an impl has against what its trait asks for: members, their signatures, and the traits above.

use super::count;
use crate::checker::Checker;
use crate::codes;
use crate::env::ParamEnv;
use crate::program::*;
use crate::solve::{Solver, Tri};
use crate::ty::{Ty, TyKind};
use std::rc::Rc;
use syntax::{Diagnostic, Span, Symbol};

/// So many of the members that an impl lacks are shown as they are declared.
const MISSING_SHOWN_MAX: usize = 4;

/// A member of a trait that an impl lacks.
enum Missing {
    Fn(FnId),
    Type(Symbol),
}

/// Why a bound on a trait does not hold.
enum Unmet {
    /// The trait is not implemented.
    Trait(String),
    /// It is, but an associated type is another one.
    Assoc { name: String, found: String, wanted: String },
}

impl Checker {
    pub(super) fn check_impl_members(&mut self, id: ImplId, trait_: TraitId, args: &[Ty]) {
        let missing = self.missing_members(id, trait_);
        if !missing.is_empty() {
            self.report_missing_members(id, trait_, args, &missing);
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

    fn report_missing_members(&mut self, id: ImplId, trait_: TraitId, args: &[Ty], missing: &[Missing]) {
        let decl = &self.program.traits[trait_];
        let names: Vec<String> = missing
            .iter()
            .map(|member| match member {
                Missing::Fn(method) => format!("`fn {}`", self.program.name(self.program.fns[*method].name)),
                Missing::Type(name) => format!("`type {}`", self.program.name(*name)),
            })
            .collect();
        let message = format!("this `impl` of `{}` lacks {}", self.program.name(decl.name), names.join(", "));
        let mut diag = Diagnostic::error(codes::MISSING_MEMBER, self.program.impls[id].span, message);
        if self.is_user(decl.module) {
            diag = diag.also(decl.span, "the trait is declared here");
        }
        for member in missing.iter().take(MISSING_SHOWN_MAX) {
            let text = match member {
                Missing::Fn(method) => self.method_head(*method, args),
                Missing::Type(name) => format!("type {} = …", self.program.name(*name)),
            };
            diag = diag.note(format!("add `{text}`"));
        }
        self.report(diag);
    }

    /// A method of a trait as an impl declares it, or a message as an actor does; `args` are those for the parameters of the trait.
    pub(crate) fn method_head(&mut self, method: FnId, args: &[Ty]) -> String {
        let generics = self.program.fns[method].generics.clone();
        let mut sub = self.identity(&generics);
        for (slot, arg) in sub.iter_mut().skip(1).zip(args) {
            *slot = *arg;
        }
        let bounds: Vec<Bound> = generics.bounds.iter().map(|bound| self.subst_bound(bound, &sub)).collect();
        let own = generics.params.iter().zip(&sub).skip(generics.n_parent as usize);
        let own: Vec<String> = own
            .filter(|(param, _)| param.kind != GenericParamKind::Closure)
            .map(|(param, ty)| self.program.generic_text(param, *ty, &bounds))
            .collect();
        let shown = Generics { bounds: bounds.into_iter().map(Rc::new).collect(), ..generics };
        let n = self.program.fns[method].params.len();
        let (mut first, mut end, mut ret) = (0, n, self.program.fns[method].ret);
        let message = self.message_of(method);
        if let Some(has_reply) = message {
            first = 1;
            if has_reply
                && let TyKind::Adt(_, args) =
                    self.program.types.kind(self.program.fns[method].params[n - 1].ty)
            {
                (end, ret) = (n - 1, args.first().copied().unwrap_or(Ty::UNIT));
            }
        }
        let params: Vec<String> = (first..end).map(|i| self.param_head(method, i, &shown, &sub)).collect();
        let ret = self.program.types.subst(ret, &sub);
        let function = &self.program.fns[method];
        let no_parens = message.is_some() && params.is_empty();
        let mut text = format!(
            "{}{}{}{}{}",
            if function.is_async { "async " } else { "" },
            if message.is_some() { "" } else { "fn " },
            self.program.name(function.name),
            if own.is_empty() { String::new() } else { format!("<{}>", own.join(", ")) },
            if no_parens { String::new() } else { format!("({})", params.join(", ")) },
        );
        if ret != Ty::UNIT {
            text = format!("{text} -> {}", self.program.ty_name(ret));
        }
        crate::names::with_question_marks(&text)
    }

    /// Of the message of a trait, whether it is answered.
    fn message_of(&self, method: FnId) -> Option<bool> {
        let Container::Trait(id) = self.program.fns[method].container else { return None };
        let messages = &self.decls.message_traits.get(&id)?.messages;
        messages.iter().find(|message| message.fn_ == method).map(|message| message.has_reply)
    }

    fn param_head(&mut self, method: FnId, index: usize, generics: &Generics, sub: &[Ty]) -> String {
        let Param { name, ty, mode, span } = self.program.fns[method].params[index];
        let mark = if mode == ParamMode::Mut { "mut " } else { "" };
        if index == 0 && self.program.fns[method].has_self {
            return format!("{mark}self");
        }
        let param = Param { name, ty: self.program.types.subst(ty, sub), mode, span };
        format!("{mark}{}", self.program.param_text(generics, &param))
    }

    /// What an impl lacks.
    fn missing_members(&self, id: ImplId, trait_: TraitId) -> Vec<Missing> {
        let decl = &self.program.impls[id];
        let mut missing = Vec::new();
        for (id_of, own) in self.program.traits[trait_].methods.iter().zip(&decl.methods) {
            let method = &self.program.fns[*id_of];
            let misspelt = self.decls.misspelt.contains(&(id, method.name));
            if own.is_none() && !misspelt && method.kind == FnKind::Required {
                missing.push(Missing::Fn(*id_of));
            }
        }
        for assoc in &self.program.traits[trait_].assoc_types {
            if assoc.default.is_none() && !decl.assoc_types.iter().any(|a| a.0 == assoc.name) {
                missing.push(Missing::Type(assoc.name));
            }
        }
        missing
    }

    fn check_supertraits(&mut self, id: ImplId, trait_: TraitId, args: &[Ty]) {
        let decl = &self.program.impls[id];
        let (self_ty, generics) = (decl.self_ty, decl.generics.clone());
        let env = ParamEnv::new(&mut self.program, &generics, Container::Module);
        let full: Vec<Ty> = std::iter::once(self_ty).chain(args.iter().copied()).collect();
        for bound in self.program.traits[trait_].supertraits.clone() {
            let Some(unmet) = self.unmet_bound(&bound, &full, &env) else { continue };
            let of = self.program.name(self.program.traits[trait_].name);
            let message = match unmet {
                Unmet::Trait(above) => {
                    let ty = self.program.ty_name(self_ty);
                    format!("`{of}` needs `{above}`, which `{ty}` does not implement")
                }
                Unmet::Assoc { name, found, wanted } => {
                    format!("`{of}` needs `{name}` to be `{wanted}`, and it is `{found}`")
                }
            };
            let diag = Diagnostic::error(codes::NOT_IMPLEMENTED, self.program.impls[id].span, message);
            self.report(diag.also(bound.span, "the trait asks for it here"));
        }
    }

    /// What keeps a bound on a trait from holding for the arguments `sub`.
    fn unmet_bound(&mut self, bound: &Bound, sub: &[Ty], env: &ParamEnv) -> Option<Unmet> {
        let mut solver = Solver::new(&mut self.program, &mut self.infer, env, Span::DUMMY);
        if solver.bound_holds(bound, sub) != Tri::No {
            return None;
        }
        let BoundKind::Trait { trait_, args, assoc } = &bound.kind else { return None };
        let row: Vec<Ty> =
            std::iter::once(&bound.ty).chain(args).map(|t| solver.instantiate(*t, sub)).collect();
        if solver.holds(*trait_, &row) != Tri::No {
            for (name, wanted) in assoc {
                let wanted = solver.instantiate(*wanted, sub);
                if solver.projects_to(*trait_, &row, *name, wanted) == Tri::No {
                    let found = solver.assoc_of(*trait_, &row, *name);
                    // What is wrong with it was reported where it stands.
                    let is_faulty = |ty: Ty| solver.p.types.flags(ty).has_error;
                    if is_faulty(found) || is_faulty(wanted) {
                        return None;
                    }
                    let (found, wanted) = (self.program.ty_name(found), self.program.ty_name(wanted));
                    return Some(Unmet::Assoc { name: self.program.name(*name).to_string(), found, wanted });
                }
            }
        }
        Some(Unmet::Trait(self.program.trait_ref_name(*trait_, &row[1..])))
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
            if self.report_type_cycle(id, trait_, &full, (name, ty), &env) {
                continue;
            }
            let iso_param = |i: u32| crate::wellformed::is_iso_param(&generics, i);
            // What is generic over the trait copies its values; those of the library's traits can be moved alone where the type can.
            let of_user = self.is_user(self.program.traits[trait_].module);
            let is_copied = match of_user {
                true => crate::resolve::is_iso_in(&mut self.program, ty, &iso_param),
                false => self.may_be_moved_alone(ty, self_ty, &generics),
            };
            if is_copied {
                let diag = self.iso_diag(ty, name, self.program.impls[id].span);
                self.report(match of_user {
                    true => diag,
                    false => diag.note("what gives such a value from a trait of the library is `iso` itself"),
                });
            }
            for bound in bounds {
                let Some(unmet) = self.unmet_bound(&bound, &full, &env) else { continue };
                let (text, ty) = (self.program.name(name), self.program.ty_name(ty));
                let message = match unmet {
                    Unmet::Trait(of) => format!("`{text}` is `{ty}`, which does not implement `{of}`"),
                    Unmet::Assoc { name, found, wanted } => {
                        format!("`{text}` is `{ty}`, whose `{name}` is `{found}` instead of `{wanted}`")
                    }
                };
                let diag = Diagnostic::error(codes::NOT_IMPLEMENTED, self.program.impls[id].span, message);
                self.report(diag.also(bound.span, "the trait asks for it here"));
            }
        }
    }

    /// Whether values of `ty` can only be moved for arguments with which those of `self_ty` are copied. Where one parameter is enough to
    /// make the one `iso`, it has to be for the other.
    fn may_be_moved_alone(&mut self, ty: Ty, self_ty: Ty, generics: &Generics) -> bool {
        let iso_params =
            (0..generics.params.len() as u32).filter(|i| crate::wellformed::is_iso_param(generics, *i));
        std::iter::once(None).chain(iso_params.map(Some)).any(|one| {
            let is_iso = |i: u32| Some(i) == one;
            crate::resolve::is_iso_in(&mut self.program, ty, &is_iso)
                && !crate::resolve::is_iso_in(&mut self.program, self_ty, &is_iso)
        })
    }

    /// Reports an associated type that is defined by itself, perhaps by way of others: nothing else makes an error of one that
    /// was written without.
    fn report_type_cycle(
        &mut self,
        id: ImplId,
        trait_: TraitId,
        full: &[Ty],
        (name, ty): (Symbol, Ty),
        env: &ParamEnv,
    ) -> bool {
        let flags = self.program.types.flags(ty);
        if flags.has_error || !flags.has_assoc {
            return false;
        }
        let mut solver = Solver::new(&mut self.program, &mut self.infer, env, Span::DUMMY);
        let found = solver.assoc_of(trait_, full, name);
        if !self.program.types.flags(found).has_error {
            return false;
        }
        let message = format!("the type `{}` is defined by itself", self.program.name(name));
        let diag = Diagnostic::error(codes::ALIAS_CYCLE, self.program.impls[id].span, message);
        self.report(diag.note("an associated type is a name for a type that is known without it"));
        true
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
        match self.async_difference(own, decl) {
            Some(text) => wrong(text),
            None => self.type_difference(id, own, decl, &name),
        }
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
            BoundKind::Fn { params, ret, .. } => {
                let kind = TyKind::Fn { params: params.clone().into(), ret: *ret, is_async: false };
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
            BoundKind::Fn { params, ret, .. } => {
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
            BoundKind::Fn { params, ret, is_async } => BoundKind::Fn {
                params: params.iter().map(|(t, m)| (types.subst(*t, sub), *m)).collect(),
                ret: types.subst(*ret, sub),
                is_async: *is_async,
            },
        };
        Bound { ty, kind, span: bound.span }
    }
}
