//! Patterns against a type: bindings, variants, literals. Whether they cover all values is decided when all types
//! are known, see `exhaustive.rs`.

use super::{CopyReason, Copyable, FnCtxt};
use crate::body::*;
use crate::codes;
use crate::consts::ConstValue;
use crate::record::{Probe, Target};
use crate::ty::{Ty, TyKind};
use entity::Arrange;
use smallvec::SmallVec;
use syntax::ast::{self, Ident};
use syntax::{Diagnostic, Span, Symbol, sym};

pub(crate) type BoundNames = SmallVec<[(Symbol, LocalId); 2]>;

/// The variables of a pattern.
#[derive(Default)]
pub(crate) struct Binds {
    pub names: BoundNames,
    /// In the second and further alternatives of `A | B`: the variables of the first, to be bound again.
    again: Option<Vec<(Symbol, LocalId)>>,
    /// Those of them that were.
    seen: Vec<Symbol>,
    /// Variables that the first alternative does not have.
    unknown: Vec<Ident>,
}

impl FnCtxt<'_> {
    pub(crate) fn pat(&mut self, p: &mut ast::Pat, ty: Ty, binds: &mut Binds) -> Pat {
        let span = p.span;
        let kind = self.pat_kind(p, ty, binds);
        Pat { kind, ty, span }
    }

    pub(super) fn pat_kind(&mut self, p: &mut ast::Pat, ty: Ty, binds: &mut Binds) -> PatKind {
        use ast::PatKind as P;
        let span = p.span;
        match &mut p.kind {
            P::Wild => PatKind::Wild,
            P::Binding { name, is_mut, sub } => {
                let (name, is_mut) = (*name, *is_mut);
                let local = self.bind(name, is_mut, ty, binds);
                let sub = sub.as_mut().map(|sub| Box::new(self.pat(sub, ty, binds)));
                PatKind::Binding { local, sub }
            }
            P::Literal(value) => self.literal_pat(value, ty),
            P::Range { lo, hi, inclusive } => {
                let inclusive = *inclusive;
                self.range_pat(lo.as_deref_mut(), hi.as_deref_mut(), inclusive, ty, span)
            }
            P::Or(alternatives) => self.or_pat(alternatives, ty, binds),
            P::Tuple(elems) => self.tuple_pat(elems, ty, binds, span),
            P::Path(path) => self.path_pat(path, ty),
            P::TupleStruct { path, elems } => self.tuple_struct_pat(path, elems, ty, binds, span),
            P::Struct { path, fields, rest } => {
                let rest = rest.is_some();
                self.struct_pat(path, fields, rest, ty, binds, span)
            }
            P::Array(elems) => self.array_pat(elems, ty, binds, span),
            P::Rest(_) => {
                let message = "`..` stands inside the pattern of an array, tuple or struct";
                let diag = Diagnostic::error(codes::MISPLACED_REST, span, message);
                self.report(diag.fix_likely("write `_` for any value", span, "_"));
                PatKind::Error
            }
            P::Error => {
                self.has_errors = true;
                PatKind::Error
            }
        }
    }

    // ------------------------------------------------------------ bindings

    pub(super) fn bind(&mut self, name: Ident, is_mut: bool, ty: Ty, binds: &mut Binds) -> LocalId {
        if self.ck.is_probe(name.name) {
            let ty = self.describe(ty);
            self.ck.found_probe(Probe::Pattern { module: self.module, ty });
        }
        if let Some(again) = &binds.again {
            if let Some((_, local)) = again.iter().find(|b| b.0 == name.name) {
                let local = *local;
                binds.seen.push(name.name);
                self.check_alternative_mut(local, is_mut, name);
                self.ck.note(name.span, Target::Local(self.locals[local].span));
                let first = self.locals[local].ty;
                if !self.unify(first, ty) {
                    self.report_alternative_types(local, ty, name);
                }
                return local;
            }
            binds.unknown.push(name);
        } else if let Some((_, first)) = binds.names.iter().find(|b| b.0 == name.name && b.0 != sym::empty) {
            let first = self.locals[*first].span;
            let text = self.ck.program.name(name.name);
            let message = format!("`{text}` is bound twice in one pattern");
            let note = format!("compare in a guard: `({text}, other) when {text} == other`");
            let diag = Diagnostic::error(codes::DUPLICATE_NAME, name.span, message).label("bound again here");
            self.report(diag.also(first, "first bound here").note(note));
        }
        let local = self.new_local(name.name, ty, is_mut, name.span);
        binds.names.push((name.name, local));
        local
    }

    /// A variable of several alternatives is `mut` in all of them or in none.
    fn check_alternative_mut(&mut self, local: LocalId, is_mut: bool, name: Ident) {
        self.alternatives.push((local, name.span));
        let LocalDecl { is_mut: first_mut, span: first, .. } = self.locals[local];
        if first_mut == is_mut || self.info[local].is_mutated {
            return;
        }
        let text = self.ck.program.name(name.name);
        let message = format!("`{text}` is `mut` in one alternative and not in the other");
        let (lacks, has) = if is_mut { (first, name.span) } else { (name.span, first) };
        let diag = Diagnostic::error(codes::OR_PATTERN_BINDINGS, lacks, message)
            .also(has, "it is `mut` here")
            .fix("make it `mut` here too", lacks.before(), "mut ");
        self.report(diag);
        // What follows from it is no news.
        self.locals[local].is_mut = true;
        self.info[local].is_mutated = true;
    }

    /// Where the name of a variable stands in its pattern, once for each alternative.
    pub(super) fn names_in_pattern(&self, local: LocalId) -> Vec<Span> {
        let others = self.alternatives.iter().filter(|other| other.0 == local);
        let mut spans: Vec<Span> = others.map(|other| other.1).chain([self.locals[local].span]).collect();
        spans.arrange_by_key(|span| span.lo);
        spans
    }

    pub(super) fn report_alternative_types(&mut self, local: LocalId, ty: Ty, name: Ident) {
        let LocalDecl { ty: first, span, .. } = self.locals[local];
        let Some(diag) = self.mismatch(first, ty, name.span) else { return };
        let (text, was) = (self.ck.program.name(name.name).to_string(), self.ty_name(first));
        let message = format!("`{text}` has different types in the alternatives");
        let diag = Diagnostic { message, ..diag }.also(span, format!("`{text}` is `{was}` here"));
        self.report(diag.note("write an arm for each"));
    }

    pub(super) fn or_pat(&mut self, alternatives: &mut [ast::Pat], ty: Ty, binds: &mut Binds) -> PatKind {
        let mut out = Vec::with_capacity(alternatives.len());
        let before = binds.names.len();
        let nested = binds.again.is_some();
        for (i, alternative) in alternatives.iter_mut().enumerate() {
            if i == 0 || nested {
                out.push(self.pat(alternative, ty, binds));
                continue;
            }
            let first: Vec<(Symbol, LocalId)> = binds.names[before..].to_vec();
            let mut inner = Binds { again: Some(first.clone()), ..Binds::default() };
            let span = alternative.span;
            out.push(self.pat(alternative, ty, &mut inner));
            self.check_alternative(&first, &inner, out[0].span, span);
        }
        PatKind::Or(out)
    }

    /// Reports an alternative that does not bind what the first one does.
    pub(super) fn check_alternative(
        &mut self,
        first: &[(Symbol, LocalId)],
        inner: &Binds,
        first_span: Span,
        span: Span,
    ) {
        let quoted = |names: &mut dyn Iterator<Item = Symbol>| {
            names.map(|n| format!("`{}`", self.ck.program.name(n))).collect::<Vec<_>>().join(", ")
        };
        let missing = quoted(&mut first.iter().map(|b| b.0).filter(|n| !inner.seen.contains(n)));
        let more = quoted(&mut inner.unknown.iter().map(|i| i.name));
        let text = match (missing.is_empty(), more.is_empty()) {
            (true, true) => return,
            (false, false) => format!("this binds {more}, but not {missing}"),
            (false, true) => format!("this does not bind {missing}"),
            (true, false) => format!("this binds {more} as well"),
        };
        let all = quoted(&mut first.iter().map(|b| b.0));
        let here =
            if all.is_empty() { "this binds nothing".to_string() } else { format!("this binds {all}") };
        let message = "the alternatives bind different variables";
        let diag = Diagnostic::error(codes::OR_PATTERN_BINDINGS, span, message)
            .label(text)
            .also(first_span, here)
            .note("bind the same names in each alternative, or write an arm for each");
        self.report(diag);
    }

    // ------------------------------------------------------------ literals

    pub(super) fn literal_pat(&mut self, value: &mut ast::Expr, ty: Ty) -> PatKind {
        let expr = self.expr(value, Some(ty));
        let ExprKind::Lit(lit) = &expr.kind else {
            self.has_errors = true;
            return PatKind::Error;
        };
        let lit = lit.clone();
        if !self.unify(expr.ty, ty) {
            self.report_literal_pat(&expr, ty);
            return PatKind::Error;
        }
        if let Lit::Int(n) = lit {
            self.lit_pats.push((n.get(), ty, expr.span));
        }
        PatKind::Lit(lit)
    }

    /// Nothing is converted in a pattern, but it may be written in another way.
    fn report_literal_pat(&mut self, expr: &Expr, want: Ty) {
        let want = self.deep(want);
        let wants_float = matches!(self.kind(want), TyKind::F32 | TyKind::F64) && self.is_plain_int(expr);
        if wants_float || matches!(self.kind(want), TyKind::Adt(..)) && want != self.ck.string_ty() {
            return self.report_value_mismatch(expr, want, expr.ty);
        }
        if let Some(diag) = self.mismatch(want, expr.ty, expr.span) {
            self.report(diag);
        }
    }

    pub(super) fn range_pat(
        &mut self,
        lo: Option<&mut ast::Expr>,
        hi: Option<&mut ast::Expr>,
        inclusive: bool,
        ty: Ty,
        span: Span,
    ) -> PatKind {
        let mut ends = [None, None];
        for (end, e) in ends.iter_mut().zip([lo, hi]) {
            let Some(e) = e else { continue };
            *end = self.range_end(e, ty, span);
            if end.is_none() {
                return PatKind::Error;
            }
        }
        let [lo, hi] = ends;
        let ordered = match (&lo, &hi) {
            (Some(Lit::Int(a)), Some(Lit::Int(b))) => a.get() < b.get() || (inclusive && a == b),
            (Some(Lit::Char(a)), Some(Lit::Char(b))) => a < b || (inclusive && a == b),
            (Some(Lit::Float(a)), Some(Lit::Float(b))) => {
                let (a, b) = (a.parse().unwrap_or(f64::NAN), b.parse().unwrap_or(f64::NAN));
                a < b || (inclusive && a == b)
            }
            _ => true,
        };
        if !ordered {
            self.report_empty_range(&lo, &hi, inclusive, span);
            return PatKind::Error;
        }
        PatKind::Range { lo, hi, inclusive }
    }

    fn report_empty_range(&mut self, lo: &Option<Lit>, hi: &Option<Lit>, inclusive: bool, span: Span) {
        let text = self.ck.map.text(span).to_string();
        let message = match inclusive {
            true => "this range holds no value: its start is above its end",
            false => "this range holds no value: its start is not below its end",
        };
        let diag = Diagnostic::error(codes::EMPTY_RANGE, span, message);
        let sign = if inclusive { "..=" } else { ".." };
        let diag = match text.split_once(sign) {
            Some((a, b)) if lo == hi => diag.fix_likely("hold the value", span, format!("{a}..={b}")),
            Some((a, b)) => {
                diag.fix_likely("turn it around", span, format!("{}{sign}{}", b.trim(), a.trim()))
            }
            None => diag,
        };
        self.report(diag);
    }

    /// The end of a range, which is `whole`: a number or character, also that of a constant.
    fn range_end(&mut self, e: &mut ast::Expr, ty: Ty, whole: Span) -> Option<Lit> {
        let span = e.span;
        let literal = matches!(
            e.kind,
            ast::ExprKind::Int { .. }
                | ast::ExprKind::Float { .. }
                | ast::ExprKind::Char(_)
                | ast::ExprKind::Unary { .. }
        );
        if matches!(e.kind, ast::ExprKind::Error) {
            self.has_errors = true;
            return None;
        }
        let value = if literal { None } else { Some(self.constant_end(e)) };
        let expr = self.expr(e, Some(ty));
        if !self.unify(expr.ty, ty) {
            self.report_range_end(&expr, ty, literal, whole);
            return None;
        }
        let lit = match value {
            Some(value) => value,
            None => match expr.kind {
                ExprKind::Lit(lit) => Some(lit),
                _ => None,
            },
        };
        match lit {
            Some(lit @ (Lit::Int(_) | Lit::Float(_) | Lit::Char(_))) => {
                if let Lit::Int(n) = lit {
                    self.lit_pats.push((n.get(), ty, span));
                }
                Some(lit)
            }
            _ if self.is_error(expr.ty) => None,
            _ => {
                let message =
                    "the ends of a range are numbers or characters known when the program is compiled";
                let diag = Diagnostic::error(codes::NOT_CONSTANT, span, message)
                    .note("a guard compares with a variable: `n when a <= n && n < b`");
                self.report(diag);
                None
            }
        }
    }

    /// What stands in a pattern cannot be converted; only a literal can be written in another way.
    fn report_range_end(&mut self, expr: &Expr, ty: Ty, literal: bool, whole: Span) {
        let ty = self.deep(ty);
        let is_inside = matches!(self.kind(ty), TyKind::Adt(..)) && ty != self.ck.string_ty();
        if literal && !is_inside {
            return self.report_literal_pat(expr, ty);
        }
        let Some(mut diag) = self.mismatch(ty, expr.ty, expr.span) else { return };
        if is_inside {
            diag = self.suggest_wrapping(diag, whole, ty, expr.ty);
        }
        if let ExprKind::Const(id, _) = expr.kind {
            let decl = &self.ck.program.consts[id];
            if self.ck.is_user(decl.module) {
                diag = diag.also(decl.span, "the constant is declared here");
            }
        }
        self.report(diag);
    }

    pub(super) fn constant_end(&mut self, e: &ast::Expr) -> Option<Lit> {
        let cx = self.ty_cx();
        Some(match self.ck.eval_const(e, &cx)? {
            ConstValue::Int(n) => Lit::int(n),
            ConstValue::Float(text) => Lit::Float(text),
            ConstValue::Char(c) => Lit::Char(c),
            _ => return None,
        })
    }

    // ------------------------------------------------------------ tuples and arrays

    pub(super) fn tuple_pat(
        &mut self,
        elems: &mut [ast::Pat],
        ty: Ty,
        binds: &mut Binds,
        span: Span,
    ) -> PatKind {
        let rest = self.rest_position(elems, "a tuple");
        let known = self.resolve_now(ty);
        let types: Vec<Ty> = match self.kind(known) {
            TyKind::Tuple(args) => args.to_vec(),
            TyKind::Infer(_) if rest.is_none() && self.is_open(known) => {
                self.open_pats.push(span);
                let types: Vec<Ty> = elems.iter().map(|e| self.fresh(e.span)).collect();
                let tuple = self.intern(TyKind::Tuple(types.clone().into()));
                self.unify(known, tuple);
                types
            }
            TyKind::Infer(_) if self.is_open(known) => {
                self.report_unknown_type(known, span);
                return self.bind_errors(elems, binds);
            }
            TyKind::Error => return self.bind_errors(elems, binds),
            _ => {
                let name = self.ty_name(known);
                self.error(
                    codes::TYPE_MISMATCH,
                    span,
                    format!("expected `{name}`, found the pattern of a tuple"),
                );
                return self.bind_errors(elems, binds);
            }
        };
        let n = elems.len() - usize::from(rest.is_some());
        if n > types.len() || (rest.is_none() && n != types.len()) {
            let name = self.ty_name(known);
            let message =
                format!("`{name}` has {}, the pattern {n}", crate::coherence::count(types.len(), "element"));
            self.error(codes::TYPE_MISMATCH, span, message);
            return self.bind_errors(elems, binds);
        }
        let skipped = types.len() - n;
        let mut out = Vec::with_capacity(types.len());
        for (i, elem) in elems.iter_mut().enumerate() {
            if rest == Some(i) {
                for _ in 0..skipped {
                    let ty = types[out.len()];
                    out.push(Pat { kind: PatKind::Wild, ty, span: elem.span });
                }
            } else {
                let ty = types[out.len()];
                out.push(self.pat(elem, ty, binds));
            }
        }
        PatKind::Tuple(out)
    }

    /// Where `..` stands; a second one, or one with a name, is reported.
    pub(super) fn rest_position(&mut self, elems: &[ast::Pat], what: &str) -> Option<usize> {
        let mut found = None;
        for (i, elem) in elems.iter().enumerate() {
            let ast::PatKind::Rest(name) = &elem.kind else { continue };
            if found.is_some() {
                self.error(codes::MISPLACED_REST, elem.span, "`..` stands once in a pattern");
            } else if let Some(name) = name {
                let message = format!("the rest of {what} cannot be named");
                let diag = Diagnostic::error(codes::MISPLACED_REST, name.span, message);
                self.report(diag.fix_likely("leave out the name", name.span, ""));
            }
            found = found.or(Some(i));
        }
        found
    }

    /// Binds the variables of a pattern that does not fit, so that their uses are no news.
    pub(super) fn bind_errors(&mut self, elems: &mut [ast::Pat], binds: &mut Binds) -> PatKind {
        self.has_errors = true;
        for elem in elems {
            if !matches!(elem.kind, ast::PatKind::Rest(None)) {
                if let ast::PatKind::Rest(Some(name)) = elem.kind {
                    self.bind(name, false, Ty::ERROR, binds);
                } else {
                    self.pat(elem, Ty::ERROR, binds);
                }
            }
        }
        PatKind::Error
    }

    pub(super) fn array_pat(
        &mut self,
        elems: &mut [ast::Pat],
        ty: Ty,
        binds: &mut Binds,
        span: Span,
    ) -> PatKind {
        let mut known = self.resolve_now(ty);
        if self.is_open(known) {
            let elem = self.fresh(span);
            let array = self.array_of(elem);
            self.unify(known, array);
            known = self.shallow(known);
        }
        let (elem, len) = match self.kind(known) {
            TyKind::FixedArray(elem, len) => (*elem, Some(*len)),
            TyKind::Adt(id, args) if Some(*id) == self.ck.known.array => (args[0], None),
            TyKind::Error => return self.bind_errors(elems, binds),
            _ => {
                let name = self.ty_name(known);
                self.error(
                    codes::TYPE_MISMATCH,
                    span,
                    format!("expected `{name}`, found the pattern of an array"),
                );
                return self.bind_errors(elems, binds);
            }
        };
        let (mut prefix, mut suffix, mut rest) = (Vec::new(), Vec::new(), None);
        for p in elems.iter_mut() {
            if let ast::PatKind::Rest(name) = &p.kind {
                let name = *name;
                if rest.is_some() {
                    self.error(codes::MISPLACED_REST, p.span, "`..` stands once in a pattern");
                    continue;
                }
                rest = Some(name.map(|name| {
                    self.copyables.push(Copyable { ty: elem, why: CopyReason::Rest, span: p.span });
                    let ty = self.array_of(elem);
                    self.bind(name, false, ty, binds)
                }));
            } else if rest.is_none() {
                prefix.push(self.pat(p, elem, binds));
            } else {
                suffix.push(self.pat(p, elem, binds));
            }
        }
        if let Some(len) = len {
            self.check_fixed_len(len, prefix.len() + suffix.len(), rest.is_some(), span);
        }
        prefix.iter().chain(&suffix).for_each(|pat| self.bind_elements(pat));
        PatKind::Array { prefix, rest, suffix }
    }

    /// The variables of an element are copies: an array keeps what it has.
    fn bind_elements(&mut self, pat: &Pat) {
        match &pat.kind {
            PatKind::Binding { sub, .. } => {
                self.copyables.push(Copyable { ty: pat.ty, why: CopyReason::Element, span: pat.span });
                sub.iter().for_each(|pat| self.bind_elements(pat));
            }
            PatKind::Or(pats) | PatKind::Tuple(pats) => pats.iter().for_each(|pat| self.bind_elements(pat)),
            PatKind::Adt { fields, .. } => fields.iter().for_each(|(_, pat)| self.bind_elements(pat)),
            // An array inside has had its turn.
            _ => {}
        }
    }

    pub(super) fn check_fixed_len(&mut self, len: Ty, n: usize, has_rest: bool, span: Span) {
        let len = self.shallow(len);
        if let TyKind::ConstInt(want) = *self.kind(len) {
            let fits = if has_rest { n as i128 <= want } else { n as i128 == want };
            if !fits {
                let message = format!("the array has {want} elements, the pattern {n}");
                self.error(codes::TYPE_MISMATCH, span, message);
            }
        }
    }
}
