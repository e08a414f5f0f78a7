//! Typed indices and the vectors they index: the handle of a thing and the thing are two types. Also [`Arrange`], which sorts.

mod sort;

pub use sort::Arrange;

use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// A dense 32-bit index of one kind of thing.
pub trait Idx: Copy + Eq {
    fn new(index: usize) -> Self;
    fn index(self) -> usize;
}

/// Declares index types. `entity! { pub struct Block = "block"; }` prints as `block3`.
#[macro_export]
macro_rules! entity {
    ($($(#[$meta:meta])* pub struct $name:ident = $prefix:literal;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);
        impl $crate::Idx for $name {
            fn new(index: usize) -> Self { $name(index as u32) }
            fn index(self) -> usize { self.0 as usize }
        }
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, concat!($prefix, "{}"), self.0) }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, concat!($prefix, "{}"), self.0) }
        }
    )*};
}

/// Vectors of so many bytes become four times as large when they are full. Tables of a whole program grow for long, and
/// a larger one means to copy all of it to fresh memory; room that is never used costs nothing there.
const FAST_GROWTH: usize = 64 << 10;

/// Makes room for one more in a vector that becomes long.
#[inline]
pub fn make_room<T>(vec: &mut Vec<T>) {
    if vec.len() == vec.capacity() {
        grow(vec);
    }
}

#[cold]
fn grow<T>(vec: &mut Vec<T>) {
    let is_large = vec.len() * size_of::<T>() >= FAST_GROWTH;
    vec.reserve(vec.len() * if is_large { 3 } else { 1 } + 1);
}

/// A vector indexed by its own index type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IndexVec<I, T> {
    raw: Vec<T>,
    marker: PhantomData<fn(I)>,
}

impl<I, T> Default for IndexVec<I, T> {
    fn default() -> Self {
        IndexVec { raw: Vec::new(), marker: PhantomData }
    }
}

impl<I: Idx, T> IndexVec<I, T> {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn from_elem(elem: T, n: usize) -> Self
    where
        T: Clone,
    {
        IndexVec { raw: vec![elem; n], marker: PhantomData }
    }

    pub fn from_raw(raw: Vec<T>) -> Self {
        IndexVec { raw, marker: PhantomData }
    }

    pub fn into_raw(self) -> Vec<T> {
        self.raw
    }

    pub fn push(&mut self, value: T) -> I {
        let id = I::new(self.raw.len());
        make_room(&mut self.raw);
        self.raw.push(value);
        id
    }

    /// The index that the next `push` will return.
    pub fn next_index(&self) -> I {
        I::new(self.raw.len())
    }

    pub fn len(&self) -> usize {
        self.raw.len()
    }

    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    pub fn get(&self, index: I) -> Option<&T> {
        self.raw.get(index.index())
    }

    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.raw.iter()
    }

    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.raw.iter_mut()
    }

    pub fn iter_enumerated(&self) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator {
        self.raw.iter().enumerate().map(|(i, t)| (I::new(i), t))
    }

    pub fn iter_enumerated_mut(&mut self) -> impl DoubleEndedIterator<Item = (I, &mut T)> {
        self.raw.iter_mut().enumerate().map(|(i, t)| (I::new(i), t))
    }

    pub fn indices(&self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + use<I, T> {
        (0..self.raw.len()).map(I::new)
    }

    pub fn last_mut(&mut self) -> Option<&mut T> {
        self.raw.last_mut()
    }

    pub fn truncate(&mut self, len: usize) {
        self.raw.truncate(len);
    }

    pub fn as_slice(&self) -> &[T] {
        &self.raw
    }
}

impl<I: Idx, T> Index<I> for IndexVec<I, T> {
    type Output = T;
    fn index(&self, index: I) -> &T {
        &self.raw[index.index()]
    }
}

impl<I: Idx, T> IndexMut<I> for IndexVec<I, T> {
    fn index_mut(&mut self, index: I) -> &mut T {
        &mut self.raw[index.index()]
    }
}

impl<I, T> FromIterator<T> for IndexVec<I, T> {
    fn from_iter<It: IntoIterator<Item = T>>(iter: It) -> Self {
        IndexVec { raw: iter.into_iter().collect(), marker: PhantomData }
    }
}

impl<'a, I, T> IntoIterator for &'a IndexVec<I, T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.raw.iter()
    }
}
