//! Expressions: into a place ([`Builder::eval`]) or as an operand ([`Builder::operand`]).
//!
//! Values of type `()` are never stored: they have no representation.

use super::effects::{is_disturbed, is_place, may_move, mentions, place_root};
use super::func::Builder;
use super::place::Access;
use crate::ir::*;
use hir::body::{self, Coercion, Expr, ExprKind, InterpPart, Lit, LocalId, PatKind};
use hir::ty::TyKind as H;
use syntax::Span;
use syntax::ast::{Align, FormatSpec};

/// `[v; N]` with more elements than this is a loop.
const MAX_WRITTEN_OUT: u64 = 16;

impl Builder<'_, '_> {
    /// Lowers the body of a function, constant or test.
    pub fn lower_body(mut self) -> Body {
        let Some(hir) = self.hir.clone() else { return self.finish() };
        self.enter_params(&hir.params);
        self.span = hir.value.span;
        self.eval(Some(&RETURN.into()), &hir.value);
        self.finish()
    }

    /// Declares the parameters, the hidden one included.
    pub fn enter_params(&mut self, params: &[LocalId]) {
        let shared = self.shared_states();
        for id in params {
            let (name, span) = self.var_name(*id);
            let local = self.param(name, span);
            let place = match shared == Some(*id) {
                true => Place::from(local).with(Proj::Deref),
                false => local.into(),
            };
            self.vars.insert(*id, place);
            if self.body.param_mode(local) == Some(ParamMode::Owned) {
                self.schedule(local);
            }
        }
        if self.body.params.len() < self.cx.program.funcs[self.func].params.len() {
            let span = self.span;
            self.caller = Some(self.param("caller".to_string(), span));
        }
    }

    /// The variable with the states in a handler that gets their address, see [`hir::Program::reentrant`].
    pub fn shared_states(&self) -> Option<LocalId> {
        let hir = self.hir.as_ref()?;
        let hir::program::BodyOwner::Fn(id) = hir.owner else { return None };
        hir.params.get(1).copied().filter(|_| self.cx.front.program().reentrant.contains(&id))
    }

    pub fn var_name(&self, id: LocalId) -> (String, Span) {
        let Some(hir) = &self.hir else { return (String::new(), self.span) };
        let decl = &hir.locals[id];
        (self.cx.front.program().interner.name(decl.name).to_string(), decl.span)
    }

    fn var_ty(&mut self, id: LocalId) -> Ty {
        let ty = self.hir.as_ref().map_or(hir::ty::Ty::UNIT, |h| h.locals[id].ty);
        self.ty(ty)
    }

    /// Whether the values of a variable can only be moved.
    pub fn is_iso_var(&mut self, id: LocalId) -> bool {
        let ty = self.var_ty(id);
        self.facts(ty).iso
    }

    /// A new local for a variable; its type is that of this instance.
    pub fn declare_var(&mut self, id: LocalId) -> Local {
        let (name, span) = self.var_name(id);
        let ty = self.var_ty(id);
        let local = self.named(ty, name, span);
        self.variables.insert(local);
        self.vars.insert(id, local.into());
        local
    }

    /// Evaluates; the value goes to `dest`, which is uninitialised, or is dropped with the open scope.
    pub fn eval(&mut self, dest: Option<&Place>, e: &Expr) {
        if !self.is_reachable() {
            return;
        }
        let outer = std::mem::replace(&mut self.span, e.span);
        self.cx.at = e.span;
        let dest = dest.filter(|_| {
            let ty = self.ty(e.ty);
            !self.is_unit(ty)
        });
        self.eval_kind(dest, e);
        self.span = outer;
    }

    /// As `eval`, with temporaries dropped at the end.
    pub fn eval_scoped(&mut self, dest: Option<&Place>, e: &Expr) {
        let depth = self.drops.len();
        self.eval(dest, e);
        self.pop_drops(depth, dest.cloned());
    }

    fn eval_stmt(&mut self, dest: Option<&Place>, e: &Expr) {
        let depth = self.drops.len();
        self.eval(dest, e);
        self.pop_statement(depth, dest.cloned());
    }

    fn eval_kind(&mut self, dest: Option<&Place>, e: &Expr) {
        match &e.kind {
            ExprKind::Call { callee, args } => self.call(dest, e, callee, args),
            ExprKind::Binary { op, lhs, rhs } => self.binary_expr(dest, e, *op, lhs, rhs),
            ExprKind::Unary { op, operand } => self.unary_expr(dest, e, *op, operand),
            ExprKind::Cast(inner) => self.cast(dest, e, inner),
            ExprKind::Coerce { kind, expr } => self.coerce(dest, e, kind, expr),
            ExprKind::Tuple(elems) => self.tuple(dest, e, elems),
            ExprKind::Adt { variant, fields, order, base } => {
                self.adt(dest, e, variant.0, fields, order, base.as_deref());
            }
            ExprKind::Array(elems) => self.array(dest, e, elems),
            ExprKind::ArrayRepeat { value, count } => self.array_repeat(dest, e, value, count.as_deref()),
            ExprKind::Interp(parts) => self.interpolate(dest, e, parts),
            ExprKind::Block(block) => self.block(dest, block),
            ExprKind::If { cond, then, else_ } => self.if_(dest, cond, then, else_.as_deref()),
            ExprKind::Is { .. } => self.truth(dest, e),
            ExprKind::Match { scrutinee, arms } => self.match_(dest, scrutinee, arms),
            ExprKind::Loop { id, body } => self.loop_(dest, *id, body),
            ExprKind::For { id, pat, iter, next, body } => self.for_(*id, pat, iter, next, body),
            ExprKind::ForRange { id, pat, lo, hi, inclusive, body } => {
                self.for_range(*id, pat, lo, hi, *inclusive, body);
            }
            ExprKind::Break { id, value } => self.break_(*id, value.as_deref()),
            ExprKind::Continue { id } => self.continue_(*id),
            ExprKind::Return(value) => self.return_expr(value.as_deref()),
            ExprKind::BreakBlock { id, body } => self.break_block(dest, *id, body),
            ExprKind::Assign { place, value } => self.assign_expr(place, value),
            ExprKind::AssignOp { op, place, value } => self.assign_op(e, *op, place, value),
            ExprKind::Closure(id) => self.closure(dest, e, *id),
            ExprKind::IndexValue { base, index, get, .. } => self.index_value(dest, e, base, index, get),
            ExprKind::Error => {
                self.cx.internal(e.span, "an erroneous expression was reached");
            }
            ExprKind::Lit(_)
            | ExprKind::Local(_)
            | ExprKind::Const(..)
            | ExprKind::ConstParam(_)
            | ExprKind::FnItem
            | ExprKind::Field { .. }
            | ExprKind::IndexPlace { .. }
            | ExprKind::FixedIndex { .. }
            | ExprKind::Deref(_) => self.eval_simple(dest, e),
        }
    }

    fn eval_simple(&mut self, dest: Option<&Place>, e: &Expr) {
        match dest {
            None if is_place(e) => {
                self.place(e, Access::Read);
            }
            None if matches!(e.kind, ExprKind::Lit(_) | ExprKind::FnItem) => {}
            None => {
                self.operand(e);
            }
            Some(dest) => match &e.kind {
                ExprKind::Lit(Lit::Duration(ns)) => self.duration(dest, e, *ns),
                ExprKind::Const(id, args) => self.const_item(dest, e, *id, args),
                _ => {
                    let value = self.operand(e);
                    self.set(dest.clone(), value);
                }
            },
        }
    }

    /// The value as an operand. Places are named, not read: see [`Builder::operands`].
    pub fn operand(&mut self, e: &Expr) -> Operand {
        let unit = Operand::Const(Const::Unit);
        if !self.is_reachable() {
            return unit;
        }
        if let Some(constant) = self.constant_operand(e) {
            return Operand::Const(constant);
        }
        let outer = std::mem::replace(&mut self.span, e.span);
        let ty = self.ty(e.ty);
        let out = if is_place(e) {
            let place = self.place(e, Access::Read);
            if self.is_unit(ty) { unit } else { self.read(place) }
        } else if self.is_unit(ty) || e.ty == hir::ty::Ty::NEVER || matches!(e.kind, ExprKind::FnItem) {
            self.eval(None, e);
            unit
        } else if let ExprKind::Field { .. } = &e.kind {
            let place = self.place(e, Access::Read);
            self.read(place)
        } else {
            let temp = self.temp(ty);
            self.eval(Some(&temp.into()), e);
            self.schedule_temp(temp);
            self.take(temp)
        };
        self.span = outer;
        out
    }

    /// Operands of several expressions that are looked at, evaluated in order: what a later one may change is read at once.
    pub fn operands(&mut self, exprs: &[&Expr]) -> Vec<Operand> {
        self.operands_before(exprs, None, false)
    }

    /// Those of a value that is made of them.
    fn parts(&mut self, exprs: &[&Expr]) -> Vec<Operand> {
        self.operands_before(exprs, None, true)
    }

    /// Operands that are followed by another expression; `given`: they are moved if they can only be moved.
    fn operands_before(&mut self, exprs: &[&Expr], behind: Option<&Expr>, given: bool) -> Vec<Operand> {
        let shared = self.shared_states();
        let mut out = Vec::with_capacity(exprs.len());
        for (i, e) in exprs.iter().enumerate() {
            let operand = self.operand(e);
            let later = || exprs[i + 1..].iter().copied().chain(behind);
            let disturbed = is_place(e) && (is_disturbed(e, later(), shared) || self.may_lose(e, later()));
            out.push(match (disturbed, given) {
                (false, _) => operand,
                (true, false) => self.stable(operand),
                (true, true) => self.pinned(operand),
            });
        }
        out
    }

    /// Whether a part of something that can only be moved must be copied before the whole may go. What can only be moved
    /// itself is not asked about: the checker has seen to it that it stays.
    pub fn may_lose<'e>(&mut self, e: &Expr, later: impl Iterator<Item = &'e Expr>) -> bool {
        self.root_that_can_go(e).is_some_and(|root| may_move(root, later))
    }

    /// As [`Builder::may_lose`], beside expressions whose values are taken at once, also where they only name the whole.
    pub fn may_go_with<'e>(&mut self, e: &Expr, mut others: impl Iterator<Item = &'e Expr>) -> bool {
        self.root_that_can_go(e).is_some_and(|root| others.any(|other| mentions(other, root)))
    }

    /// The variable that a place which can be copied is a part of, if it can only be moved.
    fn root_that_can_go(&mut self, e: &Expr) -> Option<LocalId> {
        let root = place_root(e)?;
        let ty = self.ty(e.ty);
        (self.is_iso_var(root) && !self.facts(ty).iso).then_some(root)
    }

    // ------------------------------------------------------------ aggregates

    fn tuple(&mut self, dest: Option<&Place>, e: &Expr, elems: &[Expr]) {
        let exprs: Vec<&Expr> = elems.iter().collect();
        let fields = self.parts(&exprs);
        self.aggregate(dest, e, 0, fields);
    }

    /// Builds a struct, tuple or variant. Without a destination the parts are dropped with the open scope, unless the whole
    /// may have a `drop` of its own, which must run.
    pub fn aggregate(&mut self, dest: Option<&Place>, e: &Expr, variant: u32, fields: Vec<Operand>) {
        let ty = self.ty(e.ty);
        if let Some(dest) = dest {
            self.build_aggregate(dest.clone(), ty, variant, fields);
        } else if self.cx.facts(ty).iso {
            let temp = self.temp(ty);
            self.build_aggregate(temp.into(), ty, variant, fields);
            self.schedule_temp(temp);
        }
    }

    pub fn build_aggregate(&mut self, dest: Place, ty: Ty, variant: u32, fields: Vec<Operand>) {
        if fields.is_empty() {
            self.set(dest, Operand::Const(Const::Empty(ty, variant)));
        } else {
            self.assign(dest, Rvalue::Aggregate { ty, variant, fields, reuse: None });
        }
    }

    fn adt(
        &mut self,
        dest: Option<&Place>,
        e: &Expr,
        variant: u32,
        fields: &[Option<Expr>],
        order: &[u32],
        base: Option<&Expr>,
    ) {
        let exprs: Vec<&Expr> = order.iter().filter_map(|i| fields.get(*i as usize)?.as_ref()).collect();
        let values = self.operands_before(&exprs, base, true);
        let mut operands: Vec<Option<Operand>> = fields.iter().map(|_| None).collect();
        let given = order.iter().filter(|i| fields.get(**i as usize).is_some_and(Option::is_some));
        for (i, value) in given.zip(values) {
            operands[*i as usize] = Some(value);
        }
        if let Some(base) = base {
            let base = self.place(base, Access::Read);
            for (i, operand) in operands.iter_mut().enumerate().filter(|(_, o)| o.is_none()) {
                *operand = Some(self.read(base.with(Proj::Field(i as u32))));
            }
        }
        let unit = || Operand::Const(Const::Unit);
        let operands = operands.into_iter().map(|o| o.unwrap_or_else(unit)).collect();
        self.aggregate(dest, e, variant, operands);
    }

    fn duration(&mut self, dest: &Place, e: &Expr, ns: i64) {
        let ty = self.ty(e.ty);
        self.build_aggregate(dest.clone(), ty, 0, vec![Builder::const_int(ns as i128, IntTy::I64)]);
    }

    fn array(&mut self, dest: Option<&Place>, e: &Expr, elems: &[Expr]) {
        let ty = self.mono(e.ty);
        match self.cx.front.program().types.kind(ty).clone() {
            H::FixedArray(..) => {
                let exprs: Vec<&Expr> = elems.iter().collect();
                let values = self.parts(&exprs);
                let ty = self.ty(e.ty);
                if let Some(dest) = dest {
                    self.assign(dest.clone(), Rvalue::FixedArray(ty, values));
                }
            }
            H::Adt(_, args) if !args.is_empty() => self.array_value(dest, e, args[0], elems),
            _ => self.cx.internal(e.span, "an array literal of another type"),
        }
    }

    /// `Array<T>` from its elements: capacity is reserved at once.
    fn array_value(&mut self, dest: Option<&Place>, e: &Expr, elem: hir::ty::Ty, elems: &[Expr]) {
        let ty = self.ty(e.ty);
        if elems.is_empty() {
            let buffer = self.cx.program.types.field(ty, 0, 0);
            let fields = vec![Operand::Const(Const::EmptyBuffer(buffer))];
            return self.aggregate(dest, e, 0, fields);
        }
        let array = self.temp(ty);
        let capacity = Builder::const_int(elems.len() as i128, IntTy::I64);
        self.call_lang(
            "array_with_capacity",
            &[elem],
            vec![Arg::Value(capacity)],
            Some(array.into()),
            e.span,
        );
        self.schedule_temp(array);
        if !self.copy_elements(array, elems) {
            self.push_elements(array, elem, elems, e.span);
        }
        let value = self.take(array);
        self.finish_value(dest, value);
    }

    fn push_elements(&mut self, array: Local, elem: hir::ty::Ty, elems: &[Expr], span: Span) {
        for value in elems {
            let depth = self.drops.len();
            let value = self.operand(value);
            let args = vec![Arg::Mut(array.into()), Arg::Value(value)];
            self.call_lang("array_push_within", &[elem], args, None, span);
            self.pop_drops(depth, None);
        }
    }

    /// Puts a value that is in a temporary where it belongs.
    fn finish_value(&mut self, dest: Option<&Place>, value: Operand) {
        if let Some(dest) = dest {
            self.set(dest.clone(), value);
        }
    }

    fn array_repeat(&mut self, dest: Option<&Place>, e: &Expr, value: &Expr, count: Option<&Expr>) {
        let ty = self.mono(e.ty);
        match (self.cx.front.program().types.kind(ty).clone(), count) {
            (H::FixedArray(_, len), _) => {
                let len = self.cx.const_len(len);
                self.fixed_repeat(dest, e, value, len);
            }
            (H::Adt(_, args), Some(count)) => {
                let values = self.parts(&[value, count]);
                let call_args = values.into_iter().map(Arg::Value).collect();
                self.call_lang("array_repeat", &args, call_args, dest.cloned(), e.span);
            }
            _ => self.cx.internal(e.span, "a repeated array of another type"),
        }
    }

    /// `[v; N]` inline. Elements are copies of one value.
    fn fixed_repeat(&mut self, dest: Option<&Place>, e: &Expr, value: &Expr, len: u64) {
        let ty = self.ty(e.ty);
        let value = self.operand(value);
        let value = match value {
            Operand::Move(place) if len != 1 && len <= MAX_WRITTEN_OUT => Operand::Copy(place),
            other => other,
        };
        let Some(dest) = dest else { return };
        let array = match len {
            0..=MAX_WRITTEN_OUT => Rvalue::FixedArray(ty, vec![value; len as usize]),
            _ => Rvalue::FixedRepeat(ty, value),
        };
        self.assign(dest.clone(), array);
    }

    // ------------------------------------------------------------ coercions

    fn coerce(&mut self, dest: Option<&Place>, e: &Expr, kind: &Coercion, inner: &Expr) {
        match kind {
            Coercion::NeverToAny => {
                self.eval(None, inner);
                // Nothing comes back from there, whatever the callee's signature says of it.
                self.terminate(Term::Unreachable);
            }
            Coercion::BoxFn => self.box_fn(dest, e, inner),
            Coercion::ToDyn => self.box_dyn(dest, e, inner),
        }
    }

    // ------------------------------------------------------------ strings

    fn interpolate(&mut self, dest: Option<&Place>, e: &Expr, parts: &[InterpPart]) {
        let Some(formatter) = self.call_lang_temp("formatter_new", vec![], e.span) else { return };
        for part in parts {
            let depth = self.drops.len();
            match part {
                InterpPart::Str(text) => {
                    let text = self.str_const(text, e.span);
                    let args = vec![Arg::Mut(formatter.into()), Arg::Value(text)];
                    self.call_lang("formatter_push_str", &[], args, None, e.span);
                }
                InterpPart::Expr { expr, callee, spec } => {
                    let value = self.operand(expr);
                    let mut args = vec![Arg::Value(value), Arg::Mut(formatter.into())];
                    if let Some(spec) = spec {
                        args.push(Arg::Value(self.format_spec(spec)));
                    }
                    self.call_resolved(callee, expr.ty, args, None, expr.span);
                }
            }
            self.pop_drops(depth, None);
        }
        let value = self.take(formatter);
        self.call_lang("formatter_finish", &[], vec![Arg::Value(value)], dest.cloned(), e.span);
    }

    pub fn str_const(&mut self, text: &str, span: Span) -> Operand {
        let ty = self.cx.string_ty(span);
        Operand::Const(Const::Str(text.into(), ty))
    }

    fn format_spec(&mut self, spec: &FormatSpec) -> Operand {
        let int = |n: Option<u32>| Builder::const_int(n.map_or(-1, i128::from), IntTy::I64);
        let align = match spec.align {
            None => 0,
            Some(Align::Left) => 1,
            Some(Align::Center) => 2,
            Some(Align::Right) => 3,
        };
        let args = [
            Operand::Const(Const::Char(spec.fill)),
            Builder::const_int(align, IntTy::I64),
            Builder::const_bool(spec.plus),
            Builder::const_bool(spec.alternate),
            Builder::const_bool(spec.zero),
            int(spec.width),
            int(spec.precision),
            Operand::Const(Const::Char(spec.ty.unwrap_or(' '))),
        ];
        let args = args.into_iter().map(Arg::Value).collect();
        match self.call_lang_temp("format_spec", args, spec.span) {
            Some(temp) => self.take(temp),
            None => Operand::Const(Const::Unit),
        }
    }

    // ------------------------------------------------------------ blocks and statements

    fn block(&mut self, dest: Option<&Place>, block: &body::Block) {
        let depth = self.drops.len();
        for stmt in &block.stmts {
            self.stmt(stmt);
        }
        if let Some(tail) = &block.tail {
            self.eval_scoped(dest, tail);
        }
        self.pop_drops(depth, dest.cloned());
    }

    fn stmt(&mut self, stmt: &body::Stmt) {
        if !self.is_reachable() {
            return;
        }
        match stmt {
            body::Stmt::Expr(e) => self.eval_stmt(None, e),
            body::Stmt::Let { pat, init, else_, span } => {
                self.span = *span;
                match (&pat.kind, init, else_) {
                    (PatKind::Binding { local, sub: None }, init, _) => self.let_var(*local, init.as_ref()),
                    (PatKind::Wild, Some(init), _) => self.eval_stmt(None, init),
                    (_, Some(init), None) => self.let_pattern(pat, init),
                    (_, Some(init), Some(else_)) => self.let_else(pat, init, else_),
                    (_, None, _) => self.declare_pattern(pat),
                }
            }
        }
    }

    fn let_var(&mut self, id: LocalId, init: Option<&Expr>) {
        let local = self.declare_var(id);
        if let Some(init) = init {
            self.eval_stmt(Some(&local.into()), init);
        }
        self.schedule(local);
    }
}
