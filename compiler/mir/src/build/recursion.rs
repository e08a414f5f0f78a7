//! Which of the compiler's structural operations come back to the type they started from; [`super::flat`] builds those.

use super::Cx;
use super::instances::ResolvedFn;
use hir::program::TraitId;
use hir::ty::{Ty as HTy, TyKind as H};
use rustc_hash::FxHashSet;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Op {
    Eq,
    Cmp,
    Hash,
    Show,
}

impl Op {
    /// The operation behind a method of a lang trait.
    pub fn of(trait_: &str, method: &str) -> Option<Op> {
        Some(match (trait_, method) {
            ("Eq", "eq") => Op::Eq,
            ("Ord", "cmp") => Op::Cmp,
            ("Hash", "hash") => Op::Hash,
            ("Show", "show") => Op::Show,
            _ => return None,
        })
    }

    fn trait_name(self) -> &'static str {
        match self {
            Op::Eq => "Eq",
            Op::Cmp => "Ord",
            Op::Hash => "Hash",
            Op::Show => "Show",
        }
    }

    /// Whether it compares two values.
    pub fn has_two(self) -> bool {
        matches!(self, Op::Eq | Op::Cmp)
    }
}

/// A type of the library that is walked through by what it holds.
#[derive(Clone, Copy)]
pub(super) enum Container {
    Sequence(Sequence),
    /// A map, or a set without values.
    Entries {
        key: HTy,
        value: Option<HTy>,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sequence {
    Fixed,
    Array,
    Deque,
}

impl Cx<'_> {
    /// Whether the compiler's implementation of an operation for a type comes back to the type.
    pub(super) fn is_recursive(&mut self, op: Op, ty: HTy) -> bool {
        self.op_edges(op, ty).into_iter().any(|part| self.leads_to(op, part, ty))
    }

    /// Whether an operation on `from` may come to values of type `to` without leaving the compiler's hands.
    pub(super) fn leads_to(&mut self, op: Op, from: HTy, to: HTy) -> bool {
        let mut seen = FxHashSet::default();
        let mut work = vec![from];
        while let Some(ty) = work.pop() {
            if ty == to {
                return true;
            }
            if seen.insert(ty) {
                work.extend(self.op_edges(op, ty));
            }
        }
        false
    }

    /// The types of the parts that an operation on a type goes on with.
    pub(super) fn op_edges(&mut self, op: Op, ty: HTy) -> Vec<HTy> {
        if let Some(container) = self.container(op, ty) {
            return match (container, self.front.program().types.kind(ty)) {
                (_, H::FixedArray(elem, _)) => vec![*elem],
                (Container::Entries { key, value }, _) => std::iter::once(key).chain(value).collect(),
                (_, H::Adt(_, args)) => vec![args[0]],
                _ => Vec::new(),
            };
        }
        match self.front.program().types.kind(ty).clone() {
            H::Tuple(_) => self.parts(ty).0.concat(),
            H::Adt(..) if self.is_structural(op, ty) => self.parts(ty).0.concat(),
            _ => Vec::new(),
        }
    }

    /// Containers whose implementation in the library [`super::flat`] takes the place of.
    pub(super) fn container(&self, op: Op, ty: HTy) -> Option<Container> {
        let (id, args) = match self.front.program().types.kind(ty) {
            H::FixedArray(..) => return Some(Container::Sequence(Sequence::Fixed)),
            H::Adt(id, args) => (Some(*id), args),
            _ => return None,
        };
        let is = |name: &str| self.lang_adt(name) == id;
        Some(match op {
            _ if is("Array") => Container::Sequence(Sequence::Array),
            _ if is("Deque") => Container::Sequence(Sequence::Deque),
            Op::Eq | Op::Hash | Op::Show if is("Map") => {
                Container::Entries { key: args[0], value: Some(args[1]) }
            }
            // The others are those of the map inside.
            Op::Show if is("Set") => Container::Entries { key: args[0], value: None },
            _ => return None,
        })
    }

    /// Whether the type has no implementation of its own.
    fn is_structural(&mut self, op: Op, ty: HTy) -> bool {
        let method = match op {
            Op::Eq => "eq",
            Op::Cmp => "cmp",
            Op::Hash => "hash",
            Op::Show => "show",
        };
        let Some((trait_, method)) = self.lang_method(op.trait_name(), method) else { return false };
        matches!(self.resolve(trait_, method, Box::new([ty])), ResolvedFn::Builtin { .. })
    }

    /// The name of a lang trait that the compiler implements structurally.
    pub(super) fn structural_trait(&self, trait_: TraitId) -> Option<&'static str> {
        ["Eq", "Ord", "Hash", "Show"].into_iter().find(|n| self.lang_trait(n) == Some(trait_))
    }
}
