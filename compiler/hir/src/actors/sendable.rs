//! Futures and generators belong to the code that made them: they are in no message and in no closure.

use crate::checker::Checker;
use crate::codes;
use crate::program::{FnId, Program};
use crate::ty::{Ty, TyKind};
use syntax::{Diagnostic, Span};

/// What cannot be sent or captured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Unsendable {
    Future,
    Generator,
}

impl Unsendable {
    pub fn text(self) -> &'static str {
        match self {
            Unsendable::Future => "a future",
            Unsendable::Generator => "a generator",
        }
    }

    /// What to do instead.
    pub fn way_out(self) -> &'static str {
        match self {
            Unsendable::Future => "a future belongs to the code that started it: send its value, `await f`",
            Unsendable::Generator => {
                "a generator belongs to the code that goes through it: send its values, `g.collect()`"
            }
        }
    }
}

/// So many types inside a type are looked at.
const MAX_PARTS: usize = 1000;

impl Checker {
    /// Reports the values of a message that hold futures. What type parameters stand for is known later, see
    /// `mir::build::actors`.
    pub(super) fn check_sendable(&mut self, fn_: FnId, tys: &[(Ty, Span)]) {
        for (ty, span) in tys {
            if self.report_unsendable(*ty, *span) {
                self.decls.faulty_signatures.push(fn_);
            }
        }
    }
}

impl Checker {
    /// Reports a value that cannot be in a message.
    pub(crate) fn report_unsendable(&mut self, ty: Ty, span: Span) -> bool {
        let Some(bound) = self.program.holds_unsendable(ty, &mut Vec::new()) else { return false };
        let (name, what) = (self.program.ty_name(ty), bound.text());
        let message = format!("`{name}` cannot be sent to another actor: it is, or holds, {what}");
        let diag = Diagnostic::error(codes::NOT_SENDABLE, span, message);
        self.report(diag.note(bound.way_out()));
        true
    }
}

impl Program {
    /// Whether a type is a future or a generator, or has one inside. An actor's reference has not, whatever the actor keeps.
    pub fn holds_unsendable(&mut self, ty: Ty, seen: &mut Vec<Ty>) -> Option<Unsendable> {
        // Types that hold ever larger ones have no end; where they are used is reported elsewhere.
        if ty.is_fixed() || seen.contains(&ty) || seen.len() > MAX_PARTS {
            return None;
        }
        seen.push(ty);
        let parts = match self.types.kind(ty).clone() {
            TyKind::Adt(adt, _) if Some(adt) == self.lang_adt("Future") => return Some(Unsendable::Future),
            TyKind::Adt(adt, _) if Some(adt) == self.lang_adt("Generator") => {
                return Some(Unsendable::Generator);
            }
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
        parts.into_iter().find_map(|part| self.holds_unsendable(part, seen))
    }

    fn refers_to_actor(&self, ty: Ty) -> bool {
        let Some(reference) = self.lang_adt("ActorRef") else { return false };
        let is_reference = |ty: Ty| matches!(self.types.kind(ty), TyKind::Adt(adt, _) if *adt == reference);
        let TyKind::Adt(adt, _) = self.types.kind(ty) else { return false };
        let variant = self.adts[*adt].variants.as_slice().first();
        is_reference(ty) || variant.is_some_and(|v| matches!(&v.fields[..], [f] if is_reference(f.ty)))
    }
}
