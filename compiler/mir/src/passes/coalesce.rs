//! Joins a local with the one it is moved out of: `x = move y`, where each is written once, needs no second name. A copy before the
//! drop of what is copied is a move.
//!
//! In and out: the built stage. `y` is gone when `x` is there. Drops of either that never find it are removed, as they
//! may find the other; one that finds its own on some ways only is never followed by a use of the other, which would
//! have to be there on all of them. What must be ruled out is that `y` is written again while an older `x` is still there.

use crate::analysis::bitset::BitSet;
use crate::analysis::defs::{LocalInfo, local_infos};
use crate::analysis::flow::Forward;
use crate::analysis::init::{Init, Status};
use crate::analysis::move_paths::{Detail, MovePaths, Path};
use crate::facts::TypeFacts;
use crate::ir::*;
use entity::IndexVec;

pub fn run(types: &Types, facts: &TypeFacts, body: &mut Body) {
    move_before_drop(facts, body);
    // Each round halves the chains.
    for _ in 0..8 {
        if !join_pairs(types, facts, body) {
            return;
        }
        super::simplify::remove_nops(body);
    }
}

/// `x = copy y; drop y` becomes `x = move y`. Later passes would find the last use, but those before them that ask how many owners
/// a value has need to know. What is returned is left: it could not be dropped early in `_0`.
fn move_before_drop(facts: &TypeFacts, body: &mut Body) {
    let infos = local_infos(body);
    let is_free = |local: Local| {
        let owned = body.param_mode(local).is_none_or(|mode| mode == ParamMode::Owned);
        let decl = &body.locals[local];
        owned && local != RETURN && !decl.is_borrow && !infos[local].addr_taken && facts.needs_drop(decl.ty)
    };
    let free: IndexVec<Local, bool> = body.locals.indices().map(is_free).collect();
    for data in body.blocks.iter_mut() {
        for i in 1..data.stmts.len() {
            let [before, after] = &mut data.stmts[i - 1..=i] else { continue };
            if let StmtKind::Assign(dest, Rvalue::Use(op)) = &mut before.kind
                && let Operand::Copy(from) = op
                && ![RETURN, from.local].contains(&dest.local)
                && from.proj.is_empty()
                && free[from.local]
                && matches!(&after.kind, StmtKind::Drop(place) if place == from)
            {
                *op = Operand::Move(from.clone());
                after.kind = StmtKind::Nop;
            }
        }
    }
}

/// Whether anything was joined.
fn join_pairs(types: &Types, facts: &TypeFacts, body: &mut Body) -> bool {
    let infos = local_infos(body);
    let pairs = pairs(facts, body, &infos);
    if pairs.is_empty() {
        return false;
    }
    let (pairs, idle) = apart(types, facts, body, pairs);
    for (block, i) in idle {
        body.blocks[block].stmts[i].kind = StmtKind::Nop;
    }
    let mut joined = false;
    let mut into: IndexVec<Local, Local> = body.locals.indices().collect();
    for (x, y) in pairs {
        let (x, y) = (find(&into, x), find(&into, y));
        // Results keep their place, and so do parameters.
        let (keep, gone) = if x == RETURN { (x, y) } else { (y, x) };
        if keep != gone && !(infos[gone].is_param || gone == RETURN) {
            into[gone] = keep;
            joined = true;
            if body.locals[keep].name.is_none() {
                let LocalDecl { name, span, .. } = body.locals[gone].clone();
                (body.locals[keep].name, body.locals[keep].span) = (name, span);
            }
        }
    }
    rename(body, &into);
    joined
}

fn find(into: &IndexVec<Local, Local>, mut local: Local) -> Local {
    while into[local] != local {
        local = into[local];
    }
    local
}

/// Moves of one whole local into another, each written once and of a type that is counted.
fn pairs(facts: &TypeFacts, body: &Body, infos: &IndexVec<Local, LocalInfo>) -> Pairs {
    let mut pairs = Vec::new();
    for data in &body.blocks {
        for stmt in &data.stmts {
            let StmtKind::Assign(dest, Rvalue::Use(Operand::Move(from))) = &stmt.kind else { continue };
            let (x, y) = (dest.local, from.local);
            let whole = dest.proj.is_empty() && from.proj.is_empty() && x != y;
            let once = |l: Local| infos[l].defs == 1 && !infos[l].addr_taken && !body.locals[l].is_borrow;
            let owned = |l: Local| body.param_mode(l).is_none_or(|mode| mode == ParamMode::Owned);
            let (dx, dy) = (&body.locals[x], &body.locals[y]);
            let alike = dx.ty == dy.ty && facts.needs_drop(dx.ty) && dx.loan_of == dy.loan_of;
            if whole && alike && once(x) && once(y) && owned(x) && owned(y) {
                pairs.push((x, y));
            }
        }
    }
    pairs
}

type Pairs = Vec<(Local, Local)>;

/// The pairs of which the first is gone wherever the second is written, and the drops of either that do nothing.
fn apart(types: &Types, facts: &TypeFacts, body: &Body, mut pairs: Pairs) -> (Pairs, Vec<(Block, usize)>) {
    let paths = MovePaths::new(types, facts, body, Detail::Moves);
    let init = Init { types, body, paths: &paths };
    let entry = init.compute();
    let mut written: IndexVec<Local, Vec<Local>> = IndexVec::from_elem(Vec::new(), body.locals.len());
    let mut moved: IndexVec<Local, Vec<Local>> = written.clone();
    for (x, y) in &pairs {
        written[*y].push(*x);
        moved[*x].push(*y);
    }
    let is_there = |state: &BitSet, path: Option<Path>| {
        let there = |p| matches!(init.status(state, p), Status::Init | Status::Maybe);
        path.is_none_or(|path| paths.any_below(path, &mut |p| there(p)))
    };
    let (mut clashes, mut idle): (Pairs, _) = (Vec::new(), Vec::new());
    for (block, data) in body.blocks.iter_enumerated() {
        let mut state = entry[block].clone();
        let mut check = |state: &BitSet, dest: &Place| {
            let there = written[dest.local].iter().filter(|x| is_there(state, paths.of_local[**x]));
            clashes.extend(there.map(|x| (*x, dest.local)));
        };
        for (i, stmt) in data.stmts.iter().enumerate() {
            match &stmt.kind {
                StmtKind::Assign(dest, _) => check(&state, dest),
                StmtKind::Drop(place)
                    if !place.is_indirect()
                        && (!written[place.local].is_empty() || !moved[place.local].is_empty()) =>
                {
                    let path = paths.covering(types, place);
                    if path.is_some() && !is_there(&state, path) {
                        idle.push((block, i));
                    }
                }
                _ => {}
            }
            init.stmt(&mut state, &stmt.kind);
        }
        if let Term::Call { dest, .. } = &data.term {
            check(&state, dest);
        }
        // A drop by terminator that may do nothing would have to be removed, too.
        if let Term::Drop { place, .. } = &data.term {
            clashes.extend(written[place.local].iter().map(|x| (*x, place.local)));
            let path = paths.covering(types, place);
            if path.is_some() && !is_there(&state, path) {
                clashes.extend(moved[place.local].iter().map(|y| (place.local, *y)));
            }
        }
    }
    pairs.retain(|pair| !clashes.contains(pair));
    // One `y` moved in several places, or a chain, is joined step by step in later rounds.
    let mut seen: IndexVec<Local, bool> = IndexVec::from_elem(false, body.locals.len());
    pairs.retain(|(x, y)| !std::mem::replace(&mut seen[*x], true) & !std::mem::replace(&mut seen[*y], true));
    (pairs, idle)
}

fn rename(body: &mut Body, into: &IndexVec<Local, Local>) {
    let mut map = |local: &mut Local| *local = find(into, *local);
    for data in body.blocks.iter_mut() {
        for stmt in &mut data.stmts {
            stmt.kind.for_each_local_mut(&mut map);
            let same = match &stmt.kind {
                StmtKind::Assign(dest, Rvalue::Use(Operand::Move(from))) => dest == from,
                _ => false,
            };
            if same {
                stmt.kind = StmtKind::Nop;
            }
        }
        data.term.for_each_local_mut(&mut map);
    }
    for decl in body.locals.iter_mut() {
        if let Some(owner) = &mut decl.loan_of {
            map(owner);
        }
    }
}
