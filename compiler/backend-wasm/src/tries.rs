//! Puts `try_table`s around code whose exceptions go to a landing: around runs as long as possible, so that consecutive
//! calls with one landing share a handler.
//!
//! A run lies in one sequence of structured code. It may contain whole constructs, and anything that does not throw or
//! throws to the same landing only; a call whose exceptions leave the function ends it. Inside a construct that mixes
//! landings the search starts again. What a construct throws to a landing that it contains itself is dealt with inside.

use entity::IndexVec;

use crate::stackify::StackCode;
use crate::structure::{Event, pairs};
use crate::wir::{B, Throws};

type Code = IndexVec<B, StackCode>;

pub fn place_tries(code: &Code, events: &[Event]) -> Vec<Event> {
    let events = split_code(code, events);
    if !events.iter().any(|&event| matches!(throws_of(code, event), Throws::To(_))) {
        return events;
    }
    let mut cx = Tries {
        code,
        pairs: pairs(&events),
        sets: Vec::new(),
        before: Vec::new(),
        after: Vec::new(),
        events,
    };
    cx.collect();
    cx.before = vec![None; cx.events.len()];
    cx.after = vec![0; cx.events.len()];
    cx.place_all();
    cx.rebuild()
}

/// Cuts code events where the destination of exceptions changes. Statements that do not throw go with what precedes them.
fn split_code(code: &Code, events: &[Event]) -> Vec<Event> {
    let mut result = Vec::with_capacity(events.len());
    for &event in events {
        let Event::Code { block, .. } = event else {
            result.push(event);
            continue;
        };
        let statements = &code[block].statements;
        let (mut from, mut current) = (0, Throws::Never);
        for (n, &(_, throws)) in statements.iter().enumerate() {
            if throws != Throws::Never && current != Throws::Never && throws != current {
                result.push(Event::Code { block, from, to: n as u32 });
                from = n as u32;
            }
            if throws != Throws::Never {
                current = throws;
            }
        }
        result.push(Event::Code { block, from, to: statements.len() as u32 });
    }
    result
}

fn throws_of(code: &Code, event: Event) -> Throws {
    match event {
        Event::Code { block, from, to } => {
            let statements = &code[block].statements[from as usize..to as usize];
            statements.iter().map(|&(_, throws)| throws).find(|&it| it != Throws::Never).unwrap_or_default()
        }
        Event::If { block, .. } | Event::BrIf { block, .. } | Event::Table(block) | Event::Return(block) => {
            code[block].tail_throws
        }
        Event::Throw(_) => Throws::Out,
        _ => Throws::Never,
    }
}

/// Items that lie side by side, all of whose exceptions a surrounding handler takes to `covered`, if any.
struct Sequence {
    from: usize,
    to: usize,
    covered: Option<B>,
}

/// Items from `first` to the end of the item that ends at `last`.
struct Run {
    landing: B,
    first: usize,
    last: usize,
}

struct Tries<'a> {
    code: &'a Code,
    events: Vec<Event>,
    pairs: crate::structure::Pairs,
    /// For each event that is an item of a sequence, where its exceptions go; sorted.
    sets: Vec<Vec<Throws>>,
    /// What to insert.
    before: Vec<Option<B>>,
    after: Vec<u32>,
}

impl Tries<'_> {
    /// Finds the destinations of each item, constructs from the inside out.
    fn collect(&mut self) {
        self.sets = vec![Vec::new(); self.events.len()];
        let mut stack: Vec<usize> = Vec::new();
        for at in 0..self.events.len() {
            let event = self.events[at];
            let throws = throws_of(self.code, event);
            if event.opens() {
                stack.push(at);
            }
            if throws != Throws::Never
                && let Some(&open) = stack.last()
            {
                insert(&mut self.sets[open], throws);
            }
            if !event.opens() && throws != Throws::Never {
                self.sets[at] = vec![throws];
            }
            if event == Event::End {
                let open = stack.pop().expect("events are balanced");
                if let Event::Block(label) | Event::Loop(label) = self.events[open] {
                    self.sets[open].retain(|&it| it != Throws::To(label));
                }
                if let Some(&outer) = stack.last() {
                    let inner = self.sets[open].clone();
                    inner.into_iter().for_each(|throws| insert(&mut self.sets[outer], throws));
                }
            }
        }
    }

    /// The landing that a whole item throws to, if it is one.
    fn only_landing(&self, item: usize) -> Option<B> {
        match self.sets[item][..] {
            [Throws::To(landing)] => Some(landing),
            _ => None,
        }
    }

    fn place_all(&mut self) {
        let mut work = vec![Sequence { from: 0, to: self.events.len(), covered: None }];
        while let Some(sequence) = work.pop() {
            self.sequence(sequence, &mut work);
        }
    }

    /// Finds the runs among the items of a sequence; the sequences inside the items are added to `work`.
    fn sequence(&mut self, Sequence { from, to, covered }: Sequence, work: &mut Vec<Sequence>) {
        let mut run: Option<Run> = None;
        let mut at = from;
        while at < to {
            let opens = self.events[at].opens();
            let last = if opens { self.pairs.end[at] } else { at };
            let landing = self.only_landing(at);
            match landing {
                Some(landing) if Some(landing) != covered => match &mut run {
                    Some(run) if run.landing == landing => run.last = last,
                    _ => self.wrap(run.replace(Run { landing, first: at, last })),
                },
                _ if self.sets[at].is_empty() => {}
                _ => self.wrap(run.take()),
            }
            if opens {
                self.inner(at, landing.or(covered), work);
            }
            at = last + 1;
        }
        self.wrap(run);
    }

    fn inner(&self, open: usize, covered: Option<B>, work: &mut Vec<Sequence>) {
        let end = self.pairs.end[open];
        let split = self.pairs.else_[open].unwrap_or(end);
        work.push(Sequence { from: open + 1, to: split, covered });
        if split < end {
            work.push(Sequence { from: split + 1, to: end, covered });
        }
    }

    fn wrap(&mut self, run: Option<Run>) {
        if let Some(Run { landing, first, last }) = run {
            self.before[first] = Some(landing);
            self.after[last] += 1;
        }
    }

    fn rebuild(self) -> Vec<Event> {
        let mut result = Vec::with_capacity(self.events.len() + 8);
        for (at, event) in self.events.into_iter().enumerate() {
            result.extend(self.before[at].map(Event::Try));
            result.push(event);
            result.extend((0..self.after[at]).map(|_| Event::End));
        }
        result
    }
}

fn insert(set: &mut Vec<Throws>, throws: Throws) {
    if let Err(at) = set.binary_search(&throws) {
        set.insert(at, throws);
    }
}
