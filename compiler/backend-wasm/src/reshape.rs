//! Two clean-ups of structured code: loops end behind the last branch to their start, so that what follows a loop does
//! not nest in it (engines look for loop variables in the syntactic loop); blocks that nobody branches to go.

use entity::IndexVec;

use crate::structure::{Event, pairs};
use crate::wir::{B, Func};

pub fn reshape(func: &Func, events: Vec<Event>) -> Vec<Event> {
    let events = end_loops_early(func, &events);
    remove_unused_blocks(func, &events)
}

/// Tells which opening event a label means.
struct Scopes {
    /// Open constructs.
    stack: Vec<usize>,
    /// For each label the heights of the open constructs of that label.
    heights: IndexVec<B, Vec<usize>>,
}

impl Scopes {
    fn new(func: &Func) -> Scopes {
        Scopes { stack: Vec::new(), heights: IndexVec::from_elem(Vec::new(), func.blocks.len()) }
    }

    fn step(&mut self, events: &[Event], at: usize) {
        match events[at] {
            Event::Block(label) | Event::Loop(label) => {
                self.heights[label].push(self.stack.len());
                self.stack.push(at);
            }
            Event::Try(_) | Event::If { .. } => self.stack.push(at),
            Event::End => {
                let open = self.stack.pop().expect("events are balanced");
                if let Event::Block(label) | Event::Loop(label) = events[open] {
                    self.heights[label].pop();
                }
            }
            _ => {}
        }
    }

    fn height(&self, label: B) -> Option<usize> {
        self.heights[label].last().copied()
    }
}

/// The labels that an event branches to, by exceptions too.
fn for_each_label(func: &Func, event: Event, mut f: impl FnMut(B)) {
    let block = match event {
        Event::Br(to) => return f(to),
        Event::BrIf { block, to, .. } => {
            f(to);
            block
        }
        Event::Table(block) => {
            func.blocks[block].term.for_each_target(&mut f);
            block
        }
        // Conditions of an `if` throw to no landing.
        Event::Code { block, .. } | Event::Return(block) => block,
        _ => return,
    };
    func.blocks[block].insts.iter().filter_map(|inst| inst.throws.landing()).for_each(f);
}

fn end_loops_early(func: &Func, events: &[Event]) -> Vec<Event> {
    let pairs = pairs(events);
    let mut scopes = Scopes::new(func);
    let mut last_use: Vec<Option<usize>> = vec![None; events.len()];
    for at in 0..events.len() {
        for_each_label(func, events[at], |label| {
            let Some(height) = scopes.height(label) else { return };
            let item = scopes.stack.get(height + 1).map_or(at, |&open| pairs.end[open]);
            last_use[scopes.stack[height]] = Some(item);
        });
        scopes.step(events, at);
    }
    let mut ends_behind = vec![0u32; events.len()];
    let mut result = Vec::with_capacity(events.len());
    for (at, &event) in events.iter().enumerate() {
        let closes_loop = event == Event::End && matches!(events[pairs.open[at]], Event::Loop(_));
        if !closes_loop {
            result.push(event);
        }
        if let Event::Loop(_) = event {
            ends_behind[last_use[at].unwrap_or(at)] += 1;
        }
        result.extend((0..ends_behind[at]).map(|_| Event::End));
    }
    result
}

fn remove_unused_blocks(func: &Func, events: &[Event]) -> Vec<Event> {
    let pairs = pairs(events);
    let mut scopes = Scopes::new(func);
    let mut is_used = vec![false; events.len()];
    for at in 0..events.len() {
        for_each_label(func, events[at], |label| {
            if let Some(height) = scopes.height(label) {
                is_used[scopes.stack[height]] = true;
            }
        });
        scopes.step(events, at);
    }
    let is_kept = |at: usize| match events[at] {
        Event::Block(_) | Event::Loop(_) => is_used[at],
        Event::End => match events[pairs.open[at]] {
            Event::Block(_) | Event::Loop(_) => is_used[pairs.open[at]],
            _ => true,
        },
        _ => true,
    };
    (0..events.len()).filter(|&at| is_kept(at)).map(|at| events[at]).collect()
}
