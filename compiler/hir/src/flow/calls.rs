//! Calls: which arguments are moved, which are only lent.

use super::held::Hold;
use super::state::State;
use super::{Flags, Flow, Use};
use crate::body::*;
use crate::program::*;
use crate::resolve::{Resolved, resolve_method};
use crate::ty::Ty;
use syntax::Span;

impl<'a> Flow<'a> {
    pub(super) fn call(&mut self, callee: &'a Callee, args: &'a [Arg], st: &mut State, span: Span) {
        if let Callee::Value(value) = callee {
            // A closure that holds something that can only be moved is gone after its call.
            let mode = if self.is_iso(value.ty) { Use::Move } else { Use::Lend };
            self.expr(value, st, mode);
        }
        let any_iso = args.iter().any(|a| a.mode == ArgMode::Value && self.is_iso(a.expr.ty));
        let moved = if any_iso { self.moved_params(callee, args.len()) } else { Flags::new() };
        if any_iso {
            self.check_lent(args, &moved);
        }
        let depth = self.held.len();
        // Places are lent at the call, after all arguments have been evaluated.
        for (i, arg) in args.iter().enumerate() {
            let mode = match arg.mode {
                ArgMode::Mut => Use::Place,
                ArgMode::Value if any_iso && moved.get(i) == Some(&false) => Use::Lend,
                ArgMode::Value => Use::Move,
            };
            self.expr(&arg.expr, st, mode);
            match mode {
                Use::Place => self.hold(&arg.expr, Hold::Kept, st),
                Use::Lend => self.hold(&arg.expr, Hold::Lent, st),
                Use::Move => {}
            }
        }
        self.release(depth, st);
        self.note_early_call(st, span);
    }

    /// By parameter of what is called: whether it is moved.
    fn moved_params(&mut self, callee: &Callee, n: usize) -> Flags {
        match callee {
            Callee::Fn { id, .. } => self.moved_by_fn(*id, false, n),
            Callee::TraitMethod { trait_, method, args } => self.moved_by_trait(*trait_, *method, args, n),
            Callee::Dyn { .. } | Callee::Value(_) => Flags::from_elem(true, n),
        }
    }

    fn moved_by_fn(&mut self, id: FnId, self_iso: bool, n: usize) -> Flags {
        match &self.ck.program.fns[id].kind {
            FnKind::Body => self.ck.param_use(id, self_iso).moved,
            FnKind::Intrinsic(name) => {
                let lends = matches!(self.ck.program.name(*name), "is_unique" | "buffer_ptr");
                Flags::from_elem(!lends, n)
            }
            FnKind::Required | FnKind::Extern { .. } => Flags::from_elem(true, n),
        }
    }

    fn moved_by_trait(&mut self, trait_: TraitId, method: FnId, args: &[Ty], n: usize) -> Flags {
        if self.ck.program.only_looks(trait_, method) {
            return Flags::from_elem(false, n);
        }
        let known = args.iter().all(|t| self.ck.program.types.is_concrete(*t));
        if known
            && let Some(Resolved::Fn { id, .. }) = resolve_method(&mut self.ck.program, trait_, method, args)
        {
            return self.moved_by_fn(id, id == method, n);
        }
        if self.ck.program.fns[method].kind == FnKind::Body && self.only_default(trait_, method) {
            return self.moved_by_fn(method, true, n);
        }
        Flags::from_elem(true, n)
    }

    /// Whether no impl has a version of its own of a trait's method.
    fn only_default(&self, trait_: TraitId, method: FnId) -> bool {
        let Some(index) = self.ck.program.traits[trait_].methods.iter().position(|m| *m == method) else {
            return false;
        };
        let impls = self.ck.program.impls.iter();
        impls
            .filter(|i| i.trait_.as_ref().is_some_and(|t| t.0 == trait_))
            .all(|i| i.methods.get(index).copied().flatten().is_none())
    }
}
