//! What stands in a body: places, operands, statements, terminators.

use super::{Printer, is_simple, write_quoted};
use crate::facts::PlaceTy;
use crate::ir::*;
use crate::names::*;
use std::fmt::Write;

impl<'a> Printer<'a> {
    pub(super) fn body(&mut self, body: &'a Body, ret: Ty) {
        self.body = Some(body);
        for (local, decl) in body.locals.iter_enumerated() {
            let usual_return = local == RETURN && decl.ty == ret && decl.name.is_none();
            if usual_return || body.params.iter().any(|p| p.local == local) {
                continue;
            }
            let _ = write!(self.out, "  let {local}: ");
            self.decl(body, local);
            self.p("\n");
        }
        for (block, data) in body.blocks.iter_enumerated() {
            let _ = writeln!(self.out, "{}{block}:", if data.is_cleanup { "cleanup " } else { "" });
            for stmt in &data.stmts {
                self.p("  ");
                self.stmt(&stmt.kind);
                self.span(stmt.span);
                self.p("\n");
            }
            self.p("  ");
            self.term(&data.term);
            self.span(data.term_span);
            self.p("\n");
        }
        self.body = None;
    }

    fn place(&mut self, place: &Place) {
        let _ = write!(self.out, "{}", place.local);
        let types = &self.program.types;
        let decl = self.body.and_then(|b| b.locals.get(place.local));
        let mut at = decl.map(|d| PlaceTy { ty: d.ty, variant: None });
        for &proj in &place.proj {
            match proj {
                Proj::Field(i) => {
                    self.p(".");
                    let variant = at.and_then(|t| {
                        let def = types.defs.get(t.ty)?;
                        def.variants.get(t.variant.unwrap_or(0) as usize)
                    });
                    self.name_or_index(variant.and_then(|v| v.fields.get(i as usize)).map(|f| &*f.name), i);
                }
                Proj::Variant(v) => {
                    self.p("@");
                    let def = at.and_then(|t| types.defs.get(t.ty));
                    self.name_or_index(def.and_then(|d| d.variants.get(v as usize)).map(|v| &*v.name), v);
                }
                Proj::Index(local) => {
                    let _ = write!(self.out, "[{local}]");
                }
                Proj::Deref => self.p(".*"),
            }
            at = at.and_then(|t| t.project(types, proj));
        }
    }

    /// A name that could be taken for a number is printed as the number.
    fn name_or_index(&mut self, name: Option<&str>, index: u32) {
        match name {
            Some(name) if is_simple(name) && !name.as_bytes()[0].is_ascii_digit() => self.p(name),
            _ => {
                let _ = write!(self.out, "{index}");
            }
        }
    }

    fn operand(&mut self, op: &Operand) {
        match op {
            Operand::Copy(place) => self.word_place("copy ", place),
            Operand::Move(place) => self.word_place("move ", place),
            Operand::Borrow(place) => self.word_place("borrow ", place),
            Operand::Const(value) => self.constant(value),
        }
    }

    fn word_place(&mut self, word: &str, place: &Place) {
        self.p(word);
        self.place(place);
    }

    fn operands(&mut self, list: &[Operand]) {
        for (i, op) in list.iter().enumerate() {
            self.comma(i);
            self.operand(op);
        }
    }

    fn constant(&mut self, value: &Const) {
        let _ = match value {
            Const::Int(v, ty) => write!(self.out, "{v}{}", int_suffix(*ty)),
            Const::F32(bits) if f32::from_bits(*bits).is_finite() => {
                write!(self.out, "{:?}f32", f32::from_bits(*bits))
            }
            Const::F32(bits) => write!(self.out, "float32 0x{bits:x}"),
            Const::F64(bits) if f64::from_bits(*bits).is_finite() => {
                write!(self.out, "{:?}f64", f64::from_bits(*bits))
            }
            Const::F64(bits) => write!(self.out, "float 0x{bits:x}"),
            Const::Bool(v) => write!(self.out, "{v}"),
            Const::Char(c) if c.is_ascii_graphic() && !matches!(c, '\'' | '\\') || *c == ' ' => {
                write!(self.out, "'{c}'")
            }
            Const::Char(c) => write!(self.out, "'\\u{{{:x}}}'", u32::from(*c)),
            Const::Unit => write!(self.out, "()"),
            Const::Str(text, ty) => {
                self.p("str ");
                write_quoted(&mut self.out, text.as_bytes());
                return self.ty_in(" ", *ty, "");
            }
            Const::DataAddr(data) => write!(self.out, "addr {data}"),
            Const::FuncAddr(func) => {
                self.p("code ");
                return self.func_name(*func);
            }
            Const::Null(ty) => return self.ty_in("null ", *ty, ""),
            Const::Empty(ty, variant) => {
                self.p("empty ");
                return self.ty_variant(*ty, *variant);
            }
            Const::Poison(ty) => return self.ty_in("poison ", *ty, ""),
            Const::EmptyBuffer(ty) => return self.ty_in("empty_buffer ", *ty, ""),
        };
    }

    pub(super) fn ty_variant(&mut self, ty: Ty, variant: u32) {
        self.ty(ty);
        let Some(def) = self.program.types.defs.get(ty) else { return };
        if def.kind == TyKind::Enum {
            self.p("@");
            self.name_or_index(def.variants.get(variant as usize).map(|v| &*v.name), variant);
        }
    }

    fn rvalue(&mut self, rvalue: &Rvalue) {
        match rvalue {
            Rvalue::Use(op) => self.operand(op),
            Rvalue::Binary(op, a, b) => self.binary("", *op, a, b),
            Rvalue::Checked(op, a, b) => self.binary("checked ", *op, a, b),
            Rvalue::Unary(op, a) => {
                let name = UN_OPS.iter().find(|row| row.0 == *op).map_or("?", |row| row.1);
                self.p(name);
                self.p(" ");
                self.operand(a);
            }
            Rvalue::Cast(a) => {
                self.p("cast ");
                self.operand(a);
            }
            Rvalue::Aggregate { ty, variant, fields, reuse } => {
                self.ty_variant(*ty, *variant);
                self.braced(fields);
                if let Some(token) = reuse {
                    let _ = write!(self.out, " reuse {token}");
                }
            }
            Rvalue::FixedArray(ty, list) => {
                self.ty_in("array ", *ty, "");
                self.braced(list);
            }
            Rvalue::FixedRepeat(ty, elem) => {
                self.ty_in("repeat ", *ty, " ");
                self.operand(elem);
            }
            Rvalue::Discriminant(place) => self.word_place("discriminant ", place),
            Rvalue::MakeFnBox { ty, env, func } => {
                self.ty_in("fnbox ", *ty, " ");
                self.operand(env);
                self.p(" ");
                self.func_name(*func);
            }
            Rvalue::MakeDyn { ty, value, methods } => {
                self.ty_in("dynbox ", *ty, " ");
                self.operand(value);
                self.p(" [");
                for (i, func) in methods.iter().enumerate() {
                    self.comma(i);
                    self.func_name(*func);
                }
                self.p("]");
            }
            Rvalue::AddrOf(place) => self.word_place("addr_of ", place),
            Rvalue::Intrinsic(op, list) => {
                let _ = match op {
                    Intrinsic::Vector(op, simd::Imm::Bytes(bytes)) => {
                        write!(self.out, "intrinsic vector {op} {bytes:?}")
                    }
                    Intrinsic::Vector(op, _) => write!(self.out, "intrinsic vector {op}"),
                    Intrinsic::Atomic(op, order) => {
                        write!(self.out, "intrinsic atomic {} {}", op.name(), order.name())
                    }
                    op => write!(self.out, "intrinsic {}", intrinsic_name(*op)),
                };
                if let Some(ty) = intrinsic_ty(*op) {
                    self.ty_in("<", ty, ">");
                } else if let Intrinsic::StaticAddr(n) = op {
                    let _ = write!(self.out, "<{n}>");
                }
                self.p("(");
                self.operands(list);
                self.p(")");
            }
        }
    }

    fn binary(&mut self, prefix: &str, op: BinOp, a: &Operand, b: &Operand) {
        let name = BIN_OPS.iter().find(|row| row.0 == op).map_or("?", |row| row.1);
        let _ = write!(self.out, "{prefix}{name} ");
        self.operand(a);
        self.p(", ");
        self.operand(b);
    }

    fn braced(&mut self, list: &[Operand]) {
        self.p(" { ");
        self.operands(list);
        self.p(if list.is_empty() { "}" } else { " }" });
    }

    fn stmt(&mut self, stmt: &StmtKind) {
        match stmt {
            StmtKind::Assign(place, rvalue) => {
                self.place(place);
                self.p(" = ");
                self.rvalue(rvalue);
            }
            StmtKind::Drop(place) => self.word_place("drop ", place),
            StmtKind::DropReuse { place, variant, taken, token } => {
                self.word_place("drop_reuse ", &place.with(Proj::Variant(*variant)));
                let _ = write!(self.out, " {taken:?} -> {token}");
            }
            StmtKind::FreeToken { token, ty } => {
                let _ = write!(self.out, "free_token {token} ");
                self.ty(*ty);
            }
            StmtKind::Nop => self.p("nop"),
        }
    }

    fn term(&mut self, term: &Term) {
        let _ = match term {
            Term::Goto(to) => write!(self.out, "goto {to}"),
            Term::Caught(to) => write!(self.out, "caught {to}"),
            Term::If { cond, then, else_ } => {
                self.p("if ");
                self.operand(cond);
                write!(self.out, " then {then} else {else_}")
            }
            Term::Switch { value, cases, default } => {
                self.p("switch ");
                self.operand(value);
                self.p(" [");
                for (i, (case, to)) in cases.iter().enumerate() {
                    self.comma(i);
                    let _ = write!(self.out, "{case}: {to}");
                }
                write!(self.out, "] else {default}")
            }
            Term::Return => write!(self.out, "return"),
            Term::Unreachable => write!(self.out, "unreachable"),
            Term::Call { callee, args, dest, target, unwind } => {
                self.place(dest);
                self.p(" = call ");
                self.call(callee, args);
                if let Some(target) = target {
                    let _ = write!(self.out, " -> {target}");
                }
                return self.unwind(*unwind);
            }
            Term::Drop { place, target, unwind } => {
                self.word_place("drop ", place);
                let _ = write!(self.out, " -> {target}");
                return self.unwind(*unwind);
            }
            Term::Resume => write!(self.out, "resume"),
            Term::Throw => write!(self.out, "throw"),
        };
    }

    fn unwind(&mut self, unwind: Option<Block>) {
        if let Some(block) = unwind {
            let _ = write!(self.out, " unwind {block}");
        }
    }

    fn call(&mut self, callee: &Callee, args: &[Arg]) {
        match callee {
            Callee::Func(func) => self.func_name(*func),
            Callee::FnBox(place) => self.word_place("box ", place),
            Callee::Start(func) => {
                self.p("start ");
                self.func_name(*func);
            }
            Callee::Next(func) => {
                self.p("next ");
                self.func_name(*func);
            }
            Callee::End(func) => {
                self.p("end ");
                self.func_name(*func);
            }
            Callee::Resume => self.p("resume "),
            Callee::Dyn { object, method, receiver, params, ret } => {
                self.word_place("dyn ", object);
                let _ = write!(self.out, " method {method} ");
                self.p(match receiver {
                    ParamMode::Owned | ParamMode::Token { .. } => "owned ",
                    ParamMode::Borrowed => "borrow ",
                    ParamMode::Mut => "mut ",
                });
                self.signature(params, *ret);
                self.p(" ");
            }
        }
        self.p("(");
        for (i, arg) in args.iter().enumerate() {
            self.comma(i);
            match arg {
                Arg::Value(op) => self.operand(op),
                Arg::Mut(place) => self.word_place("mut ", place),
            }
        }
        self.p(")");
    }
}
