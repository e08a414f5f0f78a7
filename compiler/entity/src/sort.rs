//! Sorting without a copy of the sort for each type.
//!
//! The standard library's sorts are instantiated for each type and order, at some kilobytes each: in the playground's module,
//! which readers wait for, they would be a twelfth of the code. Here an order is two calls through a table, and the sort is one.
//! Lists of the compiler are mostly short, so that the calls cost nothing that can be measured.

use std::cmp::Ordering;

/// Up to so many elements are sorted in place, by insertion.
const SHORT: usize = 16;

/// Sorts slices, stably.
pub trait Arrange<T> {
    fn arrange(&mut self)
    where
        T: Ord;
    fn arrange_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);
    fn arrange_by_key<K: Ord>(&mut self, key: impl FnMut(&T) -> K);
}

impl<T> Arrange<T> for [T] {
    fn arrange(&mut self)
    where
        T: Ord,
    {
        sort(&mut Rows { rows: self, compare: T::cmp });
    }

    fn arrange_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering) {
        sort(&mut Rows { rows: self, compare });
    }

    fn arrange_by_key<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) {
        sort(&mut Rows { rows: self, compare: |a: &T, b: &T| key(a).cmp(&key(b)) });
    }
}

/// What the sort needs to know of a slice.
trait List {
    fn len(&self) -> usize;
    fn compare(&mut self, a: usize, b: usize) -> Ordering;
    fn swap(&mut self, a: usize, b: usize);
}

struct Rows<'a, T, F> {
    rows: &'a mut [T],
    compare: F,
}

impl<T, F: FnMut(&T, &T) -> Ordering> List for Rows<'_, T, F> {
    fn len(&self) -> usize {
        self.rows.len()
    }

    fn compare(&mut self, a: usize, b: usize) -> Ordering {
        (self.compare)(&self.rows[a], &self.rows[b])
    }

    fn swap(&mut self, a: usize, b: usize) {
        self.rows.swap(a, b);
    }
}

#[inline(never)]
fn sort(list: &mut dyn List) {
    if list.len() > SHORT {
        return sort_long(list);
    }
    for end in 1..list.len() {
        let mut at = end;
        while at > 0 && list.compare(at, at - 1).is_lt() {
            list.swap(at, at - 1);
            at -= 1;
        }
    }
}

/// Sorts positions, and then moves each element once.
fn sort_long(list: &mut dyn List) {
    let mut from: Vec<usize> = (0..list.len()).collect();
    from.sort_by(|&a, &b| list.compare(a, b));
    for first in 0..from.len() {
        // A cycle of the permutation: what stood at `first` goes along until its place is found.
        let mut at = first;
        while from[at] != first {
            let next = std::mem::replace(&mut from[at], at);
            list.swap(at, next);
            at = next;
        }
        from[at] = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look like chance.
    fn numbers(count: usize) -> Vec<(u32, usize)> {
        let mut state = 12345u32;
        let mut next = || {
            state = state.wrapping_mul(1664525).wrapping_add(1013904223);
            state >> 27
        };
        (0..count).map(|index| (next(), index)).collect()
    }

    #[test]
    fn lists_of_all_lengths_are_sorted_stably() {
        for count in (0..40).chain([100, 1000]) {
            let mut expected = numbers(count);
            expected.sort_by_key(|(number, _)| *number);
            let mut by_key = numbers(count);
            by_key.arrange_by_key(|(number, _)| *number);
            assert_eq!(by_key, expected);
            let mut by = numbers(count);
            by.arrange_by(|a, b| a.0.cmp(&b.0));
            assert_eq!(by, expected);
            by.arrange_by_key(|(_, index)| std::cmp::Reverse(*index));
            by.arrange();
            assert_eq!(by, expected);
        }
    }
}
