//! The text form of LIR. [`crate::parse`] reads it back; `tests/lir/README.md` describes it.
//!
//! Parsing what was printed gives the same module, except that spans are left out unless they are asked for, that the
//! extension of a narrow *store* (which means nothing) becomes unsigned, and that `reg_names` comes back in the order of
//! the registers. Types of registers are printed only where no instruction tells them.

use crate::ir::*;
use crate::ops::OpKind;
use entity::{Idx, IndexVec};
use rustc_hash::FxHashMap;
use std::fmt::Write;
use syntax::Span;

/// The whole module, without spans.
pub fn print_module(module: &Module) -> String {
    Printer::new(module, false).module()
}

/// The whole module; each instruction that has a span ends in `!lo:hi`.
pub fn print_module_with_spans(module: &Module) -> String {
    Printer::new(module, true).module()
}

/// One function, as it appears in the module's text.
pub fn print_function(module: &Module, func: FuncId) -> String {
    let mut printer = Printer::new(module, false);
    printer.function(func);
    printer.out
}

pub(crate) struct Printer<'a> {
    module: &'a Module,
    funcs: IndexVec<FuncId, String>,
    datas: IndexVec<DataId, String>,
    globals: IndexVec<GlobalId, String>,
    spans: bool,
    out: String,
}

/// How each thing is referred to: its name, with its index behind it where the name is not unique.
fn spellings<I: Idx>(sigil: char, names: impl Iterator<Item = impl AsRef<str>>) -> IndexVec<I, String> {
    let names: Vec<_> = names.collect();
    let mut uses: FxHashMap<&str, u32> = FxHashMap::default();
    for name in &names {
        *uses.entry(name.as_ref()).or_default() += 1;
    }
    let spell = |(i, name): (usize, &_)| {
        let name: &str = AsRef::as_ref(name);
        let mut text = String::from(sigil);
        if !name.is_empty() && name.bytes().all(is_name_byte) {
            text.push_str(name);
        } else {
            write_quoted(&mut text, name.as_bytes());
        }
        if uses[name] > 1 {
            let _ = write!(text, "#{i}");
        }
        text
    };
    names.iter().enumerate().map(spell).collect()
}

/// Bytes of names that need no quotes.
pub(crate) fn is_name_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':' | b'$' | b'/')
}

pub(crate) fn write_quoted(out: &mut String, bytes: &[u8]) {
    out.push('"');
    for &b in bytes {
        match b {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(b as char);
            }
            0x20..=0x7e => out.push(b as char),
            _ => {
                let _ = write!(out, "\\{b:02x}");
            }
        }
    }
    out.push('"');
}

impl<'a> Printer<'a> {
    pub(crate) fn new(module: &'a Module, spans: bool) -> Printer<'a> {
        Printer {
            module,
            funcs: spellings('@', module.funcs.iter().map(|f| &f.name)),
            datas: spellings('$', module.datas.iter().map(|d| &d.name)),
            globals: spellings('$', module.globals.iter().map(|g| &g.name)),
            spans,
            out: String::new(),
        }
    }

    /// The text of one instruction.
    pub(crate) fn op_text(&mut self, regs: &IndexVec<Reg, Ty>, op: &Op) -> String {
        self.op(regs, op);
        std::mem::take(&mut self.out)
    }

    pub(crate) fn term_text(&mut self, term: &Term) -> String {
        self.term(term);
        std::mem::take(&mut self.out)
    }

    pub(crate) fn func_name(&self, func: FuncId) -> &str {
        &self.funcs[func]
    }

    fn module(mut self) -> String {
        self.target();
        for (id, data) in self.module.datas.iter_enumerated() {
            self.data(id, data);
        }
        for (id, global) in self.module.globals.iter_enumerated() {
            let name = &self.globals[id];
            let _ = write!(self.out, "global {name} {} = ", global.ty.name());
            self.imm(global.init);
            self.out.push('\n');
        }
        if let Some(id) = self.module.heap_base {
            let _ = writeln!(self.out, "heap_base {}", name_of(&self.datas, id, "$d"));
        }
        for export in &self.module.exports {
            self.out.push_str("export ");
            write_quoted(&mut self.out, export.name.as_bytes());
            let _ = writeln!(self.out, " {}", name_of(&self.funcs, export.func, "@f"));
        }
        for id in self.module.funcs.indices() {
            if !self.out.is_empty() && self.module.funcs[id].body().is_some() {
                self.out.push('\n');
            }
            self.function(id);
        }
        self.out
    }

    /// Only what differs from the usual target is worth a line.
    fn target(&mut self) {
        let target = &self.module.target;
        if *target == Target::wasm32_wasi() {
            return;
        }
        self.out.push_str("target ");
        write_quoted(&mut self.out, target.name.as_bytes());
        let _ = write!(
            self.out,
            " pointer {} results {} stack {}",
            target.pointer_bytes, target.max_results, target.stack_bytes
        );
        self.out.push_str(if target.panic_unwinds { " unwind" } else { "" });
        self.out.push_str(match target.vectors {
            Vectors::Absent => " scalar\n",
            Vectors::Fixed => "\n",
            Vectors::Relaxed => " relaxed\n",
        });
    }

    fn data(&mut self, id: DataId, data: &Data) {
        let _ = write!(self.out, "data {}", self.datas[id]);
        if data.is_mutable {
            self.out.push_str(" mut");
        }
        let _ = write!(self.out, " align {}", data.align);
        if data.zeroed != 0 {
            let _ = write!(self.out, " zeroed {}", data.zeroed);
        }
        if !data.bytes.is_empty() {
            self.out.push_str(" = ");
            write_quoted(&mut self.out, &data.bytes);
        }
        for (i, (at, reloc)) in data.relocs.iter().enumerate() {
            self.out.push_str(if i == 0 { " reloc " } else { ", " });
            let _ = write!(self.out, "{at} ");
            match reloc {
                Reloc::Data { data, offset } => self.data_ref(*data, *offset),
                Reloc::Func(func) => self.out.push_str(&name_of(&self.funcs, *func, "@f")),
            }
        }
        self.out.push('\n');
    }

    fn data_ref(&mut self, data: DataId, offset: u32) {
        self.out.push_str(&name_of(&self.datas, data, "$d"));
        if offset != 0 {
            let _ = write!(self.out, "+{offset}");
        }
    }

    fn function(&mut self, id: FuncId) {
        let func = &self.module.funcs[id];
        match &func.kind {
            FuncKind::Import { module, name } => {
                let _ = write!(self.out, "import {} = ", self.funcs[id]);
                write_quoted(&mut self.out, module.as_bytes());
                self.out.push(' ');
                write_quoted(&mut self.out, name.as_bytes());
                self.out.push(' ');
                self.sig(&func.sig);
                self.func_flags(func);
                self.out.push('\n');
            }
            FuncKind::Defined(body) => {
                let _ = write!(self.out, "func {}(", self.funcs[id]);
                for (i, (reg, ty)) in body.params.iter().zip(&func.sig.params).enumerate() {
                    let _ = write!(self.out, "{}{reg}: {}", comma(i), ty.name());
                }
                self.out.push(')');
                self.results(&func.sig.results);
                self.func_flags(func);
                self.out.push_str(" {\n");
                self.body(body);
                self.out.push_str("}\n");
            }
        }
    }

    fn func_flags(&mut self, func: &Function) {
        if func.may_unwind {
            self.out.push_str(" unwinds");
        }
        if func.is_noinline {
            self.out.push_str(" noinline");
        }
        self.span(func.span);
    }

    fn sig(&mut self, sig: &Signature) {
        self.out.push('(');
        self.tys(&sig.params);
        self.out.push(')');
        self.results(&sig.results);
    }

    fn results(&mut self, tys: &[Ty]) {
        match tys {
            [] => {}
            [ty] => {
                let _ = write!(self.out, " -> {}", ty.name());
            }
            tys => {
                self.out.push_str(" -> (");
                self.tys(tys);
                self.out.push(')');
            }
        }
    }

    fn tys(&mut self, tys: &[Ty]) {
        for (i, ty) in tys.iter().enumerate() {
            let _ = write!(self.out, "{}{}", comma(i), ty.name());
        }
    }

    fn body(&mut self, body: &Body) {
        self.reg_lines(body);
        for (slot, data) in body.slots.iter_enumerated() {
            let _ = writeln!(self.out, "  slot {slot}: {} align {}", data.size, data.align);
        }
        for (block, data) in body.blocks.iter_enumerated() {
            let _ = writeln!(self.out, "{}{block}:", if data.is_landing { "landing " } else { "" });
            for inst in &data.insts {
                self.out.push_str("  ");
                self.op(&body.regs, &inst.op);
                self.span(inst.span);
                self.out.push('\n');
            }
            self.out.push_str("  ");
            self.term(&data.term);
            self.span(data.term_span);
            self.out.push('\n');
        }
    }

    /// Declares the registers that have a name or that nothing defines.
    fn reg_lines(&mut self, body: &Body) {
        let mut defined = IndexVec::<Reg, bool>::from_elem(false, body.regs.len());
        let mut names = IndexVec::<Reg, Option<&str>>::from_elem(None, body.regs.len());
        let mut define = |reg: Reg| {
            if reg.index() < defined.len() {
                defined[reg] = true;
            }
        };
        body.params.iter().for_each(|&reg| define(reg));
        for block in &body.blocks {
            block.insts.iter().for_each(|inst| inst.op.for_each_write(&mut define));
            block.term.for_each_write(&mut define);
        }
        for (reg, name) in &body.reg_names {
            if reg.index() < names.len() {
                names[*reg] = Some(name);
            }
        }
        let mut readable = IndexVec::<Reg, u32>::from_elem(0, body.regs.len());
        for &(reg, bytes) in body.readable.iter().filter(|(reg, _)| reg.index() < body.regs.len()) {
            readable[reg] = bytes;
        }
        for (reg, ty) in body.regs.iter_enumerated() {
            if defined[reg] && names[reg].is_none() && readable[reg] == 0 {
                continue;
            }
            let _ = write!(self.out, "  reg {reg}: {}", ty.name());
            if let Some(name) = names[reg] {
                self.out.push(' ');
                write_quoted(&mut self.out, name.as_bytes());
            }
            if readable[reg] > 0 {
                let _ = write!(self.out, " readable {}", readable[reg]);
            }
            self.out.push('\n');
        }
    }

    fn span(&mut self, span: Span) {
        if self.spans && !span.is_dummy() {
            let _ = write!(self.out, " !{}:{}", span.lo, span.hi);
        }
    }

    fn op(&mut self, regs: &IndexVec<Reg, Ty>, op: &Op) {
        let mut n = 0;
        op.for_each_write(|reg| {
            let _ = write!(self.out, "{}{reg}", comma(n));
            n += 1;
        });
        if n > 0 {
            self.out.push_str(" = ");
        }
        let kind = OpKind::of(op).name();
        match op {
            Op::Const { value, .. } => {
                let _ = write!(self.out, "{}.{kind} ", value.ty().name());
                self.imm(*value);
            }
            Op::Copy { dst, src } => {
                let ty = regs.get(*dst).map_or("?", |ty| ty.name());
                let _ = write!(self.out, "{ty}.{kind} {src}");
            }
            Op::Bin { op, ty, a, b, .. } => self.typed(*ty, op.row().name, &[*a, *b]),
            Op::BinOvf { op, ty, a, b, .. } => self.typed(*ty, op.row().name, &[*a, *b]),
            Op::Un { op, ty, a, .. } => self.typed(*ty, op.row().name, &[*a]),
            Op::Cmp { op, ty, a, b, .. } => self.typed(*ty, op.row().name, &[*a, *b]),
            Op::Conv { op, src, .. } => {
                let _ = write!(self.out, "{} {src}", op.row().name);
            }
            Op::Select { ty, cond, a, b, .. } => self.typed(*ty, kind, &[*cond, *a, *b]),
            Op::SlotAddr { slot, .. } => {
                let _ = write!(self.out, "{kind} {slot}");
            }
            Op::DataAddr { data, offset, .. } => {
                let _ = write!(self.out, "{kind} ");
                self.data_ref(*data, *offset);
            }
            Op::FuncAddr { func, .. } => {
                let _ = write!(self.out, "{kind} {}", name_of(&self.funcs, *func, "@f"));
            }
            Op::GlobalGet { global, .. } => {
                let _ = write!(self.out, "{kind} {}", name_of(&self.globals, *global, "$g"));
            }
            Op::GlobalSet { global, src } => {
                let _ = write!(self.out, "{kind} {}, {src}", name_of(&self.globals, *global, "$g"));
            }
            Op::MemCopy { dst, src, len } => self.plain(kind, &[*dst, *src, *len]),
            Op::MemFill { dst, value, len } => self.plain(kind, &[*dst, *value, *len]),
            Op::MemSize { .. } | Op::MemBarrier => self.plain(kind, &[]),
            Op::AtomicFence { order } => {
                self.plain(kind, &[]);
                self.order(*order);
            }
            Op::MemGrow { pages, .. } => self.plain(kind, &[*pages]),
            Op::Call { callee, args, .. } => self.call("call", callee, args),
            Op::Load { ty, addr, offset, is_word, region, .. } => {
                self.access(kind, ty.name(), *addr, *offset, &[]);
                self.out.push_str(if *is_word { " word" } else { "" });
                self.region(*region);
            }
            Op::Store { ty, addr, offset, value, is_data, region } => {
                self.access(kind, ty.store_name(), *addr, *offset, &[*value]);
                self.out.push_str(if *is_data { " data" } else { "" });
                self.region(*region);
            }
            Op::AtomicLoad { ty, order, addr, offset, .. } => {
                self.access(kind, ty.name(), *addr, *offset, &[]);
                self.order(*order);
            }
            Op::AtomicStore { ty, order, addr, offset, value } => {
                self.access(kind, ty.store_name(), *addr, *offset, &[*value]);
                self.order(*order);
            }
            Op::AtomicRmw { op, ty, order, addr, offset, value, .. } => {
                let name = format!("{kind}.{}", op.row().name);
                self.access(&name, ty.name(), *addr, *offset, &[*value]);
                self.order(*order);
            }
            Op::AtomicCas { ty, order, addr, offset, expected, new, .. } => {
                self.access(kind, ty.name(), *addr, *offset, &[*expected, *new]);
                self.order(*order);
            }
            Op::Vector { op, imm, args, .. } => {
                self.plain(&op.to_string(), args);
                match imm {
                    simd::Imm::None => {}
                    simd::Imm::Lane(lane) => {
                        let _ = write!(self.out, ", {lane}");
                    }
                    simd::Imm::Bytes(bytes) => {
                        let _ = write!(self.out, ", {bytes:?}");
                    }
                }
            }
        }
    }

    fn typed(&mut self, ty: Ty, name: &str, regs: &[Reg]) {
        let _ = write!(self.out, "{}.", ty.name());
        self.plain(name, regs);
    }

    fn plain(&mut self, name: &str, regs: &[Reg]) {
        self.out.push_str(name);
        if !regs.is_empty() {
            self.out.push(' ');
            self.regs(regs);
        }
    }

    fn regs(&mut self, regs: &[Reg]) {
        for (i, reg) in regs.iter().enumerate() {
            let _ = write!(self.out, "{}{reg}", comma(i));
        }
    }

    /// Nothing for the order that is meant where none is written.
    fn order(&mut self, order: MemoryOrder) {
        if order != MemoryOrder::SeqCst {
            let _ = write!(self.out, " {}", order.name());
        }
    }

    fn region(&mut self, region: Region) {
        if region != Region::Anywhere {
            let _ = write!(self.out, " {}", region.name());
        }
    }

    fn access(&mut self, name: &str, ty: &str, addr: Reg, offset: u32, values: &[Reg]) {
        let _ = write!(self.out, "{name}.{ty} {addr}");
        if offset != 0 {
            let _ = write!(self.out, "+{offset}");
        }
        for value in values {
            let _ = write!(self.out, ", {value}");
        }
    }

    /// `call @f(%0)`, or `call_indirect %1(%0) : (i32)`.
    fn call(&mut self, word: &str, callee: &Callee, args: &[Reg]) {
        match callee {
            Callee::Direct(func) => {
                let _ = write!(self.out, "{word} {}(", name_of(&self.funcs, *func, "@f"));
                self.regs(args);
                self.out.push(')');
            }
            Callee::Indirect { sig, func } => {
                let _ = write!(self.out, "{word}_indirect {func}(");
                self.regs(args);
                self.out.push_str(") : ");
                self.sig(sig);
            }
        }
    }

    fn term(&mut self, term: &Term) {
        match term {
            Term::Jump(to) => {
                let _ = write!(self.out, "br {to}");
            }
            Term::Branch { cond, then, else_ } => {
                let _ = write!(self.out, "br_if {cond}, {then}, {else_}");
            }
            Term::Switch { value, cases, default } => {
                let _ = write!(self.out, "switch {value} [");
                for (i, (case, to)) in cases.iter().enumerate() {
                    let _ = write!(self.out, "{}{case}: {to}", comma(i));
                }
                let _ = write!(self.out, "], {default}");
            }
            Term::Return(values) => self.plain("return", values),
            Term::Invoke { dsts, callee, args, normal, landing } => {
                if !dsts.is_empty() {
                    self.regs(dsts);
                    self.out.push_str(" = ");
                }
                self.call("invoke", callee, args);
                let _ = write!(self.out, " to {normal} unwind {landing}");
            }
            Term::Throw => self.out.push_str("throw"),
            Term::Unreachable => self.out.push_str("unreachable"),
        }
    }

    fn imm(&mut self, value: Imm) {
        let _ = match value {
            Imm::I32(v) => write!(self.out, "{v}"),
            Imm::I64(v) | Imm::Ptr(v) => write!(self.out, "{v}"),
            Imm::F32(bits) if f32::from_bits(bits).is_nan() => write!(self.out, "nan:0x{bits:x}"),
            Imm::F32(bits) => write!(self.out, "{:?}", f32::from_bits(bits)),
            Imm::F64(bits) if f64::from_bits(bits).is_nan() => write!(self.out, "nan:0x{bits:x}"),
            Imm::F64(bits) => write!(self.out, "{:?}", f64::from_bits(bits)),
            Imm::V128(bits) => write!(self.out, "0x{bits:032x}"),
        };
    }
}

/// The spelling, or the bare index of what does not exist: broken modules are printed too.
fn name_of<I: Idx>(names: &IndexVec<I, String>, id: I, prefix: &str) -> String {
    names.get(id).cloned().unwrap_or_else(|| format!("{prefix}?{}", id.index()))
}

fn comma(i: usize) -> &'static str {
    if i == 0 { "" } else { ", " }
}
