//! Bodies of the text form: locals, blocks, places, statements.

use crate::facts::PlaceTy;
use crate::ir::*;
use crate::names::*;
use crate::parse::{Parser, Res};
use entity::IndexVec;

impl Parser<'_> {
    pub(crate) fn body(&mut self) -> Res<Body> {
        self.expect("{")?;
        while self.eat_word("let") {
            let local = self.local()?;
            self.expect(":")?;
            let decl = self.decl()?;
            self.declare(local, decl);
        }
        let mut blocks = IndexVec::new();
        while !self.eat("}") {
            let is_cleanup = self.eat_word("cleanup");
            let block = self.block()?;
            if block != blocks.next_index() {
                return self.error(format!("expected block {}", blocks.next_index()));
            }
            self.expect(":")?;
            blocks.push(self.block_data(is_cleanup)?);
        }
        let locals: Option<IndexVec<Local, LocalDecl>> =
            self.locals.iter().cloned().collect::<Option<Vec<_>>>().map(IndexVec::from_raw);
        match locals {
            Some(locals) => Ok(Body { locals, blocks, ..Body::default() }),
            None => self.error("the locals of this function have gaps"),
        }
    }

    fn block_data(&mut self, is_cleanup: bool) -> Res<BlockData> {
        let mut stmts = Vec::new();
        loop {
            match self.stmt_or_term()? {
                Line::Stmt(kind) => stmts.push(Stmt { kind, span: self.span()? }),
                Line::Term(term) => {
                    return Ok(BlockData { stmts, term, term_span: self.span()?, is_cleanup });
                }
            }
        }
    }

    fn stmt_or_term(&mut self) -> Res<Line> {
        if self.peek("_") {
            let dest = self.place()?;
            self.expect("=")?;
            return if self.eat_word("call") {
                Ok(Line::Term(self.call(dest)?))
            } else {
                Ok(Line::Stmt(StmtKind::Assign(dest, self.rvalue()?)))
            };
        }
        let term = match self.word()? {
            "drop" => {
                let place = self.place()?;
                if !self.eat("->") {
                    return Ok(Line::Stmt(StmtKind::Drop(place)));
                }
                Term::Drop { place, target: self.block()?, unwind: self.unwind()? }
            }
            "drop_reuse" => return self.drop_reuse(),
            "free_token" => {
                let token = self.local()?;
                return Ok(Line::Stmt(StmtKind::FreeToken { token, ty: self.ty()? }));
            }
            "nop" => return Ok(Line::Stmt(StmtKind::Nop)),
            "goto" => Term::Goto(self.block()?),
            "caught" => Term::Caught(self.block()?),
            "if" => {
                let cond = self.operand()?;
                if !self.eat_word("then") {
                    return self.error("expected `then`");
                }
                let then = self.block()?;
                Term::If { cond, then, else_: self.else_block()? }
            }
            "switch" => self.switch()?,
            "return" => Term::Return,
            "unreachable" => Term::Unreachable,
            "resume" => Term::Resume,
            "throw" => Term::Throw,
            word => return self.error(format!("`{word}` starts no statement")),
        };
        Ok(Line::Term(term))
    }

    fn else_block(&mut self) -> Res<Block> {
        if self.eat_word("else") { self.block() } else { self.error("expected `else`") }
    }

    fn unwind(&mut self) -> Res<Option<Block>> {
        if self.eat_word("unwind") { Ok(Some(self.block()?)) } else { Ok(None) }
    }

    fn drop_reuse(&mut self) -> Res<Line> {
        let mut place = self.place()?;
        let Some(Proj::Variant(variant)) = place.proj.pop() else {
            return self.error("expected a place that ends in a variant");
        };
        let mut taken = Vec::new();
        self.expect("[")?;
        while !self.eat("]") {
            taken.push(self.number()?);
            self.comma("]")?;
        }
        self.expect("->")?;
        Ok(Line::Stmt(StmtKind::DropReuse { place, variant, taken, token: self.local()? }))
    }

    fn switch(&mut self) -> Res<Term> {
        let value = self.operand()?;
        let mut cases = Vec::new();
        self.expect("[")?;
        while !self.eat("]") {
            let case = self.signed()?;
            self.expect(":")?;
            cases.push((case, self.block()?));
            self.comma("]")?;
        }
        Ok(Term::Switch { value, cases, default: self.else_block()? })
    }

    fn signed(&mut self) -> Res<i128> {
        let negative = self.eat("-");
        let value: i128 = self.number()?;
        Ok(if negative { -value } else { value })
    }

    fn call(&mut self, dest: Place) -> Res<Term> {
        let callee = match self.peek_word() {
            "box" => {
                self.word()?;
                Callee::FnBox(self.place()?)
            }
            "dyn" => self.dyn_callee()?,
            "start" => {
                self.word()?;
                Callee::Start(self.func()?)
            }
            "resume" => {
                self.word()?;
                Callee::Resume
            }
            "next" => {
                self.word()?;
                Callee::Next(self.func()?)
            }
            "end" => {
                self.word()?;
                Callee::End(self.func()?)
            }
            _ => Callee::Func(self.func()?),
        };
        let mut args = Vec::new();
        self.expect("(")?;
        while !self.eat(")") {
            args.push(if self.eat_word("mut") {
                Arg::Mut(self.place()?)
            } else {
                Arg::Value(self.operand()?)
            });
            self.comma(")")?;
        }
        let target = if self.eat("->") { Some(self.block()?) } else { None };
        Ok(Term::Call { callee, args, dest, target, unwind: self.unwind()? })
    }

    fn dyn_callee(&mut self) -> Res<Callee> {
        self.word()?;
        let object = self.place()?;
        if !self.eat_word("method") {
            return self.error("expected `method`");
        }
        let method = self.number()?;
        let receiver = self.receiver()?;
        let (params, ret) = self.signature()?;
        Ok(Callee::Dyn { object, method, receiver, params, ret })
    }

    // ------------------------------------------------------------ places and operands

    pub(crate) fn place(&mut self) -> Res<Place> {
        let local = self.local()?;
        let decl = self.locals.get(local).and_then(|d| d.as_ref());
        let mut at = decl.map(|d| PlaceTy { ty: d.ty, variant: None });
        let mut proj = Vec::new();
        loop {
            // Blanks end a place: what follows could be an argument.
            let step = if self.rest().starts_with(".*") {
                self.pos += 2;
                Proj::Deref
            } else if self.rest().starts_with('.') {
                self.pos += 1;
                Proj::Field(self.field(at)?)
            } else if self.rest().starts_with('@') {
                self.pos += 1;
                Proj::Variant(self.variant(at.map(|t| t.ty))?)
            } else if self.rest().starts_with('[') {
                self.pos += 1;
                let index = self.local()?;
                self.expect("]")?;
                Proj::Index(index)
            } else {
                return Ok(Place { local, proj });
            };
            at = at.and_then(|t| t.project(&self.program.types, step));
            proj.push(step);
        }
    }

    fn field(&mut self, at: Option<PlaceTy>) -> Res<u32> {
        let word = self.word()?;
        if let Ok(n) = word.parse() {
            return Ok(n);
        }
        let def = at.map(|t| (&self.program.types.defs[t.ty], t.variant.unwrap_or(0) as usize));
        let fields = def.and_then(|(def, v)| def.variants.get(v)).map_or(&[][..], |v| &v.fields);
        match fields.iter().position(|f| f.name == word) {
            Some(i) => Ok(i as u32),
            None => self.error(format!("no field `{word}` here")),
        }
    }

    fn variant(&mut self, ty: Option<Ty>) -> Res<u32> {
        let word = self.word()?;
        if let Ok(n) = word.parse() {
            return Ok(n);
        }
        let variants = ty.map_or(&[][..], |ty| &self.program.types.defs[ty].variants);
        match variants.iter().position(|v| v.name == word) {
            Some(i) => Ok(i as u32),
            None => self.error(format!("no variant `{word}` here")),
        }
    }

    pub(crate) fn operand(&mut self) -> Res<Operand> {
        Ok(match self.peek_word() {
            "copy" => {
                self.word()?;
                self.blank();
                Operand::Copy(self.place()?)
            }
            "move" => {
                self.word()?;
                Operand::Move(self.place()?)
            }
            "borrow" => {
                self.word()?;
                Operand::Borrow(self.place()?)
            }
            _ => Operand::Const(self.constant()?),
        })
    }

    fn constant(&mut self) -> Res<Const> {
        if self.eat("()") {
            return Ok(Const::Unit);
        }
        if self.eat("'") {
            return self.char_const();
        }
        if self.rest().starts_with('-') || self.rest().starts_with(|c: char| c.is_ascii_digit()) {
            return self.number_const();
        }
        Ok(match self.word()? {
            "true" => Const::Bool(true),
            "false" => Const::Bool(false),
            "float" => Const::F64(self.hex()?),
            "float32" => Const::F32(self.hex()? as u32),
            "str" => {
                let text = self.string()?.into();
                Const::Str(text, self.ty()?)
            }
            "addr" => Const::DataAddr(self.index("data")?),
            "code" => Const::FuncAddr(self.func()?),
            "null" => Const::Null(self.ty()?),
            "empty" => {
                let ty = self.ty()?;
                Const::Empty(ty, self.variant_suffix(ty)?)
            }
            "poison" => Const::Poison(self.ty()?),
            "empty_buffer" => Const::EmptyBuffer(self.ty()?),
            word => return self.error(format!("`{word}` starts no operand")),
        })
    }

    pub(crate) fn variant_suffix(&mut self, ty: Ty) -> Res<u32> {
        if !self.rest().starts_with('@') {
            return Ok(0);
        }
        self.pos += 1;
        self.variant(Some(ty))
    }

    fn hex(&mut self) -> Res<u64> {
        let word = self.word()?;
        match word.strip_prefix("0x").and_then(|w| u64::from_str_radix(w, 16).ok()) {
            Some(v) => Ok(v),
            None => self.error("expected `0x` and hexadecimal digits"),
        }
    }

    fn char_const(&mut self) -> Res<Const> {
        let rest = self.rest();
        let end = rest.char_indices().skip(1).find(|(_, c)| *c == '\'').map_or(rest.len(), |(i, _)| i);
        let text = &rest[..end];
        let value = match text.strip_prefix("\\u{").and_then(|t| t.strip_suffix('}')) {
            Some(hex) => u32::from_str_radix(hex, 16).ok().and_then(char::from_u32),
            None => text.chars().next().filter(|c| c.len_utf8() == text.len()),
        };
        match value {
            Some(c) => {
                self.pos += end + 1;
                Ok(Const::Char(c))
            }
            None => self.error("expected a character"),
        }
    }

    fn number_const(&mut self) -> Res<Const> {
        let rest = self.rest();
        let mut end = 1;
        while let Some(b) = rest.as_bytes().get(end) {
            let exponent = matches!(b, b'-' | b'+') && rest.as_bytes()[end - 1] == b'e';
            if !(b.is_ascii_alphanumeric() || *b == b'.' || exponent) {
                break;
            }
            end += 1;
        }
        let text = &rest[..end];
        let value = if let Some(digits) = text.strip_suffix("f64") {
            digits.parse().ok().map(|v: f64| Const::F64(v.to_bits()))
        } else if let Some(digits) = text.strip_suffix("f32") {
            digits.parse().ok().map(|v: f32| Const::F32(v.to_bits()))
        } else {
            let row = INTS.iter().find(|row| text.ends_with(row.2));
            row.and_then(|row| text[..text.len() - row.2.len()].parse().ok().map(|v| Const::Int(v, row.0)))
        };
        match value {
            Some(value) => {
                self.pos += end;
                Ok(value)
            }
            None => self.error("expected a number with the suffix of its type"),
        }
    }

    fn operand_list(&mut self, open: &str, close: &str) -> Res<Vec<Operand>> {
        let mut list = Vec::new();
        self.expect(open)?;
        while !self.eat(close) {
            list.push(self.operand()?);
            self.comma(close)?;
        }
        Ok(list)
    }

    fn rvalue(&mut self) -> Res<Rvalue> {
        if self.peek("%") || (self.peek("()") && self.rest()[2..].trim_start().starts_with('{')) {
            return self.aggregate();
        }
        let word = self.peek_word();
        if let Some(row) = BIN_OPS.iter().find(|row| row.1 == word) {
            self.word()?;
            let (a, b) = self.operand_pair()?;
            return Ok(Rvalue::Binary(row.0, a, b));
        }
        if let Some(row) = UN_OPS.iter().find(|row| row.1 == word) {
            self.word()?;
            return Ok(Rvalue::Unary(row.0, self.operand()?));
        }
        match word {
            "checked" | "cast" | "array" | "repeat" | "discriminant" | "fnbox" | "dynbox" | "addr_of"
            | "intrinsic" => {}
            _ => return Ok(Rvalue::Use(self.operand()?)),
        }
        Ok(match self.word()? {
            "checked" => {
                let word = self.word()?;
                let Some(row) = BIN_OPS.iter().find(|row| row.1 == word) else {
                    return self.error("expected an operator");
                };
                let (a, b) = self.operand_pair()?;
                Rvalue::Checked(row.0, a, b)
            }
            "cast" => Rvalue::Cast(self.operand()?),
            "array" => {
                let ty = self.ty()?;
                Rvalue::FixedArray(ty, self.operand_list("{", "}")?)
            }
            "repeat" => {
                let ty = self.ty()?;
                Rvalue::FixedRepeat(ty, self.operand()?)
            }
            "discriminant" => Rvalue::Discriminant(self.place()?),
            "fnbox" => {
                let ty = self.ty()?;
                let env = self.operand()?;
                Rvalue::MakeFnBox { ty, env, func: self.func()? }
            }
            "dynbox" => self.dynbox()?,
            "addr_of" => Rvalue::AddrOf(self.place()?),
            _ => self.intrinsic()?,
        })
    }

    fn operand_pair(&mut self) -> Res<(Operand, Operand)> {
        let a = self.operand()?;
        self.expect(",")?;
        Ok((a, self.operand()?))
    }

    fn aggregate(&mut self) -> Res<Rvalue> {
        let ty = self.ty()?;
        let variant = self.variant_suffix(ty)?;
        let fields = self.operand_list("{", "}")?;
        let reuse = if self.eat_word("reuse") { Some(self.local()?) } else { None };
        Ok(Rvalue::Aggregate { ty, variant, fields, reuse })
    }

    fn dynbox(&mut self) -> Res<Rvalue> {
        let ty = self.ty()?;
        let value = self.operand()?;
        let mut methods = Vec::new();
        self.expect("[")?;
        while !self.eat("]") {
            methods.push(self.func()?);
            self.comma("]")?;
        }
        Ok(Rvalue::MakeDyn { ty, value, methods })
    }

    fn intrinsic(&mut self) -> Res<Rvalue> {
        let word = self.word()?;
        if word == "vector" {
            let op = self.vector()?;
            return Ok(Rvalue::Intrinsic(op, self.operand_list("(", ")")?));
        }
        if word == "atomic" {
            let (op, order) = (self.word()?, self.word()?);
            let op = AtomicOp::ALL.into_iter().find(|it| it.name() == op);
            let order = MemoryOrder::ALL.into_iter().find(|it| it.name() == order);
            let (Some(op), Some(order)) = (op, order) else {
                return self.error("there is no such atomic operation");
            };
            return Ok(Rvalue::Intrinsic(Intrinsic::Atomic(op, order), self.operand_list("(", ")")?));
        }
        let Some(row) = INTRINSICS.iter().find(|row| row.1 == word) else {
            return self.error("no intrinsic has this name");
        };
        let mut op = row.0;
        if intrinsic_ty(op).is_some() || matches!(op, Intrinsic::StaticAddr(_)) {
            self.expect("<")?;
            op = match op {
                Intrinsic::StaticAddr(_) => Intrinsic::StaticAddr(self.number()?),
                op => with_ty(op, self.ty()?),
            };
            self.expect(">")?;
        }
        Ok(Rvalue::Intrinsic(op, self.operand_list("(", ")")?))
    }

    /// `i32x4.add`, `i8x16.shuffle [0, 17, …]`.
    fn vector(&mut self) -> Res<Intrinsic> {
        let shape = self.word()?;
        self.expect(".")?;
        let Some(op) = simd::Op::find(&format!("{shape}.{}", self.word()?)) else {
            return self.error("there is no such operation on vectors");
        };
        if op.form() != simd::Form::Shuffle {
            return Ok(Intrinsic::Vector(op, simd::Imm::None));
        }
        let mut bytes = [0u8; 16];
        self.expect("[")?;
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = self.number()?;
            self.expect(if i == 15 { "]" } else { "," })?;
        }
        Ok(Intrinsic::Vector(op, simd::Imm::Bytes(bytes)))
    }
}

enum Line {
    Stmt(StmtKind),
    Term(Term),
}
