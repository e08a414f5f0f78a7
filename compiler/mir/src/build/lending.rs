//! Which parameters of types that can only be moved an instance takes, and which it is only lent: the question of
//! [`hir::lending`], asked where all types are known.

use super::Cx;
use super::instances::ResolvedFn;
use hir::body::Callee;
use hir::lending::{Facts, Lending, Summaries, Summary, Target, moved_params};
use hir::program::{BodyOwner, ClosureId, FnId, FnKind, ParamMode};
use hir::ty::{Args, Ty, TyKind};

pub(super) type Instance = (FnId, Args);

impl Cx<'_> {
    /// By parameter: whether an instance is lent it.
    pub(super) fn lent_params(&mut self, id: FnId, args: &Args) -> Vec<bool> {
        let iso = self.iso_params(id, args);
        if !iso.contains(&true) {
            return iso;
        }
        let moved = moved_params(self, &(id, args.clone()));
        iso.iter().enumerate().map(|(i, iso)| *iso && moved.get(i) == Some(&false)).collect()
    }

    /// The parameters of which the question makes sense.
    fn iso_params(&mut self, id: FnId, args: &Args) -> Vec<bool> {
        let params: Vec<(Ty, bool)> =
            self.front.program().fns[id].params.iter().map(|p| (p.ty, p.mode == ParamMode::Value)).collect();
        params.into_iter().map(|(ty, is_value)| is_value && self.is_iso(ty, args)).collect()
    }

    fn is_iso(&mut self, ty: Ty, args: &[Ty]) -> bool {
        let ty = self.mono(ty, args);
        hir::resolve::is_iso(self.front.program_mut(), ty)
    }

    /// Whether a call of a closure uses it up. In a default method that depends on what `Self` is.
    pub(super) fn is_once(&mut self, id: ClosureId, args: &[Ty]) -> bool {
        let ty = self.front.program_mut().types.intern(TyKind::Closure(id, args.into()));
        self.front.program().closures[id].is_once || hir::resolve::is_iso(self.front.program_mut(), ty)
    }
}

impl Summaries for Cx<'_> {
    type Key = Instance;

    fn lending(&mut self) -> &mut Lending<Instance> {
        &mut self.lending
    }

    fn summarise(&mut self, key: &Instance) -> Option<Summary<Instance>> {
        let (id, args) = key;
        // Instances without end are refused where they are built.
        if args.iter().any(|ty| self.is_too_nested(*ty)) {
            return Some(Summary::default());
        }
        let decl = &self.front.program().fns[*id];
        let n = decl.params.len();
        Some(match decl.kind {
            // A generator keeps what it gets.
            FnKind::Body if decl.generator.is_none() => {
                let body = self.front.body(BodyOwner::Fn(*id));
                hir::lending::summary(&mut InstanceFacts { cx: self, args }, &body)
            }
            FnKind::Intrinsic(name) if super::intrinsics::lends_first(self.front.program().name(name)) => {
                Summary::looks(n)
            }
            _ => Summary::default(),
        })
    }
}

struct InstanceFacts<'a, 'f> {
    cx: &'a mut Cx<'f>,
    args: &'a Args,
}

impl Facts for InstanceFacts<'_, '_> {
    type Key = Instance;

    fn is_iso(&mut self, ty: Ty) -> bool {
        self.cx.is_iso(ty, self.args)
    }

    fn target(&mut self, callee: &Callee) -> Target<Instance> {
        match self.cx.resolve_callee(callee, self.args) {
            // What the compiler implements looks only.
            Some(ResolvedFn::Builtin { .. }) => Target::Looks,
            Some(ResolvedFn::Fn(id, _)) if self.cx.front.program().is_only_looking(id) => Target::Looks,
            Some(ResolvedFn::Fn(id, args)) => Target::Known((id, args)),
            Some(ResolvedFn::Dyn { .. }) | None => Target::Takes,
        }
    }
}
