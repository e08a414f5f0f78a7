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
//! mode      = | borrow | mut | token ty[@Variant]
//! function  = "fn" @name "(" _1: mode ty decl, ... ")" "->" ty attributes "{" { local } { block } "}"
//!           | "extern" @name "module" "name" "(" mode ty, ... ")" "->" ty attributes
//! attributes= {"observed" _1} ["hole" _2] ["inline" | "noinline" | "cold"] ["export" "name"] ["nounwind"]
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

mod body;

use crate::ir::*;
use crate::names::*;
use entity::{Arrange, Idx};
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

    fn data(&mut self, data: &Data) {
        let texts = match data {
            Data::Bytes(bytes) => return write_quoted(&mut self.out, bytes),
            Data::Strings(texts) => texts,
        };
        self.p("strings [");
        for (i, text) in texts.iter().enumerate() {
            self.p(if i == 0 { "" } else { ", " });
            write_quoted(&mut self.out, text.as_bytes());
        }
        self.p("]");
    }

    fn program(&mut self) {
        let program = self.program;
        for ty in program.types.defs.indices() {
            self.type_decl(ty);
        }
        for (id, data) in program.datas.iter_enumerated() {
            let _ = write!(self.out, "data {id} = ");
            self.data(data);
            self.p("\n");
        }
        let mut lang: Vec<_> = program.lang.iter().map(|(name, func)| (*func, *name)).collect();
        lang.arrange();
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
        if def.is_cell_word {
            self.p("cell ");
        }
        match def.shared {
            Shared::No => {}
            Shared::Actor => self.p("shared "),
            Shared::Handle => self.p("handle "),
        }
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
            TyKind::V128 => self.p("V128"),
            TyKind::Ptr(to) => self.ty_in("Ptr<", *to, ">"),
            TyKind::Buffer(elem) => self.ty_in("Buffer<", *elem, ">"),
            TyKind::FixedArray(elem, n) => self.ty_in("[", *elem, &format!("; {n}]")),
            TyKind::Struct if def.name == "()" => self.p("()"),
            TyKind::Struct | TyKind::Enum => self.global_name('%', &def.name),
            TyKind::FnBox { params, ret, suspends } => {
                self.p(if *suspends { "async fn" } else { "fn" });
                self.signature(params, *ret);
            }
            TyKind::Dyn { trait_name, n_methods, suspending } => {
                self.p("dyn ");
                write_quoted(&mut self.out, trait_name.as_bytes());
                let _ = write!(self.out, "/{n_methods}");
                for method in suspending {
                    let _ = write!(self.out, " async {method}");
                }
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
            ParamMode::Token { ty, variant } => {
                self.p("token ");
                self.ty_variant(ty, variant);
                self.p(" ");
            }
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
            FuncKind::Suspend | FuncKind::Yield => {
                self.p(if func.kind == FuncKind::Yield { "yield " } else { "suspend " });
                self.func_name(id);
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
                for local in &body.observed {
                    let _ = write!(self.out, " observed {local}");
                }
                if let Some(local) = body.hole {
                    let _ = write!(self.out, " hole {local}");
                }
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
}
