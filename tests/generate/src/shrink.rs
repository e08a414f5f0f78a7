//! Makes a program that fails smaller, by making its list of choices smaller. Entry point: [`shrink`].
//!
//! Lists are ordered by length, then by their numbers. Each step tries lists that are smaller in this order and keeps those
//! whose program still fails, so the search ends; a limit on the number of trials ends it earlier.

use crate::choices::{Kind, Record, Span};

/// What a list gives when it is played back, and whether its program fails in the way that is looked for.
pub type Trial<'a> = dyn FnMut(&[u64]) -> (Record, bool) + 'a;

struct Search<'a> {
    best: Record,
    trial: &'a mut Trial<'a>,
    trials_left: usize,
}

/// The smallest list found within a number of trials. `first` is the record of a program that fails.
pub fn shrink<'a>(first: Record, trials: usize, trial: &'a mut Trial<'a>) -> Record {
    let mut search = Search { best: first, trial, trials_left: trials };
    loop {
        let before = search.best.made.clone();
        search.remove_all_elements();
        search.simplify(Kind::Expression);
        search.simplify(Kind::Type);
        search.remove_chunks();
        search.lower_numbers();
        if search.best.made == before || search.trials_left == 0 {
            return search.best;
        }
    }
}

impl Search<'_> {
    /// Takes over a list if it is smaller and its program fails.
    fn attempt(&mut self, list: &[u64]) -> bool {
        if self.trials_left == 0 || !is_smaller(list, &self.best.made) {
            return false;
        }
        self.trials_left -= 1;
        let (record, fails) = (self.trial)(list);
        // What was played back counts: a list may have had numbers that were not used, or too few.
        let kept = fails && is_smaller(&record.made, &self.best.made);
        if kept {
            self.best = record;
        }
        kept
    }

    /// Tries something on each part of a kind, the longest first.
    fn each_span(&mut self, kind: Kind, mut attempt: impl FnMut(&mut Self, Span) -> bool) {
        let mut longest = usize::MAX;
        loop {
            let spans = self.best.spans.iter().filter(|span| span.kind == kind && span.len() < longest);
            let Some(length) = spans.map(|span| span.len()).max() else { return };
            longest = length;
            // Of one length the last first, so that what is taken out leaves the others where they are.
            let mut bound = usize::MAX;
            while let Some(span) = self.last_of_length(kind, length, bound) {
                bound = span.start;
                attempt(self, span);
                if self.trials_left == 0 {
                    return;
                }
            }
        }
    }

    fn last_of_length(&self, kind: Kind, length: usize, bound: usize) -> Option<Span> {
        let spans = self.best.spans.iter();
        let fitting = spans.filter(|s| s.kind == kind && s.len() == length && s.start < bound);
        fitting.max_by_key(|span| span.start).copied()
    }

    /// Cheap, and what goes first: one round makes another worthwhile, since what used a declaration may be gone.
    fn remove_all_elements(&mut self) {
        loop {
            let before = self.best.made.len();
            self.remove_elements();
            if self.best.made.len() == before || self.trials_left == 0 {
                return;
            }
        }
    }

    fn remove_elements(&mut self) {
        self.each_span(Kind::Element, |this, span| this.attempt(&this.replaced(span, &[])));
    }

    /// Puts the simplest part, or a part inside of it, in the place of each.
    fn simplify(&mut self, kind: Kind) {
        self.each_span(kind, |this, span| {
            if this.attempt(&this.replaced(span, &[0])) {
                return true;
            }
            let inner = this.best.spans.iter().filter(|s| {
                s.kind == kind && s.start >= span.start && s.end <= span.end && s.len() < span.len()
            });
            let mut inner: Vec<Span> = inner.copied().collect();
            inner.sort_by_key(|span| span.len());
            inner.into_iter().rev().take(4).any(|part| {
                let part = this.best.made.get(part.start..part.end).unwrap_or_default().to_vec();
                this.attempt(&this.replaced(span, &part))
            })
        });
    }

    fn replaced(&self, span: Span, by: &[u64]) -> Vec<u64> {
        let made = &self.best.made;
        let (start, end) = (span.start.min(made.len()), span.end.min(made.len()));
        [&made[..start], by, &made[end..]].concat()
    }

    fn remove_chunks(&mut self) {
        for size in [32, 8, 3, 2, 1] {
            let mut at = self.best.made.len();
            while at > 0 && self.trials_left > 0 {
                at = (at - 1).min(self.best.made.len());
                let chunk = Span { kind: Kind::Element, start: at, end: at + size };
                self.attempt(&self.replaced(chunk, &[]));
            }
        }
    }

    fn lower_numbers(&mut self) {
        let mut at = self.best.made.len();
        while at > 0 && self.trials_left > 0 {
            at = (at - 1).min(self.best.made.len().saturating_sub(1));
            let Some(number) = self.best.made.get(at).copied() else { continue };
            for lower in [0, number / 2, number.saturating_sub(1)] {
                let mut list = self.best.made.clone();
                list[at] = lower;
                if lower < number && self.attempt(&list) {
                    break;
                }
            }
        }
    }
}

impl Span {
    fn len(self) -> usize {
        self.end - self.start
    }
}

fn is_smaller(a: &[u64], b: &[u64]) -> bool {
    (a.len(), a) < (b.len(), b)
}
