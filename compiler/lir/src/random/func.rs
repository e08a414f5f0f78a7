//! Random graphs around random code, and the exported function that sums up what happened.

use super::inst::Code;
use super::{MEMORY_BYTES, RandomOptions, Rng, Shape, Shared};
use crate::ir::*;
use syntax::Span;

pub(super) fn random_body(
    module: &Module,
    rng: &mut Rng,
    opts: &RandomOptions,
    shared: Shared,
    func: FuncId,
) -> Body {
    let mut code = new_code(module, rng, opts, shared, func);
    let sig = &module.funcs[func].sig;
    for ty in &sig.params {
        let reg = code.reg(*ty);
        code.body.params.push(reg);
        if code.rng.chance(50) { code.vars.push(reg) } else { code.temps.push(reg) }
    }
    let entry = code.new_block(false);
    prologue(&mut code);
    match opts.shape {
        Shape::Straight => {
            straight(&mut code, 2 * opts.insts);
            let term = returning(&mut code);
            code.end_block(entry, term);
        }
        Shape::Structured => {
            let start = guarded(&mut code, entry);
            let end = statements(&mut code, start, 3);
            let term = returning(&mut code);
            code.end_block(end, term);
        }
        Shape::Arbitrary => arbitrary(&mut code, entry),
    }
    code.body
}

fn new_code<'a>(
    module: &'a Module,
    rng: &'a mut Rng,
    opts: &'a RandomOptions,
    shared: Shared,
    func: FuncId,
) -> Code<'a> {
    Code {
        module,
        rng,
        opts,
        shared,
        func,
        body: Body::default(),
        insts: Vec::new(),
        vars: Vec::new(),
        temps: Vec::new(),
        slot: None,
    }
}

/// Gives every variable a value and clears the slot.
fn prologue(code: &mut Code<'_>) {
    for ty in super::usable_tys(code.opts) {
        for _ in 0..2 {
            let value = code.random_imm(ty);
            let var = code.constant(value);
            code.vars.push(var);
        }
    }
    if code.opts.memory && code.rng.chance(60) {
        let slot = code.body.slots.push(SlotData { size: MEMORY_BYTES, align: 16 });
        code.slot = Some(slot);
        let (dst, zero) = (code.reg(Ty::Ptr), code.constant(Imm::I32(0)));
        let len = code.constant(Imm::Ptr(i64::from(MEMORY_BYTES)));
        code.emit(Op::SlotAddr { dst, slot });
        code.emit(Op::MemFill { dst, value: zero, len });
    }
    if code.rng.chance(50) {
        let n = code.opts.insts / 2;
        // No calls before the first fuel check.
        let calls = RandomOptions { calls: false, ..code.opts.clone() };
        let mut inner = Code { opts: &calls, ..reborrow(code) };
        straight(&mut inner, n);
        let Code { body, insts, vars, temps, .. } = inner;
        (code.body, code.insts, code.vars, code.temps) = (body, insts, vars, temps);
    }
}

/// The same state for a while; what has grown must be put back.
fn reborrow<'b>(code: &'b mut Code<'_>) -> Code<'b> {
    Code {
        module: code.module,
        rng: code.rng,
        opts: code.opts,
        shared: code.shared,
        func: code.func,
        body: std::mem::take(&mut code.body),
        insts: std::mem::take(&mut code.insts),
        vars: std::mem::take(&mut code.vars),
        temps: std::mem::take(&mut code.temps),
        slot: code.slot,
    }
}

fn straight(code: &mut Code<'_>, n: usize) {
    for _ in 0..code.rng.below(n + 1) {
        code.random_inst();
    }
}

fn returning(code: &mut Code<'_>) -> Term {
    let tys = code.module.funcs[code.func].sig.results.clone();
    Term::Return(tys.into_iter().map(|ty| code.read(ty)).collect())
}

/// Takes one unit of fuel; the result tells whether there is none left.
fn take_fuel(code: &mut Code<'_>) -> Reg {
    let global = code.shared.fuel;
    let (old, new, cond) = (code.reg(Ty::I32), code.reg(Ty::I32), code.reg(Ty::I32));
    let (one, zero) = (code.constant(Imm::I32(1)), code.constant(Imm::I32(0)));
    code.emit(Op::GlobalGet { dst: old, global });
    code.emit(Op::Bin { op: BinOp::Sub, ty: Ty::I32, dst: new, a: old, b: one });
    code.emit(Op::GlobalSet { global, src: new });
    code.emit(Op::Cmp { op: CmpOp::LtS, ty: Ty::I32, dst: cond, a: new, b: zero });
    cond
}

/// Ends `block` with a fuel check that returns when there is none; gives the block where things go on.
fn guarded(code: &mut Code<'_>, block: Block) -> Block {
    let cond = take_fuel(code);
    let (exit, next) = (code.new_block(false), code.new_block(false));
    code.end_block(block, Term::Branch { cond, then: exit, else_: next });
    let term = returning(code);
    code.end_block(exit, term);
    next
}

/// Statements from `block` on; gives the block where they end.
fn statements(code: &mut Code<'_>, mut block: Block, depth: usize) -> Block {
    for _ in 0..code.rng.below(4) + 1 {
        straight(code, code.opts.insts);
        if depth == 0 || code.body.blocks.len() > 4 * code.opts.blocks {
            continue;
        }
        block = match code.rng.below(7) {
            0 | 1 => if_else(code, block, depth),
            2 | 3 => while_loop(code, block, depth),
            4 => switch(code, block, depth),
            5 if code.opts.unwinding => try_call(code, block, depth),
            6 if code.rng.chance(30) => leave(code, block),
            _ => block,
        };
    }
    block
}

/// Statements in a block of their own, whose values are forgotten afterwards; the end jumps to `to`.
fn nested(code: &mut Code<'_>, from: Block, to: Block, depth: usize) {
    let scope = code.temps.len();
    let end = statements(code, from, depth - 1);
    code.end_block(end, Term::Jump(to));
    code.temps.truncate(scope);
}

fn if_else(code: &mut Code<'_>, block: Block, depth: usize) -> Block {
    let cond = code.read(Ty::I32);
    let (then, else_, join) = (code.new_block(false), code.new_block(false), code.new_block(false));
    code.end_block(block, Term::Branch { cond, then, else_ });
    nested(code, then, join, depth);
    nested(code, else_, join, depth);
    join
}

fn while_loop(code: &mut Code<'_>, block: Block, depth: usize) -> Block {
    let (head, body, exit) = (code.new_block(false), code.new_block(false), code.new_block(false));
    code.end_block(block, Term::Jump(head));
    let inner = guarded(code, head);
    let cond = code.read(Ty::I32);
    code.end_block(inner, Term::Branch { cond, then: body, else_: exit });
    nested(code, body, head, depth);
    exit
}

fn switch(code: &mut Code<'_>, block: Block, depth: usize) -> Block {
    let ty = code.rng.pick(&[Ty::I32, Ty::I64]);
    let (a, value) = (code.read(ty), code.reg(ty));
    let mask = code.constant(if ty == Ty::I32 { Imm::I32(7) } else { Imm::I64(7) });
    code.emit(Op::Bin { op: BinOp::And, ty, dst: value, a, b: mask });
    let join = code.new_block(false);
    let arms: Vec<Block> = (0..3).map(|_| code.new_block(false)).collect();
    let mut cases = Vec::new();
    for case in -1..7 {
        if code.rng.chance(50) {
            cases.push((case, code.rng.pick(&arms)));
        }
    }
    code.end_block(block, Term::Switch { value, cases, default: arms[0] });
    for arm in arms {
        nested(code, arm, join, depth.min(2));
    }
    join
}

fn try_call(code: &mut Code<'_>, block: Block, depth: usize) -> Block {
    let Some((callee, dsts, args)) = code.call_parts() else { return block };
    let (normal, landing, join) = (code.new_block(false), code.new_block(true), code.new_block(false));
    let results = dsts.clone();
    code.end_block(block, Term::Invoke { dsts, callee, args, normal, landing });
    let scope = code.temps.len();
    results.into_iter().for_each(|dst| code.wrote(dst));
    nested(code, normal, join, depth);
    code.temps.truncate(scope);
    if code.rng.chance(30) {
        straight(code, code.opts.insts / 2);
        code.end_block(landing, Term::Throw);
        code.temps.truncate(scope);
    } else {
        nested(code, landing, join, depth);
    }
    join
}

/// An early return or a throw; what follows cannot be reached unless a condition says otherwise.
fn leave(code: &mut Code<'_>, block: Block) -> Block {
    let cond = code.read(Ty::I32);
    let (out, next) = (code.new_block(false), code.new_block(false));
    code.end_block(block, Term::Branch { cond, then: out, else_: next });
    let term = if code.opts.unwinding && code.rng.chance(50) { Term::Throw } else { returning(code) };
    code.end_block(out, term);
    next
}

/// Each node is a fuel check and a body; a body ends in a terminator with random targets.
fn arbitrary(code: &mut Code<'_>, entry: Block) {
    let n = code.rng.below(code.opts.blocks) + 1;
    let checks: Vec<Block> = (0..n).map(|_| code.new_block(false)).collect();
    let landings: Vec<Block> =
        if code.opts.unwinding { (0..2).map(|_| code.new_block(true)).collect() } else { Vec::new() };
    code.end_block(entry, Term::Jump(checks[0]));
    let scope = code.temps.len();
    for &check in &checks {
        let body = guarded(code, check);
        straight(code, code.opts.insts);
        let term = any_term(code, &checks, &landings);
        code.end_block(body, term);
        code.temps.truncate(scope);
    }
    for landing in landings {
        straight(code, 2);
        let to = code.rng.pick(&checks);
        let term = if code.rng.chance(20) { Term::Throw } else { Term::Jump(to) };
        code.end_block(landing, term);
        code.temps.truncate(scope);
    }
}

fn any_term(code: &mut Code<'_>, targets: &[Block], landings: &[Block]) -> Term {
    let (one, other) = (code.rng.pick(targets), code.rng.pick(targets));
    match code.rng.below(10) {
        0 | 1 => Term::Jump(one),
        2..=5 => Term::Branch { cond: code.read(Ty::I32), then: one, else_: other },
        6 => {
            let ty = code.rng.pick(&[Ty::I32, Ty::I64]);
            let value = code.read(ty);
            let cases = (0..code.rng.below(5) as i64).map(|i| (i * i - 1, code.rng.pick(targets))).collect();
            Term::Switch { value, cases, default: other }
        }
        7 | 8 if !landings.is_empty() => match code.call_parts() {
            Some((callee, dsts, args)) => {
                let landing = code.rng.pick(landings);
                Term::Invoke { dsts, callee, args, normal: one, landing }
            }
            None => Term::Jump(one),
        },
        9 if code.opts.unwinding && code.rng.chance(30) => Term::Throw,
        _ => returning(code),
    }
}

/// `run`: sets the fuel, calls the first function and mixes all that can be seen into one number.
pub(super) fn run_function(module: &Module, opts: &RandomOptions, shared: Shared) -> Function {
    let mut rng = Rng::new(0);
    let mut code = new_code(module, &mut rng, opts, shared, FuncId(0));
    let params = [Ty::I32, Ty::I64, Ty::F32, Ty::F64];
    for ty in params {
        let reg = code.reg(ty);
        code.body.params.push(reg);
        code.temps.push(reg);
    }
    let entry = code.new_block(false);
    let (normal, landing) = (code.new_block(false), opts.unwinding.then(|| code.new_block(true)));
    let src = code.constant(Imm::I32(opts.fuel));
    code.emit(Op::GlobalSet { global: shared.fuel, src });
    let sum = code.constant(Imm::I64(0x1234_5678));
    let sig = module.funcs[FuncId(0)].sig.clone();
    let args = sig.params.iter().map(|ty| code.read(*ty)).collect();
    let dsts: Vec<Reg> = sig.results.iter().map(|ty| code.reg(*ty)).collect();
    let callee = Callee::Direct(FuncId(0));
    match landing {
        Some(landing) => {
            let dsts = dsts.clone();
            code.end_block(entry, Term::Invoke { dsts, callee, args, normal, landing });
        }
        None => {
            code.emit(Op::Call { dsts: dsts.clone(), callee, args });
            code.end_block(entry, Term::Jump(normal));
        }
    }
    let tail = code.new_block(false);
    for dst in dsts {
        mix(&mut code, sum, dst);
    }
    code.end_block(normal, Term::Jump(tail));
    if let Some(landing) = landing {
        let thrown = code.constant(Imm::I64(0x7777));
        mix(&mut code, sum, thrown);
        code.end_block(landing, Term::Jump(tail));
    }
    for (global, ty) in shared.globals {
        let dst = code.reg(ty);
        code.emit(Op::GlobalGet { dst, global });
        mix(&mut code, sum, dst);
    }
    mix_memory(&mut code, tail, sum);
    Function {
        name: "run".into(),
        sig: Signature { params: params.to_vec(), results: vec![Ty::I64] },
        kind: FuncKind::Defined(code.body),
        may_unwind: false,
        is_noinline: false,
        span: Span::DUMMY,
    }
}

/// A loop over the shared memory, from `tail` to the function's return.
fn mix_memory(code: &mut Code<'_>, tail: Block, sum: Reg) {
    let (at, end) = (code.reg(Ty::Ptr), code.reg(Ty::Ptr));
    let data = code.shared.memory;
    code.emit(Op::DataAddr { dst: at, data, offset: 0 });
    code.emit(Op::DataAddr { dst: end, data, offset: MEMORY_BYTES });
    let (body, exit) = (code.new_block(false), code.new_block(false));
    code.end_block(tail, Term::Jump(body));
    let value = code.reg(Ty::I64);
    code.emit(Op::Load {
        ty: MemTy::I64,
        dst: value,
        addr: at,
        offset: 0,
        is_word: false,
        region: Region::Anywhere,
    });
    mix(code, sum, value);
    let (eight, cond) = (code.constant(Imm::Ptr(8)), code.reg(Ty::I32));
    code.emit(Op::Bin { op: BinOp::Add, ty: Ty::Ptr, dst: at, a: at, b: eight });
    code.emit(Op::Cmp { op: CmpOp::LtU, ty: Ty::Ptr, dst: cond, a: at, b: end });
    code.end_block(body, Term::Branch { cond, then: body, else_: exit });
    code.end_block(exit, Term::Return(vec![sum]));
}

/// `sum = (sum ^ value) * constant`, rotated.
fn mix(code: &mut Code<'_>, sum: Reg, value: Reg) {
    let bits = bits_of(code, value);
    let (factor, count) = (code.constant(Imm::I64(0x0100_0000_01b3)), code.constant(Imm::I64(29)));
    for (op, b) in [(BinOp::Xor, bits), (BinOp::Mul, factor), (BinOp::Rotl, count)] {
        code.emit(Op::Bin { op, ty: Ty::I64, dst: sum, a: sum, b });
    }
}

fn bits_of(code: &mut Code<'_>, value: Reg) -> Reg {
    let ty = code.body.regs[value];
    let op = match ty {
        Ty::I64 => return value,
        Ty::I32 => ConvOp::I32ToI64U,
        Ty::Ptr => ConvOp::PtrToI64,
        Ty::F64 => ConvOp::BitsF64ToI64,
        Ty::F32 => ConvOp::BitsF32ToI32,
        Ty::V128 => return vector_bits(code, value),
    };
    let dst = code.reg(op.row().to);
    code.emit(Op::Conv { op, dst, src: value });
    if ty == Ty::F32 { bits_of(code, dst) } else { dst }
}

/// Vectors have no conversions, so they go through memory.
fn vector_bits(code: &mut Code<'_>, value: Reg) -> Reg {
    let slot = code.body.slots.push(SlotData { size: 16, align: 16 });
    let (addr, dst) = (code.reg(Ty::Ptr), code.reg(Ty::I64));
    code.emit(Op::SlotAddr { dst: addr, slot });
    code.emit(Op::Store {
        ty: MemTy::V128,
        addr,
        offset: 0,
        value,
        is_data: false,
        region: Region::Anywhere,
    });
    code.emit(Op::Load { ty: MemTy::I64, dst, addr, offset: 8, is_word: false, region: Region::Anywhere });
    dst
}
