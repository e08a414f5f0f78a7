//! Variables in scope: for each name the innermost declaration, found by the name's number.

use crate::body::LocalId;
use syntax::Symbol;

const NONE: u32 = u32::MAX;

struct Binding {
    name: Symbol,
    local: LocalId,
    /// The binding of the same name that this one hides.
    hidden: u32,
}

#[derive(Default)]
pub(crate) struct Scope {
    /// By symbol: the index of its innermost binding.
    heads: Vec<u32>,
    bindings: Vec<Binding>,
}

impl Scope {
    pub fn push(&mut self, name: Symbol, local: LocalId) {
        let slot = name.0 as usize;
        if slot >= self.heads.len() {
            self.heads.resize(slot + 1, NONE);
        }
        self.bindings.push(Binding { name, local, hidden: self.heads[slot] });
        self.heads[slot] = self.bindings.len() as u32 - 1;
    }

    pub fn get(&self, name: Symbol) -> Option<LocalId> {
        let head = *self.heads.get(name.0 as usize)?;
        (head != NONE).then(|| self.bindings[head as usize].local)
    }

    /// A mark to return to with [`Scope::pop_to`].
    pub fn mark(&self) -> usize {
        self.bindings.len()
    }

    pub fn pop_to(&mut self, mark: usize) {
        while self.bindings.len() > mark {
            if let Some(binding) = self.bindings.pop() {
                self.heads[binding.name.0 as usize] = binding.hidden;
            }
        }
    }

    /// All bindings with the innermost first; those that others hide too.
    pub fn innermost(&self) -> impl Iterator<Item = (Symbol, LocalId)> {
        self.bindings.iter().rev().map(|b| (b.name, b.local))
    }

    /// All names in scope, for suggestions.
    pub fn names(&self) -> impl Iterator<Item = Symbol> {
        self.bindings.iter().map(|b| b.name)
    }
}
