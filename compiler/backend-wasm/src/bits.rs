//! Sets of small numbers.

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BitSet {
    words: Vec<u64>,
}

impl BitSet {
    pub fn new(len: usize) -> BitSet {
        BitSet { words: vec![0; len.div_ceil(64)] }
    }

    pub fn insert(&mut self, bit: u32) {
        self.words[bit as usize / 64] |= 1 << (bit % 64);
    }

    pub fn contains(&self, bit: u32) -> bool {
        self.words[bit as usize / 64] >> (bit % 64) & 1 != 0
    }

    /// Adds the members of `other`; tells whether there were new ones.
    pub fn union(&mut self, other: &BitSet) -> bool {
        self.union_without(other, None)
    }

    /// Adds the members of `other` that are not in `without`.
    pub fn union_without(&mut self, other: &BitSet, without: Option<&BitSet>) -> bool {
        let mut changed = false;
        for (n, word) in self.words.iter_mut().enumerate() {
            let new = *word | (other.words[n] & !without.map_or(0, |it| it.words[n]));
            changed |= new != *word;
            *word = new;
        }
        changed
    }

    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.words.iter().enumerate().flat_map(|(n, &word)| Ones(word).map(move |bit| n as u32 * 64 + bit))
    }
}

struct Ones(u64);

impl Iterator for Ones {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        let bit = self.0.trailing_zeros();
        (self.0 != 0).then(|| {
            self.0 &= self.0 - 1;
            bit
        })
    }
}
