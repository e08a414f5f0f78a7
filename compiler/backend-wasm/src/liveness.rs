//! Which values are live where blocks begin, by backward data flow over the values that cross blocks.
//!
//! A call that may unwind is an exit in the middle of its block: what its landing needs must have been live there, unless
//! the block had written it before.

use entity::IndexVec;

use crate::bits::BitSet;
use crate::cfg;
use crate::wir::{B, Func, V};

const LOCAL: u32 = u32::MAX;

#[derive(Debug)]
pub struct Liveness {
    /// Numbers of the values that are live across some edge; `LOCAL` for all others.
    number: IndexVec<V, u32>,
    vals: Vec<V>,
    live_in: IndexVec<B, BitSet>,
}

impl Liveness {
    pub fn of(func: &Func) -> Liveness {
        let mut this = Liveness {
            number: IndexVec::from_elem(LOCAL, func.vals.len()),
            vals: Vec::new(),
            live_in: IndexVec::new(),
        };
        this.number_exposed(func);
        let facts: IndexVec<B, Facts> = func.blocks.indices().map(|b| this.facts(func, b)).collect();
        this.live_in = facts.iter().map(|facts| facts.exposed.clone()).collect();
        this.solve(func, &facts);
        this
    }

    pub fn live_in(&self, block: B) -> impl Iterator<Item = V> + '_ {
        self.live_in[block].iter().map(|n| self.vals[n as usize])
    }

    pub fn is_live_in(&self, block: B, value: V) -> bool {
        self.number[value] != LOCAL && self.live_in[block].contains(self.number[value])
    }

    /// The values live behind the block's last instruction, in a set over [`Liveness::number`].
    fn out_set(&self, func: &Func, block: B) -> BitSet {
        let mut out = BitSet::new(self.vals.len());
        func.blocks[block].term.for_each_target(|to| {
            out.union(&self.live_in[to]);
        });
        out
    }

    pub fn live_out(&self, func: &Func, block: B) -> Vec<V> {
        self.out_set(func, block).iter().map(|n| self.vals[n as usize]).collect()
    }

    /// Gives numbers to the values that some block reads before it writes them.
    fn number_exposed(&mut self, func: &Func) {
        let mut written: IndexVec<V, u32> = IndexVec::from_elem(u32::MAX, func.vals.len());
        let read = |this: &mut Self, written: &IndexVec<V, u32>, block: B, value: V| {
            if written[value] != block.0 && this.number[value] == LOCAL {
                this.number[value] = this.vals.len() as u32;
                this.vals.push(value);
            }
        };
        for (id, block) in func.blocks.iter_enumerated() {
            for inst in &block.insts {
                func.get(inst.args).iter().for_each(|&arg| read(self, &written, id, arg));
                func.get(inst.dsts).iter().for_each(|&dst| written[dst] = id.0);
            }
            func.get(func.term_args(id)).iter().for_each(|&arg| read(self, &written, id, arg));
            func.frame_base_read(id).iter().for_each(|&base| read(self, &written, id, base));
        }
    }

    fn facts(&self, func: &Func, id: B) -> Facts {
        let empty = BitSet::new(self.vals.len());
        let mut facts = Facts { exposed: empty.clone(), written: empty, exits: Vec::new() };
        let read = |facts: &mut Facts, list: &[V]| {
            for &value in list {
                let number = self.number[value];
                if number != LOCAL && !facts.written.contains(number) {
                    facts.exposed.insert(number);
                }
            }
        };
        for inst in &func.blocks[id].insts {
            read(&mut facts, func.get(inst.args));
            if let Some(landing) = inst.throws.landing()
                && !facts.exits.iter().any(|(it, _)| *it == landing)
            {
                // A later exit to the same place has written no less.
                facts.exits.push((landing, facts.written.clone()));
            }
            for &dst in func.get(inst.dsts).iter().filter(|dst| self.number[**dst] != LOCAL) {
                facts.written.insert(self.number[dst]);
            }
        }
        read(&mut facts, func.get(func.term_args(id)));
        read(&mut facts, &func.frame_base_read(id));
        facts
    }

    fn solve(&mut self, func: &Func, facts: &IndexVec<B, Facts>) {
        let order = cfg::postorder(func);
        let mut changed = true;
        while changed {
            changed = false;
            for &id in &order {
                let out = self.out_set(func, id);
                changed |= self.live_in[id].union_without(&out, Some(&facts[id].written));
                for (landing, written) in &facts[id].exits {
                    let at_landing = self.live_in[*landing].clone();
                    changed |= self.live_in[id].union_without(&at_landing, Some(written));
                }
            }
        }
    }
}

struct Facts {
    /// Read before written.
    exposed: BitSet,
    written: BitSet,
    /// Landings, with what is written before the first exit to each.
    exits: Vec<(B, BitSet)>,
}

impl Func {
    /// The frame's address where the block's end is an epilogue that needs it.
    pub fn frame_base_read(&self, block: B) -> Vec<V> {
        let is_return = matches!(self.blocks[block].term, crate::wir::Term::Return(_));
        let frame = self.frame.filter(|frame| is_return && frame.pop.is_some());
        frame.map(|frame| self.get(frame.base).to_vec()).unwrap_or_default()
    }
}
