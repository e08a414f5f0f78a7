//! How a `Ptr` register is held: as `ptr`, so that LLVM sees what it points to, or as an integer.
//!
//! LIR has one type for addresses, offsets and lengths. An offset held as `ptr` would make LLVM's analyses follow a pointer to nowhere,
//! an address held as an integer would hide from them what it points to. So registers that are copies of each other form a
//! class; a class is held as an integer if something makes an integer of it, and nothing uses it as an address. This only
//! decides how well code is optimised: every operation takes either form.

use entity::IndexVec;
use lir::{BinOp, Body, ConvOp, Imm, Op, Reg, Ty};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Held {
    Pointer,
    Integer,
}

/// What is known of a class; both may be, where null or a tag meets an address.
#[derive(Clone, Copy, Default)]
struct Evidence {
    address: bool,
    integer: bool,
}

pub struct Pointers {
    class: IndexVec<Reg, Reg>,
    evidence: IndexVec<Reg, Evidence>,
}

impl Pointers {
    pub fn of(body: &Body) -> Pointers {
        let mut pointers = Pointers {
            class: body.regs.indices().collect(),
            evidence: IndexVec::from_elem(Evidence::default(), body.regs.len()),
        };
        let ops = || body.blocks.iter().flat_map(|block| &block.insts).map(|inst| &inst.op);
        ops().for_each(|op| pointers.join_copies(op));
        ops().for_each(|op| pointers.look_at(op));
        // An address plus something: found out in a few rounds, as chains are short.
        for _ in 0..4 {
            ops().for_each(|op| pointers.look_at_sum(op));
        }
        pointers
    }

    pub fn held(&mut self, reg: Reg) -> Held {
        let class = self.find(reg);
        let evidence = self.evidence[class];
        if evidence.integer && !evidence.address { Held::Integer } else { Held::Pointer }
    }

    /// Whether something uses the register, or a copy of it, as an address.
    pub fn is_address(&mut self, reg: Reg) -> bool {
        let class = self.find(reg);
        self.evidence[class].address
    }

    fn is_integer(&mut self, reg: Reg) -> bool {
        self.held(reg) == Held::Integer
    }

    fn find(&mut self, reg: Reg) -> Reg {
        let mut at = reg;
        while self.class[at] != at {
            self.class[at] = self.class[self.class[at]];
            at = self.class[at];
        }
        at
    }

    fn join(&mut self, a: Reg, b: Reg) {
        let (a, b) = (self.find(a), self.find(b));
        self.class[a] = b;
    }

    fn address(&mut self, reg: Reg) {
        let class = self.find(reg);
        self.evidence[class].address = true;
    }

    fn integer(&mut self, reg: Reg) {
        let class = self.find(reg);
        self.evidence[class].integer = true;
    }

    fn join_copies(&mut self, op: &Op) {
        match *op {
            Op::Copy { dst, src } => self.join(dst, src),
            Op::Select { ty: Ty::Ptr, dst, a, b, .. } => {
                self.join(dst, a);
                self.join(dst, b);
            }
            _ => {}
        }
    }

    fn look_at(&mut self, op: &Op) {
        match *op {
            Op::Load { addr, .. }
            | Op::Store { addr, .. }
            | Op::AtomicLoad { addr, .. }
            | Op::AtomicStore { addr, .. }
            | Op::AtomicRmw { addr, .. }
            | Op::AtomicCas { addr, .. } => self.address(addr),
            Op::SlotAddr { dst, .. } | Op::DataAddr { dst, .. } | Op::FuncAddr { dst, .. } => {
                self.address(dst)
            }
            Op::MemCopy { dst, src, len } => {
                self.address(dst);
                self.address(src);
                self.integer(len);
            }
            Op::MemFill { dst, len, .. } => {
                self.address(dst);
                self.integer(len);
            }
            Op::Const { dst, value: Imm::Ptr(n) } if n != 0 => self.integer(dst),
            Op::Conv { op: ConvOp::I32ToPtr | ConvOp::I64ToPtr, dst, .. } => self.integer(dst),
            Op::MemSize { dst } => self.integer(dst),
            Op::MemGrow { dst, pages } => {
                self.integer(dst);
                self.integer(pages);
            }
            Op::Bin { op: BinOp::Mul, ty: Ty::Ptr, dst, a, b } => {
                [dst, a, b].into_iter().for_each(|reg| self.integer(reg));
            }
            _ => {}
        }
    }

    fn look_at_sum(&mut self, op: &Op) {
        match *op {
            Op::Bin { op: BinOp::Add, ty: Ty::Ptr, dst, a, b } if self.is_address(dst) => {
                if self.is_integer(b) {
                    self.address(a);
                } else if self.is_integer(a) {
                    self.address(b);
                }
            }
            Op::Bin { op: BinOp::Add, ty: Ty::Ptr, dst, a, b }
                if self.is_integer(a) && self.is_integer(b) =>
            {
                self.integer(dst);
            }
            Op::Bin { op: BinOp::Sub, ty: Ty::Ptr, dst, a, .. } if self.is_address(dst) => self.address(a),
            _ => {}
        }
    }
}
