//! What must hold of types that are not known yet: kept until they are, decided at the end of the body at the latest.

use super::FnCtxt;
use crate::codes;
use crate::infer::VarKind;
use crate::program::{Bound, BoundKind, FnId, GenericParamKind, TraitId};
use crate::solve::{Deferred, MAX_DEPTH, Proj, Tri};
use crate::ty::{Ty, TyKind, TyRow};
use syntax::{Diagnostic, Span, Symbol};

/// Why something is asked of a type, for the message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Cause {
    /// A bound of a generic function or type, declared there.
    Bound(Span),
    /// `+` and the like.
    Operator,
    /// `"{x}"`
    Interp,
    For,
    Method,
}

#[derive(Clone, Debug)]
pub(crate) enum Obligation {
    Trait {
        trait_: TraitId,
        args: TyRow,
        span: Span,
        cause: Cause,
    },
    Projection {
        deferred: Deferred,
        span: Span,
    },
    /// A binding of an associated type in a bound.
    Assoc {
        trait_: TraitId,
        args: TyRow,
        name: Symbol,
        want: Ty,
        span: Span,
    },
    /// The type can be called like this.
    Fn {
        ty: Ty,
        params: Vec<(Ty, bool)>,
        ret: Ty,
        span: Span,
    },
}

/// What asks that a type can be copied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CopyReason {
    /// A parameter without `iso`.
    Param(Symbol),
    /// A parameter without `iso` of the impl by which the type implements the trait.
    Impl(TraitId, Ty, Cause),
    /// `..name` in the pattern of an array.
    Rest,
    /// A variable for an element, or a part of one, in the pattern of an array.
    Element,
}

/// The type can be copied. Decided at the end of the body.
#[derive(Clone, Debug)]
pub(crate) struct Copyable {
    pub ty: Ty,
    pub why: CopyReason,
    pub span: Span,
}

/// An obligation that could not be decided yet.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub obligation: Obligation,
    /// The state of the variables, see [`crate::infer::InferTable::state`], in which it was tried last: it needs no
    /// second try in the same.
    tried_in: Option<u64>,
}

impl Obligation {
    pub fn projection(deferred: Deferred, span: Span) -> Obligation {
        Obligation::Projection { deferred, span }
    }
}

impl FnCtxt<'_> {
    /// Asks that a type implements a trait; decided now if possible.
    pub(crate) fn require_trait(
        &mut self,
        trait_: TraitId,
        args: impl Into<TyRow>,
        span: Span,
        cause: Cause,
    ) {
        self.require(Obligation::Trait { trait_, args: args.into(), span, cause });
    }

    fn require(&mut self, obligation: Obligation) {
        if let Obligation::Trait { trait_, args, .. } = &obligation
            && self.ck.program.index.builtin(*trait_).is_some_and(|b| b.is_structural())
        {
            let ty = self.shallow(args[0]);
            if ty.is_plain() {
                return;
            }
            // Whether a type can be printed, compared or hashed tells nothing of what is open in it: asked at the end,
            // when all of it is known.
            if self.ck.program.types.flags(ty).has_infer {
                self.structural.push(Waiting { obligation, tried_in: None });
                return;
            }
        }
        let tried_in = Some(self.ck.infer.state());
        if !self.try_obligation(&obligation) {
            self.pending.push(Waiting { obligation, tried_in });
        }
    }

    /// Leaves an obligation for later.
    pub(crate) fn wait(&mut self, obligation: Obligation) {
        self.pending.push(Waiting { obligation, tried_in: None });
    }

    /// Asks for all that the bounds of a function (or of what contains it) say of its arguments.
    pub(crate) fn require_fn_bounds(&mut self, id: FnId, args: &[Ty], span: Span) {
        let n = self.ck.program.fns[id].generics.bounds.len();
        for i in 0..n {
            let bound = self.ck.program.fns[id].generics.bounds[i].clone();
            self.require_bound(&bound, args, span);
        }
        self.note_receiver(id, args, span);
        for (i, arg) in args.iter().enumerate() {
            let Some(param) = self.ck.program.fns[id].generics.params.get(i) else { break };
            let copyable =
                matches!(param.kind, GenericParamKind::Type { is_iso: false } | GenericParamKind::Closure);
            if copyable {
                let param = param.name;
                self.require_copyable(*arg, param, span);
            }
        }
    }

    pub(crate) fn require_copyable(&mut self, ty: Ty, param: Symbol, span: Span) {
        // A trait's methods are there for `iso` types too, as far as their bodies only move.
        let settled = param == syntax::sym::Self_
            || matches!(
                self.kind(ty),
                TyKind::Int(_) | TyKind::F64 | TyKind::F32 | TyKind::Bool | TyKind::Char | TyKind::Error
            );
        if !settled {
            self.copyables.push(Copyable { ty, why: CopyReason::Param(param), span });
        }
    }

    pub(crate) fn require_bound(&mut self, bound: &Bound, args: &[Ty], span: Span) {
        let ty = self.instantiate(bound.ty, args, span);
        match &bound.kind {
            BoundKind::Trait { trait_, args: bound_args, assoc } => {
                let mut full = TyRow::from_slice(&[ty]);
                for arg in bound_args {
                    let arg = self.instantiate(*arg, args, span);
                    full.push(arg);
                }
                for (name, want) in assoc {
                    let want = self.instantiate(*want, args, span);
                    let obligation =
                        Obligation::Assoc { trait_: *trait_, args: full.clone(), name: *name, want, span };
                    self.require(obligation);
                }
                self.require_trait(*trait_, full, span, Cause::Bound(bound.span));
            }
            BoundKind::Fn { params, ret, .. } => {
                let mut inst = Vec::with_capacity(params.len());
                for (t, m) in params {
                    inst.push((self.instantiate(*t, args, span), *m));
                }
                let ret = self.instantiate(*ret, args, span);
                self.require(Obligation::Fn { ty, params: inst, ret, span });
            }
        }
    }

    /// Decides an obligation, reporting it if it fails. False: not yet.
    fn try_obligation(&mut self, obligation: &Obligation) -> bool {
        match obligation {
            Obligation::Trait { trait_, args, span, cause } => {
                match self.solve(*span, |s| s.holds(*trait_, args)) {
                    Tri::Yes => {
                        self.note_proof(*trait_, args, *span, *cause);
                        true
                    }
                    Tri::Maybe => false,
                    Tri::No => {
                        self.report_missing_trait(*trait_, args, *span, *cause);
                        true
                    }
                }
            }
            Obligation::Projection { deferred, span } => {
                let Deferred { trait_, args, name, out } = deferred;
                match self.solve(*span, |s| s.project(*trait_, args, *name)) {
                    Proj::Ty(ty) => {
                        if !self.unify(*out, ty) {
                            self.report_mismatch(*out, ty, *span);
                        }
                        true
                    }
                    Proj::Rigid => {
                        let args = args.iter().map(|t| self.deep(*t)).collect();
                        let rigid = self.intern(TyKind::Assoc { trait_: *trait_, args, name: *name });
                        self.unify(*out, rigid);
                        true
                    }
                    Proj::Fail => {
                        self.unify(*out, Ty::ERROR);
                        true
                    }
                    Proj::Maybe => false,
                }
            }
            Obligation::Assoc { trait_, args, name, want, span } => {
                match self.solve(*span, |s| s.project(*trait_, args, *name)) {
                    Proj::Ty(ty) => {
                        if !self.unify(ty, *want) {
                            self.report_assoc_mismatch(*trait_, args, *name, ty, *want, *span);
                        }
                        true
                    }
                    Proj::Rigid => {
                        let row = args.iter().map(|t| self.deep(*t)).collect();
                        let rigid = self.intern(TyKind::Assoc { trait_: *trait_, args: row, name: *name });
                        if !self.unify(rigid, *want) {
                            self.report_assoc_mismatch(*trait_, args, *name, rigid, *want, *span);
                        }
                        true
                    }
                    Proj::Fail => true,
                    Proj::Maybe => false,
                }
            }
            Obligation::Fn { ty, params, ret, span } => self.try_fn_obligation(*ty, params, *ret, *span),
        }
    }

    fn try_fn_obligation(&mut self, ty: Ty, params: &[(Ty, bool)], ret: Ty, span: Span) -> bool {
        let ty = self.shallow(ty);
        if self.is_open(ty) {
            return false;
        }
        if ty == Ty::ERROR {
            return true;
        }
        let Some((own, own_ret)) = self.solve(span, |s| s.callable(ty)) else {
            let (found, wanted) = (self.ty_name(ty), self.fn_name(params, ret));
            let message = format!("expected a closure `{wanted}`, found `{found}`");
            self.error(codes::NOT_CALLABLE, span, message);
            return true;
        };
        let same = own.len() == params.len()
            && own.iter().zip(params).all(|(a, b)| a.1 == b.1 && self.unify(a.0, b.0));
        let own_ret = self.shallow(own_ret);
        if !same || !(own_ret == Ty::NEVER || self.unify(own_ret, ret)) {
            let (found, wanted) = (self.fn_name(&own, own_ret), self.fn_name(params, ret));
            let message = format!("expected `{wanted}`, found `{found}`");
            self.error(codes::TYPE_MISMATCH, span, message);
        }
        true
    }

    pub(crate) fn fn_name(&mut self, params: &[(Ty, bool)], ret: Ty) -> String {
        let kind = TyKind::Fn { params: params.into(), ret, is_async: false };
        let ty = self.intern(kind);
        self.ty_name(ty)
    }

    fn report_assoc_mismatch(
        &mut self,
        trait_: TraitId,
        args: &[Ty],
        name: Symbol,
        found: Ty,
        want: Ty,
        span: Span,
    ) {
        let (ty, found, want) = (self.ty_name(args[0]), self.ty_name(found), self.ty_name(want));
        let (text, of) =
            (self.ck.program.name(name), self.ck.program.name(self.ck.program.traits[trait_].name));
        let message = format!("`{text}` of `{ty}` as `{of}` is `{found}`, expected `{want}`");
        self.error(codes::TYPE_MISMATCH, span, message);
    }

    /// Looks at what waits again; true if anything was decided.
    pub(crate) fn solve_pending(&mut self) -> bool {
        let mut any = false;
        loop {
            let mut waiting = std::mem::take(&mut self.pending);
            let before = waiting.len();
            let vars = self.ck.infer.len();
            waiting.retain_mut(|w| !self.try_again(w));
            let decided = waiting.len() < before;
            waiting.append(&mut self.pending);
            self.pending = waiting;
            any |= decided;
            if !decided || self.ck.infer.len() > vars + 100_000 {
                return any;
            }
        }
    }

    fn try_again(&mut self, waiting: &mut Waiting) -> bool {
        let state = self.ck.infer.state();
        if waiting.tried_in == Some(state) {
            return false;
        }
        waiting.tried_in = Some(state);
        self.try_obligation(&waiting.obligation)
    }

    /// Tries what waits until something is known of a type.
    pub(crate) fn resolve_now(&mut self, ty: Ty) -> Ty {
        let ty = self.shallow(ty);
        if !self.is_open(ty) || self.pending.is_empty() {
            return ty;
        }
        self.solve_pending();
        self.shallow(ty)
    }

    /// As [`FnCtxt::resolve_now`]; a number literal's type becomes `Int` or `Float`.
    pub(crate) fn settle(&mut self, ty: Ty) -> Ty {
        let ty = self.resolve_now(ty);
        match self.var_kind(ty) {
            Some(VarKind::Int) => {
                self.unify(ty, Ty::I64);
            }
            Some(VarKind::Float) => {
                self.unify(ty, Ty::F64);
            }
            _ => {}
        }
        self.shallow(ty)
    }

    /// The shape that a bound asks of an open type: what a closure's parameters are expected to be.
    pub(crate) fn expected_closure(&self, ty: Ty) -> Option<(Vec<(Ty, bool)>, Ty)> {
        let root = self.ck.infer.root_of(&self.ck.program.types, ty)?;
        self.pending.iter().rev().find_map(|w| match &w.obligation {
            Obligation::Fn { ty, params, ret, .. }
                if self.ck.infer.root_of(&self.ck.program.types, self.shallow(*ty)) == Some(root) =>
            {
                Some((params.clone(), *ret))
            }
            _ => None,
        })
    }

    // ------------------------------------------------------------ messages

    pub(crate) fn report_missing_trait(&mut self, trait_: TraitId, args: &[Ty], span: Span, cause: Cause) {
        if args.iter().any(|t| {
            let t = self.deep(*t);
            self.ck.program.types.flags(t).has_error
        }) {
            self.has_errors = true;
            return;
        }
        if self.has_faulty_bound(args[0]) || (self.has_faulty_signature && matches!(cause, Cause::Bound(_))) {
            self.has_errors = true;
            return;
        }
        if self.solve(span, |s| s.probe(|s| s.holds(trait_, args) == Tri::No && s.exceeded)) {
            return self.report_depth(trait_, args, span);
        }
        if let [ty] = args
            && let TyKind::Param(_, name) = *self.kind(self.shallow(*ty))
        {
            if self.told_bounds.contains(&(name, trait_)) {
                self.has_errors = true;
                return;
            }
            self.told_bounds.push((name, trait_));
        }
        let ty = self.ty_name(args[0]);
        let rest: Vec<Ty> = args[1..].to_vec();
        let rest: Vec<Ty> = rest.into_iter().map(|t| self.describe(t)).collect();
        let of = self.ck.program.trait_ref_name(trait_, &rest);
        let message = match cause {
            Cause::Interp => format!("`{ty}` cannot be printed: it does not implement `{of}`"),
            Cause::For => format!("`{ty}` cannot be iterated over"),
            _ => format!("`{ty}` does not implement `{of}`"),
        };
        let mut diag = Diagnostic::error(codes::NOT_IMPLEMENTED, span, message);
        if let Cause::Bound(decl) = cause
            && !decl.is_dummy()
            && self.ck.map.file_at(decl.lo).is_some_and(|f| !self.ck.map.file(f).is_library)
        {
            diag = diag.also(decl, "asked for here");
        }
        let first = self.shallow(args[0]);
        if cause == Cause::For && matches!(self.kind(first), TyKind::Int(_)) {
            diag = diag.fix_likely("count up to it", span.before(), "0..");
        } else if cause == Cause::For && first == self.ck.string_ty() {
            // An operator would bind less than the call.
            let edits = match self.ck.map.text(span).contains(char::is_whitespace) {
                true => vec![(span.before(), "(".to_string()), (span.after(), ").chars()".to_string())],
                false => vec![(span.after(), ".chars()".to_string())],
            };
            diag = diag.fix_edits_likely("take its characters", edits);
        } else if let Some((place, text)) = self.missing_bound(trait_, args) {
            diag = diag.fix_likely(format!("write the bound: `{ty}: {of}`"), place, text);
        } else if let Some(note) = self.explain_missing(trait_, args) {
            diag = diag.note(note);
        }
        self.report(diag);
    }

    /// Where the first bound that a parameter lacks would be written, and the text. Others are told without a place: what is
    /// written there depends on the first.
    fn missing_bound(&self, trait_: TraitId, args: &[Ty]) -> Option<(Span, String)> {
        let [ty] = args else { return None };
        let ty = self.shallow(*ty);
        let TyKind::Param(i, _) = *self.kind(ty) else { return None };
        let name = self.written_param(ty)?;
        if self.told_bounds.iter().filter(|told| told.0 == name).count() > 1 {
            return None;
        }
        let param = self.cx.generics.params.get(i as usize)?.span;
        if !self.ck.map.text(param).starts_with(self.ck.program.name(name)) {
            return None;
        }
        let of = self.ck.program.name(self.ck.program.traits[trait_].name);
        let colon = Span::new(param.hi, param.hi + 1);
        Some(match self.ck.map.text(colon) {
            ":" => (colon.after(), format!(" {of} +")),
            _ => (param.after(), format!(": {of}")),
        })
    }

    /// The question was given up: the types in each other are too many, or without an end.
    fn report_depth(&mut self, trait_: TraitId, args: &[Ty], span: Span) {
        let ty = self.ty_name(args[0]);
        let of = self.ck.program.name(self.ck.program.traits[trait_].name);
        let message = format!(
            "whether `{ty}` implements `{of}` depends on more than {MAX_DEPTH} types inside each other"
        );
        let diag = Diagnostic::error(codes::INSTANCE_NESTING_TOO_DEEP, span, message)
            .note(format!("an `impl {of}` of a type on the way, or `dyn {of}`, answers the question there"));
        self.report(diag);
    }

    /// Whether a bound of a parameter was reported, so that nothing is known of it.
    pub(crate) fn has_faulty_bound(&self, ty: Ty) -> bool {
        let ty = self.shallow(ty);
        let TyKind::Param(i, _) = self.kind(ty) else { return false };
        let param = self.cx.generics.params.get(*i as usize);
        param.is_some_and(|p| self.ck.decls.faulty_params.contains(&p.span))
    }

    /// Why a structural implementation does not exist: which part lacks it.
    fn explain_missing(&mut self, trait_: TraitId, args: &[Ty]) -> Option<String> {
        let ty = self.deep(args[0]);
        let of = self.ck.program.name(self.ck.program.traits[trait_].name).to_string();
        if let Some(actor) = self.ck.actor_of_ty(ty) {
            if self.ck.is_message_trait(trait_) {
                let name = self.ck.program.name(self.ck.actor(actor).name);
                return Some(format!("write `actor {name}: {of}`, with a handler for each message"));
            }
            if Some(trait_) == self.ck.known.ord {
                let note = "references to actors can be compared by `==`, and be keys; they have no order";
                return Some(note.to_string());
            }
            if self.ck.is_user(self.ck.program.traits[trait_].module) {
                let name = self.ck.program.name(self.ck.actor(actor).name);
                return Some(format!(
                    "write `impl {of} for {name} {{ … }}`, of which the methods have the reference"
                ));
            }
        }
        if let Some(name) = self.written_param(ty) {
            let text = self.ck.program.name(name);
            return Some(format!("write the bound: `{text}: {of}`"));
        }
        if self.is_closure_ty(ty) {
            return None;
        }
        if let Some(note) = self.explain_impl(trait_, args) {
            return Some(note);
        }
        if !self.ck.program.index.builtin(trait_).is_some_and(|b| b.is_structural()) {
            return self.ck.for_other_consts(trait_, ty);
        }
        if let Some(note) = self.explain_opaque(ty, &of) {
            return Some(note);
        }
        let mut path = Vec::new();
        self.find_missing_part(trait_, ty, &mut path, 0);
        let (part_name, part) = path.last()?.clone();
        let part = self.ty_name(part);
        Some(format!("its {part_name} has type `{part}`, which has no `{of}`"))
    }

    /// The way out for a type whose parts say nothing to its user: a `dyn` value, or a struct of the library that hides
    /// what it is made of.
    fn explain_opaque(&mut self, ty: Ty, of: &str) -> Option<String> {
        let adt = match *self.kind(ty) {
            TyKind::Dyn { .. } => {
                let text = format!("no `dyn` value has `{of}`; a method of the trait can do what is needed");
                return Some(text);
            }
            TyKind::Adt(id, _) => &self.ck.program.adts[id],
            _ => return None,
        };
        if !self.ck.program.modules[adt.module].is_library {
            return None;
        }
        let is_hidden = !adt.is_enum && adt.variants.iter().any(|v| v.fields.iter().any(|f| !f.is_pub));
        if self.is_iterator(ty) {
            return Some(format!("an iterator has no `{of}`; `collect()` makes an array of its elements"));
        }
        is_hidden
            .then(|| format!("the library gives it no `{of}`; use what it holds, as an array for instance"))
    }

    fn is_iterator(&mut self, ty: Ty) -> bool {
        let Some(iterator) = self.ck.known.iterator else { return false };
        let elem = self.fresh(Span::DUMMY);
        self.solve(Span::DUMMY, |s| s.probe(|s| s.holds(iterator, &[ty, elem]))) != Tri::No
    }

    /// Which bound of the impl that would fit does not hold.
    fn explain_impl(&mut self, trait_: TraitId, args: &[Ty]) -> Option<String> {
        let env = std::rc::Rc::clone(&self.env);
        let failed = {
            let mut solver =
                crate::solve::Solver::new(&mut self.ck.program, &mut self.ck.infer, &env, Span::DUMMY);
            let crate::solve::Sel::Impl(id, iargs) = solver.select(trait_, args) else { return None };
            let bounds = solver.p.impls[id].generics.bounds.clone();
            let found = bounds.into_iter().find(|b| solver.probe(|s| s.bound_holds(b, &iargs)) == Tri::No)?;
            let BoundKind::Trait { trait_, args, .. } = &found.kind else { return None };
            let ty = solver.instantiate(found.ty, &iargs);
            let args: Vec<Ty> = args.iter().map(|t| solver.instantiate(*t, &iargs)).collect();
            (ty, *trait_, args)
        };
        let (ty, needed, needed_args) = failed;
        let (whole, part) = (self.ty_name(args[0]), self.ty_name(ty));
        let of = self.ck.program.trait_ref_name(needed, &needed_args);
        Some(format!("`{whole}` would, if `{part}` implemented `{of}`"))
    }

    /// The way to the part that lacks the trait, outermost first. It ends before the private fields of the library.
    fn find_missing_part(&mut self, trait_: TraitId, ty: Ty, path: &mut Vec<(String, Ty)>, depth: u32) {
        if depth > 16 {
            return;
        }
        let parts: Vec<(String, Ty)> = match self.kind(ty).clone() {
            TyKind::Adt(id, args) => {
                let adt = &self.ck.program.adts[id];
                let is_library = self.ck.program.modules[adt.module].is_library;
                let named: Vec<(String, Ty)> = adt
                    .variants
                    .iter()
                    .flat_map(|v| v.fields.iter().map(move |f| (v.name, f)))
                    .filter(|(_, f)| !is_library || adt.is_enum || f.is_pub)
                    .map(|(v, f)| {
                        let field = self.ck.program.name(f.name);
                        let text = match adt.is_enum {
                            true => format!("variant `{}`", self.ck.program.name(v)),
                            false => format!("field `{field}`"),
                        };
                        (text, f.ty)
                    })
                    .collect();
                named.into_iter().map(|(n, t)| (n, self.instantiate(t, &args, Span::DUMMY))).collect()
            }
            TyKind::Tuple(args) => {
                args.iter().enumerate().map(|(i, t)| (format!("element {i}"), *t)).collect()
            }
            _ => return,
        };
        for (name, part) in parts {
            if self.solve(Span::DUMMY, |s| s.probe(|s| s.holds(trait_, &[part]))) == Tri::No {
                path.push((name, part));
                self.find_missing_part(trait_, part, path, depth + 1);
                return;
            }
        }
    }
}
