//! What `-g` needs beyond spans: variables and their types, and where inlined code comes from. Without `-g` there is nothing of it.
//!
//! Variables are a table beside a body's code. A pass that renames registers renames them there ([`Place::for_each_reg_mut`]); one
//! that gives a register or a slot another meaning takes the variables in it away ([`Body::keep_variables_of`]), so that what is left is true.
//! In optimised programs they are variables that are written once: see `mir::debug`.
//!
//! Offsets and sizes are bytes, as `lower::layout` has them.
//!
//! [`Place::for_each_reg_mut`]: VariablePlace::for_each_reg_mut

use crate::ir::*;
use entity::{IndexVec, entity};
use syntax::{InlineTable, Span};

entity! {
    /// A type as debuggers see it.
    pub struct TypeId = "debug";
}

#[derive(Clone, PartialEq, Default, Debug)]
pub struct Debug {
    /// What the marks among the spans stand for.
    pub inlined: InlineTable,
    pub types: IndexVec<TypeId, TypeData>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Variable {
    pub name: String,
    pub ty: TypeId,
    /// Its declaration: a mark, if the function that it is of was inlined.
    pub span: Span,
    /// Of a parameter, its number from 1.
    pub param: Option<u32>,
    pub place: VariablePlace,
}

#[derive(Clone, PartialEq, Debug)]
pub enum VariablePlace {
    /// Its scalars; those that are missing have been optimised out.
    Regs(Vec<Piece>),
    Slot(Slot),
    /// In memory at the address that the register holds.
    Behind(Reg),
}

/// A scalar of a value in memory, which a register holds.
#[derive(Clone, PartialEq, Debug)]
pub struct Piece {
    pub reg: Reg,
    pub mem: MemTy,
    pub offset: u32,
}

#[derive(Clone, PartialEq, Debug)]
pub struct TypeData {
    /// As GAL spells it.
    pub name: String,
    pub size: u32,
    pub align: u32,
    pub kind: TypeKind,
}

#[derive(Clone, PartialEq, Debug)]
pub enum TypeKind {
    Signed,
    Unsigned,
    Float,
    Bool,
    /// A Unicode scalar value.
    Char,
    /// An address of what is not described, such as a closure.
    Opaque,
    Pointer(TypeId),
    Struct(Vec<Field>),
    /// One byte, the variant's index, comes first, if there is more than one variant.
    Enum(Vec<Variant>),
    /// The address of a cell, with a word that is the variant's index at `tag` where more than one has fields; or, below 4096, the
    /// index of a variant without fields.
    BoxedEnum {
        variants: Vec<Variant>,
        tag: u32,
    },
    FixedArray {
        element: TypeId,
        stride: u32,
        len: u64,
    },
    /// The address of a cell with its number of elements, a word, at `len`, and elements from `first` on.
    Elements {
        element: TypeId,
        stride: u32,
        len: u32,
        first: u32,
    },
    /// UTF-8: the address and the number of the bytes are words at these offsets.
    Text {
        data: u32,
        len: u32,
    },
}

#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    pub name: String,
    pub ty: TypeId,
    pub offset: u32,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Variant {
    pub name: String,
    pub fields: Vec<Field>,
}

/// The name of a function as people know it: without the number that tells it from others of its name.
pub fn readable_name(name: &str) -> &str {
    match name.rsplit_once('#') {
        Some((own, number)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => own,
        _ => name,
    }
}

impl VariablePlace {
    pub fn for_each_reg_mut(&mut self, mut f: impl FnMut(&mut Reg)) {
        match self {
            VariablePlace::Regs(pieces) => pieces.iter_mut().for_each(|piece| f(&mut piece.reg)),
            VariablePlace::Behind(reg) => f(reg),
            VariablePlace::Slot(_) => {}
        }
    }
}

impl Body {
    /// Takes from the variables the registers that do not hold them any more.
    pub(crate) fn keep_variables_of(&mut self, holds: impl Fn(Reg) -> bool) {
        self.variables.retain_mut(|variable| match &mut variable.place {
            VariablePlace::Regs(pieces) => {
                pieces.retain(|piece| holds(piece.reg));
                !pieces.is_empty()
            }
            VariablePlace::Behind(reg) => holds(*reg),
            VariablePlace::Slot(_) => true,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_not_part_of_names() {
        assert_eq!(readable_name("show#2"), "show");
        assert_eq!(readable_name("Array<Int>.push"), "Array<Int>.push");
        assert_eq!(["a#", "a#b"].map(readable_name), ["a#", "a#b"]);
    }
}
