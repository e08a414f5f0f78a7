//! Parameters as variables.

use super::{FnCtxt, pattern};
use crate::body::*;
use crate::codes;
use crate::program::{FnId, GenericParamKind, ParamMode};
use crate::resolve::boxed_closure;
use crate::ty::{Ty, TyKind};
use syntax::ast;
use syntax::{Diagnostic, Span, Symbol, sym};

impl FnCtxt<'_> {
    /// Enters the parameters that are written, from the one with number `first`; the signature has `given` more before
    /// them.
    pub(super) fn declare_written_params(
        &mut self,
        id: FnId,
        decl: &mut ast::FnDecl,
        first: usize,
        given: usize,
        params: &mut Vec<LocalId>,
        lets: &mut Vec<Stmt>,
    ) {
        params.reserve_exact(decl.params.len());
        for (i, param) in decl.params.iter_mut().enumerate().skip(first) {
            let Some(sig) = self.ck.program.fns[id].params.get(i + given) else { continue };
            let (ty, name, span) = (sig.ty, sig.name, sig.span);
            let is_mut = sig.mode == ParamMode::Mut;
            self.has_errors |= self.ck.program.types.flags(ty).has_error;
            let local = self.new_local(name, ty, is_mut, span);
            self.info[local].is_param = true;
            params.push(local);
            match &mut param.kind {
                ast::ParamKind::SelfParam => self.scope.push(sym::self_, local),
                ast::ParamKind::Normal { .. } if name != sym::empty => self.declare_unique(name, local, span),
                ast::ParamKind::Normal { pat, .. } => {
                    self.info[local].is_hidden = true;
                    lets.push(self.destructure_param(pat, local, ty, is_mut));
                }
            }
        }
    }

    /// `let pat = local` for a parameter that is a pattern.
    pub(crate) fn destructure_param(
        &mut self,
        pat: &mut ast::Pat,
        local: LocalId,
        ty: Ty,
        is_mut: bool,
    ) -> Stmt {
        let mut binds = pattern::Binds::default();
        let span = pat.span;
        let mut pat = self.pat(pat, ty, &mut binds);
        if is_mut && !binds.names.is_empty() {
            self.report_mut_pattern(span, &binds);
            // What it would move is no news.
            pat.kind = PatKind::Error;
        }
        self.declare_binds(&binds);
        let init = Expr { kind: ExprKind::Local(local), ty, span };
        Stmt::Let { pat, init: Some(init), else_: None, span }
    }

    /// The hidden types of parameters declared as `Fn(…)`, as they are declared.
    pub(super) fn declared_closures(&mut self, ty: Ty) -> Ty {
        let params = &self.cx.generics.params;
        if !params.iter().any(|param| param.kind == GenericParamKind::Closure) {
            return ty;
        }
        let generics = self.cx.generics.clone();
        let mut shown = self.ck.identity(&generics);
        for (index, slot) in shown.iter_mut().enumerate() {
            if let Some(shape) = boxed_closure(&self.ck.program.types, &generics, index) {
                *slot = self.intern(shape);
            }
        }
        self.ck.program.types.subst(ty, &shown)
    }

    /// The name of a type parameter, to which bounds can be written.
    pub(crate) fn written_param(&self, ty: Ty) -> Option<Symbol> {
        let TyKind::Param(i, name) = *self.kind(ty) else { return None };
        let param = self.cx.generics.params.get(i as usize);
        param.is_none_or(|param| param.kind != GenericParamKind::Closure).then_some(name)
    }

    /// The type of a closure, also of one that a parameter stands for.
    pub(crate) fn is_closure_ty(&self, ty: Ty) -> bool {
        match self.kind(ty) {
            TyKind::Closure(..) => true,
            TyKind::Param(..) => self.written_param(ty).is_none(),
            _ => false,
        }
    }

    /// A pattern copies what it binds, so what is done to its variables would be lost.
    fn report_mut_pattern(&mut self, span: Span, binds: &pattern::Binds) {
        for (_, local) in &binds.names {
            self.locals[*local].is_mut = true;
        }
        let message = "a `mut` parameter has one name: the variables of a pattern are copies";
        let diag = Diagnostic::error(codes::UNEXPECTED_MUT, span, message);
        self.report(diag.note("name the whole, and change its parts: `mut p`, and `p.0 += 1`"));
    }

    fn declare_unique(&mut self, name: Symbol, local: LocalId, span: Span) {
        if let Some(first) = self.scope.get(name).filter(|l| self.info[*l].is_param) {
            self.report_two_params(name, self.locals[first].span, span);
        }
        self.scope.push(name, local);
    }

    pub(super) fn report_two_params(&mut self, name: Symbol, first: Span, second: Span) {
        let text = self.ck.program.name(name);
        let message = format!("two parameters are called `{text}`");
        let diag = Diagnostic::error(codes::DUPLICATE_NAME, second, message).label("declared again here");
        self.report(diag.also(first, "first declared here"));
    }
}
