//! The declarations of the library that the checker itself refers to. Must match docs/contracts.md, "Lang items".

use crate::builtin::Builtin;
use crate::checker::Checker;
use crate::program::{AdtId, FnId, TraitId};
use crate::ty::{Args, Ty, TyKind};
use entity::Arrange;
use syntax::ast::BinOp;
use syntax::{Symbol, sym};

/// Lang items by what they are needed for; absent in a library that does not have them.
#[derive(Clone, Default)]
pub(crate) struct Known {
    /// `String`, or the error type.
    pub string: Option<Ty>,
    pub array: Option<AdtId>,
    pub option: Option<AdtId>,
    pub result: Option<AdtId>,
    pub range: Option<AdtId>,
    pub range_inclusive: Option<AdtId>,
    pub range_from: Option<AdtId>,
    pub range_to: Option<AdtId>,
    pub range_to_inclusive: Option<AdtId>,
    pub range_full: Option<AdtId>,
    pub duration: Option<AdtId>,
    pub eq: Option<TraitId>,
    pub ord: Option<TraitId>,
    pub show: Option<TraitId>,
    pub from: Option<TraitId>,
    pub iterator: Option<TraitId>,
    pub into_iterator: Option<TraitId>,
    pub index: Option<TraitId>,
    pub index_set: Option<TraitId>,
    pub index_place: Option<TraitId>,
    pub neg: Option<TraitId>,
    pub not: Option<TraitId>,
    pub bit_not: Option<TraitId>,
    pub binary: [Option<TraitId>; 14],
    pub next: Symbol0,
    pub show_name: Symbol0,
    pub show_with_name: Symbol0,
}

/// A symbol that has a default.
#[derive(Clone, Copy)]
pub(crate) struct Symbol0(pub Symbol);

impl Default for Symbol0 {
    fn default() -> Symbol0 {
        Symbol0(sym::empty)
    }
}

/// The operators that are traits, with the trait's name and its method.
pub(crate) const BINARY_TRAITS: [(BinOp, &str, &str); 14] = [
    (BinOp::Add, "Add", "add"),
    (BinOp::Sub, "Sub", "sub"),
    (BinOp::Mul, "Mul", "mul"),
    (BinOp::Div, "Div", "div"),
    (BinOp::Rem, "Rem", "rem"),
    (BinOp::Pow, "Pow", "pow"),
    (BinOp::WrapAdd, "WrapAdd", "wrap_add"),
    (BinOp::WrapSub, "WrapSub", "wrap_sub"),
    (BinOp::WrapMul, "WrapMul", "wrap_mul"),
    (BinOp::Shl, "Shl", "shl"),
    (BinOp::Shr, "Shr", "shr"),
    (BinOp::BitAnd, "BitAnd", "bit_and"),
    (BinOp::BitXor, "BitXor", "bit_xor"),
    (BinOp::BitOr, "BitOr", "bit_or"),
];

impl Checker {
    pub(crate) fn find_known(&mut self) {
        let p = &self.program;
        let mut known = Known {
            array: p.lang_adt("Array"),
            option: p.lang_adt("Option"),
            result: p.lang_adt("Result"),
            range: p.lang_adt("Range"),
            range_inclusive: p.lang_adt("RangeInclusive"),
            range_from: p.lang_adt("RangeFrom"),
            range_to: p.lang_adt("RangeTo"),
            range_to_inclusive: p.lang_adt("RangeToInclusive"),
            range_full: p.lang_adt("RangeFull"),
            duration: p.lang_adt("Duration"),
            eq: p.lang_trait("Eq"),
            ord: p.lang_trait("Ord"),
            show: p.lang_trait("Show"),
            from: p.lang_trait("From"),
            iterator: p.lang_trait("Iterator"),
            into_iterator: p.lang_trait("IntoIterator"),
            index: p.lang_trait("Index"),
            index_set: p.lang_trait("IndexSet"),
            index_place: p.lang_trait("IndexPlace"),
            neg: p.lang_trait("Neg"),
            not: p.lang_trait("Not"),
            bit_not: p.lang_trait("BitNot"),
            ..Known::default()
        };
        for (i, (_, name, _)) in BINARY_TRAITS.iter().enumerate() {
            known.binary[i] = p.lang_trait(name);
        }
        if let Some(adt) = p.lang_adt("String") {
            known.string = Some(self.program.types.intern(TyKind::Adt(adt, Box::new([]))));
        }
        known.next = Symbol0(self.program.interner.intern("next"));
        known.show_name = Symbol0(self.program.interner.intern("show"));
        known.show_with_name = Symbol0(self.program.interner.intern("show_with"));
        self.known = known;
        self.program.index.opaque =
            crate::builtin::OPAQUE.iter().filter_map(|name| self.program.lang_adt(name)).collect();
        self.program.index.iterator = self.program.lang_trait("Iterator");
        self.program.index.shared =
            ["ActorBody", "JsBody"].iter().filter_map(|name| self.program.lang_adt(name)).collect();
        let mut traits: Vec<(Symbol, TraitId)> =
            self.program.lang.traits.iter().map(|(s, t)| (*s, *t)).collect();
        traits.arrange();
        for (name, id) in traits {
            if let Some(builtin) = Builtin::of_lang(self.program.interner.name(name)) {
                self.program.index.set_builtin(id, builtin);
            }
        }
    }

    pub(crate) fn string_ty(&self) -> Ty {
        self.known.string.unwrap_or(Ty::ERROR)
    }

    pub(crate) fn lang_adt_ty(&mut self, adt: Option<AdtId>, args: &[Ty]) -> Ty {
        match adt {
            Some(adt) => self.program.types.intern_row(TyKind::Adt(adt, Args::default()), args),
            None => Ty::ERROR,
        }
    }

    pub(crate) fn option_of(&mut self, ty: Ty) -> Ty {
        self.lang_adt_ty(self.known.option, &[ty])
    }

    /// The trait and method behind a binary operator.
    pub(crate) fn operator_trait(&self, op: BinOp) -> Option<(TraitId, FnId)> {
        let idx = BINARY_TRAITS.iter().position(|t| t.0 == op)?;
        let trait_ = self.known.binary[idx]?;
        Some((trait_, *self.program.traits[trait_].methods.first()?))
    }

    /// The method of a trait with this name.
    pub(crate) fn method_of(&self, trait_: TraitId, name: &str) -> Option<FnId> {
        let name = self.program.interner.get(name)?;
        self.method_named(trait_, name)
    }

    pub(crate) fn method_named(&self, trait_: TraitId, name: Symbol) -> Option<FnId> {
        let methods = &self.program.traits[trait_].methods;
        methods.iter().copied().find(|m| self.program.fns[*m].name == name)
    }
}
