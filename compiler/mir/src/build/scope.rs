//! Scopes: what is dropped when control leaves them, by whichever way.
//!
//! `Builder::drops` is the stack of values that the open scopes own. Leaving at the end drops from the top
//! ([`Builder::pop_drops`]). Early exits (`break`, `continue`, `return`, a failing pattern) and unwinding go through
//! chains of blocks that each drop one value and go on to the chain below, so that exits share their tails; the chains
//! are cached at the entries and forgotten when an entry below changes.

use super::func::{Builder, Label};
use crate::ir::*;
use crate::visit::Access;
use entity::Idx;

/// A value that an open scope owns.
pub(super) struct Scheduled {
    pub local: Local,
    /// A temporary, which is moved at most once and on the same level as it was made: then it leaves the stack.
    pub is_temp: bool,
    /// Bound by a condition that holds from here to the end of the block: the end of the statement does not drop it.
    pub survives: bool,
    user_drop: bool,
    unwind: Option<Block>,
    exits: Vec<(u32, Block)>,
}

/// A place to leave scopes for.
#[derive(Clone, Debug)]
pub(super) struct Exit {
    pub id: u32,
    /// How many entries of the stack stay.
    pub depth: usize,
    pub label: Label,
    /// What has been initialised on the way out and is lost if a drop unwinds.
    pub live: Option<Place>,
}

impl Exit {
    pub fn new(id: u32, depth: usize) -> Exit {
        Exit { id, depth, label: Label::default(), live: None }
    }
}

impl Builder<'_, '_> {
    /// Drops a variable at the end of the open scope.
    pub fn schedule(&mut self, local: Local) {
        self.push_scheduled(local, false);
    }

    /// Drops a temporary at the end of the open scope, unless it is moved before.
    pub fn schedule_temp(&mut self, local: Local) {
        self.push_scheduled(local, true);
    }

    fn push_scheduled(&mut self, local: Local, is_temp: bool) {
        let ty = self.local_ty(local);
        let facts = self.facts(ty);
        if facts.needs_drop && self.is_reachable() {
            let user_drop = facts.user_drop;
            self.drops.push(Scheduled {
                local,
                is_temp,
                survives: false,
                user_drop,
                unwind: None,
                exits: Vec::new(),
            });
        }
    }

    /// Takes an entry off the stack, wherever it is.
    pub fn unschedule(&mut self, local: Local) {
        if let Some(i) = self.drops.iter().rposition(|s| s.local == local) {
            self.drops.remove(i);
            for above in &mut self.drops[i..] {
                above.unwind = None;
                above.exits.clear();
            }
        }
    }

    /// Notes that an operand takes its value away.
    pub fn consume(&mut self, operand: &Operand) {
        if let Operand::Move(place) = operand
            && place.proj.is_empty()
            && self.drops.iter().rev().any(|s| s.local == place.local && s.is_temp)
        {
            self.unschedule(place.local);
        }
    }

    /// Leaves scopes at their end: drops and forgets the entries above `depth`. `live` is what a panic in a drop
    /// would have to drop besides.
    pub fn pop_drops(&mut self, depth: usize, live: Option<Place>) {
        while self.drops.len() > depth {
            let Some(top) = self.drops.pop() else { break };
            self.drop_place(top.local.into(), live.as_ref());
        }
    }

    /// Leaves a statement: as `pop_drops`, but variables that it has bound for the rest of the block stay.
    pub fn pop_statement(&mut self, depth: usize, live: Option<Place>) {
        if self.drops[depth..].iter().any(|s| s.survives) {
            let temps: Vec<Local> =
                self.drops[depth..].iter().filter(|s| !s.survives).map(|s| s.local).collect();
            self.drop_below(&temps);
        } else {
            self.pop_drops(depth, live);
        }
    }

    /// Forgets the entries above `depth`: other code drops them.
    pub fn truncate_drops(&mut self, depth: usize) {
        self.drops.truncate(depth);
    }

    /// Drops a place now, by a terminator if the user's code may run.
    pub fn drop_place(&mut self, place: Place, live: Option<&Place>) {
        let ty = self.place_ty(&place);
        let facts = self.facts(ty);
        if !self.is_reachable() || !facts.needs_drop {
            return;
        }
        if !facts.user_drop {
            self.emit(StmtKind::Drop(place));
            return;
        }
        let unwind = self.unwind_with(live);
        let target = self.new_block(false);
        self.terminate(Term::Drop { place, target, unwind });
        self.block = Some(target);
    }

    /// Where a panic at this point goes; `None` if nothing needs cleaning up.
    pub fn unwind(&mut self) -> Option<Block> {
        self.unwind_from(self.drops.len())
    }

    fn unwind_from(&mut self, n: usize) -> Option<Block> {
        if !self.cx.unwinds {
            return None;
        }
        let start = self.drops[..n].iter().rposition(|s| s.unwind.is_some()).map_or(0, |i| i + 1);
        let mut block = match start {
            0 => self.unwind_base,
            _ => self.drops[start - 1].unwind,
        };
        for i in start..n {
            let cleanup = self.cleanup_drop(self.drops[i].local.into(), block);
            self.drops[i].unwind = Some(cleanup);
            block = Some(cleanup);
        }
        block
    }

    /// A cleanup block that drops a place and goes on unwinding.
    fn cleanup_drop(&mut self, place: Place, next: Option<Block>) -> Block {
        let ty = self.place_ty(&place);
        let user_drop = self.facts(ty).user_drop;
        let block = self.new_block(true);
        if user_drop {
            let target = next.unwrap_or_else(|| self.resume_block());
            self.set_term(block, Term::Drop { place, target, unwind: None });
            return block;
        }
        let span = self.span;
        self.body.blocks[block].stmts.push(Stmt { kind: StmtKind::Drop(place), span });
        self.set_term(block, next.map_or(Term::Resume, Term::Goto));
        block
    }

    pub fn resume_block(&mut self) -> Block {
        let block = self.new_block(true);
        self.set_term(block, Term::Resume);
        block
    }

    /// The unwind edge of a drop while `live` is initialised and owned by no scope.
    fn unwind_with(&mut self, live: Option<&Place>) -> Option<Block> {
        let next = self.unwind();
        self.unwind_live(live, next)
    }

    fn unwind_live(&mut self, live: Option<&Place>, next: Option<Block>) -> Option<Block> {
        let Some(live) = live.filter(|_| self.cx.unwinds) else { return next };
        let ty = self.place_ty(live);
        if !self.needs_drop(ty) {
            return next;
        }
        Some(self.cleanup_drop(live.clone(), next))
    }

    /// Leaves for `exit`, dropping what lies between; the stack stays as it is for the code that follows.
    pub fn exit(&mut self, exit: &mut Exit) {
        if !self.is_reachable() {
            return;
        }
        let block = self.exit_block(exit);
        self.terminate(Term::Goto(block));
    }

    /// The block to jump to in order to leave for `exit` from here.
    pub fn exit_block(&mut self, exit: &mut Exit) -> Block {
        let n = self.drops.len();
        let cached = |s: &Scheduled| s.exits.iter().find(|(id, _)| *id == exit.id).map(|(_, b)| *b);
        let start = (exit.depth..n).rev().find(|i| cached(&self.drops[*i]).is_some());
        let (mut block, first) = match start {
            Some(i) => (cached(&self.drops[i]).unwrap_or(Block(0)), i + 1),
            None => (self.label_block(&mut exit.label), exit.depth),
        };
        for i in first..n {
            let drop = self.exit_drop(i, block, exit.live.as_ref());
            self.drops[i].exits.push((exit.id, drop));
            block = drop;
        }
        block
    }

    /// A block that drops entry `i` on the way to `next`.
    fn exit_drop(&mut self, i: usize, next: Block, live: Option<&Place>) -> Block {
        let place: Place = self.drops[i].local.into();
        let block = self.new_block(false);
        if self.drops[i].user_drop {
            let below = self.unwind_from(i);
            let unwind = self.unwind_live(live, below);
            self.set_term(block, Term::Drop { place, target: next, unwind });
        } else {
            let span = self.span;
            self.body.blocks[block].stmts.push(Stmt { kind: StmtKind::Drop(place), span });
            self.set_term(block, Term::Goto(next));
        }
        block
    }

    // ------------------------------------------------------------ values given to functions that only look at them

    /// Variables and temporaries with a `drop` of the user's that are passed to parameters other than `self`, where the
    /// function is only lent them. To whoever reads the call they are given away, so they end with it unless they are
    /// used afterwards.
    pub fn given_args(&mut self, func: FuncId, args: &[Arg], first: usize) -> Vec<Local> {
        let modes: Vec<ParamMode> = self.cx.program.funcs[func].params.iter().map(|p| p.1).collect();
        let mut given = Vec::new();
        for (arg, mode) in args.iter().zip(modes).skip(first) {
            if let Arg::Value(Operand::Move(place)) = arg
                && mode == ParamMode::Borrowed
                && place.proj.is_empty()
                && self.drops.iter().any(|s| s.local == place.local && s.user_drop)
            {
                given.push(place.local);
            }
        }
        given
    }

    /// Drops a value behind the call that it was given to; of a variable only if it turns out to be its last use.
    pub fn drop_given(&mut self, local: Local, live: Option<&Place>) {
        if !self.variables.contains(&local) && self.body.param_mode(local).is_none() {
            self.unschedule(local);
            return self.drop_place(local.into(), live);
        }
        if let Some(block) = self.block {
            self.drop_place(local.into(), live);
            self.tentative.push((block, local));
        }
    }

    /// Takes the drops back that come before another use.
    pub fn settle_given(&mut self) {
        for (block, local) in std::mem::take(&mut self.tentative) {
            if let Term::Drop { target, .. } = self.body.blocks[block].term
                && self.is_used_from(target, local)
            {
                self.set_term(block, Term::Goto(target));
            }
        }
    }

    /// Whether a way from a block on leads to a use of a variable, other than its drop.
    fn is_used_from(&self, start: Block, local: Local) -> bool {
        let mut seen = vec![false; self.body.blocks.len()];
        let mut work = vec![start];
        while let Some(block) = work.pop() {
            if std::mem::replace(&mut seen[block.index()], true) {
                continue;
            }
            match self.first_use(block, local) {
                Some(FirstUse::Use) => return true,
                Some(FirstUse::Written) => {}
                None => work.extend(self.body.blocks[block].term.successors()),
            }
        }
        false
    }

    fn first_use(&self, block: Block, local: Local) -> Option<FirstUse> {
        let mut found = None;
        let mut look = |place: &Place, access: Access| {
            if place.local != local || found.is_some() {
                return;
            }
            found = match access {
                Access::Drop if place.proj.is_empty() => None,
                Access::Write | Access::CallWrite if place.proj.is_empty() => Some(FirstUse::Written),
                _ => Some(FirstUse::Use),
            };
        };
        let data = &self.body.blocks[block];
        data.stmts.iter().for_each(|stmt| stmt.kind.for_each_access(&mut look));
        data.term.for_each_access(&mut look);
        found
    }
}

/// What happens to a variable first.
enum FirstUse {
    Use,
    Written,
}
