//! Where the memory of a cell goes: from a point to the first cell of the same variant on each way.
//!
//! Where ways meet, those that come from elsewhere bring a token that is null. Such a null is a target in turn, for what is taken apart
//! on those ways: the token moves on into the other one.

use super::takers::Takers;
use crate::analysis::bitset::BitSet;
use crate::analysis::loops::{Doms, Loop, natural_loops};
use crate::facts::TypeFacts;
use crate::ir::*;
use crate::passes::cleanup_edges::{new_landing, split_edge};
use crate::passes::nounwind::Unwinds;
use entity::{Arrange, Idx};
use syntax::Span;

/// What kind of cell some memory is of.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Cell {
    pub ty: Ty,
    pub variant: u32,
}

/// The ways from a point to where its memory is used.
pub(super) struct Route {
    /// Where cells are built, or a token is null: a statement, or the call at the end of the block.
    pub targets: Vec<(Block, usize)>,
    /// Blocks whose end is reached with the memory still in the token, from whose start a target is still ahead.
    pub holding: BitSet,
    /// Blocks from whose start a target is still ahead. But for the first one, the token is there at their start.
    pub ahead: BitSet,
    pub start: Block,
    /// Whether no other way leads to the targets.
    pub is_alone: bool,
    /// Whether each way to `return` leads through a target.
    pub is_certain: bool,
}

/// What a body's shape is.
pub(super) struct Graph {
    doms: Doms,
    loops: Vec<Loop>,
}

impl Graph {
    pub fn new(body: &Body) -> Graph {
        Graph { doms: Doms::new(body), loops: natural_loops(body) }
    }
}

/// The ways from a statement on, if there is a target.
pub(super) fn route(
    program: &Program,
    facts: &TypeFacts,
    takers: &mut Takers,
    (body, graph): (&Body, &Graph),
    (block, from): (Block, usize),
    cell: Cell,
) -> Option<Route> {
    if program.types.defs[cell.ty].variants[cell.variant as usize].fields.is_empty() {
        return None;
    }
    let mut holding = BitSet::new(body.blocks.len());
    let mut seen = BitSet::new(body.blocks.len());
    let mut targets = Vec::new();
    let mut work = vec![(block, from)];
    while let Some((at, from)) = work.pop() {
        let data = &body.blocks[at];
        if let Some(i) = (from..data.stmts.len()).find(|i| takes(takers, &data.stmts[*i], cell)) {
            targets.push((at, i));
            continue;
        }
        if let Term::Call { callee: Callee::Func(callee), target: Some(_), .. } = &data.term
            && takers.can_take(program, facts, *callee, cell)
        {
            targets.push((at, data.stmts.len()));
            continue;
        }
        holding.insert(at.index());
        let next = data.term.successors().filter(|next| !body.blocks[*next].is_cleanup);
        work.extend(next.filter(|next| seen.insert(next.index())).map(|next| (next, 0)));
    }
    // A way that comes back to the start has a token already. A loop that the start is not in would carry one round.
    let together =
        |at: Block| graph.loops.iter().all(|l| l.blocks.contains(&at) == l.blocks.contains(&block));
    if targets.is_empty() || !targets.iter().all(|(at, _)| together(*at)) || seen.contains(block.index()) {
        return None;
    }
    let ahead = ahead(body, &targets, &holding);
    let is_alone = targets.iter().all(|(at, _)| graph.doms.dominates(block, *at));
    let is_certain = body
        .blocks
        .iter_enumerated()
        .all(|(at, data)| data.term != Term::Return || !holding.contains(at.index()));
    holding.intersect(&ahead);
    Some(Route { targets, holding, ahead, start: block, is_alone, is_certain })
}

/// Whether a statement builds a cell in new memory, or sets a token for such a cell to null.
fn takes(takers: &Takers, stmt: &Stmt, cell: Cell) -> bool {
    match &stmt.kind {
        StmtKind::Assign(place, Rvalue::Use(Operand::Const(Const::Null(_)))) => {
            takers.tokens.get(&place.local) == Some(&cell)
        }
        _ => builds(stmt, cell),
    }
}

fn builds(stmt: &Stmt, cell: Cell) -> bool {
    matches!(&stmt.kind, StmtKind::Assign(_, Rvalue::Aggregate { ty, variant, fields, reuse: None })
        if *ty == cell.ty && *variant == cell.variant && !fields.is_empty())
}

/// The blocks that hold the memory from whose start a target can be reached, and those of the targets.
fn ahead(body: &Body, targets: &[(Block, usize)], holding: &BitSet) -> BitSet {
    let preds = body.predecessors();
    let mut ahead = BitSet::new(body.blocks.len());
    let mut work: Vec<Block> = targets.iter().map(|(at, _)| *at).collect();
    while let Some(at) = work.pop() {
        if ahead.insert(at.index()) {
            work.extend(preds[at].iter().copied().filter(|pred| holding.contains(pred.index())));
        }
    }
    ahead
}

/// Lets the memory in `token` be used at the targets, and frees it on the other ways.
pub(super) fn install(
    program: &mut Program,
    facts: &TypeFacts,
    takers: &mut Takers,
    func: FuncId,
    (token, cell, span): (Local, Cell, Span),
    route: &Route,
) {
    for (at, i) in &route.targets {
        let Some(body) = program.funcs[func].body_mut() else { return };
        match body.blocks[*at].stmts.get_mut(*i) {
            Some(stmt) => match &mut stmt.kind {
                StmtKind::Assign(_, Rvalue::Aggregate { reuse, .. }) => *reuse = Some(token),
                StmtKind::Assign(_, value) => *value = Rvalue::Use(Operand::Move(token.into())),
                _ => {}
            },
            None => give(program, facts, takers, func, *at, (token, cell)),
        }
    }
    let Some(body) = program.funcs[func].body_mut() else { return };
    let n_blocks = body.blocks.len();
    let free = Stmt { kind: StmtKind::FreeToken { token, ty: cell.ty }, span };
    let holding: Vec<Block> = route.holding.iter().map(Block::new).collect();
    for at in holding {
        free_on_edges(body, at, (&route.ahead, n_blocks), &free);
        free_on_unwinding(&takers.unwinds, body, at, &free, span);
    }
    null_on_entry(body, route, n_blocks, token, span);
    takers.tokens.insert(token, cell);
}

/// Sets the token to null on the edges from where it is not held to where it is.
fn null_on_entry(body: &mut Body, route: &Route, n_blocks: usize, token: Local, span: Span) {
    let null = Operand::Const(Const::Null(body.locals[token].ty));
    let null = Stmt { kind: StmtKind::Assign(token.into(), Rvalue::Use(null)), span };
    let is_held = |to: Block| to != route.start && route.ahead.contains(to.index());
    for at in (0..n_blocks).map(Block::new).filter(|at| !route.holding.contains(at.index())) {
        let mut next: Vec<Block> = body.blocks[at].term.successors().filter(|to| is_held(*to)).collect();
        next.arrange();
        next.dedup();
        for to in next {
            let edge = match body.blocks[at].term {
                Term::Goto(_) => at,
                _ => split_edge(body, at, to),
            };
            body.blocks[edge].stmts.push(null.clone());
        }
    }
}

/// Gives the token to the call at the end of a block.
fn give(
    program: &mut Program,
    facts: &TypeFacts,
    takers: &mut Takers,
    func: FuncId,
    at: Block,
    (token, cell): (Local, Cell),
) {
    let term = |program: &Program| program.funcs[func].body().map(|body| body.blocks[at].term.clone());
    let Some(Term::Call { callee: Callee::Func(callee), .. }) = term(program) else { return };
    let taker = takers.taker(program, facts, callee, cell);
    let Some(body) = program.funcs[func].body_mut() else { return };
    if let Term::Call { callee, args, .. } = &mut body.blocks[at].term {
        *callee = Callee::Func(taker);
        args.push(Arg::Value(Operand::Move(token.into())));
    }
}

/// Frees the token on the edges to where nothing is built in it any more.
fn free_on_edges(body: &mut Body, at: Block, (ahead, n_blocks): (&BitSet, usize), free: &Stmt) {
    let mut next: Vec<Block> = body.blocks[at].term.successors().collect();
    next.arrange();
    next.dedup();
    for to in next {
        if to.index() >= n_blocks || !ahead.contains(to.index()) {
            let middle = split_edge(body, at, to);
            body.blocks[middle].stmts.push(free.clone());
        }
    }
}

/// A call without a landing that may unwind gets one.
fn free_on_unwinding(unwinds: &Unwinds, body: &mut Body, at: Block, free: &Stmt, span: Span) {
    let needs = match &body.blocks[at].term {
        Term::Call { callee, unwind: None, .. } => unwinds.call(callee),
        _ => false,
    };
    if needs {
        let landing = new_landing(body, vec![free.clone()], span);
        if let Some(unwind) = body.blocks[at].term.unwind_mut() {
            *unwind = Some(landing);
        }
    }
}
