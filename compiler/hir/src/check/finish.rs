//! The end of a body: what is still open is decided or reported, and types without variables are put in everywhere.

use super::{FnCtxt, Obligation};
use crate::body::*;
use crate::codes;
use crate::infer::VarKind;
use crate::program::TraitId;
use crate::resolve::is_iso_for;
use crate::ty::{Ty, TyKind, TyMap};
use syntax::{Diagnostic, Span};

impl FnCtxt<'_> {
    /// Completes the inference and the body.
    pub(crate) fn finish(&mut self, body: &mut Body) {
        self.solve_pending();
        self.default_number_vars();
        self.solve_pending();
        for ty in std::mem::take(&mut self.never_vars) {
            if self.is_open(ty) {
                self.unify(ty, Ty::NEVER);
            }
        }
        self.pending.append(&mut self.structural);
        self.solve_pending();
        let (memo, seen, tys) = self.ck.spares.zonk.pop().unwrap_or_default();
        let mut zonk = Zonk { silent: self.has_errors, memo, seen, tys, ..Zonk::default() };
        for (value, ty, span) in std::mem::take(&mut self.lit_pats) {
            let ty = self.zonk(ty, span, &mut zonk);
            if self.check_lit_range(value, ty, span) {
                self.bad_pats.push(span);
            }
        }
        self.zonk_closures(&mut zonk);
        self.zonk_expr(&mut body.value, &mut zonk);
        for i in 0..self.closures.len() {
            let placeholder = Expr { kind: ExprKind::Error, ty: Ty::ERROR, span: Span::DUMMY };
            let mut value = std::mem::replace(&mut self.closures[i].1.value, placeholder);
            self.zonk_expr(&mut value, &mut zonk);
            self.closures[i].1.value = value;
        }
        for local in self.locals.indices() {
            let (ty, span) = (self.locals[local].ty, self.locals[local].span);
            self.locals[local].ty = self.zonk(ty, span, &mut zonk);
        }
        self.set_captures();
        self.check_pending();
        body.closures = std::mem::take(&mut self.closures);
        self.analyse(body, &zonk.tys);
        zonk.memo.clear();
        zonk.seen.clear();
        zonk.tys.clear();
        self.ck.spares.zonk.push((zonk.memo, zonk.seen, zonk.tys));
        self.warn_unused_locals();
        body.locals = self.locals.iter().cloned().collect();
    }

    /// Number literals that nothing else decides are `Int` or `Float`.
    fn default_number_vars(&mut self) {
        for idx in 0..self.ck.infer.len() as u32 {
            match self.ck.infer.unbound_kind(idx) {
                Some(VarKind::Int) => self.ck.infer.set_default(idx, Ty::I64),
                Some(VarKind::Float) => self.ck.infer.set_default(idx, Ty::F64),
                _ => {}
            }
        }
    }

    /// Reports what is still not decided, unless its type was reported as unknown.
    fn check_pending(&mut self) {
        self.check_copyables();
        let mut pending = std::mem::take(&mut self.pending);
        for waiting in pending.drain(..) {
            if let Obligation::Trait { trait_, args, span, .. } = waiting.obligation {
                self.report_undecided(trait_, &args, span);
            }
        }
        self.pending = pending;
    }

    fn report_undecided(&mut self, trait_: TraitId, args: &[Ty], span: Span) {
        let open = args.iter().any(|t| {
            let t = self.deep(*t);
            self.ck.program.types.flags(t).has_infer
        });
        self.has_errors |= self.ck.decls.overlapping.contains(&trait_);
        if self.has_errors {
            return;
        }
        let of = self.ck.program.name(self.ck.program.traits[trait_].name).to_string();
        let ty = self.ty_name(args[0]);
        let message = match open {
            true => format!("it is not known which `{of}` of `{ty}` is meant"),
            false => format!("several implementations of `{of}` fit `{ty}`"),
        };
        let diag = Diagnostic::error(codes::CANNOT_INFER, span, message)
            .note("write a type where the variable is declared, or type arguments: `f.<T>(x)`");
        self.report(diag);
    }

    fn zonk_closures(&mut self, zonk: &mut Zonk) {
        for i in 0..self.closures.len() {
            let id = self.closures[i].0;
            let (params, ret) =
                (self.ck.program.closures[id].params.clone(), self.ck.program.closures[id].ret);
            let span = self.ck.program.closures[id].span;
            let params = params.into_iter().map(|(t, m)| (self.zonk(t, span, zonk), m)).collect();
            let ret = self.zonk(ret, span, zonk);
            let decl = &mut self.ck.program.closures[id];
            decl.params = params;
            decl.ret = ret;
        }
    }

    /// Writes the types of captures into the closures' declarations; innermost closures come first in the list.
    fn set_captures(&mut self) {
        for i in 0..self.closures.len() {
            let id = self.closures[i].0;
            let captures: Vec<Ty> =
                self.closures[i].1.captures.iter().map(|(inner, _)| self.locals[*inner].ty).collect();
            self.check_captured_futures(i);
            let once = captures.iter().any(|t| is_iso_for(&mut self.ck.program, *t, &self.cx.generics));
            let decl = &mut self.ck.program.closures[id];
            decl.captures = captures;
            decl.is_once = once;
        }
    }

    /// A type with all variables replaced; one that is still open is reported once.
    #[inline(always)]
    fn zonk(&mut self, ty: Ty, span: Span, zonk: &mut Zonk) -> Ty {
        match self.ck.program.types.flags(ty).has_infer {
            true => self.zonk_open(ty, span, zonk),
            false => ty,
        }
    }

    #[inline(never)]
    fn zonk_open(&mut self, ty: Ty, span: Span, zonk: &mut Zonk) -> Ty {
        let shallow = self.shallow(ty);
        if shallow.is_fixed() {
            return shallow;
        }
        if let Some(known) = zonk.memo.get(ty) {
            return known;
        }
        let result = match self.kind(shallow) {
            TyKind::Infer(idx) => {
                let origin = self.ck.infer.origin(*idx);
                self.report_open(shallow, if origin.is_dummy() { span } else { origin }, zonk);
                Ty::ERROR
            }
            _ if !self.ck.program.types.flags(shallow).has_infer => shallow,
            _ => {
                let mut children = self.ck.program.types.children(shallow);
                for child in &mut children {
                    *child = self.zonk(*child, span, zonk);
                }
                self.ck.program.types.with_children(shallow, &children)
            }
        };
        let result = if self.has_errors { result } else { self.limit_size(result, span) };
        zonk.memo.insert(ty, result);
        result
    }

    fn report_open(&mut self, var: Ty, span: Span, zonk: &mut Zonk) {
        if zonk.reported.contains(&var) {
            return;
        }
        zonk.reported.push(var);
        if zonk.silent {
            return;
        }
        let around = |p: &&Span| p.lo <= span.lo && span.hi <= p.hi;
        let span = match self.open_pats.iter().find(around).copied() {
            Some(whole) if zonk.reported_pats.contains(&whole) => return,
            Some(whole) => {
                zonk.reported_pats.push(whole);
                whole
            }
            None => span,
        };
        let diag = Diagnostic::error(codes::CANNOT_INFER, span, "nothing says what type this has")
            .note("write it where the variable is declared, `x: T`, or as a type argument, `f.<T>(x)`");
        self.report(diag);
    }

    // ------------------------------------------------------------ the tree

    fn zonk_expr(&mut self, e: &mut Expr, zonk: &mut Zonk) {
        if !e.ty.is_fixed() {
            self.zonk_expr_ty(e, zonk);
        }
        self.zonk_expr_kind(e, zonk);
    }

    fn zonk_expr_ty(&mut self, e: &mut Expr, zonk: &mut Zonk) {
        e.ty = self.zonk(e.ty, e.span, zonk);
        if !self.ck.program.is_known_copyable(e.ty) && zonk.seen.get(e.ty).is_none() {
            zonk.seen.insert(e.ty, e.ty);
            zonk.tys.push(e.ty);
        }
    }

    #[inline]
    fn zonk_expr_kind(&mut self, e: &mut Expr, zonk: &mut Zonk) {
        let (ty, span) = (e.ty, e.span);
        match &mut e.kind {
            ExprKind::Lit(Lit::Int(value)) => {
                let value = value.get();
                self.check_lit_range(value, ty, span);
            }
            ExprKind::Lit(Lit::Float(text)) => self.check_float_range(text, ty, span),
            ExprKind::Const(_, args) => self.zonk_args(args, span, zonk),
            ExprKind::Call { callee, args } => {
                self.zonk_callee(callee, span, zonk);
                for arg in args {
                    self.zonk_expr(&mut arg.expr, zonk);
                }
            }
            ExprKind::IndexPlace { base, index, place, place_mut } => {
                self.zonk_expr(base, zonk);
                self.zonk_expr(index, zonk);
                self.zonk_callee(place, span, zonk);
                self.zonk_callee(place_mut, span, zonk);
            }
            ExprKind::IndexValue { base, index, get, set } => {
                self.zonk_expr(base, zonk);
                self.zonk_expr(index, zonk);
                self.zonk_callee(get, span, zonk);
                if let Some(set) = set {
                    self.zonk_callee(set, span, zonk);
                }
            }
            ExprKind::Interp(parts) => {
                for part in parts {
                    if let InterpPart::Expr { expr, callee, spec } = part {
                        self.zonk_expr(expr, zonk);
                        self.zonk_callee(callee, expr.span, zonk);
                        if let Some(spec) = spec {
                            self.check_format(spec, expr.ty);
                        }
                    }
                }
            }
            ExprKind::Block(block) => {
                for stmt in &mut block.stmts {
                    self.zonk_stmt(stmt, zonk);
                }
                if let Some(tail) = &mut block.tail {
                    self.zonk_expr(tail, zonk);
                }
            }
            ExprKind::Is { expr, pat } => {
                self.zonk_expr(expr, zonk);
                self.zonk_pat(pat, zonk);
            }
            ExprKind::Match { scrutinee, arms } => {
                self.zonk_expr(scrutinee, zonk);
                for arm in &mut *arms {
                    self.zonk_pat(&mut arm.pat, zonk);
                    if let Some(guard) = &mut arm.guard {
                        self.zonk_expr(guard, zonk);
                    }
                    self.zonk_expr(&mut arm.body, zonk);
                }
                self.check_match(scrutinee, arms, span);
            }
            ExprKind::For { pat, iter, next, body, .. } => {
                self.zonk_expr(iter, zonk);
                self.zonk_callee(next, span, zonk);
                self.zonk_pat(pat, zonk);
                self.check_irrefutable(pat);
                self.zonk_expr(body, zonk);
            }
            ExprKind::ForRange { pat, lo, hi, body, .. } => {
                self.zonk_expr(lo, zonk);
                self.zonk_expr(hi, zonk);
                self.zonk_pat(pat, zonk);
                self.check_irrefutable(pat);
                self.zonk_expr(body, zonk);
            }
            kind => for_each_plain_child(kind, &mut |child| self.zonk_expr(child, zonk)),
        }
    }

    fn zonk_args(&mut self, args: &mut [Ty], span: Span, zonk: &mut Zonk) {
        for arg in args {
            *arg = self.zonk(*arg, span, zonk);
        }
    }

    fn zonk_callee(&mut self, callee: &mut Callee, span: Span, zonk: &mut Zonk) {
        match callee {
            Callee::Fn { args, .. } => self.zonk_args(args, span, zonk),
            Callee::TraitMethod { trait_, method, args } => {
                self.zonk_args(args, span, zonk);
                // The receiver's type may have become known as `dyn` only now.
                if let Some(found) = self.through_vtable(*trait_, *method, args[0]) {
                    *callee = found;
                }
            }
            Callee::Dyn { .. } => {}
            Callee::Value(expr) => self.zonk_expr(expr, zonk),
        }
    }

    fn zonk_stmt(&mut self, stmt: &mut Stmt, zonk: &mut Zonk) {
        match stmt {
            Stmt::Let { pat, init, else_, .. } => {
                if let Some(init) = init {
                    self.zonk_expr(init, zonk);
                }
                self.zonk_pat(pat, zonk);
                match else_ {
                    Some(else_) => self.zonk_expr(else_, zonk),
                    None => self.check_irrefutable(pat),
                }
            }
            Stmt::Expr(expr) => self.zonk_expr(expr, zonk),
        }
    }

    fn zonk_pat(&mut self, pat: &mut Pat, zonk: &mut Zonk) {
        pat.ty = self.zonk(pat.ty, pat.span, zonk);
        match &mut pat.kind {
            PatKind::Binding { sub: Some(sub), .. } => self.zonk_pat(sub, zonk),
            PatKind::Or(pats) | PatKind::Tuple(pats) => pats.iter_mut().for_each(|p| self.zonk_pat(p, zonk)),
            PatKind::Adt { fields, .. } => fields.iter_mut().for_each(|(_, p)| self.zonk_pat(p, zonk)),
            PatKind::Array { prefix, suffix, .. } => {
                prefix.iter_mut().chain(suffix).for_each(|p| self.zonk_pat(p, zonk));
            }
            PatKind::Lit(Lit::Float(text)) => self.check_float_range(text, pat.ty, pat.span),
            PatKind::Const { value, eq } => {
                self.zonk_expr(value, zonk);
                self.zonk_callee(eq, pat.span, zonk);
            }
            _ => {}
        }
    }
}

#[derive(Default)]
struct Zonk {
    memo: TyMap,
    /// The types of all expressions that may have to be moved, in the order of their first occurrence.
    tys: Vec<Ty>,
    seen: TyMap,
    reported: Vec<Ty>,
    reported_pats: Vec<Span>,
    /// Other mistakes were found: what is not known may follow from them.
    silent: bool,
}

/// Calls `f` for the expressions directly inside a form without callees, patterns and statements.
fn for_each_plain_child(kind: &mut ExprKind, f: &mut dyn FnMut(&mut Expr)) {
    match kind {
        ExprKind::Field { base, .. } | ExprKind::Deref(base) | ExprKind::Cast(base) => f(base),
        ExprKind::FixedIndex { base, index } => {
            f(base);
            f(index);
        }
        ExprKind::Binary { lhs, rhs, .. } => {
            f(lhs);
            f(rhs);
        }
        ExprKind::Unary { operand, .. } => f(operand),
        ExprKind::Coerce { expr, .. } => f(expr),
        ExprKind::Tuple(elems) | ExprKind::Array(elems) => elems.iter_mut().for_each(f),
        ExprKind::Adt { fields, base, .. } => {
            fields.iter_mut().flatten().for_each(&mut *f);
            if let Some(base) = base {
                f(base);
            }
        }
        ExprKind::ArrayRepeat { value, count } => {
            f(value);
            if let Some(count) = count {
                f(count);
            }
        }
        ExprKind::If { cond, then, else_ } => {
            f(cond);
            f(then);
            if let Some(else_) = else_ {
                f(else_);
            }
        }
        ExprKind::Loop { body, .. } | ExprKind::BreakBlock { body, .. } => f(body),
        ExprKind::Break { value, .. } | ExprKind::Return(value) => {
            if let Some(value) = value {
                f(value);
            }
        }
        ExprKind::Assign { place, value } | ExprKind::AssignOp { place, value, .. } => {
            f(place);
            f(value);
        }
        _ => {}
    }
}
