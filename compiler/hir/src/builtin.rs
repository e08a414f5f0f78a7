//! Implementations that the compiler provides: comparison and arithmetic of numbers, and equality, order,
//! hashing and printing of structs, enums and tuples by their parts. Must match docs/contracts.md, "Lang items".

use crate::impls::{Head, ImplIndex};
use crate::infer::VarKind;
use crate::program::{AdtId, TraitId};
use crate::solve::{Sel, Solver, Tri};
use crate::ty::{Ty, TyKind};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Builtin {
    Eq,
    Ord,
    Hash,
    Show,
    /// Crossing to JavaScript.
    Wire,
    /// `+ - * / % **`, on numbers.
    Arith,
    /// `+% -% *%`, on integers.
    Wrap,
    /// `& | ^`, on integers and `Bool`.
    Bits,
    /// `<< >>`, on integers.
    Shift,
    /// `-`, on numbers.
    Neg,
    /// `!`, on `Bool`.
    Not,
    /// `~`, on integers.
    BitNot,
}

impl Builtin {
    pub fn of_lang(name: &str) -> Option<Builtin> {
        Some(match name {
            "Eq" => Builtin::Eq,
            "Ord" => Builtin::Ord,
            "Hash" => Builtin::Hash,
            "Show" => Builtin::Show,
            "Wire" => Builtin::Wire,
            "Add" | "Sub" | "Mul" | "Div" | "Rem" | "Pow" => Builtin::Arith,
            "WrapAdd" | "WrapSub" | "WrapMul" => Builtin::Wrap,
            "BitAnd" | "BitOr" | "BitXor" => Builtin::Bits,
            "Shl" | "Shr" => Builtin::Shift,
            "Neg" => Builtin::Neg,
            "Not" => Builtin::Not,
            "BitNot" => Builtin::BitNot,
            _ => return None,
        })
    }

    /// Whether the trait is implemented by the parts of a type, where it has no `impl` of its own.
    pub fn is_structural(self) -> bool {
        matches!(self, Builtin::Eq | Builtin::Ord | Builtin::Hash | Builtin::Show | Builtin::Wire)
    }

    /// Whether the syntax that calls the trait's methods leaves the operands where they are, whatever the methods do.
    pub fn lends_operands(self) -> bool {
        matches!(self, Builtin::Eq | Builtin::Ord | Builtin::Hash | Builtin::Show)
    }

    pub fn is_binary(self) -> bool {
        matches!(self, Builtin::Arith | Builtin::Wrap | Builtin::Bits)
    }

    pub fn holds_for_number(self, is_int: bool) -> bool {
        match self {
            Builtin::Eq | Builtin::Ord | Builtin::Arith | Builtin::Neg => true,
            Builtin::Wrap | Builtin::Bits | Builtin::Shift | Builtin::BitNot => is_int,
            Builtin::Hash | Builtin::Show | Builtin::Wire | Builtin::Not => false,
        }
    }

    /// Whether the compiler provides it for a type without parts.
    fn holds_for(self, kind: &TyKind) -> bool {
        match kind {
            TyKind::Int(_) => self.holds_for_number(true),
            TyKind::F32 | TyKind::F64 => self.holds_for_number(false),
            TyKind::Bool => matches!(self, Builtin::Eq | Builtin::Ord | Builtin::Bits | Builtin::Not),
            TyKind::Char | TyKind::Ptr(_) => matches!(self, Builtin::Eq | Builtin::Ord),
            TyKind::Never => self.is_structural(),
            _ => false,
        }
    }
}

/// Types of the library whose parts say nothing about their values.
pub(crate) const OPAQUE: [&str; 7] =
    ["ActorRef", "Future", "FutureHandle", "Reply", "ReplyPair", "Timer", "Waiting"];

impl ImplIndex {
    pub fn set_builtin(&mut self, trait_: TraitId, builtin: Builtin) {
        self.builtins.push((trait_, builtin));
    }

    /// The traits with implementations that the compiler provides.
    pub fn builtin_traits(&self) -> impl Iterator<Item = TraitId> {
        self.builtins.iter().map(|b| b.0)
    }

    pub fn builtin(&self, trait_: TraitId) -> Option<Builtin> {
        self.builtins.iter().find(|b| b.0 == trait_).map(|b| b.1)
    }
}

impl Solver<'_> {
    pub(crate) fn select_builtin(&mut self, trait_: TraitId, self_ty: Ty, args: &[Ty]) -> Sel {
        let Some(builtin) = self.p.index.builtin(trait_) else { return Sel::No };
        let kind = self.p.types.kind(self_ty);
        if builtin.holds_for(kind) {
            return if self.builtin_takes(builtin, args) { Sel::Builtin(builtin) } else { Sel::No };
        }
        let parts = match kind {
            // What can only be moved stays on its side.
            TyKind::Adt(adt, _) if builtin == Builtin::Wire && self.p.adts[*adt].is_iso => false,
            TyKind::Adt(adt, _) if builtin == Builtin::Show && self.is_library_iterator(*adt) => false,
            TyKind::Adt(adt, _) => !self.p.index.opaque.contains(adt),
            _ => matches!(kind, TyKind::Tuple(_) | TyKind::FixedArray(..)),
        };
        if builtin.is_structural() && parts { Sel::Builtin(builtin) } else { Sel::No }
    }

    /// Whether a type is an iterator of the library, of which nobody wants to see where it stands: who prints one has
    /// forgotten `collect()`.
    fn is_library_iterator(&self, adt: AdtId) -> bool {
        let is_library = self.p.modules[self.p.adts[adt].module].is_library;
        is_library
            && self
                .p
                .index
                .iterator
                .is_some_and(|id| !self.p.index.trait_impls(id, Head::Adt(adt)).is_empty())
    }

    /// Whether the compiler's operator of a number takes what is on the right.
    pub(crate) fn builtin_takes(&mut self, builtin: Builtin, args: &[Ty]) -> bool {
        match builtin {
            Builtin::Shift => self.shift_count_fits(args[0], args[1]),
            _ => !builtin.is_binary() || self.unify(args[0], args[1]),
        }
    }

    /// Whether an operator of a number may still be the compiler's, since nothing is known of its right side.
    pub(crate) fn may_be_builtin(&self, trait_: TraitId, self_ty: Ty, args: &[Ty]) -> bool {
        self.p.index.builtin(trait_).is_some_and(|builtin| builtin.holds_for(self.p.types.kind(self_ty)))
            && self.is_right_side_open(args)
    }

    /// Whether the arguments are those of an operator of whose right side nothing is known.
    pub(crate) fn is_right_side_open(&self, args: &[Ty]) -> bool {
        let [_, right] = args else { return false };
        self.infer.kind_of(&self.p.types, self.shallow(*right)) == Some(VarKind::General)
    }

    fn shift_count_fits(&mut self, value: Ty, count: Ty) -> bool {
        let count = self.shallow(count);
        match self.p.types.kind(count) {
            TyKind::Int(_) => true,
            TyKind::Infer(_) => self.unify(value, count),
            _ => false,
        }
    }

    /// Whether all parts of a type with a structural implementation have the trait too.
    pub(crate) fn structural_parts_hold(&mut self, trait_: TraitId, ty: Ty) -> Tri {
        let mut result = Tri::Yes;
        for part in self.parts(ty) {
            result = result.and(self.holds(trait_, &[part]));
            if result == Tri::No {
                break;
            }
        }
        result
    }

    /// The types directly inside a tuple, struct, enum or fixed array.
    pub(crate) fn parts(&mut self, ty: Ty) -> Vec<Ty> {
        let ty = self.shallow(ty);
        match self.p.types.kind(ty).clone() {
            TyKind::Tuple(args) => args.to_vec(),
            TyKind::FixedArray(elem, _) => vec![elem],
            TyKind::Adt(id, args) => {
                let fields: Vec<Ty> =
                    self.p.adts[id].variants.iter().flat_map(|v| v.fields.iter().map(|f| f.ty)).collect();
                fields.into_iter().map(|t| self.instantiate(t, &args)).collect()
            }
            _ => Vec::new(),
        }
    }
}
