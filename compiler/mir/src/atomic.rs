//! Accesses to memory that threads share: their kinds, and their memory orders.

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AtomicOp {
    Load,
    Store,
    Add,
    Sub,
    And,
    Or,
    Xor,
    Swap,
    /// Compares, and swaps if it is what was expected.
    Cas,
    Fence,
}

/// What an atomic access says of the accesses around it: the memory orders of C++20 (ISO/IEC 14882:2020, 31.4) without `consume`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MemoryOrder {
    Relaxed,
    Acquire,
    Release,
    AcqRel,
    SeqCst,
}

impl AtomicOp {
    pub const ALL: [AtomicOp; 10] = {
        use AtomicOp::*;
        [Load, Store, Add, Sub, And, Or, Xor, Swap, Cas, Fence]
    };

    pub fn name(self) -> &'static str {
        match self {
            AtomicOp::Load => "load",
            AtomicOp::Store => "store",
            AtomicOp::Add => "add",
            AtomicOp::Sub => "sub",
            AtomicOp::And => "and",
            AtomicOp::Or => "or",
            AtomicOp::Xor => "xor",
            AtomicOp::Swap => "swap",
            AtomicOp::Cas => "cas",
            AtomicOp::Fence => "fence",
        }
    }

    pub fn arity(self) -> usize {
        match self {
            AtomicOp::Fence => 0,
            AtomicOp::Load => 1,
            AtomicOp::Cas => 3,
            _ => 2,
        }
    }

    pub fn has_result(self) -> bool {
        !matches!(self, AtomicOp::Store | AtomicOp::Fence)
    }

    /// A load releases nothing, a store acquires nothing, and a fence that orders nothing is none.
    pub fn takes(self, order: MemoryOrder) -> bool {
        match self {
            AtomicOp::Load => !matches!(order, MemoryOrder::Release | MemoryOrder::AcqRel),
            AtomicOp::Store => !matches!(order, MemoryOrder::Acquire | MemoryOrder::AcqRel),
            AtomicOp::Fence => order != MemoryOrder::Relaxed,
            _ => true,
        }
    }
}

impl MemoryOrder {
    pub const ALL: [MemoryOrder; 5] = {
        use MemoryOrder::*;
        [Relaxed, Acquire, Release, AcqRel, SeqCst]
    };

    pub fn name(self) -> &'static str {
        match self {
            MemoryOrder::Relaxed => "relaxed",
            MemoryOrder::Acquire => "acquire",
            MemoryOrder::Release => "release",
            MemoryOrder::AcqRel => "acq_rel",
            MemoryOrder::SeqCst => "seq_cst",
        }
    }
}
