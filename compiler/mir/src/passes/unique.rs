//! Asks once whether a buffer has one owner: where that is known, `is_unique` becomes `true`; where a loop asks in every
//! round, it is asked, and the buffer copied if need be, before the loop.
//!
//! `unique_flow` has what is known where.
//!
//! In and out: the built stage, in which cleanup drops what it finds, so that the earlier call may unwind as the later one does. What
//! is moved or dropped between the two is dropped first there, for the cleanup of the later one need not know of it.
//! Asking earlier costs a copy only where a shared buffer meets a loop that turns out to have no round.

use super::unique_facts::Facts;
use super::unique_flow::{Unique, asked, question, tracked};
use crate::analysis::bitset::BitSet;
use crate::analysis::loops::{Doms, Loop, natural_loops};
use crate::analysis::order::reverse_postorder;
use crate::ir::*;
use crate::passes::cleanup_edges::new_landing;
use crate::visit::Access;
use entity::{Idx, IndexVec};

/// Whether anything has changed.
pub(crate) fn run(types: &mut Types, known: &Facts, func: FuncId, body: &mut Body) -> bool {
    if asked(body).is_empty() {
        return false;
    }
    let mut hoisted = hoist(types, known, func, body);
    hoisted |= ask_before_reading(types, known, func, body);
    let unique = Unique::new(body, known, func, tracked(types, body));
    let entry = unique.solve(None);
    let mut certain = Vec::new();
    for (block, data) in body.blocks.iter_enumerated() {
        let Some(state) = &entry[block] else { continue };
        let mut state = state.clone();
        for (i, stmt) in data.stmts.iter().enumerate() {
            if let Some(place) = question(&stmt.kind)
                && unique.bit(place).is_some_and(|bit| state.contains(bit))
            {
                certain.push((block, i));
            }
            unique.stmt(&mut state, &stmt.kind);
        }
    }
    let changed = hoisted || !certain.is_empty();
    for (block, i) in certain {
        if let StmtKind::Assign(_, rvalue) = &mut body.blocks[block].stmts[i].kind {
            *rvalue = Rvalue::Use(Operand::Const(Const::Bool(true)));
        }
    }
    changed
}

/// A question that is put before a loop.
struct Early {
    header: Block,
    place: Place,
    /// The call on the way on which there are more owners.
    call: Term,
    span: syntax::Span,
    /// What the ways from the new place of the question to the old one move or drop.
    given_up: Vec<Local>,
}

fn hoist(types: &mut Types, known: &Facts, func: FuncId, body: &mut Body) -> bool {
    // Inner loops first; what has come before one may go before the next.
    for round in 0..4 {
        let found = find_early(types, known, func, body);
        if found.is_empty() {
            return round > 0;
        }
        for early in found {
            insert(types, body, early);
        }
    }
    true
}

fn find_early(types: &Types, known: &Facts, func: FuncId, body: &Body) -> Vec<Early> {
    let unique = Unique::new(body, known, func, tracked(types, body));
    let loops = natural_loops(body);
    if loops.is_empty() || unique.places.is_empty() {
        return Vec::new();
    }
    let entry = unique.solve(None);
    let mut found: Vec<Early> = Vec::new();
    for a_loop in &loops {
        for blocks in unique.askers(a_loop) {
            let Some(early) = unique.slow_path(a_loop.header, blocks[0]) else { continue };
            let Some(bit) = unique.bit(&early.place) else { continue };
            let is_known = entry[a_loop.header].as_ref().is_some_and(|state| state.contains(bit));
            let taken = found.iter().any(|f| f.place == early.place || f.header == early.header);
            if is_known || taken || !blocks.iter().all(|block| unique.stays(a_loop, *block, bit)) {
                continue;
            }
            let given_up = |to| given_up(types, known, body, &early.call, a_loop.header, to);
            let mut lists: Vec<Vec<Local>> = blocks.iter().map(|block| given_up(*block)).collect();
            lists.dedup();
            // Where the ways give up different things, the question stays where it is.
            if let ([_], Some(given_up)) = (&lists[..], lists.first()) {
                found.push(Early { given_up: given_up.clone(), ..early });
            }
        }
    }
    found
}

impl Unique<'_> {
    /// The blocks in a loop that ask about one place: one of them, or some together, in every round.
    fn askers(&self, a_loop: &Loop) -> Vec<Vec<Block>> {
        let always = |block: &Block| a_loop.every_round.contains(block.index());
        let asking = |block: &Block| self.slow_path(a_loop.header, *block).is_some();
        let alone = a_loop.blocks.iter().copied().filter(always).filter(asking);
        let mut groups: Vec<Vec<Block>> = alone.map(|block| vec![block]).collect();
        let mut together: Vec<(usize, Vec<Block>)> = Vec::new();
        for &block in a_loop.blocks.iter().filter(|block| !always(block) && asking(block)) {
            let Some(bit) = self.branches[block] else { continue };
            match together.iter_mut().find(|(of, _)| *of == bit) {
                Some((_, list)) => list.push(block),
                None => together.push((bit, vec![block])),
            }
        }
        let complete = together.into_iter().map(|(_, blocks)| blocks);
        groups.extend(complete.filter(|blocks| blocks.len() > 1 && self.cover(a_loop, blocks)));
        groups
    }

    /// Whether every round leads through one of the blocks.
    fn cover(&self, a_loop: &Loop, blocks: &[Block]) -> bool {
        let mut reached = BitSet::new(self.body.blocks.len());
        let mut work = vec![a_loop.header];
        while let Some(at) = work.pop() {
            if blocks.contains(&at) || !reached.insert(at.index()) {
                continue;
            }
            if a_loop.latches.contains(&at) {
                return false;
            }
            work.extend(self.body.successors(at).filter(|to| a_loop.blocks.contains(to)));
        }
        true
    }

    /// A block that asks, and on the way of more owners does nothing but make the buffer unique.
    fn slow_path(&self, header: Block, block: Block) -> Option<Early> {
        let data = &self.body.blocks[block];
        let bit = self.branches[block]?;
        let Term::If { then, else_, .. } = data.term else { return None };
        let slow = &self.body.blocks[else_];
        let Term::Call { callee: Callee::Func(func), args, dest, target, .. } = &slow.term else {
            return None;
        };
        let place = &self.places[bit];
        let only = matches!(&args[..], [Arg::Mut(whole)] if whole.overlaps(place) && !whole.is_indirect());
        let mut state = BitSet::new(self.places.len());
        self.leaves(&mut state, *func, args, dest);
        let fits = slow.stmts.is_empty() && *target == Some(then) && only && state.contains(bit);
        let (place, call, span) = (place.clone(), slow.term.clone(), data.term_span);
        fits.then(|| Early { header, place, call, span, given_up: Vec::new() })
    }

    /// Whether nothing happens to the place from the start of `from` to where `block` asks: then it is the same value, and has
    /// been there at `from`, which every way to `block` leads through.
    fn is_untouched(&self, from: Block, block: Block, bit: usize) -> bool {
        let asks = |stmt: &&Stmt| question(&stmt.kind).and_then(|place| self.bit(place)) == Some(bit);
        let mut reached = BitSet::new(self.body.blocks.len());
        let mut work = vec![from];
        while let Some(at) = work.pop() {
            if !reached.insert(at.index()) {
                continue;
            }
            let data = &self.body.blocks[at];
            let asked = data.stmts.iter().position(|stmt| at == block && asks(&stmt));
            if data.stmts[..asked.unwrap_or(data.stmts.len())]
                .iter()
                .any(|stmt| self.touches(&stmt.kind, bit))
            {
                return false;
            }
            if asked.is_some() {
                continue;
            }
            let mut touched = false;
            data.term.for_each_access(|place, _| touched |= self.places[bit].overlaps(place));
            if touched && !matches!(data.term, Term::If { .. } | Term::Switch { .. }) {
                return false;
            }
            work.extend(data.term.successors().filter(|to| !self.body.blocks[*to].is_cleanup));
        }
        true
    }

    /// Whether a statement does more to the place than look at it.
    fn touches(&self, stmt: &StmtKind, bit: usize) -> bool {
        let lends = matches!(stmt, StmtKind::Assign(_, Rvalue::Intrinsic(..)));
        let mut touched = false;
        stmt.for_each_access(|place, access| {
            let looks = matches!(access, Access::Discriminant) || lends && access == Access::Borrow;
            touched |= !looks && self.places[bit].overlaps(place);
        });
        touched
    }

    /// Whether the place that `block` asks about was there before the loop, and, if it is unique at the start of a round, it still is
    /// at the end.
    fn stays(&self, a_loop: &Loop, block: Block, bit: usize) -> bool {
        let entry = self.solve(Some((a_loop.header, bit)));
        let Some(mut state) = entry[block].clone() else { return false };
        let asks = |stmt: &&Stmt| question(&stmt.kind).and_then(|place| self.bit(place)) != Some(bit);
        self.body.blocks[block]
            .stmts
            .iter()
            .take_while(asks)
            .for_each(|stmt| self.stmt(&mut state, &stmt.kind));
        if !state.contains(bit) {
            return false;
        }
        a_loop.latches.iter().all(|latch| {
            let Some(mut state) = entry[*latch].clone() else { return true };
            self.body.blocks[*latch].stmts.iter().for_each(|stmt| self.stmt(&mut state, &stmt.kind));
            self.edge(&state, *latch, a_loop.header).contains(bit)
        })
    }
}

/// Where an element is read and then written, the question comes before the reading, so that the buffer's address and length, and
/// what has been checked with them, hold for both.
fn ask_before_reading(types: &mut Types, known: &Facts, func: FuncId, body: &mut Body) -> bool {
    let mut changed = false;
    // Each finds what the ones before have left; functions with more are not worth the time.
    for _ in 0..EARLIER_MAX {
        let Some((block, early)) = find_earlier(types, known, func, body) else { break };
        split_and_ask(types, body, block, early);
        changed = true;
    }
    changed
}

const EARLIER_MAX: usize = 24;

fn find_earlier(types: &Types, known: &Facts, func: FuncId, body: &Body) -> Option<(Block, Early)> {
    let unique = Unique::new(body, known, func, tracked(types, body));
    if unique.branches.iter().all(Option::is_none) {
        return None;
    }
    let (doms, loops) = (Doms::new(body), natural_loops(body));
    let after = always_after(body);
    let entry = unique.solve(None);
    for block in body.blocks.indices() {
        let Some(early) = unique.slow_path(block, block) else { continue };
        let Some(bit) = unique.bit(&early.place) else { continue };
        let mut best = None;
        let mut at = block;
        while let Some(up) = doms.parent(at) {
            at = up;
            let together = loops.iter().all(|l| l.blocks.contains(&at) == l.blocks.contains(&block));
            let is_known = entry[at].as_ref().is_some_and(|state| state.contains(bit));
            if body.blocks[at].is_cleanup || !together || !after[at].contains(block.index()) || is_known {
                break;
            }
            if reads(&body.blocks[at], &early.place) {
                best = Some(at);
            }
        }
        if let Some(at) = best.filter(|at| unique.is_untouched(*at, block, bit)) {
            let given_up = given_up(types, known, body, &early.call, at, block);
            return Some((at, Early { given_up, ..early }));
        }
    }
    None
}

/// The locals that the ways from the start of `from` to the end of `to` move or drop, in order, if the call unwinds. Not `mut`
/// parameters, which the caller drops.
fn given_up(types: &Types, known: &Facts, body: &Body, call: &Term, from: Block, to: Block) -> Vec<Local> {
    if !matches!(call, Term::Call { callee: Callee::Func(func), .. } if known.unwinds[*func]) {
        return Vec::new();
    }
    let (mut reached, mut found) = (BitSet::new(body.blocks.len()), BitSet::new(body.locals.len()));
    let mut note = |place: &Place, access: Access| {
        let is_lent = matches!(body.param_mode(place.local), Some(ParamMode::Mut | ParamMode::Borrowed));
        let plain =
            matches!(types.kind(body.locals[place.local].ty), TyKind::Int(_) | TyKind::Ptr(_) | TyKind::Bool);
        let ends = matches!(access, Access::Move | Access::Drop) && !plain;
        if ends && !is_lent && !place.is_indirect() && !body.locals[place.local].is_borrow {
            found.insert(place.local.index());
        }
    };
    let mut work = vec![from];
    while let Some(at) = work.pop() {
        let data = &body.blocks[at];
        if data.is_cleanup || !reached.insert(at.index()) {
            continue;
        }
        data.stmts.iter().for_each(|stmt| stmt.kind.for_each_access(&mut note));
        data.term.for_each_access(&mut note);
        if at != to {
            work.extend(data.term.successors());
        }
    }
    body.locals.indices().filter(|local| found.contains(local.index())).collect()
}

/// The call at its earlier place: it unwinds past what was to be given up before, which may run a user's code.
fn drop_in_cleanup(body: &mut Body, call: &mut Term, locals: Vec<Local>, span: syntax::Span) {
    let Term::Call { unwind, .. } = call else { return };
    if locals.is_empty() {
        return;
    }
    let mut next = unwind.unwrap_or_else(|| new_landing(body, Vec::new(), span));
    for local in locals.into_iter().rev() {
        let term = Term::Drop { place: local.into(), target: next, unwind: None };
        next = body.blocks.push(BlockData { stmts: Vec::new(), term, term_span: span, is_cleanup: true });
    }
    *unwind = Some(next);
}

fn reads(data: &BlockData, place: &Place) -> bool {
    data.stmts.iter().any(|stmt| {
        let StmtKind::Assign(_, Rvalue::Intrinsic(Intrinsic::BufferPtr, list)) = &stmt.kind else {
            return false;
        };
        list.iter().any(|op| op.place() == Some(place))
    })
}

/// Per block, the blocks through which each way to `return` goes that starts there.
fn always_after(body: &Body) -> IndexVec<Block, BitSet> {
    let n = body.blocks.len();
    let mut all = BitSet::new(n);
    all.fill();
    let mut after = IndexVec::from_elem(all.clone(), n);
    let mut order = reverse_postorder(body);
    order.reverse();
    loop {
        let mut changed = false;
        for block in &order {
            let data = &body.blocks[*block];
            let mut set = if data.term == Term::Return { BitSet::new(n) } else { all.clone() };
            for next in body.successors(*block).filter(|next| !body.blocks[*next].is_cleanup) {
                set.intersect(&after[next]);
            }
            set.insert(block.index());
            changed |= set != after[*block];
            after[*block] = set;
        }
        if !changed {
            return after;
        }
    }
}

/// Puts the question at the start of a block.
fn split_and_ask(types: &mut Types, body: &mut Body, block: Block, early: Early) {
    let Early { place, mut call, span, given_up, .. } = early;
    drop_in_cleanup(body, &mut call, given_up, span);
    let answer = body.new_local(types.intern(TyKind::Bool), span);
    let is_cleanup = false;
    let rest = body.blocks[block].clone();
    let rest = body.blocks.push(rest);
    call.for_each_successor_mut(|to| {
        if !body.blocks[*to].is_cleanup {
            *to = rest;
        }
    });
    let slow = body.blocks.push(BlockData { stmts: Vec::new(), term: call, term_span: span, is_cleanup });
    let question = Rvalue::Intrinsic(Intrinsic::IsUnique, vec![Operand::Borrow(place)]);
    let kind = StmtKind::Assign(answer.into(), question);
    body.blocks[block] = BlockData {
        stmts: vec![Stmt { kind, span }],
        term: Term::If { cond: Operand::Copy(answer.into()), then: rest, else_: slow },
        term_span: span,
        is_cleanup,
    };
}

/// Puts the question, and the call, on all ways into the loop.
fn insert(types: &mut Types, body: &mut Body, early: Early) {
    let Early { header, place, mut call, span, given_up } = early;
    drop_in_cleanup(body, &mut call, given_up, span);
    let loops = natural_loops(body);
    let Some(a_loop) = loops.iter().find(|l| l.header == header) else { return };
    let inside: BitSet = {
        let mut set = BitSet::new(body.blocks.len());
        a_loop.blocks.iter().for_each(|b| {
            set.insert(b.index());
        });
        set
    };
    let answer = body.new_local(types.intern(TyKind::Bool), span);
    let slow = body.blocks.push(BlockData {
        stmts: Vec::new(),
        term: Term::Goto(header),
        term_span: span,
        is_cleanup: false,
    });
    let question = Rvalue::Intrinsic(Intrinsic::IsUnique, vec![Operand::Borrow(place)]);
    let kind = StmtKind::Assign(answer.into(), question);
    let ask = body.blocks.push(BlockData {
        stmts: vec![Stmt { kind, span }],
        term: Term::If { cond: Operand::Copy(answer.into()), then: header, else_: slow },
        term_span: span,
        is_cleanup: false,
    });
    call.for_each_successor_mut(|to| {
        if !body.blocks[*to].is_cleanup {
            *to = header;
        }
    });
    body.blocks[slow].term = call;
    for block in body.blocks.indices() {
        let is_new = block == ask || block == slow;
        if is_new || inside.contains(block.index()) {
            continue;
        }
        body.blocks[block].term.for_each_successor_mut(|to| {
            if *to == header {
                *to = ask;
            }
        });
    }
}
