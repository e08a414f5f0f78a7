//! Rows of bits, for dataflow over blocks.

/// `rows` sets of numbers below `columns`.
#[derive(Clone, Debug)]
pub struct BitMatrix {
    words: Vec<u64>,
    per_row: usize,
    columns: usize,
}

impl BitMatrix {
    pub fn new(rows: usize, columns: usize) -> BitMatrix {
        let per_row = columns.div_ceil(64);
        BitMatrix { words: vec![0; rows * per_row], per_row, columns }
    }

    pub fn columns(&self) -> usize {
        self.columns
    }

    fn row(&self, row: usize) -> &[u64] {
        &self.words[row * self.per_row..(row + 1) * self.per_row]
    }

    fn row_mut(&mut self, row: usize) -> &mut [u64] {
        &mut self.words[row * self.per_row..(row + 1) * self.per_row]
    }

    pub fn insert(&mut self, row: usize, column: usize) {
        self.row_mut(row)[column / 64] |= 1 << (column % 64);
    }

    pub fn remove(&mut self, row: usize, column: usize) {
        self.row_mut(row)[column / 64] &= !(1 << (column % 64));
    }

    pub fn contains(&self, row: usize, column: usize) -> bool {
        self.row(row)[column / 64] >> (column % 64) & 1 != 0
    }

    pub fn fill(&mut self, row: usize) {
        self.row_mut(row).fill(u64::MAX);
    }

    pub fn clear(&mut self, row: usize) {
        self.row_mut(row).fill(0);
    }

    pub fn copy_row_from(&mut self, row: usize, from: &BitMatrix, from_row: usize) {
        self.row_mut(row).copy_from_slice(from.row(from_row));
    }

    /// Whether the row has changed.
    pub fn intersect_row_with(&mut self, row: usize, other: &BitMatrix, other_row: usize) -> bool {
        let mut changed = false;
        for (word, with) in self.row_mut(row).iter_mut().zip(other.row(other_row)) {
            changed |= *word & !with != 0;
            *word &= with;
        }
        changed
    }

    /// Whether the row has changed.
    pub fn union_row_with(&mut self, row: usize, other: &BitMatrix, other_row: usize) -> bool {
        let mut changed = false;
        for (word, with) in self.row_mut(row).iter_mut().zip(other.row(other_row)) {
            changed |= with & !*word != 0;
            *word |= with;
        }
        changed
    }

    /// The numbers in a row, ascending. After [`BitMatrix::fill`] there are some that are no columns.
    pub fn iter(&self, row: usize) -> impl Iterator<Item = usize> + '_ {
        self.row(row).iter().enumerate().flat_map(|(i, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(i * 64 + bit)
            })
        })
    }
}
