//! Calls: which arguments are moved, which are only lent.

use super::held::Hold;
use super::param_use::Key;
use super::state::State;
use super::{Flow, Use};
use crate::body::*;
use crate::codes;
use crate::lending::{Flags, Target};
use crate::ty::TyKind;
use syntax::{Diagnostic, Span};

impl<'a> Flow<'a> {
    pub(super) fn call(&mut self, callee: &'a Callee, args: &'a [Arg], st: &mut State, span: Span) {
        if let Callee::Value(value) = callee {
            // A closure that holds something that can only be moved is gone after its call.
            let mode = if self.is_iso(value.ty) { Use::Move } else { Use::Lend };
            self.expr(value, st, mode);
        }
        let any_iso = args.iter().any(|a| a.mode == ArgMode::Value && self.is_iso(a.expr.ty));
        let moved = if any_iso { self.moved_params(callee, args.len(), span) } else { Flags::new() };
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
                Use::Move | Use::HandOut => {}
            }
        }
        self.release(depth, st);
        self.note_early_call(st, span);
    }

    /// By parameter of what is called: whether it is moved.
    fn moved_params(&mut self, callee: &Callee, n: usize, span: Span) -> Flags {
        let target = self.ck.call_target(callee);
        if self.is_bad_default(callee, &target, span) {
            // The call is at fault, not what is done with its arguments behind it.
            return Flags::from_elem(false, n);
        }
        match target {
            Target::Looks => Flags::from_elem(false, n),
            Target::Takes => Flags::from_elem(true, n),
            Target::Known((id, is_default)) => self.ck.moved_by_fn(id, is_default),
        }
    }

    /// Reports a default method that would copy values of an `iso` type.
    fn is_bad_default(&mut self, callee: &Callee, target: &Target<Key>, span: Span) -> bool {
        let Callee::TraitMethod { trait_, method, args } = callee else { return false };
        if !self.is_iso(args[0]) {
            return false;
        }
        let is_default = match target {
            Target::Known((_, is_default)) => *is_default,
            Target::Takes => self.ck.default_serves_iso(*trait_, *method),
            Target::Looks => false,
        };
        let (id, self_ty) = (*method, args[0]);
        if !is_default {
            return false;
        }
        if self.quiet {
            let of_self = matches!(self.ck.program.types.kind(self_ty), TyKind::Param(0, _));
            self.copies.calls.extend(of_self.then_some((*trait_, id)));
            return false;
        }
        if !self.ck.copies_self(id, self_ty) {
            return false;
        }
        let (path, ty) = (self.ck.program.fns[id].path.clone(), self.ck.program.ty_name(self_ty));
        let message = format!("`{path}` copies a value of its type `Self`, and `{ty}` can only be moved");
        let diag = Diagnostic::error(codes::ISO_COPY, span, message);
        self.report(diag.note("an `impl` may have a version of its own that does not"));
        true
    }
}
