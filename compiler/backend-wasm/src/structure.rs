//! Structured control flow from a reducible graph, by Ramsey's method over the dominator tree ("Beyond Relooper",
//! ICFP 2022): a block's code is followed by the code of the blocks it dominates; those that need a label, because
//! several edges lead to them, lie behind the end of a wasm block that surrounds the code with the edges.
//!
//! The result is a list of events rather than a tree, because programs nest thousands deep (a table with as many targets
//! has as many blocks around it) and lists need no recursion. A *follow*, what comes next if control just falls through,
//! is passed down so that no superfluous branches and blocks arise.

use entity::{Arrange, IndexVec};

use crate::cfg::{Cfg, reaching};
use crate::wir::{B, ENTRY, Func, Term};

/// One piece of structured code. `Block`, `Loop`, `Try` and `If` are closed by `End`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// A wasm block whose end is the start of this graph block.
    Block(B),
    /// A wasm loop whose start is this graph block.
    Loop(B),
    /// Exceptions inside go to this landing.
    Try(B),
    /// Takes the condition at the end of the graph block.
    If {
        block: B,
        negate: bool,
    },
    Else,
    End,
    /// Statements `from..to` of a block; `u32::MAX` stands for all.
    Code {
        block: B,
        from: u32,
        to: u32,
    },
    Br(B),
    /// A conditional branch on the condition at the end of `block`.
    BrIf {
        block: B,
        negate: bool,
        to: B,
    },
    /// The branch table at the end of the block.
    Table(B),
    Return(B),
    Throw(B),
    Unreachable(B),
}

/// Where control goes if it runs off the end of what is being written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Follow {
    /// Nowhere: the code must end in a jump of some kind.
    Never,
    Label(B),
}

/// What surrounds the code that is being written.
#[derive(Clone, Copy)]
struct Place {
    follow: Follow,
    /// The innermost loop's header.
    in_loop: Option<B>,
    /// How many `if`s were nested for the sake of that loop.
    nesting: u32,
}

/// Beyond this, what leaves a loop is nested in it rather than the loop's rest in an `if`.
const MAX_NESTING: u32 = 50;

enum Task {
    Tree(B, Place),
    Node(B, Place),
    Event(Event),
}

pub fn structure(func: &Func, cfg: &Cfg) -> Vec<Event> {
    let mut cx = Structure {
        func,
        cfg,
        needs_label: needs_label(func, cfg),
        sources: sources(func, cfg, false),
        back_sources: sources(func, cfg, true),
        is_cold: cold_blocks(func),
        tasks: vec![Task::Tree(ENTRY, Place { follow: Follow::Never, in_loop: None, nesting: 0 })],
        events: Vec::new(),
    };
    while let Some(task) = cx.tasks.pop() {
        match task {
            Task::Tree(block, place) => cx.tree(block, place),
            Task::Node(block, place) => cx.node(block, place),
            Task::Event(event) => cx.events.push(event),
        }
    }
    cx.events
}

struct Structure<'a> {
    func: &'a Func,
    cfg: &'a Cfg,
    needs_label: IndexVec<B, bool>,
    /// For each block, the places in the dominator tree of the blocks with forward edges to it, in order.
    sources: IndexVec<B, Vec<u32>>,
    /// The same for edges back.
    back_sources: IndexVec<B, Vec<u32>>,
    /// Blocks from which no way leads to the function's return: as a rule to a panic.
    is_cold: IndexVec<B, bool>,
    /// What is still to be written, the next at the end.
    tasks: Vec<Task>,
    events: Vec<Event>,
}

fn needs_label(func: &Func, cfg: &Cfg) -> IndexVec<B, bool> {
    let mut needs = IndexVec::from_elem(false, func.blocks.len());
    for (id, block) in func.blocks.iter_enumerated() {
        let n_forward = cfg.preds[id].iter().filter(|&&pred| !cfg.is_back_edge(pred, id)).count();
        needs[id] |= n_forward > 1;
        block.insts.iter().filter_map(|inst| inst.throws.landing()).for_each(|landing| needs[landing] = true);
        if let Term::Table { .. } = block.term {
            block.term.for_each_target(|to| needs[to] = true);
        }
    }
    needs
}

/// Blocks from which no way leads to the function's return: as a rule to a panic.
pub fn cold_blocks(func: &Func) -> IndexVec<B, bool> {
    let mut returns = reaching(func, |block| matches!(block.term, Term::Return(_)));
    returns.iter_mut().for_each(|it| *it = !*it);
    returns
}

fn sources(func: &Func, cfg: &Cfg, back: bool) -> IndexVec<B, Vec<u32>> {
    let mut sources = IndexVec::from_elem(Vec::new(), func.blocks.len());
    for (from, block) in func.blocks.iter_enumerated() {
        block.term.for_each_target(|to| {
            if cfg.is_back_edge(from, to) == back {
                sources[to].push(cfg.tree_span(from).0);
            }
        });
    }
    sources.iter_mut().for_each(|places| places.arrange());
    sources
}

impl Structure<'_> {
    /// Plans tasks; they are carried out in the order given.
    fn plan<const N: usize>(&mut self, tasks: [Task; N]) {
        self.tasks.extend(tasks.into_iter().rev());
    }

    /// A block with all that it dominates.
    fn tree(&mut self, block: B, mut place: Place) {
        let is_loop = self.cfg.preds[block].iter().any(|&pred| self.cfg.is_back_edge(pred, block));
        let labelled: Vec<B> =
            self.cfg.children[block].iter().copied().filter(|&child| self.needs_label[child]).collect();
        if is_loop {
            self.events.push(Event::Loop(block));
            self.plan([Task::Event(Event::End)]);
            (place.in_loop, place.nesting) = (Some(block), 0);
        }
        // The last of the children is written last, so that its block is the outermost.
        for &child in labelled.iter().rev() {
            self.events.push(Event::Block(child));
            self.plan([Task::Event(Event::End), Task::Tree(child, place)]);
            place.follow = Follow::Label(child);
        }
        self.plan([Task::Node(block, place)]);
    }

    /// A block's own code and the way on from there.
    fn node(&mut self, block: B, place: Place) {
        self.events.push(Event::Code { block, from: 0, to: u32::MAX });
        match self.func.blocks[block].term {
            Term::Jump(to) => self.go(block, to, place),
            Term::Branch { then, else_, .. } => self.branch(block, [then, else_], place),
            Term::Table { .. } => self.events.push(Event::Table(block)),
            Term::Return(_) => self.events.push(Event::Return(block)),
            Term::Throw => self.events.push(Event::Throw(block)),
            Term::Unreachable => self.events.push(Event::Unreachable(block)),
        }
    }

    /// Whether an edge is a branch to a label, and not the start of the only code that continues there.
    fn is_branch(&self, from: B, to: B) -> bool {
        self.needs_label[to] || self.cfg.is_back_edge(from, to)
    }

    fn is_follow(&self, from: B, to: B, place: Place) -> bool {
        place.follow == Follow::Label(to) && !self.cfg.is_back_edge(from, to)
    }

    fn go(&mut self, from: B, to: B, place: Place) {
        if !self.is_branch(from, to) {
            self.plan([Task::Tree(to, place)]);
        } else if !self.is_follow(from, to, place) {
            self.events.push(Event::Br(to));
        }
    }

    fn branch(&mut self, block: B, [then, else_]: [B; 2], place: Place) {
        match (self.is_branch(block, then), self.is_branch(block, else_)) {
            (true, true) if self.is_follow(block, then, place) => {
                self.events.push(Event::BrIf { block, negate: true, to: else_ });
            }
            (true, true) => {
                self.events.push(Event::BrIf { block, negate: false, to: then });
                self.go(block, else_, place);
            }
            (true, false) => self.one_sided(block, then, else_, false, place),
            (false, true) => self.one_sided(block, else_, then, true, place),
            (false, false) => self.two_sided(block, [then, else_], place),
        }
    }

    /// A conditional branch to `label`, else on to `next`; or, where the label follows anyway, an `if` around `next`.
    fn one_sided(&mut self, block: B, label: B, next: B, negate: bool, place: Place) {
        if self.is_follow(block, label, place) {
            self.events.push(Event::If { block, negate: !negate });
            self.plan([Task::Tree(next, place), Task::Event(Event::End)]);
        } else {
            self.events.push(Event::BrIf { block, negate, to: label });
            self.plan([Task::Tree(next, place)]);
        }
    }

    /// If both sides run into what follows, an `if` with `else`. Otherwise the one that does not is nested in an `if`
    /// and the other comes behind it: that takes as many bytes, and less nesting.
    fn two_sided(&mut self, block: B, [then, else_]: [B; 2], place: Place) {
        let follows = |side: B| match place.follow {
            Follow::Never => false,
            Follow::Label(label) => self.is_source(side, &self.sources[label]),
        };
        let negate = match (follows(then), follows(else_)) {
            (true, true) => {
                self.events.push(Event::If { block, negate: false });
                let else_ = [Task::Event(Event::Else), Task::Tree(else_, place), Task::Event(Event::End)];
                self.plan(else_);
                self.plan([Task::Tree(then, place)]);
                return;
            }
            (false, true) => false,
            (true, false) => true,
            (false, false) => self.prefers_to_nest_else([then, else_], place),
        };
        let (inner, outer) = if negate { (else_, then) } else { (then, else_) };
        let nested = Place { follow: Follow::Never, nesting: place.nesting + 1, ..place };
        self.events.push(Event::If { block, negate });
        self.plan([Task::Tree(inner, nested), Task::Event(Event::End), Task::Tree(outer, place)]);
    }

    /// A cold side is nested, so that the way on runs straight. In a loop, the side that goes on looping is nested, so that the loop can end before the other; else the smaller.
    fn prefers_to_nest_else(&self, sides: [B; 2], place: Place) -> bool {
        if let [then, else_] = sides.map(|side| self.is_cold[side])
            && then != else_
        {
            return else_;
        }
        let loops =
            sides.map(|side| place.in_loop.is_some_and(|it| self.is_source(side, &self.back_sources[it])));
        match loops {
            [true, false] if place.nesting < MAX_NESTING => false,
            [false, true] if place.nesting < MAX_NESTING => true,
            _ => self.size(sides[0]) > self.size(sides[1]),
        }
    }

    /// Whether one of the `sources` lies in the block's tree.
    fn is_source(&self, block: B, sources: &[u32]) -> bool {
        let (first, last) = self.cfg.tree_span(block);
        let at = sources.partition_point(|&source| source < first);
        sources.get(at).is_some_and(|&source| source <= last)
    }

    fn size(&self, block: B) -> u32 {
        let (first, last) = self.cfg.tree_span(block);
        last - first
    }
}

/// For each opening event the place of its `End`, and for each `If` that of its `Else`.
pub struct Pairs {
    pub end: Vec<usize>,
    pub else_: Vec<Option<usize>>,
    /// For each `End` the place of its opening event.
    pub open: Vec<usize>,
}

impl Event {
    pub fn opens(self) -> bool {
        matches!(self, Event::Block(_) | Event::Loop(_) | Event::Try(_) | Event::If { .. })
    }
}

pub fn pairs(events: &[Event]) -> Pairs {
    let n = events.len();
    let mut pairs = Pairs { end: vec![0; n], else_: vec![None; n], open: vec![0; n] };
    let mut stack = Vec::new();
    for (at, event) in events.iter().enumerate() {
        match event {
            Event::Else => pairs.else_[*stack.last().expect("else lies in an if")] = Some(at),
            Event::End => {
                let open = stack.pop().expect("events are balanced");
                pairs.end[open] = at;
                pairs.open[at] = open;
            }
            event if event.opens() => stack.push(at),
            _ => {}
        }
    }
    pairs
}
