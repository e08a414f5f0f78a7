//! Locals for the values that did not stay on the operand stack.
//!
//! Live ranges are taken over the code in the order in which it will be written. Values joined by a copy share a local if
//! their ranges are apart, the copies in the innermost loops first; then locals are given first-fit in the order of
//! the ranges' starts, per type. Parameters keep their places, which others may use once the parameter is dead.

use entity::Arrange;
use std::collections::BTreeMap;

use entity::IndexVec;

use crate::liveness::Liveness;
use crate::stackify::{Constants, StackCode, StackOp};
use crate::union_find::UnionFind;
use crate::wir::{B, Func, V, Vt};

/// The local of each value, and what to declare.
#[derive(Debug)]
pub struct Locals {
    pub index: IndexVec<V, u32>,
    /// Behind the parameters.
    pub declared: Vec<(u32, Vt)>,
    /// All locals, parameters included.
    pub n_locals: u32,
}

pub const NO_LOCAL: u32 = u32::MAX;

/// A half-open range of positions.
type Range = (u32, u32);

/// `order` lists each block once, with the number of loops around it, as they will be written.
pub fn assign(
    func: &Func,
    code: &IndexVec<B, StackCode>,
    constants: &Constants,
    liveness: &Liveness,
    order: &[(B, u32)],
) -> Locals {
    let ranges = Ranges::of(func, code, constants, liveness, order);
    let mut classes = Classes::new(func, ranges);
    for (to, from) in copies(code, order) {
        classes.try_join(func, to, from);
    }
    let colours = Colouring::new(func).colour(func, &mut classes);
    number(func, &colours, &mut classes, code)
}

struct Ranges<'a> {
    of: IndexVec<V, Vec<Range>>,
    /// The end of the range under construction, walking backwards; 0 if not live.
    live_until: IndexVec<V, u32>,
    live: Vec<V>,
    constants: &'a Constants,
}

impl Ranges<'_> {
    fn of(
        func: &Func,
        code: &IndexVec<B, StackCode>,
        constants: &Constants,
        liveness: &Liveness,
        order: &[(B, u32)],
    ) -> IndexVec<V, Vec<Range>> {
        let n = func.vals.len();
        let mut this = Ranges {
            of: IndexVec::from_elem(Vec::new(), n),
            live_until: IndexVec::from_elem(0, n),
            live: Vec::new(),
            constants,
        };
        let mut start = 1;
        for &(block, _) in order {
            let len = code[block].ops.len() as u32 + 2;
            this.block(func, &code[block], liveness, block, start);
            start += len;
        }
        for ranges in this.of.iter_mut() {
            ranges.arrange();
        }
        this.of
    }

    /// Positions: the block's start, one for each op, the block's end.
    fn block(&mut self, func: &Func, code: &StackCode, liveness: &Liveness, id: B, start: u32) {
        let end = start + code.ops.len() as u32 + 1;
        for value in liveness.live_out(func, id) {
            self.read(value, end + 1);
        }
        for (n, &op) in code.ops.iter().enumerate().rev() {
            let at = start + 1 + n as u32;
            match op {
                StackOp::Get(value) => self.read(value, at),
                StackOp::Set(value) | StackOp::Tee(value) => self.write(value, at),
                StackOp::Inst(n) => {
                    if let Some(landing) = func.blocks[id].insts[n as usize].throws.landing() {
                        liveness.live_in(landing).for_each(|value| self.read(value, at + 1));
                    }
                }
                StackOp::Const(_) | StackOp::Drop | StackOp::PopFrame => {}
            }
        }
        for value in std::mem::take(&mut self.live) {
            let until = std::mem::take(&mut self.live_until[value]);
            if until != 0 {
                self.of[value].push((start, until));
            }
        }
    }

    fn read(&mut self, value: V, at: u32) {
        if self.live_until[value] == 0 && self.constants[value].is_none() {
            self.live_until[value] = at;
            self.live.push(value);
        }
    }

    fn write(&mut self, value: V, at: u32) {
        let until = std::mem::take(&mut self.live_until[value]);
        self.of[value].push((at, until.max(at + 1)));
    }
}

/// Pairs of values that are copied, destination first, from the innermost loops outwards.
fn copies(code: &IndexVec<B, StackCode>, order: &[(B, u32)]) -> Vec<(V, V)> {
    let mut found = Vec::new();
    for &(block, depth) in order {
        for pair in code[block].ops.windows(2) {
            if let [StackOp::Get(from), StackOp::Set(to) | StackOp::Tee(to)] = *pair {
                found.push((depth, to, from));
            }
        }
    }
    found.arrange_by_key(|&(depth, ..)| std::cmp::Reverse(depth));
    found.into_iter().map(|(_, to, from)| (to, from)).collect()
}

/// Sets of values that share a local.
struct Classes {
    sets: UnionFind,
    /// The ranges of a set, at its representative; sorted and apart.
    ranges: IndexVec<V, Vec<Range>>,
    /// The parameter's place, at the representative.
    param: IndexVec<V, Option<u32>>,
}

impl Classes {
    fn new(func: &Func, ranges: IndexVec<V, Vec<Range>>) -> Classes {
        let mut sets = UnionFind::default();
        func.vals.indices().for_each(|_| {
            sets.push();
        });
        let mut param = IndexVec::from_elem(None, func.vals.len());
        for (n, &value) in func.get(func.params).iter().enumerate() {
            param[value] = Some(n as u32);
        }
        Classes { sets, ranges, param }
    }

    fn find(&mut self, value: V) -> V {
        V(self.sets.find(value.0))
    }

    fn try_join(&mut self, func: &Func, a: V, b: V) {
        let (a, b) = (self.find(a), self.find(b));
        let both_params = self.param[a].is_some() && self.param[b].is_some();
        if a == b || both_params || func.vals[a] != func.vals[b] || overlap(&self.ranges[a], &self.ranges[b])
        {
            return;
        }
        self.sets.union(a.0, b.0);
        let (kept, gone) = if self.find(a) == a { (a, b) } else { (b, a) };
        let more = std::mem::take(&mut self.ranges[gone]);
        self.ranges[kept].extend(more);
        self.ranges[kept].arrange();
        self.param[kept] = self.param[kept].or(self.param[gone]);
    }
}

/// Both lists are sorted.
fn overlap(a: &[Range], b: &[Range]) -> bool {
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if a[i].0 < b[j].1 && b[j].0 < a[i].1 {
            return true;
        }
        if a[i].1 <= b[j].1 { i += 1 } else { j += 1 }
    }
    false
}

/// A local under construction: what it holds when.
struct Colour {
    ty: Vt,
    taken: BTreeMap<u32, u32>,
}

struct Colouring {
    colours: Vec<Colour>,
}

impl Colouring {
    fn new(func: &Func) -> Colouring {
        let params = func.get(func.params).iter();
        let colours = params.map(|&value| Colour { ty: func.vals[value], taken: BTreeMap::new() });
        Colouring { colours: colours.collect() }
    }

    /// The colour of each class' representative. The first colours are the parameters.
    fn colour(mut self, func: &Func, classes: &mut Classes) -> (IndexVec<V, u32>, Vec<Vt>) {
        let mut colour_of = IndexVec::from_elem(NO_LOCAL, func.vals.len());
        let mut todo: Vec<V> = func.vals.indices().filter(|&value| classes.find(value) == value).collect();
        todo.arrange_by_key(|&value| {
            (classes.param[value].is_none(), classes.ranges[value].first().copied())
        });
        for value in todo {
            if let Some(param) = classes.param[value] {
                colour_of[value] = param;
                self.take(param as usize, &classes.ranges[value]);
            } else if !classes.ranges[value].is_empty() {
                colour_of[value] = self.first_fit(func.vals[value], &classes.ranges[value]);
            }
        }
        (colour_of, self.colours.into_iter().map(|colour| colour.ty).collect())
    }

    fn first_fit(&mut self, ty: Vt, ranges: &[Range]) -> u32 {
        let fits = |colour: &Colour| colour.ty == ty && ranges.iter().all(|range| colour.is_free(*range));
        let at = self.colours.iter().position(fits).unwrap_or_else(|| {
            self.colours.push(Colour { ty, taken: BTreeMap::new() });
            self.colours.len() - 1
        });
        self.take(at, ranges);
        at as u32
    }

    fn take(&mut self, at: usize, ranges: &[Range]) {
        self.colours[at].taken.extend(ranges.iter().copied());
    }
}

impl Colour {
    fn is_free(&self, (from, to): Range) -> bool {
        self.taken.range(..to).next_back().is_none_or(|(_, &end)| end <= from)
    }
}

/// Gives the colours their indices: parameters, then groups of one type; often used ones first, for shorter indices.
fn number(
    func: &Func,
    (colour_of, tys): &(IndexVec<V, u32>, Vec<Vt>),
    classes: &mut Classes,
    code: &IndexVec<B, StackCode>,
) -> Locals {
    let n_params = func.params.len as usize;
    let mut uses = vec![0u32; tys.len()];
    let mut index = IndexVec::from_elem(NO_LOCAL, func.vals.len());
    for value in func.vals.indices() {
        index[value] = colour_of[classes.find(value)];
    }
    for op in code.iter().flat_map(|code| &code.ops) {
        if let StackOp::Get(value) | StackOp::Set(value) | StackOp::Tee(value) = op {
            uses[index[*value] as usize] += 1;
        }
    }
    let mut order: Vec<usize> = (n_params..tys.len()).collect();
    order.arrange_by_key(|&colour| (tys[colour], std::cmp::Reverse(uses[colour])));
    let mut new_index: Vec<u32> = (0..tys.len() as u32).collect();
    let mut declared: Vec<(u32, Vt)> = Vec::new();
    for (n, &colour) in order.iter().enumerate() {
        new_index[colour] = (n_params + n) as u32;
        match declared.last_mut() {
            Some((count, ty)) if *ty == tys[colour] => *count += 1,
            _ => declared.push((1, tys[colour])),
        }
    }
    for colour in index.iter_mut().filter(|colour| **colour != NO_LOCAL) {
        *colour = new_index[*colour as usize];
    }
    Locals { index, declared, n_locals: tys.len() as u32 }
}
