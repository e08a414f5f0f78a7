//! Patterns with fields: of variants and structs, with and without names.

use super::FnCtxt;
use super::pattern::Binds;
use super::pattern_path::PatRes;
use crate::body::*;
use crate::codes;
use crate::program::*;
use crate::record::Target;
use crate::suggest;
use crate::ty::Ty;
use syntax::ast;
use syntax::{Diagnostic, Span, Symbol};

impl FnCtxt<'_> {
    pub(super) fn tuple_struct_pat(
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
                let names: Vec<&str> = decl.fields.iter().map(|f| self.ck.program.name(f.name)).collect();
                let names = match names.as_slice() {
                    [first, _, _, _, ..] => format!("{first}, .."),
                    few => few.join(", "),
                };
                let diag =
                    Diagnostic::error(codes::PATTERN_SHAPE, span, format!("`{text}` has named fields"))
                        .note(format!("write `{text} {{ {names} }}`"));
                self.report(diag);
                return self.bind_errors(elems, binds);
            }
        }
        let rest = self.rest_position(elems, "a variant");
        let given = elems.len() - usize::from(rest.is_some());
        if given > n || (rest.is_none() && given != n) {
            let message =
                format!("`{text}` has {}, the pattern {given}", crate::coherence::count(n, "field"));
            let diag = Diagnostic::error(codes::PATTERN_SHAPE, span, message);
            let last = elems.last().map(|last| last.span.after());
            self.report(match last.filter(|_| given < n && rest.is_none()) {
                Some(end) => diag.fix_likely("leave the others out by `..`", end, ", .."),
                None => diag,
            });
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
            self.check_tuple_field(adt, variant, index, elem.span);
            fields.push((index as u32, self.pat(elem, field_ty, binds)));
            index += 1;
        }
        PatKind::Adt { variant, fields }
    }

    pub(super) fn struct_pat(
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
        if self.ck.record.is_some() {
            let names = fields.iter().map(|field| field.name.name).collect();
            self.probe_field(adt, variant, adt_ty, names);
        }
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
            self.ck.note(field.name.span, Target::Field(adt, variant, index as u32));
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
            let last = fields.last().map(|f| f.span.hi);
            let end = last.unwrap_or(span.hi.saturating_sub(1));
            let (end, text) = (Span::new(end, end), if last.is_some() { ", .." } else { " .. " });
            let diag = Diagnostic::error(codes::PATTERN_SHAPE, span, message);
            self.report(diag.fix_likely("leave the other fields out by `..`", end, text));
        }
        PatKind::Adt { variant, fields: out }
    }

    /// Braces where the values of a variant have no names.
    pub(super) fn report_braces(
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

    pub(super) fn field_pat(&mut self, field: &mut ast::FieldPat, ty: Ty, binds: &mut Binds) -> Pat {
        match &mut field.pat {
            Some(pat) => self.pat(pat, ty, binds),
            None => {
                let local = self.bind(field.name, field.is_mut, ty, binds);
                self.info[local].is_shorthand = true;
                Pat { kind: PatKind::Binding { local, sub: None }, ty, span: field.span }
            }
        }
    }

    pub(super) fn report_unknown_field_pat(
        &mut self,
        adt: AdtId,
        variant: VariantIdx,
        field: &ast::FieldPat,
    ) {
        let text = self.ck.program.name(field.name.name).to_string();
        let decl = &self.ck.program.adts[adt].variants[variant];
        let owner = self.ck.program.name(decl.name);
        let names: Vec<Symbol> = decl.fields.iter().map(|f| f.name).collect();
        let message = format!("`{owner}` has no field `{text}`");
        let mut diag = Diagnostic::error(codes::UNKNOWN_FIELD, field.name.span, message);
        if let Some(found) = suggest::closest(&self.ck.program.interner, &text, names) {
            // In the short form the name is that of the variable too.
            let fixed = if field.pat.is_none() { format!("{found}: {text}") } else { found.clone() };
            diag = diag.fix_likely(format!("did you mean `{found}`?"), field.name.span, fixed);
        }
        self.report(diag);
    }
}
