//! Decision trees for patterns, after Maranget, "Compiling pattern matching to good decision trees" (2008).
//!
//! A row is an arm with the tests that are still to be done; each test is a pattern on an occurrence (a part of the
//! value). A node looks at the occurrence that most rows test, among those of the first row, and goes on with
//! the rows that fit in each branch. Rows are copied into branches, arms are not: leaves assign the bindings and meet at
//! the arm. Branches with equal rows are shared, which keeps `1 | 2 | 3` small.
//!
//! A tree may be exponentially larger than its patterns. One that grows beyond [`LARGE`] goes on arm by arm: the first row
//! is tested on its own, and the others where it fails, so that the rest is about as large as what was written.
//!
//! The tree is built with a list of open branches, not by recursion, as a `match` may have thousands of arms.

use super::func::Builder;
use super::pattern::Meeting;
use super::scope::Exit;
use crate::ir::*;
use hir::body::{Expr, Lit, LocalId, Pat, PatKind};
use hir::ty::{Ty as HTy, TyKind as H};
use rustc_hash::FxHashMap;
use syntax::Diagnostic;

pub(super) type OccId = usize;

/// From so many nodes on, besides some for each arm, a tree goes on arm by arm.
const LARGE: usize = 128;
const LARGE_PER_ARM: usize = 4;
/// With more nodes than this, and some for each arm, a `match` is refused. Only alternatives that bind variables get there:
/// each of them needs a leaf of its own.
const TOO_LARGE: usize = 40_000;

/// A part of the matched value.
#[derive(Clone)]
pub(super) struct Occ {
    /// `None` for a tuple that is never built: its elements are `kids`.
    pub place: Option<Place>,
    pub ty: HTy,
    pub kids: Vec<OccId>,
    /// Length and elements of an `Array`, where they have been looked up.
    pub array: Option<ArrayView>,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) struct ArrayView {
    pub len: Local,
    pub data: Local,
}

/// What a variable is bound to.
#[derive(Clone, PartialEq)]
pub(super) enum Bind {
    Place(Place),
    /// The elements from `from` on without the last `behind`.
    Rest {
        array: RestOf,
        from: u32,
        behind: u32,
    },
}

#[derive(Clone, PartialEq)]
pub(super) enum RestOf {
    Array(Place, ArrayView),
    Fixed(Place, u64),
}

#[derive(Clone)]
pub(super) struct Row<'p> {
    pub tests: Vec<(OccId, &'p Pat)>,
    binds: Vec<(LocalId, Bind)>,
    arm: usize,
}

impl<'p> Row<'p> {
    pub fn new(root: OccId, pat: &'p Pat, arm: usize) -> Row<'p> {
        Row { tests: vec![(root, pat)], binds: Vec::new(), arm }
    }

    pub fn test_on(&self, occ: OccId) -> Option<&'p Pat> {
        self.tests.iter().find(|(o, _)| *o == occ).map(|(_, p)| *p)
    }

    /// A test with alternatives that bind nothing.
    fn plain_alternatives(&self) -> Option<usize> {
        self.tests.iter().position(|(_, pat)| matches!(pat.kind, PatKind::Or(_)) && !binds(pat))
    }

    pub fn same(&self, other: &Row<'p>) -> bool {
        let key = |t: &(OccId, &'p Pat)| (t.0, std::ptr::from_ref(t.1));
        self.arm == other.arm
            && self.tests.iter().map(key).eq(other.tests.iter().map(key))
            && self.binds == other.binds
    }
}

pub(super) struct ArmState<'p> {
    guard: Option<&'p Expr>,
    /// The guard writes variables, so that what it sees must be bound before.
    guard_writes: bool,
    pub entry: Meeting,
    /// The variables that the arm owns.
    pub bound: Vec<Local>,
}

#[derive(Default)]
pub(super) struct Decision<'p> {
    pub occs: Vec<Occ>,
    fields: Kids,
    n_nodes: usize,
    is_refused: bool,
    pub arms: Vec<ArmState<'p>>,
}

impl<'p> Decision<'p> {
    pub fn occ(&mut self, occ: Occ) -> OccId {
        self.occs.push(occ);
        self.occs.len() - 1
    }

    fn is_large(&self) -> bool {
        self.n_nodes > LARGE + LARGE_PER_ARM * self.arms.len()
    }

    fn is_too_large(&self) -> bool {
        self.n_nodes > TOO_LARGE + LARGE_PER_ARM * self.arms.len()
    }

    /// Declares the arms.
    pub fn set_guards(&mut self, guards: impl Iterator<Item = Option<&'p Expr>>) {
        for guard in guards {
            let mut effects = super::effects::Effects::default();
            guard.iter().for_each(|g| effects.add(g));
            let guard_writes = !effects.written.is_empty();
            self.arms.push(ArmState { guard, guard_writes, entry: Meeting::default(), bound: Vec::new() });
        }
    }

    pub fn place(&self, occ: OccId) -> Place {
        self.occs[occ].place.clone().unwrap_or(RETURN.into())
    }
}

/// Open branches with their rows.
pub(super) type Work<'p> = Vec<(Block, Vec<Row<'p>>)>;

impl Builder<'_, '_> {
    /// Tests the rows in order; leaves end at the arms' entries. `fail`: where to go if none fits.
    pub fn decide<'p>(&mut self, d: &mut Decision<'p>, rows: Vec<Row<'p>>, mut fail: Option<&mut Exit>) {
        let Some(start) = self.block.take() else { return };
        let mut work: Work<'p> = vec![(start, rows)];
        while let Some((block, mut rows)) = work.pop() {
            self.block = Some(block);
            let mut kids = Kids::default();
            rows.iter_mut().for_each(|row| self.simplify(d, row, &mut kids));
            while self.is_reachable() {
                match rows.first() {
                    None => match fail.as_deref_mut() {
                        Some(exit) => self.exit(exit),
                        None => self.terminate(Term::Unreachable),
                    },
                    Some(first) if first.tests.is_empty() => {
                        let row = rows.remove(0);
                        self.leaf(d, row);
                    }
                    Some(_) if d.is_too_large() => self.refuse(d),
                    Some(_) if d.is_large() && rows.len() > 1 => self.first_alone(d, &mut rows),
                    Some(first)
                        if d.is_large()
                            && let Some(at) = first.plain_alternatives() =>
                    {
                        self.alternatives_alone(d, &mut rows[0], at, fail.as_deref_mut());
                    }
                    Some(_) => {
                        d.n_nodes += 1;
                        self.node(d, std::mem::take(&mut rows), &mut work);
                        self.block = None;
                    }
                }
            }
        }
    }

    /// Tests the first row; the others are left for where it fails.
    fn first_alone<'p>(&mut self, d: &mut Decision<'p>, rows: &mut Vec<Row<'p>>) {
        let mut next = self.new_exit();
        let first = rows.remove(0);
        self.decide(d, vec![first], Some(&mut next));
        self.bind(next.label);
    }

    /// Tests the alternatives of one test, which bind nothing, and goes on where one of them fits.
    fn alternatives_alone<'p>(
        &mut self,
        d: &mut Decision<'p>,
        row: &mut Row<'p>,
        at: usize,
        fail: Option<&mut Exit>,
    ) {
        let (occ, pat) = row.tests.remove(at);
        let PatKind::Or(pats) = &pat.kind else { return };
        let arm = d.arms.len();
        d.arms.push(ArmState {
            guard: None,
            guard_writes: false,
            entry: Meeting::default(),
            bound: Vec::new(),
        });
        let rows = pats.iter().map(|pat| Row::new(occ, pat, arm)).collect();
        self.decide(d, rows, fail);
        if let Some(state) = d.arms.pop() {
            self.depart(&state.entry);
        }
    }

    fn refuse(&mut self, d: &mut Decision<'_>) {
        if !std::mem::replace(&mut d.is_refused, true) {
            let message = "this `match` is too complex to be compiled";
            let error = Diagnostic::error(hir::codes::MATCH_TOO_COMPLEX, self.span, message)
                .note("match its parts one after the other");
            self.cx.errors.push(error);
        }
        self.terminate(Term::Unreachable);
    }

    /// Binds and goes to the arm; open afterwards only where a guard has failed.
    fn leaf<'p>(&mut self, d: &mut Decision<'p>, row: Row<'p>) {
        let arm = row.arm;
        let depth = self.drops.len();
        let Some(guard) = d.arms[arm].guard else {
            for (id, bind) in &row.binds {
                let local = self.bind_var(d, arm, *id, bind);
                self.schedule(local);
            }
            self.truncate_drops(depth);
            return self.arrive(&mut d.arms[arm].entry);
        };
        let mut fail = self.new_exit();
        let mut late = Vec::new();
        for (id, bind) in &row.binds {
            match bind {
                // The guard looks at the place itself, so that a guard that fails costs no copies. It does not write
                // to what can only be moved (checked), which must stay there for the arms behind.
                Bind::Place(place) if !d.arms[arm].guard_writes || self.is_iso_var(*id) => {
                    self.vars.insert(*id, place.clone());
                    late.push((*id, bind));
                }
                _ => {
                    let local = self.bind_var(d, arm, *id, bind);
                    self.schedule(local);
                }
            }
        }
        let outer = std::mem::replace(&mut self.in_guard, true);
        self.cond(guard, true, &mut fail);
        self.in_guard = outer;
        for i in depth..self.drops.len() {
            let local = self.drops[i].local;
            if !d.arms[arm].bound.contains(&local) {
                d.arms[arm].bound.push(local);
            }
        }
        self.truncate_drops(depth);
        for (id, bind) in late {
            self.bind_var(d, arm, id, bind);
        }
        self.arrive(&mut d.arms[arm].entry);
        self.bind(fail.label);
    }

    // ------------------------------------------------------------ what needs no test

    /// Replaces tests that always succeed by those of their parts, and notes bindings.
    fn simplify<'p>(&mut self, d: &mut Decision<'p>, row: &mut Row<'p>, kids: &mut Kids) {
        let mut i = 0;
        while let Some(&(occ, pat)) = row.tests.get(i) {
            match &pat.kind {
                PatKind::Wild | PatKind::Lit(Lit::Unit) | PatKind::Error => {
                    row.tests.remove(i);
                }
                PatKind::Binding { local, sub } => {
                    row.binds.push((*local, Bind::Place(d.place(occ))));
                    match sub {
                        Some(sub) => row.tests[i].1 = sub,
                        None => {
                            row.tests.remove(i);
                        }
                    }
                }
                PatKind::Or(alternatives) if alternatives.len() == 1 => row.tests[i].1 = &alternatives[0],
                PatKind::Tuple(_) => self.expand(d, row, i, kids),
                PatKind::Adt { .. } if self.n_variants(d, occ) == 1 => {
                    self.expand(d, row, i, kids);
                }
                PatKind::Array { prefix, rest, suffix } => {
                    let always = rest.is_some() && prefix.is_empty() && suffix.is_empty();
                    let needs_view = matches!(rest, Some(Some(_))) && self.fixed_array_len(d, occ).is_none();
                    if always && needs_view && d.occs[occ].array.is_none() {
                        let viewed = self.view_array(d, occ);
                        row.tests[i].0 = viewed;
                    }
                    if always || self.fixed_array_len(d, occ).is_some() {
                        self.expand(d, row, i, kids);
                    } else {
                        i += 1;
                    }
                }
                _ => i += 1,
            }
        }
    }

    pub fn n_variants(&mut self, d: &Decision<'_>, occ: OccId) -> usize {
        let ty = self.cx.mir_ty(d.occs[occ].ty);
        self.cx.program.types.defs[ty].variants.len()
    }

    fn fixed_array_len(&mut self, d: &Decision<'_>, occ: OccId) -> Option<u64> {
        match *self.cx.front.program().types.kind(d.occs[occ].ty) {
            H::FixedArray(_, len) => Some(self.cx.const_len(len)),
            _ => None,
        }
    }

    /// Replaces test `i`, which is known to hold for the value as a whole, by those of the parts. `kids` has the parts
    /// that other rows of the same branch have asked for.
    pub fn expand<'p>(&mut self, d: &mut Decision<'p>, row: &mut Row<'p>, i: usize, kids: &mut Kids) {
        let (occ, pat) = row.tests.remove(i);
        let mut parts = Vec::new();
        match &pat.kind {
            PatKind::Tuple(pats) => {
                for (n, pat) in pats.iter().enumerate() {
                    parts.push((self.kid(d, occ, Part::Field(n as u32), pat, kids), pat));
                }
            }
            PatKind::Adt { variant, fields } => {
                let ty = self.cx.mir_ty(d.occs[occ].ty);
                let is_enum = *self.cx.program.types.kind(ty) == TyKind::Enum;
                for (n, pat) in fields {
                    let part = if is_enum { Part::VariantField(variant.0, *n) } else { Part::Field(*n) };
                    parts.push((self.kid(d, occ, part, pat, kids), pat));
                }
            }
            PatKind::Array { prefix, rest, suffix } => {
                for (n, pat) in prefix.iter().enumerate() {
                    parts.push((self.kid(d, occ, Part::Element(n as u32), pat, kids), pat));
                }
                for (n, pat) in suffix.iter().enumerate() {
                    let from_end = (suffix.len() - n) as u32;
                    parts.push((self.kid(d, occ, Part::FromEnd(from_end), pat, kids), pat));
                }
                if let Some(Some(local)) = rest {
                    let array = match (self.fixed_array_len(d, occ), d.occs[occ].array) {
                        (Some(len), _) => RestOf::Fixed(d.place(occ), len),
                        (None, Some(view)) => RestOf::Array(d.place(occ), view),
                        (None, None) => return self.cx.internal(pat.span, "an array's length is not known"),
                    };
                    let (from, behind) = (prefix.len() as u32, suffix.len() as u32);
                    row.binds.push((*local, Bind::Rest { array, from, behind }));
                }
            }
            _ => {}
        }
        row.tests.splice(i..i, parts);
    }

    fn kid(&mut self, d: &mut Decision<'_>, occ: OccId, part: Part, pat: &Pat, kids: &mut Kids) -> OccId {
        if let Part::Field(n) = part
            && let Some(kid) = d.occs[occ].kids.get(n as usize)
        {
            return *kid;
        }
        // What is not looked at needs no occurrence of its own.
        if matches!(pat.kind, PatKind::Wild) {
            return occ;
        }
        // Fields are the same everywhere; pointers to elements are known in the blocks behind their computation only.
        let is_field = matches!(part, Part::Field(_) | Part::VariantField(..));
        let known = if is_field { &d.fields } else { &*kids };
        if let Some(kid) = known.get(&(occ, part)) {
            return *kid;
        }
        let place = self.part_place(d, occ, part);
        let ty = self.mono(pat.ty);
        let kid = d.occ(Occ { place: Some(place), ty, kids: Vec::new(), array: None });
        let known = if is_field { &mut d.fields } else { kids };
        known.insert((occ, part), kid);
        kid
    }

    fn part_place(&mut self, d: &Decision<'_>, occ: OccId, part: Part) -> Place {
        let place = d.place(occ);
        match part {
            Part::Field(n) => place.with(Proj::Field(n)),
            Part::VariantField(v, n) => place.with(Proj::Variant(v)).with(Proj::Field(n)),
            Part::Element(_) | Part::FromEnd(_) => self.element_place(d, occ, part),
        }
    }
}

fn binds(pat: &Pat) -> bool {
    match &pat.kind {
        PatKind::Binding { .. } => true,
        PatKind::Or(pats) | PatKind::Tuple(pats) => pats.iter().any(binds),
        PatKind::Adt { fields, .. } => fields.iter().any(|f| binds(&f.1)),
        PatKind::Array { prefix, rest, suffix } => {
            matches!(rest, Some(Some(_))) || prefix.iter().chain(suffix).any(binds)
        }
        _ => false,
    }
}

pub(super) type Kids = FxHashMap<(OccId, Part), OccId>;

/// A part of a value, as patterns address it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Field(u32),
    VariantField(u32, u32),
    Element(u32),
    /// 1 is the last element.
    FromEnd(u32),
}
