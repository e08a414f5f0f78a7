//! Where code comes from that a pass copied into another function: kept for `-g` alone.
//!
//! A span of copied code is a *mark*, a number of a table that lies beyond all positions of a [`SourceMap`]
//! (whose limit must stay below it). So spans stay two numbers, passes hand marks on as they do spans, and without a table there are no
//! marks. The table tells the span in the callee, which function that is, and the call, whose span may be a mark in turn.
//!
//! [`SourceMap`]: crate::SourceMap

use crate::Span;
use rustc_hash::FxHashMap;

/// Above `SourceMap::MAX_BYTES`.
const FIRST_MARK: u32 = 1 << 31;

/// One copy of a place.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Inlined {
    /// In the text of the callee; never a mark.
    pub span: Span,
    /// Index in [`InlineTable::funcs`].
    pub func: u32,
    /// The call.
    pub at: Span,
}

/// A function that was copied into others.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct InlinedFunc {
    pub name: String,
    /// Its declaration.
    pub span: Span,
}

#[derive(Clone, PartialEq, Default, Debug)]
pub struct InlineTable {
    copies: Vec<Inlined>,
    marks: FxHashMap<Inlined, Span>,
    funcs: Vec<InlinedFunc>,
    by_name: FxHashMap<String, u32>,
}

impl InlineTable {
    /// The number of a function.
    pub fn func(&mut self, name: &str, span: Span) -> u32 {
        if let Some(&known) = self.by_name.get(name) {
            return known;
        }
        let id = self.funcs.len() as u32;
        self.funcs.push(InlinedFunc { name: name.to_string(), span });
        self.by_name.insert(name.to_string(), id);
        id
    }

    pub fn funcs(&self) -> &[InlinedFunc] {
        &self.funcs
    }

    /// The span of code at `span` of `func`, which is copied to the place of the call `at`. Code of no place stays that.
    pub fn mark(&mut self, span: Span, func: u32, at: Span) -> Span {
        if span.is_dummy() {
            return span;
        }
        // What had been copied into the callee before is now copied with it.
        let copy = match self.get(span) {
            Some(inner) => {
                let call = self.mark(inner.at, func, at);
                Inlined { at: call, ..inner }
            }
            None => Inlined { span, func, at },
        };
        if let Some(&mark) = self.marks.get(&copy) {
            return mark;
        }
        let number = self.copies.len() as u32;
        if number >= FIRST_MARK {
            return copy.span;
        }
        let mark = Span::new(FIRST_MARK + number, u32::MAX);
        self.copies.push(copy);
        self.marks.insert(copy, mark);
        mark
    }

    /// What a mark stands for; none for spans of the text.
    pub fn get(&self, span: Span) -> Option<Inlined> {
        let number = span.lo.checked_sub(FIRST_MARK)?;
        self.copies.get(number as usize).copied()
    }

    /// The place in the text, of a mark or a span.
    pub fn place(&self, span: Span) -> Span {
        self.get(span).map_or(span, |copy| copy.span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_of_copies_keep_every_call() {
        let mut table = InlineTable::default();
        let (leaf, middle) = (table.func("leaf", Span::new(1, 9)), table.func("middle", Span::new(10, 19)));
        assert_eq!(table.func("leaf", Span::new(1, 9)), leaf);
        let in_middle = table.mark(Span::new(2, 3), leaf, Span::new(12, 13));
        let in_outer = table.mark(in_middle, middle, Span::new(22, 23));
        let copy = table.get(in_outer).expect("it is a mark");
        assert_eq!((copy.span, copy.func), (Span::new(2, 3), leaf));
        let call = table.get(copy.at).expect("the call was copied, too");
        assert_eq!(call, Inlined { span: Span::new(12, 13), func: middle, at: Span::new(22, 23) });
        assert_eq!(table.get(call.at), None);
        assert_eq!(table.place(in_outer), Span::new(2, 3));
        assert_eq!(table.mark(in_middle, middle, Span::new(22, 23)), in_outer);
    }

    #[test]
    fn what_has_no_place_gets_none() {
        let mut table = InlineTable::default();
        let func = table.func("f", Span::DUMMY);
        assert_eq!(table.mark(Span::DUMMY, func, Span::new(1, 2)), Span::DUMMY);
        assert_eq!(table.place(Span::new(4, 5)), Span::new(4, 5));
    }

    #[test]
    fn marks_lie_beyond_all_texts() {
        assert!(crate::SourceMap::MAX_BYTES < FIRST_MARK as usize);
    }
}
