//! The choices that a program is made by: numbers drawn by a generator, or played back from a list.
//!
//! A program is a function of its list of choices, and every list gives a well-typed program: a number that is too large
//! is reduced, one that is missing is 0, and 0 is always the simplest choice. So a program is made smaller by making its
//! list smaller (after David MacIver's Hypothesis); [`Span`]s say which choices made one statement or expression.

/// A generator of numbers: Steele, Lea and Flood's splitmix64.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Rng {
        Rng(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

/// The choices that made one part of a program: `start..end` of the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

/// Parts of one kind can stand for each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// An element of a list with its choice that there is one more: it can be left out.
    Element,
    Expression,
    Type,
}

enum Origin {
    Random(Rng),
    Replay(Vec<u64>),
}

pub struct Choices {
    origin: Origin,
    /// What was chosen, after reduction.
    made: Vec<u64>,
    spans: Vec<Span>,
}

/// The choices of a program that is finished.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Record {
    pub made: Vec<u64>,
    pub spans: Vec<Span>,
}

impl Choices {
    pub fn random(seed: u64) -> Choices {
        Choices::new(Origin::Random(Rng::new(seed)))
    }

    pub fn replay(made: &[u64]) -> Choices {
        Choices::new(Origin::Replay(made.to_vec()))
    }

    fn new(origin: Origin) -> Choices {
        Choices { origin, made: Vec::new(), spans: Vec::new() }
    }

    /// Any number.
    pub fn number(&mut self) -> u64 {
        let number = match &mut self.origin {
            Origin::Random(rng) => rng.next(),
            Origin::Replay(list) => list.get(self.made.len()).copied().unwrap_or(0),
        };
        self.made.push(number);
        number
    }

    /// A number below `n`, which is not 0.
    pub fn below(&mut self, n: u64) -> u64 {
        let number = match &mut self.origin {
            // The high bits: a multiple of a small power of two away from uniform, which is near enough.
            Origin::Random(rng) => ((u128::from(rng.next()) * u128::from(n)) >> 64) as u64,
            Origin::Replay(list) => list.get(self.made.len()).copied().unwrap_or(0) % n,
        };
        self.made.push(number);
        number
    }

    pub fn index(&mut self, len: usize) -> usize {
        self.below(len as u64) as usize
    }

    /// True `times` out of `of` times; the simplest choice is false.
    pub fn chance(&mut self, times: u64, of: u64) -> bool {
        self.below(of) >= of - times
    }

    /// An index of the list, as often as its weight says.
    pub fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut number = self.below(weights.iter().sum::<u64>().max(1));
        for (index, weight) in weights.iter().enumerate() {
            if number < *weight {
                return index;
            }
            number -= weight;
        }
        0
    }

    /// Where a part begins; to be given to [`Choices::close`].
    pub fn open(&self) -> usize {
        self.made.len()
    }

    pub fn close(&mut self, kind: Kind, start: usize) {
        self.spans.push(Span { kind, start, end: self.made.len() });
    }

    pub fn finish(self) -> Record {
        Record { made: self.made, spans: self.spans }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_plays_back_what_was_recorded() {
        let mut first = Choices::random(7);
        let drawn: Vec<u64> = (1..50).map(|n| first.below(n)).collect();
        let record = first.finish();
        let mut second = Choices::replay(&record.made);
        let played: Vec<u64> = (1..50).map(|n| second.below(n)).collect();
        assert_eq!(drawn, played);
        assert_eq!(second.below(9), 0, "what is missing is 0");
    }

    #[test]
    fn weights_are_kept() {
        let mut choices = Choices::random(1);
        let mut counts = [0; 3];
        (0..4000).for_each(|_| counts[choices.weighted(&[1, 0, 3])] += 1);
        assert!(counts[1] == 0 && (800..1200).contains(&counts[0]), "{counts:?}");
    }
}
