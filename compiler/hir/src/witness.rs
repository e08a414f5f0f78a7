//! Values that a match forgot, as patterns to add.

use crate::exhaustive::Ctor;
use crate::program::{Program, VariantIdx, VariantShape};
use crate::ty::{Ty, TyKind};

/// A pattern that stands for values which no arm matches.
#[derive(Clone, Debug)]
pub(crate) struct Witness {
    pub ctor: Ctor,
    pub fields: Vec<Witness>,
    pub ty: Ty,
}

pub(crate) fn wild(ty: Ty) -> Witness {
    Witness { ctor: Ctor::Wild, fields: Vec::new(), ty }
}

pub(crate) fn push_wilds(tys: &[Ty]) -> Vec<Witness> {
    tys.iter().copied().map(wild).collect()
}

impl Program {
    pub(crate) fn witness_text(&self, w: &Witness) -> String {
        match &w.ctor {
            Ctor::Wild | Ctor::Or | Ctor::Opaque | Ctor::Str(_) | Ctor::Float(_) => "_".to_string(),
            Ctor::Bool(b) => b.to_string(),
            Ctor::Range(lo, hi) => self.range_text(*lo, *hi, w.ty),
            Ctor::Single => match self.types.kind(w.ty) {
                TyKind::Tuple(_) => format!("({})", self.list(&w.fields)),
                _ => self.variant_text(w, VariantIdx(0)),
            },
            Ctor::Variant(variant) => self.variant_text(w, *variant),
            Ctor::Fixed(_) => format!("[{}]", self.list(&w.fields)),
            Ctor::Rest(prefix, _) => {
                let mut parts: Vec<String> = w.fields.iter().map(|f| self.witness_text(f)).collect();
                parts.insert(*prefix, "..".to_string());
                format!("[{}]", parts.join(", "))
            }
        }
    }

    fn list(&self, fields: &[Witness]) -> String {
        fields.iter().map(|f| self.witness_text(f)).collect::<Vec<_>>().join(", ")
    }

    fn variant_text(&self, w: &Witness, variant: VariantIdx) -> String {
        let TyKind::Adt(adt, _) = self.types.kind(w.ty) else { return "_".to_string() };
        let decl = &self.adts[*adt].variants[variant];
        let name = self.name(decl.name);
        match decl.shape {
            VariantShape::Unit => name.to_string(),
            VariantShape::Tuple => format!("{name}({})", self.list(&w.fields)),
            VariantShape::Named => {
                let fields = decl.fields.iter().zip(&w.fields);
                let known: Vec<String> = fields
                    .filter(|(_, f)| f.ctor != Ctor::Wild)
                    .map(|(d, f)| format!("{}: {}", self.name(d.name), self.witness_text(f)))
                    .collect();
                match (known.is_empty(), known.len() == decl.fields.len()) {
                    (true, _) => format!("{name} {{ .. }}"),
                    (false, true) => format!("{name} {{ {} }}", known.join(", ")),
                    (false, false) => format!("{name} {{ {}, .. }}", known.join(", ")),
                }
            }
        }
    }

    fn range_text(&self, lo: i128, hi: i128, ty: Ty) -> String {
        if *self.types.kind(ty) == TyKind::Char {
            let show = |n: i128| match u32::try_from(n).ok().and_then(char::from_u32) {
                Some(c) if c.is_ascii_graphic() => format!("'{c}'"),
                _ => format!("'\\u{{{n:X}}}'"),
            };
            return if lo == hi { show(lo) } else { format!("{}..={}", show(lo), show(hi)) };
        }
        let TyKind::Int(int) = self.types.kind(ty) else { return "_".to_string() };
        let bits = int.bits(8);
        let (min, max) = match int.is_signed() {
            true => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
            false => (0, (1i128 << bits) - 1),
        };
        if lo == hi {
            return lo.to_string();
        }
        match (lo == min, hi == max) {
            (true, true) => "_".to_string(),
            (true, false) => format!("..={hi}"),
            (false, true) => format!("{lo}.."),
            (false, false) => format!("{lo}..={hi}"),
        }
    }
}
