//! Where values are defined and how often they are used.

use entity::IndexVec;

use crate::wir::{B, Const, Func, Op, V};

/// Definitions and uses of every value of a function.
#[derive(Debug)]
pub struct Defs {
    pub n_defs: IndexVec<V, u32>,
    pub n_uses: IndexVec<V, u32>,
    /// Uses as an address whose offset may grow.
    pub n_addr_uses: IndexVec<V, u32>,
    /// Block and position of the only definition, if it is an instruction.
    pub site: IndexVec<V, Option<(B, u32)>>,
}

impl Defs {
    pub fn of(func: &Func) -> Defs {
        let n = func.vals.len();
        let mut defs = Defs {
            n_defs: IndexVec::from_elem(0, n),
            n_uses: IndexVec::from_elem(0, n),
            n_addr_uses: IndexVec::from_elem(0, n),
            site: IndexVec::from_elem(None, n),
        };
        func.get(func.params).iter().for_each(|&param| defs.n_defs[param] += 1);
        for (id, block) in func.blocks.iter_enumerated() {
            for (at, inst) in block.insts.iter().enumerate() {
                func.get(inst.args).iter().for_each(|&arg| defs.n_uses[arg] += 1);
                if inst.op.takes_offset() {
                    defs.n_addr_uses[func.item(inst.args, 0)] += 1;
                }
                for &dst in func.get(inst.dsts) {
                    defs.n_defs[dst] += 1;
                    defs.site[dst] = (defs.n_defs[dst] == 1).then_some((id, at as u32));
                }
            }
            func.get(func.term_args(id)).iter().for_each(|&arg| defs.n_uses[arg] += 1);
            func.frame_base_read(id).iter().for_each(|&base| defs.n_uses[base] += 1);
        }
        defs
    }

    /// Whether the value is the same wherever it is read.
    pub fn is_fixed(&self, value: V) -> bool {
        self.n_defs[value] == 1
    }

    /// The constant that the value always is.
    pub fn constant(&self, func: &Func, value: V) -> Option<Const> {
        let (block, at) = self.site[value]?;
        match func.blocks[block].insts[at as usize].op {
            Op::Const(it) => Some(it),
            _ => None,
        }
    }
}

impl Op {
    /// Whether the first operand is an address that an offset is added to, which may still grow.
    pub fn takes_offset(self) -> bool {
        const MAX_OFFSET: u64 = 1 << 31;
        matches!(self, Op::Load(_, arg) | Op::Store(_, arg) | Op::Atomic(_, arg) if arg.offset < MAX_OFFSET)
    }
}
