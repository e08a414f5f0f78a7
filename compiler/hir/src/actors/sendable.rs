//! Futures belong to the green thread that made them: they are in no message and in no closure.

use crate::checker::Checker;
use crate::codes;
use crate::program::{FnId, Program};
use crate::ty::{Ty, TyKind};
use syntax::{Diagnostic, Span};

/// So many types inside a type are looked at.
const MAX_PARTS: usize = 1000;

impl Checker {
    /// Reports the values of a message that hold futures. What type parameters stand for is known later, see
    /// `mir::build::actors`.
    pub(super) fn check_sendable(&mut self, fn_: FnId, tys: &[(Ty, Span)]) {
        for (ty, span) in tys {
            if self.program.holds_future(*ty, &mut Vec::new()) {
                let name = self.program.ty_name(*ty);
                let message = format!("`{name}` cannot be sent to another actor: it is, or holds, a future");
                let diag = Diagnostic::error(codes::NOT_SENDABLE, *span, message)
                    .note("a future belongs to the code that started it: send its value, `await f`");
                self.report(diag);
                self.decls.faulty_signatures.push(fn_);
            }
        }
    }
}

impl Program {
    /// Whether a type is a future, or has one inside. An actor's reference has not, whatever the actor keeps.
    pub fn holds_future(&mut self, ty: Ty, seen: &mut Vec<Ty>) -> bool {
        // Types that hold ever larger ones have no end; where they are used is reported elsewhere.
        if ty.is_fixed() || seen.contains(&ty) || seen.len() > MAX_PARTS {
            return false;
        }
        seen.push(ty);
        let parts = match self.types.kind(ty).clone() {
            TyKind::Adt(adt, _) if Some(adt) == self.lang_adt("Future") => return true,
            TyKind::Adt(adt, args) if !self.refers_to_actor(ty) => {
                let variants = self.adts[adt].variants.iter();
                let fields: Vec<Ty> = variants.flat_map(|v| &v.fields).map(|f| f.ty).collect();
                let fields = fields.into_iter().map(|field| self.types.subst(field, &args));
                fields.chain(args.iter().copied()).collect()
            }
            TyKind::Tuple(args) => args.to_vec(),
            TyKind::FixedArray(elem, _) => vec![elem],
            _ => Vec::new(),
        };
        parts.into_iter().any(|part| self.holds_future(part, seen))
    }

    fn refers_to_actor(&self, ty: Ty) -> bool {
        let Some(reference) = self.lang_adt("ActorRef") else { return false };
        let is_reference = |ty: Ty| matches!(self.types.kind(ty), TyKind::Adt(adt, _) if *adt == reference);
        let TyKind::Adt(adt, _) = self.types.kind(ty) else { return false };
        let variant = self.adts[*adt].variants.as_slice().first();
        is_reference(ty) || variant.is_some_and(|v| matches!(&v.fields[..], [f] if is_reference(f.ty)))
    }
}
