//! Paths as values, fields, tuple elements.

use super::FnCtxt;
use super::path::Res;
use crate::body::*;
use crate::codes;
use crate::impls::Head;
use crate::program::*;
use crate::record::Target;
use crate::suggest;
use crate::ty::{Args, Ty, TyKind, TyRow};
use syntax::ast::{self, Ident};
use syntax::{Diagnostic, Span, Symbol, sym};

impl FnCtxt<'_> {
    /// A path where a value is needed.
    pub(crate) fn res_value(&mut self, res: Res, want: Option<Ty>, span: Span) -> Expr {
        match res {
            Res::Const(id, args) => {
                let ty = self.ck.program.consts[id].ty;
                let ty = self.instantiate(ty, &args, span);
                Expr { kind: ExprKind::Const(id, args[..].into()), ty, span }
            }
            Res::ConstParam(param, ty) => Expr { kind: ExprKind::ConstParam(param), ty, span },
            Res::Fn { id, container, own } => {
                let args = self.fn_args(id, container, own, span);
                self.require_fn_bounds(id, &args, span);
                self.check_used_fn(id, span);
                if self.is_shuffle(id) {
                    self.report_lanes(span);
                }
                let ty = self.intern_row(TyKind::FnDef(id, Args::default()), &args);
                Expr { kind: ExprKind::FnItem, ty, span }
            }
            Res::TraitFn { .. } => self.trait_fn_value(res, span),
            Res::Variant(adt, variant, args) => self.variant_value(adt, variant, args, want, span),
            Res::Ty(ty) => self.type_value(ty, want, span),
            Res::Trait(id, _) => {
                let text = self.ck.program.name(self.ck.program.traits[id].name);
                let message = format!("expected a value, found the trait `{text}`");
                self.error(codes::NOT_A_VALUE, span, message);
                self.error_expr(span)
            }
            Res::Module(module) => {
                let path = &self.ck.program.modules[module].path;
                let text = path.last().map_or("", |s| self.ck.program.name(*s));
                let message = format!("expected a value, found the module `{text}`");
                let note = format!("its members are reached by `{text}.name`");
                self.report(Diagnostic::error(codes::NOT_A_VALUE, span, message).note(note));
                self.error_expr(span)
            }
            Res::Error => self.error_expr(span),
        }
    }

    /// A trait's method as a value: a closure that calls it.
    fn trait_fn_value(&mut self, res: Res, span: Span) -> Expr {
        let Res::TraitFn { trait_, id, args, own } = res else { return self.error_expr(span) };
        let all = self.fn_args(id, args, own, span);
        self.require_own_trait(trait_, &all, span);
        self.require_fn_bounds(id, &all, span);
        let params: Vec<(Ty, ParamMode)> =
            self.ck.program.fns[id].params.iter().map(|p| (p.ty, p.mode)).collect();
        let params = params.into_iter().map(|(t, m)| (self.instantiate(t, &all, span), m)).collect();
        let ret = self.ck.program.fns[id].ret;
        let ret = self.instantiate(ret, &all, span);
        self.forwarding_closure(params, ret, span, |_, values| ExprKind::Call {
            callee: Callee::TraitMethod { trait_, method: id, args: all[..].into() },
            args: values,
        })
    }

    fn variant_value(
        &mut self,
        adt: AdtId,
        variant: VariantIdx,
        args: TyRow,
        _want: Option<Ty>,
        span: Span,
    ) -> Expr {
        let ty = self.intern_row(TyKind::Adt(adt, Args::default()), &args);
        let decl = &self.ck.program.adts[adt].variants[variant];
        let (shape, name) = (decl.shape, decl.name);
        let fields: TyRow = decl.fields.iter().map(|f| f.ty).collect();
        match shape {
            VariantShape::Unit => {
                self.require_adt_bounds(adt, &args, span);
                let kind = ExprKind::Adt { variant, fields: Vec::new(), order: Vec::new(), base: None };
                Expr { kind, ty, span }
            }
            VariantShape::Tuple => {
                self.require_adt_bounds(adt, &args, span);
                self.check_constructor(adt, variant, span);
                let n = fields.len();
                let params = fields
                    .into_iter()
                    .map(|t| (self.instantiate(t, &args, span), ParamMode::Value))
                    .collect();
                self.forwarding_closure(params, ty, span, |_, values| ExprKind::Adt {
                    variant,
                    fields: values.into_iter().map(|a| Some(a.expr)).collect(),
                    order: (0..n as u32).collect(),
                    base: None,
                })
            }
            VariantShape::Named => {
                let text = self.ck.program.name(name);
                let message = format!("`{text}` has fields: write `{text} {{ … }}`");
                self.error(codes::NOT_A_VALUE, span, message);
                self.error_expr(span)
            }
        }
    }

    fn type_value(&mut self, ty: Ty, want: Option<Ty>, span: Span) -> Expr {
        if let TyKind::Adt(adt, args) = self.kind(ty)
            && !self.ck.program.adts[*adt].is_enum
        {
            let (adt, args) = (*adt, TyRow::from_slice(args));
            if self.report_actor_value(adt, span) {
                return self.error_expr(span);
            }
            return self.variant_value(adt, VariantIdx(0), args, want, span);
        }
        let text = self.ty_name(ty);
        self.error(codes::NOT_A_VALUE, span, format!("expected a value, found the type `{text}`"));
        self.error_expr(span)
    }

    /// What the bounds of a struct or enum ask of its arguments.
    pub(crate) fn require_adt_bounds(&mut self, adt: AdtId, args: &[Ty], span: Span) {
        for i in 0..self.ck.program.adts[adt].generics.bounds.len() {
            let bound = self.ck.program.adts[adt].generics.bounds[i].clone();
            self.require_bound(&bound, args, span);
        }
        self.require_copyable_row(adt, args, span);
    }

    fn require_copyable_row(&mut self, adt: AdtId, args: &[Ty], span: Span) {
        for (i, arg) in args.iter().enumerate() {
            let Some(param) = self.ck.program.adts[adt].generics.params.get(i) else { break };
            if param.kind == (GenericParamKind::Type { is_iso: false }) {
                let name = param.name;
                self.require_copyable(*arg, name, span);
            }
        }
    }

    /// Of a type that is written in a body, so that a wrong argument is reported there and not where values are used.
    pub(crate) fn require_copyable_args(&mut self, ty: Ty, span: Span) {
        if let TyKind::Adt(adt, args) = self.kind(ty).clone() {
            self.require_copyable_row(adt, &args, span);
        }
    }

    // ------------------------------------------------------------ fields

    /// A field without a name is used, at a place.
    pub(crate) fn check_tuple_field(&mut self, adt: AdtId, variant: VariantIdx, index: usize, span: Span) {
        if self.refuse_actor_struct(adt, span) {
            return;
        }
        let decl = &self.ck.program.adts[adt];
        let Some(field) = decl.variants[variant].fields.get(index) else { return };
        let (name, is_pub, module) = (field.name, field.is_pub, decl.module);
        self.check_visible(is_pub, module, Ident { name, span }, "field");
    }

    /// A constructor sets all fields, so it is as private as the most private of them.
    pub(crate) fn check_constructor(&mut self, adt: AdtId, variant: VariantIdx, span: Span) {
        if self.refuse_actor_struct(adt, span) {
            return;
        }
        let fields = self.ck.program.adts[adt].variants[variant].fields.iter();
        if let Some(private) = fields.into_iter().position(|f| !f.is_pub) {
            self.check_tuple_field(adt, variant, private, span);
        }
    }

    /// `base.name` of a value.
    pub(crate) fn field_expr(&mut self, e: &mut ast::Expr, span: Span) -> Expr {
        let ast::ExprKind::Field { base, name, .. } = &mut e.kind else { return self.error_expr(span) };
        let name = *name;
        if self.ck.is_probe(name.name) && matches!(base.kind, ast::ExprKind::SelfValue) {
            self.probe_own_members();
        }
        if let Some(state) = self.own_state(base, name, span) {
            return state;
        }
        let base = self.expr(base, None);
        let ty = self.settle(base.ty);
        if self.ck.is_probe(name.name) {
            self.probe_members(ty);
        }
        if ty == Ty::ERROR || name.name == sym::empty {
            return self.error_expr(span);
        }
        match self.find_field(ty, name.name) {
            Some((_, _, false, owner))
                if !self.ck.sees_private(self.module, owner) && self.has_method(ty, name.name) =>
            {
                self.report_no_field(ty, name, span);
                self.error_expr(span)
            }
            Some((index, field_ty, is_pub, owner)) => {
                self.note_field(ty, index, name.span);
                self.check_visible(is_pub, owner, name, "field");
                Expr { kind: ExprKind::Field { base: Box::new(base), index }, ty: field_ty, span }
            }
            None => {
                self.report_no_field(ty, name, span);
                self.error_expr(span)
            }
        }
    }

    /// The field of a struct: index, type, whether it is public, and where.
    pub(crate) fn find_field(&mut self, ty: Ty, name: Symbol) -> Option<(u32, Ty, bool, ModuleId)> {
        let TyKind::Adt(adt, _) = self.kind(ty) else { return None };
        let decl = &self.ck.program.adts[*adt];
        if decl.is_enum {
            return None;
        }
        let fields = &decl.variants[VariantIdx(0)].fields;
        let index = fields.iter().position(|f| f.name == name)?;
        let (field_ty, is_pub, module) = (fields[index].ty, fields[index].is_pub, decl.module);
        let field_ty = self.adt_field_ty(ty, field_ty);
        Some((index as u32, field_ty, is_pub, module))
    }

    /// A field's declared type for the arguments of a struct's or enum's type.
    pub(crate) fn adt_field_ty(&mut self, adt_ty: Ty, field: Ty) -> Ty {
        let flags = self.ck.program.types.flags(field);
        if !flags.has_param && !flags.has_assoc {
            return field;
        }
        let TyKind::Adt(_, args) = self.kind(adt_ty) else { return Ty::ERROR };
        let args = args.clone();
        self.instantiate(field, &args, Span::DUMMY)
    }

    /// The first field of a struct whose own type has a field of this name.
    fn field_with(&mut self, ty: Ty, name: Symbol) -> Option<String> {
        let TyKind::Adt(adt, _) = self.kind(ty) else { return None };
        let decl = &self.ck.program.adts[*adt];
        let fields: Vec<(Symbol, Ty)> =
            decl.variants[VariantIdx(0)].fields.iter().map(|f| (f.name, f.ty)).collect();
        let found = fields.into_iter().find(|(_, of)| {
            let of = self.adt_field_ty(ty, *of);
            self.find_field(of, name)
                .is_some_and(|(_, _, is_pub, owner)| is_pub || self.ck.sees_private(self.module, owner))
        });
        found.map(|(field, _)| self.ck.program.name(field).to_string())
    }

    fn report_no_field(&mut self, ty: Ty, name: Ident, span: Span) {
        let text = self.ck.program.name(name.name).to_string();
        if self.is_open(ty) {
            return self.report_unknown_type(ty, span);
        }
        if self.report_actor_member(ty, name, None) {
            return;
        }
        let owner = self.ty_name(ty);
        if self.has_method(ty, name.name) {
            return self.report_method_value(ty, name, &owner, span);
        }
        let mut diag =
            Diagnostic::error(codes::UNKNOWN_FIELD, name.span, format!("`{owner}` has no field `{text}`"));
        if let TyKind::Adt(adt, args) = self.kind(ty).clone() {
            let decl = &self.ck.program.adts[adt];
            if !decl.is_enum {
                let names: Vec<Symbol> = decl.variants[VariantIdx(0)].fields.iter().map(|f| f.name).collect();
                let better = self.foreign_method(ty, &text);
                if let Some(inner) = self.field_with(ty, name.name) {
                    diag = diag.fix_likely(
                        format!("the field `{inner}` has one"),
                        name.span.before(),
                        format!("{inner}."),
                    );
                } else if let Some(found) = suggest::closest(&self.ck.program.interner, &text, names) {
                    diag = diag.fix_likely(format!("did you mean `{found}`?"), name.span, found);
                } else if let Some(better) = better {
                    let title = format!("it is called `{better}()` here");
                    diag = diag.fix_likely(title, name.span, format!("{better}()"));
                }
            } else if Some(adt) == self.ck.known.option
                && let Some(inner) = args.first()
            {
                let inner = self.shallow(*inner);
                if self.find_field(inner, name.name).is_some() {
                    diag = diag.note("the value may be missing: `match` it, or `x?.field` to pass `None` on");
                }
            } else {
                diag = diag.note("the fields of an enum's variants are reached by `match` or `is`");
            }
        }
        if matches!(self.kind(ty), TyKind::Param(..)) {
            diag = diag.note(format!("`{owner}` may be any type: a bound with a method gives access"));
        }
        self.report(diag);
    }

    /// A method without parentheses: called, or passed on where it needs more than its receiver.
    fn report_method_value(&mut self, ty: Ty, name: Ident, owner: &str, span: Span) {
        let text = self.ck.program.name(name.name).to_string();
        let message = format!("`{text}` of `{owner}` is a method: it is called with parentheses");
        let diag = Diagnostic::error(codes::METHOD_AS_VALUE, name.span, message);
        let params = match self.inherent_method(ty, name.name, span) {
            Some((id, _)) => self.ck.program.fns[id].params.len(),
            None => match self.trait_candidates(ty, name.name, span).first() {
                Some(candidate) => self.ck.program.fns[candidate.1].params.len(),
                None => 1,
            },
        };
        let names: Vec<&str> = ["x", "y", "z", "u", "v"].into_iter().take(params.saturating_sub(1)).collect();
        let better = self.foreign_method(ty, &text);
        self.report(match names.is_empty() || span.hi != name.span.hi {
            true => diag.note(format!("a closure that calls it is `|x| x.{text}()`")).fix_likely(
                "call it",
                name.span.after(),
                "()",
            ),
            false => {
                let list = names.join(", ");
                let before = span.before();
                let edits = vec![(before, format!("|{list}| ")), (name.span.after(), format!("({list})"))];
                match better {
                    // Elsewhere it is a field.
                    Some(better) => {
                        let title = format!("call `{better}`");
                        diag.fix_likely(title, name.span, format!("{better}()"))
                    }
                    None => diag.fix_edits_likely("write a closure", edits),
                }
            }
        });
    }

    pub(crate) fn has_method(&mut self, ty: Ty, name: Symbol) -> bool {
        if let Some(head) = Head::of(&self.ck.program.types, ty)
            && !self.ck.program.index.methods(head, name).is_empty()
        {
            return true;
        }
        !self.trait_candidates(ty, name, Span::DUMMY).is_empty()
    }

    /// A value was used before anything was known of its type.
    pub(crate) fn report_unknown_type(&mut self, ty: Ty, span: Span) {
        // Other mistakes were found: what is not known may follow from them.
        if !self.has_errors {
            let diag = Diagnostic::error(codes::CANNOT_INFER, span, "the type of this is not known here")
                .note("write a type where the variable or parameter is declared: `x: T`");
            self.report(diag);
        }
        self.unify(ty, Ty::ERROR);
    }

    pub(crate) fn tuple_field(
        &mut self,
        base: &mut ast::Expr,
        index: u32,
        index_span: Span,
        span: Span,
    ) -> Expr {
        let base = self.expr(base, None);
        let ty = self.settle(base.ty);
        let field = match self.kind(ty) {
            TyKind::Error => return self.error_expr(span),
            TyKind::Tuple(args) => args.get(index as usize).copied(),
            TyKind::Adt(adt, _) => {
                let decl = &self.ck.program.adts[*adt];
                let variant = &decl.variants.as_slice().first();
                match variant {
                    Some(v) if !decl.is_enum && v.shape == VariantShape::Tuple => {
                        let adt = *adt;
                        let field = v.fields.get(index as usize).map(|f| f.ty);
                        self.ck.note(index_span, Target::Field(adt, VariantIdx(0), index));
                        self.check_tuple_field(adt, VariantIdx(0), index as usize, index_span);
                        field.map(|f| self.adt_field_ty(ty, f))
                    }
                    _ => None,
                }
            }
            TyKind::Infer(_) => {
                self.report_unknown_type(ty, base.span);
                return self.error_expr(span);
            }
            _ => None,
        };
        match field {
            Some(field) => Expr { kind: ExprKind::Field { base: Box::new(base), index }, ty: field, span },
            None => {
                let name = self.ty_name(ty);
                let message = format!("`{name}` has no element `{index}`");
                let diag = Diagnostic::error(codes::UNKNOWN_FIELD, index_span, message);
                let len = match self.kind(ty) {
                    TyKind::Tuple(args) => args.len(),
                    _ => 0,
                };
                let list: Vec<String> = (0..len).map(|i| format!("`{i}`")).collect();
                self.report(match len {
                    1..=8 => diag.note(format!("its elements are {}", list.join(", "))),
                    _ => diag,
                });
                self.error_expr(span)
            }
        }
    }
}
