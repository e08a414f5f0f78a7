//! Blocks and statements.

use super::FnCtxt;
use super::pattern::Binds;
use crate::body::*;
use crate::codes;
use crate::program::{BodyOwner, Module, ModuleId};
use crate::scope::ModuleScope;
use crate::ty::Ty;
use syntax::ast::{self, StmtKind};
use syntax::{Diagnostic, Span};

impl FnCtxt<'_> {
    /// A block. Where `()` is expected the value of its last expression is dropped.
    pub(crate) fn block(&mut self, block: &mut ast::Block, want: Option<Ty>) -> Expr {
        let mark = self.scope.mark();
        let module = self.enter_items(block);
        let outer = std::mem::replace(&mut self.diverges, false);
        let told = self.told_unreachable;
        self.told_unreachable |= outer;
        let mut stmts = Vec::with_capacity(block.stmts.len());
        for stmt in &mut block.stmts {
            self.stmt(stmt, &mut stmts);
        }
        let unreachable = self.diverges;
        let tail = block.tail.as_deref_mut().map(|tail| {
            self.note_unreachable(tail.span);
            self.tail(tail, want)
        });
        let (tail, ty) = match tail {
            // What can never be reached need not fit.
            Some(tail) if unreachable => {
                stmts.push(Stmt::Expr(tail));
                (None, Ty::NEVER)
            }
            Some(tail) => {
                let ty = tail.ty;
                (Some(tail), ty)
            }
            None if self.diverges => (None, Ty::NEVER),
            None => (None, Ty::UNIT),
        };
        self.diverges |= outer;
        self.told_unreachable = told;
        self.scope.pop_to(mark);
        self.module = module;
        Expr { kind: ExprKind::Block(Block { stmts, tail: tail.map(Box::new) }), ty, span: block.span }
    }

    fn tail(&mut self, tail: &mut ast::Expr, want: Option<Ty>) -> Expr {
        let expr = self.expr(tail, want);
        match want {
            Some(want) if self.shallow(want) == Ty::UNIT && expr.ty != Ty::NEVER => self.discard(expr),
            _ => expr,
        }
    }

    /// Warns once about code that nothing leads to.
    fn note_unreachable(&mut self, span: Span) {
        if self.diverges && !self.told_unreachable {
            self.told_unreachable = true;
            if self.warns() {
                let diag = Diagnostic::warning(codes::UNREACHABLE_CODE, span, "this can never be reached")
                    .note("what stands before it never comes to an end here");
                self.report(diag);
            }
        }
    }

    fn stmt(&mut self, stmt: &mut ast::Stmt, out: &mut Vec<Stmt>) {
        if !matches!(stmt.kind, StmtKind::Item(_) | StmtKind::Error) {
            self.note_unreachable(stmt.span);
        }
        match &mut stmt.kind {
            StmtKind::Let(parts) => {
                let ast::Let { pat, ty, init, else_ } = &mut **parts;
                let stmt = self.let_stmt(pat, ty.as_ref(), init.as_mut(), else_.as_mut(), stmt.span);
                out.push(stmt);
            }
            StmtKind::Expr(expr) => {
                let expr = self.expr_stmt(expr);
                out.push(Stmt::Expr(expr));
            }
            StmtKind::Assign { op, place, value } => {
                let op = *op;
                let expr = self.assign(op, place, value, stmt.span);
                out.push(Stmt::Expr(expr));
            }
            StmtKind::Item(_) => {}
            StmtKind::Error => self.has_errors = true,
        }
    }

    /// An expression whose value nobody uses.
    fn expr_stmt(&mut self, e: &mut ast::Expr) -> Expr {
        use ast::ExprKind as E;
        let branches = matches!(e.kind, E::If { .. } | E::Match { .. } | E::Block(_) | E::TryCatch { .. });
        let span = e.span;
        let expr = self.expr(e, branches.then_some(Ty::UNIT));
        let ty = self.resolve_now(expr.ty);
        if ty != Ty::UNIT && ty != Ty::NEVER {
            self.warn_unused_value(&expr);
        }
        if branches && self.is_open(ty) {
            self.unify(ty, Ty::UNIT);
        }
        Expr { span, ..expr }
    }

    // ------------------------------------------------------------ let

    fn let_stmt(
        &mut self,
        pat: &mut ast::Pat,
        ty: Option<&ast::Type>,
        init: Option<&mut ast::Expr>,
        else_: Option<&mut ast::Block>,
        span: Span,
    ) -> Stmt {
        let declared = ty.map(|t| self.lower_ty(t));
        let Some(init) = init else { return self.late_let(pat, declared, span) };
        let init = match declared {
            Some(ty) => {
                let init = self.expr_as(init, ty);
                Expr { ty, ..init }
            }
            None => self.expr(init, None),
        };
        let mut ty = declared.unwrap_or(init.ty);
        let mut init = init;
        if self.shallow(ty) == Ty::NEVER && declared.is_none() {
            // The variable is never there; any type will do.
            ty = self.fresh(span);
            self.never_vars.push(ty);
            init = super::coerce::coerced(Coercion::NeverToAny, init, ty);
        }
        let mut binds = Binds::default();
        let pat = self.pat(pat, ty, &mut binds);
        let else_ = else_.map(|block| {
            let diverges = std::mem::replace(&mut self.diverges, false);
            let block_span = block.span;
            let expr = self.block(block, None);
            self.diverges = diverges;
            if self.shallow(expr.ty) != Ty::NEVER && expr.ty != Ty::ERROR {
                let diag = Diagnostic::error(codes::LET_ELSE_FALLS_THROUGH, block_span, "this `else` must not come to an end")
                    .note("it runs when the pattern does not match, so the variables do not exist: `return`, `break`, `continue` or panic");
                self.report(diag);
            }
            Box::new(expr)
        });
        self.declare_binds(&binds);
        Stmt::Let { pat, init: Some(init), else_, span }
    }

    /// `let x` without a value, which must be assigned before it is used.
    fn late_let(&mut self, pat: &mut ast::Pat, declared: Option<Ty>, span: Span) -> Stmt {
        let ty = declared.unwrap_or_else(|| self.fresh(pat.span));
        if !matches!(pat.kind, ast::PatKind::Binding { sub: None, .. } | ast::PatKind::Error) {
            let message = "only a single variable can be declared without a value";
            let diag = Diagnostic::error(codes::LET_WITHOUT_VALUE, pat.span, message)
                .note("declare each variable on its own: `let a`, then `let b`");
            self.report(diag);
        }
        let mut binds = Binds::default();
        let pat = self.pat(pat, ty, &mut binds);
        for (_, local) in &binds.names {
            self.info[*local].is_late = true;
        }
        self.declare_binds(&binds);
        Stmt::Let { pat, init: None, else_: None, span }
    }

    pub(crate) fn declare_binds(&mut self, binds: &Binds) {
        for (name, local) in &binds.names {
            self.scope.push(*name, *local);
        }
    }

    // ------------------------------------------------------------ items in blocks

    /// Declares the items of a block in a module of its own; returns the module around.
    fn enter_items(&mut self, block: &mut ast::Block) -> ModuleId {
        let outer = self.module;
        if !block.stmts.iter().any(|s| matches!(s.kind, StmtKind::Item(_))) {
            return outer;
        }
        let mut items = Vec::new();
        for stmt in &mut block.stmts {
            if let StmtKind::Item(_) = stmt.kind
                && let StmtKind::Item(item) = std::mem::replace(
                    &mut stmt.kind,
                    StmtKind::Expr(ast::Expr { kind: ast::ExprKind::Tuple(Vec::new()), span: stmt.span }),
                )
            {
                items.push(*item);
            }
        }
        block.stmts.retain(|s| {
            !matches!(&s.kind, StmtKind::Expr(ast::Expr { kind: ast::ExprKind::Tuple(e), .. }) if e.is_empty())
        });
        let around = &self.ck.program.modules[outer];
        let module = Module {
            path: around.path.clone(),
            file: around.file,
            parent: Some(outer),
            is_unsafe: around.is_unsafe,
            is_library: around.is_library,
        };
        let id = self.ck.program.modules.push(module);
        let prefix = format!("{}.", self.owner_name());
        self.ck.scopes.push(ModuleScope { is_block: true, prefix, ..ModuleScope::default() });
        let mut imports = Vec::new();
        self.ck.collect_items(id, items.drain(..), &mut imports);
        self.ck.resolve_imports(imports, None);
        // The signatures have variables of their own.
        let infer = std::mem::take(&mut self.ck.infer);
        self.ck.resolve_new_items();
        self.ck.infer = infer;
        self.module = id;
        outer
    }

    fn owner_name(&self) -> &str {
        let program = &self.ck.program;
        match self.owner {
            BodyOwner::Fn(id) => &program.fns[id].path,
            BodyOwner::Const(id) => program.name(program.consts[id].name),
            BodyOwner::Test(id) => &program.tests[id].name,
        }
    }
}
