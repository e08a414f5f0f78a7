//! Sets of small numbers, dense in memory, or as runs of equal words where whole tables of them are kept.

use std::hash::{Hash, Hasher};

#[derive(Clone, Debug)]
pub struct BitSet {
    repr: Repr,
}

#[derive(Clone, Debug)]
enum Repr {
    Words(Vec<u64>),
    /// In order and without gaps; never two of the same word side by side.
    Runs(Vec<Run>),
}

/// A word that is repeated up to a position.
#[derive(Clone, Copy, Debug)]
struct Run {
    end: usize,
    word: u64,
}

/// Sets of so many words and more are packed, if they are to be: below, a table of a function's blocks stays small.
const PACKED_MIN: usize = 64;

impl BitSet {
    pub fn new(bits: usize) -> BitSet {
        BitSet { repr: Repr::Words(vec![0; bits.div_ceil(64)]) }
    }

    /// An empty set of which many are kept, each seldom changed. A function of thousands of statements has as many blocks
    /// as it has bits, and in each block most bits are as in the one before.
    pub fn packed(bits: usize) -> BitSet {
        let end = bits.div_ceil(64);
        match end < PACKED_MIN {
            true => BitSet::new(bits),
            false => BitSet { repr: Repr::Runs(vec![Run { end, word: 0 }]) },
        }
    }

    /// The words, to be changed: what is changed one by one is unpacked.
    fn words_mut(&mut self) -> &mut Vec<u64> {
        if let Repr::Runs(runs) = &self.repr {
            let mut words = Vec::with_capacity(runs.last().map_or(0, |run| run.end));
            runs.iter().for_each(|run| words.resize(run.end, run.word));
            self.repr = Repr::Words(words);
        }
        match &mut self.repr {
            Repr::Words(words) => words,
            Repr::Runs(_) => unreachable!("it has just been unpacked"),
        }
    }

    fn word(&self, at: usize) -> Option<u64> {
        match &self.repr {
            Repr::Words(words) => words.get(at).copied(),
            Repr::Runs(runs) => runs.get(runs.partition_point(|run| run.end <= at)).map(|run| run.word),
        }
    }

    fn words(&self) -> impl Iterator<Item = u64> + '_ {
        let (words, runs) = match &self.repr {
            Repr::Words(words) => (&words[..], &[][..]),
            Repr::Runs(runs) => (&[][..], &runs[..]),
        };
        words.iter().copied().chain(for_runs(runs).flat_map(|(range, word)| range.map(move |_| word)))
    }

    pub fn contains(&self, bit: usize) -> bool {
        match &self.repr {
            Repr::Words(words) => words[bit / 64] >> (bit % 64) & 1 != 0,
            Repr::Runs(_) => self.word(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 != 0),
        }
    }

    /// Whether the bit is new.
    pub fn insert(&mut self, bit: usize) -> bool {
        let word = &mut self.words_mut()[bit / 64];
        let old = *word;
        *word |= 1 << (bit % 64);
        *word != old
    }

    pub fn remove(&mut self, bit: usize) {
        self.words_mut()[bit / 64] &= !(1 << (bit % 64));
    }

    pub fn set(&mut self, bit: usize, value: bool) {
        if value {
            self.insert(bit);
        } else {
            self.remove(bit);
        }
    }

    pub fn clear(&mut self) {
        self.words_mut().fill(0);
    }

    pub fn fill(&mut self) {
        self.words_mut().fill(u64::MAX);
    }

    pub fn is_empty(&self) -> bool {
        match &self.repr {
            Repr::Words(words) => words.iter().all(|w| *w == 0),
            Repr::Runs(runs) => runs.iter().all(|run| run.word == 0),
        }
    }

    /// Takes over another set's bits of the same size.
    pub fn copy_from(&mut self, other: &BitSet) {
        let words = self.words_mut();
        match &other.repr {
            Repr::Words(others) => words.copy_from_slice(others),
            Repr::Runs(runs) => for_runs(runs).for_each(|(range, word)| words[range].fill(word)),
        }
    }

    /// Whether anything changed. A set that is packed stays so, as long as that takes less room.
    pub fn union(&mut self, other: &BitSet) -> bool {
        match (&self.repr, &other.repr) {
            (Repr::Words(_), _) => self.combine(other, |a, b| a | b),
            (Repr::Runs(runs), Repr::Words(others)) => match join_runs(runs, others) {
                Some(runs) => {
                    // A word and where it ends take twice the room of a word.
                    let is_small = runs.len() * 2 < others.len();
                    self.repr = Repr::Runs(runs);
                    if !is_small {
                        self.words_mut();
                    }
                    true
                }
                None => false,
            },
            (Repr::Runs(_), Repr::Runs(_)) => {
                let mut words = other.clone();
                words.words_mut();
                self.union(&words)
            }
        }
    }

    /// Whether anything changed.
    pub fn intersect(&mut self, other: &BitSet) -> bool {
        self.combine(other, |a, b| a & b)
    }

    pub fn subtract(&mut self, other: &BitSet) {
        self.combine(other, |a, b| a & !b);
    }

    /// Whether anything changed.
    fn combine(&mut self, other: &BitSet, with: impl Fn(u64, u64) -> u64) -> bool {
        let words = self.words_mut();
        let mut changed = 0;
        let mut join = |word: &mut u64, other: u64| {
            let new = with(*word, other);
            changed |= *word ^ new;
            *word = new;
        };
        match &other.repr {
            Repr::Words(others) => words.iter_mut().zip(others).for_each(|(word, other)| join(word, *other)),
            Repr::Runs(runs) => for_runs(runs)
                .for_each(|(range, other)| words[range].iter_mut().for_each(|word| join(word, other))),
        }
        changed != 0
    }

    /// The smallest member that is not below `from`.
    pub fn next_from(&self, from: usize) -> Option<usize> {
        let first = from / 64;
        let mut word = self.word(first)? & u64::MAX << (from % 64);
        let mut at = first;
        while word == 0 {
            at += 1;
            word = self.word(at)?;
        }
        Some(at * 64 + word.trailing_zeros() as usize)
    }

    /// The smallest member, taken out.
    pub fn pop_first(&mut self) -> Option<usize> {
        let words = self.words_mut();
        let i = words.iter().position(|w| *w != 0)?;
        let bit = words[i].trailing_zeros() as usize;
        words[i] &= words[i] - 1;
        Some(i * 64 + bit)
    }

    /// The members that the other set does not have.
    pub fn iter_difference<'a>(&'a self, other: &'a BitSet) -> impl Iterator<Item = usize> + 'a {
        self.iter().filter(|bit| !other.contains(*bit))
    }

    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words().enumerate().flat_map(|(i, word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                Some(i * 64 + bit)
            })
        })
    }
}

impl Default for BitSet {
    fn default() -> BitSet {
        BitSet::new(0)
    }
}

impl PartialEq for BitSet {
    fn eq(&self, other: &BitSet) -> bool {
        match (&self.repr, &other.repr) {
            (Repr::Words(a), Repr::Words(b)) => a == b,
            _ => self.words().eq(other.words()),
        }
    }
}

impl Eq for BitSet {}

impl Hash for BitSet {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.words().for_each(|word| state.write_u64(word));
    }
}

/// The positions of each run, and its word.
fn for_runs(runs: &[Run]) -> impl Iterator<Item = (std::ops::Range<usize>, u64)> + '_ {
    let starts = std::iter::once(0).chain(runs.iter().map(|run| run.end));
    starts.zip(runs).map(|(start, run)| (start..run.end, run.word))
}

/// So many words are looked at together whether they add anything: without a way out it takes few instructions a word.
const STRETCH: usize = 32;

/// The runs with the members of a dense set, if it has any that they have not.
fn join_runs(runs: &[Run], others: &[u64]) -> Option<Vec<Run>> {
    let adds = |others: &[u64], word: u64| others.iter().fold(0, |new, other| new | other & !word) != 0;
    if !for_runs(runs).any(|(range, word)| adds(&others[range], word)) {
        return None;
    }
    let mut joined: Vec<Run> = Vec::with_capacity(runs.len() + 2);
    let mut push = |n: usize, word: u64| match joined.last_mut() {
        Some(last) if last.word == word => last.end += n,
        last => {
            let end = last.map_or(0, |last| last.end) + n;
            joined.push(Run { end, word });
        }
    };
    for (range, word) in for_runs(runs) {
        for stretch in others[range].chunks(STRETCH) {
            match adds(stretch, word) {
                true => stretch.iter().for_each(|other| push(1, word | other)),
                false => push(stretch.len(), word),
            }
        }
    }
    Some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of a generator, below `bits`.
    fn numbers(seed: u64, bits: usize) -> Vec<usize> {
        let mut at = seed;
        let step = move || {
            at = at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            Some((at >> 33) as usize % bits)
        };
        std::iter::from_fn(step).take(40).collect()
    }

    fn set_of(members: &[usize], bits: usize, is_packed: bool) -> BitSet {
        let mut dense = BitSet::new(bits);
        members.iter().for_each(|bit| {
            dense.insert(*bit);
        });
        if !is_packed {
            return dense;
        }
        let mut packed = BitSet::packed(bits);
        packed.union(&dense);
        packed
    }

    #[test]
    fn packed_sets_behave_as_dense_ones() {
        const BITS: usize = 64 * 300 + 7;
        for seed in 0..20 {
            let (a, b) = (numbers(seed, BITS), numbers(seed + 100, BITS));
            let expected = |keep: fn(bool, bool) -> bool| -> Vec<usize> {
                (0..BITS).filter(|bit| keep(a.contains(bit), b.contains(bit))).collect()
            };
            let (union, both, only) =
                (expected(|a, b| a || b), expected(|a, b| a && b), expected(|a, b| a && !b));
            for (x, y) in [(false, false), (false, true), (true, false), (true, true)] {
                let (left, right) = (set_of(&a, BITS, x), set_of(&b, BITS, y));
                assert_eq!(matches!(left.repr, Repr::Runs(_)), x);
                assert_eq!(left.iter().collect::<Vec<_>>(), expected(|a, _| a));
                assert_eq!(left.iter_difference(&right).collect::<Vec<_>>(), only);
                assert_eq!(left, set_of(&a, BITS, !x));
                let mut set = left.clone();
                assert!(set.union(&right) && !set.union(&right));
                assert_eq!(set.iter().collect::<Vec<_>>(), union);
                assert_eq!(set.next_from(a[0]), Some(a[0]));
                let mut set = left.clone();
                assert!(set.intersect(&right));
                assert_eq!(set.iter().collect::<Vec<_>>(), both);
                let mut set = left.clone();
                set.subtract(&right);
                assert_eq!(set.iter().collect::<Vec<_>>(), only);
                let mut set = left;
                set.copy_from(&right);
                assert_eq!(set, right);
                assert!(set.contains(b[0]) && !set.insert(b[0]));
            }
        }
    }

    #[test]
    fn packed_sets_without_room_to_gain_are_dense() {
        let mut set = BitSet::packed(64 * 200);
        let every: Vec<usize> = (0..200).map(|i| i * 64 + i % 64).collect();
        set.union(&set_of(&every, 64 * 200, false));
        assert!(matches!(set.repr, Repr::Words(_)));
        assert_eq!(set.iter().collect::<Vec<_>>(), every);
    }
}
