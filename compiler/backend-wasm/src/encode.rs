//! Writes a function's structured stack code as bytes.

use entity::IndexVec;
use syntax::Span;
use wasm_encoder::{BlockType, BranchHint, Catch, Encode, Function, InstructionSink, ValType};

use crate::code::Code;
use crate::locals::{Locals, NO_LOCAL};
use crate::stackify::{Constants, StackCode, StackOp};
use crate::structure::{Event, Pairs, cold_blocks, pairs};
use crate::types::Types;
use crate::wir::{B, Const, Func, Inst, MemArg, Op, Term, V, Vt};

/// The one exception tag of a module.
pub const TAG: u32 = 0;

/// A function's body, and where its instructions came from: offsets from the start of the body's locals.
pub struct Encoded {
    pub body: Vec<u8>,
    pub spans: Vec<(u32, Span)>,
    /// Which way conditional branches hardly ever go.
    pub hints: Vec<BranchHint>,
}

pub struct Input<'a> {
    pub func: &'a Func,
    pub code: &'a IndexVec<B, StackCode>,
    pub constants: &'a Constants,
    pub locals: &'a Locals,
    pub events: &'a [Event],
    pub ptr: Vt,
    pub wants_spans: bool,
    /// Whether engines are told of branches that are hardly ever taken.
    pub wants_hints: bool,
}

pub fn encode(input: Input, types: &mut Types) -> Encoded {
    let declared = input.locals.declared.iter().map(|&(count, vt)| (count, vt.into()));
    let bytes = Function::new(declared.collect::<Vec<(u32, ValType)>>()).into_raw_body();
    let pairs = pairs(input.events);
    let tail = Tail::of(&input, &pairs);
    let result_type = block_type(&input.func.results, types);
    let mut cx = Encoder {
        spans: Vec::new(),
        hints: Vec::new(),
        is_cold: if input.wants_hints { cold_blocks(input.func) } else { IndexVec::new() },
        scopes: Vec::new(),
        loops: 0,
        last: Last::Other,
        is_zero: (0..input.locals.n_locals).map(|local| local >= input.func.params.len).collect(),
        result_type,
        bytes,
        input,
        tail,
        pairs,
    };
    for n in 0..cx.input.events.len() {
        cx.event(n);
    }
    cx.sink().end();
    Encoded { body: cx.bytes, spans: cx.spans, hints: cx.hints }
}

fn block_type(results: &[Vt], types: &mut Types) -> BlockType {
    match results {
        [] => BlockType::Empty,
        [result] => BlockType::Result((*result).into()),
        _ => BlockType::FunctionType(types.intern(&[], results)),
    }
}

/// What lies at the end of the function, where results are left on the stack rather than returned.
struct Tail {
    /// Constructs whose results are the function's.
    is_typed: Vec<bool>,
    /// Returns that need no instruction.
    is_return: Vec<bool>,
}

impl Tail {
    fn of(input: &Input, pairs: &Pairs) -> Tail {
        let n = input.events.len();
        let mut tail = Tail { is_typed: vec![false; n], is_return: vec![false; n] };
        let mut work = vec![n];
        while let Some(end) = work.pop() {
            let Some(at) = end.checked_sub(1) else { continue };
            match input.events[at] {
                Event::Return(_) => tail.is_return[at] = true,
                Event::End => {
                    let open = pairs.open[at];
                    tail.is_typed[open] = true;
                    work.push(at);
                    work.extend(pairs.else_[open]);
                }
                _ => {}
            }
        }
        tail
    }
}

struct Encoder<'a> {
    input: Input<'a>,
    tail: Tail,
    pairs: Pairs,
    bytes: Vec<u8>,
    spans: Vec<(u32, Span)>,
    hints: Vec<BranchHint>,
    /// Blocks that end in a panic, if hints are wanted.
    is_cold: IndexVec<B, bool>,
    /// The open constructs; the label of blocks and loops.
    scopes: Vec<Option<B>>,
    /// How many of them are loops.
    loops: u32,
    last: Last,
    /// Locals that have not been written so far in the text, so that they are zero outside of loops.
    is_zero: Vec<bool>,
    result_type: BlockType,
}

/// The last instruction written, as far as it may be joined with the next one, and where it starts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Get(u32, usize),
    Set(u32, usize),
    Zero(usize),
    Other,
}

impl Encoder<'_> {
    fn sink(&mut self) -> InstructionSink<'_> {
        self.last = Last::Other;
        InstructionSink::new(&mut self.bytes)
    }

    fn event(&mut self, at: usize) {
        match self.input.events[at] {
            Event::Block(label) => {
                let ty = self.type_of(at);
                self.sink().block(ty);
                self.scopes.push(Some(label));
            }
            Event::Loop(label) => {
                let ty = self.type_of(at);
                self.sink().loop_(ty);
                self.scopes.push(Some(label));
                self.loops += 1;
            }
            Event::Try(landing) => {
                let ty = self.type_of(at);
                let label = self.depth(landing);
                self.sink().try_table(ty, [Catch::One { tag: TAG, label }]);
                self.scopes.push(None);
            }
            Event::If { block, negate } => {
                self.condition(block, negate);
                self.hint(block, negate);
                let ty = self.type_of(at);
                self.sink().if_(ty);
                self.scopes.push(None);
            }
            Event::Else => {
                self.sink().else_();
            }
            Event::End => {
                self.sink().end();
                self.scopes.pop();
                self.loops -= u32::from(matches!(self.input.events[self.pairs.open[at]], Event::Loop(_)));
            }
            Event::Code { block, from, to } => self.code(block, self.input.code[block].range(from, to)),
            Event::Br(label) => {
                let depth = self.depth(label);
                self.sink().br(depth);
            }
            Event::BrIf { block, negate, to } => {
                self.condition(block, negate);
                self.hint(block, negate);
                let depth = self.depth(to);
                self.sink().br_if(depth);
            }
            Event::Table(block) => self.table(block),
            Event::Return(block) => {
                self.tail_code(block);
                if !self.tail.is_return[at] {
                    self.span_of_end(block);
                    self.sink().return_();
                }
            }
            Event::Throw(block) => {
                self.span_of_end(block);
                self.sink().throw(TAG);
            }
            Event::Unreachable(block) => {
                self.span_of_end(block);
                self.sink().unreachable();
            }
        }
    }

    /// Says of the branch that is written next which way it hardly ever goes, if one of its two ways ends in a panic.
    fn hint(&mut self, block: B, negate: bool) {
        if !self.input.wants_hints {
            return;
        }
        let Term::Branch { then, else_, .. } = self.input.func.blocks[block].term else { return };
        let (then, else_) = (self.is_cold[then], self.is_cold[else_]);
        if then != else_ {
            let branch_func_offset = self.bytes.len() as u32;
            // The condition has been turned around where `negate` is set.
            self.hints.push(BranchHint { branch_func_offset, branch_hint_value: u32::from(then == negate) });
        }
    }

    fn type_of(&self, at: usize) -> BlockType {
        if self.tail.is_typed[at] { self.result_type } else { BlockType::Empty }
    }

    fn depth(&self, label: B) -> u32 {
        let at = self.scopes.iter().rev().position(|&scope| scope == Some(label));
        at.expect("a label is open where it is used") as u32
    }

    fn table(&mut self, block: B) {
        self.tail_code(block);
        let Term::Table { targets, default, .. } = &self.input.func.blocks[block].term else {
            unreachable!("a table event belongs to a block that ends in a table")
        };
        let depths: Vec<u32> = targets.iter().map(|&target| self.depth(target)).collect();
        let default = self.depth(*default);
        self.span_of_end(block);
        self.sink().br_table(depths, default);
    }

    fn tail_code(&mut self, block: B) {
        let code = &self.input.code[block];
        self.code(block, code.tail as usize..code.ops.len());
    }

    /// The condition at a block's end, or its opposite.
    fn condition(&mut self, block: B, negate: bool) {
        let code = &self.input.code[block];
        let (start, end) = (code.tail as usize, code.ops.len());
        let last = match code.ops[start..].last() {
            Some(&StackOp::Inst(n)) => Some(self.input.func.blocks[block].insts[n as usize]),
            _ => None,
        };
        match last.map(|inst| inst.op) {
            Some(Op::Num(Code::I32Eqz)) if negate => self.code(block, start..end - 1),
            Some(Op::Num(code)) if negate && code.negated().is_some() => {
                self.code(block, start..end - 1);
                self.span(last.map_or(Span::DUMMY, |inst| inst.span));
                self.num(code.negated().expect("just tested"));
            }
            _ => {
                self.code(block, start..end);
                if negate {
                    self.num(Code::I32Eqz);
                }
            }
        }
        self.span_of_end(block);
    }

    fn code(&mut self, block: B, range: std::ops::Range<usize>) {
        let input_code = self.input.code;
        for &op in &input_code[block].ops[range] {
            self.op(block, op);
        }
    }

    fn op(&mut self, block: B, op: StackOp) {
        match op {
            StackOp::Get(value) => self.get(value),
            StackOp::Set(value) => self.set(value),
            StackOp::Tee(value) => self.tee(value),
            StackOp::Drop => {
                self.sink().drop();
            }
            StackOp::Const(value) => {
                let constant = self.input.constants[value].expect("only constants are repeated");
                self.constant(constant);
            }
            StackOp::Inst(n) => {
                let inst = self.input.func.blocks[block].insts[n as usize];
                self.span(inst.span);
                self.inst(inst);
            }
            StackOp::PopFrame => self.pop_frame(),
        }
    }

    fn local(&self, value: V) -> u32 {
        let local = self.input.locals.index[value];
        debug_assert!(local != NO_LOCAL, "{value} has no local");
        local
    }

    fn get(&mut self, value: V) {
        let local = self.local(value);
        match self.last {
            Last::Set(set, start) if set == local => {
                self.bytes.truncate(start);
                self.sink().local_tee(local);
            }
            _ => {
                let start = self.bytes.len();
                self.sink().local_get(local);
                self.last = Last::Get(local, start);
            }
        }
    }

    fn set(&mut self, value: V) {
        let local = self.local(value);
        match self.last {
            // A copy between values that share the local.
            Last::Get(got, start) if got == local => self.drop_last(start),
            Last::Zero(start) if self.is_zero[local as usize] && self.loops == 0 => self.drop_last(start),
            _ => {
                let start = self.bytes.len();
                self.sink().local_set(local);
                self.is_zero[local as usize] = false;
                self.last = Last::Set(local, start);
            }
        }
    }

    fn tee(&mut self, value: V) {
        let local = self.local(value);
        if !matches!(self.last, Last::Get(got, _) if got == local) {
            self.sink().local_tee(local);
            self.is_zero[local as usize] = false;
        }
    }

    fn drop_last(&mut self, start: usize) {
        self.bytes.truncate(start);
        self.last = Last::Other;
    }

    fn pop_frame(&mut self) {
        let frame = self.input.func.frame.expect("only functions with a frame pop it");
        let size = frame.pop.expect("only a moved stack pointer is moved back");
        self.constant(Const::of_int(self.input.ptr, size.into()));
        self.num(crate::frame::ptr_add(self.input.ptr));
        self.sink().global_set(frame.sp);
    }

    fn constant(&mut self, value: Const) {
        let start = self.bytes.len();
        let mut sink = self.sink();
        match value {
            Const::I32(n) => sink.i32_const(n),
            Const::I64(n) => sink.i64_const(n),
            Const::F32(bits) => sink.f32_const(wasm_encoder::Ieee32::new(bits)),
            Const::F64(bits) => sink.f64_const(wasm_encoder::Ieee64::new(bits)),
            Const::V128(bits) => sink.v128_const(bits as i128),
        };
        if let Const::I32(0) | Const::I64(0) | Const::F32(0) | Const::F64(0) | Const::V128(0) = value {
            self.last = Last::Zero(start);
        }
    }

    fn num(&mut self, code: Code) {
        self.last = Last::Other;
        put_code(&mut self.bytes, code);
    }

    fn access(&mut self, code: Code, arg: MemArg) {
        self.num(code);
        self.bytes.push(arg.align);
        arg.offset.encode(&mut self.bytes);
    }

    fn inst(&mut self, inst: Inst) {
        match inst.op {
            Op::Const(value) => self.constant(value),
            Op::Copy => {}
            Op::Num(code) => self.num(code),
            Op::Vector(op, imm) => {
                self.last = Last::Other;
                crate::vector::put(&mut self.bytes, op, imm);
            }
            Op::Load(code, arg) | Op::Store(code, arg) | Op::Atomic(code, arg) => self.access(code, arg),
            op => {
                let mut sink = self.sink();
                match op {
                    Op::Select => sink.select(),
                    Op::Fence => sink.atomic_fence(),
                    Op::GlobalGet(global) => sink.global_get(global),
                    Op::GlobalSet(global) => sink.global_set(global),
                    Op::MemCopy => sink.memory_copy(0, 0),
                    Op::MemFill => sink.memory_fill(0),
                    Op::MemSize => sink.memory_size(0),
                    Op::MemGrow => sink.memory_grow(0),
                    Op::Call(func) => sink.call(func),
                    Op::CallIndirect(ty) => sink.call_indirect(0, ty),
                    _ => unreachable!("the outer match has the rest"),
                };
            }
        }
    }

    fn span(&mut self, span: Span) {
        let is_new = self.spans.last().is_none_or(|&(_, last)| last != span);
        if self.input.wants_spans && is_new && span != Span::DUMMY {
            self.spans.push((self.bytes.len() as u32, span));
        }
    }

    fn span_of_end(&mut self, block: B) {
        self.span(self.input.func.blocks[block].term_span);
    }
}

/// The opcode's bytes.
pub fn put_code(bytes: &mut Vec<u8>, code: Code) {
    let number = code as u16;
    match number >> 8 {
        0 => bytes.push(number as u8),
        prefix => {
            bytes.push(prefix as u8);
            u32::from(number & 0xff).encode(bytes);
        }
    }
}
