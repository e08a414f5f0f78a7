//! Dense sets of small numbers.

#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct BitSet {
    words: Vec<u64>,
}

impl BitSet {
    pub fn new(bits: usize) -> BitSet {
        BitSet { words: vec![0; bits.div_ceil(64)] }
    }

    pub fn contains(&self, bit: usize) -> bool {
        self.words[bit / 64] >> (bit % 64) & 1 != 0
    }

    /// Whether the bit is new.
    pub fn insert(&mut self, bit: usize) -> bool {
        let word = &mut self.words[bit / 64];
        let old = *word;
        *word |= 1 << (bit % 64);
        *word != old
    }

    pub fn remove(&mut self, bit: usize) {
        self.words[bit / 64] &= !(1 << (bit % 64));
    }

    pub fn set(&mut self, bit: usize, value: bool) {
        if value {
            self.insert(bit);
        } else {
            self.remove(bit);
        }
    }

    pub fn clear(&mut self) {
        self.words.fill(0);
    }

    pub fn fill(&mut self) {
        self.words.fill(u64::MAX);
    }

    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|w| *w == 0)
    }

    /// Takes over another set's bits of the same size.
    pub fn copy_from(&mut self, other: &BitSet) {
        self.words.copy_from_slice(&other.words);
    }

    /// Whether anything changed.
    pub fn union(&mut self, other: &BitSet) -> bool {
        let mut changed = 0;
        for (a, b) in self.words.iter_mut().zip(&other.words) {
            changed |= b & !*a;
            *a |= b;
        }
        changed != 0
    }

    /// Whether anything changed.
    pub fn intersect(&mut self, other: &BitSet) -> bool {
        let mut changed = 0;
        for (a, b) in self.words.iter_mut().zip(&other.words) {
            changed |= *a & !b;
            *a &= b;
        }
        changed != 0
    }

    pub fn subtract(&mut self, other: &BitSet) {
        for (a, b) in self.words.iter_mut().zip(&other.words) {
            *a &= !b;
        }
    }

    /// The smallest member that is not below `from`.
    pub fn next_from(&self, from: usize) -> Option<usize> {
        let first = from / 64;
        let mut word = *self.words.get(first)? & u64::MAX << (from % 64);
        let mut at = first;
        while word == 0 {
            at += 1;
            word = *self.words.get(at)?;
        }
        Some(at * 64 + word.trailing_zeros() as usize)
    }

    /// The smallest member, taken out.
    pub fn pop_first(&mut self) -> Option<usize> {
        let i = self.words.iter().position(|w| *w != 0)?;
        let bit = self.words[i].trailing_zeros() as usize;
        self.words[i] &= self.words[i] - 1;
        Some(i * 64 + bit)
    }

    /// The members that the other set does not have.
    pub fn iter_difference<'a>(&'a self, other: &'a BitSet) -> impl Iterator<Item = usize> + 'a {
        self.iter().filter(|bit| !other.contains(*bit))
    }

    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(i, &word)| {
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
