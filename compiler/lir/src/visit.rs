//! The registers and blocks that an instruction or a terminator mentions, for reading and for rewriting.
//!
//! One macro lists the operands of each variant; the four visitors are its expansions. Reads are visited before writes,
//! each in the order of the text form.

use crate::ir::*;

/// Calls `$read` for each register read and `$write` for each register written by an [`Op`].
macro_rules! op_regs {
    ($op:expr, $read:expr, $write:expr) => {
        match $op {
            Op::Const { dst, value: _ } => $write(dst),
            Op::Copy { dst, src } => {
                $read(src);
                $write(dst);
            }
            Op::Bin { op: _, ty: _, dst, a, b } | Op::Cmp { op: _, ty: _, dst, a, b } => {
                $read(a);
                $read(b);
                $write(dst);
            }
            Op::BinOvf { op: _, ty: _, dst, overflow, a, b } => {
                $read(a);
                $read(b);
                $write(dst);
                $write(overflow);
            }
            Op::Un { op: _, ty: _, dst, a } => {
                $read(a);
                $write(dst);
            }
            Op::Conv { op: _, dst, src } => {
                $read(src);
                $write(dst);
            }
            Op::Select { ty: _, dst, cond, a, b } => {
                $read(cond);
                $read(a);
                $read(b);
                $write(dst);
            }
            Op::Load { ty: _, dst, addr, offset: _, is_word: _, region: _ }
            | Op::AtomicLoad { ty: _, order: _, dst, addr, offset: _ } => {
                $read(addr);
                $write(dst);
            }
            Op::Store { ty: _, addr, offset: _, value, is_data: _, region: _ }
            | Op::AtomicStore { ty: _, order: _, addr, offset: _, value } => {
                $read(addr);
                $read(value);
            }
            Op::SlotAddr { dst, slot: _ } => $write(dst),
            Op::DataAddr { dst, data: _, offset: _ } => $write(dst),
            Op::FuncAddr { dst, func: _ } => $write(dst),
            Op::GlobalGet { dst, global: _ } => $write(dst),
            Op::GlobalSet { global: _, src } => $read(src),
            Op::MemCopy { dst, src, len } => {
                $read(dst);
                $read(src);
                $read(len);
            }
            Op::MemFill { dst, value, len } => {
                $read(dst);
                $read(value);
                $read(len);
            }
            Op::MemSize { dst } => $write(dst),
            Op::MemGrow { dst, pages } => {
                $read(pages);
                $write(dst);
            }
            Op::Call { dsts, callee, args } => call_regs!(dsts, callee, args, $read, $write),
            Op::AtomicRmw { op: _, ty: _, order: _, dst, addr, offset: _, value } => {
                $read(addr);
                $read(value);
                $write(dst);
            }
            Op::AtomicCas { ty: _, order: _, dst, addr, offset: _, expected, new } => {
                $read(addr);
                $read(expected);
                $read(new);
                $write(dst);
            }
            Op::AtomicFence { order: _ } | Op::MemBarrier => {}
            Op::Vector { op: _, imm: _, dst, args } => {
                for arg in args {
                    $read(arg);
                }
                $write(dst);
            }
        }
    };
}

macro_rules! call_regs {
    ($dsts:expr, $callee:expr, $args:expr, $read:expr, $write:expr) => {{
        if let Callee::Indirect { func, .. } = $callee {
            $read(func);
        }
        for arg in $args {
            $read(arg);
        }
        for dst in $dsts {
            $write(dst);
        }
    }};
}

macro_rules! term_regs {
    ($term:expr, $read:expr, $write:expr) => {
        match $term {
            Term::Jump(_) | Term::Throw | Term::Unreachable => {}
            Term::Branch { cond, then: _, else_: _ } => $read(cond),
            Term::Switch { value, cases: _, default: _ } => $read(value),
            Term::Return(values) => {
                for value in values {
                    $read(value);
                }
            }
            Term::Invoke { dsts, callee, args, normal: _, landing: _ } => {
                call_regs!(dsts, callee, args, $read, $write)
            }
        }
    };
}

impl Op {
    pub fn for_each_read(&self, mut f: impl FnMut(Reg)) {
        op_regs!(self, |r: &Reg| f(*r), |_: &Reg| {});
    }

    pub fn for_each_write(&self, mut f: impl FnMut(Reg)) {
        op_regs!(self, |_: &Reg| {}, |r: &Reg| f(*r));
    }

    pub fn for_each_read_mut(&mut self, mut f: impl FnMut(&mut Reg)) {
        op_regs!(self, |r: &mut Reg| f(r), |_: &mut Reg| {});
    }

    pub fn for_each_write_mut(&mut self, mut f: impl FnMut(&mut Reg)) {
        op_regs!(self, |_: &mut Reg| {}, |r: &mut Reg| f(r));
    }

    /// The only register written, if it is exactly one.
    pub fn single_write(&self) -> Option<Reg> {
        let (mut first, mut n) = (None, 0);
        self.for_each_write(|r| {
            first = Some(r);
            n += 1;
        });
        first.filter(|_| n == 1)
    }

    pub fn callee(&self) -> Option<&Callee> {
        match self {
            Op::Call { callee, .. } => Some(callee),
            _ => None,
        }
    }
}

impl Term {
    pub fn for_each_read(&self, mut f: impl FnMut(Reg)) {
        term_regs!(self, |r: &Reg| f(*r), |_: &Reg| {});
    }

    /// The results of an invoke, written on its normal edge only.
    pub fn for_each_write(&self, mut f: impl FnMut(Reg)) {
        term_regs!(self, |_: &Reg| {}, |r: &Reg| f(*r));
    }

    pub fn for_each_read_mut(&mut self, mut f: impl FnMut(&mut Reg)) {
        term_regs!(self, |r: &mut Reg| f(r), |_: &mut Reg| {});
    }

    pub fn for_each_write_mut(&mut self, mut f: impl FnMut(&mut Reg)) {
        term_regs!(self, |_: &mut Reg| {}, |r: &mut Reg| f(r));
    }

    pub fn callee(&self) -> Option<&Callee> {
        match self {
            Term::Invoke { callee, .. } => Some(callee),
            _ => None,
        }
    }

    /// The blocks that may follow, in the order of the text form; one may occur twice.
    pub fn for_each_succ(&self, mut f: impl FnMut(Block)) {
        match self {
            Term::Return(_) | Term::Throw | Term::Unreachable => {}
            Term::Jump(to) => f(*to),
            Term::Branch { then, else_, .. } => {
                f(*then);
                f(*else_);
            }
            Term::Switch { cases, default, .. } => {
                cases.iter().for_each(|&(_, to)| f(to));
                f(*default);
            }
            Term::Invoke { normal, landing, .. } => {
                f(*normal);
                f(*landing);
            }
        }
    }

    pub fn for_each_succ_mut(&mut self, mut f: impl FnMut(&mut Block)) {
        match self {
            Term::Return(_) | Term::Throw | Term::Unreachable => {}
            Term::Jump(to) => f(to),
            Term::Branch { then, else_, .. } => {
                f(then);
                f(else_);
            }
            Term::Switch { cases, default, .. } => {
                cases.iter_mut().for_each(|(_, to)| f(to));
                f(default);
            }
            Term::Invoke { normal, landing, .. } => {
                f(normal);
                f(landing);
            }
        }
    }
}

impl Callee {
    /// The signature that a call through this must have.
    pub fn sig<'a>(&'a self, module: &'a Module) -> Option<&'a Signature> {
        match self {
            Callee::Direct(func) => module.funcs.get(*func).map(|f| &f.sig),
            Callee::Indirect { sig, .. } => Some(sig),
        }
    }
}

impl Function {
    pub fn body(&self) -> Option<&Body> {
        match &self.kind {
            FuncKind::Defined(body) => Some(body),
            FuncKind::Import { .. } => None,
        }
    }

    pub fn body_mut(&mut self) -> Option<&mut Body> {
        match &mut self.kind {
            FuncKind::Defined(body) => Some(body),
            FuncKind::Import { .. } => None,
        }
    }
}

impl Body {
    pub const ENTRY: Block = Block(0);
}
