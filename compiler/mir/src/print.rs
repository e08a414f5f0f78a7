//! The text form of MIR. [`crate::parse`] reads it back: printing what was parsed gives the same text. Spans are printed
//! only by [`print_program_with_spans`]; `//` starts a comment.
//!
//! ```text
//! program   = { type | data | lang | string | panic | function }
//! type      = ["iso"] ("struct" fields | ["boxed"] "enum" variants), the name `%Name` or `%"any name"` behind the word,
//!             and `drop @f` behind the name where there is a user's drop
//! fields    = "{" name ":" ty, ... "}"          variants = "{" name [fields], ... "}"
//! data      = "data" data0 "=" "bytes\00"       lang = "lang" name "=" @f       string = "string" %String
//! panic     = "panic" "abort"                     (every function is `nounwind` then)
//! ty        = Int8 … Int … USize | Float32 | Float | Bool | Char | Never | Ptr<ty> | Buffer<ty> | [ty; n] | () | %Name
//!           | fn(mode ty, ...) -> ty | dyn "Trait"/3       mode = nothing (owned) | "borrow" | "mut"
//! function  = "fn" @name "(" _1: mode ty decl, ... ")" "->" ty attributes "{" { local } { block } "}"
//!           | "extern" @name "module" "name" "(" mode ty, ... ")" "->" ty attributes
//! attributes= ["inline" | "noinline" | "cold"] ["export" "name"] ["nounwind"]
//! local     = "let" _3: ty decl                 decl = ["name of the variable"] ["borrow"] ["loan" _2]
//! block     = ["cleanup"] bb0: { statement } terminator
//! place     = _1 { .field | @Variant | [_2] | .* }           fields and variants by name or number
//! operand   = "copy" place | "move" place | "borrow" place | constant
//! constant  = 5i64 | 1.5f64 | nan:0x7ff8f64 | true | 'a' | () | str "text" ty | addr data0 | null ty
//!           | empty ty [@Variant] | poison ty | empty_buffer ty
//! rvalue    = operand | add a, b | checked add a, b | neg a | cast a | %T[@V] { a, ... } [reuse _5]
//!           | array ty { a, ... } | repeat ty a | discriminant place | fnbox ty a @f | dynbox ty a [@f, ...] | addr_of place
//!           | intrinsic name[<ty or number>](a, ...)
//! statement = place = rvalue | drop place | drop_reuse place@V [taken, ...] -> _5 | free_token _5 ty | nop
//! terminator= goto bb1 | if a then bb1 else bb2 | switch a [0: bb1, ...] else bb2 | return | unreachable
//!           | place = call callee "(" argument, ... ")" [-> bb1] [unwind bb2]
//!           | drop place -> bb1 [unwind bb2] | resume | throw
//! callee    = @f | box place | dyn place method 2 mode "(" mode ty, ... ")" "->" ty      argument = operand | mut place
//! ```

use crate::facts::PlaceTy;
use crate::ir::*;
use crate::names::*;
use entity::Idx;
use std::fmt::Write;
use syntax::Span;

/// The whole program, without spans.
pub fn print_program(program: &Program) -> String {
    let mut printer = Printer { program, body: None, spans: false, out: String::new() };
    printer.program();
    printer.out
}

/// The whole program; each function, local, statement and terminator that has a span ends in `!lo:hi`.
pub fn print_program_with_spans(program: &Program) -> String {
    let mut printer = Printer { program, body: None, spans: true, out: String::new() };
    printer.program();
    printer.out
}

/// One function, as it stands in the program's text.
pub fn print_function(program: &Program, func: FuncId) -> String {
    let mut printer = Printer { program, body: None, spans: false, out: String::new() };
    printer.function(func);
    printer.out
}

/// A type as it stands in the program's text.
pub fn print_ty(program: &Program, ty: Ty) -> String {
    let mut printer = Printer { program, body: None, spans: false, out: String::new() };
    printer.ty(ty);
    printer.out
}

struct Printer<'a> {
    program: &'a Program,
    body: Option<&'a Body>,
    spans: bool,
    out: String,
}

fn write_quoted(out: &mut String, bytes: &[u8]) {
    out.push('"');
    for &b in bytes {
        match b {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(b as char);
            }
            b'\n' => out.push_str("\\n"),
            0x20..=0x7e => out.push(b as char),
            _ => {
                let _ = write!(out, "\\{b:02x}");
            }
        }
    }
    out.push('"');
}

fn is_simple(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

impl<'a> Printer<'a> {
    fn p(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn program(&mut self) {
        let program = self.program;
        for ty in program.types.defs.indices() {
            self.type_decl(ty);
        }
        for (id, data) in program.datas.iter_enumerated() {
            let _ = write!(self.out, "data {id} = ");
            write_quoted(&mut self.out, &data.bytes);
            self.p("\n");
        }
        let mut lang: Vec<_> = program.lang.iter().map(|(name, func)| (*func, *name)).collect();
        lang.sort_unstable();
        for (func, name) in lang {
            let _ = write!(self.out, "lang {name} = ");
            self.func_name(func);
            self.p("\n");
        }
        if let Some(ty) = program.string_ty {
            self.p("string ");
            self.ty(ty);
            self.p("\n");
        }
        if program.panics_abort {
            self.p("panic abort\n");
        }
        for func in program.funcs.indices() {
            if !self.out.is_empty() && program.funcs[func].body().is_some() {
                self.p("\n");
            }
            self.function(func);
        }
    }

    fn type_decl(&mut self, ty: Ty) {
        let def = &self.program.types.defs[ty];
        let word = match def.kind {
            TyKind::Struct => "struct ",
            TyKind::Enum => "enum ",
            _ => return,
        };
        if def.is_iso {
            self.p("iso ");
        }
        if def.is_boxed {
            self.p("boxed ");
        }
        self.p(word);
        self.ty(ty);
        if let Some(func) = def.user_drop {
            self.p(" drop ");
            self.func_name(func);
        }
        if def.kind == TyKind::Struct {
            if let Some(variant) = def.variants.first() {
                self.fields(&variant.fields);
            }
        } else {
            self.p(" { ");
            for (i, variant) in def.variants.iter().enumerate() {
                self.comma(i);
                self.simple_name(&variant.name);
                if !variant.fields.is_empty() {
                    self.fields(&variant.fields);
                }
            }
            self.p(" }");
        }
        self.p("\n");
    }

    fn fields(&mut self, fields: &[Field]) {
        self.p(" { ");
        for (i, field) in fields.iter().enumerate() {
            self.comma(i);
            self.simple_name(&field.name);
            self.p(": ");
            self.ty(field.ty);
        }
        self.p(if fields.is_empty() { "}" } else { " }" });
    }

    fn simple_name(&mut self, name: &str) {
        if is_simple(name) { self.p(name) } else { write_quoted(&mut self.out, name.as_bytes()) }
    }

    fn comma(&mut self, i: usize) {
        if i > 0 {
            self.p(", ");
        }
    }

    fn global_name(&mut self, sigil: char, name: &str) {
        self.out.push(sigil);
        if !name.is_empty() && bare_name_len(name.as_bytes()) == name.len() {
            self.p(name);
        } else {
            write_quoted(&mut self.out, name.as_bytes());
        }
    }

    fn func_name(&mut self, func: FuncId) {
        match self.program.funcs.get(func) {
            Some(function) => self.global_name('@', &function.name),
            None => {
                let _ = write!(self.out, "@?{}", func.index());
            }
        }
    }

    fn ty(&mut self, ty: Ty) {
        let Some(def) = self.program.types.defs.get(ty) else {
            let _ = write!(self.out, "%?{}", ty.index());
            return;
        };
        match &def.kind {
            TyKind::Int(int) => self.p(int.name()),
            TyKind::F32 => self.p("Float32"),
            TyKind::F64 => self.p("Float"),
            TyKind::Bool => self.p("Bool"),
            TyKind::Char => self.p("Char"),
            TyKind::Never => self.p("Never"),
            TyKind::Ptr(to) => self.ty_in("Ptr<", *to, ">"),
            TyKind::Buffer(elem) => self.ty_in("Buffer<", *elem, ">"),
            TyKind::FixedArray(elem, n) => self.ty_in("[", *elem, &format!("; {n}]")),
            TyKind::Struct if def.name == "()" => self.p("()"),
            TyKind::Struct | TyKind::Enum => self.global_name('%', &def.name),
            TyKind::FnBox { params, ret } => {
                self.p("fn");
                self.signature(params, *ret);
            }
            TyKind::Dyn { trait_name, n_methods } => {
                self.p("dyn ");
                write_quoted(&mut self.out, trait_name.as_bytes());
                let _ = write!(self.out, "/{n_methods}");
            }
        }
    }

    fn ty_in(&mut self, before: &str, ty: Ty, after: &str) {
        self.p(before);
        self.ty(ty);
        self.p(after);
    }

    fn signature(&mut self, params: &[(Ty, ParamMode)], ret: Ty) {
        self.p("(");
        for (i, (ty, mode)) in params.iter().enumerate() {
            self.comma(i);
            self.mode(*mode);
            self.ty(*ty);
        }
        self.p(") -> ");
        self.ty(ret);
    }

    fn mode(&mut self, mode: ParamMode) {
        match mode {
            ParamMode::Owned => {}
            ParamMode::Borrowed => self.p("borrow "),
            ParamMode::Mut => self.p("mut "),
        }
    }

    fn span(&mut self, span: Span) {
        if self.spans && !span.is_dummy() {
            let _ = write!(self.out, " !{}:{}", span.lo, span.hi);
        }
    }

    fn function(&mut self, id: FuncId) {
        let func = &self.program.funcs[id];
        match &func.kind {
            FuncKind::Extern { module, name } => {
                self.p("extern ");
                self.func_name(id);
                self.p(" ");
                write_quoted(&mut self.out, module.as_bytes());
                self.p(" ");
                write_quoted(&mut self.out, name.as_bytes());
                self.p(" ");
                self.signature(&func.params, func.ret);
                self.attributes(func);
                self.p("\n");
            }
            FuncKind::Body(body) => {
                self.p("fn ");
                self.func_name(id);
                self.p("(");
                for (i, param) in body.params.iter().enumerate() {
                    self.comma(i);
                    let _ = write!(self.out, "{}: ", param.local);
                    self.mode(param.mode);
                    self.decl(body, param.local);
                }
                self.p(") -> ");
                self.ty(func.ret);
                self.attributes(func);
                self.p(" {\n");
                self.body(body, func.ret);
                self.p("}\n");
            }
        }
    }

    fn attributes(&mut self, func: &Function) {
        use hir::program::Inline;
        match func.inline {
            Inline::Auto => {}
            Inline::Always => self.p(" inline"),
            Inline::Never => self.p(" noinline"),
            Inline::Cold => self.p(" cold"),
        }
        if let Some(name) = &func.export {
            self.p(" export ");
            write_quoted(&mut self.out, name.as_bytes());
        }
        if !func.may_unwind {
            self.p(" nounwind");
        }
        self.span(func.span);
    }

    fn decl(&mut self, body: &Body, local: Local) {
        let Some(decl) = body.locals.get(local) else { return self.p("?") };
        self.ty(decl.ty);
        if let Some(name) = &decl.name {
            self.p(" ");
            write_quoted(&mut self.out, name.as_bytes());
        }
        if decl.is_borrow {
            self.p(" borrow");
        }
        if let Some(owner) = decl.loan_of {
            let _ = write!(self.out, " loan {owner}");
        }
        self.span(decl.span);
    }

    fn body(&mut self, body: &'a Body, ret: Ty) {
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
            Const::Null(ty) => return self.ty_in("null ", *ty, ""),
            Const::Empty(ty, variant) => {
                self.p("empty ");
                return self.ty_variant(*ty, *variant);
            }
            Const::Poison(ty) => return self.ty_in("poison ", *ty, ""),
            Const::EmptyBuffer(ty) => return self.ty_in("empty_buffer ", *ty, ""),
        };
    }

    fn ty_variant(&mut self, ty: Ty, variant: u32) {
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
                let _ = write!(self.out, "intrinsic {}", intrinsic_name(*op));
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
            Callee::Dyn { object, method, receiver, params, ret } => {
                self.word_place("dyn ", object);
                let _ = write!(self.out, " method {method} ");
                self.p(match receiver {
                    ParamMode::Owned => "owned ",
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
