//! Generators: functions with `yield` whose type is `Iterator<T>`. Each has a type of its own, the library's `Generator<T, G>`, where `G` is the
//! type of the function: so what goes on with it is known statically.

use crate::actors::ActorRole;
use crate::checker::Checker;
use crate::codes;
use crate::program::*;
use crate::scope::{Def, Ns, SeenModules};
use crate::ty::{Args, Ty, TyKind};
use crate::types::TyCx;
use syntax::ast::visit::{each_expr, each_expr_in_block};
use syntax::ast::{self, ExprKind, FnBody};
use syntax::{Diagnostic, Span};

impl Checker {
    /// What the function yields, if it is a generator. The body is read before its time only where the type asks for it.
    pub(crate) fn generated(&mut self, decl: &mut ast::FnDecl, cx: &TyCx) -> Option<Ty> {
        let (Some(ret), Some(_)) = (&decl.ret, &decl.body) else { return None };
        let ast::TypeKind::Path(path) = &ret.kind else { return None };
        let first = path.segments[0].ident.name;
        if cx.param(first).is_some() || !self.is_iterator_path(path, cx) {
            return None;
        }
        let body = self.parse_deferred(decl.body.take()?);
        let yields = !yields(&body).is_empty();
        decl.body = Some(body);
        if !yields {
            return None;
        }
        let item = match self.lower_bound(ret, cx) {
            Some(BoundKind::Trait { args, assoc, .. }) if assoc.is_empty() => args.first().copied(),
            _ => None,
        };
        Some(item.unwrap_or(Ty::ERROR))
    }

    /// Whether a path names the trait. Reports nothing, and does not remember what is unknown: whoever takes the path for a
    /// type reports that.
    fn is_iterator_path(&mut self, path: &ast::Path, cx: &TyCx) -> bool {
        let Some(iterator) = self.known.iterator else { return false };
        let module = cx.module.0;
        let (first, rest) = (path.segments[0].ident.name, &path.segments[1..]);
        if let Some(entry) = self.lookup(module, first, Ns::Type) {
            return rest.is_empty() && entry.def == Def::Trait(iterator);
        }
        let Some((last, between)) = rest.split_last() else { return false };
        let Some(Def::Module(mut at)) = self.lookup(module, first, Ns::Module).map(|entry| entry.def) else {
            return false;
        };
        for segment in between {
            let Some(child) = self.child_module(at, segment.ident.name, module) else { return false };
            at = child;
        }
        let entry = self.lookup_in(at, last.ident.name, Ns::Type, module, &mut SeenModules::new());
        entry.is_some_and(|entry| entry.def == Def::Trait(iterator))
    }

    /// Gives a generator its type, when its parameters are known, and reports what none can have.
    pub(crate) fn complete_generator(&mut self, id: FnId, item: Ty) {
        let generics = self.program.fns[id].generics.clone();
        let own: Args = self.identity(&generics).into();
        let function = self.program.types.intern(TyKind::FnDef(id, own));
        let ret = match self.program.lang_adt("Generator") {
            Some(adt) => self.program.types.intern(TyKind::Adt(adt, [item, function].into())),
            None => Ty::ERROR,
        };
        let ret = if self.program.types.flags(item).has_error { Ty::ERROR } else { ret };
        self.program.fns[id].ret = ret;
        self.program.fns[id].generator = Some(item);
        let of = self.actor_fn(id);
        let function = &self.program.fns[id];
        let (name, is_track) = (self.program.name(function.name).to_string(), function.track_caller);
        let in_out =
            function.params.iter().find(|param| param.mode == ParamMode::Mut).map(|param| param.span);
        if let Some(span) = in_out {
            let message = format!("the generator `{name}` cannot have a `mut` parameter");
            self.report_bad_generator(
                span,
                message,
                "its body runs later, whenever a value is asked for: give it a value",
            );
        } else if of.is_some_and(|of| of.role == ActorRole::Helper { has_self: true }) {
            let span = self.program.fns[id].params.first().map_or(self.program.fns[id].span, |p| p.span);
            let message = format!("the generator `{name}` cannot use the actor's states");
            let why =
                "its body runs later, when they may have changed: pass it the values that it goes through";
            self.report_bad_generator(span, message, why);
        } else if is_track {
            let message = format!("the generator `{name}` cannot be `@track_caller`");
            self.report_bad_generator(
                self.program.fns[id].span,
                message,
                "its body is not run by its caller",
            );
        }
    }

    fn report_bad_generator(&mut self, span: Span, message: String, why: &str) {
        self.report(Diagnostic::error(codes::BAD_GENERATOR, span, message).note(why));
    }
}

/// Where the body yields, without the closures and the code that `async` starts in it.
pub(crate) fn yields(body: &FnBody) -> Vec<Span> {
    let (mut found, mut others) = (Vec::new(), Vec::new());
    let mut visit = |e: &ast::Expr| match &e.kind {
        ExprKind::Yield(_) => found.push(e.span),
        ExprKind::Closure { .. } | ExprKind::Async(_) => others.push(e.span),
        _ => {}
    };
    match body {
        FnBody::Block(block) => each_expr_in_block(block, &mut visit),
        FnBody::Expr(expr) => each_expr(expr, &mut visit),
        FnBody::Deferred(_) => {}
    }
    found.retain(|at| !others.iter().any(|other| other.lo <= at.lo && at.hi <= other.hi));
    found
}
