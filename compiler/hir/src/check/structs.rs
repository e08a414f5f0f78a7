//! Struct literals, and variants with named fields.

use super::FnCtxt;
use super::path::Res;
use crate::body::*;
use crate::codes;
use crate::program::*;
use crate::record::Target;
use crate::suggest;
use crate::ty::{Args, Ty, TyKind, TyRow};
use syntax::ast;
use syntax::{Diagnostic, Span, Symbol};

impl FnCtxt<'_> {
    pub(crate) fn struct_lit(
        &mut self,
        path: &mut ast::Expr,
        fields: &mut [ast::FieldInit],
        base: Option<&mut ast::Expr>,
        want: Option<Ty>,
        span: Span,
    ) -> Expr {
        let res = self.resolve_path(path, want);
        let (adt, variant, args) = match res {
            Some(Res::Variant(adt, variant, args)) => (adt, variant, args),
            Some(Res::Ty(ty)) => match self.kind(ty) {
                TyKind::Adt(adt, args) if !self.ck.program.adts[*adt].is_enum => {
                    (*adt, VariantIdx(0), TyRow::from_slice(args))
                }
                _ => {
                    self.report_no_struct(ty, fields, path.span);
                    return self.bad_struct(fields, base, span);
                }
            },
            other => {
                if !matches!(other, Some(Res::Error)) {
                    self.report_what_it_is(other, path.span);
                }
                return self.bad_struct(fields, base, span);
            }
        };
        if self.refuse_actor_struct(adt, path.span) {
            return self.bad_struct(fields, base, span);
        }
        let ty = self.intern_row(TyKind::Adt(adt, Args::default()), &args);
        if let Some(want) = want {
            // What is expected decides the arguments before the fields are looked at.
            let want = self.shallow(want);
            if matches!(self.kind(want), TyKind::Adt(other, _) if *other == adt) && self.would_unify(ty, want)
            {
                self.unify(ty, want);
            }
        }
        self.require_adt_bounds(adt, &args, span);
        let expr = self.fields(adt, variant, ty, fields, base, span);
        self.has_errors |= matches!(expr.kind, ExprKind::Error);
        expr
    }

    /// A type that is no struct; of an enum the variant with such fields is meant.
    fn report_no_struct(&mut self, ty: Ty, inits: &[ast::FieldInit], span: Span) {
        let text = self.ty_name(ty);
        let TyKind::Adt(adt, _) = self.kind(ty) else {
            return self.error(codes::NOT_A_STRUCT, span, format!("`{text}` is no struct"));
        };
        let decl = &self.ck.program.adts[*adt];
        let owner = self.ck.program.name(decl.name).to_string();
        let diag = Diagnostic::error(codes::NOT_A_STRUCT, span, format!("`{owner}` is an enum"));
        let fits = |v: &&Variant| {
            v.shape == VariantShape::Named
                && inits.iter().all(|i| v.fields.iter().any(|f| f.name == i.name.name))
        };
        let variant = decl.variants.iter().find(fits).map(|v| self.ck.program.name(v.name).to_string());
        let all: Vec<String> =
            decl.variants.iter().map(|v| format!("`{owner}.{}`", self.ck.program.name(v.name))).collect();
        self.report(match variant {
            Some(name) => diag.fix_likely("name the variant", span.after(), format!(".{name}")),
            None => diag.note(format!("its variants are {}", all.join(", "))),
        });
    }

    fn report_what_it_is(&mut self, found: Option<Res>, span: Span) {
        let text = self.ck.map.text(span).to_string();
        let what = match found {
            Some(Res::Fn { .. } | Res::TraitFn { .. }) => "a function",
            Some(Res::Trait(..)) => "a trait, no struct",
            Some(Res::Const(..) | Res::ConstParam(..)) => "a constant, no struct",
            Some(Res::Module(_)) => "a module, no struct",
            _ => "a value, no struct",
        };
        let diag = Diagnostic::error(codes::NOT_A_STRUCT, span, format!("`{text}` is {what}"));
        self.report(match what {
            "a function" => diag.note(format!("write `{text}(…)`")),
            _ => diag,
        });
    }

    /// Checks what stands in the literal of something unknown.
    fn bad_struct(
        &mut self,
        fields: &mut [ast::FieldInit],
        base: Option<&mut ast::Expr>,
        span: Span,
    ) -> Expr {
        for field in fields {
            if let Some(value) = &mut field.value {
                self.expr(value, None);
            }
        }
        if let Some(base) = base {
            self.expr(base, None);
        }
        self.error_expr(span)
    }

    /// The span of `..base`, and that with the comma before it.
    fn base_span(&self, base: Span) -> (Span, Span) {
        let Some(file) = self.ck.map.file_at(base.lo) else { return (base, base) };
        let start = self.ck.map.file(file).start;
        let before = self.ck.map.text(Span::new(start, base.lo));
        let Some(rest) = before.trim_end().strip_suffix("..") else { return (base, base) };
        let dots = Span::new(start + rest.len() as u32, base.hi);
        let with_comma = rest.trim_end().strip_suffix(',').map_or(dots.lo, |r| start + r.len() as u32);
        (dots, Span::new(with_comma, base.hi))
    }

    fn fields(
        &mut self,
        adt: AdtId,
        variant: VariantIdx,
        ty: Ty,
        inits: &mut [ast::FieldInit],
        base: Option<&mut ast::Expr>,
        span: Span,
    ) -> Expr {
        if self.ck.record.is_some() {
            let names = inits.iter().map(|init| init.name.name).collect();
            self.probe_field(adt, variant, ty, names);
        }
        let n = self.ck.program.adts[adt].variants[variant].fields.len();
        let mut values: Vec<Option<Expr>> = (0..n).map(|_| None).collect();
        let mut order = Vec::with_capacity(inits.len());
        let mut faulty = false;
        for init in inits.iter_mut() {
            let decls = &self.ck.program.adts[adt].variants[variant].fields;
            let Some(index) = decls.iter().position(|f| f.name == init.name.name) else {
                self.report_unknown_init(adt, variant, init);
                faulty = true;
                if let Some(value) = &mut init.value {
                    self.expr(value, None);
                }
                continue;
            };
            let (field_ty, is_pub) = (decls[index].ty, decls[index].is_pub);
            self.ck.note(init.name.span, Target::Field(adt, variant, index as u32));
            let owner = self.ck.program.adts[adt].module;
            self.check_visible(is_pub, owner, init.name, "field");
            let field_ty = self.adt_field_ty(ty, field_ty);
            let value = self.field_value(init, field_ty);
            if values[index].is_some() {
                let text = self.ck.program.name(init.name.name);
                let message = format!("the field `{text}` is given twice");
                self.error(codes::DUPLICATE_NAME, init.name.span, message);
            } else {
                order.push(index as u32);
            }
            values[index] = Some(value);
        }
        let base_span = base.as_ref().map(|b| self.base_span(b.span));
        let base = base.map(|b| Box::new(self.expr_as(b, ty)));
        let missing: Vec<Symbol> = self.ck.program.adts[adt].variants[variant]
            .fields
            .iter()
            .zip(&values)
            .filter(|(_, v)| v.is_none())
            .map(|(f, _)| f.name)
            .collect();
        if base.is_none() && !missing.is_empty() && !faulty {
            self.report_missing_fields(adt, variant, &missing, span);
            faulty = true;
        }
        if base.is_some() && missing.is_empty() && !faulty {
            let (dots, with_comma) = base_span.unwrap_or((span, span));
            let message = "`..` has nothing to copy: all fields are given";
            let diag = Diagnostic::error(codes::UNNEEDED_BASE, dots, message);
            let diag = if dots == with_comma { diag } else { diag.fix("remove it", with_comma, "") };
            self.report(diag);
        }
        if base.is_some() && self.ck.program.adts[adt].is_enum {
            self.error(
                codes::UNNEEDED_BASE,
                base_span.map_or(span, |b| b.0),
                "`..` copies from structs; an enum's value may be another variant",
            );
        }
        if faulty {
            return Expr { kind: ExprKind::Error, ty, span };
        }
        Expr { kind: ExprKind::Adt { variant, fields: values, order, base }, ty, span }
    }

    fn field_value(&mut self, init: &mut ast::FieldInit, ty: Ty) -> Expr {
        let value = match &mut init.value {
            Some(value) => self.expr_as(value, ty),
            None => {
                let kind = ast::ExprKind::Name { ident: init.name, args: None };
                let mut name = ast::Expr { kind, span: init.name.span };
                self.expr_as(&mut name, ty)
            }
        };
        Expr { ty, ..value }
    }

    fn report_unknown_init(&mut self, adt: AdtId, variant: VariantIdx, init: &ast::FieldInit) {
        let text = self.ck.program.name(init.name.name).to_string();
        let decl = &self.ck.program.adts[adt].variants[variant];
        let owner = self.ck.program.name(decl.name).to_string();
        let names: Vec<Symbol> = decl.fields.iter().map(|f| f.name).collect();
        let mut diag = Diagnostic::error(
            codes::UNKNOWN_FIELD,
            init.name.span,
            format!("`{owner}` has no field `{text}`"),
        );
        match suggest::closest(&self.ck.program.interner, &text, names.iter().copied()) {
            Some(found) => diag = diag.fix_likely(format!("did you mean `{found}`?"), init.name.span, found),
            None if !names.is_empty() => {
                let list: Vec<String> =
                    names.iter().map(|n| format!("`{}`", self.ck.program.name(*n))).collect();
                diag = diag.note(match list.as_slice() {
                    [only] => format!("its only field is {only}"),
                    _ => format!("its fields are {}", list.join(", ")),
                });
            }
            None => {}
        }
        self.report(diag);
    }

    fn report_missing_fields(&mut self, adt: AdtId, variant: VariantIdx, missing: &[Symbol], span: Span) {
        if self.report_hidden_fields(adt, variant, missing, span) {
            return;
        }
        let owner = self.ck.program.name(self.ck.program.adts[adt].variants[variant].name);
        let list: Vec<String> = missing.iter().map(|n| format!("`{}`", self.ck.program.name(*n))).collect();
        let noun = if missing.len() == 1 { "field" } else { "fields" };
        let message = format!(
            "the {noun} {} of `{owner}` {} missing",
            list.join(", "),
            if missing.len() == 1 { "is" } else { "are" }
        );
        let module = self.ck.program.adts[adt].module;
        let declared = self.ck.program.adts[adt].variants[variant].span;
        let diag = Diagnostic::error(codes::MISSING_FIELD, span, message);
        self.report(match self.ck.is_user(module) {
            true => diag.also(declared, "declared here"),
            false => diag,
        });
    }

    /// Whether fields are missing that could not be given here.
    fn report_hidden_fields(
        &mut self,
        adt: AdtId,
        variant: VariantIdx,
        missing: &[Symbol],
        span: Span,
    ) -> bool {
        let module = self.ck.program.adts[adt].module;
        let decl = &self.ck.program.adts[adt].variants[variant];
        let hidden = decl.fields.iter().find(|f| !f.is_pub && missing.contains(&f.name));
        let Some(field) = hidden.filter(|_| !self.ck.sees_private(self.module, module)) else { return false };
        let owner = self.ck.program.name(decl.name);
        let message = format!("`{owner}` has private fields, so only its module can make one");
        let diag = Diagnostic::error(codes::PRIVATE, span, message)
            .note(format!("call a function of that module that returns a `{owner}`"));
        let (is_user, declared) = (self.ck.is_user(module), field.span);
        self.report(match is_user {
            true => diag.also(declared, "private here"),
            false => diag,
        });
        true
    }
}
