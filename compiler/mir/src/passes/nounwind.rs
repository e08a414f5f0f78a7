//! Which functions cannot unwind, and what follows: edges for unwinding that are never taken go.

use crate::ir::*;

/// Whether dropping a value of the type may run a user's `drop` that may panic.
pub fn drop_may_unwind(program: &Program, ty: Ty) -> bool {
    let mut seen = Vec::new();
    may_unwind(program, ty, &mut seen)
}

fn may_unwind(program: &Program, ty: Ty, seen: &mut Vec<Ty>) -> bool {
    if seen.contains(&ty) {
        return false;
    }
    seen.push(ty);
    let def = &program.types.defs[ty];
    let hook = def.user_drop.is_some_and(|func| program.funcs[func].may_unwind);
    let inner = match &def.kind {
        TyKind::FixedArray(elem, _) | TyKind::Buffer(elem) => may_unwind(program, *elem, seen),
        _ => def.variants.iter().flat_map(|v| &v.fields).any(|f| may_unwind(program, f.ty, seen)),
    };
    hook || inner
}
