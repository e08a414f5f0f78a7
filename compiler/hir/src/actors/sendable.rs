//! Futures belong to the green thread that made them: they are in no message and in no closure.

use crate::checker::Checker;
use crate::codes;
use crate::program::FnId;
use crate::ty::{Ty, TyKind};
use syntax::{Diagnostic, Span};

/// So many types inside a type are looked at.
const MAX_PARTS: usize = 1000;

impl Checker {
    /// Reports the values of a message that hold futures.
    pub(super) fn check_sendable(&mut self, fn_: FnId, tys: &[(Ty, Span)]) {
        for (ty, span) in tys {
            if self.holds_future(*ty, &mut Vec::new()) {
                let name = self.program.ty_name(*ty);
                let message = format!("`{name}` cannot be sent to another actor: it is, or holds, a future");
                let diag = Diagnostic::error(codes::NOT_SENDABLE, *span, message)
                    .note("a future belongs to the code that started it: send its value, `await f`");
                self.report(diag);
                self.decls.faulty_signatures.push(fn_);
            }
        }
    }

    /// Whether a type is a future, or has one inside.
    pub(crate) fn holds_future(&mut self, ty: Ty, seen: &mut Vec<Ty>) -> bool {
        // Types that hold ever larger ones have no end; where they are used is reported elsewhere.
        if ty.is_fixed() || seen.contains(&ty) || seen.len() > MAX_PARTS {
            return false;
        }
        seen.push(ty);
        let parts = match self.program.types.kind(ty).clone() {
            TyKind::Adt(adt, _) if Some(adt) == self.program.lang_adt("Future") => return true,
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
        parts.into_iter().any(|part| self.holds_future(part, seen))
    }
}
