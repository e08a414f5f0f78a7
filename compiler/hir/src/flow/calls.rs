//! Calls: which arguments are moved, which are only lent.

use super::held::Hold;
use super::state::State;
use super::{Flow, Use};
use crate::body::*;
use crate::lending::{Flags, Target};
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
                Use::Move | Use::HandOut => {}
            }
        }
        self.release(depth, st);
        self.note_early_call(st, span);
    }

    /// By parameter of what is called: whether it is moved.
    fn moved_params(&mut self, callee: &Callee, n: usize) -> Flags {
        match self.ck.call_target(callee) {
            Target::Looks => Flags::from_elem(false, n),
            Target::Takes => Flags::from_elem(true, n),
            Target::Known((id, is_default)) => self.ck.moved_by_fn(id, is_default),
        }
    }
}
