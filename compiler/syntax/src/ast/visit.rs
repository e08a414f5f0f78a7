//! A walk over the expressions of a tree.

use super::{Arm, Block, Cond, Expr, ExprKind, InterpPart, StmtKind};

/// Calls `f` for every expression in a block, at any depth, before those inside it. Items that stand in it are left
/// out, and so are the literals of patterns and types.
pub fn each_expr_in_block(block: &Block, f: &mut dyn FnMut(&Expr)) {
    for stmt in &block.stmts {
        match &stmt.kind {
            StmtKind::Let(parts) => {
                if let Some(init) = &parts.init {
                    each_expr(init, f);
                }
                if let Some(else_) = &parts.else_ {
                    each_expr_in_block(else_, f);
                }
            }
            StmtKind::Expr(expr) => each_expr(expr, f),
            StmtKind::Assign { place, value, .. } => {
                each_expr(place, f);
                each_expr(value, f);
            }
            StmtKind::Item(_) | StmtKind::Error => {}
        }
    }
    if let Some(tail) = &block.tail {
        each_expr(tail, f);
    }
}

/// Calls `f` for an expression and for every one inside it.
pub fn each_expr(e: &Expr, f: &mut dyn FnMut(&Expr)) {
    f(e);
    match &e.kind {
        ExprKind::Interp(parts) => {
            for part in parts {
                if let InterpPart::Expr { expr, .. } = part {
                    each_expr(expr, f);
                }
            }
        }
        ExprKind::Call { callee: head, args } | ExprKind::Spawn { ctor: head, args } => {
            each_expr(head, f);
            args.iter().for_each(|arg| each_expr(&arg.expr, f));
        }
        ExprKind::StructLit { path, fields, base } => {
            each_expr(path, f);
            fields.iter().filter_map(|field| field.value.as_ref()).for_each(|value| each_expr(value, f));
            if let Some(base) = base {
                each_expr(base, f);
            }
        }
        ExprKind::Tuple(elems) | ExprKind::Array(elems) => elems.iter().for_each(|elem| each_expr(elem, f)),
        ExprKind::Match { scrutinee: head, arms } => {
            each_expr(head, f);
            each_in_arms(arms, f);
        }
        ExprKind::TryCatch { body, arms, .. } => {
            each_expr_in_block(body, f);
            each_in_arms(arms, f);
        }
        ExprKind::Select { arms, timeout } => {
            for arm in arms {
                each_expr(&arm.future, f);
                each_expr(&arm.body, f);
            }
            if let Some((time, body)) = timeout {
                each_expr(time, f);
                each_expr(body, f);
            }
        }
        _ => each_in_control(e, f),
    }
}

fn each_in_arms(arms: &[Arm], f: &mut dyn FnMut(&Expr)) {
    for arm in arms {
        if let Some(guard) = &arm.guard {
            each_expr(guard, f);
        }
        each_expr(&arm.body, f);
    }
}

fn each_in_cond(cond: &Cond, f: &mut dyn FnMut(&Expr)) {
    match cond {
        Cond::Expr(expr) | Cond::Let { expr, .. } => each_expr(expr, f),
    }
}

fn each_in_control(e: &Expr, f: &mut dyn FnMut(&Expr)) {
    match &e.kind {
        ExprKind::Block(block) => each_expr_in_block(block, f),
        ExprKind::Loop { body, .. } => each_expr_in_block(body, f),
        ExprKind::If { cond, then, else_ } => {
            each_in_cond(cond, f);
            each_expr_in_block(then, f);
            if let Some(else_) = else_ {
                each_expr(else_, f);
            }
        }
        ExprKind::While { cond, body, .. } => {
            each_in_cond(cond, f);
            each_expr_in_block(body, f);
        }
        ExprKind::For { iter, body, .. } => {
            each_expr(iter, f);
            each_expr_in_block(body, f);
        }
        _ => each_plain(e, f),
    }
}

/// The forms whose parts are expressions and nothing else.
fn each_plain(e: &Expr, f: &mut dyn FnMut(&Expr)) {
    match &e.kind {
        ExprKind::Field { base: inner, .. }
        | ExprKind::TupleField { base: inner, .. }
        | ExprKind::Deref(inner)
        | ExprKind::Paren(inner)
        | ExprKind::Unary { operand: inner, .. }
        | ExprKind::Cast { expr: inner, .. }
        | ExprKind::Is { expr: inner, .. }
        | ExprKind::Try(inner)
        | ExprKind::Closure { body: inner, .. }
        | ExprKind::Async(inner)
        | ExprKind::Await(inner)
        | ExprKind::Reply(inner)
        | ExprKind::Yield(inner)
        | ExprKind::Return(Some(inner))
        | ExprKind::Break { value: Some(inner), .. } => each_expr(inner, f),
        ExprKind::Index { base: a, index: b }
        | ExprKind::ArrayRepeat { value: a, count: b }
        | ExprKind::Binary { lhs: a, rhs: b, .. }
        | ExprKind::Send { target: a, message: b } => {
            each_expr(a, f);
            each_expr(b, f);
        }
        ExprKind::Ask { target, message, timeout, .. } => {
            each_expr(target, f);
            each_expr(message, f);
            if let Some(timeout) = timeout {
                each_expr(timeout, f);
            }
        }
        ExprKind::Range { lo, hi, .. } => {
            lo.iter().chain(hi).for_each(|end| each_expr(end, f));
        }
        _ => {}
    }
}
