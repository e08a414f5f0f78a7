//! What evaluating an expression may write, so that operands that were only named, not read yet, can be told from those
//! that must be read at once. Values have no aliases, so only assignments and `mut` arguments write variables;
//! memory behind raw pointers is written by any call. What can only be moved may be gone with its parts.

use hir::body::*;
pub(super) use hir::body::{for_each_child, is_place};

/// What an expression may write.
#[derive(Default, Debug)]
pub(super) struct Effects {
    pub written: Vec<LocalId>,
    /// Memory behind pointers.
    pub memory: bool,
}

/// What reading an expression later depends on.
#[derive(Default, Debug)]
struct Reads {
    locals: Vec<LocalId>,
    memory: bool,
}

/// Whether evaluating any of `later` may change what `e` reads. `shared`: a variable that lies in memory which others know.
pub(super) fn is_disturbed<'e>(
    e: &Expr,
    later: impl Iterator<Item = &'e Expr>,
    shared: Option<LocalId>,
) -> bool {
    let mut effects = Effects::default();
    later.filter(|l| !is_trivial(l)).for_each(|l| effects.add(l));
    if effects.written.is_empty() && !effects.memory {
        return false;
    }
    let mut reads = Reads::default();
    reads.add(e);
    reads.memory |= shared.is_some_and(|shared| reads.locals.contains(&shared));
    (reads.memory && effects.memory) || reads.locals.iter().any(|l| effects.written.contains(l))
}

/// Whether evaluating any of `later` may move a variable: what only names it is moved at the same moment as it is read.
pub(super) fn may_move<'e>(id: LocalId, mut later: impl Iterator<Item = &'e Expr>) -> bool {
    later.any(|e| !is_trivial(e) && mentions(e, id))
}

/// Whether an expression names a variable; a closure may hold any.
pub(super) fn mentions(e: &Expr, id: LocalId) -> bool {
    match &e.kind {
        ExprKind::Local(local) => *local == id,
        ExprKind::Closure(_) => true,
        _ => {
            let mut found = false;
            for_each_child(e, &mut |child| found = found || mentions(child, id));
            found
        }
    }
}

/// The variable that a place is part of.
pub(super) fn place_root(e: &Expr) -> Option<LocalId> {
    match &e.kind {
        ExprKind::Local(id) => Some(*id),
        ExprKind::Field { base, .. }
        | ExprKind::IndexPlace { base, .. }
        | ExprKind::FixedIndex { base, .. } => place_root(base),
        _ => None,
    }
}

/// Whether a place lies in one that a call changes through a `mut` argument, as far as can be told: the elements of an array
/// are one place, and so is all memory behind pointers. `shared`: as in [`is_disturbed`].
pub(super) fn is_changed_by_call(e: &Expr, args: &[Arg], shared: Option<LocalId>) -> bool {
    let place = is_place(e).then(|| variable_part(e));
    let overlaps = |other: &Expr| match (&place, variable_part(other)) {
        (None, _) => false,
        (Some(Some((a, p))), Some((b, q))) => *a == b && p.iter().zip(&q).all(|(x, y)| x == y),
        (Some(Some((local, _))), None) => shared == Some(*local),
        (Some(None), Some((local, _))) => shared == Some(local),
        (Some(None), None) => true,
    };
    args.iter().any(|a| a.mode == ArgMode::Mut && overlaps(&a.expr))
}

/// The smallest part of a variable that a place lies in, by the indices of its fields: elements lie in what they are elements of.
fn variable_part(e: &Expr) -> Option<(LocalId, Vec<u32>)> {
    match &e.kind {
        ExprKind::Local(id) => Some((*id, Vec::new())),
        ExprKind::Field { base, index } => {
            let (local, mut path) = variable_part(base)?;
            if is_field_path(base) {
                path.push(*index);
            }
            Some((local, path))
        }
        ExprKind::IndexPlace { base, .. } | ExprKind::FixedIndex { base, .. } => variable_part(base),
        _ => None,
    }
}

fn is_field_path(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Field { base, .. } => is_field_path(base),
        kind => matches!(kind, ExprKind::Local(_)),
    }
}

fn is_trivial(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Lit(_) | ExprKind::Local(_) | ExprKind::FnItem => true,
        ExprKind::Const(..) | ExprKind::ConstParam(_) => true,
        ExprKind::Field { base, .. } => is_trivial(base),
        _ => false,
    }
}

impl Reads {
    fn add(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Local(id) => self.locals.push(*id),
            ExprKind::Deref(_) => self.memory = true,
            _ => {}
        }
        for_each_child(e, &mut |child| self.add(child));
    }
}

impl Effects {
    pub fn add(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Assign { place, .. } | ExprKind::AssignOp { place, .. } => self.write(place),
            ExprKind::Call { args, .. } => {
                self.memory = true;
                args.iter().filter(|a| a.mode == ArgMode::Mut).for_each(|a| self.write(&a.expr));
            }
            ExprKind::IndexValue { .. } | ExprKind::For { .. } | ExprKind::Interp(_) => self.memory = true,
            _ => {}
        }
        for_each_child(e, &mut |child| self.add(child));
    }

    fn write(&mut self, place: &Expr) {
        match place_root(place) {
            Some(id) => self.written.push(id),
            None => self.memory = true,
        }
    }
}
