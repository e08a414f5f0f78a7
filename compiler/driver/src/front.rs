//! What MIR lowering asks of the checker.

use hir::program::{BodyOwner, BodyRef, FnId, Program, TraitId};
use hir::ty::Ty;
use mir::build::{Front, Resolved};
use syntax::Span;

pub(crate) struct HirFront<'a> {
    pub checker: &'a mut hir::Checker,
}

impl Front for HirFront<'_> {
    fn program(&self) -> &Program {
        &self.checker.program
    }

    fn program_mut(&mut self) -> &mut Program {
        &mut self.checker.program
    }

    fn body(&mut self, owner: BodyOwner) -> BodyRef {
        self.checker.body(owner)
    }

    fn resolve_method(&mut self, trait_: TraitId, method: FnId, args: &[Ty]) -> Resolved {
        match hir::resolve::resolve_method(&mut self.checker.program, trait_, method, args) {
            Some(hir::resolve::Resolved::Fn { id, args }) => Resolved::Fn { id, args },
            // The checker has seen that there is an implementation: what has no `impl` is the compiler's own.
            Some(hir::resolve::Resolved::Builtin { trait_, method }) => Resolved::Builtin { trait_, method },
            None => Resolved::Builtin { trait_, method },
        }
    }

    fn normalize(&mut self, ty: Ty) -> Ty {
        hir::resolve::normalize(&mut self.checker.program, ty)
    }

    fn ty_name(&self, ty: Ty) -> String {
        self.checker.program.ty_name(ty)
    }

    fn describe(&self, span: Span) -> String {
        self.checker.map.describe(span)
    }
}
