//! Whether a row of patterns covers every value, and whether each of them can be reached.
//!
//! The algorithm is that of Luc Maranget, "Warnings for pattern matching", Journal of Functional Programming 17(3), 2007:
//! a pattern is *useful* behind others if some value matches it and none of those; a match is exhaustive if `_` is not
//! useful behind its arms, and the value that shows it is the missing case. Integers, characters and array
//! lengths are split at the bounds that occur in a column. Strings and floats have no complete
//! set of constructors: only a wild card covers them.

use crate::body::{Lit, Pat, PatKind};
use crate::program::{AdtId, Program, VariantIdx, VariantShape};
use crate::ty::{IntTy, Ty, TyKind};
use entity::Idx;

/// Limit on the work for one match; more is reported as `pattern-too-complex`.
pub const MAX_STEPS: usize = 200_000;

/// What is wrong with a match.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// A value that no arm takes, in the language's own notation.
    pub missing: Option<String>,
    /// Arms that no value reaches, by position.
    pub unreachable: Vec<usize>,
}

/// The patterns of one match took more than [`MAX_STEPS`] to check.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooComplex;

/// Checks the arms of a match on a value of type `ty`; `true` marks an arm with a guard, which covers nothing.
pub fn check(program: &mut Program, ty: Ty, arms: &[(&Pat, bool)]) -> Result<Report, TooComplex> {
    let mut cx = Cx { program, steps: 0 };
    let mut report = Report::default();
    let mut rows: Vec<Vec<Simple>> = Vec::new();
    for (i, (pat, guarded)) in arms.iter().enumerate() {
        let row = vec![cx.simplify(pat)];
        if cx.useful(&rows, &[ty], &row)?.is_none() {
            report.unreachable.push(i);
        }
        if !guarded {
            rows.push(row);
        }
    }
    let witness = cx.useful(&rows, &[ty], &[Simple::Wild])?;
    report.missing = witness.map(|w| cx.show(&w[0], ty));
    Ok(report)
}

/// A pattern reduced to what matters here.
#[derive(Clone, Debug)]
enum Simple {
    Wild,
    Con(Con, Vec<Simple>),
    Or(Vec<Simple>),
}

#[derive(Clone, PartialEq, Debug)]
enum Con {
    /// A variant of an enum.
    Variant(VariantIdx),
    /// Structs and tuples.
    Single,
    /// Integers, characters and `Bool`, both ends included.
    Range(i128, i128),
    /// A string, a float, a constant: equal only to itself.
    Opaque(String),
    /// Arrays of exactly so many elements; as a pattern's constructor only.
    Exactly(usize),
    /// Arrays of at least `prefix + suffix` elements.
    AtLeast { prefix: usize, suffix: usize },
    /// All arrays longer than any that a column tells apart; counts as this long.
    Longer(usize),
}

struct Cx<'a> {
    program: &'a mut Program,
    steps: usize,
}

impl Cx<'_> {
    // ------------------------------------------------------------ patterns

    fn simplify(&mut self, pat: &Pat) -> Simple {
        match &pat.kind {
            PatKind::Wild | PatKind::Error | PatKind::Binding { sub: None, .. } => Simple::Wild,
            PatKind::Binding { sub: Some(sub), .. } => self.simplify(sub),
            PatKind::Lit(lit) => Simple::Con(lit_con(lit), Vec::new()),
            PatKind::Range { lo, hi, inclusive } => self.range(pat.ty, lo.as_ref(), hi.as_ref(), *inclusive),
            PatKind::Or(pats) => Simple::Or(pats.iter().map(|p| self.simplify(p)).collect()),
            PatKind::Tuple(pats) => Simple::Con(Con::Single, pats.iter().map(|p| self.simplify(p)).collect()),
            PatKind::Adt { variant, fields } => self.adt_pattern(pat.ty, *variant, fields),
            PatKind::Array { prefix, rest, suffix } => {
                let elems = prefix.iter().chain(suffix).map(|p| self.simplify(p)).collect();
                let con = match rest {
                    Some(_) => Con::AtLeast { prefix: prefix.len(), suffix: suffix.len() },
                    None => Con::Exactly(prefix.len()),
                };
                Simple::Con(con, elems)
            }
            PatKind::Const { .. } => Simple::Con(Con::Opaque(format!("constant at {:?}", pat.span)), Vec::new()),
        }
    }

    fn adt_pattern(&mut self, ty: Ty, variant: VariantIdx, fields: &[(u32, Pat)]) -> Simple {
        let Some((adt, is_enum)) = self.adt(ty) else { return Simple::Wild };
        let n = self.program.adts[adt].variants[variant].fields.len();
        let mut subs = vec![Simple::Wild; n];
        for (i, pat) in fields {
            if let Some(slot) = subs.get_mut(*i as usize) {
                *slot = self.simplify(pat);
            }
        }
        Simple::Con(if is_enum { Con::Variant(variant) } else { Con::Single }, subs)
    }

    fn range(&mut self, ty: Ty, lo: Option<&Lit>, hi: Option<&Lit>, inclusive: bool) -> Simple {
        let Some((min, max)) = self.bounds(ty) else {
            return Simple::Con(Con::Opaque(format!("range {lo:?} {hi:?}")), Vec::new());
        };
        let lo = lo.and_then(lit_number).unwrap_or(min);
        let hi = match hi.and_then(lit_number) {
            Some(hi) if inclusive => hi,
            Some(hi) => hi - 1,
            None => max,
        };
        Simple::Con(Con::Range(lo, hi), Vec::new())
    }

    // ------------------------------------------------------------ types

    fn adt(&self, ty: Ty) -> Option<(AdtId, bool)> {
        match self.program.types.kind(ty) {
            TyKind::Adt(id, _) => Some((*id, self.program.adts[*id].is_enum)),
            _ => None,
        }
    }

    /// Smallest and largest number of types whose values are numbers here.
    fn bounds(&self, ty: Ty) -> Option<(i128, i128)> {
        match self.program.types.kind(ty) {
            TyKind::Bool => Some((0, 1)),
            TyKind::Char => Some((0, 0x10FFFF)),
            TyKind::Int(int) => Some(int_bounds(*int)),
            _ => None,
        }
    }

    /// Types of the parts of a value made by `con`.
    fn part_tys(&mut self, con: &Con, ty: Ty) -> Vec<Ty> {
        match (con, self.program.types.kind(ty).clone()) {
            (Con::Single | Con::Variant(_), TyKind::Adt(adt, args)) => {
                let variant = if let Con::Variant(v) = con { *v } else { VariantIdx::new(0) };
                let fields: Vec<Ty> = self.program.adts[adt].variants[variant].fields.iter().map(|f| f.ty).collect();
                fields.into_iter().map(|t| self.program.types.subst(t, &args)).collect()
            }
            (Con::Single, TyKind::Tuple(tys)) => tys.to_vec(),
            (Con::Exactly(n) | Con::Longer(n), TyKind::Adt(_, args)) => vec![args.first().copied().unwrap_or(Ty::ERROR); *n],
            (Con::Exactly(n) | Con::Longer(n), TyKind::FixedArray(elem, _)) => vec![elem; *n],
            _ => Vec::new(),
        }
    }

    /// Constructors that together make all values of the type, fine enough to tell the column's patterns apart;
    /// `None` where no finite number does.
    fn all_cons(&mut self, ty: Ty, column: &[&Con]) -> Option<Vec<Con>> {
        if column.iter().any(|c| matches!(c, Con::Exactly(_) | Con::AtLeast { .. })) {
            return Some(self.array_cons(ty, column));
        }
        if let Some((min, max)) = self.bounds(ty) {
            return Some(split_ranges(min, max, column));
        }
        match self.program.types.kind(ty) {
            TyKind::Tuple(_) => Some(vec![Con::Single]),
            TyKind::Never => Some(Vec::new()),
            TyKind::Adt(adt, _) if self.program.adts[*adt].is_enum => {
                Some(self.program.adts[*adt].variants.indices().map(Con::Variant).collect())
            }
            TyKind::Adt(..) if column.contains(&&Con::Single) => Some(vec![Con::Single]),
            _ => None,
        }
    }

    fn array_cons(&self, ty: Ty, column: &[&Con]) -> Vec<Con> {
        if let TyKind::FixedArray(_, n) = self.program.types.kind(ty)
            && let TyKind::ConstInt(n) = self.program.types.kind(*n)
        {
            return vec![Con::Exactly(*n as usize)];
        }
        let longest = column.iter().map(|c| match c {
            Con::Exactly(n) => *n,
            Con::AtLeast { prefix, suffix } => prefix + suffix,
            _ => 0,
        });
        let beyond = longest.max().unwrap_or(0) + 1;
        (0..beyond).map(Con::Exactly).chain([Con::Longer(beyond)]).collect()
    }

    // ------------------------------------------------------------ usefulness

    /// Values, one a column, that match `q` and no row; the columns have the types `tys`.
    fn useful(&mut self, rows: &[Vec<Simple>], tys: &[Ty], q: &[Simple]) -> Result<Option<Vec<Witness>>, TooComplex> {
        self.steps += 1 + rows.len();
        if self.steps > MAX_STEPS {
            return Err(TooComplex);
        }
        let Some((&ty, rest_tys)) = tys.split_first() else {
            return Ok(rows.is_empty().then(Vec::new));
        };
        match &q[0] {
            Simple::Or(alternatives) => {
                for alternative in alternatives {
                    let mut row = q.to_vec();
                    row[0] = alternative.clone();
                    if let Some(witness) = self.useful(rows, tys, &row)? {
                        return Ok(Some(witness));
                    }
                }
                Ok(None)
            }
            Simple::Con(..) | Simple::Wild => {
                let rows: Vec<Vec<Simple>> = rows.iter().flat_map(|r| expand_or(r)).collect();
                self.useful_by_con(&rows, ty, rest_tys, q)
            }
        }
    }

    fn useful_by_con(
        &mut self,
        rows: &[Vec<Simple>],
        ty: Ty,
        rest_tys: &[Ty],
        q: &[Simple],
    ) -> Result<Option<Vec<Witness>>, TooComplex> {
        let column: Vec<&Con> = rows.iter().map(|r| &r[0]).chain([&q[0]]).filter_map(head).collect();
        let cons = self.all_cons(ty, &column);
        let wanted = head(&q[0]).cloned();
        let some_row_has_con = rows.iter().any(|r| head(&r[0]).is_some());
        let candidates = match (cons, &wanted) {
            // Nothing tells the values of this column apart: look at the rest only.
            (_, None) if !some_row_has_con => return self.useful_behind_wild(rows, rest_tys, q, None),
            (Some(cons), _) => cons,
            (None, Some(con)) => vec![con.clone()],
            (None, None) => return self.useful_behind_wild(rows, rest_tys, q, Some(Witness::Other)),
        };
        for con in candidates {
            let parts = self.part_tys(&con, ty);
            let Some(q_row) = specialise(q, &con, parts.len()) else { continue };
            let sub: Vec<Vec<Simple>> = rows.iter().filter_map(|r| specialise(r, &con, parts.len())).collect();
            let tys: Vec<Ty> = parts.iter().chain(rest_tys).copied().collect();
            if let Some(mut witness) = self.useful(&sub, &tys, &q_row)? {
                let rest = witness.split_off(parts.len());
                let first = Witness::Con(con, witness);
                return Ok(Some(std::iter::once(first).chain(rest).collect()));
            }
        }
        Ok(None)
    }

    /// The rows that do not look at the first column decide.
    fn useful_behind_wild(
        &mut self,
        rows: &[Vec<Simple>],
        rest_tys: &[Ty],
        q: &[Simple],
        first: Option<Witness>,
    ) -> Result<Option<Vec<Witness>>, TooComplex> {
        let rows: Vec<Vec<Simple>> =
            rows.iter().filter(|r| head(&r[0]).is_none()).map(|r| r[1..].to_vec()).collect();
        let rest = self.useful(&rows, rest_tys, &q[1..])?;
        Ok(rest.map(|rest| std::iter::once(first.unwrap_or(Witness::Any)).chain(rest).collect()))
    }

    // ------------------------------------------------------------ printing

    fn show(&mut self, witness: &Witness, ty: Ty) -> String {
        let Witness::Con(con, parts) = witness else { return "_".to_string() };
        let tys = self.part_tys(con, ty);
        let shown: Vec<String> = parts.iter().zip(&tys).map(|(w, t)| self.show(w, *t)).collect();
        match con {
            Con::Variant(v) => self.show_adt(ty, *v, &shown),
            Con::Single if self.adt(ty).is_some() => self.show_adt(ty, VariantIdx::new(0), &shown),
            Con::Single => format!("({})", shown.join(", ")),
            Con::Range(lo, hi) => self.show_range(ty, *lo, *hi),
            Con::Opaque(_) => "_".to_string(),
            Con::Exactly(_) | Con::AtLeast { .. } => format!("[{}]", shown.join(", ")),
            Con::Longer(_) => {
                let all_any = shown.iter().all(|s| s == "_");
                if all_any { "[_, ..]".to_string() } else { format!("[{}, ..]", shown.join(", ")) }
            }
        }
    }

    fn show_adt(&self, ty: Ty, v: VariantIdx, shown: &[String]) -> String {
        let Some((adt, is_enum)) = self.adt(ty) else { return "_".to_string() };
        let adt = &self.program.adts[adt];
        let variant = &adt.variants[v];
        let name = self.program.interner.name(if is_enum { variant.name } else { adt.name });
        match variant.shape {
            VariantShape::Unit => name.to_string(),
            VariantShape::Tuple => format!("{name}({})", shown.join(", ")),
            VariantShape::Named => {
                let named = variant.fields.iter().zip(shown).filter(|(_, s)| *s != "_");
                let mut fields: Vec<String> =
                    named.map(|(f, s)| format!("{}: {s}", self.program.interner.name(f.name))).collect();
                if fields.len() < shown.len() {
                    fields.push("..".to_string());
                }
                format!("{name} {{ {} }}", fields.join(", "))
            }
        }
    }

    fn show_range(&self, ty: Ty, lo: i128, hi: i128) -> String {
        let (min, max) = self.bounds(ty).unwrap_or((lo, hi));
        let one = |n: i128| match self.program.types.kind(ty) {
            TyKind::Bool => (n != 0).to_string(),
            TyKind::Char => char::from_u32(n as u32).map_or("_".to_string(), |c| format!("{c:?}")),
            _ => n.to_string(),
        };
        match (lo == min, hi == max) {
            (true, true) => "_".to_string(),
            _ if lo == hi => one(lo),
            (true, false) => format!("..={}", one(hi)),
            (false, true) => format!("{}..", one(lo)),
            (false, false) => format!("{}..={}", one(lo), one(hi)),
        }
    }
}

/// A value found to be uncovered.
#[derive(Clone, Debug)]
enum Witness {
    Any,
    /// Something else than the constants that occur.
    Other,
    Con(Con, Vec<Witness>),
}

fn head(pat: &Simple) -> Option<&Con> {
    match pat {
        Simple::Con(con, _) => Some(con),
        Simple::Wild | Simple::Or(_) => None,
    }
}

/// The row once for each alternative of its first pattern.
fn expand_or(row: &[Simple]) -> Vec<Vec<Simple>> {
    let Simple::Or(alternatives) = &row[0] else { return vec![row.to_vec()] };
    let mut out = Vec::new();
    for alternative in alternatives {
        let mut copy = row.to_vec();
        copy[0] = alternative.clone();
        out.extend(expand_or(&copy));
    }
    out
}

/// The row as it looks at the parts of values made by `con`, if it takes such values.
fn specialise(row: &[Simple], con: &Con, n_parts: usize) -> Option<Vec<Simple>> {
    let parts = match &row[0] {
        Simple::Wild => vec![Simple::Wild; n_parts],
        Simple::Con(own, subs) => parts_under(own, subs, con, n_parts)?,
        Simple::Or(_) => return None,
    };
    Some(parts.into_iter().chain(row[1..].iter().cloned()).collect())
}

fn parts_under(own: &Con, subs: &[Simple], con: &Con, n_parts: usize) -> Option<Vec<Simple>> {
    match (own, con) {
        (Con::Range(lo, hi), Con::Range(from, to)) => (lo <= from && to <= hi).then(Vec::new),
        (Con::Exactly(n), Con::Exactly(m)) => (n == m).then(|| subs.to_vec()),
        (Con::AtLeast { prefix, suffix }, Con::Exactly(n) | Con::Longer(n)) => {
            (prefix + suffix <= *n).then(|| {
                let middle = vec![Simple::Wild; n_parts - prefix - suffix];
                subs[..*prefix].iter().cloned().chain(middle).chain(subs[*prefix..].iter().cloned()).collect()
            })
        }
        (own, con) => (own == con).then(|| subs.to_vec()),
    }
}

/// The whole range in pieces that no pattern's range cuts.
fn split_ranges(min: i128, max: i128, column: &[&Con]) -> Vec<Con> {
    let mut starts = vec![min];
    for con in column {
        if let Con::Range(lo, hi) = con {
            starts.push(*lo);
            starts.push(*hi + 1);
        }
    }
    starts.retain(|s| *s >= min && *s <= max);
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).map(|s| s - 1).chain([max]);
    starts.iter().zip(ends).map(|(lo, hi)| Con::Range(*lo, hi)).collect()
}

fn lit_con(lit: &Lit) -> Con {
    match lit_number(lit) {
        Some(n) => Con::Range(n, n),
        None if *lit == Lit::Unit => Con::Single,
        None => Con::Opaque(format!("{lit:?}")),
    }
}

fn lit_number(lit: &Lit) -> Option<i128> {
    match lit {
        Lit::Int(n) => Some(*n),
        Lit::Bool(b) => Some(*b as i128),
        Lit::Char(c) => Some(*c as i128),
        _ => None,
    }
}

/// The values of an integer type; `USize` counts as 64 bits wide.
fn int_bounds(int: IntTy) -> (i128, i128) {
    let bits = int.bits(8);
    if int.is_signed() { (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1) } else { (0, (1i128 << bits) - 1) }
}
