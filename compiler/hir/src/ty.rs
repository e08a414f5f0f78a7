//! Types, interned: equal types have equal [`Ty`]s within one [`TyTable`].

mod maps;

use crate::program::{AdtId, ClosureId, FnId, TraitId};
use hashbrown::HashTable;
pub(crate) use maps::{TyMap, TyMarks};
use rustc_hash::FxHasher;
use std::fmt;
use std::hash::{Hash, Hasher};
use syntax::Symbol;

/// An interned type. Handles print as `ty12`; use `Program::ty_name` for people.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ty(pub u32);

impl fmt::Debug for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ty{}", self.0)
    }
}

/// Types in a row: arguments of a generic thing. For an item inside an `impl` or a trait the container's
/// parameters come first; in a trait, `Self` is parameter 0.
pub type Args = Box<[Ty]>;

/// A row of types that is worked on.
pub(crate) type TyRow = smallvec::SmallVec<[Ty; 4]>;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum IntTy {
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    /// Pointer-sized and unsigned, in unsafe modules only.
    USize,
}

impl IntTy {
    pub fn is_signed(self) -> bool {
        matches!(self, IntTy::I8 | IntTy::I16 | IntTy::I32 | IntTy::I64)
    }

    /// The number with the type's bits, sign-extended for signed types.
    pub fn wrap(self, n: i128, pointer_bytes: u32) -> i128 {
        let unused = 128 - self.bits(pointer_bytes);
        if self.is_signed() { (n << unused) >> unused } else { ((n as u128) << unused >> unused) as i128 }
    }

    /// Bits, given the target's pointer width in bytes.
    pub fn bits(self, pointer_bytes: u32) -> u32 {
        match self {
            IntTy::I8 | IntTy::U8 => 8,
            IntTy::I16 | IntTy::U16 => 16,
            IntTy::I32 | IntTy::U32 => 32,
            IntTy::I64 | IntTy::U64 => 64,
            IntTy::USize => pointer_bytes * 8,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            IntTy::I8 => "Int8",
            IntTy::I16 => "Int16",
            IntTy::I32 => "Int32",
            IntTy::I64 => "Int",
            IntTy::U8 => "UInt8",
            IntTy::U16 => "UInt16",
            IntTy::U32 => "UInt32",
            IntTy::U64 => "UInt64",
            IntTy::USize => "USize",
        }
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TyKind {
    Int(IntTy),
    F32,
    F64,
    Bool,
    Char,
    Never,
    /// `()` is the empty tuple.
    Tuple(Args),
    /// `[T; N]`; the length is a `ConstInt` or a parameter.
    FixedArray(Ty, Ty),
    /// A struct or enum, the library's `String`, `Array<T>`, `Map<K, V>`, `Option<T>` among them.
    Adt(AdtId, Args),
    /// A boxed closure: `Fn(A, mut B) -> C` where it is stored.
    Fn {
        params: Box<[(Ty, bool)]>,
        ret: Ty,
        /// `async Fn`: it may suspend.
        is_async: bool,
    },
    /// The type of one closure expression; the arguments are those of the function around it.
    Closure(ClosureId, Args),
    /// The type of a function's name used as a value; it has no size.
    FnDef(FnId, Args),
    /// `dyn Trait<A, Item = B>`: trait arguments without `Self`, and bindings of associated types in declaration order.
    Dyn {
        trait_: TraitId,
        args: Args,
        assoc: Box<[(Symbol, Ty)]>,
    },
    /// A generic parameter of the item at hand, by position.
    Param(u32, Symbol),
    /// `<args[0] as trait>::name` that could not be reduced yet; `args[0]` is the self type, then the trait's arguments.
    Assoc {
        trait_: TraitId,
        args: Args,
        name: Symbol,
    },
    /// The value of a const parameter, as a type argument.
    ConstInt(i128),
    /// 128 bits in a vector register, unsafe modules only: what `Simd<T, N>` is made of.
    V128,
    /// Raw address, unsafe modules only.
    Ptr(Ty),
    /// A counted block of `T`s (header and elements), unsafe modules only; see `docs/architecture.md`, "Cells".
    Buffer(Ty),
    /// An inference variable of the body being checked; never outside the checker.
    Infer(u32),
    /// Something already reported; compatible with everything, silent.
    Error,
}

/// The table of types. The first entries have fixed places, see the associated constants of [`Ty`].
pub struct TyTable {
    kinds: Vec<TyKind>,
    /// Whether the type contains parameters, projections, inference variables, errors.
    flags: Vec<TyFlags>,
    /// How many parts the type has when it is written out.
    sizes: Vec<u32>,
    /// What [`hash_kind`] gives, so that a larger table is filled without a look at the types.
    hashes: Vec<u32>,
    /// Finds a type by its kind.
    found: HashTable<Ty>,
    /// The inference variables, by their numbers.
    vars: Vec<Ty>,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct TyFlags {
    pub has_param: bool,
    pub has_assoc: bool,
    pub has_infer: bool,
    pub has_error: bool,
    pub has_closure: bool,
}

impl TyFlags {
    fn union(self, o: TyFlags) -> TyFlags {
        TyFlags {
            has_param: self.has_param | o.has_param,
            has_assoc: self.has_assoc | o.has_assoc,
            has_infer: self.has_infer | o.has_infer,
            has_error: self.has_error | o.has_error,
            has_closure: self.has_closure | o.has_closure,
        }
    }
}

impl Ty {
    pub const ERROR: Ty = Ty(0);
    pub const UNIT: Ty = Ty(1);
    pub const NEVER: Ty = Ty(2);
    pub const BOOL: Ty = Ty(3);
    pub const CHAR: Ty = Ty(4);
    pub const F32: Ty = Ty(5);
    pub const F64: Ty = Ty(6);
    pub const I8: Ty = Ty(7);
    pub const I16: Ty = Ty(8);
    pub const I32: Ty = Ty(9);
    pub const I64: Ty = Ty(10);
    pub const U8: Ty = Ty(11);
    pub const U16: Ty = Ty(12);
    pub const U32: Ty = Ty(13);
    pub const U64: Ty = Ty(14);
    pub const USIZE: Ty = Ty(15);
    pub const V128: Ty = Ty(16);

    /// Whether it is one of the types above, which contain nothing.
    pub fn is_fixed(self) -> bool {
        self <= Ty::V128
    }

    /// Whether it is `Bool`, `Char` or a number that every program may use.
    pub fn is_plain(self) -> bool {
        Ty::BOOL <= self && self <= Ty::U64
    }
}

impl Default for TyTable {
    fn default() -> Self {
        let mut this = TyTable {
            kinds: Vec::new(),
            flags: Vec::new(),
            sizes: Vec::new(),
            hashes: Vec::new(),
            found: HashTable::new(),
            vars: Vec::new(),
        };
        use IntTy::*;
        let fixed = [
            TyKind::Error,
            TyKind::Tuple(Box::new([])),
            TyKind::Never,
            TyKind::Bool,
            TyKind::Char,
            TyKind::F32,
            TyKind::F64,
        ];
        let ints = [I8, I16, I32, I64, U8, U16, U32, U64, USize].map(TyKind::Int);
        for kind in fixed.into_iter().chain(ints).chain([TyKind::V128]) {
            this.intern(kind);
        }
        this
    }
}

impl TyTable {
    pub fn intern(&mut self, kind: TyKind) -> Ty {
        let hash = hash_kind(&kind);
        match self.found.find(spread(hash), |ty| *self.kind(*ty) == kind) {
            Some(ty) => *ty,
            None => self.add(hash, kind),
        }
    }

    #[cold] // Most types that are asked for are there.
    fn add(&mut self, hash: u32, kind: TyKind) -> Ty {
        let ty = Ty(self.kinds.len() as u32);
        entity::make_room(&mut self.kinds);
        self.flags.push(self.compute_flags(&kind));
        self.sizes.push(self.compute_size(&kind));
        self.kinds.push(kind);
        self.hashes.push(hash);
        let hashes = &self.hashes;
        self.found.insert_unique(spread(hash), ty, |ty| spread(hashes[ty.0 as usize]));
        ty
    }

    /// The type, if it has been interned before.
    pub fn find(&self, kind: &TyKind) -> Option<Ty> {
        self.found.find(spread(hash_kind(kind)), |ty| self.kind(*ty) == kind).copied()
    }

    /// The tuple of some types. Allocates only if there was none yet.
    pub fn tuple(&mut self, parts: &[Ty]) -> Ty {
        self.intern_row(TyKind::Tuple(Args::default()), parts)
    }

    /// The inference variable of a number.
    pub(crate) fn var(&mut self, idx: u32) -> Ty {
        while self.vars.len() <= idx as usize {
            let var = self.intern(TyKind::Infer(self.vars.len() as u32));
            self.vars.push(var);
        }
        self.vars[idx as usize]
    }

    pub fn kind(&self, ty: Ty) -> &TyKind {
        &self.kinds[ty.0 as usize]
    }

    pub fn flags(&self, ty: Ty) -> TyFlags {
        self.flags[ty.0 as usize]
    }

    /// How many parts the type has when it is written out; parts that occur twice count twice.
    pub fn size(&self, ty: Ty) -> u32 {
        self.sizes[ty.0 as usize]
    }

    fn compute_size(&self, kind: &TyKind) -> u32 {
        let mut size: u32 = 1;
        Self::for_each_child(kind, |t| size = size.saturating_add(self.size(t)));
        size
    }

    /// Whether nothing in it depends on parameters or inference.
    pub fn is_concrete(&self, ty: Ty) -> bool {
        let f = self.flags(ty);
        !(f.has_param || f.has_assoc || f.has_infer)
    }

    pub fn int(&self, int: IntTy) -> Ty {
        match int {
            IntTy::I8 => Ty::I8,
            IntTy::I16 => Ty::I16,
            IntTy::I32 => Ty::I32,
            IntTy::I64 => Ty::I64,
            IntTy::U8 => Ty::U8,
            IntTy::U16 => Ty::U16,
            IntTy::U32 => Ty::U32,
            IntTy::U64 => Ty::U64,
            IntTy::USize => Ty::USIZE,
        }
    }

    /// Calls `f` for each type directly inside `kind`.
    pub fn for_each_child(kind: &TyKind, mut f: impl FnMut(Ty)) {
        match kind {
            TyKind::Tuple(args)
            | TyKind::Adt(_, args)
            | TyKind::Closure(_, args)
            | TyKind::FnDef(_, args)
            | TyKind::Assoc { args, .. } => {
                args.iter().for_each(|t| f(*t));
            }
            TyKind::FixedArray(t, n) => {
                f(*t);
                f(*n);
            }
            TyKind::Fn { params, ret, .. } => {
                params.iter().for_each(|(t, _)| f(*t));
                f(*ret);
            }
            TyKind::Dyn { args, assoc, .. } => {
                args.iter().for_each(|t| f(*t));
                assoc.iter().for_each(|(_, t)| f(*t));
            }
            TyKind::Ptr(t) | TyKind::Buffer(t) => f(*t),
            _ => {}
        }
    }

    /// The type directly inside another one at a position.
    pub fn child(&self, ty: Ty, index: usize) -> Option<Ty> {
        match self.kind(ty) {
            TyKind::Tuple(args)
            | TyKind::Adt(_, args)
            | TyKind::Closure(_, args)
            | TyKind::FnDef(_, args)
            | TyKind::Assoc { args, .. } => args.get(index).copied(),
            TyKind::Ptr(t) | TyKind::Buffer(t) if index == 0 => Some(*t),
            TyKind::FixedArray(t, n) => [*t, *n].get(index).copied(),
            TyKind::Fn { params, ret, .. } => match params.get(index) {
                Some((ty, _)) => Some(*ty),
                None => (index == params.len()).then_some(*ret),
            },
            TyKind::Dyn { args, assoc, .. } => match args.get(index) {
                Some(ty) => Some(*ty),
                None => assoc.get(index - args.len()).map(|a| a.1),
            },
            _ => None,
        }
    }

    /// The types directly inside another one.
    pub(crate) fn children(&self, ty: Ty) -> TyRow {
        match self.kind(ty) {
            TyKind::Tuple(args)
            | TyKind::Adt(_, args)
            | TyKind::Closure(_, args)
            | TyKind::FnDef(_, args)
            | TyKind::Assoc { args, .. } => row_of(args),
            kind => {
                let mut row = TyRow::new();
                Self::for_each_child(kind, |t| row.push(t));
                row
            }
        }
    }

    /// The type with other types directly inside it, as many as it has.
    pub fn with_children(&mut self, ty: Ty, children: &[Ty]) -> Ty {
        let hash = hash_row(self.kind(ty), children);
        match self.find_row(hash, self.kind(ty), children) {
            Some(found) => found,
            None => self.add(hash, with_row(self.kind(ty), children)),
        }
    }

    /// The tuple, struct, enum, function or projection `like`, whose own arguments do not matter, with these arguments. Most such
    /// types are there already, so nothing is allocated before that is known.
    pub fn intern_row(&mut self, like: TyKind, args: &[Ty]) -> Ty {
        let hash = hash_row(&like, args);
        match self.find_row(hash, &like, args) {
            Some(found) => found,
            None => self.add(hash, with_row(&like, args)),
        }
    }

    fn find_row(&self, hash: u32, like: &TyKind, children: &[Ty]) -> Option<Ty> {
        self.found.find(spread(hash), |found| is_row(self.kind(*found), like, children)).copied()
    }

    /// The type with every direct child replaced by `f` of it.
    pub fn map_children(&mut self, ty: Ty, f: &mut dyn FnMut(&mut TyTable, Ty) -> Ty) -> Ty {
        let mut children = self.children(ty);
        let mut changed = false;
        for child in &mut children {
            let new = f(self, *child);
            changed |= new != *child;
            *child = new;
        }
        if changed { self.with_children(ty, &children) } else { ty }
    }

    /// Replaces parameters by the arguments at their positions. Projections are left for normalisation.
    pub fn subst(&mut self, ty: Ty, args: &[Ty]) -> Ty {
        if !self.flags(ty).has_param {
            return ty;
        }
        if let TyKind::Param(i, _) = *self.kind(ty) {
            return args.get(i as usize).copied().unwrap_or(Ty::ERROR);
        }
        self.map_children(ty, &mut |table, t| table.subst(t, args))
    }

    fn compute_flags(&self, kind: &TyKind) -> TyFlags {
        let mut flags = match kind {
            TyKind::Param(..) => TyFlags { has_param: true, ..TyFlags::default() },
            TyKind::Assoc { .. } => TyFlags { has_assoc: true, ..TyFlags::default() },
            TyKind::Infer(_) => TyFlags { has_infer: true, ..TyFlags::default() },
            TyKind::Error => TyFlags { has_error: true, ..TyFlags::default() },
            TyKind::Closure(..) => TyFlags { has_closure: true, ..TyFlags::default() },
            _ => TyFlags::default(),
        };
        Self::for_each_child(kind, |t| flags = flags.union(self.flags(t)));
        flags
    }
}

fn hash_kind(kind: &TyKind) -> u32 {
    match kind {
        TyKind::Adt(_, args) | TyKind::Tuple(args) | TyKind::Closure(_, args) | TyKind::FnDef(_, args) => {
            hash_row(kind, args)
        }
        _ => {
            let mut hasher = FxHasher::default();
            hash_shape(kind, &mut hasher);
            TyTable::for_each_child(kind, |t| t.hash(&mut hasher));
            hasher.finish() as u32
        }
    }
}

/// What [`hash_kind`] gives of the type `like` with these types directly inside it.
fn hash_row(like: &TyKind, children: &[Ty]) -> u32 {
    let mut hasher = FxHasher::default();
    // Nearly all that is looked up; one number tells them apart.
    match like {
        TyKind::Adt(id, _) => hasher.write_u32(id.0),
        TyKind::Tuple(_) => hasher.write_u32(1 << 30),
        TyKind::FnDef(id, _) => hasher.write_u32(2 << 30 | id.0),
        TyKind::Closure(id, _) => hasher.write_u32(3 << 30 | id.0),
        _ => hash_shape(like, &mut hasher),
    }
    children.iter().for_each(|t| hasher.write_u32(t.0));
    hasher.finish() as u32
}

/// A hash for the table of types, which looks at the lowest bits and at the highest.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 38 | u64::from(hash)
}

/// Hashes all of a type but the types directly inside it; nothing of those that [`hash_row`] tells apart.
fn hash_shape(kind: &TyKind, hasher: &mut FxHasher) {
    std::mem::discriminant(kind).hash(hasher);
    match kind {
        TyKind::Int(int) => int.hash(hasher),
        TyKind::Fn { params, is_async, .. } => {
            is_async.hash(hasher);
            params.iter().for_each(|(_, is_mut)| is_mut.hash(hasher));
        }
        TyKind::Dyn { trait_, assoc, .. } => {
            trait_.hash(hasher);
            assoc.iter().for_each(|(name, _)| name.hash(hasher));
        }
        TyKind::Param(index, name) => (index, name).hash(hasher),
        TyKind::Assoc { trait_, name, .. } => (trait_, name).hash(hasher),
        TyKind::ConstInt(value) => value.hash(hasher),
        TyKind::Infer(idx) => idx.hash(hasher),
        _ => {}
    }
}

/// Whether two types differ only in the types directly inside them. Of two with as many, or two tuples, that is.
fn has_shape_of(kind: &TyKind, like: &TyKind) -> bool {
    match (kind, like) {
        (TyKind::Adt(a, _), TyKind::Adt(b, _)) => a == b,
        (TyKind::Tuple(_), TyKind::Tuple(_))
        | (TyKind::FixedArray(..), TyKind::FixedArray(..))
        | (TyKind::Ptr(_), TyKind::Ptr(_))
        | (TyKind::Buffer(_), TyKind::Buffer(_)) => true,
        (TyKind::Fn { params: p, is_async: a, .. }, TyKind::Fn { params: q, is_async: b, .. }) => {
            a == b && p.len() == q.len() && p.iter().zip(q).all(|(a, b)| a.1 == b.1)
        }
        (TyKind::Closure(a, _), TyKind::Closure(b, _)) => a == b,
        (TyKind::FnDef(a, _), TyKind::FnDef(b, _)) => a == b,
        (TyKind::Dyn { trait_: a, assoc: p, .. }, TyKind::Dyn { trait_: b, assoc: q, .. }) => {
            a == b && p.len() == q.len() && p.iter().zip(q).all(|(a, b)| a.0 == b.0)
        }
        (TyKind::Assoc { trait_: a, name: n, .. }, TyKind::Assoc { trait_: b, name: m, .. }) => {
            a == b && n == m
        }
        _ => kind == like,
    }
}

/// Whether a type is `like` with these types directly inside it.
#[inline]
fn is_row(kind: &TyKind, like: &TyKind, children: &[Ty]) -> bool {
    match (kind, like) {
        (TyKind::Adt(a, args), TyKind::Adt(b, _)) => a == b && is_same_row(args, children),
        (TyKind::Tuple(args), TyKind::Tuple(_)) => is_same_row(args, children),
        _ => has_shape_of(kind, like) && has_children(kind, children),
    }
}

/// A loop: the function that compares memory takes longer to call than to compare so few.
#[inline]
fn is_same_row(a: &[Ty], b: &[Ty]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a == b)
}

fn has_children(kind: &TyKind, children: &[Ty]) -> bool {
    let mut rest = children.iter();
    let mut same = true;
    TyTable::for_each_child(kind, |t| same = same && rest.next() == Some(&t));
    same && rest.next().is_none()
}

/// A copy of a row. The function that copies memory takes longer to call than to copy so few.
#[inline]
fn row_of(args: &[Ty]) -> TyRow {
    match *args {
        [a] => TyRow::from_buf_and_len([a; 4], 1),
        [a, b] => TyRow::from_buf_and_len([a, b, b, b], 2),
        [a, b, c] => TyRow::from_buf_and_len([a, b, c, c], 3),
        _ => TyRow::from_slice(args),
    }
}

/// The type `like` with these types directly inside it.
fn with_row(like: &TyKind, children: &[Ty]) -> TyKind {
    match like {
        TyKind::Tuple(_) => TyKind::Tuple(children.into()),
        TyKind::Adt(id, _) => TyKind::Adt(*id, children.into()),
        TyKind::Closure(id, _) => TyKind::Closure(*id, children.into()),
        TyKind::FnDef(id, _) => TyKind::FnDef(*id, children.into()),
        _ => {
            let mut kind = like.clone();
            set_children(&mut kind, children);
            kind
        }
    }
}

fn set_children(kind: &mut TyKind, children: &[Ty]) {
    let mut next = children.iter().copied();
    let mut set = |t: &mut Ty| *t = next.next().unwrap_or(*t);
    match kind {
        TyKind::Tuple(args)
        | TyKind::Adt(_, args)
        | TyKind::Closure(_, args)
        | TyKind::FnDef(_, args)
        | TyKind::Assoc { args, .. } => *args = children.into(),
        TyKind::FixedArray(t, n) => [t, n].into_iter().for_each(set),
        TyKind::Fn { params, ret, .. } => {
            params.iter_mut().for_each(|(t, _)| set(t));
            set(ret);
        }
        TyKind::Dyn { args, assoc, .. } => {
            args.iter_mut().for_each(&mut set);
            assoc.iter_mut().for_each(|(_, t)| set(t));
        }
        TyKind::Ptr(t) | TyKind::Buffer(t) => set(t),
        _ => {}
    }
}
