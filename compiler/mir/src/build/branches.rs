//! The nodes of decision trees: which test to make, and which rows go on in each of its branches.

use super::decision::{ArrayView, Decision, Kids, OccId, Row, Work};
use super::func::Builder;
use crate::ir::*;
use entity::Arrange;
use hir::body::{Lit, Pat, PatKind};
use hir::ty::Ty as HTy;

/// What a branch's knowledge means for a test.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    /// Decided: the test becomes those of its parts.
    Yes,
    No,
    /// Still open.
    Keep,
}

impl Builder<'_, '_> {
    /// Tests one occurrence and opens the branches.
    pub fn node<'p>(&mut self, d: &mut Decision<'p>, rows: Vec<Row<'p>>, work: &mut Work<'p>) {
        let occ = self.choose(&rows);
        let is_or = |row: &Row<'p>| row.test_on(occ).is_some_and(|p| matches!(p.kind, PatKind::Or(_)));
        if rows.iter().any(is_or) {
            let rows = rows.into_iter().flat_map(|row| alternatives(row, occ)).collect();
            if let Some(block) = self.block.take() {
                work.push((block, rows));
            }
            return;
        }
        let Some(pat) = rows[0].test_on(occ) else { return };
        match &pat.kind {
            PatKind::Adt { .. } => self.switch_variant(d, rows, occ, work),
            PatKind::Lit(Lit::Int(_) | Lit::Char(_) | Lit::Bool(_)) => self.switch_value(d, rows, occ, work),
            PatKind::Range { .. } => self.test_range(d, rows, occ, pat, work),
            PatKind::Array { .. } => self.test_length(d, rows, occ, pat, work),
            _ => self.test_equal(d, rows, occ, pat, work),
        }
    }

    /// The occurrence of the first row that most rows test: their tests then vanish in every branch.
    fn choose(&self, rows: &[Row<'_>]) -> OccId {
        let first = &rows[0].tests;
        if first.len() == 1 {
            return first[0].0;
        }
        let count = |occ: OccId| rows.iter().filter(|r| r.test_on(occ).is_some()).count();
        let mut best = (0, first[0].0);
        for (occ, _) in first {
            let n = count(*occ);
            if n > best.0 {
                best = (n, *occ);
            }
        }
        best.1
    }

    /// Opens a branch with the rows that fit, and returns its block.
    fn open_branch<'p>(
        &mut self,
        d: &mut Decision<'p>,
        rows: &[Row<'p>],
        occ: OccId,
        out: &mut Work<'p>,
        fit: impl Fn(&'p Pat) -> Fit,
    ) -> Block {
        let kept = self.fitting(rows, occ, &fit);
        let block = self.new_block(false);
        let outer = self.block.replace(block);
        let mut kids = Kids::default();
        let rows = kept
            .into_iter()
            .map(|(mut row, expand)| {
                if let Some(i) = expand {
                    self.expand(d, &mut row, i, &mut kids);
                }
                row
            })
            .collect();
        self.block = outer;
        out.push((block, rows));
        block
    }

    /// The rows of a branch, each with the index of the test that is decided in it.
    fn fitting<'p>(
        &self,
        rows: &[Row<'p>],
        occ: OccId,
        fit: &impl Fn(&'p Pat) -> Fit,
    ) -> Vec<(Row<'p>, Option<usize>)> {
        let mut out = Vec::new();
        for row in rows {
            match row.tests.iter().position(|(o, _)| *o == occ) {
                None => out.push((row.clone(), None)),
                Some(i) => match fit(row.tests[i].1) {
                    Fit::Yes => out.push((row.clone(), Some(i))),
                    Fit::Keep => out.push((row.clone(), None)),
                    Fit::No => {}
                },
            }
        }
        out
    }

    fn switch_variant<'p>(
        &mut self,
        d: &mut Decision<'p>,
        rows: Vec<Row<'p>>,
        occ: OccId,
        work: &mut Work<'p>,
    ) {
        let variant_of = |p: &Pat| match &p.kind {
            PatKind::Adt { variant, .. } => Some(variant.0),
            _ => None,
        };
        let mut variants: Vec<u32> = rows.iter().filter_map(|r| variant_of(r.test_on(occ)?)).collect();
        variants.arrange();
        variants.dedup();
        let i32_ty = self.cx.int_ty(IntTy::I32);
        let tag = self.assign_temp(i32_ty, Rvalue::Discriminant(d.place(occ)));
        let mut opened: Work<'p> = Vec::new();
        let mut cases: Vec<(i128, Block)> = Vec::new();
        for v in &variants {
            let fit = |p: &'p Pat| if variant_of(p) == Some(*v) { Fit::Yes } else { Fit::No };
            let block = self.open_branch(d, &rows, occ, &mut opened, fit);
            cases.push((*v as i128, block));
        }
        let default = if variants.len() == self.n_variants(d, occ) {
            // Nothing else is possible: the last one needs no test.
            cases.pop().map(|(_, block)| block)
        } else {
            Some(self.open_branch(d, &rows, occ, &mut opened, |_| Fit::No))
        };
        let Some(default) = default else { return };
        self.switch(Operand::Copy(tag.into()), cases, default);
        work.extend(opened.into_iter().rev());
    }

    fn switch(&mut self, value: Operand, cases: Vec<(i128, Block)>, default: Block) {
        if cases.is_empty() {
            self.terminate(Term::Goto(default));
        } else {
            self.terminate(Term::Switch { value, cases, default });
        }
    }

    /// Integers, characters and `Bool`s: all values that any row names at once.
    fn switch_value<'p>(
        &mut self,
        d: &mut Decision<'p>,
        rows: Vec<Row<'p>>,
        occ: OccId,
        work: &mut Work<'p>,
    ) {
        let mut values: Vec<i128> = rows.iter().filter_map(|r| lit_value(r.test_on(occ)?)).collect();
        values.arrange();
        values.dedup();
        let mut opened: Work<'p> = Vec::new();
        let mut cases = Vec::new();
        for value in values {
            let fit = |p: &'p Pat| match lit_value(p) {
                Some(v) => yes_if(v == value),
                None => yes_if(int_range(p).is_some_and(|(lo, hi)| lo <= value && value <= hi)),
            };
            cases.push((value, self.shared_branch(&rows, occ, &mut opened, fit)));
        }
        let is_bool = d.occs[occ].ty == HTy::BOOL;
        let operand = Operand::Copy(d.place(occ));
        if is_bool && cases.len() == 2 {
            self.terminate(Term::If { cond: operand, then: cases[1].1, else_: cases[0].1 });
        } else {
            let fit = |p: &'p Pat| if lit_value(p).is_some() { Fit::No } else { Fit::Keep };
            let default = self.open_branch(d, &rows, occ, &mut opened, fit);
            match cases.as_slice() {
                [(value, block)] if is_bool => {
                    let (then, else_) = if *value == 1 { (*block, default) } else { (default, *block) };
                    self.terminate(Term::If { cond: operand, then, else_ });
                }
                _ => self.switch(operand, cases, default),
            }
        }
        work.extend(opened.into_iter().rev());
    }

    /// As `open_branch`, or the block of a branch of this node with equal rows.
    fn shared_branch<'p>(
        &mut self,
        rows: &[Row<'p>],
        occ: OccId,
        opened: &mut Work<'p>,
        fit: impl Fn(&'p Pat) -> Fit,
    ) -> Block {
        let kept: Vec<Row<'p>> = self
            .fitting(rows, occ, &fit)
            .into_iter()
            .map(|(mut row, decided)| {
                if let Some(i) = decided {
                    row.tests.remove(i);
                }
                row
            })
            .collect();
        // Looking at a few recent ones finds the alternatives of one arm without comparing all with all.
        for (block, other) in opened.iter().rev().take(8) {
            if other.len() == kept.len() && other.iter().zip(&kept).all(|(a, b)| a.same(b)) {
                return *block;
            }
        }
        let block = self.new_block(false);
        opened.push((block, kept));
        block
    }

    /// A test with two outcomes: opens both branches and returns their blocks.
    fn two_branches<'p>(
        &mut self,
        d: &mut Decision<'p>,
        rows: &[Row<'p>],
        occ: OccId,
        work: &mut Work<'p>,
        yes: impl Fn(&'p Pat) -> Fit,
        no: impl Fn(&'p Pat) -> Fit,
    ) -> (Block, Block) {
        let mut opened: Work<'p> = Vec::new();
        let then = self.open_branch(d, rows, occ, &mut opened, yes);
        let else_ = self.open_branch(d, rows, occ, &mut opened, no);
        work.extend(opened.into_iter().rev());
        (then, else_)
    }

    fn test_equal<'p>(
        &mut self,
        d: &mut Decision<'p>,
        rows: Vec<Row<'p>>,
        occ: OccId,
        pat: &'p Pat,
        work: &mut Work<'p>,
    ) {
        let Some(cond) = self.equals(d.place(occ), d.occs[occ].ty, pat) else { return };
        let yes = |p: &'p Pat| match (same_test(pat, p), decides(pat, p)) {
            (true, _) => Fit::Yes,
            (false, true) => Fit::No,
            (false, false) => Fit::Keep,
        };
        let no = |p: &'p Pat| if same_test(pat, p) { Fit::No } else { Fit::Keep };
        let (then, else_) = self.two_branches(d, &rows, occ, work, yes, no);
        self.terminate(Term::If { cond, then, else_ });
    }

    fn test_range<'p>(
        &mut self,
        d: &mut Decision<'p>,
        rows: Vec<Row<'p>>,
        occ: OccId,
        pat: &'p Pat,
        work: &mut Work<'p>,
    ) {
        let conds = self.range_conds(d.place(occ), d.occs[occ].ty, pat);
        let tested = int_range(pat);
        let yes = |p: &'p Pat| match (std::ptr::eq(p, pat), tested, int_range(p)) {
            (true, ..) => Fit::Yes,
            (_, Some((lo, hi)), Some((l, h))) if l <= lo && hi <= h => Fit::Yes,
            (_, Some((lo, hi)), Some((l, h))) if h < lo || hi < l => Fit::No,
            _ => Fit::Keep,
        };
        let no = |p: &'p Pat| match (std::ptr::eq(p, pat), tested, int_range(p)) {
            (true, ..) => Fit::No,
            (_, Some((lo, hi)), Some((l, h))) if lo <= l && h <= hi => Fit::No,
            _ => Fit::Keep,
        };
        let (then, else_) = self.two_branches(d, &rows, occ, work, yes, no);
        for (i, cond) in conds.iter().enumerate() {
            let next = if i + 1 == conds.len() { then } else { self.new_block(false) };
            let cond = cond(self);
            self.terminate(Term::If { cond, then: next, else_ });
            self.block = Some(next);
        }
        if conds.is_empty() {
            self.terminate(Term::Goto(then));
        }
    }

    fn test_length<'p>(
        &mut self,
        d: &mut Decision<'p>,
        mut rows: Vec<Row<'p>>,
        mut occ: OccId,
        pat: &'p Pat,
        work: &mut Work<'p>,
    ) {
        if d.occs[occ].array.is_none() {
            // The view is known in the branches below this node only, so they get an occurrence of their own.
            let viewed = self.view_array(d, occ);
            for (o, _) in rows.iter_mut().flat_map(|r| &mut r.tests).filter(|(o, _)| *o == occ) {
                *o = viewed;
            }
            occ = viewed;
        }
        let Some(view) = d.occs[occ].array else { return };
        let Some((min, exact)) = array_shape(pat) else { return };
        if exact {
            return self.switch_length(d, rows, occ, view, work);
        }
        let yes = |p: &'p Pat| match array_shape(p) {
            Some((n, false)) if n <= min => Fit::Yes,
            Some((n, true)) if n < min => Fit::No,
            _ => Fit::Keep,
        };
        let no = |p: &'p Pat| match array_shape(p) {
            Some((n, _)) if n >= min => Fit::No,
            _ => Fit::Keep,
        };
        let (then, else_) = self.two_branches(d, &rows, occ, work, yes, no);
        let limit = Builder::const_int(min as i128, IntTy::I64);
        let cond = self.compare(BinOp::Ge, Operand::Copy(view.len.into()), limit);
        self.terminate(Term::If { cond, then, else_ });
    }

    fn switch_length<'p>(
        &mut self,
        d: &mut Decision<'p>,
        rows: Vec<Row<'p>>,
        occ: OccId,
        view: ArrayView,
        work: &mut Work<'p>,
    ) {
        let exact = |r: &Row<'p>| array_shape(r.test_on(occ)?).filter(|s| s.1).map(|s| s.0);
        let mut lengths: Vec<u32> = rows.iter().filter_map(exact).collect();
        lengths.arrange();
        lengths.dedup();
        let mut opened: Work<'p> = Vec::new();
        let mut cases = Vec::new();
        for len in lengths {
            let fit = |p: &'p Pat| match array_shape(p) {
                Some((n, true)) => yes_if(n == len),
                Some((n, false)) => yes_if(n <= len),
                None => Fit::Keep,
            };
            cases.push((len as i128, self.open_branch(d, &rows, occ, &mut opened, fit)));
        }
        let fit = |p: &'p Pat| match array_shape(p) {
            Some((_, true)) => Fit::No,
            _ => Fit::Keep,
        };
        let default = self.open_branch(d, &rows, occ, &mut opened, fit);
        self.switch(Operand::Copy(view.len.into()), cases, default);
        work.extend(opened.into_iter().rev());
    }
}

fn yes_if(yes: bool) -> Fit {
    if yes { Fit::Yes } else { Fit::No }
}

/// A row for each alternative of the or-pattern on an occurrence.
fn alternatives<'p>(row: Row<'p>, occ: OccId) -> Vec<Row<'p>> {
    let at = row.tests.iter().position(|(o, _)| *o == occ);
    let Some((i, PatKind::Or(pats))) = at.map(|i| (i, &row.tests[i].1.kind)) else { return vec![row] };
    pats.iter()
        .map(|pat| {
            let mut row = row.clone();
            row.tests[i].1 = pat;
            row
        })
        .collect()
}

fn lit_number(lit: &Lit) -> Option<i128> {
    match lit {
        Lit::Int(n) => Some(n.get()),
        Lit::Char(c) => Some(*c as i128),
        Lit::Bool(b) => Some(*b as i128),
        _ => None,
    }
}

fn lit_value(pat: &Pat) -> Option<i128> {
    match &pat.kind {
        PatKind::Lit(lit) => lit_number(lit),
        _ => None,
    }
}

/// The numbers that a range or literal of integers or characters covers, both ends included.
pub(super) fn int_range(pat: &Pat) -> Option<(i128, i128)> {
    match &pat.kind {
        PatKind::Lit(lit) => lit_number(lit).map(|n| (n, n)),
        PatKind::Range { lo, hi, inclusive } => {
            let lo = lo.as_ref().map_or(Some(i128::MIN), lit_number)?;
            let hi = match hi {
                None => i128::MAX,
                Some(hi) => lit_number(hi)? - !*inclusive as i128,
            };
            Some((lo, hi))
        }
        _ => None,
    }
}

/// The least length of an array pattern, and whether it is the only one.
fn array_shape(pat: &Pat) -> Option<(u32, bool)> {
    match &pat.kind {
        PatKind::Array { prefix, rest, suffix } => {
            Some(((prefix.len() + suffix.len()) as u32, rest.is_none()))
        }
        _ => None,
    }
}

fn float(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

/// Whether two equality tests have the same outcome on every value.
fn same_test(a: &Pat, b: &Pat) -> bool {
    if std::ptr::eq(a, b) {
        return true;
    }
    match (&a.kind, &b.kind) {
        (PatKind::Lit(Lit::Float(a)), PatKind::Lit(Lit::Float(b))) => float(a) == float(b),
        (PatKind::Lit(a), PatKind::Lit(b)) => a == b,
        _ => false,
    }
}

/// Whether a value equal to `a` is known not to equal the different literal `b`.
fn decides(a: &Pat, b: &Pat) -> bool {
    matches!((&a.kind, &b.kind), (PatKind::Lit(_), PatKind::Lit(_)))
}
