//! Runs the flat form. [`Interp::call`] is the entry; `burst` is the inner loop, which runs until a call is entered or
//! left, and is written to keep one dispatch per instruction.
//!
//! Steps are counted where control is transferred, as the distance from the last transfer, so that the loop does not
//! pay for them elsewhere.

use crate::decode::{FuncCode, NO_LANDING};
use crate::host::{Host, Stop, Value};
use crate::insn::{Insn, scalar_insns};
use crate::memory::Memory;
use crate::program::Program;
use crate::{Failure, Limits, Outcome, Site, Trap};
use entity::Idx;
use lir::eval;
use lir::{BinOp, CmpOp, FuncId, Imm, Module, Signature, Ty, UnOp};
use std::sync::Arc;

/// Words of all active frames together; a deeper recursion traps, as too many calls do.
const WORDS_MAX: usize = 1 << 24;

/// A module in memory, ready to be called again and again.
pub struct Interp {
    program: Arc<Program>,
    memory: Memory,
    /// Two words each, because of vectors.
    globals: Vec<[u64; 2]>,
    limits: Limits,
    steps: u64,
    regs: Vec<u64>,
    /// The callers of the function that runs.
    frames: Vec<Frame>,
    current: Current,
    sites: Vec<Site>,
}

/// The function that runs.
#[derive(Clone, Copy, Default)]
struct Current {
    pc: u32,
    /// Where its words begin in `regs`, and how many they are.
    base: usize,
    words: usize,
    /// The shadow-stack pointer.
    sp: u64,
}

struct Frame {
    caller: Current,
    call: u32,
}

/// Why `burst` returns; the position is in [`Interp::current`].
enum Event {
    Call { call: u32 },
    CallIndirect { call: u32, func: u64 },
    Return { values: u32 },
    Throw,
    Trap(Trap),
    OutOfSteps,
}

/// What leaves the main loop early.
enum Leave {
    Outcome(Outcome),
    Failure(Failure),
}

impl From<Trap> for Leave {
    fn from(trap: Trap) -> Leave {
        Leave::Outcome(Outcome::Trapped(trap))
    }
}

impl Interp {
    /// Lays out the memory of `module` and prepares it to run.
    pub fn new(module: &Module, limits: Limits) -> Result<Interp, Failure> {
        Interp::of(Arc::new(Program::new(module)?), limits)
    }

    /// A program as it is when it begins, with a memory of its own.
    pub fn of(program: Arc<Program>, limits: Limits) -> Result<Interp, Failure> {
        let memory = program.memory(&limits)?;
        let globals = program.globals.clone();
        let sp = program.stack_bytes;
        Ok(Interp {
            program,
            memory,
            globals,
            limits,
            steps: 0,
            regs: Vec::new(),
            frames: Vec::new(),
            current: Current { sp, ..Current::default() },
            sites: Vec::new(),
        })
    }

    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    pub fn memory_mut(&mut self) -> &mut Memory {
        &mut self.memory
    }

    /// Steps of all calls so far.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The active calls when the last call trapped or threw, innermost first.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// Runs the exported function `name`.
    pub fn call(&mut self, name: &str, args: &[Value], host: &mut dyn Host) -> Result<Outcome, Failure> {
        let func = *self
            .program
            .exports
            .get(name)
            .ok_or_else(|| Failure::invalid(format!("there is no export `{name}`")))?;
        self.call_func(func, args, host)
    }

    /// Runs a function by its index.
    pub fn call_func(
        &mut self,
        func: FuncId,
        args: &[Value],
        host: &mut dyn Host,
    ) -> Result<Outcome, Failure> {
        let sig = self.program.code.funcs[func.index()].sig.clone();
        if args.len() != sig.params.len() || args.iter().zip(&sig.params).any(|(arg, ty)| arg.ty() != *ty) {
            return Err(Failure::invalid("arguments and parameters differ"));
        }
        let sp = self.current.sp;
        self.sites.clear();
        self.current = Current { sp, ..Current::default() };
        let end = self.start(func, args).and_then(|()| self.run(&sig, host));
        // The shadow stack is empty again, however the call ended.
        self.current.sp = sp;
        self.frames.clear();
        match end {
            Ok(values) => Ok(Outcome::Returned(values)),
            Err(Leave::Outcome(outcome)) => Ok(outcome),
            Err(Leave::Failure(failure)) => Err(failure),
        }
    }

    fn start(&mut self, func: FuncId, args: &[Value]) -> Result<(), Leave> {
        let FuncCode::Defined { start, words, stack } = self.program.code.funcs[func.index()].code else {
            return Err(Leave::Failure(Failure::invalid("an import cannot be called from outside")));
        };
        self.enter(start, words, stack, 0)?;
        let mut at = 0;
        for arg in args {
            at += put(&mut self.regs[at..], *arg, self.program.code.pointer_bytes);
        }
        Ok(())
    }

    /// Makes the frame of a function that starts at `base`.
    fn enter(&mut self, start: u32, words: u32, stack: u32, base: usize) -> Result<(), Trap> {
        let end = base + words as usize;
        if self.frames.len() >= self.limits.depth as usize || end > WORDS_MAX {
            return Err(Trap::CallDepth);
        }
        let sp = self.current.sp.checked_sub(u64::from(stack)).ok_or(Trap::StackOverflow)?;
        if end > self.regs.len() {
            self.regs.resize(end.next_multiple_of(1024), 0);
        }
        self.current = Current { pc: start, base, words: words as usize, sp };
        Ok(())
    }

    fn run(&mut self, sig: &Signature, host: &mut dyn Host) -> Result<Vec<Value>, Leave> {
        loop {
            match self.burst() {
                Event::Call { call } => {
                    let func = self.program.code.calls[call as usize].target;
                    self.do_call(call, func as usize, host)?;
                }
                Event::CallIndirect { call, func } => {
                    let func = self.indirect(call, func).map_err(|trap| self.trap(trap))?;
                    self.do_call(call, func, host)?;
                }
                Event::Return { values } => match self.frames.pop() {
                    Some(frame) => self.give_results(frame, values),
                    None => return Ok(self.results(sig, values)),
                },
                Event::Throw => self.unwind()?,
                Event::Trap(trap) => return Err(self.trap(trap)),
                Event::OutOfSteps => return Err(Leave::Failure(Failure::OutOfSteps)),
            }
        }
    }

    fn trap(&mut self, trap: Trap) -> Leave {
        self.note_sites();
        trap.into()
    }

    /// Remembers where the program is. A position is that of the instruction behind the call.
    fn note_sites(&mut self) {
        let pcs: Vec<u32> = std::iter::once(self.current.pc)
            .chain(self.frames.iter().rev().map(|frame| frame.caller.pc))
            .take(100)
            .collect();
        for pc in pcs {
            let pc = pc.saturating_sub(1);
            let span = self.program.code.spans[pc as usize];
            self.sites.push(Site { func: self.program.code.func_at(pc), span });
        }
    }

    fn indirect(&self, call: u32, func: u64) -> Result<usize, Trap> {
        let index = usize::try_from(func).ok().and_then(|f| f.checked_sub(1)).ok_or(Trap::NoFunction)?;
        let func = self.program.code.funcs.get(index).ok_or(Trap::NoFunction)?;
        if func.sig_id != self.program.code.calls[call as usize].target {
            return Err(Trap::WrongSignature);
        }
        Ok(index)
    }

    fn do_call(&mut self, call: u32, func: usize, host: &mut dyn Host) -> Result<(), Leave> {
        let FuncCode::Defined { start, words, stack } = self.program.code.funcs[func].code else {
            return self.host_call(call, func, host);
        };
        let caller = self.current;
        let base = caller.base + caller.words;
        self.enter(start, words, stack, base).map_err(|trap| self.trap(trap))?;
        self.frames.push(Frame { caller, call });
        let args = list(&self.program.code.extra, self.program.code.calls[call as usize].args);
        for (i, &place) in args.iter().enumerate() {
            self.regs[base + i] = self.regs[caller.base + place as usize];
        }
        Ok(())
    }

    fn host_call(&mut self, call: u32, func: usize, host: &mut dyn Host) -> Result<(), Leave> {
        let func = &self.program.code.funcs[func];
        let FuncCode::Import { module, name } = &func.code else { return Ok(()) };
        let site = self.program.code.calls[call as usize];
        let frame = &mut self.regs[self.current.base..self.current.base + self.current.words];
        let words = list(&self.program.code.extra, site.args).iter().map(|&p| frame[p as usize]);
        let args = values(&func.sig.params, words);
        let results = match host.call(module, name, &args, &mut self.memory) {
            Ok(results) => results,
            Err(Stop::Throw) => return self.unwind_to(site.landing),
            Err(stop) => return Err(self.stopped(stop)),
        };
        if results.len() != func.sig.results.len()
            || results.iter().zip(&func.sig.results).any(|(value, ty)| value.ty() != *ty)
        {
            let message = format!("host function `{module}` `{name}` gave other results than declared");
            return Err(Leave::Failure(Failure::Host(message)));
        }
        let mut words = Vec::new();
        for result in results {
            let mut pair = [0; 2];
            let n = put(&mut pair, result, self.program.code.pointer_bytes);
            words.extend_from_slice(&pair[..n]);
        }
        for (&place, word) in list(&self.program.code.extra, site.dsts).iter().zip(words) {
            frame[place as usize] = word;
        }
        Ok(())
    }

    fn stopped(&mut self, stop: Stop) -> Leave {
        match stop {
            Stop::Exit(status) => Leave::Outcome(Outcome::Exited(status)),
            Stop::Trap(message) => self.trap(Trap::Host(message)),
            Stop::Throw => Leave::Outcome(Outcome::Threw),
            Stop::Unsupported(message) => Leave::Failure(Failure::Host(message)),
        }
    }

    fn give_results(&mut self, frame: Frame, values: u32) {
        let from = self.current.base;
        let dsts = list(&self.program.code.extra, self.program.code.calls[frame.call as usize].dsts);
        for (&dst, &src) in dsts.iter().zip(list(&self.program.code.extra, values)) {
            self.regs[frame.caller.base + dst as usize] = self.regs[from + src as usize];
        }
        self.current = frame.caller;
    }

    fn results(&self, sig: &Signature, places: u32) -> Vec<Value> {
        let base = self.current.base;
        let words = list(&self.program.code.extra, places).iter().map(|&p| self.regs[base + p as usize]);
        values(&sig.results, words)
    }

    /// Leaves the current function by unwinding.
    fn unwind(&mut self) -> Result<(), Leave> {
        if self.sites.is_empty() {
            self.note_sites();
        }
        let Some(frame) = self.frames.pop() else { return Err(Leave::Outcome(Outcome::Threw)) };
        self.current = frame.caller;
        let landing = self.program.code.calls[frame.call as usize].landing;
        self.unwind_to(landing)
    }

    /// Goes on at the landing of a call in the current function, or leaves this one as well.
    fn unwind_to(&mut self, landing: u32) -> Result<(), Leave> {
        if landing == NO_LANDING {
            return self.unwind();
        }
        self.sites.clear();
        self.current.pc = landing;
        Ok(())
    }

    /// Runs the current function from its position until something happens to its frame.
    ///
    /// One function, so that position, registers and memory stay in locals of the machine: a row of its table for each
    /// instruction, and what is more than a line is a function below.
    fn burst(&mut self) -> Event {
        let Current { mut pc, base, words, sp } = self.current;
        let frame = &mut self.regs[base..base + words];
        let memory = &mut self.memory;
        let insns = &self.program.code.insns[..];
        let limit = self.limits.steps;
        let mut steps = self.steps;
        let mut from = pc;

        // Positions are those behind the instruction that runs.
        macro_rules! leave {
            ($event:expr) => {{
                self.steps = steps + u64::from(pc - from);
                self.current.pc = pc;
                return $event;
            }};
        }
        macro_rules! go {
            ($to:expr) => {{
                steps += u64::from(pc - from);
                pc = $to;
                from = pc;
                if steps > limit {
                    leave!(Event::OutOfSteps);
                }
            }};
        }
        macro_rules! get {
            ($place:expr) => {
                frame[$place as usize]
            };
        }
        macro_rules! checked {
            ($result:expr) => {
                match $result {
                    Ok(value) => value,
                    Err(trap) => leave!(Event::Trap(Trap::from(trap))),
                }
            };
        }
        macro_rules! addr {
            ($addr:expr, $offset:expr) => {
                get!($addr).saturating_add(u64::from($offset))
            };
        }
        macro_rules! load {
            ($dst:expr, $addr:expr, $offset:expr, $int:ty, $via:ty) => {
                get!($dst) =
                    u64::from(<$int>::from_le_bytes(checked!(memory.load(addr!($addr, $offset)))) as $via)
            };
        }
        macro_rules! store {
            ($addr:expr, $offset:expr, $value:expr, $int:ty) => {
                checked!(memory.store(addr!($addr, $offset), (get!($value) as $int).to_le_bytes()))
            };
        }
        macro_rules! dispatch {
            (
                { $insn:expr; $($rest:tt)* }
                bin { $($bin:ident = $bin_op:ident $bin_ty:ident,)* }
                un { $($un:ident = $un_op:ident $un_ty:ident,)* }
                cmp { $($cmp:ident = $cmp_op:ident $cmp_ty:ident,)* }
            ) => {
                match $insn {
                    $(Insn::$bin { dst, a, b } => {
                        match eval::bin(BinOp::$bin_op, Ty::$bin_ty, get!(a), get!(b)) {
                            Some(value) => get!(dst) = value,
                            None => leave!(Event::Trap(Trap::Division)),
                        }
                    })*
                    $(Insn::$un { dst, a } => get!(dst) = eval::un(UnOp::$un_op, Ty::$un_ty, get!(a)),)*
                    $(Insn::$cmp { dst, a, b } => {
                        get!(dst) = u64::from(eval::cmp(CmpOp::$cmp_op, Ty::$cmp_ty, get!(a), get!(b)));
                    })*
                    $($rest)*
                }
            };
        }

        loop {
            let insn = insns[pc as usize];
            pc += 1;
            scalar_insns! { dispatch, insn;
                Insn::Const { dst, bits } => get!(dst) = u64::from(bits),
                Insn::ConstWide { dst, pool } => get!(dst) = self.program.code.pool[pool as usize],
                Insn::Copy { dst, src } => get!(dst) = get!(src),
                Insn::Copy2 { dst, src } => copy_wide(frame, dst, src),
                Insn::Select { dst, cond, a, b } => {
                    get!(dst) = if get!(cond) as u32 != 0 { get!(a) } else { get!(b) };
                }
                Insn::Select2 { dst, cond, a, b } => {
                    let src = if get!(cond) as u32 != 0 { a } else { b };
                    copy_wide(frame, dst, src);
                }
                Insn::Conv { op, dst, src } => {
                    get!(dst) = eval::conv(op, get!(src), self.program.code.pointer_bytes);
                }
                Insn::I32Ovf { op, dst, overflow, a, b } => {
                    let (value, over) = eval::ovf(op, Ty::I32, get!(a), get!(b));
                    get!(dst) = value;
                    get!(overflow) = u64::from(over);
                }
                Insn::I64Ovf { op, dst, overflow, a, b } => {
                    let (value, over) = eval::ovf(op, Ty::I64, get!(a), get!(b));
                    get!(dst) = value;
                    get!(overflow) = u64::from(over);
                }
                Insn::Load8U { dst, addr, offset } => load!(dst, addr, offset, u8, u8),
                Insn::Load8S { dst, addr, offset } => load!(dst, addr, offset, i8, u32),
                Insn::Load16U { dst, addr, offset } => load!(dst, addr, offset, u16, u16),
                Insn::Load16S { dst, addr, offset } => load!(dst, addr, offset, i16, u32),
                Insn::Load32 { dst, addr, offset } => load!(dst, addr, offset, u32, u32),
                Insn::Load64 { dst, addr, offset } => load!(dst, addr, offset, u64, u64),
                Insn::Load128 { dst, addr, offset } => {
                    let bits = u128::from_le_bytes(checked!(memory.load(addr!(addr, offset))));
                    get!(dst) = bits as u64;
                    get!(dst + 1) = (bits >> 64) as u64;
                }
                Insn::Store8 { addr, offset, value } => store!(addr, offset, value, u8),
                Insn::Store16 { addr, offset, value } => store!(addr, offset, value, u16),
                Insn::Store32 { addr, offset, value } => store!(addr, offset, value, u32),
                Insn::Store64 { addr, offset, value } => store!(addr, offset, value, u64),
                Insn::Store128 { addr, offset, value } => {
                    let bits = u128::from(get!(value)) | u128::from(get!(value + 1)) << 64;
                    checked!(memory.store(addr!(addr, offset), bits.to_le_bytes()));
                }
                Insn::SlotAddr { dst, offset } => get!(dst) = sp + u64::from(offset),
                Insn::GlobalGet { dst, global } => get!(dst) = self.globals[global as usize][0],
                Insn::GlobalGet2 { dst, global } => {
                    let [low, high] = self.globals[global as usize];
                    get!(dst) = low;
                    get!(dst + 1) = high;
                }
                Insn::GlobalSet { global, src } => self.globals[global as usize][0] = get!(src),
                Insn::GlobalSet2 { global, src } => {
                    self.globals[global as usize] = [get!(src), get!(src + 1)];
                }
                Insn::MemCopy { dst, src, len } => {
                    checked!(memory.copy(get!(dst), get!(src), get!(len)));
                    steps += get!(len) / 64;
                }
                Insn::MemFill { dst, value, len } => {
                    checked!(memory.fill(get!(dst), get!(value) as u8, get!(len)));
                    steps += get!(len) / 64;
                }
                Insn::MemSize { dst } => get!(dst) = memory.pages(),
                Insn::MemGrow { dst, pages } => {
                    get!(dst) = grow(memory, get!(pages), self.program.code.pointer_bytes);
                }
                Insn::AtomicLoad { bytes, dst, addr, offset } => {
                    get!(dst) = checked!(atomic_load(memory, addr!(addr, offset), bytes));
                }
                Insn::AtomicStore { bytes, addr, offset, value } => {
                    checked!(atomic_store(memory, addr!(addr, offset), bytes, get!(value)));
                }
                Insn::AtomicRmw { op, bytes, dst, addr, value, offset } => {
                    let addr = addr!(addr, offset);
                    let old = checked!(atomic_load(memory, addr, bytes));
                    checked!(atomic_store(memory, addr, bytes, eval::rmw(op, old, get!(value))));
                    get!(dst) = old;
                }
                Insn::AtomicCas { bytes, dst, addr, offset, values } => {
                    let addr = addr!(addr, offset);
                    let old = checked!(atomic_load(memory, addr, bytes));
                    let places = &self.program.code.extra[values as usize..values as usize + 2];
                    if old == get!(places[0]) {
                        checked!(atomic_store(memory, addr, bytes, get!(places[1])));
                    }
                    get!(dst) = old;
                }
                Insn::Vector { op, dst, args } => {
                    crate::vector::execute(frame, op, dst, &self.program.code.extra[args as usize..]);
                }
                Insn::Jump { to } => go!(to),
                Insn::Branch { cond, then, else_ } => {
                    go!(if get!(cond) as u32 != 0 { then } else { else_ });
                }
                Insn::Switch32 { value, switch } => {
                    go!(self.program.code.switches[switch as usize].find(i64::from(get!(value) as i32)));
                }
                Insn::Switch64 { value, switch } => {
                    go!(self.program.code.switches[switch as usize].find(get!(value) as i64));
                }
                Insn::Call { call } => {
                    go!(pc);
                    leave!(Event::Call { call });
                }
                Insn::CallIndirect { call, func } => {
                    go!(pc);
                    leave!(Event::CallIndirect { call, func: get!(func) });
                }
                Insn::Return { values } => leave!(Event::Return { values }),
                Insn::Throw => leave!(Event::Throw),
                Insn::Unreachable => leave!(Event::Trap(Trap::Unreachable)),
            }
        }
    }
}

impl crate::decode::SwitchTable {
    fn find(&self, value: i64) -> u32 {
        match self.cases.binary_search_by_key(&value, |case| case.0) {
            Ok(i) => self.cases[i].1,
            Err(_) => self.default,
        }
    }
}

fn copy_wide(frame: &mut [u64], dst: u32, src: u32) {
    frame.copy_within(src as usize..src as usize + 2, dst as usize);
}

/// The list that begins at `start`: its length, then its elements.
fn list(extra: &[u32], start: u32) -> &[u32] {
    let start = start as usize;
    &extra[start + 1..start + 1 + extra[start] as usize]
}

/// Writes a value's words and tells how many they are.
fn put(words: &mut [u64], value: Value, pointer_bytes: u32) -> usize {
    if let Imm::V128(bits) = value {
        words[0] = bits as u64;
        words[1] = (bits >> 64) as u64;
        return 2;
    }
    words[0] = eval::imm_bits(value, pointer_bytes).unwrap_or(0);
    1
}

fn values(tys: &[Ty], mut words: impl Iterator<Item = u64>) -> Vec<Value> {
    let mut word = || words.next().unwrap_or(0);
    let value = |ty: &Ty| match ty {
        Ty::V128 => Imm::V128(u128::from(word()) | u128::from(word()) << 64),
        ty => eval::bits_imm(*ty, word()),
    };
    tys.iter().map(value).collect()
}

fn grow(memory: &mut Memory, pages: u64, pointer_bytes: u32) -> u64 {
    let failed = if pointer_bytes == 8 { u64::MAX } else { u64::from(u32::MAX) };
    memory.grow(pages).unwrap_or(failed)
}

fn atomic_load(memory: &Memory, addr: u64, bytes: u8) -> Result<u64, Trap> {
    check_aligned(addr, bytes)?;
    if bytes == 4 { Ok(memory.read_u32(addr)?.into()) } else { Ok(memory.read_u64(addr)?) }
}

fn atomic_store(memory: &mut Memory, addr: u64, bytes: u8, value: u64) -> Result<(), Trap> {
    check_aligned(addr, bytes)?;
    if bytes == 4 {
        memory.write_u32(addr, value as u32)?
    } else {
        memory.write_u64(addr, value)?
    }
    Ok(())
}

fn check_aligned(addr: u64, bytes: u8) -> Result<(), Trap> {
    if addr.is_multiple_of(u64::from(bytes)) { Ok(()) } else { Err(Trap::UnalignedAtomic) }
}
