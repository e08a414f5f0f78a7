//! Inlay hints: types that are not written, and the names of parameters.

use crate::describe::Cx;
use crate::results::{InlayHint, InlayKind, TextRange};
use crate::signature;
use crate::tree::Tree;
use crate::walk::{Node, walk_file};
use entity::Arrange;
use hir::ty::Ty;
use syntax::ast::{Arg, Expr, ExprKind, Pat, PatKind};
use syntax::{Span, Symbol};

/// Longer types are cut.
const MAX_TYPE: usize = 60;

pub fn hints(cx: &mut Cx<'_>, tree: &Tree, start: u32, range: TextRange) -> Vec<InlayHint> {
    let mut walk = Hints { cx, tree, start, found: Vec::new() };
    let mut nodes = Vec::new();
    walk_file(&tree.file, &mut |node| {
        let at = tree.range(node.span());
        let is_near = at.start <= range.end && range.start <= at.end;
        if is_near {
            nodes.push(node);
        }
        is_near
    });
    nodes.into_iter().for_each(|node| walk.node(node));
    let mut found = walk.found;
    found.retain(|hint| range.touches(hint.offset));
    found.arrange_by_key(|hint| hint.offset);
    found.dedup();
    found
}

struct Hints<'r, 'a> {
    cx: &'r mut Cx<'a>,
    tree: &'r Tree,
    /// Where the file begins in the program, minus where it begins in the tree.
    start: u32,
    found: Vec<InlayHint>,
}

impl Hints<'_, '_> {
    /// The span in the program of a span of the tree.
    fn global(&self, span: Span) -> Span {
        let range = self.tree.range(span);
        Span::new(range.start + self.start, range.end + self.start)
    }

    fn node(&mut self, node: Node<'_>) {
        match node {
            Node::Let(parts)
                if parts.ty.is_none() && !parts.init.as_ref().is_some_and(|init| self.is_obvious(init)) =>
            {
                self.pattern(&parts.pat);
            }
            Node::Expr(expr) => self.expr(expr),
            _ => {}
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::For { pat, .. } => self.pattern(pat),
            ExprKind::Closure { params, .. } => {
                let open = params.iter().filter(|param| param.ty.is_none());
                open.for_each(|param| self.pattern(&param.pat));
            }
            ExprKind::Call { callee, args } => {
                if let Some(name) = last_name(callee) {
                    self.arguments(name, args);
                }
            }
            ExprKind::Spawn { ctor, args } => {
                if let Some(name) = last_name(ctor) {
                    self.arguments(name, args);
                }
            }
            _ => {}
        }
    }

    // ------------------------------------------------------------ types

    /// Whether the value says what type it has.
    fn is_obvious(&self, init: &Expr) -> bool {
        match &init.kind {
            ExprKind::Str(_)
            | ExprKind::Interp(_)
            | ExprKind::Bool(_)
            | ExprKind::Char(_)
            | ExprKind::Duration(_)
            | ExprKind::StructLit { .. }
            | ExprKind::Spawn { .. }
            | ExprKind::Cast { .. }
            | ExprKind::Closure { .. } => true,
            ExprKind::Int { .. } => self.cx.analysis.type_of(self.global(init.span)) == Some(Ty::I64),
            ExprKind::Float { .. } => self.cx.analysis.type_of(self.global(init.span)) == Some(Ty::F64),
            // `Point.new(…)`: a constructor by its looks.
            ExprKind::Call { callee, .. } => match &callee.kind {
                ExprKind::Name { ident, .. } => self.is_upper(ident.name),
                ExprKind::Field { base, .. } => {
                    matches!(&base.kind, ExprKind::Name { ident, .. } if self.is_upper(ident.name))
                        && self.gives_its_type(base, init)
                }
                _ => false,
            },
            ExprKind::Paren(inner) => self.is_obvious(inner),
            _ => false,
        }
    }

    fn is_upper(&self, name: Symbol) -> bool {
        self.tree.name(name).starts_with(char::is_uppercase)
    }

    /// Whether a call through a type gives exactly what is written: `Counter.new()`, but not `Array.new()` of something.
    fn gives_its_type(&self, base: &Expr, init: &Expr) -> bool {
        let ty = self.cx.analysis.type_of(self.global(init.span)).map(|ty| self.cx.analysis.ty_name(ty));
        ty.as_deref() == Some(self.tree.source(base.span))
    }

    fn pattern(&mut self, pat: &Pat) {
        match &pat.kind {
            PatKind::Binding { name, sub, .. } => {
                self.variable(name.span);
                sub.iter().for_each(|sub| self.pattern(sub));
            }
            PatKind::Tuple(pats) | PatKind::Array(pats) => pats.iter().for_each(|pat| self.pattern(pat)),
            PatKind::TupleStruct { elems, .. } => elems.iter().for_each(|pat| self.pattern(pat)),
            PatKind::Or(pats) => pats.iter().take(1).for_each(|pat| self.pattern(pat)),
            _ => {}
        }
    }

    fn variable(&mut self, span: Span) {
        let Some(local) = self.cx.analysis.locals.get(&self.global(span)) else { return };
        if local.decl.ty == Ty::ERROR || self.tree.source(span).starts_with('_') {
            return;
        }
        let ty = self.cx.analysis.ty_name(local.decl.ty);
        let ty = match ty.char_indices().nth(MAX_TYPE) {
            Some((at, _)) => format!("{}…", &ty[..at]),
            None => ty,
        };
        let offset = self.tree.range(span).end;
        self.found.push(InlayHint { offset, label: format!(": {ty}"), kind: InlayKind::Type });
    }

    // ------------------------------------------------------------ names of parameters

    fn arguments(&mut self, name: Span, args: &[Arg]) {
        let Some(target) = signature::called(self.cx.analysis, self.global(name)) else { return };
        let Some(names) = signature::param_names(self.cx, target) else { return };
        let function = self.tree.source(name).to_string();
        // `Trait.method(x, …)` has the receiver first, which has no name.
        if names.len() != args.len() {
            return;
        }
        for (arg, param) in args.iter().zip(&names) {
            if self.is_worth_a_hint(&function, &arg.expr, param, names.len()) {
                let offset = self.tree.range(arg.mut_span.unwrap_or(arg.expr.span)).start;
                self.found.push(InlayHint { offset, label: format!("{param}:"), kind: InlayKind::Param });
            }
        }
    }

    /// Names of arguments that say the same, one-letter parameters, and the only argument of a function whose name says
    /// what it takes, need none.
    fn is_worth_a_hint(&self, function: &str, arg: &Expr, param: &str, n_params: usize) -> bool {
        if param.len() <= 1
            || param.starts_with('_')
            || matches!(arg.kind, ExprKind::Closure { .. } | ExprKind::Error)
        {
            return false;
        }
        if n_params == 1 && !is_bare_literal(arg) {
            return false;
        }
        if function.ends_with(param) {
            return false;
        }
        match said_name(arg) {
            Some(span) => {
                let said = self.tree.source(span);
                said != param
                    && !said.ends_with(&format!("_{param}"))
                    && !said.starts_with(&format!("{param}_"))
            }
            None => n_params > 1 || !matches!(param, "value" | "text" | "item"),
        }
    }
}

fn is_bare_literal(arg: &Expr) -> bool {
    matches!(arg.kind, ExprKind::Bool(_) | ExprKind::Int { .. } | ExprKind::Float { .. })
}

/// The name that an expression ends with: of a variable, field or method.
fn said_name(arg: &Expr) -> Option<Span> {
    match &arg.kind {
        ExprKind::Call { callee, .. } => last_name(callee),
        ExprKind::Try(inner) | ExprKind::Paren(inner) => said_name(inner),
        _ => last_name(arg),
    }
}

/// The last name of `a.b.c`.
pub fn last_name(e: &Expr) -> Option<Span> {
    match &e.kind {
        ExprKind::Name { ident, .. } => Some(ident.span),
        ExprKind::Field { name, .. } => Some(name.span),
        _ => None,
    }
}
