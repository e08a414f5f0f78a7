//! Bodies as text, for `--emit hir` and tests: an indented tree with the types that were found.
//!
//! The text is for reading; there is no parser for it. Variables print as `name.number`, calls with all type
//! arguments, coercions as they were inserted.

use crate::body::*;
use crate::program::{BodyOwner, ParamMode, Program, VariantIdx};
use crate::ty::{Ty, TyKind};
use std::fmt::Write;

/// A function, constant or test with its body.
pub fn print_body(program: &Program, body: &Body) -> String {
    let mut printer = Printer { p: program, body, out: String::new(), indent: 0 };
    printer.head();
    printer.expr(&body.value);
    printer.out.push('\n');
    for (id, closure) in &body.closures {
        printer.closure(*id, closure);
    }
    printer.out
}

struct Printer<'a> {
    p: &'a Program,
    body: &'a Body,
    out: String,
    indent: usize,
}

impl Printer<'_> {
    fn head(&mut self) {
        match self.body.owner {
            BodyOwner::Fn(id) => {
                let function = &self.p.fns[id];
                let generics: Vec<Ty> = Vec::new();
                let name = self.p.fn_name(id, &generics);
                let params: Vec<&str> =
                    function.generics.params.iter().map(|g| self.p.name(g.name)).collect();
                let params =
                    if params.is_empty() { String::new() } else { format!("<{}>", params.join(", ")) };
                let _ = write!(self.out, "fn {name}{params}(");
                for (i, (param, local)) in function.params.iter().zip(&self.body.params).enumerate() {
                    let sep = if i > 0 { ", " } else { "" };
                    let mode = if param.mode == ParamMode::Mut { "mut " } else { "" };
                    let _ =
                        write!(self.out, "{sep}{mode}{}: {}", self.local(*local), self.p.ty_name(param.ty));
                }
                let _ = write!(self.out, ") -> {} = ", self.p.ty_name(function.ret));
            }
            BodyOwner::Const(id) => {
                let decl = &self.p.consts[id];
                let _ = write!(self.out, "const {}: {} = ", self.p.name(decl.name), self.p.ty_name(decl.ty));
            }
            BodyOwner::Test(id) => {
                let _ = write!(self.out, "test {:?} = ", self.p.tests[id].name);
            }
        }
    }

    fn closure(&mut self, id: crate::program::ClosureId, closure: &ClosureBody) {
        let params: Vec<String> = closure
            .params
            .iter()
            .map(|l| format!("{}: {}", self.local(*l), self.p.ty_name(self.body.locals[*l].ty)))
            .collect();
        let captures: Vec<String> = closure
            .captures
            .iter()
            .map(|(inner, outer)| format!("{} = {}", self.local(*inner), self.local(*outer)))
            .collect();
        let ret = self.p.ty_name(self.p.closures[id].ret);
        let once = if self.p.closures[id].is_once { " once" } else { "" };
        let _ = write!(self.out, "{id}{once} [{}] |{}| -> {ret} = ", captures.join(", "), params.join(", "));
        self.expr(&closure.value);
        self.out.push('\n');
    }

    fn local(&self, local: LocalId) -> String {
        let name = self.body.locals.get(local).map_or("?", |l| self.p.name(l.name));
        if name.is_empty() { format!("_.{}", local.0) } else { format!("{name}.{}", local.0) }
    }

    fn line(&mut self) {
        self.out.push('\n');
        for _ in 0..self.indent {
            self.out.push_str("    ");
        }
    }

    fn text(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn list<'e>(&mut self, open: &str, elems: impl Iterator<Item = &'e Expr>, close: &str) {
        self.text(open);
        for (i, elem) in elems.enumerate() {
            if i > 0 {
                self.text(", ");
            }
            self.expr(elem);
        }
        self.text(close);
    }

    fn expr(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Lit(lit) => self.lit(lit, e.ty),
            ExprKind::Local(local) => {
                let name = self.local(*local);
                self.text(&name);
            }
            ExprKind::Const(id, args) => {
                let name = self.p.name(self.p.consts[*id].name).to_string();
                self.text(&name);
                self.args(args);
            }
            ExprKind::ConstParam(param) => {
                let name = self.p.ty_name(*param);
                self.text(&name);
            }
            ExprKind::FnItem => {
                let name = self.p.ty_name(e.ty);
                self.text(&name);
            }
            ExprKind::Field { base, index } => {
                self.expr(base);
                let name = self.field_name(base.ty, *index);
                let _ = write!(self.out, ".{name}");
            }
            ExprKind::IndexPlace { base, index, .. } => self.indexed(base, "[", index, "]"),
            ExprKind::FixedIndex { base, index } => self.indexed(base, "[fixed ", index, "]"),
            ExprKind::IndexValue { base, index, .. } => self.indexed(base, "[value ", index, "]"),
            ExprKind::Deref(base) => {
                self.expr(base);
                self.text(".*");
            }
            ExprKind::Call { callee, args } => self.call(callee, args),
            ExprKind::Binary { op, lhs, rhs } => {
                self.text("(");
                self.expr(lhs);
                let _ = write!(self.out, " {} ", crate::check::sign(*op));
                self.expr(rhs);
                self.text(")");
            }
            ExprKind::Unary { op, operand } => {
                self.text(match op {
                    UnOp::Neg => "-",
                    UnOp::Not => "!",
                    UnOp::BitNot => "~",
                });
                self.expr(operand);
            }
            ExprKind::Cast(inner) => {
                self.text("(");
                self.expr(inner);
                let _ = write!(self.out, " as {})", self.p.ty_name(e.ty));
            }
            ExprKind::Coerce { kind, expr } => {
                let name = match kind {
                    Coercion::NeverToAny => "never",
                    Coercion::BoxFn => "box",
                    Coercion::ToDyn => "dyn",
                };
                let _ = write!(self.out, "{name}<{}>(", self.p.ty_name(e.ty));
                self.expr(expr);
                self.text(")");
            }
            ExprKind::Tuple(elems) => self.list("(", elems.iter(), ")"),
            ExprKind::Adt { variant, fields, order, base } => {
                self.adt(e.ty, *variant, fields, order, base.as_deref())
            }
            ExprKind::Array(elems) => self.list("[", elems.iter(), "]"),
            ExprKind::ArrayRepeat { value, count } => {
                self.text("[");
                self.expr(value);
                self.text("; ");
                match count {
                    Some(count) => self.expr(count),
                    None => {
                        let name = self.p.ty_name(e.ty);
                        self.text(&name);
                    }
                }
                self.text("]");
            }
            ExprKind::Interp(parts) => self.interp(parts),
            ExprKind::Closure(id) => {
                let _ = write!(self.out, "{id}");
            }
            ExprKind::Assign { place, value } => {
                self.expr(place);
                self.text(" = ");
                self.expr(value);
            }
            ExprKind::AssignOp { op, place, value } => {
                self.expr(place);
                let _ = write!(self.out, " {}= ", crate::check::sign(*op));
                self.expr(value);
            }
            ExprKind::Error => self.text("<error>"),
            _ => self.control(e),
        }
    }

    fn control(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Block(block) => self.block(block),
            ExprKind::If { cond, then, else_ } => {
                self.text("if ");
                self.expr(cond);
                self.text(" ");
                self.expr(then);
                if let Some(else_) = else_ {
                    self.text(" else ");
                    self.expr(else_);
                }
            }
            ExprKind::Is { expr, pat } => {
                self.text("(");
                self.expr(expr);
                self.text(" is ");
                self.pat(pat);
                self.text(")");
            }
            ExprKind::Match { scrutinee, arms } => self.arms(scrutinee, arms),
            ExprKind::Loop { id, body } => self.jump(&format!("{id}: loop "), body),
            ExprKind::BreakBlock { id, body } => self.jump(&format!("{id}: block "), body),
            ExprKind::For { id, pat, iter, body, .. } => {
                let _ = write!(self.out, "{id}: for ");
                self.pat(pat);
                self.text(" in ");
                self.expr(iter);
                self.text(" ");
                self.expr(body);
            }
            ExprKind::ForRange { id, pat, lo, hi, inclusive, body } => {
                let _ = write!(self.out, "{id}: for ");
                self.pat(pat);
                self.text(" in ");
                self.expr(lo);
                self.text(if *inclusive { "..=" } else { ".." });
                self.expr(hi);
                self.text(" ");
                self.expr(body);
            }
            ExprKind::Break { id, value } => {
                let _ = write!(self.out, "break {id}");
                if let Some(value) = value {
                    self.text(" ");
                    self.expr(value);
                }
            }
            ExprKind::Continue { id } => {
                let _ = write!(self.out, "continue {id}");
            }
            ExprKind::Return(value) => {
                self.text("return");
                if let Some(value) = value {
                    self.text(" ");
                    self.expr(value);
                }
            }
            _ => {}
        }
    }

    fn jump(&mut self, head: &str, body: &Expr) {
        self.text(head);
        self.expr(body);
    }

    fn indexed(&mut self, base: &Expr, open: &str, index: &Expr, close: &str) {
        self.expr(base);
        self.text(open);
        self.expr(index);
        self.text(close);
    }

    fn args(&mut self, args: &[Ty]) {
        if !args.is_empty() {
            let names: Vec<String> = args.iter().map(|t| self.p.ty_name(*t)).collect();
            let _ = write!(self.out, "<{}>", names.join(", "));
        }
    }

    fn call(&mut self, callee: &Callee, args: &[Arg]) {
        match callee {
            Callee::Fn { id, args } => {
                let name = self.p.fn_name(*id, args);
                self.text(&name);
            }
            Callee::TraitMethod { trait_, method, args } => {
                let (of, name) =
                    (self.p.name(self.p.traits[*trait_].name), self.p.name(self.p.fns[*method].name));
                let text = format!("trait {of}.{name}");
                self.text(&text);
                self.args(args);
            }
            Callee::Dyn { trait_, method_idx } => {
                let _ = write!(self.out, "dyn {}.{method_idx}", self.p.name(self.p.traits[*trait_].name));
            }
            Callee::Value(value) => {
                self.text("value ");
                self.expr(value);
            }
        }
        self.text("(");
        for (i, arg) in args.iter().enumerate() {
            if i > 0 {
                self.text(", ");
            }
            if arg.mode == ArgMode::Mut {
                self.text("mut ");
            }
            self.expr(&arg.expr);
        }
        self.text(")");
    }

    fn field_name(&self, ty: Ty, index: u32) -> String {
        match self.p.types.kind(ty) {
            TyKind::Adt(adt, _) => {
                let fields = &self.p.adts[*adt].variants[VariantIdx(0)].fields;
                fields.get(index as usize).map_or("?".to_string(), |f| self.p.name(f.name).to_string())
            }
            _ => index.to_string(),
        }
    }

    fn variant_name(&self, ty: Ty, variant: VariantIdx) -> String {
        match self.p.types.kind(ty) {
            TyKind::Adt(adt, _) => {
                let adt = &self.p.adts[*adt];
                let name = self.p.name(adt.variants[variant].name);
                if adt.is_enum { format!("{}.{name}", self.p.name(adt.name)) } else { name.to_string() }
            }
            _ => "?".to_string(),
        }
    }

    fn adt(
        &mut self,
        ty: Ty,
        variant: VariantIdx,
        fields: &[Option<Expr>],
        order: &[u32],
        base: Option<&Expr>,
    ) {
        let name = self.variant_name(ty, variant);
        self.text(&name);
        if fields.is_empty() && base.is_none() {
            return;
        }
        self.text(" {");
        for (i, index) in order.iter().enumerate() {
            let Some(Some(value)) = fields.get(*index as usize) else { continue };
            let _ = write!(self.out, "{} {index}: ", if i > 0 { "," } else { "" });
            self.expr(value);
        }
        if let Some(base) = base {
            self.text(" ..");
            self.expr(base);
        }
        self.text(" }");
    }

    fn interp(&mut self, parts: &[InterpPart]) {
        self.text("interp(");
        for (i, part) in parts.iter().enumerate() {
            if i > 0 {
                self.text(", ");
            }
            match part {
                InterpPart::Str(text) => {
                    let _ = write!(self.out, "{text:?}");
                }
                InterpPart::Expr { expr, spec, .. } => {
                    self.expr(expr);
                    if spec.is_some() {
                        self.text(" with spec");
                    }
                }
            }
        }
        self.text(")");
    }

    fn block(&mut self, block: &Block) {
        self.text("{");
        self.indent += 1;
        for stmt in &block.stmts {
            self.line();
            self.stmt(stmt);
        }
        if let Some(tail) = &block.tail {
            self.line();
            self.text("=> ");
            self.expr(tail);
        }
        self.indent -= 1;
        self.line();
        self.text("}");
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Expr(expr) => self.expr(expr),
            Stmt::Let { pat, init, else_, .. } => {
                self.text("let ");
                self.pat(pat);
                let _ = write!(self.out, ": {}", self.p.ty_name(pat.ty));
                if let Some(init) = init {
                    self.text(" = ");
                    self.expr(init);
                }
                if let Some(else_) = else_ {
                    self.text(" else ");
                    self.expr(else_);
                }
            }
        }
    }

    fn arms(&mut self, scrutinee: &Expr, arms: &[Arm]) {
        self.text("match ");
        self.expr(scrutinee);
        self.text(" {");
        self.indent += 1;
        for arm in arms {
            self.line();
            self.pat(&arm.pat);
            if let Some(guard) = &arm.guard {
                self.text(" when ");
                self.expr(guard);
            }
            self.text(" => ");
            self.expr(&arm.body);
        }
        self.indent -= 1;
        self.line();
        self.text("}");
    }

    fn lit(&mut self, lit: &Lit, ty: Ty) {
        let _ = match lit {
            Lit::Int(n) if ty == Ty::I64 => write!(self.out, "{}", n.get()),
            Lit::Int(n) => write!(self.out, "{}:{}", n.get(), self.p.ty_name(ty)),
            Lit::Float(text) if ty == Ty::F64 => write!(self.out, "{text}"),
            Lit::Float(text) => write!(self.out, "{text}:{}", self.p.ty_name(ty)),
            Lit::Bool(b) => write!(self.out, "{b}"),
            Lit::Char(c) => write!(self.out, "{c:?}"),
            Lit::Str(s) => write!(self.out, "{s:?}"),
            Lit::Unit => write!(self.out, "()"),
            Lit::Duration(nanos) => write!(self.out, "{nanos}ns"),
        };
    }

    // ------------------------------------------------------------ patterns

    fn pats(&mut self, open: &str, pats: &[Pat], sep: &str, close: &str) {
        self.text(open);
        for (i, pat) in pats.iter().enumerate() {
            if i > 0 {
                self.text(sep);
            }
            self.pat(pat);
        }
        self.text(close);
    }

    fn pat(&mut self, pat: &Pat) {
        match &pat.kind {
            PatKind::Wild => self.text("_"),
            PatKind::Binding { local, sub } => {
                let name = self.local(*local);
                self.text(&name);
                if let Some(sub) = sub {
                    self.text(" @ ");
                    self.pat(sub);
                }
            }
            PatKind::Lit(lit) => self.lit(lit, pat.ty),
            PatKind::Range { lo, hi, inclusive } => {
                if let Some(lo) = lo {
                    self.lit(lo, pat.ty);
                }
                self.text(if *inclusive { "..=" } else { ".." });
                if let Some(hi) = hi {
                    self.lit(hi, pat.ty);
                }
            }
            PatKind::Or(pats) => self.pats("(", pats, " | ", ")"),
            PatKind::Tuple(pats) => self.pats("(", pats, ", ", ")"),
            PatKind::Adt { variant, fields } => {
                let name = self.variant_name(pat.ty, *variant);
                self.text(&name);
                if !fields.is_empty() {
                    self.text(" {");
                    for (i, (index, field)) in fields.iter().enumerate() {
                        let _ = write!(self.out, "{} {index}: ", if i > 0 { "," } else { "" });
                        self.pat(field);
                    }
                    self.text(" }");
                }
            }
            PatKind::Array { prefix, rest, suffix } => {
                self.pats("[", prefix, ", ", "");
                if let Some(rest) = rest {
                    self.text(if prefix.is_empty() { ".." } else { ", .." });
                    if let Some(local) = rest {
                        let name = self.local(*local);
                        self.text(&name);
                    }
                    if !suffix.is_empty() {
                        self.text(", ");
                    }
                }
                self.pats("", suffix, ", ", "]");
            }
            PatKind::Const { value, .. } => self.expr(value),
            PatKind::Error => self.text("<error>"),
        }
    }
}
