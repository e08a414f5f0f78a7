//! How each local of a body is written.

use crate::ir::*;
use crate::visit::Access;
use entity::IndexVec;

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct LocalInfo {
    /// Assignments and calls that write the whole of it; being a parameter counts as one.
    pub defs: u32,
    /// A part of it is written.
    pub partial: bool,
    /// Lent to a `mut` parameter, or is one itself.
    pub lent_mut: bool,
    /// A pointer to it or into its value in place is made.
    pub addr_taken: bool,
    /// Moved out, whole or in part.
    pub moved: bool,
    pub is_param: bool,
}

impl LocalInfo {
    /// Written once and never changed in part.
    pub fn is_single(&self) -> bool {
        self.defs == 1 && !self.partial && !self.lent_mut && !self.addr_taken
    }

    /// Changes only by statements that name it as their destination.
    pub fn is_plain(&self) -> bool {
        !self.partial && !self.lent_mut && !self.addr_taken
    }
}

pub fn local_infos(body: &Body) -> IndexVec<Local, LocalInfo> {
    let mut infos = IndexVec::from_elem(LocalInfo::default(), body.locals.len());
    for param in &body.params {
        let info: &mut LocalInfo = &mut infos[param.local];
        info.defs = 1;
        info.is_param = true;
        info.lent_mut = param.mode == ParamMode::Mut;
    }
    let mut note = |place: &Place, access: Access| {
        if place.is_indirect() {
            return;
        }
        let info = &mut infos[place.local];
        match access {
            Access::Write | Access::CallWrite if place.proj.is_empty() => info.defs += 1,
            Access::Write | Access::CallWrite => info.partial = true,
            Access::Mut => info.lent_mut = true,
            Access::AddrOf => info.addr_taken = true,
            Access::Move => info.moved = true,
            _ => {}
        }
    };
    for data in &body.blocks {
        data.stmts.iter().for_each(|stmt| stmt.kind.for_each_access(&mut note));
        data.term.for_each_access(&mut note);
    }
    infos
}

/// The statement that writes each local that is written by one statement only.
pub fn single_defs(
    body: &Body,
    infos: &IndexVec<Local, LocalInfo>,
) -> IndexVec<Local, Option<(Block, usize)>> {
    let mut at = IndexVec::from_elem(None, body.locals.len());
    for (block, data) in body.blocks.iter_enumerated() {
        for (i, stmt) in data.stmts.iter().enumerate() {
            if let StmtKind::Assign(place, _) = &stmt.kind
                && place.proj.is_empty()
                && infos[place.local].is_single()
            {
                at[place.local] = Some((block, i));
            }
        }
    }
    at
}

/// Numbers, truth values, characters, pointers.
pub fn is_scalar(types: &Types, ty: Ty) -> bool {
    matches!(
        types.kind(ty),
        TyKind::Int(_) | TyKind::F32 | TyKind::F64 | TyKind::Bool | TyKind::Char | TyKind::Ptr(_)
    )
}
