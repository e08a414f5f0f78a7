//! Structured control flow from a reducible graph, by Ramsey's method over the dominator tree ("Beyond Relooper",
//! ICFP 2022): a block's code is followed by the code of the blocks it dominates; those that need a label, because
//! several edges lead to them, lie behind the end of a wasm block that surrounds the code with the edges.
//!
//! The result is a list of events rather than a tree, because programs nest thousands deep (a table with as many targets
//! has as many blocks around it) and lists need no recursion. A *follow*, what comes next if control just falls through,
//! is passed down so that no superfluous branches and blocks arise.

use entity::IndexVec;

use crate::cfg::Cfg;
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
    If { block: B, negate: bool },
    Else,
    End,
    /// Statements `from..to` of a block; `u32::MAX` stands for all.
    Code { block: B, from: u32, to: u32 },
    Br(B),
    /// A conditional branch on the condition at the end of `block`.
    BrIf { block: B, negate: bool, to: B },
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
    /// The end of the function.
    Exit,
}

enum Task {
    Tree(B, Follow),
    Node(B, Follow),
    Event(Event),
}

pub fn structure(func: &Func, cfg: &Cfg) -> Vec<Event> {
    let mut cx = Structure {
        func,
        cfg,
        needs_label: needs_label(func, cfg),
        sources: sources(func, cfg),
        returns: returns(func, cfg),
        tasks: vec![Task::Tree(ENTRY, Follow::Exit)],
        events: Vec::new(),
    };
    while let Some(task) = cx.tasks.pop() {
        match task {
            Task::Tree(block, follow) => cx.tree(block, follow),
            Task::Node(block, follow) => cx.node(block, follow),
            Task::Event(event) => cx.events.push(event),
        }
    }
    cx.events
}

struct Structure<'a> {
    func: &'a Func,
    cfg: &'a Cfg,
    needs_label: IndexVec<B, bool>,
    /// For labelled blocks, the places in the dominator tree of the blocks with forward edges to it, in order.
    sources: IndexVec<B, Vec<u32>>,
    /// The same for the function's end.
    returns: Vec<u32>,
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

fn sources(func: &Func, cfg: &Cfg) -> IndexVec<B, Vec<u32>> {
    let mut sources = IndexVec::from_elem(Vec::new(), func.blocks.len());
    for (from, block) in func.blocks.iter_enumerated() {
        block.term.for_each_target(|to| {
            if !cfg.is_back_edge(from, to) {
                sources[to].push(cfg.tree_span(from).0);
            }
        });
    }
    sources.iter_mut().for_each(|places| places.sort_unstable());
    sources
}

fn returns(func: &Func, cfg: &Cfg) -> Vec<u32> {
    let returns = func.blocks.iter_enumerated().filter(|(_, block)| matches!(block.term, Term::Return(_)));
    let mut places: Vec<u32> = returns.map(|(id, _)| cfg.tree_span(id).0).collect();
    places.sort_unstable();
    places
}

impl Structure<'_> {
    /// Plans tasks; they are carried out in the order given.
    fn plan<const N: usize>(&mut self, tasks: [Task; N]) {
        self.tasks.extend(tasks.into_iter().rev());
    }

    /// A block with all that it dominates.
    fn tree(&mut self, block: B, follow: Follow) {
        let is_loop = self.cfg.preds[block].iter().any(|&pred| self.cfg.is_back_edge(pred, block));
        let labelled: Vec<B> =
            self.cfg.children[block].iter().copied().filter(|&child| self.needs_label[child]).collect();
        if is_loop {
            self.events.push(Event::Loop(block));
            self.plan([Task::Event(Event::End)]);
        }
        // The last of the children is written last, so that its block is the outermost.
        let mut next = follow;
        for &child in labelled.iter().rev() {
            self.events.push(Event::Block(child));
            self.plan([Task::Event(Event::End), Task::Tree(child, next)]);
            next = Follow::Label(child);
        }
        self.plan([Task::Node(block, next)]);
    }

    /// A block's own code and the way on from there.
    fn node(&mut self, block: B, follow: Follow) {
        self.events.push(Event::Code { block, from: 0, to: u32::MAX });
        match self.func.blocks[block].term {
            Term::Jump(to) => self.go(block, to, follow),
            Term::Branch { then, else_, .. } => self.branch(block, [then, else_], follow),
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

    fn is_follow(&self, from: B, to: B, follow: Follow) -> bool {
        follow == Follow::Label(to) && !self.cfg.is_back_edge(from, to)
    }

    fn go(&mut self, from: B, to: B, follow: Follow) {
        if !self.is_branch(from, to) {
            self.plan([Task::Tree(to, follow)]);
        } else if !self.is_follow(from, to, follow) {
            self.events.push(Event::Br(to));
        }
    }

    fn branch(&mut self, block: B, [then, else_]: [B; 2], follow: Follow) {
        match (self.is_branch(block, then), self.is_branch(block, else_)) {
            (true, true) if self.is_follow(block, then, follow) => {
                self.events.push(Event::BrIf { block, negate: true, to: else_ });
            }
            (true, true) => {
                self.events.push(Event::BrIf { block, negate: false, to: then });
                self.go(block, else_, follow);
            }
            (true, false) => self.one_sided(block, then, else_, false, follow),
            (false, true) => self.one_sided(block, else_, then, true, follow),
            (false, false) => self.two_sided(block, [then, else_], follow),
        }
    }

    /// A conditional branch to `label`, else on to `next`; or, where the label follows anyway, an `if` around `next`.
    fn one_sided(&mut self, block: B, label: B, next: B, negate: bool, follow: Follow) {
        if self.is_follow(block, label, follow) {
            self.events.push(Event::If { block, negate: !negate });
            self.plan([Task::Tree(next, follow), Task::Event(Event::End)]);
        } else {
            self.events.push(Event::BrIf { block, negate, to: label });
            self.plan([Task::Tree(next, follow)]);
        }
    }

    fn two_sided(&mut self, block: B, [then, else_]: [B; 2], follow: Follow) {
        let negate = match (self.leads_to(then, follow), self.leads_to(else_, follow)) {
            (true, true) => {
                self.events.push(Event::If { block, negate: false });
                let else_ = [Task::Event(Event::Else), Task::Tree(else_, follow), Task::Event(Event::End)];
                self.plan(else_);
                self.plan([Task::Tree(then, follow)]);
                return;
            }
            (false, true) => false,
            (true, false) => true,
            // Nest the smaller part.
            (false, false) => self.size(then) > self.size(else_),
        };
        let (inner, outer) = if negate { (else_, then) } else { (then, else_) };
        self.events.push(Event::If { block, negate });
        self.plan([Task::Tree(inner, Follow::Never), Task::Event(Event::End), Task::Tree(outer, follow)]);
    }

    /// Whether some path in the block's tree ends at `follow`, so that falling through there saves a branch.
    fn leads_to(&self, block: B, follow: Follow) -> bool {
        let (first, last) = self.cfg.tree_span(block);
        let places = match follow {
            Follow::Never => return false,
            Follow::Label(label) => &self.sources[label],
            Follow::Exit => &self.returns,
        };
        let at = places.partition_point(|&place| place < first);
        places.get(at).is_some_and(|&place| place <= last)
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
