//! Matches that need no matrix: every arm looks at the outermost part of the value only.

use super::{Ctor, bounds, lit_ctor};
use crate::body::{Lit, Pat, PatKind};
use crate::program::{AdtId, Program, VariantIdx};
use crate::resolve::adt_field_tys;
use crate::ty::{Ty, TyKind};
use smallvec::SmallVec;

/// What a pattern asks of the outermost part of a value.
enum Test<'p> {
    /// Nothing.
    All,
    /// One of a few: a variant or a truth value.
    Case(u32),
    /// A number or character.
    Number(i128),
    Text(&'p str),
    /// Something the matrices are for.
    Deep,
}

/// The cases of a type that are told apart by a bit each.
struct Cases {
    of: Option<AdtId>,
    all: u64,
}

/// Whether it is plain that the arms cover the type and that each of them is reached. If not, nothing is known.
pub(super) fn is_fine(program: &mut Program, ty: Ty, arms: &[(&Pat, bool)]) -> bool {
    let cases = cases(program, ty);
    let mut taken = 0u64;
    // No type of numbers has as few values as are looked at here.
    let (mut numbers, mut texts) = (Taken::<i128>::new(), Taken::<&str>::new());
    for (i, (pat, guarded)) in arms.iter().enumerate() {
        match test(program, ty, &cases, pat) {
            Test::Deep => return false,
            Test::All if !guarded => {
                return i + 1 == arms.len() && leaves_some(program, ty, &cases, taken);
            }
            // Whether it is reached depends on what stands before it.
            Test::All => return false,
            Test::Case(case) => {
                if taken & (1 << case) != 0 {
                    return false;
                }
                if !guarded {
                    taken |= 1 << case;
                }
            }
            Test::Number(n) if !take(&mut numbers, n, *guarded) => return false,
            Test::Text(text) if !take(&mut texts, text, *guarded) => return false,
            Test::Number(_) | Test::Text(_) => {}
        }
    }
    cases.is_some_and(|cases| taken == cases.all && taken != 0)
}

type Taken<T> = SmallVec<[T; 16]>;

/// Whether a value may be among those taken, and was not yet.
fn take<T: PartialEq>(taken: &mut Taken<T>, value: T, guarded: bool) -> bool {
    if taken.len() == taken.inline_size() || taken.contains(&value) {
        return false;
    }
    if !guarded {
        taken.push(value);
    }
    true
}

fn cases(program: &Program, ty: Ty) -> Option<Cases> {
    let (of, count) = match program.types.kind(ty) {
        TyKind::Bool => (None, 2),
        TyKind::Adt(id, _) if program.adts[*id].is_enum => (Some(*id), program.adts[*id].variants.len()),
        _ => return None,
    };
    // One bit is left over, so that the shift is defined.
    (count < 64).then(|| Cases { of, all: (1 << count) - 1 })
}

fn test<'p>(program: &Program, ty: Ty, cases: &Option<Cases>, pat: &'p Pat) -> Test<'p> {
    match &pat.kind {
        PatKind::Binding { sub: Some(sub), .. } => test(program, ty, cases, sub),
        PatKind::Lit(Lit::Bool(value)) if ty == Ty::BOOL => Test::Case(u32::from(*value)),
        PatKind::Lit(lit @ (Lit::Int(_) | Lit::Char(_))) => number(program, ty, lit),
        PatKind::Lit(Lit::Str(text)) if matches!(program.types.kind(ty), TyKind::Adt(..)) => Test::Text(text),
        PatKind::Adt { variant, fields } if cases.as_ref().is_some_and(|c| c.of.is_some()) => {
            let is_flat = pat.ty == ty && fields.iter().all(|(_, field)| takes_all(program, field));
            if is_flat { Test::Case(variant.0) } else { Test::Deep }
        }
        _ if takes_all(program, pat) => Test::All,
        _ => Test::Deep,
    }
}

/// A number within its type's range.
fn number(program: &Program, ty: Ty, lit: &Lit) -> Test<'static> {
    match (bounds(program, ty), lit_ctor(lit)) {
        (Some((min, max)), Ctor::Range(n, _)) if min <= n && n <= max => Test::Number(n),
        _ => Test::Deep,
    }
}

fn takes_all(program: &Program, pat: &Pat) -> bool {
    match &pat.kind {
        PatKind::Wild | PatKind::Binding { sub: None, .. } => true,
        PatKind::Binding { sub: Some(sub), .. } => takes_all(program, sub),
        PatKind::Tuple(pats) => {
            matches!(program.types.kind(pat.ty), TyKind::Tuple(_))
                && pats.iter().all(|p| takes_all(program, p))
        }
        PatKind::Adt { fields, .. } => {
            let is_struct =
                matches!(program.types.kind(pat.ty), TyKind::Adt(id, _) if !program.adts[*id].is_enum);
            is_struct && fields.iter().all(|(_, p)| takes_all(program, p))
        }
        _ => false,
    }
}

/// Whether the arms before one that takes everything leave it values: of those not `taken`, one exists.
fn leaves_some(program: &mut Program, ty: Ty, cases: &Option<Cases>, taken: u64) -> bool {
    let Some(cases) = cases else { return true };
    let Some(adt) = cases.of.filter(|_| taken != 0) else { return taken != cases.all };
    let mut variants = program.adts[adt].variants.indices();
    variants.any(|variant| taken & (1 << variant.0) == 0 && has_values(program, ty, adt, variant))
}

/// Whether no field of a variant is `Never`.
fn has_values(program: &mut Program, ty: Ty, adt: AdtId, variant: VariantIdx) -> bool {
    if program.adts[adt].variants[variant].fields.is_empty() {
        return true;
    }
    let TyKind::Adt(_, args) = program.types.kind(ty).clone() else { return false };
    !adt_field_tys(program, adt, variant, &args).contains(&Ty::NEVER)
}
