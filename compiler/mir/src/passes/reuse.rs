//! Builds new cells in the memory of cells that have just been taken apart (Reinking, Xie, de Moura, Leijen, "Perceus", 2021; Ullrich
//! and de Moura, "Counting Immutable Beans", 2019).
//!
//! A `drop` of a local that is a cell, known to be of one variant, becomes a `drop_reuse` where each way on leads to building such a
//! cell or leaves the function: the fields that were copied out just before are taken from the cell, and if nobody else has it, its
//! memory is kept in a token. The first cell of the same variant on each way is built in it; on the ways on which none is built,
//! unwinding ones among them, the token is freed (`route`). A cell inside of it that is taken apart with it follows (`inner`).
//!
//! A call of a function that builds such a cell on all ways to its `return` counts as building: the function is copied, the copy
//! takes the token as one more parameter (`takers`). Callees come first, so that such a function has found what it can for itself.
//!
//! In and out: the owned stage. [`keeps`] tells `borrow_params` which parameters are worth owning for this.

mod inner;
mod route;
mod takers;

use crate::analysis::call_graph::components;
use crate::analysis::variants::{Follow, Variants};
use crate::facts::TypeFacts;
use crate::ir::*;
use crate::passes::nounwind::Unwinds;
use crate::visit::Access;
use entity::Arrange;
use route::{Cell, Graph, Route, install, route};
use takers::Takers;

/// Functions with more places are left at that.
const ROUNDS_MAX: usize = 64;

pub fn run(program: &mut Program, facts: &TypeFacts) {
    let unwinds = Unwinds::new(program);
    let word = program.types.intern(TyKind::Int(IntTy::USize));
    let mut takers = Takers::new(unwinds, word);
    for component in components(program) {
        for func in &component {
            takers.tokens.clear();
            // What no other way leads to is used by all that come; what is left is shared with ways that have nothing to use.
            for alone in [true, false] {
                for _ in 0..ROUNDS_MAX {
                    let Some(found) = find(program, facts, &mut takers, *func, alone) else { break };
                    apply(program, facts, &mut takers, *func, found);
                }
            }
            for _ in 0..ROUNDS_MAX {
                let Some(found) = inner::find(program, facts, &mut takers, *func) else { break };
                apply(program, facts, &mut takers, *func, found);
            }
        }
        component.into_iter().for_each(|func| takers.finished(func));
    }
}

/// Whether owning the parameter lets its memory be used again: it is taken apart, and cells of its type are built, here or by a
/// function that returns one.
pub fn keeps(program: &Program, facts: &TypeFacts, body: &Body, local: Local) -> bool {
    let ty = body.locals[local].ty;
    if !is_cell(&program.types, facts, ty) || !takes_apart(body, local) {
        return false;
    }
    builds(body, ty)
        || crate::analysis::call_graph::direct_callees(body).any(|callee| {
            let callee = &program.funcs[callee];
            callee.ret == ty && callee.body().is_some_and(|body| builds(body, ty))
        })
}

fn stmts(body: &Body) -> impl Iterator<Item = &Stmt> {
    body.blocks.iter().filter(|data| !data.is_cleanup).flat_map(|data| &data.stmts)
}

fn takes_apart(body: &Body, local: Local) -> bool {
    stmts(body).any(|stmt| match &stmt.kind {
        StmtKind::Assign(_, Rvalue::Use(Operand::Copy(place))) => {
            place.local == local && matches!(place.proj[..], [Proj::Variant(_), Proj::Field(_)])
        }
        _ => false,
    })
}

fn builds(body: &Body, ty: Ty) -> bool {
    stmts(body).any(|stmt| match &stmt.kind {
        StmtKind::Assign(_, Rvalue::Aggregate { ty: built, fields, .. }) => {
            *built == ty && !fields.is_empty()
        }
        _ => false,
    })
}

/// A drop, and what is built behind it.
struct Found {
    block: Block,
    stmt: usize,
    local: Local,
    cell: Cell,
    /// Copies of fields before the drop that become moves: statement and field.
    taken: Vec<(usize, u32)>,
    route: Route,
}

fn find(
    program: &Program,
    facts: &TypeFacts,
    takers: &mut Takers,
    func: FuncId,
    alone: bool,
) -> Option<Found> {
    let types = &program.types;
    let body = program.funcs[func].body()?;
    let drops = |stmt: &Stmt| {
        matches!(&stmt.kind, StmtKind::Drop(place)
            if place.proj.is_empty() && is_cell(types, facts, body.locals[place.local].ty))
    };
    if !stmts(body).any(drops) {
        return None;
    }
    let variants = Variants::new(types, body, Follow::Asked);
    let graph = Graph::new(body);
    for (block, data) in body.blocks.iter_enumerated().filter(|(_, data)| !data.is_cleanup) {
        let mut state = variants.at_entry(block);
        for (i, stmt) in data.stmts.iter().enumerate() {
            if let StmtKind::Drop(place) = &stmt.kind
                && drops(stmt)
                && let Some(variant) = variants.known(&state, place)
            {
                let cell = Cell { ty: body.locals[place.local].ty, variant };
                if let Some(route) = route(program, facts, takers, (body, &graph), (block, i + 1), cell)
                    && (route.is_alone || !alone)
                {
                    let taken = taken(facts, types, body, (block, i), place.local, variant);
                    return Some(Found { block, stmt: i, local: place.local, cell, taken, route });
                }
            }
            variants.step(&mut state, &stmt.kind);
        }
    }
    None
}

fn is_cell(types: &Types, facts: &TypeFacts, ty: Ty) -> bool {
    types.defs[ty].is_boxed && !facts.is_iso(ty) && types.defs[ty].user_drop.is_none()
}

/// The last copies of counted fields before the drop, in its block, behind which nothing looks at the field again.
fn taken(
    facts: &TypeFacts,
    types: &Types,
    body: &Body,
    (block, stmt): (Block, usize),
    local: Local,
    variant: u32,
) -> Vec<(usize, u32)> {
    let mut taken: Vec<(usize, u32)> = Vec::new();
    let mut blocked: Vec<u32> = Vec::new();
    for i in (0..stmt).rev() {
        let kind = &body.blocks[block].stmts[i].kind;
        if let StmtKind::Assign(dest, Rvalue::Use(Operand::Copy(place))) = kind
            && dest.local != local
            && place.local == local
            && let [Proj::Variant(v), Proj::Field(field)] = place.proj[..]
            && v == variant
        {
            let counted = facts.needs_drop(types.field(body.locals[local].ty, variant, field));
            if counted && dest.proj.is_empty() && !blocked.contains(&field) {
                taken.push((i, field));
            }
            blocked.push(field);
            continue;
        }
        let mut other = false;
        kind.for_each_access(|place, access| match place.proj[..] {
            _ if place.local != local => {}
            // What looks into a field keeps it from being taken before.
            [Proj::Variant(v), Proj::Field(field), ..]
                if v == variant && matches!(access, Access::Copy | Access::Discriminant) =>
            {
                blocked.push(field);
            }
            _ => other = true,
        });
        if other {
            break;
        }
    }
    taken
}

fn apply(program: &mut Program, facts: &TypeFacts, takers: &mut Takers, func: FuncId, found: Found) {
    let Found { block, stmt, local, cell, taken, route } = found;
    let Some(body) = program.funcs[func].body_mut() else { return };
    let span = body.blocks[block].stmts[stmt].span;
    let token = body.new_local(takers.word, span);
    for (i, _) in &taken {
        if let StmtKind::Assign(_, Rvalue::Use(operand)) = &mut body.blocks[block].stmts[*i].kind
            && let Operand::Copy(place) = operand
        {
            *operand = Operand::Move(place.clone());
        }
    }
    let mut fields: Vec<u32> = taken.iter().map(|(_, field)| *field).collect();
    fields.arrange();
    body.blocks[block].stmts[stmt].kind =
        StmtKind::DropReuse { place: local.into(), variant: cell.variant, taken: fields, token };
    install(program, facts, takers, func, (token, cell, span), &route);
}
