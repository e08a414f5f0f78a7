//! Reads the text form that [`crate::print`] writes. [`parse_module`] is the entry; [`crate::parse_body`] reads bodies.
//!
//! Besides what is printed, a text may name registers (`%count`), blocks (`loop:`) and slots as it likes; names of
//! registers go to `reg_names`, those of blocks and slots are forgotten. Things may be used before they are declared.
//! Parsing checks names, not meaning: run [`crate::verify`] on the result.

use crate::ir::*;
use crate::lex::{Name, ParseError, Tok, lex};
use crate::parse_body::BodyParser;
use entity::{Idx, IndexVec};
use rustc_hash::FxHashMap;
use syntax::Span;

/// Parses a whole module. Without a `target` line it is for [`Target::wasm32_wasi`].
pub fn parse_module(text: &str) -> Result<Module, ParseError> {
    let toks = lex(text)?;
    let mut names = Names::default();
    collect_names(&mut Cursor { text, toks: &toks, at: 0 }, &mut names)?;
    let mut parser = Parser { cur: Cursor { text, toks: &toks, at: 0 }, names: &names, bodies: Vec::new() };
    let mut module = Module {
        target: Target::wasm32_wasi(),
        funcs: IndexVec::new(),
        datas: IndexVec::new(),
        globals: IndexVec::new(),
        exports: Vec::new(),
        heap_base: None,
        debug: None,
    };
    while *parser.cur.peek() != Tok::End {
        parser.item(&mut module)?;
    }
    let bodies = parser.bodies;
    for (func, start, params) in bodies {
        let cur = Cursor { text, toks: &toks, at: start };
        let body = BodyParser::new(cur, &names, &module, params).body()?;
        module.funcs[func].kind = FuncKind::Defined(body);
    }
    Ok(module)
}

/// The indices of module-level names, in the order of their declarations.
#[derive(Default)]
pub(crate) struct Names {
    pub funcs: FxHashMap<Name, FuncId>,
    pub datas: FxHashMap<Name, DataId>,
    pub globals: FxHashMap<Name, GlobalId>,
}

fn collect_names(cur: &mut Cursor<'_, '_>, names: &mut Names) -> Result<(), ParseError> {
    let mut depth = 0;
    loop {
        let tok = cur.next();
        match tok {
            Tok::End => return Ok(()),
            Tok::Punct('{') => depth += 1,
            Tok::Punct('}') => depth -= 1,
            Tok::Word("func" | "import") if depth == 0 => {
                let Tok::Func(name) = cur.next() else {
                    return cur.error_before("expected the name of a function");
                };
                declare(cur, &mut names.funcs, name)?;
            }
            Tok::Word("data") if depth == 0 => {
                let Tok::Data(name) = cur.next() else {
                    return cur.error_before("expected the name of a datum");
                };
                declare(cur, &mut names.datas, name)?;
            }
            Tok::Word("global") if depth == 0 => {
                let Tok::Data(name) = cur.next() else {
                    return cur.error_before("expected the name of a global");
                };
                declare(cur, &mut names.globals, name)?;
            }
            _ => {}
        }
    }
}

fn declare<I: Idx>(
    cur: &Cursor<'_, '_>,
    names: &mut FxHashMap<Name, I>,
    name: Name,
) -> Result<(), ParseError> {
    let id = I::new(names.len());
    match names.insert(name, id) {
        None => Ok(()),
        Some(_) => cur.error_before("this name is declared twice; tell them apart with `#` and a number"),
    }
}

/// A position among the tokens, with the small readers that every part of the text needs.
#[derive(Clone)]
pub(crate) struct Cursor<'t, 'a> {
    pub text: &'a str,
    pub toks: &'t [(usize, Tok<'a>)],
    pub at: usize,
}

impl<'a> Cursor<'_, 'a> {
    pub fn peek(&self) -> &Tok<'a> {
        &self.toks[self.at].1
    }

    /// The next token; the last one again and again.
    pub fn next(&mut self) -> Tok<'a> {
        let tok = self.peek().clone();
        self.at = (self.at + 1).min(self.toks.len() - 1);
        tok
    }

    pub fn error<T>(&self, message: &str) -> Result<T, ParseError> {
        let (offset, tok) = &self.toks[self.at];
        Err(ParseError::at(self.text, *offset, format!("{message}, found {tok}")))
    }

    /// An error about the token that was just taken.
    pub fn error_before<T>(&self, message: &str) -> Result<T, ParseError> {
        let (offset, _) = &self.toks[self.at.saturating_sub(1)];
        Err(ParseError::at(self.text, *offset, message.to_string()))
    }

    pub fn eat(&mut self, c: char) -> bool {
        let found = *self.peek() == Tok::Punct(c);
        if found {
            self.next();
        }
        found
    }

    pub fn expect(&mut self, c: char) -> Result<(), ParseError> {
        if self.eat(c) { Ok(()) } else { self.error(&format!("expected `{c}`")) }
    }

    pub fn eat_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Tok::Word(w) if *w == word);
        if found {
            self.next();
        }
        found
    }

    pub fn word(&mut self) -> Result<&'a str, ParseError> {
        match *self.peek() {
            Tok::Word(word) => {
                self.next();
                Ok(word)
            }
            _ => self.error("expected a word"),
        }
    }

    /// An integer of at most 128 bits, as a two's complement pattern.
    pub fn int(&mut self) -> Result<i128, ParseError> {
        let Tok::Number(text) = *self.peek() else { return self.error("expected a number") };
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let parsed = match digits.strip_prefix("0x") {
            Some(hex) => u128::from_str_radix(&hex.replace('_', ""), 16),
            None => digits.replace('_', "").parse(),
        };
        let Ok(value) = parsed else { return self.error("expected an integer") };
        self.next();
        Ok(if negative { (value as i128).wrapping_neg() } else { value as i128 })
    }

    /// An integer that fits `bits`, signed or unsigned.
    pub fn int_of(&mut self, bits: u32) -> Result<i64, ParseError> {
        let value = self.int()?;
        let (low, high) = (-(1i128 << (bits - 1)), 1i128 << bits);
        if value < low || value >= high {
            return self.error_before(&format!("this number does not fit {bits} bits"));
        }
        Ok(if bits == 32 { i64::from(value as i32) } else { value as i64 })
    }

    pub fn u32(&mut self) -> Result<u32, ParseError> {
        match u32::try_from(self.int()?) {
            Ok(value) => Ok(value),
            Err(_) => self.error_before("this number does not fit 32 bits"),
        }
    }

    pub fn string(&mut self) -> Result<Vec<u8>, ParseError> {
        match self.peek() {
            Tok::Str(_) => {}
            _ => return self.error("expected a string"),
        }
        match self.next() {
            Tok::Str(bytes) => Ok(bytes),
            _ => Ok(Vec::new()),
        }
    }

    pub fn text(&mut self) -> Result<String, ParseError> {
        let bytes = self.string()?;
        String::from_utf8(bytes).or_else(|_| self.error_before("this string must be valid UTF-8"))
    }

    pub fn ty(&mut self) -> Result<Ty, ParseError> {
        let word = self.word()?;
        Ty::find(word).map_or_else(|| self.error_before("expected a type"), Ok)
    }

    /// `(i32, ptr) -> i32`
    pub fn sig(&mut self) -> Result<Signature, ParseError> {
        self.expect('(')?;
        let params = self.list(')', |cur| cur.ty())?;
        Ok(Signature { params, results: self.results()? })
    }

    pub fn results(&mut self) -> Result<Vec<Ty>, ParseError> {
        if *self.peek() != Tok::Arrow {
            return Ok(Vec::new());
        }
        self.next();
        if self.eat('(') { self.list(')', |cur| cur.ty()) } else { Ok(vec![self.ty()?]) }
    }

    /// Elements between commas up to `close`, which is taken too.
    pub fn list<T>(
        &mut self,
        close: char,
        mut element: impl FnMut(&mut Self) -> Result<T, ParseError>,
    ) -> Result<Vec<T>, ParseError> {
        let mut list = Vec::new();
        while !self.eat(close) {
            if !list.is_empty() {
                self.expect(',')?;
            }
            list.push(element(self)?);
        }
        Ok(list)
    }

    pub fn span(&mut self) -> Result<Span, ParseError> {
        if !self.eat('!') {
            return Ok(Span::DUMMY);
        }
        let lo = self.u32()?;
        self.expect(':')?;
        Ok(Span::new(lo, self.u32()?))
    }

    /// A constant of type `ty`.
    pub fn imm(&mut self, ty: Ty) -> Result<Imm, ParseError> {
        Ok(match ty {
            Ty::I32 => Imm::I32(self.int_of(32)? as i32),
            Ty::I64 => Imm::I64(self.int_of(64)?),
            Ty::Ptr => Imm::Ptr(self.int_of(64)?),
            Ty::F32 => Imm::F32(
                self.float(f32::NAN.to_bits().into(), |t| t.parse::<f32>().ok().map(|v| v.to_bits().into()))?
                    as u32,
            ),
            Ty::F64 => {
                Imm::F64(self.float(f64::NAN.to_bits(), |t| t.parse::<f64>().ok().map(|v| v.to_bits()))?)
            }
            Ty::V128 => Imm::V128(self.int()? as u128),
        })
    }

    /// A number, `inf`, `-inf`, `nan` (the canonical one) or `nan:` and all bits.
    fn float(&mut self, nan: u64, parse: impl Fn(&str) -> Option<u64>) -> Result<u64, ParseError> {
        let negative = self.eat('-');
        match *self.peek() {
            Tok::Word("inf") => {
                self.next();
                Ok(parse(if negative { "-inf" } else { "inf" }).unwrap_or(nan))
            }
            Tok::Word("nan") if !negative => {
                self.next();
                if self.eat(':') { Ok(self.int()? as u64) } else { Ok(nan) }
            }
            Tok::Number(text) if !negative => match parse(&text.replace('_', "")) {
                Some(bits) => {
                    self.next();
                    Ok(bits)
                }
                None => self.error("expected a decimal floating-point number"),
            },
            _ => self.error("expected a floating-point number"),
        }
    }

    pub fn func(&mut self, names: &Names) -> Result<FuncId, ParseError> {
        match self.next() {
            Tok::Func(name) => names
                .funcs
                .get(&name)
                .copied()
                .map_or_else(|| self.error_before(&format!("there is no function `{}`", name.text)), Ok),
            _ => self.error_before("expected a function"),
        }
    }

    /// `$name` or `$name+4`.
    pub fn data(&mut self, names: &Names) -> Result<(DataId, u32), ParseError> {
        let id = match self.next() {
            Tok::Data(name) => match names.datas.get(&name) {
                Some(id) => *id,
                None => return self.error_before(&format!("there is no datum `{}`", name.text)),
            },
            _ => return self.error_before("expected a datum"),
        };
        Ok((id, self.offset()?))
    }

    pub fn offset(&mut self) -> Result<u32, ParseError> {
        if self.eat('+') { self.u32() } else { Ok(0) }
    }

    pub fn global(&mut self, names: &Names) -> Result<GlobalId, ParseError> {
        match self.next() {
            Tok::Data(name) => names
                .globals
                .get(&name)
                .copied()
                .map_or_else(|| self.error_before(&format!("there is no global `{}`", name.text)), Ok),
            _ => self.error_before("expected a global"),
        }
    }
}

/// A body that waits until all names are known: its function, its first token, the names of its parameters.
type PendingBody = (FuncId, usize, Vec<(String, Ty)>);

struct Parser<'t, 'a> {
    cur: Cursor<'t, 'a>,
    names: &'t Names,
    bodies: Vec<PendingBody>,
}

impl Parser<'_, '_> {
    fn item(&mut self, module: &mut Module) -> Result<(), ParseError> {
        match self.cur.word()? {
            "target" => module.target = self.target()?,
            "data" => {
                let data = self.data()?;
                module.datas.push(data);
            }
            "global" => {
                let global = self.global()?;
                module.globals.push(global);
            }
            "heap_base" => module.heap_base = Some(self.cur.data(self.names)?.0),
            "export" => {
                let name = self.cur.text()?;
                let func = self.cur.func(self.names)?;
                module.exports.push(Export { name, func });
            }
            "import" => {
                let func = self.import()?;
                module.funcs.push(func);
            }
            "func" => {
                let func = self.func(module.funcs.next_index())?;
                module.funcs.push(func);
            }
            _ => return self.cur.error_before("expected a declaration"),
        }
        Ok(())
    }

    fn target(&mut self) -> Result<Target, ParseError> {
        let mut target = Target { name: self.cur.text()?, panic_unwinds: false, ..Target::wasm32_wasi() };
        loop {
            if self.cur.eat_word("pointer") {
                target.pointer_bytes = self.cur.u32()?;
            } else if self.cur.eat_word("results") {
                target.max_results = self.cur.u32()?;
            } else if self.cur.eat_word("stack") {
                target.stack_bytes = self.cur.u32()?;
            } else if self.cur.eat_word("unwind") {
                target.panic_unwinds = true;
            } else if self.cur.eat_word("scalar") {
                target.vectors = Vectors::Absent;
            } else if self.cur.eat_word("relaxed") {
                target.vectors = Vectors::Relaxed;
            } else {
                return Ok(target);
            }
        }
    }

    fn data(&mut self) -> Result<Data, ParseError> {
        let Tok::Data(name) = self.cur.next() else { return self.cur.error_before("expected a name") };
        let mut data = Data {
            name: name.text,
            bytes: Vec::new(),
            align: 1,
            relocs: Vec::new(),
            is_mutable: self.cur.eat_word("mut"),
            zeroed: 0,
        };
        if self.cur.eat_word("align") {
            data.align = self.cur.u32()?;
        }
        if self.cur.eat_word("zeroed") {
            data.zeroed = self.cur.u32()?;
        }
        if self.cur.eat('=') {
            data.bytes = self.cur.string()?;
        }
        if self.cur.eat_word("reloc") {
            data.relocs.push(self.reloc()?);
            while self.cur.eat(',') {
                data.relocs.push(self.reloc()?);
            }
        }
        Ok(data)
    }

    fn reloc(&mut self) -> Result<(u32, Reloc), ParseError> {
        let at = self.cur.u32()?;
        if matches!(self.cur.peek(), Tok::Func(_)) {
            return Ok((at, Reloc::Func(self.cur.func(self.names)?)));
        }
        let (data, offset) = self.cur.data(self.names)?;
        Ok((at, Reloc::Data { data, offset }))
    }

    fn global(&mut self) -> Result<Global, ParseError> {
        let Tok::Data(name) = self.cur.next() else { return self.cur.error_before("expected a name") };
        let ty = self.cur.ty()?;
        self.cur.expect('=')?;
        Ok(Global { name: name.text, ty, init: self.cur.imm(ty)? })
    }

    fn import(&mut self) -> Result<Function, ParseError> {
        let Tok::Func(name) = self.cur.next() else { return self.cur.error_before("expected a name") };
        self.cur.expect('=')?;
        let kind = FuncKind::Import { module: self.cur.text()?, name: self.cur.text()? };
        let sig = self.cur.sig()?;
        let may_unwind = self.cur.eat_word("unwinds");
        let is_noinline = false;
        Ok(Function { name: name.text, sig, kind, may_unwind, is_noinline, span: self.cur.span()? })
    }

    /// The head of a function; its body is skipped and remembered.
    fn func(&mut self, id: FuncId) -> Result<Function, ParseError> {
        let Tok::Func(name) = self.cur.next() else { return self.cur.error_before("expected a name") };
        self.cur.expect('(')?;
        let params = self.cur.list(')', |cur| {
            let Tok::Reg(reg) = cur.next() else { return cur.error_before("expected a register") };
            cur.expect(':')?;
            Ok((reg.to_string(), cur.ty()?))
        })?;
        let sig = Signature { params: params.iter().map(|p| p.1).collect(), results: self.cur.results()? };
        let may_unwind = self.cur.eat_word("unwinds");
        let is_noinline = self.cur.eat_word("noinline");
        let span = self.cur.span()?;
        self.cur.expect('{')?;
        let start = self.cur.at;
        while !self.cur.eat('}') {
            if self.cur.next() == Tok::End {
                return self.cur.error("expected `}`");
            }
        }
        let kind = FuncKind::Defined(Body::default());
        self.bodies.push((id, start, params));
        Ok(Function { name: name.text, sig, kind, may_unwind, is_noinline, span })
    }
}
