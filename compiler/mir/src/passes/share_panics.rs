//! Gives calls of one function that never returns, such as the panic of an index out of bounds, one block in common where
//! they have the same landing: what a body owns is dropped in front of such a call (`early_drop`), and the code of that
//! would stand in each place that can panic. Each place hands on its arguments and jumps.
//!
//! Beside the size it is loops that gain. A backend keeps what the cold code needs at hand, and takes code between a loop's
//! start and its end for a part of the loop; one block in common lies behind all of them.
//!
//! In and out: the built stage; `run` before ownership is settled. Behind `early_drop`, which puts drops as far up as it can, `sink`
//! moves those that all of the places have in common down to the call. Nobody sees when: a statement drops memory alone.

use crate::facts::TypeFacts;
use crate::ir::*;
use entity::IndexVec;
use rustc_hash::FxHashMap;

/// Calls of one function with one landing. Without a landing there is nothing to drop, and the call alone is as short.
#[derive(PartialEq, Eq, Hash)]
struct Group {
    callee: FuncId,
    landing: Block,
    is_cleanup: bool,
}

pub fn run(program: &mut Program, facts: &TypeFacts) {
    let params: IndexVec<FuncId, Vec<Ty>> =
        program.funcs.iter().map(|func| func.params.iter().map(|param| param.0).collect()).collect();
    for func in program.funcs.iter_mut() {
        if let Some(body) = func.body_mut() {
            share_in(facts, &params, body);
        }
    }
}

fn share_in(facts: &TypeFacts, params: &IndexVec<FuncId, Vec<Ty>>, body: &mut Body) {
    let mut places: FxHashMap<Group, usize> = FxHashMap::default();
    let mut groups: Vec<(FuncId, Vec<Block>)> = Vec::new();
    for (block, data) in body.blocks.iter_enumerated() {
        let Some(group) = group_of(facts, params, data) else { continue };
        let callee = group.callee;
        let at = *places.entry(group).or_insert(groups.len());
        if at == groups.len() {
            groups.push((callee, Vec::new()));
        }
        groups[at].1.push(block);
    }
    for (callee, blocks) in groups.iter().filter(|(_, blocks)| blocks.len() > 1) {
        share(facts, body, &params[*callee], blocks);
    }
}

/// Only calls that are handed copies of what needs no drop, or constants.
fn group_of(facts: &TypeFacts, params: &IndexVec<FuncId, Vec<Ty>>, data: &BlockData) -> Option<Group> {
    let Term::Call { callee: Callee::Func(callee), args, dest, target: None, unwind: Some(landing) } =
        &data.term
    else {
        return None;
    };
    let is_plain = args.iter().zip(&params[*callee]).all(|(arg, ty)| match arg {
        Arg::Value(Operand::Const(_)) => true,
        Arg::Value(Operand::Copy(_) | Operand::Move(_)) => !facts.needs_drop(*ty),
        Arg::Value(Operand::Borrow(_)) | Arg::Mut(_) => false,
    });
    (is_plain && dest.proj.is_empty()).then_some(Group {
        callee: *callee,
        landing: *landing,
        is_cleanup: data.is_cleanup,
    })
}

/// Moves the calls at the ends of the blocks to a block of their own.
fn share(facts: &TypeFacts, body: &mut Body, params: &[Ty], blocks: &[Block]) {
    let first = body.blocks[blocks[0]].clone();
    let Term::Call { callee, dest, unwind, .. } = first.term else { return };
    let mut args = Vec::with_capacity(params.len());
    let mut locals = Vec::with_capacity(params.len());
    for (n, ty) in params.iter().enumerate() {
        let value = value_of(&body.blocks[blocks[0]], n);
        let is_same = matches!(value, Operand::Const(_))
            && blocks.iter().all(|block| value_of(&body.blocks[*block], n) == value);
        let local = (!is_same).then(|| body.new_local(*ty, first.term_span));
        args.push(Arg::Value(match local {
            Some(local) if facts.needs_drop(*ty) => Operand::Move(local.into()),
            Some(local) => Operand::Copy(local.into()),
            None => value,
        }));
        locals.push(local);
    }
    let term = Term::Call { callee, args, dest, target: None, unwind };
    let data = BlockData { stmts: Vec::new(), term, ..first };
    let shared = body.blocks.push(data);
    for block in blocks {
        let data = &mut body.blocks[*block];
        for (n, local) in locals.iter().enumerate() {
            let Some(local) = *local else { continue };
            let kind = StmtKind::Assign(local.into(), Rvalue::Use(value_of(data, n)));
            data.stmts.push(Stmt { kind, span: data.term_span });
        }
        data.term = Term::Goto(shared);
    }
}

/// The value of an argument of the call at the end of a block.
fn value_of(data: &BlockData, n: usize) -> Operand {
    match &data.term {
        Term::Call { args, .. } => match &args[n] {
            Arg::Value(value) => value.clone(),
            Arg::Mut(_) => unreachable!("`group_of` takes values only"),
        },
        _ => unreachable!("a call ends the block"),
    }
}

/// Moves drops that stand in all blocks in front of a call that never returns to the block of the call.
pub fn sink(body: &mut Body) {
    let preds = body.predecessors();
    for (block, before) in preds.iter_enumerated() {
        let ends = matches!(body.blocks[block].term, Term::Call { target: None, .. });
        if !ends
            || before.len() < 2
            || !before.iter().all(|pred| body.blocks[*pred].term == Term::Goto(block))
        {
            continue;
        }
        let mut common = sinkable(&body.blocks[before[0]]);
        for pred in &before[1..] {
            let here = sinkable(&body.blocks[*pred]);
            common.retain(|place| here.contains(place));
        }
        for pred in before {
            let stmts = &mut body.blocks[*pred].stmts;
            for place in &common {
                // An earlier one is of a value before.
                let is_drop = |stmt: &Stmt| matches!(&stmt.kind, StmtKind::Drop(dropped) if dropped == place);
                if let Some(last) = stmts.iter().rposition(is_drop) {
                    stmts.remove(last);
                }
            }
        }
        let span = body.blocks[block].term_span;
        let drops = common.into_iter().map(|place| Stmt { kind: StmtKind::Drop(place), span });
        body.blocks[block].stmts.splice(0..0, drops);
    }
}

/// What is dropped in the block, and not mentioned again.
fn sinkable(data: &BlockData) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for stmt in &data.stmts {
        stmt.kind.for_each_access(|place, _| places.retain(|dropped| dropped.local != place.local));
        match &stmt.kind {
            StmtKind::Drop(place) if place.proj.iter().all(|proj| matches!(proj, Proj::Field(_))) => {
                places.push(place.clone());
            }
            _ => {}
        }
    }
    places
}
