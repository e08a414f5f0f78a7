//! Whether the arms of a `match` cover all values, and whether each of them is ever reached.
//!
//! The algorithm is that of Luc Maranget, "Warnings for pattern matching", Journal of Functional Programming 17(3),
//! 2007, with constructors split into ranges and lengths as rustc does it. Rows of patterns are specialised by
//! each constructor of the first column; a row that is never the first to match is useless, and a combination of
//! constructors that no row matches is a witness of what is missing.
//!
//! The work is bounded: [`MAX_STEPS`] specialisations, then the match is called too complex.

use crate::body::{Lit, Pat, PatKind};
use crate::program::{AdtId, Program, VariantIdx};
use crate::resolve::adt_field_tys;
use crate::ty::{Ty, TyKind};
use crate::witness::{Witness, push_wilds, wild};

const MAX_STEPS: u32 = 200_000;

/// At most so many missing combinations are collected.
const MAX_WITNESSES: usize = 4;

/// What a match comes to.
pub(crate) struct Usefulness {
    /// By arm: whether it is ever reached.
    pub useful: Vec<bool>,
    /// Values that no arm matches.
    pub missing: Vec<Witness>,
    pub too_complex: bool,
}

/// Checks arms, each a pattern and whether it has a guard, against a type.
pub(crate) fn check(
    program: &mut Program,
    ty: Ty,
    arms: &[(&Pat, bool)],
    array: Option<AdtId>,
) -> Usefulness {
    let mut cx = Cx { p: program, steps: 0, useful: vec![false; arms.len()], array };
    let mut rows = Vec::with_capacity(arms.len());
    for (i, (pat, guarded)) in arms.iter().enumerate() {
        let pat = cx.lower(pat);
        rows.push(Row { pats: vec![pat], arm: i, guarded: *guarded });
    }
    let missing = cx.compute(rows, &[ty]);
    let missing = missing.into_iter().filter_map(|mut w| w.pop()).collect();
    Usefulness { useful: cx.useful, missing, too_complex: cx.steps > MAX_STEPS }
}

/// The outermost part of a pattern.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Ctor {
    Wild,
    /// A struct or tuple.
    Single,
    Variant(VariantIdx),
    Bool(bool),
    /// Integers and characters, both ends included.
    Range(i128, i128),
    Str(Box<str>),
    Float(u64),
    /// Arrays of this length.
    Fixed(usize),
    /// Arrays of at least this many elements: a prefix and a suffix.
    Rest(usize, usize),
    /// Something only equal to itself, if that: constants, ranges of floats.
    Opaque,
    Or,
}

#[derive(Clone)]
struct DPat {
    ctor: Ctor,
    fields: Vec<DPat>,
}

impl DPat {
    fn wild() -> DPat {
        DPat { ctor: Ctor::Wild, fields: Vec::new() }
    }

    fn leaf(ctor: Ctor) -> DPat {
        DPat { ctor, fields: Vec::new() }
    }
}

struct Row {
    /// The first column is the last element, so that it can be taken off.
    pats: Vec<DPat>,
    arm: usize,
    guarded: bool,
}

struct Cx<'a> {
    p: &'a mut Program,
    steps: u32,
    useful: Vec<bool>,
    array: Option<AdtId>,
}

impl Cx<'_> {
    // ------------------------------------------------------------ patterns

    fn lower(&mut self, pat: &Pat) -> DPat {
        match &pat.kind {
            PatKind::Wild | PatKind::Error | PatKind::Binding { sub: None, .. } => DPat::wild(),
            PatKind::Binding { sub: Some(sub), .. } => self.lower(sub),
            PatKind::Lit(lit) => DPat::leaf(lit_ctor(lit)),
            PatKind::Range { lo, hi, inclusive } => DPat::leaf(self.range_ctor(pat.ty, lo, hi, *inclusive)),
            PatKind::Or(pats) => {
                DPat { ctor: Ctor::Or, fields: pats.iter().map(|p| self.lower(p)).collect() }
            }
            PatKind::Tuple(pats) => {
                DPat { ctor: Ctor::Single, fields: pats.iter().map(|p| self.lower(p)).collect() }
            }
            PatKind::Adt { variant, fields } => self.lower_adt(pat.ty, *variant, fields),
            PatKind::Array { prefix, rest, suffix } => {
                let ctor = match rest {
                    Some(_) => Ctor::Rest(prefix.len(), suffix.len()),
                    None => Ctor::Fixed(prefix.len() + suffix.len()),
                };
                DPat { ctor, fields: prefix.iter().chain(suffix).map(|p| self.lower(p)).collect() }
            }
            PatKind::Const { .. } => DPat::leaf(Ctor::Opaque),
        }
    }

    fn lower_adt(&mut self, ty: Ty, variant: VariantIdx, given: &[(u32, Pat)]) -> DPat {
        let TyKind::Adt(adt, _) = *self.p.types.kind(ty) else { return DPat::wild() };
        let decl = &self.p.adts[adt];
        let ctor = if decl.is_enum { Ctor::Variant(variant) } else { Ctor::Single };
        let n = decl.variants.get(variant).map_or(0, |v| v.fields.len());
        let mut fields = vec![DPat::wild(); n];
        for (index, pat) in given {
            let lowered = self.lower(pat);
            if let Some(slot) = fields.get_mut(*index as usize) {
                *slot = lowered;
            }
        }
        DPat { ctor, fields }
    }

    fn range_ctor(&self, ty: Ty, lo: &Option<Lit>, hi: &Option<Lit>, inclusive: bool) -> Ctor {
        let Some((min, max)) = self.bounds(ty) else { return Ctor::Opaque };
        let end = |lit: &Option<Lit>| match lit {
            Some(Lit::Int(n)) => Some(*n),
            Some(Lit::Char(c)) => Some(*c as i128),
            _ => None,
        };
        let low = end(lo).unwrap_or(min);
        let high = end(hi).map_or(max, |h| if inclusive { h } else { h - 1 });
        Ctor::Range(low, high)
    }

    /// The least and greatest value of a type whose values are numbers.
    fn bounds(&self, ty: Ty) -> Option<(i128, i128)> {
        match self.p.types.kind(ty) {
            TyKind::Int(int) => {
                let bits = int.bits(8);
                Some(match int.is_signed() {
                    true => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
                    false => (0, (1i128 << bits) - 1),
                })
            }
            TyKind::Char => Some((0, 0x10_FFFF)),
            _ => None,
        }
    }

    // ------------------------------------------------------------ the algorithm

    /// Marks the rows that are reached and returns what none matches: rows of patterns, first column last.
    fn compute(&mut self, rows: Vec<Row>, tys: &[Ty]) -> Vec<Vec<Witness>> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            self.useful.fill(true);
            return Vec::new();
        }
        let Some((ty, rest)) = tys.split_last() else { return self.no_columns(rows) };
        let rows = expand_or(rows);
        let (present, missing) = self.split(*ty, &rows);
        let mut witnesses: Vec<Vec<Witness>> = Vec::new();
        for ctor in present {
            let field_tys = self.field_tys(*ty, &ctor);
            let mut columns = rest.to_vec();
            columns.extend(field_tys.iter().rev());
            let specialised = rows.iter().filter_map(|r| specialise(r, &ctor, field_tys.len())).collect();
            for mut witness in self.compute(specialised, &columns) {
                if witnesses.len() >= MAX_WITNESSES {
                    break;
                }
                let at = witness.len() - field_tys.len();
                let fields: Vec<Witness> = witness.drain(at..).rev().collect();
                witness.push(Witness { ctor: ctor.clone(), fields, ty: *ty });
                witnesses.push(witness);
            }
        }
        if !missing.is_empty() {
            let wild_rows = rows.iter().filter_map(|r| specialise(r, &Ctor::Wild, 0)).collect();
            let below = self.compute(wild_rows, rest);
            for witness in below {
                for ctor in &missing {
                    if witnesses.len() >= MAX_WITNESSES {
                        break;
                    }
                    let mut whole = witness.clone();
                    let fields = push_wilds(self.field_tys(*ty, ctor));
                    whole.push(Witness { ctor: ctor.clone(), fields, ty: *ty });
                    witnesses.push(whole);
                }
            }
        }
        witnesses
    }

    /// Nothing is left to compare: the first row without guard matches.
    fn no_columns(&mut self, rows: Vec<Row>) -> Vec<Vec<Witness>> {
        for row in rows {
            self.useful[row.arm] = true;
            if !row.guarded {
                return Vec::new();
            }
        }
        vec![Vec::new()]
    }

    /// The constructors to look at one by one, and those that no row of the column names.
    fn split(&mut self, ty: Ty, rows: &[Row]) -> (Vec<Ctor>, Vec<Ctor>) {
        let heads: Vec<&Ctor> = rows.iter().filter_map(|r| r.pats.last()).map(|p| &p.ctor).collect();
        let named: Vec<&Ctor> =
            heads.into_iter().filter(|c| !matches!(c, Ctor::Wild | Ctor::Opaque)).collect();
        if named.is_empty() {
            return (Vec::new(), vec![Ctor::Wild]);
        }
        match self.p.types.kind(ty).clone() {
            TyKind::Bool => partition([Ctor::Bool(true), Ctor::Bool(false)].into(), &named),
            TyKind::Tuple(_) => (vec![Ctor::Single], Vec::new()),
            TyKind::Int(_) | TyKind::Char => self.split_ranges(ty, &named),
            TyKind::FixedArray(_, len) => match *self.p.types.kind(len) {
                TyKind::ConstInt(n) => (vec![Ctor::Fixed(n as usize)], Vec::new()),
                _ => self.split_lengths(&named),
            },
            TyKind::Adt(id, _) if Some(id) == self.array => self.split_lengths(&named),
            TyKind::Adt(id, args) if self.p.adts[id].is_enum => {
                let all: Vec<VariantIdx> = self.p.adts[id].variants.indices().collect();
                let mut ctors = Vec::new();
                for variant in all {
                    let tys = adt_field_tys(self.p, id, variant, &args);
                    let written = named.contains(&&Ctor::Variant(variant));
                    // A variant that would hold a `Never` has no values.
                    if written || !tys.contains(&Ty::NEVER) {
                        ctors.push(Ctor::Variant(variant));
                    }
                }
                partition(ctors, &named)
            }
            TyKind::Adt(id, _) if named.iter().all(|c| **c == Ctor::Single) && !self.p.adts[id].is_enum => {
                (vec![Ctor::Single], Vec::new())
            }
            _ => {
                // Strings, floats, constants: never all of them.
                let mut present: Vec<Ctor> = Vec::new();
                for ctor in named {
                    if !present.contains(ctor) {
                        present.push(ctor.clone());
                    }
                }
                (present, vec![Ctor::Wild])
            }
        }
    }

    /// Cuts the values of a type at the ends of all ranges, so that each part is inside or outside of each range.
    fn split_ranges(&mut self, ty: Ty, named: &[&Ctor]) -> (Vec<Ctor>, Vec<Ctor>) {
        let Some((min, max)) = self.bounds(ty) else { return (Vec::new(), vec![Ctor::Wild]) };
        let mut cuts = vec![min, max + 1];
        for ctor in named {
            if let Ctor::Range(lo, hi) = ctor {
                cuts.extend([(*lo).clamp(min, max + 1), (hi + 1).clamp(min, max + 1)]);
            }
        }
        if min == 0 && max == 0x10_FFFF {
            cuts.extend([0xD800, 0xE000]);
        }
        cuts.sort_unstable();
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

    fn field_tys(&mut self, ty: Ty, ctor: &Ctor) -> Vec<Ty> {
        let kind = self.p.types.kind(ty).clone();
        match (ctor, kind) {
            (Ctor::Single, TyKind::Tuple(args)) => args.to_vec(),
            (Ctor::Single, TyKind::Adt(id, args)) => adt_field_tys(self.p, id, VariantIdx(0), &args),
            (Ctor::Variant(variant), TyKind::Adt(id, args)) => adt_field_tys(self.p, id, *variant, &args),
            (Ctor::Fixed(_) | Ctor::Rest(..), TyKind::FixedArray(elem, _)) => vec![elem; ctor_len(ctor)],
            (Ctor::Fixed(_) | Ctor::Rest(..), TyKind::Adt(_, args)) => {
                vec![args.first().copied().unwrap_or(Ty::ERROR); ctor_len(ctor)]
            }
            _ => Vec::new(),
        }
    }
}

pub(crate) fn ctor_len(ctor: &Ctor) -> usize {
    match ctor {
        Ctor::Fixed(n) => *n,
        Ctor::Rest(p, s) => p + s,
        _ => 0,
    }
}

fn lit_ctor(lit: &Lit) -> Ctor {
    match lit {
        Lit::Int(n) => Ctor::Range(*n, *n),
        Lit::Char(c) => Ctor::Range(*c as i128, *c as i128),
        Lit::Bool(b) => Ctor::Bool(*b),
        Lit::Str(s) => Ctor::Str(s.clone()),
        Lit::Float(text) => Ctor::Float(text.parse::<f64>().unwrap_or(f64::NAN).to_bits()),
        Lit::Unit => Ctor::Single,
        Lit::Duration(nanos) => Ctor::Str(nanos.to_string().into()),
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

/// Replaces rows whose first pattern is `A | B` by a row for each alternative.
fn expand_or(rows: Vec<Row>) -> Vec<Row> {
    if !rows.iter().any(|r| r.pats.last().is_some_and(|p| p.ctor == Ctor::Or)) {
        return rows;
    }
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        push_expanded(row, &mut out);
    }
    out
}

fn push_expanded(mut row: Row, out: &mut Vec<Row>) {
    match row.pats.pop() {
        Some(DPat { ctor: Ctor::Or, fields }) => {
            for alternative in fields {
                let mut pats = row.pats.clone();
                pats.push(alternative);
                push_expanded(Row { pats, arm: row.arm, guarded: row.guarded }, out);
            }
        }
        Some(pat) => {
            row.pats.push(pat);
            out.push(row);
        }
        None => out.push(row),
    }
}

/// The row for values with this constructor, with its fields as new columns; `None` if it does not match them.
fn specialise(row: &Row, ctor: &Ctor, n_fields: usize) -> Option<Row> {
    let (first, rest) = row.pats.split_last()?;
    let mut pats = rest.to_vec();
    if first.ctor == Ctor::Wild {
        pats.extend(std::iter::repeat_n(DPat::wild(), n_fields));
        return Some(Row { pats, arm: row.arm, guarded: row.guarded });
    }
    if first.ctor == Ctor::Opaque {
        // Some values of this constructor may be the constant, so the row counts as one with a guard.
        pats.extend(std::iter::repeat_n(DPat::wild(), n_fields));
        return Some(Row { pats, arm: row.arm, guarded: true });
    }
    if !covers(&first.ctor, ctor) {
        return None;
    }
    match (&first.ctor, ctor) {
        (Ctor::Rest(prefix, suffix), Ctor::Fixed(_) | Ctor::Rest(..)) => {
            let gap = ctor_len(ctor) - prefix - suffix;
            let fields = first.fields.iter().cloned();
            let mut all: Vec<DPat> = fields.clone().take(*prefix).collect();
            all.extend(std::iter::repeat_n(DPat::wild(), gap));
            all.extend(fields.skip(*prefix));
            pats.extend(all.into_iter().rev());
        }
        _ => pats.extend(first.fields.iter().rev().cloned()),
    }
    Some(Row { pats, arm: row.arm, guarded: row.guarded })
}

/// Whether a pattern with this constructor matches all values of a part of the split column.
fn covers(pattern: &Ctor, part: &Ctor) -> bool {
    match (pattern, part) {
        (_, Ctor::Wild) => false,
        (Ctor::Range(a, b), Ctor::Range(lo, hi)) => a <= lo && hi <= b,
        (Ctor::Fixed(n), Ctor::Fixed(m)) => n == m,
        (Ctor::Rest(p, s), Ctor::Fixed(_) | Ctor::Rest(..)) => p + s <= ctor_len(part),
        (a, b) => a == b,
    }
}

/// A pattern that every value of the type matches?
pub(crate) fn is_irrefutable(program: &mut Program, pat: &Pat, array: Option<AdtId>) -> Option<Witness> {
    if let PatKind::Wild | PatKind::Binding { sub: None, .. } = pat.kind {
        return None;
    }
    let found = check(program, pat.ty, &[(pat, false)], array);
    match found.too_complex {
        true => Some(wild(pat.ty)),
        false => found.missing.into_iter().next(),
    }
}
