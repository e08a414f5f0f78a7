//! The arguments of generic types: how many there are, and that each is of its parameter's kind.

use super::{Seg, TyCx};
use crate::checker::Checker;
use crate::codes;
use crate::infer::VarKind;
use crate::program::*;
use crate::ty::{Args, Ty};
use syntax::ast::{self, TypeKind};
use syntax::{Diagnostic, Span, Symbol};

impl Checker {
    pub(super) fn lower_adt_args(&mut self, adt: AdtId, segment: Seg<'_>, cx: &TyCx) -> Args {
        let n = self.program.adts[adt].generics.params.len();
        let kinds: Vec<GenericParamKind> =
            (0..n).map(|i| self.program.adts[adt].generics.params[i].kind).collect();
        let (name, span) = (self.program.adts[adt].name, self.program.adts[adt].span);
        self.lower_args(&kinds, segment, name, span, cx)
    }

    /// The arguments of a generic type; wrong numbers are reported and made up for.
    pub(crate) fn lower_args(
        &mut self,
        kinds: &[GenericParamKind],
        segment: Seg<'_>,
        name: Symbol,
        decl: Span,
        cx: &TyCx,
    ) -> Args {
        let Some(given) = segment.args else {
            if kinds.is_empty() {
                return Box::new([]);
            }
            if cx.in_body {
                return kinds.iter().map(|_| self.fresh_var(VarKind::General, segment.ident.span)).collect();
            }
            self.wrong_arg_count(name, decl, kinds.len(), 0, segment.ident.span);
            return kinds.iter().map(|_| Ty::ERROR).collect();
        };
        if let Some((binding, ty)) = given.bindings.first() {
            let text = self.program.name(binding.name);
            let message = format!("type arguments are passed by position, without `{text} = `");
            let mut diag = Diagnostic::error(codes::WRONG_TYPE_ARGS, binding.span, message)
                .note("`Name = T` binds an associated type of a trait");
            if given.args.len() + given.bindings.len() == kinds.len() && given.bindings.len() == 1 {
                let named = Span::new(binding.span.lo, ty.span.lo);
                diag = diag.fix_likely("remove the name", named, "");
            }
            self.report(diag);
            return kinds.iter().map(|_| Ty::ERROR).collect();
        }
        if given.args.len() != kinds.len() {
            self.wrong_arg_count(name, decl, kinds.len(), given.args.len(), given.span);
            return kinds.iter().map(|_| Ty::ERROR).collect();
        }
        if self.has_swapped_args(&given.args, kinds, name, decl, given.span) {
            return kinds.iter().map(|_| Ty::ERROR).collect();
        }
        given.args.iter().zip(kinds).map(|(arg, kind)| self.lower_arg(arg, *kind, cx)).collect()
    }

    /// Whether a value stands where a type belongs; then a type for a constant elsewhere is the same mistake.
    fn has_swapped_args(
        &mut self,
        given: &[ast::Type],
        kinds: &[GenericParamKind],
        name: Symbol,
        decl: Span,
        span: Span,
    ) -> bool {
        let is_const = |k: &GenericParamKind| matches!(k, GenericParamKind::Const(_));
        let is_value = |arg: &ast::Type| matches!(arg.kind, TypeKind::Const(_));
        let misplaced = given.iter().zip(kinds).any(|(arg, kind)| is_value(arg) && !is_const(kind));
        let n_values = given.iter().filter(|a| is_value(a)).count();
        if !misplaced || n_values != kinds.iter().filter(|k| is_const(k)).count() {
            return false;
        }
        let text = self.program.name(name);
        let order: Vec<&str> =
            kinds.iter().map(|k| if is_const(k) { "a constant" } else { "a type" }).collect();
        let message = format!("`{text}` takes {}, in this order", order.join(", "));
        let diag = Diagnostic::error(codes::WRONG_TYPE_ARGS, span, message);
        self.report(self.show_params(diag, decl));
        true
    }

    pub(crate) fn lower_arg(&mut self, arg: &ast::Type, kind: GenericParamKind, cx: &TyCx) -> Ty {
        match kind {
            GenericParamKind::Const(ty) => self.lower_const_type(arg, ty, cx),
            _ => self.lower_ty(arg, cx),
        }
    }

    pub(super) fn wrong_arg_count(
        &mut self,
        name: Symbol,
        decl: Span,
        want: usize,
        found: usize,
        span: Span,
    ) {
        let text = self.program.name(name);
        let count = match want {
            0 => "no type arguments".to_string(),
            1 => "one type argument".to_string(),
            n => format!("{n} type arguments"),
        };
        let given = if found == 0 { "none are given".to_string() } else { format!("{found} given") };
        let diag =
            Diagnostic::error(codes::WRONG_TYPE_ARGS, span, format!("`{text}` takes {count}, {given}"));
        self.report(self.show_params(diag, decl));
    }

    /// Adds where a generic type or trait is declared; of the library's, how it is written.
    fn show_params(&self, diag: Diagnostic, name: Span) -> Diagnostic {
        if name.is_dummy() {
            return diag;
        }
        let Some(source) = self.map.file_at(name.lo).map(|file| self.map.file(file)) else { return diag };
        if !source.is_library {
            return diag.also(name, "declared here");
        }
        let text = &source.text[(name.lo - source.start) as usize..];
        match text.lines().next().and_then(|line| line.split_once('>')) {
            Some((head, _)) if head.contains('<') => {
                diag.note(format!("it is written `{}>`", head.replace("iso ", "")))
            }
            _ => diag,
        }
    }
}
