//! Turns a block's instructions into stack code: an operand whose definition can be moved to where it is wanted is
//! computed there and never sees a local.
//!
//! As in LLVM's WebAssemblyRegStackify, blocks are walked from the end. A root, an instruction that starts a statement,
//! asks for its operands from the last to the first; a definition that may move past everything between it and the root
//! becomes part of the root's tree. If it has other uses, and all of them come later, a `local.tee` keeps the value for
//! them. Since a tree is visited in exactly the reverse of the order in which it executes, the code is written backwards
//! and turned round at the end.

use entity::IndexVec;

use crate::defs::Defs;
use crate::liveness::Liveness;
use crate::wir::{B, Const, Func, Inst, List, Op, Term, Throws, V};

/// An instruction on the operand stack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StackOp {
    Get(V),
    Set(V),
    Tee(V),
    Drop,
    /// The constant that this value always is.
    Const(V),
    /// The instruction at this place of the block.
    Inst(u32),
    /// Takes the frame's address and moves the stack pointer above the frame.
    PopFrame,
}

/// A block as stack code.
#[derive(Debug, Default)]
pub struct StackCode {
    pub ops: Vec<StackOp>,
    /// Where each statement starts, and where its exceptions go. The stack is empty between statements.
    pub statements: Vec<(u32, Throws)>,
    /// Where the terminator's operands start.
    pub tail: u32,
    pub tail_throws: Throws,
}

impl StackCode {
    /// The range of the ops of statements `from..to`.
    pub fn range(&self, from: u32, to: u32) -> std::ops::Range<usize> {
        let start = |n: u32| self.statements.get(n as usize).map_or(self.tail, |it| it.0) as usize;
        start(from)..start(to)
    }
}

/// How far definitions move, and how deep trees with shared values may be: bounds the work, hardly ever reached.
const MAX_DISTANCE: usize = 200;
const MAX_PENDING: usize = 64;

/// Stack code for every block, and the values that are constants wherever they are used.
pub fn stackify(func: &mut Func, liveness: &Liveness) -> (IndexVec<B, StackCode>, Constants) {
    let defs = Defs::of(func);
    let constants: Constants = func
        .vals
        .indices()
        .map(|v| defs.constant(func, v).filter(|&c| is_cheap(c, defs.n_uses[v])))
        .collect();
    let mut cx = Stackify {
        constants,
        liveness,
        def_of: vec![NONE; func.pool.len()],
        current: IndexVec::from_elem((u32::MAX, NONE), func.vals.len()),
        block: B(0),
        insts: Vec::new(),
        facts: vec![Def::default(); func.pool.len()],
        is_placed: Vec::new(),
        frames: Vec::new(),
        out: Vec::new(),
    };
    let code = func.blocks.indices().map(|block| cx.block(func, block)).collect();
    (code, cx.constants)
}

pub type Constants = IndexVec<V, Option<Const>>;

/// Whether repeating a constant takes no more bytes than keeping it in a local.
fn is_cheap(value: Const, n_uses: u32) -> bool {
    let size = match value {
        Const::I32(n) => 1 + leb_len(n.into()),
        Const::I64(n) => 1 + leb_len(n),
        Const::F32(_) => 5,
        Const::F64(_) => 9,
        Const::V128(_) => 18,
    };
    const GET_OR_SET: u32 = 2;
    size * n_uses <= size + GET_OR_SET * n_uses || n_uses <= 1
}

/// The length of a signed LEB128 number.
fn leb_len(n: i64) -> u32 {
    let significant = 65 - (n ^ (n >> 63)).leading_zeros();
    significant.div_ceil(7)
}

const NONE: u32 = u32::MAX;

/// What is known of one result of one instruction.
#[derive(Clone, Copy, Default)]
struct Def {
    /// Reads in the same block.
    n_reads: u32,
    /// Needed by successors or by a landing.
    is_kept: bool,
}

struct Stackify<'a> {
    constants: Constants,
    liveness: &'a Liveness,
    /// For each item of the pool that is read: the instruction of the same block that wrote it.
    def_of: Vec<u32>,
    /// The last definition of each value, valid if stamped with the block.
    current: IndexVec<V, (u32, u32)>,
    block: B,
    insts: Vec<Inst>,
    /// For each item of the pool that is a result.
    facts: Vec<Def>,
    /// Instructions that are part of a tree, or were left out.
    is_placed: Vec<bool>,
    /// The path from the root: instruction's operands and how many of them are still to do.
    frames: Vec<(List, u32)>,
    /// The code, backwards.
    out: Vec<StackOp>,
}

/// A tree under construction.
struct Tree {
    /// The root's place; definitions move down to it.
    root: u32,
    throws: Throws,
    /// Whether calls with a landing may become part of it.
    takes_landings: bool,
}

impl Stackify<'_> {
    fn block(&mut self, func: &mut Func, id: B) -> StackCode {
        self.block = id;
        self.insts = func.blocks[id].insts.clone();
        self.is_placed = vec![false; self.insts.len()];
        self.out = Vec::new();
        self.find_defs(func);
        let mut starts = Vec::new();
        let tail_throws = self.terminator(func);
        let tail = self.out.len();
        for at in (0..self.insts.len()).rev() {
            if !self.is_placed[at] {
                let throws = self.statement(func, at);
                starts.push((self.out.len(), throws));
            }
        }
        func.blocks[id].insts = std::mem::take(&mut self.insts);
        let len = self.out.len();
        self.out.reverse();
        let statements = starts.into_iter().rev().map(|(end, throws)| ((len - end) as u32, throws));
        StackCode {
            ops: std::mem::take(&mut self.out),
            statements: statements.collect(),
            tail: (len - tail) as u32,
            tail_throws,
        }
    }

    /// Links reads to definitions inside the block.
    fn find_defs(&mut self, func: &Func) {
        let id = self.block;
        for at in 0..self.insts.len() {
            let inst = self.insts[at];
            self.read(func, inst.args);
            if let Some(landing) = inst.throws.landing() {
                self.keep(func, self.liveness.live_in(landing));
            }
            for &dst in func.get(inst.dsts) {
                self.current[dst] = (id.0, at as u32);
            }
        }
        self.read(func, func.term_args(id));
        self.keep(func, func.frame_base_read(id).into_iter());
        self.keep(func, self.liveness.live_out(func, id).into_iter());
    }

    fn current_def(&self, value: V) -> u32 {
        let (stamp, at) = self.current[value];
        if stamp == self.block.0 { at } else { NONE }
    }

    fn read(&mut self, func: &Func, list: List) {
        for item in list.range() {
            let at = self.current_def(func.pool[item]);
            self.def_of[item] = at;
            if at != NONE {
                self.def_mut(func, at, func.pool[item]).n_reads += 1;
            }
        }
    }

    fn keep(&mut self, func: &Func, values: impl Iterator<Item = V>) {
        for value in values {
            let at = self.current_def(value);
            if at != NONE {
                self.def_mut(func, at, value).is_kept = true;
            }
        }
    }

    fn def_mut(&mut self, func: &Func, at: u32, value: V) -> &mut Def {
        let dsts = self.insts[at as usize].dsts;
        // The last of equal results is the one that stays.
        let n = func.get(dsts).iter().rposition(|&dst| dst == value);
        &mut self.facts[dsts.start as usize + n.expect("the instruction defines the value")]
    }

    /// What is known of an instruction's results.
    fn defs(&self, at: usize) -> &[Def] {
        &self.facts[self.insts[at].dsts.range()]
    }

    /// The terminator's operands. Returns where exceptions of their computation go.
    fn terminator(&mut self, func: &mut Func) -> Throws {
        let id = self.block;
        if let [base] = func.frame_base_read(id)[..] {
            self.out.push(StackOp::PopFrame);
            self.out.push(StackOp::Get(base));
        }
        // A condition may become an `if`, whose operand and body must not differ in where exceptions go.
        let takes_landings = !matches!(func.blocks[id].term, Term::Branch { .. });
        let mut tree = Tree { root: self.insts.len() as u32, throws: Throws::Never, takes_landings };
        let args = func.term_args(id);
        self.frames.push((args, args.len));
        self.operands(func, &mut tree);
        tree.throws
    }

    fn statement(&mut self, func: &mut Func, at: usize) -> Throws {
        let inst = self.insts[at];
        self.is_placed[at] = true;
        let is_wanted = |def: &Def| def.n_reads > 0 || def.is_kept;
        let is_const = inst.dsts.len == 1 && self.constants[func.item(inst.dsts, 0)].is_some();
        if is_const || (!inst.op.effects().needed && !self.defs(at).iter().any(is_wanted)) {
            self.forget(func, inst);
            return Throws::Never;
        }
        let mut tree = Tree { root: at as u32, throws: inst.throws, takes_landings: true };
        if inst.dsts.len > 0 {
            self.store_result(func, at, 0);
        }
        self.place(func, at);
        self.operands(func, &mut tree);
        tree.throws
    }

    /// Nobody executes this instruction: its operands lose a reader.
    fn forget(&mut self, func: &Func, inst: Inst) {
        for item in inst.args.range() {
            if self.def_of[item] != NONE {
                self.def_mut(func, self.def_of[item], func.pool[item]).n_reads -= 1;
            }
        }
    }

    fn store_result(&mut self, func: &Func, at: usize, n: u32) {
        let def = self.defs(at)[n as usize];
        let value = func.item(self.insts[at].dsts, n);
        self.out.push(if def.n_reads > 0 || def.is_kept { StackOp::Set(value) } else { StackOp::Drop });
    }

    /// Writes the instruction and the stores of all results but the first.
    fn place(&mut self, func: &mut Func, at: usize) {
        let inst = self.insts[at];
        for n in 1..inst.dsts.len {
            self.store_result(func, at, n);
        }
        self.order_operands(func, at);
        if inst.op != Op::Copy {
            self.out.push(StackOp::Inst(at as u32));
        }
        self.frames.push((inst.args, inst.args.len));
    }

    /// Exchanges operands so that they are computed in the order of their definitions, and constants come second.
    fn order_operands(&mut self, func: &mut Func, at: usize) {
        let inst = self.insts[at];
        let Op::Num(code) = inst.op else { return };
        let Some(swapped) = code.swapped().filter(|_| inst.args.len == 2) else { return };
        let (a, b) = (inst.args.start as usize, inst.args.start as usize + 1);
        let is_const = |item: usize| self.constants[func.pool[item]].is_some();
        let is_late = self.def_of[a] != NONE && self.def_of[b] != NONE && self.def_of[a] > self.def_of[b];
        if (is_const(a) && !is_const(b)) || (is_late && !is_const(b)) {
            func.pool.swap(a, b);
            self.def_of.swap(a, b);
            self.insts[at].op = Op::Num(swapped);
        }
    }

    /// Works off the operands of the innermost instruction until the tree is complete.
    fn operands(&mut self, func: &mut Func, tree: &mut Tree) {
        while let Some((list, left)) = self.frames.last_mut() {
            if *left == 0 {
                self.frames.pop();
                continue;
            }
            *left -= 1;
            let item = (list.start + *left) as usize;
            self.operand(func, tree, item);
        }
    }

    fn operand(&mut self, func: &mut Func, tree: &mut Tree, item: usize) {
        let value = func.pool[item];
        if self.constants[value].is_some() {
            self.out.push(StackOp::Const(value));
            return;
        }
        let at = self.def_of[item];
        if at == NONE || !self.can_place(func, tree, at, value) {
            self.out.push(StackOp::Get(value));
            return;
        }
        let at = at as usize;
        self.is_placed[at] = true;
        if tree.throws == Throws::Never {
            tree.throws = self.insts[at].throws;
        }
        let def = self.defs(at)[0];
        if def.n_reads > 1 || def.is_kept {
            self.out.push(StackOp::Tee(value));
        }
        self.place(func, at);
    }

    /// Whether the definition can move to the tree's current beginning.
    fn can_place(&self, func: &Func, tree: &Tree, at: u32, value: V) -> bool {
        let inst = &self.insts[at as usize];
        let dsts = func.get(inst.dsts);
        let fits = match inst.throws {
            Throws::Never => true,
            throws if tree.throws != Throws::Never && tree.throws != throws => false,
            Throws::To(_) => tree.takes_landings,
            Throws::Out => true,
        };
        if self.is_placed[at as usize] || dsts[0] != value || dsts[1..].contains(&value) || !fits {
            return false;
        }
        let mut distance = 0;
        for other in at as usize + 1..tree.root as usize {
            if self.is_placed[other] {
                continue;
            }
            distance += 1;
            if distance > MAX_DISTANCE || self.must_stay_before(func, at, other) {
                return false;
            }
        }
        let def = self.defs(at as usize)[0];
        let has_others = def.n_reads > 1 || def.is_kept || dsts.len() > 1;
        !has_others || !self.is_pending(at)
    }

    /// Whether the instruction at `at` cannot move behind the one at `other`.
    fn must_stay_before(&self, func: &Func, at: u32, other: usize) -> bool {
        let (inst, other) = (&self.insts[at as usize], &self.insts[other]);
        let (args, dsts) = (func.get(inst.args), func.get(inst.dsts));
        let other_dsts = func.get(other.dsts);
        other_dsts.iter().any(|dst| args.contains(dst) || dsts.contains(dst))
            || other.args.range().any(|item| self.def_of[item] == at)
            || inst.op.effects().conflicts(other.op.effects())
            || self.is_live_at_landing(other.throws, dsts)
            || self.is_live_at_landing(inst.throws, other_dsts)
    }

    fn is_live_at_landing(&self, throws: Throws, values: &[V]) -> bool {
        throws.landing().is_some_and(|landing| values.iter().any(|&v| self.liveness.is_live_in(landing, v)))
    }

    /// Whether a result is also read by an operand that will be computed before the current one.
    fn is_pending(&self, at: u32) -> bool {
        let reads = |&(list, left): &(List, u32)| {
            (list.start..list.start + left).any(|item| self.def_of[item as usize] == at)
        };
        self.frames.len() > MAX_PENDING || self.frames.iter().any(reads)
    }
}
