//! Whether the arms of a `match` cover all values, and whether each of them is ever reached.
//!
//! The algorithm is that of Luc Maranget, "Warnings for pattern matching", Journal of Functional Programming 17(3),
//! 2007, with constructors split into ranges and lengths as rustc does it. Rows of patterns are specialised by
//! each constructor of the first column; a row that is never the first to match is useless, and a combination of
//! constructors that no row matches is a witness of what is missing.
//!
//! The work is bounded: [`MAX_STEPS`] specialisations, then the match is called too complex.

mod flat;
mod matrix;
mod split;

use crate::body::{Lit, Pat, PatKind};
use crate::program::{AdtId, Program, VariantIdx};
use crate::resolve::adt_field_tys;
use crate::ty::{Ty, TyKind};
use crate::witness::{Witness, push_wilds, wild};
use matrix::{Arena, Head, Matrix, Memo, PatId, WILD};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::ops::Range;

const MAX_STEPS: u32 = 50_000;

/// A match that takes no more steps is small, and all that it misses is told. Beyond, results are kept, since the rows
/// that are left after different beginnings are often the same, and what is decided elsewhere is not looked at.
const STEPS_OF_SMALL_MATCHES: u32 = 100;

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
    if flat::is_fine(program, ty, arms) {
        return Usefulness { useful: vec![true; arms.len()], missing: Vec::new(), too_complex: false };
    }
    let mut cx = Cx {
        p: program,
        steps: 0,
        useful: vec![false; arms.len()],
        array,
        pats: Arena::new(),
        field_tys: FieldTys::default(),
        memo: Memo::default(),
        no_values: FxHashMap::default(),
        asked: Vec::new(),
        spare: Vec::new(),
    };
    let mut rows = Matrix::new(1);
    for (i, (pat, guarded)) in arms.iter().enumerate() {
        let pat = cx.lower(pat);
        rows.push(&[], &[pat], Head { arm: i as u32, guarded: *guarded, decided: false });
    }
    let missing = if arms.is_empty() && cx.has_no_values(ty) { Vec::new() } else { cx.compute(rows, &[ty]) };
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

struct Cx<'a> {
    p: &'a mut Program,
    steps: u32,
    useful: Vec<bool>,
    array: Option<AdtId>,
    pats: Arena,
    field_tys: FieldTys,
    memo: Memo,
    /// Whether a type has no values, of the types that were asked.
    no_values: FxHashMap<Ty, bool>,
    /// The declarations around the one that is asked about.
    asked: Vec<AdtId>,
    /// Rows that are done with, whose memory serves for others.
    spare: Vec<Matrix>,
}

type Columns = SmallVec<[Ty; 8]>;

/// The types of fields of the types that were met.
#[derive(Default)]
struct FieldTys {
    known: FxHashMap<(Ty, VariantIdx), Range<usize>>,
    list: Vec<Ty>,
    /// Those of the last array.
    elems: Vec<Ty>,
}

impl Cx<'_> {
    // ------------------------------------------------------------ patterns

    fn lower(&mut self, pat: &Pat) -> PatId {
        match &pat.kind {
            PatKind::Wild | PatKind::Error | PatKind::Binding { sub: None, .. } => WILD,
            PatKind::Binding { sub: Some(sub), .. } => self.lower(sub),
            PatKind::Lit(lit) => self.pats.add(lit_ctor(lit), &[]),
            PatKind::Range { lo, hi, inclusive } => {
                let ctor = self.range_ctor(pat.ty, lo, hi, *inclusive);
                self.pats.add(ctor, &[])
            }
            PatKind::Or(pats) => self.lower_all(Ctor::Or, pats.iter()),
            PatKind::Tuple(pats) => self.lower_all(Ctor::Single, pats.iter()),
            PatKind::Adt { variant, fields } => self.lower_adt(pat.ty, *variant, fields),
            PatKind::Array { prefix, rest, suffix } => {
                let ctor = match rest {
                    Some(_) => Ctor::Rest(prefix.len(), suffix.len()),
                    None => Ctor::Fixed(prefix.len() + suffix.len()),
                };
                self.lower_all(ctor, prefix.iter().chain(suffix))
            }
            PatKind::Const { .. } => self.pats.add(Ctor::Opaque, &[]),
        }
    }

    fn lower_all<'p>(&mut self, ctor: Ctor, pats: impl Iterator<Item = &'p Pat>) -> PatId {
        let fields: Vec<PatId> = pats.map(|p| self.lower(p)).collect();
        self.pats.add(ctor, &fields)
    }

    fn lower_adt(&mut self, ty: Ty, variant: VariantIdx, given: &[(u32, Pat)]) -> PatId {
        let TyKind::Adt(adt, _) = *self.p.types.kind(ty) else { return WILD };
        let decl = &self.p.adts[adt];
        let ctor = if decl.is_enum { Ctor::Variant(variant) } else { Ctor::Single };
        let n = decl.variants.get(variant).map_or(0, |v| v.fields.len());
        let mut fields = vec![WILD; n];
        for (index, pat) in given {
            let lowered = self.lower(pat);
            if let Some(slot) = fields.get_mut(*index as usize) {
                *slot = lowered;
            }
        }
        self.pats.add(ctor, &fields)
    }

    fn range_ctor(&self, ty: Ty, lo: &Option<Lit>, hi: &Option<Lit>, inclusive: bool) -> Ctor {
        let Some((min, max)) = bounds(self.p, ty) else { return Ctor::Opaque };
        let end = |lit: &Option<Lit>| match lit {
            Some(Lit::Int(n)) => Some(n.get()),
            Some(Lit::Char(c)) => Some(*c as i128),
            _ => None,
        };
        let low = end(lo).unwrap_or(min);
        let high = end(hi).map_or(max, |h| if inclusive { h } else { h - 1 });
        Ctor::Range(low, high)
    }

    // ------------------------------------------------------------ the algorithm

    /// Marks the rows that are reached and returns what none matches: rows of patterns, first column last.
    fn compute(&mut self, mut rows: Matrix, tys: &[Ty]) -> Vec<Vec<Witness>> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            self.useful.fill(true);
            return Vec::new();
        }
        if self.settle(&mut rows) || !rows.wanted && rows.heads.iter().all(|head| head.decided) {
            self.spare.push(rows);
            return Vec::new();
        }
        if self.steps <= STEPS_OF_SMALL_MATCHES {
            let witnesses = self.compute_column(&rows, tys);
            self.spare.push(rows);
            return witnesses;
        }
        // The same rows mark the same arms, which has been done.
        let hash = Memo::hash(&rows, tys);
        if let Some(known) = self.memo.get(hash, &rows, tys) {
            let known = known.clone();
            self.spare.push(rows);
            return known;
        }
        let witnesses = self.compute_column(&rows, tys);
        self.memo.insert(hash, rows, tys, witnesses.clone());
        witnesses
    }

    fn blank(&mut self, width: usize, wanted: bool) -> Matrix {
        let mut rows = self.spare.pop().unwrap_or_else(|| Matrix::new(0));
        rows.reset(width, wanted);
        rows
    }

    /// [`Cx::compute`] by the parts of the first column.
    fn compute_column(&mut self, rows: &Matrix, tys: &[Ty]) -> Vec<Vec<Witness>> {
        let (false, Some((ty, rest))) = (rows.heads.is_empty(), tys.split_last()) else {
            return vec![push_wilds(tys)];
        };
        if rows.column().all(|pat| pat == WILD) {
            let rows = self.specialise(rows, &Ctor::Wild, 0, false);
            let mut witnesses = self.compute(rows, rest);
            witnesses.iter_mut().for_each(|witness| witness.push(wild(*ty)));
            return witnesses;
        }
        if !rows.column().any(|pat| *self.pats.ctor(pat) == Ctor::Or) {
            return self.compute_parts(rows, *ty, rest);
        }
        let rows = self.expand_or(rows);
        let witnesses = self.compute_parts(&rows, *ty, rest);
        self.spare.push(rows);
        witnesses
    }

    /// [`Cx::compute`] of rows without alternatives in the first column.
    fn compute_parts(&mut self, rows: &Matrix, ty: Ty, rest: &[Ty]) -> Vec<Vec<Witness>> {
        let (present, missing) = self.split(ty, rows);
        let mut witnesses = Vec::new();
        // A value with a missing constructor meets fewer rows than one with another: rows that match both are reached
        // by it too if they are at all, and it is missed too if one is.
        let found_below = !missing.is_empty() && self.steps > STEPS_OF_SMALL_MATCHES;
        for ctor in present {
            self.compute_present(rows, ty, rest, ctor, found_below, &mut witnesses);
        }
        if !missing.is_empty() {
            self.compute_missing(rows, ty, rest, &missing, &mut witnesses);
        }
        witnesses
    }

    /// Marks and takes off the rows at the front that match everything, and takes off what stands behind a row that
    /// does so without a guard. Whether nothing is left to match.
    fn settle(&mut self, rows: &mut Matrix) -> bool {
        let mut front = 0;
        for index in 0..rows.heads.len() {
            if rows.row(index).iter().any(|pat| *pat != WILD) {
                continue;
            }
            let head = rows.heads[index];
            if index == front {
                self.useful[head.arm as usize] = true;
                front += 1;
            }
            if !head.guarded {
                rows.keep(front, index + 1);
                return rows.heads.is_empty();
            }
        }
        rows.keep(front, rows.heads.len());
        false
    }

    /// The values whose first part has a constructor that some row names.
    fn compute_present(
        &mut self,
        rows: &Matrix,
        ty: Ty,
        rest: &[Ty],
        ctor: Ctor,
        found_below: bool,
        witnesses: &mut Vec<Vec<Witness>>,
    ) {
        let mut columns = Columns::from_slice(rest);
        columns.extend(self.field_tys(ty, &ctor).iter().rev().copied());
        let mut specialised = self.specialise(rows, &ctor, columns.len() - rest.len(), found_below);
        specialised.wanted &= !found_below;
        for mut witness in self.compute(specialised, &columns) {
            if witnesses.len() >= MAX_WITNESSES {
                break;
            }
            let fields: Vec<Witness> = witness.drain(rest.len()..).rev().collect();
            witness.push(Witness { ctor: ctor.clone(), fields, ty });
            witnesses.push(witness);
        }
    }

    /// The values whose first part has a constructor that no row names.
    fn compute_missing(
        &mut self,
        rows: &Matrix,
        ty: Ty,
        rest: &[Ty],
        missing: &[Ctor],
        witnesses: &mut Vec<Vec<Witness>>,
    ) {
        let wild_rows = self.specialise(rows, &Ctor::Wild, 0, false);
        for witness in self.compute(wild_rows, rest) {
            for ctor in missing {
                if witnesses.len() >= MAX_WITNESSES {
                    return;
                }
                let mut whole = witness.clone();
                let fields = push_wilds(self.field_tys(ty, ctor));
                whole.push(Witness { ctor: ctor.clone(), fields, ty });
                witnesses.push(whole);
            }
        }
    }

    fn field_tys(&mut self, ty: Ty, ctor: &Ctor) -> &[Ty] {
        match ctor {
            Ctor::Single => self.adt_fields(ty, VariantIdx(0)),
            Ctor::Variant(variant) => self.adt_fields(ty, *variant),
            Ctor::Fixed(_) | Ctor::Rest(..) => {
                let elem = match self.p.types.kind(ty) {
                    TyKind::FixedArray(elem, _) => *elem,
                    TyKind::Adt(_, args) => args.first().copied().unwrap_or(Ty::ERROR),
                    _ => return &[],
                };
                self.field_tys.elems.clear();
                self.field_tys.elems.resize(ctor_len(ctor), elem);
                &self.field_tys.elems
            }
            _ => &[],
        }
    }

    /// The types of the fields of a variant, struct or tuple.
    fn adt_fields(&mut self, ty: Ty, variant: VariantIdx) -> &[Ty] {
        if let Some(known) = self.field_tys.known.get(&(ty, variant)) {
            return &self.field_tys.list[known.clone()];
        }
        let fields = match self.p.types.kind(ty).clone() {
            TyKind::Tuple(args) => args.to_vec(),
            TyKind::Adt(id, args) => adt_field_tys(self.p, id, variant, &args),
            _ => Vec::new(),
        };
        let start = self.field_tys.list.len();
        self.field_tys.list.extend(fields);
        self.field_tys.known.insert((ty, variant), start..self.field_tys.list.len());
        &self.field_tys.list[start..]
    }

    /// Replaces rows whose first pattern is `A | B` by a row for each alternative.
    fn expand_or(&mut self, rows: &Matrix) -> Matrix {
        let mut out = self.blank(rows.width, rows.wanted);
        for (head, row) in rows.rows() {
            if let Some((first, rest)) = row.split_last() {
                self.push_expanded(rest, *first, head, &mut out);
            }
        }
        out
    }

    fn push_expanded(&self, rest: &[PatId], first: PatId, head: Head, out: &mut Matrix) {
        if *self.pats.ctor(first) != Ctor::Or {
            return out.push(rest, &[first], head);
        }
        for alternative in self.pats.fields(first) {
            self.push_expanded(rest, *alternative, head, out);
        }
    }

    /// The rows for values whose first part has this constructor, with its fields as new columns. `found_below`: those
    /// that match every first part are decided elsewhere.
    fn specialise(&mut self, rows: &Matrix, ctor: &Ctor, n_fields: usize, found_below: bool) -> Matrix {
        let mut out = self.blank(rows.width - 1 + n_fields, rows.wanted);
        out.heads.reserve(rows.heads.len());
        out.cells.reserve(rows.heads.len() * out.width);
        for (mut head, row) in rows.rows() {
            let Some((first, rest)) = row.split_last() else { continue };
            head.decided |= found_below && *first == WILD;
            self.push_specialised(rest, *first, head, ctor, n_fields, &mut out);
        }
        out
    }

    /// Adds the row if it may match.
    fn push_specialised(
        &self,
        rest: &[PatId],
        first: PatId,
        head: Head,
        ctor: &Ctor,
        n_fields: usize,
        out: &mut Matrix,
    ) {
        let own = self.pats.ctor(first);
        let is_opaque = *own == Ctor::Opaque;
        if !(first == WILD || is_opaque || covers(own, ctor)) {
            return;
        }
        out.cells.extend_from_slice(rest);
        // Some values of this constructor may be the constant, so the row counts as one with a guard.
        out.heads.push(Head { guarded: head.guarded || is_opaque, ..head });
        let fields = self.pats.fields(first);
        match own {
            Ctor::Wild | Ctor::Opaque => out.cells.extend(std::iter::repeat_n(WILD, n_fields)),
            Ctor::Rest(prefix, suffix) => {
                let gap = std::iter::repeat_n(WILD, n_fields - prefix - suffix);
                let (front, back) = fields.split_at(*prefix);
                out.cells.extend(back.iter().rev().copied().chain(gap).chain(front.iter().rev().copied()));
            }
            _ => out.cells.extend(fields.iter().rev()),
        }
    }
}

/// The least and greatest value of a type whose values are numbers.
fn bounds(program: &Program, ty: Ty) -> Option<(i128, i128)> {
    match program.types.kind(ty) {
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

pub(crate) fn ctor_len(ctor: &Ctor) -> usize {
    match ctor {
        Ctor::Fixed(n) => *n,
        Ctor::Rest(p, s) => p + s,
        _ => 0,
    }
}

fn lit_ctor(lit: &Lit) -> Ctor {
    match lit {
        Lit::Int(n) => Ctor::Range(n.get(), n.get()),
        Lit::Char(c) => Ctor::Range(*c as i128, *c as i128),
        Lit::Bool(b) => Ctor::Bool(*b),
        Lit::Str(s) => Ctor::Str(s.clone()),
        Lit::Float(text) => Ctor::Float(text.parse::<f64>().unwrap_or(f64::NAN).to_bits()),
        Lit::Unit => Ctor::Single,
        Lit::Duration(nanos) => Ctor::Str(nanos.to_string().into()),
    }
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
