//! Expressions and statements in text form.

use super::{Dump, Node, atom, list, quoted, tagged};
use crate::ast::*;

impl Dump<'_> {
    pub(super) fn block(&self, block: &Block) -> Node {
        let mut nodes: Vec<Node> = block.stmts.iter().map(|s| self.stmt(s)).collect();
        nodes.extend(block.tail.as_ref().map(|e| tagged("value", [self.expr(e)])));
        tagged("block", nodes)
    }

    fn stmt(&self, stmt: &Stmt) -> Node {
        match &stmt.kind {
            StmtKind::Let(stmt) => {
                let Let { pat, ty, init, else_ } = &**stmt;
                let mut nodes = vec![self.pat(pat)];
                nodes.extend(ty.as_ref().map(|t| tagged(":", [self.ty(t)])));
                nodes.extend(init.as_ref().map(|e| self.expr(e)));
                nodes.extend(else_.as_ref().map(|b| tagged("else", [self.block(b)])));
                tagged("let", nodes)
            }
            StmtKind::Expr(expr) => self.expr(expr),
            StmtKind::Assign { op, place, value } => {
                let sign = format!("{}=", op.map_or("", binary_sign));
                tagged(&sign, [self.expr(place), self.expr(value)])
            }
            StmtKind::Item(item) => self.item(item),
            StmtKind::Error => tagged("error", []),
        }
    }

    pub(super) fn expr(&self, expr: &Expr) -> Node {
        match &expr.kind {
            ExprKind::Int { value, suffix } => atom(format!("{}{}", value.get(), self.suffix(*suffix))),
            ExprKind::Float { text, suffix } => atom(format!("{text}{}", self.suffix(*suffix))),
            ExprKind::Char(c) => atom(format!("{c:?}")),
            ExprKind::Bool(value) => atom(value.to_string()),
            ExprKind::Duration(ns) => atom(format!("{ns}ns")),
            ExprKind::Str(text) => quoted(text),
            ExprKind::Interp(parts) => tagged("interp", parts.iter().map(|p| self.interp_part(p))),
            ExprKind::Name { ident, args } => self.with_args(self.ident(*ident), args.as_deref()),
            ExprKind::SelfValue => atom("self"),
            ExprKind::SelfType => atom("Self"),
            ExprKind::Field { base, name, args } => {
                let field = tagged(".", [self.expr(base), self.ident(*name)]);
                self.with_args(field, args.as_deref())
            }
            ExprKind::TupleField { base, index, .. } => {
                tagged(".", [self.expr(base), atom(index.to_string())])
            }
            ExprKind::Deref(base) => tagged(".*", [self.expr(base)]),
            ExprKind::Index { base, index } => tagged("index", [self.expr(base), self.expr(index)]),
            ExprKind::Call { callee, args } => self.call("call", callee, args),
            ExprKind::StructLit { path, fields, base } => self.struct_lit(path, fields, base.as_deref()),
            ExprKind::Tuple(elems) => tagged("tuple", elems.iter().map(|e| self.expr(e))),
            ExprKind::Paren(inner) => tagged("paren", [self.expr(inner)]),
            ExprKind::Array(elems) => tagged("array", elems.iter().map(|e| self.expr(e))),
            ExprKind::ArrayRepeat { value, count } => tagged("repeat", [self.expr(value), self.expr(count)]),
            ExprKind::Unary { op, operand } => tagged(unary_sign(*op), [self.expr(operand)]),
            ExprKind::Binary { op, lhs, rhs, .. } => {
                tagged(binary_sign(*op), [self.expr(lhs), self.expr(rhs)])
            }
            ExprKind::Range { lo, hi, inclusive } => self.range(lo.as_deref(), hi.as_deref(), *inclusive),
            ExprKind::Cast { expr, ty } => tagged("as", [self.expr(expr), self.ty(ty)]),
            ExprKind::Is { expr, pat } => tagged("is", [self.expr(expr), self.pat(pat)]),
            ExprKind::Try(inner) => tagged("?", [self.expr(inner)]),
            ExprKind::Error => tagged("error", []),
            kind => self.control(kind),
        }
    }

    fn control(&self, kind: &ExprKind) -> Node {
        match kind {
            ExprKind::Block(block) => self.block(block),
            ExprKind::If { cond, then, else_ } => {
                let mut nodes = vec![self.cond(cond), self.block(then)];
                nodes.extend(else_.as_ref().map(|e| self.expr(e)));
                tagged("if", nodes)
            }
            ExprKind::Match { scrutinee, arms } => {
                tagged("match", std::iter::once(self.expr(scrutinee)).chain(self.arms(arms)))
            }
            ExprKind::While { label, cond, body } => {
                self.labelled("while", *label, vec![self.cond(cond), self.block(body)])
            }
            ExprKind::For { label, pat, iter, body } => {
                self.labelled("for", *label, vec![self.pat(pat), self.expr(iter), self.block(body)])
            }
            ExprKind::Loop { label, body } => self.labelled("loop", *label, vec![self.block(body)]),
            ExprKind::Break { label, value } => {
                self.labelled("break", *label, value.iter().map(|e| self.expr(e)).collect())
            }
            ExprKind::Continue { label } => self.labelled("continue", *label, Vec::new()),
            ExprKind::Return(value) => tagged("return", value.iter().map(|e| self.expr(e))),
            ExprKind::Closure { params, ret, body } => self.closure(params, ret.as_deref(), body),
            ExprKind::TryCatch { error_ty, body, arms } => {
                let mut nodes: Vec<Node> = error_ty.iter().map(|t| tagged(":", [self.ty(t)])).collect();
                nodes.push(self.block(body));
                nodes.extend(self.arms(arms));
                tagged("try", nodes)
            }
            kind => self.form(kind),
        }
    }

    fn form(&self, kind: &ExprKind) -> Node {
        match kind {
            ExprKind::Spawn { ctor, args } => self.call("spawn", ctor, args),
            ExprKind::Send { target, message } => tagged("send", [self.expr(target), self.expr(message)]),
            ExprKind::Ask { target, message, timeout, is_try } => {
                let mut nodes = vec![self.expr(target), self.expr(message)];
                nodes.extend(timeout.as_ref().map(|t| tagged("timeout", [self.expr(t)])));
                tagged(if *is_try { "try-ask" } else { "ask" }, nodes)
            }
            ExprKind::Async(inner) => tagged("async", [self.expr(inner)]),
            ExprKind::Await(inner) => tagged("await", [self.expr(inner)]),
            ExprKind::Select { arms, timeout } => {
                let arm = |arm: &SelectArm| {
                    tagged("arm", [self.pat(&arm.pat), self.expr(&arm.future), self.expr(&arm.body)])
                };
                let mut nodes: Vec<Node> = arms.iter().map(arm).collect();
                nodes.extend(timeout.as_ref().map(|(t, b)| tagged("timeout", [self.expr(t), self.expr(b)])));
                tagged("select", nodes)
            }
            ExprKind::Reply(value) => tagged("reply", [self.expr(value)]),
            ExprKind::Yield(value) => tagged("yield", [self.expr(value)]),
            _ => tagged("error", []),
        }
    }

    fn suffix(&self, suffix: Option<crate::intern::Symbol>) -> String {
        suffix.map(|s| format!(":{}", self.name(s))).unwrap_or_default()
    }

    fn with_args(&self, node: Node, args: Option<&GenericArgs>) -> Node {
        match args {
            Some(args) => tagged("<>", std::iter::once(node).chain(self.generic_args(args))),
            None => node,
        }
    }

    fn interp_part(&self, part: &InterpPart) -> Node {
        match part {
            InterpPart::Str(text) => quoted(text),
            InterpPart::Expr { expr, spec: None } => self.expr(expr),
            InterpPart::Expr { expr, spec: Some(spec) } => {
                tagged("format", [self.expr(expr), atom(spec_text(spec))])
            }
        }
    }

    fn call(&self, tag: &str, callee: &Expr, args: &[Arg]) -> Node {
        let mut nodes = vec![self.expr(callee)];
        nodes.extend(args.iter().map(|arg| match arg.mut_span {
            Some(_) => tagged("mut", [self.expr(&arg.expr)]),
            None => self.expr(&arg.expr),
        }));
        tagged(tag, nodes)
    }

    fn struct_lit(&self, path: &Expr, fields: &[FieldInit], base: Option<&Expr>) -> Node {
        let mut nodes = vec![self.expr(path)];
        nodes.extend(fields.iter().map(|f| {
            list(std::iter::once(self.ident(f.name)).chain(f.value.as_ref().map(|e| self.expr(e))).collect())
        }));
        nodes.extend(base.map(|e| tagged("..", [self.expr(e)])));
        tagged("struct", nodes)
    }

    pub(super) fn range(&self, lo: Option<&Expr>, hi: Option<&Expr>, inclusive: bool) -> Node {
        let end = |e: Option<&Expr>| e.map_or(atom("_"), |e| self.expr(e));
        tagged(if inclusive { "..=" } else { ".." }, [end(lo), end(hi)])
    }

    fn cond(&self, cond: &Cond) -> Node {
        match cond {
            Cond::Expr(expr) => self.expr(expr),
            Cond::Let { pat, expr, .. } => tagged("let", [self.pat(pat), self.expr(expr)]),
        }
    }

    fn arms(&self, arms: &[Arm]) -> Vec<Node> {
        let arm = |arm: &Arm| {
            let mut nodes = vec![self.pat(&arm.pat)];
            nodes.extend(arm.guard.as_ref().map(|g| tagged("when", [self.expr(g)])));
            nodes.push(self.expr(&arm.body));
            tagged("arm", nodes)
        };
        arms.iter().map(arm).collect()
    }

    fn labelled(&self, tag: &str, label: Option<Ident>, mut nodes: Vec<Node>) -> Node {
        if let Some(label) = label {
            nodes.insert(0, atom(format!("'{}", self.name(label.name))));
        }
        tagged(tag, nodes)
    }

    fn closure(&self, params: &[ClosureParam], ret: Option<&Type>, body: &Expr) -> Node {
        let param = |p: &ClosureParam| {
            let mut nodes = vec![self.pat(&p.pat)];
            if p.is_mut {
                nodes.insert(0, atom("mut"));
            }
            nodes.extend(p.ty.as_ref().map(|t| self.ty(t)));
            if nodes.len() == 1 { self.pat(&p.pat) } else { list(nodes) }
        };
        let mut nodes = vec![list(params.iter().map(param).collect())];
        nodes.extend(ret.map(|t| tagged("->", [self.ty(t)])));
        nodes.push(self.expr(body));
        tagged("closure", nodes)
    }
}

fn spec_text(spec: &FormatSpec) -> String {
    let mut out = String::from(":");
    if let Some(align) = spec.align {
        out.push(spec.fill);
        out.push(match align {
            Align::Left => '<',
            Align::Center => '^',
            Align::Right => '>',
        });
    }
    for (set, sign) in [(spec.plus, '+'), (spec.alternate, '#'), (spec.zero, '0')] {
        if set {
            out.push(sign);
        }
    }
    out.extend(spec.width.map(|w| w.to_string()));
    out.extend(spec.precision.map(|p| format!(".{p}")));
    out.extend(spec.ty);
    out
}

fn unary_sign(op: UnOp) -> &'static str {
    match op {
        UnOp::Neg => "neg",
        UnOp::Not => "!",
        UnOp::BitNot => "~",
    }
}

fn binary_sign(op: BinOp) -> &'static str {
    match op {
        BinOp::Add => "+",
        BinOp::Sub => "-",
        BinOp::Mul => "*",
        BinOp::Div => "/",
        BinOp::Rem => "%",
        BinOp::Pow => "**",
        BinOp::WrapAdd => "+%",
        BinOp::WrapSub => "-%",
        BinOp::WrapMul => "*%",
        BinOp::Shl => "<<",
        BinOp::Shr => ">>",
        BinOp::BitAnd => "&",
        BinOp::BitXor => "^",
        BinOp::BitOr => "|",
        BinOp::Eq => "==",
        BinOp::Ne => "!=",
        BinOp::Lt => "<",
        BinOp::Le => "<=",
        BinOp::Gt => ">",
        BinOp::Ge => ">=",
        BinOp::And => "&&",
        BinOp::Or => "||",
    }
}
