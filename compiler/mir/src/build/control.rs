//! Conditions, loops, jumps and assignments.

use super::effects::{Effects, is_place};
use super::func::{Builder, Label, LoopScope};
use super::place::{Access, Plan};
use super::scope::Exit;
use crate::facts::is_untracked;
use crate::ir::*;
use hir::body::{Callee as HirCallee, Expr, ExprKind, LocalId, LoopId, Pat, PatKind};
use hir::ty::TyKind as H;
use syntax::Span;

impl Builder<'_, '_> {
    // ------------------------------------------------------------ conditions

    pub fn if_(&mut self, dest: Option<&Place>, cond: &Expr, then: &Expr, else_: Option<&Expr>) {
        let depth = self.drops.len();
        let mut fail = self.new_exit();
        // A disjunction is tested as its negation: then what its parts bind holds in the other branch.
        let want = !is_disjunction(cond, true);
        let (first, second) = if want { (Some(then), else_) } else { (else_, Some(then)) };
        self.cond(cond, want, &mut fail);
        self.eval_branch(dest, first);
        let open = self.block.take();
        let bound = self.drops.split_off(depth);
        self.bind(fail.label);
        self.eval_branch(dest, second);
        if !self.is_reachable() && open.is_some() {
            // What the condition binds is known behind it too: it lives as long as the block around.
            self.drops.extend(bound);
            self.drops[depth..].iter_mut().for_each(|s| s.survives = true);
            self.block = open;
            return;
        }
        let mut end = Label(self.block.filter(|_| second.is_none()));
        if second.is_some() {
            self.goto(&mut end);
        }
        self.drops.extend(bound);
        self.block = open;
        self.pop_drops(depth, dest.cloned());
        self.join(end);
    }

    fn eval_branch(&mut self, dest: Option<&Place>, e: Option<&Expr>) {
        if let Some(e) = e {
            self.eval_scoped(dest, e);
        }
    }

    /// Goes on where `e` is `want`, with the variables bound there scheduled; leaves for `fail` otherwise.
    pub fn cond(&mut self, e: &Expr, want: bool, fail: &mut Exit) {
        if !self.is_reachable() {
            return;
        }
        use hir::body::{BinOp as B, UnOp as U};
        match &e.kind {
            ExprKind::Unary { op: U::Not, operand } if e.ty == hir::ty::Ty::BOOL => {
                self.cond(operand, !want, fail);
            }
            ExprKind::Binary { op: B::And, lhs, rhs } if want => {
                self.cond(lhs, true, fail);
                self.cond(rhs, true, fail);
            }
            ExprKind::Binary { op: B::Or, lhs, rhs } if !want => {
                self.cond(lhs, false, fail);
                self.cond(rhs, false, fail);
            }
            ExprKind::Binary { op: B::And | B::Or, .. } => self.either(e, want, fail),
            ExprKind::Is { expr, pat } if want => self.test_pattern(expr, pat, fail),
            ExprKind::Is { expr, pat } => self.test_mismatch(expr, pat, fail),
            _ => self.cond_leaf(e, want, fail),
        }
    }

    /// Goes on if one of the two is `want`, which is where not both are the opposite: what the first binds is there for the
    /// second, and gone behind them.
    fn either(&mut self, e: &Expr, want: bool, fail: &mut Exit) {
        let depth = self.drops.len();
        let mut next = self.new_exit();
        self.cond(e, !want, &mut next);
        self.exit(fail);
        self.truncate_drops(depth);
        self.bind(next.label);
    }

    fn test_mismatch(&mut self, expr: &Expr, pat: &Pat, fail: &mut Exit) {
        let depth = self.drops.len();
        let mut next = self.new_exit();
        self.test_pattern(expr, pat, &mut next);
        self.exit(fail);
        self.truncate_drops(depth);
        self.bind(next.label);
    }

    fn cond_leaf(&mut self, e: &Expr, want: bool, fail: &mut Exit) {
        let depth = self.drops.len();
        let mut value = self.operand(e);
        if let Operand::Const(Const::Bool(known)) = value {
            self.pop_drops(depth, None);
            if known != want {
                self.exit(fail);
            }
            return;
        }
        if self.drops.len() > depth {
            value = self.stable(value);
            self.pop_drops(depth, None);
        }
        self.branch_to(value, want, fail);
    }

    /// Goes on where the operand is `want`.
    pub fn branch_to(&mut self, cond: Operand, want: bool, fail: &mut Exit) {
        if !self.is_reachable() {
            return;
        }
        let other = self.exit_block(fail);
        let ok = self.new_block(false);
        let (then, else_) = if want { (ok, other) } else { (other, ok) };
        self.terminate(Term::If { cond, then, else_ });
        self.block = Some(ok);
    }

    /// `is`, `&&` and `||` as values.
    pub fn truth(&mut self, dest: Option<&Place>, e: &Expr) {
        use hir::body::BinOp as B;
        let depth = self.drops.len();
        let mut fail = self.new_exit();
        // The last operand gives the value; what decides early gives the constant.
        let (early, last) = match &e.kind {
            ExprKind::Binary { op: B::And, lhs, rhs } => {
                self.cond(lhs, true, &mut fail);
                (false, Some(rhs))
            }
            ExprKind::Binary { op: B::Or, lhs, rhs } => {
                self.cond(lhs, false, &mut fail);
                (true, Some(rhs))
            }
            _ => {
                self.cond(e, true, &mut fail);
                (false, None)
            }
        };
        match (last, dest) {
            (Some(last), _) => self.eval_scoped(dest, last),
            (None, Some(dest)) => self.set(dest.clone(), Builder::const_bool(!early)),
            (None, None) => {}
        }
        self.pop_drops(depth, None);
        let mut end = Label::default();
        if fail.label.0.is_some() {
            self.goto(&mut end);
            self.bind(fail.label);
            if let Some(dest) = dest {
                self.set(dest.clone(), Builder::const_bool(early));
            }
        }
        self.join(end);
    }

    // ------------------------------------------------------------ loops

    pub fn loop_(&mut self, dest: Option<&Place>, id: LoopId, body: &Expr) {
        let head = self.new_block(false);
        self.terminate(Term::Goto(head));
        self.block = Some(head);
        let mut continue_ = self.new_exit();
        continue_.label = Label(Some(head));
        self.enter_loop(id, dest, Some(continue_));
        self.eval_scoped(None, body);
        self.terminate(Term::Goto(head));
        self.leave_loop();
    }

    pub fn break_block(&mut self, dest: Option<&Place>, id: LoopId, body: &Expr) {
        self.enter_loop(id, dest, None);
        self.eval_scoped(dest, body);
        let exit = self.loops.pop().map(|l| l.break_).unwrap_or(Exit::new(0, 0));
        self.join(exit.label);
    }

    fn enter_loop(&mut self, id: LoopId, dest: Option<&Place>, continue_: Option<Exit>) {
        let mut break_ = self.new_exit();
        break_.live = dest.cloned();
        self.loops.push(LoopScope { id, break_, continue_, dest: dest.cloned() });
    }

    /// Goes on behind the innermost loop.
    fn leave_loop(&mut self) {
        if let Some(scope) = self.loops.pop() {
            self.bind(scope.break_.label);
        }
    }

    pub fn break_(&mut self, id: LoopId, value: Option<&Expr>) {
        let Some(i) = self.loops.iter().rposition(|l| l.id == id) else {
            return self.cx.internal(self.span, "a break outside of its loop");
        };
        if let Some(value) = value {
            let dest = self.loops[i].dest.clone();
            self.eval_scoped(dest.as_ref(), value);
        }
        let mut exit = self.loops[i].break_.clone();
        self.exit(&mut exit);
        self.loops[i].break_ = exit;
    }

    pub fn continue_(&mut self, id: LoopId) {
        let Some(i) = self.loops.iter().rposition(|l| l.id == id) else {
            return self.cx.internal(self.span, "a continue outside of its loop");
        };
        if let Some(mut exit) = self.loops[i].continue_.clone() {
            self.exit(&mut exit);
            self.loops[i].continue_ = Some(exit);
        }
    }

    /// Lowers the body of a `for` between its head and its latch; `continue` goes to the latch.
    fn for_body(&mut self, id: LoopId, exit: Exit, body: &Expr) -> Exit {
        let continue_ = self.new_exit();
        self.loops.push(LoopScope { id, break_: exit, continue_: Some(continue_), dest: None });
        self.eval_scoped(None, body);
        let scope = self.loops.pop();
        let (break_, continue_) = scope.map_or((Exit::new(0, 0), None), |s| (s.break_, s.continue_));
        if let Some(continue_) = continue_ {
            self.join(continue_.label);
        }
        break_
    }

    /// `for pat in iter` by calls of `next`.
    pub fn for_(&mut self, id: LoopId, pat: &Pat, iter: &Expr, next: &HirCallee, body: &Expr) {
        let depth = self.drops.len();
        let iter_ty = self.ty(iter.ty);
        let state = self.temp(iter_ty);
        self.eval_scoped(Some(&state.into()), iter);
        self.schedule(state);
        let head = self.new_block(false);
        self.terminate(Term::Goto(head));
        self.block = Some(head);
        let mut done = self.new_exit();
        let in_loop = self.drops.len();
        let args = vec![Arg::Mut(state.into())];
        if let Some(item) = self.call_resolved_temp(next, iter.ty, args, iter.span) {
            self.next_item(item, pat, &mut done);
        }
        let done = self.for_body(id, done, body);
        self.pop_drops(in_loop, None);
        self.terminate(Term::Goto(head));
        self.bind(done.label);
        self.pop_drops(depth, None);
    }

    /// Leaves for `done` if there is no item, else binds it.
    fn next_item(&mut self, item: Local, pat: &Pat, done: &mut Exit) {
        let i32_ty = self.cx.int_ty(IntTy::I32);
        let tag = self.assign_temp(i32_ty, Rvalue::Discriminant(item.into()));
        // Nothing has to be dropped of `None`.
        self.unschedule(item);
        let (end, some) = (self.exit_block(done), self.new_block(false));
        self.terminate(Term::Switch {
            value: Operand::Copy(tag.into()),
            cases: vec![(0, end)],
            default: some,
        });
        self.block = Some(some);
        let payload = Place { local: item, proj: vec![Proj::Variant(1), Proj::Field(0)] };
        self.schedule(item);
        self.bind_irrefutable(pat, payload);
        self.drop_early(item);
    }

    /// Drops a temporary before the end of its scope, which nobody can notice.
    pub fn drop_early(&mut self, local: Local) {
        self.unschedule(local);
        self.drop_place(local.into(), None);
    }

    /// `for x in a..b` over integers.
    pub fn for_range(&mut self, id: LoopId, pat: &Pat, lo: &Expr, hi: &Expr, inclusive: bool, body: &Expr) {
        let depth = self.drops.len();
        let ty = self.ty(lo.ty);
        let TyKind::Int(int) = *self.cx.program.types.kind(ty) else {
            return self.cx.internal(lo.span, "a counted loop over no integers");
        };
        let (counter, own) = self.loop_counter(pat, ty);
        self.eval_scoped(Some(&counter.into()), lo);
        let hi = self.operand(hi);
        let limit = self.stable(hi);
        let head = self.new_block(false);
        self.terminate(Term::Goto(head));
        self.block = Some(head);
        let mut done = self.new_exit();
        let op = if inclusive { BinOp::Le } else { BinOp::Lt };
        let go_on = self.compare(op, Operand::Copy(counter.into()), limit.clone());
        self.branch_to(go_on, true, &mut done);
        let in_loop = self.drops.len();
        if !own {
            self.bind_irrefutable(pat, counter.into());
        }
        let mut done = self.for_body(id, done, body);
        self.pop_drops(in_loop, None);
        if inclusive {
            let last = self.compare(BinOp::Eq, Operand::Copy(counter.into()), limit);
            self.branch_to(last, false, &mut done);
        }
        let one = Builder::const_int(1, int);
        self.assign(counter, Rvalue::Binary(BinOp::WrapAdd, Operand::Copy(counter.into()), one));
        self.terminate(Term::Goto(head));
        self.bind(done.label);
        self.pop_drops(depth, None);
    }

    /// The counter of a range loop: the variable itself where the body cannot write it.
    fn loop_counter(&mut self, pat: &Pat, ty: Ty) -> (Local, bool) {
        if let PatKind::Binding { local, sub: None } = &pat.kind
            && self.hir.as_ref().is_some_and(|h| !h.locals[*local].is_mut)
        {
            return (self.declare_var(*local), true);
        }
        (self.temp(ty), false)
    }

    pub fn return_expr(&mut self, value: Option<&Expr>) {
        if let Some(value) = value {
            self.eval_scoped(Some(&RETURN.into()), value);
        }
        if self.drops.is_empty() && !self.is_generator {
            return self.terminate(Term::Return);
        }
        let mut exit = self.return_.clone();
        self.exit(&mut exit);
        self.return_ = exit;
    }

    // ------------------------------------------------------------ assignments

    /// `place = value`: the value first, then the place is opened, what was there dropped.
    pub fn assign_expr(&mut self, target: &Expr, value: &Expr) {
        if let ExprKind::IndexValue { base, index, set, .. } = &target.kind {
            return self.assign_index_value(base, index, set.as_deref(), value, target.span);
        }
        let ty = self.ty(value.ty);
        if self.is_unit(ty) {
            self.eval(None, value);
            self.place(target, Access::Read);
            return;
        }
        if let ExprKind::Local(id) = target.kind
            && self.is_scalar(ty)
            && !writes(value, id)
        {
            let place = self.place(target, Access::Write);
            return self.eval(Some(&place), value);
        }
        let operand = self.operand(value);
        let plan = self.plan(target, Access::Write);
        let must_read = is_place(value) && (plan.opens() || !self.is_scalar(ty));
        let operand = if must_read { self.stable(operand) } else { operand };
        // `x = x`: the value is out of the place before that is dropped.
        let operand = match operand {
            Operand::Move(from) if is_place(value) => {
                let temp = self.assign_temp(ty, Rvalue::Use(Operand::Move(from)));
                self.take(temp)
            }
            other => other,
        };
        let place = self.open(plan, Access::Write);
        self.replace(place, operand);
    }

    /// Puts a value where another one was.
    pub fn replace(&mut self, place: Place, value: Operand) {
        let ty = self.place_ty(&place);
        let facts = self.facts(ty);
        if !facts.needs_drop {
            return self.set(place, value);
        }
        // Whose a `mut` parameter is nobody knows here.
        let is_tracked = self.body.param_mode(place.local) != Some(ParamMode::Mut)
            && !is_untracked(&self.cx.program.types, &self.body, &place);
        if facts.user_drop && !is_tracked && self.is_reachable() {
            self.drop_before(&place, &value);
        } else {
            // The value is still in scope meanwhile: a panic in the old value's drop drops it too.
            self.drop_place(place.clone(), None);
        }
        self.set(place, value);
    }

    /// Drops what is in a place of which nothing tells whether it is there: a panic in the drop leaves the new value in it,
    /// for its owner to drop.
    fn drop_before(&mut self, place: &Place, value: &Operand) {
        let unwind = self.unwind();
        let unwind = self.cx.unwinds.then(|| {
            let block = self.new_block(true);
            let kind = StmtKind::Assign(place.clone(), Rvalue::Use(value.clone()));
            let span = self.span;
            self.body.blocks[block].stmts.push(Stmt { kind, span });
            self.set_term(block, unwind.map_or(Term::Resume, Term::Goto));
            block
        });
        let target = self.new_block(false);
        self.terminate(Term::Drop { place: place.clone(), target, unwind });
        self.block = Some(target);
    }

    pub fn assign_op(&mut self, e: &Expr, op: BinOp, target: &Expr, value: &Expr) {
        let operand_ty = self.mono(target.ty);
        let operand = self.operand(value);
        if let ExprKind::IndexValue { base, index, get, set } = &target.kind {
            let operand = self.stable(operand);
            return self.update_index_value(e, op, base, index, get, set.as_deref(), operand_ty, operand);
        }
        let plan = self.plan(target, Access::Write);
        let operand = if plan.opens() { self.stable(operand) } else { operand };
        let place = self.open(plan, Access::Write);
        let old = Operand::Copy(place.clone());
        self.arith(Some(&place), op, old, operand, operand_ty, e.span);
    }

    pub fn is_scalar(&self, ty: Ty) -> bool {
        use TyKind as T;
        let kind = self.cx.program.types.kind(ty);
        matches!(kind, T::Int(_) | T::F32 | T::F64 | T::Bool | T::Char | T::Ptr(_))
    }

    // ------------------------------------------------------------ indexing without places

    pub fn index_value(
        &mut self,
        dest: Option<&Place>,
        e: &Expr,
        base: &Expr,
        index: &Expr,
        get: &HirCallee,
    ) {
        let operands = self.operands(&[base, index]);
        let args = operands.into_iter().map(Arg::Value).collect();
        self.call_resolved(get, base.ty, args, dest, e.span);
    }

    fn assign_index_value(
        &mut self,
        base: &Expr,
        index: &Expr,
        set: Option<&HirCallee>,
        value: &Expr,
        span: Span,
    ) {
        let value_operand = self.operand(value);
        let value = if is_place(value) { self.stable(value_operand) } else { value_operand };
        let plan = self.plan(base, Access::Write);
        let index = self.operand(index);
        self.set_index_value(plan, base.ty, index, set, value, span);
    }

    fn set_index_value(
        &mut self,
        base: Plan<'_>,
        receiver: hir::ty::Ty,
        index: Operand,
        set: Option<&HirCallee>,
        value: Operand,
        span: Span,
    ) {
        let Some(set) = set else {
            return self.cx.internal(span, "an assignment to an index that cannot be set");
        };
        let index = self.stable(index);
        let base = self.open(base, Access::Write);
        let args = vec![Arg::Mut(base), Arg::Value(index), Arg::Value(value)];
        self.call_resolved(set, receiver, args, None, span);
    }

    /// `base[index] op= value` through `get` and `set`.
    fn update_index_value(
        &mut self,
        e: &Expr,
        op: BinOp,
        base: &Expr,
        index: &Expr,
        get: &HirCallee,
        set: Option<&HirCallee>,
        ty: hir::ty::Ty,
        value: Operand,
    ) {
        let index = self.operand(index);
        let index = match self.stable(index) {
            // The index is used twice.
            Operand::Move(place) => Operand::Copy(place),
            other => other,
        };
        let read = self.place(base, Access::Read);
        let args = vec![Arg::Value(Operand::Copy(read)), Arg::Value(index.clone())];
        let Some(old) = self.call_resolved_temp(get, base.ty, args, e.span) else { return };
        let mir_ty = self.cx.mir_ty(ty);
        let new = self.temp(mir_ty);
        let old = self.take(old);
        self.arith(Some(&new.into()), op, old, value, ty, e.span);
        let plan = self.plan(base, Access::Write);
        let new = self.take(new);
        self.set_index_value(plan, base.ty, index, set, new, e.span);
    }

    /// The integer type of a HIR type, if it is one.
    pub fn int_kind(&self, ty: hir::ty::Ty) -> Option<IntTy> {
        match self.cx.front.program().types.kind(ty) {
            H::Int(int) => Some(*int),
            _ => None,
        }
    }
}

/// Whether evaluating `value` assigns the variable on its way.
fn writes(value: &Expr, id: LocalId) -> bool {
    let mut effects = Effects::default();
    effects.add(value);
    effects.written.contains(&id)
}

/// Whether the condition, if it is to be `want`, asks for one of several things.
fn is_disjunction(cond: &Expr, want: bool) -> bool {
    use hir::body::{BinOp as B, UnOp as U};
    match &cond.kind {
        ExprKind::Unary { op: U::Not, operand } => is_disjunction(operand, !want),
        ExprKind::Binary { op: B::Or, .. } => want,
        ExprKind::Binary { op: B::And, .. } => !want,
        ExprKind::Is { .. } => !want,
        _ => false,
    }
}
