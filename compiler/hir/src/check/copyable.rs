//! Types that are copied must not be `iso`: arguments of parameters without `iso`, at the end of a body, when all
//! types are known.
//!
//! Syntax that calls the library (`for`, operators, `a[i]`, `"{x}"`) names no parameters, and neither does a bound:
//! which impl they mean follows from the types. So each answer "implements" is kept as a [`Proof`], and the impls
//! that it rests on are asked here. A call written out asks for its own parameters, see `require_fn_bounds`.

use super::{Cause, CopyReason, Copyable, FnCtxt};
use crate::codes;
use crate::program::{BoundKind, GenericParamKind, TraitId};
use crate::resolve::is_iso_for;
use crate::solve::{Sel, Solver};
use crate::ty::{Ty, TyRow};
use rustc_hash::FxHashSet;
use smallvec::smallvec;
use syntax::{Diagnostic, Span, Symbol};

/// `args[0]` implements a trait, and why that was asked.
pub(crate) struct Proof {
    trait_: TraitId,
    args: TyRow,
    span: Span,
    cause: Cause,
}

/// What was reported in a body.
#[derive(Default)]
struct Told {
    places: FxHashSet<(Ty, Span)>,
    /// Where calls begin whose own parameters were at fault, and with them what is called on the result.
    starts: FxHashSet<(Ty, u32)>,
    params: FxHashSet<(Ty, Symbol)>,
}

impl FnCtxt<'_> {
    pub(crate) fn note_proof(&mut self, trait_: TraitId, args: &[Ty], span: Span, cause: Cause) {
        // What is known to be copied now is so at the end, too.
        if !args.iter().all(|t| self.ck.program.is_known_copyable(*t)) {
            self.proofs.push(Proof { trait_, args: TyRow::from_slice(args), span, cause });
        }
    }

    pub(crate) fn check_copyables(&mut self) {
        let mut told = Told::default();
        let mut copyables = std::mem::take(&mut self.copyables);
        for Copyable { ty, why, span } in copyables.drain(..) {
            if !self.is_plainly_copied(ty) {
                let ty = self.deep(ty);
                self.check_copyable(ty, why, span, &mut told);
            }
        }
        self.copyables = copyables;
        self.check_proofs(&mut told);
        self.check_receivers();
    }

    fn check_proofs(&mut self, told: &mut Told) {
        let mut asked = FxHashSet::default();
        let mut proofs = std::mem::take(&mut self.proofs);
        for Proof { trait_, args, span, cause } in proofs.drain(..) {
            if args.iter().all(|t| self.is_plainly_copied(*t)) {
                continue;
            }
            let args: TyRow = args.into_iter().map(|t| self.deep(t)).collect();
            if args.iter().any(|t| self.is_iso(*t) || self.is_iso_of_default(*t))
                && asked.insert((trait_, args.clone(), span))
            {
                for (ty, by, self_ty) in self.copied_by(trait_, args) {
                    self.check_copyable(ty, CopyReason::Impl(by, self_ty, cause), span, told);
                }
            }
        }
        self.proofs = proofs;
    }

    /// Whether a type is known to be copied without a look at its parts.
    fn is_plainly_copied(&self, ty: Ty) -> bool {
        self.ck.program.is_known_copyable(self.shallow(ty))
    }

    /// Whether values of a type may be ones that can only be moved, as far as the type is known.
    pub(super) fn may_be_iso(&mut self, ty: Ty) -> bool {
        self.ck.program.types.flags(self.shallow(ty)).has_infer || self.is_iso(ty)
    }

    pub(super) fn is_iso(&mut self, ty: Ty) -> bool {
        is_iso_for(&mut self.ck.program, ty, &self.cx.generics)
    }

    /// What the impls that a proof rests on want to copy: the type, the trait of the impl, and the type with that trait.
    fn copied_by(&mut self, trait_: TraitId, args: TyRow) -> Vec<(Ty, TraitId, Ty)> {
        let env = std::rc::Rc::clone(&self.env);
        let mut solver = Solver::new(&mut self.ck.program, &mut self.ck.infer, &env, Span::DUMMY);
        let (mut copied, mut seen, mut todo) = (Vec::new(), FxHashSet::default(), vec![(trait_, args)]);
        while let Some((trait_, args)) = todo.pop() {
            // These are questions that `holds` has answered, within its limits: there are finitely many.
            if !seen.insert((trait_, args.clone())) {
                continue;
            }
            match solver.select(trait_, &args) {
                Sel::Impl(id, iargs) => {
                    // Parameters that only bounds mention are determined by them.
                    solver.impl_bounds_hold(id, &iargs);
                    let generics = solver.p.impls[id].generics.clone();
                    for (param, arg) in generics.params.iter().zip(&iargs) {
                        if param.kind == (GenericParamKind::Type { is_iso: false }) {
                            copied.push((solver.deep(*arg), trait_, args[0]));
                        }
                    }
                    for bound in &generics.bounds {
                        if let BoundKind::Trait { trait_, args, .. } = &bound.kind {
                            let row = std::iter::once(&bound.ty).chain(args);
                            let row: TyRow = row.map(|t| solver.instantiate(*t, &iargs)).collect();
                            todo.push((*trait_, row.into_iter().map(|t| solver.deep(t)).collect()));
                        }
                    }
                }
                Sel::Builtin(_) => {
                    let parts = solver.parts(args[0]);
                    todo.extend(parts.into_iter().map(|part| (trait_, smallvec![solver.deep(part)])));
                }
                _ => {}
            }
        }
        copied
    }

    fn check_copyable(&mut self, ty: Ty, why: CopyReason, span: Span, told: &mut Told) {
        if ty.is_fixed() || self.ck.program.types.flags(ty).has_infer {
            return;
        }
        if !self.is_iso(ty) {
            return self.note_copied_self(ty, span);
        }
        self.has_errors = true;
        let faulty = |param: Symbol| self.ck.decls.faulty_trait_args.contains(&(ty, param));
        let known = self.has_faulty_signature
            || match why {
                CopyReason::Param(param) => faulty(param),
                CopyReason::Impl(_, self_ty, _) => self.ck.decls.faulty_types.contains(&self_ty),
                _ => false,
            };
        // What is wrong with a type is so wherever a value of it is used.
        let is_new = match why {
            CopyReason::Param(param) => {
                told.starts.insert((ty, span.lo));
                told.params.insert((ty, param)) && told.places.insert((ty, span))
            }
            CopyReason::Impl(..) if told.starts.contains(&(ty, span.lo)) => false,
            _ => told.places.insert((ty, span)),
        };
        if known || !is_new {
            return;
        }
        match why {
            CopyReason::Param(param) => self.ck.report_iso_arg(ty, param, span),
            CopyReason::Impl(trait_, self_ty, cause) => {
                self.report_iso_in_impl(ty, trait_, self_ty, cause, span);
            }
            CopyReason::Rest => self.report_iso_rest(ty, span),
            CopyReason::Element => self.report_iso_element(ty, span),
        }
    }

    fn report_iso_in_impl(&mut self, ty: Ty, trait_: TraitId, self_ty: Ty, cause: Cause, span: Span) {
        let (text, whole) = (self.ty_name(ty), self.ty_name(self_ty));
        let of = self.ck.program.name(self.ck.program.traits[trait_].name);
        let (message, note) = match cause {
            Cause::For => (
                format!("`for` over `{whole}` copies its elements, and `{text}` can only be moved"),
                "reach them by index or key, or take them out: `while let Some(x) = xs.pop() { … }`"
                    .to_string(),
            ),
            Cause::Operator => (
                format!("this operator of `{whole}` copies what is inside, and `{text}` can only be moved"),
                format!(
                    "the impl of `{of}` has a parameter without `iso`; a method that moves or reads does"
                ),
            ),
            _ => (
                format!("`{whole}` implements `{of}` by copying, and `{text}` can only be moved"),
                format!("the impl of `{of}` would have to declare its parameter `iso`"),
            ),
        };
        self.report(Diagnostic::error(codes::ISO_ARGUMENT, span, message).note(note));
    }

    fn report_iso_element(&mut self, ty: Ty, span: Span) {
        let text = self.ty_name(ty);
        let message = format!("the pattern of an array copies elements, and `{text}` can only be moved");
        let diag = Diagnostic::error(codes::ISO_ARGUMENT, span, message);
        self.report(diag.note("`_` looks at none; `xs.pop()` and `xs.remove(0)` take them out of an `Array`, out of a `[T; N]` nothing does, and `a[0]` is the element where it stands"));
    }

    fn report_iso_rest(&mut self, ty: Ty, span: Span) {
        let text = self.ty_name(ty);
        let message = format!("a named rest copies elements, and `{text}` can only be moved");
        let diag = Diagnostic::error(codes::ISO_ARGUMENT, span, message);
        self.report(diag.note("`..` without a name passes over them"));
    }
}
