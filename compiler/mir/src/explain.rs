//! Where values are shared, and why: `--explain-copies`.
//!
//! In: a program in the owned stage. What is left of the copies that were written is where a value gets a second owner:
//! its count goes up, and whichever owner changes it first copies its cells. Copies that became moves or borrows are not in
//! the program any more and cost nothing. Every instance of a generic function tells of the same places, so the list is
//! sorted and has each once.

use crate::analysis::bitset::BitSet;
use crate::facts::{TypeFacts, place_ty};
use crate::ir::*;
use entity::{Arrange, Idx};
use std::collections::VecDeque;
use syntax::Span;

/// A place in the source where a value gets another owner.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct SharedValue {
    pub span: Span,
    /// The type, as in messages.
    pub ty: String,
    pub reason: Reason,
}

/// Why the value could not be moved.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reason {
    /// The variable is used again; where first.
    UsedAgain { name: Option<String>, at: Option<Span> },
    /// The parameter belongs to the caller, who may go on using it.
    Lent { name: Option<String> },
    /// It is a part of this variable, and stays there.
    Part { name: Option<String> },
    /// It is an element of a collection or of a boxed value, and stays there.
    Element,
}

/// All places in `program`, in source order.
pub fn explain_copies(program: &Program) -> Vec<SharedValue> {
    let facts = TypeFacts::new(&program.types);
    let mut found = Vec::new();
    for func in &program.funcs {
        if let Some(body) = func.body() {
            Explainer { program, facts: &facts, body, found: &mut found }.run();
        }
    }
    // What was copied by inlining is told of once, where it is written.
    for value in &mut found {
        value.span = program.place_of(value.span);
        if let Reason::UsedAgain { at: Some(at), .. } = &mut value.reason {
            *at = program.place_of(*at);
        }
    }
    found.arrange();
    found.dedup_by(|a, b| a.span == b.span && a.ty == b.ty);
    found
}

struct Explainer<'a> {
    program: &'a Program,
    facts: &'a TypeFacts,
    body: &'a Body,
    found: &'a mut Vec<SharedValue>,
}

impl Explainer<'_> {
    fn run(&mut self) {
        for (block, data) in self.body.blocks.iter_enumerated() {
            for (i, stmt) in data.stmts.iter().enumerate() {
                stmt.kind.for_each_operand(|op| self.operand(op, stmt.span, block, i + 1));
            }
            data.term.for_each_operand(|op| self.operand(op, data.term_span, block, usize::MAX));
        }
    }

    /// `next` is the position in the block behind the operand.
    fn operand(&mut self, op: &Operand, span: Span, block: Block, next: usize) {
        let Operand::Copy(place) = op else { return };
        let types = &self.program.types;
        let ty = place_ty(types, self.body, place);
        if !self.facts.needs_drop(ty) {
            return;
        }
        let decl = &self.body.locals[place.local];
        let name = decl.name.clone();
        let reason = if place.is_indirect() || place.proj.iter().any(|p| matches!(p, Proj::Index(_))) {
            Reason::Element
        } else if !place.proj.is_empty() {
            Reason::Part { name }
        } else if decl.is_borrow || self.body.param_mode(place.local) == Some(ParamMode::Borrowed) {
            Reason::Lent { name }
        } else {
            Reason::UsedAgain { name, at: self.next_use(place.local, block, next) }
        };
        self.found.push(SharedValue { span, ty: crate::print_ty(self.program, ty), reason });
    }

    /// The first use of the local that can follow, drops left out.
    fn next_use(&self, local: Local, block: Block, next: usize) -> Option<Span> {
        let mut seen = BitSet::new(self.body.blocks.len());
        let mut queue = VecDeque::from([(block, next)]);
        while let Some((block, from)) = queue.pop_front() {
            let data = &self.body.blocks[block];
            for stmt in data.stmts.iter().skip(from) {
                let mut used = false;
                if !matches!(stmt.kind, StmtKind::Drop(_)) {
                    stmt.kind.for_each_access(|place, _| used |= place.local == local);
                }
                if used {
                    return Some(stmt.span);
                }
            }
            let mut used = false;
            if from != usize::MAX && !matches!(data.term, Term::Drop { .. }) {
                data.term.for_each_access(|place, _| used |= place.local == local);
            }
            if used {
                return Some(data.term_span);
            }
            for to in data.term.successors().filter(|to| !self.body.blocks[*to].is_cleanup) {
                if !seen.contains(to.index()) {
                    seen.insert(to.index());
                    queue.push_back((to, 0));
                }
            }
        }
        None
    }
}
