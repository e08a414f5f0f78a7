//! A walk over all nodes of a syntax tree. Depth is bounded by the parser's limits.

use syntax::Span;
use syntax::ast::{
    Arm, Block, Cond, Expr, ExprKind, File, FnBody, FnDecl, GenericArgs, GenericParamKind, Generics,
    HandlerDecl, InterpPart, Item, ItemKind, Let, Param, ParamKind, Pat, PatKind, Path, Stmt, StmtKind, Type,
    TypeKind, VariantBody,
};

#[derive(Clone, Copy)]
pub enum Node<'a> {
    Item(&'a Item),
    Fn(&'a FnDecl),
    Handler(&'a HandlerDecl),
    Block(&'a Block),
    Stmt(&'a Stmt),
    Let(&'a Let),
    Expr(&'a Expr),
    Arm(&'a Arm),
    Pat(&'a Pat),
    Type(&'a Type),
}

impl Node<'_> {
    pub fn span(self) -> Span {
        match self {
            Node::Item(item) => item.span,
            Node::Fn(decl) => {
                let end = decl.body.as_ref().map_or(decl.sig_span, crate::outline::body_span);
                decl.sig_span.to(end)
            }
            Node::Handler(handler) => handler.span,
            Node::Block(block) => block.span,
            Node::Stmt(stmt) => stmt.span,
            Node::Let(parts) => {
                let end = parts.init.as_ref().map_or(parts.pat.span, |init| init.span);
                parts.pat.span.to(end)
            }
            Node::Expr(expr) => expr.span,
            Node::Arm(arm) => arm.span,
            Node::Pat(pat) => pat.span,
            Node::Type(ty) => ty.span,
        }
    }
}

/// Calls `f` for every node of a file before those inside it; it tells whether to go inside.
pub fn walk_file<'a>(file: &'a File, f: &mut dyn FnMut(Node<'a>) -> bool) {
    file.items.iter().for_each(|item| walk(Node::Item(item), f));
}

pub fn walk<'a>(node: Node<'a>, f: &mut dyn FnMut(Node<'a>) -> bool) {
    if f(node) {
        children(node, &mut |child| walk(child, f));
    }
}

/// The outermost items inside of a body.
pub fn items_in_body(body: &FnBody) -> Vec<&Item> {
    let mut found = Vec::new();
    let root = match body {
        FnBody::Block(block) => Node::Block(block),
        FnBody::Expr(expr) => Node::Expr(expr),
        FnBody::Deferred(_) => return found,
    };
    walk(root, &mut |node| match node {
        Node::Item(item) => {
            found.push(item);
            false
        }
        _ => true,
    });
    found
}

fn children<'a>(node: Node<'a>, f: &mut dyn FnMut(Node<'a>)) {
    match node {
        Node::Item(item) => in_item(&item.kind, f),
        Node::Fn(decl) => {
            in_generics(&decl.generics, f);
            decl.params.iter().for_each(|param| in_param(param, f));
            decl.ret.iter().for_each(|ty| f(Node::Type(ty)));
            decl.body.iter().for_each(|body| in_body(body, f));
        }
        Node::Handler(handler) => {
            handler.params.iter().for_each(|param| in_param(param, f));
            handler.ret.iter().for_each(|ty| f(Node::Type(ty)));
            handler.body.iter().for_each(|body| in_body(body, f));
        }
        Node::Block(block) => {
            block.stmts.iter().for_each(|stmt| f(Node::Stmt(stmt)));
            block.tail.iter().for_each(|tail| f(Node::Expr(tail)));
        }
        Node::Stmt(stmt) => match &stmt.kind {
            StmtKind::Let(parts) => f(Node::Let(parts)),
            StmtKind::Expr(expr) => f(Node::Expr(expr)),
            StmtKind::Assign { place, value, .. } => {
                f(Node::Expr(place));
                f(Node::Expr(value));
            }
            StmtKind::Item(item) => f(Node::Item(item)),
            StmtKind::Error => {}
        },
        Node::Let(parts) => {
            f(Node::Pat(&parts.pat));
            parts.ty.iter().for_each(|ty| f(Node::Type(ty)));
            parts.init.iter().for_each(|init| f(Node::Expr(init)));
            parts.else_.iter().for_each(|block| f(Node::Block(block)));
        }
        Node::Expr(expr) => in_expr(&expr.kind, f),
        Node::Arm(arm) => {
            f(Node::Pat(&arm.pat));
            arm.guard.iter().for_each(|guard| f(Node::Expr(guard)));
            f(Node::Expr(&arm.body));
        }
        Node::Pat(pat) => in_pat(&pat.kind, f),
        Node::Type(ty) => in_type(&ty.kind, f),
    }
}

fn in_item<'a>(kind: &'a ItemKind, f: &mut dyn FnMut(Node<'a>)) {
    match kind {
        ItemKind::Fn(decl) => f(Node::Fn(decl)),
        ItemKind::Struct(decl) => {
            in_generics(&decl.generics, f);
            in_variant(&decl.body, f);
        }
        ItemKind::Enum(decl) => {
            in_generics(&decl.generics, f);
            decl.variants.iter().for_each(|variant| in_variant(&variant.body, f));
        }
        ItemKind::Trait(decl) => {
            in_generics(&decl.generics, f);
            decl.supertraits.iter().for_each(|ty| f(Node::Type(ty)));
            for assoc in &decl.assoc_types {
                assoc.bounds.iter().chain(&assoc.default).for_each(|ty| f(Node::Type(ty)));
            }
            decl.handlers.iter().for_each(|handler| f(Node::Handler(handler)));
            decl.items.iter().for_each(|item| f(Node::Item(item)));
        }
        ItemKind::Impl(decl) => {
            in_generics(&decl.generics, f);
            decl.trait_.iter().for_each(|ty| f(Node::Type(ty)));
            f(Node::Type(&decl.self_ty));
            decl.items.iter().for_each(|item| f(Node::Item(item)));
        }
        ItemKind::Const(decl) => {
            decl.ty.iter().for_each(|ty| f(Node::Type(ty)));
            decl.value.iter().for_each(|value| f(Node::Expr(value)));
        }
        ItemKind::Type(decl) => {
            in_generics(&decl.generics, f);
            f(Node::Type(&decl.ty));
        }
        ItemKind::Test(decl) => in_body(&decl.body, f),
        ItemKind::Extern(block) => block.items.iter().for_each(|item| f(Node::Item(item))),
        ItemKind::Actor(decl) => {
            in_generics(&decl.generics, f);
            decl.traits.iter().for_each(|ty| f(Node::Type(ty)));
            for state in &decl.states {
                f(Node::Type(&state.ty));
                state.init.iter().for_each(|init| f(Node::Expr(init)));
            }
            decl.constructors.iter().for_each(|decl| f(Node::Fn(decl)));
            decl.handlers.iter().for_each(|handler| f(Node::Handler(handler)));
            decl.items.iter().for_each(|item| f(Node::Item(item)));
        }
        ItemKind::Use(_) | ItemKind::ExportActor(_) | ItemKind::Error => {}
    }
}

fn in_variant<'a>(body: &'a VariantBody, f: &mut dyn FnMut(Node<'a>)) {
    match body {
        VariantBody::Unit => {}
        VariantBody::Tuple(fields) => fields.iter().for_each(|field| f(Node::Type(&field.ty))),
        VariantBody::Named(fields) => fields.iter().for_each(|field| f(Node::Type(&field.ty))),
    }
}

fn in_generics<'a>(generics: &'a Generics, f: &mut dyn FnMut(Node<'a>)) {
    for param in &generics.params {
        match &param.kind {
            GenericParamKind::Type { bounds, .. } => bounds.iter().for_each(|ty| f(Node::Type(ty))),
            GenericParamKind::Const { ty } => f(Node::Type(ty)),
        }
    }
    for clause in &generics.where_clauses {
        f(Node::Type(&clause.ty));
        clause.bounds.iter().for_each(|ty| f(Node::Type(ty)));
    }
}

fn in_param<'a>(param: &'a Param, f: &mut dyn FnMut(Node<'a>)) {
    if let ParamKind::Normal { pat, ty } = &param.kind {
        f(Node::Pat(pat));
        f(Node::Type(ty));
    }
}

fn in_body<'a>(body: &'a FnBody, f: &mut dyn FnMut(Node<'a>)) {
    match body {
        FnBody::Block(block) => f(Node::Block(block)),
        FnBody::Expr(expr) => f(Node::Expr(expr)),
        FnBody::Deferred(_) => {}
    }
}

fn in_args<'a>(args: &'a GenericArgs, f: &mut dyn FnMut(Node<'a>)) {
    args.args.iter().for_each(|ty| f(Node::Type(ty)));
    args.bindings.iter().for_each(|(_, ty)| f(Node::Type(ty)));
}

fn in_path<'a>(path: &'a Path, f: &mut dyn FnMut(Node<'a>)) {
    path.segments.iter().filter_map(|segment| segment.args.as_deref()).for_each(|args| in_args(args, f));
}

fn in_type<'a>(kind: &'a TypeKind, f: &mut dyn FnMut(Node<'a>)) {
    match kind {
        TypeKind::Path(path) => in_path(path, f),
        TypeKind::Tuple(elems) => elems.iter().for_each(|ty| f(Node::Type(ty))),
        TypeKind::FixedArray(elem, len) => {
            f(Node::Type(elem));
            f(Node::Expr(len));
        }
        TypeKind::Optional(inner) | TypeKind::Dyn(inner) => f(Node::Type(inner)),
        TypeKind::Fn { params, ret, .. } => {
            params.iter().for_each(|param| f(Node::Type(&param.ty)));
            ret.iter().for_each(|ty| f(Node::Type(ty)));
        }
        TypeKind::Const(value) => f(Node::Expr(value)),
        TypeKind::Infer | TypeKind::Error => {}
    }
}

fn in_pat<'a>(kind: &'a PatKind, f: &mut dyn FnMut(Node<'a>)) {
    match kind {
        PatKind::Binding { sub, .. } => sub.iter().for_each(|sub| f(Node::Pat(sub))),
        PatKind::Literal(value) => f(Node::Expr(value)),
        PatKind::Range { lo, hi, .. } => lo.iter().chain(hi).for_each(|end| f(Node::Expr(end))),
        PatKind::Or(pats) | PatKind::Tuple(pats) | PatKind::Array(pats) => {
            pats.iter().for_each(|pat| f(Node::Pat(pat)));
        }
        PatKind::Path(path) => in_path(path, f),
        PatKind::TupleStruct { path, elems } => {
            in_path(path, f);
            elems.iter().for_each(|pat| f(Node::Pat(pat)));
        }
        PatKind::Struct { path, fields, .. } => {
            in_path(path, f);
            fields.iter().filter_map(|field| field.pat.as_ref()).for_each(|pat| f(Node::Pat(pat)));
        }
        PatKind::Wild | PatKind::Rest(_) | PatKind::Error => {}
    }
}

fn in_cond<'a>(cond: &'a Cond, f: &mut dyn FnMut(Node<'a>)) {
    match cond {
        Cond::Expr(expr) => f(Node::Expr(expr)),
        Cond::Let { pat, expr, .. } => {
            f(Node::Pat(pat));
            f(Node::Expr(expr));
        }
    }
}

fn in_expr<'a>(kind: &'a ExprKind, f: &mut dyn FnMut(Node<'a>)) {
    use ExprKind as E;
    match kind {
        E::Interp(parts) => {
            for part in parts {
                if let InterpPart::Expr { expr, .. } = part {
                    f(Node::Expr(expr));
                }
            }
        }
        E::Name { args, .. } => args.iter().for_each(|args| in_args(args, f)),
        E::Field { base, args, .. } => {
            f(Node::Expr(base));
            args.iter().for_each(|args| in_args(args, f));
        }
        E::Call { callee: head, args } | E::Spawn { ctor: head, args } => {
            f(Node::Expr(head));
            args.iter().for_each(|arg| f(Node::Expr(&arg.expr)));
        }
        E::StructLit { path, fields, base } => {
            f(Node::Expr(path));
            fields.iter().filter_map(|field| field.value.as_ref()).for_each(|value| f(Node::Expr(value)));
            base.iter().for_each(|base| f(Node::Expr(base)));
        }
        E::Tuple(elems) | E::Array(elems) => elems.iter().for_each(|elem| f(Node::Expr(elem))),
        E::Cast { expr, ty } => {
            f(Node::Expr(expr));
            f(Node::Type(ty));
        }
        E::Is { expr, pat } => {
            f(Node::Expr(expr));
            f(Node::Pat(pat));
        }
        E::Closure { params, ret, body } => {
            for param in params {
                f(Node::Pat(&param.pat));
                param.ty.iter().for_each(|ty| f(Node::Type(ty)));
            }
            ret.iter().for_each(|ty| f(Node::Type(ty)));
            f(Node::Expr(body));
        }
        _ => in_control(kind, f),
    }
}

fn in_control<'a>(kind: &'a ExprKind, f: &mut dyn FnMut(Node<'a>)) {
    use ExprKind as E;
    match kind {
        E::Block(block) => f(Node::Block(block)),
        E::If { cond, then, else_ } => {
            in_cond(cond, f);
            f(Node::Block(then));
            else_.iter().for_each(|else_| f(Node::Expr(else_)));
        }
        E::Match { scrutinee, arms } => {
            f(Node::Expr(scrutinee));
            arms.iter().for_each(|arm| f(Node::Arm(arm)));
        }
        E::While { cond, body, .. } => {
            in_cond(cond, f);
            f(Node::Block(body));
        }
        E::For { pat, iter, body, .. } => {
            f(Node::Pat(pat));
            f(Node::Expr(iter));
            f(Node::Block(body));
        }
        E::Loop { body, .. } => f(Node::Block(body)),
        E::TryCatch { error_ty, body, arms } => {
            error_ty.iter().for_each(|ty| f(Node::Type(ty)));
            f(Node::Block(body));
            arms.iter().for_each(|arm| f(Node::Arm(arm)));
        }
        E::Select { arms, timeout } => {
            for arm in arms {
                f(Node::Pat(&arm.pat));
                f(Node::Expr(&arm.future));
                f(Node::Expr(&arm.body));
            }
            if let Some((time, body)) = timeout {
                f(Node::Expr(time));
                f(Node::Expr(body));
            }
        }
        _ => in_plain(kind, f),
    }
}

fn in_plain<'a>(kind: &'a ExprKind, f: &mut dyn FnMut(Node<'a>)) {
    use ExprKind as E;
    match kind {
        E::TupleField { base: inner, .. }
        | E::Deref(inner)
        | E::Paren(inner)
        | E::Unary { operand: inner, .. }
        | E::Try(inner)
        | E::Async(inner)
        | E::Await(inner)
        | E::Reply(inner)
        | E::Yield(inner)
        | E::Return(Some(inner))
        | E::Break { value: Some(inner), .. } => f(Node::Expr(inner)),
        E::Index { base: a, index: b }
        | E::ArrayRepeat { value: a, count: b }
        | E::Binary { lhs: a, rhs: b, .. }
        | E::Send { target: a, message: b } => {
            f(Node::Expr(a));
            f(Node::Expr(b));
        }
        E::Ask { target, message, timeout, .. } => {
            f(Node::Expr(target));
            f(Node::Expr(message));
            timeout.iter().for_each(|timeout| f(Node::Expr(timeout)));
        }
        E::Range { lo, hi, .. } => lo.iter().chain(hi).for_each(|end| f(Node::Expr(end))),
        _ => {}
    }
}
