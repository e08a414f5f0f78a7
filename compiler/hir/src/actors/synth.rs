//! Bodies that the compiler makes itself: no text stands for them.

use crate::body::*;
use crate::checker::Checker;
use crate::program::*;
use crate::ty::{Args, Ty};
use entity::IndexVec;
use syntax::{Span, Symbol};

/// A body in the making.
pub(super) struct Synth<'c> {
    pub ck: &'c mut Checker,
    pub locals: IndexVec<LocalId, LocalDecl>,
    pub span: Span,
}

impl<'c> Synth<'c> {
    /// With the parameters of a function as its first variables.
    pub fn new(ck: &'c mut Checker, id: FnId) -> Synth<'c> {
        let span = ck.program.fns[id].span;
        let params: Vec<(Symbol, Ty, bool)> =
            ck.program.fns[id].params.iter().map(|p| (p.name, p.ty, p.mode == ParamMode::Mut)).collect();
        let mut synth = Synth { ck, locals: IndexVec::new(), span };
        for (name, ty, is_mut) in params {
            synth.locals.push(LocalDecl { name, ty, is_mut, span });
        }
        synth
    }

    /// The body of the function; `None` where an error was reported of what it consists of.
    pub fn finish(self, id: FnId, value: Option<Expr>) -> Body {
        let n_params = self.ck.program.fns[id].params.len();
        let ret = self.ck.program.fns[id].ret;
        Body {
            owner: BodyOwner::Fn(id),
            params: self.locals.indices().take(n_params).collect(),
            has_errors: value.is_none(),
            value: value.unwrap_or(Expr { kind: ExprKind::Error, ty: ret, span: self.span }),
            locals: self.locals,
            closures: Vec::new(),
            has_late_lets: false,
        }
    }

    pub fn new_local(&mut self, name: Symbol, ty: Ty) -> LocalId {
        self.locals.push(LocalDecl { name, ty, is_mut: false, span: self.span })
    }

    pub fn expr(&self, kind: ExprKind, ty: Ty) -> Expr {
        Expr { kind, ty, span: self.span }
    }

    pub fn local(&self, local: LocalId) -> Expr {
        self.expr(ExprKind::Local(local), self.locals[local].ty)
    }

    pub fn field(&self, base: Expr, index: u32, ty: Ty) -> Expr {
        self.expr(ExprKind::Field { base: Box::new(base), index }, ty)
    }

    pub fn binding(&self, local: LocalId) -> Pat {
        let ty = self.locals[local].ty;
        Pat { kind: PatKind::Binding { local, sub: None }, ty, span: self.span }
    }

    /// A variant with these fields, in order.
    pub fn adt(&self, variant: VariantIdx, fields: Vec<Expr>, ty: Ty) -> Expr {
        let order = (0..fields.len() as u32).collect();
        let fields = fields.into_iter().map(Some).collect();
        self.expr(ExprKind::Adt { variant, fields, order, base: None }, ty)
    }

    pub fn call(&self, id: FnId, args: Args, values: Vec<Arg>, ty: Ty) -> Expr {
        let callee = Callee::Fn { id, args };
        self.expr(ExprKind::Call { callee, args: values }, ty)
    }

    /// A call of a function of the library's runtime.
    pub fn lang_call(&self, name: &str, args: &[Ty], values: Vec<Arg>, ty: Ty) -> Option<Expr> {
        let id = self.ck.program.lang_fn(name)?;
        Some(self.call(id, args.into(), values, ty))
    }
}

pub(super) fn value(expr: Expr) -> Arg {
    Arg { mode: ArgMode::Value, expr }
}

pub(super) fn place(expr: Expr) -> Arg {
    Arg { mode: ArgMode::Mut, expr }
}
