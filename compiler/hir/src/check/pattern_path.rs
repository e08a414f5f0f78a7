//! Paths in patterns: variants, structs, constants.

use super::FnCtxt;
use crate::body::*;
use crate::codes;
use crate::consts::ConstValue;
use crate::program::*;
use crate::record::Target;
use crate::scope::{Def, Ns};
use crate::suggest;
use crate::ty::{Args, Ty, TyKind, TyRow};
use syntax::ast::{self, Ident};
use syntax::{Diagnostic, Span, Symbol, sym};

/// What the path of a pattern stands for.
pub(super) enum PatRes {
    Variant(AdtId, VariantIdx),
    Const(ConstId, TyRow),
    Error,
}

impl FnCtxt<'_> {
    pub(super) fn path_pat(&mut self, path: &ast::Path, ty: Ty) -> PatKind {
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

    pub(super) fn const_pat(&mut self, id: ConstId, args: TyRow, ty: Ty, span: Span) -> PatKind {
        let const_ty = self.ck.program.consts[id].ty;
        let const_ty = self.instantiate(const_ty, &args, span);
        if !self.unify(const_ty, ty) {
            self.report_mismatch(ty, const_ty, span);
            return PatKind::Error;
        }
        match self.ck.const_value(id, span) {
            Some(ConstValue::Int(n)) => return PatKind::Lit(Lit::int(n)),
            Some(ConstValue::Bool(b)) => return PatKind::Lit(Lit::Bool(b)),
            Some(ConstValue::Char(c)) => return PatKind::Lit(Lit::Char(c)),
            Some(ConstValue::Str(s)) => return PatKind::Lit(Lit::Str(s)),
            _ => {}
        }
        let Some(eq) = self.ck.known.eq else { return PatKind::Error };
        let Some(method) = self.ck.method_of(eq, "eq") else { return PatKind::Error };
        self.require_simple(eq, const_ty, span, super::Cause::Operator);
        let value = Expr { kind: ExprKind::Const(id, args[..].into()), ty: const_ty, span };
        let eq = Callee::TraitMethod { trait_: eq, method, args: [const_ty].into() };
        PatKind::Const { value: Box::new(value), eq }
    }

    /// Whether values of the type can be of this struct or enum; reports it if not.
    pub(super) fn expect_adt(&mut self, adt: AdtId, ty: Ty, span: Span) -> bool {
        let known = self.resolve_now(ty);
        match self.kind(known) {
            TyKind::Adt(found, _) if *found == adt => true,
            TyKind::Error => false,
            TyKind::Infer(_) if self.is_open(known) => {
                let args = self.fresh_adt_args(adt, span);
                let adt_ty = self.intern_row(TyKind::Adt(adt, Args::default()), &args);
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
    pub(super) fn resolve_pat(&mut self, path: &ast::Path, ty: Ty) -> PatRes {
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
                self.ck.note(segment.ident.span, Target::Variant(adt, variant));
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

    pub(super) fn pat_res(&mut self, res: Option<super::path::Res>, span: Span) -> PatRes {
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

    pub(super) fn resolve_pat_name(&mut self, ident: Ident, known: Ty) -> PatRes {
        if ident.name == sym::Self_ {
            let res = self.cx.self_ty.map(super::path::Res::Ty);
            return self.pat_res(res, ident.span);
        }
        if let Some(entry) = self.ck.lookup(self.module, ident.name, Ns::Value) {
            if matches!(entry.def, Def::Variant(..) | Def::Const(_)) {
                self.ck.note_def(ident.span, entry.def);
            }
            match entry.def {
                Def::Variant(adt, variant) => return PatRes::Variant(adt, variant),
                Def::Const(id) => return PatRes::Const(id, TyRow::new()),
                Def::Error => return PatRes::Error,
                _ => {}
            }
        }
        if let Some(entry) = self.ck.lookup(self.module, ident.name, Ns::Type) {
            self.ck.note_def(ident.span, entry.def);
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
            self.ck.note(ident.span, Target::Variant(adt, variant));
            return PatRes::Variant(adt, variant);
        }
        self.report_unknown_pat(ident, known);
        PatRes::Error
    }

    pub(super) fn report_unknown_pat(&mut self, ident: Ident, known: Ty) {
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
}
