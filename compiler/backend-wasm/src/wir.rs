//! The backend's own form of a function: LIR with wasm's instructions, addresses and indices in place of LIR's.
//!
//! It differs from LIR in three ways. Operands are lists in one pool, so that passes rename them in place. A call that may
//! unwind is an instruction with a side exit (`landing`), so that a block goes on behind it and its result can stay on
//! the operand stack. Registers are split into webs (`webs.rs`) before anything is optimised.

use entity::{IndexVec, entity};
use syntax::Span;

use crate::code::Code;

entity! {
    /// A value that lives in a local unless it stays on the operand stack.
    pub struct V = "v";
    /// A block of the backend's graph.
    pub struct B = "k";
}

/// wasm's types of values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Vt {
    I32,
    I64,
    F32,
    F64,
    V128,
}

/// A constant; floats are bits, so that NaNs survive.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Const {
    I32(i32),
    I64(i64),
    F32(u32),
    F64(u64),
    V128(u128),
}

impl Const {
    /// The integer's value, sign-extended.
    pub fn int(self) -> Option<i64> {
        match self {
            Const::I32(n) => Some(n.into()),
            Const::I64(n) => Some(n),
            _ => None,
        }
    }

    pub fn of_int(ty: Vt, n: i64) -> Const {
        match ty {
            Vt::I64 => Const::I64(n),
            _ => Const::I32(n as i32),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MemArg {
    pub offset: u64,
    /// Binary logarithm of the alignment.
    pub align: u8,
}

/// An instruction's operator with its immediates.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Op {
    Const(Const),
    Copy,
    /// Numeric instructions; `Code` says how many operands.
    Num(Code),
    /// Vector instructions other than accesses.
    Vector(lir::simd::Op, lir::simd::Imm),
    /// Operands: value if true, value if false, condition.
    Select,
    Load(Code, MemArg),
    Store(Code, MemArg),
    /// Atomic accesses of every kind.
    Atomic(Code, MemArg),
    Fence,
    GlobalGet(u32),
    GlobalSet(u32),
    MemCopy,
    MemFill,
    MemSize,
    MemGrow,
    /// The index in wasm's function space.
    Call(u32),
    /// The type's index; the last operand is the table's index.
    CallIndirect(u32),
}

/// A range of [`Func::pool`].
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct List {
    pub start: u32,
    pub len: u32,
}

impl List {
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..(self.start + self.len) as usize
    }
}

/// Where an exception of an instruction goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub enum Throws {
    #[default]
    Never,
    /// Out of the function.
    Out,
    To(B),
}

#[derive(Clone, Copy, Debug)]
pub struct Inst {
    pub op: Op,
    pub args: List,
    pub dsts: List,
    pub throws: Throws,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Term {
    Jump(B),
    Branch {
        /// A list of one value, so that renaming sees it.
        cond: List,
        then: B,
        else_: B,
    },
    /// Selects by an `i32` from zero.
    Table {
        index: List,
        targets: Vec<B>,
        default: B,
    },
    Return(List),
    Throw,
    Unreachable,
}

#[derive(Clone, Debug)]
pub struct Block {
    pub insts: Vec<Inst>,
    pub term: Term,
    pub term_span: Span,
}

/// The part of the shadow stack that a function owns.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// The global that points to the stack's end.
    pub sp: u32,
    /// What `Return` adds to `base` for the caller's stack pointer; none where the global was never changed.
    pub pop: Option<u32>,
    /// The address of the frame: a list of one value.
    pub base: List,
}

#[derive(Debug)]
pub struct Func {
    pub vals: IndexVec<V, Vt>,
    pub blocks: IndexVec<B, Block>,
    pub pool: Vec<V>,
    /// One value per parameter.
    pub params: List,
    pub results: Vec<Vt>,
    pub frame: Option<Frame>,
    /// Names of values for debuggers, parallel to `vals` as far as known.
    pub names: Vec<(V, String)>,
}

/// The entry is the first block, as in LIR.
pub const ENTRY: B = B(0);

impl Func {
    pub fn list(&mut self, items: impl IntoIterator<Item = V>) -> List {
        let start = self.pool.len() as u32;
        self.pool.extend(items);
        List { start, len: self.pool.len() as u32 - start }
    }

    pub fn get(&self, list: List) -> &[V] {
        &self.pool[list.range()]
    }

    /// The `index`th item of a list.
    pub fn item(&self, list: List, index: u32) -> V {
        self.pool[(list.start + index) as usize]
    }

    pub fn new_val(&mut self, ty: Vt) -> V {
        self.vals.push(ty)
    }

    /// The values that a block's last instruction reads.
    pub fn term_args(&self, block: B) -> List {
        match &self.blocks[block].term {
            Term::Branch { cond, .. } => *cond,
            Term::Table { index, .. } => *index,
            Term::Return(values) => *values,
            _ => List::default(),
        }
    }
}

impl Term {
    /// Calls `f` for each successor, with repetitions.
    pub fn for_each_target(&self, mut f: impl FnMut(B)) {
        match self {
            Term::Jump(target) => f(*target),
            Term::Branch { then, else_, .. } => [*then, *else_].into_iter().for_each(f),
            Term::Table { targets, default, .. } => targets.iter().chain([default]).copied().for_each(f),
            Term::Return(_) | Term::Throw | Term::Unreachable => {}
        }
    }

    pub fn map_targets(&mut self, mut f: impl FnMut(B) -> B) {
        match self {
            Term::Jump(target) => *target = f(*target),
            Term::Branch { then, else_, .. } => {
                *then = f(*then);
                *else_ = f(*else_);
            }
            Term::Table { targets, default, .. } => {
                targets.iter_mut().for_each(|target| *target = f(*target));
                *default = f(*default);
            }
            Term::Return(_) | Term::Throw | Term::Unreachable => {}
        }
    }
}

impl Block {
    /// Calls `f` for each successor, landings included, with repetitions.
    pub fn for_each_succ(&self, mut f: impl FnMut(B)) {
        for inst in &self.insts {
            if let Throws::To(landing) = inst.throws {
                f(landing);
            }
        }
        self.term.for_each_target(f);
    }
}

/// What an instruction may do besides writing its results, as far as order matters.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Effects {
    pub reads_mem: bool,
    pub writes_mem: bool,
    pub reads_globals: bool,
    pub writes_globals: bool,
    /// Must be executed even if nobody wants its results.
    pub needed: bool,
}

impl Op {
    pub fn effects(self) -> Effects {
        let none = Effects::default();
        let write = Effects { reads_mem: true, writes_mem: true, needed: true, ..none };
        match self {
            Op::Const(_) | Op::Copy | Op::Num(_) | Op::Vector(..) | Op::Select => none,
            Op::Load(..) | Op::MemSize => Effects { reads_mem: true, ..none },
            Op::Store(..) => Effects { writes_mem: true, needed: true, ..none },
            Op::Atomic(..) | Op::Fence | Op::MemCopy | Op::MemFill | Op::MemGrow => write,
            Op::GlobalGet(_) => Effects { reads_globals: true, ..none },
            Op::GlobalSet(_) => Effects { writes_globals: true, needed: true, ..none },
            Op::Call(_) | Op::CallIndirect(_) => {
                Effects { reads_globals: true, writes_globals: true, ..write }
            }
        }
    }
}

impl Effects {
    /// Whether two instructions must keep their order.
    pub fn conflicts(self, other: Effects) -> bool {
        let clash = |w: bool, r: bool, w2: bool, r2: bool| (w && (w2 || r2)) || (r && w2);
        clash(self.writes_mem, self.reads_mem, other.writes_mem, other.reads_mem)
            || clash(self.writes_globals, self.reads_globals, other.writes_globals, other.reads_globals)
    }
}

impl Throws {
    pub fn landing(self) -> Option<B> {
        match self {
            Throws::To(landing) => Some(landing),
            Throws::Never | Throws::Out => None,
        }
    }
}

impl Block {
    pub fn map_succs(&mut self, mut f: impl FnMut(B) -> B) {
        for inst in &mut self.insts {
            if let Throws::To(landing) = &mut inst.throws {
                *landing = f(*landing);
            }
        }
        self.term.map_targets(f);
    }
}
