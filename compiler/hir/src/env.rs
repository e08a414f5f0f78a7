//! What a generic item may assume about its parameters: its bounds, with all that follows from supertraits.

use crate::program::{Bound, BoundKind, Container, Generics, Program, TraitId};
use crate::ty::{Args, Ty, TyKind};
use syntax::Symbol;

/// `args[0]: trait_<args[1..]>` with bindings of associated types.
#[derive(Clone, Debug)]
pub(crate) struct EnvBound {
    pub trait_: TraitId,
    pub args: Args,
    pub assoc: Vec<(Symbol, Ty)>,
}

/// `ty: Fn(params) -> ret`.
#[derive(Clone, Debug)]
pub(crate) struct EnvFn {
    pub ty: Ty,
    pub params: Vec<(Ty, bool)>,
    pub ret: Ty,
}

#[derive(Clone, Default, Debug)]
pub(crate) struct ParamEnv {
    pub bounds: Vec<EnvBound>,
    pub fns: Vec<EnvFn>,
}

/// Limit on the bounds that follow from supertraits, against circles that grow.
const MAX_BOUNDS: usize = 256;

impl ParamEnv {
    pub fn is_empty(&self) -> bool {
        self.bounds.is_empty() && self.fns.is_empty()
    }

    pub fn new(program: &mut Program, generics: &Generics, container: Container) -> ParamEnv {
        let mut env = ParamEnv::default();
        if let Container::Trait(trait_) = container {
            env.add_self(program, trait_);
        }
        for bound in &generics.bounds {
            env.add(program, bound);
        }
        env
    }

    /// `Self` of a trait implements the trait.
    pub fn add_self(&mut self, program: &mut Program, trait_: TraitId) {
        let args = identity_args(program, trait_);
        self.add_trait(program, EnvBound { trait_, args, assoc: Vec::new() });
    }

    pub fn add(&mut self, program: &mut Program, bound: &Bound) {
        match &bound.kind {
            BoundKind::Trait { trait_, args, assoc } => {
                let args = std::iter::once(bound.ty).chain(args.iter().copied()).collect();
                self.add_trait(program, EnvBound { trait_: *trait_, args, assoc: assoc.clone() });
            }
            BoundKind::Fn { params, ret, .. } => {
                self.fns.push(EnvFn { ty: bound.ty, params: params.clone(), ret: *ret });
            }
        }
    }

    fn add_trait(&mut self, program: &mut Program, bound: EnvBound) {
        let known = |b: &EnvBound| b.trait_ == bound.trait_ && b.args == bound.args;
        if let Some(found) = self.bounds.iter_mut().find(|b| known(b)) {
            found.assoc.extend(bound.assoc);
            return;
        }
        if self.bounds.len() >= MAX_BOUNDS {
            return;
        }
        let (trait_, args) = (bound.trait_, bound.args.clone());
        self.bounds.push(bound);
        for i in 0..program.traits[trait_].supertraits.len() {
            let Some(mut super_) = program.super_bound(trait_, i) else { continue };
            for arg in &mut super_.args {
                *arg = program.types.subst(*arg, &args);
            }
            for (_, ty) in &mut super_.assoc {
                *ty = program.types.subst(*ty, &args);
            }
            self.add_trait(program, super_);
        }
    }
}

/// A trait's own parameters as arguments: `Self` first.
pub(crate) fn identity_args(program: &mut Program, trait_: TraitId) -> Args {
    let params = &program.traits[trait_].generics.params;
    let names: Vec<Symbol> = params.iter().map(|p| p.name).collect();
    names.iter().enumerate().map(|(i, n)| program.types.intern(TyKind::Param(i as u32, *n))).collect()
}

impl Program {
    /// A supertrait over the parameters of the trait, `Self` first.
    pub(crate) fn super_bound(&self, trait_: TraitId, index: usize) -> Option<EnvBound> {
        let bound = self.traits[trait_].supertraits.get(index)?;
        let BoundKind::Trait { trait_, args, assoc } = &bound.kind else { return None };
        let args = std::iter::once(bound.ty).chain(args.iter().copied()).collect();
        Some(EnvBound { trait_: *trait_, args, assoc: assoc.clone() })
    }

    /// The trait and all above it, each once, with arguments over the trait's parameters.
    pub(crate) fn super_closure(&mut self, trait_: TraitId) -> Vec<EnvBound> {
        let mut env = ParamEnv::default();
        env.add_self(self, trait_);
        env.bounds
    }
}
