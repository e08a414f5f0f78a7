//! Where implementations and methods are found: tables by trait, head of the type and name.

use crate::program::{ConstId, FnId, ImplId, Program, TraitId};
use crate::resolve::Resolved;
use crate::solve::Tri;
use crate::ty::{IntTy, Ty, TyKind, TyMarks, TyTable};
use entity::Arrange;
use rustc_hash::{FxHashMap, FxHashSet};
use syntax::Symbol;

/// The outermost constructor of a type: what impls are looked up by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Head {
    Int(IntTy),
    F32,
    F64,
    Bool,
    Char,
    Never,
    Tuple(u32),
    FixedArray,
    Adt(crate::program::AdtId),
    Fn,
    Dyn(TraitId),
    Ptr,
    Buffer,
    /// Any type: the self type of a blanket impl.
    Any,
}

impl Head {
    /// The head of a type, if it has one that impls can be written for.
    pub fn of(types: &TyTable, ty: Ty) -> Option<Head> {
        Some(match types.kind(ty) {
            TyKind::Int(int) => Head::Int(*int),
            TyKind::F32 => Head::F32,
            TyKind::F64 => Head::F64,
            TyKind::Bool => Head::Bool,
            TyKind::Char => Head::Char,
            TyKind::Never => Head::Never,
            TyKind::Tuple(args) => Head::Tuple(args.len() as u32),
            TyKind::FixedArray(..) => Head::FixedArray,
            TyKind::Adt(id, _) => Head::Adt(*id),
            TyKind::Fn { .. } => Head::Fn,
            TyKind::Dyn { trait_, .. } => Head::Dyn(*trait_),
            TyKind::Ptr(_) => Head::Ptr,
            TyKind::Buffer(_) => Head::Buffer,
            _ => return None,
        })
    }

    /// The head as one number, which is hashed and compared at once.
    fn code(self) -> HeadCode {
        let (kind, part) = match self {
            Head::Int(int) => (0, int as u32),
            Head::F32 => (1, 0),
            Head::F64 => (2, 0),
            Head::Bool => (3, 0),
            Head::Char => (4, 0),
            Head::Never => (5, 0),
            Head::Tuple(len) => (6, len),
            Head::FixedArray => (7, 0),
            Head::Adt(id) => (8, id.0),
            Head::Fn => (9, 0),
            Head::Dyn(id) => (10, id.0),
            Head::Ptr => (11, 0),
            Head::Buffer => (12, 0),
            Head::Any => (13, 0),
        };
        kind << 32 | u64::from(part)
    }

    /// The head under which an impl for the type is filed: parameters are blanket.
    pub fn of_impl(types: &TyTable, ty: Ty) -> Option<Head> {
        match types.kind(ty) {
            TyKind::Param(..) | TyKind::Assoc { .. } => Some(Head::Any),
            _ => Head::of(types, ty),
        }
    }
}

/// See [`Head::code`].
type HeadCode = u64;

/// All impls of a program, by what they are looked up by.
#[derive(Default)]
pub(crate) struct ImplIndex {
    by_trait: FxHashMap<(TraitId, HeadCode), Vec<ImplId>>,
    /// Whether a trait, by its number, has impls for any type. Few have.
    has_blanket: Vec<bool>,
    /// For all heads.
    of_trait: FxHashMap<TraitId, Vec<ImplId>>,
    inherent: FxHashMap<(HeadCode, Symbol), Vec<FnId>>,
    inherent_consts: FxHashMap<(Head, Symbol), Vec<(ImplId, ConstId)>>,
    trait_methods: FxHashMap<Symbol, Vec<(TraitId, FnId)>>,
    /// The method of a trait with a name.
    method_of_trait: FxHashMap<(TraitId, Symbol), FnId>,
    /// The traits that have impls for a head.
    traits_by_head: FxHashMap<Head, Vec<TraitId>>,
    assoc_types: FxHashMap<Symbol, Vec<TraitId>>,
    pub(crate) builtins: Vec<(TraitId, crate::builtin::Builtin)>,
    /// Types without structural implementations.
    pub(crate) opaque: Vec<crate::program::AdtId>,
    /// The trait of iterators.
    pub(crate) iterator: Option<TraitId>,
    /// Types of the library whose values belong to nobody who refers to them.
    pub(crate) shared: Vec<crate::program::AdtId>,
}

fn list<K: std::hash::Hash + Eq, V>(map: &FxHashMap<K, Vec<V>>, key: K) -> &[V] {
    map.get(&key).map_or(&[], Vec::as_slice)
}

impl ImplIndex {
    pub fn add_trait_impl(&mut self, trait_: TraitId, head: Head, id: ImplId) {
        let impls = self.by_trait.entry((trait_, head.code())).or_default();
        if impls.is_empty() {
            self.traits_by_head.entry(head).or_default().push(trait_);
        }
        impls.push(id);
        let slot = trait_.0 as usize;
        if head == Head::Any {
            self.has_blanket.resize(self.has_blanket.len().max(slot + 1), false);
            self.has_blanket[slot] = true;
        }
        self.of_trait.entry(trait_).or_default().push(id);
    }

    pub fn add_method(&mut self, head: Head, name: Symbol, id: FnId) {
        self.inherent.entry((head.code(), name)).or_default().push(id);
    }

    pub fn add_const(&mut self, head: Head, name: Symbol, impl_: ImplId, id: ConstId) {
        self.inherent_consts.entry((head, name)).or_default().push((impl_, id));
    }

    pub fn add_trait_method(&mut self, name: Symbol, trait_: TraitId, id: FnId) {
        self.trait_methods.entry(name).or_default().push((trait_, id));
        self.method_of_trait.insert((trait_, name), id);
    }

    pub fn add_assoc_type(&mut self, name: Symbol, trait_: TraitId) {
        self.assoc_types.entry(name).or_default().push(trait_);
    }

    pub fn trait_impls(&self, trait_: TraitId, head: Head) -> &[ImplId] {
        if head == Head::Any && !self.has_blanket.get(trait_.0 as usize).is_some_and(|has| *has) {
            return &[];
        }
        list(&self.by_trait, (trait_, head.code()))
    }

    /// Whether each integer type has an impl of its own.
    pub fn all_ints_have(&self, trait_: TraitId) -> bool {
        crate::solve::ALL_INTS.iter().all(|int| !self.trait_impls(trait_, Head::Int(*int)).is_empty())
    }

    pub fn all_impls(&self, trait_: TraitId) -> &[ImplId] {
        list(&self.of_trait, trait_)
    }

    pub fn methods(&self, head: Head, name: Symbol) -> &[FnId] {
        list(&self.inherent, (head.code(), name))
    }

    pub fn consts(&self, head: Head, name: Symbol) -> &[(ImplId, ConstId)] {
        list(&self.inherent_consts, (head, name))
    }

    pub fn trait_methods(&self, name: Symbol) -> &[(TraitId, FnId)] {
        list(&self.trait_methods, name)
    }

    pub fn method_of_trait(&self, trait_: TraitId, name: Symbol) -> Option<FnId> {
        self.method_of_trait.get(&(trait_, name)).copied()
    }

    pub fn traits_of_head(&self, head: Head) -> &[TraitId] {
        list(&self.traits_by_head, head)
    }

    pub fn traits_with_assoc(&self, name: Symbol) -> &[TraitId] {
        list(&self.assoc_types, name)
    }

    /// Names of inherent methods of a head, for suggestions; in no particular order.
    pub fn method_names(&self, head: Head) -> Vec<Symbol> {
        let code = head.code();
        let mut names: Vec<Symbol> = self.inherent.keys().filter(|k| k.0 == code).map(|k| k.1).collect();
        names.arrange();
        names
    }

    /// Names of all traits' methods, for suggestions.
    pub fn trait_method_names(&self) -> Vec<Symbol> {
        let mut names: Vec<Symbol> = self.trait_methods.keys().copied().collect();
        names.arrange();
        names
    }

    /// Names of inherent constants of a head, for suggestions.
    pub fn const_names(&self, head: Head) -> Vec<Symbol> {
        let mut names: Vec<Symbol> =
            self.inherent_consts.keys().filter(|k| k.0 == head).map(|k| k.1).collect();
        names.arrange();
        names
    }
}

/// Answers about types without inference variables and parameters. Impls are only ever added before bodies
/// are checked, or for types that no question was asked about yet, so answers stay true.
#[derive(Default)]
pub(crate) struct Caches {
    /// Whether a type implements a trait; the key's type is the tuple of the trait's arguments.
    pub holds: FxHashMap<(TraitId, Ty), Tri>,
    /// The types that do not implement a trait, whatever its other arguments.
    pub never: FxHashSet<(TraitId, Ty)>,
    pub methods: FxHashMap<(FnId, Ty), Resolved>,
    pub assoc: FxHashMap<Ty, Ty>,
    pub is_iso: TyMarks,
    /// The same of types with parameters none of which is `iso`.
    pub is_iso_open: TyMarks,
    /// A body is being checked: what is known of closures may change still.
    pub in_body: bool,
}

impl Program {
    /// Whether answers about the type may be kept.
    pub(crate) fn is_settled(&self, ty: Ty) -> bool {
        self.types.is_concrete(ty) && !(self.caches.in_body && self.types.flags(ty).has_closure)
    }

    /// Whether types without variables are known to implement a trait: to be asked before a search, as the same is asked often.
    pub(crate) fn is_known_to_hold(&mut self, trait_: TraitId, args: &[Ty]) -> bool {
        if !args.iter().all(|ty| self.is_settled(*ty)) {
            return false;
        }
        let row = self.row(args);
        self.caches.holds.get(&(trait_, row)) == Some(&Tri::Yes)
    }

    /// One type that stands for a row of them.
    pub(crate) fn row(&mut self, args: &[Ty]) -> Ty {
        match args {
            [ty] => *ty,
            _ => self.types.tuple(args),
        }
    }

    /// A lang trait by the name in its attribute.
    pub fn lang_trait(&self, name: &str) -> Option<TraitId> {
        self.lang.traits.get(&self.interner.get(name)?).copied()
    }

    pub fn lang_adt(&self, name: &str) -> Option<crate::program::AdtId> {
        self.lang.adts.get(&self.interner.get(name)?).copied()
    }

    pub fn lang_fn(&self, name: &str) -> Option<FnId> {
        self.lang.fns.get(&self.interner.get(name)?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::AdtId;

    #[test]
    fn heads_have_codes_of_their_own() {
        use Head::*;
        let (first, second) = (AdtId(0), AdtId(1));
        let heads = [
            Int(IntTy::I8),
            Int(IntTy::U8),
            F32,
            F64,
            Bool,
            Char,
            Never,
            Tuple(0),
            Tuple(2),
            FixedArray,
            Adt(first),
            Adt(second),
            Fn,
            Dyn(TraitId(0)),
            Ptr,
            Buffer,
            Any,
        ];
        let codes: FxHashSet<HeadCode> = heads.iter().map(|head| head.code()).collect();
        assert_eq!(codes.len(), heads.len());
    }
}
