//! Checks of single declarations: types whose values could never be made, bounds of types in signatures,
//! what may cross to the host.

use crate::checker::Checker;
use crate::codes;
use crate::env::ParamEnv;
use crate::program::*;
use crate::solve::{Solver, Tri};
use crate::ty::{Ty, TyKind};
use smallvec::SmallVec;
use syntax::{Diagnostic, Span, ast};

/// What a module exports for WASI: its memory and its entry.
const RESERVED_EXPORTS: [&str; 13] = [
    "memory",
    "_start",
    "_initialize",
    "gal_buffer",
    "gal_call",
    "gal_caught",
    "gal_close",
    "gal_forget",
    "gal_release",
    "gal_settle",
    "gal_start",
    "gal_throw",
    "gal_turn",
];

/// Limit on the steps of the search for a finite value of a type.
const MAX_STEPS: u32 = 20_000;

impl Checker {
    pub(crate) fn check_adt(&mut self, id: AdtId) {
        self.check_has_values(id);
        let generics = self.program.adts[id].generics.clone();
        let env = ParamEnv::new(&mut self.program, &generics, Container::Module);
        let fields: Vec<(Ty, Span)> = self.program.adts[id]
            .variants
            .iter()
            .flat_map(|v| v.fields.iter().map(|f| (f.ty, f.span)))
            .collect();
        for (ty, span) in fields {
            self.check_wf(ty, &env, &generics, span);
        }
    }

    pub(crate) fn check_trait(&mut self, _id: TraitId) {}

    pub(crate) fn check_fn_decl(&mut self, id: FnId) {
        let function = &self.program.fns[id];
        let generics = function.generics.clone();
        let container = function.container;
        let mut tys: SmallVec<[(Ty, Span); 6]> =
            function.params.iter().map(|p| (p.ty, p.span)).chain([(function.ret, function.span)]).collect();
        let host = function.export.is_some() || matches!(function.kind, FnKind::Extern { .. });
        let env = ParamEnv::new(&mut self.program, &generics, container);
        self.use_type_spans(id, &mut tys);
        let mark = self.diags.len();
        for (ty, span) in &tys {
            self.check_wf(*ty, &env, &generics, *span);
        }
        if self.diags.len() > mark {
            self.decls.faulty_signatures.push(id);
        }
        if host {
            self.check_host_fn(id, &tys);
        }
    }

    /// Puts in where the types of a signature are written, as far as they are.
    fn use_type_spans(&self, id: FnId, tys: &mut [(Ty, Span)]) {
        let Some(decl) = &self.decls.fns[id] else { return };
        let params = decl.params.iter().map(|p| match &p.kind {
            ast::ParamKind::Normal { ty, .. } => Some(ty.span),
            ast::ParamKind::SelfParam => None,
        });
        let ret = decl.ret.as_ref().map(|t| t.span);
        for ((_, span), written) in tys.iter_mut().zip(params.chain([ret])) {
            *span = written.unwrap_or(*span);
        }
    }

    // ------------------------------------------------------------ infinite types

    /// A type is useless, and has no size, if each of its values would contain another one.
    fn check_has_values(&mut self, id: AdtId) {
        let generics = self.program.adts[id].generics.clone();
        let args = self.identity(&generics);
        let ty = self.program.types.intern(TyKind::Adt(id, args.into()));
        let mut steps = 0;
        if self.program.adts[id].variants.is_empty() || self.has_value(ty, &mut Vec::new(), &mut steps) {
            return;
        }
        if self.decls.infinite.contains(&id) {
            return;
        }
        let name = self.program.name(self.program.adts[id].name);
        let message = format!("the type `{name}` contains itself without an end");
        let mut diag = Diagnostic::error(codes::INFINITE_TYPE, self.program.adts[id].span, message);
        for (span, part) in self.circle(ty) {
            let text = self.program.ty_name(part);
            diag = diag.also(span, format!("contains `{text}`"));
        }
        let diag = diag
            .note("each value would need another one; an `Option`, an `Array` or an enum with another variant ends it");
        self.report(diag);
    }

    /// The fields that lead from a type without values back to it; the types on the way are reported with it.
    fn circle(&mut self, start: Ty) -> Vec<(Span, Ty)> {
        let (mut at, mut labels) = (start, Vec::new());
        for _ in 0..16 {
            let TyKind::Adt(id, args) = self.program.types.kind(at).clone() else { break };
            self.decls.infinite.push(id);
            let variants = self.program.adts[id].variants.iter();
            let fields: Vec<(Ty, Span)> =
                variants.flat_map(|v| v.fields.iter().map(|f| (f.ty, f.span))).collect();
            let found = fields.into_iter().find_map(|(ty, span)| {
                let ty = self.program.types.subst(ty, &args);
                self.part_without_value(ty).map(|part| (span, part))
            });
            let Some((span, part)) = found else { break };
            if self.program.adts[id].span.is_dummy() || !self.is_user(self.program.adts[id].module) {
                break;
            }
            labels.push((span, part));
            if part == start {
                break;
            }
            at = part;
        }
        labels
    }

    /// The struct or enum in a field's type that has no values.
    fn part_without_value(&mut self, ty: Ty) -> Option<Ty> {
        match self.program.types.kind(ty).clone() {
            TyKind::Tuple(elems) => elems.iter().find_map(|t| self.part_without_value(*t)),
            TyKind::FixedArray(elem, _) => self.part_without_value(elem),
            TyKind::Adt(id, _) if !self.program.adts[id].variants.is_empty() => {
                (!self.has_value(ty, &mut Vec::new(), &mut 0)).then_some(ty)
            }
            _ => None,
        }
    }

    fn has_value(&mut self, ty: Ty, open: &mut Vec<Ty>, steps: &mut u32) -> bool {
        *steps += 1;
        if *steps > MAX_STEPS || open.len() > 48 {
            return true;
        }
        match *self.program.types.kind(ty) {
            TyKind::Tuple(_) => {
                let elems = self.program.types.children(ty);
                elems.iter().all(|t| self.has_value(*t, open, steps))
            }
            TyKind::FixedArray(elem, _) => self.has_value(elem, open, steps),
            TyKind::Adt(id, _) => {
                if open.contains(&ty) {
                    return false;
                }
                let decl = &self.program.adts[id];
                if decl.variants.is_empty() || decl.variants.iter().any(|v| v.fields.is_empty()) {
                    return true;
                }
                open.push(ty);
                let n_fields: SmallVec<[usize; 8]> = decl.variants.iter().map(|v| v.fields.len()).collect();
                let args = self.program.types.children(ty);
                let found = n_fields.into_iter().enumerate().any(|(variant, n)| {
                    (0..n).all(|field| {
                        let ty = self.program.adts[id].variants[VariantIdx(variant as u32)].fields[field].ty;
                        let ty = self.program.types.subst(ty, &args);
                        self.has_value(ty, open, steps)
                    })
                });
                open.pop();
                found
            }
            _ => true,
        }
    }

    // ------------------------------------------------------------ bounds of types

    /// Whether a type written in a signature keeps the bounds of the generic types in it.
    pub(crate) fn check_wf(&mut self, ty: Ty, env: &ParamEnv, generics: &Generics, span: Span) {
        if ty.is_fixed() {
            return;
        }
        let args = self.program.types.children(ty);
        for child in &args {
            self.check_wf(*child, env, generics, span);
        }
        let TyKind::Adt(id, _) = *self.program.types.kind(ty) else { return };
        if args.is_empty() || self.program.types.flags(ty).has_error {
            return;
        }
        for i in 0..self.program.adts[id].generics.bounds.len() {
            let bound = self.program.adts[id].generics.bounds[i].clone();
            let mut solver = Solver::new(&mut self.program, &mut self.infer, env, span);
            if solver.bound_holds(&bound, &args) == Tri::No {
                let bound = self.subst_bound(&bound, &args);
                self.report_bound(&bound, span);
            }
        }
        self.check_iso_args(id, &args, generics, span);
    }

    pub(crate) fn report_bound(&mut self, bound: &Bound, span: Span) {
        let ty = self.program.ty_name(bound.ty);
        let (code, message) = match &bound.kind {
            BoundKind::Trait { trait_, args, .. } => {
                let of = self.program.trait_ref_name(*trait_, args);
                (codes::NOT_IMPLEMENTED, format!("`{ty}` does not implement `{of}`"))
            }
            BoundKind::Fn { .. } => (codes::NOT_CALLABLE, format!("`{ty}` is no such closure")),
        };
        let diag = Diagnostic::error(code, span, message);
        let diag = if bound.span.is_dummy() { diag } else { diag.also(bound.span, "asked for here") };
        let note = match &bound.kind {
            BoundKind::Trait { trait_, .. } => self.for_other_consts(*trait_, bound.ty),
            BoundKind::Fn { .. } => None,
        };
        self.report(match note {
            Some(note) => diag.note(note),
            None => diag,
        });
    }

    /// Which arguments for a trait's constant parameters a type has it for: `Float` is `Lane<2>`, and no `Lane<3>`.
    pub(crate) fn for_other_consts(&self, trait_: TraitId, ty: Ty) -> Option<String> {
        let params = &self.program.traits[trait_].generics.params;
        if !params.iter().any(|param| matches!(param.kind, GenericParamKind::Const(_))) {
            return None;
        }
        let head = crate::impls::Head::of(&self.program.types, ty)?;
        let impls = self.program.index.trait_impls(trait_, head).iter();
        let args = impls.filter_map(|id| self.program.impls[*id].trait_.as_ref().map(|it| &it.1));
        let known: Vec<String> =
            args.map(|args| format!("`{}`", self.program.trait_ref_name(trait_, args))).collect();
        let ty = self.program.ty_name(ty);
        (!known.is_empty()).then(|| format!("`{ty}` implements {}", known.join(", ")))
    }

    fn check_iso_args(&mut self, id: AdtId, args: &[Ty], generics: &Generics, span: Span) {
        for (i, arg) in args.iter().enumerate() {
            let param = &self.program.adts[id].generics.params[i];
            if param.kind != (GenericParamKind::Type { is_iso: false }) {
                continue;
            }
            let name = param.name;
            let iso_param = |i: u32| is_iso_param(generics, i);
            if crate::resolve::is_iso_in(&mut self.program, *arg, &iso_param) {
                self.report_iso_arg(*arg, name, span);
                self.decls.faulty_trait_args.push((*arg, name));
                let whole = self.program.types.intern(TyKind::Adt(id, args.into()));
                self.decls.faulty_types.push(whole);
            }
        }
    }

    /// The arguments of an impl's trait, as those of types.
    pub(crate) fn check_trait_iso_args(
        &mut self,
        trait_: TraitId,
        args: &[Ty],
        generics: &Generics,
        span: Span,
    ) {
        for (i, arg) in args.iter().enumerate() {
            let Some(param) = self.program.traits[trait_].generics.params.get(i + 1) else { break };
            let (name, kind) = (param.name, param.kind);
            let iso_param = |i: u32| is_iso_param(generics, i);
            if kind == (GenericParamKind::Type { is_iso: false })
                && crate::resolve::is_iso_in(&mut self.program, *arg, &iso_param)
            {
                self.report_iso_arg(*arg, name, span);
                self.decls.faulty_trait_args.push((*arg, name));
            }
        }
    }

    /// A type that can only be moved stands for one of this name, whose values are copied.
    pub(crate) fn iso_diag(&self, ty: Ty, name: syntax::Symbol, span: Span) -> Diagnostic {
        let (ty, name) = (self.program.ty_name(ty), self.program.name(name));
        let message = format!("`{ty}` can only be moved, and `{name}` must be copyable");
        Diagnostic::error(codes::ISO_ARGUMENT, span, message)
    }

    pub(crate) fn report_iso_arg(&mut self, arg: Ty, param: syntax::Symbol, span: Span) {
        let (ty, text) = (self.program.ty_name(arg), self.program.name(param));
        let note = match self.program.types.kind(arg) {
            TyKind::Closure { .. } => format!(
                "the closure holds what can only be moved; a type parameter takes it, as in `<iso F: {ty}>(f: F)`"
            ),
            _ => format!("a parameter declared `iso {text}` takes such types, and is only moved"),
        };
        let diag = self.iso_diag(arg, param, span).note(note);
        self.report(diag);
    }

    // ------------------------------------------------------------ host functions

    /// Each name stands once in the exports of a module.
    pub(crate) fn check_exports(&mut self, fns: impl Iterator<Item = FnId>) {
        for id in fns {
            let function = &self.program.fns[id];
            let Some(name) = function.export.as_deref() else { continue };
            let diag = |message| Diagnostic::error(codes::DUPLICATE_NAME, function.span, message);
            if self.is_web() && !self.decls.actors.exported_fns.contains(&id) && is_taken_on_the_web(name) {
                let message = format!("JavaScript cannot have a function called `{name}`");
                let diag = Diagnostic::error(codes::BAD_HOST_TYPE, function.span, message);
                self.report(diag.note(
                    "instances have `start`, `exited`, `close` and `then` of their own, and names with dots are those of actors: `@export(\"name\")` gives another name",
                ));
            } else if RESERVED_EXPORTS.contains(&name) {
                let diag = diag(format!("every module exports its own `{name}`"))
                    .note("`@export(\"name\")` gives the function another name for the host");
                self.report(diag);
            } else if let Some(first) = self.decls.exports.get(name) {
                let diag = diag(format!("two functions are exported as `{name}`"))
                    .label("exported again here")
                    .also(*first, "first exported here");
                self.report(diag);
            } else {
                self.decls.exports.insert(name.to_string(), function.span);
            }
        }
    }

    fn check_host_fn(&mut self, id: FnId, tys: &[(Ty, Span)]) {
        if let Some(param) = self.program.fns[id].generics.params.first() {
            let message = "a function that the host calls or provides cannot be generic";
            let diag = Diagnostic::error(codes::BAD_HOST_TYPE, param.span, message);
            self.report(diag.note("write a function for each type, which may call a generic one"));
            return;
        }
        if let Some(param) = self.program.fns[id].params.iter().find(|p| p.mode == ParamMode::Mut) {
            let message = "parameters that cross to the host cannot be `mut`";
            let diag = Diagnostic::error(codes::BAD_HOST_TYPE, param.span, message);
            self.report(diag.note("return the new value"));
        }
        if self.is_web() && !matches!(&self.program.fns[id].kind, FnKind::Extern { abi, .. } if abi != "js") {
            return self.check_web_fn(id, tys);
        }
        let last = tys.len() - 1;
        for (i, (ty, span)) in tys.iter().enumerate() {
            let ok = match self.program.types.kind(*ty) {
                TyKind::Int(_) | TyKind::F32 | TyKind::F64 | TyKind::Bool | TyKind::Char => true,
                TyKind::Ptr(_) | TyKind::Error => true,
                TyKind::Never => i == last,
                TyKind::Tuple(args) => i == last && args.is_empty(),
                _ => false,
            };
            if !ok {
                let text = self.program.ty_name(*ty);
                let message = format!("values of type `{text}` cannot cross to the host of this target");
                let diag = Diagnostic::error(codes::BAD_HOST_TYPE, *span, message)
                    .note("numbers, `Bool` and `Char` can; on `wasm32-web` and `wasm64-web` all values can");
                self.report(diag);
            }
        }
    }
}

/// Names that the loader or the messages of actors have; runtime-wasm has the same.
fn is_taken_on_the_web(name: &str) -> bool {
    matches!(name, "start" | "exited" | "close" | "then") || name.contains('.')
}

/// Whether a parameter of an item is declared `iso`.
pub(crate) fn is_iso_param(generics: &Generics, index: u32) -> bool {
    generics.params.get(index as usize).is_some_and(|p| p.kind == GenericParamKind::Type { is_iso: true })
}
