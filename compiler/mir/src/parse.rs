//! Reads the text form that [`crate::print`] documents: declarations here, bodies in `parse_body`.
//!
//! Names of types and functions are collected first, by line, so that they may be used before their declaration. The
//! result is not verified.

use crate::ir::*;
use crate::names::*;
use entity::{Idx, IndexVec};
use rustc_hash::FxHashMap;
use syntax::Span;

pub use crate::parse_error::ParseError;

pub(crate) type Res<T> = Result<T, ParseError>;

/// A program from its text.
pub fn parse_program(text: &str) -> Result<Program, ParseError> {
    let mut parser = Parser {
        text,
        pos: 0,
        program: Program::default(),
        type_names: FxHashMap::default(),
        func_names: FxHashMap::default(),
        locals: IndexVec::new(),
    };
    parser.collect_names()?;
    parser.items()?;
    Ok(parser.program)
}

pub(crate) struct Parser<'a> {
    pub text: &'a str,
    pub pos: usize,
    pub program: Program,
    pub type_names: FxHashMap<String, Ty>,
    pub func_names: FxHashMap<String, FuncId>,
    /// Of the function at hand.
    pub locals: IndexVec<Local, Option<LocalDecl>>,
}

impl<'a> Parser<'a> {
    pub fn error<T>(&self, message: impl Into<String>) -> Res<T> {
        let before = &self.text.as_bytes()[..self.pos.min(self.text.len())];
        let line = before.iter().filter(|&&b| b == b'\n').count() as u32 + 1;
        let column = before.iter().rev().take_while(|&&b| b != b'\n').count() as u32 + 1;
        Err(ParseError { line, column, message: message.into() })
    }

    pub fn rest(&self) -> &'a str {
        &self.text[self.pos..]
    }

    /// Skips blanks and comments.
    pub fn blank(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.pos += rest.len() - trimmed.len();
            if !trimmed.starts_with("//") {
                return;
            }
            self.pos += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }

    pub fn peek(&mut self, text: &str) -> bool {
        self.blank();
        self.rest().starts_with(text)
    }

    /// Punctuation.
    pub fn eat(&mut self, text: &str) -> bool {
        let found = self.peek(text);
        if found {
            self.pos += text.len();
        }
        found
    }

    pub fn expect(&mut self, text: &str) -> Res<()> {
        if self.eat(text) { Ok(()) } else { self.error(format!("expected `{text}`")) }
    }

    /// A word that is not part of a longer one.
    pub fn eat_word(&mut self, word: &str) -> bool {
        let found = self.peek_word() == word;
        if found {
            self.pos += word.len();
        }
        found
    }

    /// The word ahead, or nothing.
    pub fn peek_word(&mut self) -> &'a str {
        self.blank();
        let rest = self.rest();
        let end = rest.bytes().position(|b| !(b.is_ascii_alphanumeric() || b == b'_')).unwrap_or(rest.len());
        &rest[..end]
    }

    pub fn word(&mut self) -> Res<&'a str> {
        let word = self.peek_word();
        if word.is_empty() {
            return self.error("expected a word");
        }
        self.pos += word.len();
        Ok(word)
    }

    pub fn number<T: std::str::FromStr>(&mut self) -> Res<T> {
        let word = self.peek_word();
        match word.parse() {
            Ok(n) => {
                self.pos += word.len();
                Ok(n)
            }
            Err(_) => self.error("expected a number"),
        }
    }

    /// An index with its prefix: `bb3`, `_1`.
    pub fn index<I: Idx>(&mut self, prefix: &str) -> Res<I> {
        let word = self.peek_word();
        match word.strip_prefix(prefix).and_then(|n| n.parse::<u32>().ok()) {
            Some(n) => {
                self.pos += word.len();
                Ok(I::new(n as usize))
            }
            None => self.error(format!("expected `{prefix}` and a number")),
        }
    }

    pub fn block(&mut self) -> Res<Block> {
        self.index("bb")
    }

    pub fn local(&mut self) -> Res<Local> {
        self.index("_")
    }

    pub fn bytes(&mut self) -> Res<Vec<u8>> {
        self.expect("\"")?;
        let mut out = Vec::new();
        let text = self.text.as_bytes();
        loop {
            let Some(&b) = text.get(self.pos) else { return self.error("the string does not end") };
            self.pos += 1;
            match b {
                b'"' => return Ok(out),
                b'\\' => out.push(self.escape()?),
                b => out.push(b),
            }
        }
    }

    fn escape(&mut self) -> Res<u8> {
        let text = self.text.as_bytes();
        let at = |i: usize| text.get(self.pos + i).copied().unwrap_or(0);
        let hex = |b: u8| (b as char).to_digit(16);
        let (byte, len) = match (at(0), hex(at(0)), hex(at(1))) {
            (b @ (b'"' | b'\\'), ..) => (b, 1),
            (b'n', ..) => (b'\n', 1),
            (_, Some(high), Some(low)) => ((high * 16 + low) as u8, 2),
            _ => return self.error("an escape is `\\\"`, `\\\\`, `\\n` or two hexadecimal digits"),
        };
        self.pos += len;
        Ok(byte)
    }

    pub fn string(&mut self) -> Res<String> {
        let bytes = self.bytes()?;
        String::from_utf8(bytes).or_else(|_| self.error("the string is not UTF-8"))
    }

    /// `%name` or `%"a name"`, `@name`.
    pub fn global_name(&mut self, sigil: &str) -> Res<String> {
        self.expect(sigil)?;
        if self.rest().starts_with('"') {
            return self.string();
        }
        let len = bare_name_len(self.rest().as_bytes());
        if len == 0 {
            return self.error("expected a name");
        }
        let name = self.rest()[..len].to_string();
        self.pos += len;
        Ok(name)
    }

    pub fn func(&mut self) -> Res<FuncId> {
        let start = self.pos;
        let name = self.global_name("@")?;
        match self.func_names.get(&name) {
            Some(func) => Ok(*func),
            None => {
                self.pos = start;
                self.error(format!("no function is called `{name}`"))
            }
        }
    }

    // ------------------------------------------------------------ declarations

    fn collect_names(&mut self) -> Res<()> {
        let mut start = 0;
        for line in self.text.split_inclusive('\n') {
            self.pos = start;
            start += line.len();
            while matches!(self.peek_word(), "cell" | "shared" | "handle" | "iso" | "boxed") {
                self.word()?;
            }
            let kind = match self.peek_word() {
                _ if self.pos >= start => continue,
                "struct" => TyKind::Struct,
                "enum" => TyKind::Enum,
                "fn" | "extern" | "suspend" | "yield" => {
                    self.word()?;
                    self.collect_func()?;
                    continue;
                }
                _ => continue,
            };
            self.word()?;
            let name = if self.eat("()") { "()".to_string() } else { self.global_name("%")? };
            let ty = self.program.types.declare(kind, name.clone());
            if self.type_names.insert(name, ty).is_some() {
                return self.error("this type is declared twice");
            }
        }
        self.pos = 0;
        Ok(())
    }

    fn collect_func(&mut self) -> Res<()> {
        let name = self.global_name("@")?;
        let unit = Ty(0);
        let func = Function {
            name: name.clone(),
            params: Vec::new(),
            ret: unit,
            kind: FuncKind::Body(Body::default()),
            inline: hir::program::Inline::Auto,
            export: None,
            may_unwind: true,
            span: Span::DUMMY,
        };
        let id = self.program.funcs.push(func);
        match self.func_names.insert(name, id) {
            None => Ok(()),
            Some(_) => self.error("this function is declared twice"),
        }
    }

    fn items(&mut self) -> Res<()> {
        let mut next = FuncId(0);
        loop {
            self.blank();
            if self.rest().is_empty() {
                return Ok(());
            }
            match self.peek_word() {
                "cell" | "shared" | "handle" | "iso" | "boxed" | "struct" | "enum" => self.type_decl()?,
                "data" => self.data()?,
                "lang" => self.lang()?,
                "string" => {
                    self.word()?;
                    self.program.string_ty = Some(self.ty()?);
                }
                "panic" => {
                    self.word()?;
                    if !self.eat_word("abort") {
                        return self.error("expected `abort`");
                    }
                    self.program.panics_abort = true;
                }
                "fn" | "extern" | "suspend" | "yield" => {
                    self.function(next)?;
                    next = FuncId(next.0 + 1);
                }
                _ => return self.error("expected a declaration"),
            }
        }
    }

    fn type_decl(&mut self) -> Res<()> {
        let is_cell_word = self.eat_word("cell");
        let shared = match (self.eat_word("shared"), self.eat_word("handle")) {
            (true, _) => Shared::Actor,
            (_, true) => Shared::Handle,
            _ => Shared::No,
        };
        let is_iso = self.eat_word("iso");
        let is_boxed = self.eat_word("boxed");
        let is_struct = self.word()? == "struct";
        let ty = self.ty()?;
        if self.eat_word("drop") {
            let func = self.func()?;
            self.program.types.defs[ty].user_drop = Some(func);
        }
        let variants = if is_struct {
            vec![Variant { name: String::new(), fields: self.fields()? }]
        } else {
            self.variants()?
        };
        let def = &mut self.program.types.defs[ty];
        (def.is_iso, def.is_boxed, def.variants) = (is_iso, is_boxed, variants);
        (def.is_cell_word, def.shared) = (is_cell_word, shared);
        Ok(())
    }

    fn variants(&mut self) -> Res<Vec<Variant>> {
        let mut list = Vec::new();
        self.expect("{")?;
        while !self.eat("}") {
            let name = self.simple_name()?;
            let fields = if self.peek("{") { self.fields()? } else { Vec::new() };
            list.push(Variant { name, fields });
            self.comma("}")?;
        }
        Ok(list)
    }

    fn fields(&mut self) -> Res<Vec<Field>> {
        let mut list = Vec::new();
        self.expect("{")?;
        while !self.eat("}") {
            let name = self.simple_name()?;
            self.expect(":")?;
            list.push(Field { name, ty: self.ty()? });
            self.comma("}")?;
        }
        Ok(list)
    }

    /// A comma, unless the list ends.
    pub fn comma(&mut self, end: &str) -> Res<()> {
        if self.eat(",") || self.peek(end) { Ok(()) } else { self.error(format!("expected `,` or `{end}`")) }
    }

    fn simple_name(&mut self) -> Res<String> {
        if self.peek("\"") { self.string() } else { Ok(self.word()?.to_string()) }
    }

    fn data(&mut self) -> Res<()> {
        self.word()?;
        let id: DataId = self.index("data")?;
        if id != self.program.datas.next_index() {
            return self.error("data are numbered from 0");
        }
        self.expect("=")?;
        let data =
            if self.eat("strings") { Data::Strings(self.strings()?) } else { Data::Bytes(self.bytes()?) };
        self.program.datas.push(data);
        Ok(())
    }

    fn strings(&mut self) -> Res<Vec<Box<str>>> {
        self.expect("[")?;
        let mut texts = Vec::new();
        while !self.eat("]") {
            texts.push(self.string()?.into());
            self.comma("]")?;
        }
        Ok(texts)
    }

    fn lang(&mut self) -> Res<()> {
        self.word()?;
        let word = self.word()?;
        let Some(name) = LANG.iter().find(|name| **name == word) else {
            return self.error("no lang item has this name");
        };
        self.expect("=")?;
        let func = self.func()?;
        self.program.lang.insert(name, func);
        Ok(())
    }

    // ------------------------------------------------------------ types

    pub fn ty(&mut self) -> Res<Ty> {
        if self.peek("%") {
            let start = self.pos;
            let name = self.global_name("%")?;
            return match self.type_names.get(&name) {
                Some(ty) => Ok(*ty),
                None => {
                    self.pos = start;
                    self.error(format!("no type is called `{name}`"))
                }
            };
        }
        if self.eat("()") {
            return Ok(self.unit());
        }
        if self.eat("[") {
            let elem = self.ty()?;
            self.expect(";")?;
            let n = self.number()?;
            self.expect("]")?;
            return Ok(self.program.types.intern(TyKind::FixedArray(elem, n)));
        }
        let word = self.word()?;
        let kind = match word {
            "Float32" => TyKind::F32,
            "Float" => TyKind::F64,
            "Bool" => TyKind::Bool,
            "Char" => TyKind::Char,
            "Never" => TyKind::Never,
            "V128" => TyKind::V128,
            "Ptr" => TyKind::Ptr(self.ty_arg()?),
            "Buffer" => TyKind::Buffer(self.ty_arg()?),
            "fn" | "async" => {
                let suspends = word == "async" && self.eat_word("fn");
                let (params, ret) = self.signature()?;
                TyKind::FnBox { params: params.into(), ret, suspends }
            }
            "dyn" => {
                let trait_name = self.string()?.into();
                self.expect("/")?;
                let (n_methods, mut suspending) = (self.number()?, Vec::new());
                while self.eat_word("async") {
                    suspending.push(self.number()?);
                }
                TyKind::Dyn { trait_name, n_methods, suspending: suspending.into() }
            }
            _ => match INTS.iter().find(|row| row.1 == word) {
                Some(row) => TyKind::Int(row.0),
                None => return self.error("expected a type"),
            },
        };
        Ok(self.program.types.intern(kind))
    }

    fn ty_arg(&mut self) -> Res<Ty> {
        self.expect("<")?;
        let ty = self.ty()?;
        self.expect(">")?;
        Ok(ty)
    }

    fn unit(&mut self) -> Ty {
        if let Some(ty) = self.type_names.get("()") {
            return *ty;
        }
        let ty = self.program.types.declare(TyKind::Struct, "()".to_string());
        self.program.types.defs[ty].variants.push(Variant { name: String::new(), fields: Vec::new() });
        self.type_names.insert("()".to_string(), ty);
        ty
    }

    pub fn signature(&mut self) -> Res<(Vec<(Ty, ParamMode)>, Ty)> {
        let mut params = Vec::new();
        self.expect("(")?;
        while !self.eat(")") {
            let mode = self.mode()?;
            params.push((self.ty()?, mode));
            self.comma(")")?;
        }
        self.expect("->")?;
        Ok((params, self.ty()?))
    }

    fn mode(&mut self) -> Res<ParamMode> {
        Ok(if self.eat_word("borrow") {
            ParamMode::Borrowed
        } else if self.eat_word("mut") {
            ParamMode::Mut
        } else if self.eat_word("token") {
            let ty = self.ty()?;
            ParamMode::Token { ty, variant: self.variant_suffix(ty)? }
        } else {
            ParamMode::Owned
        })
    }

    pub fn receiver(&mut self) -> Res<ParamMode> {
        match self.word()? {
            "owned" => Ok(ParamMode::Owned),
            "borrow" => Ok(ParamMode::Borrowed),
            "mut" => Ok(ParamMode::Mut),
            _ => self.error("expected `owned`, `borrow` or `mut`"),
        }
    }

    pub fn span(&mut self) -> Res<Span> {
        if !self.eat("!") {
            return Ok(Span::DUMMY);
        }
        let lo = self.number()?;
        self.expect(":")?;
        Ok(Span { lo, hi: self.number()? })
    }

    // ------------------------------------------------------------ functions

    fn function(&mut self, id: FuncId) -> Res<()> {
        let word = self.word()?;
        self.global_name("@")?;
        let (params, ret, kind) = if word == "suspend" || word == "yield" {
            let (params, ret) = self.signature()?;
            (params, ret, if word == "yield" { FuncKind::Yield } else { FuncKind::Suspend })
        } else if word == "extern" {
            let (module, name) = (self.string()?, self.string()?);
            let (params, ret) = self.signature()?;
            (params, ret, FuncKind::Extern { module, name })
        } else {
            self.locals = IndexVec::new();
            let body_params = self.params()?;
            self.expect("->")?;
            let ret = self.ty()?;
            self.declare(
                RETURN,
                LocalDecl { ty: ret, name: None, loan_of: None, is_borrow: false, span: Span::DUMMY },
            );
            let tys = body_params.iter().map(|p| {
                let decl = self.locals[p.local].as_ref();
                (decl.map_or(ret, |d| d.ty), p.mode)
            });
            (tys.collect(), ret, FuncKind::Body(Body { params: body_params, ..Body::default() }))
        };
        let func = &mut self.program.funcs[id];
        (func.params, func.ret, func.kind) = (params, ret, kind);
        self.attributes(id)?;
        if word == "fn" {
            let body = self.body()?;
            if let Some(mine) = self.program.funcs[id].body_mut() {
                (mine.locals, mine.blocks) = (body.locals, body.blocks);
            }
        }
        Ok(())
    }

    pub fn declare(&mut self, local: Local, decl: LocalDecl) {
        while self.locals.len() <= local.index() {
            self.locals.push(None);
        }
        self.locals[local] = Some(decl);
    }

    fn params(&mut self) -> Res<Vec<Param>> {
        let mut params = Vec::new();
        self.expect("(")?;
        while !self.eat(")") {
            let local = self.local()?;
            self.expect(":")?;
            let mode = self.mode()?;
            let decl = self.decl()?;
            self.declare(local, decl);
            params.push(Param { local, mode });
            self.comma(")")?;
        }
        Ok(params)
    }

    pub fn decl(&mut self) -> Res<LocalDecl> {
        let ty = self.ty()?;
        let name = if self.peek("\"") { Some(self.string()?) } else { None };
        let is_borrow = self.eat_word("borrow");
        let loan_of = if self.eat_word("loan") { Some(self.local()?) } else { None };
        Ok(LocalDecl { ty, name, loan_of, is_borrow, span: self.span()? })
    }

    fn attributes(&mut self, id: FuncId) -> Res<()> {
        use hir::program::Inline;
        loop {
            if self.peek("!") {
                self.program.funcs[id].span = self.span()?;
                return Ok(());
            }
            let word = self.peek_word();
            let func = &mut self.program.funcs[id];
            match word {
                "inline" => func.inline = Inline::Always,
                "noinline" => func.inline = Inline::Never,
                "cold" => func.inline = Inline::Cold,
                "nounwind" => func.may_unwind = false,
                "export" => {
                    self.word()?;
                    let name = self.string()?;
                    self.program.funcs[id].export = Some(name);
                    continue;
                }
                "observed" | "hole" => {
                    let is_hole = word == "hole";
                    self.word()?;
                    let local = self.local()?;
                    let Some(body) = self.program.funcs[id].body_mut() else { continue };
                    match is_hole {
                        true => body.hole = Some(local),
                        false => body.observed.push(local),
                    }
                    continue;
                }
                _ => return Ok(()),
            }
            self.word()?;
        }
    }
}
