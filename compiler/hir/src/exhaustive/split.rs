//! The constructors of a column: those to look at one by one, and those that no row names.

use super::matrix::{Arena, Matrix};
use super::{Ctor, Cx, bounds};
use crate::program::{AdtId, VariantIdx};
use crate::ty::{Ty, TyKind};
use entity::Arrange;
use smallvec::SmallVec;

/// A declaration within itself, with other arguments, is looked into so many times: these may grow without end. Beyond, it
/// is taken to have values, which asks for an arm.
const WITHIN_ITSELF_MAX: usize = 4;

impl Cx<'_> {
    /// The constructors to look at one by one, and those that no row of the column names.
    pub(super) fn split(&mut self, ty: Ty, rows: &Matrix) -> (Vec<Ctor>, Vec<Ctor>) {
        let pats = std::mem::replace(&mut self.pats, Arena { pats: Vec::new(), fields: Vec::new() });
        let heads = rows.column().map(|pat| pats.ctor(pat));
        let named: Vec<&Ctor> = heads.filter(|c| !matches!(c, Ctor::Wild | Ctor::Opaque)).collect();
        let parts = self.split_named(ty, &named);
        self.pats = pats;
        parts
    }

    fn split_named(&mut self, ty: Ty, named: &[&Ctor]) -> (Vec<Ctor>, Vec<Ctor>) {
        if named.is_empty() {
            return (Vec::new(), vec![Ctor::Wild]);
        }
        match *self.p.types.kind(ty) {
            TyKind::Bool => partition([Ctor::Bool(true), Ctor::Bool(false)].into(), named),
            TyKind::Tuple(_) => (vec![Ctor::Single], Vec::new()),
            TyKind::Int(_) | TyKind::Char => self.split_ranges(ty, named),
            TyKind::FixedArray(_, len) => match *self.p.types.kind(len) {
                TyKind::ConstInt(n) => (vec![Ctor::Fixed(n as usize)], Vec::new()),
                _ => self.split_lengths(named),
            },
            TyKind::Adt(id, _) if Some(id) == self.array => self.split_lengths(named),
            TyKind::Adt(id, _) if self.p.adts[id].is_enum => self.split_variants(ty, id, named),
            TyKind::Adt(id, _) if named.iter().all(|c| **c == Ctor::Single) && !self.p.adts[id].is_enum => {
                (vec![Ctor::Single], Vec::new())
            }
            _ => {
                // Strings, floats, constants: never all of them.
                let mut present: Vec<Ctor> = Vec::new();
                for &ctor in named {
                    if !present.contains(ctor) {
                        present.push(ctor.clone());
                    }
                }
                (present, vec![Ctor::Wild])
            }
        }
    }

    fn split_variants(&mut self, ty: Ty, adt: AdtId, named: &[&Ctor]) -> (Vec<Ctor>, Vec<Ctor>) {
        let all = self.p.adts[adt].variants.indices();
        let mut written: SmallVec<[bool; 32]> = SmallVec::from_elem(false, all.len());
        for ctor in named {
            if let Ctor::Variant(variant) = ctor
                && let Some(slot) = written.get_mut(variant.0 as usize)
            {
                *slot = true;
            }
        }
        let (mut present, mut missing) = (Vec::with_capacity(all.len()), Vec::new());
        for (variant, is_written) in all.zip(written) {
            if is_written {
                present.push(Ctor::Variant(variant));
            } else if !self.is_never_built(ty, variant) {
                missing.push(Ctor::Variant(variant));
            }
        }
        (present, missing)
    }

    /// Whether a type has no values: `Never`, an enum without variants, and what would hold one of those.
    pub(super) fn has_no_values(&mut self, ty: Ty) -> bool {
        if let Some(known) = self.no_values.get(&ty) {
            return *known;
        }
        // What holds itself is taken to have values while it is looked at: a variant that ends it decides.
        self.no_values.insert(ty, false);
        let found = match *self.p.types.kind(ty) {
            TyKind::Never => true,
            TyKind::Tuple(_) => self.is_never_built(ty, VariantIdx(0)),
            TyKind::Adt(id, _) => self.adt_has_no_values(ty, id),
            TyKind::FixedArray(elem, len) => {
                *self.p.types.kind(len) != TyKind::ConstInt(0)
                    && matches!(self.p.types.kind(len), TyKind::ConstInt(_))
                    && self.has_no_values(elem)
            }
            _ => false,
        };
        self.no_values.insert(ty, found);
        found
    }

    fn adt_has_no_values(&mut self, ty: Ty, id: AdtId) -> bool {
        if self.asked.iter().filter(|asked| **asked == id).count() >= WITHIN_ITSELF_MAX {
            return false;
        }
        self.asked.push(id);
        let found = self.p.adts[id].variants.indices().all(|v| self.is_never_built(ty, v));
        self.asked.pop();
        found
    }

    /// Whether a variant holds something of which there is no value.
    fn is_never_built(&mut self, ty: Ty, variant: VariantIdx) -> bool {
        let fields: SmallVec<[Ty; 4]> = self.adt_fields(ty, variant).into();
        fields.into_iter().any(|field| self.has_no_values(field))
    }

    /// Cuts the values of a type at the ends of all ranges, so that each part is inside or outside of each range.
    fn split_ranges(&mut self, ty: Ty, named: &[&Ctor]) -> (Vec<Ctor>, Vec<Ctor>) {
        let Some((min, max)) = bounds(self.p, ty) else { return (Vec::new(), vec![Ctor::Wild]) };
        let mut cuts = vec![min, max + 1];
        for ctor in named {
            if let Ctor::Range(lo, hi) = ctor {
                cuts.extend([(*lo).clamp(min, max + 1), (hi + 1).clamp(min, max + 1)]);
            }
        }
        if min == 0 && max == 0x10_FFFF {
            cuts.extend([0xD800, 0xE000]);
        }
        cuts.arrange();
        cuts.dedup();
        let (mut present, mut missing) = (Vec::new(), Vec::new());
        for pair in cuts.windows(2) {
            let (lo, hi) = (pair[0], pair[1] - 1);
            if self.p.types.kind(ty) == &TyKind::Char && lo == 0xD800 {
                continue; // Surrogates are no characters.
            }
            let covered = named.iter().any(|c| matches!(c, Ctor::Range(a, b) if *a <= lo && hi <= *b));
            if covered { &mut present } else { &mut missing }.push(Ctor::Range(lo, hi));
        }
        (present, merge_ranges(missing))
    }

    /// Lengths up to the longest pattern one by one, and all beyond as one.
    fn split_lengths(&mut self, named: &[&Ctor]) -> (Vec<Ctor>, Vec<Ctor>) {
        let (mut fixed, mut prefix, mut suffix) = (0, 0, 0);
        let mut least_rest: Option<usize> = None;
        for ctor in named {
            match ctor {
                Ctor::Fixed(n) => fixed = fixed.max(n + 1),
                Ctor::Rest(p, s) => {
                    prefix = prefix.max(*p);
                    suffix = suffix.max(*s);
                    least_rest = Some(least_rest.map_or(p + s, |l| l.min(p + s)));
                }
                _ => {}
            }
        }
        let end = fixed.max(prefix + suffix);
        let covered = |n: usize| {
            named.iter().any(|c| match c {
                Ctor::Fixed(m) => *m == n,
                Ctor::Rest(p, s) => p + s <= n,
                _ => false,
            })
        };
        let (mut present, mut missing) = (Vec::new(), Vec::new());
        for n in 0..end {
            if covered(n) { &mut present } else { &mut missing }.push(Ctor::Fixed(n));
        }
        let beyond = Ctor::Rest(end - suffix.min(end), suffix.min(end));
        if least_rest.is_some() { &mut present } else { &mut missing }.push(beyond);
        (present, missing)
    }
}

/// Those of all constructors that are named, and the others.
fn partition(all: Vec<Ctor>, named: &[&Ctor]) -> (Vec<Ctor>, Vec<Ctor>) {
    all.into_iter().partition(|c| named.contains(&c))
}

fn merge_ranges(parts: Vec<Ctor>) -> Vec<Ctor> {
    let mut out: Vec<Ctor> = Vec::new();
    for part in parts {
        if let (Some(Ctor::Range(_, last)), Ctor::Range(lo, hi)) = (out.last_mut(), &part)
            && *last + 1 == *lo
        {
            *last = *hi;
            continue;
        }
        out.push(part);
    }
    out
}
