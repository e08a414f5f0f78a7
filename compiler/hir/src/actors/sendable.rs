//! Futures and generators belong to the code that made them: they are in no message and in no closure.

use crate::checker::Checker;
use crate::codes;
use crate::program::FnId;
use crate::ty::{Ty, TyKind};
use syntax::{Diagnostic, Span};

/// What cannot be sent or captured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    Future,
    Generator,
}

impl Bound {
    pub fn text(self) -> &'static str {
        match self {
            Bound::Future => "a future",
            Bound::Generator => "a generator",
        }
    }
}

/// So many types inside a type are looked at.
const MAX_PARTS: usize = 1000;

impl Checker {
    /// Reports the values of a message that hold futures.
    pub(super) fn check_sendable(&mut self, fn_: FnId, tys: &[(Ty, Span)]) {
        for (ty, span) in tys {
            if self.report_unsendable(*ty, *span) {
                self.decls.faulty_signatures.push(fn_);
            }
        }
    }

    /// Reports a value that cannot be in a message.
    pub(crate) fn report_unsendable(&mut self, ty: Ty, span: Span) -> bool {
        let Some(bound) = self.holds_bound(ty, &mut Vec::new()) else { return false };
        let (name, what) = (self.program.ty_name(ty), bound.text());
        let message = format!("`{name}` cannot be sent to another actor: it is, or holds, {what}");
        let diag = Diagnostic::error(codes::NOT_SENDABLE, span, message);
        self.report(diag.note(match bound {
            Bound::Future => "a future belongs to the code that started it: send its value, `await f`",
            Bound::Generator => {
                "a generator belongs to the code that goes through it: send its values, `g.collect()`"
            }
        }));
        true
    }

    /// Whether a type is a future or a generator, or has one inside.
    pub(crate) fn holds_bound(&mut self, ty: Ty, seen: &mut Vec<Ty>) -> Option<Bound> {
        // Types that hold ever larger ones have no end; where they are used is reported elsewhere.
        if ty.is_fixed() || seen.contains(&ty) || seen.len() > MAX_PARTS {
            return None;
        }
        seen.push(ty);
        let parts = match self.program.types.kind(ty).clone() {
            TyKind::Adt(adt, _) if Some(adt) == self.program.lang_adt("Future") => {
                return Some(Bound::Future);
            }
            TyKind::Adt(adt, _) if Some(adt) == self.program.lang_adt("Generator") => {
                return Some(Bound::Generator);
            }
            TyKind::Adt(adt, args) if !self.decls.actors.by_adt.contains_key(&adt) => {
                let variants = self.program.adts[adt].variants.iter();
                let fields: Vec<Ty> = variants.flat_map(|v| &v.fields).map(|f| f.ty).collect();
                let fields = fields.into_iter().map(|field| self.program.types.subst(field, &args));
                fields.chain(args.iter().copied()).collect()
            }
            TyKind::Tuple(args) => args.to_vec(),
            TyKind::FixedArray(elem, _) => vec![elem],
            _ => Vec::new(),
        };
        parts.into_iter().find_map(|part| self.holds_bound(part, seen))
    }
}
