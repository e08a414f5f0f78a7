//! `base[index]`: fixed arrays, places inside a value (`IndexPlace`), values (`Index`, `IndexSet`).

use super::FnCtxt;
use crate::body::*;
use crate::codes;
use crate::program::TraitId;
use crate::solve::{Proj, Sel};
use crate::ty::{Args, Ty, TyKind, TyRow};
use syntax::ast;
use syntax::{Diagnostic, Span, Symbol};

impl FnCtxt<'_> {
    pub(crate) fn index(&mut self, base: &mut ast::Expr, index: &mut ast::Expr, span: Span) -> Expr {
        self.index_in(base, index, span, false)
    }

    /// As the target of a plain assignment, where `IndexSet` comes first.
    pub(crate) fn index_target(&mut self, base: &mut ast::Expr, index: &mut ast::Expr, span: Span) -> Expr {
        self.index_in(base, index, span, true)
    }

    fn index_in(&mut self, base: &mut ast::Expr, index: &mut ast::Expr, span: Span, is_target: bool) -> Expr {
        let base = self.expr(base, None);
        let ty = self.settle(base.ty);
        if let TyKind::FixedArray(elem, _) = *self.kind(ty) {
            let index = Box::new(self.expr_as(index, Ty::I64));
            return Expr { kind: ExprKind::FixedIndex { base: Box::new(base), index }, ty: elem, span };
        }
        // Only what is expected makes an array of fixed length out of a literal.
        let want = match index.kind {
            ast::ExprKind::Array(_) => self.only_index(ty, span),
            _ => None,
        };
        let index = self.expr(index, want);
        if ty == Ty::ERROR || self.is_error(index.ty) {
            return self.error_expr(span);
        }
        if self.is_open(ty) {
            self.report_unknown_type(ty, base.span);
            return self.error_expr(span);
        }
        self.resolve_now(index.ty);
        if is_target && let Some((set, value_ty)) = self.index_set_callee(ty, index.ty, span) {
            let get = self.index_get_callee(ty, index.ty, span).map(|g| Box::new(g.0));
            let get = get.unwrap_or_else(|| Box::new(clone_callee(&set)));
            let set = Some(Box::new(set));
            let kind = ExprKind::IndexValue { base: Box::new(base), index: Box::new(index), get, set };
            return Expr { kind, ty: value_ty, span };
        }
        if let Some((place, place_mut, elem)) = self.index_place_callees(ty, index.ty, span) {
            let (place, place_mut) = (Box::new(place), Box::new(place_mut));
            let kind =
                ExprKind::IndexPlace { base: Box::new(base), index: Box::new(index), place, place_mut };
            return Expr { kind, ty: elem, span };
        }
        if let Some((get, elem)) = self.index_get_callee(ty, index.ty, span) {
            let set = self.index_set_callee(ty, index.ty, span).map(|s| Box::new(s.0));
            let get = Box::new(get);
            let kind = ExprKind::IndexValue { base: Box::new(base), index: Box::new(index), get, set };
            return Expr { kind, ty: elem, span };
        }
        self.report_no_index(ty, &index, span);
        self.error_expr(span)
    }

    /// The type that places of this one are found by, if there is one only.
    fn only_index(&mut self, ty: Ty, span: Span) -> Option<Ty> {
        let trait_ = self.ck.known.index_place?;
        let index = self.fresh(span);
        if self.solve(span, |s| s.probe(|s| matches!(s.select(trait_, &[ty, index]), Sel::Impl(..)))) {
            self.solve(span, |s| s.select(trait_, &[ty, index]));
        }
        let found = self.shallow(index);
        (!self.is_open(found)).then_some(found)
    }

    /// Whether an implementation fits; if so, what it determines is bound.
    fn selects(&mut self, trait_: TraitId, args: &[Ty], span: Span) -> bool {
        let fits = self.ck.program.is_known_to_hold(trait_, args)
            || self.solve(span, |s| s.probe(|s| !matches!(s.select(trait_, args), Sel::No | Sel::Error)));
        if fits {
            self.require_trait(trait_, TyRow::from_slice(args), span, super::Cause::Operator);
        }
        fits
    }

    fn index_place_callees(&mut self, ty: Ty, index: Ty, span: Span) -> Option<(Callee, Callee, Ty)> {
        let trait_ = self.ck.known.index_place?;
        let args = [ty, index];
        if !self.selects(trait_, &args, span) {
            return None;
        }
        let place = self.ck.method_of(trait_, "place")?;
        let place_mut = self.ck.method_of(trait_, "place_mut")?;
        let elem = self.output(trait_, &args, span);
        let callee = |method| Callee::TraitMethod { trait_, method, args: args.into() };
        Some((callee(place), callee(place_mut), elem))
    }

    fn index_get_callee(&mut self, ty: Ty, index: Ty, span: Span) -> Option<(Callee, Ty)> {
        let trait_ = self.ck.known.index?;
        let args = [ty, index];
        if !self.selects(trait_, &args, span) {
            return None;
        }
        let method = self.ck.method_of(trait_, "index")?;
        let elem = self.output(trait_, &args, span);
        Some((Callee::TraitMethod { trait_, method, args: args.into() }, elem))
    }

    fn index_set_callee(&mut self, ty: Ty, index: Ty, span: Span) -> Option<(Callee, Ty)> {
        let trait_ = self.ck.known.index_set?;
        let value = self.fresh(span);
        let args = [ty, index, value];
        if !self.selects(trait_, &args, span) {
            return None;
        }
        let method = self.ck.method_of(trait_, "index_set")?;
        Some((Callee::TraitMethod { trait_, method, args: args.into() }, self.shallow(value)))
    }

    /// The associated type `Output`.
    pub(crate) fn output(&mut self, trait_: TraitId, args: &[Ty], span: Span) -> Ty {
        let name: Symbol = syntax::sym::Output;
        if args.iter().all(|ty| self.ck.program.is_settled(*ty)) {
            // `normalize` keeps the answers for such types.
            let whole = self.intern_row(TyKind::Assoc { trait_, args: Args::default(), name }, args);
            return self.solve(span, |s| s.normalize(whole));
        }
        match self.solve(span, |s| s.project(trait_, args, name)) {
            Proj::Ty(ty) => ty,
            Proj::Fail => Ty::ERROR,
            Proj::Rigid | Proj::Maybe => {
                let whole = self.intern(TyKind::Assoc { trait_, args: args.into(), name });
                self.solve(span, |s| s.normalize(whole))
            }
        }
    }

    fn report_no_index(&mut self, ty: Ty, index: &Expr, span: Span) {
        let (base, by) = (self.ty_name(ty), self.ty_name(index.ty));
        let message = format!("`{base}` cannot be indexed by `{by}`");
        let mut diag = Diagnostic::error(codes::NOT_INDEXABLE, span, message);
        let by_int =
            self.shallow(index.ty) != Ty::I64 && matches!(self.kind(self.shallow(index.ty)), TyKind::Int(_));
        if by_int {
            let text = self.ck.map.text(index.span).to_string();
            diag = diag.fix_likely("indexes are `Int`", index.span, format!("{text} as Int"));
        } else if ty == self.ck.string_ty() {
            diag = diag.note("a string is sliced by bytes, `s[a..b]`; `s.chars()` gives its characters");
        } else if let TyKind::Tuple(_) = self.kind(ty) {
            diag = diag.note("the elements of a tuple are `t.0`, `t.1`, …");
        } else if let TyKind::Adt(id, _) = self.kind(ty) {
            let id = *id;
            if Some(id) == self.ck.known.option {
                diag = diag.note("the value may be missing: `match` or `unwrap_or` takes it out first");
            } else if Some(id) == self.ck.known.array {
                diag = diag.note("an array is indexed by an `Int` or by a range");
            } else if self.ck.is_user(self.ck.program.adts[id].module) {
                diag = diag.note(format!("`impl Index<{by}> for {base}` lets it be indexed"));
            }
        }
        self.report(diag);
    }
}

pub(crate) fn clone_callee(callee: &Callee) -> Callee {
    match callee {
        Callee::Fn { id, args } => Callee::Fn { id: *id, args: args.clone() },
        Callee::TraitMethod { trait_, method, args } => {
            Callee::TraitMethod { trait_: *trait_, method: *method, args: args.clone() }
        }
        Callee::Dyn { trait_, method_idx } => Callee::Dyn { trait_: *trait_, method_idx: *method_idx },
        Callee::Value(expr) => {
            let kind = match &expr.kind {
                ExprKind::Local(local) => ExprKind::Local(*local),
                _ => ExprKind::Error,
            };
            Callee::Value(Box::new(Expr { kind, ty: expr.ty, span: expr.span }))
        }
    }
}
