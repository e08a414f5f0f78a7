//! Which parameters of types that can only be moved a function takes, and which it is only lent.
//!
//! Such a parameter is moved if the body moves it, or a part of it, or passes it on to a parameter that is moved;
//! otherwise the caller stays its owner, so that `file.size()` does not consume the file. Must agree with the checker's
//! `flow`, which reports uses after moves by the same rule, and with the lowering of each form of expression. The
//! question is asked per instance, as only there all types are known.

use super::Cx;
use super::effects::{for_each_child, is_place};
use super::instances::ResolvedFn;
use hir::body::*;
use hir::program::{BodyOwner, BodyRef, ClosureId, FnId, FnKind, ParamMode};
use hir::ty::{Args, Ty, TyKind};
use rustc_hash::{FxHashMap, FxHashSet};

/// A parameter of an instance.
type Param = (FnId, Args, usize);

/// What one body does with its parameters.
#[derive(Clone, Default)]
struct Summary {
    moved: FxHashSet<usize>,
    /// Parameters passed on: by which, to which.
    passed: Vec<(usize, Param)>,
}

#[derive(Default)]
pub(super) struct Lending {
    summaries: FxHashMap<(FnId, Args), Summary>,
    answers: FxHashMap<(FnId, Args), Vec<bool>>,
}

impl Cx<'_> {
    /// By parameter: whether an instance is lent it.
    pub(super) fn lent_params(&mut self, id: FnId, args: &Args) -> Vec<bool> {
        if self.front.program().fns[id].generator.is_some() {
            return vec![false; self.front.program().fns[id].params.len()];
        }
        if let Some(known) = self.lending.answers.get(&(id, args.clone())) {
            return known.clone();
        }
        let iso = self.iso_params(id, args);
        let lent: Vec<bool> =
            iso.iter().enumerate().map(|(i, iso)| *iso && !self.is_moved((id, args.clone(), i))).collect();
        self.lending.answers.insert((id, args.clone()), lent.clone());
        lent
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

    /// Whether a way of passing the parameter on ends in a move.
    fn is_moved(&mut self, root: Param) -> bool {
        let mut seen = FxHashSet::default();
        let mut work = vec![root];
        while let Some(param) = work.pop() {
            if !seen.insert(param.clone()) {
                continue;
            }
            let (id, args, index) = param;
            let summary = self.summary(id, &args);
            if summary.moved.contains(&index) {
                return true;
            }
            work.extend(summary.passed.into_iter().filter(|(from, _)| *from == index).map(|(_, to)| to));
        }
        false
    }

    fn summary(&mut self, id: FnId, args: &Args) -> Summary {
        if let Some(known) = self.lending.summaries.get(&(id, args.clone())) {
            return known.clone();
        }
        let summary = match self.front.program().fns[id].kind {
            FnKind::Body if self.front.program().fns[id].generator.is_none() => {
                let body = self.front.body(BodyOwner::Fn(id));
                let mut walk = Walk { cx: self, body: body.clone(), args, out: Summary::default() };
                walk.expr(&body.value, true);
                for (_, closure) in &body.closures {
                    walk.expr(&closure.value, true);
                }
                walk.out
            }
            FnKind::Intrinsic(name) if super::intrinsics::lends_first(self.front.program().name(name)) => {
                Summary::default()
            }
            _ => Summary {
                moved: (0..self.front.program().fns[id].params.len()).collect(),
                passed: Vec::new(),
            },
        };
        self.lending.summaries.insert((id, args.clone()), summary.clone());
        summary
    }
}

struct Walk<'a, 'f> {
    cx: &'a mut Cx<'f>,
    body: BodyRef,
    args: &'a Args,
    out: Summary,
}

impl Walk<'_, '_> {
    /// `moves`: whether the value is owned by whoever uses it, else it is only looked at.
    fn expr(&mut self, e: &Expr, moves: bool) {
        match &e.kind {
            ExprKind::Local(_) | ExprKind::Field { .. } => self.place(e, moves),
            ExprKind::IndexPlace { base, index, .. }
            | ExprKind::FixedIndex { base, index }
            | ExprKind::IndexValue { base, index, .. } => {
                self.expr(base, false);
                self.expr(index, true);
            }
            ExprKind::Deref(inner) | ExprKind::Unary { operand: inner, .. } | ExprKind::Cast(inner) => {
                self.expr(inner, false);
            }
            ExprKind::Binary { lhs, rhs, .. } => {
                self.expr(lhs, false);
                self.expr(rhs, false);
            }
            ExprKind::Call { callee, args } => self.call(callee, args),
            ExprKind::Interp(parts) => {
                for part in parts {
                    if let InterpPart::Expr { expr, .. } = part {
                        self.expr(expr, false);
                    }
                }
            }
            ExprKind::Closure(id) => self.captures(*id),
            ExprKind::Assign { place, value } => {
                self.expr(value, true);
                self.expr(place, false);
            }
            ExprKind::AssignOp { place, value, .. } => {
                self.expr(value, true);
                self.expr(place, false);
            }
            ExprKind::Is { expr, pat } => {
                let binds = self.binds_iso(pat);
                self.matched(expr, binds);
            }
            ExprKind::Match { scrutinee, arms } => {
                let binds = arms.iter().any(|a| self.binds_iso(&a.pat));
                self.matched(scrutinee, binds);
                for arm in arms {
                    arm.guard.iter().for_each(|g| self.expr(g, true));
                    self.expr(&arm.body, true);
                }
            }
            ExprKind::Block(block) => self.block(block),
            _ => for_each_child(e, &mut |child| self.expr(child, true)),
        }
    }

    fn place(&mut self, e: &Expr, moves: bool) {
        let moves = moves && self.is_iso(e.ty);
        let mut root = e;
        while let ExprKind::Field { base, .. } = &root.kind {
            root = base;
        }
        match root.kind {
            ExprKind::Local(local) => {
                if let Some(index) = self.param(local).filter(|_| moves) {
                    self.out.moved.insert(index);
                }
            }
            _ => self.expr(root, moves),
        }
    }

    fn param(&self, local: LocalId) -> Option<usize> {
        self.body.params.iter().position(|p| *p == local)
    }

    fn is_iso(&mut self, ty: Ty) -> bool {
        self.cx.is_iso(ty, self.args)
    }

    /// The parameter that an argument is a part of, if it can only be moved.
    fn passed_param(&mut self, e: &Expr) -> Option<usize> {
        let mut root = e;
        while let ExprKind::Field { base, .. } = &root.kind {
            root = base;
        }
        match root.kind {
            ExprKind::Local(local) => self.param(local).filter(|_| self.is_iso(e.ty)),
            _ => None,
        }
    }

    fn call(&mut self, callee: &Callee, args: &[Arg]) {
        if let Callee::Value(value) = callee {
            let moves = self.is_iso(value.ty);
            self.expr(value, moves);
        }
        let target = self.cx.resolve_callee(callee, self.args);
        for (i, arg) in args.iter().enumerate() {
            if arg.mode == ArgMode::Mut {
                self.expr(&arg.expr, false);
                continue;
            }
            match (&target, self.passed_param(&arg.expr)) {
                (Some(ResolvedFn::Fn(id, types)), Some(param)) => {
                    if self.cx.front.program().is_only_looking(*id) {
                        continue;
                    }
                    self.out.passed.push((param, (*id, types.clone(), i)));
                }
                // What the compiler implements looks only.
                (Some(ResolvedFn::Builtin { .. }), Some(_)) => {}
                // A place that holds no parameter concerns nobody here, its operands do.
                _ if is_place(&arg.expr) => self.expr(&arg.expr, target.is_none()),
                _ => self.expr(&arg.expr, true),
            }
        }
    }

    fn captures(&mut self, id: ClosureId) {
        let body = self.body.clone();
        let Some((_, closure)) = body.closures.iter().find(|c| c.0 == id) else { return };
        for (_, outer) in &closure.captures {
            let ty = self.body.locals[*outer].ty;
            if let Some(index) = self.param(*outer).filter(|_| self.is_iso(ty)) {
                self.out.moved.insert(index);
            }
        }
    }

    /// A value meets patterns; `binds`: one of them binds a part that can only be moved.
    fn matched(&mut self, value: &Expr, binds: bool) {
        self.expr(value, binds || !is_place(value));
    }

    fn block(&mut self, block: &Block) {
        for stmt in &block.stmts {
            match stmt {
                Stmt::Expr(e) => self.expr(e, !is_place(e)),
                Stmt::Let { pat, init, else_, .. } => {
                    let binds = self.binds_iso(pat);
                    init.iter().for_each(|init| self.matched(init, binds));
                    else_.iter().for_each(|e| self.expr(e, true));
                }
            }
        }
        block.tail.iter().for_each(|tail| self.expr(tail, true));
    }

    fn binds_iso(&mut self, pat: &Pat) -> bool {
        match &pat.kind {
            PatKind::Binding { sub, .. } => {
                self.is_iso(pat.ty) || sub.as_ref().is_some_and(|s| self.binds_iso(s))
            }
            PatKind::Or(pats) | PatKind::Tuple(pats) => pats.iter().any(|p| self.binds_iso(p)),
            PatKind::Adt { fields, .. } => fields.iter().any(|f| self.binds_iso(&f.1)),
            PatKind::Array { prefix, suffix, .. } => prefix.iter().chain(suffix).any(|p| self.binds_iso(p)),
            _ => false,
        }
    }
}
