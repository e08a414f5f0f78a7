//! Strings with holes.

use super::{Cause, FnCtxt};
use crate::body::*;
use crate::impls::Head;
use crate::program::ImplId;
use crate::ty::{Ty, TyKind};
use syntax::ast;
use syntax::codes::BAD_FORMAT;
use syntax::{Diagnostic, Span};

/// What the values of a type can be formatted with, besides width and alignment.
#[derive(Default)]
struct Formats {
    letters: &'static str,
    has_precision: bool,
    /// `+`, and zeros behind the sign.
    is_number: bool,
}

impl Formats {
    /// The first part of a format that does not apply, with what it is for.
    fn lacks(&self, spec: &ast::FormatSpec) -> Option<(String, String)> {
        let letters =
            || "integers have `x X o b`, floats `e`; a precision is for floats, and cuts text".to_string();
        let numbers = || match spec.width.filter(|_| spec.zero) {
            Some(width) => format!("`+` and `0` are for numbers; `0>{width}` fills the width with zeros"),
            None => "`+` and `0` are for numbers".to_string(),
        };
        let is_based = spec.ty.is_some_and(|letter| letter != 'e');
        match spec.ty {
            Some(letter) if !self.letters.contains(letter) => Some((format!("format `{letter}`"), letters())),
            _ if spec.precision.is_some() && !self.has_precision => {
                Some(("precision".to_string(), letters()))
            }
            _ if spec.plus && !self.is_number => Some(("format `+`".to_string(), numbers())),
            _ if spec.zero && !self.is_number => Some(("format `0`".to_string(), numbers())),
            _ if spec.alternate && !is_based => Some((
                "format `#`".to_string(),
                "`#` is for integers in `x X o b`: `{255:#x}` is `0xff`".to_string(),
            )),
            _ => None,
        }
    }
}

impl FnCtxt<'_> {
    pub(crate) fn interp(&mut self, parts: &mut [ast::InterpPart], span: Span) -> Expr {
        let mut out = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                ast::InterpPart::Str(text) => out.push(InterpPart::Str(std::mem::take(text))),
                ast::InterpPart::Expr { expr, spec } => {
                    let expr = self.expr(expr, None);
                    let spec = spec.take();
                    let ty = expr.ty;
                    let Some(callee) = self.show_callee(ty, spec.is_some(), expr.span) else {
                        return self.error_expr(span);
                    };
                    out.push(InterpPart::Expr { expr, callee, spec });
                }
            }
        }
        Expr { kind: ExprKind::Interp(out), ty: self.ck.string_ty(), span }
    }

    /// Reports what a format asks of a type that has nothing of the kind. A type of the program's own may know more.
    pub(crate) fn check_format(&mut self, spec: &ast::FormatSpec, ty: Ty) {
        let ty = self.shallow(ty);
        let is_string = ty == self.ck.string_ty();
        let known = match self.kind(ty) {
            TyKind::Int(_) => Formats { letters: "xXob", is_number: true, ..Formats::default() },
            TyKind::F32 | TyKind::F64 => Formats { letters: "e", has_precision: true, is_number: true },
            TyKind::Bool | TyKind::Char => Formats::default(),
            _ if is_string => Formats { has_precision: true, ..Formats::default() },
            _ if self.may_know_formats(ty) => return,
            _ => Formats::default(),
        };
        let Some((what, note)) = known.lacks(spec) else { return };
        let mut diag =
            Diagnostic::error(BAD_FORMAT, spec.span, format!("`{}` has no {what}", self.ty_name(ty)))
                .note(note);
        let is_whole = matches!(self.kind(ty), TyKind::Adt(..) | TyKind::Tuple(_) | TyKind::FixedArray(..));
        if is_whole && !is_string {
            diag = diag.note(match spec.alternate {
                true => "no format prints a value over several lines",
                false => "a format is not passed on to parts: give each a hole of its own, as in `xs.map(|x| \"{x:.1}\")`",
            });
        }
        self.report(diag);
    }

    /// Whether the type has a `show_with` of its own, or it is not known which it is.
    fn may_know_formats(&self, ty: Ty) -> bool {
        let head = match self.kind(ty) {
            TyKind::Tuple(_) | TyKind::FixedArray(..) => return false,
            TyKind::Adt(..) => Head::of(&self.ck.program.types, ty),
            _ => None,
        };
        let (Some(head), Some(show)) = (head, self.ck.known.show) else { return true };
        let name = self.ck.known.show_with_name.0;
        let methods = &self.ck.program.traits[show].methods;
        let at = methods.iter().position(|method| self.ck.program.fns[*method].name == name);
        let impls = self.ck.program.index.trait_impls(show, head);
        let own = |id: &ImplId| {
            at.is_some_and(|at| self.ck.program.impls[*id].methods.get(at).is_some_and(Option::is_some))
        };
        impls.iter().any(own)
    }

    fn show_callee(&mut self, ty: Ty, with_spec: bool, span: Span) -> Option<Callee> {
        let show = self.ck.known.show?;
        let known = &self.ck.known;
        let name = if with_spec { known.show_with_name.0 } else { known.show_name.0 };
        let method = self.ck.method_named(show, name)?;
        self.require_simple(show, ty, span, Cause::Interp);
        Some(Callee::TraitMethod { trait_: show, method, args: [ty].into() })
    }
}
