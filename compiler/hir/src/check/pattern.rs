//! Patterns against a type: bindings, variants, literals. Whether they cover all values is decided when all types
//! are known, see `exhaustive.rs`.

use super::FnCtxt;
use crate::body::*;
use crate::codes;
use crate::consts::ConstValue;
use crate::program::*;
use crate::scope::{Def, Ns};
use crate::suggest;
use crate::ty::{Ty, TyKind};
use syntax::ast::{self, Ident};
use syntax::{Diagnostic, Span, Symbol, sym};

/// The variables of a pattern.
#[derive(Default)]
pub(crate) struct Binds {
    pub names: Vec<(Symbol, LocalId)>,
    /// In the second and further alternatives of `A | B`: the variables of the first, to be bound again.
    again: Option<Vec<(Symbol, LocalId)>>,
    /// Those of them that were.
    seen: Vec<Symbol>,
    /// Variables that the first alternative does not have.
    unknown: Vec<Ident>,
}

/// What the path of a pattern stands for.
enum PatRes {
    Variant(AdtId, VariantIdx),
    Const(ConstId, Vec<Ty>),
    Error,
}

impl FnCtxt<'_> {
    pub(crate) fn pat(&mut self, p: &mut ast::Pat, ty: Ty, binds: &mut Binds) -> Pat {
        let span = p.span;
        let kind = self.pat_kind(p, ty, binds);
        Pat { kind, ty, span }
    }

    fn pat_kind(&mut self, p: &mut ast::Pat, ty: Ty, binds: &mut Binds) -> PatKind {
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
                self.error(
                    codes::MISPLACED_REST,
                    span,
                    "`..` stands inside the pattern of an array, tuple or struct",
                );
                PatKind::Error
            }
            P::Error => {
                self.has_errors = true;
                PatKind::Error
            }
        }
    }

    // ------------------------------------------------------------ bindings

    fn bind(&mut self, name: Ident, is_mut: bool, ty: Ty, binds: &mut Binds) -> LocalId {
        if let Some(again) = &binds.again {
            if let Some((_, local)) = again.iter().find(|b| b.0 == name.name) {
                let local = *local;
                binds.seen.push(name.name);
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
            let diag = Diagnostic::error(codes::DUPLICATE_NAME, name.span, message);
            self.report(diag.also(first, "first bound here"));
        }
        let local = self.new_local(name.name, ty, is_mut, name.span);
        binds.names.push((name.name, local));
        local
    }

    fn report_alternative_types(&mut self, local: LocalId, ty: Ty, name: Ident) {
        let LocalDecl { ty: first, span, .. } = self.locals[local];
        let Some(diag) = self.mismatch(first, ty, name.span) else { return };
        let (text, was) = (self.ck.program.name(name.name).to_string(), self.ty_name(first));
        let message = format!("`{text}` has different types in the alternatives");
        let diag = Diagnostic { message, ..diag }.also(span, format!("`{text}` is `{was}` here"));
        self.report(diag.note("write an arm for each"));
    }

    fn or_pat(&mut self, alternatives: &mut [ast::Pat], ty: Ty, binds: &mut Binds) -> PatKind {
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
    fn check_alternative(
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

    fn literal_pat(&mut self, value: &mut ast::Expr, ty: Ty) -> PatKind {
        let expr = self.expr(value, Some(ty));
        let ExprKind::Lit(lit) = &expr.kind else {
            self.has_errors = true;
            return PatKind::Error;
        };
        let lit = lit.clone();
        if !self.unify(expr.ty, ty) {
            self.report_value_mismatch(&expr, ty, expr.ty);
            return PatKind::Error;
        }
        if let Lit::Int(n) = lit {
            self.lit_pats.push((n, ty, expr.span));
        }
        PatKind::Lit(lit)
    }

    fn range_pat(
        &mut self,
        lo: Option<&mut ast::Expr>,
        hi: Option<&mut ast::Expr>,
        inclusive: bool,
        ty: Ty,
        span: Span,
    ) -> PatKind {
        let lo = lo.map(|e| self.range_end(e, ty));
        let hi = hi.map(|e| self.range_end(e, ty));
        if matches!(lo, Some(None)) || matches!(hi, Some(None)) {
            return PatKind::Error;
        }
        let (lo, hi) = (lo.flatten(), hi.flatten());
        let ordered = match (&lo, &hi) {
            (Some(Lit::Int(a)), Some(Lit::Int(b))) => a < b || (inclusive && a == b),
            (Some(Lit::Char(a)), Some(Lit::Char(b))) => a < b || (inclusive && a == b),
            (Some(Lit::Float(a)), Some(Lit::Float(b))) => {
                let (a, b) = (a.parse().unwrap_or(f64::NAN), b.parse().unwrap_or(f64::NAN));
                a < b || (inclusive && a == b)
            }
            _ => true,
        };
        if !ordered {
            self.error(codes::EMPTY_RANGE, span, "this range holds no value: its start is not below its end");
            return PatKind::Error;
        }
        PatKind::Range { lo, hi, inclusive }
    }

    /// The end of a range: a number or character, also that of a constant.
    fn range_end(&mut self, e: &mut ast::Expr, ty: Ty) -> Option<Lit> {
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
            self.report_range_end(&expr, ty, literal);
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
                    self.lit_pats.push((n, ty, span));
                }
                Some(lit)
            }
            _ if self.is_error(expr.ty) => None,
            _ => {
                self.error(
                    codes::NOT_CONSTANT,
                    span,
                    "the ends of a range are numbers or characters known when the program is compiled",
                );
                None
            }
        }
    }

    /// What stands in a pattern cannot be converted; only a literal can be written in another way.
    fn report_range_end(&mut self, expr: &Expr, ty: Ty, literal: bool) {
        if literal {
            return self.report_value_mismatch(expr, ty, expr.ty);
        }
        let Some(mut diag) = self.mismatch(ty, expr.ty, expr.span) else { return };
        if let ExprKind::Const(id, _) = expr.kind {
            let decl = &self.ck.program.consts[id];
            if self.ck.is_user(decl.module) {
                diag = diag.also(decl.span, "the constant is declared here");
            }
        }
        self.report(diag);
    }

    fn constant_end(&mut self, e: &ast::Expr) -> Option<Lit> {
        let cx = self.ty_cx();
        Some(match self.ck.eval_const(e, &cx)? {
            ConstValue::Int(n) => Lit::Int(n),
            ConstValue::Float(text) => Lit::Float(text),
            ConstValue::Char(c) => Lit::Char(c),
            _ => return None,
        })
    }

    // ------------------------------------------------------------ tuples and arrays

    fn tuple_pat(&mut self, elems: &mut [ast::Pat], ty: Ty, binds: &mut Binds, span: Span) -> PatKind {
        let rest = self.rest_position(elems, "a tuple");
        let known = self.resolve_now(ty);
        let types: Vec<Ty> = match self.kind(known) {
            TyKind::Tuple(args) => args.to_vec(),
            TyKind::Infer(_) if rest.is_none() && self.is_open(known) => {
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
    fn rest_position(&mut self, elems: &[ast::Pat], what: &str) -> Option<usize> {
        let mut found = None;
        for (i, elem) in elems.iter().enumerate() {
            let ast::PatKind::Rest(name) = &elem.kind else { continue };
            if found.is_some() {
                self.error(codes::MISPLACED_REST, elem.span, "`..` stands once in a pattern");
            } else if let Some(name) = name {
                let message = format!("the rest of {what} cannot be named");
                self.error(codes::MISPLACED_REST, name.span, message);
            }
            found = found.or(Some(i));
        }
        found
    }

    /// Binds the variables of a pattern that does not fit, so that their uses are no news.
    fn bind_errors(&mut self, elems: &mut [ast::Pat], binds: &mut Binds) -> PatKind {
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

    fn array_pat(&mut self, elems: &mut [ast::Pat], ty: Ty, binds: &mut Binds, span: Span) -> PatKind {
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
        PatKind::Array { prefix, rest, suffix }
    }

    fn check_fixed_len(&mut self, len: Ty, n: usize, has_rest: bool, span: Span) {
        let len = self.shallow(len);
        if let TyKind::ConstInt(want) = *self.kind(len) {
            let fits = if has_rest { n as i128 <= want } else { n as i128 == want };
            if !fits {
                let message = format!("the array has {want} elements, the pattern {n}");
                self.error(codes::TYPE_MISMATCH, span, message);
            }
        }
    }

    // ------------------------------------------------------------ paths

    fn path_pat(&mut self, path: &ast::Path, ty: Ty) -> PatKind {
        match self.resolve_pat(path, ty) {
            PatRes::Variant(adt, variant) => {
                let decl = &self.ck.program.adts[adt].variants[variant];
                let shape = decl.shape;
                if shape != VariantShape::Unit {
                    let text = self.ck.program.name(decl.name).to_string();
                    let n = decl.fields.len();
                    let dots = if shape == VariantShape::Tuple {
                        format!("({})", vec!["_"; n].join(", "))
                    } else {
                        " { .. }".to_string()
                    };
                    let diag =
                        Diagnostic::error(codes::PATTERN_SHAPE, path.span, format!("`{text}` has fields"))
                            .fix_likely("leave them out", path.span.after(), dots);
                    self.report(diag);
                    return PatKind::Error;
                }
                if !self.expect_adt(adt, ty, path.span) {
                    return PatKind::Error;
                }
                PatKind::Adt { variant, fields: Vec::new() }
            }
            PatRes::Const(id, args) => self.const_pat(id, args, ty, path.span),
            PatRes::Error => {
                self.has_errors = true;
                PatKind::Error
            }
        }
    }

    fn const_pat(&mut self, id: ConstId, args: Vec<Ty>, ty: Ty, span: Span) -> PatKind {
        let const_ty = self.ck.program.consts[id].ty;
        let const_ty = self.instantiate(const_ty, &args, span);
        if !self.unify(const_ty, ty) {
            self.report_mismatch(ty, const_ty, span);
            return PatKind::Error;
        }
        match self.ck.const_value(id, span) {
            Some(ConstValue::Int(n)) => return PatKind::Lit(Lit::Int(n)),
            Some(ConstValue::Bool(b)) => return PatKind::Lit(Lit::Bool(b)),
            Some(ConstValue::Char(c)) => return PatKind::Lit(Lit::Char(c)),
            Some(ConstValue::Str(s)) => return PatKind::Lit(Lit::Str(s)),
            _ => {}
        }
        let Some(eq) = self.ck.known.eq else { return PatKind::Error };
        let Some(method) = self.ck.method_of(eq, "eq") else { return PatKind::Error };
        self.require_simple(eq, const_ty, span, super::Cause::Operator);
        let value = Expr { kind: ExprKind::Const(id, args.into()), ty: const_ty, span };
        let eq = Callee::TraitMethod { trait_: eq, method, args: [const_ty].into() };
        PatKind::Const { value: Box::new(value), eq }
    }

    /// Whether values of the type can be of this struct or enum; reports it if not.
    fn expect_adt(&mut self, adt: AdtId, ty: Ty, span: Span) -> bool {
        let known = self.resolve_now(ty);
        match self.kind(known) {
            TyKind::Adt(found, _) if *found == adt => true,
            TyKind::Error => false,
            TyKind::Infer(_) if self.is_open(known) => {
                let args = self.fresh_adt_args(adt, span);
                let adt_ty = self.intern(TyKind::Adt(adt, args.into()));
                self.unify(known, adt_ty)
            }
            _ => {
                let (want, found) =
                    (self.ty_name(known), self.ck.program.name(self.ck.program.adts[adt].name).to_string());
                let message = format!("expected `{want}`, found a pattern of `{found}`");
                let mut diag = Diagnostic::error(codes::TYPE_MISMATCH, span, message);
                if let TyKind::Adt(option, args) = self.kind(known)
                    && Some(*option) == self.ck.known.option
                    && matches!(self.kind(self.shallow(args[0])), TyKind::Adt(inner, _) if *inner == adt)
                {
                    let text = self.ck.map.text(span).to_string();
                    diag = diag.fix_likely("match inside `Some`", span, format!("Some({text})"));
                }
                self.report(diag);
                false
            }
        }
    }

    /// Looks a pattern's path up: variants of the expected type first, then what is in scope.
    fn resolve_pat(&mut self, path: &ast::Path, ty: Ty) -> PatRes {
        let first = path.segments[0].ident;
        if first.name == sym::empty {
            return PatRes::Error;
        }
        let known = self.resolve_now(ty);
        if let [segment] = path.segments.as_slice() {
            let name = segment.ident.name;
            if let TyKind::Adt(adt, _) = self.kind(known)
                && let adt = *adt
                && let Some(variant) = self.ck.variant_named(adt, name)
            {
                return PatRes::Variant(adt, variant);
            }
            return self.resolve_pat_name(segment.ident, known);
        }
        let mut names = path.segments.iter().map(|s| s.ident);
        let Some(first) = names.next() else { return PatRes::Error };
        let kind = match first.name {
            sym::Self_ => ast::ExprKind::SelfType,
            _ => ast::ExprKind::Name { ident: first, args: None },
        };
        let head = ast::Expr { kind, span: first.span };
        let mut expr = names.fold(head, |base, name| {
            let span = base.span.to(name.span);
            ast::Expr { kind: ast::ExprKind::Field { base: Box::new(base), name, args: None }, span }
        });
        let res = self.resolve_path(&mut expr, None);
        self.pat_res(res, path.span)
    }

    fn pat_res(&mut self, res: Option<super::path::Res>, span: Span) -> PatRes {
        use super::path::Res;
        match res {
            Some(Res::Variant(adt, variant, _)) => PatRes::Variant(adt, variant),
            Some(Res::Const(id, args)) => PatRes::Const(id, args),
            Some(Res::Ty(ty)) => match self.kind(ty) {
                TyKind::Adt(adt, _) if !self.ck.program.adts[*adt].is_enum => {
                    PatRes::Variant(*adt, VariantIdx(0))
                }
                TyKind::Error => PatRes::Error,
                _ => {
                    let text = self.ty_name(ty);
                    self.error(codes::PATTERN_SHAPE, span, format!("`{text}` is a type, not a pattern"));
                    PatRes::Error
                }
            },
            Some(Res::Error) => PatRes::Error,
            _ => {
                self.error(
                    codes::PATTERN_SHAPE,
                    span,
                    "this is no pattern: a variant, struct or constant is needed",
                );
                PatRes::Error
            }
        }
    }

    fn resolve_pat_name(&mut self, ident: Ident, known: Ty) -> PatRes {
        if ident.name == sym::Self_ {
            let res = self.cx.self_ty.map(super::path::Res::Ty);
            return self.pat_res(res, ident.span);
        }
        if let Some(entry) = self.ck.lookup(self.module, ident.name, Ns::Value) {
            match entry.def {
                Def::Variant(adt, variant) => return PatRes::Variant(adt, variant),
                Def::Const(id) => return PatRes::Const(id, Vec::new()),
                Def::Error => return PatRes::Error,
                _ => {}
            }
        }
        if let Some(entry) = self.ck.lookup(self.module, ident.name, Ns::Type) {
            match entry.def {
                Def::Adt(adt) if !self.ck.program.adts[adt].is_enum => {
                    return PatRes::Variant(adt, VariantIdx(0));
                }
                Def::Alias(alias) => {
                    let ty = self.ck.alias_ty(alias, ident.span);
                    return self.pat_res(Some(super::path::Res::Ty(ty)), ident.span);
                }
                Def::Error => return PatRes::Error,
                _ => {}
            }
        }
        // Where the type is known, its variants have been looked at.
        if !matches!(self.kind(known), TyKind::Adt(..))
            && let Ok(Some((adt, variant))) = self.ck.bare_variant(self.module, ident.name)
        {
            return PatRes::Variant(adt, variant);
        }
        self.report_unknown_pat(ident, known);
        PatRes::Error
    }

    fn report_unknown_pat(&mut self, ident: Ident, known: Ty) {
        if known == Ty::ERROR {
            self.has_errors = true;
            return;
        }
        let text = self.ck.program.name(ident.name).to_string();
        let mut names: Vec<Symbol> = Vec::new();
        let mut owner = None;
        if let TyKind::Adt(adt, _) = self.kind(known) {
            let decl = &self.ck.program.adts[*adt];
            if decl.is_enum {
                names.extend(decl.variants.iter().map(|v| v.name));
                owner = Some(self.ck.program.name(decl.name).to_string());
            }
        }
        let message = match &owner {
            Some(owner) => format!("`{owner}` has no variant `{text}`"),
            None => format!("there is no variant, struct or constant `{text}` here"),
        };
        let mut diag = Diagnostic::error(codes::UNKNOWN_VARIANT, ident.span, message);
        let list: Vec<String> = names.iter().map(|n| format!("`{}`", self.ck.program.name(*n))).collect();
        match suggest::closest(&self.ck.program.interner, &text, names) {
            Some(found) => diag = diag.fix_likely(format!("did you mean `{found}`?"), ident.span, found),
            None if !list.is_empty() && list.len() <= 8 => {
                diag = diag.note(format!("its variants are {}", list.join(", ")));
            }
            None => diag = diag.note("a variable of a pattern starts with a lower-case letter"),
        }
        self.report(diag);
    }

    // ------------------------------------------------------------ fields

    fn tuple_struct_pat(
        &mut self,
        path: &ast::Path,
        elems: &mut [ast::Pat],
        ty: Ty,
        binds: &mut Binds,
        span: Span,
    ) -> PatKind {
        let (adt, variant) = match self.resolve_pat(path, ty) {
            PatRes::Variant(adt, variant) => (adt, variant),
            PatRes::Const(..) => {
                self.error(codes::PATTERN_SHAPE, span, "a constant has no fields");
                return self.bind_errors(elems, binds);
            }
            PatRes::Error => return self.bind_errors(elems, binds),
        };
        if !self.expect_adt(adt, ty, path.span) {
            return self.bind_errors(elems, binds);
        }
        let adt_ty = self.shallow(ty);
        let decl = &self.ck.program.adts[adt].variants[variant];
        let (text, n) = (self.ck.program.name(decl.name).to_string(), decl.fields.len());
        match decl.shape {
            VariantShape::Tuple => {}
            VariantShape::Unit => {
                let diag = Diagnostic::error(codes::PATTERN_SHAPE, span, format!("`{text}` has no fields"));
                let args = Span::new(path.span.hi, span.hi);
                self.report(diag.fix("remove the parentheses", args, ""));
                return self.bind_errors(elems, binds);
            }
            VariantShape::Named => {
                let diag =
                    Diagnostic::error(codes::PATTERN_SHAPE, span, format!("`{text}` has named fields"))
                        .note(format!("write `{text} {{ field, .. }}`"));
                self.report(diag);
                return self.bind_errors(elems, binds);
            }
        }
        let rest = self.rest_position(elems, "a variant");
        let given = elems.len() - usize::from(rest.is_some());
        if given > n || (rest.is_none() && given != n) {
            let message =
                format!("`{text}` has {}, the pattern {given}", crate::coherence::count(n, "field"));
            self.error(codes::PATTERN_SHAPE, span, message);
            return self.bind_errors(elems, binds);
        }
        let mut fields = Vec::with_capacity(given);
        let mut index = 0;
        for (i, elem) in elems.iter_mut().enumerate() {
            if rest == Some(i) {
                index += n - given;
                continue;
            }
            let field_ty = self.ck.program.adts[adt].variants[variant].fields[index].ty;
            let field_ty = self.adt_field_ty(adt_ty, field_ty);
            fields.push((index as u32, self.pat(elem, field_ty, binds)));
            index += 1;
        }
        PatKind::Adt { variant, fields }
    }

    fn struct_pat(
        &mut self,
        path: &ast::Path,
        fields: &mut [ast::FieldPat],
        rest: bool,
        ty: Ty,
        binds: &mut Binds,
        span: Span,
    ) -> PatKind {
        let found = match self.resolve_pat(path, ty) {
            PatRes::Variant(adt, variant) if self.expect_adt(adt, ty, path.span) => Some((adt, variant)),
            PatRes::Const(..) => {
                self.error(codes::PATTERN_SHAPE, span, "a constant has no fields");
                None
            }
            _ => None,
        };
        let Some((adt, variant)) = found else {
            for field in fields.iter_mut() {
                self.field_pat(field, Ty::ERROR, binds);
            }
            self.has_errors = true;
            return PatKind::Error;
        };
        if self.ck.program.adts[adt].variants[variant].shape == VariantShape::Tuple && !fields.is_empty() {
            self.report_braces(adt, variant, path, fields, rest, span);
            for field in fields.iter_mut() {
                self.field_pat(field, Ty::ERROR, binds);
            }
            return PatKind::Error;
        }
        let adt_ty = self.shallow(ty);
        let mut out: Vec<(u32, Pat)> = Vec::with_capacity(fields.len());
        let mut faulty = false;
        for field in fields.iter_mut() {
            let decl = &self.ck.program.adts[adt].variants[variant];
            let Some(index) = decl.fields.iter().position(|f| f.name == field.name.name) else {
                self.report_unknown_field_pat(adt, variant, field);
                faulty = true;
                self.field_pat(field, Ty::ERROR, binds);
                continue;
            };
            let (field_ty, is_pub) = (decl.fields[index].ty, decl.fields[index].is_pub);
            let owner = self.ck.program.adts[adt].module;
            self.check_visible(is_pub, owner, field.name, "field");
            let field_ty = self.adt_field_ty(adt_ty, field_ty);
            if out.iter().any(|f| f.0 == index as u32) {
                let text = self.ck.program.name(field.name.name);
                let message = format!("the field `{text}` stands twice in the pattern");
                self.error(codes::DUPLICATE_NAME, field.name.span, message);
            }
            out.push((index as u32, self.field_pat(field, field_ty, binds)));
        }
        let missing: Vec<String> = self.ck.program.adts[adt].variants[variant]
            .fields
            .iter()
            .enumerate()
            .filter(|(i, _)| !out.iter().any(|f| f.0 == *i as u32))
            .map(|(_, f)| format!("`{}`", self.ck.program.name(f.name)))
            .collect();
        if !rest && !missing.is_empty() && !faulty {
            let message = format!("the pattern does not mention {}", missing.join(", "));
            let end = Span::new(span.hi.saturating_sub(1), span.hi.saturating_sub(1));
            let text = if fields.is_empty() { " .. " } else { ", .. " };
            let diag = Diagnostic::error(codes::PATTERN_SHAPE, span, message);
            self.report(diag.fix_likely("leave the other fields out by `..`", end, text));
        }
        PatKind::Adt { variant, fields: out }
    }

    /// Braces where the values of a variant have no names.
    fn report_braces(
        &mut self,
        adt: AdtId,
        variant: VariantIdx,
        path: &ast::Path,
        fields: &[ast::FieldPat],
        rest: bool,
        span: Span,
    ) {
        let decl = &self.ck.program.adts[adt].variants[variant];
        let (text, n) = (self.ck.program.name(decl.name), decl.fields.len());
        let diag = Diagnostic::error(codes::PATTERN_SHAPE, span, format!("`{text}` has no named fields"));
        let plain = fields.iter().all(|f| f.pat.is_none() && !f.is_mut);
        let diag = if plain && !rest && fields.len() == n {
            let names: Vec<&str> = fields.iter().map(|f| self.ck.program.name(f.name.name)).collect();
            let args = Span::new(path.span.hi, span.hi);
            diag.fix_likely("write parentheses", args, format!("({})", names.join(", ")))
        } else {
            diag.note(format!("its values stand in parentheses: `{text}({})`", vec!["_"; n].join(", ")))
        };
        self.report(diag);
    }

    fn field_pat(&mut self, field: &mut ast::FieldPat, ty: Ty, binds: &mut Binds) -> Pat {
        match &mut field.pat {
            Some(pat) => self.pat(pat, ty, binds),
            None => {
                let local = self.bind(field.name, field.is_mut, ty, binds);
                self.info[local].is_shorthand = true;
                Pat { kind: PatKind::Binding { local, sub: None }, ty, span: field.span }
            }
        }
    }

    fn report_unknown_field_pat(&mut self, adt: AdtId, variant: VariantIdx, field: &ast::FieldPat) {
        let text = self.ck.program.name(field.name.name).to_string();
        let decl = &self.ck.program.adts[adt].variants[variant];
        let owner = self.ck.program.name(decl.name);
        let names: Vec<Symbol> = decl.fields.iter().map(|f| f.name).collect();
        let message = format!("`{owner}` has no field `{text}`");
        let mut diag = Diagnostic::error(codes::UNKNOWN_FIELD, field.name.span, message);
        if let Some(found) = suggest::closest(&self.ck.program.interner, &text, names) {
            diag = diag.fix_likely(format!("did you mean `{found}`?"), field.name.span, found);
        }
        self.report(diag);
    }
}
