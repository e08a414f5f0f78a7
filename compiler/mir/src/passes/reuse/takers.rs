//! Functions that build a cell on all ways to their `return`, and their copies that take its memory from the caller.

use super::route::{Cell, Graph, install, route};
use crate::facts::TypeFacts;
use crate::ir::*;
use crate::passes::nounwind::Unwinds;
use rustc_hash::{FxHashMap, FxHashSet};

/// Larger functions are not copied: statements.
const SIZE_MAX: usize = 600;

pub(super) struct Takers {
    pub unwinds: Unwinds,
    /// The tokens of the function at hand, and what they stand for.
    pub tokens: FxHashMap<Local, Cell>,
    /// `USize`.
    pub word: Ty,
    /// Functions that have found what they can for themselves. Copies are none of them.
    finished: FxHashSet<FuncId>,
    able: FxHashMap<(FuncId, Cell), bool>,
    copies: FxHashMap<(FuncId, Cell), FuncId>,
}

impl Takers {
    pub fn new(unwinds: Unwinds, word: Ty) -> Takers {
        Takers {
            unwinds,
            tokens: FxHashMap::default(),
            word,
            finished: FxHashSet::default(),
            able: FxHashMap::default(),
            copies: FxHashMap::default(),
        }
    }

    pub fn finished(&mut self, func: FuncId) {
        self.finished.insert(func);
    }

    /// Whether the function builds such a cell on each way to `return`, in memory that it would have to allocate.
    pub fn can_take(&mut self, program: &Program, facts: &TypeFacts, func: FuncId, cell: Cell) -> bool {
        if !self.finished.contains(&func) {
            return false;
        }
        if let Some(able) = self.able.get(&(func, cell)) {
            return *able;
        }
        // A function that calls itself does not count on that.
        self.able.insert((func, cell), false);
        let tokens = std::mem::take(&mut self.tokens);
        let able = program.funcs[func].body().is_some_and(|body| {
            let size: usize = body.blocks.iter().map(|data| data.stmts.len()).sum();
            let start = (Block(0), 0);
            size <= SIZE_MAX
                && route(program, facts, self, (body, &Graph::new(body)), start, cell)
                    .is_some_and(|route| route.is_certain)
        });
        self.tokens = tokens;
        self.able.insert((func, cell), able);
        able
    }

    /// The copy of a function that can take such memory, made if need be.
    pub fn taker(&mut self, program: &mut Program, facts: &TypeFacts, func: FuncId, cell: Cell) -> FuncId {
        if let Some(copy) = self.copies.get(&(func, cell)) {
            return *copy;
        }
        let mut copy = program.funcs[func].clone();
        let variant = &program.types.defs[cell.ty].variants[cell.variant as usize].name;
        copy.name = format!("{} in {}.{variant}", copy.name, program.types.defs[cell.ty].name);
        copy.export = None;
        let mode = ParamMode::Token { ty: cell.ty, variant: cell.variant };
        copy.params.push((self.word, mode));
        let (span, unwinds) = (copy.span, copy.may_unwind);
        let token = copy.body_mut().map(|body| {
            let local = body.new_local(self.word, span);
            body.params.push(Param { local, mode });
            local
        });
        let id = program.funcs.push(copy);
        self.unwinds.add(unwinds);
        self.copies.insert((func, cell), id);
        let tokens = std::mem::take(&mut self.tokens);
        let way = program.funcs[id]
            .body()
            .and_then(|body| route(program, facts, self, (body, &Graph::new(body)), (Block(0), 0), cell));
        if let (Some(token), Some(way)) = (token, way) {
            install(program, facts, self, id, (token, cell, span), &way);
        }
        self.tokens = tokens;
        id
    }
}
