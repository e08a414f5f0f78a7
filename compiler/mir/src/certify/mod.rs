//! The certifier: checks on every path, unwinding included, that ownership is right. It runs on the owned stage, and shares
//! nothing with the passes that make it but the IR.
//!
//! Checked for every local:
//! * what is read is initialised; what is overwritten has nothing left to drop; each owned value is moved or dropped
//!   exactly once: at `return`, `resume`, `throw` and calls that may unwind without a landing, nothing is left but
//!   `_0` and `mut` parameters, and those are whole;
//! * borrowed parameters and borrows are only read; a borrow is not used after what it rests on was moved, dropped, written
//!   or lent as `mut`, a pointer not after what it points into was moved or dropped (of a pointer
//!   out of a part, that is the smallest part around it with something to drop);
//! * a call's `mut` arguments overlap nothing else that it is given, nor what is called; `iso` values are not copied;
//! * a cell taken apart field by field ends in `drop_reuse` of just these fields; a token is used once;
//! * `poison` stands only in cleanup.
//!
//! Not checked: what lies behind pointers and in elements of arrays, and pointers made out of numbers.
//!
//! It is an abstract interpretation: a value is whole, gone, or known field by field (`state`). Drop flags are `Bool` locals that
//! only constants are assigned to; states that differ in one are kept apart, so a flag's test is understood. A function
//! with more than [`FLAGS_MAX`] flags, or more than [`STATES_MAX`] states at a block, is not checked: nothing is known to be
//! wrong with it.

mod state;
mod step;
mod values;

use crate::analysis::bitset::BitSet;
use crate::analysis::order::reverse_postorder;
use crate::facts::TypeFacts;
use crate::ir::*;
use crate::print::print_function;
use crate::verify::VerifyError;
use crate::visit::Access;
use entity::{Idx, IndexVec};
use state::{Shapes, State, Val};
use std::collections::BTreeMap;
use step::Stepper;
use values::Values;

/// How many flags a state holds.
const FLAGS_MAX: usize = u64::BITS as usize;
/// More states at one block than this, and the function is given up.
const STATES_MAX: usize = 256;

/// Everything wrong with a verified program of the owned stage.
pub fn certify(program: &Program) -> Result<(), Vec<VerifyError>> {
    let facts = TypeFacts::new(&program.types);
    let mut errors = Vec::new();
    for func in program.funcs.indices() {
        errors.extend(certify_func(program, &facts, func));
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// What is wrong with one function.
pub fn certify_func(program: &Program, facts: &TypeFacts, func: FuncId) -> Vec<VerifyError> {
    let function = &program.funcs[func];
    let Some(body) = function.body() else { return Vec::new() };
    let shapes = Shapes { types: &program.types, facts };
    let flags = flag_locals(body);
    if flags.len() > FLAGS_MAX {
        return Vec::new();
    }
    let found = Certifier { program, shapes: &shapes, body, flags }.run();
    let text = if found.is_empty() { String::new() } else { print_function(program, func) };
    let error = |(block, stmt, message)| VerifyError {
        func: function.name.clone(),
        block: Some(block),
        stmt: Some(stmt),
        message,
        text: text.clone(),
    };
    found.into_iter().map(error).collect()
}

/// `Bool` locals without a name to which only constants are assigned.
fn flag_locals(body: &Body) -> Vec<Local> {
    let mut constant = IndexVec::<Local, bool>::from_elem(false, body.locals.len());
    let mut other = IndexVec::<Local, bool>::from_elem(false, body.locals.len());
    for param in &body.params {
        other[param.local] = true;
    }
    for data in &body.blocks {
        for stmt in &data.stmts {
            match &stmt.kind {
                StmtKind::Assign(place, Rvalue::Use(Operand::Const(Const::Bool(_))))
                    if place.proj.is_empty() =>
                {
                    constant[place.local] = true;
                }
                StmtKind::Assign(place, Rvalue::AddrOf(of)) => {
                    other[place.local] = true;
                    other[of.local] = true;
                }
                StmtKind::Assign(place, _) => other[place.local] = true,
                _ => {}
            }
        }
        if let Term::Call { args, dest, .. } = &data.term {
            other[dest.local] = true;
            for arg in args {
                if let Arg::Mut(place) = arg {
                    other[place.local] = true;
                }
            }
        }
    }
    let is_flag = |l: &Local| constant[*l] && !other[*l] && body.locals[*l].name.is_none();
    body.locals.indices().filter(is_flag).collect()
}

type Found = (Block, usize, String);

struct Certifier<'a> {
    program: &'a Program,
    shapes: &'a Shapes<'a>,
    body: &'a Body,
    flags: Vec<Local>,
}

impl Certifier<'_> {
    fn run(&self) -> Vec<Found> {
        let mut stepper = Stepper::new(self.program, self.shapes, self.body, &self.flags);
        let Some(entry) = self.fixpoint(&mut stepper) else { return Vec::new() };
        let mut found: Vec<Found> = Vec::new();
        for (block, states) in entry.iter_enumerated() {
            for state in states {
                stepper.errors = Vec::new();
                stepper.block(block, state.clone());
                for (stmt, message) in std::mem::take(&mut stepper.errors) {
                    let new = !found.iter().any(|f| f.0 == block && f.1 == stmt);
                    if new && found.len() < 10 {
                        found.push((block, stmt, message));
                    }
                }
            }
        }
        found
    }

    fn entry_state(&self) -> State {
        let mut values = Values::new(self.body.locals.len());
        for param in &self.body.params {
            values[param.local] = Val::Init;
        }
        State { values, loans: BTreeMap::new(), discriminants: Vec::new(), known: 0, flags: 0 }
    }

    fn fixpoint(&self, stepper: &mut Stepper) -> Option<IndexVec<Block, Vec<State>>> {
        let order = reverse_postorder(self.body);
        let mut rank = IndexVec::<Block, usize>::from_elem(usize::MAX, self.body.blocks.len());
        for (i, block) in order.iter().enumerate() {
            rank[*block] = i;
        }
        let live = self.live_flags();
        let read = self.read_locals();
        let mut entry: IndexVec<Block, Vec<State>> = IndexVec::from_elem(Vec::new(), self.body.blocks.len());
        // Per block, the states that have not been followed since they changed.
        let mut dirty: IndexVec<Block, Vec<bool>> = IndexVec::from_elem(Vec::new(), self.body.blocks.len());
        let mut pending = BitSet::new(order.len());
        entry[Block(0)].push(self.entry_state());
        dirty[Block(0)].push(true);
        pending.insert(0);
        while let Some(i) = pending.pop_first() {
            let block = order[i];
            for n in 0..entry[block].len() {
                if !std::mem::take(&mut dirty[block][n]) {
                    continue;
                }
                for (to, mut state) in stepper.block(block, entry[block][n].clone()) {
                    state.known &= live[to];
                    state.flags &= live[to];
                    state.loans.retain(|local, _| read[to].contains(local.index()));
                    let list = &mut entry[to];
                    match list.iter().position(|s| (s.known, s.flags) == (state.known, state.flags)) {
                        Some(at) => {
                            if !list[at].join(&state, self.shapes, self.body, &stepper.tokens) {
                                continue;
                            }
                            dirty[to][at] = true;
                        }
                        None => {
                            list.push(state);
                            dirty[to].push(true);
                        }
                    }
                    if list.len() > STATES_MAX {
                        return None;
                    }
                    pending.insert(rank[to]);
                }
            }
        }
        Some(entry)
    }

    /// Per block, the locals that are read there or later before they are written: only their loans matter.
    fn read_locals(&self) -> IndexVec<Block, BitSet> {
        let n = self.body.locals.len();
        let mut reads = IndexVec::<Block, BitSet>::from_elem(BitSet::new(n), self.body.blocks.len());
        let mut writes = reads.clone();
        for (block, data) in self.body.blocks.iter_enumerated() {
            let (read, written) = (&mut reads[block], &mut writes[block]);
            let note = |read: &mut BitSet, written: &BitSet, place: &Place, access: Access| {
                let whole = place.proj.is_empty() && matches!(access, Access::Write | Access::CallWrite);
                // What is written may be declared to rest on what another pointer rests on.
                let lender = self.body.locals[place.local].loan_of;
                for local in place.indices().chain((!whole).then_some(place.local)).chain(lender) {
                    if !written.contains(local.index()) {
                        read.insert(local.index());
                    }
                }
            };
            for stmt in &data.stmts {
                stmt.kind.for_each_access(|place, access| note(read, written, place, access));
                if let StmtKind::Assign(place, _) = &stmt.kind
                    && place.proj.is_empty()
                {
                    written.insert(place.local.index());
                }
            }
            data.term.for_each_access(|place, access| note(read, written, place, access));
        }
        loop {
            let mut changed = false;
            for block in self.body.blocks.indices().rev() {
                let mut out = BitSet::new(n);
                for next in self.body.successors(block) {
                    out.union(&reads[next]);
                }
                out.subtract(&writes[block]);
                changed |= reads[block].union(&out);
            }
            if !changed {
                return reads;
            }
        }
    }

    /// Per block, the flags that are still asked: states that differ only in others are joined.
    fn live_flags(&self) -> IndexVec<Block, u64> {
        let bit = |local: Local| self.flags.iter().position(|f| *f == local).map_or(0, |i| 1u64 << i);
        let mut uses = IndexVec::<Block, u64>::from_elem(0, self.body.blocks.len());
        let mut kills = IndexVec::<Block, u64>::from_elem(0, self.body.blocks.len());
        for (block, data) in self.body.blocks.iter_enumerated() {
            let (mut used, mut killed) = (0, 0);
            for stmt in &data.stmts {
                stmt.kind.for_each_operand(|op| used |= op.place().map_or(0, |p| bit(p.local)) & !killed);
                if let StmtKind::Assign(place, _) = &stmt.kind {
                    killed |= bit(place.local);
                }
            }
            data.term.for_each_operand(|op| used |= op.place().map_or(0, |p| bit(p.local)) & !killed);
            (uses[block], kills[block]) = (used, killed);
        }
        let mut live = uses.clone();
        loop {
            let mut changed = false;
            for block in self.body.blocks.indices().rev() {
                let out = self.body.successors(block).fold(0, |acc, next| acc | live[next]);
                let new = uses[block] | out & !kills[block];
                changed |= new != live[block];
                live[block] = new;
            }
            if !changed {
                return live;
            }
        }
    }
}
