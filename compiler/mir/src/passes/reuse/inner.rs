//! A cell in a field of one whose memory is used again, of which only parts are copied out: it becomes a local of its own, which is
//! taken apart in turn.

use super::route::{Cell, Graph, route};
use super::takers::Takers;
use super::{Found, is_cell, taken};
use crate::facts::TypeFacts;
use crate::ir::*;
use entity::Arrange;

/// A field, seen as a variant, whose fields are copied before a `drop_reuse`.
struct Inner {
    block: Block,
    /// The `drop_reuse`, and the first copy.
    stmt: usize,
    first: usize,
    local: Local,
    /// The variant and field of the outer cell.
    way: (u32, u32),
    cell: Cell,
}

/// Puts the field into a local that is dropped behind the outer cell, and says how its memory can be used.
pub(super) fn find(
    program: &mut Program,
    facts: &TypeFacts,
    takers: &mut Takers,
    func: FuncId,
) -> Option<Found> {
    let inner = candidate(program, facts, takers, func)?;
    let local = split(program, func, &inner)?;
    let (block, stmt, cell) = (inner.block, inner.stmt + 2, inner.cell);
    let body = program.funcs[func].body()?;
    let route = route(program, facts, takers, (body, &Graph::new(body)), (block, stmt + 1), cell)?;
    let taken = taken(facts, &program.types, body, (block, stmt), local, cell.variant);
    Some(Found { block, stmt, local, cell, taken, route })
}

fn candidate(program: &Program, facts: &TypeFacts, takers: &mut Takers, func: FuncId) -> Option<Inner> {
    let body = program.funcs[func].body()?;
    let mut graph = None;
    for (block, data) in body.blocks.iter_enumerated().filter(|(_, data)| !data.is_cleanup) {
        for (i, stmt) in data.stmts.iter().enumerate() {
            let StmtKind::DropReuse { place, variant, taken, .. } = &stmt.kind else { continue };
            for inner in fields(program, facts, body, (block, i), (place.local, *variant)) {
                let graph = graph.get_or_insert_with(|| Graph::new(body));
                if !taken.contains(&inner.way.1)
                    && route(program, facts, takers, (body, graph), (block, i + 1), inner.cell).is_some()
                {
                    return Some(inner);
                }
            }
        }
    }
    None
}

/// The fields of a cell that are cells themselves, parts of which are copied in the block before the statement, and with which
/// nothing else is done there.
fn fields(
    program: &Program,
    facts: &TypeFacts,
    body: &Body,
    (block, stmt): (Block, usize),
    (local, variant): (Local, u32),
) -> Vec<Inner> {
    let mut list: Vec<Inner> = Vec::new();
    let mut other: Vec<u32> = Vec::new();
    for (first, before) in body.blocks[block].stmts[..stmt].iter().enumerate() {
        let copied = match &before.kind {
            StmtKind::Assign(dest, Rvalue::Use(Operand::Copy(place))) if dest.local != local => Some(place),
            _ => None,
        };
        before.kind.for_each_access(|place, _| {
            let [Proj::Variant(v), Proj::Field(field), rest @ ..] = &place.proj[..] else { return };
            if place.local != local || *v != variant {
                return;
            }
            let ty = program.types.field(body.locals[local].ty, variant, *field);
            match rest {
                [Proj::Variant(inner), Proj::Field(_), ..]
                    if copied == Some(place) && is_cell(&program.types, facts, ty) =>
                {
                    if !list.iter().any(|known| known.way.1 == *field) {
                        let (way, cell) = ((variant, *field), Cell { ty, variant: *inner });
                        list.push(Inner { block, stmt, first, local, way, cell });
                    }
                }
                _ => other.push(*field),
            }
        });
    }
    list.retain(|inner| !other.contains(&inner.way.1));
    list
}

/// Moves the field into a local before the first copy, reads the parts from there, and drops the local behind the outer cell.
fn split(program: &mut Program, func: FuncId, inner: &Inner) -> Option<Local> {
    let body = program.funcs[func].body_mut()?;
    let span = body.blocks[inner.block].stmts[inner.stmt].span;
    let local = body.new_local(inner.cell.ty, span);
    let way = [Proj::Variant(inner.way.0), Proj::Field(inner.way.1)];
    let stmts = &mut body.blocks[inner.block].stmts;
    for stmt in &mut stmts[inner.first..inner.stmt] {
        stmt.kind.for_each_place_mut(&mut |place| {
            if place.local == inner.local && place.proj.starts_with(&way) {
                *place = Place { local, proj: place.proj[way.len()..].to_vec() };
            }
        });
    }
    if let StmtKind::DropReuse { taken, .. } = &mut stmts[inner.stmt].kind {
        taken.push(inner.way.1);
        taken.arrange();
    }
    let field = Operand::Move(Place { local: inner.local, proj: way.to_vec() });
    stmts.insert(inner.stmt + 1, Stmt { kind: StmtKind::Drop(local.into()), span });
    stmts.insert(inner.first, Stmt { kind: StmtKind::Assign(local.into(), Rvalue::Use(field)), span });
    Some(local)
}
